//! The palette leads anywhere by keyboard, and keys do nothing where somebody types.

use serde_json::json;
use testkit::{App, Sale, Service, until};

fn with_two_sales() -> (Service, App, Sale, Sale) {
    let service = Service::start("Doces do Vale");
    let source = service.kiwify();
    let (one, other) = (Sale::new(1), Sale::new(2));
    for sale in [&one, &other] {
        service.tell(&source, &sale.pix_created());
    }
    let app = super::seat(&service, "agent", "Ana Prado");
    super::wait_for_row(&app, &other);
    (service, app, one, other)
}

#[test]
fn a_conversation_and_a_command_are_reached_without_a_pointer() {
    let (_service, app, one, other) = with_two_sales();
    for sale in [&one, &other] {
        app.press("Control+k");
        app.wait_for_focus("search-input");
        let surname = sale.buyer.rsplit(' ').next().unwrap_or_default();
        app.type_text(&surname.to_lowercase());
        app.wait_for_text("search-hit", &sale.buyer);
        app.press("Enter");
        app.wait_gone("search-input");
        app.wait_for_text("thread-name", &sale.buyer);
    }

    app.press("Control+k");
    app.wait_for_focus("search-input");
    app.type_text("tema escuro");
    app.wait_for_text("command", "Escuro");
    app.press("Enter");
    app.wait_gone("search-input");
    app.wait_for_css("html[data-theme=dark]");

    // What was done from the palette acts on the conversation beside it.
    app.press("Control+k");
    app.wait_for_focus("search-input");
    app.type_text("assumir");
    app.wait_for_text("command", "Assumir");
    app.press("Enter");
    app.wait_for_css("[data-testid=owner][data-mine=true]");
}

#[test]
fn keys_do_nothing_where_somebody_types_or_composes() {
    let (_service, app, one, _other) = with_two_sales();
    super::open(&app, &one);
    app.press("r");
    app.wait_for_focus("composer");
    // Every letter here stands for an act where nobody types.
    let text = "cehjkabnoptuxgfsmli 1?/";
    app.type_text(text);
    app.wait_for_value("composer", text);
    app.press("Escape");
    app.wait_for_focus("list");
    for shape in [
        "isComposing: true",
        "keyCode: 229",
        "key: 'Dead'",
        "altKey: true",
    ] {
        app.script(
            &format!(
                "const list = document.querySelector('[data-testid=list]');
                 for (const key of ['c', 'e', 'h', 'n', 'x', 'j'])
                   list.dispatchEvent(new KeyboardEvent('keydown', {{ key, bubbles: true, cancelable: true, {shape} }}));"
            ),
            &[],
        );
    }
    assert_eq!(super::opened_id(&app), id_of(&app, &one));
    for gone in [
        "owner",
        "handling",
        "note-item",
        "bulk",
        "ask-snooze",
        "help-sheet",
    ] {
        assert_eq!(app.count(gone), 0, "{gone}");
    }
    let written = super::call(&app, "outbox", &json!({}));
    assert_eq!(written["ok"], json!([]));
    // The same letters act once nobody types or composes.
    app.press("c");
    app.wait_for_css("[data-testid=owner][data-mine=true]");
    until("the draft to stay", || match app.count("composer") {
        1 => Ok(()),
        count => Err(format!("{count} fields")),
    });
    app.wait_for_value("composer", text);
}

#[track_caller]
fn id_of(app: &App, sale: &Sale) -> String {
    let listed = super::listed(app, "all");
    let found = listed.into_iter().find(|(name, _)| *name == sale.buyer);
    found.map(|(_, id)| id).unwrap_or_default()
}
