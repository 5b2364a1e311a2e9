//! The worker that reads an uploaded CV: from S3's announcement to a stored résumé.
//!
//! A job is taken by a lease, so that a message delivered twice, or taken up by two workers, is worked on once. Every
//! step can be done again: what was stored is replaced by the same, what was counted is counted once, what was sent is
//! recognised by whoever gets it twice.

mod announcement;
mod failure;
mod refine;
mod work;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use jiff::SignedDuration;
use vitae_blobs::Bucket;
use vitae_document::Limits;
use vitae_jobs::Jobs;
use vitae_llm::Chain;
use vitae_queue::{Consumer, CountedEvent, JobMessage, Message, Queue, Retry};
use vitae_runtime::Aws;
use vitae_runtime::environment::{EnvironmentError, required};
use vitae_store::Store;

use announcement::Announcement;

/// How many CVs of one batch are worked on at a time: reading is CPU-bound, and a function has about one processor.
const AT_ONCE: usize = 2;
/// How long a job is held between two stages; the function may run for 120 seconds.
const LEASE: SignedDuration = SignedDuration::from_secs(180);

/// What the worker works with. Cheap to clone.
#[derive(Clone)]
pub struct State {
    store: Store,
    jobs: Jobs,
    files: Bucket,
    messages: Consumer,
    generate: Queue<JobMessage>,
    events: Queue<CountedEvent>,
    textract: aws_sdk_textract::Client,
    limits: Limits,
    models: Option<Chain>,
}

impl State {
    /// Reads `FILES_BUCKET`, `PARSE_QUEUE_URL`, `GENERATE_QUEUE_URL` and `EVENTS_QUEUE_URL`, and `MODELS` where language
    /// models may help.
    ///
    /// # Errors
    /// When a variable is not set, or the models are configured in a way that cannot work.
    pub fn from_environment(aws: &Aws, store: Store) -> Result<Self, EnvironmentError> {
        let events = Queue::new(aws.sqs(), required("EVENTS_QUEUE_URL")?);
        Ok(Self {
            jobs: Jobs::new(store.clone(), events.clone(), LEASE),
            store,
            files: Bucket::new(aws.s3(), required("FILES_BUCKET")?),
            messages: Consumer::new(aws.sqs(), required("PARSE_QUEUE_URL")?),
            generate: Queue::new(aws.sqs(), required("GENERATE_QUEUE_URL")?),
            events,
            textract: aws.textract(),
            limits: Limits::default(),
            models: Chain::from_environment()
                .map_err(|error| EnvironmentError::Invalid { name: "MODELS", reason: error.to_string() })?,
        })
    }
}

/// Works through a batch; answers which messages shall come again.
pub async fn work(state: State, batch: SqsEvent) -> SqsBatchResponse {
    state.messages.drive(batch, AT_ONCE, |message| one_message(&state, message)).await
}

async fn one_message(state: &State, message: Message) -> Result<(), Retry> {
    match Announcement::parse(&message.body) {
        Some(Announcement::Test) => Ok(()),
        Some(Announcement::Jobs(jobs)) => {
            for job in jobs {
                Box::pin(work::one_job(state, &job, message.waited)).await?;
            }
            Ok(())
        }
        // It will never be understood, so it goes to the dead-letter queue, where somebody sees it.
        None => Err(Retry("the message is neither S3's nor ours".to_owned())),
    }
}
