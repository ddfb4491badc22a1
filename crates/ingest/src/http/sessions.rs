//! Signed-in devices: who sees and ends which, and letting a member back in who has lost a password or a device.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use contract::{Invite, MemberId, Role, SessionId};
use serde::{Deserialize, Serialize};

use super::Desk;
use super::answer::Refused;
use super::body::{Params, Parts1};
use super::who::{Admin, Agent};
use crate::people::{code_hash, new_code};
use crate::store::{NewReturn, OpenSession};

/// How long a code that lets somebody back in works: it is handed over at once, and opens an account that exists.
const CODE_LASTS: TimeDelta = TimeDelta::hours(24);

/// Says whose sessions are asked for.
#[derive(Deserialize)]
pub(crate) struct Whose {
    /// An admin may ask for those of another member.
    member: Option<MemberId>,
}

/// Lists sessions, the last used first.
#[derive(Serialize)]
pub(crate) struct Sessions {
    sessions: Vec<Shown>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    id: SessionId,
    device: String,
    created_at: DateTime<Utc>,
    /// When its use was noted last: at most an hour before the last use.
    seen_at: DateTime<Utc>,
    /// Whether the list was asked for with it.
    is_this: bool,
}

/// `GET /api/v1/sessions`: one's own, or as an admin those of a member.
pub(crate) async fn list(
    State(desk): State<Desk>,
    agent: Agent,
    Params(whose): Params<Whose>,
) -> Result<Answer<Sessions>, Refused> {
    let own = agent.session.me.member_id;
    let member = whose.member.unwrap_or(own);
    if member != own && agent.role() != Role::Admin {
        return Err(Refused::forbidden());
    }
    let open = desk.store.sessions(agent.workspace(), member).await?;
    let show = |session: OpenSession| Shown {
        id: session.id,
        device: session.device,
        created_at: session.created_at,
        seen_at: session.seen_at,
        is_this: session.id == agent.session.id,
    };
    Ok(Answer(Sessions {
        sessions: open.into_iter().map(show).collect(),
    }))
}

/// `DELETE /api/v1/sessions/{id}`: one's own, or as an admin anybody's. To others it is not there.
pub(crate) async fn end(
    State(desk): State<Desk>,
    agent: Agent,
    Parts1(id): Parts1<SessionId>,
) -> Result<StatusCode, Refused> {
    let of = (agent.role() != Role::Admin).then_some(agent.session.me.member_id);
    desk.store
        .end_session(agent.workspace(), id, of, agent.actor())
        .await?;
    tracing::info!(session.id = %id, "the session {id} was ended");
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/v1/members/{id}/reset-password`: the password and all sessions are gone; the answer's code opens a session of the
/// same member once, who then sets a password anew.
pub(crate) async fn reset_password(
    State(desk): State<Desk>,
    admin: Admin,
    Parts1(id): Parts1<MemberId>,
) -> Result<Response, Refused> {
    let role = desk.store.member(admin.workspace(), id).await?.role;
    let code = new_code(&*desk.world);
    let expires_at = desk.world.now() + CODE_LASTS;
    let new = NewReturn {
        member: id,
        code: code_hash(&code),
        expires_at,
        by: admin.actor(),
    };
    desk.store.let_back_in(admin.workspace(), new).await?;
    tracing::info!(member.id = %id, "{id} gets a new code to sign in with");
    let invite = Invite {
        code,
        role,
        expires_at,
    };
    Ok((StatusCode::CREATED, Answer(invite)).into_response())
}
