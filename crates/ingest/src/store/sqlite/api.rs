//! What is known of an account's API from one job to the next: how far its changes are listed, whether our webhook is registered
//! with it, and the sealed token.

use chrono::{DateTime, Utc};
use contract::IntegrationId;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::place::optional;
use super::seal::{Owner, SealingKey};
use super::writer::Writing;
use crate::store::{ApiToken, Fault, RegistrationSeen, SecretText, StoreError};

/// What is sealed, as JSON.
#[derive(Serialize, Deserialize)]
struct Sealed {
    token: String,
    expires_at: DateTime<Utc>,
    got_with: String,
}

/// Returns up to when all changes are listed.
pub(super) fn listed_to(
    db: &Connection,
    integration_row: i64,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let listed = optional(
        db.prepare_cached("SELECT listed_to FROM api WHERE integration = ?1 AND listed_to <> 0")?
            .query_row([integration_row], |row| row.get(0)),
    )?;
    Ok(listed.and_then(DateTime::from_timestamp_millis))
}

/// Tells whether a registration was begun of which nothing is stored.
pub(super) fn is_registering(db: &Connection, integration_row: i64) -> Result<bool, StoreError> {
    let begun = optional(
        db.prepare_cached("SELECT registering FROM api WHERE integration = ?1")?
            .query_row([integration_row], |row| row.get(0)),
    )?;
    Ok(begun.unwrap_or(false))
}

/// Notes that a registration was begun, or that what came of it is stored.
pub(super) fn note_registering(
    db: &Connection,
    integration_row: i64,
    begun: bool,
) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO api (integration, registering) VALUES (?1, ?2)
         ON CONFLICT (integration) DO UPDATE SET registering = excluded.registering",
    )?
    .execute(params![integration_row, begun])?;
    Ok(())
}

/// Keeps whether the webhook is registered; that it is not only where it was known to be.
pub(super) fn keep_registration(
    db: &Connection,
    integration_row: i64,
    seen: RegistrationSeen,
) -> Result<(), StoreError> {
    let at = seen.at.timestamp_millis();
    if seen.registered {
        db.prepare_cached(
            "INSERT INTO api (integration, registered, looked_at) VALUES (?1, 1, ?2)
             ON CONFLICT (integration) DO UPDATE SET registered = 1, looked_at = excluded.looked_at",
        )?
        .execute(params![integration_row, at])?;
    } else {
        db.prepare_cached(
            "UPDATE api SET registered = 0, looked_at = ?2
             WHERE integration = ?1 AND looked_at <> 0",
        )?
        .execute(params![integration_row, at])?;
    }
    Ok(())
}

/// Returns what was last seen of the webhook's registration.
pub(super) fn registration(
    db: &Connection,
    integration_row: i64,
) -> Result<Option<RegistrationSeen>, StoreError> {
    let found: Option<(bool, i64)> = optional(
        db.prepare_cached(
            "SELECT registered, looked_at FROM api WHERE integration = ?1 AND looked_at <> 0",
        )?
        .query_row([integration_row], |row| Ok((row.get(0)?, row.get(1)?))),
    )?;
    Ok(found.and_then(|(registered, at)| {
        let at = DateTime::from_timestamp_millis(at)?;
        Some(RegistrationSeen { registered, at })
    }))
}

/// Lists the accounts whose webhook was last looked at before a time.
pub(super) fn registrations_before(
    db: &Connection,
    before: DateTime<Utc>,
) -> Result<Vec<IntegrationId>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT i.public FROM api a CROSS JOIN integration i ON i.id = a.integration
         WHERE a.looked_at <> 0 AND a.looked_at < ?1 AND i.deleted_at = 0",
    )?;
    let ids = statement.query_map([before.timestamp_millis()], |row| {
        Ok(IntegrationId::from_u128(u128::from_be_bytes(row.get(0)?)))
    })?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// Opens the token. One that does not open, as after the key was changed, counts as none: signing in makes another.
pub(super) fn token(
    db: &Connection,
    integration_row: i64,
    owner: Owner,
    key: &SealingKey,
) -> Result<Option<ApiToken>, StoreError> {
    let record: Option<Vec<u8>> = optional(
        db.prepare_cached("SELECT token FROM api WHERE integration = ?1")?
            .query_row([integration_row], |row| row.get(0)),
    )?;
    let opened = record.and_then(|record| key.open(owner, &record));
    let sealed = opened.and_then(|text| serde_json::from_slice::<Sealed>(&text).ok());
    Ok(sealed.map(|sealed| ApiToken {
        value: SecretText::new(sealed.token),
        expires_at: sealed.expires_at,
        got_with: sealed.got_with,
    }))
}

/// Seals and keeps a token, or forgets it.
pub(super) fn keep(
    writing: &Writing<'_>,
    integration_row: i64,
    owner: Owner,
    key: &SealingKey,
    token: Option<&ApiToken>,
) -> Result<(), StoreError> {
    let record = match token {
        None => Vec::new(),
        Some(token) => {
            let sealed = Sealed {
                token: token.value.expose().to_owned(),
                expires_at: token.expires_at,
                got_with: token.got_with.clone(),
            };
            let text = serde_json::to_vec(&sealed).map_err(|_| Fault::Internal)?;
            key.seal(writing.world, owner, &text)
                .ok_or(Fault::Internal)?
        }
    };
    writing
        .db
        .prepare_cached(
            "INSERT INTO api (integration, token) VALUES (?1, ?2)
             ON CONFLICT (integration) DO UPDATE SET token = excluded.token",
        )?
        .execute(params![integration_row, record])?;
    Ok(())
}
