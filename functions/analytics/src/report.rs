//! Counts made into what a dashboard shows. Everything here is a sum of counts: what was not counted is zero, and a mean
//! of nothing is null.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use vitae_store::counters::{Scope, day_of};
use vitae_store::{Store, StoreError};

use crate::histogram::{Timing, timing};
use crate::tally;
use crate::window::{TimeRange, Window, last_hour, midnight};

/// How many referring hosts are listed.
const MOST_REFERRERS: usize = 20;

/// The counts of a window: of each of its steps, and of all together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Every step, oldest first, empty ones too.
    pub(crate) steps: Vec<(Timestamp, Named)>,
    pub(crate) total: Named,
}

/// Count by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Named(BTreeMap<String, u64>);

impl Named {
    pub(crate) fn get(&self, name: &str) -> u64 {
        self.0.get(name).copied().unwrap_or(0)
    }

    /// The counts named `name.kind`, by kind.
    fn kinds(&self, name: &str) -> BTreeMap<String, u64> {
        self.0
            .iter()
            .filter_map(|(key, count)| Some((key.strip_prefix(name)?.strip_prefix('.')?.to_owned(), *count)))
            .collect()
    }

    /// What was timed under this name.
    fn timing(&self, name: &str) -> Option<Timing> {
        timing(&self.kinds(name), self.get(name))
    }

    fn add(&mut self, counts: &BTreeMap<String, u64>) {
        for (name, count) in counts {
            *self.0.entry(name.clone()).or_default() += count;
        }
    }
}

impl Counts {
    /// Reads what was counted for `scope` in `window`.
    pub(crate) async fn read(store: &Store, scope: Scope, window: Window) -> Result<Self, StoreError> {
        let (first, last) = window.days();
        let buckets: Vec<_> = if window.is_hourly() {
            let buckets = store.fine_counts(scope, window.from, window.to).await?;
            buckets.into_iter().map(|bucket| (bucket.start, bucket.counts)).collect()
        } else {
            let buckets = store.day_counts(scope, first, last).await?;
            buckets.into_iter().map(|bucket| (midnight(bucket.start), bucket.counts)).collect()
        };
        Ok(Self::sum(window, buckets))
    }

    /// Puts each bucket into the step in which it begins.
    fn sum(window: Window, buckets: Vec<(Timestamp, BTreeMap<String, u64>)>) -> Self {
        let mut steps: BTreeMap<Timestamp, Named> =
            window.steps().into_iter().map(|start| (start, Named::default())).collect();
        let mut total = Named::default();
        for (start, counts) in buckets {
            steps.entry(window.step_of(start)).or_default().add(&counts);
            total.add(&counts);
        }
        Self { steps: steps.into_iter().collect(), total }
    }
}

/// The numbers at the top.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Metrics {
    /// CVs that were read.
    pub(crate) cvs_processed: u64,
    /// Portfolios that were made.
    pub(crate) portfolios_generated: u64,
    /// ATS documents that were made.
    pub(crate) ats_resumes_created: u64,
    /// What was downloaded, by the person and by visitors.
    pub(crate) total_downloads: u64,
    /// How often published portfolios were looked at.
    pub(crate) portfolio_views: u64,
    /// Mean score of the ATS documents, 0 to 100; `null` while there is none.
    pub(crate) avg_ats_score: Option<f64>,
}

impl From<&Counts> for Metrics {
    fn from(counts: &Counts) -> Self {
        let total = &counts.total;
        let documents = total.get(tally::ATS_RESUMES_CREATED);
        Self {
            cvs_processed: total.get(tally::CVS_PROCESSED),
            portfolios_generated: total.get(tally::PORTFOLIOS_GENERATED),
            ats_resumes_created: documents,
            total_downloads: total.get(tally::DOWNLOADS),
            portfolio_views: total.get(tally::VIEWS),
            avg_ats_score: (documents > 0)
                .then(|| (total.get(tally::ATS_SCORE) as f64 / documents as f64 * 10.0).round() / 10.0),
        }
    }
}

/// How often each template was used.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Templates {
    /// Templates of portfolios, the most used first.
    pub(crate) portfolios: Vec<NamedCount>,
    /// Templates of ATS documents, the most used first.
    pub(crate) ats: Vec<NamedCount>,
    /// Formats of ATS documents, the most used first.
    pub(crate) ats_formats: Vec<NamedCount>,
}

