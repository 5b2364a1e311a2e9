//! One document, from a CV to a file that was read back and a report on it.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vitae_resume::{Meta, Resume};

use crate::fonts::Fonts;
use crate::job::Job;
use crate::report::{DocumentFacts, Made, Report, Subject, report};
use crate::round_trip::RoundTrip;
use crate::sheet::{Section, Sheet};
use crate::template::Template;
use crate::typeset::{self, FontSize, PageSize, Setting, TypesetError};
use crate::{docx, plain, tailor};

/// How long one typesetting may take. A page takes some milliseconds.
pub(crate) const TYPESETTING_TIME: Duration = Duration::from_secs(20);

/// Where the JSON Resume schema of our résumés is to be had.
const SCHEMA: &str = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json";

/// What a document can be made as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = AtsFormat)]
pub enum Format {
    /// Tagged PDF.
    Pdf,
    /// Word's Office Open XML.
    Docx,
    /// Plain text, UTF-8.
    Txt,
    /// JSON Resume 1.0.0.
    Json,
}

impl Format {
    /// The name in addresses and of the file.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Txt => "txt",
            Self::Json => "json",
        }
    }

    /// The media type.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Txt => "text/plain; charset=utf-8",
            Self::Json => "application/json",
        }
    }
}

/// What shall be made.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The look.
    pub template: &'static Template,
    /// What it is made as.
    pub format: Format,
    /// Which sections, in which order; all in the template's order, or in the job's, where none are named.
    pub sections: Option<Vec<Section>>,
    /// What to order it by and to report on.
    pub job_description: Option<String>,
    /// The headline.
    pub target_job_title: Option<String>,
    /// What a PDF is set in.
    pub fonts: Fonts,
    /// The paper.
    pub page_size: PageSize,
    /// Bounds of the size of the running text, where it is a PDF.
    pub font_size: Option<FontSize>,
    /// The date of the file, and the day to which dates are compared.
    pub now: Timestamp,
}

/// What was made.
#[derive(Debug)]
pub struct Product {
    /// The file.
    pub bytes: Vec<u8>,
    /// The report on it.
    pub report: Report,
}

