//! Transactions of an order: the attempts to pay it, with the codes to pay by.

use chrono::{DateTime, NaiveDate, Utc};
use contract::{Currency, PaymentMethod, Stage};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::charge::BoletoSent;
use crate::reading::{self, Draft};
use crate::scalar::Loose;
use crate::{json, times};

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Transaction<'a> {
    #[serde(deserialize_with = "json::lenient")]
    payment_method: Option<Method<'a>>,
    status: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    refunded_amount: Option<Amount<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    info: Option<Info<'a>>,
    failure_code: Loose<'a>,
    created_at: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Method<'a> {
    #[serde(rename = "type")]
    kind: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Amount<'a> {
    value: Option<&'a RawValue>,
    currency: Loose<'a>,
}

/// `external_url` is the merchant's page and is not read.
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Info<'a> {
    external_resource_url: Loose<'a>,
    external_resource_code: Loose<'a>,
    external_resource_expires_at: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    installments: Option<Installments<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Installments<'a> {
    quantity: Loose<'a>,
}

impl Transaction<'_> {
    /// Returns when the attempt was made; its clock is UTC, as its events' times with their zone show.
    pub(super) fn made_at(&self) -> Option<DateTime<Utc>> {
        let text = self.created_at.text()?;
        times::offset(text).or_else(|| times::zoneless(text).map(|time| time.and_utc()))
    }

    pub(super) fn method(&self) -> Option<PaymentMethod> {
        method(self.payment_method.as_ref()?.kind.text()?)
    }

    /// Says more than a pending order does: what became of the last attempt to pay it.
    pub(super) fn stage(&self) -> Option<Stage> {
        Some(match self.status.text()? {
            "failed" => Stage::PaymentRefused,
            "expired" => Stage::PaymentExpired,
            "authorized" => Stage::PaymentAuthorized,
            "in_fraud_analysis" | "needs_merchant_review" => Stage::InAnalysis,
            _ => return None,
        })
    }

    /// Returns what this attempt gave back.
    pub(super) fn given_back(&self, currency: Currency) -> Option<i64> {
        let amount = self.refunded_amount.as_ref()?;
        let own = amount.currency.text().map(Currency::parse);
        if own.is_some_and(|own| own != Ok(currency)) {
            return None;
        }
        let money = reading::dotted(amount.value?, currency).ok()?;
        (money.minor > 0).then_some(money.minor)
    }

    pub(super) fn tell(&self, draft: &mut Draft, today: NaiveDate) {
        const CODE: &str = "transactions.info.external_resource_code";
        draft.payment.method = self.method().or(draft.payment.method);
        if draft.stage == Stage::PaymentRefused {
            draft.payment.refusal = self.failure_code.line();
        }
        let Some(info) = &self.info else { return };
        if let Some(told) = &info.installments {
            let quantity = told.quantity.number();
            draft.payment.installments = quantity.or(draft.payment.installments);
        }
        let code = info.external_resource_code.text();
        let expires = info.external_resource_expires_at.text();
        match draft.payment.method {
            Some(PaymentMethod::Pix) => draft.pix(code, expires.and_then(times::offset), CODE),
            Some(PaymentMethod::Boleto) => {
                let boleto = BoletoSent {
                    line: code,
                    url: info.external_resource_url.text(),
                    due_on: expires.and_then(due_on),
                };
                draft.boleto(&boleto, today, CODE);
            }
            _ => {}
        }
    }
}

/// Reads the words of orders (`payment_details.method`) and of transactions (`payment_method.type`).
pub(super) fn method(word: &str) -> Option<PaymentMethod> {
    let word = word.to_lowercase();
    Some(match word.as_str() {
        "" => return None,
        "pix" => PaymentMethod::Pix,
        "credit_card" | "debit_card" => PaymentMethod::Card,
        word if word.contains("boleto") || word.contains("ticket") => PaymentMethod::Boleto,
        _ => PaymentMethod::Other,
    })
}

/// Reads the last day to pay, in Brazil: a time of day with its zone, or a day alone.
pub(super) fn due_on(text: &str) -> Option<NaiveDate> {
    times::offset(text)
        .and_then(times::brasilia_day)
        .or_else(|| times::day(text))
}
