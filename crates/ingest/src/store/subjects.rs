//! The part of [`Store`](super::Store) that customers can ask for by law: all that is held of them, and that it be erased.

use std::fmt;

use async_trait::async_trait;
use contract::{Actor, ConversationId, Erasure, IntegrationId, WorkspaceId};
use serde::Serialize;
use serde_json::value::RawValue;

use super::{DeliverySummary, StoreError};
use crate::identity::Trace;

/// Says whose data is meant; its `Debug` shows no contact data.
#[derive(Clone, Default)]
pub struct Sought {
    /// One of the person's conversations.
    pub conversation: Option<ConversationId>,
    /// What the person is known by, as the match keys of [`crate::identity`]; each leads to conversations of its own.
    pub traces: Vec<(Trace, String)>,
    /// Only conversations that have nothing from another account, and only this account's deliveries.
    pub only_from: Option<IntegrationId>,
}

impl fmt::Debug for Sought {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Sought")
            .field("conversation", &self.conversation)
            .field("traces", &self.traces.len())
            .field("only_from", &self.only_from)
            .finish()
    }
}

/// Holds all that is kept of a person.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Holdings {
    /// The person's conversations.
    pub conversation_ids: Vec<ConversationId>,
    /// The entries of the feed that name them, oldest first, as they are sent.
    pub entries: Vec<Box<RawValue>>,
    /// What platforms sent about the person.
    pub deliveries: Vec<HeldDelivery>,
    /// Checkouts that are waited for, as the events that would tell of their abandonment.
    pub checkouts: Vec<Box<RawValue>>,
}

/// Holds a delivery about the person.
#[derive(Serialize)]
pub struct HeldDelivery {
    /// What the list of deliveries tells of it.
    #[serde(flatten)]
    pub summary: DeliverySummary,
    /// The kept body, as text; empty where another delivery holds the same.
    #[serde(rename = "payloadText")]
    pub body: String,
}

/// Gives out and erases what is held of one person.
#[async_trait]
pub trait Subjects: Send + Sync + 'static {
    /// Erases a person: raw bodies, entries, keys, names, checkouts and finished fetches, in one transaction, and has the feed
    /// tell which conversations are gone. When it returns, no file of the store holds any of it, the write-ahead log included.
    ///
    /// Deliveries keep their row, time and result; entries their number, time and chain. What comes later of the person's old
    /// orders is not kept; a new order begins a new conversation.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when nothing is held of such a person; [`super::Fault::Busy`] when their conversations kept
    /// changing meanwhile, or a reader kept the log from being emptied: asking again is safe, and what was erased stays so.
    async fn erase(
        &self,
        workspace: WorkspaceId,
        sought: Sought,
        by: Option<Actor>,
    ) -> Result<Erasure, StoreError>;

    /// Collects all that is held of a person.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when nothing is held of such a person.
    async fn holdings(
        &self,
        workspace: WorkspaceId,
        sought: Sought,
        by: Option<Actor>,
    ) -> Result<Holdings, StoreError>;
}
