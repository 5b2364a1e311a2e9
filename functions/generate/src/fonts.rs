//! The fonts that a page carries, so that it looks the same everywhere and asks nobody for them: subsets of open fonts, made
//! by `fonts/build.py`, their licences beside them. A published page asks for its files before anything else and shows its text
//! in them where they come at once; where they do not, it stays with the reader's own fonts, so that no line moves while it is
//! read. The next visit finds them.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::customizations::Font;

/// What the fonts of a page may weigh together. The rest of a page is some ten thousand bytes.
const MOST_BYTES: usize = 50_000;

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

/// The weights that a template sets its headings in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weights {
    /// Up to 500.
    Regular,
    /// From 600.
    Semibold,
    /// Some of each.
    Both,
}

impl Weights {
    /// Whether a file of this weight serves any of them. A variable one serves all.
    fn include(self, weight: &str) -> bool {
        match self {
            Self::Regular => weight != "600",
            Self::Semibold => weight != "400",
            Self::Both => true,
        }
    }
}

/// Letters that come together in a file, as `fonts/build.py` cuts them.
#[derive(Debug)]
struct Letters {
    /// As CSS writes it.
    range: &'static str,
    /// The same, first and last of each run.
    runs: LazyLock<Vec<(u32, u32)>>,
}

impl Letters {
    const fn of(range: &'static str, runs: fn() -> Vec<(u32, u32)>) -> Self {
        Self { range, runs: LazyLock::new(runs) }
    }

    fn hold(&self, c: char) -> bool {
        self.runs.iter().any(|(first, last)| (*first..=*last).contains(&u32::from(c)))
    }
}

fn runs(range: &str) -> Vec<(u32, u32)> {
    let number = |text: &str| u32::from_str_radix(text, 16).ok();
    let run = |text: &str| {
        let text = text.trim_start_matches("U+");
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        number(first).zip(number(last))
    };
    range.split(',').filter_map(run).collect()
}

macro_rules! letters {
    ($name:ident, $range:literal) => {
        static $name: Letters = Letters::of($range, || runs($range));
    };
}

letters!(
    CORE,
    "U+20-7E,U+A0,U+A3,U+A5,U+A7,U+A9,U+AB,U+AD-AE,U+B0-B3,U+B5,U+B7,U+BB,U+BD,U+C1-C2,U+C4,U+C7,U+C9,U+CD-CE,U+D3-D4,U+D6-D7,U+DA,U+DC-DD,U+DF,U+E1-E2,U+E4,U+E7,U+E9,U+ED-EE,U+F3-F4,U+F6-F7,U+FA,U+FC-FD,U+131,U+2010-2014,U+2018-201A,U+201C-201E,U+2020,U+2022,U+2026,U+20AC,U+2122,U+2190,U+2192,U+2197,U+2212"
);
letters!(
    WESTERN,
    "U+A1-A2,U+A4,U+A6,U+A8,U+AA,U+AC,U+AF,U+B4,U+B6,U+B8-BA,U+BC,U+BE-C0,U+C3,U+C5-C6,U+C8,U+CA-CC,U+CF-D2,U+D5,U+D8-D9,U+DB,U+DE,U+E0,U+E3,U+E5-E6,U+E8,U+EA-EC,U+EF-F2,U+F5,U+F8-F9,U+FB,U+FE-FF,U+152-153,U+2C6,U+2DA,U+2DC,U+2021,U+2030,U+2032-2033,U+2039-203A,U+2044,U+2191,U+2193"
);
letters!(
    CENTRAL,
    "U+102-107,U+10C-113,U+116-11B,U+11E-11F,U+122-123,U+12A-12B,U+12E-130,U+136-137,U+139-13E,U+141-148,U+150-151,U+154-155,U+158-15B,U+15E-165,U+16A-16B,U+16E-173,U+178-17E,U+218-21B,U+1E9E"
);
letters!(
    RARE,
    "U+100-101,U+108-10B,U+114-115,U+11C-11D,U+120-121,U+124-129,U+12C-12D,U+132-135,U+138,U+13F-140,U+149-14F,U+156-157,U+15C-15D,U+166-169,U+16C-16D,U+174-177,U+17F,U+18F,U+192,U+1A0-1A1,U+1AF-1B0,U+1E6-1E7,U+1EA-1EB,U+1FA-217,U+237,U+2C7,U+2C9,U+2D8-2D9,U+2DB,U+2DD,U+1E80-1E85,U+1EA0-1EF9"
);

