//! From an order to the card people act on, and from a buyer to the person they see. Pure: time is passed in.
//!
//! What must not be copied is not in a card at all: a PIX code that ran out or is broken, a boleto whose digits do not add up,
//! a link that is not `https`.

use contract::boleto::BoletoLine;
use contract::document::Document;
use contract::phone::Phone;
use contract::pix::BrCode;
use contract::{Currency, Customer, Item, Money, Order, Stage, Utms};
use follow_up::sequence::hours;
use qrcodegen::{QrCode, QrCodeEcc};
use url::Url;

use crate::deadline;
use crate::view::{
    Amount, BoletoPart, Deadline, DeadlineKind, ItemLine, LinkPart, OrderCard, Origin, Person,
    PixPart, PixState, Primary, SourceStanding, Step,
};

/// Draws one order as it stands at `now` (Unix milliseconds), or returns `None` for an order of no events.
///
/// Without `drawn` the PIX code has no QR code, which costs a millisecond.
#[must_use]
pub fn card(order_key: &str, order: &Order, now: i64, drawn: bool) -> Option<OrderCard> {
    let stage = order.stage()?;
    let source = order.source()?;
    let pix = order.pix().map(|_| pix_part(order, now, drawn));
    let boleto = order.boleto().map(|_| boleto_part(order, now));
    let checkout = order.checkout_url().and_then(link);
    Some(OrderCard {
        order_key: order_key.to_owned(),
        stage,
        group: stage.group(),
        amount: order.amount().map(amount),
        refunded: order.refunded_minor().map(|minor| Amount {
            minor,
            currency: order.currency(),
        }),
        items: order
            .items()
            .iter()
            .map(|item| item_line(item, order.currency()))
            .collect(),
        method: order.method(),
        refusal: order.refusal().map(str::to_owned),
        coupon: order.coupon().map(str::to_owned),
        platform: platform(&source.provider),
        source: source.integration_id,
        source_name: None,
        source_standing: SourceStanding::Active,
        reference: order.reference()?.to_owned(),
        platform_id: (order.reference() != Some(&source.external_id))
            .then(|| source.external_id.clone()),
        steps: steps(order),
        deadline: deadline::of_order(order).filter(|ends| is_shown(*ends, now)),
        primary: primary(order, pix.as_ref(), boleto.as_ref(), checkout.is_some()),
        pix,
        boleto,
        checkout,
        order_link: order.order_url().and_then(link),
        has_refund: order.has_refund(),
        has_dispute: order.has_dispute(),
        recovered_by: None,
        paid_by: None,
        bumps: Vec::new(),
        bump_of: None,
        sequence: None,
        is_test: order.is_test(),
        last_at: order.last_at()?.timestamp_millis(),
    })
}

/// Shows that a cart became an order: it is a part of the story, and no work any more.
pub fn recover(cart: &mut OrderCard, reference: &str) {
    cart.recovered_by = Some(reference.to_owned());
    cart.deadline = None;
    cart.primary = Primary::Nothing;
}

/// Tells whether a deadline is worth showing: our own window is not once it is over, a charge's end is.
#[must_use]
pub fn is_shown(ends: Deadline, now: i64) -> bool {
    ends.kind != DeadlineKind::Recovery || now < ends.at
}

/// Draws the person, masked; what they bought is counted by the caller.
#[must_use]
pub fn person(customer: &Customer, told_origin: Option<&Utms>) -> Person {
    let typed = customer
        .phone
        .as_deref()
        .or(customer.phone_typed.as_deref());
    let phone = typed.map(|typed| Phone::parse(typed, None));
    Person {
        name: customer.name.clone(),
        phone: phone
            .as_ref()
            .map(|phone| phone.masked().unwrap_or_else(|| "••••".to_owned())),
        whatsapp: phone.is_some_and(|phone| phone.wa_digits().is_some()),
        hours_earlier: hours::earlier(customer.phone.as_deref()),
        email: customer.email.as_deref().map(masked_email),
        document: customer.document.as_deref().map(masked_document),
        origin: told_origin.and_then(origin),
        ..Person::default()
    }
}

/// Returns the platform's name as people say it; an unknown word is shown with a capital.
#[must_use]
pub fn platform(slug: &str) -> String {
    let known = match slug {
        "adorei" => "Adorei",
        "cart_abandonment" => "Aprovei Checkout",
        "cartpanda" => "CartPanda",
        "hotmart" => "Hotmart",
        "iset" => "iSET",
        "kiwify" => "Kiwify",
        "luna" => "Luna",
        "nuvemshop" => "Nuvemshop",
        "shopify" => "Shopify",
        "vega" => "Vega",
        "unified" => "Webhook",
        "yampi" => "Yampi",
        "zedy" => "Zedy",
        _ => {
            let mut letters = slug.chars();
            let first = letters.next().map(char::to_uppercase);
            return first.into_iter().flatten().chain(letters).collect();
        }
    };
    known.to_owned()
}

/// Hides most of an e-mail address: `r•••@example.com`.
#[must_use]
pub fn masked_email(email: &str) -> String {
    let (name, host) = email.rsplit_once('@').unwrap_or((email, ""));
    let first: String = name.chars().take(1).collect();
    if host.is_empty() {
        format!("{first}•••")
    } else {
        format!("{first}•••@{host}")
    }
}

fn masked_document(document: &str) -> String {
    Document::parse(document).map_or_else(|_| "•••".to_owned(), |document| document.masked())
}

