//! The report: findings first, each with its evidence and what to do; then a score that follows from them.
//!
//! The score is no probability of anything. It says how much of what this version of the report looks at is in order.

mod bullets;
mod contact;
mod dates;
mod file;
mod headings;
mod posting;
mod score;
mod sections;
mod style;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use vitae_resume::{Resume, Span};

pub(crate) use score::Score;

use crate::job::{Job, JobMatch};
use crate::language;
use crate::propose::Proposals;
use crate::round_trip::RoundTrip;
use crate::typeset::Unset;

/// Version of the findings and of the score's rules. It changes whenever the same CV could get another score.
pub(crate) const VERSION: &str = "3";

/// Most places that one finding names.
const MOST_EVIDENCE: usize = 12;

/// A report on a CV, or on a document made from it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = AtsReport)]
pub struct Report {
    /// Version of the findings and of the score's rules.
    pub(crate) version: String,
    /// Language of the CV, ISO 639-1, where it could be told.
    pub(crate) language: Option<String>,
    /// What was found, worst first.
    pub(crate) findings: Vec<Finding>,
    /// What follows from the findings.
    pub(crate) score: Score,
    /// The job description beside the CV, where one was given.
    pub(crate) job: Option<JobMatch>,
    /// The file that was made, where one was.
    pub document: Option<DocumentFacts>,
    /// What our own parser read back out of the file, where one was made.
    pub round_trip: Option<RoundTrip>,
    /// Other wordings that a language model proposes, where they were asked for.
    pub(crate) proposals: Option<Proposals>,
}

/// A file that was made.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = AtsDocumentFacts)]
pub struct DocumentFacts {
    /// Bytes.
    pub size: usize,
    /// Pages, where the format has pages.
    pub pages: Option<usize>,
    /// Standards that the file declares.
    pub conformance: Vec<String>,
    /// The sections in their order on the document.
    pub sections: Vec<crate::sheet::Section>,
    /// Whether the job description changed the order.
    pub tailored: bool,
}

/// One thing found.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = AtsFinding)]
pub(crate) struct Finding {
    /// Stable name, in `snake_case`.
    pub(crate) id: String,
    /// The part of the report it belongs to.
    pub(crate) part: Part,
    /// How much it matters.
    pub(crate) severity: Severity,
    /// What is the case.
    pub(crate) detail: String,
    /// What to do about it.
    pub(crate) fix: String,
    /// Where it can be seen; empty where something is absent.
    pub(crate) evidence: Vec<Evidence>,
}

/// A place that shows a finding.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = AtsEvidence)]
pub(crate) struct Evidence {
    /// JSON pointer (RFC 6901) into the résumé.
    pub(crate) pointer: String,
    /// What stands there, or the part of it that matters.
    pub(crate) text: Option<String>,
    /// Where it was read from on the original's pages, as far as that is known.
    #[schema(value_type = Vec<SpanBody>)]
    pub(crate) spans: Vec<Span>,
}

/// A place on a page of the original.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AtsSpan)]
pub(crate) struct SpanBody {
    /// Page, from 1.
    pub(crate) page: usize,
    /// Where on it.
    pub(crate) bbox: BoundingBoxBody,
}

/// A rectangle in points (1/72 inch) from the page's top left corner.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AtsBoundingBox)]
pub(crate) struct BoundingBoxBody {
    /// Left edge.
    pub(crate) x: f32,
    /// Top edge.
    pub(crate) y: f32,
    /// Width.
    pub(crate) width: f32,
    /// Height.
    pub(crate) height: f32,
}

/// A part of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AtsPart)]
pub(crate) enum Part {
    /// Name, mail, telephone, links.
    Contact,
    /// Periods of work and study.
    Dates,
    /// What a CV usually holds.
    Sections,
    /// The file itself: the original, or the one that was made.
    File,
    /// The achievements under each role.
    Bullets,
    /// The job description.
    Job,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AtsSeverity)]
pub(crate) enum Severity {
    /// A reader or a machine will miss something that decides.
    High,
    /// It costs something.
    Medium,
    /// It could be better.
    Low,
    /// Good to know; it costs nothing.
    Info,
}

