//! Putting a portfolio on a host of the person's own: files and a deployment through the host's documented interface, within
//! one request. The person's token lives as long as the request does; it is stored, queued and logged nowhere.

use std::fmt;
use std::time::Duration;

use axum::extract::State as FromState;
use reqwest::{Client, RequestBuilder, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};
use utoipa::ToSchema;
use uuid::Uuid;
use vitae_web::{Json, Path, Problem, ProblemBody, RateLimit, Subject, User};

use crate::State;
use crate::api::find;
use crate::publishing::{Parts, PublishError};
use crate::site::{self, Place, SiteFile};
use crate::slug::Slug;

/// Deployments of a person: each is a handful of requests to another's service.
pub(crate) const LIMIT: RateLimit =
    RateLimit { class: "deploy", burst: 10, window: Duration::from_secs(3600), subject: Subject::Person };
/// The gateway waits half a minute for an answer; what takes longer is told as it is.
const PATIENCE: Duration = Duration::from_secs(8);
/// Where Vercel's interface is; a variable names another place on a local stack and in tests.
const VERCEL: &str = "https://api.vercel.com";

/// A secret of the person's. It is written nowhere: neither for debugging nor as JSON.
#[derive(Clone, Deserialize)]
struct Token(String);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl Token {
    fn is_plausible(&self) -> bool {
        (8..=500).contains(&self.0.len()) && self.0.bytes().all(|byte| byte.is_ascii_graphic())
    }
}

/// Where to put a portfolio.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeployBody {
    target: Target,
    /// A token of yours for that host. It is used for this request and kept nowhere.
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 500)]
    token: Token,
}

/// A host of static sites.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Target {
    Vercel,
}

/// Where it stands now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeployAnswer {
    #[schema(example = "https://ada-lovelace-2f9c.vercel.app")]
    url: String,
}

/// Put a portfolio on a host of your own. The files are those of the download; they count no views.
#[utoipa::path(
    post, path = "/api/v1/portfolio/{id}/deploy", operation_id = "deployPortfolio", tag = "Portfolios",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The portfolio")), request_body = DeployBody,
    responses(
        (status = 200, body = DeployAnswer, description = "The host has it; a new site may take it a few seconds to show"),
        (status = 401, body = ProblemBody, content_type = "application/problem+json", description = "Not signed in"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such portfolio of yours"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "The host refused, for the reason in `detail`, or the content is not there yet"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A member is not valid, or the host does not accept the token"),
        (status = 429, body = ProblemBody, content_type = "application/problem+json", description = "Too many deployments"),
        (status = 503, body = ProblemBody, content_type = "application/problem+json", description = "The host does not answer"),
    )
)]
pub(crate) async fn deploy(
    FromState(state): FromState<State>,
    user: User,
    Path(id): Path<Uuid>,
    Json(body): Json<DeployBody>,
) -> Result<Json<DeployAnswer>, Problem> {
    let portfolio = find(&state, user, id).await?;
    if !body.token.is_plausible() {
        return Err(Problem::invalid("/token", "a token has 8 to 500 visible ASCII characters"));
    }
    let parts = Parts::of(&portfolio)?;
    let content = parts.content();
    let files =
        site::files(&content, parts.template, &parts.customizations, &Place::Disk).map_err(PublishError::from)?;
    let name = project_name(&content.hero.name, portfolio.portfolio_id);
    let Target::Vercel = body.target;
    let address = vitae_runtime::environment::optional("VERCEL_URL");
    let url = Vercel::new(address.as_deref().unwrap_or(VERCEL), body.token)?.deploy(&name, &files).await?;
    Ok(Json(DeployAnswer { url }))
}

/// Why a host did not take a site.
#[derive(Debug, thiserror::Error)]
enum DeployError {
    #[error("the token is not accepted")]
    Token,
    #[error("the host asks to wait")]
    TooMany,
    /// With the host's own words.
    #[error("the host refused: {0}")]
    Refused(String),
    #[error("the host does not answer: {0}")]
    Unavailable(String),
}

impl From<reqwest::Error> for DeployError {
    fn from(error: reqwest::Error) -> Self {
        // Its address says nothing of the person, its cause might.
        Self::Unavailable(if error.is_timeout() { "it took too long" } else { "the connection failed" }.to_owned())
    }
}

