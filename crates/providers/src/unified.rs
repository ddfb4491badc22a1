//! The unified contract's own form: what a system posts that has no platform's shape of its own.
//!
//! Required are `externalId` and `status`; `amount` (major units, number or text), `customer`, `checkoutUrl`, `orderUrl`,
//! `event` and `isAbandoned` belong to the form, and our own names beside them (`stage`, `amountMinor`, `cartId`, …) are read
//! where they are sent. A stage that does not belong to the status is doubted and not taken.
//!
//! The proof is an HMAC-SHA256 in lower-case or upper-case hex over `{timestamp}.{nonce}.{hex SHA-256 of the raw body}`. The
//! contract names headers and pattern; hex, seconds and the window of 300 seconds are choices made here.

use chrono::{DateTime, TimeDelta, Utc};
use contract::{Currency, Item, Money, Payment, PaymentMethod, Stage, Status, Utms};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::about::About;
use crate::charge::{self, BoletoSent};
use crate::inbound::Single;
use crate::links;
use crate::person::Person;
use crate::proof::{self, Nonce, Proof, Refusal};
use crate::reading::{self, Context, Draft, Reading, Unreadable};
use crate::scalar::{Loose, Word};
use crate::secret::Secret;
use crate::{Inbound, Provider, Sample, json, times};

mod about;

pub(crate) const SLUG: &str = "unified";
const SIGNATURE_HEADER: &str = "x-rekuplead-signature";
/// How far the sender's clock and ours may differ, either way.
const TOLERANCE: TimeDelta = TimeDelta::seconds(300);
/// How long a nonce is remembered: twice the tolerance, so that it outlives its timestamp on any clock.
const NONCE_LIFE: TimeDelta = TimeDelta::seconds(600);
/// Longest timestamp in digits; ten serve until the year 2286.
const MAX_TIMESTAMP: usize = 10;

/// Reads the unified contract.
pub(crate) struct Unified;

impl Provider for Unified {
    fn slug(&self) -> &'static str {
        SLUG
    }

    fn name(&self) -> &'static str {
        "Webhook"
    }

    fn about(&self) -> &'static About {
        &about::ABOUT
    }

    fn signs(&self) -> bool {
        true
    }

    fn verify(
        &self,
        inbound: &Inbound<'_>,
        secrets: &[Secret],
        context: &Context<'_>,
    ) -> Result<Proof, Refusal> {
        verify_unified(inbound, secrets, context.now)
    }

    fn normalise(
        &self,
        inbound: &Inbound<'_>,
        context: &Context<'_>,
    ) -> Result<Reading, Unreadable> {
        read_as(SLUG, inbound.body, context)
    }

    fn sample(&self, id: &str, now: DateTime<Utc>) -> Option<Sample> {
        about::sample(id, now)
    }
}

/// Reads a body of the unified form on behalf of a platform.
pub(crate) fn read_as(
    slug: &'static str,
    body: &[u8],
    context: &Context<'_>,
) -> Result<Reading, Unreadable> {
    let body: Body<'_> = json::read(body)?;
    body.read(slug, context)
}

/// Tells whether a request bears the unified proof and a body of the unified form.
pub(crate) fn is_unified(inbound: &Inbound<'_>) -> bool {
    let told = |name| !json::root_members(inbound.body, name).is_empty();
    inbound.headers.count(SIGNATURE_HEADER) > 0 && told("externalId") && told("customer")
}

/// Checks the proof by `x-rekuplead-signature`, `-timestamp` and `-nonce`, which any platform's requests may bear.
///
/// Form first, then time, then signature; the nonce is only reported, to be burnt when the event is stored.
///
/// # Errors
/// One [`Refusal`].
pub fn verify_unified(
    inbound: &Inbound<'_>,
    secrets: &[Secret],
    now: DateTime<Utc>,
) -> Result<Proof, Refusal> {
    proof::ready(secrets)?;
    let signature = sole_header(inbound, SIGNATURE_HEADER)?;
    let timestamp = sole_header(inbound, "x-rekuplead-timestamp")?;
    let nonce = sole_header(inbound, "x-rekuplead-nonce")?;
    let tag = proof::hex_digest::<32>(signature.as_bytes())?;
    let at = read_timestamp(timestamp)?;
    if !is_nonce(nonce) {
        return Err(Refusal::Malformed);
    }
    if now.signed_duration_since(at).abs() > TOLERANCE {
        return Err(Refusal::Stale);
    }
    let body = hex::encode(Sha256::digest(inbound.body));
    let message = format!("{timestamp}.{nonce}.{body}");
    let secret_index = proof::first_holding(secrets, |secret| {
        proof::hmac_sha256_holds(secret.bytes(), message.as_bytes(), &tag)
    })?;
    Ok(Proof {
        scheme: "unified.hmac",
        secret_index,
        signed: true,
        nonce: Some(Nonce {
            value: nonce.to_owned(),
            expires_at: at.checked_add_signed(NONCE_LIFE).unwrap_or(at),
        }),
    })
}

