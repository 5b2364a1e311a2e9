//! A file just made, read back by our own reader and set beside the CV it was made from, field by field.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use vitae_resume::Resume;

use crate::sheet::{Section, clean_line};

/// Likeness from which a text that was read is the same field changed, and not another.
const LIKE: f64 = 0.6;

/// What came back out of a file.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = AtsRoundTrip)]
pub struct RoundTrip {
    /// How many fields came back as they were.
    pub recovered: usize,
    /// How many came back otherwise.
    pub changed: usize,
    /// How many did not come back.
    pub lost: usize,
    /// The harmonic mean of two shares, 0 to 1: of the fields written that came back as they were, and of the fields read
    /// that had been written so. Null where the file shows no field.
    #[schema(minimum = 0, maximum = 1)]
    pub f1: Option<f64>,
    /// Each field that the file shows.
    pub fields: Vec<FieldTrip>,
    /// What was read and had not been written.
    pub added: Vec<AddedField>,
}

/// A field that was read and had not been written.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = AtsAddedField)]
pub struct AddedField {
    /// JSON pointer (RFC 6901) into the résumé as it was read.
    pub pointer: String,
    /// What was read.
    pub read: String,
}

/// What became of one field.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = AtsFieldTrip)]
pub struct FieldTrip {
    /// JSON pointer (RFC 6901) into the résumé.
    pub pointer: String,
    /// What became of it.
    pub state: FieldState,
    /// What was read instead, where it came back otherwise.
    pub read: Option<String>,
}

/// What became of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AtsFieldState)]
pub enum FieldState {
    /// It came back as it was, letter case and typography aside.
    Recovered,
    /// It came back otherwise.
    Changed,
    /// It did not come back.
    Lost,
}

impl RoundTrip {
    /// Sets what was read beside what was written: the fields of `sections` and of the head.
    pub(crate) fn of(written: &Resume, read: &Resume, sections: &[Section]) -> Self {
        let written = serde_json::to_value(written).unwrap_or_default();
        let read = serde_json::to_value(read).unwrap_or_default();
        let fields = compare(&written, &read, sections);
        let back = compare(&read, &written, sections);
        let count = |fields: &[FieldTrip], state| fields.iter().filter(|field| field.state == state).count();
        let recovered = count(&fields, FieldState::Recovered);
        let f1 = (!fields.is_empty()).then(|| {
            let recall = recovered as f64 / fields.len() as f64;
            let precision = count(&back, FieldState::Recovered) as f64 / back.len().max(1) as f64;
            if recall + precision > 0.0 { 2.0 * recall * precision / (recall + precision) } else { 0.0 }
        });
        let value = |pointer: &str| read.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let added = back.into_iter().filter(|field| field.state == FieldState::Lost);
        Self {
            recovered,
            changed: count(&fields, FieldState::Changed),
            lost: count(&fields, FieldState::Lost),
            f1,
            fields,
            added: added.map(|field| AddedField { read: value(&field.pointer), pointer: field.pointer }).collect(),
        }
    }

    /// The share of the fields that came back; a changed one counts half. `None` where there was no field.
    pub(crate) fn share(&self) -> Option<f64> {
        let came = self.recovered as f64 + self.changed as f64 / 2.0;
        (!self.fields.is_empty()).then(|| came / self.fields.len() as f64)
    }
}

fn compare(written: &Value, read: &Value, sections: &[Section]) -> Vec<FieldTrip> {
    let mut fields = Vec::new();
    compare_basics(&written["basics"], &read["basics"], sections.contains(&Section::Summary), &mut fields);
    for section in sections.iter().filter(|section| **section != Section::Summary) {
        let pointer = section.pointer();
        let (written, read) = (entries(written, pointer), entries(read, pointer));
        match section {
            Section::Skills | Section::Interests => compare_groups(pointer, written, read, &mut fields),
            _ => compare_entries(pointer, written, read, &mut fields),
        }
    }
    fields
}

