//! What can go wrong on demand.

use std::time::Duration;

use super::wire::Answer;

/// What is to go wrong.
#[derive(Debug, Default)]
pub(super) struct Faults {
    /// The status every request gets.
    pub(super) refusing: Option<u16>,
    /// How many requests more get which status.
    pub(super) failing: (usize, u16),
    /// How many answers more are cut.
    pub(super) breaking: usize,
    /// How long every answer takes.
    pub(super) waiting: Duration,
}

impl Faults {
    /// Returns what is answered in place of the truth.
    pub(super) fn instead(&mut self) -> Option<Answer> {
        if let Some(status) = self.refusing {
            return Some(Answer::text(status, "refused"));
        }
        let (left, status) = &mut self.failing;
        *left = left.checked_sub(1)?;
        Some(Answer::text(*status, "out of order"))
    }

    /// Cuts an answer in two where that is asked for.
    pub(super) fn breaks(&mut self, mut answer: Answer) -> Answer {
        if let Some(left) = self.breaking.checked_sub(1) {
            self.breaking = left;
            answer.body.truncate(answer.body.len() / 2);
        }
        answer
    }
}
