//! Counts: how often what happened, for each person and for the platform, by five minutes and by day.
//!
//! An event is counted in one transaction with a row that carries its id, so that it is counted once however often its
//! message is delivered. Rows end by themselves: five-minute rows after two days, days after 400, activity after 90.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, Put, TransactWriteItem, Update, WriteRequest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::items::{Item, from_item, incomplete, number, string, to_item};
use crate::{Page, Store, StoreError, keys};

/// Seconds of the finest bucket.
pub const FINE_SECONDS: i64 = 300;
/// How long an event's id is remembered: longer than a message can lie in its queue (4 days), then in the dead-letter
/// queue (14 days), and be redriven into the queue (4 days).
const REMEMBERED_DAYS: i64 = 35;
const FINE_DAYS: i64 = 2;
const DAY_DAYS: i64 = 400;
const ACTIVITY_DAYS: i64 = 90;
/// Every event changes the platform's rows, and two transactions that change one row at the same time fail; so those
/// rows are kept this many times, and a reader adds them up.
const PLATFORM_SHARDS: u8 = 8;
/// Items in one BatchWriteItem.
const DELETED_AT_ONCE: usize = 25;

/// Whose numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One person's.
    Person(Uuid),
    /// Everybody's together.
    Platform,
}

/// What one event adds to the counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Countable {
    /// The event: the same id is counted once.
    pub event_id: Uuid,
    /// Whose numbers it belongs to.
    pub user_id: Uuid,
    /// When it happened.
    pub at: Timestamp,
    /// How much it adds to which count. The names are the caller's; they become names of attributes.
    pub counts: BTreeMap<String, u64>,
    /// The host that sent the visitor.
    pub referrer: Option<String>,
    /// What the person's activity says of it, where it belongs there.
    pub activity: Option<serde_json::Value>,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// It counts from now on.
    New,
    /// It was counted before; nothing changed.
    Before,
    /// Another event changed the same rows at the same moment; nothing changed, and trying again will help.
    Contended,
}

/// The counts of a stretch of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket<T> {
    /// When it begins.
    pub start: T,
    /// Count by name; what is absent is zero.
    pub counts: BTreeMap<String, u64>,
}

/// One thing that happened to a person's things.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    /// The event.
    pub event_id: Uuid,
    /// When it happened.
    pub at: Timestamp,
    /// What happened, as the caller of [`Store::count`] described it.
    pub event: serde_json::Value,
}

