//! Text that must not be shown.

use std::fmt;

/// Holds a secret: no comparison, no JSON, and `Debug` shows nothing of it.
#[derive(Clone)]
pub struct SecretText(String);

impl SecretText {
    /// Takes a secret in.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Gives the secret out, to whoever computes with it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("[secret]")
    }
}
