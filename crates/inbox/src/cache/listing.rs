//! The lists: which row stands where, how many rows each has, and one page of one.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension};

use super::judge::Listed;
use crate::view::View;

/// Every view, each at the place of its code.
pub(super) const VIEWS: [View; 14] = [
    View::Due,
    View::Mine,
    View::Unassigned,
    View::All,
    View::Pix,
    View::Boleto,
    View::Cart,
    View::Refused,
    View::Approved,
    View::Refund,
    View::Chargeback,
    View::Snoozed,
    View::Resolved,
    View::Steps,
];

/// The numbers from here on are saved views'.
pub(super) const SAVED: i64 = 100;

pub(super) const COUNT: &str = "SELECT count FROM counter WHERE view = ?1";

/// How the count of each view changed, by its number.
pub(super) type Deltas = BTreeMap<i64, i64>;

/// Returns a view's number in the tables.
pub(super) const fn code(view: View) -> i64 {
    match view {
        View::Due => 0,
        View::Mine => 1,
        View::Unassigned => 2,
        View::All => 3,
        View::Pix => 4,
        View::Boleto => 5,
        View::Cart => 6,
        View::Refused => 7,
        View::Approved => 8,
        View::Refund => 9,
        View::Chargeback => 10,
        View::Snoozed => 11,
        View::Resolved => 12,
        View::Steps => 13,
    }
}

/// Moves a conversation's rows from where they were to where they belong; both sides are sorted.
pub(super) fn relist(
    db: &Connection,
    conversation: i64,
    before: &[Listed],
    after: &[Listed],
    deltas: &mut Deltas,
) -> rusqlite::Result<()> {
    for gone in before.iter().filter(|row| !after.contains(row)) {
        db.prepare_cached(
            "DELETE FROM listing WHERE view = ?1 AND rank = ?2 AND conversation = ?3",
        )?
        .execute((gone.view, gone.rank, conversation))?;
        *deltas.entry(gone.view).or_default() -= 1;
    }
    for new in after.iter().filter(|row| !before.contains(row)) {
        db.prepare_cached(
            "INSERT INTO listing (view, rank, conversation, purchase) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute((new.view, new.rank, conversation, new.purchase))?;
        *deltas.entry(new.view).or_default() += 1;
    }
    Ok(())
}

/// Moves a conversation's times of being judged again; both sides are sorted.
pub(super) fn turn(
    db: &Connection,
    conversation: i64,
    before: &[i64],
    after: &[i64],
) -> rusqlite::Result<()> {
    for gone in before.iter().filter(|at| !after.contains(at)) {
        db.prepare_cached("DELETE FROM turn WHERE at = ?1 AND conversation = ?2")?
            .execute((gone, conversation))?;
    }
    for new in after.iter().filter(|at| !before.contains(at)) {
        db.prepare_cached("INSERT INTO turn (at, conversation) VALUES (?1, ?2)")?
            .execute((new, conversation))?;
    }
    Ok(())
}

/// Writes changed counts.
pub(super) fn add(db: &Connection, deltas: &Deltas) -> rusqlite::Result<()> {
    for change in deltas.iter().filter(|(_, delta)| **delta != 0) {
        db.prepare_cached(
            "INSERT INTO counter (view, count) VALUES (?1, ?2)
            ON CONFLICT (view) DO UPDATE SET count = count + excluded.count",
        )?
        .execute(change)?;
    }
    Ok(())
}

/// Reads the counts of all views, by number.
pub(super) fn counts(db: &Connection) -> rusqlite::Result<Deltas> {
    let mut statement = db.prepare_cached("SELECT view, count FROM counter")?;
    let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// Reads the count of one view.
pub(super) fn count(db: &Connection, view: i64) -> rusqlite::Result<i64> {
    let count = db
        .prepare_cached(COUNT)?
        .query_row([view], |row| row.get(0))
        .optional()?;
    Ok(count.unwrap_or(0))
}
