//! Pages written from right to left, laid out as if they were written the other way.
//!
//! A mirrored page has its first column, its margins and its list signs where layout looks for them. What is written
//! from left to right within it (names in Latin letters, telephone numbers) is mirrored once more by itself, so that
//! words follow one another on every line as they are read. It is the way of the Unicode bidirectional algorithm (UAX #9)
//! backwards, from where words stand to what was written.

use crate::{Block, Line, Rect, Word};
use std::ops::Range;

/// What a word or a glyph is to the order of its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Letters written from right to left.
    Right,
    /// Letters written from left to right.
    Left,
    /// Digits.
    Number,
    /// Anything else.
    Neutral,
}

impl Class {
    pub(crate) fn of(text: &str) -> Self {
        if text.chars().any(is_right_to_left) {
            Self::Right
        } else if text.chars().any(char::is_alphabetic) {
            Self::Left
        } else if text.chars().any(char::is_numeric) {
            Self::Number
        } else {
            Self::Neutral
        }
    }
}

/// Whether a character belongs to a script that is written from right to left.
pub(crate) fn is_right_to_left(character: char) -> bool {
    matches!(character, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFF}')
        && !matches!(character, '\u{660}'..='\u{669}' | '\u{66B}' | '\u{66C}' | '\u{6F0}'..='\u{6F9}')
}

/// The stretches, in order from the left, that were written from left to right among others: from their first letter or
/// number to their last, with whatever stands between.
pub(crate) fn left_to_right(classes: &[Class]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = 0;
    for part in classes.split(|class| *class == Class::Right) {
        let first = part.iter().position(|class| *class != Class::Neutral);
        let last = part.iter().rposition(|class| *class != Class::Neutral);
        if let (Some(first), Some(last)) = (first, last)
            && part.contains(&Class::Left)
        {
            runs.push(start + first..start + last + 1);
        }
        start += part.len() + 1;
    }
    runs
}

/// A page that was mirrored, and what it takes to turn boxes back.
pub(super) struct Mirror {
    width: f32,
    /// Stretches from left to right, in the mirrored page.
    runs: Vec<Rect>,
}

impl Mirror {
    /// Mirrors the words of a page from right to left; others stay.
    pub(super) fn of(words: &mut [Word], width: f32) -> Option<Self> {
        if !crate::model::mostly_right_to_left(words.iter()) {
            return None;
        }
        let mut mirror = Self { width, runs: Vec::new() };
        for line in rough_lines(words) {
            let runs = runs_of_line(words, &line);
            for i in line.iter().filter(|i| !runs.iter().any(|run| run.contains(i))) {
                order_signs(&mut words[*i].text);
            }
            for run in runs {
                move_signs(words, &run);
                let bounds = run.iter().map(|i| words[*i].bbox).reduce(Rect::union).unwrap_or_default();
                mirror.runs.push(Rect { x: width - bounds.right(), ..bounds });
                run.iter().for_each(|i| words[*i].bbox.x = bounds.x + bounds.right() - words[*i].bbox.right());
            }
        }
        for word in words {
            word.bbox.x = width - word.bbox.right();
            // It touched what stood at its left, which now follows it; where words stand tells what touches.
            word.glued = false;
        }
        Some(mirror)
    }

    /// A box of the page as a box of the mirrored page.
    pub(super) fn mirrored(&self, bbox: Rect) -> Rect {
        Rect { x: self.width - bbox.right(), ..bbox }
    }

    /// Turns blocks back to where they stand.
    pub(super) fn back(&self, blocks: &mut [Block]) {
        for line in blocks.iter_mut().flat_map(|block| &mut block.lines) {
            line.bbox = self.mirrored(line.bbox);
            for word in &mut line.words {
                let (middle, height) = (word.bbox.x + word.bbox.width / 2.0, word.bbox.y + word.bbox.height / 2.0);
                let within =
                    |run: &&Rect| (run.x..=run.right()).contains(&middle) && (run.y..=run.bottom()).contains(&height);
                if let Some(run) = self.runs.iter().find(within) {
                    word.bbox.x = run.x + run.right() - word.bbox.right();
                }
                word.bbox = self.mirrored(word.bbox);
            }
            turn_brackets(line);
        }
    }
}

