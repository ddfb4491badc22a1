//! A world that stands still until told to move, and whose randomness repeats.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::store::World;

/// Tells the time it was told, and gives bytes that follow from a seed.
pub(crate) struct StagedWorld {
    state: Mutex<(DateTime<Utc>, u64)>,
}

impl StagedWorld {
    pub(crate) fn new() -> Self {
        let start = DateTime::from_timestamp_millis(1_790_000_000_000).expect("a valid time");
        Self {
            state: Mutex::new((start, 0)),
        }
    }

    /// Moves the clock on.
    pub(crate) fn pass(&self, time: TimeDelta) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).0 += time;
    }
}

impl World for StagedWorld {
    fn now(&self) -> DateTime<Utc> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).0
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
