use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnValue, TransactWriteItem};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::items::{Item, Page, from_item, incomplete, number, string, to_item};
use crate::{Store, StoreError, keys};

/// One piece of work on a CV that a person waits for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Its id.
    pub job_id: Uuid,
    /// Whose it is.
    pub user_id: Uuid,
    /// The CV that it makes or works on.
    pub cv_id: Uuid,
    /// The portfolio that it makes or works on, where it does.
    pub portfolio_id: Option<Uuid>,
    /// What it does.
    pub kind: JobKind,
    /// How far it is.
    pub status: JobStatus,
    /// How often a worker began it.
    pub attempts: u32,
    /// Why it failed.
    pub error: Option<JobError>,
    /// What came of it.
    pub result: Option<JobResult>,
    /// The file, for jobs that read one.
    pub source: Option<SourceFile>,
    /// What the person wants.
    pub preferences: Preferences,
    /// The sections to write anew, for a job that writes only some.
    #[serde(default)]
    pub sections: Option<Vec<String>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When a worker first began it, for the numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// Counts changes; a reader that waits compares it.
    pub version: u64,
    /// Who works on it.
    pub lease_owner: Option<String>,
    /// Until when nobody else may.
    pub lease_until: Option<Timestamp>,
    /// When an upload that never came stops being awaited; seconds since 1970, for DynamoDB's TTL too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
}

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Take an uploaded file all the way to a portfolio.
    Upload,
    /// Read a stored file again.
    Parse,
    /// Make a portfolio of a CV, or some of its sections anew.
    Generate,
}

impl JobKind {
    /// The name as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Parse => "parse",
            Self::Generate => "generate",
        }
    }
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobStatus {
    /// The file is not there yet.
    AwaitingUpload,
    /// Waiting for a worker.
    Queued,
    /// The file's words are being read.
    Extracting,
    /// The words are being understood.
    Parsing,
    /// The résumé is being checked and stored.
    Validating,
    /// The portfolio is being made.
    Generating,
    /// Done.
    Completed,
    /// Not done, and `error` says why.
    Failed,
    /// The person stopped it.
    Cancelled,
    /// The file never came.
    Expired,
}

impl JobStatus {
    /// Whether nothing more will happen by itself.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled | Self::Expired)
    }

    /// Share of the way, 0 to 100. What failed, was stopped or expired says 100, since nothing more will come.
    pub fn progress(self) -> u8 {
        match self {
            Self::AwaitingUpload => 0,
            Self::Queued => 5,
            Self::Extracting => 20,
            Self::Parsing => 45,
            Self::Validating => 60,
            Self::Generating => 75,
            Self::Completed | Self::Failed | Self::Cancelled | Self::Expired => 100,
        }
    }

    /// The name as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AwaitingUpload => "awaiting_upload",
            Self::Queued => "queued",
            Self::Extracting => "extracting",
            Self::Parsing => "parsing",
            Self::Validating => "validating",
            Self::Generating => "generating",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }
}

/// Why a job failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobError {
    /// The stage that failed.
    pub stage: JobStatus,
    /// Stable name of the reason, in `snake_case`.
    pub code: String,
    /// A sentence that a person can act on.
    pub detail: String,
    /// Whether the same job can succeed when it is tried again.
    pub retryable: bool,
}

/// What came of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobResult {
    /// The CV.
    pub cv_id: Uuid,
    /// The portfolio, where one was made.
    pub portfolio_id: Option<Uuid>,
    /// Where the portfolio can be seen, where it was published.
    pub portfolio_url: Option<String>,
}

/// A file that a person uploads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    /// Its key in the files bucket.
    pub key: String,
    /// What the person calls it.
    pub filename: String,
    /// The declared media type.
    pub content_type: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256 in hex.
    pub sha256: String,
}

/// What a person wants done with a CV.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    /// Template of the portfolio.
    pub template_id: Option<String>,
    /// Colour theme: `light`, `dark` or `auto`.
    pub theme: Option<String>,
    /// Tone of the portfolio's own words.
    pub tone: Option<String>,
    /// Links to show besides those of the CV.
    #[serde(default)]
    pub links: Vec<String>,
    /// Whether a portfolio is made and published as soon as the CV is read.
    pub auto_generate: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { template_id: None, theme: None, tone: None, links: Vec::new(), auto_generate: true }
    }
}

