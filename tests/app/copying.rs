//! What can be paid with is copied exactly; what cannot is refused.

use chrono::{Datelike, NaiveDate};
use serde_json::json;
use testkit::Sale;

#[test]
fn a_pix_code_lands_on_the_clipboard_exactly() {
    let (service, app) = super::team();
    let sale = Sale::new(1);
    service.tell(&service.kiwify(), &sale.pix_created());
    super::open(&app, &sale);
    app.click("copy-pix");
    app.desktop().expect_clipboard(&sale.pix_code());
    app.press("l");
    app.desktop()
        .expect_clipboard("https://pay.kiwify.com.br/dnPQDrg");
    app.press("p");
    app.desktop().expect_clipboard(&sale.pix_code());
}

#[test]
fn a_boletos_line_lands_on_the_clipboard_exactly_and_its_day_is_the_shops() {
    let (service, app) = super::team();
    let sale = Sale::new(1);
    let source = service.kiwify();
    service.tell(&source, &sale.boleto_created());
    super::open(&app, &sale);
    let line = sale.boleto_line();
    let printed = app.text("boleto-line");
    let digits: String = printed.chars().filter(char::is_ascii_digit).collect();
    assert_eq!(digits, line, "printed in groups: {printed}");
    app.wait_for_text("boleto-due", &on_the_day(sale.boleto_due_on()));
    app.click("copy-boleto");
    app.desktop().expect_clipboard(&line);
    app.press("l");
    app.desktop()
        .expect_clipboard("https://pay.kiwify.com.br/dnPQDrg");
    app.press("b");
    app.desktop().expect_clipboard(&line);

    service.tell(&source, &sale.approved());
    app.wait_for_css("[data-testid=card][data-stage=purchase_approved]");
    app.wait_gone("copy-boleto");
    let asked = json!({
        "conversationId": super::opened_id(&app), "orderKey": app.attribute("card", "data-order"),
        "what": "boleto",
    });
    let refused = super::call(&app, "copy", &asked);
    assert_eq!(refused["error"]["code"], "already_paid", "{refused}");
}

/// A due date as it is said: `Vence em 25 de novembro`.
fn on_the_day(day: NaiveDate) -> String {
    const MONTHS: [&str; 12] = [
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ];
    format!(
        "Vence em {} de {}",
        day.day(),
        MONTHS[day.month0() as usize]
    )
}

#[test]
fn a_pix_code_that_is_over_is_refused_and_the_link_offered() {
    let (service, app) = super::team();
    let sale = Sale::expired(1);
    service.tell(&service.kiwify(), &sale.pix_created());
    app.click("view-all");
    super::open(&app, &sale);
    app.wait_for("dock");
    app.press("p");
    app.wait_for_css("[data-testid=copy-failure][data-code=pix_expired]");
    assert_eq!(app.desktop().clipboard(), "");
    app.click("copy-link");
    app.desktop()
        .expect_clipboard("https://pay.kiwify.com.br/dnPQDrg");
}
