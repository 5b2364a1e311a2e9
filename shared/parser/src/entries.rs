//! A section's lines cut into entries: the jobs, the schools, the projects.
//!
//! Each entry of a dated section has one period as a rule, so periods are the anchors; where the entry begins around
//! its anchor is told by the design, which repeats: the look of the section's first line, the number of lines between
//! an entry's start and its period, and the end of the entry before.

use crate::dates::{self, Found, Period};
use crate::fields::{self, Field};
use crate::gazetteer::{CONTRACTS, EMPTY_LABELS, network};
use crate::lines::Line;
use crate::piece::Piece;
use crate::roles::{employer_score, place_score, school_score, title_score};
use crate::text::{folded_words, is_prose, is_separator};

/// One entry: what stands in its heading lines, when it was, and the text below.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry {
    pub fragments: Vec<Fragment>,
    pub period: Option<(Period, Piece)>,
    pub body: Vec<Item>,
    pub url: Option<String>,
    /// Whether the heading lines have a look of their own (bold, larger), which makes what they say surer.
    pub distinct: bool,
}

/// A stretch of a heading line between separators, gaps or changes of look.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Fragment {
    pub piece: Piece,
    pub bold: bool,
    pub italic: bool,
    pub size: f32,
    /// Which of the entry's heading lines it stands on.
    pub line: usize,
    /// Its place on that line.
    pub index: usize,
    /// Whether it stands behind a wide gap.
    pub after_gap: bool,
    /// The separator before it: `\0` for none (a new line, a change of look).
    pub separator: char,
    /// What a label before it, or the first row of its table, says that it is.
    pub field: Option<Field>,
    /// Where its stretch of the line begins on the page, and where it ends.
    pub extent: (f32, f32),
}

impl Fragment {
    /// The text.
    pub(crate) fn text(&self) -> &str {
        self.piece.text()
    }
}

/// A bullet or a paragraph.
#[derive(Debug, Clone, Default)]
pub(crate) struct Item {
    pub piece: Piece,
    pub bullet: bool,
}

/// Cuts a section's lines into entries.
pub(crate) fn split(lines: &[Line], month_first: bool) -> Vec<Entry> {
    cut(lines, month_first, Kind::Studies)
}

/// Cuts a section of jobs, whose heading lines say little and whose text may stand under them without bullets.
pub(crate) fn split_jobs(lines: &[Line], month_first: bool) -> Vec<Entry> {
    cut(lines, month_first, Kind::Jobs)
}

/// Cuts a section of short records, whose titles go on in the next line where the column is too narrow for them.
pub(crate) fn split_records(lines: &[Line], month_first: bool) -> Vec<Entry> {
    cut(lines, month_first, Kind::Records)
}

/// What a section's entries are, as far as their lines depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Jobs,
    Studies,
    Records,
}

fn cut(lines: &[Line], month_first: bool, kind: Kind) -> Vec<Entry> {
    let table = lines.first().and_then(fields::columns);
    let lines = if table.is_some() { &lines[1..] } else { lines };
    let form = fields::is_form(lines);
    let whole;
    let lines = if form {
        whole = join_broken_labels(lines);
        &whole[..]
    } else {
        lines
    };
    let plain;
    let lines = if form {
        plain = lines.iter().map(as_form_line).collect::<Vec<_>>();
        &plain[..]
    } else {
        lines
    };
    let lines = part_run_in(number_items(lines.to_vec()), month_first);
    let lines = &join_wrapped_items(lift_dates(join_year_rails(&lines, month_first), month_first))[..];
    if lines.is_empty() {
        return Vec::new();
    }
    let mut shape = Shape::of(lines, month_first, form);
    shape.table = table;
    let mut starts = shape.starts();
    starts.push(lines.len());
    starts.windows(2).map(|pair| build(&lines[pair[0]..pair[1]], &shape, pair[0], month_first, kind)).collect()
}

/// A line of a form: a bullet before a label is only the form's, and what a label of duties introduces is an item.
fn as_form_line(line: &Line) -> Line {
    let Some((field, at)) = fields::labelled(line) else { return line.clone() };
    if field != Field::Text {
        return Line { bullet: false, ..line.clone() };
    }
    let mut item = line.clone();
    item.piece = line.piece.slice(at..line.text().len()).trimmed();
    if let Some(first) = item.piece.words().next() {
        let own: Vec<_> = line.runs.iter().filter(|run| run.piece.words().any(|word| word >= first)).cloned().collect();
        item.runs = if own.is_empty() { line.runs.clone() } else { own };
    }
    (item.bullet, item.bold) = (true, false);
    item
}

/// A form's label that goes on under itself, beside or below what it labels, is put together.
fn join_broken_labels(lines: &[Line]) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::with_capacity(lines.len());
    let mut rest = lines;
    while let Some((line, below)) = rest.split_first() {
        let joined = (1..=3.min(below.len())).find_map(|count| {
            let tab = line.text().find('\t')?;
            let value = line.runs.iter().skip(1).find(|run| run.after_gap)?;
            let mut label = line.piece.slice(0..tab).trimmed();
            for next in &below[..count] {
                let run = next.runs.first()?;
                let under = (run.right - line.runs[0].right).abs() < 3.0 || (run.x - line.runs[0].x).abs() < 3.0;
                let alone = next.cells().len() == 1 && !next.bullet && next.bbox.right() < value.x;
                if !under || !alone {
                    return None;
                }
                label.append(" ", &next.piece);
            }
            fields::field(label.text())?;
            let mut piece = label.clone();
            piece.append("\t", &line.piece.slice(tab + 1..line.text().len()));
            let mut whole = line.clone();
            (whole.piece, whole.runs[0].piece) = (piece, label);
            Some((whole, count))
        });
        let (whole, count) = joined.unwrap_or_else(|| (line.clone(), 0));
        out.push(whole);
        rest = &below[count..];
    }
    out
}

/// The items of a numbered list become list items, and their numbers go: `1. Doe, J.`, `[2] Roe, R.`. The numbers must
/// follow one another, up or down, so that what only looks like one stays.
fn number_items(mut lines: Vec<Line>) -> Vec<Line> {
    let number = |line: &Line| -> Option<(i32, usize)> {
        let first = line.text().split_whitespace().next()?;
        let digits = first.trim_start_matches(['[', '(']).trim_end_matches([']', ')', '.']);
        let marked = first.len() > digits.len() && first.ends_with([']', ')', '.']) && digits.len() <= 2;
        let rest = line.text()[first.len()..].split_whitespace().next()?;
        let month = crate::gazetteer::month(&crate::text::fold(rest)).is_some();
        Some((digits.parse().ok().filter(|_| marked && !month && !line.bullet)?, first.len()))
    };
    let numbered: Vec<(usize, i32, usize)> =
        lines.iter().enumerate().filter_map(|(i, line)| number(line).map(|(n, length)| (i, n, length))).collect();
    let ordered = |step: i32| numbered.windows(2).all(|pair| pair[1].1 - pair[0].1 == step);
    let opens = numbered.first().is_some_and(|(line, n, _)| *line == 0 && (*n == 1 || ordered(-1)));
    if numbered.len() < 2 || !opens || !(ordered(1) || ordered(-1)) {
        return lines;
    }
    for (i, _, length) in numbered {
        let line = &mut lines[i];
        line.piece = line.piece.slice(length..line.text().len()).trimmed();
        let Some(first) = line.piece.words().next() else { continue };
        line.bullet = true;
        for run in &mut line.runs {
            let start = run.piece.starts().iter().find(|(_, word)| *word >= first).map(|(start, _)| *start);
            run.piece = run.piece.slice(start.unwrap_or(run.piece.text().len())..run.piece.text().len()).trimmed();
        }
        line.runs.retain(|run| !run.piece.is_empty());
        if let Some(run) = line.runs.first_mut() {
            run.after_gap = false;
        }
    }
    lines
}

