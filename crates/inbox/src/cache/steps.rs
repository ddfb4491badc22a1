//! Which steps of sequences are due for a conversation's orders: from rows to the rules, and back to places in lists.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use contract::IntegrationId;
use contract::silence::{self, ARRIVALS};
use follow_up::sequence::{Case, Handed, Look, Need, Other, Rest};
use follow_up::values::last_day_to_pay;
use follow_up::{
    Locale, SequencePlan, SequenceState, Sequences, SequencesSaved, SharedSequences, StopReason,
    Template, built_in,
};
use rusqlite::{Connection, OptionalExtension, Row};

use super::ApplyError;
use super::closed::Closed;
use super::handling::Registers;
use super::judge::Bought;
use crate::deadline;
use crate::view::{Deadline, DeadlineKind, DueStep, Handling};

/// What a source tells within so many milliseconds is one arrival.
const APART: i64 = silence::APART.num_milliseconds();

/// Nothing of a sequence is left so long after its stage began, or after what could be paid ran out.
const OVER_MILLIS: i64 = 45 * 24 * 60 * 60 * 1_000;

/// What is known of when each source told anything.
pub(super) type Heard = BTreeMap<IntegrationId, Arrivals>;

/// When a source told anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Arrivals {
    /// Last, in Unix milliseconds.
    last: i64,
    /// The newest minutes in which it did: a set, so that the order in which entries are read does not matter.
    minutes: BTreeSet<i64>,
}

impl Arrivals {
    pub(super) fn add(&mut self, at: i64) {
        self.last = self.last.max(at);
        if self.minutes.insert(at.div_euclid(APART)) && self.minutes.len() > ARRIVALS {
            self.minutes.pop_first();
        }
    }

    /// Returns how long the source is usually silent at most; `None` where too little is known.
    fn patience(&self) -> Option<TimeDelta> {
        let times: Vec<_> = self
            .minutes
            .iter()
            .map(|minute| time(minute.saturating_mul(APART)))
            .collect();
        silence::usual_gap(&times).map(silence::patience)
    }
}

/// What orders are followed up by.
#[derive(Debug, Default)]
pub(super) struct Plan {
    sequences: Sequences,
    /// What the templates of all steps need.
    needs: BTreeMap<String, Need>,
    /// When each source told anything.
    heard: Heard,
}

impl Plan {
    /// Reads the team's sequences, else those that come with the program, and what their templates need. Of sources it knows
    /// nothing, which is enough for lists.
    pub(super) fn read(db: &Connection) -> Result<Self, ApplyError> {
        Self::of(db, sequences(db)?.sequences)
    }

    /// Reads the same, and when sources told anything.
    pub(super) fn to_show(db: &Connection) -> Result<Self, ApplyError> {
        let heard = heard(db)?;
        Ok(Self {
            heard,
            ..Self::read(db)?
        })
    }

    /// Reads what the templates of some sequences need.
    pub(super) fn of(db: &Connection, sequences: Sequences) -> Result<Self, ApplyError> {
        let steps = sequences.stages.iter().flat_map(|stage| &stage.steps);
        let told = told_templates(db)?;
        let needs = steps
            .map(|step| (step.template.clone(), need_of(&step.template, &told)))
            .collect();
        Ok(Self {
            needs,
            heard: Heard::new(),
            sequences,
        })
    }

    fn need(&self, key: &str) -> Need {
        self.needs.get(key).copied().unwrap_or_default()
    }
}

/// What the orders of one conversation are followed by, beside themselves.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chase<'a> {
    pub(super) plan: &'a Plan,
    pub(super) registers: &'a Registers,
    /// When the customer last answered.
    pub(super) heard_at: i64,
    /// Who else has the conversation.
    pub(super) taken_by: Option<&'a str>,
    pub(super) handling: &'a Handling,
    pub(super) now: i64,
}

/// Says which step is due of all of a conversation's orders, and when that may change with nothing but time passing.
#[derive(Debug, Default)]
pub(super) struct Followed<'a> {
    pub(super) due: Option<(DueStep, &'a Bought)>,
    pub(super) turns: BTreeSet<i64>,
}

/// Follows all orders of a conversation; of several steps the one that has been due longest counts.
///
/// A silent source is left out here: it pauses a step where it is shown, and moves it out of no list.
pub(super) fn follow<'a>(
    orders: &'a [Bought],
    closed: &Closed<'_>,
    chase: &Chase<'_>,
) -> Followed<'a> {
    let mut followed = Followed::default();
    for bought in orders {
        let Some(look) = look(bought, orders, closed, chase, None) else {
            continue;
        };
        let around = [look.from, look.until].into_iter().flatten();
        followed
            .turns
            .extend(around.map(|at| at.timestamp_millis()));
        if let SequenceState::Due {
            step, of, since, ..
        } = look.state
        {
            let due = (DueStep { step, of, since }, bought);
            let is_first =
                |(known, by): (DueStep, &Bought)| (since, &bought.key) < (known.since, &by.key);
            if followed.due.is_none_or(is_first) {
                followed.due = Some(due);
            }
        }
    }
    followed
}

