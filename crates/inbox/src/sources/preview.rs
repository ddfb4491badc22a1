//! What samples become under settings that are not kept yet.

use std::collections::BTreeMap;

use contract::{Event, Order};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

use super::{Hidden, SourceProblem};
use crate::card;
use crate::view::{OrderCard, Person};

/// Asks what samples become.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, optional_fields)]
pub struct PreviewAsked {
    /// The platform.
    pub provider: String,
    /// The settings to read with.
    #[ts(type = "Record<string, unknown>")]
    pub settings: Map<String, Value>,
    /// Secrets to check the samples' proof with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secrets: Option<Vec<Hidden>>,
    /// The samples.
    pub samples: Vec<PreviewSample>,
}

/// Holds one sample request.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export, optional_fields)]
pub struct PreviewSample {
    /// What people call it.
    pub name: String,
    /// What stood after the `?`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// Its headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Its body: a text, or JSON.
    #[ts(type = "unknown")]
    pub body: Value,
}

/// Tells what samples become.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Preview {
    /// What is wrong with the settings; empty when nothing is.
    pub problems: Vec<SourceProblem>,
    /// What each sample becomes, in their order.
    pub results: Vec<PreviewResult>,
}

/// Tells what one sample becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct PreviewResult {
    /// The sample.
    pub name: String,
    /// Whether its proof would hold.
    pub proof: PreviewProof,
    /// How it is read.
    pub reading: PreviewReading,
    /// The cards it makes.
    pub cards: Vec<PreviewCard>,
    /// The platform's word for what happened, where it makes no card.
    pub event: Option<String>,
    /// Why it makes none.
    pub why: Option<String>,
    /// Where in the body.
    pub path: Option<String>,
    /// A stable name of the reason.
    pub code: Option<String>,
    /// What was left out because it looked wrong.
    pub doubts: Vec<Doubt>,
}

/// Tells whether a proof would hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct PreviewProof {
    /// It does.
    pub holds: bool,
    /// By which scheme.
    pub scheme: Option<String>,
    /// Why not.
    pub reason: Option<String>,
}

/// Lists how a sample can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum PreviewReading {
    /// It makes cards.
    Events,
    /// It names an order to fetch.
    Notice,
    /// Of no interest.
    Ignored,
    /// Not understood.
    Unmapped,
    /// Not readable.
    Unreadable,
}

/// Shows a card a sample makes, and whose it is, masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct PreviewCard {
    /// The order.
    pub order: OrderCard,
    /// The buyer.
    pub person: Person,
}

/// Names something that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Doubt {
    /// A stable name of what is wrong.
    pub code: String,
    /// Where in the body.
    #[serde(default)]
    pub path: String,
}

/// A preview as the service tells it.
#[derive(Deserialize)]
pub(super) struct Read {
    #[serde(default)]
    problems: Vec<SourceProblem>,
    #[serde(default)]
    results: Vec<ReadResult>,
}

#[derive(Deserialize)]
struct ReadResult {
    name: String,
    #[serde(default)]
    proof: PreviewProof,
    reading: PreviewReading,
    #[serde(default)]
    events: Vec<Event>,
    #[serde(default)]
    event: Option<String>,
    #[serde(default)]
    why: Option<String>,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    doubts: Vec<Doubt>,
}

impl Read {
    pub(super) fn shown(self, now: i64) -> Preview {
        let results = self.results.into_iter().map(|one| one.shown(now));
        Preview {
            problems: self.problems,
            results: results.collect(),
        }
    }
}

impl ReadResult {
    fn shown(self, now: i64) -> PreviewResult {
        PreviewResult {
            cards: cards(&self.events, now),
            name: self.name,
            proof: self.proof,
            reading: self.reading,
            event: self.event,
            why: self.why,
            path: self.path,
            code: self.code,
            doubts: self.doubts,
        }
    }
}

/// Folds events into cards exactly as the inbox does.
fn cards(events: &[Event], now: i64) -> Vec<PreviewCard> {
    let mut orders: BTreeMap<&str, Order> = BTreeMap::new();
    for event in events {
        orders.entry(&event.order_key).or_default().absorb(event);
    }
    let draw = |(key, order): (&str, Order)| {
        Some(PreviewCard {
            order: card::card(key, &order, now, false)?,
            person: card::person(&order.customer(), order.utms()),
        })
    };
    orders.into_iter().filter_map(draw).collect()
}
