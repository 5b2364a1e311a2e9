//! Accounts and sessions.
//!
//! The only function that signs: an access token is good for fifteen minutes and says who asks, in which session. A
//! session is a row of the person's; it is renewed by a refresh token that is replaced at each use (`refresh_token`).
//! Whether an address has an account is told to nobody but its owner, by mail: neither by what is answered nor by how
//! long that takes (`register`, `sign_in`, `forgot_password`).

mod access_token;
mod address;
mod api_keys;
mod browser;
mod change_address;
mod erasure;
mod export;
mod limits;
mod mail;
mod me;
mod notices;
mod oauth;
mod one_use;
mod passkeys;
mod password;
mod people;
mod profile;
mod providers;
mod recovery;
mod refresh;
mod refresh_token;
mod register;
mod second_factor;
mod sessions;
mod sign_in;
#[cfg(feature = "smtp")]
mod smtp;
mod tasks;
mod totp;
mod webauthn;

pub use tasks::work;

use std::sync::Arc;

use axum::http::{HeaderValue, header};
use axum::middleware::from_fn;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;
use vitae_blobs::Bucket;
use vitae_edge::FrontDoor;
use vitae_queue::{Consumer, Queue};
use vitae_runtime::Aws;
use vitae_runtime::environment::{parsed_or, required};
use vitae_store::{Person, Session, Store, StoreError};
use vitae_web::{Problem, Routes, User, Web, routes};

use crate::access_token::Signer;
use crate::mail::{Letter, Mailer, Transport};
use crate::password::Passwords;
use crate::providers::Providers;
use crate::second_factor::Secrets;
use crate::tasks::Task;

/// How old the proof of who asks may be where it has to be recent.
const RECENT: SignedDuration = SignedDuration::from_mins(10);

/// What the handlers work with. Cheap to clone.
#[derive(Clone)]
pub struct State {
    store: Store,
    web: Web,
    signer: Signer,
    secrets: Secrets,
    passwords: Passwords,
    mailer: Arc<Mailer>,
    providers: Providers,
    files: Bucket,
    sites: Bucket,
    front_door: FrontDoor,
    tasks: Queue<Task>,
    consumer: Consumer,
    notices: Consumer,
    require_verified_email: bool,
}

impl State {
    /// Reads `SIGNING_KEY_ID`, `SECOND_FACTOR_KEY_ID`, `FILES_BUCKET`, `SITES_BUCKET`, `ACCOUNT_QUEUE_URL`, `NOTICE_QUEUE_URL`,
    /// `REQUIRE_VERIFIED_EMAIL` (`false` where it is absent), and what [`Passwords`], [`Providers`], [`Transport`] and
    /// [`FrontDoor`] need.
    ///
    /// # Errors
    /// When a variable is absent or cannot be read.
    pub fn from_environment(aws: &Aws, web: &Web) -> anyhow::Result<Self> {
        Ok(Self {
            store: web.store().clone(),
            web: web.clone(),
            signer: Signer::new(aws.kms(), required("SIGNING_KEY_ID")?, web),
            secrets: Secrets::new(aws.kms(), required("SECOND_FACTOR_KEY_ID")?),
            passwords: Passwords::from_environment()?,
            providers: Providers::from_environment(web.app_url())?,
            mailer: Arc::new(Mailer::new(Transport::from_environment(aws)?, web.app_url())?),
            files: Bucket::new(aws.s3(), required("FILES_BUCKET")?),
            sites: Bucket::new(aws.s3(), required("SITES_BUCKET")?),
            front_door: FrontDoor::from_environment(aws),
            tasks: Queue::new(aws.sqs(), required("ACCOUNT_QUEUE_URL")?),
            consumer: Consumer::new(aws.sqs(), required("ACCOUNT_QUEUE_URL")?),
            notices: Consumer::new(aws.sqs(), required("NOTICE_QUEUE_URL")?),
            require_verified_email: parsed_or("REQUIRE_VERIFIED_EMAIL", false)?,
        })
    }

    /// The person whose address this is, after two reads whether there is one or not.
    async fn person_by_email(&self, email: &str) -> Result<Option<Person>, StoreError> {
        let person = self.store.person_by_email(email).await?;
        if person.is_none() {
            self.store.person(Uuid::nil()).await?;
        }
        Ok(person)
    }

    /// A person who may be here: neither gone nor suspended.
    async fn admitted(&self, user_id: Uuid) -> Result<Person, Problem> {
        may_be_here(self.store.person(user_id).await?)
    }

    /// The session that a request was made in, for routes where the end of a session must count at once and not only
    /// when the access token has expired.
    async fn live_session(&self, user: User) -> Result<Session, Problem> {
        self.store.session(user.id, user.session_id).await?.ok_or_else(session_ended)
    }

    /// The same for sensitive changes, which want a proof of who asks that is at most ten minutes old (RFC 9470).
    async fn recent_session(&self, user: User) -> Result<Session, Problem> {
        let session = self.live_session(user).await?;
        if Timestamp::now().duration_since(session.proved_at()) <= RECENT {
            return Ok(session);
        }
        let challenge = HeaderValue::from_static(
            "Bearer error=\"insufficient_user_authentication\", \
             error_description=\"A more recent proof of who asks is needed\", max_age=600",
        );
        Err(Problem::unauthorized("Prove again who you are, by /users/reauthenticate, and repeat the request.")
            .with_header(header::WWW_AUTHENTICATE, challenge))
    }

