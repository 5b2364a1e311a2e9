//! The templates that this build carries, each a folder of `templates/`: `template.json` says what it is, `page.html`
//! (minijinja) how a page is built, `style.css` how it looks, `thumbnail.png` what it looks like.

use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::{Deserialize, Serialize};
use vitae_resume::Violation;

use crate::content::Section;
use crate::customizations::{Customizations, Font};
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

/// What a template says about itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
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
    fn a_layout_of_another_template_is_refused() {
        let template = find(DEFAULT).unwrap();
        let chosen = |layout: &str| Customizations { layout: Some(layout.to_owned()), ..Default::default() };
        assert!(template.check(&chosen(&template.manifest.layout_options[0].id)).is_ok());
        assert_eq!(template.check(&chosen("carousel")).unwrap_err()[0].pointer, "/layout");
    }
}
