//! Where a conversation belongs at one moment: a pure function of its orders, its owner and the time.

use std::collections::{BTreeSet, HashMap};

use contract::phone::Phone;
use contract::{MemberId, Money};
use serde::{Deserialize, Serialize};

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

/// Says what ends the chase of an order by another one.
///
/// What a person has paid for, and when last: an unpaid order of the same thing needs no chasing then, as happens when a new
/// code or another card was tried. And what became of carts: one that an order grew from is recovered, paid or not yet. Most
/// platforms do not say which cart that was: then it is any of the same thing that was made since the cart was left. And what was
/// added to an order at its checkout: that is one chase with it, once both are known.
#[derive(Debug, Default)]
pub(super) struct Closed<'a> {
    /// Apart for tests, which never end the chase of a real order.
    last: [Option<Paid<'a>>; 2],
    by_item: HashMap<(&'a str, bool), Paid<'a>>,
    grown: HashMap<&'a str, &'a Bought>,
    /// The youngest order, apart for tests; no cart is one.
    youngest: [Option<&'a Bought>; 2],
    youngest_of: HashMap<(&'a str, bool), &'a Bought>,
    /// The orders that bumps were added to, by the bumps' keys.
    parents: HashMap<&'a str, &'a Bought>,
    /// The bumps that were added to orders, by the orders' keys; as the orders came.
    bumps: HashMap<&'a str, Vec<&'a Bought>>,
}

/// An order that was paid, and when.
type Paid<'a> = (i64, &'a Bought);

impl<'a> Closed<'a> {
    /// Gathers what was paid, and what carts grew into, among orders that come newest first.
    pub(super) fn of(orders: &'a [Bought]) -> Self {
        let mut closed = Self::default();
        for bought in orders {
            let facts = &bought.facts;
            for cart in facts.carts.iter().filter(|cart| **cart != bought.key) {
                closed.grown.entry(cart).or_insert(bought);
            }
            closed.note_made(bought);
            let Some(at) = facts.paid_at else { continue };
            let [real, test] = &mut closed.last;
            let last = if facts.is_test { test } else { real };
            if last.is_none_or(|(before, _)| at > before) {
                *last = Some((at, bought));
            }
            for item in &facts.items {
                let known = closed.by_item.entry((item, facts.is_test));
                let last = known.or_insert((at, bought));
                if at > last.0 {
                    *last = (at, bought);
                }
            }
        }
        closed.note_bumps(orders);
        closed
    }

    /// Notes which orders were added to which; a bump of a bump stands by itself, and so does a real one of a test.
    fn note_bumps(&mut self, orders: &'a [Bought]) {
        let is_bump = |bought: &&Bought| bought.facts.bump_of.is_some();
        if !orders.iter().any(|bought| is_bump(&bought)) {
            return;
        }
        let alone = orders.iter().filter(|bought| !is_bump(bought));
        let by_key: HashMap<&str, &Bought> =
            alone.map(|bought| (bought.key.as_str(), bought)).collect();
        for bump in orders.iter().filter(is_bump) {
            let parent = bump.facts.bump_of.as_deref();
            let parent = parent.and_then(|key| by_key.get(key).copied());
            let parent = parent.filter(|parent| parent.facts.is_test == bump.facts.is_test);
            if let Some(parent) = parent {
                self.parents.insert(&bump.key, parent);
                self.bumps.entry(&parent.key).or_default().push(bump);
            }
        }
    }

    /// Notes an order among the youngest.
    fn note_made(&mut self, bought: &'a Bought) {
        let facts = &bought.facts;
        if facts.is_cart() {
            return;
        }
        let is_younger = |known: Option<&Bought>| {
            known.is_none_or(|known| facts.first_at > known.facts.first_at)
        };
        let last = &mut self.youngest[usize::from(facts.is_test)];
        if is_younger(*last) {
            *last = Some(bought);
        }
        for item in &facts.items {
            let known = self.youngest_of.entry((item, facts.is_test));
            let last = known.or_insert(bought);
            if is_younger(Some(last)) {
                *last = bought;
            }
        }
    }

    /// Returns the order that a cart grew into: the one that names it, else the youngest of the same thing made since.
    pub(super) fn recovered(&self, cart: &Bought) -> Option<&'a Bought> {
        self.grown
            .get(cart.key.as_str())
            .copied()
            .or_else(|| self.made_since(&cart.facts))
    }

    fn made_since(&self, cart: &Facts) -> Option<&'a Bought> {
        if !cart.is_cart() {
            return None;
        }
        let of_items = cart
            .items
            .iter()
            .filter_map(|item| self.youngest_of.get(&(item.as_str(), cart.is_test)))
            .copied();
        let youngest = if cart.items.is_empty() {
            self.youngest[usize::from(cart.is_test)]
        } else {
            of_items.max_by_key(|order| order.facts.first_at)
        };
        youngest.filter(|order| order.facts.first_at >= cart.first_at)
    }

    /// Returns the order at whose checkout this one was added, where that is known.
    pub(super) fn parent(&self, bought: &Bought) -> Option<&'a Bought> {
        self.parents.get(bought.key.as_str()).copied()
    }

    /// Returns what was added to an order at its checkout, in the order in which orders came.
    pub(super) fn bumps(&self, bought: &Bought) -> &[&'a Bought] {
        self.bumps
            .get(bought.key.as_str())
            .map_or(&[], Vec::as_slice)
    }

    /// Tells whether an order is chased with the one it was added to.
    pub(super) fn is_chased_with_parent(&self, bought: &Bought) -> bool {
        bought.facts.is_unpaid() && self.parent(bought).is_some()
    }

    /// Tells whether an order needs no chasing of its own, or none any more.
    pub(super) fn ends_chase(&self, bought: &Bought) -> bool {
        (bought.facts.is_unpaid() && self.recovered(bought).is_some())
            || self.is_chased_with_parent(bought)
            || self.overtaken(&bought.facts).is_some()
    }

    /// Returns the other order by which the same thing was paid, and when: what a cart grew into, or what overtook an order.
    pub(super) fn paid_by(&self, bought: &Bought) -> Option<Paid<'a>> {
        let grown = self.recovered(bought);
        let grown = grown.and_then(|grown| Some((grown.facts.paid_at?, grown)));
        let grown = grown.filter(|_| bought.facts.is_unpaid());
        grown.or_else(|| self.overtaken(&bought.facts))
    }

    /// Returns what paid the same thing since, or anything where the order does not tell what it is of.
    fn overtaken(&self, facts: &Facts) -> Option<Paid<'a>> {
        let [real, test] = self.last;
        let any = if facts.is_test { test } else { real };
        let of_items = facts
            .items
            .iter()
            .filter_map(|item| self.by_item.get(&(item.as_str(), facts.is_test)))
            .copied();
        let last = if facts.items.is_empty() {
            any
        } else {
            of_items.max_by_key(|(at, _)| *at)
        };
        // A cart may be told of again after it was paid for.
        let told = if facts.is_cart() {
            facts.first_at
        } else {
            facts.last_at
        };
        last.filter(|(at, _)| facts.is_unpaid() && *at >= told)
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
