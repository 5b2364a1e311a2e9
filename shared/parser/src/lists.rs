//! Sections that are lists: skills, languages, interests.

use std::collections::BTreeMap;

use crate::gazetteer::{EMPTY_LABELS, LANGUAGE_LEVELS, LANGUAGE_NAMES, LEFTOVERS, SectionKind};
use crate::lines::{Line, Run};
use crate::piece::Piece;
use crate::sections::{heading_kinds, is_heading_text, names_languages};
use crate::text::{fold, folded_words, is_prose};

/// Skills under one name, or under none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Group {
    pub name: Option<Piece>,
    pub keywords: Vec<(Piece, Option<Piece>)>,
    /// Whether sentences stand under it, which are no skills.
    pub sentences: bool,
}

/// A spoken language with the level as written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spoken {
    pub name: Piece,
    pub level: Option<Piece>,
    pub sure: f32,
}

/// Reads the groups of a skills section.
pub(crate) fn skills(lines: &[Line]) -> Vec<Group> {
    let lines = join_lists(lines);
    let mut groups: Vec<Group> = vec![Group::default()];
    let mut heads: Vec<(f32, usize)> = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let next = lines.get(i + 1);
        if EMPTY_LABELS.is(line.text().trim_end_matches(':')) {
            continue;
        }
        // A row of group names over columns of skills.
        if let Some(row) = next.and_then(|next| heads_over_columns(line, next)) {
            heads.clear();
            for run in row {
                groups.push(Group { name: Some(run.piece.clone()), ..Group::default() });
                heads.push((run.x, groups.len() - 1));
            }
            continue;
        }
        if heads.len() > 1 && line.runs.len() > 1 && !line.runs[0].bold {
            for run in &line.runs {
                let head = heads
                    .iter()
                    .rev()
                    .find(|(x, _)| *x <= run.x + 6.0)
                    .or(heads.first())
                    .map_or(0, |(_, group)| *group);
                add_keywords(&mut groups[head], &run.piece);
            }
            continue;
        }
        heads.clear();
        if let Some((name, rest)) = labelled(line) {
            groups.push(Group { name: Some(name), ..Group::default() });
            if let Some(group) = groups.last_mut() {
                add_keywords(group, &rest);
            }
        } else if is_group_name(line, next, i.checked_sub(1).map(|before| &lines[before])) {
            groups.push(Group { name: Some(line.piece.trimmed()), ..Group::default() });
        } else if let Some(group) = groups.last_mut() {
            // A short item of a list is no sentence, though many small words hold it together.
            let item = line.bullet && line.word_count() <= 6 && !line.text().ends_with(['.', '!']);
            if item && is_prose(line.text()) && !line.text().contains([',', ';', '|']) {
                group.keywords.push((strip_marks(&line.piece.trimmed()), None));
            } else {
                add_keywords(group, &line.piece);
            }
        }
    }
    // A group's name with nothing under it is a skill itself.
    for group in &mut groups {
        if group.keywords.is_empty()
            && !group.sentences
            && let Some(name) = group.name.take()
        {
            add_keywords(group, &name);
        }
    }
    groups.retain(|group| !group.keywords.is_empty());
    groups
}

/// A labelled row among the skills that belongs to another kind of section, without its label: `Sprachen` beside
/// `Deutsch, Englisch`, a driving licence, how well a language is read.
pub(crate) fn row_of_another_kind(line: &Line) -> Option<(SectionKind, Line)> {
    let text = line.text();
    let cut = text.find([':', '\t'])?;
    let rest = text[cut + 1..].trim_start_matches([':', '\t', ' ']);
    if rest.is_empty() {
        return None;
    }
    let row = || {
        let piece = line.piece.slice(text.len() - rest.len()..text.len()).trimmed();
        let runs = vec![Run { piece: piece.clone(), size: line.size, ..Run::default() }];
        Line { piece, runs, bullet: false, bold: false, ..line.clone() }
    };
    let by_gap = text[cut..].starts_with('\t');
    if by_gap && is_level(rest) && !names_languages(&text[..cut]) && rest.split_whitespace().count() <= 2 {
        return Some((SectionKind::Other, row()));
    }
    match heading_kinds(&text[..cut])?[..] {
        [SectionKind::Languages] if names_languages(rest) => Some((SectionKind::Languages, row())),
        [SectionKind::Interests] => Some((SectionKind::Interests, row())),
        // "Other: Lean, Excel" is a group of skills; "Driving licence: B" is not.
        [SectionKind::Other] if !LEFTOVERS.is(&text[..cut]) => Some((SectionKind::Other, row())),
        _ => None,
    }
}

