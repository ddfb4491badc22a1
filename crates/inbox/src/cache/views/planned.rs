//! A sequence that is being drawn up, tried on real orders.

use contract::ConversationId;
use follow_up::{Sequences, StageSequence};
use rusqlite::Connection;

use super::super::batch::bought;
use super::super::closed::Closed;
use super::super::conversation::{Conversation, Times, Whole};
use super::super::steps::{self, Chase, Plan};
use super::super::{ApplyError, Overlay};
use super::lists::Shown;
use super::{talk, values};
use crate::view::SequenceTrial;

/// Returns what a stage's sequence comes to for the newest orders that stand there, at most `limit`.
pub(super) fn trials(
    db: &Connection,
    stage: StageSequence,
    rest_days: bool,
    limit: u32,
    (now, overlay): (i64, &Overlay),
) -> Result<Vec<SequenceTrial>, ApplyError> {
    let found = values::recent(db, &[stage.group], &[], limit)?;
    let sequences = Sequences {
        stages: vec![stage],
        rest_days,
        ..Sequences::default()
    };
    let plan = Plan::of(db, sequences)?;
    let shown = Shown::at(db, overlay)?;
    let mut trials = Vec::new();
    for (id, order_key) in found {
        trials.extend(trial(db, &shown, &plan, (id, &order_key), now)?);
    }
    Ok(trials)
}

fn trial(
    db: &Connection,
    shown: &Shown<'_>,
    plan: &Plan,
    (id, order_key): (ConversationId, &str),
    now: i64,
) -> Result<Option<SequenceTrial>, ApplyError> {
    let Some(found) = Conversation::shown(db, id)? else {
        return Ok(None);
    };
    let parts = found.clone().parts(db)?;
    let laid = shown.laid.get(&found.row);
    let mut orders = talk::newest_first(bought(db, found.row)?);
    let heard_at = laid.map_or(Times::of(&parts).heard_at, |laid| laid.heard_at);
    for bought in &mut orders {
        bought.facts.hear(heard_at);
    }
    let owner = shown.owner(found.row, found.owner);
    let taken_by = owner.filter(|owner| !owner.is_me).map(|owner| owner.name);
    let told = Whole::of(&parts).registers;
    let chase = Chase {
        plan,
        registers: laid.map_or(&told, |laid| &laid.registers),
        heard_at,
        taken_by: taken_by.as_deref(),
        handling: laid.map_or(&found.stands, |laid| &laid.stands),
        now,
    };
    let closed = Closed::of(&orders);
    let meant = orders.iter().find(|bought| bought.key == order_key);
    let planned = meant.and_then(|bought| {
        let plan = steps::planned(bought, &orders, &closed, &chase)?;
        Some((bought, plan))
    });
    Ok(planned.map(|(bought, plan)| SequenceTrial {
        conversation_id: found.public,
        order_key: bought.key.clone(),
        name: talk::customer(&orders).name,
        stage: bought.facts.stage,
        since: bought.facts.since,
        ends: steps::ends(bought.facts.deadline).map(|at| at.timestamp_millis()),
        plan,
        taken_by: taken_by.clone(),
    }))
}