/// An entry whose text begins on its heading line, behind its period in brackets: `Acme Ltd, Tester (2008 – 2015). Wrote
/// tests for …`. The text gets a line of its own.
fn part_run_in(lines: Vec<Line>, month_first: bool) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::with_capacity(lines.len() + 4);
    for line in lines {
        let text = line.text();
        let cut = heading_dates(&line, month_first)
            .iter()
            .find(|found| !found.period.single && in_brackets(text, &found.range))
            .map(|found| {
                found.range.end + text[found.range.end..].len()
                    - text[found.range.end..].trim_start_matches([')', ']']).len()
            })
            .filter(|end| {
                let rest = &text[*end..];
                let words = rest.trim_start_matches(['.', ':', ',', ' ']).split_whitespace().count();
                !line.bullet && words >= 2 && rest.starts_with(['.', ':']) && !rest.contains('\t')
            });
        let parts = cut.and_then(|cut| {
            let rest = line.piece.slice(cut..text.len()).trimmed();
            let first = rest.words().next()?;
            let mut head = line.clone();
            head.piece = line.piece.slice(0..cut);
            let mut tail = Line { piece: rest, bullet: true, bold: false, gap: 0.0, ..line.clone() };
            head.runs.clear();
            tail.runs.clear();
            for run in &line.runs {
                let at = run
                    .piece
                    .starts()
                    .iter()
                    .find(|(_, word)| *word >= first)
                    .map_or(run.piece.text().len(), |(at, _)| *at);
                for (piece, home) in [
                    (run.piece.slice(0..at).trimmed(), &mut head.runs),
                    (run.piece.slice(at..run.piece.text().len()).trimmed(), &mut tail.runs),
                ] {
                    if !piece.is_empty() {
                        home.push(crate::lines::Run { piece, ..run.clone() });
                    }
                }
            }
            tail.runs.first_mut()?.x = line.bbox.x;
            (!head.runs.is_empty()).then_some([head, tail])
        });
        match parts {
            Some(parts) => out.extend(parts),
            None => out.push(line),
        }
    }
    out
}

/// Whether a stretch of the text stands in brackets that hold nothing else.
fn in_brackets(text: &str, range: &std::ops::Range<usize>) -> bool {
    let inner = text[range.clone()].starts_with(['(', '[']) && text[range.clone()].ends_with([')', ']']);
    inner
        || text[..range.start].trim_end().ends_with(['(', '['])
            && text[range.end..].trim_start().starts_with([')', ']'])
}

/// Where dates stand in the margin as one year above the other, the two lines show one period.
///
/// The second line keeps its other words; the first gets both years.
fn join_year_rails(lines: &[Line], month_first: bool) -> Vec<Line> {
    let lone_month = |line: &Line| -> Option<usize> {
        let cells = line.cells();
        let first = cells.first()?.text();
        (crate::gazetteer::month(&crate::text::fold(first)).is_some() && !line.bullet).then_some(first.len())
    };
    // "Mar 2014 – Dec" over "2018", "Since Sept." over "2019".
    let ends_in_year = |line: &Line, next: &Line| {
        let (cells, below) = (line.cells(), next.cells());
        let (Some(first), Some(year)) = (cells.first(), below.first()) else { return false };
        let covers = |text: &str| {
            let found = dates::find(text, month_first);
            matches!(&found[..], [one] if one.range.len() >= text.trim_end_matches('.').len() && !one.period.single)
        };
        let ends_in_month = |text: &str| {
            text.split_whitespace()
                .next_back()
                .is_some_and(|last| crate::gazetteer::month(&crate::text::fold(last)).is_some())
        };
        first.text().split_whitespace().count() <= 6
            && (!covers(first.text()) || ends_in_month(first.text()))
            && covers(&format!("{} {}", first.text(), year.text()))
    };
    let lone_year = |line: &Line| -> Option<(i16, usize)> {
        let cells = line.cells();
        let first = cells.first()?;
        let found = dates::find(first.text(), month_first);
        let [one] = &found[..] else { return None };
        let whole = one.range.len() == first.text().len();
        (whole && one.period.single)
            .then(|| (one.period.start.map_or(0, vitae_resume::PartialDate::year_of), first.text().len()))
    };
    let mut out: Vec<Line> = Vec::with_capacity(lines.len());
    let mut i = 0;
    while i < lines.len() {
        let pair = lines.get(i + 1).and_then(|next| {
            let (second, length) = lone_year(next)?;
            if (next.bbox.x - lines[i].bbox.x).abs() >= 3.0 || lines[i].bullet {
                return None;
            }
            if lone_month(&lines[i]).is_some() || ends_in_year(&lines[i], next) {
                return Some((next, length, " "));
            }
            let (first, _) = lone_year(&lines[i])?;
            (first <= second).then_some((next, length, " – "))
        });
        let Some((next, length, between)) = pair else {
            out.push(lines[i].clone());
            i += 1;
            continue;
        };
        let mut line = lines[i].clone();
        let cells = line.cells();
        let mut piece = cells[0].clone();
        piece.append(between, &next.piece.slice(0..length));
        for cell in &cells[1..] {
            piece.append("\t", cell);
        }
        line.piece = piece.clone();
        line.runs[0].piece = piece.slice(0..piece.text().find('\t').unwrap_or(piece.text().len()));
        out.push(line);
        if let Some(rest) = next.without_runs(1) {
            out.push(Line { gap: next.gap.min(0.5), ..rest });
        }
        i += 2;
    }
    out
}

