//! Two desks at one service: who was first keeps the conversation, and what one does the other sees within a second.

use std::{sync::Barrier, thread};

use contract::kind;
use serde_json::{Value, json};
use testkit::{App, Sale, Service, until};

/// How many conversations both reach for at once.
const RACES: u32 = 5;

/// How many milliseconds it may take until the other desk shows it, by the pages' own clocks.
const SEEN: i64 = 1_000;

#[test]
fn of_two_who_claim_at_once_one_wins_and_the_other_is_told_who() {
    let service = Service::start("Doces do Vale");
    let source = service.kiwify();
    let sales: Vec<Sale> = (1..=RACES).map(Sale::new).collect();
    for sale in &sales {
        service.tell(&source, &sale.pix_created());
    }
    let (ana, bruno) = super::two_seats(&service, "agent");
    let mut took: Vec<i64> = sales
        .iter()
        .map(|sale| race(sale, [(&ana, "Ana Prado"), (&bruno, "Bruno Teles")]))
        .collect();
    took.sort_unstable();
    // The machine may be busy once; what counts is how long it usually takes.
    assert!(took[took.len() / 2] <= SEEN, "{took:?}");

    let claims = service.entries();
    let claims = claims.iter().filter(|entry| entry.kind == kind::CLAIMED);
    let mut claimed: Vec<_> = claims.map(|entry| entry.conversation_id).collect();
    assert_eq!(claimed.len(), sales.len());
    claimed.sort_unstable();
    claimed.dedup();
    assert_eq!(claimed.len(), sales.len(), "each was claimed once");
}

/// Lets both claim a conversation at once; returns how many milliseconds it took until the one who came too late saw whose
/// it is.
#[track_caller]
fn race(sale: &Sale, desks: [(&App, &str); 2]) -> i64 {
    for (app, _) in desks {
        super::open(app, sale);
        app.wait_for("claim");
        note_press(app, "c");
        note_sight(app, "[data-testid=owner][data-mine=false]");
    }
    let start = Barrier::new(desks.len());
    thread::scope(|scope| {
        for (app, _) in desks {
            scope.spawn(|| {
                start.wait();
                app.press("c");
            });
        }
    });
    let mut late = None;
    until("one to win and the other to see it", || {
        let owners = desks.map(|(app, _)| owner(app));
        let settled: Vec<bool> = owners
            .iter()
            .filter(|owner| owner["pending"] == "false")
            .map(|owner| owner["mine"] == "true")
            .collect();
        match settled.as_slice() {
            [true, false] => late = Some(1),
            [false, true] => late = Some(0),
            _ => return Err(format!("{owners:?}")),
        }
        Ok(())
    });
    let late = late.expect("one of them came too late");
    let ((loser, _), (_, winner)) = (desks[late], desks[1 - late]);
    let seen = owner(loser);
    assert!(
        seen["label"].as_str().unwrap_or_default().contains(winner),
        "{seen}"
    );
    told(loser, winner);
    noted(loser, "seenAt") - noted(loser, "pressedAt")
}

/// Waits until it is said who was first: as a refused action, or at once where that was known before the key was pressed.
#[track_caller]
fn told(app: &App, winner: &str) {
    until("a word on who was first", || {
        let words = format!("{winner} já assumiu esta conversa.");
        let outbox = super::call(app, "outbox", &json!({}));
        let refused = outbox["ok"].as_array().cloned().unwrap_or_default();
        let is_told = refused.iter().any(|item| item["state"]["by"] == winner);
        let toasts = app.texts("toast");
        if is_told || toasts.iter().any(|toast| toast.contains(&words)) {
            Ok(())
        } else {
            Err(format!("{outbox} {toasts:?}"))
        }
    });
}

fn owner(app: &App) -> Value {
    app.script(
        "const owner = document.querySelector('[data-testid=owner]');
         if (!owner) return null;
         const label = owner.closest('[data-testid=assign]').getAttribute('aria-label');
         return { mine: owner.dataset.mine, pending: owner.dataset.pending, label };",
        &[],
    )
}

