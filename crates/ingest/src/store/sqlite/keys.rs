//! The keys that say "seen before" and "belongs to": hashes that lead to a row.
//!
//! Hashes fall all over their table, so that storing them one by one would write a page for each: more than everything else a
//! delivery needs. New keys are therefore appended to a small table and kept in memory; when many have gathered, they are moved
//! into the large table in the order of that table, a slice with every commit. A key is in one of the two at any moment, and
//! everything here shares the transaction of the delivery.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, params};

use super::place::optional;
use crate::store::{Fault, Key16, StoreError};

/// New keys that usually gather before they are moved.
const GATHERED: usize = 100_000;

/// Keys moved with a commit, beside two for each one that came.
const SLICE: usize = 64;

/// One of the two small tables: while one is emptied, the other takes what comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Table {
    Even,
    Odd,
}

impl Table {
    /// Deletes the keys listed in a JSON array of hexadecimal digits.
    const fn delete(self) -> &'static str {
        match self {
            Self::Even => {
                "DELETE FROM fresh_key_even
                 WHERE key IN (SELECT unhex(value) FROM json_each(?1))"
            }
            Self::Odd => {
                "DELETE FROM fresh_key_odd
                 WHERE key IN (SELECT unhex(value) FROM json_each(?1))"
            }
        }
    }
}

/// Keys on their way into the large table, in its order.
struct Moving {
    from: Table,
    keys: Vec<(Key16, i64)>,
    moved: usize,
}

/// Finds and stores keys; knows the new ones by heart.
pub(super) struct Keys {
    known: Option<Known>,
    /// New keys that gather before they are moved.
    gathered: usize,
    /// What the running job has added.
    added: Vec<Key16>,
    /// The running job has removed some.
    removed: bool,
    added_by_batch: usize,
}

struct Known {
    table: Table,
    fresh: HashMap<Key16, i64>,
    moving: Option<Moving>,
}

impl Default for Keys {
    fn default() -> Self {
        Self::gathering(GATHERED)
    }
}

impl Keys {
    /// Knows nothing yet; moves new keys when so many have gathered.
    pub(super) fn gathering(gathered: usize) -> Self {
        Self {
            known: None,
            gathered,
            added: Vec::new(),
            removed: false,
            added_by_batch: 0,
        }
    }

    /// Returns the row a key leads to.
    pub(super) fn get(&mut self, db: &Connection, key: Key16) -> Result<Option<i64>, StoreError> {
        let known = self.known(db)?;
        if let Some(value) = known.fresh.get(&key) {
            return Ok(Some(*value));
        }
        if let Some(value) = known.moving.as_ref().and_then(|moving| moving.get(key)) {
            return Ok(Some(value));
        }
        optional(
            db.prepare_cached("SELECT value FROM key WHERE key = ?1")?
                .query_row([key.0], |row| row.get(0)),
        )
    }

    /// Stores a key that was not there.
    pub(super) fn put(
        &mut self,
        db: &Connection,
        key: Key16,
        value: i64,
    ) -> Result<(), StoreError> {
        let known = self.known(db)?;
        let insert = match known.table {
            Table::Even => "INSERT INTO fresh_key_even (key, value) VALUES (?1, ?2)",
            Table::Odd => "INSERT INTO fresh_key_odd (key, value) VALUES (?1, ?2)",
        };
        db.prepare_cached(insert)?.execute(params![key.0, value])?;
        known.fresh.insert(key, value);
        self.added.push(key);
        self.added_by_batch += 1;
        Ok(())
    }

    /// Lets go of keys, each only where it leads to the row beside it.
    ///
    /// A small table is walked once however many of its keys go, and not at all when none does.
    pub(super) fn remove(
        &mut self,
        db: &Connection,
        keys: &[(Key16, i64)],
    ) -> Result<(), StoreError> {
        let mut settled = db.prepare_cached("DELETE FROM key WHERE key = ?1 AND value = ?2")?;
        for (key, value) in keys {
            settled.execute(params![key.0, value])?;
        }
        let mut removed = false;
        let known = self.known(db)?;
        for table in [Table::Even, Table::Odd] {
            let there: Vec<&(Key16, i64)> = keys
                .iter()
                .filter(|(key, value)| known.at(table, *key) == Some(*value))
                .collect();
            if there.is_empty() {
                continue;
            }
            let gone = there.iter().map(|(key, _)| hex::encode(key.0));
            let gone = serde_json::to_string(&gone.collect::<Vec<_>>());
            db.prepare_cached(table.delete())?
                .execute([gone.map_err(|_| Fault::Internal)?])?;
            for (key, _) in there {
                known.forget(*key);
            }
            removed = true;
        }
        self.removed |= removed;
        Ok(())
    }

    /// Marks the place to which [`Keys::undo_job`] returns.
    pub(super) fn begin_job(&mut self) {
        self.added.clear();
        self.removed = false;
    }

    /// Forgets what the running job has added; its savepoint takes the rows back.
    pub(super) fn undo_job(&mut self) {
        if std::mem::take(&mut self.removed) {
            // The rows are there again: read when they are needed.
            self.known = None;
            self.added.clear();
        }
        if let Some(known) = &mut self.known {
            for key in self.added.drain(..) {
                known.fresh.remove(&key);
            }
        }
    }

