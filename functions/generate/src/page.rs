//! What a template is given to fill its page with: the content as a visitor may see it, in words.
//!
//! Everything that decides what is shown happens here, so that a template can only lay out. Values are plain text and
//! are escaped by the template engine; the few ready-made pieces (style sheet, JSON-LD, script) are made of typed
//! values and of this crate's own text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qrcodegen::{QrCode, QrCodeEcc};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use vitae_resume::{PartialDate, Resume};

use crate::content::{Content, Section};
use crate::customizations::{Customizations, DarkMode, Font, Tone};
use crate::fonts::{self, Face, Pair, Source};
use crate::labels::{Labels, Language, is_right_to_left};
use crate::palette::{self, Palette};
use crate::share_image;
use crate::site::Place;
use crate::templates::{BASE_STYLE, Template};
use crate::vcard::telephone;

/// The one script of a published page: it counts the view, downloads and followed links, and nothing else.
pub(crate) const BEACON: &str = include_str!("beacon.js");

/// Longest description for search results and shared links, in characters.
const LONGEST_DESCRIPTION: usize = 160;

/// The whole context of a template.
#[derive(Debug, Serialize)]
pub(crate) struct Page {
    /// Language of the content, a BCP 47 tag.
    lang: String,
    /// `ltr` or `rtl`.
    dir: &'static str,
    /// Language of the labels, where it differs from the content's.
    label_lang: Option<&'static str>,
    layout: String,
    title: String,
    description: Option<String>,
    canonical: Option<String>,
    noindex: bool,
    og_locale: &'static str,
    theme_colors: Vec<ThemeColor>,
    color_scheme: &'static str,
    csp: String,
    style: String,
    /// The picture that is shown where the page is shared.
    picture: Option<String>,
    json_ld: String,
    beacon: Option<Beacon>,
    labels: &'static Labels,
    name: String,
    headline: Option<String>,
    tone: Tone,
    /// Before the name.
    greeting: Option<&'static str>,
    /// Where the person works, under the headline.
    affiliation: Option<String>,
    /// Beside what the person can be reached by.
    invitation: Option<&'static str>,
    contact_title: String,
    contact: Vec<ContactItem>,
    sections: Vec<SectionView>,
    downloads: Vec<Download>,
    /// The way to the page from paper.
    paper_link: Option<PaperLink>,
    /// Addresses of the fonts that lie beside it.
    fonts: Vec<String>,
    #[serde(skip)]
    faces: Vec<&'static Face>,
    #[serde(skip)]
    colours: Palette,
}

/// An address on paper: as words, and as a QR code for a telephone.
#[derive(Debug, Serialize)]
struct PaperLink {
    text: String,
    /// Side of the code in modules, its quiet margin included.
    side: i32,
    /// The dark modules as the data of an SVG path.
    path: String,
}

#[derive(Debug, Serialize)]
struct ThemeColor {
    media: Option<&'static str>,
    color: String,
}

#[derive(Debug, Serialize)]
struct Beacon {
    script: &'static str,
    to: String,
    slug: String,
}

#[derive(Debug, Serialize)]
struct ContactItem {
    /// `email`, `phone`, `place`, `address`, `website`, `profile` or `link`.
    kind: &'static str,
    label: String,
    text: String,
    href: Option<String>,
}

#[derive(Debug, Serialize)]
struct Download {
    label: &'static str,
    href: String,
    file: &'static str,
    r#type: &'static str,
}

#[derive(Debug, Serialize)]
struct SectionView {
    /// The section's name, also its anchor.
    id: &'static str,
    title: String,
    /// Whether the title is the person's own and not a label.
    own_title: bool,
    /// How it is built: `prose`, `entries`, `groups`, `pairs` or `quotes`.
    kind: &'static str,
    paragraphs: Vec<String>,
    entries: Vec<Entry>,
    groups: Vec<Group>,
}

