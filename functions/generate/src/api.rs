//! `/portfolio`: templates, portfolios, and putting them on the web.

use std::ops::RangeInclusive;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State as FromState;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;
use vitae_passwords::Password;
use vitae_queue::{CountedEvent, EventKind, JobMessage};
use vitae_resume::Violation;
use vitae_store::portfolios::{Portfolio, Publication, Visibility};
use vitae_store::{Cv, Job, JobKind, StoreError};
use vitae_web::{
    FieldError, Idempotency, IfMatch, Json, Listed, Paging, Path, Problem, ProblemBody, Query, RateLimit, Subject,
    User, WithEtag,
};

use crate::State;
use crate::content::{Edits, Section};
use crate::customizations::{Customizations, merge};
use crate::palette::Adjustment;
use crate::publishing::{self, Parts, PublishError, Wish, bring_in_line};
use crate::site::{self, Place};
use crate::slug::Slug;
use crate::templates::{self, Manifest, Template};

/// Making a portfolio is cheap and not free: a person has sixty at once and as many an hour.
pub(crate) const LIMIT: RateLimit =
    RateLimit { class: "generate", burst: 60, window: Duration::from_secs(3600), subject: Subject::Person };

/// How long the password of a portfolio is, in characters. It is shared with others, so it is shorter than an account's.
const PASSWORD_LENGTH: RangeInclusive<usize> = 8..=256;

/// A template, as it is offered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TemplateView {
    #[serde(flatten)]
    manifest: &'static Manifest,
    /// Address of a picture of a real page, PNG; it takes no token.
    #[schema(example = "/api/v1/portfolio/templates/minimal-portfolio/thumbnail")]
    thumbnail: String,
}

impl TemplateView {
    fn of(template: &'static Template) -> Self {
        let manifest = &template.manifest;
        Self { manifest, thumbnail: format!("/api/v1/portfolio/templates/{}/thumbnail", manifest.id) }
    }
}

/// List the templates.
#[utoipa::path(
    get, path = "/api/v1/portfolio/templates", operation_id = "listTemplates", tag = "Portfolios",
    responses((status = 200, body = Listed<TemplateView>))
)]
pub(crate) async fn list_templates() -> Json<Listed<TemplateView>> {
    Json(Listed { items: templates::all().iter().map(TemplateView::of).collect(), next_cursor: None })
}

/// Read about one template.
#[utoipa::path(
    get, path = "/api/v1/portfolio/templates/{id}", operation_id = "getTemplate", tag = "Portfolios",
    params(("id" = String, Path, description = "The template", example = "minimal-portfolio")),
    responses(
        (status = 200, body = TemplateView),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such template"),
    )
)]
pub(crate) async fn get_template(Path(id): Path<String>) -> Result<Json<TemplateView>, Problem> {
    templates::find(&id).map(|template| Json(TemplateView::of(template))).ok_or_else(Problem::not_found)
}

/// See what a template looks like.
#[utoipa::path(
    get, path = "/api/v1/portfolio/templates/{id}/thumbnail", operation_id = "getTemplateThumbnail", tag = "Portfolios",
    params(("id" = String, Path, description = "The template")),
    responses(
        (status = 200, body = Vec<u8>, content_type = "image/png"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such template"),
    )
)]
pub(crate) async fn get_thumbnail(Path(id): Path<String>) -> Result<impl IntoResponse, Problem> {
    let template = templates::find(&id).ok_or_else(Problem::not_found)?;
    let headers = [(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "public, max-age=86400")];
    Ok((headers, template.thumbnail))
}

/// A portfolio in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PortfolioSummary {
    portfolio_id: Uuid,
    cv_id: Uuid,
    template_id: String,
    /// The name that it shows; `null` until it is made.
    name: Option<String>,
    status: PortfolioStatus,
    /// Where it is published.
    publication: Option<PublicationView>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

/// How far a portfolio is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PortfolioStatus {
    /// Its content is not there yet; its job says how far it is.
    Generating,
    /// It is there, and nobody but its owner can see it.
    Draft,
    /// It is on the web.
    Published,
}

