//! Lists narrowed just now: any view, and what its conversations have to meet.
//!
//! What is asked of orders is read from their columns once, into a set of conversations; then the view's own range is walked
//! in its order, for the page and for the count.

use contract::{Filter, OwnerIs, Period};
use rusqlite::Connection;

use super::super::batch::{Said, bought};
use super::super::conversation::{Conversation, Whole};
use super::super::judge::Bought;
use super::super::narrow::{self, Narrow, plain};
use super::super::traits::{self, Kind};
use super::super::{ApplyError, labels};
use super::lists::{self, Key, Shown};
use super::talk;
use crate::deadline;
use crate::view::RowPage;

pub(in super::super) const WALK: &str =
    "SELECT rank, conversation FROM listing WHERE view = ?1 ORDER BY rank, conversation";

pub(in super::super) const OWNED: &str = "SELECT conversation FROM owned WHERE owner = ?1";

pub(in super::super) const WORN: &str = "SELECT conversation FROM worn WHERE label = ?1";

/// Returns one page of a view's conversations that meet a filter.
pub(super) fn page(
    db: &Connection,
    shown: &Shown<'_>,
    view: i64,
    filter: &Filter,
    after: Option<Key>,
    limit: u32,
) -> Result<RowPage, ApplyError> {
    let narrow = Narrow::new(filter.clone(), shown.overlay.me.id);
    let now = shown.swept_at;
    let passing = Passing::of(db, &narrow, now)?;
    let after = after.unwrap_or((i64::MIN, i64::MIN));
    let mut keys = Vec::new();
    let mut count = 0_i64;
    let most = limit as usize;
    let mut statement = db.prepare_cached(WALK)?;
    let mut rows = statement.query([view])?;
    while let Some(row) = rows.next()? {
        let conversation = row.get(1)?;
        if passing.has(conversation) && !shown.laid.contains_key(&conversation) {
            count += 1;
            let key = (row.get(0)?, conversation);
            if key > after && keys.len() < most {
                keys.push(key);
            }
        }
    }
    for (key, _, laid) in shown.moved(view) {
        let owner = laid.owner.as_ref().map(|owner| owner.member);
        let passes = narrow.passes(&laid.orders, owner, &laid.folded, now);
        if passes.is_some() {
            count += 1;
            keys.extend(Some(key).filter(|key| *key > after));
        }
    }
    keys.sort_unstable();
    keys.truncate(most);
    let mut page = Vec::with_capacity(keys.len());
    for key in keys {
        let Some(found) = Conversation::by_row(db, key.1)? else {
            continue;
        };
        let laid = shown.laid.get(&found.row);
        let place = laid.map_or_else(|| found.place(view), |laid| laid.place(view));
        let shows = place.map_or(0, |place| place.purchase);
        let purchase = purchase(db, shown, &found, filter, shows)?.unwrap_or(shows);
        page.extend(lists::row(db, key.1, purchase, shown)?.map(|row| (key, row)));
    }
    Ok(lists::put_together(page, limit, count))
}

/// Returns the order that a narrowed list shows of a conversation, or `None` where it does not pass; `shows` is the order that
/// the view itself shows.
pub(super) fn purchase(
    db: &Connection,
    shown: &Shown<'_>,
    found: &Conversation,
    filter: &Filter,
    shows: i64,
) -> Result<Option<i64>, ApplyError> {
    let narrow = Narrow::new(filter.clone(), shown.overlay.me.id);
    let now = shown.swept_at;
    let row = |passes: Option<Option<&Bought>>| {
        passes.map(|bought| bought.map_or(shows, |bought| bought.row))
    };
    if let Some(laid) = shown.laid.get(&found.row) {
        let owner = laid.owner.as_ref().map(|owner| owner.member);
        return Ok(row(narrow.passes(&laid.orders, owner, &laid.folded, now)));
    }
    let whole = Whole::of(&found.clone().parts(db)?);
    let said = Said::of(db, found.row, &whole)?;
    let mut orders = talk::newest_first(bought(db, found.row)?);
    for bought in &mut orders {
        bought.facts.hear(whole.times.heard_at);
    }
    let owner = found.owner.as_ref().map(|owner| owner.member);
    Ok(row(narrow.passes(&orders, owner, &said.names, now)))
}

/// A set of conversations, by their rows; `None` is all of them.
pub(super) struct Passing(Option<Vec<u64>>);

impl Passing {
    /// Finds those that meet what is asked, as far as storage knows.
    pub(super) fn of(db: &Connection, narrow: &Narrow, now: i64) -> Result<Self, ApplyError> {
        let mut passing = Self(None);
        if narrow.asks_of_orders() {
            let sql = of_orders(db, narrow, now)?;
            passing.meet(gather(db, &sql, ())?);
        }
        if !narrow.filter.owners.is_empty() {
            passing.meet(owned(db, narrow)?);
        }
        if !narrow.labels.is_empty() {
            let mut worn = Vec::new();
            for label in &narrow.labels {
                if let Some(number) = labels::number(db, label)? {
                    join(&mut worn, &gather(db, WORN, [number])?);
                }
            }
            passing.meet(worn);
        }
        Ok(passing)
    }

    pub(super) fn has(&self, conversation: i64) -> bool {
        self.0.as_ref().is_none_or(|set| has(set, conversation))
    }

