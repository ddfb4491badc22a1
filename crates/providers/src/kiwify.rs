//! Kiwify's sales webhooks.
//!
//! Sources: docs.kiwify.com.br (triggers, the sales interface), the panel's test events, and integrators' reports of what
//! reaches them. Its bank account webhooks are another product with another signature and are not read here.
//!
//! Not confirmed by Kiwify, and read with care:
//! - Dates carry no zone. They are read on Brazil's clock (−03:00), as one system in production does; a body whose last change
//!   would then lie in the future was written on the UTC clock, as the panel's tests are, and is read so.
//! - Bodies come flat or wrapped in `order` or `cart`. For the wrapped ones the signature may cover the whole body or the
//!   member's bytes alone; either is accepted, and the proof tells which it was. Only the member is read then.

use chrono::{DateTime, NaiveDateTime, Utc};
use contract::{Currency, Item, Money, Payment, PaymentMethod, Stage, Utms};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::about::About;
use crate::charge::{self, BoletoSent};
use crate::inbound::Single;
use crate::links;
use crate::person::Person;
use crate::proof::{self, Proof, Refusal};
use crate::pull::Pulled;
use crate::reading::{self, CLOCK_LEAD, Context, Draft, Reading, Unreadable};
use crate::scalar::{Loose, Word};
use crate::secret::Secret;
use crate::{Inbound, Provider, Sample, json, times};

mod about;

mod pulled;

const SLUG: &str = "kiwify";
const CHECKOUT: &str = "https://pay.kiwify.com.br/";
/// A cart's body names no event; this is the name of its trigger.
const CART_EVENT: &str = "carrinho_abandonado";

/// Reads Kiwify.
pub(crate) struct Kiwify;

impl Provider for Kiwify {
    fn slug(&self) -> &'static str {
        SLUG
    }

    fn name(&self) -> &'static str {
        "Kiwify"
    }

    fn about(&self) -> &'static About {
        &about::ABOUT
    }

    fn signs(&self) -> bool {
        true
    }

    /// HMAC-SHA1 in hex, in the query as `signature`; where that is absent, at the root of a wrapped body.
    fn verify(
        &self,
        inbound: &Inbound<'_>,
        secrets: &[Secret],
        _context: &Context<'_>,
    ) -> Result<Proof, Refusal> {
        proof::ready(secrets)?;
        let member = sole_member(inbound.body);
        let (tag, whole) = match inbound.parameter("signature") {
            Single::Once(text) => (proof::hex_digest(text.as_bytes())?, Some(inbound.body)),
            Single::Repeated => return Err(Refusal::Malformed),
            Single::Absent => (root_signature(inbound.body)?, None),
        };
        let candidates = [("kiwify.body", whole), ("kiwify.member", member)];
        let mut held = Err(Refusal::Mismatch);
        for (scheme, bytes) in candidates {
            let Some(bytes) = bytes else { continue };
            let index = proof::first_holding(secrets, |secret| {
                proof::hmac_sha1_holds(secret.bytes(), bytes, &tag)
            });
            held = held.or(index.map(|secret_index| Proof {
                scheme,
                secret_index,
                signed: true,
                nonce: None,
            }));
        }
        held
    }

    fn normalise(
        &self,
        inbound: &Inbound<'_>,
        context: &Context<'_>,
    ) -> Result<Reading, Unreadable> {
        let wrapped: Wrapped<'_> = json::read(inbound.body)?;
        match wrapped {
            Wrapped {
                order: Some(mut order),
                card_rejection_reason,
                ..
            } => {
                if order.card_rejection_reason.text().is_none() {
                    order.card_rejection_reason = card_rejection_reason;
                }
                let reading = order.read(context, "order.")?;
                Ok(reading.shaped("wrapped_order"))
            }
            Wrapped {
                cart: Some(cart), ..
            } => Ok(cart.read_cart(context)?.shaped("wrapped_cart")),
            Wrapped { .. } => {
                let flat: Sale<'_> = json::read(inbound.body)?;
                if flat.is_cart() {
                    flat.read_cart(context)
                } else {
                    flat.read(context, "")
                }
            }
        }
    }

    fn read_pulled(&self, pulled: &Pulled, context: &Context<'_>) -> Result<Reading, Unreadable> {
        pulled::read(&pulled.body, context)
    }

    fn sample(&self, id: &str, now: DateTime<Utc>) -> Option<Sample> {
        about::sample(id, now)
    }
}

