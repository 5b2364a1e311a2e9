use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::items::{incomplete, number, to_item};
use crate::jobs::Preferences;
use crate::{Store, StoreError, keys};

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Their id.
    pub user_id: Uuid,
    /// Mail address as they wrote it; compared without case.
    pub email: String,
    /// How they want to be called.
    pub name: Option<String>,
    /// PHC string of the password's hash.
    pub password_hash: String,
    /// What they may do.
    pub role: Role,
    /// Whether they proved that the address is theirs.
    pub email_verified: bool,
    /// BCP 47 tag of the language that mails are written in.
    pub locale: Option<String>,
    /// What new uploads start from.
    pub defaults: Preferences,
    /// A digest of what each device calls itself that signed in, the newest last.
    #[serde(default)]
    pub devices: Vec<String>,
    /// When the account was suspended, where it is: then nobody signs in.
    #[serde(default)]
    pub suspended_at: Option<Timestamp>,
    /// When they registered.
    pub created_at: Timestamp,
    /// When the profile last changed.
    pub updated_at: Timestamp,
    /// Counts changes; the ETag.
    pub version: u64,
}

/// What a person may do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Their own things.
    #[default]
    User,
    /// The platform's numbers and people, too.
    Admin,
}

#[derive(Serialize, Deserialize)]
struct MailRow {
    user_id: Uuid,
}

impl Store {
    /// Writes a new person and reserves their address.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the address is taken.
    pub async fn create_person(&self, person: &Person) -> Result<(), StoreError> {
        let pk = keys::user(person.user_id);
        let mail_pk = keys::mail(&person.email);
        let new = |item| {
            let put = Put::builder()
                .table_name(&self.table)
                .set_item(Some(item))
                .condition_expression("attribute_not_exists(PK)")
                .build()
                .map_err(incomplete)?;
            Ok::<_, StoreError>(TransactWriteItem::builder().put(put).build())
        };
        self.transact(vec![
            new(to_item(&pk, keys::PROFILE, person)?)?,
            new(to_item(&mail_pk, keys::MAIL, &MailRow { user_id: person.user_id })?)?,
            new(to_item(&pk, &keys::reference(&mail_pk), &MailRow { user_id: person.user_id })?)?,
        ])
        .await
    }

    /// The person with this id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn person(&self, user_id: Uuid) -> Result<Option<Person>, StoreError> {
        self.get_item(&keys::user(user_id), keys::PROFILE).await
    }

    /// The person whose address this is; case does not matter.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn person_by_email(&self, email: &str) -> Result<Option<Person>, StoreError> {
        match self.get_item::<MailRow>(&keys::mail(email), keys::MAIL).await? {
            Some(row) => self.person(row.user_id).await,
            None => Ok(None),
        }
    }

    /// Replaces a profile that nobody changed since it was read at `person.version`; answers it with the new version.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it was changed or removed meanwhile.
    pub async fn update_person(&self, mut person: Person) -> Result<Person, StoreError> {
        let read = person.version;
        person.version += 1;
        person.updated_at = Timestamp::now();
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(to_item(&keys::user(person.user_id), keys::PROFILE, &person)?))
            .condition_expression("version = :read")
            .expression_attribute_values(":read", number(read))
            .send()
            .await?;
        Ok(person)
    }
}