/// What a report is made from.
#[derive(Debug)]
pub(crate) struct Subject<'a> {
    /// The CV. Its `meta.vitae` holds what is known of the original.
    pub(crate) resume: &'a Resume,
    /// The whole CV, where `resume` is a version that leaves parts out.
    pub(crate) whole: Option<&'a Resume>,
    pub(crate) job_description: Option<&'a str>,
    pub(crate) target_job_title: Option<&'a str>,
    pub(crate) target_industry: Option<&'a str>,
    /// Size of the original in bytes, where there is one.
    pub(crate) original_size: Option<u64>,
    pub(crate) today: Date,
}

/// A document that was made from the CV: then the part `file` is about it and not about the original.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) facts: DocumentFacts,
    pub(crate) round_trip: RoundTrip,
    pub(crate) unset: Vec<Unset>,
}

/// Looks a CV over, beside a job description and a job title where they are given.
pub fn analyze(resume: &Resume, job_description: Option<&str>, target_job_title: Option<&str>, today: Date) -> Report {
    let subject = Subject {
        resume,
        whole: None,
        job_description,
        target_job_title,
        target_industry: None,
        original_size: None,
        today,
    };
    report(&subject, None)
}

/// Looks a CV over.
pub(crate) fn report(subject: &Subject<'_>, made: Option<Made>) -> Report {
    let resume = subject.resume;
    let language = language::of_resume(resume);
    let job = subject.job_description.map(|description| {
        let job = Job::read(description, resume);
        (job.len(), job.compare(resume, subject.whole, subject.target_job_title, subject.today))
    });
    let title_alone = match (&job, subject.target_job_title) {
        (None, Some(title)) => Job::default().compare(resume, None, Some(title), subject.today).title,
        _ => None,
    };

    let mut findings = Vec::new();
    contact::look(resume, &mut findings);
    dates::look(resume, subject.today, &mut findings);
    sections::look(resume, language.as_deref(), &mut findings);
    let file = match &made {
        Some(made) => file::look_at_made(made, &mut findings),
        None => file::look_at_original(subject, language.as_deref(), &mut findings),
    };
    let bullets = bullets::look(resume, language.as_deref(), &mut findings);
    let title = job.as_ref().and_then(|(_, job)| job.title.as_ref()).or(title_alone.as_ref());
    let posting = posting::look(job.as_ref().map(|(count, job)| (*count, job)), title, &mut findings);
    posting::look_at_industry(resume, subject.target_industry, &mut findings);

    let spans = resume.meta.vitae.as_ref().map(|vitae| &vitae.spans);
    for finding in &mut findings {
        finding.evidence.truncate(MOST_EVIDENCE);
        for evidence in &mut finding.evidence {
            evidence.spans = spans.map(|spans| spans_of(spans, &evidence.pointer)).unwrap_or_default();
        }
    }
    findings.sort_by_key(|finding| (finding.severity, finding.part));
    let score = score::score(&findings, file, bullets, posting);
    let (document, round_trip) = match made {
        Some(made) => (Some(made.facts), Some(made.round_trip)),
        None => (None, None),
    };
    Report {
        version: VERSION.to_owned(),
        language,
        findings,
        score,
        job: job.map(|(_, job)| job),
        document,
        round_trip,
        proposals: None,
    }
}

/// How a part is graded beside its findings.
#[derive(Debug, Clone, PartialEq)]
enum Grading {
    /// By its findings alone.
    ByFindings,
    /// By a share between 0 and 1, said in words.
    Share(f64, String),
    /// Not at all, and why.
    Ungraded(String),
}

/// The places of a field, or of the fields under it where it has none of its own.
fn spans_of(spans: &BTreeMap<String, Vec<Span>>, pointer: &str) -> Vec<Span> {
    match spans.get(pointer) {
        Some(found) => found.clone(),
        None => {
            let below = format!("{pointer}/");
            spans
                .range(below.clone()..)
                .take_while(|(key, _)| key.starts_with(&below))
                .flat_map(|(_, s)| s.clone())
                .take(4)
                .collect()
        }
    }
}

fn finding(id: &str, part: Part, severity: Severity, detail: impl Into<String>, fix: &str) -> Finding {
    Finding { id: id.to_owned(), part, severity, detail: detail.into(), fix: fix.to_owned(), evidence: Vec::new() }
}

impl Finding {
    fn at(mut self, pointer: impl Into<String>, text: Option<&str>) -> Self {
        let text = text.map(|text| text.chars().take(300).collect());
        self.evidence.push(Evidence { pointer: pointer.into(), text, spans: Vec::new() });
        self
    }
}