/// A dated thing: a role, a project, a degree, a certificate, an award, a paper.
#[derive(Debug, Default, Serialize)]
struct Entry {
    title: Option<String>,
    url: Option<String>,
    subtitle: Option<String>,
    subtitle_url: Option<String>,
    place: Option<String>,
    start: Option<Moment>,
    end: Option<Moment>,
    /// The period has not ended.
    ongoing: bool,
    paragraphs: Vec<String>,
    highlights: Vec<String>,
    keywords: Vec<String>,
    facts: Vec<Fact>,
}

#[derive(Debug, Serialize)]
struct Moment {
    iso: String,
    text: String,
}

#[derive(Debug, Serialize)]
struct Fact {
    label: &'static str,
    text: String,
}

/// A named list: skills of a kind, a language with its level, an interest with particulars, a person with their words.
#[derive(Debug, Default, Serialize)]
struct Group {
    name: Option<String>,
    note: Option<String>,
    items: Vec<String>,
    paragraphs: Vec<String>,
}

impl Page {
    /// The page of a content whose hidden parts are already gone (see [`shown`]).
    pub(crate) fn new(
        content: &Content,
        template: &Template,
        customizations: &Customizations,
        place: &Place<'_>,
        downloads: bool,
    ) -> Self {
        let own = content.language.as_deref().unwrap_or("en");
        let language = customizations.language.or_else(|| Language::from_tag(own)).unwrap_or(Language::En);
        let labels = language.labels();
        let (light, dark, _) = palette::resolve(
            template.manifest.color_scheme.light,
            template.manifest.color_scheme.dark,
            &customizations.colors,
        );
        let beacon = match place {
            Place::Live { slug, app_url, .. } => Some(Beacon {
                script: BEACON,
                to: format!("{app_url}/api/v1/analytics/events"),
                slug: (*slug).to_owned(),
            }),
            Place::Preview | Place::Disk => None,
        };
        let tone = customizations.tone;
        let title_of = |section: Section| {
            let own = customizations.sections.titles.get(&section);
            (own.cloned().unwrap_or_else(|| labels.title(section, tone).to_owned()), own.is_some())
        };
        let sections = customizations
            .section_order(&template.manifest.sections)
            .into_iter()
            .filter(|section| content.has(*section))
            .map(|section| {
                let (title, own_title) = title_of(section);
                section_view(section, title, own_title, content, labels, tone)
            })
            .collect();
        let (canonical, noindex) = match place {
            Place::Live { slug, sites_url, indexable, .. } => (Some(format!("{sites_url}/p/{slug}")), !indexable),
            // What is taken to another host is that host's to index; the owner chose to put it there.
            Place::Disk => (None, false),
            Place::Preview => (None, true),
        };
        let mut page = Self {
            lang: own.to_owned(),
            dir: if is_right_to_left(own) { "rtl" } else { "ltr" },
            label_lang: (labels.code != own.split('-').next().unwrap_or(own)).then_some(labels.code),
            layout: customizations
                .layout
                .clone()
                .filter(|layout| template.manifest.layout_options.iter().any(|known| known.id == *layout))
                .unwrap_or_else(|| template.manifest.layout_options.first().map(|l| l.id.clone()).unwrap_or_default()),
            title: match &content.hero.headline {
                Some(headline) => format!("{} – {headline}", content.hero.name),
                None => content.hero.name.clone(),
            },
            description: description(content),
            json_ld: json_ld(content, canonical.as_deref(), customizations),
            canonical: canonical.clone(),
            noindex,
            og_locale: og_locale(own),
            theme_colors: theme_colors(customizations.dark_mode, light, dark),
            color_scheme: match customizations.dark_mode {
                DarkMode::Auto => "light dark",
                DarkMode::Light => "light",
                DarkMode::Dark => "dark",
            },
            csp: String::new(),
            style: String::new(),
            picture: match place {
                Place::Live { .. } => canonical.as_ref().map(|address| format!("{address}/og.png")),
                Place::Preview | Place::Disk => None,
            },
            paper_link: match place {
                Place::Live { .. } => canonical.as_deref().and_then(paper_link),
                Place::Preview | Place::Disk => None,
            },
            fonts: Vec::new(),
            faces: Vec::new(),
            colours: if customizations.dark_mode == DarkMode::Dark { dark } else { light },
            beacon,
            labels,
            name: content.hero.name.clone(),
            headline: content.hero.headline.clone(),
            tone,
            greeting: labels.greeting(tone),
            affiliation: (tone == Tone::Academic).then(|| affiliation(content)).flatten(),
            invitation: labels
                .invitation(tone)
                .filter(|_| content.contact.email.is_some() || content.contact.phone.is_some()),
            contact_title: title_of(Section::Contact).0,
            contact: contact_items(content, labels, customizations),
            sections,
            downloads: if downloads { download_links(labels, tone, place) } else { Vec::new() },
        };
        page.dress(template, customizations, place);
        page
    }

