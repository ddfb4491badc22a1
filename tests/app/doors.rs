//! The first run, by each of its three doors.

use serde_json::json;
use testkit::{App, Sale, Service, Source};

#[test]
fn a_team_is_joined_by_address_and_invite() {
    let service = Service::start("Doces do Vale");
    let source = service.kiwify();
    service.tell(&source, &Sale::new(1).pix_created());
    let app = super::start();
    super::join(&app, &service, "Ana Prado");
    app.wait_for_text("row-name", &Sale::new(1).buyer);
    app.wait_for_css("[data-testid=freshness][data-state=live]");
    // Nothing answers for a keychain here, so the token lies in a file that only its owner reads.
    let token = app.data_dir().join("session.token");
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(token).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_wrong_address_or_invite_is_said_and_the_fields_stay() {
    let service = Service::start("Doces do Vale");
    let app = super::start();
    app.click("door-team");
    app.fill("field-name", "Ana Prado");
    let cases = [
        ("ftp://example.com", "ABCDE", "bad_address"),
        ("http://127.0.0.1:9", "ABCDE", "unreachable"),
        (
            &service.url(),
            "ABCDE-ABCDE-ABCDE-ABCDE-ABCDE",
            "bad_invite",
        ),
    ];
    for (server, invite, code) in cases {
        app.fill("field-server", server);
        app.fill("field-invite", invite);
        app.click("door-go");
        app.wait_for_css(&format!("[data-testid=door-failure][data-code={code}]"));
    }
    app.fill("field-invite", &service.invite("agent"));
    app.click("door-go");
    app.wait_for("freshness");
}

#[test]
fn a_service_on_this_computer_takes_webhooks_and_survives_a_restart() {
    let mut app = super::start();
    app.click("door-here");
    app.fill("field-workspace", "Doces do Vale");
    app.fill("field-name", "Ana Prado");
    app.click("door-go");
    app.wait_for("sources-sheet");
    let url = add_kiwify(&app);
    Source::at(&url, "um-segredo").tell(&Sale::new(1).pix_created());
    app.press("Escape");
    app.wait_for_css("[data-testid=sources-sheet][data-place=list]");
    app.press("Escape");
    app.wait_for_text("row-name", &Sale::new(1).buyer);

    app.restart();
    app.wait_for_text("row-name", &Sale::new(1).buyer);
    app.wait_for_css("[data-testid=freshness][data-state=live]");
    Source::at(&url, "um-segredo").tell(&Sale::new(2).pix_created());
    super::wait_for_row(&app, &Sale::new(2));
    assert_eq!(super::rows(&app).len(), 2);
}

/// Adds a source through the dialog that the door opened, and returns its address.
fn add_kiwify(app: &App) -> String {
    app.click("platform-kiwify");
    app.fill("source-name", "Loja principal");
    app.click("create-source");
    let url = app.text("webhook-url");
    app.fill("source-secret", "um-segredo");
    app.click("save-secret");
    app.wait_for("secret-kept");
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    url
}

#[test]
fn signing_out_leads_to_the_doors_and_the_same_door_leads_back() {
    let app = super::start();
    let here = json!({"workspace": "Doces do Vale", "name": "Ana Prado"});
    super::call(&app, "start_here", &here);
    let source = json!({"asked": {"provider": "kiwify", "name": "Loja", "secret": "um-segredo"}});
    let added = super::call(&app, "source_add", &source);
    let url = added["ok"]["webhookUrl"].as_str().unwrap().to_owned();
    Source::at(&url, "um-segredo").tell(&Sale::new(1).pix_created());
    app.reload();
    super::wait_for_row(&app, &Sale::new(1));

    super::call(&app, "sign_out", &json!({}));
    app.reload();
    app.wait_for("door-here");
    assert!(!app.data_dir().join("session.token").exists());
    let sources = super::call(&app, "source_list", &json!({}));
    assert_eq!(sources["error"]["code"], "signed_out");

    super::call(&app, "start_here", &here);
    app.reload();
    super::wait_for_row(&app, &Sale::new(1));
    let sources = super::call(&app, "source_list", &json!({}));
    assert_eq!(sources["ok"][0]["webhookUrl"], url);
}

#[test]
fn a_data_folder_in_use_is_said_and_can_be_tried_again() {
    let mut app = super::start();
    let held = app.restart_after(|folder| {
        let lock = std::fs::File::open(folder.join("lock")).unwrap();
        lock.lock().unwrap();
        lock
    });
    app.wait_for_css("[data-testid=start-failure][data-code=folder_in_use]");
    drop(held);
    app.reload();
    app.wait_for("door-team");
}

#[test]
fn sample_sales_fill_every_view() {
    let app = super::start();
    app.click("door-sample");
    app.fill("field-name", "Ana Prado");
    app.click("door-go");
    for view in [
        "due",
        "unassigned",
        "all",
        "pix",
        "boleto",
        "cart",
        "refused",
        "approved",
    ] {
        app.click(&format!("view-{view}"));
        app.wait_for("row");
    }
}
