//! Changing the key that seals secrets, beside a running service too.
//!
//! Three steps, each of which may be the last before a crash: the key file learns the new key beside the old one; all records
//! are sealed anew in one transaction; the old key is forgotten, once no record names it. Done again, it goes on where it
//! stopped. A running service reads the key file again before it writes anything after the second step.

use contract::{IntegrationId, WorkspaceId};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::nodes::{self, Nodes};
use super::opening::{OpenError, Options, shaped};
use super::seal::{Owner, SealingKey};
use crate::store::World;

/// What holds sealed records, with whose each is: number, integration, workspace, record.
const RECORDS: [(&str, &str); 2] = [
    (
        "SELECT i.id, i.public, w.public, i.sealed FROM integration i
             JOIN workspace w ON w.id = i.workspace WHERE length(i.sealed) > 0",
        "UPDATE integration SET sealed = ?2 WHERE id = ?1",
    ),
    (
        "SELECT a.integration, i.public, w.public, a.token FROM api a
             JOIN integration i ON i.id = a.integration
             JOIN workspace w ON w.id = i.workspace WHERE length(a.token) > 0",
        "UPDATE api SET token = ?2 WHERE integration = ?1",
    ),
];

struct Record {
    row: i64,
    owner: Owner,
    sealed: Vec<u8>,
}

/// Seals every record with a new key and forgets the old one; returns how many records were sealed anew.
///
/// A key of a file is replaced by one made here. Other keys are a pair of [`SealingKey::before`], and forgetting the old one is
/// left to whoever holds it.
///
/// # Errors
/// When a record opens with none of the keys, and then nothing is changed; when the file or the database cannot be used.
pub fn rotate(options: &Options) -> Result<usize, OpenError> {
    let nodes = Nodes::enter(&options.path)?;
    let db = shaped(options, &nodes)?;
    nodes.let_in()?;
    begin(&options.key, &*options.world)?;
    let sealed = seal_anew(&db, &options.key, &*options.world)?;
    nodes.tell(nodes::settings(&db)?);
    finish(&db, &options.key)?;
    Ok(sealed)
}

pub(super) fn begin(key: &SealingKey, world: &dyn World) -> Result<(), OpenError> {
    Ok(key.begin_change(world)?)
}

/// Seals what is sealed with another key, all or nothing.
pub(super) fn seal_anew(
    db: &Connection,
    key: &SealingKey,
    world: &dyn World,
) -> Result<usize, OpenError> {
    let tx = Transaction::new_unchecked(db, TransactionBehavior::Immediate)?;
    // Where nothing is sealed yet, running services have to notice too, before they seal with the old key.
    nodes::count_on(&tx)?;
    let mut count = 0;
    for (select, update) in RECORDS {
        for record in read(&tx, select)? {
            if key.sealed(&record.sealed) {
                continue;
            }
            let text = key
                .open(record.owner, &record.sealed)
                .ok_or(OpenError::WrongKey)?;
            let sealed = key.seal(world, record.owner, &text);
            let sealed = sealed.ok_or(OpenError::WrongKey)?;
            tx.execute(update, params![record.row, sealed])?;
            count += 1;
        }
    }
    tx.commit()?;
    Ok(count)
}

/// Forgets the old keys, unless a record is sealed with one of them.
pub(super) fn finish(db: &Connection, key: &SealingKey) -> Result<(), OpenError> {
    for (select, _) in RECORDS {
        if read(db, select)?.iter().any(|one| !key.sealed(&one.sealed)) {
            return Err(OpenError::KeyNeeded);
        }
    }
    Ok(key.end_change()?)
}

fn read(db: &Connection, select: &str) -> Result<Vec<Record>, OpenError> {
    let mut statement = db.prepare(select)?;
    let rows = statement.query_map([], |row| {
        Ok(Record {
            row: row.get(0)?,
            owner: Owner {
                integration: IntegrationId::from_u128(u128::from_be_bytes(row.get(1)?)),
                workspace: WorkspaceId::from_u128(u128::from_be_bytes(row.get(2)?)),
            },
            sealed: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
