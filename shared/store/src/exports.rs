//! The copy of everything that a person asked for.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::items::{incomplete, string, to_item};
use crate::{Actor, AuditEntry, AuditEvent, Store, StoreError, keys};

/// A copy of everything that is held on a person, made or being made. There is one for each person: the last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    /// Its id.
    pub export_id: Uuid,
    /// Of whose things.
    pub user_id: Uuid,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready_at: Option<Timestamp>,
    /// When it is forgotten; seconds since 1970, for DynamoDB's TTL.
    pub expires_at: i64,
}

impl Store {
    /// The last export that a person asked for, unless it has been forgotten.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn export(&self, user_id: Uuid) -> Result<Option<Export>, StoreError> {
        let export: Option<Export> = self.get_item(&keys::user(user_id), keys::EXPORT).await?;
        Ok(export.filter(|export| Timestamp::now().as_second() < export.expires_at))
    }

    /// Notes that a person who exists asks for an export, in the place of `former`.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another request was faster, or the person is gone.
    pub async fn request_export(&self, export: &Export, former: Option<Uuid>) -> Result<(), StoreError> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(to_item(&keys::user(export.user_id), keys::EXPORT, export)?))
            .condition_expression("attribute_not_exists(PK) OR expires_at <= :now OR export_id = :former")
            .expression_attribute_values(":now", crate::items::number(Timestamp::now().as_second()))
            .expression_attribute_values(":former", string(former.map(|id| id.to_string()).unwrap_or_default()))
            .build()
            .map_err(incomplete)?;
        let entry = AuditEntry::now(export.user_id, AuditEvent::ExportRequested, Actor::Person, None);
        self.transact(vec![
            self.person_exists(export.user_id)?,
            TransactWriteItem::builder().put(put).build(),
            self.audit_write(&entry)?,
        ])
        .await
    }

    /// Notes that an export was made, if it is still the one that is wanted.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it is not, or the person is gone.
    pub async fn complete_export(&self, export: &Export) -> Result<(), StoreError> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(to_item(&keys::user(export.user_id), keys::EXPORT, export)?))
            .condition_expression("export_id = :id")
            .expression_attribute_values(":id", string(export.export_id.to_string()))
            .build()
            .map_err(incomplete)?;
        self.transact(vec![self.person_exists(export.user_id)?, TransactWriteItem::builder().put(put).build()]).await
    }
}
