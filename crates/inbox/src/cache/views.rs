//! The readers' side of the cache: everything the page asks, answered from read-only connections.

use std::sync::Arc;

use contract::{ConversationId, Customer, Filter, MemberId, Order, StageGroup, ViewId};
use follow_up::{SharedSequences, StageSequence};

use super::batch::bought;
use super::conversation::Conversation;
use super::shelf::Shelf;
use super::{ApplyError, KeptTemplate, Overlay, saved, steps, team};
#[cfg(test)]
use super::{handling, labels, links, listing, said, traits};
use crate::asking::{Found, SearchAsked, TimelineAsked, TimelinePage};
use crate::view::{
    Colleague, ConversationView, Counters, FilterValues, PageAsked, PaidBy, Row, RowPage,
    SavedView, SequenceTrial, View,
};

mod laid;
mod lists;
mod narrowed;
mod persons;
mod planned;
mod search;
mod talk;
mod values;

/// Answers the page; cheap to clone, usable from any thread, and open across [`super::Cache::replace_with`].
///
/// All methods block on the disk for well under a millisecond; `now` is Unix milliseconds.
#[derive(Debug, Clone)]
pub struct Views {
    shelf: Arc<Shelf>,
}

impl Views {
    pub(super) fn over(shelf: Arc<Shelf>) -> Self {
        Self { shelf }
    }

    /// Returns one page of a view.
    ///
    /// # Errors
    /// [`ApplyError`] of storage. A cursor that this cache did not give reads as the start.
    pub fn list_page(&self, asked: &PageAsked, overlay: &Overlay) -> Result<RowPage, ApplyError> {
        self.shelf.read(|db| lists::page(db, asked, overlay))
    }

    /// Returns those of the conversations that are in the view, in the order asked for.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn rows(
        &self,
        view: View,
        ids: &[ConversationId],
        overlay: &Overlay,
    ) -> Result<Vec<Row>, ApplyError> {
        self.rows_of((view, None, &Filter::default()), ids, None, overlay)
    }

    /// The same, of a saved view in place of `view` and narrowed by a filter, as a [`PageAsked`] names them; with `until`, a
    /// page's `next`, only those that stand no later than that page ends.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn rows_of(
        &self,
        of: (View, Option<ViewId>, &Filter),
        ids: &[ConversationId],
        until: Option<&str>,
        overlay: &Overlay,
    ) -> Result<Vec<Row>, ApplyError> {
        self.shelf
            .read(|db| lists::rows(db, of, ids, until, overlay))
    }

    /// Lists the saved views: the team's first, each by name.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn saved(&self) -> Result<Vec<SavedView>, ApplyError> {
        let views = self.shelf.read(|db| saved::all(db))?;
        Ok(views.into_iter().map(|(_, _, view)| view).collect())
    }

    /// Lists what there is to narrow lists by.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn filter_values(&self) -> Result<FilterValues, ApplyError> {
        self.shelf.read(|db| values::all(db))
    }

    /// Lists the members of the team that the feed told of, by name; whoever founded it may not be among them.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn members(&self, me: MemberId) -> Result<Vec<Colleague>, ApplyError> {
        self.shelf.read(|db| Ok(team::members(db, me)?))
    }

    /// Lists the team's templates, by key and language.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn templates(&self) -> Result<Vec<KeptTemplate>, ApplyError> {
        self.shelf.read(|db| Ok(team::templates(db)?))
    }

    /// Returns the team's sequences, or those that come with the program.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn sequences(&self) -> Result<SharedSequences, ApplyError> {
        self.shelf.read(|db| Ok(steps::sequences(db)?))
    }

    /// Returns what a stage's sequence comes to for the newest orders that stand there, at most `limit`.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn sequence_trials(
        &self,
        stage: StageSequence,
        rest_days: bool,
        limit: u32,
        now: i64,
        overlay: &Overlay,
    ) -> Result<Vec<SequenceTrial>, ApplyError> {
        self.shelf
            .read(|db| planned::trials(db, stage, rest_days, limit, (now, overlay)))
    }

    /// Names the conversations and orders that stand at one of some stages, of some platforms, the newest first, at most
    /// `limit`; tests are left out. For trying a template on what is real.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn recent_orders(
        &self,
        stages: &[StageGroup],
        platforms: &[String],
        limit: u32,
    ) -> Result<Vec<(ConversationId, String)>, ApplyError> {
        self.shelf
            .read(|db| values::recent(db, stages, platforms, limit))
    }

    /// Returns how many rows each view has.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn counters(&self, overlay: &Overlay) -> Result<Counters, ApplyError> {
        self.shelf.read(|db| lists::counters(db, overlay))
    }

    /// Returns a conversation as it stands at `now`, or `None` when it is not here; its draft is not known here.
    ///
    /// The id of one that was merged into another gives the other.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn conversation(
        &self,
        id: ConversationId,
        now: i64,
        overlay: &Overlay,
    ) -> Result<Option<ConversationView>, ApplyError> {
        self.shelf
            .read(|db| talk::conversation(db, id, now, overlay))
    }

    /// Returns the 50 items before the place that an earlier answer named as `older`.
    ///
    /// # Errors
    /// [`ApplyError`] of storage. A place that this cache did not name reads as the start.
    pub fn timeline_before(
        &self,
        id: ConversationId,
        before: &str,
        overlay: &Overlay,
    ) -> Result<TimelinePage, ApplyError> {
        let asked = TimelineAsked {
            id,
            before: Some(before.to_owned()),
            at: None,
            only: None,
        };
        self.timeline(&asked, overlay)
    }

    /// Returns a part of a timeline, at most 50 items and, from the newest on, what is pending.
    ///
    /// # Errors
    /// [`ApplyError`] of storage. A place that this cache did not name reads as the start.
    pub fn timeline(
        &self,
        asked: &TimelineAsked,
        overlay: &Overlay,
    ) -> Result<TimelinePage, ApplyError> {
        self.shelf.read(|db| talk::timeline(db, asked, overlay))
    }

    /// Finds conversations by words or numbers, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`ApplyError`] of storage; never because of what was typed.
    pub fn search(&self, asked: &SearchAsked, overlay: &Overlay) -> Result<Found, ApplyError> {
        self.shelf.read(|db| search::search(db, asked, overlay))
    }

    /// Returns a conversation's person in full: for revealing a part, and for handing a text over.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn person(&self, id: ConversationId) -> Result<Option<Customer>, ApplyError> {
        self.shelf.read(|db| {
            let Some(found) = Conversation::shown(db, id)? else {
                return Ok(None);
            };
            let orders = talk::newest_first(bought(db, found.row)?);
            Ok(Some(talk::customer(&orders)))
        })
    }

    /// Returns the fold of one of a conversation's orders, and the other order by which the same thing was paid: for filling
    /// templates and for checks at the moment of sending.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn order(
        &self,
        id: ConversationId,
        order_key: &str,
    ) -> Result<Option<(Order, Option<PaidBy>)>, ApplyError> {
        self.shelf.read(|db| {
            let Some(found) = Conversation::shown(db, id)? else {
                return Ok(None);
            };
            talk::order(db, found.row, order_key)
        })
    }
}

