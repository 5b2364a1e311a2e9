//! What holds for clients that keep their refresh token in a cookie: the cookie, and the checks that a foreign page
//! cannot use it.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use jiff::SignedDuration;
use vitae_web::{Problem, Web};

use crate::refresh_token::{ABSOLUTE, RefreshToken};

/// The header that proves that the page which asks could read an answer of ours.
pub(crate) const CSRF_HEADER: HeaderName = HeaderName::from_static("x-csrf-token");
/// Where a browser says how near the page that asks is to what it asks.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// The only paths that the cookie is sent to.
const PATH: &str = "/api/v1/users";

/// The cookie's name. Over https its prefix has the browser refuse it from anything but https; `__Host-` would ask for
/// the path `/`, and then every request would carry the token.
fn name(web: &Web) -> &'static str {
    if web.is_secure() { "__Secure-vitae_refresh" } else { "vitae_refresh" }
}

/// The `Set-Cookie` that keeps `token`. `Strict` costs nothing, as no navigation needs the cookie: the page is static,
/// and its own script asks for a refresh.
pub(crate) fn keep(web: &Web, token: &RefreshToken) -> HeaderValue {
    set_cookie(web, &token.encode(), ABSOLUTE.as_secs())
}

/// The `Set-Cookie` that removes the token.
pub(crate) fn forget(web: &Web) -> HeaderValue {
    set_cookie(web, "", 0)
}

/// The cookie of a sign-in at another provider.
fn attempt_name(web: &Web) -> &'static str {
    if web.is_secure() { "__Secure-vitae_oauth" } else { "vitae_oauth" }
}

/// The `Set-Cookie` that proves later which browser began a sign-in at another provider. `Lax`, because it has to come
/// along when that provider sends the browser back.
pub(crate) fn keep_attempt(web: &Web, secret: &str, lasts: SignedDuration) -> HeaderValue {
    set_attempt(web, secret, lasts.as_secs())
}

/// The `Set-Cookie` that removes that proof.
pub(crate) fn forget_attempt(web: &Web) -> HeaderValue {
    set_attempt(web, "", 0)
}

/// What the browser keeps of a sign-in that it began at another provider, unproven.
pub(crate) fn attempt_secret<'a>(web: &Web, headers: &'a HeaderMap) -> Option<&'a str> {
    cookie(headers, attempt_name(web)).filter(|secret| secret.len() == 43)
}

fn set_attempt(web: &Web, value: &str, seconds: i64) -> HeaderValue {
    let (name, secure) = (attempt_name(web), if web.is_secure() { "; Secure" } else { "" });
    let cookie = format!("{name}={value}; Path={PATH}/oauth; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::try_from(cookie).unwrap_or(HeaderValue::from_static(""))
}

fn set_cookie(web: &Web, value: &str, seconds: i64) -> HeaderValue {
    let secure = if web.is_secure() { "; Secure" } else { "" };
    let cookie = format!("{}={value}; Path={PATH}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}", name(web));
    // A token is base64url and the rest is fixed, so nothing here can be refused.
    HeaderValue::try_from(cookie).unwrap_or(HeaderValue::from_static(""))
}

/// The token in the request's cookie, unproven.
pub(crate) fn cookie_token(web: &Web, headers: &HeaderMap) -> Option<RefreshToken> {
    cookie(headers, name(web)).and_then(RefreshToken::decode)
}

/// Refuses what a browser says that a foreign page has made: by `Origin`, and by `Sec-Fetch-Site` (W3C Fetch Metadata), which
/// no page can set or leave out. Cookies of ours are `Strict`, so a page of another site has none to lose.
///
/// # Errors
/// 403 where either says so.
pub(crate) fn refuse_foreign_page(web: &Web, headers: &HeaderMap) -> Result<(), Problem> {
    let foreign_origin = headers.get(header::ORIGIN).is_some_and(|origin| !web.trusts_origin(origin));
    let foreign_site = headers.get(FETCH_SITE).is_some_and(|site| site == "cross-site");
    if foreign_origin || foreign_site {
        return Err(Problem::forbidden("This page may not use the session: its origin is not one of ours."));
    }
    Ok(())
}

/// The token in the cookie of a request that a page of ours, or of a configured frontend, has made.
///
/// # Errors
/// 401 without a token, 403 where a foreign page made the request or `X-CSRF-Token` is not the session's.
pub(crate) fn proven_cookie_token(web: &Web, headers: &HeaderMap) -> Result<RefreshToken, Problem> {
    let token = cookie_token(web, headers)
        .ok_or_else(|| Problem::unauthorized("There is no refresh token: neither a cookie nor `refresh_token`."))?;
    refuse_foreign_page(web, headers)?;
    let sent = headers.get(CSRF_HEADER).map(HeaderValue::as_bytes).unwrap_or_default();
    if !token.is_csrf_token(sent) {
        return Err(Problem::forbidden(
            "Send the `csrf_token` of the sign-in as `X-CSRF-Token`; without it a cookie is not accepted.",
        ));
    }
    Ok(token)
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others_by_its_whole_name() {
        let headers = HeaderMap::from_iter([
            (header::COOKIE, HeaderValue::from_static("a=1; xvitae_refresh=no; vitae_refresh=yes; b=2")),
            (header::COOKIE, HeaderValue::from_static("late=3")),
        ]);
        assert_eq!(cookie(&headers, "vitae_refresh"), Some("yes"));
        assert_eq!(cookie(&headers, "late"), Some("3"));
        assert_eq!(cookie(&headers, "refresh"), None);
    }
}
