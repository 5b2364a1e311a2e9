//! The sites' front door: what it keeps of a portfolio that was taken down, it is told to forget.
//!
//! CloudFront keeps a file for a minute at most. When a portfolio is taken down, its objects go first, and then CloudFront is
//! asked for an invalidation, which takes it some seconds. That is a courtesy: whoever takes something down never waits for it
//! longer than [`PATIENCE`] and never fails by it, and where it is refused the minute runs out by itself.
//!
//! The distribution cannot be named in a function's environment: it leads to the API, which leads to the functions. Its name
//! lies in a parameter of Systems Manager, which is read with the first portfolio that is taken down.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, RequestBuilder};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use uuid::Uuid;
use vitae_runtime::environment::optional;
use vitae_runtime::{Aws, Signer, SigningError, metrics};

/// How long each of the two calls may take.
pub const PATIENCE: Duration = Duration::from_secs(3);
/// The files of a portfolio that say something of its person, as they are called under a host of the portfolio's own.
const AT_THE_ROOT: [&str; 6] = ["/", "/index.html", "/resume.json", "/resume.pdf", "/contact.vcf", "/og.png"];

/// The front door of the published portfolios. Cheap to clone.
#[derive(Debug, Clone)]
pub struct FrontDoor {
    // On one machine there is none that keeps anything.
    way: Option<Arc<Way>>,
}

#[derive(Debug)]
struct Way {
    parameter: String,
    systems_manager: Signer,
    cloudfront: Signer,
    /// What the first one needs to know, and the connection that it is asked by.
    known: OnceCell<(Client, Distribution)>,
}

/// What the parameter says.
#[derive(Debug, Deserialize)]
struct Distribution {
    distribution: String,
    /// Whether each portfolio has a host of its own, too.
    hosts: bool,
}

/// Why CloudFront was not told.
#[derive(Debug, thiserror::Error)]
enum Untold {
    #[error("{service} answered {status}: {code}")]
    Refused { service: &'static str, status: u16, code: String },
    #[error("{0}")]
    Unreachable(String),
    #[error(transparent)]
    Unsigned(#[from] SigningError),
    #[error("the parameter cannot be read: {0}")]
    Parameter(String),
}

impl From<reqwest::Error> for Untold {
    fn from(error: reqwest::Error) -> Self {
        Self::Unreachable(error.without_url().to_string())
    }
}

impl FrontDoor {
    /// Reads `SITES_FRONT_DOOR`, the name of the parameter that names the distribution. Where it is not set, nothing keeps
    /// anything and nothing is told.
    pub fn from_environment(aws: &Aws) -> Self {
        Self::new(aws, optional("SITES_FRONT_DOOR"))
    }

    fn new(aws: &Aws, parameter: Option<String>) -> Self {
        let way = parameter.and_then(|parameter| {
            let (systems_manager, cloudfront) = (aws.systems_manager()?, aws.cloudfront()?);
            Some(Arc::new(Way { parameter, systems_manager, cloudfront, known: OnceCell::new() }))
        });
        Self { way }
    }

    /// Has everything forgotten that is kept of the portfolios at these slugs, whose objects are gone already.
    ///
    /// That it did not work is logged and counted, and is no failure.
    pub async fn forget(&self, slugs: &[String]) {
        let Some(way) = self.way.as_ref().filter(|_| !slugs.is_empty()) else { return };
        let told = way.invalidate(slugs).await;
        metrics::add(metrics::INVALIDATIONS_FAILED, u64::from(told.is_err()));
        if let Err(error) = told {
            tracing::warn!(%error, "what was taken down stays at the edge for up to a minute");
        }
    }
}

impl Way {
    async fn invalidate(&self, slugs: &[String]) -> Result<(), Untold> {
        let (client, door) = self.known.get_or_try_init(|| self.look_up()).await?;
        let mut paths: Vec<String> = slugs.iter().map(|slug| format!("/p/{slug}/*")).collect();
        if door.hosts {
            // CloudFront wants to be told the address that a visitor asked for beside the one that it was turned into.
            paths.extend(AT_THE_ROOT.map(str::to_owned));
        }
        // A slug holds letters, digits and hyphens, so it needs no escaping.
        let items: String = paths.iter().map(|path| format!("<Path>{path}</Path>")).collect();
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
             <InvalidationBatch xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\">\
             <Paths><Quantity>{}</Quantity><Items>{items}</Items></Paths>\
             <CallerReference>{}</CallerReference></InvalidationBatch>",
            paths.len(),
            Uuid::new_v4()
        );
        let path = format!("/2020-05-31/distribution/{}/invalidation", door.distribution);
        let headers = [("content-type", "text/xml")];
        answer("CloudFront", signed(client, &self.cloudfront, &path, &headers, body)?).await?;
        Ok(())
    }

    async fn look_up(&self) -> Result<(Client, Distribution), Untold> {
        let client = Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent("vitae")
            .build()?;
        let body = json!({ "Name": self.parameter }).to_string();
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "AmazonSSM.GetParameter")];
        let said = answer("Systems Manager", signed(&client, &self.systems_manager, "/", &headers, body)?).await?;
        let unreadable = |error: serde_json::Error| Untold::Parameter(error.to_string());
        let said: Value = serde_json::from_str(&said).map_err(unreadable)?;
        let value = said["Parameter"]["Value"].as_str().unwrap_or_default();
        Ok((client, serde_json::from_str(value).map_err(unreadable)?))
    }
}