    /// Adds the style sheet, which depends on the letters that the page has, and what follows from it.
    fn dress(&mut self, template: &Template, customizations: &Customizations, place: &Place<'_>) {
        let heading = customizations.fonts.heading.unwrap_or(template.manifest.fonts.heading);
        let body = customizations.fonts.body.unwrap_or(template.manifest.fonts.body);
        // A page of strings always serialises.
        let text = serde_json::to_string(&self).unwrap_or_default();
        let folder = match place {
            Place::Live { slug, .. } => Some(format!("/p/{slug}/")),
            Place::Preview | Place::Disk => None,
        };
        let chosen = customizations.fonts.heading.is_some() || customizations.fonts.body.is_some();
        let weights = template.manifest.fonts.heading_weights;
        self.faces = fonts::wanted(Pair { heading, weights, body, chosen }, &text);
        let source = folder.as_deref().map_or(Source::Embedded, Source::Folder);
        if let Some(folder) = &folder {
            self.fonts = self.faces.iter().map(|face| format!("{folder}{}", face.file)).collect();
        }
        self.style = fonts::rules(&self.faces, source) + &style(template, customizations, heading, body);
        self.csp = content_security_policy(&self.style, place);
    }

    /// The policy that the page holds itself to, for the header that it may be sent with.
    pub(crate) fn policy(&self) -> &str {
        &self.csp
    }

    /// The fonts that lie beside the page.
    pub(crate) fn faces(&self) -> &[&'static Face] {
        &self.faces
    }

    /// The picture that is shown where the page is shared, PNG.
    pub(crate) fn share_image(&self) -> Option<Vec<u8>> {
        let address = self.canonical.as_deref().map(bare)?;
        share_image::draw(&self.name, self.headline.as_deref(), &address, self.colours)
    }
}

/// An address as a QR code; none for one that is too long for a code that prints well.
fn paper_link(address: &str) -> Option<PaperLink> {
    const MARGIN: i32 = 2;
    let code = QrCode::encode_text(address, QrCodeEcc::Medium).ok().filter(|code| code.size() <= 57)?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let dark = (x..code.size()).take_while(|x| code.get_module(*x, y)).count() as i32;
            if dark > 0 {
                path.push_str(&format!("M{} {}h{dark}v1h-{dark}z", x + MARGIN, y + MARGIN));
            }
            x += dark + 1;
        }
    }
    Some(PaperLink { text: bare(address), side: code.size() + 2 * MARGIN, path })
}

/// The content as a visitor may see it: hidden sections and hidden contact details are gone. Page, résumé file and
/// contact card are all made of this, so none of them can say more than another.
pub(crate) fn shown(content: &Content, customizations: &Customizations) -> Content {
    let visible = customizations.contact;
    let mut shown = content.clone().regenerated(Content::default(), &hidden_but_hero(customizations));
    let contact = &mut shown.contact;
    if !visible.email {
        contact.email = None;
    }
    if !visible.phone {
        contact.phone = None;
    }
    if !visible.website {
        contact.website = None;
    }
    if !visible.profiles {
        contact.profiles.clear();
    }
    if !visible.address {
        contact.location.address = None;
        contact.location.postal_code = None;
    }
    if !visible.location {
        contact.location.city = None;
        contact.location.region = None;
        contact.location.country_code = None;
    }
    shown
}

