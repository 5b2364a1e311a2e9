//! The archive, its relationships and its XML parts, under limits.

use crate::{Limits, ReadError};
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use std::collections::HashMap;
use std::io::{Cursor, Read};

/// Most elements of one part, and deepest nesting.
const MAX_ELEMENTS: usize = 1_500_000;
const MAX_DEPTH: usize = 256;

/// An XML element: names without their prefixes, because producers choose those freely.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    pub(super) children: Vec<Node>,
}

#[derive(Debug)]
pub(super) enum Node {
    Element(Element),
    Text(String),
}

impl Element {
    /// An element without children; `with` adds attributes.
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// The same with an attribute.
    pub(super) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.attributes.push((name.to_owned(), value.into()));
        self
    }

    pub(super) fn push(&mut self, child: Self) {
        self.children.push(Node::Element(child));
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.elements().find(|element| element.name == name)
    }

    /// Value of a child's `val` attribute.
    pub(super) fn value(&self, child: &str) -> Option<&str> {
        self.child(child)?.attribute("val")
    }

    /// An on/off property (ECMA-376, 17.17.4): absent is `None`, present without a value is on.
    pub(super) fn flag(&self, child: &str) -> Option<bool> {
        let element = self.child(child)?;
        Some(!matches!(element.attribute("val"), Some("0" | "false" | "off" | "none")))
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for node in &self.children {
            match node {
                Node::Text(part) => text.push_str(part),
                Node::Element(element) => text.push_str(&element.text()),
            }
        }
        text
    }

    /// The first element of a name anywhere within.
    pub(super) fn find(&self, name: &str) -> Option<&Self> {
        self.elements().find_map(|element| if element.name == name { Some(element) } else { element.find(name) })
    }
}

/// An Office Open XML package.
pub(super) struct Package<'a> {
    archive: zip::ZipArchive<Cursor<&'a [u8]>>,
    /// Bytes that may still be inflated.
    left: u64,
    limit: u64,
}

impl<'a> Package<'a> {
    pub(super) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, ReadError> {
        let archive =
            zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| ReadError::damaged("its archive cannot be opened"))?;
        Ok(Self { archive, left: limits.inflated, limit: limits.inflated })
    }

    /// A part's bytes; `None` if it is not there.
    fn bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>, ReadError> {
        let name = name.trim_start_matches('/');
        let Some(index) = self.archive.index_for_name(name) else { return Ok(None) };
        let file = self
            .archive
            .by_index(index)
            .map_err(|_| ReadError::damaged(format!("its part {name} cannot be unpacked")))?;
        // What the archive says about a part's size is only a claim, so what comes out is counted.
        let mut bytes = Vec::new();
        file.take(self.left + 1)
            .read_to_end(&mut bytes)
            .map_err(|_| ReadError::damaged(format!("its part {name} cannot be unpacked")))?;
        self.left = self
            .left
            .checked_sub(bytes.len() as u64)
            .ok_or_else(|| ReadError::over_limit("bytes once unpacked", self.limit))?;
        Ok(Some(bytes))
    }

    /// A part as XML; `None` if it is not there.
    pub(super) fn xml(&mut self, name: &str) -> Result<Option<Element>, ReadError> {
        self.xml_without(name, &[])
    }

    /// A part as XML without the elements of these names and what is in them; `None` if it is not there.
    pub(super) fn xml_without(&mut self, name: &str, passed_over: &[&str]) -> Result<Option<Element>, ReadError> {
        let Some(bytes) = self.bytes(name)? else { return Ok(None) };
        let text = crate::text::decode(&bytes);
        parse(&text, passed_over).map(Some).map_err(|detail| match detail {
            Broken::TooMuch => ReadError::over_limit("elements", MAX_ELEMENTS as u64),
            Broken::Malformed => ReadError::damaged(format!("its part {name} is not well-formed")),
        })
    }

    /// Relationships of a part by their id: type (its last word) and target (a part's name, or an address outside).
    pub(super) fn relationships(&mut self, part: &str) -> Result<HashMap<String, (String, String)>, ReadError> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let name = if folder.is_empty() { format!("_rels/{file}.rels") } else { format!("{folder}/_rels/{file}.rels") };
        let mut found = HashMap::new();
        let Some(xml) = self.xml(&name)? else { return Ok(found) };
        for relationship in xml.elements() {
            let (Some(id), Some(kind), Some(target)) =
                (relationship.attribute("Id"), relationship.attribute("Type"), relationship.attribute("Target"))
            else {
                continue;
            };
            let kind = kind.rsplit('/').next().unwrap_or(kind).to_owned();
            let target = if relationship.attribute("TargetMode") == Some("External") {
                target.to_owned()
            } else if let Some(absolute) = target.strip_prefix('/') {
                absolute.to_owned()
            } else {
                resolve(folder, target)
            };
            found.insert(id.to_owned(), (kind, target));
        }
        Ok(found)
    }
}

