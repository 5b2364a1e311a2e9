//! Words to segments: the runs of words that no column can part.

use super::columns::is_date;
use crate::{Rect, Source, Word};

/// Words side by side on one baseline.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    pub(super) words: Vec<Word>,
    pub(super) bbox: Rect,
    /// Height on the page of its baseline, straightened.
    pub(super) level: f32,
    /// Size of its type.
    pub(super) size: f32,
    /// A bullet stands before it.
    pub(super) bullet: bool,
    pub(super) recognised: bool,
    /// It is the rest of the segment before it, from the line below.
    pub(super) wrapped: bool,
    /// The cells of a ruled table's row, line by line: the segment stands for all of them.
    pub(super) row: Vec<Segment>,
}

impl Segment {
    pub(super) fn text(&self) -> String {
        self.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// Cuts it before a word.
    pub(super) fn cut(mut self, at: usize) -> [Self; 2] {
        let words = self.words.split_off(at);
        let bounds = |words: &[Word]| words.iter().map(|word| word.bbox).reduce(Rect::union).unwrap_or_default();
        let size = |words: &[Word]| words.iter().map(|word| word.size).fold(0.0, f32::max);
        let mut second = Self { bbox: bounds(&words), words, bullet: false, row: Vec::new(), ..self };
        self.bbox = bounds(&self.words);
        if !self.recognised {
            (self.size, second.size) = (size(&self.words), size(&second.words));
        }
        [self, second]
    }

    /// How far two segments' baselines may lie apart for one to be said to stand beside the other, in their smaller
    /// size: a recogniser errs by a pixel or two.
    pub(super) fn beside_tolerance(&self, other: &Self) -> f32 {
        let share = if self.recognised || other.recognised { 0.45 } else { 0.3 };
        share * self.size.min(other.size)
    }

    /// Whether two segments stand on the same line.
    pub(super) fn level_with(&self, other: &Self) -> bool {
        let tolerance = if self.recognised || other.recognised { 0.5 } else { 0.38 };
        (self.level - other.level).abs() <= tolerance * self.size.min(other.size)
    }
}

/// Signs that mark a list item, where they stand before a text.
pub(crate) fn is_bullet(text: &str) -> bool {
    matches!(
        text,
        "•" | "◦"
            | "▪"
            | "▫"
            | "■"
            | "□"
            | "●"
            | "○"
            | "◆"
            | "◇"
            | "►"
            | "▸"
            | "▶"
            | "▷"
            | "➢"
            | "➤"
            | "➔"
            | "→"
            | "❖"
            | "✓"
            | "✔"
            | "✦"
            | "★"
            | "‣"
            | "⁃"
            | "∙"
            | "·"
            | "⋅"
            | "⚫"
            | "⚪"
            | "◾"
            | "▹"
            | "›"
            | "»"
            | "¤"
            | "*"
            | "-"
            | "–"
            | "—"
            | "−"
            | "‐"
            | "‑"
    )
}

struct Placed {
    word: Word,
    level: f32,
    size: f32,
    recognised: bool,
}

/// Joins words to segments, in no particular order.
pub(super) fn segments(words: Vec<Word>, page_width: f32) -> Vec<Segment> {
    let slope = skew(&words);
    let mut placed: Vec<Placed> = words
        .into_iter()
        .map(|mut word| {
            let recognised = matches!(word.source, Source::Recognised { .. });
            if word.size <= 0.0 {
                word.size = word.bbox.height.max(1.0);
            }
            let size = word.size;
            // The baseline, in a box of the type's size; a recogniser's box around the ink has much the same middle.
            let mut level = word.bbox.y + word.bbox.height / 2.0 + 0.26 * size;
            if recognised {
                level -= slope * (word.bbox.x + word.bbox.width / 2.0 - page_width / 2.0);
            }
            Placed { word, level, size, recognised }
        })
        .collect();
    placed.sort_by(|a, b| a.level.total_cmp(&b.level).then(a.word.bbox.x.total_cmp(&b.word.bbox.x)));

    // Each word's neighbour to the right, if one is near enough, and that one's to the left.
    let mut right: Vec<Option<(usize, f32)>> = vec![None; placed.len()];
    let mut left: Vec<Option<usize>> = vec![None; placed.len()];
    for i in 0..placed.len() {
        let reach = 0.75 * placed[i].size;
        let around = |j: &usize| (placed[*j].level - placed[i].level).abs() <= reach;
        let after = (i + 1..placed.len()).take_while(|j| placed[*j].level - placed[i].level <= reach);
        let before = (0..i).rev().take_while(|j| placed[i].level - placed[*j].level <= reach);
        let mut best: Option<(usize, f32)> = None;
        for j in after.chain(before).filter(around) {
            if let Some(gap) = gap_between(&placed[i], &placed[j])
                && best.is_none_or(|(_, smallest)| gap < smallest)
            {
                best = Some((j, gap));
            }
        }
        let Some((j, gap)) = best else { continue };
        match left[j] {
            Some(other) if right[other].is_some_and(|(_, smaller)| smaller <= gap) => continue,
            Some(other) => right[other] = None,
            None => {}
        }
        left[j] = Some(i);
        right[i] = Some((j, gap));
    }

    let mut segments = Vec::new();
    let mut words: Vec<Option<Placed>> = placed.into_iter().map(Some).collect();
    let starts: Vec<usize> = (0..words.len()).filter(|i| left[*i].is_none()).collect();
    // A ring cannot arise from gaps to the right alone, but words that overlap could make one: what no start reaches
    // becomes segments of single words.
    for start in starts.into_iter().chain(0..left.len()) {
        let mut chain = Vec::new();
        let mut at = Some(start);
        while let Some(i) = at {
            let Some(word) = words[i].take() else { break };
            chain.push(word);
            at = right[i].map(|(j, _)| j);
        }
        if !chain.is_empty() {
            segments.push(segment(chain));
        }
    }
    segments
}

/// Cuts dates off that stand so close to a text that a space could part them: a date before a text that begins where
/// other lines begin, and a date after a text that begins where other dates begin.
pub(super) fn part_dates(segments: Vec<Segment>) -> Vec<Segment> {
    let text_edges = shared_edges(segments.iter(), 3);
    let date_edges = shared_edges(segments.iter().filter(|segment| is_date(&segment.text())), 2);
    let at = |edges: &[f32], x: f32, reach: f32| edges.iter().any(|edge| (edge - x).abs() <= reach);
    let mut parted = Vec::with_capacity(segments.len());
    for segment in segments {
        let reach = if segment.recognised { 3.0 } else { 1.5 };
        let words = &segment.words;
        let place = (1..words.len().min(40)).find(|i| {
            let (gap, x) = (words[*i].bbox.x - words[i - 1].bbox.right(), words[*i].bbox.x);
            let text = |part: &[Word]| part.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
            (gap > 0.28 * segment.size && at(&text_edges, x, reach) && is_date(&text(&words[..*i])))
                || (gap > 0.3 * segment.size && at(&date_edges, x, reach) && is_date(&text(&words[*i..])))
        });
        match place {
            Some(place) => parted.extend(segment.cut(place)),
            None => parted.push(segment),
        }
    }
    parted
}

/// Left edges that several segments have in common.
fn shared_edges<'s>(segments: impl Iterator<Item = &'s Segment>, count: usize) -> Vec<f32> {
    let mut edges: Vec<f32> = segments.map(|segment| segment.bbox.x).collect();
    edges.sort_by(f32::total_cmp);
    edges.chunk_by(|a, b| b - a < 1.5).filter(|run| run.len() >= count).map(|run| run[run.len() / 2]).collect()
}

