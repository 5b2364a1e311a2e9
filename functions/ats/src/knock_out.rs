//! What a job description makes a condition that no skill outweighs: years, a degree, a licence, a clearance, a place.

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use vitae_resume::Resume;

use crate::job::texts_of;
use crate::phrases;
use crate::terms;

/// A condition, and whether the résumé shows that it is met.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = AtsKnockOut)]
pub(crate) struct KnockOut {
    pub(crate) kind: KnockOutKind,
    /// The sentence that asks for it.
    pub(crate) asked: String,
    pub(crate) state: KnockOutState,
    /// What the state was told from.
    pub(crate) basis: String,
    /// JSON pointers of the places in the résumé that show it.
    pub(crate) places: Vec<String>,
}

/// What a condition is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AtsKnockOutKind)]
pub(crate) enum KnockOutKind {
    /// So many years of work.
    Years,
    /// A degree.
    Degree,
    /// A licence, a registration or a certificate.
    Licence,
    /// A security clearance or a police check.
    Clearance,
    /// A place to live or to work in, and the right to.
    Place,
}

/// Whether a condition is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AtsKnockOutState)]
pub(crate) enum KnockOutState {
    /// The résumé shows it.
    Met,
    /// The résumé does not show it.
    NotShown,
    /// A résumé cannot tell, or ours does not say enough.
    Unknown,
}

/// Degrees from the lowest, each with words that name it.
const DEGREES: [(&str, &[&str]); 4] = [
    (
        "a vocational qualification",
        &[
            "apprenticeship",
            "ausbildung",
            "gesellenbrief",
            "vocational",
            "associate degree",
            "associate's degree",
            "diplôme professionnel",
            "formación profesional",
            "bts",
            "cap",
        ],
    ),
    (
        "a bachelor's degree",
        &[
            "bachelor",
            "bachelor's",
            "bachelors",
            "undergraduate degree",
            "bsc",
            "b.sc",
            "ba",
            "beng",
            "b.tech",
            "btech",
            "bsn",
            "licence universitaire",
            "grado",
            "graduado",
            "graduada",
            "licenciatura",
            "hochschulabschluss",
            "abgeschlossenes studium",
            "college degree",
            "university degree",
            "llb",
            "laurea",
        ],
    ),
    (
        "a master's degree",
        &[
            "master",
            "master's",
            "masters",
            "msc",
            "m.sc",
            "mba",
            "meng",
            "m.tech",
            "graduate degree",
            "diplom",
            "máster",
            "llm",
            "juris doctor",
            "j.d",
            "jd",
            "staatsexamen",
        ],
    ),
    ("a doctorate", &["phd", "ph.d", "doctorate", "doctoral degree", "promotion", "doctorat", "doctorado"]),
];

const DEGREE_CONTEXT: [&str; 14] = [
    "degree",
    "bachelor",
    "master's",
    "diploma",
    "phd",
    "ph.d",
    "doctorate",
    "studium",
    "hochschulabschluss",
    "abschluss",
    "diplôme",
    "título",
    "titulación",
    "ausbildung als",
];

const LICENCE_WORDS: [&str; 33] = [
    "license",
    "licence",
    "licensed",
    "licensure",
    "registration with",
    "registered with",
    "certification required",
    "certification is required",
    "certified",
    "certificate in",
    "driving licence",
    "driver's license",
    "führerschein",
    "approbation",
    "zulassung als",
    "permis b",
    "permis de conduire",
    "carnet de conducir",
    "colegiado",
    "colegiada",
    "diplôme d'état",
    "qts",
    "nmc pin",
    "admitted to the bar",
    "admission to the bar",
    "admitted as",
    "qualified solicitor",
    "registered nurse",
    "chartered engineer",
    "chartered status",
    "bar admission",
    "gesellenbrief",
    "meisterbrief",
];

