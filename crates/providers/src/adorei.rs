//! Adoorei's webhooks, under the word `adorei`; the platform spells itself with two o's, and that word leads here too.
//!
//! Source: the platform's documentation with its example bodies, marked beta, as an integrator kept them. Orders tell money
//! and a method but neither code, line nor link, and their items have no names; carts have names and a link. Orders are numbered
//! by shop, so the shop's id is part of what makes a card.
//!
//! Not confirmed, and read with care:
//! - Whether the panel's test of the address carries the token: that one body is taken without, since it does nothing.
//! - Nothing links a cart to a later order; should an order name its checkout, it is taken for grown from it.

use chrono::{DateTime, Utc};
use contract::{Currency, Item, PaymentMethod, Stage, Status};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::inbound::Single;
use crate::person::Person;
use crate::proof::{self, Proof, Refusal};
use crate::reading::{self, Context, Draft, Reading, Unreadable};
use crate::scalar::{self, Loose, Word};
use crate::secret::Secret;
use crate::{
    About, Field, Inbound, Provider, Sample, SecretUse, Shown, json, links, samples, times,
};

const SLUG: &str = "adorei";
const TOKEN_HEADER: &str = "x-adoorei-hash";

/// Reads Adoorei.
pub(crate) struct Adorei;

impl Provider for Adorei {
    fn slug(&self) -> &'static str {
        SLUG
    }

    fn name(&self) -> &'static str {
        "Adoorei"
    }

    fn also(&self) -> &'static [&'static str] {
        &["adoorei"]
    }

    fn about(&self) -> &'static About {
        &About {
            proof: "the webhook's token in X-Adoorei-hash; the body is not signed",
            secret: SecretUse::Required,
            events: &[
                ("cart.abandoned", "cart_abandoned"),
                (
                    "order.created, order.updated, order.status.updated, order.status.approved, order.status.refused",
                    "by the order's status",
                ),
                (
                    "order.* + pending",
                    "pix_generated, boleto_generated or payment_pending",
                ),
                ("order.* + in_analysis", "in_analysis"),
                ("order.* + approved", "purchase_approved"),
                ("order.* + refused, failed", "payment_refused"),
                ("order.* + cancelled, canceled", "cancelled"),
                ("order.* + refunded", "refunded"),
                ("order.* + chargeback", "chargeback"),
                ("the panel's test of the address", "ignored"),
            ],
            pix: Shown::No,
            boleto: Shown::No,
            link: Shown::Partly("in carts; else the seller's own link from checkoutUrl"),
            settings: &[Field {
                name: "checkoutUrl",
                required: false,
                secret: false,
            }],
            unconfirmed: &[
                "whether the panel's test of the address carries the token",
                "whether requests are sent again when they fail",
            ],
        }
    }

    fn signs(&self) -> bool {
        true
    }

    /// The token as it stands; only the panel's test of the address may come without.
    fn verify(
        &self,
        inbound: &Inbound<'_>,
        secrets: &[Secret],
        _context: &Context<'_>,
    ) -> Result<Proof, Refusal> {
        let token = match inbound.header(TOKEN_HEADER) {
            Single::Once(token) => token.trim_ascii(),
            Single::Absent if is_ping(inbound.body) => {
                return Ok(Proof {
                    scheme: "adorei.ping",
                    secret_index: 0,
                    signed: false,
                    nonce: None,
                });
            }
            Single::Absent => {
                proof::ready(secrets)?;
                return Err(Refusal::Missing);
            }
            Single::Repeated => {
                proof::ready(secrets)?;
                return Err(Refusal::Malformed);
            }
        };
        proof::ready(secrets)?;
        let secret_index = proof::first_holding(secrets, |secret| {
            proof::token_holds(secret.trimmed(), token)
        })?;
        Ok(Proof {
            scheme: "adorei.header",
            secret_index,
            signed: true,
            nonce: None,
        })
    }

    fn normalise(
        &self,
        inbound: &Inbound<'_>,
        context: &Context<'_>,
    ) -> Result<Reading, Unreadable> {
        if is_ping(inbound.body) {
            return Ok(Reading::Ignored {
                event: "endpoint_test".to_owned(),
                why: "the platform's panel tried the address out",
            });
        }
        let envelope: Envelope<'_> = json::read(inbound.body)?;
        envelope.read(context)
    }

    fn sample(&self, id: &str, now: DateTime<Utc>) -> Option<Sample> {
        let number: u64 = samples::digits(id).parse().ok()?;
        let body = json!({
            "event": "order.created",
            "time": now.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
            "merchant": {"id": "1", "alias": "loja-de-teste"},
            "resource": {
                "status": "pending",
                "number": number,
                "value_total": 110.0,
                "value_products": 100.0,
                "value_shipment": 10.0,
                "value_discount": 0.0,
                "gateway": "teste",
                "payment_method": "pix",
                "customer": {
                    "first_name": "Cliente",
                    "last_name": "de Teste",
                    "doc": samples::DOCUMENT,
                    "email": samples::EMAIL,
                    "phone": samples::PHONE,
                },
                "items": [{"source_reference": 1, "quantity": 1, "price": 100.0}],
            },
        });
        Some(samples::posted(&body))
    }
}

