//! A folder on a disk that keeps no more than it promised: what a power cut may leave of a program's writes.
//!
//! Promised is what POSIX promises. A file holds what was written before a flush of it began, once that flush has ended. Of later
//! writes each may be there or not, in any order, whole or by sectors. A file that grew may hold anything where nothing was kept.
//! A name, new, gone or moved, is promised once the folder itself is flushed; file systems with one log for all names keep them in
//! order and with the first flush of any file, which is tried as well. It knows nothing of what the files mean.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, bail};

use super::trace::{Call, Handle, Seen, What};
use super::{Contents, DERIVED};
use crate::torture::Dice;

mod file;
mod names;

use file::File;
use names::{Names, Renaming};

/// How much of a derived file a cut leaves, if it leaves any.
const DERIVED_LENGTH: usize = 32 << 10;

/// How often the dice are thrown again.
const AGAIN: usize = 4;

/// A folder under a program's calls.
#[derive(Debug, Clone)]
pub struct Disk {
    folder: String,
    /// Counts what happens, so that a flush knows what came before it.
    now: u64,
    files: Vec<File>,
    names: Names,
    handles: HashMap<u32, Open>,
    under_way: HashMap<u32, UnderWay>,
    deaf_to: Option<&'static str>,
}

/// What a handle of the running program stands for.
#[derive(Debug, Clone, Copy)]
enum Open {
    Folder,
    File {
        file: usize,
        place: u64,
        append: bool,
    },
}

/// A call that has begun.
#[derive(Debug, Clone)]
struct UnderWay {
    call: Call,
    begun: u64,
    /// The file's change, for a call that makes one.
    change: Option<(usize, u64)>,
}

impl Disk {
    /// Begins with an empty folder.
    #[must_use]
    pub fn empty(folder: &Path) -> Self {
        Self {
            folder: format!("{}/", folder.display()),
            now: 0,
            files: Vec::new(),
            names: Names::default(),
            handles: HashMap::new(),
            under_way: HashMap::new(),
            deaf_to: None,
        }
    }

    /// Leaves out flushes of files whose name ends so, as a program would that forgot them.
    #[must_use]
    pub fn deaf_to(mut self, ending: &'static str) -> Self {
        self.deaf_to = Some(ending);
        self
    }

    /// Takes in the next thing that was seen.
    ///
    /// # Errors
    /// When it did something to the folder that is not understood, so that nothing could be concluded.
    pub fn take(&mut self, seen: &Seen) -> anyhow::Result<()> {
        self.now += 1;
        match &seen.what {
            What::Starts(before) => {
                self.settle(before)?;
                self.handles.clear();
            }
            What::Promises(_) => {}
            What::Begins(call) => {
                let change = self.begin(call)?;
                let (call, begun) = (call.clone(), self.now);
                let under_way = UnderWay {
                    call,
                    begun,
                    change,
                };
                self.under_way.insert(seen.thread, under_way);
            }
            What::Ends(result) => {
                if let Some(under_way) = self.under_way.remove(&seen.thread) {
                    self.end(&under_way, *result)?;
                }
            }
        }
        Ok(())
    }

    /// Returns what the folder holds as long as the machine runs, whatever became of its programs.
    #[must_use]
    pub fn everything(&self) -> Contents {
        let names = self.names.now().iter();
        names
            .filter(|(name, _)| !name.ends_with(DERIVED))
            .filter_map(|(name, file)| Some((name.clone(), self.files.get(*file)?.everything())))
            .collect()
    }

    /// Tells whether a cut left all there was.
    #[must_use]
    pub fn is_whole(&self, left: &Contents) -> bool {
        let all = self.everything();
        let left = left.iter().filter(|(name, _)| !name.ends_with(DERIVED));
        left.eq(all.iter())
    }

    /// Returns what a power cut at this moment may leave; the dice choose among all that is possible, and are thrown again a few
    /// times where they leave everything.
    #[must_use]
    pub fn after_cut(&self, dice: &mut Dice) -> Contents {
        let mut left = self.thrown(dice);
        for _ in 0..AGAIN {
            if !self.is_whole(&left) {
                break;
            }
            left = self.thrown(dice);
        }
        left
    }

