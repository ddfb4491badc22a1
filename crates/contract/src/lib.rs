//! The vocabulary everything else speaks: events, stages, money, people, ids, feed entries, commands.
//!
//! No I/O and no clock: a time that matters is passed in.
#![warn(
    missing_docs,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects
)]

pub mod money;
