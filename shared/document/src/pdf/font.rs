//! What a PDF font tells about its look, and which characters its codes stand for.

use hayro_font::hayro_cmap::BfString;
use hayro_font::hayro_syntax::object::{Array, Dict, Name};
use hayro_font::kurbo::Vec2;
use hayro_font::{CMapResolverFn, Font, FontCache, FontGlyph, FontResolverFn, GlyphId};
use std::collections::HashMap;

/// The fonts of one document, each loaded once.
pub(super) struct Fonts<'a> {
    cache: FontCache<'a>,
    font_resolver: FontResolverFn,
    cmap_resolver: CMapResolverFn,
    by_dictionary: HashMap<(usize, usize), Option<usize>>,
    loaded: Vec<LoadedFont<'a>>,
}

pub(super) struct LoadedFont<'a> {
    font: Font<'a>,
    codes: HashMap<u32, Code>,
    pub(super) look: Look,
}

/// How the text of a font looks.
#[derive(Debug, Clone, Default)]
pub(super) struct Look {
    pub(super) bold: bool,
    pub(super) italic: bool,
    /// Pictures instead of letters: its glyphs say nothing.
    pub(super) icons: bool,
    /// Dingbats: its glyphs are bullets, ticks and dots.
    pub(super) dingbats: bool,
    /// Type 3 glyphs are drawn by operators; their size may not be the font size.
    pub(super) size_factor: f32,
    pub(super) vertical: bool,
    /// Its glyphs are drawn by operators (Type 3).
    drawn: bool,
    /// Its name, without the prefix of a subset.
    name: String,
}

/// What one character code stands for.
#[derive(Debug, Clone)]
pub(super) struct Code {
    /// Its characters; U+FFFD when the font does not tell.
    pub(super) text: Box<str>,
    /// Advance in thousandths of the font size.
    pub(super) advance: Vec2,
}

impl<'a> Fonts<'a> {
    pub(super) fn new(font_resolver: FontResolverFn, cmap_resolver: CMapResolverFn) -> Self {
        Self {
            cache: FontCache::new(),
            font_resolver,
            cmap_resolver,
            by_dictionary: HashMap::new(),
            loaded: Vec::new(),
        }
    }

    /// The font of a dictionary; `None` if it cannot be loaded.
    pub(super) fn get(&mut self, dictionary: &Dict<'a>) -> Option<usize> {
        let data = dictionary.data();
        let key = (data.as_ptr() as usize, data.len());
        if let Some(known) = self.by_dictionary.get(&key) {
            return *known;
        }
        let index = self.cache.font(dictionary, &self.font_resolver, &self.cmap_resolver).map(|font| {
            let look = Look::of(dictionary, &font);
            self.loaded.push(LoadedFont { font, codes: HashMap::new(), look });
            self.loaded.len() - 1
        });
        self.by_dictionary.insert(key, index);
        index
    }

    pub(super) fn count(&self) -> usize {
        self.loaded.len()
    }

    pub(super) fn look(&self, index: usize) -> &Look {
        &self.loaded[index].look
    }

    /// Whether a font is bold by drawing alone. Chromium makes bold of a face that has none by drawing thickened glyphs
    /// as a Type 3 font, and describes it with the name and the weight of the face that it thickened; so a drawn font
    /// that shares its name with an outline font is that font's bold.
    pub(super) fn is_thickened(&self, index: usize) -> bool {
        let look = &self.loaded[index].look;
        look.drawn
            && !look.name.is_empty()
            && self.loaded.iter().any(|other| !other.look.drawn && other.look.name == look.name)
    }

    /// Reads the next character code; the second value is how many bytes it takes, at least one.
    pub(super) fn read_code(&self, index: usize, bytes: &[u8], offset: usize) -> (u32, usize) {
        let (code, length) = self.loaded[index].font.read_code(bytes, offset);
        (code, length.max(1))
    }

    pub(super) fn code(&mut self, index: usize, code: u32) -> &Code {
        let LoadedFont { font, codes, look } = &mut self.loaded[index];
        codes.entry(code).or_insert_with(|| {
            let glyph = font.glyph(font.map_code(code), code);
            let mapped = match &glyph {
                FontGlyph::Outline(outline) => outline.as_unicode(),
                FontGlyph::Type3(type3) => type3.as_unicode(),
            };
            let text = match mapped {
                Some(BfString::Char(character)) => characters(character.encode_utf8(&mut [0; 4]), look),
                Some(BfString::String(string)) => characters(&string, look),
                // A glyph without a mapping and without ink is a space; a code without a glyph is not.
                None => match &glyph {
                    FontGlyph::Outline(outline)
                        if (code == 32 || outline.glyph_id() != GlyphId::NOTDEF)
                            && outline.outline().elements().is_empty() =>
                    {
                        " ".to_owned()
                    }
                    _ if look.icons => String::new(),
                    _ if look.dingbats => "•".to_owned(),
                    _ => "\u{FFFD}".to_owned(),
                },
            };
            Code { text: text.into_boxed_str(), advance: font.code_advance(code) }
        })
    }
}

