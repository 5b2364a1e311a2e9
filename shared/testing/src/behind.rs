//! The stack from the side of AWS: what lies in its buckets and waits in its queues.

use std::time::Duration;

use anyhow::Context;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;
use vitae_store::keys;

use crate::{Person, Stack, eventually};

impl Stack {
    /// The name of the bucket with this logical id in the template, such as `FilesBucket`.
    ///
    /// # Errors
    /// Where the stack has none.
    pub async fn bucket(&self, logical_id: &str) -> anyhow::Result<String> {
        if let Some(name) = self.outputs.get(logical_id) {
            return Ok(name.clone());
        }
        let buckets = self.aws().s3().list_buckets().send().await?;
        let names = buckets.buckets().iter().filter_map(|bucket| bucket.name());
        self.named(logical_id, names)
    }

    /// The keys in a bucket that begin with `prefix`.
    ///
    /// # Errors
    /// Where the bucket cannot be listed.
    pub async fn objects(&self, bucket: &str, prefix: &str) -> anyhow::Result<Vec<String>> {
        let bucket = self.bucket(bucket).await?;
        let mut pages = self.aws().s3().list_objects_v2().bucket(bucket).prefix(prefix).into_paginator().send();
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await {
            keys.extend(page?.contents().iter().filter_map(|object| object.key().map(str::to_owned)));
        }
        Ok(keys)
    }

    /// Puts an object into a bucket past the API, as someone with a stale URL would.
    ///
    /// # Errors
    /// Where S3 refuses.
    pub async fn put_object(&self, bucket: &str, key: &str, body: Vec<u8>) -> anyhow::Result<()> {
        let bucket = self.bucket(bucket).await?;
        self.aws().s3().put_object().bucket(bucket).key(key).body(body.into()).send().await?;
        Ok(())
    }

    /// The URL of the queue with this logical id in the template, such as `ParseQueue`.
    ///
    /// # Errors
    /// Where the stack has none.
    pub async fn queue_url(&self, logical_id: &str) -> anyhow::Result<String> {
        if let Some(url) = self.outputs.get(&format!("{logical_id}Url")) {
            return Ok(url.clone());
        }
        let queues = self.aws().sqs().list_queues().max_results(1000).send().await?;
        let urls = queues.queue_urls();
        let name = self.named(logical_id, urls.iter().filter_map(|url| url.rsplit('/').next()))?;
        let url = urls.iter().find(|url| url.rsplit('/').next() == Some(&name));
        Ok(url.context("a queue without a URL")?.clone())
    }

    /// Sends a message to a queue, as S3 or a function would.
    ///
    /// # Errors
    /// Where SQS refuses.
    pub async fn send_message(&self, queue: &str, body: &str) -> anyhow::Result<()> {
        let url = self.queue_url(queue).await?;
        self.aws().sqs().send_message().queue_url(url).message_body(body).send().await?;
        Ok(())
    }

    /// Waits until a queue holds no message with this text, those in a consumer's hands included. What other tests left in
    /// the queue is their own.
    ///
    /// # Errors
    /// Where that does not happen in time.
    pub async fn worked_off(&self, queue: &str, contains: &str, within: Duration) -> anyhow::Result<()> {
        eventually(&format!("the end of the messages in {queue} with {contains}"), within, async || {
            Ok(self.waiting(queue, contains).await?.is_empty().then_some(()))
        })
        .await
    }

    /// Makes somebody's share of a class of requests spent for an hour: an address for `sign-in`, an account for
    /// `sign-in-account`.
    ///
    /// # Errors
    /// Where the stack has no counters.
    pub async fn spend_limit(&self, class: &str, subject: &str) -> anyhow::Result<()> {
        let later = Timestamp::now().as_millisecond() + 3_600_000;
        let row = self.aws().dynamodb().put_item().table_name(self.counters()?);
        row.item(keys::PK, AttributeValue::S(keys::limit(class, subject)))
            .item(keys::SK, AttributeValue::S("LIMIT".to_owned()))
            .item("tat", AttributeValue::N(later.to_string()))
            .send()
            .await?;
        Ok(())
    }

    /// When, in milliseconds since 1970, all that somebody took of a class of requests will have been paid back; `None`
    /// where they took nothing.
    ///
    /// # Errors
    /// Where the stack has no counters.
    pub async fn owed(&self, class: &str, subject: &str) -> anyhow::Result<Option<String>> {
        let row = self.aws().dynamodb().get_item().table_name(self.counters()?).consistent_read(true);
        let row = row
            .key(keys::PK, AttributeValue::S(keys::limit(class, subject)))
            .key(keys::SK, AttributeValue::S("LIMIT".to_owned()));
        let item = row.send().await?.item;
        Ok(item.and_then(|mut item| item.remove("tat")).and_then(|tat| tat.as_n().ok().cloned()))
    }

    fn counters(&self) -> anyhow::Result<&str> {
        Ok(self.outputs.get("CountersTable").context("the stack has no CountersTable")?)
    }

