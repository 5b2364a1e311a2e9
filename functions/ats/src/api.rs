//! `/ats`: documents, reports and downloads.

use std::time::Duration;

use axum::extract::State as FromState;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use vitae_blobs::{Bucket, keys};
use vitae_queue::{CountedEvent, EventKind};
use vitae_resume::Resume;
use vitae_store::documents::AtsDocument;
use vitae_store::{Cv, CvSource, Store, StoreError};
use vitae_web::{
    FieldError, Idempotency, Json, Listed, Paging, Path, Problem, ProblemBody, Query, RateLimit, Subject, User,
};

use crate::State;
use crate::fonts::Fonts;
use crate::make::{Format, MakeError, Wish, make};
use crate::propose::propose;
use crate::report::{self, Report};
use crate::sheet::Section;
use crate::template::Template;
use crate::typeset::{FontSize, PageSize, TypesetError};

/// Longest job description, in characters; postings have two to eight thousand.
const LONGEST_DESCRIPTION: usize = 20_000;
/// Longest job title or industry, in characters.
const LONGEST_TITLE: usize = 200;
/// How long an address of a document is good for.
const DOWNLOAD_TIME: Duration = Duration::from_secs(60);

/// Sizes of running text that can be read on paper, in points.
const FONT_SIZES: std::ops::RangeInclusive<f64> = 9.0..=12.0;

/// A document is kept until its owner goes, so a person has sixty at once and as many an hour.
pub(crate) const GENERATE_LIMIT: RateLimit =
    RateLimit { class: "ats-generate", burst: 60, window: Duration::from_secs(3600), subject: Subject::Person };

/// A report is read and changed and read again; it costs milliseconds.
pub(crate) const ANALYZE_LIMIT: RateLimit =
    RateLimit { class: "ats-analyze", burst: 240, window: Duration::from_secs(3600), subject: Subject::Person };

/// A look that a document can have.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AtsTemplate)]
pub(crate) struct TemplateView {
    #[schema(example = "professional")]
    id: &'static str,
    name: &'static str,
    description: &'static str,
    formats: Vec<Format>,
    page_sizes: Vec<PageSize>,
    /// The sections that it can show, in its usual order.
    sections: &'static [Section],
    /// Families of type that its PDF embeds, as far as the text needs them.
    fonts: Vec<&'static str>,
    /// Languages that its headings are written in, ISO 639-1; others get English ones.
    languages: Vec<&'static str>,
}

/// What document to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AtsGenerateBody)]
pub(crate) struct GenerateBody {
    cv_id: Uuid,
    #[schema(example = "clean")]
    template_id: String,
    format: Format,
    /// The sections to show, in this order; all that hold something by default.
    sections: Option<Vec<Section>>,
    /// At most 20000 characters. Sections, bullets and skills are ordered by what they have to do with it.
    #[schema(max_length = 20000)]
    job_description: Option<String>,
    /// At most 200 characters. It becomes the document's headline.
    #[schema(max_length = 200, example = "Site Reliability Engineer")]
    target_job_title: Option<String>,
    /// `a4` by default.
    #[serde(default)]
    page_size: PageSize,
    /// Bounds of a PDF's running text in points, each 9 to 12; by default the template's own sizes.
    font_size: Option<FontSize>,
}

/// The document that was made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AtsGenerateAnswer)]
pub(crate) struct GenerateAnswer {
    resume_id: Uuid,
    format: Format,
    /// Asks for the access token and answers with a redirect to an address that is good for a minute.
    download_url: String,
    /// The report's score, 0 to 100.
    #[schema(maximum = 100)]
    ats_score: u32,
    report: Report,
}

/// What to report on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AtsAnalyzeBody)]
pub(crate) struct AnalyzeBody {
    cv_id: Uuid,
    /// At most 20000 characters.
    #[schema(max_length = 20000)]
    job_description: Option<String>,
    /// At most 200 characters.
    #[schema(max_length = 200)]
    target_job_title: Option<String>,
    /// At most 200 characters.
    #[schema(max_length = 200)]
    target_industry: Option<String>,
    /// Asks a language model, where one is set up, for wordings closer to the job description. Nothing is changed by them.
    #[serde(default)]
    proposals: bool,
}

