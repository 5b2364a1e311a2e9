//! `GET` and `DELETE /users/sessions`, and `DELETE /users/sessions/{id}`: the person's devices.

use axum::extract;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use vitae_store::{Actor, AuditEntry, AuditEvent};
use vitae_web::{Json, Listed, Paging, Path, Problem, ProblemBody, Query, User};

use crate::{State, browser};

/// A signed-in device.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionView {
    session_id: Uuid,
    /// Whether it is the one that asks.
    current: bool,
    /// What the device calls itself.
    user_agent: Option<String>,
    /// When the person signed in. RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it last got an access token. RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    last_used_at: Timestamp,
    /// When it ends unless it is used. RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// List one's sessions, the newest first.
#[utoipa::path(
    get, path = "/api/v1/users/sessions", operation_id = "listSessions", tag = "Users and sessions", security(("bearer" = [])),
    params(Paging),
    responses(
        (status = 200, body = Listed<SessionView>, description = "The devices that are signed in"),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The query has no valid form"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or the session has ended"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn list(
    extract::State(state): extract::State<State>,
    user: User,
    Query(paging): Query<Paging>,
) -> Result<Json<Listed<SessionView>>, Problem> {
    let limit = paging.limit()?;
    state.live_session(user).await?;
    let page = state.store.sessions(user.id, limit, paging.cursor.as_deref()).await?;
    let items = page.items.into_iter().map(|session| {
        let expires_at = Timestamp::from_second(session.expires_at).map_err(Problem::internal)?;
        Ok(SessionView {
            current: session.session_id == user.session_id,
            session_id: session.session_id,
            user_agent: session.user_agent,
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            expires_at,
        })
    });
    Ok(Json(Listed { items: items.collect::<Result<_, Problem>>()?, next_cursor: page.next_cursor }))
}

/// Sign a device out.
#[utoipa::path(
    delete, path = "/api/v1/users/sessions/{id}", operation_id = "endSession", tag = "Users and sessions", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "`session_id`")),
    responses(
        (status = 204, description = "The session has ended"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or one's own session has ended"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "There is no such session of the person"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn end(
    extract::State(state): extract::State<State>,
    user: User,
    Path(session_id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    state.live_session(user).await?;
    match state.store.end_session(user.id, session_id).await? {
        true => {
            let entry = AuditEntry::now(user.id, AuditEvent::SessionEnded, Actor::Person, None);
            state.store.audit(&entry).await?;
            Ok(StatusCode::NO_CONTENT)
        }
        false => Err(Problem::not_found()),
    }
}

/// Sign every device out, the one that asks included.
#[utoipa::path(
    delete, path = "/api/v1/users/sessions", operation_id = "endSessions", tag = "Users and sessions", security(("bearer" = [])),
    responses(
        (status = 204, description = "Every session has ended", headers(("Set-Cookie" = String, description = "Removes the cookie"))),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in, or one's own session has ended"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn end_all(
    extract::State(state): extract::State<State>,
    user: User,
) -> Result<impl IntoResponse, Problem> {
    state.live_session(user).await?;
    state.store.end_all_sessions(user.id).await?;
    state
        .store
        .audit(&AuditEntry::now(user.id, AuditEvent::SessionEnded, Actor::Person, Some("all".to_owned())))
        .await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, browser::forget(&state.web))]))
}
