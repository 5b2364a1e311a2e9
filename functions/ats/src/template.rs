//! The looks that a document can have. Each is two files under `templates/`: what it is called, in which order its
//! sections stand and how Word shows it (`.json`), and how Typst sets it (`.typ`).

use std::sync::LazyLock;

use serde::Deserialize;
use vitae_resume::Resume;

use crate::sheet::Section;

/// A look that a document can have.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The name in addresses and bodies.
    pub id: String,
    /// The name that people see.
    pub name: String,
    /// What it looks like, in a sentence or two.
    pub description: String,
    /// The family of type of its PDF; another stands in where it lacks letters of the CV.
    pub(crate) font: String,
    /// Size of the running text in points.
    pub(crate) size: f64,
    /// The smallest size that is tried to save a page.
    pub(crate) smallest: f64,
    /// Every section, in this template's order.
    pub(crate) order: Vec<Section>,
    /// Whether headings stand in capitals.
    pub(crate) capitals: bool,
    /// How Word shows it.
    pub(crate) word: WordLook,
    /// How Typst sets it.
    #[serde(skip)]
    pub(crate) source: &'static str,
}

/// Sizes are half points, lengths twentieths of a point, colours RGB in hexadecimal.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WordLook {
    /// A family that Word's users have.
    pub(crate) font: String,
    pub(crate) size: u32,
    /// Height of a line, in 240ths.
    pub(crate) line: u32,
    pub(crate) ink: String,
    pub(crate) quiet: String,
    pub(crate) accent: String,
    /// Whether the head stands in the middle.
    pub(crate) centred: bool,
    pub(crate) title_size: u32,
    pub(crate) title_bold: bool,
    pub(crate) label_size: u32,
    pub(crate) heading_size: u32,
    pub(crate) rule: Rule,
    pub(crate) dates: DatesAt,
    pub(crate) bullet: String,
    pub(crate) margin: u32,
    pub(crate) before_heading: u32,
    pub(crate) before_entry: u32,
}

/// The line at a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Rule {
    None,
    Below,
    Left,
}

/// Where an entry's dates stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DatesAt {
    /// At the end of the title's line.
    Aside,
    /// After the employer.
    Below,
}

static TEMPLATES: LazyLock<Vec<Template>> = LazyLock::new(|| {
    macro_rules! templates {
        ($($name:literal),*) => {
            vec![$((include_str!(concat!("../templates/", $name, ".json")), include_str!(concat!("../templates/", $name, ".typ")))),*]
        };
    }
    let files = templates!("clean", "minimal", "professional", "modern");
    files
        .into_iter()
        .map(|(data, source)| {
            let template: Template = serde_json::from_str(data).expect("a template's data is well formed");
            Template { source, ..template }
        })
        .collect()
});

impl Template {
    /// Every template; the first is the usual one.
    pub fn all() -> &'static [Self] {
        &TEMPLATES
    }

    /// The template of this name.
    pub fn find(id: &str) -> Option<&'static Self> {
        Self::all().iter().find(|template| template.id == id)
    }

    /// The usual one: documents nobody chose a look for have it.
    pub fn usual() -> &'static Self {
        &Self::all()[0]
    }

    /// Its order of sections for this person: who has not worked yet begins with school.
    pub(crate) fn order_for(&self, resume: &Resume) -> Vec<Section> {
        let mut order = self.order.clone();
        if resume.work.is_empty() {
            order.retain(|section| *section != Section::Education);
            order.insert(1, Section::Education);
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_template_shows_every_section_in_an_order_of_its_own() {
        let orders: BTreeSet<&[Section]> = Template::all().iter().map(|template| &*template.order).collect();
        assert_eq!(orders.len(), Template::all().len());
        for template in Template::all() {
            let sections: BTreeSet<&Section> = template.order.iter().collect();
            assert_eq!((sections.len(), template.order.len()), (12, 12), "{}", template.id);
            assert!(std::ptr::eq(Template::find(&template.id).unwrap(), template));
        }
        assert!(Template::find("neon").is_none());
    }

    #[test]
    fn who_has_not_worked_yet_begins_with_school() {
        for template in Template::all() {
            assert_eq!(template.order_for(&Resume::default())[1], Section::Education, "{}", template.id);
        }
    }
}
