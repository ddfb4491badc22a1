//! What a desk is opened with, and what opening it tells.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;

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
    /// How long what cannot be unsaid stays in the outbox, so that it can be taken back.
    pub hold: Duration,
    /// How often the service hears anew which conversation is open.
    pub presence: Duration,
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
            hold: Duration::from_secs(5),
            presence: Duration::from_secs(20),
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
