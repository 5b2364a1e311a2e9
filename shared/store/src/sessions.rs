//! Signed-in devices. One session is one family of refresh tokens, of which one at a time is good; the row holds hashes.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, DeleteRequest, Put, ReturnValue, TransactWriteItem, WriteRequest,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::items::{Page, from_item, incomplete, string, to_item};
use crate::{Actor, AuditEntry, AuditEvent, Person, Store, StoreError, keys};

/// One signed-in device of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its id.
    pub session_id: Uuid,
    /// Whose it is.
    pub user_id: Uuid,
    /// Hex SHA-256 of what all refresh tokens of the family share: who presents it once had one of them.
    pub family_hash: String,
    /// Hex SHA-256 of the secret of the one token that is good.
    pub token_hash: String,
    /// The token that was good before.
    pub previous: Option<ReplacedToken>,
    /// By which means the person proved who they are (RFC 8176).
    pub amr: Vec<String>,
    /// What the device calls itself.
    pub user_agent: Option<String>,
    /// When the person signed in.
    pub created_at: Timestamp,
    /// When the person last proved who they are: at the sign-in, or later, for a sensitive change.
    #[serde(default)]
    pub proved_at: Option<Timestamp>,
    /// When it last got an access token.
    pub last_used_at: Timestamp,
    /// When it ends however often it is used.
    pub ends_at: Timestamp,
    /// When it ends unless it is used: never later than `ends_at`; seconds since 1970, for DynamoDB's TTL too.
    pub expires_at: i64,
}

/// A refresh token that was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplacedToken {
    /// Hex SHA-256 of its secret.
    pub hash: String,
    /// The secret of its successor, readable only by who has the replaced one.
    pub sealed_successor: String,
    /// When it was replaced.
    pub replaced_at: Timestamp,
}

impl Session {
    /// When the person last proved who they are.
    pub fn proved_at(&self) -> Timestamp {
        self.proved_at.unwrap_or(self.created_at)
    }

    /// Whether it has not ended by `now`: DynamoDB deletes what expired late.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now.as_second() < self.expires_at && now < self.ends_at
    }
}

