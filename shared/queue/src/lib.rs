//! SQS: the messages that functions send each other, and the driver that works through a batch one message at a time.

mod batch;
mod consumer;
mod messages;

pub use batch::{Message, Retry};
pub use consumer::{Consumer, LONGEST_WAIT};
pub use messages::{CountedEvent, EventKind, JobMessage, NoticeMessage, SiteMessage, Timings};

use std::collections::HashMap;
use std::marker::PhantomData;
use std::time::Duration;

use aws_sdk_sqs::error::ProvideErrorMetadata;
use aws_sdk_sqs::types::{MessageSystemAttributeNameForSends, MessageSystemAttributeValue};
use serde::Serialize;
use vitae_runtime::trace::{self, TraceHeader};

/// Why a message was not sent. Sending again may help.
#[derive(Debug, thiserror::Error)]
#[error("the queue is not available: {0}")]
pub struct QueueError(String);

/// A queue that takes messages of one type. Cheap to clone.
#[derive(Debug)]
pub struct Queue<T> {
    client: aws_sdk_sqs::Client,
    url: String,
    message: PhantomData<fn(T)>,
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Self { client: self.client.clone(), url: self.url.clone(), message: PhantomData }
    }
}

impl<T: Serialize> Queue<T> {
    /// The queue at `url`.
    pub fn new(client: aws_sdk_sqs::Client, url: String) -> Self {
        Self { client, url, message: PhantomData }
    }

    /// Sends one message, under the trace of the work at hand.
    ///
    /// # Errors
    /// When the service did not take it.
    pub async fn send(&self, message: &T) -> Result<(), QueueError> {
        self.send_later(message, Duration::ZERO).await
    }

    /// Sends one message that nobody sees for this long: whole seconds, at most fifteen minutes.
    ///
    /// # Errors
    /// When the service did not take it.
    pub async fn send_later(&self, message: &T, delay: Duration) -> Result<(), QueueError> {
        let body = serde_json::to_string(message).map_err(|error| QueueError(error.to_string()))?;
        let trace = trace::current().map(attribute).transpose()?;
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .set_delay_seconds(i32::try_from(delay.as_secs()).ok().filter(|seconds| *seconds > 0))
            .set_message_system_attributes(trace)
            .send()
            .await
            .map_err(|error| match error.code() {
                Some(code) => QueueError(format!("{code}: {}", error.message().unwrap_or_default())),
                None => QueueError(aws_sdk_sqs::error::DisplayErrorContext(error).to_string()),
            })?;
        Ok(())
    }
}

/// The one attribute of a message that SQS carries for tracing.
fn attribute(
    trace: TraceHeader,
) -> Result<HashMap<MessageSystemAttributeNameForSends, MessageSystemAttributeValue>, QueueError> {
    let value = MessageSystemAttributeValue::builder()
        .data_type("String")
        .string_value(trace.as_str())
        .build()
        .map_err(|error| QueueError(error.to_string()))?;
    Ok(HashMap::from([(MessageSystemAttributeNameForSends::AwsTraceHeader, value)]))
}
