//! A job in a worker's hands.
//!
//! A worker takes a job by a lease, moves it from stage to stage, and lets go of it in exactly one of these ways: it is
//! completed, it goes to the next worker, it fails with a reason, or it is given back so that its message can come again.
//! Every one can be cut off anywhere: the row in the store leads, and whoever gets the message next finds where it stands.

use jiff::SignedDuration;
use uuid::Uuid;
use vitae_queue::{CountedEvent, EventKind, JobMessage, LONGEST_WAIT, Queue, QueueError, Retry};
use vitae_runtime::{metrics, telemetry};
use vitae_store::{Job, JobError, JobResult, JobStatus, Lease, Store, StoreError};

/// The jobs as one kind of worker sees them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Jobs {
    store: Store,
    events: Queue<CountedEvent>,
    lease: SignedDuration,
}

/// What came of asking for a job.
#[derive(Debug)]
pub enum Taken {
    /// It is the caller's.
    Held(Box<Held>),
    /// Nothing is left to do, unless its end was cut off.
    Finished(Box<Job>),
    /// There is no such job.
    Missing,
}

/// A job that the caller holds, until the lease runs out or the person stops it.
#[derive(Debug)]
pub struct Held {
    jobs: Jobs,
    job: Job,
    owner: String,
}

/// Why a job cannot be done, for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Stable name, in `snake_case`.
    pub code: String,
    /// A sentence that a person can act on.
    pub detail: String,
    /// Whether the same job can succeed when it is tried again.
    pub retryable: bool,
}

impl Jobs {
    /// The jobs of `store`, each held for `lease` between two stages: as long as the function may run, so that no job is
    /// taken from a worker that is alive. What becomes of them is told to `events`.
    pub fn new(store: Store, events: Queue<CountedEvent>, lease: SignedDuration) -> Self {
        Self { store, events, lease }
    }

    /// Takes the job that a message names, and puts it on the lines of the log.
    ///
    /// # Errors
    /// When another worker has it, or the store does not answer.
    pub async fn take(&self, message: &JobMessage) -> Result<Taken, Retry> {
        telemetry::note_user(message.user_id);
        telemetry::note_job(message.job_id);
        let owner = Uuid::now_v7().to_string();
        match self.store.take_job(message.user_id, message.job_id, &owner, self.lease).await.map_err(again)? {
            Lease::Taken(job) => {
                telemetry::note_kind(job.kind.as_str());
                Ok(Taken::Held(Box::new(Held { jobs: self.clone(), job: *job, owner })))
            }
            Lease::Finished(job) => {
                // Whoever ended it may have been cut off before it could say so.
                tell_of_failure(&self.events, &job).await.map_err(again)?;
                Ok(Taken::Finished(job))
            }
            Lease::Missing => Ok(Taken::Missing),
            Lease::Busy => Err(Retry("another worker has the job".to_owned())),
        }
    }
}

/// Has the failure of `job` counted, if it failed. It may be told any number of times.
///
/// # Errors
/// When the queue does not answer.
pub async fn tell_of_failure(events: &Queue<CountedEvent>, job: &Job) -> Result<(), QueueError> {
    let (JobStatus::Failed, Some(error)) = (job.status, &job.error) else { return Ok(()) };
    let kind = EventKind::JobFailed { stage: error.stage.as_str().to_owned(), code: error.code.clone() };
    events.send(&CountedEvent::once(job.job_id, job.user_id, kind)).await
}

impl Held {
    /// The job as it stands.
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// The name that the lease is held under, for a write that ends the job together with other things.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// Moves the job to `status`, and holds it as long again.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the lease was lost or the person stopped the job.
    pub async fn advance(&mut self, status: JobStatus) -> Result<(), StoreError> {
        self.job = self.jobs.store.advance_job(&self.job, &self.owner, status, self.jobs.lease).await?;
        Ok(())
    }

    /// Ends the job with what came of it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the lease was lost or the person stopped the job.
    pub async fn complete(&self, result: &JobResult) -> Result<(), StoreError> {
        self.jobs.store.complete_job(&self.job, &self.owner, result).await?;
        metrics::add(metrics::JOBS_COMPLETED, 1);
        Ok(())
    }

    /// Lets go of the job for the worker whose turn it is.
    ///
    /// # Errors
    /// When the store does not answer, or the job is no longer the caller's.
    pub async fn pass_on(self) -> Result<Job, Retry> {
        self.jobs.store.release_job(self.job, &self.owner).await.map_err(again)
    }

    /// Ends the job as failed and has that counted. One that was stopped or taken over meanwhile is left as it is.
    ///
    /// # Errors
    /// When the store or the queue does not answer. The failure is told then when the message comes again.
    pub async fn fail(self, reason: Reason) -> Result<(), Retry> {
        let stage = self.job.status;
        tracing::warn!(stage = stage.as_str(), code = reason.code, "the job failed");
        let error = JobError { stage, code: reason.code, detail: reason.detail, retryable: reason.retryable };
        match self.jobs.store.fail_job(&self.job, &self.owner, error).await {
            Ok(failed) => {
                metrics::add(metrics::JOBS_FAILED, 1);
                tell_of_failure(&self.jobs.events, &failed).await.map_err(again)
            }
            Err(StoreError::Conflict) => Ok(()),
            Err(error) => Err(again(error)),
        }
    }

    /// Gives the job back because of `reason`, which trying again can mend: the message need not wait for the lease to run
    /// out, and until it comes the sweeper leaves the job alone.
    pub async fn give_back(self, reason: String) -> Retry {
        if let Err(error) = self.jobs.store.give_job_back(self.job, &self.owner, LONGEST_WAIT).await {
            tracing::warn!(%error, "the lease could not be given back");
        }
        Retry(reason)
    }
}

/// What only trying again can mend.
fn again(error: impl std::fmt::Display) -> Retry {
    Retry(error.to_string())
}
