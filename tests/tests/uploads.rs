//! What S3 refuses, and what the worker refuses.

use std::time::{Duration, SystemTime};

use anyhow::Context;
use aws_sdk_s3::presigning::PresigningConfig;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use vitae_testing::{Answer, Person, Stack, Upload, eventually};

const PATIENCE: Duration = Duration::from_secs(120);

fn text_cv() -> Vec<u8> {
    b"Ada Lovelace\nada@example.org\n\nExperience\nAnalyst, Analytical Engines Ltd, London\nJan 2020 - Present\n- Wrote the first program\n\nSkills\nMathematics, Rust\n".to_vec()
}

#[tokio::test]
async fn an_address_admits_exactly_what_was_declared_and_once() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let bytes = text_cv();
    let ticket = person.ask_upload(&Upload::of("cv.txt", &bytes)).await?;
    assert!(!ticket.upload.headers.contains_key("content-length"), "a browser cannot set it");

    let mut longer = bytes.clone();
    longer.push(b'\n');
    assert!(ticket.put(longer).await?.status.is_client_error(), "another size was admitted");

    let mut other = bytes.clone();
    other[0] = b'I';
    assert!(ticket.put(other).await?.status.is_client_error(), "other bytes of the same length were admitted");

    let mut wrong_type = ticket.clone();
    wrong_type.upload.headers.insert("content-type".to_owned(), "text/html".to_owned());
    assert!(wrong_type.put(bytes.clone()).await?.status.is_client_error(), "another type was admitted");

    ticket.put(bytes.clone()).await?.expect(200)?;
    assert!(ticket.put(bytes).await?.status.is_client_error(), "a second upload was admitted");
    let job = person.job_until_done(&ticket.job_id, PATIENCE).await?;
    assert_eq!(job["status"], "completed", "{job:#}");
    Ok(())
}

#[tokio::test]
async fn an_upload_is_marked_until_a_job_has_read_it() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let bytes = text_cv();
    let ticket = person.ask_upload(&Upload::of("cv.txt", &bytes)).await?;
    let mut unmarked = ticket.clone();
    let mark = unmarked.upload.headers.remove("x-amz-tagging");
    assert_eq!(mark.as_deref(), Some("state=unconfirmed"));
    assert!(
        unmarked.put(bytes.clone()).await?.status.is_client_error(),
        "an upload that is never forgotten was admitted"
    );

    ticket.put(bytes).await?.expect(200)?;
    let job = person.job_until_done(&ticket.job_id, PATIENCE).await?;
    assert_eq!(job["status"], "completed", "{job:#}");
    let (s3, bucket) = (stack.aws().s3(), stack.bucket("FilesBucket").await?);
    // The path of the address, which begins with the bucket.
    let address: reqwest::Url = ticket.upload.url.parse()?;
    let key = address.path().trim_start_matches('/').trim_start_matches(&bucket).trim_start_matches('/').to_owned();
    let tags = s3.get_object_tagging().bucket(bucket).key(key).send().await?;
    assert!(tags.tag_set().is_empty(), "a read upload would be forgotten: {:?}", tags.tag_set());
    Ok(())
}

#[tokio::test]
async fn an_expired_address_is_refused() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let bytes = text_cv();
    let mut ticket = person.ask_upload(&Upload::of("cv.txt", &bytes)).await?;
    // Signed an hour ago for a minute: nobody need wait for an address to expire.
    let expired = PresigningConfig::builder()
        .start_time(SystemTime::now() - Duration::from_secs(3600))
        .expires_in(Duration::from_secs(60))
        .build()?;
    let key = format!("uploads/{}/{}/original", uuid::Uuid::now_v7(), ticket.job_id);
    let bucket = stack.bucket("FilesBucket").await?;
    let signed = stack.aws().s3().put_object().bucket(bucket).key(&key).presigned(expired).await?;
    ticket.upload.url = signed.uri().to_owned();
    ticket.upload.headers.clear();
    let refused = ticket.put(bytes).await?;
    assert_eq!(refused.status, 403, "{}", refused.text());
    Ok(())
}

#[tokio::test]
async fn a_file_of_another_type_than_declared_fails_with_a_reason() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    for (name, bytes, code) in [
        ("cv.pdf", text_cv(), "type_not_as_declared"),
        ("cv.txt", b"<!doctype html><html><body>CV</body></html>".to_vec(), "document_unsupported"),
        ("cv.pdf", b"%PDF-1.7\nnothing more".to_vec(), "document_damaged"),
    ] {
        let ticket = person.upload(&Upload::of(name, &bytes), bytes).await?;
        let job = person.job_until_done(&ticket.job_id, PATIENCE).await?;
        assert_eq!(job["status"], "failed", "{job:#}");
        assert_eq!(job["error"]["code"], code, "{job:#}");
        assert_eq!(job["error"]["stage"], "extracting", "{job:#}");
        assert_eq!(job["error"]["retryable"], false, "{job:#}");
        assert!(job["error"]["detail"].as_str().is_some_and(|detail| detail.ends_with('.')), "{job:#}");
    }
    Ok(())
}

