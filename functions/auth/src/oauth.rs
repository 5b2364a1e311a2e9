//! `/users/oauth/…`: signing in by another provider (OpenID Connect Core 1.0, 3.1; RFC 9700), and adding one to an account.
//!
//! A sign-in goes through the browser's address bar, so it comes back without a script of ours. What begins it sets a
//! cookie, which stays with this browser and proves at the end that it is the one that began: neither a link to somebody
//! else's half-finished sign-in nor a stolen code opens anything. `state` is good once and leads to where the browser came
//! from; nonce and PKCE's verifier follow from both.
//!
//! The way back ends in a page of the app with a ticket in its fragment, which no server sees. The page's script turns it
//! into a session by [`finish`], once, within two minutes, and with the same cookie; there a second factor is asked for as
//! after a password.
//!
//! **Nobody's account is opened by an address alone.** A provider's account that is known signs its owner in. An unknown one
//! makes a new account if the provider has verified its address and nobody has that. Where somebody has, they are told to
//! sign in and to add it there: so both have been proved.

use axum::extract;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use url::Url;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use vitae_runtime::{metrics, telemetry};
use vitae_store::{
    Actor, Attempt, AuditEntry, AuditEvent, Identity, OneUseToken, Person, Preferences, Role, StoreError, TokenPurpose,
    keys,
};
use vitae_web::{Json, Path, Problem, ProblemBody, Query, User};

use crate::mail::Letter;
use crate::profile::Profile;
use crate::providers::{Challenge, Proven, Provider};
use crate::sign_in::{ClientQuery, LoginAnswer, proved};
use crate::{State, browser, one_use, password, profile, session_ended};

/// How long a sign-in elsewhere may take.
const LASTS: SignedDuration = SignedDuration::from_mins(10);
/// How long a page may take to turn a ticket into a session.
const TICKET: SignedDuration = SignedDuration::from_mins(2);
/// Longest path to come back to, in bytes.
const LONGEST_PATH: usize = 512;
/// Longest code or state that is looked at, in bytes.
const LONGEST_PARAMETER: usize = 2048;
/// What proves a sign-in at another provider. RFC 8176 has no word for it; this one is in use for it elsewhere.
pub(crate) const FEDERATED: &str = "fed";

/// A provider by which people may sign in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProviderView {
    /// Its name in `/users/oauth/{provider}/start`.
    #[schema(example = "google")]
    provider: String,
    /// Its name for people.
    #[schema(example = "Google")]
    name: String,
}

/// The providers by which people may sign in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProviderList {
    items: Vec<ProviderView>,
}

/// List the providers by which one may sign in.
#[utoipa::path(
    get, path = "/api/v1/users/oauth", operation_id = "listProviders", tag = "Users and sessions", security(()),
    responses(
        (status = 200, body = ProviderList, description = "The providers that are configured; there may be none"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn list(extract::State(state): extract::State<State>) -> Json<ProviderList> {
    let view = |provider: &Provider| ProviderView { provider: provider.id.clone(), name: provider.name.clone() };
    Json(ProviderList { items: state.providers.all().map(view).collect() })
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReturnTo {
    /// The page of the app to come back to: a path that begins with one `/`, and a query; `/` by default.
    #[param(required = false, max_length = 512, example = "/welcome?from=google")]
    return_to: Option<String>,
}

/// Sign in by another provider.
///
/// To be opened by the browser itself. It ends at the page `return_to` of the app, with one of these behind the `#`:
/// `oauth_ticket=…`, which `POST /users/oauth/finish` turns into a session; or `oauth_error=…`: `expired` (begin again),
/// `denied` (the person said no there), `failed` (the provider could not be understood), `address_unverified` (the provider
/// has verified no address of theirs), `address_taken` (the address has an account already: sign in there and add the
/// provider), `not_yours` (it signs in another account).
#[utoipa::path(
    get, path = "/api/v1/users/oauth/{provider}/start", operation_id = "startOauth", tag = "Users and sessions", security(()),
    params(("provider" = String, Path, description = "`provider` of `GET /users/oauth`"), ReturnTo),
    responses(
        (status = 303, description = "To the provider", headers(("Location" = String, description = "Its page for signing in"), ("Set-Cookie" = String, description = "What proves that it was this browser that began"))),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "`return_to` is no path of the app"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such provider"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
        (status = 503, body = ProblemBody, content_type = "application/problem+json", description = "The provider does not answer"),
    )
)]
pub(crate) async fn start(
    extract::State(state): extract::State<State>,
    Path(provider): Path<String>,
    Query(ReturnTo { return_to }): Query<ReturnTo>,
) -> Result<Response, Problem> {
    let provider = state.providers.get(&provider).ok_or_else(Problem::not_found)?;
    let return_to = page(state.web.app_url(), return_to.as_deref())?;
    let (url, cookie) = begin(&state, provider, return_to, None).await?;
    let location = HeaderValue::try_from(url.as_str()).map_err(Problem::internal)?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location), (header::SET_COOKIE, cookie)]).into_response())
}

