//! What a sentence lists: the short phrases between its commas and its words for `and`. No list of terms holds every
//! trade's, so what stands as one item among others in a list of requirements is taken for one.

use crate::terms;
use crate::vocabulary::{Condition, Saying, VOCABULARY, lower};

/// Longest phrase that is taken for a term, in words, without the small ones between them and with them.
const MOST_WORDS: usize = 4;
const MOST_WITH_SMALL_ONES: usize = 6;

/// Words between two items, and the languages that some of them are none in.
const CONJUNCTIONS: [(&str, &[&str]); 17] = [
    (" and/or ", &[]),
    (" and ", &[]),
    (" or ", &[]),
    (" & ", &[]),
    (" plus ", &[]),
    (" und ", &[]),
    (" oder ", &[]),
    (" sowie ", &[]),
    (" et ", &[]),
    (" ou ", &[]),
    (" oraz ", &[]),
    (" lub ", &[]),
    (" och ", &[]),
    (" eller ", &[]),
    (" of ", &["nl"]),
    (" en ", &["nl"]),
    (" y ", &["es"]),
];

/// Those of one letter, and the languages that they join in.
const LETTERS: [(&str, &[&str]); 5] =
    [(" e ", &["it", "pt", "es"]), (" o ", &["es", "it"]), (" i ", &["pl"]), (" u ", &["es"]), (" og ", &["da", "nb"])];

/// What stands between a task and a tool that is written with a capital: `stock control in SAP EWM`.
const BEFORE_NAMES: &[&str] = &[
    " in ", " at ", " on ", " within ", " across ", " en ", " em ", " na ", " på ", " with ", " mit ", " avec ",
    " con ", " com ", " met ", " med ", " of the ", " to the ",
];

/// What stands between a person and what they have: `a midwife with sound skills in antenatal care`.
const WITH: [&str; 8] = ["with", "mit", "avec", "con", "com", "met", "med", "z"];

/// What shows that the word before it is a verb.
const ARTICLES: [&str; 7] = ["the", "a", "an", "our", "their", "its", "these"];

/// Small words that lead from what a person has to what that is about.
const SMALL: &[&str] = &[
    "of", "in", "with", "on", "at", "to", "for", "using", "as", "by", "within", "across", "around", "the", "a", "an",
    "both", "either", "de", "du", "des", "d'", "la", "le", "les", "l'", "en", "avec", "dans", "sur", "à", "del", "con",
    "para", "di", "del", "della", "dei", "delle", "degli", "dell'", "nel", "nella", "nell'", "em", "com", "do", "da",
    "dos", "das", "van", "met", "w", "z", "ze", "av", "i", "inom", "med", "om", "mit", "der", "den", "dem", "von",
    "im", "zu",
];

/// Words that end like a verb and name a thing.
const NO_VERBS: [&str; 34] = [
    "engineering",
    "marketing",
    "accounting",
    "manufacturing",
    "nursing",
    "machining",
    "planning",
    "training",
    "testing",
    "programming",
    "modelling",
    "modeling",
    "reporting",
    "consulting",
    "banking",
    "underwriting",
    "scripting",
    "wiring",
    "welding",
    "learning",
    "monitoring",
    "processing",
    "networking",
    "conveyancing",
    "budgeting",
    "forecasting",
    "lending",
    "trading",
    "purchasing",
    "sourcing",
    "recruiting",
    "branding",
    "advertising",
    "printing",
];

/// What a thing may be, for a person who has it.
const WELCOME: [&str; 12] =
    ["plus", "bonus", "merit", "advantage", "asset", "benefit", "must", "atout", "pré", "pre", "vorteil", "muss"];

/// What makes a name of the verb before it: `building regulations`, `operating systems`.
const NO_OBJECTS: &[&str] = &[
    "automation",
    "management",
    "information",
    "codes",
    "regulations",
    "control",
    "services",
    "surveying",
    "surveys",
    "maintenance",
    "physics",
    "materials",
    "trades",
    "systems",
    "room",
    "theatre",
    "procedures",
    "costs",
];

/// What a name of one word keeps behind it: `knife skills`.
const OF_ONE_PIECE: [&str; 7] =
    ["skills", "licence", "license", "certificate", "certification", "training", "registration"];

/// Kinds of a thing that is named once behind them: `unit and integration tests`, `manual and automated testing`.
const SHARED: [(&[&str], &[&str]); 2] = [
    (
        &["tests", "testing"],
        &["unit", "integration", "manual", "functional", "regression", "performance", "load", "system"],
    ),
    (&["databases"], &["relational", "non-relational", "graph"]),
];

/// What a person works with, of which examples follow: `a booking system such as Priava` asks for Priava.
const OF_WHICH_EXAMPLES_FOLLOW: [&str; 10] = [
    "system",
    "systems",
    "software",
    "package",
    "packages",
    "warehouse",
    "warehouses",
    "solution",
    "solutions",
    "provider",
];

/// What is named by its kind: `timber and steel design`, `diary and travel management`.
const OF_MANY_KINDS: [&str; 7] = ["management", "design", "engineering", "planning", "analysis", "law", "care"];

/// What sets a person's other choices beside those that a sentence names: `Looker or similar BI tools`.
const OTHERS: [&str; 6] = ["other", "another", "similar", "comparable", "equivalent", "related"];

/// Endings of adjectives that follow their noun, in the languages that have them so.
const ADJECTIVES_BEHIND: [(&str, &[&str]); 4] = [
    ("it", &["ali", "ale", "ari", "are", "iche", "ica", "ici", "ico", "ive", "iva", "ivi"]),
    ("fr", &["ale", "ales", "ique", "iques", "ive", "ives", "elle", "elles", "aire", "aires"]),
    ("es", &["al", "ales", "ica", "icas", "ico", "icos", "iva", "ivas", "aria", "arias"]),
    ("pt", &["al", "ais", "ica", "icas", "ico", "icos", "iva", "ivas", "ária", "árias"]),
];

/// A phrase with its place in the sentence, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Phrase {
    pub(crate) text: String,
    /// How else the sentence names it: `tolleranze dimensionali e geometriche`, and `sterilisation` in what it is done to.
    pub(crate) also: Option<String>,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Whether words lead to it that say that a person has it: `experience with`.
    led: bool,
}

