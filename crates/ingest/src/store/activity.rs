//! How an integration fares: what became of its requests lately, and when its events came.

use chrono::{DateTime, Utc};
use contract::IntegrationId;
use serde::Serialize;

use super::SourceDuties;

/// Counts what became of an integration's requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Deliveries whose events are in the feed.
    pub accepted: i64,
    /// Deliveries that had come before.
    pub duplicate: i64,
    /// Deliveries of no interest.
    pub ignored: i64,
    /// Deliveries not understood yet; one that is read anew moves from here.
    pub unmapped: i64,
    /// Deliveries that could not be read.
    pub rejected: i64,
    /// Requests whose proof of origin was missing or did not hold.
    pub bad_proof: i64,
}

/// Tells whether a webhook was registered with its platform when that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegistrationSeen {
    /// Whether it was, for everything that is needed.
    pub registered: bool,
    /// When.
    pub at: DateTime<Utc>,
}

/// Tells how one integration fares. What the service fetched or sent itself is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Which one.
    pub integration: IntegrationId,
    /// When the newest event came.
    pub last_event_at: Option<DateTime<Utc>>,
    /// When events came lately, oldest first, at least a minute apart.
    pub arrivals: Vec<DateTime<Utc>>,
    /// The last 24 hours, to the full hour.
    pub last_day: Counts,
    /// Jobs that wait or run.
    pub jobs_open: u64,
    /// Jobs that were given up in the last 24 hours.
    pub jobs_failed: u64,
    /// Whether its webhook was registered when last looked; `None` where it never was known to be.
    pub registration: Option<RegistrationSeen>,
    /// What its platform said of it.
    pub duties: SourceDuties,
}
