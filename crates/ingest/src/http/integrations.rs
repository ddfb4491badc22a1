//! Integrations: the platform accounts of a workspace. Secrets go in and never come out.

mod address;
mod views;

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use contract::{IntegrationId, Role, WorkspaceId};

use super::Desk;
use super::answer::Refused;
use super::body::{Json, Parts1};
use super::who::{Admin, Lead};
use crate::store::{Integration, NewIntegration, SecretText, StoredSecret};
use views::{Change, Listed, Rotated, Rotation, Submitted, Texts, View};

/// How long the old secret holds after a rotation where the caller does not say, in hours.
const OVERLAP_HOURS: u32 = 24;
/// The longest overlap, in hours.
const OVERLAP_MOST: u32 = 7 * 24;
/// The most secrets that may hold at once.
const SECRETS_MOST: usize = 4;

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
    if providers::provider(&submitted.provider).is_none() {
        let refused = Refused::invalid("provider", "This service reads no platform of that name.");
        let known: Vec<&str> = providers::all().iter().map(|one| one.slug()).collect();
        return Err(refused.hint(format!("Known are: {}.", known.join(", "))));
    }
    let workspace = admin.workspace();
    let old = desk
        .store
        .integrations(workspace)
        .into_iter()
        .find(|one| one.slug == submitted.slug);
    let base = match old {
        Some(old) => NewIntegration {
            provider: submitted.provider,
            ..unchanged(&old)
        },
        None => blank(&desk, submitted.slug, submitted.provider),
    };
    let changed = changed(&desk, base, submitted.change)?;
    let upserted = desk.store.upsert_integration(workspace, changed).await?;
    let status = if upserted.created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let view = View::of(&desk, &upserted.integration, true, desk.world.now());
    Ok((status, Answer(view)).into_response())
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
    saved(&desk, admin.workspace(), changed).await.map(Answer)
}

/// `DELETE /api/v1/integrations/{id}`: refuses its webhooks from now on; what it brought stays.
pub(crate) async fn deactivate(
    State(desk): State<Desk>,
    admin: Admin,
    Parts1(name): Parts1<String>,
) -> Result<StatusCode, Refused> {
    let found = find(&desk, admin.workspace(), &name)?;
    let inactive = NewIntegration {
        active: false,
        ..unchanged(&found)
    };
    saved(&desk, admin.workspace(), inactive).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/v1/integrations/{id}/rotate-secret`: a new secret, and for a while the old ones beside it.
pub(crate) async fn rotate_secret(
    State(desk): State<Desk>,
    admin: Admin,
    Parts1(name): Parts1<String>,
    Json(rotation): Json<Rotation>,
) -> Result<Answer<Rotated>, Refused> {
    let hours = rotation.overlap_hours.unwrap_or(OVERLAP_HOURS);
    if hours > OVERLAP_MOST {
        return Err(Refused::invalid(
            "overlapHours",
            "The old secret holds for at most 168 hours.",
        ));
    }
    let found = find(&desk, admin.workspace(), &name)?;
    let now = desk.world.now();
    let made = rotation
        .secret
        .is_none()
        .then(|| hex::encode(desk.world.token()));
    let fresh = match (&made, rotation.secret) {
        (Some(made), _) => SecretText::new(made.clone()),
        (None, given) => views::checked_secret("secret", given.unwrap_or_default())?,
    };
    let mut secrets = vec![StoredSecret {
        value: fresh,
        valid_until: None,
    }];
    secrets.extend(ending(
        &found.secrets,
        now,
        now + TimeDelta::hours(i64::from(hours)),
    ));
    secrets.truncate(SECRETS_MOST);
    let rotated = NewIntegration {
        secrets,
        ..unchanged(&found)
    };
    let integration = saved(&desk, admin.workspace(), rotated).await?;
    Ok(Answer(Rotated {
        integration,
        secret: made,
    }))
}

/// Gives every secret that still holds an end, no later than the one given.
fn ending(
    secrets: &[StoredSecret],
    now: DateTime<Utc>,
    end: DateTime<Utc>,
) -> impl Iterator<Item = StoredSecret> {
    secrets
        .iter()
        .filter(move |secret| secret.is_valid(now) && end > now)
        .map(move |secret| StoredSecret {
            value: secret.value.clone(),
            valid_until: Some(secret.valid_until.map_or(end, |until| until.min(end))),
        })
}

async fn saved(
    desk: &Desk,
    workspace: WorkspaceId,
    integration: NewIntegration,
) -> Result<View, Refused> {
    let upserted = desk
        .store
        .upsert_integration(workspace, integration)
        .await?;
    Ok(View::of(
        desk,
        &upserted.integration,
        true,
        desk.world.now(),
    ))
}

fn find(desk: &Desk, workspace: WorkspaceId, name: &str) -> Result<Arc<Integration>, Refused> {
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

fn unchanged(old: &Integration) -> NewIntegration {
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
        base.credentials = views::checked_credentials(credentials)?;
    }
    if let Some(settings) = change.settings {
        address::check(&settings, desk.config.allow_private_hosts)?;
        base.settings = serde_json::Value::Object(settings);
    }
    base.active = change.active.unwrap_or(base.active);
    Ok(base)
}
