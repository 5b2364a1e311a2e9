//! Other providers by which people sign in: any issuer of OpenID Connect, and GitHub, which has OAuth 2.0 alone.
//!
//! **What is trusted.** The issuers are configuration. Where they are reached is what their own discovery document says
//! (OpenID Connect Discovery 1.0), which must name the configured issuer. An id token counts if a key of the issuer's set
//! signed it, by an algorithm for public keys, and if it is meant for this client, in this sign-in and now (OpenID Connect
//! Core 1.0, 3.1.3.7). Of a mail address only one that the provider says it has verified is taken.
//!
//! A key set is kept for an hour. A key that is not in it has it fetched anew, once a minute at most, so that a provider
//! can rotate its keys and made-up ids of keys cannot have us ask it again and again.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use reqwest::header::{ACCEPT, AUTHORIZATION};
use reqwest::{Client, RequestBuilder};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;
use url::form_urlencoded::byte_serialize;
use vitae_runtime::environment::{EnvironmentError, optional};
use vitae_store::keys;

use crate::address::Address;

/// Longest wait for a provider: a person looks at an empty page meanwhile.
const PATIENCE: Duration = Duration::from_secs(5);
/// Largest answer of a provider, in bytes.
const LARGEST_ANSWER: usize = 256 * 1024;
/// Longest id token, in bytes.
const LONGEST_TOKEN: usize = 16 * 1024;
/// Longest subject (OpenID Connect Core 1.0, 2).
const LONGEST_SUBJECT: usize = 255;
/// For how long a provider's description and keys are kept.
const KEPT: Duration = Duration::from_secs(3600);
/// How often an unknown key may have the set fetched anew.
const REFRESH: Duration = Duration::from_secs(60);
/// Seconds by which a provider's clock may differ from ours.
const LEEWAY_SECONDS: u64 = 60;
/// For how many seconds after it was made an id token is taken.
const FRESH_SECONDS: i64 = 600;
/// The algorithms that an id token may be signed by: none with a shared secret, and `none` least of all.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// What a provider has proved of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proven {
    /// A digest of issuer and subject.
    pub(crate) identity: String,
    /// An address that the provider has verified.
    pub(crate) email: Option<Address>,
    /// How the person is called there.
    pub(crate) name: Option<String>,
}

/// What one sign-in is made with. All of it follows from what the browser keeps and from `state`, so that it is stored
/// nowhere else.
pub(crate) struct Challenge {
    pub(crate) state: String,
    verifier: String,
    nonce: String,
}

impl Challenge {
    /// The challenge of a browser that keeps `secret`, for a sign-in with this `state`.
    pub(crate) fn new(secret: &str, state: &str) -> Self {
        let derived = |what: &str| URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{what} {secret} {state}")));
        Self { state: state.to_owned(), verifier: derived("verifier"), nonce: derived("nonce") }
    }

    /// RFC 7636, 4.2: the method `S256`.
    fn code_challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(&self.verifier))
    }
}

/// The configured providers, by their names. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Providers(Arc<BTreeMap<String, Provider>>);

/// One provider.
pub(crate) struct Provider {
    /// Its name in addresses.
    pub(crate) id: String,
    /// Its name for people.
    pub(crate) name: String,
    protocol: Protocol,
    client_id: String,
    client_secret: Option<String>,
    scopes: String,
    /// Whether only https is spoken with it; on one machine a provider may speak http.
    https: bool,
    http: OnceLock<Client>,
    known: Mutex<Known>,
}

enum Protocol {
    OpenId { issuer: String },
    GitHub { web: String, api: String },
}

/// What was fetched from an issuer.
#[derive(Default)]
struct Known {
    metadata: Option<(Instant, Arc<Metadata>)>,
    keys: Option<(Instant, Arc<Vec<Jwk>>)>,
    refreshed: Option<Instant>,
}

/// A provider as it is configured.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Configured {
    id: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    issuer: Option<String>,
    client_id: String,
    /// For one machine alone; see `SIGN_IN_SECRETS`.
    #[serde(default)]
    client_secret: Option<String>,
    #[serde(default)]
    scopes: Option<String>,
    #[serde(default)]
    web: Option<String>,
    #[serde(default)]
    api: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    #[default]
    Oidc,
    GitHub,
}

