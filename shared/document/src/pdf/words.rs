//! Glyphs to words: where one ends and the next begins, accents put back on their letters, right-to-left runs turned
//! into logical order.

use super::colour::{self, Colour};
use super::content::{Content, Glyph, Painted};
use crate::layout::{Class, is_right_to_left, left_to_right};
use crate::{HiddenText, Rect, Source, Word};
use hayro_font::kurbo::{self, Point, Vec2};
use std::collections::HashMap;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;

/// How far a letter's box reaches above and below its baseline, in font sizes. Every word gets the same box for the
/// same size, so that layout sees lines and not the shapes of letters.
const ASCENT: f32 = 0.76;
const DESCENT: f32 = 0.24;

/// Text whose contrast with its background is lower cannot be seen. The faintest grey that a designer prints on white
/// (#dddddd) has 1.36.
const VISIBLE_CONTRAST: f32 = 1.1;

/// The words of a page.
pub(super) struct PageWords {
    /// Words that run left to right (or right to left) along the page's lines.
    pub(super) upright: Vec<Word>,
    /// Words of turned text, by the angle in degrees (clockwise, -180 to 180); their boxes are as if turned upright.
    pub(super) turned: Vec<(i32, Vec<Word>)>,
    pub(super) hidden: Vec<HiddenText>,
    /// Words that are invisible, with their boxes: the layer that a scanner's recognition left.
    pub(super) invisible: Vec<Word>,
    /// Share of visible glyphs whose characters the file does not tell.
    pub(super) unmapped: f32,
    /// Visible glyphs that are not spaces.
    pub(super) visible_glyphs: usize,
}

