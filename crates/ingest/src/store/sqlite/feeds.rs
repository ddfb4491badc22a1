//! Where each workspace's feed stands, who waits for it, and its newest entries: everything a reader at the head needs without
//! touching the file.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, SecondsFormat, Utc};
use contract::{Chain, ConversationId, Epoch, WorkspaceId};
use rusqlite::Connection;
use tokio::sync::watch;

use super::ledger::Unpublished;
use crate::store::{FeedEntry, FeedPage, Head, PageBounds, Refusal, StoreError};

/// Entries kept in memory per workspace while somebody follows it.
const TAIL_ENTRIES: usize = 1_024;

/// Bytes of JSON kept in memory per workspace while somebody follows it.
const TAIL_BYTES: usize = 4 << 20;

/// Holds the feeds of all workspaces.
pub(super) struct Feeds {
    epoch: RwLock<Epoch>,
    feeds: RwLock<HashMap<WorkspaceId, Arc<Feed>>>,
}

/// One workspace's feed.
pub(super) struct Feed {
    moved: watch::Sender<u64>,
    state: RwLock<Option<State>>,
}

/// What is known of a feed.
#[derive(Clone)]
pub(super) struct State {
    /// The workspace's row.
    pub(super) row: i64,
    pub(super) seq: u64,
    pub(super) chain: Chain,
    pub(super) log_start: u64,
    /// The chain of the position before `log_start`.
    pub(super) log_start_chain: Chain,
    tail: VecDeque<FeedEntry>,
    tail_bytes: usize,
    /// The chain of the position before the tail's first entry.
    tail_chain: Chain,
}

/// Where a page can be had.
pub(super) enum Source {
    /// Here it is.
    Memory(FeedPage),
    /// In the file.
    File(State),
}

impl Feeds {
    pub(super) fn new(epoch: Epoch) -> Self {
        Self {
            epoch: RwLock::new(epoch),
            feeds: RwLock::default(),
        }
    }

    pub(super) fn epoch(&self) -> Epoch {
        read(&self.epoch).clone()
    }

    pub(super) fn set_epoch(&self, epoch: Epoch) {
        *self.epoch.write().unwrap_or_else(PoisonError::into_inner) = epoch;
    }

    /// Reads epoch and standings of all workspaces from the file.
    pub(super) fn learn(&self, db: &Connection) -> Result<(), StoreError> {
        let epoch = db
            .prepare_cached("SELECT value FROM meta WHERE name = 'epoch'")?
            .query_row([], |row| row.get(0))?;
        self.set_epoch(Epoch(epoch));
        let mut statement = db.prepare_cached(
            "SELECT public, id, head_seq, head_chain, log_start, log_start_chain FROM workspace",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let workspace = WorkspaceId::from_u128(u128::from_be_bytes(row.get(0)?));
            let chain = Chain::from_bytes(row.get(3)?);
            self.feed(workspace).know(State {
                row: row.get(1)?,
                seq: row.get(2)?,
                chain,
                log_start: row.get(4)?,
                log_start_chain: Chain::from_bytes(row.get(5)?),
                tail: VecDeque::new(),
                tail_bytes: 0,
                tail_chain: chain,
            });
        }
        Ok(())
    }

    /// Makes a workspace known that has just been made.
    pub(super) fn add(&self, workspace: WorkspaceId, row: i64) {
        let feed = self.feed(workspace);
        if feed.state().is_none() {
            feed.know(State {
                row,
                seq: 0,
                chain: Chain::EMPTY,
                log_start: 1,
                log_start_chain: Chain::EMPTY,
                tail: VecDeque::new(),
                tail_bytes: 0,
                tail_chain: Chain::EMPTY,
            });
        }
    }

