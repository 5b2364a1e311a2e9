//! What a person may change about their portfolio without writing code, every value typed.
//!
//! Untrusted JSON comes in through [`Customizations::from_json`] alone. It refuses what it does not know, each fault
//! with a pointer, so that nothing but colours, names of fonts, plain text and web addresses can reach a page.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use vitae_resume::Violation;

use crate::colour::Colour;
use crate::content::{Section, web_address};
use crate::labels::Language;

/// Longest own title or link label, in characters.
const LONGEST_LABEL: usize = 60;
/// Longest address of an own link, in bytes.
const LONGEST_ADDRESS: usize = 2_000;
/// Most own links.
const MOST_LINKS: usize = 12;

/// A person's choices for one portfolio. Whatever is left out is the template's.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Customizations {
    /// Colours of the light and of the dark scheme.
    pub colors: Colors,
    /// Which scheme is shown.
    pub dark_mode: DarkMode,
    /// Type: a font for titles and one for the rest.
    pub fonts: Fonts,
    /// One of the template's layouts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<String>,
    /// Order, visibility and titles of the sections.
    pub sections: Sections,
    /// Which contact details are shown.
    pub contact: ContactVisibility,
    /// Own links, at most 12.
    pub links: Vec<Link>,
    /// How the page speaks.
    pub tone: Tone,
    /// Language of the labels; by default the CV's own, or English where that is not offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
}

/// Colours of both schemes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Colors {
    /// On a bright screen and on paper.
    pub light: Scheme,
    /// Where the reader's system is dark.
    pub dark: Scheme,
}

/// Colours of one scheme, `#rgb` or `#rrggbb`. Text and accent are made legible on the background (WCAG 2.2 AA).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Scheme {
    /// Page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "#ffffff")]
    pub background: Option<Colour>,
    /// Words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "#1c1917")]
    pub text: Option<Colour>,
    /// Links and marks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "#1d4ed8")]
    pub accent: Option<Colour>,
}

/// Which scheme is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DarkMode {
    /// As the reader's system asks.
    #[default]
    Auto,
    /// Always light.
    Light,
    /// Always dark; paper stays light.
    Dark,
}

/// Type for headings and for the rest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Fonts {
    /// Name and titles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heading: Option<Font>,
    /// Everything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Font>,
}

/// A family of type: one that the page carries with it, or one that every common system has a member of. None is ever
/// fetched from another host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Font {
    /// The system's own interface type.
    System,
    /// A warm sans serif.
    Humanist,
    /// A round sans serif.
    Geometric,
    /// A neutral sans serif.
    Grotesque,
    /// A bookish serif.
    OldStyle,
    /// A crisp serif.
    Transitional,
    /// A serif with square feet.
    Slab,
    /// Every letter the same width.
    Mono,
    /// Bricolage Grotesque, carried along: a sans serif with character.
    Bricolage,
    /// Geist, carried along: a clear sans serif.
    Geist,
    /// Geist Mono, carried along: every letter the same width.
    GeistMono,
    /// Newsreader, carried along: a bookish serif.
    Newsreader,
    /// Source Sans, carried along: a humanist sans serif.
    SourceSans,
    /// Source Serif, carried along: a crisp serif.
    SourceSerif,
}

impl Font {
    /// Every family.
    pub const ALL: [Self; 14] = [
        Self::System,
        Self::Humanist,
        Self::Geometric,
        Self::Grotesque,
        Self::OldStyle,
        Self::Transitional,
        Self::Slab,
        Self::Mono,
        Self::Bricolage,
        Self::Geist,
        Self::GeistMono,
        Self::Newsreader,
        Self::SourceSans,
        Self::SourceSerif,
    ];

