//! `POST /cv/upload`: a job, and an address to send its file to.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use vitae_blobs::{Bucket, UploadRequest, keys};
use vitae_store::{Job, JobKind, JobStatus, Preferences, SourceFile, Store};
use vitae_web::{FieldError, Idempotency, Json, Problem, ProblemBody, RateLimit, Subject, User};

/// Largest file, in bytes.
const LARGEST_FILE: u64 = 10 * 1024 * 1024;
/// How long an address admits its upload.
const UPLOAD_TIME: Duration = Duration::from_secs(15 * 60);
/// How much longer the job is kept: S3 may announce an upload late.
const GRACE: SignedDuration = SignedDuration::from_hours(1);

/// What may be uploaded: the type that the browser declares, and how people call it.
const CONTENT_TYPES: [&str; 7] = [
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.oasis.opendocument.text",
    "text/plain",
    "image/png",
    "image/jpeg",
    "image/tiff",
];

/// Reading a CV costs seconds of work, so a person has thirty at once and as many an hour.
pub(crate) const LIMIT: RateLimit =
    RateLimit { class: "upload", burst: 30, window: Duration::from_secs(3600), subject: Subject::Person };

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UploadBody {
    /// What the person calls the file; 1 to 255 characters.
    #[schema(example = "ada-lovelace.pdf")]
    filename: String,
    /// PDF, DOCX, ODT, TXT, PNG, JPEG or TIFF.
    #[schema(example = "application/pdf")]
    content_type: String,
    /// Bytes, 1 to 10485760.
    #[schema(minimum = 1, maximum = 10485760)]
    size: u64,
    /// SHA-256 of the file in hex.
    #[schema(min_length = 64, max_length = 64)]
    sha256: String,
    preferences: Option<PreferencesBody>,
}

/// What the person wants done with the CV.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreferencesBody {
    /// Template of the portfolio.
    #[schema(example = "minimal-portfolio")]
    template_id: Option<String>,
    /// `auto`, `light` or `dark`.
    theme: Option<String>,
    /// `professional`, `friendly`, `bold` or `academic`.
    tone: Option<String>,
    /// Links to show besides those of the CV; at most ten, http or https.
    #[serde(default)]
    links: Vec<String>,
    /// Whether a portfolio is made and published as soon as the CV is read; `true` by default.
    auto_generate: Option<bool>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadAnswer {
    job_id: Uuid,
    cv_id: Uuid,
    #[schema(example = "awaiting_upload")]
    status: &'static str,
    upload: UploadAddress,
}

/// Where and how to send the file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadAddress {
    #[schema(example = "PUT")]
    method: &'static str,
    /// Admits exactly the declared bytes, once.
    url: String,
    /// Send each of these along.
    headers: BTreeMap<String, String>,
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Ask for an address to upload a CV to.
#[utoipa::path(
    post, path = "/api/v1/cv/upload", operation_id = "uploadCv", tag = "CVs and jobs", security(("bearer" = [])),
    params(Idempotency), request_body = UploadBody,
    responses(
        (status = 201, body = UploadAnswer, description = "The job waits for the file"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body is not JSON"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A member is not valid"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many uploads"),
    )
)]
pub(crate) async fn upload(
    State(store): State<Store>,
    State(files): State<Bucket>,
    user: User,
    Json(body): Json<UploadBody>,
) -> Result<impl IntoResponse, Problem> {
    let sha256 = validate(&body)?;
    let upload_time = SignedDuration::try_from(UPLOAD_TIME).map_err(Problem::internal)?;
    let job = Job::new(JobKind::Upload, user.id, Uuid::now_v7());
    let (job_id, cv_id, now) = (job.job_id, job.cv_id, job.created_at);
    let key = keys::original(user.id, job_id);
    let job = Job {
        status: JobStatus::AwaitingUpload,
        source: Some(SourceFile {
            key: key.clone(),
            filename: body.filename,
            content_type: body.content_type.clone(),
            size: body.size,
            sha256: body.sha256.to_ascii_lowercase(),
        }),
        preferences: body.preferences.unwrap_or_default().into(),
        expires_at: Some((now + upload_time + GRACE).as_second()),
        ..job
    };
    // The job comes first: an upload whose job is missing would be an orphan, a job without an upload just expires.
    store.create_job(&job).await.map_err(|error| match error {
        vitae_store::StoreError::Conflict => Problem::unauthorized("This account is gone."),
        other => other.into(),
    })?;
    let address = files
        .presign_upload(UploadRequest {
            key: &key,
            content_type: &body.content_type,
            size: body.size,
            sha256,
            expires_in: UPLOAD_TIME,
        })
        .await
        .map_err(Problem::unavailable)?;
    let location = HeaderValue::from_str(&format!("/api/v1/jobs/{job_id}")).map_err(Problem::internal)?;
    let answer = UploadAnswer {
        job_id,
        cv_id,
        status: job.status.as_str(),
        upload: UploadAddress {
            method: "PUT",
            url: address.url,
            headers: address.headers,
            expires_at: now + upload_time,
        },
    };
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(answer)))
}

