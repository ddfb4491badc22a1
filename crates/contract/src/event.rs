//! The normalised event: what every platform's webhook is read into.
//!
//! In memory an event says each thing once. On the wire it also carries the unified contract's derived names (`status`,
//! `amount`, `isAbandoned`), so that other programs can read it; those are ignored when an event is read back.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::customer::Customer;
use crate::ids::{EventId, IntegrationId};
use crate::money::{Currency, Money};
use crate::stage::{Stage, Status};

/// Tells one thing that happened to one order, in the words all platforms share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "EventWire", into = "EventWire")]
pub struct Event {
    /// This event's own id.
    pub id: EventId,
    /// The platform's id of the order, cart or transaction, as text.
    pub external_id: String,
    /// The number under which buyer and seller know the order, where the platform has one beside its id.
    pub order_number: Option<String>,
    /// Where the purchase stands after this event.
    pub stage: Stage,
    /// The platform's own name of the event.
    pub event: String,
    /// The whole amount of the order in minor units of `currency`; refunds do not lower it.
    pub amount_minor: Option<i64>,
    /// The currency of both amounts.
    pub currency: Currency,
    /// The sum given back so far, in minor units.
    pub refunded_minor: Option<i64>,
    /// When it happened, by the platform's clock where it tells one, else when it arrived.
    pub occurred_at: DateTime<Utc>,
    /// The slug of the platform.
    pub provider: String,
    /// The integration that received it.
    pub integration_id: IntegrationId,
    /// What folds events into one card: unique within a workspace.
    pub order_key: String,
    /// The order keys of the carts and checkouts this order grew from; their cards are recovered by it.
    pub carts: Vec<String>,
    /// The order key of the order whose buyer added this one at its checkout (an order bump); that order's card speaks for both.
    pub bump_of: Option<String>,
    /// The buyer, as far as this event tells.
    pub customer: Customer,
    /// Where the buyer can finish paying; `https` only.
    pub checkout_url: Option<String>,
    /// Where the buyer can see the order; `https` only.
    pub order_url: Option<String>,
    /// What is bought.
    pub items: Vec<Item>,
    /// How it is to be paid.
    pub payment: Payment,
    /// The coupon used or offered.
    pub coupon: Option<String>,
    /// Where the buyer came from.
    pub utms: Utms,
    /// A test event of the platform's panel; never counts as a sale.
    pub is_test: bool,
    /// The unified contract's required parts are not all there.
    pub incomplete: bool,
    /// The platform's body, where it was asked for.
    pub raw: Option<RawBody>,
}

impl Event {
    /// Returns the coarse status.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.stage.status()
    }

    /// Returns the whole amount with its currency.
    #[must_use]
    pub fn amount(&self) -> Option<Money> {
        self.amount_minor.map(|minor| Money {
            minor,
            currency: self.currency,
        })
    }
}

/// Names one line of an order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct Item {
    /// Product name as the platform tells it.
    pub name: String,
    /// The platform's product id or the seller's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub code: Option<String>,
    /// How many.
    #[ts(type = "number")]
    pub quantity: u32,
    /// Price of one, in minor units of the order's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable, type = "number")]
    pub unit_minor: Option<i64>,
}

/// Tells how an order is to be paid, and with what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct Payment {
    /// The means of payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub method: Option<PaymentMethod>,
    /// The PIX charge.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub pix: Option<Pix>,
    /// The boleto.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub boleto: Option<Boleto>,
    /// Why a card was refused, in the platform's word.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub refusal: Option<String>,
    /// Number of instalments, where told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable, type = "number")]
    pub installments: Option<u32>,
}

/// Lists the means of payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PaymentMethod {
    /// PIX.
    Pix,
    /// Boleto.
    Boleto,
    /// A card of any kind.
    Card,
    /// Anything else: wallets, transfers, balances.
    Other,
}

/// Holds a PIX charge as the platform sent it; its code passed the CRC when it was stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct Pix {
    /// The BR Code, verbatim.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub code: Option<String>,
    /// When it ends, where the platform tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable, type = "string")]
    pub expires_at: Option<DateTime<Utc>>,
}

