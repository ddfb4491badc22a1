//! One action on many conversations: what it would change and what not, and doing it as one.

use std::collections::{HashMap, HashSet};

use contract::{Action, CommandId, ConversationId, MemberId, Role};

use super::Inbox;
use super::checking::check;
use super::seat::{Done, Seat};
use super::undoing::{Before, opposites, same_label};
use crate::asking::{BulkChanges, BulkPreview, BulkStays, StaysReason};
use crate::error::Refusal;
use crate::view::{Row, View};

/// The most conversations acted on at once.
const MOST: usize = 1_000;

/// Rows read again at once.
const STEP: usize = 200;

/// What is known of the conversations that were picked.
struct Picked {
    rows: HashMap<ConversationId, Row>,
    resolved: HashSet<ConversationId>,
    snoozed: HashSet<ConversationId>,
}

impl Inbox {
    /// Tells what an action on many conversations would change, and why it would not change the others.
    ///
    /// # Errors
    /// `SignedOut`; `Invalid` for more than 1,000, or an action that is of one conversation only.
    pub async fn bulk_preview(
        &self,
        ids: Vec<ConversationId>,
        action: Action,
    ) -> Result<BulkPreview, Refusal> {
        let seat = self.seat()?;
        self.check_bulk(&ids, &action)?;
        Ok(self.looked_through(&seat, ids, &action).await?.0)
    }

    /// Acts on those of many conversations that it would change, all written down together; returns the actions.
    ///
    /// # Errors
    /// As [`Inbox::bulk_preview`].
    pub async fn bulk(
        &self,
        ids: Vec<ConversationId>,
        action: Action,
    ) -> Result<Vec<CommandId>, Refusal> {
        let seat = self.seat()?;
        self.check_bulk(&ids, &action)?;
        let (preview, picked) = self.looked_through(&seat, ids, &action).await?;
        if preview.will.is_empty() {
            return Ok(Vec::new());
        }
        let me = seat.session.me.member_id;
        let mut done = Vec::with_capacity(preview.will.len());
        for BulkChanges { id, .. } in preview.will {
            let before = if picked.snoozed.contains(&id) {
                // Until when is told by the conversation alone.
                self.before(&seat, id, &action).await?
            } else {
                picked.before(id)
            };
            done.push(Done {
                conversation: id,
                action: action.clone(),
                opposites: opposites(&action, &before, me),
                back_until: None,
            });
        }
        let will = done.iter().map(|done| (done.conversation, action.clone()));
        let commands = self.keep(&seat, will.collect()).await?;
        for (command, done) in commands.iter().zip(done) {
            seat.remember(*command, done);
        }
        Ok(commands)
    }

    fn check_bulk(&self, ids: &[ConversationId], action: &Action) -> Result<(), Refusal> {
        if ids.len() > MOST {
            return Err(Refusal::Invalid("at most 1,000 conversations at once"));
        }
        match action {
            Action::Merge { .. }
            | Action::Unmerge { .. }
            | Action::KeepApart { .. }
            | Action::Receive { .. }
            | Action::Reveal { .. } => {
                Err(Refusal::Invalid("that is done in one conversation only"))
            }
            action => check(action, self.core().now()),
        }
    }

    async fn looked_through(
        &self,
        seat: &Seat,
        ids: Vec<ConversationId>,
        action: &Action,
    ) -> Result<(BulkPreview, Picked), Refusal> {
        let picked = seat.picked(ids.clone()).await?;
        let acting = acting(seat);
        let mut preview = BulkPreview::default();
        let mut seen = HashSet::new();
        for id in ids.into_iter().filter(|id| seen.insert(*id)) {
            match picked.stays(id, action, acting) {
                None => preview.will.push(picked.changes(id)),
                Some(stays) => preview.wont.push(stays),
            }
        }
        Ok((preview, picked))
    }
}

impl Seat {
    /// Reads rows of conversations wherever they are listed.
    pub(super) async fn rows_of_all(&self, ids: Vec<ConversationId>) -> Result<Vec<Row>, Refusal> {
        self.rows_in(View::All, ids).await
    }

