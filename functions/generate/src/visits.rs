//! What the sites' front door asks for when no open object lies at an address: protected portfolios, addresses that a
//! portfolio left, and pages that are not there.
//!
//! A protected portfolio shows one page to everybody, which asks for the password and says nothing else. Who gives it
//! gets a cookie for that portfolio alone. The cookie is a time and a MAC under the stored hash of the password, so it
//! ends by itself, and with the password that it was given for.

use std::sync::LazyLock;
use std::time::Duration;

use axum::extract::rejection::FormRejection;
use axum::extract::{Extension, State as FromState};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Form, body::Body};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde::Deserialize;
use sha2::Sha256;
use utoipa::ToSchema;
use vitae_blobs::BlobError;
use vitae_blobs::keys::{self, Shelf};
use vitae_passwords::Password;
use vitae_store::portfolios::{Portfolio, Publication, Visibility};
use vitae_web::{Path, Problem, RateLimit, Subject, Web, visitor_address};

use crate::State;
use crate::labels::{Gate, Language, is_right_to_left};
use crate::page::sha256_source;
use crate::slug::Slug;

/// Passwords that one visitor may try on one portfolio.
const ATTEMPTS: RateLimit =
    RateLimit { class: "unlock", burst: 5, window: Duration::from_secs(60), subject: Subject::Named };
/// Passwords that all visitors together may try on one portfolio: nobody guesses from many addresses.
const ATTEMPTS_OF_ALL: RateLimit =
    RateLimit { class: "unlock-all", burst: 300, window: Duration::from_secs(3600), subject: Subject::Named };
/// The cookie of who gave the password. Its path is the portfolio's own.
const COOKIE: &str = "vitae_site";
/// How long the cookie holds.
const OPEN_SECONDS: i64 = 12 * 3600;
/// Most bytes of a site's file.
const LARGEST_FILE: u64 = 5 * 1024 * 1024;

/// What a visitor types.
#[derive(Deserialize, ToSchema)]
pub(crate) struct UnlockForm {
    #[schema(format = Password)]
    password: String,
}

/// Visit a portfolio. On the sites' host, where no public file answers: the page that asks for a password, the portfolio
/// for who gave it, or where it moved.
#[utoipa::path(
    get, path = "/p/{slug}", operation_id = "visitPortfolio", tag = "Sites",
    params(("slug" = String, Path, description = "Last part of the portfolio's address")),
    responses(
        (status = 200, body = String, content_type = "text/html", description = "The portfolio"),
        (status = 301, description = "It stands at another address now"),
        (status = 401, body = String, content_type = "text/html", description = "The page that asks for the password"),
        (status = 404, body = String, content_type = "text/html", description = "There is no such portfolio, or it is not public"),
    )
)]
pub(crate) async fn page(
    FromState(state): FromState<State>,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    visit(&state, &slug, "index.html", &headers).await
}

