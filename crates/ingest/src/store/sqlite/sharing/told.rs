//! Which deliveries told of an order: numbered keys, the first delivery under 0, so that nothing is stored but one more key.
//!
//! A reader finds them by counting up; a writer finds the end by doubling, so that an order's hundredth event costs little more
//! than its second.

use chrono::{DateTime, Utc};
use contract::{DeliveryId, WorkspaceId};
use rusqlite::Connection;

use crate::store::sharing::LISTED_DELIVERIES;
use crate::store::sqlite::keys;
use crate::store::sqlite::place::optional;
use crate::store::sqlite::writer::Writing;
use crate::store::{Fault, Key16, StoreError, ToldBy};

/// Deliveries of one order that are noted; later ones are not.
const NOTED: u32 = 4_096;

/// Keys looked for at once.
const AT_ONCE: u32 = 256;

/// Stands for one order in its workspace.
#[derive(Debug, Clone, Copy)]
pub(in crate::store::sqlite) struct Told(Key16);

impl Told {
    /// Hashes an order's key.
    pub(in crate::store::sqlite) fn of(workspace: WorkspaceId, order_key: &str) -> Self {
        let scope = workspace.as_u128().to_be_bytes();
        Self(Key16::of(&[&scope, b"told", order_key.as_bytes()]))
    }

    fn key(self, number: u32) -> Key16 {
        Key16::of(&[&self.0.0, b"by", &number.to_be_bytes()])
    }

    /// Notes that a delivery told of the order, unless the one before it is the same.
    pub(in crate::store::sqlite) fn note(
        self,
        writing: &mut Writing<'_>,
        delivery_row: i64,
    ) -> Result<(), StoreError> {
        let mut get = |number| writing.ledger.keys.get(writing.db, self.key(number));
        // The first number without a delivery lies in low..high.
        let (mut low, mut high) = (0, 1);
        let mut last = None;
        while high <= NOTED {
            match get(high - 1)? {
                Some(row) => (last, low, high) = (Some(row), high, high * 2),
                None => break,
            }
        }
        if high > NOTED {
            return Ok(());
        }
        while low + 1 < high {
            let middle = low + (high - low) / 2;
            match get(middle - 1)? {
                Some(row) => (last, low) = (Some(row), middle),
                None => high = middle,
            }
        }
        if last == Some(delivery_row) {
            return Ok(());
        }
        let key = self.key(high - 1);
        writing.ledger.keys.put(writing.db, key, delivery_row)
    }

    /// Returns the rows of the deliveries, oldest first.
    fn rows(self, db: &Connection) -> Result<Vec<i64>, StoreError> {
        let mut rows = Vec::new();
        for from in (0..NOTED).step_by(AT_ONCE as usize) {
            let keys: Vec<Key16> = (from..from + AT_ONCE).map(|n| self.key(n)).collect();
            let found = keys::find(db, &keys)?;
            let before = rows.len();
            rows.extend(found.into_iter().map_while(|row| row));
            if rows.len() < before + keys.len() {
                break;
            }
        }
        Ok(rows)
    }
}

/// Lists the deliveries that told of an order, newest first.
pub(super) fn list(
    db: &Connection,
    workspace: WorkspaceId,
    order_key: &str,
) -> Result<Vec<ToldBy>, StoreError> {
    let mut rows = Told::of(workspace, order_key).rows(db)?;
    rows.sort_unstable();
    rows.dedup();
    let newest = rows.into_iter().rev().take(LISTED_DELIVERIES);
    newest
        .filter_map(|row| delivery(db, row).transpose())
        .collect()
}

fn delivery(db: &Connection, row: i64) -> Result<Option<ToldBy>, StoreError> {
    let found = optional(
        db.prepare_cached("SELECT public, received_at, event, proof FROM delivery WHERE id = ?1")?
            .query_row([row], |row| {
                Ok((
                    u128::from_be_bytes(row.get(0)?),
                    row.get::<_, i64>(1)?,
                    row.get::<_, String>(2)?,
                    row.get::<_, String>(3)?,
                ))
            }),
    )?;
    let Some((public, at, event, proof)) = found else {
        return Ok(None);
    };
    Ok(Some(ToldBy {
        id: DeliveryId::from_u128(public),
        at: DateTime::from_timestamp_millis(at).unwrap_or(DateTime::<Utc>::MIN_UTC),
        event,
        proof: serde_json::from_str(&proof).map_err(|_| Fault::Damaged)?,
        repeats: repeats(db, row)?,
    }))
}

/// Counts what repeated a delivery, up to a bound.
fn repeats(db: &Connection, row: i64) -> Result<u32, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT 1 FROM delivery WHERE duplicate_of = ?1 AND duplicate_of <> 0 LIMIT 1000",
    )?;
    let mut rows = statement.query([row])?;
    let mut count = 0;
    while rows.next()?.is_some() {
        count += 1;
    }
    Ok(count)
}
