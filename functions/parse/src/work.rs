//! One job, from its lease to its end.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use vitae_blobs::keys;
use vitae_document::{Document, Reading, sandbox, sniff};
use vitae_jobs::{Held, Taken};
use vitae_queue::{CountedEvent, EventKind, JobMessage, Retry, Timings};
use vitae_resume::Resume;
use vitae_runtime::metrics;
use vitae_store::{Cv, CvSource, Job, JobKind, JobResult, JobStatus, SourceFile};

use crate::State;
use crate::failure::{Stop, of_file};
use crate::refine::refine;

/// Largest file that is read, in bytes; the presigned address admits no larger one.
const LARGEST_FILE: u64 = 10 * 1024 * 1024;

/// Works on the job that a message names, which lay in its queue for as long as it `waited`.
pub(crate) async fn one_job(state: &State, message: &JobMessage, waited: Option<Duration>) -> Result<(), Retry> {
    match state.jobs.take(message).await? {
        // The whole work is one large future; on the heap it is moved cheaply.
        Taken::Held(held) => Box::pin(work_on(state, *held, Timings::after(waited))).await,
        Taken::Finished(job) => after_the_end(state, &job).await,
        Taken::Missing => remove_orphan(state, &keys::original(message.user_id, message.job_id)).await,
    }
}

async fn work_on(state: &State, mut held: Held, mut timings: Timings) -> Result<(), Retry> {
    if held.job().status == JobStatus::Generating {
        // The résumé was stored; what may be missing is the word to the next worker.
        let job = held.pass_on().await?;
        return announce(state, &job, Timings::default()).await;
    }
    match read_and_store(state, &mut held, &mut timings).await {
        Ok(stored) => announce(state, &stored, timings).await,
        Err(Stop::Failed(reason)) => held.fail(reason).await,
        Err(Stop::Again(reason)) => Err(held.give_back(reason).await),
        Err(Stop::Lost) => {
            tracing::info!("the job was stopped or taken over");
            let job = held.job();
            match state.store.job(job.user_id, job.job_id).await.map_err(again)? {
                None => remove_orphan(state, &keys::original(job.user_id, job.job_id)).await,
                Some(now) => after_the_end(state, &now).await,
            }
        }
    }
}

/// Every stage from the stored bytes to the stored résumé.
async fn read_and_store(state: &State, held: &mut Held, timings: &mut Timings) -> Result<Job, Stop> {
    let started = Instant::now();
    held.advance(JobStatus::Extracting).await?;
    let source = held
        .job()
        .source
        .clone()
        .ok_or_else(|| Stop::Failed(of_file("file_missing", "This job has no file. Upload the CV again.")))?;
    // From here on the file is a job's, and the bucket does not forget it by itself.
    let (bytes, ()) = tokio::try_join!(state.files.get(&source.key, LARGEST_FILE), state.files.confirm(&source.key))?;
    check_declared(&bytes, &source)?;
    metrics::add(metrics::BYTES_READ, bytes.len() as u64);
    let limits = state.limits.clone();
    let reading = in_background(move || sandbox::read(&bytes, &limits)).await??;
    let (document, recognised) = recognise(state, reading).await?;
    metrics::add(metrics::PAGES_READ, document.pages.len() as u64);
    let extracted = started.elapsed();
    timings.stage(JobStatus::Extracting.as_str(), extracted);

    held.advance(JobStatus::Parsing).await?;
    let text = document.text();
    let resume = in_background(move || understand(&document)).await??;
    let resume = match &state.models {
        Some(chain) => refine(chain, resume, &text).await,
        None => resume,
    };
    let parsed = started.elapsed();
    timings.stage(JobStatus::Parsing.as_str(), parsed - extracted);

    held.advance(JobStatus::Validating).await?;
    let stored = store(state, held, resume, source).await?;
    let total = started.elapsed();
    timings.stage(JobStatus::Validating.as_str(), total - parsed);
    if stored.status == JobStatus::Completed {
        metrics::add(metrics::JOBS_COMPLETED, 1);
    }
    tracing::info!(
        pages_recognised = recognised,
        extracting_ms = extracted.as_millis() as u64,
        parsing_ms = (parsed - extracted).as_millis() as u64,
        total_ms = total.as_millis() as u64,
        "a CV was read"
    );
    Ok(stored)
}

