//! How the service says no: `application/problem+json` with a stable code and a hint.

use serde::{Deserialize, Serialize};

/// Describes one refusal (RFC 9457), free of customer data and secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Problem {
    /// Always `about:blank`; programs decide by `code`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The HTTP status' phrase.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// A stable name of this refusal.
    pub code: String,
    /// What went wrong, in a sentence.
    pub detail: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub hint: Option<String>,
    /// Where in the body, as a path (`Commissions.charge_amount`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub path: Option<String>,
}
