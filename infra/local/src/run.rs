//! The stack itself, and `cargo local` without a subcommand.

use std::collections::BTreeMap;
use std::fs;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::build::{Bootstraps, FUNCTIONS, Profile};
use crate::deploy::{self, Deployed, Deployment, Outputs, Variables};
use crate::emulator::{Emulator, StateDirectory};
use crate::front_doors::{Destinations, FrontDoors, Listeners};
use crate::logs::Logs;
use crate::progress::Progress;
use crate::providers::SignInProviders;
use crate::python::Venv;
use crate::recogniser::{Engine, Recogniser};
use crate::stack_json::{self, StackDescription, StackFile};
use crate::{build, checkout, fonts, processes};

/// The CloudFormation stack's name.
const STACK_NAME: &str = "vitae";
/// How long `/healthz` may take to answer once all is deployed: its function starts in that time.
const HEALTH_PATIENCE: Duration = Duration::from_secs(60);

/// The arguments of `cargo local`.
#[derive(Debug, clap::Args)]
pub(crate) struct RunArgs {
    /// The app's port; the sites take the next one.
    #[arg(long, default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) port: u16,
    /// Forgets what earlier runs stored and starts empty.
    #[arg(long)]
    pub(crate) fresh: bool,
    /// What reads scans and photographs.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) recogniser: Engine,
}

/// How a stack is started.
#[derive(Debug, Clone, Default)]
pub(crate) struct StackOptions {
    /// The app's port (the sites take the next); `None` takes free ones.
    pub(crate) port: Option<u16>,
    /// Starts empty.
    pub(crate) fresh: bool,
    /// The name of the directory under `target/local` that holds this stack's state and logs. The stack named `run` is
    /// the one of `cargo local`.
    pub(crate) name: &'static str,
    /// What reads scans and photographs.
    pub(crate) recogniser: Engine,
    /// What runs as the functions.
    pub(crate) code: Code,
}

/// What runs as the functions.
#[derive(Debug, Clone, Default)]
pub(crate) enum Code {
    /// All are built for this start.
    #[default]
    Fresh,
    /// They are built already.
    Built(Bootstraps),
    /// All are built for this start, and in the place of the named one runs the program at this path. Nothing is asked
    /// of the functions before [`Stack::wait_until_healthy`].
    With(String, PathBuf),
}

impl Code {
    fn bootstraps(&self, progress: &Progress) -> anyhow::Result<Bootstraps> {
        match self {
            Self::Fresh => build::functions(&FUNCTIONS, Profile::Dev, progress),
            Self::Built(bootstraps) => Ok(bootstraps.clone()),
            Self::With(name, program) => {
                let mut bootstraps = build::functions(&FUNCTIONS, Profile::Dev, progress)?;
                bootstraps.insert(name.clone(), program.clone());
                Ok(bootstraps)
            }
        }
    }
}

/// A running stack; dropping it stops everything that it started.
///
/// The fields are in the order in which they end: who looks for the stack no longer finds it, the doors close, the
/// emulator saves its state and takes the functions with it, the recogniser goes, and the state is free for another.
#[derive(Debug)]
pub(crate) struct Stack {
    file: StackFile,
    description: StackDescription,
    _doors: FrontDoors,
    emulator: Emulator,
    _recogniser: Recogniser,
    logs: Logs,
    state: StateDirectory,
    environments: BTreeMap<String, Variables>,
}

