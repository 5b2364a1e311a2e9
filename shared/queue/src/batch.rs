use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures::{FutureExt, StreamExt};
use serde::de::DeserializeOwned;
use tracing::Instrument;
use vitae_runtime::metrics;
use vitae_runtime::trace::{self, TraceHeader};

/// One message of a batch.
#[derive(Debug, Clone)]
pub struct Message {
    /// SQS's id of it.
    pub id: String,
    /// Its body.
    pub body: String,
    /// How often it was delivered, this time included.
    pub receive_count: u32,
    /// How long it lay in its queue until it was first taken up, where SQS says so.
    pub waited: Option<Duration>,
}

impl Message {
    fn of(record: SqsMessage) -> Self {
        let number = |name| record.attributes.get(name).and_then(|value| value.parse::<u64>().ok());
        // Two machines' clocks: what was taken up before it was sent did not wait.
        let waited = |sent: u64| {
            let taken = number("ApproximateFirstReceiveTimestamp").unwrap_or_else(now);
            Duration::from_millis(taken.saturating_sub(sent))
        };
        let receive_count = number("ApproximateReceiveCount").and_then(|count| count.try_into().ok()).unwrap_or(1);
        let waited = number("SentTimestamp").map(waited);
        Self { id: record.message_id.unwrap_or_default(), body: record.body.unwrap_or_default(), receive_count, waited }
    }

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
///
/// Each message is worked on under the trace that it was sent under, and says on one line of the log what became of it.
pub(crate) async fn drive<F, Fut>(event: SqsEvent, at_once: usize, handler: F) -> SqsBatchResponse
where
    F: Fn(Message) -> Fut,
    Fut: Future<Output = Result<(), Retry>>,
{
    let handler = &handler;
    let failures = futures::stream::iter(event.records)
        .map(|record| {
            let trace = record.attributes.get("AWSTraceHeader").and_then(|header| TraceHeader::parse(header));
            let queue = record.event_source_arn.as_deref().and_then(|arn| arn.rsplit(':').next()).map(str::to_owned);
            let message = Message::of(record);
            let (id, attempt, waited) = (message.id.clone(), message.receive_count, message.waited);
            let span = tracing::error_span!(
                "message",
                queue,
                message_id = %id,
                attempt,
                trace_id = trace.as_ref().map(TraceHeader::id),
                kind = tracing::field::Empty,
                job_id = tracing::field::Empty,
                user = tracing::field::Empty
            );
            // The handler's own call may panic before it makes its future, so both happen within the guard.
            let work = AssertUnwindSafe(async move { handler(message).await }).catch_unwind();
            let work = async move {
                metrics::about("message_id", &id);
                let started = Instant::now();
                // One that comes again waited on purpose.
                if let (1, Some(waited)) = (attempt, waited) {
                    metrics::took(metrics::QUEUE_WAIT, waited);
                }
                let reason = match trace::within(trace, work).await {
                    Ok(Ok(())) => None,
                    Ok(Err(Retry(reason))) => Some(reason),
                    Err(panic) => Some(format!("panic: {}", panic_message(&*panic))),
                };
                metrics::add(metrics::MESSAGES_FAILED, reason.is_some().into());
                let wait_ms = waited.map(|waited| waited.as_millis() as u64);
                let milliseconds = started.elapsed().as_millis() as u64;
                let Some(reason) = reason else {
                    tracing::info!(outcome = "done", wait_ms, milliseconds, "worked on a message");
                    return None;
                };
                tracing::error!(outcome = "again", reason, wait_ms, milliseconds, "the message will come again");
                let mut failure = BatchItemFailure::default();
                failure.item_identifier = id;
                Some(failure)
            };
            metrics::gathered(work).instrument(span)
        })
        .buffer_unordered(at_once.max(1))
        .filter_map(std::future::ready)
        .collect()
        .await;
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failures;
    response
}

/// Milliseconds since 1970.
fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
}

/// The message of a panic as far as it stands in the code: one that was put together may hold what a person sent.
fn panic_message(panic: &(dyn Any + Send)) -> &'static str {
    panic.downcast_ref::<&'static str>().copied().unwrap_or("(not shown)")
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

    #[tokio::test]
    async fn a_message_is_worked_on_under_its_own_trace() {
        let header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
        let record = |attributes| serde_json::json!({"messageId": "1", "body": "", "attributes": attributes, "messageAttributes": {}});
        let records =
            [record(serde_json::json!({"AWSTraceHeader": header})), record(serde_json::json!({"AWSTraceHeader": "?"}))];
        let event = serde_json::from_value(serde_json::json!({ "Records": records })).unwrap();
        let seen = std::sync::Mutex::new(Vec::new());
        drive(event, 1, |_| async {
            seen.lock().unwrap().push(trace::current().map(|trace| trace.as_str().to_owned()));
            Ok(())
        })
        .await;
        assert_eq!(*seen.lock().unwrap(), [Some(header.to_owned()), None]);
    }

    #[test]
    fn a_message_waited_from_its_sending_until_it_was_first_taken_up() {
        let waited = |attributes| {
            let record =
                serde_json::json!({"messageId": "1", "body": "", "attributes": attributes, "messageAttributes": {}});
            Message::of(serde_json::from_value(record).unwrap()).waited
        };
        let times = |sent, taken| serde_json::json!({"SentTimestamp": sent, "ApproximateFirstReceiveTimestamp": taken});
        assert_eq!(waited(times("1795000000000", "1795000000250")), Some(Duration::from_millis(250)));
        assert_eq!(waited(times("1795000000250", "1795000000000")), Some(Duration::ZERO));
        assert_eq!(waited(serde_json::json!({})), None);
    }
}
