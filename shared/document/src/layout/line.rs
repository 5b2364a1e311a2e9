//! Segments of one line to the finished line.

use super::segment::{Segment, is_bullet};
use crate::{Block, Line, Rect, Source, Word};

/// Segments that stand on one line, from left to right.
#[derive(Debug, Clone, Default)]
pub(super) struct RawLine {
    pub(super) segments: Vec<Segment>,
    /// It is the row of a ruled table, whole as it is.
    pub(super) ruled: bool,
}

impl RawLine {
    pub(super) fn level(&self) -> f32 {
        self.segments.first().map_or(0.0, |segment| segment.level)
    }

    pub(super) fn size(&self) -> f32 {
        self.segments.iter().map(|segment| segment.size).fold(0.0, f32::max)
    }

    /// Whether it stands at the height of another.
    pub(super) fn is_beside(&self, other: &Self) -> bool {
        match (self.segments.first(), other.segments.first()) {
            (Some(one), Some(two)) => (one.level - two.level).abs() < one.beside_tolerance(two),
            _ => false,
        }
    }

    pub(super) fn bbox(&self) -> Rect {
        self.segments.iter().map(|segment| segment.bbox).reduce(Rect::union).unwrap_or_default()
    }

    pub(super) fn text(&self) -> String {
        self.segments.iter().map(Segment::text).collect::<Vec<_>>().join(" ")
    }
}

/// Segments to lines, from top to bottom.
pub(super) fn lines(mut segments: Vec<Segment>) -> Vec<RawLine> {
    segments.sort_by(|a, b| a.level.total_cmp(&b.level).then(a.bbox.x.total_cmp(&b.bbox.x)));
    let mut lines: Vec<RawLine> = Vec::new();
    for segment in segments {
        if !segment.row.is_empty() {
            lines.push(RawLine { segments: segment.row, ruled: true });
            continue;
        }
        // The nearest of the last few lines that it is level with and does not overlap.
        let fitting = lines
            .iter_mut()
            .rev()
            .take(4)
            .filter(|line| {
                !line.ruled
                    && line.segments.iter().all(|other| {
                        let overlap = other.bbox.right().min(segment.bbox.right()) - other.bbox.x.max(segment.bbox.x);
                        other.level_with(&segment) && overlap < 0.4 * segment.size
                    })
            })
            .min_by(|a, b| (a.level() - segment.level).abs().total_cmp(&(b.level() - segment.level).abs()));
        match fitting {
            Some(line) => line.segments.push(segment),
            None => lines.push(RawLine { segments: vec![segment], ruled: false }),
        }
    }
    for line in lines.iter_mut().filter(|line| !line.ruled) {
        line.segments.sort_by(|a, b| a.bbox.x.total_cmp(&b.bbox.x));
    }
    lines
}

