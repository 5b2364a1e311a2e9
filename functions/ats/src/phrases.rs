//! What a sentence lists: the short phrases between its commas and its words for `and`. No list of terms holds every
//! trade's, so what stands as one item among others in a list of requirements is taken for one.

/// Longest phrase that is taken for a term, in words.
const MOST_WORDS: usize = 4;

/// Words between two items.
const CONJUNCTIONS: [&str; 12] =
    [" and ", " or ", " und ", " oder ", " sowie ", " et ", " ou ", " y ", " e ", " o ", " & ", " plus "];

/// What stands before an item and says how much of it is asked for, longest first where one begins with another.
const OPENINGS: [&str; 149] = [
    "you should bring",
    "you will need",
    "you are",
    "you master",
    "we need someone with",
    "someone with",
    "we also expect",
    "key requirements include",
    "requirements include",
    "must demonstrate",
    "the successful applicant will have",
    "the successful candidate will have",
    "you must be a",
    "you must be an",
    "you must have",
    "you will have",
    "you should have",
    "you have",
    "you need a",
    "you need an",
    "you need",
    "you know",
    "you bring",
    "we expect",
    "must have",
    "must know",
    "must be",
    "should have",
    "candidates must have",
    "experience of working with",
    "experience working with",
    "experience with",
    "experience in",
    "experience of",
    "experience using",
    "experience",
    "knowledge of",
    "knowledge in",
    "understanding of",
    "proficiency in",
    "proficiency with",
    "proficient in",
    "proficient with",
    "skilled in",
    "skilled at",
    "skills in",
    "expertise in",
    "familiarity with",
    "familiar with",
    "background in",
    "training in",
    "command of",
    "use of",
    "ability in",
    "competence in",
    "competent in",
    "comfortable with",
    "confident with",
    "confident in",
    "working knowledge of",
    "hands-on",
    "in-depth",
    "at least",
    "minimum of",
    "strong",
    "solid",
    "sound",
    "good",
    "excellent",
    "very good",
    "advanced",
    "basic",
    "proven",
    "demonstrated",
    "extensive",
    "deep",
    "expert",
    "practical",
    "professional",
    "relevant",
    "current",
    "valid",
    "full",
    "recent",
    "daily",
    "working",
    "also",
    "both",
    "either",
    "ideally",
    "including",
    "the",
    "a",
    "an",
    "in",
    "of",
    "with",
    "our",
    "sehr gute kenntnisse in",
    "gute kenntnisse in",
    "kenntnisse in",
    "kenntnisse der",
    "erfahrung mit",
    "erfahrung in",
    "erfahrungen in",
    "sicherer umgang mit der",
    "sicherer umgang mit",
    "umgang mit",
    "fundierte",
    "sehr gute",
    "gute",
    "maîtrise de",
    "maîtrise des",
    "maîtrise du",
    "connaissance de",
    "connaissances en",
    "expérience en",
    "expérience avec",
    "la connaissance de",
    "bonne maîtrise de",
    "d'",
    "l'",
    "experiencia en",
    "experiencia con",
    "conocimientos de",
    "conocimiento de",
    "manejo de",
    "dominio de",
    "exposure to",
    "von vorteil sind",
    "von vorteil ist",
    "sichere anwendung von",
    "sicherer umgang mit dem",
    "vous maîtrisez",
    "vous avez",
    "maîtrise de la",
    "maîtrise de l'",
    "bonne connaissance de",
    "bonnes connaissances en",
    "des connaissances en",
    "le",
    "la",
    "les",
    "el",
    "los",
    "las",
    "imprescindible",
    "firm grasp of",
    "sicheren umgang mit",
];

/// What stands between a person and what they can: `a registered midwife with sound skills in antenatal care`.
const INTRODUCTIONS: [&str; 14] = [
    " skills in ",
    " experience of ",
    " experience in ",
    " experience with ",
    " expertise in ",
    " knowledge of ",
    " kenntnisse in ",
    " erfahrung in ",
    " erfahrung mit ",
    " expérience en ",
    " connaissances en ",
    " experiencia en ",
    " conocimientos de ",
    " competence in ",
];

