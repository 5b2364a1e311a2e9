//! The two front doors: where CloudFront's distributions stand in AWS, two listeners stand here.
//!
//! The app's door forwards to the HttpApi; the sites' door reads published portfolios out of their private bucket, and
//! forwards what is not there: protected portfolios and addresses that moved. Only the doors say who the visitor is. They
//! are two origins, so nothing that slips into a portfolio reaches the app.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use anyhow::{Context, bail};
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use percent_encoding::percent_decode_str;
use tokio::runtime::Runtime;

use crate::emulator::{ACCESS_KEY, REGION, SECRET_KEY};
use crate::sigv4::{self, Credentials};

/// What API Gateway takes at most.
const BODY_LIMIT: usize = 10 << 20;
/// How long API Gateway waits for a function, and a little.
const PATIENCE: Duration = Duration::from_secs(32);
const VIEWER_ADDRESS: HeaderName = HeaderName::from_static("cloudfront-viewer-address");
/// The cookie of a visitor who gave a portfolio's password.
const SITE_COOKIE: &str = "vitae_site=";
const ORIGIN_VERIFY: HeaderName = HeaderName::from_static("x-origin-verify");

/// The two listeners, taken before anything else so that a taken port is told at once.
#[derive(Debug)]
pub(crate) struct Listeners {
    app: TcpListener,
    sites: TcpListener,
}

impl Listeners {
    /// Listens on `port` and the next one; `None` takes two free ones.
    pub(crate) fn bind(port: Option<u16>) -> anyhow::Result<Self> {
        let (app, sites) = match port {
            None => (0, 0),
            Some(u16::MAX) => {
                bail!("port 65535 leaves none for the sites, which take the next one. Choose a lower one")
            }
            Some(port) => (port, port + 1),
        };
        let bind = |number: u16| {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, number)).map_err(|error| match error.kind() {
                std::io::ErrorKind::AddrInUse => anyhow::anyhow!(
                    "port {number} is taken by another program. Choose another with `cargo local --port {}` (the sites take \
                     the one after it)",
                    if number < 60000 { number + 1000 } else { 8090 }
                ),
                _ => anyhow::anyhow!("cannot listen on port {number}: {error}. Choose another with `--port`"),
            })?;
            listener.set_nonblocking(true)?;
            anyhow::Ok(listener)
        };
        Ok(Self { app: bind(app)?, sites: bind(sites)? })
    }

    /// The app's address, with no trailing slash.
    pub(crate) fn app_url(&self) -> anyhow::Result<String> {
        Ok(format!("http://{}", self.app.local_addr()?))
    }

    /// The sites' address, with no trailing slash.
    pub(crate) fn sites_url(&self) -> anyhow::Result<String> {
        Ok(format!("http://{}", self.sites.local_addr()?))
    }
}

/// Where the doors lead.
#[derive(Debug, Clone)]
pub(crate) struct Destinations {
    /// The emulator.
    pub(crate) endpoint_url: String,
    /// The HttpApi.
    pub(crate) api_id: String,
    /// The bucket of the published portfolios.
    pub(crate) sites_bucket: String,
    /// What the app's door proves itself with.
    pub(crate) origin_secret: String,
}

/// The doors, open as long as the value lives.
#[derive(Debug)]
pub(crate) struct FrontDoors {
    runtime: Option<Runtime>,
}

impl FrontDoors {
    /// Opens both doors.
    pub(crate) fn open(listeners: Listeners, destinations: Destinations) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .context("cannot make an HTTP client")?;
        let door = Door { client, destinations };
        let app = Router::new().fallback(forward).with_state(door.clone());
        let sites = Router::new().fallback(site).with_state(door);
        for (listener, router) in [(listeners.app, app), (listeners.sites, sites)] {
            let _context = runtime.enter();
            let listener = tokio::net::TcpListener::from_std(listener)?;
            let service = router.into_make_service_with_connect_info::<SocketAddr>();
            runtime.spawn(async move { axum::serve(listener, service).await });
        }
        Ok(Self { runtime: Some(runtime) })
    }
}

