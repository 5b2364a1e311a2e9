//! The second factor, as its owner and as somebody who has the password alone meet it.
#![expect(clippy::unwrap_used, reason = "the authenticator here is a part of a test")]

use std::collections::HashMap;

use anyhow::Context;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::future::join_all;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use reqwest::Client;
use reqwest::header::USER_AGENT;
use serde_json::{Value, json};
use sha1::Sha1;
use uuid::Uuid;
use vitae_store::keys;
use vitae_testing::{Answer, Person, Stack};

/// An authenticator that knows a secret.
struct Authenticator(Vec<u8>);

impl Authenticator {
    /// Reads the address of the QR code, as an authenticator does.
    fn of(uri: &str) -> anyhow::Result<Self> {
        let (_, after) = uri.split_once("secret=").context("no secret")?;
        let secret = after.split('&').next().unwrap_or_default();
        let (mut held, mut bits, mut bytes) = (0u32, 0, Vec::new());
        for character in secret.bytes() {
            let value = match character {
                b'A'..=b'Z' => character - b'A',
                b'2'..=b'7' => character - b'2' + 26,
                _ => anyhow::bail!("{secret} is no base32"),
            };
            held = (held << 5) | u32::from(value);
            bits += 5;
            if bits >= 8 {
                bits -= 8;
                bytes.push((held >> bits) as u8);
            }
        }
        Ok(Self(bytes))
    }

    /// The code that is so many steps away from the present one.
    fn code(&self, steps: i64) -> String {
        let step = (Timestamp::now().as_second() / 30 + steps) as u64;
        let mac = Hmac::<Sha1>::new_from_slice(&self.0).unwrap().chain_update(step.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        let place = usize::from(digest[19] & 15);
        let bytes: [u8; 4] = digest[place..place + 4].try_into().unwrap();
        format!("{:06}", (u32::from_be_bytes(bytes) & 0x7fff_ffff) % 1_000_000)
    }

    /// A code that is not good at any step nearby.
    fn wrong_code(&self) -> String {
        let near: Vec<_> = (-3..=3).map(|steps| self.code(steps)).collect();
        (0..).map(|n: u32| format!("{n:06}")).find(|code| !near.contains(code)).unwrap()
    }
}

/// Somebody whose sign-in asks for a code; one step's code, the one before the present, is used up.
async fn with_second_factor(stack: &Stack) -> anyhow::Result<(Person, Authenticator, Vec<String>)> {
    let person = Person::sign_up(stack).await?;
    let started = person.post("/users/mfa/totp", &json!({})).await?.expect(201)?.json()?;
    let authenticator = Authenticator::of(started["otpauth_uri"].as_str().context("no address")?)?;
    let code = json!({ "code": authenticator.code(-1) });
    let confirmed = person.post("/users/mfa/totp/confirm", &code).await?.expect(200)?.json()?;
    let codes = confirmed["recovery_codes"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let codes = codes.map(str::to_owned).collect();
    Ok((person, authenticator, codes))
}

async fn send(stack: &Stack, path: &str, body: &Value) -> anyhow::Result<Answer> {
    Answer::to(Client::new().post(stack.route(path)).json(body)).await
}

/// Gives the password; answers what finishes the sign-in.
async fn begin(person: &Person) -> anyhow::Result<String> {
    let login = json!({ "email": person.email, "password": person.password });
    let answer = send(&person.stack, "/users/login", &login).await?.expect(200)?;
    assert_eq!(answer.header("set-cookie"), None, "the password alone must open nothing");
    let body = answer.json()?;
    assert_eq!(body["mfa_required"], true, "{body:#}");
    assert!(body.get("access_token").is_none() && body.get("user").is_none(), "{body:#}");
    Ok(body["mfa_token"].as_str().context("no token")?.to_owned())
}

async fn finish(stack: &Stack, mfa_token: &str, code: &str) -> anyhow::Result<Answer> {
    send(stack, "/users/login/mfa?client=native", &json!({ "mfa_token": mfa_token, "code": code })).await
}

fn claims(access_token: &str) -> anyhow::Result<Value> {
    let payload = access_token.split('.').nth(1).context("no payload")?;
    Ok(serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload)?)?)
}

