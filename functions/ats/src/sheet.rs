//! What stands on the document, in order and in words, before any format is chosen: PDF, DOCX and text all set the
//! same sheet, so none of them can say more or less than another.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;
use vitae_resume::{Location, Resume};

use crate::wording::Wording;

/// Longest list of techniques that stands beside a project's name, in characters.
const SHORT_ASIDE: usize = 48;

/// A section of a CV, by its JSON Resume name (`summary` is `basics.summary`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AtsSection)]
pub enum Section {
    /// The profile text.
    Summary,
    /// Paid work.
    Work,
    /// Projects.
    Projects,
    /// Schools and degrees.
    Education,
    /// Skills.
    Skills,
    /// Certificates and licences.
    Certificates,
    /// Papers, books and articles.
    Publications,
    /// Prizes and honours.
    Awards,
    /// Unpaid work.
    Volunteer,
    /// Spoken languages.
    Languages,
    /// Interests and hobbies.
    Interests,
    /// People who vouch.
    References,
}

impl Section {
    /// Every section, in the order in which they are declared.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 12] = [
        Self::Summary,
        Self::Work,
        Self::Projects,
        Self::Education,
        Self::Skills,
        Self::Certificates,
        Self::Publications,
        Self::Awards,
        Self::Volunteer,
        Self::Languages,
        Self::Interests,
        Self::References,
    ];

    /// The JSON pointer of the section in a résumé.
    pub(crate) fn pointer(self) -> &'static str {
        match self {
            Self::Summary => "/basics/summary",
            Self::Work => "/work",
            Self::Projects => "/projects",
            Self::Education => "/education",
            Self::Skills => "/skills",
            Self::Certificates => "/certificates",
            Self::Publications => "/publications",
            Self::Awards => "/awards",
            Self::Volunteer => "/volunteer",
            Self::Languages => "/languages",
            Self::Interests => "/interests",
            Self::References => "/references",
        }
    }
}

/// A document's text, ready to be set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Sheet {
    /// ISO 639 code of the text's language, two or three lower-case letters.
    pub(crate) language: String,
    /// ISO 3166-1 code, where the language names a region.
    pub(crate) region: Option<String>,
    /// The document's title, for its metadata.
    pub(crate) title: String,
    /// The person, for the metadata.
    pub(crate) author: Option<String>,
    /// The line at the top: the person's name, or what the document is called.
    pub(crate) name: String,
    /// The headline under the name.
    pub(crate) label: Option<String>,
    /// Mail, telephone, place and links.
    pub(crate) contact: Vec<Run>,
    /// The sections that hold something.
    pub(crate) sections: Vec<SheetSection>,
}

/// Words, perhaps under a link.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Run {
    pub(crate) text: String,
    /// `mailto:`, `http:` or `https:`; nothing else is ever linked.
    pub(crate) link: Option<String>,
}

/// A section under its heading.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct SheetSection {
    pub(crate) section: Section,
    pub(crate) heading: String,
    /// Running text.
    pub(crate) paragraphs: Vec<String>,
    /// Entries with a title, such as jobs.
    pub(crate) entries: Vec<Entry>,
    /// Single lines, such as a group of skills.
    pub(crate) lines: Vec<Labelled>,
}

/// An entry: a job, a degree, a project.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct Entry {
    pub(crate) title: Option<Run>,
    /// What stands beside the title: who gave a certificate, what a project was made with.
    pub(crate) aside: Vec<Run>,
    pub(crate) dates: Option<String>,
    /// Employer and place, school.
    pub(crate) subtitle: Vec<Run>,
    pub(crate) paragraphs: Vec<String>,
    pub(crate) bullets: Vec<String>,
    /// Labelled remarks under the bullets, such as the grade.
    pub(crate) remarks: Vec<Labelled>,
}

/// A line of text with a label before it, perhaps.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Labelled {
    pub(crate) label: Option<String>,
    pub(crate) text: String,
}

