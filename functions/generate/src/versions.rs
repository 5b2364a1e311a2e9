//! `/portfolio/{id}/versions`: what a portfolio said and looked like each time it was published, and the way back.

use axum::extract::State as FromState;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;
use vitae_store::portfolios::{Portfolio, Publication, Visibility};
use vitae_store::versions::PortfolioVersion;
use vitae_web::{IfMatch, Json, Listed, Paging, Path, Problem, ProblemBody, Query, User, WithEtag};

use crate::State;
use crate::api::{PortfolioView, find, keep, view};
use crate::content::{Content, Edits, Section};
use crate::publishing::PublishError;
use crate::templates;

/// What a version differs in from the one before, besides its sections.
const TEMPLATE: &str = "template";
const CUSTOMIZATIONS: &str = "customizations";
const ADDRESS: &str = "address";
const VISIBILITY: &str = "visibility";

/// A version in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionView {
    /// Which one, from 1.
    number: u32,
    /// Whether it is the last one that was published.
    latest: bool,
    #[schema(example = "minimal-portfolio")]
    template_id: String,
    #[schema(example = "ada-lovelace")]
    slug: String,
    /// `public`, `unlisted` or `password`.
    #[schema(value_type = String, example = "public")]
    visibility: Visibility,
    /// What differs from the version before: sections by their names, `template`, `customizations`, `address`,
    /// `visibility`. Empty for the first one.
    #[schema(example = json!(["about", "customizations"]))]
    changed: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    published_at: Timestamp,
}

/// A whole version.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WholeVersionView {
    #[serde(flatten)]
    summary: VersionView,
    #[schema(value_type = Object)]
    customizations: Value,
    /// What it said, section by section, hand edits included; entries are those of JSON Resume.
    #[schema(value_type = Object)]
    content: Content,
}

impl VersionView {
    fn of(version: &PortfolioVersion, portfolio: &Portfolio) -> Self {
        Self {
            number: version.number,
            latest: version.number == portfolio.versions,
            template_id: version.template_id.clone(),
            slug: version.slug.clone(),
            visibility: version.visibility,
            changed: version.changed.clone(),
            published_at: version.published_at,
        }
    }
}

/// List what was published, newest first. The last twenty versions are kept.
#[utoipa::path(
    get, path = "/api/v1/portfolio/{id}/versions", operation_id = "listPortfolioVersions", tag = "Portfolios",
    security(("bearer" = [])), params(("id" = Uuid, Path, description = "The portfolio"), Paging),
    responses(
        (status = 200, body = Listed<VersionView>),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The query cannot be read"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such portfolio of yours"),
    )
)]
pub(crate) async fn list(
    FromState(state): FromState<State>,
    user: User,
    Path(id): Path<Uuid>,
    Query(paging): Query<Paging>,
) -> Result<Json<Listed<VersionView>>, Problem> {
    let portfolio = find(&state, user, id).await?;
    let page = state.store.portfolio_versions(user.id, id, paging.limit()?, paging.cursor.as_deref()).await?;
    let items = page.items.iter().map(|version| VersionView::of(version, &portfolio)).collect();
    Ok(Json(Listed { items, next_cursor: page.next_cursor }))
}

/// Read a version, to compare it with another.
#[utoipa::path(
    get, path = "/api/v1/portfolio/{id}/versions/{number}", operation_id = "getPortfolioVersion", tag = "Portfolios",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The portfolio"), ("number" = u32, Path, description = "The version")),
    responses(
        (status = 200, body = WholeVersionView),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such portfolio of yours, or no such version of it"),
    )
)]
pub(crate) async fn get(
    FromState(state): FromState<State>,
    user: User,
    Path((id, number)): Path<(Uuid, u32)>,
) -> Result<Json<WholeVersionView>, Problem> {
    let portfolio = find(&state, user, id).await?;
    let version = version_of(&state, &portfolio, number).await?;
    Ok(Json(WholeVersionView {
        summary: VersionView::of(&version, &portfolio),
        content: shown(&version.content, &version.edits)?,
        customizations: version.customizations,
    }))
}

