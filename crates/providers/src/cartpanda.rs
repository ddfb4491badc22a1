//! CartPanda's webhooks, and the orders and carts of its API.
//!
//! Source: no page of CartPanda's tells what it sends. What is read here was seen in captured bodies, in receivers that work and in
//! typed clients that others published.
//!
//! Not confirmed by CartPanda, and read with care:
//! - No signature is known, so none is demanded: the key in the address vouches. With a secret set, a token that the seller adds to
//!   the address vouches more, and so does `X-CartPanda-Signature` where it holds, read as hex of HMAC-SHA256 over the raw body, or
//!   the secret in `X-CartPanda-Secret`; the scheme kept with a delivery records whether what came held. A wrong token of the
//!   seller's own is refused. Whatever says that money moved is to be confirmed at the API, so it is read as a notice beside what
//!   is told.
//! - Bodies were said to reach 2 MB.
//! - Bodies hold the order under `order`, under `data` or at their top; all are read.
//! - Amounts come as numbers, as Brazilian text and as American text. Whole cents are taken where they are sent; in a text, a
//!   mark before one or two last digits is the decimal one, before three it groups thousands.
//! - The order's own currency was seen to be wrong; the payment's and the shop's are asked first.
//! - Times without a zone are read on the UTC clock.
//! - The whole form of abandoned carts. Orders name their cart by its token, so a cart's card is kept under the token.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::about::{About, SecretUse, Shown};
use crate::inbound::Single;
use crate::proof::{self, AddressOrToken, Proof, Refusal};
use crate::pull::{Kind, Pulled};
use crate::reading::{Context, Reading, Unreadable};
use crate::scalar::Word;
use crate::secret::Secret;
use crate::{Inbound, Provider, Sample, json};
use sale::Sale;

mod amount;
mod parts;
mod sale;
mod sample;
mod state;

const SLUG: &str = "cartpanda";
/// What tells of an order's new state; a fetched order is read under this name, so that it repeats what was told of it.
const CHANGED: &str = "order.updated";
/// What tells of a cart, fetched or not.
const ABANDONED: &str = "abandoned.created";
const SIGNATURE_HEADER: &str = "x-cartpanda-signature";
const TOKEN_HEADER: &str = "x-cartpanda-secret";
const TOKEN_PARAMETER: &str = "secret";
const SCHEMES: AddressOrToken = AddressOrToken {
    address: "cartpanda.url",
    token: "cartpanda.token",
};
/// Something came that looks like a proof and does not hold: nobody knows what it is to hold against.
const UNPROVED: &str = "cartpanda.unproved";
/// The largest body that was told of.
const LARGEST_BODY: usize = 2 << 20;

static ABOUT: About = About {
    proof: "none known: the key in the address; with a secret set, the same word as ?secret= at the address's end vouches more; whether X-CartPanda-Signature holds is recorded, and not demanded",
    secret: SecretUse::Optional,
    events: &[
        (
            "order.created",
            "by the order's state: pix_generated, boleto_generated, payment_pending, purchase_approved",
        ),
        (
            "order.paid",
            "purchase_approved, unless by the order's state it still waits; fetched",
        ),
        (CHANGED, "by the order's state"),
        (
            "order.upsell",
            "purchase_approved with the larger amount, fetched",
        ),
        ("order.refunded", "refunded or partially_refunded, fetched"),
        ("order.chargeback", "chargeback, fetched"),
        ("order.cancelled, order.canceled", "cancelled"),
        ("order.fulfilled", "fulfilled, fetched"),
        (
            "abandoned.created, checkout.abandoned, abandoned_checkout",
            "cart_abandoned",
        ),
        ("payment.pix_generated", "pix_generated"),
        ("product.*", "ignored"),
    ],
    pix: Shown::Yes,
    boleto: Shown::Yes,
    link: Shown::Yes,
    settings: &[],
    unconfirmed: &[
        "any signature; X-CartPanda-Signature is taken for hex of HMAC-SHA256 over the raw body where it comes",
        "the form of abandoned carts, and their currency",
        "times without a zone, read as UTC",
        "the event payment.pix_generated",
        "order.currency, asked last because it was seen to be wrong",
    ],
};

/// Reads CartPanda.
pub(crate) struct CartPanda;

