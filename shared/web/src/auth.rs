//! Who asks: access tokens (JWT, RFC 7519 and 8725) signed by the KMS key, verified here with its public half.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Method, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;
use uuid::Uuid;
use vitae_runtime::{metrics, telemetry};
use vitae_store::Role;

use crate::api_key::ApiKeySecret;
use crate::app::Web;
use crate::permissions::Permission;
use crate::problem::Problem;

/// `aud` of every access token.
pub const AUDIENCE: &str = "vitae";
/// Lifetime of an access token, in minutes.
pub const ACCESS_TOKEN_MINUTES: i64 = 15;
/// `typ` of every access token (RFC 9068).
pub const ACCESS_TOKEN_TYPE: &str = "at+jwt";
/// Longest access token that is looked at, in bytes.
const LONGEST_TOKEN: usize = 4096;
/// Seconds by which two machines' clocks may differ.
const LEEWAY_SECONDS: u64 = 5;

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who made it: the app's public address.
    pub iss: String,
    /// Whom it is for: [`AUDIENCE`].
    pub aud: String,
    /// The person.
    pub sub: Uuid,
    /// The session that it was made for.
    pub sid: Uuid,
    /// Its own id.
    pub jti: Uuid,
    /// What the person may do.
    pub role: Role,
    /// When it was made, seconds since 1970.
    pub iat: i64,
    /// When it ends, seconds since 1970.
    pub exp: i64,
    /// When the person last proved who they are, seconds since 1970.
    pub auth_time: i64,
    /// By which means (RFC 8176).
    pub amr: Vec<String>,
}

/// Why a token is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// It is malformed, of another issuer, or signed by another key.
    #[error("the token is not valid")]
    Invalid,
    /// It was good once: it is one of ours and has run out, as each does after some minutes.
    #[error("the token has expired")]
    Expired,
    /// The public key could not be had.
    #[error("the signing key cannot be read: {0}")]
    Unavailable(String),
}

/// An Ed25519 key, by what it is named, and as what verifies with it.
struct PublicKey {
    bytes: [u8; 32],
    kid: String,
    decoding: DecodingKey,
}

impl PublicKey {
    fn new(bytes: [u8; 32]) -> Self {
        Self { bytes, kid: thumbprint(&bytes), decoding: DecodingKey::from_ed_der(&bytes) }
    }
}

/// A key that is trusted, which is fetched when it is first needed.
#[derive(Default)]
struct TrustedKey {
    key: OnceCell<PublicKey>,
    source: Option<(aws_sdk_kms::Client, String)>,
}

/// Verifies access tokens. A public key is fetched once per environment: the one that signs at the first token, and the
/// other, if there is one, at the first token that names another key.
#[derive(Clone)]
pub struct Verifier {
    keys: Arc<[TrustedKey]>,
    issuer: Arc<str>,
}

impl Verifier {
    /// A verifier of tokens signed for `issuer` by one of the KMS keys `key_ids`, of which the first signs now.
    pub fn from_kms(client: &aws_sdk_kms::Client, key_ids: impl IntoIterator<Item = String>, issuer: String) -> Self {
        let trusted = |key_id| TrustedKey { source: Some((client.clone(), key_id)), ..TrustedKey::default() };
        Self { keys: key_ids.into_iter().map(trusted).collect(), issuer: issuer.into() }
    }

    /// A verifier of tokens signed by one of the Ed25519 keys whose public halves are `public_keys` (32 bytes each).
    pub fn from_public_keys(public_keys: &[[u8; 32]], issuer: String) -> Self {
        let trusted =
            |bytes: &[u8; 32]| TrustedKey { key: OnceCell::new_with(Some(PublicKey::new(*bytes))), source: None };
        Self { keys: public_keys.iter().map(trusted).collect(), issuer: issuer.into() }
    }

