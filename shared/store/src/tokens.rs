//! One-use tokens that are sent by mail. The row's key is the token's hash, so a copy of the table opens nothing.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::items::{incomplete, number, string, to_item};
use crate::{Person, Store, StoreError, keys};

/// A token that does one thing, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneUseToken {
    /// For whom.
    pub user_id: Uuid,
    /// What for.
    pub purpose: TokenPurpose,
    /// What must still be as it was when the token was made: a digest of the address to verify or of the password's hash
    /// to replace. When that has changed, the token is worth nothing.
    pub bound_to: String,
    /// What the person has proved already, for a sign-in that goes on (RFC 8176).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// The session that asked for it, where that matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<Uuid>,
    /// The address that the person wants to have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// How often something wrong was presented with it.
    #[serde(default)]
    pub failures: u32,
    /// Until when; seconds since 1970, for DynamoDB's TTL too.
    pub expires_at: i64,
}

/// What a one-use token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenPurpose {
    /// Prove that a mail address is one's own.
    VerifyEmail,
    /// Choose a new password.
    ResetPassword,
    /// Finish a sign-in whose password was right.
    SecondFactor,
    /// Begin a session after a sign-in at another provider.
    SignInElsewhere,
    /// Add an account at another provider.
    LinkIdentity,
    /// Have another mail address.
    ChangeEmail,
    /// Add a passkey.
    RegisterPasskey,
    /// Prove by a passkey, once more, who one is.
    ProveByPasskey,
}

/// The note in the person's partition that a token is theirs; it goes when the token goes.
#[derive(Serialize)]
struct Reference {
    user_id: Uuid,
    expires_at: i64,
}

impl Store {
    /// Writes a token for a person who exists, under its secret's hash.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the person is gone.
    pub async fn create_token(&self, secret: &str, token: &OneUseToken) -> Result<(), StoreError> {
        let pk = keys::token(secret);
        let reference = Reference { user_id: token.user_id, expires_at: token.expires_at };
        let put = |item| {
            let put = Put::builder()
                .table_name(&self.table)
                .set_item(Some(item))
                .condition_expression("attribute_not_exists(PK)")
                .build()
                .map_err(incomplete)?;
            Ok::<_, StoreError>(TransactWriteItem::builder().put(put).build())
        };
        self.transact(vec![
            self.person_exists(token.user_id)?,
            put(to_item(&pk, keys::TOKEN, token)?)?,
            put(to_item(&keys::user(token.user_id), &keys::reference(&pk), &reference)?)?,
        ])
        .await
    }

    /// The token of this secret and purpose, if there is one that was not used and has not expired.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn token(&self, secret: &str, purpose: TokenPurpose) -> Result<Option<OneUseToken>, StoreError> {
        let token: Option<OneUseToken> = self.get_item(&keys::token(secret), keys::TOKEN).await?;
        Ok(token.filter(|token| token.purpose == purpose && Timestamp::now().as_second() < token.expires_at))
    }

    /// Counts something wrong that was presented with a token; beyond `most` the token is worth nothing any more.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the token was used, or something else wrong presented, meanwhile.
    pub async fn fail_token(&self, secret: &str, token: &OneUseToken, most: u32) -> Result<(), StoreError> {
        let failures = token.failures + 1;
        let expires_at = if failures < most { token.expires_at } else { 0 };
        let failed = OneUseToken { failures, expires_at, ..token.clone() };
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(to_item(&keys::token(secret), keys::TOKEN, &failed)?))
            .condition_expression("failures = :read AND expires_at = :expires")
            .expression_attribute_values(":read", number(token.failures))
            .expression_attribute_values(":expires", number(token.expires_at))
            .send()
            .await?;
        Ok(())
    }

    /// Uses a token up.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it was used or has expired meanwhile.
    pub async fn use_token(&self, secret: &str, token: &OneUseToken) -> Result<(), StoreError> {
        self.transact(self.spent_token(secret, token)?).await
    }

    /// Uses a token up and replaces the profile that nobody changed since it was read at `person.version`: both or
    /// neither. Answers the profile with its new version.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the token was used or the profile changed meanwhile.
    pub async fn spend_token(&self, secret: &str, token: &OneUseToken, person: Person) -> Result<Person, StoreError> {
        let (person, changed) = self.changed_person(person)?;
        let mut writes = self.spent_token(secret, token)?;
        writes.push(changed);
        self.transact(writes).await?;
        Ok(person)
    }

    /// The writes that use a token up.
    pub(crate) fn spent_token(&self, secret: &str, token: &OneUseToken) -> Result<Vec<TransactWriteItem>, StoreError> {
        let (pk, user) = (keys::token(secret), keys::user(token.user_id));
        let spend = Delete::builder()
            .table_name(&self.table)
            .key(keys::PK, string(&pk))
            .key(keys::SK, string(keys::TOKEN))
            .condition_expression("attribute_exists(PK) AND expires_at > :now")
            .expression_attribute_values(":now", number(Timestamp::now().as_second()))
            .build()
            .map_err(incomplete)?;
        let forget = Delete::builder()
            .table_name(&self.table)
            .key(keys::PK, string(&user))
            .key(keys::SK, string(keys::reference(&pk)))
            .build()
            .map_err(incomplete)?;
        Ok(vec![
            TransactWriteItem::builder().delete(spend).build(),
            TransactWriteItem::builder().delete(forget).build(),
        ])
    }
}