    /// Shows committed entries to readers and wakes them.
    pub(super) fn publish(&self, entries: Vec<Unpublished>) {
        let mut moved: Vec<(Arc<Feed>, u64)> = Vec::new();
        let mut current: Option<(WorkspaceId, Arc<Feed>)> = None;
        for entry in entries {
            let feed = match &current {
                Some((workspace, feed)) if *workspace == entry.workspace => Arc::clone(feed),
                _ => self.feed(entry.workspace),
            };
            current = Some((entry.workspace, Arc::clone(&feed)));
            let seq = entry.seq;
            feed.push(entry);
            match moved
                .iter_mut()
                .find(|(known, _)| Arc::ptr_eq(known, &feed))
            {
                Some((_, head)) => *head = seq,
                None => moved.push((feed, seq)),
            }
        }
        for (feed, seq) in moved {
            feed.moved.send_replace(seq);
        }
    }

    /// Forgets the entries kept of workspaces of which some were erased: readers find them in the file as they are now.
    pub(super) fn forget_tails(&self, workspaces: &[WorkspaceId]) {
        for workspace in workspaces {
            let feed = self.feed(*workspace);
            let mut state = feed.state.write().unwrap_or_else(PoisonError::into_inner);
            if let Some(state) = state.as_mut() {
                state.tail.clear();
                state.tail_bytes = 0;
            }
        }
    }

    /// Forgets all entries that are kept.
    pub(super) fn forget_all_tails(&self) {
        let all: Vec<WorkspaceId> = read(&self.feeds).keys().copied().collect();
        self.forget_tails(&all);
    }

    /// Tells whether anybody follows a feed.
    pub(super) fn is_followed(&self) -> bool {
        let feeds = read(&self.feeds);
        feeds.values().any(|feed| feed.moved.receiver_count() > 0)
    }

    pub(super) fn subscribe(&self, workspace: WorkspaceId) -> watch::Receiver<u64> {
        self.feed(workspace).moved.subscribe()
    }

    /// Tells where a workspace's feed stands.
    pub(super) fn head(&self, workspace: WorkspaceId) -> Result<Head, StoreError> {
        let feed = self.known(workspace)?;
        let state = read(&feed.state);
        let state = state.as_ref().ok_or(StoreError::NotFound)?;
        Ok(Head {
            epoch: self.epoch(),
            seq: state.seq,
            chain: state.chain,
        })
    }

    /// Returns a copy of what is known, without the tail.
    pub(super) fn outline(&self, workspace: WorkspaceId) -> Result<State, StoreError> {
        let feed = self.known(workspace)?;
        feed.state().ok_or(StoreError::NotFound)
    }

    /// Finds the page after a position, in memory if it is there.
    pub(super) fn after(
        &self,
        workspace: WorkspaceId,
        seq: u64,
        bounds: PageBounds,
    ) -> Result<Source, StoreError> {
        let feed = self.known(workspace)?;
        let guard = read(&feed.state);
        let state = guard.as_ref().ok_or(StoreError::NotFound)?;
        if seq > state.seq {
            return Err(Refusal::CursorAhead.into());
        }
        if seq + 1 < state.log_start {
            return Err(Refusal::CursorExpired.into());
        }
        let in_tail = state.tail.front().is_some_and(|first| first.seq <= seq + 1);
        if seq < state.seq && !in_tail {
            return Ok(Source::File(state.outline()));
        }
        let skipped = state.tail.front().map_or(0, |first| seq + 1 - first.seq);
        let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
        let rest = state.tail.iter().skip(skipped).cloned();
        let entries = bounded(rest, bounds);
        let chain_before = match skipped.checked_sub(1) {
            _ if seq == state.seq => state.chain,
            Some(before) => state.tail.get(before).map_or(state.tail_chain, |e| e.chain),
            None => state.tail_chain,
        };
        Ok(Source::Memory(state.page(
            self.epoch(),
            entries,
            chain_before,
            seq,
        )))
    }

    fn known(&self, workspace: WorkspaceId) -> Result<Arc<Feed>, StoreError> {
        read(&self.feeds)
            .get(&workspace)
            .cloned()
            .ok_or(StoreError::NotFound)
    }

    fn feed(&self, workspace: WorkspaceId) -> Arc<Feed> {
        if let Some(feed) = read(&self.feeds).get(&workspace) {
            return Arc::clone(feed);
        }
        let mut feeds = self.feeds.write().unwrap_or_else(PoisonError::into_inner);
        let feed = feeds.entry(workspace).or_insert_with(|| {
            Arc::new(Feed {
                moved: watch::Sender::new(0),
                state: RwLock::default(),
            })
        });
        Arc::clone(feed)
    }
}