impl Provider for CartPanda {
    fn slug(&self) -> &'static str {
        SLUG
    }

    fn name(&self) -> &'static str {
        "CartPanda"
    }

    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn signs(&self) -> bool {
        false
    }

    fn largest_body(&self) -> Option<usize> {
        Some(LARGEST_BODY)
    }

    /// Nothing beyond the URL's key; with secrets, a token in the address must be one of them, and a header that holds signs.
    fn verify(
        &self,
        inbound: &Inbound<'_>,
        secrets: &[Secret],
        _context: &Context<'_>,
    ) -> Result<Proof, Refusal> {
        let has = |header| !matches!(inbound.header(header), Single::Absent);
        let by_token =
            || proof::address_or_token(inbound, secrets, &SCHEMES, TOKEN_HEADER, TOKEN_PARAMETER);
        if secrets.is_empty() || !matches!(inbound.parameter(TOKEN_PARAMETER), Single::Absent) {
            return by_token();
        }
        proof::ready(secrets)?;
        let scheme = if has(SIGNATURE_HEADER) || has(TOKEN_HEADER) {
            UNPROVED
        } else {
            SCHEMES.address
        };
        proof::hmac_sha256_hex(inbound, secrets, "cartpanda.hmac", SIGNATURE_HEADER)
            .or_else(|_| by_token())
            .or(Ok(Proof {
                scheme,
                secret_index: 0,
                signed: false,
                nonce: None,
            }))
    }

    fn normalise(
        &self,
        inbound: &Inbound<'_>,
        context: &Context<'_>,
    ) -> Result<Reading, Unreadable> {
        let head: Head<'_> = json::read(inbound.body)?;
        let event = head.event.text().unwrap_or("none");
        let Some(told) = Told::by(event) else {
            return Ok(unread(event));
        };
        let place = Place::of(inbound.body);
        let sale = place.read(inbound.body)?;
        sale.check_shop(context)?;
        match told {
            Told::Cart => sale.cart(context, event, place.id()),
            Told::Order(certain) => sale.order(context, event, certain, place.id()),
        }
    }

    fn read_pulled(&self, pulled: &Pulled, context: &Context<'_>) -> Result<Reading, Unreadable> {
        let place = Place::of(&pulled.body);
        let sale = || place.read(&pulled.body);
        match pulled.kind {
            Kind::Orders => sale()?.fetched(context, CHANGED, place.id()),
            Kind::Abandoned => sale()?.cart(context, ABANDONED, place.id()),
            Kind::Sales => Err(Unreadable {
                code: "not_pulled",
                path: ".".to_owned(),
                detail: "orders or abandoned".to_owned(),
            }),
        }
    }

    fn sample(&self, id: &str, now: DateTime<Utc>) -> Option<Sample> {
        sample::order_created(id, now)
    }
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Head<'a> {
    event: Word<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct InOrder<'a> {
    order: Sale<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct InData<'a> {
    data: Sale<'a>,
}

/// Says where in a body the order or cart stands.
#[derive(Clone, Copy)]
enum Place {
    Order,
    Data,
    Top,
}

impl Place {
    fn of(body: &[u8]) -> Self {
        let holds = |name| {
            let members = json::root_members(body, name);
            members.iter().any(|member| member.starts_with(b"{"))
        };
        if holds("order") {
            Self::Order
        } else if holds("data") {
            Self::Data
        } else {
            Self::Top
        }
    }

    fn read(self, body: &[u8]) -> Result<Sale<'_>, Unreadable> {
        match self {
            Self::Order => json::read(body).map(|body: InOrder<'_>| body.order),
            Self::Data => json::read(body).map(|body: InData<'_>| body.data),
            Self::Top => json::read(body),
        }
    }

    const fn id(self) -> &'static str {
        match self {
            Self::Order => "order.id",
            Self::Data => "data.id",
            Self::Top => "id",
        }
    }
}

/// What an event's name says by itself.
enum Told {
    Cart,
    Order(state::Certain),
}

impl Told {
    fn by(event: &str) -> Option<Self> {
        use state::Certain;
        Some(match event {
            ABANDONED | "checkout.abandoned" | "abandoned_checkout" => Self::Cart,
            "order.created" => Self::Order(Certain::Placed),
            CHANGED => Self::Order(Certain::Nothing),
            "order.paid" | "order.upsell" => Self::Order(Certain::Paid),
            "order.refunded" => Self::Order(Certain::Refunded),
            "order.chargeback" => Self::Order(Certain::ChargedBack),
            "order.cancelled" | "order.canceled" => Self::Order(Certain::Cancelled),
            "order.fulfilled" => Self::Order(Certain::Fulfilled),
            "payment.pix_generated" => Self::Order(Certain::PixMade),
            _ => return None,
        })
    }
}

fn unread(event: &str) -> Reading {
    let event = event.to_owned();
    if event.starts_with("product.") {
        return Reading::Ignored {
            event,
            why: "the catalogue is not kept",
        };
    }
    Reading::Unmapped {
        event,
        why: "the event is not known",
    }
}
