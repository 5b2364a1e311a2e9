//! The virtual environment under `target/local`: made from the machine's Python, filled from pinned, hashed lists.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use sha2::{Digest, Sha256};

use crate::checkout;
use crate::processes::Group;
use crate::progress::Progress;

/// The oldest Python that the requirements are resolved for.
const OLDEST: (u32, u32) = (3, 10);

/// A virtual environment that is ready to run.
#[derive(Debug, Clone)]
pub(crate) struct Venv {
    root: PathBuf,
}

impl Venv {
    /// The environment with the emulator in it; made and filled if need be.
    pub(crate) fn with_emulator(progress: &Progress) -> anyhow::Result<Self> {
        let venv = Self::ensure(progress)?;
        let _lock = venv.lock()?;
        let requirements = checkout::infra_local().join("requirements.txt");
        install(&venv, &requirements, &[], "Installing the emulator", progress)?;
        Ok(venv)
    }

    /// The environment as it is, made if need be.
    pub(crate) fn ensure(progress: &Progress) -> anyhow::Result<Self> {
        let venv = Self { root: checkout::local().join("venv") };
        let _lock = venv.lock()?;
        if !venv.works() {
            make(&venv, progress)?;
        }
        Ok(venv)
    }

    /// Its interpreter.
    pub(crate) fn python(&self) -> PathBuf {
        self.root.join("bin/python")
    }

    /// The environment's interpreter on a script, with a clean environment and no bytecode left in the tree.
    pub(crate) fn command(&self, script: &Path) -> Command {
        let mut command = Command::new(self.python());
        command.env_clear().envs(essential_environment()).env("PYTHONDONTWRITEBYTECODE", "1").arg(script);
        command
    }

