//! Headings, and the lines under each.
//!
//! A heading is told by its words and its look together: the words must be a section's name (in one of many tongues),
//! and the look must be one that several section names of the document share. A line that only looks like the
//! headings ends a section without opening a known one.

use std::collections::BTreeMap;

use crate::dates;
use crate::gazetteer::{
    CONSENT, HEADING_JOINERS, HEADING_MODIFIERS, LANGUAGE_LEVELS, LANGUAGE_NAMES, ON_REQUEST, SectionKind,
    heading_phrase,
};
use crate::lines::{Line, Pages};
use crate::piece::Piece;
use crate::text::{fold, folded_words, is_prose};

/// A run of lines under one heading.
#[derive(Debug, Clone, Default)]
pub(crate) struct Section {
    /// What the heading names: one kind, or two ("Skills & Languages").
    pub kinds: Vec<SectionKind>,
    /// The heading's words; empty where none opened the section.
    pub heading: String,
    /// Whether the words are known to name a section, and not the look alone.
    pub named: bool,
    pub lines: Vec<Line>,
    /// How sure the heading is, 0 to 1.
    pub confidence: f32,
}

/// The document cut at its headings.
#[derive(Debug, Default)]
pub(crate) struct Sections {
    /// Lines under no heading: the top of the first page, above all.
    pub top: Vec<Line>,
    pub sections: Vec<Section>,
}

impl Sections {
    /// Cuts the document.
    pub(crate) fn of(pages: &Pages<'_>) -> Self {
        let joined = join_margin_headings(&pages.lines);
        let lines = joined.as_deref().unwrap_or(&pages.lines);
        let open = without_closing(lines);
        let lines = open.as_deref().unwrap_or(lines);
        let headings = find_headings(lines, pages.body_size);
        match rejoin_stray_columns(lines, &headings) {
            Some(lines) => {
                let headings = find_headings(&lines, pages.body_size);
                gather(&lines, &headings)
            }
            None => gather(lines, &headings),
        }
    }

    /// The sections of a kind, in reading order.
    pub(crate) fn of_kind(&self, kind: SectionKind) -> impl Iterator<Item = &Section> {
        self.sections.iter().filter(move |section| section.kinds.contains(&kind))
    }
}

#[derive(Debug, Clone)]
struct Heading {
    kinds: Vec<SectionKind>,
    /// Number of the line's runs that are the heading; the rest is the section's first line.
    runs: usize,
    confidence: f32,
}

/// What a heading looks like, coarse enough that all headings of one design look alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Look {
    half_points: i32,
    bold: bool,
    caps: bool,
}

impl Look {
    fn of(line: &Line, runs: usize) -> Self {
        let run = &line.runs[0];
        let recognised = line.recognised;
        Self {
            // The height of a recognised line says little about its font.
            half_points: if recognised { 0 } else { (run.size * 2.0).round() as i32 },
            bold: run.bold && !recognised,
            caps: line.runs.iter().take(runs).all(|run| crate::lines::is_capitals(run.piece.text())),
        }
    }
}

/// The lines without those that only close the document: the place and day of its signature, a consent to keep the
/// data, a declaration that all is true, the promise of references.
fn without_closing(lines: &[Line]) -> Option<Vec<Line>> {
    let mut closing = vec![false; lines.len()];
    let mut in_clause = false;
    for (i, line) in lines.iter().enumerate() {
        let words = folded_words(line.text());
        let clause = words.len() >= 5 && !line.bullet && CONSENT.coverage(&words) > 0;
        in_clause = clause || in_clause && i > 0 && lines[i - 1].block == line.block && line.gap < 0.8 && !line.bold;
        let promise = words.len() <= 12 && ends_with_promise(&words);
        closing[i] = in_clause || promise;
    }
    // A signature stands last.
    let mut last = lines.len();
    while let Some(i) = last.checked_sub(1).filter(|i| lines.len() - i <= 4 && lines.len() > 8) {
        if !closing[i] && !is_signature(&lines[i]) {
            break;
        }
        closing[i] = true;
        last = i;
    }
    closing
        .contains(&true)
        .then(|| lines.iter().zip(closing).filter(|(_, closing)| !closing).map(|(line, _)| line.clone()).collect())
}

fn ends_with_promise(words: &[String]) -> bool {
    (0..words.len()).any(|from| {
        let length = ON_REQUEST.longest_at(&words[from..]);
        length > 1 && from + length == words.len()
    })
}

