//! The values of the variables for one order at one moment; for each that is missing, why.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc, Weekday};
use chrono_tz::America::Sao_Paulo;
use contract::boleto::BoletoLine;
use contract::pix::BrCode;
use contract::{Customer, Order, Stage};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::name::{first_name, full_name, usable};
use crate::variable::Variable;
use crate::words::{Locale, words};

#[cfg(test)]
pub(crate) mod tests;

/// Longest address put into a text.
const LONGEST_LINK: usize = 1_000;

/// Tells why a variable has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Reason {
    /// No event told it.
    NotTold,
    /// What was told is a placeholder or otherwise not fit for a customer.
    Unusable,
    /// Its time is over.
    Expired,
    /// Its check sum or structure is wrong.
    Broken,
    /// The sale is paid; the value would ask for the money again.
    Paid,
    /// A prompt that nobody has answered yet.
    Unanswered,
}

/// Holds what values are read from.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// The order.
    pub order: &'a Order,
    /// The same thing was paid by another order of the customer's.
    pub paid_elsewhere: bool,
    /// The person, as far as the conversation knows more than the order.
    pub customer: &'a Customer,
    /// The name of who writes.
    pub agent: Option<&'a str>,
    /// The shop's name.
    pub store: Option<&'a str>,
    /// The platform's name as people say it.
    pub platform: Option<&'a str>,
    /// The moment of filling.
    pub now: DateTime<Utc>,
    /// The language of the text.
    pub locale: Locale,
}

/// Holds a value or a reason for every variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values(BTreeMap<Variable, Result<String, Reason>>);

impl Values {
    /// Reads every variable.
    #[must_use]
    pub fn of(sources: &Sources<'_>) -> Self {
        Self(
            Variable::ALL
                .iter()
                .map(|variable| (*variable, sources.value(*variable)))
                .collect(),
        )
    }

    /// Returns a variable's value.
    ///
    /// # Errors
    /// The [`Reason`] why there is none.
    pub fn get(&self, variable: Variable) -> Result<&str, Reason> {
        match self.0.get(&variable) {
            Some(Ok(value)) => Ok(value),
            Some(Err(reason)) => Err(*reason),
            None => Err(Reason::NotTold),
        }
    }
}

/// Returns the PIX code that may be sent now.
///
/// # Errors
/// [`Reason::Paid`], [`Reason::Expired`] (at its last second, or with the order), [`Reason::Broken`] when the code fails its
/// check sum, [`Reason::NotTold`].
pub fn live_pix(order: &Order, now: DateTime<Utc>) -> Result<BrCode, Reason> {
    let pix = open(order)?.pix().ok_or(Reason::NotTold)?;
    if pix.expires_at.is_some_and(|end| end <= now) {
        return Err(Reason::Expired);
    }
    let code = pix.code.as_deref().ok_or(Reason::NotTold)?;
    BrCode::parse(code).map_err(|_| Reason::Broken)
}

/// Returns the boleto that may be sent now.
///
/// # Errors
/// As [`live_pix`]; expired from the day after [`last_day_to_pay`].
pub fn live_boleto(order: &Order, now: DateTime<Utc>) -> Result<BoletoLine, Reason> {
    let boleto = open(order)?.boleto().ok_or(Reason::NotTold)?;
    let text = boleto.line.as_deref().ok_or(Reason::NotTold)?;
    let line = BoletoLine::parse(text, sent_on(order, now)).map_err(|_| Reason::Broken)?;
    let due = boleto.due_on.or(line.due.on());
    if due.is_some_and(|due| last_day_to_pay(due) < today(now)) {
        return Err(Reason::Expired);
    }
    Ok(line)
}

/// Returns the last day a boleto can be paid without a fine: due dates on a week-end move to Monday.
///
/// Bank holidays are not known here.
#[must_use]
pub fn last_day_to_pay(due: NaiveDate) -> NaiveDate {
    let days = match due.weekday() {
        Weekday::Sat => 2,
        Weekday::Sun => 1,
        _ => 0,
    };
    due.checked_add_days(Days::new(days)).unwrap_or(due)
}

/// Returns the day in São Paulo.
#[must_use]
pub fn today(now: DateTime<Utc>) -> NaiveDate {
    now.with_timezone(&Sao_Paulo).date_naive()
}

/// Lets an order through while it waits for a payment.
fn open(order: &Order) -> Result<&Order, Reason> {
    if order.was_paid() {
        return Err(Reason::Paid);
    }
    match order.stage() {
        Some(Stage::PaymentExpired | Stage::Cancelled) => Err(Reason::Expired),
        _ => Ok(order),
    }
}