/// The phrases of a sentence that asks for something, in the stretches that it was divided into. `taken` are places of
/// terms that are known already: they count as items, and no phrase goes over one.
pub(crate) fn listed(
    sentence: &str,
    segments: &[(usize, usize)],
    taken: &[(usize, usize)],
    language: Option<&str>,
) -> Vec<Phrase> {
    let mut phrases: Vec<Phrase> = Vec::new();
    let mut known = 0;
    for (start, end) in segments.iter().copied() {
        if taken.iter().any(|(from, to)| *from < end && *to > start) {
            known += 1;
        } else if let Some(phrase) = phrase(sentence, start, end) {
            phrases.push(phrase);
        }
    }
    // `Experience in legal or financial translation` leads to both, whatever its first half names.
    let led = segments
        .iter()
        .any(|(start, end)| opening(sentence, &words(sentence, *start, *end)).is_some_and(|(_, led)| led));
    share_what_follows(sentence, &mut phrases, taken);
    phrases.iter_mut().filter(|phrase| phrase.also.is_none()).for_each(name_what_is_done);
    join_adjectives(sentence, &mut phrases, language);
    phrases.retain(|phrase| {
        let behind = &sentence[phrase.end..];
        let examples = [" such as ", " like ", " e.g. ", " (e.g. "].iter().any(|words| behind.starts_with(words));
        let last = phrase.text.rsplit(' ').next().unwrap_or_default();
        !(examples && phrase.text.starts_with(char::is_lowercase) && OF_WHICH_EXAMPLES_FOLLOW.contains(&last))
    });
    // `qualitative and quantitative research` is no `qualitative`.
    let joined = |end: usize| [" and ", " or ", " & "].iter().any(|word| sentence[end..].starts_with(word));
    phrases.retain(|phrase| !(is_adjective(&phrase.text) && joined(phrase.end)));
    // German writes every thing with a capital.
    phrases.retain(|phrase| language != Some("de") || phrase.text.contains(char::is_uppercase));
    // One item alone is a list only where nothing else stands in the sentence.
    let short =
        sentence.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count() <= MOST_WORDS + 1;
    // What an item begins with is what it is about: `Process simulation for small plants`.
    let begins = |phrase: &Phrase| {
        let first = !sentence[..phrase.start].contains(char::is_alphanumeric);
        first && !sentence.ends_with('.')
    };
    // `PRINCE2 certification is required`.
    let said = |phrase: &Phrase| {
        let behind = sentence[phrase.end..].to_lowercase();
        VOCABULARY.sayings.find(&behind).any(|(saying, ..)| matches!(saying, Saying::Must | Saying::Asking))
    };
    // `Published an app on Google Play`.
    let named = |phrase: &Phrase| {
        let first = !sentence[..phrase.start].contains(char::is_alphanumeric);
        !first && language != Some("de") && phrase.text.split(' ').all(begins_a_name)
    };
    let whole = |phrase: &Phrase| led || short || begins(phrase) || said(phrase) || named(phrase);
    match phrases.len() + known {
        1 => phrases.into_iter().filter(whole).collect(),
        _ => phrases,
    }
}

/// `Unit` before `and integration tests` are unit tests, and `antenatal` before `and postnatal care` is antenatal care.
/// `Timber` before `and steel design` may be a thing of its own.
fn share_what_follows(sentence: &str, phrases: &mut [Phrase], taken: &[(usize, usize)]) {
    const NEAR: usize = 48;
    const JOINTS: [&str; 3] = [" and ", " or ", " & "];
    let ends: Vec<(usize, usize)> =
        phrases.iter().map(|phrase| (phrase.start, phrase.end)).chain(taken.iter().copied()).collect();
    for phrase in phrases.iter_mut().filter(|phrase| !phrase.text.contains([' ', '-'])) {
        let word = lower(&phrase.text);
        let rest = &sentence[phrase.end..];
        let joint = JOINTS.iter().find(|joint| rest.starts_with(**joint));
        if let Some((_, things)) =
            SHARED.iter().map(|(things, kinds)| (kinds, things)).find(|(k, _)| k.contains(&word.as_str()))
        {
            let near = lower(&rest[..rest.floor_char_boundary(NEAR)]);
            let mut behind = near.split(|c: char| !c.is_alphanumeric());
            if let Some(thing) = behind.find(|word| things.contains(word))
                && (joint.is_some() || rest.starts_with([',', '/']))
            {
                phrase.text = format!("{} {thing}", phrase.text);
            }
            continue;
        }
        let next = joint.map(|joint| phrase.end + joint.len());
        let next =
            next.and_then(|next| ends.iter().find(|(start, _)| *start == next)).map(|(from, to)| &sentence[*from..*to]);
        let Some((_, thing)) = next.and_then(|next| next.rsplit_once(' ')) else { continue };
        let named = |text: &str| text.chars().skip(1).any(char::is_uppercase);
        let name =
            phrase.text.starts_with(char::is_uppercase) && sentence[..phrase.start].contains(char::is_alphanumeric);
        if name || named(&phrase.text) || !thing.starts_with(char::is_lowercase) || thing.ends_with("ing") {
            continue;
        }
        let whole = format!("{} {thing}", phrase.text);
        if is_adjective(&word) {
            phrase.text = whole;
        } else if OF_MANY_KINDS.contains(&thing) && !terms::is_term(&phrase.text) {
            phrase.also = Some(whole);
        }
    }
}

/// `sterilisation of instruments` is sterilisation.
fn name_what_is_done(phrase: &mut Phrase) {
    const ENDINGS: [&str; 7] = ["ing", "tion", "ance", "ment", "ung", "ción", "zione"];
    let done =
        [" of ", " von ", " der ", " de ", " des ", " di "].iter().find_map(|joint| phrase.text.split_once(joint));
    let done = done.map(|(done, _)| done).filter(|done| {
        let word = lower(done);
        !done.contains(' ')
            && ENDINGS.iter().any(|ending| word.ends_with(ending))
            && !VOCABULARY.plain_alone.contains(word.as_str())
            && !VOCABULARY.heads.contains(word.as_str())
    });
    phrase.also = done.map(str::to_owned);
}

