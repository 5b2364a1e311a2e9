//! `POST /users/login`, `/users/login/mfa`, `/users/reauthenticate` and `/users/token`: a password, and a code where
//! there is a second factor, against a session.

use std::time::Duration;

use axum::Form;
use axum::extract;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use vitae_passwords::{Password, is_outdated};
use vitae_runtime::{metrics, telemetry};
use vitae_store::{Person, Session, StoreError, TokenPurpose, keys};
use vitae_web::{Admission, BODY_LIMIT, Json, Problem, ProblemBody, Query, User};

use crate::access_token::{AccessToken, LIFETIME_SECONDS};
use crate::mail::Letter;
use crate::profile::Profile;
use crate::refresh_token::{ABSOLUTE, IDLE, RefreshToken};
use crate::{State, browser, limits, may_be_here, one_use, second_factor, session_ended};

/// What a refused sign-in is told, whatever the reason.
const WRONG: &str = "The mail address or the password is wrong.";
/// The same where only verified addresses may sign in.
const WRONG_OR_UNVERIFIED: &str = "The mail address or the password is wrong, or the address is not confirmed yet; then a new mail is on its way to it.";
/// No refusal comes before this time: reading somebody takes longer than reading nobody, and what is left of the difference
/// is not to tell who has an account. Longer than all the work takes.
const EVENLY: Duration = Duration::from_millis(300);
/// Where only verified addresses may sign in, a right password of an unverified one sends a mail. No refusal comes
/// before this time, so that it cannot be told from the others, which would show that the account was made just now
/// and so that the address had been free.
const REFUSAL: Duration = Duration::from_millis(800);
/// How much of what a device calls itself is kept, in characters.
const LONGEST_USER_AGENT: usize = 200;
/// A password may be hashed anew, or be changed, while it is being checked; then it is checked once more.
const ATTEMPTS: usize = 2;
/// How long a sign-in waits for its second factor.
const SECOND_FACTOR: SignedDuration = SignedDuration::from_mins(5);
/// Wrong codes that one sign-in may send; then it begins again with the password.
const WRONG_CODES: u32 = 5;
/// How many devices are known to be a person's; the oldest are forgotten.
const DEVICES: usize = 20;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    #[schema(example = "ada@example.org")]
    email: String,
    #[schema(format = Password)]
    password: String,
}

/// What proves a password (RFC 8176).
const PASSWORD: &str = "pwd";

/// How a client keeps its refresh token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Client {
    /// In an `HttpOnly` cookie, which no script can read; each use needs `X-CSRF-Token`.
    #[default]
    Browser,
    /// By itself: the token comes in the body, and no cookie is set.
    Native,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ClientQuery {
    /// `browser` (the default) keeps the refresh token in a cookie; `native`, for clients without cookies, gets it as
    /// `refresh_token` in the body and no cookie.
    #[serde(default)]
    #[param(inline, required = false)]
    pub(crate) client: Client,
}

/// A session as the client gets it.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignedIn {
    /// Send it as `Authorization: Bearer …`.
    access_token: String,
    #[schema(example = "bearer")]
    token_type: &'static str,
    /// Seconds for which the access token is good.
    #[schema(example = 900)]
    expires_in: i64,
    /// For `client=native` alone. It is good once: each refresh answers the next.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// For browsers alone: keep it where the page finds it again, and send it as `X-CSRF-Token` to refresh and log out.
    /// It stays the same as long as the session lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    csrf_token: Option<String>,
    user: Profile,
}

/// What a sign-in comes to.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it exists for its description: each is answered by itself")]
pub(crate) enum LoginAnswer {
    SignedIn(Box<SignedIn>),
    MfaRequired(MfaRequired),
}

/// The password was right, and a code is needed besides.
#[derive(Serialize, ToSchema)]
pub(crate) struct MfaRequired {
    #[schema(example = true)]
    mfa_required: bool,
    /// Send it with the code to `/users/login/mfa`, within five minutes.
    mfa_token: String,
    /// `totp` and, as long as there are any, `recovery_code`.
    #[schema(example = json!(["totp", "recovery_code"]))]
    methods: Vec<&'static str>,
}

