//! What the page asks for and is answered with, beyond the views: hand-overs, copies, links, search, settings, sessions.

use std::collections::BTreeMap;

use contract::{Channel, ConversationId, Me, StageGroup};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::view::{Owner, Row, TimelineItem, TimelineOnly, View};

/// Holds older items of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TimelinePage {
    /// The items, oldest first.
    pub items: Vec<TimelineItem>,
    /// What to ask for items older still; `None` at the start.
    pub older: Option<String>,
}

/// Asks which of some conversations are in a view, and how they are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowsAsked {
    /// The view.
    pub view: View,
    /// The saved view, in place of `view`.
    pub saved: Option<contract::ViewId>,
    /// What narrows it further.
    pub filter: contract::Filter,
    /// The conversations.
    pub ids: Vec<ConversationId>,
    /// A page's `next`: only those that stand no later than that page ends.
    pub until: Option<String>,
}

/// Asks for a part of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TimelineAsked {
    /// The conversation.
    pub id: ConversationId,
    /// Items older than this place; from the newest on where `None`.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub before: Option<String>,
    /// In place of `before`: the items up to the end of this moment, in Unix milliseconds.
    #[serde(default)]
    #[ts(optional = nullable, type = "number | null")]
    pub at: Option<i64>,
    /// What to narrow it to.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub only: Option<TimelineOnly>,
}

/// Tells what an action on many conversations would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BulkPreview {
    /// Those that change.
    pub will: Vec<BulkChanges>,
    /// Those that stay as they are.
    pub wont: Vec<BulkStays>,
}

/// Tells that a conversation changes, and from what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BulkChanges {
    /// The conversation.
    pub id: ConversationId,
    /// The person's name.
    pub name: Option<String>,
    /// Who has it.
    pub owner: Option<Owner>,
    /// It is put aside.
    pub snoozed: bool,
    /// Nothing is left to be done in it.
    pub resolved: bool,
}

/// Tells that a conversation stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BulkStays {
    /// The conversation.
    pub id: ConversationId,
    /// The person's name.
    pub name: Option<String>,
    /// Why.
    pub reason: StaysReason,
    /// Who is in the way.
    pub by: Option<String>,
}

/// Lists why an action would not change a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum StaysReason {
    /// It is so already.
    Already,
    /// A colleague has it.
    Taken,
    /// It is not the member's to give away or back.
    NotYours,
    /// It is not here any more.
    Gone,
}

/// Tells where an order's state comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Provenance {
    /// The requests that told of it, newest first; at most 50.
    pub deliveries: Vec<ProvenanceDelivery>,
}

/// Tells of one request that told of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ProvenanceDelivery {
    /// The request.
    pub id: contract::DeliveryId,
    /// When it came, in Unix milliseconds.
    #[ts(type = "number")]
    pub at: i64,
    /// The event as the platform calls it.
    pub event: String,
    /// How it proved where it comes from: `signature`, `token`, `key` (only the unguessable address) or `fetched`.
    pub proof: String,
    /// How often the same came again and was ignored.
    #[ts(type = "number")]
    pub repeats: u32,
}

/// Asks for conversations by what was typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SearchAsked {
    /// Words or numbers.
    pub text: String,
    /// What narrows it further.
    #[serde(default)]
    #[ts(optional, as = "Option<contract::Filter>")]
    pub filter: contract::Filter,
    /// 1 to 100 rows.
    #[ts(type = "number")]
    pub limit: u32,
}

/// Holds what a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Found {
    /// The conversations, newest first.
    pub rows: Vec<Row>,
    /// How many conversations were searched.
    #[ts(type = "number")]
    pub searched: u64,
}

/// Asks to open a text in a channel outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HandOverAsked {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The order it is about.
    pub order_key: Option<String>,
    /// The template it began as.
    pub template_key: Option<String>,
    /// The text, 1 to 4,000 characters.
    pub text: String,
    /// Where to open it.
    pub channel: Channel,
    /// It was prepared as the step that is due: of all desks one does it.
    #[serde(default)]
    pub step: bool,
}

/// Says what leaves the app.
#[derive(Clone, PartialEq, Eq)]
pub enum Outside {
    /// An address to open: `https://wa.me/…` or `mailto:…`.
    Open(String),
    /// A text for the clipboard.
    Copy(String),
}

/// Lists what can be copied from an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum CopyWhat {
    /// The PIX code.
    Pix,
    /// The boleto's digits.
    Boleto,
    /// The checkout link.
    Link,
    /// The boleto's page.
    Page,
}

/// Lists which of an order's links can be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum LinkWhat {
    /// The checkout.
    Checkout,
    /// The order's page.
    Order,
    /// The boleto's page.
    Boleto,
}

/// Lists what can be being written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum DraftKind {
    /// A message to the customer.
    #[default]
    Message,
    /// A note for the team; it has neither template nor order.
    Note,
    /// What the customer answered; it has neither template nor order.
    Answer,
}

