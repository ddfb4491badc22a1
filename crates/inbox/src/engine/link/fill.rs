//! Older history, newest first, behind what is live: page by page, giving way to every live entry in between.

use std::sync::Arc;
use std::time::Duration;

use contract::Page;
use tokio::time::Instant;

use super::{Ended, tail};
use crate::cache::Cursor;
use crate::engine::core::Core;
use crate::engine::seat::Seat;
use crate::feed::{Fault, Line, Retry, chance};
use crate::view::Change;

/// Entries in one step; small enough that a live entry never waits long for its turn.
const STEP: u32 = 500;

/// Conversations settled in one step, small for the same reason.
const SETTLED: u32 = 100;

/// Lists and search follow what fills in about this often; a conversation that is told of in ten pages is then judged once.
const FOLLOWED: Duration = Duration::from_secs(2);

/// Fills older history in until the start of the log.
pub(super) async fn older(core: Arc<Core>, seat: Arc<Seat>, line: Line) -> Result<(), Ended> {
    let mut cursor = seat.keeper.cursor().await?;
    if !cursor.filled {
        core.pulse.filling_in(left(&cursor));
        let mut followed = Instant::now();
        let mut page = ask(&core, &line, &tail(&cursor)).await?;
        loop {
            let next = page.next_before.map(|seq| contract::Position {
                epoch: cursor.epoch.clone(),
                seq,
            });
            let ahead = async {
                match next {
                    Some(next) => ask(&core, &line, &next).await.map(Some),
                    None => Ok(None),
                }
            };
            let (kept, ahead) = tokio::join!(keep(&core, &seat, page), ahead);
            kept?;
            cursor = seat.keeper.cursor().await?;
            core.pulse.filling_in(left(&cursor));
            if followed.elapsed() >= FOLLOWED {
                settle(&core, &seat).await?;
                followed = Instant::now();
            }
            match ahead? {
                Some(following) => page = following,
                None => break,
            }
        }
    }
    core.pulse.filling_in(0);
    Ok(())
}

/// Has lists and search follow what is here.
async fn settle(core: &Core, seat: &Seat) -> Result<(), Ended> {
    loop {
        let swept = seat.keeper.write(|cache| cache.settle(SETTLED)).await?;
        if swept.change != Change::default() {
            core.board.tell(&swept.change);
        }
        if !swept.more {
            return Ok(());
        }
    }
}

/// Returns how many older entries there may be.
pub(super) fn left(cursor: &Cursor) -> u64 {
    if cursor.filled {
        return 0;
    }
    cursor.tail.saturating_sub(1)
}

async fn keep(core: &Core, seat: &Seat, page: Page) -> Result<(), Ended> {
    let applied = seat
        .keeper
        .write(move |cache| cache.apply_older(&page))
        .await?;
    let mut change = applied.change;
    change.sold.clear();
    core.board.tell(&change);
    Ok(())
}

/// Asks for older entries, again and again while only the line is in the way: what is live must not end for history's sake.
async fn ask(core: &Core, line: &Line, before: &contract::Position) -> Result<Page, Fault> {
    let mut retry = Retry::new(core.pace.retry_first, core.pace.retry_last);
    loop {
        let wait = match line.before(Some(before), STEP).await {
            Err(Fault::Unreachable | Fault::Cut) => retry.failed(None, chance()),
            Err(Fault::Busy { retry_after, .. }) => retry.failed(retry_after, chance()),
            answer => return answer,
        };
        tokio::time::sleep(wait).await;
    }
}
