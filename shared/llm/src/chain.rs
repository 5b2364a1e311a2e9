use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::breaker::Breaker;
use crate::provider::{ConfigurationError, Provider};

/// How long one model may take to answer.
const ONE_ANSWER: Duration = Duration::from_secs(25);
/// How long the whole chain may take.
const WHOLE_CHAIN: Duration = Duration::from_secs(60);
/// How often one model is asked: once more with what was wrong with its first answer.
const TRIES: u32 = 2;
/// Largest answer that is read, in bytes.
const LARGEST_ANSWER: usize = 1024 * 1024;

/// What a model is asked.
#[derive(Debug, Clone)]
pub struct Prompt<'a> {
    /// What it shall do, and nothing that a stranger wrote.
    pub instructions: &'a str,
    /// What it shall do it with; a stranger's words stand only here.
    pub input: &'a str,
    /// The JSON Schema of the answer.
    pub schema: &'a Value,
    /// Most tokens that it may write: the budget.
    pub max_output_tokens: u32,
}

/// A valid answer.
#[derive(Debug, Clone)]
pub struct Reply<T> {
    /// What it says.
    pub value: T,
    /// Who wrote it: `provider:model`.
    pub model: String,
    /// Tokens that were read and written, as the provider counts them.
    pub tokens: (u64, u64),
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum LlmError {
    /// No model of the chain gave a valid answer in time. Going on without one is always possible.
    #[error("no model gave a valid answer: {0}")]
    NoAnswer(String),
}

/// Models in the order in which they are asked. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Chain {
    links: Arc<[(Provider, Breaker)]>,
    http: reqwest::Client,
}

impl Chain {
    /// The chain that `MODELS`, `MODEL_KEYS` and `MODEL_ENDPOINTS` describe, `None` where `MODELS` is not set.
    ///
    /// # Errors
    /// When it is described in a way that cannot work.
    pub fn from_environment() -> Result<Option<Self>, ConfigurationError> {
        let read = |name| std::env::var(name).unwrap_or_default();
        let providers = Provider::list(&read("MODELS"), &read("MODEL_KEYS"), &read("MODEL_ENDPOINTS"))?;
        Ok(if providers.is_empty() { None } else { Some(Self::new(providers)) })
    }

    /// A chain of these, asked in their order.
    pub fn new(providers: Vec<Provider>) -> Self {
        let links = providers.into_iter().map(|provider| (provider, Breaker::default())).collect();
        Self { links, http: reqwest::Client::new() }
    }

    /// The first answer of the chain that parses as `T` and passes `check`, which says what is wrong in words that a model
    /// can act on.
    ///
    /// # Errors
    /// [`LlmError::NoAnswer`].
    pub async fn ask<T: DeserializeOwned>(
        &self,
        prompt: &Prompt<'_>,
        check: impl Fn(&T) -> Result<(), String>,
    ) -> Result<Reply<T>, LlmError> {
        let deadline = Instant::now() + WHOLE_CHAIN;
        let mut reasons = Vec::new();
        for (provider, breaker) in self.links.iter() {
            let name = format!("{}:{}", provider.name, provider.model);
            if !breaker.admits(Instant::now()) {
                reasons.push(format!("{name} rests after failures"));
                continue;
            }
            match self.ask_one(provider, prompt, &check, deadline).await {
                Ok((value, tokens)) => {
                    breaker.succeeded();
                    tracing::info!(model = name, input_tokens = tokens.0, output_tokens = tokens.1, "a model answered");
                    return Ok(Reply { value, model: name, tokens });
                }
                Err(reason) => {
                    breaker.failed(Instant::now());
                    tracing::warn!(model = name, reason, "a model was passed over");
                    reasons.push(format!("{name}: {reason}"));
                }
            }
        }
        Err(LlmError::NoAnswer(reasons.join("; ")))
    }

    async fn ask_one<T: DeserializeOwned>(
        &self,
        provider: &Provider,
        prompt: &Prompt<'_>,
        check: &impl Fn(&T) -> Result<(), String>,
        deadline: Instant,
    ) -> Result<(T, (u64, u64)), String> {
        let system = format!(
            "{}\n\nAnswer with one JSON object that follows this JSON Schema, and nothing else:\n{}",
            prompt.instructions, prompt.schema
        );
        let mut messages =
            vec![json!({"role": "system", "content": system}), json!({"role": "user", "content": prompt.input})];
        let mut tokens = (0, 0);
        let mut wrong = String::new();
        for _ in 0..TRIES {
            let completion = self.complete(provider, &messages, prompt.max_output_tokens, deadline).await?;
            tokens.0 += completion.usage.prompt_tokens;
            tokens.1 += completion.usage.completion_tokens;
            let text =
                completion.choices.into_iter().next().and_then(|choice| choice.message.content).unwrap_or_default();
            match serde_json::from_str::<T>(unfenced(&text)) {
                Ok(value) => match check(&value) {
                    Ok(()) => return Ok((value, tokens)),
                    Err(reason) => wrong = reason,
                },
                Err(error) => wrong = error.to_string(),
            }
            messages.push(json!({"role": "assistant", "content": text}));
            messages.push(
                json!({"role": "user", "content": format!("That is not valid: {wrong}. Answer again, correctly.")}),
            );
        }
        Err(format!("its answers were not valid: {wrong}"))
    }

