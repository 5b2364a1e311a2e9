//! How near a résumé comes to the truth: F1 over the field groups that a document shows.
//!
//! A document's score is the mean F1 over the groups that its truth has; a corpus' score is the mean over documents.
//! Names match at a likeness of 0.9, degrees at 0.8 of their words, dates at the truth's precision, texts by the words
//! that they share. Entries of work and education are paired so that the sum of their likeness is greatest, so their
//! order does not count.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

/// The groups of fields, in the order in which they are printed.
pub(crate) const GROUPS: [&str; 21] = [
    "name",
    "email",
    "phone",
    "urls",
    "city",
    "summary",
    "work.company",
    "work.position",
    "work.startDate",
    "work.endDate",
    "work.highlights",
    "edu.institution",
    "edu.degree",
    "edu.dates",
    "skills",
    "languages",
    "projects",
    "certificates",
    "awards",
    "publications",
    "volunteer",
];

const LIKE: f64 = 0.9;
const LIKE_DEGREES: f64 = 0.8;

/// What was right, what was said and what there was to say.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Count {
    pub(crate) right: f64,
    pub(crate) said: f64,
    pub(crate) there: f64,
}

impl Count {
    fn new(right: f64, said: usize, there: usize) -> Self {
        Self { right, said: said as f64, there: there as f64 }
    }

    fn add(&mut self, other: Self) {
        self.right += other.right;
        self.said += other.said;
        self.there += other.there;
    }

    /// The harmonic mean of precision and recall.
    pub(crate) fn f1(self) -> f64 {
        let precision = if self.said > 0.0 { self.right / self.said } else { 0.0 };
        let recall = if self.there > 0.0 { self.right / self.there } else { 0.0 };
        if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
    }
}

/// What one document gave.
#[derive(Debug, Default)]
pub(crate) struct Score {
    /// F1 by group, of the groups that the truth has.
    pub(crate) fields: BTreeMap<&'static str, f64>,
    /// Whether each stated value is right, by JSON pointer, where the truth can tell.
    pub(crate) judged: Vec<(String, bool)>,
}

impl Score {
    /// The mean over the document's groups.
    pub(crate) fn mean(&self) -> f64 {
        self.fields.values().sum::<f64>() / self.fields.len().max(1) as f64
    }
}

/// Compares a résumé with the truth.
pub(crate) fn score(truth: &Value, said: &Value) -> Score {
    let mut judge = Judge::default();
    let groups = judge.groups(truth, said);
    let there = |count: &Count| count.there > 0.0;
    Score {
        fields: GROUPS.into_iter().zip(groups).filter(|(_, c)| there(c)).map(|(g, c)| (g, c.f1())).collect(),
        judged: judge.judged,
    }
}

#[derive(Default)]
struct Judge {
    judged: Vec<(String, bool)>,
}

impl Judge {
    fn groups(&mut self, truth: &Value, said: &Value) -> Vec<Count> {
        let mut out = vec![
            self.one("/basics/name", truth, said, |a, b| {
                plain(a) == plain(b) || likeness(&plain(a), &plain(b)) >= 0.96
            }),
            self.one("/basics/email", truth, said, |a, b| squeezed(a) == squeezed(b)),
            self.one("/basics/phone", truth, said, same_phone),
            self.urls(truth, said),
            self.one("/basics/location/city", truth, said, same),
            shared_words(
                &tokens(text(truth.pointer("/basics/summary"))),
                &tokens(text(said.pointer("/basics/summary"))),
            ),
        ];
        out.extend(self.work(truth, said));
        out.extend(self.education(truth, said));
        out.push(self.skills(truth, said));
        for (section, members) in [
            ("languages", &["language"][..]),
            ("projects", &["name"]),
            ("certificates", &["name"]),
            ("awards", &["title"]),
            ("publications", &["name"]),
            ("volunteer", &["organization"]),
        ] {
            out.push(self.titles(section, members[0], truth, said));
        }
        out
    }

    fn note(&mut self, pointer: String, right: bool) {
        self.judged.push((pointer, right));
    }

