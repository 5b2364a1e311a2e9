//! `cargo local watch FUNCTION`: the whole stack, with one function in the hands of `cargo lambda watch`.
//!
//! `cargo lambda watch` builds the function anew whenever a file changes and runs it. In the emulator `watched.py` stands
//! in for it and hands every event on, so that it gets what the deployed one would get: requests over the front door,
//! messages of its queue, the clock. Beside that it takes requests and invocations at an address of its own.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::build::{self, FUNCTIONS};
use crate::checkout;
use crate::processes::{self, Group};
use crate::progress::Progress;
use crate::python::{self, Venv};
use crate::recogniser::Engine;
use crate::run::{Code, Stack, StackOptions};

/// How many events the function works on at a time: a person who waits for a job must not keep the others out.
const INSTANCES: &str = "4";
/// How long `cargo lambda watch` may take to end its functions.
const FAREWELL: Duration = Duration::from_secs(5);

/// The arguments of `cargo local watch`.
#[derive(Debug, clap::Args)]
pub(crate) struct WatchArgs {
    /// The function to work on.
    #[arg(value_parser = FUNCTIONS)]
    function: String,
    /// The app's port; the sites take the next one.
    #[arg(long, default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
    /// The port where the function itself takes requests and `cargo lambda invoke`.
    #[arg(long, default_value_t = 9000, value_parser = clap::value_parser!(u16).range(1..))]
    invoke_port: u16,
    /// Forgets what earlier runs stored and starts empty.
    #[arg(long)]
    fresh: bool,
    /// What reads scans and photographs.
    #[arg(long, value_enum, default_value_t)]
    recogniser: Engine,
}

/// Runs the stack and the watched function until Ctrl-C.
pub(crate) fn run(args: &WatchArgs) -> anyhow::Result<()> {
    let progress = Progress::new();
    if TcpListener::bind((Ipv4Addr::LOCALHOST, args.invoke_port)).is_err() {
        bail!("port {} is taken by another program. Choose another with `--invoke-port`", args.invoke_port);
    }
    let venv = Venv::ensure(&progress)?;
    let cargo_lambda = python::cargo_lambda(&venv, &progress)?;
    let url = format!("http://127.0.0.1:{}", args.invoke_port);
    let options = StackOptions {
        port: Some(args.port),
        fresh: args.fresh,
        name: "run",
        recogniser: args.recogniser,
        code: Code::With(args.function.clone(), stand_in(&venv, &args.function, &url)?),
    };
    let stack = Stack::start(&options, &progress)?;
    let watch = Watch::start(&cargo_lambda, args, &stack.environment_file())?;
    stack.wait_until_healthy(&progress)?;

    let (sender, interrupted) = mpsc::channel();
    processes::tell_interrupts(sender);
    let (name, app) = (&args.function, &stack.description().api_url);
    println!();
    println!("  {name} is built anew whenever a file changes. What it prints stands below.");
    println!("  App        {app}");
    println!("  {name:<10} {url}");
    println!(
        "  Invoke it  cargo lambda invoke {name} --invoke-address 127.0.0.1 --invoke-port {} --data-file events/{name}/…",
        args.invoke_port
    );
    println!("  Ctrl-C stops everything.");
    println!();
    stack.show_logs();
    interrupted.recv().context("nobody is left to say when to stop")?;
    drop(watch);
    let step = progress.step("Stopping; the data stays for the next start");
    drop(stack);
    step.done("");
    Ok(())
}

/// The program that the emulator runs in the function's place.
fn stand_in(venv: &Venv, function: &str, url: &str) -> anyhow::Result<PathBuf> {
    let directory = checkout::local().join("watched");
    fs::create_dir_all(&directory)?;
    let path = directory.join(function);
    let (python, script) = (venv.python(), checkout::infra_local().join("watched.py"));
    let url = format!("{url}/2015-03-31/functions/{function}/invocations");
    let text = format!("#!/bin/sh\nexec '{}' -B '{}' '{url}'\n", python.display(), script.display());
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    Ok(path)
}

/// A running `cargo lambda watch`; dropping it ends it and the functions that it runs.
#[derive(Debug)]
struct Watch(Group);

impl Watch {
    fn start(cargo_lambda: &Path, args: &WatchArgs, environment: &Path) -> anyhow::Result<Self> {
        let mut command = Command::new(cargo_lambda);
        command
            .current_dir(checkout::root())
            .args(["lambda", "watch", "--bin", &args.function, "--concurrency", INSTANCES])
            // Only for this machine: the function has every right in the emulator.
            .args(["--invoke-address", "127.0.0.1", "--invoke-port", &args.invoke_port.to_string()])
            .arg("--env-file")
            .arg(environment)
            .stdin(Stdio::null());
        build::forget_own_package(&mut command);
        Ok(Self(Group::spawn(&mut command)?))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // Its functions are in process groups of their own, so it must end them itself.
        let child = self.0.child();
        if let Ok(id) = i32::try_from(child.id()) {
            let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
        }
        let begun = Instant::now();
        while begun.elapsed() < FAREWELL && matches!(child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;

    use super::*;

    /// The functions by their paths, as `template.yaml` says it, in cargo lambda's way of writing a path.
    fn routes_of_the_template() -> BTreeMap<String, String> {
        let template = fs::read_to_string(checkout::root().join("template.yaml")).unwrap();
        let mut routes = BTreeMap::from([("/{*rest}".to_owned(), "analytics".to_owned())]);
        let mut function = "";
        for line in template.lines() {
            if let Some(name) = line.trim().strip_prefix("Binary: ") {
                function = name;
            }
            let path = line.split_once("Path: ").filter(|_| line.contains("Method: "));
            if let Some((_, path)) = path {
                let path = path.trim_matches([' ', '}', '"']).replace("{proxy+", "{*rest}");
                routes.insert(path, function.to_owned());
            }
        }
        routes
    }

    #[test]
    fn a_path_leads_to_the_same_function_as_in_the_template() {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let arguments = ["metadata", "--format-version", "1", "--no-deps", "--offline"];
        let output = Command::new(cargo).current_dir(checkout::root()).args(arguments).output().unwrap();
        let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
        let routes = &metadata["metadata"]["lambda"]["watch"]["router"];
        let routes: BTreeMap<String, String> = serde_json::from_value(routes.clone()).unwrap();
        let wanted = routes_of_the_template();
        assert!(wanted.len() > 15, "{wanted:?}");
        for (path, function) in wanted {
            assert_eq!(routes.get(&path), Some(&function), "{path}");
        }
        assert!(routes.values().all(|function| FUNCTIONS.contains(&function.as_str())), "{routes:?}");
    }
}
