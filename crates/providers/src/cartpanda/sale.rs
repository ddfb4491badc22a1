//! An order or an abandoned cart, pushed or pulled: the two share most of their fields.

use chrono::{DateTime, Utc};
use contract::{Currency, Money, PaymentMethod, Stage, Status};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::parts::{Address, Buyer, Coupon, Line, Means, Refund, Shop, ShopInfo, Tags, items};
use super::state::{self, Certain};
use super::{SLUG, amount};
use crate::charge::BoletoSent;
use crate::person::Person;
use crate::reading::{self, Context, Draft, Reading, Unreadable};
use crate::scalar::{Loose, Word};
use crate::{json, links, times};

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Sale<'a> {
    id: Word<'a>,
    name: Loose<'a>,
    order_number: Loose<'a>,
    number: Loose<'a>,
    cart_token: Loose<'a>,
    test: Loose<'a>,
    is_cartx_test: Loose<'a>,
    pub(super) status_id: Loose<'a>,
    pub(super) financial_status: Loose<'a>,
    pub(super) payment_status: Loose<'a>,
    pub(super) chargeback_received: Loose<'a>,
    pub(super) cancelled_at: Loose<'a>,
    created_at: Loose<'a>,
    processed_at: Loose<'a>,
    updated_at: Loose<'a>,
    currency: Loose<'a>,
    unformatted_total_price: Option<&'a RawValue>,
    total_price: Option<&'a RawValue>,
    subtotal_price: Option<&'a RawValue>,
    total_line_items_price: Option<&'a RawValue>,
    email: Loose<'a>,
    phone: Loose<'a>,
    payment_type: Loose<'a>,
    no_of_installments: Loose<'a>,
    boleto_code: Loose<'a>,
    boleto_link: Loose<'a>,
    boleto_limit_date: Loose<'a>,
    pix_code: Loose<'a>,
    pix_limit_date: Loose<'a>,
    checkout_link: Loose<'a>,
    cart_url: Loose<'a>,
    order_status_url: Loose<'a>,
    thank_you_page: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    payment: Option<Means<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    customer: Option<Buyer<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    customer_info: Option<Buyer<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    address: Option<Address<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    billing_address: Option<Address<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    shipping_address: Option<Address<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    line_items: Option<Vec<Line<'a>>>,
    #[serde(deserialize_with = "json::lenient")]
    cart_line_items: Option<Vec<Line<'a>>>,
    #[serde(deserialize_with = "json::lenient")]
    refunds: Option<Vec<Refund<'a>>>,
    #[serde(deserialize_with = "json::lenient")]
    discount_codes: Option<Vec<Coupon<'a>>>,
    #[serde(deserialize_with = "json::lenient")]
    tracking_parameters: Option<Tags<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    checkout_params: Option<Tags<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    shop: Option<Shop<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    shop_info: Option<ShopInfo<'a>>,
}

