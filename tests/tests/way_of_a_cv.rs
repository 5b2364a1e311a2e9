//! The whole way: a person signs up, uploads a CV, it is read, a portfolio goes live, a document can be downloaded, and
//! the numbers are counted.

use std::time::Duration;

use anyhow::Context;
use reqwest::Client;
use serde_json::{Value, json};
use vitae_testing::{Answer, Fixture, Person, Stack, Upload, eventually, fixture};

/// Recognition of a page takes some ten seconds of processor time, and the machine may have other tests to run.
const PATIENCE: Duration = Duration::from_secs(240);

/// Uploads the fixture and follows its job to the end; answers the finished job.
async fn read(person: &Person, fixture: &Fixture) -> anyhow::Result<Value> {
    let ticket = person.upload(&Upload::from(fixture), fixture.bytes.clone()).await?;
    let job = person.job_until_done(&ticket.job_id, PATIENCE).await?;
    anyhow::ensure!(job["status"] == "completed", "{} ended as {job:#}", fixture.name);
    anyhow::ensure!(job["progress"] == 100);
    Ok(job)
}

/// The CV says who the person is, whatever it was read from.
async fn has_what_the_fixture_shows(person: &Person, job: &Value, fixture: &Fixture) -> anyhow::Result<Value> {
    let cv = person.get(&format!("/cv/{}", job["cv_id"].as_str().context("cv_id")?)).await?.expect(200)?.json()?;
    for pointer in ["/basics/name", "/basics/email"] {
        assert_eq!(cv.pointer(pointer), fixture.truth.pointer(pointer), "{} {pointer}", fixture.name);
    }
    for section in ["work", "education", "skills"] {
        let entries = |document: &Value| document[section].as_array().map_or(0, Vec::len);
        assert!(entries(&cv) > 0 || entries(&fixture.truth) == 0, "{} has no {section}: {cv:#}", fixture.name);
    }
    Ok(cv)
}

/// The portfolio is a page that shows the person's name and asks nobody else for anything.
async fn is_live(job: &Value, fixture: &Fixture) -> anyhow::Result<()> {
    let url = job["result"]["portfolio_url"].as_str().context("the job says no address")?;
    let page = Answer::to(Client::new().get(url)).await?.expect(200)?;
    assert!(page.header("content-type").is_some_and(|t| t.starts_with("text/html")), "{url}");
    let html = page.text();
    let name = fixture.truth["basics"]["name"].as_str().context("name")?;
    assert!(html.contains(name), "{url} does not show {name}");
    assert!(!html.contains("<link rel=\"stylesheet\"") && !html.contains("<script src"), "{url} loads something");
    Ok(())
}

async fn ats_document(person: &Person, cv_id: &str, format: &str) -> anyhow::Result<(Value, Answer)> {
    let body = json!({ "cv_id": cv_id, "template_id": "clean", "format": format });
    let made = person.post("/ats/generate", &body).await?.expect(201)?.json()?;
    let path = format!("/ats/download/{}", made["resume_id"].as_str().context("resume_id")?);
    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let redirect = Answer::to(client.get(person.stack.route(&path)).bearer_auth(&person.token)).await?.expect(302)?;
    let address = redirect.header("location").context("location")?;
    // The address takes no token: it is good by itself, for a short time.
    Ok((made, Answer::to(Client::new().get(address)).await?.expect(200)?))
}

async fn whole_way(name: &str) -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let fixture = fixture(name);
    let person = Person::sign_up(&stack).await?;
    let job = read(&person, &fixture).await?;
    has_what_the_fixture_shows(&person, &job, &fixture).await?;
    is_live(&job, &fixture).await
}