/// A relative part name within a folder; `..` goes up.
fn resolve(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

enum Broken {
    TooMuch,
    Malformed,
}

/// Parses XML without entities of its own: those that a document type declares are never expanded.
fn parse(text: &str, passed_over: &[&str]) -> Result<Element, Broken> {
    let mut reader = Reader::from_str(text);
    let mut stack: Vec<Element> = vec![Element::default()];
    let mut count = 0_usize;
    loop {
        match reader.read_event().map_err(|_| Broken::Malformed)? {
            Event::Start(start) if passed_over.contains(&start.local_name().into_inner()) => {
                reader.read_to_end(start.name()).map_err(|_| Broken::Malformed)?;
            }
            Event::Empty(start) if passed_over.contains(&start.local_name().into_inner()) => {}
            Event::Start(start) => {
                count += 1;
                if count > MAX_ELEMENTS || stack.len() > MAX_DEPTH {
                    return Err(Broken::TooMuch);
                }
                stack.push(element(&start));
            }
            Event::Empty(start) => {
                count += 1;
                if count > MAX_ELEMENTS {
                    return Err(Broken::TooMuch);
                }
                push(&mut stack, Node::Element(element(&start)));
            }
            Event::End(_) => {
                let Some(closed) = stack.pop().filter(|_| !stack.is_empty()) else { return Err(Broken::Malformed) };
                push(&mut stack, Node::Element(closed));
            }
            Event::Text(text) => push_text(&mut stack, &text.xml10_content()),
            Event::CData(text) => push_text(&mut stack, &text.xml10_content()),
            Event::GeneralRef(reference) => {
                let resolved = match reference.resolve_char_ref() {
                    Ok(Some(character)) => Some(character),
                    _ => match reference.xml10_content().as_ref() {
                        "amp" => Some('&'),
                        "lt" => Some('<'),
                        "gt" => Some('>'),
                        "quot" => Some('"'),
                        "apos" => Some('\''),
                        _ => None,
                    },
                };
                if let Some(character) = resolved {
                    push_text(&mut stack, character.encode_utf8(&mut [0; 4]));
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let root = stack.swap_remove(0);
    root.children
        .into_iter()
        .find_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
        .ok_or(Broken::Malformed)
}

fn element(start: &BytesStart<'_>) -> Element {
    let attributes = start
        .attributes()
        .with_checks(false)
        .flatten()
        .take(256)
        .filter_map(|attribute| {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned();
            Some((attribute.key.local_name().into_inner().to_owned(), value))
        })
        .collect();
    Element { name: start.local_name().into_inner().to_owned(), attributes, children: Vec::new() }
}

fn push(stack: &mut [Element], node: Node) {
    if let Some(parent) = stack.last_mut() {
        parent.children.push(node);
    }
}

fn push_text(stack: &mut [Element], text: &str) {
    if text.is_empty() {
        return;
    }
    if let Some(parent) = stack.last_mut() {
        match parent.children.last_mut() {
            Some(Node::Text(before)) => before.push_str(text),
            _ => parent.children.push(Node::Text(text.to_owned())),
        }
    }
}
