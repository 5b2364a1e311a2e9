//! The templates that this build carries, each a folder of `templates/`: `template.json` says what it is, `page.html`
//! (minijinja) how a page is built, `style.css` how it looks, `thumbnail.png` what it looks like. Beside the folders lies
//! what a template may build on: `frame.html` (everything around a page's body), `pieces.html` (macros for what a section
//! holds) and `base.css`, which goes before every template's own style.

use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use serde::{Deserialize, Serialize};
use vitae_resume::Violation;

use crate::content::Section;
use crate::customizations::{Customizations, Font};
use crate::fonts::Weights;
use crate::palette::BaseScheme;

/// The template of a portfolio for which none was chosen.
pub const DEFAULT: &str = "minimal-portfolio";

struct Folder {
    id: &'static str,
    manifest: &'static str,
    page: &'static str,
    style: &'static str,
    thumbnail: &'static [u8],
}

static FOLDERS: &[Folder] = include!(concat!(env!("OUT_DIR"), "/folders.rs"));

/// What pages are put together from, by the name that they call it by.
static PARTS: [(&str, &str); 2] = [
    ("frame.html", include_str!("../templates/frame.html")),
    ("pieces.html", include_str!("../templates/pieces.html")),
];

/// The rules that hold of every template.
pub(crate) const BASE_STYLE: &str = include_str!("../templates/base.css");

/// One template.
#[derive(Debug, Clone)]
pub struct Template {
    /// What it says about itself.
    pub manifest: Manifest,
    /// Its style sheet; colours and type come as custom properties before it.
    pub style: &'static str,
    /// A picture of a real page, PNG.
    pub thumbnail: &'static [u8],
}

/// What a template says about itself. Where it is shown, more stands beside these members, so others are not refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Manifest {
    /// Name in addresses, the folder's name.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// One or two sentences.
    pub description: String,
    /// What it offers, a phrase each.
    pub features: Vec<String>,
    /// Its own colours.
    pub color_scheme: ColorScheme,
    /// Its own type.
    pub fonts: BaseFonts,
    /// The sections that it shows, in its order.
    pub sections: Vec<Section>,
    /// The layouts to choose from; the first is the default.
    pub layout_options: Vec<Layout>,
}

/// A template's colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ColorScheme {
    /// On a bright screen and on paper.
    pub light: BaseScheme,
    /// Where the reader's system is dark.
    pub dark: BaseScheme,
}

/// A template's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BaseFonts {
    /// Name and titles.
    pub heading: Font,
    /// What name and titles are set in, which is of interest to the page alone.
    #[serde(skip_serializing)]
    #[schema(ignore)]
    pub heading_weights: Weights,
    /// Everything else.
    pub body: Font,
}

/// A way to lay a template out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// The value of `customizations.layout`.
    pub id: String,
    /// What it does, for people.
    pub description: String,
}

/// Every template, by id.
pub fn all() -> &'static [Template] {
    &CATALOGUE.templates
}

/// One template.
pub fn find(id: &str) -> Option<&'static Template> {
    all().iter().find(|template| template.manifest.id == id)
}

impl Template {
    /// Checks the choices that only make sense for one template.
    ///
    /// # Errors
    /// A layout that this template does not have.
    pub fn check(&self, customizations: &Customizations) -> Result<(), Vec<Violation>> {
        let layouts = &self.manifest.layout_options;
        match &customizations.layout {
            Some(layout) if !layouts.iter().any(|known| known.id == *layout) => Err(vec![Violation {
                pointer: "/layout".to_owned(),
                detail: format!(
                    "`{}` has the layouts {}",
                    self.manifest.id,
                    layouts.iter().map(|known| known.id.as_str()).collect::<Vec<_>>().join(", ")
                ),
            }]),
            _ => Ok(()),
        }
    }

    /// Fills the template's page.
    ///
    /// # Errors
    /// Only a fault of the template itself: it names what is not there.
    pub(crate) fn render(&self, context: impl Serialize) -> Result<String, minijinja::Error> {
        CATALOGUE.pages.get_template(&page_name(&self.manifest.id))?.render(Serde(context))
    }
}

struct Catalogue {
    templates: Vec<Template>,
    pages: Environment<'static>,
}

/// A template that cannot be read is a fault of the build, which the tests of this module show; it is left out here
/// rather than taking the function down.
static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let mut pages = Environment::new();
    pages.set_undefined_behavior(UndefinedBehavior::Strict);
    if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
        pages.set_syntax(syntax);
    }
    pages.set_formatter(|out, state, value| match value.as_str() {
        Some(text) if *state.auto_escape() == AutoEscape::Html && !value.is_safe() => write_escaped(out, text),
        _ => minijinja::escape_formatter(out, state, value),
    });
    pages.add_filter("figures", figures);
    for (name, part) in PARTS {
        if let Err(error) = pages.add_template(name, part) {
            tracing::error!(part = name, %error, "a part of the templates cannot be read");
        }
    }
    let mut templates = Vec::new();
    for folder in FOLDERS {
        match (serde_json::from_str(folder.manifest), pages.add_template_owned(page_name(folder.id), folder.page)) {
            (Ok(manifest), Ok(())) => {
                templates.push(Template { manifest, style: folder.style, thumbnail: folder.thumbnail });
            }
            (manifest, page) => {
                let error = manifest.err().map(|e| e.to_string()).or(page.err().map(|e| e.to_string()));
                tracing::error!(template = folder.id, error, "a template cannot be read");
            }
        }
    }
    Catalogue { templates, pages }
});

