//! What published pages tell of their visitors.
//!
//! The beacon sets no cookie and keeps no address, no user agent and no address of the page before: of a visit there
//! remain the country that the front door names and the host that linked here, as two additions to counts.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use vitae_queue::{CountedEvent, EventKind, Queue};
use vitae_store::Store;
use vitae_web::{Problem, ProblemBody, RateLimit, Subject};

use crate::{SitesHost, bots, send_beacon, tally};

/// A person who reads sends a handful a minute; many people may share an address.
pub(crate) const LIMIT: RateLimit =
    RateLimit { class: "beacon", burst: 120, window: Duration::from_secs(60), subject: Subject::Address };
/// Largest body, in bytes.
const LARGEST: usize = 4 * 1024;
/// Longest `what`, in characters.
const LONGEST_WHAT: usize = 100;
/// What can be downloaded from a site.
const FILES: &[&str] = &["resume.pdf", "resume.json", "contact.vcf"];
/// The download of a page that does not say which file it was.
const SOME_FILE: &str = "file";

/// One thing that a visitor did.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Beacon {
    /// The site, as in its address `/p/{slug}`.
    #[schema(example = "ada-lovelace", max_length = 100)]
    slug: String,
    kind: BeaconKind,
    /// Which file was downloaded (`resume.pdf`, `resume.json`, `contact.vcf`), or where a link leads.
    #[schema(example = "resume.pdf", max_length = 100)]
    what: Option<String>,
    /// Names this visit, so that a beacon that is sent twice counts once. The page makes it up anew for each visit.
    id: Option<Uuid>,
    /// `document.referrer`. Only its host is used.
    #[schema(max_length = 2000)]
    referrer: Option<String>,
}

/// What a visitor did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BeaconKind {
    /// Looked at the page.
    View,
    /// Downloaded something from it.
    Download,
    /// Followed a link on it.
    Link,
}