/// `tolleranze dimensionali e geometriche` are one thing, with two adjectives behind it.
fn join_adjectives(sentence: &str, phrases: &mut Vec<Phrase>, language: Option<&str>) {
    let Some((_, endings)) = ADJECTIVES_BEHIND.iter().find(|(spoken, _)| language == Some(*spoken)) else { return };
    let adjective = |word: &str| endings.iter().any(|ending| word.ends_with(ending));
    // Of a known term the second adjective says nothing by itself: `comptabilité générale et analytique`.
    let second = |phrase: &Phrase| {
        let before = &sentence[..phrase.start];
        let described = [" e ", " et ", " y "].iter().find_map(|joint| before.strip_suffix(joint));
        let described = described.and_then(|before| before.rsplit_once(' ')).is_some_and(|(_, last)| adjective(last));
        described
            && phrase.text.starts_with(char::is_lowercase)
            && !phrase.text.contains(' ')
            && adjective(&phrase.text)
    };
    let starts: Vec<usize> = phrases.iter().map(|phrase| phrase.end).collect();
    phrases.retain(|phrase| !second(phrase) || starts.iter().any(|end| *end < phrase.start && phrase.start - end <= 4));
    let mut i = 1;
    while i < phrases.len() {
        let (before, phrase) = (&phrases[i - 1], &phrases[i]);
        let joint = sentence.get(before.end..phrase.start).unwrap_or_default();
        let joined = [" e ", " ed ", " et ", " y ", " ou ", " o "].contains(&joint);
        let alone =
            !phrase.text.contains(' ') && phrase.text.starts_with(char::is_lowercase) && adjective(&phrase.text);
        let described = before.text.split_once(' ').is_some_and(|(_, rest)| adjective(rest));
        if joined && alone && described {
            let also = sentence[before.start..phrase.end].to_owned();
            phrases[i - 1].also = Some(also);
            phrases.remove(i);
        } else {
            i += 1;
        }
    }
}

/// Whether what follows a name is still a part of it: ` for Cloud`.
pub(crate) fn goes_on_as_a_name(behind: &str) -> bool {
    let next = behind.strip_prefix(" for ").and_then(|rest| rest.split(|c: char| !c.is_alphanumeric()).next());
    next.is_some_and(|next| next.starts_with(char::is_uppercase) && !terms::is_term(next))
}

/// Whether a word begins like a name: with a capital or a digit.
pub(crate) fn begins_a_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
}

/// Whether a word of English says of what kind something is.
fn is_adjective(word: &str) -> bool {
    const ENDINGS: [&str; 7] = ["ive", "al", "ic", "ous", "ary", "able", "ed"];
    !word.contains(' ') && word.starts_with(char::is_lowercase) && ENDINGS.iter().any(|ending| word.ends_with(ending))
}

/// The phrase that a known term is only a part of: `audit planning` around `audit`. `None` where the term is the whole
/// item, or where another term stands in it.
pub(crate) fn around(
    sentence: &str,
    term: (usize, usize),
    segments: &[(usize, usize)],
    taken: &[(usize, usize)],
) -> Option<Phrase> {
    let mut others = taken.iter().filter(|other| **other != term);
    let (start, end) = segments.iter().copied().find(|(start, end)| *start <= term.0 && term.1 <= *end)?;
    let fits = |found: &Phrase| {
        let wider = found.start <= term.0 && term.1 <= found.end && (found.start, found.end) != term;
        // A forklift licence is about the forklift, and cloud AWS is AWS.
        let around = [sentence.get(found.start..term.0), sentence.get(term.1..found.end)];
        let more = around.into_iter().flatten().flat_map(str::split_whitespace).any(|word| {
            let word = word.to_lowercase();
            let word = word.trim_matches(edge);
            !word.is_empty() && !VOCABULARY.tails.contains(word) && !VOCABULARY.kinds.contains(word)
        });
        wider && more && others.all(|(from, to)| *to <= found.start || *from >= found.end)
    };
    phrase(sentence, start, end).filter(fits)
}

/// The stretch of a sentence that says who is looked for: `We're looking for a firmware developer with`.
pub(crate) fn who_is_looked_for(sentence: &str) -> Option<(usize, usize)> {
    const LOOKING: [&str; 9] = [
        "looking for a",
        "looking for an",
        "seeking a",
        "seeking an",
        "we need a",
        "suchen eine",
        "recherchons un",
        "buscamos un",
        "cerchiamo un",
    ];
    let lower = lower(sentence);
    let at = LOOKING.iter().find_map(|words| lower.find(words))?;
    let ends = [" with ", " mit ", " avec ", " con ", " who ", " that ", ", "];
    let end = ends.iter().filter_map(|end| lower[at..].find(end)).min().map_or(sentence.len(), |end| at + end);
    Some((0, end))
}

/// Whether a longer phrase is a known term with words before it that say of what kind it is (`mammalian cell culture`),
/// or behind it of what.
/// In tongues whose adjectives follow, they stand behind.
pub(crate) fn ends_in(sentence: &str, phrase: &Phrase, term: (usize, usize), language: Option<&str>) -> bool {
    let first = !sentence[..phrase.start].contains(char::is_alphanumeric);
    let named = |word: &str| word.starts_with(char::is_uppercase);
    let kind = match language {
        Some("fr" | "es" | "it" | "pt") if phrase.start == term.0 => sentence.get(term.1..phrase.end),
        _ if phrase.end == term.1 => sentence.get(phrase.start..term.0),
        // `negotiation of contracts`
        _ if phrase.start == term.0 => sentence.get(term.1..phrase.end).filter(|kind| kind.starts_with(" of ")),
        _ => None,
    };
    kind.is_some_and(|kind| !kind.split_whitespace().skip(usize::from(first)).any(named))
}

/// Whether words say how good or how new a thing is, and not which one: `modern`.
pub(crate) fn says_nothing_of_its_kind(text: &str) -> bool {
    let vocabulary = &*VOCABULARY;
    text.split_whitespace()
        .all(|word| vocabulary.openings.contains(word) || vocabulary.openings_before_heads.contains(word))
}

