use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else changed or took the item first, or its parent is gone.
    #[error("the item was changed meanwhile")]
    Conflict,
    /// The item is larger than DynamoDB holds (400 KB).
    #[error("the item is too large to be stored")]
    TooLarge,
    /// An item holds something that this version cannot read.
    #[error("a stored item cannot be read: {0}")]
    Corrupt(String),
    /// The service could not answer now; trying again may help.
    #[error("the store is not available: {0}")]
    Unavailable(String),
}

impl StoreError {
    /// Whether trying again later can help.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

impl<E, R> From<SdkError<E, R>> for StoreError
where
    E: ProvideErrorMetadata + std::fmt::Debug,
    R: std::fmt::Debug,
{
    fn from(error: SdkError<E, R>) -> Self {
        match error.code() {
            Some("ConditionalCheckFailedException" | "TransactionConflictException") => Self::Conflict,
            Some("TransactionCanceledException") => {
                // The reasons stand in the message; a throttled transaction is to be tried again, any other was refused.
                let message = error.message().unwrap_or_default();
                if message.contains("ConditionalCheckFailed") || message.contains("TransactionConflict") {
                    Self::Conflict
                } else {
                    Self::Unavailable(message.to_owned())
                }
            }
            Some("ValidationException") if error.message().is_some_and(|m| m.contains("size has exceeded")) => {
                Self::TooLarge
            }
            Some(code) => Self::Unavailable(format!("{code}: {}", error.message().unwrap_or_default())),
            None => Self::Unavailable(match error {
                SdkError::TimeoutError(_) => "time ran out".to_owned(),
                SdkError::DispatchFailure(_) => "the service could not be reached".to_owned(),
                other => format!("{other:?}").chars().take(200).collect(),
            }),
        }
    }
}

impl From<serde_dynamo::Error> for StoreError {
    fn from(error: serde_dynamo::Error) -> Self {
        Self::Corrupt(error.to_string())
    }
}
