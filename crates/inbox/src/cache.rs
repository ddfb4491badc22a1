//! The cache: what the feed told, folded into what the page shows, in one SQLite file that may be deleted at any moment.
//!
//! Rows and cursor change in one transaction, so a crash loses both or neither and the feed is followed on from where the rows
//! are. Nothing pending is written here (see [`Overlay`]), nothing here is precious, and nothing here knows the network.
//!
//! One [`Cache`] writes; any number of threads read through [`Views`], which stay open across a rebuild.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use contract::{Chain, CommandId, ConversationId, Epoch, MemberId, Position, Stage, StageGroup};

use crate::view::{Amount, Change};

use rusqlite::{Connection, OptionalExtension};

pub use error::{ApplyError, CacheError};
pub use overlay::{Overlay, Pending};
pub use team::KeptTemplate;
pub use views::Views;

mod apply;
mod batch;
mod closed;
mod conversation;
mod digest;
mod erasing;
mod error;
mod facts;
mod file;
mod handling;
mod judge;
mod labels;
mod links;
mod listing;
mod moment;
mod narrow;
mod overlay;
mod said;
mod saved;
mod shelf;
mod steps;
mod sweep;
mod team;
#[cfg(test)]
mod tests;
mod told;
mod traits;
mod views;
mod words;

use conversation::Conversation;
use shelf::Shelf;

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
    /// What the page should read again; `sold` names the conversations of the sales among [`Applied::happenings`].
    pub change: Change,
    /// The actions that the feed now shows, of any member.
    pub confirmed: Vec<CommandId>,
    /// Where orders came to stand by these entries, oldest first; never tests.
    pub happenings: Vec<Happening>,
}

/// Tells that an order just came to stand elsewhere; a sale is told once an order, when it is approved.
#[derive(Clone, PartialEq, Eq)]
pub struct Happening {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The order.
    pub order_key: String,
    /// Where it stands now.
    pub stage: Stage,
    /// Who has the conversation, after all entries that were applied together.
    pub owner: Option<MemberId>,
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

impl Happening {
    /// Tells whether it is an approved sale.
    #[must_use]
    pub fn is_sale(&self) -> bool {
        self.stage.group() == StageGroup::Approved
    }
}

impl std::fmt::Debug for Happening {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A buyer's name and what they bought belong in no log.
        out.debug_struct("Happening")
            .field("conversation_id", &self.conversation_id)
            .field("stage", &self.stage)
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
pub struct Cache {
    db: Connection,
    shelf: Arc<Shelf>,
    holder: Holder,
    cursor: Cursor,
    tail_chain: Chain,
    swept_at: i64,
    /// Entries applied since pages were last moved from the log into the file.
    unmoved: usize,
    /// Who was erased, as the table has them.
    erased: Arc<BTreeSet<ConversationId>>,
}

impl Cache {
    /// Opens the cache at `path`, or makes an empty one there where none can be read; `now` is Unix milliseconds.
    ///
    /// A file of another version or member is dropped, a damaged one set aside: the feed has it all.
    ///
    /// # Errors
    /// When the file cannot be made, or SQLite is older than 3.51.3.
    pub fn open(path: &Path, holder: Holder, now: i64) -> Result<Opened, CacheError> {
        let fresh = file::beside(path, FRESH);
        file::remove(&fresh)?;
        let (db, refill) = file::open_writer(path, holder, now)?;
        Ok(Opened {
            cache: Self::over(db, path, holder)?,
            refill,
        })
    }

    /// Returns the readers' side.
    #[must_use]
    pub fn views(&self) -> Views {
        Views::over(Arc::clone(&self.shelf))
    }

    /// Returns which part of the feed is here.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        self.cursor.clone()
    }

    /// Marks all that a conversation shows as read; returns the marks to keep, one for each of its parts that had news.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn mark_read(&mut self, id: ConversationId) -> Result<Vec<ReadMark>, ApplyError> {
        self.write(|tx| {
            let Some(found) = Conversation::shown(tx, id)? else {
                return Ok(Vec::new());
            };
            let mut marks = Vec::new();
            for mut part in found.parts(tx)? {
                if part.read_at < part.news_at {
                    part.read_at = part.news_at;
                    part.write(tx)?;
                    marks.push(ReadMark {
                        conversation_id: part.public,
                        at: part.read_at,
                    });
                }
            }
            Ok(marks)
        })
    }

