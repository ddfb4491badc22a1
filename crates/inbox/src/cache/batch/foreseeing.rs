//! Reading ahead: the rows that a long run of entries will touch, on two threads.
//!
//! What is read is what stood before the batch, so a batch that has already moved or erased rows reads them one by one instead.

use std::collections::BTreeSet;

use contract::ConversationId;
use rusqlite::Connection;

use super::super::ApplyError;
use super::super::apply::side_by_side;
use super::super::conversation::Conversation;
use super::super::shelf::Shelf;
use super::super::told::{Reading, Told};
use super::{Batch, Touched};

/// A row that will be touched, and what it is found by.
enum Sought<'a> {
    Conversation(ConversationId),
    Order(&'a str),
}

enum Found {
    Conversation(Box<Conversation>),
    Order(String, Box<Touched>),
}

impl Batch<'_> {
    /// Reads the rows that entries will touch, as far as they are there; one half through a reader's connection.
    pub(in super::super) fn foresee<'a>(
        &mut self,
        entries: impl Iterator<Item = (Option<ConversationId>, &'a Reading)>,
        shelf: &Shelf,
    ) -> Result<(), ApplyError> {
        if !self.relinked.is_empty() || !self.dirty.is_empty() {
            return Ok(());
        }
        let sought = self.sought(entries);
        let (front, back) = sought.split_at(sought.len() / 2);
        let db = self.db;
        let found = side_by_side(
            || find(db, front),
            || shelf.read(|snapshot| find(snapshot, back)),
        )?;
        for found in found {
            match found {
                Found::Conversation(conversation) => {
                    self.rows.insert(conversation.public, conversation.row);
                    let row = conversation.row;
                    self.conversations.entry(row).or_insert(*conversation);
                }
                Found::Order(key, touched) => {
                    self.orders.entry(key).or_insert(*touched);
                }
            }
        }
        Ok(())
    }

    fn sought<'a>(
        &self,
        entries: impl Iterator<Item = (Option<ConversationId>, &'a Reading)>,
    ) -> Vec<Sought<'a>> {
        let (mut conversations, mut orders) = (BTreeSet::new(), BTreeSet::new());
        for (public, reading) in entries {
            let Some(public) = public.filter(|public| !self.is_erased(*public)) else {
                continue;
            };
            if !self.rows.contains_key(&public) {
                conversations.insert(public);
            }
            if let Told::Event(event) = &reading.told {
                orders.insert(event.order_key.as_str());
            }
        }
        let conversations = conversations.into_iter().map(Sought::Conversation);
        conversations
            .chain(orders.into_iter().map(Sought::Order))
            .collect()
    }
}

fn find(db: &Connection, sought: &[Sought<'_>]) -> Result<Vec<Found>, ApplyError> {
    let mut found = Vec::with_capacity(sought.len());
    for sought in sought {
        found.extend(match sought {
            Sought::Conversation(public) => Conversation::by_public(db, *public)?
                .map(|conversation| Found::Conversation(Box::new(conversation))),
            Sought::Order(key) => Touched::by_key(db, key)?
                .map(|touched| Found::Order((*key).to_owned(), Box::new(touched))),
        });
    }
    Ok(found)
}
