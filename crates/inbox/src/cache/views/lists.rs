//! Pages of lists, single rows, and counters.

use std::collections::{BTreeMap, BTreeSet};

use contract::{ConversationId, Filter, ViewId};
use rusqlite::{Connection, OptionalExtension, named_params};

use super::super::conversation::{Conversation, Holding, Times, holding, parsed};
use super::super::facts::RowFacts;
use super::super::judge::{Listed, Urgency};
use super::super::listing::{self, VIEWS};
use super::super::steps::Plan;
use super::super::{ApplyError, Overlay, Pending, labels, saved};
use super::laid::{self, Eyes, Laid};
use super::narrowed;
use crate::view::{
    Counters, Deadline, DeadlineKind, Handling, Owner, PageAsked, Row, RowPage, SavedCount, View,
    ViewCount,
};
use crate::{card, deadline};

/// The most rows of one page.
const MAX_PAGE: u32 = 200;

pub(in super::super) const PAGE: &str =
    "SELECT c.public, c.owner, c.owner_name, c.happened_at, c.news_at, c.read_at, c.name,
        p.facts, c.has_merged, c.heard_at, c.stands, c.labels, c.urgency, l.rank, l.conversation
    FROM listing l
    CROSS JOIN conversation c ON c.id = l.conversation
    LEFT JOIN purchase p ON p.id = l.purchase
    WHERE l.view = :view AND (l.rank, l.conversation) > (:rank, :conversation)
    ORDER BY l.rank, l.conversation LIMIT :limit";

pub(in super::super) const ROW: &str =
    "SELECT c.public, c.owner, c.owner_name, c.happened_at, c.news_at, c.read_at, c.name, p.facts,
        c.has_merged, c.heard_at, c.stands, c.labels, c.urgency
    FROM conversation c
    LEFT JOIN purchase p ON p.id = :purchase
    WHERE c.id = :conversation";

/// A row's place in a list.
pub(super) type Key = (i64, i64);

/// Returns one page of a view.
pub(super) fn page(
    db: &Connection,
    asked: &PageAsked,
    overlay: &Overlay,
) -> Result<RowPage, ApplyError> {
    let shown = Shown::at(db, overlay)?.of_stage(asked.saved.is_none().then_some(asked.view));
    let limit = asked.limit.clamp(1, MAX_PAGE);
    let after = asked.after.as_deref().and_then(key);
    let Some(view) = number(db, asked.view, asked.saved)? else {
        return Ok(RowPage {
            rows: Vec::new(),
            next: None,
            total: 0,
        });
    };
    if !asked.filter.is_empty() {
        return narrowed::page(db, &shown, view, &asked.filter, after, limit);
    }
    let rows = read_page(db, view, after, limit, &shown)?;
    let count = listing::count(db, view)?.saturating_add(shown.delta(view));
    Ok(put_together(rows, limit, count))
}

/// Makes a page of rows with their places.
pub(super) fn put_together(rows: Vec<(Key, Row)>, limit: u32, count: i64) -> RowPage {
    let is_full = u32::try_from(rows.len()).is_ok_and(|count| count == limit);
    let last = rows.last().filter(|_| is_full);
    RowPage {
        next: last.map(|((rank, row), _)| format!("{rank}.{row}")),
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        total: count.max(0).unsigned_abs(),
    }
}

/// Returns those of the conversations that are in the view, in the order asked for; with `until`, a page's `next`, only those
/// that stand no later than that page ends.
pub(super) fn rows(
    db: &Connection,
    (view, saved, filter): (View, Option<ViewId>, &Filter),
    ids: &[ConversationId],
    until: Option<&str>,
    overlay: &Overlay,
) -> Result<Vec<Row>, ApplyError> {
    let shown = Shown::at(db, overlay)?.of_stage(saved.is_none().then_some(view));
    let until = until.and_then(key);
    let Some(view) = number(db, view, saved)? else {
        return Ok(Vec::new());
    };
    let mut rows = Vec::new();
    for id in ids.iter().take(MAX_PAGE as usize) {
        let Some(found) = Conversation::by_public(db, *id)? else {
            continue;
        };
        let laid = shown.laid.get(&found.row);
        let place = laid.map_or_else(|| found.place(view), |laid| laid.place(view));
        let is_before = |place: &Listed| until.is_none_or(|until| (place.rank, found.row) <= until);
        let Some(place) = place.copied().filter(is_before) else {
            continue;
        };
        let purchase = if filter.is_empty() {
            Some(place.purchase)
        } else {
            narrowed::purchase(db, &shown, &found, filter, place.purchase)?
        };
        if let Some(purchase) = purchase {
            rows.extend(row(db, found.row, purchase, &shown)?);
        }
    }
    Ok(rows)
}

