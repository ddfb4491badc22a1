//! What tells the page how things stand: freshness, who sits here, what changed.

use contract::{ConversationId, MemberId, Role};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

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
    /// Drafts and actions cannot be written or read on this computer.
    Storage,
    /// The service is too new or too old for this app.
    Incompatible,
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
    /// Who looks at what changed.
    pub presence: bool,
    /// Shared templates changed.
    pub templates: bool,
    /// Saved views or the team changed.
    pub views: bool,
    /// Sales that were just approved, to glow once.
    pub sold: Vec<ConversationId>,
}