impl From<&Counts> for Templates {
    fn from(counts: &Counts) -> Self {
        Self {
            portfolios: most_first(counts.total.kinds(tally::PORTFOLIO_TEMPLATE)),
            ats: most_first(counts.total.kinds(tally::ATS_TEMPLATE)),
            ats_formats: most_first(counts.total.kinds(tally::ATS_FORMAT)),
        }
    }
}

/// How often something of this name was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct NamedCount {
    #[schema(example = "minimal-portfolio")]
    pub(crate) name: String,
    pub(crate) count: u64,
}

/// How fast and how reliably the work was done.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Performance {
    /// From the upload until the résumé was stored; `null` while no CV was read.
    cv_processing: Option<Timing>,
    /// Making a portfolio; `null` while none was made.
    portfolio_generation: Option<Timing>,
    /// From the sending of a job to a worker until one took it up; `null` while none was.
    queue_wait: Option<Timing>,
    /// The stages of jobs one by one.
    stages: Stages,
    /// Pages of the CVs that were read.
    pages: u64,
    /// Those of them that were images, whose words had to be recognised.
    pages_recognised: u64,
    /// Jobs that ended well.
    pub(crate) jobs_completed: u64,
    /// Jobs that failed.
    pub(crate) jobs_failed: u64,
    /// Share of the jobs that ended well among those that ended, 0 to 1; `null` while none ended. A job that failed and
    /// did better when it was tried again counts on both sides.
    #[schema(example = 0.985)]
    success_rate: Option<f64>,
    /// The stages in which they failed, the most frequent first.
    failed_stages: Vec<NamedCount>,
    /// The reasons for which they failed, by their stable names, the most frequent first.
    failed_reasons: Vec<NamedCount>,
}

/// How long each stage of a job took; `null` where none was timed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
struct Stages {
    /// Reading the words of the file.
    extracting: Option<Timing>,
    /// Understanding the words.
    parsing: Option<Timing>,
    /// Checking and storing the résumé.
    validating: Option<Timing>,
    /// Making the portfolio.
    generating: Option<Timing>,
}

impl Stages {
    fn of(total: &Named) -> Self {
        let stage = |name: &str| total.timing(&tally::stage_ms(name));
        Self {
            extracting: stage("extracting"),
            parsing: stage("parsing"),
            validating: stage("validating"),
            generating: stage("generating"),
        }
    }
}

impl From<&Counts> for Performance {
    fn from(counts: &Counts) -> Self {
        let total = &counts.total;
        let (completed, failed) = (total.get(tally::JOBS_COMPLETED), total.get(tally::JOBS_FAILED));
        Self {
            cv_processing: total.timing(tally::CV_MS),
            portfolio_generation: total.timing(tally::PORTFOLIO_MS),
            queue_wait: total.timing(tally::QUEUE_MS),
            stages: Stages::of(total),
            pages: total.get(tally::CV_PAGES),
            pages_recognised: total.get(tally::CV_PAGES_RECOGNISED),
            jobs_completed: completed,
            jobs_failed: failed,
            success_rate: (completed + failed > 0)
                .then(|| (completed as f64 / (completed + failed) as f64 * 1_000.0).round() / 1_000.0),
            failed_stages: most_first(total.kinds(tally::FAILED_STAGE)),
            failed_reasons: most_first(total.kinds(tally::FAILED_CODE)),
        }
    }
}

/// What visitors did.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Engagement {
    /// How often portfolios were looked at.
    pub(crate) views: u64,
    /// How often visitors downloaded something.
    pub(crate) downloads: u64,
    /// How often visitors followed a link.
    pub(crate) link_clicks: u64,
    /// The same for each hour of `24h`, or each day of a longer range, oldest first.
    pub(crate) series: Vec<EngagementPoint>,
    /// What was downloaded, by visitors (`site/…`) and by the person, the most frequent first.
    downloaded: Vec<NamedCount>,
    /// Hosts that sent visitors, at most 20, the most frequent first. They are counted by day: for `24h` these are
    /// yesterday's and today's.
    pub(crate) referrers: Vec<NamedCount>,
}

/// What visitors did in one hour or on one day.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct EngagementPoint {
    /// When it begins.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) from: Timestamp,
    pub(crate) views: u64,
    pub(crate) downloads: u64,
    pub(crate) link_clicks: u64,
}

impl Engagement {
    pub(crate) async fn read(store: &Store, scope: Scope, window: Window, counts: &Counts) -> Result<Self, StoreError> {
        let (first, last) = window.days();
        let referrers = store.referrer_counts(scope, first, last).await?;
        Ok(Self::of(counts, referrers))
    }