impl Sheet {
    /// Sets out a résumé: the sections named, in the order named. Absent and empty members leave no trace.
    pub(crate) fn of(resume: &Resume, sections: &[Section]) -> Self {
        let locale = crate::language::of_resume(resume);
        let (language, region) = language_and_region(locale.as_deref());
        // Chinese alone does not say in which characters it is written.
        let region = region.or_else(|| (language == "zh").then(|| crate::language::chinese_region(resume).to_owned()));
        let wording = Wording::of(&language, region.as_deref());
        let author = clean(&resume.basics.name);
        let label = clean(&resume.basics.label);
        let title = match (&author, &label) {
            (Some(name), Some(label)) => format!("{name} – {label}"),
            (Some(name), None) => format!("{name} – {}", wording.document),
            (None, _) => wording.document.to_owned(),
        };
        Self {
            language,
            region,
            title,
            name: author.clone().unwrap_or_else(|| wording.document.to_owned()),
            author,
            label,
            contact: contact(resume),
            sections: sections.iter().filter_map(|section| set_section(resume, *section, wording)).collect(),
        }
    }

    /// Lets `change` rewrite every text on the sheet. Links stay as they are.
    pub(crate) fn rewrite(&mut self, change: &mut impl FnMut(&str) -> String) {
        self.title = change(&self.title);
        self.name = change(&self.name);
        for text in self.author.iter_mut().chain(&mut self.label) {
            *text = change(text);
        }
        for run in &mut self.contact {
            run.text = change(&run.text);
        }
        for section in &mut self.sections {
            let entries = section.entries.iter_mut().flat_map(|entry| {
                let runs =
                    entry.title.iter_mut().chain(&mut entry.aside).chain(&mut entry.subtitle).map(|run| &mut run.text);
                let remarks = entry.remarks.iter_mut().map(|remark| &mut remark.text);
                runs.chain(&mut entry.dates).chain(&mut entry.paragraphs).chain(&mut entry.bullets).chain(remarks)
            });
            let lines = section.lines.iter_mut().flat_map(|line| line.label.iter_mut().chain([&mut line.text]));
            for text in section.paragraphs.iter_mut().chain(entries).chain(lines) {
                *text = change(text);
            }
        }
    }

    /// How many characters stand on the sheet.
    pub(crate) fn characters(&mut self) -> usize {
        let mut characters = 0;
        self.rewrite(&mut |text| {
            characters += text.chars().count();
            text.to_owned()
        });
        characters
    }
}

/// `en-GB` → (`en`, `GB`). What is no language tag becomes English, the language of the headings it would get.
fn language_and_region(tag: Option<&str>) -> (String, Option<String>) {
    let mut parts = tag.unwrap_or("en").split(['-', '_']);
    let language = parts.next().unwrap_or_default().to_ascii_lowercase();
    if !(2..=3).contains(&language.len()) || !language.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return ("en".to_owned(), None);
    }
    let region = parts.next().map(str::to_ascii_uppercase).and_then(|part| match part.as_str() {
        "HANS" => Some("CN".to_owned()),
        "HANT" => Some("TW".to_owned()),
        _ => Some(part).filter(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_alphabetic())),
    });
    (language, region)
}

fn contact(resume: &Resume) -> Vec<Run> {
    let basics = &resume.basics;
    let mut runs: Vec<Run> = Vec::new();
    // The place comes first: at the end of a line it reads on into the next one to some machines. Where the street has
    // commas of its own, nobody could tell where it ends before the city.
    if let Some(location) = &basics.location {
        let street = clean(&location.address).filter(|street| street.contains(','));
        let rest = street.as_ref().map(|_| Location { address: None, ..location.clone() });
        runs.extend(street.map(plain));
        runs.extend(place(rest.as_ref().unwrap_or(location)).map(plain));
    }
    runs.extend(clean(&basics.phone).map(plain));
    if let Some(email) = clean(&basics.email) {
        let link = (email.contains('@') && !email.contains(' ')).then(|| format!("mailto:{email}"));
        runs.push(Run { text: email, link });
    }
    runs.extend(clean(&basics.url).map(|url| shown_link(&url)));
    for profile in &basics.profiles {
        match (clean(&profile.url), clean(&profile.network), clean(&profile.username)) {
            (Some(url), _, _) => runs.push(shown_link(&url)),
            (None, Some(network), Some(username)) => runs.push(plain(format!("{network}: {username}"))),
            (None, network, username) => runs.extend(network.or(username).map(plain)),
        }
    }
    runs
}