/// A known term with the words behind it that say what is done with it, of what kind or which one it is, where there are
/// any: `Linux administration`, `AWS cloud services`, `OWASP Top 10`. It is another wording for the term.
pub(crate) fn wording<'a>(sentence: &'a str, term: (usize, usize), segments: &[(usize, usize)]) -> Option<&'a str> {
    let vocabulary = &*VOCABULARY;
    let (_, stop) = segments.iter().copied().find(|(start, end)| *start <= term.0 && term.1 <= *end)?;
    let mut end = term.1;
    for ((from, to), word) in words(sentence, term.1, stop) {
        let known = [&vocabulary.kinds, &vocabulary.kinds_behind_capitals, &vocabulary.activities];
        let small = sentence[from..to] == *word && known.iter().any(|words| words.contains(word.as_str()));
        let edition = vocabulary.editions.contains(word.as_str());
        let number = end > term.1
            && (word.bytes().all(|byte| byte.is_ascii_digit()) || matches!(word.as_str(), "i" | "ii" | "iii"));
        if sentence[end..from] != *" " || !(small || edition || number) {
            break;
        }
        end = to;
    }
    (end > term.1).then(|| &sentence[term.0..end])
}

/// The items that known terms next to each other make up: `B2B sales`.
pub(crate) fn joined(sentence: &str, segments: &[(usize, usize)], taken: &[(usize, usize)]) -> Vec<Phrase> {
    if taken.len() < 2 {
        return Vec::new();
    }
    let items = segments.iter().filter_map(|(start, end)| {
        let here: Vec<&(usize, usize)> = taken.iter().filter(|(from, to)| start <= from && to <= end).collect();
        // Names that no list holds may stand between them: `B2B SaaS sales`.
        let named = |between: &str| between.split_whitespace().all(|word| word.starts_with(char::is_uppercase));
        let close = here.len() > 1
            && here.windows(2).all(|pair| {
                sentence
                    .get(pair[0].1..pair[1].0)
                    .is_some_and(|between| *between == *"-" || between.starts_with(' ') && named(between))
            });
        let (first, last) = (here.first()?, here.last()?);
        phrase(sentence, *start, *end).filter(|found| close && found.start <= first.0 && last.1 <= found.end)
    });
    items.collect()
}

/// Whether a word says something of what follows it: `solid`, `experience`.
pub(crate) fn leads_to_a_thing(word: &str) -> bool {
    let vocabulary = &*VOCABULARY;
    [&vocabulary.openings, &vocabulary.heads, &vocabulary.verbs].iter().any(|words| words.contains(word))
}

/// Whether what stands before a German noun is a word that says of what kind it is: `operativen Einkauf`.
pub(crate) fn says_of_what_kind(before: &str) -> bool {
    let word = before.strip_suffix(' ').and_then(|before| before.rsplit(' ').next()).unwrap_or_default();
    let inflected = ["e", "en", "er", "es", "em"].iter().any(|ending| word.ends_with(ending));
    inflected && word.starts_with(char::is_lowercase) && !leads_to_a_thing(word) && !SMALL.contains(&word)
}

/// Whether a word names a thing only beside another: `Level`.
pub(crate) fn says_little(word: &str) -> bool {
    VOCABULARY.plain_alone.contains(word.trim_matches(edge).to_lowercase().as_str())
}

/// The places of a sentence that name conditions of another kind: what was studied, roles held before, and leave to drive
/// or to practise.
pub(crate) fn conditions(sentence: &str, language: Option<&str>) -> Vec<(usize, usize)> {
    let lower = lower(sentence);
    let found: Vec<(Condition, usize, usize)> =
        VOCABULARY.conditions.find(&lower).filter(|(_, _, end)| !lower[*end..].starts_with(" of ")).collect();
    let registrations = registrations(sentence);
    if found.is_empty() && registrations.is_empty() {
        return Vec::new();
    }
    let mut places: Vec<(usize, usize)> = Vec::new();
    // What the last stretch was about, where what follows can still belong to it.
    let mut last: Option<Condition> = None;
    for (start, end) in segments(sentence, &[], language) {
        let within = |from: usize, to: usize| from < end && to > start;
        let mut here: Vec<Condition> =
            found.iter().filter(|(_, from, to)| within(*from, *to)).map(|(condition, ..)| *condition).collect();
        if registrations.iter().any(|(from, to)| within(*from, *to)) {
            here.push(Condition::Licence);
        }
        let joint = places.last().map_or("", |(_, before)| sentence[*before..start].trim());
        let goes_on = match last {
            // `a degree in physics, chemistry or similar`
            Some(Condition::Education) => !leads(sentence, start, end),
            // `experience as a clerk or administrator`
            Some(Condition::Role) => ["or", "oder", "ou", "of", "lub", "eller", "/"].contains(&joint),
            // `NMC registration (adult)`
            Some(Condition::Licence) => ["(", "in"].contains(&joint),
            None => false,
        };
        last = if here.contains(&Condition::Education) {
            Some(Condition::Education)
        } else {
            here.first().copied().or(last.filter(|_| goes_on))
        };
        if last.is_some() {
            // `a registered nurse with experience of wound care`
            let hit = found.iter().filter(|(_, from, to)| within(*from, *to)).map(|(.., to)| *to).max();
            let with = hit.and_then(|hit| sentence[hit.min(end)..end].find(" with ").map(|at| hit + at));
            let with = with.filter(|_| last != Some(Condition::Education));
            places.push((start, with.unwrap_or(end)));
        }
    }
    places
}

/// Where a sentence asks for an entry in a register of a profession: `NMC registration`, and no `patient registration`.
pub(crate) fn registrations(sentence: &str) -> Vec<(usize, usize)> {
    let places = sentence.match_indices("registration").map(|(at, word)| (at, at + word.len()));
    places
        .filter(|(at, end)| {
            let before = sentence[..*at].trim_end().rsplit(' ').next().unwrap_or_default();
            let first = sentence[..*at].trim_end().len() == before.len();
            let capitals = before.chars().filter(|c| c.is_uppercase()).count();
            let whole = !sentence[*end..].starts_with(char::is_alphanumeric);
            whole && (capitals > 1 || capitals == 1 && !first && before.starts_with(char::is_uppercase))
        })
        .collect()
}

/// Whether a stretch says that a person has something: `three years with`, `knowledge of`.
fn leads(sentence: &str, start: usize, end: usize) -> bool {
    words(sentence, start, end).iter().any(|(_, word)| {
        VOCABULARY.heads.contains(word.as_str()) || matches!(word.as_str(), "years" | "jahre" | "ans" | "años" | "anni")
    })
}

