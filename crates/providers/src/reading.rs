//! What reading a request yields: drafts of events, a reason for having none, or a named error.

use chrono::{DateTime, TimeDelta, Utc};
use contract::money::MoneyError;
use contract::{
    Currency, Customer, Event, EventId, IntegrationId, Item, Money, Payment, Stage, Utms,
};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::scalar;
use crate::settings::Settings;

/// How far a source's clock may run ahead of ours.
pub(crate) const CLOCK_LEAD: TimeDelta = TimeDelta::minutes(10);

/// The earliest time believed, 2000-01-01; what is before it is a clock that was never set.
const EARLIEST: i64 = 946_684_800;

/// Longest id of an order, in bytes.
const MAX_EXTERNAL_ID: usize = 200;

/// Longest number of an order that people would say, in characters.
const MAX_NUMBER: usize = 64;

/// Most lines kept of one order.
pub(crate) const MAX_ITEMS: usize = 100;

/// Tells a reader what it cannot know from the bytes.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// When the request arrived.
    pub now: DateTime<Utc>,
    /// The integration that received it.
    pub integration: IntegrationId,
    /// What the seller set for it.
    pub settings: &'a Settings,
}

/// Tells what a request was read into.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// Events to be stored.
    Events(Vec<Draft>),
    /// A notice that an order changed: its state is to be fetched from the platform's API, and outranks what is told here.
    Notice {
        /// The platform's name of the event.
        event: String,
        /// The platform's id of the order, fit for [`pull::Puller::order`](crate::pull::Puller::order).
        order: String,
        /// What is certain already; often nothing.
        drafts: Vec<Draft>,
    },
    /// A known event that is no stage of a purchase.
    Ignored {
        /// The platform's name of the event.
        event: String,
        /// Why it leads to no event here.
        why: &'static str,
    },
    /// An event or status nobody has mapped yet; to be kept and counted.
    Unmapped {
        /// The platform's name of the event.
        event: String,
        /// What is not known about it.
        why: &'static str,
    },
}

impl Reading {
    /// Notes an unconfirmed shape of the whole body; one of [`shapes`](crate::shapes).
    #[must_use]
    pub(crate) fn shaped(mut self, name: &'static str) -> Self {
        if let Self::Events(drafts) | Self::Notice { drafts, .. } = &mut self {
            for draft in drafts {
                draft.shape_if(true, name);
            }
        }
        self
    }
}

/// Names a field that was there and could not be used; never what stood in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubt {
    /// The stable word for what is wrong, as in `amount_ambiguous`.
    pub code: &'static str,
    /// The path of the field.
    pub path: &'static str,
}

/// Tells why a body cannot be read; holds no part of the body.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{code} at {path}: {detail}")]
pub struct Unreadable {
    /// The stable word, as in `bad_json`.
    pub code: &'static str,
    /// The path of the field, `.` for the whole body.
    pub path: String,
    /// What was expected, or where.
    pub detail: String,
}

/// Holds an event that has no id yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Equal for two deliveries that tell the same thing of the same order.
    pub business_key: String,
    /// See [`Event::external_id`].
    pub external_id: String,
    /// See [`Event::order_number`].
    pub order_number: Option<String>,
    /// See [`Event::stage`].
    pub stage: Stage,
    /// See [`Event::event`].
    pub event: String,
    /// See [`Event::amount_minor`].
    pub amount_minor: Option<i64>,
    /// See [`Event::currency`].
    pub currency: Currency,
    /// See [`Event::refunded_minor`].
    pub refunded_minor: Option<i64>,
    /// See [`Event::occurred_at`].
    pub occurred_at: DateTime<Utc>,
    /// See [`Event::provider`].
    pub provider: &'static str,
    /// See [`Event::integration_id`].
    pub integration_id: IntegrationId,
    /// See [`Event::order_key`].
    pub order_key: String,
    /// See [`Event::carts`].
    pub carts: Vec<String>,
    /// See [`Event::bump_of`].
    pub bump_of: Option<String>,
    /// See [`Event::customer`].
    pub customer: Customer,
    /// See [`Event::checkout_url`].
    pub checkout_url: Option<String>,
    /// See [`Event::order_url`].
    pub order_url: Option<String>,
    /// See [`Event::items`].
    pub items: Vec<Item>,
    /// See [`Event::payment`].
    pub payment: Payment,
    /// See [`Event::coupon`].
    pub coupon: Option<String>,
    /// See [`Event::utms`].
    pub utms: Utms,
    /// See [`Event::is_test`].
    pub is_test: bool,
    /// See [`Event::incomplete`].
    pub incomplete: bool,
    /// Fields that were there and could not be used.
    pub doubts: Vec<Doubt>,
    /// The unconfirmed shapes that were met; see [`shapes`](crate::shapes).
    pub shapes: Vec<&'static str>,
}

