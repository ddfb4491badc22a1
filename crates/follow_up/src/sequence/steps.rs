//! The steps of one order with their times, and how they stand at a moment.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use super::hours::{Hours, working_days_after};
use super::{
    CAP, Case, LINGERS, Look, Need, PlannedStep, SequenceState, Sequences, SkipReason,
    StageSequence, StepAt, StopReason, stopped,
};

/// One step with its time.
#[derive(Debug, Clone, Copy)]
struct Step<'a> {
    /// From 0, as the sequence has it.
    number: usize,
    /// When it is due, moved out of quiet hours.
    at: DateTime<Utc>,
    /// When it is passed over.
    lapses: DateTime<Utc>,
    template: &'a str,
    need: Need,
    /// Its text was handed over, or another since it was due.
    done: bool,
}

/// The steps of one order, by their times.
#[derive(Debug)]
pub(super) struct Timed<'a> {
    steps: Vec<Step<'a>>,
    of: usize,
}

impl<'a> Timed<'a> {
    /// Puts the steps at their times; a step whose time cannot be told, or was over when the stage began, is none.
    pub(super) fn new(
        sequence: &'a StageSequence,
        case: &Case<'_>,
        hours: &Hours,
        need: impl Fn(&str) -> Need,
    ) -> Self {
        let numbered = sequence.steps.iter().enumerate();
        let mut steps: Vec<Step<'a>> = numbered
            .filter_map(|(number, step)| {
                let told = time(step.at, case, hours).filter(|at| *at >= case.since)?;
                let at = hours.open_from(told);
                Some(Step {
                    number,
                    at,
                    lapses: at.checked_add_signed(LINGERS)?,
                    template: &step.template,
                    need: need(&step.template),
                    done: is_done(case, &step.template, at),
                })
            })
            .collect();
        steps.sort_by_key(|step| (step.at, step.number));
        let following: Vec<_> = steps.iter().skip(1).map(|step| step.at).collect();
        for (step, next) in steps.iter_mut().zip(following) {
            step.lapses = next;
        }
        Self {
            steps,
            of: sequence.steps.len(),
        }
    }

    /// Says how the steps stand at `now`.
    pub(super) fn look(
        &self,
        sequences: &Sequences,
        case: &Case<'_>,
        hours: &Hours,
        now: DateTime<Utc>,
    ) -> Look {
        let (from, until) = self.between(case, hours, now);
        Look {
            state: self.state(sequences, case, hours, now),
            from,
            until,
        }
    }

    /// Says when each step of the sequence comes, or why it never does, as if nobody had taken any up.
    pub(super) fn planned(
        &self,
        sequence: &StageSequence,
        case: &Case<'_>,
        hours: &Hours,
    ) -> Vec<PlannedStep> {
        let numbered = sequence.steps.iter().enumerate();
        let planned = numbered.map(|(number, asked)| {
            let told = time(asked.at, case, hours);
            let found = self.steps.iter().find(|step| step.number == number);
            let comes = match (told, found) {
                (None, _) => Err(SkipReason::NoDay),
                (Some(_), None) => Err(SkipReason::Before),
                (Some(_), Some(step)) => step
                    .comes(case, hours, step.at)
                    .ok_or_else(|| step.skipped(case)),
            };
            PlannedStep {
                template: asked.template.clone(),
                at: comes.ok().map(|at| at.timestamp_millis()),
                moved: comes.is_ok() && told.is_some_and(|told| hours.open_from(told) != told),
                skipped: comes.err(),
            }
        });
        planned.collect()
    }

    fn state(
        &self,
        sequences: &Sequences,
        case: &Case<'_>,
        hours: &Hours,
        now: DateTime<Utc>,
    ) -> SequenceState {
        let left = self
            .steps
            .iter()
            .filter(|step| !step.done && now < step.lapses);
        let next = left
            .filter_map(|step| Some((step, step.comes(case, hours, now)?)))
            .next();
        match next {
            Some((_, at)) if at == now && caps(case).any(|(from, to)| from <= now && now < to) => {
                stopped(StopReason::OtherSequence)
            }
            Some((step, at)) if at == now => self.due(step, sequences, case, now),
            Some((step, at)) => self.waiting(step, at),
            None if self.ran_out(now) => stopped(StopReason::Expired),
            None => SequenceState::Done,
        }
    }

