//! The job description beside the CV: what it asks for and the CV does not say.

use vitae_resume::Resume;

use super::{Finding, Grading, Part, Severity, finding};
use crate::job::{JobMatch, TermFound, TermMatch, TitleMatch, texts_of};
use crate::terms;

/// A description that names fewer terms says too little to be graded by.
const FEWEST_TERMS: usize = 3;

pub(super) fn look(
    job: Option<(usize, &JobMatch)>,
    title: Option<&TitleMatch>,
    findings: &mut Vec<Finding>,
) -> Grading {
    if let Some(title) = title.filter(|title| !title.found) {
        findings.push(finding(
            "title_absent",
            Part::Job,
            Severity::Medium,
            format!("Neither the headline nor a position holds the title “{}”.", title.title),
            "Where it is true of you, put the title into your headline.",
        ));
    }
    let Some((count, job)) = job else {
        return Grading::Ungraded("No job description was given.".to_owned());
    };
    let listed = |terms: &[TermMatch]| {
        let missing: Vec<&str> =
            terms.iter().filter(|term| term.found == TermFound::Missing).map(|term| term.asked_as.as_str()).collect();
        (!missing.is_empty()).then(|| missing.join(", "))
    };
    if let Some(missing) = listed(&job.required) {
        findings.push(finding(
            "required_terms_missing",
            Part::Job,
            Severity::High,
            format!("The job description requires, and the CV does not mention: {missing}."),
            "Add those that are true of you, where you used them; leave out those that are not.",
        ));
    }
    if let Some(missing) = listed(&job.preferred) {
        findings.push(finding(
            "preferred_terms_missing",
            Part::Job,
            Severity::Low,
            format!("The job description welcomes, and the CV does not mention: {missing}."),
            "Add those that are true of you.",
        ));
    }
    if let Some(missing) = listed(&job.mentioned) {
        findings.push(finding(
            "mentioned_terms_missing",
            Part::Job,
            Severity::Info,
            format!("The job description speaks of, and the CV does not mention: {missing}."),
            "Add those that are true of you, if they matter for the work.",
        ));
    }
    let mut otherwise = finding(
        "named_otherwise",
        Part::Job,
        Severity::Low,
        "The CV holds some terms under another name than the job description.",
        "Write both once, such as “Kubernetes (k8s)”: not every program knows both.",
    );
    for term in job.required.iter().chain(&job.preferred).filter(|term| term.found == TermFound::Synonym) {
        let text = format!("{} for {}", term.written_as.as_deref().unwrap_or_default(), term.asked_as);
        otherwise = otherwise.at(term.places.first().cloned().unwrap_or_default(), Some(&text));
    }
    if !otherwise.evidence.is_empty() {
        findings.push(otherwise);
    }
    if count < FEWEST_TERMS {
        return Grading::Ungraded(format!(
            "The job description names {count} terms that we know; at least {FEWEST_TERMS} are needed."
        ));
    }
    let weighed = [(&job.required, 3), (&job.preferred, 2), (&job.mentioned, 1)];
    let all: usize = weighed.iter().map(|(terms, weight)| terms.len() * weight).sum();
    let held: usize = weighed
        .iter()
        .map(|(terms, weight)| terms.iter().filter(|term| term.found != TermFound::Missing).count() * weight)
        .sum();
    Grading::Share(
        held as f64 / all as f64,
        "The share of its terms that the CV holds; a required one weighs 3, a preferred one 2, any other 1.".to_owned(),
    )
}

pub(super) fn look_at_industry(resume: &Resume, industry: Option<&str>, findings: &mut Vec<Finding>) {
    let Some(industry) = industry.map(str::trim).filter(|industry| !industry.is_empty()) else { return };
    if !texts_of(resume).iter().any(|(_, text)| terms::contains_whole(text, industry)) {
        findings.push(finding(
            "industry_absent",
            Part::Job,
            Severity::Info,
            format!("The CV does not name the industry “{industry}”."),
            "Where you know it, say so in your profile text.",
        ));
    }
}

#[cfg(test)]
mod tests {
    use crate::report::Part;
    use crate::report::tests::{CV, ids, look};

    #[test]
    fn missing_terms_are_listed_by_how_much_they_are_wanted() {
        let report = look(CV, Some("Requirements:\nKubernetes, Haskell\nNice to have:\nErlang, Python"));
        assert_eq!(ids(&report), ["required_terms_missing", "preferred_terms_missing", "named_otherwise"]);
        assert!(report.findings[0].detail.ends_with("Haskell."));
    }

    #[test]
    fn a_description_that_says_nothing_is_not_graded() {
        let report = look(CV, Some("We look for a nice person."));
        assert_eq!(report.score.parts.iter().find(|p| p.part == Part::Job).unwrap().score, None);
        assert_eq!(report.score.value, 100);
    }
}
