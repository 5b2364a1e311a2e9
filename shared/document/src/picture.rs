//! Pictures of pages: checked, turned upright and made fit for a recogniser.

use crate::{Document, Format, Limits, Page, PageImage, ReadError, Reading};
use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::{PngDecoder, PngEncoder};
use image::{DynamicImage, ImageDecoder};
use std::io::Cursor;

/// What Amazon Textract takes: 10 MB and 10 000 pixels a side.
const MAX_BYTES: usize = 10 * 1024 * 1024;
const MAX_SIDE: u32 = 10_000;
/// Beyond this, more pixels of a page only cost time: an A4 page at 400 dots per inch is 4677 high.
const USEFUL_SIDE: u32 = 5_000;
/// Shorter sides hold no page of text.
const MIN_SIDE: u32 = 50;

/// Reads a picture, or all pictures of a TIFF, as pages to be recognised.
pub(crate) fn read(bytes: &[u8], format: Format, limits: &Limits) -> Result<Reading, ReadError> {
    let mut reading = Reading { document: Document { format, ..Document::default() }, images: Vec::new() };
    if format == Format::Tiff {
        tiff_pages(bytes, limits, &mut reading)?;
    } else {
        let (picture, changed) = decode(bytes, format, limits)?;
        let (media_type, encoded) = if changed || bytes.len() > MAX_BYTES {
            encode(&picture, limits)?
        } else {
            (format.media_type().to_owned(), bytes.to_vec())
        };
        push(&mut reading, &picture, media_type, encoded);
    }
    Ok(reading)
}

/// Encodes a picture within what a recogniser takes: PNG for flat colours, JPEG for photographs and for what would be
/// too large as PNG.
pub(crate) fn encode(picture: &DynamicImage, limits: &Limits) -> Result<(String, Vec<u8>), ReadError> {
    let broken = |_| ReadError::damaged("its picture cannot be written again");
    let mut picture = fit(picture.clone());
    // A PNG of a photograph is ten times the size of its JPEG and tells a recogniser nothing more.
    let mut png = Vec::new();
    let photograph = is_photograph(&picture);
    if !photograph {
        picture.write_with_encoder(PngEncoder::new(&mut png)).map_err(broken)?;
        if png.len() <= MAX_BYTES.min(limits.output / 2) {
            return Ok(("image/png".to_owned(), png));
        }
    }
    for _ in 0..6 {
        let mut jpeg = Vec::new();
        let encoder = JpegEncoder::new_with_quality(&mut jpeg, 88);
        picture.to_rgb8().write_with_encoder(encoder).map_err(broken)?;
        if jpeg.len() <= MAX_BYTES.min(limits.output / 2) {
            return Ok(("image/jpeg".to_owned(), jpeg));
        }
        picture = picture.thumbnail(picture.width() * 3 / 4, picture.height() * 3 / 4);
    }
    Err(ReadError::over_limit("bytes of a page's picture", MAX_BYTES as u64))
}

/// Whether a picture has many colours side by side: a camera's, not a printer's.
fn is_photograph(picture: &DynamicImage) -> bool {
    let (width, height) = (picture.width(), picture.height());
    let small = picture.thumbnail(width.min(256), height.min(256)).to_luma8();
    let mut levels = [0_u32; 256];
    small.pixels().for_each(|pixel| levels[usize::from(pixel.0[0])] += 1);
    let total: u32 = levels.iter().sum();
    // Paper that was printed or drawn by a program is one flat colour for the most part.
    levels.iter().max().is_some_and(|most| *most * 4 < total)
}

fn decode(bytes: &[u8], format: Format, limits: &Limits) -> Result<(DynamicImage, bool), ReadError> {
    let damaged = |_| ReadError::damaged("its picture cannot be decoded");
    let mut allowed = image::Limits::default();
    // Up to eight bytes a pixel (16 bits, four channels).
    allowed.max_alloc = Some(limits.pixels.saturating_mul(8));
    // By name: a reader that asks which format it has would link the decoders of every other.
    let bytes = Cursor::new(bytes);
    let mut decoder: Box<dyn ImageDecoder> = if format == Format::Png {
        Box::new(PngDecoder::with_limits(bytes, allowed.clone()).map_err(damaged)?)
    } else {
        Box::new(JpegDecoder::new(bytes).map_err(damaged)?)
    };
    decoder.set_limits(allowed).map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    check(width, height, limits)?;
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let colours = decoder.original_color_type();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    picture.apply_orientation(orientation);
    // Sixteen bits, CMYK and transparency are what recognisers stumble over.
    let plain = matches!(colours, image::ExtendedColorType::L8 | image::ExtendedColorType::Rgb8);
    let large = picture.width().max(picture.height()) > USEFUL_SIDE;
    let changed = orientation != image::metadata::Orientation::NoTransforms || !plain || large;
    Ok((if plain { picture } else { on_white(&picture) }, changed))
}

/// Transparent parts of a page are white paper, not black.
fn on_white(picture: &DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return DynamicImage::ImageRgb8(picture.to_rgb8());
    }
    let rgba = picture.to_rgba8();
    let mut paper = image::RgbImage::new(rgba.width(), rgba.height());
    for (from, to) in rgba.pixels().zip(paper.pixels_mut()) {
        let alpha = u16::from(from.0[3]);
        to.0 = [0, 1, 2].map(|i| ((u16::from(from.0[i]) * alpha + 255 * (255 - alpha)) / 255) as u8);
    }
    DynamicImage::ImageRgb8(paper)
}

