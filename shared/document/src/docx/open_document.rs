//! OpenDocument text: its paragraphs, spans, lists, tables and frames are said again in Word's elements, which differ in
//! name more than in kind, and read as those are.

use super::package::{Element, Node, Package};
use super::styles::Styles;
use super::{MAX_NESTING, Writer};
use crate::{Limits, ReadError, Reading};
use std::collections::HashMap;

/// Styles based on styles, at most.
const MAX_CHAIN: usize = 16;
/// Cells and spaces that one element may stand for.
const MAX_REPEATED: usize = 64;

/// Reads an OpenDocument text.
pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Reading, ReadError> {
    let mut package = Package::open(bytes, limits)?;
    if package.xml("META-INF/manifest.xml")?.is_some_and(|manifest| manifest.find("encryption-data").is_some()) {
        return Err(ReadError::PasswordProtected);
    }
    let content = package.xml("content.xml")?.ok_or_else(|| ReadError::damaged("it has no content"))?;
    let shared = package.xml("styles.xml")?;
    let text = content
        .child("body")
        .and_then(|body| body.child("text"))
        .ok_or_else(|| ReadError::damaged("its content has no text"))?;

    let mut looks = Looks::default();
    if let Some(shared) = &shared {
        looks.add(shared, 0);
    }
    looks.add(&content, 0);
    let mut words = Words { looks: &looks, links: HashMap::new() };
    let body = words.container("body", text);
    let margins: Vec<Element> = ["header", "footer"]
        .into_iter()
        .map(|name| match shared.as_ref().and_then(|shared| shared.find("master-page")?.child(name)) {
            Some(part) => words.container(name, part),
            None => Element::new(name),
        })
        .collect();

    let styles = Styles::default();
    let mut writer = Writer::new(&styles, limits);
    // As with Word: what lies behind a text is known only where nothing is drawn.
    writer.shapes = ["custom-shape", "rect", "image"].iter().any(|name| text.find(name).is_some());
    let links = words.links;
    writer.margin_part(&margins[0], &links)?;
    writer.links.clone_from(&links);
    writer.container(&body, 0)?;
    writer.end_block();
    writer.margin_part(&margins[1], &links)?;
    let mut reading = Reading { document: writer.finish(), images: Vec::new() };
    reading.document.title = package
        .xml("meta.xml")?
        .and_then(|meta| meta.find("title").map(Element::text))
        .filter(|title| !title.trim().is_empty());
    Ok(reading)
}

/// What a style sets; what it leaves open it has from the one that it is based on.
#[derive(Debug, Clone, Default)]
struct Look {
    parent: Option<String>,
    bold: Option<bool>,
    italic: Option<bool>,
    /// Points.
    size: Option<f32>,
    hidden: Option<bool>,
    colour: Option<String>,
    behind: Option<String>,
    indent: Option<f32>,
    before: Option<f32>,
    after: Option<f32>,
    new_page: Option<bool>,
    /// Width of a column.
    width: Option<f32>,
}

impl Look {
    fn of(style: &Element) -> Self {
        let mut look = Self { parent: style.attribute("parent-style-name").map(str::to_owned), ..Self::default() };
        for properties in style.elements() {
            let length = |name: &str| properties.attribute(name).and_then(points);
            match properties.name.as_str() {
                "text-properties" => {
                    let weight = properties.attribute("font-weight");
                    look.bold = weight.map(|w| w == "bold" || w.parse::<u16>().is_ok_and(|w| w >= 600));
                    look.italic = properties.attribute("font-style").map(|style| style != "normal");
                    look.size = length("font-size");
                    look.hidden = properties.attribute("display").map(|display| display == "none");
                    look.colour = properties.attribute("color").and_then(hex);
                    look.behind = properties.attribute("background-color").and_then(hex);
                }
                "paragraph-properties" => {
                    look.indent = length("margin-left");
                    look.before = length("margin-top");
                    look.after = length("margin-bottom");
                    look.new_page = properties.attribute("break-before").map(|kind| kind == "page");
                    look.behind = properties.attribute("background-color").and_then(hex).or(look.behind.take());
                }
                "table-column-properties" => look.width = length("column-width"),
                "table-cell-properties" => look.behind = properties.attribute("background-color").and_then(hex),
                _ => {}
            }
        }
        look
    }

    /// The same over another, which says what this one leaves open.
    fn over(self, under: Self) -> Self {
        Self {
            parent: None,
            bold: self.bold.or(under.bold),
            italic: self.italic.or(under.italic),
            size: self.size.or(under.size),
            hidden: self.hidden.or(under.hidden),
            colour: self.colour.or(under.colour),
            behind: self.behind.or(under.behind),
            indent: self.indent.or(under.indent),
            before: self.before.or(under.before),
            after: self.after.or(under.after),
            new_page: self.new_page.or(under.new_page),
            width: self.width.or(under.width),
        }
    }
}