/// The stretches between commas, conjunctions, and what stands before examples and tools; the heading before a colon is
/// none.
pub(crate) fn segments(sentence: &str, taken: &[(usize, usize)], language: Option<&str>) -> Vec<(usize, usize)> {
    let begin = match sentence.find(": ") {
        Some(colon) if sentence[..colon].split_whitespace().count() <= 7 => colon + 2,
        _ => 0,
    };
    let free = |at: usize| !taken.iter().any(|(from, to)| *from <= at && at < *to);
    let mut cuts: Vec<(usize, usize)> = sentence
        .match_indices([',', ';', '•', '|', '(', ')', '[', ']', '\n', '…', '"', '“', '”', '„'])
        .map(|(at, found)| (at, at + found.len()))
        .filter(|(at, _)| free(*at))
        .collect();
    for dash in [" – ", " — ", " - ", ": "] {
        cuts.extend(sentence.match_indices(dash).map(|(at, found)| (at, at + found.len())));
    }
    cuts.extend(sentence.match_indices('/').map(|(at, found)| (at, at + found.len())).filter(|(at, end)| {
        let letters = |c: Option<char>| c.is_some_and(char::is_alphabetic);
        let long = |text: &str, from_end: bool| {
            let count = |c: &char| c.is_alphanumeric();
            (if from_end {
                text.chars().rev().take_while(count).count()
            } else {
                text.chars().take_while(count).count()
            }) > 2
        };
        free(*at)
            && letters(sentence[..*at].chars().next_back())
            && letters(sentence[*end..].chars().next())
            && long(&sentence[..*at], true)
            && long(&sentence[*end..], false)
    }));
    let lower = lower(sentence);
    // Whether a word says enough by itself for the one behind it to be a part of its name.
    let known_ends = |word: &str| taken.iter().any(|(from, to)| !word.is_empty() && lower[*from..*to].contains(word));
    let spoken = language.unwrap_or("en");
    let joining = CONJUNCTIONS.iter().filter(|(_, only)| only.is_empty() || only.contains(&spoken));
    for (conjunction, _) in joining.chain(LETTERS.iter().filter(|(_, only)| only.contains(&spoken))) {
        cuts.extend(
            lower
                .match_indices(conjunction)
                .map(|(at, found)| (at, at + found.len()))
                // `Aspen Plus` is one name.
                .filter(|(at, end)| free(*at + 1) && free(end - 2) && sentence[*at..*end] == **conjunction),
        );
    }
    cuts.extend(VOCABULARY.examples.find(&lower).map(|(_, start, end)| (start, end)).filter(|(start, _)| free(*start)));
    for preposition in BEFORE_NAMES {
        cuts.extend(lower.match_indices(preposition).map(|(at, found)| (at, at + found.len())).filter(|(at, end)| {
            let known = taken.iter().any(|(from, _)| from == end);
            let before = lower[..*at].rsplit(' ').next().unwrap_or_default();
            // `PCB design with Altium` is no `design with`.
            let earlier = lower[..*at].trim_end_matches(before).trim_end().rsplit(' ').next().unwrap_or_default();
            let noun = !before.ends_with("ed") && !before.ends_with("ing") && known_ends(earlier);
            let leads = VOCABULARY.heads.contains(before) || VOCABULARY.verbs.contains(before) && !noun;
            free(*at + 1) && !leads && (known || sentence[*end..].starts_with(char::is_uppercase))
        }));
    }
    cuts.retain(|(at, _)| *at >= begin);
    cuts.sort_unstable();
    let mut segments = Vec::new();
    let mut from = begin;
    for (at, to) in cuts {
        if at >= from {
            segments.push((from, at));
        }
        from = from.max(to);
    }
    segments.push((from, sentence.len()));
    segments.retain(|(start, end)| !sentence[*start..*end].trim().is_empty());
    segments
}

/// What belongs to no word at its edges.
fn edge(c: char) -> bool {
    !c.is_alphanumeric() && !matches!(c, '+' | '#')
}

/// The words of a stretch, each with its place and in lower case; an elided article is a word of its own.
fn words(sentence: &str, start: usize, end: usize) -> Vec<((usize, usize), String)> {
    const ELIDED: [&str; 10] = ["d'", "l'", "dell'", "all'", "nell'", "sull'", "qu'", "un'", "dall'", "s'"];
    let mut words = Vec::new();
    let mut from = start;
    for raw in sentence[start..end].split_inclusive(char::is_whitespace) {
        let at = from;
        from += raw.len();
        let word = raw.trim_matches(edge);
        let Some(offset) = raw.find(word).filter(|_| !word.is_empty()) else { continue };
        let (mut begin, stop) = (at + offset, at + offset + word.len());
        let lower = word.to_lowercase().replace('’', "'");
        let mut rest = lower.as_str();
        if let Some(article) = ELIDED.iter().find(|article| lower.starts_with(**article) && lower.len() > article.len())
        {
            let apostrophe =
                word.find(['\'', '’']).map_or(0, |at| at + word[at..].chars().next().map_or(1, char::len_utf8));
            words.push(((begin, begin + apostrophe), (*article).to_owned()));
            begin += apostrophe;
            rest = &lower[article.len()..];
        }
        // `SQL-Kenntnisse` and `Excel-kennis` are SQL and Excel.
        let known = [
            "-kenntnisse",
            "-kenntnissen",
            "-erfahrung",
            "-kennis",
            "-ervaring",
            "-kunskaper",
            "-erfarenhet",
            "-knowledge",
            "-umfeld",
            "-software",
            "-systeme",
            "-systemen",
            "-tools",
            "-plattformen",
            "-bereich",
            "-programme",
            "-programmen",
            "-anwendungen",
            "-technologien",
            "-landschaft",
        ];
        match known.iter().find_map(|tail| rest.strip_suffix(tail)) {
            Some(stem) if word.len() == lower.len() && !stem.is_empty() => {
                words.push(((begin, begin + stem.len()), stem.to_owned()));
            }
            _ => words.push(((begin, stop), rest.to_owned())),
        }
    }
    words
}