/// Visit a file of a portfolio: `resume.json`, `resume.pdf`, `contact.vcf`.
#[utoipa::path(
    get, path = "/p/{slug}/{file}", operation_id = "visitPortfolioFile", tag = "Sites",
    params(
        ("slug" = String, Path, description = "Last part of the portfolio's address"),
        ("file" = String, Path, description = "Name of the file", example = "resume.json"),
    ),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream", description = "The file"),
        (status = 301, description = "It stands at another address now"),
        (status = 401, body = String, content_type = "text/html", description = "The page that asks for the password"),
        (status = 404, body = String, content_type = "text/html", description = "There is no such file, or it is not public"),
    )
)]
pub(crate) async fn file(
    FromState(state): FromState<State>,
    Path((slug, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    visit(&state, &slug, &file, &headers).await
}

/// Give the password of a portfolio.
#[utoipa::path(
    post, path = "/unlock/{slug}", operation_id = "unlockPortfolio", tag = "Sites",
    params(("slug" = String, Path, description = "Last part of the portfolio's address")),
    request_body(content = UnlockForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 303, description = "It is right: the answer leads to the portfolio and sets the cookie that opens it for twelve hours"),
        (status = 401, body = String, content_type = "text/html", description = "It is wrong; the page asks again"),
        (status = 404, body = String, content_type = "text/html", description = "No portfolio at this address has a password"),
        (status = 429, body = String, content_type = "text/html", description = "Too many attempts; `Retry-After` says when the next may come"),
    )
)]
pub(crate) async fn unlock(
    FromState(state): FromState<State>,
    Extension(web): Extension<Web>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    form: Result<Form<UnlockForm>, FormRejection>,
) -> Result<Response, Problem> {
    let Some(Visited { publication, protection: Some(hash), .. }) = find(&state, &slug).await? else {
        return Ok(not_found());
    };
    if publication.slug != slug {
        return Ok(not_found());
    }
    let language = language(&headers);
    let visitor = visitor_address(&headers).map(|address| address.to_string()).unwrap_or_default();
    for (limit, subject) in [(ATTEMPTS, format!("{slug} {visitor}")), (ATTEMPTS_OF_ALL, slug.clone())] {
        if let Err(problem) = limit.count(&web, &subject).await {
            return match problem.status() {
                StatusCode::TOO_MANY_REQUESTS => Ok(too_many(&slug, language, &problem)),
                _ => Err(problem),
            };
        }
    }
    let Ok(Form(UnlockForm { password })) = form else { return Ok(ask(&slug, language, Some(|gate| gate.wrong))) };
    if !Password::typed(&password).matches(Some(&hash)).await.map_err(Problem::internal)? {
        tracing::warn!("a wrong password of a portfolio");
        return Ok(ask(&slug, language, Some(|gate| gate.wrong)));
    }
    let until = Timestamp::now().as_second() + OPEN_SECONDS;
    let secure = if state.addresses.sites.starts_with("https://") { "; Secure" } else { "" };
    let cookie = format!(
        "{COOKIE}={until}.{}; Path=/p/{slug}; Max-Age={OPEN_SECONDS}; HttpOnly; SameSite=Lax{secure}",
        hex::encode(mac(&hash, &slug, until).finalize().into_bytes())
    );
    let headers = [
        (header::LOCATION, format!("/p/{slug}")),
        (header::SET_COOKIE, cookie),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

/// A published portfolio that an address leads to.
struct Visited {
    portfolio: Portfolio,
    publication: Publication,
    /// The hash of its password, where it has one.
    protection: Option<String>,
}

async fn find(state: &State, slug: &str) -> Result<Option<Visited>, Problem> {
    // Not everything that is asked for could be a slug; what could not is not looked up.
    if Slug::parse(slug).is_err() {
        return Ok(None);
    }
    let Some(owner) = state.store.slug_owner(slug).await? else { return Ok(None) };
    let Some(portfolio) = state.store.portfolio(owner.user_id, owner.portfolio_id).await? else { return Ok(None) };
    let Some(publication) = portfolio.publication.clone() else { return Ok(None) };
    let protection = match publication.visibility {
        Visibility::Password => {
            let hash = publication.password_hash.clone();
            Some(hash.ok_or_else(|| Problem::internal("a protected portfolio has no password"))?)
        }
        Visibility::Public | Visibility::Unlisted => None,
    };
    Ok(Some(Visited { portfolio, publication, protection }))
}

async fn visit(state: &State, slug: &str, file: &str, headers: &HeaderMap) -> Result<Response, Problem> {
    let Some(Visited { portfolio, publication, protection }) = find(state, slug).await? else {
        return Ok(not_found());
    };
    if publication.slug != slug {
        // Only the addresses that a public portfolio left are kept.
        return Ok(match publication.visibility {
            Visibility::Public => moved(&publication.slug, file),
            Visibility::Unlisted | Visibility::Password => not_found(),
        });
    }
    // The objects of an open portfolio answer before this function is asked, so what is not among them is not there.
    let Some(hash) = protection else { return Ok(not_found()) };
    if !is_open(headers, &hash, slug, Timestamp::now()) {
        return Ok(ask(slug, language(headers), None));
    }
    let Some(content_type) = content_type(file) else { return Ok(not_found()) };
    match state.sites.get(&keys::site_file(Shelf::Protected, slug, file), LARGEST_FILE).await {
        Ok(bytes) => {
            let mut response = Response::new(Body::from(bytes));
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
            headers.insert(header::ETAG, vitae_web::etag(portfolio.version));
            // The page holds the rest of its policy itself, as it does on every other host.
            let policy = HeaderValue::from_static("base-uri 'none'; frame-ancestors 'none'; object-src 'none'");
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
            hide(headers);
            Ok(response)
        }
        Err(BlobError::NotFound) => Ok(not_found()),
        Err(error) => Err(Problem::unavailable(error)),
    }
}

/// The media type of a file that a site can have.
fn content_type(file: &str) -> Option<&'static str> {
    match file.rsplit_once('.')?.1 {
        "html" => Some("text/html; charset=utf-8"),
        "json" => Some("application/json"),
        "vcf" => Some("text/vcard; charset=utf-8"),
        "pdf" => Some("application/pdf"),
        "png" => Some("image/png"),
        "woff2" => Some("font/woff2"),
        _ => None,
    }
}

/// What a cookie of `slug` is made of, under the hash of its password.
fn mac(hash: &str, slug: &str, until: i64) -> Hmac<Sha256> {
    // HMAC takes a key of any length.
    #[expect(clippy::expect_used, reason = "there is no key that it refuses")]
    let mut mac = Hmac::<Sha256>::new_from_slice(hash.as_bytes()).expect("a key of any length");
    mac.update(format!("{slug}\n{until}").as_bytes());
    mac
}

/// Whether the visitor has given the password that is in force.
fn is_open(headers: &HeaderMap, hash: &str, slug: &str, now: Timestamp) -> bool {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut ours = cookies.flat_map(|value| value.split(';')).filter_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        let (until, mac) = (name == COOKIE).then_some(value)?.split_once('.')?;
        Some((until.parse::<i64>().ok()?, hex::decode(mac).ok()?))
    });
    // The comparison takes as long for a wrong one as for a right one.
    ours.any(|(until, sent)| until > now.as_second() && mac(hash, slug, until).verify_slice(&sent).is_ok())
}

