//! Untrusted bytes to pages of positioned words.
//!
//! Pure: no network and no runtime. The bytes come from strangers, so every reader works under [`Limits`], and a
//! function reads them in a child process (see [`sandbox`]).
//!
//! **Architecture invariant:** nothing here trusts a file's name, its declared type or a length that it states. The
//! format is what [`sniff`] finds in the bytes.
//!
//! **Architecture invariant:** text that a reader of the page cannot see never becomes a [`Word`]; it is kept apart in
//! [`Page::hidden`].

mod docx;
mod error;
pub mod layout;
mod limits;
mod model;
mod pdf;
mod picture;
mod running;
pub mod sandbox;
mod sniff;
mod text;

pub use error::ReadError;
pub use limits::Limits;
pub use model::{Block, Document, Format, HiddenText, Line, Page, PageImage, Reading, Rect, Source, Word};
pub use sniff::{refusal, sniff};

/// Reads a document in this process.
///
/// A caller that holds other people's work as well uses [`sandbox::read`]: the limits here bound what is counted
/// (pages, operators, glyphs, pixels), and only a process of its own bounds memory and time for certain.
///
/// # Errors
/// A [`ReadError`] that says in a sentence for a person why these bytes cannot be read.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Reading, ReadError> {
    let format = format_of(bytes, limits)?;
    let reading = match format {
        Format::Pdf => pdf::read_and_paint(bytes, limits)?,
        Format::Png | Format::Jpeg | Format::Tiff => picture::read(bytes, format, limits)?,
        Format::Docx | Format::Odt | Format::Text => written(bytes, format, limits)?,
    };
    checked(reading, format, limits)
}

/// Reads a document whose words stand in it as text, in this process; nothing is painted for a recogniser. A program
/// that reads no others, such as those that it made, is linked without what paints pages and decodes pictures.
///
/// # Errors
/// As [`read`], and [`ReadError::Unsupported`] for a picture.
pub fn read_written(bytes: &[u8], limits: &Limits) -> Result<Document, ReadError> {
    let format = format_of(bytes, limits)?;
    Ok(checked(written(bytes, format, limits)?, format, limits)?.document)
}

fn format_of(bytes: &[u8], limits: &Limits) -> Result<Format, ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    if bytes.len() > limits.bytes {
        return Err(ReadError::over_limit("bytes", limits.bytes as u64));
    }
    sniff(bytes).ok_or_else(|| ReadError::Unsupported { found: refusal(bytes).to_owned() })
}

fn written(bytes: &[u8], format: Format, limits: &Limits) -> Result<Reading, ReadError> {
    match format {
        Format::Pdf => pdf::read(bytes, limits),
        Format::Docx => docx::read(bytes, limits),
        Format::Odt => docx::read_open_document(bytes, limits),
        Format::Text => text::read(bytes, limits),
        Format::Png | Format::Jpeg | Format::Tiff => {
            Err(ReadError::Unsupported { found: "a picture, whose words would have to be recognised".to_owned() })
        }
    }
}

fn checked(mut reading: Reading, format: Format, limits: &Limits) -> Result<Reading, ReadError> {
    reading.document.format = format;
    running::drop_repeated(&mut reading.document);
    let words: usize = reading.document.words().count();
    if words > limits.words {
        return Err(ReadError::over_limit("words", limits.words as u64));
    }
    if words == 0 && reading.images.is_empty() {
        return Err(ReadError::Empty);
    }
    Ok(reading)
}