/// Returns how many rows each view has.
pub(super) fn counters(db: &Connection, overlay: &Overlay) -> Result<Counters, ApplyError> {
    let shown = Shown::at(db, overlay)?;
    let counts = listing::counts(db)?;
    let count = |view: i64| {
        let count = counts.get(&view).copied().unwrap_or(0);
        let count = count.saturating_add(shown.delta(view));
        count.max(0).unsigned_abs()
    };
    let views = VIEWS.iter().map(|view| ViewCount {
        view: *view,
        count: count(listing::code(*view)),
    });
    let saved = saved::all(db)?;
    Ok(Counters {
        views: views.collect(),
        saved: saved
            .into_iter()
            .map(|(code, filling, view)| SavedCount {
                id: view.id,
                count: count(code),
                filling,
            })
            .collect(),
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
    pub(super) swept_at: i64,
    /// Rows speak of their order alone, as in the view of a stage.
    by_order: bool,
    /// Conversations that something pending moves.
    pub(super) laid: BTreeMap<i64, Laid>,
}

impl<'a> Shown<'a> {
    pub(super) fn at(db: &Connection, overlay: &'a Overlay) -> Result<Self, ApplyError> {
        let (read_until, swept_at) = db
            .prepare_cached("SELECT read_until, swept_at FROM meta WHERE id = 1")?
            .query_row((), |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut touched: BTreeMap<i64, (Conversation, Vec<&Pending>)> = BTreeMap::new();
        for pending in &overlay.pending {
            if !laid::moves(&pending.action) {
                continue;
            }
            if let Some(found) = Conversation::shown(db, pending.conversation_id)? {
                let (_, actions) = touched.entry(found.row).or_insert((found, Vec::new()));
                actions.push(pending);
            }
        }
        let (saved, plan) = if touched.is_empty() {
            (Vec::new(), Plan::default())
        } else {
            (saved::standing(db, overlay.me.id)?, Plan::read(db)?)
        };
        let eyes = Eyes {
            me: &overlay.me,
            saved: &saved,
            plan: &plan,
            now: swept_at,
        };
        let mut laid = BTreeMap::new();
        for (row, (found, actions)) in touched {
            laid.insert(row, Laid::over(db, found, &actions, &eyes)?);
        }
        Ok(Self {
            overlay,
            read_until,
            swept_at,
            by_order: false,
            laid,
        })
    }

    /// Shows the rows of a built-in view: those of a stage speak of their order alone.
    fn of_stage(self, view: Option<View>) -> Self {
        let is_general = |view: View| {
            matches!(
                view,
                View::Due
                    | View::Steps
                    | View::Mine
                    | View::Unassigned
                    | View::All
                    | View::Snoozed
                    | View::Resolved
            )
        };
        Self {
            by_order: view.is_some_and(|view| !is_general(view)),
            ..self
        }
    }

    /// Returns who has a conversation, pending actions included.
    pub(super) fn owner(&self, conversation: i64, holding: Option<Holding>) -> Option<Owner> {
        let laid = self.laid.get(&conversation);
        let (owner, told) = match laid {
            Some(laid) => (laid.owner.clone(), laid.found.owner.as_ref()),
            None => (holding, None),
        };
        owner.map(|owner| Owner {
            id: owner.member,
            is_me: owner.member == self.overlay.me.id,
            pending: laid.is_some() && told.is_none_or(|told| told.member != owner.member),
            name: owner.name,
        })
    }

    /// Returns the rows that a view has of conversations that something pending moves.
    pub(super) fn moved(&self, view: i64) -> impl Iterator<Item = (Key, i64, &Laid)> {
        self.laid.iter().filter_map(move |(row, laid)| {
            let place = laid.place(view)?;
            Some(((place.rank, *row), place.purchase, laid))
        })
    }

    /// Returns how the pending actions change a view's count.
    fn delta(&self, view: i64) -> i64 {
        let one = |laid: &Laid| {
            i64::from(laid.place(view).is_some()) - i64::from(laid.found.place(view).is_some())
        };
        self.laid.values().map(one).sum()
    }
}

/// Returns the number of the view that is asked for; `None` where a saved one is not there any more.
fn number(db: &Connection, view: View, saved: Option<ViewId>) -> rusqlite::Result<Option<i64>> {
    match saved {
        Some(id) => Ok(saved::number(db, id)?.map(|(code, _)| code)),
        None => Ok(Some(listing::code(view))),
    }
}

fn read_page(
    db: &Connection,
    view: i64,
    after: Option<Key>,
    limit: u32,
    shown: &Shown<'_>,
) -> Result<Vec<(Key, Row)>, ApplyError> {
    let after = after.unwrap_or((i64::MIN, i64::MIN));
    let moved = u32::try_from(shown.laid.len()).unwrap_or(u32::MAX);
    let most = limit.saturating_add(moved);
    let mut statement = db.prepare_cached(PAGE)?;
    let mut rows = statement.query(named_params! {
        ":view": view,
        ":rank": after.0,
        ":conversation": after.1,
        ":limit": most,
    })?;
    let mut page = Vec::with_capacity(most as usize);
    let (mut read, mut last) = (0, None);
    while let Some(found) = rows.next()? {
        let key: Key = (found.get(13)?, found.get(14)?);
        (read, last) = (read + 1, Some(key));
        if !shown.laid.contains_key(&key.1) {
            page.push((key, read_row(db, found, key.1, shown)?));
        }
    }
    // Beyond the last row that was read there may be others before what was moved.
    let reaches = last.filter(|_| read == most);
    for (key, purchase, _) in shown.moved(view) {
        if key > after && reaches.is_none_or(|last| key <= last) {
            page.extend(row(db, key.1, purchase, shown)?.map(|row| (key, row)));
        }
    }
    if !shown.laid.is_empty() {
        page.sort_by_key(|(key, _)| *key);
        page.truncate(limit as usize);
    }
    Ok(page)
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
    let mut times = if found.get(8)? {
        times(db, conversation)?
    } else {
        Times {
            happened_at: found.get(3)?,
            news_at: found.get(4)?,
            read_at: found.get(5)?,
            heard_at: found.get(9)?,
        }
    };
    let (stands, labels) = standing(db, found, conversation, shown)?;
    let mut urgency: Urgency = parsed(found.get_ref(12)?.as_str()?);
    if let Some(laid) = shown.laid.get(&conversation) {
        times.happened_at = laid.happened_at;
        times.heard_at = laid.heard_at;
        urgency.clone_from(&laid.urgency);
    }
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
        deadline: returning(&stands),
        pressure: urgency.pressure,
        step: urgency.step,
        last_at: times.happened_at,
        unread: times.news_at > times.read_at.max(shown.read_until),
        is_test: false,
        labels,
        has_draft: false,
        back: match stands {
            Handling::Back { reason, .. } => Some(reason),
            _ => None,
        },
        snoozed_until: match stands {
            Handling::Snoozed { at, .. } => at,
            _ => None,
        },
    };
    let nearest = urgency.nearest.filter(|_| !shown.by_order);
    Ok(match facts {
        Some(facts) => bought(row, facts, (nearest, times.heard_at), shown),
        None => Row {
            deadline: row.snoozed_until.map_or(nearest, |_| None).or(row.deadline),
            ..row
        },
    })
}

/// Returns how the work on a conversation stands, and its labels.
fn standing(
    db: &Connection,
    found: &rusqlite::Row<'_>,
    conversation: i64,
    shown: &Shown<'_>,
) -> rusqlite::Result<(Handling, Vec<String>)> {
    if let Some(laid) = shown.laid.get(&conversation) {
        return Ok((laid.stands.clone(), laid.labels.values().cloned().collect()));
    }
    let worn: BTreeSet<i64> = match found.get_ref(11)?.as_str()? {
        "[]" => BTreeSet::new(),
        told => parsed(told),
    };
    let stands: Handling = parsed(found.get_ref(10)?.as_str()?);
    Ok((stands, labels::names(db, worn)?))
}

/// Adds what the row's order tells; what of the conversation ends first comes before the order's own end.
fn bought(
    row: Row,
    facts: RowFacts<'_>,
    (nearest, heard_at): (Option<Deadline>, i64),
    shown: &Shown<'_>,
) -> Row {
    let own = facts
        .deadline
        .map(|ends| deadline::heard(ends, heard_at))
        .filter(|ends| card::is_shown(*ends, shown.swept_at));
    let ends = nearest.or(own);
    Row {
        amount: facts.amount,
        product: facts.items.into_iter().next(),
        more_items: facts.more_items,
        stage: Some(facts.stage),
        group: Some(facts.stage.group()),
        platform: Some(card::platform(&facts.provider)),
        deadline: match row.snoozed_until {
            Some(_) => row.deadline,
            None => ends.or(row.deadline),
        },
        is_test: facts.is_test,
        ..row
    }
}

/// Returns when what was put aside comes back, or came.
fn returning(stands: &Handling) -> Option<Deadline> {
    let at = match stands {
        Handling::Snoozed { at, .. } => (*at)?,
        Handling::Back { at, .. } => *at,
        Handling::Open | Handling::Resolved { .. } => return None,
    };
    Some(Deadline {
        kind: DeadlineKind::Snooze,
        from: at,
        at,
    })
}

fn key(text: &str) -> Option<Key> {
    let (rank, conversation) = text.split_once('.')?;
    Some((rank.parse().ok()?, conversation.parse().ok()?))
}
