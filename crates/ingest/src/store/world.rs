//! Where time and randomness come from, so that tests can say what they are.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use rand::Rng;

/// Tells the time and gives random bytes.
pub trait World: Send + Sync + 'static {
    /// Returns the current time.
    fn now(&self) -> DateTime<Utc>;

    /// Returns how long the process has run, by a clock that nobody sets.
    fn has_run(&self) -> Duration {
        static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
        BEGAN.elapsed()
    }

    /// Fills a buffer with bytes nobody can guess.
    fn fill(&self, bytes: &mut [u8]);

    /// Fills a buffer with bytes that will not come again, for ids: as good as those of [`World::fill`], and cheap enough to be
    /// asked for with every delivery.
    fn draw(&self, bytes: &mut [u8]) {
        self.fill(bytes);
    }

    /// Returns how many times faster than they should the waits between calls of a platform's API pass: 1, except in tests
    /// against an imitation whose limits are as much wider.
    fn haste(&self) -> u32 {
        1
    }
}

impl dyn World {
    /// Returns the two parts of a new id: Unix milliseconds and 80 random bits.
    #[must_use]
    pub fn id_parts(&self) -> (u64, [u8; 10]) {
        let millis = u64::try_from(self.now().timestamp_millis()).unwrap_or(0);
        let mut random = [0; 10];
        self.draw(&mut random);
        (millis, random)
    }

    /// Returns 32 random bytes, for tokens and keys.
    #[must_use]
    pub fn token(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.fill(&mut bytes);
        bytes
    }
}

/// The system's clock and the system's random source.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl World for System {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    /// # Panics
    /// When the operating system has no random bytes; nothing safe could be done then.
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }

    fn draw(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}
