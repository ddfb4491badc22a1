//! Taking runs of entries in: whether they belong where they claim to, and the one transaction that keeps them.

use std::sync::Arc;

use contract::{Chain, Entry, Epoch, Page};
use rusqlite::{Transaction, TransactionBehavior, named_params};

use super::batch::{Batch, Following};
use super::told::Reading;
use super::{Applied, ApplyError, Cache, Cursor, file};

/// Lists and the search index follow runs up to this long at once.
const LIVE: usize = 64;

/// Lists alone follow runs up to this long at once; what is longer is a history, and followed when there is time.
const RECENT: usize = 1_000;

/// Runs from this length on are read, and their orders written down, on two threads.
pub(super) const WIDE: usize = 256;

/// Entries of long runs after which their pages are moved from the log into the file.
const MOVE_AFTER: usize = 15_000;

impl Cache {
    /// Starts an empty cache with any page of the feed, in practice the newest.
    ///
    /// # Errors
    /// [`ApplyError::NotEmpty`] when the cache already follows a feed; else as [`Cache::apply`].
    pub fn begin(&mut self, page: &Page) -> Result<Applied, ApplyError> {
        if self.cursor.epoch.is_some() {
            return Err(ApplyError::NotEmpty);
        }
        let told = read(&page.entries, page.chain_before)?;
        let tail = page
            .entries
            .first()
            .map_or(page.head.saturating_add(1), |first| first.seq);
        let cursor = Cursor {
            epoch: Some(page.epoch.clone()),
            head: page.entries.last().map_or(page.head, |last| last.seq),
            chain: page
                .entries
                .last()
                .map_or(page.chain_before, |last| last.chain),
            tail,
            filled: page.next_before.is_none() || tail <= 1,
        };
        self.keep(&page.entries, told, cursor, page.chain_before, RECENT)
            .map(history)
    }

    /// Applies entries that follow the head, and moves the cursor, in one transaction; entries already here are passed over.
    ///
    /// # Errors
    /// [`ApplyError::OtherEpoch`], [`ApplyError::Gap`] and [`ApplyError::ChainMismatch`] when they do not follow;
    /// [`ApplyError::DiskFull`], [`ApplyError::Corrupt`] and [`ApplyError::Database`] when they cannot be kept. Nothing changed then.
    pub fn apply(&mut self, epoch: &Epoch, entries: &[Entry]) -> Result<Applied, ApplyError> {
        self.check_epoch(epoch)?;
        let known = entries.partition_point(|entry| entry.seq <= self.cursor.head);
        let (_, new) = entries.split_at(known);
        let (Some(first), Some(last)) = (new.first(), new.last()) else {
            return Ok(Applied::default());
        };
        let expected = self.cursor.head.saturating_add(1);
        if first.seq != expected {
            return Err(ApplyError::Gap {
                expected,
                got: first.seq,
            });
        }
        let told = read(new, self.cursor.chain)?;
        let cursor = Cursor {
            head: last.seq,
            chain: last.chain,
            ..self.cursor.clone()
        };
        self.keep(new, told, cursor, self.tail_chain, RECENT)
    }

    /// Applies a page of entries that end where the tail begins.
    ///
    /// `next_before` of the page tells whether the log goes further back. No happenings are reported: they are history.
    ///
    /// # Errors
    /// As [`Cache::apply`].
    pub fn apply_older(&mut self, page: &Page) -> Result<Applied, ApplyError> {
        self.check_epoch(&page.epoch)?;
        let older = page
            .entries
            .partition_point(|entry| entry.seq < self.cursor.tail);
        let (older, _) = page.entries.split_at(older);
        let mut cursor = self.cursor.clone();
        let (Some(first), Some(last)) = (older.first(), older.last()) else {
            cursor.filled |= page.next_before.is_none();
            return self.keep(&[], Vec::new(), cursor, self.tail_chain, LIVE);
        };
        let expected = self.cursor.tail.saturating_sub(1);
        if last.seq != expected {
            return Err(ApplyError::Gap {
                expected,
                got: last.seq,
            });
        }
        let told = read(older, page.chain_before)?;
        if last.chain != self.tail_chain {
            return Err(ApplyError::ChainMismatch { seq: last.seq });
        }
        cursor.tail = first.seq;
        cursor.filled = page.next_before.is_none() || first.seq <= 1;
        // Nobody waits for these, and each conversation is told of again and again while history fills in.
        self.keep(older, told, cursor, page.chain_before, LIVE)
            .map(history)
    }

