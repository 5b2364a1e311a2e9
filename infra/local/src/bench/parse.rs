//! What reading a CV costs in processor time, beside the tools that can be run here.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use serde::Deserialize;

use super::table::{Figure, Table, percentile};
use crate::checkout;
use crate::progress::Progress;

/// Runs of a peer for each document.
const ROUNDS: u32 = 5;

/// One document, as the example `speed` prints it.
#[derive(Debug, Deserialize)]
struct Cost {
    file: String,
    kind: String,
    here: f64,
    child: f64,
}

/// `documents` is a folder of CVs; without it, the corpus of this repository.
pub(super) fn measure(documents: Option<&Path>, release: bool, progress: &Progress) -> anyhow::Result<Table> {
    let own = checkout::root().join("tests/corpus/documents");
    let documents = documents.unwrap_or(&own);
    let step = progress.step("Building the reader");
    let speed = built(release)?;
    step.done("");
    let step = progress.step("Reading documents");
    let answer = Command::new(&speed).arg("--json").arg(documents).stderr(Stdio::inherit()).output()?;
    if !answer.status.success() {
        bail!("the reader failed on {}", documents.display());
    }
    let said = String::from_utf8(answer.stdout)?;
    let costs: Vec<Cost> = said.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    if costs.is_empty() {
        bail!("{} holds no document of at most three pages with a text layer", documents.display());
    }
    let about = "Processor time of one to three pages with a text layer, from bytes to résumé; `with child` reads in a \
                 process of its own, as the function does. pdftotext is a floor: it only prints the text. OpenResume and \
                 OfflineCV are web applications and publish no package that could be run here.";
    let mut table = Table::new("parse", about, "reader and kind", &["p50 CPU ms", "p95 CPU ms", "documents"]);
    for kind in ["pdf", "docx"] {
        let of: Vec<&Cost> = costs.iter().filter(|cost| cost.kind == kind).collect();
        if of.is_empty() {
            continue;
        }
        let mut row = |what: String, bound: f64, value: fn(&Cost) -> f64| {
            let measured: Vec<f64> = of.iter().map(|cost| value(cost)).collect();
            let at = |percent| Figure::of(percentile(&measured, percent)).at_most(bound);
            table.row(&what, [at(50), at(95), Figure::of(measured.len() as f64)]);
        };
        row(format!("Vitae, {kind}"), 10.0, |cost| cost.here);
        row(format!("Vitae, {kind}, with child"), 25.0, |cost| cost.child);
    }
    let pdfs: Vec<PathBuf> =
        costs.iter().filter(|cost| cost.kind == "pdf").map(|cost| documents.join(&cost.file)).collect();
    match pdfs.iter().map(|pdf| pdftotext(pdf)).collect::<Result<Vec<f64>, _>>() {
        Ok(measured) if !measured.is_empty() => {
            let at = |percent| Figure::of(percentile(&measured, percent));
            table.row("pdftotext, pdf", [at(50), at(95), Figure::of(measured.len() as f64)]);
        }
        Ok(_) => {}
        Err(error) => progress.print(&format!("pdftotext was left out: {error:#}\n")),
    }
    step.done("");
    Ok(table)
}

/// The example that reads and measures. Its package alone is built: for release the workspace would take minutes.
fn built(release: bool) -> anyhow::Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .current_dir(checkout::root())
        .args(["build", "--quiet", "--package", "vitae-parser", "--example", "speed"])
        .args(release.then_some("--release"))
        .stdin(Stdio::null())
        .status()
        .context("cannot run cargo")?;
    if !status.success() {
        bail!("the reader does not compile");
    }
    Ok(checkout::target().join(if release { "release" } else { "debug" }).join("examples/speed"))
}

/// Milliseconds of processor time that poppler takes to print the text of a file.
fn pdftotext(pdf: &Path) -> anyhow::Result<f64> {
    let begin = used_by_children()?;
    for _ in 0..ROUNDS {
        let status = Command::new("pdftotext")
            .arg(pdf)
            .arg("-")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .context("it cannot be run")?;
        if !status.success() {
            bail!("it failed on {}", pdf.display());
        }
    }
    Ok((used_by_children()? - begin).as_secs_f64() * 1000.0 / f64::from(ROUNDS))
}

fn used_by_children() -> anyhow::Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(Duration::from_micros(micros.try_into()?))
}