#[test]
fn what_one_does_the_other_sees_within_a_second() {
    let service = Service::start("Doces do Vale");
    let source = service.kiwify();
    let (ana, bruno) = super::two_seats(&service, "agent");
    let one = Sale::new(1);
    service.tell(&source, &one.pix_created());
    super::wait_for_row(&bruno, &one);
    reading_is_each_ones_own(&ana, &bruno, &one);

    super::open(&bruno, &one);
    ana.wait_for_text("presence", "Bruno Teles também está aqui");
    bruno.press("r");
    bruno.wait_for_focus("composer");
    bruno.type_text("Oi, Mar");
    ana.wait_for_css("[data-testid=presence][data-writing=true]");
    ana.wait_for_text("presence", "Bruno Teles está escrevendo");
    bruno.press("Escape");

    note_press(&ana, "Enter");
    note_sight(&bruno, "[data-testid=owner][data-mine=true]");
    ana.press("a");
    ana.wait_for_focus("assign-find");
    ana.type_text("bru");
    ana.press("Enter");
    bruno.wait_for_css("[data-testid=owner][data-mine=true][data-pending=false]");
    assert_seen_soon("the assignment", &ana, &bruno);
    bruno.wait_for_css("[data-testid=count-mine][data-count='1']");
    bruno.wait_for_text("timeline", "Ana Prado passou a conversa para você");
    bruno.desktop().expect_notice("the assignment", |notice| {
        notice.summary.contains("Ana Prado")
    });

    note_sight(&bruno, "[data-testid=note-item]");
    ana.press("n");
    ana.wait_for_focus("composer");
    ana.type_text("@bru");
    ana.wait_for("suggestion-option");
    ana.press("Enter");
    ana.wait_for_value("composer", "@Bruno Teles ");
    ana.type_text("ela prefere boleto");
    ana.press("Enter");
    bruno.wait_for_text("note-item", "@Bruno Teles ela prefere boleto");
    assert_seen_soon("the note", &ana, &bruno);
    bruno.wait_for_text("note-item", "chama você");
    bruno.wait_for_text("mention", "@Bruno Teles");
}

/// A conversation that Ana has read is read at her desk alone.
#[track_caller]
fn reading_is_each_ones_own(ana: &App, bruno: &App, sale: &Sale) {
    super::open(ana, sale);
    let unread = |app: &App| {
        app.script(
            "const name = [...document.querySelectorAll('[data-testid=row-name]')]
               .find((one) => one.textContent.trim() === arguments[0]);
             return name?.closest('[data-testid=row]').classList.contains('unread') ?? null;",
            &[json!(sale.buyer)],
        )
    };
    until("Ana to have read it", || match unread(ana) {
        Value::Bool(false) => Ok(()),
        other => Err(other.to_string()),
    });
    assert_eq!(unread(bruno), json!(true), "Bruno has not");
}

/// Has the page note when a key is pressed, the last time it is.
#[track_caller]
fn note_press(app: &App, key: &str) {
    app.script(
        "const key = arguments[0];
         addEventListener('keydown', (event) => {
           if (event.key === key) window.pressedAt = Date.now();
         }, true);",
        &[json!(key)],
    );
}

/// Has the page note when something is in it for the first time from now on.
#[track_caller]
fn note_sight(app: &App, css: &str) {
    app.script(
        "const css = arguments[0];
         window.sight?.disconnect();
         window.seenAt = null;
         const look = () => {
           if (window.seenAt === null && document.querySelector(css)) window.seenAt = Date.now();
         };
         window.sight = new MutationObserver(look);
         window.sight.observe(document.body, { subtree: true, childList: true, attributes: true });",
        &[json!(css)],
    );
}

#[track_caller]
fn noted(app: &App, what: &str) -> i64 {
    let at = app.script("return window[arguments[0]]", &[json!(what)]);
    at.as_i64().unwrap_or_else(|| panic!("{what} is {at}"))
}

/// Asserts that what Ana did by her last Enter was seen at Bruno's desk in time.
#[track_caller]
fn assert_seen_soon(what: &str, ana: &App, bruno: &App) {
    let took = noted(bruno, "seenAt") - noted(ana, "pressedAt");
    assert!(took <= SEEN, "{what} took {took} ms");
}
