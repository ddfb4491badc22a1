//! What the whole team shares beside conversations: who is in it, its templates and its sources. Of each the newest entry counts.

use std::collections::BTreeMap;

use contract::entry::IntegrationSaved;
use contract::{Actor, IntegrationId, MemberId, Role};
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Deserialize;

use super::conversation::{Holding, columns, holding};
use super::told::Told;
use super::{saved, steps};
use crate::view::{Colleague, SourceStanding};

/// Holds a template of the team's as it was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptTemplate {
    /// Its key.
    pub key: String,
    /// Its language.
    pub locale: String,
    /// The template, as JSON.
    pub body: String,
    /// Who saved it last.
    pub by: Option<Actor>,
    /// When, in Unix milliseconds by the service's clock.
    pub at: i64,
}

/// The body of a shared template being saved; the template itself is not read here, only which one it is.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct TemplateTold {
    #[serde(default)]
    pub(super) template: Option<serde_json::Value>,
    #[serde(default)]
    pub(super) by: Option<Actor>,
    /// The template's own fields, where they stand beside who saved it.
    #[serde(flatten)]
    pub(super) rest: serde_json::Map<String, serde_json::Value>,
}

pub(super) const TEMPLATES: &str =
    "SELECT name, body, by, by_name, at FROM template WHERE body <> '' ORDER BY name";

pub(super) const MEMBERS: &str =
    "SELECT public, name, role FROM colleague WHERE role <> '' ORDER BY name, public";

pub(super) const SOURCES: &str = "SELECT public, name, standing FROM source";

pub(super) const SOURCE: &str = "SELECT name, standing FROM source WHERE public = ?1";

/// What an entry changed of what the team shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shared {
    /// Who is in the team.
    Members,
    /// A source of sales.
    Sources,
    /// A template.
    Templates,
    /// The sequences, or what one of their templates needs.
    Sequences,
}

/// Takes in what an entry tells of the team or its templates.
pub(super) fn take(
    db: &Connection,
    seq: i64,
    at: i64,
    told: &Told,
) -> rusqlite::Result<Option<Shared>> {
    match told {
        Told::Joined(told) => join(db, seq, &told.member, told.role.as_str())?,
        Told::Left(told) => join(db, seq, &told.member, "")?,
        Told::SourceSaved(told) => {
            name_source(db, seq, told)?;
            return Ok(Some(Shared::Sources));
        }
        Told::SourceRemoved(told) => {
            remove_source(db, seq, told.id)?;
            return Ok(Some(Shared::Sources));
        }
        Told::TemplateSaved(told) => {
            let Some((name, body)) = body(told) else {
                return Ok(None);
            };
            return change(db, seq, at, &name, &body, told.by.as_ref()).map(Some);
        }
        Told::TemplateRemoved(told) => {
            return change(db, seq, at, &told.key, "", Some(&told.by)).map(Some);
        }
        Told::SequencesSaved(told) => {
            if !steps::save(db, seq, told)? {
                return Ok(None);
            }
            saved::begin_pass(db, Some(0))?;
            return Ok(Some(Shared::Sequences));
        }
        _ => return Ok(None),
    }
    Ok(Some(Shared::Members))
}

/// Saves or removes a template, and has everything looked at again where sequences follow otherwise because of it.
fn change(
    db: &Connection,
    seq: i64,
    at: i64,
    name: &str,
    body: &str,
    by: Option<&Actor>,
) -> rusqlite::Result<Shared> {
    let key = name.rsplit_once('/').map_or(name, |(key, _)| key);
    let before = steps::need(db, key)?;
    save(db, seq, at, name, body, by)?;
    if steps::need(db, key)? == before {
        return Ok(Shared::Templates);
    }
    saved::begin_pass(db, Some(0))?;
    Ok(Shared::Sequences)
}

/// Lists the members, by name.
pub(super) fn members(db: &Connection, me: MemberId) -> rusqlite::Result<Vec<Colleague>> {
    let mut statement = db.prepare_cached(MEMBERS)?;
    let rows = statement.query_map((), |row| {
        let id = MemberId::from_u128(u128::from_be_bytes(row.get(0)?));
        let role: String = row.get(2)?;
        Ok(Colleague {
            id,
            name: row.get(1)?,
            role: [Role::Agent, Role::Lead, Role::Admin]
                .into_iter()
                .find(|known| known.as_str() == role)
                .unwrap_or(Role::Agent),
            is_me: id == me,
        })
    })?;
    rows.collect()
}

/// Returns the name of a member.
pub(super) fn name(db: &Connection, member: MemberId) -> rusqlite::Result<Option<String>> {
    db.prepare_cached("SELECT name FROM colleague WHERE public = ?1")?
        .query_row([member.as_u128().to_be_bytes()], |row| row.get(0))
        .optional()
}

