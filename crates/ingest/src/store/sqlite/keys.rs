//! The keys that say "seen before" and "belongs to": hashes that lead to a row; and nonces, hashes that lead to their end.
//!
//! Hashes fall all over their table, so that storing them one by one would write a page for each: more than everything else a
//! delivery needs. Those of a batch are therefore appended together to a small table and kept in memory; when many have gathered,
//! they are moved into the large tables in the order of those, a slice with every commit. A key is in one of the two at any
//! moment, and everything here shares the transaction of the delivery.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, params};

use super::place::optional;
use crate::store::{Fault, Key16, StoreError};

/// New keys that usually gather before they are moved.
const GATHERED: usize = 100_000;

/// Keys moved with a commit, beside two for each one that came.
const SLICE: usize = 64;

/// Bytes of a key and of what it leads to, as they lie packed in a small table.
const PACKED: usize = 24;

/// Keys packed into one row: short enough that a page is filled to its end.
const ROW: usize = 32;

/// A key and what it leads to: a row; for a nonce, its end in milliseconds with a minus before it.
type Entry = (Key16, i64);

/// One of the two small tables: while one is emptied, the other takes what comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Table {
    Even,
    Odd,
}

impl Table {
    const fn insert(self) -> &'static str {
        match self {
            Self::Even => "INSERT INTO gathered_even (packed) VALUES (?1)",
            Self::Odd => "INSERT INTO gathered_odd (packed) VALUES (?1)",
        }
    }

    const fn select(self) -> &'static str {
        match self {
            Self::Even => "SELECT id, packed FROM gathered_even",
            Self::Odd => "SELECT id, packed FROM gathered_odd",
        }
    }

    const fn replace(self) -> &'static str {
        match self {
            Self::Even => "UPDATE gathered_even SET packed = ?2 WHERE id = ?1",
            Self::Odd => "UPDATE gathered_odd SET packed = ?2 WHERE id = ?1",
        }
    }

    const fn empty(self) -> &'static str {
        match self {
            Self::Even => "DELETE FROM gathered_even",
            Self::Odd => "DELETE FROM gathered_odd",
        }
    }
}

/// Keys on their way into the large tables, in the order of those.
struct Moving {
    from: Table,
    keys: Vec<Entry>,
    moved: usize,
}

/// Finds and stores keys; knows the new ones by heart.
pub(super) struct Keys {
    known: Option<Known>,
    /// New keys that gather before they are moved.
    gathered: usize,
    /// What the running batch has added, which is written with its end.
    waiting: Vec<Entry>,
    /// How many of those were there before the running job.
    before_job: usize,
    /// What waited when the running job began to remove some.
    before_removal: Option<Vec<Entry>>,
    /// Of the running batch some keys were written or removed before its end.
    wrote_early: bool,
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
    pub(super) const fn gathering(gathered: usize) -> Self {
        Self {
            known: None,
            gathered,
            waiting: Vec::new(),
            before_job: 0,
            before_removal: None,
            wrote_early: false,
        }
    }

