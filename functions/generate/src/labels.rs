//! The words that a portfolio adds to the person's own: section titles, months, a handful of phrases.

use serde::{Deserialize, Serialize};
use vitae_resume::PartialDate;

use crate::content::Section;
use crate::customizations::Tone;

/// A language that labels are written in (ISO 639-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    En,
    /// German.
    De,
    /// French.
    Fr,
    /// Spanish.
    Es,
    /// Portuguese.
    Pt,
    /// Italian.
    It,
    /// Dutch.
    Nl,
    /// Polish.
    Pl,
    /// Swedish.
    Sv,
    /// Turkish.
    Tr,
    /// Arabic.
    Ar,
    /// Hebrew.
    He,
    /// Japanese.
    Ja,
    /// Chinese.
    Zh,
}

impl Language {
    /// Every language, in the order of the schema.
    pub const ALL: [Self; 14] = [
        Self::En,
        Self::De,
        Self::Fr,
        Self::Es,
        Self::Pt,
        Self::It,
        Self::Nl,
        Self::Pl,
        Self::Sv,
        Self::Tr,
        Self::Ar,
        Self::He,
        Self::Ja,
        Self::Zh,
    ];

    /// The language of a tag such as `de` or `pt-BR`, by its first subtag.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        Self::ALL.into_iter().find(|language| language.code() == primary)
    }

    /// The language that a reader asks for by `Accept-Language` (RFC 9110, section 12.5.4): the first of those with the
    /// highest weight that there are words in; English where there is none.
    pub fn accepted(header: &str) -> Self {
        let mut best = (Self::En, 0.0);
        for wish in header.split(',').take(20) {
            let (tag, parameters) = wish.split_once(';').unwrap_or((wish, ""));
            let weight = parameters.trim().strip_prefix("q=").map_or(1.0, |text| text.parse::<f32>().unwrap_or(0.0));
            if let Some(language) = Self::from_tag(tag.trim())
                && weight > best.1
            {
                best = (language, weight);
            }
        }
        best.0
    }

    /// The ISO 639-1 code.
    pub fn code(self) -> &'static str {
        self.labels().code
    }

    /// The words in this language.
    pub fn labels(self) -> &'static Labels {
        match self {
            Self::En => &EN,
            Self::De => &DE,
            Self::Fr => &FR,
            Self::Es => &ES,
            Self::Pt => &PT,
            Self::It => &IT,
            Self::Nl => &NL,
            Self::Pl => &PL,
            Self::Sv => &SV,
            Self::Tr => &TR,
            Self::Ar => &AR,
            Self::He => &HE,
            Self::Ja => &JA,
            Self::Zh => &ZH,
        }
    }
}

/// Whether a language tag's script runs from right to left.
pub fn is_right_to_left(tag: &str) -> bool {
    matches!(
        tag.split(['-', '_']).next().unwrap_or_default(),
        "ar" | "he" | "fa" | "ur" | "yi" | "ps" | "sd" | "ckb" | "dv"
    )
}

/// The words of one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Labels {
    /// ISO 639-1 code.
    pub code: &'static str,
    #[serde(skip)]
    titles: Titles,
    #[serde(skip)]
    friendly: Friendly,
    #[serde(skip)]
    bold: Bold,
    #[serde(skip)]
    academic: Academic,
    /// What stands for an end that has not come.
    pub present: &'static str,
    /// Text of the link that jumps over the header.
    pub skip: &'static str,
    /// Before a mail address.
    pub email: &'static str,
    /// Before a telephone number.
    pub phone: &'static str,
    /// Before a place or a street address.
    pub address: &'static str,
    /// Before the person's own site.
    pub website: &'static str,
    /// Before a grade.
    pub grade: &'static str,
    /// Before a list of courses.
    pub courses: &'static str,
    /// Link to the résumé as a document.
    pub resume_pdf: &'static str,
    /// Link to the résumé as data.
    pub resume_file: &'static str,
    /// Link to the contact card.
    pub contact_card: &'static str,
    /// What stands between the members of a list.
    pub comma: &'static str,
    /// Name of the list of files to take along.
    pub downloads: &'static str,
    /// The words of the page that asks for a portfolio's password.
    #[serde(skip)]
    pub gate: Gate,
    #[serde(skip)]
    months: [&'static str; 12],
    #[serde(skip)]
    whole_months: [&'static str; 12],
    #[serde(skip)]
    order: DateOrder,
}

/// The words of the page that asks for a portfolio's password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gate {
    /// Title.
    pub title: &'static str,
    /// Before the field.
    pub password: &'static str,
    /// On the button.
    pub open: &'static str,
    /// After a wrong password.
    pub wrong: &'static str,
    /// After too many of them.
    pub too_many: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Titles {
    about: &'static str,
    experience: &'static str,
    projects: &'static str,
    skills: &'static str,
    education: &'static str,
    volunteer: &'static str,
    certificates: &'static str,
    awards: &'static str,
    publications: &'static str,
    languages: &'static str,
    interests: &'static str,
    references: &'static str,
    contact: &'static str,
}

/// What the friendly tone says: titles where they differ, a greeting before the name, and what stands by the contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Friendly {
    about: &'static str,
    experience: &'static str,
    projects: &'static str,
    contact: &'static str,
    greeting: &'static str,
    invitation: &'static str,
}

