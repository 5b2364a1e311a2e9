//! Keys by which machines act for a person.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{Put, ReturnValue, TransactWriteItem};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::items::{Page, from_item, incomplete, number, string, to_item};
use crate::{Actor, AuditEntry, AuditEvent, Store, StoreError, keys};

/// How exactly the last use of a key is known.
const USE_NOTED_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// A key for machines. The row holds a hash of its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Its id.
    pub key_id: Uuid,
    /// For whom it acts.
    pub user_id: Uuid,
    /// What the person calls it.
    pub name: String,
    /// Hex SHA-256 of its secret.
    pub secret_hash: String,
    /// What it may do, by the names of the API.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends; seconds since 1970, for DynamoDB's TTL too.
    pub expires_at: i64,
}

/// When a key was last used.
#[derive(Deserialize)]
struct KeyUse {
    key_id: Uuid,
    last_used_at: i64,
}

impl ApiKey {
    /// Whether it has not ended by `now`: DynamoDB deletes what expired late.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now.as_second() < self.expires_at
    }
}

impl Store {
    /// Writes a new key of a person who exists, and that it was made.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the person is gone.
    pub async fn create_api_key(&self, key: &ApiKey) -> Result<(), StoreError> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(to_item(&keys::user(key.user_id), &keys::child(keys::API_KEY, key.key_id), key)?))
            .condition_expression("attribute_not_exists(PK)")
            .build()
            .map_err(incomplete)?;
        let about = Some(key.key_id.to_string());
        let entry = AuditEntry::now(key.user_id, AuditEvent::ApiKeyMade, Actor::Person, about);
        self.transact(vec![
            self.person_exists(key.user_id)?,
            TransactWriteItem::builder().put(put).build(),
            self.audit_write(&entry)?,
        ])
        .await
    }

    /// A person's key that has not ended.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn api_key(&self, user_id: Uuid, key_id: Uuid) -> Result<Option<ApiKey>, StoreError> {
        let key: Option<ApiKey> = self.get_item(&keys::user(user_id), &keys::child(keys::API_KEY, key_id)).await?;
        Ok(key.filter(|key| key.is_live(Timestamp::now())))
    }

    /// A person's keys, newest first; those that ended are left out, so a page may be short.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn api_keys(&self, user_id: Uuid, limit: u32, cursor: Option<&str>) -> Result<Page<ApiKey>, StoreError> {
        let now = Timestamp::now();
        let mut page: Page<ApiKey> = self.list_children(user_id, keys::API_KEY, limit, cursor).await?;
        page.items.retain(|key| key.is_live(now));
        Ok(page)
    }

    /// Revokes every key of a person.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn revoke_api_keys(&self, user_id: Uuid) -> Result<(), StoreError> {
        loop {
            let keys = self.api_keys(user_id, 100, None).await?.items;
            if keys.is_empty() {
                return Ok(());
            }
            for key in keys {
                self.revoke_api_key(user_id, key.key_id).await?;
            }
        }
    }

    /// Revokes a key; says whether there was one.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn revoke_api_key(&self, user_id: Uuid, key_id: Uuid) -> Result<bool, StoreError> {
        let output = self
            .client
            .delete_item()
            .table_name(&self.table)
            .key(keys::PK, string(keys::user(user_id)))
            .key(keys::SK, string(keys::child(keys::API_KEY, key_id)))
            .return_values(ReturnValue::AllOld)
            .send()
            .await?;
        let revoked: Option<ApiKey> = output.attributes.map(from_item).transpose()?;
        Ok(revoked.is_some_and(|key| key.is_live(Timestamp::now())))
    }

    /// Notes that a key is used, once in an hour.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn note_key_use(&self, key: &ApiKey) -> Result<(), StoreError> {
        let now = Timestamp::now();
        let noted = self
            .client
            .update_item()
            .table_name(&self.counters_table)
            .key(keys::PK, string(keys::key_uses(key.user_id)))
            .key(keys::SK, string(key.key_id.to_string()))
            .update_expression("SET key_id = :key, last_used_at = :now, expires_at = :expires")
            .condition_expression("attribute_not_exists(PK) OR last_used_at < :before")
            .expression_attribute_values(":key", string(key.key_id.to_string()))
            .expression_attribute_values(":now", number(now.as_second()))
            .expression_attribute_values(":before", number((now - USE_NOTED_EVERY).as_second()))
            .expression_attribute_values(":expires", number(key.expires_at))
            .send()
            .await
            .map_err(StoreError::from);
        match noted {
            Ok(_) | Err(StoreError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// When each of a person's keys was last used, to the hour; one that never was is absent.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn key_uses(&self, user_id: Uuid) -> Result<BTreeMap<Uuid, Timestamp>, StoreError> {
        let output = self
            .client
            .query()
            .table_name(&self.counters_table)
            .key_condition_expression("PK = :pk")
            .expression_attribute_values(":pk", string(keys::key_uses(user_id)))
            .send()
            .await?;
        let rows = output.items.unwrap_or_default().into_iter().map(from_item::<KeyUse>);
        let uses = rows.map(|row| {
            let row = row?;
            let at = Timestamp::from_second(row.last_used_at).map_err(|e| StoreError::Corrupt(e.to_string()))?;
            Ok((row.key_id, at))
        });
        uses.collect()
    }
}
