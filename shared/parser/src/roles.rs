//! Which part of an entry's heading lines is what: the job, the employer, the place; the degree, the school.
//!
//! Each fragment is judged by its own words, and then by its place: the design repeats, so fragments that stand at the
//! same place in each entry of a section are the same thing. One entry with a telling word decides for its
//! neighbours.

use std::collections::BTreeMap;

use crate::entries::{Entry, Fragment, words_of};
use crate::fields::Field;
use crate::gazetteer::{
    DEGREE_WORDS, GRADE_WORDS, LEGAL_FORMS, ORGANISATION_WORDS, REGION_CODES, REGION_NAMES, REMOTE, SCHOOL_WORDS,
    SELF_EMPLOYED, TITLE_WORDS, WEAK_TITLE_WORDS, country,
};
use crate::piece::Piece;
use crate::text::{fold, is_prose};

/// The parts of an entry's heading lines, each with how sure it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parts {
    pub what: Option<(Piece, f32)>,
    pub who: Option<(Piece, f32)>,
    pub place: Option<(Piece, f32)>,
    /// What was none of these, in order.
    pub rest: Vec<Fragment>,
}

type Scores = [f32; 3];

/// How a kind of entry tells its parts.
pub(crate) struct Judge {
    what: fn(&str) -> f32,
    who: fn(&str) -> f32,
    /// Whether the part that comes first, all else equal, says what (the job) rather than who.
    what_first: f32,
    /// How willingly a fragment is taken for a place. A school's heading holds a field of study more often.
    place: f32,
}

/// Jobs: title, employer, place.
pub(crate) const JOBS: Judge = Judge { what: title_score, who: employer_score, what_first: 0.15, place: 0.0 };
/// Studies: degree, school, place.
pub(crate) const STUDIES: Judge = Judge { what: degree_score, who: school_score, what_first: 0.0, place: -0.9 };

/// Tells the parts of every entry of a section. `known` are entries of other sections of the same design, which may say
/// what these are silent about.
pub(crate) fn tell(entries: &[Entry], known: &[Entry], judge: &Judge) -> Vec<Parts> {
    let mut under = under_one_employer(known, judge);
    under.extend(under_one_employer(entries, judge));
    let all: Vec<&Entry> = known.iter().chain(entries).collect();
    let mut told = tell_all(&all, &under, judge);
    told.split_off(known.len())
}

fn tell_all(entries: &[&Entry], under: &[bool], judge: &Judge) -> Vec<Parts> {
    // First judged by words alone, to learn what stands where; then again with what was learnt.
    let mut votes: BTreeMap<Slot, (Scores, f32)> = BTreeMap::new();
    for (entry, _) in entries.iter().zip(under).filter(|(_, under)| !**under) {
        for fragment in &peeled(&entry.fragments) {
            let scores = judge.scores(fragment);
            let slot = votes.entry(Slot::of(fragment)).or_insert(([0.0; 3], 0.0));
            for (sum, score) in slot.0.iter_mut().zip(scores) {
                *sum += score.clamp(-2.0, 3.0);
            }
            slot.1 += 1.0;
        }
    }
    // The first reading cuts the lines; what it found where is the best witness for the second.
    for (entry, _) in entries.iter().zip(under).filter(|(_, under)| !**under) {
        let (fragments, parts) = judge.assign(entry, &votes);
        for fragment in &fragments {
            let given = |part: &Option<(Piece, f32)>| {
                f32::from(u8::from(part.as_ref().is_some_and(|(piece, _)| *piece == fragment.piece)))
            };
            let slot = votes.entry(Slot::of(fragment)).or_insert(([0.0; 3], 0.0));
            let scores = judge.scores(fragment);
            for (i, part) in [&parts.what, &parts.who, &parts.place].into_iter().enumerate() {
                slot.0[i] += scores[i].clamp(-2.0, 3.0) * 0.5 + given(part) * 0.7;
            }
            slot.1 += 1.0;
        }
    }
    let mut told: Vec<Parts> = Vec::with_capacity(entries.len());
    for (entry, under) in entries.iter().zip(under) {
        if *under {
            let employer = told.last().and_then(|parts| parts.who.clone()).map(|(piece, sure)| (piece, sure * 0.9));
            let mut parts = judge.assign_without_who(entry);
            parts.who = employer;
            told.push(parts);
        } else {
            told.push(judge.assign(entry, &votes).1);
        }
    }
    told
}

