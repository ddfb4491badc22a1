//! The routes of the service and what every handler shares. Knows HTTP; knows no SQL and no platform's details.

mod answer;
mod audit;
mod body;
mod commands;
mod deliveries;
mod feed;
mod integrations;
mod invites;
mod jobs;
mod operations;
mod orders;
mod passwords;
mod people;
mod presence;
mod register;
mod roomy;
mod sequences;
mod sessions;
mod steps;
mod subjects;
mod sync;
mod team_views;
mod templates;
mod webhooks;
mod who;

use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, delete, get, patch, post, put};
use contract::{IntegrationId, SessionId};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower_http::compression::{CompressionLayer, CompressionLevel};

use crate::caller::Origin;
use crate::config::Config;
use crate::jobs::{Bell, Denied, Runner};
use crate::metrics::Metrics;
use crate::outgoing::{Client, Lines};
use crate::presence::Presences;
use crate::rate::Buckets;
use crate::store::{Store, TokenHash, World};
use answer::Refused;

/// Passwords one login may be tried with a minute, and at once.
const PASSWORDS_PER_MINUTE: f64 = 5.0;
const PASSWORDS_BURST: f64 = 10.0;
/// Words of where a member is that one session may send a second, and at once.
const PRESENCE_PER_SECOND: f64 = 2.0;
const PRESENCE_BURST: f64 = 10.0;
/// Passwords hashed at once: on a small machine a core stays free for webhooks.
const HASHED_AT_ONCE: usize = 2;

/// Gives every handler what it needs; cheap to clone.
#[derive(Clone)]
pub(crate) struct Desk(Arc<Parts>);

/// The parts of a [`Desk`].
pub(crate) struct Parts {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) config: Config,
    pub(crate) world: Arc<dyn World>,
    pub(crate) metrics: Arc<Metrics>,
    /// The lines to the platforms' APIs.
    pub(crate) lines: Arc<Lines>,
    /// Has the jobs looked at.
    pub(crate) bell: Bell,
    /// Under which address the outside reaches the service.
    pub(crate) base_url: String,
    /// Ends the streams of the feed.
    pub(crate) stop: CancellationToken,
    feeds: feed::Tails,
    /// Who looks at what.
    presences: Presences,
    presence_rate: Buckets<SessionId>,
    deliveries_rate: Buckets<IntegrationId>,
    /// Webhooks by the address they come from.
    origin_rate: Buckets<Origin>,
    sign_in_rate: Buckets<Origin>,
    /// Tries of passwords by login.
    account_rate: Buckets<TokenHash>,
    /// Passwords hashed at once.
    hashing: Semaphore,
    /// For the bodies of webhooks.
    room: roomy::Rooms,
    /// Keeps a stream of bad requests from filling the log.
    refusal_log_rate: Buckets<(Option<IntegrationId>, &'static str)>,
}

