//! The conventions of the HTTP interface, once for every function.
//!
//! A function makes its [`Routes`], gives their router its own state, and passes it to [`app`], which puts around it what every answer has: request id, problem details (RFC 9457), security headers, CORS,
//! body limits, and the same route with and without a trailing slash. Handlers return `Result<_, Problem>` and take
//! [`User`], [`Json`], [`Path`], [`Query`], [`Paging`] and [`IfMatch`].

mod api_key;
mod app;
mod auth;
mod cors;
mod etag;
mod extract;
mod idempotency;
mod limits;
mod openapi;
mod paging;
mod permissions;
mod problem;
mod routes;

pub use api_key::ApiKeySecret;
pub use app::{Web, app};
pub use auth::{ACCESS_TOKEN_MINUTES, ACCESS_TOKEN_TYPE, AUDIENCE, Claims, User, Verifier, VerifyError};
pub use etag::{IfMatch, WithEtag, etag};
pub use extract::{Json, Path, Query, from_value};
pub use idempotency::{Idempotency, idempotent};
pub use limits::{Admission, Limits, RateLimit, Subject, visitor_address};
pub use openapi::{SecurityAddon, document};
pub use paging::{Listed, Paging};
pub use permissions::Permission;
pub use problem::{FieldError, PROBLEM_TYPES, Problem, ProblemBody, ProblemType};
pub use routes::{Described, Routes};
#[doc(hidden)]
pub use utoipa_axum;

/// Largest body that a route takes unless it says otherwise, in bytes.
pub const BODY_LIMIT: usize = 256 * 1024;
