//! What a team's sequences have to look like.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use contract::StageGroup;
use thiserror::Error;

use super::{SequenceStep, Sequences, StageSequence, StepAt};

/// Most steps of one sequence.
pub const MOST_STEPS: usize = 6;

/// How long after a stage began a step may be due.
pub const MINUTES: RangeInclusive<u32> = 5..=43_200;

/// How far from the last day of a boleto a step may be due.
pub const DUE_DAYS: RangeInclusive<i32> = -10..=10;

/// How long a source may be silent before its steps are held.
pub const SILENT_HOURS: RangeInclusive<u32> = 1..=720;

/// Longest key of a template, in characters.
const LONGEST_KEY: usize = 60;

/// Stages in which there is something to be won by a word.
const STAGES: [StageGroup; 5] = [
    StageGroup::Cart,
    StageGroup::Pix,
    StageGroup::Boleto,
    StageGroup::Refused,
    StageGroup::Overdue,
];

/// Names the first fault of a team's sequences by the field that has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{0}: not fit for a sequence")]
pub struct SequenceFault(pub &'static str);

impl Sequences {
    /// Checks stages, steps and times.
    ///
    /// # Errors
    /// [`SequenceFault`] with the first field that has one.
    pub fn check(&self) -> Result<(), SequenceFault> {
        let groups: BTreeSet<_> = self.stages.iter().map(|sequence| sequence.group).collect();
        let known = groups.iter().all(|group| STAGES.contains(group));
        if groups.len() != self.stages.len() || !known {
            return Err(SequenceFault("stages"));
        }
        if !SILENT_HOURS.contains(&self.silent_hours) {
            return Err(SequenceFault("silentHours"));
        }
        self.stages.iter().try_for_each(StageSequence::check)
    }
}

impl StageSequence {
    /// Checks the steps and times of one stage.
    ///
    /// # Errors
    /// [`SequenceFault`] with the first field that has one.
    pub fn check(&self) -> Result<(), SequenceFault> {
        let templates: BTreeSet<_> = self.steps.iter().map(|step| &step.template).collect();
        let is_key = |step: &SequenceStep| {
            (1..=LONGEST_KEY).contains(&step.template.chars().count())
                && !step.template.chars().any(char::is_control)
        };
        let few = self.steps.len() <= MOST_STEPS && (!self.on || !self.steps.is_empty());
        for (path, sound) in [
            ("steps", few),
            // A step is known to be done by its template, so each has its own.
            ("template", templates.len() == self.steps.len()),
            ("template", self.steps.iter().all(is_key)),
            ("at", self.steps.iter().all(|step| self.is_time(step.at))),
            ("at", self.rises()),
        ] {
            if !sound {
                return Err(SequenceFault(path));
            }
        }
        Ok(())
    }

    fn is_time(&self, at: StepAt) -> bool {
        match at {
            StepAt::Stage { minutes } => MINUTES.contains(&minutes),
            StepAt::DueDay { days } => self.group == StageGroup::Boleto && DUE_DAYS.contains(&days),
        }
    }

    /// Tells whether the steps stand in the order in which they come, as far as that can be told without an order.
    fn rises(&self) -> bool {
        let of = |pick: fn(&StepAt) -> Option<i64>| {
            let times: Vec<i64> = self
                .steps
                .iter()
                .filter_map(|step| pick(&step.at))
                .collect();
            times.is_sorted_by(|one, other| one < other)
        };
        of(|at| match at {
            StepAt::Stage { minutes } => Some((*minutes).into()),
            StepAt::DueDay { .. } => None,
        }) && of(|at| match at {
            StepAt::DueDay { days } => Some((*days).into()),
            StepAt::Stage { .. } => None,
        })
    }
}