macro_rules! faces {
    ($family:literal, $folder:literal, $($weight:literal, $suffix:literal);+) => {{
        static FACES: &[Face] = &[$(
            faces!(@one $family, $folder, $weight, $suffix, CORE, "core"),
            faces!(@one $family, $folder, $weight, $suffix, WESTERN, "western"),
            faces!(@one $family, $folder, $weight, $suffix, CENTRAL, "central"),
            faces!(@one $family, $folder, $weight, $suffix, RARE, "rare"),
        )+];
        FACES
    }};
    (@one $family:literal, $folder:literal, $weight:literal, $suffix:literal, $letters:ident, $file:literal) => {
        Face {
            file: concat!($folder, "-", $file, $suffix, ".woff2"),
            family: $family,
            weight: $weight,
            letters: &$letters,
            bytes: include_bytes!(concat!("../fonts/", $folder, "/", $file, $suffix, ".woff2")),
        }
    };
}

impl Font {
    /// The files of a family that pages carry; none of one that the reader's system has.
    fn faces(self) -> &'static [Face] {
        match self {
            Self::Bricolage => faces!("Bricolage", "bricolage-grotesque", "400 800", ""),
            Self::Geist => faces!("Geist", "geist", "400 700", ""),
            Self::GeistMono => faces!("Geist Mono", "geist-mono", "400 600", ""),
            Self::Newsreader => faces!("Newsreader", "newsreader", "400", "-400"; "600", "-600"),
            Self::SourceSans => faces!("Source Sans", "source-sans-3", "400 700", ""),
            Self::SourceSerif => faces!("Source Serif", "source-serif-4", "400", "-400"; "600", "-600"),
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

/// The fonts of a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair {
    pub(crate) heading: Font,
    /// What headings need of theirs.
    pub(crate) weights: Weights,
    pub(crate) body: Font,
    /// The person chose one of them, and shall see as much of both as fits.
    pub(crate) chosen: bool,
}

/// The files that a page in these fonts wants for a text. Of what takes more than fits, the body is set in a font of the
/// reader's system.
pub(crate) fn wanted(pair: Pair, text: &str) -> Vec<&'static Face> {
    // Digits and punctuation alone are better left to the font of the letters around them.
    if !text.contains(|c: char| c.is_ascii_alphabetic() || (c.is_alphabetic() && CORE.hold(c))) {
        return Vec::new();
    }
    let beside: Vec<&Letters> =
        [&WESTERN, &CENTRAL, &RARE].into_iter().filter(|letters| text.chars().any(|c| letters.hold(c))).collect();
    let needed = |face: &&'static Face| {
        std::ptr::eq(face.letters, &CORE) || beside.iter().any(|letters| std::ptr::eq(face.letters, *letters))
    };
    let one = pair.heading == pair.body;
    let weights = if one { Weights::Both } else { pair.weights };
    let of = |font: Font, weights: Weights| {
        font.faces().iter().filter(move |face| weights.include(face.weight)).filter(needed).collect::<Vec<_>>()
    };
    let (heading, body) = (of(pair.heading, weights), if one { Vec::new() } else { of(pair.body, Weights::Both) });
    let mut ways = vec![[heading.clone(), body].concat()];
    if pair.chosen && !one {
        // A bold that the browser draws from the regular letters is nearer to the choice than a font of the system.
        ways.push([heading.clone(), of(pair.body, Weights::Regular)].concat());
    }
    ways.push(heading);
    let weigh = |faces: &Vec<&Face>| faces.iter().map(|face| face.bytes.len()).sum::<usize>();
    let fitting = ways.into_iter().find(|faces| weigh(faces) <= MOST_BYTES);
    // The letters of every language at once, in one weight, take less than fits in each of these fonts.
    fitting.unwrap_or_else(|| of(pair.heading, if weights == Weights::Semibold { weights } else { Weights::Regular }))
}