/// Returns the bytes of the one wrapped member; none when there are more, since it must be sure which one is read.
fn sole_member(body: &[u8]) -> Option<&[u8]> {
    let mut members = json::root_members(body, "order");
    members.extend(json::root_members(body, "cart"));
    match members.as_slice() {
        [member] => Some(member),
        _ => None,
    }
}

fn root_signature(body: &[u8]) -> Result<[u8; 20], Refusal> {
    match json::root_members(body, "signature").as_slice() {
        [] => Err(Refusal::Missing),
        [value] => {
            let text = json::string(value).ok_or(Refusal::Malformed)?;
            proof::hex_digest(text.as_bytes())
        }
        _ => Err(Refusal::Malformed),
    }
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Wrapped<'a> {
    #[serde(default)]
    order: Option<Sale<'a>>,
    #[serde(default)]
    cart: Option<Sale<'a>>,
    /// Was seen beside the order as well as in it.
    #[serde(default)]
    card_rejection_reason: Loose<'a>,
}

/// An order, or a cart: the two share no field but those of the product's page.
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Sale<'a> {
    order_id: Word<'a>,
    order_ref: Loose<'a>,
    order_status: Word<'a>,
    webhook_event_type: Word<'a>,
    payment_method: Loose<'a>,
    installments: Loose<'a>,
    card_rejection_reason: Loose<'a>,
    #[serde(rename = "boleto_URL")]
    boleto_url: Loose<'a>,
    boleto_barcode: Loose<'a>,
    boleto_expiry_date: Loose<'a>,
    pix_code: Loose<'a>,
    pix_expiration: Loose<'a>,
    created_at: Loose<'a>,
    updated_at: Loose<'a>,
    #[serde(rename = "Product", alias = "product")]
    product: Option<Product<'a>>,
    #[serde(rename = "Customer", alias = "customer")]
    customer: Option<Buyer<'a>>,
    #[serde(rename = "Commissions", alias = "commissions")]
    commissions: Option<Commissions<'a>>,
    #[serde(rename = "TrackingParameters", deserialize_with = "json::lenient")]
    tracking: Option<Tracking<'a>>,
    checkout_link: Loose<'a>,
    id: Word<'a>,
    status: Word<'a>,
    name: Loose<'a>,
    email: Loose<'a>,
    phone: Loose<'a>,
    country: Loose<'a>,
    cnpj: Loose<'a>,
    #[serde(rename = "CPF", alias = "cpf")]
    cpf: Loose<'a>,
    product_id: Loose<'a>,
    product_name: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Product<'a> {
    product_id: Loose<'a>,
    product_name: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Buyer<'a> {
    full_name: Loose<'a>,
    first_name: Loose<'a>,
    email: Loose<'a>,
    mobile: Loose<'a>,
    #[serde(rename = "CPF", alias = "cpf")]
    cpf: Loose<'a>,
    cnpj: Loose<'a>,
    country: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Commissions<'a> {
    charge_amount: Option<&'a RawValue>,
    product_base_price: Option<&'a RawValue>,
    product_base_price_currency: Loose<'a>,
    currency: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Tracking<'a> {
    src: Loose<'a>,
    utm_source: Loose<'a>,
    utm_medium: Loose<'a>,
    utm_campaign: Loose<'a>,
}