impl Stack {
    /// Builds the functions, starts the emulator, deploys the template and opens the front doors.
    pub(crate) fn start(options: &StackOptions, progress: &Progress) -> anyhow::Result<Self> {
        let directory = checkout::local().join(options.name);
        let Some(state) = StateDirectory::take(directory, options.fresh)? else {
            match stack_json::running() {
                Some(running) if options.name == "run" => bail!(
                    "`cargo local` runs already in this checkout, at {} (process {}). Use that one, or end it with Ctrl-C in \
                     its terminal",
                    running.api_url,
                    running.pid
                ),
                _ => {
                    bail!("another `cargo local` of this checkout is just starting or stopping. Try again in a moment")
                }
            }
        };
        let listeners = Listeners::bind(options.port)?;
        let (app_url, sites_url) = (listeners.app_url()?, listeners.sites_url()?);
        let logs = Logs::create(&state.path().join("functions.log"))?;

        let venv = Venv::with_emulator(progress)?;
        let bootstraps = options.code.bootstraps(progress)?;
        let recogniser = Recogniser::start(&venv, options.recogniser, progress)?;
        let emulator = Emulator::start(&venv, state.path(), &recogniser.url(), &logs, progress)?;
        let origin_secret = origin_secret(&state)?;
        let providers = match options.name {
            "test" => SignInProviders::played_by_tests()?,
            _ => SignInProviders::from_environment(),
        };
        let deployment = Deployment {
            stack_name: STACK_NAME,
            endpoint_url: &emulator.url(),
            app_url: &app_url,
            sites_url: &sites_url,
            origin_secret: &origin_secret,
            assets: &fonts::for_stack(&venv, progress),
            sign_in_providers: &providers.configuration,
        };
        let Deployed { outputs, environments } = deploy::deploy(&deployment, &bootstraps, &venv, progress)?;
        let destinations = Destinations {
            endpoint_url: emulator.url(),
            api_id: output(&outputs, "ApiId")?,
            sites_bucket: output(&outputs, "SitesBucket")?,
            origin_secret,
        };
        let doors = FrontDoors::open(listeners, destinations)?;
        let description = StackDescription {
            docs_url: format!("{app_url}/docs"),
            api_url: app_url,
            sites_url,
            aws_endpoint_url: emulator.url(),
            stack_name: STACK_NAME.to_owned(),
            pid: std::process::id(),
            outputs,
            providers: providers.played,
        };
        let path = if options.name == "run" { stack_json::path() } else { state.path().join("stack.json") };
        let file = StackFile::write(path, &description)?;
        let stack =
            Self { file, description, _doors: doors, emulator, _recogniser: recogniser, logs, state, environments };
        stack.write_environment()?;
        if !matches!(options.code, Code::With(..)) {
            stack.wait_until_healthy(progress)?;
        }
        Ok(stack)
    }

    /// Where it answers.
    pub(crate) fn description(&self) -> &StackDescription {
        &self.description
    }

    /// Where it says so.
    pub(crate) fn file(&self) -> PathBuf {
        self.file.path().to_owned()
    }

    /// What the deployed function of this name finds in its environment, but for the Runtime API's address; its
    /// credentials are the emulator's root's instead of its role's.
    pub(crate) fn environment(&self, function: &str) -> anyhow::Result<Variables> {
        let own =
            self.environments.get(function).with_context(|| format!("template.yaml has no function {function}"))?;
        let mut variables = self.emulator.environment_of_functions();
        variables.extend(own.clone());
        variables.insert("AWS_LAMBDA_FUNCTION_NAME".to_owned(), format!("{STACK_NAME}-{function}"));
        variables.insert("AWS_LAMBDA_FUNCTION_VERSION".to_owned(), "$LATEST".to_owned());
        variables.insert("AWS_LAMBDA_FUNCTION_MEMORY_SIZE".to_owned(), "2048".to_owned());
        Ok(variables)
    }

    /// A file with the variables of all functions, for `cargo lambda watch`. They are the same for each that has them.
    pub(crate) fn environment_file(&self) -> PathBuf {
        self.state.path().join("functions.env")
    }

