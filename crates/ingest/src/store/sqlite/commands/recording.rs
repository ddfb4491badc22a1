//! What is only told: the feed says it, and each desk draws its own conclusion. Giving a conversation away is the one that is
//! compared and set.

use contract::entry::{Assigned, HandedOver, Labelled, Noted, Received, Revealed, Snoozed};
use contract::{Action, Actor, MemberId, Outcome, RefusalCode, Role, kind};
use rusqlite::params;

use super::{Asked, actor_of, is_in_team, json, member_row, refused};
use crate::store::sqlite::append::{append, position};
use crate::store::sqlite::links::{Conversation, hold, holder};
use crate::store::sqlite::people::role_of;
use crate::store::sqlite::place::optional;
use crate::store::sqlite::sharing::steps;
use crate::store::sqlite::writer::Writing;
use crate::store::{Fault, StoreError};

impl Asked {
    /// Gives a conversation to a member: what is one's own or nobody's, what one gave away oneself, and as a lead everything.
    pub(super) fn assign(
        &self,
        writing: &mut Writing<'_>,
        conversation: Conversation,
        to: MemberId,
    ) -> Result<Outcome, StoreError> {
        let Some((row, to)) = self.colleague(writing, to)? else {
            return Ok(refused(RefusalCode::UnknownMember));
        };
        let me = member_row(writing, self.actor.id)?;
        let holder = holder(writing, conversation)?;
        let is_free = holder == 0 || holder == me || !is_in_team(writing, holder)?;
        if !is_free && role(writing, me)? < Role::Lead && !self.gave(writing, conversation)? {
            return Ok(Outcome::Refused {
                code: RefusalCode::AlreadyClaimed,
                by: Some(actor_of(writing, holder)?),
            });
        }
        let body = Assigned {
            command_id: self.command.id,
            by: self.actor.clone(),
            to,
        };
        let seq = self.tell(writing, conversation, kind::ASSIGNED, &body)?;
        hold(writing, conversation, row, seq)?;
        Ok(Outcome::Applied { seq })
    }

    /// Tells whether whoever asks gave the conversation to its owner, who has not claimed it since: that can be taken back.
    fn gave(
        &self,
        writing: &mut Writing<'_>,
        conversation: Conversation,
    ) -> Result<bool, StoreError> {
        let Some(seq) = conversation.told_held() else {
            return Ok(false);
        };
        let workspace_row = writing.ledger.standing(writing.db, self.workspace)?.row;
        let body: Option<String> = optional(
            writing
                .db
                .prepare_cached("SELECT body FROM entry WHERE position = ?1 AND kind = ?2")?
                .query_row(
                    params![position(workspace_row, seq)?, kind::ASSIGNED],
                    |row| row.get(0),
                ),
        )?;
        let Some(body) = body else {
            return Ok(false);
        };
        let told: Assigned = serde_json::from_str(&body).map_err(|_| Fault::Damaged)?;
        Ok(told.by.id == self.actor.id)
    }

    /// Tells what was done, as it was asked for.
    pub(super) fn record(
        &self,
        writing: &mut Writing<'_>,
        conversation: Conversation,
    ) -> Result<Outcome, StoreError> {
        let mut mentions = Vec::new();
        if let Action::Note { mentions: ids, .. } = &self.command.action {
            for id in ids {
                match self.colleague(writing, *id)? {
                    Some((_, colleague)) => mentions.push(colleague),
                    None => return Ok(refused(RefusalCode::UnknownMember)),
                }
            }
        }
        let Some((kind, body)) = self.said(mentions)? else {
            return Ok(refused(RefusalCode::Invalid));
        };
        let id = Some(conversation.id);
        if let Action::HandOver {
            template_key: Some(template),
            order_key: Some(order_key),
            ..
        } = &self.command.action
        {
            steps::done(
                writing,
                self.workspace,
                (order_key, template),
                self.actor.id,
            )?;
        }
        let seq = append(writing, self.workspace, id, kind, body)?;
        Ok(Outcome::Applied { seq })
    }

