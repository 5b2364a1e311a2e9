//! What a person was told of by mail, so that they are told once.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use jiff::{Timestamp, ToSpan};
use serde::Serialize;
use uuid::Uuid;

use crate::items::{incomplete, to_item};
use crate::{Store, StoreError, keys};

/// For how long it is kept: longer than a message can come again out of a dead-letter queue.
const KEPT_DAYS: i64 = 30;

#[derive(Serialize)]
struct NoticeRow {
    user_id: Uuid,
    expires_at: i64,
}

impl Store {
    /// Notes that a person who exists is told of something now.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when they were told of it before, or are gone.
    pub async fn note_notice(&self, user_id: Uuid, notice_id: Uuid) -> Result<(), StoreError> {
        let end = Timestamp::now().checked_add((24 * KEPT_DAYS).hours()).unwrap_or(Timestamp::MAX);
        let row = NoticeRow { user_id, expires_at: end.as_second() };
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(to_item(&keys::user(user_id), &keys::child(keys::NOTICE, notice_id), &row)?))
            .condition_expression("attribute_not_exists(PK)")
            .build()
            .map_err(incomplete)?;
        self.transact(vec![self.person_exists(user_id)?, TransactWriteItem::builder().put(put).build()]).await
    }
}
