//! Secrets at rest: XChaCha20-Poly1305, bound to the integration they belong to.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use contract::{IntegrationId, WorkspaceId};

use crate::store::World;

/// Form of the record: this byte, 8 bytes that name the key, 24 bytes of nonce, the sealed text.
const FORM: u8 = 1;
const KEY_NAME: usize = 8;
const NONCE: usize = 24;

/// Seals and opens secrets; its `Debug` shows nothing of the key.
#[derive(Clone)]
pub struct SealingKey([u8; 32]);

/// Tells why there is no key to seal with.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The text is not a key.
    #[error("a secret key is 64 hexadecimal digits")]
    Malformed,
    /// The key's file cannot be read or made.
    #[error("the key file cannot be read or made: {0}")]
    File(#[from] std::io::Error),
}

impl SealingKey {
    /// Takes a key's 32 bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads a key written as 64 hexadecimal digits.
    ///
    /// # Errors
    /// When it is not that.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.trim(), &mut bytes).map_err(|_| KeyError::Malformed)?;
        Ok(Self(bytes))
    }

    /// Reads the key's file, or makes it with a new key, readable by its owner only.
    ///
    /// # Errors
    /// When the file cannot be read or made, or holds no key.
    pub fn of_file(path: &Path, world: &dyn World) -> Result<Self, KeyError> {
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let key = Self(world.token());
                write_new(path, &hex::encode(key.0))?;
                Ok(key)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Seals a text for one integration.
    pub(super) fn seal(&self, world: &dyn World, owner: Owner, text: &[u8]) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE];
        world.fill(&mut nonce);
        let sealed = self.cipher().encrypt(
            &XNonce::from(nonce),
            Payload {
                msg: text,
                aad: &owner.bytes(),
            },
        );
        let mut record = vec![FORM];
        record.extend(self.name());
        record.extend(nonce);
        record.extend(sealed.ok()?);
        Some(record)
    }

    /// Opens a record of one integration; `None` when it is another's, of another key, or altered.
    pub(super) fn open(&self, owner: Owner, record: &[u8]) -> Option<Vec<u8>> {
        let (form, rest) = record.split_first()?;
        let (name, rest) = rest.split_at_checked(KEY_NAME)?;
        let (nonce, sealed) = rest.split_at_checked(NONCE)?;
        if *form != FORM || name != self.name() {
            return None;
        }
        let nonce = <[u8; NONCE]>::try_from(nonce).ok()?;
        let payload = Payload {
            msg: sealed,
            aad: &owner.bytes(),
        };
        self.cipher().decrypt(&XNonce::from(nonce), payload).ok()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(self.0))
    }

    /// Names the key without telling it.
    fn name(&self) -> [u8; KEY_NAME] {
        let mut name = [0; KEY_NAME];
        blake3::Hasher::new_derive_key("balcao 2026 name of a sealing key")
            .update(&self.0)
            .finalize_xof()
            .fill(&mut name);
        name
    }
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

fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
