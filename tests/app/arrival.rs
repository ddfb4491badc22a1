//! A webhook becomes a card in the window.

use serde_json::json;
use testkit::Sale;

#[test]
fn a_sale_that_happens_now_appears_with_its_card() {
    let (service, app) = super::team();
    let source = service.kiwify();
    let sale = Sale::new(1);
    service.tell(&source, &sale.pix_created());
    super::open(&app, &sale);
    app.wait_for_css("[data-testid=card][data-stage=pix_generated]");
    app.wait_for_text("card", "197,00");
    app.wait_for_text("count-pix", "1");

    service.tell(&source, &sale.approved());
    app.wait_for_css("[data-testid=card][data-stage=purchase_approved]");
    app.wait_for_text("count-approved", "1");
}

#[test]
fn a_source_that_is_paused_is_told_on_an_order_that_waits() {
    let (service, app) = super::team();
    let sale = Sale::new(1);
    service.tell(&service.kiwify(), &sale.pix_created());
    super::open(&app, &sale);
    app.wait_for("copy-pix");
    assert_eq!(app.count("source-stopped"), 0);
    let save = |active: bool| {
        service.integrate(&json!({
            "slug": "kiwify", "provider": "kiwify", "name": "Cursos da Ana", "secrets": ["segredo-de-teste"],
            "active": active,
        }))
    };
    save(false);
    app.wait_for_text("source-stopped", "Fonte pausada");
    app.click("card-details");
    app.wait_for_text("card", "fonte Cursos da Ana");
    save(true);
    app.wait_gone("source-stopped");
}

#[test]
fn the_pages_policy_blocks_nothing_that_the_page_needs() {
    let (service, app) = super::team();
    service.tell(&service.kiwify(), &Sale::new(1).pix_created());
    app.script(
        "window.blocked = [];
         document.addEventListener('securitypolicyviolation', (event) =>
           window.blocked.push(`${event.violatedDirective} ${event.sourceFile}:${event.lineNumber}`));",
        &[],
    );
    super::open(&app, &Sale::new(1));
    app.wait_for("copy-pix");
    // The list places its rows by computed styles; palette, sheets and menus come from a library that brings its own.
    app.press("Control+k");
    app.wait_for("search-input");
    let seen = app.script(
        "const row = document.querySelector('[data-testid=row]').getBoundingClientRect();
         const field = document.querySelector('[data-testid=search-input]').getBoundingClientRect();
         return { row: row.height > 20, field: field.width > 200, font: document.fonts.check('14px \"Inter Variable\"') };",
        &[],
    );
    assert_eq!(seen, json!({"row": true, "field": true, "font": true}));
    app.press("Escape");
    app.wait_gone("search-input");
    app.click("channel");
    app.wait_for("channel-email");
    app.press("Escape");
    assert_eq!(app.script("return window.blocked", &[]), json!([]));
}
