//! What a reading comes to in the tables: keys, traces and texts, made on the asker's side of the queue. It touches no table.

use contract::WorkspaceId;

use super::super::checkouts::PreparedNews;
use super::super::jobs::Fetch;
use super::super::place::TraceKeys;
use super::super::sharing::Told;
use super::{Note, PreparedEvent};
use crate::store::{DeliveryResult, Integration, Key16, NewEvent, NewReading, why};

/// What keys are unique in.
pub(in super::super) struct Scope {
    workspace: [u8; 16],
    integration: [u8; 16],
    provider: String,
}

impl Scope {
    pub(in super::super) fn of(integration: &Integration) -> Self {
        Self {
            workspace: integration.workspace.as_u128().to_be_bytes(),
            integration: integration.id.as_u128().to_be_bytes(),
            provider: integration.provider.clone(),
        }
    }

    pub(in super::super) fn key(&self, what: &[u8], key: &Key16) -> Key16 {
        Key16::of(&[&self.workspace, &self.integration, what, &key.0])
    }

    /// A nonce is used once per workspace and platform, whichever of its accounts it came to.
    pub(super) fn nonce(&self, value: &str) -> Key16 {
        Key16::of(&[
            &self.workspace,
            self.provider.as_bytes(),
            b"nonce",
            value.as_bytes(),
        ])
    }
}

/// What a reading comes to in the tables.
pub(in super::super) struct Said {
    pub(in super::super) note: Note,
    pub(in super::super) events: Vec<PreparedEvent>,
    pub(in super::super) fetch: Option<Fetch>,
    /// What would lead to the conversation of what is held back or set aside.
    pub(super) held: Option<TraceKeys>,
}

impl Said {
    fn nothing(result: DeliveryResult, event: String, why: String, path: String) -> Self {
        Self {
            note: Note {
                result,
                event,
                why,
                path,
            },
            events: Vec::new(),
            fetch: None,
            held: None,
        }
    }
}

/// Prepares a reading for its tables.
pub(in super::super) fn read(reading: NewReading, scope: &Scope, workspace: WorkspaceId) -> Said {
    let none = String::new;
    let prepare = |events: Vec<NewEvent>| {
        let prepare = |event: NewEvent| PreparedEvent {
            key: scope.key(b"business", &event.business_key),
            traces: TraceKeys::of(workspace, &event.traces),
            told: Told::of(workspace, &event.traces.order),
            checkout: event.checkout.map(|news| PreparedNews::new(news, scope)),
            body: event.body,
        };
        events.into_iter().map(prepare).collect()
    };
    match reading {
        NewReading::Events(events) => {
            let name = events.first().map_or_else(none, |event| event.name.clone());
            Said {
                events: prepare(events),
                ..Said::nothing(DeliveryResult::Accepted, name, none(), none())
            }
        }
        NewReading::Notice {
            event,
            why,
            order,
            events,
            held,
            told_at,
        } => Said {
            events: prepare(events),
            fetch: Some(Fetch::new(
                order,
                event.clone(),
                told_at,
                held.as_ref().map(|held| held.status),
            )),
            held: held.map(|held| TraceKeys::of(workspace, &held.traces)),
            ..Said::nothing(DeliveryResult::Accepted, event, why, none())
        },
        NewReading::Ignored { event, why } => {
            Said::nothing(DeliveryResult::Ignored, event, why, none())
        }
        NewReading::Paused { event, traces } => {
            let why = why::PAUSED.to_owned();
            Said {
                held: traces.map(|traces| TraceKeys::of(workspace, &traces)),
                ..Said::nothing(DeliveryResult::Ignored, event, why, none())
            }
        }
        NewReading::Unmapped { event, why } => {
            Said::nothing(DeliveryResult::Unmapped, event, why, none())
        }
        NewReading::Rejected { code, path } => {
            Said::nothing(DeliveryResult::Rejected, none(), code, path)
        }
    }
}
