//! Aprovei Checkout's webhooks: abandoned carts, new sales, changes of a sale's status.
//!
//! Source: docs.aproveicheckout.com.br, whose pages could be read only in part. They document no signature, so by default only
//! the unguessable key in the URL speaks for a request; a seller whose panel can send a token may set one, and then it is
//! demanded. No field names the event: shapes tell them apart. Of the words of `payment_status` only `pending` is confirmed;
//! the others are read tolerantly, and for an unknown word the sale's own dates decide.

use chrono::{DateTime, Utc};
use contract::{Item, Money, Payment, PaymentMethod, Stage, Utms};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::about::About;
use crate::links;
use crate::person::Person;
use crate::proof::{self, AddressOrToken, Proof, Refusal};
use crate::reading::{self, Context, Draft, Reading, Unreadable};
use crate::scalar::{Loose, Word};
use crate::secret::Secret;
use crate::{Inbound, Provider, Sample, json, times};

mod about;

const SLUG: &str = "cart_abandonment";
const TOKEN_HEADER: &str = "x-webhook-token";
const TOKEN_PARAMETER: &str = "token";
const SCHEMES: AddressOrToken = AddressOrToken {
    address: "cart_abandonment.url",
    token: "cart_abandonment.token",
};

/// Reads Aprovei Checkout.
pub(crate) struct CartAbandonment;

impl Provider for CartAbandonment {
    fn slug(&self) -> &'static str {
        SLUG
    }

    fn name(&self) -> &'static str {
        "Aprovei Checkout"
    }

    fn about(&self) -> &'static About {
        &about::ABOUT
    }

    fn signs(&self) -> bool {
        false
    }

    /// Without secrets, nothing beyond the URL's key; with some, the token as header `x-webhook-token` or parameter `token`.
    fn verify(
        &self,
        inbound: &Inbound<'_>,
        secrets: &[Secret],
        _context: &Context<'_>,
    ) -> Result<Proof, Refusal> {
        proof::address_or_token(inbound, secrets, &SCHEMES, TOKEN_HEADER, TOKEN_PARAMETER)
    }

    fn normalise(
        &self,
        inbound: &Inbound<'_>,
        context: &Context<'_>,
    ) -> Result<Reading, Unreadable> {
        let body: Body<'_> = json::read(inbound.body)?;
        let draft = if body.cart_token.text().is_some() {
            body.cart(context)?
        } else if body.transaction_token.text().is_some() {
            body.sale(context)?
        } else {
            return Ok(Reading::Unmapped {
                event: "none".to_owned(),
                why: "neither cart_token nor transaction_token",
            });
        };
        Ok(Reading::Events(vec![draft]))
    }

    fn sample(&self, id: &str, now: DateTime<Utc>) -> Option<Sample> {
        Some(about::sample(id, now))
    }
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Body<'a> {
    cart_token: Word<'a>,
    abandoned_at: Loose<'a>,
    cart_amount: Option<&'a RawValue>,
    recovery_url: Loose<'a>,
    transaction_token: Word<'a>,
    transaction_amount: Option<&'a RawValue>,
    payment_status: Word<'a>,
    payment_type: Loose<'a>,
    date_created: Loose<'a>,
    date_approved: Loose<'a>,
    date_refunded: Loose<'a>,
    customer: Option<Buyer<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    customer_address: Option<Address<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    products: Option<Vec<Product<'a>>>,
    #[serde(deserialize_with = "json::lenient")]
    utms: Option<Tags<'a>>,
}

/// The buyer, under the cart's names and the sale's.
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Buyer<'a> {
    name: Loose<'a>,
    full_name: Loose<'a>,
    email: Loose<'a>,
    phone: Loose<'a>,
    cellphone: Loose<'a>,
    identification_number: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Address<'a> {
    country: Loose<'a>,
}

/// A product, under the cart's names (`name`, `price`) and the sale's (`title`, `amount`).
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Product<'a> {
    name: Loose<'a>,
    title: Loose<'a>,
    code: Loose<'a>,
    price: Option<&'a RawValue>,
    amount: Option<&'a RawValue>,
    quantity: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Tags<'a> {
    src: Loose<'a>,
    utm_source: Loose<'a>,
    utm_medium: Loose<'a>,
    utm_campaign: Loose<'a>,
}

