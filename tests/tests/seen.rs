//! What is seen from outside: lines of the log, metrics, traces, and what frontends tell of themselves.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::Context;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sqs::types::{MessageSystemAttributeNameForSends, MessageSystemAttributeValue};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use uuid::Uuid;
use vitae_queue::JobMessage;
use vitae_runtime::telemetry::user_hash_in;
use vitae_store::keys;
use vitae_testing::{Answer, Person, Stack, Upload, eventually, fixture, unique};

/// A line is written before its request is answered and read a moment later; the machine may have other tests to run.
const PATIENCE: Duration = Duration::from_secs(60);
/// Recognition of a page takes some ten seconds of processor time, likewise.
const READING: Duration = Duration::from_secs(240);

/// The person's id, as their token says it.
fn id_of(person: &Person) -> anyhow::Result<Uuid> {
    let claims = person.token.split('.').nth(1).context("the token has no claims")?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims)?)?;
    Ok(claims["sub"].as_str().context("the token has no subject")?.parse()?)
}

/// What stands for the person in the functions' logs.
fn hash_of(person: &Person) -> anyhow::Result<String> {
    let table = person.stack.outputs.get("PeopleTable").context("the stack has no PeopleTable")?;
    Ok(user_hash_in(table, id_of(person)?))
}

/// The lines of the log, metrics included, whose member `name` is `value`.
fn lines(stack: &Stack, name: &str, value: &str) -> anyhow::Result<Vec<Value>> {
    let lines = stack.function_log()?.into_iter().filter(|line| line.text.contains(value));
    Ok(lines.map(|line| line.json()).filter(|line| line[name] == value).collect())
}

/// The metrics of the request that was answered.
async fn metrics_of(stack: &Stack, answer: &Answer) -> anyhow::Result<Value> {
    let id = answer.header("x-request-id").context("the answer has no id")?;
    eventually("the metrics of a request", PATIENCE, async || {
        Ok(lines(stack, "request_id", id)?.into_iter().find(|line| line["_aws"].is_object()))
    })
    .await
}

/// The sum of all values of a metric in these lines.
fn sum(lines: &[Value], metric: &str) -> u64 {
    let values = lines.iter().flat_map(|line| match &line[metric] {
        Value::Array(values) => values.clone(),
        one => vec![one.clone()],
    });
    values.filter_map(|value| value.as_u64()).sum()
}

async fn post(stack: &Stack, path: &str, body: &Value) -> anyhow::Result<Answer> {
    Answer::to(Client::new().post(stack.route(path)).json(body)).await
}

#[tokio::test]
async fn a_request_is_one_line_that_says_all_but_who() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let job_id = Uuid::now_v7().to_string();
    let answer = person.get(&format!("/jobs/{job_id}?wait=1")).await?.expect(404)?;
    let id = answer.header("x-request-id").context("the answer has no id")?;
    let logged = eventually("the line of a request", PATIENCE, async || {
        let lines: Vec<_> =
            lines(&stack, "request_id", id)?.into_iter().filter(|line| line["message"] == "answered").collect();
        Ok((!lines.is_empty()).then_some(lines))
    })
    .await?;
    let [line] = logged.as_slice() else { panic!("{logged:#?}") };
    for (name, value) in [
        ("level", json!("INFO")),
        ("function", json!("upload-url")),
        ("stage", json!("local")),
        ("version", json!(env!("CARGO_PKG_VERSION"))),
        ("method", json!("GET")),
        ("route", json!("/api/v1/jobs/{id}")),
        ("job_id", json!(job_id)),
        ("user", json!(hash_of(&person)?)),
        ("status", json!(404)),
        ("bytes_out", json!(answer.body.len())),
    ] {
        assert_eq!(line[name], value, "{name} of {line:#}");
    }
    assert!(line["milliseconds"].is_u64() && line["invocation_id"].is_string(), "{line:#}");
    assert!(!line.to_string().contains("wait=1"), "{line:#}");

    // Where no route matches, what was asked for could be anything.
    let nowhere = person.get("/no/such/ada@example.org").await?.expect(404)?;
    let id = nowhere.header("x-request-id").context("the answer has no id")?;
    let line = eventually("the line of a request", PATIENCE, async || {
        Ok(lines(&stack, "request_id", id)?.into_iter().find(|line| line["message"] == "answered"))
    })
    .await?;
    assert_eq!((&line["route"], &line["function"]), (&json!("(none)"), &json!("analytics")));
    Ok(())
}

