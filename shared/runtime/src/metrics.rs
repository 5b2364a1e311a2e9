//! Metrics: one JSON line on standard output in CloudWatch's embedded metric format, from which CloudWatch takes the
//! numbers. Nothing is called, so nothing can fail or wait.
//!
//! What is measured during a request, a message or a run of the clock goes out as one line at its end ([`gathered`];
//! durations of a job's stages each in one of their own, because a line holds one value of each dimension). Every metric
//! has the dimensions `Stage` (the installation) and `Function`; [`STAGE_DURATION`] also has `JobStage`. No other
//! dimension is ever added: each combination of values is a metric that is paid for. The ids that stand on a line beside
//! them are no dimensions; they lead from a number to what the log says of it.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

use crate::telemetry::{self, Installation};

/// The namespace of every metric here.
pub const NAMESPACE: &str = "Vitae";
/// Most values of one metric in one line, as the format has it.
const MOST_VALUES: usize = 100;

// Functions that answer HTTP.

/// Requests that were answered, in whatever way.
pub const REQUESTS: Metric = Metric::new("Requests", Unit::Count);
/// How long an answer took.
pub const REQUEST_DURATION: Metric = Metric::new("RequestDuration", Unit::Milliseconds);
/// 1 for an answer of 500 and above, 0 for any other, so that its mean is a rate.
pub const SERVER_ERRORS: Metric = Metric::new("ServerErrors", Unit::Count);
/// Requests that were refused because there were too many.
pub const REQUESTS_LIMITED: Metric = Metric::new("RequestsLimited", Unit::Count);
/// Access and refresh tokens that were shown and are none of ours. One that merely ran out is not counted.
pub const TOKENS_REFUSED: Metric = Metric::new("TokensRefused", Unit::Count);

// `auth`.

/// Sign-ins with a right password.
pub const SIGN_INS_SUCCEEDED: Metric = Metric::new("SignInsSucceeded", Unit::Count);
/// Sign-ins that were refused.
pub const SIGN_INS_FAILED: Metric = Metric::new("SignInsFailed", Unit::Count);
/// Refresh tokens that were used a second time, which is what a stolen one looks like.
pub const REFRESH_TOKENS_REUSED: Metric = Metric::new("RefreshTokensReused", Unit::Count);

// Workers.

/// From the sending of a message until it was first taken up.
pub const QUEUE_WAIT: Metric = Metric::new("QueueWait", Unit::Milliseconds);
/// 1 for a message that must come again, 0 for one that is done, so that its mean is a rate.
pub const MESSAGES_FAILED: Metric = Metric::new("MessagesFailed", Unit::Count);
/// Jobs that ended well.
pub const JOBS_COMPLETED: Metric = Metric::new("JobsCompleted", Unit::Count);
/// Jobs that ended in `failed`.
pub const JOBS_FAILED: Metric = Metric::new("JobsFailed", Unit::Count);
/// How long one stage of a job took; see [`stage_took`].
pub const STAGE_DURATION: Metric = Metric::new("StageDuration", Unit::Milliseconds);

// `parse`.

/// Pages of the documents that were read.
pub const PAGES_READ: Metric = Metric::new("PagesRead", Unit::Count);
/// Those of them whose words were recognised in a picture.
pub const PAGES_RECOGNISED: Metric = Metric::new("PagesRecognised", Unit::Count);
/// Bytes of the documents that were read.
pub const BYTES_READ: Metric = Metric::new("BytesRead", Unit::Bytes);
/// Pictures of pages that recognition answered for.
pub const RECOGNITIONS_SUCCEEDED: Metric = Metric::new("RecognitionsSucceeded", Unit::Count);
/// Pictures of pages that recognition refused, or did not answer for.
pub const RECOGNITIONS_FAILED: Metric = Metric::new("RecognitionsFailed", Unit::Count);

// The sweeper of `upload-url`.

