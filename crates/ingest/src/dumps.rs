//! Keeps what the process holds in memory out of files: it knows the sealing key, what that opens, and customers' data.

/// Sees to it that a crash leaves no core file, here and in what this process starts.
///
/// Where the system hands cores to a collector, that one is told the same limit; on other systems nothing is done.
///
/// # Errors
/// When the system refuses to lower the limit.
#[cfg(unix)]
pub fn forbid() -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};

    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    Ok(setrlimit(Resource::Core, none)?)
}

/// Does nothing: this system writes no core files unless an administrator asks it to.
///
/// # Errors
/// Never.
#[cfg(not(unix))]
pub fn forbid() -> std::io::Result<()> {
    Ok(())
}
