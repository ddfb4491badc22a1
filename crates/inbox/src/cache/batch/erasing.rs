//! Letting go of erased people: their rows, their lists and their words, and whatever comes of them later.
//!
//! What the service erased no entry names any more, but a page may be on its way that was written before. So the ids are kept,
//! and entries that name one of them are passed over, whenever they come.

use std::collections::BTreeSet;
use std::sync::Arc;

use contract::{ConversationId, Order};

use super::super::conversation::Conversation;
use super::super::listing::{self, Deltas};
use super::super::told::Told;
use super::super::traits::{self, Origin, Tally};
use super::super::{ApplyError, labels};
use super::Batch;
use super::writing::own;

/// Rows that a conversation has to itself.
const OWN: [&str; 6] = [
    "DELETE FROM labelled WHERE conversation = ?1",
    "DELETE FROM link WHERE conversation = ?1",
    "DELETE FROM pair WHERE one = ?1",
    "DELETE FROM shared WHERE conversation = ?1",
    "DELETE FROM unsettled WHERE conversation = ?1",
    "DELETE FROM conversation WHERE id = ?1",
];

/// Rows of one that are kept where it is shown.
const SHOWN: [&str; 3] = [
    "DELETE FROM trait WHERE purchase IN (SELECT id FROM purchase WHERE conversation = ?1 AND own = ?2)",
    "DELETE FROM purchase WHERE conversation = ?1 AND own = ?2",
    "DELETE FROM moment WHERE conversation = ?1 AND own = ?2",
];

/// Words that nobody has any more.
const UNUSED: [&str; 2] = [
    "DELETE FROM term WHERE count = 0",
    "DELETE FROM label WHERE count = 0 AND id NOT IN (SELECT label FROM labelled)",
];

impl Batch<'_> {
    /// Knows who was erased before.
    pub(in super::super) fn knowing(mut self, erased: &Arc<BTreeSet<ConversationId>>) -> Self {
        self.erased = Arc::clone(erased);
        self
    }

    /// Tells who is known to be erased by now.
    pub(in super::super) fn erased(&self) -> Arc<BTreeSet<ConversationId>> {
        Arc::clone(&self.erased)
    }

    /// Lets go of everybody whom an entry says to be erased; call it for all before [`Batch::link`].
    pub(in super::super) fn erase(&mut self, seq: u64, told: &Told) -> Result<(), ApplyError> {
        let Told::SubjectErased(told) = told else {
            return Ok(());
        };
        let mut gone = Vec::new();
        for public in &told.conversation_ids {
            if !Arc::make_mut(&mut self.erased).insert(*public) {
                continue;
            }
            self.db
                .prepare_cached("INSERT OR IGNORE INTO erased (public) VALUES (?1)")?
                .execute([public.as_u128().to_be_bytes()])?;
            if let Some(found) = Conversation::by_public(self.db, *public)? {
                self.load(found.row)?;
                gone.push(found);
            }
        }
        if gone.is_empty() {
            return Ok(());
        }
        self.set_free(seq, &gone)?;
        let mut deltas = Deltas::default();
        for conversation in &gone {
            self.let_go_of_shown(conversation)?;
        }
        for conversation in &gone {
            self.let_go(conversation, &mut deltas)?;
        }
        listing::add(self.db, &deltas)?;
        for sql in UNUSED {
            self.db.prepare_cached(sql)?.execute(())?;
        }
        self.applied.change.counters = true;
        self.db
            .prepare_cached("UPDATE meta SET scrub = 1 WHERE id = 1")?
            .execute(())?;
        Ok(())
    }

    /// Tells whether an entry speaks of somebody erased.
    pub(super) fn is_erased(&self, public: ConversationId) -> bool {
        self.erased.contains(&public)
    }

    /// Gives back what one of them had taken in and is not erased itself. The service erases whoever is merged together, so
    /// this is for merges undone that are not known here yet.
    fn set_free(&mut self, seq: u64, gone: &[Conversation]) -> Result<(), ApplyError> {
        for conversation in gone {
            for part in Conversation::merged(self.db, conversation.row)? {
                if !self.is_erased(part.public) {
                    self.load(part.row)?;
                    self.relink(seq, part.row, 0, None)?;
                }
            }
        }
        self.relinked()?;
        self.relinked.clear();
        Ok(())
    }

    fn let_go_of_shown(&mut self, conversation: &Conversation) -> Result<(), ApplyError> {
        let root = self.root(conversation.row)?;
        self.count_orders_down(root, conversation.row)?;
        for sql in SHOWN {
            self.db
                .prepare_cached(sql)?
                .execute([root, conversation.row])?;
        }
        self.dirty.insert(root);
        Ok(())
    }

    /// Takes the orders of one out of the counts of what orders are narrowed by.
    fn count_orders_down(&self, root: i64, own: i64) -> Result<(), ApplyError> {
        let mut tally = Tally::new();
        let mut statement = self
            .db
            .prepare_cached("SELECT fold FROM purchase WHERE conversation = ?1 AND own = ?2")?;
        let mut rows = statement.query([root, own])?;
        while let Some(row) = rows.next()? {
            let order: Order =
                serde_json::from_str(row.get_ref(0)?.as_str().map_err(|_| ApplyError::Corrupt)?)
                    .map_err(|_| ApplyError::Corrupt)?;
            traits::count(&mut tally, &Origin::of(&order), &Origin::default());
        }
        Ok(traits::add(self.db, tally)?)
    }

    fn let_go(
        &mut self,
        conversation: &Conversation,
        deltas: &mut Deltas,
    ) -> Result<(), ApplyError> {
        let row = conversation.row;
        listing::relist(self.db, row, &conversation.listed, &[], deltas)?;
        listing::turn(self.db, row, &conversation.turns, &[])?;
        labels::wear(self.db, row, &conversation.labels, &BTreeSet::new())?;
        own(self.db, row, conversation.owner.as_ref(), None)?;
        if conversation.word_row != 0 {
            self.db
                .prepare_cached("DELETE FROM words WHERE rowid = ?1")?
                .execute([conversation.word_row])?;
        }
        // A pair has a row for each of the two.
        self.db
            .prepare_cached(
                "DELETE FROM pair WHERE (one, other) IN (SELECT other, one FROM pair WHERE one = ?1)",
            )?
            .execute([row])?;
        for sql in OWN {
            self.db.prepare_cached(sql)?.execute([row])?;
        }
        self.conversations.remove(&row);
        self.rows.remove(&conversation.public);
        self.dirty.remove(&row);
        self.told_of.remove(&row);
        self.applied.change.conversations.push(conversation.public);
        Ok(())
    }
}
