//! Taking everything that belongs to a person out of both tables, and the receipt that says what it was.
//!
//! A person's partition lists the rows outside it that are theirs, so their partition is all that has to be read. Every
//! step can be done again: what is gone already is no error.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, Delete, DeleteRequest, Select, TransactWriteItem, WriteRequest};
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::counters::day_of;
use crate::frontend_logs::FRONTEND_LOG_DAYS;
use crate::items::{Item, incomplete, number, string, to_item};
use crate::portfolios::SlugOwner;
use crate::{Person, Store, StoreError, keys};

/// For how many days a receipt can be read.
pub const RECEIPT_DAYS: i64 = 90;
/// For how long a slug that was kept stays so where nobody gives it free.
const KEPT_SLUG_SECONDS: i64 = 24 * 3600;
/// Rows in one batch of deletions.
const AT_ONCE: usize = 25;

/// What was removed when a person left. It names nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Its id, which is all that is needed to read it.
    pub receipt_id: Uuid,
    /// When the person asked.
    pub requested_at: Timestamp,
    /// When everything was gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    /// How many sessions there were when the person asked, which ends them.
    #[serde(default)]
    pub sessions: u64,
    /// How many of what: counted before anything was removed, and once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<BTreeMap<String, u64>>,
    /// The same, signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<String>,
    /// The addresses of the person's sites, as long as something may still lie there.
    #[serde(default)]
    pub slugs: Vec<String>,
    /// When it is forgotten; seconds since 1970, for DynamoDB's TTL.
    pub expires_at: i64,
}

impl Receipt {
    /// A receipt for what is asked now by somebody with so many sessions. Its id is random throughout: nothing else protects it.
    pub fn new(sessions: u64) -> Self {
        let now = Timestamp::now();
        Self {
            receipt_id: Uuid::new_v4(),
            requested_at: now,
            completed_at: None,
            removed: None,
            sessions,
            signed: None,
            slugs: Vec::new(),
            expires_at: now.checked_add((24 * RECEIPT_DAYS).hours()).unwrap_or(Timestamp::MAX).as_second(),
        }
    }
}

/// What a person has in the tables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Belongings {
    /// How many rows of which kind.
    pub rows: BTreeMap<String, u64>,
    /// The addresses of their sites.
    pub slugs: Vec<String>,
}