/// The finished line; `None` if nothing but a bullet stands on it. On a mirrored page words stand as they are read.
pub(super) fn finish(raw: RawLine, mirrored: bool) -> Option<Line> {
    let mut bullet = raw.segments.first().is_some_and(|segment| segment.bullet);
    let bbox = raw.bbox();
    let mut words: Vec<Word> = Vec::new();
    // Words whose place says nothing about the gap before them, because they stand on the line below.
    let mut wrapped: Vec<bool> = Vec::new();
    let mut after_wrapped = false;
    for mut segment in raw.segments {
        // The rest of a cell follows its cell, and what comes after it is another cell. So does what stands beside a
        // hyphen that only the end of a line shows.
        if after_wrapped
            && !segment.wrapped
            && let Some(first) = segment.words.first_mut()
        {
            first.after_gap = true;
        }
        let hyphenated = segment.words.last().is_some_and(|word| word.text.ends_with('\u{AD}'));
        after_wrapped = segment.wrapped || hyphenated;
        wrapped.push(segment.wrapped);
        wrapped.resize(words.len() + segment.words.len(), false);
        words.append(&mut segment.words);
    }
    if !mirrored {
        into_logical_order(&mut words);
    }
    mark_gaps(&mut words, &wrapped);
    if words.len() > 1 && is_bullet(&words[0].text) {
        // A dash that touches what follows is a minus or a range, not a bullet.
        let gap = words[1].bbox.x - words[0].bbox.right();
        let dash = matches!(words[0].text.as_str(), "-" | "–" | "—" | "−" | "‐" | "‑" | "*" | "·" | "›" | "»");
        let apart = gap > 0.12 * words[1].size || matches!(words[0].source, Source::Recognised { .. });
        if !dash || (apart && !words[1].glued) {
            words.remove(0);
            bullet = true;
        }
    }
    // Word's other bullets are letters of symbol fonts, when the font is lost: far before their text.
    if words.len() > 1
        && matches!(words[0].text.as_str(), "o" | "§" | "Ø" | "ü" | "q" | "v")
        && words[1].bbox.x - words[0].bbox.right() > 0.8 * words[1].size
    {
        words.remove(0);
        bullet = true;
    }
    // A glyph whose character nobody knows says nothing; before a text it is the bullet of a font that is missing.
    if words.len() > 1 && words[0].text.chars().all(|c| c == '\u{FFFD}') {
        words.remove(0);
        bullet = true;
    }
    words.retain(|word| !word.text.chars().all(|c| c == '\u{FFFD}'));
    if words.iter().all(|word| is_bullet(&word.text)) && words.len() < 2 {
        return None;
    }
    // A bullet painted right against its text, or typed so.
    if let Some(first) = words.first_mut()
        && first.text.chars().count() > 1
        && first.text.starts_with(['•', '◦', '▪', '●', '■', '‣', '►', '➢', '❖', '✓', '✔', '▸'])
    {
        first.text.remove(0);
        bullet = true;
    }
    if let Some(first) = words.first_mut() {
        first.after_gap = false;
    }
    let mut words = glue(words);
    mend_small_capitals(&mut words);
    Some(Line { words, bbox, bullet, heading: false })
}

/// On a page from left to right, words stand sorted by position; those of a name from right to left among them are read
/// the other way. Pages from right to left were mirrored.
fn into_logical_order(words: &mut [Word]) {
    let rtl = |word: &Word| word.text.chars().any(super::is_right_to_left);
    let mut start = 0;
    while start < words.len() {
        let mut end = start;
        while end < words.len() && rtl(&words[end]) {
            end += 1;
        }
        words[start..end].reverse();
        start = end.max(start + 1);
    }
}

/// Marks words that stand after a gap far wider than the line's spaces.
fn mark_gaps(words: &mut [Word], wrapped: &[bool]) {
    let gap = |a: &Word, b: &Word| (b.bbox.x - a.bbox.right()).max(a.bbox.x - b.bbox.right());
    let mut gaps: Vec<f32> =
        words.windows(2).filter(|pair| !pair[1].glued).map(|pair| gap(&pair[0], &pair[1]).max(0.0)).collect();
    gaps.sort_by(f32::total_cmp);
    let usual = if gaps.len() >= 3 { gaps[gaps.len() / 2] } else { 0.0 };
    let justified = is_justified(&gaps);
    for i in 1..words.len() {
        let size = words[i - 1].size.min(words[i].size);
        let gap = gap(&words[i - 1], &words[i]);
        let follows = wrapped.get(i).copied().unwrap_or(false);
        let stretched = justified && gap < 2.2 * size;
        words[i].after_gap |= !follows && !stretched && gap > 1.05 * size && gap > 2.2 * usual.min(0.6 * size);
    }
}

/// Whether gaps (sorted) are all alike: a line whose spaces were stretched to fill a narrow column.
pub(super) fn is_justified(gaps: &[f32]) -> bool {
    gaps.len() >= 2 && gaps.last().zip(gaps.first()).is_some_and(|(widest, narrowest)| *widest < 1.25 * narrowest + 0.5)
}