    /// The families to try, as CSS writes them.
    pub fn stack(self) -> &'static str {
        match self {
            Self::System => {
                "system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",\"Helvetica Neue\",Arial,sans-serif"
            }
            Self::Humanist => "Seravek,\"Gill Sans Nova\",Ubuntu,Calibri,\"Source Sans 3\",\"Noto Sans\",sans-serif",
            Self::Geometric => "Avenir,\"Avenir Next\",Montserrat,Corbel,\"URW Gothic\",\"Century Gothic\",sans-serif",
            Self::Grotesque => {
                "Inter,\"Helvetica Neue\",\"Arial Nova\",\"Nimbus Sans\",\"Liberation Sans\",Arial,sans-serif"
            }
            Self::OldStyle => {
                "\"Iowan Old Style\",\"Palatino Linotype\",\"URW Palladio L\",P052,Palatino,\"Noto Serif\",serif"
            }
            Self::Transitional => "Charter,\"Bitstream Charter\",\"Sitka Text\",Cambria,\"Noto Serif\",Georgia,serif",
            Self::Slab => "Rockwell,\"Rockwell Nova\",\"Roboto Slab\",\"DejaVu Serif\",\"Sitka Small\",serif",
            Self::Mono => {
                "ui-monospace,\"Cascadia Code\",\"Source Code Pro\",Menlo,Consolas,\"DejaVu Sans Mono\",monospace"
            }
            Self::Bricolage => "\"Vitae Bricolage\",Avenir,\"Avenir Next\",Montserrat,\"Noto Sans\",Arial,sans-serif",
            Self::Geist => "\"Vitae Geist\",system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",Arial,sans-serif",
            Self::GeistMono => {
                "\"Vitae Geist Mono\",ui-monospace,\"Cascadia Code\",Menlo,Consolas,\"Noto Sans Mono\",monospace"
            }
            Self::Newsreader => "\"Vitae Newsreader\",\"Iowan Old Style\",Palatino,\"Noto Serif\",Georgia,serif",
            Self::SourceSans => "\"Vitae Source Sans\",Seravek,Calibri,\"Segoe UI\",\"Noto Sans\",Arial,sans-serif",
            Self::SourceSerif => "\"Vitae Source Serif\",Charter,Cambria,\"Noto Serif\",Georgia,serif",
        }
    }
}

/// Order, visibility and titles of the sections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Sections {
    /// Sections in the order wanted; those left out follow in the template's order. Hero and contact stand where the
    /// template puts them.
    pub order: Vec<Section>,
    /// Sections that are not shown. References are hidden unless this list says otherwise: they name other people.
    pub hidden: Vec<Section>,
    /// Own titles, 1 to 60 characters.
    pub titles: BTreeMap<Section, String>,
}

impl Default for Sections {
    fn default() -> Self {
        Self { order: Vec::new(), hidden: vec![Section::References], titles: BTreeMap::new() }
    }
}

/// Which contact details the page, the résumé file and the contact card show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ContactVisibility {
    /// Mail address; shown by default.
    pub email: bool,
    /// Telephone number; hidden by default.
    pub phone: bool,
    /// Street address and postal code; hidden by default.
    pub address: bool,
    /// City, region and country; shown by default.
    pub location: bool,
    /// The person's own site; shown by default.
    pub website: bool,
    /// Profiles on other sites; shown by default.
    pub profiles: bool,
}

impl Default for ContactVisibility {
    fn default() -> Self {
        Self { email: true, phone: false, address: false, location: true, website: true, profiles: true }
    }
}

/// A link of the person's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// What it is called, 1 to 60 characters.
    pub label: String,
    /// Where it leads: http or https.
    pub url: String,
}

/// How the page speaks: its wording, its dates, how it begins, and the order in which sections stand unless one is given. No
/// tone says anything of the person that the CV does not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    /// Plain titles, short months, the template's order.
    #[default]
    Professional,
    /// Titles in the first person, a greeting before the name, an invitation to write, months in full.
    Friendly,
    /// Work to show comes first: projects before experience; the figures in it stand out, periods are years, and the headline
    /// is set stronger.
    Bold,
    /// Education and publications come first; the headline names the present employer, months are figures, the document is a
    /// curriculum vitae.
    Academic,
}

impl Customizations {
    /// Reads what a person sent.
    ///
    /// # Errors
    /// Every unknown member and every bad value, its pointer relative to the customizations, such as
    /// `/colors/light/text`.
    pub fn from_json(json: &Value) -> Result<Self, Vec<Violation>> {
        let mut reader = Reader::default();
        let read = reader.customizations(json);
        if reader.found.is_empty() { Ok(read) } else { Err(reader.found) }
    }

    /// These choices changed by a JSON Merge Patch (RFC 7396): `null` brings a default back.
    ///
    /// # Errors
    /// As [`Customizations::from_json`].
    pub fn patched(&self, patch: &Value) -> Result<Self, Vec<Violation>> {
        let mut document = serde_json::to_value(self).unwrap_or_default();
        merge(&mut document, patch);
        Self::from_json(&document)
    }

