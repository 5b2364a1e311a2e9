use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use futures::{FutureExt, StreamExt};
use serde::de::DeserializeOwned;
use tracing::Instrument;

/// One message of a batch.
#[derive(Debug, Clone)]
pub struct Message {
    /// SQS's id of it.
    pub id: String,
    /// Its body.
    pub body: String,
    /// How often it was delivered, this time included.
    pub receive_count: u32,
}

impl Message {
    /// The body as `T`.
    ///
    /// # Errors
    /// When it is something else.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.body)
    }
}

/// The message shall come again; after the queue's last attempt it goes to the dead-letter queue.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Retry(pub String);

/// Gives each message to `handler`, at most `at_once` at a time, and answers which shall come again: those whose
/// handler says [`Retry`] or panics. A message never costs its neighbours anything.
pub(crate) async fn drive<F, Fut>(event: SqsEvent, at_once: usize, handler: F) -> SqsBatchResponse
where
    F: Fn(Message) -> Fut,
    Fut: Future<Output = Result<(), Retry>>,
{
    let failures = futures::stream::iter(event.records)
        .map(|record| {
            let message = Message {
                id: record.message_id.unwrap_or_default(),
                body: record.body.unwrap_or_default(),
                receive_count: record
                    .attributes
                    .get("ApproximateReceiveCount")
                    .and_then(|count| count.parse().ok())
                    .unwrap_or(1),
            };
            let id = message.id.clone();
            let span = tracing::info_span!("message", message_id = %id, receive_count = message.receive_count);
            // The handler's own call may panic before it makes its future, so both happen within the guard.
            let work = AssertUnwindSafe(async { handler(message).await }).catch_unwind();
            async move {
                let reason = match work.await {
                    Ok(Ok(())) => return None,
                    Ok(Err(Retry(reason))) => reason,
                    Err(panic) => format!("panic: {}", panic_message(&*panic)),
                };
                tracing::error!(reason, "the message will come again");
                let mut failure = BatchItemFailure::default();
                failure.item_identifier = id;
                Some(failure)
            }
            .instrument(span)
        })
        .buffer_unordered(at_once.max(1))
        .filter_map(std::future::ready)
        .collect()
        .await;
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failures;
    response
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(bodies: &[&str]) -> SqsEvent {
        let records: Vec<_> = bodies
            .iter()
            .enumerate()
            .map(|(i, body)| serde_json::json!({"messageId": i.to_string(), "body": body, "attributes": {}, "messageAttributes": {}}))
            .collect();
        serde_json::from_value(serde_json::json!({ "Records": records })).unwrap()
    }

    #[tokio::test]
    async fn a_panic_costs_that_message_and_no_other() {
        let response = drive(batch(&["good", "panic", "retry", "good"]), 2, |message| async move {
            match message.body.as_str() {
                "panic" => panic!("one bad CV"),
                "retry" => Err(Retry("later".to_owned())),
                _ => Ok(()),
            }
        })
        .await;
        let mut failed: Vec<_> = response.batch_item_failures.into_iter().map(|f| f.item_identifier).collect();
        failed.sort();
        assert_eq!(failed, ["1", "2"]);
    }
}