impl Look {
    fn of(dictionary: &Dict<'_>, font: &Font<'_>) -> Self {
        let descendant =
            dictionary.get::<Array<'_>>(&b"DescendantFonts"[..]).and_then(|fonts| fonts.iter::<Dict<'_>>().next());
        let descriptor = descendant
            .as_ref()
            .and_then(|font| font.get::<Dict<'_>>(&b"FontDescriptor"[..]))
            .or_else(|| dictionary.get::<Dict<'_>>(&b"FontDescriptor"[..]));
        let text_of = |dict: &Dict<'_>, key: &[u8]| dict.get::<Name<'_>>(key).map(|name| name.as_str().to_owned());
        let name = text_of(dictionary, b"BaseFont")
            .or_else(|| descriptor.as_ref().and_then(|d| text_of(d, b"FontName")))
            .or_else(|| text_of(dictionary, b"Name"))
            .unwrap_or_default();
        let mut look = Self { size_factor: 1.0, vertical: !font.is_horizontal(), ..Self::from_name(&name) };
        if let Some(descriptor) = &descriptor {
            let flags = descriptor.get::<i32>(&b"Flags"[..]).unwrap_or(0);
            let weight = descriptor.get::<f32>(&b"FontWeight"[..]).unwrap_or(0.0);
            // ISO 32000-1, table 123: bit 7 italic, bit 19 force bold.
            look.bold |= weight >= 600.0 || flags & (1 << 18) != 0;
            look.italic |= flags & (1 << 6) != 0
                || descriptor.get::<f32>(&b"ItalicAngle"[..]).is_some_and(|angle| angle.abs() >= 4.0);
        }
        if text_of(dictionary, b"Subtype").as_deref() == Some("Type3") {
            look.drawn = true;
            look.size_factor = type3_size_factor(dictionary);
        }
        look
    }

    fn from_name(name: &str) -> Self {
        // "ABCDEF+Lato-Bold" is a subset of Lato-Bold.
        let name = name.split_once('+').filter(|(prefix, _)| prefix.len() == 6).map_or(name, |(_, rest)| rest);
        let lower = name.to_lowercase();
        let has = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
        // "SFBX1000", "CMBX10", "CMSSBX10" are the bold cuts of Computer Modern; "ptmb8t", "phvb8r" those of the
        // PostScript fonts under TeX's names.
        let tex_bold = ["cmbx", "cmssbx", "cmb10", "sfbx", "sfsx", "ecbx", "ecsx", "ebbx", "lmbx"]
            .iter()
            .any(|prefix| lower.starts_with(prefix));
        let tex_name = lower.len() >= 6 && lower.starts_with('p') && lower.ends_with(['r', 't', 'c', 'n']);
        let tex_cut = |cut: char| tex_name && lower.chars().nth(3) == Some(cut) && lower.chars().nth(4) == Some('8');
        Self {
            bold: tex_bold
                || tex_cut('b')
                || has(&["bold", "black", "heavy", "demi", "extrabd", "semibd", "-bd", "fett", "gras", "negrita"])
                || ["-b", ",b", "-bi", "-blk", "-sb"].iter().any(|end| lower.ends_with(end)),
            italic: has(&["italic", "oblique", "slanted", "kursiv", "cursiva", "-it", ",it"])
                || lower.starts_with("cmti")
                || lower.starts_with("cmsl")
                || lower.starts_with("sfti")
                || lower.starts_with("ecti"),
            icons: has(&[
                "awesome",
                "icon",
                "glyphs",
                "materialsymbols",
                "entypo",
                "typicons",
                "foundation-icons",
                "linea",
                "feather",
                "octicons",
                "zocial",
                "genericons",
                "dashicons",
                "mdi",
                "elegant",
                "themify",
                "social",
            ]) && !has(&["semicondensed"]),
            dingbats: has(&["dingbat", "wingding", "webding", "marvosym", "opensymbol"]),
            name: name.to_owned(),
            ..Self::default()
        }
    }
}

/// How much larger a Type 3 font's letters are than its font size says: its matrix maps glyph space to text space, and
/// only the bounding box tells how large a letter is in glyph space.
fn type3_size_factor(dictionary: &Dict<'_>) -> f32 {
    let matrix = dictionary.get::<[f32; 6]>(&b"FontMatrix"[..]).unwrap_or([0.001, 0.0, 0.0, 0.001, 0.0, 0.0]);
    let vertical = matrix[3].abs().max(matrix[1].abs());
    if (0.0005..=0.002).contains(&vertical) {
        return 1.0;
    }
    let height = dictionary
        .get::<[f32; 4]>(&b"FontBBox"[..])
        .map(|bounds| (bounds[3] - bounds[1]).abs() * vertical)
        .unwrap_or(0.0);
    if height > 0.05 && height < 500.0 { height / 1.2 } else { 1.0 }
}

/// The characters to keep of a mapping: ligatures expanded, controls dropped, pictures dropped.
pub(super) fn characters(mapped: &str, look: &Look) -> String {
    if look.icons {
        return String::new();
    }
    let mut text = String::with_capacity(mapped.len());
    for character in mapped.chars() {
        match character {
            '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' | '\t' | '\n' | '\r' => {
                text.push(' ');
            }
            // Latin and Armenian ligatures, Arabic and Hebrew presentation forms: what they stand for.
            '\u{FB00}'..='\u{FB4F}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' => {
                use unicode_normalization::UnicodeNormalization;
                text.extend(std::iter::once(character).nfkc());
            }
            // Symbol fonts put their glyphs at U+F000 plus the code; 0xB7 and 0xA7 are the bullets of Word.
            '\u{F0B7}' | '\u{F0A7}' | '\u{F076}' | '\u{F0D8}' | '\u{F0FC}' | '\u{F06C}' | '\u{F06E}' | '\u{F071}' => {
                text.push('•');
            }
            '\u{E000}'..='\u{F8FF}' | '\u{F0000}'.. if look.dingbats => text.push('•'),
            // Pictures of icon fonts lie in the private use areas; they say nothing that can be read.
            '\u{E000}'..='\u{F8FF}' | '\u{F0000}'.. => {}
            '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' => {}
            character if character.is_control() => {}
            character if look.dingbats && character.is_alphanumeric() => text.push('•'),
            character => text.push(character),
        }
    }
    text
}