/// `Street 1, 10115 Berlin, DE` or `1 Street, Leeds, LS1 4AB, GB`, of whatever there is; a region that repeats its city is
/// said once.
pub(crate) fn place(location: &Location) -> Option<String> {
    let (address, code, city) = (clean(&location.address), clean(&location.postal_code), clean(&location.city));
    let region = clean(&location.region).filter(|region| Some(region) != city.as_ref());
    let country = clean(&location.country_code);
    let code_last = country.as_deref().is_some_and(|country| CODE_AFTER_CITY.contains(&country));
    let parts = match (code, code_last) {
        (Some(code), true) => {
            let region = joined([region, Some(code)], " ");
            [address, city, region, country]
        }
        (code, _) => [address, joined([code, city], " "), region, country],
    };
    joined(parts, ", ")
}

/// Countries (ISO 3166-1) that write the postal code behind the city or the region.
const CODE_AFTER_CITY: [&str; 12] = ["US", "CA", "GB", "IE", "AU", "NZ", "IN", "SG", "ZA", "NG", "PK", "BR"];

/// An address as people read it: no scheme, no trailing slash; the link keeps both.
fn shown_link(url: &str) -> Run {
    let text = url.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
    Run { text: text.trim_end_matches('/').to_owned(), link: web_link(url) }
}

/// An address in full, scheme and all: among other words no machine takes it for anything else.
fn whole_link(url: &Option<String>) -> Option<Run> {
    clean(url).map(|url| Run { link: web_link(&url), text: url })
}

fn web_link(url: &str) -> Option<String> {
    let lower = url.to_ascii_lowercase();
    let web = lower.starts_with("https://") || lower.starts_with("http://");
    (web && !url.contains(char::is_whitespace)).then(|| url.to_owned())
}

