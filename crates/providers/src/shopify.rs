//! Shopify's webhooks: orders, checkouts, refunds, payments, disputes.
//!
//! Sources: shopify.dev (verifying, structure, duplicates, REST resources) and the fixtures of the vendor's Ruby library,
//! version 2026-07. A body is the bare resource; its topic stands in a header only.
//!
//! - No topic tells of an abandoned cart: a checkout that was begun and rests for [`ABANDONS_AFTER`] counts as abandoned.
//! - Refunds and disputes name their order and nothing of its state, so the order is fetched beside them. One refund of several
//!   looks like a whole one until the order's own body says how much of it came back.
//! - Orders have no field for a PIX code or a boleto's line. Some gateways' apps write them into notes; what is whole there is
//!   taken, while the order awaits payment.
//!
//! Not confirmed: the names Brazilian gateways put into `payment_gateway_names` (only `pix` and `boleto` within are looked
//! for), and that webhooks made by hand in the shop's panel are signed with the key shown there instead of an app's secret.

use chrono::{DateTime, TimeDelta, Utc};

use crate::about::About;
use crate::inbound::Single;
use crate::proof::{self, Proof, Refusal};
use crate::pull::{Kind, Pulled};
use crate::reading::{Context, Reading, Unreadable};
use crate::secret::Secret;
use crate::{Inbound, Problem, Provider, Sample, Settings, json, times};

mod about;
mod buyer;
mod checkout;
mod money;
mod order;
mod sample;

const SLUG: &str = "shopify";
const PROOF: &str = "x-shopify-hmac-sha256";
const TOPIC: &str = "x-shopify-topic";
const DOMAIN: &str = "shopDomain";
const SHOP: &str = "x-shopify-shop-domain";
const DELIVERY: &str = "x-shopify-webhook-id";
const TRIGGERED_AT: &str = "x-shopify-triggered-at";
/// What every shop's own domain ends in; others may be put before it, and are not what the header holds.
const SHOPS: &str = ".myshopify.com";
/// How long a checkout rests before it counts as abandoned, in minutes, where `abandonAfterMinutes` is not set.
const ABANDONS_AFTER: u32 = 60;

/// Reads Shopify.
pub(crate) struct Shopify;

impl Provider for Shopify {
    fn slug(&self) -> &'static str {
        SLUG
    }

    fn name(&self) -> &'static str {
        "Shopify"
    }

    fn about(&self) -> &'static About {
        &about::ABOUT
    }

    fn signs(&self) -> bool {
        true
    }

    /// HMAC-SHA256 of the raw body in base64; where `shopDomain` is set, only for that shop.
    fn verify(
        &self,
        inbound: &Inbound<'_>,
        secrets: &[Secret],
        context: &Context<'_>,
    ) -> Result<Proof, Refusal> {
        let proof = proof::hmac_sha256_base64(inbound, secrets, "shopify.hmac", PROOF)?;
        // What was entered names no shop that a delivery could be held against.
        if names_no_shop(context.settings) {
            return Err(Refusal::NotReady);
        }
        match (shop(context.settings), inbound.header(SHOP)) {
            (None, _) => Ok(proof),
            (Some(shop), Single::Once(told)) if told.eq_ignore_ascii_case(shop.as_bytes()) => {
                Ok(proof)
            }
            (Some(_), Single::Once(_)) => Err(Refusal::Mismatch),
            (Some(_), Single::Absent) => Err(Refusal::Missing),
            (Some(_), Single::Repeated) => Err(Refusal::Malformed),
        }
    }

    fn problems(&self, settings: &Settings, _now: DateTime<Utc>) -> Vec<Problem> {
        let problem = Problem {
            path: DOMAIN.to_owned(),
            code: "bad_shop_domain",
            detail: "expected the shop's own domain, which ends in .myshopify.com".to_owned(),
        };
        names_no_shop(settings)
            .then_some(problem)
            .into_iter()
            .collect()
    }

    fn normalise(
        &self,
        inbound: &Inbound<'_>,
        context: &Context<'_>,
    ) -> Result<Reading, Unreadable> {
        let topic = text_of(inbound, TOPIC).unwrap_or_default();
        let triggered_at = text_of(inbound, TRIGGERED_AT).and_then(times::rfc3339);
        read(topic, inbound.body, triggered_at, context)
    }

    /// Reads an order, or a checkout that was not completed; bare, or in the member its address answers with.
    fn read_pulled(&self, pulled: &Pulled, context: &Context<'_>) -> Result<Reading, Unreadable> {
        match pulled.kind {
            Kind::Orders => order::read_pulled(&pulled.body, context),
            Kind::Abandoned => checkout::read_pulled(&pulled.body, context),
            Kind::Sales => Err(Unreadable {
                code: "not_pulled",
                path: ".".to_owned(),
                detail: "orders or abandoned".to_owned(),
            }),
        }
    }

    /// A refund changes its order's `updated_at`.
    fn times_are_of_one_clock(&self) -> bool {
        true
    }

    fn abandons_after(&self, settings: &Settings) -> Option<TimeDelta> {
        Some(abandons_after(settings))
    }

    fn sample(&self, id: &str, now: DateTime<Utc>) -> Option<Sample> {
        self.sample_with(&Settings::default(), id, now)
    }

    fn sample_with(&self, settings: &Settings, id: &str, now: DateTime<Utc>) -> Option<Sample> {
        Some(sample::pending_order(shop(settings), id, now))
    }

    fn delivery_key(&self, inbound: &Inbound<'_>) -> Option<String> {
        text_of(inbound, DELIVERY).map(str::to_owned)
    }
}

