//! The line to the service: pages, the stream, commands, sessions. It knows HTTP and nothing of the cache.

/// The session's secret, sent as `Authorization: Bearer`; never printed.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// Takes a token as the service or the keychain gave it.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// Returns the token, for the keychain or the header.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Token([redacted])")
    }
}
