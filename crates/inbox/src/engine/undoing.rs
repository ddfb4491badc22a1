//! Turning back what was done: taken out of the outbox while it is surely there, by its opposite once it has left.

use std::time::Duration;

use contract::{Action, Command, CommandId, ConversationId, MemberId, SnoozeUntil};
use tokio::time::{Instant, timeout_at};

use super::Inbox;
use super::seat::{Done, Seat};
use crate::asking::{DraftAsked, DraftKind};
use crate::error::Refusal;
use crate::user::{Kept, KeptState, UserDb};
use crate::view::{Handling, Row};

/// How long taking back waits for an action that is being sent: long enough for an answer, or for a dead line to be noticed.
const ARRIVING: Duration = Duration::from_secs(1);

/// What is known of a conversation just before an action.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Before {
    owner: Option<MemberId>,
    labels: Vec<String>,
    snooze: Option<SnoozeUntil>,
    resolved: bool,
}

impl Before {
    /// Reads what a row tells; `snooze` and `resolved` are told by the conversation alone.
    pub(super) fn row(row: &Row) -> Self {
        Self {
            owner: row.owner.as_ref().map(|owner| owner.id),
            labels: row.labels.clone(),
            ..Self::default()
        }
    }

    pub(super) fn resolved(self, resolved: bool) -> Self {
        Self { resolved, ..self }
    }

    fn handled(mut self, handling: Handling) -> Self {
        match handling {
            Handling::Snoozed { until, .. } => self.snooze = Some(until),
            Handling::Resolved { .. } => self.resolved = true,
            Handling::Open | Handling::Back { .. } => {}
        }
        self
    }
}

/// Returns what turns an action back after the service did it, in order; nothing where it changed nothing or nothing can.
pub(super) fn opposites(action: &Action, before: &Before, me: MemberId) -> Vec<Action> {
    let some = |fits: bool, action: Action| fits.then_some(action).into_iter().collect();
    match action {
        Action::Claim {} => some(before.owner != Some(me), Action::Release {}),
        Action::Release {} => some(before.owner == Some(me), Action::Claim {}),
        Action::Assign { to } => returned(*to, before.owner, me),
        Action::Resolve {} => match (&before.snooze, before.resolved) {
            (_, true) => Vec::new(),
            (Some(until), _) => vec![
                Action::Reopen {},
                Action::Snooze {
                    until: until.clone(),
                },
            ],
            (None, _) => vec![Action::Reopen {}],
        },
        Action::Reopen {} => some(before.resolved, Action::Resolve {}),
        Action::Snooze { .. } => match &before.snooze {
            Some(until) => vec![Action::Snooze {
                until: until.clone(),
            }],
            None if before.resolved => vec![Action::Resolve {}],
            None => vec![Action::Wake {}],
        },
        Action::Wake {} => before
            .snooze
            .iter()
            .map(|until| Action::Snooze {
                until: until.clone(),
            })
            .collect(),
        Action::Label { add, remove } => relabelled(add, remove, &before.labels),
        Action::Merge { other } => vec![Action::Unmerge { from: *other }],
        Action::Unmerge { from } => vec![Action::Merge { other: *from }],
        Action::Note { .. }
        | Action::Receive { .. }
        | Action::Reveal { .. }
        | Action::HandOver { .. }
        | Action::KeepApart { .. } => Vec::new(),
    }
}

/// Tells whether an action is held back for a moment, so that it can be taken back at all: the service cannot unsay it. A note
/// that calls somebody leaves at once, since they are waited for.
pub(super) const fn is_held(action: &Action) -> bool {
    match action {
        Action::Note { mentions, .. } => mentions.is_empty(),
        Action::Receive { .. } | Action::HandOver { .. } | Action::KeepApart { .. } => true,
        _ => false,
    }
}

/// Gives a conversation back to whoever had it. The service lets a giver, until the new owner has claimed it.
fn returned(to: MemberId, owner: Option<MemberId>, me: MemberId) -> Vec<Action> {
    match owner {
        Some(owner) if owner == to => Vec::new(),
        Some(owner) => vec![Action::Assign { to: owner }],
        None if to == me => vec![Action::Release {}],
        None => vec![Action::Assign { to: me }, Action::Release {}],
    }
}

