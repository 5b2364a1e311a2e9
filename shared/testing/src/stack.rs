use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use serde::Deserialize;
use vitae_runtime::Aws;

/// A running stack, as its `stack.json` describes it. No address ends in a slash.
#[derive(Debug, Clone, Deserialize)]
pub struct Stack {
    /// The app's front door.
    pub api_url: String,
    /// The sites' front door.
    pub sites_url: String,
    /// The documentation.
    pub docs_url: String,
    /// The emulator.
    pub aws_endpoint_url: String,
    /// The CloudFormation stack's name, which begins the names of its resources.
    pub stack_name: String,
    /// What the stack puts out: the names of its tables and buckets, the addresses of its queues.
    #[serde(default)]
    pub outputs: BTreeMap<String, String>,
    /// Where a test may play another provider by which people sign in, by the provider's name.
    #[serde(default)]
    pub providers: BTreeMap<String, String>,
}

impl Stack {
    /// The stack that the variable `VITAE_STACK` leads to, which `cargo local test` sets for the tests that it runs.
    ///
    /// `None`, with a line on standard error, where it is not set: then the test is to be skipped, so that `cargo test`
    /// of one crate works without a stack. Nothing is skipped in CI.
    ///
    /// # Panics
    /// Where `CI` is `true` and there is no stack, and where the file cannot be read: a test that cannot do its work
    /// must not pass.
    pub fn from_environment() -> Option<Self> {
        let Some(path) = std::env::var_os("VITAE_STACK") else {
            let ci = std::env::var_os("CI").is_some_and(|value| value == "true");
            assert!(!ci, "there is no stack to test against: run these tests through `cargo local test`");
            eprintln!("skipped: there is no stack to test against; run these tests through `cargo local test`");
            return None;
        };
        match Self::read(Path::new(&path)) {
            Ok(stack) => Some(stack),
            Err(error) => panic!("VITAE_STACK leads to no stack: {error:#}"),
        }
    }

    /// Reads a `stack.json`.
    ///
    /// # Errors
    /// Where there is none, or it is not one.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let json = std::fs::read(path).with_context(|| path.display().to_string())?;
        serde_json::from_slice(&json).with_context(|| path.display().to_string())
    }

    /// The full address of a route such as `/cv/upload`.
    pub fn route(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.api_url)
    }

    /// The emulator as its root sees it: for what a browser cannot see.
    pub fn aws(&self) -> Aws {
        Aws::at_local_endpoint(&self.aws_endpoint_url)
    }
}
