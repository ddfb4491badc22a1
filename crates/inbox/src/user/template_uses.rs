//! How often the member used each template.

use std::collections::BTreeMap;

use rusqlite::params;

use super::{UserDb, UserError};

impl UserDb {
    /// Counts one more use of a template.
    pub(crate) fn count_use(&self, template: &str) -> Result<(), UserError> {
        self.file.execute(
            r"INSERT INTO template_use (desk, template, count) VALUES (?1, ?2, 1)
              ON CONFLICT (desk, template) DO UPDATE SET count = count + 1",
            params![self.desk()?, template],
        )?;
        Ok(())
    }

    /// Returns the uses of each template that was ever used.
    pub(crate) fn template_uses(&self) -> Result<BTreeMap<String, u64>, UserError> {
        let mut read = self
            .file
            .prepare_cached("SELECT template, count FROM template_use WHERE desk = ?1")?;
        let rows = read.query_map(params![self.desk()?], |row| {
            Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
