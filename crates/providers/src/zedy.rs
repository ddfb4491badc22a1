//! Zedy's webhooks.
//!
//! Source: the platform's documentation (app.zedy.com.br/docs) with its example bodies, as an integrator kept them. A body is
//! the order's present state, and deliveries may overtake each other: `status` is what counts, and `eventType` only tells
//! the kinds of waiting apart. Carts and orders share their ids.
//!
//! Not confirmed, and read with care:
//! - No event for a chargeback, a cancellation or an expiry is known; under which event a refund comes is not told.
//! - A refusal and a charge tell no dates of their own: `createdAt` is the order's. The time of arrival stands in, so that a PIX
//!   made after a refused card is not taken for one from before it.
//! - No body holds a boleto's line or a link for the buyer. The links that are there lead into the seller's panel and are left
//!   alone; a seller may set links of their own.

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
use crate::tags::Tags;
use crate::{About, Field, Inbound, Provider, Sample, SecretUse, Shown, json, samples, times};

const SLUG: &str = "zedy";
const TOKEN_HEADER: &str = "authorization";
/// Serves where something between the platform and us takes that header away.
const TOKEN_PARAMETER: &str = "token";

/// Reads Zedy.
pub(crate) struct Zedy;

impl Provider for Zedy {
    fn slug(&self) -> &'static str {
        SLUG
    }

    fn name(&self) -> &'static str {
        "Zedy"
    }

    fn about(&self) -> &'static About {
        &About {
            proof: "the webhook's token in Authorization: Bearer, or as ?token= where that header is absent; the body is not signed",
            secret: SecretUse::Required,
            events: &[
                ("waiting_payment + CART_ABANDONED", "cart_abandoned"),
                ("waiting_payment + PIX_CREATED", "pix_generated"),
                ("waiting_payment + BILLET_CREATED", "boleto_generated"),
                (
                    "waiting_payment + ORDER_CREATED",
                    "pix_generated with a code, else payment_pending",
                ),
                ("paid", "purchase_approved"),
                ("refused", "payment_refused"),
                ("refunded", "refunded"),
            ],
            pix: Shown::Yes,
            boleto: Shown::No,
            link: Shown::Partly("the seller's own links from checkoutUrl and checkoutUrls"),
            settings: &[
                Field {
                    name: "checkoutUrl",
                    required: false,
                    secret: false,
                },
                Field {
                    name: "checkoutUrls",
                    required: false,
                    secret: false,
                },
            ],
            unconfirmed: &[
                "the event under which the status refunded comes",
                "whether an order keeps its id when another means of payment is tried; charges and refusals count from their arrival",
                "whether chargebacks, cancellations and expiries are told at all",
            ],
        }
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
        proof::ready(secrets)?;
        let (scheme, token) = match (
            inbound.header(TOKEN_HEADER),
            inbound.parameter(TOKEN_PARAMETER),
        ) {
            (Single::Once(value), _) => ("zedy.bearer", bearer(value)?.to_vec()),
            (Single::Absent, Single::Once(token)) => ("zedy.token", token.as_bytes().to_vec()),
            (Single::Absent, Single::Absent) => return Err(Refusal::Missing),
            (Single::Repeated, _) | (_, Single::Repeated) => return Err(Refusal::Malformed),
        };
        let secret_index = proof::first_holding(secrets, |secret| {
            proof::token_holds(secret.trimmed(), &token)
        })?;
        Ok(Proof {
            scheme,
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
        let order: Order<'_> = json::read(inbound.body)?;
        order.read(context)
    }

    fn sample(&self, id: &str, now: DateTime<Utc>) -> Option<Sample> {
        let amount = contract::Money::brl(9700);
        let body = json!({
            "eventType": "PIX_CREATED",
            "title": format!("Zedy | Pedido {id} Pix gerado"),
            "orderId": id,
            "platform": "ZedyCheckout",
            "currency": "BRL",
            "paymentMethod": "pix",
            "status": "waiting_payment",
            "createdAt": now.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
            "approvedDate": null,
            "refundedAt": null,
            "customer": {
                "name": samples::NAME,
                "email": samples::EMAIL,
                "phone": samples::PHONE,
                "document": samples::DOCUMENT,
                "country": "BR",
            },
            "products": [
                {"id": 1, "name": samples::PRODUCT, "quantity": 1, "priceInCents": amount.minor},
            ],
            "commission": {"totalPriceInCents": amount.minor},
            "isTest": true,
            "pixQrCode": samples::pix_code(amount.minor)?,
            "abandonouNa": null,
        });
        Some(samples::posted(&body))
    }
}

/// Takes the token out of `Bearer <token>`; the scheme's case does not matter.
fn bearer(value: &[u8]) -> Result<&[u8], Refusal> {
    let value = value.trim_ascii();
    let (scheme, token) = value
        .iter()
        .position(u8::is_ascii_whitespace)
        .and_then(|at| value.split_at_checked(at))
        .ok_or(Refusal::Malformed)?;
    if !scheme.eq_ignore_ascii_case(b"bearer") {
        return Err(Refusal::Malformed);
    }
    Ok(token.trim_ascii())
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Order<'a> {
    event_type: Word<'a>,
    status: Word<'a>,
    order_id: Word<'a>,
    currency: Loose<'a>,
    payment_method: Loose<'a>,
    created_at: Loose<'a>,
    approved_date: Loose<'a>,
    refunded_at: Loose<'a>,
    customer: Option<Buyer<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    products: Option<Vec<Product<'a>>>,
    commission: Option<Commission<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    coupons: Option<Vec<Loose<'a>>>,
    #[serde(deserialize_with = "json::lenient")]
    tracking_parameters: Option<Tags<'a>>,
    pix_qr_code: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    is_test: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Buyer<'a> {
    name: Loose<'a>,
    email: Loose<'a>,
    phone: Loose<'a>,
    document: Loose<'a>,
    country: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Product<'a> {
    id: Loose<'a>,
    name: Loose<'a>,
    plan_name: Loose<'a>,
    quantity: Loose<'a>,
    price_in_cents: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Commission<'a> {
    /// What the buyer pays; the other sums are the seller's.
    total_price_in_cents: Option<&'a RawValue>,
}

