//! What belongs to a person does not exist for anybody else: another's id answers as one that was never given out, on
//! every route that takes an id.

use std::collections::BTreeMap;

use anyhow::Context;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;
use vitae_testing::{Answer, Authenticator, Person, Stack, Upload, fixture};

/// What a route's id names, and a body that would be taken from the owner.
enum Case {
    /// One of the owner's things.
    Owned(Thing, Option<Value>),
    /// Another person, who is an administrator's to change and nobody else's.
    Administrators(Option<Value>),
    /// Nothing of a person's.
    Public,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    Session,
    Job,
    Cv,
    Portfolio,
    Document,
    ApiKey,
    Passkey,
}

/// In a body, the id of the thing that the case names.
const ID: &str = "{id}";

/// Every operation that takes an id. One that is not here fails the test: say what its id names.
fn cases() -> BTreeMap<&'static str, Case> {
    use Case::{Administrators, Owned, Public};
    use Thing::{ApiKey, Cv, Document, Job, Passkey, Portfolio, Session};
    BTreeMap::from([
        ("DELETE /api/v1/users/sessions/{id}", Owned(Session, None)),
        ("DELETE /api/v1/users/api-keys/{id}", Owned(ApiKey, None)),
        ("PATCH /api/v1/users/passkeys/{id}", Owned(Passkey, Some(json!({"name": "mine"})))),
        ("DELETE /api/v1/users/passkeys/{id}", Owned(Passkey, None)),
        // What a provider is called is no id: each finds their own account's behind it.
        ("GET /api/v1/users/oauth/{provider}/start", Public),
        ("GET /api/v1/users/oauth/{provider}/callback", Public),
        ("POST /api/v1/users/oauth/{provider}/link", Public),
        ("DELETE /api/v1/users/oauth/{provider}", Public),
        ("PATCH /api/v1/users/{id}/role", Administrators(Some(json!({"role": "admin"})))),
        ("POST /api/v1/users/{id}/suspend", Administrators(None)),
        ("POST /api/v1/users/{id}/reinstate", Administrators(None)),
        // There is nobody left to sign in; the id is random and names nobody.
        ("GET /api/v1/users/me/receipts/{id}", Public),
        ("GET /api/v1/jobs/{id}", Owned(Job, None)),
        ("POST /api/v1/jobs/{id}/retry", Owned(Job, None)),
        ("POST /api/v1/jobs/{id}/cancel", Owned(Job, None)),
        ("GET /api/v1/cv/{id}", Owned(Cv, None)),
        ("PATCH /api/v1/cv/{id}", Owned(Cv, Some(json!({"basics": {"label": "Owned"}})))),
        ("DELETE /api/v1/cv/{id}", Owned(Cv, None)),
        ("GET /api/v1/cv/{id}/source", Owned(Cv, None)),
        ("POST /api/v1/cv/parse", Owned(Cv, Some(json!({"cv_id": ID})))),
        ("POST /api/v1/portfolio/generate", Owned(Cv, Some(json!({"cv_id": ID, "template_id": "minimal-portfolio"})))),
        ("GET /api/v1/portfolio/{id}", Owned(Portfolio, None)),
        ("PATCH /api/v1/portfolio/{id}", Owned(Portfolio, Some(json!({"customizations": {}})))),
        ("DELETE /api/v1/portfolio/{id}", Owned(Portfolio, None)),
        ("GET /api/v1/portfolio/{id}/preview", Owned(Portfolio, None)),
        ("GET /api/v1/portfolio/{id}/download", Owned(Portfolio, None)),
        ("POST /api/v1/portfolio/{id}/publish", Owned(Portfolio, Some(json!({})))),
        ("POST /api/v1/portfolio/{id}/unpublish", Owned(Portfolio, None)),
        ("POST /api/v1/portfolio/{id}/regenerate", Owned(Portfolio, Some(json!({"sections": ["about"]})))),
        // The token could be nobody's, so the owner is refused before anything is sent.
        ("POST /api/v1/portfolio/{id}/deploy", Owned(Portfolio, Some(json!({"target": "vercel", "token": " "})))),
        ("GET /api/v1/portfolio/{id}/versions", Owned(Portfolio, None)),
        ("GET /api/v1/portfolio/{id}/versions/{number}", Owned(Portfolio, None)),
        ("POST /api/v1/portfolio/{id}/versions/{number}/restore", Owned(Portfolio, None)),
        ("POST /api/v1/ats/generate", Owned(Cv, Some(json!({"cv_id": ID, "template_id": "clean", "format": "txt"})))),
        ("POST /api/v1/ats/analyze", Owned(Cv, Some(json!({"cv_id": ID})))),
        ("GET /api/v1/ats/download/{resume_id}", Owned(Document, None)),
        // Templates and documentation are for everybody, and whoever looks at a published site tells of it. A slug is no
        // id: what it shows to whom has tests of its own.
        ("GET /api/v1/portfolio/templates/{id}", Public),
        ("GET /api/v1/portfolio/templates/{id}/thumbnail", Public),
        ("POST /api/v1/analytics/events", Public),
        ("GET /docs/assets/{folder}/{file}", Public),
        ("GET /problems/{slug}", Public),
        ("GET /p/{slug}", Public),
        ("GET /p/{slug}/{file}", Public),
        ("POST /unlock/{slug}", Public),
    ])
}