    /// Returns the row a key leads to.
    pub(super) fn get(&mut self, db: &Connection, key: Key16) -> Result<Option<i64>, StoreError> {
        if let Some(value) = self.known(db)?.get(key) {
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
        self.known(db)?.fresh.insert(key, value);
        self.waiting.push((key, value));
        Ok(())
    }

    /// Stores a nonce until its end; tells whether it was not there before.
    pub(super) fn burn(
        &mut self,
        db: &Connection,
        nonce: Key16,
        expires_ms: i64,
    ) -> Result<bool, StoreError> {
        if self.known(db)?.get(nonce).is_some() {
            return Ok(false);
        }
        let mut settled = db.prepare_cached("SELECT 1 FROM nonce WHERE key = ?1")?;
        if settled.exists([nonce.0])? {
            return Ok(false);
        }
        self.put(db, nonce, -expires_ms)?;
        Ok(true)
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
        for table in [Table::Even, Table::Odd] {
            let known = self.known(db)?;
            let there = |(key, value): &&Entry| known.at(table, *key) == Some(*value);
            let gone: HashSet<Key16> = keys.iter().filter(there).map(|(key, _)| *key).collect();
            if !gone.is_empty() {
                self.before_removal
                    .get_or_insert_with(|| self.waiting.clone());
                self.wrote_early = true;
                self.write_waiting(db)?;
                remove_from(db, table, &gone)?;
                self.known(db)?.forget(&gone);
            }
        }
        Ok(())
    }

    /// Marks the place to which [`Keys::undo_job`] returns.
    pub(super) fn begin_job(&mut self) {
        self.before_job = self.waiting.len();
        self.before_removal = None;
    }

    /// Forgets what the running job has added; its savepoint takes the rows back.
    pub(super) fn undo_job(&mut self) {
        if let Some(waiting) = self.before_removal.take() {
            // The rows are there again: read when they are needed.
            self.known = None;
            self.waiting = waiting;
            self.waiting.truncate(self.before_job);
            return;
        }
        let added = self.waiting.drain(self.before_job..);
        if let Some(known) = &mut self.known {
            for (key, _) in added {
                known.fresh.remove(&key);
            }
        }
    }

    /// Forgets what the batch has added; its transaction was taken back.
    pub(super) fn undo_batch(&mut self) {
        if std::mem::take(&mut self.wrote_early) {
            self.known = None;
            self.waiting.clear();
            self.before_removal = None;
        } else {
            self.before_job = 0;
            self.undo_job();
        }
    }

    /// Counts what the batch has added so far.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Writes what the batch has added, and moves the next slice, at its end; nonces that ended before `now_ms` go.
    pub(super) fn settle(&mut self, db: &Connection, now_ms: i64) -> Result<(), StoreError> {
        self.wrote_early = false;
        let slice = SLICE + 2 * self.waiting.len();
        self.write_waiting(db)?;
        let Some(known) = &mut self.known else {
            return Ok(());
        };
        if let Some(moving) = &mut known.moving {
            moving.step(db, slice, now_ms)?;
            if moving.moved >= moving.keys.len() {
                known.moving = None;
            }
        } else if known.fresh.len() >= self.gathered {
            known.begin_moving();
        }
        Ok(())
    }

    /// Appends what waits to the small table that takes what comes.
    fn write_waiting(&mut self, db: &Connection) -> Result<(), StoreError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let table = self.known(db)?.table;
        let waiting = std::mem::take(&mut self.waiting);
        let mut insert = db.prepare_cached(table.insert())?;
        for row in waiting.chunks(ROW) {
            insert.execute([packed(row)])?;
        }
        Ok(())
    }

    /// Reads the small tables when they are not known by heart.
    fn known(&mut self, db: &Connection) -> Result<&mut Known, StoreError> {
        if self.known.is_none() {
            let mut known = Known::read(db, self.gathered)?;
            known.fresh.extend(self.waiting.iter().copied());
            self.known = Some(known);
        }
        self.known.as_mut().ok_or(Fault::Internal.into())
    }
}

impl Known {
    /// A table that was being emptied, by this process before it ended or by another one, is emptied on from where that came to.
    /// That is the longer one: it keeps all its rows until the last of them has moved.
    fn read(db: &Connection, gathered: usize) -> Result<Self, StoreError> {
        let even = read_table(db, Table::Even)?;
        let odd = read_table(db, Table::Odd)?;
        let (from, longer, table, shorter) = if even.len() >= odd.len() {
            (Table::Even, even, Table::Odd, odd)
        } else {
            (Table::Odd, odd, Table::Even, even)
        };
        if shorter.is_empty() && longer.len() < gathered {
            return Ok(Self {
                table: from,
                fresh: longer.into_iter().collect(),
                moving: None,
            });
        }
        let mut moving = Moving::new(from, longer);
        moving.go_on(db)?;
        Ok(Self {
            table,
            fresh: shorter.into_iter().collect(),
            moving: Some(moving),
        })
    }

    fn get(&self, key: Key16) -> Option<i64> {
        let fresh = self.fresh.get(&key).copied();
        fresh.or_else(|| self.moving.as_ref()?.get(key))
    }

    /// Returns what a key leads to by one of the small tables.
    fn at(&self, table: Table, key: Key16) -> Option<i64> {
        if table == self.table {
            return self.fresh.get(&key).copied();
        }
        let moving = self.moving.as_ref()?;
        moving.get(key).filter(|_| moving.from == table)
    }

