//! What must hold at the moment something leaves the app: a paid order is not chased, a dead code is not copied, a text with
//! a hole is not opened anywhere. Pure; the time is passed in.

use chrono::{DateTime, Utc};
use contract::Order;
use follow_up::values::{live_boleto, live_pix};
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
/// `Invalid`, `HasHole`, `AlreadyPaid`, `PixExpired`, `PixBroken`, `NotFound` for a template that is not there.
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
    not_chasing(text, sources.order)?;
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
fn not_chasing(text: &str, order: &Order) -> Result<(), Refusal> {
    let asks = text.to_ascii_lowercase().contains(PIX_MARK)
        || order.checkout_url().is_some_and(|url| text.contains(url));
    if asks && order.was_paid() {
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
    let line = sources
        .order
        .boleto()
        .and_then(|boleto| boleto.line.as_deref());
    let carries = line.is_some_and(|line| !line.is_empty() && text.contains(line));
    if carries && live_boleto(sources.order, sources.now).is_err() {
        return Err(Refusal::HasHole);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
