//! The words of job postings, from `data/vocabulary.txt`: headings, how a sentence asks, and what stands around the name
//! of a thing without being a part of it.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// Wordings that are looked for anywhere in a text.
pub(crate) struct Wordings<C> {
    automaton: AhoCorasick,
    /// What each says, and whether further letters may follow it.
    each: Vec<(C, bool)>,
}

/// A text in lower case, in which every letter takes as many bytes as before, so that places in one are places in the
/// other. A letter that would change its length stays.
pub(crate) fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut lower = String::with_capacity(text.len());
    for c in text.chars() {
        let mut small = c.to_lowercase();
        match (small.next(), small.next()) {
            (Some(only), None) if only.len_utf8() == c.len_utf8() => lower.push(only),
            _ => lower.push(c),
        }
    }
    lower
}

impl<C: Copy> Wordings<C> {
    fn new(wordings: Vec<(&'static str, C)>) -> Self {
        let (mut written, mut each) = (Vec::new(), Vec::new());
        for (wording, class) in wordings {
            let text = wording.trim_end_matches('*');
            written.push(text.to_owned());
            each.push((class, wording.ends_with('*')));
            // Apostrophes come straight and curly, and are none of our business.
            if text.contains('\'') {
                written.push(text.replace('\'', "’"));
                each.push((class, wording.ends_with('*')));
            }
        }
        Self { automaton: AhoCorasick::new(written).expect("the vocabulary is small"), each }
    }

    /// What stands in a text in lower case, as whole words, with its place in bytes.
    pub(crate) fn find(&self, lower: &str) -> impl Iterator<Item = (C, usize, usize)> {
        self.automaton.find_overlapping_iter(lower).filter_map(|hit| {
            let (class, open) = self.each[hit.pattern().as_usize()];
            let before = lower[..hit.start()].chars().next_back();
            let after = lower[hit.end()..].chars().next();
            let apart = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
            // What ends in an apostrophe goes on behind it: `maîtrise d'Excel`.
            let elided = lower[..hit.end()].ends_with(['\'', '’']);
            (apart(before) && (open || elided || apart(after))).then_some((class, hit.start(), hit.end()))
        })
    }
}

/// What stands under a heading, in the order in which a heading of two kinds is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Heading {
    SurelyRequired,
    Idle,
    Tasks,
    Preferred,
    Required,
}

/// What a sentence says about how urgent it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Saying {
    Idle,
    Preferred,
    Must,
    Asking,
}

/// What a part of a sentence names that is a condition and no skill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Condition {
    Education,
    Role,
    Licence,
}

pub(crate) struct Vocabulary {
    pub(crate) headings: Wordings<Heading>,
    /// Words that a heading may be made of.
    heading_words: HashSet<&'static str>,
    heading_stems: Vec<&'static str>,
    pub(crate) sayings: Wordings<Saying>,
    pub(crate) rather: Wordings<()>,
    pub(crate) examples: Wordings<()>,
    pub(crate) conditions: Wordings<Condition>,
    pub(crate) openings: HashSet<&'static str>,
    pub(crate) openings_before_heads: HashSet<&'static str>,
    pub(crate) heads: HashSet<&'static str>,
    pub(crate) verbs: HashSet<&'static str>,
    pub(crate) cuts: HashSet<&'static str>,
    pub(crate) tails: HashSet<&'static str>,
    pub(crate) kinds: HashSet<&'static str>,
    pub(crate) kinds_behind_capitals: HashSet<&'static str>,
    pub(crate) activities: HashSet<&'static str>,
    pub(crate) editions: HashSet<&'static str>,
    plain: HashSet<&'static str>,
    pub(crate) plain_alone: HashSet<&'static str>,
    pub(crate) conduct: HashSet<&'static str>,
    /// Character in more than one word.
    pub(crate) soft: HashSet<&'static str>,
    character: Vec<&'static str>,
}

impl Vocabulary {
    /// Whether a word is about persons, time, school or character, which no name of a thing holds.
    pub(crate) fn is_plain(&self, word: &str) -> bool {
        self.plain.contains(word) || self.character.iter().any(|ending| word.ends_with(ending))
    }

    /// Whether a word may stand in a heading that names nothing else.
    pub(crate) fn is_of_headings(&self, word: &str) -> bool {
        self.heading_words.contains(word) || self.heading_stems.iter().any(|stem| word.starts_with(stem))
    }
}

