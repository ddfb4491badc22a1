//! Sequences: which follow-up is due for an order, which comes next, and why none does any more.
//!
//! Pure rules over what is known of one order, its person and the time. Nothing is sent here or by anything that reads this: a
//! step that is due asks a person to hand a text over.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use contract::{Actor, Stage, StageGroup};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::template::{Moment, Template};
use crate::variable::Variable;

mod checking;
pub mod hours;
pub mod opt_out;
mod planning;
mod steps;
#[cfg(test)]
mod tests;

pub use checking::{DUE_DAYS, MINUTES, MOST_STEPS, SILENT_HOURS, SequenceFault};
use hours::Hours;
pub use planning::{PlannedStep, SequencePlan, SkipReason};
use steps::Timed;

/// A step that nobody took up is passed over when the next one comes, the last one after so long.
pub const LINGERS: TimeDelta = TimeDelta::hours(72);

/// Who was written to because of one order is left alone for so long because of every other.
pub const CAP: TimeDelta = TimeDelta::hours(24);

/// Holds a team's sequences: one for each stage that has any, and what they all keep to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Sequences {
    /// The sequences, one a stage.
    pub stages: Vec<StageSequence>,
    /// Sundays and national holidays are as quiet as the night.
    pub rest_days: bool,
    /// A source that told nothing for so many hours holds its steps: what it does not tell may have been paid. One whose usual
    /// gap is known is held to that instead.
    #[ts(type = "number")]
    pub silent_hours: u32,
}

/// Holds the steps of one stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct StageSequence {
    /// The stage.
    pub group: StageGroup,
    /// It is followed; one that is not keeps its steps for later.
    pub on: bool,
    /// The steps, first to last.
    pub steps: Vec<SequenceStep>,
}

/// Says when which template is to be handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SequenceStep {
    /// When.
    pub at: StepAt,
    /// The template's key.
    pub template: String,
}

/// Says when a step is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "from", rename_all = "snake_case")]
#[ts(export)]
pub enum StepAt {
    /// So long after the stage began.
    Stage {
        /// Minutes.
        #[ts(type = "number")]
        minutes: u32,
    },
    /// In the morning of a day counted from the last day a boleto can be paid: before it in days, after it in working days,
    /// since a payment takes up to three of them to be told.
    DueDay {
        /// Days; 0 for that day itself.
        #[ts(type = "number")]
        days: i32,
    },
}

impl Default for Sequences {
    /// Returns what a team follows that has said nothing else.
    fn default() -> Self {
        let after = |minutes, template: &str| SequenceStep {
            at: StepAt::Stage { minutes },
            template: template.to_owned(),
        };
        let due = |days, template: &str| SequenceStep {
            at: StepAt::DueDay { days },
            template: template.to_owned(),
        };
        const HOUR: u32 = 60;
        const DAY: u32 = 24 * HOUR;
        let of = |group, steps| StageSequence {
            group,
            on: true,
            steps,
        };
        Self {
            stages: vec![
                of(
                    StageGroup::Cart,
                    vec![
                        after(HOUR, "cart.first"),
                        after(DAY, "cart.link"),
                        after(3 * DAY, "cart.payment"),
                    ],
                ),
                of(
                    StageGroup::Pix,
                    vec![
                        after(15, "pix.help"),
                        after(3 * HOUR, "pix.code"),
                        after(DAY, "pix.over_help"),
                    ],
                ),
                of(
                    StageGroup::Boleto,
                    vec![
                        due(-1, "boleto.line"),
                        due(0, "boleto.ending"),
                        due(3, "boleto.over_help"),
                    ],
                ),
                of(
                    StageGroup::Refused,
                    vec![
                        after(15, "refused.first"),
                        after(DAY, "refused.link"),
                        after(3 * DAY, "refused.other"),
                    ],
                ),
                of(
                    StageGroup::Overdue,
                    vec![after(HOUR, "overdue.first"), after(3 * DAY, "overdue.link")],
                ),
            ],
            rest_days: false,
            silent_hours: 24,
        }
    }
}

/// Holds a team's sequences as the service keeps them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SharedSequences {
    /// The sequences.
    #[serde(flatten)]
    pub sequences: Sequences,
    /// How often they were changed, 0 for those that come with the program; a change names the version it is based on.
    pub version: u32,
}

