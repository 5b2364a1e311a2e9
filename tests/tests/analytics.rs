//! Counting: each thing once, nothing made up, and the pages that the function serves.

use std::time::Duration;

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use uuid::Uuid;
use vitae_testing::{Answer, Person, Stack, Upload, eventually};

/// Counting takes a moment; the machine may have other tests to run.
const PATIENCE: Duration = Duration::from_secs(60);
/// Reading a CV and publishing it, likewise.
const READING: Duration = Duration::from_secs(180);
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0";

/// The person's id, as their token says it.
fn id_of(person: &Person) -> anyhow::Result<String> {
    let claims = person.token.split('.').nth(1).context("the token has no claims")?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims)?)?;
    Ok(claims["sub"].as_str().context("the token has no subject")?.to_owned())
}

fn event(user_id: &str, kind: Value) -> String {
    json!({ "event_id": Uuid::new_v4(), "user_id": user_id, "at": now(), "kind": kind }).to_string()
}

fn now() -> String {
    jiff::Timestamp::now().to_string()
}

async fn dashboard(person: &Person) -> anyhow::Result<Value> {
    person.get("/analytics/dashboard?time_range=24h").await?.expect(200)?.json()
}

async fn beacon(stack: &Stack, agent: &str, body: &Value) -> anyhow::Result<Answer> {
    let request = Client::new()
        .post(stack.route("/analytics/events"))
        .header("content-type", "text/plain;charset=UTF-8")
        .header("origin", &stack.sites_url)
        .header("user-agent", agent)
        .body(body.to_string());
    Answer::to(request).await
}

/// Publishes a small CV; answers the slug of its site.
async fn published(person: &Person) -> anyhow::Result<String> {
    let cv = b"Grace Hopper\ngrace@example.org\n\nExperience\nProgrammer, Navy Yard, New York\nJan 2020 - Present\n- Wrote a compiler\n\nSkills\nMathematics, Rust\n";
    let ticket = person.upload(&Upload::of("cv.txt", cv), cv.to_vec()).await?;
    let job = person.job_until_done(&ticket.job_id, READING).await?;
    let url = job["result"]["portfolio_url"].as_str().with_context(|| format!("no portfolio: {job:#}"))?;
    Ok(url.trim_end_matches('/').rsplit('/').next().context("the address has no slug")?.to_owned())
}

#[tokio::test]
async fn the_dashboard_of_a_new_person_is_zeros_and_nulls() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    for range in ["24h", "7d", "30d", "90d"] {
        let path = format!("/analytics/dashboard?time_range={range}");
        let dashboard = person.get(&path).await?.expect(200)?.json()?;
        let expected = json!({
            "cvs_processed": 0, "portfolios_generated": 0, "ats_resumes_created": 0, "total_downloads": 0,
            "portfolio_views": 0, "avg_ats_score": null,
        });
        assert_eq!(dashboard["metrics"], expected, "{range}");
        assert_eq!(dashboard["time_range"], range);
        assert_eq!(dashboard["performance"]["cv_processing"], Value::Null);
        assert_eq!(dashboard["geographic"], json!({ "countries": [], "unknown": 0 }));
        assert_eq!(dashboard["activity"], json!({ "items": [], "next_cursor": null }));
        let steps = dashboard["engagement"]["series"].as_array().context("series")?;
        let expected = if range == "24h" { 24 } else { range.trim_end_matches('d').parse()? };
        assert_eq!(steps.len(), expected, "{range}");
        assert!(steps.iter().all(|step| step["views"] == 0));
    }
    Ok(())
}

#[tokio::test]
async fn an_event_that_is_delivered_twice_counts_once() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let user_id = id_of(&person)?;
    let scored = |score: u32| {
        event(
            &user_id,
            json!({ "name": "ats_resume_created", "template_id": "clean", "format": "pdf", "score": score }),
        )
    };
    let (twice, once) = (scored(90), scored(41));
    for message in [&twice, &twice, &once, &twice] {
        stack.send_message("EventsQueue", message).await?;
    }
    stack.worked_off("EventsQueue", &user_id, PATIENCE).await?;
    let dashboard = dashboard(&person).await?;
    assert_eq!(dashboard["metrics"]["ats_resumes_created"], 2, "{dashboard:#}");
    assert_eq!(dashboard["metrics"]["avg_ats_score"], 65.5);
    assert_eq!(dashboard["templates"]["ats"], json!([{ "name": "clean", "count": 2 }]));
    assert_eq!(dashboard["activity"]["items"].as_array().map(Vec::len), Some(2), "one entry for each event");
    assert_eq!(dashboard["realtime"]["ats_resumes_created"], 2);
    Ok(())
}