#[tokio::test]
async fn a_pdf_becomes_a_portfolio_a_document_and_a_number() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let fixture = fixture("one-column.pdf");
    let person = Person::sign_up(&stack).await?;
    let job = read(&person, &fixture).await?;
    let cv = has_what_the_fixture_shows(&person, &job, &fixture).await?;
    assert!(cv["meta"]["vitae"]["spans"].as_object().is_some_and(|spans| spans.contains_key("/basics/name")));
    is_live(&job, &fixture).await?;

    let cv_id = job["cv_id"].as_str().context("cv_id")?;
    let (made, pdf) = ats_document(&person, cv_id, "pdf").await?;
    assert!(pdf.body.starts_with(b"%PDF-"));
    assert!(made["ats_score"].as_u64().is_some_and(|score| score <= 100), "{made:#}");
    assert!(made["report"]["round_trip"].is_object() || made["report"]["round_trip"].is_array(), "{made:#}");
    let (_, docx) = ats_document(&person, cv_id, "docx").await?;
    assert!(docx.body.starts_with(b"PK"));
    let (_, text) = ats_document(&person, cv_id, "txt").await?;
    assert!(text.text().contains(fixture.truth["basics"]["name"].as_str().context("name")?));
    let (_, resume) = ats_document(&person, cv_id, "json").await?;
    assert_eq!(resume.json()?["basics"]["name"], fixture.truth["basics"]["name"]);

    eventually("counting the CV, the portfolio and four documents", Duration::from_secs(60), async || {
        let dashboard = person.get("/analytics/dashboard?time_range=24h").await?.expect(200)?.json()?;
        let metrics = &dashboard["metrics"];
        let counted = metrics["cvs_processed"] == 1
            && metrics["portfolios_generated"] == 1
            && metrics["ats_resumes_created"] == 4
            && metrics["total_downloads"] == 4
            && metrics["avg_ats_score"].is_number();
        Ok(counted.then_some(()))
    })
    .await
}

/// The fonts come from the network when the stack starts. Where it had none, the refusal is what matters.
#[tokio::test]
async fn a_chinese_cv_is_set_as_pdf_where_its_fonts_are_and_refused_where_they_are_not() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let cv = "林雨晴\n高级后端工程师\n上海\nlin.yuqing@example.org\n+86 21 5555 0142\n\n个人简介\n\n十年支付与票务系统开发经验，带领过六人团队，\
              重视代码审查与自动化测试，希望在可靠性工程领域继续深入。\n\n工作经历\n\n高级后端工程师\n海港支付有限公司\n2021-03 – 至今\n\
              - 将每周告警数量从六十条降至九条，并重写全部告警规则\n- 带领五人团队迁移一百四十个服务\n\n教育背景\n\n工学学士\n华东大学\n\
              2013-09 – 2017-06\n";
    let ticket = person.upload(&Upload::of("cv.txt", cv.as_bytes()), cv.as_bytes().to_vec()).await?;
    let job = person.job_until_done(&ticket.job_id, PATIENCE).await?;
    anyhow::ensure!(job["status"] == "completed", "{job:#}");
    let cv_id = job["cv_id"].as_str().context("cv_id")?;
    if stack.objects("AssetsBucket", "fonts/").await?.is_empty() {
        let body = json!({ "cv_id": cv_id, "template_id": "clean", "format": "pdf" });
        let refused = person.post("/ats/generate", &body).await?.expect(422)?.json()?;
        assert_eq!(refused["errors"][0]["pointer"], "/format", "{refused:#}");
        return Ok(());
    }
    let (made, pdf) = ats_document(&person, cv_id, "pdf").await?;
    assert!(pdf.body.starts_with(b"%PDF-"));
    assert_eq!(made["report"]["document"]["conformance"], json!(["PDF/A-2a", "PDF/UA-1"]), "{made:#}");
    assert_eq!(made["report"]["round_trip"]["lost"], 0, "{made:#}");
    let url =
        format!("{}/resume.pdf", job["result"]["portfolio_url"].as_str().context("address")?.trim_end_matches('/'));
    eventually("the PDF of the site", Duration::from_secs(60), async || {
        let answer = Answer::to(Client::new().get(&url)).await?;
        Ok((answer.status == 200 && answer.body.starts_with(b"%PDF-")).then_some(()))
    })
    .await
}

