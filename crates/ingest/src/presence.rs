//! Who looks at which conversation now: in memory only, told to the streams of the feed as a whole, never an entry.
//!
//! Knows no HTTP. Time is tokio's, so that a test can pass it; a team's picture is sent at most four times a second, however many
//! say where they are.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use contract::{Actor, ConversationId, MemberId, Present, PresentMember, SessionId, WorkspaceId};
use serde::Serialize;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// How long a word holds.
const LASTS: Duration = Duration::from_secs(45);

/// How often a team's picture is sent, at most.
const APART: Duration = Duration::from_millis(250);

/// Holds the teams whose members are somewhere.
pub(crate) struct Presences {
    rooms: Mutex<HashMap<WorkspaceId, Arc<Room>>>,
    stop: CancellationToken,
}

/// Holds who of one team is where.
struct Room {
    seats: Mutex<HashMap<SessionId, Seat>>,
    changed: Notify,
    /// The frame to send; empty before anybody was anywhere.
    frame: watch::Sender<Bytes>,
}

/// Where one session's member is.
struct Seat {
    member: Actor,
    conversation: ConversationId,
    writing: bool,
    until: Instant,
}

/// The picture of a team, as it is sent.
#[derive(Serialize)]
struct Picture {
    members: Vec<PresentMember>,
}

impl Presences {
    /// Knows nobody yet; ends what it runs with the service.
    pub(crate) fn new(stop: CancellationToken) -> Self {
        Self {
            rooms: Mutex::default(),
            stop,
        }
    }

    /// Takes a word of where a session's member is now.
    pub(crate) fn note(
        &self,
        workspace: WorkspaceId,
        session: SessionId,
        member: Actor,
        present: &Present,
    ) {
        let room = self.room(workspace);
        let mut seats = lock(&room.seats);
        match present.conversation_id {
            Some(conversation) => {
                let seat = Seat {
                    member,
                    conversation,
                    writing: present.writing,
                    until: Instant::now() + LASTS,
                };
                seats.insert(session, seat);
            }
            None => drop(seats.remove(&session)),
        }
        drop(seats);
        room.changed.notify_one();
    }

    /// Forgets a session that has ended.
    pub(crate) fn leave(&self, workspace: WorkspaceId, session: SessionId) {
        let known = lock(&self.rooms).get(&workspace).map(Arc::clone);
        if let Some(room) = known {
            lock(&room.seats).remove(&session);
            room.changed.notify_one();
        }
    }

    /// Shows the frame of a team as it changes; empty while nobody was anywhere yet.
    pub(crate) fn watch(&self, workspace: WorkspaceId) -> watch::Receiver<Bytes> {
        self.room(workspace).frame.subscribe()
    }

    fn room(&self, workspace: WorkspaceId) -> Arc<Room> {
        let mut rooms = lock(&self.rooms);
        let room = rooms.entry(workspace).or_insert_with(|| {
            let room = Arc::new(Room {
                seats: Mutex::default(),
                changed: Notify::new(),
                frame: watch::Sender::default(),
            });
            tokio::spawn(tell(Arc::clone(&room), self.stop.clone()));
            room
        });
        Arc::clone(room)
    }
}

/// Sends a team's picture whenever it has changed, until the service stops.
async fn tell(room: Arc<Room>, stop: CancellationToken) {
    loop {
        let ends = room.forget_ended(Instant::now());
        room.send();
        let pause = sleep_until(Instant::now() + APART);
        tokio::select! {
            () = stop.cancelled() => return,
            () = pause => {}
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = room.changed.notified() => {}
            () = until(ends) => {}
        }
    }
}

/// Waits for a moment; for ever without one.
async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

impl Room {
    /// Lets go of who was not heard of for long; returns when the next word ends.
    fn forget_ended(&self, now: Instant) -> Option<Instant> {
        let mut seats = lock(&self.seats);
        seats.retain(|_, seat| seat.until > now);
        seats.values().map(|seat| seat.until).min()
    }

    /// Sends the picture unless it is the one that was sent.
    fn send(&self) {
        let members = self.members();
        let Ok(json) = serde_json::to_string(&Picture { members }) else {
            return;
        };
        let frame = Bytes::from(format!("event: presence\ndata: {json}\n\n"));
        self.frame.send_if_modified(|sent| {
            let nobody_yet = sent.is_empty() && lock(&self.seats).is_empty();
            let is_new = *sent != frame && !nobody_yet;
            if is_new {
                *sent = frame;
            }
            is_new
        });
    }

    /// Lists who is where, each member once per conversation, in a stable order.
    fn members(&self) -> Vec<PresentMember> {
        let seats = lock(&self.seats);
        let mut there: BTreeMap<(ConversationId, MemberId), PresentMember> = BTreeMap::new();
        for seat in seats.values() {
            let entry = there
                .entry((seat.conversation, seat.member.id))
                .or_insert_with(|| PresentMember {
                    member: seat.member.clone(),
                    conversation_id: seat.conversation,
                    writing: false,
                });
            entry.writing |= seat.writing;
        }
        there.into_values().collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
