//! `POST /users/register`.

use std::time::Duration;

use axum::extract;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use utoipa::ToSchema;
use uuid::Uuid;
use vitae_passwords::Password;
use vitae_store::{Person, Preferences, Role, StoreError};
use vitae_web::{FieldError, Json, Problem, ProblemBody};

use crate::address::Address;
use crate::mail::Letter;
use crate::password::Passwords;
use crate::{State, limits, one_use, profile};

/// A free and a taken address cost nearly the same; no answer comes before this time, so that what is left of the
/// difference does not tell.
const EVENLY: Duration = Duration::from_millis(500);
/// How often it is tried to reserve an address that many reserve at once.
const ATTEMPTS: usize = 5;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Register {
    /// ASCII, at most 254 characters; upper and lower case are the same.
    #[schema(example = "ada@example.org")]
    email: String,
    /// As many characters of any kind as this installation asks for (12, unless it is configured otherwise, and never fewer
    /// than 8) and at most 256, but not one's own name or address. Counted as Unicode code points in normalisation form C,
    /// in which the password is also hashed.
    #[schema(min_length = 8, max_length = 256, format = Password)]
    password: String,
    /// How they want to be called; 1 to 200 characters.
    #[schema(max_length = 200)]
    name: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Registered {
    email: String,
    #[schema(example = true)]
    registered: bool,
}

/// Register an account.
///
/// The answer is the same whether the address was free or has an account already; only a mail to the address tells.
/// A free one gets a link that verifies it, a taken one a notice. `Accept-Language` chooses the language of the mails.
#[utoipa::path(
    post, path = "/api/v1/users/register", operation_id = "register", tag = "Users and sessions", security(()),
    request_body = Register,
    responses(
        (status = 201, body = Registered, description = "Registered, and a mail is on its way"),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The body is not JSON"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body is not declared as JSON"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A member is not valid"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many registrations"),
    )
)]
pub(crate) async fn register(
    extract::State(state): extract::State<State>,
    headers: HeaderMap,
    Json(body): Json<Register>,
) -> Result<impl IntoResponse, Problem> {
    let started = Instant::now();
    let (address, password, name) = read(&body, state.passwords)?;
    limits::MAILBOX.count(&state.web, &address.folded()).await?;
    // From here on a free and a taken address cost the same: a hash, two reads, a transaction, a token and a mail.
    let password_hash = password.hash().await.map_err(Problem::internal)?;
    let now = Timestamp::now();
    let person = Person {
        user_id: Uuid::now_v7(),
        email: address.as_str().to_owned(),
        name,
        password_hash,
        role: Role::User,
        email_verified: false,
        locale: profile::preferred_locale(&headers),
        defaults: Preferences::default(),
        devices: Vec::new(),
        mail_when_done: false,
        identities: Vec::new(),
        suspended_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    match reserve(&state, &person).await? {
        None => one_use::send(&state, &person, Letter::VerifyEmail).await?,
        Some(owner) => one_use::send(&state, &owner, Letter::AlreadyRegistered).await?,
    }
    tokio::time::sleep_until(started + EVENLY).await;
    Ok((StatusCode::CREATED, Json(Registered { email: person.email, registered: true })))
}

/// Writes the person, or answers whose the address is.
async fn reserve(state: &State, person: &Person) -> Result<Option<Person>, Problem> {
    for _ in 0..ATTEMPTS {
        let owner = state.person_by_email(&person.email).await?;
        match state.store.create_person(person).await {
            Ok(()) => return Ok(None),
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
        if owner.is_some() {
            return Ok(owner);
        }
        // Somebody else is just reserving the address, and may yet fail.
    }
    Err(Problem::unavailable("an address is being reserved by many at once"))
}

fn read(body: &Register, passwords: Passwords) -> Result<(Address, Password, Option<String>), Problem> {
    let address = Address::parse(&body.email);
    let name = body.name.as_deref().map(profile::name).transpose();
    let password = passwords.chosen(&body.password, body.email.trim(), body.name.as_deref());
    match (address, password, name) {
        (Ok(address), Ok(password), Ok(name)) => Ok((address, password, name)),
        (address, password, name) => {
            let (address, name) = (address.err().map(str::to_owned), name.err().map(str::to_owned));
            let refused = [("/email", address), ("/password", password.err()), ("/name", name)];
            let errors = refused
                .into_iter()
                .filter_map(|(pointer, detail)| Some(FieldError { pointer: pointer.to_owned(), detail: detail? }));
            Err(Problem::invalid_fields(errors.collect()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(email: &str, password: &str, name: Option<&str>) -> Vec<String> {
        let body = Register { email: email.to_owned(), password: password.to_owned(), name: name.map(str::to_owned) };
        match read(&body, Passwords::from_environment().unwrap()) {
            Ok(_) => Vec::new(),
            Err(problem) => problem.body("").errors.into_iter().map(|error| error.pointer).collect(),
        }
    }

    #[test]
    fn every_member_that_is_not_valid_is_pointed_at() {
        assert!(refused("ada@example.org", "correct horse battery", Some("Ada")).is_empty());
        assert_eq!(refused("ada", "short", Some(" ")), ["/email", "/password", "/name"]);
        assert_eq!(refused("ada@example.org", "Ada@example.org", None), ["/password"]);
    }
}
