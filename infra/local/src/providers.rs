//! Other providers for people to sign in by, as the stack is told of them.
//!
//! `cargo local` hands on what `SIGN_IN_PROVIDERS` says in its environment. The tests' stack is told of some that the tests
//! themselves play, at ports that are free now; a test listens at its own when it runs.

use std::collections::BTreeMap;
use std::net::TcpListener;

use serde_json::{Value, json};

/// How many issuers the tests play: one for each test that needs one, as functions remember what issuers say.
const ISSUERS: usize = 6;

/// What a stack is told of other providers.
#[derive(Debug, Clone, Default)]
pub(crate) struct SignInProviders {
    /// The parameter of the template.
    pub(crate) configuration: String,
    /// Where the tests are to listen, by the providers' names.
    pub(crate) played: BTreeMap<String, String>,
}

impl SignInProviders {
    /// Those that the environment names.
    pub(crate) fn from_environment() -> Self {
        Self { configuration: std::env::var("SIGN_IN_PROVIDERS").unwrap_or_default(), played: BTreeMap::new() }
    }

    /// Those that the tests play.
    pub(crate) fn played_by_tests() -> anyhow::Result<Self> {
        // All at once, so that they differ.
        let listeners = (0..=ISSUERS).map(|_| TcpListener::bind(("127.0.0.1", 0))).collect::<Result<Vec<_>, _>>()?;
        let (mut configured, mut played) = (Vec::new(), BTreeMap::new());
        for (nth, listener) in listeners.iter().enumerate() {
            let url = format!("http://{}", listener.local_addr()?);
            let (id, more) = match nth {
                0 => ("github".to_owned(), json!({ "kind": "github", "web": url, "api": format!("{url}/api") })),
                nth => (format!("issuer-{nth}"), json!({ "issuer": url })),
            };
            let mut provider = json!({ "id": id, "client_id": "vitae", "client_secret": "a secret: of & tests" });
            if let (Value::Object(provider), Value::Object(more)) = (&mut provider, more) {
                provider.extend(more);
            }
            configured.push(provider);
            played.insert(id, url);
        }
        Ok(Self { configuration: Value::from(configured).to_string(), played })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_provider_of_the_tests_has_a_place_of_its_own() {
        let providers = SignInProviders::played_by_tests().unwrap();
        let places: std::collections::BTreeSet<_> = providers.played.values().collect();
        assert_eq!(places.len(), ISSUERS + 1);
        for place in places {
            assert!(providers.configuration.contains(place.as_str()), "{place}");
        }
    }
}
