//! Every document of every person of the corpus, in every template, read back: by our own parser, and by poppler.
#![allow(clippy::unwrap_used, reason = "what is missing here fails the test")]

#[path = "../examples/round_trip/people.rs"]
#[allow(dead_code, reason = "the example and each test use a part")]
mod people;

use std::path::Path;
use std::process::{Command, Stdio};

use ats::{FieldState, Fonts, Format, PageSize, Template, Wish, make};
use people::Made;

/// What each document must come back with.
const LEAST_F1: f64 = 0.98;

fn wish(template: &'static Template, format: Format, page_size: PageSize) -> Wish {
    Wish {
        template,
        format,
        sections: None,
        job_description: None,
        target_job_title: None,
        fonts: Fonts::default(),
        page_size,
        font_size: None,
        now: "2026-11-21T12:00:00Z".parse().unwrap(),
    }
}

fn people_of_the_project() -> Vec<Made> {
    let people = people::read(&people::of_the_project()).unwrap();
    assert!(people.len() >= 12, "the corpus is whole: {} people", people.len());
    people
}

fn reads_back(template: &str) {
    let template = Template::find(template).unwrap();
    for person in people_of_the_project() {
        for (format, page_size) in
            [(Format::Pdf, PageSize::Letter), (Format::Docx, PageSize::A4), (Format::Txt, PageSize::A4)]
        {
            let made = make(&person.resume, &wish(template, format, page_size)).unwrap();
            let trip = made.report.round_trip.unwrap();
            let lost: Vec<&str> = (trip.fields.iter())
                .filter(|field| field.state == FieldState::Lost)
                .map(|field| field.pointer.as_str())
                .collect();
            assert!(lost.is_empty(), "{} as {format:?} of {}: lost {lost:?}", person.name, template.id);
            assert!(trip.f1.unwrap() >= LEAST_F1, "{} as {format:?} of {}: {:?}", person.name, template.id, trip.f1);
        }
    }
}

#[test]
fn documents_of_the_template_clean_read_back() {
    reads_back("clean");
}

#[test]
fn documents_of_the_template_minimal_read_back() {
    reads_back("minimal");
}

#[test]
fn documents_of_the_template_professional_read_back() {
    reads_back("professional");
}

#[test]
fn documents_of_the_template_modern_read_back() {
    reads_back("modern");
}

/// The other people that developers have beside the checkout, if they have them.
#[test]
fn documents_of_further_people_read_back_on_average() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/people");
    if !folder.exists() {
        eprintln!("there are no further people at {}", folder.display());
        return;
    }
    // Each person in one template and one format, in turn: all of them is what the example is for.
    let formats = [Format::Pdf, Format::Docx, Format::Txt];
    let scores: Vec<f64> = (people::read(&folder).unwrap().iter().enumerate())
        .filter_map(|(i, person)| {
            let wish = wish(&Template::all()[i % 4], formats[i % 3], PageSize::A4);
            make(&person.resume, &wish).unwrap().report.round_trip.unwrap().f1
        })
        .collect();
    let mean = scores.iter().sum::<f64>() / scores.len() as f64;
    assert!(scores.len() >= 20 && mean >= LEAST_F1, "{mean} of {} people", scores.len());
}

/// Poppler reads our PDFs in the order in which their text is written: that of the text document.
#[test]
fn poppler_reads_the_same_order() {
    if Command::new("pdftotext").arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        assert!(std::env::var_os("CI").is_none(), "pdftotext is not installed: it comes with poppler-utils");
        eprintln!("pdftotext is not installed");
        return;
    }
    let squeezed = |text: &str| -> String {
        text.to_lowercase().replace("i\u{307}", "i").replace('ı', "i").chars().filter(|c| c.is_alphanumeric()).collect()
    };
    for (person, template) in people_of_the_project().iter().zip(Template::all().iter().cycle()) {
        let pdf = make(&person.resume, &wish(template, Format::Pdf, PageSize::A4)).unwrap().bytes;
        let text = make(&person.resume, &wish(template, Format::Txt, PageSize::A4)).unwrap().bytes;
        let file = std::env::temp_dir().join(format!("vitae-order-{}-{}.pdf", std::process::id(), person.name));
        std::fs::write(&file, pdf).unwrap();
        let output = Command::new("pdftotext").arg(&file).arg("-").output().unwrap();
        std::fs::remove_file(&file).unwrap();
        assert!(output.status.success());
        let read = squeezed(&String::from_utf8(output.stdout).unwrap());
        let text = String::from_utf8(text).unwrap();
        let mut at = 0;
        let mut checked = 0;
        // Bullets and headings: what stands beside them may stand under them in a template.
        for line in text
            .lines()
            .filter(|line| line.starts_with("- ") || line.chars().all(|c| !c.is_lowercase() && !c.is_numeric()))
        {
            let line = squeezed(line);
            if line.len() < 5 {
                continue;
            }
            let found = read[at..].find(&line);
            assert!(found.is_some(), "{} {}: {line} does not follow in {}", person.name, template.id, &read[at..]);
            at += found.unwrap() + line.len();
            checked += 1;
        }
        assert!(checked >= 8, "{}: {checked} lines", person.name);
    }
}
