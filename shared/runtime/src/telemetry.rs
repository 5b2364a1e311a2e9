//! Logs: one JSON object a line on standard output, where Lambda takes them from.
//!
//! Each line says its function, installation and version, and everything that the spans around it know: the request or
//! the message, the job, the trace, and of the person a hash that leads back to nobody. What a person sent, and what
//! is theirs, is never a field; as a second lock, a mail address is taken out of any text, whoever wrote it.
//!
//! Spans are of the level `ERROR`, so that their fields stand on an error's line whatever `RUST_LOG` leaves out.

use std::fmt;
use std::io::Write as _;
use std::sync::OnceLock;

use jiff::Timestamp;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Span, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use crate::{metrics, redact};

/// Crates that log what travels over the wire at some level. They are kept to `info` whatever `RUST_LOG` asks for.
const TALKATIVE: &[&str] = &[
    "aws_runtime",
    "aws_sigv4",
    "aws_smithy_http_client",
    "aws_smithy_runtime",
    "axum",
    "h2",
    "hyper",
    "hyper_util",
    "lambda_http",
    "lambda_runtime",
    "lambda_runtime_api_client",
    "reqwest",
    "rustls",
];

/// What every line of this process says.
#[derive(Debug)]
pub(crate) struct Installation {
    /// The function, as `auth`.
    pub(crate) function: &'static str,
    /// Which installation it is part of.
    pub(crate) stage: String,
    /// What makes this installation's hashes its own.
    pub(crate) salt: String,
}

static INSTALLATION: OnceLock<Installation> = OnceLock::new();

/// Starts logging for `function` at the level that `RUST_LOG` names, `info` where it names none. Call it once, first
/// thing in `main`.
pub fn init(function: &'static str) {
    let _ = INSTALLATION.set(Installation::of(function));
    // Not `EnvFilter`, which knows more than anybody asks for here and brings an engine of regular expressions along.
    let wanted = std::env::var("RUST_LOG").ok().and_then(|wanted| wanted.parse::<Targets>().ok());
    let filter = wanted
        .unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO))
        .with_targets(TALKATIVE.iter().map(|name| (*name, LevelFilter::INFO)));
    tracing_subscriber::registry().with(filter).with(JsonLines { write: write_line }).init();
    std::panic::set_hook(Box::new(|panic| {
        // A message that was put together may hold what a person sent; one that stands in the code as it is may not.
        let message = panic.payload().downcast_ref::<&'static str>().copied().unwrap_or("(not shown)");
        let location = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(location, panic = message, "a panic");
    }));
}

/// What this process is; `unknown` where [`init`] was not called, as in tests.
pub(crate) fn installation() -> &'static Installation {
    INSTALLATION.get_or_init(|| Installation::of("unknown"))
}

impl Installation {
    fn of(function: &'static str) -> Self {
        let variable = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
        Self {
            function,
            stage: variable("STAGE").unwrap_or_else(|| "unknown".to_owned()),
            // Every function knows the table, and no two installations share one.
            salt: variable("TABLE").unwrap_or_default(),
        }
    }
}

/// What stands for a person on a line: the same for the same person in one installation, and no way back to them for
/// whoever has the line alone, since an id has 74 random bits. Whoever has the id finds the lines.
pub fn user_hash(user_id: impl fmt::Display) -> String {
    user_hash_in(&installation().salt, user_id)
}

/// The same in the installation whose table of people is `table`.
pub fn user_hash_in(table: &str, user_id: impl fmt::Display) -> String {
    let mut digest = Sha256::digest(format!("person\n{table}\n{user_id}").as_bytes()).to_vec();
    digest.truncate(6);
    hex::encode(digest)
}

/// Puts the person on the lines of the request or message at hand.
pub fn note_user(user_id: impl fmt::Display) {
    Span::current().record("user", user_hash(user_id));
}

/// Puts the job on the lines of the request or message at hand.
pub fn note_job(job_id: impl fmt::Display) {
    metrics::about("job_id", &job_id);
    Span::current().record("job_id", tracing::field::display(job_id));
}

/// Says on its lines of what kind the message at hand is.
pub fn note_kind(kind: &str) {
    Span::current().record("kind", kind);
}

/// Writes one line to standard output, whole.
pub(crate) fn write_line(line: &Value) {
    let mut bytes = serde_json::to_vec(line).unwrap_or_default();
    bytes.push(b'\n');
    let mut out = std::io::stdout().lock();
    // Nobody is left to be told when nobody reads.
    let _ = out.write_all(&bytes).and_then(|()| out.flush());
}

/// Writes every event as one flat JSON object: of the installation, of the spans around it from the outermost inwards,
/// and its own.
struct JsonLines<W> {
    write: W,
}

/// The fields of one span, as they are known so far.
struct Fields(Map<String, Value>);

