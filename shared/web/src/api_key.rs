//! Keys for machines as they are sent, in the place of an access token.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;
use uuid::Uuid;
use vitae_store::{ApiKey, keys};

/// What every key begins with, so that it is known for one wherever it turns up.
const PREFIX: &str = "vk_";
const SECRET: usize = 32;
const LENGTH: usize = 16 + 16 + SECRET;

/// A key. It names its person and itself, so that it is found by one read, and holds 256 random bits. It has no `Debug`, so
/// that it cannot slip into a log.
pub struct ApiKeySecret {
    /// For whom it acts.
    pub user_id: Uuid,
    /// Its id.
    pub key_id: Uuid,
    secret: [u8; SECRET],
}

impl ApiKeySecret {
    /// A new key, of these random bytes.
    pub fn new(user_id: Uuid, key_id: Uuid, secret: [u8; SECRET]) -> Self {
        Self { user_id, key_id, secret }
    }

    /// As it is shown once, and sent.
    pub fn encode(&self) -> String {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.extend(self.user_id.as_bytes());
        bytes.extend(self.key_id.as_bytes());
        bytes.extend(self.secret);
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Whether what was sent in the place of an access token is a key at all.
    pub(crate) fn is_one(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    /// Reads what was sent; `None` where it has not the form of a key.
    pub fn decode(text: &str) -> Option<Self> {
        let encoded = text.strip_prefix(PREFIX)?;
        // Anything longer would only cost work.
        if encoded.len() != (LENGTH * 4).div_ceil(3) {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(encoded).ok()?;
        let (user_id, rest) = bytes.split_first_chunk::<16>()?;
        let (key_id, secret) = rest.split_first_chunk::<16>()?;
        let secret = secret.try_into().ok()?;
        Some(Self { user_id: Uuid::from_bytes(*user_id), key_id: Uuid::from_bytes(*key_id), secret })
    }

    /// What the store keeps of the secret.
    pub fn hash(&self) -> String {
        keys::digest(&format!("api key {}", URL_SAFE_NO_PAD.encode(self.secret)))
    }

    pub(crate) fn is_of(&self, key: &ApiKey) -> bool {
        self.hash().as_bytes().ct_eq(key.secret_hash.as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_was_written_and_nothing_else_is() {
        let key = ApiKeySecret::new(Uuid::now_v7(), Uuid::now_v7(), [7; 32]);
        let text = key.encode();
        let read = ApiKeySecret::decode(&text).unwrap();
        assert_eq!((read.user_id, read.key_id, read.hash()), (key.user_id, key.key_id, key.hash()));
        for other in ["", "vk_", &text[1..], &text[..text.len() - 1], &format!("{text}A"), &text.replace("vk_", "xx_")]
        {
            assert!(ApiKeySecret::decode(other).is_none(), "{other}");
        }
    }
}
