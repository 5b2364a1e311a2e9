//! Every key string of both tables.
//!
//! | partition | sort | holds |
//! | --- | --- | --- |
//! | `USER#{id}` | `PROFILE` | a person |
//! | | `SESSION#{id}` | one signed-in device |
//! | | `JOB#{id}` `CV#{id}` `PORTFOLIO#{id}` `DOCUMENT#{id}` | what belongs to them |
//! | | `VERSION#{portfolio}#{number}` | a portfolio as it was published |
//! | | `SECOND_FACTOR` | their authenticator |
//! | | `AUDIT#{id}` | one thing that happened to the account |
//! | | `REPLAY#{hash}` | an answer kept for an idempotency key |
//! | | `REF#{pk}` | a row outside the partition that belongs to the person |
//! | | `API_KEY#{id}` | a key for machines |
//! | | `PASSKEY#{id}` | a passkey |
//! | | `NOTICE#{id}` | that they were told of something by mail |
//! | | `EXPORT` | the last copy of everything that they asked for |
//! | `MAIL#{hash}` | `MAIL` | whose address it is |
//! | `TOKEN#{hash}` | `TOKEN` | a one-use token |
//! | `IDENTITY#{hash}` | `IDENTITY` | whose an account at another provider is |
//! | `ATTEMPT#{hash}` | `ATTEMPT` | a sign-in at another provider that is under way |
//! | `CHALLENGE#{hash}` | `CHALLENGE` | what somebody who comes with a passkey is to answer |
//! | `SLUG#{slug}` | `SLUG` | whose site it is |
//! | `DIRECTORY` | `{address}` | whose address it is, in order, for administrators |
//! | `RECEIPT#{id}` | `RECEIPT` | what was removed when somebody left |
//!
//! In the second table:
//!
//! | partition | sort | holds |
//! | --- | --- | --- |
//! | `LIMIT#{class}#{subject}` | `LIMIT` | where a subject stands with a rate limit |
//! | `EVENT#{id}` | `EVENT` | that an event was counted |
//! | `COUNT#USER#{id}` `COUNT#PLATFORM#{shard}` | `FINE#{time}` | the counts of five minutes |
//! | | `DAY#{date}` | the counts of a day |
//! | | `REFERRER#{date}#{host}` | the views that a host sent on a day |
//! | `ACTIVITY#{id}` | `{time}#{event}` | one thing that happened to a person's things |
//! | `KEY_USES#{id}` | `{key}` | when a person's key for machines was last used |
//! | `FRONTEND#{date}` | `{time}#{id}` | one thing that a frontend told of its faults |
//!
//! The index `open-jobs` holds unfinished jobs only: `OPEN` and the time of their last change, or until when they may stand
//! still.

use jiff::Timestamp;
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Partition key attribute.
pub const PK: &str = "PK";
/// Sort key attribute.
pub const SK: &str = "SK";
/// Attribute by which DynamoDB deletes: seconds since 1970. It deletes late, so readers check it themselves.
pub const EXPIRES_AT: &str = "expires_at";
/// The sparse index of unfinished jobs.
pub const OPEN_JOBS_INDEX: &str = "open-jobs";
/// Partition key of [`OPEN_JOBS_INDEX`].
pub const GSI1PK: &str = "GSI1PK";
/// Sort key of [`OPEN_JOBS_INDEX`]: when the job last changed, or until when it may stand still; RFC 3339.
pub const GSI1SK: &str = "GSI1SK";
/// The one value of [`GSI1PK`].
pub const OPEN: &str = "OPEN";

/// Sort key of a person.
pub const PROFILE: &str = "PROFILE";
/// Sort key of a mail address row.
pub const MAIL: &str = "MAIL";
/// Sort key of a token row.
pub const TOKEN: &str = "TOKEN";
/// Sort key of a slug row.
pub const SLUG: &str = "SLUG";
/// Prefix of sessions.
pub const SESSION: &str = "SESSION#";
/// Prefix of jobs.
pub const JOB: &str = "JOB#";
/// Prefix of CVs.
pub const CV: &str = "CV#";
/// Prefix of portfolios.
pub const PORTFOLIO: &str = "PORTFOLIO#";
/// Prefix of ATS documents.
pub const DOCUMENT: &str = "DOCUMENT#";
/// Sort key of a person's second factor.
pub const SECOND_FACTOR: &str = "SECOND_FACTOR";
/// Prefix of what happened to an account.
pub const AUDIT: &str = "AUDIT#";
/// Prefix of keys for machines.
pub const API_KEY: &str = "API_KEY#";
/// Prefix of passkeys.
pub const PASSKEY: &str = "PASSKEY#";
/// Prefix of what a person was told of by mail.
pub const NOTICE: &str = "NOTICE#";
/// Sort key of the row that says whose an identity is.
pub const IDENTITY: &str = "IDENTITY";
/// Sort key of a challenge.
pub const CHALLENGE: &str = "CHALLENGE";
/// Sort key of a sign-in at another provider that is under way.
pub const ATTEMPT: &str = "ATTEMPT";
/// Sort key of the last export that a person asked for.
pub const EXPORT: &str = "EXPORT";
/// Sort key of a receipt.
pub const RECEIPT: &str = "RECEIPT";
/// Partition of the list of everybody's addresses.
pub const DIRECTORY: &str = "DIRECTORY";

