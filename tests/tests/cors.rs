//! Which pages of other origins may read answers: those of the configured frontends, with cookies, and nobody else's.

use reqwest::{Client, Method, header};
use serde_json::json;
use vitae_testing::{Answer, Person, Stack, Upload};

/// A route of each function, and one that no function has.
const ROUTES: [&str; 7] = [
    "/api/v1/users/me",
    "/api/v1/cv",
    "/api/v1/jobs",
    "/api/v1/portfolio",
    "/api/v1/ats/resumes",
    "/api/v1/analytics/dashboard",
    "/api/v1/nowhere",
];
/// One of the frontends under development that a local stack allows.
const FRONTEND: &str = "http://localhost:5173";
/// Others, some of which look like it.
const FOREIGN: [&str; 6] = [
    "https://evil.test",
    "http://localhost:5173.evil.test",
    "http://localhost:51730",
    "https://localhost:5173",
    "http://evil.test/?http://localhost:5173",
    "null",
];

async fn preflight(url: &str, origin: &str, method: &str, headers: &str) -> anyhow::Result<Answer> {
    let request = Client::new()
        .request(Method::OPTIONS, url)
        .header(header::ORIGIN, origin)
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, method)
        .header(header::ACCESS_CONTROL_REQUEST_HEADERS, headers);
    Answer::to(request).await
}

/// The entries of a list in a header, in small letters.
fn listed(answer: &Answer, name: &str) -> Vec<String> {
    answer.header(name).into_iter().flat_map(|list| list.split(',')).map(|entry| entry.trim().to_lowercase()).collect()
}

#[tokio::test]
async fn a_frontend_may_ask_everything_that_the_api_offers() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let needed = ["authorization", "content-type", "idempotency-key", "if-match", "x-csrf-token"];
    for route in ROUTES {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let url = format!("{}{route}", stack.api_url);
            let answer = preflight(&url, FRONTEND, method, &needed.join(",")).await?;
            assert!(answer.status.is_success(), "{method} {route}: {}", answer.status);
            assert_eq!(answer.header("access-control-allow-origin"), Some(FRONTEND), "{method} {route}");
            assert_eq!(answer.header("access-control-allow-credentials"), Some("true"), "{method} {route}");
            assert_eq!(answer.header("access-control-max-age"), Some("600"), "{method} {route}");
            let methods = listed(&answer, "access-control-allow-methods");
            assert!(methods.contains(&method.to_lowercase()), "{method} {route}: {methods:?}");
            let headers = listed(&answer, "access-control-allow-headers");
            assert!(needed.iter().all(|name| headers.contains(&(*name).to_owned())), "{route}: {headers:?}");
            assert!(!headers.contains(&"*".to_owned()), "a wildcard means nothing where cookies are allowed");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_foreign_page_may_ask_nothing() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    for route in ROUTES {
        let url = format!("{}{route}", stack.api_url);
        for origin in FOREIGN {
            let asked = preflight(&url, origin, "GET", "authorization").await?;
            assert_eq!(asked.header("access-control-allow-origin"), None, "{route} from {origin}");
            let answer = Answer::to(Client::new().get(&url).header(header::ORIGIN, origin)).await?;
            assert_eq!(answer.header("access-control-allow-origin"), None, "{route} from {origin}");
            assert_eq!(answer.header("access-control-allow-credentials"), None, "{route} from {origin}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_frontend_reads_answers_and_refusals_with_their_headers() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let exposed = ["etag", "location", "ratelimit", "ratelimit-policy", "retry-after", "x-request-id"];
    for route in ROUTES {
        let get = || Client::new().get(format!("{}{route}", stack.api_url)).header(header::ORIGIN, FRONTEND);
        for (request, status) in [(get(), 401), (get().bearer_auth(&person.token), 200)] {
            let answer = Answer::to(request).await?;
            let status = if route.ends_with("/nowhere") { 404 } else { status };
            assert_eq!(answer.status, status, "{route}: {}", answer.text());
            assert_eq!(answer.header("access-control-allow-origin"), Some(FRONTEND), "{route}");
            assert_eq!(answer.headers.get_all("access-control-allow-origin").iter().count(), 1, "{route}");
            assert_eq!(answer.header("access-control-allow-credentials"), Some("true"), "{route}");
            let names = listed(&answer, "access-control-expose-headers");
            assert!(exposed.iter().all(|name| names.contains(&(*name).to_owned())), "{route}: {names:?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_frontend_may_upload_and_a_foreign_page_may_not() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let ticket = person.ask_upload(&Upload::of("cv.txt", b"Ada Lovelace")).await?;
    let names: Vec<_> = ticket.upload.headers.keys().map(String::as_str).collect();
    let asked = preflight(&ticket.upload.url, FRONTEND, "PUT", &names.join(",")).await?;
    assert!(asked.status.is_success(), "{}: {}", asked.status, asked.text());
    // S3 answers with the origin, or with a wildcard that goes without cookies.
    assert!([Some(FRONTEND), Some("*")].contains(&asked.header("access-control-allow-origin")), "{:?}", asked.headers);
    let allowed = listed(&asked, "access-control-allow-headers");
    assert!(names.iter().all(|name| allowed.contains(&name.to_lowercase())), "{names:?} {allowed:?}");
    for origin in FOREIGN {
        let asked = preflight(&ticket.upload.url, origin, "PUT", &names.join(",")).await?;
        assert_eq!((asked.status.as_u16(), asked.header("access-control-allow-origin")), (403, None), "{origin}");
    }
    // Nothing was uploaded, so the job is not left to wait.
    person.post(&format!("/jobs/{}/cancel", ticket.job_id), &json!({})).await?.expect(202)?;
    Ok(())
}
