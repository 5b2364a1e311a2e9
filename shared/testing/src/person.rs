use std::time::{Duration, Instant};

use anyhow::Context;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::{Answer, Stack, unique};

/// The states in which a job stays.
const ENDED: [&str; 4] = ["completed", "failed", "cancelled", "expired"];

/// Somebody with an account, signed in. Paths are those of the API without `/api/v1`, such as `/cv/upload`.
#[derive(Debug, Clone)]
pub struct Person {
    /// The stack that knows them.
    pub stack: Stack,
    /// Their mail address, at `example.com`.
    pub email: String,
    /// Their password.
    pub password: String,
    /// Their access token.
    pub token: String,
    client: Client,
}

impl Person {
    /// Registers somebody new under a random address with a random password, and signs them in.
    ///
    /// # Errors
    /// Where either is refused.
    pub async fn sign_up(stack: &Stack) -> anyhow::Result<Self> {
        let client = Client::new();
        let email = format!("{}@example.com", unique("person"));
        let password = unique("Correct-Horse-Battery");
        let body = json!({ "email": email, "password": password });
        Answer::to(client.post(stack.route("/users/register")).json(&body)).await?.expect(201)?;
        Self::sign_in(stack, &email, &password).await
    }

    /// Signs in somebody who has an account.
    ///
    /// # Errors
    /// Where the sign-in is refused.
    pub async fn sign_in(stack: &Stack, email: &str, password: &str) -> anyhow::Result<Self> {
        let client = Client::new();
        let body = json!({ "email": email, "password": password });
        let answer = Answer::to(client.post(stack.route("/users/login")).json(&body)).await?.expect(200)?.json()?;
        let token = answer["access_token"].as_str().context("the sign-in answered without an access token")?;
        Ok(Self {
            stack: stack.clone(),
            email: email.to_owned(),
            password: password.to_owned(),
            token: token.to_owned(),
            client,
        })
    }

    /// A request with their token, to be given headers or a body and sent with [`Answer::to`].
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.stack.route(path)).bearer_auth(&self.token)
    }

    /// GET.
    ///
    /// # Errors
    /// Where nothing answers; so it is with the other methods.
    pub async fn get(&self, path: &str) -> anyhow::Result<Answer> {
        Answer::to(self.request(Method::GET, path)).await
    }

    /// POST of a JSON body.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Answer> {
        Answer::to(self.request(Method::POST, path).json(body)).await
    }

    /// PATCH with a JSON body.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn patch(&self, path: &str, body: &Value) -> anyhow::Result<Answer> {
        Answer::to(self.request(Method::PATCH, path).json(body)).await
    }

    /// DELETE.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn delete(&self, path: &str) -> anyhow::Result<Answer> {
        Answer::to(self.request(Method::DELETE, path)).await
    }

    /// The job as it is once it has ended, well or not.
    ///
    /// # Errors
    /// Where it has not ended in time: the message holds its last state.
    pub async fn job_until_done(&self, job_id: &str, within: Duration) -> anyhow::Result<Value> {
        self.watch_job(job_id, within, |_| ()).await
    }

    /// As [`Self::job_until_done`], showing every state on the way.
    ///
    /// # Errors
    /// As [`Self::job_until_done`].
    pub async fn watch_job(
        &self,
        job_id: &str,
        within: Duration,
        mut show: impl FnMut(&Value),
    ) -> anyhow::Result<Value> {
        let deadline = Instant::now() + within;
        // The first answer is not held back, so that the state of the moment is shown.
        let mut path = format!("/jobs/{job_id}");
        let mut asked_before = false;
        loop {
            let asked = Instant::now();
            let job = self.get(&path).await?.expect(200)?.json()?;
            show(&job);
            let status = job["status"].as_str().context("a job without a status")?;
            if ENDED.contains(&status) {
                return Ok(job);
            }
            let left = deadline.saturating_duration_since(Instant::now()).as_secs();
            anyhow::ensure!(
                Instant::now() < deadline,
                "the job was still {status} ({} %) after {} seconds",
                job["progress"],
                within.as_secs()
            );
            // A third wait at a time is answered at once; then this asks at a measured pace.
            if asked_before && asked.elapsed() < Duration::from_millis(20) {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            asked_before = true;
            path = format!("/jobs/{job_id}?wait={}", left.clamp(1, 20));
        }
    }
}
