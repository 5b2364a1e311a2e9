//! The documents of `tests/corpus`: scored against their truths, and held to what holds for every document.
#![allow(clippy::unwrap_used, reason = "what is missing here fails the test")]

#[path = "../examples/score/referee.rs"]
mod referee;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use vitae_document::{Document, Limits};

/// What the mean over all documents may not fall below, in hundredths of F1. It is raised when the score has risen.
const FLOOR: f64 = 99.6;

struct Doc {
    name: String,
    layout: String,
    bytes: Vec<u8>,
    truth: Value,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus/documents")
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn docs() -> Vec<Doc> {
    let manifest = json(&folder().join("manifest.json"));
    let say = |entry: &Value, member: &str| entry[member].as_str().unwrap().to_owned();
    let docs: Vec<Doc> = manifest["docs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| Doc {
            name: say(entry, "doc"),
            layout: say(entry, "renderer"),
            bytes: fs::read(folder().join(say(entry, "file"))).unwrap(),
            truth: json(&folder().join(format!("{}.truth.json", say(entry, "doc")))),
        })
        .collect();
    assert!(docs.len() >= 40, "the corpus is whole: {} documents", docs.len());
    docs
}

fn document(doc: &Doc) -> Document {
    vitae_document::read(&doc.bytes, &Limits::default()).unwrap().document
}

fn resume(document: &Document) -> Value {
    serde_json::to_value(vitae_parser::parse(document).resume).unwrap()
}

#[test]
fn the_score_does_not_fall_and_the_floor_rises_with_it() {
    let scores: Vec<(String, f64)> = docs()
        .iter()
        .map(|doc| (doc.name.clone(), 100.0 * referee::score(&doc.truth, &resume(&document(doc))).mean()))
        .collect();
    let mean = scores.iter().map(|(_, score)| score).sum::<f64>() / scores.len() as f64;
    let low: Vec<_> = scores.iter().filter(|(_, score)| *score < 97.0).collect();
    assert!(mean >= FLOOR, "{mean:.2}, below the floor of {FLOOR}; weakest: {low:?}");
    assert!(mean < FLOOR + 0.5, "{mean:.2}: raise the floor of {FLOOR}");
}

#[test]
fn the_referee_gives_a_truth_all_and_nothing_none() {
    for doc in docs() {
        assert!((referee::score(&doc.truth, &doc.truth).mean() - 1.0).abs() < 1e-9, "{}", doc.name);
        assert_eq!(referee::score(&doc.truth, &Value::Null).mean(), 0.0, "{}", doc.name);
    }
}

#[test]
fn of_what_is_stated_at_nine_tenths_nine_tenths_are_right() {
    let (mut right, mut all) = (0, 0);
    for doc in docs() {
        let said = resume(&document(&doc));
        let confidence = &said["meta"]["vitae"]["confidence"];
        for (pointer, correct) in referee::score(&doc.truth, &said).judged {
            if confidence[&pointer].as_f64().is_some_and(|stated| stated >= 0.9) {
                all += 1;
                right += usize::from(correct);
            }
        }
    }
    assert!(all > 500, "{all} values are judged");
    assert!(right * 10 >= all * 9, "{right} of {all}");
}

#[test]
fn the_same_bytes_give_the_same_resume() {
    for doc in docs() {
        let written = |_| serde_json::to_string(&resume(&document(&doc))).unwrap();
        assert_eq!(written(1), written(2), "{}", doc.name);
    }
}

