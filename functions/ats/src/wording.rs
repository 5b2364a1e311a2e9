//! The words that a document needs beside the person's own: headings, labels and the way a date is written, in the
//! language of the CV.

use vitae_resume::PartialDate;

use crate::sheet::Section;

/// The words of one language.
#[derive(Debug)]
pub(crate) struct Wording {
    /// ISO 639-1, with a region (ISO 3166-1) where that writes other words.
    pub(crate) language: &'static str,
    /// One heading a section, in the order of [`Section`].
    headings: [&'static str; 12],
    /// What stands for the end of a period that goes on.
    present: &'static str,
    /// Stands before a grade.
    pub(crate) grade: &'static str,
    /// Stands before a list of courses.
    pub(crate) courses: &'static str,
    /// Stands before a list of techniques.
    pub(crate) technologies: &'static str,
    /// What the document is called where the person has no name.
    pub(crate) document: &'static str,
    dates: DateStyle,
}

/// How a language writes dates on a CV.
#[derive(Debug, Clone, Copy)]
enum DateStyle {
    /// `May 2021`, `9 May 2021`.
    EnglishMonths,
    /// `05/2021`, `09.05.2021`.
    Dots,
    /// `05/2021`, `09/05/2021`.
    Slashes,
    /// `2021-05`, `2021-05-09`.
    Iso,
}

const ENGLISH_MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

static LANGUAGES: [Wording; 27] = [
    Wording {
        language: "en",
        headings: [
            "Summary",
            "Experience",
            "Projects",
            "Education",
            "Skills",
            "Certifications",
            "Publications",
            "Awards",
            "Volunteering",
            "Languages",
            "Interests",
            "References",
        ],
        present: "Present",
        grade: "Grade",
        courses: "Courses",
        technologies: "Technologies",
        document: "Curriculum vitae",
        dates: DateStyle::EnglishMonths,
    },
    Wording {
        language: "de",
        headings: [
            "Profil",
            "Berufserfahrung",
            "Projekte",
            "Ausbildung",
            "Kenntnisse",
            "Zertifikate",
            "Publikationen",
            "Auszeichnungen",
            "Ehrenamt",
            "Sprachen",
            "Interessen",
            "Referenzen",
        ],
        present: "heute",
        grade: "Note",
        courses: "Kurse",
        technologies: "Technologien",
        document: "Lebenslauf",
        dates: DateStyle::Dots,
    },
    Wording {
        language: "fr",
        headings: [
            "Profil",
            "Expérience professionnelle",
            "Projets",
            "Formation",
            "Compétences",
            "Certifications",
            "Publications",
            "Distinctions",
            "Bénévolat",
            "Langues",
            "Centres d’intérêt",
            "Références",
        ],
        present: "aujourd’hui",
        grade: "Mention",
        courses: "Cours",
        technologies: "Technologies",
        document: "Curriculum vitae",
        dates: DateStyle::Slashes,
    },
    Wording {
        language: "es",
        headings: [
            "Perfil",
            "Experiencia profesional",
            "Proyectos",
            "Formación",
            "Habilidades",
            "Certificaciones",
            "Publicaciones",
            "Premios",
            "Voluntariado",
            "Idiomas",
            "Intereses",
            "Referencias",
        ],
        present: "actualidad",
        grade: "Nota",
        courses: "Cursos",
        technologies: "Tecnologías",
        document: "Currículum vítae",
        dates: DateStyle::Slashes,
    },
    Wording {
        language: "it",
        headings: [
            "Profilo",
            "Esperienza professionale",
            "Progetti",
            "Formazione",
            "Competenze",
            "Certificazioni",
            "Pubblicazioni",
            "Premi",
            "Volontariato",
            "Lingue",
            "Interessi",
            "Referenze",
        ],
        present: "oggi",
        grade: "Voto",
        courses: "Corsi",
        technologies: "Tecnologie",
        document: "Curriculum vitae",
        dates: DateStyle::Slashes,
    },
    Wording {
        language: "pt",
        headings: [
            "Perfil",
            "Experiência profissional",
            "Projetos",
            "Formação",
            "Competências",
            "Certificações",
            "Publicações",
            "Prémios",
            "Voluntariado",
            "Idiomas",
            "Interesses",
            "Referências",
        ],
        present: "presente",
        grade: "Nota",
        courses: "Cursos",
        technologies: "Tecnologias",
        document: "Currículo",
        dates: DateStyle::Slashes,
    },
    Wording {
        language: "nl",
        headings: [
            "Profiel",
            "Werkervaring",
            "Projecten",
            "Opleiding",
            "Vaardigheden",
            "Certificaten",
            "Publicaties",
            "Prijzen",
            "Vrijwilligerswerk",
            "Talen",
            "Interesses",
            "Referenties",
        ],
        present: "heden",
        grade: "Cijfer",
        courses: "Vakken",
        technologies: "Technologieën",
        document: "Curriculum vitae",
        dates: DateStyle::Slashes,
    },
    Wording {
        language: "pl",
        headings: [
            "Profil zawodowy",
            "Doświadczenie zawodowe",
            "Projekty",
            "Wykształcenie",
            "Umiejętności",
            "Certyfikaty",
            "Publikacje",
            "Nagrody",
            "Wolontariat",
            "Języki",
            "Zainteresowania",
            "Referencje",
        ],
        present: "obecnie",
        grade: "Ocena",
        courses: "Kursy",
        technologies: "Technologie",
        document: "Życiorys",
        dates: DateStyle::Dots,
    },
    Wording {
        language: "sv",
        headings: [
            "Profil",
            "Arbetslivserfarenhet",
            "Projekt",
            "Utbildning",
            "Kompetenser",
            "Certifikat",
            "Publikationer",
            "Utmärkelser",
            "Ideellt arbete",
            "Språk",
            "Intressen",
            "Referenser",
        ],
        present: "nuvarande",
        grade: "Betyg",
        courses: "Kurser",
        technologies: "Tekniker",
        document: "Meritförteckning",
        dates: DateStyle::Iso,
    },
    Wording {
        language: "tr",
        headings: [
            "Özet",
            "İş Deneyimi",
            "Projeler",
            "Eğitim",
            "Beceriler",
            "Sertifikalar",
            "Yayınlar",
            "Ödüller",
            "Gönüllü Çalışmalar",
            "Diller",
            "İlgi Alanları",
            "Referanslar",
        ],
        present: "günümüz",
        grade: "Not",
        courses: "Dersler",
        technologies: "Teknolojiler",
        document: "Özgeçmiş",
        dates: DateStyle::Dots,
    },
    Wording {
        language: "ru",
        headings: [
            "О себе",
            "Опыт работы",
            "Проекты",
            "Образование",
            "Навыки",
            "Сертификаты",
            "Публикации",
            "Награды",
            "Волонтёрская деятельность",
            "Языки",
            "Интересы",
            "Рекомендации",
        ],
        present: "настоящее время",
        grade: "Оценка",
        courses: "Курсы",
        technologies: "Технологии",
        document: "Резюме",
        dates: DateStyle::Dots,
    },
    Wording {
        language: "uk",
        headings: [
            "Про себе",
            "Досвід роботи",
            "Проєкти",
            "Освіта",
            "Навички",
            "Сертифікати",
            "Публікації",
            "Нагороди",
            "Волонтерство",
            "Мови",
            "Інтереси",
            "Рекомендації",
        ],
        present: "дотепер",
        grade: "Оцінка",
        courses: "Курси",
        technologies: "Технології",
        document: "Резюме",
        dates: DateStyle::Dots,
    },
    Wording {
        language: "cs",
        headings: [
            "Profil",
            "Pracovní zkušenosti",
            "Projekty",
            "Vzdělání",
            "Dovednosti",
            "Certifikáty",
            "Publikace",
            "Ocenění",
            "Dobrovolnictví",
            "Jazyky",
            "Zájmy",
            "Reference",
        ],
        present: "současnost",
        grade: "Známka",
        courses: "Kurzy",
        technologies: "Technologie",
        document: "Životopis",
        dates: DateStyle::Dots,
    },
    Wording {
        language: "sk",
        headings: [
            "Profil",
            "Pracovné skúsenosti",
            "Projekty",
            "Vzdelanie",
            "Zručnosti",
            "Certifikáty",
            "Publikácie",
            "Ocenenia",
            "Dobrovoľníctvo",
            "Jazyky",
            "Záujmy",
            "Referencie",
        ],
        present: "súčasnosť",
        grade: "Známka",
        courses: "Kurzy",
        technologies: "Technológie",
        document: "Životopis",
        dates: DateStyle::Dots,
    },
    Wording {
        language: "hu",
        headings: [
            "Profil",
            "Szakmai tapasztalat",
            "Projektek",
            "Tanulmányok",
            "Készségek",
            "Tanúsítványok",
            "Publikációk",
            "Díjak",
            "Önkéntes munka",
            "Nyelvek",
            "Érdeklődés",
            "Referenciák",
        ],
        present: "jelenleg",
        grade: "Minősítés",
        courses: "Tárgyak",
        technologies: "Technológiák",
        document: "Önéletrajz",
        dates: DateStyle::Iso,
    },
    Wording {
        language: "ro",
        headings: [
            "Profil",
            "Experiență profesională",
            "Proiecte",
            "Educație",
            "Competențe",
            "Certificări",
            "Publicații",
            "Premii",
            "Voluntariat",
            "Limbi străine",
            "Interese",
            "Referințe",
        ],
        present: "prezent",
        grade: "Medie",
        courses: "Cursuri",
        technologies: "Tehnologii",
        document: "Curriculum vitae",
        dates: DateStyle::Dots,
    },
    Wording {
        language: "da",
        headings: [
            "Profil",
            "Erhvervserfaring",
            "Projekter",
            "Uddannelse",
            "Kompetencer",
            "Certifikater",
            "Publikationer",
            "Priser",
            "Frivilligt arbejde",
            "Sprog",
            "Interesser",
            "Referencer",
        ],
        present: "nu",
        grade: "Karakter",
        courses: "Kurser",
        technologies: "Teknologier",
        document: "Curriculum vitae",
        dates: DateStyle::Dots,
    },
    Wording {
        language: "nb",
        headings: [
            "Profil",
            "Arbeidserfaring",
            "Prosjekter",
            "Utdanning",
            "Ferdigheter",
            "Sertifikater",
            "Publikasjoner",
            "Priser",
            "Frivillig arbeid",
            "Språk",
            "Interesser",
            "Referanser",
        ],
        present: "nå",
        grade: "Karakter",
        courses: "Kurs",
        technologies: "Teknologier",
        document: "Curriculum vitae",
        dates: DateStyle::Dots,
    },
    Wording {
        language: "fi",
        headings: [
            "Profiili",
            "Työkokemus",
            "Projektit",
            "Koulutus",
            "Taidot",
            "Sertifikaatit",
            "Julkaisut",
            "Palkinnot",
            "Vapaaehtoistyö",
            "Kielitaito",
            "Harrastukset",
            "Suosittelijat",
        ],
        present: "nykyinen",
        grade: "Arvosana",
        courses: "Kurssit",
        technologies: "Teknologiat",
        document: "Ansioluettelo",
        dates: DateStyle::Dots,
    },
    Wording {
        language: "el",
        headings: [
            "Προφίλ",
            "Επαγγελματική εμπειρία",
            "Έργα",
            "Εκπαίδευση",
            "Δεξιότητες",
            "Πιστοποιήσεις",
            "Δημοσιεύσεις",
            "Βραβεία",
            "Εθελοντισμός",
            "Γλώσσες",
            "Ενδιαφέροντα",
            "Συστάσεις",
        ],
        present: "σήμερα",
        grade: "Βαθμός",
        courses: "Μαθήματα",
        technologies: "Τεχνολογίες",
        document: "Βιογραφικό σημείωμα",
        dates: DateStyle::Slashes,
    },
    Wording {
        language: "vi",
        headings: [
            "Giới thiệu",
            "Kinh nghiệm làm việc",
            "Dự án",
            "Học vấn",
            "Kỹ năng",
            "Chứng chỉ",
            "Công trình nghiên cứu",
            "Giải thưởng",
            "Hoạt động tình nguyện",
            "Ngoại ngữ",
            "Sở thích",
            "Người tham chiếu",
        ],
        present: "hiện tại",
        grade: "Điểm",
        courses: "Môn học",
        technologies: "Công nghệ",
        document: "Sơ yếu lý lịch",
        dates: DateStyle::Slashes,
    },
    Wording {
        language: "ar",
        headings: [
            "الملخص",
            "الخبرة العملية",
            "المشاريع",
            "التعليم",
            "المهارات",
            "الشهادات",
            "المنشورات",
            "الجوائز",
            "العمل التطوعي",
            "اللغات",
            "الاهتمامات",
            "المراجع",
        ],
        present: "حتى الآن",
        grade: "التقدير",
        courses: "المقررات",
        technologies: "التقنيات",
        document: "السيرة الذاتية",
        dates: DateStyle::Slashes,
    },
    Wording {
        language: "he",
        headings: [
            "תקציר",
            "ניסיון תעסוקתי",
            "פרויקטים",
            "השכלה",
            "כישורים",
            "הסמכות",
            "פרסומים",
            "פרסים",
            "התנדבות",
            "שפות",
            "תחומי עניין",
            "ממליצים",
        ],
        present: "היום",
        grade: "ציון",
        courses: "קורסים",
        technologies: "טכנולוגיות",
        document: "קורות חיים",
        dates: DateStyle::Slashes,
    },
    Wording {
        language: "zh",
        headings: [
            "个人简介",
            "工作经历",
            "项目经历",
            "教育背景",
            "专业技能",
            "证书",
            "发表论文",
            "荣誉奖项",
            "志愿服务",
            "语言能力",
            "兴趣爱好",
            "推荐人",
        ],
        present: "至今",
        grade: "成绩",
        courses: "课程",
        technologies: "技术栈",
        document: "简历",
        dates: DateStyle::Iso,
    },
    Wording {
        language: "zh-TW",
        headings: [
            "個人簡介",
            "工作經歷",
            "專案經歷",
            "學歷",
            "專業技能",
            "證照",
            "著作",
            "獲獎紀錄",
            "志工服務",
            "語言能力",
            "興趣",
            "推薦人",
        ],
        present: "至今",
        grade: "成績",
        courses: "課程",
        technologies: "使用技術",
        document: "履歷",
        dates: DateStyle::Iso,
    },
    Wording {
        language: "ja",
        headings: [
            "職務要約",
            "職歴",
            "プロジェクト",
            "学歴",
            "スキル",
            "資格",
            "論文・著書",
            "受賞歴",
            "ボランティア活動",
            "語学",
            "趣味",
            "推薦者",
        ],
        present: "現在",
        grade: "成績",
        courses: "履修科目",
        technologies: "使用技術",
        document: "職務経歴書",
        dates: DateStyle::Iso,
    },
    Wording {
        language: "ko",
        headings: [
            "자기소개",
            "경력",
            "프로젝트",
            "학력",
            "보유 기술",
            "자격증",
            "논문 및 저서",
            "수상 경력",
            "봉사 활동",
            "외국어",
            "관심사",
            "추천인",
        ],
        present: "현재",
        grade: "학점",
        courses: "이수 과목",
        technologies: "사용 기술",
        document: "이력서",
        dates: DateStyle::Iso,
    },
];

/// A heading in capitals, as its language writes them.
pub(crate) fn capitals(heading: &str, language: &str) -> String {
    match language {
        // There the small letter with a dot has a capital with a dot.
        "tr" | "az" => heading.replace('i', "İ").to_uppercase(),
        _ => heading.to_uppercase(),
    }
}

impl Wording {
    /// The words of a language (ISO 639-1) as a region writes it, or the English ones where we have none.
    pub(crate) fn of(language: &str, region: Option<&str>) -> &'static Self {
        let code = match (language, region) {
            ("zh", Some("TW" | "HK" | "MO")) => "zh-TW",
            _ => language,
        };
        LANGUAGES.iter().find(|wording| wording.language == code).unwrap_or(&LANGUAGES[0])
    }

