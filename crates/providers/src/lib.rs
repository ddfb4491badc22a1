//! Bytes in, events out: one file a platform behind one trait.
//!
//! A platform's webhook is verified on its raw bytes, then read into [`Draft`]s that say what happened in the words all
//! platforms share. Nothing here does I/O, reads the clock or knows how a delivery is stored: the time and the settings are
//! passed in, the event's id is given by whoever stores it.
#![warn(
    missing_docs,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects
)]

use std::borrow::Cow;

use chrono::{DateTime, TimeDelta, Utc};
use contract::Status;

mod about;
mod adorei;
mod cart_abandonment;
mod cartpanda;
mod charge;
mod custom;
mod hotmart;
mod inbound;
mod iset;
mod json;
mod kiwify;
mod links;
mod luna;
mod nuvemshop;
mod panel;
mod person;
mod proof;
pub mod pull;
mod reading;
pub mod register;
mod samples;
mod scalar;
mod secret;
mod settings;
mod shape;
mod shopify;
pub mod sign;
mod tags;
mod times;
mod unified;
mod vega;
mod yampi;
mod zedy;

pub use about::{About, Field, SecretUse, Shown};
pub use custom::SampleRequest;
pub use inbound::{Headers, Inbound};
pub use panel::{PANEL_LOCALES, panel_steps};
pub use proof::{Nonce, Proof, Refusal};
pub use reading::{Context, Doubt, Draft, Reading, Unreadable, abandonment_key, order_key};
pub use secret::Secret;
pub use settings::{Form, Problem, Settings};
pub use shape::{Shape, shapes};
pub use unified::verify_unified;

/// Reads the webhooks of one platform.
pub trait Provider: Send + Sync {
    /// Returns the word that names the platform in URLs and events, as in `kiwify`.
    fn slug(&self) -> &'static str;

    /// Returns the platform's name as people write it.
    fn name(&self) -> &'static str;

    /// Returns other words for the platform that may stand in URLs.
    fn also(&self) -> &'static [&'static str] {
        &[]
    }

    /// Tells what a seller and a developer need to know about the platform.
    fn about(&self) -> &'static About;

    /// Tells whether the platform signs its requests or sends a shared token; without either only the key in the URL proves
    /// where they come from.
    fn signs(&self) -> bool;

    /// Tells the same of one integration, where its settings decide it.
    fn signs_with(&self, settings: &Settings) -> bool {
        let _ = settings;
        self.signs()
    }

    /// Names what is wrong with an integration's settings that only this platform knows of; see [`problems`].
    fn problems(&self, settings: &Settings, now: DateTime<Utc>) -> Vec<Problem> {
        let _ = (settings, now);
        Vec::new()
    }

    /// Returns the size of the largest body the platform is known to send, in bytes, where it is more than others send.
    fn largest_body(&self) -> Option<usize> {
        None
    }

    /// Checks the proof of origin over the raw bytes, in constant time, against every secret.
    ///
    /// # Errors
    /// A [`Refusal`] for the log and the metrics. The caller is told nothing but that the proof is bad or missing.
    fn verify(
        &self,
        inbound: &Inbound<'_>,
        secrets: &[Secret],
        context: &Context<'_>,
    ) -> Result<Proof, Refusal>;

    /// Reads a verified request.
    ///
    /// # Errors
    /// [`Unreadable`] with a stable code and the path of the offending field; never with what stood there.
    fn normalise(
        &self,
        inbound: &Inbound<'_>,
        context: &Context<'_>,
    ) -> Result<Reading, Unreadable>;

    /// Reads what was fetched from the platform's API: one order, checkout or sale, as the API shows it.
    ///
    /// # Errors
    /// As [`Provider::normalise`]; `not_pulled` where the platform has no API that is read.
    fn read_pulled(
        &self,
        pulled: &pull::Pulled,
        context: &Context<'_>,
    ) -> Result<Reading, Unreadable> {
        let _ = (pulled, context);
        Err(Unreadable {
            code: "not_pulled",
            path: ".".to_owned(),
            detail: "nothing is fetched from this platform".to_owned(),
        })
    }

    /// Tells whether a fetched order in this status can be what a notice by this name told of; an API may show an older state for a
    /// while.
    fn fits(&self, event: &str, status: Status) -> bool {
        let _ = (event, status);
        true
    }

    /// Tells whether its notices and its orders bear times of one clock, so that an order which is older than what a notice told was
    /// read before that came about.
    fn times_are_of_one_clock(&self) -> bool {
        false
    }

    /// Returns how long a checkout that was begun may rest before it counts as abandoned; `None` where the platform itself tells
    /// of abandoned carts.
    fn abandons_after(&self, settings: &Settings) -> Option<TimeDelta> {
        let _ = settings;
        None
    }

    /// Makes an unsigned request as the platform would send it, for trying an integration out: a pending sale of an invented
    /// buyer with this id, of now. `None` where no such body can be made.
    fn sample(&self, id: &str, now: DateTime<Utc>) -> Option<Sample> {
        let _ = (id, now);
        None
    }

    /// Makes the same for one integration, where its settings say what is sent.
    fn sample_with(&self, settings: &Settings, id: &str, now: DateTime<Utc>) -> Option<Sample> {
        let _ = settings;
        self.sample(id, now)
    }

    /// Returns the body without secrets, fit to be stored; works on broken bodies too.
    fn strip<'a>(&self, inbound: &Inbound<'a>) -> Cow<'a, [u8]> {
        Cow::Borrowed(inbound.body)
    }

    /// Returns the platform's own id of this delivery; where there is none, a hash of the raw body serves.
    fn delivery_key(&self, inbound: &Inbound<'_>) -> Option<String> {
        let _ = inbound;
        None
    }

    /// Lists the headers that reading one integration's requests needs beyond those that are always kept.
    fn kept_headers<'a>(&self, settings: &'a Settings) -> Vec<&'a str> {
        let _ = settings;
        Vec::new()
    }

    /// Lists the parameters of the address that reading one integration's requests needs beyond those.
    fn kept_parameters<'a>(&self, settings: &'a Settings) -> Vec<&'a str> {
        let _ = settings;
        Vec::new()
    }

    /// Returns the same for one integration, where its settings say where the id stands.
    fn delivery_key_with(&self, inbound: &Inbound<'_>, settings: &Settings) -> Option<String> {
        let _ = settings;
        self.delivery_key(inbound)
    }
}

