//! Announces what is news: what happened to orders, and calls of colleagues. What came while the member was away is told at
//! once when all of it is here; history read for the first time never is, nor what was long past when it was stored.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use contract::entry::{Assigned, Noted};
use contract::{Entry, MemberId, kind};
use tokio::sync::{Notify, broadcast, watch};
use tokio::time::Instant;

use super::Inbox;
use super::core::Core;
use crate::cache::Happening;
use crate::notices::{Announcement, Burst, Call, CallReason, Entries, Missed, Notice, Ring, wants};

/// What happened longer than this before it was stored is history read in late, in milliseconds.
const STALE: i64 = 6 * 60 * 60 * 1_000;

/// Takes what happened and calls from the link; cheap to clone.
#[derive(Clone)]
pub(crate) struct Announcer {
    shared: Arc<Shared>,
}

struct Shared {
    core: Arc<Core>,
    me: MemberId,
    /// Holding is measured from here: the wall clock may jump.
    begun: Instant,
    hold: i64,
    desk: Mutex<Desk>,
    arrived: Notify,
}

/// What waits to be announced.
struct Desk {
    entries: Entries,
    happenings: Burst<Happening>,
    calls: Burst<Call>,
    missed: Missed,
    ring: Ring,
}

impl Announcer {
    pub(crate) fn new(core: Arc<Core>, me: MemberId) -> Self {
        let hold = i64::try_from(core.pace.notice_hold.as_millis()).unwrap_or(i64::MAX);
        Self {
            shared: Arc::new(Shared {
                core,
                me,
                begun: Instant::now(),
                hold,
                desk: Mutex::new(Desk {
                    entries: Entries::Unknown,
                    happenings: Burst::new(hold),
                    calls: Burst::new(hold),
                    missed: Missed::default(),
                    ring: Ring::default(),
                }),
                arrived: Notify::new(),
            }),
        }
    }

    /// Tells what entries applied now are.
    pub(crate) fn entries(&self) -> Entries {
        self.shared.desk().entries
    }

    /// The feed is followed anew; `is_known` tells whether some of its history is here already.
    pub(crate) fn follow_anew(&self, is_known: bool) {
        let now = self.shared.core.now();
        let heard_at = self.shared.core.pulse.read().heard_at;
        let silence = heard_at.map(|at| now.saturating_sub(at));
        let mut desk = self.shared.desk();
        desk.entries = desk.entries.before(is_known, silence);
    }

    /// The head was reached: from now on entries are news, and what was missed is complete.
    pub(crate) fn expect_news(&self) {
        let due = self.elapsed().saturating_add(self.shared.hold);
        let mut desk = self.shared.desk();
        if desk.entries == Entries::News {
            return;
        }
        desk.entries = Entries::News;
        desk.missed.complete(due);
        self.shared.arrived.notify_one();
    }

    /// Another history begins: until its head nothing is news.
    pub(crate) fn forget_news(&self) {
        let mut desk = self.shared.desk();
        desk.entries = Entries::History;
        desk.missed = Missed::default();
    }

    /// Takes in what happened, and keeps what the member wants to hear of.
    pub(crate) fn take(&self, happenings: Vec<Happening>) {
        let settings = self.shared.core.settings();
        let me = self.shared.me;
        let fresh = happenings.into_iter().filter(|happening| {
            let late = happening.stored_at.saturating_sub(happening.occurred_at);
            late <= STALE && wants(&settings, happening, me)
        });
        let now = self.elapsed();
        let mut desk = self.shared.desk();
        match desk.entries {
            Entries::Missed => desk.missed.take(fresh),
            Entries::News => desk.happenings.take(fresh, now),
            Entries::Unknown | Entries::History => return,
        }
        self.shared.arrived.notify_one();
    }

    /// Takes calls in.
    pub(crate) fn take_calls(&self, calls: Vec<Call>) {
        if !self.shared.core.settings().notify_mine {
            return;
        }
        let now = self.elapsed();
        let mut desk = self.shared.desk();
        match desk.entries {
            Entries::Missed => desk.missed.take_calls(calls),
            Entries::News => desk.calls.take(calls, now),
            Entries::Unknown | Entries::History => return,
        }
        self.shared.arrived.notify_one();
    }

    /// Announces for ever.
    pub(crate) async fn run(self) {
        loop {
            let due = self.shared.desk().due();
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
        let settings = self.shared.core.settings();
        let now = self.elapsed();
        let mut desk = self.shared.desk();
        for notice in desk.release(now) {
            if notice.is_wanted(&settings) {
                let announcement = desk.ring.announce(notice, &settings, now);
                // Nobody listening is no fault: what is announced is on the page.
                let _ = self.shared.core.notices.send(announcement);
            }
        }
    }

    fn elapsed(&self) -> i64 {
        i64::try_from(self.shared.begun.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

impl Shared {
    fn desk(&self) -> std::sync::MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    /// Returns when there is something to announce.
    fn due(&self) -> Option<i64> {
        let dues = [self.happenings.due(), self.calls.due(), self.missed.due()];
        dues.into_iter().flatten().min()
    }

    fn release(&mut self, now: i64) -> Vec<Notice> {
        let mut notices: Vec<Notice> = self.missed.release(now).into_iter().collect();
        notices.extend(self.happenings.release(now));
        notices.extend(self.calls.release(now));
        notices
    }
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
    heard: broadcast::Receiver<Announcement>,
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
    pub async fn next(&mut self) -> Option<Announcement> {
        loop {
            let heard = tokio::select! {
                heard = self.heard.recv() => heard,
                _ = self.closed.wait_for(|closed| *closed) => return None,
            };
            match heard {
                Ok(told) if told.notice.is_wanted(&self.inbox.settings()) => return Some(told),
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}