impl Order<'_> {
    fn read(&self, context: &Context<'_>) -> Result<Reading, Unreadable> {
        let event = self.event_type.text().map(str::to_uppercase);
        let status = self.status.text().map(str::to_lowercase);
        let event = event.as_deref().unwrap_or("none");
        let Some(stage) = self.stage(status.as_deref().unwrap_or_default(), event) else {
            let told = match status.as_deref() {
                Some(status) => format!("{event} {status}"),
                None => event.to_owned(),
            };
            return Ok(Reading::Unmapped {
                event: scalar::line(&told).unwrap_or_default(),
                why: "this status is not known, or not with this event",
            });
        };
        let id = reading::external_id(self.order_id.text(), "orderId")?;
        let mut draft = Draft::of(context, SLUG, id, stage, event);
        draft.shape_if(stage == Stage::Refunded, "refunded");
        self.tell_amount(&mut draft);
        self.tell_buyer(&mut draft);
        self.tell_payment(&mut draft);
        draft.items = self.items(draft.currency);
        if matches!(
            stage.status(),
            Status::Abandoned | Status::Pending | Status::Failed
        ) {
            draft.checkout_url = self.checkout_url(context);
        }
        draft.coupon = self.coupons.iter().flatten().find_map(Loose::line);
        let tags = self.tracking_parameters.as_ref();
        draft.utms = tags.map(Tags::read).unwrap_or_default();
        draft.is_test = self.is_test.unwrap_or(false);
        let told = self.told_at(stage).and_then(times::rfc3339);
        Ok(Reading::Events(vec![draft.sealed(context, told)]))
    }

    fn stage(&self, status: &str, event: &str) -> Option<Stage> {
        Some(match (status, event) {
            ("paid", _) => Stage::PurchaseApproved,
            ("refused", _) => Stage::PaymentRefused,
            ("refunded", _) => Stage::Refunded,
            ("waiting_payment", "CART_ABANDONED") => Stage::CartAbandoned,
            ("waiting_payment", "PIX_CREATED") => Stage::PixGenerated,
            ("waiting_payment", "BILLET_CREATED") => Stage::BoletoGenerated,
            ("waiting_payment", "ORDER_CREATED") if self.pix_qr_code.text().is_some() => {
                Stage::PixGenerated
            }
            // The method alone does not show that a code was made.
            ("waiting_payment", "ORDER_CREATED") => Stage::PaymentPending,
            _ => return None,
        })
    }

    /// Returns the date that belongs to a stage; a refusal and a charge have none.
    fn told_at(&self, stage: Stage) -> Option<&str> {
        match stage {
            Stage::PurchaseApproved => self.approved_date.text(),
            Stage::Refunded => self.refunded_at.text(),
            Stage::PaymentRefused | Stage::PixGenerated | Stage::BoletoGenerated => None,
            _ => self.created_at.text(),
        }
    }

    fn tell_amount(&self, draft: &mut Draft) {
        if let Some(code) = self.currency.text() {
            match Currency::parse(code) {
                Ok(currency) => draft.currency = currency,
                Err(_) => draft.doubt("currency_unknown", "currency"),
            }
        }
        let sums = self.commission.as_ref();
        draft.cents(
            sums.and_then(|sums| sums.total_price_in_cents),
            "commission.totalPriceInCents",
        );
    }

    fn tell_buyer(&self, draft: &mut Draft) {
        let Some(buyer) = &self.customer else { return };
        draft.customer = Person {
            name: buyer.name.text(),
            email: buyer.email.text(),
            phone: buyer.phone.text(),
            document: buyer.document.text(),
            country: buyer.country.text(),
        }
        .read();
    }

    /// Carts may name a method; no charge was made by it.
    fn tell_payment(&self, draft: &mut Draft) {
        if draft.stage == Stage::CartAbandoned {
            return;
        }
        draft.payment.method = self.payment_method.text().map(method);
        draft.pix(self.pix_qr_code.text(), None, "pixQrCode");
    }

    fn items(&self, currency: Currency) -> Vec<Item> {
        self.products
            .iter()
            .flatten()
            .take(reading::MAX_ITEMS)
            .filter_map(|product| {
                let price = product
                    .price_in_cents
                    .and_then(|raw| reading::cents(raw, currency).ok());
                Some(Item {
                    name: product.name.line().or_else(|| product.plan_name.line())?,
                    code: product.id.line(),
                    quantity: product.quantity.number().unwrap_or(1),
                    unit_minor: price.map(|price| price.minor),
                })
            })
            .collect()
    }

    /// No body carries a link; the seller may have set one for the product.
    fn checkout_url(&self, context: &Context<'_>) -> Option<String> {
        let mut products = self.products.iter().flatten();
        products
            .find_map(|product| context.settings.product_url(product.id.text()?))
            .or_else(|| context.settings.checkout_url())
    }
}

fn method(word: &str) -> PaymentMethod {
    match word.to_lowercase().as_str() {
        "pix" => PaymentMethod::Pix,
        "billet" | "boleto" => PaymentMethod::Boleto,
        "credit" | "credit_card" => PaymentMethod::Card,
        _ => PaymentMethod::Other,
    }
}
