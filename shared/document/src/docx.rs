//! DOCX to words: a document that flows gets lines, boxes and columns, so that it can be read like a page.
//!
//! A line here is a paragraph, or the part of one between two line breaks: where Word would wrap it is not known and
//! does not matter. Boxes are synthetic: the order of lines, their indentation and the width of their letters.

mod open_document;
mod package;
mod styles;

use crate::layout;
use crate::{Block, Document, Format, HiddenText, Limits, Line, Page, ReadError, Reading, Rect, Source, Word};
use package::{Element, Node, Package};
use std::collections::HashMap;
use styles::{ParagraphLook, RunLook, Styles};
use unicode_normalization::UnicodeNormalization;

/// US Letter and A4 differ little; what counts is the order.
const PAGE: (f32, f32) = (595.0, 842.0);
const LEFT_MARGIN: f32 = 54.0;
/// Tables in tables, content controls in content controls.
const MAX_NESTING: usize = 24;

pub(crate) use open_document::read as read_open_document;

/// Reads a DOCX.
pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Reading, ReadError> {
    let mut package = Package::open(bytes, limits)?;
    let main = package
        .relationships("")?
        .into_values()
        .find(|(kind, _)| kind == "officeDocument")
        .map_or_else(|| "word/document.xml".to_owned(), |(_, target)| target);
    let document = package.xml(&main)?.ok_or_else(|| ReadError::damaged("it has no main document"))?;
    let relationships = package.relationships(&main)?;
    let part_of =
        |wanted: &str| relationships.values().find(|(kind, _)| kind == wanted).map(|(_, target)| target.clone());
    let styles = match part_of("styles") {
        Some(name) => package.xml_without(&name, Styles::UNREAD)?.map(|xml| Styles::of(&xml)).unwrap_or_default(),
        None => Styles::default(),
    };
    let body = document.child("body").ok_or_else(|| ReadError::damaged("its main document has no body"))?;

    let mut writer = Writer::new(&styles, limits);
    // White text over a dark shape is common in designed templates; without laying the page out nobody can tell what
    // lies behind a text, so only a document without shapes has text that is surely invisible.
    writer.shapes = ["anchor", "shape", "rect", "background"].iter().any(|name| document.find(name).is_some());
    let (mut headers, mut footers) = (Vec::new(), Vec::new());
    let mut parts: Vec<(&String, &(String, String))> = relationships.iter().collect();
    parts.sort();
    for (_, (kind, target)) in parts {
        let list = match kind.as_str() {
            "header" => &mut headers,
            "footer" => &mut footers,
            _ => continue,
        };
        if let Some(xml) = package.xml(target)? {
            writer.shapes |= xml.find("anchor").is_some() || xml.find("shape").is_some();
            list.push((xml, package.relationships(target)?));
        }
    }
    for (header, links) in &headers {
        writer.margin_part(header, links)?;
    }
    writer.links = relationships;
    writer.container(body, 0)?;
    writer.end_block();
    for (footer, links) in &footers {
        writer.margin_part(footer, links)?;
    }

    let mut reading = Reading { document: writer.finish(), images: Vec::new() };
    reading.document.title = package
        .xml("docProps/core.xml")?
        .and_then(|core| core.child("title").map(Element::text))
        .filter(|title| !title.trim().is_empty());
    Ok(reading)
}

/// A word or a break, before lines are made.
enum Piece {
    Word(Word),
    LineBreak,
    PageBreak,
    ColumnBreak,
}

/// A paragraph's lines with what is known about them.
struct Paragraph {
    lines: Vec<Line>,
    before: f32,
    after: f32,
    page_break: bool,
    /// Text boxes anchored in it.
    boxes: Vec<Vec<Line>>,
}

