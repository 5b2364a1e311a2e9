use std::collections::BTreeMap;

use vitae_resume::{Span, VitaeMeta};

use crate::{BlobError, Bucket};

/// Most bytes of a CV's spans.
const LARGEST: u64 = 4 * 1024 * 1024;

impl Bucket {
    /// Puts the places of a CV's fields, which are stored under `key`, back into what is known of how it was read. A
    /// field whose confidence is not known any more was changed by hand, so its place is left out.
    ///
    /// # Errors
    /// See [`BlobError`]. Spans that are gone are no error.
    pub async fn add_spans(&self, key: &str, vitae: &mut VitaeMeta) -> Result<(), BlobError> {
        let bytes = match self.get(key, LARGEST).await {
            Ok(bytes) => bytes,
            Err(BlobError::NotFound) => return Ok(()),
            Err(error) => return Err(error),
        };
        let mut spans: BTreeMap<String, Vec<Span>> =
            serde_json::from_slice(&bytes).map_err(|error| BlobError::Unreadable(error.to_string()))?;
        spans.retain(|pointer, _| vitae.confidence.contains_key(pointer));
        vitae.spans = spans;
        Ok(())
    }
}
