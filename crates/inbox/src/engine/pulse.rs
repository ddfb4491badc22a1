//! How fresh the desk is, as one value that every part of the engine adds to.

use std::sync::{Arc, Mutex, PoisonError};

use super::changes::Board;
use crate::clock::Clock;
use crate::view::{Change, Freshness, FreshnessState, Trouble};

/// Keeps the freshness and tells the page when it changes.
pub(crate) struct Pulse {
    now: Mutex<Told>,
    clock: Arc<dyn Clock>,
    board: Arc<Board>,
}

/// What was told: the freshness, and the two kinds of entries still to come that it adds up.
#[derive(Clone, PartialEq)]
struct Told {
    freshness: Freshness,
    newer: u64,
    older: u64,
}

impl Pulse {
    pub(crate) fn new(clock: Arc<dyn Clock>, board: Arc<Board>) -> Self {
        let freshness = Freshness {
            state: FreshnessState::CatchingUp,
            since: clock.now_millis(),
            heard_at: None,
            behind: 0,
            filling_in: false,
            trouble: None,
        };
        let now = Mutex::new(Told {
            freshness,
            newer: 0,
            older: 0,
        });
        Self { now, clock, board }
    }

    /// Returns the freshness.
    pub(crate) fn read(&self) -> Freshness {
        self.lock().freshness.clone()
    }

    /// Notes that the service was heard.
    pub(crate) fn heard(&self) {
        let now = self.clock.now_millis();
        self.change(|told| told.freshness.heard_at = Some(now));
    }

    /// Notes how the desk stands to the service; `since` moves only when that changes, which is returned.
    pub(crate) fn stands(&self, state: FreshnessState, trouble: Option<Trouble>) -> bool {
        let now = self.clock.now_millis();
        let changes = self.read().state != state;
        self.change(|told| {
            let freshness = &mut told.freshness;
            if freshness.state != state {
                freshness.since = now;
            }
            freshness.state = state;
            freshness.trouble = trouble;
        });
        changes
    }

    /// Notes how many entries towards the head are still to come.
    pub(crate) fn behind(&self, entries: u64) {
        self.change(|told| told.newer = entries);
    }

    /// Notes how many older entries are still to be filled in; 0 when none are.
    pub(crate) fn filling_in(&self, entries: u64) {
        self.change(|told| told.older = entries);
    }

    fn change(&self, act: impl FnOnce(&mut Told)) {
        let mut now = self.lock();
        let before = now.clone();
        act(&mut now);
        now.freshness.behind = now.newer.saturating_add(now.older);
        now.freshness.filling_in = now.older > 0;
        let changed = *now != before;
        drop(now);
        if changed {
            self.board.tell(&Change {
                freshness: true,
                ..Change::default()
            });
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Told> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
