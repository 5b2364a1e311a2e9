//! `/jobs`: how far the work on a CV is.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use vitae_queue::{JobMessage, QueueError};
use vitae_store::{Job, JobKind, JobStatus, Store};
use vitae_web::{Json, Listed, Paging, Path, Problem, ProblemBody, Query, User};

use crate::Queues;

/// Longest that an answer is held, in seconds; the gateway gives up at 30.
const LONGEST_WAIT: u32 = 20;
/// After how long a held answer looks for the first time. Most of a CV's stages take less than a tenth of a second.
const FIRST_LOOK: Duration = Duration::from_millis(40);
/// After how long it looks again at most; it looks less and less often, for what took long will take longer.
const LAST_LOOK: Duration = Duration::from_millis(300);

/// How far the work on a CV is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobView {
    job_id: Uuid,
    cv_id: Uuid,
    /// `upload`, `parse` or `generate`.
    #[schema(value_type = String, example = "upload")]
    kind: JobKind,
    /// `awaiting_upload`, `queued`, `extracting`, `parsing`, `validating`, `generating`, `completed`, `failed`,
    /// `cancelled` or `expired`.
    #[schema(value_type = String, example = "completed")]
    status: JobStatus,
    /// Per cent.
    #[schema(maximum = 100)]
    progress: u8,
    /// The status that it is in, or was in when it failed.
    #[schema(value_type = String, example = "completed")]
    stage: JobStatus,
    /// How often a worker began it.
    attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<JobErrorView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<JobResultView>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

/// Why a job failed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobErrorView {
    /// The status in which it failed.
    #[schema(value_type = String, example = "extracting")]
    stage: JobStatus,
    /// Stable name of the reason.
    #[schema(example = "password_protected")]
    code: String,
    /// A sentence that a person can act on.
    detail: String,
    /// Whether `POST /jobs/{id}/retry` can help.
    retryable: bool,
}

/// What came of a job.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobResultView {
    cv_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    portfolio_id: Option<Uuid>,
    /// Where the portfolio can be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    portfolio_url: Option<String>,
}

impl From<Job> for JobView {
    fn from(job: Job) -> Self {
        Self {
            job_id: job.job_id,
            cv_id: job.cv_id,
            kind: job.kind,
            status: job.status,
            progress: job.status.progress(),
            stage: job.error.as_ref().map_or(job.status, |error| error.stage),
            attempts: job.attempts,
            error: job.error.map(|error| JobErrorView {
                stage: error.stage,
                code: error.code,
                detail: error.detail,
                retryable: error.retryable,
            }),
            result: job.result.map(|result| JobResultView {
                cv_id: result.cv_id,
                portfolio_id: result.portfolio_id,
                portfolio_url: result.portfolio_url,
            }),
            created_at: job.created_at,
            updated_at: job.updated_at,
        }
    }
}

