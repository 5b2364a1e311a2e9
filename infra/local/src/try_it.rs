//! `cargo local try`: the main job on a real file, from a stranger to a published portfolio, ATS documents in every format
//! and the report on them.
//!
//! It goes over the front doors as a browser would and knows nothing that a browser does not.

use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Value, json};
use vitae_testing::{Answer, Person, Upload};

use crate::ats_report;
use crate::checkout;
use crate::processes;
use crate::progress::{Progress, Step};
use crate::recogniser::Engine;
use crate::run::{Stack, StackOptions};
use crate::stack_json::{self, StackDescription};

/// A scan of many pages on two cores takes minutes; anything longer is stuck.
const PATIENCE: Duration = Duration::from_secs(600);

/// Fields that were read with less than this are worth a look.
const UNSURE: f64 = 0.6;

/// So many of them are shown, the most doubtful first.
const UNSURE_SHOWN: usize = 8;

/// The arguments of `cargo local try`.
#[derive(Debug, clap::Args)]
pub(crate) struct TryArgs {
    /// The CVs to try; without any, the sample CV of the project.
    pub(crate) files: Vec<PathBuf>,
    /// A job description as a text file: documents are ordered by it, and the report says what of it the CV holds.
    #[arg(long, value_name = "FILE")]
    pub(crate) job: Option<PathBuf>,
    /// The look of the ATS documents: `clean`, `minimal`, `professional` or `modern`.
    #[arg(long, default_value = "clean")]
    pub(crate) template: String,
    /// The app's port, if a stack has to be started for this; the sites take the next one.
    #[arg(long, default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) port: u16,
    /// What reads scans and photographs, if a stack has to be started for this.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) recogniser: Engine,
}

