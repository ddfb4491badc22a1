//! Opening: shapes, keys, and what lies on the disk.

use contract::entry::IntegrationSaved;
use rusqlite::Connection;

use super::Folder;
use crate::store::conformance::Stage;
use crate::store::conformance::script::{Script, by_phone, log, new_integration};
use crate::store::sqlite::migrations::{Step, migrate_by};
use crate::store::sqlite::seal::Owner;
use crate::store::sqlite::{KeyError, OpenError, Options, SealingKey, SqliteStore};
use crate::store::{System, World};

async fn used(folder: &Folder) -> Script {
    let script = Script::on(folder).await;
    script
        .accept(&[script.event("o1", by_phone("+5547900000111"))])
        .await;
    script.store.close().await;
    script
}

fn open_error(options: Options) -> OpenError {
    match SqliteStore::open(options) {
        Ok(_) => panic!("it opened"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn sources_of_an_older_file_are_told_once() {
    let folder = Folder::set().await;
    let before = used(&folder).await.integration;
    let db = Connection::open(folder.options().path).unwrap();
    db.execute_batch("UPDATE integration SET told = 0").unwrap();
    drop(db);
    let store = folder.open().await;
    assert_eq!(store.tell_integrations().await, Ok(1));
    assert_eq!(store.tell_integrations().await, Ok(0));
    let workspace = store.ensure_workspace("Loja").await.unwrap();
    let log = log(store.as_ref(), &workspace).await;
    let told: IntegrationSaved = log.last().unwrap().read().unwrap();
    assert_eq!((told.id, told.by), (before.id, None));
}

#[tokio::test]
async fn files_that_are_not_ours_are_refused() {
    type Check = fn(&OpenError) -> bool;
    let cases: [(&str, Check); 3] = [
        ("PRAGMA user_version = 99", |error| {
            matches!(error, OpenError::Newer { found: 99, .. })
                && error.to_string().contains("newer program")
        }),
        ("UPDATE migration SET checksum = 'other'", |error| {
            matches!(error, OpenError::Changed { version: 1, .. })
        }),
        ("PRAGMA application_id = 7", |error| {
            matches!(error, OpenError::Foreign)
        }),
    ];
    for (change, is_expected) in cases {
        let folder = Folder::set().await;
        used(&folder).await;
        let db = Connection::open(folder.options().path).unwrap();
        db.execute_batch(change).unwrap();
        drop(db);
        let error = open_error(folder.options());
        assert!(is_expected(&error), "{change}: {error}");
    }
    let folder = Folder::set().await;
    let db = Connection::open(folder.options().path).unwrap();
    db.execute_batch("CREATE TABLE theirs (x)").unwrap();
    drop(db);
    assert!(matches!(open_error(folder.options()), OpenError::Foreign));
    std::fs::write(
        folder.options().path,
        "no database at all, but longer than a header ".repeat(40),
    )
    .unwrap();
    assert!(matches!(
        open_error(folder.options()),
        OpenError::Database(_)
    ));
}

#[test]
fn steps_run_once_and_in_order_and_a_bad_one_leaves_no_trace() {
    let step = |version, sql| Step {
        version,
        name: "test",
        sql,
    };
    let mut db = Connection::open_in_memory().unwrap();
    let first = || step(1, "CREATE TABLE a (x INTEGER)");
    let second = || {
        step(
            2,
            "ALTER TABLE a ADD COLUMN y INTEGER; INSERT INTO a VALUES (1, 2)",
        )
    };
    migrate_by(&mut db, &[first()], 1).unwrap();
    migrate_by(&mut db, &[first(), second()], 2).unwrap();
    migrate_by(&mut db, &[first(), second()], 3).unwrap();
    let bad = step(
        3,
        "INSERT INTO a VALUES (3, 4); INSERT INTO nowhere VALUES (1)",
    );
    assert!(migrate_by(&mut db, &[first(), second(), bad], 4).is_err());
    let rows: i64 = db
        .query_row("SELECT count(*) FROM a", [], |row| row.get(0))
        .unwrap();
    let version: i64 = db
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    assert_eq!((rows, version), (1, 2));
}

#[tokio::test]
async fn stored_secrets_open_with_their_key_only() {
    let folder = Folder::set().await;
    let script = used(&folder).await;
    let mut options = folder.options();
    options.key = SealingKey::from_bytes([8; 32]);
    let error = open_error(options);
    assert!(matches!(error, OpenError::WrongKey), "{error}");
    for name in ["balcao.db", "balcao.db-wal"] {
        let path = folder.options().path.with_file_name(name);
        let bytes = std::fs::read(path).unwrap_or_default();
        let key = script.integration.key.expose();
        for secret in ["segredo-de-teste", "credencial-de-teste", key] {
            let found = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!found, "{name}");
        }
    }
}

#[test]
fn a_record_opens_for_its_owner_unaltered() {
    let world = crate::store::conformance::StagedWorld::new();
    let world: &dyn World = &world;
    let owner = |n: u8| {
        let new = new_integration(world, "s", "p");
        Owner {
            workspace: contract::WorkspaceId::from_u128(n.into()),
            integration: new.id,
        }
    };
    let (mine, other) = (owner(1), owner(1));
    let key = SealingKey::from_bytes([7; 32]);
    let record = key.seal(world, mine, b"secret").unwrap();
    assert_eq!(key.open(mine, &record).as_deref(), Some(&b"secret"[..]));
    assert_eq!(key.open(other, &record), None);
    assert_eq!(SealingKey::from_bytes([8; 32]).open(mine, &record), None);
    for place in 0..record.len() {
        let mut altered = record.clone();
        altered[place] ^= 1;
        assert_eq!(key.open(mine, &altered), None, "byte {place}");
        assert_eq!(key.open(mine, &record[..place]), None, "cut at {place}");
    }
    let again = key.seal(world, mine, b"secret").unwrap();
    assert_ne!(record, again, "no nonce is used twice");
    assert_eq!(format!("{key:?}"), "[sealing key]");
}

#[test]
fn the_key_file_is_made_once_for_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = Options::key_file(&folder.path().join("balcao.db"));
    assert!(path.ends_with("balcao.db.key"));
    // What a machine left that stopped while it made one is not taken for the key, and goes.
    let left_over = folder.path().join("balcao.db.key.new");
    std::fs::write(&left_over, "").unwrap();
    let made = SealingKey::of_file(&path, &System).unwrap();
    assert!(!left_over.exists());
    let text = std::fs::read_to_string(&path).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let owner = Owner {
        workspace: contract::WorkspaceId::from_u128(1),
        integration: contract::IntegrationId::from_u128(2),
    };
    let record = made.seal(&System, owner, b"secret").unwrap();
    for key in [
        SealingKey::of_file(&path, &System),
        SealingKey::parse(&text),
    ] {
        assert!(key.unwrap().open(owner, &record).is_some());
    }
    for bad in ["", "short", &"g".repeat(64), &"0".repeat(63)] {
        assert!(
            matches!(SealingKey::parse(bad), Err(KeyError::Malformed)),
            "{bad}"
        );
    }
}