/// The body of a team's sequences having been saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SequencesSaved {
    /// The sequences as they are now.
    pub sequences: SharedSequences,
    /// Who saved them.
    pub by: Actor,
}

/// Says what a template needs of the code or boleto it speaks of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Need {
    /// Nothing.
    #[default]
    Nothing,
    /// That it can still be paid: else the text would have a hole, or tell something false.
    Alive,
    /// That it ran out: the text says so.
    Over,
}

impl Need {
    /// Returns what a template needs.
    #[must_use]
    pub fn of(template: &Template) -> Self {
        let is_code = |variable: &Variable| {
            matches!(
                variable,
                Variable::PixCode | Variable::PixExpiresIn | Variable::BoletoLine
            )
        };
        let shows_code = || {
            template
                .variables()
                .is_ok_and(|variables| variables.iter().any(is_code))
        };
        match template.moment {
            Moment::Over => Self::Over,
            Moment::Ending => Self::Alive,
            Moment::Any if shows_code() => Self::Alive,
            Moment::Any => Self::Nothing,
        }
    }
}

/// Holds what is known of one order and its person.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// Where the order stands.
    pub stage: Stage,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Money of this order is or was there.
    pub paid: bool,
    /// The same thing was paid by another order.
    pub paid_elsewhere: bool,
    /// What was bought.
    pub products: &'a [String],
    /// When what can be paid runs out, where that is known.
    pub ends: Option<DateTime<Utc>>,
    /// The last day the boleto can be paid.
    pub due_day: Option<NaiveDate>,
    /// What was handed over because of this order.
    pub handed: &'a [Handed<'a>],
    /// The person's other orders.
    pub others: &'a [Other<'a>],
    /// When the person last answered.
    pub heard_at: Option<DateTime<Utc>>,
    /// The person asked not to be written to.
    pub opted_out: bool,
    /// Who else has the conversation.
    pub taken_by: Option<&'a str>,
    /// The work on it rests.
    pub rest: Option<Rest>,
    /// When the order's source last told anything.
    pub source_heard_at: Option<DateTime<Utc>>,
    /// How long that source is usually silent at most, where enough is known of it.
    pub source_patience: Option<TimeDelta>,
    /// The person's phone in E.164, whose area code tells the hour where they are.
    pub phone: Option<&'a str>,
}

/// Tells that a text was handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handed<'a> {
    /// The template it came from.
    pub template: Option<&'a str>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Holds what matters of another order of the same person.
#[derive(Debug, Clone, Copy)]
pub struct Other<'a> {
    /// When it began.
    pub begun_at: DateTime<Utc>,
    /// What was bought.
    pub products: &'a [String],
    /// It grew from the order at hand.
    pub grew: bool,
    /// When a template was last handed over because of it.
    pub handed_at: Option<DateTime<Utc>>,
}

/// Says why nobody works on a conversation now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// It was put aside.
    Aside,
    /// Nothing is left to be done.
    Resolved,
}

/// Says how an order's sequence stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "state",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
#[ts(export)]
pub enum SequenceState {
    /// A step is due.
    Due {
        /// Its number, from 1.
        #[ts(type = "number")]
        step: u32,
        /// How many there are.
        #[ts(type = "number")]
        of: u32,
        /// Since when, in Unix milliseconds.
        #[ts(type = "number")]
        since: i64,
        /// What is to be handed over.
        template: String,
    },
    /// The next step has its time.
    Waiting {
        /// Its number, from 1.
        #[ts(type = "number")]
        step: u32,
        /// How many there are.
        #[ts(type = "number")]
        of: u32,
        /// When, in Unix milliseconds.
        #[ts(type = "number")]
        at: i64,
        /// What is to be handed over then.
        template: String,
    },
    /// A step would be due, but its source is silent.
    Paused {
        /// Its number, from 1.
        #[ts(type = "number")]
        step: u32,
        /// How many there are.
        #[ts(type = "number")]
        of: u32,
        /// When the source last told anything, in Unix milliseconds.
        #[ts(type = "number")]
        heard_at: i64,
    },
    /// It came to an end early.
    Stopped {
        /// Why.
        reason: StopReason,
        /// Who took over, for that reason.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional = nullable)]
        by: Option<String>,
    },
    /// It has no step left.
    Done,
}