fn entries<'a>(document: &'a Value, pointer: &str) -> &'a [Value] {
    document.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn compare_basics(written: &Value, read: &Value, with_summary: bool, fields: &mut Vec<FieldTrip>) {
    for member in ["name", "label", "email", "phone", "url", "summary"] {
        if member != "summary" || with_summary {
            compare_text(&format!("/basics/{member}"), member, &written[member], &read[member], fields);
        }
    }
    for member in ["address", "postalCode", "city", "region", "countryCode"] {
        let pointer = format!("/basics/location/{member}");
        // A region that repeats its city is written once.
        let repeated = member == "region" && written["location"]["region"] == written["location"]["city"];
        if !repeated {
            compare_text(&pointer, member, &written["location"][member], &read["location"][member], fields);
        }
    }
    let addresses: Vec<&Value> =
        entries(read, "/profiles").iter().map(|profile| &profile["url"]).chain([&read["url"]]).collect();
    for (i, profile) in entries(written, "/profiles").iter().enumerate() {
        // Where there is an address it stands alone on the document: network and user name follow from it.
        let member = if profile["url"].is_string() { "url" } else { "username" };
        let candidates: Vec<&Value> = match member {
            "url" => addresses.clone(),
            _ => entries(read, "/profiles").iter().map(|profile| &profile["username"]).collect(),
        };
        compare_any(&format!("/basics/profiles/{i}/{member}"), member, &profile[member], &candidates, fields);
    }
}

