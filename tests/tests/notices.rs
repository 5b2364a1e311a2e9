//! Mails about jobs that have ended, for whoever wants them.

use std::time::Duration;

use anyhow::Context;
use serde_json::json;
use uuid::Uuid;
use vitae_testing::{LogLine, Mail, Person, Stack, Upload, eventually, unique};

/// The shortest document that a job is done with.
const CV: &str =
    "Ada Lovelace\nada@example.com\n\nExperience\n\nAnalyst\nBabbage & Co\n2019-03 - 2023-04\n- Wrote programs\n";

/// How many of somebody's mails have this subject.
async fn told(person: &Person, subject: &str) -> anyhow::Result<Vec<Mail>> {
    let mails = person.stack.mail_to(&person.email).await?;
    Ok(mails.into_iter().filter(|mail| mail.subject == subject).collect())
}

async fn job_of(person: &Person, filename: &str, content: &str) -> anyhow::Result<String> {
    let bytes = content.as_bytes().to_vec();
    let upload = Upload::of(filename, &bytes).with_preferences(json!({ "auto_generate": false }));
    let job_id = person.upload(&upload, bytes).await?.job_id;
    let job = person.job_until_done(&job_id, Duration::from_secs(60)).await?;
    Ok(job["status"].as_str().context("a job without a status")?.to_owned())
}

#[tokio::test]
async fn who_wants_to_know_is_told_once_by_mail_when_a_job_has_ended() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let (done, failed) = ("Ihr Lebenslauf ist fertig", "Mit Ihrem Lebenslauf ging etwas schief");
    let me = person.patch("/users/me", &json!({ "locale": "de" })).await?.expect(200)?.json()?;
    assert_eq!(me["mail_when_done"], false, "nobody is written to who has not asked for it");
    // Not asked for, then asked for by somebody whose address is not proved: neither is told.
    assert_eq!(job_of(&person, "cv.txt", CV).await?, "completed");
    let wanted = person.patch("/users/me", &json!({ "mail_when_done": true })).await?.expect(200)?.json()?;
    assert_eq!(wanted["mail_when_done"], true);
    assert_eq!(job_of(&person, "cv.txt", CV).await?, "completed");
    let id: Uuid = wanted["user_id"].as_str().context("no id")?.parse()?;
    for queue in ["EventsQueue", "NoticeQueue"] {
        stack.worked_off(queue, &id.to_string(), Duration::from_secs(20)).await?;
    }
    assert!(told(&person, done).await?.is_empty());

    let mail = stack.await_mail(&person.email, "Confirm your mail address").await?;
    let token = mail.text.split("token=").nth(1).and_then(|rest| rest.split_whitespace().next()).context("no link")?;
    person.post("/users/verify-email", &json!({ "token": token })).await?.expect(204)?;
    assert_eq!(job_of(&person, "cv.txt", CV).await?, "completed");
    let mail = stack.await_mail(&person.email, done).await?;
    assert!(mail.text.contains(&format!("{}/", stack.api_url)), "{}", mail.text);
    assert!(mail.html.contains("<html lang=\"de\">"), "{}", mail.html);
    let broken = format!("%PDF-1.7\n{}\n", unique("no document"));
    assert_eq!(job_of(&person, "cv.pdf", &broken).await?, "failed");
    stack.await_mail(&person.email, failed).await?;

    // However often a message comes, of one end is told once.
    let notice = json!({ "notice_id": Uuid::now_v7(), "user_id": id, "completed": true }).to_string();
    for _ in 0..3 {
        stack.send_message("NoticeQueue", &notice).await?;
    }
    eventually("a second mail", Duration::from_secs(20), async || {
        Ok((told(&person, done).await?.len() == 2).then_some(()))
    })
    .await?;
    stack.worked_off("NoticeQueue", &id.to_string(), Duration::from_secs(20)).await?;
    assert_eq!((told(&person, done).await?.len(), told(&person, failed).await?.len()), (2, 1));
    Ok(())
}

#[tokio::test]
async fn by_the_queue_of_notices_nobody_has_an_account_erased() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let id = person.get("/users/me").await?.expect(200)?.json()?["user_id"].clone();
    let task = json!({ "task": "erase_again", "user_id": id, "slugs": [] }).to_string();
    stack.send_message("NoticeQueue", &task).await?;
    // It is refused, and comes again until it lies among the dead letters.
    eventually("a line about the message", Duration::from_secs(30), async || {
        let refused = |line: &LogLine| line.function == "vitae-auth" && line.text.contains("this is no notice");
        Ok(stack.function_log()?.iter().any(refused).then_some(()))
    })
    .await?;
    person.get("/users/sessions").await?.expect(200)?;
    Ok(())
}
