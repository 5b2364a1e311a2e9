//! The document's lines with what the later steps ask of them: place, size, weight, gaps, links.

use vitae_document::{Document, Format, Rect, Source, Word};

use crate::piece::Piece;
use crate::text::{is_invisible, is_separator};

/// The whole document, flat.
#[derive(Debug, Default)]
pub(crate) struct Pages<'a> {
    /// Every word with its page, in reading order; a [`Piece`] names words by their index here.
    pub words: Vec<(&'a Word, usize)>,
    /// Where each word begins in [`Document::text`], in characters.
    pub offsets: Vec<usize>,
    /// Every line that has something to read.
    pub lines: Vec<Line>,
    /// Font size of most of the text, in points; 0 where the source has no sizes.
    pub body_size: f32,
}

/// One line.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Line {
    /// The text; a tab stands for a gap far wider than a space.
    pub piece: Piece,
    /// Stretches of one look between gaps, in order.
    pub runs: Vec<Run>,
    pub page: usize,
    pub block: usize,
    pub column: usize,
    pub bbox: Rect,
    /// Font size of most of the line.
    pub size: f32,
    /// Whether most of the line is bold.
    pub bold: bool,
    pub italic: bool,
    /// Whether all its letters are capitals (and there are some).
    pub caps: bool,
    pub bullet: bool,
    /// Whether the source itself calls it a heading.
    pub heading: bool,
    /// Free height above it in line heights; large at the top of a page or a column.
    pub gap: f32,
    /// Right edge of the text around it in its column.
    pub column_right: f32,
    /// Left edge of the text around it in its column.
    pub column_left: f32,
    /// Targets of the links on it.
    pub links: Vec<String>,
    /// Whether its words were recognised from an image.
    pub recognised: bool,
    /// Whether the source says that the line is a whole paragraph, so that nothing goes on in the next.
    pub paragraph: bool,
}

/// A stretch of words of one look with no gap inside.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Run {
    pub piece: Piece,
    pub bold: bool,
    pub italic: bool,
    pub size: f32,
    /// Whether a gap far wider than a space stands before it.
    pub after_gap: bool,
    /// Left edge.
    pub x: f32,
    /// Right edge.
    pub right: f32,
}

/// Free height that stands for "nothing above".
const TOP: f32 = 9.0;

impl<'a> Pages<'a> {
    /// Flattens the document.
    pub(crate) fn of(document: &'a Document) -> Self {
        let mut pages = Self::default();
        let mut offset = 0;
        for (page_number, page) in document.pages.iter().enumerate() {
            // Text files and Word's paragraphs have no places on paper; theirs follow the order of reading.
            let placed = !matches!(document.format, Format::Text | Format::Docx | Format::Odt);
            let mirror = (placed && page.is_right_to_left()).then_some(page.width);
            for (block_number, block) in page.blocks.iter().enumerate() {
                for line in &block.lines {
                    let first = pages.words.len();
                    for (i, word) in line.words.iter().enumerate() {
                        offset += usize::from(i > 0 && !word.glued);
                        pages.words.push((word, page_number));
                        pages.offsets.push(offset);
                        offset += word.text.chars().count();
                    }
                    // Its line break.
                    offset += 1;
                    let mut flat = Line {
                        page: page_number,
                        block: block_number,
                        column: block.column,
                        bbox: line.bbox,
                        bullet: line.bullet,
                        heading: line.heading,
                        paragraph: matches!(document.format, Format::Docx | Format::Odt),
                        ..Line::default()
                    };
                    match mirror {
                        Some(width) => {
                            flat.bbox.x = width - line.bbox.right();
                            flat.fill(&mirrored(&line.words, width), first);
                        }
                        None => flat.fill(&line.words, first),
                    }
                    if !flat.runs.is_empty() {
                        pages.lines.push(flat);
                    }
                }
                // The empty line between blocks.
                offset += 1;
            }
        }
        pages.body_size = pages.most_common_size();
        pages.measure_gaps();
        pages.measure_columns();
        pages
    }

    fn most_common_size(&self) -> f32 {
        let mut characters = std::collections::BTreeMap::<i32, usize>::new();
        for (word, _) in &self.words {
            *characters.entry((word.size * 2.0).round() as i32).or_default() += word.text.len();
        }
        characters.into_iter().max_by_key(|(_, count)| *count).map_or(0.0, |(half_points, _)| half_points as f32 / 2.0)
    }

