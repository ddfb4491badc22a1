//! Saved views: the team's come in the feed, the member's own are handed in. Each has its rows in `listing` like any other list.
//!
//! When one is saved, changed or removed, every conversation is looked at once more, some at a time; meanwhile the view says
//! that it is being filled.

use contract::{Actor, Filter, MemberId, TeamView, ViewId};
use rusqlite::{Connection, OptionalExtension};

use super::batch::{Batch, Following};
use super::listing::SAVED;
use super::narrow::Narrow;
use super::told::Told;
use super::{ApplyError, Cache, Swept};
use crate::view::SavedView;

pub(super) const STANDING: &str = "SELECT code, filter FROM saved WHERE filter <> '' ORDER BY code";

pub(super) const ONE: &str = "SELECT code, filling FROM saved WHERE public = ?1 AND filter <> ''";

/// One saved view, ready to judge by.
#[derive(Debug, Clone)]
pub(super) struct Saved {
    pub(super) code: i64,
    pub(super) narrow: Narrow,
}

/// What is kept of a view.
struct Kept<'a> {
    id: ViewId,
    seq: i64,
    name: &'a str,
    by: Option<&'a Actor>,
    /// `None` where it was removed.
    filter: Option<&'a Filter>,
    team: bool,
}

impl Cache {
    /// Keeps a view of the member's own, which is no part of the feed; its rows follow with [`Cache::settle`].
    ///
    /// One that is here already in the same shape is left as it is.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn put_view(&mut self, view: &SavedView) -> Result<(), ApplyError> {
        self.own_view(&Kept {
            id: view.id,
            seq: 0,
            name: &view.name,
            by: None,
            filter: Some(&view.filter),
            team: false,
        })
    }

    /// Forgets a view of the member's own; its rows go with [`Cache::settle`].
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn drop_view(&mut self, id: ViewId) -> Result<(), ApplyError> {
        self.own_view(&Kept {
            id,
            seq: 0,
            name: "",
            by: None,
            filter: None,
            team: false,
        })
    }

    fn own_view(&mut self, kept: &Kept<'_>) -> Result<(), ApplyError> {
        self.write(|tx| {
            keep(tx, kept)?;
            Ok(())
        })
    }

    /// Looks at the next conversations for the sake of views that were saved, changed or removed.
    pub(super) fn fill_views(&mut self, limit: u32) -> Result<Swept, ApplyError> {
        let (member, now) = (self.holder.member, self.swept_at);
        self.write(|tx| {
            let Some(from) = pass(tx)? else {
                return Ok(Swept::default());
            };
            let rows: Vec<i64> = tx
                .prepare_cached("SELECT id FROM conversation WHERE id > ?1 ORDER BY id LIMIT ?2")?
                .query_map((from, limit), |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            let mut batch = Batch::new(tx, member, now)?;
            for row in &rows {
                batch.judge_again(*row);
            }
            let mut change = batch.finish(Following::Now)?.change;
            // Nothing but the views' own rows can differ.
            change.conversations.clear();
            change.everything = false;
            change.counters = true;
            let more = rows.len() >= limit as usize;
            begin_pass(tx, rows.last().copied().filter(|_| more))?;
            if !more {
                change.views = true;
                change.everything = true;
                tx.execute("UPDATE saved SET filling = 0 WHERE filling <> 0", ())?;
            }
            Ok(Swept { change, more })
        })
    }
}

/// Takes in what an entry tells of the team's views; tells whether one changed.
pub(super) fn take(db: &Connection, seq: i64, told: &Told) -> Result<bool, ApplyError> {
    match told {
        Told::ViewSaved(view) => keep(db, &of_team(view, seq)),
        Told::ViewRemoved(removed) => {
            let Ok(id) = removed.key.parse() else {
                return Ok(false);
            };
            keep(
                db,
                &Kept {
                    id,
                    seq,
                    name: "",
                    by: Some(&removed.by),
                    filter: None,
                    team: true,
                },
            )
        }
        _ => Ok(false),
    }
}

/// Reads the views to judge by.
pub(super) fn standing(db: &Connection, me: MemberId) -> Result<Vec<Saved>, ApplyError> {
    let mut statement = db.prepare_cached(STANDING)?;
    let mut rows = statement.query(())?;
    let mut views = Vec::new();
    while let Some(row) = rows.next()? {
        let filter = serde_json::from_str(row.get_ref(1)?.as_str()?);
        views.push(Saved {
            code: row.get(0)?,
            narrow: Narrow::new(filter.map_err(|_| ApplyError::Corrupt)?, me),
        });
    }
    Ok(views)
}

