//! Labels: what they are called, what was told of them, and which conversation wears which.
//!
//! Equal but for case is one label, shown as it was first written. Of all that was told of a label and a conversation the
//! newest counts; a conversation that took others in wears what the newest told of any of them says.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension};

pub(super) const TOLD: &str = "SELECT label, seq, worn FROM labelled WHERE conversation = ?1";

pub(super) const NAME: &str = "SELECT text FROM label WHERE id = ?1";

/// Returns what equal labels have in common.
pub(super) fn folded(label: &str) -> String {
    label.trim().to_lowercase()
}

/// Writes what an entry told of a conversation's labels.
pub(super) fn tell(
    db: &Connection,
    conversation: i64,
    seq: i64,
    labels: &[String],
    worn: bool,
) -> rusqlite::Result<()> {
    for label in labels {
        let id = named(db, label, seq)?;
        db.prepare_cached(
            "INSERT INTO labelled (conversation, label, seq, worn) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (conversation, label) DO UPDATE SET seq = excluded.seq, worn = excluded.worn
            WHERE excluded.seq >= labelled.seq",
        )?
        .execute((conversation, id, seq, worn))?;
    }
    Ok(())
}

/// Returns the labels that the newest told of any of these conversations puts on.
pub(super) fn of(
    db: &Connection,
    conversations: impl IntoIterator<Item = i64>,
) -> rusqlite::Result<BTreeSet<i64>> {
    let mut newest: BTreeMap<i64, (i64, bool)> = BTreeMap::new();
    let mut told = db.prepare_cached(TOLD)?;
    for conversation in conversations {
        let mut rows = told.query([conversation])?;
        while let Some(row) = rows.next()? {
            let said = (row.get(1)?, row.get(2)?);
            let known = newest.entry(row.get(0)?).or_insert(said);
            *known = (*known).max(said);
        }
    }
    let worn = newest.into_iter().filter(|(_, (_, worn))| *worn);
    Ok(worn.map(|(label, _)| label).collect())
}

/// Moves a conversation from the labels it wore to those it wears.
pub(super) fn wear(
    db: &Connection,
    conversation: i64,
    before: &BTreeSet<i64>,
    after: &BTreeSet<i64>,
) -> rusqlite::Result<()> {
    for label in before.difference(after) {
        db.prepare_cached("DELETE FROM worn WHERE label = ?1 AND conversation = ?2")?
            .execute([label, &conversation])?;
        count(db, *label, -1)?;
    }
    for label in after.difference(before) {
        db.prepare_cached("INSERT INTO worn (label, conversation) VALUES (?1, ?2)")?
            .execute([label, &conversation])?;
        count(db, *label, 1)?;
    }
    Ok(())
}

/// Returns the labels' names, in alphabetical order.
pub(super) fn names(
    db: &Connection,
    labels: impl IntoIterator<Item = i64>,
) -> rusqlite::Result<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    let mut name = db.prepare_cached(NAME)?;
    for label in labels {
        names.extend(
            name.query_row([label], |row| row.get::<_, String>(0))
                .optional()?,
        );
    }
    names.sort_by_cached_key(|name| (folded(name), name.clone()));
    Ok(names)
}

/// Returns the number of a label, if it was ever written.
pub(super) fn number(db: &Connection, label: &str) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT id FROM label WHERE folded = ?1")?
        .query_row([folded(label)], |row| row.get(0))
        .optional()
}

fn named(db: &Connection, label: &str, seq: i64) -> rusqlite::Result<i64> {
    db.prepare_cached(
        "INSERT INTO label (folded, text, first_seq) VALUES (?1, ?2, ?3)
        ON CONFLICT (folded) DO UPDATE SET
            text = CASE WHEN excluded.first_seq < label.first_seq THEN excluded.text ELSE label.text END,
            first_seq = min(label.first_seq, excluded.first_seq)
        RETURNING id",
    )?
    .query_row((folded(label), label.trim(), seq), |row| row.get(0))
}

fn count(db: &Connection, label: i64, by: i64) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE label SET count = count + ?2 WHERE id = ?1")?
        .execute([label, by])?;
    Ok(())
}