    fn measure_gaps(&mut self) {
        for i in 0..self.lines.len() {
            let gap = match i.checked_sub(1).map(|before| &self.lines[before]) {
                Some(before) if before.page == self.lines[i].page && before.bbox.height > 0.0 => {
                    let line = &self.lines[i];
                    let free = line.bbox.y - before.bbox.bottom();
                    let height = line.bbox.height.min(before.bbox.height).max(1.0);
                    if free < -height { TOP } else { (free / height).clamp(0.0, TOP) }
                }
                Some(before) if before.page == self.lines[i].page => {
                    f32::from(u8::from(before.block != self.lines[i].block))
                }
                _ => TOP,
            };
            self.lines[i].gap = gap;
        }
    }

    fn measure_columns(&mut self) {
        let mut edges = std::collections::BTreeMap::<(usize, usize), (f32, f32)>::new();
        // A name in large letters over both columns says nothing about the column's width.
        let plain = |line: &&Line| line.size <= self.body_size * 1.15;
        for line in self.lines.iter().filter(plain).chain(self.lines.iter().filter(|line| !plain(line))) {
            if !plain(&line) && edges.contains_key(&(line.page, line.column)) {
                continue;
            }
            let edge = edges.entry((line.page, line.column)).or_insert((f32::MAX, 0.0));
            edge.0 = edge.0.min(line.bbox.x);
            edge.1 = edge.1.max(line.bbox.right());
        }
        for line in &mut self.lines {
            (line.column_left, line.column_right) = edges[&(line.page, line.column)];
        }
    }
}

impl Line {
    fn fill(&mut self, words: &[Word], first: usize) {
        let (mut bold, mut italic, mut letters, mut recognised) = (0, 0, 0, 0);
        let mut sizes = std::collections::BTreeMap::<i32, usize>::new();
        let mut words: Vec<(u32, &Word)> =
            words.iter().enumerate().map(|(i, word)| ((first + i) as u32, word)).collect();
        words.retain(|(_, word)| word.text.chars().any(|c| !is_invisible(c)));
        // A bullet that the source left among the words.
        if words.len() > 1 && is_bullet(&words[0].1.text) && !starts_with_digit(words[1].1) {
            self.bullet = true;
            words.remove(0);
        }
        let gaps = wide_gaps(&words);
        let small_capitals = words.windows(2).any(|pair| {
            let (a, b) = (pair[0].1, pair[1].1);
            b.glued && (1.1..1.5).contains(&(a.size / b.size.max(0.1)))
        });
        let (mut any_lower, mut any_upper) = (false, false);
        for (i, (number, word)) in words.iter().enumerate() {
            let text: String = word.text.chars().filter(|c| !is_invisible(*c) || *c == '\u{ad}').collect();
            let between = match i {
                0 => "",
                _ if gaps[i] => "\t",
                _ if word.glued => "",
                _ => " ",
            };
            self.piece.push(between, &text, *number);
            let count = text.chars().count();
            letters += count;
            bold += if word.bold { count } else { 0 };
            italic += if word.italic { count } else { 0 };
            recognised += usize::from(matches!(word.source, Source::Recognised { .. }));
            any_lower |= text.chars().any(char::is_lowercase);
            any_upper |= text.chars().filter(|c| c.is_uppercase()).count() > 1;
            *sizes.entry((word.size * 4.0).round() as i32).or_default() += count;
            if let Some(link) = word.link.as_ref().filter(|link| self.links.last() != Some(*link)) {
                self.links.push(link.clone());
            }
            let recognised = matches!(word.source, Source::Recognised { .. });
            self.add_to_runs(between, &text, *number, word, gaps[i], recognised || small_capitals);
        }
        self.bold = bold * 5 >= letters * 3 && bold > 0;
        self.italic = italic * 5 >= letters * 3 && italic > 0;
        self.caps = any_upper && !any_lower;
        self.size =
            sizes.into_iter().max_by_key(|(_, count)| *count).map_or(0.0, |(quarters, _)| quarters as f32 / 4.0);
        self.recognised = recognised * 2 > words.len();
        for run in &mut self.runs {
            run.piece = run.piece.trimmed();
        }
        self.runs.retain(|run| !run.piece.is_empty());
        // A dash before a lone date is "until", not a bullet.
        let lone_date = crate::dates::find(self.piece.text(), false);
        if self.bullet && lone_date.len() == 1 && lone_date[0].range.len() == self.piece.text().len() {
            self.bullet = false;
        }
    }

