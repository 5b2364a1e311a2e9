//! The picture that is shown where a portfolio is shared: the person's name and headline in the page's own colours.
//!
//! It is drawn here, letter by letter, with one font that has the Latin, Greek and Cyrillic scripts. A line in another
//! script, which would need shaping, is left out rather than drawn wrong; the portfolio's address is always there.

use ab_glyph_rasterizer::{Point, Rasterizer, point};
use ttf_parser::{Face, GlyphId, OutlineBuilder};

use crate::colour::Colour;
use crate::palette::Palette;

/// What is asked for by the services that show such pictures, in pixels.
pub(crate) const WIDTH: usize = 1200;
/// See [`WIDTH`].
pub(crate) const HEIGHT: usize = 630;

static FONT: &[u8] = include_bytes!("../fonts/source-sans-3/card.ttf");

const MARGIN: f32 = 96.0;
const ROOM: f32 = WIDTH as f32 - 2.0 * MARGIN;

/// Draws the picture, PNG; `None` where the font cannot be read, which the tests of this module show not to be.
pub(crate) fn draw(name: &str, headline: Option<&str>, address: &str, palette: Palette) -> Option<Vec<u8>> {
    let face = Face::parse(FONT, 0).ok()?;
    let mut canvas = Canvas::new(palette.background);
    canvas.disc((WIDTH as f32 - 60.0, 40.0), 330.0, palette.surface);
    canvas.disc((WIDTH as f32 - 60.0, 40.0), 210.0, palette.accent);
    canvas.band(HEIGHT - 18, palette.accent);
    let mut y = 0.0;
    let titles = fitted(&face, name, &[104.0, 88.0, 74.0, 62.0], 2);
    let headlines = headline.and_then(|text| fitted(&face, text, &[42.0, 36.0], 2));
    match titles {
        Some((size, lines)) => {
            let below: f32 = headlines.as_ref().map_or(0.0, |(size, lines)| 26.0 + lines.len() as f32 * size * 1.25);
            y = (410.0 - below - lines.len() as f32 * size * 1.05).max(150.0);
            for line in lines {
                y += size * 1.05;
                canvas.text(&face, &line, size, (MARGIN, y), palette.text);
            }
            if let Some((size, lines)) = headlines {
                y += 26.0;
                for line in lines {
                    y += size * 1.25;
                    canvas.text(&face, &line, size, (MARGIN, y), palette.muted);
                }
            }
        }
        // The address stands in the place of a name that cannot be drawn.
        None => {
            if let Some((size, lines)) = fitted(&face, address, &[64.0, 52.0, 42.0], 2) {
                for line in lines {
                    y = if y == 0.0 { 330.0 } else { y + size * 1.15 };
                    canvas.text(&face, &line, size, (MARGIN, y), palette.text);
                }
            }
            return canvas.png();
        }
    }
    if let Some((size, lines)) = fitted(&face, address, &[30.0, 24.0], 1) {
        canvas.text(&face, &lines.concat(), size, (MARGIN, 552.0), palette.accent);
    }
    canvas.png()
}

/// The largest of the sizes at which a text takes so many lines at most, and the lines; the last size cuts what is too
/// much. `None` for a text that the font does not have all letters of.
fn fitted(face: &Face<'_>, text: &str, sizes: &[f32], most: usize) -> Option<(f32, Vec<String>)> {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    if text.trim().is_empty() || text.chars().any(|c| face.glyph_index(c).is_none()) {
        return None;
    }
    let mut last = None;
    for size in sizes {
        let lines = broken(face, &text, *size);
        let fits = lines.len() <= most && lines.iter().all(|line| width(face, line, *size) <= ROOM);
        if fits {
            return Some((*size, lines));
        }
        last = Some((*size, lines));
    }
    let (size, mut lines) = last?;
    let cut = lines.len() > most;
    lines.truncate(most);
    for (i, line) in lines.iter_mut().enumerate() {
        let shortened = cut && i + 1 == most;
        while width(face, line, size) > ROOM - if shortened { size } else { 0.0 } && line.pop().is_some() {}
        if shortened {
            line.push('…');
        }
    }
    Some((size, lines))
}

fn broken(face: &Face<'_>, text: &str, size: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(face, &format!("{line} {word}"), size) <= ROOM => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn width(face: &Face<'_>, text: &str, size: f32) -> f32 {
    let scale = size / f32::from(face.units_per_em());
    text.chars().map(|c| f32::from(advance(face, c)) * scale).sum()
}

fn advance(face: &Face<'_>, c: char) -> u16 {
    face.glyph_index(c).and_then(|glyph| face.glyph_hor_advance(glyph)).unwrap_or_default()
}

/// Pixels, three bytes each.
struct Canvas {
    pixels: Vec<u8>,
}

impl Canvas {
    fn new(ground: Colour) -> Self {
        Self { pixels: ground.channels().repeat(WIDTH * HEIGHT) }
    }

    fn cover(&mut self, x: usize, y: usize, colour: Colour, share: f32) {
        let share = share.clamp(0.0, 1.0);
        let Some(pixel) = self.pixels.get_mut((y * WIDTH + x) * 3..).filter(|_| x < WIDTH && y < HEIGHT) else {
            return;
        };
        for (channel, ink) in pixel.iter_mut().zip(colour.channels()) {
            *channel = (f32::from(*channel) * (1.0 - share) + f32::from(ink) * share).round() as u8;
        }
    }

