//! Where an order stands: by its fields first, in the order in which money can no longer be undone, then by the event's name.

use contract::{Money, PaymentMethod, Stage};

use super::parts::Line;
use super::sale::Sale;
use crate::scalar::Loose;

/// What an event's name is certain of where the order's fields are silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Certain {
    Nothing,
    Placed,
    PixMade,
    Paid,
    Fulfilled,
    Cancelled,
    Refunded,
    ChargedBack,
}

impl Certain {
    /// Tells whether the event says that money came or went.
    pub(super) const fn moves_money(self) -> bool {
        matches!(
            self,
            Self::Paid | Self::Fulfilled | Self::Refunded | Self::ChargedBack
        )
    }
}

/// `payment_status` and `financial_status`: the numbers whose meaning is known.
const PENDING: &str = "1";
const PAID: &str = "3";
const CANCELLED: &str = "4";

impl Sale<'_> {
    /// Returns the stage, or `None` where neither fields nor event tell it.
    pub(super) fn stage(
        &self,
        certain: Certain,
        total: Option<Money>,
        refunded: Option<Money>,
    ) -> Option<Stage> {
        if certain == Certain::ChargedBack
            || is_set(&self.chargeback_received)
            || self.says("chargeback")
        {
            return Some(Stage::Chargeback);
        }
        if certain == Certain::Refunded || self.says("refunded") || !self.refunds().is_empty() {
            return Some(self.refund(total, refunded));
        }
        let payment = self.payment_status.text();
        if certain == Certain::Cancelled
            || self.cancelled_at.text().is_some()
            || self.says("cancelled")
            || payment == Some(CANCELLED)
        {
            return Some(Stage::Cancelled);
        }
        if payment == Some(PAID) || self.financial_status.text() == Some(PAID) {
            let left = certain == Certain::Fulfilled || self.says("fulfilled");
            return Some(if left {
                Stage::Fulfilled
            } else {
                Stage::PurchaseApproved
            });
        }
        match (payment, certain) {
            (Some(PENDING), Certain::PixMade) => Some(Stage::PixGenerated),
            (Some(PENDING), _) => Some(self.awaited()),
            (None, certain) => self.by_event(certain),
            (Some(_), _) => None,
        }
    }

    fn by_event(&self, certain: Certain) -> Option<Stage> {
        match certain {
            Certain::Placed => Some(self.awaited()),
            Certain::PixMade => Some(Stage::PixGenerated),
            Certain::Paid => Some(Stage::PurchaseApproved),
            Certain::Fulfilled => Some(Stage::Fulfilled),
            _ => None,
        }
    }

    fn awaited(&self) -> Stage {
        match self.method() {
            Some(PaymentMethod::Pix) => Stage::PixGenerated,
            Some(PaymentMethod::Boleto) => Stage::BoletoGenerated,
            _ => Stage::PaymentPending,
        }
    }

    /// By the sums where both are known; else by the lines, of which some may be given back and others not.
    fn refund(&self, total: Option<Money>, refunded: Option<Money>) -> Stage {
        let part = match (total, refunded) {
            (Some(total), Some(refunded)) => refunded.minor < total.minor,
            _ => self.lines().any(Line::is_touched) && !self.lines().all(Line::is_given_back),
        };
        if part {
            Stage::PartiallyRefunded
        } else {
            Stage::Refunded
        }
    }

    fn says(&self, status: &str) -> bool {
        self.status_id
            .text()
            .is_some_and(|word| word.eq_ignore_ascii_case(status))
    }
}

/// Reads a flag sent as a number or a text.
pub(super) fn is_set(flag: &Loose<'_>) -> bool {
    matches!(flag.text(), Some("1" | "true"))
}
