//! How the file is built: what other programs that read it trip over, whatever we made of it.

use std::collections::BTreeMap;

use vitae_document::{Document, Format};
use vitae_resume::{Basics, Build, Heading, Span};

use crate::lines::Pages;
use crate::sections::Sections;

/// Where headers end and footers begin, in points from the edge: Word's stand at half an inch.
const MARGIN: f32 = 50.0;
/// Most headings that are kept; more is no CV.
const MOST_HEADINGS: usize = 40;
/// Fewer digits are no telephone number.
const FEWEST_DIGITS: usize = 6;

/// What is known of the file after it was read.
pub(crate) fn of(
    document: &Document,
    pages: &Pages<'_>,
    headings: Vec<Heading>,
    basics: &Basics,
    spans: &BTreeMap<String, Vec<Span>>,
) -> Build {
    let recognised = document.pages.iter().any(|page| page.needs_recognition);
    let sized = matches!(document.format, Format::Pdf | Format::Docx | Format::Odt) && !recognised;
    Build {
        tables: document.tables,
        unmapped: document.unmapped,
        body_size: if sized { pages.body_size } else { 0.0 },
        contact_in_margins: contact_in_margins(document, basics, spans),
        headings,
    }
}

/// The headings of the sections, before any section is taken apart.
pub(crate) fn headings(sections: &Sections) -> Vec<Heading> {
    let headed = sections.sections.iter().filter(|section| !section.heading.is_empty());
    headed
        .map(|section| Heading {
            text: section.heading.clone(),
            section: section.named.then(|| section.kinds.first().map(|kind| kind.name().to_owned())).flatten(),
            empty: section.lines.is_empty(),
        })
        .take(MOST_HEADINGS)
        .collect()
}

/// Mail and telephone that stand in a header or a footer. A PDF does not say what is one: there it is what lies in the
/// strip at the edge, and only where all of it does.
fn contact_in_margins(document: &Document, basics: &Basics, spans: &BTreeMap<String, Vec<Span>>) -> Vec<String> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let in_margins = document.margins.join("\n");
    let number = basics.phone.as_deref().map(digits).unwrap_or_default();
    let ending = &number[number.len().saturating_sub(FEWEST_DIGITS)..];
    let at_the_edge = |pointer: &str| {
        let span = spans.get(pointer).and_then(|spans| spans.first());
        span.is_some_and(|span| {
            let height = document.pages.get(span.page.saturating_sub(1)).map_or(f32::MAX, |page| page.height);
            let (top, bottom) = (span.bbox.y, span.bbox.y + span.bbox.height);
            span.bbox.height > 0.0 && (bottom < MARGIN || top > height - MARGIN)
        })
    };
    let (mail, phone) = ("/basics/email", "/basics/phone");
    let held = match document.format {
        Format::Pdf => {
            let both = at_the_edge(mail) && at_the_edge(phone);
            [both.then_some(mail), both.then_some(phone)]
        }
        _ => [
            basics.email.as_ref().filter(|email| in_margins.contains(email.as_str())).map(|_| mail),
            (ending.len() == FEWEST_DIGITS && digits(&in_margins).contains(ending)).then_some(phone),
        ],
    };
    held.into_iter().flatten().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn build(lines: &[&str], change: impl FnOnce(&mut vitae_document::Document)) -> vitae_resume::Build {
        let mut document = testing::document(lines);
        change(&mut document);
        crate::parse(&document).resume.meta.vitae.unwrap().build.unwrap()
    }

    const CV: [&str; 9] = [
        "# **Ada Byron**",
        "ada@example.org",
        "+44 20 7946 0512",
        "# **Experience**",
        "Tester at Acme, 2019 – 2021",
        "# **Education**",
        "BSc, University of Leeds, 2015",
        "# **Awards**",
        "# **Languages**",
    ];

    #[test]
    fn headings_are_kept_with_what_they_name_and_whether_anything_stands_under_them() {
        let build = build(&CV, |_| {});
        let education = build.headings.iter().find(|heading| heading.text == "Education").unwrap();
        assert_eq!((education.section.as_deref(), education.empty), (Some("education"), false));
        let awards = build.headings.iter().find(|heading| heading.text == "Awards").unwrap();
        assert!(awards.empty);
    }

    #[test]
    fn a_heading_that_only_its_look_tells_names_no_section() {
        let section = |heading: &str, named| crate::sections::Section {
            kinds: vec![crate::gazetteer::SectionKind::Other],
            heading: heading.to_owned(),
            named,
            ..Default::default()
        };
        let sections = Sections {
            sections: vec![section("My Journey", false), section("Declaration", true), section("", false)],
            ..Sections::default()
        };
        let named: Vec<Option<String>> = headings(&sections).into_iter().map(|heading| heading.section).collect();
        assert_eq!(named, [None, Some("other".to_owned())]);
    }

    #[test]
    fn contact_data_of_headers_and_footers_is_pointed_at() {
        let build = build(&CV, |document| {
            document.format = vitae_document::Format::Docx;
            document.margins = vec!["ada@example.org | 020 7946 0512".to_owned()];
            document.tables = 2;
        });
        assert_eq!(build.contact_in_margins, ["/basics/email", "/basics/phone"]);
        assert_eq!(build.tables, 2);
    }
}