impl Deref for Desk {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Desk {
    /// Opens the desk over a store.
    pub(crate) fn new(
        store: Arc<dyn Store>,
        config: Config,
        world: Arc<dyn World>,
        bound: SocketAddr,
        stop: CancellationToken,
    ) -> Self {
        let client = Client::new(config.allow_private_hosts, config.api_timeout);
        let per_minute = f64::from(config.sign_ins_per_minute);
        Self(Arc::new(Parts {
            feeds: feed::Tails::new(Arc::clone(&store)),
            presences: Presences::new(stop.clone()),
            presence_rate: Buckets::new(PRESENCE_PER_SECOND, PRESENCE_BURST),
            deliveries_rate: Buckets::new(
                f64::from(config.rate_per_second),
                f64::from(config.rate_burst),
            ),
            origin_rate: Buckets::new(
                f64::from(config.address_rate_per_second),
                f64::from(config.address_rate_burst),
            ),
            sign_in_rate: Buckets::new(per_minute / 60.0, per_minute),
            account_rate: Buckets::new(
                per_minute.min(PASSWORDS_PER_MINUTE) / 60.0,
                PASSWORDS_BURST,
            ),
            hashing: Semaphore::new(HASHED_AT_ONCE),
            room: roomy::Rooms::new(config.body_limit_bytes),
            refusal_log_rate: Buckets::new(0.1, 5.0),
            base_url: config.base_url(bound),
            metrics: Arc::new(Metrics::new()),
            lines: Arc::new(Lines::new(client, Arc::clone(&store), Arc::clone(&world))),
            bell: Bell::default(),
            store,
            config,
            world,
            stop,
        }))
    }
}

impl Desk {
    /// Makes what does the jobs.
    pub(crate) fn runner(&self) -> Runner {
        Runner {
            store: Arc::clone(&self.store),
            world: Arc::clone(&self.world),
            lines: Arc::clone(&self.lines),
            metrics: Arc::clone(&self.metrics),
            bell: self.bell.clone(),
            denied: Denied::default(),
            base_url: self.base_url.clone(),
        }
    }
}

/// Lays out every route.
pub(crate) fn router(desk: Desk) -> Router {
    Router::new()
        .merge(sources())
        .merge(conversations())
        .merge(people())
        .merge(operated())
        .merge(texts())
        .fallback(async || Refused::not_found())
        .method_not_allowed_fallback(async || method_not_allowed())
        .with_state(desk)
}

/// Lays out the routes of the platforms' accounts, and of what they send.
fn sources() -> Router<Desk> {
    let one = "/api/v1/integrations/{id}";
    let of_one = |rest: &str| format!("{one}/{rest}");
    Router::new()
        .route("/api/v1/webhooks/{provider}/{key}", any(webhooks::by_key))
        .route("/api/v1/webhooks/{provider}", any(webhooks::by_header))
        .route(
            "/api/v1/integrations",
            get(integrations::list).post(integrations::upsert),
        )
        .route(
            one,
            get(integrations::one)
                .patch(integrations::change)
                .delete(integrations::delete),
        )
        .route(&of_one("rotate-secret"), post(integrations::rotate_secret))
        .route(&of_one("retire-secret"), post(integrations::retire_secret))
        .route(&of_one("test-event"), post(integrations::test_event))
        .route(&of_one("register-webhook"), post(register::register))
        .route(
            &of_one("erase-customers"),
            post(integrations::erase_customers),
        )
        .route("/api/v1/integrations/health", get(integrations::health))
        .route("/api/v1/integrations/preview", post(integrations::preview))
        .route("/api/v1/integrations/sync", post(sync::ask))
        .route("/api/v1/platforms", get(integrations::platforms))
        .route(
            "/api/v1/deliveries/reprocess",
            post(deliveries::reprocess_many),
        )
        .route(
            "/api/v1/deliveries/{id}/reprocess",
            post(deliveries::reprocess),
        )
        .route("/api/v1/jobs", get(jobs::list))
        .route("/api/v1/jobs/{id}", get(jobs::one).delete(jobs::cancel))
}

/// Lays out the routes of what a team does, and shares.
fn conversations() -> Router<Desk> {
    Router::new()
        .route("/api/v1/feed", get(feed::stream))
        .route("/api/v1/commands", post(commands::apply))
        .route("/api/v1/presence", post(presence::note))
        .route("/api/v1/orders/provenance", get(orders::provenance))
        .route("/api/v1/subjects/erase", post(subjects::erase))
        .route(
            "/api/v1/templates/{key}/{locale}",
            put(templates::save).delete(templates::remove),
        )
        .route(
            "/api/v1/sequences",
            get(sequences::show).merge(put(sequences::save)),
        )
        .route("/api/v1/steps", post(steps::take))
        .route("/api/v1/views", get(team_views::list))
        .route(
            "/api/v1/views/{id}",
            put(team_views::save).delete(team_views::remove),
        )
}

/// Lays out the routes of who belongs to a team, and of how they come in.
fn people() -> Router<Desk> {
    Router::new()
        .route(
            "/api/v1/sessions",
            get(sessions::list).merge(post(people::sign_in)),
        )
        .route("/api/v1/sessions/{id}", delete(sessions::end))
        .route(
            "/api/v1/sessions/me",
            get(people::me).merge(delete(people::sign_out)),
        )
        .route(
            "/api/v1/invites",
            get(invites::list).merge(post(invites::invite)),
        )
        .route("/api/v1/invites/{id}", delete(invites::revoke))
        .route("/api/v1/members", get(people::members))
        .route(
            "/api/v1/members/{id}",
            patch(people::set_role).merge(delete(people::remove)),
        )
        .route("/api/v1/members/me/password", put(passwords::set))
        .route(
            "/api/v1/members/{id}/reset-password",
            post(sessions::reset_password),
        )
}

/// Lays out the routes for whoever runs the service.
fn operated() -> Router<Desk> {
    Router::new()
        .route("/healthz", get(operations::healthz))
        .route("/readyz", get(operations::readyz))
        .route("/metrics", get(operations::metrics))
}

/// Lays out the routes whose answers are long enough to be worth compressing.
fn texts() -> Router<Desk> {
    let compressed = CompressionLayer::new()
        .gzip(true)
        .quality(CompressionLevel::Fastest);
    Router::new()
        .route("/api/v1/feed/entries", get(feed::entries))
        .route("/api/v1/deliveries", get(deliveries::list))
        .route("/api/v1/deliveries/{id}", get(deliveries::one))
        .route("/api/v1/audit", get(audit::list))
        .route("/api/v1/templates", get(templates::list))
        .route(
            "/api/v1/templates/{key}/{locale}/versions",
            get(templates::versions),
        )
        .route("/api/v1/subjects/export", post(subjects::export))
        .route("/openapi.json", get(operations::openapi))
        .route("/docs", get(operations::docs))
        .layer(compressed)
}

/// Goes on with what was begun in the background before the service was stopped.
pub(crate) async fn go_on(desk: Desk) {
    integrations::go_on_erasing(desk).await;
}

/// Answers a request whose handler panicked.
pub(crate) fn broken() -> Response {
    Refused::internal().into_response()
}

/// Refuses a method that a route does not have.
fn method_not_allowed() -> Refused {
    Refused::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "This route does not take this method.",
    )
    .hint("The header Allow names the methods; /openapi.json lists every route.")
}

/// Refuses other methods at a webhook address; `allowed` names those it has.
fn webhook_takes(allowed: &'static str) -> Refused {
    Refused::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "Webhooks come by POST.",
    )
    .hint("Enter the address in the platform's webhook settings.")
    .header(header::ALLOW, HeaderValue::from_static(allowed))
}
