//! What documents and reports cost, in milliseconds of this process's processor time, as JSON:
//! `cargo run --release --example measure -- RÉSUMÉ.json JOB.txt [PDF]`.
//!
//! The first PDF is measured apart: it is the first call after a cold start. `PDF` is where it is written.

use std::fs;
use std::io::Write as _;
use std::time::Duration;

use anyhow::Context as _;
use ats::{Fonts, Format, PageSize, Template, Wish, analyze, write_document};
use vitae_resume::Resume;

const ROUNDS: usize = 30;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [resume, job, rest @ ..] = arguments.as_slice() else {
        anyhow::bail!("usage: measure RÉSUMÉ.json JOB.txt [PDF]")
    };
    let mut resume: serde_json::Value = serde_json::from_slice(&fs::read(resume)?)?;
    // What others write there is not ours to read.
    if let Some(members) = resume.as_object_mut() {
        members.remove("meta");
    }
    let resume: Resume = serde_json::from_value(resume)?;
    let job = fs::read_to_string(job)?;
    let now: jiff::Timestamp = "2026-11-21T12:00:00Z".parse()?;
    let wish = |format| Wish {
        template: Template::usual(),
        format,
        sections: None,
        job_description: None,
        target_job_title: None,
        fonts: Fonts::default(),
        page_size: PageSize::A4,
        font_size: None,
        now,
    };
    let before = spent()?;
    ats::prepare();
    let prepared = spent()?;
    let (pdf, pages) = write_document(&resume, &wish(Format::Pdf))?;
    let first = spent()?;
    if let Some(path) = rest.first() {
        fs::write(path, &pdf)?;
    }
    // Each document is another person's: what Typst remembers of the last one does not count as warm.
    let mut others: Vec<Resume> = Vec::new();
    for round in 0..ROUNDS {
        let mut text = serde_json::to_string(&resume)?;
        for (digit, other) in [("1", "7"), ("2", "5"), ("0", "8")] {
            if round % 3 == 0 {
                text = text.replace(&format!(" {digit}"), &format!(" {other}"));
            }
        }
        let mut other: Resume = serde_json::from_str(&text)?;
        for work in &mut other.work {
            work.highlights.iter_mut().for_each(|line| line.push_str(&format!(" {round}")));
        }
        others.push(other);
    }
    let mean = |of: &mut dyn FnMut(&Resume) -> anyhow::Result<()>| -> anyhow::Result<f64> {
        let before = spent()?;
        for other in &others {
            of(other)?;
        }
        Ok((spent()? - before).as_secs_f64() * 1000.0 / ROUNDS as f64)
    };
    let warm = mean(&mut |resume| Ok(write_document(resume, &wish(Format::Pdf)).map(drop)?))?;
    let docx = mean(&mut |resume| Ok(write_document(resume, &wish(Format::Docx)).map(drop)?))?;
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    drop(analyze(&resume, Some(&job), None, today));
    let analysis = mean(&mut |resume| {
        drop(analyze(resume, Some(&job), None, today));
        Ok(())
    })?;
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    let figures = serde_json::json!({
        "pages": pages, "prepare_ms": milliseconds(prepared - before), "first_pdf_ms": milliseconds(first - prepared), "pdf_ms": warm, "docx_ms": docx, "analysis_ms": analysis,
        "pdf_bytes": pdf.len(),
    });
    writeln!(std::io::stdout(), "{figures}")?;
    Ok(())
}

/// Processor time of every thread of this process so far.
fn spent() -> anyhow::Result<Duration> {
    let mut spent = Duration::ZERO;
    for task in fs::read_dir("/proc/self/task").context("this needs Linux")? {
        let line = fs::read_to_string(task?.path().join("schedstat"))?;
        let nanoseconds = line.split(' ').next().unwrap_or_default().parse()?;
        spent += Duration::from_nanos(nanoseconds);
    }
    Ok(spent)
}
