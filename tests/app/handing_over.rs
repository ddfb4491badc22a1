//! A template by its key becomes a chat in WhatsApp with exactly the text that was shown.

use serde_json::Value;
use testkit::{App, Sale};
use url::Url;

#[test]
fn a_filled_template_opens_in_whatsapp_and_the_timeline_tells_it() {
    let (service, app) = super::team();
    let sale = Sale::new(1);
    service.tell(&service.kiwify(), &sale.pix_created());
    super::open(&app, &sale);
    app.wait_for("template-1");
    app.press("1");
    let text = composed(&app, &sale);
    app.click("hand-over");
    let opened = Url::parse(&app.expect_opened(1)).unwrap();
    assert!(opened.as_str().starts_with("https://wa.me/5511900000001?"));
    let sent: Vec<(String, String)> = opened.query_pairs().into_owned().collect();
    assert_eq!(sent, [("text".to_owned(), text.clone())]);
    app.wait_for_css("[data-testid=handed-over][data-pending=false]");
    app.wait_for_text("handed-over", "WhatsApp");
    assert!(
        app.text("handed-over")
            .contains(text.lines().next().unwrap())
    );
}

#[test]
fn a_paid_order_is_not_chased_even_when_the_text_was_ready() {
    let (mut service, app) = super::team();
    let source = service.kiwify();
    let sale = Sale::new(1);
    service.tell(&source, &sale.pix_created());
    super::open(&app, &sale);
    app.wait_for("template-1");
    app.press("1");
    composed(&app, &sale);
    service.tell(&source, &sale.approved());
    app.wait_for_css("[data-testid=card][data-stage=purchase_approved]");
    app.wait_for_css("[data-testid=stop][data-group=approved]");
    app.script(
        "document.querySelector('[data-testid=hand-over]').click()",
        &[],
    );
    app.wait_for_css("[data-testid=hand-over]:disabled");
    assert_eq!(app.opened(), Vec::<String>::new());
    service.kill();
}

/// Waits until the composer holds a text for this buyer and returns it.
#[track_caller]
fn composed(app: &App, sale: &Sale) -> String {
    let first_name = sale.buyer.split(' ').next().unwrap_or_default();
    testkit::until("a filled template", || {
        let value = app.script(
            "const field = document.querySelector('[data-testid=composer]'); return field.value ?? field.innerText",
            &[],
        );
        match value {
            Value::String(text) if text.contains(first_name) => Ok(text),
            other => Err(format!("the composer holds {other}")),
        }
    })
}
