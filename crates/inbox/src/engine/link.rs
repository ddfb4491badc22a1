//! Follows the feed: first page, catching up, living on the stream, and coming back from every way in which that ends.
//!
//! Waiting can be given up at any moment, applying never is: what was applied is always told.

mod fill;
mod live;
mod rebuild;

use std::sync::Arc;
use std::time::Duration;

use contract::{CommandId, Entry, Epoch, Page, Position};
use tokio::sync::watch;

use super::announcing::{Announcer, calls};
use super::core::Core;
use super::keeper::WriteError;
use super::seat::Seat;
use crate::cache::{Applied, ApplyError, Cursor};
use crate::feed::{Fault, Heard, Hello, Line, Retry, Stream, chance};
use crate::notices::{Call, Entries};
use crate::user::UserError;
use crate::view::{FreshnessState, Trouble};

use rebuild::Rebuild;

/// From this many entries behind on, pages are asked for instead of reading the stream.
const FAR: u64 = 200;

/// Why following ended.
#[derive(Debug, thiserror::Error)]
enum Ended {
    /// The line failed.
    #[error(transparent)]
    Line(#[from] Fault),
    /// The cache could not be written.
    #[error(transparent)]
    Cache(#[from] WriteError),
    /// The file of what the member wrote could not be read or written.
    #[error(transparent)]
    User(#[from] UserError),
    /// The stream is idle and has not brought all that the service said it has.
    #[error("the stream holds entries back")]
    HeldBack,
    /// The connection is to be tried at once.
    #[error("the connection is tried anew")]
    Woken,
}

impl From<ApplyError> for Ended {
    fn from(error: ApplyError) -> Self {
        Self::Cache(error.into())
    }
}

/// Says what is done about an end.
enum Remedy {
    /// Try again after a wait; meanwhile the page is told how it stands.
    Wait(FreshnessState, Trouble, Option<Duration>),
    /// Wait until somebody signs in again or asks for another try.
    Rest(Trouble),
    /// Ask for what is missing by pages.
    Reread,
    /// Read the whole history anew, behind the readable old one.
    Rebuild,
    /// Open the cache anew.
    Reopen,
    /// Go on at once.
    Again,
}

/// Follows the feed for one seat.
pub(crate) struct Link {
    core: Arc<Core>,
    seat: Arc<Seat>,
    line: Line,
    announcer: Announcer,
    wake: watch::Receiver<u64>,
    retry: Retry,
    /// What is heard on the stream did not fit; pages have to show whether entries are missing.
    doubted: bool,
    rebuild: Option<Rebuild>,
}

impl Link {
    pub(crate) fn new(core: Arc<Core>, seat: Arc<Seat>, line: Line, announcer: Announcer) -> Self {
        let retry = Retry::new(core.pace.retry_first, core.pace.retry_last);
        Self {
            wake: core.wake.subscribe(),
            core,
            seat,
            line,
            announcer,
            retry,
            doubted: false,
            rebuild: None,
        }
    }

    /// Follows for ever.
    pub(crate) async fn run(mut self) {
        loop {
            let Err(ended) = self.follow().await;
            // Nobody tells any more who is there.
            self.seat.hear(&self.core, Vec::new());
            let remedy = self.remedy(&ended);
            if let Err(error) = self.cure(remedy).await {
                tracing::warn!(%error, "the cache could not be mended; it is tried again");
                self.wait(None).await;
            }
        }
    }

    async fn follow(&mut self) -> Result<std::convert::Infallible, Ended> {
        self.answer_calls();
        if self.rebuild.is_some() {
            self.go_on_rebuilding().await?;
        }
        let is_known = self.seat.keeper.cursor().await?.epoch.is_some();
        self.announcer.follow_anew(is_known);
        self.begin().await?;
        self.confirm_what_is_here().await?;
        if self.doubted {
            self.catch_up().await?;
            self.doubted = false;
        }
        loop {
            let cursor = self.seat.keeper.cursor().await?;
            self.answer_calls();
            let mut stream = self.line.stream(&cursor.position(), cursor.chain).await?;
            let hello = self.greeting(&mut stream).await?;
            self.core.pulse.heard();
            let behind = hello.head.saturating_sub(cursor.head);
            self.core.pulse.behind(behind);
            if behind <= FAR {
                return self.live(stream, hello).await;
            }
            drop(stream);
            self.core.pulse.stands(FreshnessState::CatchingUp, None);
            self.catch_up().await?;
        }
    }

    /// Takes the calls to hurry that came until now as answered by the try that follows; a later one ends it or the wait behind it.
    fn answer_calls(&mut self) {
        self.wake.mark_unchanged();
    }

    /// Waits for the stream's first words.
    async fn greeting(&self, stream: &mut Stream) -> Result<Hello, Fault> {
        loop {
            match stream.next().await? {
                Heard::Hello(hello) => return Ok(hello),
                Heard::Presence(members) => self.seat.hear(&self.core, members),
                Heard::Beat => {}
                Heard::Entry(_) => return Err(Fault::Incompatible),
            }
        }
    }

    /// Gives an empty cache its first page, the newest there is.
    async fn begin(&mut self) -> Result<(), Ended> {
        if self.seat.keeper.cursor().await?.epoch.is_some() {
            return Ok(());
        }
        let page = self.line.before(None, self.core.pace.page.min(500)).await?;
        self.core.pulse.heard();
        self.core.pulse.stands(FreshnessState::CatchingUp, None);
        let applied = self
            .seat
            .keeper
            .write(move |cache| cache.begin(&page))
            .await?;
        self.announcer.forget_news();
        self.tell(applied).await
    }

    /// Asks for pages until the head; the next page travels while this one is applied.
    async fn catch_up(&mut self) -> Result<(), Ended> {
        let limit = self.core.pace.page;
        let start = self.seat.keeper.cursor().await?.position();
        let mut page = self.line.after(&start, limit).await?;
        loop {
            if page.entries.is_empty() && page.next_after.is_some() {
                // Asking on would bring the same for ever.
                return Err(Fault::Incompatible.into());
            }
            let next = page.next_after.map(|seq| Position {
                epoch: Some(page.epoch.clone()),
                seq,
            });
            let line = self.line.clone();
            let ahead = async {
                match next {
                    Some(next) => line.after(&next, limit).await.map(Some),
                    None => Ok(None),
                }
            };
            let (applied, ahead) = tokio::join!(self.apply_page(page), ahead);
            applied?;
            match ahead? {
                Some(following) => page = following,
                None => return Ok(()),
            }
        }
    }

    async fn apply_page(&self, page: Page) -> Result<(), Ended> {
        self.core.pulse.heard();
        let last = page.entries.last().map_or(page.head, |entry| entry.seq);
        self.core.pulse.behind(page.head.saturating_sub(last));
        self.apply(page.epoch, page.entries).await
    }

    /// Applies entries and tells of them.
    async fn apply(&self, epoch: Epoch, entries: Vec<Entry>) -> Result<(), Ended> {
        let announces = matches!(self.announcer.entries(), Entries::Missed | Entries::News);
        let me = self.seat.session.me.member_id;
        let (applied, calls) = self
            .seat
            .keeper
            .write(move |cache| {
                let head = cache.cursor().head;
                let applied = cache.apply(&epoch, &entries)?;
                let new = entries.partition_point(|entry| entry.seq <= head);
                let (_, new) = entries.split_at(new);
                Ok((applied, announces.then(|| calls(new, me))))
            })
            .await?;
        self.tell(applied).await?;
        if let Some(calls) = calls.filter(|calls| !calls.is_empty()) {
            self.announcer.take_calls(self.named(calls).await);
        }
        Ok(())
    }

    /// Tells of whom the calls are; without a name they are told all the same.
    async fn named(&self, calls: Vec<Call>) -> Vec<Call> {
        let unnamed = calls.clone();
        let named = self.seat.read(move |views, _| {
            let named = calls.into_iter().map(|call| {
                let person = views.person(call.conversation_id)?;
                let first_name = person.and_then(|person| person.first_name().map(str::to_owned));
                Ok(Call { first_name, ..call })
            });
            named.collect::<Result<Vec<_>, _>>()
        });
        named.await.unwrap_or(unnamed)
    }

    /// Lets confirmed actions go, announces what happened, and tells the page, in this order.
    async fn tell(&self, applied: Applied) -> Result<(), Ended> {
        let Applied {
            mut change,
            confirmed,
            happenings,
        } = applied;
        self.confirm(confirmed).await?;
        self.announcer.take(happenings);
        if self.announcer.entries() != Entries::News {
            change.sold.clear();
        }
        self.core.board.tell(&change);
        Ok(())
    }

    /// Lets answered actions go whose entries came while nobody looked: in a first page, or behind a rebuild.
    async fn confirm_what_is_here(&self) -> Result<(), Ended> {
        let head = self.seat.keeper.cursor().await?.head;
        if self.core.user(move |db| db.confirm_up_to(head)).await? > 0 {
            self.seat.outbox_changed(&self.core).await?;
        }
        Ok(())
    }

    async fn confirm(&self, ids: Vec<CommandId>) -> Result<(), UserError> {
        if ids.is_empty() {
            return Ok(());
        }
        if self.core.user(move |db| db.confirm(&ids)).await? > 0 {
            self.seat.outbox_changed(&self.core).await?;
        }
        Ok(())
    }

    fn remedy(&self, ended: &Ended) -> Remedy {
        use FreshnessState::{Offline, Stopped};
        let later = Some(self.core.pace.retry_last);
        match ended {
            Ended::Woken => Remedy::Again,
            Ended::HeldBack => Remedy::Reread,
            Ended::Line(fault) => match fault {
                Fault::Unreachable | Fault::Cut => {
                    Remedy::Wait(Offline, Trouble::Unreachable, None)
                }
                Fault::Busy { retry_after, .. } => {
                    Remedy::Wait(Offline, Trouble::ServiceTrouble, *retry_after)
                }
                Fault::SignedOut => Remedy::Rest(Trouble::SignedOut),
                Fault::OtherHistory(_) => Remedy::Rebuild,
                Fault::Refused { .. } | Fault::Incompatible => {
                    Remedy::Wait(Stopped, Trouble::Incompatible, later)
                }
            },
            Ended::Cache(WriteError::Closed | WriteError::File(_)) => Remedy::Reopen,
            Ended::Cache(WriteError::Apply(error)) => match error {
                ApplyError::DiskFull => Remedy::Wait(Stopped, Trouble::DiskFull, later),
                ApplyError::Gap { .. } | ApplyError::ChainMismatch { .. } if !self.doubted => {
                    Remedy::Reread
                }
                ApplyError::Gap { .. }
                | ApplyError::ChainMismatch { .. }
                | ApplyError::OtherEpoch => Remedy::Rebuild,
                ApplyError::NotEmpty | ApplyError::Corrupt | ApplyError::Database(_) => {
                    Remedy::Reopen
                }
            },
            Ended::User(UserError::SignedOut) => Remedy::Rest(Trouble::SignedOut),
            Ended::User(error) => Remedy::Wait(Stopped, trouble_with_user(error), later),
        }
    }

    async fn cure(&mut self, remedy: Remedy) -> Result<(), Ended> {
        match remedy {
            Remedy::Again => {}
            Remedy::Wait(state, trouble, asked) => {
                self.core.pulse.stands(state, Some(trouble));
                self.wait(asked).await;
            }
            Remedy::Rest(trouble) => {
                let state = FreshnessState::Stopped;
                self.core.pulse.stands(state, Some(trouble));
                // The receiver fails only when the engine is gone, and this task with it.
                let _ = self.wake.changed().await;
            }
            Remedy::Reread => {
                tracing::warn!("entries on the stream do not fit; they are asked for by pages");
                self.doubted = true;
            }
            Remedy::Rebuild => {
                self.doubted = false;
                self.begin_rebuilding().await?;
            }
            Remedy::Reopen => {
                tracing::warn!("the cache is opened anew");
                let marks = self.core.user(|db| db.read_marks()).await?;
                self.seat.keeper.reopen(marks, self.core.now()).await?;
                self.core.board.tell(&everything());
                self.wait(None).await;
            }
        }
        Ok(())
    }

    /// Waits before the next try, longer each time, unless asked to hurry.
    async fn wait(&mut self, asked: Option<Duration>) {
        let wait = self.retry.failed(asked, chance());
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = self.wake.changed() => {}
        }
    }
}

/// Names what stands in the way of drafts and actions.
fn trouble_with_user(error: &UserError) -> Trouble {
    match error {
        UserError::Sqlite(error)
            if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull) =>
        {
            Trouble::DiskFull
        }
        _ => Trouble::Storage,
    }
}

/// The change that makes the page read everything again.
pub(super) fn everything() -> crate::view::Change {
    crate::view::Change {
        everything: true,
        counters: true,
        freshness: true,
        ..crate::view::Change::default()
    }
}

/// Returns the place before which older entries are asked for.
fn tail(cursor: &Cursor) -> Position {
    Position {
        epoch: cursor.epoch.clone(),
        seq: cursor.tail,
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::{Error, ffi};

    use super::trouble_with_user;
    use crate::user::UserError;
    use crate::view::Trouble;

    #[test]
    fn only_a_full_disk_is_called_one() {
        let failed = |code| UserError::Sqlite(Error::SqliteFailure(ffi::Error::new(code), None));
        for (error, trouble) in [
            (failed(ffi::SQLITE_FULL), Trouble::DiskFull),
            (failed(ffi::SQLITE_IOERR), Trouble::Storage),
            (failed(ffi::SQLITE_READONLY), Trouble::Storage),
            (failed(ffi::SQLITE_CORRUPT), Trouble::Storage),
            (UserError::Unreadable("draft"), Trouble::Storage),
            (UserError::Busy, Trouble::Storage),
        ] {
            assert_eq!(trouble_with_user(&error), trouble, "{error}");
        }
    }
}
