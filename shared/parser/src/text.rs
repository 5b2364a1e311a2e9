//! Text as the parser compares it, and text as it hands it out.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The form in which words are compared: lower case, no marks over letters, one kind of dash and apostrophe.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.chars().map(|c| if c == '`' { '\'' } else { c.to_ascii_lowercase() }).collect();
    }
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkd() {
        match c {
            _ if is_combining_mark(c) => {}
            'ł' | 'Ł' => folded.push('l'),
            'ø' | 'Ø' => folded.push('o'),
            'đ' | 'Đ' => folded.push('d'),
            'ı' => folded.push('i'),
            'ß' => folded.push_str("ss"),
            'æ' | 'Æ' => folded.push_str("ae"),
            'œ' | 'Œ' => folded.push_str("oe"),
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => folded.push('-'),
            '’' | '‘' | '´' | '`' | 'ʼ' | '′' => folded.push('\''),
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => {}
            _ => folded.extend(c.to_lowercase().filter(|c| !is_combining_mark(*c))),
        }
    }
    folded
}

/// The folded words of a text, without the punctuation around them.
pub(crate) fn folded_words(text: &str) -> Vec<String> {
    fold(text)
        .split(|c: char| {
            c.is_whitespace() || matches!(c, '/' | '|' | ',' | ';' | ':' | '(' | ')' | '[' | ']' | '•' | '·' | '"')
        })
        .map(|word| {
            word.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '+' | '#' | '.')).trim_end_matches('.')
        })
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The folded letters and digits alone, for comparing what differs only in spaces and punctuation.
pub(crate) fn squash(text: &str) -> String {
    fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Text as it is handed out: single spaces, nothing that has no shape on the page, no leading or trailing separators.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_whitespace() {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !is_invisible(c) {
            out.push(c);
        }
    }
    let trimmed = trim_separators(&out);
    const LONGEST: usize = 9_000;
    match trimmed.char_indices().nth(LONGEST) {
        Some((end, _)) => trimmed[..end].to_owned(),
        None => trimmed.to_owned(),
    }
}

/// Control characters, zero-width marks and the private-use characters that icon fonts live in.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fffd}')
        || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

/// Cuts the separators that stand between fields off both ends; a closing bracket goes only with its opening one.
pub(crate) fn trim_separators(text: &str) -> &str {
    let mut rest = text;
    loop {
        let before = rest.len();
        rest = rest.trim_start();
        rest = rest.trim_start_matches(|c: char| {
            c.is_whitespace()
                || is_invisible(c)
                || is_separator(c)
                || matches!(c, '.' | ')' | ']' | '}' | '\u{201d}') && !starts_a_name(rest)
        });
        rest = rest.trim_end_matches(|c: char| {
            c.is_whitespace() || is_invisible(c) || is_separator(c) || matches!(c, '(' | '[' | '{' | '\u{201c}')
        });
        if rest.ends_with(')') && rest.matches(')').count() > rest.matches('(').count() {
            rest = &rest[..rest.len() - 1];
        }
        if rest.starts_with('(') && rest.matches('(').count() > rest.matches(')').count() {
            rest = &rest[1..];
        }
        if rest.starts_with('(')
            && rest.ends_with(')')
            && rest.len() > 1
            && !rest[1..rest.len() - 1].contains(['(', ')'])
        {
            rest = &rest[1..rest.len() - 1];
        }
        if rest.len() == before {
            return rest;
        }
    }
}

/// `.NET` and its like begin with a full stop that belongs to them.
fn starts_a_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next() == Some('.') && chars.next().is_some_and(char::is_alphabetic)
}

/// Whether a letter can begin a name: a capital, or a letter of a script without capitals.
pub(crate) fn begins_name(c: char) -> bool {
    c.is_alphabetic() && !c.is_lowercase()
}

/// Marks that set fields apart and belong to none of them.
pub(crate) fn is_separator(c: char) -> bool {
    matches!(
        c,
        ',' | ';'
            | ':'
            | '|'
            | '·'
            | '•'
            | '∙'
            | '⋅'
            | '●'
            | '◦'
            | '▪'
            | '■'
            | '◆'
            | '–'
            | '—'
            | '-'
            | '‐'
            | '‑'
            | '−'
            | '―'
            | '/'
            | '\\'
            | '~'
            | '¦'
            | '➔'
            | '→'
            | '*'
            | '_'
            | '<'
            | '>'
            | '»'
            | '«'
            | '\u{25cb}'
    )
}

/// Whether the text reads as running prose rather than as a name, a title or a list of terms.
pub(crate) fn is_prose(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let lower = words.iter().filter(|w| w.chars().next().is_some_and(char::is_lowercase)).count();
    // Names and titles hold small words too (of, de la, und): long ones in lower case are what sentences are made of.
    let long =
        words.iter().filter(|w| w.chars().next().is_some_and(char::is_lowercase) && w.chars().count() >= 4).count();
    let sentence = text.trim_end().ends_with(['.', '!', '?', '…']) && !ends_in_abbreviation(text);
    (words.len() >= 6 && long >= 2 && (lower * 2 >= words.len() || long * 5 >= words.len() * 2))
        || (sentence && words.len() >= 5 && lower >= 2)
}

/// `Inc.`, `Ltd.`, `S.A.`: the full stop ends no sentence.
fn ends_in_abbreviation(text: &str) -> bool {
    text.split_whitespace().next_back().is_some_and(|last| {
        let letters = last.chars().filter(|c| c.is_alphabetic()).count();
        letters <= 3 || last.trim_end_matches('.').contains('.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_forgets_case_marks_and_dashes() {
        assert_eq!(fold("Über–Straße Łódź I’m"), "uber-strasse lodz i'm");
    }

    #[test]
    fn separators_go_and_names_keep_their_own_marks() {
        assert_eq!(trim_separators(" – Bremen, "), "Bremen");
        assert_eq!(trim_separators("(part-time)"), "part-time");
        assert_eq!(trim_separators("Tester (part-time)"), "Tester (part-time)");
        assert_eq!(trim_separators(".NET"), ".NET");
        assert_eq!(trim_separators("C++"), "C++");
    }

    #[test]
    fn prose_is_told_from_names() {
        assert!(is_prose("Provided first aid at public events across the county."));
        assert!(!is_prose("Senior Vice President, Global Supply Chain"));
        assert!(!is_prose("Acme Holdings Inc."));
        assert!(!is_prose("Asesora jurídica interna, Grupo Alimentario del Sur"));
        assert!(!is_prose("Máster en Acceso a la Abogacía"));
    }
}
