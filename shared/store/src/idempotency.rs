use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::items::{incomplete, number, string, to_item};
use crate::{Store, StoreError, keys};

/// How long an answer is kept for its key.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How long a request may be under way before its key is free again: longer than any function's time-out over HTTP.
const UNDER_WAY: SignedDuration = SignedDuration::from_secs(60);

/// How often a row is written while others write beside it.
const ATTEMPTS: usize = 3;

/// An answer as it was first given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAnswer {
    /// HTTP status.
    pub status: u16,
    /// The headers that belong to it, by lower-case name.
    pub headers: Vec<(String, String)>,
    /// The body as text.
    pub body: String,
}

/// What is known of an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdempotentRequest {
    /// It is new, and the caller's to answer.
    New,
    /// It was answered like this.
    Answered(StoredAnswer),
    /// The first request is still under way.
    UnderWay,
    /// It was used for another request.
    Mismatch,
}

#[derive(Serialize, Deserialize)]
struct Row {
    request: String,
    answer: Option<StoredAnswer>,
    locked_until: i64,
    expires_at: i64,
}

impl Store {
    /// Claims `key` of a person who exists for a request to `route` whose body has the hash `request`.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the person is gone; otherwise when the store cannot be reached.
    pub async fn claim_idempotency_key(
        &self,
        user_id: Uuid,
        route: &str,
        key: &str,
        request: &str,
    ) -> Result<IdempotentRequest, StoreError> {
        let now = Timestamp::now();
        let (pk, sk) = (keys::user(user_id), keys::replay(route, key));
        let row = Row {
            request: request.to_owned(),
            answer: None,
            locked_until: (now + UNDER_WAY).as_second(),
            expires_at: (now + KEPT).as_second(),
        };
        for _ in 0..ATTEMPTS {
            let put = Put::builder()
                .table_name(&self.table)
                .set_item(Some(to_item(&pk, &sk, &row)?))
                .condition_expression(
                    "attribute_not_exists(PK) OR expires_at < :now \
                     OR (#request = :request AND attribute_type(answer, :null) AND locked_until < :now)",
                )
                .expression_attribute_names("#request", "request")
                .expression_attribute_values(":now", number(now.as_second()))
                .expression_attribute_values(":request", string(request))
                .expression_attribute_values(":null", string("NULL"))
                .build()
                .map_err(incomplete)?;
            let put = TransactWriteItem::builder().put(put).build();
            match self.transact(vec![self.person_exists(user_id)?, put]).await {
                Ok(()) => return Ok(IdempotentRequest::New),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
            match self.get_item::<Row>(&pk, &sk).await? {
                Some(row) if row.request != request => return Ok(IdempotentRequest::Mismatch),
                Some(Row { answer: Some(answer), .. }) => return Ok(IdempotentRequest::Answered(answer)),
                Some(_) => return Ok(IdempotentRequest::UnderWay),
                None if self.person(user_id).await?.is_none() => return Err(StoreError::Conflict),
                // The profile, or the same key, was being written at this moment.
                None => {}
            }
        }
        Ok(IdempotentRequest::UnderWay)
    }

    /// Keeps the answer to a claimed key for a day, unless the person has gone since.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn keep_answer(
        &self,
        user_id: Uuid,
        route: &str,
        key: &str,
        request: &str,
        answer: StoredAnswer,
    ) -> Result<(), StoreError> {
        let now = Timestamp::now();
        let row = Row {
            request: request.to_owned(),
            answer: Some(answer),
            locked_until: now.as_second(),
            expires_at: (now + KEPT).as_second(),
        };
        for _ in 0..ATTEMPTS {
            let put = Put::builder()
                .table_name(&self.table)
                .set_item(Some(to_item(&keys::user(user_id), &keys::replay(route, key), &row)?))
                .build()
                .map_err(incomplete)?;
            let put = TransactWriteItem::builder().put(put).build();
            match self.transact(vec![self.person_exists(user_id)?, put]).await {
                Ok(()) => return Ok(()),
                Err(StoreError::Conflict) if self.person(user_id).await?.is_none() => return Ok(()),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        // The request is answered all the same; sent again, it is told that the first is under way.
        Ok(())
    }

    /// Frees a claimed key whose request could not be answered.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn free_idempotency_key(&self, user_id: Uuid, route: &str, key: &str) -> Result<(), StoreError> {
        self.client
            .delete_item()
            .table_name(&self.table)
            .key(keys::PK, string(keys::user(user_id)))
            .key(keys::SK, string(keys::replay(route, key)))
            .send()
            .await?;
        Ok(())
    }
}
