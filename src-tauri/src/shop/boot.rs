//! How things stand, as the page asks on its start and after each door.

use inbox::{
    asking::{Mode, Settings},
    view::Desk,
};
use serde::Serialize;
use ts_rs::TS;

use crate::keychain::Keychain;

/// Tells the page where to begin.
#[derive(Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub(crate) struct Boot {
    /// What to show.
    pub(crate) phase: Phase,
    /// Who sits here.
    pub(crate) desk: Option<Desk>,
    /// How they came to their service.
    pub(crate) mode: Option<Mode>,
    /// Where the session's token is kept.
    pub(crate) keychain: Option<Keychain>,
    /// The member's choices.
    pub(crate) settings: Settings,
    /// The app's version.
    pub(crate) version: String,
}

/// Lists what the page can begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub(crate) enum Phase {
    /// The doors.
    FirstRun,
    /// The inbox.
    Ready,
}