/// Where the browser is to come back to.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Link {
    /// A page of the app: a path that begins with one `/`, and a query; `/` by default.
    #[serde(default)]
    #[schema(max_length = 512, example = "/settings")]
    return_to: Option<String>,
}

/// Where the browser is to go.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Authorization {
    authorization_url: String,
}

/// Add another provider to one's account.
///
/// Have the browser open what is answered. It comes back to `return_to` with `#oauth_linked={provider}`, or with an
/// `oauth_error` as `/users/oauth/{provider}/start` has them.
#[utoipa::path(
    post, path = "/api/v1/users/oauth/{provider}/link", operation_id = "linkOauth", tag = "Users and sessions", security(("bearer" = [])),
    params(("provider" = String, Path, description = "`provider` of `GET /users/oauth`")),
    request_body = Link,
    responses(
        (status = 200, body = Authorization, description = "Where the browser is to go", headers(("Set-Cookie" = String, description = "What proves that it was this browser that began"))),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The body is not JSON, or `return_to` is no path of the app"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or not recently: see `/users/reauthenticate`"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such provider"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "The account has one of this provider already"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body is not declared as JSON"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A member is unknown or of another type"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
        (status = 503, body = ProblemBody, content_type = "application/problem+json", description = "The provider does not answer"),
    )
)]
pub(crate) async fn link(
    extract::State(state): extract::State<State>,
    user: User,
    Path(provider): Path<String>,
    Json(body): Json<Link>,
) -> Result<Response, Problem> {
    let session = state.recent_session(user).await?;
    let provider = state.providers.get(&provider).ok_or_else(Problem::not_found)?;
    let return_to = page(state.web.app_url(), body.return_to.as_deref())?;
    let person = state.admitted(user.id).await?;
    if person.identities.iter().any(|identity| identity.provider == provider.id) {
        return Err(Problem::conflict("Your account has one of this provider already. Remove it first."));
    }
    let (url, cookie) = begin(&state, provider, return_to, Some((user.id, session.session_id))).await?;
    let body = Json(Authorization { authorization_url: url.into() });
    Ok(([(header::SET_COOKIE, cookie)], body).into_response())
}

