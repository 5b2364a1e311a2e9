//! What ATS documents and reports cost, beside RenderCV and WeasyPrint on the same CV.

use std::path::PathBuf;

use anyhow::Context;
use serde_json::Value;

use super::printed::{example, printed};
use super::table::{Figure, Table};
use crate::checkout;
use crate::progress::Progress;
use crate::python::{self, Venv};

/// What is measured, by its name in what the measuring programs print, and what it should reach.
const OURS: [(&str, &str, Option<f64>); 5] = [
    ("prepare_ms", "fonts, templates and library, once in a process", None),
    ("first_pdf_ms", "the first PDF after that", Some(60.0)),
    ("pdf_ms", "a PDF, warm", Some(20.0)),
    ("docx_ms", "a DOCX", Some(3.0)),
    ("analysis_ms", "a report with a job description", Some(5.0)),
];
const PEERS: [(&str, &str); 3] = [
    ("rendercv", "RenderCV: its command"),
    ("weasyprint", "WeasyPrint: a process of its own"),
    ("weasyprint_warm", "WeasyPrint: a PDF, warm"),
];

pub(super) fn measure(dev: bool, progress: &Progress) -> anyhow::Result<Table> {
    let sample = |name: &str| checkout::infra_local().join("sample").join(name);
    let (resume, job) = (sample("sample-cv.json"), sample("sample-job.txt"));

    let step = progress.step("Building what measures the documents");
    let ours = printed(example("measure", dev).arg(&resume).arg(&job), "the documents")?;
    step.done("");

    let venv = Venv::ensure(progress)?;
    python::peers(&venv, progress)?;
    let step = progress.step("Measuring RenderCV and WeasyPrint");
    let folder: PathBuf = checkout::local().join("peers");
    let mut command = venv.command(&checkout::infra_local().join("peers.py"));
    let peers = printed(command.arg(&resume).arg(&folder), "the peers")?;
    step.done("");

    let about = format!(
        "Processor time of the sample CV ({} pages); for the peers the least of five runs, for ours the mean of thirty CVs.",
        ours["pages"]
    );
    let mut table = Table::new("ats", about, "what", &["CPU ms"]);
    let figure = |of: &Value, name: &str| of[name].as_f64().with_context(|| format!("`{name}` was not measured"));
    for (name, what, bound) in OURS {
        let figure = Figure::of(figure(&ours, name)?);
        table.row(what, [bound.map_or(figure, |bound| figure.at_most(bound))]);
    }
    for (name, what) in PEERS {
        table.row(what, [Figure::of(figure(&peers, name)?)]);
    }
    Ok(table)
}
