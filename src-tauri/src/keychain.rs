//! Where a session's token is kept: in the system's keychain, else in a file that only its owner can read.
//!
//! It does not know what a token opens. The page never learns more than which of the two places it is.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
    time::Duration,
};

use inbox::Token;
use serde::Serialize;
use ts_rs::TS;

/// The app's name in the keychain.
const APP: &str = "br.balcao.desktop";

/// How long a keychain may take to say that it is there. Without one, asking the session bus can take very long.
const PRESENCE: Duration = Duration::from_secs(2);

/// How long a keychain may take with a token: somebody may have to type a password first.
const PATIENCE: Duration = Duration::from_secs(60);

/// Lists where a token can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub(crate) enum Keychain {
    /// In the system's keychain.
    Os,
    /// In a file of the data folder.
    File,
}

/// Keeps tokens by account.
#[derive(Clone, Debug)]
pub(crate) struct TokenPlace {
    file: PathBuf,
}

impl TokenPlace {
    /// Keeps what the keychain does not take in a file of `folder`.
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            file: folder.join("session.token"),
        }
    }

    /// Tells where the token is. Does not ask the keychain, which could make somebody wait.
    pub(crate) fn kind(&self) -> Keychain {
        if self.file.exists() {
            Keychain::File
        } else {
            Keychain::Os
        }
    }

    /// Keeps the token for `account` and tells where. Waits for the keychain, so not for an async thread.
    ///
    /// # Errors
    /// When neither the keychain nor the file takes it.
    pub(crate) fn keep(&self, account: &str, token: &Token) -> io::Result<Keychain> {
        let secret = token.reveal().to_owned();
        if asked(account, move |entry| entry.set_password(&secret)).is_some() {
            self.remove_file()?;
            return Ok(Keychain::Os);
        }
        write_private(&self.file, &format!("{account}\n{}\n", token.reveal()))?;
        Ok(Keychain::File)
    }

    /// Returns the token kept for `account`. Waits for the keychain, so not for an async thread.
    pub(crate) fn find(&self, account: &str) -> Option<Token> {
        let from_file = fs::read_to_string(&self.file).ok();
        let from_file = from_file.as_deref().and_then(|text| {
            let (kept_for, token) = text.trim_end().split_once('\n')?;
            (kept_for == account).then(|| token.to_owned())
        });
        from_file
            .or_else(|| asked(account, keyring::Entry::get_password))
            .map(Token::new)
    }

    /// Forgets the token of `account`. Waits for the keychain, so not for an async thread.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub(crate) fn forget(&self, account: &str) -> io::Result<()> {
        if self.file.exists() {
            return self.remove_file();
        }
        asked(account, keyring::Entry::delete_credential);
        Ok(())
    }

    fn remove_file(&self) -> io::Result<()> {
        match fs::remove_file(&self.file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// Asks the keychain on a thread of its own, which is left behind when no answer comes.
fn asked<T: Send + 'static>(
    account: &str,
    ask: impl FnOnce(&keyring::Entry) -> keyring::Result<T> + Send + 'static,
) -> Option<T> {
    let account = account.to_owned();
    let (there, is_there) = mpsc::channel();
    let (answer, answered) = mpsc::channel();
    let asking = thread::Builder::new().name("keychain".to_owned());
    asking
        .spawn(move || {
            let entry = keyring::Entry::new(APP, &account);
            // Whoever asked may be gone; then nobody needs to be told.
            let _ = there.send(());
            let _ = answer.send(entry.and_then(|entry| ask(&entry)));
        })
        .ok()?;
    is_there.recv_timeout(PRESENCE).ok()?;
    match answered.recv_timeout(PATIENCE).ok()? {
        Ok(answer) => Some(answer),
        Err(error) => {
            // The kind only: some errors carry what was stored.
            tracing::info!(keychain.fault = kind_of(&error), "the keychain is not used");
            None
        }
    }
}

fn kind_of(error: &keyring::Error) -> &'static str {
    match error {
        keyring::Error::NoEntry => "no_entry",
        keyring::Error::NoStorageAccess(_) => "no_access",
        keyring::Error::NoDefaultStore => "no_keychain",
        keyring::Error::PlatformFailure(_) => "platform",
        _ => "other",
    }
}

/// Writes a file that nobody else can read, whole or not at all.
fn write_private(file: &Path, text: &str) -> io::Result<()> {
    let beside = file.with_extension("new");
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut open = options.open(&beside)?;
    io::Write::write_all(&mut open, text.as_bytes())?;
    open.sync_all()?;
    fs::rename(beside, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_private_and_answers_only_for_its_account() {
        let folder = tempfile::tempdir().unwrap();
        let place = TokenPlace::new(folder.path());
        assert_eq!(place.kind(), Keychain::Os);
        write_private(&place.file, "one\nbalcao_secret\n").unwrap();
        assert_eq!(place.kind(), Keychain::File);
        assert_eq!(place.find("one").unwrap().reveal(), "balcao_secret");
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(
                &fs::metadata(&place.file).unwrap().permissions(),
            );
            assert_eq!(mode & 0o777, 0o600);
        }
        place.forget("one").unwrap();
        assert!(!place.file.exists());
    }
}
