use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::HttpBody;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use subtle::ConstantTimeEq;
use tower::{Layer, Service};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::normalize_path::NormalizePathLayer;
use tracing::Instrument;
use uuid::Uuid;
use vitae_runtime::environment::{EnvironmentError, optional, required};
use vitae_runtime::{Aws, metrics};
use vitae_store::Store;

use crate::auth::Verifier;
use crate::limits::Limits;
use crate::problem::Problem;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const ORIGIN_VERIFY: &str = "x-origin-verify";

/// What the conventions need. Cheap to clone; extractors find it among the request's extensions.
#[derive(Clone)]
pub struct Web {
    pub(crate) store: Store,
    pub(crate) verifier: Verifier,
    pub(crate) limits: Limits,
    pub(crate) allowed_origins: Arc<[HeaderValue]>,
    origin_secret: Option<Arc<str>>,
    app_url: Arc<str>,
}

impl Web {
    /// Reads `APP_URL`, `ALLOWED_ORIGINS`, `SIGNING_KEY_ID`, `LIMITS`, where two keys are live `OTHER_SIGNING_KEY_ID`, and
    /// where the function answers only its front door `ORIGIN_SECRET`.
    ///
    /// # Errors
    /// When a variable is absent or cannot be read.
    pub fn from_environment(aws: &Aws, store: Store) -> Result<Self, EnvironmentError> {
        let app_url = required("APP_URL")?;
        let allowed_origins = optional("ALLOWED_ORIGINS")
            .unwrap_or_default()
            .split(',')
            .map(str::trim)
            .filter(|origin| !origin.is_empty())
            .map(|origin| {
                HeaderValue::from_str(origin)
                    .map_err(|error| EnvironmentError::Invalid { name: "ALLOWED_ORIGINS", reason: error.to_string() })
            })
            .collect::<Result<_, _>>()?;
        let keys = [Some(required("SIGNING_KEY_ID")?), optional("OTHER_SIGNING_KEY_ID")];
        Ok(Self {
            store,
            verifier: Verifier::from_kms(&aws.kms(), keys.into_iter().flatten(), app_url.clone()),
            limits: Limits::from_environment()?,
            allowed_origins,
            origin_secret: optional("ORIGIN_SECRET").map(Arc::from),
            app_url: app_url.into(),
        })
    }

    /// The tables.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What verifies access tokens.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The app's public address, without a slash at the end.
    pub fn app_url(&self) -> &str {
        &self.app_url
    }

    /// Whether the app is reached over https only.
    pub fn is_secure(&self) -> bool {
        self.app_url.starts_with("https://")
    }

    /// Whether a page of this origin may act for a person by their cookies: the app's own, or a configured frontend's.
    pub fn trusts_origin(&self, origin: &HeaderValue) -> bool {
        origin.as_bytes() == self.app_url.as_bytes() || self.allowed_origins.contains(origin)
    }
}

/// Puts every convention around a function's routes.
pub fn app(
    routes: Router,
    web: Web,
) -> impl Service<Request, Response = Response, Error = Infallible, Future: Send + 'static> + Clone + Send + Sync + 'static
{
    let secure = web.is_secure();
    let cors = crate::cors::layer(&web.allowed_origins);
    let routes = routes
        .fallback(|| async { Problem::not_found() })
        .method_not_allowed_fallback(|| async { Problem::method_not_allowed() })
        .layer(DefaultBodyLimit::max(crate::BODY_LIMIT))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            // The panic's own message was logged by its hook; it may hold what the person sent, so it is not repeated.
            Problem::internal("a handler panicked").into_response()
        }))
        .layer(middleware::from_fn(only_through_the_front_door))
        .layer(axum::Extension(web))
        .layer(cors)
        .layer(middleware::from_fn(move |request, next| metrics::gathered(finish(request, next, secure))));
    NormalizePathLayer::trim_trailing_slash().layer(routes)
}

/// Refuses requests that did not come through the distribution, where a shared secret is configured.
async fn only_through_the_front_door(request: Request, next: Next) -> Response {
    let secret = request.extensions().get::<Web>().and_then(|web| web.origin_secret.clone());
    if let Some(secret) = secret {
        let sent = request.headers().get(ORIGIN_VERIFY).map(HeaderValue::as_bytes).unwrap_or_default();
        if !bool::from(sent.ct_eq(secret.as_bytes())) {
            return Problem::forbidden("This address is not open; use the public one.").into_response();
        }
    }
    next.run(request).await
}

/// Gives each answer its request id and security headers, writes a problem's body, and logs and measures the request.
async fn finish(request: Request, next: Next, secure: bool) -> Response {
    let id = Uuid::now_v7().to_string();
    let method = request.method().clone();
    // The path of an unknown route could hold anything, so a line names the matched one.
    let route = request.extensions().get::<MatchedPath>().map_or("(none)", MatchedPath::as_str);
    let job_id = job_in(route, request.uri().path());
    let span = tracing::error_span!(
        "request",
        request_id = %id,
        %method,
        route,
        job_id = job_id.map(tracing::field::display),
        user = tracing::field::Empty
    );
    metrics::about("request_id", &id);
    let bytes_in = request.body().size_hint().exact();
    let started = std::time::Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = with_problem_body(response, &problem, &id);
    }
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("unknown")));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if secure {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=63072000; includeSubDomains; preload"),
        );
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    // Nothing that the API answers is a page unless its handler says so, with a policy of its own.
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    let (status, took) = (response.status(), started.elapsed());
    metrics::add(metrics::REQUESTS, 1);
    metrics::took(metrics::REQUEST_DURATION, took);
    metrics::add(metrics::SERVER_ERRORS, status.is_server_error().into());
    span.in_scope(|| {
        let bytes_out = response.body().size_hint().exact();
        tracing::info!(
            status = status.as_u16(),
            milliseconds = took.as_millis() as u64,
            bytes_in,
            bytes_out,
            "answered"
        );
    });
    response
}

/// The job that a path names where its route has a place for one.
fn job_in(route: &str, path: &str) -> Option<Uuid> {
    let place = route.find("/jobs/{id}")? + "/jobs/".len();
    path.get(place..)?.split('/').next()?.parse().ok()
}

fn with_problem_body(mut response: Response, problem: &Problem, id: &str) -> Response {
    let body = serde_json::to_vec(&problem.body(id)).unwrap_or_default();
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    let (parts, _) = response.into_parts();
    Response::from_parts(parts, axum::body::Body::from(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_found_where_its_route_has_it() {
        let id = Uuid::now_v7();
        for (route, path) in [("/api/v1/jobs/{id}", ""), ("/api/v1/jobs/{id}/cancel", "/cancel")] {
            assert_eq!(job_in(route, &format!("/api/v1/jobs/{id}{path}")), Some(id));
        }
        assert_eq!(job_in("/api/v1/cv/{id}", &format!("/api/v1/cv/{id}")), None);
        assert_eq!(job_in("/api/v1/jobs", "/api/v1/jobs"), None);
        assert_eq!(job_in("/api/v1/jobs/{id}", "/api/v1/jobs/ada@example.org"), None);
    }
}