/// `Tübingen, den 3. März 2024`: a place and a day, or a day behind its label, and nothing else.
fn is_signature(line: &Line) -> bool {
    let text = line.text();
    let label = folded_words(text.split(':').next().unwrap_or_default());
    let labelled = text.contains(':')
        && matches!(
            label.first().map(String::as_str),
            Some("date" | "place" | "datum" | "ort" | "lieu" | "fecha" | "lugar")
        )
        && line.word_count() <= 8;
    let found = dates::find(text, false);
    let [one] = &found[..] else { return labelled };
    let day = one.period.start.is_some_and(|date| date.to_string().len() == 10);
    let before = text[..one.range.start].split_whitespace().count();
    let after = text[one.range.end..].split_whitespace().count();
    labelled
        || day && one.period.single && (1..=3).contains(&before) && after == 0 && text[..one.range.start].contains(',')
}

/// Puts headings in the margin together that take two lines beside their section's first two: `Academic` and
/// `Background`, each with a line of the first entry behind it.
fn join_margin_headings(lines: &[Line]) -> Option<Vec<Line>> {
    let mut joined: Option<Vec<Line>> = None;
    let mut removed: Vec<usize> = Vec::new();
    for i in 1..lines.len() {
        let all = joined.as_deref().unwrap_or(lines);
        let (above, below) = (&all[i - 1], &all[i]);
        let Some((head, rest)) = margin_cell(above) else { continue };
        if above.page != below.page || above.column != below.column || removed.contains(&(i - 1)) {
            continue;
        }
        let (tail, after) = match margin_cell(below) {
            Some((tail, after)) => (tail, Some(after)),
            // Beside the heading's second line the text may have ended.
            None => (below.piece.clone(), None),
        };
        let Some(second) = below.runs.first() else { continue };
        let first = &above.runs[0];
        let alike = first.bold == second.bold && (first.size - second.size).abs() < 0.6;
        let in_margin = after.map_or(below.bbox.right(), |after| after - 1.0) < rest + 30.0
            && after.is_none_or(|after| (after - rest).abs() < 40.0)
            && below.bbox.x < rest - 10.0;
        let whole = format!("{} {}", head.text(), tail.text());
        let two = heading_kinds(head.text()).zip(heading_kinds(tail.text())).is_some_and(|(a, b)| a != b)
            && !head.text().ends_with(['&', ',', '/', '-']);
        if !alike || !in_margin || two || heading_kinds(&whole).is_none() {
            continue;
        }
        let runs = after.map_or(below.runs.len(), |after| below.runs.iter().take_while(|run| run.x < after).count());
        let lines = joined.get_or_insert_with(|| lines.to_vec());
        let behind = lines[i].without_runs(runs);
        lines[i - 1].runs[0].piece.append_line(&tail);
        let cells: Vec<Piece> = lines[i - 1].runs.iter().map(|run| run.piece.clone()).collect();
        let mut piece = Piece::default();
        for (run, cell) in lines[i - 1].runs.iter().zip(&cells) {
            piece.append(if run.after_gap { "\t" } else { " " }, cell);
        }
        lines[i - 1].piece = piece;
        match behind {
            Some(behind) => lines[i] = Line { gap: lines[i].gap, ..behind },
            None => removed.push(i),
        }
    }
    joined.map(|lines| {
        let kept = lines.into_iter().enumerate().filter(|(i, _)| !removed.contains(i));
        kept.map(|(_, line)| line).collect()
    })
}

/// A line's first cell, where it is one run with a gap behind it, and where the next begins.
fn margin_cell(line: &Line) -> Option<(Piece, f32)> {
    match &line.runs[..] {
        [first, second, ..] if second.after_gap => Some((first.piece.clone(), second.x)),
        _ => None,
    }
}