/// The gap from one word to another on its right, if they can belong to one segment.
fn gap_between(one: &Placed, other: &Placed) -> Option<f32> {
    let gap = other.word.bbox.x - one.word.bbox.right();
    let (small, large) = (one.size.min(other.size), one.size.max(other.size));
    let apart = (one.level - other.level).abs();
    let tolerance = if one.recognised { 0.5 } else { 0.38 };
    // A small sign set higher or a little lower (an ordinal's letters, a footnote's number) touches its word. What
    // stands further down is the next line, close under a name in large type.
    let (sign, word) = if one.size < other.size { (one, other) } else { (other, one) };
    let lower = sign.level - word.level;
    let raised = small < 0.9 * large
        && (-0.62 * large..0.3 * large).contains(&lower)
        && sign.word.text.chars().count() <= 5
        && gap > -0.15 * large
        && gap < 0.4 * large;
    if apart > tolerance * small && !raised {
        return None;
    }
    // Overlap a little: italics and kerning do. More is text over text.
    if gap < -0.4 * small.min(one.word.bbox.width.max(1.0)) {
        return None;
    }
    if other.word.bbox.x <= one.word.bbox.x {
        return None;
    }
    // A soft hyphen shows only where a line ends; what stands beside it is another cell.
    if one.word.text.ends_with('\u{AD}') {
        return None;
    }
    let bullet = is_bullet(&one.word.text);
    let widest = if bullet { (2.6 * small).max(20.0) } else { (0.9 * small).clamp(4.0, 11.0) };
    // A change of weight or size over more than a space is a cell beside a cell: a label and its text.
    let restyled = one.word.bold != other.word.bold || small < 0.93 * large;
    let widest = if restyled && !bullet { widest.min(0.62 * small) } else { widest };
    let widest = if one.recognised && !bullet { (1.1 * small).max(4.0) } else { widest };
    (gap <= widest).then_some(gap)
}

