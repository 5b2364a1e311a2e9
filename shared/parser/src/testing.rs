//! Documents for tests, written as lines of text.

use vitae_document::{Block, Document, Line, Page, Rect, Word};

/// A document of one page and one column.
///
/// `**bold**` is bold, a tab is a gap, `# ` before a line makes it large, `• ` stays as it is, an empty line is a gap
/// in height.
pub(crate) fn document(lines: &[&str]) -> Document {
    let mut block = Block::default();
    let mut y = 40.0;
    for text in lines {
        if text.is_empty() {
            y += 10.0;
            continue;
        }
        let (size, text) = match text.strip_prefix("# ") {
            Some(rest) => (16.0, rest),
            None => (10.0, *text),
        };
        let mut line = Line::default();
        let mut x = 50.0;
        let mut bold = false;
        for (cell_number, cell) in text.split('\t').enumerate() {
            if cell_number > 0 {
                x = 50.0 + 120.0 * cell_number as f32;
            }
            for (word_number, raw) in cell.split(' ').filter(|raw| !raw.is_empty()).enumerate() {
                let mut glued = false;
                for (i, part) in raw.split("**").enumerate() {
                    if i > 0 {
                        bold = !bold;
                    }
                    if part.is_empty() {
                        continue;
                    }
                    let width = part.chars().count() as f32 * size * 0.5;
                    line.words.push(Word {
                        text: part.to_owned(),
                        bbox: Rect { x, y, width, height: size },
                        size,
                        bold,
                        contrast: 21.0,
                        after_gap: cell_number > 0 && word_number == 0 && !glued,
                        glued,
                        ..Word::default()
                    });
                    glued = true;
                    x += width;
                }
                x += size * 0.25;
            }
        }
        line.bbox = line.words.iter().map(|word| word.bbox).reduce(Rect::union).unwrap_or_default();
        y += size * 1.3;
        block.lines.push(line);
    }
    Document {
        pages: vec![Page { width: 595.0, height: 842.0, blocks: vec![block], ..Page::default() }],
        ..Document::default()
    }
}