/// Where and how a portfolio is published.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PublicationView {
    #[schema(example = "https://sites.example/p/ada-lovelace")]
    url: String,
    #[schema(example = "ada-lovelace")]
    slug: String,
    /// `public`, `unlisted` or `password`.
    #[schema(value_type = String, example = "public")]
    visibility: Visibility,
    /// Whether search engines may list it.
    indexable: bool,
    #[schema(value_type = String, format = DateTime)]
    published_at: Timestamp,
}

/// A whole portfolio.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PortfolioView {
    #[serde(flatten)]
    summary: PortfolioSummary,
    customizations: Customizations,
    /// Colours that were asked for and could not be read on their background, and what is used instead.
    adjustments: Vec<Adjustment>,
    /// What it says, section by section, hand edits included; entries are those of JSON Resume. `null` until it is made.
    #[schema(value_type = Option<Object>)]
    content: Option<crate::content::Content>,
    /// The sections that the owner wrote over.
    edited_sections: Vec<Section>,
}

fn summary(state: &State, portfolio: &Portfolio) -> PortfolioSummary {
    let name = Parts::of(portfolio).ok().map(|parts| parts.content().hero.name);
    PortfolioSummary {
        portfolio_id: portfolio.portfolio_id,
        cv_id: portfolio.cv_id,
        template_id: portfolio.template_id.clone(),
        status: match (&name, &portfolio.publication) {
            (None, _) => PortfolioStatus::Generating,
            (Some(_), None) => PortfolioStatus::Draft,
            (Some(_), Some(_)) => PortfolioStatus::Published,
        },
        name,
        publication: portfolio.publication.as_ref().map(|publication| publication_view(state, publication)),
        created_at: portfolio.created_at,
        updated_at: portfolio.updated_at,
    }
}

fn publication_view(state: &State, publication: &Publication) -> PublicationView {
    PublicationView {
        url: state.addresses.site(&publication.slug),
        slug: publication.slug.clone(),
        visibility: publication.visibility,
        indexable: publication.indexable,
        published_at: publication.published_at,
    }
}

pub(crate) fn view(state: &State, portfolio: &Portfolio) -> Result<WithEtag<Json<PortfolioView>>, Problem> {
    let customizations = publishing::customizations_of(portfolio)?;
    let template = template_of(&portfolio.template_id);
    let content = match Parts::of(portfolio) {
        Ok(parts) => Some(parts.content()),
        Err(PublishError::NotMade) => None,
        Err(error) => return Err(error.into()),
    };
    let view = PortfolioView {
        summary: summary(state, portfolio),
        adjustments: template.map(|template| site::adjustments(template, &customizations)).unwrap_or_default(),
        customizations,
        content,
        edited_sections: publishing::edits_of(portfolio)?.sections(),
    };
    Ok(WithEtag(portfolio.version, Json(view)))
}

fn template_of(id: &str) -> Option<&'static Template> {
    templates::find(id).or_else(|| templates::find(templates::DEFAULT))
}

/// What to make a portfolio of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GenerateBody {
    cv_id: Uuid,
    #[schema(example = "minimal-portfolio")]
    template_id: String,
    /// What differs from the template.
    #[schema(value_type = Option<Customizations>)]
    customizations: Option<Value>,
}

/// A portfolio on its way.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobAnswer {
    job_id: Uuid,
    portfolio_id: Uuid,
}

/// Make a portfolio of a CV. It is a draft until you publish it.
#[utoipa::path(
    post, path = "/api/v1/portfolio/generate", operation_id = "generatePortfolio", tag = "Portfolios",
    security(("bearer" = [])), params(Idempotency), request_body = GenerateBody,
    responses(
        (status = 202, body = JobAnswer, description = "`GET /jobs/{job_id}` says how far it is"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such CV of yours"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A member is not valid"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many portfolios"),
    )
)]
pub(crate) async fn generate(
    FromState(state): FromState<State>,
    user: User,
    Json(body): Json<GenerateBody>,
) -> Result<impl IntoResponse, Problem> {
    let cv = state.store.cv(user.id, body.cv_id).await?.ok_or_else(Problem::not_found)?;
    let (template, customizations) =
        choices(&body.template_id, &body.customizations.unwrap_or(Value::Object(Map::new())))?;
    let portfolio =
        Portfolio::new(Uuid::now_v7(), (user.id, cv.cv_id), template.manifest.id.clone(), json(&customizations)?);
    let job = job(&cv, portfolio.portfolio_id, None);
    state.store.create_portfolio(&portfolio, Some(&job)).await?;
    send(&state, &job).await;
    Ok((StatusCode::ACCEPTED, Json(JobAnswer { job_id: job.job_id, portfolio_id: portfolio.portfolio_id })))
}

