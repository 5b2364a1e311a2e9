//! What a portfolio costs: its page from the résumé, and its way onto the web.

use std::time::Instant;

use anyhow::Context;
use reqwest::Client;
use serde_json::json;
use vitae_testing::{Answer, Person};

use super::printed::{example, printed};
use super::table::{Figure, Table, percentile};
use crate::checkout;
use crate::progress::Progress;
use crate::run::Stack;

const PUBLISHED: usize = 20;
/// So many go before them and are not counted.
const WARMING: usize = 2;

pub(super) async fn measure(stack: &Stack, dev: bool, progress: &Progress) -> anyhow::Result<Table> {
    let long = checkout::root().join("functions/generate/fixtures/long.json");
    let step = progress.step("Building what measures the pages");
    let rendered = printed(example("rendering", dev).arg(&long), "the pages")?;
    step.done("");

    let about = format!(
        "Processor time of the page of a CV of twenty years, from the résumé to its HTML, warm; and a changed portfolio's \
         `publish` over {PUBLISHED} requests one after the other, from the client's side of the door."
    );
    let mut table = Table::new("portfolio", about, "what", &["ms"]);
    for (template, costs) in rendered.as_object().context("the pages have no templates")? {
        let page = costs["page_ms"].as_f64().context("`page_ms` was not measured")?;
        table.row(&format!("a page in {template}, CPU"), [Figure::of(page).at_most(5.0)]);
    }
    let milliseconds = publishing(stack, progress).await?;
    table.row("publish, p50", [Figure::of(percentile(&milliseconds, 50)).at_most(300.0)]);
    table.row("publish, p95", [Figure::of(percentile(&milliseconds, 95))]);
    Ok(table)
}

/// How long each `publish` took.
async fn publishing(stack: &Stack, progress: &Progress) -> anyhow::Result<Vec<f64>> {
    let step = progress.step("Publishing a portfolio again and again");
    let person = Person::sign_up(&stack.seen_from_outside()).await?;
    let client = Client::builder().no_proxy().build().context("cannot make an HTTP client")?;
    super::way::one(&person, &client, &super::way::sample()?).await?;
    let portfolios = person.get("/portfolio").await?.expect(200)?.json()?;
    let id = portfolios["items"][0]["portfolio_id"].as_str().context("the CV has no portfolio")?.to_owned();
    person.post(&format!("/portfolio/{id}/unpublish"), &json!({})).await?.expect(200)?;
    let publish = person.stack.route(&format!("/portfolio/{id}/publish"));
    let mut milliseconds = Vec::with_capacity(PUBLISHED);
    for at in 0..WARMING + PUBLISHED {
        step.at(at as u64, (WARMING + PUBLISHED) as u64, "");
        let template = ["creative-designer", "modern-tech"][at % 2];
        person.patch(&format!("/portfolio/{id}"), &json!({ "template_id": template })).await?.expect(200)?;
        let request = client.post(&publish).bearer_auth(&person.token).json(&json!({}));
        let begun = Instant::now();
        Answer::to(request).await?.expect(200)?;
        if at >= WARMING {
            milliseconds.push(begun.elapsed().as_secs_f64() * 1000.0);
        }
        person.post(&format!("/portfolio/{id}/unpublish"), &json!({})).await?.expect(200)?;
    }
    step.done("");
    Ok(milliseconds)
}
