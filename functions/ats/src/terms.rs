//! Finding terms of trade in text: whole terms only, under any of their names, inflected where a stemmer knows how.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use rust_stemmers::{Algorithm, Stemmer};
use unicode_segmentation::UnicodeSegmentation;

use crate::vocabulary::lower;

/// One concept of the list.
pub(crate) type Concept = usize;

/// A term found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) concept: Concept,
    /// Bytes of the text.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Whether it stands in another form than any name of the list, such as a plural.
    pub(crate) inflected: bool,
}

/// The usual name of a concept.
pub(crate) fn name_of(concept: Concept) -> &'static str {
    LEXICON.concepts[concept]
}

/// Whether a concept is the name of a product, that stands in no list of ours with other names.
pub(crate) fn is_product(concept: Concept) -> bool {
    concept >= LEXICON.by_hand
}

/// Whether a concept is a tool or a technique with a name of its own, which work that is done with it needs.
pub(crate) fn is_tool(concept: Concept) -> bool {
    is_product(concept) || LEXICON.tools.contains(&concept)
}

/// The terms of a text, from left to right, none overlapping another; of two that do, the longer stays.
pub(crate) fn find(text: &str, language: Option<&str>) -> Vec<Found> {
    let english = language.is_none_or(|language| language == "en");
    let mut candidates: Vec<(Found, bool)> = LEXICON
        .automaton
        .find_overlapping_iter(text)
        .filter_map(|hit| {
            let name = &LEXICON.names[hit.pattern().as_usize()];
            let (start, end) = (hit.start(), hit.end());
            let as_written = text[start..end] == *name.text;
            let whole = is_whole(text, start, end)
                && (!name.everyday || is_term_like(text, name.text, start, end))
                && (!name.capitals || as_written || english && name.text.len() > 2);
            whole.then_some((Found { concept: name.concept, start, end, inflected: false }, name.everyday))
        })
        .collect();
    candidates.extend(inflected(text, language).into_iter().map(|found| (found, false)));
    candidates.sort_by_key(|(found, _)| (found.start, usize::MAX - found.end, found.inflected));
    let mut kept: Vec<(Found, bool)> = Vec::new();
    for (found, everyday) in candidates {
        if kept.last().is_none_or(|(last, _)| last.end <= found.start) {
            kept.push((found, everyday));
        }
    }
    let sure: Vec<(usize, usize)> =
        kept.iter().filter(|(_, everyday)| !everyday).map(|(f, _)| (f.start, f.end)).collect();
    kept.retain(|(found, everyday)| !everyday || is_among_terms(text, found, &sure));
    kept.into_iter().map(|(found, _)| found).collect()
}

/// The concept that a text names as the list writes it, whatever stands around it.
pub(crate) fn named(text: &str) -> Option<Concept> {
    let hits = LEXICON.automaton.find_overlapping_iter(text).map(|hit| &LEXICON.names[hit.pattern().as_usize()]);
    hits.into_iter().find(|name| name.text == text).map(|name| name.concept)
}

/// Whether a text is a term of the list and nothing more.
pub(crate) fn is_term(text: &str) -> bool {
    find(text, None).iter().any(|found| found.start == 0 && found.end == text.len())
}

/// Whether `needle` stands in `text` as a whole term, letter case aside. For terms that no list holds.
pub(crate) fn contains_whole(text: &str, needle: &str) -> bool {
    !whole_places(text, needle).is_empty()
}

/// Where `needle` stands in `text` as a whole term, letter case aside, in bytes.
pub(crate) fn whole_places(text: &str, needle: &str) -> Vec<(usize, usize)> {
    if needle.is_empty() {
        return Vec::new();
    }
    let (text, needle) = (lower(text), lower(needle));
    places_in_lower(&text, &needle).collect()
}

/// The same where both are in lower case already.
pub(crate) fn places_in_lower<'a>(text: &'a str, needle: &'a str) -> impl Iterator<Item = (usize, usize)> {
    let places = text.match_indices(needle).map(|(start, found)| (start, start + found.len()));
    places.filter(move |(start, end)| start < end && is_whole(text, *start, *end))
}

/// The words of a text, lower case, each reduced to its stem where a stemmer knows the language.
pub(crate) fn stems(text: &str, language: Option<&str>) -> Vec<String> {
    let stemmer = stemmer(language);
    text.unicode_words().map(|word| stem(&stemmer, word)).collect()
}