impl Sale<'_> {
    /// Refuses another shop's body where the seller said which shop this is.
    pub(super) fn check_shop(&self, context: &Context<'_>) -> Result<(), Unreadable> {
        let told = self.shop.as_ref().and_then(Shop::slug);
        let ours = context.settings.id("shopSlug");
        match (told, ours) {
            (Some(told), Some(ours)) if !told.eq_ignore_ascii_case(&ours) => Err(Unreadable {
                code: "other_shop",
                path: "order.shop.slug".to_owned(),
                detail: "not the shop in this integration's settings".to_owned(),
            }),
            _ => Ok(()),
        }
    }

    /// Reads an order that was pushed; what says that money moved is to be confirmed at the API.
    pub(super) fn order(
        &self,
        context: &Context<'_>,
        event: &str,
        certain: Certain,
        path: &'static str,
    ) -> Result<Reading, Unreadable> {
        let Some(draft) = self.draft(context, event, certain, path)? else {
            return Ok(unknown_state(event));
        };
        if !moves_money(draft.stage) && !certain.moves_money() {
            return Ok(Reading::Events(vec![draft]));
        }
        Ok(Reading::Notice {
            event: event.to_owned(),
            order: draft.external_id.clone(),
            drafts: vec![draft],
        })
    }

    /// Reads an order that was fetched: its fields say all there is.
    pub(super) fn fetched(
        &self,
        context: &Context<'_>,
        event: &str,
        path: &'static str,
    ) -> Result<Reading, Unreadable> {
        let draft = self.draft(context, event, Certain::Nothing, path)?;
        Ok(draft.map_or_else(
            || unknown_state(event),
            |draft| Reading::Events(vec![draft]),
        ))
    }

    fn draft(
        &self,
        context: &Context<'_>,
        event: &str,
        certain: Certain,
        path: &'static str,
    ) -> Result<Option<Draft>, Unreadable> {
        let currency = self.currency(context);
        let total = self.total(currency).ok();
        let refunded = self.refunded(currency);
        let Some(stage) = self.stage(certain, total, refunded) else {
            return Ok(None);
        };
        let id = reading::external_id(self.id.text(), path)?;
        let mut draft = Draft::of(context, SLUG, id, stage, event);
        let numbers = [&self.name, &self.order_number, &self.number];
        draft.numbered(numbers.into_iter().find_map(Loose::text));
        if certain.moves_money() && !moves_money(stage) {
            draft.doubt("state_contradicts_event", "order.payment_status");
        }
        draft.shape_if(certain == Certain::PixMade, "pix_generated_event");
        let is_by_order = self.currency_beside().is_none() && self.currency.text().is_some();
        draft.shape_if(is_by_order, "currency_of_order");
        self.tell_amounts(&mut draft, currency, refunded);
        draft.items = items(self.lines(), currency);
        self.tell_payment(&mut draft, context);
        draft.grew_from(self.cart_token.text());
        draft.order_url = [&self.order_status_url, &self.thank_you_page]
            .into_iter()
            .find_map(|link| link.text().and_then(links::https));
        Ok(Some(self.told(draft, context)))
    }

    /// Reads an abandoned cart onto the card that orders name by its token.
    pub(super) fn cart(
        &self,
        context: &Context<'_>,
        event: &str,
        path: &'static str,
    ) -> Result<Reading, Unreadable> {
        let id = self.id.text().or(self.cart_token.text());
        let id = reading::external_id(id, path)?;
        let mut draft = Draft::of(context, SLUG, id, Stage::CartAbandoned, event);
        draft.on_card_of(self.cart_token.text());
        draft.shape_if(true, "cart");
        let sums = [
            (self.total_price, "data.total_price"),
            (self.subtotal_price, "data.subtotal_price"),
            (self.total_line_items_price, "data.total_line_items_price"),
        ];
        let told = sums
            .into_iter()
            .find_map(|(raw, path)| raw.filter(|raw| !is_blank(raw)).zip(Some(path)));
        if let Some((raw, path)) = told {
            draft.amount(amount::read(raw, draft.currency), path);
        }
        draft.items = items(self.lines(), draft.currency);
        Ok(Reading::Events(vec![self.told(draft, context)]))
    }

    /// Adds what orders and carts tell alike.
    fn told(&self, mut draft: Draft, context: &Context<'_>) -> Draft {
        draft.customer = self.person();
        draft.checkout_url = [&self.checkout_link, &self.cart_url]
            .into_iter()
            .find_map(|link| link.text().and_then(links::https));
        draft.utms = [&self.tracking_parameters, &self.checkout_params]
            .into_iter()
            .find_map(|tags| tags.as_ref()?.read())
            .unwrap_or_default();
        draft.coupon = self.discount_codes.iter().flatten().find_map(Coupon::code);
        draft.is_test = state::is_set(&self.test) || state::is_set(&self.is_cartx_test);
        let told = [&self.updated_at, &self.processed_at, &self.created_at]
            .into_iter()
            .find_map(|text| Some((text.text()?, text.text().and_then(moment)?)));
        let is_zoneless = |(text, _): (&str, _)| times::offset(text).is_none();
        draft.shape_if(told.is_some_and(is_zoneless), "zoneless_time");
        draft.sealed(context, told.map(|(_, at)| at))
    }

    /// Asks the payment and the shop before the order itself, whose own word was seen to be wrong.
    fn currency(&self, context: &Context<'_>) -> Currency {
        let parse = |code| Currency::parse(code).ok();
        self.currency_beside()
            .or_else(|| self.currency.text().and_then(parse))
            .unwrap_or_else(|| context.settings.currency())
    }

    fn currency_beside(&self) -> Option<Currency> {
        let payment = self.payment.as_ref().and_then(Means::currency);
        let shop = self.shop_info.as_ref().and_then(ShopInfo::currency);
        let told = [payment, shop].into_iter().flatten();
        told.into_iter().find_map(|code| Currency::parse(code).ok())
    }

    /// Takes whole cents where they are sent and the currency has cents, else the price as written.
    fn total(&self, currency: Currency) -> Result<Money, contract::money::MoneyError> {
        let cents = self
            .unformatted_total_price
            .filter(|_| currency.exponent() == 2)
            .and_then(|raw| reading::cents(raw, currency).ok());
        match (cents, self.total_price) {
            (Some(cents), _) => Ok(cents),
            (None, Some(raw)) => amount::read(raw, currency),
            (None, None) => Err(contract::money::MoneyError::Empty),
        }
    }

    /// Sums up what was given back; `None` where a refund does not tell its sum.
    fn refunded(&self, currency: Currency) -> Option<Money> {
        let nothing = Money::new(0, currency);
        let sum = self.refunds().iter().try_fold(nothing, |sum, refund| {
            sum.checked_add(refund.sum(currency)?)
        });
        sum.filter(|_| !self.refunds().is_empty())
    }

    fn tell_amounts(&self, draft: &mut Draft, currency: Currency, refunded: Option<Money>) {
        draft.currency = currency;
        let total = self.total(currency);
        let written = self
            .total_price
            .and_then(|raw| amount::read(raw, currency).ok());
        if let (Ok(total), Some(written)) = (&total, written)
            && *total != written
        {
            draft.doubt("amounts_differ", "order.total_price");
        }
        draft.amount(total, "order.total_price");
        draft.refunded_minor = refunded.map(|sum| sum.minor);
    }

    fn person(&self) -> contract::Customer {
        let buyers = || [&self.customer, &self.customer_info].into_iter().flatten();
        let addresses = || {
            [&self.address, &self.billing_address, &self.shipping_address]
                .into_iter()
                .flatten()
        };
        let name = buyers().find_map(Buyer::name);
        Person {
            name: name
                .as_deref()
                .or_else(|| addresses().find_map(Address::name)),
            email: buyers().find_map(Buyer::email).or(self.email.text()),
            phone: buyers()
                .find_map(Buyer::phone)
                .or(self.phone.text())
                .or_else(|| addresses().find_map(Address::phone)),
            document: buyers().find_map(Buyer::document),
            country: addresses().find_map(Address::country),
        }
        .read()
    }

    fn tell_payment(&self, draft: &mut Draft, context: &Context<'_>) {
        draft.payment.method = self.method();
        draft.payment.installments = self.no_of_installments.number();
        let means = self.payment.as_ref();
        let expiry = means
            .and_then(|means| means.pix_limit_date.text())
            .or(self.pix_limit_date.text())
            .and_then(moment);
        let code = means.and_then(|means| means.pix_code.text());
        draft.pix(
            code.or(self.pix_code.text()),
            expiry,
            "order.payment.pix_code",
        );
        let line = means.and_then(|means| means.boleto_code.text());
        let url = means.and_then(|means| means.boleto_link.text());
        let due = means.and_then(|means| means.boleto_limit_date.text());
        let boleto = BoletoSent {
            line: line.or(self.boleto_code.text()),
            url: url.or(self.boleto_link.text()),
            due_on: due.or(self.boleto_limit_date.text()).and_then(times::day),
        };
        let path = "order.payment.boleto_code";
        draft.boleto(&boleto, context.now.date_naive(), path);
    }

    pub(super) fn method(&self) -> Option<PaymentMethod> {
        let told = self.payment.as_ref().and_then(Means::kind);
        told.or(self.payment_type.text()).map(method)
    }

    pub(super) fn refunds(&self) -> &[Refund<'_>] {
        self.refunds.as_deref().unwrap_or_default()
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = &Line<'_>> {
        [&self.line_items, &self.cart_line_items]
            .into_iter()
            .flatten()
            .flatten()
    }
}

fn unknown_state(event: &str) -> Reading {
    Reading::Unmapped {
        event: event.to_owned(),
        why: "neither the event nor the order's state is known",
    }
}

fn moves_money(stage: Stage) -> bool {
    matches!(stage.status(), Status::Approved | Status::Refunded)
}

fn is_blank(raw: &RawValue) -> bool {
    matches!(raw.get(), "null" | "\"\"")
}

fn method(word: &str) -> PaymentMethod {
    match word.to_lowercase().as_str() {
        "pix" => PaymentMethod::Pix,
        "boleto" => PaymentMethod::Boleto,
        "cc" | "credit_card" | "card" => PaymentMethod::Card,
        _ => PaymentMethod::Other,
    }
}

/// Reads a time with its zone, or on the UTC clock where it has none.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    times::offset(text).or_else(|| times::zoneless(text).map(|time| time.and_utc()))
}
