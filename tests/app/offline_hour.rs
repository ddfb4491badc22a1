//! An hour without the service: everything goes on, nothing is said to have arrived, and all of it arrives in order after.

use std::time::{Duration, Instant};

use contract::{Entry, kind};
use serde_json::{Value, json};
use testkit::{App, Sale, Service, until};

/// How long a text that was handed over can be taken back.
const HELD: Duration = Duration::from_secs(5);

/// What is done meanwhile, in this order, and to which sale; the last is refused, because somebody else was first.
const DONE: [(u32, &str); 7] = [
    (2, kind::CLAIMED),
    (3, kind::NOTED),
    (4, kind::SNOOZED),
    (5, kind::HANDED_OVER),
    (6, kind::LABELLED),
    (7, kind::RESOLVED),
    (8, kind::CLAIMED),
];

#[test]
fn what_is_done_in_an_hour_without_the_service_arrives_in_order() {
    let mut service = Service::start("Doces do Vale");
    let source = service.kiwify();
    let sales: Vec<Sale> = (1..=8).map(Sale::new).collect();
    for sale in &sales {
        service.tell(&source, &sale.pix_created());
    }
    let colleague = service.join("Bruno Teles");
    let app = super::seat(&service, "agent", "Ana Prado");
    app.wait_for_text("count-all", "8");
    let ids = super::listed(&app, "all");
    let id_of = |number: u32| {
        let buyer = &sales[number as usize - 1].buyer;
        let found = ids.iter().find(|(name, _)| name == buyer);
        found.map(|(_, id)| id.clone()).unwrap_or_default()
    };

    service.kill();
    app.wait_for_css("[data-testid=freshness][data-state=offline]");
    read_search_and_draft(&app, &sales);
    for (number, kind) in DONE {
        super::open(&app, &sales[number as usize - 1]);
        act(&app, kind);
    }
    app.wait_for_css("[data-testid=outbox][data-waiting='7'][data-refused='0']");
    // An hour is longer than a text that was handed over can be taken back; until then it lets others pass.
    let done = Instant::now();
    until("the hour to be over", || match done.elapsed() {
        passed if passed > HELD => Ok(()),
        passed => Err(format!("{passed:?} have passed")),
    });

    service.elsewhere(|service| {
        assert_eq!(by_ana(&service.entries()), [], "nothing has left");
        service.claim(&colleague, &id_of(8));
    });
    super::back_to_live(&app);
    app.wait_for_css("[data-testid=outbox][data-waiting='0'][data-refused='1']");
    let arrived: Vec<(String, String)> = DONE[..6]
        .iter()
        .map(|(number, kind)| (id_of(*number), (*kind).to_owned()))
        .collect();
    assert_eq!(by_ana(&service.entries()), arrived);
    each_is_seen_to_have_arrived(&app, &sales);
    the_refused_one_says_why(&app, &sales[7]);

    super::open(&app, &sales[0]);
    app.wait_for_value("composer", "Oi, conseguiu pagar?");
}

/// What is here can be read and found, and what is typed stays.
#[track_caller]
fn read_search_and_draft(app: &App, sales: &[Sale]) {
    app.press("/");
    app.wait_for_focus("list-search");
    app.type_text("barros");
    until("the one who is looked for", || match super::rows(app) {
        rows if rows == [sales[0].buyer.clone()] => Ok(()),
        rows => Err(format!("{rows:?}")),
    });
    app.press("Enter");
    app.wait_for_text("thread-name", &sales[0].buyer);
    app.wait_for_text("card", "197,00");
    app.press("r");
    app.wait_for_focus("composer");
    app.type_text("Oi, conseguiu pagar?");
    app.wait_for_css("[data-testid=draft][data-state=saved]");
    app.press_all(&["Escape", "Escape"]);
    app.wait_gone("list-search");
}

