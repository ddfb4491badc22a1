//! An order, pushed or pulled: the two differ only in how much of what is related comes along.

use chrono::{DateTime, Utc};
use contract::{Currency, PaymentMethod, Stage, Status};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::parts::{self, Address, Buyer, Entry, Line, Means, Moment, Row, Transaction};
use super::{SLUG, TRANSACTION, awaited, relation, stage_of};
use crate::charge::{self, BoletoSent};
use crate::reading::{self, Context, Draft, Reading, Unreadable};
use crate::scalar::{Loose, Word};
use crate::{json, links};

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Order<'a> {
    id: Word<'a>,
    number: Loose<'a>,
    value_total: Option<&'a RawValue>,
    public_url: Loose<'a>,
    reorder_url: Loose<'a>,
    utm_source: Loose<'a>,
    utm_medium: Loose<'a>,
    utm_campaign: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    created_at: Option<Moment<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    updated_at: Option<Moment<'a>>,
    #[serde(deserialize_with = "relation::one")]
    status: Option<State<'a>>,
    #[serde(deserialize_with = "relation::one")]
    customer: Option<Buyer<'a>>,
    #[serde(deserialize_with = "relation::one")]
    shipping_address: Option<Address<'a>>,
    #[serde(deserialize_with = "relation::one")]
    spreadsheet: Option<Row<'a>>,
    #[serde(deserialize_with = "relation::one")]
    promocode: Option<Coupon<'a>>,
    #[serde(deserialize_with = "relation::many")]
    items: Vec<Line<'a>>,
    #[serde(deserialize_with = "relation::many")]
    transactions: Vec<Transaction<'a>>,
    #[serde(deserialize_with = "relation::many")]
    payments: Vec<Means<'a>>,
    #[serde(deserialize_with = "relation::many")]
    pix: Vec<Entry<'a>>,
    #[serde(deserialize_with = "relation::many")]
    metadata: Vec<Entry<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct State<'a> {
    alias: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Coupon<'a> {
    code: Loose<'a>,
}

impl Order<'_> {
    pub(super) fn read(
        &self,
        context: &Context<'_>,
        event: &str,
        path: &'static str,
    ) -> Result<Reading, Unreadable> {
        let by_status = self.stage_by_status(context);
        let Some(stage) = self.stage(event, by_status) else {
            return Ok(Reading::Unmapped {
                event: event.to_owned(),
                why: "the order's status is not known; the setting `stages` can name its stage",
            });
        };
        let id = reading::external_id(self.id.text(), path)?;
        let mut draft = Draft::of(context, SLUG, id, stage, event);
        draft.numbered(self.number.text());
        if by_status.is_some_and(|told| told != stage && told.status() != Status::Pending) {
            draft.doubt("status_contradicts_event", "resource.status.data.alias");
        }
        draft.shape_if(event == "order.updated", "order_updated");
        draft.shape_if(self.is_word_unconfirmed(), "status_word");
        draft.currency = Currency::BRL;
        draft.rounded(self.value_total, "resource.value_total");
        draft.customer = parts::customer(
            &[self.customer.as_ref()],
            self.shipping_address.as_ref(),
            self.spreadsheet.as_ref(),
        );
        draft.items = parts::items(&self.items, draft.currency);
        self.tell_payment(&mut draft, context);
        self.tell_origin(&mut draft);
        draft.checkout_url = self.reorder_url.text().and_then(links::https);
        draft.order_url = self.public_url.text().and_then(links::https);
        let told = [&self.updated_at, &self.created_at]
            .into_iter()
            .find_map(|moment| moment.as_ref()?.read());
        Ok(Reading::Events(vec![draft.sealed(context, told)]))
    }

    /// Reads the status word; one of the shop's own making means what the seller said it does.
    fn stage_by_status(&self, context: &Context<'_>) -> Option<Stage> {
        let alias = self.status_word()?;
        stage_of(alias, self.method()).or_else(|| context.settings.stage_of(alias))
    }

    /// Tells whether the status is one of the words everybody shares, and Yampi's documents show it nowhere.
    fn is_word_unconfirmed(&self) -> bool {
        self.status_word().is_some_and(|word| {
            let documented = ["waiting_payment", "paid", "cancelled", "refused"];
            !documented.contains(&word) && stage_of(word, None).is_some()
        })
    }

    fn status_word(&self) -> Option<&str> {
        self.status.as_ref().and_then(|status| status.alias.text())
    }

    /// Follows the status, except where the event itself is certain: a payment, or an order nobody has given a status yet.
    fn stage(&self, event: &str, by_status: Option<Stage>) -> Option<Stage> {
        let money_moved =
            |stage: &Stage| matches!(stage.status(), Status::Approved | Status::Refunded);
        match event {
            "order.paid" => by_status
                .filter(money_moved)
                .or(Some(Stage::PurchaseApproved)),
            "order.created" if self.status_word().is_none() => Some(awaited(self.method())),
            _ => by_status,
        }
    }

    /// Returns the attempt that counts: the last that was not refused, or the last at all.
    fn live(&self) -> Option<&Transaction<'_>> {
        let mut latest_first = self.transactions.iter().rev();
        latest_first
            .find(|attempt| !attempt.is_refused())
            .or(self.transactions.last())
    }

    fn method(&self) -> Option<PaymentMethod> {
        let live = self.live().and_then(Transaction::method);
        live.or_else(|| self.payments.first().and_then(Means::method))
    }

    fn tell_payment(&self, draft: &mut Draft, context: &Context<'_>) {
        let live = self.live();
        draft.payment = live.map(Transaction::payment).unwrap_or_default();
        draft.payment.method = self.method();
        let (code, expires_at) = self.charge();
        draft.pix(code, expires_at, "resource.pix.data.pix_qr_code");
        let boleto = BoletoSent {
            line: live
                .and_then(|live| live.billet_barcode.text())
                .or_else(|| self.spreadsheet.as_ref()?.billet_barcode.text()),
            url: live.and_then(|live| live.billet_url.text()),
            due_on: live.and_then(|live| live.billet_date.as_ref()?.day()),
        };
        let path = "resource.transactions.data.billet_barcode";
        draft.boleto(&boleto, context.now.date_naive(), path);
    }

    /// Returns the PIX code with its end: the order's, or where that is not whole the live attempt's.
    fn charge(&self) -> (Option<&str>, Option<DateTime<Utc>>) {
        let of_live = self.live().map_or(&[][..], |live| &live.metadata);
        let places = [self.pix.as_slice(), of_live];
        let codes = || {
            places.into_iter().filter_map(|entries| {
                let code = parts::find(entries, parts::PIX_CODE)?;
                let expiry = parts::find(entries, parts::PIX_EXPIRY).and_then(parts::at_home);
                Some((code, expiry))
            })
        };
        let whole = codes().find(|(code, _)| charge::pix(code, None).is_some());
        whole
            .or_else(|| codes().next())
            .map_or((None, None), |(code, expiry)| (Some(code), expiry))
    }

    /// Names the cart this grew from, and the attempts at it that were refused.
    fn tell_origin(&self, draft: &mut Draft) {
        draft.grew_from(parts::find(&self.metadata, "cart_id"));
        for attempt in self.transactions.iter().filter(|one| one.is_refused()) {
            if let Some(id) = attempt.id.text() {
                draft.grew_from(Some(&format!("{TRANSACTION}{id}")));
            }
        }
        draft.coupon = self
            .promocode
            .as_ref()
            .and_then(|coupon| coupon.code.line());
        draft.utms = parts::utms(&self.utm_source, &self.utm_medium, &self.utm_campaign);
    }
}
