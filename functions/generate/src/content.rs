//! What a portfolio says: the résumé, tidied and divided into sections.
//!
//! The pass is deterministic and adds no fact. It trims, drops what is empty or repeated, puts dated entries newest
//! first, and removes what a public page must not carry (control characters, characters that reverse the direction of
//! text, addresses that are not of the web). A section's entries keep the words of JSON Resume, so that a portfolio
//! can be written back as a résumé that says what the page says and no more.

mod tidy;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vitae_resume::{
    Award, Certificate, Education, Interest, Location, PartialDate, Profile, Project, Publication, Reference, Resume,
    Skill, Violation, Volunteer, Work,
};

pub(crate) use tidy::{line, web_address};

/// Longest name, in characters.
const LONGEST_NAME: usize = 200;
/// Most bytes of one portfolio's content as JSON. Content and hand edits together stay well inside the 400 KB of a
/// DynamoDB item.
const MOST_BYTES: usize = 150_000;

/// A part of a portfolio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Section {
    /// Name and headline; always there, always first.
    Hero,
    /// The profile text.
    About,
    /// Paid work.
    Experience,
    /// Projects.
    Projects,
    /// Skills.
    Skills,
    /// Schools and degrees.
    Education,
    /// Unpaid work.
    Volunteer,
    /// Certificates and licences.
    Certificates,
    /// Prizes and honours.
    Awards,
    /// Papers, books and articles.
    Publications,
    /// Spoken languages.
    Languages,
    /// Interests.
    Interests,
    /// People who vouch.
    References,
    /// How to reach the person.
    Contact,
}

impl Section {
    /// Every section.
    pub const ALL: [Self; 14] = [
        Self::Hero,
        Self::About,
        Self::Experience,
        Self::Projects,
        Self::Skills,
        Self::Education,
        Self::Volunteer,
        Self::Certificates,
        Self::Awards,
        Self::Publications,
        Self::Languages,
        Self::Interests,
        Self::References,
        Self::Contact,
    ];

    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hero => "hero",
            Self::About => "about",
            Self::Experience => "experience",
            Self::Projects => "projects",
            Self::Skills => "skills",
            Self::Education => "education",
            Self::Volunteer => "volunteer",
            Self::Certificates => "certificates",
            Self::Awards => "awards",
            Self::Publications => "publications",
            Self::Languages => "languages",
            Self::Interests => "interests",
            Self::References => "references",
            Self::Contact => "contact",
        }
    }
}

/// All that a portfolio says, section by section. An empty section is not shown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// The language that the person writes in (ISO 639-1), where it could be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Name and headline.
    pub hero: Hero,
    /// The profile text.
    #[serde(default)]
    pub about: About,
    /// Paid work, newest first.
    #[serde(default)]
    pub experience: Vec<Work>,
    /// Projects, in the person's order.
    #[serde(default)]
    pub projects: Vec<Project>,
    /// Skills, in the person's groups.
    #[serde(default)]
    pub skills: Vec<Skill>,
    /// Schools and degrees, newest first.
    #[serde(default)]
    pub education: Vec<Education>,
    /// Unpaid work, newest first.
    #[serde(default)]
    pub volunteer: Vec<Volunteer>,
    /// Certificates and licences.
    #[serde(default)]
    pub certificates: Vec<Certificate>,
    /// Prizes and honours.
    #[serde(default)]
    pub awards: Vec<Award>,
    /// Papers, books and articles.
    #[serde(default)]
    pub publications: Vec<Publication>,
    /// Spoken languages.
    #[serde(default)]
    pub languages: Vec<vitae_resume::Language>,
    /// Interests.
    #[serde(default)]
    pub interests: Vec<Interest>,
    /// People who vouch.
    #[serde(default)]
    pub references: Vec<Reference>,
    /// How to reach the person: all of it; what is shown is decided when the page is made.
    #[serde(default)]
    pub contact: Contact,
}

/// Name and headline.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Hero {
    /// Full name, 1 to 200 characters.
    pub name: String,
    /// The line under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headline: Option<String>,
}

/// The profile text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Plain text, one paragraph each.
    pub paragraphs: Vec<String>,
}

