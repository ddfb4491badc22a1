//! What happens by itself: deadlines that pass, lists that follow a history as it fills in, files that are tended, and noticing that the machine slept.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};

use super::core::Core;
use super::seat::Seat;
use crate::cache::{ApplyError, Cache, Swept};
use crate::error::Refusal;
use crate::view::Change;

/// When the wall clock runs this much ahead of the steady one, the machine slept.
const SLEPT: Duration = Duration::from_secs(10);

/// The file is tended every so many sweeps.
const TENDED: u32 = 12;

/// Conversations settled in one step; small enough that a live entry never waits long for its turn.
const SETTLED: u32 = 100;

/// Sweeps, settles and tends for ever.
pub(super) async fn run(core: Arc<Core>, seat: Arc<Seat>) {
    let mut tick = interval(core.pace.sweep);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut clocks = Clocks::read(&core);
    for round in 1_u32.. {
        tokio::select! {
            _ = tick.tick() => {}
            () = core.listing.notified() => {}
        }
        if clocks.slept(&core) {
            tracing::info!("the machine slept; the connection is tried at once");
            core.wake();
        }
        through(&core, &seat, "deadlines", Cache::sweep).await;
        // With a line or without: what a cut-off history left has to be listed too. While one fills in, a conversation that ten
        // pages tell of is judged once.
        let settle = |cache: &mut Cache, _now| cache.settle(SETTLED);
        through(&core, &seat, "parts of the history", settle).await;
        if let Err(error) = forget_erased(&core, &seat).await {
            tracing::warn!(%error, "traces of erased people are left for now; the next round sees to them");
        }
        if round % TENDED == 0 {
            tend(&seat).await;
        }
    }
}

/// Goes through the cache step by step, as of now, and tells what changed.
async fn through(
    core: &Core,
    seat: &Seat,
    what: &'static str,
    step: fn(&mut Cache, i64) -> Result<Swept, ApplyError>,
) {
    loop {
        let now = core.now();
        match seat.keeper.write(move |cache| step(cache, now)).await {
            Ok(Swept { change, more }) => {
                if change != Change::default() {
                    core.board.tell(&change);
                }
                if !more {
                    return;
                }
            }
            Err(error) => {
                tracing::warn!(%error, "{what} were not looked through; the next round does");
                return;
            }
        }
    }
}

/// Sees to it that no file holds anything of people whom the feed told to be erased. What is not done is noted in the cache, in
/// the transaction that took them out of it.
async fn forget_erased(core: &Core, seat: &Seat) -> Result<(), Refusal> {
    let ids = seat.keeper.write(|cache| cache.unforgotten()).await?;
    if !ids.is_empty() {
        let theirs = ids.clone();
        core.user(move |db| db.forget(&theirs)).await?;
        seat.keeper
            .write(move |cache| cache.forgotten(&ids))
            .await?;
        seat.outbox_changed(core).await?;
    }
    Ok(seat.keeper.write(Cache::scrub).await?)
}

async fn tend(seat: &Seat) {
    if let Err(error) = seat.keeper.write(Cache::tend).await {
        tracing::warn!(%error, "the cache was not tended; the next round does");
    }
}

/// Compares the two clocks: only the wall clock goes on while the machine sleeps.
struct Clocks {
    wall: i64,
    steady: Instant,
}

impl Clocks {
    fn read(core: &Core) -> Self {
        Self {
            wall: core.now(),
            steady: Instant::now(),
        }
    }

    fn slept(&mut self, core: &Core) -> bool {
        let now = Self::read(core);
        let wall = u64::try_from(now.wall.saturating_sub(self.wall)).unwrap_or(0);
        let steady = now.steady.duration_since(self.steady);
        *self = now;
        Duration::from_millis(wall) > steady + SLEPT
    }
}