/// Puts lists together that were broken over lines.
fn join_lists(lines: &[Line]) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::with_capacity(lines.len());
    for line in lines {
        let goes_on = out.last().is_some_and(|last| {
            let list = last.text().contains(',')
                || last.text().contains('|')
                || last.text().contains('·')
                || last.text().contains(';');
            let open = last.text().trim_end().ends_with([',', '\u{ad}', '|', '·', '/']) || ends_in_hyphen(last.text());
            let plain = !line.bullet && labelled(line).is_none() && (last.bold || !line.bold);
            let indented = line.bbox.width > 0.0 && line.bbox.x > last.bbox.x + 6.0;
            plain
                && !line.text().contains('\t')
                && (open
                    || list
                        && last.is_full()
                        && (line.begins_inside() || line.text().contains(',') || indented || last.bullet))
        });
        match out.last_mut() {
            Some(last) if goes_on => {
                last.piece.append_line(&line.piece);
                last.runs.extend(line.runs.iter().cloned());
                last.bbox.width = line.bbox.right().max(last.bbox.x) - last.bbox.x;
            }
            _ => out.push(line.clone()),
        }
    }
    out
}

fn ends_in_hyphen(text: &str) -> bool {
    let mut chars = text.trim_end().chars().rev();
    chars.next() == Some('-') && chars.next().is_some_and(char::is_alphabetic)
}

/// `Databases: PostgreSQL, Redis`, or the same with a change of look or a gap instead of the colon.
fn labelled(line: &Line) -> Option<(Piece, Piece)> {
    let text = line.text();
    if let Some(colon) = text.find(':') {
        let (label, rest) = (&text[..colon], &text[colon + 1..]);
        let sound = label.split_whitespace().count() <= 6
            && !label.contains([',', '\t', ';'])
            && !rest.trim().is_empty()
            && !rest.starts_with("//");
        return sound
            .then(|| (line.piece.slice(0..colon).trimmed(), line.piece.slice(colon + 1..text.len()).trimmed()));
    }
    let [first, second, ..] = &line.runs[..] else { return None };
    let look_changes = first.bold && !second.bold;
    let rest = line.without_runs(1)?;
    let list = rest.text().contains([',', '|', '·', ';', '•']);
    let few = first.piece.text().split_whitespace().count() <= 5 && !first.piece.text().contains(',');
    if few
        && (look_changes && (list || !second.after_gap || line.runs.len() == 2)
            || second.after_gap && list && !first.piece.text().contains(','))
    {
        return Some((first.piece.clone(), rest.piece.trimmed()));
    }
    // "Databases – PostgreSQL, Redis"
    let dash = text.find(" – ").or_else(|| text.find(" - ")).or_else(|| text.find(" — "))?;
    let (label, rest) = (&text[..dash], &text[dash..]);
    let sound = label.split_whitespace().count() <= 4 && !label.contains([',', '\t']) && rest.contains(',');
    sound.then(|| (line.piece.slice(0..dash).trimmed(), line.piece.slice(dash..text.len()).trimmed()))
}

