//! iSET's API: orders day by day, paid ones and unpaid ones apart.
//!
//! Source: two integrations that work, independent of each other; iSET documents none of it in public. An account has one token
//! at a time: asking for another while it lives is refused, so it is kept until it ends. The API answers 200 and tells in the
//! body how it went. Neither paging nor limits are known, so a day is asked for at a time, one request a second.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;

use super::{Account, Kind, Method, Pace, Page, Pulled, Puller};
use super::{Request, Response, Token, Trouble, Window};
use super::{answer, ask, paging};
use crate::Field;
use crate::scalar::Loose;

const USER: &str = "userId";
const KEY: &str = "apiKey";
const DOMAIN: &str = "shopDomain";
/// What a request with a dead token is told; the same status is a refusal of another kind elsewhere.
const BAD_TOKEN: &str = "missing or invalid";

/// Speaks iSET's API.
pub(super) struct Iset;

#[derive(Serialize, Deserialize)]
struct Cursor {
    day: NaiveDate,
    until: NaiveDate,
    paid: bool,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Told<'a> {
    #[serde(default)]
    status: Loose<'a>,
    #[serde(default)]
    message: Loose<'a>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Opened<'a> {
    token: Loose<'a>,
    /// A moment, for all its name.
    expires_in: Loose<'a>,
}

#[derive(Deserialize)]
struct Listing<'a> {
    #[serde(borrow, default)]
    orders: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct One<'a> {
    #[serde(borrow)]
    order: &'a RawValue,
}

impl Puller for Iset {
    fn slug(&self) -> &'static str {
        "iset"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Orders]
    }

    fn credentials(&self) -> &'static [Field] {
        const { &[ask::credential(USER), ask::credential(KEY)] }
    }

    fn settings(&self) -> &'static [Field] {
        const { &[ask::setting(DOMAIN)] }
    }

    /// Every shop has its own.
    fn hosts(&self) -> &'static [&'static str] {
        &["*"]
    }

    fn pace(&self) -> Pace {
        Pace {
            burst: 1,
            every: Duration::from_secs(1),
        }
    }

    fn reach_back(&self) -> TimeDelta {
        TimeDelta::days(3)
    }

    fn sign_in(&self, account: &Account<'_>) -> Result<Option<Request>, Trouble> {
        let user = ask::entered(account, USER)?;
        let key = ask::entered(account, KEY)?;
        let both = STANDARD.encode(format!("{user}:{key}"));
        Ok(Some(Request {
            method: Method::Post,
            url: base(account)?.at("oauth", &[]),
            headers: vec![("Authorization", format!("Basic {both}"))],
            body: None,
        }))
    }

    fn signed_in(&self, response: &Response<'_>, now: DateTime<Utc>) -> Result<Token, Trouble> {
        let opened: Opened<'_> = read(response)?;
        let ends: Option<i64> = opened.expires_in.number();
        let left = ends.and_then(|ends| ends.checked_sub(now.timestamp()));
        ask::opened(opened.token.text(), left, now)
    }

    fn first(&self, account: &Account<'_>, kind: Kind, window: Window) -> Result<String, Trouble> {
        only_orders(kind)?;
        base(account)?;
        Ok(paging::write(&Cursor {
            day: paging::day(window.since),
            until: paging::day(window.until),
            paid: false,
        }))
    }

    fn page(&self, account: &Account<'_>, kind: Kind, cursor: &str) -> Result<Request, Trouble> {
        only_orders(kind)?;
        let cursor: Cursor = paging::read(cursor)?;
        list(account, cursor.day, cursor.paid)
    }

    fn read_page(
        &self,
        kind: Kind,
        cursor: &str,
        response: &Response<'_>,
    ) -> Result<Page, Trouble> {
        let cursor: Cursor = paging::read(cursor)?;
        let listing: Listing<'_> = match read(response) {
            Err(Trouble::NotFound) => Listing { orders: Vec::new() },
            told => told?,
        };
        Ok(Page {
            pulled: answer::all(kind, &listing.orders),
            next: cursor.after().map(|next| paging::write(&next)),
            total: None,
        })
    }

    fn order(&self, account: &Account<'_>, id: &str) -> Result<Request, Trouble> {
        let path = format!("order/{}", ask::id(id)?);
        Ok(ask::get(base(account)?.at(&path, &[]), headers(account)?))
    }

    fn read_order(&self, response: &Response<'_>) -> Result<Pulled, Trouble> {
        let one: One<'_> = read(response)?;
        Ok(answer::one(Kind::Orders, one.order))
    }

    fn probe(&self, account: &Account<'_>) -> Result<Request, Trouble> {
        let day = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap_or_default();
        list(account, day, true)
    }

    fn probed(&self, response: &Response<'_>) -> Result<(), Trouble> {
        match read::<Told<'_>>(response) {
            Ok(_) | Err(Trouble::NotFound) => Ok(()),
            Err(trouble) => Err(trouble),
        }
    }
}

