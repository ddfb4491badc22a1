//! Deliveries: what one request of a platform brought, and what became of it.

use std::fmt;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use contract::{DeliveryId, Event, EventId, IntegrationId, Status, WorkspaceId};
use serde::{Deserialize, Serialize};

use crate::identity::Traces;

/// Shortens a text to 16 bytes, for tables whose keys are looked up and never read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key16(pub [u8; 16]);

impl Key16 {
    /// Hashes parts; each is preceded by its length, so that no two lists of parts are alike.
    #[must_use]
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hash = blake3::Hasher::new();
        for part in parts {
            hash.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        let mut out = [0; 16];
        hash.finalize_xof().fill(&mut out);
        Self(out)
    }
}

impl fmt::Debug for Key16 {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// Brings one verified delivery to the store.
pub struct NewDelivery {
    /// Made by the caller.
    pub id: DeliveryId,
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// Which account received it; its platform scopes the nonce.
    pub integration: IntegrationId,
    /// When it arrived.
    pub received_at: DateTime<Utc>,
    /// The headers worth keeping, without secrets.
    pub headers: Vec<(String, String)>,
    /// The parts of the address's query that the reading needs, without secrets.
    pub query: String,
    /// The body without secrets.
    pub body: Bytes,
    /// How its origin was proven.
    pub proof: ProofSummary,
    /// What must never come twice, where the scheme has it.
    pub nonce: Option<NewNonce>,
    /// What marks a repeat of the whole delivery: the platform's delivery id or the raw body, hashed. The store scopes it to
    /// the integration.
    pub delivery_key: Key16,
    /// What was read in it.
    pub reading: NewReading,
}

/// The kept header of a delivery that the service sent to itself to try an integration out.
pub const TRIAL_HEADER: &str = "x-balcao-test-event";

/// Tells whether the platform itself sent a delivery, so that it says something about how the integration fares.
pub(crate) fn came_from_platform(headers: &[(String, String)], proof: &ProofSummary) -> bool {
    !proof.is_pulled() && !headers.iter().any(|(name, _)| name == TRIAL_HEADER)
}

impl fmt::Debug for NewDelivery {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("NewDelivery")
            .field("id", &self.id)
            .field("integration", &self.integration)
            .field("body.bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Says how a delivery's origin was proven.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProofSummary {
    /// The scheme's name.
    pub scheme: String,
    /// Which of the integration's secrets matched.
    pub secret_index: u32,
    /// False when only the unguessable key vouched for it.
    pub signed: bool,
}

impl ProofSummary {
    /// The scheme of what we fetched ourselves from the platform's API.
    pub const PULLED: &'static str = "pulled";

    /// Makes the proof of what was fetched.
    #[must_use]
    pub fn pulled() -> Self {
        Self {
            scheme: Self::PULLED.to_owned(),
            secret_index: 0,
            signed: true,
        }
    }

    /// Says in one stable word how the origin was proven: `fetched`, `signature`, `token`, or `key` where only the unguessable
    /// address vouched for it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        if self.is_pulled() {
            "fetched"
        } else if !self.signed {
            "key"
        } else if self.scheme.contains("hmac") || self.scheme.starts_with("kiwify.") {
            "signature"
        } else {
            "token"
        }
    }

    /// Tells whether the delivery was fetched and not sent to us.
    #[must_use]
    pub fn is_pulled(&self) -> bool {
        self.scheme == Self::PULLED
    }
}

/// Holds a nonce to burn together with the delivery; unique per workspace and platform.
#[derive(Clone)]
pub struct NewNonce {
    /// The nonce.
    pub value: String,
    /// From when on it may be forgotten.
    pub expires_at: DateTime<Utc>,
}

/// Says what was read in a delivery.
pub enum NewReading {
    /// Events, one at least.
    Events(Vec<NewEvent>),
    /// A notice that an order changed: the order is fetched, by a job stored together with the delivery.
    Notice {
        /// The platform's name of the event.
        event: String,
        /// Says that the order is being fetched.
        why: String,
        /// The platform's id of the order.
        order: String,
        /// What is certain already; often nothing.
        events: Vec<NewEvent>,
        /// What it told and nothing vouches for: held back until the fetch has an answer.
        held: Option<Box<HeldBack>>,
        /// The latest time those events tell.
        told_at: Option<DateTime<Utc>>,
    },
    /// Understood, and of no interest.
    Ignored {
        /// The platform's name of the event.
        event: String,
        /// Why.
        why: String,
    },
    /// Of no interest while its account is paused: kept, to be read anew. A repeat counts once the account is taken up again.
    Paused {
        /// The platform's name of the event; empty where none could be read.
        event: String,
        /// What would lead to its conversation.
        traces: Option<Box<Traces>>,
    },
    /// Not understood yet.
    Unmapped {
        /// The platform's name of the event.
        event: String,
        /// Why.
        why: String,
    },
    /// Not readable.
    Rejected {
        /// A stable name of the reason.
        code: String,
        /// Where in the body.
        path: String,
    },
}

impl NewReading {
    /// Turns what was read into what is kept of it while its account is paused.
    #[must_use]
    pub fn set_aside(self) -> Self {
        let of = |event: NewEvent| (event.name, Some(event.traces));
        let (event, traces) = match self {
            Self::Events(events) => events.into_iter().next().map(of).unwrap_or_default(),
            Self::Notice {
                event,
                events,
                held,
                ..
            } => {
                let told = events.into_iter().next().map(|event| event.traces);
                (event, held.map(|held| held.traces).or(told))
            }
            Self::Ignored { event, .. } | Self::Unmapped { event, .. } => (event, None),
            Self::Rejected { .. } => (String::new(), None),
            paused @ Self::Paused { .. } => return paused,
        };
        Self::Paused {
            event,
            traces: traces.map(Box::new),
        }
    }
}