#[test]
fn spans_say_which_characters_of_the_text_they_are() {
    for doc in docs() {
        let document = document(&doc);
        let text: Vec<char> = document.text().chars().collect();
        let said = resume(&document);
        let spans = said["meta"]["vitae"]["spans"].as_object().unwrap();
        let name = said["basics"]["name"].as_str().unwrap();
        let [from, to] = [0, 1].map(|i| spans["/basics/name"][0]["text"][i].as_u64().unwrap() as usize);
        let shown: String = text[from..to].iter().collect();
        assert!(
            squash(&shown).contains(&squash(name)) || squash(name).contains(&squash(&shown)),
            "{}: {shown}",
            doc.name
        );
        for (pointer, all) in spans {
            for span in all.as_array().unwrap() {
                let [from, to] = [0, 1].map(|i| span["text"][i].as_u64().unwrap() as usize);
                assert!(from < to && to <= text.len(), "{}: {pointer}", doc.name);
            }
        }
    }
}

/// The version and the digest of what it read, as they stand in `version.txt`.
#[test]
fn what_is_read_changes_with_the_version_alone() {
    let mut digest = Sha256::new();
    for doc in docs() {
        let mut said = resume(&document(&doc));
        said["meta"]["vitae"]["parser_version"] = Value::Null;
        // How the file is built is no part of what it says.
        said["meta"]["vitae"].as_object_mut().unwrap().remove("build");
        digest.update(serde_json::to_vec(&said).unwrap());
    }
    let now = format!("{} {}", vitae_parser::VERSION, hex::encode(digest.finalize()));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/version.txt");
    if std::env::var_os("UPDATE_VERSION").is_some() {
        fs::write(&path, format!("{now}\n")).unwrap();
    }
    let recorded = fs::read_to_string(&path).unwrap();
    let (version, _) = recorded.trim().split_once(' ').unwrap();
    let same_version = version == vitae_parser::VERSION;
    assert_eq!(
        recorded.trim(),
        now,
        "{}; then UPDATE_VERSION=1 writes tests/version.txt",
        if same_version { "documents read differently: raise vitae_parser::VERSION" } else { "a new version" }
    );
}

/// One document of each layout, as the parser reads it: what changes here was meant to.
#[test]
fn one_document_of_each_layout_reads_as_before() {
    let mut seen = BTreeSet::new();
    for doc in docs() {
        if seen.insert(doc.layout.clone()) {
            let mut said = resume(&document(&doc));
            said["meta"]["vitae"] = Value::Null;
            insta::assert_json_snapshot!(doc.layout.as_str(), said);
        }
    }
    assert_eq!(seen.len(), 31);
}

// ------------------------------------------------------------------------------------------- nothing is invented

