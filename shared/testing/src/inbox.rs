use std::time::Duration;

use reqwest::Client;
use serde::Deserialize;

use crate::{Answer, Stack, eventually};

/// A mail that the stack sent, as the emulator's SES kept it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Mail {
    /// Whom it went to.
    pub to: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// Its text part.
    #[serde(rename = "BodyText", default, deserialize_with = "text_or_nothing")]
    pub text: String,
    /// Its HTML part.
    #[serde(rename = "BodyHtml", default, deserialize_with = "text_or_nothing")]
    pub html: String,
}

impl Stack {
    /// All mail to this address so far, the oldest first.
    ///
    /// # Errors
    /// Where the emulator does not answer.
    pub async fn mail_to(&self, address: &str) -> anyhow::Result<Vec<Mail>> {
        #[derive(Deserialize)]
        struct Inbox {
            messages: std::collections::BTreeMap<String, Vec<Mail>>,
        }
        let url = format!("{}/_ministack/ses/messages", self.aws_endpoint_url);
        let answer = Answer::to(Client::new().get(url)).await?.expect(200)?;
        let inbox: Inbox = serde_json::from_slice(&answer.body)?;
        let mails = inbox.messages.into_values().flatten();
        Ok(mails.filter(|mail| mail.to.iter().any(|to| to.eq_ignore_ascii_case(address))).collect())
    }

    /// The first mail to this address whose subject holds `subject`, as soon as it is there.
    ///
    /// # Errors
    /// Where there is none within ten seconds.
    pub async fn await_mail(&self, address: &str, subject: &str) -> anyhow::Result<Mail> {
        eventually(&format!("a mail with \"{subject}\""), Duration::from_secs(10), async || {
            let mails = self.mail_to(address).await?;
            Ok(mails.into_iter().find(|mail| mail.subject.to_lowercase().contains(&subject.to_lowercase())))
        })
        .await
    }
}

fn text_or_nothing<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.unwrap_or_default())
}
