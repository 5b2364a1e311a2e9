//! `/cv`: the résumés that were read or imported.

use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;
use vitae_blobs::Bucket;
use vitae_resume::Resume;
use vitae_store::{Cv, CvSource, Job, JobKind, Preferences, Store, StoreError};
use vitae_web::{
    FieldError, Idempotency, IfMatch, Json, Listed, Paging, Path, Problem, ProblemBody, Query, User, WithEtag, etag,
};

use crate::jobs::JobView;
use crate::{Queues, merge_patch};

/// How long an address of an original is good for.
const DOWNLOAD_TIME: Duration = Duration::from_secs(60);

/// A CV in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CvView {
    cv_id: Uuid,
    /// The person's name as the CV says it.
    name: Option<String>,
    /// The headline under the name.
    label: Option<String>,
    /// ISO 639-1.
    #[schema(example = "en")]
    language: Option<String>,
    page_count: Option<usize>,
    /// What the file was called; `null` for an imported CV.
    filename: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<Cv> for CvView {
    fn from(cv: Cv) -> Self {
        let vitae = cv.resume.meta.vitae;
        Self {
            cv_id: cv.cv_id,
            name: cv.resume.basics.name,
            label: cv.resume.basics.label,
            language: vitae.as_ref().and_then(|vitae| vitae.language.clone()),
            page_count: vitae.as_ref().map(|vitae| vitae.page_count),
            filename: match cv.source {
                CvSource::File { file, .. } => Some(file.filename),
                CvSource::Import => None,
            },
            created_at: cv.created_at,
            updated_at: cv.updated_at,
        }
    }
}

/// A CV that was just stored.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportAnswer {
    cv_id: Uuid,
}

/// Which CV to read again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ParseBody {
    cv_id: Uuid,
}

/// List your CVs, newest first.
#[utoipa::path(
    get, path = "/api/v1/cv", operation_id = "listCvs", tag = "CVs and jobs", security(("bearer" = [])), params(Paging),
    responses(
        (status = 200, body = Listed<CvView>),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The query cannot be read"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
    )
)]
pub(crate) async fn list(
    State(store): State<Store>,
    user: User,
    Query(paging): Query<Paging>,
) -> Result<Json<Listed<CvView>>, Problem> {
    let page = store.cvs(user.id, paging.limit()?, paging.cursor.as_deref()).await?;
    Ok(Json(Listed { items: page.items.into_iter().map(CvView::from).collect(), next_cursor: page.next_cursor }))
}

/// Read a CV as a JSON Resume object, with confidence and source spans under `meta.vitae`.
#[utoipa::path(
    get, path = "/api/v1/cv/{id}", operation_id = "getCv", tag = "CVs and jobs", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The CV")),
    responses(
        (status = 200, body = Object, description = "JSON Resume 1.0.0"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such CV of yours"),
    )
)]
pub(crate) async fn get(
    State(store): State<Store>,
    State(files): State<Bucket>,
    user: User,
    Path(id): Path<Uuid>,
) -> Result<WithEtag<Json<Resume>>, Problem> {
    let mut cv = find(&store, user, id).await?;
    add_spans(&files, &mut cv).await?;
    Ok(WithEtag(cv.version, Json(cv.resume)))
}

/// Change a CV by a JSON Merge Patch (RFC 7386) of the JSON Resume object.
#[utoipa::path(
    patch, path = "/api/v1/cv/{id}", operation_id = "patchCv", tag = "CVs and jobs", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The CV"), ("If-Match" = Option<String>, Header, description = "The ETag that you read")),
    request_body(content = Object, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, body = Object, description = "JSON Resume 1.0.0"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such CV of yours"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "It was changed since you read it"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "The result would not be valid"),
    )
)]
pub(crate) async fn patch(
    State(store): State<Store>,
    State(files): State<Bucket>,
    user: User,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Json(patch): Json<Value>,
) -> Result<WithEtag<Json<Resume>>, Problem> {
    let cv = find(&store, user, id).await?;
    if_match.check(cv.version)?;
    let resume = patched(&cv.resume, patch)?;
    let mut cv = store.update_cv(Cv { resume, ..cv }).await.map_err(lost_update)?;
    add_spans(&files, &mut cv).await?;
    Ok(WithEtag(cv.version, Json(cv.resume)))
}