/// An employer with the time of all its roles, and below it each role with its own time, are the roles: `Acme Ltd, 2001 –
/// 2021` over `Foreman, 2016 – 2021` and `Fitter, 2009 – 2016`.
pub(crate) fn under_their_employers(entries: Vec<Entry>, told: Vec<Parts>) -> (Vec<Entry>, Vec<Parts>) {
    let span = |entry: &Entry| {
        let (period, _) = entry.period.as_ref()?;
        let end = if period.open { i32::MAX } else { i32::from(period.end?.year_of()) };
        Some((i32::from(period.start?.year_of()), end)).filter(|_| !period.single)
    };
    let mut kept: Vec<(Entry, Parts)> = Vec::with_capacity(entries.len());
    let mut all: Vec<Option<(Entry, Parts)>> = entries.into_iter().zip(told).map(Some).collect();
    for i in 0..all.len() {
        let Some((entry, parts)) = all[i].take() else { continue };
        let heads = parts.what.is_none() && entry.body.is_empty();
        let (Some(who), Some((from, to))) = (parts.who.clone().filter(|_| heads), span(&entry)) else {
            kept.push((entry, parts));
            continue;
        };
        let mut under = 0;
        for role in all[i + 1..].iter_mut() {
            let Some((other, parts)) = role else { break };
            let within = span(other).is_some_and(|(start, end)| start >= from && end <= to);
            if !within || parts.what.is_none() || parts.who.is_some() {
                break;
            }
            parts.who = Some((who.0.clone(), who.1 * 0.9));
            under += 1;
        }
        if under == 0 {
            kept.push((entry, parts));
        }
    }
    kept.into_iter().unzip()
}

/// Which entries are further roles under the employer of the entry before: they begin in a smaller look than the
/// section's first entry, with a job's title.
fn under_one_employer(entries: &[Entry], judge: &Judge) -> Vec<bool> {
    let Some(first) = entries.first().and_then(|entry| entry.fragments.first()) else {
        return vec![false; entries.len()];
    };
    entries
        .iter()
        .enumerate()
        .map(|(i, entry)| {
            let Some(own) = entry.fragments.first() else { return false };
            let smaller = own.size < first.size * 0.95 || first.bold && !own.bold;
            let names = entry.fragments.iter().filter(|fragment| (judge.who)(fragment.text()) > 1.0).count();
            i > 0 && smaller && (judge.what)(own.text()) > 1.0 && names == 0
        })
        .collect()
}

/// A place in the design: which line, which fragment on it, in which look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Slot {
    line: usize,
    index: usize,
    bold: bool,
    italic: bool,
    after_gap: bool,
}

impl Slot {
    fn of(fragment: &Fragment) -> Self {
        Self {
            line: fragment.line,
            index: fragment.index,
            bold: fragment.bold,
            italic: fragment.italic,
            after_gap: fragment.after_gap,
        }
    }
}

impl Judge {
    fn scores(&self, fragment: &Fragment) -> Scores {
        // What its label says outweighs everything that its words could.
        match fragment.field {
            Some(Field::What | Field::Degree) => return [6.0, -6.0, -6.0],
            Some(Field::Who | Field::School) => return [-6.0, 6.0, -6.0],
            Some(Field::Place) => return [-6.0, -6.0, 6.0],
            Some(_) => return [-6.0; 3],
            None => {}
        }
        let text = fragment.text();
        if is_prose(text) && text.split_whitespace().count() > 12 {
            return [-2.0; 3];
        }
        let mut place = place_score(text) + self.place;
        if fragment.after_gap {
            place += 0.6;
        }
        match fragment.separator {
            '-' | '|' | '·' => place += 0.35,
            ',' if fragment.index > 0 => place += 0.45,
            _ => {}
        }
        if fragment.line == 0 && fragment.index == 0 {
            place -= 0.8;
        }
        let mut what = (self.what)(text);
        let mut who = (self.who)(text);
        if fragment.bold {
            what += 0.1;
            who += 0.1;
        }
        if fragment.separator == '@' {
            who += 1.2;
        }
        if fragment.line == 0 && fragment.index == 0 {
            what += self.what_first;
        }
        // Titles have commas more often than names of employers.
        who -= 0.2 * text.matches(", ").count().min(3) as f32;
        [what, who, place]
    }

