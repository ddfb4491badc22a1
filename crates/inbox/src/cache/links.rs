//! What was said of conversations being one person's or not: the rows of `link`, `pair` and `shared`. It draws no conclusions.

use contract::Actor;
use rusqlite::{Connection, OptionalExtension};

use super::conversation::{Holding, columns, holding};

/// Says why one conversation is a part of another, since when, and by whom where a person did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) reason: String,
    pub(super) by: Option<Holding>,
    /// In Unix milliseconds, by the service's clock.
    pub(super) at: i64,
}

/// Lists what can be said of two conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// They may be one person's.
    Suggested,
    /// They are two people's, a person said.
    Apart,
    /// One took in the other.
    Merged,
}

/// Holds the newest that was said of a conversation and another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) other: i64,
    pub(super) seq: i64,
    pub(super) standing: Standing,
    pub(super) reason: String,
}

pub(super) const SAID: &str = "SELECT other, seq, standing, reason FROM pair WHERE one = ?1";

pub(super) const LINK: &str = "SELECT by, by_name, reason, at FROM link WHERE conversation = ?1";

pub(super) const SHARED: &str = "SELECT names FROM shared WHERE conversation = ?1";

impl Standing {
    const fn code(self) -> i64 {
        match self {
            Self::Suggested => 0,
            Self::Apart => 1,
            Self::Merged => 2,
        }
    }

    const fn of(code: i64) -> Self {
        match code {
            0 => Self::Suggested,
            1 => Self::Apart,
            _ => Self::Merged,
        }
    }
}

impl Link {
    /// Makes what a merge told.
    pub(super) fn new(reason: &str, by: Option<&Actor>, at: i64) -> Self {
        Self {
            reason: reason.to_owned(),
            by: by.map(|actor| Holding {
                member: actor.id,
                name: actor.name.clone(),
            }),
            at,
        }
    }
}

/// Writes why a conversation is a part of another, or that it is none.
pub(super) fn write_link(
    db: &Connection,
    conversation: i64,
    link: Option<&Link>,
) -> rusqlite::Result<()> {
    let Some(link) = link else {
        db.prepare_cached("DELETE FROM link WHERE conversation = ?1")?
            .execute([conversation])?;
        return Ok(());
    };
    let (by, by_name) = columns(link.by.as_ref());
    db.prepare_cached(
        "INSERT INTO link (conversation, reason, by, by_name, at) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (conversation) DO UPDATE SET reason = excluded.reason, by = excluded.by,
            by_name = excluded.by_name, at = excluded.at",
    )?
    .execute((conversation, &link.reason, by, by_name, link.at))?;
    Ok(())
}

/// Reads why a conversation is a part of another.
pub(super) fn link(db: &Connection, conversation: i64) -> rusqlite::Result<Option<Link>> {
    db.prepare_cached(LINK)?
        .query_row([conversation], |row| {
            Ok(Link {
                by: holding(row, 0)?,
                reason: row.get(2)?,
                at: row.get(3)?,
            })
        })
        .optional()
}

/// Writes what was said of two conversations, unless something newer was.
pub(super) fn say(
    db: &Connection,
    [one, other]: [i64; 2],
    seq: i64,
    standing: Standing,
    reason: &str,
) -> rusqlite::Result<()> {
    let mut statement = db.prepare_cached(
        "INSERT INTO pair (one, other, seq, standing, reason) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (one, other) DO UPDATE SET seq = excluded.seq, standing = excluded.standing,
            reason = excluded.reason
        WHERE excluded.seq > pair.seq",
    )?;
    for (one, other) in [(one, other), (other, one)] {
        statement.execute((one, other, seq, standing.code(), reason))?;
    }
    Ok(())
}

/// Reads what was said of a conversation and others.
pub(super) fn said(db: &Connection, one: i64) -> rusqlite::Result<Vec<Said>> {
    let mut statement = db.prepare_cached(SAID)?;
    let rows = statement.query_map([one], |row| {
        Ok(Said {
            other: row.get(0)?,
            seq: row.get(1)?,
            standing: Standing::of(row.get(2)?),
            reason: row.get(3)?,
        })
    })?;
    rows.collect()
}

/// Writes that a conversation's contact data was told with so many names; the most that were told count.
pub(super) fn share(db: &Connection, conversation: i64, names: u32) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO shared (conversation, names) VALUES (?1, ?2)
        ON CONFLICT (conversation) DO UPDATE SET names = max(names, excluded.names)",
    )?
    .execute((conversation, names))?;
    Ok(())
}

/// Reads how many names a conversation's contact data was told with, where it is shared.
pub(super) fn shared(db: &Connection, conversation: i64) -> rusqlite::Result<Option<u32>> {
    db.prepare_cached(SHARED)?
        .query_row([conversation], |row| row.get(0))
        .optional()
}
