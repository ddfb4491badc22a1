//! What platforms sent and what became of it, for leads; and reading it anew, once the program or a setting was mended.

use axum::Json;
use axum::extract::State;
use contract::{DeliveryId, IntegrationId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::answer::Refused;
use super::body::{Json as Sent, Params, Parts1, whole};
use super::webhooks::is_told_faults;
use super::who::Lead;
use super::{Desk, integrations};
use crate::reading::Reader;
use crate::store::{
    Accepted, DeliveryDetail, DeliveryQuery, DeliveryResult, DeliverySummary, ProofSummary,
};

/// How many deliveries are read anew at once where the caller does not say, and at most.
const BATCH: (u32, u32) = (100, 200);

/// How many deliveries a page holds where the caller does not say, and at most.
const PAGE: (u32, u32) = (50, 200);

/// The stable name of the reason that a paused source's deliveries are ignored for.
const PAUSED_CODE: &str = "source_paused";

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
    /// The kept parts of the address's query.
    query: String,
    /// The body, where it is JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<Box<RawValue>>,
    /// The body as text, where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    payload_text: Option<String>,
    /// The body was erased with its customer's data.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    erased: bool,
    /// The body was let go for its age.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    expired: bool,
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
    let reading = desk.store.delivery_as(lead.workspace(), id, lead.actor());
    Ok(Json(shown(reading.await?)))
}

fn shown(detail: DeliveryDetail) -> Shown {
    let text = String::from_utf8_lossy(&detail.body).into_owned();
    let (payload, payload_text) = match RawValue::from_string(text) {
        _ if detail.erased || detail.expired => (None, None),
        Ok(json) => (Some(json), None),
        Err(_) => (
            None,
            Some(String::from_utf8_lossy(&detail.body).into_owned()),
        ),
    };
    let rejected = detail.summary.result == DeliveryResult::Rejected;
    Shown {
        answer: Answered {
            status: if rejected && is_told_faults(&detail.proof.scheme) {
                422
            } else {
                200
            },
            result: detail.summary.result,
            delivery_id: detail.summary.id,
        },
        headers: detail
            .headers
            .into_iter()
            .map(|(name, value)| Header { name, value })
            .collect(),
        proof: detail.proof,
        query: detail.query,
        summary: detail.summary,
        erased: detail.erased,
        expired: detail.expired,
        payload,
        payload_text,
    }
}

/// Answers a delivery read anew.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reprocessed {
    result: DeliveryResult,
    delivery_id: DeliveryId,
    /// How many entries it added to the feed.
    entries: usize,
}

/// `POST /api/v1/deliveries/{id}/reprocess`: reads what was kept with today's code; what the feed has already is not told twice.
pub(crate) async fn reprocess(
    State(desk): State<Desk>,
    lead: Lead,
    Parts1(id): Parts1<DeliveryId>,
) -> Result<Json<Reprocessed>, Refused> {
    let again = read_again(&desk, &lead, id).await?;
    Ok(Json(Reprocessed {
        result: again.result,
        delivery_id: again.delivery_id,
        entries: again.seqs.len(),
    }))
}

async fn read_again(desk: &Desk, lead: &Lead, id: DeliveryId) -> Result<Accepted, Refused> {
    let workspace = lead.workspace();
    let stored = desk.store.delivery(workspace, id).await?;
    if stored.erased {
        return Err(
            Refused::conflict("erased", "The body was erased with its customer's data.")
                .hint("There is nothing left to read anew."),
        );
    }
    if stored.expired {
        return Err(Refused::conflict(
            "body_expired",
            "The body was let go: it was kept for as long as bodies are kept here.",
        )
        .hint("`raw_keep_days` says for how long; what the platform still has can be fetched with POST /api/v1/integrations/sync."));
    }
    let account = desk.store.integration(stored.summary.integration_id);
    let account = account.ok_or_else(|| {
        Refused::conflict(
            "integration_deleted",
            "The integration that received this was deleted.",
        )
    })?;
    let reader = Reader::new(&account, &*desk.world, stored.summary.received_at);
    let read = reader.and_then(|reader| reader.stored(&stored).ok());
    let reading = read.ok_or_else(Refused::internal)?.reading;
    let actor = Some(lead.actor());
    Ok(desk
        .store
        .reprocess_as(workspace, id, reading, actor)
        .await?)
}

/// Asks for many deliveries to be read anew, newest first.
#[derive(Deserialize)]
pub(crate) struct Many {
    /// By id or slug.
    integration: String,
    result: DeliveryResult,
    #[serde(default, deserialize_with = "whole")]
    limit: Option<u32>,
    /// Only older ones than this, as an answer's `nextBefore`.
    before: Option<DeliveryId>,
}

/// Answers how many were read anew.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManyReprocessed {
    reprocessed: u64,
    /// Of those, how many told the feed something new.
    accepted: u64,
    /// How many still have the result that was asked for.
    left: u64,
    /// Where to go on with older ones; null at the end.
    next_before: Option<DeliveryId>,
}

/// `POST /api/v1/deliveries/reprocess`.
pub(crate) async fn reprocess_many(
    State(desk): State<Desk>,
    lead: Lead,
    Sent(many): Sent<Many>,
) -> Result<Json<ManyReprocessed>, Refused> {
    let is_told = matches!(
        many.result,
        DeliveryResult::Accepted | DeliveryResult::Duplicate
    );
    if is_told {
        return Err(Refused::invalid(
            "result",
            "Read anew by the many is what is unmapped, rejected, or ignored because the source was paused.",
        ));
    }
    let workspace = lead.workspace();
    let account = integrations::find(&desk, workspace, &many.integration)?.id;
    let query = DeliveryQuery {
        before: many.before,
        limit: many.limit.unwrap_or(BATCH.0).clamp(1, BATCH.1),
        integration: Some(account),
        result: Some(many.result),
    };
    let page = desk.store.deliveries(workspace, query).await?;
    let (mut reprocessed, mut accepted) = (0, 0);
    // Of what is ignored, only what a pause kept out: anything else would be ignored again.
    let wanted = |one: &DeliverySummary| {
        many.result != DeliveryResult::Ignored || one.why_code == PAUSED_CODE
    };
    for delivery in page.deliveries.into_iter().filter(wanted) {
        let again = match read_again(&desk, &lead, delivery.id).await {
            Err(refused) if matches!(refused.code(), "erased" | "body_expired") => continue,
            again => again?,
        };
        reprocessed += 1;
        accepted += u64::from(again.result == DeliveryResult::Accepted);
    }
    let left = desk.store.set_aside(workspace, account, many.result);
    Ok(Json(ManyReprocessed {
        reprocessed,
        accepted,
        left: left.await?,
        next_before: page.next_before,
    }))
}
