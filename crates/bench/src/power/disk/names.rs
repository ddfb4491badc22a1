//! The names of a folder: which file each stands for, and which of their changes a power cut may take back.

use std::collections::BTreeMap;

use anyhow::Context;

use crate::torture::Dice;

/// Which file a name stands for.
type Standing = BTreeMap<String, usize>;

/// A change of a name.
#[derive(Debug, Clone)]
pub(super) enum Renaming {
    /// A name for a new file.
    Made(String, usize),
    /// A name less.
    Gone(String),
    /// A file under another name; what stood there is gone.
    Moved(String, String),
    /// A file under another name as well.
    Linked(String, String),
}

#[derive(Debug, Clone)]
struct Change {
    done: u64,
    /// A file was flushed since: a file system with one log for all names has written this one, too.
    logged: bool,
    /// What the new name stands for.
    file: Option<usize>,
    renaming: Renaming,
}

impl Change {
    fn apply(&self, names: &mut Standing) {
        match &self.renaming {
            Renaming::Gone(name) => {
                names.remove(name);
            }
            Renaming::Made(name, _) | Renaming::Linked(_, name) => self.stand(names, name),
            Renaming::Moved(from, onto) => {
                names.remove(from);
                self.stand(names, onto);
            }
        }
    }

    fn stand(&self, names: &mut Standing, name: &str) {
        if let Some(file) = self.file {
            names.insert(name.to_owned(), file);
        }
    }
}

/// The names of a folder.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    now: Standing,
    promised: Standing,
    later: Vec<Change>,
}

impl Names {
    /// Returns the names as programs see them.
    pub(super) fn now(&self) -> &Standing {
        &self.now
    }

    /// Takes in a change that was done at a moment.
    pub(super) fn change(&mut self, done: u64, renaming: Renaming) -> anyhow::Result<()> {
        let file = match &renaming {
            Renaming::Made(_, file) => Some(*file),
            Renaming::Gone(_) => None,
            Renaming::Moved(from, _) | Renaming::Linked(from, _) => {
                let file = self.now.get(from).copied();
                Some(file.with_context(|| format!("{from} is named anew, and nobody had made it"))?)
            }
        };
        let change = Change {
            done,
            logged: false,
            file,
            renaming,
        };
        change.apply(&mut self.now);
        self.later.push(change);
        Ok(())
    }

    /// Keeps every change that was done before a flush of the folder began.
    pub(super) fn folder_flushed(&mut self, begun: u64) {
        let (kept, later): (Vec<Change>, Vec<Change>) =
            self.later.drain(..).partition(|change| change.done < begun);
        self.later = later;
        for change in kept {
            change.apply(&mut self.promised);
        }
    }

    /// Notes that a file was flushed.
    pub(super) fn file_flushed(&mut self, begun: u64) {
        for change in &mut self.later {
            change.logged |= change.done < begun;
        }
    }

    /// Returns the names a power cut may leave.
    pub(super) fn after_cut(&self, dice: &mut Dice) -> Standing {
        let mut names = self.promised.clone();
        if dice.below(2) == 0 {
            // One log for all names: in order, and at least what went with the last flush of any file.
            let logged = self.later.iter().rposition(|change| change.logged);
            let sure = logged.map_or(0, |last| last + 1);
            let more = dice.index(self.later.len() - sure + 1);
            let kept = self.later.iter().take(sure + more);
            kept.for_each(|change| change.apply(&mut names));
        } else {
            let kept = self.later.iter().filter(|_| dice.below(2) == 0);
            kept.for_each(|change| change.apply(&mut names));
        }
        names
    }
}