/// Jobs whose message was sent again.
pub const JOBS_RESENT: Metric = Metric::new("JobsResent", Unit::Count);
/// Jobs whose upload never came.
pub const JOBS_EXPIRED: Metric = Metric::new("JobsExpired", Unit::Count);

// `generate`, and `auth` when an account is erased.

/// 1 where CloudFront was not told to forget what was taken down, 0 where it was, so that its mean is a rate.
pub const INVALIDATIONS_FAILED: Metric = Metric::new("InvalidationsFailed", Unit::Count);

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Metric {
    name: &'static str,
    unit: Unit,
}

/// In what it is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Count,
    Milliseconds,
    Bytes,
}

impl Metric {
    const fn new(name: &'static str, unit: Unit) -> Self {
        Self { name, unit }
    }
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Milliseconds => "Milliseconds",
            Self::Bytes => "Bytes",
        }
    }
}

tokio::task_local! {
    static GATHERED: Gathered;
}

/// Values by metric, and by the stage of a job where they are of one.
type Values = BTreeMap<Option<&'static str>, BTreeMap<Metric, Vec<u64>>>;

/// What was measured, and what it is about.
#[derive(Debug, Clone, Default)]
struct Measured {
    values: Values,
    about: Map<String, Value>,
}

#[derive(Clone, Default)]
struct Gathered(Arc<Mutex<Measured>>);

