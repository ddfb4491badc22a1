//! Where a conversation belongs at one moment: a pure function of its orders, its owner and the time.

use std::collections::BTreeSet;

use contract::phone::Phone;
use contract::{MemberId, Money};
use serde::{Deserialize, Serialize};

use super::closed::Closed;
use super::facts::Facts;
use super::handling::{Registers, Stands};
use super::listing::code;
use super::saved::Saved;
use super::steps::{self, Chase, Plan};
use super::words;
use crate::view::{Amount, Deadline, DeadlineKind, DueStep, Handling, Pressure, View};
use crate::{card, deadline};

/// One of a conversation's orders: its row and what is read from it.
#[derive(Debug, Clone)]
pub(super) struct Bought {
    pub(super) row: i64,
    /// The conversation it belongs to by itself, merged or not.
    pub(super) own: i64,
    pub(super) key: String,
    pub(super) facts: Facts,
}

/// Says what a conversation is judged by, beside its orders.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing<'a> {
    /// Who looks.
    pub(super) me: MemberId,
    pub(super) owner: Option<MemberId>,
    pub(super) happened_at: i64,
    /// When the customer last answered.
    pub(super) heard_at: i64,
    /// When the customer wrote what nobody has answered yet.
    pub(super) waits_since: Option<i64>,
    /// How the work on it stands.
    pub(super) stands: &'a Stands,
    /// What was told of the work on it.
    pub(super) registers: &'a Registers,
    /// What orders are followed up by.
    pub(super) plan: &'a Plan,
    /// The names of its labels, folded.
    pub(super) labels: &'a [String],
    /// What was said in it, newest first.
    pub(super) said: &'a [String],
    /// The saved views.
    pub(super) saved: &'a [Saved],
    pub(super) now: i64,
}

/// Until something is known of when a conversation put aside comes back, it stands behind those of which it is.
const UNKNOWN_RETURN: i64 = 1 << 60;

/// One row of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Listed {
    /// The view's number.
    pub(super) view: i64,
    pub(super) rank: i64,
    pub(super) purchase: i64,
}

/// Says what of a conversation ends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Urgency {
    /// What ends first of all that can still be won or lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) nearest: Option<Deadline>,
    /// What it is ranked by, while it is among what is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pressure: Option<Pressure>,
    /// The step of a sequence that is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) step: Option<DueStep>,
}

/// Says where a conversation belongs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Judged {
    pub(super) name: String,
    /// Its rows in lists, sorted.
    pub(super) listed: Vec<Listed>,
    /// When to judge again, sorted.
    pub(super) turns: Vec<i64>,
    pub(super) urgency: Urgency,
    /// What it is found by.
    pub(super) words: String,
    /// The newest order's first event, in Unix milliseconds.
    pub(super) newest_at: i64,
}

/// Judges a conversation; `orders` come in any order.
pub(super) fn judge(orders: &mut [Bought], standing: Standing<'_>) -> Judged {
    if standing.happened_at == 0 {
        return Judged::default();
    }
    // Newest first, whatever the rows' numbers: two desks that got the entries in another order must agree.
    orders.sort_by(|one, other| {
        (other.facts.last_at, &other.key).cmp(&(one.facts.last_at, &one.key))
    });
    for bought in orders.iter_mut() {
        bought.facts.hear(standing.heard_at);
    }
    let closed = Closed::of(orders);
    let chased: Vec<&Bought> = orders
        .iter()
        .filter(|bought| !closed.ends_chase(bought))
        .collect();
    let saved = standing.saved.iter();
    let window = standing.waits_since.map(deadline::window);
    let pressing = most_pressing(chased.iter().copied(), standing.now);
    let standing_alone = orders.iter().find(|bought| closed.parent(bought).is_none());
    let shown = pressing.or(standing_alone);
    let followed = steps::follow(
        orders,
        &closed,
        &Chase {
            plan: standing.plan,
            registers: standing.registers,
            heard_at: standing.heard_at,
            // Whose it is matters here, not what they are called.
            taken_by: standing
                .owner
                .filter(|owner| *owner != standing.me)
                .map(|_| ""),
            handling: &standing.stands.handling,
            now: standing.now,
        },
    );
    let urgency = Urgency {
        step: followed.due.map(|(step, _)| step),
        nearest: nearest(&chased, window, standing.now),
        pressure: pressure(pressing, shown, window, standing),
    };
    Judged {
        name: name(&*orders),
        listed: listed(
            orders,
            (&chased, &closed),
            shown,
            urgency.pressure,
            followed.due,
            standing,
        ),
        urgency,
        turns: chased
            .iter()
            .flat_map(|bought| bought.facts.turns())
            .chain(window.map(|window| window.at))
            .chain(standing.stands.turn)
            .chain(followed.turns)
            .chain(saved.flat_map(|saved| saved.narrow.turns(orders)))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
        words: words::of(orders, standing.labels, standing.said),
        newest_at: orders
            .iter()
            .map(|bought| bought.facts.first_at)
            .max()
            .unwrap_or(standing.happened_at),
    }
}

/// Returns the most pressing order at `now`.
pub(super) fn most_pressing<'a>(
    chased: impl IntoIterator<Item = &'a Bought>,
    now: i64,
) -> Option<&'a Bought> {
    chased
        .into_iter()
        .filter(|bought| bought.facts.is_due(now))
        .min_by_key(|bought| (bought.facts.rank, &bought.key))
}