/// List your jobs, newest first.
#[utoipa::path(
    get, path = "/api/v1/jobs", operation_id = "listJobs", tag = "CVs and jobs", security(("bearer" = [])), params(Paging),
    responses(
        (status = 200, body = Listed<JobView>),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The query cannot be read"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
    )
)]
pub(crate) async fn list(
    State(store): State<Store>,
    user: User,
    Query(paging): Query<Paging>,
) -> Result<Json<Listed<JobView>>, Problem> {
    let page = store.jobs(user.id, paging.limit()?, paging.cursor.as_deref()).await?;
    Ok(Json(Listed { items: page.items.into_iter().map(JobView::from).collect(), next_cursor: page.next_cursor }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wait {
    /// Hold the answer until the job changes or this many seconds pass; at most 20. Two of a person's requests are held
    /// at a time, further ones are answered at once.
    #[param(maximum = 20)]
    wait: Option<u32>,
}

/// See how far a job is.
#[utoipa::path(
    get, path = "/api/v1/jobs/{id}", operation_id = "getJob", tag = "CVs and jobs", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The job"), Wait),
    responses(
        (status = 200, body = JobView),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such job of yours"),
    )
)]
pub(crate) async fn get(
    State(store): State<Store>,
    user: User,
    Path(id): Path<Uuid>,
    Query(query): Query<Wait>,
) -> Result<Json<JobView>, Problem> {
    let job = find(&store, user, id).await?;
    let wait = query.wait.unwrap_or(0);
    if wait > LONGEST_WAIT {
        return Err(Problem::bad_request("`wait` is at most 20 seconds."));
    }
    if wait == 0 || job.status.is_final() {
        return Ok(Json(job.into()));
    }
    let Some(place) = store.take_waiting_place(user.id, wait).await? else { return Ok(Json(job.into())) };
    let changed = until_it_changes(&store, user, job, Duration::from_secs(u64::from(wait))).await;
    store.free_waiting_place(user.id, place).await?;
    Ok(Json(changed?.into()))
}

async fn until_it_changes(store: &Store, user: User, seen: Job, wait: Duration) -> Result<Job, Problem> {
    let deadline = Instant::now() + wait;
    let mut job = seen.clone();
    let mut pause = FIRST_LOOK;
    while job.version == seen.version && job.status == seen.status && Instant::now() < deadline {
        tokio::time::sleep_until(deadline.min(Instant::now() + pause)).await;
        job = find(store, user, seen.job_id).await?;
        pause = (pause * 3 / 2).min(LAST_LOOK);
    }
    Ok(job)
}

/// Try a failed job again.
#[utoipa::path(
    post, path = "/api/v1/jobs/{id}/retry", operation_id = "retryJob", tag = "CVs and jobs", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The job")),
    responses(
        (status = 202, body = JobView),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such job of yours"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "It has not failed"),
    )
)]
pub(crate) async fn retry(
    State(store): State<Store>,
    State(queues): State<Queues>,
    user: User,
    Path(id): Path<Uuid>,
) -> Result<impl IntoResponse, Problem> {
    let job = find(&store, user, id).await?;
    if job.status != JobStatus::Failed {
        return Err(Problem::conflict("Only a failed job can be tried again."));
    }
    let job = store.requeue_job(&job).await?;
    queues.send_or_leave_to_sweeper(&job).await;
    Ok((StatusCode::ACCEPTED, Json(JobView::from(job))))
}

/// Stop a job that is not finished.
#[utoipa::path(
    post, path = "/api/v1/jobs/{id}/cancel", operation_id = "cancelJob", tag = "CVs and jobs", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The job")),
    responses(
        (status = 202, body = JobView),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such job of yours"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "It is finished"),
    )
)]
pub(crate) async fn cancel(
    State(store): State<Store>,
    user: User,
    Path(id): Path<Uuid>,
) -> Result<impl IntoResponse, Problem> {
    let job = find(&store, user, id).await?;
    if job.status.is_final() {
        return Err(Problem::conflict("The job is finished, so there is nothing to stop."));
    }
    let job = store.cancel_job(&job).await?;
    Ok((StatusCode::ACCEPTED, Json(JobView::from(job))))
}

async fn find(store: &Store, user: User, id: Uuid) -> Result<Job, Problem> {
    store.job(user.id, id).await?.ok_or_else(Problem::not_found)
}

impl Queues {
    /// Sends a job to whoever works on it next.
    pub(crate) async fn send(&self, job: &Job) -> Result<(), QueueError> {
        let message = JobMessage { user_id: job.user_id, job_id: job.job_id };
        let queue = if job.waits_for_generator() { &self.generate } else { &self.parse };
        queue.send(&message).await
    }

    /// The same for a job that was just stored. If the queue does not take it, the sweeper sends it, so for the person
    /// it is on its way.
    pub(crate) async fn send_or_leave_to_sweeper(&self, job: &Job) {
        if let Err(error) = self.send(job).await {
            tracing::error!(%error, job_id = %job.job_id, "a job was stored and not sent");
        }
    }
}