/// The file's hash, if everything about the request is valid.
fn validate(body: &UploadBody) -> Result<[u8; 32], Problem> {
    let mut errors = Vec::new();
    let mut refuse = |pointer: &str, detail: &str| {
        errors.push(FieldError { pointer: pointer.to_owned(), detail: detail.to_owned() });
    };
    let name = &body.filename;
    if name.trim().is_empty()
        || name.chars().count() > 255
        || name.chars().any(|c| c.is_control() || c == '/' || c == '\\')
    {
        refuse("/filename", "a file name has 1 to 255 characters, no slash and no control character");
    }
    if !CONTENT_TYPES.contains(&body.content_type.as_str()) {
        refuse(
            "/content_type",
            "PDF, DOCX, ODT, TXT, PNG, JPEG and TIFF can be read; declare one of their media types",
        );
    }
    if body.size == 0 {
        refuse("/size", "the file is empty");
    } else if body.size > LARGEST_FILE {
        refuse("/size", "a file has at most 10 MB (10485760 bytes)");
    }
    let mut sha256 = [0; 32];
    if hex::decode_to_slice(body.sha256.as_bytes(), &mut sha256).is_err() {
        refuse("/sha256", "a SHA-256 has 64 hexadecimal digits");
    }
    if let Some(preferences) = &body.preferences {
        preferences.check(&mut refuse);
    }
    if errors.is_empty() { Ok(sha256) } else { Err(Problem::invalid_fields(errors)) }
}

impl PreferencesBody {
    fn check(&self, refuse: &mut impl FnMut(&str, &str)) {
        let is_id = |id: &String| {
            (1..=40).contains(&id.len())
                && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        if self.template_id.as_ref().is_some_and(|id| !is_id(id)) {
            refuse("/preferences/template_id", "there is no such template; GET /api/v1/portfolio/templates lists them");
        }
        if self.theme.as_ref().is_some_and(|theme| !["auto", "light", "dark"].contains(&theme.as_str())) {
            refuse("/preferences/theme", "a theme is auto, light or dark");
        }
        let tones = ["professional", "friendly", "bold", "academic"];
        if self.tone.as_ref().is_some_and(|tone| !tones.contains(&tone.as_str())) {
            refuse("/preferences/tone", "a tone is professional, friendly, bold or academic");
        }
        if self.links.len() > 10 {
            refuse("/preferences/links", "at most ten links");
        }
        for (i, link) in self.links.iter().enumerate() {
            let is_web = url::Url::parse(link).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
            if !is_web || link.len() > 500 {
                refuse(
                    &format!("/preferences/links/{i}"),
                    "a link begins with http:// or https:// and has at most 500 characters",
                );
            }
        }
    }
}

impl From<PreferencesBody> for Preferences {
    fn from(body: PreferencesBody) -> Self {
        Self {
            template_id: body.template_id,
            theme: body.theme,
            tone: body.tone,
            links: body.links,
            auto_generate: body.auto_generate.unwrap_or(true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(change: impl FnOnce(&mut UploadBody)) -> UploadBody {
        let mut body = UploadBody {
            filename: "cv.pdf".to_owned(),
            content_type: "application/pdf".to_owned(),
            size: 1000,
            sha256: "ab".repeat(32),
            preferences: None,
        };
        change(&mut body);
        body
    }

    fn pointers(body: &UploadBody) -> Vec<String> {
        validate(body)
            .err()
            .map(|problem| problem.body("").errors.into_iter().map(|e| e.pointer).collect())
            .unwrap_or_default()
    }

    #[test]
    fn a_sound_request_passes_with_its_hash() {
        assert_eq!(validate(&body(|_| {})).unwrap(), [0xab; 32]);
    }

    #[test]
    fn each_fault_is_pointed_at() {
        assert_eq!(pointers(&body(|b| b.filename = "../cv.pdf".to_owned())), ["/filename"]);
        assert_eq!(pointers(&body(|b| b.content_type = "text/html".to_owned())), ["/content_type"]);
        assert_eq!(pointers(&body(|b| b.size = 0)), ["/size"]);
        assert_eq!(pointers(&body(|b| b.size = LARGEST_FILE + 1)), ["/size"]);
        assert_eq!(pointers(&body(|b| b.sha256 = "xyz".to_owned())), ["/sha256"]);
        let preferences = PreferencesBody {
            theme: Some("pink".to_owned()),
            links: vec!["https://ok.example".to_owned(), "javascript:alert(1)".to_owned()],
            ..PreferencesBody::default()
        };
        assert_eq!(
            pointers(&body(|b| b.preferences = Some(preferences))),
            ["/preferences/theme", "/preferences/links/1"]
        );
    }
}