#[tokio::test]
async fn a_sign_in_that_was_begun_before_a_suspension_ends_there() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let (person, authenticator, _) = with_second_factor(&stack).await?;
    let id = person.get("/users/me").await?.expect(200)?.json()?["user_id"].as_str().context("no id")?.to_owned();
    let login = json!({ "email": person.email, "password": person.password });
    let begun = send(&stack, "/users/login", &login).await?.expect(200)?.json()?;
    let admin = Person::sign_up(&stack).await?;
    let admin_id = admin.get("/users/me").await?.expect(200)?.json()?["user_id"].as_str().context("no id")?.parse()?;
    stack.make_admin(admin_id).await?;
    let admin = Person::sign_in(&stack, &admin.email, &admin.password).await?;
    admin.post(&format!("/users/{id}/suspend"), &json!({})).await?.expect(200)?;
    let code = json!({ "mfa_token": begun["mfa_token"], "code": authenticator.code(0) });
    send(&stack, "/users/login/mfa", &code).await?.expect(401)?;
    Ok(())
}

#[tokio::test]
async fn a_sign_in_asks_for_a_code_and_takes_each_once() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    assert_eq!(person.get("/users/mfa").await?.expect(200)?.json()?, json!({"totp": false, "recovery_codes_left": 0}));
    let other = Person::sign_in(&stack, &person.email, &person.password).await?;

    let started = person.post("/users/mfa/totp", &json!({})).await?.expect(201)?.json()?;
    let uri = started["otpauth_uri"].as_str().context("no address")?;
    assert!(uri.contains(started["secret"].as_str().context("no secret")?), "{started:#}");
    assert!(started["qr_svg"].as_str().is_some_and(|svg| svg.starts_with("<svg ")), "{started:#}");
    let authenticator = Authenticator::of(uri)?;
    // Nothing is asked before the authenticator has shown that it works.
    Person::sign_in(&stack, &person.email, &person.password).await?;
    let wrong = json!({ "code": authenticator.wrong_code() });
    person.post("/users/mfa/totp/confirm", &wrong).await?.expect(422)?;
    let code = json!({ "code": authenticator.code(-1) });
    let confirmed = person.post("/users/mfa/totp/confirm", &code).await?.expect(200)?.json()?;
    let codes = confirmed["recovery_codes"].as_array().context("no codes")?.clone();
    assert_eq!(codes.len(), 10);
    assert_eq!(person.get("/users/mfa").await?.expect(200)?.json()?, json!({"totp": true, "recovery_codes_left": 10}));
    person.post("/users/mfa/totp/confirm", &code).await?.expect(409)?;
    person.post("/users/mfa/totp", &json!({})).await?.expect(409)?;
    stack.await_mail(&person.email, "Two-step sign-in is on").await?;
    // Who came with the password alone comes again with both.
    other.get("/users/sessions").await?.expect(401)?;

    let mfa_token = begin(&person).await?;
    finish(&stack, &mfa_token, &authenticator.code(-1)).await?.expect(401)?;
    let signed_in = finish(&stack, &mfa_token, &authenticator.code(0)).await?.expect(200)?.json()?;
    let claims = claims(signed_in["access_token"].as_str().context("no token")?)?;
    assert_eq!(claims["amr"], json!(["pwd", "otp", "mfa"]));
    finish(&stack, &mfa_token, &authenticator.code(1)).await?.expect(401)?;
    // The same code again, in another sign-in.
    finish(&stack, &begin(&person).await?, &authenticator.code(0)).await?.expect(401)?;

    let recovery = codes[0].as_str().context("no code")?;
    finish(&stack, &begin(&person).await?, &recovery.to_lowercase()).await?.expect(200)?;
    finish(&stack, &begin(&person).await?, recovery).await?.expect(401)?;
    assert_eq!(person.get("/users/mfa").await?.expect(200)?.json()?["recovery_codes_left"], 9);
    let renewed = person.post("/users/mfa/recovery-codes", &json!({})).await?.expect(201)?.json()?;
    finish(&stack, &begin(&person).await?, codes[1].as_str().unwrap_or_default()).await?.expect(401)?;
    let new = renewed["recovery_codes"][0].as_str().context("no code")?;
    finish(&stack, &begin(&person).await?, new).await?.expect(200)?;

    // The form that has no place for a code opens nothing.
    let form = [("username", person.email.as_str()), ("password", person.password.as_str())];
    let answer = Answer::to(Client::new().post(stack.route("/users/token")).form(&form)).await?.expect(400)?;
    assert_eq!(answer.json()?["error"], "invalid_grant");

    person.delete("/users/mfa/totp").await?.expect(204)?;
    person.delete("/users/mfa/totp").await?.expect(404)?;
    stack.await_mail(&person.email, "Two-step sign-in is off").await?;
    Person::sign_in(&stack, &person.email, &person.password).await?;
    Ok(())
}

