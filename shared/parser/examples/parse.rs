//! Parses files and folders in this process: `cargo run -p vitae-parser --example parse -- OUT FILE|DIR…`.
//!
//! Writes `OUT/<stem>.json` for each document that has a text layer; pictures need recognition and are passed over. A
//! `.json` file is a document that was read before, as `cargo run -p vitae-document --example words -- --json` prints it.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let out = arguments.next().context("usage: parse OUT FILE|DIR…")?;
    std::fs::create_dir_all(&out)?;
    let mut files = Vec::new();
    for path in arguments {
        collect(&path, &mut files)?;
    }
    files.sort();
    let mut stderr = std::io::stderr().lock();
    let (mut read, mut parsed) = (Duration::ZERO, Duration::ZERO);
    for file in &files {
        let bytes = std::fs::read(file)?;
        let begin = Instant::now();
        let document = if file.extension() == Some(OsStr::new("json")) {
            serde_json::from_slice(&bytes).with_context(|| format!("{} is no document", file.display()))?
        } else {
            match vitae_document::read(&bytes, &vitae_document::Limits::default()) {
                Ok(reading) if reading.images.is_empty() => reading.document,
                Ok(_) => continue,
                Err(error) => {
                    writeln!(stderr, "{}: {error}", file.display())?;
                    continue;
                }
            }
        };
        read += begin.elapsed();
        let begin = Instant::now();
        let result = vitae_parser::parse(&document);
        parsed += begin.elapsed();
        if let Err(violations) = result.resume.validate() {
            writeln!(stderr, "{}: {violations:?}", file.display())?;
        }
        let stem = file.file_stem().unwrap_or(OsStr::new("document"));
        let mut name = stem.to_owned();
        name.push(".json");
        std::fs::write(out.join(name), serde_json::to_vec_pretty(&result.resume)?)?;
    }
    writeln!(stderr, "{} files; reading {read:?}, parsing {parsed:?}", files.len())?;
    Ok(())
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if path.is_file() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(path).with_context(|| format!("no folder {}", path.display()))? {
        let path = entry?.path();
        if path.extension().and_then(OsStr::to_str).is_some_and(|ext| matches!(ext, "pdf" | "docx" | "txt")) {
            files.push(path);
        }
    }
    Ok(())
}
