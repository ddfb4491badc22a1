//! The sources of sales: one is added and seen to land, one is mended and reads again what it had not understood.

use serde_json::{Value, json};
use testkit::{App, Sale, Service, Source, post};

/// Starts a service inside the app, which leads to the platforms there are.
fn here() -> App {
    let app = super::start();
    app.click("door-here");
    app.fill("field-workspace", "Doces do Vale");
    app.fill("field-name", "Ana Prado");
    app.click("door-go");
    app.wait_for("platform-search");
    app
}

/// Closes the sources from one of their pages: a step back, then out.
fn leave(app: &App) {
    app.press("Escape");
    app.wait_for_css("[data-testid=sources-sheet][data-place=list]");
    app.press("Escape");
    app.wait_gone("sources-sheet");
}

#[test]
fn a_source_is_added_and_its_first_event_is_seen_to_land() {
    let app = here();
    app.click("platform-kiwify");
    app.fill("source-name", "Loja principal");
    app.click("create-source");
    let url = app.text("webhook-url");
    assert!(
        url.starts_with("http://127.0.0.1:") && url.contains("/api/v1/webhooks/kiwify/"),
        "{url}"
    );
    app.wait_for("waiting-event");
    app.fill("source-secret", "um-segredo-da-kiwify");
    app.click("save-secret");
    app.wait_for_text("secret-kept", "wify");

    // Somebody who does not know the secret is refused, and that is said.
    let forged = post(&url, &Sale::new(9).pix_created());
    assert_eq!(forged["code"], "bad_proof", "{forged}");
    app.wait_for("bad-proofs");

    Source::at(&url, "um-segredo-da-kiwify").tell(&Sale::new(1).pix_created());
    app.wait_for_css("[data-testid=first-event][data-result=accepted]");
    app.click("send-test");
    app.wait_for_text("sources-sheet", "Recebido");
    app.click("open-source");
    app.wait_for("tile-accepted");
    app.wait_for_css("[data-testid=finding][data-key='why.badProof']");
    leave(&app);
    super::wait_for_row(&app, &Sale::new(1));
    let seen = super::call(&app, "source_list", &json!({}));
    assert!(!seen.to_string().contains("um-segredo"), "{seen}");
}

/// Says where everything is in what a shop of one's own sends, with the words it knows.
fn blueprint(stages: &Value) -> String {
    json!({
        "proof": {"scheme": "address"},
        "event": "event",
        "stageFrom": "order.status",
        "stages": stages,
        "amountUnit": "minor",
        "fields": {
            "externalId": "order.id", "amount": "order.cents", "name": "buyer.name",
            "email": "buyer.email",
        },
    })
    .to_string()
}

fn order(status: &str) -> String {
    json!({
        "event": "order.updated",
        "order": {"id": "PED-1", "status": status, "cents": 19_700},
        "buyer": {"name": "Mariana Duarte Um", "email": "mariana@example.com"},
    })
    .to_string()
}

#[test]
fn what_was_not_understood_becomes_a_card_once_the_blueprint_is_mended() {
    let app = here();
    app.click("platform-custom");
    app.fill("source-name", "Loja própria");
    app.fill(
        "blueprint",
        &blueprint(&json!({"waiting": "payment_pending"})),
    );
    app.fill("blueprint-sample", &order("waiting"));
    app.wait_for_css("[data-testid=preview-card][data-stage=payment_pending]");
    app.click("create-source");
    let url = app.text("webhook-url");
    let answer = post(&url, &order("settled"));
    assert_eq!(answer["result"], "unmapped", "{answer}");
    app.wait_for_css("[data-testid=first-event][data-result=unmapped]");

    app.click("open-source");
    app.click("tab-settings");
    let mended = json!({"waiting": "payment_pending", "settled": "purchase_approved"});
    app.fill("blueprint", &blueprint(&mended));
    app.click("save-blueprint");
    app.wait_for("blueprint-saved");
    app.click("tab-deliveries");
    app.click("filter-unmapped");
    app.click("delivery");
    app.wait_for_text("payload", "\"cents\": 19700");
    app.click("reprocess");
    app.wait_for_text("became", "Recebido");
    leave(&app);
    app.click("view-approved");
    app.wait_for_text("row-name", "Mariana Duarte Um");
}

#[test]
fn whoever_is_no_admin_is_told_whose_the_sources_are() {
    let service = Service::start("Doces do Vale");
    let app = super::start();
    super::join(&app, &service, "Ana Prado");
    app.press("s");
    app.wait_for("sources-no-access");
    let asked = super::call(&app, "source_list", &json!({}));
    assert_eq!(asked["error"]["code"], "forbidden", "{asked}");
}
