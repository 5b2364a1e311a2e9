use std::collections::BTreeMap;

use anyhow::Context;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::documents::content_type;
use crate::{Answer, Fixture, Person};

/// What a person wants to upload: by default exactly what the file is, so that a test changes the one thing it is about.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The name that is stated.
    pub filename: String,
    /// The media type that is stated.
    pub content_type: String,
    /// The size that is stated.
    pub size: usize,
    /// The hash that is stated, in hex.
    pub sha256: String,
    /// The preferences, if any.
    pub preferences: Option<Value>,
}

impl Upload {
    /// A file with this name and these bytes; its type is what a browser would conclude from the name.
    pub fn of(filename: &str, bytes: &[u8]) -> Self {
        let extension = filename.rsplit_once('.').map_or("", |(_, extension)| extension);
        Self {
            filename: filename.to_owned(),
            content_type: content_type(extension).to_owned(),
            size: bytes.len(),
            sha256: hex::encode(Sha256::digest(bytes)),
            preferences: None,
        }
    }

    /// With these preferences.
    #[must_use]
    pub fn with_preferences(mut self, preferences: Value) -> Self {
        self.preferences = Some(preferences);
        self
    }
}

impl From<&Fixture> for Upload {
    fn from(fixture: &Fixture) -> Self {
        Self::of(&fixture.name, &fixture.bytes)
    }
}

/// Leave to put one file.
#[derive(Debug, Clone, Deserialize)]
pub struct UploadTicket {
    /// The job that reads it.
    pub job_id: String,
    /// The CV that it becomes.
    pub cv_id: String,
    /// Where it goes.
    pub upload: Presigned,
}

/// A presigned request.
#[derive(Debug, Clone, Deserialize)]
pub struct Presigned {
    /// `PUT`.
    pub method: String,
    /// The address, which is as good as a password until it expires.
    pub url: String,
    /// The headers that must be sent, exactly.
    pub headers: BTreeMap<String, String>,
    /// Until when, RFC 3339.
    pub expires_at: String,
}

impl UploadTicket {
    /// Puts these bytes with exactly the headers of the ticket, as a browser does: it adds the length by itself.
    ///
    /// # Errors
    /// Where nothing answers; a refusal is an [`Answer`].
    pub async fn put(&self, bytes: Vec<u8>) -> anyhow::Result<Answer> {
        let method = self.upload.method.parse().context("the upload's method")?;
        let mut request = reqwest::Client::new().request(method, &self.upload.url).body(bytes);
        for (name, value) in &self.upload.headers {
            request = request.header(name, value);
        }
        Answer::to(request).await
    }
}

impl Person {
    /// Asks for leave to upload.
    ///
    /// # Errors
    /// Where it is refused.
    pub async fn ask_upload(&self, upload: &Upload) -> anyhow::Result<UploadTicket> {
        let mut body = json!({
            "filename": upload.filename,
            "content_type": upload.content_type,
            "size": upload.size,
            "sha256": upload.sha256,
        });
        if let Some(preferences) = &upload.preferences {
            body["preferences"] = preferences.clone();
        }
        let answer = self.post("/cv/upload", &body).await?.expect(201)?;
        serde_json::from_slice(&answer.body).context("the answer of POST /cv/upload")
    }

    /// Asks for leave and uploads: the job is on its way when this returns.
    ///
    /// # Errors
    /// Where either is refused.
    pub async fn upload(&self, upload: &Upload, bytes: Vec<u8>) -> anyhow::Result<UploadTicket> {
        let ticket = self.ask_upload(upload).await?;
        ticket.put(bytes).await?.expect(200)?;
        Ok(ticket)
    }
}
