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
    /// The platforms a source can be added for.
    pub(crate) platforms: Vec<Platform>,
    /// The app's version.
    pub(crate) version: String,
}

/// Names a platform whose webhooks are understood.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub(crate) struct Platform {
    /// Its word on the wire.
    slug: &'static str,
    /// Its name as people say it.
    name: &'static str,
    /// It signs what it sends, so its secret has to be given.
    signs: bool,
}

impl Platform {
    /// Lists all there are, in the order people see them.
    pub(crate) fn all() -> Vec<Self> {
        let known = providers::all().iter();
        let told = known.map(|one| Self {
            slug: one.slug(),
            name: one.name(),
            signs: one.signs(),
        });
        told.collect()
    }
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