    /// Tells a person by mail what happened to their account. What fails here undoes nothing.
    async fn notify(&self, user_id: Uuid, letter: Letter) {
        match self.store.person(user_id).await {
            Ok(Some(person)) => self.mailer.notify(&person, letter).await,
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, ?letter, "a notice was not sent"),
        }
    }
}

/// The routes, with their descriptions.
pub fn routes() -> Routes<State> {
    let registering = Routes::new()
        .routes(routes!(register::register))
        .route_layer(from_fn(|request, next| limits::REGISTER.apply(request, next)));
    let signing_in = Routes::new()
        .routes(routes!(sign_in::login))
        .routes(routes!(sign_in::token))
        .route_layer(from_fn(|request, next| limits::SIGN_IN.apply_beside(request, next)));
    let proving = Routes::new()
        .routes(routes!(sign_in::login_mfa))
        .routes(routes!(sign_in::reauthenticate))
        .routes(routes!(recovery::change_password))
        .route_layer(from_fn(|request, next| limits::SIGN_IN.apply(request, next)));
    let recovering = Routes::new()
        .routes(routes!(recovery::forgot_password))
        .route_layer(from_fn(|request, next| limits::RECOVER.apply(request, next)));
    let redeeming = Routes::new()
        .routes(routes!(change_address::confirm))
        .routes(routes!(recovery::verify_email))
        .routes(routes!(recovery::reset_password))
        .routes(routes!(erasure::receipt))
        .route_layer(from_fn(|request, next| limits::REDEEM.apply(request, next)));
    let elsewhere = Routes::new()
        .routes(routes!(oauth::list))
        .routes(routes!(oauth::start))
        .routes(routes!(oauth::callback))
        .routes(routes!(oauth::finish))
        .routes(routes!(passkeys::start_login))
        .routes(routes!(passkeys::finish_login))
        .routes(routes!(passkeys::start_proof))
        .routes(routes!(passkeys::finish_proof))
        .route_layer(from_fn(|request, next| limits::ELSEWHERE.apply(request, next)));
    let renewing = Routes::new()
        .routes(routes!(refresh::refresh))
        .route_layer(from_fn(|request, next| limits::REFRESH.apply_beside(request, next)));
    let leaving = Routes::new()
        .routes(routes!(refresh::logout))
        .route_layer(from_fn(|request, next| limits::REFRESH.apply(request, next)));
    let own = Routes::new()
        .routes(routes!(me::get, me::patch, erasure::erase_me))
        .routes(routes!(export::export_me))
        .routes(routes!(change_address::ask))
        .routes(routes!(passkeys::list))
        .routes(routes!(passkeys::start_registration))
        .routes(routes!(passkeys::finish_registration))
        .routes(routes!(passkeys::rename, passkeys::remove))
        .routes(routes!(oauth::link))
        .routes(routes!(oauth::unlink))
        .routes(routes!(people::audit))
        .routes(routes!(api_keys::make, api_keys::list))
        .routes(routes!(api_keys::revoke))
        .routes(routes!(people::list))
        .routes(routes!(people::change_role))
        .routes(routes!(people::suspend))
        .routes(routes!(people::reinstate))
        .routes(routes!(second_factor::get))
        .routes(routes!(second_factor::start_totp, second_factor::remove_totp))
        .routes(routes!(second_factor::confirm_totp))
        .routes(routes!(second_factor::make_recovery_codes))
        .routes(routes!(sessions::list, sessions::end_all))
        .routes(routes!(sessions::end))
        .route_layer(from_fn(|request, next| limits::PROFILE.apply(request, next)));
    Routes::new()
        .merge(registering)
        .merge(signing_in)
        .merge(proving)
        .merge(recovering)
        .merge(redeeming)
        .merge(elsewhere)
        .merge(renewing)
        .merge(leaving)
        .merge(own)
        .routes(routes!(access_token::jwks))
}

/// A person who may be here: neither gone nor suspended.
fn may_be_here(person: Option<Person>) -> Result<Person, Problem> {
    person.filter(|person| person.suspended_at.is_none()).ok_or_else(session_ended)
}

fn session_ended() -> Problem {
    Problem::unauthorized("The session has ended. Sign in again.")
}

/// Seconds since 1970, some time from `now`.
fn after(now: Timestamp, duration: jiff::SignedDuration) -> i64 {
    now.as_second().saturating_add(duration.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambda_http::request::LambdaRequest;

    const EVENTS: [&str; 9] = [
        include_str!("../../../events/auth/register.json"),
        include_str!("../../../events/auth/login.json"),
        include_str!("../../../events/auth/login-native.json"),
        include_str!("../../../events/auth/token.json"),
        include_str!("../../../events/auth/refresh.json"),
        include_str!("../../../events/auth/logout.json"),
        include_str!("../../../events/auth/forgot-password.json"),
        include_str!("../../../events/auth/me.json"),
        include_str!("../../../events/auth/jwks.json"),
    ];

    #[test]
    fn each_sample_event_is_a_request_to_a_route_of_this_function() {
        let document = serde_json::to_value(routes().document()).unwrap();
        for event in EVENTS {
            let request: lambda_http::Request = serde_json::from_str::<LambdaRequest>(event).unwrap().into();
            let (path, method) = (request.uri().path(), request.method().as_str().to_lowercase());
            assert!(document["paths"][path][&method].is_object(), "{method} {path}");
        }
    }

    #[test]
    fn a_browsers_cookie_reaches_the_handlers() {
        let event = include_str!("../../../events/auth/refresh.json");
        let request: lambda_http::Request = serde_json::from_str::<LambdaRequest>(event).unwrap().into();
        assert_eq!(request.headers()["cookie"], "vitae_refresh=not-a-token");
    }
}