/// Knows the one body the panel's button posts; its key is spelt so by the platform.
fn is_ping(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Ping<'a> {
        #[serde(rename = "sucess", alias = "success", borrow)]
        told: std::borrow::Cow<'a, str>,
    }
    json::read::<Ping<'_>>(body).is_ok_and(|ping| ping.told == "Adoorei Webhook")
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Envelope<'a> {
    event: Word<'a>,
    time: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    merchant: Option<Merchant<'a>>,
    resource: Option<Resource<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Merchant<'a> {
    id: Loose<'a>,
}

/// An order, or a cart: the two share little.
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Resource<'a> {
    status: Word<'a>,
    number: Word<'a>,
    value_total: Option<&'a RawValue>,
    payment_method: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    items: Option<Vec<Line<'a>>>,
    customer: Option<Buyer<'a>>,
    checkout_token: Word<'a>,
    checkout_url: Loose<'a>,
    total: Option<&'a RawValue>,
    #[serde(deserialize_with = "json::lenient")]
    products: Option<Vec<Line<'a>>>,
}

/// The buyer, under the order's names and the cart's (`name`, `phone_number`).
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Buyer<'a> {
    first_name: Loose<'a>,
    last_name: Loose<'a>,
    name: Loose<'a>,
    email: Loose<'a>,
    phone: Loose<'a>,
    phone_number: Loose<'a>,
    doc: Loose<'a>,
}

/// A line, under the cart's names; an order's has no name of its product.
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Line<'a> {
    id: Loose<'a>,
    source_reference: Loose<'a>,
    name: Loose<'a>,
    price: Option<&'a RawValue>,
    qty: Loose<'a>,
    quantity: Loose<'a>,
}

