//! The AWS emulator: `launcher.py` in a clean environment, on a leash.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::checkout;
use crate::logs::Logs;
use crate::processes::Group;
use crate::progress::Progress;
use crate::python::Venv;

/// The emulator's credentials; they are the root's of an account that exists on this machine only.
pub(crate) const ACCESS_KEY: &str = "test";
/// See [`ACCESS_KEY`].
pub(crate) const SECRET_KEY: &str = "test";
/// The region that everything is deployed to.
pub(crate) const REGION: &str = "us-east-1";

/// How long the emulator may take to start and to save its state.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running emulator; dropping it lets it save its state and ends it and the functions that it runs.
#[derive(Debug)]
pub(crate) struct Emulator {
    port: u16,
    group: Group,
    for_functions: BTreeMap<String, String>,
}

impl Emulator {
    /// Starts the emulator over the state in `directory`.
    pub(crate) fn start(
        venv: &Venv,
        directory: &Path,
        textract_url: &str,
        logs: &Logs,
        progress: &Progress,
    ) -> anyhow::Result<Self> {
        let step = progress.step("Starting the AWS emulator");
        let port = port(directory)?;
        let path = |name: &str| directory.join(name);
        // What functions unpacked in an earlier run is of no use to this one.
        if path("tmp").exists() {
            fs::remove_dir_all(path("tmp"))?;
        }
        fs::create_dir_all(path("tmp"))?;
        let log = path("emulator.log");

        let for_functions = for_functions(port, textract_url);
        let mut command = venv.command(&checkout::infra_local().join("launcher.py"));
        command
            .env("VITAE_STATE_LOCK", path("emulator.lock"))
            .env("AUTH", "true")
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            .env("MINISTACK_HOST", "localhost")
            .env("MINISTACK_REGION", REGION)
            .env("PERSIST_STATE", "1")
            .env("S3_PERSIST", "1")
            .env("STATE_DIR", path("state"))
            .env("S3_DATA_DIR", path("s3"))
            .env("TMPDIR", path("tmp"))
            .env("LOG_LEVEL", "INFO")
            // Listeners of services that are not used here, on ports that a second emulator would want too.
            .env("IOT_MTLS_ENABLED", "0")
            .env("SFTP_ENABLED", "0")
            // Functions inherit these.
            .envs(&for_functions)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut group = Group::spawn(&mut command)?;
        if let Some(stdout) = group.child().stdout.take() {
            let logs = logs.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                    logs.function_line(&line);
                }
            });
        }
        if let Some(stderr) = group.child().stderr.take() {
            let (logs, mut file) = (logs.clone(), File::create(&log)?);
            std::thread::spawn(move || {
                for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                    let _ = writeln!(file, "{line}");
                    logs.emulator_line(&line);
                }
            });
        }

        let mut emulator = Self { port, group, for_functions };
        emulator.wait_until_ready(&log)?;
        step.done(format!("on port {port}"));
        Ok(emulator)
    }

    /// Where it answers, with no trailing slash.
    pub(crate) fn url(&self) -> String {
        endpoint(self.port)
    }

    /// What every function finds in its environment beside what the template gives it.
    pub(crate) fn environment_of_functions(&self) -> BTreeMap<String, String> {
        self.for_functions.clone()
    }

    fn wait_until_ready(&mut self, log: &Path) -> anyhow::Result<()> {
        let client = reqwest::blocking::Client::builder().no_proxy().timeout(Duration::from_secs(2)).build()?;
        let url = format!("{}/_ministack/ready", self.url());
        let begun = Instant::now();
        loop {
            if client.get(&url).send().is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            if let Some(status) = self.group.child().try_wait()? {
                let said = fs::read_to_string(log).unwrap_or_default();
                let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("nothing").to_owned();
                bail!(
                    "the emulator ended as it started ({status}); its last words: {last} (all of them: {})",
                    log.display()
                );
            }
            if begun.elapsed() > PATIENCE {
                bail!("the emulator did not answer within {} s; its log: {}", PATIENCE.as_secs(), log.display());
            }
            std::thread::sleep(Duration::from_millis(25));
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // Letting go of its standard input asks it to stop. It saves its state first; only then does the group end.
        drop(self.group.child().stdin.take());
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE && matches!(self.group.child().try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn for_functions(port: u16, textract_url: &str) -> BTreeMap<String, String> {
    [
        ("AWS_ENDPOINT_URL", &*endpoint(port)),
        ("AWS_ENDPOINT_URL_TEXTRACT", textract_url),
        ("AWS_ACCESS_KEY_ID", ACCESS_KEY),
        ("AWS_SECRET_ACCESS_KEY", SECRET_KEY),
        ("AWS_REGION", REGION),
        ("AWS_DEFAULT_REGION", REGION),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ]
    .into_iter()
    .chain(certificates().map(|file| ("SSL_CERT_FILE", file)))
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect()
}

/// The file that this machine keeps its certificate authorities in. Lambda's image has them in one file; where a Debian
/// has each in a file of its own besides, a function that is not told would read those, too, whenever it starts.
fn certificates() -> Option<&'static str> {
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"]
        .into_iter()
        .find(|file| Path::new(file).is_file())
}

fn endpoint(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// The emulator's port. What it stores holds addresses with the port in them, so state and port stay together.
fn port(directory: &Path) -> anyhow::Result<u16> {
    let file = directory.join("emulator.port");
    if let Some(port) = fs::read_to_string(&file).ok().and_then(|text| text.trim().parse().ok()) {
        // A predecessor that was killed may still be saving its state.
        let begun = Instant::now();
        while !free(port) {
            if begun.elapsed() > Duration::from_secs(25) {
                bail!(
                    "port {port}, which the stored data is bound to, is taken by another program. Stop that program, or \
                     start empty on another port with `cargo local --fresh`"
                );
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        return Ok(port);
    }
    // Below the range that the system takes for outgoing connections, so that it is free again next time; and the tests
    // take theirs from a range of their own, because they may run while `cargo local` does not and leave its port alone.
    let mut range = if directory.ends_with("run") { 4700..4800 } else { 4800..4900 };
    let (first, last) = (range.start, range.end - 1);
    let port = range
        .find(|port| free(*port))
        .with_context(|| format!("no port from {first} to {last} is free for the emulator"))?;
    fs::create_dir_all(directory)?;
    fs::write(&file, port.to_string())?;
    Ok(port)
}

fn free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// Where a stack keeps what it stores; locked as long as the value lives, so that two stacks never share it.
#[derive(Debug)]
pub(crate) struct StateDirectory {
    path: PathBuf,
    _lock: File,
}

impl StateDirectory {
    /// Takes the directory, emptied if `fresh`; `None` while another process has it.
    pub(crate) fn take(path: PathBuf, fresh: bool) -> anyhow::Result<Option<Self>> {
        fs::create_dir_all(&path).with_context(|| format!("cannot write under {}", path.display()))?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(path.join("stack.lock"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Ok(None),
            Err(fs::TryLockError::Error(error)) => return Err(error.into()),
        }
        if fresh {
            for entry in fs::read_dir(&path)? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    fs::remove_dir_all(entry.path())?;
                } else if !entry.file_name().to_string_lossy().ends_with(".lock") {
                    fs::remove_file(entry.path())?;
                }
            }
        }
        Ok(Some(Self { path, _lock: lock }))
    }

    /// The directory.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mend_of_the_emulator_is_still_needed_and_still_helps() {
        let venv = Venv::with_emulator(&Progress::new()).unwrap();
        let output = venv.command(&checkout::infra_local().join("launcher.py")).arg("--check").output().unwrap();
        let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{said}\n{errors}");
        assert!(said.lines().count() >= 8, "{said}");
        assert!(said.lines().all(|line| line.ends_with(": applies")), "{said}");
    }

    #[test]
    fn a_state_directory_is_taken_once() {
        let path = std::env::temp_dir().join(format!("vitae-state-{}", uuid::Uuid::new_v4()));
        let first = StateDirectory::take(path.clone(), false).unwrap();
        assert!(first.is_some());
        assert!(StateDirectory::take(path.clone(), false).unwrap().is_none());
        drop(first);
        fs::write(path.join("emulator.port"), "4700").unwrap();
        assert!(StateDirectory::take(path.clone(), true).unwrap().is_some());
        assert!(!path.join("emulator.port").exists());
        fs::remove_dir_all(path).unwrap();
    }
}
