//! What administrators do to other people's accounts, and what each person reads of it: `GET /users`,
//! `PATCH /users/{id}/role`, `POST /users/{id}/suspend` and `/reinstate`, `GET /users/me/audit`.
//!
//! An access token says which role its person had when it was made. Here that is not enough: role and session are looked
//! up, so that an administrator who was one a moment ago is none.

use axum::extract;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use vitae_store::{Actor, AuditEntry, AuditEvent, Person, Role, StoreError};
use vitae_web::{Json, Listed, Paging, Path, Permission, Problem, ProblemBody, Query, User};

use crate::State;

/// The account may change while it is written; then it is read again.
const ATTEMPTS: usize = 3;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Search {
    /// What the address begins with.
    #[param(required = false, max_length = 254)]
    q: Option<String>,
    /// How many entries: 1 to 100, 20 by default.
    #[param(required = false, minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the answer before.
    #[param(required = false)]
    cursor: Option<String>,
}

/// A person as administrators see them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonView {
    user_id: Uuid,
    #[schema(example = "ada@example.org")]
    email: String,
    email_verified: bool,
    name: Option<String>,
    /// `user` or `admin`.
    #[schema(value_type = String, example = "user")]
    role: Role,
    suspended: bool,
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl From<Person> for PersonView {
    fn from(person: Person) -> Self {
        Self {
            user_id: person.user_id,
            email: person.email,
            email_verified: person.email_verified,
            name: person.name,
            role: person.role,
            suspended: person.suspended_at.is_some(),
            created_at: person.created_at,
        }
    }
}

/// A role that somebody shall have.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRole {
    /// `user` or `admin`.
    #[schema(value_type = String, example = "admin")]
    role: Role,
}

/// Whoever asks, if they are an administrator at this moment.
async fn administrator(state: &State, user: User, permission: Permission) -> Result<(), Problem> {
    user.require(permission)?;
    state.recent_session(user).await?;
    let person = state.admitted(user.id).await?;
    User { role: person.role, ..user }.require(permission)
}