impl Store {
    /// Counts `event` unless it was counted before.
    ///
    /// An event of a person who is no more counts for the platform alone. Their row is read before the transaction and not
    /// checked in it: a check would make every event contend with whatever the person is doing at that moment.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn count(&self, event: &Countable) -> Result<Counted, StoreError> {
        let remembered = Put::builder()
            .table_name(&self.counters_table)
            .item(keys::PK, string(keys::event(event.event_id)))
            .item(keys::SK, string(keys::EVENT))
            .item(keys::EXPIRES_AT, number(in_days(Timestamp::now(), REMEMBERED_DAYS)))
            .condition_expression("attribute_not_exists(PK)")
            .build()
            .map_err(incomplete)?;
        let mut writes = vec![TransactWriteItem::builder().put(remembered).build()];
        self.add(&mut writes, &keys::platform_counts(shard_of(event.event_id)), event)?;
        if self.is_a_person(event.user_id).await? {
            self.add(&mut writes, &keys::person_counts(event.user_id), event)?;
            if let Some(what) = &event.activity {
                writes.push(self.activity_row(event, what)?);
            }
        }
        match self.client.transact_write_items().set_transact_items(Some(writes)).send().await {
            Ok(_) => Ok(Counted::New),
            Err(error) => match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    let codes: Vec<_> = cancelled.cancellation_reasons().iter().map(|r| r.code()).collect();
                    refusal(&codes).ok_or_else(|| {
                        StoreError::Unavailable(cancelled.message().unwrap_or("a transaction was cancelled").to_owned())
                    })
                }
                Some(other) if other.code() == Some("TransactionInProgressException") => Ok(Counted::Contended),
                _ => Err(error.into()),
            },
        }
    }

    /// The five-minute counts from the bucket that begins at `from` to the one that begins at `to`, oldest first. Buckets
    /// in which nothing happened are absent.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn fine_counts(
        &self,
        scope: Scope,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Bucket<Timestamp>>, StoreError> {
        self.buckets(scope, keys::fine_counts(from), keys::fine_counts(to), |start| start.parse().ok()).await
    }

    /// The counts of each day from `from` to `to`, both included, oldest first. Days on which nothing happened are absent.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn day_counts(&self, scope: Scope, from: Date, to: Date) -> Result<Vec<Bucket<Date>>, StoreError> {
        self.buckets(scope, keys::day_counts(from), keys::day_counts(to), |day| day.parse().ok()).await
    }

    /// Views by the host that sent them, from one day to another, both included.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn referrer_counts(
        &self,
        scope: Scope,
        from: Date,
        to: Date,
    ) -> Result<BTreeMap<String, u64>, StoreError> {
        let (from, to) = keys::referrer_range(from, to);
        let mut views = BTreeMap::new();
        for pk in partitions(scope) {
            for item in self.count_rows(&pk, &from, &to).await? {
                // The prefix is cut off, then the day.
                let Some(host) = sort_key(&item).map(keys::after_prefix).map(keys::after_prefix) else { continue };
                *views.entry(host.to_owned()).or_default() += counts_of(&item).values().sum::<u64>();
            }
        }
        Ok(views)
    }

    /// What happened to a person's things, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn activity(
        &self,
        user_id: Uuid,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<Activity>, StoreError> {
        let pk = keys::activity(user_id);
        let start = cursor
            .and_then(decode_cursor)
            .map(|sk| HashMap::from([(keys::PK.to_owned(), string(&pk)), (keys::SK.to_owned(), string(sk))]));
        let output = self
            .client
            .query()
            .table_name(&self.counters_table)
            .key_condition_expression("PK = :pk")
            .expression_attribute_values(":pk", string(&pk))
            .scan_index_forward(false)
            .limit(limit.clamp(1, 100) as i32)
            .set_exclusive_start_key(start)
            .send()
            .await?;
        let next_cursor = output.last_evaluated_key.as_ref().and_then(sort_key).map(|sk| URL_SAFE_NO_PAD.encode(sk));
        let items = output.items.unwrap_or_default().into_iter().map(from_item).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor })
    }

    /// Removes a person's counts and activity, and answers how many rows that were. The platform's numbers, which name
    /// nobody, stay.
    ///
    /// # Errors
    /// When the store does not answer; the rest is removed by trying again.
    pub async fn erase_counts(&self, user_id: Uuid) -> Result<u64, StoreError> {
        let mut removed = 0;
        for pk in [keys::person_counts(user_id), keys::activity(user_id), keys::key_uses(user_id)] {
            loop {
                let rows = self
                    .client
                    .query()
                    .table_name(&self.counters_table)
                    .key_condition_expression("PK = :pk")
                    .expression_attribute_values(":pk", string(&pk))
                    .projection_expression("PK, SK")
                    .consistent_read(true)
                    .limit(DELETED_AT_ONCE as i32)
                    .send()
                    .await?
                    .items
                    .unwrap_or_default();
                if rows.is_empty() {
                    break;
                }
                let found = rows.len();
                let requests = rows
                    .into_iter()
                    .map(|key| {
                        let delete = DeleteRequest::builder().set_key(Some(key)).build().map_err(incomplete)?;
                        Ok(WriteRequest::builder().delete_request(delete).build())
                    })
                    .collect::<Result<Vec<_>, StoreError>>()?;
                let left = self
                    .client
                    .batch_write_item()
                    .request_items(&self.counters_table, requests)
                    .send()
                    .await?
                    .unprocessed_items
                    .map_or(0, |left| left.values().map(Vec::len).sum());
                if left == found {
                    return Err(StoreError::Unavailable("the table takes no more writes at present".to_owned()));
                }
                // What was left over is found again by the next query.
                removed += (found - left) as u64;
            }
        }
        Ok(removed)
    }

    async fn is_a_person(&self, user_id: Uuid) -> Result<bool, StoreError> {
        let output = self
            .client
            .get_item()
            .table_name(&self.table)
            .key(keys::PK, string(keys::user(user_id)))
            .key(keys::SK, string(keys::PROFILE))
            .projection_expression("PK")
            .consistent_read(true)
            .send()
            .await?;
        Ok(output.item.is_some())
    }

    /// Adds to `writes` what `event` changes in the partition `pk`.
    fn add(&self, writes: &mut Vec<TransactWriteItem>, pk: &str, event: &Countable) -> Result<(), StoreError> {
        let day = day_of(event.at);
        let day_ends = in_days(event.at, DAY_DAYS);
        writes.push(self.addition(pk, &keys::day_counts(day), &event.counts, day_ends)?);
        let fine = keys::fine_counts(fine_start(event.at));
        writes.push(self.addition(pk, &fine, &event.counts, in_days(event.at, FINE_DAYS))?);
        if let Some(host) = &event.referrer {
            let views = BTreeMap::from([("views".to_owned(), 1)]);
            writes.push(self.addition(pk, &keys::referrer_counts(day, host), &views, day_ends)?);
        }
        Ok(())
    }

    fn addition(
        &self,
        pk: &str,
        sk: &str,
        counts: &BTreeMap<String, u64>,
        expires_at: i64,
    ) -> Result<TransactWriteItem, StoreError> {
        let mut update = Update::builder()
            .table_name(&self.counters_table)
            .key(keys::PK, string(pk))
            .key(keys::SK, string(sk))
            .expression_attribute_values(":expires", number(expires_at));
        let mut additions = Vec::with_capacity(counts.len());
        for (i, (name, count)) in counts.iter().enumerate() {
            additions.push(format!("#c{i} :c{i}"));
            update = update
                .expression_attribute_names(format!("#c{i}"), name)
                .expression_attribute_values(format!(":c{i}"), number(count));
        }
        let update = update
            .update_expression(format!("SET {} = :expires ADD {}", keys::EXPIRES_AT, additions.join(", ")))
            .build()
            .map_err(incomplete)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    fn activity_row(&self, event: &Countable, what: &serde_json::Value) -> Result<TransactWriteItem, StoreError> {
        let row = Activity { event_id: event.event_id, at: event.at, event: what.clone() };
        let mut item = to_item(&keys::activity(event.user_id), &keys::activity_at(event.at, event.event_id), &row)?;
        item.insert(keys::EXPIRES_AT.to_owned(), number(in_days(event.at, ACTIVITY_DAYS)));
        let put = Put::builder().table_name(&self.counters_table).set_item(Some(item)).build().map_err(incomplete)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    async fn buckets<T: Ord>(
        &self,
        scope: Scope,
        from: String,
        to: String,
        start_of: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<Bucket<T>>, StoreError> {
        let mut buckets: BTreeMap<T, BTreeMap<String, u64>> = BTreeMap::new();
        for pk in partitions(scope) {
            for item in self.count_rows(&pk, &from, &to).await? {
                let sk = sort_key(&item).unwrap_or_default();
                let start = start_of(keys::after_prefix(sk))
                    .ok_or_else(|| StoreError::Corrupt(format!("{sk} names no bucket")))?;
                let bucket = buckets.entry(start).or_default();
                for (name, count) in counts_of(&item) {
                    *bucket.entry(name).or_default() += count;
                }
            }
        }
        Ok(buckets.into_iter().map(|(start, counts)| Bucket { start, counts }).collect())
    }

    /// The rows of one partition from one sort key to another, both included.
    async fn count_rows(&self, pk: &str, from: &str, to: &str) -> Result<Vec<Item>, StoreError> {
        let mut rows = Vec::new();
        let mut start = None;
        loop {
            let output = self
                .client
                .query()
                .table_name(&self.counters_table)
                .key_condition_expression("PK = :pk AND SK BETWEEN :from AND :to")
                .expression_attribute_values(":pk", string(pk))
                .expression_attribute_values(":from", string(from))
                .expression_attribute_values(":to", string(to))
                .set_exclusive_start_key(start)
                .send()
                .await?;
            rows.extend(output.items.unwrap_or_default());
            start = output.last_evaluated_key.filter(|key| !key.is_empty());
            if start.is_none() {
                return Ok(rows);
            }
        }
    }
}

/// The UTC day in which something happened.
pub fn day_of(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// The beginning of the five minutes in which something happened.
pub fn fine_start(at: Timestamp) -> Timestamp {
    let seconds = at.as_second();
    Timestamp::from_second(seconds - seconds.rem_euclid(FINE_SECONDS)).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn in_days(at: Timestamp, days: i64) -> i64 {
    at.checked_add((days * 24).hours()).unwrap_or(Timestamp::MAX).as_second()
}

fn shard_of(event_id: Uuid) -> u8 {
    // The last byte is random in version 4 and 7, and part of a hash in version 5.
    event_id.as_bytes()[15] % PLATFORM_SHARDS
}

fn partitions(scope: Scope) -> Vec<String> {
    match scope {
        Scope::Person(user_id) => vec![keys::person_counts(user_id)],
        Scope::Platform => (0..PLATFORM_SHARDS).map(keys::platform_counts).collect(),
    }
}

/// Why a transaction whose first write remembers the event was cancelled; `None` where it says nothing of the event.
fn refusal(codes: &[Option<&str>]) -> Option<Counted> {
    if codes.first() == Some(&Some("ConditionalCheckFailed")) {
        return Some(Counted::Before);
    }
    codes.contains(&Some("TransactionConflict")).then_some(Counted::Contended)
}

fn sort_key(item: &Item) -> Option<&str> {
    item.get(keys::SK)?.as_s().ok().map(String::as_str)
}

fn counts_of(item: &Item) -> BTreeMap<String, u64> {
    item.iter()
        .filter(|(name, _)| ![keys::PK, keys::SK, keys::EXPIRES_AT].contains(&name.as_str()))
        .filter_map(|(name, value)| match value {
            AttributeValue::N(count) => Some((name.clone(), count.parse().ok()?)),
            _ => None,
        })
        .collect()
}

/// A cursor is the sort key where the last page ended. One that was made up starts anew.
fn decode_cursor(cursor: &str) -> Option<String> {
    let sk = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (at, event_id) = sk.split_once('#')?;
    (at.parse::<Timestamp>().is_ok() && event_id.parse::<Uuid>().is_ok()).then_some(sk)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_minutes_begin_where_the_clock_says() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(fine_start(at("2026-11-21T22:09:59.999Z")), at("2026-11-21T22:05:00Z"));
        assert_eq!(fine_start(at("2026-11-21T22:05:00Z")), at("2026-11-21T22:05:00Z"));
        assert_eq!(fine_start(at("1969-12-31T23:59:59Z")), at("1969-12-31T23:55:00Z"));
    }

    #[test]
    fn a_day_is_a_day_of_utc() {
        assert_eq!(day_of("2026-11-21T23:59:59Z".parse().unwrap()).to_string(), "2026-11-21");
        assert_eq!(day_of("2026-11-22T00:30:00+01:00".parse().unwrap()).to_string(), "2026-11-21");
    }

    #[test]
    fn sort_keys_order_by_time_and_read_back() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let key = keys::fine_counts(at("2026-11-21T22:05:00Z"));
        assert_eq!(keys::after_prefix(&key).parse::<Timestamp>().unwrap(), at("2026-11-21T22:05:00Z"));
        assert!(key < keys::fine_counts(at("2026-11-21T22:10:00Z")));
        // With a fixed number of digits, so that the text orders as the times do.
        let id = Uuid::nil();
        assert!(
            keys::activity_at(at("2026-11-21T22:05:00Z"), id) < keys::activity_at(at("2026-11-21T22:05:00.5Z"), id)
        );
    }

    #[test]
    fn a_range_of_days_holds_every_host_of_its_last_day() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let (from, to) = keys::referrer_range(day("2026-11-20"), day("2026-11-21"));
        for host in ["0.example", "zz.example", "xn--bcher-kva.example", "[::1]"] {
            let key = keys::referrer_counts(day("2026-11-21"), host);
            assert!(from < key && key < to, "{host}");
            assert_eq!(keys::after_prefix(keys::after_prefix(&key)), host);
        }
        assert!(keys::referrer_counts(day("2026-11-22"), "a.example") > to);
        assert!(keys::referrer_counts(day("2026-11-19"), "z.example") < from);
    }

    #[test]
    fn a_duplicate_is_told_from_contention_and_from_a_store_that_is_busy() {
        assert_eq!(refusal(&[Some("ConditionalCheckFailed"), Some("None")]), Some(Counted::Before));
        assert_eq!(refusal(&[Some("None"), Some("TransactionConflict")]), Some(Counted::Contended));
        assert_eq!(refusal(&[None, Some("ThrottlingError")]), None);
        assert_eq!(refusal(&[]), None);
    }

    #[test]
    fn a_cursor_that_was_made_up_is_ignored() {
        let sk = keys::activity_at(Timestamp::UNIX_EPOCH, Uuid::nil());
        assert_eq!(decode_cursor(&URL_SAFE_NO_PAD.encode(&sk)), Some(sk));
        assert_eq!(decode_cursor(&URL_SAFE_NO_PAD.encode("PROFILE")), None);
        assert_eq!(decode_cursor("%"), None);
    }
}
