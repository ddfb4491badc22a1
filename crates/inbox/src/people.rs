//! The people of a team as its service has them: who is in it, letting somebody in, who is signed in where. It knows HTTP and
//! nothing of the cache. Nothing of it is kept here, so without the service it is not known.

use std::fmt;

use contract::{Actor, MemberId, NewInvite, Role, SessionId};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;
use ts_rs::TS;

use crate::engine::Inbox;
use crate::error::Refusal;
use crate::sources::{At, answer};
use crate::team::{WAIT, ask};

/// Shows a member as the service lists them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Teammate {
    /// Who.
    pub id: MemberId,
    /// The name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// When they joined.
    pub joined_at: At,
    /// It is the member at this desk.
    pub is_me: bool,
}

/// Hands over a code that opens one session, shown this once; its `Debug` shows no code.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EntryCode {
    /// What is typed at the team's door.
    pub code: String,
    /// What whoever comes in by it may do.
    pub role: Role,
    /// When it stops working.
    pub expires_at: At,
    /// The service's address as this desk knows it, without a slash at its end.
    pub server: String,
}

impl fmt::Debug for EntryCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "EntryCode({:?})", self.role)
    }
}

/// Shows a device that is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SignedInDevice {
    /// Its session.
    pub id: SessionId,
    /// What it called itself when it signed in; may be empty.
    pub device: String,
    /// When it signed in.
    pub created_at: At,
    /// When its use was noted last: at most an hour before the last use.
    pub seen_at: At,
    /// It is the one that asks.
    pub is_this: bool,
}

/// Shows an invite that nobody has come in by yet; its code is not known any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct OpenInvite {
    /// Names it.
    pub id: String,
    /// What whoever comes in by it may do.
    pub role: Role,
    /// When it stops working.
    pub expires_at: At,
    /// Who made it; `None` where the service's own tool did.
    pub by: Option<Actor>,
}

/// A list of members as the service answers it.
#[derive(Deserialize)]
struct Members {
    members: Vec<Member>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Member {
    id: MemberId,
    name: String,
    role: Role,
    joined_at: At,
}

/// A list of invites as the service answers it.
#[derive(Deserialize)]
struct Invites {
    invites: Vec<OpenInvite>,
}

/// A list of sessions as the service answers it.
#[derive(Deserialize)]
struct Sessions {
    sessions: Vec<SignedInDevice>,
}

/// A code as the service answers it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Code {
    code: String,
    role: Role,
    expires_at: At,
}

impl Inbox {
    /// Lists the members, those who may do most first, then by name.
    ///
    /// # Errors
    /// `Offline`, `SignedOut`.
    pub async fn people(&self) -> Result<Vec<Teammate>, Refusal> {
        let (seat, line) = self.reach()?;
        let me = seat.session.me.member_id;
        let ask = ask(&line, Method::GET, "members", &[])?;
        let listed: Members = answer::json(ask, WAIT).await?;
        let people = listed.members.into_iter().map(|member| Teammate {
            is_me: member.id == me,
            id: member.id,
            name: member.name,
            role: member.role,
            joined_at: member.joined_at,
        });
        let mut people: Vec<Teammate> = people.collect();
        people.sort_by_cached_key(|one| (std::cmp::Reverse(one.role), one.name.to_lowercase()));
        Ok(people)
    }

    /// Makes an invite for somebody new. Leads invite agents, admins anybody.
    ///
    /// # Errors
    /// `Forbidden`, `Offline`, `SignedOut`.
    pub async fn invite(&self, role: Role) -> Result<EntryCode, Refusal> {
        self.entry_code("invites", &NewInvite { role }).await
    }

    /// Lists the invites that nobody has come in by yet, the first to end first: those that one may give oneself.
    ///
    /// # Errors
    /// `Forbidden`, `Offline`, `SignedOut`.
    pub async fn open_invites(&self) -> Result<Vec<OpenInvite>, Refusal> {
        let (_, line) = self.reach()?;
        let ask = ask(&line, Method::GET, "invites", &[])?;
        let listed: Invites = answer::json(ask, WAIT).await?;
        Ok(listed.invites)
    }

    /// Takes an invite back: nobody comes in by it any more.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`, `Offline`, `SignedOut`.
    pub async fn take_invite_back(&self, id: &str) -> Result<(), Refusal> {
        let (_, line) = self.reach()?;
        if !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Refusal::NotFound("invite"));
        }
        let ask = ask(&line, Method::DELETE, &format!("invites/{id}"), &[])?;
        Ok(answer::nothing(ask, WAIT).await?)
    }

    /// Gives a member another role, which counts at once. Admins.
    ///
    /// # Errors
    /// `LastAdmin`, `Forbidden`, `NotFound`, `Offline`, `SignedOut`.
    pub async fn set_role(&self, id: MemberId, role: Role) -> Result<(), Refusal> {
        let (_, line) = self.reach()?;
        let ask = ask(&line, Method::PATCH, &format!("members/{id}"), &[])?;
        Ok(answer::nothing(ask.json(&json!({ "role": role })), WAIT).await?)
    }

    /// Takes a member's password and sessions away and makes a code that lets them back in. Admins.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`, `Offline`, `SignedOut`.
    pub async fn let_back_in(&self, id: MemberId) -> Result<EntryCode, Refusal> {
        let path = format!("members/{id}/reset-password");
        self.entry_code(&path, &json!({})).await
    }

    /// Removes a member: their sessions end, what they did stays. Admins.
    ///
    /// # Errors
    /// `LastAdmin`, `Forbidden`, `NotFound`, `Offline`, `SignedOut`.
    pub async fn remove_member(&self, id: MemberId) -> Result<(), Refusal> {
        let (_, line) = self.reach()?;
        let ask = ask(&line, Method::DELETE, &format!("members/{id}"), &[])?;
        Ok(answer::nothing(ask, WAIT).await?)
    }

    /// Lists where a member is signed in, the last used first; one's own where nobody is named. Admins see those of others.
    ///
    /// # Errors
    /// `Forbidden`, `NotFound`, `Offline`, `SignedOut`.
    pub async fn devices(&self, of: Option<MemberId>) -> Result<Vec<SignedInDevice>, Refusal> {
        let (_, line) = self.reach()?;
        let query: Vec<_> = of
            .map(|id| ("member", id.to_string()))
            .into_iter()
            .collect();
        let ask = ask(&line, Method::GET, "sessions", &query)?;
        let listed: Sessions = answer::json(ask, WAIT).await?;
        Ok(listed.sessions)
    }

    /// Ends a session: one's own, or as an admin anybody's.
    ///
    /// # Errors
    /// `NotFound`, `Offline`, `SignedOut`.
    pub async fn end_session(&self, id: SessionId) -> Result<(), Refusal> {
        let (_, line) = self.reach()?;
        let ask = ask(&line, Method::DELETE, &format!("sessions/{id}"), &[])?;
        Ok(answer::nothing(ask, WAIT).await?)
    }

    async fn entry_code(&self, path: &str, body: &impl Serialize) -> Result<EntryCode, Refusal> {
        let (seat, line) = self.reach()?;
        let ask = ask(&line, Method::POST, path, &[])?.json(body);
        let made: Code = answer::json(ask, WAIT).await?;
        Ok(EntryCode {
            code: made.code,
            role: made.role,
            expires_at: made.expires_at,
            server: seat
                .session
                .server
                .as_str()
                .trim_end_matches('/')
                .to_owned(),
        })
    }
}
