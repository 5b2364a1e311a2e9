use serde::{Deserialize, Serialize};
use uuid::Uuid;

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

impl CountedEvent {
    /// An event whose id follows from what happened (`subject`), so that work done twice is counted once.
    pub fn once(subject: Uuid, user_id: Uuid, kind: EventKind) -> Self {
        let name = serde_json::to_value(&kind).ok().and_then(|kind| kind["name"].as_str().map(str::to_owned));
        let event_id = Uuid::new_v5(&subject, name.unwrap_or_default().as_bytes());
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
    fn a_message_survives_the_queue() {
        let event = CountedEvent::each(Uuid::now_v7(), EventKind::Download { what: "portfolio_zip".to_owned() });
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<CountedEvent>(&text).unwrap(), event);
    }
}