    /// Runs one piece of writing work in a transaction, judged as of the last sweep.
    pub(super) fn write<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, ApplyError>,
    ) -> Result<T, ApplyError> {
        let done = self.transact(work);
        if matches!(done, Err(ApplyError::Corrupt)) {
            file::doubt(&self.db);
        }
        done
    }

    /// Does as [`Cache::write`] for a run of entries. When many came since pages were moved home, a second thread moves those of
    /// earlier runs meanwhile, which else the commits would have to wait for.
    fn write_beside_moving<T>(
        &mut self,
        entries: usize,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, ApplyError>,
    ) -> Result<T, ApplyError> {
        if self.unmoved < MOVE_AFTER || entries < WIDE {
            let done = self.write(work)?;
            self.unmoved = self.unmoved.saturating_add(entries);
            return Ok(done);
        }
        let path = self.shelf.path.clone();
        let done = std::thread::scope(|scope| {
            let moving = scope.spawn(move || file::move_home(&path));
            let done = self.write(work);
            // What could not be moved stays in the log, for the next time.
            drop(moving.join());
            done
        })?;
        self.unmoved = entries;
        Ok(done)
    }

    fn transact<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, ApplyError>,
    ) -> Result<T, ApplyError> {
        let tx = self
            .db
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&tx)?;
        tx.commit()?;
        Ok(done)
    }

    fn keep(
        &mut self,
        entries: &[Entry],
        told: Vec<Reading>,
        cursor: Cursor,
        tail_chain: Chain,
        recent: usize,
    ) -> Result<Applied, ApplyError> {
        let (member, now) = (self.holder.member, self.swept_at);
        let following = match entries.len() {
            few if few <= LIVE => Following::Now,
            some if some <= recent => Following::Lists,
            _ => Following::Later,
        };
        let known = Arc::clone(&self.erased);
        let shelf = Arc::clone(&self.shelf);
        let (applied, erased) = self.write_beside_moving(entries.len(), |tx| {
            let mut batch = Batch::new(tx, member, now)?.knowing(&known);
            for (entry, reading) in entries.iter().zip(&told) {
                batch.erase(entry.seq, &reading.told)?;
            }
            for (entry, reading) in entries.iter().zip(&told) {
                let stored_at = entry.at.timestamp_millis();
                batch.link(entry.seq, stored_at, entry.conversation_id, &reading.told)?;
            }
            batch.relinked()?;
            if entries.len() >= WIDE {
                let publics = entries.iter().map(|entry| entry.conversation_id);
                batch.foresee(publics.zip(&told), &shelf)?;
            }
            for (entry, reading) in entries.iter().zip(told) {
                let stored_at = entry.at.timestamp_millis();
                batch.take(entry.seq, stored_at, entry.conversation_id, reading)?;
            }
            let erased = batch.erased();
            let applied = batch.finish(following)?;
            write_cursor(tx, &cursor, tail_chain)?;
            Ok((applied, erased))
        })?;
        self.erased = erased;
        self.cursor = cursor;
        self.tail_chain = tail_chain;
        Ok(applied)
    }

    fn check_epoch(&self, epoch: &Epoch) -> Result<(), ApplyError> {
        if self.cursor.epoch.as_ref() == Some(epoch) {
            Ok(())
        } else {
            Err(ApplyError::OtherEpoch)
        }
    }
}

/// Drops what only matters at the live edge.
fn history(mut applied: Applied) -> Applied {
    applied.happenings.clear();
    applied.change.sold.clear();
    applied
}

/// Checks that entries are one unbroken run that continues `before`, and reads their bodies.
fn read(entries: &[Entry], before: Chain) -> Result<Vec<Reading>, ApplyError> {
    if let Some([one, next]) = entries.windows(2).find_map(|pair| {
        <&[Entry; 2]>::try_from(pair)
            .ok()
            .filter(|[one, next]| one.seq.checked_add(1) != Some(next.seq))
    }) {
        return Err(ApplyError::Gap {
            expected: one.seq.saturating_add(1),
            got: next.seq,
        });
    }
    if entries.len() < WIDE {
        return read_run(entries, before);
    }
    let (front, back) = entries.split_at(entries.len() / 2);
    let middle = front.last().map_or(before, |entry| entry.chain);
    side_by_side(|| read_run(front, before), || read_run(back, middle))
}

/// Does two halves of a work at the same time, and puts together what they give.
pub(super) fn side_by_side<T: Send>(
    front: impl FnOnce() -> Result<Vec<T>, ApplyError>,
    back: impl FnOnce() -> Result<Vec<T>, ApplyError> + Send,
) -> Result<Vec<T>, ApplyError> {
    std::thread::scope(|scope| {
        let back = scope.spawn(back);
        let mut done = front()?;
        let back = back
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        done.extend(back?);
        Ok(done)
    })
}

fn read_run(entries: &[Entry], before: Chain) -> Result<Vec<Reading>, ApplyError> {
    let mut chain = before;
    entries
        .iter()
        .map(|entry| {
            if !entry.follows(chain) {
                return Err(ApplyError::ChainMismatch { seq: entry.seq });
            }
            chain = entry.chain;
            Reading::of(entry)
        })
        .collect()
}

fn write_cursor(
    tx: &Transaction<'_>,
    cursor: &Cursor,
    tail_chain: Chain,
) -> Result<(), ApplyError> {
    let signed = |seq: u64| i64::try_from(seq).unwrap_or(i64::MAX);
    tx.prepare_cached(
        "UPDATE meta SET epoch = :epoch, head = :head, chain = :chain, tail = :tail,
            tail_chain = :tail_chain, filled = :filled
        WHERE id = 1",
    )?
    .execute(named_params! {
        ":epoch": cursor.epoch.as_ref().map_or("", |epoch| epoch.0.as_str()),
        ":head": signed(cursor.head),
        ":chain": cursor.chain.as_bytes(),
        ":tail": signed(cursor.tail),
        ":tail_chain": tail_chain.as_bytes(),
        ":filled": cursor.filled,
    })?;
    Ok(())
}
