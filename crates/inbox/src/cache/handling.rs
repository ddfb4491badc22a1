//! How the work on a conversation stands: what was told of it, and what follows from that at one moment. Pure but for
//! [`since`], which reads what happened while a conversation was put aside.
//!
//! What is kept is the newest of each thing told, by the feed's numbers, so the order in which entries come does not matter;
//! a conversation that took others in is judged by the newest of them all.

use std::collections::BTreeMap;

use contract::{Actor, Channel, Event, MemberId, SnoozeUntil, Stage, StageGroup};
use follow_up::sequence::opt_out::opts_out;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::ApplyError;
use super::judge::Bought;
use super::moment::Moment;
use super::told::Told;
use crate::view::{BackReason, Handling};

/// Most handings over that are kept of one conversation.
const MOST_HANDED: usize = 60;

pub(super) const SINCE: &str = "SELECT seq, at, what FROM moment
    WHERE conversation = ?1 AND seq > ?2 AND kind < 2";

/// Keeps the newest that was told of each thing that moves the work on one conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Registers {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closing: Option<Closing>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    aside: Option<Aside>,
    /// The newest handling, which ends being back.
    #[serde(default)]
    handled_seq: i64,
    #[serde(default)]
    handled_at: i64,
    /// When the customer last wrote on WhatsApp, 0 for never.
    #[serde(default, skip_serializing_if = "is_never")]
    wrote_at: i64,
    /// When somebody last wrote to the customer, 0 for never.
    #[serde(default, skip_serializing_if = "is_never")]
    answered_at: i64,
    /// When the customer last asked not to be written to, 0 for never.
    #[serde(default, skip_serializing_if = "is_never")]
    opted_out_at: i64,
    /// When which template was last handed over, by order and key ('' for none).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    handed: BTreeMap<String, BTreeMap<String, i64>>,
    /// The newest news that opens what was resolved.
    #[serde(skip)]
    pub(super) press_seq: i64,
    /// When the service heard of the newest answer of the customer's.
    #[serde(skip)]
    pub(super) heard_at: i64,
}

/// Tells that nothing is left to be done, or that this was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Closing {
    seq: i64,
    at: i64,
    by: Actor,
    resolved: bool,
}

/// Tells that a conversation was put aside, or brought back by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Aside {
    seq: i64,
    at: i64,
    by: Actor,
    /// `None` where it was brought back.
    until: Option<SnoozeUntil>,
}

/// What happened while a conversation was put aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct News {
    seq: i64,
    at: i64,
    /// The order and its stage; `None` where the customer answered.
    order: Option<(String, Stage)>,
}

/// Says how the work stands at a moment, and when it changes by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Stands {
    pub(super) handling: Handling,
    pub(super) turn: Option<i64>,
}

impl Registers {
    /// Takes in what one entry tells.
    pub(super) fn take(&mut self, seq: i64, at: i64, told: &Told) {
        match told {
            Told::Event(event) if is_pressing(event) => self.press_seq = self.press_seq.max(seq),
            Told::Received(told) => self.hear(seq, at, told.channel, &told.text),
            Told::Resolved(told) => self.close(seq, at, &told.by, true),
            Told::Reopened(told) => self.close(seq, at, &told.by, false),
            Told::Snoozed(told) => self.put_aside(seq, at, &told.by, Some(&told.until)),
            Told::Woken(told) => self.put_aside(seq, at, &told.by, None),
            Told::HandedOver(told) => {
                let (order, template) = (told.order_key.as_deref(), told.template_key.as_deref());
                self.answer(seq, at, order, template);
            }
            Told::Noted(_) | Told::Claimed(_) => self.handle(seq, at),
            _ => {}
        }
    }

    /// Notes that somebody resolved the conversation, or took that back.
    pub(super) fn close(&mut self, seq: i64, at: i64, by: &Actor, resolved: bool) {
        if self.closing.as_ref().is_none_or(|known| known.seq < seq) {
            self.closing = Some(Closing {
                seq,
                at,
                by: by.clone(),
                resolved,
            });
        }
    }

