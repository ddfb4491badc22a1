//! What a screen shows only once something was done there, as a menu, a refusal or the end of a way: by the page alone.

use serde_json::json;
use testkit::{App, Page, until};

use super::{Audit, BESIDE, invented};

/// A state: its name, how its page is asked for, how one gets there, and what says that it stands.
struct State {
    name: &'static str,
    asked: &'static str,
    go: fn(&App),
    stands: &'static str,
}

impl State {
    const fn new(
        name: &'static str,
        asked: &'static str,
        go: fn(&App),
        stands: &'static str,
    ) -> Self {
        Self {
            name,
            asked,
            go,
            stands,
        }
    }
}

const IN_A_CONVERSATION: [State; 13] = [
    State::new(
        "a boleto",
        "",
        |app| open_in(app, "boleto"),
        "[data-testid=dock][data-group=boleto]",
    ),
    State::new(
        "a cart",
        "",
        |app| open_in(app, "cart"),
        "[data-testid=dock][data-group=cart]",
    ),
    State::new(
        "nothing to collect",
        "",
        |app| open_in(app, "approved"),
        "[data-testid=dock][data-group=approved]",
    ),
    State::new(
        "a raw event in full",
        "",
        |app| {
            open_in(app, "pix");
            app.click("card-details");
            app.click("raw-event");
            app.click("raw-text-reveal");
        },
        "[data-testid=raw-text][data-masked=false]",
    ),
    State::new(
        "the menu of a value",
        "",
        |app| {
            open(app);
            app.script(
                "document.querySelector('[data-testid=card] [data-testid=value]').dispatchEvent(
                   new MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX: 700, clientY: 200 }))",
                &[],
            );
        },
        "[data-testid=filter-by]",
    ),
    State::new(
        "why this order",
        "",
        |app| {
            open(app);
            app.click("why-order");
        },
        "[data-testid=why]",
    ),
    State::new(
        "the customer in a drawer",
        "",
        |app| {
            app.resize(960, 600);
            open(app);
            app.press("i");
        },
        ".context.open",
    ),
    State::new(
        "a folded menu",
        "keys=rail:q",
        |app| {
            open(app);
            app.press("q");
        },
        ".rail.folded",
    ),
    State::new(
        "usual rows",
        "density=standard",
        open,
        "[data-testid=composer]",
    ),
    State::new(
        "templates by a slash",
        "",
        |app| {
            open(app);
            app.click("composer");
            app.type_text("/");
        },
        "[data-testid=suggestions]",
    ),
    State::new(
        "colleagues by an at sign",
        "",
        |app| {
            open(app);
            app.press("n");
            app.wait_for_focus("composer");
            app.type_text("@");
        },
        "[data-testid=suggestions]",
    ),
    State::new(
        "a template that asks",
        "",
        |app| {
            open_in(app, "approved");
            app.click("template-2");
        },
        "[data-testid=prompts]",
    ),
    State::new(
        "the practice's fourth key",
        "",
        |app| practise(app, 3),
        "[data-testid=practice][data-step=template]",
    ),
];

const IN_A_DIALOG: [State; 9] = [
    State::new(
        "the practice's end",
        "",
        |app| practise(app, 8),
        "[data-testid=practice-done]",
    ),
    State::new(
        "a key that is taken",
        "",
        |app| {
            app.click("settings");
            app.click("settings-keys");
            app.click("key-set");
            app.press("e");
        },
        "[data-testid=key-conflict]",
    ),
    State::new(
        "a template's versions",
        "",
        |app| {
            app.wait_for("row");
            app.press("m");
            click_at(app, "[data-testid=template-card][data-built-in=false]");
            app.click("versions");
        },
        "[data-testid=version]",
    ),
    State::new(
        "a template to read",
        "role=agent",
        |app| {
            app.wait_for("row");
            app.press("m");
            app.click("template-card");
        },
        "[data-testid=read-template]",
    ),
    State::new(
        "a source's first event",
        "",
        |app| {
            add_source(app, "vega");
            app.click("send-test");
        },
        "[data-testid=first-event]",
    ),
    State::new(
        "a test before the secret",
        "",
        |app| {
            add_source(app, "kiwify");
            app.click("send-test");
        },
        "[data-testid=source-failure]",
    ),
    State::new(
        "a table with half a row",
        "",
        |app| {
            app.wait_for("row");
            app.press("s");
            click_at(app, "[data-testid=source][data-provider=yampi]");
            app.click("tab-settings");
            app.click("table-add");
            app.wait_for_css("[data-testid=table-stages] [data-word]:focus");
            app.type_text("Em");
            app.click("save-settings");
        },
        "[data-testid=table-stages] [role=alert]",
    ),
    State::new(
        "a delivery's text",
        "",
        |app| {
            app.wait_for("row");
            app.press("s");
            click_at(app, "[data-testid=source][data-provider=hotmart]");
            app.click("tab-deliveries");
            click_at(app, "[data-testid=deliveries] [data-testid=delivery]");
        },
        "[data-testid=payload][data-masked=true]",
    ),
    State::new(
        "a member's devices",
        "keys=people:q",
        |app| {
            app.wait_for("row");
            app.press("q");
            click_at(app, "[data-testid=person][data-me=false]");
        },
        "[data-testid=end-session]",
    ),
];

#[test]
fn every_state_in_a_conversation() {
    look_at(&IN_A_CONVERSATION);
}

#[test]
fn every_state_in_a_dialog() {
    look_at(&IN_A_DIALOG);
}

fn look_at(states: &[State]) {
    let page = Page::open(&invented());
    let app = page.app();
    let mut audit = Audit::of(app, BESIDE);
    for state in states {
        app.resize(1280, 800);
        page.show(&format!("fake=300&{}", state.asked));
        app.wait_for("list");
        (state.go)(app);
        app.wait_for_css(state.stands);
        audit.see(state.name);
    }
    audit.end();
}

/// Opens the first conversation.
fn open(app: &App) {
    app.wait_for("row");
    app.press("j");
    app.wait_for("template-1");
}

/// Opens the first conversation of a view.
fn open_in(app: &App, view: &str) {
    app.click(&format!("view-{view}"));
    app.wait_for_css(&format!("[data-testid=view-{view}][aria-current]"));
    open(app);
}

fn practise(app: &App, skipped: usize) {
    app.wait_for("row");
    app.press("?");
    app.click("help-practice");
    app.wait_for("practice");
    for _ in 0..skipped {
        let step = app.attribute("practice", "data-step").unwrap_or_default();
        app.click("practice-skip");
        until("the next key", || {
            match app.attribute("practice", "data-step") {
                Some(now) if now != step => Ok(()),
                _ => Err(format!("it is still at {step}")),
            }
        });
    }
}

fn add_source(app: &App, platform: &str) {
    app.wait_for("row");
    app.press("s");
    app.click("add-source");
    app.click(&format!("platform-{platform}"));
    app.click("create-source");
    app.wait_for("webhook-url");
}

/// Clicks the first of several alike.
fn click_at(app: &App, selector: &str) {
    app.wait_for_css(selector);
    app.script(
        "document.querySelector(arguments[0]).click()",
        &[json!(selector)],
    );
}
