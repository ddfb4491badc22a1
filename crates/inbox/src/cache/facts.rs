//! What lists and rules read from one order, kept beside its fold so that neither has to unfold it.

use std::borrow::Cow;

use contract::{IntegrationId, Money, Order, PaymentMethod, Stage, StageGroup};
use serde::{Deserialize, Serialize};

use crate::deadline;
use crate::view::{Amount, Deadline, View};

/// Names of items kept for lists and search.
pub(super) const MAX_ITEMS: usize = 20;

/// Characters kept of the end of what people read out by its end.
const MAX_END: usize = 24;

/// Reads one order for lists, rules and search; free of the clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Facts {
    pub(super) stage: Stage,
    /// Since when it stands there.
    pub(super) since: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) amount: Option<Amount>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) items: Vec<String>,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) more_items: u32,
    pub(super) provider: String,
    pub(super) reference: String,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) is_test: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) refunded: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) disputed: bool,
    pub(super) first_at: i64,
    pub(super) last_at: i64,
    /// When money was first known to be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) paid_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) deadline: Option<Deadline>,
    /// When its charge ran out, or would have, where it is a charge no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ran_out: Option<i64>,
    /// When it leaves its stage's view by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) leaves_at: Option<i64>,
    /// Its place among what is due.
    #[serde(default)]
    pub(super) rank: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) method: Option<PaymentMethod>,
    /// The order keys of the carts it grew from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) carts: Vec<String>,
    /// The order key of the order at whose checkout it was added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) bump_of: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) document: Option<String>,
    /// Where it was told from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<IntegrationId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) utm_source: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) utm_medium: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) utm_campaign: Option<String>,
    /// The ends of its PIX code and boleto line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) ends: Vec<String>,
}

/// The part of [`Facts`] that a row of a list shows.
#[derive(Debug, Deserialize)]
pub(super) struct RowFacts<'a> {
    pub(super) stage: Stage,
    #[serde(default)]
    pub(super) amount: Option<Amount>,
    #[serde(default)]
    pub(super) items: Vec<String>,
    #[serde(default)]
    pub(super) more_items: u32,
    #[serde(borrow)]
    pub(super) provider: Cow<'a, str>,
    #[serde(default)]
    pub(super) is_test: bool,
    #[serde(default)]
    pub(super) deadline: Option<Deadline>,
}

impl Facts {
    /// Reads an order, or returns `None` for one of no events.
    pub(super) fn of(order: &Order) -> Option<Self> {
        let told = order.deciding()?;
        let source = order.source()?;
        let customer = order.customer();
        let deadline = deadline::of_order(order);
        let items = order.items();
        let [utm_source, utm_medium, utm_campaign] = utms(order);
        Some(Self {
            stage: told.stage,
            since: told.at.timestamp_millis(),
            amount: order.amount().map(|money| Amount {
                minor: money.minor,
                currency: money.currency,
            }),
            items: items
                .iter()
                .take(MAX_ITEMS)
                .map(|item| item.name.clone())
                .collect(),
            more_items: u32::try_from(items.len().saturating_sub(1)).unwrap_or(u32::MAX),
            provider: source.provider.clone(),
            reference: order.reference()?.to_owned(),
            is_test: order.is_test(),
            refunded: order.has_refund(),
            disputed: order.has_dispute() && told.stage != Stage::ChargebackReversed,
            first_at: order.first_at()?.timestamp_millis(),
            last_at: order.last_at()?.timestamp_millis(),
            paid_at: paid_at(order),
            deadline,
            ran_out: match deadline {
                Some(_) => None,
                None => deadline::ran_out(order),
            },
            leaves_at: deadline::leaves_stage(told.stage.group(), deadline),
            rank: deadline.map_or(0, |ends| deadline::rank(ends, order.amount())),
            method: order.method(),
            carts: order.carts().iter().cloned().collect(),
            bump_of: order.bump_of().map(str::to_owned),
            name: customer.name,
            email: customer.email,
            phone: customer.phone.or(customer.phone_typed),
            document: customer.document,
            source: Some(source.integration_id),
            utm_source,
            utm_medium,
            utm_campaign,
            ends: ends(order),
        })
    }

