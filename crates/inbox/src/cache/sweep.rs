//! Work that time or leisure asks for: rows whose deadline passed, the search index, and moving pages home.

use rusqlite::Connection;

use super::batch::{Batch, Following};
use super::file::{self, Checkpoint};
use super::{ApplyError, Cache, Swept};

/// Conversations judged again in one sweep.
const SWEEP: u32 = 500;

/// Pages of the search index that one `tend` may merge.
const MERGE: i64 = 200;

impl Cache {
    /// Moves rows whose time has come to where they belong at `now` (Unix milliseconds), a few hundred a call. Of what comes at
    /// one moment, as thousands of steps do when the night ends, the rest is left to [`Cache::settle`]: one write that takes all
    /// of it would keep what just happened waiting.
    ///
    /// A clock that jumped is followed both ways, so nothing is lost to it.
    ///
    /// # Errors
    /// [`ApplyError`] of storage; nothing changed then.
    pub fn sweep(&mut self, now: i64) -> Result<Swept, ApplyError> {
        if now == self.swept_at {
            return Ok(Swept::default());
        }
        let (member, before) = (self.holder.member, self.swept_at);
        let (swept, reached) = self.write(|tx| {
            let step = next_step(tx, before, now)?;
            let mut batch = Batch::new(tx, member, step.at)?;
            let (first, rest) = step.rows.split_at(step.rows.len().min(SWEEP as usize));
            for row in first {
                batch.judge_again(*row);
            }
            batch.note(rest.iter().copied())?;
            let applied = batch.finish(Following::Now)?;
            tx.prepare_cached("UPDATE meta SET swept_at = ?1 WHERE id = 1")?
                .execute([step.at])?;
            let swept = Swept {
                change: applied.change,
                more: step.at != now,
            };
            Ok((swept, step.at))
        })?;
        self.swept_at = reached;
        Ok(swept)
    }

    /// Has lists and the search index follow what big batches and changed views ask for, for up to `limit` conversations.
    ///
    /// # Errors
    /// [`ApplyError`] of storage; nothing changed then.
    pub fn settle(&mut self, limit: u32) -> Result<Swept, ApplyError> {
        let swept = self.settle_entries(limit)?;
        if swept == Swept::default() {
            return self.fill_views(limit);
        }
        Ok(Swept {
            more: true,
            ..swept
        })
    }

    fn settle_entries(&mut self, limit: u32) -> Result<Swept, ApplyError> {
        let (member, now) = (self.holder.member, self.swept_at);
        self.write(|tx| {
            let rows = column(
                tx,
                "SELECT conversation FROM unsettled ORDER BY conversation LIMIT ?1",
                [limit.into()],
            )?;
            let Some(last) = rows.last().copied() else {
                return Ok(Swept::default());
            };
            tx.prepare_cached("DELETE FROM unsettled WHERE conversation <= ?1")?
                .execute([last])?;
            let mut batch = Batch::new(tx, member, now)?;
            for row in &rows {
                batch.judge_again(*row);
            }
            Ok(Swept {
                change: batch.finish(Following::Now)?.change,
                more: rows.len() >= limit as usize,
            })
        })
    }

    /// Moves committed pages into the main file and merges the search index a little; call it when idle.
    ///
    /// # Errors
    /// [`ApplyError`] of storage.
    pub fn tend(&mut self) -> Result<(), ApplyError> {
        self.db
            .prepare_cached("INSERT INTO words (words, rank) VALUES ('merge', ?1)")?
            .execute([MERGE])?;
        file::checkpoint(&self.db, Checkpoint::Passive)?;
        Ok(())
    }
}

struct Step {
    at: i64,
    rows: Vec<i64>,
}

/// Returns the conversations whose turn lies between two times, and how far that reaches if there are too many for once.
fn next_step(db: &Connection, before: i64, now: i64) -> rusqlite::Result<Step> {
    let forward = before < now;
    let times = if forward {
        column(
            db,
            "SELECT at FROM turn WHERE at > ?1 AND at <= ?2 ORDER BY at LIMIT ?3",
            [before, now, SWEEP.into()],
        )?
    } else {
        column(
            db,
            "SELECT at FROM turn WHERE at > ?1 AND at <= ?2 ORDER BY at DESC LIMIT ?3",
            [now, before, SWEEP.into()],
        )?
    };
    let is_all = times.len() < SWEEP as usize;
    let at = match times.last() {
        Some(last) if !is_all && forward => *last,
        // One millisecond before a turn it has not come yet.
        Some(last) if !is_all => *last - 1,
        _ => now,
    };
    let mut rows = column(
        db,
        "SELECT conversation FROM turn WHERE at > ?1 AND at <= ?2 ORDER BY at",
        [before.min(at), before.max(at)],
    )?;
    rows.sort_unstable();
    rows.dedup();
    Ok(Step { at, rows })
}

fn column<const N: usize>(
    db: &Connection,
    sql: &str,
    bound: [i64; N],
) -> rusqlite::Result<Vec<i64>> {
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(rusqlite::params_from_iter(bound), |row| row.get(0))?;
    rows.collect()
}
