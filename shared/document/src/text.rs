//! Plain text and Markdown to words.

use crate::layout;
use crate::{Block, Document, Format, Limits, Line, Page, ReadError, Reading, Rect, Source, Word};
use unicode_normalization::UnicodeNormalization;

const SIZE: f32 = 10.0;
const LEADING: f32 = 12.0;
const MARGIN: f32 = 54.0;
/// A letter of a typewriter face.
const LETTER: f32 = 6.0;

/// Windows-1252 where it differs from Latin-1 (0x80 to 0x9F); five places are undefined.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{FFFD}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{FFFD}', 'Ž', '\u{FFFD}', '\u{FFFD}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{FFFD}', 'ž', 'Ÿ',
];

/// Reads plain text or Markdown.
pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Reading, ReadError> {
    let text = decode(bytes);
    if text.trim().is_empty() {
        return Err(ReadError::Empty);
    }
    let markdown = is_markdown(&text);
    let mut pages = Vec::new();
    for part in text.split('\u{C}') {
        if !part.trim().is_empty() {
            pages.push(page(part, markdown));
        }
        if pages.len() > limits.pages {
            return Err(ReadError::TooManyPages { pages: pages.len(), limit: limits.pages });
        }
    }
    Ok(Reading { document: Document { format: Format::Text, pages, ..Document::default() }, images: Vec::new() })
}

/// Whether bytes are text: no markup of a page, no control characters but those of text.
pub(crate) fn looks_like_text(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(64 * 1024)];
    if crate::sniff::is_html(head) || head.starts_with(b"{\\rtf") || head.starts_with(b"%!PS") {
        return false;
    }
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        return decode(head).chars().filter(|c| is_odd(*c)).count() * 50 < head.len().max(1);
    }
    // UTF-8 may be cut within a character at the end of the head.
    let whole = match std::str::from_utf8(head) {
        Ok(text) => Some(text),
        Err(error) if error.error_len().is_none() && bytes.len() > head.len() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    };
    match whole {
        Some(text) => text.chars().any(char::is_alphanumeric) && !text.chars().any(is_odd),
        None => {
            // Windows-1252: a few letters beyond ASCII among many that are, and nothing that is not text.
            let beyond = head.iter().filter(|byte| **byte >= 0x80).count();
            beyond * 3 < head.len() && !decode_windows_1252(head).chars().any(|c| is_odd(c) || c == '\u{FFFD}')
        }
    }
}

/// Decodes text: UTF-8, UTF-16 with a mark, else Windows-1252.
pub(crate) fn decode(bytes: &[u8]) -> String {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| -> String {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            match std::str::from_utf8(bytes) {
                Ok(text) => text.to_owned(),
                Err(_) => decode_windows_1252(bytes),
            }
        }
    }
}

fn decode_windows_1252(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| match byte {
            0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
            byte => char::from(*byte),
        })
        .collect()
}

/// A control character that no text has.
fn is_odd(character: char) -> bool {
    character.is_control() && !matches!(character, '\t' | '\n' | '\r' | '\u{C}' | '\u{B}' | '\u{1B}' | '\u{85}')
}

/// Markdown is told by its headings, its links or its strong text; a plain text has none of them.
fn is_markdown(text: &str) -> bool {
    text.lines().any(|line| heading_text(line).is_some())
        || text.contains("](http")
        || text.contains("](mailto:")
        || text.matches("**").count() >= 4
}

fn heading_text(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches('#');
    let level = line.len() - rest.len();
    ((1..=6).contains(&level) && rest.starts_with(' ')).then(|| rest.trim().trim_end_matches('#').trim())
}

fn page(text: &str, markdown: bool) -> Page {
    let mut blocks: Vec<Block> = Vec::new();
    let mut block = Block::default();
    let mut y = MARGIN;
    for raw in text.lines() {
        y += LEADING;
        let line = raw.trim_end();
        // A row of signs is a rule; under a short line it makes that line a heading.
        let rule = line.trim().chars().count() >= 3 && line.trim().chars().all(|c| "=-_*~#─━═—".contains(c));
        if rule {
            if let [above] = &mut block.lines[..]
                && !above.bullet
                && above.words.len() <= 6
                && line.trim().chars().all(|c| "=-─━═".contains(c))
            {
                above.heading = true;
            }
            end(&mut block, &mut blocks);
            continue;
        }
        if line.trim().is_empty() {
            end(&mut block, &mut blocks);
            continue;
        }
        let heading = if markdown { heading_text(line) } else { None };
        let indent = line.chars().take_while(|c| c.is_whitespace()).map(|c| if c == '\t' { 4 } else { 1 }).sum();
        let words = if markdown { markdown_words(heading.unwrap_or(line)) } else { words(line) };
        if let Some(line) = finish(words, indent, y, heading.is_some()) {
            if heading.is_some() {
                end(&mut block, &mut blocks);
            }
            block.lines.push(line);
        }
    }
    end(&mut block, &mut blocks);
    layout::join_soft_hyphens(&mut blocks);
    Page { width: 595.0, height: (y + MARGIN).max(842.0), blocks, ..Page::default() }
}

