//! A document's words to a structured résumé.
//!
//! [`parse`] is pure and deterministic: the same document gives the same résumé, and no document makes it fail. What
//! it cannot tell it leaves out; what it tells it tells with a confidence and with the place on the page.
//!
//! The way of a document: [`lines`] flattens it, [`sections`] cuts it at its headings, [`contact`] reads the top,
//! [`entries`] cuts dated sections into entries, [`roles`] tells what each part of an entry's heading is, [`records`]
//! and [`lists`] read the shorter sections, [`assemble`] writes the résumé with its evidence, [`build`] says how the file is made.
//!
//! **Architecture invariant:** rules are true of CVs, whoever wrote them. The lists in `data/` hold general knowledge
//! (months, headings, job-title words, countries) and no names of people, employers or cities.
//!
//! **Architecture invariant:** nothing is made up. Every value is cut from the document's words; dates and web
//! addresses are its words in another form.

mod assemble;
mod build;
mod contact;
mod dates;
mod entries;
mod evidence;
mod fields;
mod gazetteer;
mod lines;
mod lists;
mod phone;
mod piece;
mod records;
mod roles;
mod sections;
#[cfg(test)]
mod testing;
mod text;
mod unheaded;

use vitae_document::Document;
use vitae_resume::Resume;

/// Version of what the parser reads, written to `meta.vitae.parser_version`: a CV that an older version read may be read
/// again. It is raised whenever a document gives another résumé than before; a test over the corpus holds it to that.
pub const VERSION: &str = "3";

/// What reading a document gave.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parsed {
    /// The résumé, with confidences, places on the page and warnings in `meta.vitae`. It passes
    /// [`Resume::validate`].
    pub resume: Resume,
}

/// Reads a résumé out of a document.
pub fn parse(document: &Document) -> Parsed {
    Parsed { resume: assemble::resume(document) }
}
