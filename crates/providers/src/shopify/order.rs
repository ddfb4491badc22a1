//! Orders: what every topic about one carries, and what the API shows.

use chrono::{DateTime, Utc};
use contract::{Currency, Item, PaymentMethod, Stage};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::SLUG;
use super::buyer::{Address, Buyer, Customer};
use super::money::Transaction;
use crate::charge::{self, BoletoSent};
use crate::reading::{self, Context, Draft, Reading, Unreadable};
use crate::scalar::{Loose, Word};
use crate::{json, links, times};

/// The topic that would carry what is fetched, and under which every topic's state is keyed.
const CHANGED: &str = "orders/updated";

/// Most attributes of an order searched for a code.
const MAX_ATTRIBUTES: usize = 30;

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Order<'a> {
    id: Word<'a>,
    name: Loose<'a>,
    checkout_token: Loose<'a>,
    created_at: Loose<'a>,
    updated_at: Loose<'a>,
    cancelled_at: Loose<'a>,
    cancel_reason: Loose<'a>,
    financial_status: Word<'a>,
    fulfillment_status: Loose<'a>,
    currency: Loose<'a>,
    total_price: Option<&'a RawValue>,
    #[serde(deserialize_with = "json::lenient")]
    payment_gateway_names: Option<Vec<Loose<'a>>>,
    email: Loose<'a>,
    contact_email: Loose<'a>,
    phone: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    customer: Option<Customer<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    billing_address: Option<Address<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    shipping_address: Option<Address<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    line_items: Option<Vec<Line<'a>>>,
    #[serde(deserialize_with = "json::lenient")]
    discount_codes: Option<Vec<Discount<'a>>>,
    note: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    note_attributes: Option<Vec<Attribute<'a>>>,
    landing_site: Loose<'a>,
    order_status_url: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    refunds: Option<Vec<Refunded<'a>>>,
    #[serde(deserialize_with = "json::lenient")]
    test: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Line<'a> {
    name: Loose<'a>,
    title: Loose<'a>,
    variant_title: Loose<'a>,
    sku: Loose<'a>,
    product_id: Loose<'a>,
    quantity: Loose<'a>,
    price: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Discount<'a> {
    pub(super) code: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Attribute<'a> {
    value: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Refunded<'a> {
    #[serde(deserialize_with = "json::lenient")]
    transactions: Option<Vec<Transaction<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Answer<'a> {
    #[serde(borrow)]
    order: Option<&'a RawValue>,
}

/// Holds the notice of an edit.
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Edited<'a> {
    order_edit: Option<Edit<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Edit<'a> {
    order_id: Word<'a>,
}

/// Holds the notice of a removal.
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Deleted<'a> {
    id: Word<'a>,
}

/// Reads an order as the API shows it.
pub(super) fn read_pulled(body: &[u8], context: &Context<'_>) -> Result<Reading, Unreadable> {
    let answer: Answer<'_> = json::read(body)?;
    let order = answer.order.map_or(body, |order| order.get().as_bytes());
    json::read::<Order<'_>>(order)?.read(CHANGED, context)
}

