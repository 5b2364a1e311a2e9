//! `POST /logs` and `GET /logs`: what a frontend tells of its own faults, and the reading of it.
//!
//! Anybody may tell, since faults happen to people who are not signed in, too. So an entry is bounded in every respect,
//! its texts are redacted before they are stored, no address and no user agent is kept, and all of it is gone after 14
//! days. Administrators alone may read.

use std::time::Duration;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::{StatusCode, header};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use vitae_runtime::{redact, telemetry};
use vitae_store::Store;
use vitae_store::frontend_logs::FrontendLog;
use vitae_web::{Json, Listed, Permission, Problem, ProblemBody, Query, RateLimit, Subject, User, Web};

use crate::send_beacon;

/// A frontend that fails may tell so a few times a minute; an office may sit behind one address.
pub(crate) const LIMIT: RateLimit =
    RateLimit { class: "logs", burst: 60, window: Duration::from_secs(60), subject: Subject::Address };
/// What all frontends together may tell, wherever from: more would say nothing new, and be paid for.
const OF_EVERYBODY: RateLimit =
    RateLimit { class: "logs-all", burst: 600, window: Duration::from_secs(60), subject: Subject::Named };
/// Largest body, in bytes.
const LARGEST: usize = 64 * 1024;
/// Most entries of one report.
const MOST_ENTRIES: usize = 20;
/// Longest message, stack and page, in characters; what is longer is cut.
const LONGEST_MESSAGE: usize = 1_000;
const LONGEST_STACK: usize = 8_000;
const LONGEST_PAGE: usize = 500;
/// Longest release, in characters.
const LONGEST_RELEASE: usize = 64;
/// How deep a context may be nested, how many members and items it may have in all, and how long its names and texts
/// may be before they are cut.
const DEEPEST: usize = 4;
const MOST_MEMBERS: usize = 50;
const LONGEST_NAME: usize = 64;
const LONGEST_TEXT: usize = 500;
/// Longest text to search for, in characters.
const LONGEST_SEARCH: usize = 200;

/// What a frontend tells.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FrontendReport {
    /// The frontend's release: letters, digits and `._+-`.
    #[schema(example = "web-2026.11.22", max_length = 64)]
    release: Option<String>,
    /// What happened, 1 to 20 things.
    #[schema(min_items = 1, max_items = 20)]
    entries: Vec<FrontendEntry>,
}

/// One thing that happened.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FrontendEntry {
    level: LogLevel,
    /// What happened. Cut after 1000 characters.
    #[schema(example = "TypeError: Cannot read properties of undefined")]
    message: String,
    /// Where in the code. Cut after 8000 characters.
    stack: Option<String>,
    /// On which page; its query is not kept. Cut after 500 characters.
    #[schema(example = "/cv/upload")]
    page: Option<String>,
    /// When it happened.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// Whatever else helps: an object of at most 50 members in all, nested at most 4 deep. What is called `password`,
    /// `token`, `email` or the like is not kept.
    #[schema(value_type = Option<Object>)]
    context: Option<Map<String, Value>>,
}

/// How grave it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogLevel {
    Error,
    Warn,
    Info,
}

impl LogLevel {
    fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
        }
    }
}

/// What was taken of a report.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FrontendReportAnswer {
    /// How many entries.
    accepted: usize,
}

/// Tell of a frontend's faults.
///
/// It is taken without signing in, as JSON or, from `navigator.sendBeacon`, as text. Mail addresses, telephone numbers,
/// network addresses, tokens and queries of addresses are taken out of every text before it is stored. Entries are kept
/// for 14 days.
#[utoipa::path(
    post, path = "/api/v1/logs", operation_id = "reportFrontendLogs", tag = "Logs", security((), ("bearer" = [])),
    request_body(content((FrontendReport = "application/json"), (String = "text/plain")),
        description = "The same JSON under either content type"),
    responses(
        (status = 202, body = FrontendReportAnswer, description = "Taken"),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "Not JSON"),
        (status = 413, body = ProblemBody, content_type = "application/problem+json", description = "Larger than 65536 bytes"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "Neither JSON nor text"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Not a report, or more in it than is taken"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn record(
    State(store): State<Store>,
    request: Request,
) -> Result<(StatusCode, Json<FrontendReportAnswer>), Problem> {
    let (mut parts, body) = request.into_parts();
    let web = parts.extensions.get::<Web>().cloned();
    let web = web.ok_or_else(|| Problem::internal("a route stands outside the application"))?;
    // A token that ran out may be what the report is about.
    let user = match parts.headers.contains_key(header::AUTHORIZATION) {
        true => User::from_request_parts(&mut parts, &()).await.ok(),
        false => None,
    };
    let report: FrontendReport = send_beacon::read(Request::from_parts(parts, body), LARGEST).await?;
    let entries = entries(report, user.map(|user| telemetry::user_hash(user.id)), Timestamp::now())?;
    OF_EVERYBODY.count(&web, "everybody").await?;
    store.keep_frontend_logs(&entries).await?;
    tracing::info!(entries = entries.len(), "a frontend told of its faults");
    Ok((StatusCode::ACCEPTED, Json(FrontendReportAnswer { accepted: entries.len() })))
}

