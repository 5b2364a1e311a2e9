//! Scores résumés against their truths: `cargo run --example score -- TRUTHS [RÉSUMÉS]`.
//!
//! TRUTHS holds `<doc>.truth.json` for each document and `manifest.json`; RÉSUMÉS holds `<doc>.json`, as `cargo local
//! parse --out` writes them. Without RÉSUMÉS the documents beside the truths are read here, those with a text layer.
//! It prints F1 by field, layout, kind and language, and how often values of each confidence are right: as the parser
//! states it, and as a calibration that was fitted on all other people would.

mod referee;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::Value;

/// A document with what its manifest says of it.
struct Scored {
    doc: String,
    person: String,
    layout: String,
    kind: String,
    language: String,
    score: referee::Score,
    confidence: BTreeMap<String, f64>,
}

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let truths = arguments.next().context("usage: score TRUTHS [RÉSUMÉS]")?;
    let scored = score_all(&truths, arguments.next().as_deref())?;
    let mut out = std::io::stdout().lock();
    for (name, of) in [
        ("layout", (|s: &Scored| s.layout.clone()) as fn(&Scored) -> String),
        ("kind", |s| s.kind.clone()),
        ("language", |s| s.language.clone()),
    ] {
        writeln!(out, "by {name}")?;
        let mut groups: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        scored.iter().for_each(|s| groups.entry(of(s)).or_default().push(s.score.mean()));
        for (group, scores) in groups {
            writeln!(out, "  {group:24} {:5.1}  of {}", 100.0 * mean(&scores), scores.len())?;
        }
    }
    writeln!(out, "by field")?;
    for group in referee::GROUPS {
        let scores: Vec<f64> = scored.iter().filter_map(|s| s.score.fields.get(group).copied()).collect();
        if !scores.is_empty() {
            writeln!(out, "  {group:24} {:5.1}  of {}", 100.0 * mean(&scores), scores.len())?;
        }
    }
    reliability(&scored, &mut out)?;
    let mut worst: Vec<&Scored> = scored.iter().collect();
    worst.sort_by(|a, b| a.score.mean().total_cmp(&b.score.mean()));
    writeln!(out, "the weakest")?;
    for s in worst.iter().take(60) {
        let lost: Vec<String> =
            s.score.fields.iter().filter(|(_, f)| **f < 0.97).map(|(g, f)| format!("{g} {:.0}", 100.0 * f)).collect();
        writeln!(out, "  {:40} {:5.1}  {}", s.doc, 100.0 * s.score.mean(), lost.join(", "))?;
    }
    let all: Vec<f64> = scored.iter().map(|s| s.score.mean()).collect();
    writeln!(out, "all {:.2} of {}", 100.0 * mean(&all), all.len())?;
    Ok(())
}

fn score_all(truths: &Path, resumes: Option<&Path>) -> anyhow::Result<Vec<Scored>> {
    let read = |path: &Path| -> anyhow::Result<Value> {
        serde_json::from_slice(&fs::read(path).with_context(|| format!("no {}", path.display()))?)
            .with_context(|| format!("{} is no JSON", path.display()))
    };
    let manifest = read(&truths.join("manifest.json"))?;
    let mut scored = Vec::new();
    for entry in manifest["docs"].as_array().context("the manifest lists no docs")? {
        let say = |member: &str| entry[member].as_str().unwrap_or_default().to_owned();
        let doc = say("doc");
        let truth = read(&truths.join(format!("{doc}.truth.json")))?;
        let said = match resumes {
            Some(resumes) => read(&resumes.join(format!("{doc}.json"))).unwrap_or(Value::Null),
            None => match parse(truths, &doc, &say("file"))? {
                Some(said) => said,
                None => continue,
            },
        };
        let confidence = said.pointer("/meta/vitae/confidence").and_then(Value::as_object);
        scored.push(Scored {
            score: referee::score(&truth, &said),
            confidence: confidence
                .map(|all| all.iter().filter_map(|(k, v)| Some((k.clone(), v.as_f64()?))).collect())
                .unwrap_or_default(),
            person: if say("person").is_empty() {
                doc.split("__").next().unwrap_or_default().to_owned()
            } else {
                say("person")
            },
            layout: say("renderer"),
            kind: say("kind"),
            language: say("language"),
            doc,
        });
    }
    Ok(scored)
}