struct Writer<'s> {
    styles: &'s Styles,
    links: HashMap<String, (String, String)>,
    pages: Vec<Page>,
    block: Block,
    /// Where the next line stands.
    y: f32,
    column: usize,
    /// Indentation of the column that is being written.
    x: f32,
    after: f32,
    shapes: bool,
    hidden: Vec<HiddenText>,
    shade: Option<[f32; 3]>,
    words_left: usize,
    word_limit: usize,
    /// Tables of the body.
    tables: usize,
    /// Texts of headers and footers already written: first, even and odd pages often carry the same.
    margins: Vec<String>,
}

impl<'s> Writer<'s> {
    fn new(styles: &'s Styles, limits: &Limits) -> Self {
        Self {
            styles,
            links: HashMap::new(),
            pages: vec![Page { width: PAGE.0, height: PAGE.1, ..Page::default() }],
            block: Block::default(),
            y: 36.0,
            column: 0,
            x: LEFT_MARGIN,
            after: 0.0,
            shapes: false,
            hidden: Vec::new(),
            shade: None,
            words_left: limits.words,
            word_limit: limits.words,
            tables: 0,
            margins: Vec::new(),
        }
    }

    fn finish(mut self) -> Document {
        self.end_block();
        if let Some(page) = self.pages.first_mut() {
            page.hidden = self.hidden;
        }
        for page in &mut self.pages {
            let bottom = page.blocks.iter().flat_map(|b| &b.lines).map(|l| l.bbox.bottom()).fold(PAGE.1, f32::max);
            page.height = bottom;
            layout::join_soft_hyphens(&mut page.blocks);
        }
        self.pages.retain(|page| !page.blocks.is_empty());
        if self.pages.is_empty() {
            self.pages.push(Page { width: PAGE.0, height: PAGE.1, ..Page::default() });
        }
        Document {
            format: Format::Docx,
            pages: self.pages,
            tables: self.tables,
            margins: self.margins,
            ..Document::default()
        }
    }

    /// A header or a footer, once, without page numbers.
    fn margin_part(&mut self, part: &Element, links: &HashMap<String, (String, String)>) -> Result<(), ReadError> {
        self.links.clone_from(links);
        let mut lines = Vec::new();
        self.lines_of(part, 0, &mut lines)?;
        let text: String = lines.iter().map(Line::text).collect::<Vec<_>>().join("\n");
        let letters: String = text.chars().filter(|c| c.is_alphabetic()).collect::<String>().to_lowercase();
        let only_numbers = matches!(
            letters.as_str(),
            "" | "page" | "pageof" | "seite" | "seitevon" | "pagesur" | "página" | "páginade"
        );
        if only_numbers && text.chars().filter(char::is_ascii_digit).count() < 6 || self.margins.contains(&text) {
            return Ok(());
        }
        self.margins.push(text);
        self.end_block();
        for line in lines {
            self.place(line);
        }
        self.end_block();
        Ok(())
    }

