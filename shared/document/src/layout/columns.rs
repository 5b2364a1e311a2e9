//! Gutters, columns, rails and rows.

use super::line::{self, RawLine};
use super::segment::{Segment, is_bullet};
use crate::Rect;

/// Lines that are read one after the other.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) lines: Vec<RawLine>,
    pub(super) column: usize,
}

/// Gutters within gutters, at most.
const MAX_DEPTH: usize = 8;
/// A page of text has a few hundred segments; what has more is no page that anyone reads.
const MAX_SEGMENTS: usize = 4_000;
/// How many gutters are looked at before a region is taken for a single column.
const MAX_TRIES: usize = 16;

/// Segments to groups in reading order.
pub(super) fn arrange(segments: Vec<Segment>, depth: usize) -> Vec<Group> {
    if depth < MAX_DEPTH && (6..=MAX_SEGMENTS).contains(&segments.len()) {
        for gutter in gutters(&segments).into_iter().take(MAX_TRIES) {
            let cut = gutter.cut(&segments);
            match gutter.kind(&cut) {
                Kind::Columns => {
                    return match gutter.dated_head(&cut) {
                        Some(head) => over_columns(cut, &head, depth),
                        None => split(cut, &gutter, depth),
                    };
                }
                Kind::Rail(side) => return with_rail(cut, &gutter.beside(side, &segments), side, depth),
                Kind::Rows => {}
            }
        }
    }
    let lines = read_grids(join_wrapped_cells(part_side_headings(line::lines(segments))));
    if lines.is_empty() { Vec::new() } else { vec![Group { lines, column: 0 }] }
}

/// A heading in large type beside smaller text (a name beside contacts, a section's label beside its first line) is a
/// line of its own.
fn part_side_headings(lines: Vec<RawLine>) -> Vec<RawLine> {
    let edges: Vec<f32> = lines.iter().map(|line| line.bbox().x).collect();
    let mut parted = Vec::with_capacity(lines.len());
    for (i, mut line) in lines.into_iter().enumerate() {
        if line.segments.len() > 1 && !line.ruled {
            let first = &line.segments[0];
            let size = line.segments[1..].iter().map(|segment| segment.size).fold(0.0, f32::max);
            let gap = line.segments[1].bbox.x - first.bbox.right();
            let aside = edges.iter().enumerate().all(|(j, edge)| j == i || *edge > first.bbox.right());
            let rest: String = line.segments[1..].iter().map(Segment::text).collect::<Vec<_>>().join(" ");
            let larger = first.size > if aside { 1.12 * size } else { 1.35 * size };
            if larger && gap > 0.8 * size && first.words.len() <= 5 && !is_date(&rest) {
                let heading = line.segments.remove(0);
                parted.push(RawLine { segments: vec![heading], ruled: false });
            }
        }
        parted.push(line);
    }
    parted
}

/// Cells side by side whose text goes on below, each under itself, become one line: "In-house Translator and ⇥ 2012"
/// over "Reviewer".
fn join_wrapped_cells(lines: Vec<RawLine>) -> Vec<RawLine> {
    let right = lines.iter().map(|line| line.bbox().right()).fold(f32::MIN, f32::max);
    let left = lines.iter().map(|line| line.bbox().x).fold(f32::MAX, f32::min);
    let mut joined: Vec<RawLine> = Vec::with_capacity(lines.len());
    let mut last_level = f32::MIN;
    for line in lines {
        let level = line.level();
        let tight = level - last_level < 1.5 * line.size();
        last_level = level;
        let places = joined
            .last()
            .filter(|above| tight && !above.ruled && !line.ruled)
            .and_then(|above| goes_on(above, &line, left, right));
        let (Some(places), Some(above)) = (places, joined.last_mut()) else {
            joined.push(line);
            continue;
        };
        let mut rest = Vec::new();
        // From the right, so that the places on the left stay true.
        for (mut segment, place) in line.segments.into_iter().zip(places).rev() {
            match place {
                Some(at) => {
                    segment.wrapped = true;
                    close_stretched(&mut above.segments[..at]);
                    above.segments.insert(at, segment);
                }
                None => rest.insert(0, segment),
            }
        }
        if !rest.is_empty() {
            joined.push(RawLine { segments: rest, ruled: false });
        }
    }
    joined
}

/// A cell that ends in a soft hyphen is full, and its spaces may be stretched until they look like gaps: they are none.
fn close_stretched(segments: &mut [Segment]) {
    if !segments.last().is_some_and(ends_in_soft_hyphen) {
        return;
    }
    for i in (1..segments.len()).rev() {
        if segments[i].bbox.x - segments[i - 1].bbox.right() > 3.0 * segments[i].size {
            return;
        }
        segments[i].wrapped = true;
    }
}

/// Where in the line above each segment goes that is the rest of a cell; `None` if the line is one of its own. A first
/// cell may go on beside the text of the others.
fn goes_on(above: &RawLine, line: &RawLine, left: f32, right: f32) -> Option<Vec<Option<usize>>> {
    let size = above.size();
    let words: Vec<Rect> = above.segments.iter().flat_map(|s| &s.words).map(|word| word.bbox).collect();
    let mut gaps: Vec<f32> = words.windows(2).map(|pair| (pair[1].x - pair[0].right()).max(0.0)).collect();
    gaps.sort_by(f32::total_cmp);
    if line::is_justified(&gaps) && gaps.last().is_some_and(|gap| *gap < 2.2 * size) {
        return None;
    }
    // Cells: segments with more than a space between, or parted by a hyphen that only the end of a line shows.
    let mut cells: Vec<(usize, usize)> = Vec::new();
    for (i, segment) in above.segments.iter().enumerate() {
        let joins = cells.last().is_some_and(|(_, end)| {
            let before = &above.segments[*end];
            // A line that ends in a hyphen is full, so its spaces may have been stretched.
            let widest = if ends_in_soft_hyphen(segment) { 3.0 } else { 1.2 };
            segment.bbox.x - before.bbox.right() < widest * size && !ends_in_soft_hyphen(before)
        });
        match cells.last_mut() {
            Some((_, end)) if joins || segment.wrapped => *end = i,
            _ => cells.push((i, i)),
        }
    }
    if cells.len() < 2 {
        return None;
    }
    let mut places: Vec<Option<(usize, Rest)>> = Vec::new();
    for segment in &line.segments {
        let cell = cells.iter().position(|(start, _)| {
            let first = &above.segments[*start];
            let skip = usize::from(first.words.len() > 1 && is_bullet(&first.words[0].text));
            (first.words[skip].bbox.x - segment.bbox.x).abs() < 1.5
        });
        places.push(cell.and_then(|cell| {
            cell_goes_on(above, &cells, cell, segment, left, right).map(|rest| (cells[cell].1 + 1, rest))
        }));
    }
    // Where one cell surely goes on, the others that could do so do.
    // A first cell that has room left does not go on: what stands under it is the next row.
    let next_row = line.segments.len() > 1
        && places.first().is_some_and(|place| matches!(place, Some((1, Rest::Possible)) if cells[0].1 == 0));
    let sure = !next_row && places.iter().flatten().any(|(_, rest)| *rest == Rest::Sure);
    let places: Vec<Option<usize>> =
        places.into_iter().map(|place| place.filter(|_| sure).map(|(place, _)| place)).collect();
    // Beside the rest of a first cell only a list may begin; other text beside it makes it a line of its own.
    let lists = |segment: &Segment| segment.bullet || segment.words.first().is_some_and(|word| is_bullet(&word.text));
    let first_only = places.first().is_some_and(Option::is_some)
        && line.segments[0].bbox.x < cells_start(above, &cells)
        && line.segments[1..].iter().zip(&places[1..]).all(|(segment, place)| place.is_some() || lists(segment));
    (places.iter().all(Option::is_some) || first_only).then_some(places)
}

