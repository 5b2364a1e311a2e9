use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, KeysAndAttributes, TransactWriteItem};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::{Store, StoreError, keys};

/// An item as DynamoDB holds it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// One page of a list, and where the next begins.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The entries, newest first.
    pub items: Vec<T>,
    /// Give this back to get the next page; `None` at the end.
    pub next_cursor: Option<String>,
}

/// `value` as an item under `pk` and `sk`.
pub(crate) fn to_item<T: Serialize>(pk: &str, sk: &str, value: &T) -> Result<Item, StoreError> {
    let mut item: Item = serde_dynamo::to_item(value)?;
    item.insert(keys::PK.to_owned(), string(pk));
    item.insert(keys::SK.to_owned(), string(sk));
    Ok(item)
}

/// The value that an item holds.
pub(crate) fn from_item<T: DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    Ok(serde_dynamo::from_item(item)?)
}

pub(crate) fn string(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

impl Store {
    /// Reads one item, strongly consistent.
    pub(crate) async fn get_item<T: DeserializeOwned>(&self, pk: &str, sk: &str) -> Result<Option<T>, StoreError> {
        let output = self
            .client
            .get_item()
            .table_name(&self.table)
            .key(keys::PK, string(pk))
            .key(keys::SK, string(sk))
            .consistent_read(true)
            .send()
            .await?;
        output.item.map(from_item).transpose()
    }

    /// Reads two items of one partition in one request, strongly consistent.
    pub(crate) async fn get_both<A: DeserializeOwned, B: DeserializeOwned>(
        &self,
        pk: &str,
        first: &str,
        second: &str,
    ) -> Result<(Option<A>, Option<B>), StoreError> {
        let key = |sk: &str| Item::from([(keys::PK.to_owned(), string(pk)), (keys::SK.to_owned(), string(sk))]);
        let wanted = KeysAndAttributes::builder().keys(key(first)).keys(key(second)).consistent_read(true);
        let request = self.client.batch_get_item().request_items(&self.table, wanted.build().map_err(incomplete)?);
        let output = request.send().await?;
        // What a busy table leaves out is asked for alone, with the retries of such a request.
        if output.unprocessed_keys.is_some_and(|left| !left.is_empty()) {
            return tokio::try_join!(self.get_item(pk, first), self.get_item(pk, second));
        }
        let mut items = output.responses.unwrap_or_default().remove(&self.table).unwrap_or_default();
        let mut take = |sk: &str| {
            let at = items.iter().position(|item| item.get(keys::SK) == Some(&string(sk)))?;
            Some(items.swap_remove(at))
        };
        let (first, second) = (take(first), take(second));
        Ok((first.map(from_item).transpose()?, second.map(from_item).transpose()?))
    }

    /// A person's children of one kind, newest first (ids are UUIDv7, so their order is that of their making).
    pub(crate) async fn list_children<T: DeserializeOwned>(
        &self,
        user_id: Uuid,
        prefix: &str,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<T>, StoreError> {
        let limit = limit.clamp(1, 100);
        let start = cursor.and_then(|cursor| decode_cursor(cursor, prefix)).map(|sk| {
            HashMap::from([(keys::PK.to_owned(), string(keys::user(user_id))), (keys::SK.to_owned(), string(sk))])
        });
        let output = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("PK = :pk AND begins_with(SK, :prefix)")
            .expression_attribute_values(":pk", string(keys::user(user_id)))
            .expression_attribute_values(":prefix", string(prefix))
            .scan_index_forward(false)
            // One more than is asked for: DynamoDB says where it stopped even when nothing follows.
            .limit(limit as i32 + 1)
            .set_exclusive_start_key(start)
            // What was just made or ended counts: whoever ends all sessions must see each.
            .consistent_read(matches!(prefix, keys::SESSION | keys::PASSKEY))
            .send()
            .await?;
        let mut found = output.items.unwrap_or_default();
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let last = found.last().and_then(|item| item.get(keys::SK)).and_then(|sk| sk.as_s().ok());
        let next_cursor = last.filter(|_| more).map(|sk| URL_SAFE_NO_PAD.encode(sk));
        let items = found.into_iter().map(from_item).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor })
    }

    /// The check that a person exists, as part of a transaction that writes a child of theirs.
    pub(crate) fn person_exists(&self, user_id: Uuid) -> Result<TransactWriteItem, StoreError> {
        let check = ConditionCheck::builder()
            .table_name(&self.table)
            .key(keys::PK, string(keys::user(user_id)))
            .key(keys::SK, string(keys::PROFILE))
            .condition_expression("attribute_exists(PK)")
            .build()
            .map_err(incomplete)?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }

    /// Writes all of `writes` or nothing.
    pub(crate) async fn transact(&self, writes: Vec<TransactWriteItem>) -> Result<(), StoreError> {
        self.client.transact_write_items().set_transact_items(Some(writes)).send().await?;
        Ok(())
    }
}

/// A request that this crate left incomplete: a fault of ours that no retry mends.
pub(crate) fn incomplete(error: aws_sdk_dynamodb::error::BuildError) -> StoreError {
    StoreError::Corrupt(error.to_string())
}

/// A cursor is the sort key where the last page ended. One that was made up, or belongs to another list, starts anew.
fn decode_cursor(cursor: &str, prefix: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    String::from_utf8(bytes).ok().filter(|sk| sk.starts_with(prefix) && sk.len() <= 128)
}

/// JSON is stored as text: it is read and written whole, and numbers and empty shapes come back as they were.
pub(crate) mod as_text {
    use serde::{Deserialize, Deserializer, Serializer};
    use serde_json::Value;

    pub(crate) fn serialize<S: Serializer>(value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&value.to_string())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        let text = String::deserialize(deserializer)?;
        serde_json::from_str(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_of_another_list_is_ignored() {
        let cursor = URL_SAFE_NO_PAD.encode("JOB#1");
        assert_eq!(decode_cursor(&cursor, keys::JOB).as_deref(), Some("JOB#1"));
        assert_eq!(decode_cursor(&cursor, keys::CV), None);
        assert_eq!(decode_cursor("%%%", keys::JOB), None);
    }
}
