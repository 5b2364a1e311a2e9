//! PDF by Typst, in this process: a world of the templates, one data file and the fonts of this crate. There is no other
//! file, no package and no network to reach from a template.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration as TypstDuration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};
use utoipa::ToSchema;
use vitae_resume::Resume;

use crate::fonts::Fonts;
use crate::sheet::{Section, Sheet, clean_line};
use crate::template::Template;
use crate::wording::capitals;

/// How much more the smallest size and closer margins hold on a page, at best. Where more than that stands beyond the
/// last page that shall stay, nothing closer is tried.
const MOST_GAIN: f64 = 1.3;
/// Up to this overflow the size between the usual and the smallest is tried first.
const HALF_GAIN: f64 = 1.12;

/// Most characters on one document: some forty pages. A CV has two to six thousand.
const MOST_CHARACTERS: usize = 120_000;

/// The size of the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = AtsPageSize)]
pub enum PageSize {
    /// ISO 216 A4, 210 by 297 mm.
    #[default]
    A4,
    /// US Letter, 8.5 by 11 inches.
    Letter,
}

/// Bounds of the size of the running text, in points.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AtsFontSize)]
pub struct FontSize {
    /// The smallest that may be taken to save a page.
    #[schema(minimum = 9, maximum = 12)]
    pub min: f64,
    /// The largest.
    #[schema(minimum = 9, maximum = 12)]
    pub max: f64,
}

/// How a sheet shall be set.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub(crate) template: &'static Template,
    pub(crate) fonts: Fonts,
    pub(crate) page_size: PageSize,
    /// The template's own sizes where there are no bounds.
    pub(crate) font_size: Option<FontSize>,
    /// Goes into the file as its date, which PDF/A asks for.
    pub(crate) today: jiff::Timestamp,
}

impl Setting {
    /// The usual size and the smallest.
    fn sizes(&self) -> (f64, f64) {
        let within = |size: f64| self.font_size.map_or(size, |bounds| size.max(bounds.min).min(bounds.max));
        (within(self.template.size), within(self.template.smallest))
    }
}

/// A PDF and what is known about it.
#[derive(Debug)]
pub(crate) struct Typeset {
    pub(crate) bytes: Vec<u8>,
    pub(crate) pages: usize,
    /// The standards that the file declares.
    pub(crate) conformance: &'static [&'static str],
}

/// Characters of one text that the fonts do not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unset {
    /// JSON pointer of the text in the résumé.
    pub(crate) pointer: String,
    /// The characters, each once.
    pub(crate) characters: String,
}

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum TypesetError {
    /// More text than a CV has.
    #[error("the document would hold {0} characters; at most {MOST_CHARACTERS} are typeset")]
    TooLong(usize),
    /// Most of the text is in a script that the fonts do not have.
    #[error("most of the text is in a script that our fonts do not have; DOCX and TXT hold it as it is")]
    Script,
    /// It took longer than allowed.
    #[error("typesetting took longer than {0:?}")]
    TooSlow(Duration),
    /// Typst refused the template or the data. The text names the fault, never the person's words.
    #[error("typesetting failed: {0}")]
    Failed(String),
    /// Typst panicked.
    #[error("typesetting broke off")]
    Crashed,
}

/// Loads the fonts, the templates and Typst's library, and waits for it.
pub fn load() {
    LazyLock::force(&PRESS);
    let _ = Fonts::default();
}

/// Loads the fonts and Typst's library beside what else a start does, so that neither it nor the first document waits.
pub(crate) fn prepare() {
    std::thread::spawn(load);
}

/// Sets a sheet as PDF: tagged, with language, title and bookmarks, declared PDF/UA-1 and PDF/A-2a.
///
/// Characters that the fonts do not have are left out (signs) or stand as □ (letters and digits); [`unset`] names them.
///
/// # Errors
/// See [`TypesetError`].
pub(crate) fn typeset(mut sheet: Sheet, setting: &Setting, limit: Duration) -> Result<Typeset, TypesetError> {
    let characters = sheet.characters();
    if characters > MOST_CHARACTERS {
        return Err(TypesetError::TooLong(characters));
    }
    replace_unset(&mut sheet, &setting.fonts)?;
    if setting.template.capitals {
        for section in &mut sheet.sections {
            section.heading = capitals(&section.heading, &sheet.language);
        }
    }
    let families = setting.fonts.families_for(&mut sheet, setting.template);
    let mut data = serde_json::to_value(&sheet).map_err(|error| TypesetError::Failed(error.to_string()))?;
    data["fonts"] = families.into();
    data["paper"] = match setting.page_size {
        PageSize::A4 => "a4",
        PageSize::Letter => "us-letter",
    }
    .into();
    let deadline = Instant::now() + limit;
    let outcome = catch_unwind(AssertUnwindSafe(|| press_on_few_pages(data, deadline, setting)));
    // Typst remembers what it has set. A few documents' worth keeps a warm function fast and its memory small.
    typst::comemo::evict(3);
    match outcome {
        Ok(typeset) => typeset,
        Err(payload) if payload.is::<DeadlinePassed>() => Err(TypesetError::TooSlow(limit)),
        Err(_) => Err(TypesetError::Crashed),
    }
}

