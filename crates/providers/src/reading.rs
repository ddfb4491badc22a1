//! What reading a request yields: drafts of events, a reason for having none, or a named error.

use chrono::{DateTime, TimeDelta, Utc};
use contract::{Currency, Customer, Event, EventId, IntegrationId, Item, Payment, Stage, Utms};
use thiserror::Error;

use crate::settings::Settings;

/// How far a source's clock may run ahead of ours.
const CLOCK_LEAD: TimeDelta = TimeDelta::minutes(10);

/// Tells a reader what it cannot know from the bytes.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// When the request arrived.
    pub now: DateTime<Utc>,
    /// The integration that received it.
    pub integration: IntegrationId,
    /// What the seller set for it.
    pub settings: &'a Settings,
}

/// Tells what a request was read into.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// Events to be stored.
    Events(Vec<Draft>),
    /// A known event that is no stage of a purchase.
    Ignored {
        /// The platform's name of the event.
        event: String,
        /// Why it leads to no event here.
        why: &'static str,
    },
    /// An event or status nobody has mapped yet; to be kept and counted.
    Unmapped {
        /// The platform's name of the event.
        event: String,
        /// What is not known about it.
        why: &'static str,
    },
}

/// Names a field that was there and could not be used; never what stood in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubt {
    /// The stable word for what is wrong, as in `amount_ambiguous`.
    pub code: &'static str,
    /// The path of the field.
    pub path: &'static str,
}

/// Tells why a body cannot be read; holds no part of the body.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{code} at {path}: {detail}")]
pub struct Unreadable {
    /// The stable word, as in `bad_json`.
    pub code: &'static str,
    /// The path of the field, `.` for the whole body.
    pub path: String,
    /// What was expected, or where.
    pub detail: String,
}

/// Holds an event that has no id yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Equal for two deliveries that tell the same thing of the same order.
    pub business_key: String,
    /// See [`Event::external_id`].
    pub external_id: String,
    /// See [`Event::stage`].
    pub stage: Stage,
    /// See [`Event::event`].
    pub event: String,
    /// See [`Event::amount_minor`].
    pub amount_minor: Option<i64>,
    /// See [`Event::currency`].
    pub currency: Currency,
    /// See [`Event::refunded_minor`].
    pub refunded_minor: Option<i64>,
    /// See [`Event::occurred_at`].
    pub occurred_at: DateTime<Utc>,
    /// See [`Event::provider`].
    pub provider: &'static str,
    /// See [`Event::integration_id`].
    pub integration_id: IntegrationId,
    /// See [`Event::order_key`].
    pub order_key: String,
    /// See [`Event::customer`].
    pub customer: Customer,
    /// See [`Event::checkout_url`].
    pub checkout_url: Option<String>,
    /// See [`Event::order_url`].
    pub order_url: Option<String>,
    /// See [`Event::items`].
    pub items: Vec<Item>,
    /// See [`Event::payment`].
    pub payment: Payment,
    /// See [`Event::coupon`].
    pub coupon: Option<String>,
    /// See [`Event::utms`].
    pub utms: Utms,
    /// See [`Event::is_test`].
    pub is_test: bool,
    /// See [`Event::incomplete`].
    pub incomplete: bool,
    /// Fields that were there and could not be used.
    pub doubts: Vec<Doubt>,
}

impl Draft {
    /// Makes the event, without its raw body.
    #[must_use]
    pub fn into_event(self, id: EventId) -> Event {
        Event {
            id,
            external_id: self.external_id,
            stage: self.stage,
            event: self.event,
            amount_minor: self.amount_minor,
            currency: self.currency,
            refunded_minor: self.refunded_minor,
            occurred_at: self.occurred_at,
            provider: self.provider.to_owned(),
            integration_id: self.integration_id,
            order_key: self.order_key,
            customer: self.customer,
            checkout_url: self.checkout_url,
            order_url: self.order_url,
            items: self.items,
            payment: self.payment,
            coupon: self.coupon,
            utms: self.utms,
            is_test: self.is_test,
            incomplete: self.incomplete,
            raw: None,
        }
    }
}
