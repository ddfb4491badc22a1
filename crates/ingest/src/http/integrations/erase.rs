//! Erasing all customers of a shop that has left, once an admin confirms what its platform asked for.
//!
//! Platforms give time for it (Shopify thirty days) and let a shop keep what another law makes it keep: so it is a person's
//! decision, and not done at the word of a webhook.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use contract::{Actor, IntegrationId};

use super::super::Desk;
use super::super::answer::Refused;
use super::super::body::Parts1;
use super::super::who::Admin;
use super::{find, saved, unchanged};
use crate::store::{Fault, NewIntegration, StoreError};

/// How often it is looked whether a process has left something to be erased.
const LOOK: Duration = Duration::from_secs(10);

/// `POST /api/v1/integrations/{id}/erase-customers`.
pub(crate) async fn customers(
    State(desk): State<Desk>,
    admin: Admin,
    Parts1(name): Parts1<String>,
) -> Result<StatusCode, Refused> {
    let found = find(&desk, admin.workspace(), &name)?;
    let is_new = match desk.store.begin_source_erasure(found.id).await {
        Err(StoreError::NotFound) => return Err(not_asked()),
        begun => begun?,
    };
    if found.active {
        let paused = NewIntegration {
            active: false,
            ..unchanged(&found)
        };
        saved(&desk, &admin, paused, None).await?;
    }
    if is_new {
        tokio::spawn(erase(desk, found.id, Some(admin.actor())));
    }
    Ok(StatusCode::ACCEPTED)
}

/// Goes on with what processes had begun that have ended, now and whenever one does.
pub(crate) async fn go_on(desk: Desk) {
    loop {
        match desk.store.begun_source_erasures().await {
            Ok(begun) => {
                for id in begun {
                    erase(desk.clone(), id, None).await;
                }
            }
            Err(StoreError::Unavailable(Fault::Closed)) => return,
            Err(error) => tracing::error!(error = %error, "what is to be erased cannot be read"),
        }
        tokio::select! {
            () = desk.stop.cancelled() => return,
            () = tokio::time::sleep(LOOK / desk.world.haste().max(1)) => {}
        }
    }
}

async fn erase(desk: Desk, id: IntegrationId, by: Option<Actor>) {
    let Some(integration) = desk.store.integration(id) else {
        return;
    };
    let erased = desk.store.erase_source(id, by).await;
    desk.feeds.forget(integration.workspace).await;
    match erased {
        Ok(erased) => tracing::info!(
            integration.id = %id,
            erased.conversations = erased.conversations,
            erased.kept = erased.kept,
            "the customers of {id} were erased: {} conversations, {} stay since another source knows them",
            erased.conversations,
            erased.kept
        ),
        Err(error) => {
            tracing::error!(integration.id = %id, error = %error, "the customers of {id} were not all erased");
        }
    }
}

fn not_asked() -> Refused {
    Refused::conflict(
        "not_asked",
        "The platform did not ask for this shop's customers to be erased.",
    )
    .hint("Erase single customers with POST /api/v1/subjects/erase.")
}
