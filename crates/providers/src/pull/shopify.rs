//! Shopify's Admin API in its REST form: orders and open checkouts by last change, page after page by the links it gives.
//!
//! Sources: shopify.dev (orders, checkouts, REST pagination and limits). A link holds good for a while only; a listing that is
//! taken up later begins again.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use url::Url;

use super::{Account, Kind, Pace, Page, Pulled, Puller, Request, Response, Trouble, Window};
use super::{answer, ask, paging};
use crate::Field;

const TOKEN: &str = "accessToken";
const DOMAIN: &str = "shopDomain";
const VERSION: &str = "apiVersion";
/// Versions are served for about a year; a seller can name another.
const USUAL_VERSION: &str = "2026-07";
const PER_PAGE: &str = "250";
/// How often a listing is begun again because its link ran out.
const MOST_BEGINNINGS: u8 = 3;

/// Speaks Shopify's API.
pub(super) struct Shopify;

#[derive(Serialize, Deserialize)]
struct Cursor {
    since: DateTime<Utc>,
    until: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    page_info: Option<String>,
    #[serde(default)]
    again: u8,
}

#[derive(Deserialize)]
struct Listing<'a> {
    #[serde(borrow, alias = "checkouts")]
    orders: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct One<'a> {
    #[serde(borrow)]
    order: &'a RawValue,
}

impl Puller for Shopify {
    fn slug(&self) -> &'static str {
        "shopify"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Orders, Kind::Abandoned]
    }

    fn credentials(&self) -> &'static [Field] {
        const { &[ask::credential(TOKEN)] }
    }

    fn settings(&self) -> &'static [Field] {
        const { &[ask::setting(DOMAIN), ask::option(VERSION)] }
    }

    fn hosts(&self) -> &'static [&'static str] {
        &["*.myshopify.com"]
    }

    /// A bucket of 40 that drains by two a second; a few drops are left for the shop's other apps.
    fn pace(&self) -> Pace {
        Pace {
            burst: 35,
            every: Duration::from_millis(500),
        }
    }

    fn first(&self, account: &Account<'_>, kind: Kind, window: Window) -> Result<String, Trouble> {
        path(kind)?;
        base(account)?;
        Ok(paging::write(&Cursor {
            since: window.since,
            until: window.until,
            page_info: None,
            again: 0,
        }))
    }

    fn page(&self, account: &Account<'_>, kind: Kind, cursor: &str) -> Result<Request, Trouble> {
        let cursor: Cursor = paging::read(cursor)?;
        let (path, status) = path(kind)?;
        let (since, until) = (paging::seconds(cursor.since), paging::seconds(cursor.until));
        let mut query = vec![("limit", PER_PAGE)];
        match &cursor.page_info {
            // Beside a link's key no filter may stand: the key knows them.
            Some(key) => query.push(("page_info", key)),
            None => query.extend([
                ("status", status),
                ("updated_at_min", &since),
                ("updated_at_max", &until),
            ]),
        }
        Ok(ask::get(base(account)?.at(path, &query), headers(account)?))
    }

    fn read_page(
        &self,
        kind: Kind,
        cursor: &str,
        response: &Response<'_>,
    ) -> Result<Page, Trouble> {
        let cursor: Cursor = paging::read(cursor)?;
        if response.status == 400 && cursor.page_info.is_some() && cursor.again < MOST_BEGINNINGS {
            return Ok(again(cursor));
        }
        let listing: Listing<'_> = answer::read(response)?;
        let page_info = answer::next_link(response).and_then(|link| key(&link));
        let next = page_info.map(|key| {
            paging::write(&Cursor {
                page_info: Some(key),
                ..cursor
            })
        });
        Ok(Page {
            pulled: answer::all(kind, &listing.orders),
            next,
            total: None,
        })
    }

    fn order(&self, account: &Account<'_>, id: &str) -> Result<Request, Trouble> {
        let path = format!("orders/{}.json", ask::id(id)?);
        Ok(ask::get(base(account)?.at(&path, &[]), headers(account)?))
    }

    fn read_order(&self, response: &Response<'_>) -> Result<Pulled, Trouble> {
        let one: One<'_> = answer::read(response)?;
        Ok(answer::one(Kind::Orders, one.order))
    }

    fn probe(&self, account: &Account<'_>) -> Result<Request, Trouble> {
        let query = [("status", "any"), ("limit", "1"), ("fields", "id")];
        let url = base(account)?.at("orders.json", &query);
        Ok(ask::get(url, headers(account)?))
    }
}

/// Finds the shop's API.
pub(crate) fn base(account: &Account<'_>) -> Result<ask::Base, Trouble> {
    ask::base(
        account,
        || Ok(format!("https://{}", domain(account)?)),
        || {
            let version = ask::word(account, VERSION);
            let version = version.as_deref().unwrap_or(USUAL_VERSION);
            Ok(format!("/admin/api/{version}"))
        },
    )
}

/// Makes the header that opens the API.
pub(crate) fn headers(account: &Account<'_>) -> Result<Vec<(&'static str, String)>, Trouble> {
    let token = ask::entered(account, TOKEN)?.to_owned();
    Ok(vec![("X-Shopify-Access-Token", token)])
}

/// Takes the shop's own domain at Shopify only, since the token goes where this says.
fn domain(account: &Account<'_>) -> Result<String, Trouble> {
    crate::shopify::shop(account.settings)
        .filter(|host| ask::is_word(host))
        .ok_or(Trouble::NotSetUp(DOMAIN))
}

fn path(kind: Kind) -> Result<(&'static str, &'static str), Trouble> {
    match kind {
        Kind::Orders => Ok(("orders.json", "any")),
        Kind::Abandoned => Ok(("checkouts.json", "open")),
        Kind::Sales => Err(paging::no_such_kind()),
    }
}

/// Takes a link's key; the link's host is not followed.
fn key(link: &str) -> Option<String> {
    Url::parse(link)
        .ok()?
        .query_pairs()
        .find(|(name, _)| name == "page_info")
        .map(|(_, key)| key.into_owned())
}

fn again(cursor: Cursor) -> Page {
    Page {
        pulled: Vec::new(),
        next: Some(paging::write(&Cursor {
            page_info: None,
            again: cursor.again.saturating_add(1),
            ..cursor
        })),
        total: None,
    }
}
