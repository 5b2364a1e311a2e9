//! The main job: from the upload of the sample CV to its published portfolio.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use reqwest::Client;
use vitae_testing::{Answer, Person, Upload};

use super::table::{Figure, Table, percentile};
use crate::checkout;
use crate::progress::Progress;
use crate::run::Stack;

const CVS: usize = 20;
/// So many go before them and are not counted: they start the functions.
const WARMING: usize = 2;
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) async fn measure(stack: &Stack, progress: &Progress) -> anyhow::Result<Table> {
    let step = progress.step("Taking CVs the whole way");
    let about = format!(
        "From the first byte of the PUT of the sample CV (one page with a text layer) until the person who waits for its \
         job with `?wait=20` hears that it is completed, over {CVS} CVs one after the other."
    );
    let mut table = Table::new("way", about, "way", &["p50 ms", "p95 ms"]);
    let person = Person::sign_up(&stack.seen_from_outside()).await?;
    let client = Client::builder().no_proxy().build().context("cannot make an HTTP client")?;
    let sample = sample()?;
    let mut milliseconds = Vec::with_capacity(CVS);
    for at in 0..WARMING + CVS {
        step.at(at as u64, (WARMING + CVS) as u64, "");
        let took = one(&person, &client, &sample).await?;
        if at >= WARMING {
            milliseconds.push(took.as_secs_f64() * 1000.0);
        }
    }
    step.done("");
    table.row(
        "PUT → completed",
        [Figure::of(percentile(&milliseconds, 50)).at_most(500.0), Figure::of(percentile(&milliseconds, 95))],
    );
    Ok(table)
}

/// The sample CV.
pub(super) fn sample() -> anyhow::Result<Vec<u8>> {
    let path = checkout::infra_local().join("sample/sample-cv.pdf");
    std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// Uploads the CV and waits for its portfolio.
pub(super) async fn one(person: &Person, client: &Client, cv: &[u8]) -> anyhow::Result<Duration> {
    let ticket = person.ask_upload(&Upload::of("sample-cv.pdf", cv)).await?;
    let mut put = client.request(ticket.upload.method.parse()?, &ticket.upload.url).body(cv.to_vec());
    for (name, value) in &ticket.upload.headers {
        put = put.header(name, value);
    }
    let begun = Instant::now();
    Answer::to(put).await?.expect(200)?;
    let job = person.job_until_done(&ticket.job_id, PATIENCE).await?;
    let took = begun.elapsed();
    ensure!(job["status"] == "completed", "the sample CV's job ended as {}: {}", job["status"], job["error"]);
    Ok(took)
}