const CLEARANCE_WORDS: [&str; 8] = [
    "security clearance",
    "clearance",
    "dbs check",
    "enhanced dbs",
    "police check",
    "führungszeugnis",
    "casier judiciaire",
    "antecedentes penales",
];

const PLACE_WORDS: [&str; 20] = [
    "on-site",
    "onsite",
    "must be based in",
    "must live in",
    "must reside",
    "based in",
    "relocate",
    "relocation",
    "right to work",
    "work permit",
    "authorized to work",
    "authorised to work",
    "visa sponsorship",
    "arbeitserlaubnis",
    "wohnsitz",
    "permis de travail",
    "permiso de trabajo",
    "willing to travel",
    "vor ort",
    "sur site",
];

const YEAR_WORDS: [&str; 14] =
    ["years", "year", "yrs", "jahre", "jahren", "jahr", "ans", "années", "año", "años", "anni", "anos", "jaar", "lat"];

const NUMBERS: [(&str, u32); 20] = [
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("ten", 10),
    ("zwei", 2),
    ("drei", 3),
    ("vier", 4),
    ("fünf", 5),
    ("deux", 2),
    ("trois", 3),
    ("cinq", 5),
    ("dos", 2),
    ("tres", 3),
    ("cinco", 5),
    ("diez", 10),
];

/// Looks through the sentences that make conditions.
pub(crate) fn find<'a>(sentences: impl Iterator<Item = &'a str>, resume: &Resume, today: Date) -> Vec<KnockOut> {
    let texts = texts_of(resume);
    let mut found: Vec<KnockOut> = Vec::new();
    for sentence in sentences {
        let sentence = sentence.trim_start_matches(|c: char| !c.is_alphanumeric());
        let lower = sentence.to_lowercase().replace('’', "'");
        let has = |words: &[&str]| words.iter().any(|word| terms::contains_whole(&lower, word));
        let mut add = |kind, (state, basis, places)| {
            let same = |other: &KnockOut| other.kind == kind && other.asked == sentence;
            if !found.iter().any(same) {
                found.push(KnockOut { kind, asked: sentence.to_owned(), state, basis, places });
            }
        };
        if let Some(years) = years_asked(&lower) {
            add(KnockOutKind::Years, years_held(resume, years, today));
        }
        if has(&DEGREE_CONTEXT)
            && let Some(level) = lowest_degree(&lower)
        {
            add(KnockOutKind::Degree, degree_held(resume, level));
        }
        if has(&LICENCE_WORDS) || !phrases::registrations(sentence).is_empty() {
            add(KnockOutKind::Licence, named_held(sentence, &LICENCE_WORDS, &texts));
        }
        if has(&CLEARANCE_WORDS) {
            add(KnockOutKind::Clearance, clearance_held(&texts));
        }
        if has(&PLACE_WORDS) {
            add(KnockOutKind::Place, place_held(&lower, resume));
        }
    }
    found.sort_by_key(|item| item.kind);
    found
}

type Held = (KnockOutState, String, Vec<String>);

/// `5+ years`, `at least three years`, `3-5 years`: the smallest number that will do.
fn years_asked(lower: &str) -> Option<u32> {
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let number = |word: &str| -> Option<u32> {
        let named = NUMBERS.iter().find(|(name, _)| *name == word).map(|(_, number)| *number);
        named.or_else(|| word.parse().ok()).filter(|number| (1..=30).contains(number))
    };
    for (i, _) in words.iter().enumerate().filter(|(_, word)| YEAR_WORDS.contains(word)) {
        let Some(last) = i.checked_sub(1).and_then(|i| number(words[i])) else { continue };
        // What follows must speak of work: `18 years old` and `founded 20 years ago` do not.
        let age = words.get(i + 1) == Some(&"of") && words.get(i + 2) == Some(&"age");
        if age || matches!(words.get(i + 1), Some(&("old" | "ago" | "alt"))) {
            continue;
        }
        let first = i.checked_sub(2).and_then(|i| number(words[i])).filter(|first| *first < last);
        return Some(first.unwrap_or(last));
    }
    None
}