#[tokio::test]
async fn many_events_of_one_person_at_once_are_all_counted() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let user_id = id_of(&person)?;
    let sent = (0..40).map(|_| {
        let event = event(&user_id, json!({ "name": "download", "what": "ats_resume" }));
        let stack = stack.clone();
        async move { stack.send_message("EventsQueue", &event).await }
    });
    futures::future::try_join_all(sent).await?;
    eventually("counting 40 downloads", PATIENCE, async || {
        Ok((dashboard(&person).await?["metrics"]["total_downloads"] == 40).then_some(()))
    })
    .await?;

    let mut seen = std::collections::BTreeSet::new();
    let mut path = "/analytics/activity?limit=15".to_owned();
    loop {
        let page = person.get(&path).await?.expect(200)?.json()?;
        for entry in page["items"].as_array().context("items")? {
            assert_eq!(entry["event"], json!({ "name": "download", "what": "ats_resume" }));
            assert!(seen.insert(entry["event_id"].to_string()), "an entry came twice");
        }
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/analytics/activity?limit=15&cursor={cursor}");
    }
    assert_eq!(seen.len(), 40);
    Ok(())
}

#[tokio::test]
async fn another_person_s_events_are_not_mine() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let (one, other) = (Person::sign_up(&stack).await?, Person::sign_up(&stack).await?);
    let download = event(&id_of(&one)?, json!({ "name": "download", "what": "portfolio_zip" }));
    stack.send_message("EventsQueue", &download).await?;
    eventually("counting the download", PATIENCE, async || {
        Ok((dashboard(&one).await?["metrics"]["total_downloads"] == 1).then_some(()))
    })
    .await?;
    assert_eq!(dashboard(&other).await?["metrics"]["total_downloads"], 0);
    for path in ["dashboard", "metrics", "engagement", "realtime/status", "export/summary"] {
        let refused = other.get(&format!("/analytics/{path}?scope=platform")).await?;
        assert_eq!((refused.status.as_u16(), refused.problem().as_deref()), (403, Some("forbidden")), "{path}");
        let answer = Answer::to(Client::new().get(stack.route(&format!("/analytics/{path}")))).await?;
        assert_eq!(answer.status, 401, "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn a_visit_is_counted_once_and_a_program_s_not_at_all() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let slug = published(&person).await?;
    let visit = Uuid::new_v4();
    let view = json!({ "slug": slug, "kind": "view", "id": visit, "referrer": "https://www.news.example/a?b=c" });
    for _ in 0..3 {
        let answer = beacon(&stack, BROWSER, &view).await?.expect(202)?;
        assert_eq!(answer.header("set-cookie"), None);
    }
    beacon(&stack, "Mozilla/5.0 (compatible; Googlebot/2.1)", &json!({ "slug": slug, "kind": "view" }))
        .await?
        .expect(202)?;
    beacon(&stack, BROWSER, &json!({ "slug": slug, "kind": "download", "what": "resume.pdf", "id": visit }))
        .await?
        .expect(202)?;
    beacon(&stack, BROWSER, &json!({ "slug": slug, "kind": "link", "id": visit })).await?.expect(202)?;
    stack.worked_off("EventsQueue", &id_of(&person)?, PATIENCE).await?;

    let engagement = person.get("/analytics/engagement?time_range=7d").await?.expect(200)?.json()?;
    assert_eq!(engagement["views"], 1, "{engagement:#}");
    assert_eq!(engagement["downloads"], 1);
    assert_eq!(engagement["link_clicks"], 1);
    assert_eq!(engagement["referrers"], json!([{ "name": "news.example", "count": 1 }]));
    let today = engagement["series"].as_array().and_then(|series| series.last()).context("series")?;
    assert_eq!((&today["views"], &today["link_clicks"]), (&json!(1), &json!(1)));
    let views = person.get("/analytics/geographic?time_range=7d").await?.expect(200)?.json()?;
    let by_country: u64 = views["countries"].as_array().into_iter().flatten().filter_map(|c| c["views"].as_u64()).sum();
    assert_eq!(by_country + views["unknown"].as_u64().context("unknown")?, 1, "{views:#}");
    // A visit is a number; it is kept nowhere by itself.
    let activity = person.get("/analytics/activity").await?.expect(200)?.json()?;
    let names: Vec<_> = activity["items"].as_array().into_iter().flatten().map(|item| &item["event"]["name"]).collect();
    assert!(
        !names.is_empty()
            && names.iter().all(|name| ["cv_processed", "portfolio_generated"].contains(&name.as_str().unwrap_or(""))),
        "{names:?}"
    );

    let csv = person.get("/analytics/export/summary?format=csv&time_range=7d").await?.expect(200)?;
    assert!(csv.header("content-disposition").is_some_and(|value| value.starts_with("attachment")));
    assert!(csv.text().contains("total,,portfolio_views,1\r\n"), "{}", csv.text());
    assert!(csv.text().contains("referrer,news.example,views,1\r\n"), "{}", csv.text());
    Ok(())
}

#[tokio::test]
async fn what_is_no_visit_of_a_published_site_is_refused() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let refused = async |body: Value| anyhow::Ok(beacon(&stack, BROWSER, &body).await?.status.as_u16());
    assert_eq!(refused(json!({ "slug": format!("nobody-{}", Uuid::new_v4()), "kind": "view" })).await?, 404);
    assert_eq!(refused(json!({ "slug": "../x", "kind": "view" })).await?, 404);
    assert_eq!(refused(json!({ "slug": "ada", "kind": "stare" })).await?, 422);
    assert_eq!(refused(json!({ "slug": "ada", "kind": "view", "user_id": "1" })).await?, 422);
    assert_eq!(refused(json!({ "slug": "a".repeat(5_000), "kind": "view" })).await?, 413);
    Ok(())
}

