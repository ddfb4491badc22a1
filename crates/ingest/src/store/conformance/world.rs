//! A world that stands still until told to move, and whose randomness repeats.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::store::World;

/// Tells the time it was told, and gives bytes that follow from a seed.
pub(crate) struct StagedWorld {
    state: Mutex<(DateTime<Utc>, u64)>,
    run: Mutex<Duration>,
}

impl StagedWorld {
    pub(crate) fn new() -> Self {
        let start = DateTime::from_timestamp_millis(1_790_000_000_000).expect("a valid time");
        Self {
            state: Mutex::new((start, 0)),
            run: Mutex::default(),
        }
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, time: TimeDelta) {
        *self.run.lock().unwrap_or_else(PoisonError::into_inner) +=
            time.to_std().expect("time passes forwards");
        self.set_ahead(time);
    }

    /// Sets the clock ahead, or back, without any time passing.
    pub(crate) fn set_ahead(&self, time: TimeDelta) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).0 += time;
    }
}

impl World for StagedWorld {
    fn now(&self) -> DateTime<Utc> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    fn has_run(&self) -> Duration {
        *self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.1 += 1;
        blake3::Hasher::new()
            .update(&state.1.to_be_bytes())
            .finalize_xof()
            .fill(bytes);
    }
}
