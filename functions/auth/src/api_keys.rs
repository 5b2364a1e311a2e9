//! `/users/api-keys`: keys by which a person's machines act for them.

use axum::extract;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use vitae_store::{Actor, ApiKey, AuditEntry, AuditEvent};
use vitae_web::{ApiKeySecret, FieldError, Json, Listed, Paging, Path, Permission, Problem, ProblemBody, Query, User};

use crate::mail::Letter;
use crate::{State, profile};

/// How long a key lives at most.
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);
/// How many keys a person has at most.
const MOST: usize = 50;

/// A key that is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewKey {
    /// What the person calls it; 1 to 200 characters.
    #[schema(max_length = 200, example = "backup script")]
    name: String,
    /// What it may do: `cv:read`, `cv:write`, `portfolio:read`, `portfolio:write`, `ats:read`, `ats:write`,
    /// `analytics:read`. A key can do nothing about the account.
    #[schema(example = json!(["cv:read"]))]
    scopes: Vec<String>,
    /// When it ends: at most a year from now. RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// A new key.
#[derive(Serialize, ToSchema)]
pub(crate) struct MadeKey {
    /// The key itself, which is not shown again: send it as `Authorization: Bearer …`.
    key: String,
    #[serde(flatten)]
    view: KeyView,
}

/// A key as its person sees it later.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyView {
    key_id: Uuid,
    name: String,
    scopes: Vec<String>,
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// To the hour; `null` where it never was. RFC 3339.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Timestamp>,
}

impl KeyView {
    fn of(key: ApiKey, last_used_at: Option<Timestamp>) -> Result<Self, Problem> {
        Ok(Self {
            expires_at: Timestamp::from_second(key.expires_at).map_err(Problem::internal)?,
            key_id: key.key_id,
            name: key.name,
            scopes: key.scopes,
            created_at: key.created_at,
            last_used_at,
        })
    }
}

/// Make a key.
#[utoipa::path(
    post, path = "/api/v1/users/api-keys", operation_id = "makeApiKey", tag = "Users and sessions", security(("bearer" = [])),
    request_body = NewKey,
    responses(
        (status = 201, body = MadeKey, description = "The key, once"),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The body is not JSON"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or not recently: see `/users/reauthenticate`"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "There are 50 already"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body is not declared as JSON"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A member is not valid"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn make(
    extract::State(state): extract::State<State>,
    user: User,
    Json(body): Json<NewKey>,
) -> Result<impl IntoResponse, Problem> {
    state.recent_session(user).await?;
    let now = Timestamp::now();
    let (name, scopes) = read(&body, now)?;
    if state.store.api_keys(user.id, 100, None).await?.items.len() >= MOST {
        return Err(Problem::conflict("There are 50 keys already. Revoke one that is not needed."));
    }
    let secret = ApiKeySecret::new(user.id, Uuid::now_v7(), rand::random());
    let key = ApiKey {
        key_id: secret.key_id,
        user_id: user.id,
        name,
        secret_hash: secret.hash(),
        scopes,
        created_at: now,
        expires_at: body.expires_at.as_second(),
    };
    state.store.create_api_key(&key).await?;
    state.notify(user.id, Letter::ApiKeyMade).await;
    Ok((StatusCode::CREATED, Json(MadeKey { key: secret.encode(), view: KeyView::of(key, None)? })))
}

/// Name and scopes of a key that is wanted, each scope once.
fn read(body: &NewKey, now: Timestamp) -> Result<(String, Vec<String>), Problem> {
    let mut errors = Vec::new();
    let mut refuse = |pointer: String, detail: &str| errors.push(FieldError { pointer, detail: detail.to_owned() });
    let name = profile::name(&body.name).unwrap_or_else(|detail| {
        refuse("/name".to_owned(), detail);
        String::new()
    });
    let mut scopes: Vec<String> = Vec::new();
    // No more than there are: whatever stands behind says nothing new.
    for (i, scope) in body.scopes.iter().take(Permission::ALL.len()).enumerate() {
        match Permission::of_scope(scope) {
            None => refuse(format!("/scopes/{i}"), "there is no such scope"),
            Some(known) if scopes.iter().any(|other| other == known.name()) => {}
            Some(known) => scopes.push(known.name().to_owned()),
        }
    }
    if body.scopes.is_empty() || body.scopes.len() > Permission::ALL.len() {
        refuse("/scopes".to_owned(), "a key has at least one scope, and each once");
    }
    if body.expires_at <= now || body.expires_at > now + LONGEST {
        refuse("/expires_at".to_owned(), "a key ends within a year from now");
    }
    if errors.is_empty() { Ok((name, scopes)) } else { Err(Problem::invalid_fields(errors)) }
}

/// List one's keys, the newest first.
#[utoipa::path(
    get, path = "/api/v1/users/api-keys", operation_id = "listApiKeys", tag = "Users and sessions", security(("bearer" = [])),
    params(Paging),
    responses(
        (status = 200, body = Listed<KeyView>, description = "The keys that are good"),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The query has no valid form"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or the session has ended"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn list(
    extract::State(state): extract::State<State>,
    user: User,
    Query(paging): Query<Paging>,
) -> Result<Json<Listed<KeyView>>, Problem> {
    let limit = paging.limit()?;
    state.live_session(user).await?;
    let page = state.store.api_keys(user.id, limit, paging.cursor.as_deref()).await?;
    let uses = state.store.key_uses(user.id).await?;
    let items = page.items.into_iter().map(|key| {
        let last_used_at = uses.get(&key.key_id).copied();
        KeyView::of(key, last_used_at)
    });
    Ok(Json(Listed { items: items.collect::<Result<_, _>>()?, next_cursor: page.next_cursor }))
}

/// Revoke a key.
#[utoipa::path(
    delete, path = "/api/v1/users/api-keys/{id}", operation_id = "revokeApiKey", tag = "Users and sessions", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "`key_id`")),
    responses(
        (status = 204, description = "It is good no more, from now on"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or the session has ended"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such key of the person"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn revoke(
    extract::State(state): extract::State<State>,
    user: User,
    Path(key_id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    state.live_session(user).await?;
    if !state.store.revoke_api_key(user.id, key_id).await? {
        return Err(Problem::not_found());
    }
    let about = Some(key_id.to_string());
    state.store.audit(&AuditEntry::now(user.id, AuditEvent::ApiKeyRevoked, Actor::Person, about)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointers(name: &str, scopes: &[&str], hours: i64) -> Vec<String> {
        let now = Timestamp::now();
        let body = NewKey {
            name: name.to_owned(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            expires_at: now + SignedDuration::from_hours(hours),
        };
        match read(&body, now) {
            Ok(_) => Vec::new(),
            Err(problem) => problem.body("").errors.into_iter().map(|error| error.pointer).collect(),
        }
    }

    #[test]
    fn a_key_is_named_bounded_and_does_nothing_about_the_account() {
        assert!(pointers("script", &["cv:read", "cv:read", "ats:write"], 24).is_empty());
        assert_eq!(pointers("", &[], 0), ["/name", "/scopes", "/expires_at"]);
        assert_eq!(
            pointers("x", &["cv:read", "account", "people:role", "*"], 24),
            ["/scopes/1", "/scopes/2", "/scopes/3"]
        );
        assert_eq!(pointers("x", &["cv:read"], 24 * 400), ["/expires_at"]);
        assert_eq!(pointers("x", &["cv:read"; 100], 24), ["/scopes"]);
    }
}
