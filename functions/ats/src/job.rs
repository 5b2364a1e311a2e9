//! A job description: what it asks for, how urgently, and what of it a résumé holds.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;
use unicode_segmentation::UnicodeSegmentation;
use utoipa::ToSchema;
use vitae_resume::Resume;

use crate::knock_out::{self, KnockOut};
use crate::language;
use crate::phrases;
use crate::posting::{self, Need, Posting};
use crate::sheet::clean_line;
use crate::terms::{self, Concept};
use crate::vocabulary::lower;

/// What a job description asks for beside what the résumé holds.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = AtsJobMatch)]
pub(crate) struct JobMatch {
    /// Language of the job description, ISO 639-1, where it could be told.
    pub(crate) language: Option<String>,
    /// The job title asked about, where one was given.
    pub(crate) title: Option<TitleMatch>,
    /// Terms that the wording makes a condition, and tools that the duties are done with.
    pub(crate) required: Vec<TermMatch>,
    /// Terms that the wording calls welcome.
    pub(crate) preferred: Vec<TermMatch>,
    /// Terms that stand there without either.
    pub(crate) mentioned: Vec<TermMatch>,
    /// Conditions that no skill outweighs: years, degree, licence, clearance, place.
    pub(crate) knock_outs: Vec<KnockOut>,
    /// How many sentences were left out because they say nothing about the work: equal opportunity, benefits, the
    /// employer's portrait.
    pub(crate) sentences_left_out: usize,
}

/// One term of a job description.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = AtsTermMatch)]
pub(crate) struct TermMatch {
    /// The term's usual name.
    pub(crate) term: String,
    /// How the job description writes it.
    pub(crate) asked_as: String,
    /// How else it does: elsewhere, in full (`Linux administration`) or in short.
    pub(crate) also_asked_as: Vec<String>,
    /// Whether the résumé holds it, and how.
    pub(crate) found: TermFound,
    /// How the résumé writes it, where it does.
    pub(crate) written_as: Option<String>,
    /// JSON pointers of the places in the résumé that hold it; of the whole CV, where this version leaves them out.
    pub(crate) places: Vec<String>,
    /// How often the job description names it.
    pub(crate) times_asked: usize,
    /// How often the résumé does. Once is as good as ten times: it counts for nothing in the score.
    pub(crate) times_held: usize,
}

/// Whether a résumé holds a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AtsTermFound)]
pub(crate) enum TermFound {
    /// As the job description writes it.
    Exact,
    /// In another form of the same word.
    Stem,
    /// Under another name or an abbreviation.
    Synonym,
    /// Not in this version, but in the whole CV: it can be put in.
    Injectable,
    /// Not at all.
    Missing,
}

/// Whether the job title asked about stands in the résumé.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = AtsTitleMatch)]
pub(crate) struct TitleMatch {
    /// The title.
    pub(crate) title: String,
    /// Whether the headline or a position holds all its words.
    pub(crate) found: bool,
    /// JSON pointers of the places that do.
    pub(crate) places: Vec<String>,
    /// The level that the title asks for, where it names one.
    pub(crate) level_asked: Option<Level>,
    /// The highest level that a headline or a position names.
    pub(crate) level_held: Option<Level>,
}

/// How far up a title stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AtsLevel)]
pub(crate) enum Level {
    /// Student, trainee, intern.
    Trainee,
    /// Junior, assistant.
    Junior,
    /// Senior, principal.
    Senior,
    /// Leads others: lead, head, manager, chief.
    Lead,
}

/// Words that say a level, as whole words.
const LEVELS: [(Level, &[&str]); 4] = [
    (
        Level::Lead,
        &[
            "lead",
            "head",
            "manager",
            "director",
            "chief",
            "vp",
            "leiter",
            "leiterin",
            "leitung",
            "leitende",
            "leitender",
            "responsable",
            "directeur",
            "directrice",
            "chef de service",
            "jefe",
            "jefa",
            "director",
            "directora",
            "supervisor",
        ],
    ),
    (Level::Senior, &["senior", "sr", "principal", "staff engineer", "confirmé", "confirmée", "sénior"]),
    (Level::Junior, &["junior", "jr", "assistant", "assistente", "assistentin", "auxiliar", "graduate", "entry level"]),
    (
        Level::Trainee,
        &[
            "intern",
            "internship",
            "trainee",
            "apprentice",
            "working student",
            "werkstudent",
            "werkstudentin",
            "praktikant",
            "praktikantin",
            "stagiaire",
            "becario",
            "becaria",
        ],
    ),
];

fn level_of(title: &str) -> Option<Level> {
    LEVELS
        .iter()
        .find(|(_, words)| words.iter().any(|word| terms::contains_whole(title, word)))
        .map(|(level, _)| *level)
}