/// All styles by name.
#[derive(Debug, Default)]
struct Looks {
    named: HashMap<String, Look>,
    default: Look,
}

impl Looks {
    fn add(&mut self, element: &Element, depth: usize) {
        for child in element.elements() {
            match child.name.as_str() {
                "style" => {
                    if let Some(name) = child.attribute("name") {
                        self.named.insert(name.to_owned(), Look::of(child));
                    }
                }
                "default-style" if child.attribute("family") == Some("paragraph") => self.default = Look::of(child),
                "automatic-styles" | "styles" if depth < 2 => self.add(child, depth + 1),
                _ => {}
            }
        }
    }

    /// What a style looks like with all that it is based on.
    fn of(&self, name: Option<&str>) -> Look {
        let mut look = Look::default();
        let mut next = name.and_then(|name| self.named.get(name));
        for _ in 0..MAX_CHAIN {
            let Some(style) = next else { break };
            next = style.parent.as_ref().and_then(|parent| self.named.get(parent));
            look = look.over(style.clone());
        }
        look
    }

    fn of_element(&self, element: &Element) -> Look {
        self.of(element.attribute("style-name"))
    }
}

/// Says OpenDocument's elements in Word's.
struct Words<'l> {
    looks: &'l Looks,
    /// Targets of links by the ids that stand for them.
    links: HashMap<String, (String, String)>,
}

impl Words<'_> {
    fn container(&mut self, name: &str, from: &Element) -> Element {
        let mut into = Element::new(name);
        self.blocks(from, &mut into, false, 0);
        into
    }

    fn blocks(&mut self, from: &Element, into: &mut Element, item: bool, depth: usize) {
        if depth > MAX_NESTING {
            return;
        }
        let mut item = item;
        for child in from.elements() {
            match child.name.as_str() {
                "p" | "h" => {
                    let paragraph = self.paragraph(child, item, depth);
                    into.push(paragraph);
                    // What follows in the same item is not another one.
                    item = false;
                }
                "list" => {
                    for entry in child.elements().filter(|e| matches!(e.name.as_str(), "list-item" | "list-header")) {
                        self.blocks(entry, into, entry.name == "list-item", depth + 1);
                    }
                }
                "section" | "index-body" => self.blocks(child, into, item, depth + 1),
                "table" => {
                    let table = self.table(child, depth);
                    into.push(table);
                }
                "frame" => {
                    if let Some(text) = child.child("text-box") {
                        self.blocks(text, into, false, depth + 1);
                    }
                }
                _ => {}
            }
        }
    }

    fn table(&mut self, table: &Element, depth: usize) -> Element {
        let mut out = Element::new("tbl");
        let mut grid = Element::new("tblGrid");
        let mut columns: Vec<&Element> = Vec::new();
        gather(table, "table-column", 0, &mut columns);
        for column in columns {
            let twentieths = self.looks.of_element(column).width.unwrap_or(100.0) * 20.0;
            for _ in 0..repeated(column, "number-columns-repeated") {
                if grid.children.len() < MAX_REPEATED {
                    grid.push(Element::new("gridCol").with("w", twentieths.to_string()));
                }
            }
        }
        out.push(grid);
        let mut rows: Vec<&Element> = Vec::new();
        gather(table, "table-row", 0, &mut rows);
        for row in rows {
            let mut line = Element::new("tr");
            for cell in row.elements().filter(|element| element.name == "table-cell") {
                let mut properties = Element::new("tcPr");
                if let Some(span) = cell.attribute("number-columns-spanned") {
                    properties.push(Element::new("gridSpan").with("val", span));
                }
                if let Some(fill) = self.looks.of_element(cell).behind {
                    properties.push(Element::new("shd").with("fill", fill));
                }
                let mut out = Element::new("tc");
                out.push(properties);
                self.blocks(cell, &mut out, false, depth + 1);
                line.push(out);
            }
            out.push(line);
        }
        out
    }

    fn paragraph(&mut self, from: &Element, item: bool, depth: usize) -> Element {
        let look = self.looks.of_element(from).over(self.looks.default.clone());
        let mut properties = Element::new("pPr");
        if from.name == "h" {
            properties.push(Element::new("outlineLvl").with("val", "0"));
        }
        if item {
            let mut number = Element::new("numPr");
            number.push(Element::new("numId").with("val", "1"));
            properties.push(number);
        }
        let twentieths = |points: f32| (points * 20.0).to_string();
        if let Some(indent) = look.indent {
            properties.push(Element::new("ind").with("left", twentieths(indent)));
        }
        properties.push(
            Element::new("spacing")
                .with("before", twentieths(look.before.unwrap_or(0.0)))
                .with("after", twentieths(look.after.unwrap_or(0.0))),
        );
        if look.new_page == Some(true) {
            properties.push(Element::new("pageBreakBefore"));
        }
        let mut out = Element::new("p");
        out.push(properties);
        self.runs(from, &look, &mut out, depth);
        out
    }

    fn runs(&mut self, from: &Element, look: &Look, into: &mut Element, depth: usize) {
        if depth > MAX_NESTING {
            return;
        }
        for node in &from.children {
            let child = match node {
                Node::Text(text) => {
                    // White space in the file is one space (ODF 1.3, part 3, 6.1.2).
                    let mut shown = String::with_capacity(text.len());
                    for c in text.chars() {
                        let space = c.is_ascii_whitespace();
                        if !space || !shown.ends_with(' ') {
                            shown.push(if space { ' ' } else { c });
                        }
                    }
                    into.push(run(look, text_element(shown)));
                    continue;
                }
                Node::Element(child) => child,
            };
            match child.name.as_str() {
                "span" => {
                    let own = self.looks.of_element(child).over(look.clone());
                    self.runs(child, &own, into, depth + 1);
                }
                "a" => {
                    let target = child.attribute("href").unwrap_or_default().to_owned();
                    let id = format!("link{}", self.links.len());
                    self.links.insert(id.clone(), ("hyperlink".to_owned(), target));
                    let mut link = Element::new("hyperlink").with("id", id);
                    self.runs(child, look, &mut link, depth + 1);
                    into.push(link);
                }
                "s" => into.push(run(look, text_element(" ".repeat(repeated(child, "c"))))),
                "tab" => into.push(run(look, Element::new("tab"))),
                "line-break" => into.push(run(look, Element::new("br"))),
                "frame" | "custom-shape" => {
                    let text = child.child("text-box").unwrap_or(child);
                    let mut inner = Element::new("txbxContent");
                    self.blocks(text, &mut inner, false, depth + 1);
                    let mut drawing = Element::new("drawing");
                    drawing.push(inner);
                    into.push(run(look, drawing));
                }
                // What a field shows stands in it; a page's number is no content.
                "page-number" | "page-count" | "note" | "annotation" | "tracked-changes" => {}
                _ => self.runs(child, look, into, depth + 1),
            }
        }
    }
}

