//! What is answered stands in the OpenAPI document: every route of every router, and every route that the contract
//! names and a function answers.
#![expect(clippy::unwrap_used, reason = "every function here is a part of a test")]

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use uuid::Uuid;
use vitae_testing::{Answer, Stack};

/// Version 1 of the contract with the frontends, below `/api/v1` where nothing else is said. Not all of it is built; what
/// is must stand in the document.
const CONTRACT: &str = "
    POST /users/register
    POST /users/login
    POST /users/login/mfa
    POST /users/token
    POST /users/refresh
    POST /users/logout
    GET PATCH DELETE /users/me
    GET /users/me/export
    POST /users/verify-email
    POST /users/forgot-password
    POST /users/reset-password
    GET /users/sessions
    DELETE /users/sessions/{id}
    POST DELETE /users/mfa/totp
    POST /users/mfa/totp/confirm
    POST /users/mfa/recovery-codes
    POST /users/passkeys/register/start
    POST /users/passkeys/register/finish
    POST /users/passkeys/login/start
    POST /users/passkeys/login/finish
    GET /users/passkeys
    DELETE /users/passkeys/{id}
    GET POST /users/api-keys
    DELETE /users/api-keys/{id}
    GET /users/me/audit
    GET /users/me/receipts/{id}
    GET /users/oauth/{provider}/start
    GET /users/oauth/{provider}/callback
    GET /users
    PATCH /users/{id}/role
    GET //.well-known/jwks.json

    POST /cv/upload
    GET /jobs
    GET /jobs/{id}
    POST /jobs/{id}/retry
    POST /jobs/{id}/cancel
    POST /cv/parse
    GET /cv
    GET PATCH DELETE /cv/{id}
    POST /cv/import
    GET /cv/{id}/source

    GET /portfolio/templates
    GET /portfolio/templates/{id}
    POST /portfolio/generate
    GET /portfolio
    GET PATCH DELETE /portfolio/{id}
    GET /portfolio/{id}/preview
    POST /portfolio/{id}/regenerate
    GET /portfolio/{id}/versions
    POST /portfolio/{id}/versions/{n}/restore
    POST /portfolio/{id}/publish
    POST /portfolio/{id}/unpublish
    GET /portfolio/{id}/download
    POST /portfolio/{id}/deploy

    GET /ats/templates
    POST /ats/generate
    POST /ats/analyze
    GET /ats/resumes
    GET /ats/download/{resume_id}
    POST /cv/rag/analyze
    GET /cv/rag/industry-insights/{industry}
    GET /cv/rag/benchmark/{industry}/{experience_level}

    POST /analytics/events
    GET /analytics/dashboard
    GET /analytics/metrics
    GET /analytics/templates
    GET /analytics/performance
    GET /analytics/engagement
    GET /analytics/activity
    GET /analytics/geographic
    GET /analytics/realtime/status
    GET /analytics/export/summary
    GET POST /logs
    GET //healthz
    GET //openapi.json
    GET //docs
    GET //redoc
";

/// Each route of the contract: its method, and its whole path.
fn contract() -> Vec<(Method, String)> {
    let mut routes = Vec::new();
    for line in CONTRACT.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (methods, path) = line.rsplit_once(' ').unwrap();
        // A second slash leads out of the API.
        let path = if path.starts_with("//") { path[1..].to_owned() } else { format!("/api/v1{path}") };
        routes.extend(methods.split(' ').map(|method| (method.parse().unwrap(), path.clone())));
    }
    routes
}