/// The terms of a job description, before any résumé is looked at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Job {
    language: Option<&'static str>,
    asked: Vec<Asked>,
    /// Every sentence that asks for something.
    sentences: Vec<String>,
    sentences_left_out: usize,
}

#[derive(Debug, Clone)]
struct Asked {
    term: Term,
    need: Need,
    /// Every form in which it stands there; the first is the one shown.
    forms: Vec<String>,
    times: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Term {
    Listed(Concept),
    /// A term that the list does not hold, lower case.
    Other(String),
}

impl Term {
    fn other(text: &str) -> Self {
        Self::Other(text.to_lowercase())
    }
}

impl Job {
    /// Reads a job description. `resume` lends its own skills as further terms to look for.
    pub(crate) fn read(description: &str, resume: &Resume) -> Self {
        let language = language::of_text(description);
        // A few lines are too short to tell by; the résumé's language is the likelier one then.
        let spoken = language.map(str::to_owned).or_else(|| language::of_resume(resume));
        let spoken = spoken.as_deref();
        let Posting { sentences, left_out: sentences_left_out } = posting::read(description);
        let own: Vec<(String, String)> =
            own_terms(resume).into_iter().map(|term| (term.clone(), lower(&term))).collect();
        let mut asked: BTreeMap<Term, Asked> = BTreeMap::new();
        let mut order = Vec::new();
        for (need, sentence) in &sentences {
            // What was studied and what a person may drive are conditions of their own.
            let conditions = phrases::conditions(sentence, spoken);
            let apart = |start: usize, end: usize| conditions.iter().any(|(from, to)| *from < end && *to > start);
            let mut mentioned: Vec<(Term, String)> = Vec::new();
            let mut listed = terms::find(sentence, language);
            listed.retain(|found| !apart(found.start, found.end) && !is_said_of_the_next(sentence, found));
            let mut taken: Vec<(usize, usize)> = listed.iter().map(|found| (found.start, found.end)).collect();
            let mut here: Vec<(Term, String)> = Vec::new();
            let asks = *need > Need::Done;
            let mut segments =
                if *need > Need::Mentioned { phrases::segments(sentence, &taken, spoken) } else { Vec::new() };
            // `B2B sales` is one thing, of two that the list holds.
            let pairs = if asks { phrases::joined(sentence, &segments, &taken) } else { Vec::new() };
            for pair in &pairs {
                let within = |found: &&terms::Found| pair.start <= found.start && found.end <= pair.end;
                let concepts: BTreeSet<Concept> = listed.iter().filter(within).map(|found| found.concept).collect();
                if concepts.len() < 2 {
                    continue;
                }
                let form = pair.text.clone();
                here.push((whole_of(&listed, pair), form));
                listed.retain(|found| found.end <= pair.start || found.start >= pair.end);
                taken.retain(|(start, end)| *end <= pair.start || *start >= pair.end);
                taken.push((pair.start, pair.end));
            }
            let who = if *need > Need::Mentioned { phrases::who_is_looked_for(sentence) } else { None };
            for found in &listed {
                let (start, end) = (found.start, found.end);
                // Products are named in full, and a common word may be half of another term: `Opera PMS`, `audit planning`.
                let abbreviation = sentence[start..end].chars().all(|c| c.is_uppercase());
                // `SAP EWM` and `HPLC methods` are more than their first word; `CATIA V5` is CATIA.
                let next = sentence[end..].strip_prefix(' ').and_then(|rest| rest.split_whitespace().next());
                let versioned = next.is_some_and(|word| word.contains(|c: char| c.is_ascii_digit()));
                // `Looker Studio` is no Looker.
                let longer = spoken != Some("de")
                    && next.is_some_and(|word| word.starts_with(char::is_uppercase) && !phrases::says_little(word))
                    && !listed.iter().any(|other| other.start == end + 1);
                // `Defender for Cloud` is another one than `Defender for Endpoint`.
                let longer = longer || phrases::goes_on_as_a_name(&sentence[end..]);
                let partial = terms::is_product(found.concept)
                    || longer
                    || found.inflected
                    || spoken == Some("de") && phrases::says_of_what_kind(&sentence[..start])
                    || sentence[start..].starts_with(char::is_lowercase)
                    // `Sales tax` begins a sentence, and sales no name.
                    || !terms::is_tool(found.concept)
                        && spoken != Some("de")
                        && !sentence[..start].contains(char::is_alphanumeric)
                    || abbreviation && !versioned;
                let form = sentence[start..end].to_owned();
                // What is done at work names its tools, and nothing else that is asked for.
                let names = |phrase: &phrases::Phrase| asks || phrase.text.split(' ').all(phrases::begins_a_name);
                let wording = phrases::wording(sentence, (start, end), &segments).map(str::to_owned);
                let tool = terms::is_tool(found.concept);
                let around = phrases::around(sentence, (start, end), &segments, &taken);
                // `modern CSS` is CSS, and `embedded Linux` another wording for Linux.
                let described = around.as_ref().filter(|phrase| {
                    let like = sentence.get(phrase.start..start).unwrap_or_default();
                    // `bases de datos SQL`: Romance tongues name the kind first.
                    let romance = matches!(spoken, Some("fr" | "es" | "it" | "pt"));
                    let said = !partial || romance || phrases::says_nothing_of_its_kind(like);
                    tool && phrase.end == end && like.starts_with(char::is_lowercase) && said
                });
                let wording = described.map(|phrase| phrase.text.clone()).or(wording);
                let around = around.filter(|phrase| partial && names(phrase) && wording.as_ref() != Some(&phrase.text));
                let of_person = who.is_some_and(|(_, until)| end <= until);
                if !tool && asks && (of_person || phrases::would_do_as_well(sentence, (start, end), &segments)) {
                    mentioned.push((Term::Listed(found.concept), form));
                    continue;
                }
                if *need == Need::Done && !tool {
                    mentioned.push((Term::Listed(found.concept), form));
                    continue;
                }
                match around {
                    Some(phrase) => {
                        taken.push((phrase.start, phrase.end));
                        let term = Term::other(&phrase.text);
                        let kind = !tool && phrases::ends_in(sentence, &phrase, (start, end), spoken);
                        here.push((term.clone(), phrase.text));
                        here.extend(kind.then_some((term, form)));
                    }
                    None => {
                        here.push((Term::Listed(found.concept), form));
                        here.extend(wording.map(|wording| (Term::Listed(found.concept), wording)));
                    }
                }
            }
            let in_lower = lower(sentence);
            for (term, needle) in &own {
                let mut places: Vec<(usize, usize)> = terms::places_in_lower(&in_lower, needle).collect();
                places.retain(|(start, end)| !taken.iter().any(|(from, to)| from <= start && end <= to));
                let Some(first) = places.first().copied().filter(|(start, end)| !apart(*start, *end)) else { continue };
                // What a person calls `forecasting` may be half of `statistical forecasting`.
                let around = phrases::around(sentence, first, &segments, &taken).filter(|_| asks);
                match around {
                    Some(phrase) if places.len() == 1 => {
                        taken.push((phrase.start, phrase.end));
                        here.push((Term::other(&phrase.text), phrase.text));
                    }
                    _ if *need == Need::Done => mentioned.push((Term::other(term), term.clone())),
                    _ => {
                        here.push((Term::other(term), term.clone()));
                        taken.extend(places);
                        segments = phrases::segments(sentence, &taken, spoken);
                    }
                }
            }
            // A duty that is done with a known tool may name others beside it.
            if asks || !here.is_empty() && *need == Need::Done {
                let mut phrases = phrases::listed(sentence, &segments, &taken, spoken);
                let begins = |phrase: &phrases::Phrase| sentence[..phrase.start].contains(char::is_alphanumeric);
                let name = |phrase: &phrases::Phrase| begins(phrase) && is_name(&phrase.text, spoken);
                let mut asides = phrases::asides(sentence, &segments);
                asides.extend(who);
                let aside =
                    |phrase: &phrases::Phrase| asides.iter().any(|(from, to)| *from < phrase.end && phrase.start < *to);
                phrases.retain(|phrase| !apart(phrase.start, phrase.end) && !aside(phrase) && (asks || name(phrase)));
                taken.extend(conditions.iter().copied());
                taken.extend(asides);
                taken.extend(phrases.iter().map(|phrase| (phrase.start, phrase.end)));
                let coined = coined(sentence, &taken);
                // What has an everyday sense too is meant here.
                let version = |c: char| c.is_ascii_digit() || matches!(c, '.' | '+' | ' ');
                let term = |form: &str| {
                    let named = terms::named(form).or_else(|| terms::named(form.trim_end_matches(version)));
                    named.map_or_else(|| Term::other(form), Term::Listed)
                };
                for phrase in phrases {
                    let named = term(&phrase.text);
                    if let Term::Listed(_) = named
                        && let Some(wording) = phrases::wording(sentence, (phrase.start, phrase.end), &segments)
                    {
                        here.push((named.clone(), phrase.text));
                        here.push((named, wording.to_owned()));
                        continue;
                    }
                    here.push((named.clone(), phrase.text));
                    here.extend(phrase.also.map(|also| (named, also)));
                }
                here.extend(coined.into_iter().map(|form| (term(&form), form)));
            }
            let mentioned = mentioned.into_iter().map(|(term, form)| (term, form, Need::Mentioned));
            for (term, form, need) in here.into_iter().map(|(term, form)| (term, form, *need)).chain(mentioned) {
                let entry = asked.entry(term.clone()).or_insert_with(|| {
                    order.push(term.clone());
                    Asked { term, need, forms: Vec::new(), times: 0 }
                });
                entry.times += 1;
                // The form shown is the one that asks hardest.
                let harder = need > entry.need;
                entry.need = entry.need.max(need);
                entry.forms.retain(|other| !harder || *other != form);
                if harder {
                    entry.forms.insert(0, form);
                } else if !entry.forms.contains(&form) {
                    entry.forms.push(form);
                }
            }
        }
        let asked = order.into_iter().filter_map(|term| asked.remove(&term)).collect();
        let sentences = sentences.into_iter().map(|(_, sentence)| sentence).collect();
        Self { language, asked, sentences, sentences_left_out }
    }