/// Tell of a visit.
///
/// For published pages, which send it with `navigator.sendBeacon`: as text, so that no preflight is needed. It is taken
/// from any origin, without signing in. Visits of programs are answered like others and not counted.
#[utoipa::path(
    post, path = "/api/v1/analytics/events", operation_id = "recordVisit", tag = "Analytics",
    request_body(content((Beacon = "application/json"), (String = "text/plain")),
        description = "The same JSON under either content type"),
    responses(
        (status = 202, description = "Taken; it shows in the numbers within seconds"),
        (status = 400, body = ProblemBody, content_type = "application/problem+json", description = "Not JSON"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No published site has this slug"),
        (status = 413, body = ProblemBody, content_type = "application/problem+json", description = "Larger than 4096 bytes"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Not a beacon"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many from one address"),
    )
)]
pub(crate) async fn record(
    State(store): State<Store>,
    State(events): State<Queue<CountedEvent>>,
    State(sites): State<SitesHost>,
    headers: HeaderMap,
    request: Request,
) -> Result<StatusCode, Problem> {
    let beacon: Beacon = send_beacon::read(request, LARGEST).await?;
    if let Some(what) = &beacon.what
        && what.chars().count() > LONGEST_WHAT
    {
        return Err(Problem::invalid("/what", format!("has at most {LONGEST_WHAT} characters")));
    }
    let owner = match is_slug(&beacon.slug) {
        true => store.slug_owner(&beacon.slug).await?,
        false => None,
    };
    let owner = owner.ok_or_else(Problem::not_found)?;
    if bots::is_bot(text(&headers, header::USER_AGENT.as_str()).unwrap_or_default()) {
        return Ok(StatusCode::ACCEPTED);
    }
    let kind = match beacon.kind {
        BeaconKind::View => EventKind::PortfolioView {
            portfolio_id: owner.portfolio_id,
            country: text(&headers, "cloudfront-viewer-country").and_then(country),
            referrer: beacon.referrer.as_deref().and_then(|referrer| referring_host(referrer, &sites.0)),
        },
        BeaconKind::Download => EventKind::Download { what: file(beacon.what.as_deref())? },
        BeaconKind::Link => EventKind::LinkClick { portfolio_id: owner.portfolio_id },
    };
    let mut event = CountedEvent::each(owner.user_id, kind);
    if let Some(id) = beacon.id {
        event.event_id = event_id(owner.portfolio_id, &beacon, id);
    }
    events.send(&event).await.map_err(Problem::unavailable)?;
    Ok(StatusCode::ACCEPTED)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Whether it may be a slug at all; anything else is no key to look for.
fn is_slug(text: &str) -> bool {
    (1..=100).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// ISO 3166-1 alpha-2; CloudFront's own codes for "nowhere in particular" are none.
fn country(code: &str) -> Option<String> {
    let is_code = code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
    (is_code && !["XX", "ZZ"].contains(&code)).then(|| code.to_owned())
}

/// The host of the page before, unless that was a site of ours.
fn referring_host(referrer: &str, sites_host: &str) -> Option<String> {
    if referrer.len() > 2_000 {
        return None;
    }
    let url = url::Url::parse(referrer).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let host = url.host_str()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    (host != sites_host && host.len() <= 253).then(|| host.to_owned())
}

fn file(what: Option<&str>) -> Result<String, Problem> {
    let name = match what {
        None => SOME_FILE,
        Some(name) => FILES
            .iter()
            .copied()
            .find(|file| *file == name)
            .ok_or_else(|| Problem::invalid("/what", format!("a download is one of {}", FILES.join(", "))))?,
    };
    Ok(format!("{}{name}", tally::OF_A_SITE))
}

/// The event that a visit's beacon is, whichever time it is sent. It lies within the portfolio's own names, so that
/// nobody can take the id of another event.
fn event_id(portfolio_id: Uuid, beacon: &Beacon, visit: Uuid) -> Uuid {
    let what = beacon.what.as_deref().unwrap_or_default();
    Uuid::new_v5(&portfolio_id, format!("beacon {:?} {visit} {what}", beacon.kind).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn status(body: &str) -> u16 {
        match send_beacon::read::<Beacon>(Request::new(body.to_owned().into()), LARGEST).await {
            Ok(_) => 202,
            Err(problem) => problem.status().as_u16(),
        }
    }

    #[tokio::test]
    async fn what_is_no_beacon_is_refused() {
        assert_eq!(status(r#"{"slug":"ada","kind":"view"}"#).await, 202);
        assert_eq!(status(r#"{"slug":"ada","kind":"stare"}"#).await, 422);
        assert_eq!(status(r#"{"slug":"ada","kind":"view","user":"u"}"#).await, 422);
        assert_eq!(status(r#"{"slug":"ada","kind":"view","id":"1"}"#).await, 422);
    }

    #[test]
    fn of_a_referrer_only_a_foreign_host_remains() {
        let host = |referrer| referring_host(referrer, "sites.example");
        assert_eq!(host("https://www.LinkedIn.com/in/somebody?trk=1#x").as_deref(), Some("linkedin.com"));
        assert_eq!(host("https://Bücher.example/").as_deref(), Some("xn--bcher-kva.example"));
        assert_eq!(host("https://user:secret@intranet.example:8443/a").as_deref(), Some("intranet.example"));
        for nothing in ["", "android-app://com.example", "javascript:alert(1)", "https://sites.example/p/ada", "=1+1"] {
            assert_eq!(host(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn countries_are_two_capitals() {
        assert_eq!(country("DE").as_deref(), Some("DE"));
        for nothing in ["", "de", "DEU", "XX", "1A"] {
            assert_eq!(country(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_download_is_of_a_file_that_sites_have() {
        assert_eq!(file(Some("resume.pdf")).unwrap(), "site/resume.pdf");
        assert_eq!(file(None).unwrap(), "site/file");
        assert_eq!(file(Some("../../etc/passwd")).unwrap_err().status().as_u16(), 422);
    }

    #[test]
    fn a_visit_has_one_event_for_each_thing_that_was_done() {
        let beacon = |kind, what: Option<&str>| Beacon {
            slug: "ada".to_owned(),
            kind,
            what: what.map(str::to_owned),
            id: None,
            referrer: None,
        };
        let (portfolio, visit) = (Uuid::now_v7(), Uuid::new_v4());
        let id = |kind, what| event_id(portfolio, &beacon(kind, what), visit);
        assert_eq!(id(BeaconKind::View, None), id(BeaconKind::View, None));
        assert_ne!(id(BeaconKind::View, None), id(BeaconKind::Link, None));
        assert_ne!(id(BeaconKind::Link, Some("a.example")), id(BeaconKind::Link, Some("b.example")));
        assert_ne!(id(BeaconKind::View, None), event_id(Uuid::now_v7(), &beacon(BeaconKind::View, None), visit));
    }

    #[test]
    fn only_what_can_be_a_slug_is_looked_for() {
        assert!(is_slug("ada-lovelace-2"));
        for text in ["", "Ada", "a/b", "a#b", "ä"] {
            assert!(!is_slug(text), "{text}");
        }
    }
}