/// Begins a sign-in: the provider's page, and the cookie that proves which browser it was.
async fn begin(
    state: &State,
    provider: &Provider,
    return_to: String,
    links: Option<(Uuid, Uuid)>,
) -> Result<(Url, HeaderValue), Problem> {
    let (secret, in_flight) = (one_use::secret(), one_use::secret());
    let challenge = Challenge::new(&secret, &in_flight);
    let url = provider
        .authorization_url(&challenge, &redirect_uri(state, provider))
        .await
        .map_err(|error| Problem::unavailable(format!("{}: {error:#}", provider.id)))?;
    let expires_at = crate::after(Timestamp::now(), LASTS);
    if let Some((user_id, session_id)) = links {
        let token = OneUseToken {
            user_id,
            purpose: TokenPurpose::LinkIdentity,
            bound_to: browser_digest(&secret),
            amr: Vec::new(),
            session_id: Some(session_id),
            address: None,
            failures: 0,
            expires_at,
        };
        state.store.create_token(&in_flight, &token).await?;
    }
    let attempt = Attempt {
        provider: provider.id.clone(),
        browser: browser_digest(&secret),
        return_to,
        links: links.is_some(),
        expires_at,
    };
    state.store.begin_attempt(&in_flight, &attempt).await?;
    Ok((url, browser::keep_attempt(&state.web, &secret, LASTS + TICKET)))
}

/// What a provider sends the browser back with (RFC 6749, 4.1.2; RFC 9207). Providers add members of their own.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Returned {
    /// What the sign-in began with.
    #[param(required = false)]
    state: Option<String>,
    /// What is exchanged for a proof.
    #[param(required = false)]
    code: Option<String>,
    /// The issuer (RFC 9207).
    #[param(required = false)]
    iss: Option<String>,
    /// Why there is no code.
    #[param(required = false)]
    error: Option<String>,
}

/// Why a sign-in elsewhere opens nothing, as the page is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    Expired,
    Denied,
    Failed,
    AddressUnverified,
    AddressTaken,
    NotYours,
}

impl Failure {
    fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Denied => "denied",
            Self::Failed => "failed",
            Self::AddressUnverified => "address_unverified",
            Self::AddressTaken => "address_taken",
            Self::NotYours => "not_yours",
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a sign-in by another provider was not finished");
        Self::Failed
    }
}

