//! Colours that can be read: sRGB values, the contrast of WCAG 2.2, and the smallest change of lightness that reaches
//! a wanted contrast.

use std::fmt;

/// The contrast that WCAG 2.2 asks of text at level AA (success criterion 1.4.3).
pub const AA: f64 = 4.5;

/// An opaque sRGB colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

impl Colour {
    /// Red, green and blue.
    pub(crate) fn channels(self) -> [u8; 3] {
        [self.red, self.green, self.blue]
    }

    /// Reads `#rgb` or `#rrggbb`, in either case; anything else is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let channel = |range: std::ops::Range<usize>| u8::from_str_radix(&digits[range], 16).ok();
        match digits.len() {
            3 => Some(Self { red: channel(0..1)? * 17, green: channel(1..2)? * 17, blue: channel(2..3)? * 17 }),
            6 => Some(Self { red: channel(0..2)?, green: channel(2..4)?, blue: channel(4..6)? }),
            _ => None,
        }
    }

    /// The contrast ratio to another colour, 1 (the same) to 21 (black on white), by WCAG 2.2.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.relative_luminance(), other.relative_luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// This colour with `share` (0 to 1) of another mixed in.
    pub fn mixed(self, other: Self, share: f64) -> Self {
        let (a, b) = (Oklab::from(self), Oklab::from(other));
        let between = |from: f64, to: f64| from + (to - from) * share;
        Oklab { lightness: between(a.lightness, b.lightness), a: between(a.a, b.a), b: between(a.b, b.b) }.to_colour()
    }

    /// This colour, or the nearest in lightness with the same hue that reaches `ratio` against every one of `grounds`.
    ///
    /// Lightness moves away from the first ground, because a light text on a dark ground should stay light; where that
    /// way leads to no answer the other is taken. At a ratio up to [`AA`] one ground always has an answer.
    pub fn legible_on(self, grounds: &[Self], ratio: f64) -> Self {
        let suffices = |colour: Self| grounds.iter().all(|ground| colour.contrast(*ground) >= ratio);
        if suffices(self) {
            return self;
        }
        let own = Oklab::from(self);
        let ground_lightness = grounds.first().map_or(1.0, |ground| Oklab::from(*ground).lightness);
        let first_way = if own.lightness >= ground_lightness { 1.0 } else { -1.0 };
        for way in [first_way, -first_way] {
            let steps = 400;
            let room = if way > 0.0 { 1.0 - own.lightness } else { own.lightness };
            for step in 1..=steps {
                let lightness = own.lightness + way * room * f64::from(step) / f64::from(steps);
                let candidate = own.at_lightness(lightness);
                if suffices(candidate) {
                    return candidate;
                }
            }
        }
        let contrast_at_worst = |colour: Self| grounds.iter().map(|g| colour.contrast(*g)).fold(f64::MAX, f64::min);
        if contrast_at_worst(Self::BLACK) >= contrast_at_worst(Self::WHITE) { Self::BLACK } else { Self::WHITE }
    }

    /// Black.
    pub const BLACK: Self = Self { red: 0, green: 0, blue: 0 };
    /// White.
    pub const WHITE: Self = Self { red: 255, green: 255, blue: 255 };

    fn relative_luminance(self) -> f64 {
        let [red, green, blue] = self.linear();
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn linear(self) -> [f64; 3] {
        [self.red, self.green, self.blue].map(|channel| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        })
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

impl serde::Serialize for Colour {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Colour {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("a colour is written #rgb or #rrggbb"))
    }
}

/// A colour in Oklab (Björn Ottosson, "A perceptual color space for image processing", 2020), where a change of
/// lightness leaves the hue alone.
#[derive(Clone, Copy)]
struct Oklab {
    lightness: f64,
    a: f64,
    b: f64,
}

impl From<Colour> for Oklab {
    fn from(colour: Colour) -> Self {
        let [red, green, blue] = colour.linear();
        let l = (0.412_221_470_8 * red + 0.536_332_536_3 * green + 0.051_445_992_9 * blue).cbrt();
        let m = (0.211_903_498_2 * red + 0.680_699_545_1 * green + 0.107_396_956_6 * blue).cbrt();
        let s = (0.088_302_461_9 * red + 0.281_718_837_6 * green + 0.629_978_700_5 * blue).cbrt();
        Self {
            lightness: 0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
            a: 1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
            b: 0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
        }
    }
}

