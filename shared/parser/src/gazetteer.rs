//! What everybody knows: months, headings, job-title words, legal forms, countries, languages.
//!
//! The lists are plain files in `data/`, written for this project from general knowledge. Words are kept folded
//! (see [`fold`]), so lookups take folded words.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::text::{fold, folded_words};

/// A set of words, phrases and endings of compound words.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    words: HashSet<String>,
    phrases: HashSet<String>,
    endings: HashSet<String>,
    /// Bytes of the shortest and of the longest ending.
    ending_lengths: (usize, usize),
    longest: usize,
}

impl Vocabulary {
    fn of_lines<'a>(lines: impl Iterator<Item = &'a str>, one_phrase_a_line: bool) -> Self {
        let mut vocabulary = Self::default();
        for line in lines {
            if one_phrase_a_line {
                vocabulary.insert(line);
            } else {
                line.split_whitespace().for_each(|word| vocabulary.insert(word));
            }
        }
        vocabulary
    }

    fn insert(&mut self, entry: &str) {
        if let Some(ending) = entry.strip_prefix('-') {
            let ending = fold(ending);
            let (shortest, longest) = self.ending_lengths;
            let shortest = if shortest == 0 { ending.len() } else { shortest.min(ending.len()) };
            self.ending_lengths = (shortest, longest.max(ending.len()));
            self.endings.insert(ending);
            return;
        }
        let words = folded_words(entry);
        self.longest = self.longest.max(words.len());
        match words.len() {
            0 => {}
            1 => {
                self.words.extend(words);
            }
            _ => {
                self.phrases.insert(words.join(" "));
            }
        }
    }

    /// Whether the folded word is in the list, by itself or by its ending.
    pub(crate) fn has_word(&self, folded: &str) -> bool {
        self.words.contains(folded) || self.has_ending(folded)
    }

    /// Whether a word of the list's endings, with three letters or more before it, is the folded word.
    fn has_ending(&self, folded: &str) -> bool {
        let (shortest, longest) = self.ending_lengths;
        if self.endings.is_empty() || folded.len() < shortest + 3 {
            return false;
        }
        (3.max(folded.len().saturating_sub(longest))..=folded.len() - shortest)
            .any(|at| folded.get(at..).is_some_and(|ending| self.endings.contains(ending)))
    }

    /// Whether the whole text is one entry of the list.
    pub(crate) fn is(&self, text: &str) -> bool {
        self.is_words(&folded_words(text))
    }

    /// [`is`](Self::is) for words that are folded already.
    pub(crate) fn is_words(&self, words: &[String]) -> bool {
        match words {
            [] => false,
            [word] => self.has_word(word),
            _ => self.phrases.contains(&words.join(" ")),
        }
    }

    /// The number of words covered by entries of the list, the longest entries first.
    pub(crate) fn coverage(&self, words: &[String]) -> usize {
        let mut covered = 0;
        let mut i = 0;
        while i < words.len() {
            let step = self.longest_at(&words[i..]);
            covered += step;
            i += step.max(1);
        }
        covered
    }

    /// Length in words of the longest entry at the start of `words`, 0 where there is none.
    pub(crate) fn longest_at(&self, words: &[String]) -> usize {
        for length in (2..=self.longest.min(words.len())).rev() {
            if self.phrases.contains(&words[..length].join(" ")) {
                return length;
            }
        }
        usize::from(words.first().is_some_and(|word| self.has_word(word)))
    }
}

/// The lines of one `[part]` of a data file.
fn part<'a>(file: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let mut inside = false;
    file.lines().map(str::trim).filter(move |line| {
        if let Some(header) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            inside = header == name;
            return false;
        }
        inside && !line.is_empty() && !line.starts_with('#')
    })
}

