//! Bad days: a file that cannot be read, a service that does not answer, a worker that dies, a message that was lost.
#![expect(clippy::unwrap_used, reason = "every function here is a part of a test")]

use std::io::{Read, Write};
use std::time::Duration;

use anyhow::Context;
use serde_json::{Value, json};
use uuid::Uuid;
use vitae_testing::{Effect, Person, Stack, Target, Upload, UploadTicket, eventually, fixture};

/// The machine may have other tests to run, and a refused call is tried three times with pauses.
const PATIENCE: Duration = Duration::from_secs(180);
/// Longer than a job may stand still, and than any lease.
const A_WHILE: Duration = Duration::from_secs(600);
const QUEUES: [&str; 4] = ["ParseQueue", "GenerateQueue", "AtsQueue", "EventsQueue"];
const DEAD_LETTERS: [&str; 4] = ["ParseDeadLetters", "GenerateDeadLetters", "AtsDeadLetters", "EventsDeadLetters"];

fn text_cv() -> Vec<u8> {
    b"Ada Lovelace\nada@example.org\n\nExperience\nAnalyst, Analytical Engines Ltd, London\nJan 2020 - Present\n- Wrote the first program\n\nSkills\nMathematics, Rust\n".to_vec()
}

/// Somebody with what these tests ask about them again and again.
struct Patient {
    stack: Stack,
    person: Person,
    user_id: Uuid,
}

impl Patient {
    async fn sign_up(stack: Stack) -> anyhow::Result<Self> {
        let person = Person::sign_up(&stack).await?;
        let me = person.get("/users/me").await?.expect(200)?.json()?;
        let user_id = me["user_id"].as_str().context("user_id")?.parse()?;
        Ok(Self { stack, person, user_id })
    }

    async fn job(&self, job_id: &str) -> anyhow::Result<Value> {
        self.person.get(&format!("/jobs/{job_id}")).await?.expect(200)?.json()
    }

    /// As if the job had stood still for long, at the moment when the sweeper looks.
    async fn is_swept(&self, job_id: &str) -> anyhow::Result<()> {
        self.stack.age_job(self.user_id, job_id.parse()?, A_WHILE).await?;
        self.stack.clock().await
    }

    /// Waits until no queue holds a message about this person any more, and answers what fell into a dead-letter queue.
    async fn settled(&self) -> anyhow::Result<Vec<&'static str>> {
        let user = self.user_id.to_string();
        eventually("the end of all messages", PATIENCE, async || {
            self.stack.hasten(&user).await?;
            for queue in QUEUES {
                if !self.stack.waiting(queue, &user).await?.is_empty() {
                    return Ok(None);
                }
            }
            Ok(Some(()))
        })
        .await?;
        let mut fallen = Vec::new();
        for queue in DEAD_LETTERS {
            if !self.stack.waiting(queue, &user).await?.is_empty() {
                fallen.push(queue);
            }
        }
        Ok(fallen)
    }

    /// However often its messages came, an upload makes one CV and one portfolio, and each is counted once.
    async fn has_one_of_each(&self) -> anyhow::Result<()> {
        assert!(self.settled().await?.is_empty());
        for list in ["/cv", "/portfolio"] {
            let list = self.person.get(list).await?.expect(200)?.json()?;
            assert_eq!(list["items"].as_array().map(Vec::len), Some(1), "{list:#}");
        }
        let dashboard = self.person.get("/analytics/dashboard?time_range=24h").await?.expect(200)?.json()?;
        let metrics = &dashboard["metrics"];
        assert_eq!(
            (&metrics["cvs_processed"], &metrics["portfolios_generated"]),
            (&json!(1), &json!(1)),
            "{metrics:#}"
        );
        Ok(())
    }
}

// Poison -----------------------------------------------------------------------------------------------------------------

/// A PDF of these objects, numbered from 1; the first is the catalogue.
fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (i, object) in objects.iter().enumerate() {
        offsets.push(bytes.len());
        bytes.extend([format!("{} 0 obj\n", i + 1).as_bytes(), object, b"\nendobj\n"].concat());
    }
    let table = bytes.len();
    bytes.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for offset in offsets {
        bytes.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    bytes
        .extend(format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1).bytes());
    bytes
}

