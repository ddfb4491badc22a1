//! The ingestion service: verifies, normalises and stores webhooks and publishes the feed.

pub mod identity;
pub mod store;