/// Where the second cell begins.
fn cells_start(above: &RawLine, cells: &[(usize, usize)]) -> f32 {
    above.segments[cells[1].0].bbox.x
}

fn ends_in_soft_hyphen(segment: &Segment) -> bool {
    segment.words.last().is_some_and(|word| word.text.ends_with('\u{AD}'))
}

/// How sure it is that a segment under a cell is its rest.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Rest {
    Sure,
    Possible,
}

/// Whether a segment under a cell is its rest: surely, where the cell was full or its words cannot be the last.
fn cell_goes_on(
    above: &RawLine,
    cells: &[(usize, usize)],
    cell: usize,
    segment: &Segment,
    left: f32,
    right: f32,
) -> Option<Rest> {
    /// Words that end no line, in the languages of most CVs.
    const OPEN: [&str; 20] = [
        "of", "and", "the", "for", "in", "de", "du", "del", "da", "do", "et", "y", "e", "und", "der", "für", "la",
        "to", "at", "with",
    ];
    let end = &above.segments[cells[cell].1];
    let (Some(last), Some(first)) = (end.words.last(), segment.words.first()) else { return None };
    if segment.bullet || is_bullet(&first.text) || first.text == ":" || is_date(&segment.text()) || is_date(&end.text())
    {
        return None;
    }
    if (last.size - first.size).abs() > 0.05 * last.size || last.bold != first.bold {
        return None;
    }
    if ends_in_soft_hyphen(end) {
        return Some(Rest::Sure);
    }
    let next = cells.get(cell + 1).map(|(next, _)| above.segments[*next].bbox.x - 0.3 * end.size);
    let full = last.bbox.right() + 0.25 * end.size + first.bbox.width > next.unwrap_or(right);
    let reach = (last.bbox.right() - left) / (right - left).max(1.0);
    let open = last.text.ends_with([',', '-', '–', '&', '/'])
        || OPEN.contains(&last.text.as_str())
        || first.text.chars().next().is_some_and(char::is_lowercase);
    // Bold alone under bold that nearly fills its line: a name that wraps before its date.
    let sure = full || (open && reach > 0.5) || (last.bold && reach > 0.62 && next.is_some());
    Some(if sure { Rest::Sure } else { Rest::Possible })
}

/// Labels side by side with their texts under them, each under its own, are read label by label: three or more of
/// any look, or two in bold over text that is not. With more full rows it is a table, which is read row by row.
fn read_grids(lines: Vec<RawLine>) -> Vec<RawLine> {
    let mut read: Vec<RawLine> = Vec::with_capacity(lines.len());
    let mut lines = lines.into_iter().peekable();
    while let Some(line) = lines.next() {
        let mut cells: Vec<Vec<RawLine>> = line.segments.iter().map(|_| Vec::new()).collect();
        let mut last_level = line.level();
        let mut rows: Vec<RawLine> = Vec::new();
        let mut full_rows = 0;
        while is_label_row(&line)
            && let Some(below) = lines.peek()
            && below.level() - last_level < 2.8 * line.size()
            && let Some(fitted) = cells_below(&line, below)
        {
            let full = fitted.iter().all(|cell| !cell.is_empty());
            if rows.is_empty() && !full {
                break;
            }
            full_rows += usize::from(full);
            last_level = below.level();
            for (cell, segments) in cells.iter_mut().zip(fitted) {
                if !segments.is_empty() {
                    cell.push(RawLine { segments, ruled: false });
                }
            }
            rows.extend(lines.next());
        }
        if full_rows == 1 {
            for (label, texts) in line.segments.into_iter().zip(cells) {
                read.push(RawLine { segments: vec![label], ruled: false });
                read.extend(texts);
            }
        } else {
            read.push(line);
            read.extend(rows);
        }
    }
    read
}

fn is_label_row(line: &RawLine) -> bool {
    let bold = line.segments.iter().flat_map(|segment| &segment.words).all(|word| word.bold);
    let count = line.segments.len();
    !line.ruled
        && (count >= 3 || (count == 2 && bold))
        && !line.segments.iter().any(|segment| segment.bullet || is_date(&segment.text()) || segment.wrapped)
}

/// The segments of a line by the label that each stands under; `None` if they do not fit under labels.
fn cells_below(labels: &RawLine, below: &RawLine) -> Option<Vec<Vec<Segment>>> {
    let count = labels.segments.len();
    let size = labels.size();
    let mut cells: Vec<Vec<Segment>> = vec![Vec::new(); count];
    for segment in &below.segments {
        if is_date(&segment.text()) || (count == 2 && segment.words.iter().all(|word| word.bold)) {
            return None;
        }
        let under = labels.segments.iter().rposition(|label| segment.bbox.x >= label.bbox.x - 0.4 * size)?;
        let end = labels.segments.get(under + 1).map_or(f32::MAX, |next| next.bbox.x);
        // Texts begin where their label begins; what ends with it stands at the right edge of a row.
        let begins = !cells[under].is_empty() || segment.bbox.x - labels.segments[under].bbox.x < 1.2 * size;
        if segment.bbox.right() > end || !begins {
            return None;
        }
        cells[under].push(segment.clone());
    }
    Some(cells)
}

