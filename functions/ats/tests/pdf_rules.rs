//! What PDF/UA-1 (ISO 14289-1) and PDF/A-2a (ISO 19005-2) ask of a file's structure, as far as a machine can tell, checked
//! in every template: the rules of the Matterhorn protocol and of veraPDF's profiles that a document of text can break.
#![allow(clippy::unwrap_used, reason = "what is missing here fails the test")]

use ats::{Fonts, Format, PageSize, Template, Wish, make};
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Stream, String as PdfString};
use vitae_resume::Resume;

fn pdf_of(template: &'static Template, language: &str) -> Vec<u8> {
    let (name, words) = match language {
        "ar" => ("ليلى حداد", "مهندسة برمجيات بخبرة عشر سنوات في Python"),
        "he" => ("נועה כהן", "מהנדסת תוכנה עם עשר שנות ניסיון ב-Python"),
        "vi" => ("Nguyễn Thị Hường", "Kỹ sư phần mềm"),
        "ru" => ("Анна Петрова", "Инженер-программист"),
        _ => ("Zoë Ångström", "Software engineer with ten years of work"),
    };
    let json = serde_json::json!({
        "basics": {"name": name, "label": words, "email": "a@example.org", "url": "https://a.example", "summary": words},
        "work": [{"name": name, "position": words, "startDate": "2020-01", "highlights": vec![words; 30]}],
        "skills": [{"name": "Python", "keywords": ["Rust", words]}],
        "meta": {"vitae": {"language": language}},
    });
    let resume: Resume = serde_json::from_value(json).unwrap();
    let wish = Wish {
        template,
        format: Format::Pdf,
        sections: None,
        job_description: None,
        target_job_title: None,
        fonts: Fonts::default(),
        page_size: PageSize::A4,
        font_size: None,
        now: "2026-11-21T12:00:00Z".parse().unwrap(),
    };
    let made = make(&resume, &wish).unwrap();
    assert_eq!(made.report.document.unwrap().conformance, ["PDF/A-2a", "PDF/UA-1"], "{} {language}", template.id);
    made.bytes
}

/// Collects the structure types below an element, and checks each on the way.
fn walk(element: &Dict<'_>, types: &mut Vec<String>, depth: usize) {
    assert!(depth < 60, "the structure goes round");
    if let Some(kind) = element.get::<Name<'_>>("S") {
        types.push(kind.as_str().to_owned());
        // 7.18.5: a link is tagged as one, with its annotation under it.
        if kind.as_str() == "Link" {
            assert!(element.contains_key("K"), "a link holds something");
        }
    }
    if let Some(child) = element.get::<Dict<'_>>("K") {
        walk(&child, types, depth + 1);
    }
    for child in
        element.get::<Array<'_>>("K").into_iter().flat_map(|children| children.iter::<Object<'_>>().collect::<Vec<_>>())
    {
        if let Some(child) = child.into_dict() {
            walk(&child, types, depth + 1);
        }
    }
}

