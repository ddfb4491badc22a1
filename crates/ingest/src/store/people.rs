//! Workspaces, members, invites and sessions. Codes and tokens are known only by their hash.

use std::fmt;

use chrono::{DateTime, Utc};
use contract::{Actor, Me, MemberId, Role, SessionId, WorkspaceId};
use sha2::{Digest, Sha256};

/// Holds the SHA-256 of a token or an invite's code; its `Debug` shows nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl TokenHash {
    /// Hashes a token. Tokens are 256 random bits, so a plain hash is enough.
    #[must_use]
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("[token hash]")
    }
}

/// Names one team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name, unique in the store.
    pub name: String,
}

/// Names one person of the team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The id.
    pub id: MemberId,
    /// The name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// When they joined.
    pub joined_at: DateTime<Utc>,
}

/// Adds a person and a session at once.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// The person's name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The session's token, hashed.
    pub token: TokenHash,
    /// The device, for the list of sessions.
    pub device: String,
}

/// Stores an invite.
#[derive(Debug, Clone)]
pub struct NewInviteRow {
    /// The code, hashed.
    pub code: TokenHash,
    /// What the invited person may do.
    pub role: Role,
    /// When it stops working.
    pub expires_at: DateTime<Utc>,
    /// Who invited.
    pub by: Option<MemberId>,
}

/// Returns the most that a role's invites may give: leads invite agents only, and agents nobody.
#[must_use]
pub const fn most_invited(by: Role) -> Option<Role> {
    match by {
        Role::Agent => None,
        Role::Lead => Some(Role::Agent),
        Role::Admin => Some(Role::Admin),
    }
}

/// Names an invite without telling its code: half of the code's hash, of which no code can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InviteId(pub [u8; 16]);

impl InviteId {
    /// Reads 32 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl fmt::Display for InviteId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&hex::encode(self.0))
    }
}

/// Shows an invite that can still be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenInvite {
    /// Names it.
    pub id: InviteId,
    /// What the invited person may do.
    pub role: Role,
    /// When it stops working.
    pub expires_at: DateTime<Utc>,
    /// Who invited; `None` where the service's own tool did.
    pub by: Option<Actor>,
}

/// Turns an invite into a session.
#[derive(Debug, Clone)]
pub struct Redeem {
    /// The invite's code, hashed.
    pub code: TokenHash,
    /// The person's name.
    pub name: String,
    /// The session's token, hashed.
    pub token: TokenHash,
    /// The device, for the list of sessions.
    pub device: String,
}

/// Holds one signed-in device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The session.
    pub id: SessionId,
    /// Who, where, and what they may do.
    pub me: Me,
    /// When it was last noted that the session is in use: at most an hour ago where it is.
    pub seen_at: DateTime<Utc>,
}

/// Shows one signed-in device in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    /// The session.
    pub id: SessionId,
    /// What the device was called at sign-in.
    pub device: String,
    /// When it signed in.
    pub created_at: DateTime<Utc>,
    /// When it was last noted that the session is in use.
    pub seen_at: DateTime<Utc>,
}

/// Takes a member's password and sessions away, and gives a code that lets them back in.
#[derive(Debug, Clone)]
pub struct NewReturn {
    /// Whose.
    pub member: MemberId,
    /// The code, hashed.
    pub code: TokenHash,
    /// When it stops working.
    pub expires_at: DateTime<Utc>,
    /// Who lets them back in.
    pub by: Actor,
}

/// Sets a member's login and password.
#[derive(Clone)]
pub struct NewPassword {
    /// Whose.
    pub member: MemberId,
    /// The name to sign in with, in small letters; unique in the store.
    pub login: String,
    /// The password, hashed for storage.
    pub hash: String,
    /// The session that stays; all others of the member end.
    pub keep: SessionId,
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "NewPassword({})", self.member)
    }
}

/// Holds what a sign-in with a password is checked against.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// Whose.
    pub member: MemberId,
    /// The name to sign in with; empty where none was set.
    pub login: String,
    /// The password, hashed for storage; empty where none was set.
    pub hash: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Login({})", self.member)
    }
}
