//! The worker of the generate queue: takes a job, makes the portfolio, publishes it where the person wants that.
//!
//! Every step can be done twice. What only trying again can mend gives the job back and fails the batch item, so that
//! the message comes again; everything else ends in `failed` with a reason.

use std::time::Instant;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use uuid::Uuid;
use vitae_jobs::{Held, Reason, Taken};
use vitae_queue::{CountedEvent, EventKind, Message, Retry, Timings};
use vitae_resume::Violation;
use vitae_store::portfolios::{Portfolio, Visibility};
use vitae_store::{Cv, Job, JobKind, JobResult, JobStatus, Preferences, StoreError};

use crate::State;
use crate::content::{Content, Section, web_address};
use crate::customizations::{Customizations, Link};
use crate::publishing::{self, PublishError, Wish, bring_in_line};
use crate::site::{self, Place};
use crate::templates;

/// Messages of a batch that are worked on at once: the work is mostly waiting for the store.
const AT_ONCE: usize = 4;

/// Works through a batch of messages.
pub async fn work(state: State, event: SqsEvent) -> SqsBatchResponse {
    state.messages.drive(event, AT_ONCE, |message| take(&state, message)).await
}

async fn take(state: &State, message: Message) -> Result<(), Retry> {
    let timings = Timings::after(message.waited);
    let message = message.parse().map_err(|error| Retry(format!("the message cannot be read: {error}")))?;
    let Taken::Held(mut held) = state.jobs.take(&message).await? else { return Ok(()) };
    if !held.job().waits_for_generator() {
        // It was sent back to be read again; whoever reads it will send a message of its own.
        held.pass_on().await?;
        return Ok(());
    }
    match run(state, &mut held, timings).await {
        Ok(()) | Err(Stop::Lost) => Ok(()),
        Err(Stop::Again(reason)) => Err(held.give_back(reason).await),
        Err(Stop::Failed(reason)) => held.fail(reason).await,
    }
}

/// Why the work on a job ends early.
#[derive(Debug)]
enum Stop {
    /// The lease is another's now, or the person stopped the job.
    Lost,
    /// Trying again can help.
    Again(String),
    /// It cannot be done, and this is why.
    Failed(Reason),
}

async fn run(state: &State, held: &mut Held, mut timings: Timings) -> Result<(), Stop> {
    let begun = Instant::now();
    held.advance(JobStatus::Generating).await.map_err(lost_or_again)?;
    let job = held.job();
    let cv = state.store.cv(job.user_id, job.cv_id).await?.ok_or_else(|| {
        failed("cv_not_found", "The CV was removed before its portfolio was made. Upload it again.", false)
    })?;
    let portfolio = find_or_create(state, job, &cv).await?;
    let portfolio = write_content(state, job, &cv, portfolio).await?;
    let portfolio = show(state, job, portfolio).await?;

    let took = begun.elapsed();
    timings.stage(JobStatus::Generating.as_str(), took);
    let event = EventKind::PortfolioGenerated {
        portfolio_id: portfolio.portfolio_id,
        template_id: portfolio.template_id.clone(),
        milliseconds: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        timings,
    };
    count(state, job, event).await?;
    let result = JobResult {
        cv_id: job.cv_id,
        portfolio_id: Some(portfolio.portfolio_id),
        portfolio_url: portfolio.publication.as_ref().map(|publication| state.addresses.site(&publication.slug)),
    };
    held.complete(&result).await.map_err(lost_or_again)
}

/// Of the job's own row, a conflict says that the job is no longer ours; of any other, that somebody was faster.
fn lost_or_again(error: StoreError) -> Stop {
    match error {
        StoreError::Conflict => Stop::Lost,
        error => error.into(),
    }
}

/// The job's portfolio. One that nobody made by hand is made here, always the same for the same CV: a CV that is read
/// again changes its portfolio, and a message that comes twice makes no second one.
async fn find_or_create(state: &State, job: &Job, cv: &Cv) -> Result<Portfolio, Stop> {
    let portfolio_id = job.portfolio_id.unwrap_or_else(|| automatic_portfolio_id(job.cv_id));
    if let Some(portfolio) = state.store.portfolio(job.user_id, portfolio_id).await? {
        return Ok(portfolio);
    }
    if job.portfolio_id.is_some() && job.kind == JobKind::Generate {
        return Err(failed("portfolio_not_found", "The portfolio was removed before it was made.", false));
    }
    let template_id = job.preferences.template_id.as_deref().filter(|id| templates::find(id).is_some());
    if template_id.is_none() && job.preferences.template_id.is_some() {
        tracing::warn!("the preferred template is not offered; the default one is used");
    }
    let portfolio = Portfolio::new(
        portfolio_id,
        (job.user_id, job.cv_id),
        template_id.unwrap_or(templates::DEFAULT).to_owned(),
        json(&preferred(&job.preferences, &Content::from_resume(&cv.resume)))?,
    );
    state.store.create_portfolio(&portfolio, None).await?;
    Ok(portfolio)
}

