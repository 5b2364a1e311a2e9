//! What flow tests and `cargo local try` share: the running stack, people to sign up, documents to upload.
//!
//! A flow test begins with
//!
//! ```no_run
//! # async fn flow() -> anyhow::Result<()> {
//! let Some(stack) = vitae_testing::Stack::from_environment() else { return Ok(()) };
//! let person = vitae_testing::Person::sign_up(&stack).await?;
//! # Ok(()) }
//! ```
//!
//! and goes on over the front door as a browser would; what a browser cannot see (objects, queues, mail) it reads from
//! the emulator's side with [`Stack::aws`] and the functions beside it. Nothing sleeps for a fixed time: [`eventually`]
//! asks again until a deadline.

mod answer;
mod authenticator;
mod behind;
mod documents;
mod eventually;
mod faults;
mod function_log;
mod inbox;
mod person;
mod stack;
mod upload;

pub use answer::Answer;
pub use authenticator::Authenticator;
pub use documents::{Fixture, fixture};
pub use eventually::eventually;
pub use faults::{Effect, Fault, Target, Waiting};
pub use function_log::LogLine;
pub use inbox::Mail;
pub use person::Person;
pub use stack::Stack;
pub use upload::{Upload, UploadTicket};

/// `prefix` and a random part that no other test has, fit for a mail address, a slug or a file name.
pub fn unique(prefix: &str) -> String {
    let id = uuid::Uuid::new_v4().simple().to_string();
    format!("{prefix}-{}", &id[..12])
}