/// A period that stands at the right of the first list item belongs to the heading line above it: it gets a line of its
/// own before the item.
fn lift_dates(lines: Vec<Line>, month_first: bool) -> Vec<Line> {
    if items_are_entries(&lines) {
        return lines;
    }
    let mut out: Vec<Line> = Vec::with_capacity(lines.len() + 4);
    for line in lines {
        let text = line.text();
        let period_at = text.rfind('\t').filter(|at| {
            let found = dates::find(&text[at + 1..], month_first);
            line.bullet && found.len() == 1 && !found[0].period.single && found[0].range.len() == text[at + 1..].len()
        });
        match (period_at, out.last()) {
            (Some(at), Some(above)) if !above.bullet => {
                let count = line.runs.len() - 1;
                let mut date = line.without_runs(count).unwrap_or_else(|| line.clone());
                date.piece = line.piece.slice(at + 1..text.len());
                date.bullet = false;
                date.gap = line.gap;
                let mut item = line.clone();
                item.piece = line.piece.slice(0..at);
                item.runs.truncate(count.max(1));
                item.bbox.width = item.runs.iter().map(|run| run.right).fold(item.bbox.x, f32::max) - item.bbox.x;
                out.push(date);
                out.push(item);
            }
            _ => out.push(line),
        }
    }
    out
}

/// Where the list items are the entries, each becomes one line however often it was broken.
fn join_wrapped_items(lines: Vec<Line>) -> Vec<Line> {
    if !items_are_entries(&lines) {
        return lines;
    }
    let mut out: Vec<Line> = Vec::with_capacity(lines.len());
    for line in lines {
        match out.last_mut() {
            // Recognition loses bullets: a line that closes with a date of its own after one that did is another entry.
            Some(item)
                if !(line.bullet
                    || line.recognised && closes_with_date(&line, false) && closes_with_date(item, false)) =>
            {
                item.piece.append_line(&line.piece);
                let mut runs = line.runs.into_iter();
                if let (Some(last), Some(first)) = (item.runs.last_mut(), runs.next()) {
                    if last.bold == first.bold && last.italic == first.italic && !first.after_gap {
                        last.piece.append_line(&first.piece);
                        last.right = last.right.max(first.right);
                    } else {
                        item.runs.push(first);
                    }
                }
                item.runs.extend(runs);
            }
            _ => out.push(line),
        }
    }
    out
}

fn items_are_entries(lines: &[Line]) -> bool {
    let bullets = lines.iter().filter(|line| line.bullet).count();
    lines.first().is_some_and(|line| line.bullet) && bullets * 2 >= lines.len()
}

/// What the section's lines are, before it is known which belong together.
struct Shape<'a> {
    lines: &'a [Line],
    /// The period that a line shows in a heading's manner, if it does.
    anchors: Vec<bool>,
    body: Vec<bool>,
    /// Whether every line is a list item, so that the items are the entries.
    all_bullets: bool,
    median_gap: f32,
    left: f32,
    /// Size of the smallest text.
    smallest: f32,
    /// Whether the lines say what they are: `Employer: Acme Ltd`.
    form: bool,
    /// The columns of a table by its first row: left and right edge, and what stands in each.
    table: Option<Vec<(f32, f32, Field)>>,
}

impl<'a> Shape<'a> {
    fn of(lines: &'a [Line], month_first: bool, form: bool) -> Self {
        let all_bullets = items_are_entries(lines);
        // Dates in the margin are no indentation of what stands beside them.
        let undated = lines[0].runs.iter().find(|run| {
            dates::find(run.piece.text(), month_first)
                .first()
                .is_none_or(|found| found.range.len() < run.piece.text().len())
        });
        let left = undated.map_or(lines[0].bbox.x, |run| run.x);
        let mut ranges = vec![false; lines.len()];
        let mut singles = vec![false; lines.len()];
        for (i, line) in lines.iter().enumerate() {
            if line.bullet && !all_bullets {
                continue;
            }
            for found in heading_dates(line, month_first) {
                if found.period.single {
                    singles[i] = true;
                } else {
                    ranges[i] = true;
                }
            }
        }
        let some_ranges = ranges.iter().any(|r| *r);
        let anchors: Vec<bool> = (0..lines.len())
            .map(|i| {
                // A single date beside a period is a detail of that entry, unless each has a line of words of its own.
                let own_line = || {
                    let neighbours = [i.checked_sub(1), Some(i + 1)];
                    neighbours.into_iter().flatten().filter(|n| ranges.get(*n).copied().unwrap_or(false)).all(|n| {
                        has_words_and_date(&lines[n], month_first) && has_words_and_date(&lines[i], month_first)
                            || are_rows(&lines[n], &lines[i])
                    })
                };
                ranges[i] || singles[i] && (!some_ranges || !near(&ranges, i, 1) || own_line())
            })
            .collect();
        let mut gaps: Vec<f32> = lines[1..].iter().map(|line| line.gap).filter(|gap| *gap < 5.0).collect();
        gaps.sort_by(f32::total_cmp);
        let median_gap = gaps.get(gaps.len() / 2).copied().unwrap_or(0.0);
        let smallest = lines.iter().map(|line| line.size).fold(f32::MAX, f32::min);
        let body = vec![false; lines.len()];
        let mut shape = Self { lines, anchors, body, all_bullets, median_gap, left, smallest, form, table: None };
        shape.mark_body();
        shape
    }

    fn mark_body(&mut self) {
        let mut bullet_x = None;
        for i in 0..self.lines.len() {
            let line = &self.lines[i];
            let continues = i > 0
                && bullet_x.is_some()
                && continues_item(&self.lines[i - 1], line, bullet_x.unwrap_or(0.0), self.left);
            let body = if self.all_bullets {
                !line.bullet
            } else if line.bullet {
                true
            } else if self.anchors[i] || self.form && names_field(line) {
                false
            } else if continues {
                true
            } else {
                // A paragraph, or what is set in under the heading lines.
                let named = |run: &crate::lines::Run| {
                    let text = run.piece.text();
                    !is_prose(text) && (employer_score(text) > 1.0 || school_score(text) > 1.0)
                };
                let opens_with_name = line.runs.len() > 1 && i > 0 && !self.body[i - 1] && named(&line.runs[0]);
                let paragraph =
                    is_prose(line.text()) && !line.runs[0].bold && !opens_with_name && title_score(line.text()) < 1.5;
                let goes_on = i > 0
                    && self.body[i - 1]
                    && bullet_x.is_none()
                    && !line.runs[0].bold
                    && (line.begins_inside()
                        || self.lines[i - 1].is_full()
                            && line.gap <= self.median_gap + 0.3
                            && !line.bold
                            && line.size <= self.lines[i - 1].size * 1.05
                            && !line.text().contains('\t')
                            && line.bbox.x >= self.lines[i - 1].bbox.x - 2.0
                            && is_prose(self.lines[i - 1].text()));
                let indented = i > 0
                    && line.bbox.width > 0.0
                    && line.bbox.x > self.left + 9.0
                    && line.column == self.lines[0].column
                    && !line.bold
                    && line.word_count() > 3
                    && self.lines[i - 1].bbox.x + 80.0 > line.bbox.x;
                i > 0 && (paragraph || goes_on || indented)
            };
            self.body[i] = body;
            if line.bullet {
                bullet_x = Some(line.runs.first().map_or(line.bbox.x, |run| run.x));
            } else if !body {
                bullet_x = None;
            }
        }
    }