/// Sign in.
///
/// A browser gets its refresh token as a cookie (`__Secure-vitae_refresh` over https, `vitae_refresh` over http;
/// `HttpOnly`, `SameSite=Strict`, path `/api/v1/users`), so the page that asks must be of the same site. What is wrong is
/// never said: an address without an account is answered like a wrong password, after the same work. Where the service
/// asks for verified addresses, so is one that is not verified, and a new mail is sent to it.
#[utoipa::path(
    post, path = "/api/v1/users/login", operation_id = "login", tag = "Users and sessions", security(()),
    params(ClientQuery), request_body = Login,
    responses(
        (status = 200, body = LoginAnswer, description = "Signed in, or, with a second factor on, what is needed to go on", headers(("Set-Cookie" = String, description = "The refresh token, for browsers"))),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The body is not JSON, or the query has no valid form"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "The address or the password is wrong"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body is not declared as JSON"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A member is missing, unknown or of another type"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many attempts"),
    )
)]
pub(crate) async fn login(
    extract::State(state): extract::State<State>,
    admission: Admission,
    Query(ClientQuery { client }): Query<ClientQuery>,
    headers: HeaderMap,
    Json(body): Json<Login>,
) -> Result<Response, Problem> {
    match sign_in(&state, &admission, &body.email, &body.password, &headers, ABSOLUTE).await? {
        Outcome::Refused => Err(Problem::unauthorized(refusal(&state))),
        Outcome::SecondFactor(person, recovery_codes) => {
            ask_for_second_factor(&state, &person, recovery_codes, vec![PASSWORD.to_owned()]).await
        }
        Outcome::SignedIn(signed_in) => {
            let (person, begun) = *signed_in;
            hand_over(&state, person, begun, client, &headers).await
        }
    }
}

/// The answer to whoever has proved by these means who they are, and has a second factor on.
async fn ask_for_second_factor(
    state: &State,
    person: &Person,
    recovery_codes: usize,
    amr: Vec<String>,
) -> Result<Response, Problem> {
    let mfa_token = one_use::make_with(state, person, TokenPurpose::SecondFactor, SECOND_FACTOR, amr).await?;
    let mut methods = vec!["totp"];
    if recovery_codes > 0 {
        methods.push("recovery_code");
    }
    Ok(Json(MfaRequired { mfa_required: true, mfa_token, methods }).into_response())
}

/// The answer to somebody who has proved by other means than a password who they are; where these say no `mfa`, a second
/// factor that is on is asked for.
///
/// # Errors
/// 403 for who is suspended, 401 where the account changed at this moment.
pub(crate) async fn proved(
    state: &State,
    person: Person,
    headers: &HeaderMap,
    client: Client,
    amr: Vec<String>,
) -> Result<Response, Problem> {
    telemetry::note_user(person.user_id);
    if person.suspended_at.is_some() {
        metrics::add(metrics::SIGN_INS_FAILED, 1);
        return Err(Problem::forbidden("This account is suspended. Write to whoever runs this service."));
    }
    if !amr.iter().any(|means| means == "mfa")
        && let Some(factor) = second_factor::in_force(state, person.user_id).await?
    {
        return ask_for_second_factor(state, &person, factor.recovery_codes.len(), amr).await;
    }
    match begin_session(state, &person, headers, ABSOLUTE, amr).await? {
        Some(begun) => hand_over(state, person, begun, client, headers).await,
        None => Err(Problem::unauthorized("The account was changed just now. Begin again.")),
    }
}

/// The answer of a sign-in. A new one ends the session that the browser had, so that none is left that nobody can end.
async fn hand_over(
    state: &State,
    person: Person,
    begun: Begun,
    client: Client,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    if client == Client::Browser
        && let Some(old) = browser::cookie_token(&state.web, headers)
    {
        end_session_of(state, &old).await?;
    }
    Ok(answer(state, person, begun.access, &begun.refresh, client))
}

/// A sign-in that goes on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MfaLogin {
    /// Of the answer of `/users/login`.
    mfa_token: String,
    /// What the authenticator shows now, or a recovery code.
    #[schema(example = "287082")]
    code: String,
}

