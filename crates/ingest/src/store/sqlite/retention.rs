//! Letting the raw bodies of old deliveries go, and what is known of steps done long ago, a few at a time beside the commits.
//! What became of a delivery stays: its row, time, result, keys and entries. A body is written over where it lies before its room is given back.
//!
//! Rows are numbered as they come in, so the table is gone through once, from where the last step stopped. Nothing goes while
//! the clock is doubted.

mod clock;
mod steps;

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::blanking::{self, BLANK, LET_GO};
use super::place::optional;
use crate::store::{StoreError, World};
use clock::Clock;

/// The most deliveries one step looks at.
const ROWS: usize = 128;
/// From so many bytes of bodies on a step is full.
const BYTES: usize = 512 << 10;

/// Goes through the deliveries.
pub(super) struct Sweep {
    /// How long a body is kept; `None` for ever.
    kept: Option<TimeDelta>,
    /// The last delivery that was let go of; `None` before it was read.
    done_to: Option<i64>,
    clock: Clock,
    steps: steps::Sweep,
}

impl Sweep {
    pub(super) fn new(kept: Option<TimeDelta>) -> Self {
        Self {
            kept,
            done_to: None,
            clock: Clock::default(),
            steps: steps::Sweep::default(),
        }
    }

    /// Lets go of the next bodies that are old enough; returns roughly how many bytes were written, 0 where there was nothing
    /// to do.
    pub(super) fn step(&mut self, db: &Connection, world: &dyn World) -> Result<usize, StoreError> {
        let Some(now) = self.clock.time(db, world)? else {
            return Ok(0);
        };
        self.steps.step(db, now)?;
        let before = self.kept.and_then(|kept| now.checked_sub_signed(kept));
        let Some(before) = before else {
            return Ok(0);
        };
        let done_to = match self.done_to {
            Some(row) => row,
            None => noted(db)?,
        };
        self.done_to = Some(done_to);
        let due = due(db, done_to, before)?;
        let Some(last) = due.last else {
            return Ok(0);
        };
        let step = Transaction::new_unchecked(db, TransactionBehavior::Immediate)?;
        for row in &due.rows {
            blanking::delivery(db, *row)?;
            db.prepare_cached("UPDATE delivery SET body = ?2 WHERE id = ?1")?
                .execute(params![row, LET_GO])?;
        }
        note(db, last)?;
        step.commit()?;
        self.done_to = Some(last);
        Ok(due.bytes)
    }
}

/// What is let go of in one step.
struct Due {
    rows: Vec<i64>,
    /// The last row that was looked at; `None` where the next one is too young, or there is none.
    last: Option<i64>,
    bytes: usize,
}

/// Finds the next bodies that came before a time. The first that is younger ends the search: what follows came later.
fn due(db: &Connection, after: i64, before: DateTime<Utc>) -> Result<Due, StoreError> {
    let mut due = Due {
        rows: Vec::new(),
        last: None,
        bytes: 0,
    };
    let mut statement = db.prepare_cached(
        "SELECT id, received_at, length(body), substr(body, 1, 4) = ?2
         FROM delivery WHERE id > ?1 ORDER BY id LIMIT ?3",
    )?;
    let mut rows = statement.query(params![after, BLANK, ROWS])?;
    while let Some(row) = rows.next()? {
        if row.get::<_, i64>(1)? >= before.timestamp_millis() || due.bytes >= BYTES {
            break;
        }
        let (id, length, erased): (i64, usize, bool) = (row.get(0)?, row.get(2)?, row.get(3)?);
        due.last = Some(id);
        // A repeat has no body of its own, and what was erased stays told as erased.
        if length > 0 && !erased {
            due.rows.push(id);
            due.bytes += length;
        }
    }
    Ok(due)
}

const NOTED: &str = "bodies_let_go_to";

fn noted(db: &Connection) -> Result<i64, StoreError> {
    let found = optional(
        db.prepare_cached("SELECT CAST(value AS INTEGER) FROM meta WHERE name = ?1")?
            .query_row([NOTED], |row| row.get(0)),
    )?;
    Ok(found.unwrap_or(0))
}

fn note(db: &Connection, row: i64) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO meta (name, value) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )?
    .execute(params![NOTED, row.to_string()])?;
    Ok(())
}
