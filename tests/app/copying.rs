//! What can be paid with is copied exactly; what cannot is refused.

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
