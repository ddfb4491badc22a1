//! Nuvemshop's webhooks (Tiendanube's too): thin notices that an order changed, and the orders and carts its API shows.
//!
//! Sources: the vendor's API documentation, version 2025-03, with types from a recorded order.
//!
//! - A notice names a store, an event and an order, and nothing else: no state, no time, no id of the delivery. A late or repeated
//!   one says nothing about the order now, so the order is always fetched and its own state decides.
//! - Right after a notice the API may show the order as it was before: such an answer is not believed until it was asked for again.
//! - The secret belongs to the app and serves all its stores; where `storeId` is set, notices of other stores are refused.
//! - No webhook tells of abandoned carts; they are listed through the API.
//! - Codes to pay by stand in an order's transactions, which most apps may not read. A fetched order may carry them in a member
//!   `transactions`; without them the card has no code.
//! - A whole order, as the API shows it, is read where a notice is expected: that is what a test event sends.
//!
//! Not confirmed: that PIX codes stand in `info.external_resource_code`; they are taken only when whole. `partially_refunded`,
//! `partially_paid` and `rejected` as words of an order's payment.

use chrono::{DateTime, Utc};
use contract::Status;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::about::About;
use crate::proof::{self, Proof, Refusal};
use crate::pull::{Kind, Pulled};
use crate::reading::{self, Context, Reading, Unreadable};
use crate::scalar::Word;
use crate::secret::Secret;
use crate::{Inbound, Provider, Sample, Settings, json};

mod about;
mod order;
mod sample;
mod transaction;

const SLUG: &str = "nuvemshop";
const PROOF: &str = "x-linkedstore-hmac-sha256";

/// Reads Nuvemshop.
pub(crate) struct Nuvemshop;

impl Provider for Nuvemshop {
    fn slug(&self) -> &'static str {
        SLUG
    }

    fn name(&self) -> &'static str {
        "Nuvemshop"
    }

    fn also(&self) -> &'static [&'static str] {
        &["tiendanube"]
    }

    fn about(&self) -> &'static About {
        &about::ABOUT
    }

    fn signs(&self) -> bool {
        true
    }

    /// HMAC-SHA256 of the raw body in hex; where `storeId` is set, only for that store.
    fn verify(
        &self,
        inbound: &Inbound<'_>,
        secrets: &[Secret],
        context: &Context<'_>,
    ) -> Result<Proof, Refusal> {
        let proof = proof::hmac_sha256_hex(inbound, secrets, "nuvemshop.hmac", PROOF)?;
        let Some(store) = context.settings.id("storeId") else {
            return Ok(proof);
        };
        // A body that cannot be read proves its origin all the same; it is refused when it is read.
        match json::read::<Store<'_>>(inbound.body) {
            Ok(Store { store_id }) if store_id.text() != Some(&*store) => Err(Refusal::Mismatch),
            _ => Ok(proof),
        }
    }

    fn normalise(
        &self,
        inbound: &Inbound<'_>,
        context: &Context<'_>,
    ) -> Result<Reading, Unreadable> {
        let notice: Notice<'_> = json::read(inbound.body)?;
        match notice.event.text() {
            Some(event) => notice.read(event),
            None if notice.payment_status.is_some() => order::read_pulled(inbound.body, context),
            None => Ok(notice.read_nameless()),
        }
    }

    /// Reads an order, its transactions in the member `transactions` where they were fetched too, or an abandoned cart.
    fn read_pulled(&self, pulled: &Pulled, context: &Context<'_>) -> Result<Reading, Unreadable> {
        match pulled.kind {
            Kind::Orders => order::read_pulled(&pulled.body, context),
            Kind::Abandoned => order::read_pulled_cart(&pulled.body, context),
            Kind::Sales => Err(Unreadable {
                code: "not_pulled",
                path: ".".to_owned(),
                detail: "orders or abandoned".to_owned(),
            }),
        }
    }

    /// What was paid may have been given back or cancelled since, and what was cancelled given back; no step leads back.
    fn fits(&self, event: &str, status: Status) -> bool {
        match event {
            "order/paid" => matches!(
                status,
                Status::Approved | Status::Cancelled | Status::Refunded
            ),
            "order/cancelled" | "order/voided" => {
                matches!(status, Status::Cancelled | Status::Refunded)
            }
            _ => true,
        }
    }

    fn sample(&self, id: &str, now: DateTime<Utc>) -> Option<Sample> {
        self.sample_with(&Settings::default(), id, now)
    }

    fn sample_with(&self, settings: &Settings, id: &str, now: DateTime<Utc>) -> Option<Sample> {
        Some(sample::pending_order(settings.id("storeId"), id, now))
    }
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Store<'a> {
    store_id: Word<'a>,
}

/// A notice, or one of the privacy duties, which name no event.
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Notice<'a> {
    store_id: Word<'a>,
    event: Word<'a>,
    id: Word<'a>,
    payment_status: Option<IgnoredAny>,
    customer: Option<IgnoredAny>,
    orders_to_redact: Option<IgnoredAny>,
    data_request: Option<IgnoredAny>,
}

impl Notice<'_> {
    fn read(&self, event: &str) -> Result<Reading, Unreadable> {
        let ignored = |why| {
            Ok(Reading::Ignored {
                event: event.to_owned(),
                why,
            })
        };
        match event.split_once('/') {
            Some((
                "order",
                "created"
                | "pending"
                | "paid"
                | "voided"
                | "cancelled"
                | "updated"
                | "edited"
                | "custom_fields_updated"
                | "packed"
                | "unpacked"
                | "fulfilled",
            )) => Ok(Reading::Notice {
                event: event.to_owned(),
                order: reading::external_id(self.id.text(), "id")?.to_owned(),
                drafts: Vec::new(),
            }),
            Some(("app", "uninstalled")) => ignored("the app's access to the store has ended"),
            Some(("app", "suspended" | "resumed")) => ignored("the app's access, not a purchase"),
            Some(("customers" | "store", "redact") | ("customers", "data_request")) => {
                ignored("a privacy duty, not a purchase")
            }
            Some((
                "customer" | "product" | "product_variant" | "category" | "fulfillment_order"
                | "subscription" | "domain" | "location",
                _,
            )) => ignored("no stage of a purchase"),
            _ => Ok(Reading::Unmapped {
                event: event.to_owned(),
                why: "the event is not known",
            }),
        }
    }

    /// Tells the privacy duties apart by their members.
    fn read_nameless(&self) -> Reading {
        let duty = match (&self.data_request, &self.customer, &self.orders_to_redact) {
            (Some(_), ..) => Some("customers/data_request"),
            (None, Some(_), _) | (None, _, Some(_)) => Some("customers/redact"),
            _ if self.store_id.text().is_some() && self.id.text().is_none() => Some("store/redact"),
            _ => None,
        };
        match duty {
            Some(event) => Reading::Ignored {
                event: event.to_owned(),
                why: "a privacy duty, not a purchase",
            },
            None => Reading::Unmapped {
                event: "none".to_owned(),
                why: "neither an event nor an order",
            },
        }
    }
}

#[cfg(test)]
mod tests;