impl Gathered {
    fn with<T>(&self, f: impl FnOnce(&mut Measured) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Takes one value of `metric`.
pub fn add(metric: Metric, value: u64) {
    put(None, metric, value);
}

/// Takes one value of a metric that is measured in milliseconds.
pub fn took(metric: Metric, time: Duration) {
    add(metric, milliseconds(time));
}

/// Takes how long a stage of a job took. The name is one of a fixed few, since each is a metric of its own.
pub fn stage_took(stage: &'static str, time: Duration) {
    put(Some(stage), STAGE_DURATION, milliseconds(time));
}

/// Says what is measured here is about, such as a `job_id`. It is no dimension.
pub fn about(name: &'static str, id: impl ToString) {
    let _ = GATHERED.try_with(|gathered| {
        gathered.with(|measured| measured.about.insert(name.to_owned(), id.to_string().into()));
    });
}

/// Does `work`, and then writes what was measured meanwhile, even where the work was broken off.
pub async fn gathered<F: Future>(work: F) -> F::Output {
    /// Writes when it is dropped.
    struct Written(Gathered);
    impl Drop for Written {
        fn drop(&mut self) {
            write(&self.0.with(std::mem::take));
        }
    }
    let written = Written(Gathered::default());
    GATHERED.scope(written.0.clone(), work).await
}

fn put(stage: Option<&'static str>, metric: Metric, value: u64) {
    let gathered = GATHERED.try_with(|gathered| {
        gathered.with(|measured| {
            measured.values.entry(stage).or_default().entry(metric).or_default().push(value);
        });
    });
    // Work that was given to a task of its own is measured all the same.
    if gathered.is_err() {
        let values = BTreeMap::from([(stage, BTreeMap::from([(metric, vec![value])]))]);
        write(&Measured { values, about: Map::new() });
    }
}

fn write(measured: &Measured) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    for line in lines(measured, telemetry::installation(), milliseconds(now)) {
        telemetry::write_line(&line);
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// The lines that say all that was measured.
fn lines(measured: &Measured, installation: &Installation, timestamp: u64) -> Vec<Value> {
    let mut lines = Vec::new();
    for (stage, metrics) in &measured.values {
        let longest = metrics.values().map(Vec::len).max().unwrap_or(0);
        for from in (0..longest).step_by(MOST_VALUES) {
            let part = metrics.iter().filter_map(|(metric, values)| {
                let end = values.len().min(from + MOST_VALUES);
                values.get(from..end).filter(|values| !values.is_empty()).map(|values| (metric, values))
            });
            lines.push(line(*stage, part, measured.about.clone(), installation, timestamp));
        }
    }
    lines
}

fn line<'a>(
    stage: Option<&str>,
    metrics: impl Iterator<Item = (&'a Metric, &'a [u64])>,
    mut root: Map<String, Value>,
    installation: &Installation,
    timestamp: u64,
) -> Value {
    let mut dimensions = vec!["Stage", "Function"];
    root.insert("Stage".to_owned(), json!(installation.stage));
    root.insert("Function".to_owned(), json!(installation.function));
    if let Some(stage) = stage {
        dimensions.push("JobStage");
        root.insert("JobStage".to_owned(), json!(stage));
    }
    let mut definitions = Vec::new();
    for (metric, values) in metrics {
        definitions.push(json!({ "Name": metric.name, "Unit": metric.unit.name() }));
        let value = match values {
            [one] => json!(one),
            many => json!(many),
        };
        root.insert(metric.name.to_owned(), value);
    }
    let directive = json!({ "Namespace": NAMESPACE, "Dimensions": [dimensions], "Metrics": definitions });
    root.insert("_aws".to_owned(), json!({ "Timestamp": timestamp, "CloudWatchMetrics": [directive] }));
    Value::Object(root)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn installation() -> Installation {
        Installation { function: "parse", stage: "dev".to_owned(), salt: String::new() }
    }

    /// What the specification of the embedded metric format asks of a line, member by member.
    fn check(line: &Value) -> Result<(), String> {
        let root = line.as_object().ok_or("the root is an object")?;
        let aws = root.get("_aws").and_then(Value::as_object).ok_or("_aws is an object")?;
        let timestamp = aws.get("Timestamp").and_then(Value::as_u64).ok_or("Timestamp is a whole number")?;
        if !(1_000_000_000_000..10_000_000_000_000).contains(&timestamp) {
            return Err(format!("{timestamp} are no milliseconds since 1970"));
        }
        let directives = aws.get("CloudWatchMetrics").and_then(Value::as_array).ok_or("CloudWatchMetrics is a list")?;
        for directive in directives {
            let namespace = directive["Namespace"].as_str().ok_or("Namespace is a text")?;
            if namespace.is_empty() || namespace.len() > 1024 {
                return Err("Namespace has 1 to 1024 characters".to_owned());
            }
            let sets = directive["Dimensions"].as_array().ok_or("Dimensions is a list")?;
            for set in sets {
                let set = set.as_array().ok_or("a dimension set is a list")?;
                if set.len() > 30 {
                    return Err("a dimension set has at most 30 names".to_owned());
                }
                for name in set {
                    let name = name.as_str().ok_or("the name of a dimension is a text")?;
                    let value = root.get(name).and_then(Value::as_str).ok_or("a dimension is a text at the root")?;
                    if name.is_empty() || name.len() > 250 || value.is_empty() || value.len() > 1024 {
                        return Err(format!("{name} is too long or empty"));
                    }
                }
            }
            let metrics = directive["Metrics"].as_array().ok_or("Metrics is a list")?;
            if metrics.is_empty() || metrics.len() > 100 {
                return Err("there are 1 to 100 metrics".to_owned());
            }
            for metric in metrics {
                let name = metric["Name"].as_str().ok_or("the name of a metric is a text")?;
                if !["Count", "Milliseconds", "Bytes"].contains(&metric["Unit"].as_str().unwrap_or_default()) {
                    return Err(format!("{name} has a unit that CloudWatch knows"));
                }
                match root.get(name) {
                    Some(Value::Number(_)) => {}
                    Some(Value::Array(values)) if values.len() <= 100 && values.iter().all(Value::is_number) => {}
                    _ => return Err(format!("{name} is a number, or at most 100 of them, at the root")),
                }
            }
        }
        Ok(())
    }

    fn measured(values: &[(Option<&'static str>, Metric, Vec<u64>)]) -> Measured {
        let mut measured = Measured::default();
        for (stage, metric, values) in values {
            measured.values.entry(*stage).or_default().insert(*metric, values.clone());
        }
        measured
    }

    #[test]
    fn a_line_is_what_cloudwatch_reads() {
        let mut measured = measured(&[
            (None, REQUESTS, vec![1]),
            (None, QUEUE_WAIT, vec![4, 7]),
            (None, BYTES_READ, vec![9_000]),
            (Some("parsing"), STAGE_DURATION, vec![120]),
        ]);
        measured.about.insert("job_id".to_owned(), json!("j"));
        let lines = lines(&measured, &installation(), 1_795_000_000_000);
        for line in &lines {
            assert_eq!(check(line), Ok(()), "{line:#}");
            assert_eq!(line["job_id"], "j");
        }
        assert_eq!(lines.len(), 2);
        assert_eq!((&lines[0]["Requests"], &lines[0]["QueueWait"]), (&json!(1), &json!([4, 7])));
        assert_eq!(lines[0]["_aws"]["CloudWatchMetrics"][0]["Dimensions"], json!([["Stage", "Function"]]));
        assert_eq!((&lines[0]["Stage"], &lines[0]["Function"]), (&json!("dev"), &json!("parse")));
        assert_eq!(lines[1]["_aws"]["CloudWatchMetrics"][0]["Dimensions"], json!([["Stage", "Function", "JobStage"]]));
        assert_eq!((&lines[1]["StageDuration"], &lines[1]["JobStage"]), (&json!(120), &json!("parsing")));
    }

    #[test]
    fn what_cloudwatch_would_drop_is_noticed() {
        let good = lines(&measured(&[(None, REQUESTS, vec![1])]), &installation(), 1_795_000_000_000).remove(0);
        for (pointer, bad) in [
            ("/_aws/Timestamp", json!(1_795_000_000)),
            ("/_aws/CloudWatchMetrics/0/Namespace", json!("")),
            ("/_aws/CloudWatchMetrics/0/Dimensions/0/0", json!("Nowhere")),
            ("/_aws/CloudWatchMetrics/0/Metrics/0/Name", json!("Absent")),
            ("/_aws/CloudWatchMetrics/0/Metrics/0/Unit", json!("Fortnights")),
            ("/Requests", json!("1")),
            ("/Stage", json!(1)),
        ] {
            let mut line = good.clone();
            *line.pointer_mut(pointer).unwrap() = bad;
            assert!(check(&line).is_err(), "{pointer}");
        }
    }

    #[test]
    fn more_values_than_a_line_holds_take_several() {
        let measured = measured(&[(None, QUEUE_WAIT, (0..250).collect()), (None, REQUESTS, vec![1])]);
        let lines = lines(&measured, &installation(), 1_795_000_000_000);
        assert!(lines.iter().all(|line| check(line).is_ok()));
        let waits = lines.iter().flat_map(|line| line["QueueWait"].as_array().unwrap());
        let waits: Vec<_> = waits.map(|value| value.as_u64().unwrap()).collect();
        assert_eq!(waits, (0..250).collect::<Vec<_>>());
        assert_eq!(lines.iter().filter(|line| line.get("Requests").is_some()).count(), 1);
    }

    #[tokio::test]
    async fn what_is_measured_during_work_is_gathered() {
        gathered(async {
            add(REQUESTS, 1);
            add(REQUESTS, 1);
            stage_took("parsing", Duration::from_millis(5));
            about("job_id", 7);
            let measured = GATHERED.with(|gathered| gathered.with(|measured| measured.clone()));
            assert_eq!(measured.values[&None][&REQUESTS], [1, 1]);
            assert_eq!(measured.values[&Some("parsing")][&STAGE_DURATION], [5]);
            assert_eq!(measured.about["job_id"], "7");
            // Work within has a line of its own.
            gathered(async { add(QUEUE_WAIT, 3) }).await;
            assert!(!GATHERED.with(|gathered| gathered.with(|m| m.values[&None].contains_key(&QUEUE_WAIT))));
        })
        .await;
    }
}
