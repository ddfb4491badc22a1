//! The server behind every platform: counts, refuses, fails, or lets the platform answer.

use std::{
    collections::BTreeMap,
    net::TcpListener,
    sync::Arc,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use tokio::sync::oneshot;

use super::{
    Shared,
    wire::{Answer, Asked},
};

/// Largest body read.
const MOST: usize = 1 << 20;

/// Serves on a thread of its own until `ended` says so.
pub(super) fn spawn(
    listener: TcpListener,
    shared: Arc<Shared>,
    ended: oneshot::Receiver<()>,
) -> JoinHandle<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    listener
        .set_nonblocking(true)
        .expect("a socket can be asked without waiting");
    thread::spawn(move || {
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
            let router = Router::new().fallback(take).with_state(shared);
            let serving = async { axum::serve(listener, router).await };
            tokio::select! {
                served = serving => served.expect("the server serves"),
                _ = ended => {}
            }
        });
    })
}

async fn take(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let arrived = Instant::now();
    let asked = read(request).await;
    let (answer, wait) = judge(&shared, &asked, arrived);
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    let mut response = Response::builder()
        .status(StatusCode::from_u16(answer.status).expect("a status"))
        .body(Body::from(answer.body))
        .expect("a response");
    response.headers_mut().extend(answer.headers);
    response
}

async fn read(request: Request) -> Asked {
    let (head, body) = request.into_parts();
    let query = head.uri.query().unwrap_or("");
    let query: BTreeMap<String, String> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    Asked {
        method: head.method,
        path: head.uri.path().to_owned(),
        query,
        headers: head.headers,
        body: to_bytes(body, MOST).await.unwrap_or_default().to_vec(),
    }
}

fn judge(shared: &Shared, asked: &Asked, arrived: Instant) -> (Answer, Duration) {
    let mut inner = shared.inner();
    let inner = &mut *inner;
    inner.seen.requests += 1;
    let wait = inner.faults.waiting;
    if let Err(pause) = inner.meter.take(arrived) {
        return (shared.api.too_fast(pause), wait);
    }
    if let Some(answer) = inner.faults.instead() {
        return (answer, wait);
    }
    if shared.api.is_sign_in(asked) {
        inner.seen.sign_ins += 1;
    }
    let answer = shared.api.answer(asked, &mut inner.shop);
    inner.seen.fetches.append(&mut inner.shop.fetched);
    (inner.faults.breaks(answer), wait)
}
