//! What a document costs: `cargo run --release -p vitae-parser --example speed -- [--json] FILE|DIR…`.
//!
//! Takes the processor's time per document with a text layer and one to three pages: reading and parsing in this
//! process, and the same with the reading in a child process, as a function does it. Pictures are passed over, because
//! their cost is the recogniser's. With `--json` it prints one object for each document, which `cargo local bench parse`
//! reads.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use vitae_document::{Limits, ReadError, Reading, sandbox};

/// How often each document is read; what the first reading loads for all is not counted.
const ROUNDS: usize = 20;
/// Longer documents are no CVs whose cost anybody waits for.
const MOST_PAGES: usize = 3;

/// What one document costs, in milliseconds of processor time.
struct Cost {
    file: PathBuf,
    kind: String,
    here: f64,
    child: f64,
}

fn main() -> anyhow::Result<()> {
    sandbox::run_child_if_asked();
    let (options, paths): (Vec<_>, Vec<_>) = std::env::args_os().skip(1).partition(|a| a == "--json");
    let mut files = Vec::new();
    for path in paths.iter().map(PathBuf::from) {
        collect(&path, &mut files)?;
    }
    files.sort();
    let mut costs = Vec::new();
    for file in files {
        costs.extend(cost(file)?);
    }
    let mut out = std::io::stdout().lock();
    if options.is_empty() {
        return summarise(&costs, &mut out);
    }
    for Cost { file, kind, here, child } in costs {
        let file = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        writeln!(out, "{}", serde_json::json!({"file": file, "kind": kind, "here": here, "child": child}))?;
    }
    Ok(())
}

/// `None` for what is no short document with a text layer.
fn cost(file: PathBuf) -> anyhow::Result<Option<Cost>> {
    let kind = file.extension().unwrap_or_default().to_string_lossy().into_owned();
    if !["pdf", "docx", "odt", "md", "txt"].contains(&kind.as_str()) {
        return Ok(None);
    }
    let bytes = std::fs::read(&file)?;
    let limits = Limits::default();
    let read = vitae_document::read(&bytes, &limits);
    if !read.is_ok_and(|reading| reading.images.is_empty() && reading.document.pages.len() <= MOST_PAGES) {
        return Ok(None);
    }
    let here = measured(&bytes, |bytes| vitae_document::read(bytes, &limits))?;
    let child = measured(&bytes, |bytes| sandbox::read(bytes, &limits))?;
    Ok(Some(Cost { file, kind, here, child }))
}

/// Milliseconds of processor time per reading, of this process and its children.
fn measured(bytes: &[u8], read: impl Fn(&[u8]) -> Result<Reading, ReadError>) -> anyhow::Result<f64> {
    let once = || -> anyhow::Result<()> {
        vitae_parser::parse(&read(bytes)?.document);
        Ok(())
    };
    once()?;
    let begin = used()?;
    for _ in 0..ROUNDS {
        once()?;
    }
    Ok((used()? - begin).as_secs_f64() * 1000.0 / ROUNDS as f64)
}

/// User and system time of this process and of its children that ended.
fn used() -> anyhow::Result<Duration> {
    let mut sum = Duration::ZERO;
    for who in [UsageWho::RUSAGE_SELF, UsageWho::RUSAGE_CHILDREN] {
        let usage = getrusage(who)?;
        for time in [usage.user_time(), usage.system_time()] {
            sum += Duration::from_micros(time.num_microseconds().try_into()?);
        }
    }
    Ok(sum)
}

fn summarise(costs: &[Cost], out: &mut impl std::io::Write) -> anyhow::Result<()> {
    for kind in ["pdf", "docx", "odt", "md", "txt"] {
        let of: Vec<&Cost> = costs.iter().filter(|cost| cost.kind == kind).collect();
        if of.is_empty() {
            continue;
        }
        let mean = |value: fn(&Cost) -> f64| of.iter().map(|cost| value(cost)).sum::<f64>() / of.len() as f64;
        let (here, child) = (mean(|cost| cost.here), mean(|cost| cost.child));
        writeln!(out, "{kind:5} {here:6.2} ms here, {child:6.2} ms with the child process; mean of {}", of.len())?;
    }
    Ok(())
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if path.is_file() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(path).with_context(|| format!("no folder {}", path.display()))? {
        let path = entry?.path();
        if path.extension() != Some(OsStr::new("json")) {
            files.push(path);
        }
    }
    Ok(())
}
