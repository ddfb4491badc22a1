//! The lists: which row stands where, how many rows each has, and one page of one.

use rusqlite::Connection;

use super::judge::Listed;
use crate::view::View;

/// Every view, each at the place of its code.
pub(super) const VIEWS: [View; 13] = [
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
];

/// How each view's count changed.
pub(super) type Deltas = [i64; VIEWS.len()];

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
    }
}

/// Returns the view of a number.
pub(super) fn view(code: i64) -> Option<View> {
    VIEWS.get(usize::try_from(code).ok()?).copied()
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
        .execute((code(gone.view), gone.rank, conversation))?;
        count(deltas, gone.view, -1);
    }
    for new in after.iter().filter(|row| !before.contains(row)) {
        db.prepare_cached(
            "INSERT INTO listing (view, rank, conversation, purchase) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute((code(new.view), new.rank, conversation, new.purchase))?;
        count(deltas, new.view, 1);
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
    for (view, delta) in VIEWS.iter().zip(deltas).filter(|(_, delta)| **delta != 0) {
        db.prepare_cached(
            "INSERT INTO counter (view, count) VALUES (?1, ?2)
            ON CONFLICT (view) DO UPDATE SET count = count + excluded.count",
        )?
        .execute((code(*view), delta))?;
    }
    Ok(())
}

/// Reads the counts, each at the place of its view's code.
pub(super) fn counts(db: &Connection) -> rusqlite::Result<Deltas> {
    let mut counts = Deltas::default();
    let mut statement = db.prepare_cached("SELECT view, count FROM counter")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let at = usize::try_from(row.get::<_, i64>(0)?).ok();
        if let Some(slot) = at.and_then(|at| counts.get_mut(at)) {
            *slot = row.get(1)?;
        }
    }
    Ok(counts)
}

fn count(deltas: &mut Deltas, view: View, by: i64) {
    let at = usize::try_from(code(view)).ok();
    if let Some(slot) = at.and_then(|at| deltas.get_mut(at)) {
        *slot += by;
    }
}