/// What is stored of a report.
fn entries(report: FrontendReport, user: Option<String>, now: Timestamp) -> Result<Vec<FrontendLog>, Problem> {
    if !(1..=MOST_ENTRIES).contains(&report.entries.len()) {
        return Err(Problem::invalid("/entries", format!("has 1 to {MOST_ENTRIES} entries")));
    }
    if report.release.as_deref().is_some_and(|release| !is_release(release)) {
        let detail = format!("has 1 to {LONGEST_RELEASE} letters, digits and `._+-`");
        return Err(Problem::invalid("/release", detail));
    }
    let entry = |(i, entry): (usize, FrontendEntry)| {
        if entry.message.trim().is_empty() {
            return Err(Problem::invalid(format!("/entries/{i}/message"), "says what happened"));
        }
        if let Some(context) = &entry.context {
            check(context).map_err(|detail| Problem::invalid(format!("/entries/{i}/context"), detail))?;
        }
        let message = redacted(&entry.message, LONGEST_MESSAGE);
        let stack = entry.stack.map(|stack| redacted(&stack, LONGEST_STACK));
        Ok(FrontendLog {
            log_id: Uuid::now_v7(),
            received_at: now,
            at: entry.at,
            level: entry.level.name().to_owned(),
            fingerprint: fingerprint(&message, stack.as_deref()),
            message,
            stack,
            page: entry.page.map(|page| redacted(&without_query(&page), LONGEST_PAGE)),
            release: report.release.clone(),
            user: user.clone(),
            context: entry.context.map(|context| object(context).into()),
        })
    };
    report.entries.into_iter().enumerate().map(entry).collect()
}

fn is_release(text: &str) -> bool {
    (1..=LONGEST_RELEASE).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._+-".contains(&b))
}

/// Whether a context keeps to its bounds.
fn check(context: &Map<String, Value>) -> Result<(), String> {
    /// How many members and items there are below, and how deep they go.
    fn measure(value: &Value, depth: usize) -> (usize, usize) {
        let below: Vec<_> = match value {
            Value::Object(members) => members.values().collect(),
            Value::Array(items) => items.iter().collect(),
            _ => return (0, depth),
        };
        let start = (below.len(), depth + 1);
        below
            .into_iter()
            .map(|value| measure(value, depth + 1))
            .fold(start, |(count, deepest), (more, depth)| (count + more, deepest.max(depth)))
    }
    let levels = context.values().map(|value| measure(value, 1));
    let (members, depth) =
        levels.fold((context.len(), 1), |(count, deepest), (more, depth)| (count + more, deepest.max(depth)));
    if depth > DEEPEST {
        return Err(format!("is nested at most {DEEPEST} deep"));
    }
    if members > MOST_MEMBERS {
        return Err(format!("has at most {MOST_MEMBERS} members in all"));
    }
    Ok(())
}

fn object(members: Map<String, Value>) -> Map<String, Value> {
    let member = |(name, value): (String, Value)| {
        let kept = match redact::is_secret(&name) {
            true => Value::from("[removed]"),
            false => value_without_persons(value),
        };
        (redacted(&name, LONGEST_NAME), kept)
    };
    members.into_iter().map(member).collect()
}

fn value_without_persons(value: Value) -> Value {
    match value {
        Value::String(text) => redacted(&text, LONGEST_TEXT).into(),
        Value::Array(items) => items.into_iter().map(value_without_persons).collect(),
        Value::Object(members) => object(members).into(),
        // A number can be a telephone number.
        Value::Number(number) => match redact::text(&number.to_string()) {
            same if same == number.to_string() => Value::Number(number),
            other => other.into(),
        },
        other => other,
    }
}

/// A page without what follows its path.
fn without_query(page: &str) -> String {
    page.split(['?', '#']).next().unwrap_or_default().to_owned()
}

/// `text` without what names a person, cut to `longest` characters. It is cut before, so that no more is read than is
/// kept, and after, since what is put in may be longer.
fn redacted(text: &str, longest: usize) -> String {
    let (start, cut) = start_of(text, longest);
    let redacted = redact::text(start);
    match start_of(&redacted, longest) {
        (start, more) if cut || more => format!("{start}…"),
        _ => redacted,
    }
}

