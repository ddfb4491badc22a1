//! Reading orders back from the platforms' APIs without any I/O: requests go out, answers come in.
//!
//! A [`Puller`] knows one API's addresses, paging, limits and failures. Who sends the requests, waits and keeps the cursor is not
//! its concern, so a platform is tested by handing it answers.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

use crate::{Field, Headers, Settings};

pub(crate) mod answer;
pub(crate) mod ask;
mod cartpanda;
mod hotmart;
mod iset;
pub(crate) mod kiwify;
pub(crate) mod nuvemshop;
pub(crate) mod paging;
pub(crate) mod shopify;
pub(crate) mod yampi;

/// Names what can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Orders of a shop.
    Orders,
    /// Abandoned carts and checkouts.
    Abandoned,
    /// Sales of a course platform.
    Sales,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Orders, Self::Abandoned, Self::Sales];

    /// Returns the word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Abandoned => "abandoned",
            Self::Sales => "sales",
        }
    }

    /// Finds a kind by its word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// Holds one order, cart or sale as the API showed it.
#[derive(Clone, PartialEq, Eq)]
pub struct Pulled {
    /// What it is.
    pub kind: Kind,
    /// Its JSON.
    pub body: Vec<u8>,
}

impl fmt::Debug for Pulled {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "Pulled({}, {} bytes)",
            self.kind.as_str(),
            self.body.len()
        )
    }
}

/// Gives out an integration's credentials by name.
pub trait Credentials: Send + Sync {
    /// Returns a credential that is set and not blank.
    fn get(&self, name: &str) -> Option<&str>;
}

impl Credentials for BTreeMap<String, String> {
    fn get(&self, name: &str) -> Option<&str> {
        let value = Self::get(self, name)?;
        (!value.trim().is_empty()).then_some(value)
    }
}

/// Holds what a request to an account's API needs.
#[derive(Clone, Copy)]
pub struct Account<'a> {
    /// The credentials the seller entered.
    pub credentials: &'a dyn Credentials,
    /// The settings, `apiBaseUrl` among them where the API lies elsewhere.
    pub settings: &'a Settings,
    /// The token of [`Puller::signed_in`], where the API has such a step.
    pub token: Option<&'a str>,
}

/// Lists the methods in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `GET`.
    Get,
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
    /// `DELETE`.
    Delete,
}

/// Describes a request to send; its `Debug` shows neither query nor headers nor body.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The address, query included.
    pub url: String,
    /// The headers, tokens among them.
    pub headers: Vec<(&'static str, String)>,
    /// The body, if any.
    pub body: Option<Vec<u8>>,
}

impl fmt::Debug for Request {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bare = self.url.split('?').next().unwrap_or_default();
        write!(out, "{:?} {bare}", self.method)
    }
}

/// Holds an answer.
#[derive(Clone, Copy)]
pub struct Response<'a> {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: &'a dyn Headers,
    /// The body, whole.
    pub body: &'a [u8],
}

/// Holds a token of a sign-in.
#[derive(Clone)]
pub struct Token {
    /// What [`Account::token`] is set to.
    pub value: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

impl fmt::Debug for Token {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Token(until {})", self.expires_at)
    }
}

/// Limits how fast requests may follow each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// How many may be sent at once after a rest.
    pub burst: u32,
    /// How much time earns one more.
    pub every: Duration,
}

/// Says whose requests count against a limit together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Those for one account.
    ByAccount,
    /// All that come from one address, whichever account they are for.
    ByAddress,
}

/// Says which span of time to list, by last change where the API can, else by creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// From when on.
    pub since: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// Holds one page of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What it holds.
    pub pulled: Vec<Pulled>,
    /// Where to go on; a text of the puller's own making that survives restarts. `None` at the end.
    pub next: Option<String>,
    /// How many there are in all, where the API tells.
    pub total: Option<u64>,
}

/// Names what went wrong with an API; never with its words, which may hold customer data.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Trouble {
    /// Something the seller has to enter is absent: the name of the credential or setting.
    #[error("not_set_up: {0}")]
    NotSetUp(&'static str),
    /// The credentials are not taken; trying again does not help.
    #[error("unauthorised")]
    Unauthorised,
    /// The credentials do not reach this; trying again does not help.
    #[error("forbidden")]
    Forbidden,
    /// There is no such thing, or not yet.
    #[error("not_found")]
    NotFound,
    /// What is shown is older than what a notice told of.
    #[error("lags")]
    Lags,
    /// Too many requests; after this time, where the API says so.
    #[error("too_fast")]
    TooFast(Option<Duration>),
    /// The platform has trouble of its own.
    #[error("platform_failed: {0}")]
    Failed(u16),
    /// The request was refused for another reason.
    #[error("refused: {0}")]
    Refused(u16),
    /// The answer cannot be read: where.
    #[error("unreadable: {0}")]
    Unreadable(String),
}

/// Speaks one platform's API.
pub trait Puller: Send + Sync {
    /// Returns the platform's slug.
    fn slug(&self) -> &'static str;

    /// Returns what can be listed.
    fn kinds(&self) -> &'static [Kind];