/// Says how the sequence of an order is shown: what ended of its own is told only where something had begun.
pub(super) fn shown(
    bought: &Bought,
    orders: &[Bought],
    closed: &Closed<'_>,
    chase: &Chase<'_>,
) -> Option<SequenceState> {
    let source = bought.facts.source.as_ref();
    let heard = source.and_then(|source| chase.plan.heard.get(source));
    let state = look(bought, orders, closed, chase, heard)?.state;
    let has_begun = chase.registers.handed(&bought.key).next().is_some();
    let tells = match &state {
        SequenceState::Due { .. }
        | SequenceState::Waiting { .. }
        | SequenceState::Paused { .. } => true,
        SequenceState::Done => has_begun,
        SequenceState::Stopped { reason, .. } => {
            let is_fate = matches!(
                reason,
                StopReason::Paid
                    | StopReason::Reversed
                    | StopReason::Cancelled
                    | StopReason::Expired
            );
            has_begun || !is_fate
        }
    };
    tells.then_some(state)
}

/// Says what the plan's sequence of an order's stage comes to for it; `None` where the plan has none.
pub(super) fn planned(
    bought: &Bought,
    orders: &[Bought],
    closed: &Closed<'_>,
    chase: &Chase<'_>,
) -> Option<SequencePlan> {
    if closed.is_chased_with_parent(bought) {
        return None;
    }
    let group = bought.facts.stage.group();
    let sequences = &chase.plan.sequences;
    let stage = sequences.stages.iter().find(|stage| stage.group == group)?;
    Some(with_case(bought, orders, closed, chase, None, |case| {
        sequences.plan(stage, case, |key| chase.plan.need(key))
    }))
}

fn look(
    bought: &Bought,
    orders: &[Bought],
    closed: &Closed<'_>,
    chase: &Chase<'_>,
    source: Option<&Arrivals>,
) -> Option<Look> {
    if closed.is_chased_with_parent(bought) {
        return None;
    }
    let facts = &bought.facts;
    let latest = facts
        .deadline
        .map_or(facts.since, |ends| ends.at.max(facts.since));
    if facts.is_test || chase.now.saturating_sub(latest) > OVER_MILLIS {
        return None;
    }
    // What is over was told already where nothing had begun.
    let has_begun = chase.registers.handed(&bought.key).next().is_some();
    if chase.plan.sequences.at(facts.stage.group()).is_none() && !has_begun {
        return None;
    }
    with_case(bought, orders, closed, chase, source, |case| {
        let need = |key: &str| chase.plan.need(key);
        chase.plan.sequences.look(case, time(chase.now), need)
    })
}

/// Puts together what is known of an order, and asks something of it.
fn with_case<T>(
    bought: &Bought,
    orders: &[Bought],
    closed: &Closed<'_>,
    chase: &Chase<'_>,
    source: Option<&Arrivals>,
    ask: impl FnOnce(&Case<'_>) -> T,
) -> T {
    let facts = &bought.facts;
    let handed: Vec<Handed<'_>> = chase
        .registers
        .handed(&bought.key)
        .map(|(template, at)| Handed {
            template: Some(template).filter(|template| !template.is_empty()),
            at: time(at),
        })
        .collect();
    let others: Vec<Other<'_>> = others(bought, orders, chase.registers).collect();
    let due_day = due_day(facts.deadline);
    ask(&Case {
        stage: facts.stage,
        since: time(facts.since),
        paid: facts.paid_at.is_some(),
        paid_elsewhere: closed.paid_by(bought).is_some(),
        products: &facts.items,
        ends: ends(facts.deadline),
        due_day,
        handed: &handed,
        others: &others,
        heard_at: Some(chase.heard_at).filter(|at| *at > 0).map(time),
        opted_out: chase.registers.opted_out(),
        taken_by: chase.taken_by,
        rest: rest(chase.handling),
        source_heard_at: source.map(|source| time(source.last)),
        source_patience: source.and_then(Arrivals::patience),
        phone: facts.phone.as_deref(),
    })
}

fn others<'a>(
    bought: &'a Bought,
    orders: &'a [Bought],
    registers: &Registers,
) -> impl Iterator<Item = Other<'a>> {
    let others = orders
        .iter()
        .filter(|other| other.key != bought.key && !other.facts.is_test);
    others.map(|other| Other {
        begun_at: time(other.facts.first_at),
        products: &other.facts.items,
        grew: other.facts.carts.contains(&bought.key),
        handed_at: registers
            .handed(&other.key)
            .filter(|(template, _)| !template.is_empty())
            .map(|(_, at)| time(at))
            .max(),
    })
}

const fn rest(handling: &Handling) -> Option<Rest> {
    match handling {
        Handling::Open | Handling::Back { .. } => None,
        Handling::Snoozed { .. } => Some(Rest::Aside),
        Handling::Resolved { .. } => Some(Rest::Resolved),
    }
}