impl Body<'_> {
    fn cart(&self, context: &Context<'_>) -> Result<Draft, Unreadable> {
        let id = reading::external_id(self.cart_token.text(), "cart_token")?;
        let mut draft = Draft::of(
            context,
            SLUG,
            id,
            Stage::CartAbandoned,
            "carrinho_abandonado",
        );
        draft.cents(self.cart_amount, "cart_amount");
        draft.checkout_url = self.recovery_url.text().and_then(links::https);
        self.tell_rest(&mut draft);
        let told = self.abandoned_at.text().and_then(times::rfc3339);
        Ok(draft.sealed(context, told))
    }

    fn sale(&self, context: &Context<'_>) -> Result<Draft, Unreadable> {
        let id = reading::external_id(self.transaction_token.text(), "transaction_token")?;
        let status = self
            .payment_status
            .text()
            .unwrap_or_default()
            .to_lowercase();
        let known = self.stage(&status);
        let stage = known.unwrap_or_else(|| self.stage_by_dates());
        let event = match stage {
            Stage::PixGenerated | Stage::PaymentPending => "nova_venda",
            _ => "atualizacao_status",
        };
        let mut draft = Draft::of(context, SLUG, id, stage, event);
        if known.is_none() {
            draft.doubt("status_unknown", "payment_status");
        }
        draft.shape_if(known.is_none(), "status_by_dates");
        draft.shape_if(known.is_some() && status != "pending", "status_word");
        draft.cents(self.transaction_amount, "transaction_amount");
        draft.payment = Payment {
            method: self.payment_type.text().map(method),
            ..Payment::default()
        };
        self.tell_rest(&mut draft);
        let told = self.told_at(stage).text().and_then(times::rfc3339);
        Ok(draft.sealed(context, told))
    }

    fn stage(&self, status: &str) -> Option<Stage> {
        Some(match status {
            "pending" | "pendente" => self.pending(),
            "approved" | "paid" | "aprovado" | "pago" => Stage::PurchaseApproved,
            "refused" | "declined" | "rejected" | "recusado" => Stage::PaymentRefused,
            "refunded" | "estornado" => Stage::Refunded,
            "chargeback" | "charged_back" => Stage::Chargeback,
            "canceled" | "cancelled" | "cancelado" => Stage::Cancelled,
            "expired" | "expirado" => Stage::PaymentExpired,
            _ => return None,
        })
    }

    fn stage_by_dates(&self) -> Stage {
        let is_told = |date: &Loose<'_>| date.text().and_then(times::rfc3339).is_some();
        match (is_told(&self.date_refunded), is_told(&self.date_approved)) {
            (true, _) => Stage::Refunded,
            (false, true) => Stage::PurchaseApproved,
            (false, false) => self.pending(),
        }
    }

    fn pending(&self) -> Stage {
        match self.payment_type.text().map(method) {
            Some(PaymentMethod::Pix) => Stage::PixGenerated,
            _ => Stage::PaymentPending,
        }
    }

    /// Returns the date that belongs to a stage; refusals and cancellations have none.
    fn told_at(&self, stage: Stage) -> &Loose<'_> {
        const NONE: &Loose<'static> = &Loose::absent();
        match stage {
            Stage::Refunded | Stage::Chargeback => &self.date_refunded,
            Stage::PurchaseApproved => &self.date_approved,
            Stage::PixGenerated | Stage::PaymentPending => &self.date_created,
            _ => NONE,
        }
    }

    fn tell_rest(&self, draft: &mut Draft) {
        if let Some(buyer) = &self.customer {
            let address = self.customer_address.as_ref();
            draft.customer = Person {
                name: buyer.name.text().or(buyer.full_name.text()),
                email: buyer.email.text(),
                phone: buyer.phone.text().or(buyer.cellphone.text()),
                document: buyer.identification_number.text(),
                country: address.and_then(|address| address.country.text()),
            }
            .read();
        }
        let currency = draft.currency;
        draft.items = self
            .products
            .iter()
            .flatten()
            .take(reading::MAX_ITEMS)
            .filter_map(|product| {
                let price = product.price.or(product.amount);
                Some(Item {
                    name: product.name.line().or(product.title.line())?,
                    code: product.code.line(),
                    quantity: product.quantity.number().unwrap_or(1),
                    unit_minor: price
                        .and_then(|raw| reading::cents(raw, currency).ok())
                        .map(|price: Money| price.minor),
                })
            })
            .collect();
        if let Some(tags) = &self.utms {
            draft.utms = Utms {
                src: tags.src.line(),
                source: tags.utm_source.line(),
                medium: tags.utm_medium.line(),
                campaign: tags.utm_campaign.line(),
            };
        }
    }
}

fn method(word: &str) -> PaymentMethod {
    match word.to_lowercase().as_str() {
        "pix" => PaymentMethod::Pix,
        "boleto" | "billet" => PaymentMethod::Boleto,
        "card" | "credit_card" | "cartao" => PaymentMethod::Card,
        _ => PaymentMethod::Other,
    }
}