/// The document with the words of its pictures, and how many of those were recognised.
async fn recognise(state: &State, reading: Reading) -> Result<(Document, u64), Stop> {
    let pictures: Vec<_> = reading.images.iter().map(|image| image.page).collect();
    if pictures.is_empty() {
        return Ok((reading.document, 0));
    }
    let recognition = vitae_recognition::recognise(&state.textract, reading).await;
    let read = recognition.as_ref().map_or(0, |document| {
        let answered = |page: &&usize| document.pages.get(**page).is_some_and(|page| !page.needs_recognition);
        pictures.iter().filter(answered).count() as u64
    });
    metrics::add(metrics::PAGES_RECOGNISED, read);
    metrics::add(metrics::RECOGNITIONS_SUCCEEDED, read);
    metrics::add(metrics::RECOGNITIONS_FAILED, pictures.len() as u64 - read);
    Ok((recognition?, read))
}

/// The bytes must be those that were declared when the upload was asked for, and of the type that was declared.
fn check_declared(bytes: &[u8], source: &SourceFile) -> Result<(), Stop> {
    if bytes.len() as u64 != source.size || hex::encode(Sha256::digest(bytes)) != source.sha256 {
        return Err(Stop::Failed(of_file(
            "file_not_as_declared",
            "The uploaded bytes are not those that were declared. Upload the file again.",
        )));
    }
    match sniff(bytes) {
        Some(format) if format.media_type() != source.content_type => Err(Stop::Failed(of_file(
            "type_not_as_declared",
            format!(
                "The file was declared as {} and is {}. Upload it again with its real type.",
                source.content_type,
                format.media_type()
            ),
        ))),
        // What is of no type that we read is refused by the reader, which can say what it is instead.
        _ => Ok(()),
    }
}

fn understand(document: &Document) -> Result<Resume, Stop> {
    if document.words().next().is_none() {
        return Err(Stop::Failed(of_file(
            "no_text",
            "No text was found in the file. Upload a sharper scan, or the original document.",
        )));
    }
    let resume = vitae_parser::parse(document).resume;
    resume.validate().map_err(|violations| {
        let pointers: Vec<_> = violations.iter().map(|violation| violation.pointer.as_str()).collect();
        tracing::error!(?pointers, "the parser wrote an invalid resume");
        Stop::Failed(of_file(
            "not_a_valid_resume",
            "What was read does not form a valid CV. Upload another version of it, or import it as JSON Resume.",
        ))
    })?;
    Ok(resume)
}

async fn store(state: &State, held: &Held, mut resume: Resume, source: SourceFile) -> Result<Job, Stop> {
    let job = held.job().clone();
    let spans_key = keys::spans(&source.key);
    let spans = resume.meta.vitae.as_mut().map(|vitae| std::mem::take(&mut vitae.spans)).unwrap_or_default();
    let spans = serde_json::to_vec(&spans).map_err(|error| Stop::Again(error.to_string()))?;
    state.files.put(&spans_key, spans, "application/json", None).await?;

    let before = state.store.cv(job.user_id, job.cv_id).await?;
    let now = Timestamp::now();
    let cv = Cv {
        cv_id: job.cv_id,
        user_id: job.user_id,
        resume,
        source: CvSource::File { file: source, spans_key: Some(spans_key) },
        preferences: job.preferences.clone(),
        created_at: before.as_ref().map_or(now, |before| before.created_at),
        updated_at: now,
        version: before.map_or(1, |before| before.version + 1),
    };
    let to_generate = job.kind == JobKind::Upload && job.preferences.auto_generate;
    let job = if to_generate {
        Job { status: JobStatus::Generating, ..job }
    } else {
        let result = JobResult { cv_id: job.cv_id, portfolio_id: None, portfolio_url: None };
        Job { status: JobStatus::Completed, result: Some(result), ..job }
    };
    Ok(state.store.store_read_cv(&cv, job, held.owner()).await?)
}

