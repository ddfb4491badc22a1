//! Reads a request with a blueprint: the word that tells the stage first, then field by field into a draft.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDateTime, Utc};
use contract::{Currency, Item, Payment, PaymentMethod, Stage, Status, Utms};

use super::SLUG;
use super::amount;
use super::blueprint::{Blueprint, Meaning, folded};
use super::expression::{Budget, Expression, Scene, TooCostly};
use super::value::Value;
use crate::charge::{self, BoletoSent};
use crate::person::Person;
use crate::reading::{self, Context, Draft, Reading, Unreadable};
use crate::{Inbound, links, scalar, times};

/// The name of an event whose name is not told.
const NAMELESS: &str = "none";

/// Reads a verified request.
pub(super) fn read(
    blueprint: &Blueprint,
    inbound: &Inbound<'_>,
    context: &Context<'_>,
) -> Result<Reading, Unreadable> {
    let mut reader = Reader {
        blueprint,
        scene: scene(inbound)?,
        budget: Budget::default(),
    };
    reader.read(context)
}

/// Returns the source's own id of a delivery, where the blueprint says where it stands.
pub(super) fn delivery_id(blueprint: &Blueprint, inbound: &Inbound<'_>) -> Option<String> {
    let expression = blueprint.delivery_id.as_ref()?;
    let scene = scene(inbound).ok()?;
    let found = expression.over(&scene, &mut Budget::default()).ok()?;
    found
        .word()
        .filter(|id| id.len() <= super::blueprint::MAX_WORD)
        .map(str::to_owned)
}

/// Takes JSON for JSON, whatever it is called, and the rest for form fields where it is called so.
fn scene<'a>(inbound: &Inbound<'a>) -> Result<Scene<'a>, Unreadable> {
    let kind = inbound.headers.get("content-type").unwrap_or_default();
    let is_form = kind
        .to_ascii_lowercase()
        .starts_with(b"application/x-www-form-urlencoded");
    let begins_as_json = matches!(inbound.body.trim_ascii_start().first(), Some(b'{' | b'['));
    let body = match is_form && !begins_as_json {
        true => Value::of_form(inbound.body)?,
        false => Value::of_json(inbound.body)?,
    };
    Ok(Scene {
        inbound: *inbound,
        body,
    })
}

struct Reader<'b, 'a> {
    blueprint: &'b Blueprint,
    scene: Scene<'a>,
    budget: Budget,
}