impl From<DeployError> for Problem {
    fn from(error: DeployError) -> Self {
        match error {
            DeployError::Token => Self::invalid(
                "/token",
                "Vercel does not accept this token, or it may not deploy. Make a new one in your account's settings.",
            ),
            DeployError::TooMany => {
                Self::conflict("Vercel takes no more deployments from you for now. Wait a while, then try again.")
            }
            DeployError::Refused(reason) => Self::conflict(format!("Vercel did not take the portfolio: {reason}")),
            DeployError::Unavailable(_) => Self::unavailable(error),
        }
    }
}

/// The project that a portfolio is deployed to: always the same for it, and no other's. Under the bare name the person may
/// well have a project already, and a deployment would take that project's address.
fn project_name(person: &str, portfolio_id: Uuid) -> String {
    let name = Slug::from_name(person).map_or_else(|| "portfolio".to_owned(), |slug| slug.to_string());
    let digest = hex::encode(Sha1::digest(portfolio_id.as_bytes()));
    format!("{name}-{}", &digest[..8])
}

/// Vercel's REST interface: files are uploaded by their SHA-1, a deployment names them.
struct Vercel {
    client: Client,
    address: String,
    token: Token,
}

impl Vercel {
    fn new(address: &str, token: Token) -> Result<Self, Problem> {
        let client = Client::builder()
            .timeout(PATIENCE)
            // A redirect would carry the token elsewhere.
            .redirect(reqwest::redirect::Policy::none())
            .user_agent("vitae")
            .build()
            .map_err(Problem::internal)?;
        Ok(Self { client, address: address.trim_end_matches('/').to_owned(), token })
    }

    async fn deploy(&self, name: &str, files: &[SiteFile]) -> Result<String, DeployError> {
        let digests: Vec<String> = files.iter().map(|file| hex::encode(Sha1::digest(&file.bytes))).collect();
        let uploads = files.iter().zip(&digests).map(|(file, digest)| {
            let request = self.client.post(format!("{}/v2/files", self.address));
            let request =
                request.header("x-vercel-digest", digest).header(header::CONTENT_TYPE, "application/octet-stream");
            self.send(request.body(file.bytes.clone()))
        });
        futures::future::try_join_all(uploads).await?;
        let listed: Vec<Value> = files
            .iter()
            .zip(&digests)
            .map(|(file, digest)| json!({"file": file.name, "sha": digest, "size": file.bytes.len()}))
            .collect();
        let deployment = json!({
            "name": name,
            "files": listed,
            "target": "production",
            "projectSettings": {"framework": null},
        });
        let request = self.client.post(format!("{}/v13/deployments?skipAutoDetectionConfirmation=1", self.address));
        let answer = self.send(request.json(&deployment)).await?;
        // The project's own address outlives the deployment's.
        let alias = answer["alias"].as_array().and_then(|all| all.iter().find_map(Value::as_str));
        let host = alias.or(answer["url"].as_str()).filter(|host| is_host(host));
        host.map(|host| format!("https://{host}"))
            .ok_or_else(|| DeployError::Refused("it named no address.".to_owned()))
    }

    async fn send(&self, request: RequestBuilder) -> Result<Value, DeployError> {
        let answer = request.bearer_auth(&self.token.0).send().await?;
        let status = answer.status();
        let body: Value = answer.json().await.unwrap_or_default();
        match status {
            status if status.is_success() => Ok(body),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(DeployError::Token),
            StatusCode::TOO_MANY_REQUESTS => Err(DeployError::TooMany),
            status if status.is_client_error() => Err(DeployError::Refused(self.reason(&body))),
            status => Err(DeployError::Unavailable(format!("it answered {status}"))),
        }
    }

    /// The host's own sentence, short and without the token, should it repeat that.
    fn reason(&self, body: &Value) -> String {
        let message = body["error"]["message"].as_str().and_then(crate::content::line);
        let message = message.unwrap_or_else(|| "it gave no reason.".to_owned()).replace(&self.token.0, "…");
        message.chars().take(200).collect()
    }
}

