//! Signing secrets: a new one, the old one beside it for a while, and the end of that while.

use axum::Json as Answer;
use axum::extract::State;
use chrono::{DateTime, TimeDelta, Utc};

use super::super::Desk;
use super::super::answer::Refused;
use super::super::body::{Json, Parts1};
use super::super::who::Admin;
use super::views::{self, Rotated, Rotation, View};
use super::{SECRETS_MOST, find, saved, unchanged};
use crate::store::{NewIntegration, SecretText, StoredSecret, action};

/// How long the old secret holds after a rotation where the caller does not say, in hours.
const OVERLAP_HOURS: u32 = 24;
/// The longest overlap, in hours.
const OVERLAP_MOST: u32 = 7 * 24;

/// `POST /api/v1/integrations/{id}/rotate-secret`: a new secret, and for a while the one before it beside it.
pub(crate) async fn rotate(
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
    let rotated = NewIntegration {
        secrets: replaced(&found.secrets, fresh, now, hours),
        ..unchanged(&found)
    };
    let integration = saved(&desk, &admin, rotated, Some(action::SECRET_ROTATED)).await?;
    Ok(Answer(Rotated {
        integration,
        secret: made,
    }))
}

/// Puts a new secret first, and lets the one before it hold for a while, 24 hours where nothing else is said.
pub(crate) fn succeeded(
    held: &[StoredSecret],
    fresh: SecretText,
    now: DateTime<Utc>,
) -> Vec<StoredSecret> {
    replaced(held, fresh, now, OVERLAP_HOURS)
}

fn replaced(
    held: &[StoredSecret],
    fresh: SecretText,
    now: DateTime<Utc>,
    hours: u32,
) -> Vec<StoredSecret> {
    let mut secrets = vec![StoredSecret {
        value: fresh,
        valid_until: None,
    }];
    let end = now + TimeDelta::hours(i64::from(hours));
    secrets.extend(ending(held, now, end));
    secrets.truncate(SECRETS_MOST);
    secrets
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

/// `POST /api/v1/integrations/{id}/retire-secret`: ends the overlap now; only the newest secret holds from here on.
pub(crate) async fn retire(
    State(desk): State<Desk>,
    admin: Admin,
    Parts1(name): Parts1<String>,
) -> Result<Answer<View>, Refused> {
    let found = find(&desk, admin.workspace(), &name)?;
    let mut base = unchanged(&found);
    base.secrets.retain(|secret| secret.valid_until.is_none());
    saved(&desk, &admin, base, Some(action::SECRET_RETIRED))
        .await
        .map(Answer)
}
