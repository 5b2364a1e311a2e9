//! The functions' logs, made readable.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use serde_json::Value;

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
        if sinks.shown && !is_metric(&line) {
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

/// Whether a line is numbers for CloudWatch, in its embedded metric format; they lie in the file.
fn is_metric(line: &str) -> bool {
    line.contains(r#""_aws":{"#)
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
    let time = text(fields.shift_remove("timestamp"));
    let time = time.split_once('T').map_or("", |(_, time)| time.get(..12).unwrap_or(time));
    let level = text(fields.shift_remove("level"));
    let message = text(fields.shift_remove("message"));
    // What is the same on every line of a run, and what only somebody who follows one invocation looks for.
    for name in ["function", "stage", "version", "target", "invocation_id"] {
        fields.shift_remove(name);
    }
    let level = match level.as_str() {
        "ERROR" => paint("1;31", "ERROR"),
        "WARN" => paint("33", "WARN "),
        "DEBUG" | "TRACE" => paint("2", &format!("{level:<5}")),
        _ => paint("32", &format!("{level:<5}")),
    };
    let message = match (fields.get("method"), fields.get("route"), fields.get("status"), fields.get("milliseconds")) {
        (Some(Value::String(method)), Some(Value::String(route)), Some(status), Some(milliseconds)) => {
            let sentence = format!("{method} {route} → {status} in {milliseconds} ms");
            for name in ["method", "route", "status", "milliseconds"] {
                fields.shift_remove(name);
            }
            sentence
        }
        _ => message,
    };
    let mut details = String::new();
    for (name, value) in &fields {
        match value {
            Value::String(text) => _ = write!(details, " {name}={text}"),
            other => _ = write!(details, " {name}={other}"),
        }
    }
    format!("{} {name} {level} {message}{}", paint("2", &format!("{time:<12}")), paint("2", &details))
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
        let line = r#"{"timestamp":"2026-11-21T21:47:38.123456Z","level":"INFO","message":"parsed","function":"parse","stage":"local","version":"0.1.0","job_id":"j","pages":2,"target":"parse"}"#;
        assert_eq!(readable("vitae-parse", line, false), "21:47:38.123 parse      INFO  parsed job_id=j pages=2");
    }

    #[test]
    fn a_request_is_one_sentence() {
        let line = r#"{"timestamp":"2026-11-21T21:47:38.123456Z","level":"INFO","message":"answered","request_id":"r","method":"GET","route":"/healthz","status":200,"milliseconds":3,"bytes_out":30}"#;
        let sentence = "21:47:38.123 auth       INFO  GET /healthz → 200 in 3 ms request_id=r bytes_out=30";
        assert_eq!(readable("vitae-auth", line, false), sentence);
    }

    #[test]
    fn numbers_for_cloudwatch_are_told_from_lines() {
        assert!(is_metric(r#"{"Requests":1,"_aws":{"Timestamp":1,"CloudWatchMetrics":[]}}"#));
        assert!(!is_metric(r#"{"message":"_aws"}"#));
    }

    #[test]
    fn what_is_no_json_is_shown_as_it_is() {
        assert_eq!(readable("vitae-auth", "thread panicked", false), "             auth       thread panicked");
    }
}
