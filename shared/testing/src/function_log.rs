//! What the functions wrote to their logs.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::Value;

use crate::Stack;

/// A line that a function wrote.
#[derive(Debug, Clone)]
pub struct LogLine {
    /// The function as AWS calls it, such as `vitae-auth`.
    pub function: String,
    /// What it wrote.
    pub text: String,
}

impl LogLine {
    /// The line as JSON; `null` where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }
}

impl Stack {
    /// All that the functions have written since the stack was started, oldest first.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub fn function_log(&self) -> anyhow::Result<Vec<LogLine>> {
        let stack = PathBuf::from(std::env::var_os("VITAE_STACK").context("there is no stack")?);
        let directory = stack.parent().unwrap_or(Path::new("."));
        // The tests' stack has a directory of its own; that of `cargo local` is described one level above it.
        let path = [directory.join("functions.log"), directory.join("run/functions.log")];
        let path = path.iter().find(|path| path.exists()).context("the stack keeps no log")?;
        let log = std::fs::read(path).with_context(|| path.display().to_string())?;
        let log = String::from_utf8_lossy(&log);
        // The last line may just be being written.
        let whole = log.rfind('\n').map_or("", |end| &log[..end]);
        Ok(whole.lines().filter_map(line).collect())
    }
}

fn line(line: &str) -> Option<LogLine> {
    let (function, text) = line.split_once(' ')?;
    Some(LogLine { function: function.to_owned(), text: text.to_owned() })
}
