//! How a line fails, told apart by what is done about it.

use std::time::Duration;

/// Tells what went wrong on the line; carries no address, token or body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// No connection; what was asked certainly did not arrive.
    #[error("the service cannot be reached")]
    Unreachable,
    /// The connection broke or fell silent; what was asked may have arrived.
    #[error("the connection broke")]
    Cut,
    /// The service is busy or broken for now, or something between answered in its place.
    #[error("the service answered {status}")]
    Busy {
        /// The HTTP status.
        status: u16,
        /// When it asks to be tried again.
        retry_after: Option<Duration>,
    },
    /// The session was ended.
    #[error("the session was ended")]
    SignedOut,
    /// The service's history is not the one that is here; its code says why.
    #[error("the history has to be read anew ({0})")]
    OtherHistory(String),
    /// The service refuses what was asked, for good.
    #[error("the service refused ({status} {code})")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The problem's code.
        code: String,
    },
    /// The answer is not what this version understands.
    #[error("the answer is not understood")]
    Incompatible,
}
