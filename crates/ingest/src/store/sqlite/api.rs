//! What is known of an account's API from one job to the next: how far its changes are listed, and the sealed token.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::place::optional;
use super::seal::{Owner, SealingKey};
use super::writer::Writing;
use crate::store::{ApiToken, Fault, SecretText, StoreError};

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
