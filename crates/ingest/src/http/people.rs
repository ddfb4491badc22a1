//! People: sign-in by invite, who am I, sign-out, the team and its roles.

use std::time::Instant;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use contract::{Me, MemberId, Role, SignedIn};
use serde::{Deserialize, Serialize};

use super::answer::Refused;
use super::body::{Json, Parts1};
use super::who::{Admin, Agent};
use super::{Desk, passwords};
use crate::caller::Origin;
use crate::people::{code_hash, new_token};
use crate::store::{Redeem, TokenHash};

/// Asks for a session: with an invite and a name, or with a login and a password.
#[derive(Deserialize)]
pub(crate) struct Asked {
    invite: Option<String>,
    name: Option<String>,
    login: Option<String>,
    password: Option<String>,
    #[serde(default)]
    device: String,
}

/// `POST /api/v1/sessions`: an invite and a name, or a login and a password, become a token.
pub(crate) async fn sign_in(
    State(desk): State<Desk>,
    origin: Origin,
    Json(asked): Json<Asked>,
) -> Result<Response, Refused> {
    desk.sign_in_rate
        .take(origin, Instant::now())
        .map_err(|wait| {
            Refused::rate_limited("Too many sign-ins from this address.").retry_after(wait)
        })?;
    let device = checked("device", &asked.device, 0)?;
    let token = new_token(&*desk.world);
    let session = match (asked.invite, asked.login, asked.password) {
        (None, Some(login), Some(password)) => {
            passwords::sign_in(&desk, (&login, password), &token, device).await?
        }
        (None, Some(_), None) => return Err(absent("password")),
        (None, None, _) => return Err(absent("invite")),
        (Some(invite), ..) => {
            let name = asked.name.ok_or_else(|| absent("name"))?;
            let redeem = Redeem {
                code: code_hash(&invite),
                name: checked("name", &name, 1)?,
                token: TokenHash::of(&token),
                device,
            };
            desk.store.redeem(redeem).await?
        }
    };
    tracing::info!(session.id = %session.id, member.id = %session.me.member_id, "{} signed in", session.me.member_id);
    let signed_in = SignedIn {
        token,
        session_id: session.id,
        me: session.me,
    };
    Ok((StatusCode::CREATED, Answer(signed_in)).into_response())
}

fn absent(field: &str) -> Refused {
    Refused::invalid(field, "A field is missing.").hint("/openapi.json describes every body.")
}

fn checked(path: &str, text: &str, least: usize) -> Result<String, Refused> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let good = (least..=80).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if good {
        Ok(text)
    } else {
        Err(Refused::invalid(
            path,
            "Expected at most 80 characters, and a name is not empty.",
        ))
    }
}

/// `GET /api/v1/sessions/me`.
pub(crate) async fn me(agent: Agent) -> Answer<Me> {
    Answer(agent.session.me.clone())
}

/// `DELETE /api/v1/sessions/me`.
pub(crate) async fn sign_out(
    State(desk): State<Desk>,
    agent: Agent,
) -> Result<StatusCode, Refused> {
    desk.store
        .revoke_session(agent.workspace(), agent.session.id)
        .await?;
    desk.presences.leave(agent.workspace(), agent.session.id);
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the team.
#[derive(Serialize)]
pub(crate) struct Team {
    members: Vec<Person>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Person {
    id: MemberId,
    name: String,
    role: Role,
    joined_at: DateTime<Utc>,
}

/// `GET /api/v1/members`.
pub(crate) async fn members(
    State(desk): State<Desk>,
    agent: Agent,
) -> Result<Answer<Team>, Refused> {
    let members = desk.store.members(agent.workspace()).await?;
    let people = members.into_iter().map(|member| Person {
        id: member.id,
        name: member.name,
        role: member.role,
        joined_at: member.joined_at,
    });
    Ok(Answer(Team {
        members: people.collect(),
    }))
}

/// Says what a member may do from now on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRole {
    role: Role,
}

/// `PATCH /api/v1/members/{id}`: gives another role, which counts at once.
pub(crate) async fn set_role(
    State(desk): State<Desk>,
    admin: Admin,
    Parts1(id): Parts1<MemberId>,
    Json(new): Json<NewRole>,
) -> Result<StatusCode, Refused> {
    desk.store
        .set_role(admin.workspace(), id, new.role, admin.actor())
        .await?;
    let role = new.role.as_str();
    tracing::info!(member.id = %id, member.role = role, "{id} has the role {role} now");
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /api/v1/members/{id}`: ends all their sessions; what they did stays.
pub(crate) async fn remove(
    State(desk): State<Desk>,
    admin: Admin,
    Parts1(id): Parts1<MemberId>,
) -> Result<StatusCode, Refused> {
    desk.store
        .remove_member(admin.workspace(), id, admin.actor())
        .await?;
    tracing::info!(member.id = %id, "{id} was removed");
    Ok(StatusCode::NO_CONTENT)
}