fn stream(dictionary: &str, data: &[u8]) -> Vec<u8> {
    [format!("<< {dictionary} /Length {} >>\nstream\n", data.len()).as_bytes(), data, b"\nendstream"].concat()
}

/// A PDF of one page with this content, and these objects from number 5 on.
fn page(resources: &str, content: Vec<u8>, more: &[Vec<u8>]) -> Vec<u8> {
    let page =
        format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << {resources} >> /Contents 4 0 R >>");
    let head = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        page.into_bytes(),
        content,
    ];
    pdf(&[&head, more].concat())
}

/// Zero bytes, deflated twice: a page that is a thousand thousand times as large as its file.
fn inflating_pdf() -> Vec<u8> {
    let deflated = |data: &mut dyn Read| {
        let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::copy(data, &mut out).unwrap();
        out.finish().unwrap()
    };
    let once = deflated(&mut std::io::repeat(0).take(5 << 28));
    let twice = deflated(&mut once.as_slice());
    page("", stream("/Filter [/FlateDecode /FlateDecode]", &twice), &[])
}

/// Forms that each draw the next one ten times.
fn multiplying_pdf() -> Vec<u8> {
    let form = |next: usize| {
        let resources = format!("/Resources << /XObject << /F {next} 0 R >> >>");
        stream(
            &format!("/Type /XObject /Subtype /Form /BBox [0 0 600 800] {resources}"),
            "/F Do ".repeat(10).as_bytes(),
        )
    };
    let forms: Vec<_> =
        (6..18).map(form).chain([stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", b"q Q")]).collect();
    page("/XObject << /F 5 0 R >>", stream("", b"/F Do"), &forms)
}

/// A tree of pages that is its own branch.
fn circular_pdf() -> Vec<u8> {
    pdf(&[b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(), b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>".to_vec()])
}

/// Arrays in arrays in arrays.
fn nested_pdf() -> Vec<u8> {
    let deep = [b"[".repeat(2_000_000), b"]".repeat(2_000_000)].concat();
    page("", stream("", &[&deep[..], b" TJ"].concat()), &[])
}

fn word_file(document: &mut dyn Read) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file("[Content_Types].xml", options).unwrap();
    zip.write_all(b"<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>").unwrap();
    zip.start_file("word/document.xml", options).unwrap();
    std::io::copy(document, &mut zip).unwrap();
    zip.finish().unwrap().into_inner()
}

/// Each file ends its job with a reason, at its first delivery, and takes nothing else along.
///
/// What only a limit stops may, on a busy machine, meet the limit on time first.
async fn is_refused(name: &str, bytes: Vec<u8>, codes: &[&str]) -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let patient = Patient::sign_up(stack).await?;
    let ticket = patient.person.upload(&Upload::of(name, &bytes), bytes).await?;
    let job = patient.person.job_until_done(&ticket.job_id, PATIENCE).await?;
    assert_eq!(job["status"], "failed", "{job:#}");
    assert!(codes.contains(&job["error"]["code"].as_str().unwrap_or_default()), "{job:#}");
    assert_eq!((&job["error"]["stage"], &job["error"]["retryable"]), (&json!("extracting"), &json!(false)), "{job:#}");
    assert_eq!(job["attempts"], 1, "{job:#}");
    assert!(patient.settled().await?.is_empty(), "a file that cannot be read is no dead letter");
    assert_eq!(patient.person.get("/cv").await?.expect(200)?.json()?["items"], json!([]));
    Ok(())
}

#[tokio::test]
async fn a_zip_bomb_fails_with_a_reason() -> anyhow::Result<()> {
    let bomb = word_file(&mut std::io::repeat(b' ').take(200 << 20));
    assert!(bomb.len() < 1 << 20);
    is_refused("cv.docx", bomb, &["document_over_limit", "document_timed_out"]).await
}

#[tokio::test]
async fn a_pdf_that_inflates_beyond_memory_fails_with_a_reason() -> anyhow::Result<()> {
    let bomb = inflating_pdf();
    assert!(bomb.len() < 1 << 20);
    is_refused("cv.pdf", bomb, &["document_reader_failed", "document_over_limit", "document_timed_out"]).await
}

#[tokio::test]
async fn a_pdf_that_multiplies_itself_fails_with_a_reason() -> anyhow::Result<()> {
    is_refused("cv.pdf", multiplying_pdf(), &["document_over_limit", "document_timed_out"]).await
}

#[tokio::test]
async fn a_pdf_in_a_circle_fails_with_a_reason() -> anyhow::Result<()> {
    is_refused("cv.pdf", circular_pdf(), &["document_damaged", "document_empty"]).await
}

#[tokio::test]
async fn a_pdf_nested_beyond_reason_fails_with_a_reason() -> anyhow::Result<()> {
    is_refused("cv.pdf", nested_pdf(), &["document_reader_failed", "document_damaged", "document_empty", "no_text"])
        .await
}

#[tokio::test]
async fn a_file_that_was_cut_off_fails_with_a_reason() -> anyhow::Result<()> {
    let mut bytes = fixture("word.docx").bytes;
    bytes.truncate(bytes.len() / 2);
    is_refused("cv.docx", bytes, &["document_damaged", "document_unsupported"]).await
}

#[tokio::test]
async fn a_file_of_another_type_than_declared_fails_with_a_reason() -> anyhow::Result<()> {
    is_refused("cv.pdf", fixture("photo.png").bytes, &["type_not_as_declared"]).await
}

// An outage ----------------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn an_outage_ends_in_retries_then_dead_letters_and_a_redrive_completes_the_jobs() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let patient = Patient::sign_up(stack).await?;
    let Patient { stack, person, .. } = &patient;
    let mut outages = Vec::new();
    for service in ["dynamodb", "s3"] {
        let bytes = text_cv();
        let ticket = person.ask_upload(&Upload::of("cv.txt", &bytes)).await?;
        let target = Target { function: "parse", service, operation: None, contains: &ticket.job_id };
        let fault = stack.fault(target, Effect::Refuse).await?;
        ticket.put(bytes).await?.expect(200)?;
        outages.push((service, ticket.job_id, fault));
    }

    // What failed comes again soon: not only when the visibility timeout of twelve minutes is over.
    for (service, job_id, fault) in &outages {
        eventually(&format!("a wait of at most 30 seconds for {service}"), PATIENCE, async || {
            let message = stack.waiting("ParseQueue", job_id).await?.pop().context("the message is gone")?;
            Ok((message.receive_count > 0 && message.wait.as_secs() <= 30).then_some(()))
        })
        .await?;
        assert!(fault.hits().await? > 0, "{service} was never asked");
    }
    for (service, job_id, _) in &outages {
        let dead = eventually(&format!("a dead letter of {service}"), PATIENCE, async || {
            stack.hasten(job_id).await?;
            Ok(stack.waiting("ParseDeadLetters", job_id).await?.pop())
        })
        .await?;
        assert_eq!(dead.receive_count, 5, "{service}");
        assert!(stack.waiting("ParseQueue", job_id).await?.is_empty());
        let job = patient.job(job_id).await?;
        assert!(["awaiting_upload", "extracting"].contains(&job["status"].as_str().unwrap_or_default()), "{job:#}");
    }

    let mut ids = Vec::new();
    for (service, job_id, fault) in outages {
        assert!(fault.end().await? >= 5, "{service} was asked less often than the message came");
        ids.push(job_id);
    }
    let (aws, dead_letters) = (stack.aws(), stack.queue_url("ParseDeadLetters").await?);
    let sqs = aws.sqs();
    let attributes =
        sqs.get_queue_attributes().queue_url(dead_letters).attribute_names("QueueArn".into()).send().await?;
    let arn = attributes.attributes().and_then(|all| all.values().next()).context("QueueArn")?;
    sqs.start_message_move_task().source_arn(arn).send().await?;
    for job_id in ids {
        let job = person.job_until_done(&job_id, PATIENCE).await?;
        assert_eq!(job["status"], "completed", "{job:#}");
    }
    assert!(patient.settled().await?.is_empty());
    let cvs = person.get("/cv").await?.expect(200)?.json()?;
    assert_eq!(cvs["items"].as_array().map(Vec::len), Some(2));
    Ok(())
}

// A worker that dies -------------------------------------------------------------------------------------------------------

/// Uploads a CV whose way kills a worker, and waits until it is dead.
async fn killed(patient: &Patient, function: &str, call: (&str, &str), effect: Effect) -> anyhow::Result<UploadTicket> {
    let bytes = text_cv();
    let ticket = patient.person.ask_upload(&Upload::of("cv.txt", &bytes)).await?;
    let (service, operation) = call;
    let target = Target { function, service, operation: Some(operation), contains: &ticket.job_id };
    let fault = patient.stack.fault(target, effect).await?;
    ticket.put(bytes).await?.expect(200)?;
    eventually(&format!("the death of {function}"), PATIENCE, async || Ok((fault.hits().await? == 1).then_some(())))
        .await?;
    fault.end().await?;
    let job = patient.job(&ticket.job_id).await?;
    assert!(!["completed", "failed"].contains(&job["status"].as_str().unwrap_or_default()), "{job:#}");
    Ok(ticket)
}

#[tokio::test]
async fn a_worker_killed_while_it_reads_leaves_a_job_that_the_sweeper_saves() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let patient = Patient::sign_up(stack).await?;
    let ticket = killed(&patient, "parse", ("s3", "GET"), Effect::KillBefore).await?;
    // Its message stays invisible for minutes, and its lease holds for minutes: nobody else takes the job by themselves.
    let message = patient.stack.waiting("ParseQueue", &ticket.job_id).await?.pop().context("the message is gone")?;
    assert!(message.wait.as_secs() > 60, "{message:?}");
    patient.is_swept(&ticket.job_id).await?;
    let job = patient.person.job_until_done(&ticket.job_id, PATIENCE).await?;
    assert_eq!(job["status"], "completed", "{job:#}");
    assert_eq!(job["attempts"], 3, "the dead one, the one that read and the one that generated: {job:#}");
    patient.has_one_of_each().await
}