impl Draft {
    /// Makes the event, without its raw body.
    #[must_use]
    pub fn into_event(self, id: EventId) -> Event {
        Event {
            id,
            external_id: self.external_id,
            order_number: self.order_number,
            stage: self.stage,
            event: self.event,
            amount_minor: self.amount_minor,
            currency: self.currency,
            refunded_minor: self.refunded_minor,
            occurred_at: self.occurred_at,
            provider: self.provider.to_owned(),
            integration_id: self.integration_id,
            order_key: self.order_key,
            carts: self.carts,
            bump_of: self.bump_of,
            customer: self.customer,
            checkout_url: self.checkout_url,
            order_url: self.order_url,
            items: self.items,
            payment: self.payment,
            coupon: self.coupon,
            utms: self.utms,
            is_test: self.is_test,
            incomplete: self.incomplete,
            raw: None,
        }
    }

    /// Begins the draft of an event.
    pub(crate) fn of(
        context: &Context<'_>,
        provider: &'static str,
        external_id: &str,
        stage: Stage,
        event: &str,
    ) -> Self {
        Self {
            business_key: String::new(),
            external_id: external_id.to_owned(),
            order_number: None,
            stage,
            event: event.to_owned(),
            amount_minor: None,
            currency: context.settings.currency(),
            refunded_minor: None,
            occurred_at: context.now,
            provider,
            integration_id: context.integration,
            order_key: order_key(provider, context.integration, external_id),
            carts: Vec::new(),
            bump_of: None,
            customer: Customer::default(),
            checkout_url: None,
            order_url: None,
            items: Vec::new(),
            payment: Payment::default(),
            coupon: None,
            utms: Utms::default(),
            is_test: false,
            incomplete: false,
            doubts: Vec::new(),
            shapes: Vec::new(),
        }
    }

    /// Takes the number under which buyer and seller know the order; one that only repeats the id tells nothing.
    pub(crate) fn numbered(&mut self, told: Option<&str>) {
        let fits =
            |number: &String| number.chars().count() <= MAX_NUMBER && *number != self.external_id;
        self.order_number = told.and_then(scalar::line).filter(fits);
    }

    /// Names a cart or checkout, by the platform's id, that this order grew from; ids that cannot be an order's are left out.
    pub(crate) fn grew_from(&mut self, cart: Option<&str>) {
        let Ok(cart) = external_id(cart, ".") else {
            return;
        };
        let key = order_key(self.provider, self.integration_id, cart);
        if key != self.order_key && !self.carts.contains(&key) {
            self.carts.push(key);
        }
    }

    /// Names the order, by the platform's id, at whose checkout this one was added; its own id, and one that cannot be an order's,
    /// are left out.
    pub(crate) fn bumps(&mut self, parent: Option<&str>) {
        let Ok(parent) = external_id(parent, ".") else {
            return;
        };
        let key = order_key(self.provider, self.integration_id, parent);
        self.bump_of = Some(key).filter(|key| *key != self.order_key);
    }

    /// Puts this on the card of another of the platform's ids, as of the cart a payment was tried in; an id that cannot be an
    /// order's changes nothing.
    pub(crate) fn on_card_of(&mut self, id: Option<&str>) {
        if let Ok(id) = external_id(id, ".") {
            self.order_key = order_key(self.provider, self.integration_id, id);
        }
    }

    /// Notes a field that could not be used.
    pub(crate) fn doubt(&mut self, code: &'static str, path: &'static str) {
        self.doubts.push(Doubt { code, path });
    }

    /// Notes an unconfirmed shape where it was met; one of [`shapes`](crate::shapes).
    pub(crate) fn shape_if(&mut self, met: bool, name: &'static str) {
        if met {
            self.shapes.push(name);
        }
    }

