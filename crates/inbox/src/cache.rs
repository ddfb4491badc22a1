//! The cache: what the feed told, folded into what the page shows, in one SQLite file that may be deleted at any moment.
//!
//! Rows and cursor change in one transaction, so a crash loses both or neither and the feed is followed on from where the rows
//! are. Nothing pending is written here (see [`Overlay`]), nothing here is precious, and nothing here knows the network.
//!
//! One [`Cache`] writes; any number of threads read through [`Views`], which stay open across a rebuild.

use std::path::{Path, PathBuf};

use contract::{Chain, CommandId, ConversationId, Entry, Epoch, MemberId, Page, Position};

use crate::view::{Amount, Change};

pub use error::{ApplyError, CacheError};
pub use overlay::{Overlay, Pending};
pub use views::Views;

mod error;
mod overlay;
mod views;

/// Says whose eyes the cache is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// The member at this desk.
    pub member: MemberId,
    /// What the service stored up to this time (Unix milliseconds) counts as read: when the member first sat down here.
    pub read_until: i64,
}

/// Tells what opening a cache found.
#[derive(Debug)]
pub struct Opened {
    /// The cache.
    pub cache: Cache,
    /// Why it is empty, if it was made or emptied just now.
    pub refill: Option<Refill>,
}

/// Lists why a cache has to be filled from the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refill {
    /// There was none.
    New,
    /// An older or newer version of the app wrote it; it was dropped.
    OtherVersion,
    /// It belonged to another member; it was dropped.
    OtherMember,
    /// It was damaged; it was kept under this path.
    Damaged {
        /// Where the damaged file is now.
        set_aside: PathBuf,
    },
}

/// Tells which part of the feed is in the cache: the entries `tail..=head`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The history followed; `None` before the first page.
    pub epoch: Option<Epoch>,
    /// The newest entry applied; 0 before the first.
    pub head: u64,
    /// The chain of `head`.
    pub chain: Chain,
    /// The oldest entry applied; `head + 1` while there is none.
    pub tail: u64,
    /// The log holds nothing older than `tail`.
    pub filled: bool,
}

impl Cursor {
    /// Returns the position to follow the feed from.
    #[must_use]
    pub fn position(&self) -> Position {
        Position {
            epoch: self.epoch.clone(),
            seq: self.head,
        }
    }
}

/// Tells what entries changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// What the page should read again; `sold` names the conversations of [`Applied::sales`].
    pub change: Change,
    /// The actions that the feed now shows, of any member.
    pub confirmed: Vec<CommandId>,
    /// The sales that became approved by these entries, oldest first: once an order, never tests.
    pub sales: Vec<Sale>,
}

/// Tells of a sale that was just approved.
#[derive(Clone, PartialEq, Eq)]
pub struct Sale {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The order.
    pub order_key: String,
    /// The amount.
    pub amount: Option<Amount>,
    /// The first item.
    pub product: Option<String>,
    /// The buyer's first name.
    pub first_name: Option<String>,
    /// When the service stored the entry that told it, in Unix milliseconds.
    pub stored_at: i64,
    /// When the platform says it happened, in Unix milliseconds.
    pub occurred_at: i64,
}

impl std::fmt::Debug for Sale {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A buyer's name and what they bought belong in no log.
        out.debug_struct("Sale")
            .field("conversation_id", &self.conversation_id)
            .finish_non_exhaustive()
    }
}

/// Tells what a sweep did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Swept {
    /// What the page should read again.
    pub change: Change,
    /// There is more to sweep; call again.
    pub more: bool,
}

/// Remembers up to where a conversation was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadMark {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The service's time of the newest entry that was read, in Unix milliseconds.
    pub at: i64,
}

/// Writes the cache; there is one.
#[derive(Debug)]
pub struct Cache {}

impl Cache {
    /// Opens the cache at `path`, or makes an empty one there where none can be read; `now` is Unix milliseconds.
    ///
    /// A file of another version or member is dropped, a damaged one set aside: the feed has it all.
    ///
    /// # Errors
    /// When the file cannot be made, or SQLite is older than 3.51.3.
    pub fn open(path: &Path, holder: Holder, now: i64) -> Result<Opened, CacheError> {
        let _ = (path, holder, now);
        unimplemented!()
    }

