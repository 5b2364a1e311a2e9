/// The font size in points that a word whose ink is `height` points tall was probably set in.
///
/// Textract's boxes lie close around the ink, so `ace` gives a lower box than `Äg` at the same size. What a glyph takes
/// of the em is much the same in the faces that CVs are set in: the figures are the middle of Lato, Source Sans 3, Noto
/// Sans, Carlito and Liberation Serif. `None` where the word is all punctuation, whose height says nothing.
pub(crate) fn of_word(text: &str, height: f32) -> Option<f32> {
    if !text.chars().any(char::is_alphanumeric) {
        return None;
    }
    let top = text.chars().map(above).fold(0.0, f32::max);
    let bottom = text.chars().map(below).fold(0.0, f32::max);
    Some(height / (top + bottom))
}

/// How far a word's ink hangs below the base line, as a part of its size; `None` where the word is all punctuation.
pub(crate) fn below_base_line(text: &str) -> Option<f32> {
    text.chars().any(char::is_alphanumeric).then(|| text.chars().map(below).fold(0.0, f32::max))
}

/// How much of the em a glyph rises above the base line.
fn above(c: char) -> f32 {
    match c {
        'a' | 'c' | 'e' | 'g' | 'm' | 'n' | 'o' | 'p' | 'q' | 'r' | 's' | 'u' | 'v' | 'w' | 'x' | 'y' | 'z' | 'ı' => {
            0.50
        }
        't' => 0.62,
        '.' | ',' | '_' => 0.10,
        '-' | '–' | '—' | '•' | '·' | '~' => 0.40,
        // An accent on a capital stands above the ascenders.
        _ if c.is_uppercase() && !c.is_ascii() => 0.88,
        _ => 0.70,
    }
}

/// How much of the em a glyph hangs below the base line.
fn below(c: char) -> f32 {
    match c {
        'g' | 'j' | 'p' | 'q' | 'y' | 'Q' | 'ç' | 'Ç' | 'þ' | 'ş' | 'ą' | 'ę' => 0.20,
        '(' | ')' | '[' | ']' | '{' | '}' | '|' | '@' | ',' | ';' | '/' => 0.15,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_one_size_give_one_size_whatever_their_letters() {
        // Heights of the ink at 10 points by the figures above: x-height, ascender, ascender and descender.
        for (text, height) in [("some", 5.0), ("build", 7.0), ("Typing", 9.0), ("2021", 7.0)] {
            assert_eq!(of_word(text, height), Some(10.0), "{text}");
        }
    }

    #[test]
    fn punctuation_alone_has_no_size() {
        assert_eq!(of_word("•", 3.0), None);
        assert_eq!(of_word("–", 1.0), None);
    }
}