/// A stripe that no segment crosses from `top` to `bottom`.
#[derive(Debug)]
struct Gutter {
    x: f32,
    top: f32,
    bottom: f32,
    /// Whether a segment that crosses ends it below.
    crossed_below: bool,
    score: f32,
    /// Too few rows on one side to compare the sides row by row.
    small: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Side {
    Left,
    Right,
}

#[derive(Debug, PartialEq)]
enum Kind {
    /// Two columns.
    Columns,
    /// One side belongs, line by line, to the other.
    Rail(Side),
    /// Both sides are cells of rows.
    Rows,
}

/// The vertical middle of what can be seen of a segment.
fn middle(segment: &Segment) -> f32 {
    segment.level - 0.33 * segment.size
}

/// Gutters of a region, the most convincing first.
fn gutters(segments: &[Segment]) -> Vec<Gutter> {
    // A gutter ends where the leftmost segment on its right begins.
    let mut edges: Vec<f32> = segments.iter().map(|segment| segment.bbox.x).collect();
    edges.sort_by(f32::total_cmp);
    let mut candidates: Vec<(f32, usize)> = Vec::new();
    for edge in edges {
        match candidates.last_mut() {
            Some((first, count)) if edge - *first < 1.0 => *count += 1,
            _ => candidates.push((edge, 1)),
        }
    }
    candidates.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    candidates.truncate(160);

    let banners = banners(segments);
    let mut gutters = Vec::new();
    for (edge, _) in candidates {
        let x = edge - 0.8;
        let mut crossing: Vec<(f32, f32)> = segments
            .iter()
            .filter(|s| s.bbox.x < x && s.bbox.right() > x && cut_at(s, x).is_none())
            .chain(banners.iter().filter(|banner| banner.heads_both_sides(x)).map(|banner| &segments[banner.index]))
            .map(|s| (middle(s) - 0.3 * s.size, middle(s) + 0.3 * s.size))
            .collect();
        crossing.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut top = f32::MIN;
        for (from, to) in crossing.into_iter().chain([(f32::MAX, f32::MAX)]) {
            if from > top
                && let Some(gutter) = measure(segments, x, top, from)
            {
                gutters.push(gutter);
            }
            top = top.max(to);
        }
    }
    gutters.sort_by(|a, b| b.score.total_cmp(&a.score));
    gutters
}

/// Judges a stripe; `None` if there is too little on one side of it, or the two sides do not stand side by side.
fn measure(segments: &[Segment], x: f32, top: f32, bottom: f32) -> Option<Gutter> {
    let within = |segment: &&Segment| middle(segment) > top && middle(segment) < bottom;
    let left: Vec<&Segment> = segments.iter().filter(within).filter(|s| s.bbox.right() <= x).collect();
    let right: Vec<&Segment> = segments.iter().filter(within).filter(|s| s.bbox.x >= x).collect();
    let cut = segments.iter().filter(within).count() - left.len() - right.len();
    if left.is_empty() || right.is_empty() || cut * 5 > left.len().min(right.len()) {
        return None;
    }
    let extent = |side: &[&Segment]| {
        side.iter().fold((f32::MAX, f32::MIN), |(from, to), s| (from.min(middle(s)), to.max(middle(s))))
    };
    let ((left_top, left_bottom), (right_top, right_bottom)) = (extent(&left), extent(&right));
    let (from, to) = (left_top.max(right_top) - 3.0, left_bottom.min(right_bottom) + 3.0);
    let rows = |side: &[&Segment]| {
        let levels = side.iter().filter(|s| middle(s) >= from && middle(s) <= to).map(|s| (s.level, s.size));
        count_rows(levels.collect())
    };
    let (left_rows, right_rows) = (rows(&left), rows(&right));
    let small = left_rows < 3 || right_rows < 3;
    // The gap that counts is the usual one: a single long line may come close.
    let edge = right.iter().map(|s| s.bbox.x).fold(f32::MAX, f32::min);
    let mut ends: Vec<f32> = left.iter().map(|s| s.bbox.right()).collect();
    ends.sort_by(f32::total_cmp);
    let narrowest = edge - ends.get((ends.len() * 9).div_ceil(10).saturating_sub(1))?;
    let size = left.iter().chain(&right).map(|s| s.size).sum::<f32>() / (left.len() + right.len()) as f32;
    if narrowest < 0.45 * size || edge - ends.last()? < 0.1 * size {
        return None;
    }
    if small {
        // A name beside a block of contacts: too few rows to tell columns, but set far apart.
        let all = |side: &[&Segment]| count_rows(side.iter().map(|s| (s.level, s.size)).collect());
        let (left_all, right_all) = (all(&left), all(&right));
        let overlap = left_top < right_bottom + size && right_top < left_bottom + size;
        if left_all.max(right_all) < 3 || left_all + right_all > 12 || narrowest < 3.0 * size || !overlap {
            return None;
        }
        return Some(Gutter { x, top, bottom, crossed_below: bottom < f32::MAX, score: 0.5, small });
    }
    let score = (left_rows.min(right_rows) as f32 + 0.25 * left_rows.max(right_rows) as f32)
        * (narrowest / (1.5 * size)).clamp(0.5, 1.2);
    Some(Gutter { x, top, bottom, crossed_below: bottom < f32::MAX, score, small })
}

/// A segment that runs over a gutter only because its column's text comes close to the next: one of its words starts
/// right at the gutter, after a gap. The place to cut it.
fn cut_at(segment: &Segment, x: f32) -> Option<usize> {
    let words = if segment.row.is_empty() { &segment.words[..] } else { &[] };
    (1..words.len()).find(|i| {
        let (before, after) = (&words[i - 1], &words[*i]);
        let gap = after.bbox.x - before.bbox.right();
        before.bbox.right() <= x && (x..=x + 1.8).contains(&after.bbox.x) && gap > 0.3 * segment.size
    })
}

/// A heading that may head what stands on both sides of a gutter: alone on its row, and set apart by its type from the
/// row below it.
struct Banner {
    index: usize,
    right: f32,
    /// Edges of the row below: left and right of each segment.
    below: Vec<(f32, f32)>,
}

impl Banner {
    /// Whether it stands left of a gutter, and the row below it on both sides.
    fn heads_both_sides(&self, x: f32) -> bool {
        self.right <= x
            && self.below.iter().any(|(_, right)| *right <= x)
            && self.below.iter().any(|(left, _)| *left >= x)
    }
}

fn banners(segments: &[Segment]) -> Vec<Banner> {
    let mut order: Vec<usize> = (0..segments.len()).collect();
    order.sort_by(|a, b| segments[*a].level.total_cmp(&segments[*b].level));
    let bold = |segment: &Segment| segment.words.iter().all(|word| word.bold);
    let mut banners = Vec::new();
    for (place, &index) in order.iter().enumerate() {
        let segment = &segments[index];
        let apart = |other: usize| (segments[other].level - segment.level).abs() >= 0.9 * segment.size;
        let alone = place.checked_sub(1).is_none_or(|above| apart(order[above]))
            && order.get(place + 1).is_some_and(|below| apart(*below));
        if !alone || segment.words.len() > 5 {
            continue;
        }
        let next = segments[order[place + 1]].level;
        let row: Vec<&Segment> = order[place + 1..]
            .iter()
            .map(|other| &segments[*other])
            .take_while(|other| other.level - next < 0.3 * other.size)
            .collect();
        let set_apart = row.iter().all(|s| segment.size > 1.1 * s.size || (bold(segment) && !bold(s)));
        if next - segment.level < 4.0 * segment.size && set_apart {
            let below = row.iter().map(|s| (s.bbox.x, s.bbox.right())).collect();
            banners.push(Banner { index, right: segment.bbox.right(), below });
        }
    }
    banners
}

fn count_rows(mut levels: Vec<(f32, f32)>) -> usize {
    levels.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut rows = 0;
    let mut last = f32::MIN;
    for (level, size) in levels {
        if level - last > 0.4 * size {
            rows += 1;
            last = level;
        }
    }
    rows
}

/// What is measured of the lines on one side of a gutter.
struct SideLines {
    lines: Vec<RawLine>,
    /// How many lines each run of lines has, where a run is broken by a wider gap.
    runs: Vec<usize>,
    /// Share of lines that are dates.
    dates: f32,
    /// Median width.
    width: f32,
    /// Whether all lines end at one x, and do not start at one.
    right_aligned: bool,
    /// Which lines begin something: the first, and those with more white space above or in larger or bolder type.
    starts: Vec<bool>,
}

impl SideLines {
    fn of(segments: Vec<Segment>) -> Self {
        let recognised = segments.iter().any(|segment| segment.recognised);
        let lines = line::lines(segments);
        let mut runs: Vec<usize> = Vec::new();
        for (i, line) in lines.iter().enumerate() {
            let joins = i > 0 && line.level() - lines[i - 1].level() < 1.75 * line.size().max(lines[i - 1].size());
            match runs.last_mut() {
                Some(run) if joins => *run += 1,
                _ => runs.push(1),
            }
        }
        let dates = lines.iter().filter(|line| is_date(&line.text())).count() as f32 / lines.len().max(1) as f32;
        let boxes: Vec<Rect> = lines.iter().map(RawLine::bbox).collect();
        let mut widths: Vec<f32> = boxes.iter().map(|bbox| bbox.width).collect();
        widths.sort_by(f32::total_cmp);
        let width = widths.get(widths.len() / 2).copied().unwrap_or(0.0);
        let spread = |values: &mut dyn Iterator<Item = f32>| {
            let (low, high) = values.fold((f32::MAX, f32::MIN), |(low, high), v| (low.min(v), high.max(v)));
            high - low
        };
        let ends = spread(&mut boxes.iter().map(|bbox| bbox.right()));
        let begins = spread(&mut boxes.iter().map(|bbox| bbox.x));
        let right_aligned = lines.len() >= 3 && ends < if recognised { 7.0 } else { 2.5 } && begins > 3.0 * ends + 4.0;
        let starts = starts(&lines);
        Self { lines, runs, dates, width, right_aligned, starts }
    }

