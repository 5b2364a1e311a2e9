//! What a sentence lists: the short phrases between its commas and its words for `and`. No list of terms holds every
//! trade's, so what stands as one item among others in a list of requirements is taken for one.

use crate::terms;
use crate::vocabulary::{Condition, Saying, VOCABULARY};

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
    " con ", " com ", " met ", " med ", " of the ",
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

/// A phrase with its place in the sentence, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Phrase {
    pub(crate) text: String,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Whether words lead to it that say that a person has it: `experience with`.
    led: bool,
}

/// The phrases of a sentence that asks for something. `taken` are places of terms that are known already: they count as
/// items, and no phrase goes over one.
pub(crate) fn listed(sentence: &str, taken: &[(usize, usize)], language: Option<&str>) -> Vec<Phrase> {
    let mut phrases = Vec::new();
    let mut known = 0;
    let segments = segments(sentence, taken, language);
    for (start, end) in segments.iter().copied() {
        if taken.iter().any(|(from, to)| *from < end && *to > start) {
            known += 1;
        } else if let Some(phrase) = phrase(sentence, start, end) {
            phrases.push(phrase);
        }
    }
    // `Experience in legal or financial translation` leads to both, whatever its first half names.
    let led = segments
        .into_iter()
        .any(|(start, end)| opening(sentence, &words(sentence, start, end)).is_some_and(|(_, led)| led));
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
    let whole = |phrase: &Phrase| led || short || begins(phrase) || said(phrase);
    match phrases.len() + known {
        1 => phrases.into_iter().filter(whole).collect(),
        _ => phrases,
    }
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
    taken: &[(usize, usize)],
    language: Option<&str>,
) -> Option<Phrase> {
    let others: Vec<(usize, usize)> = taken.iter().copied().filter(|other| *other != term).collect();
    let segments = segments(sentence, taken, language);
    let (start, end) = segments.into_iter().find(|(start, end)| *start <= term.0 && term.1 <= *end)?;
    let fits = |found: &Phrase| {
        let wider = found.start <= term.0 && term.1 <= found.end && (found.start, found.end) != term;
        // A forklift licence is about the forklift, and cloud AWS is AWS.
        let around = [sentence.get(found.start..term.0), sentence.get(term.1..found.end)];
        let more = around.into_iter().flatten().flat_map(str::split_whitespace).any(|word| {
            let word = word.to_lowercase();
            let word = word.trim_matches(edge);
            !word.is_empty() && !VOCABULARY.tails.contains(word) && !VOCABULARY.kinds.contains(word)
        });
        wider && more && others.iter().all(|(from, to)| *to <= found.start || *from >= found.end)
    };
    phrase(sentence, start, end).filter(fits)
}