impl<S, W> Layer<S> for JsonLines<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: Fn(&Value) + Send + Sync + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Map::new();
        attributes.record(&mut Collect(&mut fields));
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(Fields(fields));
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(Fields(fields)) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(&mut Collect(fields));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let installation = installation();
        let mut own = Map::new();
        event.record(&mut Collect(&mut own));
        let mut line = Map::new();
        let mut say = |name: &str, value: Value| line.insert(name.to_owned(), value);
        say("timestamp", format!("{:.6}", Timestamp::now()).into());
        say("level", event.metadata().level().as_str().into());
        say("message", own.shift_remove("message").unwrap_or_default());
        say("function", installation.function.into());
        say("stage", installation.stage.clone().into());
        say("version", env!("CARGO_PKG_VERSION").into());
        for span in context.event_scope(event).into_iter().flat_map(|scope| scope.from_root()) {
            if let Some(Fields(fields)) = span.extensions().get::<Fields>() {
                line.extend(fields.clone());
            }
        }
        line.extend(own);
        line.insert("target".to_owned(), event.metadata().target().into());
        (self.write)(&Value::Object(line));
    }
}

/// Takes fields into a JSON object.
struct Collect<'a>(&'a mut Map<String, Value>);

impl Collect<'_> {
    fn put(&mut self, field: &Field, value: Value) {
        self.0.insert(field.name().to_owned(), value);
    }

    fn text(&mut self, field: &Field, text: &str) {
        self.put(field, redact::mail_addresses(text).into_owned().into());
    }
}

impl Visit for Collect<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    /// The lines that `work` logs at the level of `filter`.
    fn logged(filter: &str, work: impl FnOnce()) -> Vec<Value> {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&lines);
        let write = move |line: &Value| into.lock().unwrap().push(line.clone());
        let subscriber =
            tracing_subscriber::registry().with(filter.parse::<Targets>().unwrap()).with(JsonLines { write });
        tracing::subscriber::with_default(subscriber, work);
        std::mem::take(&mut *lines.lock().unwrap())
    }

    #[test]
    fn a_line_says_all_that_is_known_around_it() {
        let lines = logged("info", || {
            let invocation = tracing::error_span!("invocation", trace_id = "1-a", invocation_id = "i").entered();
            let request = tracing::error_span!(
                "request",
                request_id = "r",
                trace_id = "1-b",
                user = tracing::field::Empty,
                job_id = tracing::field::Empty
            )
            .entered();
            tracing::info!("before");
            note_job("j");
            note_user("u");
            tracing::warn!(status = 404, share = 0.5, done = true, "after");
            drop((request, invocation));
        });
        let [before, after] = lines.as_slice() else { panic!("{lines:?}") };
        for line in [before, after] {
            assert_eq!((&line["request_id"], &line["invocation_id"]), (&"r".into(), &"i".into()));
            assert_eq!(line["trace_id"], "1-b", "the inner span knows better");
            assert_eq!(line["version"], env!("CARGO_PKG_VERSION"));
            assert!(line["function"].is_string() && line["stage"].is_string());
            assert!(line["timestamp"].as_str().is_some_and(|at| at.parse::<Timestamp>().is_ok()));
        }
        assert_eq!((before.get("user"), before.get("job_id")), (None, None));
        assert_eq!(
            (&after["level"], &after["message"], &after["job_id"]),
            (&"WARN".into(), &"after".into(), &"j".into())
        );
        assert_eq!((&after["status"], &after["share"], &after["done"]), (&404.into(), &0.5.into(), &true.into()));
        assert_eq!(after["user"], user_hash("u"));
    }

    #[test]
    fn an_error_says_whose_it_is_though_nothing_below_is_logged() {
        let lines = logged("error", || {
            let _span = tracing::error_span!("message", message_id = "m").entered();
            tracing::info!("not shown");
            tracing::error!("shown");
        });
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0]["message_id"], "m");
    }

    #[test]
    fn no_field_holds_a_mail_address() {
        let lines = logged("info", || {
            let error = std::io::Error::other("ada@example.org is not verified");
            tracing::error!(%error, debug = ?Some("ada@example.org"), text = "to ada@example.org", "for ada@example.org");
        });
        assert!(!lines[0].to_string().contains("ada@"), "{}", lines[0]);
        assert_eq!(lines[0]["error"], "[mail] is not verified");
    }

    #[test]
    fn a_hash_is_one_person_s_in_one_installation() {
        assert_eq!(user_hash_in("a", "person"), user_hash_in("a", "person"));
        assert_ne!(user_hash_in("a", "person"), user_hash_in("b", "person"));
        assert_ne!(user_hash_in("a", "person"), user_hash_in("a", "other"));
        assert_eq!(user_hash_in("a", "person").len(), 12);
    }
}