/// List and search people, by their addresses in the order of the alphabet.
///
/// Each person who is shown finds that in their audit trail.
#[utoipa::path(
    get, path = "/api/v1/users", operation_id = "listPeople", tag = "Users and sessions", security(("bearer" = [])),
    params(Search),
    responses(
        (status = 200, body = Listed<PersonView>, description = "People"),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The query has no valid form"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or not recently: see `/users/reauthenticate`"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "This is for administrators"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn list(
    extract::State(state): extract::State<State>,
    user: User,
    search: Result<Query<Search>, Problem>,
) -> Result<Json<Listed<PersonView>>, Problem> {
    administrator(&state, user, Permission::ListPeople).await?;
    let Query(search) = search?;
    let limit = match search.limit {
        None => 20,
        Some(limit @ 1..=100) => limit,
        Some(_) => return Err(Problem::bad_request("`limit` lies between 1 and 100.")),
    };
    let beginning = search.q.unwrap_or_default();
    if beginning.len() > 254 {
        return Err(Problem::bad_request("`q` has at most 254 characters."));
    }
    let page = state.store.directory(beginning.trim(), limit, search.cursor.as_deref()).await?;
    for person in &page.items {
        let entry = AuditEntry::now(person.user_id, AuditEvent::LookedUp, Actor::Admin, None);
        match state.store.audit(&entry).await {
            // Somebody who has just left.
            Ok(()) | Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let items = page.items.into_iter().map(PersonView::from).collect();
    Ok(Json(Listed { items, next_cursor: page.next_cursor }))
}

/// Give somebody a role.
///
/// Their sessions end, so that no token says otherwise for longer than a quarter of an hour. Nobody changes their own.
#[utoipa::path(
    patch, path = "/api/v1/users/{id}/role", operation_id = "changeRole", tag = "Users and sessions", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "`user_id`")), request_body = NewRole,
    responses(
        (status = 200, body = PersonView, description = "The person as they are now"),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The body is not JSON"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or not recently: see `/users/reauthenticate`"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "This is for administrators"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such person"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "It is oneself"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body is not declared as JSON"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "There is no such role"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn change_role(
    extract::State(state): extract::State<State>,
    user: User,
    Path(id): Path<Uuid>,
    body: Result<Json<NewRole>, Problem>,
) -> Result<Json<PersonView>, Problem> {
    administrator(&state, user, Permission::ChangeRoles).await?;
    let Json(NewRole { role }) = body?;
    let named = match role {
        Role::User => "user",
        Role::Admin => "admin",
    };
    change(&state, user, id, AuditEvent::RoleChanged, Some(named), |person| person.role = role).await
}

/// Suspend somebody.
///
/// Their sessions end, their keys are refused, and nobody signs in until they are let in again. Their sites stay.
#[utoipa::path(
    post, path = "/api/v1/users/{id}/suspend", operation_id = "suspend", tag = "Users and sessions", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "`user_id`")),
    responses(
        (status = 200, body = PersonView, description = "The person as they are now"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or not recently: see `/users/reauthenticate`"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "This is for administrators"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such person"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "It is oneself"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn suspend(
    extract::State(state): extract::State<State>,
    user: User,
    Path(id): Path<Uuid>,
) -> Result<Json<PersonView>, Problem> {
    administrator(&state, user, Permission::SuspendPeople).await?;
    let now = Timestamp::now();
    change(&state, user, id, AuditEvent::Suspended, None, |person| {
        person.suspended_at.get_or_insert(now);
    })
    .await
}

/// Let somebody in again.
#[utoipa::path(
    post, path = "/api/v1/users/{id}/reinstate", operation_id = "reinstate", tag = "Users and sessions", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "`user_id`")),
    responses(
        (status = 200, body = PersonView, description = "The person as they are now"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or not recently: see `/users/reauthenticate`"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "This is for administrators"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such person"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "It is oneself"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn reinstate(
    extract::State(state): extract::State<State>,
    user: User,
    Path(id): Path<Uuid>,
) -> Result<Json<PersonView>, Problem> {
    administrator(&state, user, Permission::SuspendPeople).await?;
    change(&state, user, id, AuditEvent::Reinstated, None, |person| person.suspended_at = None).await
}

/// Changes somebody else's account, writes that down, and ends their sessions.
async fn change(
    state: &State,
    user: User,
    id: Uuid,
    event: AuditEvent,
    about: Option<&str>,
    apply: impl Fn(&mut Person),
) -> Result<Json<PersonView>, Problem> {
    if id == user.id {
        return Err(Problem::conflict("Nobody does this to themselves; ask another administrator."));
    }
    for _ in 0..ATTEMPTS {
        let mut person = state.store.person(id).await?.ok_or_else(Problem::not_found)?;
        apply(&mut person);
        let entry = AuditEntry::now(id, event, Actor::Admin, about.map(str::to_owned));
        match state.store.update_person_noting(person, &entry).await {
            Ok(person) => {
                tracing::info!(event = event.as_str(), audit_id = %entry.audit_id, "an administrator changed an account");
                state.store.end_all_sessions(id).await?;
                return Ok(Json(person.into()));
            }
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

/// One thing that happened to one's account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditView {
    audit_id: Uuid,
    /// Such as `signed_in`, `second_factor_on`, `api_key_made`, `role_changed` or `looked_up`.
    #[schema(example = "signed_in")]
    event: &'static str,
    /// `person`, or `admin` for an administrator.
    #[schema(value_type = String, example = "person")]
    by: Actor,
    /// What it was about: the device, the key, the role.
    about: Option<String>,
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// Read what happened to one's account, the newest first. Entries are kept for 400 days.
#[utoipa::path(
    get, path = "/api/v1/users/me/audit", operation_id = "listAudit", tag = "Users and sessions", security(("bearer" = [])),
    params(Paging),
    responses(
        (status = 200, body = Listed<AuditView>, description = "What happened"),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The query has no valid form"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or the session has ended"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn audit(
    extract::State(state): extract::State<State>,
    user: User,
    Query(paging): Query<Paging>,
) -> Result<Json<Listed<AuditView>>, Problem> {
    let limit = paging.limit()?;
    state.live_session(user).await?;
    let page = state.store.audit_entries(user.id, limit, paging.cursor.as_deref()).await?;
    let items = page.items.into_iter().map(|entry| AuditView {
        audit_id: entry.audit_id,
        event: entry.event.as_str(),
        by: entry.by,
        about: entry.about,
        at: entry.at,
    });
    Ok(Json(Listed { items: items.collect(), next_cursor: page.next_cursor }))
}