/// Finish a sign-in with the second factor.
///
/// Five wrong codes end the sign-in, which begins again with the password then. A code is good once.
#[utoipa::path(
    post, path = "/api/v1/users/login/mfa", operation_id = "loginMfa", tag = "Users and sessions", security(()),
    params(ClientQuery), request_body = MfaLogin,
    responses(
        (status = 200, body = SignedIn, description = "Signed in", headers(("Set-Cookie" = String, description = "The refresh token, for browsers"))),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The body is not JSON, or the query has no valid form"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "The code is wrong, or the sign-in has to begin again"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body is not declared as JSON"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A member is missing, unknown or of another type"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many attempts"),
    )
)]
pub(crate) async fn login_mfa(
    extract::State(state): extract::State<State>,
    Query(ClientQuery { client }): Query<ClientQuery>,
    headers: HeaderMap,
    Json(body): Json<MfaLogin>,
) -> Result<Response, Problem> {
    const WRONG_CODE: &str = "The code is wrong, or the sign-in took too long. Try again, or begin with the password.";
    let redeemed = one_use::redeem(&state, &body.mfa_token, TokenPurpose::SecondFactor).await;
    let (token, person) = redeemed.map_err(|problem| match problem.status() {
        StatusCode::UNPROCESSABLE_ENTITY => Problem::unauthorized(WRONG_CODE),
        _ => problem,
    })?;
    telemetry::note_user(person.user_id);
    if !second_factor::accept(&state, person.user_id, &body.code).await? {
        metrics::add(metrics::SIGN_INS_FAILED, 1);
        match state.store.fail_token(&body.mfa_token, &token, WRONG_CODES).await {
            Ok(()) | Err(StoreError::Conflict) => return Err(Problem::unauthorized(WRONG_CODE)),
            Err(error) => return Err(error.into()),
        }
    }
    // Used once, whoever else has it.
    match state.store.use_token(&body.mfa_token, &token).await {
        Ok(()) => {}
        Err(StoreError::Conflict) => return Err(Problem::unauthorized(WRONG_CODE)),
        Err(error) => return Err(error.into()),
    }
    let amr = second_factor::with_second_factor(&token.amr);
    match begin_session(&state, &person, &headers, ABSOLUTE, amr).await? {
        Some(begun) => hand_over(&state, person, begun, client, &headers).await,
        // The password was changed while the code was typed.
        None => Err(Problem::unauthorized(WRONG_CODE)),
    }
}

/// A proof of who one is, once more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reauthenticate {
    #[schema(format = Password)]
    password: String,
    /// What the authenticator shows now, or a recovery code; needed where a second factor is on.
    code: Option<String>,
}

/// An access token that says that its person has proved who they are just now.
#[derive(Serialize, ToSchema)]
pub(crate) struct Reauthenticated {
    access_token: String,
    #[schema(example = "bearer")]
    token_type: &'static str,
    #[schema(example = 900)]
    expires_in: i64,
}

/// Prove again who one is.
///
/// Sensitive changes (the second factor, keys, roles, export, erasure) ask for a proof that is at most ten minutes old and
/// answer 401 with `WWW-Authenticate: Bearer error="insufficient_user_authentication"` (RFC 9470) otherwise. This renews
/// the proof of the session at hand. Who has a passkey may use that instead, by `/users/reauthenticate/passkey/start`; who
/// has neither password nor passkey signs in again.
#[utoipa::path(
    post, path = "/api/v1/users/reauthenticate", operation_id = "reauthenticate", tag = "Users and sessions", security(("bearer" = [])),
    request_body = Reauthenticate,
    responses(
        (status = 200, body = Reauthenticated, description = "A new access token of the same session"),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The body is not JSON"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "The password or the code is wrong"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body is not declared as JSON"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A member is missing, unknown or of another type"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many attempts"),
    )
)]
pub(crate) async fn reauthenticate(
    extract::State(state): extract::State<State>,
    user: User,
    Json(body): Json<Reauthenticate>,
) -> Result<Json<Reauthenticated>, Problem> {
    let wrong = || Problem::forbidden("The password or the code is wrong.");
    let (person, session) = state.store.person_and_session(user.id, user.session_id).await?;
    session.ok_or_else(session_ended)?;
    let person = may_be_here(person)?;
    limits::SIGN_IN_ACCOUNT.count(&state.web, &person.email.to_lowercase()).await?;
    let right = matches(&body.password, Some(&person)).await?;
    if !right {
        return Err(wrong());
    }
    let mut amr = vec![PASSWORD.to_owned()];
    if second_factor::in_force(&state, user.id).await?.is_some() {
        let code =
            body.code.as_deref().ok_or_else(|| Problem::invalid("/code", "a second factor is on; send its code"))?;
        if !second_factor::accept(&state, user.id, code).await? {
            return Err(wrong());
        }
        amr = second_factor::with_second_factor(&amr);
    }
    proved_again(&state, user, &person, &amr).await
}