/// Come back from another provider.
///
/// Where a provider sends the browser; no frontend calls it. See `/users/oauth/{provider}/start`.
#[utoipa::path(
    get, path = "/api/v1/users/oauth/{provider}/callback", operation_id = "oauthCallback", tag = "Users and sessions", security(()),
    params(("provider" = String, Path, description = "`provider` of `GET /users/oauth`"), Returned),
    responses(
        (status = 303, description = "To a page of the app", headers(("Location" = String, description = "With `#oauth_ticket=…`, `#oauth_linked=…` or `#oauth_error=…`"))),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The query has no valid form"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such provider"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn callback(
    extract::State(state): extract::State<State>,
    Path(provider): Path<String>,
    Query(returned): Query<Returned>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let provider = state.providers.get(&provider).ok_or_else(Problem::not_found)?;
    let mut return_to = "/".to_owned();
    let outcome = come_back(&state, provider, returned, &headers, &mut return_to).await;
    let (word, keeps_cookie) = match outcome {
        Ok(Came::Ticket(ticket)) => (format!("oauth_ticket={ticket}"), true),
        Ok(Came::Linked) => (format!("oauth_linked={}", provider.id), false),
        Err(failure) => {
            metrics::add(metrics::SIGN_INS_FAILED, 1);
            (format!("oauth_error={}", failure.as_str()), false)
        }
    };
    let location = format!("{}{return_to}#{word}", state.web.app_url());
    let location = HeaderValue::try_from(location).map_err(Problem::internal)?;
    let mut answer = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
    if !keeps_cookie {
        answer.headers_mut().append(header::SET_COOKIE, browser::forget_attempt(&state.web));
    }
    Ok(answer)
}

/// What a way back comes to.
enum Came {
    /// Somebody is known, and this begins their session.
    Ticket(String),
    /// The provider was added to the account.
    Linked,
}

async fn come_back(
    state: &State,
    provider: &Provider,
    returned: Returned,
    headers: &HeaderMap,
    return_to: &mut String,
) -> Result<Came, Failure> {
    let short = |text: Option<String>| text.filter(|text| (1..=LONGEST_PARAMETER).contains(&text.len()));
    let in_flight = short(returned.state).ok_or(Failure::Expired)?;
    // Over from here on, whatever comes of it.
    let attempt = state.store.take_attempt(&in_flight).await?.ok_or(Failure::Expired)?;
    let secret = browser::attempt_secret(&state.web, headers).unwrap_or_default();
    let same_browser: bool = attempt.browser.as_bytes().ct_eq(browser_digest(secret).as_bytes()).into();
    if !same_browser || attempt.provider != provider.id {
        return Err(Failure::Expired);
    }
    return_to.clone_from(&attempt.return_to);
    let told = |error: anyhow::Error| {
        // The provider's own words may hold what a person typed; ours do not.
        tracing::warn!(provider = provider.id, error = format!("{error:#}"), "a provider's answer proved nothing");
        Failure::Failed
    };
    if !provider.is_answer_of(returned.iss.as_deref()).await.map_err(told)? {
        tracing::warn!(provider = provider.id, "an answer is another issuer's");
        return Err(Failure::Failed);
    }
    if let Some(error) = returned.error {
        return Err(if error == "access_denied" { Failure::Denied } else { Failure::Failed });
    }
    let code = short(returned.code).ok_or(Failure::Failed)?;
    let challenge = Challenge::new(secret, &in_flight);
    let proven = provider.redeem(&code, &challenge, &redirect_uri(state, provider)).await.map_err(told)?;
    if attempt.links {
        return add(state, provider, proven, &in_flight, secret).await;
    }
    let person = known_or_new(state, provider, proven, headers).await?;
    telemetry::note_user(person.user_id);
    let ticket = one_use::secret();
    let token = OneUseToken {
        user_id: person.user_id,
        purpose: TokenPurpose::SignInElsewhere,
        bound_to: browser_digest(secret),
        amr: vec![FEDERATED.to_owned()],
        session_id: None,
        address: None,
        failures: 0,
        expires_at: crate::after(Timestamp::now(), TICKET),
    };
    state.store.create_token(&ticket, &token).await?;
    Ok(Came::Ticket(ticket))
}

/// Adds what was proved to the account that began this, if whoever began is still signed in there.
async fn add(
    state: &State,
    provider: &Provider,
    proven: Proven,
    in_flight: &str,
    secret: &str,
) -> Result<Came, Failure> {
    let token = state.store.token(in_flight, TokenPurpose::LinkIdentity).await?.ok_or(Failure::Expired)?;
    if token.bound_to != browser_digest(secret) {
        return Err(Failure::Expired);
    }
    match state.store.use_token(in_flight, &token).await {
        Ok(()) => {}
        Err(StoreError::Conflict) => return Err(Failure::Expired),
        Err(error) => return Err(error.into()),
    }
    let session_id = token.session_id.ok_or(Failure::Expired)?;
    state.store.session(token.user_id, session_id).await?.ok_or(Failure::Expired)?;
    let person = state.store.person(token.user_id).await?.filter(|person| person.suspended_at.is_none());
    let person = person.ok_or(Failure::Expired)?;
    telemetry::note_user(person.user_id);
    if person.identities.iter().any(|identity| identity.key == proven.identity) {
        return Ok(Came::Linked);
    }
    if state.store.identity_owner(&proven.identity).await?.is_some() {
        return Err(Failure::NotYours);
    }
    let entry = AuditEntry::now(person.user_id, AuditEvent::IdentityLinked, Actor::Person, Some(provider.id.clone()));
    let identity = identity(provider, &proven);
    let person = state.store.link_identity(person, identity, &entry).await?;
    state.mailer.notify(&person, Letter::SignInAdded).await;
    Ok(Came::Linked)
}

/// Whose account it is; a new one for whoever has none.
async fn known_or_new(
    state: &State,
    provider: &Provider,
    proven: Proven,
    headers: &HeaderMap,
) -> Result<Person, Failure> {
    if let Some(user_id) = state.store.identity_owner(&proven.identity).await? {
        // One who is just leaving is nobody any more.
        return state.store.person(user_id).await?.ok_or(Failure::Failed);
    }
    let identity = identity(provider, &proven);
    let email = proven.email.ok_or(Failure::AddressUnverified)?;
    if state.store.person_by_email(email.as_str()).await?.is_some() {
        return Err(Failure::AddressTaken);
    }
    let now = Timestamp::now();
    let person = Person {
        user_id: Uuid::now_v7(),
        email: email.as_str().to_owned(),
        name: proven.name,
        password_hash: password::none(),
        role: Role::User,
        email_verified: true,
        locale: profile::preferred_locale(headers),
        defaults: Preferences::default(),
        devices: Vec::new(),
        mail_when_done: false,
        identities: vec![identity],
        suspended_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    match state.store.create_person(&person).await {
        Ok(()) => Ok(person),
        // Somebody was faster with the address.
        Err(StoreError::Conflict) => Err(Failure::AddressTaken),
        Err(error) => Err(error.into()),
    }
}

fn identity(provider: &Provider, proven: &Proven) -> Identity {
    Identity {
        provider: provider.id.clone(),
        key: proven.identity.clone(),
        email: proven.email.as_ref().map(|email| email.as_str().to_owned()),
        linked_at: Timestamp::now(),
    }
}

/// A sign-in at another provider that is to become a session.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Finish {
    /// `oauth_ticket` of the page's address.
    ticket: String,
}

/// Begin a session after a sign-in by another provider.
///
/// With the cookie of the browser that began it, once, within two minutes. Where a second factor is on, it is asked for as
/// after a password.
#[utoipa::path(
    post, path = "/api/v1/users/oauth/finish", operation_id = "finishOauth", tag = "Users and sessions", security(()),
    params(ClientQuery), request_body = Finish,
    responses(
        (status = 200, body = LoginAnswer, description = "Signed in, or, with a second factor on, what is needed to go on", headers(("Set-Cookie" = String, description = "The refresh token, for browsers"))),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The body is not JSON, or the query has no valid form"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "The ticket is not good, or not this browser's"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "The account is suspended"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body is not declared as JSON"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A member is missing, unknown or of another type"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many attempts"),
    )
)]
pub(crate) async fn finish(
    extract::State(state): extract::State<State>,
    Query(ClientQuery { client }): Query<ClientQuery>,
    headers: HeaderMap,
    Json(body): Json<Finish>,
) -> Result<Response, Problem> {
    let not_good = || Problem::unauthorized("This sign-in was finished already, took too long or was begun elsewhere.");
    browser::refuse_foreign_page(&state.web, &headers)?;
    let token = match body.ticket.len() {
        TICKET_LENGTH => state.store.token(&body.ticket, TokenPurpose::SignInElsewhere).await?,
        _ => None,
    };
    let token = token.ok_or_else(not_good)?;
    let secret = browser::attempt_secret(&state.web, &headers).unwrap_or_default();
    if !bool::from(token.bound_to.as_bytes().ct_eq(browser_digest(secret).as_bytes())) {
        return Err(not_good());
    }
    match state.store.use_token(&body.ticket, &token).await {
        Ok(()) => {}
        Err(StoreError::Conflict) => return Err(not_good()),
        Err(error) => return Err(error.into()),
    }
    let person = state.store.person(token.user_id).await?.ok_or_else(not_good)?;
    let mut answer = proved(&state, person, &headers, client, token.amr).await?;
    answer.headers_mut().append(header::SET_COOKIE, browser::forget_attempt(&state.web));
    Ok(answer)
}

