//! What the page shows: plain shapes, already read for the eye, never holding a token or a secret.
//!
//! Times are Unix milliseconds, money is minor units with its currency, personal data is masked unless asked for by name.

use contract::{
    Channel, ConversationId, Currency, MemberId, PaymentMethod, Role, Stage, StageGroup,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Lists the views of the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum View {
    /// Everything that can still be won or lost by acting, most pressing first.
    Due,
    /// Conversations the member has taken.
    Mine,
    /// Open work that nobody has taken.
    Unassigned,
    /// Every conversation, newest activity first.
    All,
    /// PIX awaiting payment.
    Pix,
    /// Boletos awaiting payment.
    Boleto,
    /// Abandoned carts.
    Cart,
    /// Refused payments.
    Refused,
    /// Approved sales.
    Approved,
    /// Refunds asked for or made.
    Refund,
    /// Disputes.
    Chargeback,
}

/// Asks for one page of a view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PageAsked {
    /// The view.
    pub view: View,
    /// Where the page before ended; opaque.
    pub after: Option<String>,
    /// 1 to 200 rows.
    #[ts(type = "number")]
    pub limit: u32,
}

/// Holds one page of a view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RowPage {
    /// The rows, in the view's order.
    pub rows: Vec<Row>,
    /// What to ask as `after` for the next page; `None` at the end.
    pub next: Option<String>,
    /// How many rows the view has, from the counters.
    #[ts(type = "number")]
    pub total: u64,
}

/// Shows one conversation in a list: who and how much; what and by when; stage, platform, owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Row {
    /// The conversation.
    pub id: ConversationId,
    /// The person's name, else a masked e-mail or phone; never empty unless nobody is known.
    pub name: Option<String>,
    /// The amount of the order shown.
    pub amount: Option<Amount>,
    /// The first item of the order shown, and how many more there are.
    pub product: Option<String>,
    /// Items beyond the first.
    #[ts(type = "number")]
    pub more_items: u32,
    /// The stage of the order shown.
    pub stage: Option<Stage>,
    /// Its group.
    pub group: Option<StageGroup>,
    /// The platform's name as people say it.
    pub platform: Option<String>,
    /// Who has taken the conversation.
    pub owner: Option<Owner>,
    /// What ends, and when.
    pub deadline: Option<Deadline>,
    /// The last thing that happened.
    #[ts(type = "number")]
    pub last_at: i64,
    /// Something happened since the member last looked.
    pub unread: bool,
    /// The order shown is a test.
    pub is_test: bool,
}

/// An amount with its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Amount {
    /// Minor units.
    #[ts(type = "number")]
    pub minor: i64,
    /// ISO 4217.
    pub currency: Currency,
}

/// Shows who has taken a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Owner {
    /// Who.
    pub id: MemberId,
    /// Their name.
    pub name: String,
    /// It is the member at this desk.
    pub is_me: bool,
    /// The service has not confirmed it yet.
    pub pending: bool,
}

/// Tells what ends and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Deadline {
    /// What ends.
    pub kind: DeadlineKind,
    /// When it began, for the draining ring; the same as `at` where unknown.
    #[ts(type = "number")]
    pub from: i64,
    /// When it ends.
    #[ts(type = "number")]
    pub at: i64,
}

/// Lists what can run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum DeadlineKind {
    /// The PIX code's validity.
    Pix,
    /// The boleto's due date, to the end of that day in São Paulo.
    Boleto,
    /// The time in which an abandoned cart or a refused payment is worth a word.
    Recovery,
    /// The time in which a dispute has to be answered.
    Dispute,
}

/// Counts the rows of each view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Counters {
    /// One entry a view.
    pub views: Vec<ViewCount>,
}

/// Counts the rows of one view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ViewCount {
    /// The view.
    pub view: View,
    /// Its rows.
    #[ts(type = "number")]
    pub count: u64,
}

/// Tells how fresh the page is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Freshness {
    /// How the desk stands to the service.
    pub state: FreshnessState,
    /// Since when.
    #[ts(type = "number")]
    pub since: i64,
    /// When the service was last heard from, a heartbeat included.
    #[ts(type = "number | null")]
    pub heard_at: Option<i64>,
    /// Entries still to come, while catching up or filling in history.
    #[ts(type = "number")]
    pub behind: u64,
    /// Older history is still being filled in.
    pub filling_in: bool,
    /// What stands in the way, for `offline` and `stopped`.
    pub trouble: Option<Trouble>,
}

/// Lists how the desk can stand to the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum FreshnessState {
    /// Entries arrive as they are written.
    Live,
    /// Connected, but not at the head yet.
    CatchingUp,
    /// Not connected; tried again by itself.
    Offline,
    /// Needs a person: signed out, or no room on the disk.
    Stopped,
}

/// Lists what can keep the desk from being live; each is one the page has words for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Trouble {
    /// The service cannot be reached.
    Unreachable,
    /// The service answers that it is busy or broken.
    ServiceTrouble,
    /// The session was ended.
    SignedOut,
    /// The disk is full; what is there stays readable.
    DiskFull,
    /// The service is too new or too old for this app.
    Incompatible,
}

