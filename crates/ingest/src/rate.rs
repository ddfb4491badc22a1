//! Token buckets: how many requests one key may make. Knows neither what a key names nor the clock; the time is passed in.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many buckets are kept before the full ones, which equal absent ones, are forgotten.
const KEPT: usize = 10_000;

/// Holds one bucket per key.
pub(crate) struct Buckets<K> {
    per_second: f64,
    burst: f64,
    buckets: Mutex<HashMap<K, Bucket>>,
}

#[derive(Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl<K: Hash + Eq> Buckets<K> {
    /// Makes empty books; a rate of 0 lets everything pass.
    pub(crate) fn new(per_second: f64, burst: f64) -> Self {
        Self {
            per_second,
            burst,
            buckets: Mutex::default(),
        }
    }

    /// Takes a token of the key.
    ///
    /// # Errors
    /// The time after which there will be one.
    pub(crate) fn take(&self, key: K, now: Instant) -> Result<(), Duration> {
        if self.per_second <= 0.0 {
            return Ok(());
        }
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= KEPT && !buckets.contains_key(&key) {
            buckets.retain(|_, bucket| self.filled(bucket, now) < self.burst);
        }
        let full = Bucket {
            tokens: self.burst,
            at: now,
        };
        let bucket = buckets.entry(key).or_insert(full);
        bucket.tokens = self.filled(bucket, now);
        bucket.at = now;
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            return Ok(());
        }
        Err(Duration::from_secs_f64(
            (1.0 - bucket.tokens) / self.per_second,
        ))
    }

    fn filled(&self, bucket: &Bucket, now: Instant) -> f64 {
        let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
        passed
            .mul_add(self.per_second, bucket.tokens)
            .min(self.burst)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Buckets, KEPT};

    #[test]
    fn a_burst_passes_and_the_rest_waits_its_turn() {
        let start = Instant::now();
        let buckets = Buckets::new(2.0, 3.0);
        let passed = (0..5).filter(|_| buckets.take("a", start).is_ok()).count();
        assert_eq!(passed, 3);
        let wait = buckets.take("a", start).unwrap_err();
        assert_eq!(wait, Duration::from_millis(500));
        assert!(buckets.take("b", start).is_ok(), "keys do not share");
        assert!(buckets.take("a", start + wait).is_ok());
        assert!(buckets.take("a", start + wait).is_err());
    }

    #[test]
    fn no_rate_is_no_limit() {
        let buckets = Buckets::new(0.0, 0.0);
        assert!((0..100).all(|_| buckets.take((), Instant::now()).is_ok()));
    }

    #[test]
    fn the_books_do_not_grow_without_bound() {
        let start = Instant::now();
        let buckets = Buckets::new(1.0, 1.0);
        for key in 0..KEPT {
            assert!(buckets.take(key, start).is_ok());
        }
        assert!(buckets.take(KEPT, start + Duration::from_secs(5)).is_ok());
        assert_eq!(buckets.buckets.lock().unwrap().len(), 1);
    }
}
