//! What all parts of the engine share.

use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use contract::{CommandId, ViewId};
use tokio::sync::{Notify, broadcast, watch};

use super::Pace;
use super::changes::Board;
use super::keeper::blocking;
use super::pulse::Pulse;
use crate::asking::Settings;
use crate::clock::Clock;
use crate::error::Refusal;
use crate::notices::Announcement;
use crate::user::{UserDb, UserError};

/// How many notices may wait for a slow listener.
const NOTICES: usize = 64;

/// Holds the clock, the file of what the member wrote, and the ways to tell others.
pub(crate) struct Core {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) pace: Pace,
    pub(crate) board: Arc<Board>,
    pub(crate) pulse: Pulse,
    pub(crate) notices: broadcast::Sender<Announcement>,
    /// Something new lies in the outbox.
    pub(crate) outbox_ready: Notify,
    /// Lists have to follow something that is no entry.
    pub(crate) listing: Notify,
    /// Counts how often the line came up again: what waits to be sent need not wait longer then.
    pub(crate) line_up: watch::Sender<u64>,
    /// Counts calls to try the connection at once.
    pub(crate) wake: watch::Sender<u64>,
    /// The desk was closed.
    pub(crate) closed: watch::Sender<bool>,
    user: Arc<Mutex<UserDb>>,
    settings: RwLock<Settings>,
    /// Held until the last task is gone, so that nobody else opens the folder before.
    _lock: File,
}

impl Core {
    pub(crate) fn new(
        clock: Arc<dyn Clock>,
        pace: Pace,
        user: UserDb,
        settings: Settings,
        lock: File,
    ) -> Self {
        let board = Arc::new(Board::default());
        Self {
            pulse: Pulse::new(Arc::clone(&clock), Arc::clone(&board)),
            notices: broadcast::channel(NOTICES).0,
            outbox_ready: Notify::new(),
            listing: Notify::new(),
            line_up: watch::channel(0).0,
            wake: watch::channel(0).0,
            closed: watch::channel(false).0,
            _lock: lock,
            user: Arc::new(Mutex::new(user)),
            settings: RwLock::new(settings),
            clock,
            pace,
            board,
        }
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now_millis()
    }

    /// Returns the member's choices.
    pub(crate) fn settings(&self) -> Settings {
        let settings = self.settings.read();
        settings.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Goes by other choices of the member from now on.
    pub(crate) fn go_by(&self, settings: Settings) {
        *self
            .settings
            .write()
            .unwrap_or_else(PoisonError::into_inner) = settings;
    }

    /// Reads or writes `user.db`, off the async threads.
    pub(crate) async fn user<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut UserDb) -> Result<T, UserError> + Send + 'static,
    ) -> Result<T, UserError> {
        let user = Arc::clone(&self.user);
        blocking(move || act(&mut user.lock().unwrap_or_else(PoisonError::into_inner))).await
    }

    /// Makes an id for a new action.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub(crate) fn new_command_id(&self) -> Result<CommandId, Refusal> {
        let (now, random) = self.new_number()?;
        Ok(CommandId::new(now, random))
    }

    /// Makes an id for a new view.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub(crate) fn new_view_id(&self) -> Result<ViewId, Refusal> {
        let (now, random) = self.new_number()?;
        Ok(ViewId::new(now, random))
    }

    fn new_number(&self) -> Result<(u64, [u8; 10]), Refusal> {
        let mut random = [0; 10];
        getrandom::fill(&mut random).map_err(|error| Refusal::Storage(error.to_string()))?;
        Ok((u64::try_from(self.now()).unwrap_or(0), random))
    }

    /// Makes what waits to be sent go at once.
    pub(crate) fn hurry(&self) {
        self.line_up
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Makes the connection be tried at once.
    pub(crate) fn wake(&self) {
        self.wake
            .send_modify(|count| *count = count.wrapping_add(1));
    }
}