/// What came of asking for a job.
#[derive(Debug)]
pub enum Lease {
    /// It is the caller's until `lease_until`.
    Taken(Box<Job>),
    /// Nothing is left to do.
    Finished(Box<Job>),
    /// Another worker has it; ask again later.
    Busy,
    /// There is no such job.
    Missing,
}

impl Job {
    /// A new job of `user_id` on `cv_id`, ready for its worker; the caller changes what is different about it.
    pub fn new(kind: JobKind, user_id: Uuid, cv_id: Uuid) -> Self {
        let now = Timestamp::now();
        Self {
            job_id: Uuid::now_v7(),
            user_id,
            cv_id,
            portfolio_id: None,
            kind,
            status: JobStatus::Queued,
            attempts: 0,
            error: None,
            result: None,
            source: None,
            preferences: Preferences::default(),
            sections: None,
            created_at: now,
            updated_at: now,
            started_at: None,
            version: 1,
            lease_owner: None,
            lease_until: None,
            expires_at: None,
        }
    }

    /// Whether the next to work on it is the worker that makes portfolios, rather than the one that reads files.
    pub fn waits_for_generator(&self) -> bool {
        self.kind == JobKind::Generate || self.status == JobStatus::Generating
    }

    /// The status that a reader sees: DynamoDB deletes what expired late, so an upload that never came is told by its time.
    fn seen_now(mut self) -> Self {
        let expired = self.expires_at.is_some_and(|at| at <= Timestamp::now().as_second());
        if self.status == JobStatus::AwaitingUpload && expired {
            self.status = JobStatus::Expired;
        }
        self
    }
}