impl Drop for FrontDoors {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

#[derive(Clone)]
struct Door {
    client: reqwest::Client,
    destinations: Destinations,
}

/// The app's door: everything goes to the HttpApi, by its path with the API's id, under which nothing else answers.
async fn forward(
    State(door): State<Door>,
    ConnectInfo(visitor): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    // Portfolios are for the other host, even where the API could answer for them.
    if ["/p/", "/unlock/"].iter().any(|theirs| request.uri().path().starts_with(theirs)) {
        return not_found();
    }
    door.forward(visitor, request).await
}

impl Door {
    async fn forward(&self, visitor: SocketAddr, request: Request) -> Response {
        let (mut parts, body) = request.into_parts();
        let Ok(body) = axum::body::to_bytes(body, BODY_LIMIT).await else {
            return (StatusCode::PAYLOAD_TOO_LARGE, r#"{"message":"Request Entity Too Large"}"#).into_response();
        };
        strip_hop_by_hop(&mut parts.headers);
        for name in [header::HOST, header::CONTENT_LENGTH, header::FORWARDED, ORIGIN_VERIFY] {
            parts.headers.remove(name);
        }
        // Whatever the client claims of itself: only this door says who the visitor is.
        parts.headers.insert(VIEWER_ADDRESS, header_value(&visitor.to_string()));
        parts.headers.insert("x-forwarded-for", header_value(&visitor.ip().to_string()));
        parts.headers.insert("x-forwarded-proto", HeaderValue::from_static("http"));
        if !self.destinations.origin_secret.is_empty() {
            parts.headers.insert(ORIGIN_VERIFY, header_value(&self.destinations.origin_secret));
        }
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let Destinations { endpoint_url, api_id, .. } = &self.destinations;
        let url = format!("{endpoint_url}/_aws/execute-api/{api_id}/$default{path}");
        let head = parts.method == Method::HEAD;
        match self.client.request(parts.method, url).headers(parts.headers).body(body).send().await {
            Ok(answer) => pass_on(answer, head).await,
            Err(error) if error.is_timeout() => {
                (StatusCode::SERVICE_UNAVAILABLE, r#"{"message":"Service Unavailable"}"#).into_response()
            }
            Err(_) => (StatusCode::BAD_GATEWAY, r#"{"message":"Bad Gateway"}"#).into_response(),
        }
    }

    /// What the function says on the sites' host. Of the cookies only the site's own goes along, and the app's rules for
    /// foreign frontends do not matter here.
    async fn visit(&self, visitor: SocketAddr, mut request: Request) -> Response {
        let cookies = request.headers().get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let ours: Vec<String> = cookies
            .flat_map(|value| value.split(';'))
            .map(str::trim)
            .filter(|pair| pair.starts_with(SITE_COOKIE))
            .map(str::to_owned)
            .collect();
        let headers = request.headers_mut();
        for name in [header::COOKIE, header::AUTHORIZATION, header::ORIGIN] {
            headers.remove(name);
        }
        if !ours.is_empty() {
            headers.insert(header::COOKIE, header_value(&ours.join("; ")));
        }
        self.forward(visitor, request).await
    }
}

/// The sites' door: `/p/…` out of the bucket, read only, and what is not there from the function; `/unlock/…` to the
/// function. `ada.localhost` is the host of the portfolio with the slug `ada`.
async fn site(
    State(door): State<Door>,
    ConnectInfo(visitor): ConnectInfo<SocketAddr>,
    mut request: Request,
) -> Response {
    if request.uri().path().starts_with("/unlock/") && request.method() == Method::POST {
        return door.visit(visitor, request).await;
    }
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return ([(header::ALLOW, "GET, HEAD")], StatusCode::METHOD_NOT_ALLOWED).into_response();
    }
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let Some(path) = on_host(host, request.uri().path()) else { return not_found() };
    let Some(key) = key(&path) else { return not_found() };
    let Ok(uri) = path.parse() else { return not_found() };
    *request.uri_mut() = uri;
    let Destinations { endpoint_url, sites_bucket, .. } = &door.destinations;
    let path = sigv4::encode_path(&format!("/{sites_bucket}/{key}"));
    let host = endpoint_url.trim_start_matches("http://");
    let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let credentials = Credentials { access_key: ACCESS_KEY, secret_key: SECRET_KEY, region: REGION };
    let head = request.method() == Method::HEAD;
    let mut outgoing = door.client.request(request.method().clone(), format!("{endpoint_url}{path}"));
    for (name, value) in sigv4::sign(credentials, request.method().as_str(), host, &path, &now) {
        outgoing = outgoing.header(name, value);
    }
    for name in [header::IF_NONE_MATCH, header::IF_MODIFIED_SINCE, header::RANGE, header::IF_RANGE] {
        if let Some(value) = request.headers().get(&name) {
            outgoing = outgoing.header(name, value);
        }
    }
    let Ok(answer) = outgoing.send().await else { return StatusCode::BAD_GATEWAY.into_response() };
    if matches!(answer.status(), StatusCode::NOT_FOUND | StatusCode::FORBIDDEN) {
        return door.visit(visitor, request).await;
    }
    let mut response = pass_on(answer, head).await;
    // What S3 says of itself is of no use to a visitor.
    let kept = [
        header::CONTENT_TYPE,
        header::CONTENT_LENGTH,
        header::CONTENT_RANGE,
        header::CONTENT_DISPOSITION,
        header::CONTENT_ENCODING,
        header::CONTENT_LANGUAGE,
        header::ACCEPT_RANGES,
        header::CACHE_CONTROL,
        header::ETAG,
        header::LAST_MODIFIED,
    ];
    let headers = std::mem::take(response.headers_mut());
    for name in kept {
        if let Some(value) = headers.get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("public, max-age=60"));
    protect(response.headers_mut());
    response
}

/// The path on the sites' common host that a path on this host stands for: under its own host a portfolio is at the root,
/// and no other is there.
fn on_host(host: &str, path: &str) -> Option<String> {
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    let Some(slug) = host.strip_suffix(".localhost") else { return Some(path.to_owned()) };
    if slug.is_empty() || !slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        return None;
    }
    let own = format!("/p/{slug}/");
    if !path.starts_with("/p/") {
        return Some(own + path.trim_start_matches('/'));
    }
    format!("{path}/").starts_with(&own).then(|| path.to_owned())
}

/// The object that a path stands for: a path that names no file is a directory, and a directory is its `index.html`.
fn key(path: &str) -> Option<String> {
    let path = percent_decode_str(path.strip_prefix('/')?).decode_utf8().ok()?;
    if !path.starts_with("p/") || path.split('/').any(|segment| segment == "." || segment == "..") {
        return None;
    }
    let last = path.rsplit('/').next().unwrap_or_default();
    Some(if last.is_empty() {
        format!("{path}index.html")
    } else if last.contains('.') {
        path.into_owned()
    } else {
        format!("{path}/index.html")
    })
}

fn not_found() -> Response {
    const PAGE: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
        <meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"robots\" content=\"noindex\">\n\
        <title>Not found</title>\n<h1>Not found</h1>\n<p>There is no page at this address, or it is not public any more.</p>\n";
    let mut response = (
        StatusCode::NOT_FOUND,
        [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=10")],
        PAGE,
    )
        .into_response();
    protect(response.headers_mut());
    response
}

/// The headers that the distribution adds to every page.
fn protect(headers: &mut HeaderMap) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
}

async fn pass_on(answer: reqwest::Response, head: bool) -> Response {
    let status = answer.status();
    let mut headers = answer.headers().clone();
    strip_hop_by_hop(&mut headers);
    let Ok(body) = answer.bytes().await else { return StatusCode::BAD_GATEWAY.into_response() };
    if !head {
        headers.remove(header::CONTENT_LENGTH);
    }
    let mut response = Response::new(if head { Body::empty() } else { Body::from(body) });
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

fn strip_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named {
        headers.remove(name);
    }
    for name in [
        header::CONNECTION,
        header::PROXY_AUTHENTICATE,
        header::PROXY_AUTHORIZATION,
        header::TE,
        header::TRAILER,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
    ] {
        headers.remove(name);
    }
    headers.remove("keep-alive");
}

fn header_value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("unknown"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_its_index_page() {
        assert_eq!(key("/p/ada").as_deref(), Some("p/ada/index.html"));
        assert_eq!(key("/p/ada/").as_deref(), Some("p/ada/index.html"));
        assert_eq!(key("/p/ada/resume.json").as_deref(), Some("p/ada/resume.json"));
        assert_eq!(key("/p/zo%C3%AB/og.png").as_deref(), Some("p/zoë/og.png"));
    }

    #[test]
    fn under_its_own_host_a_portfolio_is_at_the_root_and_alone() {
        assert_eq!(on_host("127.0.0.1:8082", "/p/ada/").as_deref(), Some("/p/ada/"));
        assert_eq!(on_host("ada.localhost:8082", "/").as_deref(), Some("/p/ada/"));
        assert_eq!(on_host("ada.localhost", "/resume.json").as_deref(), Some("/p/ada/resume.json"));
        assert_eq!(on_host("ada.localhost", "/p/ada/og.png").as_deref(), Some("/p/ada/og.png"));
        assert_eq!(on_host("ada.localhost", "/p/ada").as_deref(), Some("/p/ada"));
        for (host, path) in
            [("ada.localhost", "/p/bob/"), ("a.b.localhost", "/"), (".localhost", "/"), ("ada.localhost", "/p/adam")]
        {
            assert_eq!(on_host(host, path), None, "{host}{path}");
        }
    }

    #[test]
    fn nothing_but_portfolios_is_served() {
        for path in
            ["/", "/uploads/x.pdf", "/p", "/p/../uploads/x.pdf", "/p/%2e%2e/x.pdf", "/p/%2E./x.pdf", "/p/%ff/x.pdf"]
        {
            assert_eq!(key(path), None, "{path}");
        }
    }

    #[test]
    fn a_taken_port_is_told_with_a_way_out() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let error = Listeners::bind(Some(port)).unwrap_err().to_string();
        assert!(error.contains(&port.to_string()) && error.contains("cargo local --port"), "{error}");
    }
}