struct Lexicon {
    concepts: Vec<&'static str>,
    /// How many of them are written by hand; the others are names of products, each by itself.
    by_hand: usize,
    /// Those written by hand under `[tools]`.
    tools: HashSet<Concept>,
    names: Vec<Name>,
    automaton: AhoCorasick,
    /// Names as words, longer than one letter each, for the stemmer: those without signs and without an everyday sense.
    wordings: Vec<(Vec<&'static str>, Concept)>,
}

struct Name {
    text: &'static str,
    concept: Concept,
    everyday: bool,
    /// Two or three capitals, which in small letters are words of some language (`ai`, `sem`).
    capitals: bool,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let (mut concepts, mut names, mut wordings) = (Vec::new(), Vec::new(), Vec::new());
    let (mut tools, mut under_tools) = (HashSet::new(), false);
    for line in include_str!("../data/terms.txt").lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with('[') {
            under_tools = line == "[tools]";
        }
        let Some((first, others)) = line.split_once(" :") else { continue };
        let concept = concepts.len();
        if under_tools {
            tools.insert(concept);
        }
        concepts.push(first.trim().trim_end_matches('!'));
        // A name may hold a comma of its own only as the first of its line.
        for written in std::iter::once(first).chain(others.split(',')).map(str::trim).filter(|name| !name.is_empty()) {
            let text = written.trim_end_matches('!');
            let everyday = text.len() < written.len();
            let capitals = text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
            names.push(Name { text, concept, everyday, capitals });
            let words: Vec<&str> = text.split([' ', '-']).collect();
            let wordy = words.iter().all(|word| word.len() > 2 && word.chars().all(char::is_alphabetic));
            if wordy && !everyday && text.len() > 4 {
                wordings.push((words, concept));
            }
        }
    }
    let by_hand = concepts.len();
    for name in include_str!("../data/taxonomy.txt").lines().filter(|line| !line.starts_with('#')) {
        names.push(Name { text: name, concept: concepts.len(), everyday: true, capitals: false });
        concepts.push(name);
    }
    let automaton = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(names.iter().map(|name| name.text))
        .expect("the list of terms is small");
    Lexicon { concepts, by_hand, tools, names, automaton, wordings }
});

/// Names as stems, by the first stem, for each stemmer.
type StemIndex = HashMap<String, Vec<(Vec<String>, Concept)>>;

fn stem_index(language: Option<&str>) -> &'static StemIndex {
    static ENGLISH: LazyLock<StemIndex> = LazyLock::new(|| index_of(Some("en")));
    static OTHERS: [(&str, LazyLock<StemIndex>); 8] = [
        ("de", LazyLock::new(|| index_of(Some("de")))),
        ("fr", LazyLock::new(|| index_of(Some("fr")))),
        ("es", LazyLock::new(|| index_of(Some("es")))),
        ("it", LazyLock::new(|| index_of(Some("it")))),
        ("pt", LazyLock::new(|| index_of(Some("pt")))),
        ("nl", LazyLock::new(|| index_of(Some("nl")))),
        ("sv", LazyLock::new(|| index_of(Some("sv")))),
        ("tr", LazyLock::new(|| index_of(Some("tr")))),
    ];
    let other = OTHERS.iter().find(|(code, _)| language == Some(code));
    other.map_or_else(|| &*ENGLISH, |(_, index)| &**index)
}

fn index_of(language: Option<&str>) -> StemIndex {
    let stemmer = stemmer(language);
    let mut index = StemIndex::new();
    for (words, concept) in &LEXICON.wordings {
        let stems: Vec<String> = words.iter().map(|word| stem(&stemmer, word)).collect();
        index.entry(stems[0].clone()).or_default().push((stems, *concept));
    }
    index
}

fn stemmer(language: Option<&str>) -> Stemmer {
    Stemmer::create(match language.unwrap_or("en") {
        "de" => Algorithm::German,
        "fr" => Algorithm::French,
        "es" => Algorithm::Spanish,
        "it" => Algorithm::Italian,
        "pt" => Algorithm::Portuguese,
        "nl" => Algorithm::Dutch,
        "sv" => Algorithm::Swedish,
        "tr" => Algorithm::Turkish,
        _ => Algorithm::English,
    })
}

fn stem(stemmer: &Stemmer, word: &str) -> String {
    stemmer.stem(&word.to_lowercase()).into_owned()
}

