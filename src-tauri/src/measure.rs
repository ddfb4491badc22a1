//! How long ago this process started: what starts are measured by.

use std::{
    sync::OnceLock,
    time::{Duration, Instant},
};

/// When this program's own code began, for systems that do not tell when the process did.
static BEGUN: OnceLock<Instant> = OnceLock::new();

/// Remembers that the program's own code begins now.
pub fn begin() {
    let _ = BEGUN.set(Instant::now());
}

/// Returns the age of the process, to a hundredth of a second where the system tells it.
pub fn age() -> Duration {
    told_by_system().unwrap_or_else(|| BEGUN.get().map_or(Duration::ZERO, Instant::elapsed))
}

/// Compares the process' start with the time since boot; both come in hundredths of a second.
#[cfg(target_os = "linux")]
fn told_by_system() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let uptime = std::fs::read_to_string("/proc/uptime").ok()?;
    between(&stat, &uptime)
}

#[cfg(not(target_os = "linux"))]
fn told_by_system() -> Option<Duration> {
    None
}

/// Reads field 22 of `/proc/self/stat`, the start in ticks since boot, and the first of `/proc/uptime`, in seconds
/// (proc(5)). The second field of `stat` is a name in brackets that may hold blanks. A tick is 10 ms on all
/// architectures that desktops have.
#[cfg(target_os = "linux")]
fn between(stat: &str, uptime: &str) -> Option<Duration> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let ticks: u64 = after_name.split_whitespace().nth(19)?.parse().ok()?;
    let up: f64 = uptime.split_whitespace().next()?.parse().ok()?;
    Duration::try_from_secs_f64(up)
        .ok()?
        .checked_sub(Duration::from_millis(ticks.checked_mul(10)?))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_age_is_read_whatever_the_programs_name_is() {
        let stat = "7 (a ) b) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 1200 20";
        assert_eq!(
            between(stat, "12.50 3.00\n"),
            Some(Duration::from_millis(500))
        );
        assert_eq!(between("nonsense", "1.0 1.0"), None);
        assert!(told_by_system().is_some());
    }
}