fn abandons_after(settings: &Settings) -> TimeDelta {
    let minutes = settings
        .number("abandonAfterMinutes")
        .filter(|minutes| *minutes > 0)
        .unwrap_or(ABANDONS_AFTER);
    TimeDelta::minutes(i64::from(minutes))
}

/// Returns the shop's own domain out of `shopDomain`, entered with or without `https://` and `.myshopify.com`; `None` where
/// something else was entered, as the domain buyers see: then no delivery is taken.
pub(crate) fn shop(settings: &Settings) -> Option<String> {
    let entered = settings.text(DOMAIN)?.trim().to_ascii_lowercase();
    let host = entered
        .split_once("://")
        .map_or(&*entered, |(_, rest)| rest);
    let host = host.split('/').next().filter(|host| !host.is_empty())?;
    match host {
        host if host.ends_with(SHOPS) => Some(host.to_owned()),
        host if !host.contains('.') => Some(format!("{host}{SHOPS}")),
        _ => None,
    }
}

/// Tells whether something was entered that is no shop's own domain.
fn names_no_shop(settings: &Settings) -> bool {
    let entered = settings.text(DOMAIN).unwrap_or_default();
    !entered.trim().is_empty() && shop(settings).is_none()
}

fn text_of<'a>(inbound: &Inbound<'a>, header: &str) -> Option<&'a str> {
    let Single::Once(value) = inbound.header(header) else {
        return None;
    };
    let text = std::str::from_utf8(value).ok()?.trim();
    (!text.is_empty()).then_some(text)
}

fn read(
    topic: &str,
    body: &[u8],
    triggered_at: Option<DateTime<Utc>>,
    context: &Context<'_>,
) -> Result<Reading, Unreadable> {
    match topic {
        "orders/create"
        | "orders/paid"
        | "orders/updated"
        | "orders/cancelled"
        | "orders/fulfilled"
        | "orders/partially_fulfilled" => {
            json::read::<order::Order<'_>>(body)?.read(topic, context)
        }
        "orders/edited" => json::read::<order::Edited<'_>>(body)?.read(topic),
        "orders/delete" => {
            json::read::<order::Deleted<'_>>(body)?.read(topic, triggered_at, context)
        }
        "refunds/create" => json::read::<money::Refund<'_>>(body)?.read(topic, context),
        "order_transactions/create" => {
            json::read::<money::Transaction<'_>>(body)?.read(topic, context)
        }
        "disputes/create" | "disputes/update" => {
            json::read::<money::Dispute<'_>>(body)?.read(topic, triggered_at, context)
        }
        "checkouts/create" | "checkouts/update" => {
            json::read::<checkout::Checkout<'_>>(body)?.read(topic, context)
        }
        "checkouts/delete" => {
            json::read::<checkout::Checkout<'_>>(body)?.read_deleted(topic, triggered_at, context)
        }
        _ => Ok(aside(topic)),
    }
}

/// Sorts topics that are no stage of a purchase from those nobody has mapped.
fn aside(topic: &str) -> Reading {
    let event = topic.to_owned();
    match topic {
        "app/uninstalled" => Reading::Ignored {
            event,
            why: "the app's access to the shop has ended",
        },
        "customers/data_request" | "customers/redact" | "shop/redact" => Reading::Ignored {
            event,
            why: "a privacy duty, not a purchase",
        },
        "" => Reading::Unmapped {
            event: "none".to_owned(),
            why: "the x-shopify-topic header is absent",
        },
        _ => Reading::Unmapped {
            event,
            why: "the topic is not known",
        },
    }
}

#[cfg(test)]
mod tests;
