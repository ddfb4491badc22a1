//! Orders and abandoned carts as the API shows them; the two share most of their fields.

use chrono::{DateTime, Utc};
use contract::{Currency, Item, PaymentMethod, Stage};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::SLUG;
use super::transaction::{self, Transaction};
use crate::person::Person;
use crate::reading::{self, Context, Draft, Reading, Unreadable};
use crate::scalar::{Loose, Word};
use crate::{json, links, times};

/// The event that would announce what is fetched.
const CHANGED: &str = "order/updated";
/// Carts have no event; this names their listing.
const ABANDONED: &str = "abandoned_checkout";
/// How many attempts to pay are looked at.
const MAX_TRANSACTIONS: usize = 100;

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Order<'a> {
    id: Word<'a>,
    number: Loose<'a>,
    status: Loose<'a>,
    payment_status: Word<'a>,
    shipping_status: Loose<'a>,
    total: Option<&'a RawValue>,
    currency: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    payment_details: Option<Details<'a>>,
    contact_name: Loose<'a>,
    contact_email: Loose<'a>,
    contact_phone: Loose<'a>,
    contact_identification: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    customer: Option<Customer<'a>>,
    /// An address on orders, a street's name on carts.
    #[serde(deserialize_with = "json::lenient")]
    shipping_address: Option<Address<'a>>,
    shipping_name: Loose<'a>,
    shipping_phone: Loose<'a>,
    shipping_country: Loose<'a>,
    billing_name: Loose<'a>,
    billing_phone: Loose<'a>,
    billing_country: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    products: Option<Vec<Product<'a>>>,
    #[serde(deserialize_with = "json::lenient")]
    coupon: Option<Vec<Coupon<'a>>>,
    created_at: Loose<'a>,
    updated_at: Loose<'a>,
    /// A text or an object once the cart became an order.
    completed_at: Option<&'a RawValue>,
    abandoned_checkout_url: Loose<'a>,
    landing_url: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    transactions: Option<Vec<Transaction<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Details<'a> {
    method: Loose<'a>,
    installments: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Customer<'a> {
    name: Loose<'a>,
    email: Loose<'a>,
    phone: Loose<'a>,
    identification: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Address<'a> {
    name: Loose<'a>,
    phone: Loose<'a>,
    country: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Product<'a> {
    name: Loose<'a>,
    sku: Loose<'a>,
    product_id: Loose<'a>,
    quantity: Loose<'a>,
    price: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Coupon<'a> {
    code: Loose<'a>,
}

/// Reads an order as the API shows it.
pub(super) fn read_pulled(body: &[u8], context: &Context<'_>) -> Result<Reading, Unreadable> {
    json::read::<Order<'_>>(body)?.read(context)
}

/// Reads a cart as the API lists it, some hours after it was left.
pub(super) fn read_pulled_cart(body: &[u8], context: &Context<'_>) -> Result<Reading, Unreadable> {
    json::read::<Order<'_>>(body)?.read_cart(context)
}

