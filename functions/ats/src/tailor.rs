//! Order by relevance to a job description. Nothing is added, nothing is dropped and no word is changed.

use vitae_resume::Resume;

use crate::job::Job;
use crate::language;
use crate::sheet::Section;
use crate::template::Template;

/// A template's sections by what they have to do with the job. What stands before experience stays there, and what is
/// private stays last.
pub(crate) fn order_for(template: &Template, resume: &Resume, job: &Job) -> Vec<Section> {
    let language = language::of_resume(resume);
    let document = serde_json::to_value(resume).unwrap_or_default();
    let relevance = |section: Section| {
        let text = document.pointer(section.pointer()).map(ToString::to_string).unwrap_or_default();
        job.relevance(&text, language.as_deref())
    };
    let mut order = template.order_for(resume);
    let work = order.iter().position(|section| *section == Section::Work).unwrap_or_default();
    let private = |section: &Section| matches!(section, Section::Languages | Section::Interests | Section::References);
    // Sorting is stable: what is equally relevant keeps the template's order.
    order[work + 1..].sort_by_cached_key(|section| {
        (private(section), if private(section) { 0 } else { u32::MAX - relevance(*section) })
    });
    order
}

/// The CV with bullets, skills and groups of skills ordered by relevance. Roles stay as they are: newest first.
pub(crate) fn tailored(resume: &Resume, job: &Job) -> Resume {
    let language = language::of_resume(resume);
    let relevance = |text: &str| job.relevance(text, language.as_deref());
    // Sorting is stable: what is equally relevant keeps the person's order.
    let sort = |texts: &mut Vec<String>| texts.sort_by_cached_key(|text| u32::MAX - relevance(text));
    let mut resume = resume.clone();
    for highlights in (resume.work.iter_mut().map(|work| &mut work.highlights))
        .chain(resume.volunteer.iter_mut().map(|volunteer| &mut volunteer.highlights))
        .chain(resume.projects.iter_mut().map(|project| &mut project.highlights))
    {
        sort(highlights);
    }
    for keywords in (resume.skills.iter_mut().map(|skill| &mut skill.keywords))
        .chain(resume.projects.iter_mut().map(|project| &mut project.keywords))
    {
        sort(keywords);
    }
    resume.skills.sort_by_cached_key(|skill| {
        let text = skill.name.iter().chain(&skill.keywords).map(String::as_str).collect::<Vec<_>>().join(", ");
        u32::MAX - relevance(&text)
    });
    resume
}

#[cfg(test)]
mod tests {
    use super::*;

    const CV: &str = r#"{"basics":{"name":"Ada"},
        "work":[{"name":"Acme","highlights":["Planted trees","Wrote Python tools","Ran Kubernetes"]},{"name":"Beta","highlights":["Sang","Used Python"]}],
        "projects":[{"name":"Garden","keywords":["Seeds","Python"]}],
        "education":[{"institution":"NTNU"}],
        "skills":[{"name":"Garden","keywords":["Spade","Rake"]},{"name":"Code","keywords":["Perl","Kubernetes","Python"]}]}"#;

    fn setting() -> (Resume, Job) {
        let resume: Resume = serde_json::from_str(CV).unwrap();
        let job = Job::read("Required: Kubernetes and Python", &resume);
        (resume, job)
    }

    #[test]
    fn what_the_job_asks_for_comes_first_and_the_rest_keeps_its_order() {
        let (resume, job) = setting();
        let tailored = tailored(&resume, &job);
        assert_eq!(tailored.work[0].highlights, ["Wrote Python tools", "Ran Kubernetes", "Planted trees"]);
        assert_eq!(tailored.work[1].highlights, ["Used Python", "Sang"]);
        assert_eq!(tailored.skills[0].name.as_deref(), Some("Code"));
        assert_eq!(tailored.skills[0].keywords, ["Kubernetes", "Python", "Perl"]);
        assert_eq!(tailored.work[0].name.as_deref(), Some("Acme"));
        let order = order_for(Template::usual(), &resume, &job);
        assert_eq!(
            order[..5],
            [Section::Summary, Section::Work, Section::Skills, Section::Projects, Section::Education]
        );
        assert_eq!(order.len(), Section::ALL.len());
    }

    #[test]
    fn nothing_is_added_and_nothing_is_lost() {
        let (resume, job) = setting();
        let texts = |resume: &Resume| {
            let mut texts: Vec<String> = crate::job::texts_of(resume).into_iter().map(|(_, text)| text).collect();
            texts.sort();
            texts
        };
        assert_eq!(texts(&resume), texts(&tailored(&resume, &job)));
    }
}