    fn band(&mut self, from: usize, colour: Colour) {
        for y in from..HEIGHT {
            for x in 0..WIDTH {
                self.cover(x, y, colour, 1.0);
            }
        }
    }

    fn disc(&mut self, (cx, cy): (f32, f32), radius: f32, colour: Colour) {
        let (left, bottom) = ((cx - radius).max(0.0) as usize, (cy + radius) as usize);
        for y in 0..bottom.min(HEIGHT) {
            for x in left..WIDTH {
                let distance = (x as f32 + 0.5 - cx).hypot(y as f32 + 0.5 - cy);
                self.cover(x, y, colour, radius - distance + 0.5);
            }
        }
    }

    /// Writes a line whose letters stand on `baseline`.
    fn text(&mut self, face: &Face<'_>, line: &str, size: f32, (mut x, baseline): (f32, f32), colour: Colour) {
        let scale = size / f32::from(face.units_per_em());
        for c in line.chars() {
            if let Some(glyph) = face.glyph_index(c) {
                self.glyph(face, glyph, scale, (x, baseline), colour);
            }
            x += f32::from(advance(face, c)) * scale;
        }
    }

    fn glyph(&mut self, face: &Face<'_>, glyph: GlyphId, scale: f32, (x, baseline): (f32, f32), colour: Colour) {
        let Some(bounds) = face.glyph_bounding_box(glyph) else { return };
        let left = (x + f32::from(bounds.x_min) * scale).floor().max(0.0);
        let top = (baseline - f32::from(bounds.y_max) * scale).floor().max(0.0);
        let wide = f32::from(bounds.width()) * scale;
        let high = f32::from(bounds.height()) * scale;
        let mut pen = Pen {
            raster: Rasterizer::new(wide.ceil() as usize + 3, high.ceil() as usize + 3),
            scale,
            origin: point(x - left, baseline - top),
            start: point(0.0, 0.0),
            last: point(0.0, 0.0),
        };
        if face.outline_glyph(glyph, &mut pen).is_some() {
            pen.raster.for_each_pixel_2d(|px, py, share| {
                if share > 0.0 {
                    self.cover(left as usize + px as usize, top as usize + py as usize, colour, share);
                }
            });
        }
    }

    fn png(&self) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, WIDTH as u32, HEIGHT as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(png::Compression::Balanced);
        let mut writer = encoder.write_header().ok()?;
        writer.write_image_data(&self.pixels).ok()?;
        writer.finish().ok()?;
        Some(out)
    }
}

/// Follows an outline, which a font gives with the vertical axis upwards.
struct Pen {
    raster: Rasterizer,
    scale: f32,
    origin: Point,
    start: Point,
    last: Point,
}

impl Pen {
    fn at(&self, x: f32, y: f32) -> Point {
        point(self.origin.x + x * self.scale, self.origin.y - y * self.scale)
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.start = self.at(x, y);
        self.last = self.start;
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.at(x, y);
        self.raster.draw_line(self.last, to);
        self.last = to;
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (by, to) = (self.at(x1, y1), self.at(x, y));
        self.raster.draw_quad(self.last, by, to);
        self.last = to;
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (first, second, to) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.raster.draw_cubic(self.last, first, second, to);
        self.last = to;
    }

    fn close(&mut self) {
        self.raster.draw_line(self.last, self.start);
        self.last = self.start;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customizations::Colors;
    use crate::{palette, templates};

    fn colours() -> Palette {
        let scheme = templates::all()[0].manifest.color_scheme;
        palette::resolve(scheme.light, scheme.dark, &Colors::default()).0
    }

    fn pixels(name: &str, headline: Option<&str>) -> Vec<u8> {
        let png = draw(name, headline, "sites.example/p/ada", colours()).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((frame.width, frame.height), (1200, 630));
        pixels
    }

    #[test]
    fn the_picture_is_small_and_says_who_it_is() {
        let png = draw("Eleanor Marsh", Some("Engineer"), "sites.example/p/eleanor", colours()).unwrap();
        assert!(png.len() < 60_000, "{}", png.len());
        assert_eq!(png, draw("Eleanor Marsh", Some("Engineer"), "sites.example/p/eleanor", colours()).unwrap());
        assert_ne!(pixels("Eleanor Marsh", None), pixels("Eleanor Marsh", Some("Engineer")));
        assert_ne!(pixels("Żółć Čapek", None), pixels("Анна Ильина", None));
    }

    #[test]
    fn a_name_in_a_script_that_wants_shaping_leaves_the_address() {
        let address_alone = pixels("山田 太郎", None);
        assert_eq!(address_alone, pixels("ليلى الحسن", Some("مهندسة")));
        assert_ne!(address_alone, pixels("Ada", None));
    }

    #[test]
    fn whatever_a_name_holds_a_picture_comes_of_it() {
        for name in ["", " ", "A", &"W".repeat(200), &"Ada ".repeat(50), "<script>{{ 7*7 }}", "e\u{301}", "\u{202e}"] {
            pixels(name, Some(name));
        }
    }
}