/// A document in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AtsDocument)]
pub(crate) struct DocumentView {
    resume_id: Uuid,
    cv_id: Uuid,
    template_id: String,
    #[schema(example = "pdf")]
    format: String,
    filename: String,
    /// Bytes.
    size: u64,
    /// The report's score when it was made, 0 to 100.
    ats_score: u32,
    download_url: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// List the templates of ATS documents.
#[utoipa::path(
    get, path = "/api/v1/ats/templates", operation_id = "listAtsTemplates", tag = "ATS",
    responses((status = 200, body = Listed<TemplateView>))
)]
pub(crate) async fn templates() -> Json<Listed<TemplateView>> {
    let view = |template: &'static Template| TemplateView {
        id: &template.id,
        name: &template.name,
        description: &template.description,
        formats: vec![Format::Pdf, Format::Docx, Format::Txt, Format::Json],
        page_sizes: vec![PageSize::A4, PageSize::Letter],
        sections: &template.order,
        fonts: crate::fonts::families_of(template),
        languages: crate::wording::Wording::languages().collect(),
    };
    Json(Listed { items: Template::all().iter().map(view).collect(), next_cursor: None })
}

/// Make an ATS document of a CV. It is read back by our own parser before it is offered; `report.round_trip` says what
/// came back.
#[utoipa::path(
    post, path = "/api/v1/ats/generate", operation_id = "generateAtsDocument", tag = "ATS", security(("bearer" = [])),
    params(Idempotency), request_body = GenerateBody,
    responses(
        (status = 201, body = GenerateAnswer, description = "The document is ready to be downloaded"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such CV of yours"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "The CV was removed meanwhile, or the key was used for another request"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body is not JSON"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A member is not valid, or the CV cannot be typeset"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many documents"),
    )
)]
pub(crate) async fn generate(
    FromState(state): FromState<State>,
    user: User,
    Json(body): Json<GenerateBody>,
) -> Result<impl IntoResponse, Problem> {
    let template = validate_generate(&body)?;
    let cv = find(&state.store, user, body.cv_id).await?;
    let resume = with_spans(&state.files, cv).await?;
    let now = Timestamp::now();
    let format = body.format;
    let filename = filename(&resume, format);
    let title = said(body.target_job_title);
    let fonts = match format {
        Format::Pdf => state.large_fonts.for_resume(&resume, title.as_deref()).await.map_err(Problem::unavailable)?,
        Format::Docx | Format::Txt | Format::Json => Fonts::default(),
    };
    let wish = Wish {
        template,
        fonts,
        font_size: body.font_size,
        format,
        sections: body.sections,
        job_description: said(body.job_description),
        target_job_title: title,
        page_size: body.page_size,
        now,
    };
    let product = compute(move || make(&resume, &wish)).await?.map_err(unmade)?;

    let document_id = Uuid::now_v7();
    let key = keys::document(user.id, document_id, format.extension());
    let size = product.bytes.len() as u64;
    let score = product.report.score.value;
    // The file goes first: a row always has its file, and a file that has no row is seen by nobody.
    state.files.put(&key, product.bytes, format.content_type(), None).await.map_err(Problem::unavailable)?;
    let document = AtsDocument {
        document_id,
        user_id: user.id,
        cv_id: body.cv_id,
        template_id: body.template_id,
        format: format.extension().to_owned(),
        filename,
        key,
        size,
        score,
        created_at: now,
    };
    if let Err(error) = state.store.create_document(&document).await {
        // Whatever became of the row, the file without one is not kept on purpose.
        if let Err(error) = state.files.delete(&document.key).await {
            tracing::warn!(%error, "a file without a row stays behind");
        }
        return Err(match error {
            StoreError::Conflict => Problem::conflict("The CV was removed while its document was made."),
            other => other.into(),
        });
    }
    let made = EventKind::AtsResumeCreated { template_id: document.template_id, format: document.format, score };
    count(&state, CountedEvent::once(document_id, user.id, made)).await;

    let answer = GenerateAnswer {
        resume_id: document_id,
        format,
        download_url: download_url(&state.app_url, document_id),
        ats_score: score,
        report: product.report,
    };
    let location = HeaderValue::from_str(&answer.download_url).map_err(Problem::internal)?;
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(answer)))
}

