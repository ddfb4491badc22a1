//! The feed's routes: pages of history, and a stream that goes on from a cursor.
//!
//! What was written to a socket is never taken as received: the only acknowledgement is the cursor of the next request.

mod stream;
mod tail;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use contract::{Chain, Epoch, Position, WorkspaceId};
use serde::Deserialize;

use super::Desk;
use super::answer::{self, Refused};
use super::body::Params;
use super::who::Agent;
use crate::store::{Head, PageBounds, StoreError};

pub(super) use tail::Tails;

/// The most entries a page holds.
const PAGE: usize = 1_000;
/// The most bytes of entries a page holds, one entry apart.
const PAGE_BYTES: usize = 1 << 20;
/// How many entries a page holds where the caller does not say.
const DEFAULT_PAGE: usize = 200;
/// What a stream sends when it reconnects by itself.
const LAST_EVENT_ID: &str = "last-event-id";

/// The query of a stream.
#[derive(Deserialize)]
pub(super) struct StreamQuery {
    after: Option<Position>,
    chain: Option<Chain>,
}

/// `GET /api/v1/feed`.
pub(super) async fn stream(
    State(desk): State<Desk>,
    agent: Agent,
    headers: HeaderMap,
    Params(query): Params<StreamQuery>,
) -> Result<Response, Refused> {
    let workspace = agent.workspace();
    let head = desk.store.head(workspace).await?;
    let resumed = resume_position(&headers)?;
    let start = resumed
        .clone()
        .or_else(|| query.after.clone())
        .unwrap_or(Position {
            epoch: None,
            seq: 0,
        });
    check_position(&desk, workspace, &head, &start).await?;
    if let Some(chain) = query.chain {
        // A reconnecting reader repeats its first address, so the chain belongs to `after` where that is given.
        let shown_at = query.after.unwrap_or_else(|| start.clone());
        check_chain(&desk, workspace, shown_at.seq, chain).await?;
    }
    let readers = usize::try_from(desk.metrics.feed_readers.get()).unwrap_or(0);
    if readers >= desk.config.max_feed_readers {
        return Err(Refused::busy("too_many_readers"));
    }
    let body = stream::open(&desk, &agent, head, start.seq);
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/event-stream"),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-cache, no-transform"),
        ),
        (
            header::HeaderName::from_static("x-accel-buffering"),
            HeaderValue::from_static("no"),
        ),
    ];
    Ok((headers, body).into_response())
}

fn resume_position(headers: &HeaderMap) -> Result<Option<Position>, Refused> {
    let Some(value) = headers.get(LAST_EVENT_ID).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let position = value.to_str().ok().and_then(|text| text.parse().ok());
    position.map(Some).ok_or_else(|| {
        Refused::new(
            StatusCode::BAD_REQUEST,
            "bad_position",
            "Last-Event-ID is not a position.",
        )
        .hint("A position is `epoch.seq` or a bare sequence number.")
    })
}

async fn check_position(
    desk: &Desk,
    workspace: WorkspaceId,
    head: &Head,
    position: &Position,
) -> Result<(), Refused> {
    check_epoch(&head.epoch, position)?;
    if position.seq > head.seq {
        return Err(answer::epoch_changed());
    }
    if position.seq.saturating_add(1) < desk.store.log_start(workspace).await? {
        return Err(answer::cursor_expired());
    }
    Ok(())
}

fn check_epoch(current: &Epoch, position: &Position) -> Result<(), Refused> {
    match &position.epoch {
        Some(epoch) if epoch != current => Err(answer::epoch_changed()),
        _ => Ok(()),
    }
}

async fn check_chain(
    desk: &Desk,
    workspace: WorkspaceId,
    seq: u64,
    shown: Chain,
) -> Result<(), Refused> {
    match desk.store.chain_at(workspace, seq).await? {
        Some(ours) if ours == shown => Ok(()),
        _ => Err(answer::chain_mismatch()),
    }
}

/// The query of a page.
#[derive(Deserialize)]
pub(super) struct PageQuery {
    after: Option<Position>,
    before: Option<Position>,
    limit: Option<u32>,
}

/// `GET /api/v1/feed/entries`; without a position the newest page.
pub(super) async fn entries(
    State(desk): State<Desk>,
    agent: Agent,
    Params(query): Params<PageQuery>,
) -> Result<Response, Refused> {
    let workspace = agent.workspace();
    let bounds = PageBounds {
        entries: query
            .limit
            .map_or(DEFAULT_PAGE, |limit| usize::try_from(limit).unwrap_or(PAGE))
            .clamp(1, PAGE),
        bytes: PAGE_BYTES,
    };
    let position = query.after.as_ref().or(query.before.as_ref());
    if let Some(position) = position {
        check_epoch(&desk.store.head(workspace).await?.epoch, position)?;
    }
    let page = match (&query.after, &query.before) {
        (Some(_), Some(_)) => {
            let refused = Refused::new(
                StatusCode::BAD_REQUEST,
                "bad_query",
                "A page lies after or before a position, not both.",
            );
            return Err(refused.hint("Send either `after` or `before`."));
        }
        (Some(after), None) => desk.store.entries_after(workspace, after.seq, bounds).await,
        (None, before) => {
            let seq = before.as_ref().map_or(u64::MAX, |position| position.seq);
            desk.store.entries_before(workspace, seq, bounds).await
        }
    };
    let json = page
        .map_err(|error: StoreError| Refused::from(error))?
        .to_json();
    Ok((
        [(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        )],
        json,
    )
        .into_response())
}