/// The answer to somebody who has proved just now, in their session and by these means, who they are.
pub(crate) async fn proved_again(
    state: &State,
    user: User,
    person: &Person,
    amr: &[String],
) -> Result<Json<Reauthenticated>, Problem> {
    for _ in 0..ATTEMPTS {
        let mut session = state.live_session(user).await?;
        let now = Timestamp::now();
        session.proved_at = Some(now);
        session.last_used_at = now;
        session.amr = amr.to_vec();
        match state.store.note_proof(&session).await {
            Ok(()) => {
                let AccessToken { token, expires_in } = state.signer.sign(person, &session).await?;
                return Ok(Json(Reauthenticated { access_token: token, token_type: "bearer", expires_in }));
            }
            // A refresh replaced the session's token at this moment.
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

/// The OAuth 2.0 password grant (RFC 6749, 4.3), as the documentation's "Authorize" button uses it. Further members of
/// OAuth 2.0, such as `scope` and `client_id`, are accepted and mean nothing here.
#[derive(Deserialize, ToSchema)]
pub(crate) struct PasswordGrant {
    /// `password`, if it is sent.
    #[schema(example = "password")]
    grant_type: Option<String>,
    /// The mail address.
    username: String,
    #[schema(format = Password)]
    password: String,
}

/// The answer of RFC 6749, 5.1.
#[derive(Serialize, ToSchema)]
pub(crate) struct OAuthToken {
    access_token: String,
    #[schema(example = "bearer")]
    token_type: &'static str,
    #[schema(example = 900)]
    expires_in: i64,
}

/// The error of RFC 6749, 5.2, which OAuth 2.0 clients read.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OAuthError {
    /// `invalid_request`, `invalid_grant` or `unsupported_grant_type`.
    #[schema(example = "invalid_grant")]
    error: &'static str,
    error_description: String,
}

/// Get an access token by the OAuth 2.0 password form.
///
/// For the documentation's "Authorize" button and for scripts. The session ends with the token; there is no refresh
/// token. What OAuth 2.0 clients must understand is answered in its own form (RFC 6749, 5.2), all else as a problem.
#[utoipa::path(
    post, path = "/api/v1/users/token", operation_id = "getToken", tag = "Users and sessions", security(()),
    request_body(content = PasswordGrant, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, body = OAuthToken, description = "An access token"),
        (status = 400, body = OAuthError, description = "The form is incomplete, or the address or the password is wrong"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body is not a form"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many attempts"),
    )
)]
pub(crate) async fn token(
    extract::State(state): extract::State<State>,
    admission: Admission,
    headers: HeaderMap,
    form: Result<Form<PasswordGrant>, FormRejection>,
) -> Result<Response, Problem> {
    let form = match form {
        Ok(Form(form)) => form,
        Err(rejection) => {
            return match rejection.status() {
                StatusCode::UNSUPPORTED_MEDIA_TYPE => Err(Problem::unsupported_media_type(
                    "Send a form, with `Content-Type: application/x-www-form-urlencoded`.",
                )),
                StatusCode::PAYLOAD_TOO_LARGE => Err(Problem::content_too_large(BODY_LIMIT)),
                _ => Ok(oauth_error("invalid_request", "Send username and password, each once.")),
            };
        }
    };
    if form.grant_type.is_some_and(|grant| grant != "password") {
        return Ok(oauth_error("unsupported_grant_type", "The only grant here is password."));
    }
    let lasts = SignedDuration::from_secs(LIFETIME_SECONDS);
    let (_, begun) = match sign_in(&state, &admission, &form.username, &form.password, &headers, lasts).await? {
        Outcome::SignedIn(signed_in) => *signed_in,
        Outcome::Refused => return Ok(oauth_error("invalid_grant", refusal(&state))),
        Outcome::SecondFactor(..) => {
            let words = "A second factor is on, for which this form has no place; sign in by /users/login.";
            return Ok(oauth_error("invalid_grant", words));
        }
    };
    let AccessToken { token, expires_in } = begun.access;
    Ok(Json(OAuthToken { access_token: token, token_type: "bearer", expires_in }).into_response())
}

fn oauth_error(error: &'static str, description: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(OAuthError { error, error_description: description.to_owned() })).into_response()
}

/// What both ways of signing in say to whoever may not.
fn refusal(state: &State) -> &'static str {
    if state.require_verified_email { WRONG_OR_UNVERIFIED } else { WRONG }
}