/// Indices of words that stand at one height, from the left.
fn rough_lines(words: &[Word]) -> Vec<Vec<usize>> {
    let middle = |i: usize| words[i].bbox.y + words[i].bbox.height / 2.0;
    let mut order: Vec<usize> = (0..words.len()).collect();
    order.sort_by(|a, b| middle(*a).total_cmp(&middle(*b)));
    let mut lines: Vec<Vec<usize>> = Vec::new();
    for i in order {
        match lines.last_mut() {
            Some(line) if middle(i) - middle(line[0]) < 0.35 * words[i].bbox.height.min(words[line[0]].bbox.height) => {
                line.push(i);
            }
            _ => lines.push(vec![i]),
        }
    }
    for line in &mut lines {
        line.sort_by(|a, b| words[*a].bbox.x.total_cmp(&words[*b].bbox.x));
    }
    lines
}

/// The stretches of a line that are written from left to right.
fn runs_of_line(words: &[Word], line: &[usize]) -> Vec<Vec<usize>> {
    let parted = |a: usize, b: usize| {
        words[b].bbox.x - words[a].bbox.right() > 1.05 * words[a].bbox.height.min(words[b].bbox.height)
    };
    let mut runs = Vec::new();
    for cell in line.chunk_by(|a, b| !parted(*a, *b)) {
        let whole = cell.iter().any(|i| Class::of(&words[*i].text) == Class::Right);
        // What stands between bars is written by itself.
        let bar = |i: &usize| whole && matches!(words[*i].text.as_str(), "|" | "•" | "·" | "¦");
        for part in cell.split(bar) {
            let classes: Vec<Class> = part.iter().map(|i| Class::of(&words[*i].text)).collect();
            runs.extend(left_to_right(&classes).into_iter().map(|run| part[run].to_vec()));
            for numbers in part.chunk_by(|a, b| {
                let number = |i: &usize| matches!(Class::of(&words[*i].text), Class::Number | Class::Neutral);
                number(a) && number(b)
            }) {
                let texts: Vec<&str> = numbers.iter().map(|i| words[*i].text.as_str()).collect();
                if !classes.contains(&Class::Left) && reads_from_left(&texts) {
                    runs.push(numbers.to_vec());
                }
            }
        }
    }
    runs
}

/// A sign that follows what was written from left to right stands at its left among letters from right to left: `#C` for
/// `C#`, and a comma after the last of three names before the first.
fn move_signs(words: &mut [Word], run: &[usize]) {
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return };
    let text = &words[*first].text;
    let rest = text.trim_start_matches([',', '.', ';', ':', '!', '?', '+', '#', '%', '،', '؛', '؟']);
    let signs = text.len() - rest.len();
    if signs == 0 || !rest.starts_with(char::is_alphabetic) || text.eq_ignore_ascii_case(".net") {
        return;
    }
    let signs: String = words[*first].text.drain(..signs).collect();
    words[*last].text.push_str(&signs);
}

/// A number's plus before it and its percent sign behind it, as they are read.
fn order_signs(text: &mut String) {
    if Class::of(text) != Class::Number {
        return;
    }
    if let Some(rest) = text.strip_suffix('+') {
        *text = format!("+{rest}");
    } else if let Some(rest) = text.strip_prefix('+') {
        *text = format!("{rest}+");
    } else if let Some(rest) = text.strip_prefix('%') {
        *text = format!("{rest}%");
    }
}

/// Whether numbers alone were set from left to right: a telephone number that begins at the left, or years that rise.
fn reads_from_left(numbers: &[&str]) -> bool {
    let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else { return false };
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
    let year = |text: &str| -> Option<u32> {
        text.split(|c: char| !c.is_ascii_digit()).find(|part| part.len() == 4).and_then(|part| part.parse().ok())
    };
    if let (Some(a), Some(b)) = (year(first), year(last)) {
        return numbers.len() > 1 && (1900..2100).contains(&a) && (1900..2100).contains(&b) && a < b;
    }
    let groups = numbers.iter().filter(|text| digits(text) > 0).count();
    let all: usize = numbers.iter().map(|text| digits(text)).sum();
    let opens = first.starts_with('+') || first.starts_with("(+") || first.starts_with('0') || first.starts_with("(0");
    groups > 1 && all >= 7 && opens && !last.ends_with('+')
}

