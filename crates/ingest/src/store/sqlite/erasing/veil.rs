//! Keeps from readers what is being overwritten: from the transaction that closes a person's conversations on nothing of the
//! person is read any more, although the rows go in steps after it.

use std::collections::{HashMap, HashSet};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use contract::ConversationId;

/// Knows the rows that are on their way out.
#[derive(Default)]
pub(in super::super) struct Veil(RwLock<Folds>);

#[derive(Default)]
struct Folds {
    next: u64,
    hidden: HashMap<u64, Hidden>,
}

/// The rows of one erasing.
#[derive(Default)]
struct Hidden {
    conversations: HashSet<[u8; 16]>,
    deliveries: HashSet<i64>,
}

impl Veil {
    /// Returns a number for one erasing.
    pub(super) fn fold(&self) -> u64 {
        let mut folds = self.write();
        folds.next += 1;
        folds.next
    }

    /// Hides the entries of conversations, and deliveries.
    pub(super) fn hide(&self, fold: u64, conversations: &[ConversationId], deliveries: &[i64]) {
        let publics = conversations.iter().map(|id| id.as_u128().to_be_bytes());
        let hidden = Hidden {
            conversations: publics.collect(),
            deliveries: deliveries.iter().copied().collect(),
        };
        self.write().hidden.insert(fold, hidden);
    }

    /// Hides nothing of an erasing any more: all is overwritten, or nothing came of it.
    pub(super) fn lift(&self, fold: u64) {
        self.write().hidden.remove(&fold);
    }

    /// Tells whether the entries of a conversation are hidden.
    pub(in super::super) fn hides_conversation(&self, public: &[u8; 16]) -> bool {
        let folds = self.read();
        let mut hidden = folds.hidden.values();
        hidden.any(|hidden| hidden.conversations.contains(public))
    }

    /// Tells whether a delivery is hidden.
    pub(in super::super) fn hides_delivery(&self, row: i64) -> bool {
        let folds = self.read();
        let mut hidden = folds.hidden.values();
        hidden.any(|hidden| hidden.deliveries.contains(&row))
    }

    fn read(&self) -> RwLockReadGuard<'_, Folds> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Folds> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}
