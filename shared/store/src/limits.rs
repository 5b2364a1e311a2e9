use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use jiff::Timestamp;
use uuid::Uuid;

use crate::items::{Item, number, string};
use crate::{Store, StoreError, keys};

/// How often something may be done: `burst` times at once, and `burst` times in `window_seconds` over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Name of the class, part of the key.
    pub class: &'static str,
    /// How many at once.
    pub burst: u32,
    /// Seconds in which a whole burst comes back.
    pub window_seconds: u32,
}

/// Where a subject stands with a limit after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitState {
    /// Whether the request may go on.
    pub allowed: bool,
    /// How many more may follow at once.
    pub remaining: u32,
    /// Seconds until the next is allowed, where this one was not; else until the whole burst is back.
    pub reset_seconds: u32,
}

impl Limit {
    /// Milliseconds that one request costs; at least one, so that no more than a thousand a second are ever admitted.
    fn interval(self) -> i64 {
        (i64::from(self.window_seconds) * 1000 / i64::from(self.burst.max(1))).max(1)
    }

    fn window(self) -> i64 {
        i64::from(self.window_seconds) * 1000
    }

    /// The state when the theoretical arrival time is `tat` at `now` (both in milliseconds).
    fn state(self, allowed: bool, tat: i64, now: i64) -> LimitState {
        let ahead = (tat - now).max(0);
        let wait = if allowed { ahead } else { ahead + self.interval() - self.window() };
        LimitState {
            allowed,
            remaining: if allowed { ((self.window() - ahead) / self.interval()).max(0) as u32 } else { 0 },
            reset_seconds: (wait.max(0) as u64).div_ceil(1000) as u32,
        }
    }
}

/// What this process last saw owed, by key. It decides which of two updates is tried first, and nothing else: who was here a
/// moment ago mostly owes something still, so that most requests cost one update.
#[derive(Debug, Clone, Default)]
pub(crate) struct Owed(Arc<Mutex<HashMap<String, i64>>>);

impl Owed {
    /// More keys than one instance sees in the windows that matter; beyond it what is paid back is forgotten.
    const MOST: usize = 1024;

    fn is_ahead_of(&self, key: &str, now: i64) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).is_some_and(|tat| *tat > now)
    }

    fn note(&self, key: String, tat: i64, now: i64) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= Self::MOST {
            seen.retain(|_, tat| *tat > now);
            if seen.len() >= Self::MOST {
                seen.clear();
            }
        }
        seen.insert(key, tat);
    }
}

/// What one of the two updates came to: the number that stands there now, or the one that forbade it.
enum Taken {
    Counted(i64),
    Not(i64),
}

impl Store {
    /// Counts one request of `subject` against `limit` by the generic cell rate algorithm, on one item: its number
    /// `tat` is the time at which all that was taken so far will have been paid back.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn count_against(&self, limit: Limit, subject: &str) -> Result<LimitState, StoreError> {
        let now = Timestamp::now().as_millisecond();
        let key = keys::limit(limit.class, subject);
        let mut owes = self.owed.is_ahead_of(&key, now);
        // The guess may be wrong, and what it is corrected by may have changed again.
        for _ in 0..3 {
            let (taken, forbids) = if owes {
                // Something owed, and room for one more.
                let latest = now + limit.window() - limit.interval();
                let update = self
                    .limit_update(&key, limit, now)
                    .update_expression("SET tat = tat + :interval, expires_at = :expires")
                    .condition_expression("tat > :now AND tat <= :latest")
                    .expression_attribute_values(":interval", number(limit.interval()))
                    .expression_attribute_values(":latest", number(latest));
                (take(update).await?, latest)
            } else {
                // Nothing owed: start from now.
                let update = self
                    .limit_update(&key, limit, now)
                    .update_expression("SET tat = :next, expires_at = :expires")
                    .condition_expression("attribute_not_exists(tat) OR tat <= :now")
                    .expression_attribute_values(":next", number(now + limit.interval()));
                (take(update).await?, i64::MAX)
            };
            match taken {
                Taken::Counted(tat) => {
                    self.owed.note(key, tat, now);
                    return Ok(limit.state(true, tat, now));
                }
                Taken::Not(tat) if tat > forbids => {
                    self.owed.note(key, tat, now);
                    return Ok(limit.state(false, tat, now));
                }
                Taken::Not(tat) => owes = tat > now,
            }
        }
        // So many at the same moment that none of the two fits: that is what a limit is for.
        Ok(limit.state(false, now + limit.window(), now))
    }

    fn limit_update(&self, key: &str, limit: Limit, now: i64) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.counters_table)
            .key(keys::PK, string(key))
            .key(keys::SK, string("LIMIT"))
            .expression_attribute_values(":now", number(now))
            .expression_attribute_values(":expires", number(now / 1000 + i64::from(limit.window_seconds) * 2))
            .return_values(ReturnValue::UpdatedNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }
}