    /// Moves the next slice, at the end of a batch.
    pub(super) fn settle(&mut self, db: &Connection) -> Result<(), StoreError> {
        let gathered = self.gathered;
        let slice = SLICE + 2 * std::mem::take(&mut self.added_by_batch);
        let Some(known) = &mut self.known else {
            return Ok(());
        };
        if let Some(moving) = &mut known.moving {
            moving.step(db, slice)?;
            if moving.moved >= moving.keys.len() {
                known.moving = None;
            }
        } else if known.fresh.len() >= gathered {
            known.begin_moving();
        }
        Ok(())
    }

    /// Reads the small tables when they are not known by heart.
    fn known(&mut self, db: &Connection) -> Result<&mut Known, StoreError> {
        if self.known.is_none() {
            self.known = Some(Known::read(db)?);
        }
        self.known.as_mut().ok_or(Fault::Internal.into())
    }
}

impl Known {
    /// A table that was being emptied when the process ended is emptied from its start again: moving a key twice does nothing.
    fn read(db: &Connection) -> Result<Self, StoreError> {
        let even = read_table(db, "SELECT key, value FROM fresh_key_even")?;
        let odd = read_table(db, "SELECT key, value FROM fresh_key_odd")?;
        let (table, fresh, other) = match (even.is_empty(), odd.is_empty()) {
            (_, true) => (Table::Even, even, None),
            (true, false) => (Table::Odd, odd, None),
            (false, false) => (Table::Odd, odd, Some(even)),
        };
        Ok(Self {
            table,
            fresh: fresh.into_iter().collect(),
            moving: other.map(|keys| Moving::new(Table::Even, keys)),
        })
    }

    /// Returns the row a key leads to by one of the small tables.
    fn at(&self, table: Table, key: Key16) -> Option<i64> {
        if table == self.table {
            return self.fresh.get(&key).copied();
        }
        let moving = self.moving.as_ref()?;
        moving.get(key).filter(|_| moving.from == table)
    }

    fn forget(&mut self, key: Key16) {
        self.fresh.remove(&key);
        if let Some(moving) = &mut self.moving {
            moving.forget(key);
        }
    }

    fn begin_moving(&mut self) {
        let keys = std::mem::take(&mut self.fresh).into_iter().collect();
        self.moving = Some(Moving::new(self.table, keys));
        self.table = match self.table {
            Table::Even => Table::Odd,
            Table::Odd => Table::Even,
        };
    }
}

impl Moving {
    fn new(from: Table, mut keys: Vec<(Key16, i64)>) -> Self {
        keys.sort_unstable();
        Self {
            from,
            keys,
            moved: 0,
        }
    }

    fn get(&self, key: Key16) -> Option<i64> {
        let place = self.keys.binary_search_by_key(&key, |(key, _)| *key).ok()?;
        self.keys.get(place).map(|(_, value)| *value)
    }

    fn forget(&mut self, key: Key16) {
        if let Ok(place) = self.keys.binary_search_by_key(&key, |(key, _)| *key) {
            self.keys.remove(place);
            self.moved -= usize::from(place < self.moved);
        }
    }

    /// Moves some keys; after the last one the small table is emptied.
    fn step(&mut self, db: &Connection, count: usize) -> Result<(), StoreError> {
        let mut insert = db.prepare_cached(
            "INSERT INTO key (key, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        )?;
        for (key, value) in self.keys.iter().skip(self.moved).take(count) {
            insert.execute(params![key.0, value])?;
        }
        self.moved = self.moved.saturating_add(count);
        if self.moved >= self.keys.len() {
            let empty = match self.from {
                Table::Even => "DELETE FROM fresh_key_even",
                Table::Odd => "DELETE FROM fresh_key_odd",
            };
            db.prepare_cached(empty)?.execute([])?;
        }
        Ok(())
    }
}

/// Returns the row each key leads to, for a reader, which does not know the new keys by heart: it walks them once, however many
/// are sought.
pub(super) fn find(db: &Connection, keys: &[Key16]) -> Result<Vec<Option<i64>>, StoreError> {
    let mut found = HashMap::new();
    let sought: HashSet<&Key16> = keys.iter().collect();
    for fresh in [
        "SELECT key, value FROM fresh_key_even",
        "SELECT key, value FROM fresh_key_odd",
    ] {
        let mut statement = db.prepare_cached(fresh)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let key = Key16(row.get(0)?);
            if sought.contains(&key) {
                found.insert(key, row.get(1)?);
            }
        }
    }
    let mut settled = db.prepare_cached("SELECT value FROM key WHERE key = ?1")?;
    let mut rows = Vec::with_capacity(keys.len());
    for key in keys {
        rows.push(match found.get(key) {
            Some(value) => Some(*value),
            None => optional(settled.query_row([key.0], |row| row.get(0)))?,
        });
    }
    Ok(rows)
}

fn read_table(db: &Connection, sql: &str) -> Result<Vec<(Key16, i64)>, StoreError> {
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| Ok((Key16(row.get(0)?), row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