/// The first `longest` characters, and whether there are more.
fn start_of(text: &str, longest: usize) -> (&str, bool) {
    match text.char_indices().nth(longest) {
        Some((end, _)) => (&text[..end], true),
        None => (text, false),
    }
}

/// The same for what is the same fault: the message and where it happened, whatever numbers stand in them.
fn fingerprint(message: &str, stack: Option<&str>) -> String {
    let place = stack.and_then(|stack| stack.lines().map(str::trim).find(|line| is_frame(line))).unwrap_or_default();
    let mut same = String::new();
    for c in format!("{message}\n{place}").chars() {
        match c {
            '0'..='9' if same.ends_with('0') => {}
            '0'..='9' => same.push('0'),
            c => same.push(c),
        }
    }
    let mut digest = Sha256::digest(same.as_bytes()).to_vec();
    digest.truncate(8);
    hex::encode(digest)
}

/// Whether a line of a stack names a place: `at f (https://…:1:2)`, `f@https://…:1:2`.
fn is_frame(line: &str) -> bool {
    line.starts_with("at ") || line.contains('@') || line.contains("://")
}

/// Which entries.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// From when on they came; as long ago as they are kept where nothing is said.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Until when they came; until now where nothing is said.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// Of this gravity alone.
    #[param(inline)]
    level: Option<LogLevel>,
    /// Of this release alone.
    release: Option<String>,
    /// Of this fault alone.
    fingerprint: Option<String>,
    /// With this text in message, stack or page, in whatever case.
    #[param(max_length = 200)]
    text: Option<String>,
    /// How many entries, 1 to 100; 20 by default.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl Filter {
    fn admits(&self, entry: &FrontendLog) -> bool {
        let same = |wanted: &Option<String>, is: Option<&str>| wanted.as_deref().is_none_or(|text| is == Some(text));
        self.level.is_none_or(|level| level.name() == entry.level)
            && same(&self.release, entry.release.as_deref())
            && same(&self.fingerprint, Some(&entry.fingerprint))
            && self.text.as_deref().is_none_or(|text| {
                let text = text.to_lowercase();
                let texts = [Some(&entry.message), entry.stack.as_ref(), entry.page.as_ref()];
                texts.into_iter().flatten().any(|one| one.to_lowercase().contains(&text))
            })
    }
}

/// One thing that a frontend told.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FrontendLogEntry {
    log_id: Uuid,
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
    /// When it happened, as the frontend says.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// `error`, `warn` or `info`.
    #[schema(example = "error")]
    level: String,
    message: String,
    stack: Option<String>,
    page: Option<String>,
    release: Option<String>,
    /// The same for what is the same fault.
    #[schema(example = "5f0c1a9e3b7d2468")]
    fingerprint: String,
    /// What stands for the person in the functions' logs, where one was signed in.
    user: Option<String>,
    #[schema(value_type = Option<Object>)]
    context: Option<Value>,
}

impl From<FrontendLog> for FrontendLogEntry {
    fn from(entry: FrontendLog) -> Self {
        let FrontendLog { log_id, received_at, at, level, message, stack, page, release, fingerprint, user, context } =
            entry;
        Self { log_id, received_at, at, level, message, stack, page, release, fingerprint, user, context }
    }
}

