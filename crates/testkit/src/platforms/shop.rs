//! An invented shop: its orders, carts, tokens and registered webhooks, the same every time.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, Utc};
use contract::{
    Money,
    pix::{Charge, Destination},
};
use serde_json::Value;

use super::Plan;

/// The first order's number; carts are numbered from another.
const FIRST_ORDER: u64 = 5_600_000_001;
const FIRST_CART: u64 = 6_700_000_001;

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Waits for a PIX to be paid.
    Pix,
    /// Waits for a boleto to be paid.
    Boleto,
    /// Was paid by card.
    Paid,
    /// Waits to be paid after a card was refused.
    Refused,
    /// Was paid by card and a tenth of it given back.
    PartlyRefunded,
    /// Was paid and given back.
    Refunded,
    /// Was cancelled unpaid.
    Cancelled,
}

/// One order, or one cart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order {
    pub(super) index: usize,
    pub(super) id: u64,
    pub(super) state: State,
    pub(super) made: DateTime<Utc>,
    pub(super) changed: DateTime<Utc>,
}

/// What a platform holds.
#[derive(Debug)]
pub(super) struct Shop {
    plan: Plan,
    /// The platform's own address.
    pub(super) url: String,
    marked: BTreeMap<usize, (State, DateTime<Utc>)>,
    hidden: HashMap<usize, usize>,
    /// Orders shown as they were at first, for so many fetches more.
    lagging: HashMap<usize, usize>,
    /// The orders that were fetched by id since last looked at.
    pub(super) fetched: Vec<usize>,
    /// The tokens given out that are alive.
    pub(super) tokens: Vec<String>,
    /// The webhooks registered.
    pub(super) hooks: Vec<Value>,
    /// Whether a webhook's secret shows only when it is made.
    pub(super) hides_secrets: bool,
    /// Whether the app may not read payments.
    pub(super) hides_payments: bool,
    counted: u64,
}

/// A part of a listing.
pub(super) struct Slice {
    pub(super) orders: Vec<Order>,
    pub(super) total: usize,
    pub(super) pages: usize,
}

impl Shop {
    pub(super) fn new(plan: Plan, url: String) -> Self {
        Self {
            plan,
            url,
            marked: BTreeMap::new(),
            hidden: HashMap::new(),
            lagging: HashMap::new(),
            fetched: Vec::new(),
            tokens: Vec::new(),
            hooks: Vec::new(),
            hides_secrets: false,
            hides_payments: false,
            counted: 0,
        }
    }

    /// Returns a number that was not returned before.
    pub(super) fn count(&mut self) -> u64 {
        self.counted += 1;
        self.counted
    }

    /// Gives out a token.
    pub(super) fn open(&mut self) -> String {
        let token = format!("token-de-teste-{:08}", self.count());
        self.tokens.push(token.clone());
        token
    }

    /// Tells whether a token is alive.
    pub(super) fn knows(&self, token: &str) -> bool {
        self.tokens.iter().any(|known| known == token)
    }

    pub(super) fn order(&self, index: usize) -> Order {
        let first = self.first(index);
        let (state, changed) = self
            .marked
            .get(&index)
            .copied()
            .unwrap_or((first.state, first.changed));
        Order {
            state,
            changed,
            ..first
        }
    }

    /// Returns an order as it was before it was marked.
    fn first(&self, index: usize) -> Order {
        let changed = self.spread(index, self.plan.orders);
        let state = match index % 5 {
            0 => State::Pix,
            1 => State::Boleto,
            _ => State::Paid,
        };
        Order {
            index,
            id: FIRST_ORDER + index as u64,
            state,
            made: self.made(changed),
            changed,
        }
    }

    pub(super) fn orders(&self) -> impl Iterator<Item = Order> {
        (0..self.plan.orders).map(|index| self.order(index))
    }

    pub(super) fn carts(&self) -> impl Iterator<Item = Order> {
        (0..self.plan.carts).map(|index| {
            let changed = self.spread(index, self.plan.carts);
            Order {
                index,
                id: FIRST_CART + index as u64,
                state: State::Cancelled,
                made: self.made(changed),
                changed,
            }
        })
    }

    /// Finds an order that is fetched by its id, unless it is hidden still.
    pub(super) fn fetch(&mut self, id: &str, slug: &str) -> Option<Order> {
        let order = self.orders().find(|order| order.id_of(slug) == id)?;
        self.fetched.push(order.index);
        if let Some(left) = self.hidden.get_mut(&order.index)
            && let Some(less) = left.checked_sub(1)
        {
            *left = less;
            return None;
        }
        if let Some(left) = self.lagging.get_mut(&order.index)
            && let Some(less) = left.checked_sub(1)
        {
            *left = less;
            return Some(self.first(order.index));
        }
        Some(order)
    }