impl Sale<'_> {
    fn is_cart(&self) -> bool {
        self.webhook_event_type.text().is_none() && self.status.text() == Some("abandoned")
    }

    fn read(&self, context: &Context<'_>, at: &'static str) -> Result<Reading, Unreadable> {
        let event = self.webhook_event_type.text();
        let status = self.order_status.text();
        let Some(stage) = event
            .and_then(stage_of_event)
            .or(status.and_then(stage_of_status))
        else {
            return Ok(Reading::Unmapped {
                event: event.or(status).unwrap_or("none").to_owned(),
                why: "neither webhook_event_type nor order_status is known",
            });
        };
        let path = if at.is_empty() {
            "order_id"
        } else {
            "order.order_id"
        };
        let id = reading::external_id(self.order_id.text(), path)?;
        let name = event.or(status).unwrap_or_default();
        let mut draft = Draft::of(context, SLUG, id, stage, name);
        draft.numbered(self.order_ref.text());
        self.tell_amount(&mut draft);
        self.tell_buyer(&mut draft);
        self.tell_payment(&mut draft, context);
        draft.items = self.items(draft.currency);
        draft.checkout_url = self.checkout_url();
        draft.utms = self.utms();
        let changed = self.clock(context).read(self.last_change());
        Ok(Reading::Events(vec![draft.sealed(context, changed)]))
    }

    fn read_cart(&self, context: &Context<'_>) -> Result<Reading, Unreadable> {
        let id = reading::external_id(self.id.text(), "id")?;
        let mut draft = Draft::of(context, SLUG, id, Stage::CartAbandoned, CART_EVENT);
        draft.customer = Person {
            name: self.name.text(),
            email: self.email.text(),
            phone: self.phone.text(),
            document: self.cpf.text().or(self.cnpj.text()),
            country: self.country.text(),
        }
        .read();
        draft.items = item(&self.product_name, &self.product_id, None);
        draft.checkout_url = self.checkout_url();
        draft.is_test = is_panel_test(&self.product_name, &self.email, &self.name);
        let at = self.created_at.text();
        let told = at
            .and_then(times::rfc3339)
            .or_else(|| self.clock(context).read(at.and_then(times::zoneless)));
        Ok(Reading::Events(vec![draft.sealed(context, told)]))
    }

    fn tell_amount(&self, draft: &mut Draft) {
        let Some(sums) = &self.commissions else {
            return;
        };
        let told = currency(&sums.currency);
        let base = currency(&sums.product_base_price_currency);
        // `currency` may be that of the settlement; the price's own is what the buyer sees.
        if told.is_some() && base.is_some() && told != base {
            draft.doubt("currencies_differ", "Commissions.currency");
        }
        draft.currency = base.or(told).unwrap_or(draft.currency);
        draft.cents(sums.charge_amount, "Commissions.charge_amount");
    }

    fn tell_buyer(&self, draft: &mut Draft) {
        let Some(buyer) = &self.customer else { return };
        draft.customer = Person {
            name: buyer.full_name.text().or(buyer.first_name.text()),
            email: buyer.email.text(),
            phone: buyer.mobile.text(),
            document: buyer.cpf.text().or(buyer.cnpj.text()),
            country: buyer.country.text(),
        }
        .read();
        let product = self.product.as_ref().map(|product| &product.product_name);
        draft.is_test =
            product.is_some_and(|product| is_panel_test(product, &buyer.email, &buyer.full_name));
    }

    fn tell_payment(&self, draft: &mut Draft, context: &Context<'_>) {
        let expiry = self.pix_expiration.text().and_then(times::zoneless);
        let pix = self.pix_code.text().and_then(|code| {
            let pix = charge::pix(code, self.clock(context).read(expiry));
            if pix.is_none() {
                draft.doubt("pix_code_broken", "pix_code");
            }
            pix
        });
        let line = self.boleto_barcode.text();
        let boleto = BoletoSent {
            line,
            url: self.boleto_url.text(),
            due_on: self.boleto_expiry_date.text().and_then(times::day),
        }
        .read(context.now.date_naive());
        if line.is_some() && boleto.as_ref().is_none_or(|told| told.line.is_none()) {
            draft.doubt("boleto_line_broken", "boleto_barcode");
        }
        draft.payment = Payment {
            method: self.payment_method.text().map(method),
            pix,
            boleto,
            refusal: self.card_rejection_reason.line(),
            installments: self.installments.number(),
        };
    }

    fn items(&self, currency: Currency) -> Vec<Item> {
        let Some(product) = &self.product else {
            return Vec::new();
        };
        let price = self
            .commissions
            .as_ref()
            .and_then(|sums| reading::cents(sums.product_base_price?, currency).ok());
        item(&product.product_name, &product.product_id, price)
    }

    fn checkout_url(&self) -> Option<String> {
        let code = self.checkout_link.text()?;
        let plain = code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
        plain
            .then(|| links::https(&format!("{CHECKOUT}{code}")))
            .flatten()
    }

    fn utms(&self) -> Utms {
        self.tracking
            .as_ref()
            .map_or_else(Utms::default, |tracking| Utms {
                src: tracking.src.line(),
                source: tracking.utm_source.line(),
                medium: tracking.utm_medium.line(),
                campaign: tracking.utm_campaign.line(),
            })
    }

    fn last_change(&self) -> Option<NaiveDateTime> {
        [&self.updated_at, &self.created_at]
            .into_iter()
            .find_map(|date| times::zoneless(date.text()?))
    }

    /// Settles on which clock this body's dates were written.
    fn clock(&self, context: &Context<'_>) -> Clock {
        let latest = context.now.checked_add_signed(CLOCK_LEAD);
        let ahead = self
            .last_change()
            .and_then(times::on_brasilia_clock)
            .zip(latest)
            .is_some_and(|(at, latest)| at > latest);
        if ahead { Clock::Utc } else { Clock::Brasilia }
    }
}

