//! PDF to words, and pages without words to pictures.

mod colour;
mod content;
mod font;
mod raster;
mod words;

pub(crate) use colour::contrast;

use crate::layout;
use crate::{Block, Format, Limits, Page, ReadError, Reading, Rect, Word};
use content::{Budget, Content};
use font::Fonts;
use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Rect as PdfRect};
use hayro::hayro_syntax::page::Page as PdfPage;
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro_font::kurbo::{self, Affine, Point};
use std::collections::HashSet;
use words::PageWords;

/// Reads a PDF.
pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Reading, ReadError> {
    words(&open(bytes)?, limits)
}

/// Reads a PDF, and paints the pages whose words have to be recognised.
pub(crate) fn read_and_paint(bytes: &[u8], limits: &Limits) -> Result<Reading, ReadError> {
    let pdf = open(bytes)?;
    let mut reading = words(&pdf, limits)?;
    reading.images = raster::pictures(&pdf, &reading.document, limits)?;
    Ok(reading)
}

fn words(pdf: &Pdf, limits: &Limits) -> Result<Reading, ReadError> {
    let pages = pdf.pages();
    if pages.is_empty() {
        return Err(ReadError::damaged("it has no pages"));
    }
    if pages.len() > limits.pages {
        return Err(ReadError::TooManyPages { pages: pages.len(), limit: limits.pages });
    }
    let settings = InterpreterSettings::default();
    let mut fonts = Fonts::new(settings.font_resolver.clone(), settings.cmap_resolver.clone());
    let layers_off = pdf
        .xref()
        .get::<Dict<'_>>(pdf.xref().root_id())
        .map(|catalog| content::layers_switched_off(&catalog))
        .unwrap_or_default();
    let mut budget = Budget::new(limits);
    let mut reading = Reading::default();
    reading.document.format = Format::Pdf;
    reading.document.title = pdf.metadata().title.as_deref().map(text_string).filter(|title| !title.trim().is_empty());
    for page in pages.iter() {
        let read = read_page(page, &mut fonts, &layers_off, &mut budget, &mut reading.document.unmapped)?;
        reading.document.pages.push(read);
    }
    Ok(reading)
}

fn open(bytes: &[u8]) -> Result<Pdf, ReadError> {
    Pdf::new(bytes.to_vec()).map_err(|error| match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => ReadError::PasswordProtected,
        LoadPdfError::Decryption(_) => ReadError::damaged("it is encrypted in a way that cannot be undone"),
        LoadPdfError::Invalid => ReadError::damaged("its structure cannot be followed"),
    })
}

fn read_page<'a>(
    page: &PdfPage<'a>,
    fonts: &mut Fonts<'a>,
    layers_off: &HashSet<(u32, i32)>,
    budget: &mut Budget,
    most_unmapped: &mut f32,
) -> Result<Page, ReadError> {
    let (width, height) = page.render_dimensions();
    let content = content::run(page, fonts, layers_off, budget)?;
    let seen = Seen::of(&content, width, height);
    let markers = bullets_drawn(&content);
    let rules: Vec<Rect> = content.rules.iter().map(|rule| words::rect(*rule)).collect();
    let mut words = words::words(content);
    *most_unmapped = most_unmapped.max(words.unmapped);
    let links = links(page);
    let mut read = Page { width, height, hidden: std::mem::take(&mut words.hidden), ..Page::default() };

    read.needs_recognition = seen.needs_recognition(&words);
    if read.needs_recognition {
        // A scan's invisible layer is what some earlier recognition took the picture for: it may serve as a last
        // resort, and it is nothing that anyone hides from the reader.
        let layer = std::mem::take(&mut words.invisible);
        read.hidden.retain(|hidden| !matches!(hidden.reason.as_str(), "invisible_mode" | "covered"));
        read.blocks = layout::blocks(layer, width, height);
        return Ok(read);
    }
    attach(&links, &mut words.upright, 0);
    // A page whose text mostly runs another way was scanned or exported turned: its own direction is what counts.
    let (main, upright) = words
        .turned
        .iter()
        .max_by_key(|(_, turned)| turned.len())
        .filter(|(_, turned)| turned.len() > 2 * words.upright.len())
        .map_or((0, std::mem::take(&mut words.upright)), |(angle, turned)| (*angle, turned.clone()));
    read.blocks = if main == 0 {
        layout::blocks_with(upright, &layout::Drawn { markers: &markers, rules: &rules }, width, height)
    } else {
        turned_blocks(upright, main, &links, width, height)
    };
    for (angle, turned) in words.turned.into_iter().filter(|(angle, _)| *angle != main) {
        // A heading along the page's edge is text; a pale stamp across the page ("DRAFT") is not.
        if turned.iter().all(|word| word.contrast >= 1.5) {
            read.blocks.extend(turned_blocks(turned, angle, &links, width, height));
        }
    }
    Ok(read)
}