#[tokio::test]
async fn a_worker_killed_while_it_reads_is_replaced_when_its_lease_has_run_out() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let patient = Patient::sign_up(stack).await?;
    let ticket = killed(&patient, "parse", ("s3", "GET"), Effect::KillBefore).await?;
    // As long as the lease holds, who gets the message leaves the job alone, and the message comes again.
    eventually("a second delivery that leaves the job alone", PATIENCE, async || {
        let messages = patient.stack.waiting("ParseQueue", &ticket.job_id).await?;
        let message = messages.first().context("the message is gone")?;
        if message.receive_count < 2 {
            patient.stack.hasten(&ticket.job_id).await?;
        }
        Ok((message.receive_count == 2 && message.wait.as_secs() <= 60).then_some(()))
    })
    .await?;
    assert_eq!(patient.job(&ticket.job_id).await?["attempts"], 1);
    patient.stack.age_lease(patient.user_id, ticket.job_id.parse()?, A_WHILE).await?;
    patient.stack.hasten(&ticket.job_id).await?;
    let job = patient.person.job_until_done(&ticket.job_id, PATIENCE).await?;
    assert_eq!(job["status"], "completed", "{job:#}");
    assert_eq!(job["attempts"], 3, "the dead one, the one that read and the one that generated: {job:#}");
    patient.has_one_of_each().await
}

