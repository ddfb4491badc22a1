//! The member's choices, as one JSON text; what cannot be read falls back to the defaults.

use rusqlite::{OptionalExtension, params};

use super::{UserDb, UserError};
use crate::asking::Settings;

const NAME: &str = "settings";

impl UserDb {
    /// Reads the choices.
    pub(crate) fn settings(&self) -> Result<Settings, UserError> {
        let text: Option<String> = self
            .file
            .query_row(
                "SELECT value FROM setting WHERE name = ?1",
                params![NAME],
                |row| row.get(0),
            )
            .optional()?;
        Ok(text
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default())
    }

    /// Keeps the choices.
    pub(crate) fn put_settings(&self, settings: &Settings) -> Result<(), UserError> {
        let text =
            serde_json::to_string(settings).map_err(|_| UserError::Unreadable("settings"))?;
        self.file.execute(
            r"INSERT INTO setting (name, value) VALUES (?1, ?2)
              ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            params![NAME, text],
        )?;
        Ok(())
    }
}