    /// Share of runs that begin beside a line of the other side that begins something.
    fn beside_starts_of(&self, other: &Self) -> f32 {
        let mut at = 0;
        let mut count = 0;
        for run in &self.runs {
            let line = &self.lines[at];
            at += run;
            let beside = other
                .lines
                .iter()
                .zip(&other.starts)
                .any(|(o, start)| *start && (o.level() - line.level()).abs() < 0.45 * line.size().max(o.size()));
            count += usize::from(beside);
        }
        count as f32 / self.runs.len().max(1) as f32
    }

    /// Share of lines (of first lines of runs, too) that have a line of the other side beside them.
    fn aligned_with(&self, other: &Self) -> (f32, f32) {
        let beside = |line: &RawLine| other.lines.iter().any(|o| o.is_beside(line));
        let all = self.lines.iter().filter(|line| beside(line)).count() as f32;
        let mut at = 0;
        let mut firsts = 0;
        for run in &self.runs {
            firsts += usize::from(beside(&self.lines[at]));
            at += run;
        }
        (all / self.lines.len().max(1) as f32, firsts as f32 / self.runs.len().max(1) as f32)
    }

    /// Share of lines that have a line of the other side at about their height.
    fn overlap_with(&self, other: &Self) -> f32 {
        let overlaps = |line: &RawLine| {
            other.lines.iter().any(|o| (o.level() - line.level()).abs() < 0.8 * line.size().max(o.size()))
        };
        self.lines.iter().filter(|line| overlaps(line)).count() as f32 / self.lines.len().max(1) as f32
    }

    /// Whether its lines are what stands behind labels and colons: `Tools` and `: Keil, MATLAB`.
    fn is_after_colons_of(&self, labels: &Self) -> bool {
        let level = |line: &RawLine, other: &RawLine| (line.level() - other.level()).abs() < 0.3 * line.size();
        let colons = self.lines.iter().filter(|line| {
            line.text().trim_start().starts_with(':')
                || labels.lines.iter().any(|label| level(label, line) && label.text().trim_end().ends_with(':'))
        });
        let colons = colons.count();
        colons >= 2 && colons * 10 >= self.lines.len() * 7
    }

    /// Labels of rows at the left of their cells: each stands on the very baseline of its cell's first line, though
    /// the cells are of unlike height. Columns on one grid have no unlike heights, and columns on none do not align.
    fn is_label_rail(&self, text: &Self, whole: f32) -> bool {
        if self.width > 0.36 * whole && !(self.right_aligned && self.width < 0.42 * whole) {
            return false;
        }
        let mut pitches: Vec<f32> = [self, text]
            .iter()
            .flat_map(|side| side.lines.windows(2).map(|pair| pair[1].level() - pair[0].level()))
            .collect();
        pitches.sort_by(f32::total_cmp);
        let Some(natural) = pitches.get(pitches.len() / 7) else { return false };
        let exact = |line: &RawLine| {
            let reach = if line.segments.iter().any(|s| s.recognised) { 0.3 } else { 0.12 };
            text.lines.iter().any(|o| (o.level() - line.level()).abs() < reach * line.size())
        };
        let (mut seen, mut aligned, mut going_on) = (0, 0, 0);
        for (i, line) in self.lines.iter().enumerate() {
            let free = i == 0 || line.level() - self.lines[i - 1].level() > 1.08 * natural;
            let on_line = exact(line);
            if !on_line && is_set_apart(line) {
                continue;
            }
            if free {
                seen += 1;
                aligned += usize::from(on_line);
            } else {
                going_on += 1;
            }
        }
        let long = self.lines.iter().any(|line| !is_set_apart(line) && line.text().split_whitespace().count() > 8);
        // Cells of more than one line, or rows far apart: what columns side by side on one grid do not have.
        let taller = text.lines.iter().filter(|o| !self.lines.iter().any(|line| line.is_beside(o))).count();
        let plain: Vec<&RawLine> = self.lines.iter().filter(|line| !is_set_apart(line)).collect();
        let steps: Vec<f32> = plain.windows(2).map(|pair| pair[1].level() - pair[0].level()).collect();
        let least = steps.iter().copied().fold(f32::MAX, f32::min);
        let uneven = steps.iter().filter(|step| **step > 1.4 * least).count();
        let within =
            text.lines.iter().all(|o| self.lines.first().is_none_or(|l| o.level() > l.level() - 1.5 * l.size()));
        seen >= 4
            && aligned * 10 >= seen * 9
            && going_on * 2 <= seen
            && !long
            && within
            && taller.max(uneven).max(going_on) >= 2
    }