async fn take(update: UpdateItemFluentBuilder) -> Result<Taken, StoreError> {
    let tat = |item: Option<&Item>| item.and_then(|item| item.get("tat")?.as_n().ok()?.parse().ok()).unwrap_or(0);
    match update.send().await {
        Ok(output) => Ok(Taken::Counted(tat(output.attributes.as_ref()))),
        Err(error) => match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
                Ok(Taken::Not(tat(refused.item.as_ref())))
            }
            _ => Err(error.into()),
        },
    }
}

/// How many requests of one person may be held open at a time.
const WAITING_PLACES: [&str; 2] = ["first_until", "second_until"];

/// One of the places of [`Store::take_waiting_place`].
#[derive(Debug)]
pub struct WaitingPlace {
    attribute: &'static str,
    until: i64,
}

impl Store {
    /// Takes one of the two places in which a person's requests may be held open, for `seconds`; `None` when both are
    /// taken.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn take_waiting_place(&self, user_id: Uuid, seconds: u32) -> Result<Option<WaitingPlace>, StoreError> {
        let now = Timestamp::now().as_millisecond();
        let until = now + i64::from(seconds) * 1000;
        for attribute in WAITING_PLACES {
            let taken = self
                .waiting_places(user_id)
                .update_expression("SET #place = :until, expires_at = :expires")
                .condition_expression("attribute_not_exists(#place) OR #place < :now")
                .expression_attribute_names("#place", attribute)
                .expression_attribute_values(":until", number(until))
                .expression_attribute_values(":now", number(now))
                .expression_attribute_values(":expires", number(until / 1000 + 3600))
                .send()
                .await
                .map_err(StoreError::from);
            match taken {
                Ok(_) => return Ok(Some(WaitingPlace { attribute, until })),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Gives a place back before its time; one that ran out meanwhile, and is another's, stays theirs.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn free_waiting_place(&self, user_id: Uuid, place: WaitingPlace) -> Result<(), StoreError> {
        let freed = self
            .waiting_places(user_id)
            .update_expression("REMOVE #place")
            .condition_expression("#place = :until")
            .expression_attribute_names("#place", place.attribute)
            .expression_attribute_values(":until", number(place.until))
            .send()
            .await
            .map_err(StoreError::from);
        match freed {
            Ok(_) | Err(StoreError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn waiting_places(
        &self,
        user_id: Uuid,
    ) -> aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.counters_table)
            .key(keys::PK, string(keys::limit("wait", &user_id.to_string())))
            .key(keys::SK, string("LIMIT"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN_A_MINUTE: Limit = Limit { class: "test", burst: 10, window_seconds: 60 };

    #[test]
    fn a_first_request_leaves_the_rest_of_the_burst() {
        assert_eq!(TEN_A_MINUTE.state(true, 6_000, 0), LimitState { allowed: true, remaining: 9, reset_seconds: 6 });
    }

    #[test]
    fn what_is_owed_is_remembered_until_it_is_paid_back_and_in_bounds() {
        let owed = Owed::default();
        owed.note("a".to_owned(), 100, 0);
        assert!(owed.is_ahead_of("a", 99));
        assert!(!owed.is_ahead_of("a", 100) && !owed.is_ahead_of("b", 0));
        for nth in 0..2 * Owed::MOST {
            owed.note(nth.to_string(), 200, 150);
        }
        assert!(!owed.is_ahead_of("a", 99), "what was paid back is forgotten first");
        assert!(owed.0.lock().unwrap().len() <= Owed::MOST);
    }

    #[test]
    fn a_burst_of_more_than_a_thousand_a_second_is_one_of_a_thousand() {
        let wide = Limit { class: "test", burst: 300_000, window_seconds: 60 };
        assert_eq!(wide.state(true, 1, 0), LimitState { allowed: true, remaining: 59_999, reset_seconds: 1 });
    }

    #[test]
    fn a_spent_burst_says_when_the_next_is_allowed() {
        let state = TEN_A_MINUTE.state(false, 60_000, 0);
        assert_eq!(state, LimitState { allowed: false, remaining: 0, reset_seconds: 6 });
    }
}
