//! The API's description, and the files that the pages about it load. All are part of the binary: the documentation asks
//! nothing of any other host.

use std::borrow::Cow;
use std::io::Read;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};
use vitae_web::{Path, Problem, ProblemBody};

/// The OpenAPI 3.1 document of all functions together, made from their code by `tests/tests/openapi.rs`.
pub const OPENAPI: &str = include_str!("../assets/openapi.json");

/// The folder of Swagger UI's files. It names the version, so that a file never changes under its address; as
/// `infra/vendor-docs.sh` has it.
pub(crate) const SWAGGER_UI: &str = "swagger-ui-5.35.0";
/// The folder of ReDoc's files, as [`SWAGGER_UI`].
pub(crate) const REDOC: &str = "redoc-2.5.4";
/// The folder of our own files.
pub(crate) const PAGES: &str = "pages";

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const PLAIN: &str = "text/plain; charset=utf-8";

struct File {
    folder: &'static str,
    name: &'static str,
    content_type: &'static str,
    bytes: &'static [u8],
    /// Whether `bytes` are packed by gzip.
    packed: bool,
}

macro_rules! file {
    ($folder:expr, $name:literal, $content_type:expr, $path:literal, $packed:literal) => {
        File {
            folder: $folder,
            name: $name,
            content_type: $content_type,
            bytes: include_bytes!(concat!("../assets/", $path)),
            packed: $packed,
        }
    };
}

const FILES: [File; 11] = [
    file!(PAGES, "page.css", STYLE, "pages/page.css", false),
    file!(PAGES, "swagger-ui.js", SCRIPT, "pages/swagger-ui.js", false),
    file!(PAGES, "redoc.js", SCRIPT, "pages/redoc.js", false),
    file!(SWAGGER_UI, "swagger-ui-bundle.js", SCRIPT, "vendor/swagger-ui-5.35.0/swagger-ui-bundle.js.gz", true),
    file!(SWAGGER_UI, "swagger-ui.css", STYLE, "vendor/swagger-ui-5.35.0/swagger-ui.css.gz", true),
    file!(
        SWAGGER_UI,
        "swagger-ui-bundle.js.LICENSE.txt",
        PLAIN,
        "vendor/swagger-ui-5.35.0/swagger-ui-bundle.js.LICENSE.txt",
        false
    ),
    file!(SWAGGER_UI, "LICENSE", PLAIN, "vendor/swagger-ui-5.35.0/LICENSE", false),
    file!(SWAGGER_UI, "NOTICE", PLAIN, "vendor/swagger-ui-5.35.0/NOTICE", false),
    file!(REDOC, "redoc.standalone.js", SCRIPT, "vendor/redoc-2.5.4/redoc.standalone.js.gz", true),
    file!(REDOC, "redoc.standalone.js.LICENSE.txt", PLAIN, "vendor/redoc-2.5.4/redoc.standalone.js.LICENSE.txt", false),
    file!(REDOC, "LICENSE", PLAIN, "vendor/redoc-2.5.4/LICENSE", false),
];

/// The API's description.
///
/// OpenAPI 3.1, made from the code.
#[utoipa::path(
    get, path = "/openapi.json", operation_id = "getOpenApi", tag = "System",
    responses(
        (status = 200, description = "The OpenAPI document", body = serde_json::Value, content_type = "application/json"),
        (status = 304, description = "It is the one that `If-None-Match` names"),
    )
)]
pub(crate) async fn openapi(headers: HeaderMap) -> Response {
    let description = File {
        folder: "",
        name: "openapi.json",
        content_type: "application/json",
        bytes: OPENAPI.as_bytes(),
        packed: false,
    };
    answer(&description, &headers)
}

