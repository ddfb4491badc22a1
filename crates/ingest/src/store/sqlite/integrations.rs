//! Integrations: rows with sealed secrets, and all of them opened in memory for the webhooks.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use contract::entry::{IntegrationRemoved, IntegrationSaved};
use contract::{Actor, IntegrationId, WorkspaceId, kind};
use providers::Settings;
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};

use super::append::append;
use super::seal::{Owner, SealingKey};
use super::writer::Writing;
use super::{audit, duties, jobs, nodes};
use crate::store::{
    Deed, Fault, Integration, NewIntegration, Refusal, SecretText, StoreError, StoredSecret,
    TokenHash, action,
};

/// An integration and its row's number.
#[derive(Clone)]
pub(super) struct Shelved {
    pub(super) row: i64,
    pub(super) integration: Arc<Integration>,
}

/// Holds all integrations in memory. Keys are found by their hash, so the time it takes tells nothing about them.
#[derive(Default)]
pub(super) struct Catalogue {
    shelves: RwLock<Shelves>,
    /// Held while reading anew, so that the last to read shows the newest.
    learning: Mutex<()>,
}

#[derive(Default)]
struct Shelves {
    by_id: HashMap<IntegrationId, Shelved>,
    by_key: HashMap<TokenHash, IntegrationId>,
}

impl Catalogue {
    /// Reads all integrations from the file.
    pub(super) fn learn(&self, db: &Connection, key: &SealingKey) -> Result<(), StoreError> {
        let _turn = self.learning.lock().unwrap_or_else(PoisonError::into_inner);
        let shelves = match Shelves::read(db, key) {
            // The key was changed between reading a record and opening it: what is there now opens.
            Err(StoreError::Unavailable(Fault::Sealed)) => Shelves::read(db, key)?,
            read => read?,
        };
        *self.shelves.write().unwrap_or_else(PoisonError::into_inner) = shelves;
        Ok(())
    }

    pub(super) fn by_id(&self, id: IntegrationId) -> Option<Shelved> {
        self.read().by_id.get(&id).cloned()
    }

    pub(super) fn by_key(&self, key: &str) -> Option<Arc<Integration>> {
        let shelves = self.read();
        let id = shelves.by_key.get(&TokenHash::of(key))?;
        shelves
            .by_id
            .get(id)
            .map(|shelved| Arc::clone(&shelved.integration))
    }

    /// Lists the integrations of one workspace, or of all, oldest first.
    pub(super) fn list(&self, workspace: Option<WorkspaceId>) -> Vec<Arc<Integration>> {
        let shelves = self.read();
        let mut found: Vec<&Shelved> = shelves
            .by_id
            .values()
            .filter(|shelved| workspace.is_none_or(|id| shelved.integration.workspace == id))
            .collect();
        found.sort_unstable_by_key(|shelved| shelved.row);
        found
            .into_iter()
            .map(|shelved| Arc::clone(&shelved.integration))
            .collect()
    }