fn sole_header<'a>(inbound: &Inbound<'a>, name: &str) -> Result<&'a str, Refusal> {
    match inbound.header(name) {
        Single::Absent => Err(Refusal::Missing),
        Single::Once(value) => std::str::from_utf8(value).map_err(|_| Refusal::Malformed),
        Single::Repeated => Err(Refusal::Malformed),
    }
}

fn read_timestamp(text: &str) -> Result<DateTime<Utc>, Refusal> {
    let digits = !text.is_empty()
        && text.len() <= MAX_TIMESTAMP
        && text.bytes().all(|byte| byte.is_ascii_digit());
    digits
        .then(|| text.parse().ok())
        .flatten()
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        .ok_or(Refusal::Malformed)
}

fn is_nonce(text: &str) -> bool {
    (8..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Body<'a> {
    external_id: Word<'a>,
    status: Word<'a>,
    stage: Loose<'a>,
    event: Loose<'a>,
    is_abandoned: Option<bool>,
    amount: Option<&'a RawValue>,
    amount_minor: Option<&'a RawValue>,
    refunded_minor: Option<&'a RawValue>,
    currency: Loose<'a>,
    occurred_at: Loose<'a>,
    customer: Option<Buyer<'a>>,
    checkout_url: Loose<'a>,
    order_url: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    items: Option<Vec<Line<'a>>>,
    #[serde(deserialize_with = "json::lenient")]
    payment: Option<Means<'a>>,
    coupon: Loose<'a>,
    cart_id: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    utms: Option<Tags<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    is_test: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Buyer<'a> {
    name: Loose<'a>,
    email: Loose<'a>,
    phone: Loose<'a>,
    document: Loose<'a>,
    country: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Line<'a> {
    name: Loose<'a>,
    code: Loose<'a>,
    quantity: Loose<'a>,
    unit_minor: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Means<'a> {
    method: Loose<'a>,
    #[serde(deserialize_with = "json::lenient")]
    pix: Option<PixSent<'a>>,
    #[serde(deserialize_with = "json::lenient")]
    boleto: Option<Slip<'a>>,
    refusal: Loose<'a>,
    installments: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct PixSent<'a> {
    code: Loose<'a>,
    expires_at: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Slip<'a> {
    line: Loose<'a>,
    url: Loose<'a>,
    due_on: Loose<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Tags<'a> {
    src: Loose<'a>,
    #[serde(alias = "utm_source")]
    source: Loose<'a>,
    #[serde(alias = "utm_medium")]
    medium: Loose<'a>,
    #[serde(alias = "utm_campaign")]
    campaign: Loose<'a>,
}

impl Body<'_> {
    fn read(&self, slug: &'static str, context: &Context<'_>) -> Result<Reading, Unreadable> {
        let word = self.status.text();
        let Some(status) = self.status() else {
            return Ok(Reading::Unmapped {
                event: self.event.line().unwrap_or_else(|| "none".to_owned()),
                why: "the status is none of the six",
            });
        };
        let id = reading::external_id(self.external_id.text(), "externalId")?;
        let event = self.event.line();
        let event = event.as_deref().or(word).unwrap_or("abandoned");
        let stage = self.stage(status);
        let mut draft = Draft::of(context, slug, id, stage, event);
        if self.told_stage().is_some_and(|told| told != stage) {
            draft.doubt("stage_not_of_status", "stage");
        }
        self.tell_amounts(&mut draft);
        self.tell_buyer(&mut draft);
        draft.items = self.items(draft.currency);
        draft.payment = self.payment(&mut draft, context.now);
        self.tell_links(&mut draft);
        draft.coupon = self.coupon.line();
        draft.grew_from(self.cart_id.text());
        draft.utms = self.utms();
        draft.is_test = self.is_test.unwrap_or(false);
        let told = self.occurred_at.text().and_then(times::rfc3339);
        Ok(Reading::Events(vec![draft.sealed(context, told)]))
    }

    /// An abandoned cart may be told by its flag alone, or beside `pending`; other statuses outrank the flag.
    fn status(&self) -> Option<Status> {
        let told = self.status.text().map(str::to_lowercase);
        let abandoned = self.is_abandoned == Some(true);
        Some(match told.as_deref() {
            None if abandoned => Status::Abandoned,
            Some("pending") if abandoned => Status::Abandoned,
            Some("abandoned") => Status::Abandoned,
            Some("pending") => Status::Pending,
            Some("failed") => Status::Failed,
            Some("cancelled" | "canceled") => Status::Cancelled,
            Some("approved") => Status::Approved,
            Some("refunded") => Status::Refunded,
            _ => return None,
        })
    }

    fn told_stage(&self) -> Option<Stage> {
        self.stage.text().and_then(Stage::from_name)
    }

    /// Takes the stage told, or one named by the event, when it belongs to the status; else the plainest of the status.
    fn stage(&self, status: Status) -> Stage {
        let by_event = self.event.text().and_then(Stage::from_name);
        [self.told_stage(), by_event]
            .into_iter()
            .flatten()
            .find(|stage| stage.status() == status)
            .unwrap_or_else(|| self.plain_stage(status))
    }

    fn plain_stage(&self, status: Status) -> Stage {
        let payment = self.payment.as_ref();
        let method = payment.and_then(|means| method(means.method.text()?));
        let has_pix = payment.is_some_and(|means| means.pix.is_some());
        let has_boleto = payment.is_some_and(|means| means.boleto.is_some());
        match status {
            Status::Abandoned => Stage::CartAbandoned,
            Status::Pending if has_pix || method == Some(PaymentMethod::Pix) => Stage::PixGenerated,
            Status::Pending if has_boleto || method == Some(PaymentMethod::Boleto) => {
                Stage::BoletoGenerated
            }
            Status::Pending => Stage::PaymentPending,
            Status::Failed => Stage::PaymentRefused,
            Status::Cancelled => Stage::Cancelled,
            Status::Approved => Stage::PurchaseApproved,
            Status::Refunded => Stage::Refunded,
        }
    }

    fn tell_amounts(&self, draft: &mut Draft) {
        if let Some(code) = self.currency.text() {
            match Currency::parse(code) {
                Ok(currency) => draft.currency = currency,
                Err(_) => draft.doubt("currency_unknown", "currency"),
            }
        }
        match (self.amount_minor, self.amount) {
            (Some(raw), _) => draft.cents(Some(raw), "amountMinor"),
            (None, Some(raw)) => {
                let amount = Money::parse_raw(raw, draft.currency);
                draft.amount(amount, "amount");
            }
            (None, None) => {}
        }
        draft.refunded_minor = self
            .refunded_minor
            .and_then(|raw| reading::cents(raw, draft.currency).ok())
            .map(|money| money.minor);
    }

    fn tell_buyer(&self, draft: &mut Draft) {
        if let Some(buyer) = &self.customer {
            draft.customer = Person {
                name: buyer.name.text(),
                email: buyer.email.text(),
                phone: buyer.phone.text(),
                document: buyer.document.text(),
                country: buyer.country.text(),
            }
            .read();
        }
    }

    fn tell_links(&self, draft: &mut Draft) {
        draft.checkout_url = self.checkout_url.text().and_then(links::https);
        draft.order_url = self.order_url.text().and_then(links::https);
        if self.checkout_url.text().is_some() && draft.checkout_url.is_none() {
            draft.doubt("link_not_fit", "checkoutUrl");
        }
        if self.order_url.text().is_some() && draft.order_url.is_none() {
            draft.doubt("link_not_fit", "orderUrl");
        }
    }

    fn items(&self, currency: Currency) -> Vec<Item> {
        self.items
            .iter()
            .flatten()
            .take(reading::MAX_ITEMS)
            .filter_map(|item| {
                Some(Item {
                    name: item.name.line()?,
                    code: item.code.line(),
                    quantity: item.quantity.number().unwrap_or(1),
                    unit_minor: item
                        .unit_minor
                        .and_then(|raw| reading::cents(raw, currency).ok())
                        .map(|price| price.minor),
                })
            })
            .collect()
    }

    fn payment(&self, draft: &mut Draft, now: DateTime<Utc>) -> Payment {
        let Some(means) = &self.payment else {
            return Payment::default();
        };
        let pix = means.pix.as_ref().and_then(|sent| {
            let expires_at = sent.expires_at.text().and_then(times::rfc3339);
            let pix = charge::pix(sent.code.text()?, expires_at);
            if pix.is_none() {
                draft.doubt("pix_code_broken", "payment.pix.code");
            }
            pix
        });
        let boleto = means.boleto.as_ref().and_then(|slip| {
            let boleto = BoletoSent {
                line: slip.line.text(),
                url: slip.url.text(),
                due_on: slip.due_on.text().and_then(times::day),
            }
            .read(now.date_naive());
            let has_line = boleto.as_ref().is_some_and(|told| told.line.is_some());
            if slip.line.text().is_some() && !has_line {
                draft.doubt("boleto_line_broken", "payment.boleto.line");
            }
            boleto
        });
        Payment {
            method: means.method.text().and_then(method),
            pix,
            boleto,
            refusal: means.refusal.line(),
            installments: means.installments.number(),
        }
    }

    fn utms(&self) -> Utms {
        self.utms.as_ref().map_or_else(Utms::default, |tags| Utms {
            src: tags.src.line(),
            source: tags.source.line(),
            medium: tags.medium.line(),
            campaign: tags.campaign.line(),
        })
    }
}

fn method(word: &str) -> Option<PaymentMethod> {
    Some(match word {
        "pix" => PaymentMethod::Pix,
        "boleto" => PaymentMethod::Boleto,
        "card" => PaymentMethod::Card,
        "other" => PaymentMethod::Other,
        _ => return None,
    })
}
