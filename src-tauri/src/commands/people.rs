//! The people of the team: what admins, leads and members themselves ask of the service. A code to come in by is shown to whoever
//! asked for it, once, and kept nowhere.

use contract::{MemberId, Role, SessionId};
use inbox::people::{EntryCode, OpenInvite, SignedInDevice, Teammate};
use tauri::State;

use super::Answer;
use crate::shop::Opening;

/// Lists the members.
#[tauri::command]
pub(super) async fn people_list(opening: State<'_, Opening>) -> Answer<Vec<Teammate>> {
    Ok(opening.shop().await?.inbox().people().await?)
}

/// Makes an invite.
#[tauri::command]
pub(super) async fn people_invite(opening: State<'_, Opening>, role: Role) -> Answer<EntryCode> {
    Ok(opening.shop().await?.inbox().invite(role).await?)
}

/// Lists the invites that nobody has come in by yet.
#[tauri::command]
pub(super) async fn people_open_invites(opening: State<'_, Opening>) -> Answer<Vec<OpenInvite>> {
    Ok(opening.shop().await?.inbox().open_invites().await?)
}

/// Takes an invite back.
#[tauri::command]
pub(super) async fn people_take_invite_back(opening: State<'_, Opening>, id: String) -> Answer<()> {
    Ok(opening.shop().await?.inbox().take_invite_back(&id).await?)
}

/// Gives a member another role.
#[tauri::command]
pub(super) async fn people_set_role(
    opening: State<'_, Opening>,
    id: MemberId,
    role: Role,
) -> Answer<()> {
    Ok(opening.shop().await?.inbox().set_role(id, role).await?)
}

/// Makes a code that lets a member back in; their password and sessions end.
#[tauri::command]
pub(super) async fn people_let_back_in(
    opening: State<'_, Opening>,
    id: MemberId,
) -> Answer<EntryCode> {
    Ok(opening.shop().await?.inbox().let_back_in(id).await?)
}

/// Removes a member.
#[tauri::command]
pub(super) async fn people_remove(opening: State<'_, Opening>, id: MemberId) -> Answer<()> {
    Ok(opening.shop().await?.inbox().remove_member(id).await?)
}

/// Lists where a member is signed in.
#[tauri::command]
pub(super) async fn people_devices(
    opening: State<'_, Opening>,
    member: Option<MemberId>,
) -> Answer<Vec<SignedInDevice>> {
    Ok(opening.shop().await?.inbox().devices(member).await?)
}

/// Ends a session.
#[tauri::command]
pub(super) async fn people_end_session(opening: State<'_, Opening>, id: SessionId) -> Answer<()> {
    Ok(opening.shop().await?.inbox().end_session(id).await?)
}