    /// For an entry whose employer stands above it: only the job and the place are to be told.
    fn assign_without_who(&self, entry: &Entry) -> Parts {
        let fragments = peeled(&entry.fragments);
        let scored: Vec<Scores> = fragments
            .iter()
            .map(|fragment| {
                let [what, _, place] = self.scores(fragment);
                [what, -9.0, place + if fragment.line > 0 { 0.8 } else { 0.0 }]
            })
            .collect();
        choose(&fragments, &scored).1
    }

    /// The best reading of an entry: its fragments as they are cut for it, and their roles.
    fn assign(&self, entry: &Entry, votes: &BTreeMap<Slot, (Scores, f32)>) -> (Vec<Fragment>, Parts) {
        let mut best: Option<(f32, Vec<Fragment>, Parts)> = None;
        for (penalty, fragments) in alternatives(&entry.fragments) {
            let scored: Vec<Scores> = fragments
                .iter()
                .map(|fragment| {
                    let own = self.scores(fragment);
                    let Some((sums, count)) = votes.get(&Slot::of(fragment)).filter(|(_, count)| *count > 1.0) else {
                        return own;
                    };
                    std::array::from_fn(|i| own[i] + (sums[i] - own[i].clamp(-2.0, 3.0)) / (count - 1.0) * 0.75)
                })
                .collect();
            let (score, parts) = choose(&fragments, &scored);
            let score = score - penalty;
            if best.as_ref().is_none_or(|(other, ..)| score > *other + 1e-4) {
                best = Some((score, fragments, parts));
            }
        }
        best.map(|(_, fragments, parts)| (fragments, parts)).unwrap_or_default()
    }
}

/// The best way to give the roles to fragments.
fn choose(fragments: &[Fragment], scored: &[Scores]) -> (f32, Parts) {
    const MOST: usize = 10;
    // Being given a role at all is worth something: a heading line says what and who as a rule.
    const PRESENCE: f32 = 0.9;
    let count = fragments.len().min(MOST);
    let options = || (0..count).map(Some).chain([None]);
    let mut best: (f32, [Option<usize>; 3]) = (f32::MIN, [None; 3]);
    for what in options() {
        for who in options() {
            if what.is_some() && what == who {
                continue;
            }
            let mut base = 0.0;
            if let Some(i) = what {
                base += scored[i][0] + PRESENCE - i as f32 * 0.04;
            }
            if let Some(i) = who {
                base += scored[i][1] + PRESENCE - i as f32 * 0.04;
            }
            for place in options() {
                if place.is_some() && (place == what || place == who) {
                    continue;
                }
                let score = base + place.map_or(0.0, |i| scored[i][2]);
                if score > best.0 {
                    best = (score, [what, who, place]);
                }
            }
        }
    }
    let [what, who, place] = best.1;
    let sure = |i: usize, role: usize| {
        let others = (0..3).filter(|other| *other != role).map(|other| scored[i][other]).fold(f32::MIN, f32::max);
        (0.62 + (scored[i][role] - others).clamp(-1.0, 3.0) * 0.11).clamp(0.4, 0.95)
    };
    let part = |role: usize, i: Option<usize>| i.map(|i| (fragments[i].piece.clone(), sure(i, role)));
    let parts = Parts {
        what: part(0, what),
        who: part(1, who),
        place: part(2, place),
        rest: (0..fragments.len())
            .filter(|i| ![what, who, place].contains(&Some(*i)))
            .map(|i| fragments[i].clone())
            .collect(),
    };
    (best.0, parts)
}

