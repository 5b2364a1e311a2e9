//! ATS documents: what was made of a CV and where its file lies.

use aws_sdk_dynamodb::types::{ConditionCheck, Put, TransactWriteItem};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::items::{Page, incomplete, string, to_item};
use crate::{Store, StoreError, keys};

/// A document made of a CV.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtsDocument {
    /// Its id; to clients `resume_id`.
    pub document_id: Uuid,
    /// Whose it is.
    pub user_id: Uuid,
    /// The CV that it was made of.
    pub cv_id: Uuid,
    /// How it looks.
    pub template_id: String,
    /// `pdf`, `docx`, `txt` or `json`.
    pub format: String,
    /// What a browser calls the file.
    pub filename: String,
    /// Key of the file in the files bucket.
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// The report's score at the time, 0 to 100.
    pub score: u32,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Store {
    /// Writes a new document of a CV that exists. Its file is there already.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the person or the CV is gone, or the document exists.
    pub async fn create_document(&self, document: &AtsDocument) -> Result<(), StoreError> {
        let pk = keys::user(document.user_id);
        let cv_exists = ConditionCheck::builder()
            .table_name(&self.table)
            .key(keys::PK, string(&pk))
            .key(keys::SK, string(keys::child(keys::CV, document.cv_id)))
            .condition_expression("attribute_exists(PK)")
            .build()
            .map_err(incomplete)?;
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(to_item(&pk, &keys::child(keys::DOCUMENT, document.document_id), document)?))
            .condition_expression("attribute_not_exists(PK)")
            .build()
            .map_err(incomplete)?;
        self.transact(vec![
            self.person_exists(document.user_id)?,
            TransactWriteItem::builder().condition_check(cv_exists).build(),
            TransactWriteItem::builder().put(put).build(),
        ])
        .await
    }

    /// One document of a person.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn document(&self, user_id: Uuid, document_id: Uuid) -> Result<Option<AtsDocument>, StoreError> {
        self.get_item(&keys::user(user_id), &keys::child(keys::DOCUMENT, document_id)).await
    }

    /// A person's documents, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn documents(
        &self,
        user_id: Uuid,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<AtsDocument>, StoreError> {
        self.list_children(user_id, keys::DOCUMENT, limit, cursor).await
    }
}
