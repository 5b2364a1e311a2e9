//! A chain of language models: the first that answers well is taken.
//!
//! Every provider is reached through the chat-completions interface that OpenAI introduced and all of them speak. Nothing
//! in Vitae needs a model: where none is configured there is no chain, and the caller goes on without one.
//!
//! **Architecture invariant:** what a model writes is data from a stranger. It is parsed into the caller's type and
//! checked by the caller's own rule before anybody sees it; a model that breaks the rule twice is passed over.

mod breaker;
mod chain;
mod provider;

pub use chain::{Chain, LlmError, Prompt, Reply};
pub use provider::{ConfigurationError, Provider};