/// What the bold tone says by the contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bold {
    invitation: &'static str,
}

/// What the academic tone says: titles where they differ, and the name of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Academic {
    experience: &'static str,
    contact: &'static str,
    resume_pdf: &'static str,
}

/// How a date is put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DateOrder {
    /// `9 May 2021`.
    DayMonthYear,
    /// `9. Mai 2021`.
    OrdinalDayMonthYear,
    /// `May 9, 2021`.
    MonthDayYear,
    /// `2021年5月9日`.
    YearMonthDay,
}

impl Labels {
    /// The title of a section in a tone. The hero has none: it carries the name.
    pub fn title(&self, section: Section, tone: Tone) -> &'static str {
        let (titles, warm, learned) = (&self.titles, &self.friendly, &self.academic);
        match (section, tone) {
            (Section::Hero, _) => "",
            (Section::About, Tone::Friendly) => warm.about,
            (Section::About, _) => titles.about,
            (Section::Experience, Tone::Friendly) => warm.experience,
            (Section::Experience, Tone::Academic) => learned.experience,
            (Section::Experience, _) => titles.experience,
            (Section::Projects, Tone::Friendly) => warm.projects,
            (Section::Projects, _) => titles.projects,
            (Section::Contact, Tone::Friendly) => warm.contact,
            (Section::Contact, Tone::Academic) => learned.contact,
            (Section::Contact, _) => titles.contact,
            (Section::Skills, _) => titles.skills,
            (Section::Education, _) => titles.education,
            (Section::Volunteer, _) => titles.volunteer,
            (Section::Certificates, _) => titles.certificates,
            (Section::Awards, _) => titles.awards,
            (Section::Publications, _) => titles.publications,
            (Section::Languages, _) => titles.languages,
            (Section::Interests, _) => titles.interests,
            (Section::References, _) => titles.references,
        }
    }

    /// What stands before the name.
    pub fn greeting(&self, tone: Tone) -> Option<&'static str> {
        (tone == Tone::Friendly).then_some(self.friendly.greeting)
    }

    /// What asks a visitor to write.
    pub fn invitation(&self, tone: Tone) -> Option<&'static str> {
        match tone {
            Tone::Friendly => Some(self.friendly.invitation),
            Tone::Bold => Some(self.bold.invitation),
            Tone::Professional | Tone::Academic => None,
        }
    }

    /// The name of the document that a visitor may take along.
    pub fn resume_pdf(&self, tone: Tone) -> &'static str {
        if tone == Tone::Academic { self.academic.resume_pdf } else { self.resume_pdf }
    }

    /// A date in words, no more precise than it is: a tone may say months in full or in figures, or the year alone.
    pub fn date(&self, date: PartialDate, tone: Tone) -> String {
        let year = date.year_of();
        let Some(month) = date.month_of().filter(|_| tone != Tone::Bold) else { return self.year(year) };
        let name =
            |names: &[&'static str; 12]| names.get(usize::from(month.unsigned_abs()) - 1).copied().unwrap_or_default();
        let short = name(&self.months);
        match (self.order, date.day_of(), tone) {
            (DateOrder::YearMonthDay, None, Tone::Academic) => format!("{year}/{month:02}"),
            (_, None, Tone::Academic) if self.code == "sv" => format!("{year}-{month:02}"),
            (_, None, Tone::Academic) => format!("{month:02}/{year}"),
            (DateOrder::YearMonthDay, None, _) => format!("{year}年{month}月"),
            (DateOrder::YearMonthDay, Some(day), _) => format!("{year}年{month}月{day}日"),
            (_, None, Tone::Friendly) if matches!(self.code, "es" | "pt") => {
                format!("{} de {year}", name(&self.whole_months))
            }
            (_, None, Tone::Friendly) => format!("{} {year}", name(&self.whole_months)),
            (_, None, _) => format!("{short} {year}"),
            (DateOrder::DayMonthYear, Some(day), _) => format!("{day} {short} {year}"),
            (DateOrder::OrdinalDayMonthYear, Some(day), _) => format!("{day}. {short} {year}"),
            (DateOrder::MonthDayYear, Some(day), _) => format!("{short} {day}, {year}"),
        }
    }

    fn year(&self, year: i16) -> String {
        if self.order == DateOrder::YearMonthDay { format!("{year}年") } else { year.to_string() }
    }
}

