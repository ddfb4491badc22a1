//! The desktop's core: follows the feed into a local cache, answers the page's questions from it, and keeps what agents do
//! until the service has it. It does not know Tauri, and the page does not know it.

pub mod asking;
pub mod cache;
pub mod card;
pub mod clock;
pub mod deadline;
pub mod engine;
pub mod error;
pub mod feed;
mod leaving;
pub mod notices;
mod outbox;
pub mod people;
mod sequences;
pub mod sources;
mod team;
mod templates;
mod user;
pub mod view;

pub use asking::Session;
pub use engine::{Inbox, Mended, Pace, Setup};
pub use error::{OpenError, Refusal};
pub use feed::Token;