    /// Returns the kind and body that tell of the action; `None` for one that is compared and set.
    fn said(&self, mentions: Vec<Actor>) -> Result<Option<(&'static str, String)>, StoreError> {
        match &self.command.action {
            Action::Claim {}
            | Action::Release {}
            | Action::Assign { .. }
            | Action::Merge { .. }
            | Action::Unmerge { .. }
            | Action::KeepApart { .. } => Ok(None),
            Action::Resolve {}
            | Action::Reopen {}
            | Action::Wake {}
            | Action::Snooze { .. }
            | Action::Label { .. } => self.handled(),
            Action::Note { .. }
            | Action::Receive { .. }
            | Action::Reveal { .. }
            | Action::HandOver { .. } => self.talked(mentions),
        }
    }

    /// Tells how a conversation was handled.
    fn handled(&self) -> Result<Option<(&'static str, String)>, StoreError> {
        let (command_id, by) = (self.command.id, self.actor.clone());
        Ok(Some(match self.command.action.clone() {
            Action::Resolve {} => (kind::RESOLVED, json(&self.by_member())?),
            Action::Reopen {} => (kind::REOPENED, json(&self.by_member())?),
            Action::Wake {} => (kind::WOKEN, json(&self.by_member())?),
            Action::Snooze { until } => {
                let body = Snoozed {
                    command_id,
                    by,
                    until,
                };
                (kind::SNOOZED, json(&body)?)
            }
            Action::Label { add, remove } => {
                let body = Labelled {
                    command_id,
                    by,
                    add,
                    remove,
                };
                (kind::LABELLED, json(&body)?)
            }
            _ => return Ok(None),
        }))
    }

    /// Tells what was written, said or shown.
    fn talked(&self, mentions: Vec<Actor>) -> Result<Option<(&'static str, String)>, StoreError> {
        let (command_id, by) = (self.command.id, self.actor.clone());
        Ok(Some(match self.command.action.clone() {
            Action::Note { text, .. } => {
                let body = Noted {
                    command_id,
                    by,
                    text,
                    mentions,
                };
                (kind::NOTED, json(&body)?)
            }
            Action::Receive { channel, text } => {
                let body = Received {
                    command_id,
                    by,
                    channel,
                    text,
                };
                (kind::RECEIVED, json(&body)?)
            }
            Action::Reveal { part } => {
                let body = Revealed {
                    command_id,
                    by,
                    part,
                };
                (kind::REVEALED, json(&body)?)
            }
            Action::HandOver {
                channel,
                text,
                template_key,
                order_key,
            } => {
                let body = HandedOver {
                    command_id,
                    by,
                    channel,
                    text,
                    template_key,
                    order_key,
                };
                (kind::HANDED_OVER, json(&body)?)
            }
            _ => return Ok(None),
        }))
    }

    /// Finds a member of the same team who has not left.
    fn colleague(
        &self,
        writing: &mut Writing<'_>,
        id: MemberId,
    ) -> Result<Option<(i64, Actor)>, StoreError> {
        let workspace = writing.ledger.standing(writing.db, self.workspace)?.row;
        let found: Option<(i64, String)> = optional(
            writing
                .db
                .prepare_cached(
                    "SELECT id, name FROM member
                     WHERE public = ?1 AND workspace = ?2 AND removed_at = 0",
                )?
                .query_row((id.as_u128().to_be_bytes(), workspace), |row| {
                    Ok((row.get(0)?, row.get(1)?))
                }),
        )?;
        Ok(found.map(|(row, name)| (row, Actor { id, name })))
    }
}

fn role(writing: &Writing<'_>, member_row: i64) -> Result<Role, StoreError> {
    let code = writing
        .db
        .prepare_cached("SELECT role FROM member WHERE id = ?1")?
        .query_row([member_row], |row| row.get(0))?;
    Ok(role_of(code))
}