impl Store {
    /// Writes a new session of a person who has proved their password as `person` shows it, and that they signed in: where
    /// the password was changed meanwhile, or the account suspended, or a second factor turned on that was not asked for,
    /// what was proved is worth nothing.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the password changed, the account is suspended, the person is gone, or there is a
    /// second factor in force and the session's `amr` does not say `mfa`.
    pub async fn create_session(&self, session: &Session, person: &Person) -> Result<(), StoreError> {
        let check = ConditionCheck::builder()
            .table_name(&self.table)
            .key(keys::PK, string(keys::user(person.user_id)))
            .key(keys::SK, string(keys::PROFILE))
            .condition_expression(
                "password_hash = :seen AND (attribute_not_exists(suspended_at) OR attribute_type(suspended_at, :null))",
            )
            .expression_attribute_values(":seen", string(&person.password_hash))
            .expression_attribute_values(":null", string("NULL"))
            .build()
            .map_err(incomplete)?;
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(session_item(session)?))
            .condition_expression("attribute_not_exists(PK)")
            .build()
            .map_err(incomplete)?;
        let entry = AuditEntry::now(session.user_id, AuditEvent::SignedIn, Actor::Person, session.user_agent.clone());
        let mut writes = vec![
            TransactWriteItem::builder().condition_check(check).build(),
            TransactWriteItem::builder().put(put).build(),
            self.audit_write(&entry)?,
        ];
        if !session.amr.iter().any(|means| means == "mfa") {
            let single = ConditionCheck::builder()
                .table_name(&self.table)
                .key(keys::PK, string(keys::user(person.user_id)))
                .key(keys::SK, string(keys::SECOND_FACTOR))
                .condition_expression("attribute_not_exists(confirmed_at)")
                .build()
                .map_err(incomplete)?;
            writes.push(TransactWriteItem::builder().condition_check(single).build());
        }
        self.transact(writes).await
    }

    /// A person's session that has not ended.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn session(&self, user_id: Uuid, session_id: Uuid) -> Result<Option<Session>, StoreError> {
        let session: Option<Session> =
            self.get_item(&keys::user(user_id), &keys::child(keys::SESSION, session_id)).await?;
        Ok(session.filter(|session| session.is_live(Timestamp::now())))
    }

    /// A session that has not ended, beside the person whose it is.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn person_and_session(
        &self,
        user_id: Uuid,
        session_id: Uuid,
    ) -> Result<(Option<Person>, Option<Session>), StoreError> {
        let session = keys::child(keys::SESSION, session_id);
        let (person, session): (_, Option<Session>) =
            self.get_both(&keys::user(user_id), keys::PROFILE, &session).await?;
        Ok((person, session.filter(|session| session.is_live(Timestamp::now()))))
    }

    /// Replaces a session by `rotated` if the token with the hash `presented` is still the good one.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another request replaced the token first, or the session ended.
    pub async fn rotate_session(&self, rotated: &Session, presented: &str) -> Result<(), StoreError> {
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(session_item(rotated)?))
            .condition_expression("token_hash = :presented")
            .expression_attribute_values(":presented", string(presented))
            .send()
            .await?;
        Ok(())
    }

    /// Notes on a session that its person has just proved again who they are, by these means.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the session ended or its token was replaced meanwhile.
    pub async fn note_proof(&self, session: &Session) -> Result<(), StoreError> {
        self.rotate_session(session, &session.token_hash).await
    }

    /// Ends every session of a person but one. One that begins meanwhile is found as well: the rows are read as they are
    /// at this moment.
    ///
    /// # Errors
    /// When the store does not answer; some may have ended then, and doing it again ends the rest.
    pub async fn end_other_sessions(&self, user_id: Uuid, kept: Uuid) -> Result<(), StoreError> {
        let mut cursor = None;
        loop {
            let page: Page<Session> = self.list_children(user_id, keys::SESSION, 100, cursor.as_deref()).await?;
            for session in page.items.iter().filter(|session| session.session_id != kept) {
                self.end_session(user_id, session.session_id).await?;
            }
            match page.next_cursor {
                Some(next) => cursor = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// A person's sessions, the one that began last first; those that ended are left out, so a page may be short.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn sessions(&self, user_id: Uuid, limit: u32, cursor: Option<&str>) -> Result<Page<Session>, StoreError> {
        let now = Timestamp::now();
        let mut page: Page<Session> = self.list_children(user_id, keys::SESSION, limit, cursor).await?;
        page.items.retain(|session| session.is_live(now));
        Ok(page)
    }

    /// How many sessions a person has.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn count_sessions(&self, user_id: Uuid) -> Result<u64, StoreError> {
        let (mut count, mut cursor) = (0, None);
        loop {
            let page = self.sessions(user_id, 100, cursor.as_deref()).await?;
            count += page.items.len() as u64;
            match page.next_cursor {
                Some(next) => cursor = Some(next),
                None => return Ok(count),
            }
        }
    }

    /// Ends a session; says whether there was one.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn end_session(&self, user_id: Uuid, session_id: Uuid) -> Result<bool, StoreError> {
        let output = self
            .client
            .delete_item()
            .table_name(&self.table)
            .key(keys::PK, string(keys::user(user_id)))
            .key(keys::SK, string(keys::child(keys::SESSION, session_id)))
            .return_values(ReturnValue::AllOld)
            .send()
            .await?;
        let ended: Option<Session> = output.attributes.map(from_item).transpose()?;
        Ok(ended.is_some_and(|session| session.is_live(Timestamp::now())))
    }

    /// Ends every session of a person.
    ///
    /// # Errors
    /// When the store cannot be written; some may have ended then, and doing it again ends the rest.
    pub async fn end_all_sessions(&self, user_id: Uuid) -> Result<(), StoreError> {
        loop {
            let found = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("PK = :pk AND begins_with(SK, :prefix)")
                .expression_attribute_values(":pk", string(keys::user(user_id)))
                .expression_attribute_values(":prefix", string(keys::SESSION))
                .projection_expression("PK, SK")
                .consistent_read(true)
                // As many as one batch of deletions takes.
                .limit(25)
                .send()
                .await?
                .items
                .unwrap_or_default();
            if found.is_empty() {
                return Ok(());
            }
            self.delete_batch(found).await?;
        }
    }

    async fn delete_batch(&self, found: Vec<HashMap<String, AttributeValue>>) -> Result<(), StoreError> {
        let deletions = found
            .into_iter()
            .map(|key| {
                let request = DeleteRequest::builder().set_key(Some(key)).build().map_err(incomplete)?;
                Ok(WriteRequest::builder().delete_request(request).build())
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        // What DynamoDB left undone under load is found again by the next query.
        self.client.batch_write_item().request_items(&self.table, deletions).send().await?;
        Ok(())
    }
}

fn session_item(session: &Session) -> Result<crate::items::Item, StoreError> {
    to_item(&keys::user(session.user_id), &keys::child(keys::SESSION, session.session_id), session)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    #[test]
    fn a_session_ends_when_it_lies_idle_and_in_any_case_at_its_end() {
        let begun: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let session = |idle_hours: i64, hours: i64| Session {
            session_id: Uuid::now_v7(),
            user_id: Uuid::now_v7(),
            family_hash: String::new(),
            token_hash: String::new(),
            previous: None,
            amr: Vec::new(),
            user_agent: None,
            created_at: begun,
            proved_at: None,
            last_used_at: begun,
            ends_at: begun + SignedDuration::from_hours(hours),
            expires_at: (begun + SignedDuration::from_hours(idle_hours)).as_second(),
        };
        let later = begun + SignedDuration::from_hours(2);
        assert!(session(3, 3).is_live(later));
        assert!(!session(1, 3).is_live(later));
        assert!(!session(3, 1).is_live(later));
    }
}