/// How to reach the person.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Telephone number as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The person's own site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// Where the person lives.
    #[serde(default)]
    pub location: Location,
    /// Profiles on other sites.
    #[serde(default)]
    pub profiles: Vec<Profile>,
}

/// What the person has written over the generated content: a section given here replaces the generated one whole.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Edits {
    /// Replaces name and headline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hero: Option<Hero>,
    /// Replaces the profile text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
    /// Replaces paid work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub experience: Option<Vec<Work>>,
    /// Replaces the projects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub projects: Option<Vec<Project>>,
    /// Replaces the skills.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skills: Option<Vec<Skill>>,
    /// Replaces schools and degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub education: Option<Vec<Education>>,
    /// Replaces unpaid work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volunteer: Option<Vec<Volunteer>>,
    /// Replaces the certificates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificates: Option<Vec<Certificate>>,
    /// Replaces the awards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub awards: Option<Vec<Award>>,
    /// Replaces the publications.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publications: Option<Vec<Publication>>,
    /// Replaces the languages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub languages: Option<Vec<vitae_resume::Language>>,
    /// Replaces the interests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interests: Option<Vec<Interest>>,
    /// Replaces the references.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub references: Option<Vec<Reference>>,
    /// Replaces the contact details.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
}

impl Content {
    /// The content pass: a résumé's facts as sections.
    pub fn from_resume(resume: &Resume) -> Self {
        let basics = &resume.basics;
        let content = Self {
            language: language_of(resume),
            hero: Hero {
                name: basics.name.clone().unwrap_or_default(),
                headline: basics
                    .label
                    .clone()
                    .filter(|label| !label.trim().is_empty())
                    .or_else(|| present_role(resume)),
            },
            about: About { paragraphs: basics.summary.iter().flat_map(|text| tidy::paragraphs(text)).collect() },
            experience: newest_first(resume.work.clone(), |work| (work.start_date, work.end_date)),
            projects: resume.projects.clone(),
            skills: gathered(&resume.skills),
            education: newest_first(resume.education.clone(), |school| (school.start_date, school.end_date)),
            volunteer: newest_first(resume.volunteer.clone(), |work| (work.start_date, work.end_date)),
            certificates: resume.certificates.clone(),
            awards: resume.awards.clone(),
            publications: resume.publications.clone(),
            languages: resume.languages.clone(),
            interests: resume.interests.clone(),
            references: resume.references.clone(),
            contact: Contact {
                email: basics.email.clone(),
                phone: basics.phone.clone(),
                website: basics.url.clone(),
                location: basics.location.clone().unwrap_or_default(),
                profiles: basics.profiles.clone(),
            },
        };
        content.tidied()
    }

    /// The content with the person's own sections in place of the generated ones.
    pub fn with_edits(&self, edits: &Edits) -> Self {
        fn chosen<T: Clone>(edited: &Option<T>, generated: &T) -> T {
            edited.as_ref().unwrap_or(generated).clone()
        }
        let content = Self {
            language: self.language.clone(),
            hero: chosen(&edits.hero, &self.hero),
            about: chosen(&edits.about, &self.about),
            experience: chosen(&edits.experience, &self.experience),
            projects: chosen(&edits.projects, &self.projects),
            skills: chosen(&edits.skills, &self.skills),
            education: chosen(&edits.education, &self.education),
            volunteer: chosen(&edits.volunteer, &self.volunteer),
            certificates: chosen(&edits.certificates, &self.certificates),
            awards: chosen(&edits.awards, &self.awards),
            publications: chosen(&edits.publications, &self.publications),
            languages: chosen(&edits.languages, &self.languages),
            interests: chosen(&edits.interests, &self.interests),
            references: chosen(&edits.references, &self.references),
            contact: chosen(&edits.contact, &self.contact),
        };
        content.tidied()
    }