#[tokio::test]
async fn an_upload_whose_job_was_cancelled_is_removed() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let bytes = text_cv();
    let ticket = person.ask_upload(&Upload::of("cv.txt", &bytes)).await?;
    let cancelled = person.post(&format!("/jobs/{}/cancel", ticket.job_id), &json!({})).await?.expect(202)?.json()?;
    assert_eq!(cancelled["status"], "cancelled");
    ticket.put(bytes).await?.expect(200)?;
    let me = person.get("/users/me").await?.expect(200)?.json()?;
    let prefix = format!("uploads/{}/{}/", me["user_id"].as_str().context("user_id")?, ticket.job_id);
    eventually("removing the upload", Duration::from_secs(60), async || {
        Ok(stack.objects("FilesBucket", &prefix).await?.is_empty().then_some(()))
    })
    .await?;
    person.post(&format!("/jobs/{}/cancel", ticket.job_id), &json!({})).await?.expect(409)?;
    person.post(&format!("/jobs/{}/retry", ticket.job_id), &json!({})).await?.expect(409)?;
    Ok(())
}

#[tokio::test]
async fn an_object_that_nobody_asked_for_is_removed() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let (user, job) = (uuid::Uuid::now_v7(), uuid::Uuid::now_v7());
    let key = format!("uploads/{user}/{job}/original");
    stack.put_object("FilesBucket", &key, text_cv()).await?;
    eventually("removing the object", Duration::from_secs(60), async || {
        Ok(stack.objects("FilesBucket", &key).await?.is_empty().then_some(()))
    })
    .await
}

#[tokio::test]
async fn s3s_test_event_is_done_with_at_once() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    stack.send_message("ParseQueue", r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"any"}"#).await?;
    Ok(())
}

#[tokio::test]
async fn an_upload_is_asked_for_in_the_proper_form() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let sound = json!({"filename": "cv.pdf", "content_type": "application/pdf", "size": 9, "sha256": hex::encode(Sha256::digest(b"x"))});
    let with = |member: &str, value: Value| {
        let mut body = sound.clone();
        body[member] = value;
        body
    };
    for (body, pointer) in [
        (with("size", json!(10 * 1024 * 1024 + 1)), "/size"),
        (with("content_type", json!("text/html")), "/content_type"),
        (with("sha256", json!("00")), "/sha256"),
        (with("nmae", json!(1)), "/nmae"),
        (with("preferences", json!({"theme": "pink"})), "/preferences/theme"),
    ] {
        let answer = person.post("/cv/upload", &body).await?.expect(422)?;
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        assert_eq!(answer.json()?["errors"][0]["pointer"], pointer);
    }
    // Without a token, with a slash at the end: both are answered as ever.
    let nobody = Answer::to(Client::new().post(stack.route("/cv/upload")).json(&sound)).await?.expect(401)?;
    assert_eq!(nobody.problem().as_deref(), Some("unauthorized"));
    person.post("/cv/upload/", &sound).await?.expect(201)?;
    Ok(())
}

#[tokio::test]
async fn the_same_idempotency_key_creates_once() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let send = async |name: &str| {
        let request = person.request(Method::POST, "/cv/import").header("Idempotency-Key", "once");
        Answer::to(request.json(&json!({"basics": {"name": name}}))).await
    };
    let first = send("Ada").await?.expect(201)?;
    let again = send("Ada").await?.expect(201)?;
    assert_eq!(first.body, again.body);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    send("Grace").await?.expect(409)?;
    let cvs = person.get("/cv").await?.expect(200)?.json()?;
    assert_eq!(cvs["items"].as_array().map(Vec::len), Some(1));
    Ok(())
}

#[tokio::test]
async fn a_change_that_is_based_on_an_old_version_is_refused() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let made = person.post("/cv/import", &json!({"basics": {"name": "Ada"}})).await?.expect(201)?.json()?;
    let path = format!("/cv/{}", made["cv_id"].as_str().context("cv_id")?);
    let tag = person.get(&path).await?.expect(200)?.header("etag").context("etag")?.to_owned();
    let change = async |name: &str| {
        let request = person.request(Method::PATCH, &path).header("If-Match", &tag);
        Answer::to(request.json(&json!({"basics": {"name": name}}))).await
    };
    change("Ada Lovelace").await?.expect(200)?;
    let refused = change("Ada Byron").await?.expect(412)?;
    assert_eq!(refused.problem().as_deref(), Some("precondition-failed"));
    Ok(())
}
