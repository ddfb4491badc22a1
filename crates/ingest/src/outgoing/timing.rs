//! How long a platform takes to answer: the exchange itself, without what it waited for here.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Times the last exchange of a question; cheap to clone, and all clones tell the same.
#[derive(Clone, Default)]
pub(crate) struct Timing(Arc<Mutex<Last>>);

#[derive(Clone, Copy, Default)]
enum Last {
    /// Nothing was sent.
    #[default]
    None,
    Since(Instant),
    Took(Duration),
}

impl Timing {
    /// Notes that a request leaves.
    pub(super) fn begin(&self) {
        *self.last() = Last::Since(Instant::now());
    }

    /// Notes that its answer is there, or that there is none.
    pub(super) fn end(&self) {
        let mut last = self.last();
        if let Last::Since(begun) = *last {
            *last = Last::Took(begun.elapsed());
        }
    }

    /// Returns how long the last exchange took, or takes by now; `None` where nothing was sent.
    pub(crate) fn took(&self) -> Option<Duration> {
        match *self.last() {
            Last::None => None,
            Last::Since(begun) => Some(begun.elapsed()),
            Last::Took(took) => Some(took),
        }
    }

    fn last(&self) -> MutexGuard<'_, Last> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
