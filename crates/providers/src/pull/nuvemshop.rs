//! Nuvemshop's API, version 2025-03: orders and abandoned checkouts by last change, page after page.
//!
//! Sources: tiendanube.github.io/api-documentation, dev.nuvemshop.com.br. Pages reach no further than 10,000 entries, so a span
//! that holds more is cut by dates. A page beyond the end is answered 404. Orders carry no code to pay by, no refused card and no
//! amount given back; their transactions do, where the app is allowed to read them.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::paging::{self, Place};
use super::{Account, Kind, Pace, Page, Pulled, Puller, Request, Response, Trouble, Window};
use super::{answer, ask};
use crate::Field;
use crate::scalar::Loose;
use crate::times;

const TOKEN: &str = "accessToken";
const STORE: &str = "storeId";
const CONTACT: &str = "contact";
const PER_PAGE: u64 = 200;
/// How far pages reach.
const REACH: u64 = 10_000;

/// Speaks Nuvemshop's API.
pub(super) struct Nuvemshop;

/// Stands in the piece from `since` to `to` of a span that ends at `until`.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Cursor {
    since: DateTime<Utc>,
    to: DateTime<Utc>,
    until: DateTime<Utc>,
    #[serde(flatten)]
    place: Place,
    /// Whether the span was cut, so that totals are those of a piece.
    #[serde(default)]
    cut: bool,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Order<'a> {
    id: Loose<'a>,
    status: Loose<'a>,
    payment_status: Loose<'a>,
    #[serde(deserialize_with = "crate::json::lenient")]
    payment_details: Option<Details<'a>>,
    paid_at: Loose<'a>,
    updated_at: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Details<'a> {
    method: Loose<'a>,
}

impl Puller for Nuvemshop {
    fn slug(&self) -> &'static str {
        "nuvemshop"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Orders, Kind::Abandoned]
    }

    fn credentials(&self) -> &'static [Field] {
        const { &[ask::credential(TOKEN)] }
    }

    fn settings(&self) -> &'static [Field] {
        const { &[ask::setting(STORE), ask::option(CONTACT)] }
    }

    fn hosts(&self) -> &'static [&'static str] {
        &["api.nuvemshop.com.br", "api.tiendanube.com"]
    }

    /// A bucket of 40 that drains by two a second.
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
            to: window.until,
            until: window.until,
            place: Place::FIRST,
            cut: false,
        }))
    }

    fn page(&self, account: &Account<'_>, kind: Kind, cursor: &str) -> Result<Request, Trouble> {
        let cursor: Cursor = paging::read(cursor)?;
        let page = cursor.place.page.to_string();
        let per_page = PER_PAGE.to_string();
        let (since, to) = (paging::seconds(cursor.since), paging::seconds(cursor.to));
        let mut query = vec![
            ("updated_at_min", since.as_str()),
            ("updated_at_max", &to),
            ("page", &page),
            ("per_page", &per_page),
        ];
        if kind == Kind::Orders {
            query.push(("status", "any"));
        }
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
        let cursor: Cursor = paging::read(cursor)?;
        if response.status == 404 {
            return Ok(Page {
                pulled: Vec::new(),
                next: cursor.piece_after().map(|next| paging::write(&next)),
                total: None,
            });
        }
        let list: Vec<&RawValue> = answer::read(response)?;
        let told = answer::number(response, "x-total-count");
        let total = told.filter(|_| !cursor.cut);
        if let Some(half) = cursor.halved(told) {
            return Ok(Page {
                pulled: Vec::new(),
                next: Some(paging::write(&half)),
                total,
            });
        }
        let reach = cursor.place.reach(PER_PAGE);
        let is_last = list.is_empty() || reach >= REACH || told.is_some_and(|total| reach >= total);
        let next = match cursor.place.turned(is_last, told) {
            Some(place) => Some(Cursor { place, ..cursor }),
            None => cursor.piece_after(),
        };
        Ok(Page {
            pulled: answer::all(kind, &list),
            next: next.map(|next| paging::write(&next)),
            total,
        })
    }

    fn order(&self, account: &Account<'_>, id: &str) -> Result<Request, Trouble> {
        let path = format!("orders/{}", ask::id(id)?);
        Ok(ask::get(base(account)?.at(&path, &[]), headers(account)?))
    }

    fn read_order(&self, response: &Response<'_>) -> Result<Pulled, Trouble> {
        let order: &RawValue = answer::read(response)?;
        Ok(answer::one(Kind::Orders, order))
    }

    /// The transactions of an order that waits to be paid: the code to pay by, or the card that was refused.
    fn more(&self, account: &Account<'_>, pulled: &Pulled) -> Result<Option<Request>, Trouble> {
        transactions(account, pulled, |order| order.waits())
    }

    /// Those of a paid order that changed since, too: only they say what part of the money was given back.
    fn more_once_told(
        &self,
        account: &Account<'_>,
        pulled: &Pulled,
    ) -> Result<Option<Request>, Trouble> {
        transactions(account, pulled, |order| {
            order.waits() || order.changed_since_paid()
        })
    }

    /// Puts the transactions into the order as `transactions`. They are for few apps only, so a refusal is to be expected, and is one
    /// for all orders.
    fn with_more(&self, pulled: Pulled, response: &Response<'_>) -> Result<Pulled, Trouble> {
        match answer::read::<Vec<&RawValue>>(response) {
            Ok(list) if list.is_empty() => Ok(pulled),
            Ok(_) => Ok(with_transactions(pulled, response.body)),
            Err(trouble @ (Trouble::TooFast(_) | Trouble::Failed(_) | Trouble::Forbidden)) => {
                Err(trouble)
            }
            Err(_) => Ok(pulled),
        }
    }

    fn probe(&self, account: &Account<'_>) -> Result<Request, Trouble> {
        let url = base(account)?.at("orders", &[("page", "1"), ("per_page", "1")]);
        Ok(ask::get(url, headers(account)?))
    }

    /// A shop without orders is answered 404.
    fn probed(&self, response: &Response<'_>) -> Result<(), Trouble> {
        match answer::sound(response) {
            Err(Trouble::NotFound) => Ok(()),
            told => told,
        }
    }
}

