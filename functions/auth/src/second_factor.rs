//! The second factor: `POST /users/mfa/totp` and what follows from it, and the check of a code at a sign-in.
//!
//! **What is kept of a secret: nothing that opens anything.** The row holds random bytes, and the secret is what a key of
//! KMS makes of them (`GenerateMac`), each time that a code is checked. The key never leaves KMS and is used by this
//! function alone, so a copy of the table lets nobody make a code. The secret is shown once, when it is made, for the
//! authenticator to keep; recovery codes are 120 random bits each and kept as hashes.

use std::sync::Arc;

use anyhow::Context;
use aws_sdk_kms::error::DisplayErrorContext;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::MacAlgorithmSpec;
use axum::extract;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use vitae_store::{Actor, AuditEntry, AuditEvent, SecondFactor, StoreError, keys};
use vitae_web::{Json, Problem, ProblemBody, User};

use crate::mail::Letter;
use crate::totp::{self, base32};
use crate::{State, limits, session_ended};

/// How many recovery codes a person has.
const RECOVERY_CODES: usize = 10;
/// Bytes of a recovery code: enough that a fast hash of it cannot be searched (ASVS 5.0, 6.5.2, asks for 112 bits).
const RECOVERY_BYTES: usize = 15;
/// Characters of a recovery code, without the hyphens.
const RECOVERY_LENGTH: usize = 24;
/// Two codes may be sent at the same moment; the one that comes second looks again.
const ATTEMPTS: usize = 3;

/// Makes the authenticators' secrets. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Secrets {
    client: aws_sdk_kms::Client,
    key_id: Arc<str>,
}

impl Secrets {
    /// Secrets by the HMAC key `key_id`.
    pub(crate) fn new(client: aws_sdk_kms::Client, key_id: String) -> Self {
        Self { client, key_id: key_id.into() }
    }

    async fn of(&self, factor: &SecondFactor) -> Result<[u8; totp::SECRET], Problem> {
        let made = async {
            let answer = self
                .client
                .generate_mac()
                .key_id(&*self.key_id)
                .mac_algorithm(MacAlgorithmSpec::HmacSha256)
                .message(Blob::new(format!("totp {} {}", factor.user_id, factor.seed)))
                .send()
                .await
                .map_err(|error| anyhow::anyhow!("KMS made no code: {}", DisplayErrorContext(error)))?;
            let mac = answer.mac.context("KMS answered without a code")?.into_inner();
            let secret = mac.first_chunk::<{ totp::SECRET }>().context("KMS answered with too short a code")?;
            Ok::<_, anyhow::Error>(*secret)
        };
        made.await.map_err(|error| Problem::unavailable(format!("{error:#}")))
    }
}

/// The person's second factor, if it is in force.
pub(crate) async fn in_force(state: &State, user_id: Uuid) -> Result<Option<SecondFactor>, StoreError> {
    Ok(state.store.second_factor(user_id).await?.filter(|factor| factor.confirmed_at.is_some()))
}

