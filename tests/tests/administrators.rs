//! Administrators, and keys for machines: what each may do, and what nobody may.

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use reqwest::Client;
use serde_json::{Value, json};
use uuid::Uuid;
use vitae_testing::{Answer, Person, Stack};

async fn id_of(person: &Person) -> anyhow::Result<Uuid> {
    let me = person.get("/users/me").await?.expect(200)?.json()?;
    Ok(me["user_id"].as_str().context("no id")?.parse()?)
}

async fn administrator(stack: &Stack) -> anyhow::Result<Person> {
    let person = Person::sign_up(stack).await?;
    stack.make_admin(id_of(&person).await?).await?;
    Person::sign_in(stack, &person.email, &person.password).await
}

async fn events(person: &Person) -> anyhow::Result<Vec<(String, String)>> {
    let listed = person.get("/users/me/audit?limit=100").await?.expect(200)?.json()?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let items = listed["items"].as_array().context("no items")?;
    Ok(items.iter().map(|item| (text(&item["event"]), text(&item["by"]))).collect())
}

#[tokio::test]
async fn an_administrator_finds_suspends_and_promotes_and_each_finds_it_written_down() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let (admin, person) = (administrator(&stack).await?, Person::sign_up(&stack).await?);
    let id = id_of(&person).await?;
    let found = admin.get(&format!("/users?q={}", person.email.to_uppercase())).await?.expect(200)?.json()?;
    let items = found["items"].as_array().context("no items")?;
    assert_eq!(items.len(), 1, "{found:#}");
    assert_eq!(
        (&items[0]["user_id"], &items[0]["role"], &items[0]["suspended"]),
        (&json!(id), &json!("user"), &json!(false))
    );
    assert!(!found.to_string().contains("argon2"), "{found:#}");
    let page = admin.get("/users?limit=1").await?.expect(200)?.json()?;
    let cursor = page["next_cursor"].as_str().context("no next page")?;
    let next = admin.get(&format!("/users?limit=1&cursor={cursor}")).await?.expect(200)?.json()?;
    assert_ne!(page["items"][0]["user_id"], next["items"][0]["user_id"]);
    admin.get("/users?limit=0").await?.expect(400)?;

    admin.post(&format!("/users/{id}/suspend"), &json!({})).await?.expect(200)?;
    person.get("/users/sessions").await?.expect(401)?;
    let login = json!({ "email": person.email, "password": person.password });
    let sign_in = || Client::new().post(stack.route("/users/login")).json(&login);
    Answer::to(sign_in()).await?.expect(403)?;
    // Who does not know the password learns nothing of it.
    let wrong = json!({ "email": person.email, "password": "not the password" });
    Answer::to(Client::new().post(stack.route("/users/login")).json(&wrong)).await?.expect(401)?;
    admin.post(&format!("/users/{id}/reinstate"), &json!({})).await?.expect(200)?;
    let person = Person::sign_in(&stack, &person.email, &person.password).await?;

    let role = json!({ "role": "admin" });
    let promoted = admin.patch(&format!("/users/{id}/role"), &role).await?.expect(200)?.json()?;
    assert_eq!(promoted["role"], "admin");
    person.get("/users/sessions").await?.expect(401)?;
    let person = Person::sign_in(&stack, &person.email, &person.password).await?;
    person.get("/users?limit=1").await?.expect(200)?;
    let events = events(&person).await?;
    for event in ["looked_up", "suspended", "reinstated", "role_changed"] {
        assert!(events.contains(&(event.to_owned(), "admin".to_owned())), "{event} in {events:?}");
    }
    assert!(events.contains(&("signed_in".to_owned(), "person".to_owned())), "{events:?}");

    // Whoever was an administrator a moment ago is none, whatever the token says.
    admin.patch(&format!("/users/{id}/role"), &json!({ "role": "user" })).await?.expect(200)?;
    let refused = person.get("/users?limit=1").await?.status.as_u16();
    assert!(matches!(refused, 401 | 403), "{refused}");
    Ok(())
}

#[tokio::test]
async fn nobody_is_an_administrator_by_themselves() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let (admin, person) = (administrator(&stack).await?, Person::sign_up(&stack).await?);
    let (own, admins) = (id_of(&person).await?, id_of(&admin).await?);
    let role = json!({ "role": "admin" });
    person.get("/users").await?.expect(403)?;
    for id in [own, admins, Uuid::now_v7()] {
        person.patch(&format!("/users/{id}/role"), &role).await?.expect(403)?;
        person.post(&format!("/users/{id}/suspend"), &json!({})).await?.expect(403)?;
    }
    // An administrator neither demotes nor suspends themselves, so that one is always left.
    admin.patch(&format!("/users/{admins}/role"), &json!({ "role": "user" })).await?.expect(409)?;
    admin.post(&format!("/users/{admins}/suspend"), &json!({})).await?.expect(409)?;
    admin.patch(&format!("/users/{}/role", Uuid::now_v7()), &role).await?.expect(404)?;
    admin.patch(&format!("/users/{own}/role"), &json!({ "role": "root" })).await?.expect(422)?;
    admin.patch(&format!("/users/{own}/role"), &json!({ "role": "admin", "email": "x" })).await?.expect(422)?;
    Ok(())
}

