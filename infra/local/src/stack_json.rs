//! `stack.json`: how the tests, `cargo local try` and other tools find a running stack.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use nix::sys::signal::kill;
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};

use crate::checkout;
use crate::deploy::Outputs;

/// What a running stack says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StackDescription {
    /// The app's front door, such as `http://127.0.0.1:8080`; no trailing slash here nor below.
    pub(crate) api_url: String,
    /// The sites' front door.
    pub(crate) sites_url: String,
    /// The API's documentation.
    pub(crate) docs_url: String,
    /// The emulator, for AWS clients.
    pub(crate) aws_endpoint_url: String,
    /// The CloudFormation stack.
    pub(crate) stack_name: String,
    /// The process that keeps the stack; a stack whose process is gone does not run.
    pub(crate) pid: u32,
    /// The CloudFormation stack's outputs: names of tables and buckets, addresses of queues.
    #[serde(default)]
    pub(crate) outputs: Outputs,
    /// Where tests play other providers, by the providers' names.
    #[serde(default)]
    pub(crate) providers: BTreeMap<String, String>,
}

impl From<StackDescription> for vitae_testing::Stack {
    fn from(stack: StackDescription) -> Self {
        let StackDescription { api_url, sites_url, docs_url, aws_endpoint_url, stack_name, pid: _, outputs, providers } =
            stack;
        Self { api_url, sites_url, docs_url, aws_endpoint_url, stack_name, outputs, providers }
    }
}

/// Where `cargo local` describes its stack.
pub(crate) fn path() -> PathBuf {
    checkout::local().join("stack.json")
}

/// The stack that `cargo local` runs in this checkout, if it does; a file left behind by a killed run counts as none.
pub(crate) fn running() -> Option<StackDescription> {
    read(&path())
}

fn read(path: &Path) -> Option<StackDescription> {
    let description: StackDescription = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    let pid = Pid::from_raw(i32::try_from(description.pid).ok()?);
    kill(pid, None).is_ok().then_some(description)
}

/// The file as long as the value lives.
#[derive(Debug)]
pub(crate) struct StackFile {
    path: PathBuf,
}

impl StackFile {
    /// Writes the file, all of it or nothing.
    pub(crate) fn write(path: PathBuf, description: &StackDescription) -> anyhow::Result<Self> {
        let unfinished = path.with_extension("unfinished");
        fs::write(&unfinished, serde_json::to_vec_pretty(description)?)
            .and_then(|()| fs::rename(&unfinished, &path))
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self { path })
    }

    /// Where it lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for StackFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn description(pid: u32) -> StackDescription {
        StackDescription {
            api_url: "http://127.0.0.1:8080".to_owned(),
            sites_url: "http://127.0.0.1:8081".to_owned(),
            docs_url: "http://127.0.0.1:8080/docs".to_owned(),
            aws_endpoint_url: "http://127.0.0.1:4700".to_owned(),
            stack_name: "vitae".to_owned(),
            pid,
            outputs: Outputs::new(),
            providers: BTreeMap::new(),
        }
    }

    #[test]
    fn a_file_is_there_only_as_long_as_the_stack() {
        let path = std::env::temp_dir().join(format!("vitae-stack-{}.json", uuid::Uuid::new_v4()));
        let file = StackFile::write(path.clone(), &description(std::process::id())).unwrap();
        assert_eq!(read(&path), Some(description(std::process::id())));
        drop(file);
        assert_eq!(read(&path), None);
        assert!(!path.exists());
    }

    #[test]
    fn a_file_left_behind_by_a_killed_run_counts_as_none() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let gone = child.id();
        child.wait().unwrap();
        let path = std::env::temp_dir().join(format!("vitae-stack-{}.json", uuid::Uuid::new_v4()));
        let _file = StackFile::write(path.clone(), &description(gone)).unwrap();
        assert_eq!(read(&path), None);
    }
}
