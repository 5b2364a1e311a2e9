//! The dashboard, whole and in parts.

use std::time::Duration;

use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vitae_store::Store;
use vitae_store::counters::Scope;
use vitae_web::{Json, Listed, Permission, Problem, ProblemBody, Query, RateLimit, Subject, User};

use crate::activity::{self, ActivityEntry};
use crate::report::{Counts, Covers, Engagement, Geographic, Metrics, Performance, Realtime, Templates};
use crate::window::{TimeRange, Window};

/// A dashboard that is left open asks every few seconds.
pub(crate) const LIMIT: RateLimit =
    RateLimit { class: "analytics", burst: 120, window: Duration::from_secs(60), subject: Subject::Person };
/// How many entries of the activity the dashboard shows.
const RECENT: u32 = 10;

/// Whose numbers, and of which time.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Selection {
    /// How far back; `30d` where nothing is said.
    #[param(inline)]
    #[serde(default)]
    pub(crate) time_range: TimeRange,
    /// `mine`, or `platform` for everybody's together, which is for administrators. `mine` where nothing is said.
    #[param(inline)]
    #[serde(default)]
    pub(crate) scope: ScopeName,
}

/// Whose numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ScopeName {
    /// The person's own.
    #[default]
    Mine,
    /// Everybody's together.
    Platform,
}

impl ScopeName {
    /// Whose numbers `user` gets.
    ///
    /// # Errors
    /// 403 where that is not for them.
    pub(crate) fn of(self, user: &User) -> Result<Scope, Problem> {
        match self {
            Self::Mine => Ok(Scope::Person(user.id)),
            Self::Platform => user.require(Permission::ReadPlatform).map(|()| Scope::Platform),
        }
    }
}

impl Selection {
    fn of(self, user: &User) -> Result<(Scope, Window), Problem> {
        Ok((self.scope.of(user)?, Window::ending(self.time_range, Timestamp::now())))
    }

    async fn counts(self, store: &Store, user: &User) -> Result<(Window, Counts), Problem> {
        let (scope, window) = self.of(user)?;
        Ok((window, Counts::read(store, scope, window).await?))
    }
}

/// Whose numbers.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ScopeOnly {
    /// `mine`, or `platform` for everybody's together, which is for administrators. `mine` where nothing is said.
    #[param(inline)]
    #[serde(default)]
    scope: ScopeName,
}

/// All numbers at once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Dashboard {
    #[serde(flatten)]
    covers: Covers,
    scope: ScopeName,
    metrics: Metrics,
    templates: Templates,
    performance: Performance,
    engagement: Engagement,
    geographic: Geographic,
    realtime: Realtime,
    /// The newest of what happened; `null` for the platform, since what one person does is theirs alone.
    activity: Option<Listed<ActivityEntry>>,
}

/// One part of the numbers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Report<T> {
    #[serde(flatten)]
    covers: Covers,
    #[serde(flatten)]
    part: T,
}

impl<T: for<'a> From<&'a Counts>> Report<T> {
    fn of((window, counts): (Window, Counts)) -> Json<Self> {
        Json(Self { covers: window.into(), part: T::from(&counts) })
    }
}

/// Everything at once.
///
/// Numbers are counted within seconds of what happened. What was not counted is zero; a mean of nothing is `null`.
#[utoipa::path(
    get, path = "/api/v1/analytics/dashboard", operation_id = "getDashboard", tag = "Analytics",
    security(("bearer" = [])), params(Selection),
    responses(
        (status = 200, body = Dashboard),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The query cannot be read"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "The platform's numbers are for administrators"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn dashboard(
    State(store): State<Store>,
    user: User,
    Query(selection): Query<Selection>,
) -> Result<Json<Dashboard>, Problem> {
    let (scope, window) = selection.of(&user)?;
    let activity = async {
        match scope {
            Scope::Person(user_id) => activity::page(&store, user_id, RECENT, None).await.map(Some),
            Scope::Platform => Ok(None),
        }
    };
    let counts = Counts::read(&store, scope, window);
    let realtime = Realtime::read(&store, scope, window.to);
    let (counts, realtime, activity) = tokio::try_join!(counts, realtime, activity)?;
    let engagement = Engagement::read(&store, scope, window, &counts).await?;
    Ok(Json(Dashboard {
        covers: window.into(),
        scope: selection.scope,
        metrics: Metrics::from(&counts),
        templates: Templates::from(&counts),
        performance: Performance::from(&counts),
        engagement,
        geographic: Geographic::from(&counts),
        realtime,
        activity,
    }))
}

