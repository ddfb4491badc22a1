//! Registering with Shopify: one webhook a topic; the app's own secret signs them all.

use serde::Deserialize;
use serde_json::json;

use super::apart::{self, Apart};
use super::{Holding, Registrar, Step, Wanted};
use crate::pull::{Account, Method, Request, Response, Trouble, answer, ask, shopify};
use crate::scalar::Loose;

/// Registers with Shopify.
pub(super) struct Shopify;

#[derive(Deserialize)]
struct Listing<'a> {
    #[serde(borrow)]
    webhooks: Vec<Hook<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Hook<'a> {
    address: Loose<'a>,
    topic: Loose<'a>,
}

impl Apart for Shopify {
    const NEEDED: &'static [&'static str] = &[
        "orders/create",
        "orders/updated",
        "orders/paid",
        "orders/cancelled",
        "refunds/create",
        "checkouts/create",
        "checkouts/update",
    ];
    /// Disputes are for shops with Shopify's own payments; transactions alone tell of a card that was refused.
    const WELCOME: &'static [&'static str] = &[
        "order_transactions/create",
        "orders/edited",
        "orders/fulfilled",
        "orders/partially_fulfilled",
        "orders/delete",
        "checkouts/delete",
        "disputes/create",
        "disputes/update",
        "app/uninstalled",
    ];

    fn list(account: &Account<'_>, wanted: &Wanted<'_>) -> Result<Request, Trouble> {
        let query = [("limit", "250"), ("address", wanted.url)];
        let url = shopify::base(account)?.at("webhooks.json", &query);
        Ok(ask::get(url, shopify::headers(account)?))
    }

    fn listed(wanted: &Wanted<'_>, response: &Response<'_>) -> Result<Vec<String>, Trouble> {
        let listing: Listing<'_> = answer::read(response)?;
        let ours = |hook: &&Hook<'_>| hook.address.text() == Some(wanted.url);
        let topics = listing.webhooks.iter().filter(ours);
        Ok(topics
            .filter_map(|hook| hook.topic.text().map(str::to_owned))
            .collect())
    }

    fn make(account: &Account<'_>, wanted: &Wanted<'_>, event: &str) -> Result<Request, Trouble> {
        let url = shopify::base(account)?.at("webhooks.json", &[]);
        let hook = json!({"webhook": {"topic": event, "address": wanted.url, "format": "json"}});
        let headers = shopify::headers(account)?;
        Ok(ask::json(Method::Post, url, headers, &hook))
    }
}

impl Registrar for Shopify {
    fn slug(&self) -> &'static str {
        "shopify"
    }

    fn begin(&self, account: &Account<'_>, wanted: &Wanted<'_>) -> Result<Step, Trouble> {
        apart::begin::<Self>(account, wanted)
    }

    fn next(
        &self,
        account: &Account<'_>,
        wanted: &Wanted<'_>,
        state: &str,
        response: &Response<'_>,
    ) -> Result<Step, Trouble> {
        apart::next::<Self>(account, wanted, state, response)
    }

    fn holds(
        &self,
        _account: &Account<'_>,
        wanted: &Wanted<'_>,
        _state: &str,
        response: &Response<'_>,
    ) -> Result<Holding, Trouble> {
        apart::holds::<Self>(wanted, response)
    }
}