/// Asks to keep what was typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DraftAsked {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// What is being written.
    #[serde(default)]
    #[ts(optional, as = "Option<DraftKind>")]
    pub kind: DraftKind,
    /// The text; empty deletes the draft.
    pub text: String,
    /// The template it began as.
    pub template_key: Option<String>,
    /// The order it is about.
    pub order_key: Option<String>,
}

/// Asks to save a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewSaveAsked {
    /// The view to put it in the place of; a new one where `None`.
    pub id: Option<contract::ViewId>,
    /// What it is called, 1 to 60 characters.
    pub name: String,
    /// What it shows.
    pub filter: contract::Filter,
    /// For the whole team; leads only, and only while the service can be reached.
    pub team: bool,
}

/// Lists how a desk came to its service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Mode {
    /// A team's service, joined by invite.
    Team,
    /// A service inside this app.
    Here,
    /// The same, fed with sample sales.
    Sample,
}

/// Tells who sits at the desk and where the service is; never holds the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The service's base address.
    pub server: url::Url,
    /// How the desk came to it.
    pub mode: Mode,
    /// The member and the workspace.
    pub me: Me,
}

/// Holds the member's choices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct Settings {
    /// Light or dark.
    pub theme: Theme,
    /// The language.
    pub locale: LocaleChoice,
    /// How close rows stand.
    pub density: Density,
    /// Single keys act.
    pub single_keys: bool,
    /// What happens to orders is announced by the system, as far as `notify_of` and `notify_from` say.
    pub notify_sales: bool,
    /// Mentions and assignments are announced by the system.
    pub notify_mine: bool,
    /// In whose conversations what happens to an order is announced, by where it stands then; nobody's where it is not named.
    pub notify_of: BTreeMap<StageGroup, Reach>,
    /// Orders of less are not announced, in centavos; those in another currency, or of an amount not told, always are.
    #[ts(type = "number")]
    pub notify_from: i64,
    /// A sale's announcement is heard too, where the system has a sound for it.
    pub notify_sound: bool,
    /// Keys that were changed: from the command's name to the key; an empty key turns it off.
    pub keys: BTreeMap<String, String>,
    /// Stronger contrast.
    pub contrast: Contrast,
    /// The size of everything, in per cent, 80 to 150.
    #[ts(type = "number")]
    pub zoom: u16,
    /// The practice of the first run was done or turned down.
    pub practised: bool,
    /// What was open last.
    pub place: Place,
}

/// Says what was open last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct Place {
    /// The view.
    pub view: Option<View>,
    /// The saved view.
    pub saved: Option<contract::ViewId>,
    /// The conversation.
    pub conversation: Option<ConversationId>,
}

/// Lists the contrasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Contrast {
    /// As the system has it.
    System,
    /// As drawn.
    Normal,
    /// Stronger.
    More,
}

impl Settings {
    /// The smallest and the largest size, in per cent.
    pub const ZOOM: std::ops::RangeInclusive<u16> = 80..=150;

    /// The smallest and the largest amount from which on orders can be announced, in centavos.
    pub const NOTIFY_FROM: std::ops::RangeInclusive<i64> = 0..=100_000_000;

    /// Returns the choices with what is beyond its bounds brought back within them.
    #[must_use]
    pub fn within_bounds(self) -> Self {
        let zoom = self.zoom.clamp(*Self::ZOOM.start(), *Self::ZOOM.end());
        let from = Self::NOTIFY_FROM;
        let notify_from = self.notify_from.clamp(*from.start(), *from.end());
        Self {
            zoom,
            notify_from,
            ..self
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            locale: LocaleChoice::System,
            density: Density::Cozy,
            single_keys: true,
            notify_sales: true,
            notify_mine: true,
            notify_of: BTreeMap::from([(StageGroup::Approved, Reach::All)]),
            notify_from: 0,
            notify_sound: false,
            keys: BTreeMap::new(),
            contrast: Contrast::System,
            zoom: 100,
            practised: false,
            place: Place::default(),
        }
    }
}

/// Says in whose conversations something is announced; each takes in those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Reach {
    /// In none.
    None,
    /// In the member's own.
    Mine,
    /// In those that nobody has taken on, too.
    Unclaimed,
    /// In colleagues' too.
    All,
}

/// Lists the themes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Theme {
    /// As the system has it.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Lists the languages to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub enum LocaleChoice {
    /// As the system has it.
    #[serde(rename = "system")]
    System,
    /// Portuguese of Brazil.
    #[serde(rename = "pt-BR")]
    PtBr,
    /// English.
    #[serde(rename = "en")]
    En,
}

/// Lists the densities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Density {
    /// One line and a chip.
    Compact,
    /// Two lines.
    Standard,
    /// Three short lines: who and how much; what and by when; stage, platform, owner.
    Cozy,
}
