//! What platforms sent and what became of it, for leads.

use axum::Json;
use axum::extract::State;
use contract::{DeliveryId, IntegrationId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Desk;
use super::answer::Refused;
use super::body::{Params, Parts1};
use super::who::Lead;
use crate::store::{DeliveryDetail, DeliveryQuery, DeliveryResult, DeliverySummary, ProofSummary};

/// How many deliveries a page holds where the caller does not say, and at most.
const PAGE: (u32, u32) = (50, 200);

/// The query of a list.
#[derive(Deserialize)]
pub(crate) struct ListQuery {
    before: Option<DeliveryId>,
    limit: Option<u32>,
    integration: Option<IntegrationId>,
    result: Option<DeliveryResult>,
}

/// A page of deliveries, newest first.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Listed {
    deliveries: Vec<DeliverySummary>,
    next_before: Option<DeliveryId>,
}

/// `GET /api/v1/deliveries`.
pub(crate) async fn list(
    State(desk): State<Desk>,
    lead: Lead,
    Params(query): Params<ListQuery>,
) -> Result<Json<Listed>, Refused> {
    let query = DeliveryQuery {
        before: query.before,
        limit: query.limit.unwrap_or(PAGE.0).clamp(1, PAGE.1),
        integration: query.integration,
        result: query.result,
    };
    let page = desk.store.deliveries(lead.workspace(), query).await?;
    Ok(Json(Listed {
        deliveries: page.deliveries,
        next_before: page.next_before,
    }))
}

/// One delivery whole.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shown {
    #[serde(flatten)]
    summary: DeliverySummary,
    proof: ProofSummary,
    headers: Vec<Header>,
    /// The body, where it is JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<Box<RawValue>>,
    /// The body as text, where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    payload_text: Option<String>,
    answer: Answered,
}

#[derive(Serialize)]
struct Header {
    name: String,
    value: String,
}

/// What the platform was told.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answered {
    status: u16,
    result: DeliveryResult,
    delivery_id: DeliveryId,
}

/// `GET /api/v1/deliveries/{id}`.
pub(crate) async fn one(
    State(desk): State<Desk>,
    lead: Lead,
    Parts1(id): Parts1<DeliveryId>,
) -> Result<Json<Shown>, Refused> {
    let detail = desk.store.delivery(lead.workspace(), id).await?;
    Ok(Json(shown(detail)))
}

fn shown(detail: DeliveryDetail) -> Shown {
    let text = String::from_utf8_lossy(&detail.body).into_owned();
    let (payload, payload_text) = match RawValue::from_string(text) {
        Ok(json) => (Some(json), None),
        Err(_) => (
            None,
            Some(String::from_utf8_lossy(&detail.body).into_owned()),
        ),
    };
    let rejected = detail.summary.result == DeliveryResult::Rejected;
    Shown {
        answer: Answered {
            status: if rejected { 422 } else { 200 },
            result: detail.summary.result,
            delivery_id: detail.summary.id,
        },
        headers: detail
            .headers
            .into_iter()
            .map(|(name, value)| Header { name, value })
            .collect(),
        proof: detail.proof,
        summary: detail.summary,
        payload,
        payload_text,
    }
}
