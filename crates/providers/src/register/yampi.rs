//! Registering with Yampi: one webhook for all events, which brings a secret of its own.
//!
//! That the secret comes back when a webhook is made is documented; whether it is shown again later is not. So a webhook that is
//! whole already is looked at by itself, and where its secret is neither shown nor stored here, nothing it sends could ever be
//! proven: it is taken away and made anew.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Holding, MOST_PAGES, Registered, Registrar, Step, Wanted};
use crate::Secret;
use crate::pull::{Account, Method, Request, Response, Trouble, answer, ask, paging, yampi};
use crate::scalar::Loose;

const EVENTS: [&str; 5] = [
    "order.created",
    "order.paid",
    "order.status.updated",
    "transaction.payment.refused",
    "cart.reminder",
];
const PER_PAGE: usize = 100;

/// Registers with Yampi.
pub(super) struct Yampi;

/// What is awaited.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// A page of the list.
    Listing(u32),
    /// A new webhook, which has to bring its secret.
    Making,
    /// The webhook of this id, changed.
    Changing(String),
    /// The webhook of this id, by itself.
    Looking(String),
    /// The end of a webhook.
    Removing,
}

#[derive(Deserialize)]
struct Answered<T> {
    data: T,
    #[serde(default = "Option::default")]
    meta: Option<Meta>,
}

#[derive(Deserialize)]
struct Meta {
    pagination: Option<Pagination>,
}

#[derive(Deserialize)]
struct Pagination {
    total_pages: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Hook<'a> {
    id: Loose<'a>,
    url: Loose<'a>,
    secret_key: Loose<'a>,
    events: Vec<Loose<'a>>,
}

type Listed<'a> = Answered<Vec<Hook<'a>>>;

impl Registrar for Yampi {
    fn slug(&self) -> &'static str {
        "yampi"
    }

    fn begin(&self, account: &Account<'_>, _wanted: &Wanted<'_>) -> Result<Step, Trouble> {
        Ok(step(list(account, 1)?, &State::Listing(1)))
    }

    fn next(
        &self,
        account: &Account<'_>,
        wanted: &Wanted<'_>,
        state: &str,
        response: &Response<'_>,
    ) -> Result<Step, Trouble> {
        match paging::read(state)? {
            State::Listing(page) => {
                let listed: Listed<'_> = answer::read(response)?;
                if let Some(hook) = listed.data.iter().find(|hook| hook.is_ours(wanted)) {
                    return settle(account, wanted, hook);
                }
                match listed.page_after(page) {
                    Some(next) => Ok(step(list(account, next)?, &State::Listing(next))),
                    None => make(account, wanted),
                }
            }
            State::Making => {
                let made: Answered<Hook<'_>> = answer::read(response)?;
                let secret = made.data.secret();
                secret.map_or_else(
                    || Err(Trouble::Unreadable("secret_key".to_owned())),
                    |secret| Ok(done(Some(secret))),
                )
            }
            State::Changing(id) => {
                let changed: Answered<Hook<'_>> = answer::read(response)?;
                match changed.data.secret() {
                    Some(secret) => Ok(done(Some(secret))),
                    None => look(account, &id),
                }
            }
            State::Looking(id) => looked(account, wanted, &id, response),
            State::Removing => match answer::sound(response) {
                Ok(()) | Err(Trouble::NotFound) => make(account, wanted),
                Err(trouble) => Err(trouble),
            },
        }
    }

    fn holds(
        &self,
        account: &Account<'_>,
        wanted: &Wanted<'_>,
        state: &str,
        response: &Response<'_>,
    ) -> Result<Holding, Trouble> {
        let State::Listing(page) = paging::read(state)? else {
            return Err(Trouble::Unreadable("state".to_owned()));
        };
        let listed: Listed<'_> = answer::read(response)?;
        let mut ours = listed.data.iter().filter(|hook| hook.is_ours(wanted));
        if ours.any(Hook::is_whole) {
            return Ok(Holding::Told(true));
        }
        Ok(match listed.page_after(page) {
            Some(next) => Holding::Ask {
                request: list(account, next)?,
                state: paging::write(&State::Listing(next)),
            },
            None => Holding::Told(false),
        })
    }
}

