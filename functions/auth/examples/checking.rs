//! What an access token's check and a password's hash take in this process, as JSON: `cargo run --release --example checking`
//! with lines of `name=value` on standard input: `issuer`, `key` (the `x` of the JWKS), `token` and `password`.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::time::Instant;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use vitae_passwords::Password;
use vitae_web::Verifier;

/// Checks of an access token.
const CHECKS: usize = 2000;
/// Hashes of a password.
const HASHES: usize = 100;
/// So many come before each and are not counted.
const WARMING: usize = 10;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let given: HashMap<&str, &str> = text.lines().filter_map(|line| line.split_once('=')).collect();
    let given = |name: &str| given.get(name).copied().with_context(|| format!("`{name}` is not given"));

    let key = URL_SAFE_NO_PAD.decode(given("key")?)?.try_into().ok().context("the key is no Ed25519 key")?;
    let (verifier, token) = (Verifier::from_public_keys(&[key], given("issuer")?.to_owned()), given("token")?);
    let mut checks = Vec::with_capacity(CHECKS);
    for nth in 0..WARMING + CHECKS {
        let begun = Instant::now();
        verifier.verify(token).await.context("the token is not good")?;
        if nth >= WARMING {
            checks.push(begun.elapsed().as_secs_f64() * 1e6);
        }
    }

    let password = given("password")?;
    let hash = Password::typed(password).hash().await?;
    let mut hashes = Vec::with_capacity(HASHES);
    for nth in 0..WARMING + HASHES {
        let begun = Instant::now();
        anyhow::ensure!(Password::typed(password).matches(Some(&hash)).await?, "the hash does not match");
        if nth >= WARMING {
            hashes.push(begun.elapsed().as_secs_f64() * 1e3);
        }
    }
    writeln!(std::io::stdout(), "{}", json!({ "checks_us": checks, "hashes_ms": hashes }))?;
    Ok(())
}