    /// Takes the amount, or notes why it is not one; an absent amount needs no note.
    pub(crate) fn amount(&mut self, amount: Result<Money, MoneyError>, path: &'static str) {
        match amount {
            Ok(money) => {
                self.amount_minor = Some(money.minor);
                self.currency = money.currency;
            }
            Err(error) => {
                if let Some(code) = amount_doubt(&error) {
                    self.doubt(code, path);
                }
            }
        }
    }

    /// Takes an amount in cents, as an integer or a text of digits.
    pub(crate) fn cents(&mut self, raw: Option<&RawValue>, path: &'static str) {
        if let Some(raw) = raw {
            self.amount(cents(raw, self.currency), path);
        }
    }

    /// Takes an amount in machine notation, where a point always marks decimals; see [`dotted`].
    pub(crate) fn dotted(&mut self, raw: Option<&RawValue>, path: &'static str) {
        if let Some(raw) = raw {
            self.amount(dotted(raw, self.currency), path);
        }
    }

    /// Takes an amount whose text may be as people write it; see [`written`].
    pub(crate) fn written(&mut self, raw: Option<&RawValue>, path: &'static str) {
        if let Some(raw) = raw {
            self.amount(written(raw, self.currency), path);
        }
    }

    /// Takes an amount that was printed from a float; see [`rounded`].
    pub(crate) fn rounded(&mut self, raw: Option<&RawValue>, path: &'static str) {
        if let Some(raw) = raw {
            self.amount(rounded(raw, self.currency), path);
        }
    }

    /// Ends the draft: judges the source's time, tells whether anything required is missing, makes the business key.
    pub(crate) fn sealed(mut self, context: &Context<'_>, told: Option<DateTime<Utc>>) -> Self {
        let believed = told.filter(|at| {
            let latest = context.now.checked_add_signed(CLOCK_LEAD);
            at.timestamp() >= EARLIEST && latest.is_none_or(|latest| *at <= latest)
        });
        if told.is_some() && believed.is_none() {
            self.doubt("time_not_believed", ".");
        }
        self.occurred_at = believed.unwrap_or(context.now);
        let customer = &self.customer;
        self.incomplete = self.amount_minor.is_none()
            || customer.name.is_none()
            || (customer.phone.is_none() && customer.email.is_none());
        self.business_key = self.fingerprint(told);
        self
    }

    /// Returns a sealed draft of an abandonment that bears the key of the one checkout as it was left, whoever tells of it.
    pub(crate) fn left_at(mut self, at: Option<DateTime<Utc>>) -> Self {
        if let Some(at) = at {
            self.business_key = abandonment_key(&self.order_key, at);
        }
        self
    }

    /// Returns a sealed draft that tells the same of another stage.
    pub(crate) fn at_stage(mut self, stage: Stage) -> Self {
        let digest = self.business_key.rsplit(':').next().unwrap_or_default();
        self.business_key = format!("{}:{}:{digest}", self.order_key, stage.as_str());
        self.stage = stage;
        self
    }

    /// Makes the key under which two deliveries that tell the same are one: the order, the stage, and a digest of the rest.
    ///
    /// The time counts as far as the source told one; the time of arrival does not.
    fn fingerprint(&self, told: Option<DateTime<Utc>>) -> String {
        let rest = (
            &self.event,
            told.map(|at| at.timestamp_millis()),
            (self.amount_minor, self.currency, self.refunded_minor),
            &self.customer,
            (&self.checkout_url, &self.order_url, &self.coupon),
            &self.items,
            &self.payment,
        );
        let mut rest = serde_json::to_vec(&rest).unwrap_or_default();
        // Only where there are any: keys made before carts and bumps were known stay as they are.
        for cart in self.carts.iter().chain(&self.bump_of) {
            rest.extend_from_slice(cart.as_bytes());
        }
        let digest = Sha256::digest(&rest);
        let short = digest.iter().take(16).fold(String::new(), |mut hex, byte| {
            hex.push_str(&format!("{byte:02x}"));
            hex
        });
        format!("{}:{}:{short}", self.order_key, self.stage.as_str())
    }
}

/// Returns the key under which a checkout's abandonment is told once: the order's key, and when the checkout was last touched.
#[must_use]
pub fn abandonment_key(order_key: &str, left_at: DateTime<Utc>) -> String {
    format!("{order_key}:abandoned:{}", left_at.timestamp_millis())
}