    fn one(&mut self, pointer: &str, truth: &Value, said: &Value, eq: impl Fn(&str, &str) -> bool) -> Count {
        let (t, s) = (text(truth.pointer(pointer)), text(said.pointer(pointer)));
        let right = !t.is_empty() && !s.is_empty() && eq(t, s);
        if !t.is_empty() && !s.is_empty() {
            self.note(pointer.to_owned(), right);
        }
        Count::new(f64::from(u8::from(right)), usize::from(!s.is_empty()), usize::from(!t.is_empty()))
    }

    fn urls(&mut self, truth: &Value, said: &Value) -> Count {
        let keys = |resume: &Value| {
            let mut found: Vec<BTreeSet<String>> = Vec::new();
            let own = [(text(resume.pointer("/basics/url")), "")];
            let profiles = resume.pointer("/basics/profiles").and_then(Value::as_array).cloned().unwrap_or_default();
            let profiles: Vec<(String, String)> =
                profiles.iter().map(|p| (text(p.get("url")).to_owned(), text(p.get("username")).to_owned())).collect();
            let own = own.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned()));
            for (url, user) in own.chain(profiles) {
                let mut set = BTreeSet::new();
                let bare = norm(&url).replace(' ', "");
                let bare = bare.trim_start_matches("https:").trim_start_matches("http:").trim_start_matches('/');
                let bare = bare.trim_start_matches("www.").trim_end_matches('/');
                if !bare.is_empty() {
                    set.insert(bare.to_owned());
                    if let Some((_, last)) = bare.rsplit_once('/') {
                        set.insert(format!("u:{}", last.trim_start_matches('@')));
                    }
                }
                let user = norm(&user);
                if !user.is_empty() {
                    let last = user.trim_start_matches('@').rsplit('/').next().unwrap_or_default().to_owned();
                    set.insert(format!("u:{last}"));
                }
                set.remove("u:");
                if !set.is_empty() && !found.iter().any(|other| set.is_subset(other) || other.is_subset(&set)) {
                    found.push(set);
                }
            }
            found
        };
        let (t, s) = (keys(truth), keys(said));
        let likes = table(t.len(), s.len(), |i, j| f64::from(u8::from(!t[i].is_disjoint(&s[j]))));
        Count::new(pairs(&likes).into_iter().filter(|(i, j)| likes[*i][*j] > 0.0).count() as f64, s.len(), t.len())
    }

    fn work(&mut self, truth: &Value, said: &Value) -> [Count; 5] {
        let (t, s) = (entries(truth, "work"), entries(said, "work"));
        let name = |w: &'_ Value| text(w.get("name")).to_owned();
        let position = |w: &'_ Value| text(w.get("position")).to_owned();
        let start = |w: &'_ Value| date(w.get("startDate"));
        let end = |w: &'_ Value| date(w.get("endDate"));
        let words = |w: &'_ Value| {
            let mut all = text(w.get("summary")).to_owned();
            for item in w.get("highlights").and_then(Value::as_array).into_iter().flatten() {
                all.push(' ');
                all.push_str(text(Some(item)));
            }
            tokens(&all)
        };
        let likes = table(t.len(), s.len(), |i, j| {
            let (a, b) = (t[i].1, s[j].1);
            let mut like = 0.3 * alike(&name(a), &name(b)) + 0.3 * alike(&position(a), &position(b));
            if same_date(&start(a), &start(b)) {
                like += 0.2;
            }
            let (x, y): (BTreeSet<_>, BTreeSet<_>) = (words(a).into_iter().collect(), words(b).into_iter().collect());
            if !x.is_empty() && !y.is_empty() {
                like += 0.4 * x.intersection(&y).count() as f64 / (x.len() + y.len()) as f64;
            }
            // Values that landed in each other's place still say which entry this is.
            let swapped = 0.3 * alike(&name(a), &position(b)) + 0.3 * alike(&position(a), &name(b));
            like.max(0.5 * (swapped + like.min(0.2)))
        });
        let paired: BTreeMap<usize, usize> = pairs(&likes).into_iter().filter(|(i, j)| likes[*i][*j] >= 0.15).collect();
        let back: BTreeMap<usize, usize> = paired.iter().map(|(i, j)| (*j, *i)).collect();
        let company = self.member(&t, &s, &paired, "name", same);
        let title = self.member(&t, &s, &paired, "position", same);
        let mut starts = Count::default();
        let mut ends = Count::default();
        let mut body = Count::default();
        for (i, (_, w)) in t.iter().enumerate() {
            let other = paired.get(&i).map(|j| (s[*j].0, s[*j].1));
            if !start(w).is_empty() {
                let right = other.is_some_and(|(_, o)| same_date(&start(w), &start(o)));
                starts.add(Count::new(f64::from(u8::from(right)), 0, 1));
                if let Some((at, o)) = other.filter(|(_, o)| !start(o).is_empty()) {
                    self.note(format!("/work/{at}/startDate"), same_date(&start(w), &start(o)));
                }
            }
            let judged = (!end(w).is_empty() || !start(w).is_empty()) && w.get("x-endHidden").is_none();
            if judged {
                let right = other.is_some_and(|(_, o)| {
                    if end(w).is_empty() {
                        !start(o).is_empty() && end(o).is_empty()
                    } else {
                        same_date(&end(w), &end(o))
                    }
                });
                ends.add(Count::new(f64::from(u8::from(right)), 0, 1));
                if let Some((at, _)) = other.filter(|(_, o)| !end(o).is_empty()) {
                    self.note(format!("/work/{at}/endDate"), right);
                }
            }
            let own = words(w);
            body.add(shared_words(&own, &other.map(|(_, o)| words(o)).unwrap_or_default()));
            if let Some((at, o)) = other {
                for (k, item) in o.get("highlights").and_then(Value::as_array).into_iter().flatten().enumerate() {
                    let item = tokens(text(Some(item)));
                    let shared = shared_words(&own, &item).right;
                    if !own.is_empty() && !item.is_empty() {
                        self.note(format!("/work/{at}/highlights/{k}"), shared >= 0.9 * item.len() as f64);
                    }
                }
            }
        }
        for (j, (at, w)) in s.iter().enumerate() {
            let of = back.get(&j).map(|i| t[*i].1);
            if !start(w).is_empty() && of.is_none_or(|o| !start(o).is_empty()) {
                starts.said += 1.0;
            }
            let silent =
                of.is_some_and(|o| o.get("x-endHidden").is_some() || (end(o).is_empty() && start(o).is_empty()));
            if !silent && (!end(w).is_empty() || !start(w).is_empty()) {
                ends.said += 1.0;
            }
            if of.is_none() {
                body.said += words(w).len() as f64;
                for member in ["name", "position", "startDate", "endDate"] {
                    if !text(w.get(member)).is_empty() {
                        self.note(format!("/work/{at}/{member}"), false);
                    }
                }
            }
        }
        [company, title, starts, ends, body]
    }

    fn education(&mut self, truth: &Value, said: &Value) -> [Count; 3] {
        let (t, s) = (entries(truth, "education"), entries(said, "education"));
        let school = |e: &'_ Value| text(e.get("institution")).to_owned();
        let degree = |e: &'_ Value| {
            let parts = [text(e.get("studyType")), text(e.get("area"))];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
        };
        let likes = table(t.len(), s.len(), |i, j| {
            let (a, b) = (t[i].1, s[j].1);
            let mut like = 0.45 * alike(&school(a), &school(b)) + 0.35 * dice(&degree(a), &degree(b));
            for member in ["startDate", "endDate"] {
                if same_date(&date(a.get(member)), &date(b.get(member))) {
                    like += 0.1;
                }
            }
            like
        });
        let paired: BTreeMap<usize, usize> = pairs(&likes).into_iter().filter(|(i, j)| likes[*i][*j] >= 0.1).collect();
        let schools = self.member(&t, &s, &paired, "institution", same);
        let mut degrees = Count::new(0.0, 0, 0);
        let mut dates = Count::default();
        for (i, (_, e)) in t.iter().enumerate() {
            let other = paired.get(&i).map(|j| s[*j]);
            let (own, theirs) = (degree(e), other.map(|(_, o)| degree(o)).unwrap_or_default());
            if !own.is_empty() {
                let right = !theirs.is_empty() && dice(&own, &theirs) >= LIKE_DEGREES;
                degrees.add(Count::new(f64::from(u8::from(right)), 0, 1));
                if let Some((at, o)) = other {
                    for member in ["studyType", "area"] {
                        if !text(o.get(member)).is_empty() {
                            self.note(format!("/education/{at}/{member}"), right);
                        }
                    }
                }
            } else if !theirs.is_empty() {
                degrees.said -= 1.0;
            }
            for member in ["startDate", "endDate"] {
                let own = date(e.get(member));
                if own.is_empty() {
                    continue;
                }
                let right = other.is_some_and(|(_, o)| same_date(&own, &date(o.get(member))));
                dates.add(Count::new(f64::from(u8::from(right)), 0, 1));
                if let Some((at, _)) = other.filter(|(_, o)| !date(o.get(member)).is_empty()) {
                    self.note(format!("/education/{at}/{member}"), right);
                }
            }
        }
        for (_, e) in &s {
            degrees.said += f64::from(u8::from(!degree(e).is_empty()));
            dates.said += ["startDate", "endDate"].iter().filter(|m| !date(e.get(**m)).is_empty()).count() as f64;
        }
        [schools, degrees, dates]
    }

    /// One member of paired entries; what a document does not show of an entry is not judged.
    fn member(
        &mut self,
        t: &[(usize, &Value)],
        s: &[(usize, &Value)],
        paired: &BTreeMap<usize, usize>,
        member: &str,
        eq: impl Fn(&str, &str) -> bool,
    ) -> Count {
        let filled =
            |entries: &[(usize, &Value)]| entries.iter().filter(|(_, e)| !text(e.get(member)).is_empty()).count();
        let mut count = Count::new(0.0, filled(s), filled(t));
        let section = if member == "institution" { "education" } else { "work" };
        for (i, j) in paired {
            let (own, theirs) = (text(t[*i].1.get(member)), text(s[*j].1.get(member)));
            if !own.is_empty() && !theirs.is_empty() {
                let right = eq(own, theirs);
                count.right += f64::from(u8::from(right));
                self.note(format!("/{section}/{}/{member}", s[*j].0), right);
            } else if own.is_empty() && !theirs.is_empty() {
                count.said -= 1.0;
            }
        }
        count
    }

    fn skills(&mut self, truth: &Value, said: &Value) -> Count {
        let list = |resume: &Value| {
            let mut out: Vec<(String, String)> = Vec::new();
            for (i, skill) in entries(resume, "skills") {
                let words = skill.get("keywords").and_then(Value::as_array).cloned().unwrap_or_default();
                if words.is_empty() {
                    out.push((format!("/skills/{i}/name"), text(skill.get("name")).to_owned()));
                }
                for (k, word) in words.iter().enumerate() {
                    out.push((format!("/skills/{i}/keywords/{k}"), text(Some(word)).to_owned()));
                }
            }
            unique(out)
        };
        self.names(list(truth), list(said), truth.get("skills").is_some())
    }

    fn titles(&mut self, section: &str, member: &str, truth: &Value, said: &Value) -> Count {
        let list = |resume: &Value| {
            let all = entries(resume, section);
            unique(
                all.iter().map(|(i, e)| (format!("/{section}/{i}/{member}"), text(e.get(member)).to_owned())).collect(),
            )
        };
        self.names(list(truth), list(said), truth.get(section).is_some())
    }

    fn names(&mut self, t: Vec<(String, String)>, s: Vec<(String, String)>, shown: bool) -> Count {
        let likes = table(t.len(), s.len(), |i, j| {
            let like = alike(&t[i].1, &s[j].1);
            if like >= LIKE { like } else { 0.0 }
        });
        let found: BTreeSet<usize> =
            pairs(&likes).into_iter().filter(|(i, j)| likes[*i][*j] > 0.0).map(|(_, j)| j).collect();
        if shown {
            for (j, (pointer, _)) in s.iter().enumerate() {
                self.note(pointer.clone(), found.contains(&j));
            }
        }
        Count::new(found.len() as f64, s.len(), t.len())
    }
}

