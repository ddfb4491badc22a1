//! The fold: all events of one order key joined into one card.
//!
//! Every part of an [`Order`] is a join (a maximum by stamp, a union, an `or`), so absorbing events is commutative,
//! associative and idempotent: order of arrival, repeats and gaps never change the final card. That is what lets a reader
//! fetch the newest history first.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::customer::Customer;
use crate::event::{Boleto, Event, Item, Payment, PaymentMethod, Pix, Utms};
use crate::ids::{EventId, IntegrationId};
use crate::money::Money;
use crate::stage::{Stage, Status};

mod kept;
mod shown;

/// Ranks two claims about one order: the source's own time, then the stage's rank, then the event's id.
///
/// Stored as `[milliseconds, stage, event id]`, once however much it told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "(i64, Stage, EventId)", into = "(i64, Stage, EventId)")]
pub struct Stamp {
    /// When the source says it happened, to the millisecond.
    pub at: DateTime<Utc>,
    /// The stage the event told.
    pub stage: Stage,
    /// The event.
    pub id: EventId,
}

impl Stamp {
    /// Returns the stamp of what an event tells.
    #[must_use]
    pub fn of(event: &Event) -> Self {
        (event.occurred_at.timestamp_millis(), event.stage, event.id).into()
    }
}

impl From<(i64, Stage, EventId)> for Stamp {
    fn from((millis, stage, id): (i64, Stage, EventId)) -> Self {
        let at = DateTime::from_timestamp_millis(millis).unwrap_or(DateTime::UNIX_EPOCH);
        Self { at, stage, id }
    }
}

impl From<Stamp> for (i64, Stage, EventId) {
    fn from(stamp: Stamp) -> Self {
        (stamp.at.timestamp_millis(), stamp.stage, stamp.id)
    }
}

/// Keeps the value with the highest stamp.
#[derive(Clone, PartialEq, Eq)]
pub struct Latest<T> {
    /// Who told it.
    pub stamp: Stamp,
    /// What was told.
    pub value: T,
}

/// Tells when a stage was first and last reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The earliest time told.
    pub first: DateTime<Utc>,
    /// The latest time told.
    pub last: DateTime<Utc>,
}

/// Folds the events of one order key; the empty order is the join's neutral element.
///
/// Its `Debug` shows the stages only: the rest is about a person.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "kept::Kept", into = "kept::Kept")]
pub struct Order {
    /// When each stage was reached.
    pub reached: BTreeMap<Stage, Span>,
    open: Option<Stamp>,
    settled: Option<Stamp>,
    paid: bool,
    real: bool,
    carts: BTreeSet<String>,
    first_at: Option<DateTime<Utc>>,
    last_at: Option<DateTime<Utc>>,
    name: Option<Latest<String>>,
    email: Option<Latest<String>>,
    phone: Option<Latest<String>>,
    phone_typed: Option<Latest<String>>,
    document: Option<Latest<String>>,
    amount: Option<Latest<Money>>,
    refunded_minor: Option<Latest<i64>>,
    items: Option<Latest<Vec<Item>>>,
    method: Option<Latest<PaymentMethod>>,
    pix: Option<Latest<Pix>>,
    boleto: Option<Latest<Boleto>>,
    refusal: Option<Latest<String>>,
    installments: Option<Latest<u32>>,
    coupon: Option<Latest<String>>,
    number: Option<Latest<String>>,
    bump_of: Option<Latest<String>>,
    checkout_url: Option<Latest<String>>,
    order_url: Option<Latest<String>>,
    utms: Option<Latest<Utms>>,
    source: Option<Latest<Source>>,
}

/// Names the platform's side of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// The slug of the platform.
    pub provider: String,
    /// The integration.
    pub integration_id: IntegrationId,
    /// The platform's id of the order or cart.
    pub external_id: String,
}