/// Lists why a sequence ends early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum StopReason {
    /// The order, or the same thing by another, was paid.
    Paid,
    /// The money went back, or is disputed.
    Reversed,
    /// The order was cancelled.
    Cancelled,
    /// The person asked not to be written to.
    OptedOut,
    /// The person answered: somebody talks to them now.
    Replied,
    /// Another member has the conversation.
    TakenOver,
    /// The conversation was put aside.
    Aside,
    /// The conversation was resolved.
    Resolved,
    /// A newer order of the same thing is there.
    NewerOrder,
    /// The person was written to because of another order, not long ago.
    OtherSequence,
    /// What was to be paid ran out, and no step is left that says so.
    Expired,
}

/// Says how a sequence stands at one moment, and between which times it does, with nothing but time passing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// How it stands.
    pub state: SequenceState,
    /// When it came to stand so, where time alone did that.
    pub from: Option<DateTime<Utc>>,
    /// When it stands otherwise.
    pub until: Option<DateTime<Utc>>,
}

impl Sequences {
    /// Returns the sequence that is followed at a stage.
    #[must_use]
    pub fn at(&self, group: StageGroup) -> Option<&StageSequence> {
        self.stages
            .iter()
            .find(|sequence| sequence.group == group && sequence.on && !sequence.steps.is_empty())
    }

    /// Says how the sequence of an order stands at `now`; `None` where its stage has none. `need` tells what a template needs.
    #[must_use]
    pub fn look(
        &self,
        case: &Case<'_>,
        now: DateTime<Utc>,
        need: impl Fn(&str) -> Need,
    ) -> Option<Look> {
        let settled = settled(case);
        let sequence = match (self.at(case.stage.group()), settled) {
            (Some(sequence), _) => sequence,
            (None, Some(reason)) => return Some(Look::always(stopped(reason))),
            (None, None) => return None,
        };
        if let Some(reason) = settled.or_else(|| stop(case)) {
            let by = case.taken_by.filter(|_| reason == StopReason::TakenOver);
            return Some(Look::always(SequenceState::Stopped {
                reason,
                by: by.map(str::to_owned),
            }));
        }
        let hours = Hours::of(case.phone, self.rest_days);
        let timed = Timed::new(sequence, case, &hours, need);
        Some(timed.look(self, case, &hours, now))
    }
}

impl Look {
    const fn always(state: SequenceState) -> Self {
        Self {
            state,
            from: None,
            until: None,
        }
    }
}

const fn stopped(reason: StopReason) -> SequenceState {
    SequenceState::Stopped { reason, by: None }
}

/// Returns what became of the order, where that ends every chase.
fn settled(case: &Case<'_>) -> Option<StopReason> {
    match (case.stage, case.stage.group()) {
        (_, StageGroup::Refund | StageGroup::Chargeback) => Some(StopReason::Reversed),
        (_, StageGroup::Approved) => Some(StopReason::Paid),
        _ if case.paid || case.paid_elsewhere => Some(StopReason::Paid),
        (Stage::PaymentExpired, _) => Some(StopReason::Expired),
        (_, StageGroup::Expired) => Some(StopReason::Cancelled),
        _ => None,
    }
}

/// Returns what the person or the team did that ends the chase.
fn stop(case: &Case<'_>) -> Option<StopReason> {
    let answered = case.heard_at.is_some_and(|at| at >= case.since);
    let is_newer = |other: &Other<'_>| {
        let same = |product: &String| other.products.contains(product);
        other.grew || (other.begun_at > case.since && case.products.iter().any(same))
    };
    let reasons = [
        (case.opted_out, StopReason::OptedOut),
        (answered, StopReason::Replied),
        (case.taken_by.is_some(), StopReason::TakenOver),
        (case.rest == Some(Rest::Resolved), StopReason::Resolved),
        (case.rest == Some(Rest::Aside), StopReason::Aside),
        (case.others.iter().any(is_newer), StopReason::NewerOrder),
    ];
    reasons
        .into_iter()
        .find_map(|(holds, reason)| holds.then_some(reason))
}
