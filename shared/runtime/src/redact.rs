//! Takes out of a text what names a person or opens a door: mail addresses, telephone numbers, network addresses, tokens,
//! and what stands behind the `?` of an address.
//!
//! It goes by the shape of things, so it cannot know a name or a street. What may hold those is not to be logged at all;
//! this is for texts that others write.

use std::borrow::Cow;
use std::net::Ipv6Addr;

/// Shortest run of letters and digits together that is taken for a token.
const TOKEN: usize = 24;
/// Fewest digits of a telephone number that is written with separators or a plus, and of one without.
const PHONE: (usize, usize) = (7, 9);
/// Most digits of a telephone number (E.164).
const LONGEST_PHONE: usize = 15;

/// Words behind which a secret stands, in lower case and without `-` and `_`.
const SECRETS: &[&str] = &[
    "accesstoken",
    "apikey",
    "auth",
    "authorization",
    "cookie",
    "credential",
    "credentials",
    "csrf",
    "csrftoken",
    "idtoken",
    "jwt",
    "mail",
    "email",
    "mfatoken",
    "otp",
    "passphrase",
    "passwd",
    "password",
    "phone",
    "pwd",
    "refreshtoken",
    "secret",
    "session",
    "sessionid",
    "setcookie",
    "signature",
    "telephone",
    "token",
    "xapikey",
    "xcsrftoken",
    "xoriginverify",
];

