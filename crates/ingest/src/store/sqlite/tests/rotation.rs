//! Changing the sealing key: all at once, broken off anywhere, beside a running service.

use std::fs;
use std::path::PathBuf;

use rusqlite::Connection;

use super::Folder;
use crate::store::conformance::script::{Script, new_integration};
use crate::store::conformance::{Stage, StagedWorld};
use crate::store::sqlite::{OpenError, Options, SealingKey, SqliteStore, connection, rotation};
use crate::store::{Fault, Store, StoreError, System};

use std::sync::Arc;

/// A folder whose key lies in its file.
struct Keyed {
    folder: Folder,
    file: PathBuf,
}

impl Keyed {
    async fn set() -> Self {
        let folder = Folder::set().await;
        let file = Options::key_file(&folder.options().path);
        Self { folder, file }
    }

    fn options(&self) -> Options {
        let key = SealingKey::of_file(&self.file, &System).unwrap();
        Options {
            key,
            ..self.folder.options()
        }
    }

    fn open(&self) -> Result<Arc<SqliteStore>, OpenError> {
        SqliteStore::open(self.options()).map(Arc::new)
    }

    fn world(&self) -> Arc<StagedWorld> {
        self.folder.world()
    }

    fn keys(&self) -> Vec<String> {
        let text = fs::read_to_string(&self.file).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    /// Asserts that the stored secrets open, with what the file says now.
    async fn opens(&self) {
        let store = self.open().unwrap();
        let found = store.all_integrations();
        let secret = found.first().unwrap().secrets.first().unwrap();
        assert_eq!(secret.value.expose(), "segredo-de-teste");
        store.close().await;
    }

    async fn filled() -> Self {
        let keyed = Self::set().await;
        let store = keyed.open().unwrap();
        Script::with(Arc::clone(&store) as Arc<dyn Store>, keyed.world()).await;
        store.close().await;
        keyed
    }
}

#[tokio::test]
async fn every_record_gets_the_new_key_and_the_old_one_goes() {
    let keyed = Keyed::filled().await;
    let before = keyed.keys();
    assert_eq!(rotation::rotate(&keyed.options()).unwrap(), 1);
    let after = keyed.keys();
    assert_eq!((before.len(), after.len()), (1, 1));
    assert_ne!(before, after);
    keyed.opens().await;
    let old = SealingKey::parse(before.first().unwrap()).unwrap();
    let options = Options {
        key: old,
        ..keyed.folder.options()
    };
    assert!(matches!(
        SqliteStore::open(options),
        Err(OpenError::WrongKey)
    ));
}

#[tokio::test]
async fn broken_off_after_any_step_it_goes_on() {
    // After the file has learnt the new key.
    let keyed = Keyed::filled().await;
    rotation::begin(&keyed.options().key, &System).unwrap();
    assert_eq!(keyed.keys().len(), 2);
    keyed.opens().await;
    let newest = keyed.keys().first().cloned();
    assert_eq!(rotation::rotate(&keyed.options()).unwrap(), 1);
    assert_eq!(
        keyed.keys().first(),
        newest.as_ref(),
        "it goes on with the key it began with"
    );
    assert_eq!(keyed.keys().len(), 1);
    keyed.opens().await;

    // After the records are sealed anew.
    let options = keyed.options();
    rotation::begin(&options.key, &System).unwrap();
    let db = connection::writer(&options.path).unwrap();
    assert_eq!(rotation::seal_anew(&db, &options.key, &System).unwrap(), 1);
    drop(db);
    assert_eq!(keyed.keys().len(), 2);
    keyed.opens().await;
    assert_eq!(
        rotation::rotate(&keyed.options()).unwrap(),
        0,
        "all are sealed with it"
    );
    assert_eq!(keyed.keys().len(), 1);
    keyed.opens().await;
}

#[tokio::test]
async fn a_key_that_is_needed_is_not_forgotten() {
    let keyed = Keyed::filled().await;
    let options = keyed.options();
    rotation::begin(&options.key, &System).unwrap();
    let db = connection::writer(&options.path).unwrap();
    let early = rotation::finish(&db, &options.key);
    assert!(matches!(early, Err(OpenError::KeyNeeded)), "{early:?}");
    assert_eq!(keyed.keys().len(), 2);
    keyed.opens().await;
}

#[tokio::test]
async fn a_record_that_does_not_open_changes_nothing() {
    let keyed = Keyed::filled().await;
    let options = keyed.options();
    let db = Connection::open(&options.path).unwrap();
    let sealed = || -> Vec<u8> {
        db.query_row("SELECT sealed FROM integration", [], |row| row.get(0))
            .unwrap()
    };
    let mut broken = sealed();
    *broken.last_mut().unwrap() ^= 1;
    db.execute("UPDATE integration SET sealed = ?1", [&broken])
        .unwrap();
    let outcome = rotation::rotate(&options);
    assert!(matches!(outcome, Err(OpenError::WrongKey)), "{outcome:?}");
    assert_eq!(sealed(), broken);
    assert_eq!(keyed.keys().len(), 2, "no key is lost");
}

#[tokio::test]
async fn a_running_service_notices() {
    let keyed = Keyed::set().await;
    let store = keyed.open().unwrap();
    let script = Script::with(Arc::clone(&store) as Arc<dyn Store>, keyed.world()).await;
    for round in 0..3 {
        assert_eq!(rotation::rotate(&keyed.options()).unwrap(), 1 + round);
        // What the service seals now has to open with the key of the file, which is the only one left.
        let new = new_integration(script.dyn_world(), &format!("loja-{}", round + 2), "kiwify");
        script
            .store
            .upsert_integration(script.workspace.id, new)
            .await
            .unwrap();
        assert_eq!(keyed.keys().len(), 1);
        let found = store.integration_by_key(script.integration.key.expose());
        assert!(found.is_some(), "its webhooks go on");
    }
    store.close().await;
    keyed.opens().await;
}

#[tokio::test]
async fn a_key_from_elsewhere_is_changed_for_another() {
    let keyed = Keyed::filled().await;
    let old = SealingKey::parse(keyed.keys().first().unwrap()).unwrap();
    let new = SealingKey::from_bytes([9; 32]);
    let options = |key: SealingKey| Options {
        key,
        ..keyed.folder.options()
    };
    assert_eq!(rotation::rotate(&options(new.before(&old))).unwrap(), 1);
    assert_eq!(
        rotation::rotate(&options(new.before(&old))).unwrap(),
        0,
        "once is enough"
    );
    let store = SqliteStore::open(options(new)).unwrap();
    assert_eq!(store.all_integrations().len(), 1);
    assert!(matches!(
        SqliteStore::open(options(old)),
        Err(OpenError::WrongKey)
    ));
}

#[cfg(unix)]
#[tokio::test]
async fn a_key_file_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let keyed = Keyed::filled().await;
    for mode in [0o640, 0o604, 0o666] {
        fs::set_permissions(&keyed.file, fs::Permissions::from_mode(mode)).unwrap();
        let outcome = SealingKey::of_file(&keyed.file, &System);
        assert!(
            matches!(outcome, Err(super::super::KeyError::Exposed(_))),
            "{mode:o}"
        );
    }
    fs::set_permissions(&keyed.file, fs::Permissions::from_mode(0o600)).unwrap();
    keyed.opens().await;
    let mode = fs::metadata(&keyed.file).unwrap().permissions().mode();
    rotation::rotate(&keyed.options()).unwrap();
    assert_eq!(
        fs::metadata(&keyed.file).unwrap().permissions().mode(),
        mode
    );
}

#[tokio::test]
async fn a_row_copied_to_another_integration_does_not_open() {
    let keyed = Keyed::filled().await;
    let store = keyed.open().unwrap();
    let script = Script::with(Arc::clone(&store) as Arc<dyn Store>, keyed.world()).await;
    script.integrate("loja-2", "kiwify").await;
    store.close().await;
    let db = Connection::open(keyed.options().path).unwrap();
    db.execute(
        "UPDATE integration SET sealed = (SELECT sealed FROM integration WHERE slug = 'loja-1')
         WHERE slug = 'loja-2'",
        [],
    )
    .unwrap();
    assert!(matches!(keyed.open(), Err(OpenError::WrongKey)));
    let unavailable = StoreError::Unavailable(Fault::Sealed);
    assert_eq!(
        unavailable.to_string(),
        "the store is unavailable: a stored secret does not open with the given key"
    );
}
