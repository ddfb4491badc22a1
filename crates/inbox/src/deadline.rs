//! What runs out, when, and how pressing it is: pure rules over one order. It does not read the clock and knows no storage.
//!
//! A countdown is shown only for what is known: the PIX code's own expiry, the boleto's own due date. Where neither is told,
//! and for carts and refused payments, the time counted is our own: how long after the event a word is worth it.

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime, Utc};
use contract::boleto::BoletoLine;
use contract::{Boleto, Money, Order, Pix, Stage, StageGroup};

use crate::view::{Deadline, DeadlineKind};

/// How long after the event a cart, a refusal or a charge of unknown validity is worth a word.
pub const RECOVERY_MILLIS: i64 = 24 * 60 * 60 * 1_000;

/// How long a customer who wrote on WhatsApp can be written to freely, as WhatsApp's policy for businesses says.
pub const WINDOW_MILLIS: i64 = 24 * 60 * 60 * 1_000;

/// How long a dispute can be answered.
pub const DISPUTE_MILLIS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// How long a charge that ran out stays in the view of its stage, struck through.
pub const RUN_OUT_MILLIS: i64 = 24 * 60 * 60 * 1_000;

/// What one doubling of the amount is worth against the clock.
const DOUBLING_MILLIS: i64 = 20 * 60 * 1_000;

/// São Paulo has kept UTC−3 all year since Decree 9.772 of 2019 ended daylight-saving time.
const SAO_PAULO_SECONDS: i32 = -3 * 60 * 60;

/// Returns what ends for an order, or `None` when acting on it is not bound in time.
#[must_use]
pub fn of_order(order: &Order) -> Option<Deadline> {
    let told = order.deciding()?;
    let charge = Charge {
        pix: order.pix(),
        boleto: order.boleto(),
        first_at: order.first_at()?,
    };
    charge.ends(told.stage, told.at)
}

/// Returns when the last charge of an order that is a charge no more ran out, or would have, in Unix milliseconds.
#[must_use]
pub fn ran_out(order: &Order) -> Option<i64> {
    let charges = order.reached.iter().filter(|(stage, _)| is_charge(**stage));
    let (stage, span) = charges.max_by_key(|(_, span)| span.last)?;
    let charge = Charge {
        pix: order.told_pix(),
        boleto: order.told_boleto(),
        first_at: order.first_at()?,
    };
    charge.ends(*stage, span.last).map(|ends| ends.at)
}

const fn is_charge(stage: Stage) -> bool {
    matches!(
        stage.group(),
        StageGroup::Cart
            | StageGroup::Pix
            | StageGroup::Boleto
            | StageGroup::Refused
            | StageGroup::Overdue
            | StageGroup::Analysis
    )
}

/// Counts our own time from the customer's last answer (Unix milliseconds), where that is later; what ends by itself is as it is.
#[must_use]
pub fn heard(deadline: Deadline, heard_at: i64) -> Deadline {
    if deadline.kind != DeadlineKind::Recovery || heard_at <= deadline.from {
        return deadline;
    }
    Deadline {
        from: heard_at,
        at: heard_at.saturating_add(RECOVERY_MILLIS),
        ..deadline
    }
}

/// Returns the time in which a customer who wrote (Unix milliseconds) can be answered freely.
#[must_use]
pub const fn window(wrote_at: i64) -> Deadline {
    Deadline {
        kind: DeadlineKind::Window,
        from: wrote_at,
        at: wrote_at.saturating_add(WINDOW_MILLIS),
    }
}

/// Returns when an order leaves the view of its stage by itself, or `None` when it stays.
///
/// A charge that ran out has to go at some time: most platforms never tell that it did.
#[must_use]
pub fn leaves_stage(group: StageGroup, deadline: Option<Deadline>) -> Option<i64> {
    matches!(group, StageGroup::Pix | StageGroup::Boleto)
        .then(|| deadline.map(|deadline| deadline.at.saturating_add(RUN_OUT_MILLIS)))
        .flatten()
}