    /// What a valid token says.
    ///
    /// # Errors
    /// See [`VerifyError`].
    pub async fn verify(&self, token: &str) -> Result<Claims, VerifyError> {
        // Ours have a few hundred bytes; reading more would only cost work.
        if token.len() > LONGEST_TOKEN {
            return Err(VerifyError::Invalid);
        }
        // The key signs statements of other types, too (RFC 8725, 3.11).
        let header = jsonwebtoken::decode_header(token).map_err(|_| VerifyError::Invalid)?;
        if header.typ.as_deref() != Some(ACCESS_TOKEN_TYPE) {
            return Err(VerifyError::Invalid);
        }
        // Among the keys that are trusted, and no others, the token says which (RFC 7515, 4.1.4).
        let key = self.key(header.kid.as_deref().unwrap_or_default()).await?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.leeway = LEEWAY_SECONDS;
        validation.validate_nbf = true;
        validation.set_issuer(&[&*self.issuer]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        jsonwebtoken::decode::<Claims>(token, &key.decoding, &validation).map(|token| token.claims).map_err(|error| {
            match error.kind() {
                // Said only of a token whose signature is good.
                ErrorKind::ExpiredSignature => VerifyError::Expired,
                _ => VerifyError::Invalid,
            }
        })
    }

    /// The `kid` of the key that signs.
    ///
    /// # Errors
    /// [`VerifyError::Unavailable`] where it cannot be fetched.
    pub async fn signing_kid(&self) -> Result<&str, VerifyError> {
        let signing = self.keys.first().ok_or_else(no_key)?;
        Ok(&signing.get().await?.kid)
    }

    /// Each key that is trusted, by its `kid` and as its 32 bytes; the first signs.
    ///
    /// # Errors
    /// [`VerifyError::Unavailable`] where one cannot be fetched.
    pub async fn public_keys(&self) -> Result<Vec<(&str, [u8; 32])>, VerifyError> {
        let mut keys = Vec::with_capacity(self.keys.len());
        for trusted in &*self.keys {
            let key = trusted.get().await?;
            keys.push((&*key.kid, key.bytes));
        }
        Ok(keys)
    }

    async fn key(&self, kid: &str) -> Result<&PublicKey, VerifyError> {
        for trusted in &*self.keys {
            let key = trusted.get().await?;
            if key.kid == kid {
                return Ok(key);
            }
        }
        Err(VerifyError::Invalid)
    }
}

impl TrustedKey {
    async fn get(&self) -> Result<&PublicKey, VerifyError> {
        self.key.get_or_try_init(|| self.fetch()).await
    }

    async fn fetch(&self) -> Result<PublicKey, VerifyError> {
        let (client, key_id) = self.source.as_ref().ok_or_else(no_key)?;
        let answer =
            client.get_public_key().key_id(key_id).send().await.map_err(|error| {
                VerifyError::Unavailable(aws_sdk_kms::error::DisplayErrorContext(error).to_string())
            })?;
        let spki = answer.public_key.map(|blob| blob.into_inner()).unwrap_or_default();
        let key = ed25519_of(&spki).ok_or_else(|| VerifyError::Unavailable("it is no Ed25519 key".to_owned()))?;
        Ok(PublicKey::new(key))
    }
}

fn no_key() -> VerifyError {
    VerifyError::Unavailable("no key is configured".to_owned())
}

/// A key's thumbprint (RFC 7638; RFC 8037, appendix A.3), which is its `kid`.
fn thumbprint(public_key: &[u8; 32]) -> String {
    let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, URL_SAFE_NO_PAD.encode(public_key));
    URL_SAFE_NO_PAD.encode(Sha256::digest(members))
}

/// The 32 bytes of an Ed25519 key in its `SubjectPublicKeyInfo` (RFC 8410, section 4), whose first 12 bytes are always
/// the same.
fn ed25519_of(spki: &[u8]) -> Option<[u8; 32]> {
    const PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    spki.strip_prefix(&PREFIX)?.try_into().ok()
}

/// The person who asks: signed in, or by a key for machines. As an extractor: 401 for whoever is neither, 403 for a key
/// that may not do what is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct User {
    /// Their id.
    pub id: Uuid,
    /// The session that they ask in; nil for a key.
    pub session_id: Uuid,
    /// What they may do.
    pub role: Role,
}

