//! Finding conversations by what was typed.

use rusqlite::{Connection, OptionalExtension};

use super::super::conversation::Conversation;
use super::super::words::{self, CONVERSATION_BITS};
use super::super::{ApplyError, Overlay, listing};
use super::lists::{self, Shown};
use crate::asking::Found;
use crate::view::View;

/// The most rows of one answer.
const MAX_FOUND: u32 = 100;

/// Hits looked at: enough that the newest activity among them comes first, few enough to be free.
const CANDIDATES: u32 = 200;

pub(in super::super) const HITS: &str =
    "SELECT rowid FROM words WHERE words MATCH ?1 ORDER BY rowid DESC LIMIT ?2";

pub(in super::super) const HAPPENED: &str =
    "SELECT happened_at, has_merged FROM conversation WHERE id = ?1";

/// Finds conversations, newest activity first.
pub(super) fn search(
    db: &Connection,
    text: &str,
    limit: u32,
    overlay: &Overlay,
) -> Result<Found, ApplyError> {
    let shown = Shown::at(db, overlay)?;
    let mut hits = Vec::new();
    for query in words::queries(text) {
        hits = matches(db, &query)?;
        if hits.len() >= CANDIDATES as usize {
            break;
        }
    }
    hits.sort_unstable_by(|one, other| other.cmp(one));
    hits.truncate(limit.clamp(1, MAX_FOUND) as usize);
    let mut rows = Vec::new();
    for (_, hit) in hits {
        let conversation = Conversation::by_row(db, hit)?;
        let place = conversation
            .as_ref()
            .and_then(|found| found.place(listing::code(View::All)));
        if let Some(listed) = place {
            rows.extend(lists::row(db, hit, listed.purchase, &shown)?);
        }
    }
    let searched = listing::count(db, listing::code(View::All))?;
    Ok(Found {
        rows,
        searched: searched.max(0).unsigned_abs(),
    })
}

/// Returns the newest matches: when something last happened there, and the conversation.
fn matches(db: &Connection, query: &str) -> Result<Vec<(i64, i64)>, ApplyError> {
    let mut words = db.prepare_cached(HITS)?;
    let mut happened = db.prepare_cached(HAPPENED)?;
    let mut hits = Vec::new();
    let mut found = words.query((query, CANDIDATES))?;
    while let Some(row) = found.next()? {
        let conversation = row.get::<_, i64>(0)? & CONVERSATION_BITS;
        let own: Option<(i64, bool)> = happened
            .query_row([conversation], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((own, has_merged)) = own else {
            continue;
        };
        let at = if has_merged {
            lists::times(db, conversation)?.happened_at
        } else {
            own
        };
        hits.push((at, conversation));
    }
    Ok(hits)
}