impl Order<'_> {
    pub(super) fn read(&self, topic: &str, context: &Context<'_>) -> Result<Reading, Unreadable> {
        let Some(stage) = self.stage(topic) else {
            return Ok(Reading::Unmapped {
                event: topic.to_owned(),
                why: "the financial_status is not known",
            });
        };
        let id = reading::external_id(self.id.text(), "id")?;
        let mut draft = Draft::of(context, SLUG, id, stage, CHANGED);
        if self.financial_status.text().is_none() {
            draft.doubt("status_absent", "financial_status");
        }
        draft.numbered(self.name.text());
        draft.grew_from(self.checkout_token.text());
        self.tell_amounts(&mut draft);
        self.tell_payment(&mut draft, context);
        draft.customer = self.buyer().read();
        draft.items = items(self.line_items.as_deref(), draft.currency);
        draft.coupon = coupon(self.discount_codes.as_deref());
        draft.utms = links::utms(self.landing_site.text().unwrap_or_default());
        draft.order_url = self.order_status_url.text().and_then(links::https);
        draft.is_test = self.test == Some(true);
        let told = [&self.updated_at, &self.created_at]
            .into_iter()
            .find_map(|time| times::rfc3339(time.text()?));
        // One purchase sends three topics within a second: the same state is keyed alike, whichever topic it came by.
        let mut draft = draft.sealed(context, told);
        draft.event = topic.to_owned();
        Ok(Reading::Events(vec![draft]))
    }

    /// Says where the order stands by its own state; the topic only tells why it was sent.
    fn stage(&self, topic: &str) -> Option<Stage> {
        let word = self.financial_status.text().map(str::to_ascii_lowercase);
        let cancelled = topic == "orders/cancelled" || self.cancelled_at.text().is_some();
        Some(match word.as_deref() {
            Some("refunded") => Stage::Refunded,
            _ if cancelled => self.ended(),
            Some("voided") => self.ended(),
            Some("partially_refunded") => Stage::PartiallyRefunded,
            Some("paid") if topic != "orders/paid" && self.is_sent(topic) => Stage::Fulfilled,
            Some("paid") => Stage::PurchaseApproved,
            None if topic == "orders/paid" => Stage::PurchaseApproved,
            Some("authorized") => Stage::PaymentAuthorized,
            Some("partially_paid") => Stage::PartiallyPaid,
            Some("pending") | None => Stage::PaymentPending,
            Some("expired") => Stage::PaymentExpired,
            Some(_) => return None,
        })
    }

    fn ended(&self) -> Stage {
        match self.cancel_reason.text() {
            Some("declined") => Stage::PaymentRefused,
            _ => Stage::Cancelled,
        }
    }

    fn is_sent(&self, topic: &str) -> bool {
        matches!(topic, "orders/fulfilled" | "orders/partially_fulfilled")
            || matches!(
                self.fulfillment_status.text(),
                Some("fulfilled" | "partial")
            )
    }

    fn tell_amounts(&self, draft: &mut Draft) {
        draft.currency = currency(&self.currency).unwrap_or(draft.currency);
        draft.dotted(self.total_price, "total_price");
        let transactions = self
            .refunds
            .iter()
            .flatten()
            .filter_map(|refund| refund.transactions.as_deref())
            .flatten();
        let refunded = Transaction::given_back(transactions, draft.currency);
        let whole = draft
            .amount_minor
            .filter(|_| draft.stage == Stage::Refunded);
        draft.refunded_minor = refunded.or(whole);
    }

    /// Tells the means of payment where a gateway's name gives it away, and codes that gateways' apps wrote into notes.
    fn tell_payment(&self, draft: &mut Draft, context: &Context<'_>) {
        draft.payment.method = self.payment_gateway_names.iter().flatten().find_map(method);
        if draft.stage != Stage::PaymentPending {
            return;
        }
        let today = context.now.date_naive();
        let pix = self.notes().find_map(charge::pix_within);
        let line = self
            .notes()
            .find_map(|note| charge::boleto_within(note, today));
        if pix.is_some() {
            draft.payment.method = Some(PaymentMethod::Pix);
        } else if line.is_some() {
            draft.payment.method = Some(PaymentMethod::Boleto);
        }
        draft.pix(pix, None, "note_attributes");
        let boleto = BoletoSent {
            line: line.as_deref(),
            ..BoletoSent::default()
        };
        draft.boleto(&boleto, today, "note_attributes");
        draft.shape_if(pix.is_some() || line.is_some(), "code_in_notes");
        draft.stage = match draft.payment.method {
            Some(PaymentMethod::Pix) => Stage::PixGenerated,
            Some(PaymentMethod::Boleto) => Stage::BoletoGenerated,
            _ => draft.stage,
        };
    }

    fn notes(&self) -> impl Iterator<Item = &str> {
        let attributes = self.note_attributes.iter().flatten().take(MAX_ATTRIBUTES);
        attributes
            .map(|attribute| &attribute.value)
            .chain([&self.note])
            .filter_map(Loose::text)
    }

    fn buyer(&self) -> Buyer<'_, '_> {
        const NONE: &Loose<'static> = &Loose::absent();
        Buyer {
            emails: [&self.email, &self.contact_email],
            phones: [&self.phone, NONE],
            customer: self.customer.as_ref(),
            billing: self.billing_address.as_ref(),
            shipping: self.shipping_address.as_ref(),
        }
    }
}

impl Edited<'_> {
    pub(super) fn read(&self, topic: &str) -> Result<Reading, Unreadable> {
        let order = self
            .order_edit
            .as_ref()
            .and_then(|edit| edit.order_id.text());
        Ok(Reading::Notice {
            event: topic.to_owned(),
            order: reading::external_id(order, "order_edit.order_id")?.to_owned(),
            drafts: Vec::new(),
        })
    }
}

impl Deleted<'_> {
    pub(super) fn read(
        &self,
        topic: &str,
        triggered_at: Option<DateTime<Utc>>,
        context: &Context<'_>,
    ) -> Result<Reading, Unreadable> {
        let id = reading::external_id(self.id.text(), "id")?;
        let draft = Draft::of(context, SLUG, id, Stage::Cancelled, topic);
        Ok(Reading::Events(vec![draft.sealed(context, triggered_at)]))
    }
}

pub(super) fn currency(code: &Loose<'_>) -> Option<Currency> {
    Currency::parse(code.text()?).ok()
}

pub(super) fn coupon(codes: Option<&[Discount<'_>]>) -> Option<String> {
    codes?.iter().find_map(|discount| discount.code.line())
}

pub(super) fn items(lines: Option<&[Line<'_>]>, currency: Currency) -> Vec<Item> {
    lines
        .unwrap_or_default()
        .iter()
        .take(reading::MAX_ITEMS)
        .filter_map(|line| {
            let price = line
                .price
                .and_then(|raw| reading::dotted(raw, currency).ok());
            Some(Item {
                name: line.name()?,
                code: line.sku.line().or(line.product_id.line()),
                quantity: line.quantity.number().unwrap_or(1),
                unit_minor: price.map(|price| price.minor),
            })
        })
        .collect()
}

impl Line<'_> {
    /// Orders name a line with its variant; checkouts keep the two apart.
    fn name(&self) -> Option<String> {
        self.name.line().or_else(|| {
            let title = self.title.line()?;
            Some(match self.variant_title.line() {
                Some(variant) => format!("{title} - {variant}"),
                None => title,
            })
        })
    }
}

/// Reads what a gateway's name gives away; most give nothing.
fn method(gateway: &Loose<'_>) -> Option<PaymentMethod> {
    let name = gateway.text()?.to_lowercase();
    if name.contains("pix") {
        return Some(PaymentMethod::Pix);
    }
    let is_boleto = ["boleto", "bank slip", "bank_slip"]
        .iter()
        .any(|word| name.contains(word));
    is_boleto.then_some(PaymentMethod::Boleto)
}
