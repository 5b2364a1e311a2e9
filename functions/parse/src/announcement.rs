//! What a message in the parse queue says.

use percent_encoding::percent_decode_str;
use serde::Deserialize;
use vitae_blobs::keys;
use vitae_queue::JobMessage;

/// A message that the worker understands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Announcement {
    /// S3 tries whether the queue can be reached, once, when the notification is configured.
    Test,
    /// Jobs whose file is there.
    Jobs(Vec<JobMessage>),
}

#[derive(Deserialize)]
struct Notification {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Deserialize)]
struct Record {
    s3: Entity,
}

#[derive(Deserialize)]
struct Entity {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    key: String,
}

#[derive(Deserialize)]
struct TestEvent {
    #[serde(rename = "Event")]
    event: String,
}

impl Announcement {
    /// Reads S3's notification, S3's test event, or the message by which a job is sent again.
    pub(crate) fn parse(body: &str) -> Option<Self> {
        if let Ok(message) = serde_json::from_str::<JobMessage>(body) {
            return Some(Self::Jobs(vec![message]));
        }
        if let Ok(notification) = serde_json::from_str::<Notification>(body) {
            // Objects that are no originals (what we wrote ourselves) are nobody's job.
            let jobs = notification.records.iter().filter_map(|record| {
                let (user_id, job_id) = keys::parse_original(&decoded(&record.s3.object.key))?;
                Some(JobMessage { user_id, job_id })
            });
            return Some(Self::Jobs(jobs.collect()));
        }
        serde_json::from_str::<TestEvent>(body).ok().filter(|test| test.event == "s3:TestEvent").map(|_| Self::Test)
    }
}

/// S3 writes keys as HTML forms do: a space is `+`, anything unusual is percent-encoded.
fn decoded(key: &str) -> String {
    percent_decode_str(&key.replace('+', " ")).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn s3_and_our_own_messages_name_the_same_job() {
        let job = JobMessage { user_id: Uuid::now_v7(), job_id: Uuid::now_v7() };
        let own = serde_json::to_string(&job).unwrap();
        let key = keys::original(job.user_id, job.job_id).replace('/', "%2F");
        let s3 = format!(
            r#"{{"Records":[{{"eventName":"ObjectCreated:Put","s3":{{"object":{{"key":"{key}","size":1}}}}}}]}}"#
        );
        assert_eq!(Announcement::parse(&own), Some(Announcement::Jobs(vec![job.clone()])));
        assert_eq!(Announcement::parse(&s3), Some(Announcement::Jobs(vec![job])));
    }

    #[test]
    fn s3s_test_event_asks_for_nothing() {
        let body = r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-01-01T00:00:00.000Z","Bucket":"b"}"#;
        assert_eq!(Announcement::parse(body), Some(Announcement::Test));
    }

    #[test]
    fn what_is_no_original_is_nobodys_job() {
        let body = r#"{"Records":[{"s3":{"object":{"key":"uploads/a/b/spans.json"}}}]}"#;
        assert_eq!(Announcement::parse(body), Some(Announcement::Jobs(vec![])));
    }

    #[test]
    fn anything_else_is_not_understood() {
        for body in ["", "{}", "[]", r#"{"Event":"other"}"#] {
            assert_eq!(Announcement::parse(body), None, "{body}");
        }
    }
}
