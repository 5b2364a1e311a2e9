//! Programs that measure and print what they measured as a line of JSON.

use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use serde_json::Value;

use crate::checkout;

/// Builds and runs an example of the workspace that measures.
pub(super) fn example(name: &str, dev: bool) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(checkout::root()).args(["run", "--quiet"]).args((!dev).then_some("--release"));
    // By the example's name, not by package: then features are unified over the workspace, and nothing is built twice.
    command.args(["--example", name, "--"]);
    // The runner's own package is none of the measured one's business.
    command.env_remove("CARGO_PKG_NAME").env_remove("CARGO_MANIFEST_DIR");
    command
}

/// The last line that a program printed, as JSON.
pub(super) fn printed(command: &mut Command, what: &str) -> anyhow::Result<Value> {
    printed_of(command, "", what)
}

/// The same of a program that reads `given` on its standard input, where nobody who lists processes sees it.
pub(super) fn printed_of(command: &mut Command, given: &str, what: &str) -> anyhow::Result<Value> {
    let unmeasured = || format!("{what} cannot be measured");
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().with_context(unmeasured)?;
    child.stdin.take().context("no standard input")?.write_all(given.as_bytes()).with_context(unmeasured)?;
    let output = child.wait_with_output().with_context(unmeasured)?;
    if !output.status.success() {
        bail!("{what} cannot be measured: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let text = String::from_utf8(output.stdout)?;
    let line = text.lines().next_back().with_context(|| format!("{what} were measured and said nothing"))?;
    serde_json::from_str(line).with_context(|| format!("{what} said {line:?}"))
}
