//! What there is to narrow lists by, and orders to try things on.

use std::collections::BTreeMap;

use contract::{ConversationId, IntegrationId, StageGroup};
use rusqlite::Connection;

use super::super::traits::{self, Kind};
use super::super::{ApplyError, team};
use crate::card;
use crate::view::{FilterValues, Named, NamedSource};

/// Values listed of one kind, the most frequent.
const MAX_VALUES: usize = 200;

/// Orders looked at to find the newest of some stages.
const LOOKED_AT: u32 = 5_000;

/// Lists what there is to narrow lists by.
pub(super) fn all(db: &Connection) -> Result<FilterValues, ApplyError> {
    let shown = |kind| -> Result<Vec<String>, ApplyError> {
        let terms = traits::frequent(db, kind, MAX_VALUES)?;
        Ok(terms.into_iter().map(|(_, text)| text).collect())
    };
    let platforms = traits::frequent(db, Kind::Platform, MAX_VALUES)?;
    Ok(FilterValues {
        platforms: platforms
            .into_iter()
            .map(|(value, _)| Named {
                name: card::platform(&value),
                value,
            })
            .collect(),
        sources: sources(db)?,
        products: shown(Kind::Product)?,
        labels: labels(db)?,
        utm_sources: shown(Kind::UtmSource)?,
        utm_mediums: shown(Kind::UtmMedium)?,
        utm_campaigns: shown(Kind::UtmCampaign)?,
    })
}

/// Names the newest orders of some stages and platforms; all of them where none is named.
pub(super) fn recent(
    db: &Connection,
    stages: &[StageGroup],
    platforms: &[String],
    limit: u32,
) -> Result<Vec<(ConversationId, String)>, ApplyError> {
    let mut told_by = Vec::new();
    for platform in platforms {
        told_by.extend(traits::known(db, Kind::Platform, platform)?);
    }
    let stages: Vec<i64> = stages.iter().map(|group| traits::stages(*group)).collect();
    let mut statement = db.prepare_cached(
        "SELECT c.public, p.order_key, t.stages, t.at, t.platform FROM purchase p
        CROSS JOIN trait t ON t.purchase = p.id
        CROSS JOIN conversation c ON c.id = p.conversation
        WHERE instr(p.facts, '\"is_test\":true') = 0
        ORDER BY p.id DESC LIMIT ?1",
    )?;
    let mut rows = statement.query([LOOKED_AT])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let is_of_stage = stages.is_empty() || stages.contains(&row.get(2)?);
        if is_of_stage && (platforms.is_empty() || told_by.contains(&row.get(4)?)) {
            let id = ConversationId::from_u128(u128::from_be_bytes(row.get(0)?));
            found.push((row.get::<_, i64>(3)?, row.get::<_, String>(1)?, id));
        }
    }
    found.sort_unstable_by(|one, other| other.cmp(one));
    found.truncate(limit as usize);
    Ok(found.into_iter().map(|(_, key, id)| (id, key)).collect())
}

/// Lists the sources by the names the team gave them. One that the feed has not named yet is called after its platform; where one
/// has several they are numbered, oldest first.
fn sources(db: &Connection) -> Result<Vec<NamedSource>, ApplyError> {
    let mut told = traits::frequent(db, Kind::Source, MAX_VALUES)?;
    told.sort_unstable();
    let mut known = team::sources(db)?;
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let sources = told.into_iter().filter_map(|(id, provider)| {
        let count = seen.entry(provider.clone()).or_default();
        *count += 1;
        let id: IntegrationId = id.parse().ok()?;
        let (name, standing) = known.remove(&id).unwrap_or_default();
        let platform = || match count {
            1 => card::platform(&provider),
            count => format!("{} {count}", card::platform(&provider)),
        };
        Some(NamedSource {
            id,
            name: if name.is_empty() { platform() } else { name },
            standing,
        })
    });
    Ok(sources.collect())
}

/// Lists the labels in use, the most frequent first.
fn labels(db: &Connection) -> Result<Vec<String>, ApplyError> {
    let mut statement = db.prepare_cached(
        "SELECT text FROM label WHERE count > 0 ORDER BY count DESC, folded LIMIT ?1",
    )?;
    let rows = statement.query_map([i64::try_from(MAX_VALUES).unwrap_or(i64::MAX)], |row| {
        row.get(0)
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
