//! `cargo local bench`: how fast the functions start and answer and how big they are, built as they are deployed.
//!
//! Each section measures one thing and gives one [`table::Table`]; without a name all are run, over one stack. What is to
//! be reached stands beside what was measured. Another section is a module here and a line in [`Section`].

mod ats;
mod auth;
mod auth_memory;
mod http;
mod memory;
mod parse;
mod portfolio;
mod printed;
mod size;
mod startup;
mod table;
mod way;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, bail};
use serde_json::{Map, Value, json};

use crate::build::{self, FUNCTIONS, Profile};
use crate::checkout;
use crate::progress::Progress;
use crate::run::{Code, Stack, StackOptions};

/// The arguments of `cargo local bench`.
#[derive(Debug, clap::Args)]
pub(crate) struct BenchArgs {
    /// What to measure; without any, everything.
    #[arg(value_enum)]
    sections: Vec<Section>,
    /// Measures the sizes and the starts of these functions only, and builds no other for release. May be repeated.
    #[arg(long = "function", value_name = "FUNCTION", value_parser = FUNCTIONS)]
    functions: Vec<String>,
    /// The folder of CVs that `parse` reads; without it, the corpus of this repository.
    #[arg(long, value_name = "DIR")]
    documents: Option<PathBuf>,
    /// Measures the dev build, which takes less time to make and more to run: for work on a section itself.
    #[arg(long)]
    dev: bool,
    /// Prints JSON instead of tables.
    #[arg(long)]
    json: bool,
    /// Where the JSON is written; without it, to `target/local/bench.json`.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What can be measured. The sections are run in this order: what is measured without load comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Section {
    /// A function's binary, and the zip that is deployed.
    Size,
    /// From a function's start to its first request for work.
    Startup,
    /// Answers of warm functions.
    Http,
    /// Access tokens, refreshes, sign-ins beside Argon2id alone, and the time of refusals.
    Auth,
    /// Sign-ins and refreshes on the parts of a core that come with less memory.
    AuthMemory,
    /// From the upload of the sample CV to its published portfolio.
    Way,
    /// A portfolio's page, and publishing it.
    Portfolio,
    /// What the functions hold in memory once they have worked.
    Memory,
    /// The processor's time for reading a CV, with no stack.
    Parse,
    /// ATS documents and reports, beside RenderCV and WeasyPrint on the same CV.
    Ats,
}

impl Section {
    const ALL: [Self; 10] = [
        Self::Parse,
        Self::Size,
        Self::Startup,
        Self::Http,
        Self::Auth,
        Self::AuthMemory,
        Self::Way,
        Self::Portfolio,
        Self::Memory,
        Self::Ats,
    ];
    /// Those that look at functions one by one.
    const BY_FUNCTION: [Self; 2] = [Self::Size, Self::Startup];
}

/// Measures, prints, and writes what was measured.
pub(crate) fn run(args: BenchArgs) -> anyhow::Result<()> {
    let progress = Progress::new();
    let machine = machine();
    let some = !args.functions.is_empty();
    let asked = |section: &Section| match (args.sections.as_slice(), some) {
        ([], false) => true,
        ([], true) => Section::BY_FUNCTION.contains(section),
        (named, _) => named.contains(section),
    };
    let sections: Vec<Section> = Section::ALL.into_iter().filter(asked).collect();
    if some && sections.iter().any(|section| !Section::BY_FUNCTION.contains(section)) {
        bail!("only the sections `size` and `startup` can be measured for some of the functions");
    }
    let names: Vec<&str> =
        FUNCTIONS.into_iter().filter(|name| !some || args.functions.iter().any(|f| f == name)).collect();
    let profile = if args.dev { Profile::Dev } else { Profile::Release };
    let mut tables = Vec::new();
    // Reading and typesetting alone are measured by programs of their own.
    let functions = if sections.iter().all(|section| matches!(section, Section::Parse | Section::Ats)) {
        build::Bootstraps::new()
    } else {
        build::functions(&names, profile, &progress)?
    };
    // What the functions find in their environments is the same whatever runs in them.
    let code = if some { Code::Fresh } else { Code::Built(functions.clone()) };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let mut started = None;
    for section in sections {
        let without_stack = match section {
            Section::Parse => Some(parse::measure(args.documents.as_deref(), !args.dev, &progress)?),
            Section::Size => Some(size::measure(&functions, &progress)?),
            Section::Ats => Some(ats::measure(args.dev, &progress)?),
            Section::Startup
            | Section::Http
            | Section::Auth
            | Section::AuthMemory
            | Section::Way
            | Section::Portfolio
            | Section::Memory => None,
        };
        if let Some(table) = without_stack {
            tables.push(table);
            continue;
        }
        let stack = match &mut started {
            Some(stack) => stack,
            none => none.insert(Stack::start(
                &StackOptions { name: "bench", fresh: true, code: code.clone(), ..StackOptions::default() },
                &progress,
            )?),
        };
        tables.push(match section {
            Section::Startup => runtime.block_on(startup::measure(&functions, stack, &progress))?,
            Section::Http => runtime.block_on(http::measure(stack, &progress))?,
            Section::Auth => runtime.block_on(auth::measure(stack, args.dev, &progress))?,
            Section::AuthMemory => runtime.block_on(auth_memory::measure(stack, &progress))?,
            Section::Way => runtime.block_on(way::measure(stack, &progress))?,
            Section::Portfolio => runtime.block_on(portfolio::measure(stack, args.dev, &progress))?,
            Section::Size | Section::Parse | Section::Ats | Section::Memory => {
                runtime.block_on(memory::measure(stack, &progress))?
            }
        });
    }
    if let Some(stack) = started {
        let step = progress.step("Stopping the stack");
        drop(stack);
        step.done("");
    }

    let missed: Vec<String> = tables.iter().flat_map(table::Table::missed).collect();
    let mut report = Map::from_iter([("machine".to_owned(), json!(machine)), ("missed".to_owned(), json!(missed))]);
    report.extend(tables.iter().map(|table| (table.name.to_owned(), table.json())));
    let report = format!("{:#}\n", Value::Object(report));
    let out = args.out.unwrap_or_else(|| checkout::local().join("bench.json"));
    fs::write(&out, &report).with_context(|| format!("cannot write {}", out.display()))?;
    if args.json {
        print!("{report}");
        return Ok(());
    }
    println!("The {} build, measured on {machine}.", if args.dev { "dev" } else { "release" });
    for table in &tables {
        print!("\n{table}");
    }
    println!();
    match missed.as_slice() {
        [] => println!("Every bound is kept. The figures as JSON: {}", out.display()),
        missed => println!("Beyond their bounds: {}. The figures as JSON: {}", missed.join(", "), out.display()),
    }
    Ok(())
}

/// What figures mean depends on it, and on what else it was doing.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let described = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = described.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, model)| model.trim().to_owned());
    let load = fs::read_to_string("/proc/loadavg").ok();
    let load = load.as_deref().and_then(|load| load.split_whitespace().next());
    let busy = load.map_or_else(String::new, |load| format!(", at a load of {load} before"));
    format!("{cores} cores of {model}{busy}")
}