/// List your portfolios, newest first.
#[utoipa::path(
    get, path = "/api/v1/portfolio", operation_id = "listPortfolios", tag = "Portfolios", security(("bearer" = [])),
    params(Paging),
    responses(
        (status = 200, body = Listed<PortfolioSummary>),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The query cannot be read"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
    )
)]
pub(crate) async fn list(
    FromState(state): FromState<State>,
    user: User,
    Query(paging): Query<Paging>,
) -> Result<Json<Listed<PortfolioSummary>>, Problem> {
    let page = state.store.portfolios(user.id, paging.limit()?, paging.cursor.as_deref()).await?;
    let items = page.items.iter().map(|portfolio| summary(&state, portfolio)).collect();
    Ok(Json(Listed { items, next_cursor: page.next_cursor }))
}

/// Read a portfolio.
#[utoipa::path(
    get, path = "/api/v1/portfolio/{id}", operation_id = "getPortfolio", tag = "Portfolios", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The portfolio")),
    responses(
        (status = 200, body = PortfolioView),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such portfolio of yours"),
    )
)]
pub(crate) async fn get(
    FromState(state): FromState<State>,
    user: User,
    Path(id): Path<Uuid>,
) -> Result<WithEtag<Json<PortfolioView>>, Problem> {
    view(&state, &find(&state, user, id).await?)
}

/// What may be changed, as a JSON Merge Patch (RFC 7396).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PatchBody {
    template_id: Option<String>,
    /// Merged into the customizations; `null` for a member brings the template's own back.
    #[schema(value_type = Option<Customizations>)]
    customizations: Option<Value>,
    /// Sections in your own words, by name: merged into what the section says now. `null` for a section brings the
    /// generated words back.
    #[schema(value_type = Option<Object>)]
    content: Option<Map<String, Value>>,
}

/// Change how a portfolio looks or what it says. One that is published is published anew.
#[utoipa::path(
    patch, path = "/api/v1/portfolio/{id}", operation_id = "patchPortfolio", tag = "Portfolios",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The portfolio"), ("If-Match" = Option<String>, Header, description = "The ETag that you read")),
    request_body(content = PatchBody, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, body = PortfolioView),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such portfolio of yours"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "Its content is not there yet"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "It was changed since you read it"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A member is not valid"),
    )
)]
pub(crate) async fn patch(
    FromState(state): FromState<State>,
    user: User,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
    Json(body): Json<PatchBody>,
) -> Result<WithEtag<Json<PortfolioView>>, Problem> {
    let mut portfolio = find(&state, user, id).await?;
    if_match.check(portfolio.version)?;
    let template_id = body.template_id.unwrap_or_else(|| portfolio.template_id.clone());
    let mut wanted = portfolio.customizations.clone();
    if template_id != portfolio.template_id
        && let Some(members) = wanted.as_object_mut()
    {
        // A layout belongs to its template.
        members.shift_remove("layout");
    }
    if let Some(patch) = &body.customizations {
        merge(&mut wanted, patch);
    }
    let (template, customizations) = choices(&template_id, &wanted)?;
    portfolio.template_id.clone_from(&template.manifest.id);
    portfolio.customizations = json(&customizations)?;
    if let Some(changes) = body.content {
        portfolio.edits = json(&edited(&Parts::of(&portfolio)?, &changes)?)?;
    }
    view(&state, &keep(&state, portfolio).await?)
}