    /// How many terms it asks for.
    pub(crate) fn len(&self) -> usize {
        self.asked.len()
    }

    /// Sets the terms beside what a résumé holds, and what it lacks beside the whole CV, where it is a part of one.
    pub(crate) fn compare(
        &self,
        resume: &Resume,
        whole: Option<&Resume>,
        title: Option<&str>,
        today: Date,
    ) -> JobMatch {
        let held = Held::of(resume);
        let whole = whole.map(Held::of);
        // What the work is done with is needed, unless another sentence says how much.
        let matched = |needs: &[Need]| {
            let asked = self.asked.iter().filter(|asked| needs.contains(&asked.need));
            asked
                .map(|asked| {
                    let mut found = term_match(asked, &held);
                    if found.found == TermFound::Missing
                        && let Some(whole) = whole.as_ref().map(|whole| term_match(asked, whole))
                        && whole.found != TermFound::Missing
                    {
                        found = TermMatch { found: TermFound::Injectable, times_held: 0, ..whole };
                    }
                    found
                })
                .collect()
        };
        JobMatch {
            language: self.language.map(str::to_owned),
            title: title.map(clean_line).filter(|title| !title.is_empty()).map(|title| title_match(title, resume)),
            required: matched(&[Need::Required, Need::Done]),
            preferred: matched(&[Need::Preferred]),
            mentioned: matched(&[Need::Mentioned]),
            knock_outs: knock_out::find(self.sentences.iter().map(String::as_str), resume, today),
            sentences_left_out: self.sentences_left_out,
        }
    }