impl Store {
    /// Writes a receipt, in the place of what it was before.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn put_receipt(&self, receipt: &Receipt) -> Result<(), StoreError> {
        let item = to_item(&keys::receipt(receipt.receipt_id), keys::RECEIPT, receipt)?;
        self.client.put_item().table_name(&self.table).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// A receipt that has not been forgotten.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn receipt(&self, receipt_id: Uuid) -> Result<Option<Receipt>, StoreError> {
        let receipt: Option<Receipt> = self.get_item(&keys::receipt(receipt_id), keys::RECEIPT).await?;
        Ok(receipt.filter(|receipt| Timestamp::now().as_second() < receipt.expires_at))
    }

    /// Closes an account: from now on nobody signs in to it or refreshes a session, and nothing is written below it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn close_account(&self, person: &Person) -> Result<(), StoreError> {
        let pk = keys::user(person.user_id);
        let mail = keys::mail(&person.email);
        let delete = |pk: &str, sk: &str| {
            Delete::builder().table_name(&self.table).key(keys::PK, string(pk)).key(keys::SK, string(sk))
        };
        let of_person = |delete: aws_sdk_dynamodb::types::builders::DeleteBuilder| {
            delete
                .condition_expression("attribute_not_exists(PK) OR user_id = :user")
                .expression_attribute_values(":user", string(person.user_id.to_string()))
        };
        let writes =
            [delete(&pk, keys::PROFILE), of_person(delete(&mail, keys::MAIL)), delete(&pk, &keys::reference(&mail))];
        let writes = writes
            .into_iter()
            .map(|delete| Ok(TransactWriteItem::builder().delete(delete.build().map_err(incomplete)?).build()));
        self.transact(writes.collect::<Result<_, StoreError>>()?).await
    }

    /// What a person has in both tables, besides what frontends told of them: that lies among everybody's.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn belongings(&self, user_id: Uuid) -> Result<Belongings, StoreError> {
        let mut found = Belongings::default();
        let mut add = |kind: &str, count: u64| {
            if count > 0 {
                *found.rows.entry(kind.to_owned()).or_default() += count;
            }
        };
        let mut start = None;
        loop {
            let output = self.keys_of(user_id).set_exclusive_start_key(start).send().await?;
            for sk in output.items.unwrap_or_default().iter().filter_map(sort_key) {
                add(keys::kind_of_row(sk), 1);
                found.slugs.extend(keys::referenced_slug(sk).map(str::to_owned));
            }
            start = output.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        for pk in [keys::person_counts(user_id), keys::activity(user_id), keys::key_uses(user_id)] {
            add("numbers", self.count_of(&pk).await?);
        }
        Ok(found)
    }

    /// Removes every row of a person's partition and every row outside it that is listed there.
    ///
    /// # Errors
    /// When the store does not answer; the rest is removed by trying again.
    pub async fn erase_rows(&self, user_id: Uuid) -> Result<(), StoreError> {
        loop {
            let rows = self.keys_of(user_id).limit(AT_ONCE as i32).send().await?.items.unwrap_or_default();
            if rows.is_empty() {
                return Ok(());
            }
            // Those outside first: once the note of them is gone nobody finds them.
            for (pk, sk) in rows.iter().filter_map(sort_key).filter_map(keys::referenced_row) {
                let removed = self
                    .client
                    .delete_item()
                    .table_name(&self.table)
                    .key(keys::PK, string(pk))
                    .key(keys::SK, string(sk))
                    // A slug that was given free may be somebody else's by now.
                    .condition_expression("attribute_not_exists(PK) OR user_id = :user")
                    .expression_attribute_values(":user", string(user_id.to_string()))
                    .send()
                    .await;
                match removed.map_err(StoreError::from) {
                    Ok(_) | Err(StoreError::Conflict) => {}
                    Err(error) => return Err(error),
                }
            }
            self.delete_rows(&self.table, rows).await?;
        }
    }

    /// Keeps a slug of a person who leaves from being taken until [`Self::free_kept_slug`]: what a worker may yet write
    /// there must not end up in somebody else's site. The row names nobody, and ends within a day in any case.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn keep_slug(&self, slug: &str, user_id: Uuid) -> Result<(), StoreError> {
        let mut item = to_item(&keys::slug(slug), keys::SLUG, &SlugOwner::NOBODY)?;
        let expires_at = Timestamp::now().as_second() + KEPT_SLUG_SECONDS;
        item.insert(keys::EXPIRES_AT.to_owned(), number(expires_at));
        let kept = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("user_id = :user")
            .expression_attribute_values(":user", string(user_id.to_string()))
            .send()
            .await;
        match kept.map_err(StoreError::from) {
            // It is kept already, or another's.
            Ok(_) | Err(StoreError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Gives a slug free that was kept.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn free_kept_slug(&self, slug: &str) -> Result<(), StoreError> {
        let freed = self
            .client
            .delete_item()
            .table_name(&self.table)
            .key(keys::PK, string(keys::slug(slug)))
            .key(keys::SK, string(keys::SLUG))
            .condition_expression("attribute_not_exists(PK) OR user_id = :nobody")
            .expression_attribute_values(":nobody", string(SlugOwner::NOBODY.user_id.to_string()))
            .send()
            .await;
        match freed.map_err(StoreError::from) {
            Ok(_) | Err(StoreError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Removes what frontends told of a person.
    ///
    /// # Errors
    /// When the store does not answer; the rest is removed by trying again.
    pub async fn erase_frontend_logs(&self, user_hash: &str) -> Result<(), StoreError> {
        for day in log_days() {
            for rows in self.log_keys(day, user_hash).await?.chunks(AT_ONCE) {
                self.delete_rows(&self.counters_table, rows.to_vec()).await?;
            }
        }
        Ok(())
    }

    fn keys_of(&self, user_id: Uuid) -> aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.table)
            .key_condition_expression("PK = :pk")
            .expression_attribute_values(":pk", string(keys::user(user_id)))
            .projection_expression("PK, SK")
            .consistent_read(true)
    }

    async fn count_of(&self, pk: &str) -> Result<u64, StoreError> {
        let (mut count, mut start) = (0, None);
        loop {
            let output = self
                .client
                .query()
                .table_name(&self.counters_table)
                .key_condition_expression("PK = :pk")
                .expression_attribute_values(":pk", string(pk))
                .select(Select::Count)
                .set_exclusive_start_key(start)
                .send()
                .await?;
            count += u64::try_from(output.count).unwrap_or_default();
            start = output.last_evaluated_key;
            if start.is_none() {
                return Ok(count);
            }
        }
    }

    async fn log_keys(&self, day: jiff::civil::Date, user_hash: &str) -> Result<Vec<Item>, StoreError> {
        let (mut found, mut start) = (Vec::new(), None);
        loop {
            let output = self
                .client
                .query()
                .table_name(&self.counters_table)
                .key_condition_expression("PK = :pk")
                .filter_expression("#user = :user")
                .expression_attribute_names("#user", "user")
                .expression_attribute_values(":pk", string(keys::frontend_logs(day)))
                .expression_attribute_values(":user", string(user_hash))
                .projection_expression("PK, SK")
                .set_exclusive_start_key(start)
                .send()
                .await?;
            found.extend(output.items.unwrap_or_default());
            start = output.last_evaluated_key;
            if start.is_none() {
                return Ok(found);
            }
        }
    }

    async fn delete_rows(&self, table: &str, rows: Vec<HashMap<String, AttributeValue>>) -> Result<(), StoreError> {
        let found = rows.len();
        let deletions = rows
            .into_iter()
            .map(|key| {
                let request = DeleteRequest::builder().set_key(Some(key)).build().map_err(incomplete)?;
                Ok(WriteRequest::builder().delete_request(request).build())
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        let output = self.client.batch_write_item().request_items(table, deletions).send().await?;
        let left = output.unprocessed_items.map_or(0, |left| left.values().map(Vec::len).sum());
        match left {
            0 => Ok(()),
            left if left < found => {
                Err(StoreError::Unavailable("the table took a part of the deletions only".to_owned()))
            }
            _ => Err(StoreError::Unavailable("the table takes no more writes at present".to_owned())),
        }
    }
}

fn log_days() -> impl Iterator<Item = jiff::civil::Date> {
    let today = day_of(Timestamp::now());
    (0..=FRONTEND_LOG_DAYS + 1).filter_map(move |days| today.checked_sub(days.days()).ok())
}

fn sort_key(item: &Item) -> Option<&str> {
    item.get(keys::SK).and_then(|sk| sk.as_s().ok()).map(String::as_str)
}
