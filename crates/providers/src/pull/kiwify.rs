//! Kiwify's API: sales by last change, within spans of creation of at most 90 days.
//!
//! Sources: docs.kiwify.com.br (OAuth, sales) and clients that work. The span of creation has to be told and is of days; the
//! form of a day is not documented, clients write `2026-08-03`. Carts cannot be listed, and sales carry no code to pay by.

use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use url::form_urlencoded;

use super::paging::{self, Place};
use super::{Account, Kind, Method, Pace, Page, Pulled, Puller};
use super::{Request, Response, Token, Trouble, Window};
use super::{answer, ask};
use crate::Field;
use crate::scalar::Loose;

const CLIENT: &str = "clientId";
const SECRET: &str = "clientSecret";
const ACCOUNT: &str = "accountId";
const PER_PAGE: &str = "100";
/// How many days of creation are asked for at a time; with the day at either end still within 90.
const DAYS: Days = Days::new(85);

/// Speaks Kiwify's API.
pub(super) struct Kiwify;

/// Stands in the days of creation up to `made`; earlier ones are still to come.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Cursor {
    since: DateTime<Utc>,
    until: DateTime<Utc>,
    made: NaiveDate,
    #[serde(flatten)]
    place: Place,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Opened<'a> {
    access_token: Loose<'a>,
    #[serde(default)]
    expires_in: Loose<'a>,
}

#[derive(Deserialize)]
struct Listing<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
    #[serde(default, deserialize_with = "crate::json::lenient")]
    pagination: Option<Pagination<'a>>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Pagination<'a> {
    #[serde(default)]
    count: Loose<'a>,
    #[serde(default)]
    page_size: Loose<'a>,
}