/// Returns the key of an order: what one account of a platform calls it, unlike any other account's.
#[must_use]
pub fn order_key(provider: &str, integration: IntegrationId, external_id: &str) -> String {
    let integration = integration.to_string();
    let short = integration
        .strip_prefix(IntegrationId::PREFIX)
        .unwrap_or(&integration);
    format!("{provider}:{short}:{external_id}")
}

/// Takes the platform's id of an order; nothing can be stored without one.
pub(crate) fn external_id<'a>(
    id: Option<&'a str>,
    path: &'static str,
) -> Result<&'a str, Unreadable> {
    let unreadable = |code, detail: &str| Unreadable {
        code,
        path: path.to_owned(),
        detail: detail.to_owned(),
    };
    let id = id.ok_or_else(|| unreadable("missing_id", "the order's id is absent or empty"))?;
    if id.len() > MAX_EXTERNAL_ID || id.contains(char::is_control) {
        return Err(unreadable("bad_id", "at most 200 printable bytes"));
    }
    Ok(id)
}

/// Reads cents: an integer, or a text of digits. Anything with a decimal mark or an exponent is not guessed at.
pub(crate) fn cents(raw: &RawValue, currency: Currency) -> Result<Money, MoneyError> {
    let text = raw.get().trim();
    let text = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(text);
    match text {
        "null" | "" => Err(MoneyError::Empty),
        _ if text.contains(['.', 'e', 'E']) => Err(MoneyError::Malformed),
        _ => Money::from_cents_text(text, currency),
    }
}

/// Reads an amount of major units where a point always marks decimals, in a text or a number: `"258.60"`, `59.9`, `"5990"`.
///
/// The source's own digits are read, so nothing passes through a float. For platforms known to write so.
pub(crate) fn dotted(raw: &RawValue, currency: Currency) -> Result<Money, MoneyError> {
    let text = raw.get().trim();
    if text.starts_with('"') {
        let text: String = serde_json::from_str(text).map_err(|_| MoneyError::Malformed)?;
        return match text.trim() {
            "" => Err(MoneyError::Empty),
            text => Money::parse_dotted(text, currency),
        };
    }
    match text {
        "null" => Err(MoneyError::Empty),
        _ => Money::parse_dotted(text, currency),
    }
}

/// Reads an amount of major units from a number, or from a text as people write it: `59.9`, `"1.234,56"`, `"R$ 197"`.
///
/// The source's own digits are read, so nothing passes through a float; a text that means two amounts is an error.
pub(crate) fn written(raw: &RawValue, currency: Currency) -> Result<Money, MoneyError> {
    Money::parse_raw(raw, currency)
}

/// Reads an amount as [`written`] does, and rounds the noise of a number that was printed from a float: `1049.9000000000001`.
///
/// The digits themselves are rounded, half up, to the decimals of the currency. For platforms known to send such numbers.
pub(crate) fn rounded(raw: &RawValue, currency: Currency) -> Result<Money, MoneyError> {
    let read = written(raw, currency);
    let too_precise = |error: &MoneyError| matches!(error.kind(), MoneyError::TooPrecise(found) if *found == currency);
    let digits = raw.get().trim().split_once('.');
    let Some((whole, fraction)) = digits.filter(|_| read.as_ref().is_err_and(too_precise)) else {
        return read;
    };
    let places = usize::try_from(currency.exponent()).unwrap_or_default();
    let Some((kept, rest)) = fraction.split_at_checked(places) else {
        return read;
    };
    let point = if kept.is_empty() { "" } else { "." };
    let cut = Money::parse_dotted(&format!("{whole}{point}{kept}"), currency)?;
    let up = rest.starts_with(['5', '6', '7', '8', '9']);
    let exponent = rest.contains(|digit: char| !digit.is_ascii_digit());
    match Money::new(i64::from(up), currency).checked_add(cut) {
        Some(money) if !exponent => Ok(money),
        _ => read,
    }
}

fn amount_doubt(error: &MoneyError) -> Option<&'static str> {
    match error.kind() {
        MoneyError::Empty => None,
        MoneyError::Ambiguous => Some("amount_ambiguous"),
        MoneyError::Negative => Some("amount_negative"),
        MoneyError::TooPrecise(_) => Some("amount_too_precise"),
        MoneyError::TooLarge => Some("amount_too_large"),
        MoneyError::OtherCurrency(_) => Some("amount_other_currency"),
        _ => Some("amount_malformed"),
    }
}

#[cfg(test)]
mod tests;
