//! The functions' logs, made readable.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use serde_json::{Map, Value};

/// Where the functions' log lines go: always to a file as they are, and readable to standard output if wanted.
#[derive(Debug, Clone)]
pub(crate) struct Logs {
    sinks: Arc<Mutex<Sinks>>,
}

#[derive(Debug)]
struct Sinks {
    file: File,
    shown: bool,
    coloured: bool,
}

/// A line as `launcher.py` passes it on.
#[derive(Deserialize)]
struct FunctionLine {
    function: String,
    line: String,
}

impl Logs {
    /// Logs into `file`, which is begun anew.
    pub(crate) fn create(file: &Path) -> anyhow::Result<Self> {
        let sinks = Sinks { file: File::create(file)?, shown: false, coloured: std::io::stdout().is_terminal() };
        Ok(Self { sinks: Arc::new(Mutex::new(sinks)) })
    }

    /// Shows what comes from now on.
    pub(crate) fn show(&self) {
        self.sinks.lock().unwrap_or_else(PoisonError::into_inner).shown = true;
    }

    /// Takes a line of the launcher's standard output.
    pub(crate) fn function_line(&self, json: &str) {
        let Ok(FunctionLine { function, line }) = serde_json::from_str(json) else { return };
        let mut sinks = self.sinks.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = writeln!(sinks.file, "{function} {line}");
        if sinks.shown {
            println!("{}", readable(&function, &line, sinks.coloured));
        }
    }

    /// Takes a line of the emulator's own log; what went wrong with a function is shown, the rest lies in its file.
    pub(crate) fn emulator_line(&self, line: &str) {
        let concerns_a_function = line.contains(" WARNING [lambda") || line.contains(" ERROR [");
        let sinks = self.sinks.lock().unwrap_or_else(PoisonError::into_inner);
        if sinks.shown && concerns_a_function {
            let text = line.splitn(3, ' ').nth(2).unwrap_or(line);
            println!("{}", readable("emulator", text, sinks.coloured));
        }
    }
}

/// One line for a person: when, which function, how grave, what, and the fields.
fn readable(function: &str, line: &str, coloured: bool) -> String {
    let paint =
        |code: &str, text: &str| if coloured { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() };
    let name = function.split_once('-').map_or(function, |(_, name)| name);
    let name = paint(colour(name), &format!("{name:<10}"));
    let Ok(Value::Object(mut fields)) = serde_json::from_str(line) else {
        return format!("{:12} {name} {line}", "");
    };
    if fields.contains_key("_aws") {
        // A metric in CloudWatch's embedded format: the names and values say it, the rest is for CloudWatch.
        fields.remove("_aws");
    }
    let time = text(fields.remove("timestamp"));
    let time = time.split_once('T').map_or("", |(_, time)| time.get(..12).unwrap_or(time));
    let level = text(fields.remove("level"));
    let message = text(fields.remove("message"));
    fields.remove("target");
    let span = fields.remove("span");
    let level = match level.as_str() {
        "ERROR" => paint("1;31", "ERROR"),
        "WARN" => paint("33", "WARN "),
        "DEBUG" | "TRACE" => paint("2", &format!("{level:<5}")),
        _ => paint("32", &format!("{level:<5}")),
    };
    let mut span = match span {
        Some(Value::Object(span)) => span,
        _ => Map::new(),
    };
    span.remove("name");
    let message = match (span.get("method"), span.get("path"), fields.get("status"), fields.get("milliseconds")) {
        (Some(Value::String(method)), Some(Value::String(path)), Some(status), Some(milliseconds)) => {
            let sentence = format!("{method} {path} → {status} in {milliseconds} ms");
            for name in ["method", "path"] {
                span.remove(name);
            }
            for name in ["status", "milliseconds"] {
                fields.remove(name);
            }
            sentence
        }
        _ => message,
    };
    let mut details = String::new();
    describe(&mut details, &span);
    describe(&mut details, &fields);
    format!("{} {name} {level} {message}{}", paint("2", &format!("{time:<12}")), paint("2", &details))
}

fn describe(into: &mut String, fields: &Map<String, Value>) {
    for (name, value) in fields {
        match value {
            Value::String(text) => _ = write!(into, " {name}={text}"),
            other => _ = write!(into, " {name}={other}"),
        }
    }
}

fn text(value: Option<Value>) -> String {
    match value {
        Some(Value::String(text)) => text,
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

/// A colour of its own for each function, from its name.
fn colour(name: &str) -> &'static str {
    const COLOURS: [&str; 6] = ["36", "35", "34", "33", "96", "95"];
    COLOURS[name.bytes().map(usize::from).sum::<usize>() % COLOURS.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_json_line_becomes_a_sentence() {
        let line = r#"{"timestamp":"2026-11-21T21:47:38.123456Z","level":"INFO","message":"parsed","target":"parse","job_id":"j","pages":2,"span":{"name":"record"}}"#;
        assert_eq!(readable("vitae-parse", line, false), "21:47:38.123 parse      INFO  parsed job_id=j pages=2");
    }

    #[test]
    fn what_is_no_json_is_shown_as_it_is() {
        assert_eq!(readable("vitae-auth", "thread panicked", false), "             auth       thread panicked");
    }
}
