//! Waiting for a condition instead of for a time.

use std::{
    thread,
    time::{Duration, Instant},
};

/// How long a test waits for something that should happen at once. Generous, because machines under test are busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

const PAUSE: Duration = Duration::from_millis(15);

/// Asks `probe` until it yields a value and returns that value.
///
/// # Panics
/// When the probe yields nothing for twenty seconds; the message names `what` was waited for and the last reason.
#[track_caller]
pub fn until<T>(what: &str, mut probe: impl FnMut() -> Result<T, String>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match probe() {
            Ok(value) => return value,
            Err(reason) if Instant::now() >= deadline => panic!("waited for {what}: {reason}"),
            Err(_) => thread::sleep(PAUSE),
        }
    }
}