/// Bring a version back: its words, its looks, not its address. A portfolio that is published is published with it, which
/// makes a new version.
#[utoipa::path(
    post, path = "/api/v1/portfolio/{id}/versions/{number}/restore", operation_id = "restorePortfolioVersion",
    tag = "Portfolios", security(("bearer" = [])),
    params(
        ("id" = Uuid, Path, description = "The portfolio"), ("number" = u32, Path, description = "The version"),
        ("If-Match" = Option<String>, Header, description = "The ETag that you read"),
    ),
    responses(
        (status = 200, body = PortfolioView),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such portfolio of yours, or no such version of it"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "Its template is not offered any more"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "It was changed since you read it"),
    )
)]
pub(crate) async fn restore(
    FromState(state): FromState<State>,
    user: User,
    Path((id, number)): Path<(Uuid, u32)>,
    if_match: IfMatch,
) -> Result<WithEtag<Json<PortfolioView>>, Problem> {
    let mut portfolio = find(&state, user, id).await?;
    if_match.check(portfolio.version)?;
    let version = version_of(&state, &portfolio, number).await?;
    if templates::find(&version.template_id).is_none() {
        return Err(Problem::conflict("The template of this version is not offered any more."));
    }
    portfolio.template_id = version.template_id;
    portfolio.customizations = version.customizations;
    portfolio.content = version.content;
    portfolio.edits = version.edits;
    view(&state, &keep(&state, portfolio).await?)
}

async fn version_of(state: &State, portfolio: &Portfolio, number: u32) -> Result<PortfolioVersion, Problem> {
    let version = state.store.portfolio_version(portfolio.user_id, portfolio.portfolio_id, number).await?;
    version.ok_or_else(Problem::not_found)
}

/// Keeps what a portfolio shows as its next version, if it is published and differs from the last one; answers the
/// portfolio as it then is.
pub(crate) async fn record(state: &State, portfolio: Portfolio) -> Result<Portfolio, PublishError> {
    let Some(publication) = &portfolio.publication else { return Ok(portfolio) };
    let fingerprint = fingerprint(&portfolio, publication);
    if portfolio.fingerprint.as_ref() == Some(&fingerprint) {
        return Ok(portfolio);
    }
    let before = match portfolio.versions {
        0 => None,
        last => state.store.portfolio_version(portfolio.user_id, portfolio.portfolio_id, last).await?,
    };
    let mut version = PortfolioVersion {
        number: portfolio.versions + 1,
        template_id: portfolio.template_id.clone(),
        customizations: portfolio.customizations.clone(),
        content: portfolio.content.clone(),
        edits: portfolio.edits.clone(),
        slug: publication.slug.clone(),
        visibility: publication.visibility,
        changed: Vec::new(),
        published_at: Timestamp::now(),
    };
    if let Some(before) = before {
        version.changed = changes(&before, &version)?;
    }
    Ok(state.store.record_version(portfolio, &version, fingerprint).await?)
}

/// A digest of everything that a visitor could see.
fn fingerprint(portfolio: &Portfolio, publication: &Publication) -> String {
    let parts = serde_json::json!([
        portfolio.template_id,
        portfolio.customizations,
        portfolio.content,
        portfolio.edits,
        publication.slug,
        publication.visibility,
        publication.indexable,
    ]);
    hex::encode(Sha256::digest(parts.to_string()))
}

/// What differs between two versions.
fn changes(before: &PortfolioVersion, after: &PortfolioVersion) -> Result<Vec<String>, PublishError> {
    let words = |version: &PortfolioVersion| {
        let parts = shown(&version.content, &version.edits)?;
        serde_json::to_value(parts).map_err(|error| PublishError::Unreadable(error.to_string()))
    };
    let (old, new) = (words(before)?, words(after)?);
    let mut changed: Vec<String> = Section::ALL
        .into_iter()
        .map(Section::name)
        .filter(|name| old.get(name) != new.get(name))
        .map(str::to_owned)
        .collect();
    for (differs, name) in [
        (before.template_id != after.template_id, TEMPLATE),
        (before.customizations != after.customizations, CUSTOMIZATIONS),
        (before.slug != after.slug, ADDRESS),
        (before.visibility != after.visibility, VISIBILITY),
    ] {
        if differs {
            changed.push(name.to_owned());
        }
    }
    Ok(changed)
}

/// What a visitor read.
fn shown(content: &Value, edits: &Value) -> Result<Content, PublishError> {
    let unreadable = |error: serde_json::Error| PublishError::Unreadable(error.to_string());
    let content: Content = serde_json::from_value(content.clone()).map_err(unreadable)?;
    let edits: Edits = serde_json::from_value(edits.clone()).map_err(unreadable)?;
    Ok(content.with_edits(&edits))
}