#[tokio::test]
async fn the_way_of_a_cv_is_measured() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let fixture = fixture("scanned.pdf");
    let ticket = person.upload(&Upload::from(&fixture), fixture.bytes.clone()).await?;
    let job = person.job_until_done(&ticket.job_id, READING).await?;
    assert_eq!(job["status"], "completed", "{job:#}");
    let cv = person.get(&format!("/cv/{}", ticket.cv_id)).await?.expect(200)?.json()?;
    let pages = cv["meta"]["vitae"]["page_count"].as_u64().filter(|pages| *pages > 0).context("page_count")?;

    // The line of the last function is written when its message is done with, which is after the job has ended.
    let measured = eventually("measuring the whole way", PATIENCE, async || {
        let lines: Vec<_> =
            lines(&stack, "job_id", &ticket.job_id)?.into_iter().filter(|line| line["_aws"].is_object()).collect();
        Ok((sum(&lines, "JobsCompleted") > 0).then_some(lines))
    })
    .await?;
    let of = |function: &str| -> Vec<Value> {
        measured.iter().filter(|line| line["Function"] == function).cloned().collect()
    };
    let (parse, generate) = (of("parse"), of("generate"));
    assert_eq!(sum(&parse, "PagesRead"), pages, "{parse:#?}");
    assert_eq!(sum(&parse, "PagesRecognised"), pages, "every page of the fixture is a picture");
    assert_eq!(sum(&parse, "RecognitionsSucceeded"), pages);
    assert_eq!(sum(&parse, "RecognitionsFailed"), 0);
    assert_eq!(sum(&parse, "BytesRead"), fixture.bytes.len() as u64);
    assert_eq!((sum(&parse, "JobsCompleted"), sum(&generate, "JobsCompleted")), (0, 1), "{measured:#?}");
    assert_eq!(sum(&measured, "JobsFailed") + sum(&measured, "MessagesFailed"), 0);
    for lines in [&parse, &generate] {
        assert_eq!(lines.iter().filter(|line| line["QueueWait"].is_u64()).count(), 1, "{lines:#?}");
    }
    let stages: BTreeSet<_> = measured
        .iter()
        .filter(|line| line["StageDuration"].is_u64())
        .filter_map(|line| line["JobStage"].as_str())
        .collect();
    assert_eq!(stages, BTreeSet::from(["extracting", "parsing", "validating", "generating"]));
    for line in &measured {
        assert_eq!(line["Stage"], "local", "{line:#}");
        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(directive["Namespace"], "Vitae");
        let dimensions = match line["StageDuration"].is_null() {
            true => json!([["Stage", "Function"]]),
            false => json!([["Stage", "Function", "JobStage"]]),
        };
        assert_eq!(directive["Dimensions"], dimensions, "{line:#}");
    }

    // One line says what became of each message.
    let told: Vec<_> = lines(&stack, "job_id", &ticket.job_id)?
        .into_iter()
        .filter(|line| line["message"] == "worked on a message")
        .collect();
    assert_eq!(told.len(), 2, "{told:#?}");
    for line in &told {
        assert_eq!((&line["outcome"], &line["attempt"], &line["kind"]), (&json!("done"), &json!(1), &json!("upload")));
        assert_eq!(line["user"], hash_of(&person)?);
        assert!(line["wait_ms"].is_u64() && line["milliseconds"].is_u64(), "{line:#}");
    }

    // The same figures feed the person's own numbers.
    let performance = eventually("counting the job", PATIENCE, async || {
        let performance = person.get("/analytics/performance?time_range=24h").await?.expect(200)?.json()?;
        Ok((performance["jobs_completed"] == 1).then_some(performance))
    })
    .await?;
    assert_eq!(performance["success_rate"], 1.0, "{performance:#}");
    assert_eq!(performance["pages_recognised"], pages);
    assert_eq!(performance["queue_wait"]["count"], 2, "one message to each worker: {performance:#}");
    for stage in ["extracting", "parsing", "validating", "generating"] {
        assert_eq!(performance["stages"][stage]["count"], 1, "{stage}: {performance:#}");
    }
    Ok(())
}