    fn works(&self) -> bool {
        Command::new(self.python())
            .args(["-c", "import pip"])
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    /// Keeps a second start from filling the same environment at the same time.
    fn lock(&self) -> anyhow::Result<File> {
        let path = self.root.with_extension("lock");
        fs::create_dir_all(checkout::local())?;
        let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        file.lock()?;
        Ok(file)
    }
}

/// Installs what a requirements file lists (pinned, with hashes), unless exactly that is installed already.
pub(crate) fn ensure(venv: &Venv, requirements: &Path, progress: &Progress) -> anyhow::Result<()> {
    let _lock = venv.lock()?;
    install(venv, requirements, &[], "Installing text recognition", progress)
}

/// Installs what documents are measured beside, if need be.
pub(crate) fn peers(venv: &Venv, progress: &Progress) -> anyhow::Result<()> {
    let _lock = venv.lock()?;
    let requirements = checkout::infra_local().join("requirements-peers.txt");
    install(venv, &requirements, &[], "Installing RenderCV and WeasyPrint", progress)
}

/// Installs the fonts that are too large for a function, if need be; answers the folder that they lie in.
pub(crate) fn fonts(venv: &Venv, progress: &Progress) -> anyhow::Result<PathBuf> {
    let _lock = venv.lock()?;
    let requirements = checkout::infra_local().join("requirements-fonts.txt");
    install(venv, &requirements, &[], "Installing fonts", progress)?;
    // The packages put them there as data.
    Ok(venv.root.clone())
}

/// Where Schemathesis lies, which is installed if need be.
pub(crate) fn schemathesis(venv: &Venv, progress: &Progress) -> anyhow::Result<PathBuf> {
    let _lock = venv.lock()?;
    let requirements = checkout::infra_local().join("requirements-contract.txt");
    install(venv, &requirements, &[], "Installing Schemathesis", progress)?;
    Ok(venv.root.join("bin/schemathesis"))
}

/// Where `cargo-lambda` lies, which is installed if need be.
pub(crate) fn cargo_lambda(venv: &Venv, progress: &Progress) -> anyhow::Result<PathBuf> {
    let _lock = venv.lock()?;
    let requirements = checkout::infra_local().join("requirements-watch.txt");
    // Alone: what it depends on is a compiler that nothing here needs.
    install(venv, &requirements, &["--no-deps"], "Installing cargo lambda", progress)?;
    Ok(venv.root.join("bin/cargo-lambda"))
}

fn make(venv: &Venv, progress: &Progress) -> anyhow::Result<()> {
    let python = interpreter()?;
    let step = progress.step("Making a Python environment");
    if venv.root.exists() {
        fs::remove_dir_all(&venv.root).with_context(|| format!("cannot remove {}", venv.root.display()))?;
    }
    let mut command = Command::new(&python);
    command.args(["-m", "venv"]).arg(&venv.root).env("PYTHONDONTWRITEBYTECODE", "1");
    let mut group = Group::spawn(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let (_, said) = listen(&mut group, |_| ())?;
    if !venv.works() {
        bail!(
            "{} cannot make virtual environments. On Debian and Ubuntu `apt install python3-venv` mends that. Its words: {}",
            python.display(),
            said.trim().lines().last().unwrap_or("none")
        );
    }
    step.done(format!("from {}", python.display()));
    Ok(())
}

/// The first Python on the PATH that is new enough.
fn interpreter() -> anyhow::Result<PathBuf> {
    let mut too_old = None;
    for name in ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10", "python"] {
        let output = Command::new(name)
            .args(["-c", "import sys; print(*sys.version_info[:2]); print(sys.executable)"])
            .stderr(Stdio::null())
            .output();
        let Ok(output) = output else { continue };
        let text = String::from_utf8_lossy(&output.stdout);
        let mut lines = text.lines();
        let version = lines.next().and_then(|line| {
            let (major, minor) = line.split_once(' ')?;
            Some((major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?))
        });
        match (version, lines.next()) {
            (Some(version), Some(executable)) if version >= OLDEST => return Ok(PathBuf::from(executable)),
            (Some(version), _) => too_old = too_old.or(Some((name, version))),
            (None, _) => {}
        }
    }
    match too_old {
        Some((name, (major, minor))) => bail!(
            "the emulator needs Python 3.10 or newer, and `{name}` on this machine is {major}.{minor}. Install a newer one \
             from https://www.python.org/downloads/ or by the system's package manager, and run this again"
        ),
        None => bail!(
            "the emulator needs Python 3.10 or newer, and there is no python3 on the PATH. Install it from \
             https://www.python.org/downloads/ or by the system's package manager, and run this again"
        ),
    }
}

fn install(
    venv: &Venv,
    requirements: &Path,
    options: &[&str],
    title: &'static str,
    progress: &Progress,
) -> anyhow::Result<()> {
    let wanted = fs::read_to_string(requirements).with_context(|| format!("cannot read {}", requirements.display()))?;
    let digest = hex::encode(Sha256::digest(wanted.as_bytes()));
    let name = requirements.file_stem().unwrap_or_default().to_string_lossy();
    let stamp = venv.root.join(format!("{name}.installed"));
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == digest) {
        return Ok(());
    }

