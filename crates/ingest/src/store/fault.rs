//! Why the store says no. No text here carries customer data or secrets.

/// Tells why something was not stored or not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is no such thing in this workspace.
    #[error("not found")]
    NotFound,
    /// Too much waits to be written; ask again in a moment.
    #[error("too much waits to be written")]
    Overloaded,
    /// The store is well and will not do this.
    #[error("refused: {0}")]
    Refused(#[from] Refusal),
    /// The store cannot do this now; the outcome of a write is unknown, and asking again is safe.
    #[error("the store is unavailable: {0}")]
    Unavailable(#[from] Fault),
}

/// Lists what the store refuses although it is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The nonce was used before.
    #[error("the nonce was used before")]
    NonceReused,
    /// There is no invite with this code.
    #[error("there is no such invite")]
    InviteUnknown,
    /// The invite was redeemed before.
    #[error("the invite was used before")]
    InviteUsed,
    /// The invite's time is over.
    #[error("the invite's time is over")]
    InviteExpired,
    /// The log does not reach back to the cursor any more.
    #[error("the log does not reach back to this position")]
    CursorExpired,
    /// The cursor lies beyond the head: it comes from another history.
    #[error("the position lies beyond the head")]
    CursorAhead,
    /// An integration's platform cannot be changed.
    #[error("the integration belongs to another platform")]
    ProviderFixed,
    /// The webhook key is in use by another integration.
    #[error("the webhook key is in use")]
    KeyTaken,
    /// The job has ended.
    #[error("the job has ended")]
    JobOver,
    /// Another member signs in with this login.
    #[error("the login is in use")]
    LoginTaken,
    /// Nobody else could set things up.
    #[error("the member is the last admin")]
    LastAdmin,
    /// What is to be changed is another version by now.
    #[error("another version is there")]
    VersionConflict,
    /// The team has as many as it may.
    #[error("there are too many")]
    TooMany,
}

impl Refusal {
    /// Returns the stable name of the refusal.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NonceReused => "nonce_reused",
            Self::InviteUnknown => "invite_unknown",
            Self::InviteUsed => "invite_used",
            Self::InviteExpired => "invite_expired",
            Self::CursorExpired => "cursor_expired",
            Self::CursorAhead => "cursor_ahead",
            Self::ProviderFixed => "provider_fixed",
            Self::KeyTaken => "key_taken",
            Self::JobOver => "job_over",
            Self::LoginTaken => "login_taken",
            Self::LastAdmin => "last_admin",
            Self::VersionConflict => "version_conflict",
            Self::TooMany => "too_many",
        }
    }
}

/// Lists what can be wrong with the store itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No space is left; writing goes on by itself when there is.
    #[error("no space is left on the disk")]
    DiskFull,
    /// A file cannot be read or written.
    #[error("a file cannot be read or written")]
    Io,
    /// A flush to the disk failed: what the kernel holds cannot be trusted, so the process must end.
    #[error("a flush to the disk failed")]
    Flush,
    /// Another process holds the store.
    #[error("another process holds the store")]
    Busy,
    /// The stored data is damaged.
    #[error("the stored data is damaged")]
    Damaged,
    /// The store was closed.
    #[error("the store was closed")]
    Closed,
    /// A stored secret does not open with the given key.
    #[error("a stored secret does not open with the given key")]
    Sealed,
    /// A statement failed that never should.
    #[error("a statement failed")]
    Internal,
}

impl Fault {
    /// Returns the stable name of the fault.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::DiskFull => "disk_full",
            Self::Io => "io",
            Self::Flush => "flush",
            Self::Busy => "busy",
            Self::Damaged => "damaged",
            Self::Closed => "closed",
            Self::Sealed => "sealed",
            Self::Internal => "internal",
        }
    }
}
