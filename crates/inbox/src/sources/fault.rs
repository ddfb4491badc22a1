//! Why the service did not do what an admin or a lead asked.

use serde::Deserialize;

/// Tells one thing that is wrong in what was sent, and where.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, serde::Serialize, ts_rs::TS)]
#[ts(export)]
pub struct SourceProblem {
    /// Where, as in `blueprint.fields.amount`; empty for the whole.
    #[serde(default)]
    pub path: String,
    /// A stable name of what is wrong.
    #[serde(default)]
    pub code: String,
    /// A sentence in English, for whoever mends it.
    #[serde(default)]
    pub detail: String,
}

/// Tells why it was not done. Holds no address, secret or customer data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceFault {
    /// Nobody is signed in, or the session was ended.
    #[error("nobody is signed in")]
    SignedOut,
    /// Members of this role may not do this.
    #[error("members of this role may not do this")]
    Forbidden,
    /// The service did not answer, or only in part.
    #[error("the service did not answer")]
    Unreachable,
    /// The service is busy or broken for now.
    #[error("the service answered {0}")]
    Busy(u16),
    /// The answer is not what this version understands.
    #[error("the answer is not understood")]
    Incompatible,
    /// The service refuses, by its own code.
    #[error("the service refused: {code}")]
    Refused {
        /// The service's stable name of the refusal.
        code: String,
        /// What is wrong, and where; one at least.
        problems: Vec<SourceProblem>,
    },
}

impl SourceFault {
    /// Returns the stable name by which the page chooses its words.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::SignedOut => "signed_out",
            Self::Forbidden => "forbidden",
            Self::Unreachable => "unreachable",
            Self::Busy(_) => "service_busy",
            Self::Incompatible => "incompatible",
            Self::Refused { code, .. } => code,
        }
    }

    /// Returns what is wrong in what was sent; empty unless the service refused it.
    #[must_use]
    pub fn problems(&self) -> &[SourceProblem] {
        match self {
            Self::Refused { problems, .. } => problems,
            _ => &[],
        }
    }
}