/// The items that known terms next to each other make up: `B2B sales`.
pub(crate) fn joined(sentence: &str, taken: &[(usize, usize)], language: Option<&str>) -> Vec<Phrase> {
    if taken.len() < 2 {
        return Vec::new();
    }
    let segments = segments(sentence, taken, language);
    let items = segments.into_iter().filter_map(|(start, end)| {
        let here: Vec<&(usize, usize)> = taken.iter().filter(|(from, to)| start <= *from && *to <= end).collect();
        // Names that no list holds may stand between them: `B2B SaaS sales`.
        let named = |between: &str| between.split_whitespace().all(|word| word.starts_with(char::is_uppercase));
        let close = here.len() > 1
            && here.windows(2).all(|pair| {
                sentence
                    .get(pair[0].1..pair[1].0)
                    .is_some_and(|between| *between == *"-" || between.starts_with(' ') && named(between))
            });
        let (first, last) = (here.first()?, here.last()?);
        phrase(sentence, start, end).filter(|found| close && found.start <= first.0 && last.1 <= found.end)
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

/// The places of a sentence that name conditions of another kind: what was studied, and leave to drive or to practise.
pub(crate) fn conditions(sentence: &str, language: Option<&str>) -> Vec<(usize, usize)> {
    let lower = lower(sentence);
    let found: Vec<(Condition, usize, usize)> =
        VOCABULARY.conditions.find(&lower).filter(|(_, _, end)| !lower[*end..].starts_with(" of ")).collect();
    if found.is_empty() {
        return Vec::new();
    }
    let mut places = Vec::new();
    // Whether what follows is still what was studied: `a degree in physics, chemistry or similar`.
    let mut studied = false;
    for (start, end) in segments(sentence, &[], language) {
        let here: Vec<Condition> =
            found.iter().filter(|(_, from, to)| *from < end && *to > start).map(|(condition, ..)| *condition).collect();
        if here.contains(&Condition::Education) {
            studied = true;
        } else if here.is_empty() && (!studied || leads(sentence, start, end)) {
            studied = false;
            continue;
        }
        places.push((start, end));
    }
    places
}

/// Whether a stretch says that a person has something: `three years with`, `knowledge of`.
fn leads(sentence: &str, start: usize, end: usize) -> bool {
    words(sentence, start, end).iter().any(|(_, word)| {
        VOCABULARY.heads.contains(word.as_str()) || matches!(word.as_str(), "years" | "jahre" | "ans" | "años" | "anni")
    })
}

/// The sentence in lower case; as it is where letters would change their length, so that places stay.
fn lower(sentence: &str) -> String {
    let lower = sentence.to_lowercase().replace('’', "'");
    if lower.len() == sentence.len() { lower } else { sentence.to_owned() }
}

/// The stretches between commas, conjunctions, and what stands before examples and tools; the heading before a colon is
/// none.
fn segments(sentence: &str, taken: &[(usize, usize)], language: Option<&str>) -> Vec<(usize, usize)> {
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
            let leads = VOCABULARY.heads.contains(before) || VOCABULARY.verbs.contains(before);
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

fn phrase(sentence: &str, start: usize, end: usize) -> Option<Phrase> {
    let vocabulary = &*VOCABULARY;
    let words = words(sentence, start, end);
    let (first, led) = opening(sentence, &words)?;
    let words = words.get(first..).filter(|words| !words.is_empty())?;
    let written = |i: usize| &sentence[words[i].0.0..words[i].0.1];
    // The thing ends before what cannot stand in a name.
    let mut until = words.len();
    for (i, (_, word)) in words.iter().enumerate().skip(1) {
        // `fact-checking skills` are fact-checking.
        let done = word == "skills" && written(0).ends_with("ing");
        let one_word = i == 1 && !written(0).contains(char::is_uppercase) && !done;
        let tail = vocabulary.tails.contains(word.as_str()) && !(one_word && OF_ONE_PIECE.contains(&word.as_str()));
        // `Rust a plus`.
        let said = ["a", "an", "ein", "un", "ett", "een"].contains(&word.as_str())
            && words.get(i + 1).is_some_and(|(_, next)| WELCOME.contains(&next.as_str()));
        if tail || said || vocabulary.cuts.contains(word.as_str()) {
            until = i;
            break;
        }
    }
    // `SIEM platforms` are SIEM; `operating systems` are no `operating`.
    while until > 1 {
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
        || !led && vocabulary.cuts.contains(words[0].1.as_str()) && !written(0).chars().all(char::is_uppercase)
        || letters < 3 && !coded
        || words.iter().all(|(_, word)| word.ends_with(['+', '%']))
    {
        return None;
    }
    let from = sentence[from..to].find(text)? + from;
    Some(Phrase { text: text.to_owned(), start: from, end: from + text.len(), led })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrases(sentence: &str) -> Vec<String> {
        listed(sentence, &[], None).into_iter().map(|phrase| phrase.text).collect()
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
            "You will report to the head of the farm and look after what our customers care for.",
        ] {
            assert_eq!(phrases(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_known_term_may_be_a_part_of_what_is_asked_for() {
        let sentence = "hive audit planning, honey";
        assert_eq!(around(sentence, (5, 10), &[(5, 10)], None).unwrap().text, "hive audit planning");
        assert_eq!(around("audit, honey", (0, 5), &[(0, 5)], None), None);
        assert_eq!(
            phrases("knife skills, a driving licence, NMC registration, S3"),
            ["knife skills", "driving licence", "NMC", "S3"]
        );
    }

    #[test]
    fn a_known_term_is_an_item_and_never_a_part_of_a_phrase() {
        let sentence = "Docker, bee keeping";
        assert_eq!(listed(sentence, &[(0, 6)], None)[0].text, "bee keeping");
        assert_eq!(listed("hard Docker keeping, x", &[(5, 11)], None), []);
    }
}