    fn same_look(&self, i: usize) -> bool {
        let (first, line) = (&self.lines[0], &self.lines[i]);
        let sizes_match =
            first.recognised || (first.runs[0].size - line.runs[0].size).abs() <= first.runs[0].size * 0.04 + 0.05;
        sizes_match
            && first.runs[0].bold == line.runs[0].bold
            && first.runs[0].italic == line.runs[0].italic
            && (first.column != line.column || first.page != line.page || (first.bbox.x - line.bbox.x).abs() < 3.0)
            && first.bullet == line.bullet
    }

    /// Whether the line is bold, or larger than its section's smaller text.
    fn stands_out(&self, i: usize) -> bool {
        self.lines[i].runs[0].bold || self.lines[i].runs[0].size > self.smallest * 1.1
    }

    /// Whether the first line's look is one that body lines do not have.
    fn look_is_telling(&self) -> bool {
        let first = &self.lines[0].runs[0];
        let others = self
            .lines
            .iter()
            .skip(1)
            .filter(|line| line.runs[0].bold != first.bold || (line.runs[0].size - first.size).abs() > 0.6)
            .count();
        others * 3 >= self.lines.len()
    }

    fn starts(&self) -> Vec<usize> {
        if self.all_bullets {
            return (0..self.lines.len()).filter(|i| self.lines[*i].bullet).collect();
        }
        let anchors: Vec<usize> = (0..self.lines.len()).filter(|i| self.anchors[*i]).collect();
        let telling = self.look_is_telling();
        let mut starts = vec![0];
        let Some(first_anchor) = anchors.first().copied() else {
            let set_apart = |line: &Line| line.gap > self.median_gap * 1.6 + 0.25;
            let plain_list = !self.body.iter().any(|body| *body)
                && self.lines.iter().skip(1).all(|line| !set_apart(line) || line.gap > 5.0);
            starts.extend((1..self.lines.len()).filter(|i| self.begins_undated(*i, telling, plain_list)));
            return starts;
        };
        // An anchor at the end of each entry ("Issuer, 2019" under the title) shows in a last line that has one.
        let last_is_anchor = anchors.last() == Some(&(self.lines.len() - 1));
        let dates_close = first_anchor > 0 && last_is_anchor && anchors.iter().all(|i| self.date_trails(*i));
        for pair in anchors.windows(2) {
            let (above, below) = (pair[0], pair[1]);
            let mut best = (f32::MIN, below);
            for start in above + 1..=below {
                let score = self.start_score(start, below, first_anchor, telling, dates_close && start == above + 1);
                if score > best.0 {
                    best = (score, start);
                }
            }
            let start = best.1;
            // Entries without a date between two that have one.
            for i in above + 1..start {
                let new_look = self.body[i - 1] || i > above + 1 && !self.same_look(i - 1);
                if telling && self.same_look(i) && new_look && !self.body[i] && self.stands_out(i) {
                    starts.push(i);
                }
            }
            starts.push(start);
        }
        let last = anchors[anchors.len() - 1];
        for i in last + 1..self.lines.len() {
            let new_look = !self.body[i] && (self.body[i - 1] || !self.same_look(i - 1));
            // Right under a date a line may be the rest of the heading, if it was so before.
            let usual = anchors.iter().filter(|anchor| **anchor < last).any(|anchor| self.same_look(anchor + 1));
            let set_apart = self.lines[i].gap > 5.0 || anchors.len() > 1;
            let far_enough = i > last + 1 || first_anchor > 0 && !usual && set_apart;
            if telling
                && far_enough
                && new_look
                && self.same_look(i)
                && (self.stands_out(i) || self.lines[i].gap > self.median_gap + 0.4)
            {
                starts.push(i);
            }
        }
        starts.sort_unstable();
        starts.dedup();
        starts
    }

    fn begins_undated(&self, i: usize, telling: bool, plain_list: bool) -> bool {
        let line = &self.lines[i];
        if self.body[i] || line.begins_inside() {
            return false;
        }
        if telling {
            return self.same_look(i) && !self.same_look(i - 1) || self.same_look(i) && self.body[i - 1];
        }
        self.body[i - 1] || line.gap > self.median_gap * 1.6 + 0.25 || plain_list && !self.lines[i - 1].is_full()
    }

    fn start_score(
        &self,
        start: usize,
        anchor: usize,
        first_anchor: usize,
        telling: bool,
        after_closing_date: bool,
    ) -> f32 {
        let line = &self.lines[start];
        let before = &self.lines[start - 1];
        let mut score = 0.0;
        // Each entry of a form begins with the same field.
        let field = |line: &Line| fields::labelled(line).map(|(field, _)| field);
        if self.form && field(line).is_some() && field(line) == field(&self.lines[0]) {
            score += 4.0;
        }
        if self.same_look(start) {
            score += if telling { 3.0 } else { 1.0 };
        }
        if anchor - start == first_anchor {
            score += 2.5;
        }
        if self.body[start - 1] && !self.body[start] {
            score += 2.5;
        }
        if self.body[start] {
            score -= 5.0;
        }
        if line.gap > self.median_gap * 1.5 + 0.25 && line.gap < 8.0 {
            score += 1.5;
        }
        if line.begins_inside() || line.text().starts_with('(') || ends_inside(before) {
            score -= 3.0;
        }
        if after_closing_date {
            score += 4.0;
        }
        if anchor - start > 4 {
            score -= (anchor - start) as f32 * 0.5;
        }
        score
    }

    /// Whether the line's date is its last word, with other words before it and no gap between.
    fn date_trails(&self, i: usize) -> bool {
        closes_with_date(&self.lines[i], false)
    }
}

/// Whether a line ends with a date that follows other words without a gap.
fn closes_with_date(line: &Line, month_first: bool) -> bool {
    let text = line.text();
    heading_dates(line, month_first).last().is_some_and(|found| {
        let after = text[found.range.end..]
            .trim_matches(|c: char| is_separator(c) || c.is_whitespace() || matches!(c, ')' | '.'));
        after.is_empty() && !text[..found.range.start].trim().is_empty() && !text[..found.range.start].ends_with('\t')
    })
}

/// Whether a line of a form says what something is that stands in an entry's heading.
fn names_field(line: &Line) -> bool {
    !line.bullet && fields::labelled(line).is_some_and(|(field, _)| field != Field::Text)
}

/// Whether two lines are rows of one table: as many cells, in one look, at the same left edge.
fn are_rows(one: &Line, other: &Line) -> bool {
    let cells = one.cells().len();
    let (a, b) = (&one.runs[0], &other.runs[0]);
    cells >= 2
        && cells == other.cells().len()
        && a.bold == b.bold
        && (a.size - b.size).abs() < 0.6
        && ((a.x - b.x).abs() < 3.0 || (a.right - b.right).abs() < 3.0)
}