/// The characters of a résumé's sections that the fonts do not have, text by text.
pub(crate) fn unset(resume: &Resume, sections: &[Section], fonts: &Fonts) -> Vec<Unset> {
    let mut shown = resume.clone();
    shown.meta = vitae_resume::Meta::default();
    let document = serde_json::to_value(&shown).unwrap_or_default();
    let mut found = Vec::new();
    for pointer in
        ["/basics/name", "/basics/label", "/basics/email", "/basics/phone", "/basics/location", "/basics/profiles"]
    {
        collect_unset(document.pointer(pointer), &mut pointer.to_owned(), fonts, &mut found);
    }
    for section in sections {
        let pointer = section.pointer();
        collect_unset(document.pointer(pointer), &mut pointer.to_owned(), fonts, &mut found);
    }
    found
}

fn collect_unset(value: Option<&serde_json::Value>, pointer: &mut String, fonts: &Fonts, found: &mut Vec<Unset>) {
    use serde_json::Value;
    let length = pointer.len();
    match value {
        Some(Value::String(text)) => {
            let mut characters = String::new();
            for c in clean_line(text).chars().filter(|c| !is_settable(*c, fonts)) {
                if !characters.contains(c) {
                    characters.push(c);
                }
            }
            if !characters.is_empty() {
                found.push(Unset { pointer: pointer.clone(), characters });
            }
        }
        Some(Value::Array(entries)) => {
            for (i, entry) in entries.iter().enumerate() {
                pointer.push_str(&format!("/{i}"));
                collect_unset(Some(entry), pointer, fonts, found);
                pointer.truncate(length);
            }
        }
        Some(Value::Object(members)) => {
            for (name, member) in members {
                pointer.push('/');
                pointer.push_str(name);
                collect_unset(Some(member), pointer, fonts, found);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
}

fn replace_unset(sheet: &mut Sheet, fonts: &Fonts) -> Result<(), TypesetError> {
    let (mut letters, mut missing) = (0_usize, 0_usize);
    sheet.rewrite(&mut |text| {
        letters += text.chars().filter(|c| c.is_alphanumeric()).count();
        if text.chars().all(|c| is_settable(c, fonts)) {
            return text.to_owned();
        }
        missing += text.chars().filter(|c| c.is_alphanumeric() && !is_settable(*c, fonts)).count();
        let set: String = text
            .chars()
            .filter_map(|c| match is_settable(c, fonts) {
                true => Some(c),
                false => c.is_alphanumeric().then_some('□'),
            })
            .collect();
        clean_line(&set)
    });
    // A page of boxes helps nobody.
    if missing * 4 > letters { Err(TypesetError::Script) } else { Ok(()) }
}

fn is_settable(c: char, fonts: &Fonts) -> bool {
    // Typst sets both hyphens alike, so the one without a glyph costs nothing.
    c.is_ascii_graphic() || c == '\u{2011}' || !is_private(c) && fonts.cover(c)
}

/// Private use: no two fonts agree on what it means, so it has no place in an archived file.
fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10fffd}')
}

/// Sets the sheet at its usual size, and closer where that saves a page.
fn press_on_few_pages(
    mut data: serde_json::Value,
    deadline: Instant,
    setting: &Setting,
) -> Result<Typeset, TypesetError> {
    let mut set = |size: f64, close: bool| {
        (data["size"], data["close"]) = (size.into(), close.into());
        let sheet = Bytes::new(data.to_string().into_bytes());
        let desk = Desk { sheet, deadline, template: PRESS.template(setting.template), fonts: &setting.fonts };
        typst::compile::<PagedDocument>(&desk).output.map_err(|errors| failed(&errors))
    };
    let (size, smallest) = setting.sizes();
    let usual = set(size, false)?;
    let overflow = overflow(&usual);
    if overflow > 1.0 && overflow <= MOST_GAIN {
        let between = (size + smallest) / 2.0;
        let sizes = if overflow <= HALF_GAIN { vec![between, smallest] } else { vec![smallest] };
        for size in sizes {
            let closer = set(size, true)?;
            if closer.pages().len() < usual.pages().len() {
                return export(&closer, setting.today);
            }
        }
    }
    export(&usual, setting.today)
}

/// How much stands on all pages, in pages less the last: 1.1 is a last page that is filled to a tenth of the others.
/// Not more than 1 where there is one page.
fn overflow(document: &PagedDocument) -> f64 {
    let pages = document.pages();
    let [before @ .., last] = pages else { return 0.0 };
    if before.is_empty() {
        return 0.0;
    }
    let height = last.frame.height().to_pt();
    let foot = last.frame.items().map(|(place, item)| {
        let height = match item {
            typst::layout::FrameItem::Group(group) => group.frame.height(),
            _ => typst::layout::Abs::zero(),
        };
        (place.y + height).to_pt()
    });
    1.0 + foot.fold(0.0, f64::max) / height / before.len() as f64
}

fn export(document: &PagedDocument, today: jiff::Timestamp) -> Result<Typeset, TypesetError> {
    let date = today.to_zoned(jiff::tz::TimeZone::UTC);
    let timestamp = Datetime::from_ymd_hms(
        i32::from(date.year()),
        date.month() as u8,
        date.day() as u8,
        date.hour() as u8,
        date.minute() as u8,
        date.second() as u8,
    )
    .map(Timestamp::new_utc);
    let options = |standards| PdfOptions {
        creator: Smart::Custom(Some("Vitae".to_owned())),
        timestamp,
        standards,
        ..PdfOptions::default()
    };
    let pages = document.pages().len();
    let both = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
        .map_err(|error| TypesetError::Failed(error.message().to_string()))?;
    match typst_pdf::pdf(document, &options(both)) {
        Ok(bytes) => Ok(Typeset { bytes, pages, conformance: &["PDF/A-2a", "PDF/UA-1"] }),
        Err(errors) => {
            // A file that declares nothing is still tagged and still reads; the report says that it declares nothing.
            tracing::warn!(errors = errors.len(), "a document does not meet PDF/A-2a and PDF/UA-1");
            let bytes =
                typst_pdf::pdf(document, &options(PdfStandards::default())).map_err(|errors| failed(&errors))?;
            Ok(Typeset { bytes, pages, conformance: &[] })
        }
    }
}

/// What Typst says about the template. Its messages quote no data: values come from a file that it only loads.
fn failed(errors: &[SourceDiagnostic]) -> TypesetError {
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for error in errors {
        *counted.entry(&error.message).or_default() += 1;
    }
    TypesetError::Failed(counted.into_keys().collect::<Vec<_>>().join("; "))
}

/// What every document shares: library and templates.
struct Press {
    library: LazyHash<Library>,
    /// What the templates share, under `parts.typ`, then the templates.
    sources: Vec<Source>,
    data: FileId,
}

impl Press {
    fn template(&self, template: &Template) -> &Source {
        let place = Template::all().iter().position(|other| std::ptr::eq(other, template)).unwrap_or_default();
        &self.sources[place + 1]
    }
}

static PRESS: LazyLock<Press> = LazyLock::new(|| {
    let file = |path: &str| {
        let path = VirtualPath::new(path).expect("a constant path is well formed");
        FileId::new(RootedPath::new(VirtualRoot::Project, path))
    };
    let parts = Source::new(file("parts.typ"), include_str!("../templates/parts.typ").to_owned());
    let templates = Template::all()
        .iter()
        .map(|template| Source::new(file(&format!("{}.typ", template.id)), template.source.to_owned()));
    Press {
        library: LazyHash::new(Library::default()),
        sources: std::iter::once(parts).chain(templates).collect(),
        data: file("sheet.json"),
    }
});

/// One document's world: the shared press, a template, fonts and this person's sheet.
struct Desk<'a> {
    sheet: Bytes,
    template: &'static Source,
    fonts: &'a Fonts,
    deadline: Instant,
}