#[tokio::test]
async fn a_job_that_fails_is_measured_as_one() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let bytes = b"%PDF-1.7\nthis is no document\n";
    let ticket = person.upload(&Upload::of("broken.pdf", bytes), bytes.to_vec()).await?;
    let job = person.job_until_done(&ticket.job_id, READING).await?;
    assert_eq!(job["status"], "failed", "{job:#}");
    let measured = eventually("measuring the failure", PATIENCE, async || {
        let lines = lines(&stack, "job_id", &ticket.job_id)?;
        Ok((sum(&lines, "JobsFailed") > 0).then_some(lines))
    })
    .await?;
    assert_eq!((sum(&measured, "JobsFailed"), sum(&measured, "JobsCompleted")), (1, 0), "{measured:#?}");
    assert_eq!(sum(&measured, "MessagesFailed"), 0, "the message is done with");
    let performance = eventually("counting the failure", PATIENCE, async || {
        let performance = person.get("/analytics/performance?time_range=24h").await?.expect(200)?.json()?;
        Ok((performance["jobs_failed"] == 1).then_some(performance))
    })
    .await?;
    assert_eq!((&performance["success_rate"], &performance["stages"]["generating"]), (&json!(0.0), &Value::Null));
    Ok(())
}

#[tokio::test]
async fn what_looks_like_an_attack_is_measured() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let login = async |password: &str| {
        post(&stack, "/users/login?client=native", &json!({ "email": person.email, "password": password })).await
    };

    let right = login(&person.password).await?.expect(200)?;
    let metrics = metrics_of(&stack, &right).await?;
    assert_eq!((&metrics["SignInsSucceeded"], &metrics["SignInsFailed"]), (&json!(1), &Value::Null), "{metrics:#}");
    assert_eq!((&metrics["Requests"], &metrics["ServerErrors"]), (&json!(1), &json!(0)), "{metrics:#}");
    assert!(metrics["RequestDuration"].is_u64() && metrics["Function"] == "auth", "{metrics:#}");

    let metrics = metrics_of(&stack, &login("not the password").await?.expect(401)?).await?;
    assert_eq!((&metrics["SignInsSucceeded"], &metrics["SignInsFailed"]), (&Value::Null, &json!(1)), "{metrics:#}");

    // A token that somebody made up; one that is absent is no attack.
    let forged = format!("{}x", &person.token[..person.token.len() - 1]);
    let me = Client::new().get(stack.route("/users/me"));
    let metrics = metrics_of(&stack, &Answer::to(me.bearer_auth(forged)).await?.expect(401)?).await?;
    assert_eq!(metrics["TokensRefused"], 1, "{metrics:#}");
    let absent = Answer::to(Client::new().get(stack.route("/users/me"))).await?.expect(401)?;
    assert_eq!(metrics_of(&stack, &absent).await?["TokensRefused"], Value::Null);

    // A refresh token that was used up twice over.
    let refresh = async |token: &str| post(&stack, "/users/refresh", &json!({ "refresh_token": token })).await;
    let token = |answer: &Answer| -> anyhow::Result<String> {
        Ok(answer.json()?["refresh_token"].as_str().context("refresh_token")?.to_owned())
    };
    let first = token(&right)?;
    let second = token(&refresh(&first).await?.expect(200)?)?;
    refresh(&second).await?.expect(200)?;
    let metrics = metrics_of(&stack, &refresh(&first).await?.expect(401)?).await?;
    assert_eq!(metrics["RefreshTokensReused"], 1, "{metrics:#}");

    // As if the account had had its share of attempts.
    stack.spend_limit("sign-in-account", &person.email.to_lowercase()).await?;
    let metrics = metrics_of(&stack, &login(&person.password).await?.expect(429)?).await?;
    assert_eq!((&metrics["RequestsLimited"], &metrics["SignInsFailed"]), (&json!(1), &Value::Null), "{metrics:#}");
    Ok(())
}

