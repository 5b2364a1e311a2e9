use serde::{Deserialize, Serialize};

/// Why a document could not be read, each in a sentence for the person who sent it.
///
/// The same bytes fail in the same way, so a retry does not help; [`ReadError::is_final`] names the exception.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ReadError {
    /// There is nothing in it: no bytes, or no text and no picture.
    #[error("The file is empty: it holds no text and no picture of text.")]
    Empty,
    /// A format that is not read.
    #[error("The file is {found}. Send a PDF, DOCX, ODT, plain text, PNG, JPEG or TIFF file.")]
    Unsupported {
        /// What it is, with its article: "an HTML page".
        found: String,
    },
    /// A password is needed to open it.
    #[error("The file is protected with a password. Save it without one and send it again.")]
    PasswordProtected,
    /// The structure is broken beyond repair.
    #[error("The file is damaged: {detail}. Save or export it again.")]
    Damaged {
        /// What was found broken, without a full stop.
        detail: String,
    },
    /// More pages than a CV has.
    #[error("The file has {pages} pages; at most {limit} are read.")]
    TooManyPages {
        /// How many it has.
        pages: usize,
        /// How many are read.
        limit: usize,
    },
    /// A limit on size or work was reached.
    #[error("The file is too large to read: it goes over the limit of {limit} {what}.")]
    OverLimit {
        /// What is counted, in the plural: "bytes", "drawing operations".
        what: String,
        /// How many are allowed.
        limit: u64,
    },
    /// Reading took too long.
    #[error("Reading the file took longer than {seconds} seconds, so it was stopped.")]
    TimedOut {
        /// The time allowed.
        seconds: u64,
    },
    /// Reading needed more memory than one document may use, or made the reader fail.
    #[error("The file made its reader fail, so it was given up: {detail}.")]
    Crashed {
        /// How the reader ended, without a full stop.
        detail: String,
    },
    /// The reader could not be started: not the file's fault.
    #[error("The reader could not be started: {detail}.")]
    Unavailable {
        /// What the system said, without a full stop.
        detail: String,
    },
}

impl ReadError {
    /// Whether reading the same bytes again must fail in the same way.
    pub fn is_final(&self) -> bool {
        !matches!(self, Self::Unavailable { .. })
    }

    /// A short stable name for logs, metrics and problem types.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "document-empty",
            Self::Unsupported { .. } => "document-unsupported",
            Self::PasswordProtected => "document-password",
            Self::Damaged { .. } => "document-damaged",
            Self::TooManyPages { .. } => "document-too-many-pages",
            Self::OverLimit { .. } => "document-over-limit",
            Self::TimedOut { .. } => "document-timed-out",
            Self::Crashed { .. } => "document-reader-failed",
            Self::Unavailable { .. } => "document-reader-unavailable",
        }
    }

    pub(crate) fn over_limit(what: &str, limit: u64) -> Self {
        Self::OverLimit { what: what.to_owned(), limit }
    }

    pub(crate) fn damaged(detail: impl Into<String>) -> Self {
        Self::Damaged { detail: detail.into() }
    }
}
