//! Taking everything along, and leaving: the copy of all that is held on a person, and its erasure.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};
use std::time::Duration;

use anyhow::Context;
use aws_sdk_dynamodb::types::AttributeValue;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use uuid::Uuid;
use vitae_store::keys;
use vitae_testing::{Answer, Person, Stack, Upload, eventually, fixture};

const PATIENCE: Duration = Duration::from_secs(60);

/// Everything that a stack holds: each row of both tables and each object of both buckets, by its key.
struct Inventory(BTreeMap<String, String>);

impl Inventory {
    async fn of(stack: &Stack) -> anyhow::Result<Self> {
        let mut all = BTreeMap::new();
        for table in ["PeopleTable", "CountersTable"] {
            let name = stack.outputs.get(table).context(table)?;
            let mut pages = stack.aws().dynamodb().scan().table_name(name).into_paginator().send();
            while let Some(page) = pages.next().await {
                for row in page?.items.unwrap_or_default() {
                    let key = |name: &str| row.get(name).and_then(|key| key.as_s().ok()).cloned().unwrap_or_default();
                    all.insert(format!("{table} {} {}", key(keys::PK), key(keys::SK)), format!("{row:?}"));
                }
            }
        }
        for bucket in ["FilesBucket", "SitesBucket"] {
            for key in stack.objects(bucket, "").await? {
                all.insert(format!("{bucket} {key}"), String::new());
            }
        }
        Ok(Self(all))
    }

    /// What speaks of somebody by one of these words, in its key or in its row.
    fn about(&self, words: &[String]) -> BTreeSet<String> {
        // A slug is no part of a longer one: `ada` of `ada-2`.
        let ends = |rest: &str| !rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '-');
        let whole = |text: &str, word: &str| {
            let bounded = word.ends_with(|last: char| last.is_ascii_alphanumeric());
            text.match_indices(word).any(|(at, _)| !bounded || ends(&text[at + word.len()..]))
        };
        let speaks = |text: &String| words.iter().any(|word| whole(text, word));
        self.0.iter().filter(|(key, row)| speaks(key) || speaks(row)).map(|(key, _)| key.clone()).collect()
    }
}

/// Somebody with something of each kind; answers them, their id and the slug of their site.
async fn somebody(stack: &Stack) -> anyhow::Result<(Person, Uuid, String)> {
    let person = Person::sign_up(stack).await?;
    let me = person.get("/users/me").await?.expect(200)?.json()?;
    let user_id = me["user_id"].as_str().context("no id")?.parse()?;
    let fixture = fixture("word.docx");
    let ticket = person.upload(&Upload::from(&fixture), fixture.bytes.clone()).await?;
    let job = person.job_until_done(&ticket.job_id, Duration::from_secs(120)).await?;
    anyhow::ensure!(job["status"] == "completed", "{job:#}");
    let wish = json!({"cv_id": job["cv_id"], "template_id": "clean", "format": "txt"});
    let request = person.request(Method::POST, "/ats/generate").header("idempotency-key", "once").json(&wish);
    Answer::to(request).await?.expect(201)?;
    let id = job["result"]["portfolio_id"].as_str().context("no portfolio")?;
    let portfolio = person.get(&format!("/portfolio/{id}")).await?.expect(200)?.json()?;
    let url =
        portfolio["publication"]["url"].as_str().or(job["result"]["portfolio_url"].as_str()).context("no site")?;
    let slug = url.trim_end_matches('/').rsplit('/').next().context("no slug")?.to_owned();
    person.post("/users/api-keys", &key_for_a_day()).await?.expect(201)?;
    person.post("/users/mfa/totp", &json!({})).await?.expect(201)?;
    let fault = json!({"entries": [{"level": "error", "message": "it broke"}]});
    person.post("/logs", &fault).await?;
    // What was counted of them comes through a queue.
    eventually("a count", PATIENCE, async || {
        let numbers = person.get("/analytics/metrics").await?.expect(200)?.json()?;
        Ok((numbers.to_string().contains(":1") || numbers.to_string().contains(": 1")).then_some(()))
    })
    .await?;
    Ok((person, user_id, slug))
}

