//! Hotmart's API: sales by the day they were made, one state after the other.
//!
//! Sources: developers.hotmart.com as summarised in public API catalogues, and clients that work. Without a state only approved
//! and complete sales are shown, so every other state is asked for by name. Spans of more than about a year are refused. Carts
//! cannot be listed, and sales carry neither code nor phone.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Account, Kind, Method, Pace, Page, Pulled, Puller};
use super::{Request, Response, Token, Trouble, Window};
use super::{answer, ask, paging};
use crate::Field;
use crate::scalar::Loose;

const CLIENT: &str = "clientId";
const SECRET: &str = "clientSecret";
const DOOR: &str = "https://api-sec-vlc.hotmart.com";
const SALES: &str = "payments/api/v1/sales/history";
const PER_PAGE: &str = "500";
const LONGEST_SPAN: TimeDelta = TimeDelta::days(360);
/// How often a state is begun again because its page's token ran out.
const MOST_BEGINNINGS: u8 = 3;

/// The states that are asked for; the first is none, which stands for approved and complete. Cursors hold places in this list, so
/// that it only grows at its end.
const STATES: [Option<&str>; 16] = [
    None,
    Some("WAITING_PAYMENT"),
    Some("PRINTED_BILLET"),
    Some("UNDER_ANALISYS"),
    Some("PROCESSING_TRANSACTION"),
    Some("STARTED"),
    Some("PRE_ORDER"),
    Some("OVERDUE"),
    Some("NO_FUNDS"),
    Some("CANCELLED"),
    Some("EXPIRED"),
    Some("PROTESTED"),
    Some("PARTIALLY_REFUNDED"),
    Some("REFUNDED"),
    Some("CHARGEBACK"),
    Some("BLOCKED"),
];

/// Speaks Hotmart's API.
pub(super) struct Hotmart;

/// Stands in one state of the span's latest part that is not read yet, which ends at `until`.
#[derive(Serialize, Deserialize)]
struct Cursor {
    since: DateTime<Utc>,
    until: DateTime<Utc>,
    state: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    #[serde(default)]
    again: u8,
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
    #[serde(borrow, default)]
    items: Vec<&'a RawValue>,
    #[serde(default)]
    page_info: Option<Turn>,
}

#[derive(Deserialize)]
struct Turn {
    #[serde(default)]
    next_page_token: Option<String>,
}

