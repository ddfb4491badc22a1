//! Sources nobody wrote a reader for: an admin's blueprint says, in the integration's settings, where everything is.
//!
//! The settings hold `blueprint`, and `samples` to try it on, each with what is expected of it. What a blueprint reads goes
//! through the same rules as what a coded reader reads: links are `https`, PIX codes and boleto lines are whole, times are
//! believable, a word that is not listed is `Unmapped`. Which expressions, words and proofs there are is told in
//! `docs/providers.md`.

use chrono::{DateTime, Utc};

use crate::about::{About, SecretUse, Shown};
use crate::proof::{Proof, Refusal};
use crate::reading::{Context, Reading, Unreadable};
use crate::secret::Secret;
use crate::sign::Signed;
use crate::{Inbound, Problem, Provider, Sample, Settings};

mod amount;
mod blueprint;
mod expression;
mod proof;
mod read;
mod samples;
mod value;

pub(crate) use blueprint::Blueprint;
pub use samples::SampleRequest;

/// Names custom sources in addresses and events.
pub(crate) const SLUG: &str = "custom";

/// Headers that may carry a secret and so are never kept, whatever a blueprint asks for.
const SECRET_HEADERS: [&str; 3] = ["authorization", "proxy-authorization", "cookie"];

/// Reads what its blueprint describes.
pub(crate) struct Custom;

impl Provider for Custom {
    fn slug(&self) -> &'static str {
        SLUG
    }

    fn name(&self) -> &'static str {
        "Custom"
    }

    fn about(&self) -> &'static About {
        &ABOUT
    }

    /// Whether it does is told by each blueprint.
    fn signs(&self) -> bool {
        true
    }

    fn signs_with(&self, settings: &Settings) -> bool {
        settings.blueprint().is_ok_and(|one| one.plan.signs())
    }

    fn problems(&self, settings: &Settings, now: DateTime<Utc>) -> Vec<Problem> {
        match settings.blueprint() {
            Ok(_) => samples::problems(settings, now),
            Err(problems) => problems.to_vec(),
        }
    }

    fn verify(
        &self,
        inbound: &Inbound<'_>,
        secrets: &[Secret],
        context: &Context<'_>,
    ) -> Result<Proof, Refusal> {
        let blueprint = context.settings.blueprint();
        let blueprint = blueprint.map_err(|_| Refusal::NotReady)?;
        blueprint.plan.verify(inbound, secrets, context.now)
    }

    fn normalise(
        &self,
        inbound: &Inbound<'_>,
        context: &Context<'_>,
    ) -> Result<Reading, Unreadable> {
        read::read(blueprint_of(context.settings)?, inbound, context)
    }

    fn sample_with(&self, settings: &Settings, id: &str, now: DateTime<Utc>) -> Option<Sample> {
        samples::fresh(settings, id, now)
    }

    fn delivery_key_with(&self, inbound: &Inbound<'_>, settings: &Settings) -> Option<String> {
        let blueprint = settings.blueprint().ok()?;
        blueprint
            .plan
            .delivery_id(inbound)
            .or_else(|| read::delivery_id(blueprint, inbound))
    }

    fn kept_headers<'a>(&self, settings: &'a Settings) -> Vec<&'a str> {
        let Ok(blueprint) = settings.blueprint() else {
            return Vec::new();
        };
        let of_proof = blueprint.plan.headers();
        let mut kept: Vec<&str> = blueprint
            .expressions()
            .flat_map(|one| one.headers())
            .collect();
        kept.retain(|name| {
            let is_same = |one: &&str| one.eq_ignore_ascii_case(name);
            !of_proof.iter().any(is_same) && !SECRET_HEADERS.iter().any(is_same)
        });
        kept.sort_unstable();
        kept.dedup();
        kept
    }

    fn kept_parameters<'a>(&self, settings: &'a Settings) -> Vec<&'a str> {
        let Ok(blueprint) = settings.blueprint() else {
            return Vec::new();
        };
        let of_proof = blueprint.plan.parameter();
        let mut kept: Vec<&str> = blueprint
            .expressions()
            .flat_map(|one| one.parameters())
            .filter(|name| Some(*name) != of_proof)
            .collect();
        kept.sort_unstable();
        kept.dedup();
        kept
    }
}

impl Blueprint {
    /// Signs a body as the source would.
    pub(crate) fn sign(
        &self,
        secret: &Secret,
        body: &[u8],
        now: DateTime<Utc>,
        nonce: &str,
    ) -> Signed {
        self.plan.sign(secret, body, now, nonce)
    }
}

fn blueprint_of(settings: &Settings) -> Result<&Blueprint, Unreadable> {
    settings.blueprint().map_err(|_| Unreadable {
        code: "no_blueprint",
        path: ".".to_owned(),
        detail: "the integration's blueprint cannot be read with".to_owned(),
    })
}

static ABOUT: About = About {
    proof: "as the blueprint says: HMAC (SHA-256, SHA-512 or SHA-1, hex or base64), a token, Standard Webhooks, the unified contract, or the address alone",
    secret: SecretUse::Optional,
    events: &[("as the blueprint says", "as the blueprint says")],
    pix: Shown::Partly("where the blueprint says where the code is"),
    boleto: Shown::Partly("where the blueprint says where the line is"),
    link: Shown::Partly("where the blueprint says where it is"),
    settings: &[],
    unconfirmed: &[],
};

#[cfg(test)]
mod tests;
