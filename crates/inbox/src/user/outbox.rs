//! The outbox as rows: written once, sent in order, gone when the feed shows the action or the member lets it go.

use std::collections::HashSet;
use std::iter;

use contract::{
    Action, Actor, Command, CommandAnswer, CommandId, ConversationId, Outcome, RefusalCode,
};
use rusqlite::{Row, params};

use super::{UserDb, UserError};

/// One action as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    /// The action; its text is frozen.
    pub(crate) command: Command,
    /// How it stands.
    pub(crate) state: KeptState,
    /// The service may have it.
    pub(crate) departed: bool,
    /// How often it was tried.
    pub(crate) tries: u32,
    /// When it was made.
    pub(crate) made_at: i64,
    /// Until when it stays here, so that it can be taken back.
    pub(crate) held_until: i64,
}

impl Kept {
    /// Tells whether it is still held back at `now`. No hold is long: where one seems to be, the clock was set back.
    fn is_held(&self, now: i64) -> bool {
        let left = self.held_until.saturating_sub(now);
        self.state == KeptState::Waiting && (1..=LONGEST_HOLD).contains(&left)
    }

    /// Names the conversations that it is about.
    fn conversations(&self) -> impl Iterator<Item = ConversationId> {
        let other = match &self.command.action {
            Action::Merge { other } | Action::KeepApart { other } => Some(*other),
            Action::Unmerge { from } => Some(*from),
            _ => None,
        };
        iter::once(self.command.conversation_id).chain(other)
    }
}

/// The longest that an action can be held back, in milliseconds.
const LONGEST_HOLD: i64 = 60_000;

/// How an action stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeptState {
    /// Waits for its turn.
    Waiting,
    /// On its way.
    Sending,
    /// Applied as this entry, which the feed has yet to show.
    Answered(u64),
    /// Refused.
    Refused(RefusalCode, Option<Actor>),
}

const COLUMNS: &str = "command, conversation, action, state, departed, tries, made_at, answered_seq, refusal, refused_by, held_until";

impl UserDb {
    /// Writes actions down in their order, all or none; durable when this returns.
    #[cfg(test)]
    pub(crate) fn keep(&mut self, commands: &[Command], now: i64) -> Result<(), UserError> {
        self.keep_held(commands, now, 0)
    }

