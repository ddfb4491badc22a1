//! Conversations as they are once what is pending is done: judged again by the same rules, for these eyes only.

use std::collections::BTreeMap;

use contract::{Action, Actor};
use rusqlite::Connection;

use super::super::batch::{Said, bought, stands};
use super::super::conversation::{Conversation, Holding, Whole};
use super::super::handling::Registers;
use super::super::judge::{Bought, Listed, Standing, Urgency, judge};
use super::super::saved::Saved;
use super::super::steps::Plan;
use super::super::{ApplyError, Pending, labels, team};
use crate::view::Handling;

/// What is pending counts as told after all that the feed has.
const PENDING: i64 = 1 << 62;

/// Holds a conversation with what is pending laid over it.
#[derive(Debug)]
pub(super) struct Laid {
    /// As the feed has it.
    pub(super) found: Conversation,
    /// Its rows in lists, sorted.
    pub(super) listed: Vec<Listed>,
    pub(super) urgency: Urgency,
    pub(super) owner: Option<Holding>,
    pub(super) stands: Handling,
    /// The labels' names, by their folded form.
    pub(super) labels: BTreeMap<String, String>,
    /// The labels' names, folded.
    pub(super) folded: Vec<String>,
    pub(super) happened_at: i64,
    pub(super) heard_at: i64,
    /// What was told of the work on it.
    pub(super) registers: Registers,
    /// The orders, newest first.
    pub(super) orders: Vec<Bought>,
}

/// Says by what and when conversations are judged again.
pub(super) struct Eyes<'a> {
    pub(super) me: &'a Actor,
    pub(super) saved: &'a [Saved],
    pub(super) plan: &'a Plan,
    pub(super) now: i64,
}

/// Tells whether an action changes how a conversation is listed or shown in lists.
pub(super) const fn moves(action: &Action) -> bool {
    !matches!(
        action,
        Action::Reveal { .. }
            | Action::Merge { .. }
            | Action::Unmerge { .. }
            | Action::KeepApart { .. }
    )
}

impl Laid {
    /// Lays actions over a conversation that is shown, oldest first.
    pub(super) fn over(
        db: &Connection,
        found: Conversation,
        pending: &[&Pending],
        eyes: &Eyes<'_>,
    ) -> Result<Self, ApplyError> {
        let whole = Whole::of(&found.clone().parts(db)?);
        let said = Said::of(db, found.row, &whole)?;
        let names = labels::names(db, said.labels.iter().copied())?;
        let mut laying = Laying {
            owner: found.owner.clone(),
            labels: names
                .into_iter()
                .map(|name| (labels::folded(&name), name))
                .collect(),
            whole,
        };
        for (number, pending) in (PENDING..).zip(pending) {
            laying.lay(db, number, pending, eyes.me)?;
        }
        let Laying {
            owner,
            labels,
            whole,
        } = laying;
        let folded: Vec<String> = labels.keys().cloned().collect();
        let mut orders = bought(db, found.row)?;
        let me = eyes.me.id;
        let mut stands = stands(db, found.row, &whole, &orders, me, eyes.now)?;
        wait(&mut stands.handling, &found.stands);
        let judged = judge(
            &mut orders,
            Standing {
                me,
                owner: owner.as_ref().map(|owner| owner.member),
                happened_at: whole.times.happened_at,
                heard_at: whole.times.heard_at,
                waits_since: whole.registers.waits_since(),
                stands: &stands,
                registers: &whole.registers,
                plan: eyes.plan,
                labels: &folded,
                said: &[],
                saved: eyes.saved,
                now: eyes.now,
            },
        );
        Ok(Self {
            listed: judged.listed,
            urgency: judged.urgency,
            owner,
            stands: stands.handling,
            labels,
            folded,
            happened_at: whole.times.happened_at,
            heard_at: whole.times.heard_at,
            registers: whole.registers,
            orders,
            found,
        })
    }

    /// Returns its place in a view, by the view's number.
    pub(super) fn place(&self, view: i64) -> Option<&Listed> {
        self.listed.iter().find(|listed| listed.view == view)
    }
}

/// A conversation while actions are laid over it.
struct Laying {
    owner: Option<Holding>,
    labels: BTreeMap<String, String>,
    whole: Whole,
}

impl Laying {
    fn lay(
        &mut self,
        db: &Connection,
        number: i64,
        pending: &Pending,
        me: &Actor,
    ) -> Result<(), ApplyError> {
        let at = pending.made_at;
        let registers = &mut self.whole.registers;
        match &pending.action {
            Action::Claim {} => {
                self.owner = Some(Holding {
                    member: me.id,
                    name: me.name.clone(),
                });
                registers.handle(number, at);
            }
            Action::Release {} => self.owner = None,
            Action::Assign { to } => {
                let name = if *to == me.id {
                    Some(me.name.clone())
                } else {
                    team::name(db, *to)?
                };
                self.owner = Some(Holding {
                    member: *to,
                    name: name.unwrap_or_default(),
                });
            }
            Action::Resolve {} => registers.close(number, at, me, true),
            Action::Reopen {} => registers.close(number, at, me, false),
            Action::Snooze { until } => registers.put_aside(number, at, me, Some(until)),
            Action::Wake {} => registers.put_aside(number, at, me, None),
            Action::Note { .. } => registers.handle(number, at),
            Action::HandOver {
                order_key,
                template_key,
                ..
            } => registers.answer(number, at, order_key.as_deref(), template_key.as_deref()),
            Action::Receive { channel, text } => registers.hear(number, at, *channel, text),
            Action::Label { add, remove } => self.label(db, add, remove)?,
            Action::Reveal { .. }
            | Action::Merge { .. }
            | Action::Unmerge { .. }
            | Action::KeepApart { .. } => return Ok(()),
        }
        let times = &mut self.whole.times;
        times.happened_at = times.happened_at.max(at);
        times.heard_at = times.heard_at.max(self.whole.registers.heard_at);
        Ok(())
    }

    fn label(
        &mut self,
        db: &Connection,
        add: &[String],
        remove: &[String],
    ) -> Result<(), ApplyError> {
        for label in add {
            let known = labels::number(db, label)?;
            let known = labels::names(db, known)?.into_iter().next();
            let name = known.unwrap_or_else(|| label.trim().to_owned());
            self.labels.entry(labels::folded(label)).or_insert(name);
        }
        for label in remove {
            self.labels.remove(&labels::folded(label));
        }
        Ok(())
    }
}

/// Says that the service has not confirmed how the work stands, unless it stands so already.
fn wait(laid: &mut Handling, told: &Handling) {
    match (laid, told) {
        (Handling::Snoozed { until, pending, .. }, Handling::Snoozed { until: known, .. }) => {
            *pending = until != known;
        }
        (Handling::Resolved { .. }, Handling::Resolved { .. }) => {}
        (Handling::Snoozed { pending, .. } | Handling::Resolved { pending, .. }, _) => {
            *pending = true;
        }
        (Handling::Open | Handling::Back { .. }, _) => {}
    }
}