/// Makes words of a page's glyphs.
pub(super) fn words(mut content: Content) -> PageWords {
    drop_second_strikes(&mut content.glyphs);
    compose_accents(&mut content.glyphs);

    let shown = |glyph: &&Glyph| glyph.hidden.is_none() && glyph.text.trim() != "";
    let visible_glyphs = content.glyphs.iter().filter(shown).count();
    let unmapped = content.glyphs.iter().filter(shown).filter(|glyph| glyph.unmapped).count() as f32
        / visible_glyphs.max(1) as f32;

    let mut result = PageWords {
        upright: Vec::new(),
        turned: Vec::new(),
        hidden: Vec::new(),
        invisible: Vec::new(),
        unmapped,
        visible_glyphs,
    };
    let backgrounds = Backgrounds::new(&content.painted);
    let mut hidden: Vec<(&'static str, String)> = Vec::new();
    for run in runs(&content.glyphs) {
        let angle = angle_of(&content.glyphs[run[0]]);
        for raw in split(&content.glyphs, &run) {
            let Some(mut raw) = raw.finish() else { continue };
            let mut reason = raw.hidden;
            if reason.is_none() {
                let (contrast, covered) = backgrounds.look_behind(&raw);
                raw.word.contrast = contrast;
                if covered {
                    reason = Some("covered");
                } else if contrast < VISIBLE_CONTRAST {
                    reason = Some("no_contrast");
                }
            }
            if let Some(reason) = reason {
                if matches!(reason, "invisible_mode" | "covered") {
                    result.invisible.push(raw.word.clone());
                }
                match hidden.last_mut() {
                    Some((last, text)) if *last == reason => {
                        text.push(' ');
                        text.push_str(&raw.word.text);
                    }
                    _ => hidden.push((reason, raw.word.text)),
                }
            } else if angle == 0 {
                result.upright.push(raw.word);
            } else {
                match result.turned.iter_mut().find(|(known, _)| (known - angle).abs() <= 1) {
                    Some((_, words)) => words.push(raw.word),
                    None => result.turned.push((angle, vec![raw.word])),
                }
            }
        }
    }
    result.hidden = hidden
        .into_iter()
        .map(|(reason, text)| HiddenText { text: text.chars().take(20_000).collect(), reason: reason.to_owned() })
        .collect();
    result
}

/// Turns a point by an angle around the origin: what makes turned text upright.
pub(super) fn turn(point: Point, degrees: i32) -> Point {
    if degrees == 0 {
        return point;
    }
    kurbo::Affine::rotate(-f64::from(degrees).to_radians()) * point
}

/// Some programs print a glyph twice, a little apart, to make it bold or to give it a shadow. The second is dropped
/// and the first becomes bold.
fn drop_second_strikes(glyphs: &mut Vec<Glyph>) {
    let mut seen: HashMap<(Box<str>, i32, i32), usize> = HashMap::new();
    let mut again = vec![false; glyphs.len()];
    for i in 0..glyphs.len() {
        let glyph = &glyphs[i];
        if glyph.text.trim().is_empty() {
            continue;
        }
        let cell = |value: f64| (value / 2.0).floor() as i32;
        let (x, y) = (cell(glyph.origin.x), cell(glyph.origin.y));
        let mut earlier = None;
        for dx in -1..=1 {
            for dy in -1..=1 {
                if let Some(&other) = seen.get(&(glyph.text.clone(), x + dx, y + dy)) {
                    let first: &Glyph = &glyphs[other];
                    let apart = (first.origin - glyph.origin).hypot() / f64::from(glyph.size.max(0.1));
                    if apart < 0.12 && (first.size - glyph.size).abs() < 0.1 * glyph.size {
                        earlier = Some(other);
                    }
                }
            }
        }
        match earlier {
            // A visible glyph over a hidden one (a recognised layer under typed text) is no second strike.
            Some(first) if glyphs[first].hidden.is_some() == glyphs[i].hidden.is_some() => {
                again[i] = true;
                let shadow = glyphs[first].colour != glyphs[i].colour;
                if shadow {
                    // The shadow is painted first; the text on it is what counts.
                    glyphs[first].colour = glyphs[i].colour;
                    glyphs[first].order = glyphs[i].order;
                } else if (glyphs[first].origin - glyphs[i].origin).hypot() > 0.01 {
                    glyphs[first].bold = true;
                }
            }
            _ => {
                seen.insert((glyph.text.clone(), x, y), i);
            }
        }
    }
    let mut index = 0;
    glyphs.retain(|_| {
        index += 1;
        !again[index - 1]
    });
}

/// Puts accents that were drawn over a letter as glyphs of their own (TeX's old fonts do so) back on the letter.
fn compose_accents(glyphs: &mut Vec<Glyph>) {
    let mut drop = vec![false; glyphs.len()];
    for i in 0..glyphs.len() {
        let Some(mark) = combining(&glyphs[i].text) else { continue };
        let (start, width) = (glyphs[i].origin, glyphs[i].advance.x.max(0.0));
        let size = f64::from(glyphs[i].size);
        let near = |other: &Glyph| (other.origin.y - start.y).abs() < 0.5 * size && !other.text.trim().is_empty();
        // The accent stands over a letter if their middles are close.
        let over = |other: &Glyph| {
            near(other)
                && other.text.chars().next_back().is_some_and(char::is_alphabetic)
                && (other.origin.x + other.advance.x / 2.0 - start.x - width / 2.0).abs()
                    < 0.35 * (other.advance.x + width).max(0.2 * size) / 2.0 + 0.08 * size
        };
        let next = (i + 1 < glyphs.len() && over(&glyphs[i + 1])).then_some(i + 1);
        let previous = (i > 0 && !drop[i - 1] && over(&glyphs[i - 1])).then(|| i - 1);
        let Some(letter) = next.or(previous) else { continue };
        let mut text: String = glyphs[letter].text.to_string();
        match text.pop() {
            Some('ı') => text.push('i'),
            Some('ȷ') => text.push('j'),
            Some(other) => text.push(other),
            None => {}
        }
        text.push(mark);
        glyphs[letter].text = text.nfc().collect::<String>().into_boxed_str();
        drop[i] = true;
    }
    let mut index = 0;
    glyphs.retain(|_| {
        index += 1;
        !drop[index - 1]
    });
}

/// The combining form of an accent that stands alone.
fn combining(text: &str) -> Option<char> {
    let mut characters = text.chars();
    let (first, None) = (characters.next()?, characters.next()) else { return None };
    Some(match first {
        '`' | '\u{2CB}' => '\u{300}',
        '´' | '\u{2CA}' => '\u{301}',
        'ˆ' | '^' => '\u{302}',
        '˜' | '~' => '\u{303}',
        '¯' | 'ˉ' => '\u{304}',
        '˘' => '\u{306}',
        '˙' => '\u{307}',
        '¨' => '\u{308}',
        '˚' => '\u{30A}',
        '˝' => '\u{30B}',
        'ˇ' => '\u{30C}',
        '¸' => '\u{327}',
        '˛' => '\u{328}',
        '\u{300}'..='\u{36F}' => first,
        _ => return None,
    })
}

/// The direction of a glyph's text in whole degrees, 0 for what runs along the page's lines.
fn angle_of(glyph: &Glyph) -> i32 {
    if glyph.advance.hypot() < 1e-6 {
        return 0;
    }
    let degrees = glyph.advance.y.atan2(glyph.advance.x).to_degrees().round() as i32;
    if degrees.abs() <= 3 { 0 } else { degrees }
}

/// Indices of glyphs in the order of painting, cut where the text jumps: to another line, far along the line, or back.
fn runs(glyphs: &[Glyph]) -> Vec<Vec<usize>> {
    let mut runs: Vec<Vec<usize>> = Vec::new();
    for (i, glyph) in glyphs.iter().enumerate() {
        let joins = runs.last().and_then(|run| run.last()).is_some_and(|last| follows(&glyphs[*last], glyph));
        if joins && let Some(run) = runs.last_mut() {
            run.push(i);
        } else {
            runs.push(vec![i]);
        }
    }
    runs
}

fn follows(before: &Glyph, after: &Glyph) -> bool {
    if before.hidden != after.hidden || angle_of(before) != angle_of(after) {
        return false;
    }
    let size = f64::from(before.size.max(after.size)).max(0.1);
    let (along, across) = offset(before, after);
    if across.abs() > 0.3 * size {
        return false;
    }
    if along >= -0.4 * size && along <= 3.0 * size {
        return true;
    }
    // Right-to-left text in logical order goes leftwards.
    let back = -(along + before.advance.hypot() + after.advance.hypot());
    (is_rtl_text(&after.text) || is_rtl_text(&before.text)) && (-0.4 * size..=1.0 * size).contains(&back)
}

/// From the end of one glyph to the start of another: along the line and across it.
fn offset(before: &Glyph, after: &Glyph) -> (f64, f64) {
    let direction = if before.advance.hypot() > 1e-6 { before.advance } else { after.advance };
    let direction = if direction.hypot() > 1e-6 { direction / direction.hypot() } else { Vec2::new(1.0, 0.0) };
    let gap = after.origin - (before.origin + before.advance);
    (gap.dot(direction), gap.cross(direction))
}

/// A word before it is finished.
struct RawWord<'g> {
    glyphs: Vec<&'g Glyph>,
    glued: bool,
}

