//! Which time a dashboard is about, and in which steps.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vitae_store::counters::{FINE_SECONDS, day_of, fine_start};

const HOUR_SECONDS: i64 = 3_600;

/// How far back. Days and hours are those of UTC, and the present one is the last of them: `7d` is today and the six
/// days before, `24h` this hour and the 23 before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) enum TimeRange {
    #[serde(rename = "24h")]
    Hours24,
    #[serde(rename = "7d")]
    Days7,
    #[default]
    #[serde(rename = "30d")]
    Days30,
    #[serde(rename = "90d")]
    Days90,
}

impl TimeRange {
    /// As it is written in a request.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hours24 => "24h",
            Self::Days7 => "7d",
            Self::Days30 => "30d",
            Self::Days90 => "90d",
        }
    }
}

/// A stretch of time that ends now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) range: TimeRange,
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

impl Window {
    /// The window of `range` at `now`.
    pub(crate) fn ending(range: TimeRange, now: Timestamp) -> Self {
        let from = match range {
            TimeRange::Hours24 => hour_start(now) - 23.hours(),
            TimeRange::Days7 => midnight(day_of(now) - 6.days()),
            TimeRange::Days30 => midnight(day_of(now) - 29.days()),
            TimeRange::Days90 => midnight(day_of(now) - 89.days()),
        };
        Self { range, from, to: now }
    }

    /// Whether its steps are hours; days otherwise.
    pub(crate) fn is_hourly(self) -> bool {
        self.range == TimeRange::Hours24
    }

    /// The beginning of each step, oldest first.
    pub(crate) fn steps(self) -> Vec<Timestamp> {
        let step = if self.is_hourly() { 1.hours() } else { 24.hours() };
        std::iter::successors(Some(self.from), |start| Some(*start + step))
            .take_while(|start| *start <= self.to)
            .collect()
    }

    /// The beginning of the step in which `at` lies.
    pub(crate) fn step_of(self, at: Timestamp) -> Timestamp {
        if self.is_hourly() { hour_start(at) } else { midnight(day_of(at)) }
    }

    /// Its first and last day.
    pub(crate) fn days(self) -> (Date, Date) {
        (day_of(self.from), day_of(self.to))
    }
}

/// The first and the last five-minute bucket of the hour that ends now: twelve, the last still filling.
pub(crate) fn last_hour(now: Timestamp) -> (Timestamp, Timestamp) {
    let last = fine_start(now);
    (last - (HOUR_SECONDS - FINE_SECONDS).seconds(), last)
}

/// The beginning of a day of UTC.
pub(crate) fn midnight(day: Date) -> Timestamp {
    // UTC has no gaps and the days here lie near now, so there always is such a time.
    day.to_zoned(TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}

fn hour_start(at: Timestamp) -> Timestamp {
    let seconds = at.as_second();
    Timestamp::from_second(seconds - seconds.rem_euclid(HOUR_SECONDS)).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_week_is_today_and_the_six_days_before() {
        let window = Window::ending(TimeRange::Days7, at("2026-03-02T00:00:00Z"));
        let steps = window.steps();
        assert_eq!(steps.len(), 7);
        assert_eq!(steps[0], at("2026-02-24T00:00:00Z"));
        assert_eq!(steps[6], at("2026-03-02T00:00:00Z"));
        assert_eq!(window.step_of(at("2026-02-28T23:59:59.9Z")), at("2026-02-28T00:00:00Z"));
    }

    #[test]
    fn a_day_is_this_hour_and_the_23_before() {
        let window = Window::ending(TimeRange::Hours24, at("2026-11-21T22:59:59Z"));
        let steps = window.steps();
        assert_eq!(steps.len(), 24);
        assert_eq!(steps[0], at("2026-11-20T23:00:00Z"));
        assert_eq!(steps[23], at("2026-11-21T22:00:00Z"));
        assert_eq!(window.step_of(at("2026-11-21T03:05:00Z")), at("2026-11-21T03:00:00Z"));
    }

    #[test]
    fn longer_ranges_have_as_many_steps_as_days() {
        let now = at("2026-11-21T10:00:00Z");
        assert_eq!(Window::ending(TimeRange::Days30, now).steps().len(), 30);
        assert_eq!(Window::ending(TimeRange::Days90, now).steps().len(), 90);
    }

    #[test]
    fn the_last_hour_is_twelve_buckets() {
        let (from, to) = last_hour(at("2026-11-21T10:07:30Z"));
        assert_eq!((from, to), (at("2026-11-21T09:10:00Z"), at("2026-11-21T10:05:00Z")));
    }

    #[test]
    fn a_range_is_written_as_it_is_read() {
        for range in [TimeRange::Hours24, TimeRange::Days7, TimeRange::Days30, TimeRange::Days90] {
            assert_eq!(serde_json::to_value(range).unwrap(), range.name());
        }
    }
}
