//! What a member did and chose is there again after the app was cut off.

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
    let boot = super::call(&app, "boot", &json!({}));
    let mut settings = boot["ok"]["settings"].clone();
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
