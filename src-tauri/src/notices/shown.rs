//! Which notifications may still be on the screen, and the conversation each leads to. Knows no system.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use contract::ConversationId;

/// So many are remembered; a screen full of older ones is the system's to clear.
const MOST: usize = 64;

/// Remembers what was shown.
#[derive(Default)]
pub(crate) struct Shown {
    place: Mutex<Place>,
}

#[derive(Default)]
struct Place {
    last: i32,
    shown: VecDeque<(i32, ConversationId)>,
}

impl Shown {
    /// Makes a number for a notification that leads to a conversation.
    pub(crate) fn remember(&self, conversation: ConversationId) -> i32 {
        self.change(|place| {
            place.last = place.last.wrapping_add(1);
            if place.shown.len() == MOST {
                place.shown.pop_front();
            }
            place.shown.push_back((place.last, conversation));
            place.last
        })
    }

    /// Forgets those that lead to a conversation, and returns their numbers.
    pub(crate) fn forget(&self, conversation: ConversationId) -> Vec<i32> {
        self.change(|place| {
            let shown = std::mem::take(&mut place.shown);
            let (gone, kept) = shown.into_iter().partition(|(_, to)| *to == conversation);
            place.shown = kept;
            numbers(gone)
        })
    }

    /// Forgets all, and returns their numbers.
    pub(crate) fn forget_all(&self) -> Vec<i32> {
        self.change(|place| numbers(std::mem::take(&mut place.shown)))
    }

    fn change<T>(&self, act: impl FnOnce(&mut Place) -> T) -> T {
        act(&mut self.place.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn numbers(shown: VecDeque<(i32, ConversationId)>) -> Vec<i32> {
    shown.into_iter().map(|(number, _)| number).collect()
}

#[cfg(test)]
mod tests {
    use contract::ConversationId;

    use super::{MOST, Shown};

    #[test]
    fn a_conversation_takes_its_own_away_and_no_others() {
        let [one, other] = [1, 2].map(ConversationId::from_u128);
        let shown = Shown::default();
        let numbers = [one, other, one].map(|to| shown.remember(to));
        assert_eq!(numbers, [1, 2, 3]);
        assert_eq!(shown.forget(one), [1, 3]);
        assert_eq!(shown.forget(one), [0; 0]);
        assert_eq!(shown.forget_all(), [2]);
        assert_eq!(shown.remember(one), 4, "a number is never given twice");
    }

    #[test]
    fn what_is_remembered_has_an_end() {
        let shown = Shown::default();
        for number in 0..=MOST {
            shown.remember(ConversationId::from_u128(number as u128));
        }
        assert_eq!(shown.forget(ConversationId::from_u128(0)), [0; 0]);
        assert_eq!(shown.forget_all().len(), MOST);
    }
}
