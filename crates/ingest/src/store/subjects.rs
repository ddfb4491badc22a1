//! The part of [`Store`](super::Store) that customers can ask for by law: all that is held of them, and that it be erased.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
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
    /// Order keys; each leads to the conversation it is in.
    pub orders: Vec<String>,
    /// The platform's number of a customer of the account meant by `only_from`.
    pub customer: Option<String>,
    /// Only conversations that have nothing from another account, and only this account's deliveries.
    pub only_from: Option<IntegrationId>,
}

impl fmt::Debug for Sought {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Sought")
            .field("conversation", &self.conversation)
            .field("traces", &self.traces.len())
            .field("orders", &self.orders.len())
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

/// Counts what was erased of one account's customers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SourceErasure {
    /// Conversations that are gone.
    pub conversations: u64,
    /// Conversations that have something from another account too, and stay whole: a person has to decide.
    pub kept: u64,
    /// Entries of the feed that were overwritten.
    pub entries: u64,
    /// Deliveries that lost their body.
    pub deliveries: u64,
}

/// Lists what a platform may say of an account that people have to know of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceNotice {
    /// The app was taken away: nothing more is sent.
    AccessEnded,
    /// The shop is suspended: nothing is sent or answered until that ends.
    Suspended,
    /// The platform wants all customers of the shop erased.
    EraseAsked,
}

/// Tells what stands of such notices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SourceDuties {
    /// It was paused because the app was taken away, and nobody has taken it up again.
    pub access_ended: bool,
    /// It was paused because the platform suspended the shop, which has not ended, and nobody has taken it up again.
    pub suspended: bool,
    /// When the platform asked for all customers to be erased; `None` where it did not, or it is done.
    pub erase_asked_at: Option<DateTime<Utc>>,
    /// They are being erased.
    pub erasing: bool,
}

/// Gives out and erases what is held of one person.
#[async_trait]
pub trait Subjects: Send + Sync + 'static {
    /// Erases a person: raw bodies, entries, keys, names, checkouts and finished fetches, and has the feed tell which
    /// conversations are gone. One transaction decides it: from then on nothing of the person is read. Of whom there is much, the
    /// rows are overwritten in steps after it, if need be by the next process. When it returns, no file of the store holds any of
    /// it, the write-ahead log included.
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

    /// Notes what a platform said of an account.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such account.
    async fn note_source(&self, id: IntegrationId, notice: SourceNotice) -> Result<(), StoreError>;

    /// Notes that an account's customers are being erased; false where that was noted before.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such account, or its platform did not ask for it.
    async fn begin_source_erasure(&self, id: IntegrationId) -> Result<bool, StoreError>;

    /// Lists the accounts whose customers a process was erasing that has ended, for the process on duty; overwrites before what
    /// such a process had left of single persons. Beside other processes an account is listed at the second look.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn begun_source_erasures(&self) -> Result<Vec<IntegrationId>, StoreError>;

    /// Erases all customers of an account that have nothing from another one, some at a time; the feed tells which. What is
    /// broken off goes on when it is asked for again.
    ///
    /// # Errors
    /// As for [`Subjects::erase`]; what is noted of it is then that it was asked for, and is not being done.
    async fn erase_source(
        &self,
        id: IntegrationId,
        by: Option<Actor>,
    ) -> Result<SourceErasure, StoreError>;

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
