//! Registering with Kiwify: one webhook for all triggers and products; its token is the secret, ours or one Kiwify makes.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Holding, MOST_PAGES, Registered, Registrar, Step, Wanted};
use crate::Secret;
use crate::pull::{Account, Method, Request, Response, Trouble, answer, ask, kiwify, paging};
use crate::scalar::Loose;

const TRIGGERS: [&str; 10] = [
    "boleto_gerado",
    "pix_gerado",
    "carrinho_abandonado",
    "compra_recusada",
    "compra_aprovada",
    "compra_reembolsada",
    "chargeback",
    "subscription_canceled",
    "subscription_late",
    "subscription_renewed",
];
const PER_PAGE: usize = 100;

/// Registers with Kiwify.
pub(super) struct Kiwify;

/// Waits for a page of the list, or for the webhook that was made or changed.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Listing(u32),
    Telling,
}

#[derive(Deserialize)]
#[serde(untagged, bound(deserialize = "'de: 'a"))]
enum Listing<'a> {
    Paged { data: Vec<Hook<'a>> },
    Whole(Vec<Hook<'a>>),
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Hook<'a> {
    id: Loose<'a>,
    url: Loose<'a>,
    products: Loose<'a>,
    triggers: Vec<Loose<'a>>,
    token: Loose<'a>,
}

impl Registrar for Kiwify {
    fn slug(&self) -> &'static str {
        "kiwify"
    }

    fn begin(&self, account: &Account<'_>, _wanted: &Wanted<'_>) -> Result<Step, Trouble> {
        list(account, 1)
    }

    fn next(
        &self,
        account: &Account<'_>,
        wanted: &Wanted<'_>,
        state: &str,
        response: &Response<'_>,
    ) -> Result<Step, Trouble> {
        let page = match paging::read(state)? {
            State::Listing(page) => page,
            State::Telling => {
                let hook: Hook<'_> = answer::read(response)?;
                let token = hook.token.text().or(wanted.secret);
                return match token {
                    Some(token) => Ok(done(token)),
                    None => Err(Trouble::Unreadable("token".to_owned())),
                };
            }
        };
        let hooks = listed(response)?;
        let Some(hook) = hooks.iter().find(|hook| hook.is_ours(wanted)) else {
            return match page_after(page, hooks.len()) {
                Some(next) => list(account, next),
                None => tell(account, wanted, None),
            };
        };
        match hook.token.text() {
            Some(token) if hook.is_whole() && wanted.secret.is_none_or(|ours| ours == token) => {
                Ok(done(token))
            }
            _ => tell(account, wanted, Some(hook)),
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
        let hooks = listed(response)?;
        let mut ours = hooks.iter().filter(|hook| hook.is_ours(wanted));
        if ours.any(Hook::is_whole) {
            return Ok(Holding::Told(true));
        }
        Ok(match page_after(page, hooks.len()) {
            Some(next) => Holding::Ask {
                request: page_of(account, next)?,
                state: paging::write(&State::Listing(next)),
            },
            None => Holding::Told(false),
        })
    }
}

impl Hook<'_> {
    fn is_ours(&self, wanted: &Wanted<'_>) -> bool {
        self.url.text() == Some(wanted.url)
    }

    fn is_whole(&self) -> bool {
        TRIGGERS.iter().all(|trigger| {
            self.triggers
                .iter()
                .any(|told| told.text() == Some(trigger))
        })
    }
}

fn listed<'a>(response: &Response<'a>) -> Result<Vec<Hook<'a>>, Trouble> {
    Ok(match answer::read(response)? {
        Listing::Paged { data } => data,
        Listing::Whole(hooks) => hooks,
    })
}

/// Returns the page behind a full one.
fn page_after(page: u32, count: usize) -> Option<u32> {
    (count >= PER_PAGE && page < MOST_PAGES).then(|| page.saturating_add(1))
}

fn list(account: &Account<'_>, page: u32) -> Result<Step, Trouble> {
    Ok(Step::Ask {
        request: page_of(account, page)?,
        state: paging::write(&State::Listing(page)),
    })
}

fn page_of(account: &Account<'_>, page: u32) -> Result<Request, Trouble> {
    let (size, number) = (PER_PAGE.to_string(), page.to_string());
    let query = [("page_size", size.as_str()), ("page_number", &number)];
    let url = kiwify::base(account)?.at("webhooks", &query);
    Ok(ask::get(url, kiwify::headers(account)?))
}

/// Makes the webhook, or makes it whole; the products chosen in the panel stay.
fn tell(
    account: &Account<'_>,
    wanted: &Wanted<'_>,
    known: Option<&Hook<'_>>,
) -> Result<Step, Trouble> {
    let products = known.and_then(|hook| hook.products.text()).unwrap_or("all");
    let token = wanted
        .secret
        .or_else(|| known.and_then(|hook| hook.token.text()));
    let mut hook = json!({
        "name": wanted.name,
        "url": wanted.url,
        "products": products,
        "triggers": TRIGGERS,
    });
    if let (Some(token), Some(members)) = (token, hook.as_object_mut()) {
        members.insert("token".to_owned(), json!(token));
    }
    let (method, path) = match known.and_then(|hook| hook.id.text()) {
        Some(id) => (Method::Put, format!("webhooks/{}", ask::id(id)?)),
        None => (Method::Post, "webhooks".to_owned()),
    };
    let url = kiwify::base(account)?.at(&path, &[]);
    Ok(Step::Ask {
        request: ask::json(method, url, kiwify::headers(account)?, &hook),
        state: paging::write(&State::Telling),
    })
}

fn done(token: &str) -> Step {
    Step::Done(Registered {
        events: TRIGGERS.map(str::to_owned).into(),
        secret: Some(Secret::new(token)),
    })
}