/// Runs the whole way of a CV for each file.
pub(crate) fn run(args: TryArgs) -> anyhow::Result<()> {
    let files = if args.files.is_empty() { vec![sample()] } else { args.files };
    // A mistyped name is said before a stack is started for it.
    let files = files
        .into_iter()
        .map(|path| {
            let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            Ok((path, bytes))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;

    let job = args.job.as_deref().map(job_description).transpose()?;
    let wanted = Wanted { job, template: args.template };

    let progress = Progress::new();
    let started = match stack_json::running() {
        Some(_) => None,
        None => Some(start(args.port, args.recogniser, &progress)?),
    };
    let description = match &started {
        Some(stack) => stack.description().clone(),
        None => stack_json::running().context("the stack has just been stopped; run this again")?,
    };

    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let mut failed = 0;
    for (path, bytes) in files {
        if let Err(error) = runtime.block_on(try_file(&description, &path, bytes, &wanted, &progress)) {
            eprintln!("{}: {error:#}", path.display());
            failed += 1;
        }
    }
    if failed == 0
        && let Some(stack) = started
    {
        keep(stack)?;
    }
    match failed {
        0 => Ok(()),
        1 => bail!("one file did not go the whole way"),
        many => bail!("{many} files did not go the whole way"),
    }
}

/// What ATS documents to ask for.
struct Wanted {
    job: Option<String>,
    template: String,
}

fn job_description(path: &Path) -> anyhow::Result<String> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {} as text", path.display()))?;
    if text.trim().is_empty() {
        bail!("{} holds no job description", path.display());
    }
    Ok(text)
}

fn sample() -> PathBuf {
    checkout::infra_local().join("sample/sample-cv.pdf")
}

/// Starts the stack that `cargo local` would start, with its state, so that what is made now is still there then.
fn start(port: u16, recogniser: Engine, progress: &Progress) -> anyhow::Result<Stack> {
    let options = StackOptions { port: Some(port), name: "run", recogniser, ..StackOptions::default() };
    Stack::start(&options, progress)
}

/// The addresses just printed answer only while the stack runs: on a terminal it stays until Ctrl-C.
fn keep(stack: Stack) -> anyhow::Result<()> {
    if std::io::stdout().is_terminal() {
        let (sender, interrupted) = mpsc::channel();
        processes::tell_interrupts(sender);
        println!("\nThe portfolio is served until you press Ctrl-C.");
        let _ = interrupted.recv();
    } else {
        println!("\nThe stack was started for this and is now stopped; `cargo local` serves the portfolio again.");
    }
    drop(stack);
    Ok(())
}

async fn try_file(
    stack: &StackDescription,
    path: &Path,
    bytes: Vec<u8>,
    wanted: &Wanted,
    progress: &Progress,
) -> anyhow::Result<()> {
    let name = path.file_name().context("this is no file")?.to_string_lossy().into_owned();
    let stack = stack.clone().into();
    println!("{name}");

    let step = progress.step("Signing somebody up");
    let person = Person::sign_up(&stack).await?;
    step.done(&person.email);

    let step = progress.step("Uploading");
    let size = bytes.len();
    let ticket = person.upload(&Upload::of(&name, &bytes), bytes).await?;
    step.done(format!("{size} bytes, straight to S3"));

    let step = progress.step("Reading and publishing");
    let job = person.watch_job(&ticket.job_id, PATIENCE, |job| show_job(&step, job)).await?;
    if job["status"] != "completed" {
        bail!("{}", reason(&job));
    }
    step.done("the portfolio is public");

    let cv = person.get(&format!("/cv/{}", ticket.cv_id)).await?.expect(200)?.json()?;
    for line in summary(&cv) {
        println!("  {line}");
    }
    match job["result"]["portfolio_url"].as_str() {
        Some(url) => println!("  {:<12}{url}", "Portfolio"),
        None => bail!("the job is completed and names no portfolio"),
    }
    for format in FORMATS {
        let (saved, report) = save_ats_document(&person, &ticket.cv_id, path, format, wanted).await?;
        let read_back = ats_report::round_trip(&report).map(|said| format!(" ({said})")).unwrap_or_default();
        println!("  {:<12}{}{read_back}", format!("ATS {}", format.to_uppercase()), saved.display());
    }
    let body = json!({ "cv_id": ticket.cv_id, "job_description": wanted.job });
    let report = person.post("/ats/analyze", &body).await?.expect(200)?.json()?;
    println!();
    for line in ats_report::lines(&report) {
        println!("  {line}");
    }
    Ok(())
}

fn show_job(step: &Step, job: &Value) {
    let words = match job["status"].as_str().unwrap_or_default() {
        "awaiting_upload" => "waiting for the file",
        "queued" => "waiting for a worker",
        "extracting" => "reading the words off the pages",
        "parsing" => "understanding the words",
        "validating" => "checking and storing",
        "generating" => "making the portfolio",
        other => other,
    };
    step.at(job["progress"].as_u64().unwrap_or(0), 100, words.to_owned());
}

/// Why a job did not complete, as it says itself.
fn reason(job: &Value) -> String {
    let status = job["status"].as_str().unwrap_or("gone");
    let Some(detail) = job["error"]["detail"].as_str() else { return format!("the job is {status}") };
    let stage = job["error"]["stage"].as_str().unwrap_or("working");
    let retry = if job["error"]["retryable"] == true { " A retry can help." } else { "" };
    format!("the job {status} while {stage}: {detail}{retry}")
}

/// What was read, in lines.
fn summary(cv: &Value) -> Vec<String> {
    let basics = &cv["basics"];
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let mut lines = Vec::new();
    let mut line = |label: &str, value: Option<String>| {
        if let Some(value) = value {
            lines.push(format!("{label:<12}{value}"));
        }
    };

    let name = text(&basics["name"]).unwrap_or_else(|| "(no name found)".to_owned());
    line("Name", Some(text(&basics["label"]).map_or(name.clone(), |label| format!("{name}, {label}"))));
    line("E-mail", text(&basics["email"]));
    line("Phone", text(&basics["phone"]));
    let location = &basics["location"];
    let places: Vec<String> =
        ["address", "city", "region", "countryCode"].iter().filter_map(|part| text(&location[*part])).collect();
    line("Place", (!places.is_empty()).then(|| places.join(", ")));
    let profiles = basics["profiles"].as_array().into_iter().flatten();
    let links: Vec<String> = text(&basics["url"])
        .into_iter()
        .chain(profiles.filter_map(|profile| text(&profile["url"]).or_else(|| text(&profile["network"]))))
        .collect();
    line("Links", (!links.is_empty()).then(|| links.join(", ")));

    let counts: Vec<String> = cv
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(section, entries)| Some((section, entries.as_array()?.len())))
        .filter(|(_, count)| *count > 0)
        .map(|(section, count)| format!("{section} {count}"))
        .collect();
    line("Sections", Some(if counts.is_empty() { "none found".to_owned() } else { counts.join(", ") }));

    let vitae = &cv["meta"]["vitae"];
    let recognised = match vitae["recognised_pages"].as_u64() {
        None | Some(0) => String::new(),
        Some(pages) => format!(", {pages} recognised from pictures"),
    };
    let language = text(&vitae["language"]).map_or(String::new(), |language| format!(", language {language}"));
    line("Pages", vitae["page_count"].as_u64().map(|pages| format!("{pages}{recognised}{language}")));
    for warning in vitae["warnings"].as_array().into_iter().flatten() {
        line("Warning", text(&warning["detail"]));
    }

    let mut unsure: Vec<(&String, f64)> = vitae["confidence"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(pointer, confidence)| Some((pointer, confidence.as_f64()?)))
        .filter(|(_, confidence)| *confidence < UNSURE)
        .collect();
    unsure.sort_by(|a, b| a.1.total_cmp(&b.1));
    for (pointer, confidence) in unsure.iter().take(UNSURE_SHOWN) {
        let value = match cv.pointer(pointer) {
            Some(Value::String(value)) => format!(" \"{value}\""),
            _ => String::new(),
        };
        line("Unsure", Some(format!("{pointer}{value} ({confidence:.2})")));
    }
    let more = unsure.len().saturating_sub(UNSURE_SHOWN);
    line("", (more > 0).then(|| format!("and {more} more below {UNSURE}")));
    lines
}

