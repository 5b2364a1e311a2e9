use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vitae_resume::Resume;

use crate::items::{Page, incomplete, number, string, to_item};
use crate::jobs::{Job, Preferences, SourceFile};
use crate::{Store, StoreError, keys};

/// A CV: the résumé that was read or imported, and where it came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cv {
    /// Its id.
    pub cv_id: Uuid,
    /// Whose it is.
    pub user_id: Uuid,
    /// What it says. Spans are not among it: they are large and lie in S3 beside the original.
    #[serde(with = "as_json")]
    pub resume: Resume,
    /// Where it came from.
    pub source: CvSource,
    /// What the person wants done with it.
    pub preferences: Preferences,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts changes; the ETag.
    pub version: u64,
}

/// Where a CV came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum CvSource {
    /// A file that was read.
    File {
        /// The file.
        file: SourceFile,
        /// Key in the files bucket of the places on the pages that each field was read from.
        spans_key: Option<String>,
    },
    /// A JSON Resume document sent as it is.
    Import,
}

impl Store {
    /// One CV of a person.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn cv(&self, user_id: Uuid, cv_id: Uuid) -> Result<Option<Cv>, StoreError> {
        self.get_item(&keys::user(user_id), &keys::child(keys::CV, cv_id)).await
    }

    /// A person's CVs, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn cvs(&self, user_id: Uuid, limit: u32, cursor: Option<&str>) -> Result<Page<Cv>, StoreError> {
        self.list_children(user_id, keys::CV, limit, cursor).await
    }

    /// Writes a new CV of a person who exists.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the person is gone or the CV exists.
    pub async fn create_cv(&self, cv: &Cv) -> Result<(), StoreError> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(to_item(&keys::user(cv.user_id), &keys::child(keys::CV, cv.cv_id), cv)?))
            .condition_expression("attribute_not_exists(PK)")
            .build()
            .map_err(incomplete)?;
        self.transact(vec![self.person_exists(cv.user_id)?, TransactWriteItem::builder().put(put).build()]).await
    }

    /// Writes what a job read, and moves the job on, both or neither: `job` is held by `owner` and is given up at
    /// `job.status`. A CV that exists already (the file was read again) is replaced.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the lease was lost, the job was stopped or the person is gone.
    pub async fn store_read_cv(&self, cv: &Cv, job: Job, owner: &str) -> Result<Job, StoreError> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(to_item(&keys::user(cv.user_id), &keys::child(keys::CV, cv.cv_id), cv)?))
            .build()
            .map_err(incomplete)?;
        let (job, released) = self.released(job, owner, SignedDuration::ZERO)?;
        self.transact(vec![self.person_exists(cv.user_id)?, TransactWriteItem::builder().put(put).build(), released])
            .await?;
        Ok(job)
    }

    /// Replaces a CV that nobody changed since it was read at `cv.version`; answers it with the new version.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it was changed or removed meanwhile.
    pub async fn update_cv(&self, mut cv: Cv) -> Result<Cv, StoreError> {
        let read = cv.version;
        cv.version += 1;
        cv.updated_at = Timestamp::now();
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(to_item(&keys::user(cv.user_id), &keys::child(keys::CV, cv.cv_id), &cv)?))
            .condition_expression("version = :read")
            .expression_attribute_values(":read", number(read))
            .send()
            .await?;
        Ok(cv)
    }

    /// Removes a CV if it is still as it was read at `version`.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it was changed or removed meanwhile.
    pub async fn delete_cv(&self, user_id: Uuid, cv_id: Uuid, version: u64) -> Result<(), StoreError> {
        self.client
            .delete_item()
            .table_name(&self.table)
            .key(keys::PK, string(keys::user(user_id)))
            .key(keys::SK, string(keys::child(keys::CV, cv_id)))
            .condition_expression("version = :read")
            .expression_attribute_values(":read", number(version))
            .send()
            .await?;
        Ok(())
    }
}

/// A résumé is stored as JSON text: it is read and written whole, and DynamoDB knows no empty nested shapes that way.
mod as_json {
    use serde::{Deserialize, Deserializer, Serializer};
    use vitae_resume::Resume;

    pub(super) fn serialize<S: Serializer>(resume: &Resume, serializer: S) -> Result<S::Ok, S::Error> {
        let text = serde_json::to_string(resume).map_err(serde::ser::Error::custom)?;
        serializer.serialize_str(&text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Resume, D::Error> {
        let text = String::deserialize(deserializer)?;
        serde_json::from_str(&text).map_err(serde::de::Error::custom)
    }
}