/// Returns a view's number in the tables, and whether it is still being filled.
pub(super) fn number(db: &Connection, id: ViewId) -> rusqlite::Result<Option<(i64, bool)>> {
    db.prepare_cached(ONE)?
        .query_row([id.as_u128().to_be_bytes()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()
}

/// Lists the views with their numbers and whether they are being filled: the team's first, each by name.
pub(super) fn all(db: &Connection) -> Result<Vec<(i64, bool, SavedView)>, ApplyError> {
    let mut statement = db.prepare_cached(
        "SELECT code, filling, public, name, filter, team, by_name FROM saved WHERE filter <> ''",
    )?;
    let mut rows = statement.query(())?;
    let mut views = Vec::new();
    while let Some(row) = rows.next()? {
        let filter = serde_json::from_str(row.get_ref(4)?.as_str()?);
        let by: String = row.get(6)?;
        let view = SavedView {
            id: ViewId::from_u128(u128::from_be_bytes(row.get(2)?)),
            name: row.get(3)?,
            filter: filter.map_err(|_| ApplyError::Corrupt)?,
            team: row.get(5)?,
            by: Some(by).filter(|by| !by.is_empty()),
        };
        views.push((row.get(0)?, row.get(1)?, view));
    }
    views.sort_by_cached_key(|(_, _, view)| (!view.team, view.name.to_lowercase(), view.id));
    Ok(views)
}

/// Takes the member's own views over from another cache.
pub(super) fn carry_own(from: &Connection, into: &Connection) -> Result<(), ApplyError> {
    for (_, _, view) in all(from)?.into_iter().filter(|(_, _, view)| !view.team) {
        keep(
            into,
            &Kept {
                id: view.id,
                seq: 0,
                name: &view.name,
                by: None,
                filter: Some(&view.filter),
                team: false,
            },
        )?;
    }
    Ok(())
}

fn of_team(view: &TeamView, seq: i64) -> Kept<'_> {
    Kept {
        id: view.id,
        seq,
        name: &view.name,
        by: view.by.as_ref(),
        filter: Some(&view.filter),
        team: true,
    }
}

/// Writes a view unless something newer is known of it; has everything looked at again where it lists otherwise now.
fn keep(db: &Connection, kept: &Kept<'_>) -> Result<bool, ApplyError> {
    let filter = match kept.filter {
        Some(filter) => serde_json::to_string(filter).map_err(|_| ApplyError::Corrupt)?,
        None => String::new(),
    };
    let public = kept.id.as_u128().to_be_bytes();
    let known: Option<(i64, String)> = db
        .prepare_cached("SELECT seq, filter FROM saved WHERE public = ?1")?
        .query_row([public], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if known.as_ref().is_some_and(|(seq, _)| *seq > kept.seq) {
        return Ok(false);
    }
    let before = known.map_or_else(String::new, |(_, filter)| filter);
    db.prepare_cached(
        "INSERT INTO saved (code, public, seq, team, name, by_name, filter)
        VALUES ((SELECT coalesce(max(code), ?1 - 1) + 1 FROM saved), ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (public) DO UPDATE SET seq = excluded.seq, team = excluded.team, name = excluded.name,
            by_name = excluded.by_name, filter = excluded.filter",
    )?
    .execute((
        SAVED,
        public,
        kept.seq,
        kept.team,
        kept.name,
        kept.by.map_or("", |by| by.name.as_str()),
        &filter,
    ))?;
    if before != filter {
        db.prepare_cached("UPDATE saved SET filling = 1 WHERE public = ?1")?
            .execute([public])?;
        begin_pass(db, Some(0))?;
    }
    Ok(true)
}

/// Returns the conversation that was looked at last, while there are more to look at.
fn pass(db: &Connection) -> rusqlite::Result<Option<i64>> {
    let at: i64 = db
        .prepare_cached("SELECT passed_to FROM meta WHERE id = 1")?
        .query_row((), |row| row.get(0))?;
    Ok(Some(at).filter(|at| *at >= 0))
}

/// Has every conversation looked at once more, from the one after `from` on; `None` ends it.
pub(super) fn begin_pass(db: &Connection, from: Option<i64>) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE meta SET passed_to = ?1 WHERE id = 1")?
        .execute([from.unwrap_or(-1)])?;
    Ok(())
}