    /// Counts the time in which a word is worth it from the customer's last answer, where that is later.
    pub(super) fn hear(&mut self, heard_at: i64) {
        let Some(ends) = self.deadline else { return };
        let heard = deadline::heard(ends, heard_at);
        if heard != ends {
            let amount = self.amount.map(|amount| Money {
                minor: amount.minor,
                currency: amount.currency,
            });
            self.deadline = Some(heard);
            self.rank = deadline::rank(heard, amount);
            self.leaves_at = deadline::leaves_stage(self.stage.group(), self.deadline);
        }
    }

    /// Tells whether it is a cart that was left, and no order yet.
    pub(super) fn is_cart(&self) -> bool {
        self.stage.group() == StageGroup::Cart
    }

    /// Tells whether acting at `now` can still win or lose something.
    pub(super) fn is_due(&self, now: i64) -> bool {
        !self.is_test && self.ends_alive(now).is_some()
    }

    /// Returns what ends of the order and has not yet.
    pub(super) fn ends_alive(&self, now: i64) -> Option<Deadline> {
        self.deadline.filter(|ends| now < ends.at)
    }

    /// Tells whether the order is work that somebody should have taken.
    pub(super) fn is_open(&self, now: i64) -> bool {
        self.is_due(now)
            || (!self.is_test
                && (self.stage == Stage::RefundRequested
                    || self.leaves_at.is_some_and(|leaves| now < leaves)))
    }

    /// Returns the views of stages and cases the order is in at `now`.
    pub(super) fn stage_views(&self, now: i64) -> impl Iterator<Item = View> {
        let stays = self.leaves_at.is_none_or(|leaves| now < leaves);
        let own = match self.stage.group() {
            StageGroup::Pix => Some(View::Pix).filter(|_| stays),
            StageGroup::Boleto => Some(View::Boleto).filter(|_| stays),
            StageGroup::Cart => Some(View::Cart),
            StageGroup::Refused => Some(View::Refused),
            StageGroup::Approved => Some(View::Approved),
            StageGroup::Analysis
            | StageGroup::Overdue
            | StageGroup::Expired
            | StageGroup::Refund
            | StageGroup::Chargeback => None,
        };
        let refund = self.refunded.then_some(View::Refund);
        let dispute = self.disputed.then_some(View::Chargeback);
        own.into_iter().chain(refund).chain(dispute)
    }

    /// Returns the times at which any of the answers above changes.
    pub(super) fn turns(&self) -> impl Iterator<Item = i64> {
        let ends = self.deadline.map(|ends| ends.at);
        ends.into_iter().chain(self.leaves_at)
    }

    /// Tells whether the order is one that agents chase while it is not paid.
    pub(super) fn is_unpaid(&self) -> bool {
        let is_case = matches!(
            self.stage.group(),
            StageGroup::Approved | StageGroup::Refund | StageGroup::Chargeback
        );
        !is_case && self.paid_at.is_none()
    }
}

/// Returns where an order's buyer came from: source, medium, campaign.
pub(super) fn utms(order: &Order) -> [Option<String>; 3] {
    let told = |part: fn(&contract::Utms) -> &Option<String>| {
        let told = part(order.utms()?).as_deref()?.trim();
        Some(told.to_owned()).filter(|told| !told.is_empty())
    };
    [
        told(|utms| &utms.source),
        told(|utms| &utms.medium),
        told(|utms| &utms.campaign),
    ]
}

/// Returns the ends of the PIX code and the boleto line, which are too long to be typed whole, and of the platform's id where
/// people call the order otherwise.
fn ends(order: &Order) -> Vec<String> {
    let code = order.pix().and_then(|pix| pix.code.as_deref());
    let line = order.boleto().and_then(|boleto| boleto.line.as_deref());
    let end = |text: &str| {
        let letters: Vec<char> = text.chars().filter(char::is_ascii_alphanumeric).collect();
        let from = letters.len().saturating_sub(MAX_END);
        letters.iter().skip(from).collect::<String>()
    };
    let id = order.source().map(|source| source.external_id.as_str());
    let id = id.filter(|id| order.reference() != Some(id));
    let told = [code, line, id].into_iter().flatten().map(end);
    told.filter(|end| !end.is_empty()).collect()
}

fn paid_at(order: &Order) -> Option<i64> {
    let paid = order
        .reached
        .iter()
        .filter(|(stage, _)| matches!(stage.group(), StageGroup::Approved))
        .map(|(_, span)| span.first.timestamp_millis());
    paid.min()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_false(flag: &bool) -> bool {
    !*flag
}
