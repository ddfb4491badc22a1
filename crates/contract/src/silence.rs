//! When a source has been silent for longer than it uses to be. Knows no clock and no store; arrivals are passed in.

use chrono::{DateTime, TimeDelta, Utc};

/// Events closer than this count as one arrival.
pub const APART: TimeDelta = TimeDelta::minutes(1);

/// So many arrivals, the newest, say what is usual.
pub const ARRIVALS: usize = 33;

/// So many gaps have to be known before any gap counts as usual.
const GAPS_LEAST: usize = 5;

/// A silence of so many usual gaps is unusual,
const LATE_TIMES: i32 = 6;

/// unless it is no longer than a night.
const LATE_LEAST: TimeDelta = TimeDelta::hours(12);

/// Returns the median of the gaps between arrivals, which come in order; `None` where too few are known to call any of them
/// usual.
#[must_use]
pub fn usual_gap(arrivals: &[DateTime<Utc>]) -> Option<TimeDelta> {
    let pairs = arrivals.iter().zip(arrivals.iter().skip(1));
    let mut gaps: Vec<TimeDelta> = pairs
        .map(|(one, next)| next.signed_duration_since(one))
        .collect();
    if gaps.len() < GAPS_LEAST {
        return None;
    }
    gaps.sort_unstable();
    gaps.get(gaps.len() / 2).copied()
}

/// Returns how long a source with such a gap is usually silent at most.
#[must_use]
pub fn patience(usual_gap: TimeDelta) -> TimeDelta {
    let times = usual_gap.checked_mul(LATE_TIMES).unwrap_or(TimeDelta::MAX);
    times.max(LATE_LEAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(minutes: &[i64]) -> Vec<DateTime<Utc>> {
        let start = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        minutes
            .iter()
            .map(|minute| start + TimeDelta::minutes(*minute))
            .collect()
    }

    #[test]
    fn the_usual_gap_is_the_median_of_enough() {
        let minutes = |count| Some(TimeDelta::minutes(count));
        for (arrivals, expected) in [
            (&[][..], None),
            (&[0, 10, 20, 30, 40], None),
            (&[0, 10, 20, 30, 40, 50], minutes(10)),
            // One long night does not make silence usual.
            (&[0, 10, 20, 30, 1_000, 1_010], minutes(10)),
            (&[0, 10, 40, 100, 300, 1_000], minutes(60)),
        ] {
            assert_eq!(usual_gap(&times(arrivals)), expected, "{arrivals:?}");
        }
    }

    #[test]
    fn patience_is_a_night_or_some_usual_gaps() {
        let hours = TimeDelta::hours;
        for (gap, expected) in [
            (TimeDelta::minutes(1), hours(12)),
            (hours(2), hours(12)),
            (hours(3), hours(18)),
            (TimeDelta::days(4), TimeDelta::days(24)),
        ] {
            assert_eq!(patience(gap), expected, "{gap}");
        }
    }
}