fn check(bytes: Vec<u8>, what: &str, language: &str) {
    let pdf = Pdf::new(bytes.clone()).unwrap();
    let root: Dict<'_> = pdf.xref().get(pdf.xref().root_id()).unwrap();

    // The file: a comment of bytes above 127 behind its first line, an identity, no encryption, no script.
    assert!(
        bytes.starts_with(b"%PDF-1.") && bytes[9..16].iter().filter(|byte| **byte > 127).count() >= 4,
        "{what}: header"
    );
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains("/ID") && !text.contains("/Encrypt") && !text.contains("/JavaScript"), "{what}: trailer");
    for absent in ["AA", "OpenAction", "NeedsRendering", "AcroForm", "Requirements"] {
        assert!(!root.contains_key(absent), "{what}: {absent}");
    }

    // The document says that it is tagged, what language it is in, and that its title is what a window shows.
    let marked: Dict<'_> = root.get("MarkInfo").unwrap();
    assert_eq!(marked.get::<bool>("Marked"), Some(true), "{what}");
    assert_ne!(marked.get::<bool>("Suspects"), Some(true), "{what}");
    let lang = root.get::<PdfString<'_>>("Lang").unwrap();
    assert!(lang.as_bytes().starts_with(language.as_bytes()), "{what}: {:?}", lang.as_bytes());
    let preferences: Dict<'_> = root.get("ViewerPreferences").unwrap();
    assert_eq!(preferences.get::<bool>("DisplayDocTitle"), Some(true), "{what}");
    let outlines: Dict<'_> = root.get("Outlines").unwrap();
    assert!(outlines.contains_key("First"), "{what}: bookmarks");

    // What it says of itself: title, date, and the standards, not compressed.
    let metadata: Stream<'_> = root.get("Metadata").unwrap();
    assert!(metadata.filters().is_empty(), "{what}: the metadata is compressed");
    let metadata = String::from_utf8(metadata.decoded().unwrap().into_owned()).unwrap();
    for mark in [
        "<pdfaid:part>2",
        "<pdfaid:conformance>A",
        "<pdfuaid:part>1",
        "<dc:title>",
        "<xmp:CreateDate>",
        "<dc:language>",
    ] {
        assert!(metadata.contains(mark), "{what}: {mark} is not in {metadata}");
    }

    // One colour profile for all colours.
    let intents: Array<'_> = root.get("OutputIntents").unwrap();
    let intent = intents.iter::<Dict<'_>>().next().unwrap();
    assert_eq!(intent.get::<Name<'_>>("S").unwrap().as_str(), "GTS_PDFA1", "{what}");
    assert!(intent.get::<Stream<'_>>("DestOutputProfile").is_some(), "{what}");

    // The tree of tags: headings begin with H1 and skip no level; lists are whole.
    let tree: Dict<'_> = root.get("StructTreeRoot").unwrap();
    assert!(tree.contains_key("ParentTree"), "{what}");
    let mut types = Vec::new();
    walk(&tree, &mut types, 0);
    let levels: Vec<u32> = types.iter().filter_map(|kind| kind.strip_prefix('H')?.parse().ok()).collect();
    assert!(!levels.is_empty() && levels[0] == 1, "{what}: {types:?}");
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{what}: {levels:?}");
    let count = |kind: &str| types.iter().filter(|other| *other == kind).count();
    assert_eq!(count("LI"), count("LBody"), "{what}");
    assert!(count("L") >= 1 && count("LI") == 30 && count("Lbl") == 30, "{what}: {types:?}");
    assert!(count("Link") >= 2, "{what}: {types:?}");

    // The pages: tab order by structure, everything marked as content or as decoration, links described.
    let mut fonts = 0;
    for page in pdf.pages().iter() {
        let page = page.raw();
        assert_eq!(page.get::<Name<'_>>("Tabs").map(|tabs| tabs.as_str().to_owned()).as_deref(), Some("S"), "{what}");
        assert!(page.contains_key("StructParents"), "{what}");
        for annotation in
            page.get::<Array<'_>>("Annots").into_iter().flat_map(|all| all.iter::<Dict<'_>>().collect::<Vec<_>>())
        {
            assert!(annotation.contains_key("Contents"), "{what}: a link without words for it");
            assert!(annotation.contains_key("StructParent"), "{what}: a link that is in no tag");
            let flags = annotation.get::<u32>("F").unwrap_or_default();
            assert_eq!((flags & 4, flags & 2), (4, 0), "{what}: a link is printed and not hidden");
        }
        let resources: Dict<'_> = page.get("Resources").unwrap();
        let named: Dict<'_> = resources.get("Font").unwrap();
        for name in named.keys() {
            let font: Dict<'_> = named.get(&*name).unwrap();
            // 7.21: every font is in the file, and its glyphs say which letters they are.
            assert!(font.contains_key("ToUnicode"), "{what}: a font without letters");
            let descendants: Array<'_> = font.get("DescendantFonts").unwrap();
            let descendant = descendants.iter::<Dict<'_>>().next().unwrap();
            let descriptor: Dict<'_> = descendant.get("FontDescriptor").unwrap();
            let name = descriptor.get::<Name<'_>>("FontName").unwrap();
            assert_eq!(name.as_str().find('+'), Some(6), "{what}: {} is no subset", name.as_str());
            assert!(
                descriptor.contains_key("FontFile2") || descriptor.contains_key("FontFile3"),
                "{what}: not embedded"
            );
            fonts += 1;
        }
    }
    assert!(fonts >= 2, "{what}");
    assert!(bytes.len() < 150_000, "{what}: {} bytes", bytes.len());
}

#[test]
fn every_template_keeps_the_rules_that_a_machine_can_check() {
    for template in Template::all() {
        check(pdf_of(template, "en"), &template.id, "en");
    }
}

#[test]
fn other_scripts_keep_them_too() {
    for (template, language) in Template::all().iter().zip(["ar", "he", "vi", "ru"]) {
        check(pdf_of(template, language), &format!("{} {language}", template.id), language);
    }
}
