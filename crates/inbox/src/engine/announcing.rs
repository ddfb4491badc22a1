//! Announces what is news: sales, and calls of colleagues, stored after this desk first reached the head; sales only when they
//! were not long past when they were stored.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use contract::entry::{Assigned, Noted};
use contract::{Entry, MemberId, kind};
use tokio::sync::{Notify, broadcast, watch};
use tokio::time::Instant;

use super::Inbox;
use super::core::Core;
use crate::cache::Sale;
use crate::notices::{Burst, Call, CallReason, Notice};

/// A sale that happened longer than this before it was stored is history read in late, in milliseconds.
const STALE: i64 = 6 * 60 * 60 * 1_000;

/// Takes sales and calls from the link; cheap to clone.
#[derive(Clone)]
pub(crate) struct Announcer {
    shared: Arc<Shared>,
}

struct Shared {
    core: Arc<Core>,
    /// Holding is measured from here: the wall clock may jump.
    begun: Instant,
    sales: Mutex<Burst<Sale>>,
    calls: Mutex<Burst<Call>>,
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
                sales: Mutex::new(Burst::new(hold)),
                calls: Mutex::new(Burst::new(hold)),
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
        held(&self.shared.sales).take(fresh, self.elapsed());
        self.shared.arrived.notify_one();
    }

    /// Takes calls in.
    pub(crate) fn take_calls(&self, calls: Vec<Call>) {
        held(&self.shared.calls).take(calls, self.elapsed());
        self.shared.arrived.notify_one();
    }

    /// Announces for ever.
    pub(crate) async fn run(self) {
        loop {
            let sales = held(&self.shared.sales).due();
            let calls = held(&self.shared.calls).due();
            let Some(due) = sales.into_iter().chain(calls).min() else {
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
        let now = self.elapsed();
        let mut notices = held(&self.shared.sales).release(now);
        notices.extend(held(&self.shared.calls).release(now));
        for notice in notices {
            // Nobody listening is no fault: what is announced is on the page.
            let _ = self.shared.core.notices.send(notice);
        }
    }

    fn elapsed(&self) -> i64 {
        i64::try_from(self.shared.begun.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

fn held<T>(burst: &Mutex<Burst<T>>) -> std::sync::MutexGuard<'_, Burst<T>> {
    burst.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Finds the colleagues' words to a member among entries: mentions in notes, and conversations given to them.
pub(crate) fn calls(entries: &[Entry], me: MemberId) -> Vec<Call> {
    let found = entries.iter().filter_map(|entry| {
        let conversation_id = entry.conversation_id?;
        let (by, reason) = match entry.kind.as_str() {
            kind::NOTED => {
                let told: Noted = entry.read().ok()?;
                let meant = told.mentions.iter().any(|mentioned| mentioned.id == me);
                (meant.then_some(told.by)?, CallReason::Mention)
            }
            kind::ASSIGNED => {
                let told: Assigned = entry.read().ok()?;
                let meant = told.to.id == me;
                (meant.then_some(told.by)?, CallReason::Assignment)
            }
            _ => return None,
        };
        // Who gives themselves a conversation knows of it.
        (by.id != me).then_some(Call {
            conversation_id,
            reason,
            by: by.name,
            first_name: None,
        })
    });
    found.collect()
}

/// The stream of what is to be announced.
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
                Ok(notice) if notice.is_wanted(&self.inbox.settings()) => return Some(notice),
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}
