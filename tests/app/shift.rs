//! A whole shift by keyboard: twenty conversations of every stage, each taken, written to, and put aside or resolved.

use std::collections::BTreeMap;

use contract::{Entry, entry::HandedOver, kind};
use serde_json::{Value, json};
use testkit::{App, Sale, Service, until};

/// How many there are in all, and how many of them ask for something by a time.
const PEOPLE: u32 = 20;
const DUE: usize = 16;

/// What became of one conversation.
#[derive(Debug)]
struct Worked {
    id: String,
    text: String,
    ended: &'static str,
}

#[test]
fn twenty_conversations_are_worked_through_without_a_pointer() {
    let service = Service::start("Doces do Vale");
    let source = service.kiwify();
    for number in 1..=PEOPLE {
        service.tell(&source, &told(number));
    }
    let app = super::seat(&service, "agent", "Ana Prado");
    watch_pointers(&app);
    app.wait_for_text("count-all", "20");
    app.wait_for_text("count-due", &DUE.to_string());

    let mut worked: Vec<Worked> = Vec::new();
    // What is due first, then those who paid and only want thanks.
    for (letter, view) in [("v", "due"), ("o", "approved")] {
        let count = super::listed(&app, view).len();
        app.press_all(&["g", letter]);
        app.wait_for_css(&format!("[data-testid=view-{view}][aria-current=page]"));
        for _ in 0..count {
            let one = work(&app, &worked);
            worked.push(one);
        }
    }
    assert_eq!(worked.len(), PEOPLE as usize);
    assert_eq!(app.opened().len(), PEOPLE as usize, "a chat for each");

    super::wait_until_sent(&app);
    check_feed(&service.entries(), &worked);
    for (letter, view, ended) in [
        ("a", "snoozed", kind::SNOOZED),
        ("r", "resolved", kind::RESOLVED),
    ] {
        app.press_all(&["g", letter]);
        check_list(&app, view, ended, &worked);
    }
    assert_eq!(super::listed(&app, "due"), [], "nothing is left to be done");
    assert_eq!(super::listed(&app, "mine"), [], "nor waits with anybody");
    assert_eq!(app.script("return window.pointers", &[]), json!(0));
}

fn told(number: u32) -> String {
    let sale = Sale {
        centavos: 4_700 + i64::from(number) * 1_000,
        ..Sale::new(number)
    };
    match number % 5 {
        0 => sale.cart(),
        1 => sale.boleto_created(),
        2 => sale.refused(),
        3 => sale.approved(),
        _ => sale.pix_created(),
    }
}

/// Counts what a pointer would do from now on.
fn watch_pointers(app: &App) {
    app.script(
        "window.pointers = 0;
         for (const kind of ['pointerdown', 'mousedown', 'touchstart'])
           addEventListener(kind, () => (window.pointers += 1), true);",
        &[],
    );
}

/// Works on the next conversation of the list, as its keys allow.
#[track_caller]
fn work(app: &App, worked: &[Worked]) -> Worked {
    let id = next(app, worked);
    app.press("c");
    app.wait_for_css("[data-testid=owner][data-mine=true]");
    app.press(&filling_template(app));
    app.wait_for_focus("composer");
    let text = app.script(
        "return document.querySelector('[data-testid=composer]').value",
        &[],
    );
    let text = text.as_str().unwrap_or_default().to_owned();
    app.wait_for_css("[data-testid=hand-over]:not([disabled])");
    app.press("Enter");
    app.wait_for_value("composer", "");
    app.wait_for_focus("list");
    let ended = if worked.len().is_multiple_of(2) {
        app.press("h");
        app.choose("snooze", ["tomorrow", "reply"][worked.len() / 2 % 2]);
        app.wait_for_css("[data-testid=handling][data-state=snoozed]");
        kind::SNOOZED
    } else {
        app.press("e");
        app.wait_for_css("[data-testid=handling][data-state=resolved]");
        kind::RESOLVED
    };
    app.wait_for_focus("list");
    Worked { id, text, ended }
}

/// Walks to the next conversation that was not worked on, waits until it is open, and returns its id.
#[track_caller]
fn next(app: &App, worked: &[Worked]) -> String {
    let id = until("another conversation", || {
        app.press("j");
        let chosen = app.attribute("list", "aria-activedescendant");
        let id = chosen.as_deref().and_then(|row| row.strip_prefix("row-"));
        let id = id.ok_or("none is chosen")?.to_owned();
        if worked.iter().any(|one| one.id == id) {
            Err(format!("{id} was worked on"))
        } else {
            Ok(id)
        }
    });
    app.wait_for_css(&format!("[data-testid=conversation][data-id={id}]"));
    id
}

/// Returns the key of the first template that fills here.
#[track_caller]
fn filling_template(app: &App) -> String {
    app.wait_for_css("[data-testid^=template-][data-fills=true]");
    let key = app.script(
        "return document.querySelector('[data-testid^=template-][data-fills=true]').dataset.testid.slice(-1)",
        &[],
    );
    key.as_str().unwrap_or_default().to_owned()
}

/// The service holds for each conversation what was done, in that order, once.
#[track_caller]
fn check_feed(entries: &[Entry], worked: &[Worked]) {
    let mut done: BTreeMap<String, Vec<&Entry>> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| is_by_ana(entry)) {
        let id = entry.conversation_id.map(|id| id.to_string());
        done.entry(id.unwrap_or_default()).or_default().push(entry);
    }
    assert_eq!(done.len(), worked.len());
    for one in worked {
        let entries = done.remove(&one.id).unwrap_or_default();
        let kinds: Vec<&str> = entries.iter().map(|entry| entry.kind.as_str()).collect();
        assert_eq!(
            kinds,
            [kind::CLAIMED, kind::HANDED_OVER, one.ended],
            "{one:?}"
        );
        let handed_over: HandedOver = entries[1].read().expect("what was handed over");
        assert_eq!(handed_over.text, one.text);
    }
}

fn is_by_ana(entry: &Entry) -> bool {
    let body: Value = entry.read().unwrap_or_default();
    body["by"]["name"] == "Ana Prado"
}

/// The list, its counter and what was done agree.
#[track_caller]
fn check_list(app: &App, view: &str, ended: &str, worked: &[Worked]) {
    let mut expected: Vec<&str> = worked
        .iter()
        .filter(|one| one.ended == ended)
        .map(|one| one.id.as_str())
        .collect();
    expected.sort_unstable();
    let listed = super::listed(app, view);
    let mut found: Vec<&str> = listed.iter().map(|(_, id)| id.as_str()).collect();
    found.sort_unstable();
    assert_eq!(found, expected, "{view}");
    let count = expected.len();
    app.wait_for_css(&format!("[data-testid=list][data-total='{count}']"));
    app.wait_for_css(&format!("[data-testid=count-{view}][data-count='{count}']"));
}
