//! What each event adds to which count.
//!
//! Counts that hold one entry for each of several kinds are named `count.kind`, such as `country.DE`. The kinds come
//! from our own functions or from a list of ours, never as a visitor wrote them, so that their number is bounded.

use std::collections::BTreeMap;

use vitae_queue::{CountedEvent, EventKind, Timings};
use vitae_store::counters::Countable;

use crate::histogram;

pub(crate) const CVS_PROCESSED: &str = "cvs_processed";
pub(crate) const CV_PAGES: &str = "cv_pages";
pub(crate) const CV_PAGES_RECOGNISED: &str = "cv_pages_recognised";
/// Milliseconds of all together, and by [`histogram::bucket`].
pub(crate) const CV_MS: &str = "cv_ms";
/// Jobs that ended well.
pub(crate) const JOBS_COMPLETED: &str = "jobs_completed";
/// As [`CV_MS`]: from the sending of a job's message until a worker took it up.
pub(crate) const QUEUE_MS: &str = "queue_ms";
pub(crate) const JOBS_FAILED: &str = "jobs_failed";
pub(crate) const FAILED_STAGE: &str = "failed_stage";
pub(crate) const FAILED_CODE: &str = "failed_code";
pub(crate) const PORTFOLIOS_GENERATED: &str = "portfolios_generated";
pub(crate) const PORTFOLIO_TEMPLATE: &str = "portfolio_template";
/// As [`CV_MS`].
pub(crate) const PORTFOLIO_MS: &str = "portfolio_ms";
pub(crate) const ATS_RESUMES_CREATED: &str = "ats_resumes_created";
pub(crate) const ATS_TEMPLATE: &str = "ats_template";
pub(crate) const ATS_FORMAT: &str = "ats_format";
/// The scores of all together.
pub(crate) const ATS_SCORE: &str = "ats_score";
/// The person's own and visitors' together.
pub(crate) const DOWNLOADS: &str = "downloads";
pub(crate) const DOWNLOAD: &str = "download";
/// Visitors' alone.
pub(crate) const SITE_DOWNLOADS: &str = "site_downloads";
pub(crate) const VIEWS: &str = "views";
pub(crate) const COUNTRY: &str = "country";
pub(crate) const LINK_CLICKS: &str = "link_clicks";

/// The stages of a job that are timed.
pub(crate) const STAGES: &[&str] = &["extracting", "parsing", "validating", "generating"];

/// The name of what is counted of a stage, as [`CV_MS`].
pub(crate) fn stage_ms(stage: &str) -> String {
    format!("{stage}_ms")
}

/// The country of a visitor whom the front door cannot place.
pub(crate) const UNKNOWN_COUNTRY: &str = "unknown";
/// Begins what visitors download, as opposed to what a person downloads for themselves.
pub(crate) const OF_A_SITE: &str = "site/";
/// Longest name of a kind, in characters.
const LONGEST_KIND: usize = 64;

/// What `event` adds to the counts.
pub(crate) fn countable(event: &CountedEvent) -> Countable {
    let mut counts = Counts::default();
    let mut referrer = None;
    // Activity tells a person what became of their own work. What visitors do is counted, and never kept one by one.
    let mut own = true;
    match &event.kind {
        EventKind::CvProcessed { pages, recognised_pages, milliseconds, timings, completed, cv_id: _ } => {
            counts.one(CVS_PROCESSED);
            counts.add(CV_PAGES, u64::from(*pages));
            counts.add(CV_PAGES_RECOGNISED, u64::from(*recognised_pages));
            counts.time(CV_MS, *milliseconds);
            counts.timings(timings);
            if *completed {
                counts.one(JOBS_COMPLETED);
            }
        }
        EventKind::JobFailed { stage, code } => {
            counts.one(JOBS_FAILED);
            counts.kind(FAILED_STAGE, stage);
            counts.kind(FAILED_CODE, code);
        }
        EventKind::PortfolioGenerated { template_id, milliseconds, timings, portfolio_id: _ } => {
            counts.one(PORTFOLIOS_GENERATED);
            counts.kind(PORTFOLIO_TEMPLATE, template_id);
            counts.time(PORTFOLIO_MS, *milliseconds);
            counts.timings(timings);
            // A portfolio is made by a job, which ends with it.
            counts.one(JOBS_COMPLETED);
        }
        EventKind::AtsResumeCreated { template_id, format, score } => {
            counts.one(ATS_RESUMES_CREATED);
            counts.kind(ATS_TEMPLATE, template_id);
            counts.kind(ATS_FORMAT, format);
            counts.add(ATS_SCORE, u64::from(*score));
        }
        EventKind::Download { what } => {
            counts.one(DOWNLOADS);
            counts.kind(DOWNLOAD, what);
            if what.starts_with(OF_A_SITE) {
                counts.one(SITE_DOWNLOADS);
                own = false;
            }
        }
        EventKind::PortfolioView { country, referrer: host, portfolio_id: _ } => {
            counts.one(VIEWS);
            counts.kind(COUNTRY, country.as_deref().unwrap_or(UNKNOWN_COUNTRY));
            referrer = host.clone();
            own = false;
        }
        EventKind::LinkClick { portfolio_id: _ } => {
            counts.one(LINK_CLICKS);
            own = false;
        }
    }
    Countable {
        event_id: event.event_id,
        user_id: event.user_id,
        at: event.at,
        counts: counts.0,
        referrer,
        activity: own.then(|| told(&event.kind)),
    }
}

