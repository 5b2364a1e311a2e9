//! Passkeys, as their owner and as somebody who has none meet them. A real browser plays in `tests/browser/accounts.mjs`.

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use reqwest::Client;
use serde_json::{Value, json};
use uuid::Uuid;
use vitae_testing::{Answer, Authenticator, Person, Stack};

/// What makes an authenticator say what it should not.
type Spoil = fn(&mut Authenticator);

async fn send(stack: &Stack, path: &str, body: &Value) -> anyhow::Result<Answer> {
    Answer::to(Client::new().post(stack.route(path)).json(body)).await
}

async fn options(person: &Person) -> anyhow::Result<Value> {
    let answer = person.post("/users/passkeys/register/start", &json!({})).await?.expect(200)?.json()?;
    Ok(answer["public_key"].clone())
}

/// Makes a passkey; answers its id.
async fn add(person: &Person, authenticator: &mut Authenticator, name: &str) -> anyhow::Result<String> {
    let credential = authenticator.create(&options(person).await?)?;
    let body = json!({ "name": name, "credential": credential });
    let made = person.post("/users/passkeys/register/finish", &body).await?.expect(201)?.json()?;
    Ok(made["passkey_id"].as_str().context("no id")?.to_owned())
}

async fn challenge(stack: &Stack) -> anyhow::Result<Value> {
    let answer = send(stack, "/users/passkeys/login/start", &json!({})).await?.expect(200)?.json()?;
    Ok(answer["public_key"].clone())
}

async fn sign_in(stack: &Stack, authenticator: &mut Authenticator) -> anyhow::Result<Answer> {
    let credential = authenticator.get(&challenge(stack).await?)?;
    send(stack, "/users/passkeys/login/finish?client=native", &json!({ "credential": credential })).await
}

#[tokio::test]
async fn a_passkey_signs_in_by_itself_until_it_is_removed() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let (mut phone, mut laptop) = (Authenticator::new(&stack.api_url)?, Authenticator::new(&stack.api_url)?);
    let first = add(&person, &mut phone, "my phone").await?;
    stack.await_mail(&person.email, "A new way to sign in").await?;
    // The authenticator is told what it has, so that it makes no second one.
    let again = options(&person).await?;
    assert_eq!(again["excludeCredentials"].as_array().map(Vec::len), Some(1), "{again:#}");
    assert_eq!(again["authenticatorSelection"]["userVerification"], "required");
    add(&person, &mut laptop, "my laptop").await?;

    let signed_in = sign_in(&stack, &mut phone).await?.expect(200)?.json()?;
    assert_eq!(signed_in["user"]["email"], json!(person.email));
    let payload = signed_in["access_token"].as_str().and_then(|token| token.split('.').nth(1)).context("no token")?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload)?)?;
    assert_eq!(claims["amr"], json!(["pop", "user", "mfa"]));
    sign_in(&stack, &mut laptop).await?.expect(200)?;

    let listed = person.get("/users/passkeys").await?.expect(200)?.json()?;
    let names: Vec<_> = listed["items"].as_array().context("no list")?.iter().map(|key| &key["name"]).collect();
    assert_eq!(names, ["my laptop", "my phone"]);
    assert!(listed["items"][1]["last_used_at"].is_string(), "{listed:#}");
    assert!(!listed.to_string().contains("public_key"), "{listed:#}");
    let path = format!("/users/passkeys/{first}");
    let renamed = person.patch(&path, &json!({ "name": "old phone" })).await?.expect(200)?.json()?;
    assert_eq!(renamed["name"], "old phone");
    person.patch(&path, &json!({ "name": " " })).await?.expect(422)?;
    person.patch(&format!("/users/passkeys/{}", Uuid::now_v7()), &json!({ "name": "x" })).await?.expect(404)?;

    person.delete(&path).await?.expect(204)?;
    person.delete(&path).await?.expect(404)?;
    stack.await_mail(&person.email, "A way to sign in was removed").await?;
    sign_in(&stack, &mut phone).await?.expect(401)?;
    sign_in(&stack, &mut laptop).await?.expect(200)?;
    let trail = person.get("/users/me/audit").await?.expect(200)?.text();
    assert!(trail.contains("passkey_added") && trail.contains("passkey_removed"), "{trail}");
    Ok(())
}