impl Listed<'_> {
    /// Returns the next page, where there may be one: the answer's own count of pages is believed before a full page is.
    fn page_after(&self, page: u32) -> Option<u32> {
        let told = self.meta.as_ref().and_then(|meta| meta.pagination.as_ref());
        let is_last = match told.and_then(|told| told.total_pages) {
            Some(pages) => page >= pages,
            None => self.data.len() < PER_PAGE,
        };
        (!is_last && !self.data.is_empty() && page < MOST_PAGES).then(|| page.saturating_add(1))
    }
}

impl Hook<'_> {
    fn is_ours(&self, wanted: &Wanted<'_>) -> bool {
        self.url.text() == Some(wanted.url)
    }

    fn is_whole(&self) -> bool {
        EVENTS
            .iter()
            .all(|event| self.events.iter().any(|told| told.text() == Some(event)))
    }

    fn secret(&self) -> Option<Secret> {
        self.secret_key.text().map(Secret::new)
    }
}

/// Completes the webhook that is there, or finds out its secret.
fn settle(account: &Account<'_>, wanted: &Wanted<'_>, hook: &Hook<'_>) -> Result<Step, Trouble> {
    if let (true, Some(secret)) = (hook.is_whole(), hook.secret()) {
        return Ok(done(Some(secret)));
    }
    let id = ask::id(hook.id.text().unwrap_or_default())?;
    if hook.is_whole() {
        return look(account, id);
    }
    let state = State::Changing(id.to_owned());
    tell(account, wanted, Method::Put, &path(id), &state)
}

/// Looks at one webhook, which may show more than the list does.
fn look(account: &Account<'_>, id: &str) -> Result<Step, Trouble> {
    let url = yampi::base(account)?.at(&path(id), &[]);
    let request = ask::get(url, yampi::headers(account)?);
    Ok(step(request, &State::Looking(id.to_owned())))
}

fn looked(
    account: &Account<'_>,
    wanted: &Wanted<'_>,
    id: &str,
    response: &Response<'_>,
) -> Result<Step, Trouble> {
    let found: Answered<Hook<'_>> = match answer::read(response) {
        Err(Trouble::NotFound) => return make(account, wanted),
        found => found?,
    };
    match found.data.secret() {
        Some(secret) => Ok(done(Some(secret))),
        None if wanted.is_stored => Ok(done(None)),
        None => {
            let url = yampi::base(account)?.at(&path(id), &[]);
            let request = Request {
                method: Method::Delete,
                ..ask::get(url, yampi::headers(account)?)
            };
            Ok(step(request, &State::Removing))
        }
    }
}

fn make(account: &Account<'_>, wanted: &Wanted<'_>) -> Result<Step, Trouble> {
    tell(account, wanted, Method::Post, "webhooks", &State::Making)
}

fn list(account: &Account<'_>, page: u32) -> Result<Request, Trouble> {
    let (size, number) = (PER_PAGE.to_string(), page.to_string());
    // What was just made has to show.
    let query = [
        ("limit", size.as_str()),
        ("page", &number),
        ("skipCache", "true"),
    ];
    let url = yampi::base(account)?.at("webhooks", &query);
    Ok(ask::get(url, yampi::headers(account)?))
}

fn tell(
    account: &Account<'_>,
    wanted: &Wanted<'_>,
    method: Method,
    path: &str,
    state: &State,
) -> Result<Step, Trouble> {
    let hook = json!({"name": wanted.name, "url": wanted.url, "events": EVENTS});
    let url = yampi::base(account)?.at(path, &[]);
    let request = ask::json(method, url, yampi::headers(account)?, &hook);
    Ok(step(request, state))
}

fn path(id: &str) -> String {
    format!("webhooks/{id}")
}

fn step(request: Request, state: &State) -> Step {
    Step::Ask {
        request,
        state: paging::write(state),
    }
}

fn done(secret: Option<Secret>) -> Step {
    Step::Done(Registered {
        events: EVENTS.map(str::to_owned).into(),
        secret,
    })
}
