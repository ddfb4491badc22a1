//! Reads what `strace` wrote down about a program: its calls on the files of one folder, and what it told others.
//!
//! Lines stand in the order in which calls began and ended, over all threads. A call that others overlapped has two lines, any
//! other has one. It knows the form of the lines, not what a disk makes of the calls.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, bail};

use super::recorder::Run;
use super::{Contents, contents_of};

mod call;

/// One thing that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// When, in microseconds since 1970.
    pub at: u64,
    /// The thread that did it.
    pub thread: u32,
    /// What it did.
    pub what: What,
}

/// Says what was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A program starts, with this in the folder; what another held open is closed.
    Starts(Contents),
    /// A program begins to tell somebody outside the folder what it must keep from then on.
    Promises(String),
    /// A call begins, and may have had its effect from then on.
    Begins(Call),
    /// The thread's call has ended with this result; below zero it failed. Without one nobody knows.
    Ends(Option<i64>),
}

/// A call that matters to the files of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// Opens a file.
    Open {
        /// Its full path.
        path: String,
        /// Whether it is made when it is missing.
        make: bool,
        /// Whether it is emptied.
        empty: bool,
        /// Whether everything is written to its end.
        append: bool,
    },
    /// Closes a handle.
    Close(Handle),
    /// Moves a handle's place, which is the call's result.
    Seek(Handle),
    /// Writes to a place, or to the handle's own.
    Write {
        /// What is written to.
        to: Handle,
        /// The place in the file.
        at: Option<u64>,
        /// What is written.
        bytes: Vec<u8>,
    },
    /// Sets a file's length.
    Length(Handle, u64),
    /// Gives a file at least this length.
    Grow(Handle, u64),
    /// Renames a file.
    Rename {
        /// Its old path.
        from: String,
        /// Its new path.
        onto: String,
    },
    /// Gives a file a second name.
    Link {
        /// Its path.
        from: String,
        /// The path it has as well.
        onto: String,
    },
    /// Removes a name.
    Unlink(String),
    /// Waits until a file or a folder is on the disk.
    Sync(Handle),
    /// Maps a file so that it can be written without a call.
    Map(Handle),
    /// Anything else that may change these paths.
    Other(String, Vec<String>),
}

/// A handle and the path it stood for when the call began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handle {
    /// The handle's number in its program.
    pub number: u32,
    /// Its path, or what it is instead of a file.
    pub path: String,
}

/// The calls that are written down; a question mark leaves those out that a machine does not have.
pub const CALLS: &str = "?open,openat,?openat2,?creat,close,?dup,?dup2,dup3,lseek,write,pwrite64,writev,pwritev,?pwritev2,\
    ftruncate,truncate,fallocate,?rename,?renameat,renameat2,?unlink,unlinkat,?link,linkat,?symlink,symlinkat,?mkdir,mkdirat,\
    fsync,fdatasync,mmap,copy_file_range,sendfile,sendto,sendmsg";

/// Reads the runs of programs, one after the other, as far as they concern a folder; `promise` finds in what was told to somebody
/// outside it what has to be kept.
///
/// # Errors
/// When a file cannot be read or a line has another form.
pub fn read(
    runs: &[Run],
    folder: &Path,
    promise: impl Fn(&[u8]) -> Option<String>,
) -> anyhow::Result<Vec<Seen>> {
    let mut reading = Reading {
        folder: format!("{}/", folder.display()),
        promise,
        seen: Vec::new(),
        under_way: HashSet::new(),
    };
    for run in runs {
        reading.add(0, 0, What::Starts(contents_of(&run.before)?));
        reading.under_way.clear();
        let calls = File::open(&run.calls);
        let file = calls.with_context(|| format!("opening {}", run.calls.display()))?;
        for line in BufReader::new(file).lines() {
            let line = line?;
            reading.take(&line).with_context(|| shortened(&line))?;
        }
    }
    Ok(reading.seen)
}

fn shortened(line: &str) -> String {
    format!("reading {:?}", line.get(..200).unwrap_or(line))
}

struct Reading<P> {
    folder: String,
    promise: P,
    seen: Vec<Seen>,
    /// Threads whose call is worth its end.
    under_way: HashSet<u32>,
}

impl<P: Fn(&[u8]) -> Option<String>> Reading<P> {
    fn take(&mut self, line: &str) -> anyhow::Result<()> {
        let (thread, rest) = line.split_once(' ').context("no thread")?;
        let (at, rest) = rest.trim_start().split_once(' ').context("no time")?;
        let (thread, at) = (thread.parse()?, microseconds(at)?);
        if rest.starts_with("+++") || rest.starts_with("---") {
            return Ok(());
        }
        if rest.starts_with("<...") {
            self.end(at, thread, rest);
            return Ok(());
        }
        let (name, arguments) = rest.split_once('(').context("no call")?;
        if let Some(arguments) = arguments.strip_suffix("<unfinished ...>") {
            return self.begin(at, thread, name, arguments);
        }
        let (arguments, _) = arguments.rsplit_once(" = ").context("no result")?;
        let arguments = arguments.trim_end().strip_suffix(')');
        self.begin(at, thread, name, arguments.context("no end of arguments")?)?;
        self.end(at, thread, rest);
        Ok(())
    }

    fn begin(&mut self, at: u64, thread: u32, name: &str, arguments: &str) -> anyhow::Result<()> {
        let Some(call) = call::parse(name, arguments)? else {
            return Ok(());
        };
        if let Call::Write { to, bytes, .. } = &call
            && !to.path.starts_with(&self.folder)
        {
            if let Some(promise) = (self.promise)(bytes) {
                self.add(at, thread, What::Promises(promise));
            }
            return Ok(());
        }
        self.under_way.insert(thread);
        self.add(at, thread, What::Begins(call));
        Ok(())
    }

    fn end(&mut self, at: u64, thread: u32, rest: &str) {
        if self.under_way.remove(&thread) {
            let result = rest
                .rsplit_once(" = ")
                .and_then(|(_, result)| number(result));
            self.add(at, thread, What::Ends(result));
        }
    }

    fn add(&mut self, at: u64, thread: u32, what: What) {
        self.seen.push(Seen { at, thread, what });
    }
}

/// Reads a result: `7</path>`, `-1 ENOENT (No such file)`, `0x7f00`, `?`.
fn number(result: &str) -> Option<i64> {
    let end = result.find([' ', '<']).unwrap_or(result.len());
    let digits = result.get(..end)?;
    match digits.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => digits.parse().ok(),
    }
}

fn microseconds(text: &str) -> anyhow::Result<u64> {
    let (seconds, rest) = text.split_once('.').context("no fraction of a second")?;
    if rest.len() != 6 {
        bail!("{text} is not in microseconds");
    }
    Ok(seconds.parse::<u64>()? * 1_000_000 + rest.parse::<u64>()?)
}

#[cfg(test)]
mod tests;