/// Does one thing to the open conversation, and sees it shown as not confirmed.
#[track_caller]
fn act(app: &App, what: &str) {
    match what {
        kind::CLAIMED => {
            app.press("c");
            app.wait_for_css("[data-testid=owner][data-mine=true][data-pending=true]");
        }
        kind::NOTED => {
            app.press("n");
            app.wait_for_focus("composer");
            app.type_text("liga depois das seis\n");
            app.wait_for_css("[data-testid=note-item][data-pending=true]");
            app.wait_for_text("note-item", "aguardando o serviço");
        }
        kind::SNOOZED => {
            app.press("h");
            app.choose("snooze", "reply");
            app.wait_for_css("[data-testid=handling][data-state=snoozed]");
            app.wait_for_text("handling", "aguardando o serviço");
        }
        kind::HANDED_OVER => {
            app.wait_for_css("[data-testid=template-1][data-fills=true]");
            app.press("1");
            app.wait_for_css("[data-testid=hand-over]:not([disabled])");
            app.wait_for_focus("composer");
            app.press("Enter");
            app.wait_for_css("[data-testid=handed-over][data-pending=true]");
            app.wait_for_text("handed-over", "aguardando o serviço");
        }
        kind::LABELLED => {
            app.press("t");
            app.wait_for_focus("label-find");
            app.type_text("VIP\n");
            app.wait_for_text("label", "VIP");
            app.press("Escape");
            app.wait_gone("ask-label");
        }
        _ => {
            app.press("e");
            app.wait_for_css("[data-testid=handling][data-state=resolved]");
            app.wait_for_text("handling", "aguardando o serviço");
        }
    }
}

/// What Ana did, as the feed tells it: where, and what.
fn by_ana(entries: &[Entry]) -> Vec<(String, String)> {
    let is_hers = |entry: &&Entry| {
        let body: Value = entry.read().unwrap_or_default();
        body["by"]["name"] == "Ana Prado"
    };
    let told = |entry: &Entry| {
        let id = entry.conversation_id.map(|id| id.to_string());
        (id.unwrap_or_default(), entry.kind.clone())
    };
    entries.iter().filter(is_hers).map(told).collect()
}

#[track_caller]
fn each_is_seen_to_have_arrived(app: &App, sales: &[Sale]) {
    app.press_all(&["g", "t"]);
    app.wait_for_css("[data-testid=view-all][aria-current=page]");
    let shown = [
        (2, "[data-testid=owner][data-mine=true][data-pending=false]"),
        (3, "[data-testid=note-item][data-pending=false]"),
        (4, "[data-testid=handling][data-state=snoozed]"),
        (5, "[data-testid=handed-over][data-pending=false]"),
        (6, "[data-testid=label]"),
        (7, "[data-testid=handling][data-state=resolved]"),
    ];
    for (number, css) in shown {
        super::open(app, &sales[number - 1]);
        app.wait_for_css(css);
        let waiting = app.script(
            "return document.querySelector('[data-testid=conversation]').innerText.includes('aguardando o serviço')",
            &[],
        );
        assert_eq!(waiting, json!(false), "{number}");
    }
}

/// The refused action names who was first and offers what can be done now.
#[track_caller]
fn the_refused_one_says_why(app: &App, sale: &Sale) {
    super::open(app, sale);
    app.wait_for_css("[data-testid=owner][data-mine=false][data-pending=false]");
    app.click("outbox");
    app.wait_for_css("[data-testid=outbox-item][data-state=refused]");
    let item = app.text("outbox-item");
    for part in [
        sale.buyer.as_str(),
        "Bruno Teles já assumiu esta conversa.",
        "Tentar de novo",
        "Descartar",
    ] {
        assert!(item.contains(part), "{part} is not in {item}");
    }
    app.script(
        "[...document.querySelectorAll('[data-testid=outbox-item] button')]
           .find((one) => one.textContent.trim() === 'Descartar').click()",
        &[],
    );
    app.wait_gone("outbox-item");
    app.press("Escape");
    app.wait_gone("outbox-sheet");
    app.wait_gone("outbox");
}
