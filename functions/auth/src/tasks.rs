//! What takes longer than a request may: the queue of accounts to be erased and of copies to be made, and that of notices.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vitae_queue::{Message, Retry};
use vitae_runtime::telemetry;

use crate::{State, erasure, export, notices};

/// One piece of work on an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "task", deny_unknown_fields)]
pub(crate) enum Task {
    /// Remove everything of a person who asked for it.
    Erase {
        /// Whose.
        user_id: Uuid,
        /// Where it is written what there was.
        receipt_id: Uuid,
    },
    /// Remove what a worker may have written meanwhile that had begun before.
    EraseAgain {
        /// Whose.
        user_id: Uuid,
        /// Where sites of theirs lay.
        slugs: Vec<String>,
    },
    /// Copy everything of a person into one file.
    Export {
        /// Whose.
        user_id: Uuid,
        /// Which copy.
        export_id: Uuid,
    },
}

/// Works through a batch of messages, which are all of one queue. By that of notices nobody can ask for anything else.
pub async fn work(state: State, event: SqsEvent) -> SqsBatchResponse {
    if state.notices.is_source_of(&event) {
        return state.notices.drive(event, 1, |message| notices::tell(&state, message)).await;
    }
    state.consumer.drive(event, 1, |message| take(&state, message)).await
}

async fn take(state: &State, message: Message) -> Result<(), Retry> {
    let task: Task = message.parse().map_err(|error| Retry(format!("this is no task: {error}")))?;
    match task {
        Task::Erase { user_id, receipt_id } => {
            about("erase", user_id);
            erasure::erase(state, user_id, receipt_id).await
        }
        Task::EraseAgain { user_id, slugs } => {
            about("erase_again", user_id);
            erasure::erase_again(state, user_id, &slugs).await
        }
        Task::Export { user_id, export_id } => {
            about("export", user_id);
            Box::pin(export::make(state, user_id, export_id)).await
        }
    }
}

fn about(kind: &str, user_id: Uuid) {
    telemetry::note_kind(kind);
    telemetry::note_user(user_id);
}

/// Whatever went wrong, trying again is the way out; the last resort is the dead-letter queue.
pub(crate) fn again(error: impl std::fmt::Display) -> Retry {
    Retry(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use vitae_queue::{Consumer, NoticeMessage};
    use vitae_runtime::Aws;

    #[test]
    fn a_batch_of_the_queue_holds_a_task() {
        let batch: SqsEvent = serde_json::from_str(include_str!("../../../events/auth/erase.json")).unwrap();
        let task: Task = serde_json::from_str(batch.records[0].body.as_deref().unwrap()).unwrap();
        assert!(matches!(task, Task::Erase { .. }));
    }

    #[test]
    fn a_batch_of_notices_is_told_from_one_of_tasks_by_its_queue() {
        let of = |url: &str| Consumer::new(Aws::at_local_endpoint("http://127.0.0.1:9").sqs(), url.to_owned());
        let accounts = of("https://sqs.us-east-1.amazonaws.com/000000000000/vitae-accounts");
        let notices = of("https://sqs.us-east-1.amazonaws.com/000000000000/vitae-notices");
        let tasks: SqsEvent = serde_json::from_str(include_str!("../../../events/auth/erase.json")).unwrap();
        let notice: SqsEvent = serde_json::from_str(include_str!("../../../events/auth/notice.json")).unwrap();
        assert!(accounts.is_source_of(&tasks) && !notices.is_source_of(&tasks));
        assert!(notices.is_source_of(&notice) && !accounts.is_source_of(&notice));
        assert!(!notices.is_source_of(&SqsEvent::default()));
        let read: NoticeMessage = serde_json::from_str(notice.records[0].body.as_deref().unwrap()).unwrap();
        assert!(read.completed);
    }
}