fn segment(chain: Vec<Placed>) -> Segment {
    let bbox = chain.iter().map(|placed| placed.word.bbox).reduce(Rect::union).unwrap_or_default();
    // The largest type leads: raised or lowered signs are smaller.
    let size = chain.iter().map(|placed| placed.size).fold(0.0, f32::max);
    let levels: Vec<f32> = chain.iter().filter(|p| p.size > 0.9 * size).map(|p| p.level).collect();
    let level = levels.iter().sum::<f32>() / levels.len().max(1) as f32;
    let recognised = chain.iter().any(|placed| placed.recognised);
    let words = chain.into_iter().map(|placed| placed.word).collect();
    Segment { words, bbox, level, size, bullet: false, recognised, wrapped: false, row: Vec::new() }
}

/// How far recognised lines run off the level: a page lies a little turned under a camera or a scanner.
fn skew(words: &[Word]) -> f32 {
    let boxes: Vec<Rect> =
        words.iter().filter(|w| matches!(w.source, Source::Recognised { .. })).map(|w| w.bbox).collect();
    if boxes.len() < 12 || boxes.len() > 5_000 {
        return 0.0;
    }
    let mut slopes = Vec::new();
    for a in &boxes {
        let (ax, ay) = (a.x + a.width / 2.0, a.y + a.height / 2.0);
        let next = boxes
            .iter()
            .filter(|b| b.x >= a.right() - 0.2 * a.height && b.x - a.right() < 1.5 * a.height)
            .filter(|b| (b.y + b.height / 2.0 - ay).abs() < 0.6 * a.height && (b.height / a.height - 1.0).abs() < 0.3)
            .min_by(|b, c| b.x.total_cmp(&c.x));
        if let Some(b) = next {
            let (bx, by) = (b.x + b.width / 2.0, b.y + b.height / 2.0);
            if bx - ax > 2.0 * a.height {
                slopes.push((by - ay) / (bx - ax));
            }
        }
    }
    if slopes.len() < 8 {
        return 0.0;
    }
    slopes.sort_by(f32::total_cmp);
    let slope = slopes[slopes.len() / 2];
    if (0.002..0.12).contains(&slope.abs()) { slope } else { 0.0 }
}
