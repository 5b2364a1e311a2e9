//! Presigned uploads, jobs and CVs.
//!
//! The browser asks here for an address, sends the file to S3 by itself, and follows the job. This function never sees
//! the bytes; `parse` does. It may touch objects under `uploads/` only.

mod cvs;
mod jobs;
mod merge_patch;
mod sweeper;
mod uploads;

use axum::extract::FromRef;
use axum::middleware::from_fn;
use vitae_blobs::Bucket;
use vitae_queue::{CountedEvent, JobMessage, Queue};
use vitae_runtime::Aws;
use vitae_runtime::environment::{EnvironmentError, required};
use vitae_store::Store;
use vitae_web::{Routes, routes};

pub use sweeper::sweep;

/// What the handlers work with. Cheap to clone.
#[derive(Clone, FromRef)]
pub struct State {
    store: Store,
    files: Bucket,
    queues: Queues,
}

/// Where jobs wait for their workers, and where it is told what became of them.
#[derive(Clone)]
struct Queues {
    parse: Queue<JobMessage>,
    generate: Queue<JobMessage>,
    events: Queue<CountedEvent>,
}

impl State {
    /// Reads `FILES_BUCKET`, `PARSE_QUEUE_URL`, `GENERATE_QUEUE_URL` and `EVENTS_QUEUE_URL`.
    ///
    /// # Errors
    /// When a variable is not set.
    pub fn from_environment(aws: &Aws, store: Store) -> Result<Self, EnvironmentError> {
        Ok(Self {
            store,
            files: Bucket::new(aws.s3(), required("FILES_BUCKET")?),
            queues: Queues {
                parse: Queue::new(aws.sqs(), required("PARSE_QUEUE_URL")?),
                generate: Queue::new(aws.sqs(), required("GENERATE_QUEUE_URL")?),
                events: Queue::new(aws.sqs(), required("EVENTS_QUEUE_URL")?),
            },
        })
    }
}

/// The routes, with their descriptions.
pub fn routes() -> Routes<State> {
    let creating = Routes::new()
        .routes(routes!(uploads::upload))
        .routes(routes!(cvs::import))
        .routes(routes!(cvs::parse_again))
        .route_layer(from_fn(vitae_web::idempotent))
        .route_layer(from_fn(|request, next| uploads::LIMIT.apply(request, next)));
    Routes::new()
        .merge(creating)
        .routes(routes!(cvs::list))
        .routes(routes!(cvs::get, cvs::patch, cvs::delete))
        .routes(routes!(cvs::source))
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::get))
        .routes(routes!(jobs::retry))
        .routes(routes!(jobs::cancel))
}