/// Whether the host named a host and nothing else.
fn is_host(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use wiremock::matchers::{body_bytes, body_json, header, method, path, query_param};
    use wiremock::{Mock, MockServer, ResponseTemplate};

    use super::*;

    const TOKEN: &str = "vercel-token-of-ada";

    #[test]
    fn each_portfolio_has_a_project_of_its_own() {
        let (one, other) = (Uuid::now_v7(), Uuid::now_v7());
        let name = project_name("Ada Lovelace", one);
        assert!(name.starts_with("ada-lovelace-") && name.len() == "ada-lovelace-".len() + 8, "{name}");
        assert_eq!(name, project_name("Ada Lovelace", one));
        assert_ne!(name, project_name("Ada Lovelace", other));
        assert!(project_name("李", one).len() < 100);
    }

    fn files() -> Vec<SiteFile> {
        vec![SiteFile { name: "index.html", content_type: "text/html", bytes: b"abc".to_vec() }]
    }

    async fn deployed(server: &MockServer) -> Result<String, DeployError> {
        Vercel::new(&server.uri(), Token(TOKEN.to_owned())).unwrap().deploy("ada-lovelace", &files()).await
    }

    async fn refusing(status: u16, body: Value) -> DeployError {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(status).set_body_json(body))
            .mount(&server)
            .await;
        deployed(&server).await.unwrap_err()
    }

    #[tokio::test]
    async fn files_go_by_their_digest_and_a_deployment_names_them() {
        let server = MockServer::start().await;
        // The SHA-1 of "abc", from FIPS 180.
        let digest = "a9993e364706816aba3e25717850c26c9cd0d89d";
        Mock::given(method("POST"))
            .and(path("/v2/files"))
            .and(header("authorization", format!("Bearer {TOKEN}").as_str()))
            .and(header("x-vercel-digest", digest))
            .and(header("content-length", "3"))
            .and(body_bytes(b"abc"))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({"urls": []})))
            .expect(1)
            .mount(&server)
            .await;
        Mock::given(method("POST"))
            .and(path("/v13/deployments"))
            .and(query_param("skipAutoDetectionConfirmation", "1"))
            .and(header("authorization", format!("Bearer {TOKEN}").as_str()))
            .and(body_json(json!({
                "name": "ada-lovelace",
                "files": [{"file": "index.html", "sha": digest, "size": 3}],
                "target": "production",
                "projectSettings": {"framework": null},
            })))
            .respond_with(ResponseTemplate::new(200).set_body_json(
                json!({"id": "dpl_1", "url": "ada-lovelace-2f9c.vercel.app", "readyState": "QUEUED", "alias": ["ada-lovelace.vercel.app"]}),
            ))
            .expect(1)
            .mount(&server)
            .await;
        assert_eq!(deployed(&server).await.unwrap(), "https://ada-lovelace.vercel.app");
    }

    #[tokio::test]
    async fn what_the_host_says_is_told_in_plain_words_and_never_the_token() {
        let said = |message: &str| json!({"error": {"code": "x", "message": message}});
        assert!(matches!(refusing(403, said("Not authorized")).await, DeployError::Token));
        assert!(matches!(refusing(429, said("Rate limited")).await, DeployError::TooMany));
        assert!(matches!(refusing(500, json!({})).await, DeployError::Unavailable(_)));
        let refused = refusing(400, said(&format!("Invalid name for {TOKEN}"))).await;
        let problem = Problem::from(refused).body("");
        assert_eq!(problem.status, 409);
        assert!(problem.detail.contains("Invalid name for …") && !problem.detail.contains(TOKEN), "{}", problem.detail);
    }

    #[tokio::test]
    async fn a_host_that_is_not_there_is_no_fault_of_the_person() {
        let nobody = Vercel::new("http://127.0.0.1:9", Token(TOKEN.to_owned())).unwrap();
        let error = nobody.deploy("ada", &files()).await.unwrap_err();
        assert_eq!(Problem::from(error).status().as_u16(), 503);
    }

    #[tokio::test]
    async fn only_an_address_of_the_host_is_passed_on() {
        let server = MockServer::start().await;
        let answer = json!({"url": "evil.example/?x=\"><script>"});
        Mock::given(method("POST")).respond_with(ResponseTemplate::new(200).set_body_json(answer)).mount(&server).await;
        assert!(matches!(deployed(&server).await.unwrap_err(), DeployError::Refused(_)));
    }

    #[test]
    fn a_token_is_not_written_anywhere() {
        let body: DeployBody = serde_json::from_value(json!({"target": "vercel", "token": TOKEN})).unwrap();
        assert!(!format!("{body:?}").contains(TOKEN));
        for implausible in ["", "short", "with a space in it", "line\nbreak-in-it", &"x".repeat(501)] {
            assert!(!Token(implausible.to_owned()).is_plausible(), "{implausible:?}");
        }
    }
}
