//! Registering with Yampi: one webhook for all events, which brings a secret of its own.
//!
//! That the secret comes back is documented; whether a list shows it too is not, so a webhook that is whole already may yield
//! none: the one stored when it was made still holds.

use serde::Deserialize;
use serde_json::json;

use super::{Registered, Registrar, Step, Wanted};
use crate::Secret;
use crate::pull::{Account, Method, Response, Trouble, answer, ask, yampi};
use crate::scalar::Loose;

const EVENTS: [&str; 5] = [
    "order.created",
    "order.paid",
    "order.status.updated",
    "transaction.payment.refused",
    "cart.reminder",
];

/// The state while a list is awaited.
const LISTING: &str = "listing";
/// The state while a new webhook is awaited, which has to bring its secret.
const MAKING: &str = "making";
/// The state while a changed webhook is awaited.
const CHANGING: &str = "changing";

/// Registers with Yampi.
pub(super) struct Yampi;

#[derive(Deserialize)]
struct Answered<T> {
    data: T,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Hook<'a> {
    id: Loose<'a>,
    url: Loose<'a>,
    secret_key: Loose<'a>,
    events: Vec<Loose<'a>>,
}

impl Registrar for Yampi {
    fn slug(&self) -> &'static str {
        "yampi"
    }

    fn begin(&self, account: &Account<'_>, _wanted: &Wanted<'_>) -> Result<Step, Trouble> {
        let url = yampi::base(account)?.at("webhooks", &[("limit", "100")]);
        Ok(Step::Ask {
            request: ask::get(url, yampi::headers(account)?),
            state: LISTING.to_owned(),
        })
    }

    fn next(
        &self,
        account: &Account<'_>,
        wanted: &Wanted<'_>,
        state: &str,
        response: &Response<'_>,
    ) -> Result<Step, Trouble> {
        if state != LISTING {
            let made: Answered<Hook<'_>> = answer::read(response)?;
            return match made.data.secret() {
                None if state == MAKING => Err(Trouble::Unreadable("secret_key".to_owned())),
                secret => Ok(done(secret)),
            };
        }
        let hooks: Answered<Vec<Hook<'_>>> = answer::read(response)?;
        match hooks.data.iter().find(|hook| hook.is_ours(wanted)) {
            Some(hook) if hook.is_whole() => Ok(done(hook.secret())),
            Some(hook) => {
                let id = ask::id(hook.id.text().unwrap_or_default())?;
                let path = format!("webhooks/{id}");
                tell(account, wanted, Method::Put, &path, CHANGING)
            }
            None => tell(account, wanted, Method::Post, "webhooks", MAKING),
        }
    }

    fn holds(&self, wanted: &Wanted<'_>, response: &Response<'_>) -> Result<bool, Trouble> {
        let hooks: Answered<Vec<Hook<'_>>> = answer::read(response)?;
        let mut ours = hooks.data.iter().filter(|hook| hook.is_ours(wanted));
        Ok(ours.any(Hook::is_whole))
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

fn tell(
    account: &Account<'_>,
    wanted: &Wanted<'_>,
    method: Method,
    path: &str,
    state: &str,
) -> Result<Step, Trouble> {
    let hook = json!({"name": wanted.name, "url": wanted.url, "events": EVENTS});
    let url = yampi::base(account)?.at(path, &[]);
    Ok(Step::Ask {
        request: ask::json(method, url, yampi::headers(account)?, &hook),
        state: state.to_owned(),
    })
}

fn done(secret: Option<Secret>) -> Step {
    Step::Done(Registered {
        events: EVENTS.map(str::to_owned).into(),
        secret,
    })
}
