//! The file: the original as its reader found it, or the document just made as our own reader reads it back.

use std::collections::BTreeMap;

use vitae_resume::Span;

use super::{Finding, Grading, Made, Part, Severity, Subject, finding, headings};
use crate::round_trip::FieldState;

/// Pages from which a CV is long, academic ones aside.
const MANY_PAGES: usize = 4;
/// Confidence under which a field should be checked by eye.
const UNSURE: f32 = 0.5;
/// Height in points that two sections share before they count as columns: some three lines.
const COLUMN: f32 = 40.0;
/// Share of letters without characters from which the reader takes a page for a picture.
const UNREADABLE: f32 = 0.3;
/// Share that is more than an ornament or two.
const SOME_UNMAPPED: f32 = 0.005;
/// Running text below it is small, in points.
const SMALLEST_TYPE: f32 = 9.0;
/// Bytes that many portals do not take.
const LARGE_FILE: u64 = 2 * 1024 * 1024;

pub(super) fn look_at_original(subject: &Subject<'_>, language: Option<&str>, findings: &mut Vec<Finding>) -> Grading {
    let resume = subject.resume;
    let Some(vitae) = resume.meta.vitae.as_ref().filter(|vitae| vitae.page_count > 0) else {
        return Grading::Ungraded("This CV was not read from a file with pages.".to_owned());
    };
    let build = vitae.build.clone().unwrap_or_default();
    let unmapped = build.unmapped > UNREADABLE;
    if unmapped || build.unmapped > SOME_UNMAPPED {
        let severity = if unmapped { Severity::High } else { Severity::Medium };
        findings.push(finding(
            "unmapped_fonts",
            Part::File,
            severity,
            format!(
                "The file does not tell which characters {:.0} % of the letters of a page are: a font lacks its table.",
                (build.unmapped * 100.0).max(1.0)
            ),
            "Export the PDF anew with fonts embedded and text that can be copied, or make a document here.",
        ));
    }
    if vitae.recognised_pages > 0 && !unmapped {
        findings.push(finding(
            "scanned_pages",
            Part::File,
            Severity::High,
            format!(
                "{} of {} pages are images: their words had to be recognised.",
                vitae.recognised_pages, vitae.page_count
            ),
            "Export the CV as a PDF with text from the program you wrote it in, or make one here.",
        ));
    }
    if vitae.page_count >= MANY_PAGES && resume.publications.is_empty() {
        findings.push(finding(
            "many_pages",
            Part::File,
            Severity::Low,
            format!("The CV has {} pages.", vitae.page_count),
            "One or two pages are read; keep what matters for the work you look for.",
        ));
    }
    for warning in &vitae.warnings {
        let severity = if warning.code.contains("hidden") { Severity::High } else { Severity::Medium };
        findings.push(finding(
            &warning.code,
            Part::File,
            severity,
            &warning.detail,
            "Look at the original and mend it there, or make a new document here.",
        ));
    }
    if vitae.page_count > 0 && vitae.recognised_pages == 0 && build.tables > 0 {
        findings.push(finding(
            "tables",
            Part::File,
            Severity::Medium,
            match build.tables {
                1 => "Text stands in a table: programs read its cells in an order of their own, or leave them out.".to_owned(),
                tables => {
                    format!("Text stands in {tables} tables: programs read cells in an order of their own, or leave them out.")
                }
            },
            "Set the CV without tables, with tab stops for dates, or make a document here.",
        ));
    }
    if build.body_size > 0.0 && build.body_size < SMALLEST_TYPE {
        findings.push(finding(
            "small_type",
            Part::File,
            Severity::Low,
            format!("The running text is set in {} points.", build.body_size),
            "Take 10 to 12 points; below 9 it is hard to read on paper and for recognition.",
        ));
    }
    if let Some(size) = subject.original_size.filter(|size| *size > LARGE_FILE) {
        findings.push(finding(
            "large_file",
            Part::File,
            Severity::Low,
            format!("The file has {:.1} MB; many portals take 2 MB at most.", size as f64 / 1_048_576.0),
            "Leave pictures out, or make a document here: it has a tenth of a megabyte.",
        ));
    }
    headings::look(&build.headings, language, findings);
    findings.extend(columns(&vitae.spans));
    findings.extend(contact_in_margin(&build.contact_in_margins));
    let mut unsure = finding(
        "unsure_fields",
        Part::File,
        Severity::Low,
        "Some fields could only be read with doubt.",
        "Check them against your CV; an unusual layout or heading is often the cause.",
    );
    for (pointer, confidence) in vitae.confidence.iter().filter(|(_, confidence)| **confidence < UNSURE) {
        unsure = unsure.at(pointer, Some(&format!("confidence {confidence:.2}")));
    }
    if !unsure.evidence.is_empty() {
        findings.push(unsure);
    }
    Grading::ByFindings
}