/// The routes that a router has, out of its `Debug` form: axum offers no other list of them.
fn routes_of(router: &str) -> BTreeSet<String> {
    let own = router.split("fallback_router:").next().unwrap_or_default();
    let mut methods = BTreeMap::<&str, Vec<&str>>::new();
    let mut paths = BTreeMap::<&str, &str>::new();
    for piece in own.split("RouteId(").skip(1) {
        let (id, rest) = piece.split_once("): ").unwrap();
        if let Some(path) = rest.strip_prefix('"') {
            paths.insert(id, path.split('"').next().unwrap());
        } else {
            // A route for every method says no `Allow`.
            let allowed = rest.split_once("allow_header: Bytes(b\"").map(|(_, rest)| rest.split('"').next().unwrap());
            methods.insert(id, allowed.unwrap_or("ANY").split(',').filter(|method| *method != "HEAD").collect());
        }
    }
    assert_eq!(
        methods.keys().collect::<Vec<_>>(),
        paths.keys().collect::<Vec<_>>(),
        "axum writes routers in another way"
    );
    let routes =
        paths.into_iter().flat_map(|(id, path)| methods[id].iter().map(move |method| format!("{method} {path}")));
    routes.collect()
}

/// The routes that a document describes.
fn described(document: &Value) -> BTreeSet<String> {
    let mut routes = BTreeSet::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        let methods = item.as_object().into_iter().flatten().map(|(method, _)| method.to_uppercase());
        routes
            .extend(methods.filter(|method| method.parse::<Method>().is_ok()).map(|method| format!("{method} {path}")));
    }
    routes
}

#[test]
fn every_route_of_every_router_is_described() {
    let committed = described(&serde_json::from_str(analytics::OPENAPI).unwrap());
    let mut answered = BTreeSet::new();
    macro_rules! router {
        ($function:ident) => {{
            let all = $function::routes();
            let api = serde_json::to_value(all.document()).unwrap();
            let routes = routes_of(&format!("{:?}", all.into_router()));
            assert_eq!(routes, described(&api), "{}", stringify!($function));
            answered.extend(routes);
        }};
    }
    router!(auth);
    router!(upload_url);
    router!(generate);
    router!(ats);
    router!(analytics);
    assert_eq!(answered, committed);
}

/// A route of the contract that is not described is not built: it ends where every unknown path does.
#[tokio::test]
async fn what_the_contract_names_is_described_or_not_answered() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let described = described(&serde_json::from_str(analytics::OPENAPI)?);
    let id = Uuid::now_v7().to_string();
    let (mut built, mut faults) = (0, Vec::new());
    for (method, path) in contract() {
        // Names of parameters are the code's own affair.
        let unnamed = |route: &str| {
            route.split('/').map(|p| if p.starts_with('{') { "{}" } else { p }).collect::<Vec<_>>().join("/")
        };
        let route = unnamed(&format!("{method} {path}"));
        if described.iter().any(|described| unnamed(described) == route) {
            built += 1;
            continue;
        }
        let concrete: Vec<_> = path.split('/').map(|part| if part.starts_with('{') { &id } else { part }).collect();
        let url = format!("{}{}", stack.api_url, concrete.join("/"));
        let mut request = Client::new().request(method.clone(), url);
        if method != Method::GET {
            request = request.json(&json!({}));
        }
        let answer = Answer::to(request).await?;
        let unknown = matches!(answer.problem().as_deref(), Some("not-found" | "method-not-allowed"));
        if !unknown {
            faults.push(format!("{method} {path} answers {} and is not described", answer.status));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    assert!(built > 50, "only {built} routes of the contract are described");
    Ok(())
}

/// The committed document is also the one that is served.
#[tokio::test]
async fn the_document_that_is_served_is_the_committed_one() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let served = Answer::to(Client::new().get(format!("{}/openapi.json", stack.api_url))).await?.expect(200)?;
    let served = described(&serde_json::from_slice(&served.body).context("no JSON")?);
    assert_eq!(served, described(&serde_json::from_str(analytics::OPENAPI)?));
    Ok(())
}

#[test]
fn a_router_is_read_whole() {
    let handler = || async {};
    let router = axum::Router::<()>::new()
        .route("/a/{id}", axum::routing::get(handler).patch(handler))
        .route(
            "/b",
            axum::routing::post(handler).layer(axum::middleware::from_fn(|r, n: axum::middleware::Next| n.run(r))),
        )
        .route("/c", axum::routing::any(handler));
    let expected = ["GET /a/{id}", "PATCH /a/{id}", "POST /b", "ANY /c"].map(str::to_owned);
    assert_eq!(routes_of(&format!("{router:?}")), BTreeSet::from(expected));
}
