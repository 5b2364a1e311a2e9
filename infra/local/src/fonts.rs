//! `cargo local fonts`: the fonts of Chinese, Japanese and Korean, which are too large to lie in a function.
//!
//! They come from the Python package index, pinned by their digests, and lie under `target/local/assets` as they shall
//! lie in the assets bucket. A local stack is given them when it starts.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::Context;

use crate::checkout;
use crate::progress::Progress;
use crate::python::{self, Venv};

/// The two faces, as their packages call them.
const FACES: [&str; 2] = ["NotoSansCJKtc-Regular.otf", "NotoSansCJKtc-Bold.otf"];
/// What they may be used for.
const LICENCE: &str = "OFL.txt";

/// What lies in the assets bucket: each object's file by its key.
pub(crate) type Assets = BTreeMap<String, PathBuf>;

/// Brings the fonts and says how they get to AWS.
pub(crate) fn run() -> anyhow::Result<()> {
    let progress = Progress::new();
    let venv = Venv::ensure(&progress)?;
    let assets = bring(&venv, &progress)?;
    let folder = folder();
    for (key, file) in &assets {
        println!("{:>9} {key}", fs::metadata(file)?.len());
    }
    println!(
        "They lie in {}. This puts them into the bucket that the stack's output AssetsBucket names:\n\n  aws s3 cp --recursive \
         {} s3://<AssetsBucket>/\n\nA function that had no fonts finds them with its next document.",
        folder.display(),
        folder.display()
    );
    Ok(())
}

/// The fonts for a stack of this machine; none, and a word about it, where they cannot be had.
pub(crate) fn for_stack(venv: &Venv, progress: &Progress) -> Assets {
    bring(venv, progress).unwrap_or_else(|error| {
        progress.print(&format!("Chinese, Japanese and Korean are not set as PDF on this stack: {error:#}"));
        Assets::new()
    })
}

fn folder() -> PathBuf {
    checkout::local().join("assets")
}

/// Installs the packages, if need be, and lays their fonts beside their licence.
fn bring(venv: &Venv, progress: &Progress) -> anyhow::Result<Assets> {
    let installed = python::fonts(venv, progress)?;
    let fonts = folder().join("fonts");
    fs::create_dir_all(&fonts).with_context(|| format!("cannot make {}", fonts.display()))?;
    let licence = checkout::root().join("functions/ats/fonts").join(LICENCE);
    let sources = FACES.map(|face| (face, installed.join(face))).into_iter().chain([(LICENCE, licence)]);
    sources
        .map(|(name, source)| {
            let file = fonts.join(name);
            // Whole or not at all: two stacks may start at once.
            let beside = fonts.join(format!(".{name}.{}", std::process::id()));
            if fs::metadata(&file).map(|file| file.len()).ok() != Some(fs::metadata(&source)?.len()) {
                fs::copy(&source, &beside).with_context(|| format!("cannot copy {}", source.display()))?;
                fs::rename(&beside, &file)?;
            }
            Ok((format!("fonts/{name}"), file))
        })
        .collect()
}
