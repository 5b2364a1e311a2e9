//! The queue of notices: mails that a person wants when a job of theirs has ended.

use vitae_queue::{Message, NoticeMessage, Retry};
use vitae_runtime::telemetry;
use vitae_store::StoreError;

use crate::State;
use crate::mail::Letter;
use crate::tasks::again;

/// Tells a person once, if they still want it and have proved that the address is theirs. A mail that is not taken is not
/// tried again: of a job is told at most once.
pub(crate) async fn tell(state: &State, message: Message) -> Result<(), Retry> {
    let notice: NoticeMessage = message.parse().map_err(|error| Retry(format!("this is no notice: {error}")))?;
    telemetry::note_user(notice.user_id);
    telemetry::note_kind("job_ended");
    let person = state.store.person(notice.user_id).await.map_err(again)?;
    let wanted =
        person.filter(|person| person.mail_when_done && person.email_verified && person.suspended_at.is_none());
    let Some(person) = wanted else { return Ok(()) };
    match state.store.note_notice(notice.user_id, notice.notice_id).await {
        Ok(()) => {}
        // They were told before, or have left.
        Err(StoreError::Conflict) => return Ok(()),
        Err(error) => return Err(again(error)),
    }
    let letter = if notice.completed { Letter::JobCompleted } else { Letter::JobFailed };
    state.mailer.send_with(&person, letter, "").await;
    Ok(())
}