enum Clock {
    Brasilia,
    Utc,
}

impl Clock {
    fn read(&self, time: Option<NaiveDateTime>) -> Option<DateTime<Utc>> {
        match self {
            Self::Brasilia => time.and_then(times::on_brasilia_clock),
            Self::Utc => time.map(|time| time.and_utc()),
        }
    }
}

fn stage_of_event(event: &str) -> Option<Stage> {
    Some(match event {
        "pix_created" => Stage::PixGenerated,
        "billet_created" => Stage::BoletoGenerated,
        "order_rejected" => Stage::PaymentRefused,
        "order_approved" => Stage::PurchaseApproved,
        "order_refunded" => Stage::Refunded,
        "chargeback" => Stage::Chargeback,
        "subscription_renewed" => Stage::SubscriptionRenewed,
        "subscription_late" => Stage::PaymentOverdue,
        "subscription_canceled" => Stage::SubscriptionCanceled,
        _ => return None,
    })
}

/// Reads the order's own status, which the platform tells beside every event; used for events nobody has mapped.
fn stage_of_status(status: &str) -> Option<Stage> {
    Some(match status {
        "paid" | "approved" | "authorized" => Stage::PurchaseApproved,
        "waiting_payment" | "pending" | "processing" => Stage::PaymentPending,
        "refused" => Stage::PaymentRefused,
        "refunded" => Stage::Refunded,
        "chargedback" => Stage::Chargeback,
        "pending_refund" | "refund_requested" => Stage::RefundRequested,
        _ => return None,
    })
}

fn method(word: &str) -> PaymentMethod {
    match word {
        "pix" => PaymentMethod::Pix,
        "boleto" => PaymentMethod::Boleto,
        "credit_card" => PaymentMethod::Card,
        _ => PaymentMethod::Other,
    }
}

fn currency(code: &Loose<'_>) -> Option<Currency> {
    Currency::parse(code.text()?).ok()
}

fn item(name: &Loose<'_>, code: &Loose<'_>, price: Option<Money>) -> Vec<Item> {
    name.line()
        .map(|name| Item {
            name,
            code: code.line(),
            quantity: 1,
            unit_minor: price.map(|price| price.minor),
        })
        .into_iter()
        .collect()
}

/// Knows the panel's test events by the invented buyer and product they all carry.
fn is_panel_test(product: &Loose<'_>, email: &Loose<'_>, name: &Loose<'_>) -> bool {
    product.text() == Some("Example product")
        && (email.text() == Some("johndoe@example.com") || name.text() == Some("John Doe"))
}