#[tokio::test]
async fn whoever_comes_by_the_password_alone_while_it_is_turned_on_is_out() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let started = person.post("/users/mfa/totp", &json!({})).await?.expect(201)?.json()?;
    let authenticator = Authenticator::of(started["otpauth_uri"].as_str().context("no address")?)?;
    let login = json!({ "email": person.email, "password": person.password });
    let code = json!({ "code": authenticator.code(0) });
    let (confirmed, others) = futures::join!(
        person.post("/users/mfa/totp/confirm", &code),
        join_all((0..8).map(|_| send(&stack, "/users/login?client=native", &login)))
    );
    confirmed?.expect(200)?;
    for answer in others {
        let answer = answer?.expect(200)?.json()?;
        let Some(token) = answer["access_token"].as_str() else { continue };
        let sessions = Client::new().get(stack.route("/users/sessions")).bearer_auth(token);
        Answer::to(sessions).await?.expect(401)?;
    }
    person.get("/users/sessions").await?.expect(200)?;
    Ok(())
}

#[tokio::test]
async fn the_secret_is_in_no_table() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let (person, authenticator, codes) = with_second_factor(&stack).await?;
    let user_id: Uuid = claims(&person.token)?["sub"].as_str().context("no id")?.parse()?;
    let table = stack.outputs.get("PeopleTable").context("the stack has no PeopleTable")?;
    let key = HashMap::from([
        (keys::PK.to_owned(), AttributeValue::S(keys::user(user_id))),
        (keys::SK.to_owned(), AttributeValue::S(keys::SECOND_FACTOR.to_owned())),
    ]);
    let row = stack.aws().dynamodb().get_item().table_name(table).set_key(Some(key)).send().await?;
    let row = format!("{:?}", row.item.context("no second factor")?);
    for secret in [hex::encode(&authenticator.0), URL_SAFE_NO_PAD.encode(&authenticator.0), codes[0].clone()] {
        assert!(!row.contains(&secret), "{row}");
    }
    assert!(!row.contains(&codes[0].replace('-', "")), "{row}");
    Ok(())
}

#[tokio::test]
async fn codes_cannot_be_tried_through() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let (person, authenticator, _) = with_second_factor(&stack).await?;
    let mfa_token = begin(&person).await?;
    for _ in 0..5 {
        finish(&stack, &mfa_token, &authenticator.wrong_code()).await?.expect(401)?;
    }
    // Not even the right one, by this token.
    finish(&stack, &mfa_token, &authenticator.code(0)).await?.expect(401)?;
    finish(&stack, &begin(&person).await?, &authenticator.code(0)).await?.expect(200)?;
    Ok(())
}

#[tokio::test]
async fn one_code_sent_by_many_at_once_opens_one_session() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let (person, authenticator, codes) = with_second_factor(&stack).await?;
    for code in [&authenticator.code(0), &codes[0]] {
        let mut tokens = Vec::new();
        for _ in 0..6 {
            tokens.push(begin(&person).await?);
        }
        let mut opened = 0;
        for answer in join_all(tokens.iter().map(|token| finish(&stack, token, code))).await {
            let status = answer?.status.as_u16();
            assert!(matches!(status, 200 | 401), "{status}");
            opened += usize::from(status == 200);
        }
        assert_eq!(opened, 1);
    }
    Ok(())
}

