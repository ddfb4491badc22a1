//! The writer's queue: bounded in count and bytes, never waits to take something in.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::writer::Job;
use crate::store::{Fault, StoreError};

/// Bounds the queue and the batches taken from it.
#[derive(Debug, Clone, Copy)]
pub struct QueueBounds {
    /// Jobs that may wait.
    pub jobs: usize,
    /// Bytes that may wait.
    pub bytes: usize,
    /// Jobs of one commit.
    pub batch_jobs: usize,
    /// Bytes of one commit.
    pub batch_bytes: usize,
    /// How long the next job may have waited when another is taken in: beyond that the writer does not keep up.
    pub patience: Duration,
}

impl Default for QueueBounds {
    fn default() -> Self {
        Self {
            jobs: 4_096,
            bytes: 32 << 20,
            batch_jobs: 512,
            batch_bytes: 2 << 20,
            patience: Duration::from_millis(500),
        }
    }
}

/// Holds the jobs that wait for the writer.
pub(super) struct Queue {
    bounds: QueueBounds,
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Default)]
struct State {
    /// Each with the moment it came.
    jobs: VecDeque<(Instant, Box<dyn Job>)>,
    bytes: usize,
    overloaded: u64,
    closed: Option<Fault>,
}

/// What the writer found in the queue.
pub(super) enum Taken {
    /// Jobs, one at least.
    Batch(Vec<Box<dyn Job>>),
    /// Nothing for the time given.
    Idle,
    /// Nothing, and nothing will come.
    Closed,
}

impl Queue {
    pub(super) fn new(bounds: QueueBounds) -> Self {
        Self {
            bounds,
            state: Mutex::default(),
            arrived: Condvar::new(),
        }
    }

    /// Takes a job in, or says at once why not.
    pub(super) fn push(&self, job: Box<dyn Job>) -> Result<(), StoreError> {
        let mut state = self.lock();
        if let Some(fault) = state.closed {
            return Err(fault.into());
        }
        let bytes = state.bytes.saturating_add(job.bytes());
        // A single job is taken whatever its size: the body limit has bounded it already.
        let late = state
            .jobs
            .front()
            .is_some_and(|(came, _)| came.elapsed() > self.bounds.patience);
        let full = state.jobs.len() >= self.bounds.jobs
            || (bytes > self.bounds.bytes && !state.jobs.is_empty());
        if late || full {
            state.overloaded += 1;
            return Err(StoreError::Overloaded);
        }
        state.bytes = bytes;
        state.jobs.push_back((Instant::now(), job));
        let was_empty = state.jobs.len() == 1;
        drop(state);
        if was_empty {
            self.arrived.notify_one();
        }
        Ok(())
    }

    /// Waits for the first job and takes it with all that wait behind it, as far as one commit may hold them.
    pub(super) fn take(&self, patience: Duration) -> Taken {
        let state = self.lock();
        let (mut state, _) = self
            .arrived
            .wait_timeout_while(state, patience, |state| {
                state.jobs.is_empty() && state.closed.is_none()
            })
            .unwrap_or_else(PoisonError::into_inner);
        if state.jobs.is_empty() {
            return if state.closed.is_some() {
                Taken::Closed
            } else {
                Taken::Idle
            };
        }
        let mut batch = Vec::with_capacity(state.jobs.len().min(self.bounds.batch_jobs));
        let mut bytes = 0_usize;
        while let Some((_, job)) = state.jobs.front() {
            let with_job = bytes.saturating_add(job.bytes());
            let full = batch.len() >= self.bounds.batch_jobs || with_job > self.bounds.batch_bytes;
            if full && !batch.is_empty() {
                break;
            }
            bytes = with_job;
            batch.extend(state.jobs.pop_front().map(|(_, job)| job));
        }
        state.bytes = state.bytes.saturating_sub(bytes);
        Taken::Batch(batch)
    }

    /// Takes nothing more in; what waits is still written, unless the fault forbids it.
    pub(super) fn close(&self, fault: Fault) {
        let mut state = self.lock();
        state.closed.get_or_insert(fault);
        drop(state);
        self.arrived.notify_all();
    }

    /// Returns jobs and bytes that wait, and how many jobs were turned away so far.
    pub(super) fn depth(&self) -> (usize, usize, u64) {
        let state = self.lock();
        (state.jobs.len(), state.bytes, state.overloaded)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