/// Shows one person's conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConversationView {
    /// The conversation.
    pub id: ConversationId,
    /// The person.
    pub person: Person,
    /// Who has taken it.
    pub owner: Option<Owner>,
    /// The orders; the first is the one to act on.
    pub orders: Vec<OrderCard>,
    /// The newest 50 items of the timeline, oldest first.
    pub timeline: Vec<TimelineItem>,
    /// What to ask for older items; `None` at the start.
    pub older: Option<String>,
    /// What was typed and not handed over.
    pub draft: Option<Draft>,
}

/// Shows a person, masked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Person {
    /// Full name.
    pub name: Option<String>,
    /// Masked phone.
    pub phone: Option<String>,
    /// The phone can be opened in WhatsApp.
    pub whatsapp: bool,
    /// Masked e-mail.
    pub email: Option<String>,
    /// Masked CPF or CNPJ.
    pub document: Option<String>,
    /// Where the newest order came from, as `source · medium`.
    pub origin: Option<String>,
    /// Approved orders, not counting tests.
    #[ts(type = "number")]
    pub purchases: u32,
    /// Their sum, where all are of one currency.
    pub spent: Option<Amount>,
    /// Orders with a refund or a dispute.
    #[ts(type = "number")]
    pub reversals: u32,
}

/// Lists the parts of a person that can be shown in full on request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PersonPart {
    /// The phone.
    Phone,
    /// The e-mail.
    Email,
    /// The CPF or CNPJ.
    Document,
}

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
    /// The platform's id of the order.
    pub reference: String,
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
    /// All events were tests.
    pub is_test: bool,
    /// The last event.
    #[ts(type = "number")]
    pub last_at: i64,
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

/// Shows one item of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TimelineItem {
    /// Unique in the conversation, steady across reads.
    pub id: String,
    /// When.
    #[ts(type = "number")]
    pub at: i64,
    /// What.
    #[serde(flatten)]
    pub what: Happening,
}

/// Lists what a timeline can tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
#[ts(export)]
pub enum Happening {
    /// A platform told something of an order.
    Stage {
        /// The order.
        order_key: String,
        /// The stage told.
        stage: Stage,
        /// Its group.
        group: StageGroup,
        /// The amount told.
        amount: Option<Amount>,
        /// The first item told.
        product: Option<String>,
        /// The platform.
        platform: String,
        /// It is a test.
        is_test: bool,
    },
    /// A text was opened in a channel outside.
    HandedOver {
        /// Where.
        channel: Channel,
        /// The frozen text.
        text: String,
        /// Who.
        by: String,
        /// It was the member at this desk.
        by_me: bool,
        /// The service has not confirmed it yet.
        pending: bool,
    },
    /// A note.
    Note {
        /// What it says.
        text: String,
        /// Who wrote it.
        by: String,
        /// It was the member at this desk.
        by_me: bool,
        /// The service has not confirmed it yet.
        pending: bool,
    },
    /// Somebody took the conversation.
    Claimed {
        /// Who.
        by: String,
        /// It was the member at this desk.
        by_me: bool,
    },
    /// Somebody gave it back.
    Released {
        /// Who.
        by: String,
        /// It was the member at this desk.
        by_me: bool,
    },
    /// Another conversation turned out to be the same person's.
    Merged {
        /// What showed it: `phone`, `email`, `document` or `order`.
        reason: String,
    },
}

/// Holds what was typed and not handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Draft {
    /// The text.
    pub text: String,
    /// The template it began as.
    pub template_key: Option<String>,
    /// The order it is about.
    pub order_key: Option<String>,
    /// When it was saved.
    #[ts(type = "number")]
    pub saved_at: i64,
}

/// Shows one action that the service has not confirmed, or has refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct OutboxItem {
    /// The action.
    pub id: contract::CommandId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The person's name.
    pub name: Option<String>,
    /// The action's kind on the wire.
    pub kind: String,
    /// How it stands.
    pub state: OutboxState,
    /// When it was made.
    #[ts(type = "number")]
    pub made_at: i64,
    /// How often it was tried.
    #[ts(type = "number")]
    pub tries: u32,
}

/// Tells how an action stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "state",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
#[ts(export)]
pub enum OutboxState {
    /// It waits for its turn or for the network; can still be undone.
    Waiting,
    /// It is on its way.
    Sending,
    /// The service answered; the feed has yet to show it.
    Answered,
    /// The service refused it.
    Refused {
        /// Why.
        code: contract::RefusalCode,
        /// Who is in the way.
        by: Option<String>,
    },
}

/// Shows who sits at this desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Desk {
    /// The workspace's name.
    pub workspace: String,
    /// The member's name.
    pub member: String,
    /// The member.
    pub member_id: MemberId,
    /// What the member may do.
    pub role: Role,
}

/// Tells the page what changed, by id; the page reads again what it shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Change {
    /// Conversations that changed; empty with `everything` set means all may have.
    pub conversations: Vec<ConversationId>,
    /// Too much changed to name.
    pub everything: bool,
    /// Counters changed.
    pub counters: bool,
    /// The freshness changed.
    pub freshness: bool,
    /// The outbox changed.
    pub outbox: bool,
    /// Sales that were just approved, to glow once.
    pub sold: Vec<ConversationId>,
}