    fn forget(&mut self, gone: &HashSet<Key16>) {
        for key in gone {
            self.fresh.remove(key);
            if let Some(moving) = &mut self.moving {
                moving.forget(*key);
            }
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

    /// Finds how many were moved already: keys go in their order, so that all before one which is there are there.
    ///
    /// Nonces may have ended meanwhile and tell nothing; moving something twice does nothing.
    fn go_on(&mut self, db: &Connection) -> Result<(), StoreError> {
        let mut settled = db.prepare_cached("SELECT 1 FROM key WHERE key = ?1")?;
        let lasting = self.keys.iter().enumerate();
        let lasting: Vec<usize> = lasting
            .filter(|(_, (_, value))| *value >= 0)
            .map(|(place, _)| place)
            .collect();
        let (mut there, mut missing) = (0, lasting.len());
        while there < missing {
            let middle = usize::midpoint(there, missing);
            if settled.exists([self.keys[lasting[middle]].0.0])? {
                there = middle + 1;
            } else {
                missing = middle;
            }
        }
        self.moved = there.checked_sub(1).map_or(0, |last| lasting[last] + 1);
        Ok(())
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
    fn step(&mut self, db: &Connection, count: usize, now_ms: i64) -> Result<(), StoreError> {
        let mut insert = db.prepare_cached(
            "INSERT INTO key (key, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        )?;
        let mut burn = db.prepare_cached(
            "INSERT INTO nonce (key, expires_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        )?;
        for (key, value) in self.keys.iter().skip(self.moved).take(count) {
            match value {
                0.. => insert.execute(params![key.0, value])?,
                _ if -value >= now_ms => burn.execute(params![key.0, -value])?,
                _ => 0,
            };
        }
        self.moved = self.moved.saturating_add(count);
        if self.moved >= self.keys.len() {
            db.prepare_cached(self.from.empty())?.execute([])?;
        }
        Ok(())
    }
}

/// Returns the row each key leads to, for a reader, which does not know the new keys by heart: it walks them once, however many
/// are sought.
pub(super) fn find(db: &Connection, keys: &[Key16]) -> Result<Vec<Option<i64>>, StoreError> {
    let mut found = HashMap::new();
    let sought: HashSet<&Key16> = keys.iter().collect();
    for table in [Table::Even, Table::Odd] {
        let mut statement = db.prepare_cached(table.select())?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let entries = unpacked(row.get_ref(1)?.as_blob().map_err(|_| Fault::Damaged)?);
            found.extend(entries.filter(|(key, _)| sought.contains(key)));
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

fn read_table(db: &Connection, table: Table) -> Result<Vec<Entry>, StoreError> {
    let mut statement = db.prepare_cached(table.select())?;
    let mut rows = statement.query([])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.extend(unpacked(
            row.get_ref(1)?.as_blob().map_err(|_| Fault::Damaged)?,
        ));
    }
    Ok(entries)
}

/// Rewrites the rows of a small table that hold a key that goes.
fn remove_from(db: &Connection, table: Table, gone: &HashSet<Key16>) -> Result<(), StoreError> {
    let mut changed: Vec<(i64, Vec<u8>)> = Vec::new();
    let mut statement = db.prepare_cached(table.select())?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let bytes = row.get_ref(1)?.as_blob().map_err(|_| Fault::Damaged)?;
        let kept: Vec<Entry> = unpacked(bytes)
            .filter(|(key, _)| !gone.contains(key))
            .collect();
        if kept.len() * PACKED < bytes.len() {
            changed.push((row.get(0)?, packed(&kept)));
        }
    }
    drop(rows);
    let mut replace = db.prepare_cached(table.replace())?;
    for (id, bytes) in changed {
        replace.execute(params![id, bytes])?;
    }
    Ok(())
}

fn packed(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(entries.len() * PACKED);
    for (key, value) in entries {
        bytes.extend(key.0);
        bytes.extend(value.to_be_bytes());
    }
    bytes
}

fn unpacked(bytes: &[u8]) -> impl Iterator<Item = Entry> {
    let (entries, _) = bytes.as_chunks::<PACKED>();
    entries.iter().filter_map(|entry| {
        let (key, value) = entry.split_first_chunk::<16>()?;
        let value = value.first_chunk()?;
        Some((Key16(*key), i64::from_be_bytes(*value)))
    })
}
