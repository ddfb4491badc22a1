//! Where a purchase stands: six statuses that every platform can be read into, and the finer stage beneath each.

use serde::{Deserialize, Serialize};

macro_rules! stages {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:ident, $group:ident;)*) => {
        /// Says how far one purchase has come; the order of the list is the rank used when two events bear the same time.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
        #[serde(rename_all = "snake_case")]
        #[ts(export)]
        pub enum Stage { $($(#[$doc])* $name,)* }

        impl Stage {
            /// Every stage, lowest rank first.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Returns the stage's name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Returns the coarse status this stage belongs to.
            #[must_use]
            pub const fn status(self) -> Status {
                match self { $(Self::$name => Status::$status,)* }
            }

            /// Returns the group under which agents see this stage.
            #[must_use]
            pub const fn group(self) -> StageGroup {
                match self { $(Self::$name => StageGroup::$group,)* }
            }

            /// Reads a stage's wire name.
            #[must_use]
            pub fn from_name(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$name),)* _ => None }
            }
        }
    };
}

stages! {
    /// The buyer left before a charge was made.
    CartAbandoned = "cart_abandoned", Abandoned, Cart;
    /// The checkout was opened.
    CheckoutStarted = "checkout_started", Pending, Cart;
    /// The checkout was filled in to its end.
    CheckoutCompleted = "checkout_completed", Pending, Analysis;
    /// A charge exists and awaits payment, by a means not told.
    PaymentPending = "payment_pending", Pending, Analysis;
    /// The charge is being examined.
    InAnalysis = "in_analysis", Pending, Analysis;
    /// A PIX code was made.
    PixGenerated = "pix_generated", Pending, Pix;
    /// A boleto was issued.
    BoletoGenerated = "boleto_generated", Pending, Boleto;
    /// An amount is held but not captured.
    PaymentAuthorized = "payment_authorized", Pending, Analysis;
    /// A part has been paid.
    PartiallyPaid = "partially_paid", Pending, Analysis;
    /// A renewal is late.
    PaymentOverdue = "payment_overdue", Pending, Overdue;
    /// The payment was refused.
    PaymentRefused = "payment_refused", Failed, Refused;
    /// The PIX, boleto or charge ran out.
    PaymentExpired = "payment_expired", Cancelled, Expired;
    /// The order was cancelled.
    Cancelled = "cancelled", Cancelled, Expired;
    /// The subscription was ended.
    SubscriptionCanceled = "subscription_canceled", Cancelled, Expired;
    /// The sale was approved.
    PurchaseApproved = "purchase_approved", Approved, Approved;
    /// A renewal was paid.
    SubscriptionRenewed = "subscription_renewed", Approved, Approved;
    /// The guarantee of an approved sale ran out; not a second sale.
    PurchaseCompleted = "purchase_completed", Approved, Approved;
    /// The goods left.
    Fulfilled = "fulfilled", Approved, Approved;
    /// The goods arrived.
    Delivered = "delivered", Approved, Approved;
    /// A part was given back.
    PartiallyRefunded = "partially_refunded", Approved, Refund;
    /// The buyer asked for the money back; none has moved.
    RefundRequested = "refund_requested", Approved, Refund;
    /// The card's bank asks about the sale; none has moved.
    DisputeInquiry = "dispute_inquiry", Approved, Chargeback;
    /// The whole amount was given back.
    Refunded = "refunded", Refunded, Refund;
    /// The bank took the amount back.
    Chargeback = "chargeback", Refunded, Chargeback;
    /// A chargeback was decided for the seller.
    ChargebackReversed = "chargeback_reversed", Approved, Approved;
}

/// The unified contract's status of a purchase.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Status {
    /// A cart was left behind.
    Abandoned,
    /// Something is awaited: payment, analysis, capture.
    Pending,
    /// The payment failed.
    Failed,
    /// The purchase will not happen.
    Cancelled,
    /// The money is there.
    Approved,
    /// The money went back.
    Refunded,
}

impl Status {
    /// Returns the status's name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Abandoned => "abandoned",
            Self::Pending => "pending",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Approved => "approved",
            Self::Refunded => "refunded",
        }
    }
}

/// Groups stages as agents speak of them; each has one icon, one word and one colour.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum StageGroup {
    /// Carts and opened checkouts.
    Cart,
    /// PIX awaiting payment.
    Pix,
    /// Boleto awaiting payment.
    Boleto,
    /// Analysis, authorised or otherwise pending.
    Analysis,
    /// A late renewal.
    Overdue,
    /// Refused payments.
    Refused,
    /// Expired and cancelled.
    Expired,
    /// Approved sales.
    Approved,
    /// Refunds asked for or made.
    Refund,
    /// Disputes.
    Chargeback,
}

impl StageGroup {
    /// Every group, in the order agents see them.
    pub const ALL: &'static [Self] = &[
        Self::Cart,
        Self::Pix,
        Self::Boleto,
        Self::Analysis,
        Self::Overdue,
        Self::Refused,
        Self::Expired,
        Self::Approved,
        Self::Refund,
        Self::Chargeback,
    ];

    /// Returns the group's name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cart => "cart",
            Self::Pix => "pix",
            Self::Boleto => "boleto",
            Self::Analysis => "analysis",
            Self::Overdue => "overdue",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::Approved => "approved",
            Self::Refund => "refund",
            Self::Chargeback => "chargeback",
        }
    }

    /// Reads a group's wire name.
    #[must_use]
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|group| group.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Stage, StageGroup, Status};

    #[test]
    fn wire_names_agree_with_serde() {
        for stage in Stage::ALL {
            let json = serde_json::to_string(stage).expect("stages serialise");
            assert_eq!(json, format!("\"{}\"", stage.as_str()));
            assert_eq!(Stage::from_name(stage.as_str()), Some(*stage));
        }
        for group in StageGroup::ALL {
            assert_eq!(
                serde_json::to_string(group).expect("groups serialise"),
                format!("\"{}\"", group.as_str())
            );
        }
        assert_eq!(Stage::ALL.len(), 25);
        assert_eq!(Stage::from_name("paid"), None);
        assert_eq!(Status::Refunded.as_str(), "refunded");
    }
}
