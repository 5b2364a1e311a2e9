//! DynamoDB: people and what belongs to them in one table, counters and limits in a second.
//!
//! **Invariants:**
//! - A key string is spelled in [`keys`] and nowhere else.
//! - A child (a job, a CV, a portfolio, a document) is written in a transaction that checks its parent, so an orphan
//!   cannot exist.
//! - What a condition refuses is an answer (`Ok` of an enum or an [`StoreError::Conflict`]), never a panic; what the
//!   service could not do now is [`StoreError::Unavailable`] and may be tried again.

mod api_keys;
mod audit;
pub mod counters;
mod cvs;
pub mod documents;
mod erasure;
mod error;
mod exports;
pub mod frontend_logs;
mod idempotency;
mod identities;
mod items;
mod jobs;
pub mod keys;
mod limits;
mod notices;
mod passkeys;
mod people;
pub mod portfolios;
mod second_factor;
mod sessions;
mod tokens;
pub mod versions;

pub use api_keys::ApiKey;
pub use audit::{Actor, AuditEntry, AuditEvent};
pub use cvs::{Cv, CvSource};
pub use erasure::{Belongings, RECEIPT_DAYS, Receipt};
pub use error::StoreError;
pub use exports::Export;
pub use idempotency::{IdempotentRequest, StoredAnswer};
pub use identities::{Attempt, Identity};
pub use items::Page;
pub use jobs::{Job, JobError, JobKind, JobResult, JobStatus, Lease, Preferences, SourceFile};
pub use limits::{Limit, LimitState, WaitingPlace};
pub use passkeys::Passkey;
pub use people::{Person, Role};
pub use second_factor::SecondFactor;
pub use sessions::{ReplacedToken, Session};
pub use tokens::{OneUseToken, TokenPurpose};

use vitae_runtime::Aws;
use vitae_runtime::environment::{EnvironmentError, required};

/// Both tables. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    client: aws_sdk_dynamodb::Client,
    table: String,
    counters_table: String,
    owed: limits::Owed,
}

impl Store {
    /// The tables that `TABLE` and `COUNTERS_TABLE` name.
    ///
    /// # Errors
    /// When a variable is not set.
    pub fn from_environment(aws: &Aws) -> Result<Self, EnvironmentError> {
        Ok(Self {
            client: aws.dynamodb(),
            table: required("TABLE")?,
            counters_table: required("COUNTERS_TABLE")?,
            owed: limits::Owed::default(),
        })
    }
}
