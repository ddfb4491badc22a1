//! Letting expired nonces go, one slice of the table at a time, so that no index on their end is needed.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};

/// Slices of the table cleaned in one step, of 256.
const SLICES: u8 = 16;

/// Remembers which slice comes next.
#[derive(Default)]
pub(super) struct Sweep {
    next: u8,
}

impl Sweep {
    /// Cleans the next slices; sixteen steps clean the whole table.
    pub(super) fn step(&mut self, db: &Connection, now: DateTime<Utc>) -> rusqlite::Result<usize> {
        let first = self.next;
        self.next = first.wrapping_add(SLICES);
        let mut from = [0_u8; 16];
        let mut to = [0xff_u8; 16];
        from[0] = first;
        to[0] = first.saturating_add(SLICES - 1);
        db.prepare_cached("DELETE FROM nonce WHERE key BETWEEN ?1 AND ?2 AND expires_at < ?3")?
            .execute(params![from, to, now.timestamp_millis()])
    }
}
