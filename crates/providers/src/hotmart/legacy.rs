//! Version 1.0.0: purchases as form posts, carts and subscriptions as JSON without an event's name.
//!
//! No body has an id of its own, and most statuses come without a date, so the time of arrival stands in.

use chrono::{DateTime, Utc};
use contract::{Currency, Item, Money, Payment, PaymentMethod, Stage, Utms};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::form::Form;
use super::{SLUG, is_panel_test, phone};
use crate::charge::BoletoSent;
use crate::person::Person;
use crate::reading::{self, Context, Draft, Reading, Unreadable};
use crate::scalar::{self, Loose, Word};
use crate::{json, times};

/// Reads a purchase.
pub(super) fn read_form(body: &[u8], context: &Context<'_>) -> Result<Reading, Unreadable> {
    let form = Form::of(json::text(body)?);
    let id = reading::external_id(form.get("transaction"), "transaction")?;
    let status = form.get("status").unwrap_or("none");
    let Some(stage) = stage(status, form.get("refusal_reason").is_some()) else {
        return Ok(Reading::Unmapped {
            event: scalar::line(status).unwrap_or_default(),
            why: "the status is not known",
        });
    };
    let mut draft = Draft::of(context, SLUG, id, stage, status);
    draft.shape_if(status == "blocked", "v1_blocked");
    tell_amount(&form, &mut draft);
    draft.customer = buyer(&form);
    draft.items = items(&form, draft.currency);
    draft.payment = payment(&form);
    tell_boleto(&form, &mut draft, context.now);
    draft.coupon = form.get("coupon_code").and_then(scalar::line);
    draft.checkout_url = form
        .get("prod")
        .and_then(|product| context.settings.product_url(product))
        .or_else(|| context.settings.checkout_url());
    draft.utms = Utms {
        src: form.get("src").and_then(scalar::line),
        source: form.get("sck").and_then(scalar::line),
        ..Utms::default()
    };
    draft.is_test = is_panel_test(Some(id), form.get("email")) || form.get("prod") == Some("0");
    let told = told_at(&form, stage);
    Ok(Reading::Events(vec![draft.sealed(context, told)]))
}

fn stage(status: &str, refused: bool) -> Option<Stage> {
    Some(match status {
        "approved" => Stage::PurchaseApproved,
        "completed" | "complete" => Stage::PurchaseCompleted,
        "billet_printed" => Stage::BoletoGenerated,
        // Spelt so by Hotmart.
        "wayting_payment" | "waiting_payment" => Stage::PaymentPending,
        "canceled" | "cancelled" if refused => Stage::PaymentRefused,
        "canceled" | "cancelled" | "blocked" => Stage::Cancelled,
        "expired" => Stage::PaymentExpired,
        "delayed" => Stage::PaymentOverdue,
        "dispute" => Stage::RefundRequested,
        "refunded" => Stage::Refunded,
        "chargeback" => Stage::Chargeback,
        _ => return None,
    })
}

/// Returns the date that belongs to the stage; a purchase's own date says nothing of a later refund.
fn told_at(form: &Form<'_>, stage: Stage) -> Option<DateTime<Utc>> {
    let field = match stage {
        Stage::PurchaseApproved => "confirmation_purchase_date",
        Stage::BoletoGenerated | Stage::PaymentPending => "purchase_date",
        _ => return None,
    };
    form.get(field).and_then(times::rfc3339)
}

fn tell_amount(form: &Form<'_>, draft: &mut Draft) {
    let code = form.get("currency").or(form.get("currency_code_from"));
    if let Some(currency) = code.and_then(|code| Currency::parse(code).ok()) {
        draft.currency = currency;
    }
    let told = ["full_price", "price"]
        .into_iter()
        .find_map(|field| Some((form.get(field)?, field)));
    if let Some((text, path)) = told {
        let amount = Money::parse_dotted(text, draft.currency);
        draft.amount(amount, path);
    }
}

fn buyer(form: &Form<'_>) -> contract::Customer {
    let country = form.get("address_country");
    let brazilian = phone::is_brazil(country);
    let pairs = [
        ("phone_checkout_local_code", "phone_checkout_number"),
        ("phone_local_code", "phone_number"),
    ];
    let phone = pairs
        .into_iter()
        .find_map(|(code, number)| phone::joined(form.get(code), form.get(number), brazilian));
    let parts = [form.get("first_name"), form.get("last_name")];
    let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    Person {
        name: form.get("name").or(Some(&name)),
        email: form.get("email"),
        phone: phone.as_deref(),
        document: form.get("doc"),
        country: if brazilian { None } else { country },
    }
    .read()
}

fn items(form: &Form<'_>, currency: Currency) -> Vec<Item> {
    let price = form
        .get("price")
        .and_then(|text| Money::parse_dotted(text, currency).ok());
    form.get("prod_name")
        .and_then(scalar::line)
        .map(|name| Item {
            name,
            code: form.get("prod").and_then(scalar::line),
            quantity: 1,
            unit_minor: price.map(|price| price.minor),
        })
        .into_iter()
        .collect()
}

