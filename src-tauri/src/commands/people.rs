//! The people of the team: what admins, leads and members themselves ask of the service. A code to come in by is shown to whoever
//! asked for it, once, and kept nowhere.

use contract::{MemberId, Role, SessionId};
use inbox::people::{EntryCode, SignedInDevice, Teammate};
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
