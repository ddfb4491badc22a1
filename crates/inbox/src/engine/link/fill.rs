//! Older history, newest first, behind what is live: page by page, giving way to every live entry in between.

use std::sync::Arc;

use contract::Page;

use super::{Ended, tail};
use crate::cache::Cursor;
use crate::engine::core::Core;
use crate::engine::seat::Seat;
use crate::feed::{Fault, Line, Retry, chance};

/// Entries in one step; small enough that a live entry never waits long for its turn.
const STEP: u32 = 500;

/// Fills older history in until the start of the log.
pub(super) async fn older(core: Arc<Core>, seat: Arc<Seat>, line: Line) -> Result<(), Ended> {
    let mut cursor = seat.keeper.cursor().await?;
    if !cursor.filled {
        core.pulse.filling_in(left(&cursor));
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
            match ahead? {
                Some(following) => page = following,
                None => break,
            }
        }
    }
    core.pulse.filling_in(0);
    Ok(())
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