fn payment(form: &Form<'_>) -> Payment {
    Payment {
        method: form.get("payment_type").map(|word| match word {
            "credit_card" => PaymentMethod::Card,
            "billet" => PaymentMethod::Boleto,
            "pix" => PaymentMethod::Pix,
            _ => PaymentMethod::Other,
        }),
        pix: None,
        boleto: None,
        refusal: form.get("refusal_reason").and_then(scalar::line),
        installments: form
            .get("installments_number")
            .and_then(|number| number.parse().ok()),
    }
}

/// Takes the boleto, or notes what of it does not hold.
fn tell_boleto(form: &Form<'_>, draft: &mut Draft, now: DateTime<Utc>) {
    let boleto = BoletoSent {
        line: form.get("billet_barcode"),
        url: form.get("billet_url"),
        due_on: None,
    };
    draft.boleto(&boleto, now.date_naive(), "billet_barcode");
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Body<'a> {
    #[serde(rename = "buyerVO")]
    buyer: Option<Buyer<'a>>,
    product_name: Loose<'a>,
    product_ucode: Loose<'a>,
    cancellation_date: Loose<'a>,
    switch_plan_date: Loose<'a>,
    subscriber_code: Word<'a>,
    user_name: Loose<'a>,
    user_email: Loose<'a>,
    actual_recurrence_value: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Buyer<'a> {
    name: Loose<'a>,
    email: Loose<'a>,
    phone: Loose<'a>,
}

/// Reads a cart or the end of a subscription; a changed plan is no stage.
pub(super) fn read_json(body: &[u8], context: &Context<'_>) -> Result<Reading, Unreadable> {
    let body: Body<'_> = json::read(body)?;
    if body.switch_plan_date.text().is_some() {
        return Ok(Reading::Ignored {
            event: "switch_plan".to_owned(),
            why: "not a stage of a purchase",
        });
    }
    if body.cancellation_date.text().is_some() {
        return body.subscription_end(context);
    }
    match &body.buyer {
        Some(buyer) => Ok(body.cart(buyer, context)),
        None => Ok(Reading::Unmapped {
            event: "none".to_owned(),
            why: "neither version's shape",
        }),
    }
}

impl Body<'_> {
    fn cart(&self, buyer: &Buyer<'_>, context: &Context<'_>) -> Reading {
        let id = self.cart_id(buyer, context.now);
        let mut draft = Draft::of(context, SLUG, &id, Stage::CartAbandoned, "cart_abandonment");
        let phone = phone::joined(None, buyer.phone.text(), true);
        draft.customer = Person {
            name: buyer.name.text(),
            email: buyer.email.text(),
            phone: phone.as_deref(),
            ..Person::default()
        }
        .read();
        draft.items = self.items();
        draft.checkout_url = self
            .product_ucode
            .text()
            .and_then(|product| context.settings.product_url(product))
            .or_else(|| context.settings.checkout_url());
        draft.is_test = is_panel_test(None, buyer.email.text());
        Reading::Events(vec![draft.sealed(context, None)])
    }

    /// Makes the id a cart does not have: one a product, buyer and day.
    fn cart_id(&self, buyer: &Buyer<'_>, now: DateTime<Utc>) -> String {
        let who = buyer.email.text().or(buyer.phone.text());
        let parts = format!(
            "{}|{}|{}",
            self.product_ucode.text().unwrap_or_default(),
            who.unwrap_or_default().to_lowercase(),
            now.date_naive()
        );
        let digest = hex::encode(Sha256::digest(parts.as_bytes()));
        let short: String = digest.chars().take(32).collect();
        format!("cart-{short}")
    }

    fn subscription_end(&self, context: &Context<'_>) -> Result<Reading, Unreadable> {
        let id = reading::external_id(self.subscriber_code.text(), "subscriberCode")?;
        let stage = Stage::SubscriptionCanceled;
        let mut draft = Draft::of(context, SLUG, id, stage, "subscription_cancellation");
        if let Some(raw) = self.actual_recurrence_value {
            let amount = Money::parse_raw(raw, draft.currency);
            draft.amount(amount, "actualRecurrenceValue");
        }
        draft.customer = Person {
            name: self.user_name.text(),
            email: self.user_email.text(),
            ..Person::default()
        }
        .read();
        draft.items = self.items();
        draft.is_test = is_panel_test(None, self.user_email.text());
        let date = &self.cancellation_date;
        let told = date
            .number()
            .and_then(times::millis)
            .or_else(|| date.text().and_then(times::rfc3339));
        Ok(Reading::Events(vec![draft.sealed(context, told)]))
    }

    fn items(&self) -> Vec<Item> {
        self.product_name
            .line()
            .map(|name| Item {
                name,
                code: self.product_ucode.line(),
                quantity: 1,
                unit_minor: None,
            })
            .into_iter()
            .collect()
    }
}
