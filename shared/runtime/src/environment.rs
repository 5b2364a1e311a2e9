//! Environment variables, read once at start by the room that uses them.

use std::str::FromStr;

/// A variable that the function cannot start without is absent or cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EnvironmentError {
    /// Not set, or empty.
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    /// Set to something that cannot be read.
    #[error("the environment variable {name} cannot be read: {reason}")]
    Invalid {
        /// The variable.
        name: &'static str,
        /// Why not.
        reason: String,
    },
}

/// The variable's value; empty counts as absent.
///
/// # Errors
/// [`EnvironmentError::Missing`].
pub fn required(name: &'static str) -> Result<String, EnvironmentError> {
    optional(name).ok_or(EnvironmentError::Missing(name))
}

/// The variable's value, `None` where it is absent or empty.
pub fn optional(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The variable's value, or `default` where it is absent or empty.
///
/// # Errors
/// [`EnvironmentError::Invalid`] where it is set to something that does not parse.
pub fn parsed_or<T>(name: &'static str, default: T) -> Result<T, EnvironmentError>
where
    T: FromStr<Err: std::fmt::Display>,
{
    match optional(name) {
        None => Ok(default),
        Some(value) => value.parse().map_err(|e: T::Err| EnvironmentError::Invalid { name, reason: e.to_string() }),
    }
}
