//! A process that ends with its owner.

use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
};

use crate::wait::until;

/// Ends its process when dropped.
#[derive(Debug)]
pub(crate) struct Owned(Child);

impl Owned {
    /// Starts `command`.
    ///
    /// # Panics
    /// When the program is not there, naming what to run to get it.
    pub(crate) fn start(command: &mut Command) -> Self {
        let program = command.get_program().to_string_lossy().into_owned();
        match command.spawn() {
            Ok(child) => Self(child),
            Err(error) => panic!("{program} did not start ({error}); run `cargo xtask setup`"),
        }
    }

    /// Starts `command` and returns the first line it writes to standard output, which tells where it can be reached.
    pub(crate) fn start_and_read_line(command: &mut Command) -> (Self, String) {
        let mut owned = Self::start(command.stdout(Stdio::piped()));
        let stdout: ChildStdout = owned.0.stdout.take().expect("it was piped");
        let mut line = String::new();
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("a line of text");
        let line = line.trim().to_owned();
        assert!(!line.is_empty(), "{command:?} ended without a word");
        (owned, line)
    }

    /// Halts it where it is: it keeps what it has and answers nobody.
    #[track_caller]
    pub(crate) fn halt(&self) {
        let id = self.0.id().to_string();
        let status = Command::new("kill").args(["-STOP", &id]).status();
        assert!(status.is_ok_and(|status| status.success()), "it halts");
    }

    /// Waits until it has ended by itself and returns how.
    #[track_caller]
    pub(crate) fn expect_end(mut self) -> ExitStatus {
        until("the program to end", || match self.0.try_wait() {
            Ok(Some(status)) => Ok(status),
            Ok(None) => Err("it runs".to_owned()),
            Err(error) => Err(error.to_string()),
        })
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to do.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
