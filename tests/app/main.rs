//! Journeys through the real window.
//!
//! Each test has its own display, session bus, clipboard and data folder, and where it needs one its own service, so they
//! run side by side. The page and the service must be built first: `cargo xtask test --only app` does all of it.

mod announcing;
mod arrival;
mod copying;
mod doors;
mod edge;
mod every_file_is_listed;
mod handing_over;
mod identity;
mod logging;
mod offline;
mod restart;
mod sources;

use serde_json::{Value, json};
use testkit::{App, Launch, Sale, Service, until};

/// Starts the app on an empty data folder.
#[track_caller]
fn start() -> App {
    launch().start()
}

fn launch() -> Launch {
    Launch::new(env!("CARGO_BIN_EXE_balcao"))
}

/// Goes through the team's door.
#[track_caller]
fn join(app: &App, service: &Service, name: &str) {
    app.click("door-team");
    app.fill("field-server", &service.url());
    app.fill("field-invite", &service.invite("agent"));
    app.fill("field-name", name);
    app.click("door-go");
    app.wait_for("freshness");
}

/// Starts a service and an app that has joined it.
#[track_caller]
fn team() -> (Service, App) {
    let service = Service::start("Doces do Vale");
    let app = start();
    join(&app, &service, "Ana Prado");
    app.wait_for_css("[data-testid=freshness][data-state=live]");
    (service, app)
}

/// The names in the list, from the top.
#[track_caller]
fn rows(app: &App) -> Vec<String> {
    app.texts("row-name")
}

/// Waits until the list shows the buyer of a sale.
#[track_caller]
fn wait_for_row(app: &App, sale: &Sale) {
    until(&sale.buyer, || {
        let rows = rows(app);
        if rows.contains(&sale.buyer) {
            Ok(())
        } else {
            Err(format!("the list has {rows:?}"))
        }
    });
}

/// Waits for a sale's row and opens it.
#[track_caller]
fn open(app: &App, sale: &Sale) {
    wait_for_row(app, sale);
    app.script(
        "const name = [...document.querySelectorAll('[data-testid=row-name]')]
           .find((one) => one.textContent.trim() === arguments[0]);
         name.closest('[data-testid=row]').click();",
        &[json!(sale.buyer)],
    );
    app.wait_for_text("thread-name", &sale.buyer);
}

/// Calls a command as the page does and returns `{"ok": …}` or `{"error": …}`.
fn call(app: &App, command: &str, arguments: &Value) -> Value {
    app.script(
        "const [command, args] = arguments;
         return window.__TAURI_INTERNALS__.invoke(command, args)
           .then((ok) => ({ ok: ok ?? null }), (error) => ({ error }));",
        &[json!(command), arguments.clone()],
    )
}