impl Puller for Kiwify {
    fn slug(&self) -> &'static str {
        "kiwify"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Sales]
    }

    fn credentials(&self) -> &'static [Field] {
        const {
            &[
                ask::credential(CLIENT),
                ask::credential(SECRET),
                ask::credential(ACCOUNT),
            ]
        }
    }

    fn settings(&self) -> &'static [Field] {
        &[]
    }

    fn hosts(&self) -> &'static [&'static str] {
        &["public-api.kiwify.com"]
    }

    /// 100 a minute, by what integrators say.
    fn pace(&self) -> Pace {
        Pace {
            burst: 10,
            every: Duration::from_millis(700),
        }
    }

    fn sign_in(&self, account: &Account<'_>) -> Result<Option<Request>, Trouble> {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", ask::entered(account, CLIENT)?)
            .append_pair("client_secret", ask::entered(account, SECRET)?)
            .finish();
        let kind = "application/x-www-form-urlencoded".to_owned();
        Ok(Some(Request {
            method: Method::Post,
            url: base(account)?.at("oauth/token", &[]),
            headers: vec![("Content-Type", kind)],
            body: Some(form.into_bytes()),
        }))
    }

    fn signed_in(&self, response: &Response<'_>, now: DateTime<Utc>) -> Result<Token, Trouble> {
        let opened: Opened<'_> = match answer::read(response) {
            Err(Trouble::Refused(_)) => return Err(Trouble::Unauthorised),
            told => told?,
        };
        ask::opened(opened.access_token.text(), opened.expires_in.number(), now)
    }

    fn first(&self, account: &Account<'_>, kind: Kind, window: Window) -> Result<String, Trouble> {
        only_sales(kind)?;
        base(account)?;
        Ok(paging::write(&Cursor {
            since: window.since,
            until: window.until,
            made: last_day(window.until),
            place: Place::FIRST,
        }))
    }

    fn page(&self, account: &Account<'_>, kind: Kind, cursor: &str) -> Result<Request, Trouble> {
        only_sales(kind)?;
        let cursor: Cursor = paging::read(cursor)?;
        let days = [
            cursor.made_from().to_string(),
            cursor.made.to_string(),
            paging::day(cursor.since).to_string(),
            last_day(cursor.until).to_string(),
        ];
        let [made_from, made, since, until] = days.each_ref().map(String::as_str);
        let page = cursor.place.page.to_string();
        let query = [
            ("start_date", made_from),
            ("end_date", made),
            ("updated_at_start_date", since),
            ("updated_at_end_date", until),
            ("view_full_sale_details", "true"),
            ("page_size", PER_PAGE),
            ("page_number", &page),
        ];
        Ok(ask::get(
            base(account)?.at("sales", &query),
            headers(account)?,
        ))
    }

    fn read_page(
        &self,
        kind: Kind,
        cursor: &str,
        response: &Response<'_>,
    ) -> Result<Page, Trouble> {
        let cursor: Cursor = paging::read(cursor)?;
        let listing: Listing<'_> = answer::read(response)?;
        let told = listing.pagination.as_ref();
        let total: Option<u64> = told.and_then(|told| told.count.number());
        let size = told.and_then(|told| told.page_size.number()).unwrap_or(100);
        let is_last =
            listing.data.is_empty() || total.is_some_and(|total| cursor.place.reach(size) >= total);
        let next = match cursor.place.turned(is_last, total) {
            Some(place) => Some(Cursor { place, ..cursor }),
            None => cursor.days_before(),
        };
        Ok(Page {
            pulled: answer::all(kind, &listing.data),
            next: next.map(|next| paging::write(&next)),
            total: None,
        })
    }

    fn order(&self, account: &Account<'_>, id: &str) -> Result<Request, Trouble> {
        let path = format!("sales/{}", ask::id(id)?);
        Ok(ask::get(base(account)?.at(&path, &[]), headers(account)?))
    }

    fn read_order(&self, response: &Response<'_>) -> Result<Pulled, Trouble> {
        let sale: &RawValue = answer::read(response)?;
        Ok(answer::one(Kind::Sales, sale))
    }

    /// Two days long past: nothing to send, and every right to read is needed.
    fn probe(&self, account: &Account<'_>) -> Result<Request, Trouble> {
        let query = [
            ("start_date", "2020-01-01"),
            ("end_date", "2020-01-02"),
            ("page_size", "1"),
            ("page_number", "1"),
        ];
        Ok(ask::get(
            base(account)?.at("sales", &query),
            headers(account)?,
        ))
    }
}

impl Cursor {
    fn made_from(&self) -> NaiveDate {
        self.made.checked_sub_days(DAYS).unwrap_or(self.made)
    }

    /// Returns the days of creation before these, as long as a sale of the span may have been made in them.
    fn days_before(self) -> Option<Self> {
        let made = self.made_from();
        (made > paging::day(self.since) && made < self.made).then_some(Self {
            made,
            place: Place::FIRST,
            ..self
        })
    }
}

/// Returns a day by whose beginning the span has ended, in Brazil and anywhere west of it.
fn last_day(until: DateTime<Utc>) -> NaiveDate {
    until
        .checked_add_signed(TimeDelta::days(1))
        .unwrap_or(until)
        .date_naive()
}

/// Finds the API.
pub(crate) fn base(account: &Account<'_>) -> Result<ask::Base, Trouble> {
    ask::base(
        account,
        || Ok("https://public-api.kiwify.com".to_owned()),
        || Ok("/v1".to_owned()),
    )
}

/// Makes the headers that open the API.
pub(crate) fn headers(account: &Account<'_>) -> Result<Vec<(&'static str, String)>, Trouble> {
    let mut headers = ask::bearer(ask::token(account)?);
    headers.push((
        "x-kiwify-account-id",
        ask::entered(account, ACCOUNT)?.to_owned(),
    ));
    Ok(headers)
}

fn only_sales(kind: Kind) -> Result<(), Trouble> {
    match kind {
        Kind::Sales => Ok(()),
        Kind::Orders | Kind::Abandoned => Err(paging::no_such_kind()),
    }
}
