//! What changed, gathered per listener so that a slow page costs memory for ids only, and no change is ever lost.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::view::Change;

/// Beyond this many conversations a change says "everything".
const NAMED: usize = 500;

/// Hands every change to every listener.
#[derive(Default)]
pub(crate) struct Board {
    slots: Mutex<Vec<Weak<Slot>>>,
}

#[derive(Default)]
struct Slot {
    pending: Mutex<Pending>,
    ready: Notify,
}

#[derive(Default)]
struct Pending {
    change: Option<Change>,
    closed: bool,
}

/// The stream of coalesced changes.
pub struct Changes {
    slot: Arc<Slot>,
    gather: Duration,
    told_at: Option<Instant>,
}

impl Board {
    /// Adds a listener, told at most once in `gather`.
    pub(crate) fn listen(&self, gather: Duration) -> Changes {
        let slot = Arc::new(Slot::default());
        self.lock().push(Arc::downgrade(&slot));
        Changes {
            slot,
            gather,
            told_at: None,
        }
    }

    /// Tells all listeners.
    pub(crate) fn tell(&self, change: &Change) {
        self.each(|pending| match &mut pending.change {
            Some(gathered) => join(gathered, change),
            none => *none = Some(change.clone()),
        });
    }

    /// Ends all streams once they are read.
    pub(crate) fn close(&self) {
        self.each(|pending| pending.closed = true);
    }

    fn each(&self, act: impl Fn(&mut Pending)) {
        self.lock().retain(|slot| {
            let Some(slot) = slot.upgrade() else {
                return false;
            };
            act(&mut slot.pending.lock().unwrap_or_else(PoisonError::into_inner));
            slot.ready.notify_one();
            true
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Weak<Slot>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Changes {
    /// Waits for what changed since the last call; `None` once the desk is closed.
    pub async fn next(&mut self) -> Option<Change> {
        loop {
            if let Some(told_at) = self.told_at {
                sleep_until(told_at + self.gather).await;
            }
            if let Some(change) = self.take() {
                self.told_at = Some(Instant::now());
                return Some(change);
            }
            if self.closed() {
                return None;
            }
            self.slot.ready.notified().await;
        }
    }

    fn take(&self) -> Option<Change> {
        let mut pending = self.slot.pending.lock();
        pending
            .as_deref_mut()
            .map_or(None, |pending| pending.change.take())
    }

    fn closed(&self) -> bool {
        self.slot
            .pending
            .lock()
            .map_or(true, |pending| pending.closed)
    }
}

/// Joins a change into what was gathered.
fn join(gathered: &mut Change, change: &Change) {
    gathered.everything |= change.everything;
    gathered.counters |= change.counters;
    gathered.freshness |= change.freshness;
    gathered.outbox |= change.outbox;
    gathered.presence |= change.presence;
    gathered.templates |= change.templates;
    gathered.views |= change.views;
    add(&mut gathered.sold, &change.sold);
    if !gathered.everything {
        add(&mut gathered.conversations, &change.conversations);
        gathered.everything = gathered.conversations.len() > NAMED;
    }
    if gathered.everything {
        gathered.conversations.clear();
    }
}

fn add<T: Copy + Ord>(all: &mut Vec<T>, more: &[T]) {
    if more.is_empty() {
        return;
    }
    all.extend_from_slice(more);
    all.sort_unstable();
    all.dedup();
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use contract::ConversationId;

    use super::Board;
    use crate::view::Change;

    fn change(ids: impl IntoIterator<Item = u128>) -> Change {
        Change {
            conversations: ids.into_iter().map(ConversationId::from_u128).collect(),
            ..Change::default()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn changes_are_gathered_and_none_is_lost() {
        let board = Board::default();
        let mut listener = board.listen(Duration::from_millis(16));
        board.tell(&change([1]));
        assert_eq!(
            listener.next().await,
            Some(change([1])),
            "the first at once"
        );
        let told = tokio::time::Instant::now();
        board.tell(&change([3, 2]));
        board.tell(&Change {
            freshness: true,
            presence: true,
            ..change([2])
        });
        board.tell(&Change {
            templates: true,
            views: true,
            ..Change::default()
        });
        let both = Change {
            freshness: true,
            presence: true,
            templates: true,
            views: true,
            ..change([2, 3])
        };
        assert_eq!(listener.next().await, Some(both));
        assert!(told.elapsed() >= Duration::from_millis(16), "one a frame");
        board.tell(&change([4]));
        board.close();
        assert_eq!(listener.next().await, Some(change([4])));
        assert_eq!(listener.next().await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn too_many_to_name_is_everything() {
        let board = Board::default();
        let mut listener = board.listen(Duration::ZERO);
        board.tell(&change(0..400));
        board.tell(&change(300..700));
        board.tell(&change([9]));
        let everything = Change {
            everything: true,
            ..Change::default()
        };
        assert_eq!(listener.next().await, Some(everything));
    }
}
