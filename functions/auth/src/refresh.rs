//! `POST /users/refresh` and `POST /users/logout`.

use axum::extract;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;
use vitae_runtime::{metrics, telemetry};
use vitae_store::{Actor, AuditEntry, AuditEvent, Person, StoreError};
use vitae_web::{Admission, Json, Problem, ProblemBody, VerifyError};

use crate::access_token::AccessToken;
use crate::refresh_token::{RefreshToken, Verdict};
use crate::sign_in::{Client, SignedIn, answer, end_session_of};
use crate::{State, browser, may_be_here, session_ended};

/// Two requests may replace a token at the same moment; the one that comes second looks again.
const ATTEMPTS: usize = 3;

/// What a client without cookies sends; a browser sends no body.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refresh {
    /// The token of the last answer.
    refresh_token: String,
}

/// Get a new access token.
///
/// The refresh token is replaced at each use. An old one that is used again ends the session for everyone, as somebody
/// has it who should not; only for ten seconds after it was replaced it is answered with the very token that replaced it,
/// for two tabs that ask at once. A session ends after 30 days without use, and after 90 days in any case.
///
/// A browser sends its cookie and `X-CSRF-Token`, and, as browsers do, an `Origin` that must be one of ours. Other clients
/// send `refresh_token`, and get the next one in the body; then no cookie is read or set.
#[utoipa::path(
    post, path = "/api/v1/users/refresh", operation_id = "refresh", tag = "Users and sessions", security(()),
    params(("X-CSRF-Token" = Option<String>, Header, description = "`csrf_token` of the sign-in; needed with the cookie")),
    request_body = Option<Refresh>,
    responses(
        (status = 200, body = SignedIn, description = "A new access token", headers(("Set-Cookie" = String, description = "The next refresh token, for browsers"))),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "There is no token, or its session has ended"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "The cookie came without the session's CSRF token, or from a foreign page"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "There is a body, and it is not declared as JSON"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A member is missing, unknown or of another type"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn refresh(
    extract::State(state): extract::State<State>,
    admission: Admission,
    headers: HeaderMap,
    body: Option<Json<Refresh>>,
) -> Result<Response, Problem> {
    let (token, client) = presented(&state, &headers, body)?;
    let renewed = renew(&state, &admission, &token).await.and_then(|renewed| renewed.ok_or_else(session_ended));
    renewed.map(|(person, access, next)| answer(&state, person, access, &next, client)).map_err(
        |problem| match client {
            // A browser is not to come again with a cookie that is good for nothing.
            Client::Browser if problem.status() == StatusCode::UNAUTHORIZED => {
                problem.with_header(header::SET_COOKIE, browser::forget(&state.web))
            }
            _ => problem,
        },
    )
}

/// The tokens that are good from now on, and whose they are; `None` where the token's session has ended, or ends now
/// because the token was used before.
async fn renew(
    state: &State,
    admission: &Admission,
    token: &RefreshToken,
) -> Result<Option<(Person, AccessToken, RefreshToken)>, Problem> {
    telemetry::note_user(token.user_id);
    for _ in 0..ATTEMPTS {
        let (rows, granted) =
            tokio::join!(state.store.person_and_session(token.user_id, token.session_id), admission.granted());
        granted?;
        let now = Timestamp::now();
        let (person, Some(session)) = rows? else { return Ok(None) };
        match token.judge(&session, now) {
            Verdict::Good => {
                let person = may_be_here(person)?;
                let (rotated, next) = token.rotate(&session, now);
                // The access token is signed meanwhile, and says nothing to anybody where another request was first.
                let (stored, access) = tokio::join!(
                    state.store.rotate_session(&rotated, &session.token_hash),
                    state.signer.sign(&person, &rotated)
                );
                match stored {
                    Ok(()) => return Ok(Some((person, access?, next))),
                    Err(StoreError::Conflict) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Verdict::JustReplaced(next) => {
                let person = may_be_here(person)?;
                let access = state.signer.sign(&person, &session).await?;
                return Ok(Some((person, access, next)));
            }
            Verdict::Reused => {
                tracing::warn!(session_id = %session.session_id, "an old refresh token was used again; its session ends");
                metrics::add(metrics::REFRESH_TOKENS_REUSED, 1);
                state.store.end_session(session.user_id, session.session_id).await?;
                let entry =
                    AuditEntry::now(session.user_id, AuditEvent::TokenReused, Actor::Person, session.user_agent);
                if let Err(error) = state.store.audit(&entry).await {
                    tracing::warn!(%error, "a reused token was not written down");
                }
                return Ok(None);
            }
            Verdict::Foreign => {
                metrics::add(metrics::TOKENS_REFUSED, 1);
                return Ok(None);
            }
        }
    }
    Err(Problem::unavailable("a refresh token was replaced again and again"))
}

/// Sign out.
///
/// Ends the session that the access token, the body's `refresh_token` or the cookie (with `X-CSRF-Token`) belongs to, the
/// first of them that is sent and good, and removes the cookie. A session that has ended already is no error. An access
/// token stays good for what is left of its fifteen minutes, except where a route looks the session up.
#[utoipa::path(
    post, path = "/api/v1/users/logout", operation_id = "logout", tag = "Users and sessions", security((), ("bearer" = [])),
    params(("X-CSRF-Token" = Option<String>, Header, description = "`csrf_token` of the sign-in; needed with the cookie")),
    request_body = Option<Refresh>,
    responses(
        (status = 204, description = "The session has ended", headers(("Set-Cookie" = String, description = "Removes the cookie"))),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Nothing says which session"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "The cookie came without the session's CSRF token, or from a foreign page"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn logout(
    extract::State(state): extract::State<State>,
    headers: HeaderMap,
    body: Option<Json<Refresh>>,
) -> Result<impl IntoResponse, Problem> {
    match signed_in_session(&state, &headers).await? {
        Some((user_id, session_id)) => {
            state.store.end_session(user_id, session_id).await?;
        }
        None => {
            let (token, _) = presented(&state, &headers, body)?;
            end_session_of(&state, &token).await?;
        }
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, browser::forget(&state.web))]))
}

/// Person and session of a good access token, if one is sent; one that has expired is no hindrance to signing out.
async fn signed_in_session(state: &State, headers: &HeaderMap) -> Result<Option<(uuid::Uuid, uuid::Uuid)>, Problem> {
    let Some(token) = headers.get(header::AUTHORIZATION).and_then(|value| bearer(value.to_str().ok()?)) else {
        return Ok(None);
    };
    match state.web.verifier().verify(token).await {
        Ok(claims) => Ok(Some((claims.sub, claims.sid))),
        Err(VerifyError::Invalid | VerifyError::Expired) => Ok(None),
        Err(error) => Err(Problem::unavailable(error)),
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// The refresh token that came with a request, and how its client keeps it.
fn presented(
    state: &State,
    headers: &HeaderMap,
    body: Option<Json<Refresh>>,
) -> Result<(RefreshToken, Client), Problem> {
    match body {
        Some(Json(body)) => Ok((RefreshToken::decode(&body.refresh_token).ok_or_else(session_ended)?, Client::Native)),
        None => Ok((browser::proven_cookie_token(&state.web, headers)?, Client::Browser)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bearer_token_is_taken() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bearer  abc"), Some("abc"));
        assert_eq!(bearer("Basic abc"), None);
        assert_eq!(bearer("Bearer"), None);
    }
}