/// Takes off what was put on anew, and puts on what was taken off.
fn relabelled(add: &[String], remove: &[String], there: &[String]) -> Vec<Action> {
    let had = |label: &String| there.iter().find(|there| same_label(there, label));
    let put_on = add.iter().filter(|label| had(label).is_none());
    let taken_off = remove.iter().filter_map(had);
    let (add, remove): (Vec<String>, Vec<String>) =
        (taken_off.cloned().collect(), put_on.cloned().collect());
    if add.is_empty() && remove.is_empty() {
        return Vec::new();
    }
    vec![Action::Label { add, remove }]
}

/// Labels that differ only in case are one.
pub(super) fn same_label(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// Tells whether an opposite still makes sense at `now` (Unix milliseconds): a time that has passed puts nothing aside.
fn is_current(action: &Action, now: i64) -> bool {
    match action {
        Action::Snooze {
            until: SnoozeUntil::Time { at },
        } => at.timestamp_millis() > now,
        _ => true,
    }
}

impl Inbox {
    /// Takes an action back: true when it had not left yet, or its opposite was written down.
    ///
    /// # Errors
    /// `SignedOut`, or when it cannot be written down.
    pub async fn undo(&self, id: CommandId) -> Result<bool, Refusal> {
        Ok(self.undo_many(vec![id]).await? == 1)
    }

    /// Takes several actions back at once, the last first; returns how many were.
    ///
    /// # Errors
    /// `SignedOut`, or when it cannot be written down.
    pub async fn undo_many(&self, mut ids: Vec<CommandId>) -> Result<u32, Refusal> {
        let seat = self.seat()?;
        ids.reverse();
        let kept = self.core().user(|db| db.kept()).await?;
        let of = |id: CommandId| kept.iter().find(|kept| kept.command.id == id);
        let mut done: Vec<(CommandId, Option<Done>)> = ids
            .iter()
            .map(|id| (*id, remembered(&seat, of(*id), *id)))
            .collect();
        let (recalled, refused) = self.recall(&seat, ids).await?;
        // What was refused changed nothing; it is let go or tried again in the outbox.
        done.retain(|(id, _)| !refused.contains(id));
        let (back, left): (Vec<_>, Vec<_>) =
            done.into_iter().partition(|(id, _)| recalled.contains(id));
        let mut count = back.len();
        for (_, done) in back {
            self.back_to_draft(&seat, done).await?;
        }
        let now = self.core().now();
        let mut opposites = Vec::new();
        for done in left.into_iter().filter_map(|(_, done)| done) {
            let fit = done
                .opposites
                .iter()
                .filter(|action| is_current(action, now));
            let fit: Vec<_> = fit
                .map(|action| (done.conversation, action.clone()))
                .collect();
            count += usize::from(!fit.is_empty());
            opposites.extend(fit);
        }
        if opposites.is_empty() {
            seat.outbox_changed(self.core()).await?;
            // What stood behind one that was held back may leave now.
            self.core().outbox_ready.notify_one();
        } else {
            self.keep(&seat, opposites).await?;
        }
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Takes out of the outbox what certainly has not left; returns what that was, and what stays there refused. What is on its
    /// way is waited for a moment: once it turns out not to have arrived, it needs no opposite.
    async fn recall(
        &self,
        seat: &Seat,
        ids: Vec<CommandId>,
    ) -> Result<(Vec<CommandId>, Vec<CommandId>), Refusal> {
        let mut moved = seat.outbox_moved.subscribe();
        let deadline = Instant::now() + ARRIVING;
        let mut recalled = Vec::new();
        loop {
            let asked = ids.clone();
            let step = move |db: &mut UserDb| Ok((db.recall(&asked)?, db.kept()?));
            let (gone, kept) = self.core().user(step).await?;
            recalled.extend(gone);
            let among = |state: fn(&KeptState) -> bool| {
                let of_state = kept.iter().filter(move |kept| state(&kept.state));
                let of_state = of_state.map(|kept| kept.command.id);
                of_state
                    .filter(|id| ids.contains(id))
                    .collect::<Vec<CommandId>>()
            };
            let arriving = among(|state| *state == KeptState::Sending);
            let waited =
                arriving.is_empty() || timeout_at(deadline, moved.changed()).await.is_err();
            if waited {
                let refused = among(|state| matches!(state, KeptState::Refused(..)));
                return Ok((recalled, refused));
            }
        }
    }

    /// Reads what has to be known to turn an action back.
    pub(super) async fn before(
        &self,
        seat: &Seat,
        id: ConversationId,
        action: &Action,
    ) -> Result<Before, Refusal> {
        let rows = seat.rows_of_all(vec![id]).await?;
        let before = rows.first().map(Before::row).unwrap_or_default();
        let asks_handling = matches!(
            action,
            Action::Wake {} | Action::Snooze { .. } | Action::Resolve {} | Action::Reopen {}
        );
        if !asks_handling {
            return Ok(before);
        }
        let now = self.core().now();
        let view = seat
            .read(move |views, overlay| views.conversation(id, now, overlay))
            .await?;
        Ok(match view {
            Some(view) => before.handled(view.handling),
            None => before,
        })
    }

    /// Makes a text that was taken back a draft again, unless something was typed since.
    async fn back_to_draft(&self, seat: &Seat, done: Option<Done>) -> Result<(), Refusal> {
        let Some(draft) = done.and_then(draft_of) else {
            return Ok(());
        };
        let (id, kind) = (draft.conversation_id, draft.kind);
        let is_free = self.core().user(move |db| db.is_free(id, kind)).await?;
        if is_free && !draft.text.is_empty() {
            self.keep_draft(seat, draft).await?;
        }
        Ok(())
    }

    /// Writes actions down in their order, each to be shown at once as pending; returns their ids.
    pub(super) async fn keep(
        &self,
        seat: &Seat,
        actions: Vec<(ConversationId, Action)>,
    ) -> Result<Vec<CommandId>, Refusal> {
        self.keep_held(seat, actions, 0).await
    }

    /// Writes actions down as [`Inbox::keep`] does; none leaves before `held_until`.
    pub(super) async fn keep_held(
        &self,
        seat: &Seat,
        actions: Vec<(ConversationId, Action)>,
        held_until: i64,
    ) -> Result<Vec<CommandId>, Refusal> {
        let core = self.core();
        let mut commands = Vec::with_capacity(actions.len());
        for (conversation_id, action) in actions {
            commands.push(Command {
                id: core.new_command_id()?,
                conversation_id,
                action,
            });
        }
        let ids = commands.iter().map(|command| command.id).collect();
        let now = core.now();
        core.user(move |db| db.keep_held(&commands, now, held_until))
            .await?;
        seat.outbox_changed(core).await?;
        core.outbox_ready.notify_one();
        Ok(ids)
    }
}

/// Returns the draft that a text was before it was handed over or written down.
fn draft_of(done: Done) -> Option<DraftAsked> {
    let (kind, text, template_key, order_key) = match done.action {
        Action::HandOver {
            text,
            template_key,
            order_key,
            ..
        } => (DraftKind::Message, text, template_key, order_key),
        Action::Note { text, .. } => (DraftKind::Note, text, None, None),
        Action::Receive { text, .. } => (DraftKind::Answer, text, None, None),
        _ => return None,
    };
    Some(DraftAsked {
        conversation_id: done.conversation,
        kind,
        text,
        template_key,
        order_key,
    })
}

/// Finds what an action was: in memory, or in the outbox after a restart, where what was before is not known any more.
fn remembered(seat: &Seat, kept: Option<&Kept>, id: CommandId) -> Option<Done> {
    seat.recollect(id).or_else(|| {
        let Command {
            conversation_id,
            action,
            ..
        } = kept?.command.clone();
        let opposites = match &action {
            Action::Claim {} => vec![Action::Release {}],
            Action::Release {} => vec![Action::Claim {}],
            Action::Resolve {} => vec![Action::Reopen {}],
            Action::Snooze { .. } => vec![Action::Wake {}],
            Action::Merge { other } => vec![Action::Unmerge { from: *other }],
            Action::Unmerge { from } => vec![Action::Merge { other: *from }],
            _ => Vec::new(),
        };
        Some(Done {
            conversation: conversation_id,
            action,
            opposites,
            back_until: None,
        })
    })
}

#[cfg(test)]
mod tests;
