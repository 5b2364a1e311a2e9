//! Text as a public page may carry it.

use vitae_resume::{
    Award, Certificate, Education, Interest, Language, Location, Profile, Project, Publication, Reference, Skill,
    Volunteer, Work,
};

use super::{About, Contact, Content, Hero};

impl Content {
    /// The content with every text tidied and every empty entry gone. Tidying twice changes nothing.
    pub(super) fn tidied(self) -> Self {
        let contact = self.contact;
        Self {
            language: self.language.filter(|tag| {
                (2..=12).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            }),
            hero: Hero { name: line(&self.hero.name).unwrap_or_default(), headline: one(self.hero.headline) },
            about: About { paragraphs: self.about.paragraphs.iter().flat_map(|text| paragraphs(text)).collect() },
            experience: entries(self.experience, |work| Work {
                name: one(work.name),
                location: one(work.location),
                description: prose(work.description),
                position: one(work.position),
                url: link(work.url),
                start_date: work.start_date,
                end_date: work.end_date,
                summary: prose(work.summary),
                highlights: bullets(work.highlights),
            }),
            projects: entries(self.projects, |project| Project {
                name: one(project.name),
                description: prose(project.description),
                highlights: bullets(project.highlights),
                keywords: many(project.keywords),
                start_date: project.start_date,
                end_date: project.end_date,
                url: link(project.url),
                roles: many(project.roles),
                entity: one(project.entity),
                r#type: one(project.r#type),
            }),
            skills: entries(self.skills, |skill| Skill {
                name: one(skill.name),
                level: one(skill.level),
                keywords: many(skill.keywords),
            }),
            education: entries(self.education, |school| Education {
                institution: one(school.institution),
                url: link(school.url),
                area: one(school.area),
                study_type: one(school.study_type),
                start_date: school.start_date,
                end_date: school.end_date,
                score: one(school.score),
                courses: many(school.courses),
            }),
            volunteer: entries(self.volunteer, |work| Volunteer {
                organization: one(work.organization),
                position: one(work.position),
                url: link(work.url),
                start_date: work.start_date,
                end_date: work.end_date,
                summary: prose(work.summary),
                highlights: bullets(work.highlights),
            }),
            certificates: entries(self.certificates, |certificate| Certificate {
                name: one(certificate.name),
                date: certificate.date,
                url: link(certificate.url),
                issuer: one(certificate.issuer),
            }),
            awards: entries(self.awards, |award| Award {
                title: one(award.title),
                date: award.date,
                awarder: one(award.awarder),
                summary: prose(award.summary),
            }),
            publications: entries(self.publications, |publication| Publication {
                name: one(publication.name),
                publisher: one(publication.publisher),
                release_date: publication.release_date,
                url: link(publication.url),
                summary: prose(publication.summary),
            }),
            languages: entries(self.languages, |language| Language {
                language: one(language.language),
                fluency: one(language.fluency),
            }),
            interests: entries(self.interests, |interest| Interest {
                name: one(interest.name),
                keywords: many(interest.keywords),
            }),
            references: entries(self.references, |reference| Reference {
                name: one(reference.name),
                reference: prose(reference.reference),
            }),
            contact: Contact {
                email: one(contact.email),
                phone: one(contact.phone),
                website: link(contact.website),
                location: Location {
                    address: one(contact.location.address),
                    postal_code: one(contact.location.postal_code),
                    city: one(contact.location.city),
                    country_code: one(contact.location.country_code),
                    region: one(contact.location.region),
                },
                profiles: entries(contact.profiles, |profile| Profile {
                    network: one(profile.network),
                    username: one(profile.username),
                    url: link(profile.url),
                }),
            },
        }
    }
}

/// One line of text: no control characters, none that turn the direction of the text around them, single spaces.
/// `None` where nothing is left.
pub(crate) fn line(text: &str) -> Option<String> {
    let visible: String =
        text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| is_printable(*c)).collect();
    let joined = visible.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    (!joined.is_empty()).then_some(joined)
}

