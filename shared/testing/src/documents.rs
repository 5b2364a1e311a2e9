use std::path::PathBuf;

use serde_json::Value;

/// A document of `tests/fixtures`, with what it says.
#[derive(Debug, Clone)]
pub struct Fixture {
    /// Its file name.
    pub name: String,
    /// Its media type.
    pub content_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What it says, as a JSON Resume.
    pub truth: Value,
}

/// A document of `tests/fixtures` by its file name: `one-column.pdf`, `two-column.pdf`, `word.docx`, `scanned.pdf`,
/// `photo.png`.
///
/// # Panics
/// Where there is no such file, or no truth beside it.
pub fn fixture(name: &str) -> Fixture {
    let directory = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures"));
    let read = |name: &str| {
        std::fs::read(directory.join(name)).unwrap_or_else(|error| panic!("tests/fixtures/{name}: {error}"))
    };
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let truth = serde_json::from_slice(&read(&format!("{stem}.truth.json")))
        .unwrap_or_else(|error| panic!("tests/fixtures/{stem}.truth.json: {error}"));
    Fixture { name: name.to_owned(), content_type: content_type(extension), bytes: read(name), truth }
}

/// The media type that a browser would state for a file with this extension.
pub(crate) fn content_type(extension: &str) -> &'static str {
    match extension.to_ascii_lowercase().as_str() {
        "pdf" => "application/pdf",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "txt" => "text/plain",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "tif" | "tiff" => "image/tiff",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fixture_is_there_and_is_what_its_name_says() {
        let starts: [(&str, &[u8]); 5] = [
            ("one-column.pdf", b"%PDF-"),
            ("two-column.pdf", b"%PDF-"),
            ("scanned.pdf", b"%PDF-"),
            ("word.docx", b"PK\x03\x04"),
            ("photo.png", b"\x89PNG"),
        ];
        for (name, start) in starts {
            let fixture = fixture(name);
            assert!(fixture.bytes.starts_with(start), "{name}");
            assert!(fixture.truth["basics"]["name"].is_string(), "{name}");
        }
    }
}
