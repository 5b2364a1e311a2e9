//! What a document costs: `cargo run --release --example speed -- FILE|DIR…`.
//!
//! Prints the processor's milliseconds per document with a text layer: reading and parsing in this process, and the
//! same with the reading in a child process, as a function does it. Pictures are passed over, because their cost is
//! the recogniser's.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use vitae_document::{Limits, sandbox};

/// How often each document is read, so that the clock's hundredths of a second say something.
const ROUNDS: usize = 20;

fn main() -> anyhow::Result<()> {
    sandbox::run_child_if_asked();
    let limits = Limits::default();
    let mut out = std::io::stdout().lock();
    let mut files = Vec::new();
    for path in std::env::args_os().skip(1).map(PathBuf::from) {
        collect(&path, &mut files)?;
    }
    files.sort();
    for kind in ["pdf", "docx", "md", "txt"] {
        let documents: Vec<Vec<u8>> = files
            .iter()
            .filter(|file| file.extension() == Some(OsStr::new(kind)))
            .map(std::fs::read)
            .collect::<Result<_, _>>()?;
        let text: Vec<&Vec<u8>> = documents
            .iter()
            .filter(|bytes| vitae_document::read(bytes, &limits).is_ok_and(|reading| reading.images.is_empty()))
            .collect();
        if text.is_empty() {
            continue;
        }
        let here = measured(&text, |bytes| vitae_document::read(bytes, &limits))?;
        let there = measured(&text, |bytes| sandbox::read(bytes, &limits))?;
        let count = text.len();
        writeln!(out, "{kind:5} {here:6.2} ms here, {there:6.2} ms with the child process; mean of {count} documents")?;
    }
    Ok(())
}

/// Milliseconds of processor time per document, of this process and its children.
fn measured(
    documents: &[&Vec<u8>],
    read: impl Fn(&[u8]) -> Result<vitae_document::Reading, vitae_document::ReadError>,
) -> anyhow::Result<f64> {
    let begin = processor_ticks()?;
    for bytes in documents.iter().cycle().take(documents.len() * ROUNDS) {
        vitae_parser::parse(&read(bytes)?.document);
    }
    // A tick is a hundredth of a second on every Linux that this runs on.
    Ok((processor_ticks()? - begin) as f64 * 10.0 / (documents.len() * ROUNDS) as f64)
}

/// User and system time of this process and of its children that ended (proc(5), fields 14 to 17 of `stat`).
fn processor_ticks() -> anyhow::Result<u64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The second field is the program's name in brackets, which may hold spaces.
    let (_, fields) = stat.rsplit_once(')').context("no stat")?;
    fields.split_whitespace().skip(11).take(4).map(|field| Ok(field.parse::<u64>()?)).sum()
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if path.is_file() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(path).with_context(|| format!("no folder {}", path.display()))? {
        files.push(entry?.path());
    }
    Ok(())
}
