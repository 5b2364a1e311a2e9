//! From a function's start to its first request for work: what is left of a cold start once Lambda has the code.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::memory::{Resident, resident};
use super::table::{Figure, Table, percentile};
use crate::build::Bootstraps;
use crate::deploy::Variables;
use crate::progress::Progress;
use crate::run::Stack;

const SPAWNS: usize = 20;
/// Lambda gives a function so long for its start.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn measure(functions: &Bootstraps, stack: &Stack, progress: &Progress) -> anyhow::Result<Table> {
    let step = progress.step("Starting each function");
    let about = format!(
        "From the spawn of the process to its first `GET …/invocation/next`, over {SPAWNS} spawns with the binary in the \
         page cache, and what it holds in memory then."
    );
    let mut table = Table::new("startup", about, "function", &["p50 ms", "p99 ms", "resident MB"]);
    let total = (functions.len() * (SPAWNS + 1)) as u64;
    let mut runs = Vec::new();
    for (name, binary) in functions {
        runs.push(Run { name, binary, environment: stack.environment(name)?, milliseconds: vec![], memory: vec![] });
    }
    // In turn, so that what the machine does meanwhile hits all alike. The first round brings the binaries into the page
    // cache and is not counted.
    for round in 0..=SPAWNS {
        for (nth, run) in runs.iter_mut().enumerate() {
            step.at((round * functions.len() + nth) as u64, total, run.name.to_owned());
            let started = start(run.name, run.binary, &run.environment).await?;
            if round > 0 {
                run.milliseconds.push(started.after.as_secs_f64() * 1000.0);
                run.memory.extend(started.resident);
            }
        }
    }
    for Run { name, milliseconds, memory, .. } in runs {
        table.row(
            name,
            [
                Figure::of(percentile(&milliseconds, 50)).at_most(15.0),
                Figure::of(percentile(&milliseconds, 99)),
                Figure::of(percentile(&memory, 50)),
            ],
        );
    }
    step.done("");
    Ok(table)
}

/// What is known of one function's starts.
struct Run<'a> {
    name: &'a str,
    binary: &'a Path,
    environment: Variables,
    milliseconds: Vec<f64>,
    memory: Vec<f64>,
}

/// A function that asked for work.
struct Started {
    after: Duration,
    resident: Option<f64>,
}

/// Starts the function as Lambda does and plays the Runtime API up to the first request; the function is ended then.
async fn start(name: &str, binary: &Path, environment: &Variables) -> anyhow::Result<Started> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let mut command = Command::new(binary);
    command
        .env_clear()
        .envs(environment)
        .env("AWS_LAMBDA_RUNTIME_API", listener.local_addr()?.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let begun = Instant::now();
    let mut child = command.spawn().with_context(|| format!("cannot start {name}"))?;
    let asked = tokio::select! {
        line = timeout(PATIENCE, first_request(&listener)) => match line {
            Ok(line) => line?,
            Err(_) => bail!("{name} asked for no work within {} s", PATIENCE.as_secs()),
        },
        status = child.wait() => bail!("{name} ended as it started ({}): {}", status?, last_words(child).await),
    };
    let after = begun.elapsed();
    if !asked.starts_with("GET /2018-06-01/runtime/invocation/next") {
        bail!("{name} began with {asked:?} instead of asking for work");
    }
    let resident = child.id().and_then(|id| resident(id, Resident::Now));
    child.kill().await?;
    Ok(Started { after, resident })
}

async fn first_request(listener: &TcpListener) -> anyhow::Result<String> {
    let (stream, _) = listener.accept().await?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).await?;
    Ok(line.trim_end().to_owned())
}

async fn last_words(mut child: Child) -> String {
    let mut said = String::new();
    if let Some(mut stderr) = child.stderr.take() {
        let _ = stderr.read_to_string(&mut said).await;
    }
    said.lines().last().unwrap_or("it said nothing").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_function_that_cannot_start_says_why() {
        let mut script = std::env::temp_dir();
        script.push(format!("vitae-start-{}", uuid::Uuid::new_v4()));
        std::fs::write(&script, "echo 'Error: the environment variable TABLE is not set' >&2; exit 1").unwrap();
        let error = start_script(&script).await.unwrap_err().to_string();
        assert!(error.contains("ended as it started") && error.contains("TABLE is not set"), "{error}");
        std::fs::remove_file(script).unwrap();
    }

    async fn start_script(script: &Path) -> anyhow::Result<()> {
        use std::os::unix::fs::PermissionsExt;
        let text = std::fs::read_to_string(script)?;
        std::fs::write(script, format!("#!/bin/sh\n{text}\n"))?;
        std::fs::set_permissions(script, std::fs::Permissions::from_mode(0o755))?;
        start("trial", script, &Variables::new()).await.map(|_| ())
    }
}