/// Report on a CV, beside a job description where one is given.
#[utoipa::path(
    post, path = "/api/v1/ats/analyze", operation_id = "analyzeCv", tag = "ATS", security(("bearer" = [])),
    request_body = AnalyzeBody,
    responses(
        (status = 200, body = Report, description = "Findings first, worst first; then the score that follows from them"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such CV of yours"),
        (status = 415, body = ProblemBody, content_type = "application/problem+json", description = "The body is not JSON"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A member is not valid"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many reports"),
    )
)]
pub(crate) async fn analyze(
    FromState(state): FromState<State>,
    user: User,
    Json(body): Json<AnalyzeBody>,
) -> Result<Json<Report>, Problem> {
    let mut errors = Vec::new();
    check_length(&mut errors, "/job_description", body.job_description.as_deref(), LONGEST_DESCRIPTION);
    check_length(&mut errors, "/target_job_title", body.target_job_title.as_deref(), LONGEST_TITLE);
    check_length(&mut errors, "/target_industry", body.target_industry.as_deref(), LONGEST_TITLE);
    if !errors.is_empty() {
        return Err(Problem::invalid_fields(errors));
    }
    let cv = find(&state.store, user, body.cv_id).await?;
    let original_size = match &cv.source {
        CvSource::File { file, .. } => Some(file.size),
        CvSource::Import => None,
    };
    let resume = with_spans(&state.files, cv).await?;
    let today = Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let (description, title, industry) =
        (said(body.job_description), said(body.target_job_title), said(body.target_industry));
    let wanted = body.proposals.then(|| resume.clone());
    let mut report = compute(move || {
        let subject = report::Subject {
            resume: &resume,
            whole: None,
            job_description: description.as_deref(),
            target_job_title: title.as_deref(),
            target_industry: industry.as_deref(),
            original_size,
            today,
        };
        report::report(&subject, None)
    })
    .await?;
    if let Some(resume) = wanted {
        report.proposals = Some(propose(state.models.as_ref(), &resume, report.job.as_ref()).await);
    }
    Ok(Json(report))
}

/// List your ATS documents, newest first.
#[utoipa::path(
    get, path = "/api/v1/ats/resumes", operation_id = "listAtsDocuments", tag = "ATS", security(("bearer" = [])),
    params(Paging),
    responses(
        (status = 200, body = Listed<DocumentView>),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "The query cannot be read"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
    )
)]
pub(crate) async fn list(
    FromState(state): FromState<State>,
    user: User,
    Query(paging): Query<Paging>,
) -> Result<Json<Listed<DocumentView>>, Problem> {
    let page = state.store.documents(user.id, paging.limit()?, paging.cursor.as_deref()).await?;
    let view = |document: AtsDocument| DocumentView {
        resume_id: document.document_id,
        cv_id: document.cv_id,
        template_id: document.template_id,
        format: document.format,
        filename: document.filename,
        size: document.size,
        ats_score: document.score,
        download_url: download_url(&state.app_url, document.document_id),
        created_at: document.created_at,
    };
    Ok(Json(Listed { items: page.items.into_iter().map(view).collect(), next_cursor: page.next_cursor }))
}

