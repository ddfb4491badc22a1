//! What happens by itself: deadlines that pass, files that are tended, and noticing that the machine slept.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};

use super::core::Core;
use super::seat::Seat;
use crate::cache::Swept;

/// When the wall clock runs this much ahead of the steady one, the machine slept.
const SLEPT: Duration = Duration::from_secs(10);

/// The file is tended every so many sweeps.
const TENDED: u32 = 12;

/// Sweeps and tends for ever.
pub(super) async fn run(core: Arc<Core>, seat: Arc<Seat>) {
    let mut tick = interval(core.pace.sweep);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut clocks = Clocks::read(&core);
    for round in 1_u32.. {
        tick.tick().await;
        if clocks.slept(&core) {
            tracing::info!("the machine slept; the connection is tried at once");
            core.wake();
        }
        sweep(&core, &seat).await;
        if round % TENDED == 0 {
            tend(&seat).await;
        }
    }
}

async fn sweep(core: &Core, seat: &Seat) {
    loop {
        let now = core.now();
        match seat.keeper.write(move |cache| cache.sweep(now)).await {
            Ok(Swept { change, more }) => {
                if change != crate::view::Change::default() {
                    core.board.tell(&change);
                }
                if !more {
                    return;
                }
            }
            Err(error) => {
                tracing::warn!(%error, "deadlines were not looked through; the next round does");
                return;
            }
        }
    }
}

async fn tend(seat: &Seat) {
    if let Err(error) = seat.keeper.write(crate::cache::Cache::tend).await {
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