/// What is used of a discovery document.
#[derive(Debug, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    jwks_uri: Url,
    #[serde(default)]
    userinfo_endpoint: Option<Url>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Providers {
    /// Reads `SIGN_IN_PROVIDERS`, a JSON array (docs/deploy.md says of what), and `SIGN_IN_SECRETS`, a JSON object with the
    /// clients' secrets by their providers' names. Without the first there are no providers.
    ///
    /// # Errors
    /// When one of them cannot be read, or says something that must not be.
    pub(crate) fn from_environment(app_url: &str) -> Result<Self, EnvironmentError> {
        let invalid = |name, error: anyhow::Error| EnvironmentError::Invalid { name, reason: format!("{error:#}") };
        let secrets: BTreeMap<String, String> = match optional("SIGN_IN_SECRETS") {
            // What is wrong with it is not said, as it would be shown.
            Some(text) => serde_json::from_str(&text)
                .map_err(|_| invalid("SIGN_IN_SECRETS", anyhow::anyhow!("it is no JSON object of texts")))?,
            None => BTreeMap::new(),
        };
        match optional("SIGN_IN_PROVIDERS") {
            Some(text) => Self::read(&text, &secrets, app_url).map_err(|error| invalid("SIGN_IN_PROVIDERS", error)),
            None => Ok(Self::default()),
        }
    }

    fn read(text: &str, secrets: &BTreeMap<String, String>, app_url: &str) -> anyhow::Result<Self> {
        let configured: Vec<Configured> = serde_json::from_str(text)?;
        let https = app_url.starts_with("https://");
        let mut all = BTreeMap::new();
        for one in configured {
            let id = one.id.clone();
            let provider = Provider::configured(one, secrets.get(&id), https).with_context(|| id.clone())?;
            ensure!(all.insert(id.clone(), provider).is_none(), "{id} is there twice");
        }
        Ok(Self(Arc::new(all)))
    }

    /// The provider of this name.
    pub(crate) fn get(&self, id: &str) -> Option<&Provider> {
        self.0.get(id)
    }

    /// All of them, in the order of their names.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Provider> {
        self.0.values()
    }
}

