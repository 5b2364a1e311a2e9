//! What a CV usually holds, and entries that lack what makes them one.

use vitae_resume::Resume;

use super::{Finding, Part, Severity, finding, is_filled};
use crate::job::texts_of;
use crate::language::counts_no_words;

/// Words that fill some three pages.
const MOST_WORDS: usize = 1_500;

pub(super) fn look(resume: &Resume, language: Option<&str>, findings: &mut Vec<Finding>) {
    let mut say = |id, severity, detail: &str, fix: &str| {
        findings.push(finding(id, Part::Sections, severity, detail, fix));
    };
    if resume.work.is_empty() {
        // Who begins has projects, unpaid work or a course of study to show.
        let beginner = !(resume.projects.is_empty() && resume.volunteer.is_empty() && resume.education.is_empty());
        let severity = if beginner { Severity::Medium } else { Severity::High };
        say(
            "experience_missing",
            severity,
            "No work experience was found.",
            "Add your roles under a heading such as Experience, internships too.",
        );
    }
    if resume.education.is_empty() {
        say(
            "education_missing",
            Severity::Medium,
            "No education was found.",
            "Add school, degree and year under a heading such as Education.",
        );
    }
    let has_skills =
        resume.skills.iter().any(|skill| is_filled(&skill.name) || skill.keywords.iter().any(|k| !k.trim().is_empty()));
    if !has_skills {
        say(
            "skills_missing",
            Severity::Medium,
            "No list of skills was found.",
            "Add a section Skills with the tools and methods you master, parted by commas.",
        );
    }
    if !is_filled(&resume.basics.summary) {
        say(
            "summary_missing",
            Severity::Low,
            "No profile text was found.",
            "Open with two or three sentences on who you are and what you look for.",
        );
    }

    let words: usize = texts_of(resume).iter().map(|(_, text)| text.split_whitespace().count()).sum();
    let counted = language.is_some_and(|language| !counts_no_words(language));
    if counted && words > MOST_WORDS && resume.publications.is_empty() {
        findings.push(finding(
            "much_text",
            Part::Sections,
            Severity::Low,
            format!("The CV has about {words} words."),
            "Six hundred to a thousand are read. Shorten what is old or far from the work you look for.",
        ));
    }

    let lacking =
        resume.work.iter().enumerate().filter(|(_, work)| !is_filled(&work.position) || !is_filled(&work.name));
    let mut incomplete = finding(
        "role_incomplete",
        Part::Sections,
        Severity::Medium,
        "A role lacks its title or its employer.",
        "Write title and employer on lines of their own.",
    );
    for (i, work) in lacking {
        let (member, other) =
            if is_filled(&work.position) { ("name", &work.position) } else { ("position", &work.name) };
        incomplete = incomplete.at(format!("/work/{i}/{member}"), other.as_deref());
    }
    let mut bare = finding(
        "role_without_details",
        Part::Sections,
        Severity::Low,
        "A role says nothing about what was done.",
        "Add two to five bullets on what you achieved.",
    );
    // What was long ago may be short: only the three newest roles are looked at.
    for (i, work) in resume.work.iter().enumerate().take(3) {
        if work.highlights.iter().all(|line| line.trim().is_empty())
            && !is_filled(&work.summary)
            && !is_filled(&work.description)
        {
            bare = bare.at(format!("/work/{i}"), work.position.as_deref().or(work.name.as_deref()));
        }
    }
    let mut schools = finding(
        "study_incomplete",
        Part::Sections,
        Severity::Low,
        "A course of study lacks its school or its degree.",
        "Write school and degree.",
    );
    for (i, education) in resume.education.iter().enumerate() {
        if !is_filled(&education.institution) || !is_filled(&education.study_type) && !is_filled(&education.area) {
            let text =
                education.institution.as_deref().or(education.study_type.as_deref()).or(education.area.as_deref());
            schools = schools.at(format!("/education/{i}"), text);
        }
    }
    findings.extend([incomplete, bare, schools].into_iter().filter(|finding| !finding.evidence.is_empty()));
}

#[cfg(test)]
mod tests {
    use crate::report::Severity;
    use crate::report::tests::{CV, ids, look};

    #[test]
    fn missing_sections_are_named() {
        let report = look(r#"{"basics":{"name":"Ada"}}"#, None);
        for id in ["experience_missing", "education_missing", "skills_missing", "summary_missing"] {
            assert!(ids(&report).contains(&id), "{id}");
        }
    }

    #[test]
    fn more_words_than_three_pages_hold_are_told() {
        let long = "word ".repeat(1_600);
        let report = look(&CV.replace("Platform engineer with ten years", &format!("{long} Platform engineer")), None);
        assert_eq!(ids(&report), ["much_text"]);
    }

    #[test]
    fn a_beginner_without_work_is_judged_more_mildly() {
        let severity = |json: &str| {
            look(json, None).findings.into_iter().find(|f| f.id == "experience_missing").map(|f| f.severity).unwrap()
        };
        assert_eq!(severity("{}"), Severity::High);
        assert_eq!(severity(r#"{"education":[{"institution":"NTNU","area":"Physics"}]}"#), Severity::Medium);
    }

    #[test]
    fn an_entry_that_lacks_its_essentials_is_pointed_at() {
        let report = look(&CV.replace(r#""name":"Beta","#, "").replace(r#""institution":"NTNU","#, ""), None);
        assert_eq!(ids(&report), ["role_incomplete", "study_incomplete"]);
        assert_eq!(report.findings[0].evidence[0].pointer, "/work/1/name");
    }
}
