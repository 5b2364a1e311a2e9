//! What the clock asks for every minute: no job stays behind because a message was lost or a worker died.

use jiff::{SignedDuration, Timestamp};
use vitae_jobs::tell_of_failure;
use vitae_runtime::metrics;
use vitae_store::{Job, JobError, JobStatus, StoreError};

use crate::State;

/// How long a job may stand still before it is looked at; longer than a healthy queue takes.
const STILL: SignedDuration = SignedDuration::from_mins(2);
/// Most jobs that one run looks at.
const AT_ONCE: u32 = 500;
/// After so many beginnings a job is taken for one that cannot succeed.
const MOST_ATTEMPTS: u32 = 10;

/// What is to be done with an unfinished job that stood still.
#[derive(Debug, PartialEq, Eq)]
enum Measure {
    /// Somebody works on it, or its file may still come.
    Leave,
    /// The file should be there or never will be: look.
    LookForFile,
    /// Its message was lost, or its worker was.
    SendAgain,
    /// It was begun too often.
    GiveUp,
}

/// Sends again what stayed behind, and closes what expired.
///
/// # Errors
/// When the store or a queue cannot be reached; the next run begins anew.
pub async fn sweep(state: State) -> anyhow::Result<()> {
    let jobs = state.store.unfinished_jobs(Timestamp::now() - STILL, AT_ONCE).await?;
    let (mut sent, mut closed) = (0, 0);
    let mut failed = None;
    for job in jobs {
        let outcome = match measure(&job, Timestamp::now()) {
            Measure::Leave => continue,
            Measure::LookForFile => look_for_file(&state, &job, &mut sent, &mut closed).await,
            Measure::SendAgain => send_again(&state, &job, &mut sent).await,
            Measure::GiveUp => {
                closed += 1;
                let error = JobError {
                    stage: job.status,
                    code: "kept_failing".to_owned(),
                    detail: "Reading this CV was begun several times and never finished. Try again later, or upload another version of the file.".to_owned(),
                    retryable: true,
                };
                give_up(&state, &job, error).await
            }
        };
        match outcome {
            // Somebody took the job up in between, which is what this is for.
            Ok(()) | Err(StoreError::Conflict) => {}
            // The jobs behind it have waited as long.
            Err(error) => failed = Some(error),
        }
    }
    if sent + closed > 0 {
        tracing::warn!(sent, closed, "jobs had stayed behind");
    }
    failed.map_or(Ok(()), |error| Err(error.into()))
}

fn measure(job: &Job, now: Timestamp) -> Measure {
    if job.lease_until.is_some_and(|until| until > now) {
        return Measure::Leave;
    }
    match job.status {
        JobStatus::AwaitingUpload if job.expires_at.is_some_and(|at| at > now.as_second()) => Measure::Leave,
        JobStatus::AwaitingUpload => Measure::LookForFile,
        _ if job.attempts >= MOST_ATTEMPTS => Measure::GiveUp,
        _ => Measure::SendAgain,
    }
}

/// An upload whose time is over either never came, or its announcement was lost.
async fn look_for_file(state: &State, job: &Job, sent: &mut u32, closed: &mut u32) -> Result<(), StoreError> {
    let Some(source) = &job.source else { return expire(state, job).await };
    match state.files.head(&source.key).await {
        Ok(Some(_)) => send_again(state, job, sent).await,
        Ok(None) => {
            *closed += 1;
            expire(state, job).await
        }
        Err(error) => Err(StoreError::Unavailable(error.to_string())),
    }
}

async fn send_again(state: &State, job: &Job, sent: &mut u32) -> Result<(), StoreError> {
    // It is marked first, so that the next run leaves it alone for a while whatever becomes of the message.
    let job = state.store.touch_job(job).await?;
    *sent += 1;
    state.queues.send(&job).await.map_err(|error| StoreError::Unavailable(error.to_string()))?;
    metrics::add(metrics::JOBS_RESENT, 1);
    Ok(())
}

async fn give_up(state: &State, job: &Job, error: JobError) -> Result<(), StoreError> {
    let failed = state.store.give_job_up(job, error).await?;
    metrics::add(metrics::JOBS_FAILED, 1);
    // Nobody looks at it again, so a word that is lost here costs the numbers one job.
    tell_of_failure(&state.queues.events, &failed).await.map_err(|error| StoreError::Unavailable(error.to_string()))
}

async fn expire(state: &State, job: &Job) -> Result<(), StoreError> {
    state.store.expire_job(job).await?;
    metrics::add(metrics::JOBS_EXPIRED, 1);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;
    use vitae_store::JobKind;

    fn job(change: impl FnOnce(&mut Job)) -> Job {
        let mut job = Job { attempts: 1, ..Job::new(JobKind::Upload, Uuid::now_v7(), Uuid::now_v7()) };
        change(&mut job);
        job
    }

    #[test]
    fn each_state_has_its_measure() {
        let now = Timestamp::now();
        let (past, future) = (now - SignedDuration::from_mins(1), now + SignedDuration::from_mins(1));
        assert_eq!(measure(&job(|_| {}), now), Measure::SendAgain);
        assert_eq!(measure(&job(|j| j.lease_until = Some(future)), now), Measure::Leave);
        assert_eq!(
            measure(&job(|j| (j.status, j.lease_until) = (JobStatus::Parsing, Some(past))), now),
            Measure::SendAgain
        );
        assert_eq!(measure(&job(|j| j.attempts = MOST_ATTEMPTS), now), Measure::GiveUp);
        let awaiting =
            |until: Timestamp| job(|j| (j.status, j.expires_at) = (JobStatus::AwaitingUpload, Some(until.as_second())));
        assert_eq!(measure(&awaiting(future), now), Measure::Leave);
        assert_eq!(measure(&awaiting(past), now), Measure::LookForFile);
    }
}