/// Where an item ends before the sentence does.
const ENDINGS: [&str; 73] = [
    " welcome",
    " useful",
    " ideal",
    " according to ",
    " avancé",
    " avancée",
    " avanzado",
    " seraient ",
    " serait ",
    " ante ",
    " sicher ",
    " is ",
    " are ",
    " will ",
    " would ",
    " must ",
    " should ",
    " required",
    " essential",
    " expected",
    " needed",
    " mandatory",
    " preferred",
    " desirable",
    " experience",
    " knowledge",
    " skills",
    " certification",
    " certificate",
    " certified",
    " registration",
    " licence",
    " license",
    " qualification",
    " training",
    " for ",
    " to ",
    " in ",
    " on ",
    " at ",
    " with ",
    " from ",
    " within ",
    " across ",
    " using ",
    " through ",
    " such as ",
    " as ",
    " daily",
    " ist ",
    " sind ",
    " erforderlich",
    " notwendig",
    " vertraut",
    " für ",
    " bei ",
    " im ",
    " mit ",
    " als ",
    " est ",
    " sont ",
    " pour ",
    " avec ",
    " dans ",
    " chez ",
    " es ",
    " son ",
    " para ",
    " con ",
    " por ",
    " sous ",
    " sur ",
    " aux ",
];

/// Those that belong to a single common word before them.
const OF_ONE_PIECE: [&str; 7] =
    [" skills", " licence", " license", " certificate", " certification", " training", " registration"];

/// Words that say nothing alone, and something behind another: `crisis communication`.
const PLAIN_ALONE: [&str; 4] = ["communication", "organisation", "leadership", "management"];

/// Words that no term of trade holds by itself: persons, time, school, character.
const PLAIN: [&str; 132] = [
    "someone",
    "portfolio",
    "applicants",
    "candidates",
    "you",
    "your",
    "we",
    "our",
    "us",
    "they",
    "their",
    "them",
    "who",
    "what",
    "which",
    "that",
    "this",
    "these",
    "those",
    "it",
    "its",
    "i",
    "he",
    "she",
    "have",
    "has",
    "had",
    "be",
    "been",
    "being",
    "can",
    "may",
    "years",
    "year",
    "yrs",
    "months",
    "month",
    "hours",
    "days",
    "weeks",
    "degree",
    "bachelor",
    "bachelor's",
    "master's",
    "phd",
    "diploma",
    "education",
    "university",
    "college",
    "school",
    "graduate",
    "experience",
    "knowledge",
    "skills",
    "skill",
    "ability",
    "understanding",
    "team",
    "teams",
    "teamwork",
    "colleagues",
    "people",
    "person",
    "role",
    "position",
    "job",
    "work",
    "working",
    "similar",
    "related",
    "equivalent",
    "relevant",
    "other",
    "others",
    "more",
    "etc",
    "one",
    "two",
    "three",
    "similar",
    "communication",
    "communicator",
    "motivated",
    "motivation",
    "reliable",
    "reliability",
    "flexible",
    "flexibility",
    "punctual",
    "friendly",
    "organised",
    "organized",
    "attitude",
    "passion",
    "enthusiasm",
    "detail",
    "integrity",
    "patience",
    "empathy",
    "initiative",
    "independently",
    "verbal",
    "written",
    "interpersonal",
    "english",
    "fluent",
    "native",
    "jahre",
    "jahren",
    "abschluss",
    "studium",
    "ausbildung",
    "erfahrung",
    "kenntnisse",
    "teamfähigkeit",
    "zuverlässigkeit",
    "deutsch",
    "ihnen",
    "sie",
    "ans",
    "expérience",
    "diplôme",
    "formation",
    "rigueur",
    "autonomie",
    "esprit",
    "vous",
    "años",
    "experiencia",
    "título",
    "titulación",
    "inglés",
];

/// Words between a task and the tool for it.
const TOOL_WORDS: [&str; 6] = [" using", " via", " in", " mittels", " mit", " avec"];

