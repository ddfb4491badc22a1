//! Finding conversations by what was typed.

use contract::Filter;
use rusqlite::{Connection, OptionalExtension};

use super::super::conversation::Conversation;
use super::super::narrow::Narrow;
use super::super::words::{self, CONVERSATION_BITS};
use super::super::{ApplyError, Overlay, listing};
use super::lists::{self, Shown};
use super::narrowed::{self, Passing};
use crate::asking::{Found, SearchAsked};
use crate::view::View;

/// The most rows of one answer.
const MAX_FOUND: u32 = 100;

/// Hits looked at: enough that the newest activity among them comes first, few enough to be free.
const CANDIDATES: u32 = 200;

/// Hits looked at for those that meet a filter as well.
const LOOKED_AT: u32 = 20_000;

pub(in super::super) const HITS: &str =
    "SELECT rowid FROM words WHERE words MATCH ?1 ORDER BY rowid DESC LIMIT ?2";

pub(in super::super) const HAPPENED: &str =
    "SELECT happened_at, has_merged FROM conversation WHERE id = ?1";

/// Finds conversations that meet a filter, newest activity first.
pub(super) fn search(
    db: &Connection,
    asked: &SearchAsked,
    overlay: &Overlay,
) -> Result<Found, ApplyError> {
    let shown = Shown::at(db, overlay)?;
    let among = Among::of(db, &shown, &asked.filter)?;
    let mut hits = Vec::new();
    for query in words::queries(&asked.text) {
        hits = matches(db, &query, &among)?;
        if hits.len() >= CANDIDATES as usize {
            break;
        }
    }
    hits.sort_unstable_by(|one, other| other.cmp(one));
    let limit = asked.limit.clamp(1, MAX_FOUND) as usize;
    let mut rows = Vec::new();
    for (_, hit) in hits {
        if rows.len() == limit {
            break;
        }
        if let Some(purchase) = among.purchase(db, hit)? {
            rows.extend(lists::row(db, hit, purchase, &shown)?);
        }
    }
    let searched = listing::count(db, listing::code(View::All))?;
    Ok(Found {
        rows,
        searched: searched.max(0).unsigned_abs(),
    })
}

/// The conversations among which is searched.
struct Among<'a> {
    shown: &'a Shown<'a>,
    filter: &'a Filter,
    passing: Option<Passing>,
}

impl<'a> Among<'a> {
    fn of(db: &Connection, shown: &'a Shown<'a>, filter: &'a Filter) -> Result<Self, ApplyError> {
        let passing = if filter.is_empty() {
            None
        } else {
            let narrow = Narrow::new(filter.clone(), shown.overlay.me.id);
            Some(Passing::of(db, &narrow, shown.swept_at)?)
        };
        Ok(Self {
            shown,
            filter,
            passing,
        })
    }

    /// Tells whether a conversation may be one of them; what something pending moves is judged when it is read.
    fn may_have(&self, conversation: i64) -> bool {
        self.passing.as_ref().is_none_or(|passing| {
            passing.has(conversation) || self.shown.laid.contains_key(&conversation)
        })
    }

    /// Returns the order that is shown of a conversation, or `None` where it is not one of them.
    fn purchase(&self, db: &Connection, hit: i64) -> Result<Option<i64>, ApplyError> {
        let Some(found) = Conversation::by_row(db, hit)? else {
            return Ok(None);
        };
        let Some(place) = found.place(listing::code(View::All)) else {
            return Ok(None);
        };
        if self.passing.is_none() {
            return Ok(Some(place.purchase));
        }
        narrowed::purchase(db, self.shown, &found, self.filter, place.purchase)
    }

    /// Returns how many hits are looked at.
    fn most(&self) -> u32 {
        match self.passing {
            Some(_) => LOOKED_AT,
            None => CANDIDATES,
        }
    }
}

/// Returns the newest matches: when something last happened there, and the conversation.
fn matches(db: &Connection, query: &str, among: &Among<'_>) -> Result<Vec<(i64, i64)>, ApplyError> {
    let mut words = db.prepare_cached(HITS)?;
    let mut happened = db.prepare_cached(HAPPENED)?;
    let mut hits = Vec::new();
    let mut found = words.query((query, among.most()))?;
    while let Some(row) = found.next()? {
        let conversation = row.get::<_, i64>(0)? & CONVERSATION_BITS;
        if !among.may_have(conversation) {
            continue;
        }
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
        if hits.len() == CANDIDATES as usize {
            break;
        }
    }
    Ok(hits)
}