fn is_filled(text: &Option<String>) -> bool {
    crate::sheet::clean(text).is_some()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::score::Band;
    use super::*;

    pub(crate) const CV: &str = r#"{
        "basics":{"name":"Ada Kovač","label":"Platform Engineer","email":"ada@example.org","phone":"+47 21 00 00 00",
            "url":"https://ada.example","location":{"city":"Oslo"},"summary":"Platform engineer with ten years of work on large systems for the public sector."},
        "work":[
            {"name":"Acme","position":"Platform Engineer","startDate":"2020-01","highlights":["Cut hosting costs by 30 % on AWS","Moved 40 services to k8s with Terraform"]},
            {"name":"Beta","position":"Developer","startDate":"2016-01","endDate":"2019-12","highlights":["Wrote billing software in Python for 2 million customers"]}],
        "education":[{"institution":"NTNU","studyType":"MSc","area":"Computer Science","startDate":"2010","endDate":"2015"}],
        "skills":[{"name":"Tools","keywords":["AWS","Terraform","Python"]}],
        "meta":{"vitae":{"language":"en","page_count":1}}}"#;

    pub(super) fn look(json: &str, description: Option<&str>) -> Report {
        let resume = serde_json::from_str(json).unwrap();
        let subject = Subject {
            resume: &resume,
            whole: None,
            job_description: description,
            target_job_title: None,
            target_industry: None,
            original_size: None,
            today: jiff::civil::date(2026, 11, 21),
        };
        report(&subject, None)
    }

    pub(super) fn ids(report: &Report) -> Vec<&str> {
        report.findings.iter().map(|finding| finding.id.as_str()).collect()
    }

    #[test]
    fn a_sound_cv_has_no_findings_and_the_full_score() {
        let report = look(CV, None);
        assert_eq!(ids(&report), Vec::<&str>::new());
        assert_eq!((report.score.value, report.score.band), (100, Band::InOrder));
    }

    #[test]
    fn the_score_moves_when_the_job_description_moves() {
        let fitting = look(CV, Some("Requirements: Kubernetes, Terraform, Python, AWS"));
        let half = look(CV, Some("Requirements: Kubernetes, Terraform, Haskell, Erlang"));
        let other = look(CV, Some("Requirements: phlebotomy, triage, patient care, infection control"));
        assert!(fitting.score.value > half.score.value, "{} {}", fitting.score.value, half.score.value);
        assert!(half.score.value > other.score.value, "{} {}", half.score.value, other.score.value);
        assert_eq!(ids(&other), ["required_terms_missing"]);
    }

    #[test]
    fn the_score_moves_when_the_resume_moves() {
        let posting = Some("Requirements: Kubernetes, Terraform, Python, AWS");
        let full = look(CV, posting);
        let without_terraform = look(&CV.replace("Terraform", "Excel sheets"), posting);
        let without_mail = look(&CV.replace(r#""email":"ada@example.org","#, ""), posting);
        assert!(without_terraform.score.value < full.score.value);
        assert!(without_mail.score.value < full.score.value);
        assert_eq!(without_mail.findings[0].id, "email_missing");
    }

    #[test]
    fn what_cannot_be_graded_says_so_and_counts_for_nothing() {
        let report = look(&CV.replace(r#","page_count":1"#, ""), None);
        let part = |part: Part| report.score.parts.iter().find(|p| p.part == part).unwrap();
        assert_eq!(part(Part::File).score, None);
        assert_eq!(part(Part::Job).score, None);
        assert!(!part(Part::File).basis.is_empty() && !part(Part::Job).basis.is_empty());
        assert_eq!(report.score.value, 100);
    }

    #[test]
    fn evidence_carries_the_places_on_the_page_that_are_known() {
        let cv = CV.replace(
            r#""page_count":1}"#,
            r#""page_count":1,"spans":{"/work/0/startDate":[{"page":2,"bbox":{"x":1,"y":2,"width":3,"height":4}}]}}"#,
        );
        let report = look(&cv.replace(r#""startDate":"2020-01""#, r#""startDate":"2031-01""#), None);
        let finding = report.findings.iter().find(|f| f.id == "dates_in_the_future").unwrap();
        assert_eq!(finding.evidence[0].pointer, "/work/0/startDate");
        assert_eq!(finding.evidence[0].spans[0].page, 2);
    }
}
