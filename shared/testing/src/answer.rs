use anyhow::Context;
use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// An HTTP answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    what: String,
}

impl Answer {
    /// Sends the request and reads the answer.
    ///
    /// # Errors
    /// Where nothing answers.
    pub async fn to(request: reqwest::RequestBuilder) -> anyhow::Result<Self> {
        let (client, request) = request.build_split();
        let request = request?;
        // The query of a presigned URL is as good as a password: it stays out of messages.
        let what = format!("{} {}", request.method(), request.url().path());
        let response = client.execute(request).await.map_err(reqwest::Error::without_url).context(what.clone())?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.map_err(reqwest::Error::without_url).context(what.clone())?;
        Ok(Self { status, headers, body, what })
    }

    /// The answer itself if it has this status.
    ///
    /// # Errors
    /// Any other status: the message names the request and holds the problem's `detail`, or the body where it is none.
    pub fn expect(self, status: u16) -> anyhow::Result<Self> {
        if self.status.as_u16() == status {
            return Ok(self);
        }
        let text = String::from_utf8_lossy(&self.body);
        let problem: Option<Value> = serde_json::from_slice(&self.body).ok();
        let detail = problem.as_ref().and_then(|problem| {
            let sentence = problem["detail"].as_str().or(problem["title"].as_str())?;
            let errors: Vec<String> = problem["errors"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|error| Some(format!(" {}: {}", error["pointer"].as_str()?, error["detail"].as_str()?)))
                // A problem with one error may say it in its own sentence already.
                .filter(|error| !sentence.contains(error.trim()))
                .collect();
            Some(format!("{sentence}{}", errors.join(";")))
        });
        let shown = detail.unwrap_or_else(|| text.chars().take(400).collect());
        anyhow::bail!("{} answered {} instead of {status}: {shown}", self.what, self.status.as_u16())
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// Where it is none.
    pub fn json(&self) -> anyhow::Result<Value> {
        serde_json::from_slice(&self.body).with_context(|| format!("{} did not answer with JSON", self.what))
    }

    /// A header's value, if it is there and text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The last part of a problem's `type`, such as `not-found`.
    pub fn problem(&self) -> Option<String> {
        let problem: Value = serde_json::from_slice(&self.body).ok()?;
        problem["type"].as_str()?.rsplit('/').next().map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use wiremock::matchers::any;
    use wiremock::{Mock, MockServer, ResponseTemplate};

    use super::*;

    #[tokio::test]
    async fn an_unexpected_status_says_what_the_problem_says() {
        let server = MockServer::start().await;
        let problem = serde_json::json!({
            "type": "/problems/invalid", "detail": "The body is not valid.",
            "errors": [{"pointer": "/email", "detail": "is missing"}],
        });
        Mock::given(any()).respond_with(ResponseTemplate::new(422).set_body_json(problem)).mount(&server).await;
        let url = format!("{}/api/v1/users/register?token=secret", server.uri());
        let answer = Answer::to(reqwest::Client::new().post(url)).await.unwrap();
        assert_eq!(answer.problem().as_deref(), Some("invalid"));
        let message = answer.expect(201).unwrap_err().to_string();
        assert_eq!(
            message,
            "POST /api/v1/users/register answered 422 instead of 201: The body is not valid. /email: is missing"
        );
    }
}
