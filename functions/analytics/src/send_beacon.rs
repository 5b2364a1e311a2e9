//! Bodies as `navigator.sendBeacon` sends them: JSON that is called text, or nothing at all, so that the browser need not
//! ask for leave first.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, header};
use serde::de::DeserializeOwned;
use vitae_web::{Json, Problem};

/// Reads a body of at most `largest` bytes, by the conventions of [`Json`].
pub(crate) async fn read<T: DeserializeOwned>(request: Request, largest: usize) -> Result<T, Problem> {
    let (mut parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, largest).await.map_err(|_| Problem::content_too_large(largest))?;
    let sent_as = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("text/plain");
    if sent_as.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("text/plain")) {
        parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    let Json(value) = Json::<T>::from_request(Request::from_parts(parts, Body::from(body)), &()).await?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn status(content_type: Option<&str>, body: impl Into<Body>) -> u16 {
        let mut request = Request::post("/");
        if let Some(content_type) = content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        match read::<serde_json::Value>(request.body(body.into()).unwrap(), 100).await {
            Ok(_) => 202,
            Err(problem) => problem.status().as_u16(),
        }
    }

    #[tokio::test]
    async fn text_json_and_no_type_at_all_are_read_alike() {
        for content_type in [None, Some("text/plain;charset=UTF-8"), Some("application/json")] {
            assert_eq!(status(content_type, r#"{"a":1}"#).await, 202, "{content_type:?}");
        }
        assert_eq!(status(Some("image/png"), r#"{"a":1}"#).await, 415);
    }

    #[tokio::test]
    async fn what_is_no_json_or_too_much_is_refused() {
        assert_eq!(status(None, "view").await, 400);
        assert_eq!(status(None, vec![b' '; 101]).await, 413);
    }
}