    /// Labels that end where the text begins, each on the very baseline of what it labels or going on from such a one:
    /// the left side of a form.
    fn is_form_rail(&self, text: &Self) -> bool {
        let exact = |line: &RawLine| {
            let reach = if line.segments.iter().any(|s| s.recognised) { 0.3 } else { 0.12 };
            text.lines.iter().any(|o| (o.level() - line.level()).abs() < reach * line.size())
        };
        let labels: Vec<&RawLine> = self.lines.iter().filter(|line| exact(line) || !is_set_apart(line)).collect();
        let aligned = labels.iter().filter(|line| exact(line)).count();
        // A label that wraps goes on close under itself.
        let goes_on = |pair: &[&RawLine]| !exact(pair[1]) && pair[1].level() - pair[0].level() < 1.5 * pair[1].size();
        let rows = labels.len() - labels.windows(2).filter(|pair| goes_on(pair)).count();
        let headed = labels.iter().filter(|line| is_set_apart(line)).count();
        self.right_aligned
            && !text.right_aligned
            && labels.len() >= 4
            && headed * 4 <= labels.len()
            && aligned * 4 >= rows * 3
            && aligned >= 3
            && aligned <= text.lines.len()
    }

    /// Dates or labels at the left of the text that they belong to.
    fn is_left_rail(&self, text: &Self, whole: f32) -> bool {
        let count = self.lines.len() as f32;
        let others = text.lines.len() as f32;
        if count < 2.0 {
            return false;
        }
        let (_, firsts) = self.aligned_with(text);
        if self.dates >= 0.6 && firsts >= 0.6 && count <= 1.3 * others {
            return true;
        }
        if self.width > 0.3 * whole || count > 0.75 * others {
            return false;
        }
        // Dates with headings among them.
        let headings = self.lines.iter().filter(|line| !is_date(&line.text()) && is_set_apart(line)).count() as f32;
        let dated: Vec<RawLine> = self.lines.iter().filter(|line| is_date(&line.text())).cloned().collect();
        if dated.len() >= 3 && self.dates + headings / count >= 0.8 {
            let dated = Self::of(dated.into_iter().flat_map(|line| line.segments).collect());
            if dated.aligned_with(text).1 >= 0.7 {
                return true;
            }
        }
        // Labels at the side of what they head.
        self.is_sparse() && self.runs.len() >= 2 && count <= 0.6 * others && self.beside_starts_of(text) >= 0.8
    }

    /// Dates or places at the right of the lines that they belong to.
    fn is_right_rail(&self, text: &Self, whole: f32) -> bool {
        let count = self.lines.len() as f32;
        if count < 2.0 {
            return false;
        }
        let (all, firsts) = self.aligned_with(text);
        (self.dates >= 0.6 && firsts >= 0.6 && count <= 1.3 * text.lines.len() as f32)
            || (self.right_aligned && all >= 0.8 && self.width < 0.4 * whole)
    }

    /// Whether most of its lines are numbers.
    fn has_figures(&self) -> bool {
        let figures = self.lines.iter().filter(|line| line.text().contains(|c: char| c.is_ascii_digit())).count();
        figures * 5 >= self.lines.len() * 3
    }

    /// Whether most of its lines have several cells.
    fn has_cells(&self) -> bool {
        let several = self.lines.iter().filter(|line| line.segments.len() >= 2).count();
        several * 10 >= self.lines.len() * 7
    }

    /// Whether its lines stand alone or in twos, with white space between: what dates and labels do, and text in a
    /// column does not.
    fn is_sparse(&self) -> bool {
        let small = self.runs.iter().filter(|run| **run <= 2).count();
        small * 5 >= self.runs.len() * 4 && self.runs.iter().all(|run| *run <= 4)
    }
}

/// Whether the sides are labels and what stands beside each, one short line by another: `Born` and `3 July 1984`.
fn are_labels_and_values(labels: &SideLines, values: &SideLines) -> bool {
    let partner = |line: &RawLine, side: &SideLines| {
        let reach = if line.segments.iter().any(|s| s.recognised) { 0.3 } else { 0.12 };
        side.lines.iter().position(|other| (other.level() - line.level()).abs() < reach * line.size())
    };
    let pairs: Vec<(&RawLine, &RawLine)> =
        labels.lines.iter().filter_map(|line| partner(line, values).map(|at| (line, &values.lines[at]))).collect();
    // A heading among the labels has nothing beside it; headings over both are two columns' own.
    let alone = |line: &&RawLine| partner(line, values).is_none() && !is_set_apart(line);
    let words = |line: &RawLine| line.text().split_whitespace().count();
    pairs.len() >= 3
        && pairs.len() == values.lines.len()
        && !labels.lines.iter().any(|line| alone(&line))
        && !pairs.iter().any(|(label, value)| is_set_apart(label) && is_set_apart(value))
        && pairs.iter().filter(|(label, _)| words(label) <= 3).count() * 5 >= pairs.len() * 4
        && pairs.iter().all(|(label, value)| words(label) <= 7 && words(value) <= 9)
}

/// Which of a column's lines begin something.
fn starts(lines: &[RawLine]) -> Vec<bool> {
    let mut pitches: Vec<f32> = lines.windows(2).map(|pair| pair[1].level() - pair[0].level()).collect();
    pitches.sort_by(f32::total_cmp);
    let usual = pitches.get(pitches.len() / 3).copied().unwrap_or(0.0);
    let bold = |line: &RawLine| line.segments.iter().flat_map(|s| &s.words).all(|word| word.bold);
    lines
        .iter()
        .enumerate()
        .map(|(i, line)| {
            let Some(above) = i.checked_sub(1).map(|above| &lines[above]) else { return true };
            line.level() - above.level() > 1.3 * usual
                || line.size() > 1.08 * above.size()
                || (bold(line) && !bold(above))
        })
        .collect()
}

impl Gutter {
    /// The same segments, with those that run over the gutter cut at it.
    fn cut(&self, segments: &[Segment]) -> Vec<Segment> {
        let mut cut = Vec::with_capacity(segments.len());
        for segment in segments {
            let y = middle(segment);
            let crosses = segment.bbox.x < self.x && segment.bbox.right() > self.x;
            match cut_at(segment, self.x).filter(|_| crosses && y > self.top && y < self.bottom) {
                Some(at) => cut.extend(segment.clone().cut(at)),
                None => cut.push(segment.clone()),
            }
        }
        cut
    }

    fn holds(&self, segment: &Segment) -> Option<Side> {
        let y = middle(segment);
        if y <= self.top || y >= self.bottom {
            return None;
        }
        Some(if segment.bbox.right() <= self.x { Side::Left } else { Side::Right })
    }

