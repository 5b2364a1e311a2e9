//! Ruled tables: rows of cells between lines that are drawn.
//!
//! Where lines tell what a cell is, nothing has to be guessed: a cell's text is read whole, however often it is broken,
//! before the next cell's.

use super::line;
use super::segment::{self, Segment, is_bullet};
use crate::{Rect, Word};

/// Lines this near to one another are one.
const NEAR: f32 = 2.5;
/// A cell with more lines holds a text of its own, not a value: the table is there for the layout.
const MOST_LINES: usize = 7;
/// More lines than any CV's table has.
const MOST_RULES: usize = 3_000;

/// Takes the words of ruled tables out; each row comes back as one segment that stands for all its cells.
pub(super) fn rows(words: Vec<Word>, rules: &[Rect], page_width: f32) -> (Vec<Segment>, Vec<Word>) {
    let mut rest = words;
    let mut rows = Vec::new();
    for grid in grids(rules) {
        let (inside, outside): (Vec<Word>, Vec<Word>) =
            rest.iter().cloned().partition(|word| grid.cell_of(word).is_some());
        if let Some(read) = grid.read(inside, page_width) {
            rows.extend(read);
            rest = outside;
        }
    }
    (rows, rest)
}

/// The edges of a table's columns and rows.
#[derive(Debug)]
struct Grid {
    columns: Vec<f32>,
    rows: Vec<f32>,
}

/// A line along x (or y): where it lies, and from where to where it goes.
#[derive(Debug, Clone, Copy)]
struct Rule {
    at: f32,
    from: f32,
    to: f32,
}

fn grids(rules: &[Rect]) -> Vec<Grid> {
    if rules.len() > MOST_RULES {
        return Vec::new();
    }
    let across = merged(rules.iter().filter(|rule| rule.width > rule.height).map(|rule| Rule {
        at: rule.y + rule.height / 2.0,
        from: rule.x,
        to: rule.right(),
    }));
    let down = merged(rules.iter().filter(|rule| rule.height >= rule.width).map(|rule| Rule {
        at: rule.x + rule.width / 2.0,
        from: rule.y,
        to: rule.bottom(),
    }));
    // Lines that meet belong to one table.
    let meet = |a: &Rule, d: &Rule| {
        a.from - NEAR <= d.at && d.at <= a.to + NEAR && d.from - NEAR <= a.at && a.at <= d.to + NEAR
    };
    let mut grids = Vec::new();
    let mut taken = vec![false; across.len()];
    for start in 0..across.len() {
        if taken[start] {
            continue;
        }
        let mut lines = vec![start];
        let mut uprights: Vec<usize> = Vec::new();
        taken[start] = true;
        let mut at = 0;
        while at < lines.len() {
            for (i, upright) in down.iter().enumerate() {
                if uprights.contains(&i) || !meet(&across[lines[at]], upright) {
                    continue;
                }
                uprights.push(i);
                for (j, other) in across.iter().enumerate() {
                    if !taken[j] && meet(other, upright) {
                        taken[j] = true;
                        lines.push(j);
                    }
                }
            }
            at += 1;
        }
        let columns = edges(uprights.iter().map(|i| down[*i].at));
        let rows = edges(lines.iter().map(|i| across[*i].at));
        if columns.len() >= 3 && rows.len() >= 3 {
            grids.push(Grid { columns, rows });
        }
    }
    grids
}

/// Parts of one line, put together.
fn merged(rules: impl Iterator<Item = Rule>) -> Vec<Rule> {
    let mut rules: Vec<Rule> = rules.collect();
    rules.sort_by(|a, b| a.at.total_cmp(&b.at).then(a.from.total_cmp(&b.from)));
    let mut out: Vec<Rule> = Vec::new();
    for rule in rules {
        let same = out.iter_mut().rev().take(64).find(|other| {
            (other.at - rule.at).abs() < NEAR / 2.0 && rule.from <= other.to + NEAR && rule.to >= other.from - NEAR
        });
        match same {
            Some(other) => (other.from, other.to) = (other.from.min(rule.from), other.to.max(rule.to)),
            None => out.push(rule),
        }
    }
    out
}

fn edges(places: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut places: Vec<f32> = places.collect();
    places.sort_by(f32::total_cmp);
    places.dedup_by(|b, a| *b - *a < NEAR);
    places
}

impl Grid {
    /// Row and column of a word.
    fn cell_of(&self, word: &Word) -> Option<(usize, usize)> {
        let (x, y) = (word.bbox.x + word.bbox.width / 2.0, word.bbox.y + word.bbox.height / 2.0);
        let place = |edges: &[f32], value: f32| {
            let after = edges.partition_point(|edge| *edge < value);
            (after > 0 && after < edges.len()).then(|| after - 1)
        };
        Some((place(&self.rows, y)?, place(&self.columns, x)?))
    }

    /// The rows, if it is a table of values: most cells hold something, and none holds a text or a list of its own.
    fn read(&self, words: Vec<Word>, page_width: f32) -> Option<Vec<Segment>> {
        let (height, width) = (self.rows.len() - 1, self.columns.len() - 1);
        let mut cells: Vec<Vec<Word>> = vec![Vec::new(); height * width];
        for word in words {
            let (row, column) = self.cell_of(&word)?;
            // A word over the edge of its cell was never in one.
            if word.bbox.x < self.columns[column] - 1.0 || word.bbox.right() > self.columns[column + 1] + 1.0 {
                return None;
            }
            cells[row * width + column].push(word);
        }
        let filled = cells.iter().filter(|cell| !cell.is_empty()).count();
        if filled * 2 < cells.len() || filled < 4 {
            return None;
        }
        let mut rows = Vec::new();
        for row in cells.chunks_mut(width) {
            let mut parts: Vec<Segment> = Vec::new();
            for cell in row {
                let lines = line::lines(segment::segments(std::mem::take(cell), page_width));
                let list = |segment: &Segment| segment.words.first().is_some_and(|word| is_bullet(&word.text));
                if lines.len() > MOST_LINES || lines.iter().flat_map(|line| &line.segments).any(list) {
                    return None;
                }
                for (i, mut part) in lines.into_iter().flat_map(|line| line.segments).enumerate() {
                    part.wrapped = i > 0;
                    if i == 0
                        && let (false, Some(first)) = (parts.is_empty(), part.words.first_mut())
                    {
                        first.after_gap = true;
                    }
                    parts.push(part);
                }
            }
            let Some(first) = parts.first() else { continue };
            let bbox = parts.iter().map(|part| part.bbox).reduce(Rect::union).unwrap_or_default();
            let level = parts.iter().map(|part| part.level).fold(f32::MAX, f32::min);
            let words = parts.iter().flat_map(|part| part.words.clone()).collect();
            rows.push(Segment {
                words,
                bbox,
                level,
                size: first.size,
                bullet: false,
                recognised: false,
                wrapped: false,
                row: parts,
            });
        }
        Some(rows)
    }
}
