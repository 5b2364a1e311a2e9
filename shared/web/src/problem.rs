//! Errors as people and programs see them: RFC 9457 problem details.
//!
//! A room's own error type says what happened in its terms; a handler turns it into a [`Problem`], which says what the
//! client can do about it. Causes inside are logged here, at the boundary, once, and never sent.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use vitae_store::StoreError;

/// A kind of problem, with a page of its own in the documentation under `/problems/{slug}`.
#[derive(Debug, PartialEq, Eq)]
pub struct ProblemType {
    /// Last part of the type's URI.
    pub slug: &'static str,
    /// The HTTP status that goes with it.
    pub status: u16,
    /// What it is, in a few words.
    pub title: &'static str,
    /// What it means and what to do, for the documentation.
    pub explanation: &'static str,
}

macro_rules! problem_types {
    ($($name:ident = $slug:literal, $status:literal, $title:literal, $explanation:literal;)*) => {
        $(const $name: &ProblemType =
            &ProblemType { slug: $slug, status: $status, title: $title, explanation: $explanation };)*
        /// Every kind of problem that the API answers.
        pub const PROBLEM_TYPES: &[&ProblemType] = &[$($name),*];
    };
}

problem_types! {
    BAD_REQUEST = "bad-request", 400, "Bad request",
        "The request could not be read: the JSON is broken, or a header or a query parameter has no valid form. Mend it as `detail` says.";
    UNAUTHORIZED = "unauthorized", 401, "Sign in first",
        "The request has no access token, or one that is wrong or has expired. Sign in, or refresh the token, and send it as `Authorization: Bearer …`.";
    FORBIDDEN = "forbidden", 403, "Not allowed",
        "You are signed in, and what you asked for is not yours to do.";
    NOT_FOUND = "not-found", 404, "Not found",
        "There is nothing at this address, or nothing of yours.";
    METHOD_NOT_ALLOWED = "method-not-allowed", 405, "Method not allowed",
        "The address exists and does not answer this method; `Allow` lists those that it answers.";
    CONFLICT = "conflict", 409, "Conflict",
        "What you asked for does not fit the present state. Read it again and decide anew.";
    PRECONDITION_FAILED = "precondition-failed", 412, "Changed meanwhile",
        "The resource is no longer the version that `If-Match` names. Read it again, and repeat the change on what it is now.";
    CONTENT_TOO_LARGE = "content-too-large", 413, "Too large",
        "The body is larger than this route takes.";
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type", 415, "Unsupported media type",
        "The body has a `Content-Type` that this route does not take.";
    INVALID = "invalid", 422, "Invalid",
        "The body can be read and does not say something valid; `errors` points at each member.";
    TOO_MANY_REQUESTS = "too-many-requests", 429, "Too many requests",
        "Slow down: `Retry-After` says for how many seconds.";
    INTERNAL = "internal", 500, "Something went wrong",
        "The fault is ours. Try again; if it stays, tell us the `instance`.";
    UNAVAILABLE = "unavailable", 503, "Not available now",
        "Something that we depend on does not answer at present. Nothing was lost; try again after `Retry-After` seconds.";
}

/// An error on its way to the client.
#[derive(Debug, Clone)]
pub struct Problem {
    kind: &'static ProblemType,
    detail: String,
    errors: Vec<FieldError>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// One member that is not valid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FieldError {
    /// JSON pointer (RFC 6901) to the member.
    #[schema(example = "/email")]
    pub pointer: String,
    /// A sentence that a person can act on.
    pub detail: String,
}

/// Problem details (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ProblemBody {
    /// Address of the kind's page.
    #[schema(example = "/problems/invalid")]
    pub r#type: String,
    /// What it is, in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// A sentence that a person can act on.
    pub detail: String,
    /// The request's id.
    pub instance: String,
    /// The members that are not valid.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

impl Problem {
    fn new(kind: &'static ProblemType, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), errors: Vec::new(), headers: Vec::new() }
    }

    /// 400.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(BAD_REQUEST, detail)
    }

    /// 401.
    pub fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(UNAUTHORIZED, detail).with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// 403.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(FORBIDDEN, detail)
    }

    /// 404: nothing there, or nothing of the caller's.
    pub fn not_found() -> Self {
        Self::new(NOT_FOUND, "There is nothing at this address, or nothing of yours.")
    }

    /// 405.
    pub fn method_not_allowed() -> Self {
        Self::new(METHOD_NOT_ALLOWED, "This address does not answer this method.")
    }

    /// 409.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(CONFLICT, detail)
    }

    /// 412.
    pub fn precondition_failed() -> Self {
        Self::new(PRECONDITION_FAILED, "It was changed since you read it. Read it again and repeat your change.")
    }

    /// 413.
    pub fn content_too_large(limit: usize) -> Self {
        Self::new(CONTENT_TOO_LARGE, format!("The body is larger than {limit} bytes."))
    }

    /// 415.
    pub fn unsupported_media_type(detail: impl Into<String>) -> Self {
        Self::new(UNSUPPORTED_MEDIA_TYPE, detail)
    }

    /// 422 with one member.
    pub fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::invalid_fields(vec![FieldError { pointer: pointer.into(), detail: detail.into() }])
    }

    /// 422 with each member that is not valid.
    pub fn invalid_fields(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [one] => format!("{}: {}.", one.pointer, one.detail.trim_end_matches('.')),
            many => format!("{} members are not valid.", many.len()),
        };
        Self { errors, ..Self::new(INVALID, detail) }
    }

    /// 429.
    pub fn too_many_requests(retry_after_seconds: u32) -> Self {
        Self::new(TOO_MANY_REQUESTS, format!("Too many requests. Try again in {retry_after_seconds} seconds."))
            .with_header(header::RETRY_AFTER, HeaderValue::from(retry_after_seconds))
    }

    /// 500. `cause` is logged, not sent.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(error = %cause, "the request failed");
        Self::new(INTERNAL, "Something went wrong on our side. Try again; if it stays, tell us the instance.")
    }

    /// 503. `cause` is logged, not sent.
    pub fn unavailable(cause: impl std::fmt::Display) -> Self {
        tracing::error!(error = %cause, "something that the request depends on does not answer");
        Self::new(UNAVAILABLE, "Something that we depend on does not answer at present. Try again in a moment.")
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("5"))
    }

    /// The same problem with one more header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The status that it is answered with.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The body for the request `instance`.
    pub fn body(&self, instance: &str) -> ProblemBody {
        ProblemBody {
            r#type: format!("/problems/{}", self.kind.slug),
            title: self.kind.title.to_owned(),
            status: self.kind.status,
            detail: self.detail.clone(),
            instance: instance.to_owned(),
            errors: self.errors.clone(),
        }
    }
}

/// The body is written by the outermost layer, which knows the request's id.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        for (name, value) in &self.headers {
            response.headers_mut().insert(name.clone(), value.clone());
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => Self::conflict("It was changed meanwhile. Read it again and repeat your change."),
            StoreError::TooLarge => Self::invalid("", "this is more than can be stored in one piece (400 KB)"),
            StoreError::Corrupt(_) => Self::internal(error),
            StoreError::Unavailable(_) => Self::unavailable(error),
        }
    }
}
