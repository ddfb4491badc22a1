//! When each step of a sequence comes for one order, for whoever draws the sequence up. It promises nothing: what happens to
//! the order decides.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::hours::Hours;
use super::steps::Timed;
use super::{Case, Need, Sequences, StageSequence, StopReason, settled, stop};

/// Holds what a stage's sequence comes to for one order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SequencePlan {
    /// The steps, in the sequence's order.
    pub steps: Vec<PlannedStep>,
    /// What ends it as the order stands now.
    pub stopped: Option<StopReason>,
}

/// Says when a step comes for one order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PlannedStep {
    /// What is to be handed over.
    pub template: String,
    /// The first moment at which it can be taken up, in Unix milliseconds.
    #[ts(type = "number | null")]
    pub at: Option<i64>,
    /// Quiet hours or days moved it there.
    pub moved: bool,
    /// Why it never comes.
    pub skipped: Option<SkipReason>,
}

/// Lists why a step never comes for an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SkipReason {
    /// It counts from a day that the order does not tell.
    NoDay,
    /// Its time was over when the stage began.
    Before,
    /// What its text shows runs out before.
    Expired,
    /// Its text speaks of an end, and nothing ends before the next step comes, or at all.
    NeverOver,
    /// The next step comes first.
    Overtaken,
}

impl Sequences {
    /// Says when each step of a stage's sequence comes for an order, and what ends it as the order stands; `need` tells what a
    /// template needs. Whether the stage is followed, and whether the order is at it, makes no difference.
    #[must_use]
    pub fn plan(
        &self,
        stage: &StageSequence,
        case: &Case<'_>,
        need: impl Fn(&str) -> Need,
    ) -> SequencePlan {
        let hours = Hours::of(case.phone, self.rest_days);
        SequencePlan {
            steps: Timed::new(stage, case, &hours, need).planned(stage, case, &hours),
            stopped: settled(case).or_else(|| stop(case)),
        }
    }
}
