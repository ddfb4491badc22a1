//! Secrets at rest: XChaCha20-Poly1305, bound to the integration they belong to.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use contract::{IntegrationId, WorkspaceId};

use crate::store::World;

/// Form of the record: this byte, 8 bytes that name the key, 24 bytes of nonce, the sealed text.
const FORM: u8 = 1;
const KEY_NAME: usize = 8;
const NONCE: usize = 24;

/// Seals with one key and opens with that one or, while keys are being changed, with those before it; shared by all that hold
/// it. Its `Debug` shows nothing of the keys.
#[derive(Clone)]
pub struct SealingKey(Arc<Ring>);

struct Ring {
    /// The one that seals first.
    keys: RwLock<Vec<Key32>>,
    /// Where to look again, since another process may have changed the keys.
    file: Option<PathBuf>,
}

type Key32 = [u8; 32];

/// Tells why there is no key to seal with.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The text is not a key.
    #[error("a master key is 64 hexadecimal digits")]
    Malformed,
    /// Others than the owner may read the key's file.
    #[error("the key file {0} can be read by others than its owner: set its mode to 600")]
    Exposed(PathBuf),
    /// The key's file cannot be read or made.
    #[error("the key file cannot be read or made: {0}")]
    File(#[from] std::io::Error),
}

impl SealingKey {
    /// Takes a key's 32 bytes.
    #[must_use]
    pub fn from_bytes(bytes: Key32) -> Self {
        Self::of(vec![bytes], None)
    }

    /// Reads a key written as 64 hexadecimal digits.
    ///
    /// # Errors
    /// When it is not that.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        Ok(Self::of(vec![parse(text)?], None))
    }

    /// Reads the key's file, or makes it with a new key, readable by its owner only.
    ///
    /// # Errors
    /// When the file cannot be read or made, may be read by others, or holds no key.
    pub fn of_file(path: &Path, world: &dyn World) -> Result<Self, KeyError> {
        let keys = match read_file(path) {
            Err(KeyError::File(error)) if error.kind() == std::io::ErrorKind::NotFound => {
                match make(path, &[world.token()]) {
                    // Another process was quicker: its key is the one.
                    Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                        return Err(error.into());
                    }
                    _ => read_file(path)?,
                }
            }
            keys => keys?,
        };
        Ok(Self::of(keys, Some(path.to_owned())))
    }

    /// Puts this key before another, which still opens what it sealed.
    #[must_use]
    pub fn before(&self, old: &Self) -> Self {
        Self::of([self.keys(), old.keys()].concat(), None)
    }

    fn of(keys: Vec<Key32>, file: Option<PathBuf>) -> Self {
        Self(Arc::new(Ring {
            keys: RwLock::new(keys),
            file,
        }))
    }

    fn keys(&self) -> Vec<Key32> {
        self.0
            .keys
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Reads the file again, where there is one; what cannot be read changes nothing.
    pub(super) fn look_again(&self) {
        let Some(file) = &self.0.file else {
            return;
        };
        match read_file(file) {
            Ok(keys) => {
                *self.0.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
            }
            Err(error) => tracing::error!(error = %error, "the key file was not read again"),
        }
    }

    /// Begins to seal with a new key, of which the file knows before anything is sealed with it. Begun before, it goes on.
    pub(super) fn begin_change(&self, world: &dyn World) -> Result<(), KeyError> {
        let mut keys = self.keys();
        let Some(file) = self.0.file.as_ref().filter(|_| keys.len() == 1) else {
            return Ok(());
        };
        keys.insert(0, world.token());
        replace(file, &keys)?;
        *self.0.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }

    /// Forgets all keys but the one that seals; to be called only when nothing is sealed with another.
    pub(super) fn end_change(&self) -> Result<(), KeyError> {
        let mut keys = self.keys();
        keys.truncate(1);
        if let Some(file) = &self.0.file {
            replace(file, &keys)?;
        }
        *self.0.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }

    /// Tells whether a record was sealed with the key that seals now.
    pub(super) fn sealed(&self, record: &[u8]) -> bool {
        let name = record.get(1..=KEY_NAME);
        self.keys()
            .first()
            .is_some_and(|key| name == Some(name_of(key).as_slice()))
    }

    /// Seals a text for one integration.
    pub(super) fn seal(&self, world: &dyn World, owner: Owner, text: &[u8]) -> Option<Vec<u8>> {
        let key = *self.keys().first()?;
        let mut nonce = [0; NONCE];
        world.fill(&mut nonce);
        let sealed = cipher(&key).encrypt(
            &XNonce::from(nonce),
            Payload {
                msg: text,
                aad: &owner.bytes(),
            },
        );
        let mut record = vec![FORM];
        record.extend(name_of(&key));
        record.extend(nonce);
        record.extend(sealed.ok()?);
        Some(record)
    }

    /// Opens a record of one integration; `None` when it is another's, of another key, or altered.
    pub(super) fn open(&self, owner: Owner, record: &[u8]) -> Option<Vec<u8>> {
        let (form, rest) = record.split_first()?;
        let (name, rest) = rest.split_at_checked(KEY_NAME)?;
        let (nonce, sealed) = rest.split_at_checked(NONCE)?;
        if *form != FORM {
            return None;
        }
        let key = self.named(name).or_else(|| {
            self.look_again();
            self.named(name)
        })?;
        let nonce = <[u8; NONCE]>::try_from(nonce).ok()?;
        let payload = Payload {
            msg: sealed,
            aad: &owner.bytes(),
        };
        cipher(&key).decrypt(&XNonce::from(nonce), payload).ok()
    }

    fn named(&self, name: &[u8]) -> Option<Key32> {
        self.keys().into_iter().find(|key| name_of(key) == name)
    }
}

