//! What is yet to be overwritten of people whose conversations are closed. It is noted by the transaction that closes them, gone
//! through in steps that nobody who writes waits for long, and taken up by the next process where one ends in between.
//!
//! It holds the numbers of rows and nothing of the people.

use contract::ConversationId;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::super::blanking;
use super::super::writer::Writing;
use super::finding::Found;
use crate::store::{Fault, StoreError};

/// The most rows one transaction overwrites, and from how many bytes on it is full.
pub(in super::super) const STEP: usize = 200;
pub(in super::super) const STEP_BYTES: usize = 256 << 10;

/// What the notes' names begin with.
const NOTE: &str = "erasing:";

/// Lists rows: deliveries first, since what is left of an entry does not tell who was in the one that brought it.
#[derive(Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
pub(in super::super) struct Remains {
    #[serde(serialize_with = "apart", deserialize_with = "summed")]
    deliveries: Vec<i64>,
    #[serde(serialize_with = "apart", deserialize_with = "summed")]
    entries: Vec<i64>,
    pub(super) checkouts: Vec<[u8; 16]>,
    /// Finished fetches.
    #[serde(serialize_with = "apart", deserialize_with = "summed")]
    pub(super) jobs: Vec<i64>,
    /// Whose they are, for other processes to hide them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    conversations: Vec<ConversationId>,
}

impl Remains {
    /// Lists what was found of a person, as far as it is still there.
    pub(super) fn of(db: &Connection, found: &Found) -> Result<Self, StoreError> {
        let mut remains = Self {
            deliveries: found.deliveries.iter().copied().collect(),
            entries: found.entries.iter().copied().collect(),
            conversations: found.conversations.values().copied().collect(),
            ..Self::default()
        };
        let mut waits =
            db.prepare_cached("SELECT EXISTS (SELECT 1 FROM checkout WHERE key = ?1)")?;
        for key in &found.checkouts {
            if waits.query_row([key], |row| row.get(0))? {
                remains.checkouts.push(*key);
            }
        }
        // An open fetch goes on: what it brings of an erased person's order is not kept.
        let mut is_done =
            db.prepare_cached("SELECT EXISTS (SELECT 1 FROM job WHERE id = ?1 AND state >= 2)")?;
        for row in &found.jobs {
            if is_done.query_row([row], |row| row.get(0))? {
                remains.jobs.push(*row);
            }
        }
        Ok(remains)
    }

    /// Lists deliveries alone.
    pub(in super::super) fn of_deliveries(rows: Vec<i64>) -> Self {
        Self {
            deliveries: rows,
            ..Self::default()
        }
    }

    /// Returns how many rows there are.
    pub(in super::super) fn len(&self) -> usize {
        self.deliveries.len() + self.entries.len() + self.checkouts.len() + self.jobs.len()
    }

    /// Lists the conversations.
    pub(super) fn conversations(&self) -> &[ConversationId] {
        &self.conversations
    }

    /// Lists the deliveries.
    pub(super) fn deliveries(&self) -> &[i64] {
        &self.deliveries
    }

    /// Overwrites rows from a place on, as many as one transaction may; returns where the next step begins.
    pub(in super::super) fn step(&self, db: &Connection, from: usize) -> Result<usize, StoreError> {
        let (mut at, mut bytes) = (from, 0);
        while at < self.len() && at - from < STEP && bytes < STEP_BYTES {
            bytes += self.overwrite(db, at)?;
            at += 1;
        }
        Ok(at)
    }

    /// Overwrites the row at a place of the list; returns roughly how many bytes were written.
    fn overwrite(&self, db: &Connection, at: usize) -> Result<usize, StoreError> {
        if let Some(row) = self.deliveries.get(at) {
            return blanking::delivery(db, *row);
        }
        let at = at - self.deliveries.len();
        if let Some(place) = self.entries.get(at) {
            return blanking::entry(db, *place);
        }
        let at = at - self.entries.len();
        if let Some(key) = self.checkouts.get(at) {
            return Ok(db
                .prepare_cached("DELETE FROM checkout WHERE key = ?1")?
                .execute([key])?);
        }
        if let Some(row) = self.jobs.get(at - self.checkouts.len()) {
            return Ok(db
                .prepare_cached("DELETE FROM job WHERE id = ?1 AND state >= 2")?
                .execute([row])?);
        }
        Ok(0)
    }

    /// Notes that it is yet to be done; returns the note's name.
    pub(super) fn note(&self, writing: &Writing<'_>) -> Result<String, StoreError> {
        let mut random = [0; 8];
        writing.world.fill(&mut random);
        let name = format!("{NOTE}{}", hex::encode(random));
        let text = serde_json::to_string(self).map_err(|_| Fault::Internal)?;
        writing
            .db
            .prepare_cached("INSERT INTO meta (name, value) VALUES (?1, ?2)")?
            .execute(params![name, text])?;
        Ok(name)
    }
}

/// Reads all that is noted, with the notes' names.
pub(in super::super) fn noted(db: &Connection) -> Result<Vec<(String, Remains)>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT name, value FROM meta WHERE name >= ?1 AND name < ?2")?;
    // The character that follows the colon.
    let mut rows = statement.query([NOTE, "erasing;"])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let text = row.get_ref(1)?.as_str().map_err(|_| Fault::Damaged)?;
        let remains = serde_json::from_str(text).map_err(|_| Fault::Damaged)?;
        all.push((row.get(0)?, remains));
    }
    Ok(all)
}

/// Notes that it is done.
pub(super) fn forget(db: &Connection, name: &str) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM meta WHERE name = ?1")?
        .execute([name])?;
    Ok(())
}

/// Does all that is noted before anybody else uses the file; blocks.
pub(super) fn at_once(db: &Connection) -> Result<(), StoreError> {
    for (name, remains) in noted(db)? {
        let mut at = 0;
        while at < remains.len() {
            let step = Transaction::new_unchecked(db, TransactionBehavior::Immediate)?;
            at = remains.step(db, at)?;
            step.commit()?;
        }
        forget(db, &name)?;
    }
    Ok(())
}

/// Writes rows as how far each lies behind the one before: there may be very many, and most stand close together.
fn apart<S: Serializer>(rows: &[i64], out: S) -> Result<S::Ok, S::Error> {
    let mut before = 0;
    out.collect_seq(rows.iter().map(|row| {
        let far = row - before;
        before = *row;
        far
    }))
}

fn summed<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<i64>, D::Error> {
    let mut rows = Vec::<i64>::deserialize(input)?;
    let mut sum = 0_i64;
    for row in &mut rows {
        sum = sum
            .checked_add(*row)
            .ok_or_else(|| serde::de::Error::custom("no row has such a number"))?;
        *row = sum;
    }
    Ok(rows)
}