#[tokio::test]
async fn a_passkey_is_two_factors() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let mut phone = Authenticator::new(&stack.api_url)?;
    add(&person, &mut phone, "my phone").await?;
    stack.turn_second_factor_on(&person).await?;
    let login = json!({ "email": person.email, "password": person.password });
    assert_eq!(send(&stack, "/users/login", &login).await?.expect(200)?.json()?["mfa_required"], true);
    assert!(sign_in(&stack, &mut phone).await?.expect(200)?.json()?["access_token"].is_string());
    Ok(())
}

#[tokio::test]
async fn a_passkey_that_does_not_prove_all_it_should_opens_nothing() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let spoilt = |spoil: Spoil| -> anyhow::Result<Authenticator> {
        let mut authenticator = Authenticator::new(&stack.api_url)?;
        spoil(&mut authenticator);
        Ok(authenticator)
    };
    let spoils: [(&str, Spoil); 4] = [
        ("another page", |one| one.origin = "https://evil.example".to_owned()),
        ("another relying party", |one| one.rp_id = Some("evil.example".to_owned())),
        ("nobody verified", |one| one.flags = 1),
        ("nobody present", |one| one.flags = 4),
    ];
    for (what, spoil) in spoils {
        let credential = spoilt(spoil)?.create(&options(&person).await?)?;
        let body = json!({ "name": what, "credential": credential });
        person.post("/users/passkeys/register/finish", &body).await?.expect(422).context(what)?;
    }
    // A challenge is this session's, and good once.
    let mut phone = Authenticator::new(&stack.api_url)?;
    let other = Person::sign_up(&stack).await?;
    let body = json!({ "name": "x", "credential": phone.create(&options(&other).await?)? });
    person.post("/users/passkeys/register/finish", &body).await?.expect(422)?;
    let body = json!({ "name": "x", "credential": phone.create(&options(&person).await?)? });
    person.post("/users/passkeys/register/finish", &body).await?.expect(201)?;
    person.post("/users/passkeys/register/finish", &body).await?.expect(422)?;
    let body = json!({ "name": "x", "credential": phone.create(&options(&person).await?)? });
    person.post("/users/passkeys/register/finish", &body).await?.expect(409)?;

    let finish = async |credential: Value| {
        send(&stack, "/users/passkeys/login/finish?client=native", &json!({ "credential": credential })).await
    };
    for (what, spoil) in spoils {
        spoil(&mut phone);
        sign_in(&stack, &mut phone).await?.expect(401).context(what)?;
        (phone.origin, phone.rp_id, phone.flags) = (stack.api_url.clone(), None, 5);
    }
    // Another's key, another person's name, a challenge of nobody, and what was used.
    let good = phone.get(&challenge(&stack).await?)?;
    let mut stranger = Authenticator::new(&stack.api_url)?;
    let mut forged = stranger.get(&challenge(&stack).await?)?;
    (forged["id"], forged["response"]["userHandle"]) = (good["id"].clone(), good["response"]["userHandle"].clone());
    finish(forged).await?.expect(401)?;
    let mut handed = phone.get(&challenge(&stack).await?)?;
    let id: Uuid = other.get("/users/me").await?.expect(200)?.json()?["user_id"].as_str().context("no id")?.parse()?;
    handed["response"]["userHandle"] = json!(URL_SAFE_NO_PAD.encode(id.as_bytes()));
    finish(handed).await?.expect(401)?;
    finish(phone.get(&json!({ "challenge": "A".repeat(43), "rpId": "localhost" }))?).await?.expect(401)?;
    let used = phone.get(&challenge(&stack).await?)?;
    finish(used.clone()).await?.expect(200)?;
    finish(used).await?.expect(401)?;
    finish(json!({ "id": "", "type": "public-key", "response": {
        "clientDataJSON": "", "authenticatorData": "", "signature": "" } }))
    .await?
    .expect(401)?;
    // The older answer comes late, with a lower count; so would a copy of the key.
    finish(good).await?.expect(401)?;
    let count = phone.sign_count;
    phone.sign_count = count - 1;
    sign_in(&stack, &mut phone).await?.expect(401)?;
    let trail = person.get("/users/me/audit").await?.expect(200)?.text();
    assert!(trail.contains("passkey_suspected"), "{trail}");
    sign_in(&stack, &mut phone).await?.expect(200)?;
    // Who is suspended is not let in by it.
    let admin = Person::sign_up(&stack).await?;
    let me = admin.get("/users/me").await?.expect(200)?.json()?;
    stack.make_admin(me["user_id"].as_str().context("no id")?.parse()?).await?;
    let admin = Person::sign_in(&stack, &admin.email, &admin.password).await?;
    let id = person.get("/users/me").await?.expect(200)?.json()?["user_id"].as_str().context("no id")?.to_owned();
    admin.post(&format!("/users/{id}/suspend"), &json!({})).await?.expect(200)?;
    sign_in(&stack, &mut phone).await?.expect(403)?;
    Ok(())
}

