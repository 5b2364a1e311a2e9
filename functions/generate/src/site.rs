//! A portfolio as files: the page, the résumé and the contact card, and all of them as a zip.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

use crate::content::{Content, Section};
use crate::customizations::Customizations;
use crate::fonts::Face;
use crate::page::{Page, shown};
use crate::palette::{self, Adjustment};
use crate::templates::Template;
use crate::vcard::vcard;

/// Where a page will be read.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    /// On the sites' host.
    Live {
        /// The last part of its address.
        slug: &'a str,
        /// Address of the sites' host, no slash at the end.
        sites_url: &'a str,
        /// Address of the app, no slash at the end: the page counts its views there.
        app_url: &'a str,
        /// Whether search engines may list it.
        indexable: bool,
    },
    /// In the owner's own window, before it is published.
    Preview,
    /// Taken along: from a disk or on any host. It counts nothing.
    Disk,
}

/// One file of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteFile {
    /// Name under the site's address.
    pub name: &'static str,
    /// Media type.
    pub content_type: &'static str,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// A template that could not be filled: a fault of the template, never of the person.
#[derive(Debug, thiserror::Error)]
#[error("the template `{template}` cannot be filled")]
pub struct RenderError {
    template: String,
    #[source]
    source: minijinja::Error,
}