/// Whether a line begins or ends with a date and says something else in at least three words, with no gap between.
fn has_words_and_date(line: &Line, month_first: bool) -> bool {
    let text = line.text();
    if text.contains('\t') {
        return false;
    }
    let opens = |found: &Found| {
        text[..found.range.start].trim().is_empty()
            && !text[found.range.end..].trim_start_matches([' ', ':']).is_empty()
    };
    let found = heading_dates(line, month_first);
    let taken: usize = found.iter().map(|found| text[found.range.clone()].split_whitespace().count()).sum();
    (closes_with_date(line, month_first) || found.first().is_some_and(opens)) && line.word_count() >= taken + 3
}

fn near(marks: &[bool], i: usize, distance: usize) -> bool {
    let from = i.saturating_sub(distance);
    let to = (i + distance + 1).min(marks.len());
    marks[from..to].iter().any(|mark| *mark)
}

/// Whether a line ends in a word that cannot end anything.
///
/// `IN` is a state, so only small letters count.
fn ends_inside(line: &Line) -> bool {
    if line.paragraph {
        return false;
    }
    let text = line.text().trim_end();
    if text.ends_with(['\u{ad}', '\u{2010}', '&', ',', '/']) || text.ends_with('-') && !text.ends_with(" -") {
        return true;
    }
    text.split_whitespace().next_back().filter(|word| word.chars().next().is_some_and(char::is_lowercase)).is_some_and(
        |word| {
            matches!(
                crate::text::fold(word).as_str(),
                "of" | "and"
                    | "the"
                    | "for"
                    | "in"
                    | "at"
                    | "with"
                    | "to"
                    | "de"
                    | "des"
                    | "du"
                    | "la"
                    | "le"
                    | "et"
                    | "y"
                    | "e"
                    | "und"
                    | "der"
                    | "die"
                    | "fur"
                    | "fuer"
                    | "von"
                    | "van"
                    | "en"
                    | "del"
                    | "di"
                    | "da"
                    | "do"
                    | "dla"
                    | "och"
                    | "ve"
            )
        },
    )
}

/// Whether `line` goes on with the list item that the line above belongs to.
fn continues_item(above: &Line, line: &Line, item_x: f32, left: f32) -> bool {
    if line.bullet || line.bold && !above.bold || line.heading {
        return false;
    }
    if line.begins_inside() || ends_inside(above) {
        return true;
    }
    let geometry = line.bbox.width > 0.0;
    if !geometry {
        return false;
    }
    let same_place = line.page == above.page && line.column == above.column;
    let bigger = !line.recognised && line.size > above.size * 1.08;
    if bigger || same_place && line.gap > above.gap.max(0.45) + 0.5 {
        return false;
    }
    // Set in as far as the item's own words, and the item is set in from the margin.
    if item_x > left + 4.0 && (line.bbox.x - item_x).abs() < 4.0 {
        return same_place || above.is_full();
    }
    same_place
        && item_x <= left + 4.0
        && above.is_full()
        && (line.bbox.x - item_x).abs() < 14.0
        && !line.bold
        && !line.text().contains('\t')
}

/// The periods of a line that stand as in a heading: at one end of the line or of a cell, not inside a sentence.
pub(crate) fn heading_dates(line: &Line, month_first: bool) -> Vec<Found> {
    let text = line.text();
    let mut found = dates::find(text, month_first);
    found.retain(|found| {
        let before = text[..found.range.start].trim_end_matches([' ', '(', '[']);
        let after = text[found.range.end..].trim_start_matches([' ', ')', ']', '.']);
        let opens = before.is_empty() || before.ends_with(is_separator) || before.ends_with('\t');
        let closes = after.is_empty() || after.starts_with(is_separator) || after.starts_with('\t');
        if found.period.single {
            // "in 2012 and 2013" is a sentence; "Awarded 2019-05" is not.
            let last_word = before.split_whitespace().next_back().unwrap_or_default();
            const BEFORE_DATES: [&str; 14] = [
                "expected",
                "graduated",
                "completed",
                "due",
                "anticipated",
                "obtained",
                "issued",
                "awarded",
                "voraussichtlich",
                "abschluss",
                "obtenu",
                "obtenido",
                "conseguito",
                "en",
            ];
            let small = last_word.chars().next().is_some_and(char::is_lowercase);
            let in_sentence =
                small && !opens && (is_prose(text) || !BEFORE_DATES.contains(&crate::text::fold(last_word).as_str()));
            return (opens || closes) && !in_sentence && (opens || !is_prose(text));
        }
        opens || closes || in_brackets(text, &found.range) && !line.bullet
    });
    found
}

