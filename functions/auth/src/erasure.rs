//! `DELETE /users/me`, the worker behind it, and `GET /users/me/receipts/{id}`.
//!
//! A request notes the receipt, hands the work to the queue and closes the account, in this order: from the second step
//! on the erasure is certain, and the worker closes the account itself where the third failed. With the profile gone
//! nobody signs in or refreshes, and no function can write anything below it. What there was is counted before any of it
//! is removed and kept in the receipt, so that a worker that comes second removes the rest and counts nothing anew.
//!
//! A worker of another function that had begun before may still put a file where it just was removed: some minutes later
//! everything is looked through once more. Until then the person's slugs are nobody's, so that what comes late to a site
//! cannot come into somebody else's.
//!
//! The receipt outlives the account, so no sign-in can protect it. Its id is random and told to its person alone, and it
//! holds numbers and times and nothing of the person; it is signed by the key of the access tokens and kept for 90 days.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;
use vitae_blobs::keys::{self, Shelf};
use vitae_queue::Retry;
use vitae_runtime::telemetry;
use vitae_store::Receipt;
use vitae_store::portfolios::SlugOwner;
use vitae_web::{Json, Path, Problem, ProblemBody, User};

use crate::mail::Letter;
use crate::tasks::{Task, again};
use crate::{State, browser, session_ended};

/// Longer than any function works on one message.
const LOOK_AGAIN: Duration = Duration::from_secs(180);
/// For how many days a table can be set back to an earlier state, by the template.
const BACKUP_DAYS: u32 = 35;

/// An erasure that is under way.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Erasing {
    /// For `GET /users/me/receipts/{id}`, which needs no sign-in: keep it.
    receipt_id: Uuid,
}

/// Erase one's account and everything that belongs to it.
///
/// Every session ends at once. Files, CVs, portfolios, their sites, documents, numbers and the account itself are removed
/// within a minute or so; the receipt says what it was. This cannot be undone.
#[utoipa::path(
    delete, path = "/api/v1/users/me", operation_id = "eraseMe", tag = "Users and sessions", security(("bearer" = [])),
    responses(
        (status = 202, body = Erasing, description = "It is being erased", headers(("Set-Cookie" = String, description = "Removes the cookie"))),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or not recently: see `/users/reauthenticate`"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
        (status = 503, body = ProblemBody, content_type = "application/problem+json", description = "Nothing was begun; try again"),
    )
)]
pub(crate) async fn erase_me(
    extract::State(state): extract::State<State>,
    user: User,
) -> Result<impl IntoResponse, Problem> {
    state.recent_session(user).await?;
    let person = state.store.person(user.id).await?.ok_or_else(session_ended)?;
    let receipt = Receipt::new(state.store.count_sessions(user.id).await?);
    let receipt_id = receipt.receipt_id;
    state.store.put_receipt(&receipt).await?;
    state.tasks.send(&Task::Erase { user_id: user.id, receipt_id }).await.map_err(Problem::unavailable)?;
    let closed = async {
        state.store.close_account(&person).await?;
        state.store.end_all_sessions(user.id).await
    };
    if let Err(error) = closed.await {
        tracing::warn!(%error, "an account is left to the worker to be closed");
    }
    let page = format!("api/v1/users/me/receipts/{receipt_id}");
    state.mailer.send_with(&person, Letter::AccountErased, &page).await;
    Ok((StatusCode::ACCEPTED, [(header::SET_COOKIE, browser::forget(&state.web))], Json(Erasing { receipt_id })))
}

/// The work of a message: removes everything, however much of it is gone already.
pub(crate) async fn erase(state: &State, user_id: Uuid, receipt_id: Uuid) -> Result<(), Retry> {
    let Some(mut receipt) = state.store.receipt(receipt_id).await.map_err(again)? else {
        tracing::warn!("an erasure without a receipt is not done");
        return Ok(());
    };
    if receipt.completed_at.is_some() {
        return Ok(());
    }
    if let Some(person) = state.store.person(user_id).await.map_err(again)? {
        state.store.close_account(&person).await.map_err(again)?;
    }
    if receipt.removed.is_none() {
        let (mut removed, slugs) = inventory(state, user_id).await?;
        // They ended when the person asked; how many of their rows are still there is chance.
        removed.insert("sessions".to_owned(), receipt.sessions);
        receipt.removed = Some(removed);
        receipt.slugs = slugs;
        state.store.put_receipt(&receipt).await.map_err(again)?;
    }
    remove(state, user_id, &receipt.slugs).await?;
    let slugs = std::mem::take(&mut receipt.slugs);
    receipt.completed_at = Some(Timestamp::now());
    let statement = json!({
        "iss": state.web.app_url(),
        "jti": receipt.receipt_id,
        "iat": Timestamp::now().as_second(),
        "requested_at": receipt.requested_at,
        "completed_at": receipt.completed_at,
        "removed": receipt.removed,
    });
    receipt.signed = Some(
        state.signer.sign_statement("receipt+jwt", &statement).await.map_err(|error| again(format!("{error:#}")))?,
    );
    state.tasks.send_later(&Task::EraseAgain { user_id, slugs }, LOOK_AGAIN).await.map_err(again)?;
    state.store.put_receipt(&receipt).await.map_err(again)
}

