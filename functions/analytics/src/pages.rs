//! Pages for people: the API's documentation, and what each kind of problem means.

use axum::http::header;
use axum::response::{Html, IntoResponse, Redirect, Response};
use vitae_web::{PROBLEM_TYPES, Path, Problem, ProblemBody, ProblemType};

use crate::assets::{PAGES, REDOC, SWAGGER_UI};

/// A page of plain text has one style sheet and an empty icon.
const TEXT_POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// Swagger UI sets styles on its elements, draws its icons from data URLs, and asks this API.
const SWAGGER_UI_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// ReDoc writes its own style sheets, and searches in a worker that it makes of a blob.
const REDOC_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The way to the documentation.
#[utoipa::path(
    get, path = "/", operation_id = "getStart", tag = "System",
    responses((status = 307, description = "To the documentation", headers(("Location" = String, description = "`/docs`"))))
)]
pub(crate) async fn start() -> Redirect {
    Redirect::temporary("/docs")
}

/// The documentation in Swagger UI.
#[utoipa::path(
    get, path = "/docs", operation_id = "getSwaggerUi", tag = "System",
    responses((status = 200, description = "A page", body = String, content_type = "text/html"))
)]
pub(crate) async fn swagger_ui() -> Response {
    let head = format!("<link rel=\"stylesheet\" href=\"/docs/assets/{SWAGGER_UI}/swagger-ui.css\">");
    let body = format!(
        "<main id=\"docs\"></main>\n{NO_SCRIPT}\n\
         <script src=\"/docs/assets/{SWAGGER_UI}/swagger-ui-bundle.js\"></script>\n\
         <script src=\"/docs/assets/{PAGES}/swagger-ui.js\"></script>"
    );
    page("Vitae API", &head, &body, SWAGGER_UI_POLICY)
}

/// The documentation in ReDoc.
#[utoipa::path(
    get, path = "/redoc", operation_id = "getRedoc", tag = "System",
    responses((status = 200, description = "A page", body = String, content_type = "text/html"))
)]
pub(crate) async fn redoc() -> Response {
    let body = format!(
        "<main id=\"docs\"></main>\n{NO_SCRIPT}\n\
         <script src=\"/docs/assets/{REDOC}/redoc.standalone.js\"></script>\n\
         <script src=\"/docs/assets/{PAGES}/redoc.js\"></script>"
    );
    page("Vitae API", "<style>body { margin: 0; }</style>", &body, REDOC_POLICY)
}

/// Every kind of problem.
#[utoipa::path(
    get, path = "/problems", operation_id = "listProblems", tag = "System",
    responses((status = 200, description = "A page", body = String, content_type = "text/html"))
)]
pub(crate) async fn problems() -> Response {
    let entries: String = PROBLEM_TYPES
        .iter()
        .map(|kind| {
            format!(
                "<dt><a href=\"/problems/{slug}\">{title}</a> ({status})</dt>\n<dd>{explanation}</dd>\n",
                slug = kind.slug,
                title = escaped(kind.title),
                status = kind.status,
                explanation = with_code(kind.explanation),
            )
        })
        .collect();
    let body = format!(
        "<main>\n<h1>Problems</h1>\n<p>An error of this API is an answer of the type <code>application/problem+json</code> \
         (RFC 9457), whose <code>type</code> is one of these.</p>\n<dl>\n{entries}</dl>\n</main>"
    );
    page("Problems", PAGE_STYLE, &body, TEXT_POLICY)
}

/// What a kind of problem means.
///
/// The `type` of every problem leads here.
#[utoipa::path(
    get, path = "/problems/{slug}", operation_id = "getProblem", tag = "System",
    params(("slug" = String, Path, description = "Last part of the problem's `type`")),
    responses(
        (status = 200, description = "A page", body = String, content_type = "text/html"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such kind of problem"),
    )
)]
pub(crate) async fn problem(Path(slug): Path<String>) -> Result<Response, Problem> {
    let kind = PROBLEM_TYPES.iter().find(|kind| kind.slug == slug).ok_or_else(Problem::not_found)?;
    Ok(problem_page(kind))
}

fn problem_page(kind: &ProblemType) -> Response {
    let title = escaped(kind.title);
    let body = format!(
        "<main>\n<h1>{title}</h1>\n<p>{explanation}</p>\n\
         <p>Its HTTP status is {status}, and its <code>type</code> is <code>/problems/{slug}</code>.</p>\n\
         <p><a href=\"/problems\">Every kind of problem</a> · <a href=\"/docs\">The API</a></p>\n</main>",
        explanation = with_code(kind.explanation),
        status = kind.status,
        slug = kind.slug,
    );
    page(&title, PAGE_STYLE, &body, TEXT_POLICY)
}

const NO_SCRIPT: &str = "<noscript>This page needs JavaScript. Without it, the API's description can be read as \
    <a href=\"/openapi.json\">an OpenAPI document</a>.</noscript>";
const PAGE_STYLE: &str = "<link rel=\"stylesheet\" href=\"/docs/assets/pages/page.css\">";

fn page(title: &str, head: &str, body: &str, policy: &'static str) -> Response {
    // The empty icon keeps browsers from asking for /favicon.ico.
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <link rel=\"icon\" href=\"data:,\">\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    );
    let headers =
        [(header::CONTENT_SECURITY_POLICY, policy), (header::CACHE_CONTROL, "public, max-age=0, must-revalidate")];
    (headers, Html(html)).into_response()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// HTML of a text that has code between backticks.
fn with_code(text: &str) -> String {
    text.split('`')
        .enumerate()
        .map(|(i, part)| if i % 2 == 1 { format!("<code>{}</code>", escaped(part)) } else { escaped(part) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    async fn html(response: Response) -> String {
        String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn every_kind_of_problem_has_its_page() {
        for kind in PROBLEM_TYPES {
            let page = problem(Path(kind.slug.to_owned())).await.unwrap();
            assert!(
                page.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("default-src 'none'")
            );
            let page = html(page).await;
            assert!(page.contains(&escaped(kind.title)) && !page.contains('`'), "{page}");
        }
        assert_eq!(problem(Path("made-up".to_owned())).await.unwrap_err().status().as_u16(), 404);
    }

    #[tokio::test]
    async fn no_page_names_another_host_or_holds_a_script() {
        for page in [swagger_ui().await, redoc().await, problems().await] {
            let page = html(page).await;
            assert!(!page.contains("//"), "{page}");
            assert!(!page.contains("<script>"), "{page}");
        }
    }

    #[test]
    fn what_stands_between_backticks_is_code() {
        assert_eq!(with_code("a `b<c>` d"), "a <code>b&lt;c&gt;</code> d");
    }
}