/// The time worked, periods that overlap counted once, against so many years.
fn years_held(resume: &Resume, asked: u32, today: Date) -> Held {
    let mut periods: Vec<(Date, Date)> = resume
        .work
        .iter()
        .filter_map(|work| {
            Some((work.start_date?.earliest(), work.end_date.map_or(today, |end| end.latest().min(today))))
        })
        .filter(|(start, end)| start < end)
        .collect();
    periods.sort();
    if periods.is_empty() {
        return (KnockOutState::Unknown, "No role has dates to reckon from.".to_owned(), Vec::new());
    }
    let mut days = 0_i64;
    let mut until = Date::MIN;
    for (start, end) in periods {
        let from = start.max(until);
        if end > from {
            days += i64::from((end - from).get_days());
            until = end;
        }
    }
    let years = days as f64 / 365.25;
    // A month is what dates of a year or a month leave open.
    let state = if years + 1.0 / 12.0 >= f64::from(asked) { KnockOutState::Met } else { KnockOutState::NotShown };
    (state, format!("The roles add up to {years:.1} years, whatever was done in them."), vec!["/work".to_owned()])
}

fn lowest_degree(lower: &str) -> Option<usize> {
    DEGREES.iter().position(|(_, words)| words.iter().any(|word| terms::contains_whole(lower, word))).or_else(|| {
        // A degree of no kind is the first one.
        terms::contains_whole(lower, "degree").then_some(1)
    })
}

fn degree_held(resume: &Resume, asked: usize) -> Held {
    let name = DEGREES[asked].0;
    let held = resume.education.iter().enumerate().filter_map(|(i, education)| {
        let text = format!(
            "{} {}",
            education.study_type.as_deref().unwrap_or_default(),
            education.area.as_deref().unwrap_or_default()
        )
        .to_lowercase();
        let level = DEGREES.iter().rposition(|(_, words)| {
            words.iter().any(|word| terms::contains_whole(&text, word) || starts(&text, word))
        })?;
        (level >= asked).then(|| format!("/education/{i}"))
    });
    let places: Vec<String> = held.collect();
    match (places.is_empty(), resume.education.is_empty()) {
        (false, _) => (KnockOutState::Met, format!("The education shows {name} or more."), places),
        (true, true) => (KnockOutState::NotShown, "The résumé shows no education.".to_owned(), places),
        (true, false) => (KnockOutState::Unknown, format!("No entry under education is surely {name}."), places),
    }
}

/// `Bachelorstudium`, `Masters`: long words may go on.
fn starts(text: &str, word: &str) -> bool {
    word.len() > 5 && text.split_whitespace().any(|other| other.starts_with(word))
}

/// The telling words of a sentence about a licence, and whether the résumé holds them.
fn named_held(sentence: &str, markers: &[&str], texts: &[(String, String)]) -> Held {
    let listed = terms::find(sentence, None);
    let mut names: Vec<String> = listed.iter().map(|found| sentence[found.start..found.end].to_owned()).collect();
    let lower = sentence.to_lowercase();
    names.extend(markers.iter().filter(|marker| marker.len() > 9 && lower.contains(**marker)).map(|m| (*m).to_owned()));
    names.extend(
        sentence
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| (2..=6).contains(&word.len()) && word.chars().all(|c| c.is_ascii_uppercase()))
            .map(str::to_owned),
    );
    let concepts: Vec<terms::Concept> = listed.iter().map(|found| found.concept).collect();
    let mut places: Vec<String> = Vec::new();
    for (pointer, text) in texts {
        let same = names.iter().any(|name| terms::contains_whole(text, name))
            || terms::find(text, None).iter().any(|found| concepts.contains(&found.concept));
        if same {
            places.push(pointer.clone());
        }
    }
    // Skills may be spoken of in the same sentence: only what is a certificate, or a name in capitals, tells.
    let telling = texts.iter().any(|(pointer, _)| pointer.starts_with("/certificates"));
    let basis = if names.is_empty() {
        "The sentence names none that we know.".to_owned()
    } else {
        format!("Looked for: {}.", names.join(", "))
    };
    let state = match (places.is_empty(), names.is_empty()) {
        (false, _) => KnockOutState::Met,
        (true, false) => KnockOutState::NotShown,
        (true, true) if !telling => KnockOutState::NotShown,
        (true, true) => KnockOutState::Unknown,
    };
    (state, basis, places)
}