impl User {
    /// # Errors
    /// 403 for whoever has not this permission by their role.
    pub fn require(&self, permission: Permission) -> Result<(), Problem> {
        if permission.is_of(self.role) { Ok(()) } else { Err(Problem::forbidden("This is for administrators.")) }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for User {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // Layers before the handler may have asked already.
        if let Some(user) = parts.extensions.get::<Self>() {
            return Ok(*user);
        }
        let web =
            parts.extensions.get::<Web>().ok_or_else(|| Problem::internal("a route stands outside the application"))?;
        let token = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .ok_or_else(|| Problem::unauthorized("Sign in, and send the access token as `Authorization: Bearer …`."))?;
        if ApiKeySecret::is_one(token) {
            let user = by_api_key(web, token, &parts.method, parts.uri.path()).await?;
            parts.extensions.insert(user);
            return Ok(user);
        }
        let claims = web.verifier.verify(token).await.map_err(|error| {
            if matches!(error, VerifyError::Invalid) {
                tracing::warn!("an access token that is none of ours was refused");
                metrics::add(metrics::TOKENS_REFUSED, 1);
            }
            match error {
                VerifyError::Invalid | VerifyError::Expired => {
                    Problem::unauthorized("The access token is not valid or has expired. Refresh it, or sign in again.")
                }
                VerifyError::Unavailable(_) => Problem::unavailable(error),
            }
        })?;
        telemetry::note_user(claims.sub);
        let user = Self { id: claims.sub, session_id: claims.sid, role: claims.role };
        parts.extensions.insert(user);
        Ok(user)
    }
}

/// Whoever a key for machines acts for, if the key may do what is asked. It has no session, so that routes which look that
/// up refuse it, too.
async fn by_api_key(web: &Web, token: &str, method: &Method, path: &str) -> Result<User, Problem> {
    let refused = || {
        metrics::add(metrics::TOKENS_REFUSED, 1);
        Problem::unauthorized("The key is not valid, or was revoked, or has expired.")
    };
    let sent = ApiKeySecret::decode(token).ok_or_else(refused)?;
    let (key, person) = tokio::join!(web.store.api_key(sent.user_id, sent.key_id), web.store.person(sent.user_id));
    let key = key?.filter(|key| sent.is_of(key)).ok_or_else(refused)?;
    let person = person?.filter(|person| person.suspended_at.is_none()).ok_or_else(refused)?;
    telemetry::note_user(person.user_id);
    let needed = Permission::needed(method, path).filter(|permission| permission.is_scope());
    if !needed.is_some_and(|permission| key.scopes.iter().any(|scope| scope == permission.name())) {
        return Err(Problem::forbidden(match needed {
            Some(permission) => format!("The key has not the scope `{}`.", permission.name()),
            None => "No key may do this; sign in.".to_owned(),
        }));
    }
    if let Err(error) = web.store.note_key_use(&key).await {
        tracing::warn!(%error, "the use of a key was not noted");
    }
    Ok(User { id: person.user_id, session_id: Uuid::nil(), role: Role::User })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_ed25519_key_is_taken() {
        let mut spki = vec![0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
        spki.extend([7; 32]);
        assert_eq!(ed25519_of(&spki), Some([7; 32]));
        spki.push(0);
        assert_eq!(ed25519_of(&spki), None);
    }

    #[test]
    fn the_thumbprint_is_that_of_the_rfc() {
        // RFC 8037, appendix A.2 and A.3.
        let x = URL_SAFE_NO_PAD.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap();
        assert_eq!(thumbprint(&x.try_into().unwrap()), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[tokio::test]
    async fn a_token_that_nobody_signed_is_refused() {
        let verifier = Verifier::from_public_keys(&[[7; 32]], "https://app.example".to_owned());
        for token in ["", "a.b.c", "eyJhbGciOiJub25lIn0.e30."] {
            assert!(matches!(verifier.verify(token).await, Err(VerifyError::Invalid)), "{token}");
        }
    }
}
