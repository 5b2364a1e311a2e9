//! The achievements under each role: whether they show a result that can be measured, and their length.
//!
//! Words are counted between spaces, so the rules are silent where a language writes without them, and where the
//! language is not known.

use std::collections::HashMap;

use vitae_resume::Resume;

use super::{Finding, Grading, Part, Severity, finding, style};
use crate::language::counts_no_words;
use crate::wording::Wording;

const LONGEST: usize = 45;
const SHORTEST: usize = 3;
/// Fewer bullets than this say nothing about a habit.
const FEWEST: usize = 4;

pub(super) fn look(resume: &Resume, language: Option<&str>, findings: &mut Vec<Finding>) -> Grading {
    if !language.is_some_and(|language| Wording::knows(language) && !counts_no_words(language)) {
        return Grading::Ungraded(
            "The rules for bullets do not hold for this CV's language, or it could not be told.".to_owned(),
        );
    }
    let bullets: Vec<(String, &str)> = resume
        .work
        .iter()
        .enumerate()
        .flat_map(|(i, work)| {
            work.highlights.iter().enumerate().map(move |(j, text)| (format!("/work/{i}/highlights/{j}"), text.trim()))
        })
        .filter(|(_, text)| !text.is_empty())
        .collect();
    if bullets.is_empty() {
        return Grading::Ungraded("No role has bullets.".to_owned());
    }
    style::look(resume, language, findings);
    let measured = bullets.iter().filter(|(_, text)| shows_a_figure(text)).count();
    if bullets.len() >= FEWEST && measured * 4 < bullets.len() {
        let mut found = finding(
            "few_measurable_results",
            Part::Bullets,
            Severity::Medium,
            format!("{measured} of {} bullets show a figure.", bullets.len()),
            "Where you can, say how much, how many or how fast: an amount, a share, a number of people.",
        );
        for (pointer, text) in bullets.iter().filter(|(_, text)| !shows_a_figure(text)) {
            found = found.at(pointer, Some(text));
        }
        findings.push(found);
    }
    let mut repeated = finding(
        "repeated_bullets",
        Part::Bullets,
        Severity::Low,
        "Some bullets say the same as another.",
        "Say it once, where it matters most, and use the line for something else.",
    );
    let bare =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let mut said: HashMap<String, &str> = HashMap::new();
    for (pointer, text) in bullets.iter().filter(|(_, text)| text.split_whitespace().count() >= SHORTEST) {
        match said.get(&bare(text)) {
            Some(first) => repeated = repeated.at(*first, Some(text)).at(pointer, Some(text)),
            None => {
                said.insert(bare(text), pointer);
            }
        }
    }
    findings.extend(Some(repeated).filter(|finding| !finding.evidence.is_empty()));
    let words = |text: &str| text.split_whitespace().count();
    let mut long = finding(
        "long_bullets",
        Part::Bullets,
        Severity::Low,
        format!("Some bullets have more than {LONGEST} words."),
        "Split them, or keep the result and drop the way there.",
    );
    let mut short = finding(
        "short_bullets",
        Part::Bullets,
        Severity::Low,
        format!("Some bullets have fewer than {SHORTEST} words."),
        "Say what you did and what came of it, or move single terms to your skills.",
    );
    for (pointer, text) in &bullets {
        if words(text) > LONGEST {
            long = long.at(pointer, Some(text));
        } else if words(text) < SHORTEST {
            short = short.at(pointer, Some(text));
        }
    }
    findings.extend([long, short].into_iter().filter(|finding| !finding.evidence.is_empty()));
    Grading::ByFindings
}

/// Whether a number stands in the text that is no year and no part of a name (`S3`, `ISO 9001` counts: it is a figure to
/// a reader at a glance, and telling more would need the language).
fn shows_a_figure(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    let mut i = 0;
    while i < characters.len() {
        if !characters[i].is_numeric() {
            i += 1;
            continue;
        }
        let start = i;
        while i < characters.len()
            && (characters[i].is_numeric()
                || matches!(characters[i], '.' | ',' | '\u{a0}' | '\u{202f}')
                    && characters.get(i + 1).is_some_and(|c| c.is_numeric()))
        {
            i += 1;
        }
        let number: String = characters[start..i].iter().collect();
        let year = number.len() == 4 && (number.starts_with("19") || number.starts_with("20"));
        let within_a_name = start > 0
            && (characters[start - 1].is_alphabetic()
                || characters[start - 1] == '-' && start > 1 && characters[start - 2].is_alphabetic());
        if !year && !within_a_name {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::{CV, ids, look};

    #[test]
    fn years_and_names_are_no_results() {
        for text in ["Cut costs by 30 %", "Saved €1.2m", "Led 5 people in 2019", "Served 2,000 guests"] {
            assert!(shows_a_figure(text), "{text}");
        }
        for text in ["Led the team since 2019", "Moved files to S3", "Used COVID-19 data", "Improved quality"] {
            assert!(!shows_a_figure(text), "{text}");
        }
    }

    #[test]
    fn bullets_without_figures_too_long_or_too_short_are_pointed_at() {
        let long = vec!["word"; 60].join(" ");
        let cv = CV.replace(
            r#"["Cut hosting costs by 30 % on AWS","Moved 40 services to k8s with Terraform"]"#,
            &format!(r#"["Ran things","Kept the lights on at night","Helped colleagues with tasks","{long}"]"#),
        );
        let report = look(&cv, None);
        assert_eq!(ids(&report), ["few_measurable_results", "weak_openings", "long_bullets", "short_bullets"]);
        assert_eq!(report.findings[3].evidence[0].pointer, "/work/0/highlights/0");
    }

    #[test]
    fn a_bullet_that_stands_there_twice_is_pointed_at_in_both_places() {
        let cv = CV.replace(
            "Moved 40 services to k8s with Terraform",
            "Wrote billing software in Python for 2 million customers.",
        );
        let report = look(&cv, None);
        assert_eq!(ids(&report), ["repeated_bullets"]);
        let pointers: Vec<&str> =
            report.findings[0].evidence.iter().map(|evidence| evidence.pointer.as_str()).collect();
        assert_eq!(pointers, ["/work/0/highlights/1", "/work/1/highlights/0"]);
    }

    #[test]
    fn the_rules_are_silent_in_a_language_they_do_not_hold_for() {
        let cv =
            CV.replace(r#""language":"en""#, r#""language":"ja""#).replace("Cut hosting costs by 30 % on AWS", "削減");
        let report = look(&cv, None);
        assert_eq!(ids(&report), Vec::<&str>::new());
        assert_eq!(report.score.parts.iter().find(|p| p.part == Part::Bullets).unwrap().score, None);
    }
}
