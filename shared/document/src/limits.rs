use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How much one document may cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Size of the file in bytes.
    pub bytes: usize,
    /// Number of pages.
    pub pages: usize,
    /// Drawing operations of a PDF, over all pages, forms drawn again counted again.
    pub operators: u64,
    /// Glyphs of a PDF, over all pages.
    pub glyphs: usize,
    /// Words of the whole document.
    pub words: usize,
    /// Bytes after decompression of what is read from an archive.
    pub inflated: u64,
    /// Pixels of one picture, before it is decoded.
    pub pixels: u64,
    /// Bytes of the reading that a child process may hand back, pictures included.
    pub output: usize,
    /// Address space of the child process in bytes.
    pub memory: u64,
    /// CPU time of the child process in seconds.
    pub cpu_seconds: u64,
    /// Time on the clock until the child process is stopped.
    pub wall: Duration,
}

impl Default for Limits {
    /// What suits a CV: far above any honest one, far below what hurts a function with 1 GB of memory.
    fn default() -> Self {
        Self {
            bytes: 10 * 1024 * 1024,
            pages: 60,
            operators: 4_000_000,
            glyphs: 600_000,
            words: 100_000,
            inflated: 64 * 1024 * 1024,
            pixels: 64_000_000,
            output: 96 * 1024 * 1024,
            memory: 1024 * 1024 * 1024,
            cpu_seconds: 20,
            wall: Duration::from_secs(30),
        }
    }
}
