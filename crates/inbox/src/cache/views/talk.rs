//! One conversation: the person, the orders, the timeline.

use contract::{Action, ConversationId, Customer, MemberId, Order, Status, Utms};
use rusqlite::Connection;

use super::super::batch::bought;
use super::super::closed::Closed;
use super::super::conversation::{Conversation, Times, Whole};
use super::super::judge::{Bought, most_pressing};
use super::super::moment::Moment;
use super::super::said::code;
use super::super::steps::{self, Chase, Plan};
use super::super::{ApplyError, Overlay, labels, team};
use super::lists::Shown;
use super::persons;
use crate::asking::{TimelineAsked, TimelinePage};
use crate::view::{
    Amount, Bump, ConversationView, Happening, OrderCard, PaidBy, Person, PixPart, TimelineItem,
    TimelineOnly,
};
use crate::{card, deadline};

/// Orders shown of one person; the most pressing is always among them.
const MAX_ORDERS: usize = 30;

/// Orders whose QR code is drawn; drawing costs a millisecond each.
const MAX_DRAWN: usize = 5;

/// Items of one page of a timeline.
const TIMELINE: usize = 50;

/// The place behind everything.
const NEWEST: (i64, i64) = (i64::MAX, i64::MAX);

pub(in super::super) const MOMENTS: &str = "SELECT at, seq, what FROM moment
    WHERE conversation = ?1 AND (at, seq) < (?2, ?3)
    ORDER BY at DESC, seq DESC LIMIT ?4";

/// The same, of one kind each; the kind has to stand in the text for the smaller index to be taken.
pub(in super::super) const NARROWED: [&str; 4] = [
    "SELECT at, seq, what FROM moment
    WHERE conversation = ?1 AND kind = 0 AND (at, seq) < (?2, ?3)
    ORDER BY at DESC, seq DESC LIMIT ?4",
    "SELECT at, seq, what FROM moment INDEXED BY moment_by_kind
    WHERE conversation = ?1 AND kind <> 0 AND kind = 1 AND (at, seq) < (?2, ?3)
    ORDER BY at DESC, seq DESC LIMIT ?4",
    "SELECT at, seq, what FROM moment INDEXED BY moment_by_kind
    WHERE conversation = ?1 AND kind <> 0 AND kind = 2 AND (at, seq) < (?2, ?3)
    ORDER BY at DESC, seq DESC LIMIT ?4",
    "SELECT at, seq, what FROM moment INDEXED BY moment_by_kind
    WHERE conversation = ?1 AND kind <> 0 AND kind = 3 AND (at, seq) < (?2, ?3)
    ORDER BY at DESC, seq DESC LIMIT ?4",
];

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
    let laid = shown.laid.get(&found.row);
    let mut orders = newest_first(bought(db, found.row)?);
    let heard_at = laid.map_or(Times::of(&parts).heard_at, |laid| laid.heard_at);
    for bought in &mut orders {
        bought.facts.hear(heard_at);
    }
    let folds = folds(db, &orders, now)?;
    let (mut timeline, older) = items(db, found.row, NEWEST, None, overlay.me.id)?;
    timeline.extend(pending(db, &found, overlay, &timeline)?);
    let people = persons::people(db, &parts, &orders, overlay)?;
    let owner = shown.owner(found.row, found.owner);
    let told = Whole::of(&parts).registers;
    let chase = Chase {
        plan: &Plan::to_show(db)?,
        registers: laid.map_or(&told, |laid| &laid.registers),
        heard_at,
        taken_by: owner
            .as_ref()
            .filter(|owner| !owner.is_me)
            .map(|owner| owner.name.as_str()),
        handling: laid.map_or(&found.stands, |laid| &laid.stands),
        now,
    };
    Ok(Some(ConversationView {
        id: found.public,
        person: person(&orders, &folds),
        orders: named(db, cards(&folds, &orders, &chase))?,
        owner,
        timeline,
        older,
        draft: None,
        begun_note: None,
        begun_answer: None,
        merged: people.merged,
        suggestions: people.suggestions,
        shared: people.shared,
        labels: match laid {
            Some(laid) => laid.labels.values().cloned().collect(),
            None => labels::names(db, found.labels)?,
        },
        handling: laid.map_or(found.stands, |laid| laid.stands.clone()),
    }))
}

