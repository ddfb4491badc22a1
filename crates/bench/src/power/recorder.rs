//! Runs programs so that what they do to files is written down, by `strace`, which holds a program at each call that matters.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::process::Command;

use super::trace::CALLS;
use super::{contents_of, lay};

/// Bytes of a text that are written down; more than any program here writes at once.
const LONGEST: &str = "8388608";

/// How long the end of a recording may be waited for.
const PATIENCE: u32 = 1_000;
const PAUSE: Duration = Duration::from_millis(10);

/// Writes down what the programs it runs do to a folder, each run in a file of its own.
#[derive(Debug, Clone)]
pub struct Recorder {
    folder: PathBuf,
    watched: PathBuf,
    runs: Arc<Mutex<Vec<Run>>>,
}

/// A recording of one run.
#[derive(Debug, Clone)]
pub struct Run {
    /// What was called.
    pub calls: PathBuf,
    /// A copy of the watched folder from before the run: it tells what became of a call in which the program before was killed.
    pub before: PathBuf,
}

impl Recorder {
    /// Makes one that watches a folder and keeps its recordings in another.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn new(folder: PathBuf, watched: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        std::fs::create_dir_all(watched)?;
        Ok(Self {
            folder,
            watched: watched.to_owned(),
            runs: Arc::default(),
        })
    }

    /// Prepares a program's next run, which has to begin before anything else happens to the folder. The recorder is its grandchild:
    /// signals and the exit code are the program's own.
    ///
    /// # Errors
    /// When the folder cannot be copied.
    pub fn command(&self, program: &Path) -> anyhow::Result<Command> {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let run = Run {
            calls: self.folder.join(format!("{}.calls", runs.len())),
            before: self.folder.join(format!("{}.before", runs.len())),
        };
        lay(&run.before, &contents_of(&self.watched)?)?;
        let command = strace(&run.calls, program);
        runs.push(run);
        Ok(command)
    }

    /// Returns the recordings in order, once all of them are complete.
    ///
    /// # Errors
    /// When one does not end, because its program still runs or its recorder was stopped.
    pub async fn runs(&self) -> anyhow::Result<Vec<Run>> {
        let lock = self.runs.lock();
        let runs = lock.unwrap_or_else(PoisonError::into_inner).clone();
        for run in &runs {
            let mut waited = 0;
            while !is_complete(&run.calls)? {
                if waited == PATIENCE {
                    bail!("{} does not end", run.calls.display());
                }
                waited += 1;
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(runs)
    }
}

/// Says why programs cannot be recorded here; `None` where they can.
pub async fn refusal() -> Option<String> {
    let Ok(folder) = tempfile::tempdir() else {
        return Some("there is no room for temporary files".to_owned());
    };
    let run = folder.path().join("true.calls");
    let tried = strace(&run, Path::new("true"))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    // A recorder that is refused may leave its program waiting for it.
    let tried = tokio::time::timeout(PAUSE * PATIENCE, tried).await;
    match tried {
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::NotFound => Some(
            "strace is not there to record a program's writes; on Linux `cargo xtask setup` installs it".to_owned(),
        ),
        Ok(Err(error)) => Some(format!("strace does not start: {error}")),
        Ok(Ok(output)) if output.status.success() && is_recorded(&run).await => None,
        Ok(Ok(output)) => Some(refused(&String::from_utf8_lossy(&output.stderr))),
        Err(_) => Some(refused("it does not end")),
    }
}

fn refused(why: &str) -> String {
    let why = why.trim();
    format!(
        "strace may not trace programs here, as in a container without the capability SYS_PTRACE or with \
         kernel.yama.ptrace_scope=3: {why}"
    )
}

async fn is_recorded(run: &Path) -> bool {
    for _ in 0..PATIENCE {
        if is_complete(run).is_ok_and(|complete| complete) {
            return true;
        }
        tokio::time::sleep(PAUSE).await;
    }
    false
}

fn strace(run: &Path, program: &Path) -> Command {
    let mut command = Command::new("strace");
    command
        .args(["-D", "-f", "--seccomp-bpf", "-q", "-ttt", "-y", "-xx"])
        .args(["-s", LONGEST, "-e", "signal=kill,abrt,segv,bus"])
        .args(["-e", &format!("trace={CALLS}")])
        .arg("-o")
        .arg(run)
        .arg("--")
        .arg(program);
    command
}

/// Tells whether a recording holds its program's end; its first line is of the program's first thread, which ends last.
fn is_complete(run: &Path) -> anyhow::Result<bool> {
    let bytes = match std::fs::File::open(run) {
        Ok(file) => ends_of(file)?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    let (first, last) = bytes;
    let Some((thread, _)) = first.split_once(' ') else {
        return Ok(false);
    };
    Ok(last.lines().any(|line| {
        let mut words = line.split_whitespace();
        words.next() == Some(thread) && words.nth(1) == Some("+++")
    }))
}

/// Returns the first bytes and the last ones.
fn ends_of(mut file: std::fs::File) -> anyhow::Result<(String, String)> {
    use std::io::{Read, Seek, SeekFrom};
    let (mut first, mut last) = (Vec::new(), Vec::new());
    file.by_ref().take(16).read_to_end(&mut first)?;
    let length = file.metadata().context("the recording")?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(4_096)))?;
    file.read_to_end(&mut last)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok((text(&first), text(&last)))
}