/// What a person is told of an event; how long its parts took is counted and of no interest beyond that.
fn told(kind: &EventKind) -> serde_json::Value {
    let mut told = serde_json::to_value(kind).unwrap_or_default();
    if let Some(members) = told.as_object_mut() {
        members.retain(|name, _| name != "timings" && name != "completed");
    }
    told
}

#[derive(Default)]
struct Counts(BTreeMap<String, u64>);

impl Counts {
    fn one(&mut self, name: &str) {
        self.add(name, 1);
    }

    fn add(&mut self, name: &str, count: u64) {
        if count > 0 {
            *self.0.entry(name.to_owned()).or_default() += count;
        }
    }

    fn kind(&mut self, name: &str, kind: &str) {
        let kind: String = kind.chars().take(LONGEST_KIND).collect();
        self.one(&format!("{name}.{kind}"));
    }

    fn timings(&mut self, timings: &Timings) {
        if let Some(milliseconds) = timings.queue_ms {
            self.time(QUEUE_MS, milliseconds);
        }
        for (stage, milliseconds) in &timings.stages {
            // Names of counts are ours: another version's stage is not counted by this one.
            if STAGES.contains(&stage.as_str()) {
                self.time(&stage_ms(stage), *milliseconds);
            }
        }
    }

    fn time(&mut self, name: &str, milliseconds: u64) {
        self.add(name, milliseconds);
        self.kind(name, &histogram::bucket(milliseconds));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn counts(kind: EventKind) -> Vec<(String, u64)> {
        countable(&CountedEvent::each(Uuid::now_v7(), kind)).counts.into_iter().collect()
    }

    fn pairs(pairs: &[(&str, u64)]) -> Vec<(String, u64)> {
        pairs.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
    }

    #[test]
    fn a_processed_cv_adds_its_pages_and_its_time() {
        let kind = |timings, completed| EventKind::CvProcessed {
            cv_id: Uuid::now_v7(),
            pages: 3,
            recognised_pages: 0,
            milliseconds: 1_250,
            timings,
            completed,
        };
        let mut expected = vec![("cv_ms", 1_250), ("cv_ms.1500", 1), ("cv_pages", 3), ("cvs_processed", 1)];
        assert_eq!(counts(kind(Timings::default(), false)), pairs(&expected));

        let stages = [("parsing".to_owned(), 12), ("made_up".to_owned(), 1)].into();
        let timings = Timings { queue_ms: Some(0), stages };
        expected.extend([("jobs_completed", 1), ("parsing_ms", 12), ("parsing_ms.15", 1), ("queue_ms.10", 1)]);
        expected.sort();
        assert_eq!(counts(kind(timings, true)), pairs(&expected));
    }

    #[test]
    fn a_score_of_zero_counts_as_a_document() {
        let kind = EventKind::AtsResumeCreated { template_id: "clean".to_owned(), format: "pdf".to_owned(), score: 0 };
        let expected = [("ats_format.pdf", 1), ("ats_resumes_created", 1), ("ats_template.clean", 1)];
        assert_eq!(counts(kind), pairs(&expected));
    }

    #[test]
    fn what_visitors_download_is_told_from_what_the_person_downloads() {
        let own = CountedEvent::each(Uuid::now_v7(), EventKind::Download { what: "ats_resume".to_owned() });
        let own = countable(&own);
        assert_eq!(own.counts.get(SITE_DOWNLOADS), None);
        assert_eq!(own.activity.unwrap()["what"], "ats_resume");
        let visitors = CountedEvent::each(Uuid::now_v7(), EventKind::Download { what: "site/resume.pdf".to_owned() });
        let visitors = countable(&visitors);
        assert_eq!(visitors.counts.get(SITE_DOWNLOADS), Some(&1));
        assert_eq!(visitors.counts.get(DOWNLOADS), Some(&1));
        assert_eq!(visitors.activity, None);
    }

    #[test]
    fn a_visit_is_counted_and_not_kept() {
        let kind = EventKind::PortfolioView {
            portfolio_id: Uuid::now_v7(),
            country: None,
            referrer: Some("news.example".to_owned()),
        };
        let visit = countable(&CountedEvent::each(Uuid::now_v7(), kind));
        assert_eq!(visit.activity, None);
        assert_eq!(visit.referrer.as_deref(), Some("news.example"));
        assert_eq!(visit.counts.get("country.unknown"), Some(&1));
    }
}
