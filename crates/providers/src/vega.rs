//! Vega Checkout's webhooks, in both generations of body.
//!
//! Source: integrators' receivers, two of which hold the platform's own example bodies. Its documentation could not be read.
//! No body names its event: `status` says everything, and the key that holds the id tells carts from orders. The two number by
//! themselves, so carts have cards of their own.
//!
//! Not confirmed, and read with care:
//! - No signature is known: only the key in the address speaks for a request, unless the seller adds a token to that address.
//! - Amounts are centavos in one generation and reais in the other, under the same name. Digits alone are centavos; a decimal
//!   mark before one or two digits makes reais. Where another number of the body shows that to be wrong by exactly a hundred
//!   times, that number is taken and the amount doubted.
//! - Dates carry no zone. Brazil's clock is assumed, or UTC's where a date would then lie in the future.
//! - `expired`, and the newer bodies' `sale_code`, were seen once.

use chrono::{DateTime, Utc};
use contract::{Currency, PaymentMethod, Stage};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::charge::BoletoSent;
use crate::person::Person;
use crate::proof::{self, AddressOrToken, Proof, Refusal};
use crate::reading::{self, Context, Draft, Reading, Unreadable};
use crate::scalar::{self, Loose, Word};
use crate::secret::Secret;
use crate::tags::Tags;
use crate::{About, Inbound, Provider, Sample, SecretUse, Shown, json, links, samples, times};

mod amount;
mod goods;

use goods::{Plan, Product};

const SLUG: &str = "vega";
/// A name that one receiver takes a token under; the platform is not known to send it.
const TOKEN_HEADER: &str = "x-vega-webhook-token";
const TOKEN_PARAMETER: &str = "token";
const SCHEMES: AddressOrToken = AddressOrToken {
    address: "vega.url",
    token: "vega.token",
};

/// Reads Vega Checkout.
pub(crate) struct Vega;

impl Provider for Vega {
    fn slug(&self) -> &'static str {
        SLUG
    }

    fn name(&self) -> &'static str {
        "Vega Checkout"
    }

    fn about(&self) -> &'static About {
        &About {
            proof: "the key in the address; with a secret set, also that secret as ?token= (or in x-vega-webhook-token)",
            secret: SecretUse::Optional,
            events: &[
                ("abandoned_cart", "cart_abandoned"),
                (
                    "pending",
                    "pix_generated, boleto_generated or payment_pending",
                ),
                ("approved, paid", "purchase_approved"),
                ("refused, failed", "payment_refused"),
                ("canceled, cancelled", "cancelled"),
                ("expired", "payment_expired"),
                ("refunded, refunded_sale", "refunded"),
                ("charge_back, chargeback", "chargeback"),
            ],
            pix: Shown::Yes,
            boleto: Shown::Yes,
            link: Shown::Yes,
            settings: &[],
            unconfirmed: &[
                "whether requests are ever signed, or sent again when they fail",
                "the zone of the dates: Brazil's, or UTC where a date would lie in the future",
                "the status expired, and whether there are partial refunds",
                "sale_code beside transaction_token in newer bodies: the token is taken first",
            ],
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

    /// One receiver met bodies wrapped in `payload`; the member alone is read then.
    fn normalise(
        &self,
        inbound: &Inbound<'_>,
        context: &Context<'_>,
    ) -> Result<Reading, Unreadable> {
        let outer: Outer<'_> = json::read(inbound.body)?;
        let Some(inner) = outer.payload.filter(|raw| raw.get().starts_with('{')) else {
            let body: Body<'_> = json::read(inbound.body)?;
            return body.read(context);
        };
        json::read::<Body<'_>>(inner.get().as_bytes())
            .and_then(|body| body.read(context))
            .map_err(|error| Unreadable {
                path: format!("payload.{}", error.path),
                ..error
            })
    }

    fn sample(&self, id: &str, now: DateTime<Utc>) -> Option<Sample> {
        let amount = contract::Money::brl(14_790);
        let at = times::brasilia_text(now)?;
        let body = json!({
            "transaction_token": id,
            "method": "pix",
            "business_name": "Loja de Teste",
            "total_price": amount.minor.to_string(),
            "status": "pending",
            "test": true,
            "order_url": format!("https://seguro.example.com/order/{id}"),
            "checkout_url": format!("https://seguro.example.com/recovery/{id}"),
            "pix_code": samples::pix_code(amount.minor)?,
            "created_at": at,
            "updated_at": at,
            "customer": {
                "name": samples::NAME,
                "document": samples::DOCUMENT,
                "email": samples::EMAIL,
                "phone": samples::PHONE,
            },
            "products": [
                {"code": "TESTE1", "title": samples::PRODUCT, "amount": amount.minor, "quantity": 1},
            ],
        });
        Some(samples::posted(&body))
    }
}