/// Ranks by money × time left; lower is more pressing.
///
/// The rank does not change as time passes, so it can be stored: each doubling of the amount moves a deadline forward by
/// twenty minutes, whenever one looks.
#[must_use]
pub fn rank(deadline: Deadline, amount: Option<Money>) -> i64 {
    let minor = amount.map_or(0, |money| money.minor.max(0));
    deadline.at.saturating_sub(bonus(minor))
}

/// Returns the last millisecond's successor of a day in São Paulo, in Unix milliseconds.
#[must_use]
pub fn end_of_day(day: NaiveDate) -> Option<i64> {
    let next = day.checked_add_days(Days::new(1))?.and_time(NaiveTime::MIN);
    let zone = FixedOffset::east_opt(SAO_PAULO_SECONDS)?;
    let local = next.and_local_timezone(zone).single()?;
    Some(local.timestamp_millis())
}

/// Returns the day it is in São Paulo.
#[must_use]
pub fn day_of(millis: i64) -> Option<NaiveDate> {
    let zone = FixedOffset::east_opt(SAO_PAULO_SECONDS)?;
    Some(
        DateTime::<Utc>::from_timestamp_millis(millis)?
            .with_timezone(&zone)
            .date_naive(),
    )
}

/// Returns the day a boleto is due: as the platform tells, else as its line does.
#[must_use]
pub fn due_on(order: &Order) -> Option<NaiveDate> {
    due_day(order.boleto()?, order.first_at()?)
}

/// What an order can be paid with, as far as its time is concerned.
struct Charge<'a> {
    pix: Option<&'a Pix>,
    boleto: Option<&'a Boleto>,
    first_at: DateTime<Utc>,
}

impl Charge<'_> {
    /// Returns what ends for an order that came to a stage at a time.
    fn ends(&self, stage: Stage, reached_at: DateTime<Utc>) -> Option<Deadline> {
        let since = reached_at.timestamp_millis();
        let ours = |kind, millis| Deadline {
            kind,
            from: since,
            at: since.saturating_add(millis),
        };
        let recovery = ours(DeadlineKind::Recovery, RECOVERY_MILLIS);
        match stage.group() {
            StageGroup::Cart | StageGroup::Refused | StageGroup::Overdue => Some(recovery),
            StageGroup::Pix => Some(self.pix_ends(since).unwrap_or(recovery)),
            StageGroup::Boleto => Some(self.boleto_ends(since).unwrap_or(recovery)),
            StageGroup::Analysis if stage == Stage::PaymentPending => {
                self.pix_ends(since).or_else(|| self.boleto_ends(since))
            }
            StageGroup::Chargeback => Some(ours(DeadlineKind::Dispute, DISPUTE_MILLIS)),
            StageGroup::Analysis
            | StageGroup::Expired
            | StageGroup::Approved
            | StageGroup::Refund => None,
        }
    }

    fn pix_ends(&self, since: i64) -> Option<Deadline> {
        let at = self.pix?.expires_at?.timestamp_millis();
        Some(Deadline {
            kind: DeadlineKind::Pix,
            from: since.min(at),
            at,
        })
    }

    fn boleto_ends(&self, since: i64) -> Option<Deadline> {
        let at = end_of_day(due_day(self.boleto?, self.first_at)?)?;
        Some(Deadline {
            kind: DeadlineKind::Boleto,
            from: since.min(at),
            at,
        })
    }
}

fn due_day(boleto: &Boleto, first_at: DateTime<Utc>) -> Option<NaiveDate> {
    let by_line = || {
        let line = BoletoLine::parse(boleto.line.as_deref()?, first_at.date_naive()).ok()?;
        line.due.on()
    };
    boleto.due_on.or_else(by_line)
}

/// Returns `DOUBLING_MILLIS × log2(1 + whole units)`, straight between powers of two so that no float decides an order.
fn bonus(minor: i64) -> i64 {
    let whole = (minor / 100).saturating_add(1).unsigned_abs();
    let power = whole.ilog2();
    let rest = u128::from(whole - (1_u64 << power));
    let part = rest.saturating_mul(DOUBLING_MILLIS.unsigned_abs().into()) >> power;
    let full = DOUBLING_MILLIS.saturating_mul(power.into());
    full.saturating_add(i64::try_from(part).unwrap_or(DOUBLING_MILLIS))
}

#[cfg(test)]
mod tests;
