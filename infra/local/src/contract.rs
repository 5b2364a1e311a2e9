//! `cargo local contract`: every operation of the OpenAPI document is asked what it says it answers, by Schemathesis and over
//! a stack of its own: first by somebody who has signed in, then by nobody.

use std::process::{Command, ExitCode};
use std::sync::mpsc;

use anyhow::Context;

use crate::progress::Progress;
use crate::python::{self, Venv};
use crate::run::{Stack, StackOptions};
use crate::{checkout, processes};

/// Who asks. `tests/contract/people.py` plays them.
const PEOPLE: [(&str, &str); 2] = [("signed-in", "somebody who has signed in"), ("nobody", "nobody")];

/// The arguments of `cargo local contract`.
#[derive(Debug, clap::Args)]
pub(crate) struct ContractArgs {
    /// How many requests are made up for an operation, beside those that every boundary of its schema asks for.
    #[arg(long, default_value_t = 3)]
    examples: u16,
    /// What else is said to Schemathesis, such as `--include-operation-id login`.
    #[arg(last = true)]
    options: Vec<String>,
}

/// Asks all of it, and answers whether all was kept.
pub(crate) fn run(args: &ContractArgs) -> anyhow::Result<ExitCode> {
    let progress = Progress::new();
    let venv = Venv::with_emulator(&progress)?;
    let schemathesis = python::schemathesis(&venv, &progress)?;
    let options = StackOptions { fresh: true, name: "contract", ..StackOptions::default() };
    let stack = Stack::start(&options, &progress)?;
    // Ctrl-C reaches Schemathesis by the terminal; this process stays to stop the stack.
    let (sender, _interrupted) = mpsc::channel();
    processes::tell_interrupts(sender);
    let api = &stack.description().api_url;
    let folder = checkout::root().join("tests/contract");
    let mut kept = true;
    for (name, who) in PEOPLE {
        println!("\nAsked by {who}:");
        let mut command = Command::new(&schemathesis);
        command
            .arg("--config-file")
            .arg(folder.join("schemathesis.toml"))
            .args(["run", &format!("{api}/openapi.json"), "--checks", "all", "--continue-on-failure", "--workers", "1"])
            .args(["--max-examples", &args.examples.to_string()])
            .args(&args.options)
            // What it keeps for its next run is no part of the checkout.
            .current_dir(stack.directory())
            .env("PYTHONPATH", &folder)
            .env("SCHEMATHESIS_HOOKS", "people")
            .env("VITAE_API_URL", api)
            .env("VITAE_CONTRACT", name)
            .env("NO_PROXY", "127.0.0.1")
            .env("PYTHONDONTWRITEBYTECODE", "1");
        kept &= command.status().context("cannot start Schemathesis")?.success();
    }
    let step = progress.step("Stopping the stack");
    drop(stack);
    step.done("");
    Ok(if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