/// Counts the CV and sends the job on. Both may happen twice.
async fn announce(state: &State, job: &Job, timings: Timings) -> Result<(), Retry> {
    let Some(cv) = state.store.cv(job.user_id, job.cv_id).await.map_err(again)? else { return Ok(()) };
    let vitae = cv.resume.meta.vitae.unwrap_or_default();
    let since = job.started_at.unwrap_or(cv.updated_at);
    let kind = EventKind::CvProcessed {
        cv_id: cv.cv_id,
        pages: vitae.page_count as u32,
        recognised_pages: vitae.recognised_pages as u32,
        milliseconds: cv.updated_at.duration_since(since).as_millis().max(0) as u64,
        timings,
        completed: job.status == JobStatus::Completed && job.result.as_ref().is_some_and(|r| r.portfolio_id.is_none()),
    };
    state.events.send(&CountedEvent::once(job.job_id, job.user_id, kind)).await.map_err(again)?;
    if job.status == JobStatus::Generating {
        let message = JobMessage { user_id: job.user_id, job_id: job.job_id };
        state.generate.send(&message).await.map_err(again)?;
    }
    Ok(())
}

/// A message for a job that is over. A CV that was stored is announced again, in case the first time was cut off; the
/// file of a job that was stopped, or expired, belongs to nothing.
async fn after_the_end(state: &State, job: &Job) -> Result<(), Retry> {
    match job.status {
        JobStatus::Completed if job.kind != JobKind::Generate => announce(state, job, Timings::default()).await,
        JobStatus::Cancelled | JobStatus::Expired if job.kind == JobKind::Upload => {
            let stored = state.store.cv(job.user_id, job.cv_id).await.map_err(again)?.is_some();
            if stored { Ok(()) } else { remove_orphan(state, &keys::original(job.user_id, job.job_id)).await }
        }
        _ => Ok(()),
    }
}

/// An upload outlives its job when its address did: the object goes.
async fn remove_orphan(state: &State, key: &str) -> Result<(), Retry> {
    tracing::warn!("an upload without a job is removed");
    state.files.delete(&keys::spans(key)).await.map_err(again)?;
    state.files.delete(key).await.map_err(again)
}

/// Runs what keeps a processor busy beside the event loop. A panic there is the file's doing, and costs only its job.
async fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Stop> {
    tokio::task::spawn_blocking(work).await.map_err(|_| {
        Stop::Failed(of_file(
            "reader_failed",
            "Reading this file failed on our side. Upload another version of it; we look into this one.",
        ))
    })
}

fn again(error: impl std::fmt::Display) -> Retry {
    Retry(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(bytes: &[u8], content_type: &str) -> SourceFile {
        SourceFile {
            key: "uploads/a/b/original".to_owned(),
            filename: "cv".to_owned(),
            content_type: content_type.to_owned(),
            size: bytes.len() as u64,
            sha256: hex::encode(Sha256::digest(bytes)),
        }
    }

    fn code(result: Result<(), Stop>) -> Option<String> {
        match result {
            Ok(()) => None,
            Err(Stop::Failed(reason)) => Some(reason.code),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn bytes_must_be_what_was_declared() {
        let text = b"Ada Lovelace\nMathematician\n";
        assert_eq!(code(check_declared(text, &source(text, "text/plain"))), None);
        assert_eq!(
            code(check_declared(b"Ada Lovelace\nMathematiciam\n", &source(text, "text/plain"))),
            Some("file_not_as_declared".to_owned())
        );
        assert_eq!(
            code(check_declared(text, &source(text, "application/pdf"))),
            Some("type_not_as_declared".to_owned())
        );
    }

    #[test]
    fn a_document_without_words_is_no_cv() {
        assert!(matches!(understand(&Document::default()), Err(Stop::Failed(reason)) if reason.code == "no_text"));
    }
}
