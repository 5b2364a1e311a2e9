use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vitae_runtime::metrics;

/// Asks a worker to take up a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobMessage {
    /// Whose it is.
    pub user_id: Uuid,
    /// The job.
    pub job_id: Uuid,
}

/// Asks `ats` to typeset the résumé that a published site offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteMessage {
    /// Whose it is.
    pub user_id: Uuid,
    /// The portfolio.
    pub portfolio_id: Uuid,
}

/// Asks `auth` to tell a person by mail that a job of theirs has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeMessage {
    /// Names the occurrence: of the same one is told once.
    pub notice_id: Uuid,
    /// Whose job it was.
    pub user_id: Uuid,
    /// Whether it ended well.
    pub completed: bool,
}

/// Something that happened and is counted once, however often its message is delivered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountedEvent {
    /// Names the occurrence: the same id is counted once.
    pub event_id: Uuid,
    /// Whose numbers it belongs to.
    pub user_id: Uuid,
    /// When it happened.
    pub at: jiff::Timestamp,
    /// What happened.
    pub kind: EventKind,
}

/// What can be counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "name", deny_unknown_fields)]
pub enum EventKind {
    /// A CV was read.
    CvProcessed {
        /// The CV.
        cv_id: Uuid,
        /// Pages of the document.
        pages: u32,
        /// Pages whose words were recognised from an image.
        recognised_pages: u32,
        /// Milliseconds from the job's beginning until the résumé was stored.
        milliseconds: u64,
        /// How long the parts of that took.
        #[serde(default)]
        timings: Timings,
        /// Whether the job was done with it, since no portfolio was to be made.
        #[serde(default)]
        completed: bool,
    },
    /// A job failed.
    JobFailed {
        /// The stage that failed.
        stage: String,
        /// The reason's stable name.
        code: String,
    },
    /// A portfolio was made.
    PortfolioGenerated {
        /// The portfolio.
        portfolio_id: Uuid,
        /// Its template.
        template_id: String,
        /// Milliseconds that making it took.
        milliseconds: u64,
        /// How long the parts of that took.
        #[serde(default)]
        timings: Timings,
    },
    /// An ATS document was made.
    AtsResumeCreated {
        /// Its template.
        template_id: String,
        /// Its format.
        format: String,
        /// Its score, 0 to 100.
        score: u32,
    },
    /// Something was downloaded.
    Download {
        /// What: `ats_resume`, `portfolio_zip`, or a file of a site.
        what: String,
    },
    /// Somebody looked at a portfolio.
    PortfolioView {
        /// The portfolio.
        portfolio_id: Uuid,
        /// ISO 3166-1 alpha-2 country of the visitor, where the front door says it.
        country: Option<String>,
        /// Host that linked to it, where the browser says it.
        referrer: Option<String>,
    },
    /// Somebody followed a link on a portfolio.
    LinkClick {
        /// The portfolio.
        portfolio_id: Uuid,
    },
}

/// How long the parts of a worker's work on a job took. What the worker does not know, because another one did that part
/// before it was cut off, is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timings {
    /// Milliseconds that the message lay in its queue.
    pub queue_ms: Option<u64>,
    /// Milliseconds of each stage, by its name.
    pub stages: BTreeMap<String, u64>,
}

impl Timings {
    /// Of work on a message that waited so long, with no stage done yet.
    pub fn after(waited: Option<Duration>) -> Self {
        Self { queue_ms: waited.map(milliseconds), stages: BTreeMap::new() }
    }

    /// Takes how long a stage took, here and as a metric.
    pub fn stage(&mut self, name: &'static str, time: Duration) {
        metrics::stage_took(name, time);
        self.stages.insert(name.to_owned(), milliseconds(time));
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl EventKind {
    /// Where a job ended with it, whether it ended well.
    pub fn end_of_job(&self) -> Option<bool> {
        match self {
            Self::CvProcessed { completed: true, .. } | Self::PortfolioGenerated { .. } => Some(true),
            Self::JobFailed { .. } => Some(false),
            _ => None,
        }
    }

    /// Its name in a message.
    pub fn name(&self) -> &'static str {
        match self {
            Self::CvProcessed { .. } => "cv_processed",
            Self::JobFailed { .. } => "job_failed",
            Self::PortfolioGenerated { .. } => "portfolio_generated",
            Self::AtsResumeCreated { .. } => "ats_resume_created",
            Self::Download { .. } => "download",
            Self::PortfolioView { .. } => "portfolio_view",
            Self::LinkClick { .. } => "link_click",
        }
    }
}

impl CountedEvent {
    /// An event whose id follows from what happened (`subject`), so that work done twice is counted once.
    pub fn once(subject: Uuid, user_id: Uuid, kind: EventKind) -> Self {
        let event_id = Uuid::new_v5(&subject, kind.name().as_bytes());
        Self { event_id, user_id, at: jiff::Timestamp::now(), kind }
    }

    /// An event that is counted each time it happens.
    pub fn each(user_id: Uuid, kind: EventKind) -> Self {
        Self { event_id: Uuid::now_v7(), user_id, at: jiff::Timestamp::now(), kind }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_occurrence_has_the_same_id() {
        let (job, user) = (Uuid::now_v7(), Uuid::now_v7());
        let kind = |stage: &str| EventKind::JobFailed { stage: stage.to_owned(), code: "x".to_owned() };
        assert_eq!(
            CountedEvent::once(job, user, kind("parsing")).event_id,
            CountedEvent::once(job, user, kind("parsing")).event_id
        );
        assert_ne!(
            CountedEvent::once(job, user, kind("parsing")).event_id,
            CountedEvent::once(job, user, EventKind::Download { what: "x".to_owned() }).event_id
        );
    }

    #[test]
    fn an_event_of_a_version_without_timings_is_read() {
        let text = r#"{"name":"portfolio_generated","portfolio_id":"01931a2b-3c4d-7e5f-8a9b-0c1d2e3f4a5b","template_id":"t","milliseconds":5}"#;
        let EventKind::PortfolioGenerated { timings, .. } = serde_json::from_str(text).unwrap() else {
            panic!("{text}")
        };
        assert_eq!(timings, Timings::default());
    }

    #[test]
    fn a_message_survives_the_queue() {
        let event = CountedEvent::each(Uuid::now_v7(), EventKind::Download { what: "portfolio_zip".to_owned() });
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<CountedEvent>(&text).unwrap(), event);
        assert!(text.contains(&format!(r#""name":"{}""#, event.kind.name())), "{text}");
    }
}
