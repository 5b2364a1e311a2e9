//! What comes too often, from one address among others.

// Only Linux gives every machine the whole of 127.0.0.0/8, and so visitors of more than one address.
#![cfg(target_os = "linux")]

use std::net::Ipv4Addr;

use anyhow::Context;
use reqwest::Client;
use serde_json::json;
use vitae_testing::{Answer, Person, Stack};

/// An address that no other test comes from.
const BUSY: Ipv4Addr = Ipv4Addr::new(127, 77, 1, 1);

/// The answer to a request from [`BUSY`].
async fn from_busy(stack: &Stack, path: &str, body: &serde_json::Value) -> anyhow::Result<Answer> {
    let client = Client::builder().no_proxy().local_address(std::net::IpAddr::V4(BUSY)).build()?;
    Answer::to(client.post(stack.route(path)).json(body)).await
}

#[tokio::test]
async fn what_comes_too_often_from_one_address_takes_nothing_of_the_accounts_share() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let account = person.email.to_lowercase();
    stack.spend_limit("sign-in", &BUSY.to_string()).await?;

    let before = stack.owed("sign-in-account", &account).await?;
    let credentials = json!({ "email": person.email, "password": person.password });
    let refused = from_busy(&stack, "/users/login?client=native", &credentials).await?.expect(429)?;
    assert!(refused.headers.contains_key("retry-after") && refused.headers.contains_key("ratelimit"));
    assert_eq!(refused.json()?["type"], "/problems/too-many-requests");
    assert_eq!(stack.owed("sign-in-account", &account).await?, before);

    // Elsewhere the person comes in.
    let login = Client::new().post(stack.route("/users/login?client=native")).json(&credentials);
    Answer::to(login).await?.expect(200)?;
    assert_ne!(stack.owed("sign-in-account", &account).await?, before);
    Ok(())
}

#[tokio::test]
async fn a_refresh_too_many_changes_nothing() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let person = Person::sign_up(&stack).await?;
    let credentials = json!({ "email": person.email, "password": person.password });
    let login = Client::new().post(stack.route("/users/login?client=native")).json(&credentials);
    let signed_in = Answer::to(login).await?.expect(200)?.json()?;
    let token = json!({ "refresh_token": signed_in["refresh_token"].as_str().context("refresh_token")? });
    let sessions = async || person.get("/users/sessions").await?.expect(200)?.json();

    let before = sessions().await?;
    stack.spend_limit("refresh", &BUSY.to_string()).await?;
    from_busy(&stack, "/users/refresh", &token).await?.expect(429)?;
    assert_eq!(sessions().await?, before, "no token was replaced");
    Answer::to(Client::new().post(stack.route("/users/refresh")).json(&token)).await?.expect(200)?;
    assert_ne!(sessions().await?, before);
    Ok(())
}