/// Sort key of an address in the list of everybody's.
pub fn directory_entry(address: &str) -> String {
    address.to_lowercase()
}

/// Partition of a receipt.
pub fn receipt(id: Uuid) -> String {
    format!("RECEIPT#{id}")
}

/// The row outside a person's partition that the note with this sort key is of.
pub fn referenced_row(sk: &str) -> Option<(String, String)> {
    let pk = sk.strip_prefix(REF)?;
    if let Some(address) = pk.strip_prefix(DIRECTORY_REFERENCE) {
        return Some((DIRECTORY.to_owned(), address.to_owned()));
    }
    let kind = pk.split('#').next().unwrap_or(pk);
    Some((pk.to_owned(), kind.to_owned()))
}

/// The slug that the note with this sort key is of.
pub fn referenced_slug(sk: &str) -> Option<&str> {
    sk.strip_prefix(REF)?.strip_prefix("SLUG#")
}

/// In a note's sort key, what stands before an address of the list of everybody's.
const DIRECTORY_REFERENCE: &str = "DIRECTORY#";

/// Sort key of the note that an address of the list of everybody's is the person's.
pub fn directory_reference(address: &str) -> String {
    format!("{REF}{DIRECTORY_REFERENCE}{}", directory_entry(address))
}

/// What a row of a person's partition is, by its sort key, in a receipt's words.
pub fn kind_of_row(sk: &str) -> &'static str {
    const KINDS: [(&str, &str); 19] = [
        (PROFILE, "profile"),
        (SESSION, "sessions"),
        (JOB, "jobs"),
        (CV, "cvs"),
        (PORTFOLIO, "portfolios"),
        (DOCUMENT, "documents"),
        ("VERSION#", "portfolio_versions"),
        (REPLAY, "kept_answers"),
        (SECOND_FACTOR, "second_factor"),
        (AUDIT, "audit_entries"),
        (API_KEY, "api_keys"),
        (PASSKEY, "passkeys"),
        (NOTICE, "notices"),
        (EXPORT, "export"),
        ("REF#IDENTITY#", "identities"),
        ("REF#SLUG#", "site_addresses"),
        ("REF#TOKEN#", "mail_tokens"),
        ("REF#MAIL#", "mail_address"),
        ("REF#DIRECTORY#", "directory_entry"),
    ];
    KINDS.iter().find(|(prefix, _)| sk.starts_with(prefix)).map_or("other", |(_, kind)| kind)
}

/// Prefix of the versions of a portfolio.
pub fn portfolio_versions(portfolio_id: Uuid) -> String {
    format!("VERSION#{portfolio_id}#")
}

/// Sort key of a version of a portfolio.
pub fn portfolio_version(portfolio_id: Uuid, number: u32) -> String {
    // As many digits as the largest number has, so that their order is that of the numbers.
    format!("{}{number:010}", portfolio_versions(portfolio_id))
}

/// Prefix of kept answers.
pub const REPLAY: &str = "REPLAY#";
/// Prefix of the list of rows outside the partition.
pub const REF: &str = "REF#";

/// A person's partition.
pub fn user(id: Uuid) -> String {
    format!("USER#{id}")
}

/// Sort key of a child of a person.
pub fn child(prefix: &str, id: Uuid) -> String {
    format!("{prefix}{id}")
}

/// Partition of a mail address; the address itself is not in the key.
pub fn mail(address: &str) -> String {
    format!("MAIL#{}", digest(&address.to_lowercase()))
}

/// Partition of a one-use token, by the token's hash.
pub fn token(secret: &str) -> String {
    format!("TOKEN#{}", digest(secret))
}

/// Digest of an account at another provider: of its issuer and its subject, which hold no line break.
pub fn identity_digest(issuer: &str, subject: &str) -> String {
    digest(&format!("{issuer}\n{subject}"))
}

/// Partition of the row that says whose an identity is, by [`identity_digest`].
pub fn identity(digest: &str) -> String {
    format!("IDENTITY#{digest}")
}

/// Partition of a sign-in at another provider that is under way, by its `state`.
pub fn attempt(state: &str) -> String {
    format!("ATTEMPT#{}", digest(state))
}

/// Partition of a challenge that somebody who comes with a passkey answers.
pub fn challenge(challenge: &str) -> String {
    format!("CHALLENGE#{}", digest(challenge))
}

/// Partition of a slug.
pub fn slug(slug: &str) -> String {
    format!("SLUG#{slug}")
}