impl Provider {
    fn configured(one: Configured, secret: Option<&String>, https: bool) -> anyhow::Result<Self> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        ensure!((1..=32).contains(&one.id.len()) && one.id.chars().all(plain), "a name is 1 to 32 of a-z, 0-9 and -");
        // A route of its own has that name.
        ensure!(one.id != "finish", "this name is taken");
        ensure!(!(https && one.client_secret.is_some()), "a client's secret belongs into SIGN_IN_SECRETS");
        let address = |url: &str| -> anyhow::Result<String> {
            let parsed = Url::parse(url)?;
            ensure!(parsed.scheme() == "https" || (!https && parsed.scheme() == "http"), "{url} is not https");
            ensure!(parsed.query().is_none() && parsed.fragment().is_none(), "{url} has a query or a fragment");
            Ok(url.to_owned())
        };
        let (protocol, scopes) = match one.kind {
            Kind::Oidc => {
                ensure!(one.web.is_none() && one.api.is_none(), "`web` and `api` are for `github` alone");
                let issuer = address(&one.issuer.context("there is no `issuer`")?)?;
                (Protocol::OpenId { issuer }, "openid email profile")
            }
            Kind::GitHub => {
                ensure!(one.issuer.is_none(), "`github` has no `issuer`");
                let web = address(one.web.as_deref().unwrap_or("https://github.com"))?;
                let api = address(one.api.as_deref().unwrap_or("https://api.github.com"))?;
                (Protocol::GitHub { web, api }, "read:user user:email")
            }
        };
        Ok(Self {
            name: one.name.unwrap_or_else(|| one.id.clone()),
            id: one.id,
            protocol,
            client_id: one.client_id,
            client_secret: secret.cloned().or(one.client_secret),
            scopes: one.scopes.unwrap_or_else(|| scopes.to_owned()),
            https,
            http: OnceLock::new(),
            known: Mutex::default(),
        })
    }

    /// Where the browser goes to sign in.
    ///
    /// # Errors
    /// When the issuer cannot be reached, or describes itself as another.
    pub(crate) async fn authorization_url(&self, challenge: &Challenge, redirect_uri: &str) -> anyhow::Result<Url> {
        let (mut url, is_openid) = match &self.protocol {
            Protocol::OpenId { .. } => (self.metadata().await?.authorization_endpoint.clone(), true),
            Protocol::GitHub { web, .. } => (Url::parse(&format!("{web}/login/oauth/authorize"))?, false),
        };
        let code_challenge = challenge.code_challenge();
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", &self.scopes)
            .append_pair("state", &challenge.state)
            .append_pair("code_challenge", &code_challenge)
            .append_pair("code_challenge_method", "S256");
        if is_openid {
            query.append_pair("nonce", &challenge.nonce);
        }
        drop(query);
        Ok(url)
    }

    /// Whether an answer that names this issuer, or none, can be this provider's (RFC 9207): one that was made by another,
    /// and sent here for its code to be handed to the wrong one, cannot.
    ///
    /// # Errors
    /// When the issuer cannot be reached.
    pub(crate) async fn is_answer_of(&self, issuer: Option<&str>) -> anyhow::Result<bool> {
        match (&self.protocol, issuer) {
            (Protocol::OpenId { issuer: own }, Some(issuer)) => Ok(issuer == own),
            (Protocol::OpenId { .. }, None) => {
                Ok(!self.metadata().await?.authorization_response_iss_parameter_supported)
            }
            // It says none; GitHub's documentation knows one by another path, so nothing is made of it.
            (Protocol::GitHub { .. }, _) => Ok(true),
        }
    }

    /// Exchanges a code for what it proves.
    ///
    /// # Errors
    /// When the provider refuses the code or does not answer, or what it answers proves nothing.
    pub(crate) async fn redeem(&self, code: &str, challenge: &Challenge, redirect_uri: &str) -> anyhow::Result<Proven> {
        match &self.protocol {
            Protocol::OpenId { issuer } => self.redeem_openid(issuer, code, challenge, redirect_uri).await,
            Protocol::GitHub { web, api } => self.redeem_github(web, api, code, challenge, redirect_uri).await,
        }
    }

    async fn redeem_openid(
        &self,
        issuer: &str,
        code: &str,
        challenge: &Challenge,
        redirect_uri: &str,
    ) -> anyhow::Result<Proven> {
        #[derive(Deserialize)]
        struct Tokens {
            id_token: String,
            access_token: Option<String>,
        }
        let metadata = self.metadata().await?;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", &challenge.verifier),
        ];
        let mut request = self.client()?.post(metadata.token_endpoint.clone()).header(ACCEPT, "application/json");
        let methods = metadata.token_endpoint_auth_methods_supported.as_deref();
        let by_form = methods.is_some_and(|methods| !methods.iter().any(|method| method == "client_secret_basic"));
        match &self.client_secret {
            Some(secret) if by_form => form.extend([("client_id", self.client_id.as_str()), ("client_secret", secret)]),
            // RFC 6749, 2.3.1: both are written as in a form before they are joined.
            Some(secret) => {
                let written = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
                let both = STANDARD.encode(format!("{}:{}", written(&self.client_id), written(secret)));
                request = request.header(AUTHORIZATION, format!("Basic {both}"));
            }
            None => form.push(("client_id", &self.client_id)),
        }
        let tokens: Tokens = answer(request.form(&form)).await.context("the token endpoint")?;
        let claims = self.verify(issuer, &tokens.id_token, &challenge.nonce).await.context("the id token")?;
        let mut said = Said::of(&claims);
        // In the code flow some issuers tell the address at the userinfo endpoint alone (OpenID Connect Core 1.0, 5.4).
        if claims.get("email").is_none()
            && let (Some(endpoint), Some(token)) = (&metadata.userinfo_endpoint, &tokens.access_token)
        {
            let request = self.client()?.get(endpoint.clone()).bearer_auth(token);
            let more: Value = answer(request).await.context("the userinfo endpoint")?;
            // 5.3.2: of another subject nothing may be used.
            ensure!(more["sub"].is_string() && more["sub"] == claims["sub"], "the userinfo is about somebody else");
            let more = Said::of(&more);
            said = Said { email: more.email, name: said.name.or(more.name) };
        }
        let subject = claims["sub"].as_str().context("no subject")?;
        Ok(Proven { identity: keys::identity_digest(issuer, subject), email: said.email, name: said.name })
    }

    async fn redeem_github(
        &self,
        web: &str,
        api: &str,
        code: &str,
        challenge: &Challenge,
        redirect_uri: &str,
    ) -> anyhow::Result<Proven> {
        #[derive(Deserialize)]
        struct Tokens {
            access_token: Option<String>,
        }
        #[derive(Deserialize)]
        struct Account {
            id: u64,
            name: Option<String>,
        }
        #[derive(Deserialize)]
        struct Mail {
            email: String,
            primary: bool,
            verified: bool,
        }
        let mut form = vec![
            ("client_id", self.client_id.as_str()),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", &challenge.verifier),
        ];
        form.extend(self.client_secret.as_deref().map(|secret| ("client_secret", secret)));
        let request = self.client()?.post(format!("{web}/login/oauth/access_token")).header(ACCEPT, "application/json");
        // It refuses a code with the status 200 and no token.
        let tokens: Tokens = answer(request.form(&form)).await.context("the token endpoint")?;
        let token = tokens.access_token.context("the code was refused")?;
        let get = |path: &str| {
            let request = self.client()?.get(format!("{api}/{path}")).bearer_auth(&token);
            anyhow::Ok(request.header(ACCEPT, "application/vnd.github+json"))
        };
        let account: Account = answer(get("user")?).await.context("the account")?;
        let mails: Vec<Mail> = answer(get("user/emails")?).await.context("the addresses")?;
        let mail = mails.into_iter().find(|mail| mail.primary && mail.verified);
        Ok(Proven {
            // The number stays when somebody changes their name there, and names are given to others.
            identity: keys::identity_digest(web, &account.id.to_string()),
            email: mail.and_then(|mail| Address::parse(&mail.email).ok()),
            name: account.name.and_then(|name| crate::profile::name(&name).ok()),
        })
    }

    /// What an id token says, if it is one of this issuer for this client in this sign-in.
    async fn verify(&self, issuer: &str, token: &str, nonce: &str) -> anyhow::Result<Value> {
        ensure!(token.len() <= LONGEST_TOKEN, "it is too long");
        let header = jsonwebtoken::decode_header(token)?;
        ensure!(ALGORITHMS.contains(&header.alg), "it is signed by {:?}", header.alg);
        // A token of the same issuer for another use is none (RFC 8725, 3.11).
        ensure!(header.typ.as_deref().is_none_or(|typ| typ.eq_ignore_ascii_case("JWT")), "it is of another type");
        let key = self.key(header.kid.as_deref(), header.alg).await?;
        let mut validation = Validation::new(header.alg);
        validation.leeway = LEEWAY_SECONDS;
        validation.validate_nbf = true;
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[&self.client_id]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let claims = jsonwebtoken::decode::<Value>(token, &DecodingKey::from_jwk(&key)?, &validation)?.claims;
        self.check(&claims, nonce)?;
        Ok(claims)
    }

    /// What OpenID Connect asks of an id token beyond what every JWT is asked.
    fn check(&self, claims: &Value, nonce: &str) -> anyhow::Result<()> {
        let for_others = claims["aud"].as_array().is_some_and(|audiences| audiences.len() > 1);
        match claims.get("azp") {
            Some(party) => ensure!(*party == self.client_id.as_str(), "it was made for another client"),
            None => ensure!(!for_others, "it is for others as well, and does not say for whom it was made"),
        }
        let sent = claims["nonce"].as_str().unwrap_or_default();
        ensure!(bool::from(sent.as_bytes().ct_eq(nonce.as_bytes())), "it is of another sign-in");
        let made = claims["iat"].as_f64().context("it does not say when it was made")?;
        let age = Timestamp::now().as_second() as f64 - made;
        ensure!((-(LEEWAY_SECONDS as f64)..=FRESH_SECONDS as f64).contains(&age), "it was not made just now");
        let subject = claims["sub"].as_str().unwrap_or_default();
        ensure!(
            (1..=LONGEST_SUBJECT).contains(&subject.len()) && !subject.chars().any(char::is_control),
            "its subject is none"
        );
        Ok(())
    }

    /// The issuer's key by which a token with this header is to be verified.
    async fn key(&self, kid: Option<&str>, alg: Algorithm) -> anyhow::Result<Jwk> {
        let metadata = self.metadata().await?;
        let mut known = self.known.lock().await;
        let now = Instant::now();
        let kept = known.keys.as_ref().filter(|(fetched, _)| now.duration_since(*fetched) < KEPT);
        let keys = match kept {
            Some((_, keys)) => Arc::clone(keys),
            None => {
                let keys = Arc::new(self.fetch_keys(&metadata).await?);
                known.keys = Some((now, Arc::clone(&keys)));
                keys
            }
        };
        if let Some(key) = find(&keys, kid, alg) {
            return Ok(key.clone());
        }
        // What was fetched just now is not fetched again.
        let just_fetched = known.keys.as_ref().is_some_and(|(fetched, _)| *fetched == now);
        let refreshed = known.refreshed.is_some_and(|at| now.duration_since(at) < REFRESH);
        ensure!(!just_fetched && !refreshed, "no key of the issuer is its key");
        known.refreshed = Some(now);
        let keys = Arc::new(self.fetch_keys(&metadata).await?);
        known.keys = Some((now, Arc::clone(&keys)));
        find(&keys, kid, alg).cloned().context("no key of the issuer is its key")
    }

    async fn fetch_keys(&self, metadata: &Metadata) -> anyhow::Result<Vec<Jwk>> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = answer(self.client()?.get(metadata.jwks_uri.clone())).await.context("the keys")?;
        // A key of a kind that is not known here is no hindrance to the others.
        Ok(set.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect())
    }

    async fn metadata(&self) -> anyhow::Result<Arc<Metadata>> {
        let Protocol::OpenId { issuer } = &self.protocol else { bail!("it has no description") };
        let mut known = self.known.lock().await;
        let now = Instant::now();
        if let Some((fetched, metadata)) = &known.metadata
            && now.duration_since(*fetched) < KEPT
        {
            return Ok(Arc::clone(metadata));
        }
        let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let metadata: Metadata = answer(self.client()?.get(url)).await.context("the issuer's description")?;
        ensure!(metadata.issuer == *issuer, "the issuer describes itself as another");
        let endpoints = [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri];
        for endpoint in endpoints.into_iter().chain(&metadata.userinfo_endpoint) {
            ensure!(!self.https || endpoint.scheme() == "https", "{} is not https", endpoint.path());
        }
        let metadata = Arc::new(metadata);
        known.metadata = Some((now, Arc::clone(&metadata)));
        Ok(metadata)
    }

    /// Made at the first use, which most starts of the function never come to.
    fn client(&self) -> anyhow::Result<&Client> {
        if let Some(client) = self.http.get() {
            return Ok(client);
        }
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(PATIENCE)
            .timeout(PATIENCE)
            .https_only(self.https)
            // GitHub answers nobody without a name.
            .user_agent("vitae")
            .build()?;
        Ok(self.http.get_or_init(|| client))
    }
}