fn key_for_a_day() -> Value {
    let expires_at = (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24)).to_string();
    json!({"name": "script", "scopes": ["cv:read"], "expires_at": expires_at})
}

#[tokio::test]
async fn nothing_is_left_of_somebody_who_leaves() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let (person, user_id, slug) = somebody(&stack).await?;
    let (other, other_id, other_slug) = somebody(&stack).await?;
    let refresh = json!({ "email": person.email, "password": person.password });
    let native = Client::new().post(stack.route("/users/login?client=native")).json(&refresh);
    let native = Answer::to(native).await?.expect(200)?.json()?;
    let words = |id: Uuid, email: &str, slug: &str| {
        vec![id.to_string(), email.to_owned(), format!("/{slug}/"), format!("SLUG#{slug}")]
    };
    let (mine, others) = (words(user_id, &person.email, &slug), words(other_id, &other.email, &other_slug));
    let before = Inventory::of(&stack).await?;
    let kinds = |inventory: &Inventory, words: &[String]| {
        let about = inventory.about(words);
        [
            "PeopleTable USER#",
            "PeopleTable MAIL#",
            "PeopleTable SLUG#",
            "PeopleTable TOKEN#",
            "PeopleTable DIRECTORY",
            "CountersTable COUNT#USER#",
            "CountersTable ACTIVITY#",
            "FilesBucket uploads/",
            "FilesBucket documents/",
            "SitesBucket p/",
        ]
        .map(|kind| (kind, about.iter().any(|key| key.starts_with(kind))))
    };
    assert!(kinds(&before, &mine).iter().all(|(_, there)| *there), "{:?}", kinds(&before, &mine));

    let answer = person.delete("/users/me").await?.expect(202)?.json()?;
    let receipt_id = answer["receipt_id"].as_str().context("no receipt")?.to_owned();
    // At once: no sign-in, no refresh, and nothing that looks the session up.
    Answer::to(Client::new().post(stack.route("/users/login")).json(&refresh)).await?.expect(401)?;
    let token = json!({ "refresh_token": native["refresh_token"] });
    Answer::to(Client::new().post(stack.route("/users/refresh")).json(&token)).await?.expect(401)?;
    person.get("/users/sessions").await?.expect(401)?;
    stack.await_mail(&person.email, "Your account is being erased").await?;

    // Whoever has the id reads the receipt, signed in or not.
    let path = format!("/users/me/receipts/{receipt_id}");
    let receipt = eventually("the erasure", PATIENCE, async || {
        let receipt = Answer::to(Client::new().get(stack.route(&path))).await?.expect(200)?.json()?;
        Ok((receipt["status"] == "complete").then_some(receipt))
    })
    .await?;
    let removed = &receipt["removed"];
    for kind in [
        "profile",
        "sessions",
        "jobs",
        "cvs",
        "portfolios",
        "documents",
        "site_addresses",
        "site_files",
        "files",
        "kept_answers",
        "audit_entries",
        "api_keys",
        "second_factor",
        "numbers",
        "mail_address",
        "directory_entry",
    ] {
        assert!(removed[kind].as_u64() >= Some(1), "{kind}: {receipt:#}");
    }
    assert_eq!(removed.get("other"), None, "{receipt:#}");
    let keys: JwkSet = serde_json::from_slice(
        &Answer::to(Client::new().get(format!("{}/.well-known/jwks.json", stack.api_url))).await?.expect(200)?.body,
    )?;
    let signature = receipt["signature"].as_str().context("no signature")?;
    let header = jsonwebtoken::decode_header(signature)?;
    assert_eq!(header.typ.as_deref(), Some("receipt+jwt"));
    let key = keys.find(header.kid.as_deref().context("no kid")?).context("an unknown key")?;
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_required_spec_claims::<&str>(&[]);
    validation.validate_exp = false;
    let claims = jsonwebtoken::decode::<Value>(signature, &DecodingKey::from_jwk(key)?, &validation)?.claims;
    assert_eq!((&claims["removed"], &claims["jti"]), (removed, &receipt["receipt_id"]));
    // It is no access token.
    Answer::to(Client::new().get(stack.route("/users/me")).bearer_auth(signature)).await?.expect(401)?;

    let after = Inventory::of(&stack).await?;
    // The slug is nobody's until everything has been looked through once more.
    let kept = format!("PeopleTable SLUG#{slug} SLUG");
    assert_eq!(after.about(&mine), BTreeSet::from([kept.clone()]));
    assert!(!after.0[&kept].contains(&user_id.to_string()), "{}", after.0[&kept]);
    let late = format!("p/{slug}/late.html");
    stack.put_object("SitesBucket", &late, b"late".to_vec()).await?;
    let again = json!({"task": "erase_again", "user_id": user_id, "slugs": [slug, other_slug]}).to_string();
    stack.send_message("AccountQueue", &again).await?;
    eventually("the second look", PATIENCE, async || {
        Ok(Inventory::of(&stack).await?.about(&mine).is_empty().then_some(()))
    })
    .await?;
    let after = Inventory::of(&stack).await?;
    // Somebody else has lost nothing.
    let lost: Vec<_> = before.about(&others).difference(&after.about(&others)).cloned().collect();
    assert!(lost.is_empty(), "{lost:?}");
    other.get("/users/me").await?.expect(200)?;
    // The receipt itself names nobody, and the address is free.
    assert!(!receipt.to_string().contains(&user_id.to_string()) && !receipt.to_string().contains(&person.email));
    Answer::to(Client::new().post(stack.route("/users/register")).json(&refresh)).await?.expect(201)?;
    Person::sign_in(&stack, &person.email, &person.password).await?;
    Ok(())
}