const STYLE: &str = include_str!("visits.css");

static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let policy = format!(
        "default-src 'none'; style-src '{}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        sha256_source(STYLE)
    );
    // A digest in base64 is fit for a header.
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

/// The visitor's language. The owner's would tell something of the portfolio.
fn language(headers: &HeaderMap) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Language::accepted(accepted.unwrap_or_default())
}

/// The page that asks for the password. It says nothing of whose portfolio it is.
fn ask(slug: &str, language: Language, complaint: Option<fn(&Gate) -> &'static str>) -> Response {
    // A slug holds letters, digits and hyphens, so it is itself in an attribute.
    let gate = &language.labels().gate;
    let complaint =
        complaint.map(|words| format!("<p id=\"complaint\" role=\"alert\">{}</p>\n", words(gate))).unwrap_or_default();
    let described = if complaint.is_empty() { "" } else { " aria-invalid=\"true\" aria-describedby=\"complaint\"" };
    let main = format!(
        "<h1>{}</h1>\n<form method=\"post\" action=\"/unlock/{slug}\">\n\
         <label for=\"password\">{}</label>\n\
         <input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" required autofocus{described}>\n\
         {complaint}<button>{}</button>\n</form>\n",
        gate.title, gate.password, gate.open
    );
    let mut response = small_page(StatusCode::UNAUTHORIZED, language, gate.title, &main, "no-store");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Form"));
    response
}

fn too_many(slug: &str, language: Language, problem: &Problem) -> Response {
    let mut response = ask(slug, language, Some(|gate| gate.too_many));
    *response.status_mut() = problem.status();
    response.headers_mut().remove(header::WWW_AUTHENTICATE);
    if let Some(seconds) = problem.clone().into_response().headers().get(header::RETRY_AFTER) {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.clone());
    }
    response
}

