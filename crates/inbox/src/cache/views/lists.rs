//! Pages of lists, single rows, and counters.

use std::collections::HashMap;

use contract::{Action, ConversationId, MemberId};
use rusqlite::{Connection, OptionalExtension, named_params};

use super::super::conversation::{Conversation, Holding, Times, holding};
use super::super::facts::RowFacts;
use super::super::listing::{self, VIEWS};
use super::super::{ApplyError, Overlay};
use crate::card;
use crate::view::{Counters, Owner, PageAsked, Row, RowPage, View, ViewCount};

/// The most rows of one page.
const MAX_PAGE: u32 = 200;

pub(in super::super) const PAGE: &str =
    "SELECT c.public, c.owner, c.owner_name, c.happened_at, c.news_at, c.read_at, c.name,
        p.facts, c.has_merged, l.rank, l.conversation
    FROM listing l
    CROSS JOIN conversation c ON c.id = l.conversation
    LEFT JOIN purchase p ON p.id = l.purchase
    WHERE l.view = :view AND (l.rank, l.conversation) > (:rank, :conversation)
    ORDER BY l.rank, l.conversation LIMIT :limit";

pub(in super::super) const ROW: &str =
    "SELECT c.public, c.owner, c.owner_name, c.happened_at, c.news_at, c.read_at, c.name, p.facts,
        c.has_merged
    FROM conversation c
    LEFT JOIN purchase p ON p.id = :purchase
    WHERE c.id = :conversation";

/// Returns one page of a view.
pub(super) fn page(
    db: &Connection,
    asked: &PageAsked,
    overlay: &Overlay,
) -> Result<RowPage, ApplyError> {
    let shown = Shown::at(db, overlay)?;
    let limit = asked.limit.clamp(1, MAX_PAGE);
    let after = asked.after.as_deref().and_then(key);
    let (mut found, last) = read_page(db, asked.view, after, limit, &shown)?;
    let is_full = u32::try_from(found.len()).is_ok_and(|count| count == limit);
    found.retain(|(row, _)| !shown.hides(asked.view, *row));
    let mut rows: Vec<Row> = found.into_iter().map(|(_, row)| row).collect();
    if after.is_none() && asked.view == View::Mine {
        let mut claimed = shown.claimed_elsewhere(db)?;
        claimed.append(&mut rows);
        rows = claimed;
    }
    let counts = counted(db, &shown)?;
    Ok(RowPage {
        rows,
        next: last
            .filter(|_| is_full)
            .map(|(rank, row)| format!("{rank}.{row}")),
        total: count_of(&counts, asked.view),
    })
}

/// Returns those of the conversations that are in the view, in the order asked for.
pub(super) fn rows(
    db: &Connection,
    view: View,
    ids: &[ConversationId],
    overlay: &Overlay,
) -> Result<Vec<Row>, ApplyError> {
    let shown = Shown::at(db, overlay)?;
    let mut rows = Vec::new();
    for id in ids.iter().take(MAX_PAGE as usize) {
        let Some(found) = Conversation::by_public(db, *id)? else {
            continue;
        };
        let place = |view| found.listed.iter().find(|listed| listed.view == view);
        let listed = place(view)
            .filter(|_| !shown.hides(view, found.row))
            .or_else(|| place(View::All).filter(|_| shown.adds(view, &found)));
        if let Some(listed) = listed {
            rows.extend(row(db, found.row, listed.purchase, &shown)?);
        }
    }
    Ok(rows)
}

/// Returns how many rows each view has.
pub(super) fn counters(db: &Connection, overlay: &Overlay) -> Result<Counters, ApplyError> {
    let counts = counted(db, &Shown::at(db, overlay)?)?;
    let views = VIEWS.iter().map(|view| ViewCount {
        view: *view,
        count: count_of(&counts, *view),
    });
    Ok(Counters {
        views: views.collect(),
        saved: Vec::new(),
    })
}

/// Returns the row of one conversation with one of its orders.
pub(super) fn row(
    db: &Connection,
    conversation: i64,
    purchase: i64,
    shown: &Shown<'_>,
) -> Result<Option<Row>, ApplyError> {
    let found = db
        .prepare_cached(ROW)?
        .query_row(
            named_params! { ":conversation": conversation, ":purchase": purchase },
            |row| read_row(db, row, conversation, shown),
        )
        .optional()?;
    Ok(found)
}

/// Says how rows are shown now: who looks, what was read, what is pending.
pub(super) struct Shown<'a> {
    pub(super) overlay: &'a Overlay,
    read_until: i64,
    swept_at: i64,
    /// Who has a conversation once what is pending is done.
    claims: HashMap<i64, Claim>,
}

struct Claim {
    is_mine: bool,
    was_mine: bool,
    was_unassigned: bool,
    purchase: i64,
}

