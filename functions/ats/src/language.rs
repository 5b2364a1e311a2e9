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

/// Frequent characters of a CV that the mainland writes otherwise: each in its simplified form and in its traditional one.
const CHINESE_PAIRS: &str = "国國学學业業经經历歷术術发發计計设設语語书書证證务務个個们們东東车車门門问問间間风風软軟电電网網线線员員达達运運进進过過这這还還标標项項级級组組织織结結构構实實验驗时時会會议議价價数數据據库庫应應总總统統写寫师師团團队隊开開关關产產营營对對长長办辦报報财財贸貿销銷场場华華万萬与與专專为為从從优優传傳创創动動单單处處备備复復头頭导導将將层層带帶广廣异異强強当當态態执執扩擴护護担擔择擇损損换換";

/// Whose characters a Chinese résumé is written in: `CN`, or `TW` where more of them are traditional.
pub(crate) fn chinese_region(resume: &Resume) -> &'static str {
    let mut shown = resume.clone();
    shown.meta = vitae_resume::Meta::default();
    let text = serde_json::to_string(&shown).unwrap_or_default();
    let (mut simplified, mut traditional) = (0, 0);
    for c in text.chars().filter(|c| !c.is_ascii()) {
        match CHINESE_PAIRS.chars().position(|one| one == c) {
            Some(at) if at % 2 == 0 => simplified += 1,
            Some(_) => traditional += 1,
            None => {}
        }
    }
    if traditional > simplified { "TW" } else { "CN" }
}

/// Whether a language writes without spaces between words, or sets them otherwise than words: what counts words says
/// nothing about it.
pub(crate) fn counts_no_words(language: &str) -> bool {
    ["zh", "ja", "ko"].iter().any(|code| language.split(['-', '_']).next() == Some(code))
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
    fn the_characters_tell_which_chinese_it_is() {
        let of = |text: &str| {
            let resume = serde_json::json!({"basics": {"summary": text}});
            chinese_region(&serde_json::from_value(resume).unwrap())
        };
        assert_eq!(of("负责软件开发与团队管理，十年经验"), "CN");
        assert_eq!(of("負責軟體開發與團隊管理，十年經驗"), "TW");
        assert!(CHINESE_PAIRS.chars().count().is_multiple_of(2));
    }

    #[test]
    fn a_few_words_are_no_evidence() {
        assert_eq!(of_text("Lebenslauf"), None);
    }
}