#[tokio::test]
async fn a_two_column_pdf_goes_the_whole_way() -> anyhow::Result<()> {
    whole_way("two-column.pdf").await
}

#[tokio::test]
async fn a_word_file_goes_the_whole_way() -> anyhow::Result<()> {
    whole_way("word.docx").await
}

#[tokio::test]
async fn a_scanned_pdf_goes_the_whole_way() -> anyhow::Result<()> {
    whole_way("scanned.pdf").await
}

#[tokio::test]
async fn a_photo_goes_the_whole_way() -> anyhow::Result<()> {
    whole_way("photo.png").await
}

#[tokio::test]
async fn without_auto_generate_the_cv_is_read_and_nothing_is_published() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let fixture = fixture("word.docx");
    let upload = Upload::from(&fixture).with_preferences(json!({ "auto_generate": false }));
    let ticket = person.upload(&upload, fixture.bytes.clone()).await?;
    let job = person.job_until_done(&ticket.job_id, PATIENCE).await?;
    assert_eq!(job["status"], "completed", "{job:#}");
    assert!(job["result"].get("portfolio_id").is_none());
    let portfolios = person.get("/portfolio").await?.expect(200)?.json()?;
    assert_eq!(portfolios["items"], json!([]));
    Ok(())
}

#[tokio::test]
async fn a_duplicate_announcement_changes_nothing() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let fixture = fixture("one-column.pdf");
    let job = read(&person, &fixture).await?;
    let job_id = job["job_id"].as_str().context("job_id")?;
    let cv_path = format!("/cv/{}", job["cv_id"].as_str().context("cv_id")?);
    let before = person.get(&cv_path).await?.expect(200)?;

    let me = person.get("/users/me").await?.expect(200)?.json()?;
    let key = format!("uploads/{}/{job_id}/original", me["user_id"].as_str().context("user_id")?);
    let event = json!({"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put",
        "s3": {"bucket": {"name": "any"}, "object": {"key": key, "size": fixture.bytes.len()}}}]});
    stack.send_message("ParseQueue", &event.to_string()).await?;
    stack.worked_off("ParseQueue", job_id, PATIENCE).await?;
    stack.worked_off("GenerateQueue", job_id, PATIENCE).await?;

    let after = person.get(&cv_path).await?.expect(200)?;
    assert_eq!(before.header("etag"), after.header("etag"));
    assert_eq!(before.body, after.body);
    let now = person.get(&format!("/jobs/{job_id}")).await?.expect(200)?.json()?;
    assert_eq!(now["result"], job["result"]);
    let portfolios = person.get("/portfolio").await?.expect(200)?.json()?;
    assert_eq!(portfolios["items"].as_array().map(Vec::len), Some(1));
    Ok(())
}

#[tokio::test]
async fn reading_again_replaces_what_was_changed_by_hand() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let fixture = fixture("word.docx");
    let job = read(&person, &fixture).await?;
    let cv_id = job["cv_id"].as_str().context("cv_id")?;
    let changed =
        person.patch(&format!("/cv/{cv_id}"), &json!({"basics": {"name": "Somebody Else"}})).await?.expect(200)?;
    assert_eq!(changed.json()?["basics"]["name"], "Somebody Else");

    let again = person.post("/cv/parse", &json!({ "cv_id": cv_id })).await?.expect(202)?.json()?;
    let job = person.job_until_done(again["job_id"].as_str().context("job_id")?, PATIENCE).await?;
    assert_eq!(job["status"], "completed", "{job:#}");
    let cv = person.get(&format!("/cv/{cv_id}")).await?.expect(200)?.json()?;
    assert_eq!(cv["basics"]["name"], fixture.truth["basics"]["name"]);
    Ok(())
}
