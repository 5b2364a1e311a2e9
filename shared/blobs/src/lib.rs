//! S3: the files of a person in one private bucket, published sites in another.

pub mod keys;
mod multipart;
mod presign;
mod spans;

pub use multipart::{MultipartUpload, PART};
pub use presign::{PresignedUpload, UNCONFIRMED, UploadRequest};

use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use bytes::Bytes;

/// Why S3 did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// There is no such object.
    #[error("the object is not there")]
    NotFound,
    /// The object is larger than the caller takes.
    #[error("the object is larger than {limit} bytes")]
    TooLarge {
        /// What the caller takes.
        limit: u64,
    },
    /// What is stored is not what this version stores.
    #[error("the object cannot be read: {0}")]
    Unreadable(String),
    /// The service could not answer now; trying again may help.
    #[error("the object store is not available: {0}")]
    Unavailable(String),
}

/// What is known of an object without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectHead {
    /// Bytes.
    pub size: u64,
    /// The media type it was stored with.
    pub content_type: Option<String>,
}

/// One bucket. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Bucket {
    client: aws_sdk_s3::Client,
    name: String,
}

impl Bucket {
    /// The bucket called `name`.
    pub fn new(client: aws_sdk_s3::Client, name: String) -> Self {
        Self { client, name }
    }

    /// Reads an object whole, unless it is larger than `limit` bytes.
    ///
    /// # Errors
    /// See [`BlobError`].
    pub async fn get(&self, key: &str, limit: u64) -> Result<Bytes, BlobError> {
        let output = self.client.get_object().bucket(&self.name).key(key).send().await.map_err(blob_error)?;
        // The declared length is checked first; what arrives is checked again, since the header is only a claim.
        if output.content_length.is_some_and(|length| length as u64 > limit) {
            return Err(BlobError::TooLarge { limit });
        }
        let bytes =
            output.body.collect().await.map_err(|error| BlobError::Unavailable(error.to_string()))?.into_bytes();
        if bytes.len() as u64 > limit { Err(BlobError::TooLarge { limit }) } else { Ok(bytes) }
    }

    /// What is known of an object, `None` where there is none.
    ///
    /// # Errors
    /// See [`BlobError`].
    pub async fn head(&self, key: &str) -> Result<Option<ObjectHead>, BlobError> {
        match self.client.head_object().bucket(&self.name).key(key).send().await {
            Ok(output) => Ok(Some(ObjectHead {
                size: output.content_length.unwrap_or_default().max(0) as u64,
                content_type: output.content_type,
            })),
            Err(error) => match blob_error(error) {
                BlobError::NotFound => Ok(None),
                other => Err(other),
            },
        }
    }

    /// Writes an object; `cache_control` is what browsers and the CDN are told.
    ///
    /// # Errors
    /// See [`BlobError`].
    pub async fn put(
        &self,
        key: &str,
        body: impl Into<Bytes>,
        content_type: &str,
        cache_control: Option<&str>,
    ) -> Result<(), BlobError> {
        self.client
            .put_object()
            .bucket(&self.name)
            .key(key)
            .body(ByteStream::from(body.into()))
            .content_type(content_type)
            .set_cache_control(cache_control.map(str::to_owned))
            .send()
            .await
            .map_err(blob_error)?;
        Ok(())
    }

    /// Takes [`UNCONFIRMED`] from an upload, so that it is kept for as long as its person wants it.
    ///
    /// # Errors
    /// [`BlobError::NotFound`] where there is no such object, and when S3 does not answer.
    pub async fn confirm(&self, key: &str) -> Result<(), BlobError> {
        self.client.delete_object_tagging().bucket(&self.name).key(key).send().await.map_err(blob_error)?;
        Ok(())
    }

    /// Removes an object; one that is gone is no error.
    ///
    /// # Errors
    /// See [`BlobError`].
    pub async fn delete(&self, key: &str) -> Result<(), BlobError> {
        self.client.delete_object().bucket(&self.name).key(key).send().await.map_err(blob_error)?;
        Ok(())
    }

    /// How many objects' keys begin with `prefix`.
    ///
    /// # Errors
    /// See [`BlobError`].
    pub async fn count_prefix(&self, prefix: &str) -> Result<usize, BlobError> {
        let mut pages = self.client.list_objects_v2().bucket(&self.name).prefix(prefix).into_paginator().send();
        let mut count = 0;
        while let Some(page) = pages.next().await {
            count += page.map_err(blob_error)?.contents().len();
        }
        Ok(count)
    }

    /// Removes every object whose key begins with `prefix`; answers how many there were.
    ///
    /// # Errors
    /// See [`BlobError`].
    pub async fn delete_prefix(&self, prefix: &str) -> Result<usize, BlobError> {
        let mut removed = 0;
        loop {
            let page =
                self.client.list_objects_v2().bucket(&self.name).prefix(prefix).send().await.map_err(blob_error)?;
            let found: Vec<ObjectIdentifier> = page
                .contents
                .unwrap_or_default()
                .into_iter()
                .filter_map(|object| ObjectIdentifier::builder().key(object.key?).build().ok())
                .collect();
            if found.is_empty() {
                return Ok(removed);
            }
            removed += found.len();
            let delete = Delete::builder()
                .set_objects(Some(found))
                .quiet(true)
                .build()
                .map_err(|error| BlobError::Unavailable(error.to_string()))?;
            let outcome =
                self.client.delete_objects().bucket(&self.name).delete(delete).send().await.map_err(blob_error)?;
            if let Some(error) = outcome.errors.unwrap_or_default().first() {
                return Err(BlobError::Unavailable(error.code.clone().unwrap_or_default()));
            }
        }
    }
}

fn blob_error<E, R>(error: SdkError<E, R>) -> BlobError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
    SdkError<E, R>: std::error::Error,
{
    match error.code() {
        Some("NoSuchKey" | "NotFound") => BlobError::NotFound,
        // The service's own words are enough; the whole context would put headers and bodies into the logs.
        Some(code) => BlobError::Unavailable(format!("{code}: {}", error.message().unwrap_or_default())),
        None => BlobError::Unavailable(DisplayErrorContext(error).to_string()),
    }
}
