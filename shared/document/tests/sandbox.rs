//! Reading in a child process: bombs, endless documents and damaged files cost themselves and nothing else.
//!
//! The children are made of this very program, so it has a `main` of its own: its first line serves a child's request.

#![allow(clippy::unwrap_used, reason = "these are tests, only not of the usual harness")]

mod fixtures;

use fixtures::{Dice, Docx, Pdf, at, damaged, exponential_forms, flate_bomb, paragraph};
use libtest_mimic::{Arguments, Failed, Trial};
use std::time::{Duration, Instant};
use vitae_document::{Format, Limits, ReadError, sandbox};

fn main() {
    sandbox::run_child_if_asked();
    let test = |name: &str, run: fn()| {
        Trial::test(name, move || std::panic::catch_unwind(run).map_err(|_| Failed::from("see the message above")))
    };
    let tests = vec![
        test("a_child_reads_what_this_process_reads", a_child_reads_what_this_process_reads),
        test("a_childs_reason_reaches_its_parent", a_childs_reason_reaches_its_parent),
        test("a_flate_bomb_is_stopped_by_the_memory_limit", a_flate_bomb_is_stopped_by_the_memory_limit),
        test("an_endless_document_is_stopped_by_the_processor_limit", an_endless_document_is_stopped),
        test("a_slow_document_is_stopped_by_the_clock", a_slow_document_is_stopped_by_the_clock),
        test("an_answer_that_is_too_large_is_refused", an_answer_that_is_too_large_is_refused),
        test("a_program_that_does_not_answer_is_an_error", a_program_that_does_not_answer_is_an_error),
        test("a_child_inherits_no_environment", a_child_inherits_no_environment),
        test("damaged_files_end_in_a_result_or_a_reason", damaged_files_end_in_a_result_or_a_reason),
    ];
    libtest_mimic::run(&Arguments::from_args(), tests).exit();
}

fn cv() -> Vec<u8> {
    let content: String = (0..12)
        .map(|i| at(50.0, 780.0 - 16.0 * i as f32, "R", 10.0, "A line of a curriculum vitae with some words in it"))
        .collect();
    Pdf::new().page(&content).bytes()
}

fn a_child_reads_what_this_process_reads() {
    let bytes = cv();
    let limits = Limits::default();
    let here = vitae_document::read(&bytes, &limits).unwrap();
    let there = sandbox::read(&bytes, &limits).unwrap();
    assert_eq!(here, there);
    assert_eq!(there.document.format, Format::Pdf);
    assert_eq!(there.document.words().count(), 132);

    let picture = fixtures::encoded(&fixtures::page_picture(600, 800), image::ImageFormat::Png);
    let scan = sandbox::read(&picture, &limits).unwrap();
    assert_eq!(scan.images[0].bytes, picture);
}

fn a_childs_reason_reaches_its_parent() {
    let error = sandbox::read(b"<html><body>A page</body></html>", &Limits::default()).unwrap_err();
    assert!(matches!(error, ReadError::Unsupported { .. }), "{error}");
    assert!(error.is_final());
    assert_eq!(sandbox::read(b"", &Limits::default()), Err(ReadError::Empty));
}

fn a_flate_bomb_is_stopped_by_the_memory_limit() {
    let bomb = flate_bomb(512 * 1024 * 1024);
    assert!(bomb.len() < 128 * 1024, "the bomb is small: {} bytes", bomb.len());
    let limits = Limits { memory: 320 * 1024 * 1024, ..Limits::default() };
    let error = sandbox::read(&bomb, &limits).unwrap_err();
    assert!(matches!(error, ReadError::Crashed { .. } | ReadError::OverLimit { .. }), "{error}");
    assert!(error.is_final());
}

fn an_endless_document_is_stopped() {
    // The count of operations would end it long before, so here it may not.
    let limits = Limits { operators: u64::MAX, cpu_seconds: 1, wall: Duration::from_secs(60), ..Limits::default() };
    let start = Instant::now();
    let error = sandbox::read(&exponential_forms(12), &limits).unwrap_err();
    assert_eq!(error, ReadError::TimedOut { seconds: 1 });
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
}

fn a_slow_document_is_stopped_by_the_clock() {
    let limits = Limits { operators: u64::MAX, cpu_seconds: 60, wall: Duration::from_secs(1), ..Limits::default() };
    let error = sandbox::read(&exponential_forms(12), &limits).unwrap_err();
    assert_eq!(error, ReadError::TimedOut { seconds: 1 });
}

fn an_answer_that_is_too_large_is_refused() {
    let limits = Limits { output: 2_000, ..Limits::default() };
    let error = sandbox::read(&cv(), &limits).unwrap_err();
    assert!(matches!(error, ReadError::OverLimit { .. }), "{error}");
}

fn a_program_that_does_not_answer_is_an_error() {
    let error = sandbox::read_with("/bin/true", &cv(), &Limits::default()).unwrap_err();
    assert!(matches!(error, ReadError::Crashed { .. }), "{error}");
    let error = sandbox::read_with("/bin/no-such-program", &cv(), &Limits::default()).unwrap_err();
    assert!(matches!(error, ReadError::Unavailable { .. }), "{error}");
    assert!(!error.is_final());
}

fn a_child_inherits_no_environment() {
    // `env` prints its environment as its answer: longer than the limit if anything but the mark is in it.
    let limits = Limits { output: "VITAE_DOCUMENT_READER=1\n".len(), ..Limits::default() };
    let script = std::env::temp_dir().join(format!("vitae-document-env-{}", std::process::id()));
    std::fs::write(&script, "#!/bin/sh\nexec /usr/bin/env -u PWD -u SHLVL -u _\n").unwrap();
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    assert!(std::env::vars_os().count() > 1, "this process has an environment to lose");
    let error = sandbox::read_with(&script, &cv(), &limits).unwrap_err();
    std::fs::remove_file(&script).unwrap();
    assert!(matches!(error, ReadError::Crashed { .. }), "{error}");
}

fn damaged_files_end_in_a_result_or_a_reason() {
    let docx = Docx::new(&format!("{}{}", paragraph("Ada Example"), paragraph("ada@example.org"))).bytes();
    let png = fixtures::encoded(&fixtures::page_picture(120, 160), image::ImageFormat::Png);
    let jpeg = fixtures::encoded(&fixtures::page_picture(120, 160), image::ImageFormat::Jpeg);
    let tiff = fixtures::encoded(&fixtures::page_picture(120, 160), image::ImageFormat::Tiff);
    let limits = Limits { cpu_seconds: 5, wall: Duration::from_secs(20), ..Limits::default() };
    let mut dice = Dice::new(20_261_121);
    let mut read = 0;
    for original in [cv(), docx, png, jpeg, tiff] {
        for _ in 0..40 {
            let bytes = damaged(&original, &mut dice);
            match sandbox::read(&bytes, &limits) {
                Ok(_) => read += 1,
                Err(error) => assert!(error.is_final() && error.to_string().ends_with('.'), "{error}"),
            }
        }
    }
    assert!(read > 20, "damage that does not matter must not stop the reading: {read} of 200 were read");
}
