//! What every target holds a document to.

use vitae_document::{Document, Limits, ReadError};

/// Limits small enough that one input costs milliseconds, so that a fuzzer sees many.
fn limits() -> Limits {
    Limits {
        bytes: 1024 * 1024,
        pages: 8,
        operators: 40_000,
        glyphs: 20_000,
        words: 8_000,
        inflated: 4 * 1024 * 1024,
        pixels: 1_000_000,
        output: 16 * 1024 * 1024,
        ..Limits::default()
    }
}

/// Reads the bytes and, if they have words, parses them: a result or a stated reason, and never anything that the
/// reader of a résumé would have to doubt.
pub fn hold(bytes: &[u8]) {
    match vitae_document::read(bytes, &limits()) {
        Ok(reading) => {
            assert!(reading.document.pages.len() <= limits().pages);
            assert!(reading.images.iter().all(|image| image.page < reading.document.pages.len()));
            parse(&reading.document);
        }
        Err(error) => {
            assert!(error.is_final() || matches!(error, ReadError::Unavailable { .. }));
            assert!(error.to_string().ends_with('.'), "{error}");
        }
    }
}

fn parse(document: &Document) {
    let parsed = vitae_parser::parse(document);
    assert_eq!(parsed.resume.validate(), Ok(()));
}

/// An OpenDocument text around its content.
pub fn odt(content: &[u8]) -> Vec<u8> {
    packed(&[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", content)])
}

/// A Word file around the XML of its main part.
pub fn docx(main: &[u8]) -> Vec<u8> {
    const RELATIONSHIPS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;
    packed(&[("_rels/.rels", RELATIONSHIPS.as_bytes()), ("word/document.xml", main)])
}

fn packed(parts: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write as _;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, part) in parts {
        let written = archive.start_file(*name, stored).is_ok() && archive.write_all(part).is_ok();
        assert!(written, "an archive in memory can be written");
    }
    archive.finish().map(std::io::Cursor::into_inner).unwrap_or_default()
}
