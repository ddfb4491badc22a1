//! Finding conversations by what was typed.

use rusqlite::Connection;

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

/// Finds conversations, newest activity first.
pub(super) fn search(
    db: &Connection,
    text: &str,
    limit: u32,
    overlay: &Overlay,
) -> Result<Found, ApplyError> {
    let shown = Shown::at(db, overlay)?;
    let mut hits = Vec::new();
    if let Some(query) = words::query(text) {
        let mut statement = db.prepare_cached(HITS)?;
        let mut found = statement.query((query, CANDIDATES))?;
        while let Some(row) = found.next()? {
            hits.push(row.get::<_, i64>(0)? & CONVERSATION_BITS);
        }
    }
    let mut rows = Vec::new();
    for hit in hits {
        let conversation = Conversation::by_row(db, hit)?;
        let place = conversation.as_ref().and_then(|found| {
            let all = found.listed.iter();
            all.clone().find(|listed| listed.view == View::All)
        });
        if let Some(listed) = place {
            rows.extend(lists::row(db, hit, listed.purchase, &shown)?);
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.last_at));
    rows.truncate(limit.clamp(1, MAX_FOUND) as usize);
    let all = usize::try_from(listing::code(View::All)).unwrap_or(0);
    let searched = listing::counts(db)?.get(all).copied().unwrap_or(0);
    Ok(Found {
        rows,
        searched: searched.max(0).unsigned_abs(),
    })
}