fn origin(utms: &Utms) -> Option<Origin> {
    let told = |word: &Option<String>| {
        let word = word.as_deref()?.trim();
        (!word.is_empty()).then(|| word.to_owned())
    };
    let origin = Origin {
        source: told(&utms.source),
        src: told(&utms.src),
        medium: told(&utms.medium),
        campaign: told(&utms.campaign),
    };
    (origin != Origin::default()).then_some(origin)
}

fn amount(money: Money) -> Amount {
    Amount {
        minor: money.minor,
        currency: money.currency,
    }
}

fn item_line(item: &Item, currency: Currency) -> ItemLine {
    let whole = |unit: i64| unit.checked_mul(item.quantity.max(1).into());
    ItemLine {
        name: item.name.clone(),
        quantity: item.quantity,
        amount: item
            .unit_minor
            .and_then(whole)
            .map(|minor| Amount { minor, currency }),
    }
}

fn steps(order: &Order) -> Vec<Step> {
    let mut steps: Vec<Step> = order
        .reached
        .iter()
        .map(|(stage, span)| Step {
            stage: *stage,
            group: stage.group(),
            at: span.first.timestamp_millis(),
        })
        .collect();
    steps.sort_by_key(|step| (step.at, step.stage));
    steps
}

fn link(address: &str) -> Option<LinkPart> {
    let url = Url::parse(address).ok()?;
    let plain = url.scheme() == "https" && url.username().is_empty() && url.password().is_none();
    let host = url.host_str().filter(|_| plain)?.to_owned();
    Some(LinkPart {
        url: address.to_owned(),
        host,
    })
}

fn primary(
    order: &Order,
    pix: Option<&PixPart>,
    boleto: Option<&BoletoPart>,
    has_link: bool,
) -> Primary {
    let stage = order.stage();
    if order.was_paid() || !(order.is_payable() || stage == Some(Stage::PaymentExpired)) {
        return Primary::Nothing;
    }
    let has_line = |overdue: bool| {
        boleto.is_some_and(|boleto| boleto.line.is_some() && boleto.overdue == overdue)
    };
    if pix.is_some_and(|pix| pix.state == PixState::Alive) {
        Primary::CopyPix
    } else if has_line(false) {
        Primary::CopyBoleto
    } else if has_link {
        Primary::CopyLink
    } else if has_line(true) {
        Primary::CopyBoleto
    } else {
        Primary::Nothing
    }
}

fn pix_part(order: &Order, now: i64, drawn: bool) -> PixPart {
    let told = order.pix();
    let text = told.and_then(|pix| pix.code.as_deref());
    let read = text.map(BrCode::parse);
    let ended = told
        .and_then(|pix| pix.expires_at)
        .is_some_and(|at| at.timestamp_millis() <= now);
    let state = match &read {
        None if ended => PixState::Expired,
        None => PixState::Absent,
        Some(Err(_)) => PixState::Broken,
        Some(Ok(_)) if ended => PixState::Expired,
        Some(Ok(_)) => PixState::Alive,
    };
    let code = read.and_then(Result::ok);
    let alive = code.as_ref().filter(|_| state == PixState::Alive);
    PixPart {
        code: alive.map(|code| code.code.clone()),
        short: code.as_ref().map(|code| shortened(&code.code)),
        modules: alive
            .filter(|_| drawn)
            .map(|code| modules(&code.code))
            .unwrap_or_default(),
        state,
        amount_differs: differs(code.as_ref().and_then(|code| code.amount), order),
        receiver: code.map(|code| code.receiver),
    }
}

/// Shows a code's first 8 and last 6 characters.
fn shortened(code: &str) -> String {
    let count = code.chars().count();
    if count <= 14 {
        return code.to_owned();
    }
    let first: String = code.chars().take(8).collect();
    let last: String = code.chars().skip(count - 6).collect();
    format!("{first}…{last}")
}

/// Draws a QR code's rows; a text too long for one is drawn as none.
fn modules(code: &str) -> Vec<String> {
    let Ok(qr) = QrCode::encode_text(code, QrCodeEcc::Medium) else {
        return Vec::new();
    };
    let dark = |x: i32, y: i32| if qr.get_module(x, y) { '1' } else { '0' };
    (0..qr.size())
        .map(|y| (0..qr.size()).map(|x| dark(x, y)).collect())
        .collect()
}

fn boleto_part(order: &Order, now: i64) -> BoletoPart {
    let told = order.boleto();
    let line = told
        .and_then(|boleto| boleto.line.as_deref())
        .zip(order.first_at());
    let read = line.and_then(|(line, first)| BoletoLine::parse(line, first.date_naive()).ok());
    let details = read.map(|line| line.details());
    let due_on = deadline::due_on(order);
    let overdue = due_on
        .and_then(deadline::end_of_day)
        .is_some_and(|end| end <= now);
    BoletoPart {
        line: details.as_ref().map(|boleto| boleto.line.clone()),
        print: details.as_ref().map(|boleto| boleto.printed.clone()),
        bars: details
            .as_ref()
            .map(|boleto| boleto.bar_widths.clone())
            .unwrap_or_default(),
        due_on: due_on.map(|day| day.to_string()),
        overdue,
        amount_differs: differs(details.as_ref().and_then(|boleto| boleto.amount), order),
        bank: details.and_then(|boleto| boleto.bank_name),
        page: told.and_then(|boleto| boleto.url.as_deref()).and_then(link),
    }
}

/// Tells whether a charge names another amount than its order; either may leave it open.
fn differs(charge: Option<Money>, order: &Order) -> bool {
    charge.zip(order.amount()).is_some_and(|(charge, whole)| {
        charge.currency == whole.currency && charge.minor != whole.minor
    })
}

#[cfg(test)]
mod tests;
