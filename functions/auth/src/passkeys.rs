//! `/users/passkeys/…`: signing in with a key that a device keeps (WebAuthn, Level 3), without a password.
//!
//! A page hands what `start` answers to the browser (`PublicKeyCredential.parseCreationOptionsFromJSON` and
//! `parseRequestOptionsFromJSON`) and sends what comes of it (`credential.toJSON()`) to `finish`. A challenge is random, good
//! once and for five minutes. A sign-in names nobody: the authenticator says whose key it is. Since it has verified its
//! person, a passkey is two factors by itself, and proves once more who asks where that has to be recent
//! (`/users/reauthenticate/passkey/…`).
//!
//! Where an authenticator counts its signatures and the count does not grow, somebody has a copy of the key: the sign-in is
//! refused and written down.

use axum::extract;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;
use utoipa::ToSchema;
use uuid::Uuid;
use vitae_runtime::{metrics, telemetry};
use vitae_store::{Actor, AuditEntry, AuditEvent, OneUseToken, Passkey, Session, StoreError, TokenPurpose};
use vitae_web::{Json, Path, Problem, ProblemBody, Query, User};

use crate::mail::Letter;
use crate::sign_in::{ClientQuery, Reauthenticated, SignedIn, proved, proved_again};
use crate::webauthn::{self, Ceremony};
use crate::{State, oauth, one_use, profile, session_ended};

/// How long a challenge may be answered.
const LASTS: SignedDuration = SignedDuration::from_mins(5);
/// How many passkeys a person has at most.
const MOST: usize = 20;
/// Ways to reach an authenticator that are kept; there are half a dozen.
const MOST_TRANSPORTS: usize = 8;
/// A passkey may be used, or be given another name, while it is written.
const ATTEMPTS: usize = 3;
/// What proves a passkey: a key that was used, by somebody present, who was verified (RFC 8176).
const PASSKEY: [&str; 3] = ["pop", "user", "mfa"];
/// What the browser shows as whom a passkey is for.
const RELYING_PARTY: &str = "Vitae";

/// A passkey as its person sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PasskeyView {
    passkey_id: Uuid,
    #[schema(example = "my phone")]
    name: String,
    /// Whether it may be on several devices.
    synced: bool,
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// RFC 3339.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Timestamp>,
}

impl From<Passkey> for PasskeyView {
    fn from(passkey: Passkey) -> Self {
        let Passkey { passkey_id, name, is_synced, created_at, last_used_at, .. } = passkey;
        Self { passkey_id, name, synced: is_synced, created_at, last_used_at }
    }
}

/// All of a person's passkeys.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PasskeyList {
    items: Vec<PasskeyView>,
}

/// What the browser is to do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Options {
    /// `PublicKeyCredentialCreationOptionsJSON` or `PublicKeyCredentialRequestOptionsJSON` of WebAuthn, Level 3.
    #[schema(value_type = Object)]
    public_key: Value,
}

/// A passkey that a browser has made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPasskey {
    /// What the person calls it; 1 to 200 characters.
    #[schema(max_length = 200, example = "my phone")]
    name: String,
    credential: Registration,
}

/// `RegistrationResponseJSON` of WebAuthn, Level 3: `credential.toJSON()`. Browsers add members of their own.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Registration {
    /// `public-key`.
    #[schema(example = "public-key")]
    r#type: String,
    response: AttestationResponse,
}

/// What an authenticator says of a new key.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AttestationResponse {
    /// base64url.
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    /// base64url.
    #[serde(rename = "attestationObject")]
    attestation: String,
    #[serde(default)]
    transports: Vec<String>,
}

/// A passkey that was used.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UsedPasskey {
    credential: Authentication,
}

/// `AuthenticationResponseJSON` of WebAuthn, Level 3: `credential.toJSON()`. Browsers add members of their own.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Authentication {
    /// The credential's id, base64url.
    id: String,
    /// `public-key`.
    #[schema(example = "public-key")]
    r#type: String,
    response: AssertionResponse,
}

/// What an authenticator signed.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AssertionResponse {
    /// base64url.
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    /// base64url.
    #[serde(rename = "authenticatorData")]
    data: String,
    /// base64url.
    signature: String,
    /// Whose key it is, base64url.
    #[serde(rename = "userHandle")]
    user_handle: Option<String>,
}

/// Another name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Renamed {
    /// What the person calls it; 1 to 200 characters.
    #[schema(max_length = 200, example = "my phone")]
    name: String,
}

