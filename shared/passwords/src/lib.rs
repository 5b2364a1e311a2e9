//! Passwords as they are stored: Argon2id (RFC 9106) at the parameters that OWASP recommends.
//!
//! What may be a password is decided by whoever asks for one: an account and a protected portfolio have rules of their
//! own.

use std::sync::{Mutex, PoisonError};

use anyhow::{Context, anyhow};
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use unicode_normalization::UnicodeNormalization;

/// KiB of memory that one hash takes (OWASP Password Storage Cheat Sheet: 19 MiB with two passes on one lane).
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over the memory.
const PASSES: u32 = 2;
/// Lanes.
const LANES: u32 = 1;

/// A password as it is hashed: in Unicode's normalisation form C, so that `é` is the same password whether a keyboard
/// sends it as one character or as two. That is the form of the profile `OpaqueString` (RFC 8265, 4.2); the
/// compatibility forms would make `²` and `2` one. Nothing else is changed or trimmed.
pub struct Password(String);

impl Password {
    /// What a person typed. Any text may be tried.
    pub fn typed(text: &str) -> Self {
        Self(text.nfc().collect())
    }

    /// How long it is, in characters (Unicode code points after normalisation).
    pub fn length(&self) -> usize {
        self.0.chars().count()
    }

    /// The hash as a PHC string, with a salt of its own. Takes tens of milliseconds of a processor, off this thread.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub async fn hash(self) -> anyhow::Result<String> {
        tokio::task::spawn_blocking(move || {
            let (params, salt) = (in_force()?, Salt::generate());
            let hash = PasswordHash {
                algorithm: Algorithm::Argon2id.ident(),
                version: Some(Version::V0x13.into()),
                params: ParamsString::try_from(&params)
                    .map_err(|error| anyhow!("the parameters of Argon2: {error}"))?,
                salt: Some(salt),
                hash: Some(argon2id(&self.0, &salt, Version::V0x13, params)?),
            };
            Ok(hash.to_string())
        })
        .await?
    }

    /// Whether this is the password that `hash` was made of. Without a hash it is not, after as much work.
    ///
    /// # Errors
    /// When there is no memory for it, or what is stored is no hash.
    pub async fn matches(self, hash: Option<&str>) -> anyhow::Result<bool> {
        let (known, hash) = (hash.is_some(), hash.map_or_else(decoy, str::to_owned));
        tokio::task::spawn_blocking(move || {
            let hash = PasswordHash::new(&hash).context("a stored hash")?;
            anyhow::ensure!(hash.algorithm == Algorithm::Argon2id.ident(), "a stored hash is of another algorithm");
            let params = Params::try_from(&hash).context("the parameters of a stored hash")?;
            let version = hash.version.map_or(Ok(Version::default()), Version::try_from);
            let version = version.map_err(|error| anyhow!("the version of a stored hash: {error}"))?;
            let (salt, output) = hash.salt.zip(hash.hash).context("a stored hash has no salt or no output")?;
            // Outputs are compared in constant time.
            Ok(argon2id(&self.0, &salt, version, params)? == output && known)
        })
        .await?
    }
}

/// Whether a hash was made with other parameters than those in force, so that it should be made anew.
pub fn is_outdated(hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return true };
    let Ok(params) = Params::try_from(&hash) else { return true };
    hash.algorithm.as_str() != "argon2id"
        || (params.m_cost(), params.t_cost(), params.p_cost()) != (MEMORY_KIB, PASSES, LANES)
}

fn in_force() -> anyhow::Result<Params> {
    Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| anyhow!("the parameters of Argon2: {error}"))
}

/// Argon2id in memory that is kept: taken anew, each thread would keep 19 MiB of its own, and the first touch of its pages
/// costs as much as a part of the hash. One password at a time is all that a function has.
fn argon2id(password: &str, salt: &Salt, version: Version, params: Params) -> anyhow::Result<Output> {
    static MEMORY: Mutex<Vec<Block>> = Mutex::new(Vec::new());
    let mut memory = MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
    let (blocks, length) = (params.block_count(), params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN));
    if memory.len() < blocks {
        let more = blocks - memory.len();
        memory.try_reserve_exact(more).context("there is no memory for a hash")?;
        memory.resize(blocks, Block::default());
    }
    let mut output = [0; Output::MAX_LENGTH];
    let output = output.get_mut(..length).context("the output of a stored hash is too long")?;
    Argon2::new(Algorithm::Argon2id, version, params)
        .hash_password_into_with_memory(password.as_bytes(), salt, output, &mut memory[..blocks])
        .map_err(|error| anyhow!("hashing: {error}"))?;
    Output::new(output).context("hashing")
}

/// The hash of no password, with the parameters in force: comparing with it costs what comparing with a real one costs.
fn decoy() -> String {
    let (salt, output) = ("A".repeat(22), "A".repeat(43));
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${output}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_in_characters_not_bytes() {
        assert_eq!(Password::typed(&"🦀".repeat(256)).length(), 256);
        // However the accents are sent.
        assert_eq!(Password::typed(&"e\u{301}".repeat(11)).length(), 11);
    }

    #[tokio::test]
    async fn a_hash_is_of_its_password_alone() {
        let hash = Password::typed("correct horse battery").hash().await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(Password::typed("correct horse battery").matches(Some(&hash)).await.unwrap());
        assert!(!Password::typed("Correct horse battery").matches(Some(&hash)).await.unwrap());
        assert!(Password::typed("x").matches(Some("no hash")).await.is_err());
    }

    #[tokio::test]
    async fn hashes_of_the_reference_implementation_are_known() {
        // By argon2-cffi, which wraps it: hash_secret(b"correct horse battery", b"sixteen bytes it", t, m, p, length, Type.ID).
        for hash in [
            "$argon2id$v=19$m=8192,t=3,p=2$c2l4dGVlbiBieXRlcyBpdA$HkYX8Ich2vB+YPg9OdXsEzeDoj6cuRwo",
            "$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbiBieXRlcyBpdA$6dgCUJO6cPlXnPTY5izjsa+4oLJ8SB9DbbWzdor8UMI",
        ] {
            assert!(Password::typed("correct horse battery").matches(Some(hash)).await.unwrap());
            assert!(!Password::typed("correct horse batter").matches(Some(hash)).await.unwrap());
            assert!(Password::typed("x").matches(Some(&hash.replace("argon2id", "argon2d"))).await.is_err());
        }
    }

    #[tokio::test]
    async fn the_two_spellings_of_an_accent_are_one_password() {
        let hash = Password::typed("caf\u{e9} au lait, sucre").hash().await.unwrap();
        assert!(Password::typed("cafe\u{301} au lait, sucre").matches(Some(&hash)).await.unwrap());
    }

    #[tokio::test]
    async fn without_an_account_the_same_work_comes_to_no() {
        // What makes the work the same is that the decoy is a whole hash of the parameters in force.
        assert!(!is_outdated(&decoy()));
        assert!(!Password::typed("correct horse battery").matches(None).await.unwrap());
    }

    #[tokio::test]
    async fn only_a_hash_of_other_parameters_is_outdated() {
        let hash = Password::typed("correct horse battery").hash().await.unwrap();
        assert!(!is_outdated(&hash));
        assert!(is_outdated(&hash.replace("m=19456", "m=4096")));
        assert!(is_outdated(&hash.replace("t=2", "t=1")));
        assert!(is_outdated(&hash.replace("argon2id", "argon2i")));
    }
}