#[tokio::test]
async fn an_erasure_that_comes_twice_or_was_cut_off_ends_the_same() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let user_id = person.get("/users/me").await?.expect(200)?.json()?["user_id"].as_str().context("no id")?.to_owned();
    let answer = person.delete("/users/me").await?.expect(202)?.json()?;
    let receipt_id = answer["receipt_id"].as_str().context("no receipt")?.to_owned();
    let read = async || Answer::to(Client::new().get(stack.route(&format!("/users/me/receipts/{receipt_id}")))).await;
    let complete = async || {
        let receipt = read().await?.expect(200)?.json()?;
        Ok((receipt["status"] == "complete").then_some(receipt))
    };
    let first = eventually("the erasure", PATIENCE, complete).await?;
    // The same message again changes nothing of what is signed.
    let task = json!({"task": "erase", "user_id": user_id, "receipt_id": receipt_id}).to_string();
    stack.send_message("AccountQueue", &task).await?;

    // A worker that was cut off after it had counted: what it counted stays, what it left is removed.
    let table = stack.outputs.get("PeopleTable").context("no table")?;
    let text = |value: String| AttributeValue::S(value);
    let left = format!("uploads/{user_id}/late/original");
    stack.put_object("FilesBucket", &left, b"late".to_vec()).await?;
    let cut_off = stack.aws().dynamodb().update_item().table_name(table);
    cut_off
        .key(keys::PK, text(keys::receipt(receipt_id.parse()?)))
        .key(keys::SK, text(keys::RECEIPT.to_owned()))
        .update_expression("REMOVE completed_at, signed")
        .send()
        .await?;
    stack.send_message("AccountQueue", &task).await?;
    let second = eventually("the erasure", PATIENCE, complete).await?;
    assert_eq!(first["removed"], second["removed"]);
    assert!(stack.objects("FilesBucket", &format!("uploads/{user_id}/")).await?.is_empty());
    // Without a receipt nobody is erased.
    let other = Person::sign_up(&stack).await?;
    let other_id = other.get("/users/me").await?.expect(200)?.json()?["user_id"].clone();
    let forged = json!({"task": "erase", "user_id": other_id, "receipt_id": Uuid::new_v4()}).to_string();
    stack.send_message("AccountQueue", &forged).await?;
    stack.worked_off("AccountQueue", other_id.as_str().context("user_id")?, PATIENCE).await?;
    other.get("/users/me").await?.expect(200)?;
    Answer::to(Client::new().get(stack.route(&format!("/users/me/receipts/{}", Uuid::new_v4())))).await?.expect(404)?;
    Ok(())
}

