//! What documents are set in. The families of most scripts lie in the function; Chinese, Japanese and Korean need one of
//! 33 MB, which is handed in where the text needs it.

use std::sync::{Arc, LazyLock};

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

use crate::sheet::Sheet;
use crate::template::Template;

/// The faces, regular and bold. Source Sans stands in for the families that lack a CV's letters.
static FACES: [&[u8]; 12] = [
    include_bytes!("../fonts/SourceSans3-Regular.ttf"),
    include_bytes!("../fonts/SourceSans3-Bold.ttf"),
    include_bytes!("../fonts/SourceSerif4-Regular.ttf"),
    include_bytes!("../fonts/SourceSerif4-SemiBold.ttf"),
    include_bytes!("../fonts/Lato-Regular.ttf"),
    include_bytes!("../fonts/Lato-Bold.ttf"),
    include_bytes!("../fonts/Manrope-Regular.ttf"),
    include_bytes!("../fonts/Manrope-Bold.ttf"),
    include_bytes!("../fonts/Vazirmatn-Regular.ttf"),
    include_bytes!("../fonts/Vazirmatn-Bold.ttf"),
    include_bytes!("../fonts/NotoSansHebrew-Regular.ttf"),
    include_bytes!("../fonts/NotoSansHebrew-Bold.ttf"),
];

/// The family that stands in for others.
const USUAL_FAMILY: &str = "Source Sans 3";
/// The families of single scripts, behind whatever else is set.
const SCRIPT_FAMILIES: [&str; 2] = ["Vazirmatn", "Noto Sans Hebrew"];
/// The family of Chinese, Japanese and Korean. One font holds the shapes of all regions; which are taken follows from the
/// language of the text.
const EAST_ASIAN_FAMILY: &str = "Noto Sans CJK TC";
/// Its faces, as they are called in the assets bucket: regular and bold.
pub(crate) const EAST_ASIAN_FILES: [&str; 2] = ["NotoSansCJKtc-Regular.otf", "NotoSansCJKtc-Bold.otf"];

static OWN: LazyLock<Arc<Case>> = LazyLock::new(|| {
    let fonts = FACES.iter().flat_map(|face| Font::iter(Bytes::new(*face))).collect();
    let templates = Template::all().iter().map(|template| template.font.as_str());
    Arc::new(Case::new(fonts, templates.chain(SCRIPT_FAMILIES)))
});

/// The fonts that a document may be set in. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Fonts(Arc<Case>);

/// The fonts that lie in the function.
impl Default for Fonts {
    fn default() -> Self {
        Self(OWN.clone())
    }
}

/// These files are not the fonts that they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the files hold no two faces of the family {EAST_ASIAN_FAMILY}")]
pub struct WrongFonts;

