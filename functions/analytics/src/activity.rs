//! What became of a person's own work, event by event.

use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use vitae_store::{Store, StoreError};
use vitae_web::{Json, Listed, Paging, Problem, ProblemBody, Query, User};

/// One thing that happened.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActivityEntry {
    event_id: Uuid,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    event: ActivityEvent,
}

/// What happened; `name` says which. It mirrors the kinds of events on the queue that are about a person's own work.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "name", rename_all = "snake_case")]
pub(crate) enum ActivityEvent {
    /// A CV was read.
    CvProcessed {
        cv_id: Uuid,
        pages: u32,
        /// Pages whose words were recognised from an image.
        recognised_pages: u32,
        milliseconds: u64,
    },
    /// A job failed.
    JobFailed {
        /// The stage that failed.
        stage: String,
        /// The reason's stable name.
        code: String,
    },
    /// A portfolio was made.
    PortfolioGenerated { portfolio_id: Uuid, template_id: String, milliseconds: u64 },
    /// An ATS document was made.
    AtsResumeCreated {
        template_id: String,
        format: String,
        /// 0 to 100.
        score: u32,
    },
    /// Something was downloaded: `ats_resume` or `portfolio_zip`.
    Download { what: String },
}

/// What happened to your CVs, portfolios and documents.
///
/// Newest first, kept for 90 days. Visitors of your portfolios are counted, see the engagement, and not kept one by one.
#[utoipa::path(
    get, path = "/api/v1/analytics/activity", operation_id = "listActivity", tag = "Analytics",
    security(("bearer" = [])), params(Paging),
    responses(
        (status = 200, body = Listed<ActivityEntry>),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The query cannot be read"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many requests"),
    )
)]
pub(crate) async fn list(
    State(store): State<Store>,
    user: User,
    Query(paging): Query<Paging>,
) -> Result<Json<Listed<ActivityEntry>>, Problem> {
    Ok(Json(page(&store, user.id, paging.limit()?, paging.cursor.as_deref()).await?))
}

/// One page of a person's activity.
pub(crate) async fn page(
    store: &Store,
    user_id: Uuid,
    limit: u32,
    cursor: Option<&str>,
) -> Result<Listed<ActivityEntry>, StoreError> {
    let page = store.activity(user_id, limit, cursor).await?;
    let items = page
        .items
        .into_iter()
        .filter_map(|row| match serde_json::from_value(row.event) {
            Ok(event) => Some(ActivityEntry { event_id: row.event_id, at: row.at, event }),
            // Another version wrote it. One entry that cannot be read shall not hide the others.
            Err(error) => {
                tracing::warn!(event_id = %row.event_id, %error, "an activity cannot be read");
                None
            }
        })
        .collect();
    Ok(Listed { items, next_cursor: page.next_cursor })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tally::countable;
    use vitae_queue::{CountedEvent, EventKind, Timings};

    #[test]
    fn every_kind_of_event_that_is_kept_can_be_shown() {
        let kinds = [
            EventKind::CvProcessed {
                cv_id: Uuid::now_v7(),
                pages: 2,
                recognised_pages: 1,
                milliseconds: 900,
                timings: Timings::default(),
                completed: true,
            },
            EventKind::JobFailed { stage: "parsing".to_owned(), code: "no_text".to_owned() },
            EventKind::PortfolioGenerated {
                portfolio_id: Uuid::now_v7(),
                template_id: "minimal-portfolio".to_owned(),
                milliseconds: 40,
                timings: Timings::default(),
            },
            EventKind::AtsResumeCreated { template_id: "clean".to_owned(), format: "pdf".to_owned(), score: 88 },
            EventKind::Download { what: "ats_resume".to_owned() },
        ];
        for kind in kinds {
            let kept = countable(&CountedEvent::each(Uuid::now_v7(), kind)).activity.unwrap();
            let shown: ActivityEvent = serde_json::from_value(kept.clone()).unwrap();
            assert_eq!(serde_json::to_value(shown).unwrap(), kept);
        }
    }
}