/// The fragments as they stand, and with one of them cut at a comma, each with what the cut costs.
fn alternatives(fragments: &[Fragment]) -> Vec<(f32, Vec<Fragment>)> {
    let base = peeled(fragments);
    let mut out = vec![(0.0, base.clone())];
    let named = base.iter().filter(|fragment| place_score(fragment.text()) < 1.5 && !is_prose(fragment.text())).count();
    if named > 3 {
        return out;
    }
    for (i, fragment) in base.iter().enumerate().take(4) {
        let text = fragment.text();
        for (comma, _) in text.match_indices(", ").take(5) {
            let (head, tail) =
                (fragment.piece.slice(0..comma).trimmed(), fragment.piece.slice(comma + 1..text.len()).trimmed());
            if head.is_empty() || tail.is_empty() || starts_with_legal_form(tail.text()) || inside_brackets(text, comma)
            {
                continue;
            }
            // Once what and who stand apart, "Employer, City" is still to be cut; titles have commas of their own.
            let names_employer = words_of(head.text())
                .iter()
                .any(|word| ORGANISATION_WORDS.has_word(word) && !TITLE_WORDS.has_word(word));
            let city = looks_like_city(tail.text()) && (title_score(head.text()) < 0.5 || names_employer);
            let cost = if named <= 1 || city { 0.35 } else { 0.8 };
            if named >= 3 && !city {
                continue;
            }
            let part = |piece: &Piece, index: usize| Fragment {
                piece: piece.clone(),
                index: fragment.index + index,
                after_gap: fragment.after_gap && index == 0,
                separator: if index == 0 { fragment.separator } else { ',' },
                field: fragment.field.filter(|_| index == 0),
                ..fragment.clone()
            };
            let mut cut = base.clone();
            cut.splice(i..=i, [part(&head, 0), part(&tail, 1)]);
            out.push((cost, peeled(&cut)));
            // "Title, Employer, City" on one line.
            for (second, _) in tail.text().match_indices(", ").take(3) {
                let (middle, last) =
                    (tail.slice(0..second).trimmed(), tail.slice(second + 1..tail.text().len()).trimmed());
                if named <= 1 && !middle.is_empty() && looks_like_city(last.text()) {
                    let mut cut = base.clone();
                    cut.splice(i..=i, [part(&head, 0), part(&middle, 1), part(&last, 2)]);
                    out.push((0.5, peeled(&cut)));
                }
            }
        }
    }
    out
}

/// A school's name without the sentence behind its full stop. A city behind its comma stays: schools are told apart by
/// it, and campuses named.
pub(crate) fn without_remark(school: &(Piece, f32)) -> (Piece, f32) {
    let (piece, sure) = school;
    let text = piece.text();
    match text.find(". ").filter(|stop| text[stop + 2..].contains([':', '“', '"'])) {
        Some(stop) => (piece.slice(0..stop), *sure),
        None => (piece.clone(), *sure),
    }
}

/// An employer's name without the street behind its comma: `Acme Ltd, 12 High Street`.
pub(crate) fn without_street(employer: &(Piece, f32)) -> (Piece, f32) {
    let (piece, sure) = employer;
    let text = piece.text();
    let street = |part: &str| {
        let words: Vec<&str> = part.split_whitespace().collect();
        let number = |word: &str| {
            let bare = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
            !bare.is_empty()
                && word.len() - bare.len() <= 1
                && bare.len() <= 4
                && bare.chars().all(|c| c.is_ascii_digit())
        };
        let named = words.iter().any(|word| word.chars().filter(|c| c.is_alphabetic()).count() >= 3);
        words.len() >= 2
            && named
            && (words.first().is_some_and(|w| number(w)) || words.last().is_some_and(|w| number(w)))
    };
    let cut = text.match_indices(", ").map(|(at, _)| at).find(|at| {
        let rest = &text[at + 2..];
        street(rest.split(',').next().unwrap_or(rest))
    });
    match cut {
        Some(cut) if cut > 1 => (piece.slice(0..cut).trimmed(), *sure),
        _ => (piece.clone(), *sure),
    }
}

