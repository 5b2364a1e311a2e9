//! `cargo local parse`: the document and parser code with no AWS at all.
//!
//! What has a text layer is read first. Only if pages are left that are pictures does it start the local recogniser, and
//! reads those files again with it.

use std::collections::HashMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, bail};
use rayon::prelude::*;
use vitae_document::{Document, Limits, Reading, sandbox};
use vitae_runtime::Aws;

use crate::progress::{Progress, Step};
use crate::python::Venv;
use crate::recogniser::{Engine, Recogniser};

/// What a file in a directory is called if it is to be read. A file that is named outright is read whatever its name.
const EXTENSIONS: [&str; 9] = ["pdf", "docx", "odt", "txt", "png", "jpg", "jpeg", "tif", "tiff"];

/// The arguments of `cargo local parse`.
#[derive(Debug, clap::Args)]
pub(crate) struct ParseArgs {
    /// Files, or directories whose PDF, DOCX, ODT, TXT, PNG, JPEG and TIFF files are read, also in directories within.
    #[arg(required = true)]
    pub(crate) inputs: Vec<PathBuf>,
    /// Where `<stem>.json` is written for each file; `<name>.json` for files that share a stem.
    #[arg(long)]
    pub(crate) out: PathBuf,
    /// Reads text layers only and leaves pictures alone.
    #[arg(long)]
    pub(crate) no_recognition: bool,
    /// What reads scans and photographs.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) recogniser: Engine,
}

/// One file and where its résumé goes.
#[derive(Debug)]
struct Work {
    file: PathBuf,
    out: PathBuf,
}

/// What came of one file.
enum Outcome {
    Written,
    NeedsRecognition,
    Failed(String),
}

