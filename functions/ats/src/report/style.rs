//! How bullets are worded: openings, pronouns, tense, hollow words. In the languages whose words stand here, and silent
//! in all others.

use std::collections::BTreeMap;

use unicode_segmentation::UnicodeSegmentation;
use vitae_resume::Resume;

use super::{Finding, Part, Severity, finding};
use crate::terms::contains_whole;

/// So many bullets that open with one word are a habit.
const HABIT: usize = 4;

struct Words {
    language: &'static str,
    /// Openings that say what the post was, not what was done.
    weak: &'static [&'static str],
    pronouns: &'static [&'static str],
    /// Words that anybody can say of themselves.
    hollow: &'static [&'static str],
}

const WORDS: [Words; 7] = [
    Words {
        language: "en",
        weak: &[
            "responsible for",
            "responsibilities included",
            "duties included",
            "duties include",
            "helped",
            "assisted with",
            "worked on",
            "involved in",
            "tasked with",
            "in charge of",
            "participated in",
        ],
        pronouns: &["i", "i'm", "i've", "my", "me", "we", "our"],
        hollow: &[
            "team player",
            "go-getter",
            "hard-working",
            "hardworking",
            "results-driven",
            "results-oriented",
            "self-starter",
            "detail-oriented",
            "think outside the box",
            "synergy",
            "dynamic",
            "proactive",
            "passionate",
            "highly motivated",
            "fast learner",
            "works well under pressure",
        ],
    },
    Words {
        language: "de",
        weak: &[
            "verantwortlich für",
            "zuständig für",
            "mitarbeit bei",
            "mitarbeit an",
            "unterstützung bei",
            "tätigkeiten im bereich",
        ],
        pronouns: &["ich", "mein", "meine", "meiner", "mich", "wir", "unser", "unsere"],
        hollow: &[
            "teamfähig",
            "teamplayer",
            "belastbar",
            "hochmotiviert",
            "dynamisch",
            "flexibel",
            "engagiert",
            "zielstrebig",
        ],
    },
    Words {
        language: "fr",
        weak: &[
            "responsable de",
            "en charge de",
            "chargé de",
            "chargée de",
            "participation à",
            "participation au",
            "aide à",
        ],
        pronouns: &["je", "j'ai", "mon", "ma", "mes", "nous", "notre", "nos"],
        hollow: &[
            "esprit d'équipe",
            "dynamique",
            "motivé",
            "motivée",
            "polyvalent",
            "polyvalente",
            "force de proposition",
            "rigoureux",
            "rigoureuse",
        ],
    },
    Words {
        language: "es",
        weak: &["responsable de", "encargado de", "encargada de", "participación en", "apoyo en", "colaboración en"],
        pronouns: &["yo", "mi", "mis", "nosotros", "nuestra", "nuestro"],
        hollow: &[
            "trabajo en equipo",
            "proactivo",
            "proactiva",
            "dinámico",
            "dinámica",
            "motivado",
            "motivada",
            "orientado a resultados",
            "orientada a resultados",
        ],
    },
    Words {
        language: "it",
        weak: &[
            "responsabile di",
            "responsabile della",
            "responsabile del",
            "incaricato di",
            "incaricata di",
            "collaborazione a",
            "supporto a",
        ],
        pronouns: &["io", "mio", "mia", "miei", "mie", "noi", "nostro", "nostra"],
        hollow: &[
            "lavoro di squadra",
            "dinamico",
            "dinamica",
            "proattivo",
            "proattiva",
            "motivato",
            "motivata",
            "problem solving",
        ],
    },
    Words {
        language: "pt",
        weak: &[
            "responsável por",
            "responsável pela",
            "responsável pelo",
            "encarregado de",
            "encarregada de",
            "participação em",
            "apoio a",
        ],
        pronouns: &["eu", "meu", "minha", "meus", "minhas", "nosso", "nossa"],
        hollow: &[
            "trabalho em equipe",
            "trabalho em equipa",
            "proativo",
            "proativa",
            "dinâmico",
            "dinâmica",
            "motivado",
            "motivada",
        ],
    },
    Words {
        language: "nl",
        weak: &["verantwoordelijk voor", "belast met", "betrokken bij", "meegewerkt aan", "ondersteuning van"],
        pronouns: &["ik", "mijn", "mij", "wij", "onze"],
        hollow: &[
            "teamspeler",
            "resultaatgericht",
            "proactief",
            "gedreven",
            "flexibel",
            "stressbestendig",
            "enthousiast",
        ],
    },
];

/// What English bullets of a past role open with where they should stand in the past, to its past form.
const PRESENT: [&str; 40] = [
    "manage",
    "manages",
    "lead",
    "leads",
    "develop",
    "develops",
    "build",
    "builds",
    "design",
    "designs",
    "create",
    "creates",
    "maintain",
    "maintains",
    "support",
    "supports",
    "provide",
    "provides",
    "run",
    "runs",
    "write",
    "writes",
    "teach",
    "teaches",
    "train",
    "trains",
    "plan",
    "plans",
    "coordinate",
    "coordinates",
    "analyse",
    "analyses",
    "analyze",
    "analyzes",
    "prepare",
    "prepares",
    "serve",
    "serves",
    "handle",
    "handles",
];

