use std::collections::BTreeMap;
use std::future::Future;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use aws_sdk_sqs::error::ProvideErrorMetadata;
use jiff::SignedDuration;
use uuid::Uuid;

use crate::batch::{Message, Retry, drive};

/// How long a message waits after its first failure, at most. A call that failed was tried several times by its client
/// already, so what is down will be down for some time.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(30);
/// The longest wait: that after the fifth failure, which in all queues of this system is the last.
pub const LONGEST_WAIT: SignedDuration = SignedDuration::from_secs(480);

/// The queue that a worker takes its messages from. Cheap to clone.
///
/// A message that failed would stay invisible for the queue's visibility timeout, which must be six times as long as the
/// function may run: minutes, in which a person waits for nothing. So it is made visible earlier, and later with each
/// failure.
#[derive(Debug, Clone)]
pub struct Consumer {
    client: aws_sdk_sqs::Client,
    url: String,
}

impl Consumer {
    /// The queue at `url`.
    pub fn new(client: aws_sdk_sqs::Client, url: String) -> Self {
        Self { client, url }
    }

    /// Whether a batch comes from this queue; a function may have several.
    pub fn is_source_of(&self, batch: &SqsEvent) -> bool {
        let name = self.url.rsplit('/').next();
        let source = batch.records.first().and_then(|record| record.event_source_arn.as_deref());
        source.and_then(|arn| arn.rsplit(':').next()).is_some_and(|queue| Some(queue) == name)
    }

    /// Gives each message to `handler`, at most `at_once` at a time, and answers which shall come again: those whose
    /// handler says [`Retry`] or panics. A message never costs its neighbours anything.
    pub async fn drive<F, Fut>(&self, batch: SqsEvent, at_once: usize, handler: F) -> SqsBatchResponse
    where
        F: Fn(Message) -> Fut,
        Fut: Future<Output = Result<(), Retry>>,
    {
        let receipts: BTreeMap<String, (String, u32)> = batch
            .records
            .iter()
            .filter_map(|record| {
                let receipt = record.receipt_handle.clone()?;
                Some((record.message_id.clone()?, (receipt, receive_count(record))))
            })
            .collect();
        let response = drive(batch, at_once, handler).await;
        let failed = response.batch_item_failures.iter().filter_map(|failure| receipts.get(&failure.item_identifier));
        // Only now: a message that came back while this batch was under way would be worked on twice at a time.
        let put_back = failed.map(|(receipt, count)| self.put_back(receipt, wait(*count, Uuid::new_v4().as_u128())));
        futures::future::join_all(put_back).await;
        response
    }

    /// Makes a message visible after this time. Where that fails, it comes when the visibility timeout is over.
    async fn put_back(&self, receipt: &str, wait: SignedDuration) {
        let request = self.client.change_message_visibility().queue_url(&self.url).receipt_handle(receipt);
        if let Err(error) = request.visibility_timeout(wait.as_secs() as i32).send().await {
            let code = error.code().unwrap_or("no answer");
            tracing::warn!(code, "a failed message keeps its visibility timeout");
        }
    }
}

fn receive_count(record: &SqsMessage) -> u32 {
    record.attributes.get("ApproximateReceiveCount").and_then(|count| count.parse().ok()).unwrap_or(1)
}

/// How long a message waits that failed for the `receive_count`th time: twice as long each time, less up to half by
/// `chance`, so that what failed together does not come again together.
fn wait(receive_count: u32, chance: u128) -> SignedDuration {
    let doublings = receive_count.saturating_sub(1).min(16);
    let longest = FIRST_WAIT.saturating_mul(1 << doublings).min(LONGEST_WAIT);
    let less = chance % (longest.as_secs() as u128 / 2 + 1);
    longest - SignedDuration::from_secs(less as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The longest and the shortest wait after this many failures, in seconds.
    fn bounds(receive_count: u32) -> (i64, i64) {
        let waits = (0..1000).map(|chance| wait(receive_count, chance).as_secs());
        (waits.clone().max().unwrap(), waits.min().unwrap())
    }

    #[test]
    fn each_wait_is_twice_the_one_before_and_spread_over_its_half() {
        let all: Vec<_> = (1..=6).map(bounds).collect();
        assert_eq!(all, [(30, 15), (60, 30), (120, 60), (240, 120), (480, 240), (480, 240)]);
        assert_eq!(bounds(0), bounds(1));
    }

    /// A message that meets another worker's lease must not use up its deliveries before the lease can end.
    #[test]
    fn five_deliveries_take_longer_than_a_lease() {
        let between: i64 = (1..=4).map(|count| bounds(count).1).sum();
        assert!(between > 180, "{between}");
    }
}
