//! The team's sequences at the service, and its word on whose a step is. It knows HTTP and nothing of the cache; what is saved here
//! comes back with the feed.

use std::time::Duration;

use chrono::{DateTime, Utc};
use contract::{Actor, StepAnswer, StepAsked};
use follow_up::SharedSequences;
use reqwest::Method;
use serde::Deserialize;

use crate::error::Refusal;
use crate::feed::Line;
use crate::sources::{SourceProblem, answer};
use crate::team::{WAIT, ask};

/// How long whoever hands a step over waits for the service's word.
const PATIENCE: Duration = Duration::from_secs(5);

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

/// Asks for a step right before its text leaves.
///
/// # Errors
/// `StepDone`, `StepElsewhere`, `Offline`.
pub(crate) async fn take(line: &Line, asked: &StepAsked) -> Result<(), Refusal> {
    let ask = ask(line, Method::POST, "steps", &[])?.json(asked);
    match answer::json(ask, PATIENCE).await? {
        StepAnswer::Taken => Ok(()),
        StepAnswer::Done { by, at } => Err(Refusal::StepDone(told(by, at))),
        StepAnswer::Elsewhere { by, at } => Err(Refusal::StepElsewhere(told(by, at))),
    }
}

fn told(by: Actor, at: DateTime<Utc>) -> Vec<SourceProblem> {
    let named = |path: &str, detail: String| SourceProblem {
        path: path.to_owned(),
        code: "step".to_owned(),
        detail,
    };
    vec![
        named("by", by.name),
        named("at", at.timestamp_millis().to_string()),
    ]
}
