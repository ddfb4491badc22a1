//! A sale as Hotmart's API shows it: its state and price, but neither code nor phone nor when the state was reached.

use chrono::{DateTime, Utc};
use contract::{Currency, Item, Money, Payment, Stage, Utms};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::current::method;
use super::{SLUG, is_panel_test};
use crate::person::Person;
use crate::reading::{self, Context, Draft, Reading, Unreadable};
use crate::scalar::{Loose, Word};
use crate::{json, times};

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Sale<'a> {
    #[serde(deserialize_with = "json::lenient")]
    product: Option<Product<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    buyer: Option<Buyer<'a>>,
    purchase: Option<Purchase<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Product<'a> {
    id: Loose<'a>,
    name: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Buyer<'a> {
    name: Loose<'a>,
    email: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Purchase<'a> {
    transaction: Word<'a>,
    status: Word<'a>,
    order_date: Loose<'a>,
    approved_date: Loose<'a>,
    warranty_expire_date: Loose<'a>,
    price: Option<Price<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    payment: Option<Paid<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    tracking: Option<Tracking<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Price<'a> {
    value: Option<&'a RawValue>,
    /// Webhooks spell it `currency_value`.
    currency_code: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Paid<'a> {
    #[serde(rename = "type")]
    kind: Loose<'a>,
    method: Loose<'a>,
    installments_number: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Tracking<'a> {
    source: Loose<'a>,
    source_sck: Loose<'a>,
}

/// Says when a state was reached, as far as a sale tells.
enum Reached {
    Ordered,
    Approved,
    WarrantyOver,
    Untold,
}

/// Reads a sale; its transaction is that of webhooks.
pub(super) fn read(body: &[u8], context: &Context<'_>) -> Result<Reading, Unreadable> {
    let sale: Sale<'_> = json::read(body)?;
    let none = Purchase::default();
    let purchase = sale.purchase.as_ref().unwrap_or(&none);
    let status = purchase.status.text().unwrap_or("none");
    let Some((stage, reached)) = purchase.meaning(status) else {
        return Ok(Reading::Unmapped {
            event: status.to_owned(),
            why: "the sale's status is not known",
        });
    };
    let transaction = purchase.transaction.text();
    let id = reading::external_id(transaction, "purchase.transaction")?;
    let mut draft = Draft::of(context, SLUG, id, stage, status);
    let told = purchase.reached(&reached, context.now);
    purchase.tell_amount(&mut draft, &reached);
    purchase.tell_payment(&mut draft);
    sale.tell_buyer(&mut draft);
    let product = sale.product.as_ref().and_then(|product| product.id.text());
    draft.is_test = is_panel_test(transaction, draft.customer.email.as_deref());
    draft.items = sale.items(&draft);
    draft.checkout_url = product
        .and_then(|product| context.settings.product_url(product))
        .or_else(|| context.settings.checkout_url());
    Ok(Reading::Events(vec![draft.sealed(context, told)]))
}

impl Sale<'_> {
    fn tell_buyer(&self, draft: &mut Draft) {
        let Some(buyer) = &self.buyer else { return };
        draft.customer = Person {
            name: buyer.name.text(),
            email: buyer.email.text(),
            ..Person::default()
        }
        .read();
    }

    fn items(&self, draft: &Draft) -> Vec<Item> {
        let price = self
            .purchase
            .as_ref()
            .and_then(|purchase| purchase.price.as_ref())
            .filter(|price| price.currency() == Some(draft.currency))
            .and_then(|price| Money::parse_raw(price.value?, draft.currency).ok());
        self.product
            .iter()
            .filter_map(|product| {
                Some(Item {
                    name: product.name.line()?,
                    code: product.id.line(),
                    quantity: 1,
                    unit_minor: price.map(|price| price.minor),
                })
            })
            .collect()
    }
}