    async fn complete(
        &self,
        provider: &Provider,
        messages: &[Value],
        max_tokens: u32,
        deadline: Instant,
    ) -> Result<Completion, String> {
        let left = deadline.saturating_duration_since(Instant::now()).min(ONE_ANSWER);
        if left.is_zero() {
            return Err("no time is left".to_owned());
        }
        let response = self
            .http
            .post(provider.completions())
            .bearer_auth(&provider.key)
            .timeout(left)
            .json(&json!({
                "model": provider.model,
                "messages": messages,
                "temperature": 0,
                "max_tokens": max_tokens,
                "response_format": {"type": "json_object"},
            }))
            .send()
            .await
            .map_err(|error| {
                if error.is_timeout() { "it took too long".to_owned() } else { "it cannot be reached".to_owned() }
            })?;
        let status = response.status();
        if status != StatusCode::OK {
            return Err(format!("it answered {}", status.as_u16()));
        }
        let body = response.bytes().await.map_err(|_| "its answer broke off".to_owned())?;
        if body.len() > LARGEST_ANSWER {
            return Err("its answer is too large".to_owned());
        }
        serde_json::from_slice(&body).map_err(|_| "its answer is no completion".to_owned())
    }
}

/// The part of a completion that matters here; providers add members of their own.
#[derive(Debug, Deserialize)]
struct Completion {
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Usage,
}

#[derive(Debug, Deserialize)]
struct Choice {
    message: Message,
}

#[derive(Debug, Deserialize)]
struct Message {
    content: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Usage {
    prompt_tokens: u64,
    completion_tokens: u64,
}

/// Some models put their JSON into a Markdown fence although they were asked not to.
fn unfenced(text: &str) -> &str {
    let text = text.trim();
    let Some(inner) = text.strip_prefix("```") else { return text };
    inner.strip_prefix("json").unwrap_or(inner).trim().trim_end_matches("```").trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wiremock::matchers::{header, method, path};
    use wiremock::{Mock, MockServer, ResponseTemplate};

    #[derive(Debug, Deserialize, PartialEq)]
    struct Answer {
        label: String,
    }

    fn completion(content: &str) -> ResponseTemplate {
        ResponseTemplate::new(200).set_body_json(json!({
            "choices": [{"message": {"role": "assistant", "content": content}}],
            "usage": {"prompt_tokens": 10, "completion_tokens": 5}
        }))
    }

    async fn provider(name: &str, server: &MockServer) -> Provider {
        let endpoints = json!({ name: server.uri() }).to_string();
        Provider::list(&format!("{name}:m"), &json!({ name: "key" }).to_string(), &endpoints).unwrap().remove(0)
    }

    async fn ask(chain: &Chain) -> Result<Reply<Answer>, LlmError> {
        let prompt =
            Prompt { instructions: "i", input: "x", schema: &json!({"type": "object"}), max_output_tokens: 100 };
        chain
            .ask(
                &prompt,
                |answer: &Answer| if answer.label.is_empty() { Err("label is empty".to_owned()) } else { Ok(()) },
            )
            .await
    }

    #[tokio::test]
    async fn a_model_that_fails_gives_way_to_the_next() {
        let (first, second) = (MockServer::start().await, MockServer::start().await);
        Mock::given(method("POST")).respond_with(ResponseTemplate::new(503)).mount(&first).await;
        Mock::given(method("POST"))
            .and(path("/chat/completions"))
            .and(header("authorization", "Bearer key"))
            .respond_with(completion("```json\n{\"label\":\"Engineer\"}\n```"))
            .mount(&second)
            .await;
        let chain = Chain::new(vec![provider("a", &first).await, provider("b", &second).await]);
        let reply = ask(&chain).await.unwrap();
        assert_eq!((reply.value.label.as_str(), reply.model.as_str(), reply.tokens), ("Engineer", "b:m", (10, 5)));
    }

    #[tokio::test]
    async fn an_invalid_answer_is_asked_for_once_more_and_then_passed_over() {
        let server = MockServer::start().await;
        Mock::given(method("POST")).respond_with(completion("{\"label\":\"\"}")).expect(2).mount(&server).await;
        let error = ask(&Chain::new(vec![provider("a", &server).await])).await.unwrap_err();
        assert!(error.to_string().contains("label is empty"), "{error}");
    }

    #[tokio::test]
    async fn a_model_that_keeps_failing_is_left_alone() {
        let server = MockServer::start().await;
        Mock::given(method("POST")).respond_with(ResponseTemplate::new(500)).expect(3).mount(&server).await;
        let chain = Chain::new(vec![provider("a", &server).await]);
        for _ in 0..5 {
            assert!(ask(&chain).await.is_err());
        }
    }
}
