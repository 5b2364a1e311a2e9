//! Prints what is read of files: `cargo run -p vitae-document --example words -- FILE…`.
//!
//! Each block is headed by its page, column and place; a tab shows as `⇥`, a bullet as `•`, a heading of the source as
//! `#`, bold text in `*`, words that touch as `+`. `--json` prints the document, `--text` its plain text, `--sandbox` reads in a child process.

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::error::Error;
use vitae_document::{Limits, Line, sandbox};

fn main() -> Result<(), Box<dyn Error>> {
    sandbox::run_child_if_asked();
    let (options, files): (Vec<String>, Vec<String>) = std::env::args().skip(1).partition(|a| a.starts_with("--"));
    for file in files {
        let bytes = std::fs::read(&file)?;
        let limits = Limits::default();
        let start = std::time::Instant::now();
        let in_child = options.iter().any(|option| option == "--sandbox");
        let reading = if in_child { sandbox::read(&bytes, &limits) } else { vitae_document::read(&bytes, &limits) };
        let took = start.elapsed();
        let reading = match reading {
            Ok(reading) => reading,
            Err(error) => {
                println!("== {file}: {error} ({took:.1?})");
                continue;
            }
        };
        if options.iter().any(|option| option == "--text") {
            println!("{}", reading.document.text());
            continue;
        }
        println!("== {file}: {:?}, {} words, {took:.1?}", reading.document.format, reading.document.words().count());
        if options.iter().any(|option| option == "--json") {
            println!("{}", serde_json::to_string_pretty(&reading.document)?);
            continue;
        }
        for (number, page) in reading.document.pages.iter().enumerate() {
            println!("-- page {}: {:.0} x {:.0} pt", number + 1, page.width, page.height);
            if page.needs_recognition {
                println!("   needs recognition");
            }
            for hidden in &page.hidden {
                println!("   hidden ({}): {}", hidden.reason, hidden.text);
            }
            for block in &page.blocks {
                if let Some(line) = block.lines.first() {
                    println!("[column {} at {:.0},{:.0}]", block.column, line.bbox.x, line.bbox.y);
                }
                block.lines.iter().for_each(|line| println!("{}", shown(line)));
            }
        }
        for image in &reading.images {
            println!("-- picture of page {}: {}, {} bytes", image.page + 1, image.media_type, image.bytes.len());
        }
    }
    Ok(())
}

fn shown(line: &Line) -> String {
    let mut text = String::from(if line.heading { "  # " } else { "    " });
    if line.bullet {
        text.push_str("• ");
    }
    let mut bold = false;
    for (index, word) in line.words.iter().enumerate() {
        if bold && !word.bold {
            text.push('*');
        }
        if index > 0 {
            text.push_str(if word.glued {
                "+"
            } else if word.after_gap {
                " ⇥ "
            } else {
                " "
            });
        }
        if word.bold && !bold {
            text.push('*');
        }
        bold = word.bold;
        text.push_str(&word.text);
        if word.link.is_some() {
            text.push('°');
        }
    }
    if bold {
        text.push('*');
    }
    text
}