/// List one's passkeys, the newest first.
#[utoipa::path(
    get, path = "/api/v1/users/passkeys", operation_id = "listPasskeys", tag = "Users and sessions", security(("bearer" = [])),
    responses(
        (status = 200, body = PasskeyList, description = "All of them: there are 20 at most"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or the session has ended"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn list(
    extract::State(state): extract::State<State>,
    user: User,
) -> Result<Json<PasskeyList>, Problem> {
    state.live_session(user).await?;
    let items = state.store.passkeys(user.id).await?.into_iter().map(PasskeyView::from).collect();
    Ok(Json(PasskeyList { items }))
}

/// A new challenge, to be answered in this session and for this purpose.
async fn challenge_in(state: &State, session: &Session, purpose: TokenPurpose) -> Result<String, Problem> {
    let challenge = one_use::secret();
    let token = OneUseToken {
        user_id: session.user_id,
        purpose,
        bound_to: String::new(),
        amr: Vec::new(),
        session_id: Some(session.session_id),
        address: None,
        failures: 0,
        expires_at: crate::after(Timestamp::now(), LASTS),
    };
    state.store.create_token(&challenge, &token).await?;
    Ok(challenge)
}

/// Passkeys as a browser is told of them.
fn described(known: &[Passkey]) -> Vec<Value> {
    let one = |key: &Passkey| json!({ "type": "public-key", "id": key.credential_id, "transports": key.transports });
    known.iter().map(one).collect()
}

/// What has a browser use one of these passkeys, or any of this site where there are none.
fn request(state: &State, challenge: &str, allowed: &[Passkey]) -> Result<Json<Options>, Problem> {
    let public_key = json!({
        "challenge": challenge,
        "timeout": LASTS.as_millis(),
        "rpId": rp_id(state)?,
        "allowCredentials": described(allowed),
        "userVerification": "required",
    });
    Ok(Json(Options { public_key }))
}

/// Begin to make a passkey.
#[utoipa::path(
    post, path = "/api/v1/users/passkeys/register/start", operation_id = "startPasskey", tag = "Users and sessions", security(("bearer" = [])),
    responses(
        (status = 200, body = Options, description = "For `navigator.credentials.create`"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or not recently: see `/users/reauthenticate`"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "There are 20 already"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn start_registration(
    extract::State(state): extract::State<State>,
    user: User,
) -> Result<Json<Options>, Problem> {
    let session = state.recent_session(user).await?;
    let person = state.admitted(user.id).await?;
    let known = state.store.passkeys(user.id).await?;
    if known.len() >= MOST {
        return Err(too_many());
    }
    let challenge = challenge_in(&state, &session, TokenPurpose::RegisterPasskey).await?;
    let algorithms = webauthn::ALGORITHMS.map(|alg| json!({ "type": "public-key", "alg": alg }));
    let public_key = json!({
        "rp": { "id": rp_id(&state)?, "name": RELYING_PARTY },
        "user": {
            "id": URL_SAFE_NO_PAD.encode(user.id.as_bytes()),
            "name": person.email,
            "displayName": person.name.as_deref().unwrap_or(&person.email),
        },
        "challenge": challenge,
        "pubKeyCredParams": algorithms,
        "timeout": LASTS.as_millis(),
        "excludeCredentials": described(&known),
        "authenticatorSelection": {
            "residentKey": "required", "requireResidentKey": true, "userVerification": "required",
        },
        "attestation": "none",
    });
    Ok(Json(Options { public_key }))
}

/// Keep the passkey that a browser has made.
#[utoipa::path(
    post, path = "/api/v1/users/passkeys/register/finish", operation_id = "finishPasskey", tag = "Users and sessions", security(("bearer" = [])),
    request_body = NewPasskey,
    responses(
        (status = 201, body = PasskeyView, description = "It signs its person in from now on"),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The body is not JSON"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or not recently: see `/users/reauthenticate`"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "It is there already, or there are 20, or the profile changed at this moment"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body is not declared as JSON"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "The name is none, or the credential proves nothing"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn finish_registration(
    extract::State(state): extract::State<State>,
    user: User,
    Json(body): Json<NewPasskey>,
) -> Result<impl IntoResponse, Problem> {
    let session = state.recent_session(user).await?;
    let name = profile::name(&body.name).map_err(|detail| Problem::invalid("/name", detail))?;
    let refused = |why: &str| {
        tracing::warn!(why, "a new passkey was refused");
        Problem::invalid("/credential", "this credential proves nothing, or came too late; begin again")
    };
    let response = body.credential.response;
    if body.credential.r#type != "public-key" {
        return Err(refused("it is no public key"));
    }
    let challenge = webauthn::challenge_of(&response.client_data).ok_or_else(|| refused("it names no challenge"))?;
    let token = state.store.token(&challenge, TokenPurpose::RegisterPasskey).await?;
    let token = token.filter(|token| token.user_id == user.id && token.session_id == Some(session.session_id));
    let token = token.ok_or_else(|| refused("its challenge was not this session's"))?;
    match state.store.use_token(&challenge, &token).await {
        Ok(()) => {}
        Err(StoreError::Conflict) => return Err(refused("its challenge was answered")),
        Err(error) => return Err(error.into()),
    }
    let trusts = |origin: &str| is_trusted(&state, origin);
    webauthn::check_client_data(&response.client_data, Ceremony::Create, &challenge, trusts).map_err(refused)?;
    let credential = webauthn::registered(&response.attestation, &rp_id(&state)?).map_err(refused)?;
    let credential_id = URL_SAFE_NO_PAD.encode(&credential.id);
    // Read before the passkeys: whoever adds one at this moment changes it.
    let person = state.admitted(user.id).await?;
    let known = state.store.passkeys(user.id).await?;
    if known.len() >= MOST {
        return Err(too_many());
    }
    if known.iter().any(|key| key.credential_id == credential_id) {
        return Err(Problem::conflict("This passkey is there already."));
    }
    let plain = |transport: &String| transport.len() <= 20 && transport.bytes().all(|b| b.is_ascii_graphic());
    let passkey = Passkey {
        passkey_id: Uuid::now_v7(),
        user_id: user.id,
        credential_id,
        public_key: URL_SAFE_NO_PAD.encode(&credential.public_key),
        sign_count: credential.sign_count,
        is_synced: credential.is_synced,
        transports: response.transports.into_iter().filter(plain).take(MOST_TRANSPORTS).collect(),
        name,
        created_at: Timestamp::now(),
        last_used_at: None,
        version: 1,
    };
    let about = Some(passkey.passkey_id.to_string());
    let entry = AuditEntry::now(user.id, AuditEvent::PasskeyAdded, Actor::Person, about);
    state.store.add_passkey(person, &passkey, &entry).await?;
    state.notify(user.id, Letter::SignInAdded).await;
    Ok((StatusCode::CREATED, Json(PasskeyView::from(passkey))))
}

/// Begin to sign in with a passkey.
#[utoipa::path(
    post, path = "/api/v1/users/passkeys/login/start", operation_id = "startPasskeyLogin", tag = "Users and sessions", security(()),
    responses(
        (status = 200, body = Options, description = "For `navigator.credentials.get`"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn start_login(extract::State(state): extract::State<State>) -> Result<Json<Options>, Problem> {
    let challenge = one_use::secret();
    state.store.put_challenge(&challenge, crate::after(Timestamp::now(), LASTS)).await?;
    // Whose keys there are is not told: the authenticator knows.
    request(&state, &challenge, &[])
}

/// Sign in with a passkey.
///
/// No password is needed, and no code: who has the device has been verified by it.
#[utoipa::path(
    post, path = "/api/v1/users/passkeys/login/finish", operation_id = "finishPasskeyLogin", tag = "Users and sessions", security(()),
    params(ClientQuery), request_body = UsedPasskey,
    responses(
        (status = 200, body = SignedIn, description = "Signed in", headers(("Set-Cookie" = String, description = "The refresh token, for browsers"))),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The body is not JSON, or the query has no valid form"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "The passkey is not known, or proves nothing"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "The account is suspended"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body is not declared as JSON"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A member is missing or of another type"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many attempts"),
    )
)]
pub(crate) async fn finish_login(
    extract::State(state): extract::State<State>,
    Query(ClientQuery { client }): Query<ClientQuery>,
    headers: HeaderMap,
    Json(body): Json<UsedPasskey>,
) -> Result<Response, Problem> {
    let refused = |why: &'static str| {
        tracing::warn!(why, "a passkey was refused");
        metrics::add(metrics::SIGN_INS_FAILED, 1);
        Problem::unauthorized("This passkey is not known here, or its answer came too late. Try again.")
    };
    let challenge = challenge_of(&body.credential).map_err(refused)?;
    if !state.store.take_challenge(&challenge).await? {
        return Err(refused("its challenge was answered, or is none of ours"));
    }
    let user_id = owner_of(&state, body.credential, &challenge, refused).await?;
    let person = state.store.person(user_id).await?.ok_or_else(|| refused("its person is gone"))?;
    proved(&state, person, &headers, client, PASSKEY.map(str::to_owned).to_vec()).await
}