    /// Takes over read marks kept elsewhere, after a refill; marks of conversations that are not here yet are kept for them.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn replay_read(&mut self, marks: &[ReadMark]) -> Result<(), ApplyError> {
        let erased = Arc::clone(&self.erased);
        self.write(|tx| {
            for mark in marks {
                if erased.contains(&mark.conversation_id) {
                    continue;
                }
                let mut found = match Conversation::by_public(tx, mark.conversation_id)? {
                    Some(found) => found,
                    None => Conversation::new(next_row(tx)?, mark.conversation_id),
                };
                found.read_at = found.read_at.max(mark.at);
                found.write(tx)?;
            }
            Ok(())
        })
    }

    /// Makes an empty cache beside this one, to be filled while this one stays readable; `now` is Unix milliseconds.
    ///
    /// The member's own views are in it; read marks are not: replay them.
    ///
    /// # Errors
    /// [`CacheError`] as [`Cache::open`].
    pub fn beside(&self, now: i64) -> Result<Self, CacheError> {
        let path = file::beside(&self.shelf.path, FRESH);
        file::remove(&path)?;
        let fresh = file::make(&path, self.holder, now)?;
        saved::carry_own(&self.db, &fresh)?;
        Self::over(fresh, &path, self.holder)
    }

    /// Puts a cache made with [`Cache::beside`] in this one's place; all [`Views`] of this one read the new rows from then on.
    ///
    /// # Errors
    /// [`CacheError`] when the files cannot be swapped.
    pub fn replace_with(&mut self, fresh: Self) -> Result<(), CacheError> {
        let shelf = Arc::clone(&self.shelf);
        let from = fresh.shelf.path.clone();
        shelf.exchange(|| {
            fresh.shut()?;
            // The old connection has to be closed before its file goes; one in memory holds its place meanwhile.
            let old = std::mem::replace(&mut self.db, Connection::open_in_memory()?);
            drop(old);
            file::swap(&from, &shelf.path)?;
            let (db, _) = file::open_writer(&shelf.path, self.holder, self.swept_at)?;
            let reopened = Self::over(db, &shelf.path, self.holder)?;
            self.db = reopened.db;
            self.cursor = reopened.cursor;
            self.tail_chain = reopened.tail_chain;
            self.swept_at = reopened.swept_at;
            self.erased = reopened.erased;
            Ok(())
        })
    }

    /// Closes the file and notes that it was closed in good order.
    ///
    /// # Errors
    /// [`ApplyError`] of storage; the next opening then checks the file.
    pub fn close(self) -> Result<(), ApplyError> {
        let shelf = Arc::clone(&self.shelf);
        shelf.exchange(|| self.shut())
    }

    /// Fingerprints all logical rows, free of the order in which entries came; for tests.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn digest(&self) -> Result<String, ApplyError> {
        digest::of(&self.db)
    }

    fn over(db: Connection, path: &Path, holder: Holder) -> Result<Self, CacheError> {
        let (cursor, tail_chain, swept_at) = read_meta(&db)?;
        let erased = Arc::new(erasing::known(&db).map_err(ApplyError::from)?);
        Ok(Self {
            erased,
            db,
            shelf: Arc::new(Shelf::at(path)),
            holder,
            cursor,
            tail_chain,
            swept_at,
            unmoved: 0,
        })
    }

    fn shut(self) -> Result<(), ApplyError> {
        file::note_closed(&self.db)?;
        file::checkpoint(&self.db, file::Checkpoint::Truncate)?;
        self.db.close().map_err(|(_, error)| error)?;
        Ok(())
    }
}

/// The suffix of a cache that is being filled beside the one in use.
const FRESH: &str = ".new";

fn read_meta(db: &Connection) -> Result<(Cursor, Chain, i64), ApplyError> {
    let sql =
        "SELECT epoch, head, chain, tail, tail_chain, filled, swept_at FROM meta WHERE id = 1";
    let read = |row: &rusqlite::Row<'_>| {
        let epoch: String = row.get(0)?;
        let chain = |at| -> rusqlite::Result<Chain> {
            let bytes = <[u8; 16]>::try_from(row.get_ref(at)?.as_blob()?);
            Ok(bytes.map_or(Chain::EMPTY, Chain::from_bytes))
        };
        let cursor = Cursor {
            epoch: Some(epoch).filter(|epoch| !epoch.is_empty()).map(Epoch),
            head: row.get::<_, i64>(1)?.unsigned_abs(),
            chain: chain(2)?,
            tail: row.get::<_, i64>(3)?.unsigned_abs(),
            filled: row.get(5)?,
        };
        Ok((cursor, chain(4)?, row.get(6)?))
    };
    let found = db.query_row(sql, (), read).optional()?;
    found.ok_or(ApplyError::Corrupt)
}

fn next_row(db: &Connection) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM conversation")?
        .query_row((), |row| row.get(0))
}
