//! The numbers as a file to take along.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vitae_store::Store;
use vitae_web::{Json, Problem, ProblemBody, Query, User};

use crate::dashboard::ScopeName;
use crate::report::{Counts, Covers, Engagement, Geographic, Metrics, Named, Performance, Templates, step_name};
use crate::tally;
use crate::window::{TimeRange, Window};

/// What is exported, and how.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Export {
    /// `json`, or `csv`: one line for each number, with the columns `section`, `key`, `measure` and `value`. `json` where
    /// nothing is said.
    #[param(inline)]
    #[serde(default)]
    format: Format,
    /// How far back; `30d` where nothing is said.
    #[param(inline)]
    #[serde(default)]
    time_range: TimeRange,
    /// `mine`, or `platform` for everybody's together, which is for administrators. `mine` where nothing is said.
    #[param(inline)]
    #[serde(default)]
    scope: ScopeName,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Format {
    #[default]
    Json,
    Csv,
}

/// The numbers of a time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Summary {
    #[serde(flatten)]
    covers: Covers,
    scope: ScopeName,
    metrics: Metrics,
    templates: Templates,
    performance: Performance,
    engagement: Engagement,
    geographic: Geographic,
}

/// The numbers as a file.
#[utoipa::path(
    get, path = "/api/v1/analytics/export/summary", operation_id = "exportSummary", tag = "Analytics",
    security(("bearer" = [])), params(Export),
    responses(
        (status = 200, description = "A file", content((Summary = "application/json"), (String = "text/csv"))),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The query cannot be read"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "The platform's numbers are for administrators"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn summary(
    State(store): State<Store>,
    user: User,
    Query(export): Query<Export>,
) -> Result<Response, Problem> {
    let scope = export.scope.of(&user)?;
    let window = Window::ending(export.time_range, Timestamp::now());
    let counts = Counts::read(&store, scope, window).await?;
    let summary = Summary {
        covers: window.into(),
        scope: export.scope,
        metrics: Metrics::from(&counts),
        templates: Templates::from(&counts),
        performance: Performance::from(&counts),
        engagement: Engagement::read(&store, scope, window, &counts).await?,
        geographic: Geographic::from(&counts),
    };
    let (extension, mut response) = match export.format {
        Format::Json => ("json", Json(summary).into_response()),
        Format::Csv => {
            let csv = csv(&summary, window, &counts);
            ("csv", ([(header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present")], csv).into_response())
        }
    };
    let name = format!("attachment; filename=\"vitae-{}.{extension}\"", export.time_range.name());
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// The summary by RFC 4180: a table that is as long as there are numbers, so that it loads into anything.
fn csv(summary: &Summary, window: Window, counts: &Counts) -> String {
    let mut table = Table::default();
    table.row(["section", "key", "measure", "value"]);
    let metrics = &summary.metrics;
    for (measure, value) in [
        (tally::CVS_PROCESSED, metrics.cvs_processed),
        (tally::PORTFOLIOS_GENERATED, metrics.portfolios_generated),
        (tally::ATS_RESUMES_CREATED, metrics.ats_resumes_created),
        ("total_downloads", metrics.total_downloads),
        ("portfolio_views", metrics.portfolio_views),
        (tally::JOBS_COMPLETED, summary.performance.jobs_completed),
        (tally::JOBS_FAILED, summary.performance.jobs_failed),
    ] {
        table.row(["total", "", measure, &value.to_string()]);
    }
    // An empty field is what CSV has for null.
    let score = metrics.avg_ats_score.map(|score| score.to_string()).unwrap_or_default();
    table.row(["total", "", "avg_ats_score", &score]);
    let step = if window.is_hourly() { "hour" } else { "day" };
    for (start, named) in &counts.steps {
        let start = step_name(window, *start);
        for (measure, value) in steps_measures(named) {
            table.row([step, &start, measure, &value.to_string()]);
        }
    }
    for (section, named) in [
        ("portfolio_template", &summary.templates.portfolios),
        ("ats_template", &summary.templates.ats),
        ("ats_format", &summary.templates.ats_formats),
    ] {
        for one in named {
            table.row([section, &one.name, "count", &one.count.to_string()]);
        }
    }
    for one in &summary.engagement.referrers {
        table.row(["referrer", &one.name, "views", &one.count.to_string()]);
    }
    for one in &summary.geographic.countries {
        table.row(["country", &one.country, "views", &one.views.to_string()]);
    }
    table.row(["country", tally::UNKNOWN_COUNTRY, "views", &summary.geographic.unknown.to_string()]);
    table.0
}

fn steps_measures(named: &Named) -> [(&'static str, u64); 6] {
    [
        tally::CVS_PROCESSED,
        tally::PORTFOLIOS_GENERATED,
        tally::ATS_RESUMES_CREATED,
        tally::DOWNLOADS,
        tally::VIEWS,
        tally::LINK_CLICKS,
    ]
    .map(|name| (name, named.get(name)))
}

#[derive(Default)]
struct Table(String);

impl Table {
    fn row<const N: usize>(&mut self, cells: [&str; N]) {
        let cells = cells.map(cell);
        self.0.push_str(&cells.join(","));
        self.0.push_str("\r\n");
    }
}

/// A field that is text to every program that reads it. A spreadsheet takes what begins like a formula for one, so such
/// a field gets an apostrophe in front, and one that could end early gets quotes.
fn cell(text: &str) -> String {
    let guarded = match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n') => format!("'{text}"),
        _ => text.to_owned(),
    };
    if guarded.contains(['"', ',', '\r', '\n', ';']) {
        return format!("\"{}\"", guarded.replace('"', "\"\""));
    }
    guarded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_never_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(\"http://x\",\"y\")"] {
            let cell = cell(formula);
            assert!(cell.trim_start_matches('"').starts_with('\''), "{cell}");
        }
    }

    #[test]
    fn fields_that_could_end_early_are_quoted() {
        assert_eq!(cell("plain.example"), "plain.example");
        assert_eq!(cell("a,b"), "\"a,b\"");
        assert_eq!(cell("say \"hi\""), "\"say \"\"hi\"\"\"");
        assert_eq!(cell("a\nb"), "\"a\nb\"");
    }

    #[test]
    fn every_line_has_four_fields_and_absence_is_empty() {
        let window = Window::ending(TimeRange::Days7, "2026-11-21T10:00:00Z".parse().unwrap());
        let counts = Counts {
            steps: window.steps().into_iter().map(|at| (at, Named::default())).collect(),
            ..Default::default()
        };
        let summary = Summary {
            covers: window.into(),
            scope: ScopeName::Mine,
            metrics: Metrics::from(&counts),
            templates: Templates::from(&counts),
            performance: Performance::from(&counts),
            engagement: Engagement::of(&counts, std::collections::BTreeMap::new()),
            geographic: Geographic::from(&counts),
        };
        let csv = csv(&summary, window, &counts);
        assert!(csv.ends_with("\r\n"));
        assert!(csv.lines().all(|line| line.split(',').count() == 4), "{csv}");
        assert!(csv.contains("total,,avg_ats_score,\r\n"));
        assert!(csv.contains("day,2026-11-21,views,0\r\n"));
        assert_eq!(csv.lines().filter(|line| line.starts_with("day,")).count(), 7 * 6);
    }
}