/// Begin to prove with a passkey, once more, who one is.
#[utoipa::path(
    post, path = "/api/v1/users/reauthenticate/passkey/start", operation_id = "startPasskeyProof", tag = "Users and sessions", security(("bearer" = [])),
    responses(
        (status = 200, body = Options, description = "For `navigator.credentials.get`"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or the session has ended"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "The person has no passkey"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many attempts"),
    )
)]
pub(crate) async fn start_proof(
    extract::State(state): extract::State<State>,
    user: User,
) -> Result<Json<Options>, Problem> {
    let session = state.live_session(user).await?;
    let known = state.store.passkeys(user.id).await?;
    if known.is_empty() {
        return Err(Problem::conflict(
            "There is no passkey. Prove who you are by `/users/reauthenticate`, or sign in again.",
        ));
    }
    let challenge = challenge_in(&state, &session, TokenPurpose::ProveByPasskey).await?;
    request(&state, &challenge, &known)
}

/// Prove with a passkey, once more, who one is.
///
/// It renews the proof of the session at hand as `/users/reauthenticate` does, with a second factor on, too: who has the
/// device has been verified by it.
#[utoipa::path(
    post, path = "/api/v1/users/reauthenticate/passkey/finish", operation_id = "finishPasskeyProof", tag = "Users and sessions", security(("bearer" = [])),
    request_body = UsedPasskey,
    responses(
        (status = 200, body = Reauthenticated, description = "A new access token of the same session"),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The body is not JSON"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or the session has ended"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "The passkey is not the person's, or proves nothing"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body is not declared as JSON"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A member is missing or of another type"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many attempts"),
    )
)]
pub(crate) async fn finish_proof(
    extract::State(state): extract::State<State>,
    user: User,
    Json(body): Json<UsedPasskey>,
) -> Result<Json<Reauthenticated>, Problem> {
    let refused = |why: &'static str| {
        tracing::warn!(why, "a passkey did not prove who asks");
        Problem::forbidden("This passkey is not yours, or its answer came too late. Try again.")
    };
    let session = state.live_session(user).await?;
    let person = state.admitted(user.id).await?;
    let challenge = challenge_of(&body.credential).map_err(refused)?;
    let token = state.store.token(&challenge, TokenPurpose::ProveByPasskey).await?;
    let token = token.filter(|token| token.user_id == user.id && token.session_id == Some(session.session_id));
    let token = token.ok_or_else(|| refused("its challenge was not this session's"))?;
    match state.store.use_token(&challenge, &token).await {
        Ok(()) => {}
        Err(StoreError::Conflict) => return Err(refused("its challenge was answered")),
        Err(error) => return Err(error.into()),
    }
    if owner_of(&state, body.credential, &challenge, refused).await? != user.id {
        return Err(refused("it is another's"));
    }
    proved_again(&state, user, &person, &PASSKEY.map(str::to_owned)).await
}