    /// This content with the named sections taken from `fresh`; the others stay as they are.
    pub fn regenerated(mut self, fresh: Self, sections: &[Section]) -> Self {
        if Section::ALL.iter().all(|section| sections.contains(section)) {
            self.language.clone_from(&fresh.language);
        }
        for section in sections {
            match section {
                Section::Hero => self.hero.clone_from(&fresh.hero),
                Section::About => self.about.clone_from(&fresh.about),
                Section::Experience => self.experience.clone_from(&fresh.experience),
                Section::Projects => self.projects.clone_from(&fresh.projects),
                Section::Skills => self.skills.clone_from(&fresh.skills),
                Section::Education => self.education.clone_from(&fresh.education),
                Section::Volunteer => self.volunteer.clone_from(&fresh.volunteer),
                Section::Certificates => self.certificates.clone_from(&fresh.certificates),
                Section::Awards => self.awards.clone_from(&fresh.awards),
                Section::Publications => self.publications.clone_from(&fresh.publications),
                Section::Languages => self.languages.clone_from(&fresh.languages),
                Section::Interests => self.interests.clone_from(&fresh.interests),
                Section::References => self.references.clone_from(&fresh.references),
                Section::Contact => self.contact.clone_from(&fresh.contact),
            }
        }
        self
    }

    /// Whether a section has anything to show.
    pub fn has(&self, section: Section) -> bool {
        match section {
            Section::Hero => !self.hero.name.is_empty(),
            Section::About => !self.about.paragraphs.is_empty(),
            Section::Experience => !self.experience.is_empty(),
            Section::Projects => !self.projects.is_empty(),
            Section::Skills => !self.skills.is_empty(),
            Section::Education => !self.education.is_empty(),
            Section::Volunteer => !self.volunteer.is_empty(),
            Section::Certificates => !self.certificates.is_empty(),
            Section::Awards => !self.awards.is_empty(),
            Section::Publications => !self.publications.is_empty(),
            Section::Languages => !self.languages.is_empty(),
            Section::Interests => !self.interests.is_empty(),
            Section::References => !self.references.is_empty(),
            Section::Contact => self.contact != Contact::default(),
        }
    }

    /// The content written back as a résumé.
    pub fn to_resume(&self) -> Resume {
        Resume {
            schema: None,
            basics: vitae_resume::Basics {
                name: Some(self.hero.name.clone()).filter(|name| !name.is_empty()),
                label: self.hero.headline.clone(),
                image: None,
                email: self.contact.email.clone(),
                phone: self.contact.phone.clone(),
                url: self.contact.website.clone(),
                summary: Some(self.about.paragraphs.join("\n\n")).filter(|text| !text.is_empty()),
                location: Some(self.contact.location.clone()).filter(|location| *location != Location::default()),
                profiles: self.contact.profiles.clone(),
            },
            work: self.experience.clone(),
            volunteer: self.volunteer.clone(),
            education: self.education.clone(),
            awards: self.awards.clone(),
            certificates: self.certificates.clone(),
            publications: self.publications.clone(),
            skills: self.skills.clone(),
            languages: self.languages.clone(),
            interests: self.interests.clone(),
            references: self.references.clone(),
            projects: self.projects.clone(),
            meta: vitae_resume::Meta::default(),
        }
    }

    /// Checks what the types cannot, before content is stored: a name, lengths, addresses, periods, the whole size.
    ///
    /// # Errors
    /// Every violation, its pointer relative to the content, such as `/experience/0/url`.
    pub fn validate(&self) -> Result<(), Vec<Violation>> {
        let mut found = Vec::new();
        if self.hero.name.trim().is_empty() {
            found.push(violation("/hero/name", "a portfolio needs a name; the CV shows none that could be read"));
        }
        if self.hero.name.chars().count() > LONGEST_NAME {
            found.push(violation("/hero/name", &format!("longer than {LONGEST_NAME} characters")));
        }
        let as_resume = self.to_resume().validate().err().unwrap_or_default();
        found.extend(as_resume.into_iter().map(|v| Violation { pointer: content_pointer(&v.pointer), ..v }));
        let bytes = serde_json::to_vec(self).map_or(usize::MAX, |json| json.len());
        if bytes > MOST_BYTES {
            found.push(violation("", &format!("more than {MOST_BYTES} bytes; leave out what a visitor need not read")));
        }
        if found.is_empty() { Ok(()) } else { Err(found) }
    }
}

