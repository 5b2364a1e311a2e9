//! axum's extractors, answering with problem details.

use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequest, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// A JSON body in, a JSON body out. What is not JSON is 415 or 400, what is too large 413, and what does not fit `T`
/// (a member that is unknown, missing or of another type) 422 with a pointer.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::unsupported_media_type("Send JSON, with `Content-Type: application/json`."));
        }
        let body = Bytes::from_request(request, state).await.map_err(body_problem)?;
        parse(&body).map(Self)
    }
}

/// A body that may be left out: none where there is no byte of one, whatever its declared type.
impl<T: DeserializeOwned, S: Send + Sync> OptionalFromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        let json = is_json(request.headers());
        let body = Bytes::from_request(request, state).await.map_err(body_problem)?;
        if body.is_empty() {
            return Ok(None);
        }
        if !json {
            return Err(Problem::unsupported_media_type("Send JSON, with `Content-Type: application/json`."));
        }
        parse(&body).map(|value| Some(Self(value)))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// `body` as `T`, with the conventions of [`Json`].
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(ill_fitting)?;
    deserializer.end().map_err(|error| Problem::bad_request(format!("This is not one JSON value: {error}.")))?;
    Ok(value)
}

/// `value` as `T`, for handlers that change a body before they take it apart.
///
/// # Errors
/// 422 with a pointer when it does not fit.
pub fn from_value<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(ill_fitting)
}

fn ill_fitting(error: serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let pointer = json_pointer(error.path());
    let inner = error.into_inner();
    match inner.classify() {
        serde_json::error::Category::Data => Problem::invalid(pointer, without_position(&inner.to_string())),
        _ => Problem::bad_request(format!("This is not JSON: {inner}.")),
    }
}

/// Parameters in the path. What cannot be one of ours is as absent as what is not there: 404.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path =
            axum::extract::Path::<T>::from_request_parts(parts, state).await.map_err(|_| Problem::not_found())?;
        Ok(Self(path.0))
    }
}

/// Parameters in the query.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, state)
            .await
            .map_err(|error| Problem::bad_request(format!("The query cannot be read: {}.", error.body_text())))?;
        Ok(Self(query.0))
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

pub(crate) fn body_problem(rejection: BytesRejection) -> Problem {
    match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
            Problem::content_too_large(crate::BODY_LIMIT)
        }
        other => Problem::bad_request(other.body_text()),
    }
}

fn json_pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(format!("/{index}")),
            Segment::Map { key } => Some(format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
            Segment::Enum { variant } => Some(format!("/{variant}")),
            Segment::Unknown => None,
        })
        .collect()
}

/// serde_json ends its sentences with a position in the text, which says nothing to whoever sent an object.
fn without_position(message: &str) -> String {
    message.split(" at line ").next().unwrap_or(message).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only how it parses matters")]
    struct Person {
        name: String,
        links: Option<Vec<u32>>,
    }

    fn refusal(body: &str) -> (u16, Option<String>) {
        let problem = parse::<Person>(body.as_bytes()).unwrap_err();
        (problem.status().as_u16(), problem.body("").errors.first().map(|e| e.pointer.clone()))
    }

    #[test]
    fn broken_json_is_400_and_ill_fitting_json_422_with_a_pointer() {
        assert_eq!(refusal("{"), (400, None));
        assert_eq!(refusal(r#"{"name":"a"} x"#), (400, None));
        assert_eq!(refusal(r#"{"name":"a","links":[1,"2"]}"#), (422, Some("/links/1".to_owned())));
        assert_eq!(refusal(r#"{"name":"a","nmae":"b"}"#), (422, Some("/nmae".to_owned())));
        assert_eq!(refusal("{}").0, 422);
    }
}
