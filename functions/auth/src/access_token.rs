//! Access tokens: JWTs whose signature KMS makes (RFC 7519, RFC 8037), and the public half of the key (RFC 7517).

use std::sync::Arc;

use anyhow::Context;
use aws_sdk_kms::error::DisplayErrorContext;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{MessageType, SigningAlgorithmSpec};
use axum::extract;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;
use vitae_store::{Person, Session};
use vitae_web::{ACCESS_TOKEN_MINUTES, ACCESS_TOKEN_TYPE, AUDIENCE, Claims, Json, Problem, ProblemBody, Verifier, Web};

use crate::State;

/// Seconds for which an access token is good.
pub(crate) const LIFETIME_SECONDS: i64 = ACCESS_TOKEN_MINUTES * 60;

/// Makes access tokens. Cheap to clone. The private key never leaves KMS.
#[derive(Clone)]
pub(crate) struct Signer {
    client: aws_sdk_kms::Client,
    key_id: Arc<str>,
    verifier: Verifier,
    issuer: Arc<str>,
}

impl Signer {
    /// A signer with the KMS key `key_id`, whose tokens `web` accepts.
    pub(crate) fn new(client: aws_sdk_kms::Client, key_id: String, web: &Web) -> Self {
        Self { client, key_id: key_id.into(), verifier: web.verifier().clone(), issuer: web.app_url().into() }
    }

    /// A token for `person` in `session`, good from the session's last use on.
    ///
    /// # Errors
    /// 503 when KMS does not answer.
    pub(crate) async fn sign(&self, person: &Person, session: &Session) -> Result<AccessToken, Problem> {
        let claims = claims(&self.issuer, person, session);
        let token = self.signed(&claims).await.map_err(|error| Problem::unavailable(format!("{error:#}")))?;
        Ok(AccessToken { token, expires_in: claims.exp - claims.iat })
    }

    async fn signed(&self, claims: &Claims) -> anyhow::Result<String> {
        self.sign_statement(ACCESS_TOKEN_TYPE, claims).await
    }

