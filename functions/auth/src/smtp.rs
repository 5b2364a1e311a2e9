//! Mails by an SMTP server of one's own (RFC 5321), for who runs Vitae without SES.

use anyhow::Context;
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use url::Url;
use uuid::Uuid;

use crate::mail::Written;

/// A server that takes mails, and who they are from.
pub(crate) struct Smtp {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Smtp {
    /// The server at an address such as `smtps://user:password@mail.example.com`, or `smtp://…:587?tls=required` for
    /// STARTTLS (RFC 8314, 3). Without TLS, only one on this machine.
    ///
    /// # Errors
    /// When the address or the sender is none. The address holds a password, so it is not repeated.
    pub(crate) fn new(address: &str, from: &str) -> anyhow::Result<Self> {
        Self::trusting(address, from, None)
    }

    /// The same, where a certificate of `authority` is as good as one of the authorities that the system trusts.
    fn trusting(address: &str, from: &str, authority: Option<Certificate>) -> anyhow::Result<Self> {
        let url = Url::parse(address).ok().context("SMTP_URL is no address")?;
        let is_near = matches!(url.host_str(), Some("127.0.0.1" | "localhost"));
        let by_tls = url.scheme() == "smtps" || url.query_pairs().any(|pair| pair == ("tls".into(), "required".into()));
        anyhow::ensure!(by_tls || is_near, "SMTP_URL must be smtps://…, or smtp://…?tls=required");
        let mut server =
            AsyncSmtpTransport::<Tokio1Executor>::from_url(address).ok().context("SMTP_URL is no server's")?;
        if by_tls {
            let mut tls = TlsParameters::builder(url.host_str().context("SMTP_URL names no server")?.to_owned());
            if let Some(authority) = authority {
                tls = tls.add_root_certificate(authority);
            }
            let tls = tls.build().context("SMTP cannot be spoken by TLS")?;
            server = server.tls(if url.scheme() == "smtps" { Tls::Wrapper(tls) } else { Tls::Required(tls) });
        }
        Ok(Self { server: server.build(), from: from.parse().ok().context("MAIL_FROM is no mail address")? })
    }

    /// Hands a mail over to the server.
    ///
    /// # Errors
    /// With the server's code where it refuses; what it says may hold the address, and stays here.
    pub(crate) async fn send(&self, to: &str, mail: Written) -> anyhow::Result<()> {
        let message = Message::builder()
            .from(self.from.clone())
            .to(to.parse().ok().context("the address is none that a mail can go to")?)
            .message_id(Some(format!("<{}@{}>", Uuid::new_v4(), self.from.email.domain())))
            .subject(mail.subject)
            .multipart(MultiPart::alternative_plain_html(mail.text, mail.html))
            .ok()
            .context("the mail cannot be written down")?;
        self.server.send(message).await.map_err(|error| match error.status() {
            Some(code) => anyhow::anyhow!("SMTP: {code}"),
            None => anyhow::anyhow!("SMTP: no answer"),
        })?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, BufRead, BufReader, Read, Write};
    use std::net::{IpAddr, Ipv4Addr, TcpListener, TcpStream};
    use std::sync::Arc;
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::time::Duration;

    use mailin::response::{AUTH_OK, INVALID_CREDENTIALS, NO_MAILBOX, OK};
    use mailin::{Action, AuthMechanism, Handler, Response, SessionBuilder};
    use rcgen::{CertifiedKey, generate_simple_self_signed};
    use rustls::pki_types::PrivateKeyDer;
    use rustls::{ServerConfig, ServerConnection, StreamOwned};

    use super::*;

    /// How the server speaks.
    #[derive(Clone)]
    enum Speaks {
        Plainly,
        ByTls(Arc<ServerConfig>),
        ByTlsWhenAsked(Arc<ServerConfig>),
    }

    /// What comes to the server.
    #[derive(Debug, PartialEq)]
    enum Came {
        Password(String),
        Mail(String),
    }

    /// What stands behind the server: it wants a password and knows one person.
    struct Inbox {
        text: Vec<u8>,
        came: Sender<Came>,
    }

    impl Handler for Inbox {
        fn auth_plain(&mut self, _: &str, user: &str, password: &str) -> Response {
            let _ = self.came.send(Came::Password(password.to_owned()));
            if (user, password) == ("vitae", "a secret of ours") { AUTH_OK } else { INVALID_CREDENTIALS }
        }

        fn rcpt(&mut self, to: &str) -> Response {
            if to == "ada@example.org" { OK } else { NO_MAILBOX }
        }

        fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
            self.text.extend(bytes);
            Ok(())
        }

        fn data_end(&mut self) -> Response {
            let _ = self.came.send(Came::Mail(String::from_utf8_lossy(&self.text).into_owned()));
            OK
        }
    }

    trait Stream: Read + Write {}
    impl<T: Read + Write> Stream for T {}

    fn by_tls(stream: impl Stream + 'static, config: Arc<ServerConfig>) -> Box<dyn Stream> {
        Box::new(StreamOwned::new(ServerConnection::new(config).unwrap(), stream))
    }

