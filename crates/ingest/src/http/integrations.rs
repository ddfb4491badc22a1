//! Integrations: the platform accounts of a workspace. Secrets go in and never come out.

mod address;
mod erase;
mod health;
mod platforms;
mod preview;
mod secrets;
mod test_event;
mod views;

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use contract::{IntegrationId, Role, WorkspaceId};
use providers::Provider;

use super::Desk;
use super::answer::Refused;
use super::body::{Json, Parts1};
use super::who::{Admin, Lead};
use crate::store::{Integration, NewIntegration, SecretText};
use views::{Change, Listed, Submitted, Texts, View};

pub(crate) use erase::{customers as erase_customers, go_on as go_on_erasing};
pub(crate) use health::health;
pub(crate) use platforms::list as platforms;
pub(crate) use preview::{Shown, preview};
pub(crate) use secrets::{retire as retire_secret, rotate as rotate_secret, succeeded};
pub(crate) use test_event::send as test_event;

/// The most secrets that may hold at once: the one in use, and the one before it.
const SECRETS_MOST: usize = 2;

/// `GET /api/v1/integrations`; leads see neither keys nor addresses.
pub(crate) async fn list(State(desk): State<Desk>, lead: Lead) -> Answer<Listed> {
    let found = desk.store.integrations(lead.workspace());
    let views = found
        .iter()
        .map(|one| View::of(&desk, one, lead.role() == Role::Admin, desk.world.now()));
    Answer(Listed {
        integrations: views.collect(),
    })
}

/// `GET /api/v1/integrations/{id}`, by id or slug.
pub(crate) async fn one(
    State(desk): State<Desk>,
    lead: Lead,
    Parts1(name): Parts1<String>,
) -> Result<Answer<View>, Refused> {
    let found = find(&desk, lead.workspace(), &name)?;
    Ok(Answer(View::of(
        &desk,
        &found,
        lead.role() == Role::Admin,
        desk.world.now(),
    )))
}

/// `POST /api/v1/integrations`: creates, or updates by slug; what is not sent stays as it is.
pub(crate) async fn upsert(
    State(desk): State<Desk>,
    admin: Admin,
    Json(submitted): Json<Submitted>,
) -> Result<Response, Refused> {
    views::check_slug(&submitted.slug)?;
    // Kept under its own name, whichever of its names was sent: what comes in is looked up by that.
    let platform = known(&submitted.provider)?.slug().to_owned();
    let workspace = admin.workspace();
    let old = desk
        .store
        .integrations(workspace)
        .into_iter()
        .find(|one| one.slug == submitted.slug);
    let base = match &old {
        Some(old) => NewIntegration {
            provider: platform,
            ..unchanged(old)
        },
        None => blank(&desk, submitted.slug, platform),
    };
    let bare = old.is_none() && submitted.change.settings.is_none();
    let changed = changed(&desk, base, submitted.change)?;
    if bare {
        preview::check(&desk, &changed)?;
    }
    let actor = Some(admin.actor());
    let upserting = desk
        .store
        .upsert_integration_as(workspace, changed, actor, None);
    let upserted = upserting.await?;
    let status = if upserted.created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let view = View::of(&desk, &upserted.integration, true, desk.world.now());
    Ok((status, Answer(view)).into_response())
}

fn known(platform: &str) -> Result<&'static dyn Provider, Refused> {
    providers::provider(platform).ok_or_else(|| {
        let refused = Refused::invalid("provider", "This service reads no platform of that name.");
        let known: Vec<&str> = providers::all().iter().map(|one| one.slug()).collect();
        refused.hint(format!("Known are: {}.", known.join(", ")))
    })
}

/// `PATCH /api/v1/integrations/{id}`.
pub(crate) async fn change(
    State(desk): State<Desk>,
    admin: Admin,
    Parts1(name): Parts1<String>,
    Json(change): Json<Change>,
) -> Result<Answer<View>, Refused> {
    let found = find(&desk, admin.workspace(), &name)?;
    let changed = changed(&desk, unchanged(&found), change)?;
    saved(&desk, &admin, changed, None).await.map(Answer)
}

/// `DELETE /api/v1/integrations/{id}`: its webhook and secrets are gone and its slug is free; what it brought stays.
pub(crate) async fn delete(
    State(desk): State<Desk>,
    admin: Admin,
    Parts1(name): Parts1<String>,
) -> Result<StatusCode, Refused> {
    let workspace = admin.workspace();
    let found = find(&desk, workspace, &name)?;
    let actor = Some(admin.actor());
    desk.store
        .delete_integration(workspace, found.id, actor)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn saved(
    desk: &Desk,
    admin: &Admin,
    integration: NewIntegration,
    action: Option<&'static str>,
) -> Result<View, Refused> {
    let actor = Some(admin.actor());
    let upserting = desk
        .store
        .upsert_integration_as(admin.workspace(), integration, actor, action);
    let upserted = upserting.await?;
    Ok(View::of(
        desk,
        &upserted.integration,
        true,
        desk.world.now(),
    ))
}

/// Finds an integration by id or slug.
pub(super) fn find(
    desk: &Desk,
    workspace: WorkspaceId,
    name: &str,
) -> Result<Arc<Integration>, Refused> {
    let fits = |one: &Arc<Integration>| one.slug == name || one.id.to_string() == name;
    desk.store
        .integrations(workspace)
        .into_iter()
        .find(fits)
        .ok_or_else(Refused::not_found)
}

fn blank(desk: &Desk, slug: String, provider: String) -> NewIntegration {
    let (millis, random) = desk.world.id_parts();
    NewIntegration {
        id: IntegrationId::new(millis, random),
        name: slug.clone(),
        slug,
        provider,
        key: SecretText::new(hex::encode(desk.world.token())),
        secrets: Vec::new(),
        credentials: std::collections::BTreeMap::new(),
        settings: serde_json::json!({}),
        active: true,
    }
}

pub(super) fn unchanged(old: &Integration) -> NewIntegration {
    NewIntegration {
        id: old.id,
        slug: old.slug.clone(),
        provider: old.provider.clone(),
        name: old.name.clone(),
        key: old.key.clone(),
        secrets: old.secrets.clone(),
        credentials: old.credentials.clone(),
        settings: old.settings.as_json().clone(),
        active: old.active,
    }
}

fn changed(
    desk: &Desk,
    mut base: NewIntegration,
    change: Change,
) -> Result<NewIntegration, Refused> {
    if let Some(name) = change.name {
        base.name = views::checked_name(&name)?;
    }
    if let Some(Texts(secrets)) = change.secrets {
        base.secrets = views::checked_secrets(secrets, SECRETS_MOST)?;
    }
    if let Some(credentials) = change.credentials {
        views::merge_credentials(&mut base.credentials, credentials)?;
    }
    if let Some(settings) = change.settings {
        address::check(&settings, desk.config.allow_private_hosts)?;
        base.settings = serde_json::Value::Object(settings);
        preview::check(desk, &base)?;
    }
    base.active = change.active.unwrap_or(base.active);
    Ok(base)
}