/// Remove a portfolio, and its site before that.
#[utoipa::path(
    delete, path = "/api/v1/portfolio/{id}", operation_id = "deletePortfolio", tag = "Portfolios",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The portfolio"), ("If-Match" = Option<String>, Header, description = "The ETag that you read")),
    responses(
        (status = 204, description = "It is gone; caches hold its site for a minute at most"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such portfolio of yours"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "It was changed since you read it"),
    )
)]
pub(crate) async fn delete(
    FromState(state): FromState<State>,
    user: User,
    Path(id): Path<Uuid>,
    if_match: IfMatch,
) -> Result<StatusCode, Problem> {
    let portfolio = find(&state, user, id).await?;
    if_match.check(portfolio.version)?;
    publishing::delete(&state, portfolio).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// See a portfolio as it would be published.
#[utoipa::path(
    get, path = "/api/v1/portfolio/{id}/preview", operation_id = "previewPortfolio", tag = "Portfolios",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The portfolio")),
    responses(
        (status = 200, body = String, content_type = "text/html", description = "The page, sandboxed and not to be indexed"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such portfolio of yours"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "Its content is not there yet"),
    )
)]
pub(crate) async fn preview(
    FromState(state): FromState<State>,
    user: User,
    Path(id): Path<Uuid>,
) -> Result<Response<Body>, Problem> {
    let portfolio = find(&state, user, id).await?;
    let parts = Parts::of(&portfolio)?;
    let page = site::page(&parts.content(), parts.template, &parts.customizations, &Place::Preview)
        .map_err(PublishError::from)?;
    // The page stands on the app's own origin here, so it is boxed in: no script, no form, no window of its own.
    let policy = format!("sandbox; {}", page.policy);
    let mut response = Response::new(Body::from(page.html));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_str(&policy).map_err(Problem::internal)?);
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
    headers.insert(header::ETAG, vitae_web::etag(portfolio.version));
    Ok(response)
}

/// Which sections to make anew.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegenerateBody {
    /// At least one, each once.
    #[schema(min_items = 1)]
    sections: Vec<Section>,
}

/// Make sections anew from the CV as it is now. The others stay as they are, hand edits included.
#[utoipa::path(
    post, path = "/api/v1/portfolio/{id}/regenerate", operation_id = "regeneratePortfolio", tag = "Portfolios",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The portfolio"), Idempotency), request_body = RegenerateBody,
    responses(
        (status = 202, body = JobAnswer, description = "`GET /jobs/{job_id}` says how far it is"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such portfolio of yours"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "Its CV was removed"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A section is unknown or named twice"),
    )
)]
pub(crate) async fn regenerate(
    FromState(state): FromState<State>,
    user: User,
    Path(id): Path<Uuid>,
    Json(body): Json<RegenerateBody>,
) -> Result<impl IntoResponse, Problem> {
    let portfolio = find(&state, user, id).await?;
    if body.sections.is_empty() {
        return Err(Problem::invalid("/sections", "name at least one section"));
    }
    for (i, section) in body.sections.iter().enumerate() {
        if body.sections[..i].contains(section) {
            return Err(Problem::invalid(format!("/sections/{i}"), "this section is named twice"));
        }
    }
    let cv = state.store.cv(user.id, portfolio.cv_id).await?.ok_or_else(|| {
        Problem::conflict("The CV of this portfolio was removed, so there is nothing to make it from.")
    })?;
    let sections = body.sections.iter().map(|section| section.name().to_owned()).collect();
    let job = job(&cv, portfolio.portfolio_id, Some(sections));
    state.store.create_job(&job).await?;
    send(&state, &job).await;
    Ok((StatusCode::ACCEPTED, Json(JobAnswer { job_id: job.job_id, portfolio_id: portfolio.portfolio_id })))
}

