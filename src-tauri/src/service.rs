//! The service inside the app: its own database in the data folder, on loopback, with an address that stays the same.
//!
//! It is the same service a team runs on a server, and the desk follows it over HTTP as it would follow that one.

mod port;

use std::{fs, io, path::Path, sync::Arc, time::Duration};

use contract::Role;
use inbox::{Session, Token, asking::Mode};
use ingest::{
    Config, Serving, people,
    sample_sales::{self, SampleSales},
    store::{
        Store, StoreError, System, World,
        sqlite::{Options, SealingKey, SqliteStore},
    },
};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio_util::sync::CancellationToken;

const DATABASE: &str = "balcao.db";

/// How long open requests and the database may take to end.
const SHUTDOWN: Duration = Duration::from_secs(3);

/// Sample sales: enough at once that no view is empty, then a pace one can read along with.
const SAMPLE_OPENING: u32 = 90;
const SAMPLE_PER_MINUTE: u32 = 6;

/// Tells why the service inside the app could not be used. Holds no token and no customer data.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServiceError {
    #[error("the service's folder cannot be used: {0}")]
    Folder(#[from] io::Error),
    #[error("the service's key cannot be used: {0}")]
    Key(#[from] ingest::store::sqlite::KeyError),
    #[error("{0}")]
    Database(#[from] ingest::store::sqlite::OpenError),
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("the service's address is not one: {0}")]
    Address(#[from] url::ParseError),
}

/// A running service inside the app.
pub(crate) struct LocalService {
    serving: Serving,
    store: Arc<dyn Store>,
    world: Arc<dyn World>,
    stop: CancellationToken,
    samples: Option<JoinHandle<()>>,
    moved: bool,
}

impl LocalService {
    /// Opens the database in `folder`, or makes it, and serves it on the port remembered there.
    ///
    /// # Errors
    /// When the folder, the database or a port cannot be had.
    pub(crate) async fn start(folder: &Path) -> Result<Self, ServiceError> {
        let world: Arc<dyn World> = Arc::new(System);
        let (place, clock) = (folder.to_owned(), Arc::clone(&world));
        let opened = spawn_blocking(move || open_store(&place, clock)).await;
        let store: Arc<dyn Store> = Arc::new(opened.map_err(io::Error::other)??);
        let bound = port::bind(folder).await?;
        let stop = CancellationToken::new();
        let config = Config {
            shutdown: SHUTDOWN,
            // One person at one desk: a limit per second would only get in the way of a platform's catching up.
            rate_per_second: 0,
            address_rate_per_second: 0,
            ..Config::default()
        };
        let serving = ingest::serve(
            bound.listener,
            Arc::clone(&store),
            config,
            Arc::clone(&world),
            stop.clone(),
        )?;
        Ok(Self {
            serving,
            store,
            world,
            stop,
            samples: None,
            moved: bound.moved,
        })
    }

    /// Tells whether a port that webhooks may be sent to was taken, so that the address is another one now.
    pub(crate) const fn moved(&self) -> bool {
        self.moved
    }

    /// Returns the service's address.
    ///
    /// # Errors
    /// Never for an address the system bound.
    pub(crate) fn url(&self) -> Result<url::Url, ServiceError> {
        Ok(self.serving.base_url().parse()?)
    }

    /// Makes the workspace where it is missing, and a session in it for a person who may do everything.
    ///
    /// # Errors
    /// When the database does not take it.
    pub(crate) async fn enrol(
        &self,
        mode: Mode,
        workspace: &str,
        name: &str,
        device: &str,
    ) -> Result<(Session, Token), ServiceError> {
        let workspace = self.store.ensure_workspace(workspace).await?;
        let (store, world) = (self.store.as_ref(), self.world.as_ref());
        let made = people::enrol(store, world, workspace.id, name, Role::Admin, device).await;
        let (session, token) = made?;
        let session = Session {
            server: self.url()?,
            mode,
            me: session.me,
        };
        Ok((session, Token::new(token)))
    }

    /// Sends sample sales until the service stops; at once as many as an empty service needs to have something to show.
    pub(crate) fn send_samples(&mut self, token: &Token, first_time: bool) {
        let order = SampleSales {
            to: self.serving.base_url(),
            admin_token: token.reveal().to_owned(),
            per_minute: SAMPLE_PER_MINUTE,
            opening: if first_time { SAMPLE_OPENING } else { 0 },
            count: None,
            burst: false,
            seed: seed(first_time, self.world.as_ref()),
        };
        let stop = self.stop.clone();
        self.samples = Some(tokio::spawn(async move {
            if let Err(error) = sample_sales::send(&order, &stop, |_| {}).await {
                tracing::warn!(error = %error, "sample sales ended");
            }
        }));
    }

    /// Finishes what was accepted and closes the database.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        if let Some(samples) = self.samples {
            samples.abort();
        }
        self.serving.stop();
        if let Err(fault) = self.serving.finished().await {
            tracing::error!(
                service.fault = fault.code(),
                "the service inside the app failed"
            );
        }
    }
}

/// The same stories on every first look, and others after each later start.
fn seed(first_time: bool, world: &dyn World) -> u64 {
    if first_time {
        return 7;
    }
    let mut bytes = [0; 8];
    world.fill(&mut bytes);
    u64::from_le_bytes(bytes)
}

fn open_store(folder: &Path, world: Arc<dyn World>) -> Result<SqliteStore, ServiceError> {
    fs::create_dir_all(folder)?;
    let database = folder.join(DATABASE);
    let key = SealingKey::of_file(&Options::key_file(&database), world.as_ref())?;
    Ok(SqliteStore::open(Options::new(database, key, world))?)
}

#[cfg(test)]
mod tests;
