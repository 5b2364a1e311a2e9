use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use bytes::Bytes;

use crate::{BlobError, Bucket, blob_error};

/// How large each part of a [`MultipartUpload`] but the last is, at least: S3 takes no smaller ones.
pub const PART: usize = 8 * 1024 * 1024;

/// An object that is written piece by piece, so that it need not fit into memory. It appears when it is finished; what is
/// given up leaves nothing behind.
#[derive(Debug)]
pub struct MultipartUpload {
    bucket: Bucket,
    key: String,
    id: String,
    parts: Vec<CompletedPart>,
}

impl Bucket {
    /// Begins to write an object.
    ///
    /// # Errors
    /// See [`BlobError`].
    pub async fn begin_upload(&self, key: &str, content_type: &str) -> Result<MultipartUpload, BlobError> {
        let begun = self.client.create_multipart_upload().bucket(&self.name).key(key).content_type(content_type);
        let id = begun.send().await.map_err(blob_error)?.upload_id;
        let id = id.ok_or_else(|| BlobError::Unavailable("S3 began an upload without an id".to_owned()))?;
        Ok(MultipartUpload { bucket: self.clone(), key: key.to_owned(), id, parts: Vec::new() })
    }
}

impl MultipartUpload {
    /// Writes the next piece: at least [`PART`] bytes, unless it is the last.
    ///
    /// # Errors
    /// See [`BlobError`].
    pub async fn write(&mut self, piece: impl Into<Bytes>) -> Result<(), BlobError> {
        let number = self.parts.len() as i32 + 1;
        let request = self.bucket.client.upload_part().bucket(&self.bucket.name).key(&self.key).upload_id(&self.id);
        let written =
            request.part_number(number).body(ByteStream::from(piece.into())).send().await.map_err(blob_error)?;
        self.parts.push(CompletedPart::builder().part_number(number).set_e_tag(written.e_tag).build());
        Ok(())
    }

    /// Lets the object appear.
    ///
    /// # Errors
    /// See [`BlobError`].
    pub async fn finish(self) -> Result<(), BlobError> {
        let parts = CompletedMultipartUpload::builder().set_parts(Some(self.parts)).build();
        let request = self.bucket.client.complete_multipart_upload().bucket(&self.bucket.name).key(&self.key);
        request.upload_id(&self.id).multipart_upload(parts).send().await.map_err(blob_error)?;
        Ok(())
    }

    /// Gives it up. Where that fails, the bucket forgets the pieces after a day.
    pub async fn give_up(self) {
        let request = self.bucket.client.abort_multipart_upload().bucket(&self.bucket.name).key(&self.key);
        if let Err(error) = request.upload_id(&self.id).send().await.map_err(blob_error) {
            tracing::warn!(%error, "an unfinished upload was left to the bucket");
        }
    }
}