    /// The same gutter, as high as the text that a rail would stand beside: what goes on below that text in the same
    /// place is no rail.
    fn beside(&self, rail: Side, segments: &[Segment]) -> Self {
        let text = segments.iter().filter(|s| self.holds(s).is_some_and(|side| side != rail));
        let (top, bottom) = text.fold((f32::MAX, f32::MIN), |(top, bottom), s| {
            (top.min(middle(s) - 0.8 * s.size), bottom.max(middle(s) + 1.5 * s.size))
        });
        Self { top: top.max(self.top), bottom: bottom.min(self.bottom), ..*self }
    }

    /// The upper part of a gutter with nothing but dates on its left, each beside something that begins, down to a
    /// heading: a rail of dates, whatever columns follow below it.
    fn dated_head(&self, segments: &[Segment]) -> Option<Self> {
        let side =
            |wanted: Side| SideLines::of(segments.iter().filter(|s| self.holds(s) == Some(wanted)).cloned().collect());
        let (left, right) = (side(Side::Left), side(Side::Right));
        let dates = left.lines.iter().take_while(|line| is_date(&line.text())).count();
        let heading = left.lines.get(dates).filter(|line| dates >= 1 && is_set_apart(line))?;
        let begins =
            |line: &RawLine| right.lines.iter().zip(&right.starts).any(|(l, start)| *start && l.is_beside(line));
        let ends = |line: &RawLine| right.lines.iter().all(|l| l.level() < line.level());
        if !left.lines[..dates].iter().all(begins) || !(begins(heading) || ends(heading)) {
            return None;
        }
        Some(Self { bottom: heading.level() - 1.1 * heading.size(), ..*self })
    }

