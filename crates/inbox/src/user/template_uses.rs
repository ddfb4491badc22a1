//! How often the member used each template, and how often before today.

use std::collections::BTreeMap;

use rusqlite::params;

use super::{UserDb, UserError};
use crate::deadline;

impl UserDb {
    /// Counts one more use of a template, at a time in Unix milliseconds.
    pub(crate) fn count_use(&self, template: &str, at: i64) -> Result<(), UserError> {
        self.file.execute(
            r"INSERT INTO template_use (desk, template, count, day, earlier) VALUES (?1, ?2, 1, ?3, 0)
              ON CONFLICT (desk, template) DO UPDATE SET
                earlier = CASE WHEN day = excluded.day THEN earlier ELSE count END,
                day = excluded.day, count = count + 1",
            params![self.desk()?, template, day(at)],
        )?;
        Ok(())
    }

    /// Returns the uses of each template that was ever used, but for those of the day: keys change their meaning overnight and
    /// not in the hand.
    pub(crate) fn template_uses(&self, now: i64) -> Result<BTreeMap<String, u64>, UserError> {
        let mut read = self.file.prepare_cached(
            r"SELECT template, CASE WHEN day = ?2 THEN earlier ELSE count END
              FROM template_use WHERE desk = ?1",
        )?;
        let rows = read.query_map(params![self.desk()?, day(now)], |row| {
            Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// Returns the day in São Paulo, `YYYY-MM-DD`.
fn day(at: i64) -> String {
    deadline::day_of(at).map_or_else(String::new, |day| day.to_string())
}