fn text(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default()
}

fn entries<'v>(resume: &'v Value, section: &str) -> Vec<(usize, &'v Value)> {
    let members = resume.get(section).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    members.iter().enumerate().filter(|(_, e)| e.as_object().is_some_and(|e| !e.is_empty())).collect()
}

fn unique(values: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut seen = BTreeSet::new();
    values.into_iter().filter(|(_, v)| !plain(v).is_empty() && seen.insert(plain(v))).collect()
}

/// One form of all that only typography tells apart: compatibility forms, case, dashes, quotes, spaces, icons.
pub(crate) fn norm(text: &str) -> String {
    let mut out = String::new();
    for c in text.nfkc().flat_map(char::to_lowercase) {
        let c = match c {
            '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{307}' | '\u{e000}'..='\u{f8ff}' => {
                continue;
            }
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹘' | '﹣' => '-',
            '‘' | '’' | '‚' | '‛' | '′' | '´' | '`' | 'ʼ' => '\'',
            '“' | '”' | '„' | '‟' | '″' | '«' | '»' => '"',
            'ı' => 'i',
            c => c,
        };
        if c.is_whitespace() {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else if c == 'ß' {
            out.push_str("ss");
        } else {
            out.push(c);
        }
    }
    out.trim().to_owned()
}

fn plain(text: &str) -> String {
    let kept: String =
        norm(text).chars().map(|c| if c.is_alphanumeric() || "_+#&%/".contains(c) { c } else { ' ' }).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn squeezed(text: &str) -> String {
    norm(text).replace(' ', "").trim_start_matches("mailto:").to_owned()
}

/// Words, with `C++`, `.NET`-like inner marks and signs of money kept.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    let text: Vec<char> = norm(text).chars().map(|c| if c == '-' || c == '\'' { ' ' } else { c }).collect();
    let mut out = Vec::new();
    let mut i = 0;
    let word = |c: char| c.is_alphanumeric() || c == '_';
    while i < text.len() {
        if word(text[i]) {
            let mut token = String::new();
            while i < text.len() && word(text[i]) {
                token.push(text[i]);
                i += 1;
                let marks = text[i..].iter().take_while(|c| ".+#".contains(**c)).count();
                let goes_on = marks > 0 && text.get(i + marks).is_some_and(|c| word(*c));
                let plus = text[i..].iter().take_while(|c| "+#".contains(**c)).count();
                let take = if goes_on { marks } else { plus };
                token.extend(&text[i..i + take]);
                i += take;
            }
            out.push(token);
        } else {
            if "%€$£₦&".contains(text[i]) {
                out.push(text[i].to_string());
            }
            i += 1;
        }
    }
    out
}

fn shared_words(truth: &[String], said: &[String]) -> Count {
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    truth.iter().for_each(|word| *left.entry(word).or_default() += 1);
    let mut right = 0;
    for word in said {
        if let Some(count) = left.get_mut(word.as_str()).filter(|count| **count > 0) {
            *count -= 1;
            right += 1;
        }
    }
    Count::new(f64::from(right), said.len(), truth.len())
}

/// One minus the edit distance over the longer length.
fn likeness(a: &str, b: &str) -> f64 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let longest = a.len().max(b.len());
    if longest == 0 {
        return 1.0;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (diagonal + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], next);
        }
    }
    1.0 - row[b.len()] as f64 / longest as f64
}