/// Returns the items of a timeline before a place, or up to the end of a moment, or the newest; all, or those of one kind.
pub(super) fn timeline(
    db: &Connection,
    asked: &TimelineAsked,
    overlay: &Overlay,
) -> Result<TimelinePage, ApplyError> {
    let before = match (&asked.before, asked.at) {
        (Some(before), _) => place(before),
        (None, Some(at)) => Some((at, i64::MAX)),
        (None, None) => Some(NEWEST),
    };
    let (Some(found), Some(before)) = (Conversation::shown(db, asked.id)?, before) else {
        return Ok(TimelinePage {
            items: Vec::new(),
            older: None,
        });
    };
    let (mut items, older) = items(db, found.row, before, asked.only, overlay.me.id)?;
    if before == NEWEST {
        let waiting = pending(db, &found, overlay, &items)?;
        let is_meant = |item: &TimelineItem| asked.only.is_none_or(|only| kind(item) == only);
        items.extend(waiting.into_iter().filter(is_meant));
    }
    Ok(TimelinePage { items, older })
}

/// Returns what a timeline has to be narrowed to for what was done here to be in it.
const fn kind(waiting: &TimelineItem) -> TimelineOnly {
    match waiting.what {
        Happening::Note { .. } => TimelineOnly::Notes,
        _ => TimelineOnly::Messages,
    }
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

/// Reads the orders to show, the one to act on first, each with what was added to it behind it.
fn folds(db: &Connection, orders: &[Bought], now: i64) -> Result<Vec<(String, Order)>, ApplyError> {
    let closed = Closed::of(orders);
    let chased = orders.iter().filter(|bought| !closed.ends_chase(bought));
    let first = most_pressing(chased, now).map(|first| first.row);
    let mut alone: Vec<&Bought> = orders
        .iter()
        .filter(|bought| closed.parent(bought).is_none())
        .collect();
    alone.sort_by_key(|bought| Some(bought.row) != first);
    alone
        .into_iter()
        .flat_map(|bought| std::iter::once(bought).chain(closed.bumps(bought).iter().copied()))
        .take(MAX_ORDERS)
        .map(|bought| Ok((bought.key.clone(), fold(db, bought.row)?)))
        .collect()
}

/// Returns one order as it is to be judged before something leaves: a cart together with what it grew into, since a cart whose
/// order is paid is not to be chased; and the other order by which the same thing was paid.
pub(super) fn order(
    db: &Connection,
    conversation: i64,
    order_key: &str,
) -> Result<Option<(Order, Option<PaidBy>)>, ApplyError> {
    let orders = newest_first(bought(db, conversation)?);
    let is_meant = |bought: &&Bought| {
        bought.key == order_key || bought.facts.carts.iter().any(|cart| cart == order_key)
    };
    let meant: Vec<&Bought> = orders.iter().filter(is_meant).collect();
    let Some(itself) = meant.iter().find(|bought| bought.key == order_key) else {
        return Ok(None);
    };
    let paid_by = paid_by(&Closed::of(&orders), itself);
    let mut whole = Order::default();
    for bought in meant {
        whole.merge(&fold(db, bought.row)?);
    }
    Ok(Some((whole, paid_by)))
}

fn fold(db: &Connection, purchase: i64) -> Result<Order, ApplyError> {
    let fold: String = db
        .prepare_cached("SELECT fold FROM purchase WHERE id = ?1")?
        .query_row([purchase], |row| row.get(0))?;
    serde_json::from_str(&fold).map_err(|_| ApplyError::Corrupt)
}

fn cards(folds: &[(String, Order)], orders: &[Bought], chase: &Chase<'_>) -> Vec<OrderCard> {
    let (now, heard_at) = (chase.now, chase.heard_at);
    let mut drawn = 0;
    let closed = Closed::of(orders);
    let cards = folds.iter().filter_map(|(key, order)| {
        let pix_drawn = drawn < MAX_DRAWN;
        let mut card = card::card(key, order, now, pix_drawn)?;
        card.deadline = deadline::of_order(order)
            .map(|ends| deadline::heard(ends, heard_at))
            .filter(|ends| card::is_shown(*ends, now));
        let bought = orders.iter().find(|bought| bought.key == *key);
        let grown = bought.and_then(|bought| closed.recovered(bought));
        if let Some(grown) = grown.filter(|_| !order.was_paid()) {
            card::recover(&mut card, &grown.facts.reference);
        }
        if let Some(bought) = bought {
            tell_bumps(&mut card, bought, &closed);
        }
        card.paid_by = bought.and_then(|bought| paid_by(&closed, bought));
        card.sequence = bought.and_then(|bought| steps::shown(bought, orders, &closed, chase));
        let has_drawing = |pix: &PixPart| !pix.modules.is_empty();
        drawn += usize::from(card.pix.as_ref().is_some_and(has_drawing));
        Some(card)
    });
    cards.collect()
}

/// Says of each card what the team calls its source, and whether that one still takes deliveries.
fn named(db: &Connection, mut cards: Vec<OrderCard>) -> Result<Vec<OrderCard>, ApplyError> {
    for card in &mut cards {
        if let Some((name, standing)) = team::source(db, card.source)? {
            card.source_name = (!name.is_empty() && name != card.platform).then_some(name);
            card.source_standing = standing;
        }
    }
    Ok(cards)
}

/// Names what was added to an order at its checkout, or the order this one was added to, which is the one to chase.
fn tell_bumps(card: &mut OrderCard, bought: &Bought, closed: &Closed<'_>) {
    let bumps = closed.bumps(bought).iter();
    card.bumps = bumps
        .map(|bump| Bump {
            order_key: bump.key.clone(),
            name: bump.facts.items.first().cloned(),
            amount: bump.facts.amount,
            group: bump.facts.stage.group(),
        })
        .collect();
    let parent = closed.parent(bought);
    card.bump_of = parent.map(|parent| parent.facts.reference.clone());
    if closed.is_chased_with_parent(bought) {
        card.deadline = None;
    }
}

/// Names the other order by which the same thing was paid.
fn paid_by(closed: &Closed<'_>, bought: &Bought) -> Option<PaidBy> {
    let (at, by) = closed.paid_by(bought)?;
    Some(PaidBy {
        reference: by.facts.reference.clone(),
        stage: by.facts.stage,
        group: by.facts.stage.group(),
        at,
    })
}

fn person(orders: &[Bought], folds: &[(String, Order)]) -> Person {
    let origin: Option<&Utms> = folds.iter().find_map(|(_, order)| order.utms());
    let real = || orders.iter().filter(|bought| !bought.facts.is_test);
    let approved = || real().filter(|bought| bought.facts.stage.status() == Status::Approved);
    let closed = Closed::of(orders);
    let is_alone = |bought: &&Bought| closed.parent(bought).is_none();
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Person {
        purchases: count(approved().filter(is_alone).count()),
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

fn items(
    db: &Connection,
    conversation: i64,
    before: (i64, i64),
    only: Option<TimelineOnly>,
    me: MemberId,
) -> Result<(Vec<TimelineItem>, Option<String>), ApplyError> {
    let narrowed = only.and_then(|only| NARROWED.get(usize::try_from(code(only)).ok()?));
    let mut statement = db.prepare_cached(narrowed.unwrap_or(&MOMENTS))?;
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
            | Action::Reveal { .. } => continue,
            Action::Receive { channel, text } => Happening::Received {
                channel: *channel,
                text: text.clone(),
                by,
                by_me: true,
                pending: true,
            },
            Action::Note { text, mentions } => Happening::Note {
                text: text.clone(),
                mentions: names(db, mentions)?,
                mentions_me: mentions.contains(&overlay.me.id),
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

fn names(db: &Connection, members: &[MemberId]) -> Result<Vec<String>, ApplyError> {
    let mut names = Vec::new();
    for member in members {
        names.extend(team::name(db, *member)?);
    }
    Ok(names)
}

fn place(text: &str) -> Option<(i64, i64)> {
    let (at, seq) = text.split_once('.')?;
    Some((at.parse().ok()?, seq.parse().ok()?))
}
