//! One conversation: the person, the orders, the timeline.

use contract::{Action, ConversationId, Customer, MemberId, Order, Status, Utms};
use rusqlite::Connection;

use super::super::batch::bought;
use super::super::conversation::{Conversation, Times};
use super::super::judge::{Bought, Closed, most_pressing};
use super::super::moment::Moment;
use super::super::{ApplyError, Overlay};
use super::lists::Shown;
use super::persons;
use crate::asking::TimelinePage;
use crate::card;
use crate::view::{Amount, ConversationView, Happening, OrderCard, Person, PixPart, TimelineItem};

/// Orders shown of one person; the most pressing is always among them.
const MAX_ORDERS: usize = 30;

/// Orders whose QR code is drawn; drawing costs a millisecond each.
const MAX_DRAWN: usize = 5;

/// Items of one page of a timeline.
const TIMELINE: usize = 50;

pub(in super::super) const MOMENTS: &str = "SELECT at, seq, what FROM moment
    WHERE conversation = ?1 AND (at, seq) < (?2, ?3)
    ORDER BY at DESC, seq DESC LIMIT ?4";

/// Returns a conversation as it stands at `now`.
pub(super) fn conversation(
    db: &Connection,
    id: ConversationId,
    now: i64,
    overlay: &Overlay,
) -> Result<Option<ConversationView>, ApplyError> {
    let Some(found) = Conversation::shown(db, id)? else {
        return Ok(None);
    };
    let parts = found.clone().parts(db)?;
    if Times::of(&parts).happened_at == 0 {
        return Ok(None);
    }
    let shown = Shown::at(db, overlay)?;
    let orders = newest_first(bought(db, found.row)?);
    let folds = folds(db, &orders, now)?;
    let (mut timeline, older) = timeline(db, found.row, (i64::MAX, i64::MAX), overlay.me.id)?;
    timeline.extend(pending(db, &found, overlay, &timeline)?);
    let people = persons::people(db, &parts, &orders, overlay)?;
    Ok(Some(ConversationView {
        id: found.public,
        person: person(&orders, &folds),
        owner: shown.owner(found.row, found.owner),
        orders: cards(&folds, &Closed::of(&orders), now),
        timeline,
        older,
        draft: None,
        merged: people.merged,
        suggestions: people.suggestions,
        shared: people.shared,
        labels: Vec::new(),
        handling: crate::view::Handling::default(),
    }))
}

/// Returns the items of a timeline before a place.
pub(super) fn timeline_before(
    db: &Connection,
    id: ConversationId,
    before: &str,
    overlay: &Overlay,
) -> Result<TimelinePage, ApplyError> {
    let (items, older) = match (Conversation::shown(db, id)?, place(before)) {
        (Some(found), Some(place)) => timeline(db, found.row, place, overlay.me.id)?,
        _ => (Vec::new(), None),
    };
    Ok(TimelinePage { items, older })
}

/// Sorts orders by their last event, newest first.
pub(super) fn newest_first(mut orders: Vec<Bought>) -> Vec<Bought> {
    orders.sort_by(|one, other| {
        (other.facts.last_at, &other.key).cmp(&(one.facts.last_at, &one.key))
    });
    orders
}

/// Returns the person in full, each part from the newest order that tells it.
pub(super) fn customer(orders: &[Bought]) -> Customer {
    let newest = |part: fn(&Bought) -> &Option<String>| {
        orders.iter().find_map(|bought| part(bought).clone())
    };
    let phone = newest(|bought| &bought.facts.phone);
    let is_e164 = phone.as_deref().is_some_and(|phone| phone.starts_with('+'));
    let (phone, phone_typed) = if is_e164 {
        (phone, None)
    } else {
        (None, phone)
    };
    Customer {
        name: newest(|bought| &bought.facts.name),
        email: newest(|bought| &bought.facts.email),
        phone,
        phone_typed,
        document: newest(|bought| &bought.facts.document),
    }
}

/// Reads the orders to show, the one to act on first.
fn folds(db: &Connection, orders: &[Bought], now: i64) -> Result<Vec<(String, Order)>, ApplyError> {
    let closed = Closed::of(orders);
    let chased = orders.iter().filter(|bought| !closed.ends_chase(bought));
    let first = most_pressing(chased, now);
    let others = orders
        .iter()
        .filter(|bought| first.is_none_or(|first| first.row != bought.row));
    first
        .into_iter()
        .chain(others)
        .take(MAX_ORDERS)
        .map(|bought| Ok((bought.key.clone(), fold(db, bought.row)?)))
        .collect()
}

/// Returns one order as it is to be judged before something leaves: a cart together with what it grew into, since a cart whose
/// order is paid is not to be chased.
pub(super) fn order(
    db: &Connection,
    conversation: i64,
    order_key: &str,
) -> Result<Option<Order>, ApplyError> {
    let orders = newest_first(bought(db, conversation)?);
    let is_meant = |bought: &&Bought| {
        bought.key == order_key || bought.facts.carts.iter().any(|cart| cart == order_key)
    };
    let meant: Vec<&Bought> = orders.iter().filter(is_meant).collect();
    if !meant.iter().any(|bought| bought.key == order_key) {
        return Ok(None);
    }
    let mut whole = Order::default();
    for bought in meant {
        whole.merge(&fold(db, bought.row)?);
    }
    Ok(Some(whole))
}