/// How many words of a stretch only lead to the thing, and whether they say that a person has it.
fn opening(sentence: &str, words: &[((usize, usize), String)]) -> Option<(usize, bool)> {
    let vocabulary = &*VOCABULARY;
    let (mut at, mut led) = (0, false);
    // Who the person is stands before what they have.
    let has = |i: &usize| {
        vocabulary.heads.contains(words[*i].1.as_str())
            && words.get(i + 1).is_some_and(|(_, next)| SMALL.contains(&next.as_str()))
            && words[i.saturating_sub(4)..*i].iter().any(|(_, word)| WITH.contains(&word.as_str()))
    };
    if let Some(head) = (1..words.len()).rev().find(has) {
        (at, led) = (head + 1, true);
    }
    while at + 1 < words.len() {
        let ((from, to), word) = &words[at];
        let (word, next) = (word.as_str(), words[at + 1].1.as_str());
        // `CAN bus` is no `can`.
        let written = &sentence[*from..*to];
        if matches!(written, "UK" | "US" | "EU") && sentence[words[at + 1].0.0..].starts_with(char::is_lowercase) {
            // The law of a country is no other thing than the law.
            at += 1;
            continue;
        }
        if written.len() > 1 && written.chars().all(char::is_uppercase) {
            break;
        }
        let head = vocabulary.heads.contains(word);
        let small = SMALL.contains(&next);
        // `conocimientos avanzados de`.
        let wide = vocabulary.openings.contains(next)
            && words.get(at + 2).is_some_and(|(_, after)| SMALL.contains(&after.as_str()));
        let verb = |word: &str| word.len() > 5 && word.ends_with("ing");
        // `ability to write rules`: what is done to the thing goes as well.
        let able = at > 0 && word == "to" && vocabulary.heads.contains(words[at - 1].1.as_str());
        let done = able && sentence[words[at + 1].0.0..].starts_with(char::is_lowercase) && at + 2 < words.len();
        if (able || word == "you") && vocabulary.conduct.contains(next) {
            return None;
        }
        if done && !vocabulary.openings.contains(next) {
            at += 2;
        } else if head && (small || wide || verb(next) && at + 2 < words.len()) {
            led = true;
            // `experience building pipelines`.
            at += 1 + usize::from(!small && !wide);
        } else if vocabulary.openings_before_heads.contains(word)
            && [&vocabulary.heads, &vocabulary.openings, &vocabulary.openings_before_heads]
                .iter()
                .any(|words| words.contains(next))
            && !small
        {
            at += 1;
        } else if vocabulary.openings.contains(word) || is_amount(word) {
            led |= head;
            at += 1;
        } else if vocabulary.verbs.contains(word) && !(small && next == "of") && !NO_OBJECTS.contains(&next)
            || led && verb(word) && ARTICLES.contains(&next)
            || done_by_hand(words, at)
        {
            at += 1;
        } else {
            break;
        }
    }
    Some((at, led))
}

/// `competent in titrating drips`: what follows words for a person who can is mostly what they do.
fn done_by_hand(words: &[((usize, usize), String)], at: usize) -> bool {
    const ABLE: [&str; 11] = [
        "skilled",
        "competent",
        "comfortable",
        "confident",
        "capable",
        "accustomed",
        "used",
        "adept",
        "responsible",
        "experienced",
        "ability",
    ];
    let word = words[at].1.as_str();
    let able = at >= 2 && SMALL.contains(&words[at - 1].1.as_str()) && ABLE.contains(&words[at - 2].1.as_str());
    able && word.len() > 5 && word.ends_with("ing") && !NO_VERBS.contains(&word)
}

/// `5`, `5+`, `3-5`, `80%`: how much, and no `3D`.
fn is_amount(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '–' | '%' | '.' | ','))
}

/// The stretches of a sentence that name no thing of their own: where a person worked, and what would do as well.
pub(crate) fn asides(sentence: &str, segments: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut asides: Vec<(usize, usize)> = Vec::new();
    // `three years at a bank, fund or trading firm`: until where it goes on.
    let mut placed = None;
    for (start, end) in segments.iter().copied() {
        let words = words(sentence, start, end);
        let joint = placed.and_then(|until: usize| sentence.get(until..start)).map(str::trim);
        let of_a_place = matches!(joint, Some("," | "or" | ", or")) || is_of_a_place(&words);
        if of_a_place {
            placed = Some(end);
        }
        let other = words.first().is_some_and(|(_, word)| OTHERS.contains(&word.as_str()))
            && sentence[..start].contains(char::is_alphanumeric);
        if of_a_place || other {
            asides.push((start, end));
        }
    }
    asides
}

/// Whether a known term is but a kind of thing that would do as well: `Sage or a similar accounting package`.
pub(crate) fn would_do_as_well(sentence: &str, term: (usize, usize), segments: &[(usize, usize)]) -> bool {
    let segment = segments.iter().find(|(start, end)| *start <= term.0 && term.1 <= *end);
    segment.is_some_and(|(start, _)| {
        let after_another = sentence[..*start].contains(char::is_alphanumeric);
        after_another && words(sentence, *start, term.0).iter().any(|(_, word)| OTHERS.contains(&word.as_str()))
    })
}

/// `two years in a bank`, `experience at a call centre`: where a person worked is no skill.
fn is_of_a_place(words: &[((usize, usize), String)]) -> bool {
    let time = |word: &str| matches!(word, "years" | "year" | "more" | "experience");
    let word = |(_, word): &((usize, usize), String), any: &[&str]| any.contains(&word.as_str());
    words.windows(4).any(|run| time(&run[0].1) && word(&run[1], &["in", "at"]) && word(&run[2], &["a", "an"]))
}