/// Whether `code` is a good one, of the authenticator or for recovery. It is used up then: it is good no second time,
/// whoever sends it and however fast.
///
/// # Errors
/// 429 after too many attempts, 503 where something does not answer.
pub(crate) async fn accept(state: &State, user_id: Uuid, code: &str) -> Result<bool, Problem> {
    for limit in [limits::SECOND_FACTOR, limits::SECOND_FACTOR_DAY] {
        limit.count(&state.web, &user_id.to_string()).await?;
    }
    for _ in 0..ATTEMPTS {
        let Some(factor) = in_force(state, user_id).await? else { return Ok(false) };
        let (used, by_recovery) = match Code::read(code) {
            Some(Code::OneTime(code)) => {
                let secret = state.secrets.of(&factor).await?;
                let Some(step) = totp::step_of(&secret, &code, now_seconds(), factor.last_step) else {
                    return Ok(false);
                };
                (SecondFactor { last_step: step, ..factor }, false)
            }
            Some(Code::Recovery(code)) => {
                let hash = recovery_hash(user_id, &code);
                let left: Vec<_> = factor.recovery_codes.iter().filter(|known| **known != hash).cloned().collect();
                if left.len() == factor.recovery_codes.len() {
                    return Ok(false);
                }
                (SecondFactor { recovery_codes: left, ..factor }, true)
            }
            None => return Ok(false),
        };
        match state.store.update_second_factor(used).await {
            Ok(_) if by_recovery => {
                note(state, user_id, AuditEvent::RecoveryCodeUsed).await?;
                return Ok(true);
            }
            Ok(_) => return Ok(true),
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(false)
}

/// What a person types where a code is asked for.
enum Code {
    OneTime(String),
    Recovery(String),
}

impl Code {
    fn read(typed: &str) -> Option<Self> {
        // Nothing is as long as this but what was made to cost work.
        if typed.len() > 64 {
            return None;
        }
        let code: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        if code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()) {
            return Some(Self::OneTime(code));
        }
        let code = code.to_ascii_uppercase();
        (code.len() == RECOVERY_LENGTH && code.bytes().all(|b| b.is_ascii_alphanumeric()))
            .then_some(Self::Recovery(code))
    }
}

fn recovery_hash(user_id: Uuid, code: &str) -> String {
    keys::digest(&format!("recovery {user_id} {code}"))
}

/// New recovery codes as they are shown, in groups of four, and as they are kept.
fn recovery_codes(user_id: Uuid) -> (Vec<String>, Vec<String>) {
    (0..RECOVERY_CODES)
        .map(|_| {
            let code = base32(&rand::random::<[u8; RECOVERY_BYTES]>());
            let mut shown = String::with_capacity(RECOVERY_LENGTH + 5);
            for (i, character) in code.chars().enumerate() {
                if i > 0 && i % 4 == 0 {
                    shown.push('-');
                }
                shown.push(character);
            }
            let hash = recovery_hash(user_id, &code);
            (shown, hash)
        })
        .unzip()
}

async fn note(state: &State, user_id: Uuid, event: AuditEvent) -> Result<(), StoreError> {
    state.store.audit(&AuditEntry::now(user_id, event, Actor::Person, None)).await
}

fn now_seconds() -> u64 {
    Timestamp::now().as_second().unsigned_abs()
}

/// How a person signs in beside the password.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MfaView {
    /// Whether a sign-in asks for a code of an authenticator.
    totp: bool,
    /// How many recovery codes are left.
    recovery_codes_left: usize,
}

/// What an authenticator must be told; it is not shown again.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NewTotp {
    /// For typing: base32.
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    secret: String,
    /// The same with all else, as authenticators read it.
    #[schema(
        example = "otpauth://totp/Vitae:ada%40example%2Eorg?secret=…&issuer=Vitae&algorithm=SHA1&digits=6&period=30"
    )]
    otpauth_uri: String,
    /// The same as a QR code: an SVG image.
    qr_svg: String,
}

/// A code of the authenticator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TotpCode {
    #[schema(example = "287082")]
    code: String,
}

/// Codes that stand in for a lost authenticator, each once; they are not shown again.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecoveryCodes {
    #[schema(example = json!(["ABCD-EFGH-IJKL-MNOP-QRST-UVWX"]))]
    recovery_codes: Vec<String>,
}