/// What a password comes to.
enum Outcome {
    /// It is wrong, or says nothing, and nothing was done.
    Refused,
    /// It is right, and a code is needed besides; so many recovery codes are left.
    SecondFactor(Box<Person>, usize),
    /// A session has begun.
    SignedIn(Box<(Person, Begun)>),
}

/// The tokens of a session that has begun.
struct Begun {
    access: AccessToken,
    refresh: RefreshToken,
}

/// A new session for whoever knows the password; a refusal, after the same work, for whoever does not.
async fn sign_in(
    state: &State,
    admission: &Admission,
    email: &str,
    password: &str,
    headers: &HeaderMap,
    lasts: SignedDuration,
) -> Result<Outcome, Problem> {
    let started = Instant::now();
    let account = email.trim().to_lowercase();
    // Read while the limits are counted; nothing is hashed before both have room. What comes too often from one address
    // takes nothing of the account's.
    let counted = async {
        admission.granted().await?;
        limits::SIGN_IN_ACCOUNT.count(&state.web, &account).await
    };
    let (counted, person) = tokio::join!(counted, state.person_by_email(&account));
    counted?;
    let mut person = person?;
    for attempt in 0..ATTEMPTS {
        if attempt > 0 {
            person = state.person_by_email(&account).await?;
        }
        // Whether there is a second factor is read while the password is hashed, and alike where there is nobody.
        let user_id = person.as_ref().map_or(Uuid::nil(), |person| person.user_id);
        let (right, factor) = tokio::join!(matches(password, person.as_ref()), second_factor::in_force(state, user_id));
        let Some(person) = person.take().filter(|_| matches!(right, Ok(true))) else {
            right?;
            break;
        };
        telemetry::note_user(person.user_id);
        if person.suspended_at.is_some() {
            metrics::add(metrics::SIGN_INS_FAILED, 1);
            return Err(Problem::forbidden("This account is suspended. Write to whoever runs this service."));
        }
        if state.require_verified_email && !person.email_verified {
            remind(state, &person, &account).await;
            break;
        }
        let person = with_current_hash(state, person, password).await;
        if let Some(factor) = factor? {
            return Ok(Outcome::SecondFactor(Box::new(person), factor.recovery_codes.len()));
        }
        if let Some(begun) = begin_session(state, &person, headers, lasts, vec![PASSWORD.to_owned()]).await? {
            return Ok(Outcome::SignedIn(Box::new((person, begun))));
        }
    }
    metrics::add(metrics::SIGN_INS_FAILED, 1);
    tokio::time::sleep_until(started + if state.require_verified_email { REFUSAL } else { EVENLY }).await;
    Ok(Outcome::Refused)
}