#[tokio::test]
async fn everything_can_be_taken_along() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let (person, user_id, slug) = somebody(&stack).await?;
    // An original that is larger than a piece: what is made must be the same bytes.
    let original = stack.objects("FilesBucket", &format!("uploads/{user_id}/")).await?;
    let original = original.into_iter().find(|key| key.ends_with("/original")).context("no original")?;
    let large: Vec<u8> = (0..20_000_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    stack.put_object("FilesBucket", &original, large.clone()).await?;

    let client = Client::builder().redirect(Policy::none()).build()?;
    let ask = || client.get(stack.route("/users/me/export")).bearer_auth(&person.token);
    let first = Answer::to(ask()).await?.expect(202)?;
    assert!(first.header("retry-after").is_some());
    let location = eventually("the export", PATIENCE, async || {
        let answer = Answer::to(ask()).await?;
        Ok(match answer.status.as_u16() {
            202 => None,
            302 => Some(answer.header("location").context("no location")?.to_owned()),
            other => anyhow::bail!("{other} {}", answer.text()),
        })
    })
    .await?;
    let zip = Answer::to(client.get(location)).await?.expect(200)?;
    let mut archive = zip::ZipArchive::new(Cursor::new(zip.body.to_vec()))?;
    let names = archive.file_names().map(|name| Ok(name?.into_owned()));
    let names = names.collect::<Result<BTreeSet<String>, zip::result::ZipError>>()?;
    let mut read = |name: &str| -> anyhow::Result<Vec<u8>> {
        let name =
            names.iter().find(|known| known.ends_with(name)).with_context(|| format!("no {name} in {names:?}"))?;
        let mut bytes = Vec::new();
        archive.by_name(name)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let mut json = |name: &str| anyhow::Ok(serde_json::from_slice::<Value>(&read(name)?)?);
    assert_eq!(json("account.json")?["email"], person.email);
    assert_eq!(json("sessions.json")?.as_array().map(Vec::len), Some(1));
    assert!(json("audit.json")?.to_string().contains("signed_in"));
    assert_eq!(json("api-keys.json")?[0]["name"], "script");
    assert_eq!(json("jobs.json")?[0]["status"], "completed");
    assert!(json("resume.json")?["basics"]["name"].is_string());
    assert_eq!(json("portfolio.json")?["publication"]["slug"], slug);
    assert!(json("version-1.json")?["content"].is_object());
    assert!(json("days.json")?.as_array().is_some_and(|days| !days.is_empty()));
    assert!(read("original.docx")? == large, "the original is not what was uploaded");
    assert!(!read(".txt")?.is_empty());
    // What opens something is not among it.
    for name in &names {
        if name.ends_with(".json") {
            let text = String::from_utf8(read(name)?)?;
            for secret in ["password_hash", "$argon2id", "token_hash", "secret_hash", "\"seed\""] {
                assert!(!text.contains(secret), "{name} holds {secret}");
            }
        }
    }
    // A copy that is fresh is handed out again.
    Answer::to(ask()).await?.expect(302)?;
    Ok(())
}
