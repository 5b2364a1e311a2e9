use anyhow::Context;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value as Cbor;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A browser with an authenticator that keeps one passkey (ES256), as WebAuthn has them. What it does can be spoilt: each
/// field is what it will say.
#[derive(Debug)]
pub struct Authenticator {
    /// The page that it believes to be on.
    pub origin: String,
    /// For whom it makes data; `None` for whom it is asked to.
    pub rp_id: Option<String>,
    /// What it says of its person: 1 is that they are present, 4 that they were verified.
    pub flags: u8,
    /// How often it has signed.
    pub sign_count: u32,
    key: EcdsaKeyPair,
    id: String,
    user_handle: String,
}

impl Authenticator {
    /// One that has no passkey yet, on a page of this origin.
    ///
    /// # Errors
    /// Where no key can be made.
    pub fn new(origin: &str) -> anyhow::Result<Self> {
        Ok(Self {
            origin: origin.to_owned(),
            rp_id: None,
            flags: 1 | 4,
            sign_count: 0,
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).ok().context("no key")?,
            id: URL_SAFE_NO_PAD.encode(uuid::Uuid::new_v4().as_bytes()),
            user_handle: String::new(),
        })
    }

    /// What the browser answers to `PublicKeyCredentialCreationOptionsJSON`.
    ///
    /// # Errors
    /// Where the options are none.
    pub fn create(&mut self, options: &Value) -> anyhow::Result<Value> {
        let text = |value: &Value| value.as_str().map(str::to_owned).context("an option is missing");
        self.user_handle = text(&options["user"]["id"])?;
        let mut data = self.data(&text(&options["rp"]["id"])?, 64);
        let id = URL_SAFE_NO_PAD.decode(&self.id)?;
        data.extend([0; 16]);
        data.extend(u16::try_from(id.len())?.to_be_bytes());
        data.extend(id);
        let point = self.key.public_key().as_ref();
        let key = Cbor::Map(vec![
            (1.into(), 2.into()),
            (3.into(), (-7).into()),
            ((-1).into(), 1.into()),
            ((-2).into(), Cbor::Bytes(point[1..33].to_vec())),
            ((-3).into(), Cbor::Bytes(point[33..].to_vec())),
        ]);
        ciborium::into_writer(&key, &mut data)?;
        let attestation = Cbor::Map(vec![
            ("fmt".into(), "none".into()),
            ("attStmt".into(), Cbor::Map(Vec::new())),
            ("authData".into(), Cbor::Bytes(data)),
        ]);
        let mut bytes = Vec::new();
        ciborium::into_writer(&attestation, &mut bytes)?;
        let client_data = self.client_data("webauthn.create", &text(&options["challenge"])?);
        Ok(json!({
            "id": self.id, "rawId": self.id, "type": "public-key", "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data),
                "attestationObject": URL_SAFE_NO_PAD.encode(bytes), "transports": ["internal"],
            },
        }))
    }

    /// What the browser answers to `PublicKeyCredentialRequestOptionsJSON`.
    ///
    /// # Errors
    /// Where the options are none.
    pub fn get(&mut self, options: &Value) -> anyhow::Result<Value> {
        self.sign_count += 1;
        let challenge = options["challenge"].as_str().context("no challenge")?;
        let data = self.data(options["rpId"].as_str().context("no rpId")?, 0);
        let client_data = self.client_data("webauthn.get", challenge);
        let mut signed = data.clone();
        signed.extend(Sha256::digest(&client_data));
        let signature = self.key.sign(&SystemRandom::new(), &signed).ok().context("no signature")?;
        Ok(json!({
            "id": self.id, "rawId": self.id, "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data),
                "authenticatorData": URL_SAFE_NO_PAD.encode(data),
                "signature": URL_SAFE_NO_PAD.encode(signature.as_ref()), "userHandle": self.user_handle,
            },
        }))
    }

    fn data(&self, rp_id: &str, more_flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(self.rp_id.as_deref().unwrap_or(rp_id)).to_vec();
        data.push(self.flags | more_flags);
        data.extend(self.sign_count.to_be_bytes());
        data
    }

    fn client_data(&self, kind: &str, challenge: &str) -> String {
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false }).to_string()
    }
}