/// Text as HTML takes it between tags and inside quotes. The engine's own escaping also turns each slash into a
/// reference, which makes addresses hard to read for people and for simple programs.
fn write_escaped(out: &mut minijinja::Output<'_>, text: &str) -> Result<(), minijinja::Error> {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        let reference = match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#39;",
        };
        out.write_str(&rest[..at])?;
        out.write_str(reference)?;
        rest = &rest[at + 1..];
    }
    Ok(out.write_str(rest)?)
}

/// A text in runs, so that a template can set the figures in it apart: amounts, shares and counts, but not years.
fn figures(text: &str) -> Value {
    let mut runs: Vec<(&str, bool)> = Vec::new();
    let mut rest = text;
    while let Some((start, end)) = figure(rest) {
        runs.extend([(&rest[..start], false), (&rest[start..end], true)]);
        rest = &rest[end..];
    }
    runs.push((rest, false));
    let filled = runs.into_iter().filter(|(text, _)| !text.is_empty());
    filled.map(|(text, strong)| minijinja::context! { text, strong }).collect()
}

/// Where the first figure of a text begins and ends.
fn figure(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    loop {
        let start = from + text[from..].find(|c: char| c.is_ascii_digit())?;
        let mut end = start + text[start..].find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len() - start);
        // Marks between digits belong to them: 1,800.50; a space does before three of them: 3 000.
        while let Some(after) = text[end..].strip_prefix(['.', ',', ' ', '\u{a0}', '\u{202f}', '’']) {
            let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
            if digits == 0 || (digits != 3 && text[end..].starts_with(' ')) {
                break;
            }
            end = text.len() - after.len() + digits;
        }
        let number = &text[start..end];
        let before = text[..start].chars().next_back();
        let signed = before.filter(|c| matches!(c, '$' | '€' | '£' | '¥' | '+' | '×'));
        let unit = ["%", "\u{a0}%", "\u{202f}%", " %", "٪", "+", "×", "k ", "M ", " M€", " k€", "€", " €"];
        let unit = unit.iter().find(|unit| text[end..].starts_with(**unit)).map_or(0, |unit| unit.trim_end().len());
        let year = number.len() == 4 && (number.starts_with("19") || number.starts_with("20")) && unit == 0;
        // A digit inside a word or a name is no figure: p99, EC2, 3D.
        let inside = before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '/' | '.' | ':'))
            || (unit == 0 && text[end..].starts_with(|c: char| c.is_alphabetic() || matches!(c, '/' | ':')));
        if !(inside || year && signed.is_none()) {
            return Some((start - signed.map_or(0, char::len_utf8), end + unit));
        }
        from = end;
    }
}

/// The suffix `.html` is what turns escaping on.
fn page_name(id: &str) -> String {
    format!("{id}/page.html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_folder_is_a_whole_template_named_for_its_id() {
        assert_eq!(all().len(), FOLDERS.len(), "a folder of templates/ cannot be read");
        for (template, folder) in all().iter().zip(FOLDERS) {
            let manifest = &template.manifest;
            assert_eq!(manifest.id, folder.id);
            assert!(!manifest.name.is_empty() && !manifest.description.is_empty() && !manifest.features.is_empty());
            assert!(!manifest.layout_options.is_empty());
            assert!(template.thumbnail.starts_with(b"\x89PNG\r\n\x1a\n"));
            for section in Section::ALL {
                assert!(manifest.sections.contains(&section), "{} does not show {section:?}", manifest.id);
            }
            assert_eq!(manifest.sections.len(), Section::ALL.len(), "{} names a section twice", manifest.id);
        }
        assert!(find(DEFAULT).is_some());
    }

    #[test]
    fn figures_are_amounts_and_neither_years_nor_names() {
        let strong = |text: &str| -> Vec<String> {
            let mut found = Vec::new();
            let mut rest = text;
            while let Some((start, end)) = figure(rest) {
                found.push(rest[start..end].to_owned());
                rest = &rest[end..];
            }
            found
        };
        assert_eq!(strong("from 14 hours to 40 seconds"), ["14", "40"]);
        assert_eq!(strong("Cut the bill by 38 % since 2019"), ["38 %"]);
        assert_eq!(strong("€1,800.50, $2M , 3 000+ and 60٪"), ["€1,800.50", "$2M", "3 000+", "60٪"]);
        assert_eq!(strong("p99 in EC2, 3D, TLS 1.3, 24/7, 2023"), ["1.3"]);
        assert!(strong("").is_empty() && strong("none at all").is_empty());
    }

    #[test]
    fn a_layout_of_another_template_is_refused() {
        let template = find(DEFAULT).unwrap();
        let chosen = |layout: &str| Customizations { layout: Some(layout.to_owned()), ..Default::default() };
        assert!(template.check(&chosen(&template.manifest.layout_options[0].id)).is_ok());
        assert_eq!(template.check(&chosen("carousel")).unwrap_err()[0].pointer, "/layout");
    }
}
