//! Yampi's API: orders by the day they were made, carts as they stand.
//!
//! Sources: docs.yampi.com.br (pagination, rate limit, orders, abandoned carts). No filter by last change is confirmed, so changes
//! of older orders show only where a listing reaches back to their day. Carts are not filtered at all there; those that rested
//! since before the span are left out here. Answers are cached for half an hour unless asked otherwise.

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::paging::{self, Place};
use super::{
    Account, Counted, Kind, Pace, Page, Pulled, Puller, Request, Response, Trouble, Window,
};
use super::{answer, ask};
use crate::{Field, times};

const ORIGIN: &str = "https://api.dooki.com.br";
const USER_TOKEN: &str = "userToken";
const SECRET_KEY: &str = "userSecretKey";
const ALIAS: &str = "storeAlias";
const PER_PAGE: &str = "100";
/// Relations come only when asked for.
const ORDER_PARTS: &str = "customer,items,transactions,status,shipping_address,metadata";
const CART_PARTS: &str = "customer,items";
/// The windows in which requests are counted.
const WINDOW: Duration = Duration::from_secs(60);
/// How much earlier than the span a cart may have rested and still be taken: clocks and zones differ.
const MARGIN: TimeDelta = TimeDelta::days(1);

/// Speaks Yampi's API.
pub(super) struct Yampi;

#[derive(Serialize, Deserialize)]
struct Cursor {
    since: DateTime<Utc>,
    until: DateTime<Utc>,
    #[serde(flatten)]
    place: Place,
}

#[derive(Deserialize)]
struct Listing<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
    #[serde(default)]
    meta: Option<Meta>,
}

#[derive(Deserialize)]
struct Meta {
    pagination: Option<Pagination>,
}

#[derive(Deserialize)]
struct Pagination {
    total: Option<u64>,
    total_pages: Option<u32>,
}

#[derive(Deserialize)]
struct One<'a> {
    #[serde(borrow)]
    data: &'a RawValue,
}

#[derive(Deserialize)]
struct Changed {
    updated_at: Moment,
}

#[derive(Deserialize)]
struct Moment {
    date: String,
}

impl Puller for Yampi {
    fn slug(&self) -> &'static str {
        "yampi"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Orders, Kind::Abandoned]
    }

    fn credentials(&self) -> &'static [Field] {
        const { &[ask::credential(USER_TOKEN), ask::credential(SECRET_KEY)] }
    }

    fn settings(&self) -> &'static [Field] {
        const { &[ask::setting(ALIAS)] }
    }

    fn hosts(&self) -> &'static [&'static str] {
        &["api.dooki.com.br"]
    }

    /// 120 a minute, counted in windows of one minute.
    fn pace(&self) -> Pace {
        Pace {
            burst: 10,
            every: Duration::from_millis(600),
        }
    }

    /// Per route and address, so that the shops that are read from here share one count.
    fn counted(&self) -> Counted {
        Counted::ByAddress
    }

    fn reach_back(&self) -> TimeDelta {
        TimeDelta::days(7)
    }

    fn first(&self, account: &Account<'_>, kind: Kind, window: Window) -> Result<String, Trouble> {
        path(kind)?;
        base(account)?;
        Ok(paging::write(&Cursor {
            since: window.since,
            until: window.until,
            place: Place::FIRST,
        }))
    }

    fn page(&self, account: &Account<'_>, kind: Kind, cursor: &str) -> Result<Request, Trouble> {
        let cursor: Cursor = paging::read(cursor)?;
        let (path, parts) = path(kind)?;
        let page = cursor.place.page.to_string();
        let days = format!(
            "created_at:{}|{}",
            paging::day(cursor.since),
            paging::day(cursor.until)
        );
        let mut query = vec![
            ("include", parts),
            ("limit", PER_PAGE),
            ("page", page.as_str()),
            ("skipCache", "true"),
        ];
        if kind == Kind::Orders {
            query.push(("date", &days));
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
        let listing: Listing<'_> = patient(answer::read(response))?;
        let pagination = listing.meta.and_then(|meta| meta.pagination);
        let total = pagination.as_ref().and_then(|told| told.total);
        let pages = pagination.as_ref().and_then(|told| told.total_pages);
        let is_last =
            listing.data.is_empty() || pages.is_some_and(|pages| cursor.place.page >= pages);
        let next = cursor
            .place
            .turned(is_last, total)
            .map(|place| paging::write(&Cursor { place, ..cursor }));
        let mut pulled = answer::all(kind, &listing.data);
        if kind == Kind::Abandoned {
            pulled.retain(|cart| !rested(cart, cursor.since));
        }
        Ok(Page {
            pulled,
            next,
            total: total.filter(|_| kind == Kind::Orders),
        })
    }

    fn order(&self, account: &Account<'_>, id: &str) -> Result<Request, Trouble> {
        let path = format!("orders/{}", ask::id(id)?);
        let query = [("include", ORDER_PARTS), ("skipCache", "true")];
        Ok(ask::get(
            base(account)?.at(&path, &query),
            headers(account)?,
        ))
    }

    fn read_order(&self, response: &Response<'_>) -> Result<Pulled, Trouble> {
        let one: One<'_> = patient(answer::read(response))?;
        Ok(answer::one(Kind::Orders, one.data))
    }

    fn probe(&self, account: &Account<'_>) -> Result<Request, Trouble> {
        let url = base(account)?.at("orders", &[("limit", "1"), ("page", "1")]);
        Ok(ask::get(url, headers(account)?))
    }
}

/// Finds the shop's API.
pub(crate) fn base(account: &Account<'_>) -> Result<ask::Base, Trouble> {
    ask::base(
        account,
        || Ok(ORIGIN.to_owned()),
        || Ok(format!("/v2/{}", ask::word(account, ALIAS)?)),
    )
}

/// Makes the headers that open the API.
pub(crate) fn headers(account: &Account<'_>) -> Result<Vec<(&'static str, String)>, Trouble> {
    Ok(vec![
        ("User-Token", ask::entered(account, USER_TOKEN)?.to_owned()),
        (
            "User-Secret-Key",
            ask::entered(account, SECRET_KEY)?.to_owned(),
        ),
    ])
}

fn path(kind: Kind) -> Result<(&'static str, &'static str), Trouble> {
    match kind {
        Kind::Orders => Ok(("orders", ORDER_PARTS)),
        Kind::Abandoned => Ok(("checkout/carts", CART_PARTS)),
        Kind::Sales => Err(paging::no_such_kind()),
    }
}

/// Refusals for haste name no time; the window's end is never further than its length.
fn patient<T>(read: Result<T, Trouble>) -> Result<T, Trouble> {
    read.map_err(|trouble| match trouble {
        Trouble::TooFast(None) => Trouble::TooFast(Some(WINDOW)),
        other => other,
    })
}

/// Tells whether a cart has not changed since well before the span; one without a time that can be read may have.
fn rested(cart: &Pulled, since: DateTime<Utc>) -> bool {
    serde_json::from_slice::<Changed>(&cart.body)
        .ok()
        .and_then(|cart| {
            let form = "%Y-%m-%d %H:%M:%S%.f";
            NaiveDateTime::parse_from_str(&cart.updated_at.date, form).ok()
        })
        .and_then(times::on_brasilia_clock)
        .is_some_and(|at| at < paging::before(since, MARGIN))
}
