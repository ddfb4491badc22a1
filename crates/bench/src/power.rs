//! Power cuts of the machine, simulated: what was not flushed is dropped, reordered or torn.
//!
//! A killed program leaves its writes with the system, which still brings them to the disk; a power cut does not. So the real
//! programs run while everything they do to their files is written down, and from that every state is made that a disk may be left
//! in at a moment. The programs then start on such a state, and have to keep what was promised before that moment: a promise counts
//! from when a program begins to tell it, a flush from when it has ended.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;

mod desk;
pub mod disk;
mod recorder;
mod service;
pub mod trace;

pub use desk::desk;
pub use recorder::{Recorder, refusal};
pub use service::service;

use crate::torture::Dice;
use trace::{Call, Seen, What};

/// What lies in a folder: names and contents.
pub type Contents = BTreeMap<String, Vec<u8>>;

/// A file of the engine's that is derived from others and only ever mapped: whatever a cut leaves of it must do.
const DERIVED: &str = "-shm";

/// Says how much is done.
#[derive(Debug, Clone, Copy)]
pub struct Extent {
    /// Power cuts, each at another moment.
    pub cuts: usize,
    /// Of one recording: sales sent to the service, or milliseconds each life of the desk lasts at the least.
    pub length: usize,
    /// Power cuts of one recording.
    pub cuts_a_recording: usize,
}

/// Tells what power cuts amounted to.
#[derive(Debug, Default, Clone, Copy)]
pub struct Survived {
    /// Power cuts after which everything held.
    pub cuts: usize,
    /// Promises of which each was looked for, over all cuts.
    pub promised: usize,
    /// Entries read back over all cuts.
    pub entries: u64,
    /// Cuts at which nothing unflushed was dropped by chance.
    pub whole: usize,
    /// Caches that a cut left damaged, and which were filled anew.
    pub refilled: usize,
    /// Cuts of a disk that ignores flushes of the log, to see that a loss is seen; and those at which it was.
    pub deaf: (usize, usize),
}

/// Chooses moments, as numbers of things seen before them: right behind a promise, within a flush, around a change of names or
/// lengths, anywhere.
fn moments(seen: &[Seen], from: usize, count: usize, dice: &mut Dice) -> Vec<usize> {
    let places = |fits: fn(&What) -> bool| -> Vec<usize> {
        let all = (from..).zip(seen.get(from..).unwrap_or_default());
        all.filter(|(_, seen)| fits(&seen.what))
            .map(|(place, _)| place)
            .collect()
    };
    let kinds = [
        places(|what| matches!(what, What::Promises(_))),
        places(|what| matches!(what, What::Begins(Call::Sync(_)))),
        places(changes_names_or_lengths),
        places(|what| matches!(what, What::Begins(Call::Rename { .. }))),
        places(|what| !matches!(what, What::Starts(_))),
    ];
    let mut moments: Vec<usize> = (0..count)
        .filter_map(|number| {
            let kind = kinds.get(number % kinds.len()).filter(|it| !it.is_empty());
            let kind = kind.or(kinds.last())?;
            // Behind the beginning of a call, behind its end where nobody overlapped it, or a few calls on.
            let behind = 1 + dice.index(2) + dice.index(2) * dice.index(10);
            kind.get(dice.index(kind.len()))
                .map(|place| (place + behind).min(seen.len()))
        })
        .collect();
    moments.sort_unstable();
    moments
}

fn changes_names_or_lengths(what: &What) -> bool {
    matches!(
        what,
        What::Begins(
            Call::Open { make: true, .. }
                | Call::Link { .. }
                | Call::Unlink(_)
                | Call::Length(..)
                | Call::Grow(..)
        )
    )
}

/// Names a moment for somebody who looks for a fault.
fn named(seen: &[Seen], moment: usize) -> String {
    let last = moment.checked_sub(1).and_then(|last| seen.get(last));
    let last = match last.map(|seen| &seen.what) {
        None | Some(What::Starts(_)) => "a start".to_owned(),
        Some(What::Begins(Call::Write { to, at, bytes })) => {
            let (length, path) = (bytes.len(), &to.path);
            format!("the beginning of a write of {length} bytes to {path} at {at:?}")
        }
        Some(what) => format!("{what:?}"),
    };
    format!("after {moment} of {} steps, the last {last}", seen.len())
}

/// Makes the folder anew with just these files.
fn lay(folder: &Path, contents: &Contents) -> anyhow::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    std::fs::create_dir_all(folder)?;
    for (name, bytes) in contents {
        let path = folder.join(name);
        std::fs::write(&path, bytes).with_context(|| format!("laying {}", path.display()))?;
        // As the programs make theirs: a key that others may read is refused.
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    }
    Ok(())
}

/// Reads a folder's files, without what is derived.
fn contents_of(folder: &Path) -> anyhow::Result<Contents> {
    let mut contents = Contents::new();
    for file in std::fs::read_dir(folder)? {
        let file = file?;
        let name = file.file_name().to_string_lossy().into_owned();
        if !name.ends_with(DERIVED) {
            let bytes = std::fs::read(file.path());
            contents.insert(
                name,
                bytes.with_context(|| format!("reading {:?}", file.path()))?,
            );
        }
    }
    Ok(contents)
}

/// Returns what stands between the two marks.
fn between(bytes: &[u8], before: &str, after: u8) -> Option<String> {
    let start = bytes
        .windows(before.len())
        .position(|window| window == before.as_bytes())?;
    let rest = bytes.get(start + before.len()..)?;
    let end = rest.iter().position(|byte| *byte == after)?;
    Some(String::from_utf8_lossy(rest.get(..end)?).into_owned())
}