/// Download an ATS document.
#[utoipa::path(
    get, path = "/api/v1/ats/download/{resume_id}", operation_id = "downloadAtsDocument", tag = "ATS",
    security(("bearer" = [])), params(("resume_id" = Uuid, Path, description = "The document")),
    responses(
        (status = 302, description = "`Location` is good for a minute and takes no access token"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such document of yours"),
    )
)]
pub(crate) async fn download(
    FromState(state): FromState<State>,
    user: User,
    Path(resume_id): Path<Uuid>,
) -> Result<impl IntoResponse, Problem> {
    let document = state.store.document(user.id, resume_id).await?.ok_or_else(Problem::not_found)?;
    let url = state
        .files
        .presign_download(&document.key, &document.filename, DOWNLOAD_TIME)
        .await
        .map_err(Problem::unavailable)?;
    count(&state, CountedEvent::each(user.id, EventKind::Download { what: "ats_resume".to_owned() })).await;
    let location = HeaderValue::from_str(&url).map_err(Problem::internal)?;
    Ok((StatusCode::FOUND, [(header::LOCATION, location)]))
}

fn validate_generate(body: &GenerateBody) -> Result<&'static Template, Problem> {
    let mut errors = Vec::new();
    let template = Template::find(&body.template_id);
    if template.is_none() {
        let ids: Vec<String> = Template::all().iter().map(|template| format!("`{}`", template.id)).collect();
        errors.push(field("/template_id", format!("there is no such template; take one of {}", ids.join(", "))));
    }
    if let Some(FontSize { min, max }) = body.font_size {
        for (pointer, size) in [("/font_size/min", min), ("/font_size/max", max)] {
            if !FONT_SIZES.contains(&size) {
                errors.push(field(pointer, "a size of 9 to 12 points"));
            }
        }
        if min > max {
            errors.push(field("/font_size", "`min` is at most `max`"));
        }
    }
    if let Some(sections) = &body.sections {
        if sections.is_empty() {
            errors.push(field("/sections", "name at least one section, or leave this out"));
        }
        for (i, section) in sections.iter().enumerate() {
            if sections[..i].contains(section) {
                errors.push(field(format!("/sections/{i}"), "this section is named twice"));
            }
        }
    }
    check_length(&mut errors, "/job_description", body.job_description.as_deref(), LONGEST_DESCRIPTION);
    check_length(&mut errors, "/target_job_title", body.target_job_title.as_deref(), LONGEST_TITLE);
    template.filter(|_| errors.is_empty()).ok_or_else(|| Problem::invalid_fields(errors))
}

fn check_length(errors: &mut Vec<FieldError>, pointer: &str, text: Option<&str>, longest: usize) {
    if text.is_some_and(|text| text.chars().count() > longest) {
        errors.push(field(pointer, format!("at most {longest} characters")));
    }
}

fn field(pointer: impl Into<String>, detail: impl Into<String>) -> FieldError {
    FieldError { pointer: pointer.into(), detail: detail.into() }
}

/// A text that says something.
fn said(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

async fn find(store: &Store, user: User, cv_id: Uuid) -> Result<Cv, Problem> {
    store.cv(user.id, cv_id).await?.ok_or_else(Problem::not_found)
}

/// The résumé with the places on the original's pages, which lie beside the original. A field that was changed by hand
/// has no confidence any more, and no place on the page either.
async fn with_spans(files: &Bucket, cv: Cv) -> Result<Resume, Problem> {
    let mut resume = cv.resume;
    let CvSource::File { spans_key: Some(key), .. } = &cv.source else { return Ok(resume) };
    let Some(vitae) = &mut resume.meta.vitae else { return Ok(resume) };
    files.add_spans(key, vitae).await.map_err(Problem::unavailable)?;
    Ok(resume)
}

/// Runs what only computes beside the event loop.
async fn compute<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let span = tracing::Span::current();
    tokio::task::spawn_blocking(move || span.in_scope(work)).await.map_err(|_| Problem::internal("the work broke off"))
}

fn unmade(error: MakeError) -> Problem {
    match error {
        MakeError::Typeset(error @ TypesetError::TooLong(_)) => Problem::invalid("/cv_id", error.to_string()),
        MakeError::Typeset(error @ TypesetError::Script) => Problem::invalid("/format", error.to_string()),
        other => Problem::internal(other),
    }
}