/// How to publish. Every member may be left out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PublishBody {
    /// Last part of the address: 3 to 60 of `a` to `z`, `0` to `9` and inner hyphens. Without one the portfolio keeps
    /// the slug that it has, or gets one from its owner's name; one that was never public and gets a password, or is
    /// unlisted, gets one that cannot be guessed. A public portfolio is still found by its last five slugs.
    #[schema(example = "ada-lovelace")]
    slug: Option<String>,
    /// `public` by default. `unlisted` gives an address that cannot be guessed. `password` shows the portfolio to those
    /// who type its password, and nothing of it to others.
    visibility: Option<WishedVisibility>,
    /// For `visibility: password`: 8 to 256 characters. May be left out where the portfolio has one already; a new one
    /// shuts out who came in by the old.
    #[schema(min_length = 8, max_length = 256, format = Password)]
    password: Option<String>,
    /// Whether search engines may list it; `false` by default.
    #[serde(default)]
    indexable: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum WishedVisibility {
    Public,
    Unlisted,
    Password,
}

/// Put a portfolio on the web.
#[utoipa::path(
    post, path = "/api/v1/portfolio/{id}/publish", operation_id = "publishPortfolio", tag = "Portfolios",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The portfolio")), request_body = PublishBody,
    responses(
        (status = 200, body = PublicationView, description = "It is on the web"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such portfolio of yours"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "The slug is taken (`detail` names free ones), or the content is not there yet"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A member is not valid"),
    )
)]
pub(crate) async fn publish(
    FromState(state): FromState<State>,
    user: User,
    Path(id): Path<Uuid>,
    Json(body): Json<PublishBody>,
) -> Result<WithEtag<Json<PublicationView>>, Problem> {
    let mut wish = wish(&body)?;
    let portfolio = find(&state, user, id).await?;
    if let Some(password) = &body.password {
        wish.password_hash = Some(Password::typed(password).hash().await.map_err(Problem::internal)?);
    }
    let name = Parts::of(&portfolio)?.content().hero.name;
    let slug = wish.slug.clone();
    match publishing::publish(&state, portfolio, wish).await {
        Ok(portfolio) => {
            let publication = portfolio.publication.as_ref().ok_or_else(Problem::precondition_failed)?;
            Ok(WithEtag(portfolio.version, Json(publication_view(&state, publication))))
        }
        Err(PublishError::Taken) => {
            let Some(slug) = slug else { return Err(Problem::unavailable("no automatic slug was free")) };
            let free = publishing::suggestions(&state, &slug, &name).await?;
            let free: Vec<String> = free.iter().map(|slug| format!("`{slug}`")).collect();
            Err(Problem::conflict(format!("The slug `{slug}` is taken. Free at the moment: {}.", free.join(", "))))
        }
        Err(error) => Err(error.into()),
    }
}

/// Take a portfolio off the web. Its slug stays yours.
#[utoipa::path(
    post, path = "/api/v1/portfolio/{id}/unpublish", operation_id = "unpublishPortfolio", tag = "Portfolios",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The portfolio")),
    responses(
        (status = 200, body = PortfolioView, description = "Its objects are gone; caches hold them for a minute at most"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such portfolio of yours"),
    )
)]
pub(crate) async fn unpublish(
    FromState(state): FromState<State>,
    user: User,
    Path(id): Path<Uuid>,
) -> Result<WithEtag<Json<PortfolioView>>, Problem> {
    let portfolio = find(&state, user, id).await?;
    let portfolio = publishing::unpublish(&state, portfolio).await?.ok_or_else(Problem::not_found)?;
    view(&state, &portfolio)
}

/// Take the site along: a zip that opens from a disk and serves from any host.
#[utoipa::path(
    get, path = "/api/v1/portfolio/{id}/download", operation_id = "downloadPortfolio", tag = "Portfolios",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The portfolio")),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/zip"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such portfolio of yours"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "Its content is not there yet"),
    )
)]
pub(crate) async fn download(
    FromState(state): FromState<State>,
    user: User,
    Path(id): Path<Uuid>,
) -> Result<impl IntoResponse, Problem> {
    let portfolio = find(&state, user, id).await?;
    let parts = Parts::of(&portfolio)?;
    let content = parts.content();
    let files =
        site::files(&content, parts.template, &parts.customizations, &Place::Disk).map_err(PublishError::from)?;
    let zip = site::pack(&files).map_err(Problem::internal)?;
    let event = CountedEvent::each(user.id, EventKind::Download { what: "portfolio_zip".to_owned() });
    if let Err(error) = state.queues.events.send(&event).await {
        // The person gets their file; a number that is one too small is the lesser harm.
        tracing::error!(%error, "a download was not counted");
    }
    let stem = Slug::from_name(&content.hero.name).map_or_else(|| "portfolio".to_owned(), |slug| slug.to_string());
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{stem}.zip\"")),
    ];
    Ok((headers, zip))
}

