//! The Textract-compatible endpoint that stands in for Amazon Textract on this machine.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use serde::Deserialize;

use crate::checkout;
use crate::processes::Group;
use crate::progress::Progress;
use crate::python::{self, Venv};

/// Which recogniser answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Engine {
    /// RapidOCR from PyPI, which installs itself.
    #[default]
    Rapidocr,
    /// The machine's own Tesseract.
    Tesseract,
}

impl Engine {
    fn name(self) -> &'static str {
        match self {
            Self::Rapidocr => "rapidocr",
            Self::Tesseract => "tesseract",
        }
    }
}

/// A running recogniser; dropping it stops it.
#[derive(Debug)]
pub(crate) struct Recogniser {
    url: String,
    // Held for its end: the process goes when this does.
    _group: Group,
}

impl Recogniser {
    /// Starts the endpoint on a free port; installs what it needs before, if that is not there yet.
    ///
    /// It answers at once, while its models are still being loaded: the first page waits for them.
    pub(crate) fn start(venv: &Venv, engine: Engine, progress: &Progress) -> anyhow::Result<Self> {
        match engine {
            Engine::Rapidocr => {
                python::ensure(venv, &checkout::infra_local().join("requirements-recognition.txt"), progress)?;
            }
            Engine::Tesseract => require_tesseract()?,
        }
        fs::create_dir_all(checkout::local())?;
        let log = checkout::local().join("recogniser.log");
        // Several may run at a time (a stack, the tests, `cargo local parse`) and say what they read in one log.
        if fs::metadata(&log).is_ok_and(|log| log.len() > 1_000_000) {
            fs::remove_file(&log)?;
        }
        let errors = File::options().create(true).append(true).open(&log);
        let errors = errors.with_context(|| format!("cannot write {}", log.display()))?;
        let mut command = venv.command(&checkout::infra_local().join("recogniser.py"));
        command.args(["--engine", engine.name()]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors);
        if let Some(prefix) = std::env::var_os("TESSDATA_PREFIX") {
            command.env("TESSDATA_PREFIX", prefix);
        }
        let mut group = Group::spawn(&mut command)?;
        let mut first = String::new();
        if let Some(stdout) = group.child().stdout.take() {
            BufReader::new(stdout).read_line(&mut first)?;
        }
        let Ok(Address { address }) = serde_json::from_str(&first) else {
            let said = fs::read_to_string(&log).unwrap_or_default();
            bail!(
                "text recognition did not start: {} (its log: {})",
                said.trim().lines().last().unwrap_or("it gave no reason"),
                log.display()
            );
        };
        Ok(Self { url: address, _group: group })
    }

    /// Where it answers, with no trailing slash.
    pub(crate) fn url(&self) -> String {
        self.url.clone()
    }
}

/// The line that the endpoint prints once it listens.
#[derive(Deserialize)]
struct Address {
    address: String,
}

fn require_tesseract() -> anyhow::Result<()> {
    let found = Command::new("tesseract").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if found.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    bail!(
        "there is no `tesseract` on the PATH. Install it (on Debian and Ubuntu: `apt install tesseract-ocr`), or leave the \
         flag away: RapidOCR installs itself"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endpoint_answers_and_refuses_as_textract_does() {
        let mut command = Command::new("python3");
        command.arg("-B").arg(checkout::infra_local().join("test_recogniser.py"));
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.contains("OK"), "{said}");
    }
}