/// One entry out of its lines. `offset` is where they stand in the section.
fn build(lines: &[Line], shape: &Shape<'_>, offset: usize, month_first: bool, kind: Kind) -> Entry {
    let mut entry = Entry::default();
    let last_anchor = (0..lines.len()).rev().find(|i| shape.anchors[offset + i]);
    let anchor = (0..lines.len()).find(|i| shape.anchors[offset + i]);
    let mut header_over = false;
    let mut headers: Vec<&Line> = Vec::new();
    let mut body_lines: Vec<&Line> = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let is_body = !shape.all_bullets && shape.body[offset + i];
        if EMPTY_LABELS.is(line.text().trim_end_matches(':')) {
            header_over = header_over || anchor.is_none_or(|anchor| i > anchor);
            continue;
        }
        let beyond = anchor.map_or(i > 3, |anchor| i > anchor + 4) && last_anchor.is_none_or(|last| i > last);
        // Text without bullets under a job's heading lines: plain under bold, or longer than a heading says anything.
        let text_below = kind == Kind::Jobs
            && anchor.is_some_and(|anchor| i > anchor)
            && !shape.anchors[offset + i]
            && !line.text().contains('\t')
            && !(shape.form && names_field(line))
            && {
                let all_bold =
                    headers.len() >= 2 && headers.iter().all(|header| header.runs[0].bold) && !line.runs[0].bold;
                let telling = title_score(line.text()) > 1.0
                    || employer_score(line.text()) > 1.0
                    || place_score(line.text()) > 1.0;
                all_bold && line.word_count() >= 4 && !line.text().contains(['|', '·'])
                    || line.word_count() >= 8 && !telling && headers.len() >= 2
                    || line.word_count() >= 5
                        && !telling
                        && headers.len() >= 4
                        && !line.text().contains(['|', '·', ','])
            };
        let beyond = beyond && !(shape.form && names_field(line));
        if is_body
            || text_below
            || beyond
            || header_over && !shape.anchors[offset + i] && !(shape.form && names_field(line))
        {
            header_over = true;
            body_lines.push(line);
        } else {
            headers.push(line);
        }
    }
    entry.body = items(&body_lines, shape.left);
    let plain = lines.iter().filter(|line| !line.bold).count();
    entry.distinct = headers.first().is_some_and(|line| line.runs[0].bold) && plain > 0;
    let mut ordinal = 0;
    let mut open_end = false;
    let mut above: Option<&Line> = None;
    for line in headers {
        let mut cut = cut_dates(line, month_first, &mut entry);
        cut.retain(|fragment| !take_url(fragment, &mut entry.url));
        fields::take_labels(&mut cut, shape.form);
        if let Some(columns) = &shape.table {
            for fragment in &mut cut {
                fragment.field = fragment.field.or_else(|| column_of(columns, fragment.extent));
            }
            join_cells(&mut cut);
        }
        // A remark in brackets behind a date, alone with it on its line: "(completed)".
        if cut.len() == 1
            && cut[0].text().starts_with('(')
            && line.text().contains(|c: char| c.is_ascii_digit())
            && is_remark(line, &cut[0])
        {
            cut.clear();
        }
        cut.retain(|fragment| {
            if kind == Kind::Jobs && CONTRACTS.is(fragment.text()) {
                return false;
            }
            if fragment.field == Some(Field::Text) {
                entry.body.push(Item { piece: fragment.piece.clone(), bullet: true });
            }
            !matches!(fragment.field, Some(Field::Text | Field::Period | Field::Other))
        });
        if cut.is_empty() {
            above = Some(line);
            continue;
        }
        if above.is_some_and(|above| continue_cells(above, line, &mut entry.fragments, &mut cut)) && cut.is_empty() {
            continue;
        }
        let no_room = kind == Kind::Records
            && above.is_some_and(|above| !above.has_room_for(line) && !above.text().contains('\t') && above.is_full());
        // A heading line that was broken inside a word or a name goes on.
        if let (Some(last), Some(first)) = (entry.fragments.last_mut(), cut.first()) {
            let broken = open_end
                || no_room
                || first.text().starts_with(char::is_lowercase) && first.index == 0 && !first.text().contains('/')
                || first.text().starts_with('(') && first.bold == last.bold;
            // What is named by a label of its own is no rest of the line above: "Mention: bien" under a university.
            let of_its_own = first.field.is_some() && first.field != last.field;
            if broken && !of_its_own && first.bold == last.bold && !first.after_gap {
                last.piece.append_line(&first.piece);
                cut.remove(0);
            }
        }
        open_end = ends_inside_header(line);
        above = Some(line);
        for (index, fragment) in cut.iter_mut().enumerate() {
            fragment.line = ordinal;
            fragment.index = index;
        }
        if !cut.is_empty() {
            ordinal += 1;
        }
        entry.fragments.append(&mut cut);
    }
    // Two single dates in one entry are its beginning and its end.
    if entry.fragments.is_empty() && entry.body.len() == 1 && entry.period.is_none() {
        let item = entry.body.remove(0);
        entry.fragments.push(Fragment { piece: item.piece, ..Fragment::default() });
    }
    entry
}

/// A cell of a table is one thing, whatever signs stand in it: `Assistant Manager – Quality Control`.
fn join_cells(fragments: &mut Vec<Fragment>) {
    let mut joined: Vec<Fragment> = Vec::with_capacity(fragments.len());
    for fragment in fragments.drain(..) {
        match joined.last_mut() {
            Some(last) if last.field == fragment.field && last.extent == fragment.extent && !fragment.after_gap => {
                let between = match fragment.separator {
                    '-' => " – ",
                    '|' => " | ",
                    _ => " ",
                };
                last.piece.append(between, &fragment.piece);
            }
            _ => joined.push(fragment),
        }
    }
    *fragments = joined;
}

/// Whether a fragment in brackets begins small behind the date that the rest of its line is.
fn is_remark(line: &Line, fragment: &Fragment) -> bool {
    let text = line.text();
    let Some(open) = text.find('(') else { return false };
    let date = text[..open].trim();
    fragment.text().trim_start_matches('(').starts_with(char::is_lowercase)
        && dates::find(date, false).first().is_some_and(|found| found.range.len() >= date.len())
}

/// The column of a table in which a cell stands: the one that it shares most of its width with.
fn column_of(columns: &[(f32, f32, Field)], (x, right): (f32, f32)) -> Option<Field> {
    let shared = |from: f32, to: f32| right.min(to) - x.max(from);
    columns
        .iter()
        .max_by(|a, b| shared(a.0, a.1).total_cmp(&shared(b.0, b.1)).then((b.0 - x).abs().total_cmp(&(a.0 - x).abs())))
        .map(|(.., field)| *field)
}

/// Where a heading line is a row of cells, a line under it may go on with some of them: `Institute of | 2010 | MA in` over
/// `Technology | Physics`. The continued cells are taken out of `cut`.
fn continue_cells(above: &Line, line: &Line, fragments: &mut [Fragment], cut: &mut Vec<Fragment>) -> bool {
    let cells = above.runs.iter().filter(|run| run.after_gap).count() + 1;
    if cells < 2 || line.bbox.width <= 0.0 || line.page != above.page || line.paragraph || line.gap > 0.9 {
        return false;
    }
    // Under a row of cells that is broken only in its first, because the second left it no more room.
    if let ([first], Some(next)) = (&line.runs[..], above.runs.iter().skip(1).find(|run| run.after_gap))
        && (first.x - above.runs[0].x).abs() < 3.0
        && first.bold == above.runs[0].bold
        && (first.size - above.runs[0].size).abs() < 0.6
        && cut.len() == 1
    {
        let letters = first.piece.text().chars().count().max(1) as f32;
        let word = first.piece.text().split_whitespace().next().unwrap_or_default().chars().count() as f32;
        let needed = (first.right - first.x) / letters * (word + 1.0);
        let home: Vec<u32> = above.runs[0].piece.words().collect();
        if above.runs[0].right + needed > next.x - 2.0
            && let Some(fragment) =
                fragments.iter_mut().rev().find(|fragment| fragment.piece.words().any(|word| home.contains(&word)))
        {
            fragment.piece.append_line(&cut[0].piece);
            cut.clear();
            return true;
        }
    }
    let is_date = |run: &crate::lines::Run| {
        dates::find(run.piece.text(), false)
            .first()
            .is_some_and(|found| found.range.len() + 2 >= run.piece.text().len())
    };
    let column_of = |x: f32| {
        above
            .runs
            .iter()
            .enumerate()
            .filter(|(i, run)| *i == 0 || run.after_gap)
            .find(|(_, run)| (run.x - x).abs() < 3.0)
            .map(|(i, _)| i)
    };
    let starts: Vec<Option<usize>> = line
        .runs
        .iter()
        .enumerate()
        .filter(|(i, run)| *i == 0 || run.after_gap)
        .map(|(_, run)| column_of(run.x))
        .collect();
    let all_known = starts.iter().all(Option::is_some);
    let later_only = starts.iter().all(|start| start.is_some_and(|i| i > 0));
    if !all_known || !(later_only || cells >= 3 && starts.len() >= 2) {
        return false;
    }
    let mut continued = false;
    for (run, start) in line.runs.iter().filter(|run| run.after_gap || std::ptr::eq(*run, &line.runs[0])).zip(starts) {
        let Some(home) = start.and_then(|i| above.runs.get(i)) else { continue };
        // Beside a margin of dates, the second cell is the text itself.
        let beside_text = start.is_some_and(|i| i == 0 || above.runs[..i].iter().any(|run| !is_date(run)));
        if !beside_text || home.bold != run.bold || (home.size - run.size).abs() > 0.6 {
            continue;
        }
        let words: Vec<u32> = home.piece.words().collect();
        let own: Vec<u32> = run.piece.words().collect();
        let Some(at) = cut.iter().position(|fragment| fragment.piece.words().any(|word| own.contains(&word))) else {
            continue;
        };
        if let Some(fragment) =
            fragments.iter_mut().rev().find(|fragment| fragment.piece.words().any(|word| words.contains(&word)))
        {
            fragment.piece.append_line(&cut[at].piece);
            cut.remove(at);
            continued = true;
        }
    }
    continued
}

