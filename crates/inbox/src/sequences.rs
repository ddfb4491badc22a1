//! The team's sequences at the service. It knows HTTP and nothing of the cache; what is saved here comes back with the feed.

use follow_up::SharedSequences;
use reqwest::Method;
use serde::Deserialize;

use crate::error::Refusal;
use crate::feed::Line;
use crate::sources::answer;
use crate::team::{WAIT, ask};

/// The service's answer to a saving.
#[derive(Deserialize)]
struct Saved {
    version: u32,
}

/// Saves sequences on top of the version they name; returns the version that makes.
///
/// # Errors
/// `VersionConflict`, `Forbidden`, `Invalid`, `Offline`.
pub(crate) async fn save(line: &Line, shared: &SharedSequences) -> Result<u32, Refusal> {
    let ask = ask(line, Method::PUT, "sequences", &[])?.json(shared);
    let saved: Saved = answer::json(ask, WAIT).await?;
    Ok(saved.version)
}