impl Puller for Hotmart {
    fn slug(&self) -> &'static str {
        "hotmart"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Sales]
    }

    fn credentials(&self) -> &'static [Field] {
        const { &[ask::credential(CLIENT), ask::credential(SECRET)] }
    }

    fn settings(&self) -> &'static [Field] {
        &[]
    }

    fn hosts(&self) -> &'static [&'static str] {
        &["api-sec-vlc.hotmart.com", "developers.hotmart.com"]
    }

    /// 500 a minute.
    fn pace(&self) -> Pace {
        Pace {
            burst: 20,
            every: Duration::from_millis(130),
        }
    }

    fn reach_back(&self) -> TimeDelta {
        TimeDelta::days(30)
    }

    fn sign_in(&self, account: &Account<'_>) -> Result<Option<Request>, Trouble> {
        let client = ask::entered(account, CLIENT)?;
        let secret = ask::entered(account, SECRET)?;
        let base = ask::base(account, || Ok(DOOR.to_owned()), || Ok(String::new()))?;
        let query = [
            ("grant_type", "client_credentials"),
            ("client_id", client),
            ("client_secret", secret),
        ];
        let both = STANDARD.encode(format!("{client}:{secret}"));
        Ok(Some(Request {
            method: Method::Post,
            url: base.at("security/oauth/token", &query),
            headers: vec![("Authorization", format!("Basic {both}"))],
            body: None,
        }))
    }

    fn signed_in(&self, response: &Response<'_>, now: DateTime<Utc>) -> Result<Token, Trouble> {
        let opened: Opened<'_> = match answer::read(response) {
            // A wrong client is answered 400.
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
            state: 0,
            token: None,
            again: 0,
        }))
    }

    fn page(&self, account: &Account<'_>, kind: Kind, cursor: &str) -> Result<Request, Trouble> {
        only_sales(kind)?;
        let cursor: Cursor = paging::read(cursor)?;
        let (start, end) = (
            cursor.start().timestamp_millis().to_string(),
            cursor.until.timestamp_millis().to_string(),
        );
        let mut query = vec![
            ("max_results", PER_PAGE),
            ("start_date", start.as_str()),
            ("end_date", &end),
        ];
        if let Some(state) = STATES.get(cursor.state).copied().flatten() {
            query.push(("transaction_status", state));
        }
        if let Some(token) = &cursor.token {
            query.push(("page_token", token));
        }
        sales(account, &query)
    }

    fn read_page(
        &self,
        kind: Kind,
        cursor: &str,
        response: &Response<'_>,
    ) -> Result<Page, Trouble> {
        let cursor: Cursor = paging::read(cursor)?;
        let listing: Listing<'_> = match answer::read(response) {
            Err(Trouble::Refused(400))
                if cursor.token.is_some() && cursor.again < MOST_BEGINNINGS =>
            {
                return Ok(turn(Vec::new(), Some(cursor.begun_again())));
            }
            // A state the API does not know (any more) hides no sale of the others.
            Err(Trouble::Refused(400)) if cursor.token.is_none() && cursor.state > 0 => {
                return Ok(turn(Vec::new(), cursor.after_state()));
            }
            told => told?,
        };
        let token = listing
            .page_info
            .and_then(|info| info.next_page_token)
            .filter(|token| !token.is_empty() && !listing.items.is_empty());
        let pulled = answer::all(kind, &listing.items);
        let next = match token {
            Some(token) => Some(Cursor {
                token: Some(token),
                ..cursor
            }),
            None => cursor.after_state(),
        };
        Ok(turn(pulled, next))
    }

    fn order(&self, account: &Account<'_>, id: &str) -> Result<Request, Trouble> {
        sales(account, &[("transaction", ask::id(id)?)])
    }

    fn read_order(&self, response: &Response<'_>) -> Result<Pulled, Trouble> {
        let listing: Listing<'_> = answer::read(response)?;
        let sale = listing.items.first().ok_or(Trouble::NotFound)?;
        Ok(answer::one(Kind::Sales, sale))
    }

    fn probe(&self, account: &Account<'_>) -> Result<Request, Trouble> {
        sales(account, &[("max_results", "1")])
    }
}

impl Cursor {
    /// Returns where the part begins that is short enough to be asked for.
    fn start(&self) -> DateTime<Utc> {
        paging::before(self.until, LONGEST_SPAN).max(self.since)
    }

    /// Returns the next state, or the first state of the part before.
    fn after_state(self) -> Option<Self> {
        let state = self.state.saturating_add(1);
        if state < STATES.len() {
            return Some(Self {
                state,
                token: None,
                again: 0,
                ..self
            });
        }
        let start = self.start();
        (start > self.since).then_some(Self {
            since: self.since,
            until: start,
            state: 0,
            token: None,
            again: 0,
        })
    }

    fn begun_again(self) -> Self {
        Self {
            token: None,
            again: self.again.saturating_add(1),
            ..self
        }
    }
}

fn turn(pulled: Vec<Pulled>, next: Option<Cursor>) -> Page {
    Page {
        pulled,
        next: next.map(|next| paging::write(&next)),
        total: None,
    }
}

fn base(account: &Account<'_>) -> Result<ask::Base, Trouble> {
    ask::base(
        account,
        || Ok("https://developers.hotmart.com".to_owned()),
        || Ok(String::new()),
    )
}

fn sales(account: &Account<'_>, query: &[(&str, &str)]) -> Result<Request, Trouble> {
    let headers = ask::bearer(ask::token(account)?);
    Ok(ask::get(base(account)?.at(SALES, query), headers))
}

fn only_sales(kind: Kind) -> Result<(), Trouble> {
    match kind {
        Kind::Sales => Ok(()),
        Kind::Orders | Kind::Abandoned => Err(paging::no_such_kind()),
    }
}
