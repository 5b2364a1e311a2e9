use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::{BlobError, Bucket};

/// The tag of an upload that no job has read yet. The bucket forgets an object that keeps it for long.
pub const UNCONFIRMED: &str = "state=unconfirmed";

/// What a presigned upload admits.
#[derive(Debug, Clone)]
pub struct UploadRequest<'a> {
    /// Where the object goes.
    pub key: &'a str,
    /// The media type that must be sent.
    pub content_type: &'a str,
    /// The exact number of bytes.
    pub size: u64,
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// How long the address is good for.
    pub expires_in: Duration,
}

/// An address that admits one upload.
#[derive(Debug, Clone)]
pub struct PresignedUpload {
    /// The address.
    pub url: String,
    /// What the client must send along: the signed headers that a browser's script may set. `content-length` is signed
    /// too, but a browser sends it by itself and lets nobody set it.
    pub headers: BTreeMap<String, String>,
}

impl Bucket {
    /// An address by which a browser can PUT exactly the described bytes, once: length, type and SHA-256 are signed, and
    /// `If-None-Match: *` refuses a second write. The object carries [`UNCONFIRMED`] until [`Bucket::confirm`].
    ///
    /// # Errors
    /// When the address cannot be signed (no credentials).
    pub async fn presign_upload(&self, request: UploadRequest<'_>) -> Result<PresignedUpload, BlobError> {
        let signed = self
            .client
            .put_object()
            .bucket(&self.name)
            .key(request.key)
            .content_type(request.content_type)
            .content_length(request.size as i64)
            .checksum_sha256(STANDARD.encode(request.sha256))
            .if_none_match("*")
            .tagging(UNCONFIRMED)
            .presigned(presigning(request.expires_in)?)
            .await
            .map_err(crate::blob_error)?;
        let url = signed.uri().to_owned();
        let names = signed_headers(&url);
        let headers = signed
            .headers()
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .filter(|(name, _)| names.contains(name) && !matches!(name.as_str(), "host" | "content-length"))
            .collect();
        Ok(PresignedUpload { url, headers })
    }

    /// An address by which anyone who holds it can read the object until it expires, as a download called `filename`.
    ///
    /// # Errors
    /// When the address cannot be signed (no credentials).
    pub async fn presign_download(&self, key: &str, filename: &str, expires_in: Duration) -> Result<String, BlobError> {
        let signed = self
            .client
            .get_object()
            .bucket(&self.name)
            .key(key)
            .response_content_disposition(content_disposition(filename))
            .presigned(presigning(expires_in)?)
            .await
            .map_err(crate::blob_error)?;
        Ok(signed.uri().to_owned())
    }
}

/// What RFC 8187 allows in an extended value is left as it is, as far as every client is known to read it.
const NOT_IN_EXT_VALUE: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'.').remove(b'_').remove(b'-');

/// `Content-Disposition: attachment` with the file's name (RFC 6266): an ASCII form for old clients, UTF-8 for the rest.
pub(crate) fn content_disposition(filename: &str) -> String {
    let ascii: String =
        filename.chars().map(|c| if c.is_ascii_alphanumeric() || "._- ".contains(c) { c } else { '_' }).collect();
    let encoded = percent_encoding::utf8_percent_encode(filename, NOT_IN_EXT_VALUE);
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

fn presigning(expires_in: Duration) -> Result<PresigningConfig, BlobError> {
    PresigningConfig::expires_in(expires_in).map_err(|error| BlobError::Unavailable(error.to_string()))
}

/// The names that the signature covers, as the address itself says.
fn signed_headers(url: &str) -> Vec<String> {
    url.split(['?', '&'])
        .find_map(|pair| pair.strip_prefix("X-Amz-SignedHeaders="))
        .map(|names| names.split("%3B").map(str::to_lowercase).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_signed_is_asked_of_the_client() {
        let url = "http://x/b/k?X-Amz-Expires=900&X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost%3Bif-none-match&X-Amz-Signature=0";
        assert_eq!(signed_headers(url), ["content-length", "content-type", "host", "if-none-match"]);
    }

    #[test]
    fn a_file_name_cannot_leave_its_header() {
        assert_eq!(
            content_disposition("Zoë \"CV\"\r\n.pdf"),
            "attachment; filename=\"Zo_ _CV___.pdf\"; filename*=UTF-8''Zo%C3%AB%20%22CV%22%0D%0A.pdf"
        );
    }
}
