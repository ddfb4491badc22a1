//! Forgetting steps of sequences that were done long ago: a slice of the table at a time, so that no index on their time is needed.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, params};

/// How long is known that a step was done. It is asked for while it is due: at most thirty days and a few more after its stage
/// began, or around a boleto's last day, and only by a desk that has not read of its text yet.
const KEPT: TimeDelta = TimeDelta::days(180);

/// Remembers which of 256 slices comes next.
#[derive(Default)]
pub(super) struct Sweep {
    next: u8,
}

impl Sweep {
    /// Forgets what is old in the next slice; 256 steps go through the whole table.
    pub(super) fn step(&mut self, db: &Connection, now: DateTime<Utc>) -> rusqlite::Result<usize> {
        let Some(before) = now.checked_sub_signed(KEPT) else {
            return Ok(0);
        };
        let (mut from, mut to) = ([0_u8; 16], [0xff_u8; 16]);
        (from[0], to[0]) = (self.next, self.next);
        self.next = self.next.wrapping_add(1);
        db.prepare_cached(
            "DELETE FROM step WHERE workspace IN (SELECT id FROM workspace) AND key BETWEEN ?1 AND ?2 AND at < ?3",
        )?
        .execute(params![from, to, before.timestamp_millis()])
    }
}
