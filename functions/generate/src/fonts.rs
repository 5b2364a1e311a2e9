//! The fonts that a page carries, so that it looks the same everywhere and asks nobody for them: subsets of open fonts, made
//! by `fonts/build.py`, their licences beside them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::customizations::Font;

/// A file of a font: some weights of a family, for some letters.
#[derive(Debug)]
pub(crate) struct Face {
    /// Name under the site's address.
    pub(crate) file: &'static str,
    family: &'static str,
    /// As CSS writes it: one weight, or the range of a variable font.
    weight: &'static str,
    letters: &'static Letters,
    /// WOFF2.
    pub(crate) bytes: &'static [u8],
}

/// Where a page finds its fonts.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source<'a> {
    /// Beside it, under this path.
    Folder(&'a str),
    /// In itself: one document opens by itself, wherever it is taken.
    Embedded,
}

/// Letters that come together in a file, as `fonts/build.py` cuts them.
#[derive(Debug)]
struct Letters {
    /// As CSS writes it.
    range: &'static str,
    /// Of a text that wants the file, at least one character lies here.
    telling: fn(char) -> bool,
}

static LATIN: Letters = Letters {
    range: "U+20-7E,U+A0-FF,U+131,U+152-153,U+2C6,U+2DA,U+2DC,U+2010-2014,U+2018-201A,U+201C-201E,U+2020-2022,U+2026,U+2030,U+2032-2033,U+2039-203A,U+2044,U+20AC,U+2122,U+2190-2193,U+2197,U+2212",
    // Digits and punctuation alone are better left to the font of the letters around them.
    telling: |c| c.is_ascii_alphabetic() || matches!(c, '\u{c0}'..='\u{ff}'),
};

static EXTENDED: Letters = Letters {
    range: "U+100-130,U+132-151,U+154-17F,U+18F,U+192,U+1A0-1A1,U+1AF-1B0,U+1E6-1E7,U+1EA-1EB,U+1FA-21B,U+237,U+2C7,U+2C9,U+2D8-2D9,U+2DB,U+2DD,U+1E80-1E85,U+1E9E,U+1EA0-1EF9",
    telling: |c| {
        matches!(c, '\u{100}'..='\u{21b}' | '\u{1e80}'..='\u{1ef9}') && !matches!(c, '\u{131}' | '\u{152}' | '\u{153}')
    },
};

macro_rules! faces {
    ($family:literal, $folder:literal, $($weight:literal, $file:literal, $suffix:literal);+) => {{
        static FACES: &[Face] = &[$(
            Face {
                file: concat!($file, ".woff2"), family: $family, weight: $weight, letters: &LATIN,
                bytes: include_bytes!(concat!("../fonts/", $folder, "/latin", $suffix, ".woff2")),
            },
            Face {
                file: concat!($file, "-ext.woff2"), family: $family, weight: $weight, letters: &EXTENDED,
                bytes: include_bytes!(concat!("../fonts/", $folder, "/latin-ext", $suffix, ".woff2")),
            },
        )+];
        FACES
    }};
}

impl Font {
    /// The files of a family that pages carry; none of one that the reader's system has.
    fn faces(self) -> &'static [Face] {
        match self {
            Self::Bricolage => faces!("Bricolage", "bricolage-grotesque", "400 800", "bricolage", ""),
            Self::Geist => faces!("Geist", "geist", "400 700", "geist", ""),
            Self::GeistMono => faces!("Geist Mono", "geist-mono", "400 600", "geist-mono", ""),
            Self::Newsreader => {
                faces!("Newsreader", "newsreader", "400", "newsreader-400", "-400"; "600", "newsreader-600", "-600")
            }
            Self::SourceSans => faces!("Source Sans", "source-sans-3", "400 700", "source-sans", ""),
            Self::SourceSerif => {
                faces!("Source Serif", "source-serif-4", "400", "source-serif-400", "-400"; "600", "source-serif-600", "-600")
            }
            Self::System
            | Self::Humanist
            | Self::Geometric
            | Self::Grotesque
            | Self::OldStyle
            | Self::Transitional
            | Self::Slab
            | Self::Mono => &[],
        }
    }
}

/// The files that a page in these fonts wants for a text.
pub(crate) fn wanted(heading: Font, body: Font, text: &str) -> Vec<&'static Face> {
    let second: &[Face] = if heading == body { &[] } else { body.faces() };
    let faces = heading.faces().iter().chain(second);
    faces.filter(|face| text.chars().any(face.letters.telling)).collect()
}

/// The rules that tell a browser of these files.
pub(crate) fn rules(faces: &[&Face], source: Source<'_>) -> String {
    let mut css = String::new();
    for Face { file, family, weight, letters, bytes } in faces {
        let address = match source {
            Source::Folder(folder) => format!("{folder}{file}"),
            Source::Embedded => format!("data:font/woff2;base64,{}", STANDARD.encode(bytes)),
        };
        css.push_str(&format!(
            "@font-face{{font-family:\"Vitae {family}\";font-weight:{weight};font-display:swap;src:url({address}) format(\"woff2\");unicode-range:{}}}",
            letters.range
        ));
    }
    css
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_takes_the_letters_that_it_has() {
        let files = |text: &str| -> Vec<&str> {
            wanted(Font::GeistMono, Font::Geist, text).iter().map(|face| face.file).collect()
        };
        assert_eq!(files("Ada Lovelace"), ["geist-mono.woff2", "geist.woff2"]);
        assert_eq!(files("Łucja").len(), 4);
        assert!(files("山田 2019–2024").is_empty());
        assert!(wanted(Font::System, Font::System, "Ada").is_empty());
        assert_eq!(wanted(Font::Geist, Font::Geist, "Ada").len(), 1, "a font that serves twice comes once");
    }

    #[test]
    fn every_file_is_a_font_with_a_name_of_its_own() {
        let mut names = Vec::new();
        for font in Font::ALL {
            for face in font.faces() {
                assert!(face.bytes.starts_with(b"wOF2"), "{}", face.file);
                assert!(!names.contains(&face.file), "{}", face.file);
                assert!(font.stack().starts_with(&format!("\"Vitae {}\",", face.family)), "{font:?}");
                names.push(face.file);
            }
        }
        assert_eq!(names.len(), 16);
    }
}
