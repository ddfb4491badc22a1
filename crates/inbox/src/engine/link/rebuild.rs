//! Reading the whole history anew into a cache beside the old one, which stays readable until the new one is complete.

use std::sync::{Mutex, PoisonError};

use contract::Page;

use super::{Ended, Link, everything, tail};
use crate::cache::{ApplyError, Cache, Cursor};
use crate::engine::keeper::blocking;
use crate::view::FreshnessState;

/// Conversations settled in one step.
const SETTLED: u32 = 5_000;

/// A cache that is being filled; empty-handed while nothing of the new history is there.
#[derive(Default)]
pub(super) struct Rebuild {
    fresh: Mutex<Option<Cache>>,
}

impl Rebuild {
    fn holding(fresh: Cache) -> Self {
        Self {
            fresh: Mutex::new(Some(fresh)),
        }
    }

    fn cursor(&self) -> Option<Cursor> {
        let fresh = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
        fresh.as_ref().map(Cache::cursor)
    }

    fn take(self) -> Option<Cache> {
        self.fresh
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Link {
    /// Begins anew; a rebuild that was under way met yet another history and is dropped.
    pub(super) async fn begin_rebuilding(&mut self) -> Result<(), Ended> {
        tracing::warn!("the history is read anew behind the old one");
        let again = self.rebuild.replace(Rebuild::default()).is_some();
        let pulse = &self.core.pulse;
        pulse.filling_in(0);
        pulse.stands(FreshnessState::CatchingUp, None);
        // The first time at once; a history that changes again and again is not asked for in a hurry.
        if again || self.retry.has_failed() {
            self.wait(None).await;
        } else {
            self.retry.failed(None, 0);
        }
        Ok(())
    }

    /// Fills the new cache as far as the line allows, and puts it in the old one's place when it is complete.
    pub(super) async fn go_on_rebuilding(&mut self) -> Result<(), Ended> {
        let limit = self.core.pace.page;
        loop {
            let cursor = self.rebuild.as_ref().and_then(Rebuild::cursor);
            let page = match &cursor {
                None => self.line.before(None, limit).await?,
                Some(cursor) if cursor.filled => break,
                Some(cursor) => self.line.before(Some(&tail(cursor)), limit).await?,
            };
            self.core.pulse.heard();
            self.core.pulse.stands(FreshnessState::CatchingUp, None);
            self.take_in(page).await?;
        }
        self.finish_rebuilding().await
    }

    async fn take_in(&mut self, page: Page) -> Result<(), Ended> {
        let fresh = self.rebuild.take().and_then(Rebuild::take);
        // Kept as "under way" whatever happens to this page, so that the next try goes on with a rebuild.
        self.rebuild = Some(Rebuild::default());
        let begun = fresh.is_some();
        let mut fresh = match fresh {
            Some(fresh) => fresh,
            None => self.seat.keeper.beside(self.core.now()).await?,
        };
        let (fresh, kept) = blocking(move || {
            let kept = if begun {
                fresh.apply_older(&page)
            } else {
                fresh.begin(&page)
            };
            (fresh, kept.map(drop))
        })
        .await;
        match kept {
            // What is there stays good when only this page does not fit or the disk is full.
            Err(error @ ApplyError::DiskFull) => {
                self.rebuild = Some(Rebuild::holding(fresh));
                Err(error.into())
            }
            Err(error) => Err(error.into()),
            Ok(()) => {
                self.core
                    .pulse
                    .behind(fresh.cursor().tail.saturating_sub(1));
                self.rebuild = Some(Rebuild::holding(fresh));
                Ok(())
            }
        }
    }

    async fn finish_rebuilding(&mut self) -> Result<(), Ended> {
        let Some(mut fresh) = self.rebuild.take().and_then(Rebuild::take) else {
            return Ok(());
        };
        let marks = self.core.user(|db| db.read_marks()).await?;
        let now = self.core.now();
        let fresh = blocking(move || {
            fresh.replay_read(&marks)?;
            while fresh.settle(SETTLED)?.more {}
            while fresh.sweep(now)?.more {}
            Ok::<_, ApplyError>(fresh)
        })
        .await?;
        self.announcer.forget_news();
        self.seat.keeper.swap(fresh).await?;
        self.core.board.tell(&everything());
        Ok(())
    }
}