    fn meet(&mut self, other: Vec<u64>) {
        self.0 = Some(match self.0.take() {
            None => other,
            Some(set) => set
                .iter()
                .zip(&other)
                .map(|(one, other)| one & other)
                .collect(),
        });
    }
}

/// Returns the conversations that any of the owners asked for has.
fn owned(db: &Connection, narrow: &Narrow) -> Result<Vec<u64>, ApplyError> {
    let mut set = Vec::new();
    for is in &narrow.filter.owners {
        let member = match is {
            OwnerIs::Me => narrow.me,
            OwnerIs::Member { id } => *id,
            OwnerIs::Nobody => {
                let mut taken = gather(db, "SELECT conversation FROM owned", ())?;
                let last: i64 = db
                    .prepare_cached("SELECT coalesce(max(id), 0) FROM conversation")?
                    .query_row((), |row| row.get(0))?;
                taken.resize(place(last).map_or(0, |(word, _)| word + 1), 0);
                let free: Vec<u64> = taken.iter().map(|word| !word).collect();
                join(&mut set, &free);
                continue;
            }
        };
        join(
            &mut set,
            &gather(db, OWNED, [member.as_u128().to_be_bytes()])?,
        );
    }
    Ok(set)
}

/// Asks for the conversations of orders that meet what is asked of orders. All that goes into the text are numbers.
fn of_orders(db: &Connection, narrow: &Narrow, now: i64) -> Result<String, ApplyError> {
    let filter = &narrow.filter;
    let mut terms: Vec<String> = Vec::new();
    let groups = filter.stages.iter().map(|group| traits::stages(*group));
    terms.extend(one_of("stages", groups.collect(), filter.stages.is_empty()));
    let sources: Vec<String> = filter.sources.iter().map(ToString::to_string).collect();
    let words = [
        ("platform", Kind::Platform, &filter.platforms),
        ("source", Kind::Source, &sources),
        ("utm_source", Kind::UtmSource, &filter.utm_sources),
        ("utm_medium", Kind::UtmMedium, &filter.utm_mediums),
        ("utm_campaign", Kind::UtmCampaign, &filter.utm_campaigns),
    ];
    for (column, kind, values) in words {
        terms.extend(one_of(column, known(db, kind, values)?, values.is_empty()));
    }
    if !filter.products.is_empty() {
        let names: Vec<String> = filter.products.iter().map(|name| plain(name)).collect();
        let ids = known(db, Kind::Product, &names)?;
        let mut any: Vec<String> = one_of("product", ids.clone(), false).into_iter().collect();
        any.extend(
            ids.iter()
                .map(|id| format!("instr(products, ',{id},') > 0")),
        );
        terms.push(format!("({})", any.join(" OR ")));
    }
    terms.extend(filter.amount_from.map(|from| format!("amount >= {from}")));
    terms.extend(filter.amount_to.map(|to| format!("amount <= {to}")));
    terms.extend(filter.period.map(|period| of_period(period, now)));
    terms.extend(filter.ends_within.map(|within| {
        let until = now.saturating_add(narrow::millis(within));
        format!("ends > {now} AND ends <= {until}")
    }));
    Ok(format!(
        "SELECT conversation FROM trait WHERE {}",
        terms.join(" AND ")
    ))
}

fn of_period(period: Period, now: i64) -> String {
    match period {
        Period::Between { from, to } => format!(
            "at >= {} AND at < {}",
            from.timestamp_millis(),
            to.timestamp_millis()
        ),
        Period::Days { count } => {
            let days = chrono::Days::new(count.max(1).into());
            let before = deadline::day_of(now).and_then(|day| day.checked_sub_days(days));
            let from = before.and_then(deadline::end_of_day).unwrap_or(i64::MAX);
            format!("at >= {from}")
        }
    }
}

fn one_of(column: &str, ids: Vec<i64>, is_all: bool) -> Option<String> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    (!is_all).then(|| format!("{column} IN ({})", ids.join(",")))
}

fn known(db: &Connection, kind: Kind, values: &[String]) -> Result<Vec<i64>, ApplyError> {
    let mut ids = Vec::new();
    for value in values {
        ids.extend(traits::known(db, kind, value)?);
    }
    Ok(ids)
}

fn gather(
    db: &Connection,
    sql: &str,
    bound: impl rusqlite::Params,
) -> Result<Vec<u64>, ApplyError> {
    let mut set = Vec::new();
    // What is asked just now is seldom asked again.
    let mut statement = db.prepare(sql)?;
    let mut rows = statement.query(bound)?;
    while let Some(row) = rows.next()? {
        let Some((word, bit)) = place(row.get(0)?) else {
            continue;
        };
        if word >= set.len() {
            set.resize(word + 1, 0_u64);
        }
        if let Some(slot) = set.get_mut(word) {
            *slot |= 1 << bit;
        }
    }
    Ok(set)
}

fn join(set: &mut Vec<u64>, other: &[u64]) {
    if set.len() < other.len() {
        set.resize(other.len(), 0);
    }
    for (one, other) in set.iter_mut().zip(other) {
        *one |= other;
    }
}

fn has(set: &[u64], conversation: i64) -> bool {
    place(conversation)
        .and_then(|(word, bit)| Some(set.get(word)? >> bit & 1 == 1))
        .unwrap_or(false)
}

fn place(conversation: i64) -> Option<(usize, u32)> {
    let word = usize::try_from(conversation / 64).ok()?;
    Some((word, u32::try_from(conversation % 64).ok()?))
}