#[derive(Deserialize)]
struct Outer<'a> {
    #[serde(borrow, default)]
    payload: Option<&'a RawValue>,
}

/// An order or a cart, of either generation.
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Body<'a> {
    status: Word<'a>,
    event: Loose<'a>,
    test: Option<&'a RawValue>,
    transaction_token: Word<'a>,
    sale_code: Word<'a>,
    transaction_id: Word<'a>,
    abandoned_cart_code: Word<'a>,
    checkout_id: Word<'a>,
    method: Loose<'a>,
    total_price: Option<&'a RawValue>,
    currency_enum: Loose<'a>,
    order_url: Loose<'a>,
    checkout_url: Loose<'a>,
    /// Spelt so by the platform.
    abandoned_checkout_url_url: Loose<'a>,
    abandoned_checkout_url: Loose<'a>,
    billet_url: Loose<'a>,
    billet_digitable_line: Loose<'a>,
    billet_due_date: Loose<'a>,
    pix_code: Loose<'a>,
    created_at: Loose<'a>,
    updated_at: Loose<'a>,
    customer: Option<Buyer<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    address: Option<Address<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    checkout: Option<Tags<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    products: Option<Vec<Product<'a>>>,
    #[serde(deserialize_with = "json::lenient")]
    plans: Option<Vec<Plan<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Buyer<'a> {
    name: Loose<'a>,
    email: Loose<'a>,
    phone: Loose<'a>,
    document: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Address<'a> {
    country: Loose<'a>,
}

