//! Deploys `template.yaml` to the emulator, through `deploy.py`.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;

use anyhow::{Context, bail};
use serde::Deserialize;
use serde_json::json;

use crate::build::Bootstraps;
use crate::checkout;
use crate::emulator::{ACCESS_KEY, REGION, SECRET_KEY};
use crate::fonts::Assets;
use crate::processes::Group;
use crate::progress::Progress;
use crate::python::Venv;

/// The domain that local mails come from. `.test` is reserved, so nothing can ever be delivered by mistake.
const MAIL_DOMAIN: &str = "vitae.test";

/// What a deployment is told about its surroundings.
#[derive(Debug)]
pub(crate) struct Deployment<'a> {
    /// The CloudFormation stack's name.
    pub(crate) stack_name: &'a str,
    /// The emulator.
    pub(crate) endpoint_url: &'a str,
    /// The app's front door.
    pub(crate) app_url: &'a str,
    /// The sites' front door.
    pub(crate) sites_url: &'a str,
    /// What the front door proves itself with.
    pub(crate) origin_secret: &'a str,
    /// What is put into the assets bucket.
    pub(crate) assets: &'a Assets,
    /// Other providers by which people may sign in.
    pub(crate) sign_in_providers: &'a str,
}

/// The stack's outputs by name.
pub(crate) type Outputs = BTreeMap<String, String>;

/// Environment variables by name.
pub(crate) type Variables = BTreeMap<String, String>;

/// What came of a deployment.
#[derive(Debug, Deserialize)]
pub(crate) struct Deployed {
    /// The stack's outputs.
    pub(crate) outputs: Outputs,
    /// The functions' own environment variables, by the functions' names.
    pub(crate) environments: BTreeMap<String, Variables>,
}

/// Deploys, or updates what is deployed already.
pub(crate) fn deploy(
    deployment: &Deployment<'_>,
    bootstraps: &Bootstraps,
    venv: &Venv,
    progress: &Progress,
) -> anyhow::Result<Deployed> {
    let step = progress.step("Deploying template.yaml");
    let (app, sites) = (deployment.app_url, deployment.sites_url);
    let request = json!({
        "stack": deployment.stack_name,
        "template": checkout::root().join("template.yaml"),
        "bootstraps": bootstraps,
        "mail_domain": MAIL_DOMAIN,
        "assets": deployment.assets,
        "parameters": {
            "Stage": "local",
            "AppUrl": app,
            "SitesUrl": sites,
            "AllowedOrigins": allowed_origins(app),
            "MailFrom": format!("no-reply@{MAIL_DOMAIN}"),
            "Limits": "wide",
            "OriginSecret": deployment.origin_secret,
            "SignInProviders": deployment.sign_in_providers,
            "LogLevel": std::env::var("RUST_LOG").unwrap_or_else(|_| "info".to_owned()),
        },
    });
    let mut command = venv.command(&checkout::infra_local().join("deploy.py"));
    command
        .env("AWS_ENDPOINT_URL", deployment.endpoint_url)
        .env("AWS_ACCESS_KEY_ID", ACCESS_KEY)
        .env("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
        .env("AWS_DEFAULT_REGION", REGION)
        .env("NO_PROXY", "127.0.0.1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut group = Group::spawn(&mut command)?;
    let mut stdin = group.child().stdin.take().context("deploy.py takes no input")?;
    stdin.write_all(request.to_string().as_bytes())?;
    drop(stdin);
    let stderr = group.child().stderr.take();
    let errors = std::thread::spawn(move || {
        let mut said = String::new();
        stderr.map(|mut stderr| stderr.read_to_string(&mut said));
        said
    });
    let stdout = group.child().stdout.take().context("deploy.py has no output")?;
    let mut deployed = None;
    for line in BufReader::new(stdout).lines() {
        match serde_json::from_str(&line?).context("deploy.py said something that is no message")? {
            Message::UnderWay { at, of, what } => step.at(at, of, what),
            Message::Done(all) => deployed = Some(all),
        }
    }
    let status = group.child().wait()?;
    let errors = errors.join().unwrap_or_default();
    let Some(deployed) = deployed.filter(|_| status.success()) else {
        bail!(
            "template.yaml could not be deployed: {}\nIf what an earlier run stored is in the way, `cargo local --fresh` starts \
             empty",
            errors.trim()
        );
    };
    step.done(format!("as the stack `{}`", deployment.stack_name));
    Ok(deployed)
}

/// A line of what deploy.py says.
#[derive(Deserialize)]
#[serde(untagged)]
enum Message {
    UnderWay { at: u64, of: u64, what: String },
    Done(Deployed),
}

/// Beside the front door's own two names, where frontends under development are usually served.
fn allowed_origins(app: &str) -> String {
    [
        app,
        &app.replace("127.0.0.1", "localhost"),
        "http://localhost:3000",
        "http://localhost:5173",
        "http://127.0.0.1:3000",
        "http://127.0.0.1:5173",
    ]
    .join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frontend_under_development_is_an_allowed_origin_and_nobody_else() {
        let origins = allowed_origins("http://127.0.0.1:8080");
        assert!(origins.split(',').any(|origin| origin == "http://localhost:8080"));
        assert!(origins.split(',').all(|origin| origin.contains("localhost") || origin.contains("127.0.0.1")));
    }
}
