//! Where an order's state comes from: which deliveries told of it, and how each proved its origin.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use contract::DeliveryId;
use serde::{Deserialize, Serialize};

use super::Desk;
use super::answer::Refused;
use super::body::Params;
use super::who::Agent;
use crate::store::ToldBy;

/// The query.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Asked {
    order_key: String,
}

/// Lists what told of an order, newest first.
#[derive(Serialize)]
pub(crate) struct Provenance {
    deliveries: Vec<Delivery>,
}

#[derive(Serialize)]
struct Delivery {
    id: DeliveryId,
    at: DateTime<Utc>,
    event: String,
    proof: &'static str,
    repeats: u32,
}

impl From<ToldBy> for Delivery {
    fn from(told: ToldBy) -> Self {
        Self {
            id: told.id,
            at: told.at,
            event: told.event,
            proof: told.proof.word(),
            repeats: told.repeats,
        }
    }
}

/// `GET /api/v1/orders/provenance`.
pub(crate) async fn provenance(
    State(desk): State<Desk>,
    agent: Agent,
    Params(asked): Params<Asked>,
) -> Result<Json<Provenance>, Refused> {
    let listing = desk.store.provenance(agent.workspace(), asked.order_key);
    let deliveries = listing.await?.into_iter().map(Delivery::from);
    Ok(Json(Provenance {
        deliveries: deliveries.collect(),
    }))
}
