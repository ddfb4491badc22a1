//! Checkouts that were begun and may yet be abandoned: one row each, written with the event that told of it.

use contract::{Event, WorkspaceId};
use rusqlite::params;

use super::accept::{Scope, first_seen, tell};
use super::place::{TraceKeys, optional};
use super::writer::Writing;
use crate::identity::Traces;
use crate::store::{CheckoutNews, CheckoutStep, Fault, Key16, StoreError};

/// How many are told of in one commit.
const AT_ONCE: u32 = 100;

/// What an event means for checkouts, with its keys computed.
#[derive(Clone)]
pub(super) struct PreparedNews {
    order: Keys,
    carts: Vec<Keys>,
    at_ms: i64,
    step: PreparedStep,
}

/// Finds a checkout's row, and the note that it is over.
#[derive(Clone)]
struct Keys {
    row: Key16,
    over: Key16,
}

#[derive(Clone)]
enum PreparedStep {
    Begun {
        due_ms: i64,
        business: Key16,
        event: String,
    },
    Abandoned,
    Over,
}

impl PreparedNews {
    pub(super) fn new(news: CheckoutNews, scope: &Scope) -> Self {
        let keys = |order_key: &String| {
            let key = Key16::of(&[order_key.as_bytes()]);
            Keys {
                row: scope.key(b"checkout", &key),
                over: scope.key(b"checkout over", &key),
            }
        };
        Self {
            order: keys(&news.order_key),
            carts: news.carts.iter().map(keys).collect(),
            at_ms: news.at.timestamp_millis(),
            step: match news.step {
                CheckoutStep::Begun { due_at, abandoned } => PreparedStep::Begun {
                    due_ms: due_at.timestamp_millis(),
                    business: scope.key(b"business", &abandoned.business_key),
                    event: abandoned.body,
                },
                CheckoutStep::Abandoned => PreparedStep::Abandoned,
                CheckoutStep::Over => PreparedStep::Over,
            },
        }
    }
}

/// Takes in what an event means: a checkout waits, waits no longer, or never will again.
pub(super) fn note(
    writing: &mut Writing<'_>,
    workspace: WorkspaceId,
    delivery_row: i64,
    news: PreparedNews,
) -> Result<(), StoreError> {
    for cart in &news.carts {
        end(writing, cart, delivery_row)?;
    }
    match news.step {
        PreparedStep::Over => end(writing, &news.order, delivery_row),
        PreparedStep::Abandoned => let_go(writing, news.order.row),
        PreparedStep::Begun {
            due_ms,
            business,
            event,
        } => {
            // What came first was the order that grew from it.
            let over = writing.ledger.keys.get(writing.db, news.order.over)?;
            if over.is_some() {
                return Ok(());
            }
            let workspace_row = writing.ledger.standing(writing.db, workspace)?.row;
            writing
                .db
                .prepare_cached(
                    "INSERT INTO checkout (key, workspace, delivery, at, due_at, business, event)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                     ON CONFLICT (key) DO UPDATE SET delivery = excluded.delivery,
                         at = excluded.at, due_at = excluded.due_at,
                         business = excluded.business, event = excluded.event
                     WHERE excluded.at >= checkout.at",
                )?
                .execute(params![
                    news.order.row.0,
                    workspace_row,
                    delivery_row,
                    news.at_ms,
                    due_ms,
                    business.0,
                    event
                ])?;
            Ok(())
        }
    }
}

fn end(writing: &mut Writing<'_>, keys: &Keys, delivery_row: i64) -> Result<(), StoreError> {
    first_seen(writing, keys.over, delivery_row)?;
    let_go(writing, keys.row)
}

fn let_go(writing: &Writing<'_>, key: Key16) -> Result<(), StoreError> {
    writing
        .db
        .prepare_cached("DELETE FROM checkout WHERE key = ?1")?
        .execute([key.0])?;
    Ok(())
}

/// A checkout whose time has come.
struct Due {
    key: Key16,
    workspace: WorkspaceId,
    delivery: i64,
    business: Key16,
    event: String,
}

/// Tells the feed of checkouts whose time has come.
pub(super) fn abandon(writing: &mut Writing<'_>) -> Result<u64, StoreError> {
    let mut told = 0;
    for due in due(writing)? {
        let_go(writing, due.key)?;
        if first_seen(writing, due.business, due.delivery)?.is_some() {
            continue;
        }
        let event: Event = serde_json::from_str(&due.event).map_err(|_| Fault::Damaged)?;
        let traces = TraceKeys::of(due.workspace, &Traces::of(&event));
        told += u64::from(tell(writing, due.workspace, &traces, due.event)?.is_some());
    }
    Ok(told)
}

fn due(writing: &Writing<'_>) -> Result<Vec<Due>, StoreError> {
    let mut statement = writing.db.prepare_cached(
        "SELECT c.key, w.public, c.delivery, c.business, c.event
         FROM checkout c JOIN workspace w ON w.id = c.workspace
         WHERE c.due_at <= ?1 ORDER BY c.due_at LIMIT ?2",
    )?;
    let rows = statement.query_map(params![writing.now.timestamp_millis(), AT_ONCE], |row| {
        Ok(Due {
            key: Key16(row.get(0)?),
            workspace: WorkspaceId::from_u128(u128::from_be_bytes(row.get(1)?)),
            delivery: row.get(2)?,
            business: Key16(row.get(3)?),
            event: row.get(4)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Returns when the first is due, in Unix milliseconds.
pub(super) fn next(db: &rusqlite::Connection) -> Result<Option<i64>, StoreError> {
    optional(
        db.prepare_cached("SELECT due_at FROM checkout WHERE due_at >= 0 ORDER BY due_at LIMIT 1")?
            .query_row([], |row| row.get(0)),
    )
}