/// What is said of a person.
#[derive(Debug, Default)]
struct Said {
    email: Option<Address>,
    name: Option<String>,
}

impl Said {
    fn of(claims: &Value) -> Self {
        // Some issuers write the word as text.
        let verified = claims["email_verified"] == true || claims["email_verified"] == "true";
        let email = claims["email"].as_str().filter(|_| verified).and_then(|email| Address::parse(email).ok());
        Self { email, name: claims["name"].as_str().and_then(|name| crate::profile::name(name).ok()) }
    }
}

/// The key of a set that a token names, or, where it names none, the only one that it can mean.
fn find<'a>(keys: &'a [Jwk], kid: Option<&str>, alg: Algorithm) -> Option<&'a Jwk> {
    let fits = |key: &&Jwk| {
        let common = &key.common;
        common.public_key_use.as_ref().is_none_or(|used| *used == PublicKeyUse::Signature)
            && common.key_algorithm.is_none_or(|own| format!("{own:?}") == format!("{alg:?}"))
            && DecodingKey::from_jwk(key).is_ok_and(|key| key.family().algorithms().contains(&alg))
    };
    let mut fitting = keys.iter().filter(fits);
    match kid {
        Some(kid) => fitting.find(|key| key.common.key_id.as_deref() == Some(kid)),
        None => fitting.next().filter(|_| fitting.next().is_none()),
    }
}

