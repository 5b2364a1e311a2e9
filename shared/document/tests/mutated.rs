//! More than two thousand files that something went wrong with, each read in a child process under limits and parsed:
//! every one ends in a résumé that is valid or in a reason, none makes a reader panic, and none costs more than it may.
//!
//! The same files in every run. The children are made of this very program, so it has a `main` of its own.

#![allow(clippy::unwrap_used, reason = "these are tests, only not of the usual harness")]

mod fixtures;

use fixtures::{Dice, Docx, Pdf, at, damaged, encoded, exponential_forms, flate_bomb, odt, page_picture, paragraph};
use libtest_mimic::{Arguments, Failed, Trial};
use std::path::Path;
use std::time::Duration;
use vitae_document::{Limits, ReadError, sandbox};

/// Mutations of each seed in a trial.
const EACH: usize = 52;
/// The same for a scan, whose pages are painted each time.
const EACH_SCAN: usize = 8;

fn rounds(name: &str) -> usize {
    if name.starts_with("scanned") { EACH_SCAN } else { EACH }
}

fn main() {
    sandbox::run_child_if_asked();
    let seeds = seeds();
    let count: usize = seeds.iter().map(|(name, _)| rounds(name)).sum();
    assert!(count > 2_000, "{count} mutations");
    let mut trials: Vec<Trial> = seeds
        .into_iter()
        .enumerate()
        .map(|(number, (name, seed))| {
            Trial::test(format!("mutations_of_{name}"), move || {
                let mut dice = Dice::new(number as u64 + 1);
                for round in 0..rounds(&name) {
                    hold(&mutated(&seed, &mut dice)).map_err(|why| Failed::from(format!("round {round}: {why}")))?;
                }
                Ok(())
            })
        })
        .collect();
    trials.extend(
        monsters()
            .into_iter()
            .map(|(name, file)| Trial::test(format!("{name}_ends"), move || hold(&file()).map_err(Failed::from))),
    );
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// Less than a function has, so that what goes over it shows.
fn limits() -> Limits {
    Limits {
        cpu_seconds: 8,
        wall: Duration::from_secs(60),
        memory: 512 * 1024 * 1024,
        operators: 400_000,
        pixels: 4_000_000,
        ..Limits::default()
    }
}

/// Reads and parses; what may not happen is the error.
fn hold(bytes: &[u8]) -> Result<(), String> {
    match sandbox::read(bytes, &limits()) {
        Ok(reading) => {
            if reading.document.words().any(|word| !word.bbox.x.is_finite() || !word.bbox.width.is_finite()) {
                return Err("a word has no place".to_owned());
            }
            let parsed = std::panic::catch_unwind(|| vitae_parser::parse(&reading.document))
                .map_err(|_| "the parser panicked".to_owned())?;
            parsed.resume.validate().map_err(|violations| format!("{violations:?}"))
        }
        // More memory than one document may use is a reason; a case that the reader does not know is a panic.
        Err(ReadError::Crashed { detail }) if !detail.contains("memory") => Err(detail),
        Err(ReadError::Unavailable { detail }) => Err(detail),
        Err(error) if error.is_final() && error.to_string().ends_with('.') => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

/// What is changed: honest files of every kind, small.
fn seeds() -> Vec<(String, Vec<u8>)> {
    let mut seeds = Vec::new();
    for folder in ["../../tests/corpus/documents", "../../tests/fixtures"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            let known = path.extension().is_some_and(|e| ["pdf", "docx", "md", "txt"].iter().any(|known| e == *known));
            if known {
                let name = path.file_name().unwrap().to_string_lossy().replace(['-', '.'], "_");
                seeds.push((name, std::fs::read(path).unwrap()));
            }
        }
    }
    let body: String = (0..8).map(|i| paragraph(&format!("A paragraph, number {i}"))).collect();
    seeds.push(("a_bare_docx".to_owned(), Docx::new(&body).bytes()));
    let body: String =
        (0..8).map(|i| format!("<text:p text:style-name=\"P1\">A paragraph, {i}<text:tab/>2019</text:p>")).collect();
    seeds.push(("a_bare_odt".to_owned(), odt(&body, "<style:style style:name=\"P1\"/>")));
    let page: String = (0..12).map(|i| at(50.0, 780.0 - 16.0 * i as f32, "R", 10.0, "Words in a line")).collect();
    seeds.push(("a_bare_pdf".to_owned(), Pdf::new().page(&page).page(&page).bytes()));
    seeds.push(("a_pdf_with_forms".to_owned(), exponential_forms(2)));
    for (name, format) in
        [("png", image::ImageFormat::Png), ("jpeg", image::ImageFormat::Jpeg), ("tiff", image::ImageFormat::Tiff)]
    {
        seeds.push((format!("a_{name}"), encoded(&page_picture(200, 280), format)));
    }
    seeds
}

/// A file that something went wrong with: bits, cuts and copies, and what the format itself is sensitive to.
fn mutated(seed: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    match dice.roll(10) {
        // Numbers of objects, lengths and places of a PDF become others.
        0 | 1 => {
            for _ in 0..=dice.roll(4) {
                let digits: Vec<usize> = (0..bytes.len()).filter(|i| bytes[*i].is_ascii_digit()).take(20_000).collect();
                if !digits.is_empty() {
                    bytes[digits[dice.roll(digits.len())]] = b'0' + dice.roll(10) as u8;
                }
            }
        }
        // A stretch is zeros, or ones.
        2 => {
            let from = dice.roll(bytes.len());
            let to = (from + dice.roll(400)).min(bytes.len());
            let with = if dice.roll(2) == 0 { 0 } else { 0xff };
            bytes[from..to].fill(with);
        }
        // A stretch is missing.
        3 => {
            let from = dice.roll(bytes.len());
            let to = (from + dice.roll(1_000)).min(bytes.len());
            bytes.drain(from..to);
        }
        // The file twice over, the second time damaged.
        4 => {
            let second = damaged(seed, dice);
            bytes.extend_from_slice(&second);
        }
        // The middle of it stands at its end.
        5 => {
            let from = dice.roll(bytes.len());
            bytes.rotate_left(from.min(64));
        }
        _ => bytes = damaged(seed, dice),
    }
    bytes
}

/// What makes a file.
type Maker = fn() -> Vec<u8>;

/// Files made to hurt, each made only where it is needed.
fn monsters() -> Vec<(&'static str, Maker)> {
    vec![
        ("a_flate_bomb", || flate_bomb(128 * 1024 * 1024)),
        ("forms_that_multiply", || exponential_forms(9)),
        ("a_form_that_draws_itself", || {
            let mut ring = Pdf::new();
            let form = "/Type /XObject /Subtype /Form /BBox [0 0 600 900] /Resources << /XObject << /F 4 0 R >> >>";
            let inner = ring.stream(form, b"/F Do");
            ring.page_with("/F Do", &format!("/XObject << /F {inner} 0 R >>"), "").bytes()
        }),
        ("a_docx_nested_without_end", || {
            let deep = ["<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>"].map(|tag| tag.repeat(20_000));
            Docx::new(&deep.join("text")).bytes()
        }),
        ("an_odt_nested_without_end", || {
            let deep = ["<text:list><text:list-item>", "</text:list-item></text:list>"].map(|tag| tag.repeat(20_000));
            odt(&deep.join("text"), "")
        }),
        ("an_odt_whose_styles_are_a_ring", || {
            let ring = "<style:style style:name=\"A\" style:parent-style-name=\"A\"/>";
            odt("<text:p text:style-name=\"A\">text<text:s text:c=\"4000000000\"/>text</text:p>", ring)
        }),
        ("tables_within_tables", || Docx::new(&"<w:tbl><w:tr><w:tc>".repeat(5_000)).bytes()),
        ("an_archive_bomb", || Docx::new(&paragraph(&"a".repeat(70 * 1024 * 1024))).bytes()),
        ("an_array_in_arrays", || Pdf::new().page(&"[".repeat(200_000)).bytes()),
        ("a_page_tree_that_is_a_ring", || {
            Pdf::new().page("").bytes_with_pages("<< /Type /Pages /Count 2 /Kids [2 0 R 2 0 R] >>")
        }),
        ("one_line_without_end", || "word ".repeat(1_500_000).into_bytes()),
        ("a_text_of_brackets", || "[(".repeat(400_000).into_bytes()),
        ("half_an_archive", || b"PK\x03\x04".repeat(2_000)),
    ]
}