    /// The update of a row of a person that is there.
    fn row(&self, user_id: Uuid, sk: &str) -> anyhow::Result<UpdateItemFluentBuilder> {
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let table = self.outputs.get("PeopleTable").context("the stack has no PeopleTable")?;
        let update = self.aws().dynamodb().update_item().table_name(table);
        let update = update.key(keys::PK, text(&keys::user(user_id))).key(keys::SK, text(sk));
        Ok(update.condition_expression("attribute_exists(PK)"))
    }

    /// Makes somebody an administrator; they are one from their next sign-in on.
    ///
    /// # Errors
    /// Where there is no such person.
    pub async fn make_admin(&self, user_id: Uuid) -> anyhow::Result<()> {
        self.row(user_id, keys::PROFILE)?
            .update_expression("SET #role = :admin")
            .expression_attribute_names("#role", "role")
            .expression_attribute_values(":admin", AttributeValue::S("admin".to_owned()))
            .send()
            .await?;
        Ok(())
    }

    /// Has a person's sign-ins ask for a code, which nobody has then.
    ///
    /// # Errors
    /// Where they have one already.
    pub async fn turn_second_factor_on(&self, person: &Person) -> anyhow::Result<()> {
        person.post("/users/mfa/totp", &serde_json::json!({})).await?.expect(201)?;
        let me = person.get("/users/me").await?.expect(200)?.json()?;
        let user_id: Uuid = me["user_id"].as_str().context("no id")?.parse()?;
        self.row(user_id, keys::SECOND_FACTOR)?.update_expression("SET confirmed_at = created_at").send().await?;
        Ok(())
    }

    /// Lets a person's last proof of who they are lie this far in the past, in the session of their token.
    ///
    /// # Errors
    /// Where there is no such session.
    pub async fn grow_old(&self, person: &Person, by: SignedDuration) -> anyhow::Result<()> {
        let claims = person.token.split('.').nth(1).context("the token has no claims")?;
        let claims: serde_json::Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims)?)?;
        let id = |name: &str| anyhow::Ok(claims[name].as_str().context("no id")?.parse::<Uuid>()?);
        self.row(id("sub")?, &keys::child(keys::SESSION, id("sid")?))?
            .update_expression("SET created_at = :before, proved_at = :before")
            .expression_attribute_values(":before", AttributeValue::S((Timestamp::now() - by).to_string()))
            .send()
            .await?;
        Ok(())
    }

    /// The physical name that belongs to a logical id which the stack does not put out: it begins with the stack's name and holds the id as a whole part,
    /// with or without the random part that CloudFormation appends.
    fn named<'a>(&self, logical_id: &str, names: impl Iterator<Item = &'a str>) -> anyhow::Result<String> {
        let (stack, part) = (self.stack_name.to_lowercase(), logical_id.to_lowercase());
        let mut seen = Vec::new();
        for name in names {
            let lower = name.to_lowercase();
            if lower.starts_with(&stack) && lower.split(['-', '.']).any(|piece| piece == part) {
                return Ok(name.to_owned());
            }
            seen.push(name);
        }
        anyhow::bail!("{} has no {logical_id} among {seen:?}", self.stack_name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn stack() -> Stack {
        let url = "http://127.0.0.1:1".to_owned();
        Stack {
            api_url: url.clone(),
            sites_url: url.clone(),
            docs_url: url.clone(),
            aws_endpoint_url: url,
            stack_name: "vitae-test".to_owned(),
            outputs: BTreeMap::new(),
            providers: BTreeMap::new(),
        }
    }

    #[tokio::test]
    async fn what_the_stack_puts_out_is_taken_at_its_word() {
        let outputs = [("FilesBucket", "vitae-files-1"), ("ParseQueueUrl", "http://localhost:1/0/vitae-ParseQueue-A1")];
        let outputs = outputs.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let stack = Stack { outputs, ..stack() };
        assert_eq!(stack.bucket("FilesBucket").await.unwrap(), "vitae-files-1");
        assert_eq!(stack.queue_url("ParseQueue").await.unwrap(), "http://localhost:1/0/vitae-ParseQueue-A1");
    }

    #[test]
    fn a_queue_is_not_taken_for_its_dead_letters_nor_for_another_stacks() {
        let names = ["vitae-ParseQueue-A1", "vitae-test-ParseQueueDeadLetters-B2", "vitae-test-ParseQueue-C3", "other"];
        assert_eq!(stack().named("ParseQueue", names.into_iter()).unwrap(), "vitae-test-ParseQueue-C3");
    }

    #[test]
    fn a_name_that_is_not_there_is_said_with_those_that_are() {
        let error = stack().named("ParseQueue", ["vitae-test-FilesBucket-C3"].into_iter()).unwrap_err();
        assert_eq!(error.to_string(), "vitae-test has no ParseQueue among [\"vitae-test-FilesBucket-C3\"]");
    }
}