    /// Notes that somebody put the conversation aside, or brought it back.
    pub(super) fn put_aside(&mut self, seq: i64, at: i64, by: &Actor, until: Option<&SnoozeUntil>) {
        if self.aside.as_ref().is_none_or(|known| known.seq < seq) {
            self.aside = Some(Aside {
                seq,
                at,
                by: by.clone(),
                until: until.cloned(),
            });
        }
    }

    /// Notes that somebody worked on the conversation.
    pub(super) fn handle(&mut self, seq: i64, at: i64) {
        self.handled_seq = self.handled_seq.max(seq);
        self.handled_at = self.handled_at.max(at);
    }

    /// Joins what is known of a conversation that was taken in.
    pub(super) fn join(&mut self, other: &Self) {
        if let Some(told) = &other.closing {
            self.close(told.seq, told.at, &told.by, told.resolved);
        }
        if let Some(told) = &other.aside {
            self.put_aside(told.seq, told.at, &told.by, told.until.as_ref());
        }
        self.handle(other.handled_seq, other.handled_at);
        self.wrote_at = self.wrote_at.max(other.wrote_at);
        self.answered_at = self.answered_at.max(other.answered_at);
        self.opted_out_at = self.opted_out_at.max(other.opted_out_at);
        for (order, templates) in &other.handed {
            for (template, at) in templates {
                self.hand(order, template, *at);
            }
        }
        self.press_seq = self.press_seq.max(other.press_seq);
        self.heard_at = self.heard_at.max(other.heard_at);
    }

    /// Tells whether nothing was told that has to be written down as text.
    pub(super) fn is_blank(&self) -> bool {
        self.closing.is_none()
            && self.aside.is_none()
            && self.handled_seq == 0
            && self.wrote_at == 0
            && self.opted_out_at == 0
    }

    /// Notes that the customer answered.
    pub(super) fn hear(&mut self, seq: i64, at: i64, channel: Channel, text: &str) {
        self.press_seq = self.press_seq.max(seq);
        self.heard_at = self.heard_at.max(at);
        if channel == Channel::Whatsapp {
            self.wrote_at = self.wrote_at.max(at);
        }
        if opts_out(text) {
            self.opted_out_at = self.opted_out_at.max(at);
        }
    }

    /// Notes that a text went to the customer, and what of.
    pub(super) fn answer(
        &mut self,
        seq: i64,
        at: i64,
        order: Option<&str>,
        template: Option<&str>,
    ) {
        self.handle(seq, at);
        self.answered_at = self.answered_at.max(at);
        if let Some(order) = order {
            self.hand(order, template.unwrap_or_default(), at);
        }
    }

    /// Tells whether the customer asked not to be written to.
    pub(super) const fn opted_out(&self) -> bool {
        self.opted_out_at != 0
    }

    /// Lists what was handed over because of an order: templates ('' for none) and when.
    pub(super) fn handed(&self, order: &str) -> impl Iterator<Item = (&str, i64)> {
        let of_order = self.handed.get(order).into_iter().flatten();
        of_order.map(|(template, at)| (template.as_str(), *at))
    }

    /// Notes the newest handing over of each template for each order, of the newest [`MOST_HANDED`] in all: which those are does
    /// not depend on the order in which they are told.
    fn hand(&mut self, order: &str, template: &str, at: i64) {
        let templates = self.handed.entry(order.to_owned()).or_default();
        let known = templates.entry(template.to_owned()).or_default();
        *known = at.max(*known);
        if self.handed.values().map(BTreeMap::len).sum::<usize>() <= MOST_HANDED {
            return;
        }
        let all = self.handed.iter().flat_map(|(order, templates)| {
            let one = move |(template, at): (&String, &i64)| (*at, order.clone(), template.clone());
            templates.iter().map(one)
        });
        if let Some((_, order, template)) = all.min()
            && let Some(templates) = self.handed.get_mut(&order)
        {
            templates.remove(&template);
            if templates.is_empty() {
                self.handed.remove(&order);
            }
        }
    }

    /// Returns when the customer wrote what nobody has answered yet.
    pub(super) fn waits_since(&self) -> Option<i64> {
        Some(self.wrote_at).filter(|wrote| *wrote > self.answered_at)
    }

    /// Returns the number after which what happened matters, where the conversation is put aside as far as people told.
    pub(super) fn aside_since(&self) -> Option<i64> {
        self.resting().map(|(aside, _)| aside.seq)
    }

