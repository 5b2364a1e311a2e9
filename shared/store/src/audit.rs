//! What happened to an account, for its owner to read.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::items::{Page, incomplete, to_item};
use crate::{Store, StoreError, keys};

/// For how long an entry is kept.
const KEPT_DAYS: i64 = 400;

/// One thing that happened to an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Its id.
    pub audit_id: Uuid,
    /// To whose account.
    pub user_id: Uuid,
    /// What happened.
    pub event: AuditEvent,
    /// Who did it: the person, or an administrator.
    pub by: Actor,
    /// In which session, by which key, with which role: a few words that name nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// When.
    pub at: Timestamp,
    /// When it is forgotten; seconds since 1970, for DynamoDB's TTL.
    pub expires_at: i64,
}

/// What is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditEvent {
    /// A session began.
    SignedIn,
    /// A session was ended by hand.
    SessionEnded,
    /// An old refresh token was used again, and its session ended.
    TokenReused,
    /// The password was replaced.
    PasswordChanged,
    /// The second factor was turned on.
    SecondFactorOn,
    /// The second factor was turned off.
    SecondFactorOff,
    /// New recovery codes were made.
    RecoveryCodesMade,
    /// A recovery code was used.
    RecoveryCodeUsed,
    /// A key for machines was made.
    ApiKeyMade,
    /// A key for machines was revoked.
    ApiKeyRevoked,
    /// A copy of everything was asked for.
    ExportRequested,
    /// The role was changed.
    RoleChanged,
    /// The account was suspended.
    Suspended,
    /// The account was let in again.
    Reinstated,
    /// An administrator looked the account up.
    LookedUp,
    /// An account at another provider was added.
    IdentityLinked,
    /// An account at another provider was taken away.
    IdentityUnlinked,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// A passkey was used whose count of signatures did not grow, and refused.
    PasskeySuspected,
    /// The mail address was replaced.
    AddressChanged,
}

impl AuditEvent {
    /// The name as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::SessionEnded => "session_ended",
            Self::TokenReused => "token_reused",
            Self::PasswordChanged => "password_changed",
            Self::SecondFactorOn => "second_factor_on",
            Self::SecondFactorOff => "second_factor_off",
            Self::RecoveryCodesMade => "recovery_codes_made",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::ApiKeyMade => "api_key_made",
            Self::ApiKeyRevoked => "api_key_revoked",
            Self::ExportRequested => "export_requested",
            Self::RoleChanged => "role_changed",
            Self::Suspended => "suspended",
            Self::Reinstated => "reinstated",
            Self::LookedUp => "looked_up",
            Self::IdentityLinked => "identity_linked",
            Self::IdentityUnlinked => "identity_unlinked",
            Self::PasskeyAdded => "passkey_added",
            Self::PasskeyRemoved => "passkey_removed",
            Self::PasskeySuspected => "passkey_suspected",
            Self::AddressChanged => "address_changed",
        }
    }
}

/// Who did something to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// Its owner, or whoever had what proves that one is.
    Person,
    /// An administrator. Which one is not the owner's to know; the functions' log says it.
    Admin,
}

impl AuditEntry {
    /// Something that happens now.
    pub fn now(user_id: Uuid, event: AuditEvent, by: Actor, about: Option<String>) -> Self {
        let at = Timestamp::now();
        let expires_at = at.checked_add((24 * KEPT_DAYS).hours()).unwrap_or(Timestamp::MAX).as_second();
        Self { audit_id: Uuid::now_v7(), user_id, event, by, about, at, expires_at }
    }
}

impl Store {
    /// Writes an entry about a person who exists.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the person is gone.
    pub async fn audit(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        self.transact(vec![self.person_exists(entry.user_id)?, self.audit_write(entry)?]).await
    }

    /// The write of an entry, as part of the transaction that does what the entry is about.
    pub(crate) fn audit_write(&self, entry: &AuditEntry) -> Result<TransactWriteItem, StoreError> {
        let sk = keys::child(keys::AUDIT, entry.audit_id);
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(to_item(&keys::user(entry.user_id), &sk, entry)?))
            .build()
            .map_err(incomplete)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// What happened to a person's account, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn audit_entries(
        &self,
        user_id: Uuid,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<AuditEntry>, StoreError> {
        self.list_children(user_id, keys::AUDIT, limit, cursor).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_stored_under_the_name_that_is_shown() {
        for event in [AuditEvent::SignedIn, AuditEvent::RecoveryCodeUsed, AuditEvent::LookedUp] {
            assert_eq!(serde_json::to_value(event).unwrap(), event.as_str());
        }
    }
}
