//! How a job can stop short of its end.

use vitae_blobs::BlobError;
use vitae_document::ReadError;
use vitae_jobs::Reason;
use vitae_recognition::RecognitionError;
use vitae_store::StoreError;

/// Why the work on a job stopped.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The file or its content is to blame: the job fails with this reason, and its message is done with.
    Failed(Reason),
    /// Something that we depend on did not answer: the message shall come again.
    Again(String),
    /// The job is no longer ours: the person stopped it, or another worker has it.
    Lost,
}

/// A reason that lies in the file: reading it again would come to the same.
pub(crate) fn of_file(code: &str, detail: impl Into<String>) -> Reason {
    Reason { code: code.to_owned(), detail: detail.into(), retryable: false }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => Self::Lost,
            StoreError::TooLarge => Self::Failed(of_file(
                "too_much_text",
                "The CV holds more text than can be stored (400 KB). Upload a shorter version.",
            )),
            other => Self::Again(other.to_string()),
        }
    }
}

impl From<BlobError> for Stop {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::NotFound => {
                Self::Failed(of_file("file_missing", "The uploaded file is no longer there. Upload it again."))
            }
            BlobError::TooLarge { .. } => {
                Self::Failed(of_file("file_too_large", "The file is larger than 10 MB. Upload a smaller one."))
            }
            BlobError::Unavailable(_) | BlobError::Unreadable(_) => Self::Again(error.to_string()),
        }
    }
}

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Self {
        if error.is_final() {
            Self::Failed(of_file(&error.code().replace('-', "_"), error.to_string()))
        } else {
            Self::Again(error.to_string())
        }
    }
}

impl From<RecognitionError> for Stop {
    fn from(error: RecognitionError) -> Self {
        if error.is_final() {
            tracing::warn!(%error, "no page could be recognised");
            Self::Failed(of_file(
                "recognition_refused",
                "No text could be recognised in the picture. Upload a sharper scan, or the original document.",
            ))
        } else {
            Self::Again(error.to_string())
        }
    }
}