impl Edits {
    /// Whether nothing is written over.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// These edits without those of the named sections.
    pub fn without(mut self, sections: &[Section]) -> Self {
        for section in sections {
            match section {
                Section::Hero => self.hero = None,
                Section::About => self.about = None,
                Section::Experience => self.experience = None,
                Section::Projects => self.projects = None,
                Section::Skills => self.skills = None,
                Section::Education => self.education = None,
                Section::Volunteer => self.volunteer = None,
                Section::Certificates => self.certificates = None,
                Section::Awards => self.awards = None,
                Section::Publications => self.publications = None,
                Section::Languages => self.languages = None,
                Section::Interests => self.interests = None,
                Section::References => self.references = None,
                Section::Contact => self.contact = None,
            }
        }
        self
    }

    /// The sections that are written over.
    pub fn sections(&self) -> Vec<Section> {
        let present = serde_json::to_value(self).unwrap_or_default();
        Section::ALL.into_iter().filter(|section| present.get(section.name()).is_some()).collect()
    }
}

/// The language that the parser told, or else the one that the words themselves show beyond doubt.
fn language_of(resume: &Resume) -> Option<String> {
    if let Some(language) = resume.meta.vitae.as_ref().and_then(|vitae| vitae.language.clone()) {
        return Some(language);
    }
    let mut words = Vec::new();
    words.extend(resume.basics.summary.iter().map(String::as_str));
    for work in &resume.work {
        words.extend(work.summary.iter().chain(&work.highlights).chain(&work.position).map(String::as_str));
    }
    for project in &resume.projects {
        words.extend(project.description.iter().chain(&project.highlights).map(String::as_str));
    }
    let detected = whatlang::detect(&words.join("\n"))?;
    detected.is_reliable().then(|| iso_639_1(detected.lang()))?.map(str::to_owned)
}

fn iso_639_1(language: whatlang::Lang) -> Option<&'static str> {
    use whatlang::Lang;
    Some(match language {
        Lang::Eng => "en",
        Lang::Deu => "de",
        Lang::Fra => "fr",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Nld => "nl",
        Lang::Pol => "pl",
        Lang::Swe => "sv",
        Lang::Tur => "tr",
        Lang::Ara => "ar",
        Lang::Heb => "he",
        Lang::Pes => "fa",
        Lang::Urd => "ur",
        Lang::Jpn => "ja",
        Lang::Cmn => "zh",
        Lang::Kor => "ko",
        Lang::Rus => "ru",
        Lang::Ukr => "uk",
        Lang::Ces => "cs",
        Lang::Dan => "da",
        Lang::Fin => "fi",
        Lang::Nob => "nb",
        Lang::Hun => "hu",
        Lang::Ron => "ro",
        Lang::Ell => "el",
        Lang::Hin => "hi",
        Lang::Vie => "vi",
        Lang::Tha => "th",
        _ => return None,
    })
}

/// The role that the CV shows as held now: it has a start and no end.
fn present_role(resume: &Resume) -> Option<String> {
    let held = resume.work.iter().find(|work| work.start_date.is_some() && work.end_date.is_none())?;
    let position = held.position.as_deref().and_then(tidy::line)?;
    Some(match held.name.as_deref().and_then(tidy::line) {
        Some(employer) => format!("{position} · {employer}"),
        None => position,
    })
}

/// Sorts newest first where every entry is dated; an undated entry's place is known to its author alone, so then the
/// order stays.
fn newest_first<T>(mut entries: Vec<T>, period: impl Fn(&T) -> (Option<PartialDate>, Option<PartialDate>)) -> Vec<T> {
    let dated = entries.iter().all(|entry| matches!(period(entry), (Some(_), _) | (_, Some(_))));
    if dated {
        entries.sort_by_key(|entry| {
            let (start, end) = period(entry);
            let last = end.map_or(jiff::civil::Date::MAX, PartialDate::latest);
            std::cmp::Reverse((last, start.map(PartialDate::earliest)))
        });
    }
    entries
}

/// Skills that stand alone (a name, no level, no keywords) become one group without a name.
fn gathered(skills: &[Skill]) -> Vec<Skill> {
    let mut groups: Vec<Skill> = Vec::new();
    let mut alone: Option<usize> = None;
    for skill in skills {
        match (&skill.name, skill.level.is_none() && skill.keywords.is_empty()) {
            (Some(name), true) => {
                let at = *alone.get_or_insert_with(|| {
                    groups.push(Skill::default());
                    groups.len() - 1
                });
                groups[at].keywords.push(name.clone());
            }
            _ => groups.push(skill.clone()),
        }
    }
    for group in &mut groups {
        let mut seen = BTreeSet::new();
        group.keywords.retain(|keyword| seen.insert(keyword.trim().to_lowercase()));
    }
    groups
}