/// The same of sorted words, by insertions and deletions alone: blind to their order.
fn likeness_of_sorted(a: &str, b: &str) -> f64 {
    let sorted = |text: &str| {
        let mut words: Vec<&str> = text.split(' ').collect();
        words.sort_unstable();
        words.join(" ").chars().collect::<Vec<char>>()
    };
    let (a, b) = (sorted(a), sorted(b));
    let mut row = vec![0_usize; b.len() + 1];
    for x in &a {
        let mut diagonal = 0;
        for (j, y) in b.iter().enumerate() {
            let next = if x == y { diagonal + 1 } else { row[j].max(row[j + 1]) };
            diagonal = std::mem::replace(&mut row[j + 1], next);
        }
    }
    2.0 * row[b.len()] as f64 / (a.len() + b.len()).max(1) as f64
}

fn alike(a: &str, b: &str) -> f64 {
    let (a, b) = (plain(a), plain(b));
    if a.is_empty() || b.is_empty() { 0.0 } else { likeness(&a, &b).max(likeness_of_sorted(&a, &b)) }
}

fn same(a: &str, b: &str) -> bool {
    alike(a, b) >= LIKE
}

fn dice(a: &str, b: &str) -> f64 {
    let words = |text: &str| tokens(&norm(text).replace('.', "")).into_iter().collect::<BTreeSet<_>>();
    let (a, b) = (words(a), words(b));
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let mut rest = b.clone();
    let mut shared = 0;
    for word in &a {
        let near = |other: &&String| word.chars().count() > 4 && likeness(word, other) >= 0.85;
        let found = if rest.contains(word) { Some(word.clone()) } else { rest.iter().find(near).cloned() };
        if let Some(found) = found {
            rest.remove(&found);
            shared += 1;
        }
    }
    2.0 * f64::from(shared) / (a.len() + b.len()) as f64
}