fn inflected(text: &str, language: Option<&str>) -> Vec<Found> {
    let index = stem_index(language);
    let stemmer = stemmer(language);
    let words: Vec<(usize, &str)> = text.unicode_word_indices().collect();
    let stems: Vec<String> = words.iter().map(|(_, word)| stem(&stemmer, word)).collect();
    let mut found = Vec::new();
    for (i, first) in stems.iter().enumerate() {
        for (wanted, concept) in index.get(first).into_iter().flatten() {
            let last = i + wanted.len() - 1;
            if stems.get(i..=last) != Some(wanted.as_slice()) {
                continue;
            }
            let (start, end) = (words[i].0, words[last].0 + words[last].1.len());
            // Words of one name stand next to each other, with nothing but a space or a hyphen between.
            let adjacent = words[i..=last]
                .windows(2)
                .all(|pair| matches!(&text[pair[0].0 + pair[0].1.len()..pair[1].0], " " | "-" | "\u{a0}"));
            if adjacent && is_whole(text, start, end) {
                found.push(Found { concept: *concept, start, end, inflected: true });
            }
        }
    }
    found
}

/// Whether a term ends where it seems to. A word boundary in the sense of regular expressions will not do: there is
/// none after `C++` or before `.NET`, and there is one within `C#`, `Node.js` and `R&D`.
fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let term = &text[start..end];
    let mut before = text[..start].chars().rev();
    let mut after = text[end..].chars();
    let whole_before = match before.next() {
        None => true,
        Some(c) if c.is_alphanumeric() || matches!(c, '_' | '#' | '@' | '&') => false,
        Some('+') => false,
        // `NB-IoT` is a name of its own.
        Some('-') if term.len() < 5 && term.chars().filter(|c| c.is_uppercase()).count() > 1 => {
            !before.next().is_some_and(|c| c.is_ascii_uppercase())
        }
        Some('.') => term.starts_with('.') || !before.next().is_some_and(char::is_alphanumeric),
        Some(_) => true,
    };
    let whole_after = match after.next() {
        None => true,
        // `C++17` is C++, `Python3` is Python; `C99` is not the letter C and `B2C2` not B2C.
        Some(c) if c.is_ascii_digit() => term.len() > 2 && !term.ends_with(|c: char| c == 'C' || c.is_ascii_digit()),
        // `ES6+` and `Java 17+` say from where on.
        Some('+') if term.ends_with(|c: char| c.is_ascii_digit()) => !after.next().is_some_and(char::is_alphanumeric),
        Some(c) if c.is_alphanumeric() || matches!(c, '_' | '#' | '+' | '&') => false,
        Some('.') => !after.next().is_some_and(char::is_alphanumeric),
        Some(_) => true,
    };
    whole_before && whole_after
}

/// A name with an everyday sense counts only as the list writes it, and not as a part of a compound (`C-level`).
fn is_term_like(text: &str, name: &str, start: usize, end: usize) -> bool {
    let hyphen = |c: Option<char>| matches!(c, Some('-' | '’' | '\''));
    // `Excel at what you do` is said of a person.
    let verb = text[end..].starts_with(" at ") && !text[..start].trim_end().ends_with(char::is_alphanumeric);
    let apart = !hyphen(text[..start].chars().next_back()) && !hyphen(text[end..].chars().next());
    text[start..end] == *name && apart && !verb
}

