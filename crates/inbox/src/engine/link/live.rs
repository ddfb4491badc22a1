//! Living on the stream: what is there is applied at once, all of it together, and older history fills in meanwhile.

use std::convert::Infallible;
use std::sync::Arc;

use contract::{Entry, Epoch};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::{Ended, Link, fill};
use crate::engine::core::Core;
use crate::engine::seat::Seat;
use crate::feed::{Fault, Heard, Hello, Stream};
use crate::view::{Change, FreshnessState};

/// The most entries applied in one transaction.
const BATCH: usize = 512;

/// Conversations settled in one step, between live entries.
const SETTLED: u32 = 100;

/// How many entries may lie between the line and the cache.
const WAITING: usize = 1_024;

/// Ends a task with its owner.
struct Bound<T>(JoinHandle<T>);

impl<T> Drop for Bound<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Link {
    /// Applies what the stream brings until it ends.
    pub(super) async fn live(&mut self, stream: Stream, hello: Hello) -> Result<Infallible, Ended> {
        let (send, mut heard) = mpsc::channel(WAITING);
        let ears = (self.core.clone(), self.seat.clone());
        let _reader = Bound(tokio::spawn(read(stream, send, ears)));
        let mut filling = Bound(tokio::spawn(fill::older(
            self.core.clone(),
            self.seat.clone(),
            self.line.clone(),
        )));
        let mut filled = false;
        // What big batches left to be done is done when nothing else is.
        let mut unsettled = true;
        let cursor = self.seat.keeper.cursor().await?;
        let mut head = cursor.head;
        // Before anybody hears "live": what is missing behind is told with it.
        self.core.pulse.filling_in(fill::left(&cursor));
        self.reached(head, &hello);
        loop {
            if filled && unsettled && heard.is_empty() {
                unsettled = self.settle().await?;
                continue;
            }
            let first = tokio::select! {
                first = heard.recv() => first.unwrap_or(Err(Fault::Cut))?,
                _ = self.wake.changed() => return Err(Ended::Woken),
                done = &mut filling.0, if !filled => {
                    filled = true;
                    done.unwrap_or(Ok(()))?;
                    continue;
                }
            };
            self.core.pulse.heard();
            let Heard::Entry(first) = first else {
                if head < hello.head {
                    return Err(Ended::HeldBack);
                }
                continue;
            };
            let (batch, rest) = together(*first, &mut heard, hello.head);
            head = batch.last().map_or(head, |entry| entry.seq);
            unsettled |= batch.len() > 1;
            self.apply(Epoch::clone(&hello.epoch), batch).await?;
            self.reached(head, &hello);
            rest?;
        }
    }

    /// Has lists and the search index follow for some conversations; tells whether there are more.
    async fn settle(&self) -> Result<bool, Ended> {
        let swept = self
            .seat
            .keeper
            .write(|cache| cache.settle(SETTLED))
            .await?;
        if swept.change != Change::default() {
            self.core.board.tell(&swept.change);
        }
        Ok(swept.more)
    }

    /// Notes that the entries up to `head` are here.
    fn reached(&mut self, head: u64, hello: &Hello) {
        self.core.pulse.behind(hello.head.saturating_sub(head));
        if head < hello.head {
            self.core.pulse.stands(FreshnessState::CatchingUp, None);
            return;
        }
        self.announcer.expect_news();
        self.retry.worked();
        if self.core.pulse.stands(FreshnessState::Live, None) {
            self.core.hurry();
        }
    }
}

/// Reads the stream as far ahead as the channel allows; who is there is told at once, past all entries.
async fn read(
    mut stream: Stream,
    send: mpsc::Sender<Result<Heard, Fault>>,
    (core, seat): (Arc<Core>, Arc<Seat>),
) {
    loop {
        let heard = stream.next().await;
        if let Ok(Heard::Presence(members)) = heard {
            core.pulse.heard();
            seat.hear(&core, members);
            continue;
        }
        let over = heard.is_err();
        if send.send(heard).await.is_err() || over {
            return;
        }
    }
}

/// Takes what lies ready, without waiting; stops at `head`, since what comes after it is news.
///
/// A fault found on the way is returned beside the entries before it.
fn together(
    first: Entry,
    heard: &mut mpsc::Receiver<Result<Heard, Fault>>,
    head: u64,
) -> (Vec<Entry>, Result<(), Fault>) {
    let mut batch = vec![first];
    while batch.len() < BATCH && batch.last().is_none_or(|entry| entry.seq != head) {
        match heard.try_recv() {
            Ok(Ok(Heard::Entry(entry))) => batch.push(*entry),
            Ok(Ok(_)) => {}
            Ok(Err(fault)) => return (batch, Err(fault)),
            Err(_) => break,
        }
    }
    (batch, Ok(()))
}