/// Sort key of a kept answer.
pub fn replay(route: &str, key: &str) -> String {
    format!("{REPLAY}{}", digest(&format!("{route}\n{key}")))
}

/// Sort key of the note that a row outside the partition belongs to the person.
pub fn reference(pk: &str) -> String {
    format!("{REF}{pk}")
}

/// Partition of a rate limit.
pub fn limit(class: &str, subject: &str) -> String {
    format!("LIMIT#{class}#{}", digest(subject))
}

/// Sort key of an event that was counted.
pub const EVENT: &str = "EVENT";

/// Partition of an event that was counted.
pub fn event(id: Uuid) -> String {
    format!("EVENT#{id}")
}

/// Partition of a person's counts.
pub fn person_counts(id: Uuid) -> String {
    format!("COUNT#USER#{id}")
}

/// Partition of a part of the platform's counts.
pub fn platform_counts(shard: u8) -> String {
    format!("COUNT#PLATFORM#{shard}")
}

/// Sort key of the counts of the five minutes that begin at `start`.
pub fn fine_counts(start: Timestamp) -> String {
    format!("FINE#{start:.0}")
}

/// Sort key of the counts of a day.
pub fn day_counts(day: Date) -> String {
    format!("DAY#{day}")
}

/// Sort key of the views that `host` sent on a day.
pub fn referrer_counts(day: Date, host: &str) -> String {
    format!("REFERRER#{day}#{host}")
}

/// Below and above every sort key of [`referrer_counts`] from one day to another.
pub fn referrer_range(from: Date, to: Date) -> (String, String) {
    // No host begins with a character above `~`.
    (format!("REFERRER#{from}#"), format!("REFERRER#{to}#~"))
}

/// What sort key of [`fine_counts`], [`day_counts`] or [`referrer_counts`] says after its prefix.
pub fn after_prefix(sk: &str) -> &str {
    sk.split_once('#').map_or(sk, |(_, rest)| rest)
}

/// Partition of what happened to a person's things.
pub fn activity(id: Uuid) -> String {
    format!("ACTIVITY#{id}")
}

/// Sort key of one thing that happened.
pub fn activity_at(at: Timestamp, event_id: Uuid) -> String {
    format!("{at:.3}#{event_id}")
}

/// Partition of when a person's keys for machines were last used.
pub fn key_uses(id: Uuid) -> String {
    format!("KEY_USES#{id}")
}

/// Partition of what frontends told on a day.
pub fn frontend_logs(day: Date) -> String {
    format!("FRONTEND#{day}")
}

/// Sort key of one thing that a frontend told.
pub fn frontend_log(at: Timestamp, id: Uuid) -> String {
    format!("{at:.3}#{id}")
}

/// Below and above every sort key of [`frontend_log`] from one time to another, both included.
pub fn frontend_log_range(from: Timestamp, to: Timestamp) -> (String, String) {
    // No id begins with a character above `~`.
    (format!("{from:.3}#"), format!("{to:.3}#~"))
}

/// Hex SHA-256.
pub fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_leads_to_its_row() {
        let row = |pk: &str| referenced_row(&reference(pk));
        assert_eq!(row(&slug("ada")), Some(("SLUG#ada".to_owned(), SLUG.to_owned())));
        assert_eq!(row(&mail("a@b.org")), Some((mail("a@b.org"), MAIL.to_owned())));
        assert_eq!(row(&token("secret")), Some((token("secret"), TOKEN.to_owned())));
        let listed = directory_reference("Ada@b.org");
        assert_eq!(referenced_row(&listed), Some((DIRECTORY.to_owned(), directory_entry("ada@b.org"))));
        assert_eq!(referenced_row(PROFILE), None);
        assert_eq!(referenced_slug(&reference(&slug("ada"))), Some("ada"));
        assert_eq!(referenced_slug(&reference(&mail("a@b.org"))), None);
    }

    #[test]
    fn every_row_of_a_person_has_a_name_in_the_receipt() {
        let id = Uuid::nil();
        let children = [SESSION, JOB, CV, PORTFOLIO, DOCUMENT, AUDIT, API_KEY, PASSKEY].map(|prefix| child(prefix, id));
        let others = [PROFILE.to_owned(), SECOND_FACTOR.to_owned(), EXPORT.to_owned(), replay("r", "k")];
        let listed = [
            reference(&mail("a")),
            reference(&slug("a")),
            reference(&token("a")),
            reference(&identity("a")),
            directory_reference("a"),
        ];
        let mut rows: Vec<_> = children.into_iter().chain(others).chain(listed).collect();
        rows.push(portfolio_version(id, 1));
        let kinds: std::collections::BTreeSet<_> = rows.iter().map(|sk| kind_of_row(sk)).collect();
        assert_eq!(kinds.len(), rows.len());
        assert!(!kinds.contains("other"));
    }
}