/// Lays turned words out as if they were upright and puts the boxes back where they stand.
fn turned_blocks(mut turned: Vec<Word>, angle: i32, links: &[Link], width: f32, height: f32) -> Vec<Block> {
    attach(links, &mut turned, angle);
    let (left, top) = turned.iter().fold((f32::MAX, f32::MAX), |(x, y), word| (x.min(word.bbox.x), y.min(word.bbox.y)));
    for word in &mut turned {
        word.bbox.x -= left;
        word.bbox.y -= top;
    }
    let mut blocks = layout::blocks(turned, height.max(width), width.max(height));
    let back = |bbox: &mut Rect| {
        let corners = [(bbox.x, bbox.y), (bbox.right(), bbox.bottom())]
            .map(|(x, y)| words::turn(Point::new(f64::from(x + left), f64::from(y + top)), -angle));
        *bbox = words::rect(kurbo::Rect::from_points(corners[0], corners[1]));
    };
    for line in blocks.iter_mut().flat_map(|block| &mut block.lines) {
        back(&mut line.bbox);
        line.words.iter_mut().for_each(|word| back(&mut word.bbox));
    }
    blocks
}

/// What a page shows beside its text.
struct Seen {
    /// Largest share of the page that one picture takes, 0 to 1.
    picture: f32,
    /// How many shapes are drawn.
    shapes: usize,
}

impl Seen {
    fn of(content: &Content, width: f32, height: f32) -> Self {
        let area = f64::from(width * height).max(1.0);
        let picture = content
            .painted
            .iter()
            .filter(|painted| painted.picture)
            .map(|painted| painted.bounds.area() / area)
            .fold(0.0, f64::max) as f32;
        // A scanner may cut the page into stripes: many pictures that together cover it.
        let together: f64 = content.painted.iter().filter(|p| p.picture).map(|p| p.bounds.area() / area).sum();
        Self { picture: picture.max(together.min(1.0) as f32), shapes: content.shapes }
    }

    fn needs_recognition(&self, words: &PageWords) -> bool {
        let text: String =
            words.upright.iter().chain(words.turned.iter().flat_map(|(_, t)| t)).map(|w| &*w.text).collect();
        if words.visible_glyphs >= 20 && words.unmapped > 0.3 {
            return true;
        }
        let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
        if letters < 40 {
            // A scan, perhaps with a stamp or a page number typed on it, or letters drawn as shapes.
            return self.picture > 0.4 || self.shapes > 150 || (letters == 0 && self.picture > 0.02);
        }
        // A picture of the whole page with little text on it: what it shows is the document.
        if self.picture > 0.8 && letters < 200 {
            return true;
        }
        is_garbled(&text)
    }
}