    async fn rows_in(&self, view: View, ids: Vec<ConversationId>) -> Result<Vec<Row>, Refusal> {
        self.read(move |views, overlay| {
            let mut rows = Vec::with_capacity(ids.len());
            for step in ids.chunks(STEP) {
                rows.extend(views.rows(view, step, overlay)?);
            }
            Ok(rows)
        })
        .await
    }

    async fn picked(&self, ids: Vec<ConversationId>) -> Result<Picked, Refusal> {
        let here = |rows: Vec<Row>| rows.into_iter().map(|row| row.id).collect();
        let rows = self.rows_in(View::All, ids.clone()).await?;
        Ok(Picked {
            rows: rows.into_iter().map(|row| (row.id, row)).collect(),
            resolved: here(self.rows_in(View::Resolved, ids.clone()).await?),
            snoozed: here(self.rows_in(View::Snoozed, ids).await?),
        })
    }
}

/// Says who acts, for what depends on it.
#[derive(Debug, Clone, Copy)]
struct Acting {
    me: MemberId,
    role: Role,
}

fn acting(seat: &Seat) -> Acting {
    Acting {
        me: seat.session.me.member_id,
        role: seat.session.me.role,
    }
}

impl Picked {
    fn before(&self, id: ConversationId) -> Before {
        let before = self.rows.get(&id).map(Before::row).unwrap_or_default();
        before.resolved(self.resolved.contains(&id))
    }

    /// Says what a conversation changes from.
    fn changes(&self, id: ConversationId) -> BulkChanges {
        let row = self.rows.get(&id);
        BulkChanges {
            id,
            name: row.and_then(|row| row.name.clone()),
            owner: row.and_then(|row| row.owner.clone()),
            snoozed: self.snoozed.contains(&id),
            resolved: self.resolved.contains(&id),
        }
    }

    /// Says why a conversation would stay as it is; `None` when it would change.
    fn stays(&self, id: ConversationId, action: &Action, acting: Acting) -> Option<BulkStays> {
        let Some(row) = self.rows.get(&id) else {
            return Some(BulkStays {
                id,
                name: None,
                reason: StaysReason::Gone,
                by: None,
            });
        };
        let (is_resolved, is_snoozed) = (self.resolved.contains(&id), self.snoozed.contains(&id));
        let reason = match action {
            Action::Claim {} => taken(row, acting.me, acting.me, false),
            Action::Assign { to } => taken(row, *to, acting.me, acting.role >= Role::Lead),
            Action::Release {} => match &row.owner {
                None => Some(StaysReason::Already),
                Some(owner) if !owner.is_me => Some(StaysReason::NotYours),
                Some(_) => None,
            },
            Action::Resolve {} => is_resolved.then_some(StaysReason::Already),
            Action::Reopen {} => (!is_resolved).then_some(StaysReason::Already),
            Action::Wake {} => (!is_snoozed).then_some(StaysReason::Already),
            Action::Label { add, remove } => {
                let has = |label: &String| row.labels.iter().any(|had| same_label(had, label));
                let changes = add.iter().any(|label| !has(label)) || remove.iter().any(has);
                (!changes).then_some(StaysReason::Already)
            }
            _ => None,
        }?;
        let is_in_the_way = matches!(reason, StaysReason::Taken | StaysReason::NotYours);
        let owner = row.owner.as_ref().filter(|_| is_in_the_way);
        Some(BulkStays {
            id,
            name: row.name.clone(),
            reason,
            by: owner.map(|owner| owner.name.clone()),
        })
    }
}

/// Says why a conversation cannot be given to a member; leads take it from whoever has it.
fn taken(row: &Row, to: MemberId, me: MemberId, from_anybody: bool) -> Option<StaysReason> {
    let owner = row.owner.as_ref()?;
    if owner.id == to {
        return Some(StaysReason::Already);
    }
    (owner.id != me && !from_anybody).then_some(StaysReason::Taken)
}