/// Letters and digits in one form.
fn squash(text: &str) -> String {
    referee::norm(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

fn leaves(value: &Value, pointer: &str, out: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => out.push((pointer.to_owned(), text.clone())),
        Value::Array(all) => all.iter().enumerate().for_each(|(i, v)| leaves(v, &format!("{pointer}/{i}"), out)),
        Value::Object(all) => all.iter().for_each(|(k, v)| leaves(v, &format!("{pointer}/{k}"), out)),
        _ => {}
    }
}

/// What a document says, in the forms in which leaves are looked for.
struct Said {
    /// Letters and digits of the whole text.
    text: String,
    words: BTreeSet<String>,
    digits: String,
    links: String,
}

impl Said {
    fn by(document: &Document) -> Self {
        let text = document.text();
        Self {
            words: text.split(|c: char| !c.is_alphanumeric()).map(squash).collect(),
            digits: text.chars().filter(char::is_ascii_digit).collect(),
            links: document.words().filter_map(|word| word.link.as_deref()).map(squash).collect(),
            text: squash(&text),
        }
    }

    /// The rules by which a leaf may derive from the text; nothing else may stand in a résumé.
    fn supports(&self, pointer: &str, leaf: &str) -> bool {
        let member = pointer.rsplit('/').next().unwrap_or_default();
        match member {
            // A date in another form: its year, and its month by name or number, are in the text.
            "startDate" | "endDate" | "date" | "releaseDate" => self.has_date(leaf),
            // A telephone number with the prefix of its country.
            "phone" => {
                let digits: String = leaf.chars().filter(char::is_ascii_digit).collect();
                (0..=3).any(|prefix| digits.len() >= prefix + 6 && self.digits.contains(&digits[prefix..]))
            }
            // A country's code: its name, or the telephone prefix that only it has, is in the text.
            "countryCode" => self.has_country(leaf),
            // An address gains its scheme; a link's target need not be shown.
            "url" => {
                let bare = leaf.split_once("://").map_or(leaf, |(_, bare)| bare);
                let bare = squash(bare.trim_start_matches("www."));
                self.text.contains(&bare) || self.links.contains(&bare)
            }
            // A network's name follows from its address.
            "network" => self.text.contains(&squash(leaf)) || self.links.contains(&squash(leaf)),
            "username" => self.text.contains(&squash(leaf)) || self.links.contains(&squash(leaf)),
            // Text stands as it is, broken words joined; what stood in several places stands in parts or words.
            _ => {
                let whole = squash(leaf);
                let in_parts = || {
                    let parts = leaf.split([',', '|', '–', '-', ':', '(']).map(squash);
                    parts.filter(|part| !part.is_empty()).all(|part| self.text.contains(&part))
                };
                let in_words = || {
                    let words = leaf.split(|c: char| !c.is_alphanumeric()).map(squash);
                    words
                        .filter(|word| !word.is_empty())
                        .all(|word| self.words.contains(&word) || self.text.contains(&word))
                };
                self.text.contains(&whole) || in_parts() || in_words()
            }
        }
    }

    fn has_date(&self, date: &str) -> bool {
        let mut parts = date.split('-');
        let year = parts.next().unwrap_or_default();
        let short = year.get(2..).unwrap_or_default();
        let number = |n: u32| self.words.contains(&n.to_string()) || self.words.contains(&format!("{n:02}"));
        let months = include_str!("../data/dates.txt");
        let named = |month: u32| {
            let from = months.find(&format!("[{month}]\n")).unwrap();
            let line = months[from..].lines().nth(1).unwrap();
            line.split_whitespace().map(squash).any(|name| self.words.iter().any(|word| word.starts_with(&name)))
        };
        (self.digits.contains(year) || self.words.contains(short))
            && parts.next().is_none_or(|month| {
                let month = month.parse().unwrap();
                number(month) || named(month)
            })
            && parts.next().is_none_or(|day| number(day.parse().unwrap()))
    }

    fn has_country(&self, code: &str) -> bool {
        let places = include_str!("../data/places.txt");
        let names = places.lines().find(|line| line.starts_with(&format!("{code} "))).unwrap_or_default();
        let says = |name: &str| name.split('_').all(|word| self.words.contains(&squash(word)));
        names.split_whitespace().skip(1).any(says) || self.words.contains(&code.to_lowercase())
    }
}

#[test]
fn nothing_is_said_that_the_document_does_not_say() {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for doc in docs() {
        let document = document(&doc);
        let said = Said::by(&document);
        let mut resume = resume(&document);
        resume["meta"] = Value::Null;
        let mut found = Vec::new();
        leaves(&resume, "", &mut found);
        for (pointer, leaf) in found {
            assert!(said.supports(&pointer, &leaf), "{}: {pointer}: {leaf:?}", doc.name);
            *kinds.entry(pointer.rsplit('/').next().unwrap().to_owned()).or_default() += 1;
        }
    }
    for member in ["startDate", "phone", "countryCode", "url", "position", "fluency"] {
        assert!(kinds.contains_key(member), "{member} was seen");
    }
}

#[test]
fn what_the_document_does_not_say_is_noticed() {
    let docs = docs();
    let said = Said::by(&document(&docs[0]));
    for (pointer, leaf) in [
        ("/work/0/position", "Astronaut Trainer"),
        ("/work/0/startDate", "1961-04"),
        ("/basics/phone", "+15550001122"),
        ("/basics/location/countryCode", "NP"),
        ("/basics/url", "https://nowhere.example.net"),
    ] {
        assert!(!said.supports(pointer, leaf), "{pointer}");
    }
}
