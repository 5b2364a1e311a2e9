//! Colours of text and of what lies behind it, as far as contrast needs them.

use hayro_font::hayro_syntax::object::{Array, Dict, Name, Object, Stream};

/// Red, green and blue from 0 to 1; `None` for what has no single colour (a pattern, a gradient, a picture).
pub(super) type Colour = Option<[f32; 3]>;

pub(super) const BLACK: Colour = Some([0.0; 3]);

/// A colour space, as far as it matters which components are light and which are dark.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Space {
    Gray,
    Rgb,
    Cmyk,
    Lab,
    /// One or more inks: 0 is none of it, 1 is all of it. What ink on white looks like is near its darkness.
    Inks,
    Indexed(Box<Space>, Vec<u8>),
    Pattern,
}

impl Space {
    pub(super) fn named(name: &[u8]) -> Option<Self> {
        match name {
            b"DeviceGray" | b"G" | b"CalGray" => Some(Self::Gray),
            b"DeviceRGB" | b"RGB" | b"CalRGB" => Some(Self::Rgb),
            b"DeviceCMYK" | b"CMYK" => Some(Self::Cmyk),
            b"Pattern" => Some(Self::Pattern),
            _ => None,
        }
    }

    pub(super) fn of(object: &Object<'_>, depth: usize) -> Option<Self> {
        if depth > 4 {
            return None;
        }
        if let Object::Name(name) = object {
            return Self::named(name.as_ref());
        }
        let array = object.clone().into_array()?;
        let mut items = array.iter::<Object<'_>>();
        let family = items.next()?.into_name()?;
        match family.as_ref() {
            b"ICCBased" => {
                let stream: Stream<'_> = items.next()?.into_stream()?;
                match stream.dict().get::<i32>(&b"N"[..])? {
                    1 => Some(Self::Gray),
                    3 => Some(Self::Rgb),
                    4 => Some(Self::Cmyk),
                    _ => None,
                }
            }
            b"Lab" => Some(Self::Lab),
            b"Separation" | b"DeviceN" => Some(Self::Inks),
            b"Indexed" | b"I" => {
                let base = Self::of(&items.next()?, depth + 1)?;
                let _highest = items.next()?;
                let table = match items.next()? {
                    Object::String(string) => string.as_bytes().to_vec(),
                    Object::Stream(stream) => stream.decoded_data().ok()?.into_owned(),
                    _ => return None,
                };
                Some(Self::Indexed(Box::new(base), table))
            }
            name => Self::named(name),
        }
    }

    pub(super) fn initial(&self) -> Colour {
        match self {
            Self::Pattern => None,
            _ => BLACK,
        }
    }

    pub(super) fn colour(&self, components: &[f32]) -> Colour {
        let at = |i: usize| components.get(i).copied().unwrap_or(0.0).clamp(0.0, 1.0);
        match self {
            Self::Gray => Some([at(0); 3]),
            Self::Rgb => Some([at(0), at(1), at(2)]),
            Self::Cmyk => Some([0, 1, 2].map(|i| (1.0 - at(i)) * (1.0 - at(3)))),
            Self::Lab => {
                let lightness = components.first().copied().unwrap_or(0.0).clamp(0.0, 100.0);
                let luminance = if lightness > 8.0 { ((lightness + 16.0) / 116.0).powi(3) } else { lightness / 903.3 };
                Some([encode(luminance); 3])
            }
            Self::Inks => {
                let ink = components.iter().copied().fold(0.0_f32, f32::max).clamp(0.0, 1.0);
                Some([1.0 - ink; 3])
            }
            Self::Indexed(base, table) => {
                let width = match **base {
                    Self::Gray | Self::Inks => 1,
                    Self::Cmyk => 4,
                    _ => 3,
                };
                let index = components.first().copied().unwrap_or(0.0).max(0.0) as usize;
                let entry = table.get(index.checked_mul(width)?..)?.get(..width)?;
                let entry: Vec<f32> = entry.iter().map(|byte| f32::from(*byte) / 255.0).collect();
                base.colour(&entry)
            }
            Self::Pattern => None,
        }
    }
}

/// Looks a named colour space up among a page's resources.
pub(super) fn space(spaces: &Dict<'_>, name: &Name<'_>) -> Option<Space> {
    Space::named(name.as_ref()).or_else(|| Space::of(&spaces.get::<Object<'_>>(name)?, 0))
}

/// Contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it.
pub(crate) fn contrast(one: [f32; 3], other: [f32; 3]) -> f32 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// `over` painted with an opacity on `under`.
pub(super) fn blend(over: [f32; 3], alpha: f32, under: [f32; 3]) -> [f32; 3] {
    [0, 1, 2].map(|i| over[i] * alpha + under[i] * (1.0 - alpha))
}

fn luminance(colour: [f32; 3]) -> f32 {
    let [r, g, b] = colour.map(|c| if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn encode(linear: f32) -> f32 {
    if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 }
}

/// The components of an array of numbers, such as an annotation's rectangle.
pub(super) fn numbers(array: &Array<'_>) -> Vec<f32> {
    array.iter::<f32>().take(64).collect()
}