static EN: Labels = Labels {
    code: "en",
    titles: Titles {
        about: "About",
        experience: "Experience",
        projects: "Projects",
        skills: "Skills",
        education: "Education",
        volunteer: "Volunteering",
        certificates: "Certificates",
        awards: "Awards",
        publications: "Publications",
        languages: "Languages",
        interests: "Interests",
        references: "References",
        contact: "Contact",
    },
    friendly: Friendly {
        about: "About me",
        experience: "Where I’ve worked",
        projects: "Things I’ve made",
        contact: "Say hello",
        greeting: "Hello, I’m",
        invitation: "I’d be glad to hear from you.",
    },
    bold: Bold { invitation: "Let’s talk." },
    academic: Academic {
        experience: "Positions held",
        contact: "Correspondence",
        resume_pdf: "Curriculum vitae (PDF)",
    },
    present: "present",
    skip: "Skip to content",
    email: "Email",
    phone: "Phone",
    address: "Address",
    website: "Website",
    grade: "Grade",
    courses: "Courses",
    resume_pdf: "Résumé as PDF",
    resume_file: "Résumé as JSON",
    contact_card: "Contact card (vCard)",
    comma: ", ",
    downloads: "Downloads",
    gate: Gate {
        title: "This portfolio is protected",
        password: "Password",
        open: "Open",
        wrong: "That is not the password.",
        too_many: "Too many attempts. Wait a minute, then try again.",
    },
    months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    whole_months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    order: DateOrder::MonthDayYear,
};

static DE: Labels = Labels {
    code: "de",
    titles: Titles {
        about: "Profil",
        experience: "Berufserfahrung",
        projects: "Projekte",
        skills: "Kenntnisse",
        education: "Ausbildung",
        volunteer: "Ehrenamt",
        certificates: "Zertifikate",
        awards: "Auszeichnungen",
        publications: "Veröffentlichungen",
        languages: "Sprachen",
        interests: "Interessen",
        references: "Referenzen",
        contact: "Kontakt",
    },
    friendly: Friendly {
        about: "Über mich",
        experience: "Meine Stationen",
        projects: "Meine Projekte",
        contact: "Schreiben Sie mir",
        greeting: "Hallo, ich bin",
        invitation: "Ich freue mich auf Ihre Nachricht.",
    },
    bold: Bold { invitation: "Sprechen wir miteinander." },
    academic: Academic {
        experience: "Berufliche Stationen",
        contact: "Korrespondenz",
        resume_pdf: "Curriculum Vitae (PDF)",
    },
    present: "heute",
    skip: "Zum Inhalt springen",
    email: "E-Mail",
    phone: "Telefon",
    address: "Adresse",
    website: "Website",
    grade: "Note",
    courses: "Kurse",
    resume_pdf: "Lebenslauf als PDF",
    resume_file: "Lebenslauf als JSON",
    contact_card: "Visitenkarte (vCard)",
    comma: ", ",
    downloads: "Downloads",
    gate: Gate {
        title: "Dieses Portfolio ist geschützt",
        password: "Passwort",
        open: "Öffnen",
        wrong: "Das ist nicht das Passwort.",
        too_many: "Zu viele Versuche. Warten Sie eine Minute und versuchen Sie es dann erneut.",
    },
    months: ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."],
    whole_months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    order: DateOrder::OrdinalDayMonthYear,
};

static FR: Labels = Labels {
    code: "fr",
    titles: Titles {
        about: "Profil",
        experience: "Expérience",
        projects: "Projets",
        skills: "Compétences",
        education: "Formation",
        volunteer: "Bénévolat",
        certificates: "Certifications",
        awards: "Distinctions",
        publications: "Publications",
        languages: "Langues",
        interests: "Centres d’intérêt",
        references: "Références",
        contact: "Contact",
    },
    friendly: Friendly {
        about: "À propos de moi",
        experience: "Mon parcours",
        projects: "Mes projets",
        contact: "Écrivez-moi",
        greeting: "Bonjour, je suis",
        invitation: "Écrivez-moi quand vous voulez.",
    },
    bold: Bold { invitation: "Parlons-en." },
    academic: Academic {
        experience: "Fonctions exercées",
        contact: "Correspondance",
        resume_pdf: "Curriculum vitae (PDF)",
    },
    present: "aujourd’hui",
    skip: "Aller au contenu",
    email: "E-mail",
    phone: "Téléphone",
    address: "Adresse",
    website: "Site web",
    grade: "Mention",
    courses: "Cours",
    resume_pdf: "CV en PDF",
    resume_file: "CV au format JSON",
    contact_card: "Carte de visite (vCard)",
    comma: ", ",
    downloads: "Téléchargements",
    gate: Gate {
        title: "Ce portfolio est protégé",
        password: "Mot de passe",
        open: "Ouvrir",
        wrong: "Ce n’est pas le bon mot de passe.",
        too_many: "Trop de tentatives. Attendez une minute, puis réessayez.",
    },
    months: ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
    whole_months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    order: DateOrder::DayMonthYear,
};

