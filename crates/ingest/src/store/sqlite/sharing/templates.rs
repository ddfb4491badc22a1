//! Shared templates: every version stays, so that it can be told who wrote what when.

use chrono::{DateTime, Utc};
use contract::{Actor, WorkspaceId, entry::Removed, kind};
use follow_up::{Locale, SharedTemplate, Template, TemplateChange, TemplateSaved};
use rusqlite::{Connection, Row, params};

use super::read_actor;
use crate::store::sharing::{LISTED_VERSIONS, MOST_TEMPLATES};
use crate::store::sqlite::append::append;
use crate::store::sqlite::place::optional;
use crate::store::sqlite::writer::Writing;
use crate::store::{Fault, Refusal, StoreError};

/// Lists the last version of each template that was not removed.
pub(super) fn list(
    db: &Connection,
    workspace: WorkspaceId,
) -> Result<Vec<TemplateChange>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT t.version, t.at, t.member, t.member_name, t.body
         FROM workspace w JOIN template t INDEXED BY template_latest ON t.workspace = w.id
         WHERE w.public = ?1 AND t.latest = 1 ORDER BY t.key, t.locale",
    )?;
    let rows = statement.query_map([workspace.as_u128().to_be_bytes()], read)?;
    let changes: Vec<TemplateChange> = rows.collect::<rusqlite::Result<_>>()?;
    let there = changes.into_iter();
    Ok(there.filter(|change| change.template.is_some()).collect())
}

/// Lists a template's versions, newest first.
pub(super) fn versions(
    db: &Connection,
    workspace: WorkspaceId,
    key: &str,
    locale: Locale,
) -> Result<Vec<TemplateChange>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT t.version, t.at, t.member, t.member_name, t.body
         FROM workspace w JOIN template t ON t.workspace = w.id
         WHERE w.public = ?1 AND t.key = ?2 AND t.locale = ?3
         ORDER BY t.version DESC LIMIT ?4",
    )?;
    let ids = params![
        workspace.as_u128().to_be_bytes(),
        key,
        locale.tag(),
        LISTED_VERSIONS
    ];
    let rows = statement.query_map(ids, read)?;
    let changes: Vec<TemplateChange> = rows.collect::<rusqlite::Result<_>>()?;
    if changes.is_empty() {
        return Err(StoreError::NotFound);
    }
    Ok(changes)
}

/// Saves a template on top of the version it is based on, and returns the new version.
pub(super) fn save(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    based: SharedTemplate,
    by: Actor,
) -> Result<u32, StoreError> {
    let workspace_row = writing.ledger.standing(writing.db, workspace)?.row;
    let (base, template) = (based.version, based.template);
    let place = (template.key.as_str(), template.locale);
    let there = latest(writing, workspace_row, place)?;
    let version = match &there {
        Some((version, Some(known))) if *known == template => return Ok(*version),
        // What was removed can be begun anew.
        Some((version, None)) if base == 0 || base == *version => *version,
        Some((version, Some(_))) if base == *version => *version,
        None if base == 0 => 0,
        _ => return Err(Refusal::VersionConflict.into()),
    };
    let is_new = there.is_none_or(|(_, known)| known.is_none());
    if is_new && count(writing, workspace_row)? >= MOST_TEMPLATES {
        return Err(Refusal::TooMany.into());
    }
    let version = version.saturating_add(1);
    let body = serde_json::to_string(&template).map_err(|_| Fault::Internal)?;
    insert(writing, workspace_row, place, (version, &body), &by)?;
    let saved = TemplateSaved {
        template: SharedTemplate { template, version },
        by,
    };
    let body = serde_json::to_string(&saved).map_err(|_| Fault::Internal)?;
    append(writing, workspace, None, kind::TEMPLATE_SAVED, body)?;
    Ok(version)
}

/// Removes a template; its versions stay.
pub(super) fn remove(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    place: (&str, Locale),
    version: u32,
    by: Actor,
) -> Result<(), StoreError> {
    let workspace_row = writing.ledger.standing(writing.db, workspace)?.row;
    match latest(writing, workspace_row, place)? {
        None | Some((_, None)) => return Err(StoreError::NotFound),
        Some((there, Some(_))) if there != version => {
            return Err(Refusal::VersionConflict.into());
        }
        Some(_) => {}
    }
    let version = version.saturating_add(1);
    insert(writing, workspace_row, place, (version, ""), &by)?;
    let (key, locale) = place;
    let removed = Removed {
        key: format!("{key}/{}", locale.tag()),
        by,
    };
    let body = serde_json::to_string(&removed).map_err(|_| Fault::Internal)?;
    append(writing, workspace, None, kind::TEMPLATE_REMOVED, body)?;
    Ok(())
}

/// Returns the last version and its text; no text where it was removed.
fn latest(
    writing: &Writing<'_>,
    workspace_row: i64,
    (key, locale): (&str, Locale),
) -> Result<Option<(u32, Option<Template>)>, StoreError> {
    optional(
        writing
            .db
            .prepare_cached(
                "SELECT version, body FROM template
                 WHERE workspace = ?1 AND key = ?2 AND locale = ?3 AND latest = 1",
            )?
            .query_row(params![workspace_row, key, locale.tag()], |row| {
                Ok((row.get(0)?, template(row, 1)?))
            }),
    )
}

/// Counts the templates that are there.
fn count(writing: &Writing<'_>, workspace_row: i64) -> Result<u32, StoreError> {
    let count = writing
        .db
        .prepare_cached(
            "SELECT count(*) FROM template
             WHERE workspace = ?1 AND latest = 1 AND body <> ''",
        )?
        .query_row([workspace_row], |row| row.get(0))?;
    Ok(count)
}

fn insert(
    writing: &Writing<'_>,
    workspace_row: i64,
    (key, locale): (&str, Locale),
    (version, body): (u32, &str),
    by: &Actor,
) -> Result<(), StoreError> {
    writing
        .db
        .prepare_cached(
            "UPDATE template SET latest = 0
             WHERE workspace = ?1 AND key = ?2 AND locale = ?3 AND latest = 1",
        )?
        .execute(params![workspace_row, key, locale.tag()])?;
    writing
        .db
        .prepare_cached(
            "INSERT INTO template (workspace, key, locale, version, at, member, member_name, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            workspace_row,
            key,
            locale.tag(),
            version,
            writing.now.timestamp_millis(),
            by.id.as_u128().to_be_bytes(),
            by.name,
            body
        ])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<TemplateChange> {
    Ok(TemplateChange {
        version: row.get(0)?,
        at: DateTime::from_timestamp_millis(row.get(1)?).unwrap_or(DateTime::<Utc>::MIN_UTC),
        by: read_actor(row, 2)?,
        template: template(row, 4)?,
    })
}

/// Reads a template's text; `None` where it was removed.
fn template(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Template>> {
    let body: String = row.get(column)?;
    if body.is_empty() {
        return Ok(None);
    }
    let read = serde_json::from_str(&body);
    read.map(Some).map_err(|_| rusqlite::Error::InvalidQuery)
}
