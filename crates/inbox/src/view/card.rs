//! One order's card.

use contract::{IntegrationId, PaymentMethod, Stage, StageGroup};
use follow_up::SequenceState;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Amount, Deadline, SourceStanding};

/// Shows one order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct OrderCard {
    /// The order.
    pub order_key: String,
    /// Where it stands.
    pub stage: Stage,
    /// Its group.
    pub group: StageGroup,
    /// The whole amount.
    pub amount: Option<Amount>,
    /// The sum given back.
    pub refunded: Option<Amount>,
    /// What is bought.
    pub items: Vec<ItemLine>,
    /// The means of payment.
    pub method: Option<PaymentMethod>,
    /// Why a card was refused, in the platform's word.
    pub refusal: Option<String>,
    /// The coupon.
    pub coupon: Option<String>,
    /// The platform's name as people say it.
    pub platform: String,
    /// The source it was told from.
    pub source: IntegrationId,
    /// What the team calls that source, where that is not the platform's name.
    #[serde(default)]
    pub source_name: Option<String>,
    /// Whether that source still takes deliveries: where it does not, a payment would not be told.
    #[serde(default)]
    pub source_standing: SourceStanding,
    /// What people call the order: its number, else the platform's id.
    pub reference: String,
    /// The platform's id, where people call the order otherwise.
    #[serde(default)]
    pub platform_id: Option<String>,
    /// The stages reached, oldest first.
    pub steps: Vec<Step>,
    /// What ends, and when.
    pub deadline: Option<Deadline>,
    /// The PIX charge, while it can be paid or has just run out.
    pub pix: Option<PixPart>,
    /// The boleto, while it awaits payment.
    pub boleto: Option<BoletoPart>,
    /// Where the buyer can finish paying.
    pub checkout: Option<LinkPart>,
    /// Where the buyer can see the order.
    pub order_link: Option<LinkPart>,
    /// What the docked button does.
    pub primary: Primary,
    /// A refund was asked for or made, whatever the stage.
    pub has_refund: bool,
    /// The sale was disputed, whatever the stage.
    pub has_dispute: bool,
    /// The platform's id of the order this cart grew into; nothing is left to be won back then.
    pub recovered_by: Option<String>,
    /// The other order by which the same thing was paid: there is nothing left to chase in this one.
    pub paid_by: Option<PaidBy>,
    /// What was added to it at its checkout, with transactions of their own; they are chased with this one.
    #[serde(default)]
    pub bumps: Vec<Bump>,
    /// What people call the order at whose checkout this one was added; while it is not paid, that one is chased.
    #[serde(default)]
    pub bump_of: Option<String>,
    /// How its sequence stands, where it is followed by one.
    #[serde(default)]
    pub sequence: Option<SequenceState>,
    /// All events were tests.
    pub is_test: bool,
    /// The last event.
    #[ts(type = "number")]
    pub last_at: i64,
}

/// Names the other order by which the same thing was paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PaidBy {
    /// What people call it.
    pub reference: String,
    /// Where it stands now.
    pub stage: Stage,
    /// Its group.
    pub group: StageGroup,
    /// When it was paid, in Unix milliseconds.
    #[ts(type = "number")]
    pub at: i64,
}

/// Names an order that was added to another at its checkout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Bump {
    /// The order.
    pub order_key: String,
    /// The first product of it.
    pub name: Option<String>,
    /// Its whole amount, which is not part of the other's.
    pub amount: Option<Amount>,
    /// The group it stands in.
    pub group: StageGroup,
}

/// Shows one line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ItemLine {
    /// Product name.
    pub name: String,
    /// How many.
    #[ts(type = "number")]
    pub quantity: u32,
    /// Price of all of them.
    pub amount: Option<Amount>,
}

/// Shows that a stage was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Step {
    /// The stage.
    pub stage: Stage,
    /// Its group.
    pub group: StageGroup,
    /// When it was first reached.
    #[ts(type = "number")]
    pub at: i64,
}

/// Shows a PIX charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PixPart {
    /// The code, verbatim; `None` when it must not be copied.
    pub code: Option<String>,
    /// First 8 and last 6 characters, for the eye.
    pub short: Option<String>,
    /// The QR code's rows of modules, `1` dark and `0` light, without margin; empty when there is no code to draw.
    pub modules: Vec<String>,
    /// Whether it can be copied, or why not.
    pub state: PixState,
    /// The code names another amount than the order.
    pub amount_differs: bool,
    /// Who is paid, as the code tells.
    pub receiver: Option<String>,
}

/// Tells whether a PIX code can be copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PixState {
    /// It can.
    Alive,
    /// Its time is over.
    Expired,
    /// Its check sum or structure is wrong.
    Broken,
    /// The platform sent none.
    Absent,
}

/// Shows a boleto.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BoletoPart {
    /// The 47 or 48 digits; `None` when they must not be copied.
    pub line: Option<String>,
    /// The line grouped for the eye.
    pub print: Option<String>,
    /// Widths of bars and spaces in turn, beginning with a bar; 1 narrow, 3 wide.
    #[ts(type = "number[]")]
    pub bars: Vec<u8>,
    /// Due date, `YYYY-MM-DD`.
    pub due_on: Option<String>,
    /// The due date is over.
    pub overdue: bool,
    /// The bank's name, for common ones.
    pub bank: Option<String>,
    /// The boleto names another amount than the order.
    pub amount_differs: bool,
    /// The page or PDF.
    pub page: Option<LinkPart>,
}

/// Shows a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct LinkPart {
    /// The address; `https` only.
    pub url: String,
    /// Its host, which is what people check.
    pub host: String,
}

/// Lists what the docked button can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Primary {
    /// Copies the PIX code.
    CopyPix,
    /// Copies the boleto line.
    CopyBoleto,
    /// Copies the checkout link.
    CopyLink,
    /// Nothing: the order needs no action of this kind.
    Nothing,
}
