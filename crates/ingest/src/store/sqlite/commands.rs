//! Doing what agents ask: checked, compared and set, and told in the feed, all in one transaction.

use contract::{
    Action, Actor, Command, ConversationId, MemberId, Outcome, RefusalCode, WorkspaceId,
    entry::ByMember, kind,
};
use rusqlite::params;
use serde::Serialize;

use super::append::append;
use super::links::{Conversation, by_id, hold, holder, survivor};
use super::place::optional;
use super::writer::Writing;
use crate::store::{Fault, Key16, StoreError};
use checking::is_acceptable;

mod checking;
mod merging;
mod recording;

/// One command on its way to the tables.
pub(super) struct Asked {
    pub(super) workspace: WorkspaceId,
    pub(super) actor: Actor,
    pub(super) command: Command,
}

impl Asked {
    /// Does the command, or repeats the answer it got the first time.
    pub(super) fn carry_out(self, writing: &mut Writing<'_>) -> Result<Outcome, StoreError> {
        let fingerprint = self.fingerprint()?;
        if let Some(outcome) = self.answered_before(writing, fingerprint)? {
            return Ok(outcome);
        }
        let outcome = self.decide(writing)?;
        writing
            .db
            .prepare_cached("INSERT INTO command (id, fingerprint, outcome) VALUES (?1, ?2, ?3)")?
            .execute(params![
                self.command.id.as_u128().to_be_bytes(),
                fingerprint.0,
                json(&outcome)?
            ])?;
        Ok(outcome)
    }

    fn answered_before(
        &self,
        writing: &Writing<'_>,
        fingerprint: Key16,
    ) -> Result<Option<Outcome>, StoreError> {
        let before: Option<([u8; 16], String)> = optional(
            writing
                .db
                .prepare_cached("SELECT fingerprint, outcome FROM command WHERE id = ?1")?
                .query_row([self.command.id.as_u128().to_be_bytes()], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                }),
        )?;
        let Some((stored, outcome)) = before else {
            return Ok(None);
        };
        if stored != fingerprint.0 {
            return Ok(Some(refused(RefusalCode::IdReused)));
        }
        let outcome = serde_json::from_str(&outcome).map_err(|_| Fault::Damaged)?;
        Ok(Some(outcome))
    }

    fn decide(&self, writing: &mut Writing<'_>) -> Result<Outcome, StoreError> {
        if !is_acceptable(&self.command.action) {
            return Ok(refused(RefusalCode::Invalid));
        }
        let Some(conversation) = self.find(writing, self.command.conversation_id)? else {
            return Ok(refused(RefusalCode::UnknownConversation));
        };
        let conversation = survivor(writing, conversation)?;
        match &self.command.action {
            Action::Claim {} => self.claim(writing, conversation),
            Action::Release {} => self.release(writing, conversation),
            Action::Assign { to } => self.assign(writing, conversation, *to),
            Action::Merge { other } => self.merge(writing, conversation, *other),
            Action::Unmerge { from } => self.unmerge(writing, conversation, *from),
            Action::KeepApart { other } => self.keep_apart(writing, conversation, *other),
            _ => self.record(writing, conversation),
        }
    }

    /// Finds a conversation of the workspace itself, whatever took it in.
    fn find(
        &self,
        writing: &mut Writing<'_>,
        id: ConversationId,
    ) -> Result<Option<Conversation>, StoreError> {
        let workspace_row = writing.ledger.standing(writing.db, self.workspace)?.row;
        by_id(writing, workspace_row, id)
    }

    /// Takes a conversation that nobody of the team has. Who has it already gets a second entry, which changes nothing.
    fn claim(
        &self,
        writing: &mut Writing<'_>,
        conversation: Conversation,
    ) -> Result<Outcome, StoreError> {
        let me = member_row(writing, self.actor.id)?;
        let holder = holder(writing, conversation)?;
        if holder != 0 && holder != me && is_in_team(writing, holder)? {
            return Ok(Outcome::Refused {
                code: RefusalCode::AlreadyClaimed,
                by: Some(actor_of(writing, holder)?),
            });
        }
        let seq = self.tell(writing, conversation, kind::CLAIMED, &self.by_member())?;
        hold(writing, conversation, me, seq)?;
        Ok(Outcome::Applied { seq })
    }

    fn release(
        &self,
        writing: &mut Writing<'_>,
        conversation: Conversation,
    ) -> Result<Outcome, StoreError> {
        let me = member_row(writing, self.actor.id)?;
        if holder(writing, conversation)? != me {
            return Ok(refused(RefusalCode::NotYours));
        }
        let seq = self.tell(writing, conversation, kind::RELEASED, &self.by_member())?;
        hold(writing, conversation, 0, seq)?;
        Ok(Outcome::Applied { seq })
    }

    fn by_member(&self) -> ByMember {
        ByMember {
            command_id: self.command.id,
            by: self.actor.clone(),
        }
    }

    fn tell(
        &self,
        writing: &mut Writing<'_>,
        conversation: Conversation,
        kind: &'static str,
        body: &impl Serialize,
    ) -> Result<u64, StoreError> {
        let id = Some(conversation.id);
        append(writing, self.workspace, id, kind, json(body)?)
    }

    /// Hashes what the command asks for and who asks, but not the name, which may change.
    fn fingerprint(&self) -> Result<Key16, StoreError> {
        Ok(Key16::of(&[
            &self.workspace.as_u128().to_be_bytes(),
            &self.actor.id.as_u128().to_be_bytes(),
            &self.command.conversation_id.as_u128().to_be_bytes(),
            json(&self.command.action)?.as_bytes(),
        ]))
    }
}

fn member_row(writing: &Writing<'_>, id: MemberId) -> Result<i64, StoreError> {
    let row = writing
        .db
        .prepare_cached("SELECT id FROM member WHERE public = ?1")?
        .query_row([id.as_u128().to_be_bytes()], |row| row.get(0))?;
    Ok(row)
}

fn is_in_team(writing: &Writing<'_>, member_row: i64) -> Result<bool, StoreError> {
    let found = writing
        .db
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM member WHERE id = ?1 AND removed_at = 0)")?
        .query_row([member_row], |row| row.get(0))?;
    Ok(found)
}

fn actor_of(writing: &Writing<'_>, member_row: i64) -> Result<Actor, StoreError> {
    let actor = writing
        .db
        .prepare_cached("SELECT public, name FROM member WHERE id = ?1")?
        .query_row([member_row], |row| {
            Ok(Actor {
                id: MemberId::from_u128(u128::from_be_bytes(row.get(0)?)),
                name: row.get(1)?,
            })
        })?;
    Ok(actor)
}

const fn refused(code: RefusalCode) -> Outcome {
    Outcome::Refused { code, by: None }
}

fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| Fault::Internal.into())
}