/// A file of the documentation pages.
#[utoipa::path(
    get, path = "/docs/assets/{folder}/{file}", operation_id = "getDocsAsset", tag = "System",
    params(
        ("folder" = String, Path, description = "Whose file, with its version"),
        ("file" = String, Path, description = "Its name"),
    ),
    responses(
        (status = 200, description = "The file", body = String, content_type = "text/javascript"),
        (status = 304, description = "It is the one that `If-None-Match` names"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such file"),
    )
)]
pub(crate) async fn file(
    Path((folder, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let file = FILES.iter().find(|file| file.folder == folder && file.name == name).ok_or_else(Problem::not_found)?;
    Ok(answer(file, &headers))
}

fn answer(file: &File, request: &HeaderMap) -> Response {
    let as_packed = file.packed && takes_gzip(request);
    let tag = entity_tag(file, as_packed);
    let caching = if [SWAGGER_UI, REDOC].contains(&file.folder) {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=0, must-revalidate"
    };
    let shared = [(header::CACHE_CONTROL, caching), (header::ETAG, tag.as_str()), (header::VARY, "accept-encoding")];
    let known = request.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    if known.is_some_and(|tags| tags.split(',').any(|known| known.trim().trim_start_matches("W/") == tag)) {
        return (StatusCode::NOT_MODIFIED, shared).into_response();
    }
    let body = if as_packed || !file.packed { Cow::Borrowed(file.bytes) } else { Cow::Owned(unpacked(file.bytes)) };
    let mut response = (shared, body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(file.content_type));
    if as_packed {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

/// A vendored file is its version's, so its name tells it from all others; our own are told apart by what they hold.
fn entity_tag(file: &File, as_packed: bool) -> String {
    let encoding = if as_packed { "+gzip" } else { "" };
    if file.folder == PAGES || file.folder.is_empty() {
        format!("\"{}\"", &hex::encode(Sha256::digest(file.bytes))[..32])
    } else {
        format!("\"{}/{}{encoding}\"", file.folder, file.name)
    }
}

/// Whether `Accept-Encoding` lets gzip in (RFC 9110, 12.5.3).
fn takes_gzip(headers: &HeaderMap) -> bool {
    let Some(accepted) = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let weight_of = |coding: &str| {
        accepted.split(',').find_map(|entry| {
            let mut parts = entry.split(';').map(str::trim);
            parts.next().filter(|name| name.eq_ignore_ascii_case(coding))?;
            let weight = parts.find_map(|parameter| parameter.strip_prefix("q=")).unwrap_or("1");
            Some(weight.parse::<f32>().unwrap_or(0.0))
        })
    };
    weight_of("gzip").or_else(|| weight_of("*")).is_some_and(|weight| weight > 0.0)
}

fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    // The files are part of the binary, and a test unpacks each of them.
    if let Err(error) = GzDecoder::new(bytes).read_to_end(&mut plain) {
        tracing::error!(%error, "an embedded file cannot be unpacked");
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    fn accepting(encodings: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(encodings))])
    }

    #[test]
    fn every_packed_file_unpacks_to_text() {
        for file in FILES.iter().filter(|file| file.packed) {
            let mut text = String::new();
            GzDecoder::new(file.bytes).read_to_string(&mut text).unwrap();
            assert!(text.len() > file.bytes.len(), "{}", file.name);
        }
    }

    #[test]
    fn no_vendored_file_loads_its_makers_logo() {
        for file in FILES.iter().filter(|file| file.packed) {
            assert!(!String::from_utf8(unpacked(file.bytes)).unwrap().contains("cdn.redoc.ly"), "{}", file.name);
        }
    }

    #[test]
    fn a_packed_file_fits_into_an_answer_either_way() {
        // An answer of a function holds 6 MB; what is not text travels as Base64, four bytes for three.
        for file in &FILES {
            assert!(file.bytes.len() * 4 / 3 < 6_000_000 && unpacked(file.bytes).len() < 6_000_000, "{}", file.name);
        }
    }

    #[test]
    fn gzip_goes_to_who_takes_it() {
        for taken in ["gzip", "br, GZIP;q=0.5", "*", "deflate, gzip"] {
            assert!(takes_gzip(&accepting(taken)), "{taken}");
        }
        for refused in ["", "br", "gzip;q=0", "*;q=0", "identity, gzip;q=0, *"] {
            assert!(!takes_gzip(&accepting(refused)), "{refused}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }

    #[tokio::test]
    async fn both_forms_of_a_file_say_the_same() {
        let path = || Path((SWAGGER_UI.to_owned(), "swagger-ui.css".to_owned()));
        let packed = file(path(), accepting("gzip")).await.unwrap();
        let plain = file(path(), HeaderMap::new()).await.unwrap();
        assert_eq!(packed.headers()[header::CONTENT_ENCODING], "gzip");
        assert!(plain.headers().get(header::CONTENT_ENCODING).is_none());
        assert_ne!(packed.headers()[header::ETAG], plain.headers()[header::ETAG]);
        let packed = packed.into_body().collect().await.unwrap().to_bytes();
        let plain = plain.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(unpacked(&packed), plain);
    }

    #[tokio::test]
    async fn a_file_that_is_known_is_not_sent_again() {
        let path = || Path((PAGES.to_owned(), "page.css".to_owned()));
        let first = file(path(), HeaderMap::new()).await.unwrap();
        let known = HeaderMap::from_iter([(header::IF_NONE_MATCH, first.headers()[header::ETAG].clone())]);
        assert_eq!(file(path(), known).await.unwrap().status(), StatusCode::NOT_MODIFIED);
    }

    #[tokio::test]
    async fn there_is_nothing_beside_the_files() {
        for (folder, name) in [("pages", "../Cargo.toml"), ("..", "page.css"), ("", "openapi.json")] {
            let refused = file(Path((folder.to_owned(), name.to_owned())), HeaderMap::new()).await;
            assert_eq!(refused.unwrap_err().status().as_u16(), 404);
        }
    }
}
