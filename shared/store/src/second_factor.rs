//! The second factor of a person: what its codes follow from, and the recovery codes that stand in for it.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::items::{incomplete, number, string, to_item};
use crate::{Store, StoreError, keys};

/// A person's authenticator (RFC 6238).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactor {
    /// Whose it is.
    pub user_id: Uuid,
    /// What the secret is made of, by a key that never leaves KMS: who has this alone can make no code.
    pub seed: String,
    /// When the person showed that their authenticator makes the right codes; until then no sign-in asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<Timestamp>,
    /// The time step of the last code that was taken. Neither that code nor an earlier one is taken again.
    pub last_step: u64,
    /// Hex SHA-256 of each recovery code that was not used yet.
    pub recovery_codes: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Counts changes.
    pub version: u64,
}

impl Store {
    /// The person's second factor, confirmed or not.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn second_factor(&self, user_id: Uuid) -> Result<Option<SecondFactor>, StoreError> {
        self.get_item(&keys::user(user_id), keys::SECOND_FACTOR).await
    }

    /// Writes a new second factor of a person who exists, in the place of one that was never confirmed.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the person is gone or has a confirmed one.
    pub async fn create_second_factor(&self, factor: &SecondFactor) -> Result<(), StoreError> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(to_item(&keys::user(factor.user_id), keys::SECOND_FACTOR, factor)?))
            .condition_expression("attribute_not_exists(confirmed_at)")
            .build()
            .map_err(incomplete)?;
        self.transact(vec![self.person_exists(factor.user_id)?, TransactWriteItem::builder().put(put).build()]).await
    }

    /// Replaces a second factor that nobody changed since it was read: so one code is taken once, however many send it at
    /// the same moment.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it was changed or removed meanwhile.
    pub async fn update_second_factor(&self, mut factor: SecondFactor) -> Result<SecondFactor, StoreError> {
        let read = factor.version;
        factor.version += 1;
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(to_item(&keys::user(factor.user_id), keys::SECOND_FACTOR, &factor)?))
            .condition_expression("version = :read")
            .expression_attribute_values(":read", number(read))
            .send()
            .await?;
        Ok(factor)
    }

    /// Removes a person's second factor; one that is gone is no error.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn remove_second_factor(&self, user_id: Uuid) -> Result<(), StoreError> {
        self.client
            .delete_item()
            .table_name(&self.table)
            .key(keys::PK, string(keys::user(user_id)))
            .key(keys::SK, string(keys::SECOND_FACTOR))
            .send()
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_never_confirmed_has_no_such_attribute() {
        // The condition that lets a new one take its place asks for just that.
        let now = Timestamp::now();
        let mut factor = SecondFactor {
            user_id: Uuid::now_v7(),
            seed: "seed".to_owned(),
            confirmed_at: None,
            last_step: 0,
            recovery_codes: Vec::new(),
            created_at: now,
            version: 1,
        };
        let item = |factor: &SecondFactor| to_item("pk", "sk", factor).unwrap();
        assert!(!item(&factor).contains_key("confirmed_at"));
        factor.confirmed_at = Some(now);
        assert!(item(&factor).contains_key("confirmed_at"));
        assert_eq!(crate::items::from_item::<SecondFactor>(item(&factor)).unwrap(), factor);
    }
}
