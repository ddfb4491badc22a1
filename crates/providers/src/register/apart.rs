//! Platforms that take one webhook an event: those that are missing are made one after the other.

use serde::{Deserialize, Serialize};

use super::{Holding, Registered, Step, Wanted};
use crate::pull::{Account, Request, Response, Trouble, answer, paging};

/// Describes such a platform.
pub(super) trait Apart {
    /// The events without which sales would be missed.
    const NEEDED: &'static [&'static str];
    /// Events that not every account may ask for.
    const WELCOME: &'static [&'static str];

    /// Returns the request that lists what is registered for our address, which is less than a page holds.
    fn list(account: &Account<'_>, wanted: &Wanted<'_>) -> Result<Request, Trouble>;

    /// Reads the events registered for our address.
    fn listed(wanted: &Wanted<'_>, response: &Response<'_>) -> Result<Vec<String>, Trouble>;

    /// Returns the request that registers one event.
    fn make(account: &Account<'_>, wanted: &Wanted<'_>, event: &str) -> Result<Request, Trouble>;
}

/// What is registered, and what is still to be: the first of `left` was just asked for.
#[derive(Serialize, Deserialize)]
struct State {
    held: Vec<String>,
    left: Vec<String>,
}

/// Begins by listing.
pub(super) fn begin<A: Apart>(account: &Account<'_>, wanted: &Wanted<'_>) -> Result<Step, Trouble> {
    Ok(Step::Ask {
        request: A::list(account, wanted)?,
        state: String::new(),
    })
}

/// Goes on: an empty state waits for the list, any other for the answer to its first missing event.
pub(super) fn next<A: Apart>(
    account: &Account<'_>,
    wanted: &Wanted<'_>,
    state: &str,
    response: &Response<'_>,
) -> Result<Step, Trouble> {
    if state.is_empty() {
        let held = A::listed(wanted, response)?;
        let all = A::NEEDED.iter().chain(A::WELCOME);
        let left = all.filter(|event| !held.iter().any(|known| known == *event));
        let left = left.map(|event| (*event).to_owned()).collect();
        return ask::<A>(account, wanted, State { held, left });
    }
    let mut state: State = paging::read(state)?;
    if state.left.is_empty() {
        return Err(Trouble::Unreadable("state".to_owned()));
    }
    let event = state.left.remove(0);
    match answer::sound(response) {
        Ok(()) => state.held.push(event),
        Err(Trouble::Refused(422)) if is_taken(response.body) => state.held.push(event),
        Err(Trouble::Forbidden | Trouble::NotFound | Trouble::Refused(_))
            if A::WELCOME.contains(&event.as_str()) => {}
        Err(trouble) => return Err(trouble),
    }
    ask::<A>(account, wanted, state)
}

/// Tells whether every event that is needed is registered.
pub(super) fn holds<A: Apart>(
    wanted: &Wanted<'_>,
    response: &Response<'_>,
) -> Result<Holding, Trouble> {
    let held = A::listed(wanted, response)?;
    let is_held = |event: &&str| held.iter().any(|known| known == event);
    Ok(Holding::Told(A::NEEDED.iter().all(is_held)))
}

fn ask<A: Apart>(
    account: &Account<'_>,
    wanted: &Wanted<'_>,
    state: State,
) -> Result<Step, Trouble> {
    let Some(event) = state.left.first() else {
        return Ok(Step::Done(Registered {
            events: state.held,
            secret: None,
        }));
    };
    Ok(Step::Ask {
        request: A::make(account, wanted, event)?,
        state: paging::write(&state),
    })
}

/// Somebody else may have registered it since the list was made.
fn is_taken(body: &[u8]) -> bool {
    let word = b"already";
    body.windows(word.len()).any(|bytes| bytes == word)
}