/// Puts a column without a single heading back beside the lines that it continues.
///
/// What looks like a column may be the right half of a section: places against the right margin, the second group of
/// skills in a row. It stands line by line at the height of the section's own lines, which a side column does not.
fn rejoin_stray_columns(lines: &[Line], headings: &BTreeMap<usize, Heading>) -> Option<Vec<Line>> {
    let with_headings: Vec<usize> = headings.keys().map(|i| lines[*i].column).collect();
    let mut stray: Vec<(usize, usize)> = Vec::new();
    for line in lines {
        let place = (line.page, line.column);
        let home = headings.keys().any(|i| lines[*i].page == line.page && lines[*i].column != line.column);
        if (!with_headings.contains(&line.column) || line.column > 0) && home && !stray.contains(&place) {
            stray.push(place);
        }
    }
    // A margin of dates is no column either, though a heading set in the middle may have been taken into it.
    let mut margins: BTreeMap<(usize, usize), bool> = BTreeMap::new();
    let besides_headings = lines.iter().enumerate().filter(|(i, line)| line.column > 0 && !headings.contains_key(i));
    for (_, line) in besides_headings {
        let dated = dates::find(line.text(), false).first().is_some_and(|found| found.range.len() == line.text().len());
        *margins.entry((line.page, line.column)).or_insert(true) &= dated;
    }
    let margins: Vec<(usize, usize)> =
        margins.into_iter().filter(|(_, dated)| *dated).map(|(place, _)| place).collect();
    stray.retain(|(page, column)| {
        if margins.contains(&(*page, *column)) {
            return true;
        }
        let own: Vec<&Line> = lines.iter().filter(|line| line.page == *page && line.column == *column).collect();
        if with_headings.contains(column) {
            return false;
        }
        let contact = own.iter().any(|line| line.text().contains('@') || line.text().contains("http"));
        let beside = own.iter().filter(|line| beside(lines, line).is_some()).count();
        !contact && beside * 2 > own.len()
    });
    if stray.is_empty() {
        return None;
    }
    let is_stray = |line: &Line| stray.contains(&(line.page, line.column));
    let mut cells: BTreeMap<usize, Vec<&Line>> = BTreeMap::new();
    let mut after: BTreeMap<usize, Vec<&Line>> = BTreeMap::new();
    for line in lines.iter().filter(|line| is_stray(line)) {
        if let Some(home) = beside(lines, line).filter(|home| !is_stray(&lines[*home])) {
            cells.entry(home).or_default().push(line);
        } else {
            let from = lines.partition_point(|other| other.page < line.page);
            let to = lines.partition_point(|other| other.page <= line.page);
            let above = |i: &usize| !is_stray(&lines[*i]) && lines[*i].bbox.y <= line.bbox.y;
            let home =
                (from..to).filter(above).max_by(|a, b| lines[*a].bbox.y.total_cmp(&lines[*b].bbox.y)).unwrap_or(from);
            after.entry(home).or_default().push(line);
        }
    }
    let mut out = Vec::with_capacity(lines.len());
    for (i, line) in lines.iter().enumerate().filter(|(_, line)| !is_stray(line)) {
        let mut whole = line.clone();
        for cell in cells.get(&i).into_iter().flatten() {
            whole.add_cell(cell);
        }
        let column = whole.column;
        out.push(whole);
        out.extend(after.get(&i).into_iter().flatten().map(|line| Line { column, ..(*line).clone() }));
    }
    Some(out)
}

/// The line at the same height in another column, the nearest to the left.
fn beside(lines: &[Line], line: &Line) -> Option<usize> {
    let same_height = |other: &Line| {
        other.page == line.page
            && other.column != line.column
            && (other.bbox.y + other.bbox.height / 2.0 - line.bbox.y - line.bbox.height / 2.0).abs()
                < line.bbox.height * 0.5
            && other.bbox.right() <= line.bbox.x
    };
    // Lines come page by page.
    let from = lines.partition_point(|other| other.page < line.page);
    let to = lines.partition_point(|other| other.page <= line.page);
    (from..to)
        .filter(|i| same_height(&lines[*i]))
        .max_by(|a, b| lines[*a].bbox.right().total_cmp(&lines[*b].bbox.right()))
}