struct Finished {
    word: Word,
    hidden: Option<&'static str>,
    /// The box on the page, before turning.
    bounds: kurbo::Rect,
    colour: Colour,
    alpha: f32,
    order: usize,
}

/// Cuts a run into words, by its spaces and by gaps that are wider than its letters usually keep.
fn split<'g>(glyphs: &'g [Glyph], run: &[usize]) -> Vec<RawWord<'g>> {
    let mut run: Vec<&Glyph> = run.iter().map(|i| &glyphs[*i]).collect();
    let right_to_left = run.iter().any(|glyph| is_rtl_text(&glyph.text));
    if right_to_left {
        // By position, so that it no longer matters in which order the producer painted; words are turned when they
        // are finished, lines when they are laid out.
        run.sort_by(|a, b| turn(a.origin, angle_of(a)).x.total_cmp(&turn(b.origin, angle_of(b)).x));
    }
    let is_space = |glyph: &Glyph| !glyph.text.is_empty() && glyph.text.trim().is_empty();
    let gap = |a: &Glyph, b: &Glyph| offset(a, b).0 / f64::from(a.size.min(b.size)).max(0.1);
    let has_spaces = run.iter().any(|glyph| is_space(glyph));
    let mut gaps: Vec<f64> = run
        .windows(2)
        .filter(|pair| !is_space(pair[0]) && !is_space(pair[1]))
        .map(|pair| gap(pair[0], pair[1]))
        .collect();
    gaps.sort_by(f64::total_cmp);
    // Letters set apart have a gap after every one of them, so the lower quartile shows it; a few kerned pairs or a
    // few words without spaces between do not.
    let usual = if gaps.len() >= 3 { gaps[gaps.len() / 4].max(0.0) } else { 0.0 };
    let threshold = usual + if has_spaces { 0.3 } else { 0.13 };
    // Where the look changes the producer began anew, and may have moved on by a space instead of writing one.
    let restyled_threshold = usual + 0.16;

    let mut words: Vec<RawWord<'g>> = Vec::new();
    let mut open = false;
    let mut previous: Option<&Glyph> = None;
    for glyph in run {
        if is_space(glyph) {
            open = false;
            previous = Some(glyph);
            continue;
        }
        let widest = |before: &Glyph| {
            let same = before.bold == glyph.bold && before.italic == glyph.italic && before.colour == glyph.colour;
            if same { threshold } else { threshold.min(restyled_threshold) }
        };
        if previous.is_some_and(|before| !is_space(before) && gap(before, glyph) > widest(before)) {
            open = false;
        }
        // A soft hyphen that takes room is shown, and so ends its line: what stands beside it is another cell.
        let hyphenated =
            |before: &Glyph| &*before.text == "\u{AD}" && before.advance.hypot() > 0.1 * f64::from(before.size);
        if previous.is_some_and(hyphenated) {
            open = false;
        }
        let restyled = open
            && words.last().and_then(|word| word.glyphs.last()).is_some_and(|last| {
                !glyph.text.is_empty()
                    && (last.bold != glyph.bold
                        || last.italic != glyph.italic
                        || (last.size - glyph.size).abs() > 0.05 * last.size.max(glyph.size))
            });
        match words.last_mut() {
            Some(word) if open && !restyled => word.glyphs.push(glyph),
            _ => {
                words.push(RawWord { glyphs: vec![glyph], glued: open && restyled });
                open = true;
            }
        }
        previous = Some(glyph);
    }
    join_spelled_out(if right_to_left { part_directions(words) } else { words })
}