fn run(look: &Look, content: Element) -> Element {
    let mut properties = Element::new("rPr");
    let mut flag = |name: &str, value: Option<bool>| {
        if let Some(on) = value {
            properties.push(Element::new(name).with("val", if on { "1" } else { "0" }));
        }
    };
    flag("b", look.bold);
    flag("i", look.italic);
    flag("vanish", look.hidden);
    if let Some(size) = look.size {
        properties.push(Element::new("sz").with("val", (size * 2.0).to_string()));
    }
    if let Some(colour) = &look.colour {
        properties.push(Element::new("color").with("val", colour.clone()));
    }
    if let Some(fill) = &look.behind {
        properties.push(Element::new("shd").with("fill", fill.clone()));
    }
    let mut run = Element::new("r");
    run.push(properties);
    run.push(content);
    run
}

fn text_element(text: String) -> Element {
    let mut element = Element::new("t");
    element.children.push(Node::Text(text));
    element
}

/// Elements of a name, also those within groups of rows and columns.
fn gather<'e>(element: &'e Element, name: &str, depth: usize, into: &mut Vec<&'e Element>) {
    if depth > MAX_NESTING {
        return;
    }
    for child in element.elements() {
        if child.name == name {
            into.push(child);
        } else if matches!(
            child.name.as_str(),
            "table-rows"
                | "table-row-group"
                | "table-header-rows"
                | "table-columns"
                | "table-column-group"
                | "table-header-columns"
        ) {
            gather(child, name, depth + 1, into);
        }
    }
}

fn repeated(element: &Element, attribute: &str) -> usize {
    element.attribute(attribute).and_then(|count| count.parse().ok()).unwrap_or(1).clamp(1, MAX_REPEATED)
}

/// A length in points; percentages and anything else are left to the style below.
fn points(length: &str) -> Option<f32> {
    let end = length.find(|c: char| c.is_ascii_alphabetic() || c == '%')?;
    let number: f32 = length[..end].trim().parse().ok()?;
    let points = match &length[end..] {
        "pt" => number,
        "in" => number * 72.0,
        "cm" => number * 72.0 / 2.54,
        "mm" => number * 72.0 / 25.4,
        "px" => number * 0.75,
        _ => return None,
    };
    points.is_finite().then_some(points.clamp(-2_000.0, 2_000.0))
}

/// `#RRGGBB` without its sign.
fn hex(colour: &str) -> Option<String> {
    colour.strip_prefix('#').map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::points;

    #[test]
    fn lengths_are_points_whatever_their_unit() {
        assert_eq!(points("12pt"), Some(12.0));
        assert_eq!(points("1in"), Some(72.0));
        assert_eq!(points("2.54cm"), Some(72.0));
        assert_eq!(points("85%"), None);
        assert_eq!(points("large"), None);
    }
}
