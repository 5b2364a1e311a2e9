use std::collections::HashMap;
use std::fmt;

use url::Url;

/// Where each known provider answers. Others are named in `MODEL_ENDPOINTS`.
const KNOWN: [(&str, &str); 4] = [
    ("groq", "https://api.groq.com/openai/v1"),
    ("deepseek", "https://api.deepseek.com/v1"),
    ("openrouter", "https://openrouter.ai/api/v1"),
    ("gemini", "https://generativelanguage.googleapis.com/v1beta/openai"),
];

/// One model of one provider.
#[derive(Clone)]
pub struct Provider {
    /// What the provider is called in the configuration and in logs.
    pub name: String,
    /// The model, as the provider names it.
    pub model: String,
    /// Where `/chat/completions` is.
    pub(crate) base: Url,
    pub(crate) key: String,
}

/// The key is not for logs.
impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("name", &self.name).field("model", &self.model).finish_non_exhaustive()
    }
}

/// The chain is configured in a way that cannot work.
#[derive(Debug, thiserror::Error)]
pub enum ConfigurationError {
    /// `MODELS` holds something that is not `provider:model`.
    #[error("MODELS holds {0:?}, which is not provider:model")]
    NotAModel(String),
    /// A provider that is not known and has no endpoint.
    #[error("no endpoint is known for the provider {0:?}; name one in MODEL_ENDPOINTS")]
    NoEndpoint(String),
    /// A provider without a key.
    #[error("MODEL_KEYS has no key for the provider {0:?}")]
    NoKey(String),
    /// A JSON object that is none.
    #[error("{0} is no JSON object of text")]
    NotAnObject(&'static str),
}

impl Provider {
    /// The providers in the order in which `models` names them: `provider:model`, separated by spaces or commas. `keys`
    /// and `endpoints` are JSON objects by provider.
    ///
    /// # Errors
    /// See [`ConfigurationError`].
    pub fn list(models: &str, keys: &str, endpoints: &str) -> Result<Vec<Self>, ConfigurationError> {
        let keys = object(keys, "MODEL_KEYS")?;
        let endpoints = object(endpoints, "MODEL_ENDPOINTS")?;
        models
            .split([',', ' ', '\n'])
            .filter(|entry| !entry.is_empty())
            .map(|entry| {
                let (name, model) = entry
                    .split_once(':')
                    .filter(|(name, model)| !name.is_empty() && !model.is_empty())
                    .ok_or_else(|| ConfigurationError::NotAModel(entry.to_owned()))?;
                let known = KNOWN.iter().find(|(known, _)| *known == name).map(|(_, base)| (*base).to_owned());
                let base = endpoints
                    .get(name)
                    .cloned()
                    .or(known)
                    .and_then(|base| Url::parse(&base).ok())
                    .ok_or_else(|| ConfigurationError::NoEndpoint(name.to_owned()))?;
                let key = keys.get(name).cloned().ok_or_else(|| ConfigurationError::NoKey(name.to_owned()))?;
                Ok(Self { name: name.to_owned(), model: model.to_owned(), base, key })
            })
            .collect()
    }

    /// Where a completion is asked for.
    pub(crate) fn completions(&self) -> String {
        format!("{}/chat/completions", self.base.as_str().trim_end_matches('/'))
    }
}

fn object(text: &str, name: &'static str) -> Result<HashMap<String, String>, ConfigurationError> {
    if text.is_empty() {
        return Ok(HashMap::new());
    }
    serde_json::from_str(text).map_err(|_| ConfigurationError::NotAnObject(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_taken_in_their_order() {
        let list = Provider::list(
            "groq:llama-3.3-70b-versatile, own:small:latest",
            r#"{"groq":"k1","own":"k2"}"#,
            r#"{"own":"http://127.0.0.1:9/v1/"}"#,
        )
        .unwrap();
        assert_eq!(list[0].completions(), "https://api.groq.com/openai/v1/chat/completions");
        assert_eq!(
            (list[1].model.as_str(), list[1].completions().as_str()),
            ("small:latest", "http://127.0.0.1:9/v1/chat/completions")
        );
    }

    #[test]
    fn what_cannot_work_is_said_at_the_start() {
        assert!(matches!(Provider::list("groq", "", ""), Err(ConfigurationError::NotAModel(_))));
        assert!(matches!(Provider::list("groq:x", "", ""), Err(ConfigurationError::NoKey(_))));
        assert!(matches!(Provider::list("other:x", r#"{"other":"k"}"#, ""), Err(ConfigurationError::NoEndpoint(_))));
        assert!(matches!(Provider::list("groq:x", "[]", ""), Err(ConfigurationError::NotAnObject("MODEL_KEYS"))));
    }

    #[test]
    fn a_key_is_not_shown() {
        let list = Provider::list("groq:x", r#"{"groq":"very-secret"}"#, "").unwrap();
        assert!(!format!("{list:?}").contains("very-secret"));
    }
}