fn set_section(resume: &Resume, section: Section, wording: &Wording) -> Option<SheetSection> {
    let (mut paragraphs, mut entries, mut lines) = (Vec::new(), Vec::new(), Vec::new());
    match section {
        Section::Summary => paragraphs = clean_paragraphs(&resume.basics.summary),
        Section::Work => entries.extend(resume.work.iter().map(|work| {
            let mut paragraphs = clean_paragraphs(&work.description);
            paragraphs.extend(clean_paragraphs(&work.summary));
            Entry {
                paragraphs,
                bullets: clean_all(&work.highlights),
                ..role(
                    &work.position,
                    &work.name,
                    &work.location,
                    &work.url,
                    wording.period(work.start_date, work.end_date),
                )
            }
        })),
        Section::Volunteer => entries.extend(resume.volunteer.iter().map(|role_| Entry {
            paragraphs: clean_paragraphs(&role_.summary),
            bullets: clean_all(&role_.highlights),
            ..role(
                &role_.position,
                &role_.organization,
                &None,
                &role_.url,
                wording.period(role_.start_date, role_.end_date),
            )
        })),
        Section::Projects => entries.extend(resume.projects.iter().map(|project| {
            let roles = joined(clean_all(&project.roles).into_iter().map(Some), ", ");
            let subtitle = roles.into_iter().chain(clean(&project.entity)).map(plain);
            let keywords = joined(clean_all(&project.keywords).into_iter().map(Some), ", ");
            // A few fit beside the name; many have a line of their own.
            let few = keywords.as_ref().is_some_and(|keywords| keywords.chars().count() <= SHORT_ASIDE);
            let (aside, remarks) = if few { (keywords, None) } else { (None, keywords) };
            Entry {
                title: clean(&project.name).map(plain),
                aside: aside.map(plain).into_iter().collect(),
                dates: wording.period(project.start_date, project.end_date),
                subtitle: subtitle.chain(whole_link(&project.url)).collect(),
                paragraphs: clean_paragraphs(&project.description),
                bullets: clean_all(&project.highlights),
                remarks: remark(wording.technologies, remarks.into_iter().collect()),
            }
        })),
        Section::Education => entries.extend(resume.education.iter().map(|education| {
            let degree = match (clean(&education.study_type), clean(&education.area)) {
                (Some(degree), Some(area)) if degree.to_lowercase().contains(&area.to_lowercase()) => Some(degree),
                (degree, area) => joined([degree, area], ", "),
            };
            let school = clean(&education.institution).map(plain);
            let (title, school) = match degree {
                Some(degree) => (Some(plain(degree)), school),
                None => (school, None),
            };
            let subtitle = school.into_iter().chain(whole_link(&education.url)).collect();
            let mut remarks = remark(wording.grade, clean(&education.score).into_iter().collect());
            remarks.extend(remark(wording.courses, clean_all(&education.courses)));
            let dates = wording.period(education.start_date, education.end_date);
            Entry { title, dates, subtitle, remarks, ..Entry::default() }
        })),
        Section::Certificates => entries.extend(resume.certificates.iter().map(|certificate| Entry {
            title: clean(&certificate.name).map(plain),
            dates: certificate.date.map(|date| wording.date(date)),
            aside: clean(&certificate.issuer).map(plain).into_iter().collect(),
            subtitle: whole_link(&certificate.url).into_iter().collect(),
            ..Entry::default()
        })),
        Section::Publications => entries.extend(resume.publications.iter().map(|publication| {
            Entry {
                title: clean(&publication.name).map(plain),
                dates: publication.release_date.map(|date| wording.date(date)),
                aside: clean(&publication.publisher).map(plain).into_iter().collect(),
                subtitle: whole_link(&publication.url).into_iter().collect(),
                // A line on its own would be taken for the next publication.
                bullets: clean_paragraphs(&publication.summary),
                ..Entry::default()
            }
        })),
        Section::Awards => entries.extend(resume.awards.iter().map(|award| Entry {
            title: clean(&award.title).map(plain),
            dates: award.date.map(|date| wording.date(date)),
            aside: clean(&award.awarder).map(plain).into_iter().collect(),
            paragraphs: clean_paragraphs(&award.summary),
            ..Entry::default()
        })),
        Section::Skills => lines = skill_lines(resume),
        Section::Languages => {
            let languages = resume.languages.iter().filter_map(|language| {
                match (clean(&language.language), clean(&language.fluency)) {
                    // Brackets within brackets are read wrong.
                    (Some(language), Some(fluency)) if fluency.contains('(') => Some(format!("{language}: {fluency}")),
                    (Some(language), Some(fluency)) => Some(format!("{language} ({fluency})")),
                    (language, fluency) => language.or(fluency),
                }
            });
            lines.extend(joined(languages.map(Some), ", ").map(|text| Labelled { label: None, text }));
        }
        Section::Interests => lines = interest_lines(resume),
        Section::References => entries.extend(resume.references.iter().map(|reference| Entry {
            title: clean(&reference.name).map(plain),
            paragraphs: clean_paragraphs(&reference.reference),
            ..Entry::default()
        })),
    }
    for entry in entries.iter_mut().filter(|entry| entry.title.is_none() && !entry.aside.is_empty()) {
        entry.title = Some(entry.aside.remove(0));
    }
    entries.retain(|entry| *entry != Entry::default());
    let empty = paragraphs.is_empty() && entries.is_empty() && lines.is_empty();
    (!empty).then(|| SheetSection { section, heading: wording.heading(section).to_owned(), paragraphs, entries, lines })
}

/// A role at an organisation: the role is the title, and the organisation where there is no role.
fn role(
    position: &Option<String>,
    organisation: &Option<String>,
    location: &Option<String>,
    url: &Option<String>,
    dates: Option<String>,
) -> Entry {
    let organisation = clean(organisation).map(plain);
    let location = clean(location).map(plain).into_iter().chain(whole_link(url));
    let (title, organisation) = match clean(position) {
        Some(position) => (Some(plain(position)), organisation),
        None => (organisation, None),
    };
    Entry { title, dates, subtitle: organisation.into_iter().chain(location).collect(), ..Entry::default() }
}