    fn kind(&self, segments: &[Segment]) -> Kind {
        let side = |gutter: &Self, wanted: Side| {
            SideLines::of(segments.iter().filter(|s| gutter.holds(s) == Some(wanted)).cloned().collect())
        };
        let (left, right) = (side(self, Side::Left), side(self, Side::Right));
        let (_, left_firsts) = left.aligned_with(&right);
        let (right_all, right_firsts) = right.aligned_with(&left);
        // Text whose lines never stand beside a line of the other side is set to the right of it, and in no column of
        // its own: headings at the right margin over text at the left.
        let (fewer, more) = if left.lines.len() < right.lines.len() { (&left, &right) } else { (&right, &left) };
        if fewer.overlap_with(more) < 0.25 || right.is_after_colons_of(&left) || are_labels_and_values(&left, &right) {
            return Kind::Rows;
        }
        if self.small {
            let (left_all, _) = left.aligned_with(&right);
            return if left_all >= 0.9 || right_all >= 0.9 || left.dates > 0.5 || right.dates > 0.5 {
                Kind::Rows
            } else {
                Kind::Columns
            };
        }
        let whole = {
            let (from, to) = segments
                .iter()
                .fold((f32::MAX, f32::MIN), |(from, to), s| (from.min(s.bbox.x), to.max(s.bbox.right())));
            (to - from).max(1.0)
        };
        // A rail is judged by what stands beside the text only.
        let left_rail = side(&self.beside(Side::Left, segments), Side::Left);
        let right_rail = side(&self.beside(Side::Right, segments), Side::Right);
        if left_rail.is_left_rail(&right, whole) {
            return Kind::Rail(Side::Left);
        }
        if right_rail.is_right_rail(&left, whole) {
            return Kind::Rail(Side::Right);
        }
        if left_rail.is_label_rail(&right, whole) || left_rail.is_form_rail(&right) {
            return Kind::Rail(Side::Left);
        }
        let (left_all, _) = left.aligned_with(&right);
        let (left_count, right_count) = (left.lines.len() as f32, right.lines.len() as f32);
        if left_all >= 0.9 && right_all >= 0.9 {
            // Cells of rows: each side's lines stand beside the other's, and none of them runs on; or the rows have
            // more cells than two.
            let narrow = left.width < 0.3 * whole && right.width < 0.45 * whole;
            if left.is_sparse() || left_count <= 4.0 || left.has_cells() || right.has_cells() || narrow {
                return Kind::Rows;
            }
        }
        if left_count <= 0.75 * right_count && left_firsts >= 0.85 && left.is_sparse() && left.width < 0.3 * whole {
            return Kind::Rail(Side::Left);
        }
        if right_count <= 0.75 * left_count && right_all >= 0.85 && right.is_sparse() && right.width < 0.35 * whole {
            return Kind::Rail(Side::Right);
        }
        // Figures at the right edge of a table, under a heading that may take two lines.
        if right_count <= left_count && right_firsts >= 0.95 && right.width < 0.12 * whole && right.has_figures() {
            return Kind::Rail(Side::Right);
        }
        Kind::Columns
    }
}

/// Reads a rail of dates with its text, and what stands above and below both on its own.
fn over_columns(segments: Vec<Segment>, head: &Gutter, depth: usize) -> Vec<Group> {
    let (above, rest): (Vec<Segment>, Vec<Segment>) = segments.into_iter().partition(|s| middle(s) <= head.top);
    let (beside, below): (Vec<Segment>, Vec<Segment>) = rest.into_iter().partition(|s| middle(s) < head.bottom);
    let mut groups = arrange(above, depth + 1);
    groups.extend(with_rail(beside, head, Side::Left, depth));
    groups.extend(arrange(below, depth + 1));
    groups
}

/// Reads what stands above a gutter, left of it, right of it, below it.
fn split(segments: Vec<Segment>, gutter: &Gutter, depth: usize) -> Vec<Group> {
    let (mut above, mut left, mut right, mut below) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for segment in segments {
        match gutter.holds(&segment) {
            Some(Side::Left) => left.push(segment),
            Some(Side::Right) => right.push(segment),
            None if middle(&segment) <= gutter.top => above.push(segment),
            None => below.push(segment),
        }
    }
    if gutter.crossed_below {
        // A heading right above text of the full width belongs to that text and not to the column that ends above it.
        let next = below.iter().map(middle).fold(f32::MAX, f32::min);
        release_tail(&mut left, &right, next, &mut below);
        release_tail(&mut right, &left, next, &mut below);
    }
    let mut groups = arrange(above, depth + 1);
    let left = arrange(left, depth + 1);
    let next_column = left.iter().map(|group| group.column).max().unwrap_or(0) + 1;
    groups.extend(left);
    groups.extend(arrange(right, depth + 1).into_iter().map(|mut group| {
        group.column += next_column;
        group
    }));
    groups.extend(arrange(below, depth + 1));
    groups
}

/// Moves the last lines of one side to what follows below, if they stand under the other side's end and nearer to what
/// follows than to what they follow.
fn release_tail(side: &mut Vec<Segment>, other: &[Segment], next: f32, below: &mut Vec<Segment>) {
    let other_end = other.iter().map(middle).fold(f32::MIN, f32::max);
    let mut next = next;
    for _ in 0..3 {
        let last = side.iter().map(middle).fold(f32::MIN, f32::max);
        let size = side.iter().map(|s| s.size).fold(0.0, f32::max);
        if last <= other_end + 0.4 * size {
            return;
        }
        let before = side.iter().map(middle).filter(|y| *y < last - 2.0).fold(f32::MIN, f32::max);
        if next - last >= last - before {
            return;
        }
        let (tail, rest): (Vec<Segment>, Vec<Segment>) = side.drain(..).partition(|s| middle(s) >= last - 2.0);
        *side = rest;
        below.extend(tail);
        next = last;
    }
}

/// Takes a rail out, reads the rest, and puts each of the rail's texts to the line that it stands beside.
fn with_rail(segments: Vec<Segment>, gutter: &Gutter, side: Side, depth: usize) -> Vec<Group> {
    let (rail, rest): (Vec<Segment>, Vec<Segment>) =
        segments.into_iter().partition(|segment| gutter.holds(segment) == Some(side));
    let labels = line::lines(rail);
    let beside = count_rows(rest.iter().map(|segment| (segment.level, segment.size)).collect());
    let (headings, others): (Vec<RawLine>, Vec<RawLine>) =
        labels.iter().cloned().partition(|label| !is_date(&label.text()) && stands_out(label, &rest));
    let dates = others.iter().filter(|label| is_date(&label.text())).count();
    // All labels are headings, or headings stand among dates.
    let all = headings.len() * 4 >= labels.len() * 3 && beside >= 3 * labels.len();
    if side == Side::Left && !headings.is_empty() && (all || dates * 3 >= others.len() * 2 && dates > 1) {
        return with_headings(headings, others, rest, depth);
    }
    beside_rail(labels, rest, side, depth)
}

/// Reads the text, and puts each of the rail's entries to its line.
fn beside_rail(labels: Vec<RawLine>, text: Vec<Segment>, side: Side, depth: usize) -> Vec<Group> {
    let mut groups = arrange(text, depth + 1);
    for entry in entries(labels, side, &groups).into_iter().rev() {
        attach(entry, side, &mut groups);
    }
    // Only now do texts that wrap have their dates beside them, and with them an edge.
    for group in &mut groups {
        group.lines = join_wrapped_cells(std::mem::take(&mut group.lines));
    }
    groups
}

/// Headings at the side of their sections: each is read before what stands beside and under it, up to the next.
fn with_headings(headings: Vec<RawLine>, mut rail: Vec<RawLine>, mut text: Vec<Segment>, depth: usize) -> Vec<Group> {
    let mut sections: Vec<(RawLine, Vec<RawLine>, Vec<Segment>)> = Vec::new();
    for heading in headings.into_iter().rev() {
        let top = heading.level() - 0.85 * heading.size();
        let (above, beside): (Vec<Segment>, Vec<Segment>) = text.into_iter().partition(|s| middle(s) < top);
        let (rail_above, rail_beside): (Vec<RawLine>, Vec<RawLine>) =
            rail.into_iter().partition(|label| label.level() < heading.level());
        (text, rail) = (above, rail_above);
        match sections.last_mut() {
            // A heading over two lines is one.
            Some((below, labels, segments))
                if below.level() - heading.level() < 1.4 * heading.size()
                    && beside.iter().all(|s| middle(s) > heading.level() - 0.9 * heading.size()) =>
            {
                let mut words = heading.segments;
                if let Some(first) = below.segments.first_mut() {
                    first.wrapped = true;
                }
                words.append(&mut below.segments);
                below.segments = words;
                labels.splice(0..0, rail_beside);
                segments.extend(beside);
            }
            _ => sections.push((heading, rail_beside, beside)),
        }
    }
    let mut groups = beside_rail(rail, text, Side::Left, depth);
    for (heading, labels, segments) in sections.into_iter().rev() {
        groups.push(Group { lines: vec![heading], column: 0 });
        groups.extend(beside_rail(labels, segments, Side::Left, depth));
    }
    groups
}

/// The rail's lines, those of one entry joined: "2010 –" over "2013" is one date, and so is a place over a date beside
/// a title and its list.
fn entries(lines: Vec<RawLine>, side: Side, groups: &[Group]) -> Vec<RawLine> {
    // What stands beside a line of the rail: whether it begins something, and whether it is an item of a list.
    let beside: Vec<(&RawLine, bool)> =
        groups.iter().flat_map(|group| group.lines.iter().zip(starts(&group.lines))).collect();
    let partner = |line: &RawLine| {
        beside.iter().find(|(other, _)| {
            let next_to = match side {
                Side::Left => other.bbox().x >= line.bbox().right() - 1.0,
                Side::Right => other.bbox().right() <= line.bbox().x + 1.0,
            };
            next_to && other.is_beside(line)
        })
    };
    let is_item = |line: &RawLine| {
        line.segments.first().is_some_and(|s| s.bullet || s.words.first().is_some_and(|word| is_bullet(&word.text)))
    };
    let mut entries: Vec<RawLine> = Vec::new();
    let mut last_level = f32::MIN;
    // Where the text beside the entry's first line begins.
    let mut edge = f32::MAX;
    for line in lines {
        let level = line.level();
        let near = level - last_level < 1.75 * line.size();
        let goes_on = entries.last().is_some_and(|last| {
            let open = last.text().trim_end().ends_with(['-', '–', '—', '/', ',']);
            let starts_open = line.text().starts_with(['-', '–', '—']);
            let small = line.segments.iter().all(|s| (s.size - last.size()).abs() < 0.1 * s.size);
            // Two halves of a span, not two spans: "2010" over "2013".
            let dates = is_date(&last.text())
                && is_date(&line.text())
                && !(open || starts_open || is_span(&last.text()) || is_span(&line.text()));
            let both_spans = is_span(&last.text()) && is_span(&line.text());
            let within = match partner(&line) {
                None => true,
                Some((other, starts)) => {
                    let indented = side == Side::Right && other.bbox().x > edge + 0.5 * other.size();
                    is_item(other) || indented || (dates && side == Side::Left && !starts)
                }
            };
            // A label that is too long for the rail goes on in small letters.
            let wraps = side == Side::Left
                && line.text().starts_with(char::is_lowercase)
                && !is_date(&line.text())
                && !is_date(&last.text())
                && partner(&line).is_none_or(|(_, starts)| !starts);
            near && small && !both_spans && (open || starts_open || within || wraps)
        });
        match entries.last_mut() {
            Some(last) if goes_on => {
                let mut segments = line.segments;
                // A place over a date are two facts, set apart; a text or a date that goes on is one.
                let above = last.segments.last().map(Segment::text).unwrap_or_default();
                let below: String = segments.iter().map(Segment::text).collect::<Vec<_>>().join(" ");
                if is_date(&above) != is_date(&below) && !above.ends_with(['-', '–', '—']) {
                    mark_gap(&mut segments);
                } else if let Some(first) = segments.first_mut() {
                    first.wrapped = true;
                }
                last.segments.append(&mut segments);
            }
            _ => {
                edge = partner(&line).map_or(f32::MAX, |(other, _)| other.bbox().x);
                entries.push(line);
            }
        }
        last_level = level;
    }
    entries
}

/// Whether a label looks like a heading beside its text: larger, bold or in capitals.
fn stands_out(label: &RawLine, text: &[Segment]) -> bool {
    let mut sizes: Vec<f32> = text.iter().map(|segment| segment.size).collect();
    sizes.sort_by(f32::total_cmp);
    let usual = sizes.get(sizes.len() / 2).copied().unwrap_or(0.0);
    label.size() > 1.1 * usual || is_set_apart(label)
}

/// Bold, or in capitals.
fn is_set_apart(line: &RawLine) -> bool {
    let words: Vec<_> = line.segments.iter().flat_map(|segment| &segment.words).collect();
    let letters: String = words.iter().map(|word| word.text.as_str()).collect();
    words.iter().all(|word| word.bold)
        || (letters.chars().any(char::is_alphabetic) && !letters.chars().any(char::is_lowercase))
}

fn attach(entry: RawLine, side: Side, groups: &mut Vec<Group>) {
    let (level, size, bbox) = (entry.level(), entry.size(), entry.bbox());
    let is_beside = |line: &RawLine| match side {
        Side::Left => line.bbox().x >= bbox.right() - 1.0,
        Side::Right => line.bbox().right() <= bbox.x + 1.0,
    };
    // The line on its level, nearest to the rail; else the first one below it.
    let mut best: Option<(usize, usize, f32)> = None;
    for (g, group) in groups.iter().enumerate() {
        for (l, line) in group.lines.iter().enumerate() {
            let apart = (line.level() - level).abs();
            if is_beside(line) && apart < 0.5 * size.max(line.size()) {
                let distance = match side {
                    Side::Left => line.bbox().x - bbox.right(),
                    Side::Right => bbox.x - line.bbox().right(),
                } + 3.0 * apart;
                if best.is_none_or(|(.., smallest)| distance < smallest) {
                    best = Some((g, l, distance));
                }
            }
        }
    }
    if let Some((g, l, _)) = best {
        let line = &mut groups[g].lines[l];
        let text = std::mem::take(&mut line.segments);
        let (mut first, mut second) = match side {
            Side::Left => (entry.segments, text),
            Side::Right => (text, entry.segments),
        };
        mark_gap(&mut second);
        first.append(&mut second);
        line.segments = first;
        return;
    }
    // Beside nothing: its own line, before the first line below it.
    let place = groups
        .iter()
        .enumerate()
        .flat_map(|(g, group)| group.lines.iter().enumerate().map(move |(l, line)| (g, l, line)))
        .filter(|(_, _, line)| line.level() > level)
        .min_by(|a, b| a.2.level().total_cmp(&b.2.level()))
        .map(|(g, l, _)| (g, l));
    match place {
        Some((g, l)) => groups[g].lines.insert(l, entry),
        None => match groups.last_mut() {
            Some(group) => group.lines.push(entry),
            None => groups.push(Group { lines: vec![entry], column: 0 }),
        },
    }
}

fn mark_gap(segments: &mut [Segment]) {
    if let Some(word) = segments.first_mut().and_then(|segment| segment.words.first_mut()) {
        word.after_gap = true;
        word.glued = false;
    }
}

/// Whether a date has a beginning and an end.
fn is_span(text: &str) -> bool {
    let inner = text.trim().trim_end_matches(['-', '–', '—']).trim_start_matches(['-', '–', '—']);
    let years = inner
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| part.len() == 4 && matches!(&part[..2], "19" | "20"))
        .count();
    let now = inner.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(is_now);
    years >= 2 || years == 1 && now
}

