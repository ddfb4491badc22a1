//! What only the service knows or keeps, asked of it directly: the team's views, who is there, where an order's state comes from.
//!
//! It knows HTTP and nothing of the cache; what is saved here comes back to every desk with the feed.

use std::time::Duration;

use chrono::{DateTime, Utc};
use contract::{DeliveryId, Present, TeamView, ViewId};
use reqwest::{Method, RequestBuilder};
use serde::Deserialize;

use crate::asking::{Provenance, ProvenanceDelivery};
use crate::error::Refusal;
use crate::feed::Line;
use crate::sources::answer;

/// How long the service may take.
pub(crate) const WAIT: Duration = Duration::from_secs(10);

/// Says where the member is.
///
/// # Errors
/// As the service answers.
pub(crate) async fn present(line: &Line, present: &Present) -> Result<(), Refusal> {
    let ask = ask(line, Method::POST, "presence", &[])?.json(present);
    Ok(answer::nothing(ask, WAIT).await?)
}

/// Saves a view for the team.
///
/// # Errors
/// `Forbidden`, `Invalid`, `Offline`.
pub(crate) async fn put_view(line: &Line, view: &TeamView) -> Result<(), Refusal> {
    let path = format!("views/{}", view.id);
    let ask = ask(line, Method::PUT, &path, &[])?.json(view);
    Ok(answer::nothing(ask, WAIT).await?)
}

/// Takes a view of the team away.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Offline`.
pub(crate) async fn delete_view(line: &Line, id: ViewId) -> Result<(), Refusal> {
    let ask = ask(line, Method::DELETE, &format!("views/{id}"), &[])?;
    Ok(answer::nothing(ask, WAIT).await?)
}

/// Asks which requests told of an order.
///
/// # Errors
/// `NotFound`, `Offline`.
pub(crate) async fn provenance(line: &Line, order_key: &str) -> Result<Provenance, Refusal> {
    let query = [("orderKey", order_key.to_owned())];
    let ask = ask(line, Method::GET, "orders/provenance", &query)?;
    let told: Told = answer::json(ask, WAIT).await?;
    let deliveries = told.deliveries.into_iter().map(ToldDelivery::shown);
    Ok(Provenance {
        deliveries: deliveries.collect(),
    })
}

/// Begins a request to the service.
pub(crate) fn ask(
    line: &Line,
    method: Method,
    path: &str,
    query: &[(&str, String)],
) -> Result<RequestBuilder, Refusal> {
    line.ask(method, &format!("api/v1/{path}"), query)
        .map_err(|_| Refusal::Incompatible)
}

/// Where an order's state comes from, as the service tells it.
#[derive(Deserialize)]
struct Told {
    deliveries: Vec<ToldDelivery>,
}

#[derive(Deserialize)]
struct ToldDelivery {
    id: DeliveryId,
    at: DateTime<Utc>,
    #[serde(default)]
    event: String,
    #[serde(default)]
    proof: String,
    #[serde(default)]
    repeats: u32,
}

impl ToldDelivery {
    fn shown(self) -> ProvenanceDelivery {
        ProvenanceDelivery {
            id: self.id,
            at: self.at.timestamp_millis(),
            event: self.event,
            proof: self.proof,
            repeats: self.repeats,
        }
    }
}
