//! Version 2.0.0: an envelope with an event's name, and the purchase under `data`.

use chrono::{DateTime, Utc};
use contract::{Currency, Item, Money, Payment, PaymentMethod, Stage, Utms};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{SLUG, is_panel_test, phone};
use crate::charge::{self, BoletoSent};
use crate::person::Person;
use crate::reading::{self, Context, Draft, Reading, Unreadable};
use crate::scalar::{Loose, Word};
use crate::{json, times};

/// What tells the version and the event.
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Head<'a> {
    pub(super) id: Word<'a>,
    pub(super) event: Word<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Envelope<'a> {
    id: Word<'a>,
    #[serde(alias = "creationDate")]
    creation_date: Loose<'a>,
    data: Option<Data<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Data<'a> {
    product: Option<Product<'a>>,
    buyer: Option<Buyer<'a>>,
    purchase: Option<Purchase<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    checkout_country: Option<Country<'a>>,
    subscriber: Option<Subscriber<'a>>,
    actual_recurrence_value: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Product<'a> {
    id: Loose<'a>,
    ucode: Loose<'a>,
    name: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Buyer<'a> {
    email: Loose<'a>,
    name: Loose<'a>,
    first_name: Loose<'a>,
    last_name: Loose<'a>,
    checkout_phone: Loose<'a>,
    checkout_phone_code: Loose<'a>,
    /// Carts only: one text.
    phone: Loose<'a>,
    document: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Purchase<'a> {
    transaction: Word<'a>,
    full_price: Option<Price<'a>>,
    price: Option<Price<'a>>,
    original_offer_price: Option<Price<'a>>,
    payment: Option<Paid<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    checkout_country: Option<Country<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    offer: Option<Offer<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    origin: Option<Origin<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    order_bump: Option<OrderBump<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Price<'a> {
    value: Option<&'a RawValue>,
    currency_value: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Paid<'a> {
    #[serde(rename = "type")]
    kind: Loose<'a>,
    installments_number: Loose<'a>,
    refusal_reason: Loose<'a>,
    pix_code: Loose<'a>,
    pix_expiration_date: Loose<'a>,
    billet_url: Loose<'a>,
    billet_barcode: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Country<'a> {
    iso: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Offer<'a> {
    coupon_code: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Origin<'a> {
    src: Loose<'a>,
    sck: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct OrderBump<'a> {
    #[serde(deserialize_with = "json::lenient")]
    is_order_bump: Option<bool>,
    parent_purchase_transaction: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Subscriber<'a> {
    code: Word<'a>,
    name: Loose<'a>,
    email: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    phone: Option<SubscriberPhone<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"), rename_all = "camelCase")]
struct SubscriberPhone<'a> {
    ddd_phone: Loose<'a>,
    phone: Loose<'a>,
    ddd_cell: Loose<'a>,
    cell: Loose<'a>,
}

