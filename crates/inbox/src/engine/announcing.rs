//! Announces sales that are news: stored after this desk first reached the head, and not long past when they were stored.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, broadcast, watch};
use tokio::time::Instant;

use super::Inbox;
use super::core::Core;
use crate::cache::Sale;
use crate::notices::{Burst, Notice};

/// A sale that happened longer than this before it was stored is history read in late, in milliseconds.
const STALE: i64 = 6 * 60 * 60 * 1_000;

/// Takes sales from the link; cheap to clone.
#[derive(Clone)]
pub(crate) struct Announcer {
    shared: Arc<Shared>,
}

struct Shared {
    core: Arc<Core>,
    /// Holding is measured from here: the wall clock may jump.
    begun: Instant,
    burst: Mutex<Burst>,
    arrived: Notify,
    news: AtomicBool,
}

impl Announcer {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        let hold = i64::try_from(core.pace.notice_hold.as_millis()).unwrap_or(i64::MAX);
        Self {
            shared: Arc::new(Shared {
                core,
                begun: Instant::now(),
                burst: Mutex::new(Burst::new(hold)),
                arrived: Notify::new(),
                news: AtomicBool::new(false),
            }),
        }
    }

    /// Tells whether entries applied now are news.
    pub(crate) fn open_for_news(&self) -> bool {
        self.shared.news.load(Ordering::Acquire)
    }

    /// The head was reached: from now on entries are news.
    pub(crate) fn expect_news(&self) {
        self.shared.news.store(true, Ordering::Release);
    }

    /// Another history begins: until its head nothing is news.
    pub(crate) fn forget_news(&self) {
        self.shared.news.store(false, Ordering::Release);
    }

    /// Takes sales in.
    pub(crate) fn take(&self, sales: Vec<Sale>) {
        let fresh = sales
            .into_iter()
            .filter(|sale| sale.stored_at.saturating_sub(sale.occurred_at) <= STALE);
        self.burst().take(fresh, self.elapsed());
        self.shared.arrived.notify_one();
    }

    /// Announces for ever.
    pub(crate) async fn run(self) {
        loop {
            let due = self.burst().due();
            let Some(due) = due else {
                self.shared.arrived.notified().await;
                continue;
            };
            let wait = due.saturating_sub(self.elapsed());
            let wait = Duration::from_millis(u64::try_from(wait).unwrap_or(0));
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                // One more sale may move the time.
                () = self.shared.arrived.notified() => continue,
            }
            self.release();
        }
    }

    fn release(&self) {
        let notices = self.burst().release(self.elapsed());
        for notice in notices {
            // Nobody listening is no fault: the sales are on the page.
            let _ = self.shared.core.notices.send(notice);
        }
    }

    fn elapsed(&self) -> i64 {
        i64::try_from(self.shared.begun.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    fn burst(&self) -> std::sync::MutexGuard<'_, Burst> {
        self.shared
            .burst
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The stream of sales to announce.
pub struct Notices {
    inbox: Inbox,
    heard: broadcast::Receiver<Notice>,
    closed: watch::Receiver<bool>,
}

impl Notices {
    pub(super) fn of(inbox: &Inbox) -> Self {
        let core = inbox.core();
        Self {
            heard: core.notices.subscribe(),
            closed: core.closed.subscribe(),
            inbox: inbox.clone(),
        }
    }

    /// Waits for the next notice; while the member wants none, none comes. `None` once the desk is closed.
    pub async fn next(&mut self) -> Option<Notice> {
        loop {
            let heard = tokio::select! {
                heard = self.heard.recv() => heard,
                _ = self.closed.wait_for(|closed| *closed) => return None,
            };
            match heard {
                Ok(notice) if self.inbox.settings().notify_sales => return Some(notice),
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}