/// Whether the text can be a city's name: a few words with capitals, and none that says something else.
fn looks_like_city(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let capital = words.first().is_some_and(|word| word.chars().next().is_some_and(crate::text::begins_name));
    let plain = !text.chars().any(|c| c.is_ascii_digit() || matches!(c, '(' | ')' | '&' | '/'));
    words.len() <= 3
        && capital
        && plain
        && title_score(text) < 0.0
        && employer_score(text) < 0.9
        && school_score(text) < 0.9
        && degree_score(text) < 0.9
        && !starts_with_legal_form(text)
}

fn inside_brackets(text: &str, at: usize) -> bool {
    text[..at].matches('(').count() > text[..at].matches(')').count()
}

fn ends_with_legal_form(text: &str) -> bool {
    let words = words_of(text);
    words.len() > 1 && words.last().is_some_and(|word| LEGAL_FORMS.has_word(word) && word.chars().count() > 1)
}

fn starts_with_legal_form(text: &str) -> bool {
    words_of(text)
        .first()
        .is_some_and(|word| LEGAL_FORMS.has_word(word) || matches!(word.as_str(), "jr" | "sr" | "ii" | "iii" | "phd"))
}

/// Fragments with a place at their end cut off it: `Acme Ltd, Bremen, Germany`.
fn peeled(fragments: &[Fragment]) -> Vec<Fragment> {
    let mut out = Vec::with_capacity(fragments.len() + 1);
    for fragment in fragments {
        match place_at_end(fragment.text()) {
            Some(comma) => {
                out.push(Fragment { piece: fragment.piece.slice(0..comma).trimmed(), ..fragment.clone() });
                out.push(Fragment {
                    piece: fragment.piece.slice(comma + 1..fragment.text().len()).trimmed(),
                    index: fragment.index + 1,
                    after_gap: false,
                    separator: ',',
                    field: None,
                    ..fragment.clone()
                });
            }
            None => out.push(fragment.clone()),
        }
    }
    out.retain(|fragment| !fragment.piece.is_empty());
    // Each fragment's place on its line, now that there are more of them.
    let (mut line, mut index) = (usize::MAX, 0);
    for fragment in &mut out {
        index = if fragment.line == line { index + 1 } else { 0 };
        line = fragment.line;
        fragment.index = index;
    }
    out
}

/// Where in the text a place begins that ends it: the byte of the comma before `City, ST` or `City, Country`, and before a
/// city behind a company's legal form.
fn place_at_end(text: &str) -> Option<usize> {
    let commas: Vec<usize> = text.match_indices(',').map(|(i, _)| i).collect();
    let last = *commas.last()?;
    let tail = text[last + 1..].trim();
    if ends_with_legal_form(&text[..last]) && looks_like_city(tail.split(" (").next().unwrap_or(tail)) {
        return Some(last);
    }
    if !(is_region(tail) || country(tail).is_some()) {
        return None;
    }
    let head_has = |head: &str| employer_score(head) > 1.0 || school_score(head) > 1.0 || title_score(head) > 1.0;
    if commas.len() >= 2 {
        let before = commas[commas.len() - 2];
        let city = text[before + 1..last].trim();
        let plain = city.split_whitespace().count() <= 3 && !head_has(city) && !starts_with_legal_form(city);
        return Some(if plain { before } else { last });
    }
    // "University of Somewhere, Norway" has no city.
    (head_has(&text[..last]) && country(tail).is_some() && tail.len() > 2).then_some(last)
}

fn is_region(text: &str) -> bool {
    REGION_CODES.contains(text) || REGION_NAMES.is(text)
}

