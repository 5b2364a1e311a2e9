//! What every function stands on: its configuration, its AWS clients, its logs and the Lambda event loop.
//!
//! **Invariant:** an AWS client is built in [`aws`] and nowhere else (`clippy.toml` holds the list).

pub mod aws;
pub mod environment;
mod function;
pub mod metrics;
pub mod redact;
mod signing;
pub mod telemetry;
pub mod trace;

pub use aws::Aws;
pub use function::{Function, HttpRouter};
pub use lambda_runtime::Error;
pub use signing::{Signer, SigningError};