/// Everything after the comment of a data file that has no parts.
fn lines(file: &str) -> impl Iterator<Item = &str> {
    file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

const HEADINGS: &str = include_str!("../data/headings.txt");
const DATES: &str = include_str!("../data/dates.txt");
const TITLES: &str = include_str!("../data/titles.txt");
const ORGANISATIONS: &str = include_str!("../data/organisations.txt");
const DEGREES: &str = include_str!("../data/degrees.txt");
const LABELS: &str = include_str!("../data/labels.txt");
const PLACES: &str = include_str!("../data/places.txt");
const LANGUAGES: &str = include_str!("../data/languages.txt");
const LEVELS: &str = include_str!("../data/levels.txt");
const NETWORKS: &str = include_str!("../data/networks.txt");

macro_rules! vocabulary {
    ($($(#[$doc:meta])* $name:ident = $file:ident [$part:literal] $phrases:literal;)*) => {
        $($(#[$doc])*
        pub(crate) static $name: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::of_lines(part($file, $part), $phrases));)*
    };
}

vocabulary! {
    /// Words of job titles that say a job.
    TITLE_WORDS = TITLES ["words"] false;
    /// Words that stand in job titles and elsewhere.
    WEAK_TITLE_WORDS = TITLES ["weak"] false;
    /// Legal forms of companies.
    LEGAL_FORMS = ORGANISATIONS ["legal"] false;
    /// Words of organisations' names.
    ORGANISATION_WORDS = ORGANISATIONS ["words"] false;
    /// Ways to say that one is one's own employer.
    SELF_EMPLOYED = ORGANISATIONS ["self"] true;
    /// Degrees and leaving certificates.
    DEGREE_WORDS = DEGREES ["degrees"] true;
    /// Words of schools' names.
    SCHOOL_WORDS = DEGREES ["schools"] true;
    /// Words that introduce or are a grade.
    GRADE_WORDS = DEGREES ["grades"] true;
    /// Words that introduce a list of courses.
    COURSE_WORDS = DEGREES ["courses"] true;
    /// Labels inside entries that say nothing.
    EMPTY_LABELS = LABELS ["drop"] true;
    /// Names of what is left over.
    LEFTOVERS = LABELS ["leftovers"] true;
    /// Labels before contact data.
    CONTACT_LABELS = LABELS ["contact"] true;
    /// Words between a certificate or a prize and who gave it.
    ISSUED_BY = LABELS ["issued"] true;
    /// Kinds of contract, which stand beside a job and say neither what nor for whom.
    CONTRACTS = LABELS ["contract"] true;
    /// Ways to say that references come later.
    ON_REQUEST = LABELS ["on request"] true;
    /// Phrases of the clauses that close a CV: consent to keep data, declarations.
    CONSENT = LABELS ["consent"] true;
    /// Words of streets' names.
    STREET_WORDS = PLACES ["streets"] false;
    /// Ways to say that work is not tied to a place.
    REMOTE = PLACES ["remote"] true;
    /// Words for "until today".
    PRESENT = DATES ["present"] true;
    /// Words before an open start.
    SINCE = DATES ["since"] true;
    /// Words before an end.
    UNTIL = DATES ["until"] true;
    /// Seasons, which give a date its year alone.
    SEASONS = DATES ["seasons"] false;
    /// Words in headings beside the one that names the section.
    HEADING_MODIFIERS = HEADINGS ["modifiers"] true;
    /// Words of journals, publishers and conferences.
    PUBLISHER_WORDS = ORGANISATIONS ["publishers"] false;
    /// Words that join two headings.
    HEADING_JOINERS = HEADINGS ["joiners"] true;
}

/// Language levels; the file has no parts.
pub(crate) static LANGUAGE_LEVELS: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::of_lines(lines(LEVELS), true));

/// Names of spoken languages.
pub(crate) static LANGUAGE_NAMES: LazyLock<Vocabulary> =
    LazyLock::new(|| Vocabulary::of_lines(lines(LANGUAGES), false));

/// Names of states and provinces as they follow a city.
pub(crate) static REGION_NAMES: LazyLock<Vocabulary> = LazyLock::new(|| {
    let mut vocabulary = Vocabulary::default();
    for name in part(PLACES, "region names").flat_map(str::split_whitespace) {
        vocabulary.insert(&name.replace('_', " "));
    }
    vocabulary
});

/// Codes of states and provinces, upper case as they are written.
pub(crate) static REGION_CODES: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| part(PLACES, "regions").flat_map(str::split_whitespace).collect());

static COUNTRIES: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let mut countries = HashMap::new();
    for line in part(PLACES, "countries") {
        let mut names = line.split_whitespace();
        let Some(code) = names.next() else { continue };
        for name in names {
            countries.insert(folded_words(&name.replace('_', " ")).join(" "), code);
        }
    }
    countries
});

static COUNTRY_CODES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| COUNTRIES.values().copied().collect());

static MONTHS: LazyLock<HashMap<String, i8>> = LazyLock::new(|| {
    let mut months = HashMap::new();
    for number in 1..=12_i8 {
        for name in part(DATES, &number.to_string()).flat_map(str::split_whitespace) {
            months.entry(fold(name)).or_insert(number);
        }
    }
    months
});