/// Returns when what can be paid runs out: a boleto that is due on a week-end can be paid until Monday.
pub(super) fn ends(deadline: Option<Deadline>) -> Option<DateTime<Utc>> {
    let ends = deadline?;
    match ends.kind {
        DeadlineKind::Pix => Some(time(ends.at)),
        DeadlineKind::Boleto => deadline::end_of_day(due_day(deadline)?).map(time),
        _ => None,
    }
}

fn due_day(deadline: Option<Deadline>) -> Option<chrono::NaiveDate> {
    let ends = deadline.filter(|ends| ends.kind == DeadlineKind::Boleto)?;
    deadline::day_of(ends.at.saturating_sub(1)).map(last_day_to_pay)
}

fn time(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or(DateTime::UNIX_EPOCH)
}

/// Returns the team's sequences, or those that come with the program; so too for ones that this version cannot read.
pub(super) fn sequences(db: &Connection) -> rusqlite::Result<SharedSequences> {
    let body: Option<String> = db
        .prepare_cached("SELECT body FROM sequences WHERE id = 1")?
        .query_row((), |row| row.get(0))
        .optional()?;
    Ok(body
        .and_then(|body| serde_json::from_str(&body).ok())
        .unwrap_or_default())
}

/// Keeps the team's sequences unless newer ones are known; tells whether they were kept.
pub(super) fn save(db: &Connection, seq: i64, told: &SequencesSaved) -> rusqlite::Result<bool> {
    // What was read can be written.
    let body = serde_json::to_string(&told.sequences).unwrap_or_default();
    let changed = db
        .prepare_cached(
            "INSERT INTO sequences (id, seq, body) VALUES (1, ?1, ?2)
            ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, body = excluded.body
            WHERE excluded.seq > sequences.seq",
        )?
        .execute((seq, body))?;
    Ok(changed > 0)
}

/// The team's own templates by name, as they are stored.
type Told = BTreeMap<String, String>;

/// Reads the team's own templates at once: a statement for each step would cost more than opening a conversation.
fn told_templates(db: &Connection) -> rusqlite::Result<Told> {
    let mut statement = db.prepare_cached("SELECT name, body FROM template WHERE body <> ''")?;
    let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// Returns what a template needs, as the team has it, else as it comes with the program.
pub(super) fn need(db: &Connection, key: &str) -> rusqlite::Result<Need> {
    Ok(need_of(key, &told_templates(db)?))
}

fn need_of(key: &str, told: &Told) -> Need {
    let own = Locale::ALL.into_iter().find_map(|locale| {
        let body = told.get(&format!("{key}/{}", locale.tag()))?;
        serde_json::from_str::<Template>(body).ok()
    });
    match own {
        Some(template) => Need::of(&template),
        None => built_in_needs().get(key).copied().unwrap_or_default(),
    }
}

fn built_in_needs() -> &'static BTreeMap<String, Need> {
    static NEEDS: std::sync::LazyLock<BTreeMap<String, Need>> = std::sync::LazyLock::new(|| {
        let all = built_in::templates().iter();
        all.map(|template| (template.key.clone(), Need::of(template)))
            .collect()
    });
    &NEEDS
}

/// Notes when sources told anything.
pub(super) fn hear(db: &Connection, heard: &Heard) -> rusqlite::Result<()> {
    for (source, arrivals) in heard {
        let source = source.as_u128().to_be_bytes();
        db.prepare_cached(
            "INSERT INTO source_heard (source, at) VALUES (?1, ?2)
            ON CONFLICT (source) DO UPDATE SET at = max(at, excluded.at)",
        )?
        .execute((source, arrivals.last))?;
        let mut insert = db.prepare_cached(
            "INSERT INTO source_minute (source, minute) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        )?;
        let mut added = 0;
        for minute in &arrivals.minutes {
            added += insert.execute((source, minute))?;
        }
        if added > 0 {
            forget_older(db, source)?;
        }
    }
    Ok(())
}

fn forget_older(db: &Connection, source: [u8; 16]) -> rusqlite::Result<()> {
    db.prepare_cached(
        "DELETE FROM source_minute WHERE source = ?1 AND minute <= (
            SELECT minute FROM source_minute WHERE source = ?1
            ORDER BY minute DESC LIMIT 1 OFFSET ?2
        )",
    )?
    .execute((source, ARRIVALS))?;
    Ok(())
}

fn heard(db: &Connection) -> rusqlite::Result<Heard> {
    let mut heard = Heard::new();
    let mut statement = db.prepare_cached("SELECT source, at FROM source_heard")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        heard.entry(source(row)?).or_default().last = row.get(1)?;
    }
    let mut statement = db.prepare_cached("SELECT source, minute FROM source_minute")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let arrivals = heard.entry(source(row)?).or_default();
        arrivals.minutes.insert(row.get(1)?);
    }
    Ok(heard)
}

fn source(row: &Row<'_>) -> rusqlite::Result<IntegrationId> {
    let bytes = row.get(0)?;
    Ok(IntegrationId::from_u128(u128::from_be_bytes(bytes)))
}
