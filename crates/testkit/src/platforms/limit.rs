//! Limits as platforms document them, on a clock that may run faster; counts who comes too fast.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// What a limit is.
#[derive(Clone, Copy, Debug)]
enum Limit {
    /// A bucket of so many requests that drains by so many a second.
    Bucket { size: u32, drain: f64 },
    /// So many requests within any span of this length.
    Window { count: u32, span: Duration },
    /// None is documented.
    None,
}

/// Measures requests against a limit.
#[derive(Debug)]
pub(super) struct Meter {
    limit: Limit,
    scale: u32,
    level: f64,
    last: Option<Instant>,
    recent: VecDeque<Instant>,
    refused: usize,
    peak: u32,
}

impl Meter {
    pub(super) fn bucket(size: u32, drain: f64) -> Self {
        Self::of(Limit::Bucket { size, drain })
    }

    pub(super) fn window(count: u32, span: Duration) -> Self {
        Self::of(Limit::Window { count, span })
    }

    pub(super) fn none() -> Self {
        Self::of(Limit::None)
    }

    fn of(limit: Limit) -> Self {
        Self {
            limit,
            scale: 1,
            level: 0.0,
            last: None,
            recent: VecDeque::new(),
            refused: 0,
            peak: 0,
        }
    }

    pub(super) fn scaled(mut self, scale: u32) -> Self {
        self.scale = scale.max(1);
        self
    }

    pub(super) fn refused(&self) -> usize {
        self.refused
    }

    pub(super) fn peak(&self) -> u32 {
        self.peak
    }

    pub(super) fn allowed(&self) -> u32 {
        match self.limit {
            Limit::Bucket { size, .. } => size,
            Limit::Window { count, .. } => count,
            Limit::None => 0,
        }
    }

    /// Takes a request in, or returns how long to wait, on the platform's clock.
    pub(super) fn take(&mut self, now: Instant) -> Result<(), Duration> {
        let wait = match self.limit {
            Limit::Bucket { size, drain } => self.fill(now, size, drain),
            Limit::Window { count, span } => self.count(now, count, span),
            Limit::None => None,
        };
        match wait {
            None => Ok(()),
            Some(wait) => {
                self.refused += 1;
                Err(wait)
            }
        }
    }

    fn fill(&mut self, now: Instant, size: u32, drain: f64) -> Option<Duration> {
        let rest = self.last.map_or(0.0, |last| {
            now.duration_since(last).as_secs_f64() * f64::from(self.scale)
        });
        self.last = Some(now);
        self.level = (self.level - rest * drain).max(0.0) + 1.0;
        let level = self.level.ceil() as u32;
        self.peak = self.peak.max(level);
        if self.level > f64::from(size) {
            let over = self.level - f64::from(size);
            // A refused request does not fill the bucket.
            self.level -= 1.0;
            return Some(Duration::from_secs_f64(over / drain));
        }
        None
    }

    fn count(&mut self, now: Instant, count: u32, span: Duration) -> Option<Duration> {
        let real = span / self.scale;
        while let Some(first) = self.recent.front()
            && now.duration_since(*first) >= real
        {
            self.recent.pop_front();
        }
        self.recent.push_back(now);
        let within = u32::try_from(self.recent.len()).unwrap_or(u32::MAX);
        self.peak = self.peak.max(within);
        if within <= count {
            return None;
        }
        self.recent.pop_back();
        let first = self.recent.front().copied().unwrap_or(now);
        let left = real.saturating_sub(now.duration_since(first));
        Some(left * self.scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_takes_its_size_and_then_what_drains() {
        let mut meter = Meter::bucket(3, 2.0).scaled(10);
        let start = Instant::now();
        let taken = |meter: &mut Meter, millis| meter.take(start + Duration::from_millis(millis));
        for _ in 0..3 {
            assert_eq!(taken(&mut meter, 0), Ok(()));
        }
        assert_eq!(taken(&mut meter, 0), Err(Duration::from_millis(500)));
        assert_eq!(taken(&mut meter, 50), Ok(()), "half a second of its clock");
        assert!(taken(&mut meter, 51).is_err());
        assert_eq!((meter.refused(), meter.peak()), (2, 4));
    }

    #[test]
    fn a_window_takes_so_many_in_any_minute() {
        let mut meter = Meter::window(2, Duration::from_secs(60)).scaled(60);
        let start = Instant::now();
        let taken = |meter: &mut Meter, millis| meter.take(start + Duration::from_millis(millis));
        assert_eq!(taken(&mut meter, 0), Ok(()));
        assert_eq!(taken(&mut meter, 500), Ok(()));
        assert_eq!(taken(&mut meter, 900), Err(Duration::from_secs(6)));
        assert_eq!(taken(&mut meter, 1000), Ok(()));
        assert_eq!((meter.refused(), meter.peak()), (1, 3));
    }
}