fn signed(
    client: &Client,
    service: &Signer,
    path: &str,
    headers: &[(&'static str, &str)],
    body: String,
) -> Result<RequestBuilder, Untold> {
    let url = service.url(path);
    let signature = service.sign("POST", &url, headers, body.as_bytes())?;
    let mut request = client.post(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    for (name, value) in signature {
        request = request.header(name, value);
    }
    Ok(request.body(body))
}

async fn answer(service: &'static str, request: RequestBuilder) -> Result<String, Untold> {
    let answer = request.send().await?;
    let status = answer.status();
    let text = answer.text().await?;
    if status.is_success() {
        return Ok(text);
    }
    Err(Untold::Refused { service, status: status.as_u16(), code: code_of(&text) })
}

/// The name of an error, in XML or in JSON; the rest may name paths.
fn code_of(text: &str) -> String {
    let after = |start: &str| text.split_once(start).map(|(_, rest)| rest);
    let code = after("<Code>").or_else(|| after("\"__type\":\"")).unwrap_or_default();
    code.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '#')).take(80).collect()
}

#[cfg(test)]
mod tests {
    use wiremock::matchers::{body_json, header, method, path};
    use wiremock::{Mock, MockServer, Request, ResponseTemplate};

    use super::*;

    const PARAMETER: &str = "/vitae/sites-front-door";

    async fn told(hosts: bool, answer: ResponseTemplate, slugs: &[&[&str]]) -> Vec<Request> {
        let server = MockServer::start().await;
        let value = json!({"distribution": "E2EXAMPLE", "hosts": hosts}).to_string();
        Mock::given(method("POST"))
            .and(path("/"))
            .and(header("x-amz-target", "AmazonSSM.GetParameter"))
            .and(header("content-type", "application/x-amz-json-1.1"))
            .and(body_json(json!({"Name": PARAMETER})))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({"Parameter": {"Value": value}})))
            .expect(u64::from(!slugs.is_empty()))
            .mount(&server)
            .await;
        Mock::given(method("POST"))
            .and(path("/2020-05-31/distribution/E2EXAMPLE/invalidation"))
            .respond_with(answer)
            .mount(&server)
            .await;
        let door = FrontDoor::new(&Aws::at_local_endpoint(&server.uri()), Some(PARAMETER.to_owned()));
        for some in slugs {
            door.forget(&some.iter().map(|slug| (*slug).to_owned()).collect::<Vec<_>>()).await;
        }
        let asked = server.received_requests().await.unwrap();
        asked.into_iter().filter(|request| request.url.path() != "/").collect()
    }

    fn paths(request: &Request) -> Vec<String> {
        let body = std::str::from_utf8(&request.body).unwrap();
        let paths: Vec<_> =
            body.split("<Path>").skip(1).map(|part| part.split('<').next().unwrap().to_owned()).collect();
        assert!(body.contains(&format!("<Quantity>{}</Quantity>", paths.len())), "{body}");
        paths
    }

    fn reference(request: &Request) -> &str {
        let body = std::str::from_utf8(&request.body).unwrap();
        body.split_once("<CallerReference>").unwrap().1.split('<').next().unwrap()
    }

    #[tokio::test]
    async fn cloudfront_is_asked_as_its_reference_says() {
        let asked = told(false, ResponseTemplate::new(201), &[&["ada"], &["bob", "carl"]]).await;
        assert_eq!(asked.iter().map(paths).collect::<Vec<_>>(), [vec!["/p/ada/*"], vec!["/p/bob/*", "/p/carl/*"]]);
        assert_ne!(reference(&asked[0]), reference(&asked[1]), "the same reference would be the same invalidation");
        let body = std::str::from_utf8(&asked[0].body).unwrap();
        assert!(
            body.contains("<InvalidationBatch xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\">"),
            "{body}"
        );
        let signature = asked[0].headers["authorization"].to_str().unwrap();
        assert!(signature.starts_with("AWS4-HMAC-SHA256 Credential=test/"), "{signature}");
        assert!(signature.contains("/us-east-1/cloudfront/aws4_request, SignedHeaders="), "{signature}");
        assert!(signature.contains("content-type") && signature.contains("host"), "{signature}");
    }

    #[tokio::test]
    async fn under_hosts_of_their_own_portfolios_are_forgotten_at_the_root_too() {
        let asked = told(true, ResponseTemplate::new(201), &[&["ada"]]).await;
        let paths = paths(&asked[0]);
        assert_eq!(&paths[..3], ["/p/ada/*", "/", "/index.html"]);
        assert!(paths.contains(&"/resume.pdf".to_owned()));
    }

    #[tokio::test]
    async fn a_refusal_is_nobodys_failure() {
        let refused = ResponseTemplate::new(400).set_body_string(
            "<ErrorResponse><Error><Code>TooManyInvalidationsInProgress</Code></Error></ErrorResponse>",
        );
        assert_eq!(told(false, refused, &[&["ada"], &["bob"]]).await.len(), 2);
        let nobody = FrontDoor::new(&Aws::at_local_endpoint("http://127.0.0.1:9"), Some(PARAMETER.to_owned()));
        nobody.forget(&["ada".to_owned()]).await;
    }

    #[tokio::test]
    async fn nothing_is_asked_for_nothing() {
        assert!(told(false, ResponseTemplate::new(201), &[]).await.is_empty());
        let server = MockServer::start().await;
        FrontDoor::new(&Aws::at_local_endpoint(&server.uri()), None).forget(&["ada".to_owned()]).await;
        assert!(server.received_requests().await.unwrap().is_empty());
    }

    #[test]
    fn of_a_refusal_its_name_alone_is_told() {
        assert_eq!(code_of("<Error><Code>AccessDenied</Code><Message>/p/ada</Message>"), "AccessDenied");
        assert_eq!(
            code_of("{\"__type\":\"com.amazonaws.ssm#ParameterNotFound\"}"),
            "com.amazonaws.ssm#ParameterNotFound"
        );
        assert_eq!(code_of("<html>"), "");
    }
}