/// Whether a heading line is broken inside a word or a name: the text before its last gap says so.
fn ends_inside_header(line: &Line) -> bool {
    let last_left = line.runs.iter().rev().find(|run| !run.after_gap || line.runs.len() == 1);
    last_left.is_some_and(|run| {
        let probe = Line { piece: run.piece.clone(), ..Line::default() };
        let raw_ends = line.text().split('\t').any(|cell| cell.trim_end().ends_with('\u{ad}'));
        raw_ends || ends_inside(&probe) && !probe.text().ends_with(',')
    })
}

/// Takes the periods out of a heading line and cuts the rest into fragments.
fn cut_dates(line: &Line, month_first: bool, entry: &mut Entry) -> Vec<Fragment> {
    let found = heading_dates(line, month_first);
    let text = line.text();
    let mut keep: Vec<(usize, usize)> = Vec::new();
    let mut from = 0;
    for one in &found {
        let piece = line.piece.slice(one.range.clone());
        let better = match &entry.period {
            None => true,
            Some((period, _)) => period.single && !one.period.single,
        };
        let second_single = entry.period.as_ref().is_some_and(|(period, _)| period.single) && one.period.single;
        if better {
            entry.period = Some((one.period, piece));
        } else if second_single
            && let Some((period, whole)) = &mut entry.period
            && let (Some(a), Some(b)) = (period.start, one.period.start)
        {
            *period = Period { start: Some(a.min(b)), end: Some(a.max(b)), open: false, single: false };
            whole.append(" ", &piece);
        }
        keep.push((from, one.range.start));
        from = one.range.end;
    }
    keep.push((from, text.len()));
    let mut fragments = Vec::new();
    for run in &line.runs {
        let (Some(first), Some(last)) = (run.piece.words().next(), run.piece.words().last()) else { continue };
        let position = |number: u32| line.piece.starts().iter().position(|(_, n)| *n == number);
        let (Some(first), Some(last)) = (position(first), position(last)) else { continue };
        let begin = line.piece.starts()[first].0;
        let end = line.piece.starts().get(last + 1).map_or(text.len(), |(next, _)| *next);
        let mut after_gap = run.after_gap;
        for (kept_from, kept_to) in &keep {
            let (from, to) = (begin.max(*kept_from), end.min(*kept_to));
            if from >= to {
                continue;
            }
            for (piece, separator) in cut_at_separators(&line.piece.slice(from..to)) {
                fragments.push(Fragment {
                    piece,
                    bold: run.bold,
                    italic: run.italic,
                    size: run.size,
                    after_gap,
                    separator,
                    extent: (run.x, run.right),
                    ..Fragment::default()
                });
                after_gap = false;
            }
        }
    }
    fragments.retain(|fragment| fragment.text().chars().any(char::is_alphanumeric));
    fragments
}

/// Cuts at marks that stand between fields, and never at commas: those need to know what the parts are.
fn cut_at_separators(piece: &Piece) -> Vec<(Piece, char)> {
    let text = piece.text();
    let mut cuts: Vec<(usize, usize, char)> = Vec::new();
    for (i, c) in text.char_indices() {
        let end = i + c.len_utf8();
        let spaced = text[..i].ends_with(' ') && text[end..].starts_with(' ');
        match c {
            '\t' | '|' | '·' | '•' | '◆' | '●' | '∙' | '¦' | ';' | '\u{2016}' => cuts.push((i, end, c)),
            '–' | '—' | '-' | '/' | '~' | '→' | '@' if spaced => {
                cuts.push((i, end, if c == '@' { '@' } else { '-' }))
            }
            '—' => cuts.push((i, end, '-')),
            _ => {}
        }
    }
    for word in [" at ", " bei ", " chez ", " presso "] {
        // "Engineer at Acme", not "University of Somewhere at Large".
        if let Some(i) = text.find(word).filter(|i| title_score(&text[..*i]) > 1.0) {
            cuts.push((i, i + word.len(), '@'));
        }
    }
    cuts.sort_unstable();
    let mut out = Vec::new();
    let (mut from, mut separator) = (0, '\0');
    for (start, end, mark) in cuts {
        if start < from {
            continue;
        }
        out.push((piece.slice(from..start).trimmed(), separator));
        (from, separator) = (end, mark);
    }
    out.push((piece.slice(from..text.len()).trimmed(), separator));
    out.retain(|(piece, _)| !piece.is_empty());
    out
}

/// Whether the fragment is a web address; the first one is kept.
fn take_url(fragment: &Fragment, url: &mut Option<String>) -> bool {
    let text = fragment.text().trim();
    let first = text.split_whitespace().next().unwrap_or_default();
    let lower = first.to_lowercase();
    let is_url = lower.starts_with("http://")
        || lower.starts_with("https://")
        || lower.starts_with("www.")
        || lower.split('/').next().is_some_and(|host| lower.contains('/') && network(host).is_some());
    if is_url && url.is_none() {
        let full = if lower.starts_with("http") { first.to_owned() } else { format!("https://{first}") };
        *url = url::Url::parse(&full).is_ok().then_some(full);
    }
    is_url
}