/// A line that names the lines below it: bolder, larger or less set in than they are, or no list item over items.
fn is_group_name(line: &Line, next: Option<&Line>, before: Option<&Line>) -> bool {
    let Some(next) = next else { return false };
    if line.bullet
        || line.word_count() > 5
        || line.text().contains([',', '\t', '|', ';', '•', '·'])
        || next.runs.is_empty()
        || line.runs.is_empty()
    {
        return line.text().trim_end().ends_with(':') && line.word_count() <= 5;
    }
    let colon = line.text().trim_end().ends_with(':');
    let bolder = line.bold && !next.bold;
    let larger = !line.recognised && line.size > next.size * 1.06 && next.size > 0.0;
    let over_items = next.bullet;
    let set_in = line.bbox.width > 0.0
        && line.column == next.column
        && next.bbox.x > line.bbox.x + 6.0
        && next.page == line.page;
    // Pages break between a group's name and its items; the gap above says that something begins.
    let new_page = next.page != line.page && before.is_some_and(|before| before.bbox.x > line.bbox.x + 6.0);
    colon || bolder || larger || over_items || set_in || new_page
}

/// Group names side by side, each over its own column: larger or bolder than the line below, which has cells too.
fn heads_over_columns<'a>(line: &'a Line, next: &Line) -> Option<&'a [Run]> {
    let several =
        line.runs.len() >= 2 && line.runs.iter().skip(1).all(|run| run.after_gap) && !line.text().contains(',');
    let (own, below) = (line.runs.first()?, next.runs.first()?);
    let prominent = own.bold && !below.bold || own.size > below.size * 1.06;
    (several && prominent && next.runs.len() >= 2).then_some(&line.runs[..])
}

fn add_keywords(group: &mut Group, piece: &Piece) {
    for part in split_list(piece) {
        let (name, level) = without_level(&part);
        let name = strip_marks(&name);
        let text = name.text();
        let words = text.split_whitespace().count();
        let sentence = words > 4 && (is_prose(text) || text.ends_with('.')) || words > 8;
        let letters = text.chars().any(char::is_alphabetic);
        group.sentences |= sentence;
        if !sentence && letters && text.chars().count() <= 70 {
            group.keywords.push((name, level));
        }
    }
}

/// Takes drawn ratings (●●●○○, ★★★, ■■□) off both ends, and percentages off the end.
fn strip_marks(piece: &Piece) -> Piece {
    const MARKS: &str = "●○◯★☆■□▪▫⬤◉•█░▰▱✦✩✪✭⭐◆◇";
    let mark = |c: char| c.is_whitespace() || MARKS.contains(c);
    let text = piece.text();
    let end = text.trim_end_matches(mark).len();
    let start = end - text[..end].trim_start_matches(mark).len();
    let mut piece = piece.slice(start..end).trimmed();
    if let Some(last) = piece.text().split_whitespace().next_back()
        && last.ends_with('%')
        && last[..last.len() - 1].chars().all(|c| c.is_ascii_digit())
    {
        let end = piece.text().rfind(last).unwrap_or(piece.text().len());
        piece = piece.slice(0..end).trimmed();
    }
    piece
}

/// Cuts at commas and the like outside brackets; slashes stay, because CI/CD and TCP/IP are whole.
pub(crate) fn split_list(piece: &Piece) -> Vec<Piece> {
    let text = piece.text();
    let mut depth = 0_i32;
    let mut out = Vec::new();
    let mut from = 0;
    for (i, c) in text.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = (depth - 1).max(0),
            _ => {}
        }
        let spaced = || text[..i].ends_with(' ') && text[i + c.len_utf8()..].starts_with(' ');
        // "C, C++" is a list; the comma of "10,000" is not.
        let in_number = c == ','
            && text[..i].ends_with(|c: char| c.is_ascii_digit())
            && text[i + 1..].starts_with(|c: char| c.is_ascii_digit());
        let cut = matches!(c, ',' | ';' | '|' | '•' | '·' | '\t' | '●' | '◆' | '∙' | '⋅' | '、' | '▪')
            && depth == 0
            && !in_number
            || c == '/' && depth == 0 && spaced();
        if cut {
            out.push(piece.slice(from..i).trimmed());
            from = i + c.len_utf8();
        }
    }
    out.push(piece.slice(from..text.len()).trimmed());
    let several = out.len() > 2;
    for part in &mut out {
        // The last of a written-out list: "Java, Python, and SQL".
        let lower = fold(part.text());
        if let Some(joiner) = ["and ", "und ", "et ", "y ", "e ", "en ", "i ", "och ", "ve "]
            .iter()
            .find(|joiner| several && lower.starts_with(**joiner))
        {
            *part = part.slice(joiner.len()..part.text().len()).trimmed();
        }
        if part.text().ends_with('.') && part.text().matches('.').count() == 1 && part.text().chars().count() > 4 {
            *part = part.slice(0..part.text().len() - 1);
        }
    }
    out.retain(|part| !part.is_empty());
    out
}