    /// The sections to show, in order, out of the order that the template has.
    pub fn section_order(&self, of_template: &[Section]) -> Vec<Section> {
        let first: &[Section] = match self.tone {
            Tone::Professional | Tone::Friendly => &[],
            Tone::Bold => &[Section::About, Section::Projects, Section::Experience],
            Tone::Academic => &[Section::About, Section::Education, Section::Publications, Section::Experience],
        };
        let mut order: Vec<Section> = Vec::new();
        for section in self.sections.order.iter().chain(first).chain(of_template) {
            let placed_by_template = matches!(section, Section::Hero | Section::Contact);
            if !placed_by_template && !order.contains(section) && !self.sections.hidden.contains(section) {
                order.push(*section);
            }
        }
        order
    }
}

/// Applies a JSON Merge Patch (RFC 7396).
pub fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(members) = target else { return };
    for (name, change) in changes {
        if change.is_null() {
            members.remove(name);
        } else {
            merge(members.entry(name.clone()).or_insert(Value::Null), change);
        }
    }
}

/// Reads member by member and gathers every fault on the way.
#[derive(Default)]
struct Reader {
    found: Vec<Violation>,
}

impl Reader {
    fn customizations(&mut self, json: &Value) -> Customizations {
        let known = ["colors", "dark_mode", "fonts", "layout", "sections", "contact", "links", "tone", "language"];
        let Some(members) = self.object("", json, &known) else { return Customizations::default() };
        Customizations {
            colors: self.nested(members, "/colors", |reader, value| reader.colors(value)),
            dark_mode: self.leaf(members, "/dark_mode").unwrap_or_default(),
            fonts: self.nested(members, "/fonts", |reader, value| {
                let Some(members) = reader.object("/fonts", value, &["heading", "body"]) else {
                    return Fonts::default();
                };
                Fonts { heading: reader.leaf(members, "/fonts/heading"), body: reader.leaf(members, "/fonts/body") }
            }),
            layout: self.leaf(members, "/layout"),
            sections: self.nested(members, "/sections", |reader, value| reader.sections(value)),
            contact: self.nested(members, "/contact", |reader, value| reader.contact(value)),
            links: self.nested(members, "/links", |reader, value| reader.links(value)),
            tone: self.leaf(members, "/tone").unwrap_or_default(),
            language: self.leaf(members, "/language"),
        }
    }

    fn colors(&mut self, json: &Value) -> Colors {
        let Some(members) = self.object("/colors", json, &["light", "dark"]) else { return Colors::default() };
        let mut scheme = |pointer: &str| {
            let Some(value) = members.get(last(pointer)).filter(|value| !value.is_null()) else {
                return Scheme::default();
            };
            let Some(members) = self.object(pointer, value, &["background", "text", "accent"]) else {
                return Scheme::default();
            };
            Scheme {
                background: self.leaf(members, &format!("{pointer}/background")),
                text: self.leaf(members, &format!("{pointer}/text")),
                accent: self.leaf(members, &format!("{pointer}/accent")),
            }
        };
        Colors { light: scheme("/colors/light"), dark: scheme("/colors/dark") }
    }

    fn sections(&mut self, json: &Value) -> Sections {
        let mut sections = Sections::default();
        let Some(members) = self.object("/sections", json, &["order", "hidden", "titles"]) else { return sections };
        if let Some(order) = self.section_list(members, "/sections/order", &[Section::Hero, Section::Contact]) {
            sections.order = order;
        }
        if let Some(hidden) = self.section_list(members, "/sections/hidden", &[Section::Hero]) {
            sections.hidden = hidden;
        }
        let Some(titles) = members.get("titles").filter(|value| !value.is_null()) else { return sections };
        let known: Vec<&str> = Section::ALL.iter().map(|s| s.name()).filter(|name| *name != "hero").collect();
        let Some(members) = self.object("/sections/titles", titles, &known) else { return sections };
        for section in Section::ALL {
            let pointer = format!("/sections/titles/{}", section.name());
            if let Some(title) = self.leaf::<String>(members, &pointer).and_then(|text| self.label(&pointer, &text)) {
                sections.titles.insert(section, title);
            }
        }
        sections
    }

    fn section_list(
        &mut self,
        members: &Map<String, Value>,
        pointer: &str,
        refused: &[Section],
    ) -> Option<Vec<Section>> {
        let list = members.get(last(pointer)).filter(|value| !value.is_null())?;
        let Some(names) = list.as_array() else {
            self.report(pointer, "a list of section names is wanted");
            return None;
        };
        let mut sections = Vec::new();
        for (i, name) in names.iter().enumerate().take(100) {
            let at = format!("{pointer}/{i}");
            match serde_json::from_value::<Section>(name.clone()) {
                Err(error) => self.report(&at, &error.to_string()),
                Ok(section) if refused.contains(&section) => {
                    self.report(&at, &format!("the section `{}` stands where the template puts it", section.name()));
                }
                Ok(section) if sections.contains(&section) => self.report(&at, "this section is named twice"),
                Ok(section) => sections.push(section),
            }
        }
        Some(sections)
    }

