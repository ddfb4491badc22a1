//! A line that fails: passes bytes on and, by a seed, cuts, stalls, slices or resets.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use url::Url;

pub(crate) struct Proxy {
    pub(crate) url: Url,
    failing: Arc<AtomicBool>,
    failures: Arc<AtomicU64>,
    /// Whether there is a line at all.
    up: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What becomes of one connection.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Whole,
    CutAfter(u64),
    StallAfter(u64),
    ResetAfter(u64),
    Sliced(usize),
    NeverAnswered,
}

impl Proxy {
    /// Stands before `to`; the same seed gives connections the same fates in the order they come.
    pub(crate) async fn before(to: &str, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let failing = Arc::new(AtomicBool::new(true));
        let failures = Arc::new(AtomicU64::new(0));
        let to = to
            .trim_start_matches("http://")
            .trim_end_matches('/')
            .to_owned();
        let (fails, count) = (Arc::clone(&failing), Arc::clone(&failures));
        let (up, is_up) = watch::channel(true);
        let task = tokio::spawn(async move {
            let mut seed = seed;
            let mut open = tokio::task::JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                if !*is_up.borrow() {
                    continue;
                }
                let mut is_up = is_up.clone();
                let fate = if fails.load(Ordering::Relaxed) {
                    fate(&mut seed)
                } else {
                    Fate::Whole
                };
                if !matches!(fate, Fate::Whole | Fate::Sliced(_)) {
                    count.fetch_add(1, Ordering::Relaxed);
                }
                let to = to.clone();
                open.spawn(async move {
                    let Ok(far) = TcpStream::connect(to).await else {
                        return;
                    };
                    tokio::select! {
                        () = pass(near, far, fate) => {}
                        _ = is_up.wait_for(|up| !up) => {}
                    }
                });
            }
        });
        Self {
            url: url.parse().expect("an address"),
            failing,
            failures,
            up,
            task,
        }
    }

    /// Takes the line away, and all that runs on it, or gives it back.
    pub(crate) fn set_up(&self, up: bool) {
        self.up.send_replace(up);
    }

    /// From now on connections are left alone.
    pub(crate) fn heal(&self) {
        self.failing.store(false, Ordering::Relaxed);
    }

    pub(crate) fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }
}

/// Draws the next fate (splitmix64).
fn fate(seed: &mut u64) -> Fate {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *seed;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    let bytes = (mixed >> 8) % 60_000;
    match mixed % 10 {
        0..=2 => Fate::CutAfter(bytes),
        3 => Fate::StallAfter(bytes),
        4..=5 => Fate::ResetAfter(bytes),
        6 => Fate::Sliced(1 + usize::try_from(bytes % 1_400).expect("small")),
        7 => Fate::NeverAnswered,
        _ => Fate::Whole,
    }
}

async fn pass(near: TcpStream, far: TcpStream, fate: Fate) {
    let (mut near_read, mut near_write) = near.into_split();
    let (mut far_read, mut far_write) = far.into_split();
    let up = tokio::io::copy(&mut near_read, &mut far_write);
    let down = async {
        let mut buffer = vec![0; 16 << 10];
        let mut passed = 0_u64;
        while let Ok(count @ 1..) = far_read.read(&mut buffer).await {
            let bytes = &buffer[..count];
            let end = match fate {
                Fate::Whole | Fate::Sliced(_) => u64::MAX,
                Fate::CutAfter(end) | Fate::StallAfter(end) | Fate::ResetAfter(end) => end,
                Fate::NeverAnswered => 0,
            };
            let fits = usize::try_from((end - passed).min(count as u64)).expect("small");
            let size = if let Fate::Sliced(size) = fate {
                size
            } else {
                count
            };
            for slice in bytes[..fits].chunks(size.max(1)) {
                if near_write.write_all(slice).await.is_err() {
                    return;
                }
                if matches!(fate, Fate::Sliced(_)) {
                    tokio::time::sleep(Duration::from_micros(200)).await;
                }
            }
            passed += fits as u64;
            if passed == end {
                break;
            }
        }
        if matches!(fate, Fate::StallAfter(_) | Fate::NeverAnswered) {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        _ = up => {}
        () = down => {}
    }
    if matches!(fate, Fate::ResetAfter(_)) {
        let whole = near_read.reunite(near_write).expect("of one socket");
        // Gone without a word: the other side sees a reset, not an end.
        let _ = whole.set_zero_linger();
    }
}
