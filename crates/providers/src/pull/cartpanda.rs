//! CartPanda's API, third version: orders by last change, and abandoned checkouts.
//!
//! Nothing of it is documented in public; what is here was seen in integrations that work. Filters and page sizes may be passed
//! over, so every page is read up to the last and what rested since before the span is left out. Of abandoned checkouts only the
//! path is known: whatever list the answer holds is taken.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::paging::{self, Place};
use super::{Account, Kind, Pace, Page, Pulled, Puller, Request, Response, Trouble, Window};
use super::{answer, ask};
use crate::{Field, times};

const TOKEN: &str = "accessToken";
const SLUG: &str = "shopSlug";
const PER_PAGE: &str = "200";
/// Names a list may stand under, in order of trust.
const LISTS: [&str; 5] = ["orders", "abandoned", "checkouts", "carts", "data"];
/// How much earlier than the span something may have rested and still be taken: the zone of its time is not told.
const MARGIN: TimeDelta = TimeDelta::days(1);

/// Speaks CartPanda's API.
pub(super) struct Cartpanda;

#[derive(Serialize, Deserialize)]
struct Cursor {
    since: DateTime<Utc>,
    #[serde(flatten)]
    place: Place,
    /// The first id of the page before, where nothing tells which page is the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    head: Option<String>,
}

/// Where a listing ends: in `meta`, or beside the list in the older form.
#[derive(Default, Deserialize)]
struct Meta {
    total: Option<u64>,
    last_page: Option<u32>,
}

struct Listing<'a> {
    list: Vec<&'a RawValue>,
    meta: Meta,
}

#[derive(Deserialize)]
struct Paginator<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
    total: Option<u64>,
    last_page: Option<u32>,
}

#[derive(Deserialize)]
struct Seen<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(default)]
    updated_at: Option<String>,
}

impl Puller for Cartpanda {
    fn slug(&self) -> &'static str {
        "cartpanda"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Orders, Kind::Abandoned]
    }

    fn credentials(&self) -> &'static [Field] {
        const { &[ask::credential(TOKEN)] }
    }

    fn settings(&self) -> &'static [Field] {
        const { &[ask::setting(SLUG)] }
    }

    fn hosts(&self) -> &'static [&'static str] {
        &["accounts.cartpanda.com"]
    }

    /// No limit is documented; integrations that work rest for a second.
    fn pace(&self) -> Pace {
        Pace {
            burst: 1,
            every: Duration::from_secs(1),
        }
    }

    fn first(&self, account: &Account<'_>, kind: Kind, window: Window) -> Result<String, Trouble> {
        path(kind)?;
        base(account)?;
        Ok(paging::write(&Cursor {
            since: window.since,
            place: Place::FIRST,
            head: None,
        }))
    }

    fn page(&self, account: &Account<'_>, kind: Kind, cursor: &str) -> Result<Request, Trouble> {
        let cursor: Cursor = paging::read(cursor)?;
        let page = cursor.place.page.to_string();
        let since = cursor.since.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string();
        let query = [
            ("page", page.as_str()),
            ("limit", PER_PAGE),
            ("updated_at_min", &since),
        ];
        Ok(ask::get(
            base(account)?.at(path(kind)?, &query),
            headers(account)?,
        ))
    }

    fn read_page(
        &self,
        kind: Kind,
        cursor: &str,
        response: &Response<'_>,
    ) -> Result<Page, Trouble> {
        answer::sound(response)?;
        let cursor: Cursor = paging::read(cursor)?;
        let Listing { list, meta } = Listing::find(response.body)?;
        let head = list.first().and_then(|body| seen(body.get()).0);
        let is_last = list.is_empty()
            || match meta.last_page {
                Some(last) => cursor.place.page >= last,
                // The same page again: page numbers are passed over.
                None => head.is_none() || head == cursor.head,
            };
        let next = cursor.place.turned(is_last, meta.total).map(|place| {
            paging::write(&Cursor {
                since: cursor.since,
                place,
                head: head.filter(|_| meta.last_page.is_none()),
            })
        });
        let earliest = paging::before(cursor.since, MARGIN);
        let recent = |body: &&&RawValue| seen(body.get()).1.is_none_or(|at| at >= earliest);
        let list: Vec<&RawValue> = list.iter().filter(recent).copied().collect();
        Ok(Page {
            pulled: answer::all(kind, &list),
            next,
            total: meta.total,
        })
    }

    fn order(&self, account: &Account<'_>, id: &str) -> Result<Request, Trouble> {
        let path = format!("orders/{}", ask::id(id)?);
        Ok(ask::get(base(account)?.at(&path, &[]), headers(account)?))
    }

    fn read_order(&self, response: &Response<'_>) -> Result<Pulled, Trouble> {
        let members: BTreeMap<String, &RawValue> = answer::read(response)?;
        match members.get("order") {
            Some(order) => Ok(answer::one(Kind::Orders, order)),
            None => answer::json(response.body).map(|order| answer::one(Kind::Orders, order)),
        }
    }

    fn probe(&self, account: &Account<'_>) -> Result<Request, Trouble> {
        let url = base(account)?.at("orders", &[("page", "1"), ("limit", "1")]);
        Ok(ask::get(url, headers(account)?))
    }
}