    /// `loosely` takes words of quite different sizes for one look: the size of a recognised word is a guess from its
    /// letters' height, and small capitals are set in two sizes.
    fn add_to_runs(&mut self, between: &str, text: &str, number: u32, word: &Word, after_gap: bool, loosely: bool) {
        let same = self.runs.last().is_some_and(|run| {
            !after_gap
                && (run.bold == word.bold || text.chars().all(|c| !c.is_alphanumeric()) && !is_separator_word(text))
                && run.italic == word.italic
                && (run.size - word.size).abs() <= if loosely { word.size * 0.4 } else { 0.6_f32.max(word.size * 0.06) }
                || word.glued && !is_separator_word(text) && !ends_with_separator(&run.piece)
        });
        match self.runs.last_mut() {
            Some(run) if same => {
                run.piece.push(between, text, number);
                run.right = run.right.max(word.bbox.right());
            }
            _ => {
                let mut piece = Piece::default();
                piece.push("", text, number);
                self.runs.push(Run {
                    piece,
                    bold: word.bold,
                    italic: word.italic,
                    size: word.size,
                    after_gap,
                    x: word.bbox.x,
                    right: word.bbox.right(),
                });
            }
        }
    }

    /// Sets another line of the same height behind this one, after a gap.
    pub(crate) fn add_cell(&mut self, cell: &Self) {
        self.piece.append("\t", &cell.piece);
        self.runs.extend(
            cell.runs.iter().enumerate().map(|(i, run)| Run { after_gap: run.after_gap || i == 0, ..run.clone() }),
        );
        self.bbox = self.bbox.union(cell.bbox);
        self.links.extend(cell.links.iter().cloned());
    }

    /// Whether the first word of the next line would still have found room on this one, so that the line was ended
    /// on purpose.
    pub(crate) fn has_room_for(&self, next: &Self) -> bool {
        if self.paragraph {
            return true;
        }
        let Some(run) = next.runs.first() else { return true };
        let first = run.piece.text().split_whitespace().next().unwrap_or_default();
        let letters = next.text().chars().count().max(1) as f32;
        let width = next.bbox.width / letters * (first.chars().count() as f32 + 1.0);
        self.column_right <= 0.0 || self.bbox.right() + width * 0.9 <= self.column_right
    }

    /// The text.
    pub(crate) fn text(&self) -> &str {
        self.piece.text()
    }

    /// The stretches between gaps.
    pub(crate) fn cells(&self) -> Vec<Piece> {
        self.piece.split(|c| c == '\t')
    }

    /// Number of words.
    pub(crate) fn word_count(&self) -> usize {
        self.text().split_whitespace().count()
    }

    /// The line without its first `count` runs; used where a heading stands on the line of its first entry.
    pub(crate) fn without_runs(&self, count: usize) -> Option<Self> {
        let rest = self.runs.get(count..).filter(|rest| !rest.is_empty())?;
        let first_word = rest.first()?.piece.words().next()?;
        let start = self.piece.starts().iter().find(|(_, number)| *number == first_word)?.0;
        let mut line = self.clone();
        line.piece = self.piece.slice(start..self.piece.text().len());
        line.runs = rest.to_vec();
        line.bbox.width = (self.bbox.right() - rest[0].x).max(0.0);
        line.bbox.x = rest[0].x;
        line.bold = rest[0].bold;
        line.italic = rest[0].italic;
        line.size = rest[0].size;
        line.caps = rest.iter().all(|run| is_capitals(run.piece.text()));
        line.gap = line.gap.max(1.0);
        // A list item beside the heading.
        let text = line.text();
        if let Some((mark, after)) = text.split_once(' ').filter(|(mark, _)| is_bullet(mark))
            && !after.starts_with(|c: char| c.is_ascii_digit())
        {
            line.piece = line.piece.slice(mark.len()..text.len()).trimmed();
            line.bullet = true;
            if let Some(first) = line.runs.first_mut() {
                let text = first.piece.text();
                first.piece = first.piece.slice(text.find(' ').unwrap_or(text.len())..text.len()).trimmed();
            }
            line.runs.retain(|run| !run.piece.is_empty());
            if line.runs.is_empty() {
                return None;
            }
        }
        Some(line)
    }

