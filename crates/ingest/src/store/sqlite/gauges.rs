//! Counting what the writer does, for metrics.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::store::{Histogram, Pulse};

/// Counts since the start.
#[derive(Default)]
pub(super) struct Gauges {
    counts: Mutex<Counts>,
    log_bytes: AtomicU64,
}

#[derive(Default)]
struct Counts {
    failed_commits: u64,
    repeated_batches: u64,
    batch_jobs: Histogram,
    commit_micros: Histogram,
    checkpoint_micros: Histogram,
}

impl Gauges {
    pub(super) fn committed(&self, jobs: usize, took: Duration, well: bool) {
        self.count(|counts| {
            counts
                .batch_jobs
                .record(u64::try_from(jobs).unwrap_or(u64::MAX));
            counts.commit_micros.record(micros(took));
            counts.failed_commits += u64::from(!well);
        });
    }

    /// Counts a batch that was taken back to be run job by job.
    pub(super) fn took_back(&self) {
        self.count(|counts| counts.repeated_batches += 1);
    }

    pub(super) fn checkpointed(&self, took: Duration) {
        self.count(|counts| counts.checkpoint_micros.record(micros(took)));
    }

    /// Remembers how many bytes of the write-ahead log are in use.
    pub(super) fn measured_log(&self, bytes: u64) {
        self.log_bytes.store(bytes, Ordering::Relaxed);
    }

    /// Returns what was remembered last.
    pub(super) fn log_bytes(&self) -> u64 {
        self.log_bytes.load(Ordering::Relaxed)
    }

    /// Returns all counts; what the queue knows is added by its owner.
    pub(super) fn pulse(&self) -> Pulse {
        let mut pulse = Pulse {
            log_bytes: self.log_bytes(),
            ..Pulse::default()
        };
        self.count(|counts| {
            pulse.failed_commits = counts.failed_commits;
            pulse.repeated_batches = counts.repeated_batches;
            pulse.batch_jobs = counts.batch_jobs.clone();
            pulse.commit_micros = counts.commit_micros.clone();
            pulse.checkpoint_micros = counts.checkpoint_micros.clone();
        });
        pulse
    }

    fn count(&self, change: impl FnOnce(&mut Counts)) {
        change(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Returns the length of the file of the write-ahead log, zero when there is none.
pub(super) fn log_length(path: &Path) -> u64 {
    std::fs::metadata(log_of(path)).map_or(0, |found| found.len())
}

/// Returns the path of a file's write-ahead log.
pub(super) fn log_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}