impl Order<'_> {
    fn read(&self, context: &Context<'_>) -> Result<Reading, Unreadable> {
        let Some(stage) = self.stage() else {
            return Ok(Reading::Unmapped {
                event: CHANGED.to_owned(),
                why: "the payment_status is not known",
            });
        };
        let mut draft = self.draft(stage, CHANGED, context)?;
        self.tell_payment(&mut draft, context);
        self.tell_refund(&mut draft);
        let has_code = draft
            .payment
            .pix
            .as_ref()
            .is_some_and(|pix| pix.code.is_some());
        draft.shape_if(has_code, "pix_in_transaction");
        draft.shape_if(self.is_word_unconfirmed(), "payment_status_word");
        // An attempt to pay may be younger than the order's last change.
        let attempt = self.last_attempt().and_then(Transaction::made_at);
        let told = self.changed_at().max(attempt);
        Ok(Reading::Events(vec![draft.sealed(context, told)]))
    }

    fn read_cart(&self, context: &Context<'_>) -> Result<Reading, Unreadable> {
        let completed = self
            .completed_at
            .is_some_and(|at| !matches!(at.get(), "null" | "\"\""));
        let stage = if completed {
            Stage::CheckoutCompleted
        } else {
            Stage::CartAbandoned
        };
        let mut draft = self.draft(stage, ABANDONED, context)?;
        draft.checkout_url = self.abandoned_checkout_url.text().and_then(links::https);
        Ok(Reading::Events(vec![
            draft.sealed(context, self.changed_at()),
        ]))
    }

    /// Says where the order stands; the first that applies, for a cancelled order that was paid back is a refund.
    fn stage(&self) -> Option<Stage> {
        let payment = self.payment_status.text();
        Some(match (self.status.text(), payment?) {
            (_, "refunded") => Stage::Refunded,
            (_, "partially_refunded") => Stage::PartiallyRefunded,
            (Some("cancelled"), _) | (_, "voided" | "abandoned") => Stage::Cancelled,
            (_, "paid") if self.is_partly_given_back() => Stage::PartiallyRefunded,
            (_, "paid") if self.is_sent() => Stage::Fulfilled,
            (_, "paid") => Stage::PurchaseApproved,
            (_, "authorized") => Stage::PaymentAuthorized,
            (_, "partially_paid") => Stage::PartiallyPaid,
            (_, "rejected") => Stage::PaymentRefused,
            (_, "pending") => self.pending(),
            _ => return None,
        })
    }

    fn is_word_unconfirmed(&self) -> bool {
        matches!(
            self.payment_status.text(),
            Some("partially_refunded" | "partially_paid" | "rejected")
        )
    }

    fn is_sent(&self) -> bool {
        matches!(self.shipping_status.text(), Some("fulfilled" | "shipped"))
    }

    fn is_partly_given_back(&self) -> bool {
        self.given_back(self.told_currency().unwrap_or(Currency::BRL))
            .is_some()
    }

    fn pending(&self) -> Stage {
        let attempt = self.last_attempt();
        if let Some(stage) = attempt.and_then(Transaction::stage) {
            return stage;
        }
        match attempt.and_then(Transaction::method).or(self.method()) {
            Some(PaymentMethod::Pix) => Stage::PixGenerated,
            Some(PaymentMethod::Boleto) => Stage::BoletoGenerated,
            _ => Stage::PaymentPending,
        }
    }

    fn draft(&self, stage: Stage, event: &str, context: &Context<'_>) -> Result<Draft, Unreadable> {
        let id = reading::external_id(self.id.text(), "id")?;
        let mut draft = Draft::of(context, SLUG, id, stage, event);
        draft.numbered(self.number.text());
        draft.currency = self.told_currency().unwrap_or(draft.currency);
        draft.dotted(self.total, "total");
        draft.customer = self.buyer().read();
        draft.items = self.items(draft.currency);
        draft.coupon = self
            .coupon
            .iter()
            .flatten()
            .find_map(|coupon| coupon.code.line());
        draft.utms = links::utms(self.landing_url.text().unwrap_or_default());
        Ok(draft)
    }

    fn tell_payment(&self, draft: &mut Draft, context: &Context<'_>) {
        draft.payment.method = self.method();
        draft.payment.installments = self
            .payment_details
            .as_ref()
            .and_then(|details| details.installments.number());
        if let Some(attempt) = self.last_attempt() {
            attempt.tell(draft, context.now.date_naive());
        }
    }

    fn tell_refund(&self, draft: &mut Draft) {
        let whole = draft
            .amount_minor
            .filter(|_| draft.stage == Stage::Refunded);
        draft.refunded_minor = self.given_back(draft.currency).or(whole);
    }

    /// Adds up what all attempts to pay gave back.
    fn given_back(&self, currency: Currency) -> Option<i64> {
        self.attempts()
            .filter_map(|attempt| attempt.given_back(currency))
            .try_fold(0_i64, i64::checked_add)
            .filter(|sum| *sum > 0)
    }

    fn attempts(&self) -> impl Iterator<Item = &Transaction<'_>> {
        self.transactions.iter().flatten().take(MAX_TRANSACTIONS)
    }

    fn last_attempt(&self) -> Option<&Transaction<'_>> {
        self.attempts().max_by_key(|attempt| attempt.made_at())
    }

    fn method(&self) -> Option<PaymentMethod> {
        transaction::method(self.payment_details.as_ref()?.method.text()?)
    }

    fn told_currency(&self) -> Option<Currency> {
        Currency::parse(self.currency.text()?).ok()
    }

    fn changed_at(&self) -> Option<DateTime<Utc>> {
        [&self.updated_at, &self.created_at]
            .into_iter()
            .find_map(|time| times::offset(time.text()?))
    }

    fn buyer(&self) -> Person<'_> {
        let customer = self.customer.as_ref();
        let shipping = self.shipping_address.as_ref();
        Person {
            name: self
                .contact_name
                .text()
                .or_else(|| customer?.name.text())
                .or_else(|| shipping?.name.text())
                .or(self.shipping_name.text())
                .or(self.billing_name.text()),
            email: self.contact_email.text().or_else(|| customer?.email.text()),
            phone: self
                .contact_phone
                .text()
                .or_else(|| customer?.phone.text())
                .or_else(|| shipping?.phone.text())
                .or(self.shipping_phone.text())
                .or(self.billing_phone.text()),
            document: self
                .contact_identification
                .text()
                .or_else(|| customer?.identification.text()),
            country: shipping
                .and_then(|place| place.country.text())
                .or(self.shipping_country.text())
                .or(self.billing_country.text()),
        }
    }

    fn items(&self, currency: Currency) -> Vec<Item> {
        self.products
            .iter()
            .flatten()
            .take(reading::MAX_ITEMS)
            .filter_map(|product| {
                let price = product
                    .price
                    .and_then(|raw| reading::dotted(raw, currency).ok());
                Some(Item {
                    name: product.name.line()?,
                    code: product.sku.line().or(product.product_id.line()),
                    quantity: product.quantity.number().unwrap_or(1),
                    unit_minor: price.map(|price| price.minor),
                })
            })
            .collect()
    }
}
