//! DOCX, written as the few parts that WordprocessingML (ISO/IEC 29500) asks for: real styles, headings and lists, no
//! table and no text box. Written by hand, because docx-rs can set neither the title, the author nor the language.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

use crate::sheet::{Entry, Labelled, Run, Sheet};
use crate::template::{DatesAt, Rule, Template, WordLook};
use crate::typeset::PageSize;

/// Writes a sheet as DOCX.
///
/// # Errors
/// What the archive says; in memory it does not fail.
pub(crate) fn docx(
    sheet: &Sheet,
    template: &Template,
    size: PageSize,
    today: jiff::Timestamp,
) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut body = Body::new(size, &template.word);
    body.paragraph("Title", &text_run(&sheet.name));
    if let Some(label) = &sheet.label {
        body.paragraph("Subtitle", &text_run(label));
    }
    if !sheet.contact.is_empty() {
        let runs = body.runs(&sheet.contact, " | ");
        body.paragraph("Contact", &runs);
    }
    for section in &sheet.sections {
        body.paragraph("Heading1", &text_run(&section.heading));
        for text in &section.paragraphs {
            body.paragraph("BodyText", &text_run(text));
        }
        for entry in &section.entries {
            body.entry(entry);
        }
        for line in &section.lines {
            body.labelled(line);
        }
    }
    let now = today.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in [
        ("[Content_Types].xml", CONTENT_TYPES.to_owned()),
        ("_rels/.rels", PACKAGE_RELATIONSHIPS.to_owned()),
        ("docProps/core.xml", core_properties(sheet, &now)),
        ("word/document.xml", body.document()),
        ("word/_rels/document.xml.rels", body.relationships()),
        ("word/styles.xml", styles(sheet, template, body.text_width)),
        ("word/numbering.xml", numbering(&template.word)),
        ("word/settings.xml", SETTINGS.to_owned()),
    ] {
        archive.start_file(name, SimpleFileOptions::default())?;
        archive.write_all(part.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

/// The document's body as it grows. Lengths are twentieths of a point.
struct Body<'a> {
    look: &'a WordLook,
    xml: String,
    links: Vec<String>,
    page: (u32, u32),
    text_width: u32,
}

/// The look of what stands beside a bold title.
const ASIDE: &str = r#"<w:rStyle w:val="Aside"/>"#;

impl<'a> Body<'a> {
    fn new(size: PageSize, look: &'a WordLook) -> Self {
        let page = match size {
            PageSize::A4 => (11906, 16838),
            PageSize::Letter => (12240, 15840),
        };
        Self { look, xml: String::new(), links: Vec::new(), page, text_width: page.0 - 2 * look.margin }
    }

    fn paragraph(&mut self, style: &str, content: &str) {
        self.xml.push_str(&format!(r#"<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{content}</w:p>"#));
    }

    /// A line that its style keeps with what follows, where nothing of its own entry follows.
    fn last_paragraph(&mut self, style: &str, content: &str) {
        let loose = r#"<w:keepNext w:val="false"/>"#;
        self.xml.push_str(&format!(r#"<w:p><w:pPr><w:pStyle w:val="{style}"/>{loose}</w:pPr>{content}</w:p>"#));
    }

    fn heading_paragraph(&mut self, style: &str, content: &str, followed: bool) {
        if followed { self.paragraph(style, content) } else { self.last_paragraph(style, content) }
    }

    fn entry(&mut self, entry: &Entry) {
        let quiet = |words: &str| run(ASIDE, "", words);
        let mut subtitle = self.runs(&entry.subtitle, " | ");
        let mut aside: String = entry.aside.iter().map(|part| quiet(&format!(" | {}", part.text))).collect();
        let dates = match (&entry.dates, self.look.dates) {
            (None, _) => String::new(),
            (Some(dates), DatesAt::Aside) => run(ASIDE, "<w:tab/>", dates),
            (Some(dates), DatesAt::Below) => {
                match (subtitle.is_empty(), &entry.title) {
                    (false, _) => subtitle.push_str(&text_run(&format!(" | {dates}"))),
                    (true, Some(_)) => aside.push_str(&quiet(&format!(" | {dates}"))),
                    (true, None) => subtitle = text_run(dates),
                }
                String::new()
            }
        };
        let body = !(entry.paragraphs.is_empty() && entry.bullets.is_empty() && entry.remarks.is_empty());
        match &entry.title {
            Some(title) => {
                let title = self.runs(std::slice::from_ref(title), "");
                self.heading_paragraph("Heading2", &format!("{title}{aside}{dates}"), body || !subtitle.is_empty());
                if !subtitle.is_empty() {
                    self.heading_paragraph("EntryDetails", &subtitle, body);
                }
            }
            None if subtitle.is_empty() && dates.is_empty() => {}
            None => self.heading_paragraph("EntryDetails", &format!("{subtitle}{dates}"), body),
        }
        for paragraph in &entry.paragraphs {
            self.paragraph("BodyText", &text_run(paragraph));
        }
        for bullet in &entry.bullets {
            self.paragraph("ListBullet", &text_run(bullet));
        }
        for remark in &entry.remarks {
            let label = remark.label.as_ref().map(|label| format!("{label}: ")).unwrap_or_default();
            self.paragraph("BodyText", &text_run(&format!("{label}{}", remark.text)));
        }
    }

    fn labelled(&mut self, line: &Labelled) {
        let label = match &line.label {
            Some(label) => run("<w:b/><w:bCs/>", "", &format!("{label}: ")),
            None => String::new(),
        };
        self.paragraph("BodyText", &format!("{label}{}", text_run(&line.text)));
    }

    fn runs(&mut self, runs: &[Run], between: &str) -> String {
        let runs: Vec<String> = runs
            .iter()
            .map(|run| match &run.link {
                Some(link) => {
                    self.links.push(link.clone());
                    format!(
                        r#"<w:hyperlink r:id="link{}" w:history="1">{}</w:hyperlink>"#,
                        self.links.len(),
                        self::run(r#"<w:rStyle w:val="Hyperlink"/>"#, "", &run.text)
                    )
                }
                None => text_run(&run.text),
            })
            .collect();
        runs.join(&text_run(between))
    }

    fn document(&self) -> String {
        let (width, height) = self.page;
        let margin = self.look.margin;
        format!(
            r#"{XML}<w:document {WORD} {RELATED}><w:body>{}<w:sectPr><w:pgSz w:w="{width}" w:h="{height}"/><w:pgMar w:top="1020" w:right="{margin}" w:bottom="1020" w:left="{margin}" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr></w:body></w:document>"#,
            self.xml
        )
    }

    fn relationships(&self) -> String {
        let links: String = self
            .links
            .iter()
            .enumerate()
            .map(|(i, link)| {
                format!(
                    r#"<Relationship Id="link{}" Type="{OFFICE}/hyperlink" Target="{}" TargetMode="External"/>"#,
                    i + 1,
                    escape(link)
                )
            })
            .collect();
        format!(
            r#"{XML}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="styles" Type="{OFFICE}/styles" Target="styles.xml"/><Relationship Id="numbering" Type="{OFFICE}/numbering" Target="numbering.xml"/><Relationship Id="settings" Type="{OFFICE}/settings" Target="settings.xml"/>{links}</Relationships>"#
        )
    }
}

fn text_run(words: &str) -> String {
    if words.is_empty() { String::new() } else { run("", "", words) }
}

/// A run of words with its properties, behind what stands before them. Words from right to left say so.
fn run(properties: &str, before: &str, words: &str) -> String {
    let from_right = words.chars().any(|c| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fefc}'));
    let direction = if from_right { "<w:rtl/>" } else { "" };
    if properties.is_empty() && !from_right {
        return format!("<w:r>{before}{}</w:r>", text(words));
    }
    format!("<w:r><w:rPr>{properties}{direction}</w:rPr>{before}{}</w:r>", text(words))
}

fn text(words: &str) -> String {
    format!(r#"<w:t xml:space="preserve">{}</w:t>"#, escape(words))
}

/// XML 1.0 has no place for control characters and the two non-characters, escaped or not.
fn escape(words: &str) -> String {
    let mut escaped = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

const XML: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
const WORD: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main""#;
const RELATED: &str = r#"xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#;
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

const CONTENT_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/word/numbering.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/><Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>"#;

const PACKAGE_RELATIONSHIPS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="document" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="core" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>"#;

const SETTINGS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:autoHyphenation w:val="false"/><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>"#;

fn core_properties(sheet: &Sheet, now: &str) -> String {
    let author = sheet.author.as_deref().map(|author| format!("<dc:creator>{}</dc:creator>", escape(author)));
    format!(
        r#"{XML}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{}</dc:title>{}<dc:language>{}</dc:language><dcterms:created xsi:type="dcterms:W3CDTF">{now}</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">{now}</dcterms:modified></cp:coreProperties>"#,
        escape(&sheet.title),
        author.unwrap_or_default(),
        language_tag(sheet)
    )
}

fn language_tag(sheet: &Sheet) -> String {
    match &sheet.region {
        Some(region) => format!("{}-{region}", sheet.language),
        None => sheet.language.clone(),
    }
}

fn numbering(look: &WordLook) -> String {
    let bullet = &look.bullet;
    format!(
        r#"{XML}<w:numbering {WORD}><w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="hybridMultilevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:pStyle w:val="ListBullet"/><w:lvlText w:val="{bullet}"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="284" w:hanging="227"/></w:pPr></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>"#
    )
}

/// Languages that are written from right to left.
const FROM_RIGHT: [&str; 5] = ["ar", "fa", "he", "ur", "yi"];

/// The styles by their built-in ids, so that Word's navigation, its outline and a converter all know them.
fn styles(sheet: &Sheet, template: &Template, text_width: u32) -> String {
    let look = &template.word;
    let language = language_tag(sheet);
    let WordLook { font, ink, quiet, accent, size, line, .. } = look;
    let from_right = FROM_RIGHT.contains(&sheet.language.as_str());
    let direction = if from_right { "<w:bidi/>" } else { "" };
    let sized = |size: u32| format!(r#"<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>"#);
    let paragraph = |id: &str, name: &str, next: &str, properties: &str, run: &str| {
        let own = if matches!(id, "Contact" | "EntryDetails") { r#" w:customStyle="1""# } else { "" };
        format!(
            r#"<w:style w:type="paragraph"{own} w:styleId="{id}"><w:name w:val="{name}"/><w:basedOn w:val="Normal"/><w:next w:val="{next}"/><w:qFormat/><w:pPr>{properties}</w:pPr><w:rPr>{run}</w:rPr></w:style>"#
        )
    };
    let tab = format!(r#"<w:tabs><w:tab w:val="right" w:pos="{text_width}"/></w:tabs>"#);
    let head = if look.centred { r#"<w:jc w:val="center"/>"# } else { "" };
    let line_at = |side: &str, size: u32, space: u32| {
        format!(r#"<w:pBdr><w:{side} w:val="single" w:sz="{size}" w:space="{space}" w:color="{accent}"/></w:pBdr>"#)
    };
    let rule = match look.rule {
        Rule::None => String::new(),
        Rule::Below => line_at("bottom", 5, 2),
        Rule::Left if from_right => line_at("right", 18, 6),
        Rule::Left => line_at("left", 18, 6),
    };
    let caps = if template.capitals { "<w:caps/>" } else { "" };
    let title_weight = if look.title_bold { "<w:b/><w:bCs/>" } else { "" };
    let mut styles = format!(
        r#"{XML}<w:styles {WORD}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:cs="{font}" w:eastAsia="{font}"/><w:color w:val="{ink}"/>{}<w:lang w:val="{language}" w:eastAsia="{language}" w:bidi="{language}"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>{direction}<w:spacing w:after="0" w:line="{line}" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style><w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/></w:style><w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/><w:rPr><w:color w:val="{accent}"/></w:rPr></w:style><w:style w:type="character" w:customStyle="1" w:styleId="Aside"><w:name w:val="Aside"/><w:rPr><w:b w:val="false"/><w:color w:val="{quiet}"/></w:rPr></w:style>"#,
        sized(*size)
    );
    for style in [
        paragraph(
            "Title",
            "Title",
            "Normal",
            &format!("<w:keepNext/>{head}"),
            &format!("{title_weight}{}", sized(look.title_size)),
        ),
        paragraph(
            "Subtitle",
            "Subtitle",
            "Normal",
            &format!("<w:keepNext/>{head}"),
            &format!(r#"<w:color w:val="{accent}"/>{}"#, sized(look.label_size)),
        ),
        paragraph(
            "Contact",
            "Contact",
            "Normal",
            &format!(r#"<w:spacing w:before="80"/>{head}"#),
            &format!(r#"<w:color w:val="{quiet}"/>{}"#, sized(size - 1)),
        ),
        paragraph(
            "Heading1",
            "heading 1",
            "Normal",
            &format!(
                r#"<w:keepNext/><w:keepLines/>{rule}<w:spacing w:before="{}" w:after="100"/><w:outlineLvl w:val="0"/>"#,
                look.before_heading
            ),
            &format!(r#"<w:b/><w:bCs/>{caps}<w:color w:val="{accent}"/>{}"#, sized(look.heading_size)),
        ),
        paragraph(
            "Heading2",
            "heading 2",
            "Normal",
            &format!(
                r#"<w:keepNext/><w:keepLines/>{tab}<w:spacing w:before="{}"/><w:outlineLvl w:val="1"/>"#,
                look.before_entry
            ),
            r#"<w:b/><w:bCs/>"#,
        ),
        paragraph(
            "EntryDetails",
            "Entry Details",
            "Normal",
            &format!("<w:keepNext/><w:keepLines/>{tab}"),
            &format!(r#"<w:color w:val="{quiet}"/>"#),
        ),
        paragraph("BodyText", "Body Text", "BodyText", r#"<w:keepLines/><w:spacing w:before="50"/>"#, ""),
        paragraph(
            "ListBullet",
            "List Bullet",
            "ListBullet",
            r#"<w:keepLines/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:spacing w:before="40"/><w:ind w:left="284" w:hanging="227"/>"#,
            "",
        ),
    ] {
        styles.push_str(&style);
    }
    styles.push_str("</w:styles>");
    styles
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::sheet::Section;

    fn part(bytes: &[u8], name: &str) -> String {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    fn write(json: &str) -> Vec<u8> {
        let sheet = Sheet::of(&serde_json::from_str(json).unwrap(), &Section::ALL);
        docx(&sheet, Template::usual(), PageSize::Letter, "2026-01-02T03:04:05Z".parse().unwrap()).unwrap()
    }

    #[test]
    fn markup_in_a_cv_stays_text() {
        let bytes = write(r#"{"basics":{"name":"<w:p>&\"Ada\"","summary":"a < b && c > d ]]>"}}"#);
        let document = part(&bytes, "word/document.xml");
        assert!(document.contains("&lt;w:p&gt;&amp;&quot;Ada&quot;"));
        assert!(document.contains("a &lt; b &amp;&amp; c &gt; d ]]&gt;"));
    }

    #[test]
    fn headings_lists_and_links_are_real_and_there_is_no_table_or_text_box() {
        let bytes = write(
            r#"{"basics":{"name":"Ada","email":"ada@b.example"},"work":[{"position":"Engineer","name":"Acme","startDate":"2020","highlights":["Built it"]}]}"#,
        );
        let document = part(&bytes, "word/document.xml");
        for style in ["Title", "Heading1", "Heading2", "ListBullet"] {
            assert!(document.contains(&format!(r#"<w:pStyle w:val="{style}"/>"#)), "{style}");
            assert!(part(&bytes, "word/styles.xml").contains(&format!(r#"w:styleId="{style}""#)), "{style}");
        }
        assert!(part(&bytes, "word/_rels/document.xml.rels").contains(r#"Target="mailto:ada@b.example""#));
        for absent in ["w:tbl", "txbx", "w:drawing", "w:pict"] {
            assert!(!document.contains(absent), "{absent}");
        }
    }

    #[test]
    fn each_template_has_styles_of_its_own_and_the_same_words() {
        let json = r#"{"basics":{"name":"Ada","label":"Cook"},"work":[{"position":"Chef","name":"Inn","startDate":"2020"}],"meta":{"vitae":{"language":"he"}}}"#;
        let sheet = Sheet::of(&serde_json::from_str(json).unwrap(), &Section::ALL);
        let mut looks = std::collections::BTreeSet::new();
        for template in Template::all() {
            let bytes = docx(&sheet, template, PageSize::A4, "2026-01-02T03:04:05Z".parse().unwrap()).unwrap();
            let styles = part(&bytes, "word/styles.xml");
            assert!(styles.contains(&format!(r#"w:ascii="{}""#, template.word.font)) && styles.contains("<w:bidi/>"));
            looks.insert(styles);
            let document = part(&bytes, "word/document.xml");
            for words in ["Ada", "Cook", "Chef", "Inn"] {
                assert!(document.contains(&format!(">{words}<")), "{words} in {}", template.id);
            }
            assert!(document.contains("2020 –"), "{}", template.id);
        }
        assert_eq!(looks.len(), Template::all().len());
    }

    #[test]
    fn title_author_language_and_paper_are_those_of_the_sheet() {
        let bytes = write(r#"{"basics":{"name":"Jörg","label":"Koch"},"meta":{"vitae":{"language":"de-CH"}}}"#);
        let core = part(&bytes, "docProps/core.xml");
        assert!(core.contains("<dc:title>Jörg – Koch</dc:title>") && core.contains("<dc:creator>Jörg</dc:creator>"));
        assert!(core.contains("2026-01-02T03:04:05Z"));
        assert!(part(&bytes, "word/styles.xml").contains(r#"w:lang w:val="de-CH""#));
        assert!(part(&bytes, "word/document.xml").contains(r#"w:w="12240""#));
    }
}