pub(crate) async fn find(state: &State, user: User, id: Uuid) -> Result<Portfolio, Problem> {
    state.store.portfolio(user.id, id).await?.ok_or_else(Problem::not_found)
}

/// Writes a portfolio that was changed. One that is published is published anew.
pub(crate) async fn keep(state: &State, portfolio: Portfolio) -> Result<Portfolio, Problem> {
    let portfolio = state.store.update_portfolio(portfolio).await?;
    match portfolio.publication {
        Some(_) => {
            let (user_id, portfolio_id) = (portfolio.user_id, portfolio.portfolio_id);
            bring_in_line(state, user_id, portfolio_id).await?.ok_or_else(Problem::not_found)
        }
        None => Ok(portfolio),
    }
}

fn job(cv: &Cv, portfolio_id: Uuid, sections: Option<Vec<String>>) -> Job {
    Job { portfolio_id: Some(portfolio_id), sections, ..Job::new(JobKind::Generate, cv.user_id, cv.cv_id) }
}

/// Sends a job that was just stored to the worker. If the queue does not take it, the sweeper sends it, so for the person
/// it is on its way.
async fn send(state: &State, job: &Job) {
    let message = JobMessage { user_id: job.user_id, job_id: job.job_id };
    if let Err(error) = state.queues.generate.send(&message).await {
        tracing::error!(%error, job_id = %job.job_id, "a job was stored and not sent");
    }
}

/// The template and the customizations that a person asks for, checked.
fn choices(template_id: &str, customizations: &Value) -> Result<(&'static Template, Customizations), Problem> {
    let template = templates::find(template_id).ok_or_else(|| {
        let offered: Vec<&str> = templates::all().iter().map(|template| template.manifest.id.as_str()).collect();
        Problem::invalid("/template_id", format!("there is no such template; offered are {}", offered.join(", ")))
    })?;
    let under = |violations| invalid("/customizations", violations);
    let customizations = Customizations::from_json(customizations).map_err(under)?;
    template.check(&customizations).map_err(under)?;
    Ok((template, customizations))
}

/// The edits after a patch of the content.
fn edited(parts: &Parts, changes: &Map<String, Value>) -> Result<Edits, Problem> {
    let present = json(&parts.content())?;
    let mut edits = json(&parts.edits)?;
    let known = edits.as_object_mut().ok_or_else(|| Problem::internal("edits are no object"))?;
    for (name, change) in changes {
        if !Section::ALL.iter().any(|section| section.name() == name) {
            return Err(Problem::invalid(format!("/content/{}", escaped(name)), "there is no such section"));
        }
        if change.is_null() {
            known.shift_remove(name);
            continue;
        }
        let mut section = present.get(name).cloned().unwrap_or(Value::Null);
        merge(&mut section, change);
        known.insert(name.clone(), section);
    }
    let edits: Edits = serde_path_to_error::deserialize(&edits).map_err(|error| {
        let pointer: String = error
            .path()
            .iter()
            .filter_map(|segment| match segment {
                serde_path_to_error::Segment::Seq { index } => Some(format!("/{index}")),
                serde_path_to_error::Segment::Map { key } => Some(format!("/{}", escaped(key))),
                _ => None,
            })
            .collect();
        Problem::invalid(format!("/content{pointer}"), error.inner().to_string())
    })?;
    // What a person writes by hand is refused where it cannot be shown, not silently left out.
    let bare = strict_links(&edits);
    if !bare.is_empty() {
        return Err(invalid("/content", bare));
    }
    parts.generated.with_edits(&edits).validate().map_err(|violations| invalid("/content", violations))?;
    Ok(edits)
}

