//! Registering our webhook through the platforms' APIs without any I/O: what exists is listed first, what is missing is made.

use std::fmt;

use crate::Secret;
use crate::pull::{Account, Request, Response, Trouble};

mod apart;
mod kiwify;
mod nuvemshop;
mod shopify;
mod yampi;

/// Pages after which a list is not believed to end.
const MOST_PAGES: u32 = 50;

/// Says what is to be registered.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// Our webhook's address.
    pub url: &'a str,
    /// What to call it in the platform's panel.
    pub name: &'a str,
    /// The secret that is set here, where the platform takes one from us.
    pub secret: Option<&'a str>,
    /// Whether that secret is stored; one the platform made and nobody stored proves nothing.
    pub is_stored: bool,
}

/// Tells what to do next.
#[derive(Debug)]
pub enum Step {
    /// Send this; hand the answer to [`Registrar::next`] with this state.
    Ask {
        /// What to send.
        request: Request,
        /// A text of the registrar's own making.
        state: String,
    },
    /// All is registered.
    Done(Registered),
}

/// Tells what a look at what is registered shows.
#[derive(Debug)]
pub enum Holding {
    /// The list goes on: send this; hand the answer to [`Registrar::holds`] with this state.
    Ask {
        /// What to send.
        request: Request,
        /// A text of the registrar's own making.
        state: String,
    },
    /// Whether our address is registered for everything that is needed.
    Told(bool),
}

/// Tells what is registered now.
pub struct Registered {
    /// The platform's events that reach us.
    pub events: Vec<String>,
    /// The secret the platform made, to be stored with the integration.
    pub secret: Option<Secret>,
}

impl fmt::Debug for Registered {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Registered({:?})", self.events)
    }
}

/// Registers webhooks with one platform.
pub trait Registrar: Send + Sync {
    /// Returns the platform's slug; its [`Puller`](crate::pull::Puller) knows sign-in, hosts and limits.
    fn slug(&self) -> &'static str;

    /// Begins: asks what is there.
    ///
    /// # Errors
    /// [`Trouble::NotSetUp`].
    fn begin(&self, account: &Account<'_>, wanted: &Wanted<'_>) -> Result<Step, Trouble>;

    /// Goes on after an answer. Registering twice changes nothing the second time.
    ///
    /// # Errors
    /// What the API answered instead.
    fn next(
        &self,
        account: &Account<'_>,
        wanted: &Wanted<'_>,
        state: &str,
        response: &Response<'_>,
    ) -> Result<Step, Trouble>;

    /// Reads the answer to [`Registrar::begin`]'s request, page by page: whether our address is registered for everything still.
    ///
    /// # Errors
    /// What the API answered instead.
    fn holds(
        &self,
        account: &Account<'_>,
        wanted: &Wanted<'_>,
        state: &str,
        response: &Response<'_>,
    ) -> Result<Holding, Trouble>;
}

/// Returns how webhooks are registered with a platform, where its API can.
#[must_use]
pub fn registrar(slug: &str) -> Option<&'static dyn Registrar> {
    all().iter().copied().find(|known| known.slug() == slug)
}

/// Returns every platform webhooks can be registered with.
#[must_use]
pub fn all() -> &'static [&'static dyn Registrar] {
    &[
        &kiwify::Kiwify,
        &shopify::Shopify,
        &nuvemshop::Nuvemshop,
        &yampi::Yampi,
    ]
}
