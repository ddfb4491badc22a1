//! The newest entries of each workspace, ready to be written to many streams: read and framed once, shared by all readers.
//!
//! It is a cache of the store's pages and nothing more: entries enter it only by being read back after their commit, so losing
//! it, or a wake-up, costs time and never an entry.

use std::collections::{HashMap, VecDeque};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use contract::{Epoch, WorkspaceId, kind};
use tokio::sync::Mutex as AsyncMutex;

use crate::store::{FeedEntry, FeedPage, PageBounds, Store, StoreError};

/// The most entries that are kept ready.
const KEPT: usize = 2_048;
/// The most bytes that are kept ready, one frame apart.
const KEPT_BYTES: usize = 2 << 20;
/// The most bytes that are handed to a stream at once: what a reader that has stalled may hold in memory.
const CHUNK_BYTES: usize = 256 << 10;
/// How a page is read for streams.
const PAGE: PageBounds = PageBounds {
    entries: 1_000,
    bytes: CHUNK_BYTES,
};

/// Holds the tail of every workspace that has had a stream.
pub(in crate::http) struct Tails {
    store: Arc<dyn Store>,
    tails: Mutex<HashMap<WorkspaceId, Arc<Tail>>>,
}

impl Tails {
    pub(in crate::http) fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            tails: Mutex::default(),
        }
    }

    /// Forgets a workspace's frames: some of their entries were erased.
    pub(in crate::http) async fn forget(&self, workspace: WorkspaceId) {
        *self.of(workspace).ring.lock().await = Ring::default();
    }

    /// Returns the workspace's tail.
    pub(super) fn of(&self, workspace: WorkspaceId) -> Arc<Tail> {
        let mut tails = self.tails.lock().unwrap_or_else(PoisonError::into_inner);
        let tail = tails.entry(workspace).or_insert_with(|| {
            Arc::new(Tail {
                store: Arc::clone(&self.store),
                workspace,
                ring: AsyncMutex::default(),
            })
        });
        Arc::clone(tail)
    }
}

/// Keeps the newest frames of one workspace.
pub(super) struct Tail {
    store: Arc<dyn Store>,
    workspace: WorkspaceId,
    ring: AsyncMutex<Ring>,
}

/// Holds consecutive frames, ready to be written.
#[derive(Clone)]
pub(super) struct Chunk {
    /// The frames' text.
    pub(super) bytes: Bytes,
    /// The number of the last entry in it.
    pub(super) last: u64,
    /// How many entries it holds.
    pub(super) entries: u64,
}

/// Tells why a stream cannot go on.
pub(super) enum Broken {
    /// The feed's history is another one now.
    Epoch,
    /// The store cannot be read.
    Store(StoreError),
}

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Tail {
    /// Returns the next frames after a position of an epoch; `None` at the head.
    pub(super) async fn after(&self, cursor: u64, epoch: &Epoch) -> Result<Option<Chunk>, Broken> {
        let head = self.store.head(self.workspace).await?;
        if head.epoch != *epoch {
            return Err(Broken::Epoch);
        }
        if head.seq <= cursor {
            return Ok(None);
        }
        let mut ring = self.ring.lock().await;
        let learnt = self.store.learnt();
        if ring.learnt != learnt {
            // Another process may have erased somebody of whom the frames tell.
            *ring = Ring {
                learnt,
                ..Ring::default()
            };
        }
        if ring.lies_before(cursor, epoch) {
            // Somebody who catches up reads for itself: the ring stays with those at the head.
            drop(ring);
            let page = self.page(cursor, epoch).await?;
            return Ok(Ring::default().take_in(&page).after(cursor));
        }
        if ring.newest() != Some(cursor) && ring.holds_after(cursor, epoch) {
            return Ok(ring.after(cursor));
        }
        let page = self.page(cursor, epoch).await?;
        if ring.newest() != Some(cursor) || ring.epoch.as_ref() != Some(epoch) {
            *ring = Ring {
                learnt,
                ..Ring::default()
            };
        }
        Ok(ring.take_in(&page).after(cursor))
    }

    async fn page(&self, cursor: u64, epoch: &Epoch) -> Result<FeedPage, Broken> {
        let page = self
            .store
            .entries_after(self.workspace, cursor, PAGE)
            .await?;
        if page.epoch == *epoch {
            Ok(page)
        } else {
            Err(Broken::Epoch)
        }
    }
}

