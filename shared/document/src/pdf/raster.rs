//! Pages without usable text, painted as pictures for recognition.

use crate::picture;
use crate::{Document, Limits, PageImage, ReadError};
use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};

/// Resolution at which recognisers do best on print: below 150 small type suffers, above 300 only time grows.
const DOTS_PER_INCH: f32 = 200.0;
/// Longest side in pixels. A poster is painted smaller rather than refused.
const MAX_SIDE: f32 = 4_000.0;

/// Paints each page that needs recognition.
pub(super) fn pictures(pdf: &Pdf, document: &Document, limits: &Limits) -> Result<Vec<PageImage>, ReadError> {
    let mut pictures = Vec::new();
    if !document.pages.iter().any(|page| page.needs_recognition) {
        return Ok(pictures);
    }
    let cache = RenderCache::new();
    let (interpreter, render) = (InterpreterSettings::default(), RenderSettings::default());
    for (index, page) in document.pages.iter().enumerate().filter(|(_, page)| page.needs_recognition) {
        let Some(source) = pdf.pages().get(index) else { continue };
        let longest = page.width.max(page.height).max(1.0);
        let scale = (DOTS_PER_INCH / 72.0).min(MAX_SIDE / longest);
        if page.width.min(page.height) * scale < 1.0 {
            return Err(ReadError::damaged(format!("page {} is a line, not a page", index + 1)));
        }
        let settings = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
        let pixmap = hayro::render(source, &cache, &interpreter, &render, &settings);
        let (width, height) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
        let rgb: Vec<u8> = pixmap.data_as_u8_slice().chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
        let Some(image) = image::RgbImage::from_raw(width, height, rgb) else {
            return Err(ReadError::damaged(format!("page {} cannot be painted", index + 1)));
        };
        let (media_type, bytes) = picture::encode(&image.into(), limits)?;
        pictures.push(PageImage { page: index, media_type, bytes });
    }
    Ok(pictures)
}
