//! Mails: written in the person's language, sent by SES or, where it is built in and configured, by SMTP. A mail that cannot be sent breaks nothing: the person asks for
//! another. Its failure is logged without the address.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Context;
use aws_sdk_sesv2::error::ProvideErrorMetadata;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};
use minijinja::{Environment, context};
use serde::Deserialize;
use vitae_runtime::Aws;
use vitae_runtime::environment::{optional, required};
use vitae_store::Person;

/// Longest wait for a mail to be taken: whoever asks waits along.
const PATIENCE: Duration = Duration::from_secs(5);

/// The words of each mail in each language that we write.
const WORDS: [(&str, &str); 4] = [
    ("en", include_str!("../mail/en.json")),
    ("de", include_str!("../mail/de.json")),
    ("fr", include_str!("../mail/fr.json")),
    ("es", include_str!("../mail/es.json")),
];

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Letter {
    /// Prove that the address is yours.
    VerifyEmail,
    /// Choose a new password.
    ResetPassword,
    /// Somebody tried to register the address, which has an account.
    AlreadyRegistered,
    /// A device signed in that was not seen before.
    NewDevice,
    /// Sign-ins ask for a code from now on.
    SecondFactorOn,
    /// Sign-ins ask for the password alone from now on.
    SecondFactorOff,
    /// The password was replaced.
    PasswordChanged,
    /// The account is being erased.
    AccountErased,
    /// There is a further way to sign in: another provider, or a passkey.
    SignInAdded,
    /// There is one way less to sign in.
    SignInRemoved,
    /// A key for machines was made.
    ApiKeyMade,
    /// Prove that the address that the account is to have is yours.
    ConfirmAddress,
    /// The account has another address now; this goes to the old one.
    AddressChanged,
    /// A job of theirs ended well.
    JobCompleted,
    /// A job of theirs failed.
    JobFailed,
}

/// Writes and sends mails.
pub(crate) struct Mailer {
    transport: Transport,
    app_url: String,
    templates: Environment<'static>,
    words: BTreeMap<&'static str, Words>,
}

/// What takes mails to people.
pub(crate) enum Transport {
    /// Amazon SES, as this sender.
    Ses(aws_sdk_sesv2::Client, String),
    /// A server of one's own.
    #[cfg(feature = "smtp")]
    Smtp(Box<crate::smtp::Smtp>),
}

impl Transport {
    /// Reads `MAIL_FROM`, and `SMTP_URL`, without which it is SES.
    ///
    /// # Errors
    /// When there is no sender, or `SMTP_URL` is no address of a server that is spoken to by TLS, or this build has no SMTP.
    pub(crate) fn from_environment(aws: &Aws) -> anyhow::Result<Self> {
        let from = required("MAIL_FROM")?;
        match optional("SMTP_URL") {
            None => Ok(Self::Ses(aws.ses(), from)),
            #[cfg(feature = "smtp")]
            Some(url) => Ok(Self::Smtp(Box::new(crate::smtp::Smtp::new(&url, &from)?))),
            #[cfg(not(feature = "smtp"))]
            Some(_) => anyhow::bail!("SMTP_URL is set, and this build has SES alone: build it with the feature `smtp`"),
        }
    }

    async fn hand_over(&self, to: &str, mail: Written) -> anyhow::Result<()> {
        match self {
            Self::Ses(client, from) => by_ses(client, from, to, mail).await,
            #[cfg(feature = "smtp")]
            Self::Smtp(smtp) => smtp.send(to, mail).await,
        }
    }
}

async fn by_ses(client: &aws_sdk_sesv2::Client, from: &str, to: &str, mail: Written) -> anyhow::Result<()> {
    let utf8 = |text: String| Content::builder().data(text).charset("UTF-8").build();
    let body = Body::builder().text(utf8(mail.text)?).html(utf8(mail.html)?).build();
    let message = Message::builder().subject(utf8(mail.subject)?).body(body).build();
    client
        .send_email()
        .from_email_address(from)
        .destination(Destination::builder().to_addresses(to).build())
        .content(EmailContent::builder().simple(message).build())
        .send()
        .await
        // SES repeats the address in its messages, so only the code goes on.
        .map_err(|error| anyhow::anyhow!("SES: {}", error.code().unwrap_or("no answer")))?;
    Ok(())
}

/// One language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    greeting: String,
    letters: BTreeMap<Letter, LetterWords>,
    footer: String,
}

/// One mail in one language. What a person typed never stands in a subject.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LetterWords {
    subject: String,
    why: String,
    button: String,
    #[serde(default)]
    expiry: String,
    otherwise: String,
}

/// A mail as it is sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// Whether mails are written in the language of this tag.
pub(crate) fn is_written(locale: &str) -> bool {
    WORDS.iter().any(|(language, _)| *language == language_of(locale))
}

fn language_of(locale: &str) -> String {
    locale.split('-').next().unwrap_or_default().to_ascii_lowercase()
}

impl Mailer {
    /// A mailer that sends by `transport`, with links to `app_url`.
    ///
    /// # Errors
    /// When a template is broken.
    pub(crate) fn new(transport: Transport, app_url: &str) -> anyhow::Result<Self> {
        let mut templates = Environment::new();
        // The names' endings decide on escaping.
        templates.add_template("letter.html", include_str!("../mail/letter.html"))?;
        templates.add_template("letter.txt", include_str!("../mail/letter.txt"))?;
        let words = WORDS
            .into_iter()
            .map(|(language, json)| Ok((language, serde_json::from_str(json).context(language)?)))
            .collect::<anyhow::Result<_>>()?;
        Ok(Self { transport, app_url: app_url.to_owned(), templates, words })
    }