impl Feed {
    fn state(&self) -> Option<State> {
        read(&self.state).as_ref().map(State::outline)
    }

    /// Takes in where the feed stands in the file; what was read before newer entries were shown changes nothing.
    fn know(&self, state: State) {
        let seq = state.seq;
        {
            let mut known = self.state.write().unwrap_or_else(PoisonError::into_inner);
            match known.as_mut() {
                Some(known) if known.seq > seq => return,
                Some(known) if known.seq == seq => {
                    known.log_start = state.log_start;
                    known.log_start_chain = state.log_start_chain;
                }
                _ => *known = Some(state),
            }
        }
        self.moved.send_if_modified(|moved| {
            let changed = *moved != seq;
            *moved = seq;
            changed
        });
    }

    /// Moves the head; keeps the entry's JSON only while somebody follows.
    fn push(&self, entry: Unpublished) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let Some(state) = state.as_mut() else {
            return;
        };
        if entry.seq <= state.seq {
            // Read from the file already, beside the writer.
            return;
        }
        let before = state.chain;
        state.seq = entry.seq;
        state.chain = entry.chain;
        if self.moved.receiver_count() == 0 {
            state.tail.clear();
            state.tail_bytes = 0;
            return;
        }
        if state.tail.is_empty() {
            state.tail_chain = before;
        }
        let said = (entry.kind, entry.body.as_str());
        let entry = to_json(entry.seq, entry.at, entry.conversation, said, entry.chain);
        state.tail_bytes += entry.json.len();
        state.tail.push_back(entry);
        while state.tail.len() > TAIL_ENTRIES || state.tail_bytes > TAIL_BYTES {
            let Some(oldest) = state.tail.pop_front() else {
                break;
            };
            state.tail_bytes -= oldest.json.len();
            state.tail_chain = oldest.chain;
        }
    }
}

impl State {
    fn outline(&self) -> Self {
        Self {
            tail: VecDeque::new(),
            tail_bytes: 0,
            ..*self
        }
    }

    /// Makes a page of entries that follow `after`.
    pub(super) fn page(
        &self,
        epoch: Epoch,
        entries: Vec<FeedEntry>,
        chain_before: Chain,
        after: u64,
    ) -> FeedPage {
        let first = entries.first().map_or(after + 1, |entry| entry.seq);
        let last = entries.last().map_or(after, |entry| entry.seq);
        FeedPage {
            epoch,
            head: self.seq,
            next_after: (last < self.seq).then_some(last),
            next_before: (first > self.log_start).then_some(first),
            chain_before,
            entries,
        }
    }
}

/// Takes entries as far as the bounds allow, one at least.
pub(super) fn bounded(
    entries: impl Iterator<Item = FeedEntry>,
    bounds: PageBounds,
) -> Vec<FeedEntry> {
    let mut bytes = 0_usize;
    entries
        .take(bounds.entries.max(1))
        .enumerate()
        .take_while(|(place, entry)| {
            bytes = bytes.saturating_add(entry.json.len());
            *place == 0 || bytes <= bounds.bytes
        })
        .map(|(_, entry)| entry)
        .collect()
}

/// Writes an entry as `contract::Entry` JSON. The body is copied as it is; nothing else in it needs escaping.
pub(super) fn to_json(
    seq: u64,
    at: DateTime<Utc>,
    conversation: Option<ConversationId>,
    (kind, body): (&str, &str),
    chain: Chain,
) -> FeedEntry {
    let at = at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let conversation = conversation.map_or_else(|| "null".to_owned(), |id| format!("\"{id}\""));
    let json = format!(
        r#"{{"seq":{seq},"at":"{at}","conversationId":{conversation},"kind":"{kind}","body":{body},"chain":"{chain}"}}"#
    );
    FeedEntry {
        seq,
        chain,
        json: json.into(),
    }
}

fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}
