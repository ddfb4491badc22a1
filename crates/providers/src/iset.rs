//! iSET's webhooks, whose bodies nobody outside has described, and the orders its API shows.
//!
//! Source: iSET's help page on webhooks for the actions, and two integrations that work for the API. Every action has addresses of
//! its own in the panel, so `?event=` in the address tells which it was. What a body holds is not known:
//! - Where it has the unified contract's members it is read as such; what it says of money is to be confirmed through the API.
//! - Else it is a notice: the order's id is looked for, and the order is to be fetched. Nothing is believed paid on a notice.
//! - Else it is kept and counted, so that the first real bodies show what is missing.
//!
//! A body may be JSON or a form. The names of an order's fields in the API are not confirmed either; see [`order`].

use std::borrow::Cow;

use chrono::{DateTime, TimeDelta, Utc};
use contract::{Stage, Status};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::inbound::Single;
use crate::proof::{self, AddressOrToken, Proof, Refusal};
use crate::pull::{Kind, Pulled};
use crate::reading::{Context, Draft, Reading, Unreadable};
use crate::secret::Secret;
use crate::{About, Field, Inbound, Provider, Sample, SecretUse, Settings, Shown};
use crate::{json, samples, scalar, unified};

mod form;
mod notice;
mod order;
mod words;

const SLUG: &str = "iset";
const TOKEN_HEADER: &str = "x-webhook-token";
const TOKEN_PARAMETER: &str = "token";
const EVENT_PARAMETER: &str = "event";
const SCHEMES: AddressOrToken = AddressOrToken {
    address: "iset.url",
    token: "iset.token",
};
/// How long a checkout rests before it counts as abandoned, in minutes, where `abandonAfterMinutes` is not set.
const ABANDONS_AFTER: u32 = 60;

/// Reads iSET.
pub(crate) struct Iset;

impl Provider for Iset {
    fn slug(&self) -> &'static str {
        SLUG
    }

    fn name(&self) -> &'static str {
        "iSET"
    }

    fn about(&self) -> &'static About {
        const {
            &About {
                proof: "the key in the address; with a secret set, also that secret as ?token=",
                secret: SecretUse::Optional,
                events: &[
                    (
                        "order_started, customer_purchase_started",
                        "fetched, checkout_started; cart_abandoned when nothing follows",
                    ),
                    ("order_changed", "fetched"),
                    ("order_removed", "cancelled"),
                    ("product_changed, product_removed, stock_changed", "ignored"),
                    ("category_changed, category_removed", "ignored"),
                    (
                        "a body of the unified contract",
                        "as it says; fetched too where it says paid or refunded",
                    ),
                ],
                pix: Shown::Partly("in bodies of the unified contract"),
                boleto: Shown::Partly("in bodies of the unified contract"),
                link: Shown::Partly(
                    "in bodies of the unified contract; else the seller's own link from checkoutUrl",
                ),
                settings: &[
                    optional("abandonAfterMinutes"),
                    optional("statusWords"),
                    optional("checkoutUrl"),
                ],
                unconfirmed: &[
                    "the fields and the content type of webhooks: an order's id is looked for, and the order fetched",
                    "the names in ?event=, which are ours: the seller adds them to each action's address",
                    "the fields of an order in the API, and whether its dates are on Brazil's clock",
                    "the words of an order's status, which shops can change: statusWords tells ours for theirs",
                    "whether requests are signed, or sent again when they fail",
                ],
            }
        }
    }

    fn signs(&self) -> bool {
        false
    }

    fn verify(
        &self,
        inbound: &Inbound<'_>,
        secrets: &[Secret],
        _context: &Context<'_>,
    ) -> Result<Proof, Refusal> {
        proof::address_or_token(inbound, secrets, &SCHEMES, TOKEN_HEADER, TOKEN_PARAMETER)
    }

    /// Refuses no body of an unknown form: it is kept and counted like an event nobody has mapped.
    fn normalise(
        &self,
        inbound: &Inbound<'_>,
        context: &Context<'_>,
    ) -> Result<Reading, Unreadable> {
        let action = Action::of(inbound);
        if action == Action::Catalogue {
            return Ok(Reading::Ignored {
                event: word(inbound),
                why: "it tells of products, not of a purchase",
            });
        }
        let Some(body) = form::as_json(inbound.body) else {
            return Ok(unmapped(inbound, "the body is neither JSON nor a form"));
        };
        if is_unified(&body) {
            let reading = unified::read_as(SLUG, &body, context)?;
            return Ok(to_confirm(begun(reading, action)));
        }
        if action == Action::Unknown {
            return Ok(unmapped(inbound, "the event in the address is not known"));
        }
        let Some(order) = notice::order(&body, action == Action::BuyerStarted) else {
            return Ok(unmapped(inbound, "the body names no order, or several"));
        };
        if action == Action::Removed {
            let draft = Draft::of(context, SLUG, &order, Stage::Cancelled, "order_removed");
            return Ok(Reading::Events(vec![draft.sealed(context, None)]));
        }
        Ok(Reading::Notice {
            event: word(inbound),
            order,
            drafts: Vec::new(),
        })
    }

    /// Reads an order, alone or as the member `order`.
    fn read_pulled(&self, pulled: &Pulled, context: &Context<'_>) -> Result<Reading, Unreadable> {
        if pulled.kind != Kind::Orders {
            return Err(Unreadable {
                code: "not_pulled",
                path: ".".to_owned(),
                detail: "only orders are fetched".to_owned(),
            });
        }
        order::read(&pulled.body, context)
    }

    fn abandons_after(&self, settings: &Settings) -> Option<TimeDelta> {
        let minutes = settings
            .number("abandonAfterMinutes")
            .filter(|minutes| *minutes > 0)
            .unwrap_or(ABANDONS_AFTER);
        Some(TimeDelta::minutes(i64::from(minutes)))
    }

    /// Of the unified contract's form, since no other is known.
    fn sample(&self, id: &str, now: DateTime<Utc>) -> Option<Sample> {
        let amount = contract::Money::brl(18_990);
        let body = json!({
            "externalId": id,
            "status": "pending",
            "amount": amount.to_decimal(),
            "customer": {
                "name": samples::NAME,
                "email": samples::EMAIL,
                "phone": samples::PHONE,
            },
            "checkoutUrl": format!("https://loja.example.com/checkout/{id}"),
            "event": "order.changed",
            "isAbandoned": false,
            "occurredAt": now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            "payment": {"method": "pix", "pix": {"code": samples::pix_code(amount.minor)?}},
            "isTest": true,
        });
        Some(Sample {
            query: format!("{EVENT_PARAMETER}=order_changed"),
            ..samples::posted(&body)
        })
    }

    /// The same body posted to another action's address tells another thing.
    fn delivery_key(&self, inbound: &Inbound<'_>) -> Option<String> {
        let mut digest = Sha256::new();
        digest.update(word(inbound));
        digest.update(b"\n");
        digest.update(inbound.body);
        Some(hex::encode(digest.finalize()))
    }
}