/// The numbers at the top.
#[utoipa::path(
    get, path = "/api/v1/analytics/metrics", operation_id = "getMetrics", tag = "Analytics",
    security(("bearer" = [])), params(Selection),
    responses(
        (status = 200, body = Report<Metrics>),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The query cannot be read"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "The platform's numbers are for administrators"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn metrics(
    State(store): State<Store>,
    user: User,
    Query(selection): Query<Selection>,
) -> Result<Json<Report<Metrics>>, Problem> {
    Ok(Report::of(selection.counts(&store, &user).await?))
}

/// How often each template was used.
#[utoipa::path(
    get, path = "/api/v1/analytics/templates", operation_id = "getTemplateUse", tag = "Analytics",
    security(("bearer" = [])), params(Selection),
    responses(
        (status = 200, body = Report<Templates>),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The query cannot be read"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "The platform's numbers are for administrators"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn templates(
    State(store): State<Store>,
    user: User,
    Query(selection): Query<Selection>,
) -> Result<Json<Report<Templates>>, Problem> {
    Ok(Report::of(selection.counts(&store, &user).await?))
}

/// How fast and how reliably the work was done.
#[utoipa::path(
    get, path = "/api/v1/analytics/performance", operation_id = "getPerformance", tag = "Analytics",
    security(("bearer" = [])), params(Selection),
    responses(
        (status = 200, body = Report<Performance>),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The query cannot be read"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "The platform's numbers are for administrators"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn performance(
    State(store): State<Store>,
    user: User,
    Query(selection): Query<Selection>,
) -> Result<Json<Report<Performance>>, Problem> {
    Ok(Report::of(selection.counts(&store, &user).await?))
}

/// What visitors of published portfolios did.
#[utoipa::path(
    get, path = "/api/v1/analytics/engagement", operation_id = "getEngagement", tag = "Analytics",
    security(("bearer" = [])), params(Selection),
    responses(
        (status = 200, body = Report<Engagement>),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The query cannot be read"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "The platform's numbers are for administrators"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn engagement(
    State(store): State<Store>,
    user: User,
    Query(selection): Query<Selection>,
) -> Result<Json<Report<Engagement>>, Problem> {
    let (scope, window) = selection.of(&user)?;
    let counts = Counts::read(&store, scope, window).await?;
    let part = Engagement::read(&store, scope, window, &counts).await?;
    Ok(Json(Report { covers: window.into(), part }))
}

/// The countries that visitors looked from.
#[utoipa::path(
    get, path = "/api/v1/analytics/geographic", operation_id = "getGeographic", tag = "Analytics",
    security(("bearer" = [])), params(Selection),
    responses(
        (status = 200, body = Report<Geographic>),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The query cannot be read"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "The platform's numbers are for administrators"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn geographic(
    State(store): State<Store>,
    user: User,
    Query(selection): Query<Selection>,
) -> Result<Json<Report<Geographic>>, Problem> {
    Ok(Report::of(selection.counts(&store, &user).await?))
}

/// What happened within the last hour.
#[utoipa::path(
    get, path = "/api/v1/analytics/realtime/status", operation_id = "getRealtimeStatus", tag = "Analytics",
    security(("bearer" = [])), params(ScopeOnly),
    responses(
        (status = 200, body = Realtime),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The query cannot be read"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "The platform's numbers are for administrators"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn realtime(
    State(store): State<Store>,
    user: User,
    Query(query): Query<ScopeOnly>,
) -> Result<Json<Realtime>, Problem> {
    Ok(Json(Realtime::read(&store, query.scope.of(&user)?, Timestamp::now()).await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;
    use vitae_store::Role;

    #[test]
    fn the_platform_is_for_administrators() {
        let user = |role| User { id: Uuid::now_v7(), session_id: Uuid::now_v7(), role };
        assert_eq!(ScopeName::Platform.of(&user(Role::User)).unwrap_err().status().as_u16(), 403);
        assert_eq!(ScopeName::Platform.of(&user(Role::Admin)).unwrap(), Scope::Platform);
        let person = user(Role::User);
        assert_eq!(ScopeName::Mine.of(&person).unwrap(), Scope::Person(person.id));
    }
}