    pub(crate) fn of(counts: &Counts, referrers: BTreeMap<String, u64>) -> Self {
        let point = |(from, named): &(Timestamp, Named)| EngagementPoint {
            from: *from,
            views: named.get(tally::VIEWS),
            downloads: named.get(tally::SITE_DOWNLOADS),
            link_clicks: named.get(tally::LINK_CLICKS),
        };
        let mut referrers = most_first(referrers);
        referrers.truncate(MOST_REFERRERS);
        Self {
            views: counts.total.get(tally::VIEWS),
            downloads: counts.total.get(tally::SITE_DOWNLOADS),
            link_clicks: counts.total.get(tally::LINK_CLICKS),
            series: counts.steps.iter().map(point).collect(),
            downloaded: most_first(counts.total.kinds(tally::DOWNLOAD)),
            referrers,
        }
    }
}

/// Where visitors looked from.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Geographic {
    /// Views by country, the most first.
    pub(crate) countries: Vec<CountryViews>,
    /// Views from where the front door could not say.
    pub(crate) unknown: u64,
}

/// Views from a country.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct CountryViews {
    /// ISO 3166-1 alpha-2.
    #[schema(example = "DE")]
    pub(crate) country: String,
    pub(crate) views: u64,
}

impl From<&Counts> for Geographic {
    fn from(counts: &Counts) -> Self {
        let mut kinds = counts.total.kinds(tally::COUNTRY);
        let unknown = kinds.remove(tally::UNKNOWN_COUNTRY).unwrap_or(0);
        let countries =
            most_first(kinds).into_iter().map(|one| CountryViews { country: one.name, views: one.count }).collect();
        Self { countries, unknown }
    }
}

/// What happened within the last hour.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Realtime {
    /// Since when it was counted: in steps of five minutes, so between 55 minutes and an hour ago.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// Now.
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
    views: u64,
    downloads: u64,
    link_clicks: u64,
    cvs_processed: u64,
    portfolios_generated: u64,
    ats_resumes_created: u64,
    jobs_failed: u64,
}

impl Realtime {
    pub(crate) async fn read(store: &Store, scope: Scope, now: Timestamp) -> Result<Self, StoreError> {
        let (first, last) = last_hour(now);
        let mut total = Named::default();
        for bucket in store.fine_counts(scope, first, last).await? {
            total.add(&bucket.counts);
        }
        Ok(Self {
            from: first,
            to: now,
            views: total.get(tally::VIEWS),
            downloads: total.get(tally::SITE_DOWNLOADS),
            link_clicks: total.get(tally::LINK_CLICKS),
            cvs_processed: total.get(tally::CVS_PROCESSED),
            portfolios_generated: total.get(tally::PORTFOLIOS_GENERATED),
            ats_resumes_created: total.get(tally::ATS_RESUMES_CREATED),
            jobs_failed: total.get(tally::JOBS_FAILED),
        })
    }
}

/// What an answer is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Covers {
    pub(crate) time_range: TimeRange,
    /// The first moment that is counted.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) from: Timestamp,
    /// Now.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) to: Timestamp,
}

impl From<Window> for Covers {
    fn from(window: Window) -> Self {
        Self { time_range: window.range, from: window.from, to: window.to }
    }
}

/// A day's or an hour's beginning, as a person writes it.
pub(crate) fn step_name(window: Window, start: Timestamp) -> String {
    if window.is_hourly() { format!("{start:.0}") } else { day_of(start).to_string() }
}