    /// The languages that have their own words here, ISO 639-1, with a region where that writes other words.
    pub(crate) fn languages() -> impl Iterator<Item = &'static str> {
        LANGUAGES.iter().map(|wording| wording.language)
    }

    /// Whether a language has its own words here.
    pub(crate) fn knows(language: &str) -> bool {
        let code = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        LANGUAGES.iter().any(|wording| wording.language == code)
    }

    /// The heading of a section.
    pub(crate) fn heading(&self, section: Section) -> &'static str {
        self.headings[section as usize]
    }

    /// A date, at the precision that it has.
    pub(crate) fn date(&self, date: PartialDate) -> String {
        let year = date.year_of();
        match (date.month_of(), date.day_of(), self.dates) {
            (None, _, _) => year.to_string(),
            (Some(month), None, DateStyle::EnglishMonths) => format!("{} {year}", ENGLISH_MONTHS[month as usize - 1]),
            (Some(month), Some(day), DateStyle::EnglishMonths) => {
                format!("{day} {} {year}", ENGLISH_MONTHS[month as usize - 1])
            }
            (Some(month), None, DateStyle::Dots | DateStyle::Slashes) => format!("{month:02}/{year}"),
            (Some(month), Some(day), DateStyle::Dots) => format!("{day:02}.{month:02}.{year}"),
            (Some(month), Some(day), DateStyle::Slashes) => format!("{day:02}/{month:02}/{year}"),
            (Some(_), _, DateStyle::Iso) => date.to_string(),
        }
    }

    /// A period. One that began and has no end goes on (`Present`); one that only ended shows its end alone.
    pub(crate) fn period(&self, start: Option<PartialDate>, end: Option<PartialDate>) -> Option<String> {
        match (start, end) {
            (None, None) => None,
            (Some(start), None) => Some(format!("{} – {}", self.date(start), self.present)),
            (Some(start), Some(end)) if start == end => Some(self.date(start)),
            (Some(start), Some(end)) => Some(format!("{} – {}", self.date(start), self.date(end))),
            (None, Some(end)) => Some(self.date(end)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Option<PartialDate> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn a_period_is_written_as_the_language_writes_it() {
        let (start, end) = (date("2019-03"), date("2021-11"));
        assert_eq!(Wording::of("en", None).period(start, end).unwrap(), "Mar 2019 – Nov 2021");
        assert_eq!(Wording::of("de", Some("AT")).period(start, end).unwrap(), "03/2019 – 11/2021");
        assert_eq!(Wording::of("sv", None).period(start, None).unwrap(), "2019-03 – nuvarande");
        assert_eq!(Wording::of("pl", None).period(start, None).unwrap(), "03/2019 – obecnie");
    }

    #[test]
    fn precision_is_never_invented() {
        assert_eq!(Wording::of("en", None).period(date("2019"), date("2021")).unwrap(), "2019 – 2021");
        assert_eq!(Wording::of("en", None).period(None, date("2021-06")).unwrap(), "Jun 2021");
        assert_eq!(Wording::of("fr", None).date(date("2021-05-09").unwrap()), "09/05/2021");
        assert_eq!(Wording::of("en", None).period(None, None), None);
    }

    #[test]
    fn a_language_without_words_of_its_own_gets_english_headings() {
        assert_eq!(Wording::of("eu", None).heading(Section::Work), "Experience");
        assert!(!Wording::knows("eu"));
        assert_eq!(Wording::of("tr", None).heading(Section::Work), "İş Deneyimi");
        assert_eq!(Wording::of("zh", Some("CN")).heading(Section::Work), "工作经历");
        assert_eq!(Wording::of("zh", Some("HK")).heading(Section::Work), "工作經歷");
    }

    #[test]
    fn no_two_sections_of_a_language_share_a_heading() {
        for wording in &LANGUAGES {
            let distinct: std::collections::BTreeSet<_> = wording.headings.iter().collect();
            assert_eq!(distinct.len(), 12, "{}", wording.language);
        }
    }
}