#[tokio::test]
async fn a_worker_killed_before_it_tells_anybody_is_replaced_when_its_message_comes_again() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let patient = Patient::sign_up(stack).await?;
    let ticket = killed(&patient, "parse", ("dynamodb", "TransactWriteItems"), Effect::KillAfter).await?;
    assert_eq!(patient.job(&ticket.job_id).await?["status"], "generating", "the CV was stored");
    eventually("the end of the job", PATIENCE, async || {
        patient.stack.hasten(&ticket.job_id).await?;
        Ok((patient.job(&ticket.job_id).await?["status"] == "completed").then_some(()))
    })
    .await?;
    patient.has_one_of_each().await
}

#[tokio::test]
async fn a_worker_killed_when_the_portfolio_is_live_leaves_one_portfolio() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let patient = Patient::sign_up(stack).await?;
    let ticket = killed(&patient, "generate", ("dynamodb", "TransactWriteItems"), Effect::KillBefore).await?;
    assert_eq!(patient.job(&ticket.job_id).await?["status"], "generating");
    patient.is_swept(&ticket.job_id).await?;
    let job = patient.person.job_until_done(&ticket.job_id, PATIENCE).await?;
    assert_eq!(job["status"], "completed", "{job:#}");
    patient.has_one_of_each().await
}