pub(super) fn look(resume: &Resume, language: Option<&str>, findings: &mut Vec<Finding>) {
    let Some(words) = WORDS.iter().find(|words| language.is_some_and(|language| language.starts_with(words.language)))
    else {
        return;
    };
    let bullets: Vec<(String, &str, bool)> = resume
        .work
        .iter()
        .enumerate()
        .flat_map(|(i, work)| {
            let past = work.end_date.is_some();
            let place = move |j: usize| format!("/work/{i}/highlights/{j}");
            work.highlights.iter().enumerate().map(move |(j, text)| (place(j), text.trim(), past))
        })
        .filter(|(_, text, _)| !text.is_empty())
        .collect();
    let summary = resume.basics.summary.as_deref().map(|text| ("/basics/summary".to_owned(), text));

    let mut weak = finding(
        "weak_openings",
        Part::Bullets,
        Severity::Low,
        "Some bullets open with what the post was, not with what you did.",
        "Open with a verb that says what you did: built, cut, taught, negotiated.",
    );
    let mut pronouns = finding(
        "pronouns",
        Part::Bullets,
        Severity::Low,
        "Some bullets speak in the first person.",
        "Leave the pronoun out and begin with the verb.",
    );
    let mut tense = finding(
        "tense",
        Part::Bullets,
        Severity::Low,
        "Some bullets of past roles stand in the present.",
        "Write what is over in the past.",
    );
    let mut openings: BTreeMap<String, Vec<&(String, &str, bool)>> = BTreeMap::new();
    for bullet in &bullets {
        let (pointer, text, past) = bullet;
        let lower = text.to_lowercase().replace('’', "'");
        if words.weak.iter().any(|opening| opens_with(&lower, opening)) {
            weak = weak.at(pointer, Some(text));
        }
        if lower.split(|c: char| !(c.is_alphanumeric() || c == '\'')).any(|word| words.pronouns.contains(&word)) {
            pronouns = pronouns.at(pointer, Some(text));
        }
        let first = lower.unicode_words().next().unwrap_or_default().to_owned();
        if words.language == "en" && *past && PRESENT.contains(&first.as_str()) {
            tense = tense.at(pointer, Some(text));
        }
        openings.entry(first).or_default().push(bullet);
    }
    let mut repeated = finding(
        "repeated_openings",
        Part::Bullets,
        Severity::Low,
        "Many bullets open with the same word.",
        "Say it otherwise where you did something else.",
    );
    for (_, same) in openings
        .iter()
        .filter(|(word, same)| word.chars().count() > 2 && same.len() >= HABIT && same.len() * 4 >= bullets.len())
    {
        for (pointer, text, _) in same {
            repeated = repeated.at(pointer, Some(text));
        }
    }
    let mut hollow = finding(
        "hollow_words",
        Part::Bullets,
        Severity::Info,
        "Some words say nothing that can be checked.",
        "Show it by something you did, or leave the word out.",
    );
    let texts = summary.into_iter().chain(bullets.iter().map(|(pointer, text, _)| (pointer.clone(), *text)));
    for (pointer, text) in texts {
        for word in words.hollow.iter().filter(|word| contains_whole(text, word)) {
            hollow = hollow.at(&pointer, Some(word));
        }
    }
    findings
        .extend([weak, pronouns, tense, repeated, hollow].into_iter().filter(|finding| !finding.evidence.is_empty()));
}

fn opens_with(text: &str, opening: &str) -> bool {
    text.strip_prefix(opening).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use crate::report::tests::{CV, ids, look};

    fn with(bullets: &str, language: &str) -> Vec<String> {
        let cv = CV
            .replace(r#"["Wrote billing software in Python for 2 million customers"]"#, bullets)
            .replace(r#""language":"en""#, &format!(r#""language":"{language}""#));
        ids(&look(&cv, None)).into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn each_habit_of_wording_is_pointed_at() {
        assert_eq!(with(r#"["Responsible for 3 systems"]"#, "en"), ["weak_openings"]);
        assert_eq!(with(r#"["Cut 30 % of my costs"]"#, "en"), ["pronouns"]);
        assert_eq!(with(r#"["Manages a team of 5"]"#, "en"), ["tense"]);
        assert_eq!(with(r#"["Led 1 team","Led 2 shops","Led 3 labs","Led 4 plants"]"#, "en"), ["repeated_openings"]);
        assert_eq!(with(r#"["Team player with 5 trophies"]"#, "en"), ["hollow_words"]);
        assert_eq!(with(r#"["Verantwortlich für 3 Anlagen"]"#, "de"), ["weak_openings"]);
        assert_eq!(with(r#"["Responsável por 3 lojas"]"#, "pt"), ["weak_openings"]);
        assert_eq!(with(r#"["Teamspeler met 5 bekers"]"#, "nl"), ["hollow_words"]);
    }

    #[test]
    fn words_of_one_language_are_no_fault_in_another() {
        assert_eq!(with(r#"["Responsible for 3 systems, cut my costs"]"#, "pl"), Vec::<String>::new());
        // `Mi` is Spanish for `my`; the isle of Man and `Me` in a name are the risk that whole words leave.
        assert_eq!(with(r#"["Repaired 5 Mi-8 helicopters"]"#, "en"), Vec::<String>::new());
    }
}
