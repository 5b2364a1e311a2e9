//! What a person tells about themselves, and how it is shown to them.

use axum::http::{HeaderMap, header};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use vitae_store::{Identity, Person, Preferences, Role};

use crate::mail::is_written;

/// Longest name, in characters.
const LONGEST_NAME: usize = 200;
/// Longest language tag (RFC 5646, 4.4.1).
const LONGEST_LOCALE: usize = 35;
/// Languages of an `Accept-Language` that are looked at; browsers send a handful.
const MOST_LANGUAGES: usize = 16;

/// A person's account as they see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Profile {
    user_id: Uuid,
    #[schema(example = "ada@example.org")]
    email: String,
    name: Option<String>,
    /// `user` or `admin`.
    #[schema(value_type = String, example = "user")]
    role: Role,
    /// Whether they have proved that the address is theirs.
    email_verified: bool,
    /// The language that they are written to in, BCP 47.
    #[schema(example = "en")]
    locale: Option<String>,
    defaults: Defaults,
    /// Whether they get a mail when a job of theirs has ended, well or not, once their address is proved.
    mail_when_done: bool,
    /// Whether they can sign in by a password.
    has_password: bool,
    /// The other providers that sign them in.
    identities: Vec<IdentityView>,
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// An account at another provider that signs a person in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IdentityView {
    #[schema(example = "google")]
    provider: String,
    /// The address there, as it was when it was added.
    email: Option<String>,
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    linked_at: Timestamp,
}

/// What new uploads start from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Defaults {
    template_id: Option<String>,
    theme: Option<String>,
    tone: Option<String>,
    links: Vec<String>,
    auto_generate: bool,
}

impl From<Person> for Profile {
    fn from(person: Person) -> Self {
        let has_password = person.has_password();
        let Preferences { template_id, theme, tone, links, auto_generate } = person.defaults;
        Self {
            user_id: person.user_id,
            email: person.email,
            name: person.name,
            role: person.role,
            email_verified: person.email_verified,
            locale: person.locale,
            defaults: Defaults { template_id, theme, tone, links, auto_generate },
            mail_when_done: person.mail_when_done,
            has_password,
            identities: person
                .identities
                .into_iter()
                .map(|Identity { provider, email, linked_at, .. }| IdentityView { provider, email, linked_at })
                .collect(),
            created_at: person.created_at,
        }
    }
}

/// A name as it is stored: without white space around it.
///
/// # Errors
/// A sentence that says what is wrong.
pub(crate) fn name(typed: &str) -> Result<String, &'static str> {
    let name = typed.trim();
    match name.chars().count() {
        0 => Err("a name has at least one character; leave it out, or send null, to have none"),
        1..=LONGEST_NAME if name.chars().any(char::is_control) => Err("a name has no control character"),
        1..=LONGEST_NAME => Ok(name.to_owned()),
        _ => Err("a name has at most 200 characters"),
    }
}

/// A language tag of the form of BCP 47, such as `de` or `pt-BR`.
///
/// # Errors
/// A sentence that says what is wrong.
pub(crate) fn locale(tag: &str) -> Result<String, &'static str> {
    let mut subtags = tag.split('-');
    let language = subtags.next().unwrap_or_default();
    let is_tag = tag.len() <= LONGEST_LOCALE
        && (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_alphabetic())
        && subtags.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if is_tag { Ok(tag.to_owned()) } else { Err("a locale is a language tag such as en, de-AT or pt-BR") }
}

/// The language that the browser's person likes best among those that we write (RFC 9110, 12.5.4).
pub(crate) fn preferred_locale(headers: &HeaderMap) -> Option<String> {
    let accepted = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut best: Option<(f32, &str)> = None;
    for range in accepted.split(',').take(MOST_LANGUAGES) {
        let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
        let weight = weight.trim().strip_prefix("q=").and_then(|q| q.parse().ok()).unwrap_or(0.0_f32);
        // Of two that are liked alike, the first.
        let tag = tag.trim();
        if weight > best.map_or(0.0, |(weight, _)| weight) && is_written(tag) && locale(tag).is_ok() {
            best = Some((weight, tag));
        }
    }
    best.map(|(_, tag)| tag.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn preferred(accepted: &'static str) -> Option<String> {
        let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, HeaderValue::from_static(accepted))]);
        preferred_locale(&headers)
    }

    #[test]
    fn the_best_liked_language_that_is_written_is_chosen() {
        assert_eq!(preferred("de-AT,de;q=0.9,en;q=0.8").as_deref(), Some("de-AT"));
        assert_eq!(preferred("en;q=0.5, fr;q=0.9").as_deref(), Some("fr"));
        assert_eq!(preferred("ja, es;q=0.1").as_deref(), Some("es"));
        assert_eq!(preferred("ja, tlh;q=0.1"), None);
        assert_eq!(preferred("*"), None);
        assert_eq!(preferred("de;q=0"), None);
        assert_eq!(preferred("de;q=much, de--x, fr;q=0.1").as_deref(), Some("fr"));
        assert_eq!(preferred_locale(&HeaderMap::new()), None);
    }

    #[test]
    fn a_locale_has_the_form_of_a_language_tag() {
        for tag in ["en", "de-AT", "pt-BR", "zh-Hant-TW", "gsw"] {
            assert!(locale(tag).is_ok(), "{tag}");
        }
        for tag in ["", "e", "english", "de_AT", "de-", "1a", "en-toolongsubtag", "de\r\nx"] {
            assert!(locale(tag).is_err(), "{tag}");
        }
    }

    #[test]
    fn a_name_is_trimmed_and_bounded() {
        assert_eq!(name("  Ada King ").unwrap(), "Ada King");
        assert!(name("  ").is_err());
        assert!(name("Ada\nKing").is_err());
        assert!(name(&"é".repeat(200)).is_ok());
        assert!(name(&"é".repeat(201)).is_err());
    }
}
