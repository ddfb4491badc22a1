//! Checkouts: begun, completed, left behind.

use chrono::{DateTime, Utc};
use contract::Stage;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::buyer::{Address, Buyer, Customer};
use super::order::{self, Discount, Line};
use super::{SLUG, abandons_after};
use crate::reading::{self, Context, Draft, Reading, Unreadable};
use crate::scalar::{Loose, Word};
use crate::{json, links, times};

/// The listing's name for a checkout nobody completed; no topic tells of one.
const ABANDONED: &str = "abandoned_checkout";
/// The topic that would carry what is fetched.
const CHANGED: &str = "checkouts/update";

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Checkout<'a> {
    token: Word<'a>,
    email: Loose<'a>,
    phone: Loose<'a>,
    sms_marketing_phone: Loose<'a>,
    created_at: Loose<'a>,
    updated_at: Loose<'a>,
    completed_at: Loose<'a>,
    currency: Loose<'a>,
    total_price: Option<&'a RawValue>,
    abandoned_checkout_url: Loose<'a>,
    landing_site: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    line_items: Option<Vec<Line<'a>>>,
    #[serde(deserialize_with = "json::lenient")]
    discount_codes: Option<Vec<Discount<'a>>>,
    #[serde(deserialize_with = "json::lenient")]
    customer: Option<Customer<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    billing_address: Option<Address<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    shipping_address: Option<Address<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Answer<'a> {
    #[serde(borrow)]
    checkout: Option<&'a RawValue>,
}

/// Reads a checkout as the API shows it: abandoned once it has rested long enough.
pub(super) fn read_pulled(body: &[u8], context: &Context<'_>) -> Result<Reading, Unreadable> {
    let answer: Answer<'_> = json::read(body)?;
    let checkout = answer.checkout.map_or(body, |inner| inner.get().as_bytes());
    let checkout: Checkout<'_> = json::read(checkout)?;
    let rests_until = checkout
        .changed_at()
        .and_then(|at| at.checked_add_signed(abandons_after(context.settings)));
    match rests_until {
        Some(until) if !checkout.is_completed() && until <= context.now => {
            // At the end of its rest: a rank at the very time of its last change would put the abandonment before the start.
            let draft = checkout.draft(Stage::CartAbandoned, ABANDONED, context)?;
            // Our own clock may have told it before, of what the checkout's webhook said.
            let told = draft.sealed(context, Some(until));
            Ok(Reading::Events(vec![told.left_at(checkout.changed_at())]))
        }
        _ => checkout.read(CHANGED, context),
    }
}

impl Checkout<'_> {
    pub(super) fn read(&self, topic: &str, context: &Context<'_>) -> Result<Reading, Unreadable> {
        let stage = if self.is_completed() {
            Stage::CheckoutCompleted
        } else {
            Stage::CheckoutStarted
        };
        let draft = self.draft(stage, topic, context)?;
        Ok(Reading::Events(vec![
            draft.sealed(context, self.changed_at()),
        ]))
    }

    /// A checkout that is gone is not chased; one that cannot be told from others changes nothing.
    pub(super) fn read_deleted(
        &self,
        topic: &str,
        triggered_at: Option<DateTime<Utc>>,
        context: &Context<'_>,
    ) -> Result<Reading, Unreadable> {
        if self.token.text().is_none() {
            return Ok(Reading::Ignored {
                event: topic.to_owned(),
                why: "the checkout that is gone is not named by its token",
            });
        }
        let mut draft = self.draft(Stage::Cancelled, topic, context)?;
        draft.checkout_url = None;
        let told = self.changed_at().max(triggered_at);
        Ok(Reading::Events(vec![draft.sealed(context, told)]))
    }

    fn draft(&self, stage: Stage, event: &str, context: &Context<'_>) -> Result<Draft, Unreadable> {
        let token = reading::external_id(self.token.text(), "token")?;
        let mut draft = Draft::of(context, SLUG, token, stage, event);
        draft.currency = order::currency(&self.currency).unwrap_or(draft.currency);
        draft.dotted(self.total_price, "total_price");
        draft.customer = self.buyer().read();
        draft.items = order::items(self.line_items.as_deref(), draft.currency);
        draft.coupon = order::coupon(self.discount_codes.as_deref());
        draft.utms = links::utms(self.landing_site.text().unwrap_or_default());
        draft.checkout_url = self.abandoned_checkout_url.text().and_then(links::https);
        Ok(draft)
    }

    fn is_completed(&self) -> bool {
        self.completed_at.text().is_some()
    }

    fn changed_at(&self) -> Option<DateTime<Utc>> {
        [&self.updated_at, &self.created_at]
            .into_iter()
            .find_map(|time| times::rfc3339(time.text()?))
    }

    fn buyer(&self) -> Buyer<'_, '_> {
        const NONE: &Loose<'static> = &Loose::absent();
        Buyer {
            emails: [&self.email, NONE],
            phones: [&self.phone, &self.sms_marketing_phone],
            customer: self.customer.as_ref(),
            billing: self.billing_address.as_ref(),
            shipping: self.shipping_address.as_ref(),
        }
    }
}
