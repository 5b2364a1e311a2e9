//! The file: the original as its reader found it, or the document just made as our own reader reads it back.

use vitae_resume::Resume;

use super::{Finding, Grading, Made, Part, Severity, finding};
use crate::round_trip::FieldState;

/// Pages from which a CV is long, academic ones aside.
const MANY_PAGES: usize = 4;
/// Confidence under which a field should be checked by eye.
const UNSURE: f32 = 0.5;

pub(super) fn look_at_original(resume: &Resume, findings: &mut Vec<Finding>) -> Grading {
    let Some(vitae) = resume.meta.vitae.as_ref().filter(|vitae| vitae.page_count > 0) else {
        return Grading::Ungraded("This CV was not read from a file with pages.".to_owned());
    };
    if vitae.recognised_pages > 0 {
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
