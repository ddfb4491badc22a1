//! Reading deliveries back.

use chrono::{DateTime, Utc};
use contract::{DeliveryId, IntegrationId, WorkspaceId};
use rusqlite::{Connection, Row, params};

use super::accept::{code_of, result_of};
use super::blanking;
use super::erasing::Veil;
use super::place::optional;
use crate::store::{
    DeliveryDetail, DeliveryPage, DeliveryQuery, DeliveryResult, DeliverySummary, Fault,
    ProofSummary, StoreError, why,
};

/// Most deliveries of one page.
const LONGEST_PAGE: u32 = 200;

/// Most index rows looked at for one page: a rare filter answers short pages, never a slow one.
const LONGEST_SCAN: u32 = 100_000;

const SUMMARY: &str = "d.public, i.public, d.received_at, d.result, d.event, d.why, d.path,
    d.first_seq, d.entry_count, o.public, d.body_bytes";

/// Lists deliveries, newest first.
pub(super) fn list(
    db: &Connection,
    workspace: WorkspaceId,
    query: &DeliveryQuery,
) -> Result<DeliveryPage, StoreError> {
    let ids = matching(db, workspace, query)?;
    let mut deliveries = Vec::with_capacity(ids.found.len());
    let sql = format!(
        "SELECT {SUMMARY} FROM delivery d JOIN integration i ON i.id = d.integration
         LEFT JOIN delivery o ON o.id = d.duplicate_of WHERE d.id = ?1"
    );
    let mut statement = db.prepare_cached(&sql)?;
    for row in &ids.found {
        deliveries.push(statement.query_row([row], read_summary)?);
    }
    Ok(DeliveryPage {
        deliveries,
        next_before: ids.next,
    })
}

/// Reads one delivery whole; a repeat shows the body it repeats.
pub(super) fn get(
    db: &Connection,
    veil: &Veil,
    workspace: WorkspaceId,
    id: DeliveryId,
) -> Result<DeliveryDetail, StoreError> {
    let sql = format!(
        "SELECT {SUMMARY}, d.proof, d.headers, d.body, o.body, d.query, d.id, d.duplicate_of
         FROM delivery d JOIN integration i ON i.id = d.integration
         JOIN workspace w ON w.id = d.workspace
         LEFT JOIN delivery o ON o.id = d.duplicate_of
         WHERE w.public = ?1 AND d.public = ?2 AND d.workspace = w.id"
    );
    let ids = params![
        workspace.as_u128().to_be_bytes(),
        id.as_u128().to_be_bytes()
    ];
    let (summary, proof, headers, body, original, query, is_hidden) =
        db.prepare_cached(&sql)?.query_row(ids, |row| {
            Ok((
                read_summary(row)?,
                row.get::<_, String>(11)?,
                row.get::<_, String>(12)?,
                row.get::<_, Vec<u8>>(13)?,
                row.get::<_, Option<Vec<u8>>>(14)?,
                row.get::<_, String>(15)?,
                veil.hides_delivery(row.get(16)?) || veil.hides_delivery(row.get(17)?),
            ))
        })?;
    let packed = if is_hidden {
        blanking::BLANK.to_vec()
    } else if body.is_empty() {
        original.unwrap_or_default()
    } else {
        body
    };
    let proof: ProofSummary = serde_json::from_str(&proof).map_err(|_| Fault::Damaged)?;
    Ok(DeliveryDetail {
        summary,
        proof,
        headers: serde_json::from_str(&headers).map_err(|_| Fault::Damaged)?,
        query,
        erased: blanking::covers(&packed),
        expired: blanking::is_let_go(&packed),
        body: unpacked(&packed)?,
    })
}

/// Unpacks a stored body; one that was erased or let go, and one that another delivery holds, is empty.
pub(super) fn unpacked(packed: &[u8]) -> Result<Vec<u8>, StoreError> {
    if packed.is_empty() || blanking::covers(packed) || blanking::is_let_go(packed) {
        return Ok(Vec::new());
    }
    lz4_flex::decompress_size_prepended(packed).map_err(|_| Fault::Damaged.into())
}

/// Tells which account a delivery came to.
pub(super) fn integration_of(
    db: &Connection,
    workspace: WorkspaceId,
    id: DeliveryId,
) -> Result<IntegrationId, StoreError> {
    let integration = db
        .prepare_cached(
            "SELECT i.public FROM delivery d JOIN integration i ON i.id = d.integration
             JOIN workspace w ON w.id = d.workspace WHERE w.public = ?1 AND d.public = ?2",
        )?
        .query_row(
            params![
                workspace.as_u128().to_be_bytes(),
                id.as_u128().to_be_bytes()
            ],
            |row| row.get(0),
        )?;
    Ok(IntegrationId::from_u128(u128::from_be_bytes(integration)))
}

