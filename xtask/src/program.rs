//! Running other programs, with their output on this terminal.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, bail};

use crate::repository::Repository;

/// A program that is about to run in the checkout's root.
#[derive(Debug)]
pub(crate) struct Program {
    command: Command,
    shown: String,
}

impl Program {
    pub(crate) fn new(repository: &Repository, program: impl AsRef<OsStr>) -> Self {
        let program = program.as_ref();
        let mut command = Command::new(program);
        command.current_dir(repository.root());
        Self {
            command,
            shown: program.to_string_lossy().into_owned(),
        }
    }

    pub(crate) fn cargo(repository: &Repository, words: &str) -> Self {
        Self::new(repository, "cargo").words(words)
    }

    /// npm in the page's folder. On Windows it is a script, which has to be named as such.
    pub(crate) fn npm(repository: &Repository, words: &str) -> Self {
        let name = if cfg!(windows) { "npm.cmd" } else { "npm" };
        Self::new(repository, name)
            .within(&repository.page())
            .words(words)
    }

    /// Adds the arguments in `words`, split at blanks.
    pub(crate) fn words(mut self, words: &str) -> Self {
        for word in words.split_whitespace() {
            self = self.arg(word);
        }
        self
    }

    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        let argument = argument.as_ref();
        self.shown.push(' ');
        self.shown.push_str(&argument.to_string_lossy());
        self.command.arg(argument);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn within(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Runs it with its output shown, and fails when it does.
    pub(crate) fn run(mut self) -> anyhow::Result<()> {
        println!("   $ {}", self.shown);
        let status = self
            .command
            .status()
            .with_context(|| format!("`{}` could not be started", self.shown))?;
        if !status.success() {
            bail!("`{}` ended with {status}", self.shown);
        }
        Ok(())
    }

    /// Runs it in silence and returns what it wrote to standard error; the error holds all of that when it fails.
    pub(crate) fn told(mut self) -> anyhow::Result<String> {
        let output = self
            .command
            .output()
            .with_context(|| format!("`{}` could not be started", self.shown))?;
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        if !output.status.success() {
            bail!("`{}` ended with {}:\n{told}", self.shown, output.status);
        }
        Ok(told)
    }

    /// Runs it in silence and tells whether it succeeded.
    pub(crate) fn succeeds(mut self) -> bool {
        self.command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    /// Runs it in silence and returns what it wrote to standard output.
    pub(crate) fn read(mut self) -> anyhow::Result<String> {
        let output = self
            .command
            .output()
            .with_context(|| format!("`{}` could not be started", self.shown))?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// Finds a program in `PATH`.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(&file))
        .find(|path| path.is_file())
}
