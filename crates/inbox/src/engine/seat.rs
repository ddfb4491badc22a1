//! One member sitting at the desk: the cache read with their eyes, their pending actions over it, and the work behind it.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use contract::{Action, Actor, CommandId, ConversationId};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::core::Core;
use super::keeper::{Keeper, blocking};
use super::presence::Presence;
use super::templating::Stock;
use crate::asking::Session;
use crate::cache::{ApplyError, Overlay, Pending, Views};
use crate::error::Refusal;
use crate::feed::Line;
use crate::user::{Kept, KeptState, UserError};
use crate::view::{Change, Row};

/// How many actions that left can still be taken back by their opposites.
const RECENT: usize = 4_000;

/// Holds an action that was written down, and what turns it back once it has left.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    /// The conversation.
    pub(crate) conversation: ConversationId,
    /// The action.
    pub(crate) action: Action,
    /// Done in this order, they turn it back; empty where nothing does.
    pub(crate) opposites: Vec<Action>,
    /// Where nothing does: until when it stays in the outbox, in Unix milliseconds.
    pub(crate) back_until: Option<i64>,
}

/// Holds what belongs to the member who sits here.
pub(crate) struct Seat {
    pub(crate) session: Session,
    pub(crate) keeper: Keeper,
    overlay: RwLock<Arc<Overlay>>,
    laying: tokio::sync::Mutex<()>,
    /// Counts how often the outbox was read again.
    pub(crate) outbox_moved: watch::Sender<u64>,
    recent: Mutex<VecDeque<(CommandId, Done)>>,
    /// The conversations with a draft, as `user.db` has them.
    drafted: RwLock<HashSet<ConversationId>>,
    pub(crate) presence: Presence,
    pub(crate) stock: Stock,
    tasks: Mutex<Vec<JoinHandle<()>>>,
    line: Mutex<Option<Line>>,
}

impl Seat {
    pub(crate) fn new(session: Session, keeper: Keeper) -> Self {
        let me = Actor {
            id: session.me.member_id,
            name: session.me.member_name.clone(),
        };
        let overlay = Overlay {
            me,
            pending: Vec::new(),
        };
        Self {
            session,
            keeper,
            overlay: RwLock::new(Arc::new(overlay)),
            laying: tokio::sync::Mutex::new(()),
            outbox_moved: watch::channel(0).0,
            recent: Mutex::default(),
            drafted: RwLock::default(),
            presence: Presence::default(),
            stock: Stock::default(),
            tasks: Mutex::new(Vec::new()),
            line: Mutex::new(None),
        }
    }

    /// Reads the cache with the pending actions over it, off the async threads.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Views, &Overlay) -> Result<T, ApplyError> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (views, overlay) = (self.keeper.views(), self.overlay());
        let read = blocking(move || act(&views, &overlay)).await;
        read.map_err(|error| match error {
            ApplyError::DiskFull => Refusal::DiskFull,
            other => Refusal::Storage(other.to_string()),
        })
    }

    /// Reads the outbox again and tells the page whose pending actions changed.
    pub(crate) async fn outbox_changed(&self, core: &Core) -> Result<(), UserError> {
        // One at a time, or an older reading could be laid over a newer one.
        let _turn = self.laying.lock().await;
        let kept = core.user(|db| db.kept()).await?;
        let pending: Vec<Pending> = kept.iter().filter_map(pending).collect();
        let mut conversations = self.lay(pending);
        conversations.sort_unstable();
        conversations.dedup();
        self.outbox_moved
            .send_modify(|count| *count = count.wrapping_add(1));
        core.board.tell(&Change {
            counters: !conversations.is_empty(),
            conversations,
            outbox: true,
            ..Change::default()
        });
        Ok(())
    }

    /// Lays new pending actions over the cache; returns the conversations where something differs.
    fn lay(&self, pending: Vec<Pending>) -> Vec<ConversationId> {
        let mut overlay = self.overlay.write().unwrap_or_else(PoisonError::into_inner);
        let before = &overlay.pending;
        let gone = before.iter().filter(|old| !pending.contains(old));
        let new = pending.iter().filter(|new| !before.contains(new));
        let differing = gone.chain(new).flat_map(Pending::conversations).collect();
        let me = overlay.me.clone();
        *overlay = Arc::new(Overlay { me, pending });
        differing
    }

    /// Remembers an action, to turn it back later.
    pub(crate) fn remember(&self, id: CommandId, done: Done) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.len() >= RECENT {
            recent.pop_front();
        }
        recent.push_back((id, done));
    }

    /// Returns until when a remembered action can be taken back; `None` for as long as it is remembered.
    pub(crate) fn back_until(&self, id: CommandId) -> Option<i64> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let done = recent.iter().rfind(|(known, _)| *known == id);
        done.and_then(|(_, done)| done.back_until)
    }

    /// Finds a remembered action and forgets it.
    pub(crate) fn recollect(&self, id: CommandId) -> Option<Done> {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let place = recent.iter().rposition(|(known, _)| *known == id)?;
        recent.remove(place).map(|(_, done)| done)
    }

    /// Notes that a conversation has a draft or none; tells whether that is news.
    pub(crate) fn note_draft(&self, id: ConversationId, is_there: bool) -> bool {
        let mut drafted = self.drafted.write().unwrap_or_else(PoisonError::into_inner);
        if is_there {
            drafted.insert(id)
        } else {
            drafted.remove(&id)
        }
    }

    /// Takes over which conversations have a draft.
    pub(crate) fn note_drafts(&self, ids: HashSet<ConversationId>) {
        *self.drafted.write().unwrap_or_else(PoisonError::into_inner) = ids;
    }

    /// Marks the rows of conversations with a draft.
    pub(crate) fn mark_drafts(&self, mut rows: Vec<Row>) -> Vec<Row> {
        let drafted = self.drafted.read().unwrap_or_else(PoisonError::into_inner);
        for row in &mut rows {
            row.has_draft = drafted.contains(&row.id);
        }
        rows
    }

    /// Keeps the line, to say farewell on it.
    pub(crate) fn hold(&self, line: Line) {
        *self.line.lock().unwrap_or_else(PoisonError::into_inner) = Some(line);
    }

    /// Returns the line, if there is one.
    pub(crate) fn line(&self) -> Option<Line> {
        self.line
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Runs work for as long as the member sits here.
    pub(crate) fn run(&self, work: impl Future<Output = ()> + Send + 'static) {
        let task = tokio::spawn(work);
        self.tasks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(task);
    }

    /// Ends the work without waiting for it.
    pub(crate) fn abort(&self) {
        for task in self
            .tasks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
        {
            task.abort();
        }
    }

    /// Ends the work and waits for it.
    pub(crate) async fn stop(&self) {
        self.abort();
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for task in tasks {
            // Cancelled is what was asked for; a panic was reported where it happened.
            let _ = task.await;
        }
    }

    fn overlay(&self) -> Arc<Overlay> {
        Arc::clone(&self.overlay.read().unwrap_or_else(PoisonError::into_inner))
    }
}

fn pending(kept: &Kept) -> Option<Pending> {
    if matches!(kept.state, KeptState::Refused(..)) {
        return None;
    }
    Some(Pending {
        id: kept.command.id,
        conversation_id: kept.command.conversation_id,
        made_at: kept.made_at,
        action: kept.command.action.clone(),
    })
}
