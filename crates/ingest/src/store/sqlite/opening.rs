//! Opening the file: checked, brought to this program's shape, read into memory; then the threads are started.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Instant;

use chrono::TimeDelta;
use contract::Epoch;
use rusqlite::Connection;
use tokio::sync::watch;

use super::checkpoints::Checkpoints;
use super::feeds::Feeds;
use super::gauges::Gauges;
use super::ledger::Ledger;
use super::mind::Mind;
use super::nodes::Nodes;
use super::queue::{Queue, QueueBounds};
use super::readers::Readers;
use super::seal::{KeyError, SealingKey};
use super::tallies::Tallies;
use super::writer::Writer;
use super::{
    SqliteStore, connection, erasing, migrations, nodes, nonces, random_epoch, retention, writer,
};
use crate::store::{Fault, StoreError, World};

/// Says how to open a store.
#[derive(Clone)]
pub struct Options {
    /// The database file; its folder must be there.
    pub path: PathBuf,
    /// Opens the stored secrets.
    pub key: SealingKey,
    /// Clock and randomness.
    pub world: Arc<dyn World>,
    /// Bounds of the writer's queue and batches.
    pub queue: QueueBounds,
    /// Connections that read at the same time.
    pub readers: usize,
    /// How long a session may rest before it ends.
    pub session_lasts: TimeDelta,
    /// How long the raw bodies of deliveries are kept; `None` for ever.
    pub bodies_kept: Option<TimeDelta>,
}

impl Options {
    /// Makes the usual options for a file.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, key: SealingKey, world: Arc<dyn World>) -> Self {
        Self {
            path: path.into(),
            key,
            world,
            queue: QueueBounds::default(),
            readers: 4,
            session_lasts: TimeDelta::days(90),
            bodies_kept: None,
        }
    }

    /// Returns where the key of a database lies when nothing else is said: beside it, with `.key` behind its name.
    #[must_use]
    pub fn key_file(database: &Path) -> PathBuf {
        let mut name = database.as_os_str().to_owned();
        name.push(".key");
        name.into()
    }
}