/// `Python (Advanced)`, `SQL – expert`: the skill, and how well.
fn without_level(part: &Piece) -> (Piece, Option<Piece>) {
    let text = part.text();
    let cut = text
        .rfind('(')
        .filter(|_| text.ends_with(')'))
        .or_else(|| text.rfind(" – "))
        .or_else(|| text.rfind(" - "))
        .or_else(|| text.rfind(": "));
    if let Some(cut) = cut {
        let level = part.slice(cut..text.len()).trimmed();
        let level_text = level.text().trim_matches(|c: char| matches!(c, '(' | ')'));
        if LANGUAGE_LEVELS.is(level_text) && cut > 0 {
            return (part.slice(0..cut).trimmed(), Some(level));
        }
    }
    (part.clone(), None)
}

/// Reads a section of spoken languages.
pub(crate) fn languages(lines: &[Line]) -> Vec<Spoken> {
    let mut out: Vec<Spoken> = Vec::new();
    for line in lines {
        let text = line.text();
        // "Native: Arabic, French" turned round.
        if let Some((label, rest)) = text.split_once(':')
            && is_level(label)
            && !is_level(rest)
        {
            let colon = label.len();
            let level = line.piece.slice(0..colon).trimmed();
            for part in split_list(&line.piece.slice(colon + 1..text.len())) {
                out.push(Spoken { name: part, level: Some(level.clone()), sure: 0.9 });
            }
            continue;
        }
        let on_line = out.len();
        for sentence in sentences(&line.piece) {
            for part in split_list(&sentence) {
                read_language(&strip_marks(&part), line, on_line, &mut out);
            }
        }
    }
    out.truncate(40);
    out
}

/// `Catalan: native. English: level C1.`: each sentence by itself.
fn sentences(piece: &Piece) -> Vec<Piece> {
    let text = piece.text();
    let mut out = Vec::new();
    let mut from = 0;
    for (stop, _) in text.match_indices(". ") {
        let next = text[stop + 2..].trim_start();
        if next.starts_with(char::is_uppercase)
            && names_languages(next.split([':', ' ', ',']).next().unwrap_or_default())
        {
            out.push(piece.slice(from..stop));
            from = stop + 2;
        }
    }
    out.push(piece.slice(from..text.len()));
    out
}

/// The level of the Common European Framework (A1 to C2) of each language whose words state one, by JSON pointer.
pub(crate) fn levels(languages: &[vitae_resume::Language]) -> BTreeMap<String, String> {
    const LEVELS: [&str; 6] = ["A1", "A2", "B1", "B2", "C1", "C2"];
    let stated = |fluency: &str| {
        let words: Vec<String> = fluency.split(|c: char| !c.is_alphanumeric()).map(str::to_uppercase).collect();
        // "B1–B2" is the lower of the two: what is claimed for certain.
        LEVELS.iter().find(|level| words.iter().any(|word| word == **level)).map(|level| (*level).to_owned())
    };
    let pointers = languages.iter().enumerate();
    pointers.filter_map(|(i, l)| Some((format!("/languages/{i}"), stated(l.fluency.as_deref()?)?))).collect()
}

