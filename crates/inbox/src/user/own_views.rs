//! The views that a member saved for themselves.

use contract::{Filter, ViewId};
use rusqlite::params;

use super::{UserDb, UserError};

/// Holds one view of the member's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnView {
    /// The view.
    pub(crate) id: ViewId,
    /// What it is called.
    pub(crate) name: String,
    /// What it shows.
    pub(crate) filter: Filter,
}

impl UserDb {
    /// Keeps a view, in place of the one with its id.
    pub(crate) fn put_view(&self, view: &OwnView) -> Result<(), UserError> {
        let filter =
            serde_json::to_string(&view.filter).map_err(|_| UserError::Unreadable("view"))?;
        self.file.execute(
            r"INSERT INTO own_view (desk, id, name, filter) VALUES (?1, ?2, ?3, ?4)
              ON CONFLICT (desk, id) DO UPDATE SET name = excluded.name, filter = excluded.filter",
            params![self.desk()?, view.id.to_string(), view.name, filter],
        )?;
        Ok(())
    }

    /// Forgets a view; tells whether there was one.
    pub(crate) fn drop_view(&self, id: ViewId) -> Result<bool, UserError> {
        let gone = self.file.execute(
            "DELETE FROM own_view WHERE desk = ?1 AND id = ?2",
            params![self.desk()?, id.to_string()],
        )?;
        Ok(gone > 0)
    }

    /// Lists the member's own views; one that a newer version wrote and this one cannot read stays in the file unseen.
    pub(crate) fn own_views(&self) -> Result<Vec<OwnView>, UserError> {
        let mut read = self
            .file
            .prepare_cached("SELECT id, name, filter FROM own_view WHERE desk = ?1 ORDER BY id")?;
        let rows = read.query_map(params![self.desk()?], |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get(1)?,
                row.get::<_, String>(2)?,
            ))
        })?;
        let mut views = Vec::new();
        for row in rows {
            let (id, name, filter) = row?;
            match (id.parse(), serde_json::from_str(&filter)) {
                (Ok(id), Ok(filter)) => views.push(OwnView { id, name, filter }),
                _ => tracing::warn!("a saved view cannot be read; it stays in the file"),
            }
        }
        Ok(views)
    }
}