/// The content pass: all of it, or the sections that the job names.
async fn write_content(state: &State, job: &Job, cv: &Cv, mut portfolio: Portfolio) -> Result<Portfolio, Stop> {
    let fresh = Content::from_resume(&cv.resume);
    let sections = job.sections.as_deref().map(named_sections).transpose()?;
    let generated = match sections {
        Some(sections) if !portfolio.content.is_null() => {
            let parts = publishing::Parts::of(&portfolio)?;
            portfolio.edits = json(&parts.edits.without(&sections))?;
            parts.generated.regenerated(fresh, &sections)
        }
        _ => fresh,
    };
    portfolio.content = json(&generated)?;
    let parts = publishing::Parts::of(&portfolio)?;
    let shown = parts.content();
    shown.validate().map_err(|violations| invalid_content(job.kind, &violations))?;
    // What cannot be rendered is not stored.
    site::page(&shown, parts.template, &parts.customizations, &Place::Preview).map_err(PublishError::from)?;
    Ok(state.store.update_portfolio(portfolio).await?)
}

/// A CV's own portfolio goes live; one that was asked for by hand does when its owner publishes it.
async fn show(state: &State, job: &Job, portfolio: Portfolio) -> Result<Portfolio, Stop> {
    let automatic = matches!(job.kind, JobKind::Upload | JobKind::Parse);
    if portfolio.publication.is_none() && automatic {
        let wish = Wish { slug: None, visibility: Visibility::Public, indexable: false, password_hash: None };
        return Ok(publishing::publish(state, portfolio, wish).await?);
    }
    if portfolio.publication.is_none() {
        return Ok(portfolio);
    }
    bring_in_line(state, portfolio.user_id, portfolio.portfolio_id)
        .await?
        .ok_or_else(|| failed("portfolio_not_found", "The portfolio was removed while it was made.", false))
}

async fn count(state: &State, job: &Job, kind: EventKind) -> Result<(), Stop> {
    let event = CountedEvent::once(job.job_id, job.user_id, kind);
    state.queues.events.send(&event).await.map_err(|error| Stop::Again(error.to_string()))
}

/// The id of the portfolio that a CV gets by itself: a UUIDv7 of the CV's own time, its rest a digest of the CV's id.
fn automatic_portfolio_id(cv_id: Uuid) -> Uuid {
    let digest = Uuid::new_v5(&cv_id, b"portfolio").into_bytes();
    let mut rest = [0; 10];
    rest.copy_from_slice(&digest[..10]);
    let time = cv_id.as_bytes()[..6].iter().fold(0, |time, byte| (time << 8) | u64::from(*byte));
    uuid::Builder::from_unix_timestamp_millis(time, &rest).into_uuid()
}

/// What a person wished when they uploaded their CV, as far as it is known here. A link that the CV shows already is
/// not shown twice.
fn preferred(preferences: &Preferences, content: &Content) -> Customizations {
    fn known<T: serde::de::DeserializeOwned + Default>(text: &Option<String>) -> T {
        let value = text.as_deref().map(|text| serde_json::from_value(serde_json::Value::from(text)));
        value.and_then(Result::ok).unwrap_or_default()
    }
    let contact = &content.contact;
    let mut seen: Vec<String> =
        contact.profiles.iter().filter_map(|profile| profile.url.as_deref()).map(plain).collect();
    seen.extend(contact.website.as_deref().map(plain));
    let mut links = Vec::new();
    for address in preferences.links.iter().filter_map(|link| web_address(link)).take(12) {
        if !seen.contains(&plain(&address)) {
            seen.push(plain(&address));
            links.push(Link { label: host(&address), url: address });
        }
    }
    Customizations { dark_mode: known(&preferences.theme), tone: known(&preferences.tone), links, ..Default::default() }
}

fn plain(address: &str) -> String {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.strip_prefix("www.").unwrap_or(rest).trim_end_matches('/').to_lowercase()
}

fn host(address: &str) -> String {
    let host = url::Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    host.chars().take(60).collect()
}

fn named_sections(names: &[String]) -> Result<Vec<Section>, Stop> {
    names
        .iter()
        .map(|name| {
            let section = Section::ALL.into_iter().find(|section| section.name() == name);
            section.ok_or_else(|| failed("unknown_section", "A section that was asked for does not exist.", false))
        })
        .collect()
}

fn json<T: serde::Serialize>(value: &T) -> Result<serde_json::Value, Stop> {
    serde_json::to_value(value).map_err(|error| internal(&error.to_string()))
}