/// What ATS documents are made as.
const FORMATS: [&str; 4] = ["pdf", "docx", "txt", "json"];

/// Asks for an ATS document and saves it; answers where, and the report on it.
async fn save_ats_document(
    person: &Person,
    cv_id: &str,
    path: &Path,
    format: &str,
    wanted: &Wanted,
) -> anyhow::Result<(PathBuf, Value)> {
    let body = json!({
        "cv_id": cv_id, "template_id": wanted.template, "format": format, "job_description": wanted.job,
    });
    let mut made = person.post("/ats/generate", &body).await?.expect(201)?.json()?;
    let url = made["download_url"].as_str().context("the ATS document has no download_url")?;
    let url = if url.starts_with('/') { format!("{}{url}", person.stack.api_url) } else { url.to_owned() };
    let request = reqwest::Client::new().get(url).bearer_auth(&person.token);
    let document = Answer::to(request).await?.expect(200)?;

    let directory = checkout::local().join("try");
    fs::create_dir_all(&directory)?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let saved = directory.join(format!("{stem}-ats.{format}"));
    fs::write(&saved, &document.body).with_context(|| format!("cannot write {}", saved.display()))?;
    let saved = saved.canonicalize().unwrap_or(saved);
    let shown = std::env::current_dir().ok().and_then(|here| saved.strip_prefix(here).ok().map(Path::to_path_buf));
    Ok((shown.unwrap_or(saved), made["report"].take()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_says_what_was_read_and_what_is_doubtful() {
        let cv = json!({
            "basics": {"name": "Ada Example", "label": "Engineer", "email": "ada@example.com",
                       "location": {"city": "Bristol", "countryCode": "GB"},
                       "profiles": [{"network": "GitHub", "url": "https://github.com/ada"}]},
            "work": [{"position": "Engineer"}, {"position": "Intern"}],
            "skills": [],
            "meta": {"vitae": {"page_count": 2, "recognised_pages": 1, "language": "en",
                               "confidence": {"/work/1/position": 0.41, "/basics/name": 0.98}}},
        });
        assert_eq!(
            summary(&cv),
            [
                "Name        Ada Example, Engineer",
                "E-mail      ada@example.com",
                "Place       Bristol, GB",
                "Links       https://github.com/ada",
                "Sections    work 2",
                "Pages       2, 1 recognised from pictures, language en",
                "Unsure      /work/1/position \"Intern\" (0.41)",
            ]
        );
    }

    #[test]
    fn an_empty_cv_is_said_to_be_empty() {
        assert_eq!(summary(&json!({})), ["Name        (no name found)", "Sections    none found"]);
    }

    #[test]
    fn a_failed_job_says_which_stage_failed_and_why() {
        let job = json!({"status": "failed", "error": {
            "stage": "extracting", "code": "document-password", "retryable": false,
            "detail": "The file is protected with a password. Save it without one and send it again."}});
        assert_eq!(
            reason(&job),
            "the job failed while extracting: The file is protected with a password. Save it without one and send it \
             again."
        );
    }
}
