//! Who may do what: roles, sign-in, invites.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{MemberId, SessionId, WorkspaceId};

/// Lists what people may do; each role may do all that the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Role {
    /// Reads the feed, handles conversations.
    Agent,
    /// Also reads deliveries and the health of integrations.
    Lead,
    /// Also sets up integrations and people.
    Admin,
}

impl Role {
    /// Returns the role's name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Lead => "lead",
            Self::Admin => "admin",
        }
    }
}

/// Asks for a session in exchange for an invite.
#[derive(Clone, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SignIn {
    /// The invite's code; used once.
    pub invite: String,
    /// How colleagues shall see the person, 1 to 80 characters.
    pub name: String,
    /// The device, for the list of sessions.
    #[serde(default)]
    pub device: String,
}

/// Answers a sign-in; the token is shown this once.
#[derive(Clone, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SignedIn {
    /// Goes into `Authorization: Bearer`.
    pub token: String,
    /// The session.
    pub session_id: SessionId,
    /// Who signed in, and where.
    #[serde(flatten)]
    pub me: Me,
}

/// Tells who a token belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Me {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// Its name.
    pub workspace_name: String,
    /// The member.
    pub member_id: MemberId,
    /// The member's name.
    pub member_name: String,
    /// What the member may do.
    pub role: Role,
}

/// Asks for an invite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct NewInvite {
    /// What the invited person may do.
    pub role: Role,
}

/// Answers with an invite; the code is shown this once.
#[derive(Clone, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Invite {
    /// What the invited person types.
    pub code: String,
    /// What the invited person may do.
    pub role: Role,
    /// When it stops working.
    #[ts(type = "string")]
    pub expires_at: DateTime<Utc>,
}
