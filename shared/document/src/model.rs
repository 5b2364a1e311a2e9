use serde::{Deserialize, Serialize};

/// A document as words on pages, in reading order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// What the bytes turned out to be, whatever they were called.
    pub format: Format,
    /// The pages in order. Formats without pages (text, DOCX) have one, or as many as they break explicitly.
    pub pages: Vec<Page>,
    /// The title that the file's own metadata claims.
    pub title: Option<String>,
    /// Tables that text stands in, where the format has tables.
    pub tables: usize,
    /// Texts of headers and footers, where the format has them.
    pub margins: Vec<String>,
    /// Share of a page's visible glyphs whose characters the file does not tell, 0 to 1, of the page where it is largest.
    pub unmapped: f32,
}

/// What reading the bytes gave: the words, and pictures of the pages that have none.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// The words by page.
    pub document: Document,
    /// A picture of each page with [`Page::needs_recognition`], ready to be recognised.
    pub images: Vec<PageImage>,
}

/// A page as a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageImage {
    /// Index of the page in [`Document::pages`].
    pub page: usize,
    /// `image/png` or `image/jpeg`.
    pub media_type: String,
    /// The encoded picture, at most 10 MB and 10 000 pixels on a side, upright.
    pub bytes: Vec<u8>,
}

impl Document {
    /// All words in reading order.
    pub fn words(&self) -> impl Iterator<Item = &Word> {
        self.pages.iter().flat_map(|page| &page.blocks).flat_map(|block| &block.lines).flat_map(|line| &line.words)
    }

    /// The whole text in reading order: lines end in `\n`, blocks and pages are set apart by an empty line.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for block in self.pages.iter().flat_map(|page| &page.blocks) {
            for line in &block.lines {
                text.push_str(&line.text());
                text.push('\n');
            }
            text.push('\n');
        }
        text
    }
}

/// The formats that are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Plain text, UTF-8 or an encoding that could be told.
    #[default]
    Text,
    /// PDF.
    Pdf,
    /// Word's Office Open XML.
    Docx,
    /// OpenDocument text, as LibreOffice writes it.
    Odt,
    /// PNG image.
    Png,
    /// JPEG image.
    Jpeg,
    /// TIFF image, one page or many.
    Tiff,
}

impl Format {
    /// The media type, as IANA registers it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain",
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Tiff => "image/tiff",
        }
    }
}

/// One page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Width in points (1/72 inch); a picture is taken to be as wide as A4, because the resolution that files state is
    /// seldom true.
    pub width: f32,
    /// Height in points.
    pub height: f32,
    /// Blocks in reading order.
    pub blocks: Vec<Block>,
    /// Whether the words must come from recognition, because the page has no usable text layer. The blocks then hold
    /// what an invisible layer of an earlier recognition says, if there is one: it serves only where recognition
    /// cannot be had, because what a reader sees is the picture.
    pub needs_recognition: bool,
    /// Text that a reader of the page cannot see. It is reported, never parsed.
    pub hidden: Vec<HiddenText>,
}

impl Page {
    /// Whether the page is written from right to left: its first column is the right one, its lines begin at the right.
    pub fn is_right_to_left(&self) -> bool {
        mostly_right_to_left(self.blocks.iter().flat_map(|block| &block.lines).flat_map(|line| &line.words))
    }
}

/// Whether a good part of the words' letters is written from right to left: technical terms and addresses stand in Latin
/// letters on such pages, too.
pub(crate) fn mostly_right_to_left<'w>(words: impl Iterator<Item = &'w Word>) -> bool {
    let (mut right, mut all) = (0_usize, 0_usize);
    for character in words.flat_map(|word| word.text.chars()).filter(|c| c.is_alphabetic()) {
        right += usize::from(crate::layout::is_right_to_left(character));
        all += 1;
    }
    right * 10 >= all * 3 && right > 0
}

/// Lines that belong together: a column's run of lines, a table cell, a text box, a paragraph.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// Its lines from top to bottom.
    pub lines: Vec<Line>,
    /// Column on the page, from 0 where reading begins (at the left; on pages from right to left, at the right); lines over
    /// the full width have 0.
    pub column: usize,
}

/// One line of words, left to right in logical order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The words in logical order.
    pub words: Vec<Word>,
    /// Where it stands.
    pub bbox: Rect,
    /// Whether the source marks it as a list item: a bullet glyph (removed from the words) or a numbering property.
    pub bullet: bool,
    /// Whether the source marks it as a heading (a DOCX style); typography alone does not set it.
    pub heading: bool,
}

impl Line {
    /// The words with single spaces between; a gap far wider than a space is written as a tab.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (i, word) in self.words.iter().enumerate() {
            if i > 0 && !word.glued {
                text.push(if word.after_gap { '\t' } else { ' ' });
            }
            text.push_str(&word.text);
        }
        text
    }
}

/// One word with its look.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// Its characters, NFC, no white space.
    pub text: String,
    /// Where it stands.
    pub bbox: Rect,
    /// Font size in points.
    pub size: f32,
    /// Bold or heavier.
    pub bold: bool,
    /// Italic or oblique.
    pub italic: bool,
    /// Contrast of the text's colour with what lies behind it, 1 (none) to 21 (black on white), as WCAG 2 defines it.
    pub contrast: f32,
    /// Target of the link that covers it.
    pub link: Option<String>,
    /// Where the characters come from.
    pub source: Source,
    /// Whether a gap far wider than a space (a tab, a column of dates) stands before it on its line.
    pub after_gap: bool,
    /// Whether it follows the word before it with no space between (a change of font within one word).
    pub glued: bool,
}

/// Where a word's characters come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The file's own text.
    #[default]
    TextLayer,
    /// Recognition of the page's image.
    Recognised {
        /// 0 to 1, as the recogniser states it.
        confidence: f32,
    },
}

/// Text that is in the file and cannot be seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HiddenText {
    /// The characters.
    pub text: String,
    /// Why a reader cannot see them: `off_page`, `no_contrast`, `zero_size`, `invisible_mode`, `covered`, `clipped`.
    pub reason: String,
}

/// A rectangle in points from the page's top left corner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Rect {
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

impl Rect {
    /// Right edge.
    pub fn right(self) -> f32 {
        self.x + self.width
    }

    /// Bottom edge.
    pub fn bottom(self) -> f32 {
        self.y + self.height
    }

    /// The smallest rectangle that holds both.
    pub fn union(self, other: Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        Self { x, y, width: self.right().max(other.right()) - x, height: self.bottom().max(other.bottom()) - y }
    }
}