    /// Returns the readers' side.
    #[must_use]
    pub fn views(&self) -> Views {
        unimplemented!()
    }

    /// Returns which part of the feed is here.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        unimplemented!()
    }

    /// Starts an empty cache with any page of the feed, in practice the newest.
    ///
    /// # Errors
    /// [`ApplyError::NotEmpty`] when the cache already follows a feed; else as [`Cache::apply`].
    pub fn begin(&mut self, page: &Page) -> Result<Applied, ApplyError> {
        let _ = page;
        unimplemented!()
    }

    /// Applies entries that follow the head, and moves the cursor, in one transaction; entries already here are passed over.
    ///
    /// # Errors
    /// [`ApplyError::OtherEpoch`], [`ApplyError::Gap`] and [`ApplyError::ChainMismatch`] when they do not follow;
    /// [`ApplyError::DiskFull`], [`ApplyError::Corrupt`] and [`ApplyError::Database`] when they cannot be kept. Nothing changed then.
    pub fn apply(&mut self, epoch: &Epoch, entries: &[Entry]) -> Result<Applied, ApplyError> {
        let _ = (epoch, entries);
        unimplemented!()
    }

    /// Applies a page of entries that end where the tail begins.
    ///
    /// `next_before` of the page tells whether the log goes further back. No sales are reported: they are history.
    ///
    /// # Errors
    /// As [`Cache::apply`].
    pub fn apply_older(&mut self, page: &Page) -> Result<Applied, ApplyError> {
        let _ = page;
        unimplemented!()
    }

    /// Moves rows whose time has come to where they belong at `now` (Unix milliseconds), a few hundred a call.
    ///
    /// A clock that jumped is followed both ways, so nothing is lost to it.
    ///
    /// # Errors
    /// [`ApplyError`] of storage; nothing changed then.
    pub fn sweep(&mut self, now: i64) -> Result<Swept, ApplyError> {
        let _ = now;
        unimplemented!()
    }

    /// Enters up to `limit` conversations into the search index that big batches left out; returns how many are left.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn index_search(&mut self, limit: u32) -> Result<u64, ApplyError> {
        let _ = limit;
        unimplemented!()
    }

    /// Marks all that a conversation shows as read; returns the mark to keep, or `None` when there is nothing new.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn mark_read(&mut self, id: ConversationId) -> Result<Option<ReadMark>, ApplyError> {
        let _ = id;
        unimplemented!()
    }

    /// Takes over read marks kept elsewhere, after a refill; marks of conversations that are not here yet are kept for them.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn replay_read(&mut self, marks: &[ReadMark]) -> Result<(), ApplyError> {
        let _ = marks;
        unimplemented!()
    }

    /// Moves committed pages into the main file and merges the search index a little; call it when idle.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn tend(&mut self) -> Result<(), ApplyError> {
        unimplemented!()
    }

    /// Makes an empty cache beside this one, to be filled while this one stays readable.
    ///
    /// # Errors
    /// [`CacheError`] as [`Cache::open`].
    pub fn beside(&self, now: i64) -> Result<Self, CacheError> {
        let _ = now;
        unimplemented!()
    }

    /// Puts a cache made with [`Cache::beside`] in this one's place; all [`Views`] of this one read the new rows from then on.
    ///
    /// # Errors
    /// [`CacheError`] when the files cannot be swapped.
    pub fn replace_with(&mut self, fresh: Self) -> Result<(), CacheError> {
        let _ = fresh;
        unimplemented!()
    }

    /// Closes the file and notes that it was closed in good order.
    ///
    /// # Errors
    /// [`ApplyError`] of storage; the next opening then checks the file.
    pub fn close(self) -> Result<(), ApplyError> {
        unimplemented!()
    }

    /// Fingerprints all logical rows, free of the order in which entries came; for tests.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn digest(&self) -> Result<String, ApplyError> {
        unimplemented!()
    }
}