/// Pairs each entry with the one most like it, best pairs first, and compares their members.
fn compare_entries(pointer: &str, written: &[Value], read: &[Value], fields: &mut Vec<FieldTrip>) {
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (i, one) in written.iter().enumerate() {
        for (j, other) in read.iter().enumerate() {
            let likeness = entry_likeness(one, other);
            if likeness > 0.0 {
                pairs.push((likeness, i, j));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut partner: Vec<Option<usize>> = vec![None; written.len()];
    let mut taken = vec![false; read.len()];
    for (_, i, j) in pairs {
        if partner[i].is_none() && !taken[j] {
            partner[i] = Some(j);
            taken[j] = true;
        }
    }
    for (i, entry) in written.iter().enumerate() {
        let other = partner[i].map_or(&Value::Null, |j| &read[j]);
        for (member, value) in entry.as_object().into_iter().flatten().filter(|(member, _)| *member != "type") {
            let pointer = format!("{pointer}/{i}/{member}");
            match value {
                Value::Array(values) => {
                    let candidates: Vec<&Value> = other[member].as_array().into_iter().flatten().collect();
                    for (j, value) in values.iter().enumerate() {
                        compare_any(&format!("{pointer}/{j}"), member, value, &candidates, fields);
                    }
                }
                // What degree and subject are called stands there in one piece: `Maturità classica` may be one or both.
                value if matches!(member.as_str(), "studyType" | "area") => {
                    let together = match (other["studyType"].as_str(), other["area"].as_str()) {
                        (Some(degree), Some(area)) => Value::from(format!("{degree} {area}")),
                        _ => Value::Null,
                    };
                    compare_any(&pointer, member, value, &[&other[member], &together], fields);
                }
                value => compare_text(&pointer, member, value, &other[member], fields),
            }
        }
    }
}

fn entry_likeness(one: &Value, other: &Value) -> f64 {
    let members = one.as_object().into_iter().flatten();
    members
        .filter_map(|(member, value)| {
            let (value, other) = (value.as_str()?, other[member].as_str()?);
            let likeness = likeness(&normal(member, value), &normal(member, other));
            let weight = if member.ends_with("ate") || member == "summary" { 0.5 } else { 1.0 };
            (likeness >= LIKE).then_some(likeness * weight)
        })
        .sum()
}

/// Skills and interests: what counts is that each is there, whatever group it was read into.
fn compare_groups(pointer: &str, written: &[Value], read: &[Value], fields: &mut Vec<FieldTrip>) {
    let all: Vec<&Value> = read
        .iter()
        .flat_map(|group| std::iter::once(&group["name"]).chain(group["keywords"].as_array().into_iter().flatten()))
        .collect();
    for (i, group) in written.iter().enumerate() {
        compare_any(&format!("{pointer}/{i}/name"), "name", &group["name"], &all, fields);
        for (j, keyword) in group["keywords"].as_array().into_iter().flatten().enumerate() {
            compare_any(&format!("{pointer}/{i}/keywords/{j}"), "keywords", keyword, &all, fields);
        }
        let levels: Vec<&Value> = read.iter().map(|group| &group["level"]).collect();
        compare_any(&format!("{pointer}/{i}/level"), "level", &group["level"], &levels, fields);
    }
}

fn compare_text(pointer: &str, member: &str, written: &Value, read: &Value, fields: &mut Vec<FieldTrip>) {
    compare_any(pointer, member, written, &[read], fields);
}

fn compare_any(pointer: &str, member: &str, written: &Value, candidates: &[&Value], fields: &mut Vec<FieldTrip>) {
    let Some(written) = written.as_str().map(|text| normal(member, text)).filter(|text| !text.is_empty()) else {
        return;
    };
    let best = candidates
        .iter()
        .filter_map(|value| value.as_str())
        .map(|text| (text, normal(member, text)))
        .map(|(text, read)| {
            if member == "phone" && same_number(&written, &read) {
                (1.0, text)
            } else {
                (likeness(&written, &read), text)
            }
        })
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let (state, read) = match best {
        Some((1.0, _)) => (FieldState::Recovered, None),
        Some((likeness, text)) if likeness >= LIKE => (FieldState::Changed, Some(text.to_owned())),
        _ => (FieldState::Lost, None),
    };
    fields.push(FieldTrip { pointer: pointer.to_owned(), state, read });
}

/// 1 where two texts are the same; high where one is a part of the other or few letters differ.
fn likeness(one: &str, other: &str) -> f64 {
    if one == other {
        1.0
    } else if other.is_empty() {
        0.0
    } else if one.contains(other) || other.contains(one) {
        // A part is never the whole, however long.
        (one.len().min(other.len()) as f64 / one.len().max(other.len()) as f64).clamp(LIKE, 0.99)
    } else {
        strsim::normalized_levenshtein(one, other).min(0.99)
    }
}

/// Whether two numbers reach the same telephone, one perhaps with its country's code and one as it is dialled at home.
fn same_number(one: &str, other: &str) -> bool {
    let at_home = |number: &str| number.trim_start_matches('0').to_owned();
    let (abroad, home) = if one.starts_with('+') { (one, at_home(other)) } else { (other, at_home(one)) };
    abroad.starts_with('+') && !home.starts_with('+') && home.len() >= 6 && abroad.ends_with(&home)
}

/// What does not count as a difference: letter case, typographic quotes and dashes, a full stop at the end; the scheme of
/// an address; the spaces in a telephone number.
fn normal(member: &str, text: &str) -> String {
    let text = clean_line(text).to_lowercase();
    match member {
        "phone" => text.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect(),
        "url" => {
            let bare = text.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
            bare.trim_end_matches('/').to_owned()
        }
        _ => {
            let text: String = text
                .chars()
                .map(|c| match c {
                    '‘' | '’' | 'ʼ' => '\'',
                    '“' | '”' | '„' | '«' | '»' => '"',
                    '‐' | '‑' | '–' | '—' | '−' => '-',
                    c => c,
                })
                .collect();
            text.trim_end_matches(['.', ',', ';', ' ']).to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resume(json: &str) -> Resume {
        serde_json::from_str(json).unwrap()
    }

    fn states(written: &str, read: &str) -> Vec<(String, FieldState)> {
        let trip = RoundTrip::of(&resume(written), &resume(read), &Section::ALL);
        assert_eq!(trip.fields.len(), trip.recovered + trip.changed + trip.lost);
        trip.fields.into_iter().map(|field| (field.pointer, field.state)).collect()
    }

    #[test]
    fn each_field_is_recovered_changed_or_lost() {
        let written = r#"{"basics":{"name":"Ada Kovač","email":"ada@b.example","phone":"+47 21 00"},"work":[{"name":"Acme Systems","position":"Lead","startDate":"2020-01"}]}"#;
        let read = r#"{"basics":{"name":"ADA KOVAČ","phone":"+472100"},"work":[{"name":"Acme System","position":"Lead","startDate":"2019"}]}"#;
        assert_eq!(
            states(written, read),
            [
                ("/basics/name".to_owned(), FieldState::Recovered),
                ("/basics/email".to_owned(), FieldState::Lost),
                ("/basics/phone".to_owned(), FieldState::Recovered),
                ("/work/0/name".to_owned(), FieldState::Changed),
                ("/work/0/position".to_owned(), FieldState::Recovered),
                ("/work/0/startDate".to_owned(), FieldState::Lost),
            ]
        );
    }

    #[test]
    fn order_does_not_count_but_entries_do() {
        let written = r#"{"work":[{"name":"A Company","highlights":["One thing","Two things"]},{"name":"B Company"}],"skills":[{"name":"Code","keywords":["Rust","C++"]}]}"#;
        let read = r#"{"work":[{"name":"B Company"},{"name":"A Company","highlights":["Two things","One thing"]}],"skills":[{"name":"C++"},{"name":"Rust"},{"name":"Code"}]}"#;
        assert!(states(written, read).iter().all(|(_, state)| *state == FieldState::Recovered));
        let one_gone = states(written, &read.replace(r#"{"name":"B Company"},"#, ""));
        assert!(one_gone.contains(&("/work/1/name".to_owned(), FieldState::Lost)));
    }

    #[test]
    fn terms_that_differ_in_a_sign_are_not_the_same() {
        let lost = states(r#"{"skills":[{"name":"C++"}]}"#, r#"{"skills":[{"name":"C#"}]}"#);
        assert_eq!(lost, [("/skills/0/name".to_owned(), FieldState::Lost)]);
    }

    #[test]
    fn sections_that_are_not_on_the_document_are_not_compared() {
        let written = resume(r#"{"basics":{"name":"Ada","summary":"x"},"work":[{"name":"Acme"}]}"#);
        let trip = RoundTrip::of(&written, &Resume::default(), &[]);
        assert_eq!(trip.fields.iter().map(|f| f.pointer.as_str()).collect::<Vec<_>>(), ["/basics/name"]);
        assert_eq!((trip.share(), trip.f1), (Some(0.0), Some(0.0)));
    }

    #[test]
    fn a_number_with_its_countrys_code_is_the_same_number() {
        for (one, other, same) in [
            ("(602) 555-0147", "+16025550147", true),
            ("0491 570 156", "+61491570156", true),
            ("(602) 555-0147", "+16025550148", false),
            ("+16025550147", "+26025550147", false),
        ] {
            assert_eq!(same_number(&normal("phone", one), &normal("phone", other)), same, "{one} {other}");
        }
    }

    #[test]
    fn what_nobody_wrote_is_named_and_costs() {
        let written = resume(r#"{"basics":{"name":"Ada"},"work":[{"name":"Acme"},{"name":"Beta"}]}"#);
        let read = resume(r#"{"basics":{"name":"Ada"},"work":[{"name":"Acme"},{"name":"Beta","position":"Lead"}]}"#);
        let trip = RoundTrip::of(&written, &read, &Section::ALL);
        assert_eq!(trip.added, [AddedField { pointer: "/work/1/position".to_owned(), read: "Lead".to_owned() }]);
        // All that was written came back, and three of four that were read had been written.
        assert_eq!(trip.f1, Some(2.0 * 0.75 / 1.75));
        assert_eq!(RoundTrip::of(&written, &written, &Section::ALL).f1, Some(1.0));
    }
}
