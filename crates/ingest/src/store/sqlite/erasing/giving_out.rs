//! Collecting what is held of a person, for the person to read.

use contract::DeliveryId;
use rusqlite::Connection;
use serde_json::value::RawValue;

use super::super::place::optional;
use super::super::{deliveries, pages};
use super::Veil;
use super::finding::Found;
use crate::store::{Fault, HeldDelivery, Holdings, StoreError};

/// Collects it.
pub(super) fn collect(db: &Connection, veil: &Veil, found: &Found) -> Result<Holdings, StoreError> {
    let mut holdings = Holdings {
        conversation_ids: found.conversations.values().copied().collect(),
        entries: Vec::new(),
        deliveries: Vec::new(),
        checkouts: Vec::new(),
    };
    for place in &found.entries {
        let entry = pages::one(db, veil, *place)?;
        holdings.entries.push(raw(entry.json.to_string())?);
    }
    for row in &found.deliveries {
        let public: [u8; 16] = db
            .prepare_cached("SELECT public FROM delivery WHERE id = ?1")?
            .query_row([row], |row| row.get(0))?;
        let id = DeliveryId::from_u128(u128::from_be_bytes(public));
        let detail = deliveries::get(db, veil, found.workspace, id)?;
        // A repeat shows the body it repeats, which is given out with the delivery that has it.
        let repeats = detail.summary.duplicate_of.is_some();
        holdings.deliveries.push(HeldDelivery {
            summary: detail.summary,
            body: Some(detail.body)
                .filter(|_| !repeats)
                .map_or_else(String::new, |body| {
                    String::from_utf8_lossy(&body).into_owned()
                }),
        });
    }
    for key in &found.checkouts {
        let event = db
            .prepare_cached("SELECT event FROM checkout WHERE key = ?1")?
            .query_row([key], |row| row.get(0));
        // It may have been abandoned or taken up since it was found: then an entry tells it.
        if let Some(event) = optional(event)? {
            holdings.checkouts.push(raw(event)?);
        }
    }
    Ok(holdings)
}

fn raw(json: String) -> Result<Box<RawValue>, StoreError> {
    RawValue::from_string(json).map_err(|_| Fault::Damaged.into())
}