static ES: Labels = Labels {
    code: "es",
    titles: Titles {
        about: "Perfil",
        experience: "Experiencia",
        projects: "Proyectos",
        skills: "Competencias",
        education: "Formación",
        volunteer: "Voluntariado",
        certificates: "Certificados",
        awards: "Premios",
        publications: "Publicaciones",
        languages: "Idiomas",
        interests: "Intereses",
        references: "Referencias",
        contact: "Contacto",
    },
    friendly: Friendly {
        about: "Sobre mí",
        experience: "Mi trayectoria",
        projects: "Mis proyectos",
        contact: "Hablemos",
        greeting: "Hola, soy",
        invitation: "Escríbeme cuando quieras.",
    },
    bold: Bold { invitation: "Hablemos." },
    academic: Academic {
        experience: "Cargos desempeñados",
        contact: "Correspondencia",
        resume_pdf: "Currículum vítae (PDF)",
    },
    present: "actualidad",
    skip: "Ir al contenido",
    email: "Correo",
    phone: "Teléfono",
    address: "Dirección",
    website: "Sitio web",
    grade: "Nota",
    courses: "Cursos",
    resume_pdf: "Currículum en PDF",
    resume_file: "Currículum en JSON",
    contact_card: "Tarjeta de contacto (vCard)",
    comma: ", ",
    downloads: "Descargas",
    gate: Gate {
        title: "Este portafolio está protegido",
        password: "Contraseña",
        open: "Abrir",
        wrong: "Esa no es la contraseña.",
        too_many: "Demasiados intentos. Espere un minuto y vuelva a intentarlo.",
    },
    months: ["ene.", "feb.", "mar.", "abr.", "may.", "jun.", "jul.", "ago.", "sept.", "oct.", "nov.", "dic."],
    whole_months: [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    order: DateOrder::DayMonthYear,
};

static PT: Labels = Labels {
    code: "pt",
    titles: Titles {
        about: "Perfil",
        experience: "Experiência",
        projects: "Projetos",
        skills: "Competências",
        education: "Formação",
        volunteer: "Voluntariado",
        certificates: "Certificados",
        awards: "Prémios",
        publications: "Publicações",
        languages: "Idiomas",
        interests: "Interesses",
        references: "Referências",
        contact: "Contacto",
    },
    friendly: Friendly {
        about: "Sobre mim",
        experience: "O meu percurso",
        projects: "Os meus projetos",
        contact: "Fale comigo",
        greeting: "Olá, sou",
        invitation: "Escreva-me quando quiser.",
    },
    bold: Bold { invitation: "Vamos conversar." },
    academic: Academic {
        experience: "Cargos exercidos",
        contact: "Correspondência",
        resume_pdf: "Curriculum vitae (PDF)",
    },
    present: "presente",
    skip: "Ir para o conteúdo",
    email: "E-mail",
    phone: "Telefone",
    address: "Morada",
    website: "Site",
    grade: "Nota",
    courses: "Disciplinas",
    resume_pdf: "Currículo em PDF",
    resume_file: "Currículo em JSON",
    contact_card: "Cartão de contacto (vCard)",
    comma: ", ",
    downloads: "Transferências",
    gate: Gate {
        title: "Este portefólio está protegido",
        password: "Palavra-passe",
        open: "Abrir",
        wrong: "Essa não é a palavra-passe.",
        too_many: "Demasiadas tentativas. Aguarde um minuto e tente novamente.",
    },
    months: ["jan.", "fev.", "mar.", "abr.", "maio", "jun.", "jul.", "ago.", "set.", "out.", "nov.", "dez."],
    whole_months: [
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ],
    order: DateOrder::DayMonthYear,
};

static IT: Labels = Labels {
    code: "it",
    titles: Titles {
        about: "Profilo",
        experience: "Esperienza",
        projects: "Progetti",
        skills: "Competenze",
        education: "Formazione",
        volunteer: "Volontariato",
        certificates: "Certificazioni",
        awards: "Riconoscimenti",
        publications: "Pubblicazioni",
        languages: "Lingue",
        interests: "Interessi",
        references: "Referenze",
        contact: "Contatti",
    },
    friendly: Friendly {
        about: "Chi sono",
        experience: "Il mio percorso",
        projects: "I miei progetti",
        contact: "Scrivimi",
        greeting: "Ciao, sono",
        invitation: "Scrivimi quando vuoi.",
    },
    bold: Bold { invitation: "Parliamone." },
    academic: Academic {
        experience: "Incarichi ricoperti",
        contact: "Corrispondenza",
        resume_pdf: "Curriculum vitae (PDF)",
    },
    present: "oggi",
    skip: "Vai al contenuto",
    email: "E-mail",
    phone: "Telefono",
    address: "Indirizzo",
    website: "Sito web",
    grade: "Voto",
    courses: "Corsi",
    resume_pdf: "Curriculum in PDF",
    resume_file: "Curriculum in JSON",
    contact_card: "Biglietto da visita (vCard)",
    comma: ", ",
    downloads: "Scarica",
    gate: Gate {
        title: "Questo portfolio è protetto",
        password: "Password",
        open: "Apri",
        wrong: "Non è la password giusta.",
        too_many: "Troppi tentativi. Attenda un minuto, poi riprovi.",
    },
    months: ["gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"],
    whole_months: [
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ],
    order: DateOrder::DayMonthYear,
};

static NL: Labels = Labels {
    code: "nl",
    titles: Titles {
        about: "Profiel",
        experience: "Werkervaring",
        projects: "Projecten",
        skills: "Vaardigheden",
        education: "Opleiding",
        volunteer: "Vrijwilligerswerk",
        certificates: "Certificaten",
        awards: "Prijzen",
        publications: "Publicaties",
        languages: "Talen",
        interests: "Interesses",
        references: "Referenties",
        contact: "Contact",
    },
    friendly: Friendly {
        about: "Over mij",
        experience: "Waar ik heb gewerkt",
        projects: "Mijn projecten",
        contact: "Neem contact op",
        greeting: "Hallo, ik ben",
        invitation: "Ik hoor graag van je.",
    },
    bold: Bold { invitation: "Laten we praten." },
    academic: Academic { experience: "Functies", contact: "Correspondentie", resume_pdf: "Curriculum vitae (PDF)" },
    present: "heden",
    skip: "Naar de inhoud",
    email: "E-mail",
    phone: "Telefoon",
    address: "Adres",
    website: "Website",
    grade: "Cijfer",
    courses: "Vakken",
    resume_pdf: "Cv als pdf",
    resume_file: "Cv als JSON",
    contact_card: "Visitekaartje (vCard)",
    comma: ", ",
    downloads: "Downloads",
    gate: Gate {
        title: "Dit portfolio is beveiligd",
        password: "Wachtwoord",
        open: "Openen",
        wrong: "Dat is niet het wachtwoord.",
        too_many: "Te veel pogingen. Wacht een minuut en probeer het dan opnieuw.",
    },
    months: ["jan.", "feb.", "mrt.", "apr.", "mei", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec."],
    whole_months: [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    order: DateOrder::DayMonthYear,
};

static PL: Labels = Labels {
    code: "pl",
    titles: Titles {
        about: "Profil",
        experience: "Doświadczenie",
        projects: "Projekty",
        skills: "Umiejętności",
        education: "Wykształcenie",
        volunteer: "Wolontariat",
        certificates: "Certyfikaty",
        awards: "Nagrody",
        publications: "Publikacje",
        languages: "Języki",
        interests: "Zainteresowania",
        references: "Referencje",
        contact: "Kontakt",
    },
    friendly: Friendly {
        about: "O mnie",
        experience: "Moja droga zawodowa",
        projects: "Moje projekty",
        contact: "Napisz do mnie",
        greeting: "Cześć, nazywam się",
        invitation: "Chętnie odpowiem na każdą wiadomość.",
    },
    bold: Bold { invitation: "Porozmawiajmy." },
    academic: Academic {
        experience: "Zajmowane stanowiska",
        contact: "Korespondencja",
        resume_pdf: "Curriculum vitae (PDF)",
    },
    present: "obecnie",
    skip: "Przejdź do treści",
    email: "E-mail",
    phone: "Telefon",
    address: "Adres",
    website: "Strona",
    grade: "Ocena",
    courses: "Przedmioty",
    resume_pdf: "CV jako PDF",
    resume_file: "CV w formacie JSON",
    contact_card: "Wizytówka (vCard)",
    comma: ", ",
    downloads: "Do pobrania",
    gate: Gate {
        title: "To portfolio jest chronione",
        password: "Hasło",
        open: "Otwórz",
        wrong: "To nie jest właściwe hasło.",
        too_many: "Zbyt wiele prób. Poczekaj minutę i spróbuj ponownie.",
    },
    months: ["sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru"],
    whole_months: [
        "styczeń",
        "luty",
        "marzec",
        "kwiecień",
        "maj",
        "czerwiec",
        "lipiec",
        "sierpień",
        "wrzesień",
        "październik",
        "listopad",
        "grudzień",
    ],
    order: DateOrder::DayMonthYear,
};

static SV: Labels = Labels {
    code: "sv",
    titles: Titles {
        about: "Profil",
        experience: "Arbetslivserfarenhet",
        projects: "Projekt",
        skills: "Kompetenser",
        education: "Utbildning",
        volunteer: "Ideellt arbete",
        certificates: "Certifikat",
        awards: "Utmärkelser",
        publications: "Publikationer",
        languages: "Språk",
        interests: "Intressen",
        references: "Referenser",
        contact: "Kontakt",
    },
    friendly: Friendly {
        about: "Om mig",
        experience: "Här har jag jobbat",
        projects: "Mina projekt",
        contact: "Hör av dig",
        greeting: "Hej, jag heter",
        invitation: "Hör gärna av dig.",
    },
    bold: Bold { invitation: "Låt oss prata." },
    academic: Academic { experience: "Anställningar", contact: "Korrespondens", resume_pdf: "Curriculum vitae (PDF)" },
    present: "nu",
    skip: "Hoppa till innehållet",
    email: "E-post",
    phone: "Telefon",
    address: "Adress",
    website: "Webbplats",
    grade: "Betyg",
    courses: "Kurser",
    resume_pdf: "CV som pdf",
    resume_file: "Cv som JSON",
    contact_card: "Visitkort (vCard)",
    comma: ", ",
    downloads: "Ladda ner",
    gate: Gate {
        title: "Den här portfolion är skyddad",
        password: "Lösenord",
        open: "Öppna",
        wrong: "Det är inte lösenordet.",
        too_many: "För många försök. Vänta en minut och försök sedan igen.",
    },
    months: ["jan.", "feb.", "mars", "apr.", "maj", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec."],
    whole_months: [
        "januari",
        "februari",
        "mars",
        "april",
        "maj",
        "juni",
        "juli",
        "augusti",
        "september",
        "oktober",
        "november",
        "december",
    ],
    order: DateOrder::DayMonthYear,
};

static TR: Labels = Labels {
    code: "tr",
    titles: Titles {
        about: "Profil",
        experience: "Deneyim",
        projects: "Projeler",
        skills: "Yetenekler",
        education: "Eğitim",
        volunteer: "Gönüllülük",
        certificates: "Sertifikalar",
        awards: "Ödüller",
        publications: "Yayınlar",
        languages: "Diller",
        interests: "İlgi alanları",
        references: "Referanslar",
        contact: "İletişim",
    },
    friendly: Friendly {
        about: "Hakkımda",
        experience: "Çalıştığım yerler",
        projects: "Projelerim",
        contact: "Bana yazın",
        greeting: "Merhaba, ben",
        invitation: "Mesajlarınızı beklerim.",
    },
    bold: Bold { invitation: "Konuşalım." },
    academic: Academic { experience: "Görevler", contact: "Yazışma", resume_pdf: "PDF olarak özgeçmiş" },
    present: "günümüz",
    skip: "İçeriğe geç",
    email: "E-posta",
    phone: "Telefon",
    address: "Adres",
    website: "Web sitesi",
    grade: "Not",
    courses: "Dersler",
    resume_pdf: "PDF olarak özgeçmiş",
    resume_file: "JSON olarak özgeçmiş",
    contact_card: "Kartvizit (vCard)",
    comma: ", ",
    downloads: "İndirilebilir dosyalar",
    gate: Gate {
        title: "Bu portfolyo korumalı",
        password: "Parola",
        open: "Aç",
        wrong: "Parola bu değil.",
        too_many: "Çok fazla deneme. Bir dakika bekleyip yeniden deneyin.",
    },
    months: ["Oca", "Şub", "Mar", "Nis", "May", "Haz", "Tem", "Ağu", "Eyl", "Eki", "Kas", "Ara"],
    whole_months: [
        "Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım", "Aralık",
    ],
    order: DateOrder::DayMonthYear,
};

static AR: Labels = Labels {
    code: "ar",
    titles: Titles {
        about: "نبذة",
        experience: "الخبرة المهنية",
        projects: "المشاريع",
        skills: "المهارات",
        education: "التعليم",
        volunteer: "العمل التطوعي",
        certificates: "الشهادات المهنية",
        awards: "الجوائز",
        publications: "المنشورات",
        languages: "اللغات",
        interests: "الاهتمامات",
        references: "المراجع",
        contact: "التواصل",
    },
    friendly: Friendly {
        about: "نبذة عني",
        experience: "مسيرتي المهنية",
        projects: "مشاريعي",
        contact: "تواصل معي",
        greeting: "مرحبًا، أنا",
        invitation: "يسعدني أن أسمع منكم.",
    },
    bold: Bold { invitation: "لنتحدث." },
    academic: Academic {
        experience: "المناصب", contact: "المراسلات", resume_pdf: "السيرة الذاتية (PDF)"
    },
    present: "حتى الآن",
    skip: "انتقل إلى المحتوى",
    email: "البريد الإلكتروني",
    phone: "الهاتف",
    address: "العنوان",
    website: "الموقع",
    grade: "التقدير",
    courses: "المقررات",
    resume_pdf: "السيرة الذاتية (PDF)",
    resume_file: "السيرة الذاتية بصيغة JSON",
    contact_card: "بطاقة الاتصال (vCard)",
    comma: "، ",
    downloads: "ملفات للتنزيل",
    gate: Gate {
        title: "هذا الملف محمي",
        password: "كلمة المرور",
        open: "فتح",
        wrong: "كلمة المرور غير صحيحة.",
        too_many: "محاولات كثيرة جدًا. انتظر دقيقة ثم حاول مرة أخرى.",
    },
    months: [
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "مايو",
        "يونيو",
        "يوليو",
        "أغسطس",
        "سبتمبر",
        "أكتوبر",
        "نوفمبر",
        "ديسمبر",
    ],
    whole_months: [
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "مايو",
        "يونيو",
        "يوليو",
        "أغسطس",
        "سبتمبر",
        "أكتوبر",
        "نوفمبر",
        "ديسمبر",
    ],
    order: DateOrder::DayMonthYear,
};

static HE: Labels = Labels {
    code: "he",
    titles: Titles {
        about: "פרופיל",
        experience: "ניסיון תעסוקתי",
        projects: "פרויקטים",
        skills: "כישורים",
        education: "השכלה",
        volunteer: "התנדבות",
        certificates: "הסמכות",
        awards: "פרסים",
        publications: "פרסומים",
        languages: "שפות",
        interests: "תחומי עניין",
        references: "ממליצים",
        contact: "יצירת קשר",
    },
    friendly: Friendly {
        about: "קצת עליי",
        experience: "איפה עבדתי",
        projects: "הפרויקטים שלי",
        contact: "דברו איתי",
        greeting: "שלום, אני",
        invitation: "אשמח לשמוע מכם.",
    },
    bold: Bold { invitation: "בואו נדבר." },
    academic: Academic {
        experience: "תפקידים", contact: "התכתבות", resume_pdf: "קורות חיים (PDF)"
    },
    present: "היום",
    skip: "דילוג לתוכן",
    email: "דוא״ל",
    phone: "טלפון",
    address: "כתובת",
    website: "אתר",
    grade: "ציון",
    courses: "קורסים",
    resume_pdf: "קורות חיים (PDF)",
    resume_file: "קורות חיים כ־JSON",
    contact_card: "כרטיס ביקור (vCard)",
    comma: ", ",
    downloads: "קבצים להורדה",
    gate: Gate {
        title: "תיק העבודות הזה מוגן",
        password: "סיסמה",
        open: "פתיחה",
        wrong: "זו אינה הסיסמה.",
        too_many: "יותר מדי ניסיונות. יש להמתין דקה ולנסות שוב.",
    },
    months: ["ינו׳", "פבר׳", "מרץ", "אפר׳", "מאי", "יוני", "יולי", "אוג׳", "ספט׳", "אוק׳", "נוב׳", "דצמ׳"],
    whole_months: [
        "ינואר",
        "פברואר",
        "מרץ",
        "אפריל",
        "מאי",
        "יוני",
        "יולי",
        "אוגוסט",
        "ספטמבר",
        "אוקטובר",
        "נובמבר",
        "דצמבר",
    ],
    order: DateOrder::DayMonthYear,
};

static JA: Labels = Labels {
    code: "ja",
    titles: Titles {
        about: "プロフィール",
        experience: "職務経歴",
        projects: "プロジェクト",
        skills: "スキル",
        education: "学歴",
        volunteer: "ボランティア",
        certificates: "資格",
        awards: "受賞歴",
        publications: "論文・著書",
        languages: "語学",
        interests: "興味・関心",
        references: "推薦者",
        contact: "連絡先",
    },
    friendly: Friendly {
        about: "自己紹介",
        experience: "これまでの仕事",
        projects: "つくったもの",
        contact: "お問い合わせ",
        greeting: "はじめまして",
        invitation: "お気軽にご連絡ください。",
    },
    bold: Bold { invitation: "お話ししましょう。" },
    academic: Academic { experience: "経歴", contact: "ご連絡", resume_pdf: "履歴書（PDF）" },
    present: "現在",
    skip: "本文へ移動",
    email: "メール",
    phone: "電話",
    address: "住所",
    website: "ウェブサイト",
    grade: "成績",
    courses: "履修科目",
    resume_pdf: "履歴書（PDF）",
    resume_file: "履歴書（JSON）",
    contact_card: "連絡先カード（vCard）",
    comma: "、",
    downloads: "ダウンロード",
    gate: Gate {
        title: "このポートフォリオは保護されています",
        password: "パスワード",
        open: "開く",
        wrong: "パスワードが違います。",
        too_many: "試行回数が多すぎます。1分ほど待ってからもう一度お試しください。",
    },
    months: ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"],
    whole_months: ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"],
    order: DateOrder::YearMonthDay,
};

static ZH: Labels = Labels {
    code: "zh",
    titles: Titles {
        about: "个人简介",
        experience: "工作经历",
        projects: "项目经历",
        skills: "专业技能",
        education: "教育背景",
        volunteer: "志愿者经历",
        certificates: "证书",
        awards: "获奖情况",
        publications: "发表作品",
        languages: "语言能力",
        interests: "兴趣爱好",
        references: "推荐人",
        contact: "联系方式",
    },
    friendly: Friendly {
        about: "关于我",
        experience: "我的工作",
        projects: "我的项目",
        contact: "联系我",
        greeting: "你好，我是",
        invitation: "欢迎与我联系。",
    },
    bold: Bold { invitation: "聊聊吧。" },
    academic: Academic { experience: "任职经历", contact: "通讯方式", resume_pdf: "简历（PDF）" },
    present: "至今",
    skip: "跳到正文",
    email: "邮箱",
    phone: "电话",
    address: "地址",
    website: "网站",
    grade: "成绩",
    courses: "课程",
    resume_pdf: "简历（PDF）",
    resume_file: "简历（JSON）",
    contact_card: "名片（vCard）",
    comma: "、",
    downloads: "下载",
    gate: Gate {
        title: "此作品集受密码保护",
        password: "密码",
        open: "打开",
        wrong: "密码不正确。",
        too_many: "尝试次数过多。请等待一分钟后再试。",
    },
    months: ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"],
    whole_months: ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"],
    order: DateOrder::YearMonthDay,
};

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> PartialDate {
        text.parse().unwrap()
    }

    const TONES: [Tone; 4] = [Tone::Professional, Tone::Friendly, Tone::Bold, Tone::Academic];

    #[test]
    fn every_language_names_every_section_in_every_tone() {
        for language in Language::ALL {
            let labels = language.labels();
            for section in Section::ALL.into_iter().filter(|section| *section != Section::Hero) {
                for tone in TONES {
                    assert!(!labels.title(section, tone).is_empty(), "{language:?} {section:?}");
                }
            }
            assert_eq!(Language::from_tag(language.code()), Some(language));
        }
        assert_eq!(Language::from_tag("pt-BR"), Some(Language::Pt));
        assert_eq!(Language::from_tag("xx"), None);
    }

    #[test]
    fn each_tone_speaks_otherwise_in_every_language() {
        for language in Language::ALL {
            let labels = language.labels();
            assert!(labels.greeting(Tone::Friendly).is_some() && labels.greeting(Tone::Academic).is_none());
            assert_ne!(labels.invitation(Tone::Friendly), labels.invitation(Tone::Bold), "{language:?}");
            let title = |tone| labels.title(Section::Experience, tone);
            assert_ne!(title(Tone::Professional), title(Tone::Friendly), "{language:?}");
            assert_ne!(title(Tone::Professional), title(Tone::Academic), "{language:?}");
            let said = TONES.map(|tone| labels.date(date("2020-09"), tone));
            assert!(said.iter().all(|said| said.contains("2020")), "{said:?}");
            assert!(said[0] != said[2] && said[0] != said[3] && said[2] != said[3], "{said:?}");
        }
    }

    #[test]
    fn a_reader_is_spoken_to_in_the_language_that_they_ask_for() {
        for (header, language) in [
            ("de-CH,de;q=0.9,en;q=0.8", Language::De),
            ("tlh, fr;q=0.4, it;q=0.7", Language::It),
            ("he", Language::He),
            ("en;q=0.1, ja;q=nonsense", Language::En),
            ("", Language::En),
            ("*", Language::En),
        ] {
            assert_eq!(Language::accepted(header), language, "{header}");
        }
    }

    #[test]
    fn a_date_is_written_as_its_language_writes_it() {
        assert_eq!(Language::En.labels().date(date("2020-03"), Tone::Professional), "Mar 2020");
        assert_eq!(Language::En.labels().date(date("2020-03-09"), Tone::Professional), "Mar 9, 2020");
        assert_eq!(Language::De.labels().date(date("2020-03-09"), Tone::Professional), "9. März 2020");
        assert_eq!(Language::Fr.labels().date(date("2020-08"), Tone::Professional), "août 2020");
        assert_eq!(Language::Ja.labels().date(date("2020-03"), Tone::Professional), "2020年3月");
        assert_eq!(Language::Zh.labels().date(date("2020"), Tone::Professional), "2020年");
        assert_eq!(Language::Tr.labels().date(date("2020"), Tone::Professional), "2020");
        let said = |language: Language, tone| language.labels().date(date("2020-09"), tone);
        assert_eq!(said(Language::En, Tone::Friendly), "September 2020");
        assert_eq!(said(Language::Es, Tone::Friendly), "septiembre de 2020");
        assert_eq!(said(Language::De, Tone::Bold), "2020");
        assert_eq!(said(Language::En, Tone::Academic), "09/2020");
        assert_eq!(said(Language::Sv, Tone::Academic), "2020-09");
        assert_eq!(said(Language::Ja, Tone::Academic), "2020/09");
        assert_eq!(Language::En.labels().date(date("2020-03-09"), Tone::Academic), "Mar 9, 2020");
    }
}