    /// Returns the step that can be taken up at `now`, were it not for the hour.
    fn at(&self, case: &Case<'_>, now: DateTime<Utc>) -> Option<&Step<'a>> {
        let current = self.steps.iter().rfind(|step| step.at <= now)?;
        (!current.done && now < current.lapses && current.fits(case, now)).then_some(current)
    }

    /// Tells whether a step is left that never comes, since what it needs ran out.
    fn ran_out(&self, now: DateTime<Utc>) -> bool {
        let mut left = self
            .steps
            .iter()
            .filter(|step| !step.done && now < step.lapses);
        left.any(|step| step.need == Need::Alive)
    }

    fn due(
        &self,
        step: &Step<'_>,
        sequences: &Sequences,
        case: &Case<'_>,
        now: DateTime<Utc>,
    ) -> SequenceState {
        let patience = case
            .source_patience
            .unwrap_or_else(|| TimeDelta::hours(sequences.silent_hours.into()));
        let silent = case
            .source_heard_at
            .filter(|heard| now.signed_duration_since(heard) > patience);
        match silent {
            Some(heard) => SequenceState::Paused {
                step: counted(step.number + 1),
                of: counted(self.of),
                heard_at: heard.timestamp_millis(),
            },
            None => SequenceState::Due {
                step: counted(step.number + 1),
                of: counted(self.of),
                since: step.at.timestamp_millis(),
                template: step.template.to_owned(),
            },
        }
    }

    fn waiting(&self, step: &Step<'_>, at: DateTime<Utc>) -> SequenceState {
        SequenceState::Waiting {
            step: counted(step.number + 1),
            of: counted(self.of),
            at: at.timestamp_millis(),
            template: step.template.to_owned(),
        }
    }

    /// Returns the times around `now` at which the answer may change: those of the steps, of the charge, and of the day while a
    /// step is open. When a source counts as silent is not among them.
    fn between(
        &self,
        case: &Case<'_>,
        hours: &Hours,
        now: DateTime<Utc>,
    ) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
        let (Some(first), Some(last)) = (self.steps.first(), self.steps.last()) else {
            return (None, None);
        };
        let span = first.at..=last.lapses;
        let of_steps = self.steps.iter().flat_map(|step| [step.at, step.lapses]);
        let of_caps = caps(case).flat_map(|(from, to)| [from, to]);
        let of_day = self
            .at(case, now)
            .map_or_else(Vec::new, |_| hours.around(now));
        let times = of_steps
            .chain(of_caps)
            .chain(case.ends)
            .chain(of_day)
            .filter(|at| span.contains(at));
        times.fold((None, None), |(from, until), at| {
            if at <= now {
                (from.max(Some(at)), until)
            } else {
                (
                    from,
                    Some(until.map_or(at, |until: DateTime<Utc>| until.min(at))),
                )
            }
        })
    }
}

impl Step<'_> {
    /// Returns the first moment from `now` on at which it can be taken up.
    fn comes(&self, case: &Case<'_>, hours: &Hours, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let from = match self.need {
            Need::Over => case.ends?.max(self.at),
            Need::Nothing | Need::Alive => self.at,
        };
        let at = hours.open_from(from.max(now));
        (at < self.lapses && self.fits(case, at)).then_some(at)
    }

    /// Says why it never comes.
    fn skipped(&self, case: &Case<'_>) -> SkipReason {
        match self.need {
            Need::Over => SkipReason::NeverOver,
            Need::Alive if !self.fits(case, self.at) => SkipReason::Expired,
            Need::Alive | Need::Nothing => SkipReason::Overtaken,
        }
    }

    /// Tells whether what the template needs is so at a time.
    fn fits(&self, case: &Case<'_>, at: DateTime<Utc>) -> bool {
        match self.need {
            Need::Nothing => true,
            Need::Alive => case.ends.is_none_or(|ends| at < ends),
            Need::Over => case.ends.is_some_and(|ends| ends <= at),
        }
    }
}

/// Returns the spans in which other orders keep this one quiet.
fn caps<'a>(case: &Case<'a>) -> impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>)> + use<'a> {
    case.others.iter().filter_map(|other| {
        let from = other.handed_at?;
        Some((from, from.checked_add_signed(CAP)?))
    })
}

fn time(at: StepAt, case: &Case<'_>, hours: &Hours) -> Option<DateTime<Utc>> {
    match at {
        StepAt::Stage { minutes } => case
            .since
            .checked_add_signed(TimeDelta::minutes(minutes.into())),
        StepAt::DueDay { days } => Some(hours.morning(day(case.due_day?, days)?)),
    }
}

fn day(due: NaiveDate, days: i32) -> Option<NaiveDate> {
    let apart = days.unsigned_abs();
    if days < 0 {
        due.checked_sub_days(Days::new(apart.into()))
    } else {
        Some(working_days_after(due, apart))
    }
}

/// Tells whether a step's own text was handed over since the stage began, or any since the step was due.
fn is_done(case: &Case<'_>, template: &str, at: DateTime<Utc>) -> bool {
    case.handed.iter().any(|handed| {
        handed.at >= at || (handed.at >= case.since && handed.template == Some(template))
    })
}

fn counted(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