/// A zip that could not be packed.
#[derive(Debug, thiserror::Error)]
#[error("the site cannot be packed")]
pub struct PackError(#[from] zip::result::ZipError);

/// A page, and what goes with it.
#[derive(Debug)]
pub struct Rendered {
    /// The document.
    pub html: String,
    /// Its Content-Security-Policy, for the header that it may be sent with.
    pub policy: String,
    faces: Vec<&'static Face>,
}

/// The page alone.
///
/// # Errors
/// [`RenderError`] where the template is at fault.
pub fn page(
    content: &Content,
    template: &Template,
    customizations: &Customizations,
    place: &Place<'_>,
) -> Result<Rendered, RenderError> {
    // A preview is one document: it has no files beside it to link to.
    let downloads = !matches!(place, Place::Preview);
    let page = Page::new(&shown(content, customizations), template, customizations, place, downloads);
    rendered(&page, template)
}

fn rendered(page: &Page, template: &Template) -> Result<Rendered, RenderError> {
    let html =
        template.render(page).map_err(|source| RenderError { template: template.manifest.id.clone(), source })?;
    Ok(Rendered { html, policy: page.policy().to_owned(), faces: page.faces().to_vec() })
}

/// All files of the site.
///
/// # Errors
/// [`RenderError`] where the template is at fault.
pub fn files(
    content: &Content,
    template: &Template,
    customizations: &Customizations,
    place: &Place<'_>,
) -> Result<Vec<SiteFile>, RenderError> {
    let visible = shown(content, customizations);
    let mut resume = visible.to_resume();
    if !customizations.sections.hidden.contains(&Section::Contact) {
        resume.basics.profiles.extend(customizations.links.iter().map(|link| vitae_resume::Profile {
            network: Some(link.label.clone()),
            username: None,
            url: Some(link.url.clone()),
        }));
    }
    resume.schema = Some("https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json".to_owned());
    if let Place::Live { slug, sites_url, .. } = place {
        resume.meta.canonical = Some(format!("{sites_url}/p/{slug}/resume.json"));
    }
    let page = Page::new(&visible, template, customizations, place, true);
    let Rendered { html, faces, .. } = rendered(&page, template)?;
    // A résumé of strings and dates always serialises.
    let json = serde_json::to_vec_pretty(&resume).unwrap_or_default();
    let mut files = vec![
        SiteFile { name: "index.html", content_type: "text/html; charset=utf-8", bytes: html.into_bytes() },
        SiteFile { name: "resume.json", content_type: "application/json", bytes: json },
        SiteFile { name: "contact.vcf", content_type: "text/vcard; charset=utf-8", bytes: vcard(&resume).into_bytes() },
    ];
    if matches!(place, Place::Live { .. }) {
        let picture = page.share_image();
        files.extend(picture.map(|bytes| SiteFile { name: "og.png", content_type: "image/png", bytes }));
        let font = |face: &&Face| SiteFile { name: face.file, content_type: "font/woff2", bytes: face.bytes.to_vec() };
        files.extend(faces.iter().map(font));
    }
    Ok(files)
}

/// The site as a zip that opens from a disk and serves from any host. The same site gives the same bytes.
///
/// # Errors
/// [`PackError`] where the files pass the format's limits, which sites never do.
pub fn pack(files: &[SiteFile]) -> Result<Vec<u8>, PackError> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for file in files {
        archive.start_file(file.name, SimpleFileOptions::default().last_modified_time(zip::DateTime::DEFAULT))?;
        archive.write_all(&file.bytes).map_err(zip::result::ZipError::from)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// What had to be changed of the person's colours so that everybody can read the page.
pub fn adjustments(template: &Template, customizations: &Customizations) -> Vec<Adjustment> {
    let scheme = template.manifest.color_scheme;
    palette::resolve(scheme.light, scheme.dark, &customizations.colors).2
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use vitae_resume::Resume;

    use super::*;
    use crate::fixtures;
    use crate::templates;

    const LIVE: Place<'static> = Place::Live {
        slug: "ada",
        sites_url: "https://sites.example",
        app_url: "https://app.example",
        indexable: false,
    };

    fn customizations(json: Value) -> Customizations {
        Customizations::from_json(&json).unwrap()
    }

    fn render(resume: &Resume, choices: Value, place: &Place<'_>) -> String {
        let template = templates::find(templates::DEFAULT).unwrap();
        page(&Content::from_resume(resume), template, &customizations(choices), place).unwrap().html
    }

    fn text_of(files: &[SiteFile], name: &str) -> String {
        let file = files.iter().find(|file| file.name == name).unwrap();
        String::from_utf8(file.bytes.clone()).unwrap()
    }

    #[test]
    fn every_template_renders_every_person_in_every_place_and_layout() {
        let places = [LIVE, Place::Preview, Place::Disk];
        for template in templates::all() {
            for layout in &template.manifest.layout_options {
                for fixture in fixtures::all() {
                    for place in &places {
                        let choices = customizations(json!({"layout": layout.id}));
                        let html =
                            page(&Content::from_resume(&fixture.resume), template, &choices, place).unwrap().html;
                        let at = format!("{} {} {} {place:?}", template.manifest.id, layout.id, fixture.name);
                        check_structure(&html, &at);
                    }
                }
            }
        }
    }

    /// What holds of every page, whoever it is about.
    fn check_structure(html: &str, at: &str) {
        assert!(html.starts_with("<!doctype html>"), "{at}");
        let once = [
            "<h1",
            "<main",
            "<title>",
            "class=\"skip\"",
            "name=\"viewport\"",
            "http-equiv=\"Content-Security-Policy\"",
        ];
        for part in once {
            assert_eq!(html.matches(part).count(), 1, "{at}: {part}");
        }
        for never in [
            "undefined",
            "None<",
            "Lorem",
            " style=\"",
            "src=\"http",
            "<link rel=\"stylesheet",
            "@import",
            "onclick",
            "unsafe-inline",
        ] {
            assert!(!html.contains(never), "{at}: {never}");
        }
        let mut level = 0;
        for (i, _) in html.match_indices("<h") {
            if let Some(next) = html[i + 2..].chars().next().and_then(|c| c.to_digit(10)) {
                assert!(next <= level + 1, "{at}: a heading of level {next} follows one of level {level}");
                level = next;
            }
        }
        for empty in ["<h2></h2>", "<h3></h3>", "<li></li>", "<p></p>", "<ul></ul>", "<dd></dd>"] {
            assert!(!html.contains(empty), "{at}: {empty}");
        }
    }

    #[test]
    fn the_policy_matches_what_the_page_holds() {
        use base64::Engine as _;
        use sha2::Digest as _;
        let html = render(&fixtures::full(), json!({}), &LIVE);
        let inside = |open: &str, close: &str| {
            let start = html.find(open).unwrap() + open.len();
            let start = start + html[start..].find('>').unwrap() + 1;
            html[start..start + html[start..].find(close).unwrap()].to_owned()
        };
        for (open, close) in [("<style", "</style>"), ("<script data-", "</script>")] {
            let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(inside(open, close)));
            assert!(html.contains(&format!("&#39;sha256-{hash}&#39;")), "{open}: {hash}");
        }
    }

    #[test]
    fn phone_and_street_stay_private_unless_the_owner_shows_them() {
        let resume = fixtures::full();
        let template = templates::find(templates::DEFAULT).unwrap();
        let content = Content::from_resume(&resume);
        let phone = resume.basics.phone.clone().unwrap();
        let street = resume.basics.location.as_ref().and_then(|l| l.address.clone()).unwrap();
        let email = resume.basics.email.clone().unwrap();
        let referee = resume.references[0].name.clone().unwrap();

        let private = files(&content, template, &Customizations::default(), &LIVE).unwrap();
        let private: Vec<SiteFile> = private.into_iter().filter(is_text).collect();
        assert!(private.len() >= 3);
        for file in &private {
            let text = text_of(&private, file.name);
            assert!(text.contains(&email), "{}", file.name);
            assert!(!text.contains(&street) && !text.contains(&referee), "{}", file.name);
            assert!(!text.contains(&phone) && !text.contains(&telephone_digits(&phone)), "{}", file.name);
        }

        let choices = customizations(
            json!({"contact": {"phone": true, "address": true, "email": false}, "sections": {"hidden": ["experience"]}}),
        );
        let open = files(&content, template, &choices, &LIVE).unwrap();
        for file in open.iter().filter(|file| is_text(file)) {
            let text = text_of(&open, file.name);
            assert!(text.contains(&street) && !text.contains(&email), "{}", file.name);
            assert!(!text.contains(resume.work[1].name.as_deref().unwrap()), "{}: a hidden section shows", file.name);
        }
        assert!(text_of(&open, "index.html").contains(&phone));

        let closed = customizations(
            json!({"sections": {"hidden": ["contact"]}, "links": [{"label": "Talks", "url": "https://talks.example"}]}),
        );
        for file in files(&content, template, &closed, &LIVE).unwrap() {
            let text = String::from_utf8_lossy(&file.bytes);
            assert!(!text.contains(&email) && !text.contains("talks.example"), "{}", file.name);
        }
    }

    fn is_text(file: &SiteFile) -> bool {
        !matches!(file.content_type, "font/woff2" | "image/png")
    }

    fn telephone_digits(phone: &str) -> String {
        crate::vcard::telephone(phone).unwrap()
    }

    #[test]
    fn the_resume_file_is_a_valid_resume_without_what_the_parser_knows() {
        let mut resume = fixtures::full();
        resume.meta.vitae = Some(vitae_resume::VitaeMeta { page_count: 2, ..Default::default() });
        let template = templates::find(templates::DEFAULT).unwrap();
        let files = files(&Content::from_resume(&resume), template, &Customizations::default(), &LIVE).unwrap();
        let read: Resume = serde_json::from_str(&text_of(&files, "resume.json")).unwrap();
        assert_eq!(read.validate(), Ok(()));
        assert_eq!(read.meta.vitae, None);
        assert_eq!(read.work.len(), resume.work.len());
        assert_eq!(read.meta.canonical.as_deref(), Some("https://sites.example/p/ada/resume.json"));
    }

    #[test]
    fn markup_scripts_and_template_syntax_in_a_cv_stay_text() {
        let hostile = "</script><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}{% raw %}\"'`";
        let resume: Resume = serde_json::from_value(json!({
            "basics": {"name": hostile, "label": hostile, "summary": hostile, "email": "a\"onmouseover=x@example.org", "phone": hostile,
                       "url": "https://e.example/\"><b>", "location": {"city": hostile, "address": hostile},
                       "profiles": [{"network": hostile, "username": hostile, "url": "https://e.example/'><i>"}]},
            "work": [{"name": hostile, "position": hostile, "location": hostile, "summary": hostile, "highlights": [hostile], "startDate": "2020"}],
            "education": [{"institution": hostile, "area": hostile, "score": hostile, "courses": [hostile]}],
            "projects": [{"name": hostile, "description": hostile, "keywords": [hostile], "url": "https://e.example"}],
            "skills": [{"name": hostile, "level": hostile, "keywords": [hostile]}],
            "languages": [{"language": hostile, "fluency": hostile}], "interests": [{"name": hostile}],
            "awards": [{"title": hostile}], "publications": [{"name": hostile}], "certificates": [{"name": hostile}],
            "volunteer": [{"organization": hostile}], "references": [{"name": hostile, "reference": hostile}],
        })).unwrap();
        let choices = json!({"contact": {"phone": true, "address": true}, "sections": {"hidden": [], "titles": {"about": "<b>{{x}}</b>"}},
                             "links": [{"label": "<b>", "url": "https://e.example/?a=\"><script>"}]});
        for template in templates::all() {
            let at = &template.manifest.id;
            let html =
                page(&Content::from_resume(&resume), template, &customizations(choices.clone()), &LIVE).unwrap().html;
            check_structure(&html, at);
            // Quotes that are escaped inside the JSON of the data block end no attribute.
            let html = html.replace("\\\"", "");
            for never in ["<script>alert", "<img", "<b>{{", "<i>", "49{%", "\"onmouseover", "\"><script", "'><i"] {
                assert!(!html.contains(never), "{at}: {never}");
            }
            assert_eq!(html.matches("<script").count(), 2, "{at}: one data block and one beacon");
            assert_eq!(html.matches("</script>").count(), 2, "{at}");
            assert!(html.contains("{{ 7*7 }}"), "{at}: template syntax is shown as written");
        }
    }

    /// Every text of a résumé, and every address, is this one.
    fn filled_with(text: &str) -> Resume {
        serde_json::from_value(json!({
            "basics": {"name": format!("A{text}"), "label": text, "summary": text, "email": text, "phone": text, "url": text,
                       "location": {"address": text, "postalCode": text, "city": text, "region": text, "countryCode": text},
                       "profiles": [{"network": text, "username": text, "url": text}]},
            "work": [{"name": text, "position": text, "location": text, "description": text, "url": text, "startDate": "2019-04",
                      "summary": text, "highlights": [text, format!("9 {text}")]}],
            "volunteer": [{"organization": text, "position": text, "url": text, "summary": text, "highlights": [text]}],
            "education": [{"institution": text, "url": text, "area": text, "studyType": text, "score": text, "courses": [text]}],
            "awards": [{"title": text, "awarder": text, "summary": text}],
            "certificates": [{"name": text, "issuer": text, "url": text}],
            "publications": [{"name": text, "publisher": text, "url": text, "summary": text}],
            "skills": [{"name": text, "level": text, "keywords": [text]}, {"name": text}],
            "languages": [{"language": text, "fluency": text}],
            "interests": [{"name": text, "keywords": [text]}, {"name": text}],
            "references": [{"name": text, "reference": text}],
            "projects": [{"name": text, "description": text, "highlights": [text], "keywords": [text], "url": text,
                          "roles": [text], "entity": text, "type": text}],
        }))
        .unwrap()
    }

    /// The tags of a document, as a browser finds them: names and attributes, in order. What stands in a style sheet or a
    /// script is theirs.
    fn tags(html: &str) -> Vec<String> {
        let mut tags = Vec::new();
        let mut rest = html;
        while let Some(start) = rest.find('<') {
            rest = &rest[start + 1..];
            let mut quote = None;
            let end = rest.find(|c| {
                match (quote, c) {
                    (None, '"' | '\'') => quote = Some(c),
                    (Some(open), c) if c == open => quote = None,
                    (None, '>') => return true,
                    _ => {}
                }
                false
            });
            let tag = &rest[..end.unwrap_or(rest.len())];
            rest = &rest[tag.len()..];
            let name: String = tag.chars().take_while(|c| !c.is_whitespace()).collect();
            if matches!(name.as_str(), "style" | "script") {
                rest = &rest[rest.find(&format!("</{name}>")).unwrap_or(rest.len())..];
            }
            // Names of attributes are what is left where their values are taken out.
            let mut bare = tag.split('"').step_by(2).collect::<String>();
            bare.retain(|c| c != '=');
            tags.push(bare);
        }
        tags
    }

    #[test]
    fn tags_are_found_as_a_browser_finds_them() {
        let found = tags("<p class=\"a>b\">x<br><style>i<b></style><a href=\"x\" onclick=\"y\">");
        assert_eq!(found, ["p class", "br", "style", "/style", "a href onclick"]);
    }

    /// What templates have, and no more.
    const TAGS: &str = "!doctype a address article bdi blockquote body b dd div dl dt figcaption figure footer h1 h2 h3 \
        head header html li link main meta nav ol p path script section span style svg time title ul";

    /// The same of attributes; a slash ends an element that has no content.
    const ATTRIBUTES: &str = "lang dir charset http-equiv content name rel as type href crossorigin media property class id \
        tabindex aria-labelledby aria-label aria-hidden datetime download data-kind data-to data-slug \
        viewBox focusable d d/ html";

    #[test]
    fn whatever_a_cv_holds_its_pages_have_the_tags_of_a_harmless_one() {
        let hostile = [
            "<script>alert(1)</script>",
            "</script><script>alert(1)//",
            "</style><svg onload=alert(1)>",
            "<img src=x onerror=alert(1)>",
            "\"><iframe srcdoc=\"<b>\">",
            "' autofocus onfocus='alert(1)",
            "\" style=\"position:fixed\" x=\"",
            "<!--<script>",
            "]]><b>",
            "&lt;script&gt;&#60;b&#62;",
            "{{ labels }}{% include 'frame.html' %}{# x #}{{ '<b>'|safe }}",
            "${7*7}#{7*7}<%= 7*7 %>",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\tscript:alert(1)",
            "\u{1}javascript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:msgbox(1)",
            "//evil.example/x",
            "\\\\evil.example",
            "https://a.example/\"onmouseover=\"alert(1)",
            "https://a.example/'><b>",
            "abc\u{202e}fdp.exe\u{2066}x\u{200f}",
            "a\u{0}b\u{8}c",
            "\r\nBcc: x@example.org\r\nTEL:1",
            "＜script＞alert(1)＜/script＞",
        ];
        for template in templates::all() {
            // What a tone adds comes from the pieces that all templates share.
            let tones = ["professional", "friendly", "bold", "academic"];
            for tone in &tones[..if template.manifest.id == templates::DEFAULT { 4 } else { 1 }] {
                let choices = customizations(json!({
                    "tone": tone, "contact": {"phone": true, "address": true}, "sections": {"hidden": []},
                }));
                for text in hostile {
                    let at = format!("{} {tone} {text:?}", template.manifest.id);
                    let content = Content::from_resume(&filled_with(text));
                    let html = page(&content, template, &choices, &LIVE).unwrap().html;
                    check_page(&html, &at);
                    // The files beside the page are the same in every template and tone.
                    if template.manifest.id == templates::DEFAULT && *tone == "professional" {
                        check_files(&files(&content, template, &choices, &LIVE).unwrap(), &at);
                    }
                    for tag in tags(&html) {
                        let mut words = tag.split_whitespace();
                        let name = words.next().unwrap_or_default().trim_start_matches('/');
                        assert!(TAGS.split_whitespace().any(|known| known == name), "{at}: <{tag}>");
                        assert!(
                            words.all(|word| ATTRIBUTES.split_whitespace().any(|known| known == word)),
                            "{at}: <{tag}>"
                        );
                    }
                }
            }
        }
    }

    /// What holds of every page, whatever the CV says.
    fn check_page(html: &str, at: &str) {
        for address in html.split(" href=\"").skip(1) {
            let address = address.split('"').next().unwrap();
            let of_the_web = ["http://", "https://", "mailto:", "tel:", "#", "/p/ada/", "data:,"];
            assert!(of_the_web.iter().any(|start| address.starts_with(start)), "{at}: leads to {address}");
        }
        let data = html.split("application/ld+json\">").nth(1).unwrap().split("</script>").next().unwrap();
        let person: Value = serde_json::from_str(data).unwrap();
        assert_eq!(person["@type"], "Person", "{at}");
        check_text(html, at);
    }

    fn check_text(text: &str, at: &str) {
        let controls = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\r');
        let reversing = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        assert!(!text.contains(controls), "{at}: holds a control character");
        assert!(!text.contains(reversing), "{at}: turns its text round");
    }

    /// What holds of the files beside it.
    fn check_files(site: &[SiteFile], at: &str) {
        for file in site.iter().filter(|file| is_text(file)) {
            check_text(&text_of(site, file.name), at);
        }
        let card = text_of(site, "contact.vcf");
        let names = [
            "BEGIN",
            "VERSION",
            "FN",
            "N",
            "TITLE",
            "ORG",
            "EMAIL",
            "TEL",
            "URL",
            "ADR",
            "NOTE",
            "X-SOCIALPROFILE",
            "SOCIALPROFILE",
            "LANG",
            "REV",
            "END",
        ];
        for line in card.split("\r\n").filter(|line| !line.is_empty() && !line.starts_with(' ')) {
            assert!(!line.contains(['\r', '\n']), "{at}: {line}");
            let name = line.split([':', ';']).next().unwrap();
            assert!(names.contains(&name), "{at}: the card has a line of its own, {line}");
        }
        assert_eq!(card.matches("BEGIN:VCARD\r\n").count(), 1, "{at}");
        let picture = site.iter().find(|file| file.name == "og.png").unwrap();
        assert!(picture.bytes.starts_with(b"\x89PNG\r\n\x1a\n"), "{at}");
        let packed = pack(site).unwrap();
        let archive = zip::ZipArchive::new(Cursor::new(packed)).unwrap();
        assert!(archive.file_names().all(|name| !name.unwrap().contains(['/', '\\'])), "{at}: a path in the zip");
    }

    #[test]
    fn each_tone_puts_the_same_facts_otherwise() {
        let content = Content::from_resume(&fixtures::named("no-summary").resume);
        for template in templates::all() {
            let page_of =
                |tone: &str| page(&content, template, &customizations(json!({ "tone": tone })), &LIVE).unwrap().html;
            let [plain, friendly, bold, academic] = ["professional", "friendly", "bold", "academic"].map(page_of);
            let at = &template.manifest.id;
            assert!(plain.contains("janv. 2020") && !plain.contains("class=\"greeting\""), "{at}");
            assert!(friendly.contains(">Bonjour, je suis<") && friendly.contains("janvier 2020"), "{at}");
            assert!(friendly.contains("class=\"invitation\"") && bold.contains(">Parlons-en.<"), "{at}");
            assert!(bold.contains("<b>45</b>") && !bold.contains("janv. 2020"), "{at}");
            assert!(academic.contains("01/2020") && academic.contains("class=\"affiliation p-org\""), "{at}");
            assert!(academic.contains("Fonctions exercées") && academic.contains("Curriculum vitae (PDF)"), "{at}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// Whatever the fields of a CV hold, a page has the elements that its template has, and links of the web alone.
        #[test]
        fn no_text_of_a_cv_becomes_markup(
            text in r#"[ -~]{0,12}(<|>|"|'|&|javascript:|data:|</script>|<!--|\{\{|%\}|\u{202e}|\u{0}|é|山){1,4}[ -~]{0,12}"#
        ) {
            let resume = filled_with(&text);
            let choices = customizations(json!({"contact": {"phone": true}}));
            let template = templates::find(templates::DEFAULT).unwrap();
            check_files(&files(&Content::from_resume(&resume), template, &choices, &LIVE).unwrap(), &text);
            for template in templates::all() {
                let html = page(&Content::from_resume(&resume), template, &choices, &LIVE).unwrap().html;
                check_page(&html, &format!("{} {text:?}", template.manifest.id));
                prop_assert_eq!(html.matches("<script").count(), 2);
                let unseen = ["<!--", "\u{202e}", "\u{0}"].into_iter().find(|text| html.contains(text));
                prop_assert_eq!(unseen, None);
            }
        }
    }

    #[test]
    fn a_page_is_indexed_only_where_the_owner_asked() {
        let resume = fixtures::full();
        assert!(render(&resume, json!({}), &LIVE).contains("<meta name=\"robots\" content=\"noindex\">"));
        assert!(render(&resume, json!({}), &Place::Preview).contains("content=\"noindex\""));
        let open = Place::Live {
            slug: "ada",
            sites_url: "https://sites.example",
            app_url: "https://app.example",
            indexable: true,
        };
        let html = render(&resume, json!({}), &open);
        assert!(!html.contains("noindex"));
        assert!(html.contains("<link rel=\"canonical\" href=\"https://sites.example/p/ada\">"), "{}", &html[..2000]);
    }

    #[test]
    fn labels_and_direction_follow_the_persons_language() {
        let arabic = render(&fixtures::named("arabic").resume, json!({}), &LIVE);
        assert!(arabic.contains("<html lang=\"ar\" dir=\"rtl\""));
        let japanese = render(&fixtures::named("japanese").resume, json!({}), &LIVE);
        assert!(japanese.contains("職務経歴") && japanese.contains("<html lang=\"ja\" dir=\"ltr\""));
        let mixed = render(&fixtures::named("japanese").resume, json!({"language": "en"}), &LIVE);
        assert!(mixed.contains("<html lang=\"ja\"") && mixed.contains("lang=\"en\">Experience"));
    }

    #[test]
    fn nothing_is_asked_of_another_host() {
        let html = render(&fixtures::full(), json!({}), &LIVE);
        for loading in ["src=", "<iframe", "<object", "rel=\"stylesheet\"", "rel=\"icon\" href=\"http"] {
            assert!(!html.contains(loading), "{loading}");
        }
        assert_eq!(html.matches("url(").count(), html.matches("url(/p/ada/").count(), "a font of another place");
        assert!(html.contains("url(/p/ada/"));
        let taken_along = render(&fixtures::full(), json!({}), &Place::Disk);
        assert_eq!(taken_along.matches("url(").count(), taken_along.matches("url(data:font/woff2;").count());
    }

    #[test]
    fn a_published_page_has_its_fonts_beside_it_and_is_light() {
        for template in templates::all() {
            for fixture in fixtures::all() {
                let content = Content::from_resume(&fixture.resume);
                let files = files(&content, template, &Customizations::default(), &LIVE).unwrap();
                let html = text_of(&files, "index.html");
                assert!(html.contains("property=\"og:image\" content=\"https://sites.example/p/ada/og.png\""));
                assert!(files.iter().any(|file| file.name == "og.png"));
                for address in html.split("url(/p/ada/").skip(1) {
                    let name = address.split(')').next().unwrap();
                    assert!(files.iter().any(|file| file.name == name), "{name} is missing");
                    assert!(
                        html.contains(&format!("as=\"font\" type=\"font/woff2\" href=\"/p/ada/{name}\"")),
                        "{name} comes late"
                    );
                }
                // Fonts are compressed already; of the page this is what a gzip would be, and a little more.
                let fonts = files.iter().filter(|file| file.content_type == "font/woff2").map(|file| file.bytes.len());
                let weight = pack(&files[..1]).unwrap().len() + fonts.sum::<usize>();
                assert!(weight <= 60_000, "{} {}: {weight} bytes", template.manifest.id, fixture.name);
            }
        }
    }

    #[test]
    fn the_zip_opens_from_a_disk() {
        let template = templates::find(templates::DEFAULT).unwrap();
        let content = Content::from_resume(&fixtures::full());
        let site = files(&content, template, &Customizations::default(), &Place::Disk).unwrap();
        let html = text_of(&site, "index.html");
        assert!(html.contains("href=\"resume.json\"") && !html.contains("href=\"/") && !html.contains("sendBeacon"));
        let packed = pack(&site).unwrap();
        assert_eq!(packed, pack(&site).unwrap(), "the same site packs to the same bytes");
        let mut archive = zip::ZipArchive::new(Cursor::new(packed)).unwrap();
        assert_eq!(archive.len(), 3, "the fonts lie in the page");
        let mut read = Vec::new();
        std::io::Read::read_to_end(&mut archive.by_name("index.html").unwrap(), &mut read).unwrap();
        assert_eq!(read, site[0].bytes);
    }

    #[test]
    fn a_dark_page_stays_light_on_paper() {
        let html = render(&fixtures::full(), json!({"dark_mode": "dark"}), &LIVE);
        assert!(html.contains(":root{color-scheme:dark;") && html.contains("@media print{:root{color-scheme:light;"));
    }
}