fn find_headings(lines: &[Line], body: f32) -> BTreeMap<usize, Heading> {
    let mut candidates: BTreeMap<usize, (Heading, Look)> = BTreeMap::new();
    let lefts = usual_lefts(lines);
    for (i, line) in lines.iter().enumerate() {
        if let Some(heading) = candidate(line, lefts.get(&line.page).copied()) {
            let look = Look::of(line, heading.runs);
            candidates.insert(i, (heading, look));
        }
    }
    // Looks that carry several different names are the document's heading looks.
    let mut kinds_by_look: BTreeMap<Look, Vec<SectionKind>> = BTreeMap::new();
    for (heading, look) in candidates.values() {
        let kinds = kinds_by_look.entry(*look).or_default();
        for kind in &heading.kinds {
            if !kinds.contains(kind) {
                kinds.push(*kind);
            }
        }
    }
    let stands_out = |line: &Line, look: &Look| {
        line.heading
            || look.bold
            || look.caps
            || line.recognised && line.size > body * 1.13
            || (body > 0.0 && look.half_points as f32 / 2.0 > body * 1.06)
    };
    let established: Vec<Look> = kinds_by_look
        .iter()
        .filter(|(look, kinds)| {
            kinds.len() >= 2 && candidates.iter().any(|(i, (_, other))| other == *look && stands_out(&lines[*i], look))
        })
        .map(|(look, _)| *look)
        .collect();
    let smallest = established.iter().map(|look| look.half_points).filter(|half_points| *half_points > 0).min();
    let recognised_size = usual_recognised_size(lines, &candidates);
    let mut accepted: BTreeMap<usize, Heading> = BTreeMap::new();
    for (i, (heading, look)) in &candidates {
        let line = &lines[*i];
        let out = stands_out(line, look);
        let known_look = established.contains(look);
        let large_enough =
            smallest.is_none_or(|smallest| look.half_points == 0 || look.half_points * 100 >= smallest * 97);
        if line.recognised && line.size > 0.0 && line.size < recognised_size * 0.75 {
            continue;
        }
        let accept = if line.heading || known_look {
            true
        } else if established.is_empty() {
            // Plain text has no looks: the words must do, on a line of their own.
            out || heading.runs == line.runs.len() && line.text().split_whitespace().count() <= 4
        } else {
            out && large_enough
                && (established.iter().any(|other| other.caps == look.caps && other.bold == look.bold)
                    || look.half_points as f32 > body * 2.3)
        };
        let one_word_inside_a_list = line.bullet && !known_look;
        // A group among the skills is not set as large as the sections' own headings.
        let inside_skills = accepted.range(..*i).next_back().is_some_and(|(above, section): (&usize, &Heading)| {
            let smaller = candidates
                .get(above)
                .is_some_and(|(_, larger)| larger.half_points * 20 > look.half_points * 21 && look.half_points > 0);
            smaller && section.kinds.contains(&SectionKind::Skills)
        });
        if inside_skills && heading.kinds == [SectionKind::Skills] {
            continue;
        }
        let set_as_heading = known_look
            && !inside_skills
            && (look.half_points as f32 / 2.0 > body * 1.06
                || line.recognised && line.size > body * 1.13 && line.size > recognised_size * 0.85);
        if accept && !one_word_inside_a_list && (set_as_heading || content_agrees(heading, *i, lines, &accepted)) {
            let confidence = if known_look || line.heading {
                0.97
            } else if out {
                0.85
            } else {
                0.7
            };
            accepted.insert(*i, Heading { confidence, ..heading.clone() });
        }
    }
    add_broken_headings(lines, &mut accepted);
    add_inline_headings(lines, &mut accepted);
    add_unnamed_headings(lines, body, &established, &mut accepted);
    accepted
}

/// The size of headings in a recognised document, where sizes err: the median over lines whose words name a section.
fn usual_recognised_size(lines: &[Line], candidates: &BTreeMap<usize, (Heading, Look)>) -> f32 {
    let mut sizes: Vec<f32> =
        candidates.keys().map(|i| &lines[*i]).filter(|line| line.recognised).map(|line| line.size).collect();
    sizes.sort_by(f32::total_cmp);
    sizes.get(sizes.len() / 2).copied().unwrap_or(0.0)
}

/// A line whose words, or whose first runs' words, name a section.
///
/// `usual_left` is where most lines of the page begin.
fn candidate(line: &Line, usual_left: Option<f32>) -> Option<Heading> {
    let whole = line.runs.len();
    if whole == 0 {
        return None;
    }
    if line.word_count() <= 7
        && !line.text().contains('\t')
        && let Some(kinds) = heading_kinds(line.text())
    {
        return Some(Heading { kinds, runs: whole, confidence: 0.9 });
    }
    // A heading in the left margin, on the line of its first entry.
    let another_size = |pair: &[crate::lines::Run]| {
        let (a, b) = (pair[0].size, pair[1].size);
        !line.recognised && a.max(b) > a.min(b) * 1.14
    };
    let gap = line.runs.windows(2).position(|pair| pair[1].after_gap || another_size(pair)).map(|i| i + 1)?;
    let text = line.runs[..gap].iter().map(|run| run.piece.text()).collect::<Vec<_>>().join(" ");
    let kinds = heading_kinds(&text)?;
    let first = &line.runs[0];
    let rest = &line.runs[gap];
    let differs = (first.size - rest.size).abs() > 0.6 || first.bold != rest.bold || crate::lines::is_capitals(&text);
    // Where looks cannot be told apart: it hangs out to the left of everything, and what follows begins where all begins.
    let hangs_out =
        usual_left.is_some_and(|left| first.x < left - 15.0 && rest.after_gap && (rest.x - left).abs() < 6.0);
    (differs || hangs_out).then_some(Heading { kinds, runs: gap, confidence: 0.9 })
}