/// Bullets and paragraphs, each whole over its line breaks.
pub(crate) fn items(lines: &[&Line], left: f32) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let mut item_x = 0.0;
    for (i, line) in lines.iter().enumerate() {
        if EMPTY_LABELS.is(line.text().trim_end_matches(':')) {
            continue;
        }
        let continues = i > 0
            && items.last().is_some_and(|item| {
                if item.bullet {
                    continues_item(lines[i - 1], line, item_x, left)
                } else {
                    !line.bullet
                        && (line.begins_inside()
                            || ends_inside(lines[i - 1])
                            || lines[i - 1].is_full()
                                && line.gap <= lines[i - 1].gap.max(0.45) + 0.3
                                && !ends_sentence(lines[i - 1].text())
                            || lines[i - 1].is_full()
                                && line.gap < 0.6
                                && (line.bbox.x - lines[i - 1].bbox.x).abs() < 2.0
                                && line.column == lines[i - 1].column
                                && is_prose(lines[i - 1].text())
                                && lines[i - 1].bbox.width > 0.0
                                && !ends_sentence(lines[i - 1].text()))
                }
            });
        match items.last_mut() {
            Some(item) if continues => item.piece.append_line(&line.piece),
            _ => {
                item_x = line.runs.first().map_or(line.bbox.x, |run| run.x);
                items.push(Item { piece: line.piece.clone(), bullet: line.bullet });
            }
        }
    }
    items.retain(|item| !item.piece.is_empty());
    items
}

fn ends_sentence(text: &str) -> bool {
    text.trim_end().ends_with(['.', '!', '?'])
}

/// The words of a text in the form that the vocabularies compare.
pub(crate) fn words_of(text: &str) -> Vec<String> {
    folded_words(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lines::Pages;
    use crate::testing;

    fn entries(lines: &[&str]) -> Vec<(Vec<String>, Option<String>, Vec<String>)> {
        let document = testing::document(lines);
        let pages = Pages::of(&document);
        split(&pages.lines, false)
            .into_iter()
            .map(|entry| {
                (
                    entry.fragments.iter().map(|f| f.text().to_owned()).collect(),
                    entry.period.map(|(_, piece)| piece.text().to_owned()),
                    entry.body.iter().map(|item| item.piece.text().to_owned()).collect(),
                )
            })
            .collect()
    }

    #[test]
    fn entries_begin_where_the_design_repeats() {
        let found = entries(&[
            "**Tester**\t2019 – 2021",
            "Acme Ltd | Hull",
            "• Wrote tests for the whole of the billing",
            "**Junior Tester**\t2017 – 2019",
            "Bolt GmbH | Kiel",
            "• Found bugs",
        ]);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].0, ["Tester", "Acme Ltd", "Hull"]);
        assert_eq!(found[1].0, ["Junior Tester", "Bolt GmbH", "Kiel"]);
        assert_eq!(found[1].2, ["Found bugs"]);
    }

    #[test]
    fn a_period_on_the_third_line_still_anchors_its_entry() {
        let found = entries(&[
            "**Acme Ltd**",
            "Tester",
            "2019 – 2021",
            "• Wrote tests",
            "**Bolt GmbH**",
            "Junior Tester",
            "2017 – 2019",
            "• Found bugs",
        ]);
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].0, ["Bolt GmbH", "Junior Tester"]);
        assert_eq!(found[1].1.as_deref(), Some("2017 – 2019"));
    }

    #[test]
    fn dates_that_close_their_entries_are_followed_by_the_next() {
        let found = entries(&["First Aid", "Red Cross, 2014", "Food Safety", "City Board, 2017"]);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].0, ["First Aid", "Red Cross"]);
        assert_eq!(found[1].0, ["Food Safety", "City Board"]);
    }

    #[test]
    fn a_year_above_another_in_the_margin_is_one_period() {
        let found = entries(&["2013\t**University of Somewhere**", "2016\tBSc Physics"]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.as_deref(), Some("2013 – 2016"));
        assert_eq!(found[0].0, ["University of Somewhere", "BSc Physics"]);
    }

    #[test]
    fn a_period_that_the_margin_breaks_is_one_period() {
        let found =
            entries(&["Mar 2014 – Dec\t**Engagement Manager**", "2018\tSome Advisory", "• Ran six engagements"]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.as_deref(), Some("Mar 2014 – Dec 2018"));
        assert_eq!(found[0].0, ["Engagement Manager", "Some Advisory"]);
    }

    #[test]
    fn a_period_beside_the_first_item_belongs_to_the_heading() {
        let found = entries(&[
            "**Acme Ltd**, Tester\tHull",
            "• Wrote tests for the billing\t2019 – 2021",
            "**Bolt GmbH**, Tester\tKiel",
            "• Found bugs\t2017 – 2019",
        ]);
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].1.as_deref(), Some("2017 – 2019"));
        assert_eq!(found[1].2, ["Found bugs"]);
    }

    #[test]
    fn a_text_behind_its_period_in_brackets_is_the_entrys_text() {
        let found = entries(&[
            "**Acme Ltd**, Hull. Tester (since March 2015). Wrote tests for the whole of the billing",
            "and found its errors.",
            "**Bolt GmbH**, Kiel. Junior Tester (2008 – 2015). Found bugs in engines and lifts.",
        ]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0].1.as_deref(), Some("(since March 2015)"));
        assert_eq!(found[0].2, ["Wrote tests for the whole of the billing and found its errors."]);
        assert_eq!(found[1].2, ["Found bugs in engines and lifts."]);
    }

    #[test]
    fn what_a_form_names_belongs_to_the_heading_wherever_its_labels_begin() {
        let found = entries(&[
            "Date\t03/2014 –",
            "Lavoro o posizione ricoperti\tRestauratrice di dipinti",
            "Principali attività e responsabilità\tRestauro di opere; direzione di un cantiere di sei persone",
            "Nome e indirizzo del datore di lavoro\tStudio Ferretti",
            "Date\t09/2009 – 02/2014",
            "Lavoro o posizione ricoperti\tAssistente al restauro",
            "Nome e indirizzo del datore di lavoro\tOpificio Toscano",
        ]);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].0, ["Restauratrice di dipinti", "Studio Ferretti"], "{found:?}");
        assert_eq!(found[0].2, ["Restauro di opere; direzione di un cantiere di sei persone"]);
    }

    #[test]
    fn the_items_of_a_numbered_list_are_list_items() {
        let found = entries(&["1. Doe, J. Heat and cold. 2022", "2. Roe, R. What lies between. 2019"]);
        assert_eq!(found.len(), 2);
        assert!(found[0].0[0].starts_with("Doe"), "{found:?}");
        let found = entries(&["1. FC Bremen, Trainer, 2012 – 2014", "Wrote plans", "1. FC Kiel, Trainer, 2009 – 2011"]);
        assert!(found[0].0[0].starts_with("1. FC"), "{found:?}");
    }

    #[test]
    fn an_item_over_two_lines_is_one_text() {
        let found = entries(&[
            "• A grant of two millions over six years for research on something that takes a long line and",
            "another, 2020",
            "• Young Scientist Prize, 2014",
        ]);
        assert_eq!(found[0].0.len(), 1, "{found:?}");
        assert!(found[0].0[0].ends_with("and another"));
    }

    #[test]
    fn a_sentence_with_years_is_no_anchor() {
        let found = entries(&["**Seller**\t2011 – 2014", "• Top performer of the branch in 2012 and 2013"]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].2.len(), 1);
    }
}
