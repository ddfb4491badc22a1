//! Whether the clock is believed, before anything is let go for its age. A clock that is set far ahead makes everything old at
//! once, and what was let go does not come back when it is set right.
//!
//! Time is believed as far as it passes like that of a clock which nobody sets. Where it leapt, as over a long standstill or by
//! mistake, it is believed once it has stood for a day while the service ran. What was believed is kept in the file, so that
//! starting anew proves nothing.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, params};

use super::super::place::optional;
use crate::store::{StoreError, World};

/// How far ahead of what passed the clock may be.
const SLACK: TimeDelta = TimeDelta::days(2);
/// How long a leap has to stand.
const STANDS: Duration = Duration::from_secs(24 * 60 * 60);
/// How often what is believed is noted.
const NOTED_EVERY: TimeDelta = TimeDelta::hours(1);

const NOTED: &str = "clock_believed_ms";

/// Judges the clock.
#[derive(Default)]
pub(super) struct Clock {
    /// A time that was believed, and how long the service had run then.
    believed: Option<(DateTime<Utc>, Duration)>,
    /// How long the service had run when a leap was seen.
    doubted: Option<Duration>,
    noted: Option<DateTime<Utc>>,
}

impl Clock {
    /// Tells the time, or `None` while it is doubted.
    pub(super) fn time(
        &mut self,
        db: &Connection,
        world: &dyn World,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let (now, run) = (world.now(), world.has_run());
        let (time, then) = match self.believed {
            Some(believed) => believed,
            None => (last_believed(db)?.unwrap_or(now), run),
        };
        self.believed = Some((time, then));
        let passed = TimeDelta::from_std(run.saturating_sub(then)).unwrap_or_default();
        let leapt = (now - time) - passed;
        if leapt > SLACK && !self.has_stood(run, leapt) {
            return Ok(None);
        }
        self.doubted = None;
        self.believed = Some((now, run));
        self.note(db, now)?;
        Ok(Some(now))
    }

    fn has_stood(&mut self, run: Duration, leapt: TimeDelta) -> bool {
        if self.doubted.is_none() {
            tracing::warn!(
                clock.ahead_days = leapt.num_days(),
                "the clock is {} days ahead of the last time it told: if it is wrong, set it right within a day; nothing is let go for its age until then",
                leapt.num_days()
            );
        }
        let since = *self.doubted.get_or_insert(run);
        run.saturating_sub(since) >= STANDS
    }

    fn note(&mut self, db: &Connection, now: DateTime<Utc>) -> Result<(), StoreError> {
        if self
            .noted
            .is_some_and(|noted| (now - noted).abs() < NOTED_EVERY)
        {
            return Ok(());
        }
        db.prepare_cached(
            "INSERT INTO meta (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )?
        .execute(params![NOTED, now.timestamp_millis().to_string()])?;
        self.noted = Some(now);
        Ok(())
    }
}

/// Returns the time that was believed last; in a file that holds none yet, that of the newest delivery.
fn last_believed(db: &Connection) -> Result<Option<DateTime<Utc>>, StoreError> {
    let noted: Option<i64> = optional(
        db.prepare_cached("SELECT CAST(value AS INTEGER) FROM meta WHERE name = ?1")?
            .query_row([NOTED], |row| row.get(0)),
    )?;
    let newest = match noted {
        Some(noted) => Some(noted),
        None => optional(
            db.prepare_cached("SELECT received_at FROM delivery ORDER BY id DESC LIMIT 1")?
                .query_row([], |row| row.get(0)),
        )?,
    };
    Ok(newest.and_then(DateTime::from_timestamp_millis))
}
