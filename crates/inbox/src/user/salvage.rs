//! A damaged file: kept under a telling name, and whatever rows can still be read taken over. Never fails the start.

use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};

use crate::error::OpenError;

/// The tables worth saving and the columns to carry, parents first.
const TABLES: &[(&str, &[&str])] = &[
    ("desk", &["id", "workspace", "member", "seated_at"]),
    (
        "session",
        &[
            "one",
            "desk",
            "server",
            "mode",
            "workspace_name",
            "member_name",
            "role",
        ],
    ),
    (
        "draft",
        &[
            "desk",
            "conversation",
            "text",
            "template_key",
            "order_key",
            "saved_at",
        ],
    ),
    ("begun", &["desk", "conversation", "kind", "text"]),
    (
        "outbox",
        &[
            "place",
            "desk",
            "command",
            "conversation",
            "action",
            "state",
            "departed",
            "tries",
            "made_at",
            "answered_seq",
            "refusal",
            "refused_by",
        ],
    ),
    ("read_mark", &["desk", "conversation", "at"]),
    ("setting", &["name", "value"]),
    ("own_view", &["desk", "id", "name", "filter"]),
    ("template_use", &["desk", "template", "count"]),
    ("reveal", &["id", "desk", "at", "conversation", "part"]),
];

/// Renames the file, with its log, so that the name tells what it is and when.
pub(super) fn set_aside(path: &Path, now: i64) -> Result<PathBuf, OpenError> {
    let aside = named(path, &format!(".damaged-{now}"));
    let moved = std::fs::rename(path, &aside);
    moved.map_err(|error| OpenError::Unusable {
        path: path.to_owned(),
        reason: error.to_string(),
    })?;
    for tail in ["-wal", "-shm"] {
        // A log that is not there need not move; the log belongs to the damaged file, never to the new one.
        let _ = std::fs::rename(named(path, tail), named(&aside, tail));
    }
    Ok(aside)
}

/// Removes all damaged files that were set aside, with their logs.
pub(super) fn remove_set_aside(path: &Path) {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return;
    };
    let begins = format!("{}.damaged-", name.to_string_lossy());
    let Ok(files) = std::fs::read_dir(folder) else {
        return;
    };
    for file in files.flatten() {
        if file.file_name().to_string_lossy().starts_with(&begins)
            && let Err(error) = std::fs::remove_file(file.path())
        {
            tracing::warn!(%error, "a damaged file that was set aside could not be removed");
        }
    }
}

fn named(path: &Path, tail: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(tail);
    PathBuf::from(name)
}

/// Copies what can be read, row by row; what cannot be read stays in the file set aside.
pub(super) fn take_over(aside: &Path, into: &Connection) {
    let Ok(damaged) = Connection::open_with_flags(aside, OpenFlags::SQLITE_OPEN_READ_WRITE) else {
        return;
    };
    for (table, columns) in TABLES {
        let saved = copy(&damaged, into, table, columns);
        tracing::warn!(table, rows = saved, "rows taken over from a damaged file");
    }
}

fn copy(damaged: &Connection, into: &Connection, table: &str, columns: &[&str]) -> u32 {
    let names = columns.join(", ");
    let places = vec!["?"; columns.len()].join(", ");
    let Ok(mut read) = damaged.prepare(&format!("SELECT {names} FROM {table}")) else {
        return 0;
    };
    let Ok(mut write) = into.prepare(&format!(
        "INSERT OR IGNORE INTO {table} ({names}) VALUES ({places})"
    )) else {
        return 0;
    };
    let Ok(mut rows) = read.query([]) else {
        return 0;
    };
    let mut saved = 0;
    // The first page that cannot be read ends the table.
    while let Ok(Some(row)) = rows.next() {
        let values: Result<Vec<Value>, _> = (0..columns.len()).map(|at| row.get(at)).collect();
        let written = values.is_ok_and(|values| write.execute(params_from_iter(values)).is_ok());
        saved += u32::from(written);
    }
    saved
}