    /// Returns the credentials it needs, by the name they are stored under.
    fn credentials(&self) -> &'static [Field];

    /// Returns the settings it needs, as a shop's domain.
    fn settings(&self) -> &'static [Field];

    /// Returns the hosts it may talk to where no `apiBaseUrl` is set: names, `*.name` for all below, or `*` where every shop has
    /// a host of its own.
    fn hosts(&self) -> &'static [&'static str];

    /// Returns how fast requests may follow each other, a little below the documented limit.
    fn pace(&self) -> Pace;

    /// Returns whose requests the limit counts together.
    fn counted(&self) -> Counted {
        Counted::ByAccount
    }

    /// Returns how much earlier than the last look a listing must begin to show what changed since: APIs that list by creation
    /// show an old order's change only where it was created.
    fn reach_back(&self) -> TimeDelta {
        TimeDelta::zero()
    }

    /// Returns the request that gets a token, where the API has such a step. The token serves until it ends, and all requests of
    /// the account; when one of them is answered [`Trouble::Unauthorised`] nevertheless, it is worth one more sign-in.
    ///
    /// # Errors
    /// [`Trouble::NotSetUp`].
    fn sign_in(&self, account: &Account<'_>) -> Result<Option<Request>, Trouble> {
        let _ = account;
        Ok(None)
    }

    /// Reads the token.
    ///
    /// # Errors
    /// What the API answered instead; [`Trouble::Forbidden`] where another token is still alive, so that asking again is in vain.
    fn signed_in(&self, response: &Response<'_>, now: DateTime<Utc>) -> Result<Token, Trouble> {
        let _ = (response, now);
        Err(Trouble::Unreadable(".".to_owned()))
    }

    /// Returns the cursor a listing begins with.
    ///
    /// # Errors
    /// [`Trouble::NotSetUp`].
    fn first(&self, account: &Account<'_>, kind: Kind, window: Window) -> Result<String, Trouble>;

    /// Returns the request for the page at a cursor.
    ///
    /// # Errors
    /// [`Trouble::NotSetUp`], or [`Trouble::Unreadable`] for a cursor that is not one.
    fn page(&self, account: &Account<'_>, kind: Kind, cursor: &str) -> Result<Request, Trouble>;

    /// Reads a page.
    ///
    /// # Errors
    /// What the API answered instead.
    fn read_page(&self, kind: Kind, cursor: &str, response: &Response<'_>)
    -> Result<Page, Trouble>;

    /// Returns the request for one order (or sale).
    ///
    /// # Errors
    /// [`Trouble::NotSetUp`].
    fn order(&self, account: &Account<'_>, id: &str) -> Result<Request, Trouble>;

    /// Reads one order.
    ///
    /// # Errors
    /// What the API answered instead.
    fn read_order(&self, response: &Response<'_>) -> Result<Pulled, Trouble>;

    /// Returns the request for what an order lacks and another address of the API may show, as the code to pay by.
    ///
    /// # Errors
    /// [`Trouble::NotSetUp`].
    fn more(&self, account: &Account<'_>, pulled: &Pulled) -> Result<Option<Request>, Trouble> {
        let _ = (account, pulled);
        Ok(None)
    }

    /// Returns the request for what an order lacks that was fetched because the platform told of it: it may be worth more than
    /// what a listing shows by the hundred.
    ///
    /// # Errors
    /// [`Trouble::NotSetUp`].
    fn more_once_told(
        &self,
        account: &Account<'_>,
        pulled: &Pulled,
    ) -> Result<Option<Request>, Trouble> {
        self.more(account, pulled)
    }

    /// Adds the answer to [`Puller::more`] to the order; one that is not for us leaves the order as it is.
    ///
    /// # Errors
    /// What the API answered instead, where asking again may help; [`Trouble::Forbidden`] where asking for another order is in vain, too.
    fn with_more(&self, pulled: Pulled, response: &Response<'_>) -> Result<Pulled, Trouble> {
        let _ = response;
        Ok(pulled)
    }

    /// Returns a cheap request that shows whether address and credentials are right.
    ///
    /// # Errors
    /// [`Trouble::NotSetUp`].
    fn probe(&self, account: &Account<'_>) -> Result<Request, Trouble>;

    /// Reads the answer to [`Puller::probe`].
    ///
    /// # Errors
    /// What the API answered instead of consenting.
    fn probed(&self, response: &Response<'_>) -> Result<(), Trouble> {
        answer::sound(response)
    }
}

/// Returns the API of a platform, where one is read.
#[must_use]
pub fn puller(slug: &str) -> Option<&'static dyn Puller> {
    all().iter().copied().find(|known| known.slug() == slug)
}

/// Returns every API that is read.
#[must_use]
pub fn all() -> &'static [&'static dyn Puller] {
    &[
        &kiwify::Kiwify,
        &hotmart::Hotmart,
        &shopify::Shopify,
        &nuvemshop::Nuvemshop,
        &yampi::Yampi,
        &cartpanda::Cartpanda,
        &iset::Iset,
    ]
}