fn clearance_held(texts: &[(String, String)]) -> Held {
    let places: Vec<String> = texts
        .iter()
        .filter(|(_, text)| CLEARANCE_WORDS.iter().any(|word| terms::contains_whole(text, word)))
        .map(|(pointer, _)| pointer.clone())
        .collect();
    match places.is_empty() {
        false => (KnockOutState::Met, "The résumé speaks of one.".to_owned(), places),
        true => (KnockOutState::Unknown, "The résumé does not speak of one.".to_owned(), places),
    }
}

fn place_held(lower: &str, resume: &Resume) -> Held {
    let location = resume.basics.location.as_ref();
    let city = location.and_then(|location| location.city.as_deref()).filter(|city| !city.trim().is_empty());
    match city {
        Some(city) if terms::contains_whole(lower, city) => {
            (KnockOutState::Met, format!("The résumé says {city}."), vec!["/basics/location/city".to_owned()])
        }
        Some(city) => (
            KnockOutState::Unknown,
            format!("The résumé says {city}; whether that will do is for you to say."),
            vec!["/basics/location/city".to_owned()],
        ),
        None => (KnockOutState::Unknown, "The résumé says no place.".to_owned(), Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CV: &str = r#"{"basics":{"location":{"city":"Leeds"}},
        "work":[{"position":"Nurse","startDate":"2018-01","endDate":"2020-12"},{"position":"Bank nurse","startDate":"2020-01","endDate":"2021-12"}],
        "education":[{"studyType":"Bachelor of Nursing"}],"certificates":[{"name":"Basic Life Support (BLS)"}]}"#;

    fn state_of(sentence: &str) -> Vec<(KnockOutKind, KnockOutState)> {
        let resume = serde_json::from_str(CV).unwrap();
        let found = find(std::iter::once(sentence), &resume, jiff::civil::date(2026, 11, 21));
        found.into_iter().map(|item| (item.kind, item.state)).collect()
    }

    #[test]
    fn each_condition_is_told_from_what_the_resume_shows() {
        use KnockOutKind::*;
        use KnockOutState::*;
        // Four years, of which one was spent in two roles.
        assert_eq!(state_of("At least 4 years of ward experience"), [(Years, Met)]);
        assert_eq!(state_of("5+ years on a ward"), [(Years, NotShown)]);
        assert_eq!(state_of("Bachelor's degree in nursing"), [(Degree, Met)]);
        assert_eq!(state_of("A master's degree"), [(Degree, Unknown)]);
        assert_eq!(state_of("BLS certified"), [(Licence, Met)]);
        assert_eq!(state_of("NMC registration"), [(Licence, NotShown)]);
        assert_eq!(state_of("Patient registration"), []);
        assert_eq!(state_of("Valid driver's license required"), [(Licence, NotShown)]);
        assert_eq!(state_of("Active security clearance"), [(Clearance, Unknown)]);
        assert_eq!(state_of("On-site in Leeds"), [(Place, Met)]);
        assert_eq!(state_of("Must be based in Paris"), [(Place, Unknown)]);
        assert_eq!(state_of("Mindestens drei Jahre Erfahrung"), [(Years, Met)]);
    }

    #[test]
    fn numbers_that_are_no_condition_are_left_alone() {
        for text in [
            "You are at least 18 years old",
            "We were founded 20 years ago",
            "Work with 5 colleagues",
            "A master of detail",
        ] {
            assert_eq!(state_of(text), [], "{text}");
        }
    }
}