/// Delete a CV and the file that it was read from. Portfolios and documents made of it stay until they are deleted.
#[utoipa::path(
    delete, path = "/api/v1/cv/{id}", operation_id = "deleteCv", tag = "CVs and jobs", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The CV"), ("If-Match" = Option<String>, Header, description = "The ETag that you read")),
    responses(
        (status = 204, description = "Gone"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such CV of yours"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "It was changed since you read it"),
    )
)]
pub(crate) async fn delete(
    State(store): State<Store>,
    State(files): State<Bucket>,
    user: User,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
) -> Result<StatusCode, Problem> {
    let cv = find(&store, user, id).await?;
    if_match.check(cv.version)?;
    // The objects go first: what is left when this stops half-way is a row, which can be deleted again.
    if let CvSource::File { file, spans_key } = &cv.source {
        files.delete(&file.key).await.map_err(Problem::unavailable)?;
        if let Some(spans_key) = spans_key {
            files.delete(spans_key).await.map_err(Problem::unavailable)?;
        }
    }
    store.delete_cv(user.id, id, cv.version).await.map_err(lost_update)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Store a JSON Resume document as a CV.
#[utoipa::path(
    post, path = "/api/v1/cv/import", operation_id = "importCv", tag = "CVs and jobs", security(("bearer" = [])),
    params(Idempotency), request_body(content = Object, description = "JSON Resume 1.0.0"),
    responses(
        (status = 201, body = ImportAnswer),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 413, body = ProblemBody, content_type = "application/problem+json", description = "Larger than 256 KB"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "It is no valid JSON Resume"),
    )
)]
pub(crate) async fn import(
    State(store): State<Store>,
    user: User,
    Json(document): Json<Value>,
) -> Result<impl IntoResponse, Problem> {
    // Editors write empty strings for what is not there; they say nothing, so they are dropped rather than refused.
    let mut resume = checked(without_empty(document))?;
    // How a résumé was read is ours to say, and this one was not read by us.
    resume.meta.vitae = None;
    if resume.basics.name.is_none() {
        return Err(Problem::invalid("/basics/name", "a CV needs a name"));
    }
    let now = Timestamp::now();
    let cv = Cv {
        cv_id: Uuid::now_v7(),
        user_id: user.id,
        resume,
        source: CvSource::Import,
        preferences: Preferences::default(),
        created_at: now,
        updated_at: now,
        version: 1,
    };
    store.create_cv(&cv).await.map_err(gone_account)?;
    let location = HeaderValue::from_str(&format!("/api/v1/cv/{}", cv.cv_id)).map_err(Problem::internal)?;
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location), (header::ETAG, etag(cv.version))],
        Json(ImportAnswer { cv_id: cv.cv_id }),
    ))
}

/// Read the stored file of a CV again. Changes made by hand are replaced by what the file says.
#[utoipa::path(
    post, path = "/api/v1/cv/parse", operation_id = "parseCvAgain", tag = "CVs and jobs", security(("bearer" = [])),
    params(Idempotency), request_body = ParseBody,
    responses(
        (status = 202, body = JobView),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such CV of yours"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "The CV was imported, so there is no file"),
    )
)]
pub(crate) async fn parse_again(
    State(store): State<Store>,
    State(queues): State<Queues>,
    user: User,
    Json(body): Json<ParseBody>,
) -> Result<impl IntoResponse, Problem> {
    let cv = find(&store, user, body.cv_id).await?;
    let CvSource::File { file, .. } = cv.source else {
        return Err(Problem::conflict("This CV was imported, so there is no file to read again."));
    };
    let job = Job {
        source: Some(file),
        // Reading again corrects the CV; a portfolio is made anew only when it is asked for.
        preferences: Preferences { auto_generate: false, ..cv.preferences },
        ..Job::new(JobKind::Parse, user.id, cv.cv_id)
    };
    store.create_job(&job).await.map_err(gone_account)?;
    queues.send_or_leave_to_sweeper(&job).await;
    let location = HeaderValue::from_str(&format!("/api/v1/jobs/{}", job.job_id)).map_err(Problem::internal)?;
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(JobView::from(job))))
}

/// Get the file that a CV was read from: a redirect to an address that is good for a minute.
#[utoipa::path(
    get, path = "/api/v1/cv/{id}/source", operation_id = "getCvSource", tag = "CVs and jobs", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The CV")),
    responses(
        (status = 302, description = "`Location` is the address"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such CV of yours, or it was imported"),
    )
)]
pub(crate) async fn source(
    State(store): State<Store>,
    State(files): State<Bucket>,
    user: User,
    Path(id): Path<Uuid>,
) -> Result<impl IntoResponse, Problem> {
    let cv = find(&store, user, id).await?;
    let CvSource::File { file, .. } = cv.source else { return Err(Problem::not_found()) };
    let address =
        files.presign_download(&file.key, &file.filename, DOWNLOAD_TIME).await.map_err(Problem::unavailable)?;
    let location = HeaderValue::from_str(&address).map_err(Problem::internal)?;
    Ok((StatusCode::FOUND, [(header::LOCATION, location)]))
}