    fn thrown(&self, dice: &mut Dice) -> Contents {
        let mut left = Contents::new();
        for (name, file) in self.names.after_cut(dice) {
            if name.ends_with(DERIVED) {
                if dice.below(2) == 0 {
                    left.insert(name, noise(dice, DERIVED_LENGTH));
                }
            } else if let Some(file) = self.files.get(file) {
                left.insert(name, file.after_cut(dice));
            }
        }
        left
    }

    /// Finds out what became of the calls in which a program was killed, and that all others were followed rightly.
    fn settle(&mut self, before: &Contents) -> anyhow::Result<()> {
        for (_, under_way) in std::mem::take(&mut self.under_way) {
            if self.has_happened(&under_way.call, before) {
                self.end(&under_way, Some(0))?;
            }
        }
        for (name, file) in self.names.now() {
            if let (Some(bytes), Some(file)) = (before.get(name), self.files.get_mut(*file)) {
                file.settle(self.now, bytes);
            }
        }
        let followed = self.everything();
        let wrong = |name: &&String| followed.get(*name) != before.get(*name);
        match followed.keys().chain(before.keys()).find(wrong) {
            Some(name) => bail!("{name} is not what its recorded writes make of it"),
            None => Ok(()),
        }
    }

    /// Tells whether a call that changes a name was done, by the names there are.
    fn has_happened(&self, call: &Call, before: &Contents) -> bool {
        let there = |path: &str| {
            let name = self.inside(path);
            name.is_some_and(|name| before.contains_key(&name))
        };
        let known = |path: &str| {
            let name = self.inside(path);
            name.is_some_and(|name| self.names.now().contains_key(&name))
        };
        match call {
            Call::Open { path, .. } => there(path) && !known(path),
            Call::Rename { from: path, .. } | Call::Unlink(path) => known(path) && !there(path),
            Call::Link { onto, .. } => there(onto) && !known(onto),
            _ => false,
        }
    }