impl Body<'_> {
    fn read(&self, context: &Context<'_>) -> Result<Reading, Unreadable> {
        let word = self.status.text().unwrap_or("none");
        let Some(stage) = self.stage(word) else {
            return Ok(Reading::Unmapped {
                event: scalar::line(word).unwrap_or_default(),
                why: "the status is not known",
            });
        };
        let cart = (stage == Stage::CartAbandoned)
            .then(|| self.abandoned_cart_code.text().or(self.checkout_id.text()))
            .flatten();
        let order = [
            &self.transaction_token,
            &self.sale_code,
            &self.transaction_id,
        ];
        let order = order.into_iter().find_map(Word::text);
        let id = reading::external_id(cart.or(order), "transaction_token")?;
        let mut draft = Draft::of(context, SLUG, id, stage, word);
        if cart.is_some() {
            draft.on_card_of(Some(&format!("cart:{id}")));
        }
        self.tell_amount(&mut draft, context);
        self.tell_buyer(&mut draft);
        self.tell_payment(&mut draft, context);
        self.tell_links(&mut draft);
        draft.items = goods::items(
            self.plans.as_deref(),
            self.products.as_deref(),
            draft.currency,
        );
        draft.utms = self.checkout.as_ref().map(Tags::read).unwrap_or_default();
        draft.is_test = self.is_test();
        let told = self.updated_at.text().or(self.created_at.text());
        let brazilian = told
            .and_then(times::zoneless)
            .and_then(times::on_brasilia_clock);
        let told = told.and_then(|text| times::on_some_clock(text, context.now));
        draft.shape_if(told != brazilian, "utc_time");
        draft.shape_if(stage == Stage::PaymentExpired, "status_expired");
        draft.shape_if(
            cart.is_none()
                && self.transaction_token.text().is_none()
                && order == self.sale_code.text(),
            "sale_code",
        );
        Ok(Reading::Events(vec![draft.sealed(context, told)]))
    }

    fn stage(&self, word: &str) -> Option<Stage> {
        Some(match word.to_lowercase().replace('-', "_").as_str() {
            "pending" => self.pending(),
            "approved" | "paid" => Stage::PurchaseApproved,
            "refused" | "failed" => Stage::PaymentRefused,
            "canceled" | "cancelled" => Stage::Cancelled,
            "expired" => Stage::PaymentExpired,
            "refunded" | "refunded_sale" => Stage::Refunded,
            "charge_back" | "chargeback" => Stage::Chargeback,
            "abandoned_cart" => Stage::CartAbandoned,
            _ => return None,
        })
    }

    fn pending(&self) -> Stage {
        let has = |field: &Loose<'_>| field.text().is_some();
        match self.method() {
            Some(PaymentMethod::Pix) => Stage::PixGenerated,
            Some(PaymentMethod::Boleto) => Stage::BoletoGenerated,
            _ if has(&self.pix_code) => Stage::PixGenerated,
            _ if has(&self.billet_digitable_line) => Stage::BoletoGenerated,
            _ => Stage::PaymentPending,
        }
    }

    fn method(&self) -> Option<PaymentMethod> {
        Some(match self.method.text()?.to_lowercase().as_str() {
            "pix" => PaymentMethod::Pix,
            "boleto" | "billet" => PaymentMethod::Boleto,
            "credit_card" => PaymentMethod::Card,
            _ => PaymentMethod::Other,
        })
    }

    fn tell_amount(&self, draft: &mut Draft, context: &Context<'_>) {
        if let Some(currency) = self
            .currency_enum
            .text()
            .and_then(|code| Currency::parse(code).ok())
        {
            draft.currency = currency;
        }
        let Some(raw) = self.total_price else { return };
        draft.amount(amount::total(raw, draft.currency), "total_price");
        let witnesses = [
            amount::of_boleto(self.billet_digitable_line.text(), context.now.date_naive()),
            amount::of_pix(self.pix_code.text()),
            goods::sum(
                self.plans.as_deref(),
                self.products.as_deref(),
                draft.currency,
            ),
        ];
        let corrected = draft
            .amount_minor
            .filter(|_| draft.currency.exponent() == 2)
            .and_then(|total| amount::corrected(total, &witnesses));
        if let Some(minor) = corrected {
            draft.amount_minor = Some(minor);
            draft.doubt("amount_off_by_hundred", "total_price");
        }
    }

    fn tell_buyer(&self, draft: &mut Draft) {
        let Some(buyer) = &self.customer else { return };
        let address = self.address.as_ref();
        draft.customer = Person {
            name: buyer.name.text(),
            email: buyer.email.text(),
            phone: buyer.phone.text(),
            document: buyer.document.text(),
            country: address.and_then(|address| address.country.text()),
        }
        .read();
    }

    /// Carts may name a method; no charge was made by it.
    fn tell_payment(&self, draft: &mut Draft, context: &Context<'_>) {
        if draft.stage == Stage::CartAbandoned {
            return;
        }
        draft.payment.method = self.method();
        draft.pix(self.pix_code.text(), None, "pix_code");
        let boleto = BoletoSent {
            line: self.billet_digitable_line.text(),
            url: self.billet_url.text(),
            due_on: self.billet_due_date.text().and_then(times::day),
        };
        let sent_on = context.now.date_naive();
        draft.boleto(&boleto, sent_on, "billet_digitable_line");
    }

    fn tell_links(&self, draft: &mut Draft) {
        let back = [
            &self.checkout_url,
            &self.abandoned_checkout_url_url,
            &self.abandoned_checkout_url,
        ];
        draft.checkout_url = back.into_iter().find_map(|link| links::https(link.text()?));
        draft.order_url = self.order_url.text().and_then(links::https);
    }

    /// Newer bodies say so in `test`, or by the event of the panel's button.
    fn is_test(&self) -> bool {
        let flag = self
            .test
            .map_or("", |raw| raw.get().trim_matches('"').trim());
        let is_flagged = !matches!(flag, "" | "false" | "0" | "null" | "{}" | "[]");
        is_flagged || self.event.text() == Some("manual_test")
    }
}

#[cfg(test)]
mod tests;
