use std::collections::HashMap;

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::items::{Page, from_item, incomplete, number, string, to_item};
use crate::jobs::Preferences;
use crate::{AuditEntry, Identity, OneUseToken, Store, StoreError, keys};

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Their id.
    pub user_id: Uuid,
    /// Mail address as they wrote it; compared without case.
    pub email: String,
    /// How they want to be called.
    pub name: Option<String>,
    /// PHC string of the password's hash; anything else where there is no password.
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
    /// Whether they want a mail when a job of theirs has ended.
    #[serde(default)]
    pub mail_when_done: bool,
    /// Accounts at other providers that sign them in.
    #[serde(default)]
    pub identities: Vec<Identity>,
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

impl Person {
    /// Whether there is a password; who signs in by another provider, or with a passkey, may have none.
    pub fn has_password(&self) -> bool {
        // PHC strings begin so, and what stands for no password does not.
        self.password_hash.starts_with('$')
    }
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
    /// Writes a new person and reserves their address and their identities.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the address or an identity is taken.
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
        let mut writes = vec![
            new(to_item(&pk, keys::PROFILE, person)?)?,
            new(to_item(&mail_pk, keys::MAIL, &MailRow { user_id: person.user_id })?)?,
            new(to_item(&pk, &keys::reference(&mail_pk), &MailRow { user_id: person.user_id })?)?,
            new(to_item(
                keys::DIRECTORY,
                &keys::directory_entry(&person.email),
                &MailRow { user_id: person.user_id },
            )?)?,
            new(to_item(&pk, &keys::directory_reference(&person.email), &MailRow { user_id: person.user_id })?)?,
        ];
        for identity in &person.identities {
            writes.extend(self.identity_writes(person.user_id, &identity.key)?);
        }
        self.transact(writes).await
    }

    /// Uses a token up and gives a profile that nobody changed since it was read another address, which is proved with
    /// that; writes it down. All of it or nothing.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the address is taken, the token was used, or the profile changed or is gone.
    pub async fn change_address(
        &self,
        secret: &str,
        token: &OneUseToken,
        mut person: Person,
        address: String,
        entry: &AuditEntry,
    ) -> Result<Person, StoreError> {
        let (pk, row) = (keys::user(person.user_id), MailRow { user_id: person.user_id });
        let put = |pk: &str, sk: &str| {
            let put = Put::builder()
                .table_name(&self.table)
                .set_item(Some(to_item(pk, sk, &row)?))
                .condition_expression("attribute_not_exists(PK)")
                .build()
                .map_err(incomplete)?;
            Ok::<_, StoreError>(TransactWriteItem::builder().put(put).build())
        };
        let delete = |pk: &str, sk: &str| {
            let delete = Delete::builder()
                .table_name(&self.table)
                .key(keys::PK, string(pk))
                .key(keys::SK, string(sk))
                .condition_expression("attribute_not_exists(PK) OR user_id = :user")
                .expression_attribute_values(":user", string(person.user_id.to_string()))
                .build()
                .map_err(incomplete)?;
            Ok::<_, StoreError>(TransactWriteItem::builder().delete(delete).build())
        };
        let (old_mail, new_mail) = (keys::mail(&person.email), keys::mail(&address));
        let mut writes = self.spent_token(secret, token)?;
        writes.extend([
            delete(&old_mail, keys::MAIL)?,
            delete(&pk, &keys::reference(&old_mail))?,
            delete(keys::DIRECTORY, &keys::directory_entry(&person.email))?,
            delete(&pk, &keys::directory_reference(&person.email))?,
            put(&new_mail, keys::MAIL)?,
            put(&pk, &keys::reference(&new_mail))?,
            put(keys::DIRECTORY, &keys::directory_entry(&address))?,
            put(&pk, &keys::directory_reference(&address))?,
            self.audit_write(entry)?,
        ]);
        person.email = address;
        person.email_verified = true;
        let (person, changed) = self.changed_person(person)?;
        writes.push(changed);
        self.transact(writes).await?;
        Ok(person)
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

    /// People by their address, those whose address begins with `beginning`, in the order of the alphabet. The last page
    /// has no `next_cursor`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn directory(
        &self,
        beginning: &str,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<Person>, StoreError> {
        let beginning = keys::directory_entry(beginning);
        let limit = limit.clamp(1, 100) as usize;
        let after = cursor
            .and_then(|cursor| URL_SAFE_NO_PAD.decode(cursor).ok())
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .filter(|address| address.starts_with(&beginning) && address.len() <= 320);
        let start = after.map(|address| {
            HashMap::from([(keys::PK.to_owned(), string(keys::DIRECTORY)), (keys::SK.to_owned(), string(address))])
        });
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .expression_attribute_values(":pk", string(keys::DIRECTORY))
            .limit(limit as i32 + 1)
            .set_exclusive_start_key(start);
        let query = match beginning.as_str() {
            "" => query.key_condition_expression("PK = :pk"),
            _ => query
                .key_condition_expression("PK = :pk AND begins_with(SK, :beginning)")
                .expression_attribute_values(":beginning", string(&beginning)),
        };
        let mut found = query.send().await?.items.unwrap_or_default();
        let more = found.len() > limit;
        found.truncate(limit);
        let last = found.last().and_then(|item| item.get(keys::SK)).and_then(|sk| sk.as_s().ok());
        let next_cursor = last.filter(|_| more).map(|sk| URL_SAFE_NO_PAD.encode(sk));
        let ids = found.into_iter().map(from_item::<MailRow>).collect::<Result<Vec<_>, _>>()?;
        let mut items = Vec::with_capacity(ids.len());
        for row in ids {
            // Somebody who is just leaving is listed and no more.
            items.extend(self.person(row.user_id).await?);
        }
        Ok(Page { items, next_cursor })
    }

    /// Replaces a profile that nobody changed since it was read, and writes down why; both or neither.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it was changed or removed meanwhile.
    pub async fn update_person_noting(&self, person: Person, entry: &AuditEntry) -> Result<Person, StoreError> {
        let (person, put) = self.changed_person(person)?;
        self.transact(vec![put, self.audit_write(entry)?]).await?;
        Ok(person)
    }

    /// The write of a profile that nobody changed since it was read, and the profile as it is then.
    pub(crate) fn changed_person(&self, mut person: Person) -> Result<(Person, TransactWriteItem), StoreError> {
        let read = person.version;
        person.version += 1;
        person.updated_at = Timestamp::now();
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(to_item(&keys::user(person.user_id), keys::PROFILE, &person)?))
            .condition_expression("version = :read")
            .expression_attribute_values(":read", number(read))
            .build()
            .map_err(incomplete)?;
        Ok((person, TransactWriteItem::builder().put(put).build()))
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