/// `on_line` is how many languages stood on the lines above.
fn read_language(part: &Piece, line: &Line, on_line: usize, out: &mut Vec<Spoken>) {
    let text = part.text();
    let words = folded_words(text);
    if words.is_empty() || is_heading_text(text) && !is_level(text) {
        return;
    }
    let named = words.iter().any(|word| LANGUAGE_NAMES.has_word(word));
    // "Luo (good)": a language that the list does not know, with its level in brackets.
    let bracketed = text.find(" (").is_some_and(|open| {
        is_level(text[open..].trim_matches([' ', '(', ')']))
            && LANGUAGE_LEVELS.coverage(&folded_words(&text[..open])) == 0
    });
    if !named && !bracketed && is_level(text) {
        // A level behind its language, or under it: then the first one that has none yet.
        let beside = out[on_line..].iter().rposition(|spoken| spoken.level.is_none()).map(|at| on_line + at);
        let at = beside.or_else(|| out.iter().position(|spoken| spoken.level.is_none()));
        if let Some(spoken) = at.and_then(|at| out.get_mut(at)) {
            spoken.level = Some(part.clone());
        }
        return;
    }
    let cut = [text.find(['(', ':']), text.find(" – "), text.find(" - "), text.find(" — ")]
        .into_iter()
        .flatten()
        .min()
        .or_else(|| text.find('–'));
    if let Some(cut) = cut.filter(|cut| *cut > 0) {
        let name = part.slice(0..cut).trimmed();
        let level = part.slice(cut..text.len()).trimmed();
        let level = Piece::slice(&level, 0..level.text().len());
        // "Catalan and Spanish: native"
        let joiner = [" y ", " and ", " und ", " et ", " e ", " i ", " och ", " ve ", " en ", " & "].into_iter().find(
            |joiner| {
                name.text().split_once(joiner).is_some_and(|(a, b)| {
                    [a, b].iter().all(|half| {
                        let words = folded_words(half);
                        words.len() == 1 && LANGUAGE_NAMES.has_word(&words[0])
                    })
                })
            },
        );
        if let Some((joiner, at)) = joiner.and_then(|joiner| Some((joiner, name.text().find(joiner)?))) {
            for half in [name.slice(0..at), name.slice(at + joiner.len()..name.text().len())] {
                out.push(Spoken { name: half, level: (!level.is_empty()).then(|| level.clone()), sure: 0.9 });
            }
            return;
        }
        if name.text().split_whitespace().count() <= 3 {
            let sure = if named { 0.96 } else { 0.8 };
            out.push(Spoken { name, level: (!level.is_empty()).then_some(level), sure });
        }
        return;
    }
    // "English native speaker", "Deutsch C1"
    let starts: Vec<usize> = part.starts().iter().map(|(start, _)| *start).collect();
    for start in starts.iter().skip(1) {
        let (name, level) = (&text[..*start], &text[*start..]);
        if is_level(level) && name.split_whitespace().count() <= 2 {
            let sure = if named { 0.95 } else { 0.75 };
            out.push(Spoken {
                name: part.slice(0..*start).trimmed(),
                level: Some(part.slice(*start..text.len()).trimmed()),
                sure,
            });
            return;
        }
    }
    let short = words.len() <= 2
        && text.chars().next().is_some_and(char::is_alphabetic)
        && !text.chars().any(|c| c.is_ascii_digit());
    if named && words.len() <= 4 || short && !line.bullet | line.bold | !out.is_empty() {
        out.push(Spoken { name: part.clone(), level: None, sure: if named { 0.9 } else { 0.5 } });
    }
}

/// Whether the text says how well a language is spoken.
fn is_level(text: &str) -> bool {
    let words = folded_words(text);
    let covered = LANGUAGE_LEVELS.coverage(&words);
    covered > 0 && (covered == words.len() || covered * 2 >= words.len() && words.len() <= 6)
}