/// The Content-Security-Policy of a page: its own style sheet and its own script by their hashes, its own fonts, nothing
/// from anywhere, and of connections only the one that counts.
fn content_security_policy(style: &str, place: &Place<'_>) -> String {
    let fonts = if matches!(place, Place::Live { .. }) { "'self'" } else { "data:" };
    let mut policy =
        format!("default-src 'none'; img-src data:; font-src {fonts}; style-src '{}'", sha256_source(style));
    if let Place::Live { app_url, .. } = place {
        policy.push_str(&format!("; script-src '{}'; connect-src {}", sha256_source(BEACON), origin(app_url)));
    }
    policy.push_str("; base-uri 'none'; form-action 'none'");
    policy
}

fn hidden_but_hero(customizations: &Customizations) -> Vec<Section> {
    customizations.sections.hidden.iter().copied().filter(|section| *section != Section::Hero).collect()
}

pub(crate) fn sha256_source(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

/// Scheme, host and port of an address; the address itself where it has none.
fn origin(address: &str) -> String {
    url::Url::parse(address).map_or_else(|_| address.to_owned(), |url| url.origin().ascii_serialization())
}

/// The style sheet of a page: the colours and the type that were chosen, the rules of every template, then its own.
fn style(template: &Template, customizations: &Customizations, heading: Font, body: Font) -> String {
    let scheme = template.manifest.color_scheme;
    let (light, dark, _) = palette::resolve(scheme.light, scheme.dark, &customizations.colors);
    let paper = palette::paper(scheme.light, &customizations.colors);
    let (heading, body) = (heading.stack(), body.stack());
    let mut css = format!(":root{{--heading:{heading};--body:{body}}}");
    match customizations.dark_mode {
        DarkMode::Auto => css.push_str(&format!(
            ":root{{color-scheme:light dark;{}}}@media screen and (prefers-color-scheme:dark){{:root{{{}}}}}",
            custom_properties(light),
            custom_properties(dark)
        )),
        DarkMode::Light => css.push_str(&format!(":root{{color-scheme:light;{}}}", custom_properties(light))),
        DarkMode::Dark => css.push_str(&format!(":root{{color-scheme:dark;{}}}", custom_properties(dark))),
    }
    css.push_str(&format!("@media print{{:root{{color-scheme:light;{}}}}}", custom_properties(paper)));
    css.push('\n');
    css.push_str(BASE_STYLE);
    css.push_str(template.style);
    css
}

fn custom_properties(palette: Palette) -> String {
    let Palette { background, text, muted, accent, on_accent, surface, line } = palette;
    format!(
        "--background:{background};--text:{text};--muted:{muted};--accent:{accent};--on-accent:{on_accent};--surface:{surface};--line:{line}"
    )
}

fn theme_colors(mode: DarkMode, light: Palette, dark: Palette) -> Vec<ThemeColor> {
    let one = |media, palette: Palette| ThemeColor { media, color: palette.background.to_string() };
    match mode {
        DarkMode::Auto => {
            vec![one(Some("(prefers-color-scheme: light)"), light), one(Some("(prefers-color-scheme: dark)"), dark)]
        }
        DarkMode::Light => vec![one(None, light)],
        DarkMode::Dark => vec![one(None, dark)],
    }
}

/// The territory that the OpenGraph protocol wants beside a language.
fn og_locale(tag: &str) -> &'static str {
    match tag.split('-').next().unwrap_or_default() {
        "de" => "de_DE",
        "fr" => "fr_FR",
        "es" => "es_ES",
        "pt" => "pt_PT",
        "it" => "it_IT",
        "nl" => "nl_NL",
        "pl" => "pl_PL",
        "sv" => "sv_SE",
        "tr" => "tr_TR",
        "ar" => "ar_AR",
        "he" => "he_IL",
        "ja" => "ja_JP",
        "zh" => "zh_CN",
        _ => "en_US",
    }
}