/// Everything once more, for what came in between.
pub(crate) async fn erase_again(state: &State, user_id: Uuid, slugs: &[String]) -> Result<(), Retry> {
    remove(state, user_id, slugs).await?;
    for slug in slugs {
        state.store.free_kept_slug(slug).await.map_err(again)?;
    }
    Ok(())
}

/// How many there are of what, and where the person's sites lie.
async fn inventory(state: &State, user_id: Uuid) -> Result<(BTreeMap<String, u64>, Vec<String>), Retry> {
    let belongings = state.store.belongings(user_id).await.map_err(again)?;
    let mut removed = belongings.rows;
    // Closing the account has removed these.
    removed.insert("profile".to_owned(), 1);
    removed.insert("mail_address".to_owned(), 1);
    let mut files = 0;
    for beginning in keys::of_person(user_id) {
        files += state.files.count_prefix(&beginning).await.map_err(again)?;
    }
    let mut site_files = 0;
    for slug in &belongings.slugs {
        for shelf in Shelf::ALL {
            site_files += state.sites.count_prefix(&keys::site(shelf, slug)).await.map_err(again)?;
        }
    }
    for (kind, count) in [("files", files), ("site_files", site_files)] {
        if count > 0 {
            removed.insert(kind.to_owned(), count as u64);
        }
    }
    Ok((removed, belongings.slugs))
}

/// Objects first: the rows say where they are.
async fn remove(state: &State, user_id: Uuid, slugs: &[String]) -> Result<(), Retry> {
    let mut seen = Vec::new();
    for slug in slugs {
        state.store.keep_slug(slug, user_id).await.map_err(again)?;
        // Only what is kept is emptied: nobody can take it meanwhile.
        if state.store.slug_owner(slug).await.map_err(again)? != Some(SlugOwner::NOBODY) {
            continue;
        }
        for shelf in Shelf::ALL {
            let removed = state.sites.delete_prefix(&keys::site(shelf, slug)).await.map_err(again)?;
            if removed > 0 && shelf == Shelf::Open {
                seen.push(slug.clone());
            }
        }
    }
    state.front_door.forget(&seen).await;
    for beginning in keys::of_person(user_id) {
        state.files.delete_prefix(&beginning).await.map_err(again)?;
    }
    state.store.erase_counts(user_id).await.map_err(again)?;
    state.store.erase_rows(user_id).await.map_err(again)?;
    // Last, because everybody's lines are looked through for theirs: however many those are, the rest is gone by then.
    state.store.erase_frontend_logs(&telemetry::user_hash(user_id)).await.map_err(again)
}

/// What was removed when somebody left.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReceiptView {
    receipt_id: Uuid,
    /// `pending` or `complete`.
    #[schema(example = "complete")]
    status: &'static str,
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    requested_at: Timestamp,
    /// RFC 3339.
    #[schema(value_type = Option<String>, format = DateTime)]
    completed_at: Option<Timestamp>,
    /// How many of what were removed.
    #[schema(example = json!({"cvs": 2, "files": 5, "profile": 1}))]
    removed: BTreeMap<String, u64>,
    /// The same as a JWS (RFC 7515, compact) of the type `receipt+jwt`, by a key of `/.well-known/jwks.json`.
    signature: Option<String>,
    /// For how many days after that a backup of the tables may still hold some of it. Files have no backup.
    #[schema(example = 35)]
    backup_days: u32,
}

/// Read the receipt of an erasure.
///
/// It needs no sign-in, as there is nobody left to sign in: whoever knows the id may read it, and it names nobody. It is
/// kept for 90 days.
#[utoipa::path(
    get, path = "/api/v1/users/me/receipts/{id}", operation_id = "getReceipt", tag = "Users and sessions", security(()),
    params(("id" = Uuid, Path, description = "`receipt_id`")),
    responses(
        (status = 200, body = ReceiptView, description = "How far it is, and what was removed"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such receipt"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn receipt(
    extract::State(state): extract::State<State>,
    Path(receipt_id): Path<Uuid>,
) -> Result<Json<ReceiptView>, Problem> {
    let receipt = state.store.receipt(receipt_id).await?.ok_or_else(Problem::not_found)?;
    let status = if receipt.completed_at.is_some() { "complete" } else { "pending" };
    Ok(Json(ReceiptView {
        receipt_id,
        status,
        requested_at: receipt.requested_at,
        completed_at: receipt.completed_at,
        // What is only about to be removed is not said to have been.
        removed: receipt.completed_at.and(receipt.removed).unwrap_or_default(),
        signature: receipt.signed,
        backup_days: BACKUP_DAYS,
    }))
}