/// Whether an everyday word is meant as a term: it stands alone, as an item of a list, after `in`, `with` and the like,
/// or on one line with a term that has no other sense.
fn is_among_terms(text: &str, found: &Found, sure: &[(usize, usize)]) -> bool {
    let line_start = text[..found.start].rfind('\n').map_or(0, |i| i + 1);
    let line_end = text[found.end..].find('\n').map_or(text.len(), |i| found.end + i);
    let before = text[line_start..found.start].trim_end();
    // `React 18` is React.
    let version = |c: char| c.is_ascii_digit() || matches!(c, '.' | '+');
    let after = text[found.end..line_end].trim_start().trim_start_matches(version).trim_start();
    let alone = before.trim_matches(|c: char| !c.is_alphanumeric()).is_empty()
        && after.trim_matches(|c: char| !c.is_alphanumeric()).is_empty();
    let listed =
        before.ends_with([',', '/', '(', '|', ':', ';', '•', '·']) || after.starts_with([',', '/', ')', '|', ';']);
    let ended = after.trim_matches(|c: char| !c.is_alphanumeric()).is_empty();
    let last = ended
        && [" and", " or", " und", " oder", " et", " ou", " y", " e", " o"].iter().any(|word| before.ends_with(word));
    let introduced = before.rsplit(|c: char| !c.is_alphabetic()).next().is_some_and(|word| {
        [
            "in", "with", "using", "of", "mit", "en", "avec", "con", "em", "com", "met", "w", "med", "de", "di", "del",
            "do", "da", "van", "von", "der", "av", "i", "inom", "z", "ze", "d", "a", "an", "on", "as", "like", "wie",
            "comme", "como", "zoals", "über", "via", "per",
        ]
        .contains(&word)
    });
    let beside_a_sure_one = sure.iter().any(|(start, end)| *start >= line_start && *end <= line_end);
    alone || listed || last || introduced || beside_a_sure_one
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&'static str> {
        find(text, Some("en")).into_iter().map(|found| name_of(found.concept)).collect()
    }

    #[test]
    fn terms_with_signs_are_found_whole_and_not_within_others() {
        assert_eq!(names("C, C++ and C# on .NET, F#"), ["C", "C++", "C#", ".NET"]);
        assert_eq!(names("(C++)/C#; C++."), ["C++", "C#", "C++"]);
        assert_eq!(names("C++17"), ["C++"]);
        assert_eq!(names("ASP.NET and Node.js"), ["ASP.NET", "Node.js"]);
        assert_eq!(names("Node.js, Vue.js"), ["Node.js", "Vue.js"]);
    }

    #[test]
    fn letters_and_everyday_words_are_terms_only_where_they_are_meant() {
        assert_eq!(names("Statistics in R and Go"), ["Statistics", "R", "Go"]);
        assert_eq!(names("Skills: R, Go, Rust"), ["R", "Go", "Rust"]);
        assert_eq!(names("R"), ["R"]);
        for text in [
            "R&D money of a large plant",
            "Go above and beyond for our guests",
            "on the go",
            "C-level meetings with the board",
            "You excel at details and go to market quickly",
            "Excel at what you do",
            "A swift response and a spark of wit",
            "Grade C at school",
            "vitamin C99 tablets",
        ] {
            assert_eq!(names(text), Vec::<&str>::new(), "{text}");
        }
    }

    #[test]
    fn abbreviations_and_other_names_lead_to_the_same_concept() {
        assert_eq!(names("k8s"), ["Kubernetes"]);
        assert_eq!(names("Experience with JS, ML and Postgres"), ["JavaScript", "Machine learning", "PostgreSQL"]);
        assert_eq!(names("amazon web services"), ["AWS"]);
    }

    #[test]
    fn small_words_of_other_languages_are_no_abbreviations() {
        assert!(find("J'ai travaillé", Some("fr")).is_empty());
        assert!(find("sem experiência", Some("pt")).is_empty());
        assert_eq!(names("aws and sql"), ["AWS", "SQL"]);
    }

    #[test]
    fn of_two_overlapping_terms_the_longer_counts() {
        assert_eq!(names("SQL Server and SQL"), ["SQL Server", "SQL"]);
        assert_eq!(names("JavaScript, Java"), ["JavaScript", "Java"]);
        assert_eq!(names("React Native, React"), ["React Native", "React"]);
        assert_eq!(names("SQL Servers"), ["SQL Server"]);
    }

    #[test]
    fn versions_are_no_part_of_a_name() {
        assert_eq!(names("React 18"), ["React"]);
        assert_eq!(names("JavaScript (ES6+)"), ["JavaScript", "JavaScript"]);
        assert_eq!(names("Java 17+ and C++"), ["Java", "C++"]);
    }

    #[test]
    fn inflected_forms_are_found_and_say_so() {
        let found = find("forecasted revenue, negotiated", Some("en"));
        assert_eq!(
            found.iter().map(|f| (name_of(f.concept), f.inflected)).collect::<Vec<_>>(),
            [("Forecasting", true), ("Negotiation", true)]
        );
    }

    #[test]
    fn terms_that_no_list_holds_match_whole_and_in_any_case() {
        assert!(contains_whole("We use RIB iTWO daily", "rib itwo"));
        assert!(!contains_whole("We use iTWOs", "itwo"));
        assert!(!contains_whole("anything", ""));
    }

    #[test]
    fn no_name_leads_to_two_concepts() {
        let mut seen = HashMap::new();
        for name in &LEXICON.names {
            if let Some(other) = seen.insert(name.text.to_lowercase(), name.concept) {
                assert_eq!(other, name.concept, "{}", name.text);
            }
        }
        assert!(LEXICON.concepts.len() > 5000);
    }
}