/// A pointer into the résumé that [`Content::to_resume`] makes, as a pointer into the content.
fn content_pointer(pointer: &str) -> String {
    let renamed = [
        ("/basics/name", "/hero/name"),
        ("/basics/label", "/hero/headline"),
        ("/basics/summary", "/about/paragraphs"),
        ("/basics/url", "/contact/website"),
        ("/basics", "/contact"),
        ("/work", "/experience"),
    ];
    for (from, to) in renamed {
        if let Some(rest) = pointer.strip_prefix(from)
            && (rest.is_empty() || rest.starts_with('/'))
        {
            return format!("{to}{rest}");
        }
    }
    pointer.to_owned()
}

fn violation(pointer: &str, detail: &str) -> Violation {
    Violation { pointer: pointer.to_owned(), detail: detail.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resume(json: serde_json::Value) -> Resume {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn nothing_is_said_that_the_resume_does_not_say() {
        let full = crate::fixtures::full();
        let source = serde_json::to_string(&full).unwrap();
        let content = serde_json::to_value(Content::from_resume(&full)).unwrap();
        let mut strings = Vec::new();
        leaves(&content, &mut strings);
        assert!(strings.len() > 40, "the fixture is too thin for this test");
        for text in strings {
            let quoted = serde_json::to_string(&text).unwrap();
            assert!(source.contains(quoted.trim_matches('"')), "{text:?} is not in the résumé");
        }
    }

    fn leaves(value: &serde_json::Value, into: &mut Vec<String>) {
        match value {
            serde_json::Value::String(text) => into.push(text.clone()),
            serde_json::Value::Array(items) => items.iter().for_each(|item| leaves(item, into)),
            serde_json::Value::Object(members) => members.values().for_each(|member| leaves(member, into)),
            _ => {}
        }
    }

    #[test]
    fn the_pass_is_deterministic_and_stable_under_repetition() {
        for fixture in crate::fixtures::all() {
            let once = Content::from_resume(&fixture.resume);
            assert_eq!(once, Content::from_resume(&fixture.resume), "{}", fixture.name);
            let mut again = Content::from_resume(&once.to_resume());
            again.language.clone_from(&once.language);
            assert_eq!(again, once, "{}", fixture.name);
        }
    }

    #[test]
    fn empty_sections_and_empty_entries_vanish() {
        let content = Content::from_resume(&resume(serde_json::json!({
            "basics": {"name": "  Ada   Lovelace ", "summary": " \n "},
            "work": [{"name": "", "highlights": ["", "• "]}],
            "skills": [{"name": " "}],
        })));
        assert_eq!(content.hero.name, "Ada Lovelace");
        for section in Section::ALL.into_iter().filter(|section| *section != Section::Hero) {
            assert!(!content.has(section), "{section:?}");
        }
    }

    #[test]
    fn a_missing_headline_is_the_role_held_now_and_else_nothing() {
        let held = serde_json::json!({"basics": {"name": "A"}, "work": [
            {"position": "Engineer", "name": "Old", "startDate": "2010", "endDate": "2012"},
            {"position": "Lead", "name": "New", "startDate": "2012"}]});
        assert_eq!(Content::from_resume(&resume(held)).hero.headline.as_deref(), Some("Lead · New"));
        let past = serde_json::json!({"basics": {"name": "A"}, "work": [{"position": "Engineer", "endDate": "2012"}]});
        assert_eq!(Content::from_resume(&resume(past)).hero.headline, None);
    }

    #[test]
    fn dated_work_is_put_newest_first_and_undated_work_keeps_its_order() {
        let names = |json| -> Vec<String> {
            Content::from_resume(&resume(json)).experience.into_iter().filter_map(|work| work.name).collect()
        };
        let dated = serde_json::json!({"work": [
            {"name": "a", "startDate": "2001", "endDate": "2005"}, {"name": "b", "startDate": "2010"},
            {"name": "c", "startDate": "2005", "endDate": "2010-02"}]});
        assert_eq!(names(dated), ["b", "c", "a"]);
        let undated = serde_json::json!({"work": [{"name": "a", "endDate": "2005"}, {"name": "b"}, {"name": "c", "startDate": "2020"}]});
        assert_eq!(names(undated), ["a", "b", "c"]);
    }

    #[test]
    fn skills_that_stand_alone_share_one_group_and_repetitions_go() {
        let content = Content::from_resume(&resume(serde_json::json!({"skills": [
            {"name": "Rust"}, {"name": "Tools", "keywords": ["Git", "git", "Make"]}, {"name": "SQL"}, {"name": "Go", "level": "Expert"}]})));
        assert_eq!(
            serde_json::to_value(&content.skills).unwrap(),
            serde_json::json!([{"keywords": ["Rust", "SQL"]}, {"name": "Tools", "keywords": ["Git", "Make"]}, {"name": "Go", "level": "Expert"}])
        );
    }

    #[test]
    fn addresses_that_are_not_of_the_web_and_direction_overrides_do_not_pass() {
        let content = Content::from_resume(&resume(serde_json::json!({
            "basics": {"name": "A\u{202e}da\u{0000}", "url": "javascript:alert(1)",
                       "profiles": [{"network": "X", "url": "https://user:pass@evil.example"}, {"url": "data:text/html,x"}]},
            "work": [{"name": "E", "url": "ftp://e.example"}],
        })));
        assert_eq!(content.hero.name, "Ada");
        assert_eq!(content.contact.website, None);
        assert_eq!(content.contact.profiles.len(), 1);
        assert_eq!(content.contact.profiles[0].url, None);
        assert_eq!(content.experience[0].url, None);
    }

    #[test]
    fn an_edit_replaces_its_section_and_regeneration_leaves_the_others_alone() {
        let full = crate::fixtures::full();
        let generated = Content::from_resume(&full);
        let edits: Edits = serde_json::from_value(serde_json::json!({
            "about": {"paragraphs": ["My own words."]}, "hero": {"name": "Ada L."}}))
        .unwrap();
        let shown = generated.with_edits(&edits);
        assert_eq!(shown.about.paragraphs, ["My own words."]);
        assert_eq!(shown.hero.name, "Ada L.");
        assert_eq!(shown.experience, generated.experience);
        assert_eq!(edits.sections(), [Section::Hero, Section::About]);

        let mut newer = full;
        newer.basics.summary = Some("A newer summary.".to_owned());
        newer.work.clear();
        let regenerated = generated.clone().regenerated(Content::from_resume(&newer), &[Section::About]);
        let kept = edits.without(&[Section::About]);
        let shown = regenerated.with_edits(&kept);
        assert_eq!(shown.about.paragraphs, ["A newer summary."]);
        assert_eq!(shown.experience, generated.experience, "a section that was not asked for has changed");
        assert_eq!(shown.hero.name, "Ada L.", "a hand edit of another section was lost");
    }

    #[test]
    fn a_portfolio_without_a_name_is_refused_and_faults_are_pointed_at_in_the_content() {
        let nameless = Content::from_resume(&resume(serde_json::json!({"basics": {"email": "nobody"}})));
        let pointers: Vec<_> = nameless.validate().unwrap_err().into_iter().map(|v| v.pointer).collect();
        assert_eq!(pointers, ["/hero/name", "/contact/email"]);

        let mut huge = Content::from_resume(&crate::fixtures::full());
        huge.about.paragraphs = vec!["x".repeat(9_000); 20];
        let pointers: Vec<_> = huge.validate().unwrap_err().into_iter().map(|v| v.pointer).collect();
        assert_eq!(pointers, ["/about/paragraphs", ""]);
    }

    #[test]
    fn the_language_is_the_parsers_or_the_words_own() {
        let mut told = crate::fixtures::full();
        told.meta.vitae = Some(vitae_resume::VitaeMeta { language: Some("nl".to_owned()), ..Default::default() });
        assert_eq!(Content::from_resume(&told).language.as_deref(), Some("nl"));
        told.meta.vitae = None;
        assert_eq!(Content::from_resume(&told).language.as_deref(), Some("en"));
        assert_eq!(Content::from_resume(&resume(serde_json::json!({"basics": {"name": "Ada"}}))).language, None);
    }
}
