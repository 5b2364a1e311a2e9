//! `POST /users/verify-email`, `/users/forgot-password` and `/users/reset-password`.

use std::time::Duration;

use axum::extract;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use utoipa::ToSchema;
use vitae_store::{Actor, AuditEntry, AuditEvent, Person, StoreError, TokenPurpose};
use vitae_web::{Json, Problem, ProblemBody, User};

use crate::address::Address;
use crate::mail::Letter;
use crate::sign_in::matches;
use crate::{State, limits, one_use, session_ended};

/// Only an address with an account gets a mail, and sending takes time. No answer comes before this time, so that it
/// does not tell.
const EVENLY: Duration = Duration::from_millis(800);
/// The profile may change while a token is used; then it is read again.
const ATTEMPTS: usize = 3;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VerifyEmail {
    /// `token` of the link in the mail.
    token: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForgotPassword {
    #[schema(example = "ada@example.org")]
    email: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Accepted {
    email: String,
    #[schema(example = true)]
    accepted: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResetPassword {
    /// `token` of the link in the mail.
    token: String,
    /// The new one; the rules are those of registration.
    #[schema(min_length = 8, max_length = 256, format = Password)]
    password: String,
}

/// Prove that the address is one's own.
///
/// The link in the mail works once, for 24 hours. Who needs another asks for a new password: that proves the address, too.
#[utoipa::path(
    post, path = "/api/v1/users/verify-email", operation_id = "verifyEmail", tag = "Users and sessions", security(()),
    request_body = VerifyEmail,
    responses(
        (status = 204, description = "The address is verified"),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The body is not JSON"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body is not declared as JSON"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "The link is not good, or not any more"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many attempts"),
    )
)]
pub(crate) async fn verify_email(
    extract::State(state): extract::State<State>,
    Json(body): Json<VerifyEmail>,
) -> Result<StatusCode, Problem> {
    for _ in 0..ATTEMPTS {
        let (token, person) = one_use::redeem(&state, &body.token, TokenPurpose::VerifyEmail).await?;
        match state.store.spend_token(&body.token, &token, Person { email_verified: true, ..person }).await {
            Ok(_) => return Ok(StatusCode::NO_CONTENT),
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

/// Ask for a mail by which to choose a new password.
///
/// The answer is the same, and takes the same time, whether the address has an account or not.
#[utoipa::path(
    post, path = "/api/v1/users/forgot-password", operation_id = "forgotPassword", tag = "Users and sessions", security(()),
    request_body = ForgotPassword,
    responses(
        (status = 202, body = Accepted, description = "If the address has an account, a mail is on its way"),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The body is not JSON"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body is not declared as JSON"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "It is no mail address"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many mails"),
    )
)]
pub(crate) async fn forgot_password(
    extract::State(state): extract::State<State>,
    Json(body): Json<ForgotPassword>,
) -> Result<impl IntoResponse, Problem> {
    let started = Instant::now();
    let address = Address::parse(&body.email).map_err(|detail| Problem::invalid("/email", detail))?;
    limits::MAILBOX.count(&state.web, &address.folded()).await?;
    if let Some(person) = state.person_by_email(address.as_str()).await? {
        // An error here would tell that there is an account.
        if let Err(error) = one_use::send(&state, &person, Letter::ResetPassword).await {
            tracing::error!(%error, "a reset mail was not sent");
        }
    }
    tokio::time::sleep_until(started + EVENLY).await;
    Ok((StatusCode::ACCEPTED, Json(Accepted { email: address.as_str().to_owned(), accepted: true })))
}

/// Choose a new password.
///
/// The link in the mail works once, for one hour. Every session of the person ends, and the address counts as verified.
#[utoipa::path(
    post, path = "/api/v1/users/reset-password", operation_id = "resetPassword", tag = "Users and sessions", security(()),
    request_body = ResetPassword,
    responses(
        (status = 204, description = "The password is changed; sign in with it"),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The body is not JSON"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body is not declared as JSON"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "The link is not good any more, or the password is not allowed"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many attempts"),
    )
)]
pub(crate) async fn reset_password(
    extract::State(state): extract::State<State>,
    Json(body): Json<ResetPassword>,
) -> Result<StatusCode, Problem> {
    let (_, person) = one_use::redeem(&state, &body.token, TokenPurpose::ResetPassword).await?;
    let password = state
        .passwords
        .chosen(&body.password, &person.email, person.name.as_deref())
        .map_err(|detail| Problem::invalid("/password", detail))?;
    let password_hash = password.hash().await.map_err(Problem::internal)?;
    // The sessions end before the token is spent, so that a failure leaves a token with which to try again, and once more
    // afterwards, as somebody may have signed in with the old password in between.
    state.store.end_all_sessions(person.user_id).await?;
    for _ in 0..ATTEMPTS {
        let (token, person) = one_use::redeem(&state, &body.token, TokenPurpose::ResetPassword).await?;
        let user_id = person.user_id;
        let changed = Person { password_hash: password_hash.clone(), email_verified: true, ..person };
        match state.store.spend_token(&body.token, &token, changed).await {
            Ok(_) => {
                state.store.end_all_sessions(user_id).await?;
                // Whoever had the account for a while may have made keys to it.
                state.store.revoke_api_keys(user_id).await?;
                state.store.audit(&AuditEntry::now(user_id, AuditEvent::PasswordChanged, Actor::Person, None)).await?;
                state.notify(user_id, Letter::PasswordChanged).await;
                return Ok(StatusCode::NO_CONTENT);
            }
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangePassword {
    #[schema(format = Password)]
    current_password: String,
    /// The new one; see `/users/register`.
    #[schema(min_length = 8, max_length = 256, format = Password)]
    password: String,
}

/// Choose a new password while signed in.
///
/// Every other session of the person ends, and a mail tells of it.
#[utoipa::path(
    post, path = "/api/v1/users/change-password", operation_id = "changePassword", tag = "Users and sessions", security(("bearer" = [])),
    request_body = ChangePassword,
    responses(
        (status = 204, description = "The password is changed"),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The body is not JSON"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or the session has ended"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "The current password is wrong"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body is not declared as JSON"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "The new password is not allowed"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many attempts"),
    )
)]
pub(crate) async fn change_password(
    extract::State(state): extract::State<State>,
    user: User,
    Json(body): Json<ChangePassword>,
) -> Result<StatusCode, Problem> {
    state.live_session(user).await?;
    let person = state.store.person(user.id).await?.ok_or_else(session_ended)?;
    limits::SIGN_IN_ACCOUNT.count(&state.web, &person.email.to_lowercase()).await?;
    if !matches(&body.current_password, Some(&person)).await? {
        return Err(Problem::forbidden("The current password is wrong."));
    }
    let password = state
        .passwords
        .chosen(&body.password, &person.email, person.name.as_deref())
        .map_err(|detail| Problem::invalid("/password", detail))?;
    let password_hash = password.hash().await.map_err(Problem::internal)?;
    let entry = AuditEntry::now(user.id, AuditEvent::PasswordChanged, Actor::Person, None);
    // A profile that changed meanwhile is read by whoever asks again: it may have another password by now.
    state.store.update_person_noting(Person { password_hash, ..person }, &entry).await?;
    state.store.end_other_sessions(user.id, user.session_id).await?;
    state.notify(user.id, Letter::PasswordChanged).await;
    Ok(StatusCode::NO_CONTENT)
}