/// A phrase with its place in the sentence, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Phrase {
    pub(crate) text: String,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The phrases of a sentence that asks for something. `taken` are places of terms that are known already: they count as
/// items, and no phrase goes over one.
pub(crate) fn listed(sentence: &str, taken: &[(usize, usize)]) -> Vec<Phrase> {
    let segments = segments(sentence, taken);
    let mut phrases = Vec::new();
    let mut known = 0;
    for (start, end) in &segments {
        let first = taken.iter().filter(|(from, to)| from < end && to > start).map(|(from, _)| *from).min();
        if let Some(first) = first {
            known += 1;
            // `E-discovery using Relativity`: what a known tool is used for.
            let before = sentence[*start..first.max(*start)].trim_end();
            // `Proficiency in SAP` and `sound skills in SAP` are no tasks.
            let introduces = INTRODUCTIONS.iter().any(|words| before.to_lowercase().ends_with(words.trim_end()))
                || OPENINGS.iter().any(|opening| opening.contains(' ') && before.to_lowercase().ends_with(opening));
            let tool = TOOL_WORDS
                .iter()
                .filter(|_| !introduces)
                .find_map(|word| before.to_lowercase().ends_with(word).then_some(word.len()));
            if let Some(length) = tool
                && let Some(phrase) = phrase(sentence, *start, *start + before.len() - length)
            {
                phrases.push(phrase);
            }
        } else if let Some(phrase) = phrase(sentence, *start, *end) {
            phrases.push(phrase);
        }
    }
    // One item alone is a list only where nothing else stands in the sentence.
    let whole = |phrase: &Phrase| {
        sentence.trim_matches(|c: char| !c.is_alphanumeric()).split_whitespace().count() <= MOST_WORDS + 1
            && phrase.text.split(' ').count() <= MOST_WORDS
    };
    let introduced = OPENINGS[..64].iter().any(|opening| sentence.to_lowercase().contains(&format!("{opening} ")));
    match phrases.len() + known {
        0 => Vec::new(),
        1 if !introduced => phrases.into_iter().filter(whole).collect(),
        _ => phrases,
    }
}

/// The phrase that a known term is only a part of: `audit planning` around `audit`. `None` where the term is the whole
/// item, or where another term stands in it.
pub(crate) fn around(sentence: &str, term: (usize, usize), taken: &[(usize, usize)]) -> Option<Phrase> {
    let others: Vec<(usize, usize)> = taken.iter().copied().filter(|other| *other != term).collect();
    let (start, end) = segments(sentence, taken).into_iter().find(|(start, end)| *start <= term.0 && term.1 <= *end)?;
    let fits = |found: &Phrase| {
        let wider = found.start <= term.0 && term.1 <= found.end && (found.start, found.end) != term;
        wider && others.iter().all(|(from, to)| *to <= found.start || *from >= found.end)
    };
    // The term may stand behind a preposition: `stock control in SAP EWM`.
    phrase(sentence, start, end).filter(fits).or_else(|| phrase(sentence, term.0, end).filter(fits))
}