/// Reads a list of interests.
pub(crate) fn interests(lines: &[Line]) -> Vec<Piece> {
    let joined = join_lists(lines);
    let mut out = Vec::new();
    for line in &joined {
        if is_prose(line.text()) && line.word_count() > 10 {
            out.push(line.piece.trimmed());
        } else {
            out.extend(split_list(&line.piece));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lines::Pages;
    use crate::testing;

    fn groups(lines: &[&str]) -> Vec<(Option<String>, Vec<String>)> {
        let document = testing::document(lines);
        skills(&Pages::of(&document).lines)
            .into_iter()
            .map(|group| {
                (
                    group.name.map(|name| name.text().to_owned()),
                    group.keywords.iter().map(|(keyword, _)| keyword.text().to_owned()).collect(),
                )
            })
            .collect()
    }

    #[test]
    fn a_level_belongs_to_the_language_beside_it() {
        assert_eq!(
            spoken(&["Breton\tLangue maternelle", "Anglais\tCourant (C1)"]),
            [pair("Breton", "Langue maternelle"), pair("Anglais", "Courant (C1)")]
        );
    }

    #[test]
    fn a_level_in_words_and_in_brackets_is_one_level() {
        assert_eq!(spoken(&["Anglais – courant (C1)"]), [pair("Anglais", "courant (C1)")]);
    }

    #[test]
    fn what_heads_sentences_is_no_skill() {
        let lines = ["**Teaching**", "• Wrote a curriculum for children aged seven to eleven", "**Tools**", "• Git"];
        assert_eq!(groups(&lines), [(Some("Tools".to_owned()), vec!["Git".to_owned()])]);
    }

    fn spoken(lines: &[&str]) -> Vec<(String, Option<String>)> {
        let document = testing::document(lines);
        languages(&Pages::of(&document).lines)
            .into_iter()
            .map(|spoken| (spoken.name.text().to_owned(), spoken.level.map(|level| level.text().to_owned())))
            .collect()
    }

    fn pair(name: &str, level: &str) -> (String, Option<String>) {
        (name.to_owned(), Some(level.to_owned()))
    }

    #[test]
    fn names_with_marks_in_them_stay_whole() {
        assert_eq!(
            groups(&["C++, C#, .NET, Node.js, CI/CD, TCP/IP, R"])[0].1,
            ["C++", "C#", ".NET", "Node.js", "CI/CD", "TCP/IP", "R"]
        );
    }

    #[test]
    fn groups_are_told_by_colon_by_look_and_by_place() {
        assert_eq!(groups(&["Databases: PostgreSQL, Redis"])[0].0.as_deref(), Some("Databases"));
        assert_eq!(groups(&["**Databases** PostgreSQL, Redis"])[0].1, ["PostgreSQL", "Redis"]);
        let under = groups(&["**Databases**", "• PostgreSQL", "• Redis", "**Tools**", "• Git"]);
        assert_eq!(under.len(), 2);
        assert_eq!(under[1].1, ["Git"]);
    }

    #[test]
    fn no_sentence_becomes_a_skill() {
        assert!(groups(&["I am able to work with many people in a large and busy office."]).is_empty());
    }

    #[test]
    fn brackets_keep_their_commas() {
        assert_eq!(groups(&["Cloud (AWS, GCP), Linux"])[0].1, ["Cloud (AWS, GCP)", "Linux"]);
    }

    #[test]
    fn drawn_ratings_go() {
        assert_eq!(groups(&["Python ●●●○○", "Rust 80%", "★★★★☆ Go"])[0].1, ["Python", "Rust", "Go"]);
    }

    #[test]
    fn languages_stand_beside_or_over_their_levels() {
        let expected = [pair("English", "Fluent"), pair("French", "B2")];
        assert_eq!(spoken(&["English (Fluent), French (B2)"]), expected);
        assert_eq!(spoken(&["English – Fluent", "French – B2"]), expected);
        assert_eq!(spoken(&["English", "Fluent", "French", "B2"]), expected);
        assert_eq!(spoken(&["English\tFrench", "Fluent\tB2"]), expected);
        assert_eq!(spoken(&["English: Fluent", "French: B2"]), expected);
    }
}