/// Where most lines of each page begin.
fn usual_lefts(lines: &[Line]) -> BTreeMap<usize, f32> {
    let mut bins: BTreeMap<usize, BTreeMap<i32, usize>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.bbox.width > 0.0) {
        *bins.entry(line.page).or_default().entry((line.bbox.x / 5.0).round() as i32).or_default() += 1;
    }
    let usual =
        |bins: BTreeMap<i32, usize>| bins.into_iter().max_by_key(|(_, count)| *count).map(|(bin, _)| bin as f32 * 5.0);
    bins.into_iter().filter_map(|(page, bins)| Some((page, usual(bins)?))).collect()
}

/// The sections that a heading's words name.
pub(crate) fn heading_kinds(text: &str) -> Option<Vec<SectionKind>> {
    let text = text.trim().trim_end_matches(':');
    let unnumbered = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let text = if unnumbered.len() < text.len() { unnumbered.trim_start_matches(['.', ')', ' ']) } else { text };
    if text.chars().count() > 60
        || text.contains(['@', '.', '?', '!', ';', ':', '='])
        || text.chars().any(|c| c.is_ascii_digit()) && text.split_whitespace().count() > 4
    {
        return None;
    }
    let mut words = folded_words(&text.replace(['&', '+', '-', '–'], " "));
    let exact = folded_words(text);
    if let Some(kind) = heading_phrase(&exact).or_else(|| heading_phrase(&words)) {
        return Some(vec![kind]);
    }
    // Letters set apart: "E D U C A T I O N"
    if words.len() >= 4 && words.iter().all(|word| word.chars().count() == 1) {
        return heading_phrase(&[words.concat()]).map(|kind| vec![kind]);
    }
    // Headings with Roman numbers: "II Education".
    if words.len() > 1 && matches!(words[0].as_str(), "i" | "ii" | "iii" | "iv" | "v" | "vi") {
        words.remove(0);
        if let Some(kind) = heading_phrase(&words) {
            return Some(vec![kind]);
        }
    }
    if words.len() > 6 {
        return None;
    }
    // Every word must be a section's name, an adjective of headings or a joiner.
    let mut kinds: Vec<SectionKind> = Vec::new();
    let mut i = 0;
    while i < words.len() {
        let longest =
            (1..=3.min(words.len() - i)).rev().find_map(|n| heading_phrase(&words[i..i + n]).map(|kind| (n, kind)));
        match longest {
            Some((n, kind)) => {
                if !kinds.contains(&kind) {
                    kinds.push(kind);
                }
                i += n;
            }
            None if HEADING_MODIFIERS.has_word(&words[i]) || HEADING_JOINERS.has_word(&words[i]) => i += 1,
            None => return None,
        }
    }
    let joined = words
        .iter()
        .any(|word| matches!(word.as_str(), "and" | "und" | "et" | "y" | "e" | "en" | "och" | "i" | "ve" | "oraz"))
        || text.contains(['&', ',', '/', '+']);
    if kinds.len() > 1 && !joined {
        // "Volunteer experience", "language skills": the more particular name decides.
        const PARTICULAR: [SectionKind; 9] = [
            SectionKind::Volunteer,
            SectionKind::Languages,
            SectionKind::Publications,
            SectionKind::Certificates,
            SectionKind::Awards,
            SectionKind::Projects,
            SectionKind::Contact,
            SectionKind::Interests,
            SectionKind::Education,
        ];
        let kind = PARTICULAR.into_iter().find(|kind| kinds.contains(kind)).unwrap_or(kinds[0]);
        kinds = vec![kind];
    }
    kinds.truncate(2);
    if kinds.len() == 2 {
        kinds.retain(|kind| *kind != SectionKind::Other);
    }
    (!kinds.is_empty()).then_some(kinds)
}

