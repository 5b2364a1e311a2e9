//! The name of a portfolio in its address.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// Shortest and longest slug, in characters.
const LENGTH: std::ops::RangeInclusive<usize> = 3..=60;

/// Words that a person could mistake for a part of the site, or that a later page may need.
const RESERVED: &[&str] = &[
    "about",
    "abuse",
    "account",
    "accounts",
    "admin",
    "administrator",
    "analytics",
    "api",
    "app",
    "assets",
    "auth",
    "billing",
    "blog",
    "careers",
    "cdn",
    "contact",
    "dashboard",
    "demo",
    "docs",
    "download",
    "downloads",
    "error",
    "events",
    "example",
    "explore",
    "favicon",
    "help",
    "home",
    "index",
    "info",
    "jobs",
    "legal",
    "login",
    "logout",
    "logs",
    "mail",
    "me",
    "metrics",
    "moderator",
    "news",
    "null",
    "official",
    "openapi",
    "password",
    "portfolio",
    "portfolios",
    "preview",
    "pricing",
    "privacy",
    "public",
    "redoc",
    "register",
    "report",
    "robots",
    "root",
    "search",
    "security",
    "settings",
    "share",
    "signin",
    "signup",
    "sitemap",
    "staff",
    "static",
    "status",
    "support",
    "system",
    "team",
    "template",
    "templates",
    "terms",
    "test",
    "undefined",
    "upload",
    "user",
    "users",
    "vitae",
    "webmaster",
    "well-known",
    "www",
];

/// A slug: 3 to 60 of `a` to `z`, `0` to `9` and single inner hyphens, not reserved.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

/// Why a text is no slug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SlugError {
    /// Wrong characters or length.
    #[error("a slug has 3 to 60 characters: a to z, 0 to 9 and single hyphens between them")]
    Malformed,
    /// A word that is kept back.
    #[error("this word is reserved; choose another")]
    Reserved,
}

impl Slug {
    /// Checks a slug that a person chose.
    ///
    /// # Errors
    /// See [`SlugError`].
    pub fn parse(text: &str) -> Result<Self, SlugError> {
        let characters = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let hyphens = !text.starts_with('-') && !text.ends_with('-') && !text.contains("--");
        if !LENGTH.contains(&text.len()) || !characters || !hyphens {
            return Err(SlugError::Malformed);
        }
        if RESERVED.contains(&text) {
            return Err(SlugError::Reserved);
        }
        Ok(Self(text.to_owned()))
    }

    /// The slug that a person's name suggests, such as `ada-lovelace`; `None` where the name has too few Latin letters.
    pub fn from_name(name: &str) -> Option<Self> {
        let mut text = String::new();
        for c in name.nfkd().flat_map(char::to_lowercase) {
            match c {
                'a'..='z' | '0'..='9' => text.push(c),
                'ß' => text.push_str("ss"),
                'æ' => text.push_str("ae"),
                'œ' => text.push_str("oe"),
                'ø' => text.push('o'),
                'ł' => text.push('l'),
                'đ' | 'ð' => text.push('d'),
                'þ' => text.push_str("th"),
                'ı' => text.push('i'),
                'ħ' => text.push('h'),
                '\'' | '’' | '.' | '\u{300}'..='\u{36f}' => {}
                _ if !text.ends_with('-') => text.push('-'),
                _ => {}
            }
        }
        let mut text = text.trim_matches('-').to_owned();
        if text.len() > 48 {
            // Room is left for a number; a name is cut between its words where that keeps most of it.
            text.truncate(48);
            if let Some(at) = text.rfind('-').filter(|at| *at >= 16) {
                text.truncate(at);
            }
        }
        Self::parse(text.trim_matches('-')).ok()
    }

    /// A slug that nobody can guess: 128 bits at random.
    pub fn unguessable() -> Self {
        Self(uuid::Uuid::new_v4().simple().to_string())
    }

    /// Whether it is one of [`Slug::unguessable`]'s.
    pub fn is_unguessable(&self) -> bool {
        self.0.len() == 32 && self.0.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    }

