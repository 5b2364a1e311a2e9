//! Where things lie in this checkout.

use std::path::{Path, PathBuf};

/// The root of the workspace that this program was built from.
pub(crate) fn root() -> &'static Path {
    // This crate lies two levels below it.
    infra_local().ancestors().nth(2).unwrap_or(infra_local())
}

/// `infra/local`, where the launcher and the requirements lie.
pub(crate) fn infra_local() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Cargo's target directory: `CARGO_TARGET_DIR` if it is set, `target` otherwise.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(directory) => root().join(directory),
        None => root().join("target"),
    }
}

/// `target/local`: the virtual environment, the emulator's state and the logs.
pub(crate) fn local() -> PathBuf {
    target().join("local")
}
