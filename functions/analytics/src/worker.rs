//! The events queue: each event is counted once, and a person who wants to know is told when a job of theirs has ended.

use std::time::Duration;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use vitae_queue::{CountedEvent, Message, NoticeMessage, Retry};
use vitae_runtime::telemetry;
use vitae_store::Store;
use vitae_store::counters::Counted;

use crate::{State, tally};

/// How often an event that contends with others is tried before its message is left to come again.
const TRIES: u32 = 5;

/// Counts a batch of events, and answers which must come again.
pub async fn worker(state: State, batch: SqsEvent) -> SqsBatchResponse {
    // One at a time: two events of one person change the same rows, and would only get into each other's way.
    state.messages.drive(batch, 1, |message| take(&state, message)).await
}

async fn take(state: &State, message: Message) -> Result<(), Retry> {
    // Only our own functions write to this queue. A message that cannot be read was written by another version, or by a
    // fault of ours: it goes on to the dead-letter queue, where it is seen, and from where it is counted after all once
    // a version that knows it is deployed. Its words are not logged, they may be about somebody.
    let event: CountedEvent = message.parse().map_err(|error| {
        Retry(format!("it is no event that this version knows (line {}, column {})", error.line(), error.column()))
    })?;
    telemetry::note_user(event.user_id);
    telemetry::note_kind(event.kind.name());
    count(&state.store, &event).await?;
    tell(state, &event).await
}

/// Has the person told that a job of theirs has ended, where they want that. It may be asked for any number of times: of the
/// same end is told once.
async fn tell(state: &State, event: &CountedEvent) -> Result<(), Retry> {
    let Some(completed) = event.kind.end_of_job() else { return Ok(()) };
    let person = state.store.person(event.user_id).await.map_err(|error| Retry(error.to_string()))?;
    if !person.is_some_and(|person| person.mail_when_done) {
        return Ok(());
    }
    let notice = NoticeMessage { notice_id: event.event_id, user_id: event.user_id, completed };
    state.notices.send(&notice).await.map_err(|error| Retry(error.to_string()))
}

async fn count(store: &Store, event: &CountedEvent) -> Result<(), Retry> {
    let countable = tally::countable(event);
    for tried in 1..=TRIES {
        match store.count(&countable).await {
            Ok(Counted::New) => return Ok(()),
            Ok(Counted::Before) => {
                tracing::info!(event_id = %event.event_id, "the event was counted before");
                return Ok(());
            }
            Ok(Counted::Contended) => tokio::time::sleep(pause(tried, event.event_id)).await,
            Err(error) => return Err(Retry(error.to_string())),
        }
    }
    Err(Retry("other events changed the same counts at every try".to_owned()))
}

/// Longer with every try, and different for two events that met.
fn pause(tried: u32, event_id: uuid::Uuid) -> Duration {
    let [.., last] = event_id.into_bytes();
    Duration::from_millis((4 + u64::from(last) / 16) << tried)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tries_of_ten_events_end_within_the_time_of_a_batch() {
        let slowest: Duration = (1..=TRIES).map(|tried| pause(tried, uuid::Uuid::max())).sum();
        assert!(slowest < Duration::from_secs(2), "{slowest:?}");
        assert!(pause(2, uuid::Uuid::nil()) > pause(1, uuid::Uuid::nil()));
    }
}