/// The first words of the profile text, else the headline; a page without either has none.
fn description(content: &Content) -> Option<String> {
    let text = content.about.paragraphs.first().or(content.hero.headline.as_ref())?;
    if text.chars().count() <= LONGEST_DESCRIPTION {
        return Some(text.clone());
    }
    let cut: String = text.chars().take(LONGEST_DESCRIPTION - 1).collect();
    let at = cut.rfind(' ').filter(|at| *at > cut.len() / 2).unwrap_or(cut.len());
    Some(format!("{}…", cut[..at].trim_end_matches([' ', ',', ';', '.', ':', '–', '-'])))
}

/// The employer of a role that is held now, unless the headline names it.
fn affiliation(content: &Content) -> Option<String> {
    let held = content.experience.iter().find(|work| work.start_date.is_some() && work.end_date.is_none())?;
    let employer = held.name.clone()?;
    let told = content.hero.headline.as_ref().is_some_and(|headline| headline.contains(&employer));
    (!told).then_some(employer)
}

fn download_links(labels: &Labels, tone: Tone, place: &Place<'_>) -> Vec<Download> {
    let href = |file: &str| match place {
        Place::Live { slug, .. } => format!("/p/{slug}/{file}"),
        Place::Preview | Place::Disk => file.to_owned(),
    };
    let pdf = Download {
        label: labels.resume_pdf(tone),
        href: href("resume.pdf"),
        file: "resume.pdf",
        r#type: "application/pdf",
    };
    // It is typeset for what is published; a site that is taken along has none.
    let pdf = matches!(place, Place::Live { .. }).then_some(pdf);
    let data = [
        Download { label: labels.contact_card, href: href("contact.vcf"), file: "contact.vcf", r#type: "text/vcard" },
        Download {
            label: labels.resume_file,
            href: href("resume.json"),
            file: "resume.json",
            r#type: "application/json",
        },
    ];
    pdf.into_iter().chain(data).collect()
}

fn contact_items(content: &Content, labels: &Labels, customizations: &Customizations) -> Vec<ContactItem> {
    let mut items = Vec::new();
    let contact = &content.contact;
    let mut push = |kind, label: &str, text: String, href: Option<String>| {
        items.push(ContactItem { kind, label: label.to_owned(), text, href });
    };
    let location = &contact.location;
    let street = [location.address.clone(), location.postal_code.clone()];
    let mut place: Vec<String> = [location.city.clone(), location.region.clone()].into_iter().flatten().collect();
    if place.is_empty() {
        // A code beside a city reads like noise; alone it says all that there is to say.
        place.extend(location.country_code.clone());
    }
    let whole: Vec<String> = street.into_iter().flatten().chain(place).collect();
    if !whole.is_empty() {
        push("place", labels.address, whole.join(labels.comma), None);
    }
    if let Some(email) = &contact.email {
        push("email", labels.email, email.clone(), Some(format!("mailto:{}", mail_path(email))));
    }
    if let Some(phone) = &contact.phone {
        push("phone", labels.phone, phone.clone(), telephone(phone).map(|number| format!("tel:{number}")));
    }
    if let Some(website) = &contact.website {
        push("website", labels.website, bare(website), Some(website.clone()));
    }
    for profile in &contact.profiles {
        let network = profile.network.clone();
        let text = network
            .clone()
            .or_else(|| profile.url.as_deref().map(bare))
            .or_else(|| profile.username.clone())
            .unwrap_or_default();
        // Without an address the name there is all that leads to the profile.
        let text = match (&profile.url, &network, &profile.username) {
            (None, Some(network), Some(username)) => format!("{network}: {username}"),
            _ => text,
        };
        push("profile", network.as_deref().unwrap_or(labels.website), text, profile.url.clone());
    }
    if !customizations.sections.hidden.contains(&Section::Contact) {
        for link in &customizations.links {
            push("link", &link.label, link.label.clone(), Some(link.url.clone()));
        }
    }
    items
}

/// The address of a `mailto:` link, everything but its plain characters percent-encoded, so that no header can be added.
fn mail_path(email: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'@').remove(b'.').remove(b'-').remove(b'_').remove(b'+');
    utf8_percent_encode(email, KEPT).to_string()
}