impl Oklab {
    /// The same hue at another lightness, with as much of its chroma as the screen can show there.
    fn at_lightness(self, lightness: f64) -> Colour {
        let (mut low, mut high) = (0.0, 1.0);
        let scaled = |share: f64| Self { lightness, a: self.a * share, b: self.b * share };
        if scaled(1.0).in_gamut() {
            return scaled(1.0).to_colour();
        }
        for _ in 0..12 {
            let middle = (low + high) / 2.0;
            if scaled(middle).in_gamut() { low = middle } else { high = middle }
        }
        scaled(low).to_colour()
    }

    fn linear(self) -> [f64; 3] {
        let l = (self.lightness + 0.396_337_777_4 * self.a + 0.215_803_757_3 * self.b).powi(3);
        let m = (self.lightness - 0.105_561_345_8 * self.a - 0.063_854_172_8 * self.b).powi(3);
        let s = (self.lightness - 0.089_484_177_5 * self.a - 1.291_485_548_0 * self.b).powi(3);
        [
            4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
            -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
            -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
        ]
    }

    fn in_gamut(self) -> bool {
        self.linear().iter().all(|channel| (-0.000_5..=1.000_5).contains(channel))
    }

    fn to_colour(self) -> Colour {
        let [red, green, blue] = self.linear().map(|linear| {
            let clamped = linear.clamp(0.0, 1.0);
            let value = if clamped <= 0.003_130_8 { clamped * 12.92 } else { 1.055 * clamped.powf(1.0 / 2.4) - 0.055 };
            (value * 255.0).round() as u8
        });
        Colour { red, green, blue }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).unwrap()
    }

    #[test]
    fn short_and_long_hex_are_read_and_nothing_else() {
        assert_eq!(colour("#0aF").to_string(), "#00aaff");
        assert_eq!(colour("#1d4ED8").to_string(), "#1d4ed8");
        for text in ["", "#", "red", "#12345", "#1234567", "#12g", "123456", "#ffffff80", "url(x)", "#é12"] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
    }

    #[test]
    fn contrast_agrees_with_the_recommendation() {
        assert!((Colour::BLACK.contrast(Colour::WHITE) - 21.0).abs() < 1e-9);
        assert!((colour("#767676").contrast(Colour::WHITE) - 4.54).abs() < 0.01);
        assert!((colour("#777777").contrast(Colour::WHITE) - 4.48).abs() < 0.01);
    }

    #[test]
    fn a_legible_colour_is_left_alone() {
        assert_eq!(colour("#1d4ed8").legible_on(&[Colour::WHITE], AA), colour("#1d4ed8"));
    }

    #[test]
    fn a_pale_colour_darkens_only_as_far_as_it_must_and_keeps_its_hue() {
        let adjusted = colour("#facc15").legible_on(&[Colour::WHITE], AA);
        assert!(adjusted.contrast(Colour::WHITE) >= AA);
        assert!(adjusted.contrast(Colour::WHITE) < AA + 0.2, "darker than needed: {adjusted}");
        let (before, after) = (Oklab::from(colour("#facc15")), Oklab::from(adjusted));
        assert!((before.b.atan2(before.a) - after.b.atan2(after.a)).abs() < 0.08, "{adjusted}");
    }

    #[test]
    fn every_pair_of_a_coarse_cube_can_be_made_legible() {
        let steps = ["00", "55", "aa", "ff"];
        let mut cube = Vec::new();
        for red in steps {
            for green in steps {
                cube.extend(steps.map(|blue| colour(&format!("#{red}{green}{blue}"))));
            }
        }
        for ground in &cube {
            for text in &cube {
                let adjusted = text.legible_on(&[*ground], AA);
                assert!(adjusted.contrast(*ground) >= AA, "{text} on {ground} became {adjusted}");
            }
        }
    }
}
