//! What agents did here and the feed has not shown yet, laid over what the cache says.

use contract::{Action, Actor, CommandId, ConversationId};

/// Lays pending actions over the cache's answers; holds no cache row and writes none.
#[derive(Debug, Clone)]
pub struct Overlay {
    /// The member at this desk.
    pub me: Actor,
    /// Actions that wait, are on their way, or are answered but not shown by the feed yet; oldest first. Refused ones are not.
    pub pending: Vec<Pending>,
}

/// Holds one pending action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The action's id.
    pub id: CommandId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// When it was made, in Unix milliseconds.
    pub made_at: i64,
    /// What is to be done.
    pub action: Action,
}

impl Pending {
    /// Returns the conversations that are shown otherwise because of it.
    pub(crate) fn conversations(&self) -> impl Iterator<Item = ConversationId> {
        let other = match self.action {
            Action::Merge { other } | Action::KeepApart { other } => Some(other),
            Action::Unmerge { from } => Some(from),
            Action::Claim {}
            | Action::Release {}
            | Action::Note { .. }
            | Action::Assign { .. }
            | Action::Resolve {}
            | Action::Reopen {}
            | Action::Snooze { .. }
            | Action::Wake {}
            | Action::Label { .. }
            | Action::Receive { .. }
            | Action::Reveal { .. }
            | Action::HandOver { .. } => None,
        };
        [self.conversation_id].into_iter().chain(other)
    }
}
