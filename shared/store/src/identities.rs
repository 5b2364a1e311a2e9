//! Accounts at other providers by which people sign in, and sign-ins there that are under way.
//!
//! A row outside the person's partition says whose an identity is. Its key is a digest of issuer and subject, so that one
//! identity leads to one person and a copy of the table tells no provider's names.

use aws_sdk_dynamodb::types::{Delete, Put, ReturnValue, TransactWriteItem};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::items::{from_item, incomplete, string, to_item};
use crate::{AuditEntry, Person, Store, StoreError, keys};

/// An account at another provider that signs a person in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The provider, by its name in the configuration.
    pub provider: String,
    /// Hex SHA-256 of issuer and subject.
    pub key: String,
    /// The address there, for its owner to know it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Since when.
    pub linked_at: Timestamp,
}

/// A sign-in at another provider that is under way. What proves who began it is in a browser's cookie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Where, by the provider's name in the configuration.
    pub provider: String,
    /// Hex SHA-256 of what the browser keeps.
    pub browser: String,
    /// The page of the app to come back to: a path.
    pub return_to: String,
    /// Whether it is to be added to an account, which a one-use token of the same secret names.
    pub links: bool,
    /// Until when; seconds since 1970, for DynamoDB's TTL too.
    pub expires_at: i64,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct OwnerRow {
    pub(crate) user_id: Uuid,
}

impl Store {
    /// Whose an identity is.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn identity_owner(&self, key: &str) -> Result<Option<Uuid>, StoreError> {
        let row: Option<OwnerRow> = self.get_item(&keys::identity(key), keys::IDENTITY).await?;
        Ok(row.map(|row| row.user_id))
    }

    /// The writes by which an identity is a person's, if it is nobody's yet.
    pub(crate) fn identity_writes(&self, user_id: Uuid, key: &str) -> Result<[TransactWriteItem; 2], StoreError> {
        let pk = keys::identity(key);
        let put = |pk: &str, sk: &str| {
            let put = Put::builder()
                .table_name(&self.table)
                .set_item(Some(to_item(pk, sk, &OwnerRow { user_id })?))
                .condition_expression("attribute_not_exists(PK)")
                .build()
                .map_err(incomplete)?;
            Ok::<_, StoreError>(TransactWriteItem::builder().put(put).build())
        };
        Ok([put(&pk, keys::IDENTITY)?, put(&keys::user(user_id), &keys::reference(&pk))?])
    }

    /// Adds an identity that is nobody's to a profile that nobody changed since it was read, and writes it down.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the identity is somebody's, or the profile changed or is gone.
    pub async fn link_identity(
        &self,
        mut person: Person,
        identity: Identity,
        entry: &AuditEntry,
    ) -> Result<Person, StoreError> {
        let mut writes = self.identity_writes(person.user_id, &identity.key)?.to_vec();
        person.identities.push(identity);
        let (person, put) = self.changed_person(person)?;
        writes.extend([put, self.audit_write(entry)?]);
        self.transact(writes).await?;
        Ok(person)
    }

    /// Takes an identity from a profile that nobody changed since it was read, and writes it down.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the profile changed or is gone.
    pub async fn unlink_identity(
        &self,
        mut person: Person,
        identity: &Identity,
        entry: &AuditEntry,
    ) -> Result<Person, StoreError> {
        person.identities.retain(|other| other.key != identity.key);
        let pk = keys::identity(&identity.key);
        let delete = |pk: &str, sk: &str| {
            let delete = Delete::builder().table_name(&self.table).key(keys::PK, string(pk)).key(keys::SK, string(sk));
            Ok::<_, StoreError>(TransactWriteItem::builder().delete(delete.build().map_err(incomplete)?).build())
        };
        let row = delete(&pk, keys::IDENTITY)?;
        let note = delete(&keys::user(person.user_id), &keys::reference(&pk))?;
        let (person, put) = self.changed_person(person)?;
        self.transact(vec![row, note, put, self.audit_write(entry)?]).await?;
        Ok(person)
    }

    /// Notes a sign-in that begins, under the hash of its `state`.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn begin_attempt(&self, state: &str, attempt: &Attempt) -> Result<(), StoreError> {
        let item = to_item(&keys::attempt(state), keys::ATTEMPT, attempt)?;
        self.client.put_item().table_name(&self.table).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// The sign-in of this `state`, which is over with that: nobody gets it a second time.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn take_attempt(&self, state: &str) -> Result<Option<Attempt>, StoreError> {
        let taken = self
            .client
            .delete_item()
            .table_name(&self.table)
            .key(keys::PK, string(keys::attempt(state)))
            .key(keys::SK, string(keys::ATTEMPT))
            .return_values(ReturnValue::AllOld)
            .send()
            .await?;
        let attempt: Option<Attempt> = taken.attributes.map(from_item).transpose()?;
        Ok(attempt.filter(|attempt| Timestamp::now().as_second() < attempt.expires_at))
    }
}
