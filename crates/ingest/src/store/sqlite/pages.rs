//! Reading the feed's pages from the file.

use chrono::{DateTime, Utc};
use contract::{Chain, ConversationId, Epoch, kind};
use rusqlite::{Connection, Row, params};

use super::append::{SEQ_BITS, position};
use super::erasing::Veil;
use super::feeds::{State, bounded, to_json};
use super::place::optional;
use crate::store::{Fault, FeedEntry, FeedPage, PageBounds, StoreError};

/// Reads the entries after a position, as far as the head that was known when asking.
pub(super) fn after(
    (db, veil): (&Connection, &Veil),
    state: &State,
    epoch: Epoch,
    seq: u64,
    bounds: PageBounds,
) -> Result<FeedPage, StoreError> {
    let chain_before = chain_of(db, state, seq)?.ok_or(Fault::Damaged)?;
    let mut statement = db.prepare_cached(
        "SELECT position, at, conversation, kind, body, chain FROM entry
         WHERE position BETWEEN ?1 AND ?2 ORDER BY position LIMIT ?3",
    )?;
    let range = params![
        position(state.row, seq + 1)?,
        position(state.row, state.seq)?,
        bounds.entries.max(1)
    ];
    let rows = statement.query_map(range, |row| read(row, veil))?;
    let entries = collect(rows, bounds)?;
    Ok(state.page(epoch, entries, chain_before, seq))
}

/// Reads the newest entries below a position.
pub(super) fn before(
    (db, veil): (&Connection, &Veil),
    state: &State,
    epoch: Epoch,
    seq: u64,
    bounds: PageBounds,
) -> Result<FeedPage, StoreError> {
    let end = seq.min(state.seq + 1).max(1);
    let mut statement = db.prepare_cached(
        "SELECT position, at, conversation, kind, body, chain FROM entry
         WHERE position BETWEEN ?1 AND ?2 ORDER BY position DESC LIMIT ?3",
    )?;
    let range = params![
        position(state.row, state.log_start)?,
        position(state.row, end)? - 1,
        bounds.entries.max(1)
    ];
    let rows = statement.query_map(range, |row| read(row, veil))?;
    let mut entries = collect(rows, bounds)?;
    entries.reverse();
    let after = entries.first().map_or(end, |first| first.seq) - 1;
    let chain_before = chain_of(db, state, after)?.unwrap_or(state.log_start_chain);
    Ok(state.page(epoch, entries, chain_before, after))
}

/// Reads the entry at a place in the table.
pub(super) fn one(db: &Connection, veil: &Veil, position: i64) -> Result<FeedEntry, StoreError> {
    let entry = db
        .prepare_cached(
            "SELECT position, at, conversation, kind, body, chain FROM entry WHERE position = ?1",
        )?
        .query_row([position], |row| read(row, veil))?;
    Ok(entry)
}

/// Reads the chain at a position, if the log holds it.
pub(super) fn chain_of(
    db: &Connection,
    state: &State,
    seq: u64,
) -> Result<Option<Chain>, StoreError> {
    if seq == state.seq {
        return Ok(Some(state.chain));
    }
    if seq + 1 == state.log_start {
        return Ok(Some(state.log_start_chain));
    }
    optional(
        db.prepare_cached("SELECT chain FROM entry WHERE position = ?1")?
            .query_row([position(state.row, seq)?], |row| {
                row.get(0).map(Chain::from_bytes)
            }),
    )
}

fn collect(
    rows: impl Iterator<Item = rusqlite::Result<FeedEntry>>,
    bounds: PageBounds,
) -> Result<Vec<FeedEntry>, StoreError> {
    let mut fault = None;
    let readable = rows.map_while(|row| row.map_err(|error| fault = Some(error)).ok());
    let entries = bounded(readable, bounds);
    match fault {
        Some(error) => Err(error.into()),
        None => Ok(entries),
    }
}

/// Reads an entry; one that is about to be overwritten as what will be left of it.
fn read(row: &Row<'_>, veil: &Veil) -> rusqlite::Result<FeedEntry> {
    let position: i64 = row.get(0)?;
    let seq = position & ((1 << SEQ_BITS) - 1);
    let at = DateTime::from_timestamp_millis(row.get(1)?).unwrap_or(DateTime::<Utc>::MIN_UTC);
    // What was erased is filled up with spaces.
    let said = (
        row.get_ref(3)?.as_str()?,
        row.get_ref(4)?.as_str()?.trim_end(),
    );
    let chain = Chain::from_bytes(row.get(5)?);
    let public = <[u8; 16]>::try_from(row.get_ref(2)?.as_blob()?).ok();
    if public.is_some_and(|public| veil.hides_conversation(&public)) {
        let left = (kind::ERASED, "{}");
        return Ok(to_json(seq.unsigned_abs(), at, None, left, chain));
    }
    let conversation = public.map(|bytes| ConversationId::from_u128(u128::from_be_bytes(bytes)));
    Ok(to_json(seq.unsigned_abs(), at, conversation, said, chain))
}
