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
//! | `MAIL#{hash}` | `MAIL` | whose address it is |
//! | `TOKEN#{hash}` | `TOKEN` | a one-use token |
//! | `SLUG#{slug}` | `SLUG` | whose site it is |
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