impl Order {
    /// Folds a set of events, in any order.
    pub fn of<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut order = Self::default();
        for event in events {
            order.absorb(event);
        }
        order
    }

    /// Joins one event into the card.
    pub fn absorb(&mut self, event: &Event) {
        let stamp = Stamp::of(event);
        self.absorb_stage(stamp);
        self.real |= !event.is_test;
        self.carts.extend(event.carts.iter().cloned());
        self.absorb_facts(event, stamp);
        self.absorb_customer(&event.customer, stamp);
    }

    /// Joins another fold of the same order into this one.
    pub fn merge(&mut self, other: &Self) {
        for (stage, span) in &other.reached {
            widen(&mut self.reached, *stage, span.first, span.last);
        }
        self.open = self.open.max(other.open);
        self.settled = self.settled.max(other.settled);
        self.paid |= other.paid;
        self.real |= other.real;
        self.carts.extend(other.carts.iter().cloned());
        self.first_at = earliest(self.first_at, other.first_at);
        self.last_at = self.last_at.max(other.last_at);
        join(&mut self.name, &other.name);
        join(&mut self.email, &other.email);
        join(&mut self.phone, &other.phone);
        join(&mut self.phone_typed, &other.phone_typed);
        join(&mut self.document, &other.document);
        if let Some(other) = &other.amount {
            tell_by(
                whole_first,
                &mut self.amount,
                other.stamp,
                Some(other.value),
            );
        }
        join(&mut self.refunded_minor, &other.refunded_minor);
        join(&mut self.items, &other.items);
        join(&mut self.method, &other.method);
        join(&mut self.pix, &other.pix);
        join(&mut self.boleto, &other.boleto);
        join(&mut self.refusal, &other.refusal);
        join(&mut self.installments, &other.installments);
        join(&mut self.coupon, &other.coupon);
        join(&mut self.number, &other.number);
        join(&mut self.bump_of, &other.bump_of);
        join(&mut self.checkout_url, &other.checkout_url);
        join(&mut self.order_url, &other.order_url);
        join(&mut self.utms, &other.utms);
        join(&mut self.source, &other.source);
    }

    fn absorb_stage(&mut self, stamp: Stamp) {
        widen(&mut self.reached, stamp.stage, stamp.at, stamp.at);
        self.first_at = earliest(self.first_at, Some(stamp.at));
        self.last_at = self.last_at.max(Some(stamp.at));
        let status = stamp.stage.status();
        self.paid |= matches!(status, Status::Approved | Status::Refunded);
        if is_settling(stamp.stage) {
            self.settled = self.settled.max(Some(stamp));
        }
        self.open = self.open.max(Some(stamp));
    }

    fn absorb_facts(&mut self, event: &Event, stamp: Stamp) {
        let Payment {
            method,
            pix,
            boleto,
            refusal,
            installments,
        } = &event.payment;
        tell_by(whole_first, &mut self.amount, stamp, event.amount());
        tell(&mut self.refunded_minor, stamp, event.refunded_minor);
        tell(
            &mut self.items,
            stamp,
            some_unless(event.items.is_empty(), &event.items),
        );
        tell(&mut self.method, stamp, *method);
        tell(&mut self.pix, stamp, pix.clone());
        tell(&mut self.boleto, stamp, boleto.clone());
        tell(&mut self.refusal, stamp, refusal.clone());
        tell(&mut self.installments, stamp, *installments);
        tell(&mut self.coupon, stamp, event.coupon.clone());
        tell(&mut self.number, stamp, event.order_number.clone());
        tell(&mut self.bump_of, stamp, event.bump_of.clone());
        tell(&mut self.checkout_url, stamp, event.checkout_url.clone());
        tell(&mut self.order_url, stamp, event.order_url.clone());
        tell(
            &mut self.utms,
            stamp,
            some_unless(event.utms == Utms::default(), &event.utms),
        );
        let source = Source {
            provider: event.provider.clone(),
            integration_id: event.integration_id,
            external_id: event.external_id.clone(),
        };
        tell(&mut self.source, stamp, Some(source));
    }

    fn absorb_customer(&mut self, customer: &Customer, stamp: Stamp) {
        tell(&mut self.name, stamp, customer.name.clone());
        tell(&mut self.email, stamp, customer.email.clone());
        tell(&mut self.phone, stamp, customer.phone.clone());
        tell(&mut self.phone_typed, stamp, customer.phone_typed.clone());
        tell(&mut self.document, stamp, customer.document.clone());
    }
}

impl fmt::Debug for Order {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Order")
            .field("stage", &self.stage())
            .field("reached", &self.reached)
            .finish_non_exhaustive()
    }
}

/// Tells whether a stage may follow a payment: money there, money back, or the order ended by a person.
const fn is_settling(stage: Stage) -> bool {
    matches!(stage.status(), Status::Approved | Status::Refunded)
        || matches!(stage, Stage::Cancelled | Stage::SubscriptionCanceled)
}

fn widen(
    reached: &mut BTreeMap<Stage, Span>,
    stage: Stage,
    first: DateTime<Utc>,
    last: DateTime<Utc>,
) {
    let span = reached.entry(stage).or_insert(Span { first, last });
    span.first = span.first.min(first);
    span.last = span.last.max(last);
}

fn earliest(one: Option<DateTime<Utc>>, other: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// Ranks amounts: bodies about money that goes back may hold only that sum, so any other body knows the whole better.
fn whole_first(stamp: Stamp) -> (bool, Stamp) {
    let may_be_a_part = matches!(
        stamp.stage,
        Stage::RefundRequested
            | Stage::DisputeInquiry
            | Stage::Refunded
            | Stage::Chargeback
            | Stage::ChargebackReversed
    );
    (!may_be_a_part, stamp)
}

fn tell<T>(register: &mut Option<Latest<T>>, stamp: Stamp, value: Option<T>) {
    tell_by(|stamp| stamp, register, stamp, value);
}

fn tell_by<T, R: Ord>(
    rank: impl Fn(Stamp) -> R,
    register: &mut Option<Latest<T>>,
    stamp: Stamp,
    value: Option<T>,
) {
    let Some(value) = value else { return };
    if register
        .as_ref()
        .is_none_or(|kept| rank(kept.stamp) < rank(stamp))
    {
        *register = Some(Latest { stamp, value });
    }
}

fn join<T: Clone>(register: &mut Option<Latest<T>>, other: &Option<Latest<T>>) {
    if let Some(other) = other
        && register
            .as_ref()
            .is_none_or(|kept| kept.stamp < other.stamp)
    {
        *register = Some(other.clone());
    }
}

fn some_unless<T: Clone>(empty: bool, value: &T) -> Option<T> {
    (!empty).then(|| value.clone())
}

#[cfg(test)]
mod tests;
