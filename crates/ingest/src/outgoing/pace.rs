//! How fast requests under one limit follow each other. Has no clock of its own; the time is passed in.

use std::time::Duration;

use providers::pull;
use tokio::time::Instant;

/// Holds one limit as a schedule: each answer moves its end on by the time that earns one request.
///
/// Counted from answers, not from requests, so that however long either is on its way, the platform never sees more than it
/// allows.
#[derive(Debug)]
pub(super) struct Pace {
    every: Duration,
    /// How far the schedule's end may lie ahead when a request begins.
    ahead: Duration,
    end: Instant,
    resting_until: Instant,
}

impl Pace {
    /// Begins with nothing to spend at `begun`: whoever asked before us may have spent it all.
    pub(super) fn new(limit: pull::Pace, haste: u32, begun: Instant) -> Self {
        let every = limit.every / haste.max(1);
        let burst = limit.burst.max(1);
        Self {
            every,
            ahead: every * (burst - 1),
            end: begun + every * burst,
            resting_until: begun,
        }
    }

    /// Returns when the next request may begin.
    pub(super) fn next(&self) -> Instant {
        let earned = self.end.checked_sub(self.ahead).unwrap_or(self.end);
        earned.max(self.resting_until)
    }

    /// Notes that a request was answered, or was given up.
    pub(super) fn answered(&mut self, now: Instant) {
        self.end = self.end.max(now) + self.every;
    }

    /// Lets nothing begin for a while.
    pub(super) fn rest(&mut self, now: Instant, time: Duration) {
        self.resting_until = self.resting_until.max(now + time);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use providers::pull;
    use tokio::time::Instant;

    use super::Pace;

    const LIMIT: pull::Pace = pull::Pace {
        burst: 4,
        every: Duration::from_millis(500),
    };

    /// Counts on the platform's side: a bucket that fills by one each `every`.
    struct Bucket {
        tokens: f64,
        at: Instant,
    }

    impl Bucket {
        fn take(&mut self, at: Instant) {
            let passed = at.duration_since(self.at).as_secs_f64();
            self.tokens = (self.tokens + passed / LIMIT.every.as_secs_f64()).min(4.0) - 1.0;
            self.at = at;
            assert!(self.tokens > -1e-6, "too fast: {}", self.tokens);
        }
    }

    #[tokio::test]
    async fn the_limit_is_kept_whatever_the_way_takes() {
        let start = Instant::now();
        // Empty there when we begin, as after another process of ours was killed.
        let mut bucket = Bucket {
            tokens: 0.0,
            at: start,
        };
        let mut pace = Pace::new(LIMIT, 1, start);
        let mut now = start;
        let mut seed = 7_u64;
        for n in 0..2_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(n);
            let (there, back) = ((seed >> 33) % 400, (seed >> 43) % 400);
            now = now.max(pace.next());
            bucket.take(now + Duration::from_millis(there));
            now += Duration::from_millis(there + back);
            pace.answered(now);
            if n % 100 == 99 {
                now += Duration::from_secs(30);
            }
        }
        // Nearly all of what the limit gives is used: 2,000 requests, half a second each, and twenty rests.
        assert!(now - start < Duration::from_secs(1_000 + 20 * 30));
    }

    #[tokio::test]
    async fn a_rest_earns_a_burst_and_haste_shortens_all() {
        let start = Instant::now();
        let mut pace = Pace::new(LIMIT, 10, start);
        assert_eq!(pace.next(), start + Duration::from_millis(50));
        let later = start + Duration::from_secs(60);
        for _ in 0..4 {
            assert!(pace.next() <= later);
            pace.answered(later);
        }
        assert_eq!(pace.next(), later + Duration::from_millis(50));
        pace.rest(later, Duration::from_secs(9));
        assert_eq!(pace.next(), later + Duration::from_secs(9));
    }
}
