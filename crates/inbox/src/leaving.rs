//! What must hold at the moment something leaves the app: a paid order is not chased, a dead code is not copied, a text with
//! a hole is not opened anywhere. Pure; the time is passed in.

use chrono::{DateTime, Utc};
use contract::Order;
use follow_up::values::{last_day_to_pay, live_boleto, live_pix, today};
use follow_up::{Library, Reason, Sources};
use url::Url;

use crate::asking::{CopyWhat, LinkWhat};
use crate::error::Refusal;

/// The longest text that can be handed over, in characters.
pub(crate) const LONGEST_TEXT: usize = 4_000;

/// What every PIX code contains.
const PIX_MARK: &str = "br.gov.bcb.pix";

/// What a template's holes are written with.
const HOLES: [&str; 4] = ["{{", "}}", "{%", "%}"];

/// Returns what to put on the clipboard.
///
/// # Errors
/// `AlreadyPaid`, `PixExpired`, `PixBroken`, `NothingToCopy`.
pub(crate) fn copied(order: &Order, what: CopyWhat, now: DateTime<Utc>) -> Result<String, Refusal> {
    if order.was_paid() {
        return Err(Refusal::AlreadyPaid);
    }
    match what {
        CopyWhat::Pix => pix(order, now),
        CopyWhat::Boleto => live_boleto(order, now)
            .ok()
            .and_then(|_| order.boleto()?.line.clone())
            .ok_or(Refusal::NothingToCopy),
        CopyWhat::Link => address(order.checkout_url()).ok_or(Refusal::NothingToCopy),
        CopyWhat::Page => boleto_page(order).ok_or(Refusal::NothingToCopy),
    }
}

fn pix(order: &Order, now: DateTime<Utc>) -> Result<String, Refusal> {
    match live_pix(order, now) {
        Ok(_) => order
            .pix()
            .and_then(|pix| pix.code.clone())
            .ok_or(Refusal::NothingToCopy),
        Err(Reason::Expired) => Err(Refusal::PixExpired),
        Err(Reason::Broken) => Err(Refusal::PixBroken),
        Err(Reason::Paid) => Err(Refusal::AlreadyPaid),
        Err(Reason::NotTold | Reason::Unusable | Reason::Unanswered) => Err(Refusal::NothingToCopy),
    }
}

/// Returns the order's own link to open.
///
/// # Errors
/// `NoLink`.
pub(crate) fn opened(order: &Order, what: LinkWhat) -> Result<String, Refusal> {
    let link = match what {
        LinkWhat::Checkout => address(order.checkout_url()),
        LinkWhat::Order => address(order.order_url()),
        LinkWhat::Boleto => boleto_page(order),
    };
    link.ok_or(Refusal::NoLink)
}

fn boleto_page(order: &Order) -> Option<String> {
    address(order.boleto().and_then(|boleto| boleto.url.as_deref()))
}

/// Takes only `https` addresses with a host and without credentials.
fn address(text: Option<&str>) -> Option<String> {
    let text = text?;
    let url: Url = text.parse().ok()?;
    let fit = url.scheme() == "https" && url.has_host() && url.username().is_empty();
    fit.then(|| text.to_owned())
}

/// Checks a text that is about to be handed over.
///
/// # Errors
/// `Invalid`, `HasHole`, `AlreadyPaid`, `PixExpired`, `PixBroken`, `BoletoExpired`, `NotFound` for a template that is not there.
pub(crate) fn text(
    text: &str,
    template_key: Option<&str>,
    library: &Library,
    sources: Option<&Sources<'_>>,
) -> Result<(), Refusal> {
    if text.trim().is_empty() || text.chars().count() > LONGEST_TEXT {
        return Err(Refusal::Invalid("a text has 1 to 4,000 characters"));
    }
    if HOLES.iter().any(|hole| text.contains(hole)) {
        return Err(Refusal::HasHole);
    }
    let Some(sources) = sources else {
        return Ok(());
    };
    if let Some(key) = template_key {
        still_fills(library, key, sources)?;
    }
    not_chasing(text, sources)?;
    no_dead_code(text, sources)
}

/// A template that was filled once may be blocked by now.
fn still_fills(library: &Library, key: &str, sources: &Sources<'_>) -> Result<(), Refusal> {
    let missing = library
        .lacking(key, sources)
        .ok_or(Refusal::NotFound("template"))?;
    if missing.is_empty() {
        return Ok(());
    }
    let because = |reason: Reason| missing.iter().any(|missing| missing.reason == reason);
    let pix = |reason: Reason| {
        let of_pix = |name: &str| name.starts_with("pix.");
        missing
            .iter()
            .any(|missing| missing.reason == reason && of_pix(&missing.variable))
    };
    Err(if because(Reason::Paid) {
        Refusal::AlreadyPaid
    } else if pix(Reason::Expired) {
        Refusal::PixExpired
    } else if pix(Reason::Broken) {
        Refusal::PixBroken
    } else {
        Refusal::HasHole
    })
}

/// A text asks for the money when it carries what the money is paid with.
fn not_chasing(text: &str, sources: &Sources<'_>) -> Result<(), Refusal> {
    let url = sources.order.checkout_url();
    let asks = text.to_ascii_lowercase().contains(PIX_MARK)
        || url.is_some_and(|url| text.contains(url))
        || carries_boleto(text, sources.order);
    if asks && sources.is_paid() {
        return Err(Refusal::AlreadyPaid);
    }
    Ok(())
}

fn no_dead_code(text: &str, sources: &Sources<'_>) -> Result<(), Refusal> {
    if text.to_ascii_lowercase().contains(PIX_MARK) {
        let code = match pix(sources.order, sources.now) {
            Err(Refusal::NothingToCopy) => return Err(Refusal::PixExpired),
            other => other?,
        };
        // A code that is not the order's own living one was replaced, or belongs to somebody else.
        if !text.contains(code.trim()) {
            return Err(Refusal::PixExpired);
        }
    }
    if carries_boleto(text, sources.order) && !is_boleto_alive(sources.order, sources.now) {
        return Err(Refusal::BoletoExpired);
    }
    Ok(())
}

/// Tells whether a text carries the boleto that was told of the order last, awaited or not: its line, however it is grouped, or
/// its page.
fn carries_boleto(text: &str, order: &Order) -> bool {
    let Some(told) = order.told_boleto() else {
        return false;
    };
    let line = digits(told.line.as_deref().unwrap_or_default());
    let page = told.url.as_deref().unwrap_or_default();
    (!line.is_empty() && digits(text).contains(&line)) || (!page.is_empty() && text.contains(page))
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Tells whether the order's boleto may still be paid; one of which only the page was told, by its date.
fn is_boleto_alive(order: &Order, now: DateTime<Utc>) -> bool {
    match live_boleto(order, now) {
        Ok(_) => true,
        Err(Reason::NotTold) => order.boleto().is_some_and(|told| {
            told.due_on
                .is_none_or(|due| last_day_to_pay(due) >= today(now))
        }),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests;