/// `text` without all of that; each thing leaves its kind in brackets.
pub fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = None;
    while let Some(first) = rest.chars().next() {
        let at_word = before.is_none_or(|c: char| !is_word(c));
        let found = if at_word { at_the_beginning_of_a_word(rest, before) } else { None };
        match found.or_else(|| query(rest)) {
            Some(Found { length, shown }) => {
                out.push_str(&shown);
                before = rest[..length].chars().next_back();
                rest = &rest[length..];
            }
            None => {
                out.push(first);
                before = Some(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    out
}

/// `text` without mail addresses; the text itself where it holds none, which is nearly always.
pub fn mail_addresses(text: &str) -> Cow<'_, str> {
    if !text.contains('@') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = None;
    while let Some(first) = rest.chars().next() {
        let found = if before.is_none_or(|c: char| !is_local(c)) { mail(rest) } else { None };
        let length = match found {
            Some(length) => {
                out.push_str("[mail]");
                length
            }
            None => {
                out.push(first);
                first.len_utf8()
            }
        };
        before = rest[..length].chars().next_back();
        rest = &rest[length..];
    }
    Cow::Owned(out)
}

/// Whether a member of this name holds a secret, or says how to reach a person.
pub fn is_secret(name: &str) -> bool {
    let name: String = name.chars().filter(|c| !matches!(c, '-' | '_')).flat_map(char::to_lowercase).collect();
    SECRETS.contains(&name.as_str())
}

struct Found {
    length: usize,
    shown: Cow<'static, str>,
}

impl Found {
    fn as_kind(length: usize, kind: &'static str) -> Self {
        Self { length, shown: Cow::Borrowed(kind) }
    }
}

fn at_the_beginning_of_a_word(rest: &str, before: Option<char>) -> Option<Found> {
    // The order matters: each looks like some later one in part.
    mail(rest)
        .map(|length| Found::as_kind(length, "[mail]"))
        .or_else(|| credentials(rest))
        .or_else(|| secret(rest))
        .or_else(|| uuid(rest).map(|length| Found { length, shown: Cow::Owned(rest[..length].to_owned()) }))
        .or_else(|| date(rest).map(|length| Found { length, shown: Cow::Owned(rest[..length].to_owned()) }))
        .or_else(|| network_address(rest).map(|length| Found::as_kind(length, "[address]")))
        .or_else(|| token(rest).map(|length| Found::as_kind(length, "[token]")))
        // The decimals of a number are no telephone number.
        .or_else(|| match before {
            Some('.') => None,
            _ => phone(rest).map(|length| Found::as_kind(length, "[number]")),
        })
}

/// Characters that a word or a number consists of: what follows one is not the beginning of another.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Characters of the part of a mail address before its `@`.
fn is_local(c: char) -> bool {
    c.is_alphanumeric() || "!#$&'*+-_.~".contains(c)
}

fn run(rest: &str, mut of: impl FnMut(char) -> bool) -> usize {
    rest.find(|c| !of(c)).unwrap_or(rest.len())
}

/// A mail address, its `@` also as it is written in an address bar (`%40`).
fn mail(rest: &str) -> Option<usize> {
    let local = run(rest, is_local);
    let (_, after) = rest.split_at(local);
    let at = ["@", "%40"].into_iter().find(|at| after.starts_with(at))?;
    let domain = &after[at.len()..];
    let length = run(domain, |c| c.is_alphanumeric() || c == '-' || c == '.');
    let domain = domain[..length].trim_end_matches(['.', '-']);
    // A version (`pkg@1.2.3`) has no letter, and a frame of a trace (`render@https://…`) no dot.
    let is_domain = domain.contains('.') && domain.rsplit('.').next()?.chars().all(char::is_alphabetic);
    (local > 0 && is_domain).then(|| local + at.len() + domain.len())
}

/// What an `Authorization` header holds.
fn credentials(rest: &str) -> Option<Found> {
    for scheme in ["bearer", "basic", "digest"] {
        let Some(begin) = rest.get(..scheme.len()).filter(|begin| begin.eq_ignore_ascii_case(scheme)) else { continue };
        let after = rest[scheme.len()..].trim_start_matches(' ');
        let spaces = rest.len() - scheme.len() - after.len();
        let length = run(after, |c| c.is_ascii_graphic() && !"\"'<>,;()".contains(c));
        // "Bearer of news" is nobody's token.
        if spaces > 0 && length >= 8 && (after[..length].bytes().any(|b| b.is_ascii_digit()) || length >= TOKEN) {
            let length = scheme.len() + spaces + length;
            return Some(Found { length, shown: Cow::Owned(format!("{begin} [token]")) });
        }
    }
    None
}

/// `password=…`, `"token": "…"`.
fn secret(rest: &str) -> Option<Found> {
    let name = run(rest, |c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if name == 0 || !is_secret(&rest[..name]) {
        return None;
    }
    let after = rest[name..].trim_start_matches(['"', '\'', '\\']).trim_start_matches(' ');
    let after = after.strip_prefix(['=', ':'])?.trim_start_matches(' ');
    let (closing, value) = match after.trim_start_matches('\\').strip_prefix(['"', '\'']) {
        Some(value) => (true, value),
        None => (false, after),
    };
    let end = if closing {
        run(value, |c| c != '"' && c != '\'')
    } else {
        let word = |value: &str| run(value, |c| !c.is_whitespace() && !",;&)}]\"'".contains(c));
        // `Authorization: Bearer …` has two.
        let scheme = word(value);
        let after = value[scheme..].trim_start_matches(' ');
        match ["bearer", "basic", "digest"].iter().any(|name| value[..scheme].eq_ignore_ascii_case(name)) {
            true => value.len() - after.len() + word(after),
            false => scheme,
        }
    };
    let begin = rest.len() - value.len();
    (end > 0).then(|| Found { length: begin + end, shown: Cow::Owned(format!("{}[removed]", &rest[..begin])) })
}

/// Ids of things: they say nothing, and without them a text is of no use.
fn uuid(rest: &str) -> Option<usize> {
    const LENGTH: usize = 36;
    let text = rest.get(..LENGTH)?;
    let is_uuid = text.bytes().enumerate().all(|(i, b)| match i {
        8 | 13 | 18 | 23 => b == b'-',
        _ => b.is_ascii_hexdigit(),
    });
    let ends = rest[LENGTH..].chars().next().is_none_or(|c| !is_word(c));
    (is_uuid && ends).then_some(LENGTH)
}

/// `2026-11-22`, which has as many digits as a telephone number.
fn date(rest: &str) -> Option<usize> {
    const LENGTH: usize = 10;
    let text = rest.get(..LENGTH)?;
    let is_date = text.bytes().enumerate().all(|(i, b)| match i {
        4 | 7 => b == b'-',
        _ => b.is_ascii_digit(),
    });
    let ends = rest[LENGTH..].chars().next().is_none_or(|c| !c.is_ascii_digit() && c != '-');
    (is_date && ends && matches!(&rest[..2], "19" | "20")).then_some(LENGTH)
}

fn network_address(rest: &str) -> Option<usize> {
    let length = run(rest, |c| c.is_ascii_hexdigit() || c == ':' || c == '.');
    let text = rest[..length].trim_end_matches('.');
    let length = text.len();
    if rest[length..].chars().next().is_some_and(is_word) {
        return None;
    }
    // A port may follow.
    let (host, port) = text.split_once(':').unwrap_or((text, ""));
    let parts: Vec<_> = host.split('.').collect();
    let is_v4 = parts.len() == 4
        && parts.iter().all(|part| part.parse::<u8>().is_ok())
        && port.bytes().all(|b| b.is_ascii_digit() || b == b':');
    if is_v4 {
        return Some(host.len());
    }
    let groups = text.split(':').filter(|group| !group.is_empty()).count();
    (groups >= 2 && text.parse::<Ipv6Addr>().is_ok()).then_some(length)
}

/// A long run of letters and digits in which both occur, as of a token, a key or a hash.
fn token(rest: &str) -> Option<usize> {
    let length = run(rest, |c| c.is_ascii_alphanumeric() || "-_.~+".contains(c));
    let text = rest[..length].trim_end_matches(['.', '-']);
    // Words that hyphens or dots tie together are no token, nor is a file's name: one of its parts has to be one.
    let is_token = |part: &str| {
        part.len() >= TOKEN && part.bytes().any(|b| b.is_ascii_digit()) && part.bytes().any(|b| b.is_ascii_alphabetic())
    };
    let found = text.starts_with("eyJ") || text.split(['.', '-']).any(is_token);
    (found && text.len() >= TOKEN).then_some(text.len())
}

/// A telephone number, or another number that is as long.
fn phone(rest: &str) -> Option<usize> {
    let mut digits = 0;
    let mut end = 0;
    let mut separated = rest.starts_with(['+', '(']);
    for (i, c) in rest.char_indices() {
        match c {
            '0'..='9' => {
                digits += 1;
                end = i + 1;
            }
            '+' | '(' if i == 0 => {}
            // Separators stand between digits, and not many of them.
            ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}' if digits > 0 && i < end + 3 => separated |= i > 0,
            _ => break,
        }
    }
    let inner = rest[..end].bytes().any(|b| !b.is_ascii_digit());
    let fewest = if separated && inner { PHONE.0 } else { PHONE.1 };
    let ends = rest[end..].chars().next().is_none_or(|c| !is_word(c));
    ((fewest..=LONGEST_PHONE).contains(&digits) && ends).then_some(end)
}

/// What follows the `?` or `#` of an address, in which anything may stand.
fn query(rest: &str) -> Option<Found> {
    let begin = rest.chars().next().filter(|c| matches!(c, '?' | '#'))?;
    let length = run(&rest[1..], |c| !c.is_whitespace() && !"\"'<>()".contains(c));
    let query = &rest[1..=length];
    let is_query = query.contains('=') || query.contains("%40");
    // The line and column at the end of a frame are kept.
    let kept = query.rfind(|c: char| !c.is_ascii_digit() && c != ':').map_or(0, |last| last + 1);
    let position = query[kept..].find(':').map_or("", |colon| &query[kept + colon..]);
    is_query.then(|| Found { length: 1 + length, shown: Cow::Owned(format!("{begin}[removed]{position}")) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_a_person_or_opens_a_door_goes() {
        for (text_, expected) in [
            ("no CV of ada.l+cv@example.co.uk.", "no CV of [mail]."),
            ("GET /u/ada%40example.org/x", "GET /u/[mail]/x"),
            ("<jürgen@bücher.example>", "<[mail]>"),
            ("call +49 (0)170 123 45-67 now", "call [number] now"),
            ("tel:01701234567", "tel:[number]"),
            ("(555) 123-4567", "[number]"),
            ("from 192.168.0.17:443", "from [address]:443"),
            ("from 2001:db8::17, again", "from [address], again"),
            ("Authorization: Bearer abc.def-123", "Authorization: [removed]"),
            ("sent bearer 8f3a9d1c2b", "sent bearer [token]"),
            ("eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2ln is bad", "[token] is bad"),
            ("hash 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b", "hash [token]"),
            ("https://a.example/reset?token=abc&x=1 failed", "https://a.example/reset?[removed] failed"),
            ("at https://a.example/app.js?v=12:10:22", "at https://a.example/app.js?[removed]:10:22"),
            ("/cb#access_token=abc", "/cb#[removed]"),
            (r#"{"password":"hunter2 x","n":1}"#, r#"{"password":"[removed]","n":1}"#),
            ("password=hunter2&x=1", "password=[removed]&x=1"),
            ("refresh_token: abc", "refresh_token: [removed]"),
        ] {
            assert_eq!(text(text_), expected, "{text_}");
        }
    }

    #[test]
    fn what_a_person_who_looks_for_a_fault_needs_stays() {
        for kept in [
            "TypeError: Cannot read properties of undefined (reading 'map')",
            "at render (https://app.example/assets/main-4f8a9c7d.js:12:34567)",
            "render@https://app.example/assets/main-4f8a9c7d.js:120:345678",
            "@scope/pkg@1.2.3 threw",
            "job 01931a2b-3c4d-7e5f-8a9b-0c1d2e3f4a5b failed",
            "2026-11-22T00:36:14.123Z",
            "version 1.24.0, 0.30000000000000004 of 3",
            "at Object.handleUnhandledPromiseRejectionInTheApplication",
            "a-very-long-name-of-a-component-with-many-parts.tsx:10",
            "core::fmt::Display",
            "the token was refused",
            "is it so? yes",
            "Bearer of good news",
            "",
        ] {
            assert_eq!(text(kept), kept);
        }
    }

    #[test]
    fn mail_addresses_alone_go_where_only_they_may() {
        assert_eq!(mail_addresses("refused: ada@example.org, bob@example.org"), "refused: [mail], [mail]");
        assert!(matches!(mail_addresses("no address here"), Cow::Borrowed(_)));
        assert_eq!(mail_addresses("a@b"), "a@b");
    }

    #[test]
    fn names_of_members_are_compared_without_their_style() {
        for name in ["password", "Access-Token", "accessToken", "refresh_token", "EMAIL", "X-Api-Key"] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["component", "tokens_left", "pass", "route"] {
            assert!(!is_secret(name), "{name}");
        }
    }

    /// Whatever is sent, nothing panics and nothing that was cut out comes back by being read again.
    #[test]
    fn odd_texts_are_read_to_their_end() {
        for odd in [
            "%40",
            "@",
            "a@",
            "?",
            "#=",
            "eyJ",
            "+",
            "((((",
            "1.2.3",
            "::",
            "é@é.é",
            "bearer ",
            "password=",
            "\u{a0}1 2",
        ] {
            let once = text(odd);
            assert_eq!(text(&once), once, "{odd}");
        }
    }
}