/// The rules that tell a browser of these files.
pub(crate) fn rules(faces: &[&Face], source: Source<'_>) -> String {
    let mut css = String::new();
    for Face { file, family, weight, letters, bytes } in faces {
        let (address, display) = match source {
            Source::Folder(folder) => (format!("{folder}{file}"), "optional"),
            // Whatever lies in the page is never there in time for `optional`.
            Source::Embedded => (format!("data:font/woff2;base64,{}", STANDARD.encode(bytes)), "swap"),
        };
        css.push_str(&format!(
            "@font-face{{font-family:\"Vitae {family}\";font-weight:{weight};font-display:{display};src:url({address}) format(\"woff2\");unicode-range:{}}}",
            letters.range
        ));
    }
    css
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODERN: Pair = Pair { heading: Font::GeistMono, weights: Weights::Both, body: Font::Geist, chosen: false };

    #[test]
    fn a_page_takes_the_letters_that_it_has() {
        let files = |text: &str| wanted(MODERN, text).len();
        assert_eq!(files("Ada Lovelace, Kraków, Zürich"), 2);
        assert_eq!(files("Łucja"), 4);
        assert_eq!(files("Łucja, Malmö och Göteborg på väg"), 6);
        assert_eq!(files("山田 2019–2024"), 0);
        let fonts = |heading, body| wanted(Pair { heading, body, ..MODERN }, "Ada").len();
        assert_eq!(fonts(Font::System, Font::System), 0);
        assert_eq!(fonts(Font::Geist, Font::Geist), 1, "a font that serves twice comes once");
    }

    #[test]
    fn headings_take_the_weights_that_they_are_set_in() {
        let weights = |weights| {
            let pair = Pair { heading: Font::Newsreader, weights, body: Font::Geist, chosen: false };
            wanted(pair, "Ada").iter().map(|face| face.weight).collect::<Vec<_>>()
        };
        assert_eq!(weights(Weights::Regular), ["400", "400 700"]);
        assert_eq!(weights(Weights::Semibold), ["600", "400 700"]);
        assert_eq!(weights(Weights::Both), ["400", "600", "400 700"]);
    }

    #[test]
    fn where_the_letters_of_many_languages_meet_the_body_is_set_by_the_system() {
        let mut pair =
            Pair { heading: Font::Newsreader, weights: Weights::Regular, body: Font::SourceSans, chosen: false };
        let everything = "Ada ł è ơ ế";
        assert!(wanted(pair, everything).iter().all(|face| face.family == "Newsreader"));
        pair.heading = Font::Bricolage;
        pair.body = Font::Newsreader;
        assert!(wanted(pair, "Ada").iter().all(|face| face.family == "Bricolage"));
        pair.chosen = true;
        let faces = wanted(pair, "Ada").iter().map(|face| (face.family, face.weight)).collect::<Vec<_>>();
        assert_eq!(faces, [("Bricolage", "400 800"), ("Newsreader", "400")]);
    }

    #[test]
    fn no_choice_and_no_text_takes_more_than_fits() {
        let fonts = [
            Font::System,
            Font::Bricolage,
            Font::Geist,
            Font::GeistMono,
            Font::Newsreader,
            Font::SourceSans,
            Font::SourceSerif,
        ];
        for (heading, body) in fonts.into_iter().flat_map(|heading| fonts.map(|body| (heading, body))) {
            for weights in [Weights::Regular, Weights::Semibold, Weights::Both] {
                for (chosen, text) in
                    [true, false].into_iter().flat_map(|it| ["Ada", "Ada è", "Ada ł è ơ ế"].map(|t| (it, t)))
                {
                    let faces = wanted(Pair { heading, weights, body, chosen }, text);
                    let bytes: usize = faces.iter().map(|face| face.bytes.len()).sum();
                    assert!(bytes <= MOST_BYTES, "{heading:?} {body:?} {weights:?} {text}: {bytes}");
                    let families = || heading.faces().iter().map(|face| face.family);
                    let shown = families().all(|family| faces.iter().any(|face| face.family == family));
                    assert!(shown, "{heading:?} is gone");
                }
            }
        }
    }

    #[test]
    fn every_file_is_a_font_with_letters_of_its_own() {
        let build = include_str!("../fonts/build.py");
        let all = [&CORE, &WESTERN, &CENTRAL, &RARE];
        for (i, letters) in all.into_iter().enumerate() {
            assert!(build.contains(&format!("\"{}\")", letters.range)), "build.py cuts other letters");
            for (first, last) in letters.runs.iter() {
                let others = all.iter().enumerate().filter(|(other, _)| *other != i);
                for c in (*first..=*last).filter_map(char::from_u32) {
                    assert!(others.clone().all(|(_, other)| !other.hold(c)), "{c} comes twice");
                }
            }
        }
        let mut names = Vec::new();
        for font in Font::ALL {
            for face in font.faces() {
                assert!(!names.contains(&face.file), "{}", face.file);
                names.push(face.file);
                assert!(face.bytes.starts_with(b"wOF2"), "{face:?}");
                assert!(font.stack().starts_with(&format!("\"Vitae {}\",", face.family)), "{font:?}");
            }
        }
    }
}
