//! What frontends tell of their own faults: kept for 14 days, by the day on which it came.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::{PutRequest, WriteRequest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::counters::day_of;
use crate::items::{from_item, incomplete, number, string, to_item};
use crate::{Page, Store, StoreError, keys};

/// How many days an entry is kept.
pub const FRONTEND_LOG_DAYS: i64 = 14;
/// Items in one BatchWriteItem.
const WRITTEN_AT_ONCE: usize = 25;
/// How often what DynamoDB left over is written again.
const TRIES: u32 = 4;
/// Entries that one reading looks through at most. What it did not come to is where the cursor leads.
const LOOKED_THROUGH: usize = 1_000;

/// One entry. Its texts are redacted before they come here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FrontendLog {
    /// Its id.
    pub log_id: Uuid,
    /// When it came.
    pub received_at: Timestamp,
    /// When it happened, as the frontend says.
    pub at: Option<Timestamp>,
    /// How grave it is: `error`, `warn` or `info`.
    pub level: String,
    /// What happened.
    pub message: String,
    /// Where in the code.
    pub stack: Option<String>,
    /// On which page.
    pub page: Option<String>,
    /// In which release of the frontend.
    pub release: Option<String>,
    /// The same for what is the same fault.
    pub fingerprint: String,
    /// A hash of the person, where one was signed in.
    pub user: Option<String>,
    /// Whatever else the frontend says.
    pub context: Option<serde_json::Value>,
}

impl Store {
    /// Keeps `entries`.
    ///
    /// # Errors
    /// When the store does not take all of them; those that it took are kept.
    pub async fn keep_frontend_logs(&self, entries: &[FrontendLog]) -> Result<(), StoreError> {
        for part in entries.chunks(WRITTEN_AT_ONCE) {
            let mut left = part.iter().map(write_of).collect::<Result<Vec<_>, _>>()?;
            for tried in 1.. {
                let written = self.client.batch_write_item().request_items(&self.counters_table, left).send().await?;
                left = written.unprocessed_items.unwrap_or_default().remove(&self.counters_table).unwrap_or_default();
                if left.is_empty() {
                    break;
                }
                if tried == TRIES {
                    return Err(StoreError::Unavailable("the table takes no more writes at present".to_owned()));
                }
                tokio::time::sleep(Duration::from_millis(25 << tried)).await;
            }
        }
        Ok(())
    }

    /// The entries that came from `from` to `to` and are `wanted`, newest first, at most `limit`. A page may hold fewer,
    /// even none, and have a next one: each looks through a bounded number of entries.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn frontend_logs(
        &self,
        from: Timestamp,
        to: Timestamp,
        limit: u32,
        cursor: Option<&str>,
        wanted: impl Fn(&FrontendLog) -> bool,
    ) -> Result<Page<FrontendLog>, StoreError> {
        let now = Timestamp::now();
        let (from, to) = (from.max(kept_since(now)), to.min(now));
        if to < from {
            return Ok(Page { items: Vec::new(), next_cursor: None });
        }
        let (first, last) = keys::frontend_log_range(from, to);
        let mut after = cursor.and_then(decode_cursor).filter(|(_, sk)| (&first..=&last).contains(&sk));
        let mut day = day_of(after.as_ref().map_or(to, |(at, _)| *at));
        let mut items = Vec::new();
        let mut looked_through = 0;
        // Where the next page begins, if this one ends early.
        let mut seen = String::new();
        while day >= day_of(from) {
            let pk = keys::frontend_logs(day);
            let start = after
                .take()
                .map(|(_, sk)| HashMap::from([(keys::PK.to_owned(), string(&pk)), (keys::SK.to_owned(), string(sk))]));
            let mut pages = self
                .client
                .query()
                .table_name(&self.counters_table)
                .key_condition_expression("PK = :pk AND SK BETWEEN :from AND :to")
                .expression_attribute_values(":pk", string(&pk))
                .expression_attribute_values(":from", string(&first))
                .expression_attribute_values(":to", string(&last))
                .scan_index_forward(false)
                .set_exclusive_start_key(start)
                .into_paginator()
                .page_size(100)
                .send();
            while let Some(page) = pages.next().await {
                for item in page?.items.unwrap_or_default() {
                    let entry: FrontendLog = from_item(item)?;
                    let sk = keys::frontend_log(entry.received_at, entry.log_id);
                    looked_through += 1;
                    if wanted(&entry) {
                        if items.len() == limit as usize {
                            // One more than is asked for, so that there is a next page.
                            return Ok(Page { items, next_cursor: Some(URL_SAFE_NO_PAD.encode(seen)) });
                        }
                        items.push(entry);
                    }
                    seen = sk;
                    if looked_through == LOOKED_THROUGH {
                        return Ok(Page { items, next_cursor: Some(URL_SAFE_NO_PAD.encode(seen)) });
                    }
                }
            }
            day -= 1.day();
        }
        Ok(Page { items, next_cursor: None })
    }
}

fn write_of(entry: &FrontendLog) -> Result<WriteRequest, StoreError> {
    let pk = keys::frontend_logs(day_of(entry.received_at));
    let mut item = to_item(&pk, &keys::frontend_log(entry.received_at, entry.log_id), entry)?;
    let expires = entry.received_at.checked_add((FRONTEND_LOG_DAYS * 24).hours()).unwrap_or(Timestamp::MAX);
    item.insert(keys::EXPIRES_AT.to_owned(), number(expires.as_second()));
    let put = PutRequest::builder().set_item(Some(item)).build().map_err(incomplete)?;
    Ok(WriteRequest::builder().put_request(put).build())
}

/// DynamoDB deletes late, so a reader looks back no further than this.
fn kept_since(now: Timestamp) -> Timestamp {
    now.checked_sub((FRONTEND_LOG_DAYS * 24).hours()).unwrap_or(Timestamp::MIN)
}

/// A cursor is the sort key of the entry that was looked at last. One that was made up starts anew.
fn decode_cursor(cursor: &str) -> Option<(Timestamp, String)> {
    let sk = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (at, id) = sk.split_once('#')?;
    let at = at.parse().ok()?;
    id.parse::<Uuid>().ok()?;
    Some((at, sk))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sort_keys_order_by_time_and_lie_within_their_range() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let key = |text| keys::frontend_log(at(text), Uuid::max());
        assert!(key("2026-11-21T22:05:00Z") < key("2026-11-21T22:05:00.001Z"));
        let (first, last) = keys::frontend_log_range(at("2026-11-21T22:05:00Z"), at("2026-11-21T22:06:00Z"));
        for inside in ["2026-11-21T22:05:00Z", "2026-11-21T22:05:30.5Z", "2026-11-21T22:06:00Z"] {
            assert!(first <= key(inside) && key(inside) <= last, "{inside}");
        }
        for outside in ["2026-11-21T22:04:59.999Z", "2026-11-21T22:06:00.001Z"] {
            assert!(key(outside) < first || last < key(outside), "{outside}");
        }
    }

    #[test]
    fn a_cursor_that_was_made_up_is_ignored() {
        let sk = keys::frontend_log(Timestamp::UNIX_EPOCH, Uuid::nil());
        assert_eq!(decode_cursor(&URL_SAFE_NO_PAD.encode(&sk)), Some((Timestamp::UNIX_EPOCH, sk)));
        for nonsense in ["PROFILE", "2026#x", "#"] {
            assert_eq!(decode_cursor(&URL_SAFE_NO_PAD.encode(nonsense)), None, "{nonsense}");
        }
        assert_eq!(decode_cursor("%"), None);
    }
}