impl Cursor {
    /// Unpaid orders of a day come first, then paid ones, then the next day.
    fn after(&self) -> Option<Self> {
        if !self.paid {
            return Some(Self {
                paid: true,
                ..*self
            });
        }
        let day = self.day.succ_opt().filter(|day| *day <= self.until)?;
        Some(Self {
            day,
            until: self.until,
            paid: false,
        })
    }
}

/// Reads an answer whose body tells how it went, whatever the status line says.
fn read<'a, T: Deserialize<'a>>(response: &Response<'a>) -> Result<T, Trouble> {
    let told = answer::json::<Told<'a>>(response.body).ok();
    let status = told
        .as_ref()
        .and_then(|told| told.status.number())
        .filter(|_| (200..300).contains(&response.status))
        .unwrap_or(response.status);
    let seen = Response {
        status,
        ..*response
    };
    match answer::read(&seen) {
        Err(Trouble::Forbidden) if told.is_some_and(|told| told.token_is_bad()) => {
            Err(Trouble::Unauthorised)
        }
        read => read,
    }
}

impl Told<'_> {
    fn token_is_bad(&self) -> bool {
        self.message
            .text()
            .is_some_and(|message| message.contains(BAD_TOKEN))
    }
}

fn base(account: &Account<'_>) -> Result<ask::Base, Trouble> {
    ask::base(
        account,
        || Ok(format!("https://{}", domain(account)?)),
        || Ok("/ws/v1".to_owned()),
    )
}

/// Takes the shop's domain, entered with or without `https://`.
fn domain(account: &Account<'_>) -> Result<String, Trouble> {
    let entered = account.settings.id(DOMAIN).unwrap_or_default();
    let host = entered
        .split_once("://")
        .map_or(&*entered, |(_, rest)| rest)
        .trim_end_matches('/');
    let is_domain = ask::is_word(host) && host.contains('.');
    is_domain
        .then(|| host.to_owned())
        .ok_or(Trouble::NotSetUp(DOMAIN))
}

fn headers(account: &Account<'_>) -> Result<Vec<(&'static str, String)>, Trouble> {
    Ok(vec![("access-token", ask::token(account)?.to_owned())])
}

fn list(account: &Account<'_>, day: NaiveDate, paid: bool) -> Result<Request, Trouble> {
    let body = json!({
        "date": {"from": day.to_string(), "to": day.to_string()},
        "paid": paid,
        "complete": false,
    });
    let url = base(account)?.at("order/list", &[]);
    Ok(ask::json(Method::Post, url, headers(account)?, &body))
}

fn only_orders(kind: Kind) -> Result<(), Trouble> {
    match kind {
        Kind::Orders => Ok(()),
        Kind::Abandoned | Kind::Sales => Err(paging::no_such_kind()),
    }
}
