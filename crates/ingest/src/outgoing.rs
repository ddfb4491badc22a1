//! What the service asks of the platforms' APIs: only where it may, never inside a private network, never for long.
//!
//! Knows no platform's details; those are in `providers::pull`.

pub(crate) mod account;
