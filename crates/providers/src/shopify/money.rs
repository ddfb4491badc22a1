//! Money that moves apart from the order's own bodies: payments, refunds, disputes. None of these names a person.

use chrono::{DateTime, TimeDelta, Utc};
use contract::{Currency, Stage};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::SLUG;
use super::order::currency;
use crate::reading::{self, Context, Draft, Reading, Unreadable};
use crate::scalar::{Loose, Word};
use crate::{json, times};

/// How long before an order's own body a refund counts, so that the order's word about a whole or a part decides even when both
/// bear the same second.
const BEFORE_THE_ORDER: TimeDelta = TimeDelta::milliseconds(1);

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Transaction<'a> {
    order_id: Word<'a>,
    kind: Word<'a>,
    status: Word<'a>,
    amount: Option<&'a RawValue>,
    currency: Loose<'a>,
    error_code: Loose<'a>,
    message: Loose<'a>,
    created_at: Loose<'a>,
    processed_at: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    test: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Refund<'a> {
    order_id: Word<'a>,
    created_at: Loose<'a>,
    processed_at: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    transactions: Option<Vec<Transaction<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Dispute<'a> {
    order_id: Word<'a>,
    #[serde(rename = "type")]
    kind: Word<'a>,
    status: Word<'a>,
    amount: Option<&'a RawValue>,
    currency: Loose<'a>,
    initiated_at: Loose<'a>,
    evidence_sent_on: Loose<'a>,
    finalized_on: Loose<'a>,
}

impl Transaction<'_> {
    /// Adds up what refunds gave back in a currency; `None` when nothing was.
    pub(super) fn given_back<'t, 'a: 't>(
        transactions: impl Iterator<Item = &'t Transaction<'a>>,
        currency: Currency,
    ) -> Option<i64> {
        transactions
            .filter(|payment| payment.is_refund("success"))
            .filter(|payment| {
                super::order::currency(&payment.currency).is_none_or(|own| own == currency)
            })
            .filter_map(|payment| reading::dotted(payment.amount?, currency).ok())
            .try_fold(0_i64, |sum, money| sum.checked_add(money.minor))
            .filter(|sum| *sum > 0)
    }

    fn is_refund(&self, status: &str) -> bool {
        self.kind.text() == Some("refund") && self.status.text() == Some(status)
    }

    /// Reads a payment that failed; those that succeed show in the order's own bodies.
    pub(super) fn read(&self, topic: &str, context: &Context<'_>) -> Result<Reading, Unreadable> {
        let ignored = |why| {
            Ok(Reading::Ignored {
                event: topic.to_owned(),
                why,
            })
        };
        match (self.kind.text(), self.status.text()) {
            (Some("sale" | "authorization"), Some("failure" | "error")) => {}
            (
                Some(
                    "sale" | "authorization" | "capture" | "void" | "refund" | "change"
                    | "emv_authorization",
                ),
                Some("success" | "pending" | "failure" | "error"),
            ) => return ignored("the order's own topics tell of it"),
            _ => {
                return Ok(Reading::Unmapped {
                    event: topic.to_owned(),
                    why: "kind or status is not known",
                });
            }
        }
        let id = reading::external_id(self.order_id.text(), "order_id")?;
        let mut draft = Draft::of(context, SLUG, id, Stage::PaymentRefused, topic);
        draft.currency = currency(&self.currency).unwrap_or(draft.currency);
        draft.dotted(self.amount, "amount");
        draft.payment.refusal = self.error_code.line().or(self.message.line());
        draft.is_test = self.test == Some(true);
        let told = first_time([&self.processed_at, &self.created_at]);
        Ok(Reading::Events(vec![draft.sealed(context, told)]))
    }
}

impl Refund<'_> {
    /// Reads one refund; whether it is the whole amount only the order tells, so that is fetched.
    pub(super) fn read(&self, topic: &str, context: &Context<'_>) -> Result<Reading, Unreadable> {
        let id = reading::external_id(self.order_id.text(), "order_id")?;
        let transactions = self.transactions.as_deref().unwrap_or_default();
        let told_in = transactions
            .iter()
            .find_map(|payment| currency(&payment.currency));
        let told_in = told_in.unwrap_or(context.settings.currency());
        let given_back = Transaction::given_back(transactions.iter(), told_in);
        let is_pending = transactions
            .iter()
            .any(|payment| payment.is_refund("pending"));
        let stage = match given_back {
            Some(_) => Stage::Refunded,
            None if is_pending => Stage::RefundRequested,
            None => {
                return Ok(Reading::Ignored {
                    event: topic.to_owned(),
                    why: "no money went back",
                });
            }
        };
        let mut draft = Draft::of(context, SLUG, id, stage, topic);
        draft.currency = told_in;
        draft.amount_minor = given_back;
        draft.refunded_minor = given_back;
        draft.is_test = transactions
            .iter()
            .all(|payment| payment.test == Some(true));
        let told = first_time([&self.processed_at, &self.created_at])
            .and_then(|at| at.checked_sub_signed(BEFORE_THE_ORDER));
        Ok(Reading::Notice {
            event: topic.to_owned(),
            order: id.to_owned(),
            drafts: vec![draft.sealed(context, told)],
        })
    }
}

impl Dispute<'_> {
    pub(super) fn read(
        &self,
        topic: &str,
        triggered_at: Option<DateTime<Utc>>,
        context: &Context<'_>,
    ) -> Result<Reading, Unreadable> {
        let event = topic.to_owned();
        let Some(stage) = self.stage() else {
            return Ok(Reading::Unmapped {
                event,
                why: "type or status is not known",
            });
        };
        if self.order_id.text().is_none() {
            return Ok(Reading::Ignored {
                event,
                why: "the dispute names no order",
            });
        }
        let id = reading::external_id(self.order_id.text(), "order_id")?;
        let mut draft = Draft::of(context, SLUG, id, stage, topic);
        draft.currency = currency(&self.currency).unwrap_or(draft.currency);
        draft.dotted(self.amount, "amount");
        // A dispute has no time of its last change: the latest it tells is the nearest.
        let told = [
            &self.initiated_at,
            &self.evidence_sent_on,
            &self.finalized_on,
        ]
        .into_iter()
        .filter_map(|time| times::rfc3339(time.text()?))
        .max()
        .max(triggered_at);
        Ok(Reading::Events(vec![draft.sealed(context, told)]))
    }

    fn stage(&self) -> Option<Stage> {
        let status = self.status.text()?;
        match (self.kind.text()?, status) {
            ("inquiry", _) => Some(Stage::DisputeInquiry),
            ("chargeback", "won") => Some(Stage::ChargebackReversed),
            (
                "chargeback",
                "needs_response" | "under_review" | "lost" | "accepted" | "charge_refunded",
            ) => Some(Stage::Chargeback),
            _ => None,
        }
    }
}

fn first_time(told: [&Loose<'_>; 2]) -> Option<DateTime<Utc>> {
    told.into_iter()
        .find_map(|time| times::rfc3339(time.text()?))
}