fn cipher(key: &Key32) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Key::from(*key))
}

/// Names a key without telling it.
fn name_of(key: &Key32) -> [u8; KEY_NAME] {
    let mut name = [0; KEY_NAME];
    blake3::Hasher::new_derive_key("balcao 2026 name of a sealing key")
        .update(key)
        .finalize_xof()
        .fill(&mut name);
    name
}

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("[sealing key]")
    }
}

/// Whose a record is: a record copied to another row does not open.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owner {
    pub(super) workspace: WorkspaceId,
    pub(super) integration: IntegrationId,
}

impl Owner {
    fn bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        let (workspace, integration) = bytes.split_at_mut(16);
        workspace.copy_from_slice(&self.workspace.as_u128().to_be_bytes());
        integration.copy_from_slice(&self.integration.as_u128().to_be_bytes());
        bytes
    }
}

fn parse(text: &str) -> Result<Key32, KeyError> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text.trim(), &mut bytes).map_err(|_| KeyError::Malformed)?;
    Ok(bytes)
}

/// Reads a key's file: one key a line, the one that seals first.
fn read_file(path: &Path) -> Result<Vec<Key32>, KeyError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
            return Err(KeyError::Exposed(path.to_owned()));
        }
    }
    let text = fs::read_to_string(path)?;
    let keys: Vec<Key32> = text
        .split_whitespace()
        .map(parse)
        .collect::<Result<_, _>>()?;
    if keys.is_empty() {
        return Err(KeyError::Malformed);
    }
    Ok(keys)
}

/// Makes a key's file at once: whoever looks, and whenever the machine stops, finds none or the whole one. Fails where there is one.
fn make(path: &Path, keys: &[Key32]) -> std::io::Result<()> {
    let fresh = write_fresh(path, keys)?;
    match fs::hard_link(&fresh, path) {
        // A file system that knows no second name.
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists && !path.exists() => {
            fs::rename(&fresh, path)?;
        }
        linked => {
            fs::remove_file(&fresh)?;
            linked?;
        }
    }
    flush_names(path)
}

/// Writes a file beside the key's; one that was left over there goes.
fn write_fresh(path: &Path, keys: &[Key32]) -> std::io::Result<PathBuf> {
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(".new");
    let fresh = PathBuf::from(fresh);
    match fs::remove_file(&fresh) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let lines: Vec<String> = keys.iter().map(hex::encode).collect();
    let mut file = options.open(&fresh)?;
    file.write_all(lines.join("\n").as_bytes())?;
    file.sync_all()?;
    Ok(fresh)
}

/// Replaces a key's file at once: whoever reads it, and whenever the machine stops, finds the old one or the new one whole.
fn replace(path: &Path, keys: &[Key32]) -> std::io::Result<()> {
    let fresh = write_fresh(path, keys)?;
    fs::rename(&fresh, path)?;
    flush_names(path)
}

/// Flushes the names in a file's folder, which is what makes a new name last.
fn flush_names(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}