/// Thrown through Typst when the time is up: it has no other way of being stopped.
struct DeadlinePassed;

impl Desk<'_> {
    /// Typst asks for fonts all the time, so here it notices that its time is up. Nothing of ours is half done when it
    /// unwinds, and no panic hook runs.
    fn check_time(&self) {
        if Instant::now() > self.deadline {
            resume_unwind(Box::new(DeadlinePassed));
        }
    }
}

impl World for Desk<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &PRESS.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.check_time();
        self.fonts.book()
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        PRESS.sources.iter().find(|source| source.id() == id).cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == PRESS.data { Ok(self.sheet.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.check_time();
        self.fonts.font(index)
    }

    fn today(&self, _offset: Option<TypstDuration>) -> Option<Datetime> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: &str = "2026-11-21T12:00:00Z";

    fn setting(template: &'static Template, page_size: PageSize) -> Setting {
        Setting { template, fonts: Fonts::default(), page_size, font_size: None, today: TODAY.parse().unwrap() }
    }

    fn set_as(json: &str, setting: &Setting) -> Result<Typeset, TypesetError> {
        let sheet = Sheet::of(&serde_json::from_str(json).unwrap(), &Section::ALL);
        typeset(sheet, setting, Duration::from_secs(60))
    }

    fn set(json: &str, size: PageSize) -> Result<Typeset, TypesetError> {
        set_as(json, &setting(Template::usual(), size))
    }

    fn holds(bytes: &[u8], text: &str) -> bool {
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    }

    #[test]
    fn a_resume_becomes_a_tagged_file_that_declares_both_standards() {
        let json = r#"{"basics":{"name":"Zoë Ångström","label":"Engineer","email":"z@example.org","url":"https://z.example"},
            "work":[{"name":"Acme","position":"Lead","startDate":"2020","highlights":["Cut costs by 30 %","Led 5 people"]}],
            "meta":{"vitae":{"language":"sv"}}}"#;
        let pdf = set(json, PageSize::A4).unwrap();
        assert_eq!(pdf.conformance, ["PDF/A-2a", "PDF/UA-1"]);
        assert_eq!(pdf.pages, 1);
        for mark in [
            "<pdfaid:part>2",
            "<pdfaid:conformance>A",
            "<pdfuaid:part>1",
            "/MarkInfo",
            "/StructTreeRoot",
            "/Outlines",
            "/Lang",
        ] {
            assert!(holds(&pdf.bytes, mark), "{mark}");
        }
    }

    fn text_of(pdf: &Typeset) -> String {
        vitae_document::read(&pdf.bytes, &vitae_document::Limits::default()).unwrap().document.text()
    }

    #[test]
    fn markup_in_a_cv_is_set_as_it_is_written() {
        let words = r##"#panic("x") *bold* $x^2$ _it_ `raw` \u{41} @ref <label> [c] // no = comment "q""##;
        let json = serde_json::json!({"basics": {"name": "#import \"@preview/x:1.0.0\"", "summary": words},
            "work": [{"position": "#read(\"/etc/passwd\")", "highlights": ["= Heading", "#link(\"x\")[y]"]}]});
        let pdf = set(&json.to_string(), PageSize::A4).unwrap();
        let text = text_of(&pdf).replace(['\n', '\t'], " ");
        for written in ["#import \"@preview/x:1.0.0\"", words, "#read(\"/etc/passwd\")", "= Heading", "#link(\"x\")[y]"]
        {
            assert!(text.contains(written), "{written} is not in {text}");
        }
    }

    #[test]
    fn letters_of_each_script_come_out_as_they_went_in() {
        for (language, words) in [
            ("pl", "Zażółć gęślą jaźń"),
            ("tr", "Pijamalı hasta yağız şoföre çabucak güvendi, İĞÜŞÖÇ"),
            ("vi", "Nguyễn Thị Ngọc Hường, Đặng Văn Quyết"),
            ("ru", "Съешь же ещё этих мягких французских булок"),
            ("el", "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία"),
            ("ar", "ليلى حداد مهندسة برمجيات بخبرة عشر سنوات"),
            ("fa", "مهندس نرم افزار در شرکت پیشگامان"),
            ("he", "מהנדסת תוכנה עם עשר שנות ניסיון"),
        ] {
            let json = serde_json::json!({"basics": {"name": words}, "meta": {"vitae": {"language": language}}});
            let pdf = set(&json.to_string(), PageSize::A4).unwrap();
            assert_eq!(pdf.conformance.len(), 2, "{language}");
            assert!(text_of(&pdf).replace('\n', " ").contains(words), "{language}: {}", text_of(&pdf));
        }
    }

    #[test]
    fn a_telephone_number_keeps_its_direction_among_words_from_right_to_left() {
        let json = serde_json::json!({"basics": {"name": "נועה כהן", "phone": "+972 3 500 0000", "location": {"city": "חיפה"}},
            "meta": {"vitae": {"language": "he"}}});
        for template in Template::all() {
            let pdf = set_as(&json.to_string(), &setting(template, PageSize::A4)).unwrap();
            assert!(text_of(&pdf).contains("+972 3 500 0000"), "{}: {}", template.id, text_of(&pdf));
            assert!(text_of(&pdf).contains("נועה כהן"), "{}: {}", template.id, text_of(&pdf));
        }
    }

    #[test]
    fn a_script_without_glyphs_is_refused_rather_than_set_as_boxes() {
        let refused =
            set(r#"{"basics":{"name":"山田太郎","summary":"東京でソフトウェアを開発しています"}}"#, PageSize::A4);
        assert!(matches!(refused, Err(TypesetError::Script)));
    }

    /// 骨, 直 and 次 have other shapes in each region; the letters of the others stay.
    #[test]
    fn each_region_has_its_own_shapes_of_the_same_letters() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/east-asian/NotoSansCJKtc-");
        let file = |face: &str| std::fs::read(format!("{folder}{face}.otf")).unwrap();
        let fonts = Fonts::with_east_asian([file("Regular"), file("Bold")]).unwrap();
        let glyphs = |language: &str| {
            let json = serde_json::json!({"basics": {"summary": "骨直次"}, "meta": {"vitae": {"language": language}}});
            let setting = Setting { fonts: fonts.clone(), ..setting(Template::usual(), PageSize::A4) };
            let pdf = set_as(&json.to_string(), &setting).unwrap();
            assert!(text_of(&pdf).contains("骨直次"), "{language}: {}", text_of(&pdf));
            // The compressed outlines of the subset tell the shapes apart, whatever they are numbered.
            let size = pdf.bytes.len();
            (size, pdf.bytes)
        };
        let languages = ["zh-CN", "zh-TW", "ja", "ko"];
        let all: Vec<_> = languages.iter().map(|language| glyphs(language)).collect();
        for (i, one) in all.iter().enumerate() {
            for other in &all[i + 1..] {
                assert_ne!(one.0, other.0);
            }
        }
    }

    #[test]
    fn single_characters_without_glyphs_leave_a_mark_and_the_standards_hold() {
        let json = serde_json::json!({"basics": {"name": "Ada Kovač", "summary": "Lived in 東京 ✈ and shipped \u{f0b7} things \u{1f680} for many years"}});
        let pdf = set(&json.to_string(), PageSize::A4).unwrap();
        assert_eq!(pdf.conformance.len(), 2);
        assert!(text_of(&pdf).contains("Lived in □□ and shipped things for many years"), "{}", text_of(&pdf));
        let resume: Resume = serde_json::from_value(json).unwrap();
        assert_eq!(
            unset(&resume, &Section::ALL, &Fonts::default()),
            [Unset { pointer: "/basics/summary".to_owned(), characters: "東京✈\u{f0b7}\u{1f680}".to_owned() }]
        );
    }

    #[test]
    fn typesetting_stops_when_its_time_is_up_and_works_again_after() {
        let json = r#"{"basics":{"name":"Ada"},"work":[{"position":"Engineer"}]}"#;
        let sheet = || Sheet::of(&serde_json::from_str(json).unwrap(), &Section::ALL);
        let setting = setting(Template::usual(), PageSize::A4);
        let stopped = typeset(sheet(), &setting, Duration::ZERO);
        assert!(matches!(stopped, Err(TypesetError::TooSlow(_))));
        assert!(typeset(sheet(), &setting, Duration::from_secs(60)).is_ok());
    }

    #[test]
    fn more_text_than_a_cv_has_is_refused() {
        let json = serde_json::json!({"basics": {"summary": "word ".repeat(MOST_CHARACTERS / 5 + 1)}});
        assert!(matches!(set(&json.to_string(), PageSize::A4), Err(TypesetError::TooLong(_))));
    }

    #[test]
    fn the_page_has_the_size_asked_for() {
        let size = |size| {
            let pdf = set(r#"{"basics":{"name":"Ada"}}"#, size).unwrap();
            let page = &vitae_document::read(&pdf.bytes, &vitae_document::Limits::default()).unwrap().document.pages[0];
            (page.width.round(), page.height.round())
        };
        assert_eq!(size(PageSize::A4), (595.0, 842.0));
        assert_eq!(size(PageSize::Letter), (612.0, 792.0));
    }

    #[test]
    fn a_heading_never_stands_alone_at_the_foot_of_a_page_and_no_short_entry_is_split() {
        for template in Template::all() {
            // One more bullet at a time pushes what follows over every place near the foot.
            for count in (38..68).step_by(3) {
                let json = serde_json::json!({"basics": {"name": "Ada"}, "work": [{"position": "Engineer", "highlights": vec!["Built it"; count]}],
                    "volunteer": [{"position": "Trainer", "organization": "Club", "highlights": ["First part", "Last part"]}]});
                let pdf = set_as(&json.to_string(), &setting(template, PageSize::A4)).unwrap();
                let reading = vitae_document::read(&pdf.bytes, &vitae_document::Limits::default()).unwrap();
                let pages: Vec<String> = reading
                    .document
                    .pages
                    .iter()
                    .map(|page| page.blocks.iter().flat_map(|b| &b.lines).map(|line| line.text() + "\n").collect())
                    .collect();
                let page_of = |text: &str| pages.iter().position(|page| page.contains(text));
                let heading = if template.capitals { "VOLUNTEERING" } else { "Volunteering" };
                let whole = page_of("Last part");
                assert!(whole.is_some(), "{} {count}: {pages:?}", template.id);
                for part in [heading, "Trainer", "Club", "First part"] {
                    assert_eq!(page_of(part), whole, "{} {count} {part}: {pages:?}", template.id);
                }
            }
        }
    }

    #[test]
    fn what_all_but_fits_on_a_page_is_set_closer_within_the_bounds_given() {
        let json = |count: usize| {
            serde_json::json!({"basics": {"name": "Ada"}, "work": [{"position": "Engineer", "highlights": vec!["Built it"; count]}]}).to_string()
        };
        for template in Template::all() {
            let usual = Setting {
                font_size: Some(FontSize { min: template.size, max: template.size }),
                ..setting(template, PageSize::A4)
            };
            let pages = |count: usize, setting: &Setting| set_as(&json(count), setting).unwrap().pages;
            let counts: Vec<usize> = (30..100).collect();
            let count = counts[counts.partition_point(|count| pages(*count, &usual) == 1)];
            assert_eq!(pages(count, &setting(template, PageSize::A4)), 1, "{}", template.id);
            assert_eq!(pages(count + 30, &setting(template, PageSize::A4)), 2, "{}", template.id);
        }
    }

    #[test]
    fn each_template_sets_its_own_family_and_another_for_letters_that_it_lacks() {
        let json = |name: &str| serde_json::json!({"basics": {"name": name}}).to_string();
        for template in Template::all() {
            let family = template.font.replace(' ', "");
            let pdf = set_as(&json("Ada Lovelace"), &setting(template, PageSize::A4)).unwrap();
            assert!(holds(&pdf.bytes, &family), "{family}");
            let pdf = set_as(&json("Nguyễn Thị Hường"), &setting(template, PageSize::A4)).unwrap();
            assert!(text_of(&pdf).contains("Nguyễn Thị Hường"), "{family}");
            assert_eq!(pdf.conformance.len(), 2, "{family}");
        }
        let lato = Template::find("minimal").unwrap();
        let pdf = set_as(&json("Nguyễn Thị Hường"), &setting(lato, PageSize::A4)).unwrap();
        assert!(holds(&pdf.bytes, "SourceSans3") && !holds(&pdf.bytes, "Lato"));
    }

    #[test]
    fn a_template_can_reach_nothing_but_its_data() {
        let desk = Desk {
            sheet: Bytes::new(Vec::<u8>::new()),
            template: PRESS.template(Template::usual()),
            fonts: &Fonts::default(),
            deadline: Instant::now() + Duration::from_secs(9),
        };
        let other = FileId::new(RootedPath::new(VirtualRoot::Project, VirtualPath::new("secret.txt").unwrap()));
        assert!(desk.file(other).is_err() && desk.source(other).is_err() && desk.source(PRESS.data).is_err());
    }
}
