//! `POST /users/me/email` and `POST /users/confirm-email`: another mail address for one's account.
//!
//! The new address is proved before anything changes. The old one is told once it has: whoever reads its mail is the last
//! who can notice. Every other session ends then, and links that were sent to the old address are worth nothing any more.

use std::time::Duration;

use axum::extract;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use utoipa::ToSchema;
use uuid::Uuid;
use vitae_store::{Actor, AuditEntry, AuditEvent, OneUseToken, Person, StoreError, TokenPurpose};
use vitae_web::{Json, Problem, ProblemBody, User};

use crate::address::Address;
use crate::mail::Letter;
use crate::{State, limits, one_use};

/// How long the link is good.
const LASTS: SignedDuration = SignedDuration::from_hours(1);
/// A free and a taken address are answered after the same time.
const EVENLY: Duration = Duration::from_millis(800);

/// The address that the account is to have.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAddress {
    /// ASCII, at most 254 characters; upper and lower case are the same.
    #[schema(example = "ada@example.org")]
    email: String,
}

/// A mail is on its way.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Asked {
    email: String,
    #[schema(example = true)]
    accepted: bool,
}

/// Ask for another mail address.
///
/// A mail goes to the new address, with a link that works once, for an hour; until it is followed nothing changes. The
/// answer is the same where the address has an account already: then the mail says that.
#[utoipa::path(
    post, path = "/api/v1/users/me/email", operation_id = "changeEmail", tag = "Users and sessions", security(("bearer" = [])),
    request_body = NewAddress,
    responses(
        (status = 202, body = Asked, description = "A mail is on its way to the new address"),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The body is not JSON"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or not recently: see `/users/reauthenticate`"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body is not declared as JSON"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "It is no mail address, or the account's own"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many mails"),
    )
)]
pub(crate) async fn ask(
    extract::State(state): extract::State<State>,
    user: User,
    Json(body): Json<NewAddress>,
) -> Result<impl IntoResponse, Problem> {
    let started = Instant::now();
    let session = state.recent_session(user).await?;
    let address = Address::parse(&body.email).map_err(|detail| Problem::invalid("/email", detail))?;
    let person = state.admitted(user.id).await?;
    if address.folded() == person.email.to_lowercase() {
        return Err(Problem::invalid("/email", "this is your account's address already"));
    }
    limits::MAILBOX.count(&state.web, &address.folded()).await?;
    match state.person_by_email(address.as_str()).await? {
        None => send(&state, &person, &address, session.session_id).await?,
        Some(owner) => one_use::send(&state, &owner, Letter::AlreadyRegistered).await?,
    }
    tokio::time::sleep_until(started + EVENLY).await;
    Ok((StatusCode::ACCEPTED, Json(Asked { email: address.as_str().to_owned(), accepted: true })))
}

async fn send(state: &State, person: &Person, address: &Address, session_id: Uuid) -> Result<(), StoreError> {
    let secret = one_use::secret();
    let token = OneUseToken {
        user_id: person.user_id,
        purpose: TokenPurpose::ChangeEmail,
        bound_to: one_use::bound_to(TokenPurpose::ChangeEmail, person),
        amr: Vec::new(),
        session_id: Some(session_id),
        address: Some(address.as_str().to_owned()),
        failures: 0,
        expires_at: crate::after(Timestamp::now(), LASTS),
    };
    state.store.create_token(&secret, &token).await?;
    // Whoever reads there may be a stranger to whom the name is not to be told.
    let recipient = Person { email: address.as_str().to_owned(), email_verified: false, ..person.clone() };
    state.mailer.send(&recipient, Letter::ConfirmAddress, "confirm-email", &secret).await;
    Ok(())
}

/// The link of a mail to the new address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmEmail {
    /// `token` of the link in the mail.
    token: String,
}

/// Have the new mail address from now on.
///
/// It counts as verified. Every session ends but the one that asked, and the old address is told.
#[utoipa::path(
    post, path = "/api/v1/users/confirm-email", operation_id = "confirmEmail", tag = "Users and sessions", security(()),
    request_body = ConfirmEmail,
    responses(
        (status = 204, description = "The account has the new address"),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The body is not JSON"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "Somebody else has the address by now, or the profile changed at this moment"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body is not declared as JSON"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "The link is not good, or not any more"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many attempts"),
    )
)]
pub(crate) async fn confirm(
    extract::State(state): extract::State<State>,
    Json(body): Json<ConfirmEmail>,
) -> Result<StatusCode, Problem> {
    let (token, person) = one_use::redeem(&state, &body.token, TokenPurpose::ChangeEmail).await?;
    let address = token.address.clone().ok_or_else(one_use::not_good)?;
    let entry = AuditEntry::now(person.user_id, AuditEvent::AddressChanged, Actor::Person, None);
    let former = person.clone();
    state.store.change_address(&body.token, &token, person, address, &entry).await?;
    let kept = token.session_id.unwrap_or_default();
    state.store.end_other_sessions(former.user_id, kept).await?;
    state.mailer.send_with(&former, Letter::AddressChanged, "").await;
    Ok(StatusCode::NO_CONTENT)
}