fn phrase(sentence: &str, start: usize, end: usize) -> Option<Phrase> {
    let vocabulary = &*VOCABULARY;
    let words = words(sentence, start, end);
    if is_of_a_place(&words) {
        return None;
    }
    let (mut first, led) = opening(sentence, &words)?;
    let before = sentence[..start].contains(char::is_alphanumeric);
    if before && words[..first].iter().any(|(_, word)| OTHERS.contains(&word.as_str())) {
        return None;
    }
    // `frameworks React`: Romance tongues name the kind first.
    if let Some([(_, kind), ((from, _), _), ..]) = words.get(first..)
        && (vocabulary.kinds.contains(kind.as_str()) || vocabulary.kinds_behind_capitals.contains(kind.as_str()))
        && sentence[*from..].starts_with(char::is_uppercase)
        && sentence[words[first].0.0..].starts_with(char::is_lowercase)
    {
        first += 1;
    }
    let words = words.get(first..).filter(|words| !words.is_empty())?;
    let written = |i: usize| &sentence[words[i].0.0..words[i].0.1];
    // The thing ends before what cannot stand in a name.
    let mut until = words.len();
    let mut name_of_three = None;
    for (i, (_, word)) in words.iter().enumerate().skip(1) {
        // `fact-checking skills` are fact-checking.
        let done = word == "skills" && written(0).ends_with("ing");
        let one_word = i == 1 && !written(0).contains(char::is_uppercase) && !done;
        let tail = vocabulary.tails.contains(word.as_str()) && !(one_word && OF_ONE_PIECE.contains(&word.as_str()));
        // `Rust a plus`.
        let said = ["a", "an", "ein", "un", "ett", "een"].contains(&word.as_str())
            && words.get(i + 1).is_some_and(|(_, next)| WELCOME.contains(&next.as_str()));
        // `Defender for Endpoint` is one name.
        let name = word == "for" && {
            let next = words.get(i + 1).map_or("", |((from, to), _)| &sentence[*from..*to]);
            let named = [written(0), written(i - 1), next].iter().all(|word| word.starts_with(char::is_uppercase));
            named && !terms::is_term(next)
        };
        if name {
            name_of_three = Some(i + 2);
        }
        // `Excel at what you do`.
        if word == "at"
            && i == 1
            && terms::named(written(0)).is_some()
            && !sentence[..words[0].0.0].contains(char::is_alphanumeric)
        {
            return None;
        }
        if tail || said || vocabulary.cuts.contains(word.as_str()) && !name {
            until = i;
            break;
        }
    }
    // `SIEM platforms` are SIEM; `operating systems` are no `operating`.
    while until > 1 && name_of_three != Some(until) {
        let last = words[until - 1].1.as_str();
        let name = || {
            let before = written(until - 2);
            let named = until == 2
                && before.starts_with(char::is_uppercase)
                && sentence[..words[until - 2].0.0].contains(char::is_alphanumeric);
            let letters = before.chars().filter(|c| c.is_alphabetic());
            let capitals = before.len() > 1 && letters.clone().count() > 0 && letters.clone().all(char::is_uppercase);
            capitals || named || terms::is_term(&sentence[words[0].0.0..words[until - 2].0.1])
        };
        let kind = vocabulary.kinds.contains(last) || vocabulary.kinds_behind_capitals.contains(last) && name();
        // `Entity Framework` is a name.
        let named =
            written(until - 1).starts_with(char::is_uppercase) && written(until - 2).starts_with(char::is_uppercase);
        let small = SMALL.contains(&last) && !written(until - 1).starts_with(char::is_uppercase);
        if (!kind || named) && !small {
            break;
        }
        until -= 1;
    }
    let words = &words[..until];
    let (from, to) = (words[0].0.0, words[until - 1].0.1);
    let text = sentence[from..to].trim_matches(edge);
    // `knife skills` is a term, `good skills` and `communication skills` are none.
    let telling = match words.split_last() {
        Some(((_, last), rest)) if !rest.is_empty() && OF_ONE_PIECE.contains(&last.as_str()) => rest,
        _ => words,
    };
    let plain = telling.iter().any(|((from, to), word)| {
        // `CAN bus` is no `can`.
        let written = &sentence[*from..*to];
        let shouted = written.len() > 1 && written.chars().all(char::is_uppercase) && text.contains(char::is_lowercase);
        !shouted && !SMALL.contains(&word.as_str()) && vocabulary.is_plain(word)
    });
    let alone = match telling {
        [((from, to), word)] => {
            let written = &sentence[*from..*to];
            let shouted = written.len() > 1 && written.chars().all(char::is_uppercase);
            !shouted
                && (vocabulary.plain_alone.contains(word.as_str())
                    || vocabulary.heads.contains(word.as_str())
                    || vocabulary.openings.contains(word.as_str())
                    || vocabulary.verbs.contains(word.as_str())
                    || vocabulary.kinds.contains(word.as_str())
                    || vocabulary.tails.contains(word.as_str())
                    || vocabulary.cuts.contains(word.as_str())
                    || word.ends_with("ly"))
        }
        _ => false,
    };
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    // `S3` and `EN 1090` are names, `5` and `ab` are none.
    let coded = text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == ' ')
        && letters > 0
        && text.contains(|c: char| c.is_ascii_digit());
    let heavy = words.iter().filter(|(_, word)| !SMALL.contains(&word.as_str())).count();
    if heavy == 0
        || heavy > MOST_WORDS
        || words.len() > MOST_WITH_SMALL_ONES
        || plain
        || alone
        || vocabulary.soft.contains(lower(text).as_str())
        || !led && vocabulary.cuts.contains(words[0].1.as_str()) && !written(0).chars().all(char::is_uppercase)
        || letters < 3 && !coded
        || words.iter().all(|(_, word)| word.ends_with(['+', '%']))
    {
        return None;
    }
    let from = sentence[from..to].find(text)? + from;
    Some(Phrase { text: text.to_owned(), also: None, start: from, end: from + text.len(), led })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrases(sentence: &str) -> Vec<String> {
        listed(sentence, &segments(sentence, &[], None), &[], None).into_iter().map(|phrase| phrase.text).collect()
    }

    #[test]
    fn the_items_of_a_list_are_taken_without_what_stands_around_them() {
        assert_eq!(
            phrases("You must have experience of bee keeping, hive inspection and swarm control."),
            ["bee keeping", "hive inspection", "swarm control"]
        );
        assert_eq!(phrases("Essential: honey extraction, wax rendering"), ["honey extraction", "wax rendering"]);
        assert_eq!(phrases("• Bee keeping"), ["Bee keeping"]);
        assert_eq!(
            phrases("Sehr gute Kenntnisse in Bienenhaltung und Honigernte sind erforderlich"),
            ["Bienenhaltung", "Honigernte"]
        );
    }

    #[test]
    fn who_the_person_is_stands_before_what_they_can_and_is_none_of_it() {
        assert_eq!(
            phrases("You are a certified keeper with sound skills in bee keeping and hive inspection"),
            ["bee keeping", "hive inspection"]
        );
        assert_eq!(
            phrases("We need someone with honey extraction, wax rendering"),
            ["honey extraction", "wax rendering"]
        );
        assert_eq!(
            phrases("Vous maîtrisez la récolte du miel, le soin des ruches"),
            ["récolte du miel", "soin des ruches"]
        );
    }

    #[test]
    fn what_is_done_with_a_thing_and_how_well_it_is_known_stand_before_it() {
        assert_eq!(
            phrases("• hands-on experience building hive walls, ability to write bee logs"),
            ["hive walls", "bee logs"]
        );
        assert_eq!(phrases("• bonne maîtrise de la taille, notions d'apiculture"), ["taille", "apiculture"]);
        assert_eq!(phrases("• building regulations, HIVE platforms"), ["building regulations", "HIVE"]);
        assert_eq!(phrases("• skilled in feeding bees with BeeSmart 3"), ["bees", "BeeSmart 3"]);
    }

    #[test]
    fn a_thing_may_be_named_once_for_all_its_kinds() {
        assert_eq!(phrases("Unit and integration tests"), ["Unit tests", "integration tests"]);
        assert_eq!(phrases("antenatal and postnatal care"), ["antenatal care", "postnatal care"]);
        let sentence = "timber and steel design, sterilisation of hives";
        let found = listed(sentence, &segments(sentence, &[], None), &[], None);
        let both: Vec<_> = found.iter().map(|phrase| (phrase.text.as_str(), phrase.also.as_deref())).collect();
        assert_eq!(
            both,
            [
                ("timber", Some("timber design")),
                ("steel design", None),
                ("sterilisation of hives", Some("sterilisation"))
            ]
        );
        let sentence = "tolleranze dimensionali e geometriche, miele";
        let found = listed(sentence, &segments(sentence, &[], Some("it")), &[], Some("it"));
        assert_eq!(found[0].text, "tolleranze dimensionali");
        assert_eq!(found[0].also.as_deref(), Some("tolleranze dimensionali e geometriche"));
        assert_eq!(found[1].text, "miele");
    }

    #[test]
    fn places_of_work_and_other_choices_are_no_terms() {
        assert_eq!(phrases("At least 2 years in a SOC or similar role"), Vec::<String>::new());
        assert_eq!(phrases("Experience with HiveTool, WaxTool or similar bee tools"), ["HiveTool", "WaxTool"]);
        assert_eq!(phrases("Experience with a hive booking system such as HiveTool"), ["HiveTool"]);
        let sentence = "3 years at a farm, fund or firm, bees";
        let asides: Vec<&str> = asides(sentence, &segments(sentence, &[], None))
            .into_iter()
            .map(|(from, to)| &sentence[from..to])
            .collect();
        assert_eq!(asides[..3], ["3 years at a farm", " fund", "firm"]);
    }

    #[test]
    fn who_is_looked_for_stands_before_what_they_can() {
        let sentence = "We’re looking for a keeper with sound skills in bees";
        assert_eq!(
            who_is_looked_for(sentence).map(|(from, to)| &sentence[from..to]),
            Some("We’re looking for a keeper")
        );
        assert_eq!(who_is_looked_for("You need a smoker with a lid"), None);
    }

    #[test]
    fn a_name_goes_on_behind_a_preposition_where_capitals_say_so() {
        assert!(goes_on_as_a_name(" for Endpoint or hives"));
        assert!(!goes_on_as_a_name(" for Kubernetes") && !goes_on_as_a_name(" for bees"));
        assert_eq!(phrases("Hive Guard for Winter, wax"), ["Hive Guard for Winter", "wax"]);
    }

    #[test]
    fn an_entry_in_a_register_is_a_condition() {
        let places = |sentence: &'static str| -> Vec<&str> {
            conditions(sentence, None).into_iter().map(|(from, to)| &sentence[from..to]).collect()
        };
        assert_eq!(places("NMC registration (adult), bee keeping"), ["NMC registration ", "adult"]);
        assert_eq!(places("patient registration, bee keeping"), Vec::<&str>::new());
        assert_eq!(places("Experience as a keeper or breeder"), ["Experience as a keeper", "breeder"]);
    }

    #[test]
    fn what_is_done_with_a_known_term_is_another_wording_for_it() {
        let sentence = "Linux administration, Linux";
        let segments = segments(sentence, &[(0, 5), (22, 27)], None);
        assert_eq!(wording(sentence, (0, 5), &segments), Some("Linux administration"));
        assert_eq!(wording(sentence, (22, 27), &segments), None);
    }

    #[test]
    fn what_was_studied_is_a_condition_of_its_own() {
        let sentence = "A degree in physics or chemistry and experience of bee keeping";
        let studied: Vec<&str> = conditions(sentence, None).into_iter().map(|(from, to)| &sentence[from..to]).collect();
        assert_eq!(studied, ["A degree in physics", "chemistry"]);
    }

    #[test]
    fn character_years_and_schooling_are_no_terms() {
        for text in [
            "A reliable person, a team player and a good communicator",
            "5 years of experience, bachelor's degree",
            "Strong organisational and time management skills",
            "You will report to the head of the farm and look after what our customers care for.",
        ] {
            assert_eq!(phrases(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_known_term_may_be_a_part_of_what_is_asked_for() {
        let sentence = "hive audit planning, honey";
        let around = |sentence: &str, term: (usize, usize)| {
            around(sentence, term, &segments(sentence, &[term], None), &[term]).map(|phrase| phrase.text)
        };
        assert_eq!(around(sentence, (5, 10)).as_deref(), Some("hive audit planning"));
        assert_eq!(around("audit, honey", (0, 5)), None);
        assert_eq!(
            phrases("knife skills, a driving licence, NMC registration, S3"),
            ["knife skills", "driving licence", "NMC", "S3"]
        );
    }

    #[test]
    fn a_known_term_is_an_item_and_never_a_part_of_a_phrase() {
        let sentence = "Docker, bee keeping";
        let listed = |sentence: &str, taken: (usize, usize)| {
            listed(sentence, &segments(sentence, &[taken], None), &[taken], None)
        };
        assert_eq!(listed(sentence, (0, 6))[0].text, "bee keeping");
        assert_eq!(listed("hard Docker keeping, x", (5, 11)), []);
    }
}
