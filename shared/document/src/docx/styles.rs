//! Styles and numbering: what a paragraph and a run look like once everything they inherit is applied.

use super::package::Element;
use std::collections::HashMap;

/// Properties of a run of text, as far as they matter; `None` is inherited.
#[derive(Debug, Clone, Default)]
pub(super) struct RunLook {
    pub(super) bold: Option<bool>,
    pub(super) italic: Option<bool>,
    /// Points.
    pub(super) size: Option<f32>,
    pub(super) hidden: Option<bool>,
    /// Red, green, blue; automatic is black.
    pub(super) colour: Option<[f32; 3]>,
    pub(super) shade: Option<[f32; 3]>,
}

/// Properties of a paragraph.
#[derive(Debug, Clone, Default)]
pub(super) struct ParagraphLook {
    pub(super) heading: Option<bool>,
    /// Whether it is an item of a list.
    pub(super) item: Option<bool>,
    /// Points.
    pub(super) indent: Option<f32>,
    pub(super) before: Option<f32>,
    pub(super) after: Option<f32>,
    pub(super) shade: Option<[f32; 3]>,
    pub(super) page_break: Option<bool>,
}

#[derive(Debug, Default)]
struct Style {
    based_on: Option<String>,
    run: RunLook,
    paragraph: ParagraphLook,
}

/// All styles of a document.
#[derive(Debug, Default)]
pub(super) struct Styles {
    styles: HashMap<String, Style>,
    default_paragraph: Option<String>,
    default_run: RunLook,
    default_look: ParagraphLook,
}

impl RunLook {
    pub(super) fn of(properties: &Element) -> Self {
        Self {
            bold: properties.flag("b"),
            italic: properties.flag("i"),
            // Half points.
            size: properties.value("sz").and_then(|v| v.parse::<f32>().ok()).map(|half| half / 2.0),
            hidden: properties.flag("vanish"),
            colour: properties.value("color").map(|value| hex(value).unwrap_or([0.0; 3])),
            shade: properties
                .child("shd")
                .and_then(shade)
                .or_else(|| properties.value("highlight").filter(|v| *v != "none").map(|_| [1.0, 1.0, 0.5])),
        }
    }

    /// What `over` leaves open is taken from `self`.
    pub(super) fn with(&self, over: &Self) -> Self {
        Self {
            bold: over.bold.or(self.bold),
            italic: over.italic.or(self.italic),
            size: over.size.or(self.size),
            hidden: over.hidden.or(self.hidden),
            colour: over.colour.or(self.colour),
            shade: over.shade.or(self.shade),
        }
    }
}

impl ParagraphLook {
    pub(super) fn of(properties: &Element) -> Self {
        let points = |element: Option<&Element>, name: &str| {
            element
                .and_then(|e| e.attribute(name))
                .and_then(|v| v.parse::<f32>().ok())
                .map(|twentieth| twentieth / 20.0)
        };
        let spacing = properties.child("spacing");
        let indent = properties.child("ind");
        Self {
            heading: properties.value("outlineLvl").and_then(|level| level.parse::<u8>().ok()).map(|level| level < 9),
            // Number 0 takes an inherited list away.
            item: properties.child("numPr").map(|number| number.value("numId").is_none_or(|id| id != "0")),
            indent: points(indent, "left").or_else(|| points(indent, "start")),
            before: points(spacing, "before"),
            after: points(spacing, "after"),
            shade: properties.child("shd").and_then(shade),
            page_break: properties.flag("pageBreakBefore"),
        }
    }

    pub(super) fn with(&self, over: &Self) -> Self {
        Self {
            heading: over.heading.or(self.heading),
            item: over.item.or(self.item),
            indent: over.indent.or(self.indent),
            before: over.before.or(self.before),
            after: over.after.or(self.after),
            shade: over.shade.or(self.shade),
            page_break: over.page_break.or(self.page_break),
        }
    }
}

impl Styles {
    /// What a part of styles holds beside what is read of it: most of it, because Word writes all its table styles.
    pub(super) const UNREAD: &[&str] = &["latentStyles", "tblStylePr", "tblPr", "trPr", "tcPr"];

    pub(super) fn of(xml: &Element) -> Self {
        let mut styles = Self::default();
        if let Some(defaults) = xml.child("docDefaults") {
            if let Some(properties) = defaults.child("rPrDefault").and_then(|d| d.child("rPr")) {
                styles.default_run = RunLook::of(properties);
            }
            if let Some(properties) = defaults.child("pPrDefault").and_then(|d| d.child("pPr")) {
                styles.default_look = ParagraphLook::of(properties);
            }
        }
        for style in xml.elements().filter(|element| element.name == "style") {
            let Some(id) = style.attribute("styleId") else { continue };
            let mut paragraph = style.child("pPr").map(ParagraphLook::of).unwrap_or_default();
            // Word stores the English name of its own styles whatever language it speaks.
            let name = style.value("name").unwrap_or(id).to_lowercase();
            if name.starts_with("heading ") || name.starts_with("überschrift") || name.starts_with("titre ") {
                paragraph.heading = Some(true);
            } else if name == "title" || name == "subtitle" {
                // The title of a CV is a person's name: it heads no section.
                paragraph.heading = Some(false);
            }
            if name.starts_with("list bullet") || name.starts_with("list number") {
                paragraph.item = paragraph.item.or(Some(true));
            }
            if style.attribute("type") == Some("paragraph") && matches!(style.attribute("default"), Some("1" | "true"))
            {
                styles.default_paragraph = Some(id.to_owned());
            }
            let run = style.child("rPr").map(RunLook::of).unwrap_or_default();
            let based_on = style.value("basedOn").map(str::to_owned);
            styles.styles.insert(id.to_owned(), Style { based_on, run, paragraph });
        }
        styles
    }

    /// Looks of a paragraph of a style (of the default style, if none is named).
    pub(super) fn paragraph(&self, id: Option<&str>) -> (ParagraphLook, RunLook) {
        let (mut paragraph, mut run) = (self.default_look.clone(), self.default_run.clone());
        for style in self.chain(id.or(self.default_paragraph.as_deref())).into_iter().rev() {
            paragraph = paragraph.with(&style.paragraph);
            run = run.with(&style.run);
        }
        (paragraph, run)
    }

    /// Look that a character style adds.
    pub(super) fn character(&self, id: &str) -> RunLook {
        self.chain(Some(id)).into_iter().rev().fold(RunLook::default(), |look, style| look.with(&style.run))
    }

    /// A style and those that it is based on, the nearest first.
    fn chain(&self, id: Option<&str>) -> Vec<&Style> {
        let mut chain = Vec::new();
        let mut next = id;
        while let Some(style) = next.and_then(|id| self.styles.get(id)) {
            chain.push(style);
            // A ring of styles ends here.
            if chain.len() >= 16 {
                break;
            }
            next = style.based_on.as_deref();
        }
        chain
    }
}

/// Fill of a shading; `None` if it is automatic.
pub(super) fn shade(shading: &Element) -> Option<[f32; 3]> {
    shading.attribute("fill").and_then(hex)
}

/// `RRGGBB`; `None` for `auto` and anything else.
fn hex(value: &str) -> Option<[f32; 3]> {
    if value.len() != 6 || !value.is_ascii() {
        return None;
    }
    let part = |at: usize| u8::from_str_radix(&value[at..at + 2], 16).ok().map(|byte| f32::from(byte) / 255.0);
    Some([part(0)?, part(2)?, part(4)?])
}
