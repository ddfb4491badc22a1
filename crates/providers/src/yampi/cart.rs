//! A cart somebody left, and a card refused before there was an order: both lead back to the cart's checkout.

use contract::{Currency, Stage};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::parts::{self, Buyer, Line, Moment, Row, Transaction};
use super::{SLUG, TRANSACTION, relation};
use crate::reading::{self, Context, Draft, Reading, Unreadable};
use crate::scalar::{Loose, Word};
use crate::{json, links};

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Cart<'a> {
    id: Word<'a>,
    simulate_url: Loose<'a>,
    unauth_simulate_url: Loose<'a>,
    utm_source: Loose<'a>,
    utm_medium: Loose<'a>,
    utm_campaign: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    totalizers: Option<Totals<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    tracking_data: Option<Buyer<'a>>,
    #[serde(deserialize_with = "relation::one")]
    customer: Option<Buyer<'a>>,
    #[serde(deserialize_with = "relation::one")]
    spreadsheet: Option<Row<'a>>,
    #[serde(deserialize_with = "relation::many")]
    items: Vec<Line<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    created_at: Option<Moment<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    updated_at: Option<Moment<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Totals<'a> {
    total: Option<&'a RawValue>,
}

impl Cart<'_> {
    pub(super) fn read(
        &self,
        context: &Context<'_>,
        event: &str,
        path: &'static str,
    ) -> Result<Reading, Unreadable> {
        let id = reading::external_id(self.id.text(), path)?;
        let mut draft = Draft::of(context, SLUG, id, Stage::CartAbandoned, event);
        draft.currency = Currency::BRL;
        let totals = self.totalizers.as_ref();
        draft.rounded(
            totals.and_then(|totals| totals.total),
            "resource.totalizers.total",
        );
        draft.customer = parts::customer(
            &[self.customer.as_ref(), self.tracking_data.as_ref()],
            None,
            self.spreadsheet.as_ref(),
        );
        draft.items = parts::items(&self.items, draft.currency);
        draft.checkout_url = self.checkout_url();
        draft.utms = parts::utms(&self.utm_source, &self.utm_medium, &self.utm_campaign);
        let told = [&self.updated_at, &self.created_at]
            .into_iter()
            .find_map(|moment| moment.as_ref()?.read());
        Ok(Reading::Events(vec![draft.sealed(context, told)]))
    }

    /// Returns the link that keeps the buyer signed in, or the one that starts afresh.
    fn checkout_url(&self) -> Option<String> {
        let sheet = self.spreadsheet.as_ref();
        [&self.simulate_url, &self.unauth_simulate_url]
            .into_iter()
            .find_map(|link| link.text().and_then(links::https))
            .or_else(|| sheet?.purchase_url.text().and_then(links::https))
    }
}

/// What comes along with a refused transaction, beside what it tells of itself.
#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Refused<'a> {
    id: Word<'a>,
    #[serde(deserialize_with = "relation::one")]
    customer: Option<Buyer<'a>>,
    #[serde(deserialize_with = "relation::one")]
    cart: Option<Cart<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    created_at: Option<Moment<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    updated_at: Option<Moment<'a>>,
}

impl Refused<'_> {
    /// Reads it onto the cart's card where the cart is named, else onto one of its own.
    pub(super) fn read(
        &self,
        transaction: &Transaction<'_>,
        context: &Context<'_>,
        event: &str,
    ) -> Result<Reading, Unreadable> {
        let id = reading::external_id(self.id.text(), "resource.id")?;
        let mut draft = Draft::of(context, SLUG, id, Stage::PaymentRefused, event);
        let cart = self.cart.as_ref();
        if let Some(cart) = cart.and_then(|cart| cart.id.text()) {
            draft.on_card_of(Some(cart));
            draft.shape_if(true, "refused_names_cart");
        } else {
            draft.on_card_of(Some(&format!("{TRANSACTION}{id}")));
            draft.shape_if(true, "refused_names_no_cart");
        }
        draft.currency = Currency::BRL;
        draft.rounded(transaction.amount, "resource.amount");
        draft.customer = parts::customer(
            &[
                self.customer.as_ref(),
                cart.and_then(|cart| cart.customer.as_ref()),
                cart.and_then(|cart| cart.tracking_data.as_ref()),
            ],
            None,
            cart.and_then(|cart| cart.spreadsheet.as_ref()),
        );
        draft.payment = transaction.payment();
        if let Some(cart) = cart {
            draft.items = parts::items(&cart.items, draft.currency);
            draft.checkout_url = cart.checkout_url();
            draft.utms = parts::utms(&cart.utm_source, &cart.utm_medium, &cart.utm_campaign);
        }
        let told = [&self.updated_at, &self.created_at]
            .into_iter()
            .find_map(|moment| moment.as_ref()?.read());
        Ok(Reading::Events(vec![draft.sealed(context, told)]))
    }
}
