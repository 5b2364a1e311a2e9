//! Periods of work and study: missing, reversed, in the future, overlapping, and the gaps between them.

use jiff::civil::Date;
use vitae_resume::{PartialDate, Resume};

use super::{Finding, Part, Severity, finding};

/// Days between two roles that are a gap. Half a year, so that a notice period and a summer are none.
const GAP: i64 = 183;
/// Days that two roles may overlap without a word: a handover of two months.
const OVERLAP: i64 = 62;

struct Period {
    pointer: String,
    title: String,
    start: Option<PartialDate>,
    end: Option<PartialDate>,
}

pub(super) fn look(resume: &Resume, today: Date, findings: &mut Vec<Finding>) {
    let title = |a: &Option<String>, b: &Option<String>| a.clone().or_else(|| b.clone()).unwrap_or_default();
    let work: Vec<Period> = (resume.work.iter().enumerate())
        .map(|(i, work)| Period {
            pointer: format!("/work/{i}"),
            title: title(&work.position, &work.name),
            start: work.start_date,
            end: work.end_date,
        })
        .collect();
    let education: Vec<Period> = (resume.education.iter().enumerate())
        .map(|(i, education)| Period {
            pointer: format!("/education/{i}"),
            title: title(&education.study_type, &education.institution),
            start: education.start_date,
            end: education.end_date,
        })
        .collect();

    for period in &work {
        if period.start.is_none() {
            let end_alone = period.end.is_some();
            let detail =
                if end_alone { "A role shows when it ended, not when it began." } else { "A role has no dates." };
            findings.push(
                finding(
                    "dates_missing",
                    Part::Dates,
                    Severity::Medium,
                    detail,
                    "Write month and year of its beginning and end.",
                )
                .at(&period.pointer, Some(&period.title)),
            );
        }
        let future = period.start.filter(|start| start.earliest() > today).map(|date| ("startDate", date));
        let future = future.or(period.end.filter(|end| end.earliest() > today).map(|date| ("endDate", date)));
        if let Some((member, date)) = future {
            findings.push(
                finding(
                    "dates_in_the_future",
                    Part::Dates,
                    Severity::Medium,
                    "A role begins or ends in the future.",
                    "Check the year.",
                )
                .at(format!("{}/{member}", period.pointer), Some(&date.to_string())),
            );
        }
    }
    for period in education.iter().filter(|period| period.start.is_none() && period.end.is_none()) {
        findings.push(
            finding(
                "study_dates_missing",
                Part::Dates,
                Severity::Low,
                "A course of study has no dates.",
                "Write the year you finished, or will.",
            )
            .at(&period.pointer, Some(&period.title)),
        );
    }
    for period in work.iter().chain(&education) {
        if let (Some(start), Some(end)) = (period.start, period.end)
            && end.latest() < start.earliest()
        {
            findings.push(
                finding(
                    "dates_reversed",
                    Part::Dates,
                    Severity::High,
                    "A period ends before it begins.",
                    "Swap or correct the dates.",
                )
                .at(format!("{}/endDate", period.pointer), Some(&format!("{start} – {end}"))),
            );
        }
    }
    look_between(&work, today, findings);
}

/// Roles in the order of their beginnings. What the dates leave open is read in the person's favour.
fn look_between(work: &[Period], today: Date, findings: &mut Vec<Finding>) {
    let mut dated: Vec<(&Period, PartialDate, Option<PartialDate>)> = work
        .iter()
        .filter_map(|period| Some((period, period.start?, period.end)))
        .filter(|(_, start, end)| end.is_none_or(|end| end.latest() >= start.earliest()))
        .collect();
    dated.sort_by_key(|(_, start, _)| *start);
    let Some((first, _, end)) = dated.first() else { return };
    let mut latest: (&Period, Date) = (first, end.map_or(today, PartialDate::latest));
    for (period, start, end) in &dated[1..] {
        let free = (start.earliest() - latest.1).get_days();
        if i64::from(free) >= GAP {
            let severity = if i64::from(free) >= 2 * GAP { Severity::Medium } else { Severity::Low };
            let months = (f64::from(free) / 30.44).round();
            findings.push(
                finding(
                    "gap",
                    Part::Dates,
                    severity,
                    format!("About {months} months lie between two roles."),
                    "Say in a line what you did then (study, care, travel, own projects), or be ready to.",
                )
                .at(&latest.0.pointer, Some(&latest.0.title))
                .at(&period.pointer, Some(&period.title)),
            );
        }
        let until = end.map_or(today, PartialDate::latest);
        if until > latest.1 {
            latest = (period, until);
        }
    }
    let mut overlaps = Vec::new();
    for (i, (a, _, a_end)) in dated.iter().enumerate() {
        let a_until = a_end.map_or(today, PartialDate::earliest);
        for (b, b_start, b_end) in &dated[i + 1..] {
            let shared_until = a_until.min(b_end.map_or(today, PartialDate::earliest));
            if i64::from((shared_until - b_start.latest()).get_days()) > OVERLAP {
                overlaps.push((a, b));
            }
        }
    }
    if !overlaps.is_empty() {
        let mut found = finding(
            "overlapping_roles",
            Part::Dates,
            Severity::Low,
            "Roles overlap by more than two months.",
            "Where both are right, say so (part-time, freelance); else correct the dates.",
        );
        for (a, b) in overlaps {
            found = found.at(&a.pointer, Some(&a.title)).at(&b.pointer, Some(&b.title));
        }
        findings.push(found);
    }
}

#[cfg(test)]
mod tests {
    use crate::report::tests::{CV, ids, look};

    fn with(from: &str, to: &str) -> Vec<String> {
        assert!(CV.contains(from));
        ids(&look(&CV.replace(from, to), None)).into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn each_fault_of_a_date_is_found() {
        assert_eq!(with(r#""startDate":"2020-01","#, ""), ["dates_missing"]);
        assert_eq!(with(r#""endDate":"2019-12""#, r#""endDate":"2015-12""#), ["dates_reversed"]);
        assert_eq!(
            with(r#""startDate":"2020-01""#, r#""startDate":"2027-01""#),
            ["dates_in_the_future", "gap"].map(str::to_owned)
        );
        assert_eq!(with(r#""startDate":"2010","endDate":"2015""#, r#""score":"A""#), ["study_dates_missing"]);
    }

    #[test]
    fn a_gap_of_half_a_year_is_told_and_a_summer_is_not() {
        assert_eq!(with(r#""endDate":"2019-12""#, r#""endDate":"2019-09""#), Vec::<String>::new());
        assert_eq!(with(r#""endDate":"2019-12""#, r#""endDate":"2019-05""#), ["gap"]);
    }

    #[test]
    fn dates_of_a_year_are_read_in_the_persons_favour() {
        assert_eq!(
            with(r#""startDate":"2016-01","endDate":"2019-12""#, r#""startDate":"2016","endDate":"2019""#),
            Vec::<String>::new()
        );
        assert_eq!(
            with(r#""startDate":"2016-01","endDate":"2019-12""#, r#""startDate":"2016","endDate":"2020""#),
            Vec::<String>::new()
        );
    }

    #[test]
    fn roles_at_the_same_time_are_pointed_at_together() {
        let report = look(&CV.replace(r#""endDate":"2019-12""#, r#""endDate":"2021-12""#), None);
        assert_eq!(ids(&report), ["overlapping_roles"]);
        assert_eq!(report.findings[0].evidence.len(), 2);
    }

    #[test]
    fn a_degree_expected_next_year_is_no_fault() {
        assert_eq!(with(r#""endDate":"2015""#, r#""endDate":"2027""#), Vec::<String>::new());
    }
}
