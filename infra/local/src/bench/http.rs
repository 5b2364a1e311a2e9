//! Answers of warm functions, over the front door and through the emulator's API Gateway, as a browser gets them here.

use std::time::Instant;

use anyhow::Context;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::json;
use vitae_testing::{Answer, Person, Upload};

use super::table::{Figure, Table, percentile};
use crate::progress::{Progress, Step};
use crate::run::Stack;

const REQUESTS: usize = 200;
/// So many come before them and are not counted.
const WARMING: usize = 20;

/// A request: what it is called, the status of a good answer, the most that half of the answers may take, the request.
type Asked<'a> = (&'a str, u16, Option<f64>, &'a dyn Fn() -> RequestBuilder);

pub(super) async fn measure(stack: &Stack, progress: &Progress) -> anyhow::Result<Table> {
    let step = progress.step("Asking warm functions");
    let about =
        format!("{REQUESTS} requests one after the other to warm functions, from the client's side of the door.");
    let mut table = Table::new("http", about, "request", &["p50 ms", "p99 ms"]);
    let person = Person::sign_up(&stack.seen_from_outside()).await?;
    let sample = super::way::sample()?;
    let upload = Upload::of("sample-cv.pdf", &sample);
    let asking = json!({
        "filename": upload.filename,
        "content_type": upload.content_type,
        "size": upload.size,
        "sha256": upload.sha256,
    });
    let job = format!("/jobs/{}", person.ask_upload(&upload).await?.job_id);
    let signing_in = json!({ "email": person.email, "password": person.password });
    // One client, so that its connection stays.
    let client = Client::builder().no_proxy().build().context("cannot make an HTTP client")?;
    let stack = &person.stack;
    let health = || client.get(format!("{}/healthz", stack.api_url));
    let login = || client.post(stack.route("/users/login")).json(&signing_in);
    let ask_upload =
        || client.request(Method::POST, stack.route("/cv/upload")).bearer_auth(&person.token).json(&asking);
    let get_job = || client.get(stack.route(&job)).bearer_auth(&person.token);

    let requests: [Asked<'_>; 4] = [
        ("GET /healthz", 200, None, &health),
        ("POST /users/login", 200, None, &login),
        ("POST /cv/upload", 201, Some(15.0), &ask_upload),
        ("GET /jobs/{id}", 200, None, &get_job),
    ];
    for (nth, (name, status, bound, request)) in requests.into_iter().enumerate() {
        let milliseconds = many(request, status, |done| show(&step, nth, done, name)).await?;
        let p50 = Figure::of(percentile(&milliseconds, 50));
        let p50 = bound.map_or(p50, |bound| p50.at_most(bound));
        table.row(name, [p50, Figure::of(percentile(&milliseconds, 99))]);
    }
    step.done("");
    Ok(table)
}

fn show(step: &Step, nth: usize, done: usize, name: &str) {
    let each = REQUESTS + WARMING;
    step.at((nth * each + done) as u64, (4 * each) as u64, name.to_owned());
}

/// How long each request took, in milliseconds.
async fn many(request: &dyn Fn() -> RequestBuilder, status: u16, show: impl Fn(usize)) -> anyhow::Result<Vec<f64>> {
    let mut milliseconds = Vec::with_capacity(REQUESTS);
    for at in 0..WARMING + REQUESTS {
        show(at);
        let begun = Instant::now();
        Answer::to(request()).await?.expect(status)?;
        if at >= WARMING {
            milliseconds.push(begun.elapsed().as_secs_f64() * 1000.0);
        }
    }
    Ok(milliseconds)
}
