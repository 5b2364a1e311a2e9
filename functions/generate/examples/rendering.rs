//! What a page costs, in milliseconds of this process's processor time, as JSON, one member for each template:
//! `cargo run --release --example rendering -- functions/generate/fixtures/long.json`.
//!
//! `page_ms` is from the résumé to the page's HTML. `site_ms` is for all files of the site, the share image among them.

use std::io::Write as _;
use std::time::Duration;

use anyhow::Context as _;
use generate::content::Content;
use generate::customizations::Customizations;
use generate::site::{self, Place};
use generate::templates;
use serde_json::{Map, json};
use vitae_resume::Resume;

const ROUNDS: u32 = 100;
/// So many come before them and are not counted.
const WARMING: u32 = 10;
const LIVE: Place<'_> =
    Place::Live { slug: "ada", sites_url: "https://sites.example", app_url: "https://app.example", indexable: true };

fn main() -> anyhow::Result<()> {
    let file = std::env::args().nth(1).context("give the file of a JSON Resume")?;
    let resume: Resume = serde_json::from_slice(&std::fs::read(file)?)?;
    let choices = Customizations::default();
    let mut figures = Map::new();
    for template in templates::all() {
        let page = mean(|| Ok(site::page(&Content::from_resume(&resume), template, &choices, &LIVE)?.html.len()))?;
        let site = mean(|| Ok(site::files(&Content::from_resume(&resume), template, &choices, &LIVE)?.len()))?;
        figures.insert(template.manifest.id.clone(), json!({ "page_ms": page, "site_ms": site }));
    }
    writeln!(std::io::stdout(), "{}", json!(figures))?;
    Ok(())
}

/// What `work` costs, in milliseconds.
fn mean(mut work: impl FnMut() -> anyhow::Result<usize>) -> anyhow::Result<f64> {
    for _ in 0..WARMING {
        std::hint::black_box(work()?);
    }
    let before = spent()?;
    for _ in 0..ROUNDS {
        std::hint::black_box(work()?);
    }
    Ok(((spent()? - before) / ROUNDS).as_secs_f64() * 1000.0)
}

/// The processor time of this process, which has one thread.
fn spent() -> anyhow::Result<Duration> {
    let line = std::fs::read_to_string("/proc/self/schedstat").context("this needs Linux")?;
    Ok(Duration::from_nanos(line.split(' ').next().unwrap_or_default().parse()?))
}
