//! Who looks at what: what this desk tells of its member, and what it hears of all. Lives in memory only, and never waits.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use contract::{Present, PresentMember};
use tokio::sync::watch;
use tokio::time::sleep;

use super::Inbox;
use super::core::Core;
use super::seat::Seat;
use crate::error::Refusal;
use crate::feed::Line;
use crate::notices::Notice;
use crate::team;
use crate::view::{Change, FreshnessState};

/// Between two words to the service at least; typing goes on and off quickly.
const BREATH: Duration = Duration::from_millis(500);

/// Holds what is told and heard at one seat.
pub(crate) struct Presence {
    heard: RwLock<Vec<PresentMember>>,
    here: watch::Sender<Here>,
}

/// Says where the member is, and whether the window can be seen.
#[derive(Clone, Default)]
struct Here {
    present: Option<Present>,
    hidden: bool,
}

impl Here {
    /// Returns the conversation looked at; nobody looks at a window that is hidden.
    fn told(&self) -> Present {
        let shown = self.present.clone().filter(|_| !self.hidden);
        shown.unwrap_or(Present {
            conversation_id: None,
            writing: false,
        })
    }
}

impl Default for Presence {
    fn default() -> Self {
        Self {
            heard: RwLock::default(),
            here: watch::channel(Here::default()).0,
        }
    }
}

impl Seat {
    /// Takes in who is there, and tells the page when that is news.
    pub(crate) fn hear(&self, core: &Core, members: Vec<PresentMember>) {
        let mut heard = self
            .presence
            .heard
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if *heard == members {
            return;
        }
        *heard = members;
        drop(heard);
        core.board.tell(&Change {
            presence: true,
            ..Change::default()
        });
    }
}

impl Inbox {
    /// Remembers which conversation is open and whether a text is being written there; the service is told soon, and again
    /// for as long as it stays so.
    ///
    /// # Errors
    /// `SignedOut`.
    pub fn present(&self, present: Present) -> Result<(), Refusal> {
        let seat = self.seat()?;
        seat.presence.here.send_if_modified(|here| {
            let changes = here.present.as_ref() != Some(&present);
            here.present = Some(present);
            changes
        });
        Ok(())
    }

    /// Remembers whether the window can be seen; a hidden one looks at nothing.
    pub fn hidden(&self, hidden: bool) {
        if let Ok(seat) = self.seat() {
            seat.presence.here.send_if_modified(|here| {
                let changes = here.hidden != hidden;
                here.hidden = hidden;
                changes
            });
        }
    }

    /// Tells whether a notice is of nothing but an order of the conversation that is open, so that whoever sits before the window
    /// sees it there. What a colleague asks is easily overlooked among the rest, and never counts as seen.
    #[must_use]
    pub fn shows(&self, notice: &Notice) -> bool {
        let Ok(seat) = self.seat() else {
            return false;
        };
        let open = seat.presence.here.borrow().told().conversation_id;
        notice.is_of_one_order() && open == Some(notice.newest())
    }

    /// Lists who else looks at what, as far as the service said.
    ///
    /// # Errors
    /// `SignedOut`.
    pub fn presence(&self) -> Result<Vec<PresentMember>, Refusal> {
        let seat = self.seat()?;
        let me = seat.session.me.member_id;
        let heard = seat.presence.heard.read();
        let heard = heard.unwrap_or_else(PoisonError::into_inner);
        let others = heard.iter().filter(|present| present.member.id != me);
        Ok(others.cloned().collect())
    }
}

/// Tells the service where the member is, for ever; a word that is lost is said again with the next.
pub(super) async fn tell(core: Arc<Core>, seat: Arc<Seat>, line: Line) {
    let mut here = seat.presence.here.subscribe();
    let mut line_up = core.line_up.subscribe();
    let mut known_open = false;
    loop {
        let told = here.borrow_and_update().told();
        line_up.mark_unchanged();
        let is_open = told.conversation_id.is_some();
        if (is_open || known_open) && core.pulse.read().state != FreshnessState::Offline {
            known_open = match team::present(&line, &told).await {
                Ok(()) => is_open,
                Err(_) => known_open || is_open,
            };
            sleep(BREATH.min(core.pace.presence)).await;
        }
        tokio::select! {
            changed = here.changed() => if changed.is_err() { return },
            _ = line_up.changed() => {}
            () = sleep(core.pace.presence), if is_open || known_open => {}
        }
    }
}