    /// A statement of ours as a JWS of this type, which is none of an access token's.
    ///
    /// # Errors
    /// When KMS does not answer.
    pub(crate) async fn sign_statement(&self, typ: &str, claims: &impl Serialize) -> anyhow::Result<String> {
        let unsigned = unsigned(typ, claims, self.verifier.signing_kid().await?)?;
        let answer = self
            .client
            .sign()
            .key_id(&*self.key_id)
            .signing_algorithm(SigningAlgorithmSpec::Ed25519Sha512)
            .message_type(MessageType::Raw)
            .message(Blob::new(unsigned.as_bytes()))
            .send()
            .await
            .map_err(|error| anyhow::anyhow!("KMS did not sign: {}", DisplayErrorContext(error)))?;
        let signature = answer.signature.context("KMS answered without a signature")?;
        Ok(format!("{unsigned}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// An access token and for how many seconds it is good.
pub(crate) struct AccessToken {
    pub(crate) token: String,
    pub(crate) expires_in: i64,
}

fn claims(issuer: &str, person: &Person, session: &Session) -> Claims {
    let now = session.last_used_at;
    // A session's last token ends with the session.
    let end = now + SignedDuration::from_secs(LIFETIME_SECONDS);
    Claims {
        iss: issuer.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: person.user_id,
        sid: session.session_id,
        jti: Uuid::now_v7(),
        role: person.role,
        iat: now.as_second(),
        exp: end.min(session.ends_at).as_second(),
        auth_time: session.proved_at().as_second(),
        amr: session.amr.clone(),
    }
}

/// Header and claims as they are signed. The type keeps a token for another use from being taken for one of these
/// (RFC 8725, 3.11).
fn unsigned(typ: &str, claims: &impl Serialize, kid: &str) -> anyhow::Result<String> {
    let header = json!({ "alg": "EdDSA", "typ": typ, "kid": kid });
    let part = |json: Vec<u8>| URL_SAFE_NO_PAD.encode(json);
    Ok(format!("{}.{}", part(serde_json::to_vec(&header)?), part(serde_json::to_vec(claims)?)))
}

/// A set of public keys (RFC 7517).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeySet {
    keys: Vec<Key>,
}

/// A public key.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Key {
    #[schema(example = "OKP")]
    kty: &'static str,
    #[schema(example = "Ed25519")]
    crv: &'static str,
    /// The key itself, base64url.
    x: String,
    /// RFC 7638 thumbprint; the tokens' header names it.
    kid: String,
    #[schema(example = "EdDSA")]
    alg: &'static str,
    #[schema(example = "sig")]
    r#use: &'static str,
}

impl Key {
    fn new(kid: &str, public_key: [u8; 32]) -> Self {
        Self {
            kty: "OKP",
            crv: "Ed25519",
            x: URL_SAFE_NO_PAD.encode(public_key),
            kid: kid.to_owned(),
            alg: "EdDSA",
            r#use: "sig",
        }
    }
}

/// The public keys that access tokens are verified with.
///
/// One, or two while one takes the other's place: then the first signs, and the other is about to, or did until just now.
#[utoipa::path(
    get, path = "/.well-known/jwks.json", operation_id = "getKeys", tag = "Users and sessions", security(()),
    responses(
        (status = 200, body = KeySet, description = "A JSON Web Key Set; keep it for five minutes"),
        (status = 503, body = ProblemBody, content_type = "application/problem+json", description = "The key cannot be read now"),
    )
)]
pub(crate) async fn jwks(extract::State(state): extract::State<State>) -> Result<impl IntoResponse, Problem> {
    let public_keys = state.signer.verifier.public_keys().await.map_err(Problem::unavailable)?;
    let keys = public_keys.into_iter().map(|(kid, public_key)| Key::new(kid, public_key)).collect();
    let cached = [(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"))];
    Ok((cached, Json(KeySet { keys })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
    use jsonwebtoken::{Algorithm, EncodingKey};
    use serde_json::Value;
    use vitae_store::{Preferences, Role};

    /// What signs as KMS would, Ed25519 over the text itself, and what KMS tells of it.
    type KeyPair = (EncodingKey, [u8; 32]);

    fn key_pair() -> KeyPair {
        // A private key of PKCS #8 (RFC 8410, section 7): 16 bytes that are always the same, and 32 random ones.
        let mut der =
            vec![0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
        der.extend(rand::random::<[u8; 32]>());
        let private = EncodingKey::from_ed_der(&der);
        let jwk = serde_json::to_value(Jwk::from_encoding_key(&private, Algorithm::EdDSA).unwrap()).unwrap();
        let public = URL_SAFE_NO_PAD.decode(jwk["x"].as_str().unwrap()).unwrap();
        (private, public.try_into().unwrap())
    }

    /// What is said at `now` in a session that ends after `hours`.
    fn claims_in(hours: i64, now: Timestamp) -> Claims {
        let person = Person {
            user_id: Uuid::now_v7(),
            email: "ada@example.org".to_owned(),
            name: None,
            password_hash: String::new(),
            role: Role::User,
            email_verified: true,
            locale: None,
            defaults: Preferences::default(),
            devices: Vec::new(),
            mail_when_done: false,
            identities: Vec::new(),
            suspended_at: None,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let session = Session {
            session_id: Uuid::now_v7(),
            user_id: person.user_id,
            family_hash: String::new(),
            token_hash: String::new(),
            previous: None,
            amr: vec!["pwd".to_owned()],
            user_agent: None,
            created_at: now,
            proved_at: None,
            last_used_at: now,
            ends_at: now + SignedDuration::from_hours(hours),
            expires_at: 0,
        };
        claims("https://app.example", &person, &session)
    }

    /// As a verifier names the key (RFC 7638).
    fn kid((private, _): &KeyPair) -> String {
        Jwk::from_encoding_key(private, Algorithm::EdDSA).unwrap().thumbprint(ThumbprintHash::SHA256).unwrap()
    }

    fn signed(claims: &Claims, keys: &KeyPair) -> String {
        let unsigned = unsigned(ACCESS_TOKEN_TYPE, claims, &kid(keys)).unwrap();
        let signature = jsonwebtoken::crypto::sign(unsigned.as_bytes(), &keys.0, Algorithm::EdDSA).unwrap();
        format!("{unsigned}.{signature}")
    }

    fn verifier((_, public): &KeyPair) -> Verifier {
        Verifier::from_public_keys(&[*public], "https://app.example".to_owned())
    }

    #[tokio::test]
    async fn what_is_signed_is_accepted_by_every_function() {
        let keys = key_pair();
        let said = claims_in(1, Timestamp::now());
        let read = verifier(&keys).verify(&signed(&said, &keys)).await.unwrap();
        assert_eq!(read, said);
        assert_eq!(read.exp - read.iat, 15 * 60);
        assert_eq!(read.auth_time, read.iat);
    }

    #[tokio::test]
    async fn two_keys_are_live_while_one_takes_the_place_of_the_other() {
        let (former, next) = (key_pair(), key_pair());
        let claims = claims_in(1, Timestamp::now());
        let by = |trusted: &[&KeyPair]| {
            let keys: Vec<_> = trusted.iter().map(|(_, public)| *public).collect();
            Verifier::from_public_keys(&keys, "https://app.example".to_owned())
        };
        let (old, new) = (signed(&claims, &former), signed(&claims, &next));
        for live in [by(&[&former, &next]), by(&[&next, &former])] {
            assert!(live.verify(&old).await.is_ok());
            assert!(live.verify(&new).await.is_ok());
        }
        assert_eq!(by(&[&next, &former]).signing_kid().await.unwrap(), kid(&next));
        let after = by(&[&next]);
        assert!(after.verify(&new).await.is_ok());
        assert!(after.verify(&old).await.is_err(), "the former key is dropped");
        // A token says which key signed it; that another one did does not count.
        let mixed = unsigned(ACCESS_TOKEN_TYPE, &claims, &kid(&former)).unwrap();
        let signature = jsonwebtoken::crypto::sign(mixed.as_bytes(), &next.0, Algorithm::EdDSA).unwrap();
        assert!(by(&[&former, &next]).verify(&format!("{mixed}.{signature}")).await.is_err());
    }

    #[tokio::test]
    async fn a_token_of_another_issuer_audience_or_time_is_refused() {
        let keys = key_pair();
        let changes: [fn(&mut Claims); 3] = [
            |claims| claims.iss = "https://other.example".to_owned(),
            |claims| claims.aud = "other".to_owned(),
            |claims| claims.exp = claims.iat - 60,
        ];
        for change in changes {
            let mut claims = claims_in(1, Timestamp::now());
            change(&mut claims);
            assert!(verifier(&keys).verify(&signed(&claims, &keys)).await.is_err(), "{claims:?}");
        }
    }

    #[tokio::test]
    async fn a_changed_token_and_one_of_another_key_are_refused() {
        let keys = key_pair();
        let mut claims = claims_in(1, Timestamp::now());
        let token = signed(&claims, &keys);
        assert!(verifier(&key_pair()).verify(&token).await.is_err());
        claims.role = Role::Admin;
        let (_, signature) = token.rsplit_once('.').unwrap();
        let raised = unsigned(ACCESS_TOKEN_TYPE, &claims, &kid(&keys)).unwrap();
        assert!(verifier(&keys).verify(&format!("{raised}.{signature}")).await.is_err());
    }

    /// A token of this header and these claims, signed as it should be.
    fn of(header: &Value, claims: &Value, (private, _): &KeyPair) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let unsigned = format!("{}.{}", part(header), part(claims));
        let signature = jsonwebtoken::crypto::sign(unsigned.as_bytes(), private, Algorithm::EdDSA).unwrap();
        format!("{unsigned}.{signature}")
    }

    #[tokio::test]
    async fn whatever_is_wrong_with_a_token_is_found() {
        let keys = key_pair();
        let kid = self::kid(&keys);
        let header = json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": kid });
        let claims = serde_json::to_value(claims_in(1, Timestamp::now())).unwrap();
        let verifier = verifier(&keys);
        assert!(verifier.verify(&of(&header, &claims, &keys)).await.is_ok(), "what follows would prove nothing");

        let now = Timestamp::now().as_second();
        let with = |name: &str, value: Value| {
            let mut changed = claims.clone();
            changed[name] = value;
            changed
        };
        let without = |name: &str| {
            let mut changed = claims.clone();
            changed.as_object_mut().unwrap().remove(name);
            changed
        };
        for changed in [
            with("exp", json!(now - 60)),
            with("nbf", json!(now + 600)),
            with("iss", json!("https://other.example")),
            with("aud", json!("other")),
            with("aud", json!(["other"])),
            with("sub", json!("admin")),
            with("role", json!("root")),
            without("exp"),
            without("iss"),
            without("aud"),
            without("sub"),
            without("sid"),
            without("role"),
        ] {
            assert!(verifier.verify(&of(&header, &changed, &keys)).await.is_err(), "{changed}");
        }
        for header in [
            json!({ "alg": "none", "typ": "at+jwt", "kid": kid }),
            json!({ "alg": "HS256", "typ": "at+jwt", "kid": kid }),
            json!({ "alg": "ES256", "typ": "at+jwt", "kid": kid }),
            json!({ "alg": "EdDSA", "typ": "JWT", "kid": kid }),
            json!({ "alg": "EdDSA", "typ": "receipt+jwt", "kid": kid }),
            json!({ "alg": "EdDSA", "kid": kid }),
            json!({ "alg": "EdDSA", "typ": "at+jwt" }),
            json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": self::kid(&key_pair()) }),
            json!({ "typ": "at+jwt" }),
            json!([]),
        ] {
            assert!(verifier.verify(&of(&header, &claims, &keys)).await.is_err(), "{header}");
        }
        // A key of its own that a token brings along, or says where to fetch, is never used.
        let stranger = key_pair();
        let brought = json!({ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(stranger.1) });
        for header in [
            json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": self::kid(&stranger), "jwk": brought }),
            json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": kid, "jku": "https://evil.example/jwks.json" }),
        ] {
            assert!(verifier.verify(&of(&header, &claims, &stranger)).await.is_err(), "{header}");
        }
        // The public key as the secret of a symmetric algorithm.
        let confused =
            jsonwebtoken::Header { typ: Some("at+jwt".to_owned()), ..jsonwebtoken::Header::new(Algorithm::HS256) };
        let secret = EncodingKey::from_secret(&keys.1);
        let confused = jsonwebtoken::encode(&confused, &claims, &secret).unwrap();
        let good = of(&header, &claims, &keys);
        let (unsigned, signature) = good.rsplit_once('.').unwrap();
        let oversized = of(&header, &with("jti", json!("x".repeat(5000))), &keys);
        for forged in [
            confused,
            oversized,
            format!("{unsigned}."),
            unsigned.to_owned(),
            format!("{good}.{signature}"),
            format!("{good}="),
            format!(" {good}"),
            format!("{unsigned}.{}", signature.chars().rev().collect::<String>()),
        ] {
            assert!(verifier.verify(&forged).await.is_err(), "{forged}");
        }
    }

    #[test]
    fn the_last_token_of_a_session_ends_with_it() {
        let now = Timestamp::now();
        assert_eq!(claims_in(0, now).exp, now.as_second());
    }
}
