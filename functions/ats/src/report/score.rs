//! The score: a weighted mean over the parts that could be graded.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Finding, Grading, Part, Severity, VERSION};

/// What each part weighs. A part that could not be graded weighs nothing.
const WEIGHTS: [(Part, u32); 6] = [
    (Part::Contact, 15),
    (Part::Dates, 15),
    (Part::Sections, 15),
    (Part::File, 15),
    (Part::Bullets, 10),
    (Part::Job, 30),
];

/// What a finding costs its part, of 100 points.
fn cost(severity: Severity) -> u32 {
    match severity {
        Severity::High => 40,
        Severity::Medium => 15,
        Severity::Low => 5,
        Severity::Info => 0,
    }
}

const METHOD: &str = "Each graded part has 0 to 100 points. A part graded by its findings starts at 100 and loses 40 for \
each finding of high, 15 of medium and 5 of low severity; the part `job` and, for a document made here, the part `file` \
are the share that their basis names. The value is the mean of the graded parts by weight. It is not a probability of \
passing anything.";

/// What follows from the findings.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = AtsScore)]
pub(crate) struct Score {
    /// Version of the rules.
    pub(crate) version: String,
    /// 0 to 100.
    #[schema(maximum = 100)]
    pub(crate) value: u32,
    /// The band the value lies in.
    pub(crate) band: Band,
    /// How it is reckoned.
    pub(crate) method: String,
    /// The parts it is made of.
    pub(crate) parts: Vec<PartScore>,
}

/// A range of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AtsBand)]
pub(crate) enum Band {
    /// 90 to 100.
    InOrder,
    /// 75 to 89.
    MinorFindings,
    /// 50 to 74.
    NeedsWork,
    /// 0 to 49.
    MuchMissing,
}

/// One part of the score.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = AtsPartScore)]
pub(crate) struct PartScore {
    /// The part.
    pub(crate) part: Part,
    /// What it weighs among the graded parts.
    pub(crate) weight: u32,
    /// 0 to 100, or null where it could not be graded; then it counts for nothing.
    #[schema(maximum = 100)]
    pub(crate) score: Option<u32>,
    /// What the part's score was reckoned from, or why there is none.
    pub(crate) basis: String,
}

pub(super) fn score(findings: &[Finding], file: Grading, bullets: Grading, job: Grading) -> Score {
    let parts: Vec<PartScore> = WEIGHTS
        .iter()
        .map(|&(part, weight)| {
            let grading = match part {
                Part::File => &file,
                Part::Bullets => &bullets,
                Part::Job => &job,
                Part::Contact | Part::Dates | Part::Sections => &Grading::ByFindings,
            };
            let (score, basis) = match grading {
                Grading::ByFindings => {
                    let lost: u32 = findings.iter().filter(|f| f.part == part).map(|f| cost(f.severity)).sum();
                    (Some(100_u32.saturating_sub(lost)), "Its findings.".to_owned())
                }
                Grading::Share(share, basis) => (Some((share * 100.0).round() as u32), basis.clone()),
                Grading::Ungraded(reason) => (None, reason.clone()),
            };
            PartScore { part, weight, score, basis }
        })
        .collect();
    let graded = || parts.iter().filter_map(|part| Some((part.score?, part.weight)));
    let weight: u32 = graded().map(|(_, weight)| weight).sum();
    let sum: u32 = graded().map(|(score, weight)| score * weight).sum();
    // Contact, dates and sections are always graded, so the weight is never nothing.
    let value = (f64::from(sum) / f64::from(weight)).round() as u32;
    let band = match value {
        90.. => Band::InOrder,
        75..90 => Band::MinorFindings,
        50..75 => Band::NeedsWork,
        _ => Band::MuchMissing,
    };
    Score { version: VERSION.to_owned(), value, band, method: METHOD.to_owned(), parts }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(part: Part, severity: Severity) -> Finding {
        super::super::finding("x", part, severity, "x", "x")
    }

    fn ungraded() -> Grading {
        Grading::Ungraded("none".to_owned())
    }

    #[test]
    fn the_value_is_the_weighted_mean_of_the_graded_parts() {
        let findings = [found(Part::Contact, Severity::High), found(Part::Dates, Severity::Low)];
        // (60·15 + 95·15 + 100·15) / 45
        assert_eq!(score(&findings, ungraded(), ungraded(), ungraded()).value, 85);
        // … + 50·30, / 75
        let with_job = score(&findings, ungraded(), ungraded(), Grading::Share(0.5, String::new()));
        assert_eq!((with_job.value, with_job.band), (71, Band::NeedsWork));
    }

    #[test]
    fn a_part_cannot_fall_below_nothing() {
        let findings = vec![found(Part::Contact, Severity::High); 5];
        assert_eq!(score(&findings, ungraded(), ungraded(), ungraded()).parts[0].score, Some(0));
    }

    #[test]
    fn the_weights_add_up_to_a_hundred() {
        assert_eq!(WEIGHTS.iter().map(|(_, weight)| weight).sum::<u32>(), 100);
    }
}
