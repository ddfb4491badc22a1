//! What ends the chase of an order because of another: paid otherwise, grown from a cart, or added at a checkout.

use std::collections::HashMap;

use super::facts::Facts;
use super::judge::Bought;

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