#[tokio::test]
async fn a_range_that_is_none_is_said_to_be() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    for query in ["time_range=1y", "scope=yours", "range=7d"] {
        let refused = person.get(&format!("/analytics/metrics?{query}")).await?;
        assert_eq!((refused.status.as_u16(), refused.problem().as_deref()), (400, Some("bad-request")), "{query}");
    }
    Ok(())
}

#[tokio::test]
async fn health_needs_nothing_and_a_wrong_path_is_a_problem() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let get = async |path: &str| Answer::to(Client::new().get(format!("{}{path}", stack.api_url))).await;
    for path in ["/healthz", "/healthz/"] {
        let health = get(path).await?.expect(200)?.json()?;
        assert_eq!(health["status"], "ok");
        assert!(health["version"].is_string());
    }
    let missing = get("/api/v1/nothing").await?;
    assert_eq!((missing.status.as_u16(), missing.header("content-type")), (404, Some("application/problem+json")));
    assert_eq!(missing.json()?["instance"].as_str(), missing.header("x-request-id"));
    let request = Client::new().request(Method::DELETE, format!("{}/healthz", stack.api_url));
    assert_eq!(Answer::to(request).await?.problem().as_deref(), Some("method-not-allowed"));
    Ok(())
}

#[tokio::test]
async fn the_documentation_loads_from_here_alone() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let client = Client::new();
    let document = Answer::to(client.get(format!("{}/openapi.json", stack.api_url))).await?.expect(200)?.json()?;
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"]["/api/v1/cv/upload"]["post"].is_object(), "it describes every function");
    for page in ["/docs", "/redoc"] {
        let answer = Answer::to(client.get(format!("{}{page}", stack.api_url))).await?.expect(200)?;
        let policy = answer.header("content-security-policy").context("no policy")?;
        assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self'"), "{policy}");
        let html = answer.text();
        let loaded: Vec<_> = ["src=\"", "href=\""]
            .iter()
            .flat_map(|attribute| html.split(attribute).skip(1).filter_map(|rest| rest.split('"').next()))
            .filter(|address| *address != "data:,")
            .collect();
        assert!(loaded.len() >= 2, "{page} loads {loaded:?}");
        for address in loaded {
            assert!(address.starts_with('/') && !address.starts_with("//"), "{page} loads {address}");
            // Packed and plain, since both travel through the gateway in their own way.
            for encoding in ["gzip", "identity"] {
                let request = client.get(format!("{}{address}", stack.api_url)).header("accept-encoding", encoding);
                let file = Answer::to(request).await?.expect(200)?;
                assert!(!file.body.is_empty(), "{address}");
                if file.header("content-encoding") == Some("gzip") {
                    assert!(file.body.starts_with(&[0x1f, 0x8b]), "{address} is not what it says");
                } else {
                    assert!(std::str::from_utf8(&file.body).is_ok(), "{address} is no text");
                }
            }
        }
    }
    let problem = Answer::to(client.get(format!("{}/api/v1/nothing", stack.api_url))).await?.json()?;
    let page = problem["type"].as_str().context("type")?;
    let page = Answer::to(client.get(format!("{}{page}", stack.api_url))).await?.expect(200)?;
    assert!(page.text().contains("<h1>Not found</h1>"));
    Ok(())
}
