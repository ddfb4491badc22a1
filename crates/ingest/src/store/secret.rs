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

#[cfg(test)]
mod tests {
    use std::borrow::Borrow;
    use std::fmt::{Display, LowerHex, UpperHex};
    use std::ops::Deref;

    use static_assertions::assert_not_impl_any;

    use super::SecretText;

    // As of `providers::Secret`: no comparison, no text, no JSON, and nothing that leads to them unseen.
    assert_not_impl_any!(SecretText: PartialEq, PartialEq<str>, PartialEq<String>, Eq, PartialOrd, Ord, std::hash::Hash);
    assert_not_impl_any!(SecretText: Display, LowerHex, UpperHex, ToString, serde::Serialize, Into<String>);
    assert_not_impl_any!(SecretText: Deref, AsRef<[u8]>, AsRef<str>, Borrow<str>);

    #[test]
    fn what_is_shown_of_a_secret_is_nothing_of_it() {
        assert_eq!(format!("{:?}", SecretText::new("segredo")), "[secret]");
    }
}
