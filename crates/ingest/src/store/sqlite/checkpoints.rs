//! Moving the write-ahead log into the file, in small steps beside the commits.
//!
//! A passive checkpoint takes no lock that the writer wants. Only when the log still grows too long does the writer cut it
//! itself.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::connection;
use super::gauges::Gauges;

/// What a commit adds to the log beside its jobs: a page of each table and index, at the least.
const COMMIT: usize = 24 << 10;

/// Bytes of log after which a step is due while commits are small: a step's flush is what a commit beside it waits for, so
/// steps are kept short where senders notice each wait.
const STEP: usize = 256 << 10;

/// Bytes of log after which a step is due while commits are shared by many: fewer flushes leave more for the commits.
const BUSY_STEP: usize = 2 << 20;

/// How long a smaller remainder may wait.
const PATIENCE: Duration = Duration::from_secs(1);

/// Tells the checkpoint thread when a step is due.
#[derive(Default)]
pub(super) struct Checkpoints {
    due: Mutex<Due>,
    changed: Condvar,
}

#[derive(Default)]
struct Due {
    bytes: usize,
    busy: bool,
    closed: bool,
}

impl Due {
    const fn is_step(&self) -> bool {
        self.bytes >= if self.busy { BUSY_STEP } else { STEP }
    }
}

impl Checkpoints {
    /// Notes that a commit has written jobs of so many bytes.
    pub(super) fn wrote(&self, bytes: usize) {
        let mut due = self.lock();
        due.bytes = due.bytes.saturating_add(bytes).saturating_add(COMMIT);
        due.busy = bytes > COMMIT;
        let step = due.is_step();
        drop(due);
        if step {
            self.changed.notify_one();
        }
    }

    /// Ends the thread.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_one();
    }

    /// Works until closed.
    pub(super) fn run(self: Arc<Self>, path: &Path, gauges: &Gauges) {
        let mut db = None;
        while self.wait() {
            let started = Instant::now();
            let connection = match db.take() {
                Some(connection) => Ok(connection),
                None => connection::checkpointer(path),
            };
            let step = connection.and_then(|connection| {
                let log_bytes =
                    connection::checkpoint(&connection, "PRAGMA wal_checkpoint(PASSIVE)")?;
                gauges.measured_log(log_bytes);
                Ok(connection)
            });
            match step {
                Ok(connection) => db = Some(connection),
                Err(error) => tracing::warn!(error = %error, "checkpoint step left for later"),
            }
            gauges.checkpointed(started.elapsed());
        }
    }

    /// Waits until a step is due; false when there will be none.
    fn wait(&self) -> bool {
        let due = self.lock();
        let (mut due, _) = self
            .changed
            .wait_timeout_while(due, PATIENCE, |due| !due.is_step() && !due.closed)
            .unwrap_or_else(PoisonError::into_inner);
        while due.bytes == 0 && !due.closed {
            due = self
                .changed
                .wait_timeout(due, PATIENCE)
                .map_or_else(|error| error.into_inner().0, |(due, _)| due);
        }
        due.bytes = 0;
        !due.closed
    }

    fn lock(&self) -> MutexGuard<'_, Due> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
