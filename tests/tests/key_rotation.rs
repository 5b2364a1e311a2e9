//! The key that signs access tokens is replaced, by the command that an operator runs, while people go on working. It
//! changes the stack for everybody, so it is a binary of its own, which runs while no other test does.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Client;
use serde_json::Value;
use vitae_testing::{Answer, Person, Stack};

/// A route of each function that asks who it is.
const ROUTES: [&str; 5] = ["/users/me", "/cv", "/portfolio", "/ats/resumes", "/analytics/dashboard"];

#[tokio::test]
async fn a_key_is_replaced_while_every_token_stays_good_until_the_former_one_is_taken_out() -> anyhow::Result<()> {
    let Some(stack) = Stack::from_environment() else { return Ok(()) };
    let before = Person::sign_up(&stack).await?;
    let first = kid(&before)?;
    assert_eq!(published(&stack).await?, std::slice::from_ref(&first));

    let refused = while_rotating(&stack, "next", &before).await?;
    assert_eq!(refused, BTreeSet::new(), "a token that was good is refused while another key comes");
    let after = Person::sign_in(&stack, &before.email, &before.password).await?;
    let second = kid(&after)?;
    assert_ne!(first, second);
    assert_eq!(published(&stack).await?, [second.clone(), first.clone()], "the first in the set signs");
    for route in ROUTES {
        before.get(route).await?.expect(200).with_context(|| format!("{route} by the former key"))?;
        after.get(route).await?.expect(200).with_context(|| format!("{route} by the new key"))?;
    }

    let refused = while_rotating(&stack, "drop", &after).await?;
    assert_eq!(refused, BTreeSet::new(), "a token of the new key is refused while the former one goes");
    assert_eq!(published(&stack).await?, [second]);
    for route in ROUTES {
        before.get(route).await?.expect(401).with_context(|| format!("{route} by the key that is gone"))?;
        after.get(route).await?.expect(200).with_context(|| format!("{route} by the key that is left"))?;
    }
    // Signed by a key that is gone, a sign-in goes on by its refresh token alone; and so it does the next time around.
    let refused = while_rotating(&stack, "next", &after).await?;
    assert_eq!(refused, BTreeSet::new());
    let third = kid(&Person::sign_in(&stack, &before.email, &before.password).await?)?;
    assert_ne!(third, first, "a key that was taken out comes back");
    while_rotating(&stack, "drop", &Person::sign_in(&stack, &before.email, &before.password).await?).await?;
    Ok(())
}

/// Runs the command, and asks every function by this person's token all the while; answers which of them refused it.
async fn while_rotating(stack: &Stack, step: &str, person: &Person) -> anyhow::Result<BTreeSet<&'static str>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/rotate-signing-key.py");
    let file = std::env::var_os("VITAE_STACK").context("VITAE_STACK leads to no stack")?;
    // Where the emulator's Python is, there is boto3.
    let mut pythons = Path::new(&file).ancestors().map(|folder| folder.join("venv/bin/python"));
    let python = pythons.find(|python| python.exists()).context("the stack has no Python")?;
    let mut command = Command::new(python);
    command
        .arg(script)
        .args([&*stack.stack_name, step, "--wait", "0"])
        .envs([("AWS_ENDPOINT_URL", &*stack.aws_endpoint_url), ("AWS_DEFAULT_REGION", "us-east-1")])
        .envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("PYTHONDONTWRITEBYTECODE", "1")]);
    let rotation = tokio::task::spawn_blocking(move || command.output());
    let mut refused = BTreeSet::new();
    while !rotation.is_finished() {
        for route in ROUTES {
            if person.get(route).await?.status == 401 {
                refused.insert(route);
            }
        }
    }
    let output = rotation.await??;
    let said = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "the rotation ended with {}: {said}", output.status);
    Ok(refused)
}

/// Which key a person's token says that it is signed by.
fn kid(person: &Person) -> anyhow::Result<String> {
    let header = URL_SAFE_NO_PAD.decode(person.token.split('.').next().unwrap_or_default())?;
    let header: Value = serde_json::from_slice(&header)?;
    Ok(header["kid"].as_str().context("the token names no key")?.to_owned())
}

/// The keys that are published, in their order.
async fn published(stack: &Stack) -> anyhow::Result<Vec<String>> {
    let address = format!("{}/.well-known/jwks.json", stack.api_url);
    let set = Answer::to(Client::new().get(address)).await?.expect(200)?.json()?;
    let keys = set["keys"].as_array().context("there are no keys")?;
    Ok(keys.iter().filter_map(|key| key["kid"].as_str().map(str::to_owned)).collect())
}