impl<'a> Listing<'a> {
    /// Finds the list: in a member that is one, in a paginator within a member, or the whole body.
    fn find(body: &'a [u8]) -> Result<Self, Trouble> {
        if let Ok(list) = answer::json(body) {
            return Ok(Self {
                list,
                meta: Meta::default(),
            });
        }
        let members: BTreeMap<String, &'a RawValue> = answer::json(body)?;
        let meta = members.get("meta").map(|meta| meta.get());
        let known = LISTS.iter().filter_map(|name| members.get(*name));
        known
            .chain(members.values())
            .find_map(|member| Self::of(member.get(), meta))
            .ok_or_else(|| Trouble::Unreadable("no list".to_owned()))
    }

    fn of(member: &'a str, meta: Option<&str>) -> Option<Self> {
        if let Ok(list) = serde_json::from_str(member) {
            let meta = meta.and_then(|meta| serde_json::from_str(meta).ok());
            return Some(Self {
                list,
                meta: meta.unwrap_or_default(),
            });
        }
        let paginator: Paginator<'a> = serde_json::from_str(member).ok()?;
        Some(Self {
            list: paginator.data,
            meta: Meta {
                total: paginator.total,
                last_page: paginator.last_page,
            },
        })
    }
}

fn base(account: &Account<'_>) -> Result<ask::Base, Trouble> {
    ask::base(
        account,
        || Ok("https://accounts.cartpanda.com".to_owned()),
        || Ok(format!("/api/v3/{}", ask::word(account, SLUG)?)),
    )
}

fn headers(account: &Account<'_>) -> Result<Vec<(&'static str, String)>, Trouble> {
    Ok(ask::bearer(ask::entered(account, TOKEN)?))
}

fn path(kind: Kind) -> Result<&'static str, Trouble> {
    match kind {
        Kind::Orders => Ok("orders"),
        Kind::Abandoned => Ok("abandoned"),
        Kind::Sales => Err(paging::no_such_kind()),
    }
}

/// Returns the id and the last change of an entry, as far as they are told.
fn seen(body: &str) -> (Option<String>, Option<DateTime<Utc>>) {
    let Ok(seen) = serde_json::from_str::<Seen<'_>>(body) else {
        return (None, None);
    };
    let at = seen.updated_at.as_deref().and_then(|text| {
        times::rfc3339(text).or_else(|| times::zoneless(text).map(|time| time.and_utc()))
    });
    (seen.id.map(|id| id.get().to_owned()), at)
}
