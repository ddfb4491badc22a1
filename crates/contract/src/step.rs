//! A step of a sequence being done: one desk asks the service for it, and the service says who has it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::entry::Actor;

/// Asks for the step of an order, right before its text leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepAsked {
    /// The order, 1 to 512 bytes.
    pub order_key: String,
    /// The step's template, 1 to 512 bytes: each step of a sequence has its own.
    pub template: String,
    /// Since when it is due. What was done before was another round of the same step.
    pub since: DateTime<Utc>,
}

/// Says whose a step is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum StepAnswer {
    /// It is the asking desk's, for two minutes, or for good once it tells that the text was handed over.
    Taken,
    /// Its text was handed over before.
    Done {
        /// By whom.
        by: Actor,
        /// When.
        at: DateTime<Utc>,
    },
    /// Another desk is about to do it; it may be the same member's.
    Elsewhere {
        /// Whose.
        by: Actor,
        /// Since when.
        at: DateTime<Utc>,
    },
}
