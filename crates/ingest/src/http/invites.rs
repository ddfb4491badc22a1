//! Invites: made, listed while they can be used, taken back. Everybody deals only with those that they may give themselves.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use contract::{Actor, Invite, NewInvite, Role};
use serde::Serialize;

use super::Desk;
use super::answer::Refused;
use super::body::{Json, Parts1};
use super::who::{Caller, Lead};
use crate::people::{code_hash, new_code};
use crate::store::{InviteId, NewInviteRow, most_invited};

/// How long an invite works.
const INVITE_LASTS: TimeDelta = TimeDelta::days(7);

/// `POST /api/v1/invites`; nobody invites above their own role, and leads invite agents only.
pub(crate) async fn invite(
    State(desk): State<Desk>,
    lead: Lead,
    Json(request): Json<NewInvite>,
) -> Result<Response, Refused> {
    if request.role > most(&lead)? {
        return Err(Refused::forbidden());
    }
    let code = new_code(&*desk.world);
    let expires_at = desk.world.now() + INVITE_LASTS;
    let row = NewInviteRow {
        code: code_hash(&code),
        role: request.role,
        expires_at,
        by: Some(lead.session.me.member_id),
    };
    desk.store.create_invite(lead.workspace(), row).await?;
    let invite = Invite {
        code,
        role: request.role,
        expires_at,
    };
    Ok((StatusCode::CREATED, Answer(invite)).into_response())
}

/// Lists invites that can still be used.
#[derive(Serialize)]
pub(crate) struct Open {
    invites: Vec<Shown>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    id: String,
    role: Role,
    expires_at: DateTime<Utc>,
    by: Option<Actor>,
}

/// `GET /api/v1/invites`.
pub(crate) async fn list(State(desk): State<Desk>, lead: Lead) -> Result<Answer<Open>, Refused> {
    let most = most(&lead)?;
    let open = desk.store.invites(lead.workspace()).await?;
    let own = open.into_iter().filter(|invite| invite.role <= most);
    let invites = own.map(|invite| Shown {
        id: invite.id.to_string(),
        role: invite.role,
        expires_at: invite.expires_at,
        by: invite.by,
    });
    Ok(Answer(Open {
        invites: invites.collect(),
    }))
}

/// `DELETE /api/v1/invites/{id}`: its code no longer works.
pub(crate) async fn revoke(
    State(desk): State<Desk>,
    lead: Lead,
    Parts1(id): Parts1<String>,
) -> Result<StatusCode, Refused> {
    let most = most(&lead)?;
    let id = InviteId::parse(&id).ok_or_else(Refused::not_found)?;
    desk.store
        .revoke_invite(lead.workspace(), id, most, lead.actor())
        .await?;
    tracing::info!(invite.id = %id, "the invite {id} was taken back");
    Ok(StatusCode::NO_CONTENT)
}

fn most(caller: &Caller) -> Result<Role, Refused> {
    most_invited(caller.role()).ok_or_else(Refused::forbidden)
}