/// A section's name inside another section is often a group's name: "Languages" among the skills of a programmer.
fn content_agrees(heading: &Heading, i: usize, lines: &[Line], accepted: &BTreeMap<usize, Heading>) -> bool {
    if !heading.kinds.contains(&SectionKind::Languages) || heading.kinds.len() > 1 {
        return true;
    }
    let mut in_skills = false;
    if let Some((_, before)) = accepted.range(..i).next_back() {
        in_skills = before.kinds.contains(&SectionKind::Skills);
    }
    if !in_skills {
        return true;
    }
    lines[i + 1..].iter().take(4).any(|line| names_languages(line.text()))
        || lines[i].runs.len() > heading.runs
            && names_languages(lines[i].text().split_once('\t').map_or("", |(_, rest)| rest))
}

/// Whether the text names spoken languages or says how well one is spoken.
pub(crate) fn names_languages(text: &str) -> bool {
    let words = folded_words(text);
    words.iter().any(|word| LANGUAGE_NAMES.has_word(word)) || LANGUAGE_LEVELS.coverage(&words) > 0 && words.len() <= 3
}

/// A heading over two lines, of which only the second names a section: `PROFESSIONAL` over `CERTIFICATIONS`.
fn add_broken_headings(lines: &[Line], accepted: &mut BTreeMap<usize, Heading>) {
    let second: Vec<(usize, Heading)> = accepted.iter().map(|(i, heading)| (*i, heading.clone())).collect();
    for (i, heading) in second {
        let Some(above) = i.checked_sub(1).filter(|above| !accepted.contains_key(above)) else { continue };
        let words = folded_words(lines[above].text());
        let adjectives = !words.is_empty()
            && words.len() <= 3
            && words.iter().all(|word| HEADING_MODIFIERS.has_word(word) || HEADING_JOINERS.has_word(word));
        if adjectives && Look::of_line(&lines[above]) == Look::of_line(&lines[i]) && lines[above].page == lines[i].page
        {
            accepted.insert(above, Heading { runs: lines[above].runs.len(), ..heading });
        }
    }
}

/// `Languages: English (fluent), French` where no heading of that kind stands on a line of its own.
fn add_inline_headings(lines: &[Line], accepted: &mut BTreeMap<usize, Heading>) {
    use SectionKind::{Interests, Languages, Skills};
    for (i, line) in lines.iter().enumerate() {
        if accepted.contains_key(&i) || line.runs.is_empty() {
            continue;
        }
        let Some((label, rest)) = line.text().split_once(':') else { continue };
        if label.split_whitespace().count() > 3 || rest.trim().is_empty() {
            continue;
        }
        let Some(kinds) = heading_kinds(label) else { continue };
        let [kind] = kinds[..] else { continue };
        if !matches!(kind, Skills | Languages | Interests)
            || accepted.values().any(|heading| heading.kinds.contains(&kind))
        {
            continue;
        }
        if kind == Languages && !names_languages(rest) {
            continue;
        }
        let inside = accepted.range(..i).next_back().map(|(_, heading)| heading.kinds[0]);
        if kind != Languages && inside == Some(Skills)
            || matches!(inside, Some(SectionKind::Work | SectionKind::Projects)) && kind == Skills
        {
            continue;
        }
        // The label itself is cut off where the section is read.
        accepted.insert(i, Heading { kinds, runs: 0, confidence: 0.75 });
    }
}

/// Lines that look like the accepted headings and say something the lists do not know.
fn add_unnamed_headings(lines: &[Line], body: f32, established: &[Look], accepted: &mut BTreeMap<usize, Heading>) {
    let Some(first) = accepted.keys().next().copied() else { return };
    let looks_like_heading = |line: &Line| {
        !line.bullet
            && !line.recognised
            && !line.runs.is_empty()
            && !line.text().contains('\t')
            && line.word_count() <= 5
            && established.contains(&Look::of(line, line.runs.len()))
            && dates::find(line.text(), false).is_empty()
            && !line.text().contains('@')
            && !is_prose(line.text())
    };
    for look in established {
        let named = accepted
            .iter()
            .filter(|(i, heading)| heading.runs > 0 && Look::of(&lines[**i], heading.runs) == *look)
            .count();
        let prominent = look.caps || look.half_points as f32 / 2.0 > body * 1.08;
        let unnamed: Vec<usize> = (first + 1..lines.len())
            .filter(|i| {
                !accepted.contains_key(i)
                    && looks_like_heading(&lines[*i])
                    && Look::of(&lines[*i], lines[*i].runs.len()) == *look
            })
            .collect();
        // Where entries are set like headings, most lines of that look have no section's name.
        if !prominent || unnamed.len() >= named.max(2) {
            continue;
        }
        for i in unnamed {
            let alone = lines[i].gap > 0.3 && (i + 1 >= lines.len() || Look::of_line(&lines[i + 1]) != Some(*look));
            if alone {
                accepted
                    .insert(i, Heading { kinds: vec![SectionKind::Other], runs: lines[i].runs.len(), confidence: 0.6 });
            }
        }
    }
}