fn same_phone(a: &str, b: &str) -> bool {
    let digits =
        |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>().trim_start_matches('0').to_owned();
    let (mut long, mut short) = (digits(a), digits(b));
    if long.is_empty() || short.is_empty() {
        return false;
    }
    if long.len() < short.len() {
        std::mem::swap(&mut long, &mut short);
    }
    let trunk = long.strip_prefix("440").map(|rest| format!("44{rest}"));
    long == short
        || short.len() >= 8
            && long.len() - short.len() <= 3
            && (long.ends_with(&short) || trunk.is_some_and(|long| long.ends_with(&short)))
}

fn date(value: Option<&Value>) -> String {
    text(value).chars().take(7).collect()
}

/// Whether a date is the true one at the truth's precision.
fn same_date(truth: &str, said: &str) -> bool {
    !truth.is_empty() && said.starts_with(truth)
}

fn table(rows: usize, columns: usize, like: impl Fn(usize, usize) -> f64) -> Vec<Vec<f64>> {
    (0..rows).map(|i| (0..columns).map(|j| like(i, j)).collect()).collect()
}

/// The one-to-one assignment of rows to columns whose sum is greatest (Kuhn's method with potentials).
fn pairs(likes: &[Vec<f64>]) -> Vec<(usize, usize)> {
    let (n, m) = (likes.len(), likes.first().map_or(0, Vec::len));
    if n == 0 || m == 0 {
        return Vec::new();
    }
    if n > m {
        let turned = table(m, n, |i, j| likes[j][i]);
        let mut turned: Vec<_> = pairs(&turned).into_iter().map(|(j, i)| (i, j)).collect();
        turned.sort_unstable();
        return turned;
    }
    let (mut u, mut v) = (vec![0.0; n + 1], vec![0.0; m + 1]);
    let (mut owner, mut way) = (vec![0; m + 1], vec![0; m + 1]);
    for i in 1..=n {
        owner[0] = i;
        let mut column = 0;
        let mut least = vec![f64::INFINITY; m + 1];
        let mut used = vec![false; m + 1];
        loop {
            used[column] = true;
            let row = owner[column];
            let (mut delta, mut next) = (f64::INFINITY, 0);
            for j in (1..=m).filter(|j| !used[*j]) {
                let cost = -likes[row - 1][j - 1] - u[row] - v[j];
                if cost < least[j] {
                    (least[j], way[j]) = (cost, column);
                }
                if least[j] < delta {
                    (delta, next) = (least[j], j);
                }
            }
            for j in 0..=m {
                if used[j] {
                    u[owner[j]] += delta;
                    v[j] -= delta;
                } else {
                    least[j] -= delta;
                }
            }
            column = next;
            if owner[column] == 0 {
                break;
            }
        }
        while column != 0 {
            owner[column] = owner[way[column]];
            column = way[column];
        }
    }
    let mut out: Vec<(usize, usize)> = (1..=m).filter(|j| owner[*j] > 0).map(|j| (owner[j] - 1, j - 1)).collect();
    out.sort_unstable();
    out
}