/// Names what is held back of a delivery.
#[derive(Clone)]
pub struct HeldBack {
    /// The status it told.
    pub status: Status,
    /// What would lead to its conversation.
    pub traces: Traces,
}

/// Holds one event, ready to store: everything costly is done before the writer sees it.
pub struct NewEvent {
    /// The event's id.
    pub id: EventId,
    /// The platform's own name of the event, for the list of deliveries.
    pub name: String,
    /// What leads to its conversation.
    pub traces: Traces,
    /// What marks a repeat of the same business event; the store scopes it to the integration.
    pub business_key: Key16,
    /// The entry's body, as it is stored, sent and covered by the chain.
    pub body: String,
    /// What it means for checkouts that may be abandoned, where the platform does not tell of that itself.
    pub checkout: Option<CheckoutNews>,
}

/// Says what an event means for the checkouts of its platform that may be abandoned.
pub struct CheckoutNews {
    /// The event's order key.
    pub order_key: String,
    /// The order keys of the checkouts it grew from.
    pub carts: Vec<String>,
    /// When the event happened.
    pub at: DateTime<Utc>,
    /// What it is.
    pub step: CheckoutStep,
}

/// Lists what can happen to a checkout that may be abandoned.
pub enum CheckoutStep {
    /// It was begun or changed; if nothing follows, it is abandoned.
    Begun {
        /// When.
        due_at: DateTime<Utc>,
        /// The event that tells of it.
        abandoned: Box<NewEvent>,
    },
    /// It was abandoned; it may yet be taken up again.
    Abandoned,
    /// Something followed; it is never abandoned again.
    Over,
}

impl NewEvent {
    /// Prepares an event.
    ///
    /// # Errors
    /// When the event cannot be written as JSON, which an event read from JSON always can.
    pub fn new(event: &Event, business_key: &str) -> Result<Self, serde_json::Error> {
        Ok(Self {
            id: event.id,
            name: event.event.clone(),
            traces: Traces::of(event),
            business_key: Key16::of(&[business_key.as_bytes()]),
            body: serde_json::to_string(event)?,
            checkout: None,
        })
    }
}

/// Lists what can become of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryResult {
    /// Its events are in the feed.
    Accepted,
    /// All it says was there before.
    Duplicate,
    /// Of no interest.
    Ignored,
    /// Not understood yet.
    Unmapped,
    /// Not readable.
    Rejected,
}

impl DeliveryResult {
    /// All results.
    pub const ALL: [Self; 5] = [
        Self::Accepted,
        Self::Duplicate,
        Self::Ignored,
        Self::Unmapped,
        Self::Rejected,
    ];

    /// Returns the result's name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Duplicate => "duplicate",
            Self::Ignored => "ignored",
            Self::Unmapped => "unmapped",
            Self::Rejected => "rejected",
        }
    }
}

/// Answers a delivery; it is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The delivery's id, as given.
    pub delivery_id: DeliveryId,
    /// What became of it.
    pub result: DeliveryResult,
    /// The numbers of its entries; empty unless accepted. An accepted delivery may also have made a merge entry.
    pub seqs: Vec<u64>,
}

/// Shows a delivery in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliverySummary {
    /// Its id.
    pub id: DeliveryId,
    /// The account that received it.
    pub integration_id: IntegrationId,
    /// When it arrived.
    pub received_at: DateTime<Utc>,
    /// What became of it.
    pub result: DeliveryResult,
    /// The platform's name of the (first) event; empty for a rejected one.
    pub event: String,
    /// Why it was ignored, unmapped or rejected: a sentence, or a code.
    pub why: String,
    /// The stable name of that reason; empty where it has none.
    pub why_code: &'static str,
    /// Where in the body, for a rejected one.
    pub path: String,
    /// The first of its entries' numbers.
    pub first_seq: Option<u64>,
    /// How many entries it made.
    pub entry_count: u32,
    /// The delivery that brought the same before.
    pub duplicate_of: Option<DeliveryId>,
    /// Length of the kept body, in bytes.
    pub body_bytes: u64,
}

/// Shows one delivery whole.
#[derive(Clone, PartialEq, Eq)]
pub struct DeliveryDetail {
    /// What the list shows.
    pub summary: DeliverySummary,
    /// How its origin was proven.
    pub proof: ProofSummary,
    /// The kept headers.
    pub headers: Vec<(String, String)>,
    /// The kept parts of the address's query.
    pub query: String,
    /// The kept body; a duplicate's is that of the delivery it repeats.
    pub body: Vec<u8>,
    /// The body was erased with its customer's data; it is empty then.
    pub erased: bool,
    /// The body was let go for its age; it is empty then.
    pub expired: bool,
}

impl fmt::Debug for DeliveryDetail {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("DeliveryDetail")
            .field("summary", &self.summary)
            .field("proof", &self.proof)
            .field("body.bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Asks for a page of deliveries.
#[derive(Debug, Clone, Default)]
pub struct DeliveryQuery {
    /// Only older ones than this.
    pub before: Option<DeliveryId>,
    /// How many, 1 to 200.
    pub limit: u32,
    /// Only those of one account.
    pub integration: Option<IntegrationId>,
    /// Only those with one result.
    pub result: Option<DeliveryResult>,
}

/// Holds deliveries, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryPage {
    /// The deliveries.
    pub deliveries: Vec<DeliverySummary>,
    /// What to ask as `before` for the next page; `None` at the end.
    pub next_before: Option<DeliveryId>,
}