/// The addresses in hand edits that a page could not link to.
fn strict_links(edits: &Edits) -> Vec<Violation> {
    fn walk(value: &Value, pointer: &str, found: &mut Vec<Violation>) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    let at = format!("{pointer}/{}", escaped(name));
                    match member.as_str() {
                        Some(text) if matches!(name.as_str(), "url" | "website") => {
                            if crate::content::web_address(text).is_none() {
                                let detail = "an address begins with http:// or https:// and names no user".to_owned();
                                found.push(Violation { pointer: at, detail });
                            }
                        }
                        _ => walk(member, &at, found),
                    }
                }
            }
            Value::Array(items) => {
                for (i, item) in items.iter().enumerate() {
                    walk(item, &format!("{pointer}/{i}"), found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(&serde_json::to_value(edits).unwrap_or_default(), "", &mut found);
    found
}

fn wish(body: &PublishBody) -> Result<Wish, Problem> {
    let visibility = match body.visibility {
        None | Some(WishedVisibility::Public) => Visibility::Public,
        Some(WishedVisibility::Unlisted) => Visibility::Unlisted,
        Some(WishedVisibility::Password) => Visibility::Password,
    };
    match &body.password {
        Some(_) if visibility != Visibility::Password => {
            return Err(Problem::invalid("/password", "a password goes with `visibility: password` only"));
        }
        Some(password) if !PASSWORD_LENGTH.contains(&Password::typed(password).length()) => {
            return Err(Problem::invalid("/password", "a portfolio's password has 8 to 256 characters"));
        }
        _ => {}
    }
    if visibility == Visibility::Unlisted && body.slug.is_some() {
        return Err(Problem::invalid(
            "/slug",
            "an unlisted portfolio gets an address that cannot be guessed; leave this out",
        ));
    }
    if visibility != Visibility::Public && body.indexable {
        return Err(Problem::invalid("/indexable", "search engines may list public portfolios only"));
    }
    let slug = body.slug.as_deref().map(Slug::parse).transpose();
    let slug = slug.map_err(|error| Problem::invalid("/slug", error.to_string()))?;
    Ok(Wish { slug, visibility, indexable: body.indexable, password_hash: None })
}

fn invalid(prefix: &str, violations: Vec<Violation>) -> Problem {
    let field = |v: Violation| FieldError { pointer: format!("{prefix}{}", v.pointer), detail: v.detail };
    Problem::invalid_fields(violations.into_iter().map(field).collect())
}

fn json<T: Serialize>(value: &T) -> Result<Value, Problem> {
    serde_json::to_value(value).map_err(Problem::internal)
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

impl From<PublishError> for Problem {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Store(StoreError::Conflict) => {
                Self::conflict("The portfolio was changed meanwhile. Read it again and repeat your request.")
            }
            PublishError::Store(error) => error.into(),
            PublishError::NotMade => {
                Self::conflict("The portfolio is still being made. Wait for its job, then repeat your request.")
            }
            PublishError::Taken => Self::conflict("The slug is taken."),
            PublishError::NoPassword => Self::invalid("/password", "give the password that shall protect it"),
            PublishError::Blob(error) => Self::unavailable(error),
            PublishError::Queue(error) => Self::unavailable(error),
            PublishError::Render(_) | PublishError::Unreadable(_) => Self::internal(format!("{error:?}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::content::Content;

    fn parts() -> Parts {
        Parts {
            template: templates::find(templates::DEFAULT).unwrap(),
            customizations: Customizations::default(),
            generated: Content::from_resume(&crate::fixtures::full()),
            edits: serde_json::from_value(json!({"about": {"paragraphs": ["Mine."]}})).unwrap(),
        }
    }

    fn edit(changes: Value) -> Result<Edits, Vec<String>> {
        let Value::Object(changes) = changes else { panic!("an object is wanted") };
        edited(&parts(), &changes).map_err(|p| p.body("").errors.into_iter().map(|e| e.pointer).collect())
    }

    #[test]
    fn an_edit_is_merged_into_what_the_section_says_and_null_brings_the_generated_words_back() {
        let edits = edit(json!({"hero": {"headline": "Analyst"}, "about": null})).unwrap();
        let hero = edits.hero.clone().unwrap();
        assert_eq!((hero.name.as_str(), hero.headline.as_deref()), ("Eleanor Marsh", Some("Analyst")));
        assert_eq!(edits.sections(), [Section::Hero]);
    }

    #[test]
    fn an_edit_that_cannot_be_shown_is_refused_where_it_stands() {
        assert_eq!(edit(json!({"blog": {}})).unwrap_err(), ["/content/blog"]);
        assert_eq!(edit(json!({"hero": {"name": null}})).unwrap_err(), ["/content/hero"]);
        assert_eq!(edit(json!({"hero": {"name": " "}})).unwrap_err(), ["/content/hero/name"]);
        assert_eq!(
            edit(json!({"projects": [{"name": "x", "url": "javascript:1"}]})).unwrap_err(),
            ["/content/projects/0/url"]
        );
        assert_eq!(edit(json!({"skills": [{"title": "x"}]})).unwrap_err(), ["/content/skills/0/title"]);
        assert_eq!(edit(json!({"contact": {"email": "nobody"}})).unwrap_err(), ["/content/contact/email"]);
    }

    #[test]
    fn the_sample_requests_are_what_the_routes_take() {
        let body = |event: &str| -> String {
            let event: Value = serde_json::from_str(event).unwrap();
            event["body"].as_str().unwrap().to_owned()
        };
        let generate: GenerateBody =
            serde_json::from_str(&body(include_str!("../../../events/generate/generate.json"))).unwrap();
        assert!(choices(&generate.template_id, &generate.customizations.unwrap()).is_ok());
        let publish: PublishBody =
            serde_json::from_str(&body(include_str!("../../../events/generate/publish.json"))).unwrap();
        assert_eq!(wish(&publish).unwrap().slug.unwrap().as_str(), "ada-lovelace");
    }

    #[test]
    fn what_cannot_be_kept_is_not_promised_when_publishing() {
        let pointer = |body: Value| {
            let body: PublishBody = serde_json::from_value(body).unwrap();
            wish(&body).map_err(|p| (p.status().as_u16(), p.body("").errors[0].pointer.clone()))
        };
        assert_eq!(
            pointer(json!({"visibility": "password", "password": "seven77"})).unwrap_err(),
            (422, "/password".to_owned())
        );
        assert_eq!(pointer(json!({"password": "open sesame"})).unwrap_err(), (422, "/password".to_owned()));
        assert_eq!(
            pointer(json!({"visibility": "password", "password": "open sesame", "indexable": true})).unwrap_err(),
            (422, "/indexable".to_owned())
        );
        let protected = json!({"visibility": "password", "password": "open sesame", "slug": "ada"});
        assert_eq!(pointer(protected).unwrap().visibility, Visibility::Password);
        assert_eq!(pointer(json!({"visibility": "unlisted", "slug": "ada"})).unwrap_err(), (422, "/slug".to_owned()));
        assert_eq!(
            pointer(json!({"visibility": "unlisted", "indexable": true})).unwrap_err(),
            (422, "/indexable".to_owned())
        );
        assert_eq!(pointer(json!({"slug": "admin"})).unwrap_err(), (422, "/slug".to_owned()));
        let plain = pointer(json!({})).unwrap();
        assert!(plain.slug.is_none() && plain.visibility == Visibility::Public && !plain.indexable);
    }

    #[test]
    fn faults_of_the_choices_are_pointed_at_in_the_body() {
        let pointers = |template: &str, json: Value| -> Vec<String> {
            let problem = choices(template, &json).unwrap_err();
            problem.body("").errors.into_iter().map(|e| e.pointer).collect()
        };
        assert_eq!(pointers("no-such", json!({})), ["/template_id"]);
        assert_eq!(pointers(templates::DEFAULT, json!({"layout": "spiral"})), ["/customizations/layout"]);
        assert_eq!(
            pointers(templates::DEFAULT, json!({"css": "x", "tone": "loud"})),
            ["/customizations/css", "/customizations/tone"]
        );
    }
}
