//! `cargo local test`: every test of the workspace against a stack of their own.

use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, mpsc};

use anyhow::Context;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::checkout;
use crate::processes;
use crate::progress::Progress;
use crate::recogniser::Engine;
use crate::run::{Stack, StackOptions};

/// Where the tests find their stack: the path of a file like `target/local/stack.json`.
const STACK_VARIABLE: &str = "VITAE_STACK";

/// The arguments of `cargo local test`.
#[derive(Debug, clap::Args)]
pub(crate) struct TestArgs {
    /// Runs only the tests whose names contain this.
    pub(crate) filter: Option<String>,
    /// What reads scans and photographs.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) recogniser: Engine,
}

/// Runs the tests and answers with their status.
pub(crate) fn run(args: TestArgs) -> anyhow::Result<ExitCode> {
    let progress = Progress::new();
    let options = StackOptions { fresh: true, name: "test", recogniser: args.recogniser, ..StackOptions::default() };
    let stack = Stack::start(&options, &progress)?;
    let (sender, interrupted) = mpsc::channel();
    processes::tell_interrupts(sender);
    // Ctrl-C reaches the tests by the terminal; what reaches only this process is passed on.
    let under_way = Arc::new(AtomicI32::new(0));
    let tests = Arc::clone(&under_way);
    std::thread::spawn(move || {
        if interrupted.recv().is_ok()
            && let id @ 1.. = tests.load(Ordering::SeqCst)
        {
            let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
        }
    });

    let mut runs = Vec::new();
    if nextest_is_installed() {
        runs.push(["nextest", "run", "--workspace", "--no-tests=fail"].as_slice());
        // The examples in the documentation are tests too, and nextest does not run them.
        if args.filter.is_none() {
            runs.push(&["test", "--workspace", "--doc", "--quiet"]);
        }
    } else {
        runs.push(&["test", "--workspace", "--no-fail-fast"]);
    }
    let mut code = Some(0);
    for arguments in runs {
        let mut command = cargo();
        command.args(arguments).args(&args.filter).env(STACK_VARIABLE, stack.file());
        let mut tests = command.spawn().context("cannot start cargo")?;
        under_way.store(i32::try_from(tests.id())?, Ordering::SeqCst);
        let status = tests.wait()?;
        under_way.store(0, Ordering::SeqCst);
        if !status.success() {
            code = status.code();
            break;
        }
    }

    let logs = stack.directory().join("functions.log");
    let step = progress.step("Stopping the tests' stack");
    drop(stack);
    step.done("");
    if code == Some(0) {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("What the functions logged: {}", logs.display());
    Ok(code.and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(checkout::root());
    command
}

fn nextest_is_installed() -> bool {
    cargo()
        .args(["nextest", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
