//! How long to wait before trying again: doubling, with jitter, never beyond a limit, never less than the service asks.

use std::time::Duration;

/// Counts failures in a row.
#[derive(Debug, Clone)]
pub(crate) struct Retry {
    first: Duration,
    last: Duration,
    failures: u32,
}

impl Retry {
    /// Waits `first` after the first failure and never more than `last` by itself.
    pub(crate) const fn new(first: Duration, last: Duration) -> Self {
        Self {
            first,
            last,
            failures: 0,
        }
    }

    /// Forgets the failures: something worked.
    pub(crate) const fn worked(&mut self) {
        self.failures = 0;
    }

    /// Tells whether something failed since it last worked.
    pub(crate) const fn has_failed(&self) -> bool {
        self.failures > 0
    }

    /// Returns the wait after one more failure: half to all of the doubled time, by `chance` from 0 to 255.
    pub(crate) fn failed(&mut self, asked: Option<Duration>, chance: u8) -> Duration {
        let factor = 2_u32.saturating_pow(self.failures.min(16));
        self.failures = self.failures.saturating_add(1);
        let whole = self.first.saturating_mul(factor).min(self.last);
        let wait = whole / 2 + whole.mul_f64(f64::from(chance) / 510.0);
        wait.max(asked.unwrap_or_default())
    }
}

/// Returns a random byte; the middle where the system has no randomness.
pub(crate) fn chance() -> u8 {
    let mut byte = [128];
    getrandom::fill(&mut byte).map_or(128, |()| {
        let [byte] = byte;
        byte
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Retry;

    #[test]
    fn waits_double_up_to_the_limit_and_begin_again() {
        let mut retry = Retry::new(Duration::from_millis(500), Duration::from_secs(30));
        let longest: Vec<u128> = (0..9)
            .map(|_| retry.failed(None, 255).as_millis())
            .collect();
        assert_eq!(
            longest,
            [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]
        );
        retry.worked();
        assert_eq!(retry.failed(None, 0).as_millis(), 250);
        let asked = Some(Duration::from_secs(90));
        assert_eq!(retry.failed(asked, 0), Duration::from_secs(90));
    }
}