    /// Says how the work stands at `now`; `news` is what happened since [`Self::aside_since`], oldest first.
    pub(super) fn stands(
        &self,
        orders: &[Bought],
        news: &[News],
        now: i64,
        me: MemberId,
    ) -> Stands {
        match self.resting() {
            Some((aside, until)) => self.aside(aside, until, orders, news, now, me),
            None => Stands {
                handling: self.closed(me),
                turn: None,
            },
        }
    }

    fn resting(&self) -> Option<(&Aside, &SnoozeUntil)> {
        let aside = self.aside.as_ref()?;
        let closed = self.closing.as_ref().map_or(0, |closing| closing.seq);
        Some((aside, aside.until.as_ref()?)).filter(|_| aside.seq > closed)
    }

    fn closed(&self, me: MemberId) -> Handling {
        match &self.closing {
            Some(told) if told.resolved && self.press_seq < told.seq => Handling::Resolved {
                by: told.by.name.clone(),
                by_me: told.by.id == me,
                at: told.at,
                pending: false,
            },
            _ => Handling::Open,
        }
    }

    fn aside(
        &self,
        aside: &Aside,
        until: &SnoozeUntil,
        orders: &[Bought],
        news: &[News],
        now: i64,
        me: MemberId,
    ) -> Stands {
        let meant = Meant::of(until);
        let ends = meant.ends(until, orders).map(|at| at.max(aside.at));
        let by_event = || {
            news.iter()
                .find_map(|news| {
                    let reason = meant.reason(until, aside, orders, news)?;
                    Some((news.seq, news.at.max(aside.at), reason))
                })
                .or_else(|| Some((aside.seq, aside.at, meant.was_over(until, orders)?)))
        };
        let by_time = ends.filter(|at| *at <= now);
        let reason = match until {
            SnoozeUntil::Time { .. } => BackReason::Time,
            _ => BackReason::Expired,
        };
        let (at, reason, is_handled) = match (by_event(), by_time) {
            (Some((seq, at, reason)), time) if time.is_none_or(|time| at <= time) => {
                (at, reason, self.handled_seq > seq)
            }
            (later, Some(time)) => {
                // What came after the wait was over says more, and brings back nothing that was taken up meanwhile.
                let told = later.map(|(_, _, later)| later);
                let reason = told.filter(|_| meant.key.is_some()).unwrap_or(reason);
                (time, reason, self.handled_at >= time)
            }
            _ => {
                let handling = Handling::Snoozed {
                    until: until.clone(),
                    at: ends,
                    by: aside.by.name.clone(),
                    by_me: aside.by.id == me,
                    pending: false,
                };
                return Stands {
                    handling,
                    turn: ends,
                };
            }
        };
        let handling = if is_handled {
            Handling::Open
        } else {
            Handling::Back { reason, at }
        };
        Stands {
            handling,
            turn: ends,
        }
    }
}

/// The order a conversation was put aside for, if for one.
struct Meant<'a> {
    key: Option<&'a str>,
}

impl<'a> Meant<'a> {
    fn of(until: &'a SnoozeUntil) -> Self {
        let key = match until {
            SnoozeUntil::Paid { order_key } | SnoozeUntil::Expired { order_key } => {
                Some(order_key.as_str())
            }
            SnoozeUntil::Time { .. } | SnoozeUntil::Reply {} => None,
        };
        Self { key }
    }

    /// Tells whether an order is the one meant, or what the cart that is meant grew into.
    fn is(&self, key: &str, orders: &[Bought]) -> bool {
        let grew = |meant: &str| {
            let found = orders.iter().find(|bought| bought.key == key);
            found.is_some_and(|bought| bought.facts.carts.iter().any(|cart| cart == meant))
        };
        self.key.is_some_and(|meant| meant == key || grew(meant))
    }