#[tokio::test]
async fn a_trace_goes_through_the_queues() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let cv =
        b"Grace Hopper\ngrace@example.org\n\nExperience\nProgrammer, Navy Yard\nJan 2020 - Present\n\nSkills\nRust\n";
    let upload = Upload::of("cv.txt", cv).with_preferences(json!({ "auto_generate": false }));
    let ticket = person.upload(&upload, cv.to_vec()).await?;
    let job = person.job_until_done(&ticket.job_id, READING).await?;
    assert_eq!(job["status"], "completed", "{job:#}");

    // A job that is done is announced again when its message comes again: from `parse` to `analytics`.
    let root = format!("1-{:08x}-{}", jiff::Timestamp::now().as_second(), &Uuid::new_v4().simple().to_string()[..24]);
    let header = format!("Root={root};Parent=53995c3f42cd8ad8;Sampled=1");
    let message = JobMessage { user_id: id_of(&person)?, job_id: ticket.job_id.parse()? };
    let value = MessageSystemAttributeValue::builder().data_type("String").string_value(header).build()?;
    stack
        .aws()
        .sqs()
        .send_message()
        .queue_url(stack.queue_url("ParseQueue").await?)
        .message_body(serde_json::to_string(&message)?)
        .message_system_attributes(MessageSystemAttributeNameForSends::AwsTraceHeader, value)
        .send()
        .await?;
    let functions = eventually("the trace in two functions' logs", PATIENCE, async || {
        let lines = lines(&stack, "trace_id", &root)?;
        let functions: BTreeSet<_> =
            lines.iter().filter_map(|line| line["function"].as_str().map(str::to_owned)).collect();
        Ok((functions.len() > 1).then_some(functions))
    })
    .await?;
    assert_eq!(functions, BTreeSet::from(["analytics".to_owned(), "parse".to_owned()]));
    Ok(())
}

