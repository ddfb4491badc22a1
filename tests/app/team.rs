//! The team on screen: who is invited comes in by the code that was shown, is in the list, and is out once removed.

use serde_json::json;
use testkit::{App, Service, until};

/// Opens the team's sheet from the settings.
#[track_caller]
fn open_team(app: &App) {
    app.click("settings");
    app.click("settings-people");
    app.wait_for("people-sheet");
    app.wait_for("person");
}

/// Opens a member from the list.
#[track_caller]
fn open_person(app: &App, name: &str) {
    until("the member in the list", || {
        let found = app.script(
            "const row = [...document.querySelectorAll('[data-testid=person]')]
               .find((one) => one.textContent.includes(arguments[0]));
             row?.click();
             return row !== undefined;",
            &[json!(name)],
        );
        let is_there = found.as_bool().unwrap_or(false);
        is_there.then_some(()).ok_or_else(|| name.to_owned())
    });
    app.wait_for_css("[data-testid=people-sheet][data-place=one]");
}

#[track_caller]
fn wait_for_names(app: &App, expected: &[&str]) {
    until("the members", || {
        let names = app.texts("person-name");
        (names == expected)
            .then_some(())
            .ok_or_else(|| format!("{names:?}"))
    });
}

#[test]
fn an_admin_invites_somebody_who_comes_in_by_the_code_shown() {
    let service = Service::start("Doces do Vale");
    let ana = super::seat(&service, "admin", "Ana Prado");
    open_team(&ana);
    ana.click("invite");
    ana.click("role-lead");
    ana.click("make-invite");
    let code = ana.text("entry-code");
    let server = ana.text("entry-server");
    assert_eq!(server, service.url());
    ana.click("copy-entry");
    until("the invite on the clipboard", || {
        let copied = ana.desktop().clipboard();
        let is_whole = copied.contains(&code) && copied.contains(&server);
        is_whole.then_some(()).ok_or(copied)
    });
    ana.click("people-back");

    // The second desk goes through the same door as anybody, with what the first one shows.
    let bruno = super::start();
    bruno.click("door-team");
    bruno.fill("field-server", &server);
    bruno.fill("field-invite", &code);
    bruno.fill("field-name", "Bruno Teles");
    bruno.click("door-go");
    bruno.wait_for_css("[data-testid=freshness][data-state=live]");
    until("the new member in Ana's list, by itself", || {
        let names = ana.texts("person-name");
        let is_in = names.iter().any(|name| name == "Bruno Teles");
        is_in.then_some(()).ok_or_else(|| format!("{names:?}"))
    });

    // The code was good for one.
    let second = super::start();
    second.click("door-team");
    second.fill("field-server", &server);
    second.fill("field-invite", &code);
    second.fill("field-name", "Caio Reis");
    second.click("door-go");
    second.wait_for_css("[data-testid=door-failure][data-code=bad_invite]");

    open_team(&bruno);
    bruno.click("invite");
    bruno.wait_for("role-agent");
    assert_eq!(bruno.count("role-admin"), 0, "a lead invites agents only");
    bruno.press("Escape");

    loses_and_regains_access(&service, &ana, &bruno);
}

/// Ana takes Bruno's sessions away and lets the same person back in; then removes him for good.
#[track_caller]
fn loses_and_regains_access(service: &Service, ana: &App, bruno: &App) {
    open_person(ana, "Bruno Teles");
    ana.wait_for_text("device", "Balcão");
    ana.click("let-back");
    ana.click("let-back-yes");
    let code = ana.text("entry-code");
    ana.wait_for("no-devices");
    wait_until_out(bruno);
    let back = super::launch()
        .env("BALCAO_SERVER", service.url())
        .env("BALCAO_INVITE", &code)
        .env("BALCAO_NAME", "Bruno")
        .start();
    back.wait_for_css("[data-testid=freshness][data-state=live]");
    ana.click("people-back");
    wait_for_names(ana, &names_by_rank());

    open_person(ana, "Bruno Teles");
    ana.click("remove-person");
    ana.click("remove-person-yes");
    ana.wait_for_text("person-removed", "Bruno Teles");
    wait_for_names(ana, &names_by_rank()[..2]);
    wait_until_out(&back);
}

/// Waits until a desk has noticed that its session is over.
#[track_caller]
fn wait_until_out(app: &App) {
    app.wait_for_css("[data-testid=freshness][data-state=stopped]");
}

/// Returns everybody as they are listed: admins first, then by name; the first admin is the service's own.
fn names_by_rank() -> [&'static str; 3] {
    ["Admin", "Ana Prado", "Bruno Teles"]
}