    /// Paragraphs and tables, one after the other.
    fn container(&mut self, container: &Element, depth: usize) -> Result<(), ReadError> {
        if depth > MAX_NESTING {
            return Ok(());
        }
        for element in container.elements() {
            match element.name.as_str() {
                "p" => {
                    let paragraph = self.paragraph(element)?;
                    self.write(paragraph);
                }
                "tbl" => {
                    self.tables += 1;
                    self.table(element, depth)?;
                }
                "sdt" => {
                    if let Some(content) = element.child("sdtContent") {
                        self.container(content, depth + 1)?;
                    }
                }
                "ins" | "smartTag" | "customXml" | "moveTo" => self.container(element, depth + 1)?,
                "AlternateContent" => {
                    if let Some(choice) = element.child("Choice").or_else(|| element.child("Fallback")) {
                        self.container(choice, depth + 1)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn write(&mut self, paragraph: Paragraph) {
        if paragraph.page_break {
            self.new_page();
        }
        for lines in paragraph.boxes {
            self.end_block();
            for line in lines {
                self.place(line);
            }
            self.end_block();
        }
        if paragraph.lines.is_empty() {
            // An empty paragraph is white space.
            self.y += 6.0;
            self.end_block();
            return;
        }
        let white = self.after.max(paragraph.before);
        if white > 4.0 || paragraph.lines.iter().any(|line| line.heading) {
            self.end_block();
        }
        self.y += white;
        self.after = paragraph.after;
        for line in paragraph.lines {
            self.place(line);
        }
    }

    /// Puts a line below the last one.
    fn place(&mut self, mut line: Line) {
        if line.words.is_empty() {
            return;
        }
        if line.words.iter().any(|word| word.text == PAGE_BREAK) {
            self.new_page();
            return;
        }
        if line.words.iter().any(|word| word.text == COLUMN_BREAK) {
            self.end_block();
            self.column += 1;
            return;
        }
        let size = line.words.iter().map(|word| word.size).fold(0.0, f32::max);
        let by = (self.x - LEFT_MARGIN, self.y);
        for word in &mut line.words {
            word.bbox.x += by.0;
            word.bbox.y = by.1 + (size - word.size) * 0.76;
            word.bbox.height = word.size;
        }
        line.bbox = line.words.iter().map(|word| word.bbox).reduce(Rect::union).unwrap_or_default();
        self.y += size * 1.2;
        self.block.lines.push(line);
    }

    fn end_block(&mut self) {
        let lines = std::mem::take(&mut self.block.lines);
        if !lines.is_empty()
            && let Some(page) = self.pages.last_mut()
        {
            page.blocks.push(Block { lines, column: self.column });
        }
    }

    fn new_page(&mut self) {
        self.end_block();
        if self.pages.last().is_some_and(|page| !page.blocks.is_empty()) {
            self.pages.push(Page { width: PAGE.0, height: PAGE.1, ..Page::default() });
            self.y = 36.0;
            self.column = 0;
        }
    }

    /// A table: cells that are columns of the layout are read one after the other, cells that are rows of text (dates
    /// beside an entry, a label beside its value) line by line.
    fn table(&mut self, table: &Element, depth: usize) -> Result<(), ReadError> {
        let mut widths: Vec<f32> = table
            .child("tblGrid")
            .map(|grid| {
                let columns = grid.elements().filter(|column| column.name == "gridCol");
                columns
                    .filter_map(|column| column.attribute("w").and_then(|w| w.parse::<f32>().ok()))
                    .map(|twentieth| twentieth / 20.0)
                    .collect()
            })
            .unwrap_or_default();
        widths.truncate(64);
        self.end_block();
        let outer_shade = self.shade;
        for row in rows(table, 0) {
            let mut cells: Vec<(f32, Vec<Line>)> = Vec::new();
            let mut at = 0_usize;
            for cell in cells_of(row, 0) {
                let properties = cell.child("tcPr");
                self.shade = properties.and_then(|p| p.child("shd")).and_then(styles::shade).or(outer_shade);
                let x = LEFT_MARGIN + widths.iter().take(at).sum::<f32>();
                let span = properties.and_then(|p| p.value("gridSpan")).and_then(|v| v.parse::<usize>().ok());
                at += span.unwrap_or(1).clamp(1, 64);
                let mut lines = Vec::new();
                self.lines_of(cell, depth + 1, &mut lines)?;
                self.shade = outer_shade;
                if !lines.is_empty() {
                    cells.push((x, lines));
                }
            }
            self.row(cells);
        }
        self.end_block();
        self.x = LEFT_MARGIN;
        self.column = 0;
        Ok(())
    }

    fn row(&mut self, mut cells: Vec<(f32, Vec<Line>)>) {
        let (outer_x, top) = (self.x, self.y);
        let counts: Vec<usize> = cells.iter().map(|(_, lines)| lines.len()).collect();
        match Row::of(&cells) {
            Row::Lines => {
                // Cell by cell on one line each: the first lines together, then the second, and so on.
                for index in 0..counts.iter().copied().max().unwrap_or(0) {
                    let mut joined: Option<Line> = None;
                    for (x, lines) in &cells {
                        if let Some(line) = lines.get(index) {
                            join(&mut joined, line.clone(), *x);
                        }
                    }
                    if let Some(line) = joined {
                        self.place(line);
                    }
                }
            }
            Row::Rail => {
                let (x, label) = cells.remove(0);
                let mut joined: Option<Line> = None;
                for line in label {
                    let first = joined.is_none();
                    let at = joined.as_ref().map_or(x, |line: &Line| line.bbox.right() + 4.0);
                    join(&mut joined, line, at);
                    // A label over several lines is one text, not a row of cells.
                    if !first && let Some(line) = &mut joined {
                        clear_last_gap(line);
                    }
                }
                let rest: Vec<(f32, Line)> =
                    cells.into_iter().flat_map(|(x, lines)| lines.into_iter().map(move |line| (x, line))).collect();
                for (index, (x, line)) in rest.into_iter().enumerate() {
                    if index == 0 {
                        join(&mut joined, line, x);
                        if let Some(line) = joined.take() {
                            self.place(line);
                        }
                    } else {
                        self.x = x;
                        self.place(line);
                        self.x = outer_x;
                    }
                }
            }
            Row::RightRail => {
                if let Some((x, last)) = cells.pop() {
                    let mut last = last.into_iter();
                    for (_, lines) in cells {
                        for line in lines {
                            let mut joined = Some(line);
                            if let Some(side) = last.next() {
                                join(&mut joined, side, x);
                            }
                            if let Some(line) = joined {
                                self.place(line);
                            }
                        }
                    }
                    last.for_each(|line| self.place(line));
                }
            }
            Row::Columns => {
                self.end_block();
                let mut bottom = top;
                for (index, (x, lines)) in cells.into_iter().enumerate() {
                    self.column = index;
                    self.x = x;
                    self.y = top;
                    for line in lines {
                        if line.heading {
                            self.end_block();
                        }
                        self.place(line);
                    }
                    self.end_block();
                    bottom = bottom.max(self.y);
                }
                self.y = bottom;
                self.x = outer_x;
                self.column = 0;
            }
        }
    }

    /// All lines within an element, tables flattened to their rows.
    fn lines_of(&mut self, container: &Element, depth: usize, lines: &mut Vec<Line>) -> Result<(), ReadError> {
        if depth > MAX_NESTING {
            return Ok(());
        }
        for element in container.elements() {
            match element.name.as_str() {
                "p" => {
                    let paragraph = self.paragraph(element)?;
                    paragraph.boxes.into_iter().for_each(|mut inner| lines.append(&mut inner));
                    lines.extend(paragraph.lines);
                }
                "tbl" => {
                    for row in rows(element, 0) {
                        let mut joined: Vec<Line> = Vec::new();
                        for (index, cell) in cells_of(row, 0).into_iter().enumerate() {
                            let mut inner = Vec::new();
                            self.lines_of(cell, depth + 1, &mut inner)?;
                            let x = LEFT_MARGIN + 120.0 * index as f32;
                            if joined.len() == 1 && inner.len() == 1 {
                                let mut line = joined.pop();
                                inner.into_iter().for_each(|side| join(&mut line, side, x));
                                joined.extend(line);
                            } else {
                                joined.append(&mut inner);
                            }
                        }
                        lines.append(&mut joined);
                    }
                }
                "sdt" => {
                    if let Some(content) = element.child("sdtContent") {
                        self.lines_of(content, depth + 1, lines)?;
                    }
                }
                "ins" | "smartTag" | "customXml" | "moveTo" => self.lines_of(element, depth + 1, lines)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn paragraph(&mut self, element: &Element) -> Result<Paragraph, ReadError> {
        let properties = element.child("pPr");
        let style = properties.and_then(|p| p.value("pStyle"));
        let (look, run_look) = self.styles.paragraph(style);
        let look = match properties {
            Some(properties) => look.with(&ParagraphLook::of(properties)),
            None => look,
        };
        let mut reader = Runs {
            pieces: Vec::new(),
            boxes: Vec::new(),
            field: Vec::new(),
            link: None,
            gap: false,
            glued: false,
            shade: look.shade.or(self.shade),
        };
        self.runs(element, &run_look, &mut reader, 0)?;
        let heading = look.heading.unwrap_or(false);
        let item = look.item.unwrap_or(false) && !heading;
        let mut lines: Vec<Line> = Vec::new();
        let mut words: Vec<Word> = Vec::new();
        let finish = |words: &mut Vec<Word>, lines: &mut Vec<Line>| {
            if !words.is_empty() {
                let first = lines.is_empty();
                lines.push(line(std::mem::take(words), look.indent.unwrap_or(0.0), item && first, heading));
            }
        };
        for piece in reader.pieces {
            match piece {
                Piece::Word(word) => words.push(word),
                Piece::LineBreak => finish(&mut words, &mut lines),
                Piece::PageBreak | Piece::ColumnBreak => {
                    finish(&mut words, &mut lines);
                    let text = if matches!(piece, Piece::PageBreak) { PAGE_BREAK } else { COLUMN_BREAK };
                    let mark = Word { text: text.to_owned(), ..Word::default() };
                    lines.push(Line { words: vec![mark], ..Line::default() });
                }
            }
        }
        finish(&mut words, &mut lines);
        Ok(Paragraph {
            lines,
            before: look.before.unwrap_or(0.0),
            after: look.after.unwrap_or(0.0),
            page_break: look.page_break.unwrap_or(false),
            boxes: reader.boxes,
        })
    }

    fn runs(&mut self, element: &Element, inherited: &RunLook, out: &mut Runs, depth: usize) -> Result<(), ReadError> {
        if depth > MAX_NESTING {
            return Ok(());
        }
        for child in element.elements() {
            match child.name.as_str() {
                "r" => self.run(child, inherited, out, depth)?,
                "hyperlink" => {
                    let target = child
                        .attribute("id")
                        .and_then(|id| self.links.get(id))
                        .filter(|(kind, _)| kind == "hyperlink")
                        .map(|(_, target)| target.clone());
                    let outer = std::mem::replace(&mut out.link, target);
                    self.runs(child, inherited, out, depth + 1)?;
                    out.link = outer;
                }
                "fldSimple" => {
                    let instruction = child.attribute("instr").unwrap_or_default().to_owned();
                    if !is_page_field(&instruction) {
                        let outer = out.link.clone();
                        out.link = field_link(&instruction).or(outer.clone());
                        self.runs(child, inherited, out, depth + 1)?;
                        out.link = outer;
                    }
                }
                "sdt" => {
                    if let Some(content) = child.child("sdtContent") {
                        self.runs(content, inherited, out, depth + 1)?;
                    }
                }
                "ins" | "smartTag" | "customXml" | "moveTo" | "dir" | "bdo" => {
                    self.runs(child, inherited, out, depth + 1)?;
                }
                "AlternateContent" => {
                    if let Some(choice) = child.child("Choice").or_else(|| child.child("Fallback")) {
                        self.runs(choice, inherited, out, depth + 1)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn run(&mut self, run: &Element, inherited: &RunLook, out: &mut Runs, depth: usize) -> Result<(), ReadError> {
        let properties = run.child("rPr");
        let mut look = inherited.clone();
        if let Some(properties) = properties {
            if let Some(style) = properties.value("rStyle") {
                look = look.with(&self.styles.character(style));
            }
            look = look.with(&RunLook::of(properties));
        }
        for child in run.elements() {
            match child.name.as_str() {
                "fldChar" => match child.attribute("fldCharType") {
                    Some("begin") if out.field.len() < MAX_NESTING => {
                        out.field.push(Field { outer_link: out.link.clone(), ..Field::default() });
                    }
                    Some("separate") => {
                        if let Some(field) = out.field.last_mut() {
                            field.result = true;
                            if let Some(link) = field_link(&field.instruction) {
                                out.link = Some(link);
                            }
                        }
                    }
                    Some("end") => {
                        if let Some(field) = out.field.pop() {
                            out.link = field.outer_link;
                        }
                    }
                    _ => {}
                },
                "instrText" => {
                    if let Some(field) = out.field.last_mut()
                        && field.instruction.len() < 4_000
                    {
                        field.instruction.push_str(&child.text());
                    }
                }
                _ if out.field.iter().any(|f| !f.result || is_page_field(&f.instruction)) => {}
                "t" => {
                    let text: String = child
                        .children
                        .iter()
                        .filter_map(|node| match node {
                            Node::Text(text) => Some(text.as_str()),
                            Node::Element(_) => None,
                        })
                        .collect();
                    self.text(&text, &look, out)?;
                }
                "tab" | "ptab" => {
                    out.gap = true;
                    out.glued = false;
                }
                "br" => match child.attribute("type") {
                    Some("page") => out.pieces.push(Piece::PageBreak),
                    Some("column") => out.pieces.push(Piece::ColumnBreak),
                    _ => {
                        out.pieces.push(Piece::LineBreak);
                        (out.gap, out.glued) = (false, false);
                    }
                },
                "cr" => {
                    out.pieces.push(Piece::LineBreak);
                    (out.gap, out.glued) = (false, false);
                }
                "noBreakHyphen" => self.text("-", &look, out)?,
                // A symbol font's character: a bullet, a tick, a telephone.
                "sym" => self.text("•", &look, out)?,
                "drawing" | "pict" | "object" => self.text_boxes(child, out, depth)?,
                "AlternateContent" => {
                    if let Some(choice) = child.child("Choice").or_else(|| child.child("Fallback")) {
                        self.text_boxes(choice, out, depth)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Text boxes anywhere within a drawing.
    fn text_boxes(&mut self, drawing: &Element, out: &mut Runs, depth: usize) -> Result<(), ReadError> {
        if depth > MAX_NESTING {
            return Ok(());
        }
        for child in drawing.elements() {
            if child.name == "txbxContent" {
                let mut lines = Vec::new();
                self.lines_of(child, depth + 1, &mut lines)?;
                if !lines.is_empty() {
                    out.boxes.push(lines);
                }
            } else {
                self.text_boxes(child, out, depth + 1)?;
            }
        }
        Ok(())
    }

    /// Cuts a run's text into words. White space at its ends says whether it touches its neighbours.
    fn text(&mut self, text: &str, look: &RunLook, out: &mut Runs) -> Result<(), ReadError> {
        let size = look.size.unwrap_or(10.0);
        let behind = look.shade.or(out.shade);
        let contrast = match (look.colour, behind) {
            (Some(colour), Some(behind)) => crate::pdf::contrast(colour, behind),
            (Some(_), None) if self.shapes => 21.0,
            (colour, behind) => crate::pdf::contrast(colour.unwrap_or([0.0; 3]), behind.unwrap_or([1.0; 3])),
        };
        // Black text without a stated colour is automatic: Word turns it white on a dark shade.
        let contrast = if look.colour.is_none() { contrast.max(4.5) } else { contrast };
        let reason = if look.hidden.unwrap_or(false) {
            Some("invisible_mode")
        } else if size < 1.5 {
            Some("zero_size")
        } else if contrast < 1.1 {
            Some("no_contrast")
        } else {
            None
        };
        if let Some(reason) = reason {
            let text = text.trim();
            if !text.is_empty() {
                match self.hidden.last_mut() {
                    Some(last) if last.reason == reason && last.text.len() < 20_000 => {
                        last.text.push(' ');
                        last.text.push_str(text);
                    }
                    _ => self.hidden.push(HiddenText { text: text.to_owned(), reason: reason.to_owned() }),
                }
            }
            return Ok(());
        }
        let mut spaces = 0;
        let mut open = false;
        for character in text.chars() {
            if character.is_whitespace() {
                spaces += if character == '\t' { 3 } else { 1 };
                open = false;
                out.glued = false;
                continue;
            }
            if matches!(character, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}') || character.is_control() {
                continue;
            }
            // Private use: icon fonts, and the bullets of symbol fonts.
            let character = match character {
                '\u{F0B7}' | '\u{F0A7}' | '\u{F0D8}' | '\u{F0FC}' => '•',
                '\u{E000}'..='\u{F8FF}' | '\u{F0000}'.. => continue,
                other => other,
            };
            if !open {
                self.words_left = self
                    .words_left
                    .checked_sub(1)
                    .ok_or_else(|| ReadError::over_limit("words", self.word_limit as u64))?;
                out.gap |= spaces >= 3;
                let word = Word {
                    size,
                    bold: look.bold.unwrap_or(false),
                    italic: look.italic.unwrap_or(false),
                    contrast,
                    link: out.link.clone(),
                    source: Source::TextLayer,
                    after_gap: out.gap,
                    glued: out.glued && spaces == 0 && !out.gap,
                    ..Word::default()
                };
                out.pieces.push(Piece::Word(word));
                out.gap = false;
                open = true;
            }
            spaces = 0;
            if let Some(Piece::Word(word)) = out.pieces.last_mut() {
                word.text.push(character);
            }
        }
        out.gap |= spaces >= 3;
        out.glued = open;
        Ok(())
    }
}

/// Marks of breaks among the words of a paragraph; no text has these characters.
const PAGE_BREAK: &str = "\u{1}page";
const COLUMN_BREAK: &str = "\u{1}column";

#[derive(Default)]
struct Field {
    instruction: String,
    /// Whether its result has begun.
    result: bool,
    outer_link: Option<String>,
}

struct Runs {
    pieces: Vec<Piece>,
    boxes: Vec<Vec<Line>>,
    field: Vec<Field>,
    link: Option<String>,
    /// A tab stands before the next word.
    gap: bool,
    /// The last run ended in a word, so that the next one may touch it.
    glued: bool,
    shade: Option<[f32; 3]>,
}

/// How the cells of a row are read.
enum Row {
    /// Line by line across the cells.
    Lines,
    /// A short first cell belongs to the first line beside it.
    Rail,
    /// The lines of a short last cell belong to the first lines beside it.
    RightRail,
    Columns,
}

impl Row {
    fn of(cells: &[(f32, Vec<Line>)]) -> Self {
        let letters = |lines: &[Line]| lines.iter().map(|line| line.text().chars().count()).sum::<usize>();
        let (Some((_, first)), Some((_, last))) = (cells.first(), cells.last()) else { return Self::Columns };
        if cells.len() < 2 {
            return Self::Columns;
        }
        if cells.iter().all(|(_, lines)| lines.len() == 1) {
            return Self::Lines;
        }
        let longest = cells.iter().map(|(_, lines)| lines.len()).max().unwrap_or(0);
        let dates =
            |lines: &[Line]| lines.iter().filter(|line| layout::is_date(&line.text())).count() * 2 >= lines.len();
        let heads = first.iter().all(|line| line.heading || line.words.iter().all(|word| word.bold));
        if cells.len() == 2 && dates(last) && last.len() <= first.len() && letters(last) <= 80 {
            return Self::RightRail;
        }
        if dates(first) && first.len() <= 3 && letters(first) <= 80 {
            return Self::Rail;
        }
        // A bold label beside many lines is a heading at their side, not a part of their first line.
        if first.len() <= 2 && letters(first) <= 40 && !(heads && longest > 2) && longest >= first.len() {
            return Self::Rail;
        }
        if cells.len() == 2 && last.len() <= 2 && letters(last) <= 40 && first.len() >= last.len() {
            return Self::RightRail;
        }
        Self::Columns
    }
}

/// Appends a cell's line to the line of its row, at the cell's left edge.
fn join(joined: &mut Option<Line>, mut line: Line, x: f32) {
    let Some(row) = joined else {
        shift(&mut line, x - LEFT_MARGIN);
        *joined = Some(line);
        return;
    };
    let x = (x - LEFT_MARGIN).max(row.bbox.right() + 8.0 - LEFT_MARGIN);
    shift(&mut line, x);
    if let Some(first) = line.words.first_mut() {
        first.after_gap = true;
        first.glued = false;
    }
    row.bbox = row.bbox.union(line.bbox);
    row.words.append(&mut line.words);
}

fn clear_last_gap(line: &mut Line) {
    if let Some(word) = line.words.iter_mut().rev().find(|word| word.after_gap) {
        word.after_gap = false;
    }
}

fn shift(line: &mut Line, by: f32) {
    line.bbox.x += by;
    line.words.iter_mut().for_each(|word| word.bbox.x += by);
}

/// A line of words with boxes as wide as their letters are on average.
fn line(mut words: Vec<Word>, indent: f32, item: bool, heading: bool) -> Line {
    let mut bullet = item;
    if words.len() > 1 && layout::is_bullet(&words[0].text) && !words[1].glued {
        words.remove(0);
        bullet = true;
    }
    let mut x = LEFT_MARGIN + indent.clamp(0.0, 300.0);
    for (index, word) in words.iter_mut().enumerate() {
        word.text = word.text.nfc().collect();
        if index == 0 {
            word.after_gap = false;
            word.glued = false;
        } else if word.after_gap {
            x += 3.0 * word.size;
        } else if !word.glued {
            x += 0.25 * word.size;
        }
        let width = word.text.chars().count() as f32 * 0.5 * word.size;
        word.bbox = Rect { x, y: 0.0, width, height: word.size };
        x += width;
    }
    // Runs that look alike and touch were split by editing, not by design.
    let mut merged: Vec<Word> = Vec::with_capacity(words.len());
    for word in words {
        match merged.last_mut() {
            Some(last)
                if word.glued
                    && last.bold == word.bold
                    && last.italic == word.italic
                    && last.size == word.size
                    && last.link == word.link =>
            {
                last.text.push_str(&word.text);
                last.text = last.text.nfc().collect();
                last.bbox = last.bbox.union(word.bbox);
            }
            _ => merged.push(word),
        }
    }
    let bbox = merged.iter().map(|word| word.bbox).reduce(Rect::union).unwrap_or_default();
    Line { words: merged, bbox, bullet, heading }
}

/// Rows of a table, also those within content controls.
fn rows(table: &Element, depth: usize) -> Vec<&Element> {
    within(table, "tr", depth)
}

fn cells_of(row: &Element, depth: usize) -> Vec<&Element> {
    within(row, "tc", depth)
}

fn within<'e>(element: &'e Element, wanted: &str, depth: usize) -> Vec<&'e Element> {
    let mut found = Vec::new();
    if depth > MAX_NESTING {
        return found;
    }
    for child in element.elements() {
        if child.name == wanted {
            found.push(child);
        } else if matches!(child.name.as_str(), "sdt" | "sdtContent" | "customXml" | "ins") {
            found.extend(within(child, wanted, depth + 1));
        }
    }
    found
}

fn is_page_field(instruction: &str) -> bool {
    matches!(instruction.split_whitespace().next(), Some("PAGE" | "NUMPAGES" | "SECTIONPAGES"))
}

/// Target of a HYPERLINK field.
fn field_link(instruction: &str) -> Option<String> {
    let rest = instruction.trim().strip_prefix("HYPERLINK")?.trim_start();
    let quoted = rest.strip_prefix('"').and_then(|rest| rest.split('"').next());
    let target = quoted.or_else(|| rest.split_whitespace().next())?;
    (!target.is_empty() && !target.starts_with('\\')).then(|| target.to_owned())
}