impl Look {
    fn of_line(line: &Line) -> Option<Self> {
        (!line.runs.is_empty()).then(|| Self::of(line, line.runs.len()))
    }
}

/// Gives each line to the heading above it in its column.
fn gather(lines: &[Line], headings: &BTreeMap<usize, Heading>) -> Sections {
    let mut result = Sections::default();
    // The section that was open at the end of each column, for columns that go on over the page.
    let mut open_in_column: BTreeMap<usize, Option<usize>> = BTreeMap::new();
    let mut current: Option<usize> = None;
    // What was open before a section that is one labelled line.
    let mut around: Option<Option<usize>> = None;
    let mut section_of: BTreeMap<usize, usize> = BTreeMap::new();
    for (i, line) in lines.iter().enumerate() {
        if let Some(outer) = around
            && !headings.contains_key(&i)
        {
            let before = &lines[i - 1];
            let label = |line: &Line| {
                line.text().split_once([':', '\t']).is_some_and(|(label, _)| label.split_whitespace().count() <= 3)
            };
            let goes_on = line.begins_inside() || before.text().trim_end().ends_with([',', ';']);
            if !goes_on && (label(line) || before.block != line.block) {
                current = outer;
                around = None;
            }
        }
        if let Some(before) = i.checked_sub(1).map(|before| &lines[before]) {
            let another_column = before.column != line.column;
            let upwards = before.page == line.page && line.bbox.y + line.bbox.height < before.bbox.y;
            if before.page != line.page {
                open_in_column.insert(before.column, current);
                let goes_on = open_in_column.get(&line.column).copied().flatten();
                current = goes_on.or(current);
            } else if another_column && upwards && !headings.contains_key(&i) {
                open_in_column.insert(before.column, current);
                current = match open_in_column.get(&line.column) {
                    Some(open) if line.page > 0 => *open,
                    _ => None,
                };
            } else if another_column {
                open_in_column.insert(before.column, current);
            }
        }
        // Text that begins far to the left of its column's first line is no longer that column: it stands under the
        // heading above it.
        if let Some(before) = i.checked_sub(1).map(|before| &lines[before])
            && before.page == line.page
            && before.column == line.column
            && before.block != line.block
            && line.column > 0
            && line.bbox.x < before.bbox.x - 60.0
            && !headings.contains_key(&i)
            // What stands under a heading set in the middle of its column begins left of it.
            && !headings.contains_key(&(i - 1))
        {
            let above = |h: &&usize| {
                lines[**h].page == line.page
                    && lines[**h].bbox.y <= line.bbox.y
                    && (lines[**h].bbox.x - line.bbox.x).abs() < 40.0
            };
            let nearest = headings.keys().filter(above).max_by(|a, b| lines[**a].bbox.y.total_cmp(&lines[**b].bbox.y));
            current = nearest.and_then(|heading| section_of.get(heading).copied()).or(current);
        }
        if let Some(heading) = headings.get(&i) {
            section_of.insert(i, result.sections.len());
            let words = match heading.runs {
                0 => line.text().split(':').next().unwrap_or_default().trim().to_owned(),
                runs => line.runs.iter().take(runs).map(|run| run.piece.text()).collect::<Vec<_>>().join(" "),
            };
            result.sections.push(Section {
                kinds: heading.kinds.clone(),
                named: heading.kinds != [SectionKind::Other] || heading_kinds(&words).is_some(),
                heading: words,
                lines: Vec::new(),
                confidence: heading.confidence,
            });
            around = (heading.runs == 0).then_some(around.unwrap_or(current));
            current = Some(result.sections.len() - 1);
            let rest = if heading.runs == 0 { after_label(line) } else { line.without_runs(heading.runs) };
            if let (Some(rest), Some(section)) = (rest, result.sections.last_mut()) {
                section.lines.push(rest);
            }
            continue;
        }
        match current {
            Some(section) => result.sections[section].lines.push(line.clone()),
            None => result.top.push(line.clone()),
        }
    }
    result
}

