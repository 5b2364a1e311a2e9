//! `cargo local`: the whole of Vitae on one machine.
//!
//! Without a subcommand it starts the stack and stays in the foreground until Ctrl-C. `try` runs the main job on a real
//! file, `parse` reads files with no AWS at all, and `test` runs the workspace's tests against a stack of their own.
//!
//! What happens on a start, in order: [`python`] makes the virtual environment, [`build`] compiles the functions,
//! [`emulator`] starts the emulator through `launcher.py`, [`deploy`] deploys `template.yaml` with the real bootstraps,
//! and [`front_doors`] listens where a browser would find CloudFront. [`run`] puts them together; [`mod@test`] and [`try_it`]
//! use the same [`run::Stack`].
#![allow(clippy::print_stdout, reason = "what this program has to say belongs on standard output")]

mod ats_report;
mod bench;
mod build;
mod checkout;
mod contract;
mod deploy;
mod emulator;
mod fonts;
mod front_doors;
mod logs;
mod parse;
mod processes;
mod progress;
mod providers;
mod python;
mod recogniser;
mod run;
mod sigv4;
mod stack_json;
mod test;
mod try_it;
mod watch;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The whole of Vitae on one machine: builds the functions, starts the AWS emulator, deploys the template and serves.
#[derive(Debug, Parser)]
#[command(name = "cargo local", bin_name = "cargo local", args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(flatten)]
    run: run::RunArgs,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Turns a CV into a portfolio, ATS documents and a report on the running stack, or on one that it starts.
    Try(try_it::TryArgs),
    /// Reads CVs into JSON Resume files, with no AWS and no stack.
    Parse(parse::ParseArgs),
    /// Runs every test of the workspace against a stack of their own.
    Test(test::TestArgs),
    /// Asks every operation of the OpenAPI document, by Schemathesis, whether it answers what it says.
    Contract(contract::ContractArgs),
    /// Runs the stack with one function that is built anew whenever a file changes.
    Watch(watch::WatchArgs),
    /// Brings the fonts of Chinese, Japanese and Korean, for the assets bucket.
    Fonts,
    /// Measures the release build: start, size, answers, the way of a CV, memory.
    Bench(bench::BenchArgs),
}

fn main() -> ExitCode {
    // `cargo local parse` reads each file in a child process, which is this program once more.
    vitae_document::sandbox::run_child_if_asked();
    let cli = Cli::parse();
    let outcome = processes::handle_interrupts().and_then(|()| match cli.command {
        None => run::run(cli.run).map(|()| ExitCode::SUCCESS),
        Some(Command::Try(args)) => try_it::run(args).map(|()| ExitCode::SUCCESS),
        Some(Command::Parse(args)) => parse::run(args),
        Some(Command::Test(args)) => test::run(args),
        Some(Command::Contract(args)) => contract::run(&args),
        Some(Command::Watch(args)) => watch::run(&args).map(|()| ExitCode::SUCCESS),
        Some(Command::Fonts) => fonts::run().map(|()| ExitCode::SUCCESS),
        Some(Command::Bench(args)) => bench::run(args).map(|()| ExitCode::SUCCESS),
    });
    outcome.unwrap_or_else(|error| {
        eprintln!("cargo local: {error:#}");
        ExitCode::FAILURE
    })
}