impl Cursor {
    /// Returns the earlier half of a piece whose pages would not reach its end.
    fn halved(self, total: Option<u64>) -> Option<Self> {
        let span = self.to.signed_duration_since(self.since).num_seconds();
        let middle = self.since.timestamp().checked_add(span.checked_div(2)?)?;
        let fits = total.is_none_or(|total| total <= REACH);
        if !self.place.is_first() || fits || span < 2 {
            return None;
        }
        Some(Self {
            to: DateTime::from_timestamp(middle, 0)?,
            place: Place::FIRST,
            cut: true,
            ..self
        })
    }

    /// Returns the piece behind this one; both hold the second between them.
    fn piece_after(self) -> Option<Self> {
        (self.to < self.until).then_some(Self {
            since: self.to,
            to: self.until,
            place: Place::FIRST,
            ..self
        })
    }
}

impl Order<'_> {
    /// Tells whether an attempt to pay may be under way. What a shop arranges by itself has none.
    fn waits(&self) -> bool {
        let method = self
            .payment_details
            .as_ref()
            .and_then(|details| details.method.text())
            .unwrap_or_default();
        self.status.text() != Some("cancelled")
            && self.payment_status.text() == Some("pending")
            && !matches!(method, "" | "custom" | "bank_transfer")
    }

    /// Tells whether something happened to a paid order after it was paid; without the time of payment, whether it was paid.
    fn changed_since_paid(&self) -> bool {
        let at = |time: &Loose<'_>| times::offset(time.text()?);
        self.status.text() != Some("cancelled")
            && self.payment_status.text() == Some("paid")
            && at(&self.updated_at) > at(&self.paid_at)
    }
}

/// Asks for the transactions of an order that is worth it.
fn transactions(
    account: &Account<'_>,
    pulled: &Pulled,
    is_worth_it: fn(&Order<'_>) -> bool,
) -> Result<Option<Request>, Trouble> {
    let order: Order<'_> = serde_json::from_slice(&pulled.body).unwrap_or_default();
    let Some(id) = order.id.text().filter(|_| pulled.kind == Kind::Orders) else {
        return Ok(None);
    };
    if !is_worth_it(&order) {
        return Ok(None);
    }
    let path = format!("orders/{}/transactions", ask::id(id)?);
    let url = base(account)?.at(&path, &[]);
    Ok(Some(ask::get(url, headers(account)?)))
}

/// Writes the transactions as they came before the end of the order's object.
fn with_transactions(mut pulled: Pulled, transactions: &[u8]) -> Pulled {
    let body = pulled.body.trim_ascii_end();
    let Some(open) = body.strip_suffix(b"}") else {
        return pulled;
    };
    let mut whole = open.trim_ascii_end().to_vec();
    if !whole.ends_with(b"{") {
        whole.push(b',');
    }
    whole.extend_from_slice(b"\"transactions\":");
    whole.extend_from_slice(transactions.trim_ascii());
    whole.push(b'}');
    pulled.body = whole;
    pulled
}

/// Finds the shop's API.
pub(crate) fn base(account: &Account<'_>) -> Result<ask::Base, Trouble> {
    ask::base(
        account,
        || Ok("https://api.nuvemshop.com.br".to_owned()),
        || Ok(format!("/2025-03/{}", ask::word(account, STORE)?)),
    )
}

/// Makes the headers that open the API. The first is really spelt so, and without the second every request is refused.
pub(crate) fn headers(account: &Account<'_>) -> Result<Vec<(&'static str, String)>, Trouble> {
    let token = ask::entered(account, TOKEN)?;
    let contact = account
        .settings
        .text(CONTACT)
        .map(str::trim)
        .filter(|text| text.len() <= 200 && text.bytes().all(|byte| byte.is_ascii_graphic()))
        .filter(|text| !text.is_empty())
        .unwrap_or("webhooks");
    Ok(vec![
        ("Authentication", format!("bearer {token}")),
        ("User-Agent", format!("Balcao ({contact})")),
    ])
}

fn path(kind: Kind) -> Result<&'static str, Trouble> {
    match kind {
        Kind::Orders => Ok("orders"),
        Kind::Abandoned => Ok("checkouts"),
        Kind::Sales => Err(paging::no_such_kind()),
    }
}