/// A job that only makes a portfolio can be tried again once the CV is corrected. One that reads a file would read the
/// same from it again.
fn invalid_content(kind: JobKind, violations: &[Violation]) -> Stop {
    let first = violations.first().map_or("", |violation| violation.detail.as_str());
    let nameless = violations.iter().any(|violation| violation.pointer == "/hero/name");
    let code = if nameless { "no_name" } else { "content_invalid" };
    let (way_out, retryable) = match kind {
        JobKind::Generate => ("Correct the CV and try again.", true),
        JobKind::Upload | JobKind::Parse => ("Correct the CV, then make a portfolio of it.", false),
    };
    failed(code, &format!("The portfolio cannot be made: {first}. {way_out}"), retryable)
}

fn internal(cause: &str) -> Stop {
    tracing::error!(error = cause, "a portfolio could not be made");
    failed("internal", "Something went wrong on our side while the portfolio was made.", false)
}

fn failed(code: &str, detail: &str, retryable: bool) -> Stop {
    Stop::Failed(Reason { code: code.to_owned(), detail: detail.to_owned(), retryable })
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict | StoreError::Unavailable(_) => Self::Again(error.to_string()),
            StoreError::TooLarge => {
                failed("too_large", "The CV holds more than a portfolio can. Shorten it and try again.", true)
            }
            StoreError::Corrupt(_) => internal(&error.to_string()),
        }
    }
}

impl From<PublishError> for Stop {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Store(error) => error.into(),
            PublishError::Blob(_) | PublishError::Queue(_) | PublishError::Taken => Self::Again(error.to_string()),
            PublishError::Render(_)
            | PublishError::NotMade
            | PublishError::NoPassword
            | PublishError::Unreadable(_) => internal(&format!("{error:?}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customizations::{DarkMode, Tone};

    #[test]
    fn a_cv_has_one_portfolio_of_its_own_however_often_it_is_made() {
        let cv_id = Uuid::now_v7();
        let id = automatic_portfolio_id(cv_id);
        assert_eq!(id, automatic_portfolio_id(cv_id));
        assert_ne!(id, automatic_portfolio_id(Uuid::now_v7()));
        assert_eq!(id.get_version_num(), 7);
        assert_eq!(id.as_bytes()[..6], cv_id.as_bytes()[..6]);
    }

    #[test]
    fn wishes_of_the_upload_are_honoured_and_nonsense_is_not() {
        let content = Content::from_resume(&crate::fixtures::full());
        let wishes = Preferences {
            theme: Some("dark".to_owned()),
            tone: Some("academic".to_owned()),
            links: [
                "https://talks.example/em",
                "https://www.github.com/emarsh/",
                "javascript:alert(1)",
                "https://talks.example/em/",
            ]
            .map(str::to_owned)
            .to_vec(),
            ..Preferences::default()
        };
        let made = preferred(&wishes, &content);
        assert_eq!((made.dark_mode, made.tone), (DarkMode::Dark, Tone::Academic));
        assert_eq!(
            made.links,
            [Link { label: "talks.example".to_owned(), url: "https://talks.example/em".to_owned() }]
        );
        let nonsense =
            Preferences { theme: Some("plaid".to_owned()), tone: Some(String::new()), ..Preferences::default() };
        assert_eq!(preferred(&nonsense, &content), Customizations::default());
    }

    #[test]
    fn a_nameless_cv_fails_with_a_reason_that_a_person_can_act_on() {
        let violations = Content::default().validate().unwrap_err();
        for (kind, retryable) in [(JobKind::Upload, false), (JobKind::Generate, true)] {
            let Stop::Failed(error) = invalid_content(kind, &violations) else { panic!("it must fail for good") };
            assert_eq!((error.code.as_str(), error.retryable), ("no_name", retryable));
            assert!(error.detail.contains("name") && error.detail.contains("Correct the CV"), "{}", error.detail);
        }
    }

    #[test]
    fn a_batch_of_the_queue_holds_a_job_message() {
        let batch: SqsEvent = serde_json::from_str(include_str!("../../../events/generate/job.json")).unwrap();
        let body = batch.records[0].body.as_deref().unwrap();
        let message: vitae_queue::JobMessage = serde_json::from_str(body).unwrap();
        assert_eq!(message.user_id.get_version_num(), 7);
    }

    #[test]
    fn what_aws_refuses_for_now_comes_again() {
        assert!(matches!(Stop::from(StoreError::Unavailable("x".to_owned())), Stop::Again(_)));
        assert!(matches!(Stop::from(StoreError::Conflict), Stop::Again(_)));
        assert!(matches!(Stop::from(StoreError::TooLarge), Stop::Failed(_)));
    }
}
