//! Chinese, Japanese and Korean: every document of a person of each, read back. The fonts beside the people hold the
//! letters of these people alone; the whole ones are 33 MB.
#![allow(clippy::unwrap_used, reason = "what is missing here fails the test")]

#[path = "../examples/round_trip/people.rs"]
#[allow(dead_code, reason = "the example and each test use a part")]
mod people;

use std::path::{Path, PathBuf};

use ats::{FieldState, Fonts, Format, MakeError, PageSize, Template, TypesetError, Wish, make};

/// What each document must come back with.
const LEAST_F1: f64 = 0.98;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/east-asian")
}

fn wish(template: &'static Template, format: Format, fonts: Fonts) -> Wish {
    Wish {
        template,
        format,
        sections: None,
        job_description: None,
        target_job_title: None,
        fonts,
        page_size: PageSize::A4,
        font_size: None,
        now: "2026-11-21T12:00:00Z".parse().unwrap(),
    }
}

#[test]
fn documents_in_chinese_japanese_and_korean_read_back() {
    let fonts = people::fonts(&folder()).unwrap();
    let people = people::read(&folder()).unwrap();
    assert_eq!(people.len(), 3);
    for person in &people {
        for template in Template::all() {
            for format in [Format::Pdf, Format::Docx, Format::Txt] {
                let made = make(&person.resume, &wish(template, format, fonts.clone())).unwrap().report;
                let trip = made.round_trip.unwrap();
                let lost: Vec<&str> = (trip.fields.iter())
                    .filter(|field| field.state == FieldState::Lost)
                    .map(|field| field.pointer.as_str())
                    .collect();
                assert!(lost.is_empty(), "{} as {format:?} of {}: lost {lost:?}", person.name, template.id);
                assert!(
                    trip.f1.unwrap() >= LEAST_F1,
                    "{} as {format:?} of {}: {:?}",
                    person.name,
                    template.id,
                    trip.f1
                );
                if format == Format::Pdf {
                    assert_eq!(made.document.unwrap().conformance, ["PDF/A-2a", "PDF/UA-1"]);
                }
            }
        }
    }
}

#[test]
fn only_the_letters_that_are_used_go_into_the_file() {
    let fonts = people::fonts(&folder()).unwrap();
    for person in people::read(&folder()).unwrap() {
        let pdf = make(&person.resume, &wish(Template::usual(), Format::Pdf, fonts.clone())).unwrap().bytes;
        assert!(pdf.len() < 150_000, "{}: {} bytes", person.name, pdf.len());
    }
}

#[test]
fn without_their_fonts_they_are_refused_as_pdf_and_made_as_the_rest() {
    for person in people::read(&folder()).unwrap() {
        let refused = make(&person.resume, &wish(Template::usual(), Format::Pdf, Fonts::default()));
        assert!(matches!(refused, Err(MakeError::Typeset(TypesetError::Script))), "{}", person.name);
        for format in [Format::Docx, Format::Txt, Format::Json] {
            assert!(make(&person.resume, &wish(Template::usual(), format, Fonts::default())).is_ok());
        }
    }
}