#[tokio::test]
async fn no_line_holds_what_a_person_sent() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let me = person.get("/users/me").await?.expect(200)?.json()?;
    let user_id = me["user_id"].as_str().context("user_id")?.to_owned();
    // Each is of a kind of its own, and nobody else's.
    let tell_tale = |kind: &str| unique(&format!("Telltale{kind}"));
    // Nobody's name has a digit in it.
    let spelled = |text: String| text.chars().map(|c| c.to_digit(10).map_or(c, |d| (b'k' + d as u8) as char)).collect();
    let (first, last): (String, String) = (spelled(tell_tale("First")), spelled(tell_tale("Last")));
    let (first, last) = (first.replace('-', ""), last.replace('-', ""));
    let name = format!("{first} {last}");
    let (mail, file, skill, wrong) =
        (tell_tale("mail").to_lowercase(), tell_tale("file"), tell_tale("skill"), tell_tale("wrong"));
    let (query, path, key, agent) = (tell_tale("query"), tell_tale("path"), tell_tale("key"), tell_tale("agent"));
    let phone = "+49 30 5550 173 942";
    let street = tell_tale("street");

    person.patch("/users/me", &json!({ "name": name })).await?.expect(200)?;
    post(&stack, "/users/login", &json!({ "email": person.email, "password": wrong })).await?.expect(401)?;
    post(&stack, "/users/login", &json!({ "email": format!("{mail}@example.com"), "password": wrong }))
        .await?
        .expect(401)?;
    post(&stack, "/users/register", &json!({ "email": mail, "password": wrong })).await?.expect(422)?;
    post(&stack, "/users/forgot-password", &json!({ "email": person.email })).await?.expect(202)?;
    let reset = stack.await_mail(&person.email, "password").await?;
    let token = reset.text.split("token=").nth(1).and_then(|rest| rest.split_whitespace().next()).context("a token")?;
    post(&stack, "/users/reset-password", &json!({ "token": token, "password": "short" })).await?.expect(422)?;
    let native = json!({ "email": person.email, "password": person.password });
    let native = post(&stack, "/users/login?client=native", &native).await?.expect(200)?.json()?;
    let refresh = native["refresh_token"].as_str().context("refresh_token")?;
    post(&stack, "/users/refresh", &json!({ "refresh_token": refresh })).await?.expect(200)?;
    post(&stack, "/users/refresh", &json!({ "refresh_token": wrong })).await?.expect(401)?;

    let text = format!(
        "{name}\n{mail}@example.org\n{phone}\n{street} 7, Lisbon\n\nExperience\nProgrammer, Navy Yard\nJan 2020 - Present\n- Wrote {skill}\n\nSkills\n{skill}, Rust\n"
    );
    let filename = format!("{file}.txt");
    let ticket = person.upload(&Upload::of(&filename, text.as_bytes()), text.clone().into_bytes()).await?;
    let job = person.job_until_done(&ticket.job_id, READING).await?;
    assert_eq!(job["status"], "completed", "{job:#}");
    let signature = ticket.upload.url.split("X-Amz-Signature=").nth(1).map(|rest| rest[..32].to_owned());
    // A file that cannot be read, a file that is not what was declared, and members that are none.
    let broken = format!("%PDF-1.7\n{skill}\n");
    let unreadable = person.upload(&Upload::of(&format!("{file}.pdf"), broken.as_bytes()), broken.into_bytes()).await?;
    let job = person.job_until_done(&unreadable.job_id, READING).await?;
    assert_eq!(job["status"], "failed", "{job:#}");
    let cv = format!("/cv/{}", ticket.cv_id);
    person.patch(&cv, &json!({ "basics": { "email": wrong } })).await?.expect(422)?;
    person.patch(&cv, &json!({ wrong.as_str(): name })).await?.expect(422)?;
    person.get(&format!("/cv?cursor={query}&{query}={query}")).await?;
    person.get(&format!("/{path}@example.org")).await?.expect(404)?;
    let upload =
        person.request(Method::POST, "/cv/import").header("idempotency-key", &key).header("user-agent", &agent);
    Answer::to(upload.json(&json!({ "basics": { "name": name, "email": wrong } }))).await?;
    let document = json!({ "cv_id": ticket.cv_id, "template_id": "clean", "format": "pdf", "job_description": skill });
    person.post("/ats/generate", &document).await?.expect(201)?;
    person.post("/ats/generate", &json!({ "cv_id": wrong, "template_id": wrong })).await?.expect(422)?;
    let portfolios = person.get("/portfolio").await?.expect(200)?.json()?;
    let portfolio = portfolios["items"][0]["portfolio_id"].as_str().context("portfolio_id")?;
    let rejected = json!({ "slug": format!("{wrong}!"), "visibility": "public" });
    person.post(&format!("/portfolio/{portfolio}/publish"), &rejected).await?.expect(422)?;
    let told = json!({ "entries": [{ "level": "error", "message": format!("{mail}@example.org {name}") }] });
    person.post("/logs", &told).await?.expect(202)?;
    for queue in ["GenerateQueue", "AtsQueue"] {
        stack.worked_off(queue, &user_id, PATIENCE).await?;
    }

    // The lines of this person are there, so it is this log that holds nothing of theirs.
    let hash = hash_of(&person)?;
    let functions: BTreeSet<_> = eventually("lines of every function", PATIENCE, async || {
        let lines = lines(&stack, "user", &hash)?;
        let functions: BTreeSet<_> =
            lines.iter().filter_map(|line| line["function"].as_str().map(str::to_owned)).collect();
        Ok((functions.len() == 6).then_some(functions))
    })
    .await?;
    assert_eq!(functions.len(), 6, "{functions:?}");

    let access: Vec<_> = [&person.token, native["access_token"].as_str().context("access_token")?]
        .iter()
        .filter_map(|token| token.rsplit('.').next().map(str::to_owned))
        .collect();
    let slug = format!("{first}-{last}").to_lowercase();
    let secrets = [
        person.email.clone(),
        person.password.clone(),
        id_of(&person)?.to_string(),
        token.to_owned(),
        refresh.to_owned(),
    ];
    let said = [first, last, slug, mail, file, skill, wrong, query, path, key, agent, street, phone.to_owned()];
    let tell_tales: Vec<_> =
        secrets.into_iter().chain(said).chain(access).chain(signature).map(|t| t.to_lowercase()).collect();
    for line in stack.function_log()? {
        let text = line.text.to_lowercase();
        if let Some(tell_tale) = tell_tales.iter().find(|tell_tale| text.contains(tell_tale.as_str())) {
            panic!("{} logged {tell_tale}: {}", line.function, line.text);
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_a_frontend_tells_is_kept_without_persons_and_read_by_administrators() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let release = unique("web");
    let entry = |level: &str, message: &str| {
        json!({
            "level": level,
            "message": format!("{message} for ada@example.org from 192.168.0.17"),
            "stack": "Error\n    at f (https://app.example/main.js?token=abc:10:20)",
            "page": "/reset?token=abc",
            "context": { "password": "hunter2", "attempt": 2 },
        })
    };
    // Somebody who is not signed in, in text as a beacon sends it.
    let report = json!({ "release": release, "entries": [entry("error", "it broke 1"), entry("warn", "it creaked")] });
    let beacon = Client::new().post(stack.route("/logs")).header("content-type", "text/plain").body(report.to_string());
    assert_eq!(Answer::to(beacon).await?.expect(202)?.json()?, json!({ "accepted": 2 }));
    // Somebody who is, and somebody whose token is not good.
    let person = Person::sign_up(&stack).await?;
    let more = json!({ "release": release, "entries": [entry("error", "it broke 27")] });
    person.post("/logs", &more).await?.expect(202)?;
    let stale = Client::new().post(stack.route("/logs")).bearer_auth("stale");
    Answer::to(stale.json(&json!({ "release": release, "entries": [entry("info", "fine")] }))).await?.expect(202)?;

    let refused = person.get("/logs").await?;
    assert_eq!((refused.status.as_u16(), refused.problem().as_deref()), (403, Some("forbidden")));
    // Not even what is wrong with a query is said to somebody who may not ask.
    assert_eq!(person.get("/logs?limit=x").await?.status, 403);
    assert_eq!(Answer::to(Client::new().get(stack.route("/logs"))).await?.status, 401);

    stack.make_admin(id_of(&person)?).await?;
    let admin = Person::sign_in(&stack, &person.email, &person.password).await?;
    let list = async |query: &str| -> anyhow::Result<Vec<Value>> {
        let answer = admin.get(&format!("/logs?release={release}{query}")).await?.expect(200)?.json()?;
        Ok(answer["items"].as_array().context("items")?.clone())
    };
    let all = list("").await?;
    assert_eq!(all.len(), 4, "{all:#?}");
    for entry in &all {
        let text = entry.to_string();
        for gone in ["ada@", "192.168", "token=abc", "hunter2"] {
            assert!(!text.contains(gone), "{gone} in {text}");
        }
        assert_eq!(entry["context"], json!({ "password": "[removed]", "attempt": 2 }));
        assert_eq!(entry["page"], "/reset");
    }
    // The newest comes first; only who was signed in has a hash, and it is that of the logs.
    let users: Vec<_> = all.iter().map(|entry| entry["user"].clone()).collect();
    assert_eq!(users, [Value::Null, json!(hash_of(&person)?), Value::Null, Value::Null]);
    assert_eq!(all[0]["message"], "fine for [mail] from [address]");

    assert_eq!(list("&level=warn").await?.len(), 1);
    assert_eq!(list("&text=IT%20BROKE").await?.len(), 2);
    let fingerprint = all[1]["fingerprint"].as_str().context("fingerprint")?;
    assert_eq!(list(&format!("&fingerprint={fingerprint}")).await?.len(), 2, "the same fault, whatever the number");
    assert_eq!(list("&to=2020-01-01T00:00:00Z").await?.len(), 0);
    let newest = all[0]["received_at"].as_str().context("received_at")?;
    assert!(list(&format!("&from={newest}")).await?.iter().any(|entry| entry["log_id"] == all[0]["log_id"]));
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = admin.get(&format!("/logs?release={release}&limit=1{cursor}")).await?.expect(200)?.json()?;
        seen.extend(page["items"].as_array().context("items")?.iter().map(|entry| entry["log_id"].clone()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, all.iter().map(|entry| entry["log_id"].clone()).collect::<Vec<_>>());

    // They end by themselves.
    let table = stack.outputs.get("CountersTable").context("the stack has no CountersTable")?;
    let day = newest.get(..10).context("a day")?.parse()?;
    let rows = stack
        .aws()
        .dynamodb()
        .query()
        .table_name(table)
        .key_condition_expression("PK = :pk")
        .expression_attribute_values(":pk", AttributeValue::S(keys::frontend_logs(day)))
        .scan_index_forward(false)
        .limit(1)
        .send()
        .await?;
    let ends = rows.items().first().and_then(|row| row[keys::EXPIRES_AT].as_n().ok()).context("expires_at")?;
    let days = (ends.parse::<i64>()? - jiff::Timestamp::now().as_second()) as f64 / 86_400.0;
    assert!((13.9..=14.0).contains(&days), "{days}");
    Ok(())
}

#[tokio::test]
async fn a_report_that_is_too_much_is_refused() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let refused = async |body: Value| anyhow::Ok(post(&stack, "/logs", &body).await?.status.as_u16());
    let entry = json!({ "level": "error", "message": "x" });
    assert_eq!(refused(json!({ "entries": vec![entry.clone(); 21] })).await?, 422);
    assert_eq!(refused(json!({ "entries": [] })).await?, 422);
    assert_eq!(refused(json!({ "entries": [{ "level": "fatal", "message": "x" }] })).await?, 422);
    assert_eq!(refused(json!({ "entries": [{ "level": "info", "message": "x".repeat(70_000) }] })).await?, 413);
    let deep = json!({ "a": { "b": { "c": { "d": { "e": 1 } } } } });
    assert_eq!(refused(json!({ "entries": [{ "level": "info", "message": "x", "context": deep }] })).await?, 422);
    assert_eq!(refused(json!({ "entries": [entry], "user_id": "1" })).await?, 422);
    Ok(())
}
