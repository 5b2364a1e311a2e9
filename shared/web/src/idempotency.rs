//! `Idempotency-Key`: a POST that creates may be sent again without creating twice.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use vitae_store::{IdempotentRequest, StoredAnswer};

use crate::app::Web;
use crate::auth::User;
use crate::problem::Problem;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Set on an answer that is a repetition.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Longest key, in characters.
const LONGEST_KEY: usize = 255;
/// Largest answer that is kept, in bytes; an item of the store holds 400 KB.
const LARGEST_ANSWER: usize = 300 * 1024;

/// Marker for the OpenAPI document: the header that [`idempotent`] honours.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it exists for its description")]
pub struct Idempotency {
    /// The same key with the same body replays the first answer for 24 hours; with another body it is 409.
    #[param(rename = "Idempotency-Key", required = false, max_length = 255)]
    idempotency_key: Option<String>,
}

/// Middleware for routes that create: `.route_layer(from_fn(idempotent))`. Without the header it does nothing.
///
/// The answer to a key is kept for a day in the person's partition. Answers that say "try again" (5xx, 429) are not.
pub async fn idempotent(request: Request, next: Next) -> Response {
    match replay_or_run(request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn replay_or_run(request: Request, next: Next) -> Result<Response, Problem> {
    let Some(key) = request.headers().get(&KEY) else { return Ok(next.run(request).await) };
    let key = key
        .to_str()
        .ok()
        .filter(|key| !key.is_empty() && key.len() <= LONGEST_KEY)
        .ok_or_else(|| Problem::bad_request("`Idempotency-Key` has 1 to 255 printable ASCII characters."))?
        .to_owned();
    let web = request
        .extensions()
        .get::<Web>()
        .cloned()
        .ok_or_else(|| Problem::internal("a route stands outside the application"))?;
    let (mut parts, body) = request.into_parts();
    let user = User::from_request_parts(&mut parts, &()).await?;
    let body =
        to_bytes(body, crate::BODY_LIMIT * 8).await.map_err(|_| Problem::content_too_large(crate::BODY_LIMIT * 8))?;
    let route = format!("{} {}", parts.method, parts.uri.path());
    let fingerprint = hex::encode(Sha256::digest(&body));
    match web.store.claim_idempotency_key(user.id, &route, &key, &fingerprint).await? {
        IdempotentRequest::Answered(answer) => return Ok(replayed(answer)),
        IdempotentRequest::Mismatch => {
            return Err(Problem::conflict("This `Idempotency-Key` was used for another request. Use a new one."));
        }
        IdempotentRequest::UnderWay => {
            return Err(Problem::conflict("The first request with this `Idempotency-Key` is still under way.")
                .with_header(header::RETRY_AFTER, HeaderValue::from_static("2")));
        }
        IdempotentRequest::New => {}
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    // A problem's body is written further out, with the request's id: it is answered anew each time, which repeats nothing.
    if response.status().is_server_error()
        || response.status() == StatusCode::TOO_MANY_REQUESTS
        || response.extensions().get::<Problem>().is_some()
    {
        web.store.free_idempotency_key(user.id, &route, &key).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, LARGEST_ANSWER).await.map_err(Problem::internal)?;
    let answer = StoredAnswer {
        status: parts.status.as_u16(),
        headers: kept_headers(&parts.headers),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    web.store.keep_answer(user.id, &route, &key, &fingerprint, answer).await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn kept_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    [header::CONTENT_TYPE, header::LOCATION, header::ETAG]
        .into_iter()
        .filter_map(|name| Some((name.to_string(), headers.get(&name)?.to_str().ok()?.to_owned())))
        .collect()
}

fn replayed(answer: StoredAnswer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