/// Counts the deliveries of an account with one result other than accepted, as far as a page would be searched.
pub(super) fn count_set_aside(
    db: &Connection,
    workspace: WorkspaceId,
    integration: IntegrationId,
    result: DeliveryResult,
) -> Result<u64, StoreError> {
    let Some(integration) = integration_row(db, workspace, Some(integration))? else {
        return Ok(0);
    };
    let mut statement = db.prepare_cached(
        "SELECT integration FROM delivery
         WHERE workspace = ?1 AND result = ?2 AND result <> 0 LIMIT ?3",
    )?;
    let mut rows = statement.query(params![
        workspace_row(db, workspace)?,
        code_of(result),
        LONGEST_SCAN
    ])?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        count += u64::from(row.get::<_, i64>(0)? == integration);
    }
    Ok(count)
}

/// The rows of a page, and where the next one begins.
struct Matching {
    found: Vec<i64>,
    next: Option<DeliveryId>,
}

/// Walks an index that holds all the filters, from the newest down.
fn matching(
    db: &Connection,
    workspace: WorkspaceId,
    query: &DeliveryQuery,
) -> Result<Matching, StoreError> {
    let wanted = query.limit.clamp(1, LONGEST_PAGE) as usize;
    let Some(integration) = integration_row(db, workspace, query.integration)? else {
        return Ok(Matching {
            found: Vec::new(),
            next: None,
        });
    };
    let result = query.result.map(code_of);
    // The small index of what was set aside serves every result but the ordinary one.
    let sql = match result {
        Some(1..) => {
            "SELECT id, public, integration, result FROM delivery
             WHERE workspace = ?1 AND public < ?2 AND result = ?4 AND result <> 0
             ORDER BY public DESC LIMIT ?3"
        }
        _ => {
            "SELECT id, public, integration, result FROM delivery INDEXED BY delivery_listed
             WHERE workspace = ?1 AND public < ?2 AND ?4 IS ?4
             ORDER BY public DESC LIMIT ?3"
        }
    };
    let mut statement = db.prepare_cached(sql)?;
    let before = query.before.map_or(u128::MAX, DeliveryId::as_u128);
    let workspace_row = workspace_row(db, workspace)?;
    let mut rows = statement.query(params![
        workspace_row,
        before.to_be_bytes(),
        LONGEST_SCAN,
        result
    ])?;
    let (mut found, mut last, mut scanned) = (Vec::new(), None, 0);
    while let Some(row) = rows.next()? {
        last = Some(delivery_id(row, 1)?);
        scanned += 1;
        let of_account = integration == 0 || row.get::<_, i64>(2)? == integration;
        if of_account && result.is_none_or(|code| row.get(3) == Ok(code)) {
            found.push(row.get(0)?);
        }
        if found.len() == wanted {
            return Ok(Matching { found, next: last });
        }
    }
    let next = if scanned == LONGEST_SCAN { last } else { None };
    Ok(Matching { found, next })
}

fn workspace_row(db: &Connection, workspace: WorkspaceId) -> Result<i64, StoreError> {
    let row = db
        .prepare_cached("SELECT id FROM workspace WHERE public = ?1")?
        .query_row([workspace.as_u128().to_be_bytes()], |row| row.get(0))?;
    Ok(row)
}

/// Returns the row to filter by, 0 for no filter, or `None` when the account is not this workspace's.
fn integration_row(
    db: &Connection,
    workspace: WorkspaceId,
    integration: Option<IntegrationId>,
) -> Result<Option<i64>, StoreError> {
    let Some(id) = integration else {
        return Ok(Some(0));
    };
    optional(
        db.prepare_cached(
            "SELECT i.id FROM integration i JOIN workspace w ON w.id = i.workspace
             WHERE i.public = ?1 AND w.public = ?2",
        )?
        .query_row(
            params![
                id.as_u128().to_be_bytes(),
                workspace.as_u128().to_be_bytes()
            ],
            |row| row.get(0),
        ),
    )
}

fn read_summary(row: &Row<'_>) -> rusqlite::Result<DeliverySummary> {
    let received_at =
        DateTime::from_timestamp_millis(row.get(2)?).unwrap_or(DateTime::<Utc>::MIN_UTC);
    let entry_count: u32 = row.get(8)?;
    let original: Option<[u8; 16]> = row.get(9)?;
    let why: String = row.get(5)?;
    Ok(DeliverySummary {
        id: delivery_id(row, 0)?,
        integration_id: IntegrationId::from_u128(u128::from_be_bytes(row.get(1)?)),
        received_at,
        result: result_of(row.get(3)?).ok_or(rusqlite::Error::InvalidQuery)?,
        event: row.get(4)?,
        why_code: why::name(&why),
        why,
        path: row.get(6)?,
        first_seq: if entry_count == 0 {
            None
        } else {
            Some(row.get(7)?)
        },
        entry_count,
        duplicate_of: original.map(|bytes| DeliveryId::from_u128(u128::from_be_bytes(bytes))),
        body_bytes: row.get(10)?,
    })
}

fn delivery_id(row: &Row<'_>, column: usize) -> rusqlite::Result<DeliveryId> {
    row.get(column)
        .map(|bytes| DeliveryId::from_u128(u128::from_be_bytes(bytes)))
}
