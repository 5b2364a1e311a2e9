//! Mail addresses.

use email_address::{EmailAddress, Options};

/// Longest address, in characters (RFC 5321, 4.5.3.1.3, less the angle brackets).
const LONGEST: usize = 254;

/// A mail address that a mail can be sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address(String);

impl Address {
    /// Reads what a person typed; white space around it is left out.
    ///
    /// Only ASCII is taken, as SES does: the name before the `@` cannot hold anything else there, and a domain of other
    /// letters is written in its `xn--` form. That leaves no two spellings that look alike.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub(crate) fn parse(typed: &str) -> Result<Self, &'static str> {
        let address = typed.trim();
        if address.len() > LONGEST {
            return Err("a mail address has at most 254 characters");
        }
        if !address.is_ascii() {
            return Err("a mail address has ASCII characters only; write another alphabet's domain in its xn-- form");
        }
        let options = Options::default().with_required_tld().without_display_text().without_domain_literal();
        let parsed = EmailAddress::parse_with_options(address, options)
            .map_err(|_| "this is not a mail address like a@b.org")?;
        // A quoted name may hold spaces and further `@`s: nobody has one, and mail programs disagree about them.
        if parsed.local_part().contains('"') {
            return Err("a mail address with quotation marks cannot be used here");
        }
        Ok(Self(address.to_owned()))
    }

    /// As the person wrote it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The same for all spellings of one address.
    pub(crate) fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_addresses_are_taken_and_trimmed() {
        for typed in ["ada@example.org", " ada@example.org\n", "a.b+c@sub.example.co.uk", "x@xn--bcher-kva.example"] {
            assert_eq!(Address::parse(typed).unwrap().as_str(), typed.trim());
        }
    }

    #[test]
    fn what_no_mail_can_reach_is_refused() {
        let long = format!("{}@example.org", "a".repeat(250));
        for typed in [
            "",
            "ada",
            "ada@",
            "@example.org",
            "ada@localhost",
            "ada@[127.0.0.1]",
            "Ada <ada@example.org>",
            "ada@example.org, eve@example.org",
            "ada@example.org\r\nBcc: eve@example.org",
            "\"a b\"@example.org",
            "ädä@example.org",
            "ada@exämple.org",
            &long,
        ] {
            assert!(Address::parse(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn case_does_not_tell_addresses_apart() {
        assert_eq!(Address::parse("Ada@Example.ORG").unwrap().folded(), "ada@example.org");
    }
}
