//! What sign-ins and refreshes take and cost by the memory that `auth` is given: Lambda gives processor time with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reqwest::Client;
use serde_json::{Value, json};
use vitae_testing::Person;

use super::auth::timed;
use super::memory;
use super::table::{Figure, Table, percentile};
use crate::progress::Progress;
use crate::run::Stack;

/// The memory that comes with a whole core, in megabytes (AWS Lambda Developer Guide, "Configure Lambda function memory").
const WHOLE_CORE: f64 = 1769.0;
/// What is compared, in megabytes. Beyond a whole core a request, which is one thread's work, gains nothing.
const SIZES: [f64; 4] = [256.0, 512.0, 1024.0, WHOLE_CORE];
/// Prices of us-east-1 on arm64, in US dollars (aws.amazon.com/lambda/pricing): a second of a gigabyte, and a request.
const GIGABYTE_SECOND: f64 = 0.000_013_333_4;
const REQUEST: f64 = 0.000_000_2;

/// Requests of each kind and size.
const REQUESTS: usize = 40;
/// So many come before each and are not counted.
const WARMING: usize = 3;

pub(super) async fn measure(stack: &Stack, progress: &Progress) -> anyhow::Result<Table> {
    ensure!(cfg!(target_os = "linux"), "a process is held to its share by a clock that only Linux has");
    let step = progress.step("Signing in on parts of a core");
    let person = Person::sign_up(&stack.seen_from_outside()).await?;
    let client = Client::builder().no_proxy().build().context("cannot make an HTTP client")?;
    let route = |path: &str| person.stack.route(path);
    let credentials = json!({ "email": person.email, "password": person.password });
    let about = format!(
        "{REQUESTS} requests one after the other, from the client's side of the door, to a function that is stopped for \
         the rest of every 20 ms once it has used the share of a core that comes with this memory. The cost is that of \
         the median on arm64 in us-east-1, as if the function were billed for all that the client waits."
    );
    let columns = &[
        "sign-in p50 ms",
        "sign-in p99 ms",
        "USD a million sign-ins",
        "refresh p50 ms",
        "refresh p99 ms",
        "USD a million refreshes",
    ];
    let mut table = Table::new("auth-memory", about, "memory MB", columns);
    for (nth, size) in SIZES.into_iter().enumerate() {
        step.at(nth as u64, SIZES.len() as u64, format!("{size} MB"));
        let held = memory::processes(stack)?.into_iter().filter(|(_, name)| name == "auth").map(|(id, _)| id);
        let held: Vec<Held> = held.map(|process| Held::to(process, size / WHOLE_CORE)).collect::<Result<_, _>>()?;
        ensure!(!held.is_empty(), "no process of auth runs");

        let (mut sign_ins, mut refreshes, mut last) = (Vec::new(), Vec::new(), Value::Null);
        for nth in 0..WARMING + REQUESTS {
            let request = client.post(route("/users/login?client=native")).json(&credentials);
            let (took, answer) = timed(request, 200).await?;
            last = answer.json()?;
            sign_ins.extend((nth >= WARMING).then_some(took));
        }
        for nth in 0..WARMING + REQUESTS {
            let token = json!({ "refresh_token": last["refresh_token"] });
            let (took, answer) = timed(client.post(route("/users/refresh")).json(&token), 200).await?;
            last = answer.json()?;
            refreshes.extend((nth >= WARMING).then_some(took));
        }
        drop(held);
        let figures = [&sign_ins, &refreshes].into_iter().flat_map(|times| {
            let median = percentile(times, 50);
            let cost = (median / 1e3 * size / 1024.0 * GIGABYTE_SECOND + REQUEST) * 1e6;
            [median, percentile(times, 99), cost].map(Figure::of)
        });
        table.row(&size.to_string(), figures);
    }
    step.done("");
    Ok(table)
}

/// A process that gets no more than a share of a core for as long as this lives.
struct Held {
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Held {
    /// How often the share is given anew. What is left of it is lost; what was taken beyond it is owed.
    const PERIOD: Duration = Duration::from_millis(20);
    /// How often it is looked what the process has used.
    const LOOK: Duration = Duration::from_micros(250);

    fn to(process: u32, share: f64) -> anyhow::Result<Self> {
        let process = Pid::from_raw(process.try_into()?);
        used(process)?;
        let ended = Arc::new(AtomicBool::new(false));
        let told = ended.clone();
        let hold = move || {
            let _ = hold(process, Self::PERIOD.as_secs_f64() * share, &told);
            // It goes on, whatever ended this.
            let _ = kill(process, Signal::SIGCONT);
        };
        Ok(Self { ended, thread: Some(thread::spawn(hold)) })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn hold(process: Pid, quota: f64, ended: &AtomicBool) -> anyhow::Result<()> {
    let (mut left, mut before) = (0.0_f64, used(process)?);
    while !ended.load(Ordering::Relaxed) {
        let period = Instant::now();
        left = (left + quota).min(quota);
        while period.elapsed() < Held::PERIOD {
            let now = used(process)?;
            left -= now - before;
            before = now;
            if left > 0.0 {
                thread::sleep(Held::LOOK);
                continue;
            }
            kill(process, Signal::SIGSTOP)?;
            thread::sleep(Held::PERIOD.saturating_sub(period.elapsed()));
            if left + quota > 0.0 {
                kill(process, Signal::SIGCONT)?;
            }
        }
    }
    Ok(())
}

/// The seconds of processor time that a process has used.
#[cfg(target_os = "linux")]
fn used(process: Pid) -> anyhow::Result<f64> {
    let clock = nix::time::clock_getcpuclockid(process).context("the process has ended")?;
    Ok(Duration::from(nix::time::clock_gettime(clock)?).as_secs_f64())
}

#[cfg(not(target_os = "linux"))]
fn used(_: Pid) -> anyhow::Result<f64> {
    anyhow::bail!("only Linux tells what another process has used")
}
