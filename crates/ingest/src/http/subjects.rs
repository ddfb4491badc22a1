//! What customers can ask for by law: all that is held of them, and that it be erased.

use axum::Json;
use axum::extract::State;
use contract::{Actor, Erasure, Subject, WorkspaceId};

use super::Desk;
use super::answer::Refused;
use super::body::Json as Sent;
use super::who::{Admin, Lead};
use crate::identity;
use crate::store::{Holdings, Sought};

/// `POST /api/v1/subjects/erase`.
pub(crate) async fn erase(
    State(desk): State<Desk>,
    admin: Admin,
    Sent(subject): Sent<Subject>,
) -> Result<Json<Erasure>, Refused> {
    let sought = sought(&subject)?;
    let erasure = erase_for(&desk, admin.workspace(), sought, Some(admin.actor())).await?;
    Ok(Json(erasure))
}

/// Erases a person to the end, whether or not the caller waits for it.
pub(super) async fn erase_for(
    desk: &Desk,
    workspace: WorkspaceId,
    sought: Sought,
    by: Option<Actor>,
) -> Result<Erasure, Refused> {
    let desk = desk.clone();
    let work = tokio::spawn(async move {
        let erasure = desk.store.erase(workspace, sought, by).await;
        // Even when the outcome is unknown: reading the entries again is always right.
        desk.feeds.forget(workspace).await;
        erasure
    });
    let erasure = work.await.map_err(|_| Refused::internal())??;
    tracing::info!(
        erased.conversations = erasure.conversation_ids.len(),
        erased.entries = erasure.entries,
        erased.deliveries = erasure.deliveries,
        "a customer's data was erased: {} entries, {} deliveries",
        erasure.entries,
        erasure.deliveries
    );
    Ok(erasure)
}

/// `POST /api/v1/subjects/export`: a question, by POST so that no address with contact data in it reaches a log.
pub(crate) async fn export(
    State(desk): State<Desk>,
    lead: Lead,
    Sent(subject): Sent<Subject>,
) -> Result<Json<Holdings>, Refused> {
    let sought = sought(&subject)?;
    let holdings = desk
        .store
        .holdings(lead.workspace(), sought, Some(lead.actor()));
    Ok(Json(holdings.await?))
}

fn sought(subject: &Subject) -> Result<Sought, Refused> {
    if let Subject::ConversationId(id) = subject {
        return Ok(Sought {
            conversation: Some(*id),
            ..Sought::default()
        });
    }
    let (path, detail) = match subject {
        Subject::Phone(_) => ("phone", "This is not a phone number that can be read."),
        Subject::Document(_) => ("document", "Expected a CPF or a CNPJ."),
        _ => ("email", "This is not an e-mail address."),
    };
    let trace = identity::sought(subject).ok_or_else(|| Refused::invalid(path, detail))?;
    Ok(Sought {
        traces: vec![trace],
        ..Sought::default()
    })
}
