//! Renders a résumé with a template and prints the page, to look at while a template is written:
//! `cargo run -p generate --example render -- functions/generate/fixtures/full.json minimal-portfolio '{"dark_mode":"dark"}'`.

use std::io::Write as _;

use generate::content::Content;
use generate::customizations::Customizations;
use generate::site::{self, Place};
use generate::templates;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or_else(|| anyhow::anyhow!("give the file of a JSON Resume"))?;
    let id = arguments.next().unwrap_or_else(|| templates::DEFAULT.to_owned());
    let choices = serde_json::from_str(&arguments.next().unwrap_or_else(|| "{}".to_owned()))?;

    let resume = serde_json::from_slice(&std::fs::read(file)?)?;
    let template = templates::find(&id).ok_or_else(|| anyhow::anyhow!("there is no template {id}"))?;
    let customizations = Customizations::from_json(&choices).map_err(|violations| anyhow::anyhow!("{violations:?}"))?;
    let html = site::page(&Content::from_resume(&resume), template, &customizations, &Place::Disk)?.html;
    std::io::stdout().write_all(html.as_bytes())?;
    Ok(())
}