/// Joins "S K I L L S", typed with spaces between the letters, to one word.
fn join_spelled_out(words: Vec<RawWord<'_>>) -> Vec<RawWord<'_>> {
    let single = |word: &RawWord<'_>| {
        let mut letters = word.glyphs.iter().flat_map(|glyph| glyph.text.chars());
        matches!((letters.next(), letters.next()), (Some(letter), None) if letter.is_uppercase())
    };
    let letters = words.iter().filter(|word| single(word)).count();
    if letters < 4 || letters * 10 < words.len() * 9 {
        return words;
    }
    let gap = |a: &RawWord<'_>, b: &RawWord<'_>| match (a.glyphs.last(), b.glyphs.first()) {
        (Some(a), Some(b)) => offset(a, b).0,
        _ => 0.0,
    };
    let mut gaps: Vec<f64> = words.windows(2).map(|pair| gap(&pair[0], &pair[1])).collect();
    gaps.sort_by(f64::total_cmp);
    let usual = gaps[gaps.len() / 2];
    let mut joined: Vec<RawWord<'_>> = Vec::new();
    for word in words {
        match joined.last_mut() {
            Some(last) if gap(last, &word) < usual * 1.5 + 0.5 => last.glyphs.extend(word.glyphs),
            _ => joined.push(word),
        }
    }
    joined
}

impl RawWord<'_> {
    fn finish(self) -> Option<Finished> {
        let first = self.glyphs.first()?;
        let mut text: String = self.glyphs.iter().map(|glyph| &*glyph.text).collect();
        if text.chars().any(is_right_to_left) {
            // By position from left to right: right-to-left words read from the other end.
            text = logical(&self.glyphs);
        }
        // A soft hyphen shows only at the end of a line, where layout joins what it parts.
        let ends_soft = text.ends_with('\u{AD}');
        let mut text: String = text.chars().filter(|c| *c != '\u{AD}').nfc().collect();
        text.retain(|c| !c.is_whitespace());
        if ends_soft {
            text.push('\u{AD}');
        }
        if text.is_empty() {
            return None;
        }
        let angle = angle_of(first);
        let size = self.glyphs.iter().map(|glyph| glyph.size).fold(0.0, f32::max);
        let placed = |degrees: i32| -> kurbo::Rect {
            let mut bounds: Option<kurbo::Rect> = None;
            for glyph in &self.glyphs {
                let (start, end) = (glyph.origin, glyph.origin + glyph.advance);
                let unit = if glyph.advance.hypot() > 1e-6 {
                    glyph.advance / glyph.advance.hypot()
                } else {
                    Vec2::new(1.0, 0.0)
                };
                // Up is a quarter turn against the clock from the writing direction.
                let up = Vec2::new(unit.y, -unit.x) * f64::from(size);
                for point in [start, end] {
                    for corner in [point + up * f64::from(ASCENT), point - up * f64::from(DESCENT)] {
                        let corner = turn(corner, degrees);
                        let dot = kurbo::Rect::from_points(corner, corner);
                        bounds = Some(bounds.map_or(dot, |bounds| bounds.union(dot)));
                    }
                }
            }
            bounds.unwrap_or_default()
        };
        let (bounds, upright) = (placed(0), placed(angle));
        let word = Word {
            text,
            bbox: rect(upright),
            size,
            bold: first.bold,
            italic: first.italic,
            contrast: 21.0,
            link: None,
            source: Source::TextLayer,
            after_gap: false,
            glued: self.glued,
        };
        Some(Finished {
            word,
            hidden: first.hidden,
            bounds,
            colour: first.colour,
            alpha: first.alpha,
            order: first.order,
        })
    }
}