/// Tells what kind of event a name stands for.
enum Meaning {
    Purchase(fn(&Purchase<'_>) -> Stage),
    Cart,
    SubscriptionEnd,
    NoStage,
}

fn meaning(event: &str) -> Option<Meaning> {
    Some(match event {
        "PURCHASE_APPROVED" => Meaning::Purchase(|_| Stage::PurchaseApproved),
        "PURCHASE_COMPLETE" | "PURCHASE_COMPLETED" => {
            Meaning::Purchase(|_| Stage::PurchaseCompleted)
        }
        "PURCHASE_BILLET_PRINTED" => Meaning::Purchase(awaited),
        "PURCHASE_CANCELED" | "PURCHASE_CANCELLED" => Meaning::Purchase(ended),
        "PURCHASE_EXPIRED" => Meaning::Purchase(|_| Stage::PaymentExpired),
        "PURCHASE_DELAYED" => Meaning::Purchase(|_| Stage::PaymentOverdue),
        "PURCHASE_PROTEST" => Meaning::Purchase(|_| Stage::RefundRequested),
        "PURCHASE_REFUNDED" => Meaning::Purchase(|_| Stage::Refunded),
        "PURCHASE_CHARGEBACK" => Meaning::Purchase(|_| Stage::Chargeback),
        "PURCHASE_OUT_OF_SHOPPING_CART" => Meaning::Cart,
        "SUBSCRIPTION_CANCELLATION" => Meaning::SubscriptionEnd,
        "SWITCH_PLAN"
        | "UPDATE_SUBSCRIPTION_CHARGE_DATE"
        | "CLUB_FIRST_ACCESS"
        | "CLUB_MODULE_COMPLETED"
        | "ORDER_FULFILLMENT" => Meaning::NoStage,
        _ => return None,
    })
}

/// There is no event of its own for PIX; the means of payment tells.
fn awaited(purchase: &Purchase<'_>) -> Stage {
    match purchase.kind() {
        Some("PIX") => Stage::PixGenerated,
        Some("BILLET" | "FINANCED_BILLET") => Stage::BoletoGenerated,
        _ => Stage::PaymentPending,
    }
}

/// A cancellation with a reason is a refused charge: so were all that were captured.
fn ended(purchase: &Purchase<'_>) -> Stage {
    let reason = purchase
        .payment
        .as_ref()
        .and_then(|paid| paid.refusal_reason.text());
    match reason {
        Some(_) => Stage::PaymentRefused,
        None => Stage::Cancelled,
    }
}

/// Reads a body whose event is known by name.
pub(super) fn read(event: &str, body: &[u8], context: &Context<'_>) -> Result<Reading, Unreadable> {
    let meaning = match meaning(event) {
        Some(Meaning::NoStage) => {
            return Ok(Reading::Ignored {
                event: event.to_owned(),
                why: "not a stage of a purchase",
            });
        }
        Some(meaning) => meaning,
        None => {
            return Ok(Reading::Unmapped {
                event: event.to_owned(),
                why: "the event is not known",
            });
        }
    };
    let envelope: Envelope<'_> = json::read(body)?;
    let data = envelope.data.unwrap_or_default();
    let mut draft = match meaning {
        Meaning::Purchase(stage) => data.purchase(event, stage, context)?,
        Meaning::SubscriptionEnd => data.subscription_end(event, context)?,
        Meaning::Cart | Meaning::NoStage => {
            let id = reading::external_id(envelope.id.text(), "id")?;
            data.cart(event, id, context)
        }
    };
    draft.items = data.items(&draft);
    if draft.checkout_url.is_none() {
        draft.checkout_url = data.checkout_url(context);
    }
    let told = envelope.creation_date.number().and_then(times::millis);
    Ok(Reading::Events(vec![draft.sealed(context, told)]))
}

impl Data<'_> {
    fn purchase(
        &self,
        event: &str,
        stage: fn(&Purchase<'_>) -> Stage,
        context: &Context<'_>,
    ) -> Result<Draft, Unreadable> {
        let none = Purchase::default();
        let purchase = self.purchase.as_ref().unwrap_or(&none);
        let transaction = purchase.transaction.text();
        let id = reading::external_id(transaction, "data.purchase.transaction")?;
        let mut draft = Draft::of(context, SLUG, id, stage(purchase), event);
        purchase.tell_amount(&mut draft);
        draft.payment = purchase.payment(&mut draft, context.now);
        draft.coupon = purchase
            .offer
            .as_ref()
            .and_then(|offer| offer.coupon_code.line());
        draft.utms = purchase.utms();
        self.tell_buyer(&mut draft, purchase.checkout_country.as_ref());
        let product = self.product.as_ref().and_then(|product| product.id.text());
        draft.is_test |= is_panel_test(transaction, None) || product == Some("0");
        // Every test of the panel calls itself a bump of one and the same sale.
        if !draft.is_test {
            draft.bumps(purchase.parent());
        }
        Ok(draft)
    }

    fn cart(&self, event: &str, id: &str, context: &Context<'_>) -> Draft {
        let mut draft = Draft::of(context, SLUG, id, Stage::CartAbandoned, event);
        self.tell_buyer(&mut draft, self.checkout_country.as_ref());
        draft
    }

    fn subscription_end(&self, event: &str, context: &Context<'_>) -> Result<Draft, Unreadable> {
        let none = Subscriber::default();
        let subscriber = self.subscriber.as_ref().unwrap_or(&none);
        let id = reading::external_id(subscriber.code.text(), "data.subscriber.code")?;
        let mut draft = Draft::of(context, SLUG, id, Stage::SubscriptionCanceled, event);
        if let Some(raw) = self.actual_recurrence_value {
            // The value comes without a currency; the integration's own is taken.
            let amount = Money::parse_raw(raw, draft.currency);
            draft.amount(amount, "data.actual_recurrence_value");
        }
        let phone = subscriber.phone.as_ref().and_then(SubscriberPhone::joined);
        draft.customer = Person {
            name: subscriber.name.text(),
            email: subscriber.email.text(),
            phone: phone.as_deref(),
            ..Person::default()
        }
        .read();
        draft.is_test = is_panel_test(None, subscriber.email.text());
        Ok(draft)
    }

    fn tell_buyer(&self, draft: &mut Draft, country: Option<&Country<'_>>) {
        let Some(buyer) = &self.buyer else { return };
        let country = country.and_then(|country| country.iso.text());
        let parts = [buyer.first_name.text(), buyer.last_name.text()];
        let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let number = buyer.checkout_phone.text().or(buyer.phone.text());
        let brazilian = phone::is_brazil(country);
        let code = buyer.checkout_phone_code.text();
        let phone = phone::joined(code, number, brazilian);
        let is_joined = code.is_some() && phone != phone::joined(None, number, brazilian);
        draft.shape_if(is_joined, "phone_code_joined");
        draft.customer = Person {
            name: buyer.name.text().or(Some(&name)),
            email: buyer.email.text(),
            phone: phone.as_deref(),
            document: buyer.document.text(),
            country,
        }
        .read();
        draft.is_test |= is_panel_test(None, buyer.email.text());
    }

    fn items(&self, draft: &Draft) -> Vec<Item> {
        let price = self
            .purchase
            .as_ref()
            .and_then(|purchase| purchase.price.as_ref())
            .filter(|price| price.currency().is_none_or(|told| told == draft.currency))
            .and_then(|price| Money::parse_raw(price.value?, draft.currency).ok());
        self.product
            .iter()
            .filter_map(|product| {
                Some(Item {
                    name: product.name.line()?,
                    code: product.id.line().or(product.ucode.line()),
                    quantity: 1,
                    unit_minor: price.map(|price| price.minor),
                })
            })
            .collect()
    }

    /// No body carries a link; the seller may have set one for the product.
    fn checkout_url(&self, context: &Context<'_>) -> Option<String> {
        let product = self.product.as_ref();
        let keys = product.map(|product| [product.id.text(), product.ucode.text()]);
        keys.into_iter()
            .flatten()
            .flatten()
            .find_map(|key| context.settings.product_url(key))
            .or_else(|| context.settings.checkout_url())
    }
}

impl Purchase<'_> {
    fn kind(&self) -> Option<&str> {
        self.payment.as_ref().and_then(|paid| paid.kind.text())
    }

    /// Returns the transaction of the sale at whose checkout this one was added.
    fn parent(&self) -> Option<&str> {
        let bump = self.order_bump.as_ref()?;
        let parent = bump.parent_purchase_transaction.text();
        parent.filter(|_| bump.is_order_bump != Some(false))
    }

    /// What the buyer is charged, a card's interest included; else the price before it.
    fn tell_amount(&self, draft: &mut Draft) {
        let prices = [&self.full_price, &self.price, &self.original_offer_price];
        let currency = prices
            .into_iter()
            .flatten()
            .find_map(|price| price.currency());
        draft.currency = currency.unwrap_or(draft.currency);
        let told = [
            (&self.full_price, "data.purchase.full_price.value"),
            (&self.price, "data.purchase.price.value"),
        ]
        .into_iter()
        .find_map(|(price, path)| Some((price.as_ref()?, price.as_ref()?.value?, path)));
        if let Some((price, raw, path)) = told {
            let currency = price.currency().unwrap_or(draft.currency);
            draft.amount(Money::parse_raw(raw, currency), path);
        }
    }

    fn payment(&self, draft: &mut Draft, now: DateTime<Utc>) -> Payment {
        let Some(paid) = &self.payment else {
            return Payment::default();
        };
        let expires_at = paid.pix_expiration_date.number().and_then(times::millis);
        let pix = paid
            .pix_code
            .text()
            .and_then(|code| charge::pix(code, expires_at));
        if pix.is_none() && paid.pix_code.text().is_some() {
            draft.doubt("pix_code_broken", "data.purchase.payment.pix_code");
        }
        let boleto = BoletoSent {
            line: paid.billet_barcode.text(),
            url: paid.billet_url.text(),
            due_on: None,
        }
        .read(now.date_naive());
        let has_line = boleto.as_ref().is_some_and(|told| told.line.is_some());
        if paid.billet_barcode.text().is_some() && !has_line {
            draft.doubt("boleto_line_broken", "data.purchase.payment.billet_barcode");
        }
        Payment {
            method: paid.kind.text().map(method),
            pix,
            boleto,
            refusal: paid.refusal_reason.line(),
            installments: paid.installments_number.number(),
        }
    }

    fn utms(&self) -> Utms {
        self.origin
            .as_ref()
            .map_or_else(Utms::default, |origin| Utms {
                src: origin.src.line(),
                source: origin.sck.line(),
                ..Utms::default()
            })
    }
}

impl Price<'_> {
    fn currency(&self) -> Option<Currency> {
        Currency::parse(self.currency_value.text()?).ok()
    }
}

impl SubscriberPhone<'_> {
    fn joined(&self) -> Option<String> {
        phone::joined(self.ddd_cell.text(), self.cell.text(), true)
            .or_else(|| phone::joined(self.ddd_phone.text(), self.phone.text(), true))
    }
}

pub(super) fn method(word: &str) -> PaymentMethod {
    match word {
        "PIX" => PaymentMethod::Pix,
        "BILLET" | "FINANCED_BILLET" => PaymentMethod::Boleto,
        "CREDIT_CARD" | "HOTCARD" | "FINANCED_INSTALLMENT" => PaymentMethod::Card,
        _ => PaymentMethod::Other,
    }
}