/// Holds a boleto as the platform sent it; its line passed the check digits when it was stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct Boleto {
    /// The 47 or 48 digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub line: Option<String>,
    /// The page or PDF.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub url: Option<String>,
    /// The due date.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable, type = "string")]
    pub due_on: Option<NaiveDate>,
}

/// Tells where the buyer came from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct Utms {
    /// The platform's own source field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub src: Option<String>,
    /// `utm_source`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub source: Option<String>,
    /// `utm_medium`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub medium: Option<String>,
    /// `utm_campaign`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub campaign: Option<String>,
}

/// Holds a JSON body byte for byte; its `Debug` shows only the length.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RawBody(pub Box<RawValue>);

impl PartialEq for RawBody {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

impl std::fmt::Debug for RawBody {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "RawBody({} bytes)", self.0.get().len())
    }
}

/// The event as JSON spells it.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, rename = "Event")]
struct EventWire {
    id: EventId,
    external_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    order_number: Option<String>,
    #[serde(skip_deserializing, default = "derived_status")]
    status: Status,
    stage: Stage,
    event: String,
    #[serde(skip_deserializing)]
    #[ts(type = "number | null")]
    amount: Option<Box<RawValue>>,
    #[ts(type = "number | null")]
    amount_minor: Option<i64>,
    currency: Currency,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable, type = "number")]
    refunded_minor: Option<i64>,
    #[serde(skip_deserializing)]
    is_abandoned: bool,
    #[ts(type = "string")]
    occurred_at: DateTime<Utc>,
    provider: String,
    integration_id: IntegrationId,
    order_key: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<String>>", optional = nullable)]
    carts: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    bump_of: Option<String>,
    #[serde(default)]
    customer: Customer,
    #[serde(default)]
    checkout_url: Option<String>,
    #[serde(default)]
    order_url: Option<String>,
    #[serde(default)]
    items: Vec<Item>,
    #[serde(default)]
    payment: Payment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    coupon: Option<String>,
    #[serde(default)]
    utms: Utms,
    #[serde(default)]
    is_test: bool,
    #[serde(default)]
    incomplete: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable, type = "unknown")]
    raw: Option<RawBody>,
}

fn derived_status() -> Status {
    Status::Pending
}

impl From<EventWire> for Event {
    fn from(wire: EventWire) -> Self {
        Self {
            id: wire.id,
            external_id: wire.external_id,
            order_number: wire.order_number,
            stage: wire.stage,
            event: wire.event,
            amount_minor: wire.amount_minor,
            currency: wire.currency,
            refunded_minor: wire.refunded_minor,
            occurred_at: wire.occurred_at,
            provider: wire.provider,
            integration_id: wire.integration_id,
            order_key: wire.order_key,
            carts: wire.carts,
            bump_of: wire.bump_of,
            customer: wire.customer,
            checkout_url: wire.checkout_url,
            order_url: wire.order_url,
            items: wire.items,
            payment: wire.payment,
            coupon: wire.coupon,
            utms: wire.utms,
            is_test: wire.is_test,
            incomplete: wire.incomplete,
            raw: wire.raw,
        }
    }
}

impl From<Event> for EventWire {
    fn from(event: Event) -> Self {
        // A number written from its text keeps every decimal; a float on the way would not.
        let amount = event
            .amount()
            .and_then(|money| RawValue::from_string(money.to_decimal()).ok());
        Self {
            status: event.status(),
            is_abandoned: event.status() == Status::Abandoned,
            amount,
            id: event.id,
            external_id: event.external_id,
            order_number: event.order_number,
            stage: event.stage,
            event: event.event,
            amount_minor: event.amount_minor,
            currency: event.currency,
            refunded_minor: event.refunded_minor,
            occurred_at: event.occurred_at,
            provider: event.provider,
            integration_id: event.integration_id,
            order_key: event.order_key,
            carts: event.carts,
            bump_of: event.bump_of,
            customer: event.customer,
            checkout_url: event.checkout_url,
            order_url: event.order_url,
            items: event.items,
            payment: event.payment,
            coupon: event.coupon,
            utms: event.utms,
            is_test: event.is_test,
            incomplete: event.incomplete,
            raw: event.raw,
        }
    }
}