/// The operations that take an id: in their path, or as a UUID in their query or body.
fn operations_with_ids(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let Ok(method) = method.to_uppercase().parse::<Method>() else { continue };
            let mut parameters = operation["parameters"].as_array().into_iter().flatten();
            let in_query = parameters.any(|parameter| has_id(document, &parameter["schema"], 0));
            let mut contents = operation["requestBody"]["content"].as_object().into_iter().flat_map(|c| c.values());
            if path.contains('{') || in_query || contents.any(|content| has_id(document, &content["schema"], 0)) {
                found.push(format!("{method} {path}"));
            }
        }
    }
    found
}

/// Whether a value of this schema can hold a UUID.
fn has_id(document: &Value, schema: &Value, depth: usize) -> bool {
    if let Some(reference) = schema["$ref"].as_str() {
        let named = document.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null);
        return depth < 10 && has_id(document, named, depth + 1);
    }
    match schema {
        Value::Object(members) => {
            schema["format"] == "uuid" || members.values().any(|member| has_id(document, member, depth))
        }
        Value::Array(members) => members.iter().any(|member| has_id(document, member, depth)),
        _ => false,
    }
}

#[test]
fn every_operation_that_takes_an_id_has_its_case_and_no_other() {
    let document: Value = serde_json::from_str(analytics::OPENAPI).unwrap();
    let mut found = operations_with_ids(&document);
    found.sort();
    assert_eq!(found, cases().into_keys().collect::<Vec<_>>());
}

#[test]
fn an_id_is_found_wherever_it_hides() {
    let operation = |parameters: Value, schema: Value| {
        let body = json!({"content": {"application/json": {"schema": schema}}});
        json!({
            "paths": {"/a": {"post": {"parameters": parameters, "requestBody": body}}},
            "components": {"schemas": {"Deep": {"properties": {"all": {"items": {"type": "string", "format": "uuid"}}}}}},
        })
    };
    let none = operation(json!([{"in": "query", "schema": {"type": "string"}}]), json!({"type": "object"}));
    assert!(operations_with_ids(&none).is_empty());
    let in_body = operation(json!([]), json!({"properties": {"one": {"$ref": "#/components/schemas/Deep"}}}));
    assert_eq!(operations_with_ids(&in_body), ["POST /a"]);
    let in_query = operation(json!([{"in": "query", "schema": {"format": "uuid"}}]), json!({"type": "object"}));
    assert_eq!(operations_with_ids(&in_query), ["POST /a"]);
}

