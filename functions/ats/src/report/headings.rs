//! The original's headings: whether other programs know them, and whether anything stands under them.

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;
use vitae_resume::Heading;

use super::{Finding, Part, Severity, finding};

/// The languages that the beginnings below are of.
const LANGUAGES: [&str; 10] = ["en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "tr"];

/// How words of conventional headings begin, without accents. A heading with none of them is one of its author's own.
const CONVENTIONAL: &str = "\
summar profil about objectiv statement introduc overview biograph highlights zusammenfass uber ziel kurz resum propos \
present accroche perfil objetivo sobre extracto sommario obiettivo samenvatt podsumow sammanfatt ozet hakkimda kisisel \
experien employ work career profession position internship beruf werdegang praxis praktik tatigkeit emploi parcours stage \
laboral trayectoria empleo practicas lavor esperienz carriera tirocin estagio werk ervaring loopbaan doswiadczen zatrudn \
przebieg praktyk staz erfarenhet anstallning praktik deneyim kariyer staj history \
educat academic qualificat stud school ausbild bildung schul hochschul promotion formation etude diplom scola formacion \
formacao escola educac istruz formaz opleiding onderwijs wykszta eduka uczel utbildning egitim ogren degree thesis \
skill competen expert technolog technical tool abilit proficien kenntnis fahig kompeten edv savoir outil informat habilid \
conocim aptitud herramient capacid capacita conosc abilita vaardig kennis umiejet fardig kunskap yetenek beceri yetkin \
method software \
langu sprach sprak idiom lingu taal talen jezyk jezyki dil diller yabanci \
project projekt projet proyect progett projeto proje portfolio \
certif licen accred zertif weiterbild fortbild schein kurs lizenz permis habilit attestat patent corsi curso cours szkolen \
uprawn sertifik training member development mitglied clearance \
award honor honour achiev prize scholar grant recognit auszeich preis stipend prix distinct bourse premio premi reconoc \
logro becas riconosc odul basari nagrod osiagn utmark prijs prijz onderscheid erfolge \
publicat papers article talk conferen research veroffent publik vortr forsch ponencia pubblic publicac yayin lectur teach \
lehre recherch investig ricerc patents exhibition media press \
volunt communit social ehren engag freiwill benevol associ wolont ideell gonul extracurric activit leadership military \
wehr zivil aktivit \
interest hobb interess freizeit loisir centre aficion tempo zaintere fritid ilgi \
refer recomm testimon rekomm \
contact kontakt personal person detail link coordonn dato dados dane iletisim inform address anschrift angaben online web \
network netz redes reseau sosyal liens enlace additional other further miscell sonstig weiter divers autre otro altro outr \
overig ovrig diger various declar availab mobil";

pub(super) fn look(headings: &[Heading], language: Option<&str>, findings: &mut Vec<Finding>) {
    let pointer = |heading: &Heading| match heading.section.as_deref() {
        Some("summary") => "/basics/summary".to_owned(),
        Some("contact" | "other") | None => String::new(),
        Some("profiles") => "/basics/profiles".to_owned(),
        Some(section) => format!("/{section}"),
    };
    let known = language.is_some_and(|language| LANGUAGES.iter().any(|code| language.split('-').next() == Some(code)));
    if known {
        let mut own = finding(
            "unconventional_headings",
            Part::Sections,
            Severity::Low,
            "Some headings are not those that CVs usually have: programs that sort by headings may miss what stands there.",
            "Call the sections what everybody calls them: Experience, Education, Skills.",
        );
        for heading in headings.iter().filter(|heading| !is_conventional(&heading.text)) {
            own = own.at(pointer(heading), Some(&heading.text));
        }
        findings.extend(Some(own).filter(|finding| !finding.evidence.is_empty()));
    }
    let mut empty = finding(
        "section_empty",
        Part::Sections,
        Severity::Low,
        "Nothing was read under some headings.",
        "Fill the section or leave its heading out; if it holds something, its layout hides it from programs.",
    );
    for heading in headings.iter().filter(|heading| heading.empty && !pointer(heading).is_empty()) {
        empty = empty.at(pointer(heading), Some(&heading.text));
    }
    findings.extend(Some(empty).filter(|finding| !finding.evidence.is_empty()));
}

fn is_conventional(heading: &str) -> bool {
    let plain: String = heading.nfd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)).collect();
    let plain = plain.to_lowercase().replace('ł', "l").replace('ı', "i").replace('ß', "ss").replace('ø', "o");
    // Letters set apart, and signs alone, are read as they are meant by our reader and say nothing about the words.
    let words: Vec<&str> = plain.unicode_words().collect();
    words.iter().all(|word| word.chars().count() == 1)
        || words.iter().any(|word| CONVENTIONAL.split_whitespace().any(|beginning| word.starts_with(beginning)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::{CV, look};

    #[test]
    fn conventional_headings_of_many_languages_are_known_and_inventions_are_not() {
        for heading in [
            "Work Experience",
            "Berufserfahrung",
            "Expérience professionnelle",
            "Formación académica",
            "Wykształcenie",
            "Beceriler",
            "E D U C A T I O N",
            "Skills & Tools",
        ] {
            assert!(is_conventional(heading), "{heading}");
        }
        for heading in ["Where I've Been", "My Journey", "What makes me tick", "Superpowers", "Meine Reise"] {
            assert!(!is_conventional(heading), "{heading}");
        }
    }

    #[test]
    fn headings_of_their_authors_own_and_empty_sections_are_pointed_at() {
        let with = |headings: &str, language: &str| {
            let build = format!(r#""page_count":1,"build":{{"headings":[{headings}]}}"#);
            let cv = CV.replace(r#""page_count":1"#, &build);
            look(&cv.replace(r#""language":"en""#, &format!(r#""language":"{language}""#)), None).findings
        };
        let journey = r#"{"text":"My Journey","section":"work"},{"text":"Education","section":"education"}"#;
        let found = with(journey, "en");
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].id.as_str(), found[0].evidence.len()), ("unconventional_headings", 1));
        assert_eq!(found[0].evidence[0].pointer, "/work");
        assert!(with(journey, "fi").is_empty());
        let found = with(r#"{"text":"Awards","section":"awards","empty":true}"#, "fi");
        assert_eq!((found[0].id.as_str(), found[0].evidence[0].pointer.as_str()), ("section_empty", "/awards"));
    }
}