/// Names the questions whose plans matter, for the test that looks at them.
#[cfg(test)]
pub(super) fn questions() -> Vec<(&'static str, &'static str)> {
    vec![
        ("one page of a list", lists::PAGE),
        ("one row", lists::ROW),
        ("one page of a timeline", talk::MOMENTS),
        ("purchases of a timeline", talk::NARROWED[0]),
        ("messages of a timeline", talk::NARROWED[1]),
        ("notes of a timeline", talk::NARROWED[2]),
        ("handling of a timeline", talk::NARROWED[3]),
        ("what messages say", said::SAID[0]),
        ("what notes say", said::SAID[1]),
        ("what happened since", handling::SINCE),
        ("one count", listing::COUNT),
        ("a narrowed view's order", narrowed::WALK),
        ("what a member has", narrowed::OWNED),
        ("who wears a label", narrowed::WORN),
        ("what was told of labels", labels::TOLD),
        ("a label's name", labels::NAME),
        ("words to narrow by", traits::VALUES),
        ("one saved view", saved::ONE),
        ("one search", search::HITS),
        ("the age of a hit", search::HAPPENED),
        (
            "a conversation by its id",
            "SELECT id FROM conversation WHERE public = ?1",
        ),
        (
            "what was merged into a conversation",
            "SELECT id FROM conversation WHERE merged_into = ?1 AND merged_into <> 0",
        ),
        (
            "an order by its key",
            "SELECT id FROM purchase WHERE order_key = ?1",
        ),
        (
            "the orders of a conversation",
            "SELECT id, own, order_key, facts FROM purchase WHERE conversation = ?1",
        ),
        ("what was said of a conversation and others", links::SAID),
        ("why a conversation is a part of another", links::LINK),
        ("how many names share a conversation", links::SHARED),
        (
            "whose time has come",
            "SELECT at FROM turn WHERE at > ?1 AND at <= ?2 ORDER BY at LIMIT ?3",
        ),
    ]
}
