//! A load generator that costs little: requests are bytes made beforehand, answers are read just far enough.
//!
//! Closed loop (each connection waits for its answer) finds the rate; open loop (requests are due at fixed moments, latency
//! counts from when they were due) finds the latency a sender sees.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::report::Spread;

/// Tells how a load went.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Answers by status.
    pub answers: std::collections::BTreeMap<u16, u64>,
    /// How long answers took.
    pub spread: Spread,
    /// The longest that somebody waited to be turned away, from the last byte sent.
    pub slowest_refusal: Duration,
    /// Answers that turned somebody away and did not say when to come back.
    pub without_return: u64,
    /// From the first request to the last answer.
    pub elapsed: Duration,
}

impl Outcome {
    /// Returns answers of one status a second.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of a run are far below 2^52"
    )]
    pub fn rate(&self, status: u16) -> f64 {
        self.answers.get(&status).copied().unwrap_or(0) as f64 / self.elapsed.as_secs_f64()
    }

    fn join(&mut self, other: &Self) {
        for (status, count) in &other.answers {
            *self.answers.entry(*status).or_default() += count;
        }
        self.spread.join(&other.spread);
        self.slowest_refusal = self.slowest_refusal.max(other.slowest_refusal);
        self.without_return += other.without_return;
    }

    fn add(&mut self, answer: &Answer, since: Instant) {
        self.spread.add(since.elapsed());
        *self.answers.entry(answer.status).or_default() += 1;
        if matches!(answer.status, 429 | 503) {
            self.slowest_refusal = self.slowest_refusal.max(answer.taken);
            self.without_return += u64::from(answer.retry_after.is_none());
        }
    }
}

/// Writes one request as HTTP/1.1 bytes.
#[must_use]
pub fn request(path: &str, headers: &[(String, String)], body: &[u8]) -> Bytes {
    let mut text = format!(
        "POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-length: {}\r\n",
        body.len()
    );
    let is_kind = |(name, _): &(String, String)| name.eq_ignore_ascii_case("content-type");
    if !headers.iter().any(is_kind) {
        text.push_str("content-type: application/json\r\n");
    }
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(body);
    Bytes::from(bytes)
}

/// Sends all requests over so many connections, each waiting for its answers.
///
/// # Errors
/// When a connection fails.
pub async fn closed_loop(
    to: SocketAddr,
    requests: Arc<Vec<Bytes>>,
    connections: usize,
) -> anyhow::Result<Outcome> {
    let next = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        let (requests, next) = (Arc::clone(&requests), Arc::clone(&next));
        tasks.spawn(async move {
            let mut line = Line::open(to).await?;
            let mut outcome = Outcome::default();
            while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                let sent = Instant::now();
                let answer = line.answer(request).await?;
                outcome.add(&answer, sent);
            }
            anyhow::Ok(outcome)
        });
    }
    gather(tasks, started).await
}

/// Sends requests when they are due, whatever the answers do; latency counts from the due moment.
///
/// # Errors
/// When a connection fails.
pub async fn open_loop(
    to: SocketAddr,
    requests: Arc<Vec<Bytes>>,
    per_second: u32,
    connections: usize,
) -> anyhow::Result<Outcome> {
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    let mut lines = Vec::with_capacity(connections);
    for _ in 0..connections {
        let (due, mut dues) = mpsc::unbounded_channel::<(usize, Instant)>();
        lines.push(due);
        let requests = Arc::clone(&requests);
        tasks.spawn(async move {
            let mut line = Line::open(to).await?;
            let mut outcome = Outcome::default();
            while let Some((index, due)) = dues.recv().await {
                let request = requests.get(index).context("a request that was not made")?;
                let answer = line.answer(request).await?;
                outcome.add(&answer, due);
            }
            anyhow::Ok(outcome)
        });
    }
    let count = requests.len();
    let pacer = std::thread::spawn(move || pace(started, per_second, count, &lines));
    let outcome = gather(tasks, started).await;
    pacer.join().ok().context("the pacer ended early")?;
    outcome
}

/// Hands out requests when they are due, to one connection after the other. A thread of its own: the runtime's timer ticks once a
/// millisecond, and spinning would take the processor from what is measured.
fn pace(
    started: Instant,
    per_second: u32,
    count: usize,
    lines: &[mpsc::UnboundedSender<(usize, Instant)>],
) {
    let gap = Duration::from_secs(1) / per_second;
    for (index, line) in (0..count).zip(lines.iter().cycle()) {
        let due = started + gap * u32::try_from(index).unwrap_or(u32::MAX);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        if line.send((index, due)).is_err() {
            return;
        }
    }
}

async fn gather(
    mut tasks: JoinSet<anyhow::Result<Outcome>>,
    started: Instant,
) -> anyhow::Result<Outcome> {
    let mut all = Outcome::default();
    while let Some(done) = tasks.join_next().await {
        all.join(&done??);
    }
    all.elapsed = started.elapsed();
    Ok(all)
}

/// One kept-alive connection.
pub struct Line {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Line {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn open(to: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(to).await.context("connecting")?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(4096),
        })
    }

    /// Sends one request and returns the answer's status.
    ///
    /// # Errors
    /// When the connection breaks or the answer is not HTTP/1.1 with a length.
    pub async fn ask(&mut self, request: &[u8]) -> anyhow::Result<u16> {
        self.answer(request).await.map(|answer| answer.status)
    }

    /// Sends one request and returns the answer.
    ///
    /// # Errors
    /// As [`Line::ask`].
    pub async fn answer(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        self.stream.write_all(request).await?;
        let sent = Instant::now();
        self.buffer.clear();
        loop {
            if let Some(head) = head_of(&self.buffer)
                && let Some(body) = self.buffer.get(head.end..head.end + head.length)
            {
                return Ok(Answer {
                    status: head.status,
                    retry_after: head.retry_after,
                    taken: sent.elapsed(),
                    body: body.to_vec(),
                });
            }
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the connection was closed in the middle of an answer");
            }
        }
    }
}

/// One answer, as far as it is looked at.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// After how many seconds to come back, where that is said.
    pub retry_after: Option<u64>,
    /// From the last byte of the request to the last of the answer.
    pub taken: Duration,
    /// The body.
    pub body: Vec<u8>,
}

/// What the first lines of an answer say.
#[derive(Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    retry_after: Option<u64>,
    /// Where the body starts.
    end: usize,
    /// How long the body is.
    length: usize,
}

/// Reads an answer's head, once it is there.
fn head_of(bytes: &[u8]) -> Option<Head> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(bytes.get(..end)?).ok()?;
    let status = head.get(9..12)?.parse().ok()?;
    let number = |wanted: &str| {
        head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case(wanted)
                .then(|| value.trim().parse::<u64>().ok())?
        })
    };
    Some(Head {
        status,
        retry_after: number("retry-after"),
        end: end + 4,
        length: usize::try_from(number("content-length").unwrap_or(0)).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::{Head, head_of};

    #[test]
    fn answers_are_read_to_their_length() {
        let whole = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
        let read = |status, retry_after, end, length| {
            Some(Head {
                status,
                retry_after,
                end,
                length,
            })
        };
        assert_eq!(head_of(whole), read(200, None, 38, 2));
        assert_eq!(head_of(&whole[..20]), None);
        let busy = b"HTTP/1.1 503 Busy\r\nretry-after: 2\r\n\r\n";
        assert_eq!(head_of(busy), read(503, Some(2), busy.len(), 0));
    }
}
