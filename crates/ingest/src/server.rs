//! The running service: takes connections, gives each its deadlines, and on the word to stop finishes what was accepted.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::BoxError;
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, header};
use futures_util::FutureExt;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use prometheus_client::metrics::gauge::Gauge;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_service::Service;

use crate::config::Config;
use crate::connection::{Pace, Timed};
use crate::http::{self, Desk};
use crate::store::{Fault, Store, World};

/// The largest head of a request, in bytes.
const HEAD_BYTES: usize = 16 << 10;
/// The most headers of a request.
const HEADERS: usize = 100;
/// How long to wait when the system gives no more sockets.
const NO_SOCKETS: Duration = Duration::from_millis(50);

/// Handles a running service.
pub struct Serving {
    address: SocketAddr,
    stop: CancellationToken,
    task: JoinHandle<Result<(), Fault>>,
}

impl Serving {
    /// Returns where the service listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the address for clients on this machine, without a closing slash.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Tells the service to stop; [`Serving::finished`] tells when it has.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Waits until the service has stopped and its store is closed.
    ///
    /// # Errors
    /// The fault of the store that made it stop by itself.
    ///
    /// # Panics
    /// When the service's own task panicked.
    pub async fn finished(self) -> Result<(), Fault> {
        self.task.await.expect("the server's task does not panic")
    }
}

/// Serves a store on a listener until told to stop, or until the store can never write again.
///
/// # Errors
/// When the listener has no address.
pub fn serve(
    listener: TcpListener,
    store: Arc<dyn Store>,
    config: Config,
    world: Arc<dyn World>,
    stop: CancellationToken,
) -> io::Result<Serving> {
    let address = listener.local_addr()?;
    // A token of its own: a failed store stops the service and not whoever runs it.
    let stop = stop.child_token();
    let desk = Desk::new(store, config, world, address, stop.clone());
    tracing::info!(address = %address, "listening on {address}");
    let task = tokio::spawn(run(listener, desk, stop.clone()));
    Ok(Serving {
        address,
        stop,
        task,
    })
}

async fn run(listener: TcpListener, desk: Desk, stop: CancellationToken) -> Result<(), Fault> {
    let open = TaskTracker::new();
    let jobs = tokio::spawn(desk.runner().run(stop.clone()));
    tokio::spawn(http::go_on(desk.clone()));
    let outcome = tokio::select! {
        () = accept(listener, &desk, &open) => Ok(()),
        () = stop.cancelled() => Ok(()),
        fault = desk.store.failed() => Err(fault),
    };
    if let Err(fault) = outcome {
        tracing::error!(
            fault = fault.code(),
            "the store can no longer write, so the service stops: {fault}"
        );
    }
    stop.cancel();
    open.close();
    if tokio::time::timeout(desk.config.shutdown, open.wait())
        .await
        .is_err()
    {
        tracing::warn!(
            connections = open.len(),
            "{} connections were cut off",
            open.len()
        );
    }
    drop(jobs.await);
    desk.store.close().await;
    tracing::info!("stopped");
    outcome
}

async fn accept(listener: TcpListener, desk: &Desk, open: &TaskTracker) {
    let routes = http::router(desk.clone());
    let places = Arc::new(Semaphore::new(desk.config.max_connections));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((socket, from)) => {
                open.spawn(connection(
                    socket,
                    from,
                    desk.clone(),
                    routes.clone(),
                    place,
                ));
            }
            // A connection that broke before it was taken, or no more file handles: neither ends the service.
            Err(error) => {
                tracing::debug!("no connection was taken: {}", error.kind());
                tokio::time::sleep(NO_SOCKETS).await;
            }
        }
    }
}

async fn connection(
    socket: TcpStream,
    from: SocketAddr,
    desk: Desk,
    routes: Router,
    place: OwnedSemaphorePermit,
) {
    let _counted = Counted::new(&desk.metrics.connections);
    let _ = socket.set_nodelay(true);
    let pace = Pace::new();
    let config = &desk.config;
    let stalled = desk.metrics.feed_dropped.clone();
    let timed = Timed::new(
        socket,
        pace.clone(),
        config.header_timeout,
        config.write_timeout,
        stalled,
    );
    let answering =
        service_fn(|request| answer(request, from, pace.clone(), routes.clone(), desk.clone()));
    let mut protocol = http1::Builder::new();
    protocol
        .timer(TokioTimer::new())
        .header_read_timeout(config.idle_timeout)
        .max_header_size(HEAD_BYTES)
        .max_headers(HEADERS);
    let mut serving = std::pin::pin!(protocol.serve_connection(TokioIo::new(timed), answering));
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = desk.stop.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.as_mut().await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(timeout = error.is_timeout(), "a connection ended early");
    }
    drop(place);
}

async fn answer<B>(
    request: Request<B>,
    from: SocketAddr,
    pace: Pace,
    mut routes: Router,
    desk: Desk,
) -> Result<Response<Body>, Infallible>
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    pace.head_read();
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(from));
    // A router is always ready, so it need not be asked. What panicked belongs to this request alone: everything it shares
    // with others is a lock that is taken whether poisoned or not, a counter, or the store.
    let answering = AssertUnwindSafe(routes.call(request)).catch_unwind();
    let mut response = match answering.await {
        Ok(answered) => answered?,
        Err(_) => http::broken(),
    };
    let headers = response.headers_mut();
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    desk.metrics.answered(response.status().as_u16());
    pace.answered();
    Ok(response)
}

/// Counts a connection for as long as it lives.
struct Counted(Gauge);

impl Counted {
    fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use contract::Problem;
    use http_body_util::BodyExt;
    use hyper::Request;
    use tokio_util::sync::CancellationToken;

    use super::answer;
    use crate::config::Config;
    use crate::connection::Pace;
    use crate::http::Desk;
    use crate::store::{System, World};

    #[tokio::test]
    async fn a_handler_that_breaks_is_an_answer_too() {
        let folder = tempfile::tempdir().unwrap();
        let config = Config {
            database: format!("sqlite://{}/b.db", folder.path().display()),
            ..Config::default()
        };
        let world: Arc<dyn World> = Arc::new(System);
        let store = crate::open_store(&config, None, &world).unwrap();
        let here = "127.0.0.1:1".parse().unwrap();
        let desk = Desk::new(store, config, world, here, CancellationToken::new());
        let routes = Router::new().route("/", get(async || -> () { panic!("Rita") }));
        let request = Request::new(Body::empty());
        let response = answer(request, here, Pace::new(), routes, desk)
            .await
            .unwrap();
        assert_eq!(response.status(), 500);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let problem: Problem = serde_json::from_slice(&body).unwrap();
        assert_eq!(problem.code, "internal");
        assert!(!String::from_utf8_lossy(&body).contains("Rita"));
    }
}
