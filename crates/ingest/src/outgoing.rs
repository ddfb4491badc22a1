//! What the service asks of the platforms' APIs: only where it may, never inside a private network, never for long, and no faster
//! than each platform allows.
//!
//! Knows no platform's details; those are in `providers::pull`.

pub(crate) mod account;
mod client;
mod hosts;
mod lines;
mod pace;
pub(crate) mod reach;
pub(crate) mod registration;
mod timing;

pub(crate) use client::{Answer, Client, Unreachable};
pub(crate) use lines::{Failure, Lines};
pub(crate) use timing::Timing;
