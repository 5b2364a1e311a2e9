//! Prints what a recogniser sees on the pages of files, in reading order:
//! `cargo run -p vitae-recognition --example recognise -- ADDRESS FILE…`, where ADDRESS is what
//! `infra/local/recogniser.py` prints.
//!
//! Each block is headed by its page, column and place; each line begins with its left edge and its size in points.

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use vitae_document::{Limits, sandbox};
use vitae_runtime::Aws;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    sandbox::run_child_if_asked();
    let mut arguments = std::env::args().skip(1);
    let client = Aws::at_local_endpoint(&arguments.next().ok_or("no ADDRESS")?).textract();
    for file in arguments {
        let reading = sandbox::read(&std::fs::read(&file)?, &Limits::default())?;
        let document = vitae_recognition::recognise(&client, reading).await?;
        for (number, page) in document.pages.iter().enumerate() {
            println!("{file}, page {}: {:.0} x {:.0} points", number + 1, page.width, page.height);
            for block in &page.blocks {
                println!("  column {}", block.column);
                for line in &block.lines {
                    let size = line.words.first().map_or(0.0, |word| word.size);
                    let bullet = if line.bullet { "• " } else { "" };
                    println!("    {:5.1} {:6.1} {size:4.1} {bullet}{}", line.bbox.x, line.bbox.y, line.text());
                }
            }
        }
    }
    Ok(())
}