pub(super) fn rect(bounds: kurbo::Rect) -> Rect {
    Rect { x: bounds.x0 as f32, y: bounds.y0 as f32, width: bounds.width() as f32, height: bounds.height() as f32 }
}

/// The characters of a word that holds right-to-left letters, sorted by position, in logical order: read from the
/// right, but Latin letters and numbers within it from the left.
fn logical(glyphs: &[&Glyph]) -> String {
    let classes: Vec<Class> = glyphs.iter().map(|glyph| Class::of(&glyph.text)).collect();
    let mut order: Vec<usize> = (0..glyphs.len()).collect();
    let mut runs = left_to_right(&classes);
    runs.extend(numbers(glyphs, &classes));
    runs.into_iter().for_each(|run| order[run].reverse());
    order.into_iter().rev().map(|i| &*glyphs[i].text).collect()
}

/// Stretches of digits with single signs between that belong to numbers: `2,5`, `01/2020`, `2011-2015`.
fn numbers(glyphs: &[&Glyph], classes: &[Class]) -> Vec<Range<usize>> {
    if classes.contains(&Class::Left) {
        return Vec::new();
    }
    let digit = |i: usize| classes.get(i) == Some(&Class::Number);
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < glyphs.len() {
        let start = at;
        while digit(at) || at > start && matches!(&*glyphs[at].text, "," | "." | "/" | ":" | "-" | "+") && digit(at + 1)
        {
            at += 1;
            if at == glyphs.len() {
                break;
            }
        }
        if at > start {
            runs.push(start..at);
        } else {
            at += 1;
        }
    }
    runs
}

fn is_rtl_text(text: &str) -> bool {
    text.chars().any(is_right_to_left)
}

/// Parts words at the edges of what is written from left to right among letters from right to left: only the line tells
/// which of them comes first.
fn part_directions(words: Vec<RawWord<'_>>) -> Vec<RawWord<'_>> {
    let mut parted = Vec::with_capacity(words.len());
    for mut word in words {
        let classes: Vec<Class> = word.glyphs.iter().map(|glyph| Class::of(&glyph.text)).collect();
        if classes.contains(&Class::Right) {
            for run in left_to_right(&classes).into_iter().rev() {
                for at in [run.end, run.start] {
                    let rest = word.glyphs.split_off(at);
                    if !rest.is_empty() {
                        parted.push(RawWord { glyphs: rest, glued: false });
                    }
                }
            }
        }
        if !word.glyphs.is_empty() {
            parted.push(word);
        }
    }
    parted
}

/// What lies behind and over the words of a page.
struct Backgrounds<'p> {
    painted: &'p [Painted],
    /// Those that can hide what was painted before them.
    covers: Vec<&'p Painted>,
}

impl<'p> Backgrounds<'p> {
    fn new(painted: &'p [Painted]) -> Self {
        let covers = painted.iter().filter(|shape| shape.opaque && shape.bounds.area() > 4.0).collect();
        Self { painted, covers }
    }

    /// A word's contrast with what lies behind it, and whether something painted later hides it.
    fn look_behind(&self, word: &Finished) -> (f32, bool) {
        // The ink is well within the box.
        let ink = word.bounds.inset((-0.1, -0.2 * word.bounds.height()));
        let covered =
            self.covers.iter().rev().take_while(|shape| shape.order > word.order).any(|shape| shape.covers(ink));
        let Some(colour) = word.colour else { return (21.0, covered) };
        let middle = ink.center();
        let mut behind = Some([1.0; 3]);
        let end = self.painted.partition_point(|shape| shape.order < word.order);
        // From the last fully opaque shape upwards, the see-through ones blended on it.
        let mut layers: Vec<&Painted> = Vec::new();
        for shape in self.painted[..end].iter().rev() {
            if shape.contains(middle) {
                layers.push(shape);
                if shape.alpha > 0.99 || layers.len() > 16 {
                    break;
                }
            }
        }
        for shape in layers.into_iter().rev() {
            behind = match (shape.colour, behind) {
                (Some(over), Some(under)) => Some(colour::blend(over, shape.alpha, under)),
                _ => None,
            };
        }
        let Some(behind) = behind else { return (21.0, covered) };
        (colour::contrast(colour::blend(colour, word.alpha, behind), behind), covered)
    }
}
