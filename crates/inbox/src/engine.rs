//! The desk's engine and the one door to it: [`Inbox`] answers the page, keeps what agents do, and follows the feed.
//!
//! It does not know Tauri, and never waits for a disk on an async thread.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use contract::{Action, CommandId, ConversationId};

use crate::asking::{
    CopyWhat, DraftAsked, Found, HandOverAsked, HandedOver, LinkWhat, Session, Settings,
    TimelinePage,
};
use crate::clock::Clock;
use crate::error::{OpenError, Refusal};
use crate::feed::Token;
use crate::notices::Notice;
use crate::view::{
    Change, ConversationView, Counters, Desk, Freshness, OutboxItem, PageAsked, PersonPart, Row,
    RowPage, View,
};

/// Says where a desk keeps its files and how it paces itself.
pub struct Setup {
    /// The data folder; made when missing.
    pub folder: PathBuf,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Waits and limits.
    pub pace: Pace,
}

/// Sets the engine's waits and limits; the defaults are for people, tests shorten them.
#[derive(Debug, Clone)]
pub struct Pace {
    /// How often the service sends a heartbeat; after twice this the line counts as dead.
    pub heartbeat: Duration,
    /// How long a connection or an answer may take.
    pub answer: Duration,
    /// The first wait before trying again.
    pub retry_first: Duration,
    /// The longest wait before trying again.
    pub retry_last: Duration,
    /// How far changes are gathered before the page is told.
    pub gather: Duration,
    /// How long a sale is held before it is announced, so that a burst becomes one notice.
    pub notice_hold: Duration,
    /// How often deadlines that passed are looked for.
    pub sweep: Duration,
    /// Entries asked for in one page.
    pub page: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_secs(15),
            answer: Duration::from_secs(20),
            retry_first: Duration::from_millis(500),
            retry_last: Duration::from_secs(30),
            gather: Duration::from_millis(16),
            notice_hold: Duration::from_millis(400),
            sweep: Duration::from_secs(5),
            page: 1_000,
        }
    }
}

/// Tells what had to be mended when the data folder was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mended {
    /// The cache was unreadable or of another version; it fills again from the service.
    pub cache_refilled: bool,
    /// The file with drafts and the outbox was damaged; it was kept under this path.
    pub user_set_aside: Option<PathBuf>,
}

/// One desk; cheap to clone, safe to share.
#[derive(Clone)]
pub struct Inbox {
    inner: Arc<Inner>,
}

struct Inner {}