fn end(block: &mut Block, blocks: &mut Vec<Block>) {
    if !block.lines.is_empty() {
        blocks.push(std::mem::take(block));
    }
}

/// Words with the number of spaces before each; a tab counts as four.
fn words(line: &str) -> Vec<(usize, Word)> {
    let mut words: Vec<(usize, Word)> = Vec::new();
    let mut spaces = 0;
    let mut open = false;
    for character in line.chars() {
        if character.is_whitespace() {
            spaces += if character == '\t' { 4 } else { 1 };
            open = false;
        } else if character.is_control() || matches!(character, '\u{200B}'..='\u{200F}' | '\u{FEFF}') {
        } else {
            if !open {
                words.push((spaces, word()));
                (open, spaces) = (true, 0);
            }
            if let Some((_, word)) = words.last_mut() {
                word.text.push(character);
            }
        }
    }
    words
}

fn word() -> Word {
    Word { size: SIZE, contrast: 21.0, source: Source::TextLayer, ..Word::default() }
}

/// Words of a Markdown line: strong and emphasised text is bold and italic, links carry their target.
fn markdown_words(line: &str) -> Vec<(usize, Word)> {
    let mut out: Vec<(usize, Word)> = Vec::new();
    let (mut bold, mut italic) = (false, false);
    let mut rest = line;
    let mut spaces = 0;
    let mut open = false;
    while let Some(character) = rest.chars().next() {
        if rest.starts_with("**") || rest.starts_with("__") {
            let inside = out.last().is_some_and(|_| open);
            let marker = &rest[..2];
            if bold || rest[2..].contains(marker) {
                bold = !bold;
                rest = &rest[2..];
                // A change of weight within a word starts a word that touches it.
                if inside && rest.chars().next().is_some_and(|c| !c.is_whitespace()) {
                    out.push((0, Word { bold, italic, glued: true, ..word() }));
                }
                continue;
            }
        }
        let after = rest[character.len_utf8()..].chars().next();
        if character == '*'
            && (italic || (!open && after.is_some_and(char::is_alphanumeric) && rest[1..].contains('*')))
        {
            italic = !italic;
            rest = &rest[1..];
            continue;
        }
        if character == '`' {
            rest = &rest[1..];
            continue;
        }
        if character == '['
            && let Some((label, target, tail)) = link(rest)
        {
            for (index, (gap, mut linked)) in words(label).into_iter().enumerate() {
                linked.link = Some(target.to_owned());
                (linked.bold, linked.italic) = (bold, italic);
                linked.glued = index == 0 && open;
                out.push((if index == 0 { spaces } else { gap }, linked));
            }
            (spaces, rest) = (0, tail);
            open = rest.chars().next().is_some_and(|c| !c.is_whitespace());
            if open {
                out.push((0, Word { bold, italic, glued: true, ..word() }));
            }
            continue;
        }
        if character == '\\' && after.is_some_and(|c| c.is_ascii_punctuation()) {
            rest = &rest[1..];
            continue;
        }
        rest = &rest[character.len_utf8()..];
        if character.is_whitespace() {
            spaces += if character == '\t' { 4 } else { 1 };
            open = false;
        } else if !character.is_control() {
            if !open {
                out.push((spaces, Word { bold, italic, ..word() }));
                (open, spaces) = (true, 0);
            }
            if let Some((_, word)) = out.last_mut() {
                word.text.push(character);
            }
        }
    }
    out.retain(|(_, word)| !word.text.is_empty());
    out
}

/// `[label](target)` at the start: label, target and what follows.
fn link(text: &str) -> Option<(&str, &str, &str)> {
    let (label, rest) = text[1..].split_once("](")?;
    let (target, tail) = rest.split_once(')')?;
    (!label.contains('[') && !target.contains(' ')).then_some((label, target, tail))
}

fn finish(spaced: Vec<(usize, Word)>, indent: usize, y: f32, heading: bool) -> Option<Line> {
    let mut words: Vec<Word> = Vec::with_capacity(spaced.len());
    let mut x = MARGIN + indent.min(40) as f32 * LETTER;
    for (index, (spaces, mut word)) in spaced.into_iter().enumerate() {
        word.text = word.text.nfc().collect();
        if index > 0 {
            x += spaces as f32 * LETTER;
            // Two spaces may follow a full stop; three are a gap.
            word.after_gap = spaces >= 3;
        }
        word.bold |= heading;
        let width = word.text.chars().count() as f32 * LETTER;
        word.bbox = Rect { x, y, width, height: SIZE };
        x += width;
        words.push(word);
    }
    let mut bullet = false;
    if words.len() > 1 && (layout::is_bullet(&words[0].text) || words[0].text == "+") {
        words.remove(0);
        words[0].after_gap = false;
        bullet = true;
    }
    if words.is_empty() {
        return None;
    }
    let bbox = words.iter().map(|word| word.bbox).reduce(Rect::union).unwrap_or_default();
    Some(Line { words, bbox, bullet, heading })
}
