//! A sale as Kiwify's API shows it: cents, dates with a zone, no code to pay by.

use contract::{Payment, Stage, Utms};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{SLUG, currency, item, method, stage_of_status};
use crate::charge::BoletoSent;
use crate::person::Person;
use crate::reading::{self, Context, Draft, Reading, Unreadable};
use crate::scalar::{Loose, Word};
use crate::{json, times};

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Sale<'a> {
    id: Word<'a>,
    /// The webhook's `order_ref`, as far as is known.
    reference: Loose<'a>,
    status: Word<'a>,
    payment_method: Loose<'a>,
    currency: Loose<'a>,
    installments: Loose<'a>,
    card_rejection_reason: Loose<'a>,
    boleto_url: Loose<'a>,
    created_at: Loose<'a>,
    updated_at: Loose<'a>,
    approved_date: Loose<'a>,
    refunded_at: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    customer: Option<Buyer<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    product: Option<Product<'a>>,
    payment: Option<Sums<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    tracking: Option<Tracking<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Buyer<'a> {
    name: Loose<'a>,
    email: Loose<'a>,
    mobile: Loose<'a>,
    cpf: Loose<'a>,
    cnpj: Loose<'a>,
    country: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Product<'a> {
    id: Loose<'a>,
    name: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Sums<'a> {
    charge_amount: Option<&'a RawValue>,
    charge_currency: Loose<'a>,
    product_base_price: Option<&'a RawValue>,
    product_base_currency: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Tracking<'a> {
    src: Loose<'a>,
    utm_source: Loose<'a>,
    utm_medium: Loose<'a>,
    utm_campaign: Loose<'a>,
}

/// Reads a sale; its id is that of the order in webhooks.
pub(super) fn read(body: &[u8], context: &Context<'_>) -> Result<Reading, Unreadable> {
    let sale: Sale<'_> = json::read(body)?;
    let Some(status) = sale.status.text() else {
        return Ok(unmapped("none"));
    };
    let Some(stage) = stage_of_status(status) else {
        return Ok(unmapped(status));
    };
    let stage = sale.refined(stage);
    let id = reading::external_id(sale.id.text(), "id")?;
    let mut draft = Draft::of(context, SLUG, id, stage, status);
    draft.numbered(sale.reference.text());
    sale.tell_amount(&mut draft);
    sale.tell_buyer(&mut draft);
    sale.tell_payment(&mut draft, context);
    draft.items = sale.items(&draft);
    draft.utms = sale.utms();
    let told = sale.last_change().and_then(times::rfc3339);
    Ok(Reading::Events(vec![draft.sealed(context, told)]))
}

fn unmapped(status: &str) -> Reading {
    Reading::Unmapped {
        event: status.to_owned(),
        why: "the sale's status is not known",
    }
}

impl Sale<'_> {
    /// What waits is told apart by its means, as webhooks tell it.
    fn refined(&self, stage: Stage) -> Stage {
        match (stage, self.payment_method.text()) {
            (Stage::PaymentPending, Some("pix")) => Stage::PixGenerated,
            (Stage::PaymentPending, Some("boleto")) => Stage::BoletoGenerated,
            _ => stage,
        }
    }

    /// The root's currency is that of the settlement; the charge's own comes first.
    fn tell_amount(&self, draft: &mut Draft) {
        let Some(sums) = &self.payment else { return };
        draft.currency = currency(&sums.charge_currency)
            .or_else(|| currency(&self.currency))
            .unwrap_or(draft.currency);
        draft.cents(sums.charge_amount, "payment.charge_amount");
    }

    fn tell_buyer(&self, draft: &mut Draft) {
        let Some(buyer) = &self.customer else { return };
        draft.customer = Person {
            name: buyer.name.text(),
            email: buyer.email.text(),
            phone: buyer.mobile.text(),
            document: buyer.cpf.text().or(buyer.cnpj.text()),
            country: buyer.country.text(),
        }
        .read();
    }

    fn tell_payment(&self, draft: &mut Draft, context: &Context<'_>) {
        draft.payment = Payment {
            method: self.payment_method.text().map(method),
            refusal: self.card_rejection_reason.line(),
            installments: self.installments.number(),
            ..Payment::default()
        };
        let boleto = BoletoSent {
            url: self.boleto_url.text(),
            ..BoletoSent::default()
        };
        draft.boleto(&boleto, context.now.date_naive(), "boleto_url");
    }

    fn items(&self, draft: &Draft) -> Vec<contract::Item> {
        let Some(product) = &self.product else {
            return Vec::new();
        };
        let price = self.payment.as_ref().and_then(|sums| {
            let told = currency(&sums.product_base_currency).unwrap_or(draft.currency);
            (told == draft.currency)
                .then(|| reading::cents(sums.product_base_price?, told).ok())
                .flatten()
        });
        item(&product.name, &product.id, price)
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

    fn last_change(&self) -> Option<&str> {
        [
            &self.updated_at,
            &self.refunded_at,
            &self.approved_date,
            &self.created_at,
        ]
        .into_iter()
        .find_map(Loose::text)
    }
}