/// What the browser calls the file: the person's name, without what file systems refuse.
fn filename(resume: &Resume, format: Format) -> String {
    let name = crate::sheet::clean(&resume.basics.name).unwrap_or_default();
    let name: String = name.chars().filter(|c| !"/\\:*?\"<>|".contains(*c)).take(80).collect();
    let name = name.trim().trim_start_matches('.');
    let between = if name.is_empty() { "" } else { " " };
    format!("{name}{between}CV.{}", format.extension())
}

fn download_url(app_url: &str, document_id: Uuid) -> String {
    format!("{app_url}/api/v1/ats/download/{document_id}")
}

/// Sends an event to be counted. A document that could not be counted is a document all the same.
async fn count(state: &State, event: CountedEvent) {
    if let Err(error) = state.events.send(&event).await {
        tracing::error!(%error, "an event was not counted");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(json: &str) -> GenerateBody {
        serde_json::from_str(json).unwrap()
    }

    fn faults(json: &str) -> Vec<String> {
        match validate_generate(&body(json)) {
            Ok(_) => Vec::new(),
            Err(problem) => problem.body("").errors.into_iter().map(|error| error.pointer).collect(),
        }
    }

    const ID: &str = "0190b0a0-0000-7000-8000-000000000000";

    #[test]
    fn each_member_that_is_not_valid_is_pointed_at() {
        assert!(faults(&format!(r#"{{"cv_id":"{ID}","template_id":"clean","format":"pdf"}}"#)).is_empty());
        assert_eq!(
            faults(&format!(
                r#"{{"cv_id":"{ID}","template_id":"neon","format":"pdf","sections":["work","skills","work"],"job_description":"{}"}}"#,
                "x".repeat(LONGEST_DESCRIPTION + 1)
            )),
            ["/template_id", "/sections/2", "/job_description"]
        );
        assert_eq!(
            faults(&format!(r#"{{"cv_id":"{ID}","template_id":"clean","format":"txt","sections":[]}}"#)),
            ["/sections"]
        );
        assert_eq!(
            faults(&format!(
                r#"{{"cv_id":"{ID}","template_id":"modern","format":"pdf","font_size":{{"min":14,"max":10}}}}"#
            )),
            ["/font_size/min", "/font_size"]
        );
    }

    #[test]
    fn formats_sections_and_members_that_are_unknown_do_not_parse() {
        for extra in [
            r#""format":"odt""#,
            r#""format":"pdf","sections":["hobbies"]"#,
            r#""format":"pdf","page_size":"a3""#,
            r#""format":"pdf","colour":1"#,
        ] {
            let json = format!(r#"{{"cv_id":"{ID}","template_id":"clean",{extra}}}"#);
            assert!(serde_json::from_str::<GenerateBody>(&json).is_err(), "{extra}");
        }
    }

    #[test]
    fn a_file_is_called_after_its_person_and_nothing_dangerous() {
        let named = |name: &str| {
            let mut resume = Resume::default();
            resume.basics.name = Some(name.to_owned());
            filename(&resume, Format::Docx)
        };
        assert_eq!(named("Zoë Ångström"), "Zoë Ångström CV.docx");
        assert_eq!(named("../../etc/passwd"), "etcpasswd CV.docx");
        assert_eq!(named("\u{202e}"), "CV.docx");
        assert_eq!(filename(&Resume::default(), Format::Pdf), "CV.pdf");
    }

    #[test]
    fn every_route_is_described() {
        let document = crate::routes().document();
        let paths: Vec<&str> = document.paths.paths.keys().map(String::as_str).collect();
        for path in ["templates", "generate", "analyze", "resumes", "download/{resume_id}"] {
            assert!(paths.contains(&format!("/api/v1/ats/{path}").as_str()), "{path}");
        }
        // The documents of all functions become one, so a name must say whose it is.
        let schemas: Vec<String> = document.components.unwrap().schemas.into_keys().collect();
        for name in ["AtsReport", "AtsFinding", "AtsScore", "AtsRoundTrip", "AtsSection", "AtsTermMatch"] {
            assert!(schemas.iter().any(|schema| schema == name), "{name} is not among {schemas:?}");
        }
    }
}