/// A provider's answer as JSON, if it is a good one and no larger than any is.
async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> anyhow::Result<T> {
    // Addresses may hold what nobody else should see.
    let mut response = request.send().await.map_err(reqwest::Error::without_url)?;
    ensure!(response.status().is_success(), "it answered {}", response.status());
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(reqwest::Error::without_url)? {
        ensure!(body.len() + piece.len() <= LARGEST_ANSWER, "it answered with too much");
        body.extend_from_slice(&piece);
    }
    // Not with serde's own words, which may repeat what was sent.
    serde_json::from_slice(&body).ok().context("its answer is not of the form that it should have")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(configured: Value, app_url: &str) -> anyhow::Result<Providers> {
        Providers::read(&configured.to_string(), &BTreeMap::new(), app_url)
    }

    const APP: &str = "https://app.example";

    #[test]
    fn what_would_open_a_hole_cannot_be_configured() {
        let good = json!([
            {"id": "google", "name": "Google", "issuer": "https://accounts.google.com", "client_id": "a"},
            {"id": "github", "kind": "github", "client_id": "b"},
        ]);
        let providers = read(good, APP).unwrap();
        assert_eq!(providers.all().map(|provider| provider.name.as_str()).collect::<Vec<_>>(), ["github", "Google"]);
        for (what, bad) in [
            ("http", json!([{"id": "a", "issuer": "http://issuer.example", "client_id": "a"}])),
            ("a query", json!([{"id": "a", "issuer": "https://issuer.example?x", "client_id": "a"}])),
            ("no issuer", json!([{"id": "a", "client_id": "a"}])),
            ("a name that is a route", json!([{"id": "finish", "issuer": "https://a.example", "client_id": "a"}])),
            ("a name with a slash", json!([{"id": "a/b", "issuer": "https://a.example", "client_id": "a"}])),
            (
                "a secret among the parameters",
                json!([{"id": "a", "issuer": "https://a.example", "client_id": "a", "client_secret": "s"}]),
            ),
            ("an unknown member", json!([{"id": "a", "issuer": "https://a.example", "client_id": "a", "trust": true}])),
            (
                "one name twice",
                json!([{"id": "a", "issuer": "https://a.example", "client_id": "a"}, {"id": "a", "issuer": "https://b.example", "client_id": "a"}]),
            ),
        ] {
            assert!(read(bad, APP).is_err(), "{what}");
        }
        // On one machine a provider may speak http and have its secret beside it.
        let local = json!([{"id": "a", "issuer": "http://127.0.0.1:9", "client_id": "a", "client_secret": "s"}]);
        assert!(read(local, "http://127.0.0.1:8080").is_ok());
    }

    #[test]
    fn what_is_sent_follows_from_browser_and_state_and_gives_neither_away() {
        let challenge = Challenge::new("secret", "state");
        assert_eq!(challenge.verifier.len(), 43);
        assert_ne!(challenge.verifier, challenge.nonce);
        assert_eq!(challenge.nonce, Challenge::new("secret", "state").nonce);
        assert_ne!(challenge.nonce, Challenge::new("secret", "other").nonce);
        assert_ne!(challenge.verifier, Challenge::new("other", "state").verifier);
        // RFC 7636, appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned();
        let known = Challenge { verifier, ..challenge };
        assert_eq!(known.code_challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn an_id_token_is_for_this_client_in_this_sign_in_and_now() {
        let providers = read(json!([{"id": "a", "issuer": "https://a.example", "client_id": "vitae"}]), APP).unwrap();
        let provider = providers.get("a").unwrap();
        let now = Timestamp::now().as_second();
        let good = json!({"sub": "1", "aud": "vitae", "iat": now, "nonce": "n"});
        assert!(provider.check(&good, "n").is_ok());
        let with = |name: &str, value: Value| {
            let mut changed = good.clone();
            changed[name] = value;
            changed
        };
        let shared = with("aud", json!(["vitae", "other"]));
        for bad in [
            with("nonce", json!("m")),
            with("nonce", Value::Null),
            with("azp", json!("other")),
            shared.clone(),
            with("iat", json!(now - 3600)),
            with("iat", json!(now + 3600)),
            with("iat", json!("now")),
            with("sub", json!("")),
            with("sub", json!("1\n2")),
            with("sub", json!("x".repeat(256))),
        ] {
            assert!(provider.check(&bad, "n").is_err(), "{bad}");
        }
        let mut for_us = shared;
        for_us["azp"] = json!("vitae");
        assert!(provider.check(&for_us, "n").is_ok());
    }

    #[test]
    fn only_a_verified_address_is_taken() {
        let email = |claims: Value| Said::of(&claims).email.map(|email| email.as_str().to_owned());
        assert_eq!(email(json!({"email": "a@b.org", "email_verified": true})).as_deref(), Some("a@b.org"));
        assert_eq!(email(json!({"email": "a@b.org", "email_verified": "true"})).as_deref(), Some("a@b.org"));
        for claims in [
            json!({"email": "a@b.org"}),
            json!({"email": "a@b.org", "email_verified": false}),
            json!({"email": "a@b.org", "email_verified": 1}),
            json!({"email": "a", "email_verified": true}),
        ] {
            assert_eq!(email(claims), None);
        }
    }

    #[test]
    fn a_key_is_found_by_its_id_and_only_for_its_own_use() {
        let ed = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        let key = |kid: &str, more: Value| -> Jwk {
            let mut key = ed.clone();
            key["kid"] = json!(kid);
            key.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            serde_json::from_value(key).unwrap()
        };
        let keys = [key("a", json!({})), key("b", json!({"use": "enc"})), key("c", json!({"alg": "ES256"}))];
        let found = |kid: Option<&str>, alg| find(&keys, kid, alg).and_then(|key| key.common.key_id.as_deref());
        assert_eq!(found(Some("a"), Algorithm::EdDSA), Some("a"));
        assert_eq!(found(None, Algorithm::EdDSA), Some("a"));
        for (kid, alg) in [
            (Some("b"), Algorithm::EdDSA),
            (Some("c"), Algorithm::EdDSA),
            (Some("x"), Algorithm::EdDSA),
            (Some("a"), Algorithm::ES256),
            (Some("a"), Algorithm::HS256),
        ] {
            assert_eq!(found(kid, alg), None, "{kid:?} {alg:?}");
        }
        let two = [key("a", json!({})), key("d", json!({}))];
        assert!(find(&two, None, Algorithm::EdDSA).is_none(), "which of two is meant must be said");
    }

    #[tokio::test]
    async fn made_up_keys_cannot_have_a_provider_asked_without_end() {
        use wiremock::matchers::path;
        use wiremock::{Mock, MockServer, ResponseTemplate};
        let server = MockServer::start().await;
        let issuer = server.uri();
        let at = |path: &str| format!("{issuer}{path}");
        let description = json!({
            "issuer": issuer, "authorization_endpoint": at("/a"), "token_endpoint": at("/t"), "jwks_uri": at("/keys"),
        });
        let described = ResponseTemplate::new(200).set_body_json(description);
        Mock::given(path("/.well-known/openid-configuration")).respond_with(described).mount(&server).await;
        let key =
            json!({"kid": "a", "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        // A key of a kind that nobody knows is no hindrance.
        let keys = json!({ "keys": [{ "kty": "new", "kid": "n" }, key] });
        let keys = ResponseTemplate::new(200).set_body_json(keys);
        Mock::given(path("/keys")).respond_with(keys).mount(&server).await;
        let configured = json!([{"id": "a", "issuer": issuer, "client_id": "vitae"}]);
        let providers = read(configured, "http://127.0.0.1:8080").unwrap();
        let provider = providers.get("a").unwrap();
        let asked = async || {
            let requests = server.received_requests().await.unwrap_or_default();
            requests.iter().filter(|request| request.url.path() == "/keys").count()
        };
        assert!(provider.key(Some("a"), Algorithm::EdDSA).await.is_ok());
        assert_eq!(asked().await, 1);
        // An unknown key may be a new one, so it is asked once more; then not for a minute.
        for nth in 0..5 {
            assert!(provider.key(Some(&format!("made up {nth}")), Algorithm::EdDSA).await.is_err());
        }
        assert_eq!(asked().await, 2);
        assert!(provider.key(Some("a"), Algorithm::EdDSA).await.is_ok());
        assert_eq!(asked().await, 2);
    }
}