fn fold(db: &Connection, purchase: i64) -> Result<Order, ApplyError> {
    let fold: String = db
        .prepare_cached("SELECT fold FROM purchase WHERE id = ?1")?
        .query_row([purchase], |row| row.get(0))?;
    serde_json::from_str(&fold).map_err(|_| ApplyError::Corrupt)
}

fn cards(folds: &[(String, Order)], closed: &Closed<'_>, now: i64) -> Vec<OrderCard> {
    let mut drawn = 0;
    let cards = folds.iter().filter_map(|(key, order)| {
        let pix_drawn = drawn < MAX_DRAWN;
        let mut card = card::card(key, order, now, pix_drawn)?;
        if let Some(grown) = closed.recovered(key).filter(|_| !order.was_paid()) {
            card::recover(&mut card, &grown.facts.reference);
        }
        let has_drawing = |pix: &PixPart| !pix.modules.is_empty();
        drawn += usize::from(card.pix.as_ref().is_some_and(has_drawing));
        Some(card)
    });
    cards.collect()
}

fn person(orders: &[Bought], folds: &[(String, Order)]) -> Person {
    let origin: Option<&Utms> = folds.iter().find_map(|(_, order)| order.utms());
    let real = || orders.iter().filter(|bought| !bought.facts.is_test);
    let approved = || real().filter(|bought| bought.facts.stage.status() == Status::Approved);
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Person {
        purchases: count(approved().count()),
        spent: sum(approved().filter_map(|bought| bought.facts.amount)),
        reversals: count(
            real()
                .filter(|bought| bought.facts.refunded || bought.facts.disputed)
                .count(),
        ),
        ..card::person(&customer(orders), origin)
    }
}

/// Adds amounts up, where all are of one currency.
fn sum(mut amounts: impl Iterator<Item = Amount>) -> Option<Amount> {
    let first = amounts.next()?;
    amounts.try_fold(first, |sum, amount| {
        let minor = sum.minor.checked_add(amount.minor)?;
        (sum.currency == amount.currency).then_some(Amount { minor, ..sum })
    })
}

fn timeline(
    db: &Connection,
    conversation: i64,
    before: (i64, i64),
    me: MemberId,
) -> Result<(Vec<TimelineItem>, Option<String>), ApplyError> {
    let mut statement = db.prepare_cached(MOMENTS)?;
    let limit = i64::try_from(TIMELINE + 1).unwrap_or(i64::MAX);
    let mut rows = statement.query((conversation, before.0, before.1, limit))?;
    let mut items = Vec::new();
    let mut oldest = None;
    let mut older = None;
    while let Some(row) = rows.next()? {
        if items.len() == TIMELINE {
            older = oldest.map(|(at, seq): (i64, i64)| format!("{at}.{seq}"));
            break;
        }
        let (at, seq): (i64, i64) = (row.get(0)?, row.get(1)?);
        let what: String = row.get(2)?;
        let moment: Moment = serde_json::from_str(&what).map_err(|_| ApplyError::Corrupt)?;
        items.push(moment.item(seq.unsigned_abs(), at, me));
        oldest = Some((at, seq));
    }
    items.reverse();
    Ok((items, older))
}

/// Returns what was done here and is not in the timeline yet.
fn pending(
    db: &Connection,
    found: &Conversation,
    overlay: &Overlay,
    there: &[TimelineItem],
) -> Result<Vec<TimelineItem>, ApplyError> {
    let mut items = Vec::new();
    for pending in &overlay.pending {
        let id = pending.id.to_string();
        let is_here = Conversation::shown(db, pending.conversation_id)?
            .is_some_and(|shown| shown.row == found.row);
        if !is_here || there.iter().any(|item| item.id == id) {
            continue;
        }
        let by = overlay.me.name.clone();
        let what = match &pending.action {
            Action::Claim {}
            | Action::Release {}
            | Action::Merge { .. }
            | Action::Unmerge { .. }
            | Action::KeepApart { .. }
            | Action::Assign { .. }
            | Action::Resolve {}
            | Action::Reopen {}
            | Action::Snooze { .. }
            | Action::Wake {}
            | Action::Label { .. }
            | Action::Receive { .. }
            | Action::Reveal { .. } => continue,
            Action::Note { text, .. } => Happening::Note {
                text: text.clone(),
                mentions: Vec::new(),
                mentions_me: false,
                by,
                by_me: true,
                pending: true,
            },
            Action::HandOver { channel, text, .. } => Happening::HandedOver {
                channel: *channel,
                text: text.clone(),
                by,
                by_me: true,
                pending: true,
            },
        };
        items.push(TimelineItem {
            id,
            at: pending.made_at,
            what,
        });
    }
    Ok(items)
}

fn place(text: &str) -> Option<(i64, i64)> {
    let (at, seq) = text.split_once('.')?;
    Some((at.parse().ok()?, seq.parse().ok()?))
}