/// The stretches between commas and conjunctions; the heading before a colon is none.
fn segments(sentence: &str, taken: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let begin = match sentence.find(": ") {
        Some(colon) if sentence[..colon].split_whitespace().count() <= 7 => colon + 2,
        _ => 0,
    };
    let free = |at: usize| !taken.iter().any(|(from, to)| *from <= at && at < *to);
    let mut cuts: Vec<(usize, usize)> = sentence[begin..]
        .match_indices([',', ';', '•', '|', '(', ')', '\n'])
        .map(|(at, found)| (begin + at, begin + at + found.len()))
        .filter(|(at, _)| free(*at))
        .collect();
    // Letters may change their length with their case; then the conjunctions are looked for as they are written.
    let lower = sentence.to_lowercase();
    let lower = if lower.len() == sentence.len() { lower.as_str() } else { sentence };
    for conjunction in CONJUNCTIONS {
        cuts.extend(
            lower
                .match_indices(conjunction)
                .map(|(at, found)| (at, at + found.len()))
                .filter(|(at, end)| *at >= begin && free(*at + 1) && free(end - 2)),
        );
    }
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

fn phrase(sentence: &str, start: usize, end: usize) -> Option<Phrase> {
    let edge = |c: char| !c.is_alphanumeric() && !matches!(c, '+' | '#');
    let mut text = sentence[start..end].trim_matches(edge);
    let lower = text.to_lowercase();
    if lower.len() == text.len()
        && let Some(at) = INTRODUCTIONS.iter().filter_map(|words| Some(lower.rfind(words)? + words.len())).max()
    {
        text = text[at..].trim_matches(edge);
    }
    loop {
        let opening = OPENINGS.iter().find_map(|opening| {
            let rest = strip_prefix_in_any_case(text, opening)?;
            (opening.ends_with('\'') || rest.starts_with(' ')).then(|| rest.trim_start_matches(edge))
        });
        match opening {
            Some(rest) if !rest.is_empty() => text = rest,
            _ => break,
        }
    }
    let lower = text.to_lowercase();
    if lower.len() == text.len() {
        let cut = ENDINGS
            .iter()
            .filter_map(|ending| {
                let at = lower.find(ending).filter(|at| *at > 0 && boundary(&lower, at + ending.len(), ending))?;
                // `knife skills` and `driving licence` are one thing; `NMC registration` is NMC.
                let one_word = !text[..at].contains(' ') && !text[..at].chars().any(char::is_uppercase);
                (!(one_word && OF_ONE_PIECE.contains(ending))).then_some(at)
            })
            .min();
        if let Some(cut) = cut {
            text = &text[..cut];
        }
    }
    let text = text.trim_matches(edge);
    let words: Vec<&str> = text.split_whitespace().collect();
    // `knife skills` is a term, `good skills` and `communication skills` are none.
    let piece = |word: &&str| OF_ONE_PIECE.iter().any(|piece| piece.trim_start() == word.to_lowercase());
    let telling = match words.split_last() {
        Some((last, rest)) if !rest.is_empty() && piece(last) => rest,
        _ => &words[..],
    };
    let plain = telling.iter().any(|word| {
        // `CAN bus` is no `can`.
        let shouted = word.len() > 1 && word.chars().all(char::is_uppercase) && text.contains(char::is_lowercase);
        let word = word.to_lowercase();
        !shouted && PLAIN.contains(&word.trim_matches(|c: char| !c.is_alphanumeric()))
    });
    let alone = telling.len() == 1 && PLAIN_ALONE.contains(&telling[0].to_lowercase().as_str());
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    // `S3` and `EC2` are names, `5` and `ab` are none.
    let coded =
        text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()) && letters > 0 && letters < text.len();
    if words.is_empty()
        || words.len() > MOST_WORDS
        || plain
        || alone
        || letters < 3 && !coded
        || words.iter().all(|word| word.ends_with(['+', '%']))
    {
        return None;
    }
    let from = sentence[start..end].find(text)? + start;
    Some(Phrase { text: text.to_owned(), start: from, end: from + text.len() })
}

fn boundary(text: &str, at: usize, ending: &str) -> bool {
    ending.ends_with(' ') || !text[at..].starts_with(char::is_alphanumeric)
}

fn strip_prefix_in_any_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    (head.to_lowercase() == prefix).then(|| &text[prefix.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrases(sentence: &str) -> Vec<String> {
        listed(sentence, &[]).into_iter().map(|phrase| phrase.text).collect()
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
        assert_eq!(around(sentence, (5, 10), &[(5, 10)]).unwrap().text, "hive audit planning");
        assert_eq!(around("audit, honey", (0, 5), &[(0, 5)]), None);
        assert_eq!(
            phrases("knife skills, a driving licence, NMC registration, S3"),
            ["knife skills", "driving licence", "NMC", "S3"]
        );
    }

    #[test]
    fn a_known_term_is_an_item_and_never_a_part_of_a_phrase() {
        let sentence = "Docker, bee keeping";
        assert_eq!(listed(sentence, &[(0, 6)])[0].text, "bee keeping");
        assert_eq!(listed("hard Docker keeping, x", &[(5, 11)]), []);
    }
}
