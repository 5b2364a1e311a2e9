//! Passkeys: public keys by which a person signs in, and the challenges that they answer.

use aws_sdk_dynamodb::types::{Delete, Put, ReturnValue, TransactWriteItem};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::items::{from_item, incomplete, number, string, to_item};
use crate::{AuditEntry, Person, Store, StoreError, keys};

/// A passkey of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// Its id here.
    pub passkey_id: Uuid,
    /// Whose it is.
    pub user_id: Uuid,
    /// The authenticator's id of it, base64url.
    pub credential_id: String,
    /// The public key as COSE has it, base64url.
    pub public_key: String,
    /// How often it had signed when it was last used, where it counts.
    pub sign_count: u32,
    /// Whether the key may be on several devices.
    pub is_synced: bool,
    /// By what the browser reaches it, as the browser said.
    #[serde(default)]
    pub transports: Vec<String>,
    /// What the person calls it.
    pub name: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last signed its person in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
    /// Counts changes.
    pub version: u64,
}

#[derive(Serialize, Deserialize)]
struct ChallengeRow {
    expires_at: i64,
}

impl Store {
    /// A person's passkeys, the newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn passkeys(&self, user_id: Uuid) -> Result<Vec<Passkey>, StoreError> {
        // Nobody has as many as a page holds.
        Ok(self.list_children(user_id, keys::PASSKEY, 100, None).await?.items)
    }

    /// Adds a passkey to a profile that nobody changed since it was read, and writes it down.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the profile changed or is gone.
    pub async fn add_passkey(&self, person: Person, passkey: &Passkey, entry: &AuditEntry) -> Result<(), StoreError> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(passkey_item(passkey)?))
            .condition_expression("attribute_not_exists(PK)")
            .build()
            .map_err(incomplete)?;
        let (_, changed) = self.changed_person(person)?;
        self.transact(vec![TransactWriteItem::builder().put(put).build(), changed, self.audit_write(entry)?]).await
    }

    /// Takes a passkey from a profile that nobody changed since it was read, and writes it down.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the profile changed, or the passkey is gone.
    pub async fn remove_passkey(&self, person: Person, passkey_id: Uuid, entry: &AuditEntry) -> Result<(), StoreError> {
        let delete = Delete::builder()
            .table_name(&self.table)
            .key(keys::PK, string(keys::user(person.user_id)))
            .key(keys::SK, string(keys::child(keys::PASSKEY, passkey_id)))
            .condition_expression("attribute_exists(PK)")
            .build()
            .map_err(incomplete)?;
        let (_, changed) = self.changed_person(person)?;
        let delete = TransactWriteItem::builder().delete(delete).build();
        self.transact(vec![delete, changed, self.audit_write(entry)?]).await
    }

    /// Replaces a passkey that nobody changed since it was read.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it was changed or removed meanwhile.
    pub async fn update_passkey(&self, mut passkey: Passkey) -> Result<Passkey, StoreError> {
        let read = passkey.version;
        passkey.version += 1;
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(passkey_item(&passkey)?))
            .condition_expression("version = :read")
            .expression_attribute_values(":read", number(read))
            .send()
            .await?;
        Ok(passkey)
    }

    /// Notes a challenge that somebody may answer until then.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn put_challenge(&self, challenge: &str, expires_at: i64) -> Result<(), StoreError> {
        let item = to_item(&keys::challenge(challenge), keys::CHALLENGE, &ChallengeRow { expires_at })?;
        self.client.put_item().table_name(&self.table).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// Whether this is a challenge that was given out, and is answered in time and for the first time.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn take_challenge(&self, challenge: &str) -> Result<bool, StoreError> {
        let taken = self
            .client
            .delete_item()
            .table_name(&self.table)
            .key(keys::PK, string(keys::challenge(challenge)))
            .key(keys::SK, string(keys::CHALLENGE))
            .return_values(ReturnValue::AllOld)
            .send()
            .await?;
        let row: Option<ChallengeRow> = taken.attributes.map(from_item).transpose()?;
        Ok(row.is_some_and(|row| Timestamp::now().as_second() < row.expires_at))
    }
}

fn passkey_item(passkey: &Passkey) -> Result<crate::items::Item, StoreError> {
    to_item(&keys::user(passkey.user_id), &keys::child(keys::PASSKEY, passkey.passkey_id), passkey)
}