impl Store {
    /// Writes a new job of a person who exists.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the person is gone or the job exists.
    pub async fn create_job(&self, job: &Job) -> Result<(), StoreError> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(job_item(job)?))
            .condition_expression("attribute_not_exists(PK)")
            .build()
            .map_err(incomplete)?;
        self.transact(vec![self.person_exists(job.user_id)?, TransactWriteItem::builder().put(put).build()]).await
    }

    /// One job of a person.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn job(&self, user_id: Uuid, job_id: Uuid) -> Result<Option<Job>, StoreError> {
        let job: Option<Job> = self.get_item(&keys::user(user_id), &keys::child(keys::JOB, job_id)).await?;
        Ok(job.map(Job::seen_now))
    }

    /// A person's jobs, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn jobs(&self, user_id: Uuid, limit: u32, cursor: Option<&str>) -> Result<Page<Job>, StoreError> {
        let mut page: Page<Job> = self.list_children(user_id, keys::JOB, limit, cursor).await?;
        page.items = page.items.into_iter().map(Job::seen_now).collect();
        Ok(page)
    }

    /// Asks for a job for `duration`. A lease that ran out is taken over; a live one of another worker is not.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn take_job(
        &self,
        user_id: Uuid,
        job_id: Uuid,
        owner: &str,
        duration: SignedDuration,
    ) -> Result<Lease, StoreError> {
        let now = Timestamp::now();
        let taken = self
            .update_job_item(user_id, job_id)
            .update_expression(
                "SET lease_owner = :owner, lease_until = :until, updated_at = :now, GSI1SK = :now, \
                 started_at = if_not_exists(started_at, :now), version = version + :one, attempts = attempts + :one \
                 REMOVE expires_at",
            )
            .condition_expression(
                "attribute_exists(PK) AND NOT #status IN (:completed, :failed, :cancelled, :expired) \
                 AND (attribute_type(lease_until, :null) OR lease_until < :now OR lease_owner = :owner)",
            )
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":owner", string(owner))
            .expression_attribute_values(":until", time(now + duration))
            .expression_attribute_values(":now", time(now))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":null", string("NULL"))
            .expression_attribute_values(":completed", string(JobStatus::Completed.as_str()))
            .expression_attribute_values(":failed", string(JobStatus::Failed.as_str()))
            .expression_attribute_values(":cancelled", string(JobStatus::Cancelled.as_str()))
            .expression_attribute_values(":expired", string(JobStatus::Expired.as_str()))
            .return_values(ReturnValue::AllNew)
            .send()
            .await;
        match taken {
            Ok(output) => Ok(Lease::Taken(Box::new(attributes(output.attributes)?))),
            Err(error) => match StoreError::from(error) {
                StoreError::Conflict => Ok(match self.job(user_id, job_id).await? {
                    None => Lease::Missing,
                    Some(job) if job.status.is_final() => Lease::Finished(Box::new(job)),
                    Some(_) => Lease::Busy,
                }),
                other => Err(other),
            },
        }
    }

    /// Moves a job that `owner` holds to `status`, and holds it for `duration` more.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the lease was lost or the person stopped the job.
    pub async fn advance_job(
        &self,
        job: &Job,
        owner: &str,
        status: JobStatus,
        duration: SignedDuration,
    ) -> Result<Job, StoreError> {
        let now = Timestamp::now();
        let output = self
            .update_job_item(job.user_id, job.job_id)
            .update_expression(
                "SET #status = :status, lease_until = :until, updated_at = :now, GSI1SK = :now, version = version + :one",
            )
            .condition_expression("lease_owner = :owner AND #status <> :cancelled")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":status", string(status.as_str()))
            .expression_attribute_values(":owner", string(owner))
            .expression_attribute_values(":until", time(now + duration))
            .expression_attribute_values(":now", time(now))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":cancelled", string(JobStatus::Cancelled.as_str()))
            .return_values(ReturnValue::AllNew)
            .send()
            .await?;
        attributes(output.attributes)
    }

    /// Ends a job that `owner` holds: completed with what came of it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the lease was lost or the person stopped the job.
    pub async fn complete_job(&self, job: &Job, owner: &str, result: &JobResult) -> Result<Job, StoreError> {
        let ended = Job {
            status: JobStatus::Completed,
            result: Some(result.clone()),
            portfolio_id: result.portfolio_id.or(job.portfolio_id),
            error: None,
            ..job.clone()
        };
        self.release_job(ended, owner).await
    }

    /// Ends a job that `owner` holds: failed, with the reason.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the lease was lost or the person stopped the job.
    pub async fn fail_job(&self, job: &Job, owner: &str, error: JobError) -> Result<Job, StoreError> {
        self.release_job(Job { status: JobStatus::Failed, error: Some(error), ..job.clone() }, owner).await
    }

    /// Gives a job that `owner` holds to whoever works on it next, at `job.status`.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the lease was lost or the person stopped the job.
    pub async fn release_job(&self, job: Job, owner: &str) -> Result<Job, StoreError> {
        self.give_job_back(job, owner, SignedDuration::ZERO).await
    }

    /// Gives a job that `owner` holds and could not finish now to whoever gets its message next. As long as the message
    /// may take to come again (`rest`), the job does not count as one that stayed behind.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the lease was lost or the person stopped the job.
    pub async fn give_job_back(&self, job: Job, owner: &str, rest: SignedDuration) -> Result<Job, StoreError> {
        let (job, put) = self.released(job, owner, rest)?;
        self.transact(vec![put]).await?;
        Ok(job)
    }

    /// The write of [`Store::release_job`], to be part of a larger transaction.
    pub(crate) fn released(
        &self,
        job: Job,
        owner: &str,
        rest: SignedDuration,
    ) -> Result<(Job, TransactWriteItem), StoreError> {
        let read = job.version;
        let job = Job {
            lease_owner: None,
            lease_until: None,
            updated_at: Timestamp::now(),
            version: read + 1,
            expires_at: None,
            ..job
        };
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(resting_job_item(&job, rest)?))
            .condition_expression("lease_owner = :owner AND version = :read")
            .expression_attribute_values(":owner", string(owner))
            .expression_attribute_values(":read", number(read))
            .build()
            .map_err(incomplete)?;
        Ok((job, TransactWriteItem::builder().put(put).build()))
    }

    /// Puts a job back to where it failed, if it is still as it was read: to `queued`, or, when the CV was read already,
    /// to `generating`. The caller then sends its message.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it changed meanwhile.
    pub async fn requeue_job(&self, job: &Job) -> Result<Job, StoreError> {
        let failed_at = job.error.as_ref().map_or(job.status, |error| error.stage);
        let status = match (job.kind, failed_at) {
            (JobKind::Upload | JobKind::Parse, JobStatus::Generating) => JobStatus::Generating,
            _ => JobStatus::Queued,
        };
        self.replace_job(Job { status, error: None, ..job.clone() }).await
    }

    /// Marks a job as looked at just now, if it is still as it was read.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it changed meanwhile.
    pub async fn touch_job(&self, job: &Job) -> Result<Job, StoreError> {
        self.replace_job(job.clone()).await
    }

    /// Ends a job that nobody holds: failed, with the reason, if it is still as it was read.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it changed meanwhile.
    pub async fn give_job_up(&self, job: &Job, error: JobError) -> Result<Job, StoreError> {
        self.replace_job(Job { status: JobStatus::Failed, error: Some(error), ..job.clone() }).await
    }

    /// Stops a job if it is still as it was read.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it changed meanwhile.
    pub async fn cancel_job(&self, job: &Job) -> Result<Job, StoreError> {
        self.replace_job(Job { status: JobStatus::Cancelled, ..job.clone() }).await
    }

    /// Closes an upload that never came, if it is still as it was read.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it changed meanwhile.
    pub async fn expire_job(&self, job: &Job) -> Result<Job, StoreError> {
        self.replace_job(Job { status: JobStatus::Expired, ..job.clone() }).await
    }

    /// Removes a job; one that is gone is no error.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn delete_job(&self, user_id: Uuid, job_id: Uuid) -> Result<(), StoreError> {
        self.client
            .delete_item()
            .table_name(&self.table)
            .key(keys::PK, string(keys::user(user_id)))
            .key(keys::SK, string(keys::child(keys::JOB, job_id)))
            .send()
            .await?;
        Ok(())
    }

    /// Unfinished jobs of all people that last changed, and rested, before `before`, oldest first, at most `limit`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn unfinished_jobs(&self, before: Timestamp, limit: u32) -> Result<Vec<Job>, StoreError> {
        let output = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(keys::OPEN_JOBS_INDEX)
            .key_condition_expression("GSI1PK = :open AND GSI1SK < :before")
            .expression_attribute_values(":open", string(keys::OPEN))
            .expression_attribute_values(":before", time(before))
            .limit(limit as i32)
            .send()
            .await?;
        output.items.unwrap_or_default().into_iter().map(from_item).collect()
    }

    async fn replace_job(&self, job: Job) -> Result<Job, StoreError> {
        let read = job.version;
        let job = Job {
            lease_owner: None,
            lease_until: None,
            updated_at: Timestamp::now(),
            version: read + 1,
            expires_at: None,
            ..job
        };
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(job_item(&job)?))
            .condition_expression("version = :read")
            .expression_attribute_values(":read", number(read))
            .send()
            .await?;
        Ok(job)
    }

    fn update_job_item(
        &self,
        user_id: Uuid,
        job_id: Uuid,
    ) -> aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .key(keys::PK, string(keys::user(user_id)))
            .key(keys::SK, string(keys::child(keys::JOB, job_id)))
    }
}

/// A job with the index attributes of its state: only unfinished jobs stand in the index.
pub(crate) fn job_item(job: &Job) -> Result<Item, StoreError> {
    resting_job_item(job, SignedDuration::ZERO)
}

/// The same for a job that may stand still for `rest`.
fn resting_job_item(job: &Job, rest: SignedDuration) -> Result<Item, StoreError> {
    let mut item = to_item(&keys::user(job.user_id), &keys::child(keys::JOB, job.job_id), job)?;
    if !job.status.is_final() {
        item.insert(keys::GSI1PK.to_owned(), string(keys::OPEN));
        // Nothing need be done about an upload before its time is over, and such jobs are many.
        let expires = job.expires_at.and_then(|at| Timestamp::from_second(at).ok());
        item.insert(keys::GSI1SK.to_owned(), time(expires.unwrap_or(job.updated_at + rest)));
    }
    Ok(item)
}

fn attributes(attributes: Option<Item>) -> Result<Job, StoreError> {
    from_item(attributes.unwrap_or_default())
}

/// Times compare as text, so each has the same number of digits.
fn time(at: Timestamp) -> AttributeValue {
    string(format!("{at:.6}"))
}