#[tokio::test]
async fn a_job_that_kills_every_worker_is_given_up_and_counted() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let patient = Patient::sign_up(stack).await?;
    let ticket = killed(&patient, "parse", ("s3", "GET"), Effect::KillBefore).await?;
    // As if it had killed nine. The tenth dies again, and no eleventh is sent.
    patient.stack.count_beginnings(patient.user_id, ticket.job_id.parse()?, 9).await?;
    let target = Target { function: "parse", service: "s3", operation: Some("GET"), contains: &ticket.job_id };
    let fault = patient.stack.fault(target, Effect::KillBefore).await?;
    patient.is_swept(&ticket.job_id).await?;
    eventually("the death of the last worker", PATIENCE, async || Ok((fault.hits().await? == 1).then_some(()))).await?;
    fault.end().await?;
    assert_eq!(patient.job(&ticket.job_id).await?["attempts"], 10);
    patient.is_swept(&ticket.job_id).await?;
    let job = patient.person.job_until_done(&ticket.job_id, PATIENCE).await?;
    assert_eq!(job["attempts"], 10, "{job:#}");
    assert_eq!((&job["status"], &job["error"]["code"]), (&json!("failed"), &json!("kept_failing")), "{job:#}");
    eventually("the failure in the numbers", PATIENCE, async || {
        let performance = patient.person.get("/analytics/performance?time_range=24h").await?.expect(200)?.json()?;
        Ok((performance["jobs_failed"] == 1 && performance["success_rate"] == 0.0).then_some(()))
    })
    .await?;
    assert!(patient.settled().await?.is_empty(), "what the dead ones held is worked off");
    Ok(())
}

// A message that was lost --------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_job_whose_message_was_never_sent_is_found_by_the_sweeper() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let patient = Patient::sign_up(stack).await?;
    let bytes = text_cv();
    let upload = Upload::of("cv.txt", &bytes).with_preferences(json!({ "auto_generate": false }));
    let ticket = patient.person.upload(&upload, bytes).await?;
    patient.person.job_until_done(&ticket.job_id, PATIENCE).await?;
    patient.settled().await?;

    let user = patient.user_id.to_string();
    let target = Target { function: "upload-url", service: "sqs", operation: Some("SendMessage"), contains: &user };
    let fault = patient.stack.fault(target, Effect::Refuse).await?;
    let answer = patient.person.post("/cv/parse", &json!({ "cv_id": ticket.cv_id })).await?;
    assert!(fault.end().await? > 0, "nothing was sent");
    // The job stands, and will be done: the person need not know that it will take a minute longer.
    let job = answer.expect(202)?.json()?;
    let job_id = job["job_id"].as_str().context("job_id")?;
    assert!(patient.stack.waiting("ParseQueue", job_id).await?.is_empty());
    assert_eq!(patient.job(job_id).await?["status"], "queued");
    patient.is_swept(job_id).await?;
    let job = patient.person.job_until_done(job_id, PATIENCE).await?;
    assert_eq!((&job["status"], &job["attempts"]), (&json!("completed"), &json!(1)), "{job:#}");
    assert!(patient.settled().await?.is_empty());
    Ok(())
}