/// Small capitals that a program made of larger and smaller capitals lose their case where the file keeps one
/// character for both sizes of a letter (`rEsEarcH`): the large letters are capitals and the small ones are not.
fn mend_small_capitals(words: &mut [Word]) {
    let mut start = 0;
    while start < words.len() {
        let end = (start + 1..words.len()).find(|i| !words[*i].glued).unwrap_or(words.len());
        let chain = &mut words[start..end];
        start = end;
        let large = chain.iter().map(|word| word.size).fold(0.0, f32::max);
        let small = |word: &Word| (1.1..1.6).contains(&(large / word.size.max(0.1)));
        let text_layer = chain.iter().all(|word| word.source == Source::TextLayer);
        if !text_layer || !chain.iter().all(|word| small(word) || word.size > 0.97 * large) {
            continue;
        }
        let has = |word: &Word, case: fn(char) -> bool| word.text.chars().any(case);
        let mixed =
            chain.iter().any(|word| small(word) && has(word, char::is_uppercase) && has(word, char::is_lowercase))
                || (chain.iter().any(|word| !small(word) && has(word, char::is_lowercase))
                    && chain.iter().any(small)
                    && chain.iter().all(|word| small(word) || word.text.chars().count() <= 2));
        if mixed {
            for word in chain {
                word.text = if small(word) { word.text.to_lowercase() } else { word.text.to_uppercase() };
            }
        }
    }
}

/// Words that touch are one word that was painted in pieces: joined if they look the same, marked if not.
fn glue(words: Vec<Word>) -> Vec<Word> {
    let mut glued: Vec<Word> = Vec::with_capacity(words.len());
    for mut word in words {
        let Some(last) = glued.last_mut() else {
            word.glued = false;
            glued.push(word);
            continue;
        };
        let text_layer = last.source == Source::TextLayer && word.source == Source::TextLayer;
        let gap = word.bbox.x - last.bbox.right();
        let size = last.size.max(word.size);
        // Zero-width boxes come from formats without positions; there the reader says what is glued.
        let touches = text_layer && last.bbox.width > 0.0 && gap < 0.06 * size && gap > -0.5 * size;
        word.glued |= touches && !word.after_gap;
        let alike = last.bold == word.bold
            && last.italic == word.italic
            && (last.size - word.size).abs() < 0.05 * size
            && last.link == word.link;
        if word.glued && alike && text_layer {
            last.text.push_str(&word.text);
            last.bbox = last.bbox.union(word.bbox);
        } else {
            glued.push(word);
        }
    }
    glued
}

/// A word that ends in a soft hyphen goes on at the start of the next line: it is written whole on its first line.
pub(crate) fn join_soft_hyphens(blocks: &mut Vec<Block>) {
    for block in blocks.iter_mut() {
        for i in 0..block.lines.len() {
            // The last word of the line's text; a date at the line's end may stand after it.
            let words = &block.lines[i].words;
            let Some(at) = words.iter().rposition(|word| word.text.ends_with('\u{AD}')) else { continue };
            let ends_text = words.get(at + 1).is_none_or(|next| next.after_gap);
            if !ends_text {
                // Its rest was brought up beside it.
                let rest = block.lines[i].words.remove(at + 1).text;
                let word = &mut block.lines[i].words[at].text;
                word.pop();
                word.push_str(&rest);
                continue;
            }
            let rest = block.lines.get_mut(i + 1).filter(|next| !next.words.is_empty()).map(|next| {
                let rest = next.words.remove(0).text;
                if let Some(first) = next.words.first_mut() {
                    first.after_gap = false;
                    first.glued = false;
                }
                rest
            });
            let word = &mut block.lines[i].words[at].text;
            word.pop();
            match rest {
                Some(rest) => word.push_str(&rest),
                None => word.push('-'),
            }
        }
        block.lines.retain(|line| !line.words.is_empty());
    }
    blocks.retain(|block| !block.lines.is_empty());
}