    fn write_environment(&self) -> anyhow::Result<()> {
        let mut variables = self.emulator.environment_of_functions();
        variables.extend(self.environments.values().flatten().map(|(name, value)| (name.clone(), value.clone())));
        // With it, a function would take no request that does not come through the front door.
        variables.remove("ORIGIN_SECRET");
        // A variable without a value is refused there, and is as good as none here.
        let lines = variables.iter().filter(|(_, value)| !value.is_empty());
        let lines: String = lines.map(|(name, value)| format!("{name}={value}\n")).collect();
        let path = self.environment_file();
        fs::write(&path, lines).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Waits until the way through front door, API and function is open.
    pub(crate) fn wait_until_healthy(&self, progress: &Progress) -> anyhow::Result<()> {
        wait_until_healthy(&self.description.api_url, &self.state, progress)
    }

    /// The stack as the flow tests see theirs.
    pub(crate) fn seen_from_outside(&self) -> vitae_testing::Stack {
        self.description.clone().into()
    }

    /// Shows from now on what the functions log.
    pub(crate) fn show_logs(&self) {
        self.logs.show();
    }

    /// Where its data and its logs lie.
    pub(crate) fn directory(&self) -> PathBuf {
        self.state.path().to_owned()
    }
}

/// Runs `cargo local`.
pub(crate) fn run(args: RunArgs) -> anyhow::Result<()> {
    let progress = Progress::new();
    let options = StackOptions {
        port: Some(args.port),
        fresh: args.fresh,
        name: "run",
        recogniser: args.recogniser,
        code: Code::Fresh,
    };
    let stack = Stack::start(&options, &progress)?;
    // From here on Ctrl-C ends the stack in good order.
    let (sender, interrupted) = mpsc::channel();
    processes::tell_interrupts(sender);
    greet(&stack);
    stack.show_logs();
    interrupted.recv().context("nobody is left to say when to stop")?;
    let step = progress.step("Stopping; the data stays for the next start");
    drop(stack);
    step.done("");
    Ok(())
}

fn greet(stack: &Stack) {
    let coloured = std::io::stdout().is_terminal();
    let bold = |text: &str| if coloured { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() };
    let StackDescription { api_url, sites_url, docs_url, aws_endpoint_url, .. } = stack.description();
    println!();
    println!("  App        {}", bold(api_url));
    println!("  Sites      {}", bold(sites_url));
    println!("  API docs   {}", bold(docs_url));
    println!("  Mail sent  {aws_endpoint_url}/_ministack/ses/messages");
    println!();
    println!("  Try, in another terminal:");
    println!("    cargo local try");
    println!("    cargo local try path/to/your-cv.pdf");
    println!("    curl {api_url}/healthz");
    println!();
    println!("  Ctrl-C stops it. Its data stays in {}; --fresh starts empty.", stack.directory().display());
    println!();
}

fn wait_until_healthy(app_url: &str, state: &StateDirectory, progress: &Progress) -> anyhow::Result<()> {
    let step = progress.step("Waiting for /healthz");
    let client = reqwest::blocking::Client::builder().no_proxy().timeout(Duration::from_secs(35)).build()?;
    let url = format!("{app_url}/healthz");
    let begun = Instant::now();
    loop {
        let answer = match client.get(&url).send() {
            Ok(answer) if answer.status().is_success() => break,
            Ok(answer) => format!("{} {}", answer.status(), answer.text().unwrap_or_default()),
            Err(error) => error.to_string(),
        };
        if begun.elapsed() > HEALTH_PATIENCE {
            bail!(
                "/healthz did not answer well within {} s, the last time with: {answer}. What the functions logged: {}",
                HEALTH_PATIENCE.as_secs(),
                state.path().join("functions.log").display()
            );
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    step.done("");
    Ok(())
}

fn output(outputs: &Outputs, name: &str) -> anyhow::Result<String> {
    outputs.get(name).cloned().with_context(|| format!("template.yaml has no output {name}"))
}

/// What the front door proves itself with: made up once for a stack, kept with its data.
fn origin_secret(state: &StateDirectory) -> anyhow::Result<String> {
    let file = state.path().join("origin.secret");
    if let Ok(secret) = fs::read_to_string(&file) {
        return Ok(secret);
    }
    let secret = uuid::Uuid::new_v4().simple().to_string();
    fs::write(&file, &secret)?;
    Ok(secret)
}
