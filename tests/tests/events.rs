//! Every file under `events/` is an event that its function answers. `cargo lambda invoke` and other tests use them.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use aws_lambda_events::eventbridge::EventBridgeEvent;
use aws_lambda_events::s3::S3Event;
use aws_lambda_events::sqs::SqsEvent;
use serde_json::Value;
use vitae_queue::{CountedEvent, JobMessage, NoticeMessage, SiteMessage};

/// What a function answers.
struct Answers {
    /// Begins of the paths that API Gateway gives it; empty where it answers no HTTP.
    paths: &'static [&'static str],
    /// Reads a message of its queue; `None` where it has none that this test knows.
    message: Option<fn(&str) -> anyhow::Result<()>>,
    /// Whether the clock calls it.
    schedule: bool,
}

fn functions() -> BTreeMap<&'static str, Answers> {
    BTreeMap::from([
        (
            "auth",
            Answers {
                paths: &["/api/v1/users", "/.well-known/jwks.json"],
                message: Some(account_task),
                schedule: false,
            },
        ),
        ("upload-url", Answers { paths: &["/api/v1/cv", "/api/v1/jobs"], message: None, schedule: true }),
        ("parse", Answers { paths: &[], message: Some(upload_or_job), schedule: false }),
        ("generate", Answers { paths: &["/api/v1/portfolio"], message: Some(is::<JobMessage>), schedule: false }),
        (
            "ats",
            Answers { paths: &["/api/v1/ats", "/api/v1/cv/rag"], message: Some(is::<SiteMessage>), schedule: false },
        ),
        // Whatever is no other function's comes to this one.
        ("analytics", Answers { paths: &["/"], message: Some(is::<CountedEvent>), schedule: false }),
    ])
}

/// What is to be done with an account, and whose it is; or what somebody is told of by mail.
fn account_task(body: &str) -> anyhow::Result<()> {
    if is::<NoticeMessage>(body).is_ok() {
        return Ok(());
    }
    let message: Value = serde_json::from_str(body)?;
    ensure!(matches!(message["task"].as_str(), Some("erase" | "erase_again" | "export")), "no task: {body}");
    message["user_id"].as_str().context("nobody's")?.parse::<uuid::Uuid>().context("user_id")?;
    Ok(())
}

#[test]
fn every_file_is_an_event_of_its_function() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events");
    let functions = functions();
    let mut seen = BTreeMap::<String, u32>::new();
    let mut faults = Vec::new();
    for folder in std::fs::read_dir(&root).unwrap() {
        let folder = folder.unwrap();
        let function = folder.file_name().into_string().unwrap();
        let Some(answers) = functions.get(function.as_str()) else {
            faults.push(format!("events/{function} is no function's"));
            continue;
        };
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let path = file.unwrap().path();
            let name = format!("{function}/{}", path.file_name().unwrap().to_string_lossy());
            *seen.entry(function.clone()).or_default() += 1;
            if path.extension().is_none_or(|extension| extension != "json") {
                faults.push(format!("{name} is no JSON file"));
            } else if let Err(fault) = check(&function, answers, &std::fs::read_to_string(&path).unwrap()) {
                faults.push(format!("{name}: {fault:#}"));
            }
        }
    }
    for function in functions.keys() {
        if !seen.contains_key(*function) {
            faults.push(format!("events/{function} holds no event"));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn what_is_no_event_of_a_function_is_found() {
    let functions = functions();
    let fault = |function: &str, event: &str| check(function, &functions[function], event).unwrap_err().to_string();
    assert!(fault("analytics", "{").contains("JSON"));
    assert!(fault("analytics", r#"{"Records":[{"messageId":"1","body":"{}"}]}"#).contains("message"));
    assert!(fault("analytics", r#"{"Records":[]}"#).contains("no message"));
    assert!(fault("parse", r#"{"requestContext":{},"rawPath":"/"}"#).contains("HTTP"));
    assert!(fault("auth", r#"{"source":"aws.events"}"#).contains("clock"));
    assert!(fault("auth", r#"{"hello":"world"}"#).contains("kind"));
}

fn check(function: &str, answers: &Answers, text: &str) -> anyhow::Result<()> {
    let event: Value = serde_json::from_str(text).context("it is not JSON")?;
    if event.get("requestContext").is_some() {
        ensure!(!answers.paths.is_empty(), "{function} answers no HTTP");
        return check_request(answers.paths, event);
    }
    if event.get("Records").is_some() {
        let batch: SqsEvent = serde_json::from_value(event).context("it is no SQS batch")?;
        ensure!(!batch.records.is_empty(), "it holds no message");
        let read = answers.message.with_context(|| format!("{function} has no queue"))?;
        for record in batch.records {
            ensure!(record.message_id.is_some(), "a message has no id, so its failure could not be named");
            read(&record.body.unwrap_or_default()).context("a message is none of its queue's")?;
        }
        return Ok(());
    }
    if event.get("source").is_some_and(|source| source == "aws.events") {
        ensure!(answers.schedule, "the clock does not call {function}");
        serde_json::from_value::<EventBridgeEvent<Value>>(event).context("it is no event of the clock")?;
        return Ok(());
    }
    bail!("it is of no kind that a function answers")
}

fn check_request(paths: &[&str], event: Value) -> anyhow::Result<()> {
    let request: ApiGatewayV2httpRequest = serde_json::from_value(event).context("it is no HttpApi request")?;
    let path = request.raw_path.context("it has no rawPath")?;
    let route = request.route_key.context("it has no routeKey")?;
    let http = request.request_context.http;
    ensure!(request.version.as_deref() == Some("2.0"), "its payload version is not 2.0");
    ensure!(http.path.as_deref() == Some(&*path), "its two paths differ");
    ensure!(request.request_context.route_key.as_deref() == Some(&*route), "its two routes differ");
    ensure!(paths.iter().any(|begin| path.starts_with(begin)), "{path} is another function's");
    if let Some((method, pattern)) = route.split_once(' ') {
        let begin = pattern.trim_end_matches("{proxy+}");
        let matches =
            if begin == pattern { path == pattern } else { path.len() > begin.len() && path.starts_with(begin) };
        ensure!(matches, "the route {route} does not lead to {path}");
        ensure!(method == "ANY" || method == http.method.as_str(), "the route {route} does not take {}", http.method);
    } else {
        ensure!(route == "$default", "{route} is no route");
    }
    let json =
        request.headers.get("content-type").is_some_and(|value| value.as_bytes().starts_with(b"application/json"));
    if json && !request.is_base64_encoded {
        serde_json::from_str::<Value>(&request.body.unwrap_or_default()).context("its body is not the JSON it says")?;
    }
    Ok(())
}

fn is<T: serde::de::DeserializeOwned>(body: &str) -> anyhow::Result<()> {
    serde_json::from_str::<T>(body)?;
    Ok(())
}

/// What comes into the parse queue: S3's notification of an upload or its test event, or a job of ours.
fn upload_or_job(body: &str) -> anyhow::Result<()> {
    if is::<JobMessage>(body).is_ok() {
        return Ok(());
    }
    let value: Value = serde_json::from_str(body)?;
    if value["Event"] == "s3:TestEvent" {
        return Ok(());
    }
    let notification: S3Event = serde_json::from_value(value)?;
    ensure!(!notification.records.is_empty(), "the notification tells of no object");
    for record in notification.records {
        let name = record.event_name.unwrap_or_default();
        ensure!(name.starts_with("ObjectCreated:"), "the queue hears of created objects, not of {name}");
        ensure!(record.s3.object.key.is_some(), "the notification names no object");
    }
    Ok(())
}
