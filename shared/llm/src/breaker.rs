use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Failures in a row after which a provider is left alone.
const FAILURES: u32 = 3;
/// For how long it is left alone; then one request tries it again.
const REST: Duration = Duration::from_secs(60);

/// A circuit breaker: a provider that fails again and again is not asked for a while, so that it costs no time.
#[derive(Debug, Default)]
pub(crate) struct Breaker {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: u32,
    rests_until: Option<Instant>,
}

impl Breaker {
    /// Whether the provider may be asked at `now`.
    pub(crate) fn admits(&self, now: Instant) -> bool {
        self.lock().rests_until.is_none_or(|until| now >= until)
    }

    pub(crate) fn succeeded(&self) {
        *self.lock() = State::default();
    }

    pub(crate) fn failed(&self, now: Instant) {
        let mut state = self.lock();
        state.failures += 1;
        if state.failures >= FAILURES {
            state.rests_until = Some(now + REST);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        // The state is two plain values, sound whatever panicked while it was held.
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_that_keeps_failing_rests_and_is_tried_again() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        for _ in 0..FAILURES {
            assert!(breaker.admits(now));
            breaker.failed(now);
        }
        assert!(!breaker.admits(now));
        assert!(breaker.admits(now + REST));
        breaker.failed(now + REST);
        assert!(!breaker.admits(now + REST));
        breaker.succeeded();
        assert!(breaker.admits(now));
    }
}
