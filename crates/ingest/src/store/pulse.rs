//! How the store is doing, in numbers.

/// Shows the store's state and its work since the start.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pulse {
    /// Jobs that wait for the writer now.
    pub queue_jobs: u64,
    /// Bytes that wait for the writer now.
    pub queue_bytes: u64,
    /// Jobs turned away because the queue was full.
    pub overloaded: u64,
    /// Commits that failed.
    pub failed_commits: u64,
    /// Batches that were taken back and run once more, job by job.
    pub repeated_batches: u64,
    /// Jobs per commit.
    pub batch_jobs: Histogram,
    /// Time of each commit from its first statement to its end, in microseconds.
    pub commit_micros: Histogram,
    /// Time of each checkpoint step, in microseconds.
    pub checkpoint_micros: Histogram,
    /// Bytes of the write-ahead log that are in use.
    pub log_bytes: u64,
}

/// Counts values in buckets of powers of two.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Histogram {
    /// `buckets[n]` counts the values of at most `2^n` that no smaller bucket counts; the last one counts the rest as well.
    pub buckets: [u64; 24],
    /// The sum of the values.
    pub sum: u64,
    /// How many values.
    pub count: u64,
}

impl Histogram {
    /// Counts one value.
    pub fn record(&mut self, value: u64) {
        let place = value.max(1).next_power_of_two().trailing_zeros() as usize;
        let last = self.buckets.len() - 1;
        if let Some(bucket) = self.buckets.get_mut(place.min(last)) {
            *bucket += 1;
        }
        self.sum = self.sum.saturating_add(value);
        self.count += 1;
    }
}
