//! What operators and programs ask of the service itself: is it there, can it work, what does it count, what does it offer.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::Desk;
use super::answer::Refused;
use crate::metrics::CONTENT_TYPE;
use crate::openapi;

/// The page under `/docs`: it needs nothing but this service.
const DOCS: &str = include_str!("operations/docs.html");
/// What the page may load: only what comes with it.
const DOCS_POLICY: &str = "default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

#[derive(Serialize)]
pub(crate) struct Health {
    status: &'static str,
    version: &'static str,
}

impl Health {
    const GOOD: Self = Self {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
    };
}

/// `GET /healthz`: the process answers.
pub(crate) async fn healthz() -> Json<Health> {
    Json(Health::GOOD)
}

/// `GET /readyz`: the store can be read and written, and the service is not about to stop.
pub(crate) async fn readyz(State(desk): State<Desk>) -> Result<Json<Health>, Refused> {
    if desk.stop.is_cancelled() {
        return Err(Refused::busy("stopping"));
    }
    let ready = tokio::time::timeout(desk.config.commit_timeout, desk.store.ready()).await;
    ready.map_err(|_| Refused::busy("overloaded"))??;
    Ok(Json(Health::GOOD))
}

/// `GET /metrics`.
pub(crate) async fn metrics(State(desk): State<Desk>) -> Response {
    let text = desk.metrics.text(&desk.store.pulse());
    (
        [(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE))],
        text,
    )
        .into_response()
}

/// `GET /openapi.json`.
pub(crate) async fn openapi() -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], openapi::document()).into_response()
}

/// `GET /docs`.
pub(crate) async fn docs() -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(DOCS_POLICY),
        ),
    ];
    (headers, DOCS).into_response()
}