/// A new session of a person who has proved who they are; they are told by mail where the device is new. `None` where the
/// account changed at this moment. The access token is signed while the session is stored, and says nothing to anybody
/// where that fails.
async fn begin_session(
    state: &State,
    person: &Person,
    headers: &HeaderMap,
    lasts: SignedDuration,
    amr: Vec<String>,
) -> Result<Option<Begun>, Problem> {
    let (session, refresh) = new_session(person, headers, lasts, amr, Timestamp::now());
    let (stored, access) =
        tokio::join!(state.store.create_session(&session, person), state.signer.sign(person, &session));
    match stored {
        Ok(()) => {}
        Err(StoreError::Conflict) => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    metrics::add(metrics::SIGN_INS_SUCCEEDED, 1);
    note_device(state, person, session.user_agent.as_deref()).await;
    Ok(Some(Begun { access: access?, refresh }))
}

/// Remembers a device that was not seen before, and tells of it unless it is the account's first. What fails here is no
/// reason to refuse a sign-in.
async fn note_device(state: &State, person: &Person, user_agent: Option<&str>) {
    let device = device(user_agent.unwrap_or_default());
    if person.devices.contains(&device) {
        return;
    }
    let mut devices = person.devices.clone();
    devices.push(device);
    devices.drain(..devices.len().saturating_sub(DEVICES));
    match state.store.update_person(Person { devices, ..person.clone() }).await {
        Ok(_) if !person.devices.is_empty() => state.mailer.notify(person, Letter::NewDevice).await,
        // Two that sign in at once: the other has told.
        Ok(_) | Err(StoreError::Conflict) => {}
        Err(error) => tracing::warn!(%error, "a new device was not noted"),
    }
}

/// A digest of what a device calls itself without its numbers: a browser of a new version is no new device.
fn device(user_agent: &str) -> String {
    let name: String = user_agent.chars().filter(|c| !c.is_ascii_digit() && *c != '.' && *c != '_').collect();
    keys::digest(&name)[..16].to_owned()
}

/// Whether this is the person's password. It is not, after the same work, where there is no such person or they have none.
pub(crate) async fn matches(password: &str, person: Option<&Person>) -> Result<bool, Problem> {
    let hash = person.filter(|person| person.has_password()).map(|person| person.password_hash.as_str());
    Password::typed(password).matches(hash).await.map_err(Problem::internal)
}

/// Sends a new verification mail, unless the mailbox has had its share.
async fn remind(state: &State, person: &Person, account: &str) {
    if limits::MAILBOX.count(&state.web, account).await.is_ok()
        && let Err(error) = one_use::send(state, person, Letter::VerifyEmail).await
    {
        tracing::error!(%error, "a verification mail was not sent");
    }
}

/// The person with a hash of the parameters in force. Where that fails the old one stays: the next sign-in tries again.
async fn with_current_hash(state: &State, person: Person, password: &str) -> Person {
    if !is_outdated(&person.password_hash) {
        return person;
    }
    let renewed = match Password::typed(password).hash().await {
        Ok(password_hash) => state.store.update_person(Person { password_hash, ..person.clone() }).await,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "a password was not hashed anew");
            return person;
        }
    };
    renewed.unwrap_or_else(|error| {
        tracing::warn!(%error, "a new hash was not stored");
        person
    })
}

fn new_session(
    person: &Person,
    headers: &HeaderMap,
    lasts: SignedDuration,
    amr: Vec<String>,
    now: Timestamp,
) -> (Session, RefreshToken) {
    let token = RefreshToken::first(person.user_id, Uuid::now_v7());
    let session = Session {
        session_id: token.session_id,
        user_id: person.user_id,
        family_hash: token.family_hash(),
        token_hash: token.token_hash(),
        previous: None,
        amr,
        user_agent: user_agent(headers),
        created_at: now,
        proved_at: None,
        last_used_at: now,
        ends_at: now + lasts,
        expires_at: crate::after(now, lasts.min(IDLE)),
    };
    (session, token)
}

fn user_agent(headers: &HeaderMap) -> Option<String> {
    let sent = headers.get(header::USER_AGENT)?.to_str().ok()?;
    let kept: String = sent.trim().chars().filter(|c| !c.is_control()).take(LONGEST_USER_AGENT).collect();
    (!kept.is_empty()).then_some(kept)
}

/// Ends the session of a token, if it has one of its family.
pub(crate) async fn end_session_of(state: &State, token: &RefreshToken) -> Result<(), Problem> {
    let session = state.store.session(token.user_id, token.session_id).await?;
    if session.is_some_and(|session| session.family_hash == token.family_hash()) {
        state.store.end_session(token.user_id, token.session_id).await?;
    }
    Ok(())
}

/// The answer that hands a session to its client.
pub(crate) fn answer(
    state: &State,
    person: Person,
    access: AccessToken,
    refresh: &RefreshToken,
    client: Client,
) -> Response {
    let is_browser = client == Client::Browser;
    let body = Json(SignedIn {
        access_token: access.token,
        token_type: "bearer",
        expires_in: access.expires_in,
        refresh_token: (!is_browser).then(|| refresh.encode()),
        csrf_token: is_browser.then(|| refresh.csrf_token()),
        user: person.into(),
    });
    let mut response = body.into_response();
    if is_browser {
        response.headers_mut().append(header::SET_COOKIE, browser::keep(&state.web, refresh));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_user_agent_is_kept_in_part_and_without_control_characters() {
        let agent = |value: &str| {
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            user_agent(&HeaderMap::from_iter([(header::USER_AGENT, value)]))
        };
        assert_eq!(agent("Mozilla/5.0 (X11)").as_deref(), Some("Mozilla/5.0 (X11)"));
        assert_eq!(agent("a\tb").as_deref(), Some("ab"));
        assert_eq!(agent(&"x".repeat(500)).map(|kept| kept.len()), Some(200));
        assert_eq!(agent(" "), None);
        assert_eq!(user_agent(&HeaderMap::new()), None);
    }
}