/// See whether a second factor is on.
#[utoipa::path(
    get, path = "/api/v1/users/mfa", operation_id = "getMfa", tag = "Users and sessions", security(("bearer" = [])),
    responses(
        (status = 200, body = MfaView, description = "What a sign-in asks for beside the password"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn get(extract::State(state): extract::State<State>, user: User) -> Result<Json<MfaView>, Problem> {
    let factor = in_force(&state, user.id).await?;
    Ok(Json(MfaView {
        totp: factor.is_some(),
        recovery_codes_left: factor.map_or(0, |factor| factor.recovery_codes.len()),
    }))
}

/// Begin to use an authenticator.
///
/// Sign-ins ask for its codes once `/users/mfa/totp/confirm` has seen one. Until then a new call makes a new secret.
#[utoipa::path(
    post, path = "/api/v1/users/mfa/totp", operation_id = "startTotp", tag = "Users and sessions", security(("bearer" = [])),
    responses(
        (status = 201, body = NewTotp, description = "The secret, once"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or not recently: see `/users/reauthenticate`"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "An authenticator is in use; remove it first"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn start_totp(
    extract::State(state): extract::State<State>,
    user: User,
) -> Result<impl IntoResponse, Problem> {
    state.recent_session(user).await?;
    let person = state.store.person(user.id).await?.ok_or_else(session_ended)?;
    let factor = SecondFactor {
        user_id: user.id,
        seed: URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()),
        confirmed_at: None,
        last_step: 0,
        recovery_codes: Vec::new(),
        created_at: Timestamp::now(),
        version: 1,
    };
    let secret = state.secrets.of(&factor).await?;
    match state.store.create_second_factor(&factor).await {
        Ok(()) => {}
        Err(StoreError::Conflict) => {
            return Err(Problem::conflict("An authenticator is in use. Remove it before you set up another."));
        }
        Err(error) => return Err(error.into()),
    }
    let otpauth_uri = totp::uri(&secret, &person.email);
    let qr_svg = totp::qr_svg(&otpauth_uri).ok_or_else(|| Problem::internal("the address fits no QR code"))?;
    Ok((StatusCode::CREATED, Json(NewTotp { secret: base32(&secret), otpauth_uri, qr_svg })))
}

/// Show that the authenticator works.
///
/// From now on a sign-in asks for a code. Every other session of the person ends.
#[utoipa::path(
    post, path = "/api/v1/users/mfa/totp/confirm", operation_id = "confirmTotp", tag = "Users and sessions", security(("bearer" = [])),
    request_body = TotpCode,
    responses(
        (status = 200, body = RecoveryCodes, description = "The second factor is on; these codes stand in for it"),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The body is not JSON"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or not recently: see `/users/reauthenticate`"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "There is none to be confirmed"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body is not declared as JSON"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "It is not the authenticator's code"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many attempts"),
    )
)]
pub(crate) async fn confirm_totp(
    extract::State(state): extract::State<State>,
    user: User,
    Json(body): Json<TotpCode>,
) -> Result<Json<RecoveryCodes>, Problem> {
    let mut session = state.recent_session(user).await?;
    limits::SECOND_FACTOR.count(&state.web, &user.id.to_string()).await?;
    let factor = state.store.second_factor(user.id).await?.filter(|factor| factor.confirmed_at.is_none());
    let factor =
        factor.ok_or_else(|| Problem::conflict("There is no authenticator to be confirmed. Start with a new one."))?;
    let secret = state.secrets.of(&factor).await?;
    let Some(Code::OneTime(code)) = Code::read(&body.code) else { return Err(wrong_code()) };
    let step = totp::step_of(&secret, &code, now_seconds(), factor.last_step).ok_or_else(wrong_code)?;
    let (shown, kept) = recovery_codes(user.id);
    let confirmed =
        SecondFactor { confirmed_at: Some(Timestamp::now()), last_step: step, recovery_codes: kept, ..factor };
    state.store.update_second_factor(confirmed).await?;
    // Whoever signed in with the password alone, elsewhere, must come again with both.
    state.store.end_other_sessions(user.id, user.session_id).await?;
    session.amr = with_second_factor(&session.amr);
    match state.store.note_proof(&session).await {
        // Replaced by a refresh at this moment: then its tokens say less than is true, and nothing more.
        Ok(()) | Err(StoreError::Conflict) => {}
        Err(error) => return Err(error.into()),
    }
    note(&state, user.id, AuditEvent::SecondFactorOn).await?;
    state.notify(user.id, Letter::SecondFactorOn).await;
    Ok(Json(RecoveryCodes { recovery_codes: shown }))
}

