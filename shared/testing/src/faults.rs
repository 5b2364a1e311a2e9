//! Bad days: calls that are refused, workers that are killed, time that passes. The local emulator's launcher offers
//! this (`infra/local/faults.py`); nothing of it exists in AWS.

use std::time::Duration;

use anyhow::Context;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use uuid::Uuid;
use vitae_store::keys;

use crate::{Answer, Stack, unique};

/// What happens to the calls that a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The service answers that it cannot.
    Refuse,
    /// The process that made the call is killed before the service has done it; once.
    KillBefore,
    /// The process that made the call is killed when the service has done it; once.
    KillAfter,
}

/// Which calls a fault strikes: those of one function to one service in which a text stands, such as a job's id. Choose
/// a text that only your own test's calls hold.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The function that calls, such as `parse`.
    pub function: &'a str,
    /// `dynamodb`, `s3` or `sqs`.
    pub service: &'a str,
    /// The action's name, or for S3 the HTTP method; `None` is any.
    pub operation: Option<&'a str>,
    /// What stands in the call's address or body.
    pub contains: &'a str,
}

/// A fault that stands until it is ended. One that is forgotten strikes only calls that hold its text.
#[derive(Debug)]
#[must_use = "a fault is of no use before something strikes it"]
pub struct Fault {
    url: String,
}

impl Fault {
    /// How many calls it struck.
    ///
    /// # Errors
    /// Where the emulator does not answer; so it is with the other functions here.
    pub async fn hits(&self) -> anyhow::Result<u64> {
        hits(Answer::to(Client::new().get(&self.url)).await?)
    }

    /// Ends it; answers how many calls it struck.
    ///
    /// # Errors
    /// As [`Self::hits`].
    pub async fn end(self) -> anyhow::Result<u64> {
        hits(Answer::to(Client::new().delete(&self.url)).await?)
    }
}

fn hits(answer: Answer) -> anyhow::Result<u64> {
    answer.expect(200)?.json()?["hits"].as_u64().context("no count of hits")
}

/// A message in a queue, seen without taking it.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// How often it was delivered.
    pub receive_count: u64,
    /// How long until it is delivered next; nothing if it could be now.
    pub wait: SignedDuration,
}

impl Stack {
    /// Lets a fault strike from now on.
    ///
    /// # Errors
    /// As [`Fault::hits`].
    pub async fn fault(&self, target: Target<'_>, effect: Effect) -> anyhow::Result<Fault> {
        let effect = match effect {
            Effect::Refuse => "refuse",
            Effect::KillBefore => "kill_before",
            Effect::KillAfter => "kill_after",
        };
        let Target { function, service, operation, contains } = target;
        let wish = json!({
            "function": function, "service": service, "operation": operation, "contains": contains, "effect": effect,
        });
        let url = format!("{}/_vitae/faults/{}", self.aws_endpoint_url, unique("fault"));
        Answer::to(Client::new().put(&url).json(&wish)).await?.expect(200)?;
        Ok(Fault { url })
    }

    /// Makes the messages with this text that wait for their next delivery visible at once.
    ///
    /// # Errors
    /// As [`Fault::hits`].
    pub async fn hasten(&self, contains: &str) -> anyhow::Result<()> {
        self.ask("hasten", &json!({ "contains": contains })).await
    }

    /// Lets every schedule fire now.
    ///
    /// # Errors
    /// As [`Fault::hits`].
    pub async fn clock(&self) -> anyhow::Result<()> {
        self.ask("clock", &json!({})).await
    }

