//! The colours of a page: the template's, changed by the person's, made legible.

use serde::Serialize;

use crate::colour::{AA, Colour};
use crate::customizations::{Colors, Scheme};

/// All colours of one scheme. Text, muted text and accent reach WCAG 2.2 AA on the background and on the surface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Palette {
    /// Page.
    pub background: Colour,
    /// Words.
    pub text: Colour,
    /// Words of less weight: dates, places.
    pub muted: Colour,
    /// Links and marks.
    pub accent: Colour,
    /// Words on a ground of the accent.
    pub on_accent: Colour,
    /// A ground that stands out a little.
    pub surface: Colour,
    /// Hairlines; decoration that carries no meaning.
    pub line: Colour,
}

/// A colour that was asked for and could not be read on its background.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Adjustment {
    /// JSON pointer to what was asked, such as `/customizations/colors/light/text`.
    pub pointer: String,
    /// What was asked.
    #[schema(value_type = String)]
    pub requested: Colour,
    /// What is used instead: the nearest lightness of the same hue that can be read.
    #[schema(value_type = String)]
    pub used: Colour,
    /// The background that it stands on.
    #[schema(value_type = String)]
    pub background: Colour,
    /// The contrast that the requested colour would have had, 1 to 21; 4.5 is wanted.
    pub contrast: f64,
}

/// The complete colours of a template's scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BaseScheme {
    /// Page.
    #[schema(value_type = String)]
    pub background: Colour,
    /// Words.
    #[schema(value_type = String)]
    pub text: Colour,
    /// Links and marks.
    #[schema(value_type = String)]
    pub accent: Colour,
}

/// Both palettes, and what had to be changed of the person's colours.
pub fn resolve(light: BaseScheme, dark: BaseScheme, chosen: &Colors) -> (Palette, Palette, Vec<Adjustment>) {
    let mut adjustments = Vec::new();
    let light_palette = palette(light, chosen.light, "light", &mut adjustments);
    // Whoever chose one accent wants to find it in the dark again.
    let dark_base = BaseScheme { accent: chosen.light.accent.unwrap_or(dark.accent), ..dark };
    let dark_palette = palette(dark_base, chosen.dark, "dark", &mut adjustments);
    (light_palette, dark_palette, adjustments)
}

/// The colours for paper, which is white whatever the screen shows.
pub fn paper(light: BaseScheme, chosen: &Colors) -> Palette {
    let on_white = Scheme { background: Some(Colour::WHITE), ..chosen.light };
    // Words that were chosen for a dark background would come out grey.
    let dark_ground = chosen.light.background.is_some_and(|ground| ground.contrast(Colour::WHITE) > AA);
    let on_white = if dark_ground { Scheme { text: None, ..on_white } } else { on_white };
    palette(light, on_white, "light", &mut Vec::new())
}

fn palette(base: BaseScheme, chosen: Scheme, name: &str, adjustments: &mut Vec<Adjustment>) -> Palette {
    let background = chosen.background.unwrap_or(base.background);
    let mut legible = |member: &str, wanted: Colour, requested: Option<Colour>, grounds: &[Colour]| {
        let used = wanted.legible_on(grounds, AA);
        if let Some(requested) = requested
            && requested != used
        {
            adjustments.push(Adjustment {
                pointer: format!("/customizations/colors/{name}/{member}"),
                requested,
                used,
                background,
                contrast: (requested.contrast(background) * 100.0).round() / 100.0,
            });
        }
        used
    };
    let text = legible("text", chosen.text.unwrap_or(base.text), chosen.text, &[background]);
    // On a background of middle lightness a second ground would leave no room for the words.
    let tinted = background.mixed(text, 0.05);
    let surface = if text.contrast(tinted) >= AA { tinted } else { background };
    let grounds = [background, surface];
    let accent = legible("accent", chosen.accent.unwrap_or(base.accent), chosen.accent, &grounds);
    let muted = text.mixed(background, 0.38).legible_on(&grounds, AA + 0.3);
    let on_accent =
        if accent.contrast(Colour::WHITE) >= accent.contrast(Colour::BLACK) { Colour::WHITE } else { Colour::BLACK };
    Palette { background, text, muted, accent, on_accent, surface, line: background.mixed(text, 0.16) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).unwrap()
    }

    fn base() -> (BaseScheme, BaseScheme) {
        (
            BaseScheme { background: colour("#ffffff"), text: colour("#1c1917"), accent: colour("#1d4ed8") },
            BaseScheme { background: colour("#141312"), text: colour("#f5f5f4"), accent: colour("#93c5fd") },
        )
    }

    fn assert_legible(palette: &Palette) {
        for ground in [palette.background, palette.surface] {
            for ink in [palette.text, palette.muted, palette.accent] {
                assert!(ink.contrast(ground) >= AA, "{ink} on {ground} in {palette:?}");
            }
        }
        assert!(palette.on_accent.contrast(palette.accent) >= AA, "{palette:?}");
    }

    #[test]
    fn whatever_is_chosen_the_words_can_be_read() {
        let (light, dark) = base();
        let samples = [
            "#000", "#333", "#777", "#808080", "#aaa", "#fff", "#f00", "#0f0", "#ff0", "#00f", "#0ff", "#123456",
            "#fde68a",
        ];
        for background in samples {
            for ink in samples {
                let scheme =
                    Scheme { background: Some(colour(background)), text: Some(colour(ink)), accent: Some(colour(ink)) };
                let (light, dark, _) = resolve(light, dark, &Colors { light: scheme, dark: scheme });
                assert_legible(&light);
                assert_legible(&dark);
            }
        }
    }

    #[test]
    fn paper_is_white_and_its_words_dark() {
        let (light, _) = base();
        let chosen = Colors {
            light: Scheme {
                background: Some(colour("#0b1120")),
                text: Some(colour("#ffffff")),
                accent: Some(colour("#38bdf8")),
            },
            ..Colors::default()
        };
        let paper = paper(light, &chosen);
        assert_eq!((paper.background, paper.text), (Colour::WHITE, light.text));
        assert_legible(&paper);
    }

    #[test]
    fn what_was_adjusted_is_told_and_what_was_not_is_not() {
        let (light, dark) = base();
        let chosen = Colors {
            light: Scheme { text: Some(colour("#dddddd")), accent: Some(colour("#b91c1c")), ..Scheme::default() },
            ..Colors::default()
        };
        let (palette, dark_palette, adjustments) = resolve(light, dark, &chosen);
        assert_eq!(adjustments.len(), 1, "{adjustments:?}");
        assert_eq!(adjustments[0].pointer, "/customizations/colors/light/text");
        assert_eq!(adjustments[0].requested, colour("#dddddd"));
        assert_eq!(adjustments[0].used, palette.text);
        assert!((adjustments[0].contrast - 1.36).abs() < 0.02, "{adjustments:?}");
        assert_eq!(palette.accent, colour("#b91c1c"));
        assert_ne!(dark_palette.accent, dark.accent, "the accent chosen for light is lost in the dark");
        assert_legible(&dark_palette);
    }
}