    pub(super) fn lag(&mut self, index: usize, times: usize) {
        self.lagging.insert(index, times);
    }

    pub(super) fn mark(&mut self, index: usize, state: State, at: DateTime<Utc>) {
        self.marked.insert(index, (state, at));
    }

    pub(super) fn hide(&mut self, index: usize, times: usize) {
        self.hidden.insert(index, times);
    }

    /// Nothing was made before the plan begins, where listings by creation would not show it.
    fn made(&self, changed: DateTime<Utc>) -> DateTime<Utc> {
        (changed - TimeDelta::minutes(3)).max(self.plan.since)
    }

    /// Lies evenly between the plan's two times, the last one on the later.
    fn spread(&self, index: usize, of: usize) -> DateTime<Utc> {
        let span = (self.plan.until - self.plan.since).num_seconds();
        let steps = of.saturating_sub(1).max(1) as i64;
        self.plan.since + TimeDelta::seconds(span * index as i64 / steps)
    }
}

impl Slice {
    /// Cuts a page out of a listing, the latest change first, as shops show them.
    pub(super) fn of(listed: impl Iterator<Item = Order>, page: usize, per_page: usize) -> Self {
        let mut orders: Vec<Order> = listed.collect();
        orders.reverse();
        let total = orders.len();
        let from = page.saturating_sub(1).saturating_mul(per_page);
        let orders = orders.into_iter().skip(from).take(per_page).collect();
        Self {
            orders,
            total,
            pages: total.div_ceil(per_page.max(1)),
        }
    }
}

impl Order {
    /// Returns the id as the platform writes it: a number, or at course platforms a text.
    pub(super) fn id_of(&self, slug: &str) -> String {
        match slug {
            "kiwify" => format!("61b82f43-51d4-40b5-9c2b-{:012}", self.index),
            "hotmart" => format!("HP{:014}", self.index + 1),
            _ => self.id.to_string(),
        }
    }

    pub(super) fn buyer(&self) -> String {
        const FIRST: [&str; 8] = [
            "Ana", "Bruno", "Carla", "Diego", "Elisa", "Fábio", "Gilda", "Hugo",
        ];
        const LAST: [&str; 7] = [
            "Alves", "Barros", "Castro", "Dias", "Esteves", "Farias", "Gomes",
        ];
        let (first, last) = (FIRST[self.index % 8], LAST[self.index / 8 % 7]);
        format!("{first} {last}")
    }

    pub(super) fn email(&self) -> String {
        format!("cliente{}@example.com", self.index)
    }

    /// An invented mobile, with country code.
    pub(super) fn phone(&self) -> String {
        format!("+551190{:07}", self.index)
    }

    pub(super) fn centavos(&self) -> i64 {
        9_700 + (self.index as i64 % 97) * 110
    }

    /// The amount as most shops write it, `197.00`.
    pub(super) fn decimal(&self) -> String {
        format!("{}.{:02}", self.centavos() / 100, self.centavos() % 100)
    }

    /// A tenth of the amount.
    pub(super) fn tenth(&self) -> String {
        let tenth = self.centavos() / 10;
        format!("{}.{:02}", tenth / 100, tenth % 100)
    }

    pub(super) fn pix_code(&self) -> String {
        let charge = Charge {
            destination: Destination::Url(format!("pix.example.com/v2/{}", self.id)),
            amount: Some(Money::brl(self.centavos())),
            receiver: "Loja Exemplo".to_owned(),
            city: "Sao Paulo".to_owned(),
            txid: None,
        };
        charge.code().expect("the order fits a code")
    }

    pub(super) fn token(&self) -> String {
        format!("{:032x}", u128::from(self.id) * 7919)
    }
}

/// Writes a time on Brazil's clock.
pub(super) fn in_brazil(at: DateTime<Utc>, form: &str) -> String {
    let brazil = FixedOffset::west_opt(3 * 3600).expect("three hours are less than a day");
    at.with_timezone(&brazil).format(form).to_string()
}

/// Returns the day in Brazil.
pub(super) fn day_in_brazil(at: DateTime<Utc>) -> NaiveDate {
    (at - TimeDelta::hours(3)).date_naive()
}

/// Reads a time from a query; what is not one does not limit.
pub(super) fn time(text: &str) -> Option<DateTime<Utc>> {
    let time = DateTime::parse_from_rfc3339(text).ok()?;
    Some(time.to_utc())
}

/// Tells whether a change lies within a span as queries name it, in whole seconds as shops compare them.
pub(super) fn within(changed: DateTime<Utc>, min: &str, max: &str) -> bool {
    let at = changed.timestamp();
    time(min).is_none_or(|min| at >= min.timestamp())
        && time(max).is_none_or(|max| at <= max.timestamp())
}