impl Purchase<'_> {
    fn meaning(&self, status: &str) -> Option<(Stage, Reached)> {
        Some(match status {
            "WAITING_PAYMENT" | "PRINTED_BILLET" | "BILLET_PRINTED" => {
                (self.awaited(), Reached::Ordered)
            }
            "STARTED" | "PROCESSING_TRANSACTION" | "PRE_ORDER" => {
                (Stage::PaymentPending, Reached::Ordered)
            }
            "UNDER_ANALISYS" | "UNDER_ANALYSIS" => (Stage::InAnalysis, Reached::Ordered),
            "APPROVED" => (Stage::PurchaseApproved, Reached::Approved),
            "COMPLETE" | "COMPLETED" => (Stage::PurchaseCompleted, Reached::WarrantyOver),
            "OVERDUE" => (Stage::PaymentOverdue, Reached::Untold),
            "NO_FUNDS" => (Stage::PaymentRefused, self.refused()),
            // What an end by card was, the webhook tells, and later than the order: its word stands.
            "CANCELLED" | "CANCELED" => (Stage::Cancelled, self.refused()),
            "BLOCKED" => (Stage::Cancelled, Reached::Untold),
            "EXPIRED" => (Stage::PaymentExpired, Reached::Untold),
            "PROTESTED" | "DISPUTE" => (Stage::RefundRequested, Reached::Untold),
            "PARTIALLY_REFUNDED" => (Stage::PartiallyRefunded, Reached::Untold),
            "REFUNDED" => (Stage::Refunded, Reached::Untold),
            "CHARGEBACK" => (Stage::Chargeback, Reached::Untold),
            _ => return None,
        })
    }

    fn awaited(&self) -> Stage {
        match self.kind() {
            Some("PIX") => Stage::PixGenerated,
            Some("BILLET" | "FINANCED_BILLET") => Stage::BoletoGenerated,
            _ => Stage::PaymentPending,
        }
    }

    /// A card is refused as it is tried; a code that is not paid ends some time later.
    fn refused(&self) -> Reached {
        match self.kind() {
            Some("CREDIT_CARD") => Reached::Ordered,
            _ => Reached::Untold,
        }
    }

    fn kind(&self) -> Option<&str> {
        let paid = self.payment.as_ref()?;
        paid.kind.text().or(paid.method.text())
    }

    fn reached(&self, reached: &Reached, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let millis = |date: &Loose<'_>| date.number().and_then(times::millis);
        match reached {
            Reached::Ordered => millis(&self.order_date),
            Reached::Approved => millis(&self.approved_date).or_else(|| millis(&self.order_date)),
            Reached::WarrantyOver => millis(&self.warranty_expire_date)
                .filter(|at| *at <= now)
                .or_else(|| millis(&self.approved_date)),
            Reached::Untold => None,
        }
    }

    /// The price is without the interest of instalments, which webhooks include. Where the state is younger than the webhook of
    /// the payment, the price would take the place of what that told, so it is left out then.
    fn tell_amount(&self, draft: &mut Draft, reached: &Reached) {
        let Some(price) = &self.price else { return };
        let currency = price.currency().unwrap_or(draft.currency);
        draft.currency = currency;
        let parts: Option<u32> = self
            .payment
            .as_ref()
            .and_then(|paid| paid.installments_number.number());
        let is_old = matches!(reached, Reached::Ordered | Reached::Approved);
        if !is_old && parts.is_some_and(|parts| parts > 1) {
            draft.doubt("amount_without_interest", "purchase.price.value");
            return;
        }
        if let Some(raw) = price.value {
            draft.amount(Money::parse_raw(raw, currency), "purchase.price.value");
        }
    }

    fn tell_payment(&self, draft: &mut Draft) {
        draft.payment = Payment {
            method: self.kind().map(method),
            installments: self
                .payment
                .as_ref()
                .and_then(|paid| paid.installments_number.number()),
            ..Payment::default()
        };
        if let Some(tracking) = &self.tracking {
            draft.utms = Utms {
                src: tracking.source.line(),
                source: tracking.source_sck.line(),
                ..Utms::default()
            };
        }
    }
}

impl Price<'_> {
    fn currency(&self) -> Option<Currency> {
        Currency::parse(self.currency_code.text()?).ok()
    }
}