/// Skills that stand alone share one line; a group has a line of its own under its name.
fn skill_lines(resume: &Resume) -> Vec<Labelled> {
    let mut alone = Vec::new();
    let mut groups = Vec::new();
    for skill in &resume.skills {
        let (name, level, keywords) = (clean(&skill.name), clean(&skill.level), clean_all(&skill.keywords));
        let named = match (name, level) {
            (Some(name), Some(level)) => Some(format!("{name} ({level})")),
            (name, level) => name.or(level),
        };
        match joined(keywords.into_iter().map(Some), ", ") {
            Some(text) => groups.push(Labelled { label: named, text }),
            None => alone.push(named),
        }
    }
    let alone = joined(alone, ", ").map(|text| Labelled { label: None, text });
    alone.into_iter().chain(groups).collect()
}

fn interest_lines(resume: &Resume) -> Vec<Labelled> {
    let mut alone = Vec::new();
    let mut groups = Vec::new();
    for interest in &resume.interests {
        match joined(clean_all(&interest.keywords).into_iter().map(Some), ", ") {
            Some(text) => groups.push(Labelled { label: clean(&interest.name), text }),
            None => alone.push(clean(&interest.name)),
        }
    }
    let alone = joined(alone, ", ").map(|text| Labelled { label: None, text });
    alone.into_iter().chain(groups).collect()
}

fn remark(label: &str, values: Vec<String>) -> Vec<Labelled> {
    let text = joined(values.into_iter().map(Some), ", ");
    text.map(|text| Labelled { label: Some(label.to_owned()), text }).into_iter().collect()
}

fn plain(text: String) -> Run {
    Run { text, link: None }
}

fn joined(parts: impl IntoIterator<Item = Option<String>>, between: &str) -> Option<String> {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(between))
}

/// One line of the text: composed characters, single spaces, no invisible ones; `None` where nothing is left.
pub(crate) fn clean(text: &Option<String>) -> Option<String> {
    text.as_deref().map(clean_line).filter(|text| !text.is_empty())
}

fn clean_all(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| clean_line(text)).filter(|text| !text.is_empty()).collect()
}

fn clean_paragraphs(text: &Option<String>) -> Vec<String> {
    text.iter().flat_map(|text| text.lines()).map(clean_line).filter(|line| !line.is_empty()).collect()
}