impl<'a> Shown<'a> {
    pub(super) fn at(db: &Connection, overlay: &'a Overlay) -> Result<Self, ApplyError> {
        let (read_until, swept_at) = db
            .prepare_cached("SELECT read_until, swept_at FROM meta WHERE id = 1")?
            .query_row((), |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut claims = HashMap::new();
        for pending in &overlay.pending {
            let is_mine = match pending.action {
                Action::Claim {} => true,
                Action::Release {} => false,
                _ => continue,
            };
            if let Some(found) = Conversation::shown(db, pending.conversation_id)? {
                let place = |view| found.listed.iter().find(|listed| listed.view == view);
                let claim = Claim {
                    is_mine,
                    was_mine: place(View::Mine).is_some(),
                    was_unassigned: place(View::Unassigned).is_some(),
                    purchase: place(View::All).map_or(0, |listed| listed.purchase),
                };
                claims.insert(found.row, claim);
            }
        }
        Ok(Self {
            overlay,
            read_until,
            swept_at,
            claims,
        })
    }

    /// Returns who has a conversation, pending actions included.
    pub(super) fn owner(&self, conversation: i64, holding: Option<Holding>) -> Option<Owner> {
        let me: MemberId = self.overlay.me.id;
        match self.claims.get(&conversation) {
            Some(claim) if claim.is_mine => Some(Owner {
                id: me,
                name: self.overlay.me.name.clone(),
                is_me: true,
                pending: !claim.was_mine,
            }),
            Some(_) => None,
            None => holding.map(|holding| Owner {
                id: holding.member,
                name: holding.name,
                is_me: holding.member == me,
                pending: false,
            }),
        }
    }

    fn hides(&self, view: View, conversation: i64) -> bool {
        self.claims
            .get(&conversation)
            .is_some_and(|claim| match view {
                View::Mine => !claim.is_mine,
                View::Unassigned => claim.is_mine,
                _ => false,
            })
    }

    fn adds(&self, view: View, found: &Conversation) -> bool {
        view == View::Mine
            && self
                .claims
                .get(&found.row)
                .is_some_and(|claim| claim.is_mine)
    }

    /// Returns the rows that a pending claim puts into "mine" before the feed does.
    fn claimed_elsewhere(&self, db: &Connection) -> Result<Vec<Row>, ApplyError> {
        let mut rows = Vec::new();
        for (conversation, claim) in &self.claims {
            if claim.is_mine && !claim.was_mine {
                rows.extend(row(db, *conversation, claim.purchase, self)?);
            }
        }
        rows.sort_by_key(|row| std::cmp::Reverse(row.last_at));
        Ok(rows)
    }

    /// Returns how the pending actions change a view's count.
    fn delta(&self, view: View) -> i64 {
        let one = |claim: &Claim| match (view, claim.is_mine) {
            (View::Mine, true) => i64::from(!claim.was_mine),
            (View::Mine, false) => -i64::from(claim.was_mine),
            (View::Unassigned, true) => -i64::from(claim.was_unassigned),
            _ => 0,
        };
        self.claims.values().map(one).sum()
    }
}

type Page = (Vec<(i64, Row)>, Option<(i64, i64)>);

fn read_page(
    db: &Connection,
    view: View,
    after: Option<(i64, i64)>,
    limit: u32,
    shown: &Shown<'_>,
) -> Result<Page, ApplyError> {
    let (rank, conversation) = after.unwrap_or((i64::MIN, i64::MIN));
    let mut statement = db.prepare_cached(PAGE)?;
    let mut rows = statement.query(named_params! {
        ":view": listing::code(view),
        ":rank": rank,
        ":conversation": conversation,
        ":limit": limit,
    })?;
    let mut page = Vec::new();
    let mut last = None;
    while let Some(found) = rows.next()? {
        let conversation = found.get(10)?;
        last = Some((found.get(9)?, conversation));
        page.push((conversation, read_row(db, found, conversation, shown)?));
    }
    Ok((page, last))
}

/// Returns when something last happened in a conversation that is shown, and what of it was read.
pub(super) fn times(db: &Connection, conversation: i64) -> rusqlite::Result<Times> {
    let parts = match Conversation::by_row(db, conversation)? {
        Some(found) => found.parts(db)?,
        None => Vec::new(),
    };
    Ok(Times::of(&parts))
}

fn read_row(
    db: &Connection,
    found: &rusqlite::Row<'_>,
    conversation: i64,
    shown: &Shown<'_>,
) -> rusqlite::Result<Row> {
    let facts: Option<RowFacts<'_>> = found
        .get_ref(7)?
        .as_str_or_null()?
        .and_then(|text| serde_json::from_str(text).ok());
    let times = if found.get(8)? {
        times(db, conversation)?
    } else {
        Times {
            happened_at: found.get(3)?,
            news_at: found.get(4)?,
            read_at: found.get(5)?,
        }
    };
    let name: String = found.get(6)?;
    let row = Row {
        id: ConversationId::from_u128(u128::from_be_bytes(found.get(0)?)),
        name: Some(name).filter(|name| !name.is_empty()),
        amount: None,
        product: None,
        more_items: 0,
        stage: None,
        group: None,
        platform: None,
        owner: shown.owner(conversation, holding(found, 1)?),
        deadline: None,
        last_at: times.happened_at,
        unread: times.news_at > times.read_at.max(shown.read_until),
        is_test: false,
        labels: Vec::new(),
        has_draft: false,
        back: None,
        snoozed_until: None,
    };
    let Some(facts) = facts else { return Ok(row) };
    Ok(Row {
        amount: facts.amount,
        product: facts.items.into_iter().next(),
        more_items: facts.more_items,
        stage: Some(facts.stage),
        group: Some(facts.stage.group()),
        platform: Some(card::platform(&facts.provider)),
        deadline: facts
            .deadline
            .filter(|ends| card::is_shown(*ends, shown.swept_at)),
        is_test: facts.is_test,
        ..row
    })
}

fn counted(db: &Connection, shown: &Shown<'_>) -> Result<Vec<(View, i64)>, ApplyError> {
    let counts = listing::counts(db)?;
    let views = VIEWS.iter().zip(counts);
    Ok(views
        .map(|(view, count)| (*view, count.saturating_add(shown.delta(*view))))
        .collect())
}

fn count_of(counts: &[(View, i64)], view: View) -> u64 {
    counts
        .iter()
        .find(|(counted, _)| *counted == view)
        .map_or(0, |(_, count)| (*count).max(0).unsigned_abs())
}

fn key(text: &str) -> Option<(i64, i64)> {
    let (rank, conversation) = text.split_once('.')?;
    Some((rank.parse().ok()?, conversation.parse().ok()?))
}