    /// Does what may be on the disk from the beginning of the call on.
    fn begin(&mut self, call: &Call) -> anyhow::Result<Option<(usize, u64)>> {
        let now = self.now;
        match call {
            Call::Write { to, at, bytes } => {
                let Some((number, file, at)) = self.place_of(to, *at)? else {
                    bail!("{} is written to as a file", to.path);
                };
                file.write(now, at, bytes);
                if let Some(Open::File { place, .. }) = self.handles.get_mut(&to.number) {
                    *place = at + bytes.len() as u64;
                }
                Ok(Some((number, now)))
            }
            Call::Length(handle, length) => Ok(self.file_of(handle)?.map(|(number, file)| {
                file.set_length(now, *length);
                (number, now)
            })),
            Call::Grow(handle, length) => Ok(self.file_of(handle)?.map(|(number, file)| {
                file.grow(now, *length);
                (number, now)
            })),
            Call::Close(handle) => {
                // Another thread may get the number before this call is seen to end.
                self.handles.remove(&handle.number);
                Ok(None)
            }
            Call::Map(handle) => match self.inside(&handle.path) {
                Some(name) if !name.ends_with(DERIVED) => bail!("{name} is mapped for writing"),
                _ => Ok(None),
            },
            Call::Other(name, paths) => match paths.iter().find_map(|path| self.inside(path)) {
                Some(path) => bail!("{name} of {path} is not understood"),
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// Does what holds once the call has ended well.
    fn end(&mut self, under_way: &UnderWay, result: Option<i64>) -> anyhow::Result<()> {
        let Some(result) = result else {
            // Nobody saw how it ended: the program was killed. What it began may have happened.
            return Ok(());
        };
        if let Some((file, change)) = under_way.change
            && let Some(file) = self.files.get_mut(file)
        {
            let whole = match &under_way.call {
                Call::Write { bytes, .. } => i64::try_from(bytes.len())?,
                _ => 0,
            };
            if result != whole {
                bail!("a change of {whole} bytes ended with {result}");
            }
            file.done(change, self.now);
        }
        if result < 0 {
            return Ok(());
        }
        match &under_way.call {
            Call::Open {
                path,
                make,
                empty,
                append,
            } => self.opened(path, u32::try_from(result)?, (*make, *empty, *append))?,
            Call::Seek(handle) => {
                if let Some(Open::File { place, .. }) = self.handles.get_mut(&handle.number) {
                    *place = u64::try_from(result)?;
                }
            }
            Call::Sync(handle) => self.flushed(handle, under_way.begun)?,
            Call::Rename { from, onto } => {
                let names = self.both_inside(from, onto)?;
                if let Some((from, onto)) = names {
                    self.rename(Renaming::Moved(from, onto))?;
                }
            }
            Call::Link { from, onto } => {
                let names = self.both_inside(from, onto)?;
                if let Some((from, onto)) = names {
                    self.rename(Renaming::Linked(from, onto))?;
                }
            }
            Call::Unlink(path) => {
                if let Some(name) = self.inside(path) {
                    self.rename(Renaming::Gone(name))?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn rename(&mut self, renaming: Renaming) -> anyhow::Result<()> {
        self.names.change(self.now, renaming)
    }

    fn opened(
        &mut self,
        path: &str,
        handle: u32,
        (make, empty, append): (bool, bool, bool),
    ) -> anyhow::Result<()> {
        if format!("{path}/") == self.folder {
            self.handles.insert(handle, Open::Folder);
            return Ok(());
        }
        let Some(name) = self.inside(path) else {
            self.handles.remove(&handle);
            return Ok(());
        };
        let file = match self.names.now().get(&name).copied() {
            Some(file) => file,
            None if make => {
                self.files.push(File::default());
                let file = self.files.len() - 1;
                self.rename(Renaming::Made(name, file))?;
                file
            }
            None => bail!("{name} was opened, and nobody had made it"),
        };
        let now = self.now;
        if empty && let Some(file) = self.files.get_mut(file) {
            file.set_length(now, 0);
            file.done(now, now);
        }
        let place = 0;
        let open = Open::File {
            file,
            place,
            append,
        };
        self.handles.insert(handle, open);
        Ok(())
    }

    fn flushed(&mut self, handle: &Handle, begun: u64) -> anyhow::Result<()> {
        match self.handles.get(&handle.number).copied() {
            Some(Open::Folder) => self.names.folder_flushed(begun),
            Some(Open::File { file, .. }) => {
                let deaf = self.deaf_to.is_some_and(|end| handle.path.ends_with(end));
                if !deaf && let Some(file) = self.files.get_mut(file) {
                    file.flushed(begun);
                    self.names.file_flushed(begun);
                }
            }
            None => self.must_be_outside(handle)?,
        }
        Ok(())
    }

    /// Returns the file that a handle stands for; `None` for one outside the folder.
    fn file_of(&mut self, handle: &Handle) -> anyhow::Result<Option<(usize, &mut File)>> {
        let Some(Open::File { file, .. }) = self.handles.get(&handle.number).copied() else {
            self.must_be_outside(handle)?;
            return Ok(None);
        };
        let found = self
            .files
            .get_mut(file)
            .context("a file without contents")?;
        Ok(Some((file, found)))
    }

    fn place_of(
        &mut self,
        handle: &Handle,
        at: Option<u64>,
    ) -> anyhow::Result<Option<(usize, &mut File, u64)>> {
        let own = match self.handles.get(&handle.number) {
            Some(Open::File { place, append, .. }) => (!*append).then_some(*place),
            _ => None,
        };
        Ok(self.file_of(handle)?.map(|(number, file)| {
            let at = at.or(own).unwrap_or_else(|| file.length());
            (number, file, at)
        }))
    }

    fn must_be_outside(&self, handle: &Handle) -> anyhow::Result<()> {
        match self.inside(&handle.path) {
            Some(name) => bail!("{name} is used through a handle that was not seen to open"),
            None => Ok(()),
        }
    }

    fn both_inside(&self, from: &str, onto: &str) -> anyhow::Result<Option<(String, String)>> {
        match (self.inside(from), self.inside(onto)) {
            (Some(from), Some(onto)) => Ok(Some((from, onto))),
            (None, None) => Ok(None),
            _ => bail!("{from} leaves or enters the folder as {onto}"),
        }
    }

    /// Returns the name of a path inside the folder.
    fn inside(&self, path: &str) -> Option<String> {
        path.strip_prefix(&self.folder).map(str::to_owned)
    }
}

/// Makes bytes without a meaning.
fn noise(dice: &mut Dice, length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        bytes.extend(dice.below(u64::MAX).to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

#[cfg(test)]
mod tests;