    /// What to try in turn when an automatic slug is wanted: the name, the name with a number, and at last the name
    /// with a random end.
    pub fn automatic(name: &str) -> impl Iterator<Item = Self> {
        let base = Self::from_name(name);
        let random = uuid::Uuid::new_v4().simple().to_string();
        let numbered = base.clone().into_iter().flat_map(|base| (2..=9).map(move |n| Self(format!("{base}-{n}"))));
        let last = match &base {
            Some(base) => Self(format!("{base}-{}", &random[..10])),
            None => Self(format!("cv-{}", &random[..10])),
        };
        base.into_iter().chain(numbered).chain(std::iter::once(last))
    }

    /// Slugs close to one that is taken.
    pub fn alternatives(&self) -> impl Iterator<Item = Self> {
        let base = self.0.clone();
        ["-cv", "-portfolio", "-2", "-3", "-4", "-5", "-6", "-7", "-8", "-9"]
            .into_iter()
            .filter_map(move |suffix| Self::parse(&format!("{base}{suffix}")).ok())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_name(name: &str) -> Option<String> {
        Slug::from_name(name).map(|slug| slug.to_string())
    }

    #[test]
    fn a_name_becomes_a_readable_slug() {
        for (name, slug) in [
            ("Ada Lovelace", "ada-lovelace"),
            ("  María-José  Fernández Ibáñez", "maria-jose-fernandez-ibanez"),
            ("Łukasz Wiśniewski", "lukasz-wisniewski"),
            ("Siobhán O’Connell", "siobhan-oconnell"),
            ("Katrin Müller-Hoffmann", "katrin-muller-hoffmann"),
            ("Işıl Yıldız", "isil-yildiz"),
            ("Søren Ærø Þór Groß", "soren-aero-thor-gross"),
            ("Dr. J. R. Smith, PhD", "dr-j-r-smith-phd"),
        ] {
            assert_eq!(from_name(name).as_deref(), Some(slug));
        }
    }

    #[test]
    fn a_long_name_is_cut_between_words() {
        let slug = from_name("Maximiliana Theodora Alexandrina von Hohenberg-Wolkenstein zu Rodenegg").unwrap();
        assert_eq!(slug, "maximiliana-theodora-alexandrina-von-hohenberg");
    }

    #[test]
    fn a_name_without_latin_letters_gets_a_random_slug_and_never_a_reserved_one() {
        assert_eq!(from_name("佐藤 春香"), None);
        assert_eq!(from_name("Admin"), None);
        let slugs: Vec<_> = Slug::automatic("佐藤 春香").collect();
        assert_eq!(slugs.len(), 1);
        assert!(slugs[0].as_str().starts_with("cv-") && Slug::parse(slugs[0].as_str()).is_ok());
    }

    #[test]
    fn automatic_slugs_count_up_and_end_at_random() {
        let slugs: Vec<String> = Slug::automatic("Ada Lovelace").map(|slug| slug.to_string()).collect();
        assert_eq!(&slugs[..3], ["ada-lovelace", "ada-lovelace-2", "ada-lovelace-3"]);
        assert!(slugs.last().unwrap().len() > "ada-lovelace-".len() + 8);
        assert!(slugs.iter().all(|slug| Slug::parse(slug).is_ok()));
    }

    #[test]
    fn only_plain_free_words_are_slugs() {
        for text in ["ab", "-ada", "ada-", "a--b", "Ada", "ada.l", "ada/l", "ada l", "", "ådа"] {
            assert_eq!(Slug::parse(text), Err(SlugError::Malformed), "{text}");
        }
        assert_eq!(Slug::parse(&"a".repeat(61)), Err(SlugError::Malformed));
        assert_eq!(Slug::parse("admin"), Err(SlugError::Reserved));
        assert!(Slug::parse("ada-lovelace-1815").is_ok());
        assert!(Slug::parse(Slug::unguessable().as_str()).is_ok());
        assert_ne!(Slug::unguessable(), Slug::unguessable());
        assert!(Slug::unguessable().is_unguessable() && !Slug::parse("ada-lovelace").unwrap().is_unguessable());
    }

    #[test]
    fn alternatives_are_slugs_themselves() {
        let long = Slug::parse(&"a".repeat(58)).unwrap();
        assert!(long.alternatives().all(|slug| Slug::parse(slug.as_str()).is_ok()));
        let ada = Slug::parse("ada").unwrap();
        assert_eq!(ada.alternatives().next().unwrap().as_str(), "ada-cv");
    }
}