    /// Whether the line comes so close to the right edge of its column that its sentence may go on below.
    pub(crate) fn is_full(&self) -> bool {
        if self.paragraph {
            return false;
        }
        let width = self.column_right - self.column_left;
        if width <= 0.0 {
            return self.text().chars().count() >= 60;
        }
        self.bbox.right() >= self.column_right - width * 0.16
    }

    /// Whether the line above begins with a word in lower case or a mark that cannot begin anything.
    pub(crate) fn begins_inside(&self) -> bool {
        !self.paragraph
            && self
                .text()
                .trim_start()
                .chars()
                .next()
                .is_some_and(|c| c.is_lowercase() || matches!(c, ',' | ';' | '&' | ')' | '%'))
    }
}

/// The words of a line from right to left, set as if they were read from left to right, so that what comes later stands
/// further to the right.
fn mirrored(words: &[Word], width: f32) -> Vec<Word> {
    let mut words = words.to_vec();
    words.iter_mut().for_each(|word| word.bbox.x = width - word.bbox.right());
    let follows = |a: &Word, b: &Word| b.bbox.x + b.bbox.width / 2.0 > a.bbox.x + a.bbox.width / 2.0;
    let mut start = 0;
    while start < words.len() {
        // A stretch from left to right goes backwards here.
        let mut end = start + 1;
        while end < words.len() && !follows(&words[end - 1], &words[end]) {
            end += 1;
        }
        let run = &mut words[start..end];
        let bounds = run.iter().map(|word| word.bbox).reduce(Rect::union).unwrap_or_default();
        if run.len() > 1 {
            run.iter_mut().for_each(|word| word.bbox.x = bounds.x + bounds.right() - word.bbox.right());
        }
        start = end;
    }
    words
}

/// Whether the letters of the text are capitals, and it has at least two.
pub(crate) fn is_capitals(text: &str) -> bool {
    text.chars().filter(|c| c.is_uppercase()).count() > 1 && !text.chars().any(char::is_lowercase)
}

/// Before which words a gap stands that is far wider than a space: the source's own mark, or most of a letter's
/// height of nothing. Letters set apart one by one are no words with gaps.
fn wide_gaps(words: &[(u32, &Word)]) -> Vec<bool> {
    let spaced_letters = words.iter().filter(|(_, word)| word.text.chars().count() == 1).count() * 2 > words.len();
    let mut gaps = vec![false; words.len()];
    for i in 1..words.len() {
        let (before, word) = (words[i - 1].1, words[i].1);
        let free = word.bbox.x - before.bbox.right();
        let recognised = matches!(word.source, Source::Recognised { .. });
        let wide = !recognised
            && !word.glued
            && word.bbox.width > 0.0
            && free > word.size.max(before.size) * 0.85
            && !spaced_letters;
        gaps[i] = word.after_gap || wide;
    }
    gaps
}

fn is_bullet(text: &str) -> bool {
    let mut chars = text.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else { return false };
    matches!(
        c,
        '•' | '●'
            | '◦'
            | '○'
            | '▪'
            | '▫'
            | '■'
            | '□'
            | '◆'
            | '◇'
            | '‣'
            | '⁃'
            | '∙'
            | '·'
            | '*'
            | '-'
            | '–'
            | '—'
            | '➢'
            | '➤'
            | '►'
            | '▸'
            | '✓'
            | '✔'
            | '»'
            | '›'
            | '→'
    )
}

fn starts_with_digit(word: &Word) -> bool {
    word.text.starts_with(|c: char| c.is_ascii_digit())
}

fn is_separator_word(text: &str) -> bool {
    text.chars().all(is_separator)
}

fn ends_with_separator(piece: &Piece) -> bool {
    piece.text().trim_end().ends_with(is_separator)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn runs_end_where_the_look_changes_or_a_gap_stands() {
        let document = testing::document(&["**Acme Ltd**, Tester\tBremen"]);
        let pages = Pages::of(&document);
        let runs: Vec<&str> = pages.lines[0].runs.iter().map(|run| run.piece.text()).collect();
        assert_eq!(runs, ["Acme Ltd", "Tester", "Bremen"]);
        assert!(pages.lines[0].runs[2].after_gap);
    }

    #[test]
    fn a_bullet_left_among_the_words_becomes_a_mark_of_the_line() {
        let document = testing::document(&["• Built a bridge", "- 2009"]);
        let pages = Pages::of(&document);
        assert!(pages.lines[0].bullet);
        assert_eq!(pages.lines[0].text(), "Built a bridge");
        assert!(!pages.lines[1].bullet);
    }
}