/// What follows `Label:` on the line.
fn after_label(line: &Line) -> Option<Line> {
    let colon = line.text().find(':')?;
    let mut rest = line.clone();
    rest.piece = line.piece.slice(colon + 1..line.text().len()).trimmed();
    let first = rest.piece.words().next()?;
    rest.runs.retain(|run| run.piece.words().next().is_some_and(|word| word >= first));
    if rest.runs.is_empty() {
        rest.runs.push(crate::lines::Run {
            piece: rest.piece.clone(),
            size: line.size,
            ..crate::lines::Run::default()
        });
    }
    rest.bold = rest.runs.iter().all(|run| run.bold);
    (!rest.piece.is_empty()).then_some(rest)
}

/// Whether the text is a section's name; used to keep headings out of names and titles.
pub(crate) fn is_heading_text(text: &str) -> bool {
    heading_kinds(text).is_some_and(|kinds| kinds != [SectionKind::Other]) && !fold(text).is_empty()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::testing;

    fn cut(lines: &[&str]) -> Vec<(Vec<SectionKind>, Vec<String>)> {
        let document = testing::document(lines);
        let pages = Pages::of(&document);
        Sections::of(&pages)
            .sections
            .into_iter()
            .map(|section| (section.kinds, section.lines.iter().map(|line| line.text().to_owned()).collect()))
            .collect()
    }

    #[rstest]
    #[case("WORK EXPERIENCE", &[SectionKind::Work])]
    #[case("Selected Publications", &[SectionKind::Publications])]
    #[case("Awards & Honours", &[SectionKind::Awards])]
    #[case("Volunteer Experience", &[SectionKind::Volunteer])]
    #[case("Skills and Languages", &[SectionKind::Skills, SectionKind::Languages])]
    #[case("Language skills", &[SectionKind::Languages])]
    #[case("Beruflicher Werdegang", &[SectionKind::Work])]
    #[case("Compétences", &[SectionKind::Skills])]
    #[case("Formación académica", &[SectionKind::Education])]
    #[case("Doświadczenie zawodowe", &[SectionKind::Work])]
    #[case("Yabancı Diller", &[SectionKind::Languages])]
    #[case("E D U C A T I O N", &[SectionKind::Education])]
    #[case("3. Projects", &[SectionKind::Projects])]
    fn the_names_of_sections_are_known(#[case] text: &str, #[case] kinds: &[SectionKind]) {
        assert_eq!(heading_kinds(text).as_deref(), Some(kinds));
    }

    #[rstest]
    #[case("Head of Education at Acme")]
    #[case("Project Manager")]
    #[case("Skills: Python")]
    fn other_lines_name_no_section(#[case] text: &str) {
        assert_eq!(heading_kinds(text), None);
    }

    #[test]
    fn a_group_of_skills_called_languages_is_no_section() {
        let found = cut(&[
            "# **Ada Byron**",
            "# **Experience**",
            "Tester",
            "# **Skills**",
            "**Languages**",
            "Go, Python",
            "# **Education**",
            "BSc",
        ]);
        let kinds: Vec<_> = found.iter().map(|(kinds, _)| kinds[0]).collect();
        assert_eq!(kinds, [SectionKind::Work, SectionKind::Skills, SectionKind::Education]);
    }

    #[test]
    fn groups_of_skills_that_are_named_like_sections_stay_groups() {
        let found = cut(&[
            "# Experience",
            "Tester at some company or other",
            "# Skills",
            "**Languages**",
            "Go, Python",
            "**Tools**",
            "Git, Docker",
            "# Education",
            "BSc in something or other",
        ]);
        let kinds: Vec<_> = found.iter().map(|(kinds, _)| kinds[0]).collect();
        assert_eq!(kinds, [SectionKind::Work, SectionKind::Skills, SectionKind::Education]);
    }

    #[test]
    fn a_heading_in_the_margin_leaves_its_line_to_the_section() {
        let found = cut(&[
            "# Work\t**Tester**",
            "Acme Limited of Somewhere",
            "# Education\t**BSc**",
            "University of Somewhere",
        ]);
        assert_eq!(found[0].1, ["Tester", "Acme Limited of Somewhere"]);
        assert_eq!(found[1].1, ["BSc", "University of Somewhere"]);
    }

    #[test]
    fn a_label_with_a_list_behind_it_is_a_section() {
        let found = cut(&["**EXPERIENCE**", "Tester", "**EDUCATION**", "BSc", "Languages: English, French"]);
        assert_eq!(found[2].0, [SectionKind::Languages]);
        assert_eq!(found[2].1, ["English, French"]);
    }
}