    /// How much a text has to do with the job: each term in it once, a required one three times a mentioned one.
    pub(crate) fn relevance(&self, text: &str, language: Option<&str>) -> u32 {
        let listed: BTreeSet<Concept> = terms::find(text, language).into_iter().map(|found| found.concept).collect();
        self.asked
            .iter()
            .filter(|asked| match &asked.term {
                Term::Listed(concept) => listed.contains(concept),
                Term::Other(term) => terms::contains_whole(text, term),
            })
            .map(|asked| match asked.need {
                Need::Required | Need::Done => 3,
                Need::Preferred => 2,
                Need::Mentioned => 1,
            })
            .sum()
    }
}

/// A text of a résumé, with what terms that no list holds are looked for in.
struct HeldText {
    pointer: String,
    text: String,
    lower: String,
    stems: Vec<String>,
}

/// The texts of a résumé and the terms in them: which text, how it is written there, whether inflected.
struct Held {
    texts: Vec<HeldText>,
    terms: BTreeMap<Concept, Vec<(usize, String, bool)>>,
    language: Option<String>,
}

impl Held {
    fn of(resume: &Resume) -> Self {
        let language = language::of_resume(resume);
        let mut terms: BTreeMap<Concept, Vec<(usize, String, bool)>> = BTreeMap::new();
        let mut texts = Vec::new();
        for (i, (pointer, text)) in texts_of(resume).into_iter().enumerate() {
            for found in terms::find(&text, language.as_deref()) {
                let form = text[found.start..found.end].to_owned();
                terms.entry(found.concept).or_default().push((i, form, found.inflected));
            }
            let stems = terms::stems(&text, language.as_deref());
            texts.push(HeldText { pointer, lower: lower(&text), text, stems });
        }
        Self { texts, terms, language }
    }