const fn optional(name: &'static str) -> Field {
    Field {
        name,
        required: false,
        secret: false,
    }
}

/// What the address says happened.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Started,
    BuyerStarted,
    Changed,
    Removed,
    Catalogue,
    /// Nothing is said: the body has to speak for itself.
    Untold,
    Unknown,
}

impl Action {
    fn of(inbound: &Inbound<'_>) -> Self {
        match word(inbound).as_str() {
            "" => Self::Untold,
            "order_started" => Self::Started,
            "customer_purchase_started" => Self::BuyerStarted,
            "order_changed" => Self::Changed,
            "order_removed" => Self::Removed,
            "product_changed" | "product_removed" | "stock_changed" | "category_changed"
            | "category_removed" => Self::Catalogue,
            _ => Self::Unknown,
        }
    }
}

/// Returns the event's word in the address; empty where there is none, or several.
fn word(inbound: &Inbound<'_>) -> String {
    let told = match inbound.parameter(EVENT_PARAMETER) {
        Single::Once(word) => word,
        Single::Absent | Single::Repeated => Cow::Borrowed(""),
    };
    let folded = told.to_lowercase().replace(['.', '-'], "_");
    scalar::line(&folded).unwrap_or_default()
}

fn unmapped(inbound: &Inbound<'_>, why: &'static str) -> Reading {
    let event = word(inbound);
    Reading::Unmapped {
        event: if event.is_empty() {
            "none".to_owned()
        } else {
            event
        },
        why,
    }
}

fn is_unified(body: &[u8]) -> bool {
    ["externalId", "status", "amount", "customer"]
        .into_iter()
        .all(|name| !json::root_members(body, name).is_empty())
}

/// A purchase that waits, posted where checkouts that were begun are, is no more than begun.
fn begun(reading: Reading, action: Action) -> Reading {
    let started = matches!(action, Action::Started | Action::BuyerStarted);
    match reading {
        Reading::Events(drafts) if started => Reading::Events(
            drafts
                .into_iter()
                .map(|draft| match draft.stage {
                    Stage::PaymentPending => draft.at_stage(Stage::CheckoutStarted),
                    _ => draft,
                })
                .collect(),
        ),
        reading => reading,
    }
}

/// Money that is said to have moved is confirmed through the API, since nothing signs what says so.
fn to_confirm(reading: Reading) -> Reading {
    let Reading::Events(drafts) = reading else {
        return reading;
    };
    let order = drafts.iter().find(|draft| {
        let moved = matches!(draft.stage.status(), Status::Approved | Status::Refunded);
        moved && notice::is_id(&draft.external_id)
    });
    match order.map(|draft| (draft.event.clone(), draft.external_id.clone())) {
        Some((event, order)) => Reading::Notice {
            event,
            order,
            drafts,
        },
        None => Reading::Events(drafts),
    }
}

#[cfg(test)]
mod tests;
