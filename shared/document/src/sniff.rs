use crate::Format;

/// Tells the format from the bytes alone; `None` for anything that is not read (see [`refusal`]).
pub fn sniff(bytes: &[u8]) -> Option<Format> {
    // The PDF header may stand behind up to 1024 bytes of something else (ISO 32000-1, annex H.3.4.1); mail gateways
    // and some printers put such bytes there.
    let head = &bytes[..bytes.len().min(1024)];
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(Format::Png);
    }
    if bytes.starts_with(b"\xff\xd8\xff") {
        return Some(Format::Jpeg);
    }
    if bytes.starts_with(b"II*\0") || bytes.starts_with(b"MM\0*") {
        return Some(Format::Tiff);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return match archive(bytes)? {
            Archive::Docx => Some(Format::Docx),
            Archive::OpenText => Some(Format::Odt),
            _ => None,
        };
    }
    if head.windows(5).any(|window| window == b"%PDF-") {
        return Some(Format::Pdf);
    }
    (known_refusal(bytes).is_none() && crate::text::looks_like_text(bytes)).then_some(Format::Text)
}

/// What bytes that [`sniff`] does not know are, for the sentence that refuses them.
pub fn refusal(bytes: &[u8]) -> &'static str {
    known_refusal(bytes).unwrap_or("of an unknown format")
}

fn known_refusal(bytes: &[u8]) -> Option<&'static str> {
    let head = &bytes[..bytes.len().min(1024)];
    if bytes.starts_with(b"PK\x03\x04") {
        return Some(match archive(bytes) {
            Some(Archive::Spreadsheet) => "a spreadsheet",
            Some(Archive::Presentation) => "a presentation",
            Some(Archive::OpenDocument) => "an OpenDocument spreadsheet, presentation or drawing",
            Some(Archive::Epub) => "an e-book",
            Some(Archive::Pages) => "an Apple Pages file",
            Some(Archive::Docx) | Some(Archive::OpenText) | Some(Archive::Other) => "a ZIP archive",
            None => "a damaged ZIP archive",
        });
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        // A password-protected DOCX is an OLE container too: the package lies encrypted in a stream of this name.
        let encrypted: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        if bytes.windows(encrypted.len()).any(|window| window == encrypted) {
            return Some("an Office file that is protected with a password");
        }
        return Some("an old Word file (.doc) or another old Office file");
    }
    if bytes.starts_with(b"{\\rtf") {
        return Some("an RTF file");
    }
    if is_html(head) {
        return Some("an HTML page, which can look different from its text");
    }
    if bytes.starts_with(b"%!PS") {
        return Some("a PostScript file");
    }
    if bytes.starts_with(b"GIF8") {
        return Some("a GIF picture");
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Some("a WebP picture");
    }
    if matches!(bytes.get(4..12), Some(b"ftypheic" | b"ftypheix" | b"ftypmif1" | b"ftypavif")) {
        return Some("an HEIC or AVIF picture");
    }
    if bytes.starts_with(b"BM") && bytes.len() > 26 && bytes[14..18] == [40, 0, 0, 0] {
        return Some("a BMP picture");
    }
    if bytes.starts_with(b"\x7fELF") || bytes.starts_with(b"MZ") {
        return Some("a program");
    }
    None
}

/// Whether the start of a text is HTML or XML markup. Text that only mentions a tag somewhere is not.
pub(crate) fn is_html(head: &[u8]) -> bool {
    let start: Vec<u8> = head
        .iter()
        .copied()
        .skip_while(|byte| byte.is_ascii_whitespace() || matches!(byte, 0xef | 0xbb | 0xbf | 0 | 0xff | 0xfe))
        .filter(|byte| *byte != 0)
        .take(200)
        .map(|byte| byte.to_ascii_lowercase())
        .collect();
    [&b"<!doctype html"[..], b"<html", b"<head", b"<body", b"<?xml", b"<svg", b"<script", b"<div", b"<table", b"<!--"]
        .iter()
        .any(|tag| start.starts_with(tag))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Archive {
    Docx,
    Spreadsheet,
    Presentation,
    OpenText,
    OpenDocument,
    Epub,
    Pages,
    Other,
}

/// Tells what an archive is by the names of its entries, from its central directory.
fn archive(bytes: &[u8]) -> Option<Archive> {
    let zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).ok()?;
    let has = |name: &str| zip.index_for_name(name).is_some();
    let any = |test: fn(&str) -> bool| zip.file_names().flatten().any(|name| test(&name));
    // The main part is usually word/document.xml, but its name is free: the relationships name it.
    if has("word/document.xml") || (has("_rels/.rels") && any(|name| name.starts_with("word/"))) {
        return Some(Archive::Docx);
    }
    if has("xl/workbook.xml") {
        return Some(Archive::Spreadsheet);
    }
    if has("ppt/presentation.xml") {
        return Some(Archive::Presentation);
    }
    if has("META-INF/container.xml") {
        return Some(Archive::Epub);
    }
    if has("content.xml") && has("mimetype") {
        return Some(if is_open_text(bytes) { Archive::OpenText } else { Archive::OpenDocument });
    }
    if any(|name| name.ends_with(".iwa")) {
        return Some(Archive::Pages);
    }
    Some(Archive::Other)
}

/// Whether an OpenDocument file says that it is a text.
fn is_open_text(bytes: &[u8]) -> bool {
    use std::io::Read as _;
    let Ok(mut zip) = zip::ZipArchive::new(std::io::Cursor::new(bytes)) else { return false };
    let Ok(file) = zip.by_name("mimetype") else { return false };
    let mut stated = Vec::new();
    file.take(128).read_to_end(&mut stated).is_ok()
        && stated.trim_ascii().starts_with(b"application/vnd.oasis.opendocument.text")
}
