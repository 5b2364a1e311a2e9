//! Rate limits by class of request: the generic cell rate algorithm on one item of the store.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared};
use vitae_runtime::environment::{EnvironmentError, optional};
use vitae_runtime::metrics;
use vitae_store::{Limit, LimitState, StoreError};

use crate::app::Web;
use crate::auth::User;
use crate::problem::Problem;

/// The table of limits that is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limits {
    /// For people on the internet.
    Standard,
    /// For one machine and its tests, where every visitor has the same address: each burst a hundred times as large.
    Wide,
}

impl Limits {
    pub(crate) fn from_environment() -> Result<Self, EnvironmentError> {
        match optional("LIMITS").as_deref() {
            None | Some("standard") => Ok(Self::Standard),
            Some("wide") => Ok(Self::Wide),
            Some(other) => Err(EnvironmentError::Invalid {
                name: "LIMITS",
                reason: format!("{other:?} is neither `standard` nor `wide`"),
            }),
        }
    }
}

/// Whose requests are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Those of one network address (IPv6: of one /64, which is what one household gets).
    Address,
    /// Those of one signed-in person.
    Person,
    /// Whatever the handler names; such a limit is for [`RateLimit::count`] alone.
    Named,
}

/// A class of requests and how many of them there may be under [`Limits::Standard`].
#[derive(Debug, Clone, Copy)]
pub struct RateLimit {
    /// Name of the class.
    pub class: &'static str,
    /// How many at once, and in `window` over time.
    pub burst: u32,
    /// In which a whole burst comes back.
    pub window: Duration,
    /// Whose requests are counted together.
    pub subject: Subject,
}

impl RateLimit {
    fn in_force(self, limits: Limits) -> Limit {
        let burst = match limits {
            Limits::Standard => self.burst,
            Limits::Wide => self.burst.saturating_mul(100),
        };
        Limit { class: self.class, burst, window_seconds: self.window.as_secs() as u32 }
    }

    /// Counts one request of `subject`, for a handler that learns only from the body whose request it is.
    ///
    /// # Errors
    /// 429 beyond the limit, 503 where nothing can be counted.
    pub async fn count(self, web: &Web, subject: &str) -> Result<(), Problem> {
        let state = web.store.count_against(self.in_force(web.limits), subject).await?;
        if state.allowed {
            return Ok(());
        }
        Err(self.exceeded(state))
    }

    /// Middleware that counts each request, answers 429 beyond the limit, and says in each answer where the caller
    /// stands. Use it as `.route_layer(from_fn(|request, next| LIMIT.apply(request, next)))`.
    pub async fn apply(self, request: Request, next: Next) -> Response {
        let (mut parts, body) = request.into_parts();
        let (web, subject) = match self.whose(&mut parts).await {
            Ok(found) => found,
            Err(problem) => return problem.into_response(),
        };
        let limit = self.in_force(web.limits);
        let state = match web.store.count_against(limit, &subject).await {
            Ok(state) => state,
            Err(error) => return Problem::from(error).into_response(),
        };
        let mut response = if state.allowed {
            next.run(Request::from_parts(parts, body)).await
        } else {
            self.exceeded(state).into_response()
        };
        describe(response.headers_mut(), limit, state);
        response
    }

    /// Like [`RateLimit::apply`] for a handler that begins to read while its request is still being counted, and waits
    /// for [`Admission::granted`] before it changes anything or works hard. Whatever it does, its answer goes out only
    /// where the request was within the limit.
    pub async fn apply_beside(self, request: Request, next: Next) -> Response {
        let (mut parts, body) = request.into_parts();
        let (web, subject) = match self.whose(&mut parts).await {
            Ok(found) => found,
            Err(problem) => return problem.into_response(),
        };
        let limit = self.in_force(web.limits);
        let count = async move { Arc::new(web.store.count_against(limit, &subject).await) }.boxed().shared();
        parts.extensions.insert(Admission(count.clone()));
        let (counted, mut response) = tokio::join!(count, next.run(Request::from_parts(parts, body)));
        match &*counted {
            Ok(state) => {
                if !state.allowed {
                    response = self.exceeded(*state).into_response();
                }
                describe(response.headers_mut(), limit, *state);
                response
            }
            Err(error) => Problem::unavailable(error).into_response(),
        }
    }

