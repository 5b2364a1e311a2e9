//! Builds the functions: this machine's target, one cargo command.
//!
//! One command, and no `--package`: cargo unifies features over the packages that a command selects, and by binaries it
//! selects the whole workspace. So the functions, this program, the tests and the lints share what they compile; package
//! by package, the AWS clients would be compiled anew for each.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{ChildStderr, Command, Stdio};

use anyhow::{Context, bail};
use serde::Deserialize;

use crate::checkout;
use crate::processes::Group;
use crate::progress::{Progress, Step};

/// The functions, each a package with a binary of its name.
pub(crate) const FUNCTIONS: [&str; 6] = ["auth", "upload-url", "parse", "generate", "ats", "analytics"];

/// Where the functions' binaries lie, by name.
pub(crate) type Bootstraps = BTreeMap<String, PathBuf>;

/// How the functions are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Profile {
    /// As quickly as can be.
    #[default]
    Dev,
    /// As they are deployed: small, and optimised as a whole. That takes minutes for each.
    Release,
}

/// Builds the functions of these names and answers where their binaries lie. What the compiler has to say is printed as
/// it comes.
pub(crate) fn functions(names: &[&str], profile: Profile, progress: &Progress) -> anyhow::Result<Bootstraps> {
    let step = progress.step(match profile {
        Profile::Dev => "Building the functions",
        Profile::Release => "Building the functions for release",
    });
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .current_dir(checkout::root())
        .args(["build", "--message-format", "json"])
        .args((profile == Profile::Release).then_some("--release"))
        .args(names.iter().flat_map(|name| ["--bin", name]))
        // Cargo draws its bar into the pipe; the numbers in it are what is shown here.
        .envs([("CARGO_TERM_PROGRESS_WHEN", "always"), ("CARGO_TERM_PROGRESS_WIDTH", "100")]);
    forget_own_package(&mut command);
    let mut group = Group::spawn(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let stderr = group.child().stderr.take();
    let stdout = group.child().stdout.take().context("cargo has no output")?;
    let mut found = Bootstraps::new();
    let said = std::thread::scope(|scope| -> anyhow::Result<String> {
        let watch = scope.spawn(|| stderr.map_or_else(String::new, |stderr| watch(stderr, &step)));
        for line in BufReader::new(stdout).lines() {
            match serde_json::from_str(&line?) {
                Ok(Message::Built { target, executable: Some(path) }) => {
                    found.insert(target.name, path);
                }
                Ok(Message::Said { message: Diagnostic { rendered: Some(text) } }) => progress.print(&text),
                _ => {}
            }
        }
        Ok(watch.join().unwrap_or_default())
    })?;
    if !group.child().wait()?.success() {
        if said.contains("could not compile") {
            bail!("the functions do not compile; the compiler's reasons are above");
        }
        if said.contains("failed to download")
            || said.contains("Could not resolve host")
            || said.contains("spurious network")
        {
            bail!(
                "the crates that the functions need could not be downloaded. Connect this machine to the network and run this again; once built, no network is needed"
            );
        }
        bail!("cargo could not build the functions:\n{}", said.trim());
    }
    for name in names {
        if !found.contains_key(*name) {
            bail!("cargo built no binary for the function `{name}`");
        }
    }
    found.retain(|name, _| names.contains(&name.as_str()));
    if profile == Profile::Dev {
        for (name, path) in &mut found {
            if let Some(stripped) = stripped(name, path)? {
                *path = stripped;
            }
        }
    }
    step.done("");
    Ok(found)
}

/// Takes from a command's environment what `cargo run` set there for this program; build scripts that look at it would
/// run again.
pub(crate) fn forget_own_package(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "LD_LIBRARY_PATH" {
            command.env_remove(name);
        }
    }
}

/// The binary without its symbols, a good third smaller: the emulator keeps what is deployed in memory, and copies it.
/// Where the machine has no `strip`, the binary does as it is.
fn stripped(name: &str, binary: &Path) -> anyhow::Result<Option<PathBuf>> {
    let directory = checkout::local().join("bootstraps");
    let stripped = directory.join(name);
    let built = fs::metadata(binary)?.modified()?;
    if fs::metadata(&stripped).and_then(|metadata| metadata.modified()).is_ok_and(|at| at > built) {
        return Ok(Some(stripped));
    }
    fs::create_dir_all(&directory)?;
    let unfinished = directory.join(format!("{name}.{}", std::process::id()));
    let done = Command::new("strip").arg("-o").arg(&unfinished).arg(binary).stderr(Stdio::null()).status();
    if !done.is_ok_and(|status| status.success()) {
        return Ok(None);
    }
    fs::rename(&unfinished, &stripped)?;
    Ok(Some(stripped))
}

/// Shows cargo's bar as this step's, and answers with the other things that it said.
fn watch(stderr: ChildStderr, step: &Step) -> String {
    let mut said = String::new();
    let mut line = Vec::new();
    for byte in BufReader::new(stderr).bytes().map_while(Result::ok) {
        if byte != b'\r' && byte != b'\n' {
            line.push(byte);
            continue;
        }
        let text = String::from_utf8_lossy(&line).into_owned();
        match bar(&text) {
            Some((at, of, what)) => step.at(at, of, what),
            None if !text.trim().is_empty() => {
                said.push_str(&text);
                said.push('\n');
            }
            None => {}
        }
        line.clear();
    }
    said
}

/// Reads `Building [====>    ] 12/345: name, name(build)`.
fn bar(line: &str) -> Option<(u64, u64, String)> {
    let (_, rest) = line.split_once("] ")?;
    let (counts, what) = rest.split_once(':').unwrap_or((rest, ""));
    let (at, of) = counts.trim().split_once('/')?;
    let what = what.split('\u{1b}').next().unwrap_or_default();
    Some((at.parse().ok()?, of.parse().ok()?, what.trim().to_owned()))
}

#[derive(Deserialize)]
#[serde(tag = "reason")]
enum Message {
    #[serde(rename = "compiler-artifact")]
    Built { target: Target, executable: Option<PathBuf> },
    #[serde(rename = "compiler-message")]
    Said { message: Diagnostic },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

#[derive(Deserialize)]
struct Diagnostic {
    rendered: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargos_bar_is_read() {
        let line = "    Building [=======>                 ] 123/456: typst, aws-sdk-s3(build)\u{1b}[K";
        assert_eq!(bar(line), Some((123, 456, "typst, aws-sdk-s3(build)".to_owned())));
        assert_eq!(bar("   Compiling serde v1.0.0"), None);
        assert_eq!(bar("warning: `x` (lib) generated 1 warning [note] here"), None);
    }
}
