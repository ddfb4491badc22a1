//! How a source does.

use contract::IntegrationId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::At;

/// Tells how one source does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SourceHealth {
    /// The source.
    pub id: IntegrationId,
    /// In one word.
    pub state: SourceState,
    /// What is still to be entered.
    #[serde(default)]
    pub setup: SourceSetup,
    /// Whether the platform answered, where it was asked.
    #[serde(default)]
    pub probe: Option<Probe>,
    /// The last event.
    #[serde(default)]
    pub last_event: Option<LastEvent>,
    /// What came in the last 24 hours.
    #[serde(default, rename = "last24h")]
    pub last_24h: Last24h,
    /// Whether the platform knows the webhook, where it can tell.
    #[serde(default)]
    pub registration: Option<Registration>,
    /// What the service still has to fetch.
    #[serde(default)]
    pub jobs: SourceJobs,
    /// Why it was paused, where nobody of the team did it: `access_ended` or `suspended`.
    #[serde(default)]
    pub paused: Option<String>,
    /// The platform wants all customers of this shop erased.
    #[serde(default)]
    pub erasure: Option<SourceErasure>,
}

/// Tells what a platform asks for once a shop has left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SourceErasure {
    /// When it asked.
    pub asked_at: At,
    /// Until when it has to be done.
    pub due_at: At,
    /// An admin has confirmed it, and it is being done.
    #[serde(default)]
    pub running: bool,
}

/// Lists how a source can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SourceState {
    /// Events come and are understood.
    Good,
    /// Set up; nothing came yet.
    Waiting,
    /// Something is worth a look.
    Attention,
    /// Nothing can come as it is.
    Broken,
}

/// Tells whether all that must be entered is there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SourceSetup {
    /// Nothing is missing.
    #[serde(default)]
    pub complete: bool,
    /// What is missing.
    #[serde(default)]
    pub missing: Vec<MissingField>,
}

/// Names something to enter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct MissingField {
    /// Its key, as in `secrets` or `credentials.clientSecret`.
    pub field: String,
    /// Why it is named.
    #[serde(default)]
    pub code: String,
}

/// Tells how the platform answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Probe {
    /// It took the credentials.
    pub ok: bool,
    /// Why not.
    #[serde(default)]
    pub code: Option<String>,
    /// How long it took.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub latency_ms: Option<u64>,
    /// When it was asked.
    pub at: At,
}

/// Tells of the last event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct LastEvent {
    /// When it came.
    pub at: At,
    /// How long it usually takes to the next, in seconds.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub usual_gap_seconds: Option<u64>,
    /// The next one is overdue by that measure.
    #[serde(default)]
    pub late: bool,
}

/// Counts what came in the last 24 hours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct Last24h {
    /// Became cards.
    pub accepted: u32,
    /// Said nothing new.
    pub duplicate: u32,
    /// Of no interest.
    pub ignored: u32,
    /// Not understood yet.
    pub unmapped: u32,
    /// Not readable.
    pub rejected: u32,
    /// Could not prove where they came from, and were not kept.
    pub bad_proof: u32,
}

/// Tells whether the platform knows the webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Registration {
    /// It sends there.
    pub registered: bool,
    /// When it was asked.
    #[serde(default)]
    pub checked_at: Option<At>,
}

/// Counts the work on a source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct SourceJobs {
    /// Not done yet.
    pub waiting: u32,
    /// Given up.
    pub failed: u32,
}

#[derive(Deserialize)]
pub(super) struct Told {
    pub(super) integrations: Vec<SourceHealth>,
}