async fn find(store: &Store, user: User, id: Uuid) -> Result<Cv, Problem> {
    store.cv(user.id, id).await?.ok_or_else(Problem::not_found)
}

/// Puts the spans, which lie beside the original, into the résumé. A field that was changed by hand has no confidence
/// any more, and no place on the page either.
async fn add_spans(files: &Bucket, cv: &mut Cv) -> Result<(), Problem> {
    let CvSource::File { spans_key: Some(key), .. } = &cv.source else { return Ok(()) };
    let Some(vitae) = &mut cv.resume.meta.vitae else { return Ok(()) };
    files.add_spans(key, vitae).await.map_err(Problem::unavailable)
}

/// `resume` after `patch`, if that is valid. What we know about how it was read stays ours; what is known of a field
/// that the patch changed is forgotten.
fn patched(resume: &Resume, patch: Value) -> Result<Resume, Problem> {
    if !patch.is_object() {
        return Err(Problem::invalid("", "a merge patch of a résumé is an object"));
    }
    let before = serde_json::to_value(resume).map_err(Problem::internal)?;
    let mut after = checked(merge_patch::apply(before.clone(), patch))?;
    after.meta.vitae = resume.meta.vitae.clone();
    let document = serde_json::to_value(&after).map_err(Problem::internal)?;
    if let Some(vitae) = &mut after.meta.vitae {
        vitae.confidence.retain(|pointer, _| before.pointer(pointer) == document.pointer(pointer));
    }
    Ok(after)
}

/// `document` as a valid résumé.
fn checked(document: Value) -> Result<Resume, Problem> {
    let resume: Resume = vitae_web::from_value(document)?;
    resume.validate().map_err(|violations| {
        Problem::invalid_fields(
            violations.into_iter().map(|v| FieldError { pointer: v.pointer, detail: v.detail }).collect(),
        )
    })?;
    Ok(resume)
}

fn without_empty(value: Value) -> Value {
    let says_something = |value: &Value| !matches!(value, Value::Null) && value.as_str() != Some("");
    match value {
        Value::Object(members) => Value::Object(
            members.into_iter().filter(|(_, v)| says_something(v)).map(|(k, v)| (k, without_empty(v))).collect(),
        ),
        Value::Array(entries) => Value::Array(entries.into_iter().filter(says_something).map(without_empty).collect()),
        other => other,
    }
}

fn lost_update(error: StoreError) -> Problem {
    match error {
        StoreError::Conflict => Problem::precondition_failed(),
        other => other.into(),
    }
}

fn gone_account(error: StoreError) -> Problem {
    match error {
        StoreError::Conflict => Problem::unauthorized("This account is gone."),
        other => other.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn resume() -> Resume {
        serde_json::from_value(json!({
            "basics": {"name": "Ada", "email": "ada@example.org"},
            "meta": {"vitae": {"page_count": 1, "confidence": {"/basics/name": 0.9, "/basics/email": 0.8}}}
        }))
        .unwrap()
    }

    #[test]
    fn a_field_changed_by_hand_loses_its_confidence_and_no_other_does() {
        let patched = patched(&resume(), json!({"basics": {"name": "Ada Lovelace"}})).unwrap();
        assert_eq!(patched.basics.name.as_deref(), Some("Ada Lovelace"));
        let confidence = patched.meta.vitae.unwrap().confidence;
        assert_eq!(confidence.into_keys().collect::<Vec<_>>(), ["/basics/email"]);
    }

    #[test]
    fn a_patch_cannot_claim_how_the_cv_was_read() {
        let patched = patched(&resume(), json!({"meta": {"vitae": {"page_count": 99}}})).unwrap();
        assert_eq!(patched.meta.vitae.unwrap().page_count, 1);
    }

    #[test]
    fn a_patch_that_would_break_the_resume_is_refused_with_a_pointer() {
        for (patch, pointer) in [
            (json!({"basics": {"email": "nobody"}}), "/basics/email"),
            (json!({"basics": {"nmae": "x"}}), "/basics/nmae"),
            (json!({"work": [{"startDate": "May 2020"}]}), "/work/0/startDate"),
            (json!([]), ""),
        ] {
            let problem = patched(&resume(), patch).unwrap_err();
            assert_eq!(problem.status(), StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(problem.body("").errors[0].pointer, pointer);
        }
    }

    #[test]
    fn empty_strings_of_an_import_say_nothing() {
        let document =
            without_empty(json!({"basics": {"name": "Ada", "url": ""}, "work": [{"endDate": "", "highlights": [""]}]}));
        assert_eq!(document, json!({"basics": {"name": "Ada"}, "work": [{"highlights": []}]}));
    }
}
