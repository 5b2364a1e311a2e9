//! Text that remembers the words of the document it came from.

use std::ops::Range;

use crate::text;

/// A stretch of text with, for each word in it, the byte where the word starts and the word's number in the document.
///
/// Cutting and joining keep the numbers, so a field's value can always be shown on the page.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Piece {
    text: String,
    words: Vec<(usize, u32)>,
}

impl Piece {
    /// Appends a word of the document after `between`.
    pub(crate) fn push(&mut self, between: &str, word: &str, number: u32) {
        if !self.text.is_empty() {
            self.text.push_str(between);
        }
        self.words.push((self.text.len(), number));
        self.text.push_str(word);
    }

    /// The characters.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Numbers of the words that the piece touches.
    pub(crate) fn words(&self) -> impl Iterator<Item = u32> + '_ {
        self.words.iter().map(|(_, number)| *number)
    }

    /// The bytes where each word of the document starts, with the word's number.
    pub(crate) fn starts(&self) -> &[(usize, u32)] {
        &self.words
    }

    /// Whether there is nothing to read in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// The part between two bytes; what lies inside a character or beyond the end is moved back.
    ///
    /// Offsets come from folded text at times, where a letter may be longer or shorter than on the page.
    pub(crate) fn slice(&self, range: Range<usize>) -> Self {
        let start = self.text.floor_char_boundary(range.start);
        let range = start..self.text.floor_char_boundary(range.end).max(start);
        let text = self.text[range.clone()].to_owned();
        let mut words = Vec::new();
        for (i, (start, number)) in self.words.iter().enumerate() {
            let end = self.words.get(i + 1).map_or(self.text.len(), |(next, _)| *next);
            if *start < range.end && end > range.start && range.start < range.end {
                words.push((start.saturating_sub(range.start), *number));
            }
        }
        Self { text, words }
    }

    /// The piece without the separators around it.
    pub(crate) fn trimmed(&self) -> Self {
        let inner = text::trim_separators(&self.text);
        let start = inner.as_ptr() as usize - self.text.as_ptr() as usize;
        self.slice(start..start + inner.len())
    }

    /// The pieces between the bytes that `is_cut` accepts, trimmed, the empty ones left out.
    pub(crate) fn split(&self, is_cut: impl Fn(char) -> bool) -> Vec<Self> {
        let mut pieces = Vec::new();
        let mut start = 0;
        for (i, c) in self.text.char_indices() {
            if is_cut(c) {
                pieces.push(self.slice(start..i).trimmed());
                start = i + c.len_utf8();
            }
        }
        pieces.push(self.slice(start..self.text.len()).trimmed());
        pieces.retain(|piece| !piece.is_empty());
        pieces
    }

    /// The piece without the bytes of `range`: what stands before and what stands after.
    pub(crate) fn without(&self, range: Range<usize>) -> (Self, Self) {
        (self.slice(0..range.start), self.slice(range.end..self.text.len()))
    }

    /// Appends another piece after `between`.
    pub(crate) fn append(&mut self, between: &str, other: &Self) {
        if self.text.is_empty() {
            *self = other.clone();
            return;
        }
        self.text.push_str(between);
        let offset = self.text.len();
        self.text.push_str(&other.text);
        self.words.extend(other.words.iter().map(|(start, number)| (start + offset, *number)));
    }

    /// Appends the next line of the same text: a word hyphenated at the line's end is put together again.
    pub(crate) fn append_line(&mut self, next: &Self) {
        let end = self.text.trim_end().len();
        let last = self.text[..end].chars().next_back();
        let before = self.text[..end].chars().rev().nth(1);
        let first = next.text.trim_start().chars().next();
        let inside_word = before.is_some_and(char::is_alphabetic) && first.is_some_and(char::is_lowercase);
        match last {
            Some(soft @ ('\u{ad}' | '\u{2010}')) if inside_word || soft == '\u{ad}' => {
                self.text.truncate(end - soft.len_utf8());
                self.append("", next);
            }
            // A hyphen at a line's end may belong to the word (full-time); a capital or a digit after it says so surely.
            Some('-') if before.is_some_and(char::is_alphanumeric) => self.append("", next),
            // Chinese and Japanese break a line between any two letters, and have no space there.
            Some(last) if writes_without_spaces(last) && first.is_some_and(writes_without_spaces) => {
                self.text.truncate(end);
                self.append("", next);
            }
            _ => self.append(" ", next),
        }
    }
}

/// Han, kana, and the signs that stand among them. Korean parts its words.
fn writes_without_spaces(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{312f}' | '\u{3190}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff9f}'
        | '\u{20000}'..='\u{3fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(text: &str) -> Piece {
        let mut piece = Piece::default();
        for (i, word) in text.split(' ').enumerate() {
            piece.push(" ", word, i as u32);
        }
        piece
    }

    #[test]
    fn a_slice_remembers_the_words_it_touches() {
        let cut = piece("Tester, Acme Ltd").slice(8..16);
        assert_eq!(cut.text(), "Acme Ltd");
        assert_eq!(cut.words().collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn a_slice_never_cuts_a_letter_in_two() {
        assert_eq!(piece("Łódź").slice(1..5).text(), "Łód");
        assert_eq!(piece("Łódź").slice(9..12).text(), "");
    }

    #[test]
    fn a_soft_hyphen_at_a_line_end_goes_and_a_hard_one_stays() {
        let mut soft = piece("Bau\u{ad}");
        soft.append_line(&piece("leitung"));
        assert_eq!(soft.text(), "Bauleitung");
        let mut hard = piece("part-");
        hard.append_line(&piece("time work"));
        assert_eq!(hard.text(), "part-time work");
        let mut none = piece("first");
        none.append_line(&piece("second"));
        assert_eq!(none.text(), "first second");
    }

    #[test]
    fn lines_of_a_script_without_spaces_are_joined_without_one() {
        let joined = |first: &str, second: &str| {
            let mut text = piece(first);
            text.append_line(&piece(second));
            text.text().to_owned()
        };
        assert_eq!(joined("重症患者のケアと新", "人教育を担当"), "重症患者のケアと新人教育を担当");
        assert_eq!(joined("使用，", "并重写"), "使用，并重写");
        assert_eq!(joined("使用 Python", "编写"), "使用 Python 编写");
        assert_eq!(joined("재고와", "배송"), "재고와 배송");
    }
}