/// Give a passkey another name.
#[utoipa::path(
    patch, path = "/api/v1/users/passkeys/{id}", operation_id = "renamePasskey", tag = "Users and sessions", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "`passkey_id`")),
    request_body = Renamed,
    responses(
        (status = 200, body = PasskeyView, description = "The passkey as it is now"),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The body is not JSON"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or the session has ended"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such passkey of the person"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body is not declared as JSON"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "The name is none"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn rename(
    extract::State(state): extract::State<State>,
    user: User,
    Path(passkey_id): Path<Uuid>,
    Json(body): Json<Renamed>,
) -> Result<Json<PasskeyView>, Problem> {
    state.live_session(user).await?;
    let name = profile::name(&body.name).map_err(|detail| Problem::invalid("/name", detail))?;
    for _ in 0..ATTEMPTS {
        let passkeys = state.store.passkeys(user.id).await?;
        let passkey = passkeys.into_iter().find(|key| key.passkey_id == passkey_id).ok_or_else(Problem::not_found)?;
        match state.store.update_passkey(Passkey { name: name.clone(), ..passkey }).await {
            Ok(passkey) => return Ok(Json(passkey.into())),
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

/// Remove a passkey.
///
/// Not the last way in: who has no password and no other provider keeps one passkey.
#[utoipa::path(
    delete, path = "/api/v1/users/passkeys/{id}", operation_id = "removePasskey", tag = "Users and sessions", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "`passkey_id`")),
    responses(
        (status = 204, description = "It signs nobody in any more"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or not recently: see `/users/reauthenticate`"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such passkey of the person"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "It is the last way to sign in, or the profile changed at this moment"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn remove(
    extract::State(state): extract::State<State>,
    user: User,
    Path(passkey_id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    state.recent_session(user).await?;
    let person = state.store.person(user.id).await?.ok_or_else(session_ended)?;
    let passkeys = state.store.passkeys(user.id).await?;
    if !passkeys.iter().any(|key| key.passkey_id == passkey_id) {
        return Err(Problem::not_found());
    }
    if !oauth::has_way_in(&person, person.identities.len(), passkeys.len() - 1) {
        return Err(oauth::last_way_in());
    }
    let entry = AuditEntry::now(user.id, AuditEvent::PasskeyRemoved, Actor::Person, Some(passkey_id.to_string()));
    state.store.remove_passkey(person, passkey_id, &entry).await?;
    state.notify(user.id, Letter::SignInRemoved).await;
    Ok(StatusCode::NO_CONTENT)
}

/// The challenge that an authenticator says it answered.
fn challenge_of(credential: &Authentication) -> Result<String, &'static str> {
    if credential.r#type != "public-key" {
        return Err("it is no public key");
    }
    webauthn::challenge_of(&credential.response.client_data).ok_or("it names no challenge")
}

/// Whose passkey it is that answered our challenge, which nobody may answer again; that it was used is noted.
async fn owner_of(
    state: &State,
    credential: Authentication,
    challenge: &str,
    refused: impl Fn(&'static str) -> Problem,
) -> Result<Uuid, Problem> {
    let Authentication { id, response, .. } = credential;
    let trusts = |origin: &str| is_trusted(state, origin);
    let client_data_hash =
        webauthn::check_client_data(&response.client_data, Ceremony::Get, challenge, trusts).map_err(&refused)?;
    let handle = response.user_handle.and_then(|handle| URL_SAFE_NO_PAD.decode(handle).ok());
    let user_id = handle.and_then(|handle| Uuid::from_slice(&handle).ok()).ok_or_else(|| refused("it is nobody's"))?;
    telemetry::note_user(user_id);
    let mut attempts = 0..ATTEMPTS;
    loop {
        let passkeys = state.store.passkeys(user_id).await?;
        let passkey = passkeys.into_iter().find(|key| key.credential_id == id);
        let passkey = passkey.ok_or_else(|| refused("it is not known"))?;
        let key = URL_SAFE_NO_PAD.decode(&passkey.public_key).map_err(Problem::internal)?;
        let (sign_count, is_synced) =
            webauthn::asserted(&response.data, &response.signature, &client_data_hash, &key, &rp_id(state)?)
                .map_err(&refused)?;
        if sign_count <= passkey.sign_count && (passkey.sign_count, sign_count) != (0, 0) {
            let about = Some(passkey.passkey_id.to_string());
            let entry = AuditEntry::now(user_id, AuditEvent::PasskeySuspected, Actor::Person, about);
            state.store.audit(&entry).await?;
            return Err(refused("its count does not grow: there may be a copy of it"));
        }
        let used = Passkey { sign_count, is_synced, last_used_at: Some(Timestamp::now()), ..passkey };
        match state.store.update_passkey(used).await {
            Ok(_) => return Ok(user_id),
            // Used, or given another name, at this moment: what it counts now decides.
            Err(StoreError::Conflict) if attempts.next().is_some() => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// For whom passkeys are: the app's host. An address of four numbers can have none; on one machine `localhost` is meant.
fn rp_id(state: &State) -> Result<String, Problem> {
    let app = Url::parse(state.web.app_url()).map_err(Problem::internal)?;
    match app.host_str() {
        None | Some("127.0.0.1") => Ok("localhost".to_owned()),
        Some(host) => Ok(host.to_owned()),
    }
}

fn is_trusted(state: &State, origin: &str) -> bool {
    HeaderValue::from_str(origin).is_ok_and(|origin| state.web.trusts_origin(&origin))
}

fn too_many() -> Problem {
    Problem::conflict("There are 20 passkeys already. Remove one that is not needed.")
}