fn check(width: u32, height: u32, limits: &Limits) -> Result<(), ReadError> {
    if u64::from(width) * u64::from(height) > limits.pixels {
        return Err(ReadError::over_limit("pixels", limits.pixels));
    }
    if width < MIN_SIDE || height < MIN_SIDE {
        return Err(ReadError::damaged("its picture is too small to hold a page of text"));
    }
    Ok(())
}

fn fit(picture: DynamicImage) -> DynamicImage {
    let longest = picture.width().max(picture.height());
    if longest <= USEFUL_SIDE.min(MAX_SIDE) {
        return picture;
    }
    picture.resize(USEFUL_SIDE, USEFUL_SIDE, image::imageops::FilterType::Triangle)
}

fn push(reading: &mut Reading, picture: &DynamicImage, media_type: String, bytes: Vec<u8>) {
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    // The resolution that files state is seldom true, so the page is taken to be as wide as A4.
    let scale = if width <= height { 595.0 / width } else { 842.0 / width };
    let page = reading.document.pages.len();
    let size = (width * scale, height * scale);
    reading.document.pages.push(Page { width: size.0, height: size.1, needs_recognition: true, ..Page::default() });
    reading.images.push(PageImage { page, media_type, bytes });
}

fn tiff_pages(bytes: &[u8], limits: &Limits, reading: &mut Reading) -> Result<(), ReadError> {
    use tiff::decoder::{Decoder, DecodingResult};
    let damaged = |_| ReadError::damaged("its picture cannot be decoded");
    let mut allowed = tiff::decoder::Limits::default();
    allowed.decoding_buffer_size = usize::try_from(limits.pixels.saturating_mul(8)).unwrap_or(usize::MAX);
    allowed.intermediate_buffer_size = allowed.decoding_buffer_size;
    let mut decoder = Decoder::new(Cursor::new(bytes)).map_err(damaged)?.with_limits(allowed);
    let mut pixels = 0_u64;
    loop {
        if reading.images.len() >= limits.pages {
            return Err(ReadError::TooManyPages { pages: reading.images.len() + 1, limit: limits.pages });
        }
        let (width, height) = decoder.dimensions().map_err(damaged)?;
        check(width, height, limits)?;
        pixels += u64::from(width) * u64::from(height);
        if pixels > limits.pixels.saturating_mul(4) {
            return Err(ReadError::over_limit("pixels over all pages", limits.pixels.saturating_mul(4)));
        }
        let colours = decoder.colortype().map_err(damaged)?;
        let orientation = decoder
            .find_tag_unsigned::<u16>(tiff::tags::Tag::Orientation)
            .ok()
            .flatten()
            .and_then(|value| u8::try_from(value).ok())
            .and_then(image::metadata::Orientation::from_exif);
        let samples = match decoder.read_image().map_err(damaged)? {
            DecodingResult::U8(samples) => samples,
            DecodingResult::U16(samples) => samples.into_iter().map(|sample| (sample >> 8) as u8).collect(),
            _ => return Err(ReadError::damaged("its picture has a depth of colour that is not read")),
        };
        let mut picture = tiff_picture(samples, colours, width, height)
            .ok_or_else(|| ReadError::damaged("its picture has a kind of colour that is not read"))?;
        if let Some(orientation) = orientation {
            picture.apply_orientation(orientation);
        }
        let (media_type, encoded) = encode(&picture, limits)?;
        push(reading, &picture, media_type, encoded);
        if !decoder.more_images() {
            return Ok(());
        }
        decoder.next_image().map_err(damaged)?;
    }
}

fn tiff_picture(samples: Vec<u8>, colours: tiff::ColorType, width: u32, height: u32) -> Option<DynamicImage> {
    use tiff::ColorType;
    match colours {
        ColorType::Gray(bits @ (1 | 2 | 4)) => {
            // Packed from the highest bit, each row filled up to a byte.
            let bits = usize::from(bits);
            let row = (width as usize * bits).div_ceil(8);
            let highest = (1_u16 << bits) - 1;
            let mut grey = Vec::with_capacity(width as usize * height as usize);
            for line in samples.chunks_exact(row).take(height as usize) {
                for x in 0..width as usize {
                    let shift = 8 - bits - (x * bits) % 8;
                    let value = u16::from(line[x * bits / 8] >> shift) & highest;
                    grey.push((value * 255 / highest) as u8);
                }
            }
            grey_picture(grey, width, height)
        }
        ColorType::Gray(_) => grey_picture(samples, width, height),
        ColorType::GrayA(_) => {
            image::GrayAlphaImage::from_raw(width, height, samples).map(|p| on_white(&DynamicImage::ImageLumaA8(p)))
        }
        ColorType::RGB(_) => image::RgbImage::from_raw(width, height, samples).map(DynamicImage::ImageRgb8),
        ColorType::RGBA(_) => {
            image::RgbaImage::from_raw(width, height, samples).map(|p| on_white(&DynamicImage::ImageRgba8(p)))
        }
        ColorType::CMYK(_) => {
            let rgb = samples
                .chunks_exact(4)
                .flat_map(|ink| {
                    let white = 255 - u16::from(ink[3]);
                    [0, 1, 2].map(|i| ((255 - u16::from(ink[i])) * white / 255) as u8)
                })
                .collect();
            image::RgbImage::from_raw(width, height, rgb).map(DynamicImage::ImageRgb8)
        }
        _ => None,
    }
}

fn grey_picture(grey: Vec<u8>, width: u32, height: u32) -> Option<DynamicImage> {
    image::GrayImage::from_raw(width, height, grey).map(DynamicImage::ImageLuma8)
}