fn not_found() -> Response {
    let main = "<h1>Not found</h1>\n<p>There is no page at this address, or it is not public any more.</p>\n";
    small_page(StatusCode::NOT_FOUND, Language::En, "Not found", main, "public, max-age=10")
}

fn moved(slug: &str, file: &str) -> Response {
    let file = if file == "index.html" { String::new() } else { format!("/{file}") };
    // A slug that was left may be another's one day, so caches ask again soon.
    let headers =
        [(header::LOCATION, format!("/p/{slug}{file}")), (header::CACHE_CONTROL, "public, max-age=60".to_owned())];
    (StatusCode::MOVED_PERMANENTLY, headers).into_response()
}

fn small_page(
    status: StatusCode,
    language: Language,
    title: &str,
    main: &str,
    cache_control: &'static str,
) -> Response {
    let code = language.code();
    let dir = if is_right_to_left(code) { "rtl" } else { "ltr" };
    let html = format!(
        "<!doctype html>\n<html lang=\"{code}\" dir=\"{dir}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{main}</main>\n</body>\n</html>\n"
    );
    let mut response = (status, html).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache_control));
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY.clone());
    hide(headers);
    response
}

fn hide(headers: &mut HeaderMap) {
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBzYWx0$aGFzaA";
    const NOW: i64 = 1_800_000_000;

    fn cookie(hash: &str, slug: &str, until: i64) -> HeaderMap {
        let mac = hex::encode(mac(hash, slug, until).finalize().into_bytes());
        with(&format!("theme=dark; {COOKIE}={until}.{mac}"))
    }

    fn with(cookie: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(cookie).unwrap())])
    }

    fn opens(headers: &HeaderMap, hash: &str, slug: &str) -> bool {
        is_open(headers, hash, slug, Timestamp::from_second(NOW).unwrap())
    }

    #[test]
    fn a_cookie_opens_its_own_portfolio_until_its_time() {
        assert!(opens(&cookie(HASH, "ada", NOW + 1), HASH, "ada"));
        assert!(!opens(&cookie(HASH, "ada", NOW), HASH, "ada"), "it ran out");
        assert!(!opens(&cookie(HASH, "ada", NOW + 1), HASH, "bob"), "it is another portfolio's");
        assert!(
            !opens(&cookie(HASH, "ada", NOW + 1), &HASH.replace("aGFz", "bGFz"), "ada"),
            "the password was changed"
        );
        let forged = cookie(HASH, "ada", NOW + 1)[header::COOKIE]
            .to_str()
            .unwrap()
            .replace(&(NOW + 1).to_string(), "9999999999");
        assert!(!opens(&with(&forged), HASH, "ada"), "its time was changed");
        for nonsense in
            ["", "vitae_site", "vitae_site=", "vitae_site=.", "vitae_site=9999999999.", "vitae_site=9999999999.zz"]
        {
            assert!(!opens(&with(nonsense), HASH, "ada"), "{nonsense}");
        }
        assert!(!opens(&HeaderMap::new(), HASH, "ada"));
    }

    #[test]
    fn the_page_that_asks_allows_its_own_style_and_no_script() {
        let response = ask("ada", Language::He, Some(|gate| gate.wrong));
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains(&sha256_source(STYLE)) && !policy.contains("script-src"), "{policy}");
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    }

    #[tokio::test]
    async fn the_page_that_asks_speaks_the_visitors_language() {
        let asked = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, HeaderValue::from_static("ar,en;q=0.5"))]);
        let body = axum::body::to_bytes(ask("ada", language(&asked), None).into_body(), 10_000).await.unwrap();
        let html = String::from_utf8(body.to_vec()).unwrap();
        assert!(html.contains("<html lang=\"ar\" dir=\"rtl\">") && html.contains("كلمة المرور"), "{html}");
    }

    #[test]
    fn only_files_that_a_site_can_have_are_looked_for() {
        assert_eq!(content_type("resume.pdf"), Some("application/pdf"));
        assert_eq!(content_type("spans.zip"), None);
        assert_eq!(content_type("resume"), None);
    }
}
