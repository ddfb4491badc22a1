//! One reader's stream: a greeting, the entries after its cursor, heartbeats, and an end the reader can resume from.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use contract::{Epoch, WorkspaceId};
use futures_util::stream;
use prometheus_client::metrics::gauge::Gauge;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::super::Desk;
use super::super::who::Caller;
use super::tail::{Broken, Tail};
use crate::store::{Head, TokenHash};

/// How long a browser waits before it reconnects, in milliseconds.
const RECONNECT_MS: u32 = 1_000;

struct Reader {
    desk: Desk,
    tail: Arc<Tail>,
    wake: watch::Receiver<u64>,
    presence: watch::Receiver<Bytes>,
    epoch: Epoch,
    cursor: u64,
    token: TokenHash,
    greeting: Option<Bytes>,
    beat_at: Instant,
    _counted: Counted,
}

/// Counts a stream for as long as it lives.
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

/// What made a waiting stream go on.
enum Woken {
    Look,
    Presence,
    Beat,
    Stop,
}

/// Opens a stream after a position that has been checked against `head`.
///
/// The body is pulled by the connection, so what a slow reader holds up is one chunk and the connection's own buffer.
pub(super) fn open(desk: &Desk, caller: &Caller, head: Head, cursor: u64) -> Body {
    let workspace = caller.workspace();
    let greeting = format!(
        "retry: {RECONNECT_MS}\nevent: hello\ndata: {{\"epoch\":\"{}\",\"head\":{},\"chain\":\"{}\"}}\n\n",
        head.epoch, head.seq, head.chain,
    );
    let reader = Reader {
        tail: desk.feeds.of(workspace),
        wake: desk.store.subscribe(workspace),
        presence: watched(desk, workspace),
        epoch: head.epoch,
        cursor,
        token: caller.token,
        greeting: Some(greeting.into()),
        beat_at: Instant::now() + desk.config.heartbeat,
        _counted: Counted::new(&desk.metrics.feed_readers),
        desk: desk.clone(),
    };
    Body::from_stream(stream::unfold(reader, async |mut reader| {
        let bytes = reader.next().await?;
        Some((Ok::<_, std::convert::Infallible>(bytes), reader))
    }))
}

/// Watches who looks at what; what is known already counts as news.
fn watched(desk: &Desk, workspace: WorkspaceId) -> watch::Receiver<Bytes> {
    let mut presence = desk.presences.watch(workspace);
    if presence.borrow().is_empty() {
        presence.mark_unchanged();
    } else {
        presence.mark_changed();
    }
    presence
}

impl Reader {
    /// Returns what to write next; `None` ends the stream.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(greeting) = self.greeting.take() {
            return Some(greeting);
        }
        loop {
            // Marked as seen before looking, so that a commit in between wakes us again.
            self.wake.mark_unchanged();
            if self.desk.store.look_again().await.is_err() {
                return None;
            }
            match self.tail.after(self.cursor, &self.epoch).await {
                // Looked at before anything is told: whoever was signed out reads nothing more, however busy the shop is.
                Ok(Some(_)) if !self.still_signed_in().await => return None,
                Ok(Some(chunk)) => {
                    self.cursor = chunk.last;
                    self.desk.metrics.feed_entries.inc_by(chunk.entries);
                    self.beat_at = Instant::now() + self.desk.config.heartbeat;
                    return Some(chunk.bytes);
                }
                Ok(None) => {}
                Err(Broken::Epoch) => return None,
                Err(Broken::Store(error)) => {
                    tracing::warn!("a stream of the feed ends: {error}");
                    return None;
                }
            }
            match self.wait().await {
                Woken::Look => {}
                Woken::Presence if self.still_signed_in().await => {
                    return Some(self.presence.borrow_and_update().clone());
                }
                Woken::Beat if self.still_signed_in().await => {
                    self.beat_at = Instant::now() + self.desk.config.heartbeat;
                    return Some(Bytes::from_static(b":\n\n"));
                }
                Woken::Presence | Woken::Beat | Woken::Stop => return None,
            }
        }
    }

    async fn wait(&mut self) -> Woken {
        let poll: Duration = self.desk.config.feed_poll;
        tokio::select! {
            biased;
            () = self.desk.stop.cancelled() => Woken::Stop,
            () = sleep_until(self.beat_at) => Woken::Beat,
            changed = self.wake.changed() => match changed {
                Ok(()) => Woken::Look,
                // The store is closed; the poll would find nothing either.
                Err(_) => Woken::Stop,
            },
            Ok(()) = self.presence.changed() => Woken::Presence,
            () = tokio::time::sleep(poll) => Woken::Look,
        }
    }

    /// Asks memory as a rule, so it costs no more than the chunk it comes with.
    async fn still_signed_in(&self) -> bool {
        matches!(self.desk.store.session(&self.token).await, Ok(Some(_)))
    }
}