/// Holds a request that tries an integration out, before it is signed by [`sign::sign`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sample {
    /// The URL's query, without its question mark.
    pub query: String,
    /// The headers, those of the proof not among them.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Reads a verified request of a platform: in the platform's own form, or in the unified one where the request bears its proof.
///
/// # Errors
/// As [`Provider::normalise`].
pub fn normalise(
    provider: &dyn Provider,
    inbound: &Inbound<'_>,
    context: &Context<'_>,
) -> Result<Reading, Unreadable> {
    // The unified form's own reader needs no look for it, which goes through the whole body.
    if provider.slug() != unified::SLUG && unified::is_unified(inbound) {
        return unified::read_as(provider.slug(), inbound.body, context);
    }
    provider.normalise(inbound, context)
}

/// Names all that is wrong with an integration's settings, first in their form; settings with problems are not to be stored.
#[must_use]
pub fn problems(provider: &dyn Provider, settings: &Settings, now: DateTime<Utc>) -> Vec<Problem> {
    let mut found = settings::forms::problems(provider, settings.as_json());
    found.extend(provider.problems(settings, now));
    found
}

/// Returns the platform with this slug, or with this other word for it.
#[must_use]
pub fn provider(slug: &str) -> Option<&'static dyn Provider> {
    all()
        .iter()
        .copied()
        .find(|known| known.slug() == slug || known.also().contains(&slug))
}

/// Returns every platform, in the order people see them.
#[must_use]
pub fn all() -> &'static [&'static dyn Provider] {
    &[
        &kiwify::Kiwify,
        &hotmart::Hotmart,
        &shopify::Shopify,
        &nuvemshop::Nuvemshop,
        &yampi::Yampi,
        &cartpanda::CartPanda,
        &vega::Vega,
        &luna::Luna,
        &zedy::Zedy,
        &adorei::Adorei,
        &iset::Iset,
        &cart_abandonment::CartAbandonment,
        &unified::Unified,
        &custom::Custom,
    ]
}