impl Fonts {
    /// The fonts of the function and those of Chinese, Japanese and Korean: the files' contents, each a face.
    ///
    /// # Errors
    /// When the files are other fonts, or none.
    pub fn with_east_asian<F: AsRef<[u8]> + Send + Sync + 'static>(
        files: impl IntoIterator<Item = F>,
    ) -> Result<Self, WrongFonts> {
        let own = OWN.families.iter().map(|family| family.name);
        let mut fonts = OWN.fonts.clone();
        fonts.extend(files.into_iter().flat_map(|file| Font::iter(Bytes::new(file)).take(1)));
        let case = Case::new(fonts, own.chain([EAST_ASIAN_FAMILY]));
        if case.family(EAST_ASIAN_FAMILY).is_some_and(|family| family.faces.len() == EAST_ASIAN_FILES.len()) {
            Ok(Self(Arc::new(case)))
        } else {
            Err(WrongFonts)
        }
    }

    /// Whether the sheet holds Chinese, Japanese or Korean and these fonts do not.
    pub(crate) fn lack_east_asian(&self, sheet: &mut Sheet) -> bool {
        let mut lack = false;
        sheet.rewrite(&mut |text| {
            lack = lack || text.chars().any(|c| is_east_asian(c) && !self.cover(c));
            text.to_owned()
        });
        for section in &sheet.sections {
            lack = lack || section.heading.chars().any(|c| is_east_asian(c) && !self.cover(c));
        }
        lack
    }

    /// Whether a family has the character in every face.
    pub(crate) fn cover(&self, c: char) -> bool {
        self.0.families.iter().any(|family| family.covers(c))
    }

    pub(crate) fn book(&self) -> &LazyHash<FontBook> {
        &self.0.book
    }

    pub(crate) fn font(&self, index: usize) -> Option<Font> {
        self.0.fonts.get(index).cloned()
    }

    /// The families to set a sheet with, the first of them with every letter of its own scripts: one word in two typefaces
    /// looks like a mistake.
    pub(crate) fn families_for(&self, sheet: &mut Sheet, template: &Template) -> Vec<&'static str> {
        let (Some(own), Some(usual)) = (self.0.family(&template.font), self.0.family(USUAL_FAMILY)) else {
            return vec![USUAL_FAMILY];
        };
        let mut whole = true;
        sheet.rewrite(&mut |text| {
            whole =
                whole && text.chars().all(|c| c.is_ascii() || !c.is_alphabetic() || own.covers(c) || !usual.covers(c));
            text.to_owned()
        });
        let mut families: Vec<&'static str> = Vec::new();
        families.extend((whole && own.name != usual.name).then_some(own.name));
        families.push(usual.name);
        families.extend(SCRIPT_FAMILIES);
        families.extend(self.0.family(EAST_ASIAN_FAMILY).map(|family| family.name));
        families
    }
}

/// The families that a template may set, its own first.
pub(crate) fn families_of(template: &'static Template) -> Vec<&'static str> {
    let mut families = vec![template.font.as_str()];
    let others = [USUAL_FAMILY].into_iter().chain(SCRIPT_FAMILIES).chain([EAST_ASIAN_FAMILY]);
    families.extend(others.filter(|family| *family != template.font));
    families
}

/// Han, kana, bopomofo, hangul and the signs that stand among them.
pub(crate) fn is_east_asian(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{9fff}' | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3fffd}')
}

/// Fonts, and what Typst wants to know about them.
#[derive(Debug)]
struct Case {
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    families: Vec<Family>,
}

/// A family of type.
#[derive(Debug)]
struct Family {
    name: &'static str,
    faces: Vec<Font>,
}

impl Family {
    fn covers(&self, c: char) -> bool {
        !self.faces.is_empty() && self.faces.iter().all(|face| face.info().coverage.contains(u32::from(c)))
    }
}

impl Case {
    fn new(fonts: Vec<Font>, families: impl Iterator<Item = &'static str>) -> Self {
        let faces = |name| fonts.iter().filter(|font| font.info().family == name).cloned().collect();
        let families = families.map(|name| Family { name, faces: faces(name) }).collect();
        Self { book: LazyHash::new(FontBook::from_fonts(&fonts)), families, fonts }
    }

    fn family(&self, name: &str) -> Option<&Family> {
        self.families.iter().find(|family| family.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_that_a_template_names_is_there_in_two_faces() {
        for template in Template::all() {
            for name in families_of(template).into_iter().filter(|name| *name != EAST_ASIAN_FAMILY) {
                assert_eq!(OWN.family(name).map(|family| family.faces.len()), Some(2), "{name}");
            }
        }
    }

    #[test]
    fn other_files_are_not_taken_for_the_fonts() {
        assert_eq!(Fonts::with_east_asian([b"<html>".to_vec(), Vec::new()]).err(), Some(WrongFonts));
        assert_eq!(Fonts::with_east_asian([FACES[0].to_vec(), FACES[1].to_vec()]).err(), Some(WrongFonts));
    }
}