    fn contact(&mut self, json: &Value) -> ContactVisibility {
        let mut contact = ContactVisibility::default();
        let known = ["email", "phone", "address", "location", "website", "profiles"];
        let Some(members) = self.object("/contact", json, &known) else { return contact };
        let fields = [
            &mut contact.email,
            &mut contact.phone,
            &mut contact.address,
            &mut contact.location,
            &mut contact.website,
            &mut contact.profiles,
        ];
        for (name, field) in known.iter().zip(fields) {
            if let Some(shown) = self.leaf(members, &format!("/contact/{name}")) {
                *field = shown;
            }
        }
        contact
    }

    fn links(&mut self, json: &Value) -> Vec<Link> {
        let Some(entries) = json.as_array() else {
            self.report("/links", "a list of links is wanted, each with `label` and `url`");
            return Vec::new();
        };
        if entries.len() > MOST_LINKS {
            self.report("/links", &format!("at most {MOST_LINKS} links"));
            return Vec::new();
        }
        let mut links = Vec::new();
        for (i, entry) in entries.iter().enumerate() {
            let pointer = format!("/links/{i}");
            let Some(members) = self.object(&pointer, entry, &["label", "url"]) else { continue };
            let label_at = format!("{pointer}/label");
            let url_at = format!("{pointer}/url");
            let label = self.required(members, &label_at).and_then(|text| self.label(&label_at, &text));
            let url = self.required(members, &url_at).and_then(|text| {
                let address = web_address(&text).filter(|address| address.len() <= LONGEST_ADDRESS);
                if address.is_none() {
                    self.report(
                        &url_at,
                        "an address begins with http:// or https://, names no user, and has at most 2000 bytes",
                    );
                }
                address
            });
            if let (Some(label), Some(url)) = (label, url) {
                links.push(Link { label, url });
            }
        }
        links
    }

    /// A short line of text as the person's own label.
    fn label(&mut self, pointer: &str, text: &str) -> Option<String> {
        let tidy = crate::content::line(text);
        match tidy {
            Some(label) if label.chars().count() <= LONGEST_LABEL => Some(label),
            _ => {
                self.report(pointer, &format!("1 to {LONGEST_LABEL} visible characters are wanted"));
                None
            }
        }
    }

    fn object<'a>(&mut self, pointer: &str, json: &'a Value, known: &[&str]) -> Option<&'a Map<String, Value>> {
        let Some(members) = json.as_object() else {
            self.report(pointer, "an object is wanted");
            return None;
        };
        for name in members.keys().filter(|name| !known.contains(&name.as_str())) {
            let escaped = name.replace('~', "~0").replace('/', "~1");
            self.report(
                &format!("{pointer}/{escaped}"),
                &format!("there is no such member; known are {}", known.join(", ")),
            );
        }
        Some(members)
    }

    fn nested<T: Default>(
        &mut self,
        members: &Map<String, Value>,
        pointer: &str,
        read: impl FnOnce(&mut Self, &Value) -> T,
    ) -> T {
        match members.get(last(pointer)) {
            None | Some(Value::Null) => T::default(),
            Some(value) => read(self, value),
        }
    }

    fn required(&mut self, members: &Map<String, Value>, pointer: &str) -> Option<String> {
        if members.get(last(pointer)).is_none_or(Value::is_null) {
            self.report(pointer, "this member is wanted");
            return None;
        }
        self.leaf(members, pointer)
    }

    fn leaf<T: DeserializeOwned>(&mut self, members: &Map<String, Value>, pointer: &str) -> Option<T> {
        let value = members.get(last(pointer)).filter(|value| !value.is_null())?;
        match serde_json::from_value(value.clone()) {
            Ok(read) => Some(read),
            Err(error) => {
                self.report(pointer, &error.to_string());
                None
            }
        }
    }

    fn report(&mut self, pointer: &str, detail: &str) {
        self.found.push(Violation { pointer: pointer.to_owned(), detail: detail.to_owned() });
    }
}