fn most_first(counts: BTreeMap<String, u64>) -> Vec<NamedCount> {
    let mut named: Vec<_> = counts.into_iter().map(|(name, count)| NamedCount { name, count }).collect();
    // Stable: equals stay in the order of their names.
    named.sort_by_key(|one| std::cmp::Reverse(one.count));
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(start: &str, counts: &[(&str, u64)]) -> (Timestamp, BTreeMap<String, u64>) {
        (start.parse().unwrap(), counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect())
    }

    fn a_day() -> Window {
        Window::ending(TimeRange::Hours24, "2026-11-21T22:30:00Z".parse().unwrap())
    }

    #[test]
    fn nothing_counted_is_zero_and_null() {
        let counts = Counts::sum(a_day(), Vec::new());
        let metrics = serde_json::to_value(Metrics::from(&counts)).unwrap();
        let expected = serde_json::json!({
            "cvs_processed": 0, "portfolios_generated": 0, "ats_resumes_created": 0, "total_downloads": 0,
            "portfolio_views": 0, "avg_ats_score": null,
        });
        assert_eq!(metrics, expected);
        let performance = serde_json::to_value(Performance::from(&counts)).unwrap();
        for nothing in ["/cv_processing", "/queue_wait", "/stages/parsing", "/success_rate"] {
            assert_eq!(performance.pointer(nothing), Some(&serde_json::Value::Null), "{nothing}");
        }
        assert_eq!(Engagement::of(&counts, BTreeMap::new()).series.len(), 24);
    }

    #[test]
    fn buckets_of_five_minutes_add_up_to_hours() {
        let counts = Counts::sum(
            a_day(),
            vec![
                bucket("2026-11-21T21:55:00Z", &[("views", 1)]),
                bucket("2026-11-21T22:00:00Z", &[("views", 2), ("site_downloads", 1)]),
                bucket("2026-11-21T22:30:00Z", &[("views", 3), ("link_clicks", 4)]),
            ],
        );
        let engagement = Engagement::of(&counts, BTreeMap::new());
        assert_eq!((engagement.views, engagement.downloads, engagement.link_clicks), (6, 1, 4));
        let views: Vec<_> = engagement.series.iter().map(|point| point.views).collect();
        assert_eq!(views[21..], [0, 1, 5]);
        assert_eq!(engagement.series.len(), 24);
    }

    #[test]
    fn scores_have_a_mean_with_one_decimal() {
        let counts = Counts::sum(
            a_day(),
            vec![bucket("2026-11-21T22:00:00Z", &[("ats_score", 200), ("ats_resumes_created", 3)])],
        );
        assert_eq!(Metrics::from(&counts).avg_ats_score, Some(66.7));
    }

    #[test]
    fn performance_is_what_was_counted() {
        let counts = Counts::sum(
            a_day(),
            vec![
                bucket("2026-11-21T21:00:00Z", &[("parsing_ms", 40), ("parsing_ms.50", 1), ("jobs_completed", 2)]),
                bucket("2026-11-21T22:00:00Z", &[("parsing_ms", 400), ("parsing_ms.500", 1), ("jobs_failed", 1)]),
                bucket("2026-11-21T22:05:00Z", &[("queue_ms.10", 3)]),
            ],
        );
        let performance = serde_json::to_value(Performance::from(&counts)).unwrap();
        let parsing = serde_json::json!({ "count": 2, "mean_ms": 220.0, "p50_at_most_ms": 50, "p95_at_most_ms": 500 });
        assert_eq!(performance["stages"]["parsing"], parsing);
        assert_eq!(performance["stages"]["generating"], serde_json::Value::Null);
        assert_eq!(performance["queue_wait"]["count"], 3, "a wait of no milliseconds is one, too");
        assert_eq!((&performance["jobs_completed"], &performance["success_rate"]), (&2.into(), &0.667.into()));
    }

    #[test]
    fn every_stage_that_is_counted_is_shown() {
        for stage in tally::STAGES {
            let name = tally::stage_ms(stage);
            let counts = Counts::sum(a_day(), vec![bucket("2026-11-21T21:00:00Z", &[(&format!("{name}.10"), 1)])]);
            let shown = serde_json::to_value(Performance::from(&counts)).unwrap();
            assert_eq!(shown["stages"][*stage]["count"], 1, "{stage}");
        }
    }

    #[test]
    fn kinds_of_one_count_are_not_those_of_another() {
        let counts = Counts::sum(
            a_day(),
            vec![bucket(
                "2026-11-21T22:00:00Z",
                &[("ats_template.clean", 2), ("ats_template.modern", 5), ("ats_template", 9), ("ats_templates.x", 1)],
            )],
        );
        let names: Vec<_> = Templates::from(&counts).ats.into_iter().map(|one| (one.name, one.count)).collect();
        assert_eq!(names, [("modern".to_owned(), 5), ("clean".to_owned(), 2)]);
    }

    #[test]
    fn views_from_nowhere_in_particular_are_said_apart() {
        let counts = Counts::sum(
            a_day(),
            vec![bucket("2026-11-21T22:00:00Z", &[("country.DE", 2), ("country.unknown", 3), ("country.AT", 2)])],
        );
        let geographic = Geographic::from(&counts);
        let countries: Vec<_> = geographic.countries.iter().map(|one| one.country.as_str()).collect();
        assert_eq!((countries, geographic.unknown), (vec!["AT", "DE"], 3));
    }

    #[test]
    fn only_the_hosts_that_sent_most_are_listed() {
        let hosts = (0..50).map(|i| (format!("{i}.example"), i)).collect();
        let referrers = Engagement::of(&Counts::default(), hosts).referrers;
        assert_eq!(referrers.len(), MOST_REFERRERS);
        assert_eq!(referrers[0].name, "49.example");
    }
}