/// Stop using the authenticator.
///
/// Sign-ins ask for the password alone. Every other session of the person ends.
#[utoipa::path(
    delete, path = "/api/v1/users/mfa/totp", operation_id = "removeTotp", tag = "Users and sessions", security(("bearer" = [])),
    responses(
        (status = 204, description = "There is no second factor any more"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or not recently: see `/users/reauthenticate`"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There was none"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn remove_totp(
    extract::State(state): extract::State<State>,
    user: User,
) -> Result<StatusCode, Problem> {
    state.recent_session(user).await?;
    let factor = state.store.second_factor(user.id).await?.ok_or_else(Problem::not_found)?;
    state.store.remove_second_factor(user.id).await?;
    if factor.confirmed_at.is_some() {
        state.store.end_other_sessions(user.id, user.session_id).await?;
        note(&state, user.id, AuditEvent::SecondFactorOff).await?;
        state.notify(user.id, Letter::SecondFactorOff).await;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Make new recovery codes.
///
/// The old ones are good no more.
#[utoipa::path(
    post, path = "/api/v1/users/mfa/recovery-codes", operation_id = "makeRecoveryCodes", tag = "Users and sessions", security(("bearer" = [])),
    responses(
        (status = 201, body = RecoveryCodes, description = "The new codes, once"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or not recently: see `/users/reauthenticate`"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "There is no second factor for them to stand in for"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn make_recovery_codes(
    extract::State(state): extract::State<State>,
    user: User,
) -> Result<impl IntoResponse, Problem> {
    state.recent_session(user).await?;
    for _ in 0..ATTEMPTS {
        let factor = in_force(&state, user.id).await?;
        let factor =
            factor.ok_or_else(|| Problem::conflict("There is no second factor. Set up an authenticator first."))?;
        let (shown, kept) = recovery_codes(user.id);
        match state.store.update_second_factor(SecondFactor { recovery_codes: kept, ..factor }).await {
            Ok(_) => {
                note(&state, user.id, AuditEvent::RecoveryCodesMade).await?;
                return Ok((StatusCode::CREATED, Json(RecoveryCodes { recovery_codes: shown })));
            }
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

/// The means of a proof (RFC 8176) after a code was given as well.
pub(crate) fn with_second_factor(amr: &[String]) -> Vec<String> {
    let mut all = amr.to_vec();
    for means in ["otp", "mfa"] {
        if !all.iter().any(|known| known == means) {
            all.push(means.to_owned());
        }
    }
    all
}

fn wrong_code() -> Problem {
    Problem::invalid("/code", "this is not the code that the authenticator shows now; mind its clock")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let read = |typed: &str| match Code::read(typed) {
            Some(Code::OneTime(code)) => format!("once {code}"),
            Some(Code::Recovery(code)) => format!("recovery {code}"),
            None => "none".to_owned(),
        };
        assert_eq!(read(" 287 082 "), "once 287082");
        assert_eq!(read("abcd-efgh-ijkl-mnop-qrst-uvwx"), "recovery ABCDEFGHIJKLMNOPQRSTUVWX");
        for typed in ["", "28708", "2870822", "abcd", "٢٨٧٠٨٢", &"1".repeat(500)] {
            assert_eq!(read(typed), "none", "{typed}");
        }
    }

    #[test]
    fn recovery_codes_are_ten_and_each_is_found_by_its_hash() {
        let person = Uuid::now_v7();
        let (shown, kept) = recovery_codes(person);
        assert_eq!((shown.len(), kept.len()), (10, 10));
        for (shown, kept) in shown.iter().zip(&kept) {
            assert_eq!(shown.len(), 29);
            let Some(Code::Recovery(code)) = Code::read(shown) else { panic!("{shown}") };
            assert_eq!(&recovery_hash(person, &code), kept);
            assert_ne!(&recovery_hash(Uuid::now_v7(), &code), kept);
        }
        let different: std::collections::BTreeSet<_> = kept.iter().collect();
        assert_eq!(different.len(), 10);
    }

    #[test]
    fn a_second_proof_adds_to_the_first() {
        let once = with_second_factor(&["pwd".to_owned()]);
        assert_eq!(once, ["pwd", "otp", "mfa"]);
        assert_eq!(with_second_factor(&once), once);
    }
}
