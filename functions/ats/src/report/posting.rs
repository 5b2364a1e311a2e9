//! The job description beside the CV: what it asks for and the CV does not say.

use vitae_resume::Resume;

use super::{Finding, Grading, Part, Severity, finding};
use crate::job::{JobMatch, TermFound, TermMatch, TitleMatch, texts_of};
use crate::knock_out::{KnockOutKind, KnockOutState};
use crate::terms;

/// So often stands in a CV what was put there for machines.
const STUFFED: usize = 12;

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
    if let Some(title) = title
        && let (Some(asked), Some(held)) = (title.level_asked, title.level_held)
        && asked > held
    {
        findings.push(finding(
            "level_above",
            Part::Job,
            Severity::Info,
            format!("The title “{}” stands above every position in the CV.", title.title),
            "Show where you led, decided or taught without the title.",
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
    let mut injectable = finding(
        "terms_left_out",
        Part::Job,
        Severity::Medium,
        "Your CV holds terms of the job description that this version leaves out.",
        "Take the sections that hold them into the document.",
    );
    for term in job.required.iter().chain(&job.preferred).filter(|term| term.found == TermFound::Injectable) {
        injectable = injectable.at(term.places.first().cloned().unwrap_or_default(), Some(&term.asked_as));
    }
    if !injectable.evidence.is_empty() {
        findings.push(injectable);
    }
    let mut knock_outs = finding(
        "conditions_not_shown",
        Part::Job,
        Severity::High,
        "The job description makes conditions that the CV does not show to be met.",
        "Where you meet them, say so in plain words; where not, no wording helps.",
    );
    for item in job.knock_outs.iter().filter(|item| item.state == KnockOutState::NotShown) {
        let member = match item.kind {
            KnockOutKind::Years => "/work",
            KnockOutKind::Degree => "/education",
            KnockOutKind::Licence => "/certificates",
            KnockOutKind::Clearance | KnockOutKind::Place => "/basics",
        };
        knock_outs = knock_outs.at(member, Some(&item.asked));
    }
    if !knock_outs.evidence.is_empty() {
        findings.push(knock_outs);
    }
    let mut stuffed = finding(
        "stuffed_terms",
        Part::Job,
        Severity::Low,
        "Some terms of the job description stand in the CV very often.",
        "Once or twice, where you used it, says as much; more reads as stuffing and gains nothing here.",
    );
    for term in job.required.iter().chain(&job.preferred).filter(|term| term.times_held >= STUFFED) {
        let text = format!("{}, {} times", term.term, term.times_held);
        stuffed = stuffed.at(term.places.first().cloned().unwrap_or_default(), Some(&text));
    }
    if !stuffed.evidence.is_empty() {
        findings.push(stuffed);
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
    let held: usize =
        weighed.iter().map(|(terms, weight)| terms.iter().filter(|term| is_held(term)).count() * weight).sum();
    Grading::Share(
        held as f64 / all as f64,
        "The share of its terms that the CV holds; a required one weighs 3, a preferred one 2, any other 1.".to_owned(),
    )
}

fn is_held(term: &TermMatch) -> bool {
    matches!(term.found, TermFound::Exact | TermFound::Stem | TermFound::Synonym)
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
    fn conditions_that_the_cv_does_not_show_are_listed_apart() {
        let report =
            look(CV, Some("Requirements:\n5+ years with Kubernetes\nTerraform, Python\nValid forklift licence"));
        let found = report.findings.iter().find(|f| f.id == "conditions_not_shown").unwrap();
        assert_eq!(found.evidence.len(), 1);
        assert_eq!(found.evidence[0].text.as_deref(), Some("Valid forklift licence"));
        assert_eq!(report.job.unwrap().knock_outs.len(), 2);
    }

    #[test]
    fn a_term_said_over_and_over_gains_nothing_and_is_told() {
        let stuffed =
            CV.replace(r#"["AWS","Terraform","Python"]"#, &format!("[{}]", vec![r#""Terraform""#; 14].join(",")));
        let posting = Some("Requirements: Kubernetes, Terraform, AWS, Haskell");
        let report = look(&stuffed, posting);
        assert!(ids(&report).contains(&"stuffed_terms"));
        let job =
            |report: &crate::report::Report| report.score.parts.iter().find(|p| p.part == Part::Job).unwrap().score;
        assert_eq!(job(&report), job(&look(CV, posting)));
    }

    #[test]
    fn a_description_that_says_nothing_is_not_graded() {
        let report = look(CV, Some("We look for a nice person."));
        assert_eq!(report.score.parts.iter().find(|p| p.part == Part::Job).unwrap().score, None);
        assert_eq!(report.score.value, 100);
    }
}
