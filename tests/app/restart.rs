//! What a member did and chose is there again after the app was cut off.

use std::{fs, os::unix::fs::PermissionsExt};

use serde_json::json;
use testkit::{Sale, until};

#[test]
fn draft_theme_and_language_outlive_a_power_cut() {
    let (service, mut app) = super::team();
    let sale = Sale::new(1);
    service.tell(&service.kiwify(), &sale.pix_created());
    super::open(&app, &sale);
    app.fill("composer", "Oi Mariana, conseguiu pagar?");
    app.wait_for_css("[data-testid=draft][data-state=saved]");
    // The page writes its settings down once one rests somewhere; theirs would come over these.
    let mut settings = until("where one is to be kept", || {
        let boot = super::call(&app, "boot", &json!({}));
        let settings = boot["ok"]["settings"].clone();
        if settings["place"]["conversation"].is_string() {
            Ok(settings)
        } else {
            Err(settings.to_string())
        }
    });
    settings["theme"] = json!("dark");
    settings["locale"] = json!("en");
    super::call(&app, "settings_put", &json!({ "settings": settings }));

    app.restart();

    let boot = super::call(&app, "boot", &json!({}));
    assert_eq!(boot["ok"]["settings"], settings);
    assert_eq!(boot["ok"]["phase"], "ready");
    assert_eq!(
        app.script("return document.documentElement.lang", &[]),
        "en"
    );
    super::open(&app, &sale);
    until("the draft", || {
        let value = app.script(
            "return document.querySelector('[data-testid=composer]').value",
            &[],
        );
        if value == json!("Oi Mariana, conseguiu pagar?") {
            Ok(())
        } else {
            Err(format!("the composer holds {value}"))
        }
    });
    app.wait_for_css("[data-testid=freshness][data-state=live]");
}

#[test]
fn what_was_done_offline_is_sent_once_after_a_restart() {
    let (mut service, mut app) = super::team();
    let sale = Sale::new(1);
    service.tell(&service.kiwify(), &sale.pix_created());
    super::open(&app, &sale);
    service.kill();
    app.wait_for_css("[data-testid=freshness][data-state=offline]");
    app.press("c");
    app.wait_for_css("[data-testid=owner][data-pending=true]");

    app.restart();
    super::open(&app, &sale);
    app.wait_for_css("[data-testid=owner][data-pending=true]");
    service.start_again();
    app.wait_for_css("[data-testid=owner][data-mine=true][data-pending=false]");
}

/// No keychain answers on the desktop of a test.
#[test]
fn without_a_keychain_the_session_is_in_a_file_of_ones_own_and_that_is_said() {
    let (_service, mut app) = super::team();
    let file = app.data_dir().join("session.token");
    until("the session to be kept", || {
        let kept = fs::metadata(&file).map_err(|error| error.to_string())?;
        match kept.permissions().mode() & 0o777 {
            0o600 => Ok(()),
            mode => Err(format!("its mode is {mode:o}")),
        }
    });
    app.restart();
    app.wait_for_css("[data-testid=freshness][data-state=live]");
    let says =
        "A sessão fica em um arquivo que só o seu usuário lê; este sistema não tem chaveiro.";
    app.click("settings");
    app.wait_for_text("settings-sheet", says);

    app.click("sign-out");
    app.click("sign-out-yes");
    app.wait_for("door-team");
    assert!(!file.exists(), "whoever signs out leaves no token behind");
}
