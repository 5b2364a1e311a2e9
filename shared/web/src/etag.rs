use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;

/// The strong entity tag of a resource's version.
pub fn etag(version: u64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"0\""))
}

/// An answer with the entity tag of the version that it shows.
#[derive(Debug)]
pub struct WithEtag<T>(pub u64, pub T);

impl<T: IntoResponse> IntoResponse for WithEtag<T> {
    fn into_response(self) -> Response {
        let mut response = self.1.into_response();
        response.headers_mut().insert(header::ETAG, etag(self.0));
        response
    }
}

/// The versions that a change may replace, from `If-Match`; absent or `*` is any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IfMatch(Option<Vec<String>>);

impl IfMatch {
    /// Whether `version` may be replaced.
    ///
    /// # Errors
    /// 412 when it may not.
    pub fn check(&self, version: u64) -> Result<(), Problem> {
        match &self.0 {
            Some(tags) if !tags.contains(&version.to_string()) => Err(Problem::precondition_failed()),
            _ => Ok(()),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else { return Ok(Self(None)) };
        let value = value.to_str().map_err(|_| Problem::bad_request("`If-Match` holds no entity tags."))?.trim();
        if value == "*" {
            return Ok(Self(None));
        }
        // A weak tag never matches here (RFC 9110, 13.1.1), so it is kept with its prefix.
        Ok(Self(Some(value.split(',').map(|tag| tag.trim().trim_matches('"').to_owned()).collect())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_version_is_refused() {
        let if_match = IfMatch(Some(vec!["3".to_owned()]));
        assert!(if_match.check(3).is_ok());
        assert_eq!(if_match.check(4).unwrap_err().status().as_u16(), 412);
        assert!(IfMatch(None).check(9).is_ok());
        assert!(IfMatch(Some(vec!["W/\"3".to_owned()])).check(3).is_err());
    }
}