pub(crate) fn clean_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.nfc() {
        if c.is_whitespace() {
            if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            }
        } else if !is_invisible(c) {
            line.push(c);
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// Control and formatting characters that no reader sees: soft hyphens, zero-width spaces, direction marks, tags.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(json: &str) -> Sheet {
        Sheet::of(&serde_json::from_str(json).unwrap(), &Section::ALL)
    }

    #[test]
    fn absent_and_empty_members_leave_no_trace() {
        let sheet = sheet(
            r#"{"basics":{"name":"Ada","label":" ","summary":"\n\n"},"work":[{"name":"","highlights":["  "]}],"skills":[{"keywords":[]}]}"#,
        );
        assert_eq!(sheet.label, None);
        assert_eq!(sheet.sections, []);
    }

    #[test]
    fn sections_come_in_the_order_asked_for() {
        let resume: Resume =
            serde_json::from_str(r#"{"basics":{"summary":"x"},"skills":[{"name":"Rust"}],"work":[{"name":"Acme"}]}"#)
                .unwrap();
        let order: Vec<_> =
            Sheet::of(&resume, &[Section::Skills, Section::Work]).sections.into_iter().map(|s| s.section).collect();
        assert_eq!(order, [Section::Skills, Section::Work]);
    }

    #[test]
    fn the_title_of_a_role_without_a_position_is_its_employer() {
        let sheet = sheet(r#"{"work":[{"name":"Acme","location":"Oslo","url":"https://acme.example"}]}"#);
        let entry = &sheet.sections[0].entries[0];
        assert_eq!(entry.title, Some(plain("Acme".into())));
        let site = Run { text: "https://acme.example".into(), link: Some("https://acme.example".into()) };
        assert_eq!(entry.subtitle, [plain("Oslo".into()), site]);
    }

    #[test]
    fn only_web_and_mail_addresses_become_links() {
        let sheet = sheet(r#"{"basics":{"email":"a@b.example","url":"javascript:alert(1)"}}"#);
        assert_eq!(sheet.contact[0].link.as_deref(), Some("mailto:a@b.example"));
        assert_eq!(sheet.contact[1].link, None);
    }

    #[test]
    fn a_street_with_commas_stands_apart_from_its_city() {
        let sheet = sheet(
            r#"{"basics":{"phone":"1 234","location":{"address":"27, 3rd Cross","city":"Bengaluru","countryCode":"IN"}}}"#,
        );
        let texts: Vec<&str> = sheet.contact.iter().map(|run| run.text.as_str()).collect();
        assert_eq!(texts, ["27, 3rd Cross", "Bengaluru, IN", "1 234"]);
    }

    #[test]
    fn an_address_is_written_as_its_country_writes_it() {
        let place_of = |json: &str| place(&serde_json::from_str(json).unwrap()).unwrap();
        assert_eq!(
            place_of(
                r#"{"address":"Allee 1","postalCode":"10435","city":"Berlin","region":"Berlin","countryCode":"DE"}"#
            ),
            "Allee 1, 10435 Berlin, DE"
        );
        assert_eq!(
            place_of(r#"{"postalCode":"74105","city":"Tulsa","region":"OK","countryCode":"US"}"#),
            "Tulsa, OK 74105, US"
        );
        assert_eq!(place_of(r#"{"city":"Oslo"}"#), "Oslo");
    }

    #[test]
    fn what_belongs_to_a_title_stands_beside_it() {
        let sheet = sheet(
            r#"{"certificates":[{"name":"First Aid","issuer":"Red Cross","date":"2021-03"},{"issuer":"TSA"}],
                "projects":[{"name":"Map","keywords":["Go","SQL"]},{"name":"Atlas","keywords":["A rather long name of a technique","and another one that is longer"]}]}"#,
        );
        let projects = &sheet.sections[0].entries;
        assert_eq!((projects[0].aside[0].text.as_str(), projects[0].remarks.len()), ("Go, SQL", 0));
        assert_eq!((projects[1].aside.len(), projects[1].remarks.len()), (0, 1));
        let certificates = &sheet.sections[1].entries;
        assert_eq!(certificates[0].aside[0].text, "Red Cross");
        assert_eq!(certificates[1].title.as_ref().unwrap().text, "TSA");
    }

    #[test]
    fn text_is_composed_and_loses_what_nobody_can_see() {
        assert_eq!(clean_line("Jose\u{301}\u{200b}  \u{202e}Sm\u{ad}ith\u{feff}"), "José Smith");
    }

    #[test]
    fn headings_follow_the_language_and_a_broken_language_tag_does_no_harm() {
        let german = sheet(r#"{"work":[{"name":"Acme"}],"meta":{"vitae":{"language":"de-AT"}}}"#);
        assert_eq!((german.language.as_str(), german.region.as_deref()), ("de", Some("AT")));
        assert_eq!(german.sections[0].heading, "Berufserfahrung");
        let broken = sheet(r#"{"work":[{"name":"Acme"}],"meta":{"vitae":{"language":"../x"}}}"#);
        assert_eq!(broken.language, "en");
    }

    #[test]
    fn single_skills_share_a_line_and_groups_keep_their_names() {
        let sheet = sheet(
            r#"{"skills":[{"name":"Rust","level":"expert"},{"name":"Cloud","keywords":["AWS","Terraform"]},{"name":"SQL"}]}"#,
        );
        let lines: Vec<_> = sheet.sections[0].lines.iter().map(|l| (l.label.as_deref(), l.text.as_str())).collect();
        assert_eq!(lines, [(None, "Rust (expert), SQL"), (Some("Cloud"), "AWS, Terraform")]);
    }
}
