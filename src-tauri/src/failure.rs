//! What a failed command tells the page.
//!
//! A code exists only when the page acts on it; its words are in the page's text catalogue. `message` is for the
//! person who reads a report of trouble, and never carries a token or customer data.

use serde::Serialize;

/// Describes why a command failed, as `{code, message}`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Failure {
    code: Code,
    message: String,
}

/// Names the failures that the page tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Code {
    /// The clipboard did not take the text.
    ClipboardUnavailable,
    /// The link leads somewhere the app does not open.
    LinkRefused,
    /// The system found no program for the link.
    LinkNotOpened,
}

impl Failure {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    #[cfg(test)]
    pub(crate) fn code(&self) -> Code {
        self.code
    }
}