    /// A running server: its port, and what comes.
    fn server(speaks: Speaks) -> (u16, Receiver<Came>) {
        let (came, arrivals) = channel();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let _ = serve(stream, speaks.clone(), Inbox { text: Vec::new(), came: came.clone() });
            }
        });
        (port, arrivals)
    }

    fn serve(stream: TcpStream, speaks: Speaks, inbox: Inbox) -> io::Result<()> {
        let mut server = SessionBuilder::new("mail.example.org");
        server.enable_auth(AuthMechanism::Plain);
        if matches!(speaks, Speaks::Plainly) {
            server.insecure_enable_plaintext_auth();
        } else {
            server.enable_start_tls();
        }
        let mut session = server.build(IpAddr::V4(Ipv4Addr::LOCALHOST), inbox);
        let mut stream = match &speaks {
            Speaks::ByTls(config) => {
                session.tls_active();
                by_tls(stream, Arc::clone(config))
            }
            _ => Box::new(stream),
        };
        session.greeting().write_to(&mut stream)?;
        let mut line = Vec::new();
        // Byte by byte, so that nothing of the handshake that follows STARTTLS is read ahead.
        while BufReader::with_capacity(1, &mut stream).read_until(b'\n', &mut line)? > 0 {
            let response = session.process(&line);
            line.clear();
            if response.action != Action::NoReply {
                response.write_to(&mut stream)?;
                stream.flush()?;
            }
            match (&response.action, &speaks) {
                (Action::Close, _) => break,
                (Action::UpgradeTls, Speaks::ByTlsWhenAsked(config)) => {
                    stream = by_tls(stream, Arc::clone(config));
                    session.tls_active();
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A certificate of `localhost`, and what a server needs to show it.
    fn certificate() -> (Certificate, Arc<ServerConfig>) {
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        (Certificate::from_der(cert.der().to_vec()).unwrap(), Arc::new(config))
    }

    fn mail() -> Written {
        Written { subject: "Ihr Lebenslauf".to_owned(), text: "as text".to_owned(), html: "<p>as HTML</p>".to_owned() }
    }

    fn next(arrivals: &Receiver<Came>) -> Came {
        arrivals.recv_timeout(Duration::from_secs(10)).unwrap()
    }

    #[tokio::test]
    async fn a_server_takes_a_mail_with_both_parts_from_who_has_its_password() {
        let (port, arrivals) = server(Speaks::Plainly);
        let smtp =
            |password| Smtp::new(&format!("smtp://vitae:{password}@127.0.0.1:{port}"), "vitae@example.org").unwrap();
        smtp("a%20secret%20of%20ours").send("ada@example.org", mail()).await.unwrap();
        assert_eq!(next(&arrivals), Came::Password("a secret of ours".to_owned()));
        let Came::Mail(came) = next(&arrivals) else { panic!("no mail came") };
        for part in
            ["From: vitae@example.org", "To: ada@example.org", "Subject: Ihr Lebenslauf", "as text", "<p>as HTML</p>"]
        {
            assert!(came.contains(part), "{came}");
        }
        assert!(came.contains("multipart/alternative") && came.contains("Message-ID: <"), "{came}");
        assert!(smtp("guessed").send("ada@example.org", mail()).await.is_err());
    }

    #[tokio::test]
    async fn a_mail_goes_by_tls_from_the_first_byte_and_by_starttls() {
        let (authority, config) = certificate();
        for (speaks, scheme, query) in [
            (Speaks::ByTls(Arc::clone(&config)), "smtps", ""),
            (Speaks::ByTlsWhenAsked(config), "smtp", "?tls=required"),
        ] {
            let (port, arrivals) = server(speaks);
            let address = format!("{scheme}://vitae:a%20secret%20of%20ours@localhost:{port}{query}");
            let smtp = Smtp::trusting(&address, "vitae@example.org", Some(authority.clone())).unwrap();
            smtp.send("ada@example.org", mail()).await.unwrap();
            assert_eq!(next(&arrivals), Came::Password("a secret of ours".to_owned()));
            assert!(matches!(next(&arrivals), Came::Mail(mail) if mail.contains("as text")));
        }
    }

    #[tokio::test]
    async fn a_server_that_nobody_vouches_for_gets_no_password() {
        let (_, config) = certificate();
        for (speaks, scheme, query) in [
            (Speaks::ByTls(Arc::clone(&config)), "smtps", ""),
            (Speaks::ByTlsWhenAsked(config), "smtp", "?tls=required"),
            // It does not offer TLS, as if somebody in between had cut that out of its greeting.
            (Speaks::Plainly, "smtp", "?tls=required"),
        ] {
            let (port, arrivals) = server(speaks);
            let address = format!("{scheme}://vitae:a%20secret%20of%20ours@localhost:{port}{query}");
            let smtp = Smtp::new(&address, "vitae@example.org").unwrap();
            assert!(smtp.send("ada@example.org", mail()).await.is_err(), "{address}");
            assert!(arrivals.try_recv().is_err(), "{address}");
        }
    }

    #[tokio::test]
    async fn a_refused_mail_is_told_by_its_code_alone() {
        let (port, _arrivals) = server(Speaks::Plainly);
        let smtp =
            Smtp::new(&format!("smtp://vitae:a%20secret%20of%20ours@127.0.0.1:{port}"), "vitae@example.org").unwrap();
        let error = smtp.send("nobody@example.org", mail()).await.unwrap_err();
        assert_eq!(error.to_string(), "SMTP: 550");
    }

    #[test]
    fn a_password_goes_by_tls_and_is_never_repeated() {
        let refused = |address| Smtp::new(address, "vitae@example.org").err().map(|error| format!("{error:#}"));
        for address in
            ["smtp://u:s3cret@mail.example.org", "smtp://u:s3cret@mail.example.org?tls=opportunistic", "u:s3cret"]
        {
            let error = refused(address).unwrap();
            assert!(!error.contains("s3cret"), "{error}");
        }
        assert_eq!(refused("smtps://u:s3cret@mail.example.org"), None);
        assert_eq!(refused("smtp://u:s3cret@mail.example.org:587?tls=required"), None);
    }
}