    /// The texts that hold one of the forms as it is written, letter case aside.
    fn in_words<'a>(&self, forms: impl Iterator<Item = &'a String>) -> Vec<(usize, String, bool)> {
        let places = |form: &'a String| {
            let needle = lower(form);
            let texts = self.texts.iter().enumerate();
            let held = texts.filter(move |(_, text)| terms::places_in_lower(&text.lower, &needle).next().is_some());
            held.map(|(i, _)| (i, form.clone(), false))
        };
        forms.flat_map(places).collect()
    }

    /// The texts that name a product. Among skills it may stand in small letters (`nmap`); elsewhere it is meant where it
    /// is written as a name in the middle of a text.
    fn product(&self, name: &str) -> Vec<(usize, String, bool)> {
        let needle = lower(name);
        let named = |text: &HeldText| {
            let skill = text.pointer.starts_with("/skills");
            let within = |(start, end): (usize, usize)| start > 0 && text.text.get(start..end) == Some(name);
            terms::places_in_lower(&text.lower, &needle).any(|place| skill || within(place))
        };
        let places = self.texts.iter().enumerate().filter(|(_, text)| named(text));
        places.map(|(i, _)| (i, name.to_owned(), false)).collect()
    }

    /// The texts that hold a term that no list does, in its words or in another form of them, next to each other: `pipe
    /// fittings` for `pipe fitting`.
    fn unlisted(&self, term: &str, asked_as: &str) -> Vec<(usize, String, bool)> {
        let stems = terms::stems(term, self.language.as_deref());
        let needle = lower(term);
        let held = |(i, text): (usize, &HeldText)| {
            if terms::places_in_lower(&text.lower, &needle).next().is_some() {
                return Some((i, asked_as.to_owned(), false));
            }
            let inflected = term.len() > 4 && text.stems.windows(stems.len().max(1)).any(|words| words == stems);
            inflected.then(|| (i, text.text.chars().take(80).collect(), true))
        };
        self.texts.iter().enumerate().filter_map(held).collect()
    }
}

fn term_match(asked: &Asked, held: &Held) -> TermMatch {
    let asked_as = asked.forms.first().cloned().unwrap_or_default();
    let also_asked_as = asked.forms.iter().skip(1).cloned().collect();
    let (term, hits): (String, Vec<(usize, String, bool)>) = match &asked.term {
        Term::Listed(concept) => {
            let name = terms::name_of(*concept);
            let mut hits = held.terms.get(concept).cloned().unwrap_or_default();
            if hits.is_empty() && terms::is_product(*concept) {
                hits = held.product(name);
            }
            // What a text says word by word as the job description does is held, whatever else the words can mean.
            if hits.is_empty() {
                hits = held.in_words(asked.forms.iter().filter(|form| form.contains(' ')));
            }
            (name.to_owned(), hits)
        }
        Term::Other(term) => {
            let mut hits = held.unlisted(term, &asked_as);
            if hits.is_empty() {
                hits = held.in_words(asked.forms.iter().skip(1));
            }
            (asked_as.clone(), hits)
        }
    };
    let how = |(_, form, inflected): &(usize, String, bool)| {
        let same = asked.forms.iter().any(|asked| asked.to_lowercase() == form.to_lowercase());
        if matches!(asked.term, Term::Other(_)) && *inflected {
            return TermFound::Stem;
        }
        let same_stem = || asked.forms.iter().any(|asked| terms::stems(asked, None) == terms::stems(form, None));
        match same {
            true => TermFound::Exact,
            // Signs have no stem: `C#` and `C` must not meet here.
            false
                if form.chars().all(|c| c.is_alphabetic() || c == ' ' || c == '-')
                    && (*inflected || same_stem())
                    && same_stem() =>
            {
                TermFound::Stem
            }
            false => TermFound::Synonym,
        }
    };
    let best = hits.iter().map(|hit| (how(hit), hit.1.clone())).min_by_key(|(how, _)| *how);
    let mut places: Vec<String> = hits.iter().map(|(i, _, _)| held.texts[*i].pointer.clone()).collect();
    places.dedup();
    let (found, written_as) = match best {
        Some((how, form)) => (how, Some(form)),
        None => (TermFound::Missing, None),
    };
    TermMatch {
        term,
        asked_as,
        also_asked_as,
        found,
        written_as,
        places,
        times_asked: asked.times,
        times_held: hits.len(),
    }
}

fn title_match(title: String, resume: &Resume) -> TitleMatch {
    let language = language::of_resume(resume);
    let wanted: BTreeSet<String> = terms::stems(&title, language.as_deref()).into_iter().collect();
    let positions =
        resume.work.iter().enumerate().map(|(i, work)| (format!("/work/{i}/position"), work.position.as_deref()));
    let places: Vec<String> = std::iter::once(("/basics/label".to_owned(), resume.basics.label.as_deref()))
        .chain(positions)
        .filter(|(_, text)| {
            let held: BTreeSet<String> =
                terms::stems(text.unwrap_or_default(), language.as_deref()).into_iter().collect();
            wanted.is_subset(&held)
        })
        .map(|(pointer, _)| pointer)
        .collect();
    let level_asked = level_of(&title);
    let titles = resume.work.iter().map(|work| work.position.as_deref()).chain([resume.basics.label.as_deref()]);
    let level_held = titles.flatten().filter_map(level_of).max();
    TitleMatch { title, found: !places.is_empty(), places, level_asked, level_held }
}