/// Tells why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A newer program has changed the file's shape.
    #[error(
        "the database has shape {found}, this program knows shapes up to {known}: use the newer program, or restore the \
         backup made before the upgrade"
    )]
    Newer {
        /// The file's shape.
        found: i64,
        /// The newest shape this program knows.
        known: i64,
    },
    /// A migration that the file has seen reads otherwise in this program.
    #[error(
        "migration {version} ({name}) is not the one this database was made with: this program was built from altered sources"
    )]
    Changed {
        /// The migration's number.
        version: i64,
        /// The migration's name.
        name: &'static str,
    },
    /// Another process has the file open in an older shape, which it could not use in this program's.
    #[error(
        "another process has the database open in shape {found}, and this program has to bring it to shape {known}: end that \
         process first"
    )]
    InUse {
        /// The file's shape.
        found: i64,
        /// The shape this program needs.
        known: i64,
    },
    /// Another process has been opening the file all the while.
    #[error(
        "another process has been opening the database for a minute, perhaps to finish an erasing: try again when it has"
    )]
    Opening,
    /// The files that processes on one database know each other by cannot be used.
    #[error("the lock beside the database cannot be taken: {0}")]
    Lock(std::io::Error),
    /// The file belongs to something else.
    #[error("the file is a database of another program")]
    Foreign,
    /// The `SQLite` linked in has a fault that can lose data.
    #[error("SQLite {0} is too old: 3.51.3 or newer is needed")]
    SqliteTooOld(&'static str),
    /// This SQLite was built without access to its pages.
    #[error("this SQLite was built without SQLITE_ENABLE_DBPAGE_VTAB, which erasing needs")]
    SqliteWithoutPages,
    /// The stored secrets were sealed with another key.
    #[error(
        "the stored secrets do not open with this key: give the key that this database was made with"
    )]
    WrongKey,
    /// A record is still sealed with an old key, which is therefore kept.
    #[error("a record is still sealed with the old key, which is kept: rotate again")]
    KeyNeeded,
    /// The key's file cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The file cannot be opened or read.
    #[error("the database cannot be opened: {0}")]
    Database(#[from] rusqlite::Error),
    /// The stored data does not read.
    #[error("the database does not read: {0}")]
    Store(#[from] StoreError),
    /// A thread could not be started.
    #[error("a thread could not be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// What the threads of a store have in common.
type Shared = (Arc<Mind>, Arc<Tallies>, Arc<erasing::Eye>);

impl SqliteStore {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// When the file is another program's, was shaped by a newer one, or cannot be used; see [`OpenError`].
    pub fn open(options: Options) -> Result<Self, OpenError> {
        let nodes = Arc::new(Nodes::enter(&options.path)?);
        let db = shaped(&options, &nodes)?;
        let eye = Arc::new(erasing::Eye::default());
        let tallies = Arc::new(Tallies::default());
        if nodes.alone {
            // Beside others both are under way: what is left when one of them ends is taken up by the one on duty.
            erasing::finish(&db, &options.path, &eye)?;
            tallies.recover(&db)?;
        }
        let epoch = ensure_epoch(&db, options.world.as_ref())?;
        let feeds = Arc::new(Feeds::new(epoch));
        let mind = Mind::new(feeds, options.key.clone(), Arc::clone(&nodes));
        let told = nodes.told();
        mind.learn(&db, told).map_err(|error| match error {
            StoreError::Unavailable(Fault::Sealed) => OpenError::WrongKey,
            error => error.into(),
        })?;
        nodes.let_in()?;
        Self::start(options, db, (Arc::new(mind), tallies, eye))
    }

    /// Starts the threads.
    fn start(
        options: Options,
        db: Connection,
        (mind, tallies, eye): Shared,
    ) -> Result<Self, OpenError> {
        let queue = Arc::new(Queue::new(options.queue));
        let gauges = Arc::new(Gauges::default());
        let checkpoints = Arc::new(Checkpoints::default());
        let (failure, failed) = watch::channel(None);
        let writer = Writer {
            path: options.path.clone(),
            data_version: writer::data_version(&db).map_err(StoreError::from)?,
            settings: nodes::settings(&db)?,
            db,
            queue: Arc::clone(&queue),
            mind: Arc::clone(&mind),
            gauges: Arc::clone(&gauges),
            world: Arc::clone(&options.world),
            on_failure: Box::new(move |fault| {
                failure.send_replace(Some(fault));
            }),
            ledger: Ledger::default(),
            nonces: nonces::Sweep::default(),
            bodies: retention::Sweep::new(options.bodies_kept),
            looked_after: Instant::now(),
            tallies: Arc::clone(&tallies),
            tallied: Instant::now(),
            next_cut: Instant::now(),
            checkpoints: Arc::clone(&checkpoints),
        };
        let threads = vec![spawned("store-writer", move || writer.run())?, {
            let (path, gauges) = (options.path.clone(), Arc::clone(&gauges));
            let checkpoints = Arc::clone(&checkpoints);
            spawned("store-checkpoint", move || checkpoints.run(&path, &gauges))?
        }];
        Ok(Self {
            readers: Arc::new(Readers::new(options.path.clone(), options.readers.max(1))),
            path: options.path,
            key: options.key,
            world: options.world,
            queue,
            feeds: Arc::clone(&mind.feeds),
            gauges,
            catalogue: Arc::clone(&mind.catalogue),
            sessions: Arc::clone(&mind.sessions),
            session_lasts: options.session_lasts,
            tallies,
            eye,
            veil: Arc::clone(&mind.veil),
            broken_off: Mutex::new(mind.nodes.alone.then(Vec::new)),
            mind,
            checkpoints,
            failed,
            threads: Mutex::new(threads),
        })
    }
}

fn spawned(name: &str, run: impl FnOnce() + Send + 'static) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name.to_owned()).spawn(run)
}

/// Opens the writer's connection on a file in this program's shape.
pub(super) fn shaped(options: &Options, nodes: &Nodes) -> Result<Connection, OpenError> {
    connection::check_version()?;
    let mut db = connection::writer(&options.path)?;
    connection::check_build(&db)?;
    if !nodes.alone {
        migrations::check_shared(&db)?;
    }
    migrations::migrate(&mut db, options.world.now().timestamp_millis())?;
    Ok(db)
}

fn ensure_epoch(db: &Connection, world: &dyn World) -> Result<Epoch, OpenError> {
    db.execute(
        "INSERT INTO meta (name, value) VALUES ('epoch', ?1), ('probed_at', '') ON CONFLICT DO NOTHING",
        [&random_epoch(world).0],
    )?;
    let epoch = db.query_row("SELECT value FROM meta WHERE name = 'epoch'", [], |row| {
        row.get(0)
    })?;
    Ok(Epoch(epoch))
}
