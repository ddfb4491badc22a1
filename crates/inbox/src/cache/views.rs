//! The readers' side of the cache: everything the page asks, answered from read-only connections.

use contract::{ConversationId, Customer, Order};

use super::{ApplyError, Overlay};
use crate::asking::{Found, TimelinePage};
use crate::view::{ConversationView, Counters, PageAsked, Row, RowPage, View};

/// Answers the page; cheap to clone, usable from any thread, and open across [`super::Cache::replace_with`].
///
/// All methods block on the disk for well under a millisecond; `now` is Unix milliseconds.
#[derive(Debug, Clone)]
pub struct Views {}

impl Views {
    /// Returns one page of a view.
    ///
    /// # Errors
    /// [`ApplyError`] of storage. A cursor that this cache did not give reads as the start.
    pub fn list_page(&self, asked: &PageAsked, overlay: &Overlay) -> Result<RowPage, ApplyError> {
        let _ = (asked, overlay);
        unimplemented!()
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
        let _ = (view, ids, overlay);
        unimplemented!()
    }

    /// Returns how many rows each view has.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn counters(&self, overlay: &Overlay) -> Result<Counters, ApplyError> {
        let _ = overlay;
        unimplemented!()
    }

    /// Returns a conversation as it stands at `now`, or `None` when it is not here; its draft is not known here.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn conversation(
        &self,
        id: ConversationId,
        now: i64,
        overlay: &Overlay,
    ) -> Result<Option<ConversationView>, ApplyError> {
        let _ = (id, now, overlay);
        unimplemented!()
    }

    /// Returns the 50 items before the place that an earlier answer named as `older`.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn timeline_before(
        &self,
        id: ConversationId,
        before: &str,
        overlay: &Overlay,
    ) -> Result<TimelinePage, ApplyError> {
        let _ = (id, before, overlay);
        unimplemented!()
    }

    /// Finds conversations by words or numbers, newest first, at most `limit` (1 to 100).
    ///
    /// # Errors
    /// [`ApplyError`] of storage; never because of what was typed.
    pub fn search(&self, text: &str, limit: u32, overlay: &Overlay) -> Result<Found, ApplyError> {
        let _ = (text, limit, overlay);
        unimplemented!()
    }

    /// Returns a conversation's person in full: for revealing a part, and for handing a text over.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn person(&self, id: ConversationId) -> Result<Option<Customer>, ApplyError> {
        let _ = id;
        unimplemented!()
    }

    /// Returns the fold of one of a conversation's orders: for filling templates and for checks at the moment of sending.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn order(&self, id: ConversationId, order_key: &str) -> Result<Option<Order>, ApplyError> {
        let _ = (id, order_key);
        unimplemented!()
    }
}