static NETWORK_NAMES: LazyLock<Vec<(&'static str, &'static str)>> =
    LazyLock::new(|| lines(NETWORKS).filter_map(|line| line.split_once(' ')).collect());

/// The sections that a heading can open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum SectionKind {
    Summary,
    Work,
    Education,
    Skills,
    Languages,
    Projects,
    Certificates,
    Awards,
    Publications,
    Volunteer,
    Interests,
    References,
    Contact,
    Profiles,
    /// A heading that is known and that JSON Resume has no place for, or one that only its look tells.
    Other,
}

const KINDS: [(&str, SectionKind); 15] = [
    ("summary", SectionKind::Summary),
    ("work", SectionKind::Work),
    ("education", SectionKind::Education),
    ("skills", SectionKind::Skills),
    ("languages", SectionKind::Languages),
    ("projects", SectionKind::Projects),
    ("certificates", SectionKind::Certificates),
    ("awards", SectionKind::Awards),
    ("publications", SectionKind::Publications),
    ("volunteer", SectionKind::Volunteer),
    ("interests", SectionKind::Interests),
    ("references", SectionKind::References),
    ("contact", SectionKind::Contact),
    ("profiles", SectionKind::Profiles),
    ("other", SectionKind::Other),
];

impl SectionKind {
    /// The name of the section in JSON Resume, or of what it has no place for.
    pub(crate) fn name(self) -> &'static str {
        KINDS.iter().find(|(_, kind)| *kind == self).map_or("other", |(name, _)| name)
    }
}

/// Heading phrases (folded words joined by spaces) to their sections.
static HEADING_PHRASES: LazyLock<HashMap<String, SectionKind>> = LazyLock::new(|| {
    let mut phrases = HashMap::new();
    for (name, kind) in KINDS {
        for phrase in part(HEADINGS, name) {
            phrases.entry(folded_words(phrase).join(" ")).or_insert(kind);
        }
    }
    phrases
});

/// The section that a heading phrase of folded words names.
pub(crate) fn heading_phrase(words: &[String]) -> Option<SectionKind> {
    HEADING_PHRASES.get(&words.join(" ")).copied()
}

/// The month that a folded word names.
pub(crate) fn month(folded: &str) -> Option<i8> {
    MONTHS.get(folded.trim_end_matches('.')).copied()
}

/// The ISO 3166-1 code of a country's name, or of its code in upper case.
pub(crate) fn country(text: &str) -> Option<&'static str> {
    let trimmed = text.trim();
    if let Some(code) = COUNTRY_CODES.get(trimmed) {
        return Some(code);
    }
    COUNTRIES.get(&folded_words(trimmed).join(" ")).copied()
}

/// The network that a host belongs to (`pl.linkedin.com` is LinkedIn's).
pub(crate) fn network(host: &str) -> Option<&'static str> {
    let host = host.trim_start_matches("www.");
    NETWORK_NAMES
        .iter()
        .filter(|(domain, _)| host == *domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')))
        .max_by_key(|(domain, _)| domain.len())
        .map(|(_, name)| *name)
}

/// The network of that name, with its domain.
pub(crate) fn network_named(text: &str) -> Option<(&'static str, &'static str)> {
    let wanted = crate::text::squash(text);
    NETWORK_NAMES.iter().find(|(_, name)| crate::text::squash(name) == wanted).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compound_words_are_known_by_their_ending() {
        assert!(TITLE_WORDS.has_word("softwareentwicklerin"));
        assert!(!TITLE_WORDS.has_word("ananas"));
    }

    #[test]
    fn months_are_known_in_many_tongues() {
        for (name, number) in [("sept", 9), ("marz", 3), ("fevr", 2), ("ene", 1), ("sierpnia", 8), ("agustos", 8)] {
            assert_eq!(month(name), Some(number), "{name}");
        }
    }

    #[test]
    fn countries_are_known_by_name_and_code() {
        assert_eq!(country("South Africa"), Some("ZA"));
        assert_eq!(country("Deutschland"), Some("DE"));
        assert_eq!(country("GB"), Some("GB"));
        assert_eq!(country("gb"), None);
    }

    #[test]
    fn a_network_owns_its_subdomains_and_no_lookalike() {
        assert_eq!(network("pl.linkedin.com"), Some("LinkedIn"));
        assert_eq!(network("notlinkedin.com"), None);
        assert_eq!(network("scholar.google.com"), Some("Google Scholar"));
    }
}