    /// Whose request this is, and the application that it came to.
    async fn whose(self, parts: &mut Parts) -> Result<(Web, String), Problem> {
        let Some(web) = parts.extensions.get::<Web>().cloned() else {
            return Err(Problem::internal("a rate limit stands outside the application"));
        };
        let subject = match self.subject {
            Subject::Address => visitor_address(&parts.headers).map_or_else(|| "unknown".to_owned(), network_of),
            Subject::Person => User::from_request_parts(parts, &()).await?.id.to_string(),
            Subject::Named => return Err(Problem::internal("a limit on named subjects is counted by its handler")),
        };
        Ok((web, subject))
    }

    fn exceeded(self, state: LimitState) -> Problem {
        tracing::warn!(class = self.class, "a request was limited");
        metrics::add(metrics::REQUESTS_LIMITED, 1);
        Problem::too_many_requests(state.reset_seconds.max(1))
    }
}

/// Whether a request is within its limit, for handlers under [`RateLimit::apply_beside`].
#[derive(Debug, Clone)]
pub struct Admission(Shared<BoxFuture<'static, Arc<Result<LimitState, StoreError>>>>);

impl Admission {
    /// Waits until the request is counted.
    ///
    /// # Errors
    /// Beyond the limit, and where nothing can be counted. What is said is of no matter: the limit itself answers then.
    pub async fn granted(&self) -> Result<(), Problem> {
        match &*self.0.clone().await {
            Ok(state) if state.allowed => Ok(()),
            Ok(state) => Err(Problem::too_many_requests(state.reset_seconds.max(1))),
            Err(error) => Err(Problem::unavailable(error)),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Admission {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let admission = parts.extensions.get().cloned();
        admission.ok_or_else(|| Problem::internal("no rate limit is counted beside this handler"))
    }
}

/// The fields of the IETF draft "RateLimit header fields for HTTP".
fn describe(headers: &mut HeaderMap, limit: Limit, state: LimitState) {
    let policy = format!("\"{}\";q={};w={}", limit.class, limit.burst, limit.window_seconds);
    let current = format!("\"{}\";r={};t={}", limit.class, state.remaining, state.reset_seconds);
    for (name, value) in [("ratelimit-policy", policy), ("ratelimit", current)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

/// The visitor's address, as the front door says it in `CloudFront-Viewer-Address`; anything else can be made up.
pub fn visitor_address(headers: &HeaderMap) -> Option<IpAddr> {
    let value = headers.get("cloudfront-viewer-address")?.to_str().ok()?;
    // `192.0.2.1:443`, `2001:db8::1:443` (no brackets): the port is what follows the last colon.
    let (address, _port) = value.rsplit_once(':')?;
    address.trim_matches(['[', ']']).parse().ok()
}

fn network_of(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let s = v6.segments();
            format!("{:x}:{:x}:{:x}:{:x}::/64", s[0], s[1], s[2], s[3])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(value: &str) -> Option<String> {
        let headers = HeaderMap::from_iter([(
            HeaderName::from_static("cloudfront-viewer-address"),
            HeaderValue::from_str(value).unwrap(),
        )]);
        visitor_address(&headers).map(network_of)
    }

    #[test]
    fn the_front_door_names_the_visitor() {
        assert_eq!(address("192.0.2.1:443").as_deref(), Some("192.0.2.1"));
        assert_eq!(address("2001:db8:1:2:3:4:5:6:443").as_deref(), Some("2001:db8:1:2::/64"));
        assert_eq!(address("nonsense"), None);
        assert_eq!(visitor_address(&HeaderMap::new()), None);
    }
}
