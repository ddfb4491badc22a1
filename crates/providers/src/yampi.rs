//! Yampi's webhooks, and the orders and carts of its API.
//!
//! Sources: docs.yampi.com.br (webhooks, orders, abandoned carts), a real order others published, and public handlers.
//! Everything related to an order is embedded as `{"data": …}`, which is an empty list where there is nothing.
//!
//! Not confirmed by Yampi, and read with care:
//! - Status words beyond `waiting_payment`, `paid`, `cancelled` and `refused` were seen in others' code. Shops make words of
//!   their own; one that nobody mapped waits until the seller names a stage for it under `stages` in the settings.
//! - Times carry no offset; they are São Paulo's unless the time itself names another zone.
//! - A refused transaction names its cart by id. Where it does not, it gets a card of its own, which an order that lists the
//!   transaction recovers.
//! - No event tells how much of an order was given back.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use contract::{PaymentMethod, Stage};
use serde::Deserialize;

use crate::about::{About, Field, SecretUse, Shown};
use crate::proof::{self, Proof, Refusal};
use crate::pull::{Kind, Pulled};
use crate::reading::{Context, Reading, Unreadable};
use crate::scalar::{Loose, Word};
use crate::secret::Secret;
use crate::{Inbound, Provider, Sample, Settings, json};
use cart::{Cart, Refused};
use order::Order;
use parts::Transaction;

mod cart;
mod order;
mod parts;
mod relation;
mod sample;
#[cfg(test)]
mod tests;

const SLUG: &str = "yampi";
/// The setting that names the shop, as its API does.
const SHOP: &str = "storeAlias";
/// What tells of an order's new state; a fetched order is read under this name, so that it repeats what was told of it.
const CHANGED: &str = "order.status.updated";
/// What tells of a cart, fetched or not.
const REMINDER: &str = "cart.reminder";
/// Holds the base64 of the raw body's HMAC-SHA256 under the webhook's own key.
const SIGNATURE_HEADER: &str = "x-yampi-hmac-sha256";
/// What the key of a refused transaction's own card begins with, lest it meet an order's id.
const TRANSACTION: &str = "transaction-";
/// A link that signs the buyer in without a password.
const LOGIN: &str = "login_url";

static ABOUT: About = About {
    proof: "X-Yampi-Hmac-SHA256: base64 of HMAC-SHA256 over the raw body, keyed with the webhook's own secret key",
    secret: SecretUse::Required,
    events: &[
        (
            "order.created",
            "pix_generated, boleto_generated or payment_pending, by the means of payment",
        ),
        (
            "order.paid",
            "purchase_approved, or by the order's status where that tells more",
        ),
        (CHANGED, "by the order's status"),
        ("order.updated", "by the order's status"),
        ("transaction.payment.refused", "payment_refused"),
        (REMINDER, "cart_abandoned"),
        ("order.invoice.created", "ignored"),
        ("order.invoice.updated", "ignored"),
        ("customer.created", "ignored"),
        ("customer.address.created", "ignored"),
        ("product.*", "ignored"),
        ("cashback.expiring", "ignored"),
    ],
    pix: Shown::Yes,
    boleto: Shown::Yes,
    link: Shown::Partly(
        "carts lead back to the checkout; of orders it puts the same items into a new checkout",
    ),
    settings: &[Field {
        name: "stages",
        required: false,
        secret: false,
    }],
    unconfirmed: &[
        "status words other than waiting_payment, paid, cancelled and refused; unknown ones wait for the seller's `stages`",
        "the event order.updated, read like order.status.updated",
        "times carry no offset and are read on São Paulo's clock",
        "a refused transaction names its cart by id",
    ],
};

/// Reads Yampi.
pub(crate) struct Yampi;