/// Everything that one person can own.
async fn belongings(owner: &Person) -> anyhow::Result<BTreeMap<Thing, String>> {
    let fixture = fixture("word.docx");
    let ticket = owner.upload(&Upload::from(&fixture), fixture.bytes.clone()).await?;
    let job = owner.job_until_done(&ticket.job_id, std::time::Duration::from_secs(120)).await?;
    anyhow::ensure!(job["status"] == "completed", "{job:#}");
    let text = |value: &Value| value.as_str().map(str::to_owned).context("no id");
    let wish = json!({"cv_id": job["cv_id"], "template_id": "clean", "format": "txt"});
    let document = owner.post("/ats/generate", &wish).await?.expect(201)?.json()?;
    // A second session, so that ending it does not sign the owner out.
    Person::sign_in(&owner.stack, &owner.email, &owner.password).await?;
    let sessions = owner.get("/users/sessions").await?.expect(200)?.json()?;
    let mut sessions = sessions["items"].as_array().into_iter().flatten();
    let other = sessions.find(|session| session["current"] == false).context("no second session")?;
    let id = other.get("session_id").or(other.get("id")).context("a session without an id")?;
    let expires_at = (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1)).to_string();
    let wish = json!({"name": "script", "scopes": ["cv:read"], "expires_at": expires_at});
    let key = owner.post("/users/api-keys", &wish).await?.expect(201)?.json()?;
    let options = owner.post("/users/passkeys/register/start", &json!({})).await?.expect(200)?.json()?;
    let credential = Authenticator::new(&owner.stack.api_url)?.create(&options["public_key"])?;
    let wish = json!({"name": "phone", "credential": credential});
    let passkey = owner.post("/users/passkeys/register/finish", &wish).await?.expect(201)?.json()?;
    Ok(BTreeMap::from([
        (Thing::Passkey, text(&passkey["passkey_id"])?),
        (Thing::ApiKey, text(&key["key_id"])?),
        (Thing::Session, text(id)?),
        (Thing::Job, ticket.job_id),
        (Thing::Cv, text(&job["cv_id"])?),
        (Thing::Portfolio, text(&job["result"]["portfolio_id"])?),
        (Thing::Document, text(&document["resume_id"])?),
    ]))
}

/// Calls an operation with this id in its path or body.
async fn call(person: &Person, operation: &str, id: &str, body: Option<&Value>) -> anyhow::Result<Answer> {
    let (method, path) = operation.split_once(' ').context("no operation")?;
    let filled = |part| match part {
        // The owner's portfolio was published once.
        "{number}" => "1",
        part if str::starts_with(part, '{') => id,
        part => part,
    };
    let path: Vec<_> = path.split('/').map(filled).collect();
    let path = path.join("/");
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let request = client.request(method.parse()?, format!("{}{path}", person.stack.api_url)).bearer_auth(&person.token);
    Answer::to(match body {
        Some(body) => request.json(&serde_json::from_str::<Value>(&body.to_string().replace(ID, id))?),
        None => request,
    })
    .await
}

#[tokio::test]
async fn what_belongs_to_another_is_not_there() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let (owner, stranger) = (Person::sign_up(&stack).await?, Person::sign_up(&stack).await?);
    let things = belongings(&owner).await?;
    let owner_id = owner.get("/users/me").await?.expect(200)?.json()?["user_id"].clone();
    for (operation, case) in cases() {
        let Case::Administrators(body) = case else { continue };
        for id in [owner_id.as_str().context("no id")?, &Uuid::now_v7().to_string()] {
            let answer = call(&stranger, operation, id, body.as_ref()).await?;
            assert_eq!(answer.status, 403, "a stranger's {operation}: {}", answer.text());
        }
    }
    let mut owned: Vec<_> = cases()
        .into_iter()
        .filter_map(|(operation, case)| match case {
            Case::Owned(thing, body) => Some((operation, thing, body)),
            Case::Administrators(_) | Case::Public => None,
        })
        .collect();
    for (operation, thing, body) in &owned {
        let answer = call(&stranger, operation, &things[thing], body.as_ref()).await?;
        assert_eq!(answer.status, 404, "a stranger's {operation}: {}", answer.text());
        let nobodys = call(&stranger, operation, &Uuid::now_v7().to_string(), body.as_ref()).await?;
        let words = |answer: &Answer| {
            let mut problem = answer.json().unwrap_or_default();
            problem["instance"] = Value::Null;
            (answer.status, problem)
        };
        assert_eq!(words(&answer), words(&nobodys), "{operation} tells another's id from one that was never given out");
    }
    // The owner is answered on each, or the calls above would have proved nothing. What removes comes last.
    owned.sort_by_key(|(operation, ..)| operation.starts_with("DELETE"));
    for (operation, thing, body) in &owned {
        let answer = call(&owner, operation, &things[thing], body.as_ref()).await?;
        let status = answer.status.as_u16();
        assert!(matches!(status, 200..=303 | 409 | 422), "the owner's {operation}: {status} {}", answer.text());
    }
    Ok(())
}