    let step = progress.step(title);
    let total = wanted.lines().filter(|line| line.contains("==") && !line.starts_with('#')).count() as u64;
    let log = venv.root.join(format!("{name}.log"));
    let mut command = Command::new(venv.python());
    command
        .args(["-m", "pip", "install", "--require-hashes", "--no-input", "--disable-pip-version-check"])
        .args(["--progress-bar", "off"])
        .args(options)
        .arg("--requirement")
        .arg(requirements);
    let mut group = Group::spawn(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let mut collected = 0;
    let (succeeded, said) = listen(&mut group, |line| {
        if let Some(package) = line.strip_prefix("Collecting ") {
            let package = package.split([' ', '=']).next().unwrap_or(package);
            step.at(collected, total, package.to_owned());
            collected += 1;
        } else if line.starts_with("Installing collected") {
            step.at(total, total, "unpacking");
        }
    })?;
    File::create(&log)?.write_all(said.as_bytes())?;
    if !succeeded {
        bail!("{}", explain(&said, &log));
    }
    fs::write(&stamp, digest)?;
    step.done(format!("{total} pinned {}", if total == 1 { "package" } else { "packages" }));
    Ok(())
}

/// What went wrong with pip, and a way out.
fn explain(said: &str, log: &Path) -> String {
    const NETWORK: [&str; 9] = [
        "NewConnectionError",
        "Failed to establish a new connection",
        "Temporary failure in name resolution",
        "NameResolutionError",
        "ConnectTimeoutError",
        "ReadTimeoutError",
        "ProxyError",
        "Network is unreachable",
        // With retries turned off, pip tells an unreachable index from an empty one by nothing else.
        "(from versions: none)",
    ];
    let log = log.display();
    if NETWORK.iter().any(|sign| said.contains(sign)) {
        return format!(
            "the Python packages could not be downloaded, because the package index cannot be reached. Connect this machine \
             to the network (or set HTTPS_PROXY, or pip's index-url, to what it must go through) and run this again; once \
             installed, no network is needed. pip's own words: {log}"
        );
    }
    if said.contains("DO NOT MATCH THE HASHES") {
        return format!(
            "a Python package that was downloaded is not the one that this project pins, so nothing was installed. If a \
             mirror is configured for pip, it may be altering packages. pip's own words: {log}"
        );
    }
    let last = said.lines().rev().find(|line| line.contains("ERROR")).unwrap_or("pip gave no reason");
    format!("the Python packages could not be installed: {} (pip's own words: {log})", last.trim())
}

/// Passes each line of a child's output on while it comes; answers whether the child succeeded, and all that it said.
fn listen(group: &mut Group, mut line_came: impl FnMut(&str)) -> anyhow::Result<(bool, String)> {
    let stderr = group.child().stderr.take();
    let errors = std::thread::spawn(move || {
        let mut said = String::new();
        if let Some(mut stderr) = stderr {
            let _ = stderr.read_to_string(&mut said);
        }
        said
    });
    let mut said = String::new();
    if let Some(stdout) = group.child().stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            line_came(&line);
            said.push_str(&line);
            said.push('\n');
        }
    }
    let status = group.child().wait()?;
    said.push_str(&errors.join().unwrap_or_default());
    Ok((status.success(), said))
}

/// What every program may know of this machine, and nothing else: functions inherit the emulator's environment, and what
/// is set here by chance must not reach them.
fn essential_environment() -> Vec<(OsString, OsString)> {
    ["PATH", "HOME", "LANG", "TZ"]
        .into_iter()
        .filter_map(|name| Some((OsString::from(name), std::env::var_os(name)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_requirement_is_pinned_and_hashed() {
        for name in [
            "requirements.txt",
            "requirements-contract.txt",
            "requirements-fonts.txt",
            "requirements-recognition.txt",
            "requirements-watch.txt",
        ] {
            let text = fs::read_to_string(checkout::infra_local().join(name)).unwrap();
            let joined = text.replace("\\\n", " ");
            let requirements: Vec<_> =
                joined.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
            assert!(!requirements.is_empty(), "{name} lists nothing");
            for requirement in requirements {
                assert!(requirement.contains("==") && requirement.contains("--hash=sha256:"), "{name}: {requirement}");
                assert!(!requirement.contains("://"), "{name} names a host: {requirement}");
            }
        }
    }

    #[test]
    fn an_unreachable_index_is_told_from_an_altered_package() {
        let log = Path::new("log");
        assert!(explain("WARNING: Retrying after NewConnectionError(...)", log).contains("cannot be reached"));
        assert!(explain("THESE PACKAGES DO NOT MATCH THE HASHES FROM …", log).contains("pins"));
        assert!(explain("ERROR: no space left on device", log).contains("no space left"));
    }
}