#[tokio::test]
async fn a_token_finishes_only_what_it_was_made_for() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let (person, authenticator, _) = with_second_factor(&stack).await?;
    let (other, _, _) = with_second_factor(&stack).await?;
    let mfa_token = begin(&person).await?;
    send(&stack, "/users/verify-email", &json!({ "token": mfa_token })).await?.expect(422)?;
    let reset = json!({ "token": mfa_token, "password": "Quite another long sentence" });
    send(&stack, "/users/reset-password", &reset).await?.expect(422)?;
    // Another person's sign-in is not finished by one's own code.
    finish(&stack, &begin(&other).await?, &authenticator.code(0)).await?.expect(401)?;
    let mail = stack.await_mail(&person.email, "Confirm your mail address").await?;
    let (_, token) = mail.text.split_once("verify-email?token=").context("no link")?;
    let token = token.split_whitespace().next().unwrap_or_default();
    finish(&stack, token, &authenticator.code(0)).await?.expect(401)?;
    for nonsense in ["", "x", &"A".repeat(43)] {
        finish(&stack, nonsense, &authenticator.code(0)).await?.expect(401)?;
    }
    finish(&stack, &mfa_token, &authenticator.code(0)).await?.expect(200)?;
    Ok(())
}

#[tokio::test]
async fn a_sensitive_change_asks_again_who_it_is() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    stack.grow_old(&person, SignedDuration::from_mins(9)).await?;
    person.post("/users/mfa/totp", &json!({})).await?.expect(201)?;
    stack.grow_old(&person, SignedDuration::from_mins(11)).await?;
    let refused = person.post("/users/mfa/totp", &json!({})).await?.expect(401)?;
    let challenge = refused.header("www-authenticate").unwrap_or_default();
    assert!(challenge.contains("insufficient_user_authentication"), "{challenge}");
    person.get("/users/sessions").await?.expect(200)?;

    person.post("/users/reauthenticate", &json!({ "password": "not the password" })).await?.expect(403)?;
    person.post("/users/mfa/totp", &json!({})).await?.expect(401)?;
    let proof = json!({ "password": person.password });
    let answer = person.post("/users/reauthenticate", &proof).await?.expect(200)?.json()?;
    let renewed = claims(answer["access_token"].as_str().context("no token")?)?;
    let before = claims(&person.token)?;
    assert_eq!(renewed["sid"], before["sid"]);
    let started = person.post("/users/mfa/totp", &json!({})).await?.expect(201)?.json()?;

    // With a second factor on, the password is not enough.
    let authenticator = Authenticator::of(started["otpauth_uri"].as_str().context("no address")?)?;
    let code = json!({ "code": authenticator.code(-1) });
    person.post("/users/mfa/totp/confirm", &code).await?.expect(200)?;
    stack.grow_old(&person, SignedDuration::from_mins(11)).await?;
    person.post("/users/reauthenticate", &proof).await?.expect(422)?;
    let proof = json!({ "password": person.password, "code": authenticator.wrong_code() });
    person.post("/users/reauthenticate", &proof).await?.expect(403)?;
    person.delete("/users/mfa/totp").await?.expect(401)?;
    let proof = json!({ "password": person.password, "code": authenticator.code(0) });
    person.post("/users/reauthenticate", &proof).await?.expect(200)?;
    person.delete("/users/mfa/totp").await?.expect(204)?;
    Ok(())
}

#[tokio::test]
async fn a_device_that_was_not_seen_before_is_told_of() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let login = json!({ "email": person.email, "password": person.password });
    let from = async |agent: &str| {
        let request = Client::new().post(stack.route("/users/login")).header(USER_AGENT, agent).json(&login);
        Answer::to(request).await?.expect(200)
    };
    let told = async || {
        let mails = stack.mail_to(&person.email).await?;
        anyhow::Ok(mails.iter().filter(|mail| mail.subject == "New sign-in to your account").count())
    };
    assert_eq!(told().await?, 0, "the first device is no news");
    from("Browser/1.0 (X11)").await?;
    assert_eq!(told().await?, 1);
    // A newer version of it is the same device.
    from("Browser/2.17 (X11)").await?;
    assert_eq!(told().await?, 1);
    from("Telephone/1.0").await?;
    assert_eq!(told().await?, 2);
    Ok(())
}