    /// Writes actions down as [`UserDb::keep`] does; none leaves before `held_until`.
    pub(crate) fn keep_held(
        &mut self,
        commands: &[Command],
        now: i64,
        held_until: i64,
    ) -> Result<(), UserError> {
        let desk = self.desk()?;
        let step = self.file.transaction()?;
        for command in commands {
            let action = serde_json::to_string(&command.action)
                .map_err(|_| UserError::Unreadable("action"))?;
            step.prepare_cached(
                r"INSERT INTO outbox (desk, command, conversation, action, made_at, held_until)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                desk,
                command.id.to_string(),
                command.conversation_id.to_string(),
                action,
                now,
                held_until
            ])?;
        }
        step.commit()?;
        Ok(())
    }

    /// Lists everything kept, in the order it was done.
    pub(crate) fn kept(&self) -> Result<Vec<Kept>, UserError> {
        let sql = format!("SELECT {COLUMNS} FROM outbox WHERE desk = ?1 ORDER BY place");
        let mut read = self.file.prepare_cached(&sql)?;
        let mut rows = read.query(params![self.desk()?])?;
        let mut kept = Vec::new();
        while let Some(row) = rows.next()? {
            match read_row(row) {
                Err(UserError::Unreadable(what)) => {
                    tracing::warn!(
                        what,
                        "an action in the outbox cannot be read; it stays there"
                    );
                }
                other => kept.push(other?),
            }
        }
        Ok(kept)
    }

    /// Takes the next actions to send at `now`, at most `limit`, and writes down that they leave. What is held back keeps what
    /// was done after it in the same conversation, so that nobody sees them in another order.
    pub(crate) fn depart(&mut self, limit: usize, now: i64) -> Result<Vec<Command>, UserError> {
        let mut behind: HashSet<ConversationId> = HashSet::new();
        let mut may_leave = |kept: &Kept| {
            let stays = kept.is_held(now) || kept.conversations().any(|id| behind.contains(&id));
            if stays {
                behind.extend(kept.conversations());
            }
            !stays
        };
        let next: Vec<Command> = self
            .kept()?
            .into_iter()
            .filter(|kept| matches!(kept.state, KeptState::Waiting | KeptState::Sending))
            .filter(|kept| may_leave(kept))
            .take(limit)
            .map(|kept| kept.command)
            .collect();
        let step = self.file.transaction()?;
        for command in &next {
            // 2: on its first way out, or again after each way before was known to have led nowhere. What is found on its way
            // was there when the app ended, and nobody knows how far it came.
            step.prepare_cached(
                r"UPDATE outbox SET state = 'sending', tries = tries + 1,
                    departed = CASE WHEN state = 'waiting' AND departed = 0 THEN 2 ELSE 1 END
                  WHERE command = ?1",
            )?
            .execute(params![command.id.to_string()])?;
        }
        step.commit()?;
        Ok(next)
    }

    /// Returns how long it is from `now` until the first held action may leave, in milliseconds.
    pub(crate) fn held_for(&self, now: i64) -> Result<Option<u64>, UserError> {
        let kept = self.kept()?;
        let held = kept.iter().filter(|kept| kept.is_held(now));
        let left = held.map(|kept| kept.held_until.saturating_sub(now).unsigned_abs());
        Ok(left.min())
    }

    /// Lets everything leave that is held back; returns how many were.
    pub(crate) fn release(&self) -> Result<usize, UserError> {
        let released = self.file.execute(
            "UPDATE outbox SET held_until = 0 WHERE desk = ?1 AND state = 'waiting' AND held_until > 0",
            params![self.desk()?],
        )?;
        Ok(released)
    }

    /// Puts actions back that were not answered; `reached` says that the service may have them all the same.
    pub(crate) fn come_back(&mut self, ids: &[CommandId], reached: bool) -> Result<(), UserError> {
        let step = self.file.transaction()?;
        for id in ids {
            // An action that may have arrived on an earlier way stays so.
            step.prepare_cached(
                r"UPDATE outbox SET state = 'waiting', departed = CASE WHEN ?2 OR departed = 1 THEN 1 ELSE 0 END
                  WHERE command = ?1 AND state = 'sending'",
            )?
            .execute(params![id.to_string(), reached])?;
        }
        step.commit()?;
        Ok(())
    }

    /// Writes the service's answers down.
    pub(crate) fn answered(&mut self, answers: &[CommandAnswer]) -> Result<(), UserError> {
        let step = self.file.transaction()?;
        for answer in answers {
            let id = answer.id.to_string();
            match &answer.outcome {
                Outcome::Applied { seq } => step
                    .prepare_cached(
                        "UPDATE outbox SET state = 'answered', answered_seq = ?2 WHERE command = ?1",
                    )?
                    .execute(params![id, i64::try_from(*seq).unwrap_or(i64::MAX)])?,
                Outcome::Refused { code, by } => step
                    .prepare_cached(
                        "UPDATE outbox SET state = 'refused', refusal = ?2, refused_by = ?3 WHERE command = ?1",
                    )?
                    .execute(params![id, json(code)?, by.as_ref().map(json).transpose()?.unwrap_or_default()])?,
            };
        }
        step.commit()?;
        Ok(())
    }

    /// Lets actions go that the feed has shown; returns how many were here.
    pub(crate) fn confirm(&mut self, ids: &[CommandId]) -> Result<usize, UserError> {
        let step = self.file.transaction()?;
        let mut gone = 0;
        for id in ids {
            gone += step
                .prepare_cached("DELETE FROM outbox WHERE command = ?1")?
                .execute(params![id.to_string()])?;
        }
        step.commit()?;
        Ok(gone)
    }

    /// Lets answered actions go whose entry the cache holds, being at or below `head`; returns how many.
    pub(crate) fn confirm_up_to(&self, head: u64) -> Result<usize, UserError> {
        let head = i64::try_from(head).unwrap_or(i64::MAX);
        let gone = self.file.execute(
            "DELETE FROM outbox WHERE desk = ?1 AND state = 'answered' AND answered_seq <= ?2",
            params![self.desk()?, head],
        )?;
        Ok(gone)
    }

    /// Lets actions go that certainly have not left; returns which did.
    pub(crate) fn recall(&mut self, ids: &[CommandId]) -> Result<Vec<CommandId>, UserError> {
        let step = self.file.transaction()?;
        let mut gone = Vec::new();
        for id in ids {
            let deleted = step
                .prepare_cached(
                    "DELETE FROM outbox WHERE command = ?1 AND state = 'waiting' AND departed = 0",
                )?
                .execute(params![id.to_string()])?;
            if deleted > 0 {
                gone.push(*id);
            }
        }
        step.commit()?;
        Ok(gone)
    }

    /// Lets an action go that waits or was refused; tells whether it did.
    pub(crate) fn discard(&self, id: CommandId) -> Result<bool, UserError> {
        let gone = self.file.execute(
            "DELETE FROM outbox WHERE command = ?1 AND state IN ('waiting', 'refused')",
            params![id.to_string()],
        )?;
        Ok(gone > 0)
    }

    /// Puts a refused action back to its place under a new id, since the old one is answered for good.
    pub(crate) fn renew(&self, id: CommandId, new: CommandId) -> Result<bool, UserError> {
        let renewed = self.file.execute(
            r"UPDATE outbox SET command = ?2, state = 'waiting', departed = 0, tries = 0, refusal = '', refused_by = ''
              WHERE command = ?1 AND state = 'refused'",
            params![id.to_string(), new.to_string()],
        )?;
        Ok(renewed > 0)
    }
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, UserError> {
    serde_json::to_string(value).map_err(|_| UserError::Unreadable("refusal"))
}

fn read_row(row: &Row<'_>) -> Result<Kept, UserError> {
    let unreadable = UserError::Unreadable("action");
    let text = |at: usize| row.get::<_, String>(at);
    let command = || {
        Some(Command {
            id: text(0).ok()?.parse().ok()?,
            conversation_id: text(1).ok()?.parse().ok()?,
            action: serde_json::from_str::<Action>(&text(2).ok()?).ok()?,
        })
    };
    let state = match text(3)?.as_str() {
        "sending" => KeptState::Sending,
        "answered" => KeptState::Answered(u64::try_from(row.get::<_, i64>(7)?).unwrap_or(0)),
        "refused" => KeptState::Refused(
            serde_json::from_str(&text(8)?).map_err(|_| UserError::Unreadable("refusal"))?,
            serde_json::from_str(&text(9)?).ok(),
        ),
        _ => KeptState::Waiting,
    };
    Ok(Kept {
        command: command().ok_or(unreadable)?,
        state,
        departed: row.get(4)?,
        tries: row.get(5)?,
        made_at: row.get(6)?,
        held_until: row.get(10)?,
    })
}
