//! Which language a text is in.

use vitae_resume::Resume;

/// Fewer characters say too little about their language.
const FEWEST_CHARACTERS: usize = 60;

/// The language of a résumé, ISO 639-1: what its reader found, else what its running text shows.
pub(crate) fn of_resume(resume: &Resume) -> Option<String> {
    let stated = resume.meta.vitae.as_ref().and_then(|vitae| vitae.language.clone());
    stated.or_else(|| {
        let mut text = resume.basics.summary.clone().unwrap_or_default();
        for work in &resume.work {
            for line in work.summary.iter().chain(&work.highlights) {
                text.push('\n');
                text.push_str(line);
            }
        }
        of_text(&text).map(str::to_owned)
    })
}

/// The language of a text, ISO 639-1, where it is one that we know and the text is long enough to tell.
pub(crate) fn of_text(text: &str) -> Option<&'static str> {
    use whatlang::Lang;
    if text.chars().count() < FEWEST_CHARACTERS {
        return None;
    }
    let found = whatlang::detect(text).filter(whatlang::Info::is_reliable)?;
    Some(match found.lang() {
        Lang::Eng => "en",
        Lang::Deu => "de",
        Lang::Fra => "fr",
        Lang::Spa => "es",
        Lang::Ita => "it",
        Lang::Por => "pt",
        Lang::Nld => "nl",
        Lang::Pol => "pl",
        Lang::Swe => "sv",
        Lang::Tur => "tr",
        Lang::Dan => "da",
        Lang::Nob => "nb",
        Lang::Fin => "fi",
        Lang::Ces => "cs",
        Lang::Slk => "sk",
        Lang::Hun => "hu",
        Lang::Ron => "ro",
        Lang::Ell => "el",
        Lang::Rus => "ru",
        Lang::Ukr => "uk",
        Lang::Vie => "vi",
        Lang::Ara => "ar",
        Lang::Heb => "he",
        Lang::Hin => "hi",
        Lang::Cmn => "zh",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readers_word_goes_before_a_guess() {
        let resume: Resume = serde_json::from_str(
            r#"{"basics":{"summary":"Bauingenieurin mit zwölf Jahren Erfahrung im Hoch- und Brückenbau, sicher in Kalkulation und Ausschreibung."}}"#,
        )
        .unwrap();
        assert_eq!(of_resume(&resume).as_deref(), Some("de"));
        let mut stated = resume;
        stated.meta.vitae = Some(vitae_resume::VitaeMeta { language: Some("nl".into()), ..Default::default() });
        assert_eq!(of_resume(&stated).as_deref(), Some("nl"));
    }

    #[test]
    fn a_few_words_are_no_evidence() {
        assert_eq!(of_text("Lebenslauf"), None);
    }
}
