use aws_sdk_textract::error::{DisplayErrorContext, SdkError};
use aws_sdk_textract::operation::detect_document_text::DetectDocumentTextError;

/// Why a page was not recognised.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecognitionError {
    /// The recogniser cannot be had now: it throttles, is down, takes too long, or this function may not call it. The
    /// picture is not to blame and another try may succeed.
    #[error("text recognition is not available at the moment: {reason}")]
    Unavailable {
        /// What was met, for the log: an exception's name or a time-out.
        reason: String,
    },
    /// The recogniser read the request and refused the picture: every further try ends in the same way.
    #[error("the picture of the page cannot be recognised: {reason}")]
    Refused {
        /// What was met, for the log.
        reason: String,
    },
}

impl RecognitionError {
    /// Whether another try with the same picture must fail in the same way.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }

    pub(crate) fn from_sdk(error: SdkError<DetectDocumentTextError>) -> Self {
        use DetectDocumentTextError as E;
        let refused = match error.as_service_error() {
            Some(
                E::BadDocumentException(_)
                | E::DocumentTooLargeException(_)
                | E::InvalidParameterException(_)
                | E::InvalidS3ObjectException(_)
                | E::UnsupportedDocumentException(_),
            ) => true,
            // Throttling, an internal error, a missing permission, or a name that this version of the SDK does not know.
            Some(_) => false,
            // No answer at all: time-outs and connections are worth another try, a request that cannot be built is not.
            None => matches!(error, SdkError::ConstructionFailure(_)),
        };
        let reason = match error.as_service_error().and_then(|e| e.meta().code()) {
            Some(code) => code.to_owned(),
            None => DisplayErrorContext(&error).to_string(),
        };
        if refused { Self::Refused { reason } } else { Self::Unavailable { reason } }
    }
}
