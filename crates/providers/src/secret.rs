//! A shared secret: bytes that can be used and not read. Has no equality, no serialisation and a blank `Debug`.

use zeroize::Zeroizing;

/// Holds what a platform and we both know; wiped when dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the bytes of a secret as the seller entered them.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    /// Tells whether there is nothing but white space in it; such a secret proves nothing.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.0.iter().all(u8::is_ascii_whitespace)
    }

    /// Gives the bytes out, to whoever keeps a secret that a platform made.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn trimmed(&self) -> &[u8] {
        self.0.trim_ascii()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Borrow;
    use std::fmt::{Binary, Display, LowerHex, UpperHex};
    use std::ops::Deref;

    use static_assertions::assert_not_impl_any;

    use super::Secret;

    // Whoever gives a secret one of these does not get past the compiler: it is compared in constant time or not at all, and
    // reaches neither a log nor an answer nor a file.
    assert_not_impl_any!(Secret: PartialEq, PartialEq<[u8]>, PartialEq<Vec<u8>>, PartialEq<str>, PartialEq<String>);
    assert_not_impl_any!(Secret: Eq, PartialOrd, Ord, std::hash::Hash);
    assert_not_impl_any!(Secret: Display, LowerHex, UpperHex, Binary, ToString);
    assert_not_impl_any!(Secret: serde::Serialize, Into<Vec<u8>>, Into<String>);
    assert_not_impl_any!(Secret: Deref, AsRef<[u8]>, AsRef<str>, Borrow<[u8]>, Borrow<str>, IntoIterator);

    #[test]
    fn what_is_shown_of_a_secret_is_its_type() {
        for text in ["", "segredo", "a longer secret of forty characters, all"] {
            assert_eq!(format!("{:?} {0:#?}", Secret::new(text)), "Secret Secret");
        }
    }
}