/// Whether a text is a date or a span of dates and nothing else.
pub(crate) fn is_date(text: &str) -> bool {
    let lower = text.to_lowercase();
    let mut year = false;
    let mut numbers = 0;
    let mut other = 0;
    let mut known = 0;
    for token in lower.split(|c: char| !c.is_alphanumeric()).filter(|token| !token.is_empty()) {
        if token.chars().all(|c| c.is_ascii_digit()) {
            numbers += 1;
            year |= token.len() == 4 && matches!(&token[..2], "19" | "20");
        } else if token.chars().all(char::is_alphabetic) && (is_month(token) || is_now(token)) {
            known += 1;
            year |= is_now(token);
        } else {
            other += token.chars().count();
        }
    }
    // "since", "bis", "until" and the like may stand with it.
    let numeric = (2..=4).contains(&numbers) && lower.contains(['/', '.']);
    (year && other <= 8 && numbers <= 6) || (other == 0 && (known > 0 || numeric))
}

fn is_month(token: &str) -> bool {
    const STARTS: [&str; 49] = [
        "jan", "feb", "fév", "fev", "mar", "mär", "maa", "apr", "avr", "abr", "may", "mai", "maj", "mag", "mei", "jun",
        "jui", "giu", "jul", "lug", "aug", "aoû", "aou", "ago", "sep", "set", "oct", "okt", "out", "ott", "nov", "dec",
        "déc", "dez", "dic", "ene", "gen", "sty", "lut", "kwi", "cze", "lip", "sie", "wrz", "paź", "lis", "gru", "oca",
        "şub",
    ];
    token.chars().count() <= 10 && STARTS.iter().any(|start| token.starts_with(start))
}

fn is_now(token: &str) -> bool {
    matches!(
        token,
        "present"
            | "now"
            | "today"
            | "current"
            | "currently"
            | "ongoing"
            | "heute"
            | "jetzt"
            | "aktuell"
            | "présent"
            | "actuel"
            | "aujourd"
            | "actualidad"
            | "actual"
            | "presente"
            | "atual"
            | "oggi"
            | "attuale"
            | "heden"
            | "nu"
            | "obecnie"
            | "nuvarande"
            | "pågående"
            | "günümüz"
            | "halen"
            | "nå"
            | "nykyinen"
            | "devam"
            | "ediyor"
            | "teraz"
            | "nadal"
            | "atualmente"
            | "atualidade"
            | "momento"
            | "presentemente"
            | "actualmente"
            | "hoy"
            | "tuttora"
            | "corso"
            | "dato"
            | "cours"
    )
}

#[cfg(test)]
mod tests {
    use super::is_date;

    #[test]
    fn a_date_is_told_from_other_short_texts() {
        for date in
            ["2016 – 2018", "Sept 2013 – July 2017", "09/2013 – 07/2017", "seit 2019", "Mar 2021", "01.2019 - heute"]
        {
            assert!(is_date(date), "{date}");
        }
        for other in ["Leeds, West Yorkshire", "Native", "Python 3", "Lagos Business School", "English"] {
            assert!(!is_date(other), "{other}");
        }
    }
}
