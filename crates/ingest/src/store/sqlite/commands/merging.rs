//! What people say of two conversations: that they are one person's, that they are not after all, or that they never were.
//!
//! A person's word outweighs all evidence, and the last word counts.

use contract::{
    ConversationId, Outcome, RefusalCode,
    entry::{KeptApart, Merged, Unmerged},
    kind,
};

use super::{Asked, refused};
use crate::identity::Settlement;
use crate::store::StoreError;
use crate::store::sqlite::links::{Conversation, above, link, survivor, unlink, whole};
use crate::store::sqlite::pairs::{reconcile, settle};
use crate::store::sqlite::writer::Writing;

/// The reason that a merge carries when a person said so.
const BY_PERSON: &str = "person";

impl Asked {
    /// Takes another conversation in, whatever contradicts and whoever kept them apart before.
    pub(super) fn merge(
        &self,
        writing: &mut Writing<'_>,
        into: Conversation,
        other: ConversationId,
    ) -> Result<Outcome, StoreError> {
        let from = match self.another(writing, into, other)? {
            Ok(from) => from,
            Err(code) => return Ok(refused(code)),
        };
        reconcile(writing, &whole(writing, into)?, &whole(writing, from)?)?;
        let body = Merged {
            from: from.id,
            reason: BY_PERSON.to_owned(),
            command_id: Some(self.command.id),
            by: Some(self.actor.clone()),
        };
        let seq = self.tell(writing, into, kind::MERGED, &body)?;
        link(writing, from.row, into.row, seq)?;
        Ok(Outcome::Applied { seq })
    }

    /// Takes back that a conversation was taken in. No evidence brings it back to any of those that it was shown with.
    pub(super) fn unmerge(
        &self,
        writing: &mut Writing<'_>,
        from_which: Conversation,
        part: ConversationId,
    ) -> Result<Outcome, StoreError> {
        let Some(part) = self.find(writing, part)? else {
            return Ok(refused(RefusalCode::UnknownConversation));
        };
        let above = above(writing, part)?;
        if above.last().is_none_or(|last| last.row != from_which.row) {
            return Ok(refused(RefusalCode::NotMerged));
        }
        unlink(writing, part.row)?;
        for other in above {
            settle(writing, part.row, other.row, Settlement::Apart)?;
        }
        let body = Unmerged {
            from: part.id,
            command_id: self.command.id,
            by: self.actor.clone(),
        };
        let seq = self.tell(writing, from_which, kind::UNMERGED, &body)?;
        Ok(Outcome::Applied { seq })
    }

    /// Notes that two conversations are two people's: no evidence makes them one, and nobody is asked again.
    pub(super) fn keep_apart(
        &self,
        writing: &mut Writing<'_>,
        conversation: Conversation,
        other: ConversationId,
    ) -> Result<Outcome, StoreError> {
        let other = match self.another(writing, conversation, other)? {
            Ok(other) => other,
            Err(code) => return Ok(refused(code)),
        };
        settle(writing, conversation.row, other.row, Settlement::Apart)?;
        let body = KeptApart {
            other: other.id,
            command_id: self.command.id,
            by: self.actor.clone(),
        };
        let seq = self.tell(writing, conversation, kind::KEPT_APART, &body)?;
        Ok(Outcome::Applied { seq })
    }

    /// Finds the conversation that shows a second one, or says why it cannot be set against the first.
    fn another(
        &self,
        writing: &mut Writing<'_>,
        first: Conversation,
        second: ConversationId,
    ) -> Result<Result<Conversation, RefusalCode>, StoreError> {
        let Some(second) = self.find(writing, second)? else {
            return Ok(Err(RefusalCode::UnknownConversation));
        };
        let second = survivor(writing, second)?;
        if second.row == first.row {
            return Ok(Err(RefusalCode::AlreadyMerged));
        }
        Ok(Ok(second))
    }
}