impl<'a> Reader<'_, 'a> {
    fn read(&mut self, context: &Context<'_>) -> Result<Reading, Unreadable> {
        let blueprint = self.blueprint;
        let event = self.over(&blueprint.event, "event")?;
        let told = match &blueprint.stage_from {
            Some(expression) => self.over(expression, "stageFrom")?,
            None => event.clone(),
        };
        let name = event.word().or(told.word()).and_then(scalar::line);
        let name = name.unwrap_or_else(|| NAMELESS.to_owned());
        if let Some(when) = &blueprint.when
            && !affirms(&self.over(when, "when")?)
        {
            return Ok(Reading::Ignored {
                event: name,
                why: "the blueprint's condition does not hold",
            });
        }
        let meaning = |word: &Value<'_>| blueprint.words.get(&folded(word.word()?)).copied();
        match (meaning(&told), meaning(&event)) {
            (Some(Meaning::Ignored), _) | (_, Some(Meaning::Ignored)) => Ok(Reading::Ignored {
                event: name,
                why: "the blueprint lists the word among the ignored",
            }),
            (Some(Meaning::Stage(stage)), _) => self.draft(context, stage, &name),
            (None, _) => Ok(Reading::Unmapped {
                event: name,
                why: "the blueprint does not know the word",
            }),
        }
    }

    fn draft(
        &mut self,
        context: &Context<'_>,
        stage: Stage,
        event: &str,
    ) -> Result<Reading, Unreadable> {
        let id = self.field("externalId")?;
        let id = reading::external_id(id.word(), "externalId")?;
        let mut draft = Draft::of(context, SLUG, id, stage, event);
        self.tell_amounts(&mut draft)?;
        self.tell_buyer(&mut draft)?;
        self.tell_links(&mut draft)?;
        self.tell_payment(&mut draft, context.now)?;
        draft.items = self.items(&mut draft)?;
        draft.coupon = self.text("coupon", &mut draft)?.line();
        let number = self.text("orderNumber", &mut draft)?;
        draft.numbered(number.text());
        let cart = self.text("cartId", &mut draft)?;
        draft.grew_from(cart.text());
        draft.utms = Utms {
            src: self.text("src", &mut draft)?.line(),
            source: self.text("utmSource", &mut draft)?.line(),
            medium: self.text("utmMedium", &mut draft)?.line(),
            campaign: self.text("utmCampaign", &mut draft)?.line(),
        };
        if let Some(is_test) = &self.blueprint.is_test {
            draft.is_test = affirms(&self.over(is_test, "isTest")?);
        }
        let told = self.time("occurredAt", &mut draft)?;
        Ok(Reading::Events(vec![draft.sealed(context, told)]))
    }

    fn tell_amounts(&mut self, draft: &mut Draft) -> Result<(), Unreadable> {
        if let Some(code) = self.text("currency", draft)?.text() {
            match Currency::parse(code) {
                Ok(currency) => draft.currency = currency,
                Err(_) => draft.doubt("currency_unknown", "currency"),
            }
        }
        let amount = self.field("amount")?;
        draft.amount(self.money(&amount, draft.currency), "amount");
        let refunded = self.field("refundedAmount")?;
        match self.money(&refunded, draft.currency) {
            Ok(money) => draft.refunded_minor = Some(money.minor),
            Err(_) if refunded.word().is_none() => {}
            Err(_) => draft.doubt("amount_malformed", "refundedAmount"),
        }
        Ok(())
    }

    fn money(
        &self,
        value: &Value<'_>,
        currency: Currency,
    ) -> Result<contract::Money, contract::money::MoneyError> {
        let blueprint = self.blueprint;
        amount::read(value, blueprint.unit, blueprint.decimal, currency)
    }

    fn tell_buyer(&mut self, draft: &mut Draft) -> Result<(), Unreadable> {
        let name = self.text("name", draft)?;
        let email = self.text("email", draft)?;
        let phone = self.text("phone", draft)?;
        let document = self.text("document", draft)?;
        let country = self.text("country", draft)?;
        draft.customer = Person {
            name: name.text(),
            email: email.text(),
            phone: phone.text(),
            document: document.text(),
            country: country.text(),
        }
        .read();
        Ok(())
    }

    fn tell_links(&mut self, draft: &mut Draft) -> Result<(), Unreadable> {
        draft.checkout_url = self.link("checkoutUrl", draft)?;
        draft.order_url = self.link("orderUrl", draft)?;
        Ok(())
    }

    fn link(
        &mut self,
        name: &'static str,
        draft: &mut Draft,
    ) -> Result<Option<String>, Unreadable> {
        let told = self.text(name, draft)?;
        let link = told.text().and_then(links::https);
        if told.text().is_some() && link.is_none() {
            draft.doubt("link_not_fit", name);
        }
        Ok(link)
    }

    /// A PIX code or boleto is told only while there is something to pay with it.
    fn tell_payment(&mut self, draft: &mut Draft, now: DateTime<Utc>) -> Result<(), Unreadable> {
        let means = self.text("paymentMethod", draft)?;
        draft.payment = Payment {
            method: means.text().map(|word| self.method(word)),
            refusal: self.text("refusal", draft)?.line(),
            installments: self.text("installments", draft)?.number(),
            ..Payment::default()
        };
        if draft.stage.status() != Status::Pending {
            return Ok(());
        }
        if let Some(code) = self.text("pixCode", draft)?.text() {
            let expires_at = self.time("pixExpiresAt", draft)?;
            draft.payment.pix = charge::pix(code, expires_at);
            if draft.payment.pix.is_none() {
                draft.doubt("pix_code_broken", "pixCode");
            }
        }
        let line = self.text("boletoLine", draft)?;
        let url = self.text("boletoUrl", draft)?;
        let due_on = self.text("boletoDueOn", draft)?;
        draft.payment.boleto = BoletoSent {
            line: line.text(),
            url: url.text(),
            due_on: due_on.text().and_then(times::day),
        }
        .read(now.date_naive());
        let has_line = draft
            .payment
            .boleto
            .as_ref()
            .is_some_and(|one| one.line.is_some());
        if line.text().is_some() && !has_line {
            draft.doubt("boleto_line_broken", "boletoLine");
        }
        Ok(())
    }

    /// Takes the blueprint's own words for means of payment first, then those that are common.
    fn method(&self, word: &str) -> PaymentMethod {
        let word = folded(word);
        if let Some(method) = self.blueprint.methods.get(&word) {
            return *method;
        }
        match word.as_str() {
            "pix" => PaymentMethod::Pix,
            "boleto" | "billet" | "bank_slip" | "bankslip" => PaymentMethod::Boleto,
            "card" | "credit_card" | "creditcard" | "debit_card" | "cartao" | "cartão" => {
                PaymentMethod::Card
            }
            _ => PaymentMethod::Other,
        }
    }

    fn items(&mut self, draft: &mut Draft) -> Result<Vec<Item>, Unreadable> {
        let list = match self.field("items")? {
            Value::List(list) => list,
            one @ Value::Object(_) => [one].into(),
            Value::Null => return Ok(Vec::new()),
            _ => {
                draft.doubt("not_a_list", "items");
                return Ok(Vec::new());
            }
        };
        let mut items = Vec::new();
        for part in list.iter().take(reading::MAX_ITEMS) {
            let name = self.of_item("itemName", part)?;
            let Some(name) = name.word().and_then(scalar::line) else {
                continue;
            };
            let price = self.of_item("itemAmount", part)?;
            items.push(Item {
                name,
                code: self
                    .of_item("itemCode", part)?
                    .word()
                    .and_then(scalar::line),
                quantity: quantity(&self.of_item("itemQuantity", part)?),
                unit_minor: self
                    .money(&price, draft.currency)
                    .ok()
                    .map(|money| money.minor),
            });
        }
        Ok(items)
    }

    fn of_item(&mut self, name: &'static str, part: &Value<'a>) -> Result<Value<'a>, Unreadable> {
        let Some(expression) = self.blueprint.fields.get(name) else {
            return Ok(Value::Null);
        };
        expression
            .over_part(part, &self.scene, &mut self.budget)
            .map_err(|TooCostly| costly(name))
    }

    fn field(&mut self, name: &'static str) -> Result<Value<'a>, Unreadable> {
        match self.blueprint.fields.get(name) {
            Some(expression) => self.over(expression, name),
            None => Ok(Value::Null),
        }
    }

    /// Takes a field as a text; a list or an object is none.
    fn text(&mut self, name: &'static str, draft: &mut Draft) -> Result<Words<'a>, Unreadable> {
        let value = self.field(name)?;
        if matches!(value, Value::List(_) | Value::Object(_)) {
            draft.doubt("not_a_text", name);
        }
        Ok(Words(value))
    }

    fn time(
        &mut self,
        name: &'static str,
        draft: &mut Draft,
    ) -> Result<Option<DateTime<Utc>>, Unreadable> {
        let told = self.text(name, draft)?;
        let Some(text) = told.text() else {
            return Ok(None);
        };
        let zone = self.blueprint.zone;
        let time = of_clock(text)
            .or_else(|| times::rfc3339(text))
            .or_else(|| Some(zoneless(text)?.and_local_timezone(zone).single()?.to_utc()));
        if time.is_none() {
            draft.doubt("time_not_read", name);
        }
        Ok(time)
    }

    fn over(&mut self, expression: &Expression, path: &str) -> Result<Value<'a>, Unreadable> {
        expression
            .over(&self.scene, &mut self.budget)
            .map_err(|TooCostly| costly(path))
    }
}

