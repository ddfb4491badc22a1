//! Every fixture of every platform, read as a user of the crate reads requests; then the same bytes broken in many ways.

mod case;
mod documented;
mod fixtures;
mod folding;
mod joins;
mod platforms;
mod properties;
mod pulls;
mod registers;
mod robustness;
mod rows;
mod senders;
mod shapes;
mod vectors;
