//! Registering with Nuvemshop: one webhook an event, which is the only way to have any; the app's own secret signs them all.

use serde::Deserialize;
use serde_json::json;

use super::apart::{self, Apart};
use super::{Holding, Registrar, Step, Wanted};
use crate::pull::{Account, Method, Request, Response, Trouble, answer, ask, nuvemshop};
use crate::scalar::Loose;

/// Registers with Nuvemshop.
pub(super) struct Nuvemshop;

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Hook<'a> {
    url: Loose<'a>,
    event: Loose<'a>,
}

impl Apart for Nuvemshop {
    const NEEDED: &'static [&'static str] = &[
        "order/created",
        "order/updated",
        "order/paid",
        "order/cancelled",
    ];
    /// Older versions of the API do not know all of these.
    const WELCOME: &'static [&'static str] = &[
        "order/pending",
        "order/voided",
        "order/edited",
        "order/fulfilled",
        "app/uninstalled",
        "app/suspended",
        "app/resumed",
    ];

    fn list(account: &Account<'_>, wanted: &Wanted<'_>) -> Result<Request, Trouble> {
        let query = [("url", wanted.url), ("page", "1"), ("per_page", "200")];
        let url = nuvemshop::base(account)?.at("webhooks", &query);
        Ok(ask::get(url, nuvemshop::headers(account)?))
    }

    /// A list without entries is answered 404.
    fn listed(wanted: &Wanted<'_>, response: &Response<'_>) -> Result<Vec<String>, Trouble> {
        let hooks: Vec<Hook<'_>> = match answer::read(response) {
            Err(Trouble::NotFound) => Vec::new(),
            told => told?,
        };
        let ours = hooks
            .iter()
            .filter(|hook| hook.url.text() == Some(wanted.url));
        Ok(ours
            .filter_map(|hook| hook.event.text().map(str::to_owned))
            .collect())
    }

    fn make(account: &Account<'_>, wanted: &Wanted<'_>, event: &str) -> Result<Request, Trouble> {
        let url = nuvemshop::base(account)?.at("webhooks", &[]);
        let hook = json!({"event": event, "url": wanted.url});
        let headers = nuvemshop::headers(account)?;
        Ok(ask::json(Method::Post, url, headers, &hook))
    }
}

impl Registrar for Nuvemshop {
    fn slug(&self) -> &'static str {
        "nuvemshop"
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