    /// The messages in a queue that hold this text, those in a consumer's hands included.
    ///
    /// # Errors
    /// As [`Fault::hits`].
    pub async fn waiting(&self, queue: &str, contains: &str) -> anyhow::Result<Vec<Waiting>> {
        let url = self.queue_url(queue).await?;
        let peek = format!("{}/_ministack/sqs/messages", self.aws_endpoint_url);
        let request = Client::new().get(peek).query(&[("QueueUrl", url.as_str())]);
        let answer = Answer::to(request).await?.expect(200)?.json()?;
        let regions = answer["messages"].as_object().into_iter().flat_map(|accounts| accounts.values());
        let queues = regions.filter_map(Value::as_object).flat_map(|regions| regions.values());
        let messages = queues.filter_map(Value::as_object).flat_map(|queues| queues.values());
        let now = Timestamp::now();
        messages
            .filter_map(Value::as_array)
            .flatten()
            .filter(|message| message["Body"].as_str().is_some_and(|body| body.contains(contains)))
            .map(|message| {
                let visible_at = message["VisibleAt"].as_i64().context("VisibleAt")?;
                Ok(Waiting {
                    receive_count: message["ReceiveCount"].as_u64().context("ReceiveCount")?,
                    wait: Timestamp::from_second(visible_at)?.duration_since(now).max(SignedDuration::ZERO),
                })
            })
            .collect()
    }

    /// Makes a job look as if it had stood still for `time` already, its lease included.
    ///
    /// # Errors
    /// Where there is no such job, or DynamoDB does not answer; so it is with [`Self::age_lease`].
    pub async fn age_job(&self, user_id: Uuid, job_id: Uuid, time: Duration) -> anyhow::Result<()> {
        self.age(user_id, job_id, &[keys::GSI1SK, "updated_at", "lease_until"], time).await
    }

    /// Makes a job's lease end earlier by `time`, and changes nothing else about the job.
    ///
    /// # Errors
    /// As [`Self::age_job`].
    pub async fn age_lease(&self, user_id: Uuid, job_id: Uuid, time: Duration) -> anyhow::Result<()> {
        self.age(user_id, job_id, &["lease_until"], time).await
    }

    /// Makes a job look as if it had been begun so often.
    ///
    /// # Errors
    /// As [`Self::age_job`].
    pub async fn count_beginnings(&self, user_id: Uuid, job_id: Uuid, attempts: u32) -> anyhow::Result<()> {
        let table = self.outputs.get("PeopleTable").context("PeopleTable")?;
        self.aws()
            .dynamodb()
            .update_item()
            .table_name(table)
            .key(keys::PK, AttributeValue::S(keys::user(user_id)))
            .key(keys::SK, AttributeValue::S(keys::child(keys::JOB, job_id)))
            .update_expression("SET attempts = :attempts")
            .condition_expression("attribute_exists(PK)")
            .expression_attribute_values(":attempts", AttributeValue::N(attempts.to_string()))
            .send()
            .await?;
        Ok(())
    }

    async fn age(&self, user_id: Uuid, job_id: Uuid, names: &[&str], time: Duration) -> anyhow::Result<()> {
        let (aws, table) = (self.aws(), self.outputs.get("PeopleTable").context("PeopleTable")?);
        let dynamodb = aws.dynamodb();
        let text = |text: String| AttributeValue::S(text);
        let key = [(keys::PK, keys::user(user_id)), (keys::SK, keys::child(keys::JOB, job_id))];
        let key = || Some(key.iter().map(|(name, value)| ((*name).to_owned(), text(value.clone()))).collect());
        let row = dynamodb.get_item().table_name(table).set_key(key()).send().await?.item.context("no such job")?;
        let mut request = dynamodb.update_item().table_name(table).set_key(key());
        let mut changes = Vec::new();
        for name in names {
            // A lease that nobody has is no text.
            let Some(Ok(at)) = row.get(*name).map(|value| value.as_s()) else { continue };
            let before = at.parse::<Timestamp>()? - SignedDuration::try_from(time)?;
            request = request.expression_attribute_values(format!(":{name}"), text(format!("{before:.6}")));
            changes.push(format!("{name} = :{name}"));
        }
        anyhow::ensure!(!changes.is_empty(), "the job has none of {names:?}");
        request.update_expression(format!("SET {}", changes.join(", "))).send().await?;
        Ok(())
    }

    async fn ask(&self, what: &str, wish: &Value) -> anyhow::Result<()> {
        let url = format!("{}/_vitae/{what}", self.aws_endpoint_url);
        Answer::to(Client::new().request(Method::POST, url).json(wish)).await?.expect(200)?;
        Ok(())
    }
}