/// How much a text reads as a job title.
pub(crate) fn title_score(text: &str) -> f32 {
    let words = words_of(text);
    if words.is_empty() {
        return -1.0;
    }
    let strong = words.iter().filter(|word| TITLE_WORDS.has_word(word)).count();
    let weak = words.iter().filter(|word| WEAK_TITLE_WORDS.has_word(word)).count();
    let legal = has_legal_form(text);
    let organisation =
        words.iter().filter(|word| ORGANISATION_WORDS.has_word(word) && !TITLE_WORDS.has_word(word)).count();
    let mut score = match (strong, weak) {
        (0, 0) => -0.4,
        (0, _) => 0.2,
        _ => 1.9 + 0.15 * (strong.min(3) + weak.min(3)) as f32,
    };
    if legal {
        score -= 2.0;
    }
    // "Bank Teller" is a job, "Teller Bank" an employer: what comes last decides in most tongues' short names.
    if organisation > 0 && words.last().is_some_and(|word| ORGANISATION_WORDS.has_word(word)) {
        score -= 0.6;
    }
    if is_prose(text) || words.len() > 10 {
        score -= 1.0;
    }
    if text.chars().any(|c| c.is_ascii_digit()) {
        score -= 0.3;
    }
    score
}

/// How much a text reads as the name of an employer.
pub(crate) fn employer_score(text: &str) -> f32 {
    let words = words_of(text);
    if words.is_empty() {
        return -1.0;
    }
    if SELF_EMPLOYED.is_words(&words) {
        return 2.2;
    }
    let organisation = words.iter().filter(|word| ORGANISATION_WORDS.has_word(word)).count();
    let strong_title = words.iter().filter(|word| TITLE_WORDS.has_word(word)).count();
    let mut score = match organisation {
        0 => 0.1,
        1 => 1.2,
        _ => 1.5,
    };
    if has_legal_form(text) {
        score += 2.4;
    }
    if text.contains(" & ") && strong_title == 0 {
        score += 0.4;
    }
    if strong_title > 0 && !has_legal_form(text) {
        score -= 1.0;
    }
    if is_prose(text) {
        score -= 1.5;
    }
    score
}

/// A legal form as a word of its own, not as the first word, and (for short ones) in capitals as it is written.
fn has_legal_form(text: &str) -> bool {
    text.split_whitespace().skip(1).any(|raw| {
        let trimmed = raw.trim_matches(|c: char| matches!(c, ',' | '(' | ')' | ';'));
        let folded = fold(trimmed);
        let bare = folded.trim_end_matches('.');
        let letters = bare.chars().filter(|c| c.is_alphabetic()).count();
        let capital = trimmed.chars().next().is_some_and(char::is_uppercase) || letters > 3 || trimmed.contains('.');
        capital && letters >= 2 && (LEGAL_FORMS.has_word(bare) || LEGAL_FORMS.has_word(&folded))
    })
}

/// How much a text reads as a place.
pub(crate) fn place_score(text: &str) -> f32 {
    let words = words_of(text);
    if words.is_empty() || words.len() > 7 {
        return -1.5;
    }
    if REMOTE.is_words(&words) || words.first().is_some_and(|word| REMOTE.has_word(word)) {
        return 2.4;
    }
    let mut score: f32 = 0.0;
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    if let [_, .., last] = parts[..] {
        if is_region(last) || country(last).is_some() {
            score += 2.4;
        } else if parts.len() == 2 && words.len() <= 4 {
            score += 0.1;
        }
    } else if country(text).is_some() || REGION_NAMES.is(text) {
        score += 2.2;
    }
    let capitals = text.split_whitespace().filter(|w| w.chars().next().is_some_and(char::is_uppercase)).count();
    if words.len() <= 3 && capitals == text.split_whitespace().count() {
        score += 0.25;
    }
    if words.iter().any(|word| TITLE_WORDS.has_word(word)) || has_legal_form(text) {
        score -= 1.6;
    }
    if words.iter().any(|word| ORGANISATION_WORDS.has_word(word) || DEGREE_WORDS.has_word(word)) && score < 2.0 {
        score -= 1.0;
    }
    if text.chars().any(|c| c.is_ascii_digit()) {
        score -= 1.0;
    }
    if is_prose(text) {
        score -= 2.0;
    }
    score
}