/// Some programs write down a bracket by its shape, which is mirrored among letters from right to left: then the first
/// bracket of a line closes and the last one opens.
fn turn_brackets(line: &mut Line) {
    const OPEN: [char; 3] = ['(', '[', '{'];
    const CLOSE: [char; 3] = [')', ']', '}'];
    if !line.words.iter().any(|word| Class::of(&word.text) == Class::Right) {
        return;
    }
    let brackets: Vec<char> = line
        .words
        .iter()
        .flat_map(|word| word.text.chars())
        .filter(|c| OPEN.contains(c) || CLOSE.contains(c))
        .collect();
    let turned =
        brackets.first().is_some_and(|c| CLOSE.contains(c)) && brackets.last().is_some_and(|c| OPEN.contains(c));
    if !turned {
        return;
    }
    let other = |c: char| {
        let of = |from: [char; 3], to: [char; 3]| from.iter().position(|b| *b == c).map(|i| to[i]);
        of(OPEN, CLOSE).or_else(|| of(CLOSE, OPEN)).unwrap_or(c)
    };
    for word in &mut line.words {
        word.text = word.text.chars().map(other).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, x: f32) -> Word {
        Word {
            text: text.to_owned(),
            bbox: Rect { x, y: 100.0, width: 6.0 * text.chars().count() as f32, height: 10.0 },
            size: 10.0,
            ..Word::default()
        }
    }

    /// Words at the right margin of a page, given as they stand from the left with single spaces between.
    fn read(shown: &str) -> String {
        let width: f32 = shown.split(' ').map(|text| 6.0 * text.chars().count() as f32 + 3.0).sum();
        let mut x = 550.0 - width;
        let mut words: Vec<Word> = shown
            .split(' ')
            .map(|text| {
                let word = word(text, x);
                x = word.bbox.right() + 3.0;
                word
            })
            .collect();
        // Enough other text for the page to be one from right to left.
        words.extend((0..9).map(|i| Word {
            bbox: Rect { y: 300.0 + 20.0 * i as f32, ..word("שלוםשלום", 480.0).bbox },
            ..word("שלוםשלום", 480.0)
        }));
        let before = words.clone();
        let blocks = super::super::blocks(words, 595.0, 842.0);
        for word in blocks.iter().flat_map(|block| &block.lines).flat_map(|line| &line.words) {
            let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
            let stood = before.iter().any(|other| {
                (other.bbox.x - word.bbox.x).abs() < 0.01 && letters(&other.text).starts_with(&letters(&word.text))
            });
            assert!(stood, "{word:?} is back where it stood");
        }
        blocks[0].lines[0].text()
    }

    #[test]
    fn words_follow_one_another_as_they_are_read() {
        assert_eq!(read("ובענן Python-ב ניסיון"), "ניסיון Python-ב ובענן");
        assert_eq!(read("AWS-ב מהעלויות % 30 חסכה"), "חסכה 30 % מהעלויות AWS-ב");
        assert_eq!(read("Google Cloud אצל"), "אצל Google Cloud");
        assert_eq!(read("2015 – 2011 הטכניון"), "הטכניון 2011 – 2015");
    }

    #[test]
    fn a_stretch_set_from_left_to_right_stays_in_its_order() {
        assert_eq!(
            read("noa@example.org | +972 3 500 0000 | IL חיפה,"),
            "חיפה, IL | +972 3 500 0000 | noa@example.org"
        );
        assert_eq!(read("Jan 2020 – Present מהנדסת"), "מהנדסת Jan 2020 – Present");
        assert_eq!(read("2011 – 2015 הטכניון"), "הטכניון 2011 – 2015");
    }

    #[test]
    fn signs_stand_behind_what_they_follow() {
        assert_eq!(read("סיכונים ,Jira, MS Project"), "Jira, MS Project, סיכונים");
        assert_eq!(read("SAP באמצעות %25 חסכה"), "חסכה 25% באמצעות SAP");
        assert_eq!(read("0123 555 100 20+ טלפון"), "טלפון +20 100 555 0123");
        assert_eq!(read("#C++, C בשפות"), "בשפות C++, C#");
    }

    #[test]
    fn brackets_written_down_by_their_shape_are_turned() {
        assert_eq!(read("(חלקית) משרה"), "משרה (חלקית)");
        assert_eq!(read("חיפה חלקית( )משרה"), "(משרה חלקית) חיפה");
    }
}