#[expect(
    unused_variables,
    clippy::unused_async,
    clippy::unimplemented,
    reason = "interface first"
)]
impl Inbox {
    /// Opens the data folder, alone, with its two files; connects nowhere yet. Needs a running tokio runtime.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(setup: Setup) -> Result<Self, OpenError> {
        unimplemented!()
    }

    /// Tells what had to be mended when the folder was opened.
    #[must_use]
    pub fn mended(&self) -> Mended {
        unimplemented!()
    }

    /// Tells who last signed in at this desk; the token is elsewhere.
    #[must_use]
    pub fn session(&self) -> Option<Session> {
        unimplemented!()
    }

    /// Takes an invite at a team's service and follows its feed; the token goes to the keychain and is shown this once.
    ///
    /// # Errors
    /// `BadAddress`, `Unreachable`, `BadInvite`, `BadName`.
    pub async fn join(
        &self,
        server: &str,
        invite: &str,
        name: &str,
        device: &str,
    ) -> Result<Token, Refusal> {
        unimplemented!()
    }

    /// Sits down with a session made elsewhere (a service inside the app) and follows its feed.
    ///
    /// What is kept of another workspace stays out of sight.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub async fn sit_down(&self, session: Session, token: Token) -> Result<(), Refusal> {
        unimplemented!()
    }

    /// Follows the feed again with the session of last time.
    ///
    /// # Errors
    /// `SignedOut` when there is none.
    pub async fn resume(&self, token: Token) -> Result<(), Refusal> {
        unimplemented!()
    }

    /// Ends the session here and, where it can be reached, at the service; the cache goes, drafts and the outbox stay.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub async fn sign_out(&self) -> Result<(), Refusal> {
        unimplemented!()
    }

    /// Tries the connection at once: the machine woke up or the network is back.
    pub fn wake(&self) {
        unimplemented!()
    }

    /// Stops following and closes the files.
    pub async fn close(&self) {
        unimplemented!()
    }

    /// Tells who sits here.
    #[must_use]
    pub fn desk(&self) -> Option<Desk> {
        unimplemented!()
    }

    /// Returns the member's choices.
    #[must_use]
    pub fn settings(&self) -> Settings {
        unimplemented!()
    }

    /// Keeps the member's choices.
    ///
    /// # Errors
    /// When they cannot be written down.
    pub async fn settings_put(&self, settings: Settings) -> Result<Settings, Refusal> {
        unimplemented!()
    }

    /// Returns the coalesced changes from now on.
    #[must_use]
    pub fn changes(&self) -> Changes {
        unimplemented!()
    }

    /// Returns the sales to announce from now on.
    #[must_use]
    pub fn notices(&self) -> Notices {
        unimplemented!()
    }

    /// Reads one page of a view.
    ///
    /// # Errors
    /// `Invalid` for a bad cursor or limit.
    pub async fn list_page(&self, asked: PageAsked) -> Result<RowPage, Refusal> {
        unimplemented!()
    }

    /// Reads again those of the given rows that are still in the view.
    ///
    /// # Errors
    /// When the cache cannot be read.
    pub async fn rows(&self, view: View, ids: Vec<ConversationId>) -> Result<Vec<Row>, Refusal> {
        unimplemented!()
    }

    /// Counts the rows of every view.
    ///
    /// # Errors
    /// When the cache cannot be read.
    pub async fn counters(&self) -> Result<Counters, Refusal> {
        unimplemented!()
    }

    /// Tells how the desk stands to the service.
    #[must_use]
    pub fn freshness(&self) -> Freshness {
        unimplemented!()
    }

    /// Reads one conversation.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn conversation(&self, id: ConversationId) -> Result<ConversationView, Refusal> {
        unimplemented!()
    }

    /// Reads older items of a timeline.
    ///
    /// # Errors
    /// `NotFound`, `Invalid` for a bad cursor.
    pub async fn timeline_before(
        &self,
        id: ConversationId,
        before: String,
    ) -> Result<TimelinePage, Refusal> {
        unimplemented!()
    }

    /// Returns one part of a person in full, and writes down that it was shown (never what).
    ///
    /// # Errors
    /// `NotFound` when it is not known.
    pub async fn reveal(&self, id: ConversationId, part: PersonPart) -> Result<String, Refusal> {
        unimplemented!()
    }

    /// Finds conversations, newest first.
    ///
    /// # Errors
    /// When the cache cannot be read.
    pub async fn search(&self, text: String, limit: u32) -> Result<Found, Refusal> {
        unimplemented!()
    }

    /// Writes a text down as handed over and says what to open; checks at this moment that the order is not paid, no code in
    /// the text is dead, and no part is missing.
    ///
    /// # Errors
    /// `AlreadyPaid`, `PixExpired`, `HasHole`, `NoPhone`, `NoEmail`, `NotFound`.
    pub async fn hand_over(&self, asked: HandOverAsked) -> Result<HandedOver, Refusal> {
        unimplemented!()
    }

    /// Writes an action down; it is shown at once as pending.
    ///
    /// # Errors
    /// `NotFound`, `Invalid`.
    pub async fn act(&self, id: ConversationId, action: Action) -> Result<CommandId, Refusal> {
        unimplemented!()
    }

    /// Takes an action back: true when it had not left yet, or its opposite was written down.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub async fn undo(&self, id: CommandId) -> Result<bool, Refusal> {
        unimplemented!()
    }

    /// Returns the text to put on the clipboard.
    ///
    /// # Errors
    /// `PixExpired`, `PixBroken`, `NothingToCopy`, `AlreadyPaid`, `NotFound`.
    pub async fn copy(
        &self,
        id: ConversationId,
        order_key: String,
        what: CopyWhat,
    ) -> Result<String, Refusal> {
        unimplemented!()
    }

    /// Returns the order's own link to open; `https` only.
    ///
    /// # Errors
    /// `NoLink`, `NotFound`.
    pub async fn link(
        &self,
        id: ConversationId,
        order_key: String,
        what: LinkWhat,
    ) -> Result<String, Refusal> {
        unimplemented!()
    }

    /// Keeps what was typed, or forgets it when it is empty.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub async fn save_draft(&self, asked: DraftAsked) -> Result<(), Refusal> {
        unimplemented!()
    }

    /// Remembers that the member has looked at a conversation now.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub async fn mark_read(&self, id: ConversationId) -> Result<(), Refusal> {
        unimplemented!()
    }

    /// Lists the actions that the service has not confirmed, or has refused, oldest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn outbox(&self) -> Result<Vec<OutboxItem>, Refusal> {
        unimplemented!()
    }

    /// Sends a refused or waiting action again at once; a refused one under a new id, since its old one is answered.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn outbox_retry(&self, id: CommandId) -> Result<(), Refusal> {
        unimplemented!()
    }

    /// Forgets a refused or waiting action.
    ///
    /// # Errors
    /// `NotFound` when there is none or it is on its way.
    pub async fn outbox_discard(&self, id: CommandId) -> Result<(), Refusal> {
        unimplemented!()
    }
}

/// The stream of coalesced changes.
pub struct Changes {}

#[expect(
    clippy::unused_async,
    clippy::unimplemented,
    reason = "interface first"
)]
impl Changes {
    /// Waits for what changed since the last call; `None` once the desk is closed.
    pub async fn next(&mut self) -> Option<Change> {
        unimplemented!()
    }
}

/// The stream of sales to announce.
pub struct Notices {}

#[expect(
    clippy::unused_async,
    clippy::unimplemented,
    reason = "interface first"
)]
impl Notices {
    /// Waits for the next notice; `None` once the desk is closed.
    pub async fn next(&mut self) -> Option<Notice> {
        unimplemented!()
    }
}
