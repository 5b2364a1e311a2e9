//! `GET /users/me/export`, and the worker that makes the copy.
//!
//! The copy is packed and written piece by piece: however much a person has, no more of it is in memory than one file, one
//! page of rows and one piece.

use std::io::Write;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;
use vitae_blobs::{BlobError, MultipartUpload, PART, keys};
use vitae_queue::Retry;
use vitae_store::counters::{Scope, day_of};
use vitae_store::{Cv, CvSource, Export, Page, Person, StoreError};
use vitae_web::{Json, Problem, ProblemBody, User};
use zip::write::{SimpleFileOptions, StreamWriter};

use crate::State;
use crate::tasks::{Task, again};

/// For how long a copy is handed out again before a new one is made.
const FRESH: SignedDuration = SignedDuration::from_hours(1);
/// After how long a copy that was never finished is begun anew.
const GIVEN_UP: SignedDuration = SignedDuration::from_mins(15);
/// For how many days a copy lies in the bucket, by its lifecycle.
const KEPT_DAYS: i64 = 3;
/// How long the address of a copy is good.
const DOWNLOAD: Duration = Duration::from_secs(300);
/// Rows of one page; a row has 400 KB at most.
const ROWS: u32 = 20;
/// How often it is tried to note that a copy is there, while others write beside it.
const ATTEMPTS: usize = 5;
/// How long to wait in between.
const BETWEEN: Duration = Duration::from_millis(50);
/// Larger than any file that the service takes or makes, in bytes.
const LARGEST_FILE: u64 = 64 * 1024 * 1024;

const ABOUT: &str = "\
This is everything that Vitae holds on you.

account.json      your profile, the role of your account, accounts elsewhere that sign you in, and whether a second
                  factor is on
sessions.json     the devices that are signed in
audit.json        what happened to your account
passkeys.json     your passkeys, without their keys
api-keys.json     your keys for machines, without their secrets
jobs.json         the work that was done on your CVs
cvs/              each CV as JSON Resume (resume.json), what is noted beside it, the file that you uploaded, and where on
                  its pages each field was read
portfolios/       each portfolio with its content and your changes, and each version of it that was published
documents/        the documents that were made of your CVs
analytics/        what was counted of your things: by day, by referring site, and each event
";

/// A copy that is being made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Exporting {
    export_id: Uuid,
    /// `pending`: ask again after `Retry-After` seconds.
    #[schema(example = "pending")]
    status: &'static str,
}

/// Get a copy of everything that is held on oneself.
///
/// The first call has it made and answers 202; call again until it answers 302, to an address that is good for five
/// minutes and hands out a zip. A copy that is less than an hour old is handed out again.
#[utoipa::path(
    get, path = "/api/v1/users/me/export", operation_id = "exportMe", tag = "Users and sessions", security(("bearer" = [])),
    responses(
        (status = 202, body = Exporting, description = "It is being made", headers(("Retry-After" = String, description = "Seconds"))),
        (status = 302, description = "It is there", headers(("Location" = String, description = "An address that is good for five minutes"))),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or not recently: see `/users/reauthenticate`"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn export_me(extract::State(state): extract::State<State>, user: User) -> Result<Response, Problem> {
    state.recent_session(user).await?;
    let now = Timestamp::now();
    let last = state.store.export(user.id).await?;
    match &last {
        Some(Export { ready_at: Some(ready), export_id, .. }) if now.duration_since(*ready) < FRESH => {
            let key = keys::export(user.id, *export_id);
            let address =
                state.files.presign_download(&key, "vitae-export.zip", DOWNLOAD).await.map_err(Problem::unavailable)?;
            let location = HeaderValue::from_str(&address).map_err(Problem::internal)?;
            return Ok((StatusCode::FOUND, [(header::LOCATION, location)]).into_response());
        }
        Some(Export { ready_at: None, export_id, requested_at, .. })
            if now.duration_since(*requested_at) < GIVEN_UP =>
        {
            return Ok(pending(*export_id));
        }
        _ => {}
    }
    let export = Export {
        export_id: Uuid::now_v7(),
        user_id: user.id,
        requested_at: now,
        ready_at: None,
        expires_at: now.checked_add((24 * KEPT_DAYS).hours()).unwrap_or(Timestamp::MAX).as_second(),
    };
    match state.store.request_export(&export, last.map(|last| last.export_id)).await {
        Ok(()) => {}
        // Another request was faster.
        Err(StoreError::Conflict) => return Ok(pending(export.export_id)),
        Err(error) => return Err(error.into()),
    }
    let task = Task::Export { user_id: user.id, export_id: export.export_id };
    state.tasks.send(&task).await.map_err(Problem::unavailable)?;
    Ok(pending(export.export_id))
}