fn last(pointer: &str) -> &str {
    pointer.rsplit('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pointers(json: Value) -> Vec<String> {
        Customizations::from_json(&json).unwrap_err().into_iter().map(|v| v.pointer).collect()
    }

    #[test]
    fn nothing_chosen_is_the_default_and_survives_a_round_trip() {
        let nothing = Customizations::from_json(&json!({})).unwrap();
        assert_eq!(nothing, Customizations::default());
        assert!(nothing.contact.email && !nothing.contact.phone && !nothing.contact.address);
        let written = serde_json::to_value(&nothing).unwrap();
        assert_eq!(Customizations::from_json(&written).unwrap(), nothing);
        assert_eq!(serde_json::from_value::<Customizations>(written).unwrap(), nothing);
    }

    #[test]
    fn every_choice_is_read() {
        let read = Customizations::from_json(&json!({
            "colors": {"light": {"background": "#fff", "text": "#111111", "accent": "#b91c1c"}, "dark": {"accent": "#fca5a5"}},
            "dark_mode": "dark", "fonts": {"heading": "old-style", "body": "humanist"}, "layout": "column",
            "sections": {"order": ["skills", "about"], "hidden": [], "titles": {"skills": " Tools  of trade "}},
            "contact": {"phone": true, "email": false}, "links": [{"label": "Talks", "url": "https://talks.example"}],
            "tone": "academic", "language": "tr",
        })).unwrap();
        assert_eq!(read.colors.dark.accent, Colour::parse("#fca5a5"));
        assert_eq!(read.sections.titles[&Section::Skills], "Tools of trade");
        assert!(read.contact.phone && !read.contact.email && read.contact.website);
        assert_eq!((read.tone, read.language), (Tone::Academic, Some(Language::Tr)));
        assert_eq!(Customizations::from_json(&serde_json::to_value(&read).unwrap()).unwrap(), read);
    }

    #[test]
    fn each_unknown_or_dangerous_value_is_refused_where_it_stands() {
        assert_eq!(
            pointers(json!({
                "custom_css": "*{}", "colors": {"light": {"text": "red;}body{display:none"}, "sepia": {}},
                "dark_mode": "purple", "fonts": {"body": "https://fonts.example/x.css"},
                "sections": {"order": ["hero", "blog", "about", "about"], "hidden": ["hero"], "titles": {"about": "", "x/y": "z"}},
                "contact": {"phone": "yes"},
                "links": [{"label": "x", "url": "javascript:alert(1)"}, {"url": "https://a.example", "rel": "me"}, "https://b.example"],
                "tone": 7, "language": "tlh", "layout": ["column"],
            })),
            [
                "/custom_css",
                "/colors/sepia",
                "/colors/light/text",
                "/dark_mode",
                "/fonts/body",
                "/layout",
                "/sections/order/0",
                "/sections/order/1",
                "/sections/order/3",
                "/sections/hidden/0",
                "/sections/titles/x~1y",
                "/sections/titles/about",
                "/contact/phone",
                "/links/0/url",
                "/links/1/rel",
                "/links/1/label",
                "/links/2",
                "/tone",
                "/language",
            ]
        );
        assert_eq!(pointers(json!([])), [""]);
        assert_eq!(pointers(json!({"links": vec![json!({"label": "a", "url": "https://a.example"}); 13]})), ["/links"]);
    }

    #[test]
    fn a_merge_patch_changes_what_it_names_and_null_brings_the_default_back() {
        let chosen = Customizations::from_json(
            &json!({"tone": "bold", "colors": {"light": {"accent": "#b91c1c", "text": "#222"}}}),
        )
        .unwrap();
        let patched =
            chosen.patched(&json!({"colors": {"light": {"accent": null}}, "contact": {"phone": true}})).unwrap();
        assert_eq!(patched.tone, Tone::Bold);
        assert_eq!(patched.colors.light, Scheme { text: Colour::parse("#222"), ..Scheme::default() });
        assert!(patched.contact.phone && patched.contact.email);
        assert_eq!(chosen.patched(&json!({"tone": null})).unwrap().tone, Tone::Professional);
        assert_eq!(chosen.patched(&json!({"sizes": 1})).unwrap_err()[0].pointer, "/sizes");
    }

    #[test]
    fn sections_stand_in_the_order_asked_and_the_rest_follows() {
        let of_template =
            [Section::About, Section::Experience, Section::Projects, Section::Education, Section::References];
        let ordered = |json| Customizations::from_json(&json).unwrap().section_order(&of_template);
        assert_eq!(ordered(json!({})), [Section::About, Section::Experience, Section::Projects, Section::Education]);
        assert_eq!(
            ordered(json!({"tone": "academic", "sections": {"order": ["projects"], "hidden": ["about"]}})),
            [Section::Projects, Section::Education, Section::Publications, Section::Experience, Section::References]
        );
    }
}
