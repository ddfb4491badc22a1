//! What narrows a list, made ready: whether a conversation passes, and when that changes by itself. Pure; ad-hoc lists ask the
//! same of columns, in `views/narrowed.rs`.

use std::collections::BTreeSet;

use chrono::Days;
use contract::{Filter, MemberId, OwnerIs, Period, letters};

use super::facts::Facts;
use super::judge::Bought;
use super::labels;
use crate::deadline;

/// Decides whether conversations pass a filter, for one pair of eyes.
#[derive(Debug, Clone)]
pub(super) struct Narrow {
    pub(super) filter: Filter,
    pub(super) products: BTreeSet<String>,
    pub(super) labels: BTreeSet<String>,
    pub(super) me: MemberId,
}

impl Narrow {
    /// Makes a filter ready for the eyes of `me`.
    pub(super) fn new(filter: Filter, me: MemberId) -> Self {
        Self {
            products: filter.products.iter().map(|name| plain(name)).collect(),
            labels: filter
                .labels
                .iter()
                .map(|name| labels::folded(name))
                .collect(),
            filter,
            me,
        }
    }

    /// Returns the order that passes, the first of them, or `None` where the conversation does not; `Some(None)` is one that
    /// passes without orders having been asked for. Label names come folded.
    pub(super) fn passes<'a>(
        &self,
        orders: &'a [Bought],
        owner: Option<MemberId>,
        labels: &[String],
        now: i64,
    ) -> Option<Option<&'a Bought>> {
        if !self.suits_owner(owner) || !self.suits_labels(labels) {
            return None;
        }
        if !self.asks_of_orders() {
            return Some(None);
        }
        let mut orders = orders.iter();
        orders
            .find(|bought| self.suits(&bought.facts, now))
            .map(Some)
    }

    /// Returns the times at which orders begin or cease to pass.
    pub(super) fn turns(&self, orders: &[Bought]) -> Vec<i64> {
        let mut turns = Vec::new();
        for facts in orders.iter().map(|bought| &bought.facts) {
            if let Some(Period::Days { count }) = self.filter.period {
                turns.extend(leaves(facts.last_at, count));
            }
            if let (Some(within), Some(ends)) = (self.filter.ends_within, facts.deadline) {
                turns.extend([ends.at.saturating_sub(millis(within)), ends.at]);
            }
        }
        turns
    }

    /// Tells whether anything is asked that an order has to meet.
    pub(super) fn asks_of_orders(&self) -> bool {
        let of_orders = Filter {
            owners: Vec::new(),
            labels: Vec::new(),
            ..self.filter.clone()
        };
        !of_orders.is_empty()
    }

    fn suits_owner(&self, owner: Option<MemberId>) -> bool {
        let owners = &self.filter.owners;
        owners.is_empty()
            || owners.iter().any(|is| match is {
                OwnerIs::Me => owner == Some(self.me),
                OwnerIs::Nobody => owner.is_none(),
                OwnerIs::Member { id } => owner == Some(*id),
            })
    }

    fn suits_labels(&self, labels: &[String]) -> bool {
        self.labels.is_empty() || labels.iter().any(|label| self.labels.contains(label))
    }

    fn suits(&self, facts: &Facts, now: i64) -> bool {
        let filter = &self.filter;
        let minor = facts.amount.map(|amount| amount.minor);
        any(&filter.stages, Some(&facts.stage.group()))
            && any(&filter.platforms, Some(&facts.provider))
            && any(&filter.sources, facts.source.as_ref())
            && any(&filter.utm_sources, facts.utm_source.as_ref())
            && any(&filter.utm_mediums, facts.utm_medium.as_ref())
            && any(&filter.utm_campaigns, facts.utm_campaign.as_ref())
            && filter.amount_from.is_none_or(|from| minor >= Some(from))
            && filter
                .amount_to
                .is_none_or(|to| minor.is_some_and(|minor| minor <= to))
            && self.suits_product(facts)
            && self.suits_time(facts, now)
    }

    fn suits_product(&self, facts: &Facts) -> bool {
        self.products.is_empty()
            || facts
                .items
                .iter()
                .any(|name| self.products.contains(&plain(name)))
    }

    fn suits_time(&self, facts: &Facts, now: i64) -> bool {
        let period = match self.filter.period {
            None => true,
            Some(Period::Days { count }) => {
                leaves(facts.last_at, count).is_some_and(|leaves| now < leaves)
            }
            Some(Period::Between { from, to }) => {
                (from.timestamp_millis()..to.timestamp_millis()).contains(&facts.last_at)
            }
        };
        let ends = self.filter.ends_within.is_none_or(|within| {
            facts
                .deadline
                .is_some_and(|ends| now < ends.at && ends.at.saturating_sub(millis(within)) <= now)
        });
        period && ends
    }
}

/// Returns minutes in milliseconds.
pub(super) fn millis(minutes: u32) -> i64 {
    i64::from(minutes) * 60_000
}

/// Returns when something that happened at a time is no longer of the last so many days of São Paulo.
pub(super) fn leaves(at: i64, days: u16) -> Option<i64> {
    let more = u64::from(days.saturating_sub(1));
    let last = deadline::day_of(at)?.checked_add_days(Days::new(more))?;
    deadline::end_of_day(last)
}

/// Returns a name without case and accents, as products are compared.
pub(super) fn plain(name: &str) -> String {
    letters::plain(name.trim())
}

fn any<T: PartialEq>(allowed: &[T], found: Option<&T>) -> bool {
    allowed.is_empty() || found.is_some_and(|found| allowed.contains(found))
}