/// Read what frontends told of their faults.
///
/// For administrators. Newest first. A page may hold fewer entries than asked for, even none, and still have a
/// `next_cursor`, since each looks through a bounded number of entries.
#[utoipa::path(
    get, path = "/api/v1/logs", operation_id = "listFrontendLogs", tag = "Logs",
    security(("bearer" = [])), params(Filter),
    responses(
        (status = 200, body = Listed<FrontendLogEntry>),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The query cannot be read"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "This is for administrators"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn list(
    State(store): State<Store>,
    user: User,
    filter: Result<Query<Filter>, Problem>,
) -> Result<Json<Listed<FrontendLogEntry>>, Problem> {
    user.require(Permission::ReadFrontendLogs)?;
    let Query(filter) = filter?;
    let limit = match filter.limit {
        None => 20,
        Some(limit @ 1..=100) => limit,
        Some(_) => return Err(Problem::bad_request("`limit` lies between 1 and 100.")),
    };
    if filter.text.as_ref().is_some_and(|text| text.chars().count() > LONGEST_SEARCH) {
        return Err(Problem::bad_request(format!("`text` has at most {LONGEST_SEARCH} characters.")));
    }
    let (from, to) = (filter.from.unwrap_or(Timestamp::MIN), filter.to.unwrap_or_else(Timestamp::now));
    let page = store.frontend_logs(from, to, limit, filter.cursor.as_deref(), |entry| filter.admits(entry)).await?;
    let items = page.items.into_iter().map(FrontendLogEntry::from).collect();
    Ok(Json(Listed { items, next_cursor: page.next_cursor }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn stored(report: Value) -> Result<Vec<FrontendLog>, (u16, String)> {
        let refused = |problem: Problem| {
            let pointer = problem.body("").errors.first().map(|error| error.pointer.clone());
            (problem.status().as_u16(), pointer.unwrap_or_default())
        };
        let report: FrontendReport = serde_json::from_value(report).unwrap();
        entries(report, None, "2026-11-22T01:00:00Z".parse().unwrap()).map_err(refused)
    }

    fn one(entry: Value) -> Result<FrontendLog, (u16, String)> {
        stored(json!({ "entries": [entry] })).map(|mut entries| entries.remove(0))
    }

    #[test]
    fn nothing_is_stored_that_names_a_person_or_opens_a_door() {
        let entry = one(json!({
            "level": "error",
            "message": "no CV of ada@example.org",
            "stack": "Error: ada@example.org\n    at f (https://a.example/x.js?token=abc:1:2)",
            "page": "/reset?token=abc#ada@example.org",
            "context": {
                "password": "hunter2",
                "user": { "email": "ada@example.org", "seen": ["ada@example.org", 491701234567_u64, true] },
                "ada@example.org": 1,
            },
        }))
        .unwrap();
        let text = serde_json::to_string(&entry).unwrap();
        for gone in ["ada@", "abc", "hunter2", "491701234567"] {
            assert!(!text.contains(gone), "{gone} in {text}");
        }
        assert_eq!(entry.page.as_deref(), Some("/reset"));
        assert_eq!(entry.context.unwrap()["user"]["seen"], json!(["[mail]", "[number]", true]));
    }

    #[test]
    fn long_texts_are_cut_and_everything_else_has_bounds() {
        let entry = one(json!({ "level": "warn", "message": "é".repeat(2_000), "stack": "x ".repeat(9_000) })).unwrap();
        assert_eq!(entry.message.chars().count(), LONGEST_MESSAGE + 1);
        assert_eq!(entry.stack.unwrap().chars().count(), LONGEST_STACK + 1);

        let fine = json!({ "level": "info", "message": "x" });
        let many = |count| json!({ "entries": vec![fine.clone(); count] });
        assert_eq!(stored(many(20)).unwrap().len(), 20);
        assert_eq!(stored(many(0)), Err((422, "/entries".to_owned())));
        assert_eq!(stored(many(21)), Err((422, "/entries".to_owned())));
        let with = |context: Value| one(json!({ "level": "info", "message": "x", "context": context }));
        assert!(with(json!({ "a": { "b": { "c": 1 } } })).is_ok());
        assert!(with(json!({ "a": { "b": { "c": { "d": 1 } } } })).is_ok());
        let refused = Err((422, "/entries/0/context".to_owned()));
        assert_eq!(with(json!({ "a": { "b": { "c": { "d": {} } } } })), refused);
        assert!(with(json!({ "a": vec![1; 49] })).is_ok());
        assert_eq!(with(json!({ "a": vec![1; 50] })), refused);
        assert_eq!(one(json!({ "level": "info", "message": " " })), Err((422, "/entries/0/message".to_owned())));
        let released = |release: &str| stored(json!({ "release": release, "entries": [fine] })).is_ok();
        assert!(released("web-2026.11.22+1") && !released("") && !released("a b") && !released(&"x".repeat(65)));
    }

    #[test]
    fn the_same_fault_has_the_same_fingerprint() {
        let at = |message, stack: &str| fingerprint(message, Some(stack));
        let one = at("job 17 failed", "Error\n    at f (https://a.example/x.js:1:200)\n    at g");
        assert_eq!(one, at("job 4 failed", "Error\n    at f (https://a.example/x.js:33:4)\n    at h"));
        assert_ne!(one, at("job 17 failed", "Error\n    at g (https://a.example/x.js:1:200)"));
        assert_ne!(one, fingerprint("job 17 failed", None));
        assert_eq!(one.len(), 16);
    }

    #[test]
    fn a_filter_admits_what_fits_all_of_it() {
        let entry = one(json!({ "level": "error", "message": "It Broke", "page": "/cv" })).unwrap();
        let filter = |query: Value| serde_json::from_value::<Filter>(query).unwrap().admits(&entry);
        assert!(filter(json!({})));
        assert!(filter(json!({ "level": "error", "text": "broke", "fingerprint": entry.fingerprint })));
        assert!(filter(json!({ "text": "/CV" })));
        for not in [
            json!({ "level": "warn" }),
            json!({ "text": "bent" }),
            json!({ "release": "1" }),
            json!({ "fingerprint": "0" }),
        ] {
            assert!(!filter(not.clone()), "{not}");
        }
    }
}