/// The paragraphs of a text: a blank line parts them, a single line break is a space.
pub(super) fn paragraphs(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    lines.split(|text| text.trim().is_empty()).filter_map(|block| line(&block.join(" "))).collect()
}

/// An address of the web (http or https, with a host and no user name or password in it): as written where that is
/// plain, else as a browser would write it.
pub(crate) fn web_address(text: &str) -> Option<String> {
    let text = text.trim();
    let url = url::Url::parse(text).ok()?;
    let of_the_web = matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| !host.is_empty());
    if !of_the_web || !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let plain = text.bytes().all(|b| b.is_ascii_graphic() && !b"\"'<>`\\".contains(&b)) && text.contains("://");
    Some(if plain { text.to_owned() } else { url.to_string() })
}

/// Characters that may stand on the page. The marks U+200C to U+200F stay: Persian, Indic scripts and emoji need them.
fn is_printable(c: char) -> bool {
    let turns_direction = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let invisible = matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    !c.is_control() && !turns_direction && !invisible
}

fn entries<T: Default + PartialEq>(list: Vec<T>, tidied: impl Fn(T) -> T) -> Vec<T> {
    list.into_iter().map(tidied).filter(|entry| *entry != T::default()).collect()
}

fn one(text: Option<String>) -> Option<String> {
    line(&text?)
}

fn many(texts: Vec<String>) -> Vec<String> {
    texts.iter().filter_map(|text| line(text)).collect()
}

fn prose(text: Option<String>) -> Option<String> {
    let parts = paragraphs(&text?);
    (!parts.is_empty()).then(|| parts.join("\n\n"))
}

fn bullets(texts: Vec<String>) -> Vec<String> {
    texts
        .iter()
        .filter_map(|text| line(text))
        .map(|text| without_bullet(&text).to_owned())
        .filter(|text| !text.is_empty())
        .collect()
}

/// The text without the glyph that made it a bullet. A dash or an asterisk counts only before a space: "-40 % cost"
/// begins with a minus sign.
fn without_bullet(text: &str) -> &str {
    let rest = text.trim_start_matches(['•', '▪', '◦', '‣', '●', '·']).trim_start();
    match rest.strip_prefix(['–', '—', '*', '-']) {
        Some(after) if after.is_empty() || after.starts_with(' ') => after.trim_start(),
        _ => rest,
    }
}

fn link(text: Option<String>) -> Option<String> {
    web_address(&text?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_collapsed_and_cleaned() {
        assert_eq!(line("  Ada\t \n Lovelace\u{202e} ").as_deref(), Some("Ada Lovelace"));
        assert_eq!(line("می\u{200c}خواهم").as_deref(), Some("می\u{200c}خواهم"));
        assert_eq!(line(" \u{feff}\u{0007} "), None);
    }

    #[test]
    fn blank_lines_part_paragraphs_and_line_breaks_do_not() {
        assert_eq!(paragraphs("One\ntwo.\r\n\r\n \n Three."), ["One two.", "Three."]);
    }

    #[test]
    fn bullet_glyphs_go_and_minus_signs_stay() {
        let texts =
            ["• Led a team", "•Wrote tests", "– Wrote code", "-40 % cost", "•", "-"].map(str::to_owned).to_vec();
        assert_eq!(bullets(texts), ["Led a team", "Wrote tests", "Wrote code", "-40 % cost"]);
    }

    #[test]
    fn only_plain_web_addresses_pass() {
        assert_eq!(web_address(" https://ada.example/a b ").as_deref(), Some("https://ada.example/a%20b"));
        for text in
            ["javascript:alert(1)", "mailto:a@b.c", "//x", "ada.example", "https://u@e.example", "https://", "data:,x"]
        {
            assert_eq!(web_address(text), None, "{text}");
        }
    }
}