#[derive(Default)]
struct Ring {
    epoch: Option<Epoch>,
    /// How often the store had learnt from other processes when the frames were made.
    learnt: u64,
    frames: VecDeque<(u64, Bytes)>,
    bytes: usize,
    /// The chunk made last and the cursor it was made for: readers at the head all ask for the same one.
    made: Option<(u64, Chunk)>,
}

impl Ring {
    fn newest(&self) -> Option<u64> {
        self.frames.back().map(|(seq, _)| *seq)
    }

    /// Tells whether the frames begin later than just after the cursor.
    fn lies_before(&self, cursor: u64, epoch: &Epoch) -> bool {
        self.epoch.as_ref() == Some(epoch)
            && self
                .frames
                .front()
                .is_some_and(|(first, _)| *first > cursor.saturating_add(1))
    }

    fn holds_after(&self, cursor: u64, epoch: &Epoch) -> bool {
        self.epoch.as_ref() == Some(epoch) && self.newest().is_some_and(|newest| newest > cursor)
    }

    fn take_in(&mut self, page: &FeedPage) -> &mut Self {
        self.epoch = Some(page.epoch.clone());
        self.made = None;
        if page.entries.iter().any(tells_of_erasing) {
            // What was kept from before may tell of the person still.
            self.frames.clear();
            self.bytes = 0;
        }
        for entry in &page.entries {
            let frame = frame(&page.epoch, entry);
            self.bytes += frame.len();
            self.frames.push_back((entry.seq, frame));
        }
        while self.frames.len() > KEPT || (self.bytes > KEPT_BYTES && self.frames.len() > 1) {
            if let Some((_, frame)) = self.frames.pop_front() {
                self.bytes -= frame.len();
            }
        }
        self
    }

    fn after(&mut self, cursor: u64) -> Option<Chunk> {
        if let Some((from, chunk)) = &self.made
            && *from == cursor
        {
            return Some(chunk.clone());
        }
        let start = self.frames.partition_point(|(seq, _)| *seq <= cursor);
        let chunk = joined(self.frames.range(start..))?;
        self.made = Some((cursor, chunk.clone()));
        Some(chunk)
    }
}

fn joined<'a>(frames: impl Iterator<Item = &'a (u64, Bytes)>) -> Option<Chunk> {
    let mut bytes = BytesMut::new();
    let (mut last, mut entries) = (0, 0);
    for (seq, frame) in frames {
        if entries > 0 && bytes.len() + frame.len() > CHUNK_BYTES {
            break;
        }
        bytes.extend_from_slice(frame);
        last = *seq;
        entries += 1;
    }
    (entries > 0).then(|| Chunk {
        bytes: bytes.freeze(),
        last,
        entries,
    })
}

/// Tells whether an entry says that somebody was erased; one whose text only quotes the word costs a page read anew.
fn tells_of_erasing(entry: &FeedEntry) -> bool {
    entry.json.contains(kind::SUBJECT_ERASED)
}

/// Writes an entry as a server-sent event. Its JSON has no line breaks, since it is stored without white space.
fn frame(epoch: &Epoch, entry: &FeedEntry) -> Bytes {
    let mut text = String::with_capacity(entry.json.len() + 80);
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "id: {epoch}.{}\nevent: entry\ndata: {}\n\n",
        entry.seq, entry.json
    );
    text.into()
}

#[cfg(test)]
mod tests;