/// How much a text reads as a degree.
pub(crate) fn degree_score(text: &str) -> f32 {
    let words = words_of(text);
    if words.is_empty() {
        return -1.0;
    }
    let covered = DEGREE_WORDS.coverage(&words);
    let mut score = if covered > 0 { 1.8 + 0.1 * covered.min(4) as f32 } else { 0.0 };
    // At the start a degree word is telling; deep inside it may be part of a school's name.
    if DEGREE_WORDS.longest_at(&words) > 0 {
        score += 0.7;
    }
    if SCHOOL_WORDS.coverage(&words) > 0 {
        score -= 0.9;
    }
    if is_grade(text) {
        score -= 2.5;
    }
    if is_prose(text) && covered == 0 {
        score -= 1.5;
    }
    score
}

/// How much a text reads as the name of a school.
pub(crate) fn school_score(text: &str) -> f32 {
    let words = words_of(text);
    if words.is_empty() {
        return -1.0;
    }
    let schools = SCHOOL_WORDS.coverage(&words);
    let mut score = if schools > 0 { 2.0 + 0.1 * schools.min(3) as f32 } else { 0.1 };
    if schools == 0 && words.iter().any(|word| ORGANISATION_WORDS.has_word(word)) {
        score += 0.7;
    }
    if DEGREE_WORDS.longest_at(&words) > 0 && schools < words.len() {
        score -= if schools > 0 { 0.8 } else { 1.2 };
    }
    if is_grade(text) {
        score -= 2.5;
    }
    if is_prose(text) {
        score -= 1.0;
    }
    score
}

