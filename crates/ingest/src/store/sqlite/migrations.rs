//! The file's shape: numbered steps, forward only, each with the hash of its text.

use rusqlite::{Connection, OptionalExtension, params};

use super::OpenError;

/// The file belongs to this program (`PRAGMA application_id`): "Balc".
const APPLICATION_ID: i32 = 0x4261_6c63;

pub(super) const STEPS: &[Step] = &[
    Step {
        version: 1,
        name: "first",
        sql: include_str!("migrations/0001_first.sql"),
    },
    Step {
        version: 2,
        name: "jobs",
        sql: include_str!("migrations/0002_jobs.sql"),
    },
    Step {
        version: 3,
        name: "trust",
        sql: include_str!("migrations/0003_trust.sql"),
    },
    Step {
        version: 4,
        name: "identity",
        sql: include_str!("migrations/0004_identity.sql"),
    },
    Step {
        version: 5,
        name: "erasing",
        sql: include_str!("migrations/0005_erasing.sql"),
    },
    Step {
        version: 6,
        name: "sharing",
        sql: include_str!("migrations/0006_sharing.sql"),
    },
    Step {
        version: 7,
        name: "held",
        sql: include_str!("migrations/0007_held.sql"),
    },
    Step {
        version: 8,
        name: "back",
        sql: include_str!("migrations/0008_back.sql"),
    },
    Step {
        version: 9,
        name: "duties",
        sql: include_str!("migrations/0009_duties.sql"),
    },
    Step {
        version: 10,
        name: "suspended",
        sql: include_str!("migrations/0010_suspended.sql"),
    },
    Step {
        version: 11,
        name: "registration",
        sql: include_str!("migrations/0011_registration.sql"),
    },
    Step {
        version: 12,
        name: "sequences",
        sql: include_str!("migrations/0012_sequences.sql"),
    },
    Step {
        version: 13,
        name: "steps",
        sql: include_str!("migrations/0013_steps.sql"),
    },
    Step {
        version: 14,
        name: "nodes",
        sql: include_str!("migrations/0014_nodes.sql"),
    },
    Step {
        version: 15,
        name: "gathered",
        sql: include_str!("migrations/0015_gathered.sql"),
    },
    Step {
        version: 16,
        name: "lagging",
        sql: include_str!("migrations/0016_lagging.sql"),
    },
    Step {
        version: 17,
        name: "sources",
        sql: include_str!("migrations/0017_sources.sql"),
    },
];

/// One change of the file's shape.
pub(super) struct Step {
    /// 1, 2, 3, …
    pub(super) version: i64,
    /// What it is called in its file's name.
    pub(super) name: &'static str,
    /// Its statements.
    pub(super) sql: &'static str,
}

/// Refuses to reshape a file that another process has open, which knows only the shape it has.
pub(super) fn check_shared(db: &Connection) -> Result<(), OpenError> {
    let found: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = STEPS.last().map_or(0, |step| step.version);
    if found < known {
        Err(OpenError::InUse { found, known })
    } else {
        Ok(())
    }
}

/// Brings the file to this program's shape.
pub(super) fn migrate(db: &mut Connection, now_ms: i64) -> Result<(), OpenError> {
    migrate_by(db, STEPS, now_ms)
}

pub(super) fn migrate_by(
    db: &mut Connection,
    steps: &[Step],
    now_ms: i64,
) -> Result<(), OpenError> {
    let known = steps.last().map_or(0, |step| step.version);
    let tx = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let found: i64 = tx.pragma_query_value(None, "user_version", |row| row.get(0))?;
    check_owner(&tx, found)?;
    if found > known {
        return Err(OpenError::Newer { found, known });
    }
    tx.execute_batch(
        "CREATE TABLE IF NOT EXISTS migration (
             version INTEGER PRIMARY KEY,
             name TEXT NOT NULL DEFAULT '',
             checksum TEXT NOT NULL DEFAULT '',
             applied_at INTEGER NOT NULL DEFAULT 0
         ) STRICT",
    )?;
    for step in steps {
        if step.version <= found {
            check_unchanged(&tx, step)?;
        } else {
            apply(&tx, step, now_ms)?;
        }
    }
    tx.pragma_update(None, "user_version", known)?;
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.commit()?;
    Ok(())
}

fn apply(db: &Connection, step: &Step, now_ms: i64) -> Result<(), OpenError> {
    db.execute_batch(step.sql)?;
    db.execute(
        "INSERT INTO migration (version, name, checksum, applied_at) VALUES (?1, ?2, ?3, ?4)",
        params![step.version, step.name, checksum(step), now_ms],
    )?;
    Ok(())
}

/// A file of another program is not to be touched.
fn check_owner(db: &Connection, version: i64) -> Result<(), OpenError> {
    let owner: i32 = db.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let fresh = owner == 0 && version == 0 && tables == 0;
    if fresh || owner == APPLICATION_ID {
        Ok(())
    } else {
        Err(OpenError::Foreign)
    }
}

fn check_unchanged(db: &Connection, step: &Step) -> Result<(), OpenError> {
    let stored: Option<String> = db
        .query_row(
            "SELECT checksum FROM migration WHERE version = ?1",
            [step.version],
            |row| row.get(0),
        )
        .optional()?;
    if stored.as_deref() == Some(checksum(step).as_str()) {
        Ok(())
    } else {
        Err(OpenError::Changed {
            version: step.version,
            name: step.name,
        })
    }
}

/// Hashes a step's text with its line ends made equal, so that a checkout's settings do not matter.
fn checksum(step: &Step) -> String {
    blake3::hash(step.sql.replace("\r\n", "\n").as_bytes())
        .to_hex()
        .to_string()
}