    fn orders<'o>(&self, orders: &'o [Bought]) -> impl Iterator<Item = &'o Bought> {
        orders
            .iter()
            .filter(move |bought| self.is(&bought.key, orders))
    }

    /// Returns when the time put aside for is over, where that is known.
    fn ends(&self, until: &SnoozeUntil, orders: &[Bought]) -> Option<i64> {
        match until {
            SnoozeUntil::Time { at } => Some(at.timestamp_millis()),
            SnoozeUntil::Expired { .. } => self
                .orders(orders)
                .filter_map(|Bought { facts, .. }| {
                    let ends = facts.deadline.map(|ends| ends.at);
                    // What became of the charge does not change when it ran out.
                    ends.or(facts.ran_out)
                })
                .max(),
            SnoozeUntil::Paid { .. } | SnoozeUntil::Reply {} => None,
        }
    }

    /// Returns why it was over already when it was put aside: what was awaited had happened, unknown to whoever did it.
    fn was_over(&self, until: &SnoozeUntil, orders: &[Bought]) -> Option<BackReason> {
        let is_paid = |bought: &Bought| bought.facts.paid_at.is_some();
        if self.orders(orders).any(is_paid) {
            return Some(BackReason::Paid);
        }
        let is_over = |bought: &Bought| bought.facts.stage.group() == StageGroup::Expired;
        let waits = matches!(until, SnoozeUntil::Expired { .. });
        (waits && self.orders(orders).any(is_over)).then_some(BackReason::Expired)
    }

    /// Returns why something that happened brings the conversation back, if it does.
    fn reason(
        &self,
        until: &SnoozeUntil,
        aside: &Aside,
        orders: &[Bought],
        news: &News,
    ) -> Option<BackReason> {
        // An answer is what every wait is for in the end.
        let Some((key, stage)) = &news.order else {
            return Some(BackReason::Replied);
        };
        let is_meant = self.is(key, orders);
        match (stage.group(), until) {
            (StageGroup::Refused | StageGroup::Refund | StageGroup::Chargeback, _) => {
                Some(BackReason::News)
            }
            (StageGroup::Approved, SnoozeUntil::Paid { .. } | SnoozeUntil::Expired { .. })
                if is_meant =>
            {
                Some(BackReason::Paid)
            }
            (StageGroup::Expired, SnoozeUntil::Expired { .. }) if is_meant => {
                Some(BackReason::Expired)
            }
            (_, SnoozeUntil::Reply {}) => Some(BackReason::Replied),
            (group, _) => {
                (presses(group) && self.is_another(key, aside, orders)).then_some(BackReason::News)
            }
        }
    }

    /// Tells whether an order is another one: than the one meant, else than all that had begun before.
    fn is_another(&self, key: &str, aside: &Aside, orders: &[Bought]) -> bool {
        if self.key.is_some() {
            return !self.is(key, orders);
        }
        let found = orders.iter().find(|bought| bought.key == key);
        found.is_some_and(|bought| bought.facts.first_at > aside.at)
    }
}

/// Reads what happened in a conversation after an entry, oldest first.
pub(super) fn since(db: &Connection, conversation: i64, seq: i64) -> Result<Vec<News>, ApplyError> {
    let mut statement = db.prepare_cached(SINCE)?;
    let mut rows = statement.query([conversation, seq])?;
    let mut news = Vec::new();
    while let Some(row) = rows.next()? {
        let moment = serde_json::from_str(row.get_ref(2)?.as_str()?);
        let order = match moment.map_err(|_| ApplyError::Corrupt)? {
            Moment::Stage { is_test: true, .. } | Moment::HandedOver { .. } => continue,
            Moment::Stage { order, stage, .. } => Some((order, stage)),
            _ => None,
        };
        news.push(News {
            seq: row.get(0)?,
            at: row.get(1)?,
            order,
        });
    }
    news.sort_unstable_by_key(|news: &News| news.seq);
    Ok(news)
}

/// Tells whether an event asks for something to be done.
fn is_pressing(event: &Event) -> bool {
    !event.is_test && presses(event.stage.group())
}

const fn presses(group: StageGroup) -> bool {
    match group {
        StageGroup::Cart
        | StageGroup::Pix
        | StageGroup::Boleto
        | StageGroup::Refused
        | StageGroup::Overdue
        | StageGroup::Refund
        | StageGroup::Chargeback => true,
        StageGroup::Analysis | StageGroup::Expired | StageGroup::Approved => false,
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_never(at: &i64) -> bool {
    *at == 0
}