/// Remove another provider from one's account.
///
/// Not the last way in: who has no password and no passkey keeps one provider.
#[utoipa::path(
    delete, path = "/api/v1/users/oauth/{provider}", operation_id = "unlinkOauth", tag = "Users and sessions", security(("bearer" = [])),
    params(("provider" = String, Path, description = "`provider` of one of the profile's `identities`")),
    responses(
        (status = 200, body = Profile, description = "The profile as it is now"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or not recently: see `/users/reauthenticate`"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "The account has none of this provider"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "It is the last way to sign in"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn unlink(
    extract::State(state): extract::State<State>,
    user: User,
    Path(provider): Path<String>,
) -> Result<Json<Profile>, Problem> {
    state.recent_session(user).await?;
    let person = state.store.person(user.id).await?.ok_or_else(session_ended)?;
    let identity = person.identities.iter().find(|identity| identity.provider == provider).cloned();
    let identity = identity.ok_or_else(Problem::not_found)?;
    // Whoever takes another way in away at this moment changes the profile as well, so that one of both is refused.
    let passkeys = state.store.passkeys(user.id).await?.len();
    if !has_way_in(&person, person.identities.len() - 1, passkeys) {
        return Err(last_way_in());
    }
    let entry = AuditEntry::now(user.id, AuditEvent::IdentityUnlinked, Actor::Person, Some(identity.provider.clone()));
    let person = state.store.unlink_identity(person, &identity, &entry).await?;
    state.mailer.notify(&person, Letter::SignInRemoved).await;
    Ok(Json(person.into()))
}

/// Whether somebody can sign in who has so many accounts elsewhere and so many passkeys.
pub(crate) fn has_way_in(person: &Person, identities: usize, passkeys: usize) -> bool {
    person.has_password() || identities + passkeys > 0
}

pub(crate) fn last_way_in() -> Problem {
    Problem::conflict(
        "This is the only way to sign in to your account. Choose a password first, by /users/forgot-password.",
    )
}

/// The one address that a provider may send the browser back to; it is registered there, letter by letter.
fn redirect_uri(state: &State, provider: &Provider) -> String {
    format!("{}/api/v1/users/oauth/{}/callback", state.web.app_url(), provider.id)
}

/// A page of the app as a path and a query. Whatever a browser could take for another place is refused.
fn page(app_url: &str, return_to: Option<&str>) -> Result<String, Problem> {
    let wanted = return_to.unwrap_or("/");
    let refused = || Problem::bad_request("`return_to` is a path of the app, such as /welcome.");
    let is_plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b'\\' | b'#');
    if wanted.len() > LONGEST_PATH
        || !wanted.starts_with('/')
        || wanted.starts_with("//")
        || !wanted.bytes().all(is_plain)
    {
        return Err(refused());
    }
    let app = Url::parse(app_url).map_err(Problem::internal)?;
    let page = app.join(wanted).map_err(|_| refused())?;
    // Dots may have led to a second slash at the beginning.
    if page.origin() != app.origin() || page.path().starts_with("//") {
        return Err(refused());
    }
    Ok(page.query().map_or_else(|| page.path().to_owned(), |query| format!("{}?{query}", page.path())))
}

const TICKET_LENGTH: usize = 43;

fn browser_digest(secret: &str) -> String {
    keys::digest(&format!("browser {secret}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_leads_to_a_page_of_the_app_and_nowhere_else() {
        let back = |wanted: &str| page("https://app.example", Some(wanted)).ok();
        assert_eq!(page("https://app.example", None).ok().as_deref(), Some("/"));
        for (wanted, page) in [
            ("/", "/"),
            ("/welcome?from=google&x=1", "/welcome?from=google&x=1"),
            ("/a/../b", "/b"),
            ("/https://evil.example", "/https://evil.example"),
            ("/%2F%2Fevil.example", "/%2F%2Fevil.example"),
        ] {
            assert_eq!(back(wanted).as_deref(), Some(page), "{wanted}");
        }
        for wanted in [
            "",
            "welcome",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/.//evil.example",
            "/x/..//evil.example",
            "/\t/evil.example",
            "/a#b",
            "/a\r\nSet-Cookie: x=y",
            "/ä",
            &format!("/{}", "a".repeat(512)),
        ] {
            assert_eq!(back(wanted), None, "{wanted}");
        }
    }
}
