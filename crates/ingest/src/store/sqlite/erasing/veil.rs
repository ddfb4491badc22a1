//! Keeps from readers what is being overwritten: from the transaction that closes a person's conversations on nothing of the
//! person is read any more, although the rows go in steps after it.

use std::collections::{HashMap, HashSet};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use contract::ConversationId;
use rusqlite::Connection;

use super::{remains, source};
use crate::store::StoreError;

/// Knows the rows that are on their way out.
#[derive(Default)]
pub(in super::super) struct Veil(RwLock<Folds>);

#[derive(Default)]
struct Folds {
    next: u64,
    hidden: HashMap<u64, Hidden>,
    /// What is noted in the file: of other processes, and of a walk that was broken off.
    noted: Vec<Hidden>,
}

/// The rows of one erasing.
#[derive(Default)]
struct Hidden {
    conversations: HashSet<[u8; 16]>,
    deliveries: HashSet<i64>,
}

impl Hidden {
    fn of(conversations: &[ConversationId], deliveries: &[i64]) -> Self {
        let publics = conversations.iter().map(|id| id.as_u128().to_be_bytes());
        Self {
            conversations: publics.collect(),
            deliveries: deliveries.iter().copied().collect(),
        }
    }
}

impl Veil {
    /// Hides what the file notes as being on its way out, whoever is at it.
    pub(in super::super) fn learn(&self, db: &Connection) -> Result<(), StoreError> {
        let mut noted: Vec<Hidden> = remains::noted(db)?
            .iter()
            .map(|(_, remains)| Hidden::of(remains.conversations(), remains.deliveries()))
            .collect();
        for leaving in source::Leaving::noted(db)? {
            noted.push(Hidden::of(&leaving.conversations, &leaving.deliveries));
        }
        self.write().noted = noted;
        Ok(())
    }

    /// Returns a number for one erasing.
    pub(super) fn fold(&self) -> u64 {
        let mut folds = self.write();
        folds.next += 1;
        folds.next
    }

    /// Hides the entries of conversations, and deliveries.
    pub(super) fn hide(&self, fold: u64, conversations: &[ConversationId], deliveries: &[i64]) {
        let hidden = Hidden::of(conversations, deliveries);
        self.write().hidden.insert(fold, hidden);
    }

    /// Hides nothing of an erasing any more: all is overwritten, or nothing came of it.
    pub(super) fn lift(&self, fold: u64) {
        self.write().hidden.remove(&fold);
    }

    /// Tells whether the entries of a conversation are hidden.
    pub(in super::super) fn hides_conversation(&self, public: &[u8; 16]) -> bool {
        let folds = self.read();
        let mut hidden = folds.hidden.values().chain(&folds.noted);
        hidden.any(|hidden| hidden.conversations.contains(public))
    }

    /// Tells whether a delivery is hidden.
    pub(in super::super) fn hides_delivery(&self, row: i64) -> bool {
        let folds = self.read();
        let mut hidden = folds.hidden.values().chain(&folds.noted);
        hidden.any(|hidden| hidden.deliveries.contains(&row))
    }

    fn read(&self) -> RwLockReadGuard<'_, Folds> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Folds> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}