    /// Sends `letter` to a person, with a link to `page` of the app that carries `token`.
    pub(crate) async fn send(&self, person: &Person, letter: Letter, page: &str, token: &str) {
        self.send_with(person, letter, &format!("{page}?token={token}")).await;
    }

    /// Tells a person what happened to their account, with a link to where a password is replaced.
    pub(crate) async fn notify(&self, person: &Person, letter: Letter) {
        self.send_with(person, letter, "forgot-password").await;
    }

    /// Sends `letter` to a person, with a link to this page of the app.
    pub(crate) async fn send_with(&self, person: &Person, letter: Letter, page: &str) {
        let sent = async {
            let mail = self.write(person, letter, page)?;
            match tokio::time::timeout(PATIENCE, self.transport.hand_over(&person.email, mail)).await {
                Ok(sent) => sent,
                Err(_) => anyhow::bail!("nobody took it in time"),
            }
        };
        if let Err(error) = sent.await {
            tracing::error!(?letter, error = format!("{error:#}"), "a mail was not sent");
        }
    }

    fn write(&self, person: &Person, letter: Letter, page: &str) -> anyhow::Result<Written> {
        let language = person.locale.as_deref().map(language_of).unwrap_or_default();
        let (language, words) = self
            .words
            .get_key_value(language.as_str())
            .or_else(|| self.words.get_key_value("en"))
            .context("there are no words")?;
        let letter = words.letters.get(&letter).context("the letter has no words")?;
        // Addresses are made of configuration and base64url alone, so the HTML may show them as they are.
        let values = context! {
            language => *language,
            greeting => words.greeting.as_str(),
            // Until an address is proved, the name may be a stranger's, who would have us deliver a message of theirs.
            name => person.email_verified.then_some(person.name.as_deref()).flatten(),
            letter => context! {
                subject => letter.subject.as_str(),
                why => letter.why.as_str(),
                button => letter.button.as_str(),
                expiry => letter.expiry.as_str(),
                otherwise => letter.otherwise.as_str(),
            },
            footer => words.footer.as_str(),
            app_url => self.app_url.as_str(),
            link => format!("{}/{page}", self.app_url),
        };
        Ok(Written {
            subject: letter.subject.clone(),
            text: self.templates.get_template("letter.txt")?.render(&values)?,
            html: self.templates.get_template("letter.html")?.render(&values)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use uuid::Uuid;
    use vitae_store::{Preferences, Role};

    const LETTERS: [Letter; 15] = [
        Letter::VerifyEmail,
        Letter::ResetPassword,
        Letter::AlreadyRegistered,
        Letter::NewDevice,
        Letter::SecondFactorOn,
        Letter::SecondFactorOff,
        Letter::PasswordChanged,
        Letter::AccountErased,
        Letter::SignInAdded,
        Letter::SignInRemoved,
        Letter::ApiKeyMade,
        Letter::ConfirmAddress,
        Letter::AddressChanged,
        Letter::JobCompleted,
        Letter::JobFailed,
    ];

    fn mailer() -> Mailer {
        let client = Aws::at_local_endpoint("http://127.0.0.1:9").ses();
        Mailer::new(Transport::Ses(client, "vitae@example.org".to_owned()), "https://app.example").unwrap()
    }

    fn person(locale: Option<&str>, name: &str, email_verified: bool) -> Person {
        let now = Timestamp::now();
        Person {
            user_id: Uuid::now_v7(),
            email: "ada@example.org".to_owned(),
            name: Some(name.to_owned()),
            password_hash: String::new(),
            role: Role::User,
            email_verified,
            locale: locale.map(str::to_owned),
            defaults: Preferences::default(),
            devices: Vec::new(),
            mail_when_done: false,
            identities: Vec::new(),
            suspended_at: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    #[test]
    fn each_letter_has_its_own_words_in_each_language() {
        let mailer = mailer();
        let mut subjects = std::collections::BTreeSet::new();
        for (language, _) in WORDS {
            for letter in LETTERS {
                let mail = mailer.write(&person(Some(language), "Ada", true), letter, "page?token=abc").unwrap();
                assert!(mail.text.contains("https://app.example/page?token=abc"), "{}", mail.text);
                assert!(mail.html.contains("href=\"https://app.example/page?token=abc\""), "{}", mail.html);
                assert!(mail.html.contains(&format!("<html lang=\"{language}\">")), "{}", mail.html);
                subjects.insert(mail.subject);
            }
        }
        assert_eq!(subjects.len(), WORDS.len() * LETTERS.len());
    }

    #[test]
    fn a_regional_or_unknown_locale_falls_back() {
        let mailer = mailer();
        let subject = |locale| mailer.write(&person(locale, "Ada", true), Letter::VerifyEmail, "p").unwrap().subject;
        assert_eq!(subject(Some("de-AT")), subject(Some("de")));
        assert_eq!(subject(Some("tlh")), subject(Some("en")));
        assert_eq!(subject(None), subject(Some("en")));
    }

    #[test]
    fn a_name_is_escaped_and_shown_only_to_a_proven_address() {
        let name = "<a href=x>Ada & Co</a>";
        let mailer = mailer();
        let mail = mailer.write(&person(None, name, true), Letter::ResetPassword, "p").unwrap();
        assert!(mail.text.contains(name));
        assert!(!mail.html.contains("<a href=x>"), "{}", mail.html);
        assert!(mail.html.contains("Ada &amp; Co"), "{}", mail.html);
        let mail = mailer.write(&person(None, name, false), Letter::VerifyEmail, "p").unwrap();
        assert!(!mail.text.contains("Ada") && !mail.html.contains("Ada"));
    }

    #[tokio::test]
    async fn a_mail_that_cannot_be_sent_breaks_nothing() {
        mailer().send(&person(None, "Ada", true), Letter::VerifyEmail, "p", "t").await;
    }
}