/// Parses every file in parallel. The exit code is a failure only if a file could not be read at all.
pub(crate) fn run(args: ParseArgs) -> anyhow::Result<ExitCode> {
    let files = files(&args.inputs)?;
    if files.is_empty() {
        bail!("there is no file to read: directories are searched for {}", EXTENSIONS.join(", "));
    }
    fs::create_dir_all(&args.out).with_context(|| format!("cannot make {}", args.out.display()))?;
    let progress = Progress::new();
    let work = destinations(files, &args.out);

    let step = progress.step("Reading");
    let outcomes = all(&work, &step, |work| read_text(work, args.no_recognition));
    let (mut failures, mut pictures, mut written) = (Vec::new(), Vec::new(), 0);
    for (work, outcome) in work.into_iter().zip(outcomes) {
        match outcome {
            Outcome::Written => written += 1,
            Outcome::NeedsRecognition => pictures.push(work),
            Outcome::Failed(why) => failures.push((work.file, why)),
        }
    }
    step.done(counted(written, "file", "files"));

    if !pictures.is_empty() {
        let venv = Venv::ensure(&progress)?;
        let recogniser = Recogniser::start(&venv, args.recogniser, &progress)?;
        let textract = Aws::at_local_endpoint(&recogniser.url()).textract();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let step = progress.step("Recognising pictures");
        let outcomes = all(&pictures, &step, |work| {
            let reading = match read(&work.file) {
                Ok(reading) => reading,
                Err(why) => return Outcome::Failed(why),
            };
            match runtime.block_on(vitae_recognition::recognise(&textract, reading)) {
                Ok(document) => write(&document, &work.out),
                Err(error) => Outcome::Failed(error.to_string()),
            }
        });
        let before = written;
        for (work, outcome) in pictures.into_iter().zip(outcomes) {
            match outcome {
                Outcome::Failed(why) => failures.push((work.file, why)),
                Outcome::Written | Outcome::NeedsRecognition => written += 1,
            }
        }
        step.done(counted(written - before, "file", "files"));
    }

    for (file, why) in &failures {
        eprintln!("{}: {why}", file.display());
    }
    println!(
        "{} in {}{}",
        counted(written, "résumé", "résumés"),
        args.out.display(),
        if failures.is_empty() {
            String::new()
        } else {
            format!(", {}", counted(failures.len(), "failure", "failures"))
        }
    );
    Ok(if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Does every piece of work on all cores; one that panics fails alone.
fn all(work: &[Work], step: &Step, each: impl Fn(&Work) -> Outcome + Sync) -> Vec<Outcome> {
    let (done, total) = (AtomicU64::new(0), work.len() as u64);
    work.par_iter()
        .map(|work| {
            let outcome = catch_unwind(AssertUnwindSafe(|| each(work)))
                .unwrap_or_else(|_| Outcome::Failed("the parser failed on it; this is a fault of ours".to_owned()));
            let name = work.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            step.at(done.fetch_add(1, Ordering::Relaxed) + 1, total, name);
            outcome
        })
        .collect()
}

fn read_text(work: &Work, no_recognition: bool) -> Outcome {
    let reading = match read(&work.file) {
        Ok(reading) => reading,
        Err(why) => return Outcome::Failed(why),
    };
    if reading.images.is_empty() {
        return write(&reading.document, &work.out);
    }
    if !no_recognition {
        return Outcome::NeedsRecognition;
    }
    if reading.document.words().next().is_none() {
        return Outcome::Failed("its pages are pictures, and recognition is off".to_owned());
    }
    write(&reading.document, &work.out)
}

/// Reads a file as the deployed function does: in a child process under limits.
fn read(file: &Path) -> Result<Reading, String> {
    let bytes = fs::read(file).map_err(|error| error.to_string())?;
    sandbox::read(&bytes, &Limits::default()).map_err(|error| error.to_string())
}

fn write(document: &Document, out: &Path) -> Outcome {
    let resume = vitae_parser::parse(document).resume;
    let written = serde_json::to_vec_pretty(&resume).map_err(anyhow::Error::from).and_then(|mut json| {
        json.push(b'\n');
        Ok(fs::write(out, json)?)
    });
    match written {
        Ok(()) => Outcome::Written,
        Err(error) => Outcome::Failed(format!("cannot write {}: {error}", out.display())),
    }
}

/// The files that are meant, each once, in order.
fn files(inputs: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for input in inputs {
        let meta = fs::metadata(input).with_context(|| format!("cannot read {}", input.display()))?;
        if meta.is_dir() { search(input, &mut files)? } else { files.push(input.clone()) }
    }
    files.sort();
    files.dedup();
    Ok(files)
}

fn search(directory: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let entries = fs::read_dir(directory).with_context(|| format!("cannot read {}", directory.display()))?;
    for entry in entries {
        let path = entry?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if hidden {
            continue;
        }
        if path.is_dir() {
            search(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| EXTENSIONS.contains(&extension.to_string_lossy().to_ascii_lowercase().as_str()))
        {
            files.push(path);
        }
    }
    Ok(())
}

/// `<stem>.json` for each file. Files that share a stem (`cv.pdf`, `cv.docx`) keep their whole names, so that none
/// overwrites another; those that share even that are numbered.
fn destinations(files: Vec<PathBuf>, out: &Path) -> Vec<Work> {
    let stem = |file: &Path| file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let name = |file: &Path| file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut stems: HashMap<String, usize> = HashMap::new();
    for file in &files {
        *stems.entry(stem(file)).or_default() += 1;
    }
    let mut taken: HashMap<String, usize> = HashMap::new();
    files
        .into_iter()
        .map(|file| {
            let base = if stems[&stem(&file)] > 1 { name(&file) } else { stem(&file) };
            let times = taken.entry(base.clone()).or_default();
            *times += 1;
            let base = if *times > 1 { format!("{base}-{times}") } else { base };
            Work { out: out.join(format!("{base}.json")), file }
        })
        .collect()
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_share_a_stem_do_not_overwrite_one_another() {
        let files = ["a/cv.docx", "a/cv.pdf", "a/other.pdf", "b/cv.pdf"].map(PathBuf::from).to_vec();
        let names: Vec<_> =
            destinations(files, Path::new("out")).into_iter().map(|work| work.out.display().to_string()).collect();
        assert_eq!(names, ["out/cv.docx.json", "out/cv.pdf.json", "out/other.json", "out/cv.pdf-2.json"]);
    }

    #[test]
    fn a_directory_gives_its_documents_and_nothing_else() {
        let fixtures = crate::checkout::root().join("tests/fixtures");
        let found = files(&[fixtures]).unwrap();
        let names: Vec<_> = found.iter().filter_map(|file| file.file_name()?.to_str()).collect();
        assert_eq!(names, ["one-column.pdf", "photo.png", "scanned.pdf", "two-column.pdf", "word.docx"]);
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = files(&[PathBuf::from("nowhere/cv.pdf")]).unwrap_err();
        assert_eq!(error.to_string(), "cannot read nowhere/cv.pdf");
    }
}
