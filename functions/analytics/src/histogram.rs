//! Times in buckets, so that a median of many can be said without keeping each.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

/// Upper bounds of the buckets, in milliseconds: six to each power of ten, from 10 ms to 10 minutes.
const BOUNDS: [u64; 30] = [
    10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1_000, 1_500, 2_000, 3_000, 5_000, 7_000, 10_000, 15_000,
    20_000, 30_000, 50_000, 70_000, 100_000, 150_000, 200_000, 300_000, 500_000, 600_000,
];
/// The bucket of what took longer than the last bound.
const LONGER: &str = "longer";

/// How long something took.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Timing {
    /// How often it was measured.
    count: u64,
    /// Mean, in milliseconds.
    #[schema(example = 840.5)]
    mean_ms: f64,
    /// Half of them took at most so many milliseconds. Times are counted in buckets, so this is the upper bound of one;
    /// `null` means longer than ten minutes.
    #[schema(example = 1000)]
    p50_at_most_ms: Option<u64>,
    /// 95 of 100 took at most so many milliseconds; as `p50_at_most_ms`.
    #[schema(example = 1500)]
    p95_at_most_ms: Option<u64>,
}

/// The name of the bucket that a time falls into.
pub(crate) fn bucket(milliseconds: u64) -> String {
    match BOUNDS.iter().find(|bound| milliseconds <= **bound) {
        Some(bound) => bound.to_string(),
        None => LONGER.to_owned(),
    }
}

/// What `buckets` (how many by bucket) and the sum of all times say; `None` while nothing was measured.
pub(crate) fn timing(buckets: &BTreeMap<String, u64>, total_ms: u64) -> Option<Timing> {
    let count: u64 = buckets.values().sum();
    if count == 0 {
        return None;
    }
    Some(Timing {
        count,
        mean_ms: (total_ms as f64 / count as f64 * 10.0).round() / 10.0,
        p50_at_most_ms: percentile(buckets, count, 50),
        p95_at_most_ms: percentile(buckets, count, 95),
    })
}

/// The upper bound of the bucket in which the time lies that `percent` of all do not exceed (nearest rank).
fn percentile(buckets: &BTreeMap<String, u64>, count: u64, percent: u64) -> Option<u64> {
    let rank = (count * percent).div_ceil(100);
    let mut seen = 0;
    BOUNDS.into_iter().find(|bound| {
        seen += buckets.get(&bound.to_string()).copied().unwrap_or(0);
        seen >= rank
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(times: &[u64]) -> Option<Timing> {
        let mut buckets = BTreeMap::new();
        for time in times {
            *buckets.entry(bucket(*time)).or_default() += 1;
        }
        timing(&buckets, times.iter().sum())
    }

    #[test]
    fn a_bound_belongs_to_its_own_bucket() {
        assert_eq!(bucket(0), "10");
        assert_eq!(bucket(1_000), "1000");
        assert_eq!(bucket(1_001), "1500");
        assert_eq!(bucket(600_001), LONGER);
        assert!(BOUNDS.is_sorted());
    }

    #[test]
    fn nothing_measured_is_no_time() {
        assert_eq!(measured(&[]), None);
    }

    #[test]
    fn percentiles_are_the_bounds_of_the_nearest_ranks() {
        // 20 times: the 10th is 400 (bucket 500), the 19th is 900 (bucket 1000), the 20th is 90 000.
        let mut times = vec![400; 10];
        times.extend([900; 9]);
        times.push(90_000);
        let timing = measured(&times).unwrap();
        assert_eq!((timing.count, timing.p50_at_most_ms, timing.p95_at_most_ms), (20, Some(500), Some(1_000)));
        assert_eq!(timing.mean_ms, 5_105.0);
    }

    #[test]
    fn a_percentile_beyond_the_last_bound_is_not_made_up() {
        let timing = measured(&[700_000]).unwrap();
        assert_eq!((timing.p50_at_most_ms, timing.p95_at_most_ms), (None, None));
        assert_eq!(timing.mean_ms, 700_000.0);
    }
}
