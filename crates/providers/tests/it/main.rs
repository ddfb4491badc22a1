//! Every fixture of every platform, read as a user of the crate reads requests; then the same bytes broken in many ways.

mod case;
mod fixtures;
mod folding;
mod joins;
mod pulls;
mod robustness;
mod senders;
