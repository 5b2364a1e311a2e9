//! What the functions' processes hold in memory: what Lambda must give them, and is paid for.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, ensure};
use reqwest::Client;
use serde_json::json;
use vitae_testing::{Answer, Person};

use super::table::{Figure, Table};
use crate::build::FUNCTIONS;
use crate::progress::Progress;
use crate::run::Stack;

const MB: f64 = 1024.0;

pub(super) async fn measure(stack: &Stack, progress: &Progress) -> anyhow::Result<Table> {
    let step = progress.step("Looking at the functions' memory");
    let about = "What each function's process held at most after it had worked. The child in which `parse` reads a file is \
                 a process of its own and not counted.";
    let mut table = Table::new("memory", about, "function", &["most resident MB"]);
    work(stack).await?;
    let most = most_resident(stack)?;
    for name in FUNCTIONS {
        let most = most.get(name).with_context(|| format!("no process of {name} runs"))?;
        table.row(name, [Figure::of(*most)]);
    }
    step.done("");
    Ok(table)
}

/// Gives every function something of what it is for.
async fn work(stack: &Stack) -> anyhow::Result<()> {
    let client = Client::builder().no_proxy().build().context("cannot make an HTTP client")?;
    let person = Person::sign_up(&stack.seen_from_outside()).await?;
    super::way::one(&person, &client, &super::way::sample()?).await?;
    let cvs = person.get("/cv").await?.expect(200)?.json()?;
    let cv = cvs["items"][0]["cv_id"].as_str().context("the CV that was just read is not listed")?;
    let document = json!({ "cv_id": cv, "template_id": "clean", "format": "pdf" });
    person.post("/ats/generate", &document).await?.expect(201)?;
    Answer::to(client.get(format!("{}/healthz", person.stack.api_url))).await?.expect(200)?;
    Ok(())
}

/// The most that any process of each function held, in megabytes.
fn most_resident(stack: &Stack) -> anyhow::Result<BTreeMap<String, f64>> {
    let mut most = BTreeMap::new();
    for (id, name) in processes(stack)? {
        let Some(held) = resident(id, Resident::AtMost) else { continue };
        let held = most.get(&name).map_or(held, |other: &f64| other.max(held));
        most.insert(name, held);
    }
    Ok(most)
}

/// The processes of the functions, each with its function's name.
pub(super) fn processes(stack: &Stack) -> anyhow::Result<Vec<(u32, String)>> {
    ensure!(cfg!(target_os = "linux"), "processes are found in /proc, which only Linux has");
    let code = stack.directory().join("tmp").canonicalize()?;
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let path = entry?.path();
        let Some(id) = path.file_name().and_then(|name| name.to_str()?.parse().ok()) else { continue };
        // Functions run from where the emulator unpacked them; what else runs is not looked at.
        if !fs::read_link(path.join("exe")).is_ok_and(|binary| binary.starts_with(&code)) {
            continue;
        }
        let environment = fs::read(path.join("environ")).unwrap_or_default();
        let named = environment
            .split(|byte| *byte == 0)
            .find_map(|variable| variable.strip_prefix(b"AWS_LAMBDA_FUNCTION_NAME="));
        let Some(named) = named else { continue };
        let named = String::from_utf8_lossy(named);
        let name = named.split_once('-').map_or(&*named, |(_stack, name)| name);
        found.push((id, name.to_owned()));
    }
    Ok(found)
}

/// Which figure of a process's memory is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Resident {
    Now,
    AtMost,
}

/// What a process holds in memory, in megabytes; `None` where that cannot be known.
pub(super) fn resident(process: u32, which: Resident) -> Option<f64> {
    let label = match which {
        Resident::Now => "VmRSS:",
        Resident::AtMost => "VmHWM:",
    };
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let kilobytes =
        status.lines().find_map(|line| line.strip_prefix(label)?.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    Some(kilobytes? / MB)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn this_process_holds_something_and_held_no_less_at_most() {
        let now = resident(std::process::id(), Resident::Now).unwrap();
        let at_most = resident(std::process::id(), Resident::AtMost).unwrap();
        assert!(now > 1.0 && at_most >= now, "{now} {at_most}");
    }
}
