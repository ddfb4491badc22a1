//! What platforms sent, and what became of it.

use contract::{DeliveryId, IntegrationId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use ts_rs::TS;

use super::At;
use super::pretty::pretty;

/// Shows one request of a platform in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// The source that received it.
    pub integration_id: IntegrationId,
    /// When it came.
    pub received_at: At,
    /// What became of it.
    pub result: DeliveryResult,
    /// The platform's name of the event; empty where none could be read.
    #[serde(default)]
    pub event: String,
    /// Why it became no card: a sentence in English, or a code.
    #[serde(default)]
    pub why: String,
    /// The stable name of that reason; empty where the service has none.
    #[serde(default)]
    pub why_code: String,
    /// Where in the body.
    #[serde(default)]
    pub path: String,
    /// How many entries it made.
    #[serde(default)]
    pub entry_count: u32,
    /// The one that brought the same before.
    #[serde(default)]
    pub duplicate_of: Option<DeliveryId>,
    /// Length of the kept body, in bytes.
    #[serde(default)]
    #[ts(type = "number")]
    pub body_bytes: u64,
}

/// Lists what can become of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum DeliveryResult {
    /// It is on a card.
    Accepted,
    /// It said nothing new.
    Duplicate,
    /// Of no interest.
    Ignored,
    /// Not understood yet.
    Unmapped,
    /// Not readable.
    Rejected,
}

impl DeliveryResult {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Duplicate => "duplicate",
            Self::Ignored => "ignored",
            Self::Unmapped => "unmapped",
            Self::Rejected => "rejected",
        }
    }
}

/// Asks for a page of deliveries.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DeliveriesAsked {
    /// The source.
    pub id: IntegrationId,
    /// Only those with this result.
    pub result: Option<DeliveryResult>,
    /// Only those before this one.
    pub before: Option<DeliveryId>,
    /// How many, 1 to 200.
    pub limit: u32,
}

impl DeliveriesAsked {
    pub(super) fn query(&self) -> Vec<(&'static str, String)> {
        let result = self
            .result
            .map(|result| ("result", result.as_str().to_owned()));
        let before = self.before.map(|before| ("before", before.to_string()));
        let always = [
            ("integration", self.id.to_string()),
            ("limit", self.limit.clamp(1, 200).to_string()),
        ];
        always.into_iter().chain(result).chain(before).collect()
    }
}

/// Holds deliveries, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DeliveryPage {
    /// The deliveries.
    pub deliveries: Vec<Delivery>,
    /// What to ask as `before` for older ones; `None` at the end.
    pub next_before: Option<DeliveryId>,
}

/// Shows one delivery whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DeliveryDetail {
    /// What the list shows.
    #[serde(flatten)]
    pub summary: Delivery,
    /// How its origin was proven.
    pub proof: DeliveryProof,
    /// The kept headers.
    pub headers: Vec<DeliveryHeader>,
    /// The body, laid out for the eye where it is JSON, its numbers letter by letter.
    pub payload: String,
    /// The body was erased with its customer's data.
    pub erased: bool,
    /// The body was let go: it was kept for as long as the service keeps bodies.
    pub expired: bool,
    /// What the platform was told.
    pub answer: DeliveryAnswer,
}

/// Says how a delivery's origin was proven.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct DeliveryProof {
    /// The scheme's name.
    pub scheme: String,
    /// False where only the address vouched for it.
    pub signed: bool,
}

/// Holds one kept header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DeliveryHeader {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Says what the platform was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DeliveryAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The word in the body.
    pub result: DeliveryResult,
}

/// A delivery as the service tells it, without its body.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    #[serde(flatten)]
    summary: Delivery,
    #[serde(default)]
    proof: DeliveryProof,
    #[serde(default)]
    headers: Vec<DeliveryHeader>,
    #[serde(default)]
    erased: bool,
    #[serde(default)]
    expired: bool,
    answer: DeliveryAnswer,
}

/// Its body: JSON, or a text.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    #[serde(borrow, default)]
    payload: Option<&'a RawValue>,
    #[serde(default)]
    payload_text: Option<String>,
}

/// Reads a delivery whole; `None` when it is not one.
pub(super) fn shown(answer: &[u8]) -> Option<DeliveryDetail> {
    let told: Told = serde_json::from_slice(answer).ok()?;
    // Read apart: what is flattened is buffered, and raw JSON does not survive that.
    let body: Body<'_> = serde_json::from_slice(answer).ok()?;
    let payload = match body.payload {
        Some(json) => pretty(json.get()),
        None => body.payload_text.unwrap_or_default(),
    };
    Some(DeliveryDetail {
        summary: told.summary,
        proof: told.proof,
        headers: told.headers,
        payload,
        erased: told.erased,
        expired: told.expired,
        answer: told.answer,
    })
}

/// Answers a delivery that was read again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Reprocessed {
    /// What became of it this time.
    pub result: DeliveryResult,
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// How many entries it made.
    #[serde(default)]
    pub entries: u32,
}

/// Answers many that were read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ReprocessedAll {
    /// How many were read again.
    pub reprocessed: u32,
    /// How many of them are on cards now.
    pub accepted: u32,
    /// How many with that result are left.
    #[serde(default)]
    pub left: u32,
}

/// Answers a test event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TestSent {
    /// What became of it.
    pub result: DeliveryResult,
    /// Where to read about it.
    pub delivery_id: DeliveryId,
}