/// Reads and parses a document in this process; `None` if its pages are pictures.
fn parse(folder: &Path, doc: &str, file: &str) -> anyhow::Result<Option<Value>> {
    let path = if file.is_empty() {
        let found = ["pdf", "docx", "txt", "md", "odt", "rtf"].map(|ext| folder.join(format!("{doc}.{ext}")));
        found.into_iter().find(|path| path.is_file())
    } else {
        Some(folder.join(file))
    };
    let Some(path) = path.filter(|path| path.extension() != Some(OsStr::new("json"))) else { return Ok(None) };
    let reading = vitae_document::read(&fs::read(&path)?, &vitae_document::Limits::default())
        .with_context(|| format!("{} is not read", path.display()))?;
    if !reading.images.is_empty() {
        return Ok(None);
    }
    Ok(Some(serde_json::to_value(vitae_parser::parse(&reading.document).resume)?))
}

/// The kind of value that a pointer names: `/work/3/highlights/0` is `work.highlights`.
fn field(pointer: &str) -> String {
    pointer.split('/').filter(|part| !part.is_empty() && part.parse::<usize>().is_err()).collect::<Vec<_>>().join(".")
}

fn reliability(scored: &[Scored], out: &mut impl std::io::Write) -> anyhow::Result<()> {
    struct Value {
        field: String,
        person: String,
        stated: f64,
        right: bool,
    }
    let mut values = Vec::new();
    for s in scored {
        for (pointer, right) in &s.score.judged {
            if let Some(stated) = s.confidence.get(pointer) {
                values.push(Value { field: field(pointer), person: s.person.clone(), stated: *stated, right: *right });
            }
        }
    }
    // Fitted on all people but one, judged on that one, in turn.
    let people: BTreeSet<&str> = values.iter().map(|value| value.person.as_str()).collect();
    let mut fitted = Vec::new();
    for person in people {
        let mut cells: BTreeMap<(&str, i64), (f64, f64)> = BTreeMap::new();
        let bin = |stated: f64| (stated * 20.0).floor() as i64;
        for value in values.iter().filter(|value| value.person != person) {
            let cell = cells.entry((&value.field, bin(value.stated))).or_default();
            cell.0 += f64::from(u8::from(value.right));
            cell.1 += 1.0;
        }
        for value in values.iter().filter(|value| value.person == person) {
            let (right, all) = cells.get(&(value.field.as_str(), bin(value.stated))).copied().unwrap_or_default();
            // What was stated counts as ten cases, so that few cases move it little.
            fitted.push(((right + 10.0 * value.stated) / (all + 10.0), value.right));
        }
    }
    writeln!(out, "reliability         as stated                    fitted on the other people")?;
    let stated: Vec<(f64, bool)> = values.iter().map(|value| (value.stated, value.right)).collect();
    for (low, high) in [(0.0, 0.5), (0.5, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.01)] {
        let row = |values: &[(f64, bool)]| {
            let within: Vec<&(f64, bool)> = values.iter().filter(|(c, _)| *c >= low && *c < high).collect();
            let right = within.iter().filter(|(_, right)| *right).count();
            let share = 100.0 * right as f64 / within.len().max(1) as f64;
            format!("{share:5.1} % of {:6} right", within.len())
        };
        writeln!(out, "  {low:.1} to {:.1}    {}    {}", f64::min(high, 1.0), row(&stated), row(&fitted))?;
    }
    writeln!(out, "stated at 0.9 and above, by field")?;
    let mut fields: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for value in values.iter().filter(|value| value.stated >= 0.9) {
        let cell = fields.entry(&value.field).or_default();
        cell.0 += usize::from(value.right);
        cell.1 += 1;
    }
    for (name, (right, all)) in fields {
        writeln!(out, "  {name:28} {:5.1} % of {all:5} right", 100.0 * right as f64 / all as f64)?;
    }
    Ok(())
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}