/// An address as people write it.
fn bare(address: &str) -> String {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://")).unwrap_or(address);
    rest.strip_prefix("www.").unwrap_or(rest).trim_end_matches('/').to_owned()
}

fn section_view(
    section: Section,
    title: String,
    own_title: bool,
    content: &Content,
    labels: &Labels,
    tone: Tone,
) -> SectionView {
    let mut view = SectionView {
        id: section.name(),
        title,
        own_title,
        kind: "entries",
        paragraphs: Vec::new(),
        entries: Vec::new(),
        groups: Vec::new(),
    };
    let moment =
        |date: &Option<PartialDate>| date.map(|date| Moment { iso: date.to_string(), text: labels.date(date, tone) });
    match section {
        Section::Hero | Section::Contact => {}
        Section::About => {
            view.kind = "prose";
            view.paragraphs.clone_from(&content.about.paragraphs);
        }
        Section::Experience => view.entries.extend(content.experience.iter().map(|work| {
            let mut paragraphs = split(&work.description);
            paragraphs.extend(split(&work.summary));
            titled(Entry {
                title: work.position.clone(),
                subtitle: work.name.clone(),
                subtitle_url: work.url.clone(),
                place: work.location.clone(),
                start: moment(&work.start_date),
                end: moment(&work.end_date),
                ongoing: work.start_date.is_some() && work.end_date.is_none(),
                paragraphs,
                highlights: work.highlights.clone(),
                ..Entry::default()
            })
        })),
        Section::Volunteer => view.entries.extend(content.volunteer.iter().map(|work| {
            titled(Entry {
                title: work.position.clone(),
                subtitle: work.organization.clone(),
                subtitle_url: work.url.clone(),
                start: moment(&work.start_date),
                end: moment(&work.end_date),
                ongoing: work.start_date.is_some() && work.end_date.is_none(),
                paragraphs: split(&work.summary),
                highlights: work.highlights.clone(),
                ..Entry::default()
            })
        })),
        Section::Projects => view.entries.extend(content.projects.iter().map(|project| {
            let roles = Some(project.roles.join(labels.comma)).filter(|roles| !roles.is_empty());
            let beside: Vec<String> =
                [roles, project.entity.clone(), project.r#type.clone()].into_iter().flatten().collect();
            titled(Entry {
                title: project.name.clone(),
                url: project.url.clone(),
                subtitle: Some(beside.join(" · ")).filter(|text| !text.is_empty()),
                start: moment(&project.start_date),
                end: moment(&project.end_date),
                paragraphs: split(&project.description),
                highlights: project.highlights.clone(),
                keywords: project.keywords.clone(),
                ..Entry::default()
            })
        })),
        Section::Education => view.entries.extend(content.education.iter().map(|school| {
            let studies: Vec<String> = [school.study_type.clone(), school.area.clone()].into_iter().flatten().collect();
            let mut facts = Vec::new();
            if let Some(score) = &school.score {
                facts.push(Fact { label: labels.grade, text: score.clone() });
            }
            if !school.courses.is_empty() {
                facts.push(Fact { label: labels.courses, text: school.courses.join(labels.comma) });
            }
            titled(Entry {
                title: Some(studies.join(labels.comma)).filter(|text| !text.is_empty()),
                subtitle: school.institution.clone(),
                subtitle_url: school.url.clone(),
                start: moment(&school.start_date),
                end: moment(&school.end_date),
                ongoing: school.start_date.is_some() && school.end_date.is_none(),
                facts,
                ..Entry::default()
            })
        })),
        Section::Certificates => view.entries.extend(content.certificates.iter().map(|certificate| {
            titled(Entry {
                title: certificate.name.clone(),
                url: certificate.url.clone(),
                subtitle: certificate.issuer.clone(),
                end: moment(&certificate.date),
                ..Entry::default()
            })
        })),
        Section::Awards => view.entries.extend(content.awards.iter().map(|award| {
            titled(Entry {
                title: award.title.clone(),
                subtitle: award.awarder.clone(),
                end: moment(&award.date),
                paragraphs: split(&award.summary),
                ..Entry::default()
            })
        })),
        Section::Publications => view.entries.extend(content.publications.iter().map(|publication| {
            titled(Entry {
                title: publication.name.clone(),
                url: publication.url.clone(),
                subtitle: publication.publisher.clone(),
                end: moment(&publication.release_date),
                paragraphs: split(&publication.summary),
                ..Entry::default()
            })
        })),
        Section::Skills => {
            view.kind = "groups";
            view.groups.extend(content.skills.iter().map(|skill| Group {
                name: skill.name.clone(),
                note: skill.level.clone(),
                items: skill.keywords.clone(),
                ..Group::default()
            }));
        }
        Section::Interests => {
            view.kind = "groups";
            // Interests without particulars are one list, not a row each.
            let (plain, detailed): (Vec<_>, Vec<_>) = content.interests.iter().partition(|i| i.keywords.is_empty());
            let items: Vec<String> = plain.into_iter().filter_map(|interest| interest.name.clone()).collect();
            view.groups.extend((!items.is_empty()).then(|| Group { items, ..Group::default() }));
            view.groups.extend(detailed.into_iter().map(|interest| Group {
                name: interest.name.clone(),
                items: interest.keywords.clone(),
                ..Group::default()
            }));
        }
        Section::Languages => {
            view.kind = "pairs";
            view.groups.extend(content.languages.iter().map(|language| Group {
                name: language.language.clone(),
                note: language.fluency.clone(),
                ..Group::default()
            }));
        }
        Section::References => {
            view.kind = "quotes";
            view.groups.extend(content.references.iter().map(|reference| Group {
                name: reference.name.clone(),
                paragraphs: split(&reference.reference),
                ..Group::default()
            }));
        }
    }
    for entry in &mut view.entries {
        // Said in years alone, a period may begin and end in one.
        if let (Some(start), Some(end)) = (&entry.start, &entry.end)
            && start.text == end.text
        {
            entry.end = None;
        }
    }
    view
}

/// An entry without a title takes its subtitle for one: a heading is never empty.
fn titled(mut entry: Entry) -> Entry {
    if entry.title.is_none() {
        entry.title = entry.subtitle.take();
        entry.url = entry.url.take().or(entry.subtitle_url.take());
    }
    entry
}

fn split(text: &Option<String>) -> Vec<String> {
    text.as_deref().map(|text| text.split("\n\n").map(str::to_owned).collect()).unwrap_or_default()
}

/// The person as schema.org knows one, safe inside a `script` element.
fn json_ld(content: &Content, canonical: Option<&str>, customizations: &Customizations) -> String {
    let resume: Resume = content.to_resume();
    let basics = &resume.basics;
    let mut person = serde_json::Map::new();
    let mut set = |name: &str, value: Value| {
        let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if !empty {
            person.insert(name.to_owned(), value);
        }
    };
    set("@context", json!("https://schema.org"));
    set("@type", json!("Person"));
    set("name", json!(basics.name));
    set("jobTitle", json!(basics.label));
    set("description", json!(content.about.paragraphs.first()));
    set("url", json!(canonical.or(basics.url.as_deref())));
    set("email", json!(basics.email));
    set("telephone", json!(basics.phone));
    if let Some(location) = &basics.location {
        let parts = [
            ("streetAddress", &location.address),
            ("postalCode", &location.postal_code),
            ("addressLocality", &location.city),
            ("addressRegion", &location.region),
            ("addressCountry", &location.country_code),
        ];
        let mut address = serde_json::Map::from_iter([("@type".to_owned(), json!("PostalAddress"))]);
        address.extend(
            parts.into_iter().filter_map(|(name, text)| text.as_ref().map(|text| (name.to_owned(), json!(text)))),
        );
        set("address", Value::Object(address));
    }
    let website = basics.url.iter().filter(|url| canonical != Some(url.as_str()));
    let profiles = basics.profiles.iter().filter_map(|profile| profile.url.as_ref());
    let links = customizations.links.iter().map(|link| &link.url);
    let same_as: Vec<&String> = if customizations.sections.hidden.contains(&Section::Contact) {
        Vec::new()
    } else {
        website.chain(profiles).chain(links).collect()
    };
    set("sameAs", json!(same_as));
    let organisation = |name: &String| json!({"@type": "Organization", "name": name});
    let held = resume.work.iter().filter(|work| work.start_date.is_some() && work.end_date.is_none());
    set("worksFor", held.filter_map(|work| work.name.as_ref()).map(organisation).collect());
    let school = |name: &String| json!({"@type": "EducationalOrganization", "name": name});
    set("alumniOf", resume.education.iter().filter_map(|school| school.institution.as_ref()).map(school).collect());
    let skills = resume.skills.iter().flat_map(|skill| {
        let alone = skill.keywords.is_empty().then_some(skill.name.as_ref()).flatten();
        alone.into_iter().chain(&skill.keywords)
    });
    set("knowsAbout", skills.map(|skill| json!(skill)).collect());
    set("knowsLanguage", resume.languages.iter().filter_map(|l| l.language.as_ref()).map(|l| json!(l)).collect());
    set("award", resume.awards.iter().filter_map(|award| award.title.as_ref()).map(|title| json!(title)).collect());

    let mut escaped = String::new();
    for c in Value::Object(person).to_string().chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => escaped.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_profile_text_is_cut_between_words() {
        let mut content = Content::default();
        content.about.paragraphs = vec!["word ".repeat(60).trim().to_owned()];
        let text = description(&content).unwrap();
        assert!(text.ends_with("word…") && text.chars().count() <= LONGEST_DESCRIPTION, "{text}");
        assert_eq!(description(&Content::default()), None);
    }

    #[test]
    fn a_mail_address_cannot_smuggle_headers_into_a_link() {
        assert_eq!(mail_path("ada+cv@example.org"), "ada+cv@example.org");
        assert_eq!(mail_path("a@b.c?bcc=x&body=y"), "a@b.c%3Fbcc%3Dx%26body%3Dy");
    }

    #[test]
    fn an_address_on_paper_is_words_and_a_code() {
        let link = paper_link("https://sites.example/p/ada-lovelace").unwrap();
        assert_eq!(link.text, "sites.example/p/ada-lovelace");
        // Version 3, 29 modules a side, and the margin.
        assert_eq!(link.side, 33);
        assert!(link.path.starts_with("M2 2h7v1h-7z"), "the finder pattern stands in the corner: {}", link.path);
        assert!(paper_link(&"x".repeat(2_000)).is_none());
    }

    #[test]
    fn an_address_is_shown_as_people_write_it() {
        assert_eq!(bare("https://www.ada.example/"), "ada.example");
        assert_eq!(bare("http://ada.example/notes"), "ada.example/notes");
    }

    #[test]
    fn the_policy_names_the_pages_own_style_and_script_and_no_other_source() {
        let place = Place::Live {
            slug: "ada",
            sites_url: "https://sites.example",
            app_url: "https://app.example/x",
            indexable: false,
        };
        let policy = content_security_policy("b{}", &place);
        assert!(
            policy.starts_with("default-src 'none'; img-src data:; font-src 'self'; style-src 'sha256-"),
            "{policy}"
        );
        assert!(policy.contains("; connect-src https://app.example; base-uri 'none'; form-action 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"));
        assert!(!content_security_policy("b{}", &Place::Preview).contains("script-src"));
    }
}