/// Every text of a résumé that says what the person can and did, with its pointer.
pub(crate) fn texts_of(resume: &Resume) -> Vec<(String, String)> {
    let document = serde_json::to_value(resume).unwrap_or_default();
    let mut texts = Vec::new();
    let members = [
        "/basics/label",
        "/basics/summary",
        "/work",
        "/projects",
        "/skills",
        "/education",
        "/certificates",
        "/publications",
        "/awards",
        "/volunteer",
        "/languages",
        "/interests",
    ];
    for pointer in members {
        if let Some(value) = document.pointer(pointer) {
            collect(value, &mut pointer.to_owned(), &mut texts);
        }
    }
    texts
}

fn collect(value: &serde_json::Value, pointer: &mut String, texts: &mut Vec<(String, String)>) {
    use serde_json::Value;
    let length = pointer.len();
    match value {
        Value::String(text) => texts.push((pointer.clone(), text.clone())),
        Value::Array(entries) => {
            for (i, entry) in entries.iter().enumerate() {
                pointer.push_str(&format!("/{i}"));
                collect(entry, pointer, texts);
                pointer.truncate(length);
            }
        }
        Value::Object(members) => {
            let telling = |name: &str| !matches!(name, "url" | "startDate" | "endDate" | "date" | "releaseDate");
            for (name, member) in members.iter().filter(|(name, _)| telling(name)) {
                pointer.push('/');
                pointer.push_str(name);
                collect(member, pointer, texts);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
}

/// `Solid` is a product, and `solid knowledge` has nothing to do with it.
fn is_said_of_the_next(sentence: &str, found: &terms::Found) -> bool {
    let word = sentence[found.start..found.end].to_lowercase();
    // `To interpret drawings` has nothing to do with interpreting.
    if found.inflected && sentence[..found.start].ends_with(" to ") && !word.contains(' ') {
        return true;
    }
    // An accountant is who the person is.
    if found.inflected && ["ant", "er", "or", "ist"].iter().any(|ending| word.ends_with(ending)) {
        return true;
    }
    let first = !sentence[..found.start].contains(char::is_alphanumeric);
    let next = sentence[found.end..].strip_prefix(' ');
    let said = next.is_some_and(|rest| rest.starts_with(|c: char| c.is_lowercase() || first && c.is_alphabetic()));
    said && terms::is_product(found.concept) && phrases::leads_to_a_thing(&word)
}

/// The résumé's own skills that the list does not hold: a job description may well ask for them.
fn own_terms(resume: &Resume) -> Vec<String> {
    let names = resume.skills.iter().filter(|skill| skill.keywords.is_empty()).filter_map(|skill| skill.name.as_ref());
    let mut own: Vec<String> = names
        .chain(resume.skills.iter().flat_map(|skill| &skill.keywords))
        .chain(resume.projects.iter().flat_map(|project| &project.keywords))
        .map(|term| clean_line(term))
        .filter(|term| (3..=60).contains(&term.chars().count()) && terms::find(term, None).is_empty())
        .collect();
    own.sort_by_key(|term| term.to_lowercase());
    own.dedup_by_key(|term| term.to_lowercase());
    own
}

/// What known terms next to each other name: the tool where the first is whose it is or what it runs on (`SAP ABAP`,
/// `HubSpot CRM`), else one thing of their own (`B2B sales`).
fn whole_of(listed: &[terms::Found], pair: &phrases::Phrase) -> Term {
    let within = |found: &&terms::Found| pair.start <= found.start && found.end <= pair.end;
    let here: Vec<&terms::Found> = listed.iter().filter(within).collect();
    if let [first, last] = here[..]
        && first.start == pair.start
        && last.end == pair.end
        && last.start == first.end + 1
        && terms::is_tool(first.concept)
    {
        if terms::is_tool(last.concept) {
            return Term::Listed(last.concept);
        }
        if ["CRM", "Enterprise resource planning"].contains(&terms::name_of(last.concept)) {
            return Term::Listed(first.concept);
        }
    }
    Term::other(&pair.text)
}

/// Whether a text is a name by its capitals; German writes every thing with one.
fn is_name(text: &str, language: Option<&str>) -> bool {
    language != Some("de") && text.split(' ').all(phrases::begins_a_name)
}

/// Names that nobody takes for a word of the language: capitals (`FPGA`) and mixed case (`SolidWorks`, `iTWO`).
fn coined(sentence: &str, taken: &[(usize, usize)]) -> Vec<String> {
    const NO_SKILLS: [&str; 47] = [
        "II", "III", "IV", "VI", "VII", "USA", "US", "UK", "EU", "UAE", "NYC", "CV", "IT", "HR", "CEO", "CTO", "CFO",
        "COO", "VP", "FTE", "PTO", "OK", "AND", "OR", "NOT", "THE", "FOR", "YOU", "MUST", "HAVE", "EOE", "EEO", "ID",
        "BS", "BA", "MS", "MA", "BSC", "MSC", "PHD", "MBA", "GPA", "AM", "PM", "EUR", "AA", "AAA",
    ];
    let shouted = sentence.chars().filter(|c| c.is_uppercase()).count() * 2
        > sentence.chars().filter(|c| c.is_alphabetic()).count();
    if shouted {
        return Vec::new();
    }
    let free = |start: usize, end: usize| taken.iter().all(|(from, to)| end <= *from || start >= *to);
    sentence
        .unicode_word_indices()
        .filter(|(start, word)| free(*start, start + word.len()))
        .map(|(_, word)| word)
        .filter(|word| word.is_ascii() && word.chars().all(char::is_alphanumeric) && (2..=20).contains(&word.len()))
        .filter(|word| {
            let upper = word.bytes().filter(u8::is_ascii_uppercase).count();
            let lower = word.bytes().filter(u8::is_ascii_lowercase).count();
            let capitals = lower == 0 && upper >= 2 && word.len() <= 6;
            let mixed = lower >= 1
                && word.bytes().skip(1).any(|byte| byte.is_ascii_uppercase())
                && upper >= 1
                && !word.ends_with("In");
            // The plural of an abbreviation (`KPIs`) is not mixed case.
            let plural = upper + 1 == word.len() && word.ends_with('s');
            (capitals || mixed && !plural) && !NO_SKILLS.contains(&word.to_uppercase().as_str())
        })
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 11, 21);

    fn resume(json: &str) -> Resume {
        serde_json::from_str(json).unwrap()
    }

    fn names(terms: &[TermMatch]) -> Vec<&str> {
        terms.iter().map(|term| term.term.as_str()).collect()
    }

    const POSTING: &str = "Senior Platform Engineer
About us
We are a Java shop with 200 people and love Photoshop.
What you'll do
Run our platform on AWS and improve observability.
Requirements:
• 5+ years with Kubernetes and Terraform
• Strong Go or C++; Python is a plus
• FPGA experience
Nice to have
- Kafka, GraphQL
Benefits
Dental, Excel trainings and a gym.
We are an equal opportunity employer and do not discriminate on the basis of PHP or Ruby.";

    #[test]
    fn required_preferred_and_mentioned_terms_are_told_apart() {
        let found = Job::read(POSTING, &Resume::default()).compare(&Resume::default(), None, None, TODAY);
        assert_eq!(
            names(&found.required),
            ["AWS", "Kubernetes", "Terraform", "Go", "C++", "Field-programmable gate arrays"]
        );
        assert_eq!(names(&found.preferred), ["Python", "Kafka", "GraphQL"]);
        assert_eq!(names(&found.mentioned), ["Observability"]);
    }

    #[test]
    fn portrait_benefits_and_equal_opportunity_text_ask_for_nothing() {
        let found = Job::read(POSTING, &Resume::default()).compare(&Resume::default(), None, None, TODAY);
        let all: Vec<&str> = [names(&found.required), names(&found.preferred), names(&found.mentioned)].concat();
        for absent in ["Java", "Photoshop", "Excel", "PHP", "Ruby"] {
            assert!(!all.contains(&absent), "{absent}");
        }
        assert_eq!(found.sentences_left_out, 3);
    }

    #[test]
    fn each_way_of_holding_a_term_is_reported_as_what_it_is() {
        let resume = resume(
            r#"{"basics":{"summary":"Ran k8s clusters"},"work":[{"position":"Engineer","highlights":["Negotiated contracts","Wrote Terraform modules"]}],
                "skills":[{"name":"Cloud","keywords":["AWS"]}]}"#,
        );
        let found = Job::read("Requirements: Kubernetes, Terraform, negotiation, Python", &resume)
            .compare(&resume, None, None, TODAY);
        let by: Vec<_> = found
            .required
            .iter()
            .map(|t| (t.term.as_str(), t.found, t.written_as.as_deref(), t.places.clone()))
            .collect();
        assert_eq!(
            by,
            [
                ("Kubernetes", TermFound::Synonym, Some("k8s"), vec!["/basics/summary".to_owned()]),
                ("Terraform", TermFound::Exact, Some("Terraform"), vec!["/work/0/highlights/1".to_owned()]),
                ("Negotiation", TermFound::Stem, Some("Negotiated"), vec!["/work/0/highlights/0".to_owned()]),
                ("Python", TermFound::Missing, None, vec![]),
            ]
        );
    }

    #[test]
    fn a_skill_of_the_persons_own_counts_when_the_posting_names_it() {
        let resume = resume(r#"{"skills":[{"name":"Tools","keywords":["RIB iTWO"]}]}"#);
        let found =
            Job::read("Anforderungen\nSie arbeiten sicher mit RIB iTWO.", &resume).compare(&resume, None, None, TODAY);
        assert_eq!(names(&found.required), ["RIB iTWO"]);
        assert_eq!(found.required[0].found, TermFound::Exact);
    }

    #[test]
    fn a_posting_on_one_line_is_understood_too() {
        let text = "Requirements: Kubernetes, Haskell. Nice to have: Go, Rust.";
        let found = Job::read(text, &Resume::default()).compare(&Resume::default(), None, None, TODAY);
        assert_eq!(names(&found.required), ["Kubernetes", "Haskell"]);
        assert_eq!(names(&found.preferred), ["Go", "Rust"]);
    }

    #[test]
    fn duties_need_their_tools_and_ask_for_nothing_else() {
        let text =
            "Essential duties:\n- Plan budgets in Excel\n- Look after Looker Studio\n- Run Kafka\nWelcome: Kafka";
        let found = Job::read(text, &Resume::default()).compare(&Resume::default(), None, None, TODAY);
        assert_eq!(names(&found.required), ["Excel", "Looker Studio"]);
        assert_eq!(names(&found.preferred), ["Kafka"]);
        assert_eq!(names(&found.mentioned), ["Budgeting"]);
    }

    #[test]
    fn a_wording_that_says_what_is_done_with_a_term_is_another_one_for_it() {
        let found = Job::read("Requirements: Linux administration, AWS cloud services", &Resume::default()).compare(
            &Resume::default(),
            None,
            None,
            TODAY,
        );
        assert_eq!(names(&found.required), ["Linux", "AWS"]);
        assert_eq!(found.required[0].also_asked_as, ["Linux administration"]);
        assert_eq!(found.required[1].also_asked_as, ["AWS cloud services"]);
    }

    #[test]
    fn brackets_may_want_otherwise_than_their_sentence() {
        let found = Job::read(
            "Requirements: relational databases (PostgreSQL preferred), SQL tuning (joins)",
            &Resume::default(),
        )
        .compare(&Resume::default(), None, None, TODAY);
        assert_eq!(names(&found.required), ["Relational databases", "SQL tuning", "joins"]);
        assert_eq!(names(&found.preferred), ["PostgreSQL"]);
    }

    #[test]
    fn german_wording_is_understood() {
        let text = "Ihr Profil\nSehr gute Kenntnisse in SAP und Python sind erforderlich.\nErfahrung mit Power BI ist von Vorteil.\nWir bieten\nEinen Kurs in Excel.";
        let found = Job::read(text, &Resume::default()).compare(&Resume::default(), None, None, TODAY);
        assert_eq!(names(&found.required), ["SAP", "Python"]);
        assert_eq!(names(&found.preferred), ["Power BI"]);
        assert_eq!(found.mentioned, []);
    }

    #[test]
    fn a_title_is_held_by_a_headline_or_a_position_with_all_its_words() {
        let resume = resume(r#"{"basics":{"label":"Engineer"},"work":[{"position":"Senior Software Engineer"}]}"#);
        let title = |title: &str| Job::default().compare(&resume, None, Some(title), TODAY).title.unwrap();
        assert_eq!(title("Software Engineer").places, ["/work/0/position"]);
        assert!(!title("Data Engineer").found);
    }

    #[test]
    fn what_only_the_whole_cv_holds_can_be_put_in() {
        let whole = resume(r#"{"skills":[{"name":"Rust"},{"name":"Haskell"}]}"#);
        let version = resume(r#"{"skills":[{"name":"Rust"}]}"#);
        let job = Job::read("Requirements: Rust, Haskell, Erlang", &whole);
        let found = job.compare(&version, Some(&whole), None, TODAY).required;
        let by: Vec<_> = found.iter().map(|t| (t.term.as_str(), t.found, t.times_held)).collect();
        assert_eq!(
            by,
            [("Rust", TermFound::Exact, 1), ("Haskell", TermFound::Injectable, 0), ("Erlang", TermFound::Missing, 0)]
        );
        assert_eq!(found[1].places, ["/skills/1/name"]);
    }

    #[test]
    fn the_level_of_a_title_is_set_beside_the_highest_one_held() {
        let resume = resume(r#"{"work":[{"position":"Senior Accountant"},{"position":"Junior Accountant"}]}"#);
        let levels = |title: &str| {
            let title = Job::default().compare(&resume, None, Some(title), TODAY).title.unwrap();
            (title.level_asked, title.level_held)
        };
        assert_eq!(levels("Head of Finance"), (Some(Level::Lead), Some(Level::Senior)));
        assert_eq!(levels("Accountant"), (None, Some(Level::Senior)));
    }

    #[test]
    fn repeating_a_term_does_not_raise_relevance() {
        let job = Job::read("Required: Rust and SQL", &Resume::default());
        assert_eq!(job.relevance("SQL", None), 3);
        assert_eq!(job.relevance("SQL SQL SQL SQL", None), 3);
        assert_eq!(job.relevance("SQL, Rust", None), 6);
        assert_eq!(job.relevance("Gardening", None), 0);
    }
}
