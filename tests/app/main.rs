//! Journeys through the real window.
//!
//! Each test has its own display, session bus, clipboard and data folder, and where it needs one its own service, so they
//! run side by side. The page and the service must be built first: `cargo xtask test --only app` does all of it.

mod access;
mod announcing;
mod arrival;
mod coming_back;
mod composing;
mod copying;
mod doors;
mod drafts;
mod edge;
mod erasing;
mod every_file_is_listed;
mod finding;
mod handing_over;
mod history;
mod identity;
mod logging;
mod offline;
mod offline_hour;
mod palette;
mod pictures;
mod restart;
mod sequences;
mod shift;
mod sources;
mod team;
mod templates;
mod two_desks;
mod undoing;
mod window;

use std::thread;

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

/// Starts an app that joins a service by itself, as whoever sets up a computer would have it.
#[track_caller]
fn seat(service: &Service, role: &str, name: &str) -> App {
    let app = launch()
        .env("BALCAO_SERVER", service.url())
        .env("BALCAO_INVITE", service.invite(role))
        .env("BALCAO_NAME", name)
        .start();
    app.wait_for_css("[data-testid=freshness][data-state=live]");
    app
}

/// Starts Ana's and Bruno's apps at one service, each with a screen and files of its own.
#[track_caller]
fn two_seats(service: &Service, role_of_ana: &str) -> (App, App) {
    thread::scope(|scope| {
        let bruno = scope.spawn(|| seat(service, "agent", "Bruno Teles"));
        let ana = seat(service, role_of_ana, "Ana Prado");
        (ana, bruno.join().expect("Bruno's app starts"))
    })
}

/// The names in the list, from the top.
#[track_caller]
fn rows(app: &App) -> Vec<String> {
    app.texts("row-name")
}

/// Waits until the list shows the buyer of a sale.
#[track_caller]
fn wait_for_row(app: &App, sale: &Sale) {
    wait_for_name(app, &sale.buyer);
}

#[track_caller]
fn wait_for_name(app: &App, name: &str) {
    until(name, || {
        let rows = rows(app);
        if rows.iter().any(|row| row == name) {
            Ok(())
        } else {
            Err(format!("the list has {rows:?}"))
        }
    });
}

/// Waits for a sale's row and opens it.
#[track_caller]
fn open(app: &App, sale: &Sale) {
    open_name(app, &sale.buyer);
}

/// Waits for a row by its name and opens it. A list that is just coming takes no click, and one that is sorted anew moves the row
/// away: then it is clicked again.
#[track_caller]
fn open_name(app: &App, name: &str) {
    let open = "const [wanted] = arguments;
         const told = (id) => document.querySelector(`[data-testid=${id}]`)?.innerText.trim() ?? '';
         if (told('thread-name') === wanted) return true;
         const names = [...document.querySelectorAll('[data-testid=row-name]')];
         const row = names.find((one) => one.textContent.trim() === wanted)?.closest('[data-testid=row]');
         row?.click();
         return row ? told('thread-name') : names.map((one) => one.textContent.trim());";
    until(&format!("{name} to open"), || {
        match app.script(open, &[json!(name)]) {
            Value::Bool(true) => Ok(()),
            other => Err(other.to_string()),
        }
    });
}

/// Returns the id of the conversation that is open, once one is.
#[track_caller]
fn opened_id(app: &App) -> String {
    app.wait_for_css("[data-testid=conversation][data-id]");
    app.attribute("conversation", "data-id").unwrap_or_default()
}

/// Returns the name and the id of everything in a view, in its order, also of what is not in sight.
#[track_caller]
fn listed(app: &App, view: &str) -> Vec<(String, String)> {
    let asked = json!({"asked": {"view": view, "after": null, "limit": 200}});
    let page = call(app, "list_page", &asked);
    let rows = page["ok"]["rows"].as_array().cloned().unwrap_or_default();
    let word = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    rows.iter()
        .map(|row| (word(row, "name"), word(row, "id")))
        .collect()
}

/// Turns back to the app and waits until it follows the service again, which is there. After a long absence it tries seldom by
/// itself, and at once for whoever comes back to it.
#[track_caller]
fn back_to_live(app: &App) {
    app.desktop().windows().turn_away_and_back();
    app.wait_for_css("[data-testid=freshness][data-state=live]");
}

/// Waits until everything that was done here has reached the service and come back.
#[track_caller]
fn wait_until_sent(app: &App) {
    until("everything to be sent", || {
        let left = call(app, "outbox", &json!({}));
        match left["ok"].as_array().map(Vec::len) {
            Some(0) => Ok(()),
            _ => Err(left.to_string()),
        }
    });
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