#[tokio::test]
async fn a_key_does_what_its_scopes_say_until_it_ends() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let wish = |scopes: Value, seconds: i64| {
        let expires_at = Timestamp::now() + SignedDuration::from_secs(seconds);
        json!({ "name": "script", "scopes": scopes, "expires_at": expires_at.to_string() })
    };
    let made =
        person.post("/users/api-keys", &wish(json!(["cv:read", "analytics:read"]), 3600)).await?.expect(201)?.json()?;
    let key = made["key"].as_str().context("no key")?.to_owned();
    let with = |key: &str, path: &str| Answer::to(Client::new().get(stack.route(path)).bearer_auth(key));
    let import = |key: &str| {
        Answer::to(
            Client::new().post(stack.route("/cv/import")).bearer_auth(key).json(&json!({"basics": {"name": "Ada"}})),
        )
    };

    with(&key, "/cv").await?.expect(200)?;
    with(&key, "/jobs").await?.expect(200)?;
    with(&key, "/analytics/metrics").await?.expect(200)?;
    import(&key).await?.expect(403)?;
    with(&key, "/portfolio").await?.expect(403)?;
    with(&key, "/ats/resumes").await?.expect(403)?;
    // Nothing about the account, by any key.
    for path in [
        "/users/me",
        "/users/sessions",
        "/users/api-keys",
        "/users/me/export",
        "/users/me/audit",
        "/users/mfa",
        "/users",
        "/logs",
    ] {
        with(&key, path).await?.expect(403)?;
    }
    let erase = Client::new().delete(stack.route("/users/me")).bearer_auth(&key);
    Answer::to(erase).await?.expect(403)?;
    let more =
        Client::new().post(stack.route("/users/api-keys")).bearer_auth(&key).json(&wish(json!(["cv:write"]), 60));
    Answer::to(more).await?.expect(403)?;

    let listed = person.get("/users/api-keys").await?.expect(200)?.json()?;
    assert_eq!(listed["items"][0]["name"], "script");
    assert!(listed["items"][0]["last_used_at"].is_string(), "{listed:#}");
    assert!(!listed.to_string().contains(&key), "a key is shown once");

    let other = Person::sign_up(&stack).await?;
    let theirs = other.post("/users/api-keys", &wish(json!(["cv:write"]), 3600)).await?.expect(201)?.json()?;
    let theirs = theirs["key"].as_str().context("no key")?;
    import(theirs).await?.expect(201)?;
    // A secret of one key under the name of another, and whatever else is none.
    let mixed = format!("{}{}", &key[..46], &theirs[46..]);
    for forged in [mixed.as_str(), "vk_", &key[..key.len() - 1], &format!("{key}A"), &"vk_".repeat(2000)] {
        with(forged, "/cv").await?.expect(401)?;
    }

    let path = format!("/users/api-keys/{}", made["key_id"].as_str().context("no id")?);
    other.delete(&path).await?.expect(404)?;
    person.delete(&path).await?.expect(204)?;
    with(&key, "/cv").await?.expect(401)?;
    let short = person.post("/users/api-keys", &wish(json!(["cv:read"]), 2)).await?.expect(201)?.json()?;
    let short = short["key"].as_str().context("no key")?.to_owned();
    vitae_testing::eventually("the key's end", std::time::Duration::from_secs(10), async || {
        Ok((with(&short, "/cv").await?.status == 401).then_some(()))
    })
    .await?;

    let admin = administrator(&stack).await?;
    admin.post(&format!("/users/{}/suspend", id_of(&other).await?), &json!({})).await?.expect(200)?;
    with(theirs, "/cv").await?.expect(401)?;
    Ok(())
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let elsewhere = Person::sign_in(&stack, &person.email, &person.password).await?;
    let change = |current: &str, new: &str| json!({ "current_password": current, "password": new });
    person.post("/users/change-password", &change("not the password", "Quite another sentence")).await?.expect(403)?;
    person.post("/users/change-password", &change(&person.password, "short")).await?.expect(422)?;
    person.post("/users/change-password", &change(&person.password, "Quite another sentence")).await?.expect(204)?;
    elsewhere.get("/users/sessions").await?.expect(401)?;
    person.get("/users/sessions").await?.expect(200)?;
    stack.await_mail(&person.email, "Your password was changed").await?;
    assert!(Person::sign_in(&stack, &person.email, &person.password).await.is_err());
    Person::sign_in(&stack, &person.email, "Quite another sentence").await?;
    Ok(())
}