impl Envelope<'_> {
    fn read(&self, context: &Context<'_>) -> Result<Reading, Unreadable> {
        let event = self.event.text().unwrap_or("none");
        let unmapped = |why| Reading::Unmapped {
            event: scalar::line(event).unwrap_or_default(),
            why,
        };
        let Some(resource) = &self.resource else {
            return Ok(unmapped("there is no resource"));
        };
        let draft = match event {
            "cart.abandoned" => self.cart(resource, context)?,
            "order.created"
            | "order.updated"
            | "order.status.updated"
            | "order.status.approved"
            | "order.status.refused" => {
                let Some(stage) = resource.stage() else {
                    return Ok(unmapped("resource.status is not known"));
                };
                self.order(resource, stage, context)?
            }
            _ => return Ok(unmapped("the event is not known")),
        };
        let told = self.time.text().and_then(times::rfc3339);
        Ok(Reading::Events(vec![draft.sealed(context, told)]))
    }

    fn cart(&self, cart: &Resource<'_>, context: &Context<'_>) -> Result<Draft, Unreadable> {
        let id = cart.checkout_token.text();
        let id = reading::external_id(id, "resource.checkout_token")?;
        let event = self.event.text().unwrap_or_default();
        let mut draft = Draft::of(context, SLUG, id, Stage::CartAbandoned, event);
        draft.rounded(cart.total, "resource.total");
        cart.tell_buyer(&mut draft);
        draft.items = cart.items(draft.currency);
        let link = cart.checkout_url.text().and_then(links::https);
        draft.checkout_url = link.or_else(|| context.settings.checkout_url());
        Ok(draft)
    }

    fn order(
        &self,
        order: &Resource<'_>,
        stage: Stage,
        context: &Context<'_>,
    ) -> Result<Draft, Unreadable> {
        let id = reading::external_id(order.number.text(), "resource.number")?;
        let event = self.event.text().unwrap_or_default();
        let mut draft = Draft::of(context, SLUG, id, stage, event);
        let shop = self.merchant.as_ref().and_then(|shop| shop.id.text());
        if let Some(shop) = shop.filter(|shop| is_plain(shop)) {
            draft.on_card_of(Some(&format!("{shop}:{id}")));
        }
        draft.grew_from(order.checkout_token.text());
        draft.rounded(order.value_total, "resource.value_total");
        draft.payment.method = order.method();
        order.tell_buyer(&mut draft);
        draft.items = order.items(draft.currency);
        if matches!(stage.status(), Status::Pending | Status::Failed) {
            let link = order.checkout_url.text().and_then(links::https);
            draft.checkout_url = link.or_else(|| context.settings.checkout_url());
        }
        Ok(draft)
    }
}

/// Tells whether a shop's id can be part of a key.
fn is_plain(id: &str) -> bool {
    id.len() <= 40 && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

impl Resource<'_> {
    fn stage(&self) -> Option<Stage> {
        Some(match self.status.text()?.to_lowercase().as_str() {
            "pending" => match self.method() {
                Some(PaymentMethod::Pix) => Stage::PixGenerated,
                Some(PaymentMethod::Boleto) => Stage::BoletoGenerated,
                _ => Stage::PaymentPending,
            },
            "in_analysis" => Stage::InAnalysis,
            "approved" => Stage::PurchaseApproved,
            "refused" | "failed" => Stage::PaymentRefused,
            "cancelled" | "canceled" => Stage::Cancelled,
            "refunded" => Stage::Refunded,
            "chargeback" => Stage::Chargeback,
            _ => return None,
        })
    }

    fn method(&self) -> Option<PaymentMethod> {
        Some(match self.payment_method.text()?.to_lowercase().as_str() {
            "pix" => PaymentMethod::Pix,
            "billet" | "boleto" => PaymentMethod::Boleto,
            "credit_card" | "debit_card" => PaymentMethod::Card,
            _ => PaymentMethod::Other,
        })
    }

    fn tell_buyer(&self, draft: &mut Draft) {
        let Some(buyer) = &self.customer else { return };
        let parts = [&buyer.first_name, &buyer.last_name];
        let parts: Vec<&str> = parts.into_iter().filter_map(Loose::text).collect();
        let joined = parts.join(" ");
        draft.customer = Person {
            name: buyer.name.text().or(Some(&joined)),
            email: buyer.email.text(),
            phone: buyer.phone.text().or(buyer.phone_number.text()),
            document: buyer.doc.text(),
            country: None,
        }
        .read();
    }

    fn items(&self, currency: Currency) -> Vec<Item> {
        let lines = self.items.iter().chain(&self.products).flatten();
        lines
            .take(reading::MAX_ITEMS)
            .filter_map(|line| {
                let price = line
                    .price
                    .and_then(|raw| reading::rounded(raw, currency).ok());
                let quantity = line.qty.number().or_else(|| line.quantity.number());
                Some(Item {
                    name: line.name.line()?,
                    code: line.id.line().or_else(|| line.source_reference.line()),
                    quantity: quantity.unwrap_or(1),
                    unit_minor: price.map(|price| price.minor),
                })
            })
            .collect()
    }
}
