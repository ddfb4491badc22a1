//! What was put aside comes back by itself, on top and with the reason: it was paid, it ran out, the customer answered.

use std::time::{Duration, Instant};

use chrono::{SubsecRound, TimeDelta, Utc};
use serde_json::{Value, json};
use testkit::{App, Sale, Service, until};

#[test]
fn a_conversation_put_aside_comes_back_with_its_reason() {
    let service = Service::start("Doces do Vale");
    let source = service.kiwify();
    let (paid, answered) = (Sale::new(1), Sale::new(2));
    for sale in [&paid, &answered] {
        service.tell(&source, &sale.pix_created());
    }
    let app = super::seat(&service, "agent", "Ana Prado");

    put_aside(&app, &paid, "paid");
    service.tell(&source, &paid.approved());
    is_back(&app, &paid, "voltou: pagou", "De volta: o pedido foi pago");

    // Taking it up is what ends being back.
    app.press("c");
    app.wait_for_css("[data-testid=owner][data-mine=true][data-pending=false]");
    app.wait_gone("handling");

    put_aside(&app, &answered, "reply");
    app.press("o");
    app.wait_for_focus("composer");
    app.type_text("Pago amanhã cedo\n");
    app.wait_for_text("received", "Pago amanhã cedo");
    is_back(
        &app,
        &answered,
        "voltou: respondeu",
        "De volta: o cliente respondeu",
    );
}

/// How long it may take until somebody who waited for a payment is told of it.
const SEEN: Duration = Duration::from_secs(1);

#[test]
fn whoever_waits_for_a_payment_is_told_within_a_second_and_still_after_a_restart() {
    let service = Service::start("Doces do Vale");
    let source = service.kiwify();
    let sales: Vec<Sale> = (1..=4).map(Sale::new).collect();
    for sale in &sales {
        service.tell(&source, &sale.pix_created());
    }
    let mut app = super::seat(&service, "agent", "Ana Prado");
    let (away, here) = sales.split_first().expect("there are sales");
    let mut took: Vec<Duration> = here
        .iter()
        .map(|sale| {
            put_aside(&app, sale, "paid");
            let began = Instant::now();
            service.tell(&source, &sale.approved());
            app.wait_for_css("[data-testid=handling][data-state=back]");
            let took = began.elapsed();
            is_back(&app, sale, "voltou: pagou", "De volta: o pedido foi pago");
            took
        })
        .collect();
    took.sort_unstable();
    // The machine may be busy once; what counts is how long it usually takes.
    assert!(took[took.len() / 2] <= SEEN, "{took:?}");

    // Paid while nobody was at the desk; the others are still back.
    put_aside(&app, away, "paid");
    app.cut_off();
    service.tell(&source, &away.approved());
    app.start_again();
    super::open(&app, away);
    is_back(&app, away, "voltou: pagou", "De volta: o pedido foi pago");
    until("all of them to be back", || match app.texts("row-back") {
        back if back.len() == sales.len() => Ok(()),
        back => Err(format!("{back:?}")),
    });
    for sale in here {
        super::open(&app, sale);
        app.wait_for_text("handling", "De volta: o pedido foi pago");
    }
}

#[test]
fn one_whose_code_runs_out_comes_back_at_that_moment() {
    let service = Service::start("Doces do Vale");
    let url = own_shop(&service);
    let app = super::seat(&service, "agent", "Ana Prado");
    let sale = Sale {
        // The shop tells whole seconds.
        pix_until: Utc::now().trunc_subsecs(0) + TimeDelta::seconds(10),
        ..Sale::new(1)
    };
    let answer = testkit::post(&url, &told(&sale));
    assert_eq!(answer["result"], "accepted", "{answer}");
    put_aside(&app, &sale, "expired");
    is_back(
        &app,
        &sale,
        "voltou: cobrança venceu",
        "De volta: a cobrança venceu",
    );
    assert!(Utc::now() >= sale.pix_until);
}

/// Puts a conversation aside until something happens to it, and sees it leave the work.
#[track_caller]
fn put_aside(app: &App, sale: &Sale, until: &str) {
    super::open(app, sale);
    app.press("h");
    app.choose("snooze", until);
    app.wait_for_css("[data-testid=handling][data-state=snoozed]");
    app.wait_for_css("[data-testid=count-snoozed][data-count='1']");
    super::wait_until_sent(app);
}

/// The conversation leads what is due, says in its row and in its head why, and is put aside no more.
#[track_caller]
fn is_back(app: &App, sale: &Sale, in_row: &str, in_head: &str) {
    app.wait_for_css("[data-testid=count-snoozed][data-count='0']");
    app.wait_for_css("[data-testid=handling][data-state=back]");
    app.wait_for_text("handling", in_head);
    app.press_all(&["g", "v"]);
    // It stands where it stood until the list is read anew; then those that are back lead it.
    until("it to lead what is due", || {
        let (rows, back) = (super::rows(app), app.texts("row-back").len());
        match rows.iter().position(|row| *row == sale.buyer) {
            Some(place) if place < back => Ok(()),
            _ => Err(format!("{back} of {rows:?}")),
        }
    });
    app.wait_for_text("row-back", in_row);
}

/// Adds a shop of one's own, whose times have seconds, and returns its address.
#[track_caller]
fn own_shop(service: &Service) -> String {
    let blueprint = json!({
        "proof": {"scheme": "address"},
        "event": "event",
        "stageFrom": "status",
        "stages": {"waiting": "pix_generated", "paid": "purchase_approved"},
        "amountUnit": "minor",
        "fields": {
            "externalId": "id", "amount": "cents", "name": "name", "email": "email", "phone": "phone",
            "pixCode": "pix.code", "pixExpiresAt": "pix.until",
        },
    });
    let made = service.integrate(&json!({
        "slug": "loja", "provider": "custom", "name": "Loja", "active": true,
        "settings": {"blueprint": blueprint},
    }));
    made["webhookUrl"].as_str().unwrap_or_default().to_owned()
}

fn told(sale: &Sale) -> String {
    let pix: Value = json!({"code": sale.pix_code(), "until": sale.pix_until.timestamp()});
    json!({
        "event": "order.changed", "id": sale.order, "status": "waiting", "cents": sale.centavos, "name": sale.buyer,
        "email": sale.email, "phone": sale.phone, "pix": pix,
    })
    .to_string()
}