/// Whether the text is a grade: a labelled one, an honour, or a number alone.
pub(crate) fn is_grade(text: &str) -> bool {
    let words = words_of(text);
    if words.is_empty() {
        return false;
    }
    let number = text.chars().any(|c| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '/' | '%' | ' ' | '(' | ')'));
    let labelled = GRADE_WORDS.longest_at(&words) > 0
        && (GRADE_WORDS.coverage(&words) == words.len()
            || text.contains(':')
            || text.chars().any(|c| c.is_ascii_digit()));
    number || labelled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entries;
    use crate::lines::Pages;
    use crate::testing;

    fn told(lines: &[&str], judge: &Judge) -> Vec<[Option<String>; 3]> {
        let document = testing::document(lines);
        let pages = Pages::of(&document);
        let entries = entries::split(&pages.lines, false);
        let text = |part: Option<(Piece, f32)>| part.map(|(piece, _)| piece.text().to_owned());
        tell(&entries, &[], judge)
            .into_iter()
            .map(|parts| [text(parts.what), text(parts.who), text(parts.place)])
            .collect()
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn one_line_or_three_in_any_order() {
        assert_eq!(
            told(&["**Software Engineer**, Acme Ltd – Hull\t2019 – 2021"], &JOBS),
            [[some("Software Engineer"), some("Acme Ltd"), some("Hull")]]
        );
        assert_eq!(
            told(&["**Acme Ltd**\tHull, UK", "Software Engineer", "2019 – 2021"], &JOBS),
            [[some("Software Engineer"), some("Acme Ltd"), some("Hull, UK")]]
        );
        assert_eq!(
            told(&["2019 – 2021", "Software Engineer at Acme, Dallas, TX"], &JOBS),
            [[some("Software Engineer"), some("Acme"), some("Dallas, TX")]]
        );
    }

    #[test]
    fn roles_with_times_of_their_own_stand_under_the_employer_over_them() {
        let document = testing::document(&[
            "UNITED STATES ARMY\tJun 2001 – Jul 2021",
            "First Sergeant\tAug 2016 – Jul 2021",
            "• Led and counselled the soldiers of a company",
            "Platoon Sergeant\tMay 2009 – Jul 2016",
            "• Trained soldiers for two deployments",
        ]);
        let entries = entries::split(&Pages::of(&document).lines, false);
        let told = tell(&entries, &[], &JOBS);
        let (entries, told) = under_their_employers(entries, told);
        assert_eq!(entries.len(), 2);
        let shown = |parts: &Parts| {
            let text = |part: &Option<(Piece, f32)>| part.as_ref().map(|(piece, _)| piece.text().to_owned());
            [text(&parts.what), text(&parts.who)]
        };
        assert_eq!(shown(&told[0]), [some("First Sergeant"), some("UNITED STATES ARMY")]);
        assert_eq!(shown(&told[1]), [some("Platoon Sergeant"), some("UNITED STATES ARMY")]);
    }

    #[test]
    fn a_city_behind_a_legal_form_and_a_street_behind_a_name_are_no_part_of_it() {
        let told = told(&["**Acme Systems GmbH, Halle (Saale)**\t2019 – 2021", "Elektriker"], &JOBS);
        assert_eq!(told[0], [some("Elektriker"), some("Acme Systems GmbH"), some("Halle (Saale)")]);
        let name = |text: &str| {
            let mut piece = Piece::default();
            text.split(' ').enumerate().for_each(|(i, word)| piece.push(" ", word, i as u32));
            without_street(&(piece, 0.9)).0.text().to_owned()
        };
        assert_eq!(name("Opificio Toscano, Viale Strozzi 1, Firenze"), "Opificio Toscano");
        assert_eq!(name("Acme Ltd, 12 High Street"), "Acme Ltd");
        assert_eq!(name("Museum of Art, Building and Design"), "Museum of Art, Building and Design");
    }

    #[test]
    fn a_comma_inside_a_title_stays_when_the_employer_is_told() {
        assert_eq!(
            told(&["**Staff Nurse, Respiratory Ward**, Northern Infirmary – Hull\t2019 – 2021"], &JOBS),
            [[some("Staff Nurse, Respiratory Ward"), some("Northern Infirmary"), some("Hull")]]
        );
    }

    #[test]
    fn neighbours_decide_where_the_words_are_silent() {
        let found = told(
            &[
                "**Quux**\t2019 – 2021",
                "Software Engineer",
                "• Wrote things that are read by people",
                "**Blorp**\t2015 – 2019",
                "Whatsit",
                "• Wrote other things for other people",
            ],
            &JOBS,
        );
        assert_eq!(found[1][..2], [some("Whatsit"), some("Blorp")]);
    }

    #[test]
    fn title_employer_and_city_may_share_a_line() {
        assert_eq!(
            told(&["Leiter Vertrieb, Pumpenbau Nord GmbH & Co. KG, Kiel (01/2017 – heute)"], &JOBS),
            [[some("Leiter Vertrieb"), some("Pumpenbau Nord GmbH & Co. KG"), some("Kiel")]]
        );
        assert_eq!(
            told(&["2019 – 2021\t**Verpleegkundige**", "Ziekenhuis De Linde, Zwolle"], &JOBS),
            [[some("Verpleegkundige"), some("Ziekenhuis De Linde"), some("Zwolle")]]
        );
    }

    #[test]
    fn degrees_and_schools_are_told_apart() {
        assert_eq!(
            told(&["**University of Somewhere**\t2010 – 2013", "BSc in Physics"], &STUDIES)[0][..2],
            [some("BSc in Physics"), some("University of Somewhere")]
        );
        assert_eq!(
            told(&["Máster en Derecho, Universidad de Algún Lugar, 2013 – 2015"], &STUDIES)[0][..2],
            [some("Máster en Derecho"), some("Universidad de Algún Lugar")]
        );
    }

    #[test]
    fn a_legal_form_stays_with_its_company() {
        assert_eq!(
            told(&["Plant Manager, Foo Orthopedics, Inc., Gary, IN\t2004 – 2008"], &JOBS),
            [[some("Plant Manager"), some("Foo Orthopedics, Inc."), some("Gary, IN")]]
        );
    }
}