/// Lists the team's templates, by key and language.
pub(super) fn templates(db: &Connection) -> rusqlite::Result<Vec<KeptTemplate>> {
    let mut statement = db.prepare_cached(TEMPLATES)?;
    let rows = statement.query_map((), |row| {
        let name: String = row.get(0)?;
        let (key, locale) = name.rsplit_once('/').unwrap_or((&name, ""));
        Ok(KeptTemplate {
            key: key.to_owned(),
            locale: locale.to_owned(),
            body: row.get(1)?,
            by: holding(row, 2)?.map(|holding| Actor {
                id: holding.member,
                name: holding.name,
            }),
            at: row.get(4)?,
        })
    })?;
    rows.collect()
}

fn join(db: &Connection, seq: i64, member: &Actor, role: &str) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO colleague (public, name, role, seq) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (public) DO UPDATE SET name = excluded.name, role = excluded.role, seq = excluded.seq
        WHERE excluded.seq > colleague.seq",
    )?
    .execute((
        member.id.as_u128().to_be_bytes(),
        &member.name,
        role,
        seq,
    ))?;
    Ok(())
}

/// Notes a source's name; entries may come newest first.
fn name_source(db: &Connection, seq: i64, told: &IntegrationSaved) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO source (public, name, standing, seq, named_seq) VALUES (?1, ?2, ?3, ?4, ?4)
        ON CONFLICT (public) DO UPDATE SET
            name = iif(excluded.named_seq > named_seq, excluded.name, name),
            named_seq = max(named_seq, excluded.named_seq),
            standing = iif(excluded.seq > seq, excluded.standing, standing),
            seq = max(seq, excluded.seq)",
    )?
    .execute((
        told.id.as_u128().to_be_bytes(),
        &told.name,
        if told.active { "active" } else { "paused" },
        seq,
    ))?;
    Ok(())
}

/// Notes that a source was deleted; what it brought is still called by its last name.
fn remove_source(db: &Connection, seq: i64, id: IntegrationId) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO source (public, name, standing, seq, named_seq) VALUES (?1, '', 'removed', ?2, 0)
        ON CONFLICT (public) DO UPDATE SET
            standing = iif(excluded.seq > seq, excluded.standing, standing),
            seq = max(seq, excluded.seq)",
    )?
    .execute((id.as_u128().to_be_bytes(), seq))?;
    Ok(())
}

/// Returns the name of each source that was told of, '' where it was never named, and whether it still takes deliveries.
pub(super) fn sources(
    db: &Connection,
) -> rusqlite::Result<BTreeMap<IntegrationId, (String, SourceStanding)>> {
    let mut statement = db.prepare_cached(SOURCES)?;
    let rows = statement.query_map((), |row| {
        let id = IntegrationId::from_u128(u128::from_be_bytes(row.get(0)?));
        Ok((id, named(row, 1)?))
    })?;
    rows.collect()
}

/// Returns the same of one source.
pub(super) fn source(
    db: &Connection,
    id: IntegrationId,
) -> rusqlite::Result<Option<(String, SourceStanding)>> {
    db.prepare_cached(SOURCE)?
        .query_row([id.as_u128().to_be_bytes()], |row| named(row, 0))
        .optional()
}

fn named(row: &Row<'_>, from: usize) -> rusqlite::Result<(String, SourceStanding)> {
    let standing = match row.get_ref(from + 1)?.as_str()? {
        "paused" => SourceStanding::Paused,
        "removed" => SourceStanding::Removed,
        _ => SourceStanding::Active,
    };
    Ok((row.get(from)?, standing))
}

fn save(
    db: &Connection,
    seq: i64,
    at: i64,
    name: &str,
    body: &str,
    by: Option<&Actor>,
) -> rusqlite::Result<()> {
    let by = by.map(|actor| Holding {
        member: actor.id,
        name: actor.name.clone(),
    });
    let (by, by_name) = columns(by.as_ref());
    db.prepare_cached(
        "INSERT INTO template (name, seq, body, by, by_name, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (name) DO UPDATE SET seq = excluded.seq, body = excluded.body, by = excluded.by,
            by_name = excluded.by_name, at = excluded.at
        WHERE excluded.seq > template.seq",
    )?
    .execute((name, seq, body, by, by_name, at))?;
    Ok(())
}

/// Returns a template's key and language, and the template as JSON.
fn body(told: &TemplateTold) -> Option<(String, String)> {
    let rest = serde_json::Value::Object(told.rest.clone());
    let template = told.template.as_ref().unwrap_or(&rest);
    let word = |name: &str| template.get(name)?.as_str().map(str::to_owned);
    let name = format!("{}/{}", word("key")?, word("locale")?);
    Some((name, template.to_string()))
}
