//! What platforms said of accounts: that their app is gone, that all customers are to be erased.

use chrono::{DateTime, Utc};
use contract::IntegrationId;
use rusqlite::{Connection, params};

use super::place::optional;
use crate::store::{SourceDuties, SourceNotice, StoreError};

/// Notes what was said; what was asked for first counts.
pub(super) fn note(
    db: &Connection,
    integration: i64,
    notice: SourceNotice,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    db.prepare_cached("INSERT INTO duty (integration) VALUES (?1) ON CONFLICT DO NOTHING")?
        .execute([integration])?;
    match notice {
        SourceNotice::AccessEnded => {
            db.prepare_cached("UPDATE duty SET access_ended = 1 WHERE integration = ?1")?
                .execute([integration])?;
        }
        SourceNotice::Suspended => {
            db.prepare_cached("UPDATE duty SET suspended = 1 WHERE integration = ?1")?
                .execute([integration])?;
        }
        SourceNotice::EraseAsked => {
            db.prepare_cached(
                "UPDATE duty SET erase_asked_at = ?2 WHERE integration = ?1 AND erase_asked_at = 0",
            )?
            .execute(params![integration, now.timestamp_millis()])?;
        }
    }
    Ok(())
}

/// Notes that somebody has taken an account up again.
pub(super) fn taken_up(db: &Connection, integration: i64) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE duty SET access_ended = 0, suspended = 0 WHERE integration = ?1")?
        .execute([integration])?;
    Ok(())
}

/// Notes that an account's customers are being erased; false where that was noted before.
pub(super) fn begin(db: &Connection, integration: i64) -> Result<bool, StoreError> {
    let duties = read(db, integration)?;
    if duties.erase_asked_at.is_none() {
        return Err(StoreError::NotFound);
    }
    db.prepare_cached("UPDATE duty SET erasing = 1 WHERE integration = ?1")?
        .execute([integration])?;
    Ok(!duties.erasing)
}

/// Notes that they are not being erased any more: because it is done, or because it could not be.
pub(super) fn end(db: &Connection, integration: i64, is_done: bool) -> Result<(), StoreError> {
    db.prepare_cached(
        "UPDATE duty SET erasing = 0, erase_asked_at = iif(?2, 0, erase_asked_at)
         WHERE integration = ?1",
    )?
    .execute(params![integration, is_done])?;
    Ok(())
}

/// Lists the accounts whose customers are being erased.
pub(super) fn begun(db: &Connection) -> Result<Vec<IntegrationId>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT i.public FROM duty d JOIN integration i ON i.id = d.integration
         WHERE d.erasing = 1 AND i.deleted_at = 0",
    )?;
    let ids = statement.query_map([], |row| {
        Ok(IntegrationId::from_u128(u128::from_be_bytes(row.get(0)?)))
    })?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

/// Tells what stands.
pub(super) fn read(db: &Connection, integration: i64) -> Result<SourceDuties, StoreError> {
    let found = optional(
        db.prepare_cached(
            "SELECT access_ended, erase_asked_at, erasing, suspended FROM duty WHERE integration = ?1",
        )?
        .query_row([integration], |row| {
            let asked: i64 = row.get(1)?;
            Ok(SourceDuties {
                access_ended: row.get(0)?,
                erase_asked_at: (asked != 0)
                    .then(|| DateTime::from_timestamp_millis(asked))
                    .flatten(),
                erasing: row.get(2)?,
                suspended: row.get(3)?,
            })
        }),
    )?;
    Ok(found.unwrap_or_default())
}
