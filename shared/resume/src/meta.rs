use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// JSON Resume's `meta`, with ours under `vitae`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Meta {
    /// Where the newest version of the document can be had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canonical: Option<String>,
    /// Version of the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// When it was last changed, ISO 8601.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// What Vitae knows about how the résumé was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vitae: Option<VitaeMeta>,
}

impl Meta {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How a résumé was read: by which parser, from what, how surely, and where each field stood on the page.
///
/// Fields are named by JSON pointer (RFC 6901) into the résumé, such as `/work/0/position`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VitaeMeta {
    /// Version of the parser that read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parser_version: Option<String>,
    /// The document's language, ISO 639-1, where it could be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Number of pages.
    #[serde(default)]
    pub page_count: usize,
    /// Number of pages whose words were recognised from an image.
    #[serde(default)]
    pub recognised_pages: usize,
    /// The fields that are least sure, by pointer, the most doubtful first: what a person should look at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub review: Vec<String>,
    /// Level of the Common European Framework, `A1` to `C2`, of the languages whose words state one, by pointer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub language_levels: BTreeMap<String, String>,
    /// Pointer to confidence, 0 to 1.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub confidence: BTreeMap<String, f32>,
    /// Pointer to the places on the pages that the field was read from.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub spans: BTreeMap<String, Vec<Span>>,
    /// What a person should look at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// How the original is built, where it was read from a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<Build>,
}

/// How an original is built: what programs that read it trip over.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Build {
    /// Tables that text stands in, where the format has tables.
    pub tables: usize,
    /// Share of a page's glyphs whose characters the file does not tell, 0 to 1, of the page where it is largest.
    pub unmapped: f32,
    /// Size of the running text in points; 0 where the file states none.
    pub body_size: f32,
    /// Contact data that stands in a header or a footer, by pointer.
    pub contact_in_margins: Vec<String>,
    /// The headings in reading order.
    pub headings: Vec<Heading>,
}

/// A heading of an original.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Heading {
    /// Its words.
    pub text: String,
    /// The JSON Resume section that they name (`summary` is `basics.summary`); none where they name none.
    pub section: Option<String>,
    /// Whether nothing stands under it.
    pub empty: bool,
}

/// A place on a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// Page, from 1.
    pub page: usize,
    /// Where on it.
    pub bbox: BoundingBox,
    /// Which characters of the document's plain text: the first, and the one after the last. Rows stored by earlier
    /// versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<[usize; 2]>,
}

/// A rectangle in points (1/72 inch) from the page's top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoundingBox {
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

/// Something about the document that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Warning {
    /// Stable name, in `snake_case`.
    pub code: String,
    /// A sentence that a person can act on.
    pub detail: String,
}