#[tokio::test]
async fn a_passkey_proves_once_more_who_asks_in_its_session_and_once() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let start = "/users/reauthenticate/passkey/start";
    let finish = "/users/reauthenticate/passkey/finish";
    person.post(start, &json!({})).await?.expect(409)?;
    let (mut phone, mut others) = (Authenticator::new(&stack.api_url)?, Authenticator::new(&stack.api_url)?);
    add(&person, &mut phone, "my phone").await?;
    let other = Person::sign_up(&stack).await?;
    add(&other, &mut others, "another's phone").await?;
    // With a second factor on, a password alone does not do, and the passkey does.
    stack.turn_second_factor_on(&person).await?;
    stack.grow_old(&person, SignedDuration::from_mins(11)).await?;
    let key =
        json!({ "name": "x", "scopes": ["cv:read"], "expires_at": Timestamp::now() + SignedDuration::from_hours(1) });
    person.post("/users/api-keys", &key).await?.expect(401)?;
    let started = async |who: &Person| -> anyhow::Result<Value> {
        Ok(who.post(start, &json!({})).await?.expect(200)?.json()?["public_key"].clone())
    };
    let asked = started(&person).await?;
    assert_eq!(asked["allowCredentials"].as_array().map(Vec::len), Some(1), "{asked:#}");
    assert_eq!(asked["userVerification"], "required");
    // Another's passkey, another's challenge, one for a sign-in, and an answer of nobody verified prove nothing.
    let spoilt = json!({ "credential": others.get(&started(&person).await?)? });
    person.post(finish, &spoilt).await?.expect(403)?;
    let spoilt = json!({ "credential": phone.get(&started(&other).await?)? });
    person.post(finish, &spoilt).await?.expect(403)?;
    let spoilt = json!({ "credential": phone.get(&challenge(&stack).await?)? });
    person.post(finish, &spoilt).await?.expect(403)?;
    phone.flags = 1;
    let spoilt = json!({ "credential": phone.get(&started(&person).await?)? });
    person.post(finish, &spoilt).await?.expect(403)?;
    phone.flags = 5;
    person.post("/users/api-keys", &key).await?.expect(401)?;

    let good = json!({ "credential": phone.get(&started(&person).await?)? });
    let token = person.post(finish, &good).await?.expect(200)?.json()?["access_token"].clone();
    let payload = token.as_str().and_then(|token| token.split('.').nth(1)).context("no token")?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload)?)?;
    assert_eq!(claims["amr"], json!(["pop", "user", "mfa"]));
    person.post(finish, &good).await?.expect(403)?;
    person.post("/users/api-keys", &key).await?.expect(201)?;
    Ok(())
}