/// The day the boleto was told, which decides between the dates its line may mean.
fn sent_on(order: &Order, now: DateTime<Utc>) -> NaiveDate {
    today(order.last_at().unwrap_or(now))
}

impl Sources<'_> {
    /// Tells whether the money is there, by this order or another: nothing is left to ask for.
    #[must_use]
    pub const fn is_paid(&self) -> bool {
        self.paid_elsewhere || self.order.was_paid()
    }

    fn value(&self, variable: Variable) -> Result<String, Reason> {
        if variable.serves_to_pay() && self.is_paid() {
            return Err(Reason::Paid);
        }
        match variable {
            Variable::CustomerFirstName => self.name(first_name),
            Variable::CustomerName => self.name(full_name),
            Variable::Amount => self.amount(),
            Variable::Product => self.product(),
            Variable::PixCode => live_pix(self.order, self.now).map(|pix| pix.code),
            Variable::PixExpiresIn => self.pix_expires_in(),
            Variable::BoletoLine => live_boleto(self.order, self.now).map(|boleto| boleto.line),
            Variable::BoletoDueOn => self.boleto_due_on(),
            Variable::BoletoUrl => link(
                open(self.order)?
                    .boleto()
                    .and_then(|boleto| boleto.url.as_deref()),
            ),
            Variable::CheckoutUrl => link(self.order.checkout_url()),
            Variable::OrderUrl => link(self.order.order_url()),
            Variable::Coupon => text(self.order.coupon()),
            Variable::Store => text(self.store),
            Variable::AgentName => text(self.agent),
            Variable::Platform => text(self.platform),
            Variable::OrderRef => text(self.order.reference()),
        }
    }

    /// Takes the order's own name, else the conversation's.
    fn name(&self, read: fn(&str) -> Option<String>) -> Result<String, Reason> {
        let of_order = self.order.customer().name;
        let told = [of_order.as_deref(), self.customer.name.as_deref()];
        let mut told = told
            .into_iter()
            .flatten()
            .filter(|name| !name.trim().is_empty())
            .peekable();
        let reason = if told.peek().is_some() {
            Reason::Unusable
        } else {
            Reason::NotTold
        };
        told.find_map(read).ok_or(reason)
    }

    fn amount(&self) -> Result<String, Reason> {
        let amount = self.order.amount().ok_or(Reason::NotTold)?;
        if amount.minor <= 0 {
            return Err(Reason::Unusable);
        }
        Ok(self.locale.money(amount))
    }

    fn product(&self) -> Result<String, Reason> {
        let items = self.order.items();
        let first = text(items.first().map(|item| item.name.as_str()))?;
        Ok(words(self.locale).products(&first, items.len().saturating_sub(1)))
    }

    fn pix_expires_in(&self) -> Result<String, Reason> {
        live_pix(self.order, self.now)?;
        let end = self
            .order
            .pix()
            .and_then(|pix| pix.expires_at)
            .ok_or(Reason::NotTold)?;
        let left: TimeDelta = end.signed_duration_since(self.now);
        Ok(words(self.locale).span(left.num_minutes()))
    }

    fn boleto_due_on(&self) -> Result<String, Reason> {
        let boleto = open(self.order)?.boleto().ok_or(Reason::NotTold)?;
        let of_line = || {
            let line =
                BoletoLine::parse(boleto.line.as_deref()?, sent_on(self.order, self.now)).ok()?;
            line.due.on()
        };
        let due = boleto.due_on.or_else(of_line).ok_or(Reason::NotTold)?;
        Ok(self.locale.day(due, today(self.now)))
    }
}

fn text(told: Option<&str>) -> Result<String, Reason> {
    let told = told
        .filter(|text| !text.trim().is_empty())
        .ok_or(Reason::NotTold)?;
    usable(told).ok_or(Reason::Unusable)
}

fn link(told: Option<&str>) -> Result<String, Reason> {
    let told = told
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .ok_or(Reason::NotTold)?;
    let host = told
        .strip_prefix("https://")
        .and_then(|rest| rest.split(['/', '?', '#']).next());
    let plain = told.chars().all(|c| {
        !c.is_whitespace() && !c.is_control() && !matches!(c, '"' | '<' | '>' | '{' | '}')
    });
    if plain && host.is_some_and(|host| host.contains('.')) && told.len() <= LONGEST_LINK {
        Ok(told.to_owned())
    } else {
        Err(Reason::Unusable)
    }
}
