//! The ingestion service: verifies, normalises and stores webhooks and publishes the feed.
//!
//! [`serve`] runs it on a listener that is passed in, so the program, the desktop app and the tests all run the same service.

mod caller;
pub mod config;
mod connection;
pub mod dumps;
mod http;
pub mod identity;
mod jobs;
pub mod logging;
mod metrics;
mod openapi;
mod opening;
mod outgoing;
mod passwords;
pub mod people;
mod presence;
mod rate;
mod reading;
pub mod sample_sales;
mod server;
pub mod store;

pub use config::Config;
pub use openapi::document as openapi_document;
pub use opening::{FirstAdmin, OpeningError, first_admin, open_store, rotate_key};
pub use server::{Serving, serve};