/// Why nothing was made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// It could not be typeset.
    #[error(transparent)]
    Typeset(#[from] TypesetError),
    /// The archive could not be written.
    #[error("the DOCX archive could not be written: {0}")]
    Docx(#[from] zip::result::ZipError),
    /// The JSON could not be written.
    #[error("the résumé could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// Makes a document, reads it back and reports on it.
///
/// # Errors
/// See [`MakeError`].
pub fn make(resume: &Resume, wish: &Wish) -> Result<Product, MakeError> {
    let mut shown = resume.clone();
    if let Some(title) = &wish.target_job_title {
        // The person says here what they apply for; it stands where their headline stood.
        shown.basics.label = Some(title.clone());
    }
    let job = wish.job_description.as_deref().map(|description| Job::read(description, resume));
    let sections = match (&wish.sections, &job) {
        (Some(sections), _) => sections.clone(),
        (None, Some(job)) => tailor::order_for(wish.template, &shown, job),
        (None, None) => wish.template.order_for(&shown),
    };
    let tailored = match &job {
        Some(job) => tailor::tailored(&shown, job),
        None => shown.clone(),
    };
    let Written { bytes, pages, conformance, set } = write(tailored, &sections, wish)?;
    let unset = if wish.format == Format::Pdf { typeset::unset(&shown, &set, &wish.fonts) } else { Vec::new() };
    let read = read_back(&bytes, wish.format);
    let facts = DocumentFacts { size: bytes.len(), pages, conformance, sections: set, tailored: job.is_some() };
    let made = Made { facts, round_trip: RoundTrip::of(&shown, &read, &sections), unset };
    // The report is about what the document shows, with what is known of the original.
    let mut reported = limited(shown, &sections);
    reported.meta = resume.meta.clone();
    let subject = Subject {
        resume: &reported,
        whole: Some(resume),
        job_description: wish.job_description.as_deref(),
        target_job_title: wish.target_job_title.as_deref(),
        target_industry: None,
        original_size: None,
        today: wish.now.to_zoned(jiff::tz::TimeZone::UTC).date(),
    };
    Ok(Product { report: report(&subject, Some(made)), bytes })
}

/// A file, and what is known of it.
struct Written {
    bytes: Vec<u8>,
    pages: Option<usize>,
    conformance: Vec<String>,
    /// The sections that stand on it.
    set: Vec<Section>,
}

fn write(resume: Resume, sections: &[Section], wish: &Wish) -> Result<Written, MakeError> {
    let sheet = Sheet::of(&resume, sections);
    let set: Vec<Section> = sheet.sections.iter().map(|section| section.section).collect();
    let (mut pages, mut conformance) = (None, Vec::new());
    let bytes = match wish.format {
        Format::Pdf => {
            let setting = Setting {
                template: wish.template,
                fonts: wish.fonts.clone(),
                page_size: wish.page_size,
                font_size: wish.font_size,
                today: wish.now,
            };
            let pdf = typeset::typeset(sheet, &setting, TYPESETTING_TIME)?;
            pages = Some(pdf.pages);
            conformance = pdf.conformance.iter().map(|standard| (*standard).to_owned()).collect();
            pdf.bytes
        }
        Format::Docx => docx::docx(&sheet, wish.template, wish.page_size, wish.now)?,
        Format::Txt => plain::plain(&sheet).into_bytes(),
        Format::Json => serde_json::to_vec_pretty(&limited(resume, sections))?,
    };
    Ok(Written { bytes, pages, conformance, set })
}

/// Writes a document in the template's order, without reading it back or reporting on it; answers its pages, too, where
/// it has them.
///
/// # Errors
/// See [`MakeError`].
pub fn write_document(resume: &Resume, wish: &Wish) -> Result<(Vec<u8>, Option<usize>), MakeError> {
    let sections = wish.sections.clone().unwrap_or_else(|| wish.template.order_for(resume));
    let written = write(resume.clone(), &sections, wish)?;
    Ok((written.bytes, written.pages))
}

/// The PDF of a résumé that is public already, for its site. Nobody asked for a report on it.
///
/// # Errors
/// See [`MakeError`].
pub(crate) fn pdf_for_site(resume: &Resume, fonts: Fonts, now: Timestamp) -> Result<Vec<u8>, MakeError> {
    let template = Template::usual();
    let sheet = Sheet::of(resume, &template.order_for(resume));
    let setting = Setting { template, fonts, page_size: PageSize::A4, font_size: None, today: now };
    Ok(typeset::typeset(sheet, &setting, TYPESETTING_TIME)?.bytes)
}

/// The résumé with the chosen sections alone, and without what only we know about how it was read.
fn limited(mut resume: Resume, sections: &[Section]) -> Resume {
    let keep = |section| sections.contains(&section);
    if !keep(Section::Summary) {
        resume.basics.summary = None;
    }
    macro_rules! drop_unless_kept {
        ($($member:ident: $section:ident),*) => { $(if !keep(Section::$section) { resume.$member.clear(); })* };
    }
    drop_unless_kept!(
        work: Work, projects: Projects, education: Education, skills: Skills, certificates: Certificates,
        publications: Publications, awards: Awards, volunteer: Volunteer, languages: Languages, interests: Interests,
        references: References
    );
    resume.schema = Some(SCHEMA.to_owned());
    resume.meta = Meta::default();
    resume
}

/// What our own reader makes of a file. The file is our own, so it is read in this process.
fn read_back(bytes: &[u8], format: Format) -> Resume {
    match format {
        Format::Json => serde_json::from_slice(bytes).unwrap_or_default(),
        Format::Pdf | Format::Docx | Format::Txt => {
            match vitae_document::read_written(bytes, &vitae_document::Limits::default()) {
                Ok(document) => vitae_parser::parse(&document).resume,
                Err(error) => {
                    tracing::error!(%error, format = format.extension(), "a document just made cannot be read back");
                    Resume::default()
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::round_trip::FieldState;

    const CV: &str = include_str!("../fixtures/mira-lindqvist.json");

    fn wish(format: Format) -> Wish {
        Wish {
            template: Template::usual(),
            font_size: None,
            format,
            sections: None,
            job_description: None,
            target_job_title: None,
            fonts: Fonts::default(),
            page_size: PageSize::A4,
            now: "2026-11-21T12:00:00Z".parse().unwrap(),
        }
    }

    fn cv() -> Resume {
        let resume: Resume = serde_json::from_str(CV).unwrap();
        resume.validate().unwrap();
        resume
    }

    #[test]
    fn what_matters_most_reads_back_out_of_every_format() {
        for format in [Format::Pdf, Format::Docx, Format::Txt, Format::Json] {
            let trip = make(&cv(), &wish(format)).unwrap().report.round_trip.unwrap();
            let state =
                |pointer: &str| trip.fields.iter().find(|field| field.pointer == pointer).map(|field| field.state);
            for pointer in [
                "/basics/name",
                "/basics/email",
                "/basics/phone",
                "/work/0/name",
                "/work/0/position",
                "/work/0/startDate",
                "/work/0/highlights/0",
            ] {
                assert_eq!(state(pointer), Some(FieldState::Recovered), "{format:?} {pointer}");
            }
            assert!(trip.share().unwrap() > 0.8, "{format:?}: {} of {} fields", trip.recovered, trip.fields.len());
        }
    }

    #[test]
    fn json_comes_back_whole_and_says_nothing_about_the_reader() {
        let product = make(&cv(), &wish(Format::Json)).unwrap();
        let trip = product.report.round_trip.unwrap();
        assert_eq!((trip.changed, trip.lost), (0, 0));
        let document: serde_json::Value = serde_json::from_slice(&product.bytes).unwrap();
        assert_eq!(document.get("meta"), None);
        assert_eq!(document["$schema"], SCHEMA);
    }

    #[test]
    fn only_the_sections_asked_for_are_in_the_file() {
        let wish = Wish { sections: Some(vec![Section::Skills, Section::Work]), ..wish(Format::Txt) };
        let product = make(&cv(), &wish).unwrap();
        let text = String::from_utf8(product.bytes).unwrap();
        let (skills, work) = (text.find("SKILLS").unwrap(), text.find("EXPERIENCE").unwrap());
        assert!(skills < work);
        assert!(!text.contains("EDUCATION"));
        assert_eq!(product.report.document.unwrap().sections, [Section::Skills, Section::Work]);
    }

    #[test]
    fn a_target_title_becomes_the_headline_and_a_job_description_changes_the_order_alone() {
        let plain = String::from_utf8(make(&cv(), &wish(Format::Txt)).unwrap().bytes).unwrap();
        let wish = Wish {
            target_job_title: Some("Reliability Lead".to_owned()),
            job_description: Some("Requirements: PostgreSQL, Terraform".to_owned()),
            ..wish(Format::Txt)
        };
        let product = make(&cv(), &wish).unwrap();
        let tailored = String::from_utf8(product.bytes).unwrap();
        assert_eq!(tailored.lines().nth(1), Some("Reliability Lead"));
        let words = |text: &str| {
            let mut words: Vec<String> =
                text.split_whitespace().skip_while(|word| !word.contains('@')).map(str::to_owned).collect();
            words.sort();
            words
        };
        assert_eq!(words(&plain), words(&tailored));
        assert_ne!(plain.lines().skip(2).collect::<Vec<_>>(), tailored.lines().skip(2).collect::<Vec<_>>());
        assert!(product.report.document.unwrap().tailored);
    }

    #[test]
    fn the_headings_of_every_language_are_known_to_the_parser() {
        for language in crate::wording::Wording::languages() {
            let mut resume = cv();
            resume.meta.vitae.as_mut().unwrap().language = Some(language.to_owned());
            let report = make(&resume, &wish(Format::Docx)).unwrap().report;
            let trip = report.round_trip.unwrap();
            let state =
                |pointer: &str| trip.fields.iter().find(|field| field.pointer == pointer).map(|field| field.state);
            for pointer in [
                "/basics/summary",
                "/work/1/name",
                "/education/0/institution",
                "/skills/0/keywords/1",
                "/certificates/0/name",
            ] {
                assert_eq!(state(pointer), Some(FieldState::Recovered), "{language} {pointer}");
            }
        }
    }

    #[test]
    fn characters_without_a_glyph_are_reported_and_never_lost_in_silence() {
        let mut resume = cv();
        resume.basics.summary =
            Some("Bridge builder ✈ 東京 since 2012 and a friend of long sentences about bridges".to_owned());
        let report = make(&resume, &wish(Format::Pdf)).unwrap().report;
        let finding = report.findings.iter().find(|finding| finding.id == "characters_not_set").unwrap();
        assert_eq!(finding.evidence[0].pointer, "/basics/summary");
        assert_eq!(finding.evidence[0].text.as_deref(), Some("✈東京"));
        let docx = make(&resume, &wish(Format::Docx)).unwrap().report;
        assert!(docx.findings.iter().all(|finding| finding.id != "characters_not_set"));
    }
}