/// Whether text with a mapping is nonsense all the same: a font whose mapping was lost or scrambled gives mostly
/// signs, or letters that no language has in these shares.
fn is_garbled(text: &str) -> bool {
    let total = text.chars().count();
    let wordlike = text.chars().filter(|c| c.is_alphanumeric()).count();
    if total >= 80 && wordlike * 2 < total {
        return true;
    }
    let latin: Vec<char> = text.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect();
    if latin.len() >= 150 && latin.len() * 2 > wordlike {
        let vowels = latin.iter().filter(|c| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')).count();
        let share = vowels as f32 / latin.len() as f32;
        return !(0.18..=0.65).contains(&share);
    }
    false
}

/// Small filled spots: the bullets of browsers, which draw them instead of writing them.
fn bullets_drawn(content: &Content) -> Vec<Rect> {
    content
        .painted
        .iter()
        .filter(|shape| !shape.picture && shape.colour.is_some())
        .filter(|shape| {
            let (width, height) = (shape.bounds.width(), shape.bounds.height());
            (1.2..=6.5).contains(&width) && (1.2..=6.5).contains(&height) && (width / height - 1.0).abs() < 0.35
        })
        .map(|shape| words::rect(shape.bounds))
        .take(1_000)
        .collect()
}

struct Link {
    areas: Vec<kurbo::Rect>,
    target: String,
}

/// The page's links to addresses outside the document, as areas in points from the top left corner.
fn links(page: &PdfPage<'_>) -> Vec<Link> {
    let [a, b, c, d, e, f] = page.initial_transform(true).as_coeffs();
    let place = Affine::new([a, b, c, d, e, f]);
    let Some(annotations) = page.raw().get::<Array<'_>>(&b"Annots"[..]) else { return Vec::new() };
    let mut links = Vec::new();
    for annotation in annotations.iter::<Dict<'_>>().take(2_000) {
        if annotation.get::<Name<'_>>(&b"Subtype"[..]).as_deref() != Some(b"Link") {
            continue;
        }
        let target = annotation
            .get::<Dict<'_>>(&b"A"[..])
            .and_then(|action| action.get::<Object<'_>>(&b"URI"[..]))
            .and_then(Object::into_string)
            .map(|uri| text_string(uri.as_bytes()).trim().to_owned())
            .filter(|uri| !uri.is_empty() && uri.len() <= 2_000);
        let Some(target) = target else { continue };
        let corners = annotation.get::<Array<'_>>(&b"QuadPoints"[..]).map(|a| colour::numbers(&a)).unwrap_or_default();
        let mut areas: Vec<kurbo::Rect> = corners
            .chunks_exact(8)
            .map(|quad| {
                let points = quad.chunks_exact(2).map(|p| Point::new(f64::from(p[0]), f64::from(p[1])));
                points.map(|p| kurbo::Rect::from_points(p, p)).reduce(|a, b| a.union(b)).unwrap_or_default()
            })
            .collect();
        if areas.is_empty()
            && let Some(rect) = annotation.get::<PdfRect>(&b"Rect"[..])
        {
            areas.push(kurbo::Rect::new(rect.x0, rect.y0, rect.x1, rect.y1).abs());
        }
        let areas = areas.into_iter().map(|area| place.transform_rect_bbox(area)).collect();
        links.push(Link { areas, target });
    }
    links
}

fn attach(links: &[Link], words: &mut [Word], angle: i32) {
    if links.is_empty() {
        return;
    }
    for word in words {
        let bbox = word.bbox;
        let middle = Point::new(f64::from(bbox.x + bbox.width / 2.0), f64::from(bbox.y + bbox.height * 0.55));
        let middle = words::turn(middle, -angle);
        word.link = links
            .iter()
            .find(|link| link.areas.iter().any(|area| area.inflate(0.5, 0.5).contains(middle)))
            .map(|link| link.target.clone());
    }
}

/// Decodes a text string (ISO 32000-1, 7.9.2.2): UTF-16 or UTF-8 with a mark, else PDFDocEncoding, which is Latin-1
/// for all that titles and addresses use.
fn text_string(bytes: &[u8]) -> String {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| -> String {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
        },
    }
}