fn pending(export_id: Uuid) -> Response {
    let body = Json(Exporting { export_id, status: "pending" });
    (StatusCode::ACCEPTED, [(header::RETRY_AFTER, HeaderValue::from_static("2"))], body).into_response()
}

/// The work of a message: makes the copy and puts it into the bucket.
pub(crate) async fn make(state: &State, user_id: Uuid, export_id: Uuid) -> Result<(), Retry> {
    let (person, export) = (state.store.person(user_id), state.store.export(user_id));
    let (person, export) = (person.await.map_err(again)?, export.await.map_err(again)?);
    let export = export.filter(|export| export.export_id == export_id && export.ready_at.is_none());
    // Whoever has left, or asked for another copy meanwhile, wants none any more.
    let (Some(person), Some(export)) = (person, export) else { return Ok(()) };
    let key = keys::export(user_id, export_id);
    let mut packing = Packing::begin(state.files.begin_upload(&key, "application/zip").await.map_err(again)?);
    match Box::pin(pack(state, &person, &mut packing)).await {
        Ok(()) => Box::pin(packing.finish()).await?,
        Err(error) => {
            packing.upload.give_up().await;
            return Err(error);
        }
    }
    complete(state, Export { ready_at: Some(Timestamp::now()), ..export }).await
}

/// Notes that a copy is there. A write may also be refused because another one touched the same rows at that moment: only
/// where the copy is wanted no more is it dropped.
async fn complete(state: &State, export: Export) -> Result<(), Retry> {
    for _ in 0..ATTEMPTS {
        match state.store.complete_export(&export).await {
            Ok(()) => return Ok(()),
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(again(error)),
        }
        let (person, wanted) = (state.store.person(export.user_id), state.store.export(export.user_id));
        let (person, wanted) = (person.await.map_err(again)?, wanted.await.map_err(again)?);
        if person.is_none() || wanted.is_none_or(|wanted| wanted.export_id != export.export_id) {
            // The person left in between: so does the copy.
            return state.files.delete(&keys::export(export.user_id, export.export_id)).await.map_err(again);
        }
        tokio::time::sleep(BETWEEN).await;
    }
    Err(again(StoreError::Conflict))
}