fn listed(
    orders: &[Bought],
    (chased, closed): (&[&Bought], &Closed<'_>),
    shown: Option<&Bought>,
    pressure: Option<Pressure>,
    due: Option<(DueStep, &Bought)>,
    standing: Standing<'_>,
) -> Vec<Listed> {
    let now = standing.now;
    let row = |view: i64, rank: i64, bought: Option<&Bought>| Listed {
        view,
        rank,
        purchase: bought.map_or(0, |bought| bought.row),
    };
    let newest_first = |view: i64, bought: Option<&Bought>| {
        row(view, standing.happened_at.saturating_neg(), bought)
    };
    let mut rows = vec![newest_first(code(View::All), shown)];
    rows.extend(aside(standing, shown));
    rows.extend(pressure.map(|pressure| row(code(View::Due), pressure.at, shown)));
    rows.extend(due.map(|(step, bought)| row(code(View::Steps), step.since, Some(bought))));
    if is_work(&standing.stands.handling) {
        let is_open = pressure.is_some() || chased.iter().any(|bought| bought.facts.is_open(now));
        if standing.owner == Some(standing.me) {
            rows.push(newest_first(code(View::Mine), shown));
        }
        if is_open && standing.owner.is_none() {
            rows.push(newest_first(code(View::Unassigned), shown));
        }
    }
    let mut seen = BTreeSet::new();
    for bought in first_to_end(chased, closed, now) {
        for view in bought.facts.stage_views(now) {
            if stays(view, &standing.stands.handling) && seen.insert(view) {
                rows.push(newest_first(code(view), Some(bought)));
            }
        }
    }
    for saved in standing.saved {
        let passing = saved
            .narrow
            .passes(orders, standing.owner, standing.labels, now);
        if let Some(bought) = passing {
            rows.push(newest_first(saved.code, bought.or(shown)));
        }
    }
    rows.sort_unstable();
    rows
}

/// Returns orders in the order in which a view of their stage prefers to show them: what ends first, then what stands by itself,
/// then the newest.
fn first_to_end<'a>(chased: &[&'a Bought], closed: &Closed<'_>, now: i64) -> Vec<&'a Bought> {
    let mut chased = chased.to_vec();
    chased.sort_by_key(|bought| {
        let ends = bought.facts.ends_alive(now);
        let ends_at = ends.map_or(i64::MAX, |ends| ends.at);
        (ends_at, closed.parent(bought).is_some())
    });
    chased
}

/// Returns what ends first, of the orders that are chased and of the time to answer in.
fn nearest(chased: &[&Bought], window: Option<Deadline>, now: i64) -> Option<Deadline> {
    let orders = chased.iter().filter(|bought| bought.facts.is_due(now));
    orders
        .filter_map(|bought| bought.facts.deadline)
        .chain(window.filter(|window| now < window.at))
        .min_by_key(|ends| ends.at)
}

/// Returns what a conversation is ranked by among what is due: the most pressing order, a customer who waits for an answer, or
/// that it is back.
fn pressure(
    pressing: Option<&Bought>,
    shown: Option<&Bought>,
    window: Option<Deadline>,
    standing: Standing<'_>,
) -> Option<Pressure> {
    let back = match standing.stands.handling {
        Handling::Back { at, .. } => Some(Deadline {
            kind: DeadlineKind::Snooze,
            from: at,
            at,
        }),
        _ => None,
    };
    let order = pressing.and_then(|bought| bought.facts.deadline);
    let window = window.filter(|window| standing.now < window.at);
    let amount = shown.and_then(|bought| bought.facts.amount);
    [window, order, back]
        .into_iter()
        .flatten()
        .map(|ends| Pressure {
            ends,
            amount,
            at: deadline::rank(ends, amount.map(money)),
        })
        .min_by_key(|pressure| pressure.at)
        .filter(|_| is_work(&standing.stands.handling))
}

/// Returns the place among what was put aside, or resolved.
fn aside(standing: Standing<'_>, shown: Option<&Bought>) -> Option<Listed> {
    let (view, rank) = match standing.stands.handling {
        Handling::Snoozed { at, .. } => (View::Snoozed, at.unwrap_or(UNKNOWN_RETURN)),
        Handling::Resolved { at, .. } => (View::Resolved, at.saturating_neg()),
        Handling::Open | Handling::Back { .. } => return None,
    };
    Some(Listed {
        view: code(view),
        rank,
        purchase: shown.map_or(0, |bought| bought.row),
    })
}

const fn is_work(handling: &Handling) -> bool {
    matches!(handling, Handling::Open | Handling::Back { .. })
}

/// Tells whether a view of stages keeps a conversation: the cases that leads look after stay until they are resolved.
const fn stays(view: View, handling: &Handling) -> bool {
    match handling {
        Handling::Open | Handling::Back { .. } => true,
        Handling::Snoozed { .. } => {
            matches!(view, View::Approved | View::Refund | View::Chargeback)
        }
        Handling::Resolved { .. } => false,
    }
}

const fn money(amount: Amount) -> Money {
    Money {
        minor: amount.minor,
        currency: amount.currency,
    }
}

/// Returns the newest name among orders that come newest first, else what identifies the person without telling all of it.
pub(super) fn name<'a>(orders: impl IntoIterator<Item = &'a Bought> + Clone) -> String {
    let newest = |part: fn(&Facts) -> Option<String>| {
        let mut orders = orders.clone().into_iter();
        orders.find_map(|bought| part(&bought.facts))
    };
    newest(|facts| facts.name.clone())
        .or_else(|| newest(|facts| facts.email.as_deref().map(card::masked_email)))
        .or_else(|| newest(|facts| Phone::parse(facts.phone.as_deref()?, None).masked()))
        .unwrap_or_default()
}