impl Provider for Yampi {
    fn slug(&self) -> &'static str {
        SLUG
    }

    fn name(&self) -> &'static str {
        "Yampi"
    }

    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn signs(&self) -> bool {
        true
    }

    fn verify(
        &self,
        inbound: &Inbound<'_>,
        secrets: &[Secret],
        _context: &Context<'_>,
    ) -> Result<Proof, Refusal> {
        proof::hmac_sha256_base64(inbound, secrets, "yampi.hmac", SIGNATURE_HEADER)
    }

    fn normalise(
        &self,
        inbound: &Inbound<'_>,
        context: &Context<'_>,
    ) -> Result<Reading, Unreadable> {
        let head: Head<'_> = json::read(inbound.body)?;
        head.check_shop(context)?;
        let event = head.event.text().unwrap_or("none");
        match event {
            "order.created" | "order.paid" | CHANGED | "order.updated" => {
                let body: Body<Order<'_>> = json::read(inbound.body)?;
                body.resource.read(context, event, "resource.id")
            }
            "transaction.payment.refused" => {
                let body: Body<Refused<'_>> = json::read(inbound.body)?;
                let itself: Body<Transaction<'_>> = json::read(inbound.body)?;
                body.resource.read(&itself.resource, context, event)
            }
            REMINDER => {
                let body: Body<Cart<'_>> = json::read(inbound.body)?;
                body.resource.read(context, event, "resource.id")
            }
            _ => Ok(unread(event)),
        }
    }

    fn read_pulled(&self, pulled: &Pulled, context: &Context<'_>) -> Result<Reading, Unreadable> {
        match pulled.kind {
            Kind::Orders => {
                let order: Fetched<Order<'_>> = json::read(&pulled.body)?;
                match order.data {
                    Some(order) => order.read(context, CHANGED, "data.id"),
                    None => json::read::<Order<'_>>(&pulled.body)?.read(context, CHANGED, "id"),
                }
            }
            Kind::Abandoned => {
                let cart: Fetched<Cart<'_>> = json::read(&pulled.body)?;
                match cart.data {
                    Some(cart) => cart.read(context, REMINDER, "data.id"),
                    None => json::read::<Cart<'_>>(&pulled.body)?.read(context, REMINDER, "id"),
                }
            }
            Kind::Sales => Err(Unreadable {
                code: "not_pulled",
                path: ".".to_owned(),
                detail: "orders or abandoned".to_owned(),
            }),
        }
    }

    fn sample(&self, id: &str, now: DateTime<Utc>) -> Option<Sample> {
        self.sample_with(&Settings::default(), id, now)
    }

    fn sample_with(&self, settings: &Settings, id: &str, now: DateTime<Utc>) -> Option<Sample> {
        sample::order_created(settings.id(SHOP).as_deref(), id, now)
    }

    /// Takes out what signs the buyer in: the link, and the token it is made with.
    fn strip<'a>(&self, inbound: &Inbound<'a>) -> Cow<'a, [u8]> {
        match json::without_members(inbound.body, LOGIN) {
            Cow::Borrowed(body) => json::without_members_within(body, "customer", "token"),
            Cow::Owned(body) => {
                Cow::Owned(json::without_members_within(&body, "customer", "token").into_owned())
            }
        }
    }
}

/// What every webhook bears around what it is about.
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Head<'a> {
    event: Word<'a>,
    #[serde(deserialize_with = "json::lenient")]
    merchant: Option<Merchant<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Merchant<'a> {
    alias: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Body<T> {
    resource: T,
}

/// One order or cart as the API answers when it is asked for it alone.
#[derive(Default, Deserialize)]
struct Fetched<T> {
    #[serde(default = "Option::default")]
    data: Option<T>,
}

impl Head<'_> {
    /// Refuses another shop's body where the seller said which shop this is.
    fn check_shop(&self, context: &Context<'_>) -> Result<(), Unreadable> {
        let told = self.merchant.as_ref().and_then(|shop| shop.alias.text());
        let ours = context.settings.id(SHOP);
        match (told, ours) {
            (Some(told), Some(ours)) if !told.eq_ignore_ascii_case(&ours) => Err(Unreadable {
                code: "other_shop",
                path: "merchant.alias".to_owned(),
                detail: "not the shop in this integration's settings".to_owned(),
            }),
            _ => Ok(()),
        }
    }
}

fn unread(event: &str) -> Reading {
    let event = event.to_owned();
    match event.as_str() {
        "order.invoice.created" | "order.invoice.updated" => Reading::Ignored {
            event,
            why: "an invoice changes nothing about the purchase",
        },
        "customer.created" | "customer.address.created" | "cashback.expiring" => Reading::Ignored {
            event,
            why: "no purchase is told of",
        },
        name if name.starts_with("product.") => Reading::Ignored {
            event,
            why: "the catalogue is not kept",
        },
        _ => Reading::Unmapped {
            event,
            why: "the event is not known",
        },
    }
}

/// Reads the status words everybody shares; the means of payment settles what is awaited.
fn stage_of(alias: &str, method: Option<PaymentMethod>) -> Option<Stage> {
    Some(match alias {
        "waiting_payment" => awaited(method),
        "authorized" => Stage::PaymentAuthorized,
        "paid" => Stage::PurchaseApproved,
        "cancelled" | "canceled" => Stage::Cancelled,
        "refused" => Stage::PaymentRefused,
        "refunded" => Stage::Refunded,
        "chargeback" => Stage::Chargeback,
        "invoiced" | "in_separation" | "ready_for_shipping" | "on_carriage" | "shipped"
        | "shipment_exception" => Stage::Fulfilled,
        "delivered" => Stage::Delivered,
        _ => return None,
    })
}

fn awaited(method: Option<PaymentMethod>) -> Stage {
    match method {
        Some(PaymentMethod::Pix) => Stage::PixGenerated,
        Some(PaymentMethod::Boleto) => Stage::BoletoGenerated,
        _ => Stage::PaymentPending,
    }
}

fn method(alias: &str) -> PaymentMethod {
    match alias {
        "pix" => PaymentMethod::Pix,
        "billet" | "boleto" => PaymentMethod::Boleto,
        "credit_card" => PaymentMethod::Card,
        _ => PaymentMethod::Other,
    }
}
