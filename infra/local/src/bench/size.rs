//! How big the functions are: Lambda loads the zip before a function's first start, and the binary with each.

use std::fs;
use std::io::{Cursor, Write};

use anyhow::Context;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::table::{Figure, Table};
use crate::build::Bootstraps;
use crate::progress::Progress;

/// A megabyte, of which AWS's limits are made.
const MB: f64 = 1_048_576.0;

pub(super) fn measure(functions: &Bootstraps, progress: &Progress) -> anyhow::Result<Table> {
    let step = progress.step("Zipping the functions");
    let about = "The binary, and the zip of it, as small as `sam deploy` makes it.";
    let mut table = Table::new("size", about, "function", &["binary MB", "zip MB"]);
    for (at, (name, binary)) in functions.iter().enumerate() {
        step.at(at as u64, functions.len() as u64, name.clone());
        let code = fs::read(binary).with_context(|| format!("cannot read {}", binary.display()))?;
        let zip = zipped(&code)?;
        let bound = match name.as_str() {
            // Typst and its fonts.
            "ats" => 18.0,
            // What reads and paints pages, and the world's telephone numbers.
            "parse" => 8.0,
            _ => 6.0,
        };
        table.row(name, [Figure::of(code.len() as f64 / MB), Figure::of(zip.len() as f64 / MB).at_most(bound)]);
    }
    step.done("");
    Ok(table)
}

fn zipped(code: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).unix_permissions(0o755);
    // This deflater's ninth level comes nearest to the sixth of zlib, which `sam deploy` packs with.
    let options = options.compression_level(Some(9));
    archive.start_file("bootstrap", options)?;
    archive.write_all(code)?;
    Ok(archive.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zip_holds_the_bootstrap_deflated() {
        let code = b"the same again, ".repeat(4096);
        let zip = zipped(&code).unwrap();
        assert!(zip.len() < code.len() / 10, "{} bytes", zip.len());
        let mut archive = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
        let bootstrap = archive.by_name("bootstrap").unwrap();
        assert_eq!((bootstrap.size(), bootstrap.unix_mode()), (code.len() as u64, Some(0o100_755)));
    }
}