    /// Lists all integrations with the numbers of their rows.
    pub(super) fn rows(&self) -> Vec<(IntegrationId, i64)> {
        let shelves = self.read();
        let rows = shelves.by_id.iter().map(|(id, shelved)| (*id, shelved.row));
        rows.collect()
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Shelves> {
        self.shelves.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelves {
    fn read(db: &Connection, key: &SealingKey) -> Result<Self, StoreError> {
        let mut shelves = Self::default();
        let sql = format!("{SELECT} WHERE i.deleted_at = 0 ORDER BY i.id");
        let mut statement = db.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            shelves.put(read(row, key)?);
        }
        Ok(shelves)
    }

    fn put(&mut self, shelved: Shelved) {
        let integration = &shelved.integration;
        let hash = TokenHash::of(integration.key.expose());
        self.by_key.insert(hash, integration.id);
        self.by_id.insert(integration.id, shelved);
    }
}

/// Creates or changes an integration and records who did it; returns it, and whether it was new.
pub(super) fn upsert(
    writing: &mut Writing<'_>,
    key: &SealingKey,
    workspace: WorkspaceId,
    new: NewIntegration,
    (actor, action): (Option<Actor>, Option<&'static str>),
) -> Result<(Shelved, bool), StoreError> {
    let workspace_row = writing.ledger.standing(writing.db, workspace)?.row;
    let before = by_slug(writing.db, key, workspace_row, &new.slug)?;
    let (shelved, changes) = match &before {
        Some(before) => {
            let shelved = change(writing, key, before, new)?;
            if shelved.integration.active {
                duties::taken_up(writing.db, shelved.row)?;
            }
            let changes = changes(&before.integration, &shelved.integration);
            (shelved, changes)
        }
        None => {
            let shelved = create(writing, key, (workspace, workspace_row), new)?;
            (shelved, Vec::new())
        }
    };
    let is_told_anew = before.as_ref().is_none_or(|before| {
        let (before, after) = (&before.integration, &shelved.integration);
        before.name != after.name || before.active != after.active
    });
    if is_told_anew {
        tell(writing, shelved.row, &shelved.integration, actor.clone())?;
    }
    let usual = match before {
        Some(_) if changes.is_empty() => return Ok((shelved, false)),
        Some(_) => action::CHANGED,
        None => action::CREATED,
    };
    let deed = Deed::new(actor, action.unwrap_or(usual), shelved.integration.id)
        .with("slug", shelved.integration.slug.as_str())
        .with("provider", shelved.integration.provider.as_str())
        .with("changed", changes);
    audit::record(writing, workspace, &deed)?;
    Ok((shelved, before.is_none()))
}

/// Has the feed tell of an integration as it is.
fn tell(
    writing: &mut Writing<'_>,
    row: i64,
    integration: &Integration,
    by: Option<Actor>,
) -> Result<(), StoreError> {
    let body = IntegrationSaved {
        id: integration.id,
        provider: integration.provider.clone(),
        name: integration.name.clone(),
        active: integration.active,
        by,
    };
    let body = serde_json::to_string(&body).map_err(|_| Fault::Internal)?;
    append(
        writing,
        integration.workspace,
        None,
        kind::INTEGRATION_SAVED,
        body,
    )?;
    writing
        .db
        .prepare_cached("UPDATE integration SET told = 1 WHERE id = ?1")?
        .execute([row])?;
    Ok(())
}

/// Has the feed tell of all integrations that were made before it told of any; returns how many those were.
pub(super) fn tell_untold(
    writing: &mut Writing<'_>,
    key: &SealingKey,
) -> Result<usize, StoreError> {
    let untold: Vec<Shelved> = {
        let sql = format!("{SELECT} WHERE i.deleted_at = 0 AND i.told = 0 ORDER BY i.id");
        let mut statement = writing.db.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        let mut untold = Vec::new();
        while let Some(row) = rows.next()? {
            untold.push(read(row, key)?);
        }
        untold
    };
    for shelved in &untold {
        tell(writing, shelved.row, &shelved.integration, None)?;
    }
    Ok(untold.len())
}

/// Names what differs, and of what is secret no more than that.
fn changes(before: &Integration, after: &Integration) -> Vec<String> {
    let secrets = |one: &Integration| -> Vec<_> {
        let text = |secret: &StoredSecret| (secret.value.expose().to_owned(), secret.valid_until);
        one.secrets.iter().map(text).collect()
    };
    let mut names: Vec<String> = [
        ("name", before.name != after.name),
        (
            "settings",
            before.settings.as_json() != after.settings.as_json(),
        ),
        ("active", before.active != after.active),
        ("secrets", secrets(before) != secrets(after)),
    ]
    .into_iter()
    .filter(|(_, differs)| *differs)
    .map(|(name, _)| name.to_owned())
    .collect();
    let all = before.credentials.keys().chain(after.credentials.keys());
    let mut credentials: Vec<&String> = all
        .filter(|name| {
            let value = |one: &Integration| {
                one.credentials
                    .get(*name)
                    .map(|text| text.expose().to_owned())
            };
            value(before) != value(after)
        })
        .collect();
    credentials.sort_unstable();
    credentials.dedup();
    names.extend(
        credentials
            .into_iter()
            .map(|name| format!("credentials.{name}")),
    );
    names
}

/// Deletes an integration: its secrets are gone and its slug is free.
pub(super) fn delete(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    id: IntegrationId,
    actor: Option<Actor>,
) -> Result<(), StoreError> {
    let workspace_row = writing.ledger.standing(writing.db, workspace)?.row;
    let (row, slug): (i64, String) = writing
        .db
        .prepare_cached(
            "SELECT id, slug FROM integration
             WHERE public = ?1 AND workspace = ?2 AND deleted_at = 0",
        )?
        .query_row(params![id.as_u128().to_be_bytes(), workspace_row], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    // A tilde never stands in a slug that somebody chose.
    writing
        .db
        .prepare_cached(
            "UPDATE integration SET slug = slug || '~' || id, sealed = x'', active = 0,
                 deleted_at = ?2, updated_at = ?2 WHERE id = ?1",
        )?
        .execute([row, writing.now.timestamp_millis()])?;
    writing
        .db
        .prepare_cached("UPDATE api SET token = x'' WHERE integration = ?1")?
        .execute([row])?;
    jobs::let_all_go(writing, row)?;
    writing
        .db
        .prepare_cached(
            "UPDATE job SET state = 4, finished_at = ?2 WHERE integration = ?1 AND state < 2",
        )?
        .execute([row, writing.now.timestamp_millis()])?;
    let body = IntegrationRemoved {
        id,
        by: actor.clone(),
    };
    let body = serde_json::to_string(&body).map_err(|_| Fault::Internal)?;
    append(writing, workspace, None, kind::INTEGRATION_REMOVED, body)?;
    let deed = Deed::new(actor, action::DELETED, id).with("slug", slug);
    audit::record(writing, workspace, &deed)
}

fn by_slug(
    db: &Connection,
    key: &SealingKey,
    workspace_row: i64,
    slug: &str,
) -> Result<Option<Shelved>, StoreError> {
    let sql = format!("{SELECT} WHERE i.workspace = ?1 AND i.slug = ?2 AND i.deleted_at = 0");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params![workspace_row, slug])?;
    rows.next()?.map(|row| read(row, key)).transpose()
}

fn create(
    writing: &Writing<'_>,
    key: &SealingKey,
    (workspace, workspace_row): (WorkspaceId, i64),
    new: NewIntegration,
) -> Result<Shelved, StoreError> {
    let hash = TokenHash::of(new.key.expose());
    let taken: bool = writing
        .db
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM integration WHERE key_hash = ?1)")?
        .query_row([hash.0], |row| row.get(0))?;
    if taken {
        return Err(Refusal::KeyTaken.into());
    }
    let integration = Integration {
        id: new.id,
        workspace,
        slug: new.slug,
        provider: new.provider,
        name: new.name,
        key: new.key,
        secrets: new.secrets,
        credentials: new.credentials,
        settings: Settings::new(new.settings),
        active: new.active,
        created_at: writing.now,
        updated_at: writing.now,
    };
    writing
        .db
        .prepare_cached(
            "INSERT INTO integration (public, workspace, slug, provider, name, key_hash, sealed,
                 settings, active, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)",
        )?
        .execute(params![
            integration.id.as_u128().to_be_bytes(),
            workspace_row,
            integration.slug,
            integration.provider,
            integration.name,
            hash.0,
            seal(writing, key, &integration)?,
            integration.settings.as_json().to_string(),
            integration.active,
            writing.now.timestamp_millis(),
        ])?;
    let row = writing.db.last_insert_rowid();
    nodes::count_on(writing.db)?;
    Ok(Shelved {
        row,
        integration: Arc::new(integration),
    })
}

fn change(
    writing: &Writing<'_>,
    key: &SealingKey,
    before: &Shelved,
    new: NewIntegration,
) -> Result<Shelved, StoreError> {
    if before.integration.provider != new.provider {
        return Err(Refusal::ProviderFixed.into());
    }
    let integration = Integration {
        name: new.name,
        secrets: new.secrets,
        credentials: new.credentials,
        settings: Settings::new(new.settings),
        active: new.active,
        updated_at: writing.now,
        ..Integration::clone(&before.integration)
    };
    writing
        .db
        .prepare_cached(
            "UPDATE integration SET name = ?2, sealed = ?3, settings = ?4, active = ?5,
                 updated_at = ?6 WHERE id = ?1",
        )?
        .execute(params![
            before.row,
            integration.name,
            seal(writing, key, &integration)?,
            integration.settings.as_json().to_string(),
            integration.active,
            writing.now.timestamp_millis(),
        ])?;
    Ok(Shelved {
        row: before.row,
        integration: Arc::new(integration),
    })
}

const SELECT: &str = "SELECT i.id, i.public, w.public, i.slug, i.provider, i.name, i.sealed,
        i.settings, i.active, i.created_at, i.updated_at
    FROM integration i JOIN workspace w ON w.id = i.workspace";

/// What is sealed, as JSON.
#[derive(Serialize, Deserialize)]
struct Sealed {
    key: String,
    secrets: Vec<SealedSecret>,
    credentials: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
struct SealedSecret {
    value: String,
    valid_until: Option<DateTime<Utc>>,
}

fn seal(
    writing: &Writing<'_>,
    key: &SealingKey,
    integration: &Integration,
) -> Result<Vec<u8>, StoreError> {
    let secret = |secret: &StoredSecret| SealedSecret {
        value: secret.value.expose().to_owned(),
        valid_until: secret.valid_until,
    };
    let credential =
        |(name, value): (&String, &SecretText)| (name.clone(), value.expose().to_owned());
    let sealed = Sealed {
        key: integration.key.expose().to_owned(),
        secrets: integration.secrets.iter().map(secret).collect(),
        credentials: integration.credentials.iter().map(credential).collect(),
    };
    let text = serde_json::to_vec(&sealed).map_err(|_| Fault::Internal)?;
    key.seal(writing.world, owner(integration), &text)
        .ok_or(Fault::Internal.into())
}

fn owner(integration: &Integration) -> Owner {
    Owner {
        workspace: integration.workspace,
        integration: integration.id,
    }
}

fn read(row: &Row<'_>, key: &SealingKey) -> Result<Shelved, StoreError> {
    let id = IntegrationId::from_u128(u128::from_be_bytes(row.get(1)?));
    let workspace = WorkspaceId::from_u128(u128::from_be_bytes(row.get(2)?));
    let record: Vec<u8> = row.get(6)?;
    let owner = Owner {
        workspace,
        integration: id,
    };
    let text = key.open(owner, &record).ok_or(Fault::Sealed)?;
    let sealed: Sealed = serde_json::from_slice(&text).map_err(|_| Fault::Sealed)?;
    let settings: String = row.get(7)?;
    let secret = |secret: SealedSecret| StoredSecret {
        value: SecretText::new(secret.value),
        valid_until: secret.valid_until,
    };
    let integration = Integration {
        id,
        workspace,
        slug: row.get(3)?,
        provider: row.get(4)?,
        name: row.get(5)?,
        key: SecretText::new(sealed.key),
        secrets: sealed.secrets.into_iter().map(secret).collect(),
        credentials: sealed
            .credentials
            .into_iter()
            .map(|(name, value)| (name, SecretText::new(value)))
            .collect(),
        settings: serde_json::from_str(&settings)
            .map(Settings::new)
            .map_err(|_| Fault::Damaged)?,
        active: row.get(8)?,
        created_at: time(row.get(9)?),
        updated_at: time(row.get(10)?),
    };
    Ok(Shelved {
        row: row.get(0)?,
        integration: Arc::new(integration),
    })
}

fn time(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or(DateTime::<Utc>::MIN_UTC)
}
