//! What the service reads back from platforms by itself.

use contract::{IntegrationId, JobId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use ts_rs::TS;

use super::At;

/// Shows one piece of background work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// The source it reads for.
    pub integration_id: IntegrationId,
    /// What it is for.
    pub kind: JobKind,
    /// How far it is.
    pub state: JobState,
    /// The kinds of records it reads.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// From when on.
    #[serde(default)]
    pub since: Option<At>,
    /// How much it has read.
    #[serde(default)]
    pub progress: JobProgress,
    /// What stands in the way.
    #[serde(default)]
    pub problem: Option<JobProblem>,
    /// How often it was tried.
    #[serde(default)]
    pub attempts: u32,
    /// When it is tried next.
    #[serde(default)]
    pub next_try_at: Option<At>,
    /// When it was asked for.
    pub created_at: At,
    /// When it ended.
    #[serde(default)]
    pub finished_at: Option<At>,
}

/// Lists what work can be for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum JobKind {
    /// Somebody asked for history.
    Sync,
    /// The service makes sure by itself that nothing was missed.
    Reconcile,
    /// One order that a notice named.
    Fetch,
    /// Something this version does not know.
    #[serde(other)]
    Other,
}

/// Lists how far work can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum JobState {
    /// Not begun, or waiting to be tried again.
    Waiting,
    /// Under way.
    Running,
    /// All read.
    Done,
    /// Given up.
    Failed,
    /// Ended by somebody.
    Cancelled,
}

/// Counts what a job has read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct JobProgress {
    /// Records read.
    #[ts(type = "number")]
    pub read: u64,
    /// Told something new.
    #[ts(type = "number")]
    pub accepted: u64,
    /// Were known.
    #[ts(type = "number")]
    pub duplicate: u64,
    /// Were not understood.
    #[ts(type = "number")]
    pub unmapped: u64,
    /// How many there are, where the platform says.
    #[ts(type = "number | null")]
    pub total: Option<u64>,
}

/// Tells what stands in a job's way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct JobProblem {
    /// A stable name of it.
    pub code: String,
    /// A sentence in English.
    #[serde(default)]
    pub hint: Option<String>,
}

/// Asks for history.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SyncAsked {
    /// The source.
    pub id: IntegrationId,
    /// From when on, in Unix milliseconds.
    #[ts(type = "number")]
    pub since: i64,
    /// The kinds of records; all the platform has where none is named.
    pub kinds: Vec<String>,
}

impl SyncAsked {
    pub(super) fn submitted(&self) -> Value {
        let since = chrono::DateTime::from_timestamp_millis(self.since).unwrap_or_default();
        let since = since.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        let mut body = json!({"integration": self.id, "since": since});
        if let (Some(fields), false) = (body.as_object_mut(), self.kinds.is_empty()) {
            fields.insert("kinds".to_owned(), json!(self.kinds));
        }
        body
    }
}

#[derive(Deserialize)]
pub(super) struct Listed {
    pub(super) jobs: Vec<Job>,
}
