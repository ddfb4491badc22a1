//! How a burst becomes one notice.

use super::{Call, Notice, Sum, count, latest};
use crate::cache::Happening;

/// From this many on, a burst becomes one notice.
const MANY: usize = 5;

/// The longest something is held while more keeps coming, in milliseconds.
const LONGEST: i64 = 5_000;

/// The pause after a notice, in milliseconds.
const PAUSE: i64 = 2_000;

/// The pause after a notice while many wait, in milliseconds.
const LONG_PAUSE: i64 = 10_000;

/// Gathers what is to be announced.
pub(crate) struct Burst<T> {
    hold: i64,
    held: Vec<T>,
    first_at: i64,
    last_at: i64,
    announced_at: Option<i64>,
}

impl<T> Burst<T> {
    /// Holds each for `hold` milliseconds after the one before.
    pub(crate) const fn new(hold: i64) -> Self {
        Self {
            hold,
            held: Vec::new(),
            first_at: 0,
            last_at: 0,
            announced_at: None,
        }
    }

    /// Takes in what just happened, at `now` (milliseconds of any steady clock).
    pub(crate) fn take(&mut self, news: impl IntoIterator<Item = T>, now: i64) {
        let before = self.held.len();
        self.held.extend(news);
        if before == 0 {
            self.first_at = now;
        }
        if self.held.len() > before {
            self.last_at = now;
        }
    }

    /// Returns when there is something to announce, by the same clock; `None` while nothing is held.
    pub(crate) fn due(&self) -> Option<i64> {
        if self.held.is_empty() {
            return None;
        }
        let quiet = self.last_at.saturating_add(self.hold);
        let due = quiet.min(self.first_at.saturating_add(LONGEST));
        let pause = if self.held.len() < MANY {
            PAUSE
        } else {
            LONG_PAUSE
        };
        let rested = self.announced_at.map(|at| at.saturating_add(pause));
        Some(rested.map_or(due, |rested| rested.max(due)))
    }

    /// Returns what is to be announced at `now`: each of a few by `one`, many by one summary of `all`.
    fn release_with(
        &mut self,
        now: i64,
        one: fn(T) -> Notice,
        all: fn(&[T]) -> Option<Notice>,
    ) -> Vec<Notice> {
        if self.due().is_none_or(|due| now < due) {
            return Vec::new();
        }
        let held = std::mem::take(&mut self.held);
        self.announced_at = Some(now);
        if held.len() < MANY {
            return held.into_iter().map(one).collect();
        }
        all(&held).into_iter().collect()
    }
}

impl Burst<Happening> {
    /// Returns what is to be announced at `now`: each of a few, one summary of many. What an order was before is no news
    /// beside what it is now.
    pub(crate) fn release(&mut self, now: i64) -> Vec<Notice> {
        if self.due().is_some_and(|due| due <= now) {
            self.held = latest(std::mem::take(&mut self.held));
        }
        self.release_with(now, Notice::Happening, |happenings| {
            let newest = happenings.last()?.conversation_id;
            Some(Notice::Happenings(Sum::of(happenings, newest)))
        })
    }
}

impl Burst<Call> {
    /// Returns what is to be announced at `now`: each call of a few, one summary of many.
    pub(crate) fn release(&mut self, now: i64) -> Vec<Notice> {
        self.release_with(now, Notice::Call, |calls| {
            Some(Notice::Calls {
                count: count(calls.len()),
                newest: calls.last()?.conversation_id,
            })
        })
    }
}

#[cfg(test)]
mod tests;
