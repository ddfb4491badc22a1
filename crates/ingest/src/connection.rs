//! A socket with deadlines: a request's head has its time from the first byte, and a reader has its time to take what was
//! written. Knows nothing of HTTP but when a head is expected, which the server tells through [`Pace`].

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// Shares between socket and server whether the next bytes belong to a request's head: an even count means they do.
#[derive(Clone)]
pub(crate) struct Pace(Arc<AtomicUsize>);

impl Pace {
    /// Begins with a head expected.
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicUsize::new(0)))
    }

    /// Tells that a head has been read.
    pub(crate) fn head_read(&self) {
        self.0.fetch_or(1, Ordering::Relaxed);
    }

    /// Tells that an answer is ready, so that the next bytes are a new head.
    pub(crate) fn answered(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn step(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// Wraps a socket with its deadlines.
pub(crate) struct Timed<S> {
    socket: S,
    pace: Pace,
    head_time: Duration,
    write_time: Duration,
    /// The step of the pace that the head's deadline belongs to.
    step: usize,
    /// When the head that has begun must be complete.
    head_deadline: Option<Instant>,
    head_timer: Option<Pin<Box<Sleep>>>,
    write_timer: Option<Pin<Box<Sleep>>>,
    stalled: Counter,
}

impl<S> Timed<S> {
    /// Wraps a socket; `stalled` counts the readers given up.
    pub(crate) const fn new(
        socket: S,
        pace: Pace,
        head_time: Duration,
        write_time: Duration,
        stalled: Counter,
    ) -> Self {
        Self {
            socket,
            pace,
            head_time,
            write_time,
            step: 0,
            head_deadline: None,
            head_timer: None,
            write_timer: None,
            stalled,
        }
    }

    fn after_read(&mut self, some: bool) {
        let step = self.pace.step();
        if step != self.step {
            self.step = step;
            self.head_deadline = None;
            self.head_timer = None;
        }
        if some && step.is_multiple_of(2) && self.head_deadline.is_none() {
            self.head_deadline = Some(Instant::now() + self.head_time);
        }
    }

    fn head_is_late(&mut self, cx: &mut Context<'_>) -> bool {
        self.after_read(false);
        let Some(deadline) = self.head_deadline else {
            return false;
        };
        let timer = self
            .head_timer
            .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        timer.as_mut().poll(cx).is_ready()
    }

    fn timed_write<T>(
        &mut self,
        cx: &mut Context<'_>,
        done: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if done.is_ready() {
            self.write_timer = None;
            return done;
        }
        let deadline = self.write_time;
        let timer = self
            .write_timer
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(deadline)));
        ready!(timer.as_mut().poll(cx));
        self.stalled.inc();
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Timed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let done = Pin::new(&mut self.socket).poll_read(cx, into);
        match done {
            Poll::Ready(_) => self.after_read(into.filled().len() > before),
            Poll::Pending if self.head_is_late(cx) => {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            Poll::Pending => {}
        }
        done
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Timed<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.socket).poll_write(cx, bytes);
        self.timed_write(cx, done)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A socket holds nothing back, so this is no sign that its reader takes anything.
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.socket).poll_write_vectored(cx, parts);
        self.timed_write(cx, done)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use prometheus_client::metrics::counter::Counter;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::{Pace, Timed};

    const HEAD: Duration = Duration::from_secs(5);
    const WRITE: Duration = Duration::from_secs(20);

    #[tokio::test(start_paused = true)]
    async fn a_head_that_dribbles_in_is_cut_off_and_an_idle_socket_is_not() {
        let (mut far, near) = duplex(64);
        let pace = Pace::new();
        let mut near = Timed::new(near, pace.clone(), HEAD, WRITE, Counter::default());
        let mut into = [0; 8];
        let idle = tokio::time::timeout(HEAD * 3, near.read(&mut into)).await;
        assert!(idle.is_err(), "nothing was sent, so nothing is late");

        far.write_all(b"GE").await.unwrap();
        assert_eq!(near.read(&mut into).await.unwrap(), 2);
        let error = near.read(&mut into).await.unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_and_the_next_head_have_their_own_time() {
        let (mut far, near) = duplex(64);
        let pace = Pace::new();
        let mut near = Timed::new(near, pace.clone(), HEAD, WRITE, Counter::default());
        let mut into = [0; 8];
        far.write_all(b"POST").await.unwrap();
        assert_eq!(near.read(&mut into).await.unwrap(), 4);
        pace.head_read();
        let waiting = tokio::time::timeout(HEAD * 2, near.read(&mut into)).await;
        assert!(waiting.is_err(), "a body is not a head");
        pace.answered();
        let idle = tokio::time::timeout(HEAD * 2, near.read(&mut into)).await;
        assert!(idle.is_err(), "nothing of the next head is there yet");
        far.write_all(b"P").await.unwrap();
        assert_eq!(near.read(&mut into).await.unwrap(), 1);
        assert!(
            near.read(&mut into).await.is_err(),
            "the second head is late as well"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_takes_nothing_is_given_up() {
        let (_far, near) = duplex(4);
        let stalled = Counter::default();
        let mut near = Timed::new(near, Pace::new(), HEAD, WRITE, stalled.clone());
        let error = near.write_all(b"more than fits").await.unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
        assert_eq!(stalled.get(), 1);
    }
}