/// The vocabulary, read when the first job posting is.
pub(crate) static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let mut classes: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut class = "";
    for line in include_str!("../data/vocabulary.txt").lines().filter(|line| !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            class = name;
        } else {
            let wordings = line.split(", ").map(str::trim).filter(|wording| !wording.is_empty());
            classes.entry(class).or_default().extend(wordings);
        }
    }
    let of = |class: &str| classes.get(class).cloned().unwrap_or_default();
    let set = |class: &str| of(class).into_iter().collect::<HashSet<_>>();
    let headings = [
        ("heading: required before all", Heading::SurelyRequired),
        ("heading: idle", Heading::Idle),
        ("heading: tasks", Heading::Tasks),
        ("heading: preferred", Heading::Preferred),
        ("heading: required", Heading::Required),
    ];
    let sayings = [
        ("sentence: idle", Saying::Idle),
        ("sentence: preferred", Saying::Preferred),
        ("sentence: must", Saying::Must),
        ("sentence: asking", Saying::Asking),
    ];
    let conditions =
        [("education", Condition::Education), ("roles", Condition::Role), ("licences", Condition::Licence)];
    let heading_wordings = headings.iter().flat_map(|(class, _)| of(class)).chain(of("heading: filling"));
    let (stems, words): (Vec<&str>, Vec<&str>) =
        heading_wordings.flat_map(|wording| wording.split(' ')).partition(|word| word.ends_with('*'));
    Vocabulary {
        headings: wordings(&headings, of),
        heading_words: words.into_iter().collect(),
        heading_stems: stems.into_iter().map(|stem| stem.trim_end_matches('*')).collect(),
        sayings: wordings(&sayings, of),
        rather: wordings(&[("rather", ())], of),
        examples: wordings(&[("examples", ())], of),
        conditions: wordings(&conditions, of),
        openings: set("openings"),
        openings_before_heads: set("openings before heads"),
        heads: set("heads"),
        verbs: set("verbs"),
        cuts: set("cuts"),
        tails: set("tails"),
        kinds: set("kinds"),
        kinds_behind_capitals: set("kinds behind capitals"),
        activities: set("activities"),
        editions: set("editions"),
        plain: set("plain"),
        plain_alone: set("plain alone"),
        conduct: set("conduct"),
        soft: set("soft"),
        character: of("character"),
    }
});

fn wordings<C: Copy>(classes: &[(&str, C)], of: impl Fn(&str) -> Vec<&'static str>) -> Wordings<C> {
    Wordings::new(
        classes.iter().flat_map(|(class, said)| of(class).into_iter().map(|wording| (wording, *said))).collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wordings_count_as_whole_words_unless_a_star_leaves_them_open() {
        let wordings = Wordings::new(vec![("a plus", 1), ("requirement*", 2), ("maîtrise d'", 3)]);
        let found = |text: &str| wordings.find(text).map(|(class, ..)| class).collect::<Vec<_>>();
        assert_eq!(found("is a plus"), [1]);
        assert_eq!(found("a plush toy"), Vec::<i32>::new());
        assert_eq!(found("requirements"), [2]);
        assert_eq!(found("maîtrise d'excel"), [3]);
        assert_eq!(found("maîtrise d’excel"), [3]);
    }

    #[test]
    fn places_in_lower_case_are_places_in_the_text() {
        for text in ["You’ll Know İstanbul’s ẞ", "ÄÖÜ Ω K"] {
            let lower = lower(text);
            assert!(lower.char_indices().map(|(at, _)| at).eq(text.char_indices().map(|(at, _)| at)), "{lower}");
        }
        assert_eq!(lower("What You’ll DO"), "what you’ll do");
    }

    #[test]
    fn every_class_is_filled_and_lower_case() {
        let vocabulary = &*VOCABULARY;
        for (class, words) in [
            ("openings", &vocabulary.openings),
            ("heads", &vocabulary.heads),
            ("verbs", &vocabulary.verbs),
            ("cuts", &vocabulary.cuts),
            ("tails", &vocabulary.tails),
            ("kinds", &vocabulary.kinds),
            ("kinds behind capitals", &vocabulary.kinds_behind_capitals),
            ("activities", &vocabulary.activities),
            ("editions", &vocabulary.editions),
            ("plain", &vocabulary.plain),
            ("plain alone", &vocabulary.plain_alone),
        ] {
            assert!(words.len() > 5, "{class}");
            for word in words {
                assert!(word.to_lowercase() == **word && !word.contains(' '), "{class}: {word}");
            }
        }
    }
}