/// Sections that stand side by side on a page: many programs read such lines across.
fn columns(spans: &BTreeMap<String, Vec<Span>>) -> Option<Finding> {
    /// Where a section stands on a page: left, right, top, bottom.
    type Area = (f32, f32, f32, f32);
    let mut areas: BTreeMap<(usize, &str), Area> = BTreeMap::new();
    for (pointer, spans) in spans {
        let section = pointer.trim_start_matches('/').split('/').next().unwrap_or_default();
        if section == "basics" {
            continue;
        }
        for span in spans {
            let b = span.bbox;
            let area = areas.entry((span.page, section)).or_insert((f32::MAX, f32::MIN, f32::MAX, f32::MIN));
            *area = (area.0.min(b.x), area.1.max(b.x + b.width), area.2.min(b.y), area.3.max(b.y + b.height));
        }
    }
    for ((page, section), a) in &areas {
        for ((_, other), b) in areas.iter().filter(|((on, other), _)| on == page && other != section) {
            let shared = a.3.min(b.3) - a.2.max(b.2);
            if a.1 < b.0 && shared > COLUMN {
                let found = finding(
                    "columns",
                    Part::File,
                    Severity::Medium,
                    "Sections stand side by side: programs that read line by line mix them up.",
                    "Set the CV in one column, or make a document here.",
                );
                return Some(found.at(format!("/{section}"), None).at(format!("/{other}"), None));
            }
        }
    }
    None
}

/// Contact data where many programs do not read.
fn contact_in_margin(pointers: &[String]) -> Option<Finding> {
    let found = finding(
        "contact_in_header",
        Part::File,
        Severity::Medium,
        "Contact data stands in the header or the footer of the page: some programs skip both.",
        "Move it into the page, under your name.",
    );
    (!pointers.is_empty()).then(|| pointers.iter().fold(found, |found, pointer| found.at(pointer, None)))
}

pub(super) fn look_at_made(made: &Made, findings: &mut Vec<Finding>) -> Grading {
    let mut unset = finding(
        "characters_not_set",
        Part::File,
        Severity::Medium,
        "Our fonts lack some characters: letters stand as □, signs are left out.",
        "Replace them, or take DOCX or TXT, which hold every character.",
    );
    for text in &made.unset {
        unset = unset.at(&text.pointer, Some(&text.characters));
    }
    if !unset.evidence.is_empty() {
        findings.push(unset);
    }
    let trip = &made.round_trip;
    let mut lost = finding(
        "not_read_back",
        Part::File,
        Severity::Info,
        format!(
            "Of {} fields, our own parser read {} back otherwise and {} not at all.",
            trip.fields.len(),
            trip.changed,
            trip.lost
        ),
        "The text is in the file all the same; other parsers may read it better or worse than ours.",
    );
    for field in trip.fields.iter().filter(|field| field.state == FieldState::Lost) {
        lost = lost.at(&field.pointer, None);
    }
    if trip.changed + trip.lost > 0 {
        findings.push(lost);
    }
    match trip.share() {
        Some(share) => Grading::Share(
            share,
            format!("Our own parser read {:.0} % of the fields back out of the file.", share * 100.0),
        ),
        None => Grading::Ungraded("The document holds no field to read back.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use crate::report::Severity;
    use crate::report::tests::{CV, ids, look};

    #[test]
    fn sections_side_by_side_and_contact_data_in_the_header_are_told() {
        let at = |x: u32, y: u32, height: u32| {
            format!(r#"[{{"page":1,"bbox":{{"x":{x},"y":{y},"width":150,"height":{height}}}}}]"#)
        };
        let with = |spans: String| CV.replace(r#""page_count":1"#, &format!(r#""page_count":1,"spans":{{{spans}}}"#));
        let beside = format!(r#""/work/0/name":{},"/skills/0/name":{}"#, at(40, 200, 300), at(300, 210, 90));
        let below = format!(r#""/work/0/name":{},"/skills/0/name":{}"#, at(40, 200, 300), at(300, 510, 90));
        assert_eq!(ids(&look(&with(beside), None)), ["columns"]);
        assert_eq!(ids(&look(&with(below), None)), Vec::<&str>::new());
        let built = |build: &str| {
            let cv = CV.replace(r#""page_count":1"#, &format!(r#""page_count":1,"build":{{{build}}}"#));
            ids(&look(&cv, None)).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(built(r#""contact_in_margins":["/basics/email"]"#), ["contact_in_header"]);
        assert_eq!(built(r#""tables":1"#), ["tables"]);
        assert_eq!(built(r#""body_size":8.5"#), ["small_type"]);
        assert_eq!(built(r#""unmapped":0.02"#), ["unmapped_fonts"]);
        assert_eq!(built(r#""tables":0,"body_size":10.5,"unmapped":0.001"#), Vec::<String>::new());
    }

    #[test]
    fn a_large_file_is_told_and_a_font_without_its_table_is_no_scan() {
        let json = CV.replace(r#""page_count":1"#, r#""page_count":1,"recognised_pages":1,"build":{"unmapped":0.9}"#);
        let resume = serde_json::from_str(&json).unwrap();
        let subject = crate::report::Subject {
            resume: &resume,
            whole: None,
            job_description: None,
            target_job_title: None,
            target_industry: None,
            original_size: Some(4 * 1024 * 1024),
            today: jiff::civil::date(2026, 11, 21),
        };
        assert_eq!(ids(&crate::report::report(&subject, None)), ["unmapped_fonts", "large_file"]);
    }

    #[test]
    fn a_scan_and_the_readers_warnings_are_reported() {
        let cv = CV.replace(
            r#""page_count":1"#,
            r#""page_count":2,"recognised_pages":2,"warnings":[{"code":"hidden_text","detail":"The file holds text that cannot be seen."}],"confidence":{"/basics/name":0.3,"/basics/email":0.9}"#,
        );
        let report = look(&cv, None);
        assert_eq!(ids(&report), ["scanned_pages", "hidden_text", "unsure_fields"]);
        assert_eq!(report.findings[1].severity, Severity::High);
        assert_eq!(report.findings[2].evidence.len(), 1);
    }
}