/// A field's value, to be looked at as text.
struct Words<'a>(Value<'a>);

impl Words<'_> {
    fn text(&self) -> Option<&str> {
        self.0.word()
    }

    fn line(&self) -> Option<String> {
        self.text().and_then(scalar::line)
    }

    fn number<N: std::str::FromStr>(&self) -> Option<N> {
        self.text().and_then(|text| text.parse().ok())
    }
}

fn costly(path: &str) -> Unreadable {
    Unreadable {
        code: "blueprint_too_costly",
        path: path.to_owned(),
        detail: "the expressions take too long over this body".to_owned(),
    }
}

/// Takes an answer for yes as JMESPath does, but a text or number that says no for no.
fn affirms(value: &Value<'_>) -> bool {
    let says_no =
        |word: &str| matches!(folded(word).as_str(), "false" | "0" | "no" | "não" | "nao");
    value.is_truthy() && !value.word().is_some_and(says_no)
}

/// Reads how many; `"2.00"` are two, and what is no whole number is one.
fn quantity(value: &Value<'_>) -> u32 {
    let told = value.word().unwrap_or_default();
    let whole = match told.split_once('.') {
        Some((whole, rest)) if rest.bytes().all(|byte| byte == b'0') => Cow::Borrowed(whole),
        _ => Cow::Borrowed(told),
    };
    whole.parse().ok().filter(|count| *count > 0).unwrap_or(1)
}

/// Reads Unix time: ten digits are seconds, thirteen milliseconds; a fraction is cut.
fn of_clock(text: &str) -> Option<DateTime<Utc>> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let number: i64 = whole
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| whole.parse().ok())??;
    match whole.len() {
        10 => DateTime::from_timestamp(number, 0),
        13 => times::millis(number),
        _ => None,
    }
}

/// Reads a date and time without a zone, also with a `T` and with fractions of a second.
fn zoneless(text: &str) -> Option<NaiveDateTime> {
    times::zoneless(text).or_else(|| {
        [
            "%Y-%m-%dT%H:%M:%S%.f",
            "%Y-%m-%d %H:%M:%S%.f",
            "%d/%m/%Y %H:%M:%S",
        ]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text.trim(), form).ok())
    })
}