async fn pack(state: &State, person: &Person, packing: &mut Packing) -> Result<(), Retry> {
    let (store, user_id) = (&state.store, person.user_id);
    packing.file("README.txt", ABOUT.as_bytes()).await?;
    let factor = store.second_factor(user_id).await.map_err(again)?;
    let identities: Vec<_> = person
        .identities
        .iter()
        .map(|one| json!({ "provider": one.provider, "email": one.email, "linked_at": one.linked_at }))
        .collect();
    let account = json!({
        "user_id": user_id,
        "email": person.email,
        "email_verified": person.email_verified,
        "name": person.name,
        "locale": person.locale,
        "role": person.role,
        "defaults": person.defaults,
        "suspended_at": person.suspended_at,
        "second_factor": factor.is_some_and(|factor| factor.confirmed_at.is_some()),
        "known_devices": person.devices.len(),
        "identities": identities,
        "created_at": person.created_at,
        "updated_at": person.updated_at,
    });
    packing.json("account.json", &account).await?;

    let sessions = all(|cursor| async move { store.sessions(user_id, ROWS, cursor.as_deref()).await }).await?;
    let sessions: Vec<_> = sessions
        .iter()
        .map(|session| {
            json!({
                "session_id": session.session_id, "user_agent": session.user_agent, "amr": session.amr,
                "created_at": session.created_at, "last_used_at": session.last_used_at, "ends_at": session.ends_at,
            })
        })
        .collect();
    packing.json("sessions.json", &sessions).await?;
    let entries = all(|cursor| async move { store.audit_entries(user_id, 100, cursor.as_deref()).await }).await?;
    packing.json("audit.json", &entries).await?;
    let api_keys = all(|cursor| async move { store.api_keys(user_id, 100, cursor.as_deref()).await }).await?;
    let api_keys: Vec<_> = api_keys
        .iter()
        .map(|key| {
            json!({
                "key_id": key.key_id, "name": key.name, "scopes": key.scopes, "created_at": key.created_at,
                "expires_at": Timestamp::from_second(key.expires_at).ok(),
            })
        })
        .collect();
    packing.json("api-keys.json", &api_keys).await?;
    let passkeys: Vec<_> = store
        .passkeys(user_id)
        .await
        .map_err(again)?
        .iter()
        .map(|passkey| {
            json!({
                "passkey_id": passkey.passkey_id, "name": passkey.name, "synced": passkey.is_synced,
                "created_at": passkey.created_at, "last_used_at": passkey.last_used_at,
            })
        })
        .collect();
    packing.json("passkeys.json", &passkeys).await?;
    let jobs = all(|cursor| async move { store.jobs(user_id, ROWS, cursor.as_deref()).await }).await?;
    packing.json("jobs.json", &jobs).await?;

    let mut cursor = None;
    loop {
        let page = store.cvs(user_id, ROWS, cursor.as_deref()).await.map_err(again)?;
        for cv in &page.items {
            pack_cv(state, cv, packing).await?;
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    let mut cursor = None;
    loop {
        let page = store.portfolios(user_id, ROWS, cursor.as_deref()).await.map_err(again)?;
        for portfolio in &page.items {
            let folder = format!("portfolios/{}", portfolio.portfolio_id);
            let publication = portfolio.publication.as_ref().map(|publication| {
                json!({
                    "slug": publication.slug, "visibility": publication.visibility,
                    "indexable": publication.indexable, "published_at": publication.published_at,
                })
            });
            let whole = json!({
                "portfolio_id": portfolio.portfolio_id, "cv_id": portfolio.cv_id,
                "template_id": portfolio.template_id, "customizations": portfolio.customizations,
                "content": portfolio.content, "edits": portfolio.edits, "publication": publication,
                "slugs": portfolio.slugs, "created_at": portfolio.created_at, "updated_at": portfolio.updated_at,
            });
            packing.json(&format!("{folder}/portfolio.json"), &whole).await?;
            let id = portfolio.portfolio_id;
            let versions =
                all(|cursor| async move { store.portfolio_versions(user_id, id, ROWS, cursor.as_deref()).await })
                    .await?;
            for version in versions {
                let whole = json!({
                    "number": version.number, "template_id": version.template_id,
                    "customizations": version.customizations, "content": version.content, "edits": version.edits,
                    "slug": version.slug, "visibility": version.visibility, "published_at": version.published_at,
                });
                packing.json(&format!("{folder}/version-{}.json", version.number), &whole).await?;
            }
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    let documents = all(|cursor| async move { store.documents(user_id, 100, cursor.as_deref()).await }).await?;
    for document in &documents {
        let name = format!("documents/{}", document.document_id);
        packing.json(&format!("{name}.about.json"), document).await?;
        pack_object(state, &document.key, &format!("{name}.{}", plain(&document.format)), packing).await?;
    }

    let today = day_of(Timestamp::now());
    let first = today.checked_sub(400.days()).unwrap_or(today);
    let scope = Scope::Person(user_id);
    let days = store.day_counts(scope, first, today).await.map_err(again)?;
    let days: Vec<_> = days.iter().map(|day| json!({ "day": day.start, "counts": day.counts })).collect();
    packing.json("analytics/days.json", &days).await?;
    let referrers = store.referrer_counts(scope, first, today).await.map_err(again)?;
    packing.json("analytics/referrers.json", &referrers).await?;
    let activity = all(|cursor| async move { store.activity(user_id, 100, cursor.as_deref()).await }).await?;
    packing.json("analytics/activity.json", &activity).await
}

async fn pack_cv(state: &State, cv: &Cv, packing: &mut Packing) -> Result<(), Retry> {
    let folder = format!("cvs/{}", cv.cv_id);
    packing.json(&format!("{folder}/resume.json"), &cv.resume).await?;
    let about = json!({
        "cv_id": cv.cv_id, "source": cv.source, "preferences": cv.preferences, "created_at": cv.created_at,
        "updated_at": cv.updated_at,
    });
    packing.json(&format!("{folder}/about.json"), &about).await?;
    if let CvSource::File { file, spans_key } = &cv.source {
        let extension = file.filename.rsplit_once('.').map_or_else(|| "bin".to_owned(), |(_, end)| plain(end));
        pack_object(state, &file.key, &format!("{folder}/original.{extension}"), packing).await?;
        if let Some(key) = spans_key {
            pack_object(state, key, &format!("{folder}/spans.json"), packing).await?;
        }
    }
    Ok(())
}

async fn pack_object(state: &State, key: &str, name: &str, packing: &mut Packing) -> Result<(), Retry> {
    match state.files.get(key, LARGEST_FILE).await {
        Ok(bytes) => packing.file(name, &bytes).await,
        Err(BlobError::NotFound) => Ok(()),
        Err(error) => Err(again(error)),
    }
}

/// The end of a file's name as it may stand in the copy: a few letters or digits, whatever somebody called the file.
fn plain(extension: &str) -> String {
    extension.chars().filter(char::is_ascii_alphanumeric).take(8).collect::<String>().to_ascii_lowercase()
}

/// Everything of a list of small things.
async fn all<T, Fut>(page: impl Fn(Option<String>) -> Fut) -> Result<Vec<T>, Retry>
where
    Fut: Future<Output = Result<Page<T>, StoreError>>,
{
    let (mut items, mut cursor) = (Vec::new(), None);
    loop {
        let next = page(cursor).await.map_err(again)?;
        items.extend(next.items);
        cursor = next.next_cursor;
        if cursor.is_none() {
            return Ok(items);
        }
    }
}

/// A zip that goes into the bucket as it grows.
struct Packing {
    zip: zip::ZipWriter<StreamWriter<Grown>>,
    grown: Grown,
    upload: MultipartUpload,
}

/// What was packed and is not in the bucket yet.
#[derive(Clone, Default)]
struct Grown(Arc<Mutex<Vec<u8>>>);

impl Grown {
    fn take_if(&self, enough: impl Fn(usize) -> bool) -> Option<Vec<u8>> {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        enough(bytes.len()).then(|| mem::take(&mut *bytes))
    }
}

impl Write for Grown {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Packing {
    fn begin(upload: MultipartUpload) -> Self {
        let grown = Grown::default();
        Self { zip: zip::ZipWriter::new_stream(grown.clone()), grown, upload }
    }

    async fn json<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Retry> {
        let bytes = serde_json::to_vec_pretty(&serde_json::to_value(value).unwrap_or(Value::Null)).map_err(again)?;
        self.file(name, &bytes).await
    }

    async fn file(&mut self, name: &str, bytes: &[u8]) -> Result<(), Retry> {
        let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::DEFAULT);
        self.zip.start_file(name, options).map_err(again)?;
        self.zip.write_all(bytes).map_err(again)?;
        match self.grown.take_if(|length| length >= PART) {
            Some(piece) => self.upload.write(piece).await.map_err(again),
            None => Ok(()),
        }
    }

    async fn finish(self) -> Result<(), Retry> {
        let Self { zip, grown, mut upload } = self;
        let written = async {
            zip.finish().map_err(again)?;
            // A zip is never empty, so there is a last piece.
            let last = grown.take_if(|_| true).unwrap_or_default();
            upload.write(last).await.map_err(again)
        };
        match written.await {
            Ok(()) => upload.finish().await.map_err(again),
            Err(error) => {
                upload.give_up().await;
                Err(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_cannot_lead_out_of_the_copy() {
        assert_eq!(plain("PDF"), "pdf");
        assert_eq!(plain("../../etc/passwd"), "etcpassw");
        assert_eq!(plain(""), "");
    }
}
